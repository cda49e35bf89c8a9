"""From what a community reported on an indicator to where it stands: the accrual decides (metrics.md §6.7).

Pure: reports in, a ``Standing`` out. A report written as 累计 (cumulative) holds everything since the year began, so
the latest one counts; reports of a single period (当期) are added. Missing stays missing.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import cast

from config.indicators import Indicator
from config.settings import settings
from data_access import metrics
from data_access.metrics import Period, PeriodKind, Progress, Rate, Slot, ZeroReport

_SLOTS: frozenset[str] = frozenset({"day", "week", "month", "two_months", "quarter"})


@dataclass(frozen=True, slots=True)
class Report:
    """One row of a progress sheet: its period, the day it speaks for and its figures; None is missing."""

    period: Period
    day: date
    cumulative: bool
    done: Decimal | None = None
    num: Decimal | None = None
    den: Decimal | None = None
    confirmed: bool = False
    target: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an indicator stands on a day.

    ``done`` of ``goal``: what counts towards the target of the whole year or window; of a rate its numerator and
    denominator. ``target`` is that of the catalogue (of a rate in percent); ``sheet_target`` another one that the
    sheet names. ``window`` is what elapsed time is measured on.
    """

    progress: Progress
    window: Period
    done: Fraction | None = None
    goal: Fraction | None = None
    target: Fraction | None = None
    sheet_target: Decimal | None = None
    reports: int = 0

    @property
    def parts(self) -> tuple[int, int] | None:
        """``done`` and ``goal`` as two whole numbers; fractions of a unit are scaled up alike."""
        if self.done is None or self.goal is None:
            return None
        scale = math.lcm(self.done.denominator, self.goal.denominator)
        return int(self.done * scale), int(self.goal * scale)


def thresholds() -> metrics.Thresholds:
    """Where colours change, from the settings."""
    limits = settings().thresholds
    return metrics.Thresholds(ahead=limits.ahead, behind=limits.behind)


def window(indicator: Indicator, day: date) -> Period:
    """The indicator's own window in the year of ``day``, or that year."""
    start, end = indicator.window_in(day.year)
    return Period(start, end, "window" if indicator.window else "year")


def elapsed(span: Period, day: date) -> tuple[int, int]:
    """Days passed of the window, and its days: the s of 序时进度."""
    return int(metrics.elapsed_share(span, day) * span.days), span.days


def judge(indicator: Indicator, reports: Iterable[Report], day: date) -> Standing:
    """The indicator on ``day``, from every report of the community that speaks for a day up to it."""
    known = sorted((one for one in reports if one.day <= day), key=lambda one: (one.period.end, one.day))
    span = window(indicator, day)
    year = Period(date(day.year, 1, 1), date(day.year, 12, 31), "year")
    current = [one for one in known if _overlaps(one.period, year)]
    if indicator.kind == "zero":
        found = _zero(indicator, current, span, day)
    elif indicator.kind == "rate":
        found = _rate(indicator, current, span, day)
    elif indicator.accrual == "cumulative_all_time":
        found = _all_time(indicator, known, year, day)
    else:
        found = _count(indicator, current, span, day)
    printed = [one.target for one in current if one.target is not None]
    differs = bool(printed) and found.target is not None and Fraction(printed[-1]) not in _targets(indicator, found)
    return replace(found, sheet_target=printed[-1] if differs else None, reports=len(current))


def series(indicator: Indicator, reports: Iterable[Report], day: date) -> list[tuple[Period, Fraction | None]]:
    """What was done in each slot or reported period up to ``day``, in order; None where a slot has no report."""
    known = sorted((one for one in reports if one.day <= day), key=lambda one: (one.period.end, one.day))
    span = window(indicator, day)
    current = [one for one in known if _overlaps(one.period, span)]
    slots = fitting_slots(indicator, current, span)
    if slots:
        filled = _fill(slots, current, int(indicator.target or 1))
        begun = [slot for slot in filled if slot.period.start <= day]
        return [(slot.period, None if slot.done is None else Fraction(slot.done)) for slot in begun]
    steps: list[tuple[Period, Fraction | None]] = []
    before = Fraction(0)
    for period in dict.fromkeys(one.period for one in current):
        reached = _total([one for one in current if one.period.end <= period.end])
        steps.append((period, None if reached is None else reached - before))
        before = before if reached is None else reached
    return steps


def fitting_slots(indicator: Indicator, reports: Sequence[Report], span: Period) -> list[Period]:
    """The slots of a per_period indicator; none where the reports are coarser, so that only their sum can count."""
    if indicator.accrual != "per_period" or indicator.slots is None or indicator.period not in _SLOTS:
        return []
    slots = _slots(span, cast(PeriodKind, indicator.period))
    if indicator.period != "week" and len(slots) != indicator.slots:
        return []
    return list(slots) if all(_place(slots, one.period) is not None for one in reports) else []


