"""A day against its roster, identities, increment, average and forecast (metrics.md §6.2–§6.4)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_access import metrics
from data_access.metrics import Execution, Rate

DAY = timedelta(days=1)
D = date(2022, 8, 12)
EXAMPLE = Execution(50, 41, 3, 3, 1, 1, 3, 0, 0, 0)


def test_execution_example_of_fifty() -> None:
    assert EXAMPLE.arrived == 46
    figures = [EXAMPLE.show_up, EXAMPLE.completion, EXAMPLE.output, EXAMPLE.no_show_rate]
    assert [rate.percent(0) for rate in figures] == [92, 82, 88, 6]
    assert EXAMPLE.output == Rate(44, 50) and EXAMPLE.deferral_rate.percent(0) == 6
    assert EXAMPLE.unexplained == 1
    assert EXAMPLE.reconciled is False and EXAMPLE.state == "ok"


def test_reported_arrivals_win() -> None:
    day = Execution(50, 41, 3, 3, 1, 1, 3, 0, 0, 0, arrived_reported=48)
    assert day.show_up == Rate(48, 50)


def test_a_missing_status_is_not_a_zero() -> None:
    day = Execution(50, 41, 3, 3, 1, 1, None, 0, 0, 0)
    assert day.unexplained is None and day.reconciled is None
    assert day.no_show_rate.state == "missing" and day.show_up == Rate(46, 50)


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (Execution(0, 0, 0), "no_arrangement"),
        (Execution(0, 0, 7), "walk_in_only"),
        (Execution(0, 0, None), "missing"),
        (Execution(None, 3, 0), "missing"),
    ],
)
def test_an_empty_roster(day: Execution, state: str) -> None:
    assert day.state == state
    assert day.output.value is None


def test_sum_of_days_keeps_a_hole_a_hole() -> None:
    total = metrics.sum_executions([EXAMPLE, Execution(10, 8, 0, 1, 0, 0, 1, 0, None, 0)])
    assert (total.roster, total.on_roster, total.shortage) == (60, 49, None)


def test_reconciliation_finds_the_swap_that_equal_counts_hide() -> None:
    result = metrics.reconcile(["a1", "b1", "c1"], ["a1", "b1", "x1"], explained=[])
    assert (result.both, result.roster_only, result.vaccinated_only) == ({"a1", "b1"}, {"c1"}, {"x1"})
    assert (result.count_difference, result.name_difference, result.swapped) == (0, 2, True)
    assert result.without_status == {"c1"}
    assert not metrics.reconcile(["c1"], ["x1"], explained=["c1"]).without_status
    assert not metrics.reconcile(["a1"], ["a1"]).swapped


def test_identities_i2_i3() -> None:
    assert metrics.step_difference(120, 100, 18, approved=2) == 0
    assert metrics.step_difference(120, 100, 18) == 2
    assert metrics.step_difference(120, None, 18) is None
    assert metrics.course_breaches(100, 101, 102) == ("full_above_first", "booster_above_full")
    assert metrics.course_breaches(0, 101, 50, single_dose=True) == ()
    assert metrics.course_breaches(None, 101, 101) == ()
    assert metrics.total_difference(10, [4, None]) is None
    assert metrics.difference(50, 48) == 2 and metrics.difference(50, None) is None


def test_increment_over_a_gap_is_a_total_of_days_and_negative_is_marked() -> None:
    series = {D: 100, D + DAY: 112, D + 2 * DAY: None, D + 4 * DAY: 150, D + 5 * DAY: 149}
    rows = metrics.increments(series)
    assert [(row.value, row.days) for row in rows] == [
        (None, None),
        (12, 1),
        (None, None),
        (None, None),
        (38, 3),
        (-1, 1),
    ]
    assert [row.spans for row in rows] == [False, False, False, False, True, False]
    assert rows[-1].negative and not rows[1].negative
    assert [metrics.increment(series, row.day) for row in rows] == rows
    assert metrics.increments({}) == []


def test_average_of_reported_days_is_not_diluted_by_the_missing_one() -> None:
    daily = {D - n * DAY: doses for n, doses in enumerate([14, 20, None, 0, 18, 15, 12])}
    average = metrics.seven_day_average(D, {}, daily)
    assert (average.calendar, average.reported, average.window) == (Fraction(79, 6), 6, 7)
    assert metrics.half_up(average.calendar or 0, 2) == Decimal("13.17")
    assert average.open_day == average.calendar and average.basis == "daily"


def test_average_from_cumulative_ends_when_both_are_reported() -> None:
    average = metrics.seven_day_average(D, {D: 170, D - 7 * DAY: 100}, {}, rest={D - DAY, D - 2 * DAY})
    assert (average.calendar, average.open_day, average.basis) == (10, 14, "cumulative")
    assert metrics.seven_day_average(D, {D: 170, D - 7 * DAY: None}, {}).basis == "too_few"


def test_a_rest_day_is_a_true_zero_for_calendar_pace_only() -> None:
    daily = {D: 10, D - DAY: 20, D - 2 * DAY: 30}
    average = metrics.seven_day_average(D, {}, daily, rest={D - 3 * DAY, D - 4 * DAY})
    assert (average.calendar, average.reported) == (12, 5)
    assert (average.open_day, average.open_reported) == (20, 3)
    worked = metrics.seven_day_average(D, {}, daily, rest={D})
    assert worked.open_day == 20, "doses on a rest day: it was open after all"


def test_two_reported_days_are_too_few() -> None:
    average = metrics.seven_day_average(D, {}, {D: 23, D - DAY: 23})
    assert (average.calendar, average.open_day, average.basis) == (None, None, "too_few")


def test_days_to_target() -> None:
    base = Rate(46, 120)
    assert metrics.days_to_target(base, 95, 23) == metrics.Forecast("days", 3, 68)
    assert metrics.days_to_target(base, 100, 23) == metrics.Forecast("days", 4, 74)
    assert metrics.days_to_target(base, 95, 23, reported=2).state == "unpredictable"
    assert metrics.days_to_target(base, 95, None).state == "unpredictable"
    assert metrics.days_to_target(base, 95, -2).state == "unpredictable"
    assert metrics.days_to_target(base, 38, None) == metrics.Forecast("reached", 0, 0)
    assert metrics.days_to_target(Rate(None, 120), 95, 23).state == "missing"
    assert metrics.days_to_target(Rate(0, 0), 95, 23).state == "no_denominator"
    assert metrics.days_to_target(base, None, 23).state == "no_target"


def test_required_pace_and_open_days() -> None:
    rest = {D + DAY, D + 2 * DAY}
    left = metrics.open_days(D, D + 5 * DAY, rest)
    assert left == 4 and metrics.open_days(D, D - 3 * DAY) == 0
    assert metrics.required_pace(Rate(46, 120), 95, left) == 17
    assert metrics.required_pace(Rate(46, 120), 95, 0) is None
    assert metrics.required_pace(Rate(120, 120), 95, 0) == 0
    assert metrics.required_pace(Rate(46, 120), None, 4) is None
    assert metrics.finish_day(D, 3, rest) == D + 5 * DAY and metrics.finish_day(D, 0) == D


@given(st.integers(0, 3000), st.integers(1, 3000), st.integers(1, 100), st.integers(1, 90))
def test_forecast_days_are_just_enough(v: int, e: int, target: int, pace: int) -> None:
    forecast = metrics.days_to_target(Rate(v, e), target, pace)
    assert forecast.days is not None
    assert metrics.meets(Rate(v + forecast.days * pace, e), target)
    if forecast.days:
        assert not metrics.meets(Rate(v + (forecast.days - 1) * pace, e), target)
