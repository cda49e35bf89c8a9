"""What the workstreams have reached month by month: most in step with the calendar, some behind, a few red.

What stands in the street's matrix is reported every month, the rest by the quarter, what is only watched by the
half-year; a season in its own months; everything once more as the last month stands.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from config.catalogue import workstreams
from config.indicators import Indicator
from data_access.sample import figures
from data_access.sample.counted import Counted
from data_access.sample.street import Parts, Place

COMPUTED = frozenset({"VAX-01", "VAX-02", "VAX-06", "VAX-07"})  # the board takes them from the daily sheets
QUARTERS, HALVES = (3, 6, 9, 12), (6, 12)
# Indicator and share of what the calendar asks for; the community is counted among those that play no other part.
RED = ((2, "HE-01", 0.6), (6, "PHC-06", 0.79), (1, "PAT-18", 0.65), (3, "SAFE-06", 0.74), (5, "HC-09", 0.7))
QUIET = frozenset({"civilised_community", "women"})  # of which the silent community has never said a word
ALONE = {"HC-13a": 0, "HC-13b": 1}  # plans of one community each

Row = dict[str, Any]


def months(until: date) -> list[tuple[str, date]]:
    """The periods of the year with the day each speaks for: every full month, and this one as far as it has come."""
    ends = [date(until.year, month, monthrange(until.year, month)[1]) for month in range(1, until.month)]
    found = [(f"{end:%Y-%m}", end) for end in ends]
    return [*found, (f"{until:%Y-%m}", until)]


def rows(
    places: list[Place], cast: Parts, until: date, seed: int, counted: Counted
) -> Iterator[tuple[str, date, list[Row]]]:
    """工作进展: for each month its rows, one a community and indicator; before them what the year began with."""
    plan = _Plan(cast, until, counted, places, seed)
    before = date(until.year - 1, 12, 31)
    yield str(before.year), before, [row for place in places for row in plan.openings(place, before)]
    for period, day in months(until):
        asked = [item for item in plan.indicators if plan.asked(item, day)]
        made = (plan.row(place, item, period, day) for place in places for item in asked)
        yield period, day, [row for row in made if row is not None]


class _Plan:
    """What is asked for when, and how well each community does in each indicator."""

    def __init__(self, cast: Parts, until: date, counted: Counted, places: list[Place], seed: int) -> None:
        self.cast, self.until, self.counted = cast, until, counted
        self.monthly = frozenset(stream.slug for stream in workstreams(matrix=True))
        enabled = [item for stream in workstreams() for item in stream.enabled]
        self.indicators = [item for item in enabled if item.code not in COMPUTED]
        self.paces: dict[tuple[int, str], float] = {}
        for item in self.indicators:
            rng = Random(f"{seed}:progress:{item.code}")
            self.paces |= {(place.index, item.code): self._drawn(rng, place, item) for place in places}
        self.paces |= {(cast.other(number), code): pace for number, code, pace in RED}
        last = until.replace(day=1) - timedelta(days=1)
        self.current = f"{until:%Y-%m}"
        self.told = f"{last:%Y-%m}" if last.year == until.year else self.current  # the last full month
        self.happened = cast.tied[1], "FIRE-08", self.told
        self.unconfirmed = {
            (cast.other(4), "SAFE-11", self.told),
            (cast.other(2), "ENV-11c", self.current),
            (cast.other(6), "PAT-19", self.current),
        }

    def _drawn(self, rng: Random, place: Place, item: Indicator) -> float:
        """In the matrix hardly anybody lags; elsewhere one runs ahead, and one has much to catch up."""
        chance, quick, slow = rng.random(), rng.uniform(1.0, 1.06), rng.uniform(0.9, 0.95)
        if self._in_matrix(item):
            return slow if chance < 0.02 else quick
        if place.index == self.cast.other(7):
            return quick + 0.07
        if place.index == self.cast.other(1):
            return slow - 0.25 if chance < 0.12 else slow if chance < 0.4 else quick
        return slow - 0.2 if chance < 0.015 else slow if chance < 0.08 else quick

    def _in_matrix(self, item: Indicator) -> bool:
        return item.matrix and item.workstream in self.monthly

    def asked(self, item: Indicator, day: date) -> bool:
        """Whether the sheet of the month that ends on ``day`` asks for it."""
        start, end = item.window_in(day.year)
        if item.window:
            return start <= day and day.replace(day=1) <= end
        if day == self.until or self._in_matrix(item):
            return True
        return day.month in (HALVES if item.basis == "observed" else QUARTERS)

    def openings(self, place: Place, day: date) -> list[Row]:
        """期初数: what stood at the end of the year before, of totals over all years."""
        period = str(day.year)
        lasting = [item for item in self.indicators if item.accrual == "cumulative_all_time"]
        return [
            self._head(place, item, period, day) | {"done": figures.opening(item, place), "note": "年末结存"}
            for item in lasting
            if self._speaks(place, item, period)
        ]

    def row(self, place: Place, item: Indicator, period: str, day: date) -> Row | None:
        """One row of a month; None where the community says nothing of it."""
        told = self.counted.figures(place, item, day)
        if told is None or not self._speaks(place, item, period):
            return None
        row = self._head(place, item, period, day)
        if item.kind == "zero":
            return row | (told or self._zero(place, item, period))
        row |= told or figures.figures(item, place, lambda code: self.paces[place.index, code], day)
        if not told and self.paces[place.index, item.code] < 0.9:
            row |= {"issues": "人手不足，进度落后", "next_step": "下月补齐，分管领导每周调度"}
        return row

    def _head(self, place: Place, item: Indicator, period: str, day: date) -> Row:
        single = item.kind == "zero" and self._in_matrix(item)
        return {
            "biz_date": day,
            "period": period,
            "community": place.name,
            "workstream": item.workstream,
            "indicator": item.code,
            "indicator_name": item.zh,
            "accrual": "period" if single else "cumulative",
            "owner": place.staff[1],
        }

    def _speaks(self, place: Place, item: Indicator, period: str) -> bool:
        if item.code in ALONE:
            return place.index == self.cast.other(ALONE[item.code])
        if place.index != self.cast.silent:
            return True
        return item.workstream not in QUIET and period != self.current

    def _zero(self, place: Place, item: Indicator, period: str) -> Row:
        """A zero has to be confirmed; one happened, and a few were left unconfirmed."""
        if (place.index, item.code, period) == self.happened:
            return {"done": 1, "issues": "商铺配电箱起火 1 起，无人员伤亡，正在调查"}
        if (place.index, item.code, period) in self.unconfirmed:
            return {"note": "本月情况待核实"}
        return {"done": 0, "zero_confirm": True}
