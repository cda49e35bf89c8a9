"""Communities renamed, merged and ended; sites kept in the page: what reports say of the days before and after."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from config import clock
from data_access import accounts, submissions
from data_access.accounts import AccountError, Role
from data_access.office import exemptions, registry
from data_access.office.registry import RegistryError
from data_access.reports import actions, administration, directory, dispatch, history, ranking, reporting
from data_access.reports.history import Filters
from tests.data_access import books
from tests.data_access.street import DAY, Board, at

SINCE = DAY + timedelta(days=3)
PLACES = [
    {"name": "春晖社区", "area": "东片", "aliases": ("春晖居",), "liaison": "王小明"},
    {"name": "向阳社区", "area": "东片"},
    {"name": "河畔社区", "area": "西片"},
]


@pytest.fixture
def board(database_url: str) -> Board:
    made = Board()
    made.communities(PLACES)
    made.sites(["卫生中心"])
    for name in ("春晖社区", "向阳社区", "河畔社区"):
        made.baseline(name, DAY - timedelta(days=5), surveyed=100)
        for day in (DAY, SINCE):
            made.evening(name, day, roster_n=10, vacc_on_roster=8)
    made.action("春晖社区", "DB-1", found_on=DAY)
    return made


def names(board: Board, day: date, **more: Any) -> list[str]:
    return list(directory.communities(board.view(day, **more))["name"])


def everything(board: Board, day: date) -> list[list[str]]:
    """Whom the reports of a day speak of, each in its own way to a name."""
    view = board.view(day)
    return [
        names(board, day),
        sorted(set(reporting.table(view)["community"])),
        sorted(ranking.table(view, "coverage")["community"]),
        sorted(dispatch.versions(view)["community"].unique()),
        sorted(actions.open_items(view, None)["community"]),
    ]


def test_a_renamed_community_bears_the_name_of_each_day(board: Board) -> None:
    before = everything(board, DAY)
    moment = clock.now()
    with clock.at(at(SINCE, 9)):
        registry.rename(board.actor, "春晖社区", "春晓社区", SINCE)
    assert everything(board, DAY) == before, "an earlier day is as it was"
    later = everything(board, SINCE)
    assert not any("春晖社区" in part for part in later) and all("春晓社区" in part for part in later)
    assert names(board, SINCE, as_of=moment)[0] == "春晖社区", "as it was known then"
    for asked in ("春晖社区", "春晓社区"):  # either name of it is understood on either day
        assert names(board, DAY, community=asked) == ["春晖社区"]
        assert names(board, SINCE, community=asked) == ["春晓社区"]
        assert directory.name_on(board.actor, asked, DAY) == "春晖社区"
        assert len(history.submissions(board.actor, Filters(kind="evening", community=asked))) == 2
    exemptions.grant(board.actor, "春晖社区", SINCE, SINCE, reason="网络中断")
    held = registry.community(board.actor, "春晖社区")
    assert held.name == "春晓社区" and held.values["aliases"] == ["春晖居", "春晖社区"]
    assert held.values["liaison"] == "王小明", "what was not spoken of stays"


def test_a_sheet_with_the_old_name_is_still_recognised(board: Board) -> None:
    day = SINCE + timedelta(days=1)
    sheet = books.evening("春晖社区", 5, day)
    registry.rename(board.actor, "春晖社区", "春晓社区", SINCE)
    read = submissions.examine(board.actor, sheet, "春晖社区晚调度.xlsx")
    assert {portion.scope.community for _sheet, portion in read.portions} == {"春晓社区"}
    assert {directory.community_named(board.actor, old) for old in ("春晖社区", "春晖居")} == {"春晓社区"}
    # an old register takes the new name away neither from the community nor from its sheets
    sent = board.communities([PLACES[0] | {"households": 120}])
    assert [finding.code for finding in sent.findings] == ["FORMER_NAME"]
    held = registry.community(board.actor, "春晓社区")
    assert (held.values["name"], held.values["households"]) == ("春晓社区", 120)
    assert names(board, day)[0] == "春晓社区" and names(board, DAY)[0] == "春晖社区"


def test_renamed_again_and_back(board: Board) -> None:
    registry.rename(board.actor, "春晖社区", "春晓社区", DAY)
    with pytest.raises(RegistryError):
        registry.rename(board.actor, "春晓社区", "春日社区", DAY)  # has to come after the last one
    with pytest.raises(RegistryError):
        registry.rename(board.actor, "向阳社区", "春晖社区", SINCE)  # was somebody's
    with pytest.raises(RegistryError):
        registry.add(board.actor, "春晖居", {})  # is somebody's alias
    registry.rename(board.actor, "春晓社区", "春日社区", SINCE)
    called = [names(board, day)[0] for day in (DAY - timedelta(days=1), DAY, SINCE)]
    assert called == ["春晖社区", "春晓社区", "春日社区"]
    registry.rename(board.actor, "春日社区", "春晓社区", SINCE)
    assert [names(board, day)[0] for day in (DAY, SINCE)] == ["春晓社区", "春晓社区"]
    assert directory.community_named(board.actor, "春日社区") == "春晓社区", "sheets of the meantime are understood"


def test_a_merged_community_owes_nothing_from_its_day_on(board: Board) -> None:
    before = everything(board, DAY)
    registry.retire(board.actor, "河畔社区", SINCE, into="向阳社区")
    assert everything(board, DAY) == before
    assert names(board, SINCE) == ["春晖社区", "向阳社区"]
    for report in (reporting.table(board.view(SINCE)), ranking.table(board.view(SINCE), "coverage")):
        assert "河畔社区" not in set(report["community"])
    held = registry.community(board.actor, "河畔社区")
    assert (held.retired_on, held.merged_into) == (SINCE, "向阳社区")
    past = directory.lineage(board.view(SINCE, community="向阳社区"))
    assert past.joined == (("河畔社区", SINCE),) and past.ended is None
    assert directory.lineage(board.view(DAY, community="河畔社区")).into == "向阳社区"
    frame = administration.register(board.actor).set_index("name")
    assert frame.loc["向阳社区", "joined"] == f"河畔社区（{SINCE.isoformat()}）"
    assert (frame.loc["河畔社区", "ended"], frame.loc["河畔社区", "merged_into"]) == (SINCE, "向阳社区")
    # a register from before does not bring it back, and says so
    sent = board.communities([PLACES[2]])
    assert "RETIREMENT_KEPT" in [finding.code for finding in sent.findings]
    assert names(board, SINCE) == ["春晖社区", "向阳社区"]
    registry.resume(board.actor, "河畔社区")
    assert "河畔社区" in names(board, SINCE)


def test_what_cannot_be(board: Board) -> None:
    for refused in (
        lambda: registry.retire(board.actor, "河畔社区", SINCE, into="河畔社区"),
        lambda: registry.retire(board.actor, "无此社区", SINCE),
        lambda: registry.resume(board.actor, "河畔社区"),
        lambda: registry.add(board.actor, " ", {}),
        lambda: registry.rename(board.actor, "河畔社区", "向阳社区", SINCE),
        lambda: registry.put_sites(board.actor, [], seen=1),
        lambda: registry.put_sites(board.actor, [{"name": "甲", "kind": "regular", "daily_capacity": 0}], seen=1),
        lambda: registry.put_sites(board.actor, [{"name": "甲", "kind": "regular"}] * 2, seen=1),
        lambda: registry.change(board.actor, "河畔社区", {"aliases": ["春晖居"]}, seen=1),
    ):
        with pytest.raises(RegistryError):
            refused()
    assert names(board, SINCE) == [place["name"] for place in PLACES], "nothing was half done"
    other = accounts.create(board.actor, "super_1", "correct horse", Role.SUPERVISOR)
    with pytest.raises(AccountError):
        registry.rename(other, "河畔社区", "河岸社区", SINCE)


def test_changes_are_revisions(board: Board) -> None:
    moment = clock.now()
    with clock.at(at(SINCE, 9)):
        registry.change(board.actor, "河畔社区", {"area": "东片", "lead_cadre": "李书记"}, seen=1)
    with pytest.raises(submissions.ChangedMeanwhileError):
        registry.change(board.actor, "河畔社区", {"area": "西片"}, seen=1)
    areas = directory.communities(board.view()).set_index("name")["area"]
    assert areas["河畔社区"] == "东片"
    assert directory.communities(board.view(as_of=moment)).set_index("name")["area"]["河畔社区"] == "西片"
    registry.add(board.actor, "新月社区", {"area": "西片", "active_from": SINCE})
    assert "新月社区" not in names(board, DAY) and "新月社区" in names(board, SINCE)
    rows, seen = registry.sites(board.actor)
    registry.put_sites(board.actor, [*rows, {"name": "流动车", "kind": "mobile", "daily_capacity": 80}], seen=seen)
    assert list(directory.sites(board.view())["name"]) == ["卫生中心", "流动车"]
