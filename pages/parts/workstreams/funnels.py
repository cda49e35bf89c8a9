"""Funnels of a workstream: the steps with their counts, of one community beside the street."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from config.language import _, pick
from data_access.reports import honours
from data_access.reports.view import View
from pages.parts import cache, figures, tables
from pages.parts.workstreams import progress


def panel(view: View, workstream: str, community: str) -> None:
    """Every funnel of the workstream, if it has any."""
    own = cache.cached(honours.table)(view, workstream, community)
    if own.empty:
        return
    street = cache.cached(honours.table)(view, workstream)
    for code, steps in own.groupby("funnel", sort=False):
        first = progress.records(steps)[0]
        spoken = [pick(*honours.DEFINITIONS[name]) for name in ("step", "overall")]
        note = [] if pd.isna(first["note"]) else [str(first["note"])]
        st.markdown(f"**{tables.plain(first['name'])}**", help="\n\n".join([*note, *spoken]))
        _draw(_("This community"), steps)
        _draw(_("The street"), street[street["funnel"] == code])


def _draw(words: str, steps: pd.DataFrame) -> None:
    rows = progress.records(steps)
    widest = max((float(row["count"]) for row in rows if not pd.isna(row["count"])), default=0.0)
    several = any(row["communities"] > 1 for row in rows)
    heads = [words, "", _("Count"), _("Of the step before"), _("Of the first step")]
    tables.draw(
        [*heads, *([_("Communities")] if several else [])],
        [_line(row, widest, several) for row in rows],
        numeric=[2, 3, 4, *([5] if several else [])],
    )


def _line(row: dict[str, Any], widest: float, several: bool) -> list[object]:
    count = None if pd.isna(row["count"]) else row["count"]
    label: object = row["label"]
    if row["larger"]:
        pill = tables.pill(_("larger than an earlier step"), "act")
        label = tables.Html(f"{tables.cell(row['label'])} {pill}")
    bar = tables.Html("") if count is None else tables.bar(float(count) / widest if widest else 0.0)
    counted = figures.MISSING if count is None else f"{count:,}"
    told = [figures.fraction(row["told"], row["communities"])] if several else []
    return [label, bar, counted, _rate(row, "step"), _rate(row, "overall"), *told]


def _rate(row: dict[str, Any], name: str) -> str:
    """Two decimals, as such lists print them; the first step has no rate."""
    if row["step"] == 1:
        return ""
    numerator, denominator = row[f"{name}_n"], row[f"{name}_d"]
    return figures.MISSING if pd.isna(numerator) else figures.rate_text(numerator, denominator, 2)
