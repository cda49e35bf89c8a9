"""序时进度: what is done against what the calendar asks for by now (metrics.md §6.7).

The accrual of an indicator decides which function judges it: `count_progress` (annual_total,
cumulative_all_time), `slot_progress` (per_period), `rate_progress` (rates, snapshot or by a date),
`zero_progress` and `cap_progress`. Gaps are in percentage points.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from data_access.metrics.period import Period
from data_access.metrics.rates import Number, Rate, exact, meets

ProgressState = Literal[
    "ahead",
    "on_track",
    "slightly_behind",
    "behind",
    "zero_ok",
    "zero_unconfirmed",
    "zero_occurred",
    "missing",
    "not_applicable",
    "not_started",
    "no_target",
]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where colours change, in percentage points of the gap; settings of the street."""

    ahead: Number = 5
    on_track: Number = 0
    behind: Number = -10


STANDARD = Thresholds()


@dataclass(frozen=True, slots=True)
class Progress:
    """One indicator of one community on one day.

    `completion` is p = done ÷ target, `share` what the calendar asks for as a share of the target (s, unless
    the accrual says otherwise), `gap` = p − share in percentage points. For counts `expected` is the whole
    number due by now and `shortfall` what is owed of it; for a cap `headroom` is what may still be used.
    `unreported` counts slots or sub-periods due without a report.
    """

    state: ProgressState
    completion: Fraction | None = None
    share: Fraction | None = None
    gap: Fraction | None = None
    expected: int | None = None
    shortfall: int | None = None
    headroom: Fraction | None = None
    unreported: int = 0


def elapsed_share(period: Period, day: date) -> Fraction:
    """s = days from the start to `day` inclusive ÷ days in the period; 0 before it, 1 after it."""
    passed = (day - period.start).days + 1
    return Fraction(min(max(passed, 0), period.days), period.days)


def grade(gap: Fraction, thresholds: Thresholds = STANDARD) -> ProgressState:
    """The state of a gap in points: ≥ 5 ahead, ≥ 0 on track, ≥ −10 slightly behind, else behind."""
    if gap >= exact(thresholds.ahead):
        return "ahead"
    if gap >= exact(thresholds.on_track):
        return "on_track"
    return "slightly_behind" if gap >= exact(thresholds.behind) else "behind"


def expected_now(target: Number, share: Fraction) -> int:
    """Stepped expectation of a count: floor(target × s)."""
    return math.floor(exact(target) * share)


def count_progress(
    done: int | None,
    target: Number | None,
    period: Period,
    day: date,
    opening: int = 0,
    thresholds: Thresholds = STANDARD,
) -> Progress:
    """annual_total (opening 0: only the sum counts) and cumulative_all_time.

    `done` is everything that counts towards the target; for a cumulative target it includes the `opening`
    balance of earlier years (30 in all, 20 of them before). The calendar then asks for the opening balance
    plus the elapsed share of the rest, so that old work does not hide an idle year.
    """
    if day < period.start:
        return Progress("not_started")
    if target is None:
        return Progress("no_target")
    goal = exact(target)
    if goal <= 0:
        return Progress("not_applicable")
    share = elapsed_share(period, day)
    before = min(Fraction(opening), goal)
    asked = before + (goal - before) * share
    expected = math.floor(asked)
    if done is None:
        return Progress("missing", share=asked / goal, expected=expected)
    completion = done / goal
    gap = (completion - asked / goal) * 100
    state = grade(gap, thresholds)
    return Progress(state, completion, asked / goal, gap, expected, max(expected - done, 0))


@dataclass(frozen=True, slots=True)
class Slot:
    """A week, month, two-month slot or quarter of its own and what it needs; done is None when not reported."""

    period: Period
    done: int | None
    need: int = 1


