"""From what a community reported on an indicator to where it stands: the accrual decides (metrics.md §6.7).

Pure: reports in, a ``Standing`` out. A report written as 累计 (cumulative) holds everything since the year or season
began, so the latest one counts; reports of a single period (当期) are added. Missing stays missing.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from operator import attrgetter
from typing import cast

from config.indicators import Indicator
from config.settings import settings
from data_access import metrics
from data_access.metrics import Period, PeriodKind, Progress, Rate, Slot, ZeroReport

_SLOTS: frozenset[str] = frozenset({"day", "week", "month", "two_months", "quarter"})
_IN_ORDER = attrgetter("period.end", "day")

Definition = Callable[[date], Indicator | None]  # what applied on a day; None where there was nothing yet


@dataclass(frozen=True, slots=True)
class Report:
    """One row of a progress sheet: its period, the day it speaks for and its figures; None is missing.

    ``found`` and ``mended`` are the problems of an inspection that gives a score; ``approximate`` marks figures such as
    46余, which no total forgets (traps.md §14).
    """

    period: Period
    day: date
    cumulative: bool
    done: Decimal | None = None
    num: Decimal | None = None
    den: Decimal | None = None
    confirmed: bool = False
    target: Decimal | None = None
    found: int | None = None
    mended: int | None = None
    approximate: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an indicator stands on a day.

    ``done`` of ``goal``: what counts towards the target of the whole year or window; of a rate its numerator and
    denominator. ``target`` is the one in force (of a rate in percent); ``sheet_target`` another one that the sheet
    names. ``window`` is what elapsed time is measured on. ``found`` and ``mended`` are the problems of its inspections;
    ``approximate``: some figure in it is an estimate.
    """

    progress: Progress
    window: Period
    done: Fraction | None = None
    goal: Fraction | None = None
    target: Fraction | None = None
    sheet_target: Decimal | None = None
    reports: int = 0
    left: int | None = None
    found: int | None = None
    mended: int | None = None
    approximate: bool = False

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
    return _thresholds(limits.ahead, limits.behind)


@lru_cache(maxsize=8)
def _thresholds(ahead: float, behind: float) -> metrics.Thresholds:
    return metrics.Thresholds(metrics.exact(ahead), Fraction(0), metrics.exact(behind))


def window(indicator: Indicator, day: date) -> Period:
    """The indicator's own window in the year of ``day``, or that year.

    A season over the new year is that of the year in which it began, until its last day.
    """
    if indicator.window is None:
        return _year(day.year)
    start, end = indicator.window_in(day.year)
    if end.year > day.year:
        before = indicator.window_in(day.year - 1)
        start, end = before if day <= before[1] else (start, end)
    return Period(start, end, "window")


@lru_cache(maxsize=64)
def _year(year: int) -> Period:
    return Period(date(year, 1, 1), date(year, 12, 31), "year")


def elapsed(span: Period, day: date) -> tuple[int, int]:
    """Days passed of the window, and its days: the s of 序时进度."""
    return int(metrics.elapsed_share(span, day) * span.days), span.days


def judge(indicator: Indicator, reports: Iterable[Report], day: date, before: Definition | None = None) -> Standing:
    """The indicator on ``day``, from every report of the community that speaks for a day up to it.

    ``before`` says what applied on an earlier day where the target has changed: a period that needs its own keeps the
    target it began with.
    """
    known = sorted((one for one in reports if one.day <= day), key=_IN_ORDER)
    span = window(indicator, day)
    current = [one for one in known if _speaks_for(one, span)]
    if indicator.kind == "zero":
        found = _zero(indicator, current, span, day)
    elif indicator.ratio:
        found = _rate(indicator, current, span, day)
    elif indicator.accrual == "cumulative_all_time":
        found = _all_time(indicator, known, span, day)
    else:
        found = _count(indicator, current, span, day, before)
    printed = [one.target for one in current if one.target is not None]
    differs = bool(printed) and found.target is not None and Fraction(printed[-1]) not in _targets(indicator, found)
    return replace(
        found,
        sheet_target=printed[-1] if differs else None,
        reports=len(current),
        approximate=any(one.approximate for one in current),
    )


def series(indicator: Indicator, reports: Iterable[Report], day: date) -> list[tuple[Period, Fraction | None]]:
    """What was done in each slot or reported period up to ``day``, in order; None where a slot has no report."""
    known = sorted((one for one in reports if one.day <= day), key=_IN_ORDER)
    span = window(indicator, day)
    current = [one for one in known if _speaks_for(one, span)]
    slots = fitting_slots(indicator, current, span)
    if slots:
        filled = _fill(slots, current, [int(indicator.target or 1)] * len(slots))
        begun = [slot for slot in filled if slot.period.start <= day]
        return [(slot.period, None if slot.done is None else Fraction(slot.done)) for slot in begun]
    steps: list[tuple[Period, Fraction | None]] = []
    before = Fraction(0)
    for period in dict.fromkeys(one.period for one in current):
        reached = total([one for one in current if one.period.end <= period.end])
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
    return list(slots) if all(_place(slots, one) is not None for one in reports) else []


