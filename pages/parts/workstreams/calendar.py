"""The year calendar of the workstreams page: every duty by the month, the next seven days, windows and cadences."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from charts import year
from config.catalogue import cadences
from config.declarations import Text
from config.indicators import ACCRUALS, KINDS
from config.language import N_, _, pick
from config.settings import settings
from data_access.reports import ahead, duties
from data_access.reports import yearbook as report
from data_access.reports.view import View
from pages.parts import cache, downloads, figures, style, tables
from pages.parts.workstreams import progress, trail
from pages.parts.workstreams.trail import Drill

SORTS: dict[str, tuple[tables.Role, str]] = {
    "health_day": ("ink2", N_("Health day")),
    "opens": ("pri", N_("Opens")),
    "closes": ("act", N_("Closes")),
    "period": ("ink2", N_("To report")),
    "plan": ("ink2", N_("Weekly plan")),
    "action": ("act", N_("Action item")),
}


def show(view: View, drill: Drill) -> None:
    """The year of the street or of one community, what comes next beside it; below windows and cadences."""
    with st.container(key="stack_year"):
        left, right = st.columns([66, 34], gap="small")
    with left, st.container(border=True, key="card_year"):
        _year(view, drill)
    with right:
        with st.container(border=True, key="card_ahead"):
            upcoming(view if drill.community is None else _of(view, drill.community))
        with st.container(border=True, key="card_cadences"):
            _cadences()
    with st.container(border=True, key="card_calendar"):
        _windows(view)


def _of(view: View, community: str) -> View:
    return View(view.actor, view.day, view.campaign, view.as_of, community=community)


def _year(view: View, drill: Drill) -> None:
    """The calendar of whom the picker names; of one community a click leads to the indicator's periods and records."""
    names = trail.names(view)
    with st.container(horizontal=True, vertical_alignment="center", key="year_head"):
        st.markdown("#### " + _("Year calendar {year}", year=view.day.year), width="content")
        st.space("stretch")
        chosen = st.selectbox(
            _("Community"),
            [None, *names],
            index=names.index(drill.community) + 1 if drill.community in names else 0,
            format_func=lambda name: name or _("Whole street"),
            label_visibility="collapsed",
            width=190,
            key=f"year_of_{drill.community}",
        )
    if chosen != drill.community:
        trail.go(Drill(chosen))
        st.rerun()
    told = cache.cached(duties.calendar)(view, drill.community)
    if told.empty:
        st.caption(_("Nothing is asked for by the month: the catalogue has no such indicator in use."))
        return
    st.caption(_legend(drill.community), help=pick(*duties.DEFINITIONS["done"]))
    made = cache.cached(chart)(view, drill.community, dark=style.dark())
    key = f"year_{drill.community}"

    def picked() -> None:
        cells: Any = st.session_state[key].selection.get("duty") or []
        known = told[told["code"] == cells[0]["code"]].iloc[0] if cells else None
        if known is not None and drill.community and isinstance(known["indicator"], str):
            trail.go(Drill(drill.community, known["workstream"], known["indicator"]), tab="matrix")

    st.vega_lite_chart(made.sent(), theme=None, width="stretch", key=key, on_select=picked, selection_mode="duty")
    downloads.xlsx_button(
        _("Download"),
        lambda: {_("Year calendar"): told.drop(columns=["first", "last"])},
        f"calendar_{view.day:%Y}.xlsx",
        definitions={name: pick(*words) for name, words in duties.DEFINITIONS.items()},
        key="year_download",
    )


def chart(view: View, community: str | None, *, dark: bool) -> Any:
    """The year of the street or of one community, of whom something is asked for."""
    told = cache.cached(duties.calendar)(view, community)
    groups = {cadence.code: cadence.label for cadence in cadences()}
    rows = progress.records(told)
    drawn = told.assign(
        label=told["act"],
        group=[groups[code] for code in told["cadence"]],
        state=[_state(row) for row in rows],
        text=[_text(row, community) for row in rows],
        words=[_words(row, community) for row in rows],
    )
    now = view.day.month - 1 + view.day.day / monthrange(view.day.year, view.day.month)[1]
    return year.calendar(drawn, [month(number) for number in range(1, 13)], now, dark=dark)


def month(number: int) -> str:
    """The short name of a month."""
    return f"{number}月" if pick("zh", "en") == "zh" else f"{date(2000, number, 1):%b}"


def _legend(community: str | None) -> str:
    signs = "\u2003".join(f"{one.sign} {one.label}".strip() for one in year.STATES.values())
    if community is None:
        return signs + "\u2003" + _("n/m: communities that are done, of all")
    return signs + "\u2003" + _("n/m: periods done, of those in the month; a click opens the indicator")