@lru_cache(maxsize=256)
def _slots(span: Period, kind: PeriodKind) -> tuple[Period, ...]:
    """The calendar slots of a span: every community is judged by the same ones."""
    return tuple(span.slots(kind))


def _place(slots: Sequence[Period], inner: Period) -> int | None:
    """Which of the slots, in order and without overlap, a period belongs to."""
    place = bisect_right(slots, _middle(inner), key=_start) - 1
    return place if place >= 0 and _within(inner, slots[place]) else None


def _start(slot: Period) -> date:
    return slot.start


@lru_cache(maxsize=4096)
def period(text: str, day: date | None) -> Period:
    """The period that a sheet names."""
    return Period.parse(text, day)


def _overlaps(one: Period, other: Period) -> bool:
    return one.start <= other.end and other.start <= one.end


def _within(inner: Period, outer: Period) -> bool:
    return inner.days <= outer.days and _middle(inner) in outer


def _middle(period: Period) -> date:
    # a week belongs to the month of its Thursday
    return period.start + (period.end - period.start) // 2


def _targets(indicator: Indicator, found: Standing) -> set[Fraction]:
    """Every way to write the catalogue's target: of one slot or of the year."""
    written = {metrics.exact(value) for value in (indicator.target, indicator.full_target) if value is not None}
    return written | ({found.target} if found.target is not None else set())


def _whole(value: Fraction) -> int:
    """A count for the metrics; half a kilogram stays half a kilogram."""
    return int(value) if value.denominator == 1 else cast(int, value)


def _total(reports: Sequence[Report], field: str = "done") -> Fraction | None:
    """The latest cumulative figure and what single periods add after it; without one the sum of single periods."""
    told = [(one, Fraction(value)) for one in reports if (value := getattr(one, field)) is not None]
    if not told:
        return None
    base = next((pair for pair in reversed(told) if pair[0].cumulative), None)
    start = base[0].period.end if base else date.min
    single = [pair for pair in told if not pair[0].cumulative and pair[0].period.start > start]
    periods = {one.period for one, _ in single}
    added = (value for one, value in single if not any(_inside_longer(one.period, other) for other in periods))
    return (base[1] if base else Fraction(0)) + sum(added, Fraction(0))


def _inside_longer(one: Period, other: Period) -> bool:
    """A month of a reported quarter or year is told twice, never added twice."""
    return other.days > one.days and _within(one, other)


def _latest(reports: Sequence[Report]) -> Report | None:
    told = [one for one in reports if one.done is not None or one.den is not None or one.num is not None]
    return told[-1] if told else None


def _count(indicator: Indicator, reports: Sequence[Report], span: Period, day: date) -> Standing:
    inside = [one for one in reports if _overlaps(one.period, span)]
    goal = None if indicator.full_target is None else metrics.exact(indicator.full_target)
    if indicator.kind == "cap":
        used = _total(inside)
        limit = None if indicator.target is None else metrics.exact(indicator.target)
        progress = metrics.cap_progress(None if used is None else _whole(used), limit, span, day)
        return Standing(progress, span, used, limit, limit)
    if indicator.accrual == "snapshot":
        last = _latest(inside)
        done = None if last is None or last.done is None else Fraction(last.done)
        if goal is None:
            return Standing(Progress("no_target"), span, done)
        share = Rate(None, 1) if done is None else _as_rate(done, goal)
        progress = metrics.rate_progress(share, 100, indicator.comparator, thresholds=thresholds())
        return Standing(progress, span, done, goal, goal)
    slots = fitting_slots(indicator, inside, span)
    if slots and indicator.target:
        need = int(indicator.target)
        filled = _fill(slots, inside, need)
        progress = metrics.slot_progress(filled, day, need, thresholds())
        counted = [min(slot.done, need) for slot in filled if slot.done is not None]
        total = Fraction(len(slots) * need)
        return Standing(progress, span, Fraction(sum(counted)) if counted else None, total, total)
    done = _total(inside)
    progress = metrics.count_progress(None if done is None else _whole(done), goal, span, day, thresholds=thresholds())
    return Standing(progress, span, done, goal, goal)


def _all_time(indicator: Indicator, reports: Sequence[Report], year: Period, day: date) -> Standing:
    """Everything of all years counts; what stood before this year does not hide an idle one."""
    goal = None if indicator.target is None else metrics.exact(indicator.target)
    opening = _total([one for one in reports if one.period.end < year.start]) or Fraction(0)
    done = _total(reports)
    progress = metrics.count_progress(
        None if done is None else _whole(done), goal, year, day, int(opening), thresholds=thresholds()
    )
    return Standing(progress, year, done, goal, goal)