@lru_cache(maxsize=256)
def _slots(span: Period, kind: PeriodKind) -> tuple[Period, ...]:
    """The calendar slots of a span: every community is judged by the same ones."""
    return tuple(span.slots(kind))


def _place(slots: Sequence[Period], report: Report) -> int | None:
    """Which of the slots, in order and without overlap, a report belongs to; a later total speaks up to the last."""
    inner = report.period
    if report.cumulative and inner.start > slots[-1].end:
        return len(slots) - 1
    place = bisect_right(slots, _middle(inner), key=_start) - 1
    return place if place >= 0 and _within(inner, slots[place]) else None


def _start(slot: Period) -> date:
    return slot.start


@lru_cache(maxsize=4096)
def period(text: str, day: date | None) -> Period:
    """The period that a sheet names."""
    return Period.parse(text, day)


def _speaks_for(one: Report, span: Period) -> bool:
    """A single period overlaps the span; a total also where it was told after its end."""
    return span.start <= one.period.end and (one.cumulative or one.period.start <= span.end)


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


def total(reports: Sequence[Report], field: str = "done") -> Fraction | None:
    """The latest cumulative figure and what single periods add after it; without one the sum of single periods."""
    told: list[tuple[Report, Decimal]] = [
        (one, Decimal(value)) for one in reports if (value := getattr(one, field)) is not None
    ]
    if not told:
        return None
    base = next((pair for pair in reversed(told) if pair[0].cumulative), None)
    start = base[0].period.end if base else date.min
    single = [pair for pair in told if not pair[0].cumulative and pair[0].period.start > start]
    # of one kind, as a rule twelve months, none lies inside another
    mixed = len({one.period.kind for one, _ in single}) > 1
    others = {one.period for one, _ in single} if mixed else ()
    added = (value for one, value in single if not any(_inside_longer(one.period, other) for other in others))
    return Fraction(sum(added, base[1] if base else Decimal(0)))


def _inside_longer(one: Period, other: Period) -> bool:
    """A month of a reported quarter or year is told twice, never added twice."""
    return other.days > one.days and _within(one, other)


def _latest(reports: Sequence[Report]) -> Report | None:
    told = [one for one in reports if one.done is not None or one.den is not None or one.num is not None]
    return told[-1] if told else None


def _count(
    indicator: Indicator, reports: Sequence[Report], span: Period, day: date, before: Definition | None
) -> Standing:
    goal = None if indicator.full_target is None else metrics.exact(indicator.full_target)
    if indicator.accrual == "snapshot" and indicator.kind != "cap":
        return _latest_count(indicator, reports, span, day)
    if indicator.kind == "cap" or indicator.comparator == "≤":
        used = total(reports)
        progress = metrics.cap_progress(None if used is None else _whole(used), goal, span, day)
        return Standing(progress, span, used, goal, goal)
    slots = fitting_slots(indicator, reports, span)
    if slots and indicator.target:
        needs = _needs(indicator, slots, day, before)
        filled = [slot for slot in _fill(slots, reports, needs) if slot.need]
        if filled and not needs[0]:  # declared in the course of the year: time runs from then
            span = Period(filled[0].period.start, span.end)
        progress = metrics.slot_progress(filled, span, day, thresholds())
        counted = [min(slot.done, slot.need) for slot in filled if slot.done is not None]
        whole = Fraction(sum(slot.need for slot in filled))
        return Standing(progress, span, Fraction(sum(counted)) if counted else None, whole, whole)
    done = total(reports)
    progress = metrics.count_progress(None if done is None else _whole(done), goal, span, day, thresholds=thresholds())
    return Standing(progress, span, done, goal, goal)


def _latest_count(indicator: Indicator, reports: Sequence[Report], span: Period, day: date) -> Standing:
    """A stock: the latest value against the whole target, which is in proportion only where it is due by a date."""
    last = _latest(reports)
    done = None if last is None or last.done is None else Fraction(last.done)
    goal = None if indicator.target is None else metrics.exact(indicator.target)
    by_date = indicator.window is not None
    if goal is None:
        return Standing(Progress("no_target"), span, done)
    if indicator.comparator == "≤" and goal == 0 and done is not None:  # nothing to divide by
        return Standing(Progress("behind" if done else "on_track"), span, done, goal, goal)
    share = Rate(None, 1) if done is None else _as_rate(done, goal)
    progress = metrics.rate_progress(
        share, 100, indicator.comparator, span if by_date else None, day if by_date else None, thresholds=thresholds()
    )
    return Standing(progress, span, done, goal, goal)