def slot_progress(slots: Sequence[Slot], period: Period, day: date, thresholds: Thresholds = STANDARD) -> Progress:
    """per_period: each slot needs its own; two in March do not fill February.

    Completion is filled ÷ all slots and the gap is measured on the elapsed share of the `period`, as for counts; owed
    (`expected`, `shortfall`) are the slots that have ended by `day`, the running one not yet, and where nothing is
    owed the state is slightly behind at worst. An ended slot without a report is counted in `unreported`, never as a
    zero: its part of the elapsed share is not asked for, and as long as the others owe nothing the state is missing.
    """
    goal = sum(slot.need for slot in slots)
    if goal <= 0:
        return Progress("not_applicable")
    if day < period.start:
        return Progress("not_started")
    ended = [slot for slot in slots if slot.period.end <= day]
    told = [slot for slot in ended if slot.done is not None]
    expected, unreported = sum(slot.need for slot in ended), len(ended) - len(told)
    if all(slot.done is None for slot in slots):
        return Progress("missing" if ended else "on_track", expected=expected, unreported=unreported)
    silent = Fraction(sum(slot.need for slot in ended if slot.done is None), goal)
    share = max(elapsed_share(period, day) - silent, Fraction(0))
    completion = Fraction(sum(min(slot.done, slot.need) for slot in slots if slot.done is not None), goal)
    shortfall = sum(max(slot.need - slot.done, 0) for slot in told if slot.done is not None)
    gap = (completion - share) * 100
    state: ProgressState = "missing" if unreported and not shortfall else grade(gap, thresholds)
    if state == "behind" and not shortfall:
        state = "slightly_behind"
    return Progress(state, completion, share, gap, expected, shortfall, unreported=unreported)


def rate_progress(
    rate: Rate,
    target: Number | None,
    comparator: str = "≥",
    period: Period | None = None,
    day: date | None = None,
    thresholds: Thresholds = STANDARD,
) -> Progress:
    """Rates, target in percent: p = current rate ÷ target.

    A snapshot has no proportional expectation: the whole target is asked for (share 1). With `period` and
    `day` the target is due at the end of the period and the elapsed share is asked for. A target with
    ≤ is met or not; there is no gap. A rate above an = target is slightly behind: not met, to be checked.
    Raises ComparatorUnknownError.
    """
    if period is not None and day is not None and day < period.start:
        return Progress("not_started")
    if rate.state == "no_denominator":
        return Progress("not_applicable")
    if target is None:
        return Progress("no_target")
    met = meets(rate, target, comparator)
    if rate.value is None:
        return Progress("missing")
    goal = exact(target) / 100
    if comparator in ("≤", "<=", "<") or goal <= 0:
        return Progress("on_track" if met else "behind", rate.value / goal if goal > 0 else None)
    share = Fraction(1) if period is None or day is None else elapsed_share(period, day)
    completion = rate.value / goal
    gap = (completion - share) * 100
    if comparator in ("=", "==") and rate.value > goal:
        return Progress("slightly_behind", completion, share, gap)
    return Progress(grade(gap, thresholds), completion, share, gap)


@dataclass(frozen=True, slots=True)
class ZeroReport:
    """A sub-period of a zero-tolerance indicator: how often it happened, and if its zero was confirmed."""

    occurred: int | None
    confirmed: bool = False


def zero_progress(reports: Sequence[ZeroReport]) -> Progress:
    """Zero tolerance over every sub-period due so far, never proportional.

    One occurrence is zero_occurred for the rest of the period. zero_ok needs a reported 0 *and* its
    confirmation for each sub-period; a blank is missing, never 0. Nothing due yet is not_started.
    """
    if not reports:
        return Progress("not_started")
    unconfirmed = sum(report.occurred != 0 or not report.confirmed for report in reports)
    if any(report.occurred for report in reports):
        return Progress("zero_occurred", unreported=sum(report.occurred is None for report in reports))
    return Progress("zero_unconfirmed" if unconfirmed else "zero_ok", unreported=unconfirmed)


def cap_progress(used: int | None, cap: Number | None, period: Period, day: date) -> Progress:
    """A ceiling: on track while used ÷ cap ≤ s, slightly behind above it, behind over the cap."""
    if day < period.start:
        return Progress("not_started")
    if cap is None:
        return Progress("no_target")
    share = elapsed_share(period, day)
    if used is None:
        return Progress("missing", share=share)
    limit = exact(cap)
    headroom = limit - used
    completion = used / limit if limit > 0 else None
    if headroom < 0:
        state: ProgressState = "behind"
    else:
        state = "slightly_behind" if completion is not None and completion > share else "on_track"
    gap = None if completion is None else (share - completion) * 100
    return Progress(state, completion, share, gap, headroom=headroom)
