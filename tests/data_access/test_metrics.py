"""Rates, totals, targets, display and intervals (metrics.md §6.1, §6.9)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_access import metrics
from data_access.metrics import Rate


def test_coverage_on_both_bases() -> None:
    assert metrics.coverage(46, 120, 20) == Rate(46, 120)
    assert metrics.coverage(46, 120, 20, basis="eligible") == Rate(46, 100)
    assert metrics.coverage(46, 120, None, basis="eligible").state == "missing"
    with pytest.raises(metrics.BasisUnknownError, match="'people'"):
        metrics.coverage(46, 120, 20, basis="people")


def test_zero_missing_and_no_denominator_are_three_things() -> None:
    zero, missing, nobody = Rate(0, 120), Rate(None, 120), Rate(0, 0)
    assert [rate.state for rate in (zero, missing, nobody)] == ["ok", "missing", "no_denominator"]
    assert [rate.percent(1) for rate in (zero, missing, nobody)] == [Decimal("0.0"), None, None]
    assert Rate(None, 0).state == Rate(5, -3).state == "no_denominator"
    assert Rate(5, None).state == "missing"


def test_over_100_percent_is_shown_unclamped_and_marked() -> None:
    rate = Rate(124, 120)
    assert rate.over and rate.percent(2) == Decimal("103.33")
    assert not Rate(120, 120).over and not Rate(None, 120).over
    assert metrics.capped(Rate(6, 4)) == Rate(4, 4) and metrics.capped(Rate(3, 4)) == Rate(3, 4)


def test_total_leaves_the_unreported_out_and_counts_them() -> None:
    total = metrics.sum_rates([Rate(46, 120), Rate(90, 100), Rate(None, 300), Rate(2, 0)])
    assert total == metrics.Total(Rate(136, 220), counted=2, missing=1, without_denominator=1)
    assert metrics.sum_rates([Rate(None, 5)]).rate.state == "missing"
    assert metrics.sum_rates([]).rate.state == "missing"
    assert metrics.sum_rates([Rate(0, 0)]).rate.state == "no_denominator"


def test_approximate_figures_carry_their_flag_into_totals() -> None:
    assert metrics.sum_rates([Rate(46, 120, approximate=True), Rate(90, 100)]).rate.approximate
    assert not metrics.sum_rates([Rate(46, 120), Rate(90, 100)]).rate.approximate


def test_cells_of_a_frame_become_counts_or_missing() -> None:
    assert Rate.of(pd.NA, 120.0) == Rate(None, 120)
    assert Rate.of(float("nan"), None) == Rate(None, None)
    assert Rate.of(pd.Series([46], dtype="Int64")[0], 120) == Rate(46, 120)
    with pytest.raises(ValueError, match=r"46\.5"):
        Rate.of(46.5, 120)


def test_exact_tie_is_cross_multiplied() -> None:
    assert metrics.compare(Rate(46, 120), Rate(23, 60)) == 0
    assert metrics.compare(Rate(57, 150), Rate(46, 120)) == -1
    assert metrics.compare(Rate(46, 120), Rate(57, 150)) == 1
    assert metrics.compare(Rate(None, 5), Rate(1, 5)) is None


def test_change_of_a_rate_is_in_percentage_points() -> None:
    assert metrics.points(Rate(41, 100), Rate(38, 100)) == 3
    assert metrics.points(Rate(41, 100), Rate(None, 100)) is None


@pytest.mark.parametrize(
    ("value", "places", "printed"),
    [("12.5", 0, "13"), ("-12.5", 0, "-13"), ("0.125", 2, "0.13"), (2.675, 2, "2.68"), ("-0.004", 2, "0.00")],
)
def test_half_up_is_not_bankers_rounding(value: str | float, places: int, printed: str) -> None:
    assert str(metrics.half_up(value, places)) == printed


def test_meets_needs_a_target_a_value_and_a_known_comparator() -> None:
    assert metrics.meets(Rate(95, 100), 95) is True
    assert metrics.meets(Rate(95, 100), 95, ">") is False
    assert metrics.meets(Rate(955, 1000), 95.5, "=") is True
    assert metrics.meets(Rate(95, 100), None) is None and metrics.meets(Rate(None, 100), 95) is None
    with pytest.raises(metrics.ComparatorUnknownError, match="about"):
        metrics.meets(Rate(None, 100), 95, "about")


def test_display_adds_decimals_only_where_rounding_would_lie() -> None:
    assert str(metrics.display_percent(Rate(9496, 10000), 1, 95)) == "94.96"
    assert str(metrics.display_percent(Rate(9504, 10000), 1, 95)) == "95.0"
    assert str(metrics.display_percent(Rate(10704, 10000), 1, 107, comparator="≤")) == "107.04"
    assert str(metrics.display_percent(Rate(23, 60), 1, neighbours=[Rate(46, 120)])) == "38.3"
    a, b = Rate(3834, 10000), Rate(3831, 10000)
    assert str(metrics.display_percent(a, 1, neighbours=[b])) == "38.34"
    assert str(metrics.display_percent(b, 1, neighbours=[a])) == "38.31"
    assert metrics.display_percent(Rate(None, 3)) is None
    third = metrics.display_percent(Rate(1, 3), 1, threshold=Fraction(100, 3))
    assert third is not None and str(third) == "33.333333333333"


def test_composite_shows_its_weights_and_waits_for_every_part() -> None:
    parts = {"coverage": Rate(46, 120), "on_time": Rate(9, 10), "files": Rate(0, 0)}
    score = metrics.composite(parts, {"coverage": 3, "on_time": 1, "files": 6})
    assert score.value == (3 * Fraction(46, 120) + Fraction(9, 10)) / 4
    assert metrics.composite(parts, {"coverage": 1, "elsewhere": 1}).state == "missing"
    assert metrics.composite(parts, {"files": 1}).state == "no_denominator"


def test_wilson_interval() -> None:
    low, high = metrics.wilson(Rate(46, 120)) or (0, 0)
    assert (round(low, 4), round(high, 4)) == (0.3012, 0.4727)
    assert metrics.wilson(Rate(0, 10)) == (0.0, pytest.approx(0.2775, abs=1e-4))
    assert metrics.wilson(Rate(10, 10)) == (pytest.approx(0.7225, abs=1e-4), 1.0)
    assert [metrics.wilson(rate) for rate in (Rate(124, 120), Rate(None, 5), Rate(0, 0))] == [None] * 3


def test_overlapping_intervals_are_not_a_difference() -> None:
    assert metrics.overlap((0.1, 0.3), (0.3, 0.4)) is True
    assert metrics.overlap((0.4, 0.5), (0.1, 0.3)) is False
    assert metrics.overlap((0.4, 0.5), None) is None


@given(st.decimals(allow_nan=False, allow_infinity=False, places=5, min_value=-(10**6), max_value=10**6))
def test_half_up_agrees_with_decimal(value: Decimal) -> None:
    for places in range(4):
        assert metrics.half_up(value, places) == value.quantize(Decimal(1).scaleb(-places), "ROUND_HALF_UP")


@given(st.integers(0, 400), st.integers(1, 400), st.integers(0, 400), st.integers(1, 400))
def test_the_total_is_the_mean_only_for_equal_bases_or_rates(a: int, b: int, c: int, d: int) -> None:
    first, second = Fraction(a, b), Fraction(c, d)
    total = metrics.sum_rates([Rate(a, b), Rate(c, d)]).rate.value
    assert total is not None and min(first, second) <= total <= max(first, second)
    assert (total == (first + second) / 2) == (b == d or first == second)


@given(st.integers(1, 5000).flatmap(lambda d: st.tuples(st.integers(0, d), st.just(d))))
def test_wilson_holds_its_rate_and_stays_a_share(pair: tuple[int, int]) -> None:
    interval = metrics.wilson(Rate(*pair))
    assert interval is not None
    low, high = interval
    assert 0 <= low <= pair[0] / pair[1] <= high <= 1 and low < high


@given(st.integers(0, 9999), st.integers(1, 9999), st.integers(0, 9999), st.integers(1, 9999))
def test_display_never_prints_a_false_tie_or_verdict(a: int, b: int, c: int, d: int) -> None:
    first, second = Rate(a, b), Rate(c, d)
    shown = metrics.display_percent(first, 1, 90, [second]), metrics.display_percent(second, 1, 90, [first])
    assert shown[0] is not None and shown[1] is not None
    assert (shown[0] == shown[1]) == (metrics.compare(first, second) == 0)
    assert (shown[0] >= 90) == metrics.meets(first, 90)
