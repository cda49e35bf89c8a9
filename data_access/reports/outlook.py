"""The matrix of workstreams in motion: how it went, what moved in a week, what will miss its target at this pace.

Every day is judged as ``workstreams`` judges today (metrics.md §6.7), by what is known now; only what speaks for a day
up to it counts there, and the targets and definitions are those of the day.
"""

from __future__ import annotations

import math
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

import pandas as pd

from config.indicators import Indicator
from data_access import database, metrics
from data_access.metrics import Period, Rate
from data_access.reports import accrual, cells, computed, season, workstreams
from data_access.reports.accrual import Report, Standing
from data_access.reports.frames import frame
from data_access.reports.view import View

DEFINITIONS: dict[str, tuple[str, str]] = {
    "trend": (
        "跟上序时的社区数÷当日能评判的社区数；未报、未开始、待定、不适用的格不计入",
        "Communities whose cell is on or ahead of elapsed time ÷ those whose cell can be judged on the day",
    ),
    "moved": (
        "与七天前相比状态有变的格；按现在所知的报送重算两天",
        "Cells whose state differs from that of seven days before; both days are judged by what is known now",
    ),
    "pace": (
        "目前进度：最近三期报送的新增÷其天数；逐期计的为最近三期每期完成数",
        "Present pace: what the last three reports gained ÷ their days; where each period needs its own, done in each",
    ),
    "projected": (
        "期末预计：已完成＋目前进度×剩余时间；不足三期报送的无法预计",
        "Projected: done + present pace × the time left; with fewer than three reports it cannot be said",
    ),
}
WEEK = timedelta(days=7)
MONTHS = 12
LEAST = 3  # reports behind a projection; fewer say nothing (metrics.md §6.4)
_MONTH = 30  # days that a pace is told for

# How good a state is, to say which way a cell moved; others are neither better nor worse than any.
_RANK = {
    **{"zero_occurred": 0, "behind": 1, "unreported": 2, "missing": 2, "zero_unconfirmed": 3},
    **{"slightly_behind": 4, "on_track": 5, "zero_ok": 5, "ahead": 6},
}

Ending = Literal["short", "over", "unpredictable"]


def trend(view: View, streams: tuple[str, ...] = (), months: int = MONTHS) -> pd.DataFrame:
    """The cells of ``workstreams.matrix`` on the same day of each of the last ``months`` months, the view's own last.

    Reports come by the month: on the same day of it they are equally old, so that one day compares with another.

    Columns: day (date), community, area, workstream (slug), state (as ``matrix``), gap (Decimal, percentage points).
    """
    with database.reporting() as connection:
        whole = season.load(connection, view, [_months_before(view.day, back) for back in range(months)])
        judged = workstreams.told(whole, streams)
    rows = []
    for day in whole.days:
        communities = whole.units(day)
        found = judged.on(day, communities)
        for one in communities:
            for stream in workstreams.shown(day, streams):
                state, gap = cells.face(stream, one.key, found)
                rows.append((day, one.name, one.area, stream.slug, state, gap))
    return pd.DataFrame(rows, columns=["day", "community", "area", "workstream", "state", "gap"])


