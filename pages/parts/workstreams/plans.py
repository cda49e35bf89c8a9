"""The weekly plans on the workstreams page: who has one, how much of it was done, and the last weeks."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from config.language import N_, _, pick
from data_access.reports import plans as report
from data_access.reports.view import View
from pages.parts import cache, downloads, figures, filters, style, tables
from pages.parts.workstreams import progress, trail
from pages.parts.workstreams.trail import Drill

STATES: dict[str, tuple[tables.Role, str]] = {
    "done": ("pri", N_("Done")),
    "late": ("ink2", N_("Done late")),
    "carried": ("act", N_("To next week")),
    "dropped": ("ink3", N_("Dropped")),
    "open": ("ink2", N_("Not yet due")),
    "overdue": ("red", N_("Overdue")),
}


def show(view: View, drill: Drill) -> None:
    """The communities' plans of the week; a picked row shows its items."""
    told = cache.cached(report.table)(view)
    with st.container(key="stack_plans"):
        left, right = st.columns([6, 7], gap="small")
    with left, st.container(border=True, key="card_plans"):
        picked = _communities(view, told)
    if picked is not None and picked != drill.community:
        trail.go(Drill(picked))
        drill = Drill(picked)
    with right:
        with st.container(border=True, key="card_plan_items"):
            community = drill.community or (str(told["community"].iloc[0]) if len(told) else None)
            if community is not None:
                st.markdown(f"#### {tables.plain(community)} · " + _("Plan of week {week}", week=_week(view)))
                items(View(view.actor, view.day, view.campaign, view.as_of, community=community))
        with st.container(border=True, key="card_plan_weeks"):
            _weeks(view)


def _week(view: View) -> str:
    span = report.week(view.day)
    return f"{span} ({figures.short_day(span.start)} – {figures.short_day(span.end)})"


def _communities(view: View, told: pd.DataFrame) -> str | None:
    st.markdown("#### " + _("Weekly plan"), help=pick(*report.DEFINITIONS["completion"]))
    here = int((told["state"] == "reported").sum())
    st.caption(_("Plans handed in for week {week}", week=_week(view)) + " " + figures.fraction(here, len(told)))
    rows = progress.records(told)
    shown = told.assign(
        rate=[_("⊘ Not reported") if row["state"] == "unreported" else _told(row, "completion") for row in rows],
        in_time=[_told(row, "on_time") for row in rows],
    )
    heads: dict[str, Any] = {
        "community": _("Community"),
        "items": _("Planned items"),
        "rate": st.column_config.TextColumn(_("Completion"), help=pick(*report.DEFINITIONS["completion"])),
        "in_time": st.column_config.TextColumn(_("In time"), help=pick(*report.DEFINITIONS["on_time"])),
        "carried": _("To next week"),
        "overdue": _("Overdue"),
    }
    picked = tables.pick(shown, "community", key="plans_table", columns=heads)
    with st.container(horizontal=True, vertical_alignment="center"):
        downloads.xlsx_button(
            _("Download"),
            {_("Weekly plan"): told, _("Last weeks"): cache.cached(report.trend)(view)},
            f"plans_{report.week(view.day)}.xlsx",
            definitions={name: pick(*words) for name, words in report.DEFINITIONS.items()},
            key="plans_download",
        )
        filters.link("uploads", _("Blank plan, with what is still open"), view, template="plan")
    return None if picked is None else str(picked)


def items(view: View, most: int | None = None) -> None:
    """The items of one community's week; the texts only for those who may read them."""
    count, listed = cache.private(listing)(view, most, dark=style.dark())
    if not count:
        st.markdown(tables.state("unreported"), unsafe_allow_html=True)
        st.caption(_("No plan of this week has arrived. Hand it in on the uploads page; the template is filled in."))
        return
    st.html(listed)
    if most is not None and count > most:
        st.caption(_("{n} more", n=count - most))


def listing(view: View, most: int | None, *, dark: bool) -> tuple[int, str]:
    """How many items the week has, and ``most`` of them as a table in the theme in force."""
    told = report.items(view)
    rows = []
    for one in progress.records(told.head(most) if most else told):
        role, word = STATES[one["state"]]
        text = one["about"] if pd.isna(one["task"]) else one["task"]
        done = None if pd.isna(one["done_on"]) else one["done_on"]
        days = [tables.whole(figures.short_day(day)) for day in (one["due"], done)]
        rows.append([one["item_no"], tables.pill(_(word), role), text, *days])
    return len(told), tables.html([_("No."), _("State"), _("What"), _("Due"), _("Done on")], rows, numeric=[0])


def _weeks(view: View) -> None:
    st.markdown("#### " + _("Last weeks"))
    rows = []
    for one in progress.records(cache.cached(report.trend)(view)):
        done, planned = one["completion_n"], one["completion_d"]
        rows.append(
            [
                f"{one['week'][5:]} {figures.short_day(one['start'])}",
                figures.fraction(one["reported_n"], one["reported_d"]),
                figures.count(one["items"]),
                "" if pd.isna(planned) or not planned else tables.bar(done / planned),
                _told(one, "completion"),
                _told(one, "on_time"),
            ]
        )
    heads = [_("Week"), _("Plans"), _("Planned items"), "", _("Completion"), _("In time")]
    tables.draw(heads, rows, numeric=[1, 2, 4, 5])


def _told(row: dict[str, Any], name: str) -> str:
    """A rate with its counts; nothing where there is no plan."""
    if pd.isna(row[f"{name}_d"]):
        return figures.MISSING
    return figures.rate_text(row[f"{name}_n"], row[f"{name}_d"])
