"""督办整改: overdue by the original date, rates over what was due, and nobody named who need not be."""

from datetime import date, timedelta

import pytest

from config import clock
from config.catalogue import workstream
from data_access import accounts, submissions
from data_access.accounts import NotAllowedError, OtherCommunityError, Role
from data_access.office import matters
from data_access.office.matters import MatterError
from data_access.reports import actions
from data_access.workbooks.model import Scope
from tests.data_access.street import DAY, Board, at

HERE = "清河社区"
MATTER = {
    "source": "weekly",
    "found_on": date(2022, 8, 1),
    "place": "东门",
    "workstream": "environment",
    "issue": "垃圾桶满溢未清运",
    "severity": "minor",
    "demand": "当日清运",
    "unit": "清河居委会",
    "owner": "李四海",
    "due": date(2022, 8, 5),
}
CLOSED = {
    "status": "closed",
    "measure": "已清运",
    "fixed_on": date(2022, 8, 4),
    "rechecked_on": date(2022, 8, 5),
    "rechecked_by": "王复查",
    "recheck": "passed",
}


@pytest.fixture
def board(office):
    made = Board()
    made.communities([HERE, "和平社区"])
    return made


def someone(board, role, community=None, name=None):
    return accounts.create(board.actor, name or f"{role}_one", "correct horse", Role(role), community)


def only(board, **more):
    frame = actions.table(board.view(**more))
    assert len(frame) == 1
    return frame.iloc[0]


def test_overdue_counts_from_the_original_due_date_even_when_it_was_extended(board):
    board.action(HERE, "DB-1", **MATTER, status="fixing")
    board.action(HERE, "DB-1", **MATTER | {"due": date(2022, 8, 20)}, status="fixing", extension="等雨停")
    row = only(board)
    assert (row["due"], row["original_due"]) == (date(2022, 8, 20), date(2022, 8, 5))
    assert (row["overdue_days"], row["pressing"]) == (7, "red")
    assert actions.events(board.view(), "DB-1")["event"].tolist() == ["found", "assigned", "extended"]


@pytest.mark.parametrize(
    ("status", "due", "colour"),
    [
        ("fixing", DAY + timedelta(days=3), "blue"),
        ("fixing", DAY + timedelta(days=4), None),
        ("new", DAY + timedelta(days=9), "yellow"),
        ("relapsed", DAY + timedelta(days=9), "yellow"),
        ("fixing", DAY, "blue"),
        ("fixing", DAY - timedelta(days=1), "red"),
    ],
)
def test_three_colours(board, status, due, colour):
    board.action(HERE, "DB-1", **MATTER | {"due": due}, status=status)
    assert only(board)["pressing"] == colour


def test_rates(board):
    board.action(HERE, "DB-1", **MATTER, **CLOSED)
    board.action(HERE, "DB-2", **MATTER, **CLOSED | {"rechecked_on": date(2022, 8, 6)})
    board.action(HERE, "DB-3", **MATTER, status="fixing")
    board.action(HERE, "DB-4", **MATTER | {"due": DAY + timedelta(days=5)}, status="fixing")
    row = actions.summary(board.view()).iloc[0]
    assert (row["closed_n"], row["closed_d"]) == (2, 4)
    assert (row["closed_on_time_n"], row["closed_on_time_d"]) == (1, 3)
    assert (row["reopened_n"], row["reopened_d"]) == (0, 2)
    assert (row["overdue"], row["open"]) == (1, 2)


def test_nothing_due_is_no_rate(board):
    board.action(HERE, "DB-1", **MATTER | {"due": DAY + timedelta(days=5)}, status="new")
    row = actions.summary(board.view()).iloc[0]
    assert (row["closed_on_time_n"], row["closed_on_time_d"]) == (0, 0)


def test_a_matter_found_later_is_not_there_yet(board):
    board.action(HERE, "DB-1", **MATTER, status="new")
    assert actions.table(board.view(date(2022, 7, 31))).empty


def test_closed_matters_come_last_and_the_overdue_first(board):
    board.action(HERE, "DB-1", **MATTER, **CLOSED)
    board.action(HERE, "DB-2", **MATTER | {"due": DAY + timedelta(days=9)}, status="fixing")
    board.action(HERE, "DB-3", **MATTER, status="fixing")
    assert actions.table(board.view())["item_no"].tolist() == ["DB-3", "DB-2", "DB-1"]
    assert actions.open_items(board.view(), HERE)["item_no"].tolist() == ["DB-3", "DB-2"]
    assert actions.open_items(board.view(), "和平社区").empty


