"""Timeliness, completeness, evidence and rectification (metrics.md §6.5, §6.8)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_access import metrics
from data_access.metrics import Item, Proof, Rate

DAY = timedelta(days=1)
D = date(2022, 8, 12)


DUE = datetime(2022, 8, 12, 12, tzinfo=UTC)
CLOSE = DUE + timedelta(hours=2)
LATER = DUE + timedelta(days=1)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("received", "now", "state"),
    [
        (DUE, LATER, "on_time"),
        (DUE + MINUTE, LATER, "late"),
        (CLOSE, LATER, "late"),
        (CLOSE + MINUTE, LATER, "supplied"),
        (None, DUE, "not_due"),
        (None, DUE + MINUTE, "unreported"),
        (CLOSE + MINUTE, CLOSE, "unreported"),
    ],
)
def test_timeliness(received: datetime | None, now: datetime, state: str) -> None:
    assert metrics.timeliness(DUE, CLOSE, received, now) == state


def test_exempt_empty_and_no_closing_hour() -> None:
    assert metrics.timeliness(DUE, CLOSE, None, LATER, exempt=True) == "exempt"
    assert metrics.timeliness(DUE, CLOSE, DUE, LATER, empty=True) == "empty"
    assert metrics.timeliness(DUE, None, DUE + timedelta(days=9), DUE + timedelta(days=10)) == "late"


def test_corrections_do_not_make_an_on_time_report_late() -> None:
    versions = [CLOSE + MINUTE, DUE - MINUTE, LATER + MINUTE]
    first = metrics.receipt(versions, LATER)
    assert first == metrics.Receipt(DUE - MINUTE, corrections=1)
    assert metrics.timeliness(DUE, CLOSE, first.first, LATER) == "on_time"
    assert metrics.receipt([], LATER) == metrics.Receipt(None, 0)


def test_overdue_tells_how_long() -> None:
    assert metrics.overdue(DUE, None, CLOSE) == timedelta(hours=2)
    assert metrics.overdue(DUE, DUE + MINUTE, LATER) == MINUTE
    assert metrics.overdue(DUE, DUE - MINUTE, LATER) == timedelta(0)


def test_reporting_rates_leave_out_the_exempt_and_the_not_yet_due() -> None:
    summary = metrics.reporting_summary(
        ["on_time", "on_time", "late", "supplied", "unreported", "not_due", "exempt", "empty"]
    )
    assert (summary.total, summary.expected, summary.reported, summary.due) == (8, 7, 4, 6)
    assert summary.on_time_rate == Rate(2, 6)
    with pytest.raises(ValueError, match="sleeping"):
        metrics.reporting_summary(["sleeping"])  # type: ignore[list-item]


@given(st.lists(st.sampled_from(metrics.TIMELINESS), min_size=1))
def test_reporting_states_add_up_to_the_whole(states: list[metrics.Timeliness]) -> None:
    summary = metrics.reporting_summary(states)
    assert summary.total == len(states)
    assert sum(rate.value or 0 for rate in summary.shares().values()) == 1
    assert summary.on_time_rate.numerator <= summary.due <= summary.expected  # type: ignore[operator]


KINDS = {"photo": 1, "minutes": 1, "sign-in": 1}


def meeting(kinds: int) -> Proof:
    return Proof(KINDS, dict.fromkeys(list(KINDS)[:kinds], 1))


def test_evidence_of_four_meetings() -> None:
    result = metrics.evidence([meeting(n) for n in (3, 3, 2, 0)])
    assert (result.passed, result.pieces) == (Rate(2, 4), Rate(8, 12))
    assert result.pieces.percent(2) == Decimal("66.67")


def test_evidence_surplus_and_meetings_not_held() -> None:
    six = metrics.evidence([meeting(n) for n in (0, 3, 3, 3, 3, 2)], count=4)
    assert (six.passed, six.pieces) == (Rate(4, 4), Rate(12, 12))
    two = metrics.evidence([meeting(3), meeting(2)], count=4)
    assert (two.passed, two.pieces) == (Rate(1, 4), Rate(5, 12))
    assert not Proof({"photo": 2, "minutes": 1}, {"photo": 9, "minutes": None}).passed
    assert Proof({"photo": 2, "minutes": 1}, {"photo": 9}).pieces == Rate(2, 3)


def test_checklist_score_and_sheet_completeness() -> None:
    assert metrics.checklist_score(28, 35, 2).percent(2) == Decimal("84.85")
    assert metrics.checklist_score(0, 35, 35).state == "no_denominator"
    rows = [{"a": 0, "b": " "}, {"a": None, "b": "有"}, {"a": pd.NA, "b": 3.0}]
    assert metrics.completeness(rows, ["a", "b"]) == Rate(3, 6)


ITEMS = [
    Item(D - 9 * DAY, D - 4 * DAY, closed=D - 5 * DAY, passed=True),
    Item(D - 9 * DAY, D - 4 * DAY, closed=D - 2 * DAY, passed=True),
    Item(D - 9 * DAY, D - 2 * DAY, closed=D - 3 * DAY, passed=False),
    Item(D - 9 * DAY, D + 3 * DAY, closed=D - 3 * DAY, passed=True),
    Item(D - 9 * DAY, D + 5 * DAY, closed=D - 3 * DAY, passed=True, reopened=D - DAY),
    Item(D - 1 * DAY, D + 3 * DAY),
    Item(D + 1 * DAY, D + 9 * DAY),
]


def test_rectification_rates() -> None:
    result = metrics.rectification_summary(ITEMS, D)
    assert (result.found, result.closed, result.due, result.closed_on_time) == (6, 3, 3, 1)
    assert (result.rate, result.on_time_rate, result.rebound_rate) == (Rate(3, 6), Rate(1, 3), Rate(1, 4))
    assert result.overdue == 1
    assert metrics.rectification_summary([], D).on_time_rate.state == "no_denominator"


def test_a_rebound_closed_again_is_closed_and_still_a_rebound() -> None:
    item = Item(D - 9 * DAY, D, closed=D - DAY, passed=True, reopened=D - 3 * DAY)
    assert item.is_closed(D) and item.rebounded(D) and not item.is_closed(D - 2 * DAY)


def test_pressing_colours() -> None:
    assert ITEMS[2].overdue_days(D) == 2 and ITEMS[2].pressing(D) == "red"
    assert ITEMS[5].pressing(D) == "blue" and ITEMS[5].pressing(D - DAY) is None
    assert Item(D, D + 9 * DAY, behind=True).pressing(D) == "yellow"
    assert ITEMS[0].pressing(D) is None and Item(D).pressing(D) is None
