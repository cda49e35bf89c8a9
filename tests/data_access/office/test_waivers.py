"""Waivers: who may accept which warning, why, and where it is shown; on SQLite and PostgreSQL."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from data_access import database, submissions
from data_access.accounts import NotAllowedError, Role
from data_access.commands import answers
from data_access.office import waivers
from data_access.office.waivers import WaiverError
from data_access.reports import dispatch, history
from data_access.schema import AuditEvent, Waiver
from tests.data_access import books
from tests.data_access.street import DAY, Board, at
from tests.pages.conftest import account


@pytest.fixture
def board(database_url):
    board = Board()
    board.communities(["春晖社区", "安康社区"], at=at(DAY - timedelta(days=40), 9))
    return board


def differing(board, community="春晖社区"):
    """A day whose evening tally leaves one of five people unexplained."""
    board.roster(community, n=5, at=at(DAY, 7))
    board.evening(community, roster_n=5, vacc_on_roster=4, at=at(DAY, 20))


def state(board, community="春晖社区", **more):
    frame = dispatch.table(board.view(**more))
    return frame.set_index("community").loc[community, "state"]


@pytest.mark.parametrize(("role", "may"), [("supervisor", True), ("admin", True), ("clerk", False), ("leader", False)])
def test_supervisors_and_administrators_accept(board, role, may):
    actor = account(Role(role), "春晖社区")
    if may:
        assert waivers.grant(actor, "I1", "春晖社区", DAY, "逐人核对过")
        return
    with pytest.raises(NotAllowedError):
        waivers.grant(actor, "I1", "春晖社区", DAY, "逐人核对过")
    with pytest.raises(NotAllowedError):
        waivers.revoke(actor, 1)


@pytest.mark.parametrize(
    ("rule", "community", "reason", "words"),
    [
        ("I1", "春晖社区", "  ", "原因"),
        ("NO_SUCH", "春晖社区", "原因", "没有规则"),
        ("REQUIRED", "春晖社区", "原因", "只能认可提醒"),
        ("I7_DOSE_HELD", "春晖社区", "原因", "只能认可提醒"),
        ("I7", "春晖社区", "原因", "没有规则"),
        ("I8_TOMORROW", "春晖社区", "原因", "只能认可提醒"),
        ("I1", "无此社区", "原因", "没有无此社区"),
    ],
)
def test_what_cannot_be_accepted(board, rule, community, reason, words):
    with pytest.raises(WaiverError, match=words):
        waivers.grant(board.actor, rule, community, DAY, reason)
    assert waivers.waivers(board.actor).empty


def test_a_difference_is_settled_for_its_day_community_and_campaign(board):
    differing(board)
    differing(board, "安康社区")
    before = database.data_version()
    waivers.grant(board.actor, "I1_UNEXPLAINED", "春晖社区", DAY, "逐人核对过", "covid")
    assert database.data_version() == before + 1
    assert state(board) == "explained" and state(board, "安康社区") == "open"
    assert state(board, as_of=at(DAY, 20, 41)) == "open"  # it was accepted later
    assert board.view(DAY - timedelta(days=1)) and not waivers.stand(board.actor, DAY - timedelta(days=1))
    assert not waivers.stand(board.actor, DAY, "flu")


def test_the_difference_says_who_and_when(board, office):
    differing(board)
    office.now("2022-08-12T21:15")
    number = waivers.grant(board.actor, "I1", "春晖社区", DAY, "逐人核对过")
    line = dispatch.differences(board.view()).iloc[0]
    assert (line["waiver"], line["accepted_by"], line["state"]) == (number, board.actor.username, "explained")
    assert line["accepted_at"] == at(DAY, 21, 15)


def test_a_waiver_taken_back_leaves_the_difference_open(board, office):
    differing(board)
    number = waivers.grant(board.actor, "I1", "春晖社区", DAY, "逐人核对过")
    with pytest.raises(WaiverError, match="已认可"):
        waivers.grant(board.actor, "I1", "春晖社区", DAY, "再认一次")
    office.now("2022-08-12T22:00")
    waivers.revoke(board.actor, number)
    assert state(board) == "open"
    assert state(board, as_of=at(DAY, 21)) == "explained"
    with pytest.raises(WaiverError):
        waivers.revoke(board.actor, number)
    frame = waivers.waivers(board.actor)
    assert frame[["id", "rule", "reason"]].values.tolist() == [[number, "I1", "逐人核对过"]]
    assert frame["revoked_at"].iloc[0] == at(DAY, 22)
    with database.reading() as connection:
        events = connection.execute(select(AuditEvent.event, AuditEvent.details).order_by(AuditEvent.id)).all()
    told = [(event, details.get("rule")) for event, details in events if event.startswith("waiver")]
    assert told == [("waiver_granted", "I1"), ("waiver_revoked", None)]
    assert "逐人核对过" not in json.dumps([list(row) for row in events], ensure_ascii=False)


def test_the_reason_is_sealed_and_kept_from_those_who_may_not_read_of_people(board):
    waivers.grant(board.actor, "I1", "春晖社区", DAY, "张某 13812345678 已核实")
    with database.reading() as connection:
        raw = connection.exec_driver_sql("SELECT reason FROM waiver").scalar_one()
        assert "已核实".encode() not in bytes(raw)
        assert connection.execute(select(Waiver.reason)).scalar_one().startswith("张某")
    assert waivers.waivers(account(Role.SUPERVISOR))["reason"].tolist() == ["张某 **** 已核实"]
    assert waivers.waivers(account(Role.LEADER))["reason"].tolist() == [""]
    clerk = account(Role.CLERK, "安康社区")
    assert waivers.waivers(clerk).empty
    assert [one.reason for one in waivers.stand(clerk, DAY).values()] == [""]


def test_an_accepted_warning_is_marked_wherever_the_sheet_is_shown(board):
    content = books.morning("春晖社区", planned=30, stock=10)
    outcome = submissions.commit(board.actor, submissions.examine(board.actor, content, "早会商.xlsx"), content)
    sheet = outcome.sheets[0]
    assert sheet.figures_of == DAY and not sheet.waived
    number = waivers.grant(board.actor, "SUPPLY_GAP", "春晖社区", DAY, "由街道派人", "covid")
    shown = history.findings(board.actor, sheet.submission).set_index("code").loc["SUPPLY_GAP"]
    assert (shown["waiver"], shown["accepted_by"], shown["accepted_reason"]) == (number, "console", "由街道派人")
    again = submissions.preview(board.actor, submissions.examine(board.actor, content, "早会商.xlsx")).sheets[0]
    assert again.waived["SUPPLY_GAP"].id == number
    told = {one["code"]: one["waived"] for one in answers.sheet(again)["findings"]}
    assert told["SUPPLY_GAP"]["reason"] == "由街道派人" and told["SUPPLY_GAP"]["by"] == "console"
    (text,) = [line for line in answers.workbook_text("早会商.xlsx", _of(again)) if "[warning]" in line]
    assert text.endswith("(已认可 · console · 由街道派人)")
    assert waivers.waived(board.actor, "春晖社区", DAY, ["SUPPLY_GAP", "BATCH_OVER_CAPACITY"]).keys() == {"SUPPLY_GAP"}


def _of(sheet):
    return submissions.Outcome("早会商.xlsx", "", sheet.status, [sheet])


def test_an_identity_covers_its_rules_and_a_rule_its_identity(board):
    waivers.grant(board.actor, "I5", "春晖社区", DAY, "会后加人")
    waivers.grant(board.actor, "VACCINATED_SUM", "春晖社区", DAY, "散客补录")
    found = waivers.stand(board.actor, DAY)
    assert waivers.accepted(found, "春晖社区", "I5_PLAN_ROSTER").reason == "会后加人"
    assert waivers.accepted(found, "春晖社区", "I4").reason == "散客补录"
    assert waivers.accepted(found, "春晖社区", "I1") is None and waivers.accepted(found, "安康社区", "I5") is None
    assert waivers.identities(found, "春晖社区") == {"I4", "I5"}
