"""The year's rhythm as data: monthly themes, cadences and the inspection calendar."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator

from config.declarations import ConfigError, Named, Text, UnknownNameError, entries, parse, read, unique
from config.indicators import Accrual, month_day
from config.language import N_, _

THEMES = Path(__file__).parent / "themes.toml"
CADENCES = Path(__file__).parent / "cadences.toml"


class UnknownMonthError(UnknownNameError):
    """No theme is declared for this month."""

    message = N_("Month {name} has no theme.")


def _checked(text: str) -> str:
    month_day(text)
    return text


class HealthDay(Named):
    """A health day on which something is done."""

    day: str  # month-day

    _valid = field_validator("day")(_checked)

    def in_year(self, year: int) -> date:
        """The date of this day in ``year``."""
        return date(year, *month_day(self.day))


class Theme(Named):
    """The theme of a month. ``suggested`` marks a month for which the plan prints none."""

    month: int = Field(ge=1, le=12)
    days: tuple[HealthDay, ...] = ()
    suggested: bool = False


class Cadence(Named):
    """How often something is done; ``slots`` is 0 where a campaign's days or an own window decide.

    The year calendar lists under it the indicators that each of its periods owes, and ``indicators`` besides.
    """

    code: str
    slots: int = Field(ge=0)
    accrual: Accrual | Literal["zero"]
    acts: Text
    indicators: tuple[str, ...] = ()


class Window(Named):
    """One entry of the inspection calendar: a window of the year in which something is due."""

    first: str = Field(alias="from")
    last: str = Field(alias="to")
    workstream: str
    indicator: str | None = None

    _valid = field_validator("first", "last")(_checked)

    def in_year(self, year: int) -> tuple[date, date]:
        """First and last day in ``year``."""
        return date(year, *month_day(self.first)), date(year, *month_day(self.last))


def load_themes(path: Path) -> tuple[Theme, ...]:
    """Twelve themes in order of the month. Raises ConfigError naming the file and the month."""
    raw = entries(read(path), "theme", path)
    found = [parse(Theme, entry, path, str(entry.get("month", ""))) for entry in raw]
    unique((str(theme.month) for theme in found), path)
    if len(found) != 12:
        raise ConfigError(path.name, "", "month", _("each of the twelve months needs a theme"))
    return tuple(sorted(found, key=lambda theme: theme.month))


@lru_cache(maxsize=1)
def themes() -> tuple[Theme, ...]:
    """The monthly themes, January first."""
    return load_themes(THEMES)


def theme(month: int) -> Theme:
    """The theme of ``month`` (1–12). Raises UnknownMonthError."""
    for item in themes():
        if item.month == month:
            return item
    raise UnknownMonthError(str(month))


@lru_cache(maxsize=1)
def cadences() -> tuple[Cadence, ...]:
    """The cadences, most frequent first. Raises ConfigError."""
    return tuple(
        parse(Cadence, entry, CADENCES, str(entry.get("code", "")))
        for entry in entries(read(CADENCES), "cadence", CADENCES)
    )


@lru_cache(maxsize=1)
def windows() -> tuple[Window, ...]:
    """The inspection calendar in order of the day on which each window closes. Raises ConfigError."""
    found = [
        parse(Window, entry, CADENCES, str(entry.get("zh", "")))
        for entry in entries(read(CADENCES), "window", CADENCES)
    ]
    return tuple(sorted(found, key=lambda item: (item.last, item.first)))
