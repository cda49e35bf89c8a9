"""What the street knows of people already called up; on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from data_access import submissions
from tests.data_access import books
from tests.data_access.street import DAY, Board, at


@pytest.fixture
def board(database_url):
    board = Board()
    board.communities(["春晖社区"], at=at(DAY - timedelta(days=40), 9))
    board.sites(["卫生中心"])
    return board


def held(board, *people):
    """The cells of the people who are said to have their dose already, once the roster is taken in."""
    content = books.book("roster", *people)
    result = submissions.examine(board.actor, content, "名单.xlsx")
    submissions.commit(board.actor, result, content)
    return [finding.cell for finding in result.all_findings() if finding.code == "I7_DOSE_HELD"]


def test_a_dose_given_on_an_earlier_day_is_held_against_a_new_call_up(board):
    before = DAY - timedelta(days=30)
    called = [books.person(number, vaccination_date=before) for number in (0, 1)]
    assert held(board, *called) == []
    assert held(board, books.person(0)) == []  # called up only, and nobody has a dose yet
    came = [{**called[0], "outcome": "vaccinated", "observed_30": True, "aefi": False}, called[1]]
    assert held(board, *came) == []  # its own day is no earlier one
    assert len(held(board, books.person(0), books.person(1))) == 1
    assert held(board, books.person(0, dose_no="d2")) == []
