"""序时进度 and reporting periods (metrics.md §6.7)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_access import metrics
from data_access.metrics import Period, PeriodKind, Rate, Slot, Thresholds, ZeroReport

YEAR = Period.parse("2022")
APRIL = Period(date(2022, 4, 1), date(2022, 4, 30))


@pytest.mark.parametrize(
    ("text", "start", "end", "kind"),
    [
        ("2022-08", date(2022, 8, 1), date(2022, 8, 31), "month"),
        ("2022Q3", date(2022, 7, 1), date(2022, 9, 30), "quarter"),
        ("2022-W33", date(2022, 8, 15), date(2022, 8, 21), "week"),
        ("2020-W53", date(2020, 12, 28), date(2021, 1, 3), "week"),
        ("2022", date(2022, 1, 1), date(2022, 12, 31), "year"),
        ("2024-2", date(2024, 2, 1), date(2024, 2, 29), "month"),
        ("2022-08-12", date(2022, 8, 12), date(2022, 8, 12), "day"),
        ("2022H2", date(2022, 7, 1), date(2022, 12, 31), "half"),
        ("2022-03~04", date(2022, 3, 1), date(2022, 4, 30), "two_months"),
        (" ２０２２年８月 ", date(2022, 8, 1), date(2022, 8, 31), "month"),
        ("2022年第三季度", date(2022, 7, 1), date(2022, 9, 30), "quarter"),
        ("2022年第33周", date(2022, 8, 15), date(2022, 8, 21), "week"),
        ("2022年上半年", date(2022, 1, 1), date(2022, 6, 30), "half"),
        ("2022年", date(2022, 1, 1), date(2022, 12, 31), "year"),
        ("截至2022年8月12日", date(2022, 8, 12), date(2022, 8, 12), "as_of"),
    ],
)
def test_period_texts(text: str, start: date, end: date, kind: PeriodKind) -> None:
    period = Period.parse(text)
    assert period == Period(start, end, kind)
    assert Period.parse(str(period)) == period


def test_bare_up_to_needs_the_business_date() -> None:
    assert Period.parse("截至", date(2022, 8, 12)).end == date(2022, 8, 12)
    with pytest.raises(metrics.PeriodUnknownError):
        Period.parse("截至")


@pytest.mark.parametrize(
    "text", ["", "20xx", "2022-13", "2022Q5", "2022-W54", "2022-02~03", "2022-02-30", "八月", "2022-08-"]
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(metrics.PeriodUnknownError):
        Period.parse(text)


def test_a_period_does_not_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="cannot end"):
        Period(date(2022, 5, 1), date(2022, 4, 1))


def test_slots_of_the_cadences() -> None:
    kinds: list[PeriodKind] = ["day", "week", "month", "two_months", "quarter", "half", "year"]
    assert [len(YEAR.slots(kind)) for kind in kinds] == [365, 52, 12, 6, 4, 2, 1]
    assert len(Period.parse("2020").slots("week")) == 53
    assert YEAR.slots("quarter")[2] == Period.parse("2022Q3")
    assert str(YEAR.slots("two_months")[5]) == "2022-11~12"
    assert Period(date(2022, 4, 15), date(2022, 6, 30)).slots("month") == [
        Period.parse("2022-05"),
        Period.parse("2022-06"),
    ]
    with pytest.raises(ValueError, match="calendar"):
        YEAR.slots("window")


@given(
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    st.sampled_from(["day", "week", "month", "quarter", "half"]),
)
def test_each_day_lies_in_one_slot_at_most_and_slots_never_overlap(day: date, kind: PeriodKind) -> None:
    slots = Period.parse(str(day.year)).slots(kind)
    assert sum(day in slot for slot in slots) <= 1
    assert all(first.end < second.start for first, second in pairwise(slots))


@pytest.mark.parametrize(
    ("day", "share", "gap", "expected", "shortfall", "state"),
    [
        (date(2022, 6, 30), Fraction(181, 365), "0.41", 1, 0, "on_track"),
        (date(2022, 10, 1), Fraction(274, 365), "-25.07", 3, 1, "behind"),
    ],
)
def test_four_meetings_a_year(day: date, share: Fraction, gap: str, expected: int, shortfall: int, state: str) -> None:
    progress = metrics.count_progress(2, 4, YEAR, day)
    assert metrics.elapsed_share(YEAR, day) == progress.share == share
    assert progress.gap is not None and metrics.half_up(progress.gap, 2) == Decimal(gap)
    assert (progress.expected, progress.shortfall, progress.state) == (expected, shortfall, state)


def test_four_in_january_satisfy_the_annual_total() -> None:
    progress = metrics.count_progress(4, 4, YEAR, date(2022, 1, 31))
    assert (progress.state, progress.completion, progress.shortfall) == ("ahead", 1, 0)


def test_grades_at_their_edges() -> None:
    steps = [("5", "ahead"), ("4.99", "on_track"), ("0", "on_track"), ("-0.01", "slightly_behind")]
    steps += [("-10", "slightly_behind"), ("-10.01", "behind")]
    assert [metrics.grade(Fraction(gap)) for gap, _ in steps] == [state for _, state in steps]
    assert metrics.grade(Fraction(-3), Thresholds(behind="-2.5")) == "behind"


def test_before_during_and_after_a_season() -> None:
    assert metrics.elapsed_share(APRIL, date(2022, 4, 15)) == Fraction(1, 2)
    assert metrics.elapsed_share(APRIL, date(2022, 7, 1)) == 1
    assert metrics.elapsed_share(APRIL, date(2022, 3, 31)) == 0
    assert metrics.count_progress(None, 2, APRIL, date(2022, 3, 31)).state == "not_started"
    assert metrics.count_progress(0, 2, APRIL, date(2022, 4, 20)).shortfall == 1


def test_missing_and_target_not_set_are_no_zero() -> None:
    day = date(2022, 6, 30)
    missing = metrics.count_progress(None, 4, YEAR, day)
    assert (missing.state, missing.completion, missing.expected, missing.shortfall) == (
        "missing",
        None,
        1,
        None,
    )
    assert metrics.count_progress(3, None, YEAR, day).state == "no_target"
    assert metrics.count_progress(3, 0, YEAR, day).state == "not_applicable"
    assert metrics.rate_progress(Rate(3, 4), None).state == "no_target"
    assert metrics.rate_progress(Rate(None, 4), 95).state == "missing"
    assert metrics.rate_progress(Rate(0, 0), 95).state == "not_applicable"


def test_cumulative_target_counts_the_opening_balance_but_not_as_this_years_work() -> None:
    idle = metrics.count_progress(20, 30, YEAR, date(2022, 7, 2), opening=20)
    assert idle.completion == Fraction(20, 30)
    assert (idle.expected, idle.shortfall, idle.state) == (25, 5, "behind")
    assert metrics.count_progress(26, 30, YEAR, date(2022, 7, 2), opening=20).state == "on_track"
    assert metrics.count_progress(30, 30, YEAR, date(2022, 1, 1), opening=40).gap == 0


def slots(*done: int | None, need: int = 1) -> list[Slot]:
    months = YEAR.slots("month")
    return [Slot(month, done[n] if n < len(done) else None, need) for n, month in enumerate(months)]


def test_two_in_march_do_not_fill_february() -> None:
    progress = metrics.slot_progress(slots(1, 0, 2), YEAR, date(2022, 3, 31))
    assert (progress.completion, progress.expected, progress.shortfall) == (Fraction(2, 12), 3, 1)
    assert progress.gap == (Fraction(2, 12) - Fraction(90, 365)) * 100
    assert progress.state == "slightly_behind"


def test_the_running_slot_is_not_owed_yet() -> None:
    """Seven months of twelve on 12 August: 3.0 points behind the calendar, and nothing is owed."""
    progress = metrics.slot_progress(slots(*[1] * 7), YEAR, date(2022, 8, 12))
    assert progress.gap is not None and metrics.half_up(progress.gap, 1) == Decimal("-3.0")
    assert (progress.expected, progress.shortfall, progress.state) == (7, 0, "slightly_behind")
    five = metrics.slot_progress(slots(1, 1, 0, 1, 1, 1, 0), YEAR, date(2022, 8, 12))
    assert five.gap is not None and metrics.half_up(five.gap, 1) == Decimal("-19.7")
    assert (five.shortfall, five.state) == (2, "behind")
    done = metrics.slot_progress(slots(1, 1, 1), YEAR, date(2022, 3, 1))
    assert done.state == "ahead" and done.shortfall == 0


def test_before_a_long_slot_has_ended_nothing_is_red() -> None:
    quarters = [Slot(quarter, done) for quarter, done in zip(YEAR.slots("quarter"), (1, 1, None, None), strict=True)]
    progress = metrics.slot_progress(quarters, YEAR, date(2022, 9, 28))
    assert progress.gap is not None and progress.gap < -20
    assert (progress.shortfall, progress.state) == (0, "slightly_behind")
    assert metrics.slot_progress(quarters, YEAR, date(2022, 9, 30)).state == "missing"


def test_an_unreported_slot_is_counted_as_unreported() -> None:
    progress = metrics.slot_progress(slots(1, None, 1), YEAR, date(2022, 3, 31))
    assert (progress.unreported, progress.shortfall, progress.expected) == (1, 0, 3)
    assert progress.state == "missing" and progress.share == Fraction(90, 365) - Fraction(1, 12)
    assert metrics.slot_progress(slots(), YEAR, date(2022, 1, 31)).state == "missing"
    assert metrics.slot_progress(slots(), YEAR, date(2022, 1, 30)).state == "on_track"
    assert metrics.slot_progress(slots(), YEAR, date(2021, 12, 31)).state == "not_started"
    assert metrics.slot_progress([], YEAR, date(2022, 1, 31)).state == "not_applicable"
    assert metrics.slot_progress(slots(2, None, 0, need=2), YEAR, date(2022, 3, 31)).state == "slightly_behind"


def test_a_snapshot_asks_for_the_whole_target() -> None:
    families = metrics.rate_progress(Rate(92, 100), 95)
    assert families.state == "slightly_behind"
    assert families.gap is not None and metrics.half_up(families.gap, 2) == Decimal("-3.16")
    assert metrics.rate_progress(Rate(46, 120), 100).state == "behind"
    assert metrics.rate_progress(Rate(95, 100), 95).state == "on_track"
    almost = metrics.rate_progress(Rate(9496, 10000), 95)
    assert almost.state == "slightly_behind", "prints 95.0 and is not met"


def test_a_rate_due_by_a_date_is_asked_for_in_proportion() -> None:
    half = metrics.rate_progress(Rate(46, 100), 90, period=APRIL, day=date(2022, 4, 15))
    assert half.share == Fraction(1, 2) and half.state == "on_track"
    assert metrics.rate_progress(Rate(4, 9), 90, period=APRIL, day=date(2022, 3, 1)).state == "not_started"


def test_upper_limits_and_exact_targets() -> None:
    assert metrics.rate_progress(Rate(8, 672), 2, "≤").state == "on_track"
    assert metrics.rate_progress(Rate(94, 86), 107, "≤").state == "behind"
    assert metrics.rate_progress(Rate(7, 7), 100, "=").state == "on_track"
    assert metrics.rate_progress(Rate(8, 7), 100, "=").state == "slightly_behind"
    assert metrics.rate_progress(Rate(5, 7), 100, "=").state == "behind"
    assert metrics.rate_progress(Rate(0, 7), 0, "≤").state == "on_track"
    with pytest.raises(metrics.ComparatorUnknownError):
        metrics.rate_progress(Rate(0, 7), 0, "~")


@pytest.mark.parametrize(
    ("reports", "state", "open_reports"),
    [
        ([ZeroReport(0, True), ZeroReport(0, True)], "zero_ok", 0),
        ([ZeroReport(0, True), ZeroReport(0)], "zero_unconfirmed", 1),
        ([ZeroReport(0, True), ZeroReport(None, True)], "zero_unconfirmed", 1),
        ([ZeroReport(1), ZeroReport(0, True), ZeroReport(None)], "zero_occurred", 1),
        ([], "not_started", 0),
    ],
)
def test_zero_tolerance_needs_a_confirmed_zero(reports: list[ZeroReport], state: str, open_reports: int) -> None:
    progress = metrics.zero_progress(reports)
    assert (progress.state, progress.unreported) == (state, open_reports)


def test_cap_has_headroom_and_turns_yellow_when_used_faster_than_time() -> None:
    day = date(2022, 6, 30)
    calm = metrics.cap_progress(4, 10, YEAR, day)
    assert (calm.state, calm.headroom) == ("on_track", 6)
    assert metrics.cap_progress(5, 10, YEAR, day).state == "slightly_behind"
    over = metrics.cap_progress(11, 10, YEAR, day)
    assert (over.state, over.headroom) == ("behind", -1)
    assert metrics.cap_progress(None, 10, YEAR, day).state == "missing"
    assert metrics.cap_progress(3, None, YEAR, day).state == "no_target"
    assert metrics.cap_progress(3, 10, YEAR, date(2021, 12, 31)).state == "not_started"
    assert metrics.cap_progress(0, 0, YEAR, day).state == "on_track"
    assert metrics.cap_progress(1, 0, YEAR, day).state == "behind"


@given(st.integers(0, 50), st.integers(1, 50), st.dates(date(2022, 1, 1), date(2022, 12, 31)))
def test_no_shortfall_once_the_gap_is_closed(done: int, target: int, day: date) -> None:
    progress = metrics.count_progress(done, target, YEAR, day)
    assert progress.expected is not None and progress.gap is not None
    assert progress.expected == metrics.expected_now(target, metrics.elapsed_share(YEAR, day)) <= target
    assert progress.shortfall == max(progress.expected - done, 0)
    if progress.gap >= 0:
        assert progress.shortfall == 0 and progress.state in ("ahead", "on_track")