def _state(row: dict[str, Any]) -> str:
    """What is short by no more than a slight lag is shown as such."""
    short = row["state"] == "short" and not pd.isna(row["done_n"])
    slight = short and 100 * (row["done_d"] - row["done_n"]) <= -settings().thresholds.behind * row["done_d"]
    return "slight" if slight else str(row["state"])


def _text(row: dict[str, Any], community: str | None) -> str:
    """What stands in a cell: the sign, and the count where there is more than one to count."""
    sign = year.STATES[row["state"]].sign
    counted = not pd.isna(row["done_d"]) and (community is None or row["done_d"] > 1)
    if not counted or row["state"] in ("coming", "past", "unreported"):
        return sign
    if row["state"] == "done" and row["done_n"] >= row["done_d"]:
        return sign
    share = figures.fraction(row["done_n"], row["done_d"])
    return share if row["state"] == "due" or _state(row) == "slight" else f"{sign} {share}"


def _words(row: dict[str, Any], community: str | None) -> str:
    word = year.STATES[_state(row)].label
    span = f"{figures.short_day(row['start'])} – {figures.short_day(row['end'])}"
    if pd.isna(row["done_d"]):
        return f"{span} {word}"
    share = figures.fraction(row["done_n"], row["done_d"])
    told = _("{share} communities done", share=share) if community is None else share
    silent = row["unreported"]
    more = " " + _("not reported {n}", n=silent) if community is None and not pd.isna(silent) and silent else ""
    return f"{span} {word} {told}{more}"


@cache.drawn
def upcoming(view: View, most: int | None = None) -> None:
    """The next seven days as a list; ``most`` rows of it where there is little room."""
    st.markdown("#### " + _("Next seven days"))
    told = cache.cached(ahead.table)(view)
    if told.empty:
        st.caption(_("Nothing falls due."))
        return
    rows = progress.records(told)
    alone = view.community is not None
    tables.draw(
        [_("Due"), "", _("What"), *([] if alone else [_("Still open")])],
        [
            [tables.whole(figures.short_day(row["due"])), _sort(row), row["about"], *([] if alone else [_whose(row)])]
            for row in rows[:most]
        ],
    )
    if most is not None and len(rows) > most:
        st.caption(_("{n} more", n=len(rows) - most))


def _sort(row: dict[str, Any]) -> tables.Html:
    role, word = SORTS[row["sort"]]
    return tables.pill(_(word), role)


def _whose(row: dict[str, Any]) -> str:
    if isinstance(row["communities"], str):
        return row["communities"] if row["n"] <= 2 else _("{n} communities", n=row["n"])
    return _("all communities") if not pd.isna(row["n"]) and row["n"] else ""


@cache.drawn
def _windows(view: View) -> None:
    """The inspection calendar of the year."""
    rows = []
    for one in progress.records(cache.cached(report.windows)(view)):
        role, word = _STATES[one["state"]]
        state = tables.pill(_(word), role)
        if one["state"] == "running":
            state = tables.pill(_("{n} days left", n=one["days_left"]), "act" if one["days_left"] <= 3 else "pri")
        span = figures.short_day(one["start"]) + " – " + figures.short_day(one["end"])
        rows.append([span, state, one["window"], one["workstream"], answers(one, "done")])
    st.markdown("#### " + _("Inspection calendar"))
    st.caption(_("Done: communities whose progress sheets say so for this time, of all."))
    tables.draw([_("Window"), _("State"), _("What"), _("Workstream"), _("Done")], rows, numeric=[4])


_STATES: dict[str, tuple[tables.Role, str]] = {
    "past": ("ink2", N_("Over")),
    "running": ("pri", N_("Running")),
    "coming": ("ink3", N_("To come")),
}


def pill(state: str) -> tables.Html:
    """Whether a stretch of the year is over, running or to come."""
    role, word = _STATES[state]
    return tables.pill(_(word), role)


def answers(one: dict[str, Any], name: str) -> str:
    """How many communities of all say that it was done, and how many have not said anything: no report is no zero."""
    if pd.isna(one[f"{name}_n"]) or one["state"] == "coming":
        return figures.MISSING
    silent = one[f"{name}_d"] - one["reported"]
    if not one["reported"]:
        return _("⊘ Not reported")
    shown = figures.fraction(one[f"{name}_n"], one[f"{name}_d"])
    return shown + " " + _("not reported {n}", n=silent) if silent else shown


@cache.drawn
def _cadences() -> None:
    counting: dict[str, Text] = dict(ACCRUALS.items()) | {"zero": KINDS["zero"]}
    st.markdown("#### " + _("Cadences"))
    tables.draw(
        [_("How often"), _("What"), _("How it counts")],
        [[one.label, str(one.acts), str(counting[one.accrual])] for one in cadences()],
    )