def _months_before(day: date, back: int) -> date:
    """The same day of an earlier month, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 - back, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def moved(view: View, streams: tuple[str, ...] = ()) -> pd.DataFrame:
    """The cells whose state is another one than seven days before: worse ones first, each with what moved it.

    Columns: community, area, workstream (slug), direction (worse, better, other), before, after (states as ``matrix``),
    gap_before, gap (Decimal, percentage points), indicator (code of the worst one: now where the cell got worse, then
    where it got better), name, indicator_before, indicator_after (its states).
    """
    then = view.day - WEEK
    with database.reporting() as connection:
        whole = season.load(connection, view, [then])
        judged = workstreams.told(whole, streams)
    communities = whole.units(view.day)
    old, new = (judged.on(day, communities) for day in (then, view.day))
    stood = {stream.slug for stream in workstreams.shown(then, streams)}
    there = {unit.key for unit in whole.units(then)}
    rows = []
    for one in communities:
        for stream in workstreams.shown(view.day, streams):
            if one.key not in there or stream.slug not in stood:
                continue
            known = [item for item in stream.shown if (one.key, item.code) in old]
            before = cells.cell(stream.model_copy(update={"indicators": tuple(known)}), one.key, old, then)
            after = cells.cell(stream, one.key, new, view.day)
            if before["state"] == after["state"]:
                continue
            way = _way(before["state"], after["state"])
            code = (before["worst"] or after["worst"]) if way == "better" else (after["worst"] or before["worst"])
            rows.append(
                {
                    "community": one.name,
                    "area": one.area,
                    "workstream": stream.slug,
                    "direction": way,
                    "before": before["state"],
                    "after": after["state"],
                    "gap_before": before.get("gap"),
                    "gap": after.get("gap"),
                    "indicator": code,
                    "name": next((item.label for item in stream.shown if item.code == code), None),
                    "indicator_before": old[one.key, code].progress.state if (one.key, code) in old else None,
                    "indicator_after": new[one.key, code].progress.state if (one.key, code) in new else None,
                }
            )
    order = ("worse", "better", "other")
    rows.sort(key=lambda row: (order.index(row["direction"]), _RANK.get(row["after"], 9)))
    return pd.DataFrame(rows, columns=_MOVED)


_MOVED = [
    *("community", "area", "workstream", "direction", "before", "after", "gap_before", "gap"),
    *("indicator", "name", "indicator_before", "indicator_after"),
]


def _way(before: str, after: str) -> str:
    """Which way a cell went; to and from what cannot be judged is neither."""
    if before not in _RANK or after not in _RANK or _RANK[before] == _RANK[after]:
        return "other"
    return "worse" if _RANK[after] < _RANK[before] else "better"


def misses(view: View, streams: tuple[str, ...] = ()) -> pd.DataFrame:
    """What will not reach its target at the present pace, or overrun its cap: those that lack the largest part first.

    Of the indicators of the matrix that grow with time and have not reached their target; those of the daily sheets
    have a forecast of their own (``coverage.forecast``). Columns: community, area, workstream (slug), indicator (code),
    name, unit, ending (short, over: a cap; unpredictable: fewer than three reports, and not on track), done, target,
    projected (Decimal, of a rate people; the last <NA> where it cannot be said), base (Int64: a rate's denominator),
    shortfall (Int64: what will lack or be too much), pace (Decimal: gained in 30 days), days (Int64: to the target at
    that pace, <NA> where it stands still), reports (Int64: those the pace rests on), until (date: what they tell),
    end (date: when the target is due). Those that cannot be said come last.
    """
    with database.reporting() as connection:
        whole = season.load(connection, view)
        judged = workstreams.told(whole, streams)
    communities = whole.units(view.day)
    found = judged.on(view.day, communities)
    rows = []
    for stream in workstreams.shown(view.day, streams):
        for item in stream.shown:
            if item.code in computed.CODES:
                continue
            for one in communities:
                told = judged.years[view.day.year].get((one.key, item.code), [])
                goal = judged.definition(item.code, one.key, view.day)
                made = _outlook(goal, told, found[one.key, item.code], view.day)
                if made is not None:
                    names = {"community": one.name, "area": one.area, "workstream": stream.slug}
                    rows.append(names | {"indicator": item.code, "name": item.label, "unit": item.unit_text} | made)
    rows.sort(key=lambda row: (row["ending"] == "unpredictable", -Fraction(row["lack"])))
    return frame(rows, _MISSES, dict.fromkeys(("base", "shortfall", "days", "reports"), "Int64"))


_MISSES = (
    *("community", "area", "workstream", "indicator", "name", "unit", "ending", "done", "target", "projected", "base"),
    *("shortfall", "pace", "days", "reports", "until", "end"),
)
_OPEN = frozenset({"behind", "slightly_behind", "on_track", "ahead", "missing"})


@dataclass(frozen=True, slots=True)
class _Pace:
    """``gained`` a day over the last LEAST reports, which tell up to ``until``; ``projected`` for the end."""

    gained: Fraction
    projected: Fraction
    until: date


def _outlook(item: Indicator, reports: Sequence[Report], standing: Standing, day: date) -> dict[str, Any] | None:
    """One indicator's row of ``misses``; None where it grows not with time, is reached, or will be."""
    over = item.kind == "cap" or item.comparator == "≤"
    share = Rate.of(*((None, None) if standing.parts is None else standing.parts))
    if standing.progress.state not in _OPEN or standing.done is None or item.kind == "zero" or not item.target:
        return None
    if item.ratio:
        if over or item.accrual == "per_period" or not share.denominator:
            return None
        percent = metrics.exact(item.target) * 100 / item.factor
        target = Fraction(metrics.needed(share.denominator, percent))
    else:
        target, percent = standing.goal or Fraction(0), Fraction(100)
    if not over and standing.done >= target:
        return None
    known = [one for one in sorted(reports, key=lambda one: one.period.end) if one.day <= day]
    span = standing.window
    slots = accrual.fitting_slots(item, known, span)
    pace = _by_slot(item, known, len(slots), day) if slots else _by_day(item, known, span, day)
    row = {"done": cells.decimal(standing.done), "target": cells.decimal(target), "end": span.end}
    row |= {"base": share.denominator if item.ratio else None}
    if pace is None:
        if over or standing.progress.state in ("on_track", "ahead"):
            return None
        return row | {"ending": "unpredictable", "lack": 0, "reports": _told(known)}
    projected = max(standing.done, Fraction(math.floor(pace.projected)))
    if item.ratio and item.factor == 100:
        projected = min(projected, Fraction(share.denominator or 0))
    lack = projected - target if over else target - projected
    if lack <= 0:
        return None
    forecast = metrics.days_to_target(share, percent, pace.gained, LEAST, LEAST)
    return row | {
        "ending": "over" if over else "short",
        "projected": cells.decimal(projected),
        "shortfall": math.ceil(lack),
        "pace": metrics.half_up(pace.gained * _MONTH, 1),
        "days": forecast.days if not over and forecast.state == "days" else None,
        "reports": LEAST,
        "until": pace.until,
        "lack": lack / target,
    }


def _told(reports: Sequence[Report]) -> int:
    return len({one.period for one in reports if one.done is not None or one.num is not None})


def _by_slot(item: Indicator, reports: Sequence[Report], slots: int, day: date) -> _Pace | None:
    """Where each period needs its own: those to come, and those not told yet, bring what the last three did."""
    told = [(slot, value) for slot, value in accrual.series(item, reports, day) if slot.end <= day]
    known = [(slot, min(value, Fraction(item.target or 0))) for slot, value in told if value is not None]
    last = known[-LEAST:]
    if len(last) < LEAST:
        return None
    brought = sum((value for _slot, value in last), Fraction(0))
    reached = sum((value for _slot, value in known), Fraction(0))
    projected = reached + brought / LEAST * (slots - len(known))
    return _Pace(brought / sum(slot.days for slot, _value in last), projected, last[-1][0].end)


def _by_day(item: Indicator, reports: Sequence[Report], span: Period, day: date) -> _Pace | None:
    """What the last three ended reports gained a day: stocks by their difference, others by what they add."""
    field = "num" if item.ratio else "done"
    told = [one for one in reports if getattr(one, field) is not None and one.period.end <= day]
    periods = list(dict.fromkeys(one.period for one in told))
    last = periods[-LEAST:]
    if len(last) < LEAST:
        return None
    stock = item.accrual == "snapshot" or all(one.cumulative for one in told)
    reached = [_reached(item, told, period, field) for period in last]
    if stock:
        gained = (reached[-1] - reached[0]) / (last[-1].end - last[0].end).days
    else:
        before = [period for period in periods if period.end < last[0].start]
        start = _reached(item, told, before[-1], field) if before else Fraction(0)
        gained = (reached[-1] - start) / sum(period.days for period in last)
    until = last[-1].end
    return _Pace(gained, reached[-1] + gained * (span.end - until).days, until)


def _reached(item: Indicator, reports: Sequence[Report], period: Period, field: str) -> Fraction:
    """What had been reached by the end of a reported period."""
    known = [one for one in reports if one.period.end <= period.end]
    if item.accrual == "snapshot":
        return Fraction(Decimal(getattr(known[-1], field)))
    return accrual.total(known, field) or Fraction(0)