def _needs(indicator: Indicator, slots: Sequence[Period], day: date, before: Definition | None) -> list[int]:
    """What each slot needs: the target that applied when it began, for those to come the one of today."""
    need = int(indicator.target or 0)
    if before is None:
        return [need] * len(slots)
    then = [before(slot.start) if slot.start < day else indicator for slot in slots]
    return [0 if one is None else int(one.target or 0) if one.period == indicator.period else need for one in then]


def _all_time(indicator: Indicator, reports: Sequence[Report], span: Period, day: date) -> Standing:
    """Everything of all years counts; what stood before this one does not hide an idle one."""
    goal = None if indicator.target is None else metrics.exact(indicator.target)
    opening = total([one for one in reports if one.period.end < span.start]) or Fraction(0)
    done = total(reports)
    progress = metrics.count_progress(
        None if done is None else _whole(done), goal, span, day, int(opening), thresholds=thresholds()
    )
    return Standing(progress, span, done, goal, goal)


def _fill(slots: Sequence[Period], reports: Sequence[Report], needs: Sequence[int]) -> list[Slot]:
    """What was done in each slot.

    A cumulative figure speaks for the slots before it too: what it adds to what is known fills silent slots with
    their need, first to last, and leaves the rest to the slot it was reported in.
    """
    done: list[Decimal | None] = [None] * len(slots)
    told: dict[int, list[Report]] = {}
    for one in reports:
        place = _place(slots, one)
        if one.done is not None and place is not None:
            told.setdefault(place, []).append(one)
    for place, inside in sorted(told.items()):
        single = [one.done for one in inside if not one.cumulative and one.done is not None]
        if single:
            done[place] = sum(single, Decimal(0))
        totals = [one.done for one in inside if one.cumulative and one.done is not None]
        if not totals:
            continue
        gained = max(totals[-1] - sum((one for one in done[:place] if one is not None), Decimal(0)), Decimal(0))
        for silent in (earlier for earlier in range(place) if done[earlier] is None):
            done[silent] = min(gained, Decimal(needs[silent]))
            gained -= min(gained, Decimal(needs[silent]))
        done[place] = gained
    return [
        Slot(slot, None if n is None else math.floor(n), need) for slot, n, need in zip(slots, done, needs, strict=True)
    ]


def _as_rate(num: Fraction, den: Fraction) -> Rate:
    scale = math.lcm(num.denominator, den.denominator)
    return Rate(int(num * scale), int(den * scale))


def _rate(indicator: Indicator, reports: Sequence[Report], span: Period, day: date) -> Standing:
    last = _latest(reports)
    num = den = None
    if last is not None and indicator.accrual == "per_period":
        num, den = total(reports, "num"), total(reports, "den")
    elif last is not None:
        den = None if last.den is None else Fraction(last.den)
        num = None if last.num is None else Fraction(last.num)
        if indicator.accrual == "annual_total":  # people are added over the year, those they are a share of are not
            num = total(reports, "num")
    rate = Rate(None, int(den) if den is not None else None) if num is None or den is None else _as_rate(num, den)
    found = rate_standing(indicator, rate, span, day, num, den)
    problems, mended = (None if (n := total(reports, name)) is None else int(n) for name in ("found", "mended"))
    silent = _silent(indicator, reports, span, day)
    if not silent and problems is mended is None:
        return found
    return replace(found, progress=replace(found.progress, unreported=silent), found=problems, mended=mended)


def _silent(indicator: Indicator, reports: Sequence[Report], span: Period, day: date) -> int:
    """How many of a rate's own periods have ended without a report; what was reported is judged without them."""
    slots = fitting_slots(indicator, reports, span)
    told = {_place(slots, one) for one in reports} if slots else set()
    return sum(slot.end <= day and place not in told for place, slot in enumerate(slots))


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
    # of what is counted in wholes; a rate of two fractions was scaled up to be exact
    floor = (
        indicator.kind == "rate" and indicator.comparator != "≤" and (num, den) == (rate.numerator, rate.denominator)
    )
    return Standing(progress, span, num, den, shown, left=left(rate, target) if floor else None)


def left(rate: Rate, target: metrics.Number | None) -> int | None:
    """How many are missing to a floor, 0 where it is reached; None where it cannot be said."""
    missing = metrics.left_to_target(rate, target)
    return None if missing is None else max(missing, 0)


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
    if indicator.target is None:
        return Standing(Progress("no_target"), span)
    target = Fraction(0)
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
