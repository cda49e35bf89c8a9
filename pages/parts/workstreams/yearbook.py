"""The other views of the workstreams page: monthly themes, the inspection calendar, the evidence checklist."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from config.catalogue import cadences
from config.indicators import ACCRUALS
from config.language import N_, _, pick
from data_access.reports import checklist as evidence
from data_access.reports import yearbook as report
from data_access.reports.view import View
from pages.parts import cache, downloads, figures, tables
from pages.parts.workstreams import progress
from pages.parts.workstreams.progress import Drill

_STATES: dict[str, tuple[str, str]] = {
    "past": ("ink2", N_("Over")),
    "running": ("pri", N_("Running")),
    "coming": ("ink3", N_("To come")),
}
_ITEM_STATES: dict[str, tuple[str, str]] = {
    "passed": ("pri", N_("Passed")),
    "incomplete": ("act", N_("Incomplete")),
    "missing": ("red", N_("Missing")),
    "not_applicable": ("ink3", N_("Not applicable")),
}


def _pill(states: dict[str, tuple[str, str]], state: str) -> tables.Html:
    role, word = states[state]
    return tables.pill(_(word), role)  # type: ignore[arg-type]


def _month(month: int) -> str:
    return f"{month}月" if pick("zh", "en") == "zh" else f"{date(2000, month, 1):%b}"


def _answers(one: dict[str, Any], name: str) -> str:
    """How many communities of all say that it was done, and how many have not said anything: no report is no zero."""
    if pd.isna(one[f"{name}_n"]) or one["state"] == "coming":
        return figures.MISSING
    silent = one[f"{name}_d"] - one["reported"]
    if not one["reported"]:
        return _("⊘ Not reported")
    shown = figures.fraction(one[f"{name}_n"], one[f"{name}_d"])
    return shown + " " + _("not reported {n}", n=silent) if silent else shown


def themes(view: View) -> None:
    """The twelve themes with their health days, and how many communities have held each."""
    told = cache.cached(report.themes)(view)
    rows = []
    for one in progress.records(told):
        days = _(", ").join(f"{figures.short_day(day)} {name}" for day, name in one["days"])
        suggested = tables.pill(_("suggestion"), "ink2") if one["suggested"] else ""
        held = _answers(one, "held")
        rows.append([_month(one["month"]), _pill(_STATES, one["state"]), one["theme"], suggested, days, held])
    with st.container(border=True, key="card_themes"):
        st.markdown("#### " + _("Monthly themes of health education"))
        st.caption(_("Held: communities that report the theme of the month as held, of all. No report is not a no."))
        tables.draw(
            [_("Month"), _("State"), _("Theme"), "", _("Health days"), _("Held")],
            rows,
            numeric=[5],
        )


def calendar(view: View) -> None:
    """The inspection calendar of the year, then the cadences of the work."""
    told = cache.cached(report.windows)(view)
    rows = []
    for one in progress.records(told):
        state = _pill(_STATES, one["state"])
        if one["state"] == "running":
            state = tables.pill(_("{n} days left", n=one["days_left"]), "act" if one["days_left"] <= 3 else "pri")
        span = figures.short_day(one["start"]) + " – " + figures.short_day(one["end"])
        rows.append([span, state, one["window"], one["workstream"], _answers(one, "done")])
    left, right = st.columns([3, 2])
    with left, st.container(border=True, key="card_calendar"):
        st.markdown("#### " + _("Inspection calendar"))
        st.caption(_("Done: communities whose progress sheets say so for this time, of all."))
        tables.draw([_("Window"), _("State"), _("What"), _("Workstream"), _("Done")], rows, numeric=[4])
    with right, st.container(border=True, key="card_cadences"):
        st.markdown("#### " + _("Cadences"))
        tables.draw(
            [_("How often"), _("What"), _("How it counts")],
            [[one.label, str(one.acts), str(ACCRUALS[one.accrual])] for one in cadences()],
        )


def checklist(view: View, drill: Drill) -> None:
    """Scores of all communities; a picked row opens its items."""
    told = cache.cached(evidence.table)(view)
    left, right = st.columns([6, 7])
    with left, st.container(border=True, key="card_scores"):
        st.markdown("#### " + _("Evidence checklist"), help=pick(*evidence.DEFINITIONS["score"]))
        shown = told.assign(
            score=[_rate(row, "score") for row in progress.records(told)],
            official=[_rate(row, "score_official") for row in progress.records(told)],
        )
        picked = tables.pick(
            shown,
            "community",
            key="checklist_scores",
            columns={
                "community": _("Community"),
                "score": st.column_config.TextColumn(_("Handed in"), help=pick(*evidence.DEFINITIONS["score"])),
                "official": st.column_config.TextColumn(
                    _("Official"), help=pick(*evidence.DEFINITIONS["score_official"])
                ),
                "pending": _("To review"),
                "returned": _("Sent back"),
                "shared": st.column_config.NumberColumn(_("Repeated"), help=pick(*evidence.DEFINITIONS["shared"])),
            },
        )
        missing = int((told["state"] == "unreported").sum())
        if missing:
            st.caption(_("{n} communities have handed in nothing; they have no score.", n=missing))
        downloads.xlsx_button(
            _("Download"),
            {_("Evidence checklist"): told},
            f"checklist_{view.day:%Y%m%d}.xlsx",
            definitions={name: pick(*words) for name, words in evidence.DEFINITIONS.items()},
            key="checklist_download",
        )
    if picked is not None and picked != drill.community:
        progress.go(Drill(picked))
        drill = Drill(picked)
    with right, st.container(border=True, key="card_items"):
        _items(view, drill.community or str(told["community"].iloc[0]))


def _rate(row: dict[str, Any], name: str) -> str:
    if row["state"] == "unreported":
        return _("⊘ Not reported")
    return figures.rate_text(row[f"{name}_n"], row[f"{name}_d"])


def _items(view: View, community: str) -> None:
    told = cache.cached(evidence.items)(view, community)
    st.markdown("#### " + tables.plain(community) + " · " + _("Items"))
    for section, members in told.groupby("section", sort=False):
        passed = int(members["passed"].sum())
        with st.expander(str(section) + " · " + _("{n} of {m} passed", n=passed, m=len(members)), expanded=True):
            tables.draw(
                [_("Checklist item"), "", _("State"), _("There/needed"), _("Kinds of evidence"), _("Review")],
                [_item(one) for one in progress.records(members)],
                numeric=[3],
            )


def _item(one: dict[str, Any]) -> list[object]:
    remarks = [
        *([_("awaiting review {n}", n=one["pending"])] if one["pending"] else []),
        *([_("sent back {n}", n=one["returned"])] if one["returned"] else []),
        *([_("counted twice {n}", n=one["shared"])] if one["shared"] else []),
        *([_("blank: {fields}", fields=one["lacking"])] if one["lacking"] else []),
    ]
    return [
        one["item"],
        one["name"],
        _pill(_ITEM_STATES, one["state"]),
        figures.fraction(one["got"], one["need"]),
        _(", ").join(one["kinds"].split("  ")),
        _("; ").join(remarks),
    ]
