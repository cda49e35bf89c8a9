"""One community on one page: figures agree with the reports they come from, nobody is named."""

from datetime import UTC, date, datetime, timedelta

import pytest

from config import clock
from data_access import submissions
from data_access.accounts import Role
from data_access.reports import profile
from data_access.reports.view import View
from tests.data_access.street import Board
from tests.pages.conftest import account

DAY = date(2022, 8, 12)
BASE = date(2022, 8, 1)


@pytest.fixture
def board(database_url):
    board = Board()
    register = {
        "name": "春晖社区",
        "area": "东片",
        "households": 900,
        "liaison": "王小明",
        "liaison_phone": "13812345678",
    }
    board.communities([register, "向阳社区"])
    board.baseline("春晖社区", BASE, 120, 4)
    return board


def day(back):
    return DAY - timedelta(days=back)


def test_the_tiles_agree_with_ranking_and_dispatch(board):
    for back, done, total in ((1, 8, 38), (0, 4, 46)):
        board.evening("春晖社区", day(back), roster_n=10, vacc_on_roster=done, walk_in=0, cum_d1=total)
    board.action("春晖社区", "D-1", found_on=day(5), due=day(2), issue="示例", status="fixing")
    board.action("春晖社区", "D-2", found_on=day(5), due=day(-2), issue="示例", status="recheck")
    found = profile.tiles(board.view(DAY, community="春晖社区"))
    assert (found["coverage_n"], found["coverage_d"], found["rank"], found["field"]) == (46, 120, 1, 1)
    assert (found["completion_n"], found["before_n"], found["before_day"]) == (4, 8, day(1))
    assert (found["left"], found["target"]) == (62, 90)
    assert (found["open"], found["overdue"], found["soon"]) == (2, 1, 1)
    assert found["on_time_d"] == 6 and found["since"] == day(1)


def test_a_day_without_a_report_is_missing_and_a_low_one_is_marked(board):
    board.evening("春晖社区", day(2), roster_n=10, vacc_on_roster=9, walk_in=1)
    board.evening("春晖社区", DAY, roster_n=10, vacc_on_roster=8, walk_in=0)
    rows = profile.week(board.view(DAY, community="春晖社区")).set_index("day")
    assert len(rows) == 7
    assert rows["on_roster"].isna()[day(1)] and not rows["low"][day(1)]
    assert (rows["low"][day(2)], rows["low"][DAY]) == (False, True)
    assert rows.loc[DAY, ["completion_n", "completion_d"]].tolist() == [8, 10]


def test_causes_add_up_the_days_reported_in_full(board):
    nothing = dict.fromkeys(("deferred", "contraindicated", "refused", "moved", "shortage", "elsewhere"), 0)
    board.evening("春晖社区", day(1), roster_n=10, vacc_on_roster=7, walk_in=0, no_show=2, **nothing)
    board.evening("春晖社区", DAY, roster_n=10, vacc_on_roster=9, walk_in=0, no_show=1, **nothing)
    frame = profile.causes(board.view(DAY, community="春晖社区"))
    assert dict(zip(frame["cause"], frame["n"], strict=True)) == {"no_show": 3, "unexplained": 1}
    assert frame["days"].tolist() == [2, 2]


def test_the_base_names_its_parts(board):
    board.evening("春晖社区", DAY, cum_d1=46)
    frame = profile.base(board.view(DAY, community="春晖社区")).set_index("figure")["n"]
    assert frame.to_dict() == {"surveyed": 120, "contraindicated": 4, "eligible": 116, "vaccinated": 46}


def test_the_latest_sheets_keep_their_history(board):
    first, second = (datetime(2022, 8, 12, hour, tzinfo=UTC) for hour in (11, 12))
    board.evening("春晖社区", DAY, cum_d1=46, at=first)
    board.evening("春晖社区", DAY, cum_d1=48, at=second)
    board.evening("向阳社区", DAY, cum_d1=1)
    frame = profile.sent(board.view(DAY, community="春晖社区"))
    evenings = frame[frame["kind"] == "evening"]
    assert evenings["state"].tolist() == ["in_force", "superseded"]
    assert evenings["revision"].tolist() == [2, 1]
    then = profile.sent(board.view(DAY, as_of=second - timedelta(minutes=1), community="春晖社区"))
    assert then.loc[then["kind"] == "evening", "state"].tolist() == ["in_force"]


def test_the_calendar_shows_corrections_of_punctual_sheets(board):
    early = datetime(2022, 8, 12, 11, tzinfo=UTC)
    board.evening("春晖社区", DAY, cum_d1=46, at=early)
    board.evening("春晖社区", DAY, cum_d1=48, at=early + timedelta(hours=4))
    states = profile.calendar(board.view(DAY, community="春晖社区")).set_index("kind")["state"]
    assert states["evening"] == "corrected" and states["morning"] == "unreported"


def test_who_may_see_the_liaison(board):
    card = profile.card(board.view(DAY, community="春晖社区"))
    assert (card.liaison, card.phone, card.area, card.households) == ("王*", "138****5678", "东片", 900)
    leader = profile.card(View(account(Role.LEADER), DAY, "covid", community="春晖社区"))
    assert (leader.liaison, leader.phone) == ("", "")
    stranger = account(Role.CLERK, "向阳社区")
    assert profile.card(View(stranger, DAY, "covid", community="春晖社区")).liaison == ""


def test_workstreams_without_a_report_have_no_figure(board):
    frame = profile.pace(board.view(DAY, community="春晖社区"))
    assert len(frame) and frame["completion_n"].isna().all()


def test_an_extended_item_is_overdue_by_its_first_deadline(board):
    matter = {"found_on": day(5), "issue": "示例", "status": "fixing"}
    board.action("春晖社区", "D-1", **matter, due=day(2))
    board.action("春晖社区", "D-1", **matter, due=day(-2), extension="等雨停")
    found = profile.tiles(board.view(DAY, community="春晖社区"))
    assert (found["open"], found["overdue"], found["soon"]) == (1, 1, 0)


def test_after_a_withdrawal_the_sheet_before_was_superseded_until_then(board):
    first, second, third = (datetime(2022, 8, 12, hour, tzinfo=UTC) for hour in (10, 11, 12))
    board.evening("春晖社区", DAY, cum_d1=46, at=first)
    gone = board.evening("春晖社区", DAY, cum_d1=48, at=second)
    with clock.at(third):
        submissions.withdraw(board.actor, gone.submission, "报错了")

    def states(as_of=None):
        frame = profile.sent(board.view(DAY, as_of=as_of, community="春晖社区"))
        return frame.loc[frame["kind"] == "evening", "state"].tolist()

    assert states() == ["withdrawn", "in_force"]
    assert states(third - timedelta(minutes=1)) == ["in_force", "superseded"]
