"""This month's plan of a community: the theme, what the month asks for, the weekly plan, the next seven days."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from charts import year
from config.catalogue import cadences, theme
from config.language import _
from data_access.reports import plans as report
from data_access.reports import profile
from data_access.reports.view import View
from pages.parts import cache, figures, filters, tables
from pages.parts.workstreams import calendar, plans, progress

_ROWS = 6


def duties(view: View) -> None:
    """The month's theme, and what it asks for: how much is done, and each that is not."""
    item = theme(view.day.month)
    told = cache.cached(profile.month)(view)
    done = int((told["state"] == "done").sum())
    share = figures.fraction(done, len(told))
    st.markdown(f"**{_('Plan of the month')}** :small[{_('{share} things done', share=share)}]")
    suggested = " " + _("(suggestion)") if item.suggested else ""
    st.markdown(_("Theme: {theme}", theme=f"**{tables.plain(item.label)}**") + suggested)
    rest = told[told["state"] != "done"]
    if rest.empty:
        st.caption(_("Everything this month asks for is done."))
        return
    often = {cadence.code: cadence.label for cadence in cadences()}
    rows = [
        [_sign(row), row["act"], often[row["cadence"]], _count(row), tables.whole(figures.short_day(row["end"]))]
        for row in progress.records(rest.head(_ROWS))
    ]
    tables.draw([_("State"), _("What"), _("How often"), _("Done"), _("Due")], rows, numeric=[3])
    if len(rest) > _ROWS:
        st.caption(_("{n} more", n=len(rest) - _ROWS))
    filters.link("workstreams", _("Year calendar"), view, tab="calendar", community=str(view.community))


def _sign(row: dict[str, Any]) -> tables.Html:
    shown = year.STATES[row["state"]]
    role: Any = shown.role
    return tables.pill(f"{shown.sign} {shown.label}", role)


def _count(row: dict[str, Any]) -> str:
    if pd.isna(row["done_d"]):
        return figures.MISSING
    return figures.fraction(row["done_n"], row["done_d"])


def plan(view: View) -> None:
    """The plan of the week, item by item."""
    _week(view)
    plans.items(view, most=_ROWS)


@cache.drawn
def _week(view: View) -> None:
    span = report.week(view.day)
    days = f"{figures.short_day(span.start)} – {figures.short_day(span.end)}"
    told = progress.records(cache.cached(report.table)(view).head(1))
    share = "" if not told or pd.isna(told[0]["completion_d"]) else _completed(told[0])
    st.markdown(f"**{_('Weekly plan')}** :small[{days} {share}]")


def _completed(row: dict[str, Any]) -> str:
    return _("completion {rate}", rate=figures.rate_text(row["completion_n"], row["completion_d"]))


def ahead(view: View) -> None:
    """What falls due in the next seven days."""
    calendar.upcoming(view, most=_ROWS)
