"""Reporting periods: reading 2022-08, 2022Q3, 2022-W33 or 2022, and cutting one into slots."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

PeriodKind = Literal["day", "week", "month", "two_months", "quarter", "half", "year", "as_of", "window"]

_MONTHS: dict[str, int] = {"month": 1, "two_months": 2, "quarter": 3, "half": 6, "year": 12}
_DAY = timedelta(days=1)
_PATTERNS: tuple[tuple[PeriodKind, re.Pattern[str]], ...] = (
    ("as_of", re.compile(r"截至(?:(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?)?")),
    ("day", re.compile(r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?")),
    ("week", re.compile(r"(\d{4})(?:-?W|年第?)(\d{1,2})周?")),
    ("quarter", re.compile(r"(\d{4})(?:-?Q|年第?)([1-4一二三四])(?:季度)?")),
    ("half", re.compile(r"(\d{4})(?:-?H|年)([12上下])(?:半年)?")),
    ("two_months", re.compile(r"(\d{4})[-年](\d{1,2})[~至](\d{1,2})月?")),
    ("month", re.compile(r"(\d{4})[-./年](\d{1,2})月?")),
    ("year", re.compile(r"(\d{4})年?")),
)
# The Chinese forms share "年" with one another; the word at the end tells them apart.
_WORDS: dict[PeriodKind, tuple[str, ...]] = {
    "week": ("W", "周"),
    "quarter": ("Q", "季"),
    "half": ("H", "半年"),
}
_DIGITS = str.maketrans("一二三四上下", "123412")


class PeriodUnknownError(ValueError):
    """The text is not a reporting period."""

    def __init__(self, text: str) -> None:
        super().__init__(f"Not a period: {text!r}; write 2022-08, 2022Q3, 2022-W33 or 2022")
        self.text = text


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A stretch of days, both ends inclusive. A season such as April or May–September is a `window`."""

    start: date
    end: date
    kind: PeriodKind = "window"

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"A period cannot end ({self.end}) before it starts ({self.start})")

    @classmethod
    def parse(cls, text: str, day: date | None = None) -> Period:
        """Read 2022-08, 2022Q3, 2022-W33 (ISO week), 2022H1, 2022-07~08, 2022, 2022-08-12, 截至2022-08-12
        or the Chinese forms 2022年8月, 2022年第3季度, 2022年第33周, 2022年上半年.

        A bare 截至 means up to `day`, the business date. Raises PeriodUnknownError.
        """
        plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()
        for kind, pattern in _PATTERNS:
            words = _WORDS.get(kind)
            match = pattern.fullmatch(plain)
            if match is None or (words and not any(word in plain for word in words)):
                continue
            parts = [int(part.translate(_DIGITS)) for part in match.groups() if part is not None]
            try:
                return _build(kind, parts, day)
            except ValueError:
                raise PeriodUnknownError(text) from None
        raise PeriodUnknownError(text)

    @property
    def days(self) -> int:
        """Days in the period."""
        return (self.end - self.start).days + 1

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end

    def __str__(self) -> str:
        """The way the period is written in a sheet, which `parse` reads back; a window as start/end."""
        year, month = self.start.year, self.start.month
        if self.kind == "week":
            iso = self.start.isocalendar()
            return f"{iso.year}-W{iso.week:02d}"
        texts = {
            "day": f"{self.start}",
            "as_of": f"截至{self.end}",
            "month": f"{year}-{month:02d}",
            "two_months": f"{year}-{month:02d}~{month + 1:02d}",
            "quarter": f"{year}Q{(month + 2) // 3}",
            "half": f"{year}H{(month + 5) // 6}",
            "year": f"{year}",
        }
        return texts.get(self.kind, f"{self.start}/{self.end}")

    def slots(self, kind: PeriodKind) -> list[Period]:
        """The days, ISO weeks, months, two-month slots, quarters, halves or years that belong to the period.

        A slot belongs when it lies inside; a week when its Thursday does: a year has its 52 or 53 ISO weeks.
        Raises ValueError for a kind without a calendar (as_of, window).
        """
        if kind == "day":
            return [Period(self.start + _DAY * n, self.start + _DAY * n, "day") for n in range(self.days)]
        if kind == "week":
            thursday = self.start + _DAY * ((3 - self.start.weekday()) % 7)
            mondays = [thursday + _DAY * (7 * n - 3) for n in range((self.end - thursday).days // 7 + 1)]
            return [Period(monday, monday + _DAY * 6, "week") for monday in mondays]
        if kind not in _MONTHS:
            raise ValueError(f"A {kind} has no calendar slots")
        size = _MONTHS[kind]
        slots = [
            _months(year, number * size + 1, size, kind)
            for year in range(self.start.year, self.end.year + 1)
            for number in range(12 // size)
        ]
        return [slot for slot in slots if self.start <= slot.start and slot.end <= self.end]


def _months(year: int, first: int, size: int, kind: PeriodKind) -> Period:
    last = first + size - 1
    return Period(date(year, first, 1), date(year, last, monthrange(year, last)[1]), kind)


def _build(kind: PeriodKind, parts: list[int], day: date | None) -> Period:
    """Raises ValueError when the numbers are no calendar period (month 13, week 54)."""
    if kind in ("day", "as_of"):
        when = date(*parts) if parts else day
        if when is None:
            raise ValueError("no date")
        return Period(when, when, kind)
    if kind == "week":
        monday = date.fromisocalendar(parts[0], parts[1], 1)
        return Period(monday, monday + _DAY * 6, "week")
    if kind == "two_months":
        year, first, last = parts
        if last != first + 1 or first % 2 == 0 or last > 12:
            raise ValueError("not a two-month slot")
        return _months(year, first, 2, kind)
    year, number = parts[0], parts[1] if len(parts) > 1 else 1
    size = _MONTHS[kind]
    if not 1 <= number <= 12 // size:
        raise ValueError("outside the year")
    return _months(year, (number - 1) * size + 1, size, kind)
