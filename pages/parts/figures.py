"""Numbers, dates and times as people read them, and the row of number tiles.

A rate comes as numerator and denominator and is rounded here, half-up, and nowhere before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Literal

import streamlit as st

from charts import theme
from config import clock
from config.language import _, pick
from data_access.metrics import SIGN, Rate, display_percent, half_up

MISSING = theme.MISSING
MINUS = "−"
Tone = Literal["", "act", "red"]

_DAYS = (
    ("周一", "Mon"),
    ("周二", "Tue"),
    ("周三", "Wed"),
    ("周四", "Thu"),
    ("周五", "Fri"),
    ("周六", "Sat"),
    ("周日", "Sun"),
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def count(n: Any) -> str:
    """``14,715``; a missing one is ``—``, never 0."""
    return theme.count(n)


def signed(n: Any) -> str:
    """``+3``, ``−2``, ``0``; a missing one is ``—``."""
    return theme.signed(n)


def percent(numerator: Any, denominator: Any, places: int = 1, threshold: float | None = None) -> str:
    """``87.2%``, with more decimals where rounding would cross ``threshold`` (percent); ``—`` without a value.

    ``≈87.2%`` where one of the two is an estimate.
    """
    rate = Rate.of(numerator, denominator)
    shown = display_percent(rate, places, threshold)
    return MISSING if shown is None else f"{SIGN if rate.approximate else ''}{shown:,}%".replace("-", MINUS)


def measure(
    numerator: Any, denominator: Any, factor: int = 100, unit: str = "%", threshold: float | None = None
) -> str:
    """A rate in its own unit: ``38.3%``, and ``2.35 处/2000m`` where it is not one of a hundred."""
    if factor == 100:
        return percent(numerator, denominator, threshold=threshold)
    rate = Rate.of(numerator, denominator)
    if rate.value is None:
        return MISSING
    assert rate.numerator is not None and rate.denominator is not None
    scaled = Rate(rate.numerator * factor, rate.denominator * 100)
    return f"{SIGN if rate.approximate else ''}{display_percent(scaled, 2, threshold):,} {unit}"


def fraction(numerator: Any, denominator: Any) -> str:
    """``46/120``: the two counts that stand beside every rate."""
    return f"{count(numerator)}/{count(denominator)}"


def rate_text(numerator: Any, denominator: Any, places: int = 1, threshold: float | None = None) -> str:
    """``38.3% 46/120``: a rate in one breath with its counts."""
    return f"{percent(numerator, denominator, places, threshold)} {fraction(numerator, denominator)}"


def points(gap: Fraction | float | None, places: int = 1) -> str:
    """A gap in percentage points, signed and without a unit: ``+1.2``, ``−19.7``; a missing one is ``—``."""
    if gap is None:
        return MISSING
    shown = half_up(gap, places)
    return f"{shown:+}".replace("-", MINUS) if shown else f"{abs(shown)}"


def day(value: date | None) -> str:
    """``8月12日 周五``, ``Fri 12 Aug``."""
    if value is None:
        return MISSING
    zh, en = _DAYS[value.weekday()]
    return pick(f"{value.month}月{value.day}日 {zh}", f"{en} {value.day} {_MONTHS[value.month - 1]}")


def short_day(value: date | None) -> str:
    """``8月12日``, ``12 Aug``."""
    if value is None:
        return MISSING
    return pick(f"{value.month}月{value.day}日", f"{value.day} {_MONTHS[value.month - 1]}")


def full_day(value: date | None) -> str:
    """``2022年8月12日``, ``12 Aug 2022``: with the year, for notices."""
    if value is None:
        return MISSING
    zh = f"{value.year}年{value.month}月{value.day}日"
    return pick(zh, f"{value.day} {_MONTHS[value.month - 1]} {value.year}")


def hour(moment: datetime | None) -> str:
    """``08:42`` in the street's time."""
    return MISSING if moment is None else f"{clock.local(moment):%H:%M}"


def instant(moment: datetime | None) -> str:
    """``08:42`` today, ``8月11日 21:40`` on another day."""
    if moment is None:
        return MISSING
    local = clock.local(moment)
    return hour(local) if local.date() == clock.today() else f"{short_day(local.date())} {hour(local)}"


@dataclass(frozen=True, slots=True)
class Tile:
    """One key number: its name, the figure as text, its unit, the line below (for a rate: its counts), its tone.

    ``unit`` is a message, not yet translated: it is said in the number of the figure, 1 person and 2 people.
    """

    label: str
    value: str
    unit: str = ""
    note: str = ""
    tone: Tone = ""
    help: str | None = None


def tiles(items: Sequence[Tile], key: str = "tiles") -> None:
    """The number tiles of a page in one card. Tone ``act`` and ``red`` only where somebody must act."""
    with st.container(border=True, key=f"card_{key}"):
        for column, item in zip(st.columns(len(items)), items, strict=True):
            value, unit = (item.value[:-1], "%") if item.value.endswith("%") else (item.value, item.unit)
            unit = unit and _(unit, n=value)
            shown = {"act": f":orange[{value}]", "red": f":red[{value}]"}.get(item.tone, value)
            column.metric(
                item.label,
                f"{shown} :small[{unit}]" if unit else shown,
                delta=item.note or None,
                delta_color="off",
                delta_arrow="off",
                help=item.help,
            )


def as_of_text(moment: datetime) -> str:
    """Words for a board that is looked at as it stood at an earlier moment."""
    return _("As it stood at {time}", time=f"{short_day(clock.local(moment).date())} {hour(moment)}")
