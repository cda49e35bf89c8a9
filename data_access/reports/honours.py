"""Funnels of a workstream: applied → shortlisted → commended, as the catalogue declares the steps.

A rate is offered only of a step over the one before it and over the first one, among the communities that tell both:
what is no step of the same funnel is no denominator (traps.md §1.8).
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from math import lcm

import pandas as pd

from config.catalogue import UnknownIndicatorError, indicator, workstream
from config.indicators import Funnel
from data_access import database, metrics
from data_access.reports import progress
from data_access.reports.frames import frame
from data_access.reports.progress import Standings
from data_access.reports.standing import Unit, units
from data_access.reports.view import View

RATES = ("step", "overall")
DEFINITIONS: dict[str, tuple[str, str]] = {
    "step": (
        "逐步率：本步÷上一步，只算两步都报了的社区；不与漏斗以外的数相除",
        "Step rate: this step ÷ the one before it, over the communities that tell both; nothing outside the funnel is "
        "a denominator",
    ),
    "overall": (
        "总率：本步÷第一步，只算两步都报了的社区",
        "Overall rate: this step ÷ the first one, over the communities that tell both",
    ),
    "told": ("n/m：报了这一步的社区", "n/m: communities that tell the step"),
    "larger": ("大于前面某一步：请核两步口径", "Larger than an earlier step: check what both count"),
}
_COUNTS = ("step", "step_n", "step_d", "overall_n", "overall_d", "told", "communities")
COLUMNS = [
    *("funnel", "name", "note", "step", "indicator", "label", "count", "step_n", "step_d", "overall_n", "overall_d"),
    *("told", "communities", "larger"),
]


def table(view: View, workstream_name: str, community: str | None = None) -> pd.DataFrame:
    """The steps of every funnel of a workstream in order, of one community or (None) of those that the view shows.

    Columns: funnel (code), name, note, step (Int64, from 1), indicator (code), label, count (Decimal, None where nobody
    tells the step), step_n, step_d, overall_n, overall_d (Int64: the rates of DEFINITIONS; <NA> for the first step and
    where nobody tells both), told of communities (Int64), larger (bool: than an earlier step).
    UnknownWorkstreamError, UnknownCommunityError.
    """
    stream = workstream(workstream_name)
    codes = [code for funnel in stream.funnels for code in funnel.steps]
    with database.reporting() as connection:
        whole = replace(view, community=None)
        members = units(connection, whole) if community is None else [progress.only(connection, view, community)]
        found = progress.told(connection, whole, members, codes).on(view.day, members) if codes else {}
    rows = [row for funnel in stream.funnels for row in _steps(funnel, members, found, view)]
    return frame(rows, COLUMNS, dict.fromkeys(_COUNTS, "Int64"))


def _steps(funnel: Funnel, members: list[Unit], found: Standings, view: View) -> list[dict[str, object]]:
    """One funnel: what each community tells of each step is added up, what it does not tell is missing."""
    told = [
        {unit.key: done for unit in members if (done := _done(found, unit.key, code)) is not None}
        for code in funnel.steps
    ]
    counts = [sum(step.values(), Fraction(0)) if step else None for step in told]
    rows: list[dict[str, object]] = []
    for place, code in enumerate(funnel.steps):
        count = counts[place]
        earlier = [one for one in counts[:place] if one is not None]
        row: dict[str, object] = {
            "funnel": funnel.code,
            "name": funnel.label,
            "note": None if funnel.note is None else str(funnel.note),
            "step": place + 1,
            "indicator": code,
            "label": _label(code, view),
            "count": None if count is None else _decimal(count),
            "told": len(told[place]),
            "communities": len(members),
            "larger": count is not None and any(count > one for one in earlier),
        }
        if place:
            row |= _rate("step", told[place], told[place - 1]) | _rate("overall", told[place], told[0])
        rows.append(row)
    return rows


def _done(found: Standings, community: int, code: str) -> Fraction | None:
    standing = found.get((community, code))
    return None if standing is None else standing.done


def _rate(name: str, upper: dict[int, Fraction], lower: dict[int, Fraction]) -> dict[str, int]:
    both = [key for key in upper if key in lower]
    if not both:
        return {}
    n, d = sum((upper[key] for key in both), Fraction(0)), sum((lower[key] for key in both), Fraction(0))
    scale = lcm(n.denominator, d.denominator)
    return {f"{name}_n": int(n * scale), f"{name}_d": int(d * scale)}


def _label(code: str, view: View) -> str:
    try:
        return indicator(code, view.day).label
    except UnknownIndicatorError:  # declared from a later day on
        return code


def _decimal(value: Fraction) -> Decimal:
    return Decimal(int(value)) if value.denominator == 1 else metrics.half_up(value, 4)
