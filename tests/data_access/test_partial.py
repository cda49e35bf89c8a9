"""N20: a file with the changed rows only is laid over what its scope holds; on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from data_access import database, submissions
from data_access.accounts import OtherCommunityError, Role
from data_access.inbox.plans import split
from data_access.reports import history
from data_access.schema import Callup, Submission
from data_access.workbooks.model import Hints, Portion, Row, Scope
from tests.data_access import books
from tests.data_access.street import DAY, Board, at
from tests.pages.conftest import account
from tests.workbooks import make

PARTIAL = Hints(partial=True)


@pytest.fixture
def board(database_url):
    board = Board()
    board.communities(["春晖社区", "安康社区"], at=at(DAY - timedelta(days=40), 9))
    board.sites(["卫生中心"])
    return board


def sent(actor, content, name="名单.xlsx", hints=None):
    return submissions.commit(actor, submissions.examine(actor, content, name, hints), content)


def held(submission):
    """Name, outcome and row of each person of a roster."""
    with database.reading() as connection:
        rows = connection.execute(
            select(Callup.name, Callup.outcome, Callup.row).where(Callup.submission_id == submission)
        )
        return {row.name: (row.outcome, row.row) for row in rows}


def roster(*numbers, **more):
    return books.book("roster", *(books.person(number, **more) for number in numbers))


def codes(outcome):
    return [finding.code for finding in outcome.findings]


def test_rows_that_a_correction_does_not_mention_stay_with_their_places(board):
    first = sent(board.actor, roster(*range(5))).sheets[0]
    change = books.book("roster", books.person(3, outcome="no_show"), books.person(6))
    outcome = sent(board.actor, change, hints=PARTIAL).sheets[0]
    assert (outcome.status, outcome.revision, outcome.rows_accepted, outcome.rows_kept) == ("committed", 2, 2, 4)
    found = outcome.comparison
    assert (found.new, found.changed, found.unchanged, found.gone) == (1, 1, 4, 0)
    assert "LOOKS_PARTIAL" not in codes(outcome)
    before, after = held(first.submission), held(outcome.submission)
    assert after == before | {"李示例": ("no_show", 3), "郑示例": (None, 4)}
    with database.reading() as connection:
        whole = select(Submission.rows_accepted).where(Submission.id == outcome.submission)
        assert connection.execute(whole).scalar_one() == 6  # the roster has six people, whatever the file held


def test_columns_that_a_correction_leaves_out_stay_as_they_are(board):
    sent(board.actor, roster(0, 1, batch_no=4, outcome="no_show"))
    change = books.person(1, phone="13900009999")
    del change["age"], change["vaccine_type"]
    outcome = sent(board.actor, books.book("roster", change), hints=PARTIAL).sheets[0]
    changed = {change.column for change in outcome.comparison.changes}
    assert changed == {"phone", "batch_no"} and held(outcome.submission)["钱示例"][0] == "no_show"


def test_what_is_usual_takes_the_place_of_nothing(board):
    whole = {"code": "C01", "name": "春晖社区", "kind": "行业", "aliases": "春晖、老春晖"}
    sent(board.actor, books.book("communities", whole))
    change = books.book("communities", {"code": "C01", "name": "春晖社区", "area": "东片"})
    outcome = sent(board.actor, change, hints=PARTIAL).sheets[0]
    assert [change.column for change in outcome.comparison.changes] == ["area"]
    change = books.book("communities", {"code": "C01", "name": "春晖社区", "kind": "社区"})
    outcome = sent(board.actor, change, hints=PARTIAL).sheets[0]
    assert [change.column for change in outcome.comparison.changes] == ["kind"]


def test_of_a_matter_too(board):
    matter = {
        "item_no": "A-1", "community": "春晖社区", "source": "日查", "found_on": DAY, "place": "门口",
        "issue": "门口缺少指引标识", "workstream": "vaccination", "severity": "一般", "demand": "补齐标识",
        "unit": "春晖社区", "owner": "王某", "due": DAY, "status": "整改中",
    }  # fmt: skip
    first = sent(board.actor, books.book("actions", matter | {"measure": "已订做标识"})).sheets[0]
    content = books.book("actions", matter | {"severity": "重大"})
    result = submissions.examine(board.actor, content, "督办.xlsx", PARTIAL)
    (part,) = split(result)
    shown = history.preview(board.actor, part[1], first.submission)
    assert shown.changes["column"].tolist() == ["严重程度"]
    outcome = submissions.commit(board.actor, result, content).sheets[0]
    assert [change.column for change in outcome.comparison.changes] == ["severity"]


def test_the_first_version_is_simply_new(board):
    outcome = sent(board.actor, roster(0, 1), hints=PARTIAL).sheets[0]
    assert (outcome.revision, outcome.comparison.new, outcome.rows_kept) == (1, 2, 0)


def test_the_same_correction_again_changes_nothing(board):
    sent(board.actor, roster(*range(5)))
    change = roster(3, outcome="no_show")
    sent(board.actor, change, hints=PARTIAL)
    assert sent(board.actor, change, hints=PARTIAL).sheets[0].status == "unchanged"


def test_the_preview_shows_what_stays(board):
    first = sent(board.actor, roster(*range(5))).sheets[0]
    content = roster(3, outcome="no_show")
    result = submissions.examine(board.actor, content, "名单.xlsx", PARTIAL)
    shown = history.preview(board.actor, result.portions[0][1], first.submission)
    assert (shown.changed, shown.unchanged, shown.gone, shown.rows_after) == (1, 4, 0, 5)
    whole = submissions.examine(board.actor, content, "名单.xlsx")
    assert history.preview(board.actor, whole.portions[0][1], first.submission).gone == 4


def test_a_whole_sheet_with_few_of_the_rows_is_asked_about(board):
    sent(board.actor, roster(*range(5)))
    few = sent(board.actor, roster(3, 4, outcome="no_show")).sheets[0]
    assert "LOOKS_PARTIAL" in codes(few) and few.comparison.gone == 3
    finding = next(finding for finding in few.findings if finding.code == "LOOKS_PARTIAL")
    assert "原有 5 行，这份只有 2 行" in finding.message


def test_other_people_are_no_correction(board):
    sent(board.actor, roster(*range(5)))
    assert "LOOKS_PARTIAL" not in codes(sent(board.actor, roster(5, 6)).sheets[0])


def test_the_changed_rows_are_not_held_against_the_day(board):
    sent(board.actor, roster(*range(5)))
    sent(board.actor, books.morning("春晖社区", planned=5), "早会商.xlsx")
    assert "I5_PLAN_ROSTER" in codes(sent(board.actor, roster(3)).sheets[0])
    sent(board.actor, roster(*range(5), reminded=True))
    assert "I5_PLAN_ROSTER" not in codes(sent(board.actor, roster(3, reminded=False), hints=PARTIAL).sheets[0])


def test_a_name_of_a_correction_is_a_hint_and_decides_nothing(board):
    sent(board.actor, roster(*range(5)))
    outcome = sent(board.actor, roster(*range(4)), "春晖社区名单（更正）.xlsx").sheets[0]
    assert "SAYS_CORRECTION" in codes(outcome) and outcome.comparison.gone == 1
    said = sent(board.actor, roster(1, outcome="no_show"), "更正.xlsx", PARTIAL).sheets[0]
    assert "SAYS_CORRECTION" not in codes(said) and said.comparison.gone == 0


def test_a_part_of_a_ledger_is_refused(board):
    board.communities(["朝阳社区"])
    ledger = make.ledger()
    assert submissions.examine(board.actor, ledger, "台账.xlsx").portions
    part = sent(board.actor, ledger, "台账.xlsx", PARTIAL)
    assert part.status == "rejected" and "PARTIAL_LEDGER" in [finding.code for finding in part.all_findings()]


def test_a_clerk_corrects_the_own_community_only(board):
    clerk = account(Role.CLERK, "安康社区")
    sent(board.actor, roster(*range(5)))
    result = submissions.examine(board.actor, roster(3, outcome="no_show"), "名单.xlsx", PARTIAL)
    with pytest.raises(OtherCommunityError):
        submissions.commit(clerk, result, roster(3, outcome="no_show"))


def test_a_typed_correction_may_be_partial_too(board):
    board.evening("春晖社区", rows=[{"site": "卫生中心", "vacc_on_roster": 4}, {"site": "小学", "vacc_on_roster": 2}])
    scope = Scope("evening", "covid", "春晖社区", DAY)
    row = Row(9, {"biz_date": DAY, "site": "小学", "vacc_on_roster": 3})
    outcome = submissions.save(board.actor, [Portion(scope, [row], partial=True)])[0]
    assert [(c.identity, c.column, c.after) for c in outcome.comparison.changes] == [(("小学",), "vacc_on_roster", 3)]
