"""Increment, seven-day average, days to target and the pace that a deadline needs (metrics.md §6.4)."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal

from data_access.metrics.estimate import Estimate
from data_access.metrics.rates import Number, Rate, exact

AverageBasis = Literal["cumulative", "daily", "too_few"]
ForecastState = Literal["days", "reached", "unpredictable", "missing", "no_denominator", "no_target"]

DAY = timedelta(days=1)
LEAST_DAYS = 3  # an average of fewer reported days says nothing


@dataclass(frozen=True, slots=True)
class Increment:
    """What a cumulative figure gained since it was last reported.

    `value` covers `days` days: with days > 1 it prints as "n日合计", not as one day's jump. Both are None
    when the day is not reported or nothing was reported before it.
    """

    day: date
    value: int | None
    days: int | None

    @property
    def spans(self) -> bool:
        """The figure is the total of several days because the days between were not reported."""
        return self.days is not None and self.days > 1

    @property
    def negative(self) -> bool:
        """The cumulative figure went down: a correction, plotted only with its mark."""
        return self.value is not None and self.value < 0


def increment(cumulative: Mapping[date, int | None], day: date) -> Increment:
    """cum(day) − the last reported figure before it, with the gap between them."""
    today = cumulative.get(day)
    earlier = [known for known, figure in cumulative.items() if known < day and figure is not None]
    if today is None or not earlier:
        return Increment(day, None, None)
    last = max(earlier)
    before = cumulative[last]
    assert before is not None
    return Increment(day, today - before, (day - last).days)


def increments(cumulative: Mapping[date, int | None]) -> list[Increment]:
    """One increment for each day from the first to the last of the series, unreported days included."""
    if not cumulative:
        return []
    result: list[Increment] = []
    last: tuple[date, int] | None = None
    day, end = min(cumulative), max(cumulative)
    while day <= end:
        figure = cumulative.get(day)
        if figure is None or last is None:
            result.append(Increment(day, None, None))
        else:
            result.append(Increment(day, figure - last[1], (day - last[0]).days))
        if figure is not None:
            last = (day, figure)
        day += DAY
    return result


@dataclass(frozen=True, slots=True)
class Average:
    """Doses or people a day over a window, printed with `reported`/`window` (n/7).

    `calendar` is per calendar day (a declared rest day is a true zero), `open_day` per open day, which
    is what forecasts use; each is None when fewer than three of its days are known.
    """

    calendar: Fraction | None
    open_day: Fraction | None
    reported: int
    open_reported: int
    window: int
    basis: AverageBasis


def seven_day_average(
    day: date,
    cumulative: Mapping[date, int | None],
    daily: Mapping[date, int | None],
    rest: Collection[date] = (),
    window: int = 7,
    least: int = LEAST_DAYS,
) -> Average:
    """The pace over the last `window` days up to `day`.

    (cum(d) − cum(d−7))/7 when both ends are reported, else the mean of the reported days. `rest` are days
    declared closed: zero for the calendar pace, not counted for the open-day pace. A rest day on which doses
    were reported was open after all.
    """
    days = [day - DAY * back for back in range(window)]
    closed = {one for one in days if one in rest and not daily.get(one)}
    opened = [one for one in days if one not in closed]
    newest, oldest = cumulative.get(day), cumulative.get(day - DAY * window)
    if newest is not None and oldest is not None:
        gained = newest - oldest
        per_open = Fraction(gained, len(opened)) if len(opened) >= least else None
        return Average(Fraction(gained, window), per_open, window, len(opened), window, "cumulative")
    known = [figure for one in opened if (figure := daily.get(one)) is not None]
    reported = len(known) + len(closed)
    total = sum(known)
    return Average(
        Fraction(total, reported) if reported >= least else None,
        Fraction(total, len(known)) if len(known) >= least else None,
        reported,
        len(known),
        window,
        "daily" if reported >= least else "too_few",
    )


def needed(denominator: int, target: Number) -> int:
    """People that a target in percent asks for: ceil(target × E), exact (95 % of 120 is 114)."""
    return math.ceil(exact(target) * denominator / 100)


def left_to_target(rate: Rate, target: Number | None) -> int | None:
    """People still missing to a target in percent; ≤ 0 when reached, None when it cannot be said."""
    if target is None or rate.value is None:
        return None
    assert rate.numerator is not None and rate.denominator is not None
    left = needed(rate.denominator, target) - rate.numerator
    return Estimate(left) if rate.approximate else left


@dataclass(frozen=True, slots=True)
class Forecast:
    """How far the target is: `left` people, `days` open days. `unpredictable` prints as 无法预计."""

    state: ForecastState
    days: int | None = None
    left: int | None = None


def days_to_target(
    rate: Rate,
    target: Number | None,
    pace: Number | None,
    reported: int | None = None,
    least: int = LEAST_DAYS,
) -> Forecast:
    """ceil(left ÷ pace) in open days.

    `pace` is people per open day; `reported` is the number of days behind it (None when the pace is given,
    not measured). A reached target gives 0 days; no pace, a pace ≤ 0 or too few days gives `unpredictable`.
    """
    if rate.state == "no_denominator":
        return Forecast("no_denominator")
    if target is None:
        return Forecast("no_target")
    left = left_to_target(rate, target)
    if left is None:
        return Forecast("missing")
    if left <= 0:
        return Forecast("reached", 0, left)
    few = reported is not None and reported < least
    if pace is None or few or exact(pace) <= 0:
        return Forecast("unpredictable", None, left)
    return Forecast("days", math.ceil(left / exact(pace)), left)


def required_pace(rate: Rate, target: Number | None, open_days: int) -> Fraction | None:
    """People per open day to reach the target by the deadline.

    0 when it is reached; None when it cannot be said or no open day is left.
    """
    left = left_to_target(rate, target)
    if left is None:
        return None
    if left <= 0:
        return Fraction(0)
    return Fraction(left, open_days) if open_days > 0 else None


def open_days(start: date, end: date, rest: Collection[date] = ()) -> int:
    """Open days from start to end, both inclusive; 0 when end is before start."""
    return sum(start + DAY * step not in rest for step in range((end - start).days + 1))


def finish_day(day: date, days: int, rest: Collection[date] = ()) -> date:
    """The date of the `days`-th open day after `day`: where a forecast of so many open days ends."""
    while days > 0:
        day += DAY
        days -= day not in rest
    return day