def test_owners_are_masked_and_leaders_see_no_names_at_all(board):
    board.action(HERE, "DB-1", **MATTER | {"issue": "李四海 13812345678 未清运"}, status="fixing")
    row = only(board)
    assert row["owner"] == "李*"
    assert "李四海" not in row["issue"] and "13812345678" not in row["issue"]
    assert only(Board(someone(board, "leader")))["owner"] is None
    assert only(Board(someone(board, "clerk", "和平社区")))["owner"] is None


def test_a_matter_goes_its_way_and_every_step_is_an_event(board):
    supervisor, other = someone(board, "supervisor"), someone(board, "supervisor", name="supervisor_two")
    clerk = someone(board, "clerk", HERE)
    number = matters.raise_item(supervisor, community=HERE, **MATTER)
    matters.move(supervisor, number, "fixing", unit="清河居委会")
    matters.move(clerk, number, "recheck", measure="已清运")
    matters.move(supervisor, number, "fixing")  # the re-check failed
    matters.move(clerk, number, "recheck", measure="换了大桶")
    assert matters.move(other, number, "closed") == 6
    matters.move(supervisor, number, "relapsed")
    story = actions.events(board.view(), number)
    assert story["event"].tolist() == [
        *("found", "assigned", "fixed", "rechecked", "assigned", "fixed", "rechecked", "closed", "reopened"),
    ]  # fmt: skip
    assert story["role"].tolist()[2] == "clerk"
    row = only(board)
    assert (row["status"], bool(row["reopened"])) == ("relapsed", True)
    assert actions.summary(board.view())[["reopened_n", "reopened_d"]].iloc[0].tolist() == [1, 1]


def test_whoever_fixed_it_does_not_recheck_it(board):
    supervisor = someone(board, "supervisor")
    number = matters.raise_item(supervisor, community=HERE, **MATTER)
    matters.move(supervisor, number, "fixing")
    matters.move(supervisor, number, "recheck", measure="已清运")
    assert matters.moves(supervisor, number) == ("fixing",)
    with pytest.raises(MatterError, match="另一个账号"):
        matters.move(supervisor, number, "closed")
    assert matters.moves(board.actor, number) == ("closed", "fixing")


def test_a_clerk_marks_the_own_community_fixed_and_nothing_else(board):
    clerk, stranger = someone(board, "clerk", HERE), someone(board, "clerk", "和平社区", "clerk_two")
    board.action(HERE, "DB-1", **MATTER, status="fixing")
    assert matters.moves(clerk, "DB-1") == ("recheck",)
    assert matters.moves(stranger, "DB-1") == ()
    with pytest.raises(OtherCommunityError):
        matters.move(stranger, "DB-1", "recheck", measure="已清运")
    with pytest.raises(NotAllowedError):
        matters.raise_item(clerk, community=HERE, **MATTER)
    matters.move(clerk, "DB-1", "recheck", measure="已清运")
    with pytest.raises(NotAllowedError):
        matters.move(clerk, "DB-1", "closed")


def test_a_leader_moves_nothing(board):
    board.action(HERE, "DB-1", **MATTER, status="fixing")
    leader = someone(board, "leader")
    assert matters.moves(leader, "DB-1") == ()
    with pytest.raises(NotAllowedError):
        matters.move(leader, "DB-1", "recheck", measure="已清运")


@pytest.mark.parametrize(
    ("change", "words"),
    [({"demand": None}, "整改要求"), ({"issue": "太短"}, "5"), ({"due": date(2022, 7, 1)}, "2022|早|发现")],
)
def test_a_matter_without_what_it_needs_is_refused(board, change, words):
    with pytest.raises(MatterError, match=words):
        matters.raise_item(board.actor, community=HERE, **MATTER | change)
    assert actions.table(board.view()).empty


def test_the_same_matter_twice_is_refused_with_its_number(board):
    number = matters.raise_item(board.actor, community=HERE, **MATTER)
    with pytest.raises(MatterError, match=number):
        matters.raise_item(board.actor, community=HERE, **MATTER)


def test_a_jump_over_the_recheck_is_refused(board):
    board.action(HERE, "DB-1", **MATTER, status="fixing")
    with pytest.raises(MatterError):
        matters.move(board.actor, "DB-1", "closed")


def test_a_change_by_somebody_else_meanwhile_is_told(board):
    board.action(HERE, "DB-1", **MATTER, status="fixing")
    matters.extend(board.actor, "DB-1", date(2022, 8, 20), "等雨停", revision=1)
    with pytest.raises(MatterError):
        matters.move(board.actor, "DB-1", "recheck", measure="已清运", revision=1)
    assert matters.current(board.actor, "DB-1").revision == 2


