"""报送: how punctually each community reports, and the words that ask for what is missing (metrics.md §6.5)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert

from config import clock, language
from data_access import database, metrics, submissions
from data_access.reports import ranking, reporting, tallies
from data_access.schema import CalendarDay
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
