"""报送: how punctually each community reports, and the words that ask for what is missing (metrics.md §6.5)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert

from config import clock, language
from data_access import database, metrics, submissions
from data_access.office import exemptions
from data_access.reports import ranking, reporting, tallies
from data_access.schema import CalendarDay
from data_access.workbooks.model import Scope
from tests.data_access.street import DAY, Board, at

BEFORE = DAY - timedelta(days=1)


@pytest.fixture
def board(office):
    board = Board()
    board.communities(["锦绣社区", "安康社区"], at=at(DAY - timedelta(days=30), 9))
    return board


def test_each_sheet_has_the_state_of_its_first_version(board):
    board.roster("锦绣社区", n=5, at=at(BEFORE, 17))
    board.morning("锦绣社区", planned=5, at=at(DAY, 9, 30))
    board.evening("锦绣社区", roster_n=5, at=at(DAY, 19))
    board.evening("锦绣社区", roster_n=6, at=at(DAY, 20, 30))
    board.roster("安康社区", n=5, at=at(DAY, 8, 1))
    states = reporting.table(board.view()).set_index(["community", "kind"])["state"]
    assert states["锦绣社区"].to_dict() == {"roster": "on_time", "morning": "late", "evening": "on_time"}
    assert states["安康社区"].to_dict() == {"roster": "supplied", "morning": "unreported", "evening": "unreported"}
    summary = reporting.summary(board.view()).set_index("community")
    assert summary.loc["锦绣社区", ["on_time", "late", "corrected"]].tolist() == [2, 1, 1]
    assert summary.loc["锦绣社区", ["on_time_n", "on_time_d", "reported_n", "reported_d"]].tolist() == [2, 3, 3, 3]
    assert summary.loc["安康社区", ["supplied", "unreported", "on_time_n", "reported_n"]].tolist() == [1, 2, 0, 1]


def test_what_is_not_yet_due_is_no_fault(board, office):
    office.now("2022-08-12T08:30")
    summary = reporting.summary(board.view()).set_index("community").loc["安康社区"]
    assert summary[["not_due", "unreported", "on_time_d"]].tolist() == [2, 1, 1]


def test_a_period_leaves_out_its_rest_days(board):
    with database.writing() as connection:
        connection.execute(insert(CalendarDay).values(street_id=board.actor.street_id, day=BEFORE, note="停种"))
    summary = reporting.summary(board.view(), DAY - timedelta(days=2)).set_index("community")
    assert summary.loc["锦绣社区", list(metrics.TIMELINESS)].sum() == 6


def test_a_withdrawn_report_is_owed_again(board):
    sent = board.evening("锦绣社区", roster_n=5, at=at(DAY, 19))
    assert "锦绣社区：晚调度" not in reporting.reminder(board.view())
    submissions.withdraw(board.actor, sent.submission, "报错了")
    assert reporting.summary(board.view())["unreported"].tolist() == [3, 3]


def test_the_reminder_names_who_owes_what_and_nobody_else(board, office):
    for day in (DAY,):
        board.roster("锦绣社区", day, n=5, at=at(BEFORE, 17))
        board.morning("锦绣社区", day, planned=5, at=at(DAY, 8))
        board.evening("锦绣社区", day, roster_n=5, at=at(DAY, 19))
    board.roster("安康社区", n=0, at=at(BEFORE, 17))
    board.morning("安康社区", planned=0, at=at(DAY, 8))
    text = reporting.reminder(board.view())
    assert "锦绣" not in text and "8月12日" in text
    assert text.splitlines()[1:] == ["安康社区：接种名单（空表，请核）、晚调度（应于 08-12 20:00）"]
    with language.speaking("en"):
        assert "evening tally (due 08-12 20:00)" in reporting.reminder(board.view())
    with clock.at(at(DAY, 20, 30)):
        board.evening("安康社区")
        board.roster("安康社区", n=1)
    assert reporting.reminder(board.view()) == ""
    office.now("2022-08-12T19:00")
    assert reporting.reminder(board.view(as_of=at(DAY, 19))) != "", "the empty roster of then"


def test_a_community_owes_nothing_before_it_joined_or_after_it_left(board):
    joined, left = DAY - timedelta(days=1), DAY - timedelta(days=3)
    board.communities(
        [{"name": "锦绣社区", "active_from": joined}, {"name": "安康社区", "active_until": left}],
        at=at(DAY - timedelta(days=20), 9),
    )
    start = DAY - timedelta(days=9)
    summary = reporting.summary(board.view(), start).set_index("community")
    assert summary.loc["锦绣社区", ["unreported", "on_time_d"]].tolist() == [6, 6]
    assert summary.index.tolist() == ["锦绣社区"]
    with database.reading() as connection:
        received = reporting.received(connection, board.view(), start)
        keys = {one.name: one.id for one in tallies.members(connection, board.view(left))}
        states = received.states([*keys.values(), *_keys(connection, board)], start, DAY)
    assert len(states[keys["安康社区"]]) == 3 * 7
    ranked = ranking.table(board.view(), "on_time").set_index("community")
    assert ranked.loc["锦绣社区", "rate_d"] <= 6


def _keys(connection, board):
    return [one.id for one in tallies.members(connection, board.view())]


# A period -------------------------------------------------------------------------------------------------------


@pytest.fixture
def fortnight(board):
    """Two communities over five days with every state: punctual, late, supplied, missing, empty and exempt."""
    for back in range(1, 5):
        day = DAY - timedelta(days=back)
        board.morning("锦绣社区", day, planned=5, at=at(day, 8 + back // 2, 30))
        board.evening("锦绣社区", day, roster_n=5, at=at(day, 19))
    board.save(Scope("evening", "covid", "安康社区", BEFORE), [], at(BEFORE, 19))
    board.roster("安康社区", n=5, at=at(DAY, 8, 1))
    exemptions.grant(board.actor, "安康社区", DAY - timedelta(days=3), DAY - timedelta(days=2), "停电", "morning")
    return board


def test_the_states_of_a_period_add_up_to_all_sheets(fortnight):
    start = DAY - timedelta(days=4)
    frame = reporting.totals(fortnight.view(), start).set_index("kind")
    states = frame[list(reporting.STATES)]
    assert (states.sum(axis=1) == frame["total"]).all() and frame.loc["all", "total"] == 2 * 3 * 5
    assert (states.drop("all").sum() == states.loc["all"]).all()
    assert frame.loc["all", ["exempt", "empty", "supplied", "late"]].tolist() == [2, 1, 2, 2]
    assert (frame["expected"] == frame["total"] - frame["exempt"]).all()
    shares = [metrics.Rate(int(n), 30).value for n in states.loc["all"]]
    assert sum(shares) == 1
    by_community = reporting.summary(fortnight.view(), start)
    assert by_community[list(reporting.STATES)].sum().tolist() == states.loc["all"].tolist()
    assert by_community["on_time_d"].sum() == frame.loc["all", "on_time_d"]


def test_a_worked_period(fortnight):
    """锦绣 over the four days before: mornings 8:30, 9:30, 9:30, 10:30 and four evenings in time; rosters missing."""
    view = fortnight.view(BEFORE)
    own = reporting.summary(view, DAY - timedelta(days=4)).set_index("community").loc["锦绣社区"]
    assert own[["on_time", "late", "supplied", "unreported"]].tolist() == [5, 2, 1, 4]
    assert own[["on_time_n", "on_time_d", "reported_n", "reported_d"]].tolist() == [5, 12, 8, 12]


def test_the_calendar_shows_each_day_by_what_presses_most(fortnight):
    with database.writing() as connection:
        rest = DAY - timedelta(days=5)
        connection.execute(insert(CalendarDay).values(street_id=fortnight.actor.street_id, day=rest))
    start = DAY - timedelta(days=5)
    frame = reporting.calendar(fortnight.view(), start, "morning").set_index(["community", "day"])["state"]
    assert frame["锦绣社区"].tolist() == ["rest", "supplied", "late", "late", "on_time", "unreported"]
    assert frame["安康社区", DAY - timedelta(days=2)] == "exempt"
    worst = reporting.calendar(fortnight.view(), start).set_index(["community", "day"])["state"]
    assert worst["锦绣社区"].tolist() == ["rest", *["unreported"] * 5]


def test_the_clock_runs_for_the_next_hour_by_which_somebody_owes(board, office):
    board.morning("锦绣社区", planned=5, at=at(DAY, 8))
    board.roster("锦绣社区", n=5, at=at(DAY, 7))
    board.roster("安康社区", n=5, at=at(DAY, 7))
    office.now("2022-08-12T08:30")
    found = reporting.next_deadline(board.view())
    assert (found.kind, found.moment, found.closing, found.owing) == ("morning", at(DAY, 9), False, ("安康社区",))
    office.now("2022-08-12T09:30")
    found = reporting.next_deadline(board.view())
    assert (found.kind, found.moment, found.closing) == ("morning", at(DAY, 10), True)
    office.now("2022-08-12T12:00")
    found = reporting.next_deadline(board.view())
    assert (found.kind, found.day, found.moment) == ("roster", DAY + timedelta(days=1), at(DAY, 18))
    office.now("2022-08-14T12:00")
    assert reporting.next_deadline(board.view()) is None
    assert reporting.next_deadline(board.view(as_of=at(DAY, 8))) is None
