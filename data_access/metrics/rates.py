"""Rates as two integers, exact comparison, and half-up figures for display (metrics.md §6, §6.1, §6.9).

A rate stays numerator and denominator until a person reads it. Every threshold, target and rank works on the
exact fraction; rounding happens only in `half_up`, `Rate.percent` and `display_percent`. Targets and
thresholds are given in percent (95 means 95 %), as the indicators print them.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from string import ascii_lowercase
from typing import Any, Literal

import pandas as pd

from data_access.metrics.estimate import Estimate

RateState = Literal["ok", "missing", "no_denominator"]
Number = int | float | str | Decimal | Fraction

# More decimals always tell two unequal figures apart in the end; this stops at a target such as 1/3, which no
# decimal reaches.
MOST_PLACES = 12

_COMPARATORS: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "≥": operator.ge,
    ">=": operator.ge,
    "≤": operator.le,
    "<=": operator.le,
    "=": operator.eq,
    "==": operator.eq,
    ">": operator.gt,
    "<": operator.lt,
}


class ComparatorUnknownError(ValueError):
    """A target was declared with a comparator other than ≥ ≤ = > <."""

    def __init__(self, comparator: str) -> None:
        super().__init__(f"Unknown comparator {comparator!r}; use one of {' '.join(_COMPARATORS)}")
        self.comparator = comparator


class BasisUnknownError(ValueError):
    """A coverage was asked for on a basis other than `survey` or `eligible`."""

    def __init__(self, basis: str) -> None:
        super().__init__(f"Unknown coverage basis {basis!r}; use 'survey' or 'eligible'")
        self.basis = basis


def exact(value: Number) -> Fraction:
    """The number as people wrote it: 0.1 is one tenth, not the nearest binary fraction."""
    if isinstance(value, Fraction):
        return value
    return Fraction(str(value)) if isinstance(value, float) else Fraction(value)


def whole(value: Any) -> int | None:
    """A count from a data frame: None, NaN and NA are missing (None), 46.0 is 46.

    Raises ValueError for a number with a fraction, because nobody counts half a person.
    """
    if value is None or pd.isna(value):
        return None
    if isinstance(value, Estimate):
        return value
    number = int(value)
    if number != value:
        raise ValueError(f"Not a whole number: {value!r}")
    return number


@dataclass(frozen=True, slots=True)
class Rate:
    """A share kept as two counts (metrics.md §6.1).

    `numerator` and `denominator` are counts or None when not reported. `approximate` marks figures such as
    "46余": they are shown with ≈, carried into totals, and never ranked (traps.md 14). A rate of an Estimate is one.
    """

    numerator: int | None
    denominator: int | None
    approximate: bool = False

    def __post_init__(self) -> None:
        """The mark of either count is that of the rate."""
        if isinstance(self.numerator, Estimate) or isinstance(self.denominator, Estimate):
            object.__setattr__(self, "approximate", True)

    @classmethod
    def of(cls, numerator: Any, denominator: Any, approximate: bool = False) -> Rate:
        """From cells of a data frame; NaN and NA become missing."""
        return cls(whole(numerator), whole(denominator), approximate)

    @property
    def state(self) -> RateState:
        """`no_denominator` when nobody is eligible (even if nothing was reported), `missing`, or `ok`."""
        if self.denominator is not None and self.denominator <= 0:
            return "no_denominator"
        return "missing" if self.numerator is None or self.denominator is None else "ok"

    @property
    def value(self) -> Fraction | None:
        """The exact share (46/120 gives 23/60); None when missing or without a denominator."""
        if self.numerator is None or self.denominator is None or self.denominator <= 0:
            return None
        return Fraction(self.numerator, self.denominator)

    @property
    def over(self) -> bool:
        """More than 100 %: shown unclamped, marked, the base to be checked."""
        value = self.value
        return value is not None and value > 1

    def percent(self, places: int = 2) -> Decimal | None:
        """The rate in percent, rounded half-up; None when it has no value."""
        value = self.value
        return None if value is None else half_up(value * 100, places)


@dataclass(frozen=True, slots=True)
class Total:
    """A street rate: `rate` over the communities that reported, with how many are left out and why."""

    rate: Rate
    counted: int
    missing: int
    without_denominator: int


def sum_rates(rates: Iterable[Rate]) -> Total:
    """Σ numerators / Σ denominators of those that reported, never the mean of rates (metrics.md §6.1, §6.9).

    A rate with a missing part or without a denominator adds to neither sum; the total says how many.
    With nothing to add the total itself is missing, not 0/0.
    """
    counted = missing = without = numerator = denominator = 0
    approximate = False
    for rate in rates:
        if rate.state == "no_denominator":
            without += 1
        elif rate.numerator is None or rate.denominator is None:
            missing += 1
        else:
            counted += 1
            numerator += rate.numerator
            denominator += rate.denominator
            approximate = approximate or rate.approximate
    if counted:
        total = Rate(numerator, denominator, approximate)
    else:
        total = Rate(None, None) if missing or not without else Rate(0, 0)
    return Total(total, counted, missing, without)


def compare(a: Rate, b: Rate) -> int | None:
    """−1, 0 or 1 by cross-multiplication (46/120 equals 23/60); None when either has no value."""
    if a.value is None or b.value is None:
        return None
    assert a.numerator is not None and a.denominator is not None
    assert b.numerator is not None and b.denominator is not None
    left, right = a.numerator * b.denominator, b.numerator * a.denominator
    return (left > right) - (left < right)


def points(current: Rate, previous: Rate) -> Fraction | None:
    """The change of a rate in percentage points (百分点), never in percent; None when either is missing."""
    if current.value is None or previous.value is None:
        return None
    return (current.value - previous.value) * 100


def capped(rate: Rate) -> Rate:
    """For scores only: 6 of 4 counts as 4 of 4, while the page shows 6/4 (metrics.md §6.9)."""
    if rate.numerator is None or rate.denominator is None or not rate.over:
        return rate
    return Rate(rate.denominator, rate.denominator, rate.approximate)


def half_up(value: Number, places: int = 0) -> Decimal:
    """Round for display, halves away from zero (12.5 → 13, −12.5 → −13), from the exact value."""
    number = exact(value)
    units = math.floor(abs(number) * 10**places + Fraction(1, 2))
    return Decimal(-units if number < 0 else units).scaleb(-places)


def meets(rate: Rate, target: Number | None, comparator: str = "≥") -> bool | None:
    """Whether the exact rate meets a target in percent: 94.96 % is not ≥ 95 %.

    None when the rate has no value or the target is not set: no traffic light then.
    Raises ComparatorUnknownError.
    """
    test = comparison(comparator)
    if target is None or rate.value is None:
        return None
    return test(rate.value * 100, exact(target))


def comparison(comparator: str) -> Callable[[Fraction, Fraction], bool]:
    """The test behind a comparator sign. Raises ComparatorUnknownError."""
    try:
        return _COMPARATORS[comparator]
    except KeyError:
        raise ComparatorUnknownError(comparator) from None


def display_percent(
    rate: Rate,
    places: int = 1,
    threshold: Number | None = None,
    neighbours: Iterable[Rate] = (),
    comparator: str = "≥",
) -> Decimal | None:
    """The rate in percent with as many decimals as honesty needs (metrics.md §6, §6.6).

    Starts with `places`; adds decimals while the rounded figure and the exact one fall on different sides of
    `threshold` (94.96 against ≥ 95), or while a neighbour that is not equal would print the same number.
    """
    value = rate.value
    if value is None:
        return None
    percent = value * 100
    others = [other.value * 100 for other in neighbours if other.value is not None and other.value != value]
    test = comparison(comparator)
    limit = None if threshold is None else exact(threshold)
    for digits in range(places, max(places, MOST_PLACES) + 1):
        shown = half_up(percent, digits)
        crosses = limit is not None and test(Fraction(shown), limit) != test(percent, limit)
        if not crosses and all(half_up(other, digits) != shown for other in others):
            break
    return shown


def eligible(surveyed: int | None, contraindicated: int | None) -> int | None:
    """应接种人数 E = M − X: surveyed people in register less permanent contraindications."""
    return None if surveyed is None or contraindicated is None else surveyed - contraindicated


def coverage(
    vaccinated: int | None,
    surveyed: int | None,
    contraindicated: int | None = 0,
    basis: str = "survey",
) -> Rate:
    """接种率 on the basis `survey` (摸底口径, V/M) or `eligible` (应接口径, V/E).

    The basis is printed beside the figure. Raises BasisUnknownError.
    """
    if basis not in ("survey", "eligible"):
        raise BasisUnknownError(basis)
    return Rate(vaccinated, surveyed if basis == "survey" else eligible(surveyed, contraindicated))


def composite(parts: Mapping[str, Rate], weights: Mapping[str, Number]) -> Rate:
    """A weighted score as an exact rate (traps.md 15: the weights are settings and are shown with it).

    Parts without an entry in `weights` do not count. One weighted part missing makes the score missing: a
    community does not gain by staying silent. A part without a denominator leaves the score and its weight.
    """
    score = weight = Fraction(0)
    for name, raw in weights.items():
        share = exact(raw)
        part = parts.get(name, Rate(None, None))
        if share == 0 or part.state == "no_denominator":
            continue
        if part.value is None:
            return Rate(None, None)
        score += share * part.value
        weight += share
    if weight == 0:
        return Rate(0, 0)
    result = score / weight
    approximate = any(part.approximate for name, part in parts.items() if name in weights)
    return Rate(Estimate(result.numerator) if approximate else result.numerator, result.denominator)


Interval = tuple[float, float]


def wilson(rate: Rate, z: float = 1.96) -> Interval | None:
    """The Wilson score interval of a share, as two shares between 0 and 1 (95 % for z = 1.96).

    None when the rate has no value or is not a share of its denominator (over 100 %, or below 0).
    """
    n, d = rate.numerator, rate.denominator
    if n is None or d is None or d <= 0 or not 0 <= n <= d:
        return None
    share, spread = n / d, z * z / d
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * math.sqrt(share * (1 - share) / d + spread / (4 * d))
    # At the ends the bound is exact; subtraction would leave a speck of floating point.
    low = 0.0 if n == 0 else max(0.0, middle - half)
    high = 1.0 if n == d else min(1.0, middle + half)
    return low, high


def overlap(a: Interval | None, b: Interval | None) -> bool | None:
    """Whether two intervals share a value ("≈ 不显著"); None when either does not exist."""
    if a is None or b is None:
        return None
    return a[0] <= b[1] and b[0] <= a[1]


def alike(intervals: Sequence[Interval | None]) -> list[str]:
    """Letters of the groups within which no two differ ("差异不显著"), in the order of the list; "" without interval.

    A group is a largest set of intervals that all overlap one another: two rows are distinguishable exactly when
    they share no letter. Intervals on a line overlap pairwise just when they have a point in common, and the lower end
    of one of them is such a point.
    """
    known = [(place, interval) for place, interval in enumerate(intervals) if interval is not None]
    at = {frozenset(place for place, (low, high) in known if low <= point <= high) for _place, (point, _high) in known}
    groups = sorted(sorted(group) for group in at if not any(group < other for other in at))
    letters = [_letter(number) for number in range(len(groups))]
    return [
        _run([letter for letter, group in zip(letters, groups, strict=True) if place in group])
        for place in range(len(intervals))
    ]


def _letter(number: int) -> str:
    return f"{ascii_lowercase[number % 26]}{number // 26 or ''}"


def _run(letters: list[str]) -> str:
    return "".join(letters) if len(letters) < 3 else f"{letters[0]}–{letters[-1]}"


def completeness(rows: Sequence[Mapping[str, object]], required: Iterable[str]) -> Rate:
    """Required cells filled ÷ required cells of the real rows (metrics.md §6.5). A reported 0 is filled."""
    columns = list(required)
    filled = sum(_filled(row.get(column)) for row in rows for column in columns)
    return Rate(filled, len(rows) * len(columns))


def _filled(cell: object) -> bool:
    if isinstance(cell, str):
        return bool(cell.strip())
    return not bool(pd.isna(cell))  # type: ignore[call-overload]