def _fill(slots: Sequence[Period], reports: Sequence[Report], need: int) -> list[Slot]:
    """What was done in each slot.

    A cumulative figure speaks for the slots before it too: what it adds to what is known fills silent slots with
    their need, first to last, and leaves the rest to the slot it was reported in.
    """
    done: list[Fraction | None] = [None] * len(slots)
    told: dict[int | None, list[Report]] = {}
    for one in reports:
        if one.done is not None:
            told.setdefault(_place(slots, one.period), []).append(one)
    for place, inside in sorted((place, inside) for place, inside in told.items() if place is not None):
        single = [Fraction(one.done) for one in inside if not one.cumulative and one.done is not None]
        if single:
            done[place] = sum(single, Fraction(0))
        totals = [one.done for one in inside if one.cumulative and one.done is not None]
        if not totals:
            continue
        known = sum((one for one in done[:place] if one is not None), Fraction(0))
        gained = max(Fraction(totals[-1]) - known, Fraction(0))
        for silent in (earlier for earlier in range(place) if done[earlier] is None):
            done[silent] = min(gained, Fraction(need))
            gained -= min(gained, Fraction(need))
        done[place] = gained
    return [Slot(slot, None if n is None else math.floor(n)) for slot, n in zip(slots, done, strict=True)]


def _as_rate(num: Fraction, den: Fraction) -> Rate:
    scale = math.lcm(num.denominator, den.denominator)
    return Rate(int(num * scale), int(den * scale))


def _rate(indicator: Indicator, reports: Sequence[Report], span: Period, day: date) -> Standing:
    last = _latest(reports)
    num = den = None
    if last is not None and indicator.accrual == "per_period":
        num, den = _total(reports, "num"), _total(reports, "den")
    elif last is not None:
        den = None if last.den is None else Fraction(last.den)
        num = None if last.num is None else Fraction(last.num)
        if indicator.accrual == "annual_total":  # people are added over the year, those they are a share of are not
            num = _total(reports, "num")
    rate = Rate(None, int(den) if den is not None else None) if num is None or den is None else _as_rate(num, den)
    return rate_standing(indicator, rate, span, day, num, den)


def rate_standing(
    indicator: Indicator,
    rate: Rate,
    span: Period,
    day: date,
    num: Fraction | None,
    den: Fraction | None,
) -> Standing:
    """A rate against the catalogue's target; only a yearly total is given the year's elapsed share."""
    # the target of "places per 2000 m" is a share of 2000, that of a percentage one of 100
    target = None if indicator.target is None else metrics.exact(indicator.target) * 100 / indicator.factor
    timed = indicator.accrual == "annual_total" or indicator.window is not None
    progress = metrics.rate_progress(
        rate,
        target,
        indicator.comparator or "≥",
        span if timed else None,
        day if timed else None,
        thresholds=thresholds(),
    )
    shown = None if indicator.target is None else metrics.exact(indicator.target)
    return Standing(progress, span, num, den, shown)


def _zero(indicator: Indicator, reports: Sequence[Report], span: Period, day: date) -> Standing:
    """A zero has to be confirmed for every sub-period that has ended; where daily, for each week or month reported."""
    if indicator.confirm == "drive":
        due = [one.period for one in reports]
    else:
        weekly = indicator.confirm == "week" or (
            indicator.confirm == "day" and bool(reports) and all(one.period.kind == "week" for one in reports)
        )
        kind: PeriodKind = "week" if weekly else "quarter" if indicator.confirm == "quarter" else "month"
        due = [slot for slot in _slots(span, kind) if slot.end <= day]
    target = None if indicator.target is None else Fraction(0)
    if not reports and due:
        return Standing(Progress("missing"), span, None, None, target)
    told = [_confirmation(slot, reports, span) for slot in due]
    happened = sum((Fraction(one.done) for one in reports if one.done and not one.cumulative), Fraction(0))
    happened = max([happened, *(Fraction(one.done) for one in reports if one.cumulative and one.done)])
    if happened:  # also in the running sub-period, which is not owed yet
        told.append(ZeroReport(math.ceil(happened)))
    return Standing(metrics.zero_progress(told), span, happened, None, target)


def _confirmation(slot: Period, reports: Sequence[Report], span: Period) -> ZeroReport:
    covering = [
        one
        for one in reports
        if (Period(span.start, one.period.end) if one.cumulative and one.period.end >= span.start else one.period).start
        <= slot.start
        and slot.end <= one.period.end
    ]
    inside = [one for one in reports if not one.cumulative and one not in covering and _within(one.period, slot)]
    if covering:
        confirmed = any(one.confirmed and not one.done for one in covering)
        return ZeroReport(0 if confirmed or any(one.done == 0 for one in covering) else None, confirmed)
    if inside:
        confirmed = all(one.confirmed and not one.done for one in inside)
        return ZeroReport(0 if confirmed or all(one.done == 0 for one in inside) else None, confirmed)
    return ZeroReport(None)
