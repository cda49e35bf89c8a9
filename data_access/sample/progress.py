"""What the workstreams have reached month by month: most in step with the calendar, some behind, a few red."""

from __future__ import annotations

import math
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from config.catalogue import indicator, workstreams
from config.indicators import Indicator
from data_access.sample.street import Parts, Place

COMPUTED = frozenset({"VAX-01", "VAX-02", "VAX-06", "VAX-07"})  # the board takes them from the daily sheets
ALSO = ("ENV-12",)  # the checklist's item 2.7 is judged by it
SLOTTED = frozenset({"month", "two_months", "quarter"})
# Indicator and share of what the calendar asks for; the community is counted among those that play no other part.
RED = ((2, "HE-01", 0.6), (6, "PHC-06", 0.79), (1, "PAT-18", 0.65), (3, "SAFE-06", 0.74), (5, "HC-09", 0.7))
PEOPLE = {"HE-06": 2.6, "HC-14": 2.6, "PHC-02": 2.6}  # denominators that are the population


def months(until: date) -> list[tuple[str, date]]:
    """The periods of the year with the day each speaks for: every full month, and this one as far as it has come."""
    ends = [date(until.year, month, monthrange(until.year, month)[1]) for month in range(1, until.month)]
    found = [(f"{end:%Y-%m}", end) for end in ends]
    return [*found, (f"{until:%Y-%m}", until)]


def rows(places: list[Place], cast: Parts, until: date, seed: int) -> Iterator[tuple[str, date, list[dict[str, Any]]]]:
    """工作进展: for each month its rows, one a community and indicator."""
    plan = _Plan(places, cast, until, seed)
    for period, day in months(until):
        yield (
            period,
            day,
            [
                row
                for place in places
                for declared in plan.indicators
                if (row := plan.row(place, declared, period, day)) is not None
            ],
        )


class _Plan:
    """How well each community does in each indicator."""

    def __init__(self, places: list[Place], cast: Parts, until: date, seed: int) -> None:
        rng = Random(f"{seed}:progress")
        self.cast, self.until = cast, until
        shown = [item for stream in workstreams() if stream.matrix for item in stream.shown]
        self.indicators = [*(item for item in shown if item.code not in COMPUTED), *(indicator(code) for code in ALSO)]
        self.pace: dict[tuple[int, str], float] = {}
        for place in places:
            for item in self.indicators:
                slow = rng.random() < 0.02
                self.pace[place.index, item.code] = rng.uniform(0.9, 0.95) if slow else rng.uniform(1.0, 1.06)
        for number, code, pace in RED:
            self.pace[cast.other(number), code] = pace
        self.happened = cast.tied[1], "FIRE-08"
        self.unconfirmed = cast.other(4), "SAFE-11"
        last = until.replace(day=1) - timedelta(days=1)
        self.told = f"{last if last.year == until.year else until:%Y-%m}"  # the month in which that was

    def row(self, place: Place, item: Indicator, period: str, day: date) -> dict[str, Any] | None:
        """One row of a month; None where the community says nothing or the indicator's season has not begun."""
        start, end = item.window_in(day.year)
        if day < start or self._silent(place, item, period):
            return None
        row: dict[str, Any] = {
            "biz_date": day,
            "period": period,
            "community": place.name,
            "workstream": item.workstream,
            "indicator": item.code,
            "indicator_name": item.zh,
            "accrual": "period" if item.kind == "zero" else "cumulative",
            "owner": place.staff[1],
        }
        pace = self.pace[place.index, item.code]
        if item.kind == "zero":
            row |= self._zero(place, item, day)
        elif item.kind == "rate":
            share = _share(start, end, day) if item.accrual == "annual_total" else 1.0
            row |= _rate(item, place, pace, share, day.month)
        else:
            row["done"] = _count(item, pace, start, end, day)
        if pace < 0.9:
            row |= {"issues": "人手不足，进度落后", "next_step": "下月补齐，分管领导每周调度"}
        return row

    def _silent(self, place: Place, item: Indicator, period: str) -> bool:
        if place.index != self.cast.silent:
            return False
        return item.workstream == "civilised_community" or period == f"{self.until:%Y-%m}"

    def _zero(self, place: Place, item: Indicator, day: date) -> dict[str, Any]:
        """A zero has to be confirmed; one happened, and one was left unconfirmed in the last full month."""
        month = f"{day:%Y-%m}"
        if (place.index, item.code) == self.happened and month == self.told:
            return {"done": 1, "issues": "商铺配电箱起火 1 起，无人员伤亡，正在调查"}
        if (place.index, item.code) == self.unconfirmed and month == self.told:
            return {"note": "本月情况待核实"}
        return {"done": 0, "zero_confirm": True}


def _share(start: date, end: date, day: date) -> float:
    return min(((day - start).days + 1) / ((end - start).days + 1), 1.0)


def _count(item: Indicator, pace: float, start: date, end: date, day: date) -> int:
    target = float(item.full_target or item.target or 1)
    asked = target * _share(start, end, day)
    if item.accrual == "per_period" and item.period in SLOTTED:
        passed = (day.year - start.year) * 12 + day.month - start.month + day.day / monthrange(day.year, day.month)[1]
        slots = item.slots or 12
        length = (end.year - start.year) * 12 + end.month - start.month + 1
        return min(math.floor(slots * passed / length * min(pace, 1.0) + 0.45), slots)
    if pace < 0.9:
        return math.floor(asked * pace)
    return min(math.ceil(asked * pace - 0.1), math.floor(target)) if target < 20 else math.ceil(asked * pace)


def _rate(item: Indicator, place: Place, pace: float, share: float, month: int) -> dict[str, Any]:
    size = PEOPLE.get(item.code, 0.4)
    den = max(round(place.surveyed * size), 20)
    if item.factor != 100:
        den = 4000
    target = float(item.target or 100)
    if item.comparator == "≤":
        return {"num": math.floor(den * target / item.factor * (0.5 if pace >= 1 else 0.9)), "den": den}
    if pace >= 1:
        reached = math.ceil(den * target / 100 * share * min(pace, 1.06))
    else:
        reached = math.floor(den * target / 100 * share * min(pace + 0.003 * (month - 12), 1.0))
    return {"num": min(reached, den), "den": den}