def test_a_withdrawn_closing_reopens_the_matter_without_a_trace_in_its_story(board):
    board.action(HERE, "DB-1", **MATTER, status="recheck", measure="已清运", fixed_on=date(2022, 8, 4))
    with clock.at(at(DAY, 21)):
        outcome = board.action(HERE, "DB-1", **MATTER, **CLOSED)
    submissions.withdraw(board.actor, outcome.submission, "销错了")
    assert only(board)["status"] == "recheck"
    assert "closed" not in actions.events(board.view(), "DB-1")["event"].tolist()


def test_the_list_as_it_was_known_earlier(board):
    with clock.at(at(DAY, 9)):
        board.action(HERE, "DB-1", **MATTER, status="fixing")
    with clock.at(at(DAY, 11)):
        board.action(HERE, "DB-1", **MATTER, **CLOSED)
    assert only(board, as_of=at(DAY, 10))["status"] == "fixing"
    assert actions.events(board.view(as_of=at(DAY, 10)), "DB-1")["event"].tolist() == ["found", "assigned"]


def test_free_text_is_for_those_who_may_read_it(board):
    board.action(HERE, "DB-1", **MATTER | {"issue_type": "宣传栏"}, status="fixing", measure="张三家已清")
    for reader in (board, Board(someone(board, "supervisor")), Board(someone(board, "clerk", HERE))):
        assert only(reader)[["issue", "place", "demand"]].tolist() == ["垃圾桶满溢未清运", "东门", "当日清运"]
    for other in (Board(someone(board, "leader")), Board(someone(board, "clerk", "和平社区", "clerk_two"))):
        row = only(other)
        assert row[["issue", "place", "demand", "measure", "extension"]].isna().all()
        assert row["about"] == f"{workstream('environment').label}：宣传栏（DB-1）"


def test_a_past_day_has_the_status_of_that_day(board):
    board.action(HERE, "DB-1", **MATTER, **CLOSED)
    before, after = date(2022, 8, 4), date(2022, 8, 5)
    assert only(board, day=before)[["status", "status_now"]].tolist() == ["recheck", "closed"]
    assert only(board, day=date(2022, 8, 3))["status"] == "fixing"
    assert only(board, day=after)["status"] == "closed"
    assert len(actions.open_items(board.view(before))) == actions.summary(board.view(before))["open"].iloc[0] == 1
    assert actions.open_items(board.view(after)).empty


def test_what_came_back_later_was_closed_until_then(board):
    with clock.at(at(DAY - timedelta(days=4), 9)):
        board.action(HERE, "DB-1", **MATTER, **CLOSED)
    with clock.at(at(DAY - timedelta(days=1), 9)):
        board.action(HERE, "DB-1", **MATTER, status="relapsed")
    then = board.view(DAY - timedelta(days=2))
    assert only(board, day=then.day)["status"] == "closed"
    assert actions.summary(then)[["open", "relapsed"]].iloc[0].tolist() == [0, 0]
    assert only(board)["status"] == "relapsed"
    assert actions.summary(board.view())[["open", "relapsed"]].iloc[0].tolist() == [1, 1]


def test_closed_again_on_the_day_it_came_back_is_closed(board):
    with clock.at(at(DAY, 8)):
        board.action(HERE, "DB-1", **MATTER, **CLOSED)
    with clock.at(at(DAY, 9)):
        board.action(HERE, "DB-1", **MATTER, status="relapsed")
    with clock.at(at(DAY, 10)):
        board.action(HERE, "DB-1", **MATTER, **CLOSED | {"rechecked_on": DAY})
    assert only(board)["status"] == "closed" and bool(only(board)["reopened"])


def test_an_inspection_that_found_nothing_is_on_record_and_no_matter(board):
    board.save(
        Scope("actions", topic="JC-1"),
        [
            {
                "item_no": "JC-1",
                "community": HERE,
                "found_on": DAY,
                "place": "东门",
                "issue": "检查未发现问题",
                "status": "clear",
            }
        ],
    )
    matter = {**MATTER, "item_no": "JC-2", "community": HERE, "status": "fixing"}
    board.save(Scope("actions", topic="JC-2"), [matter])
    assert "JC-1" in actions.table(board.view())["item_no"].tolist()
    assert "JC-1" not in actions.matters(board.view())["item_no"].tolist()
    assert "JC-1" not in actions.open_items(board.view())["item_no"].tolist()
    seen = actions.inspections(board.view())
    assert seen["records"] == seen["problems"] + 1
    assert seen == {"records": 2, "problems": 1, "rectified": 0, "open": 1}
    assert seen["problems"] == actions.summary(board.view())["found"].iloc[0] == seen["rectified"] + seen["open"]
    assert actions.events(board.view(), "JC-1").empty
    assert matters.moves(board.actor, "JC-1") == ()
