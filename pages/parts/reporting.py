"""报送情况: who has sent which sheet when, over any days; who is to be reminded, and who is let off."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from charts import heat, theme
from config import clock
from config.language import N_, _, pick
from data_access import sheets
from data_access.accounts import AccountError, Capability
from data_access.office import exemptions
from data_access.reports import reporting
from data_access.reports.view import View
from pages.parts import cache, downloads, empty, figures, style, tables
from pages.parts.figures import Tile
from pages.parts.frame import session

SPAN = 14  # days shown where the address names no first one
LONGEST = 92
TICK = 10  # seconds between two looks at the clock
MARKS = {"supplied": "back_filed"}  # states that the theme knows by another name


def show(view: View) -> None:
    """The whole part."""
    empty.need_register(view)
    start = _start(view)
    whole = cache.cached(reporting.totals)(view, start)
    _tiles(whole)
    left, right = st.columns([62, 38], gap="medium")
    with left:
        _day(view)
        _kinds(whole)
    with right:
        countdown(view, _moment(view))
        _reminder(view)
        _exempt(view, start)
    _calendar(view, start)
    _communities(view, start)


def _start(view: View) -> date:
    """The first of the days; it stands in the address."""
    asked = st.query_params.get("from", "")
    try:
        start = date.fromisoformat(asked)
    except ValueError:
        start = view.day - timedelta(days=SPAN - 1)
    start = max(min(start, view.day), view.day - timedelta(days=LONGEST - 1))
    st.session_state["reporting_from"] = start

    def keep() -> None:
        chosen = st.session_state["reporting_from"]
        if chosen:
            st.query_params["from"] = chosen.isoformat()

    with st.container(horizontal=True, vertical_alignment="center"):
        st.date_input(
            _("From"), format="YYYY-MM-DD", max_value=view.day, key="reporting_from", on_change=keep, width=160
        )
        days = _("{first} to {last}", first=figures.day(start), last=figures.day(view.day))
        st.caption(f"{days} · {pick(*reporting.DEFINITIONS['state'])}", width="stretch")
        downloads.xlsx_button(
            _("Download"),
            lambda: written(view, start),
            f"reporting-{start}-{view.day}.xlsx",
            definitions={_headings()[name]: pick(*texts) for name, texts in reporting.DEFINITIONS.items()},
            key="reporting_xlsx",
        )
    return start


def _headings() -> dict[str, str]:
    """What the columns of the reports are called in the workbook."""
    states = {state: theme.STATES[MARKS.get(state, state)].label for state in reporting.STATES}
    return states | {
        "community": _("Community"),
        "kind": _("Kind of sheet"),
        "day": _("Business date"),
        "state": _("State"),
        "due": _("Due"),
        "close": _("Closes"),
        "received": _("Received"),
        "revision": _("Version"),
        "rows": _("Rows"),
        "submission": _("No."),
        "expected": _("Sheets expected"),
        "total": _("Total"),
        "corrected": _("Corrected"),
        "reported": _("Sheets reported"),
        "reported_n": _("Sheets reported"),
        "reported_d": _("Sheets expected"),
        "on_time_d": _("Base of the on-time rate"),
    }


def written(view: View, start: date) -> dict[str, pd.DataFrame]:
    """The workbook of the days from ``start``: every sheet, the sums by kind and by community, all of it in words."""
    heads, kinds = _headings(), {kind: sheets.kind(kind).label for kind in reporting.KINDS} | {"all": _("Total")}
    table, kind, summary = (report(view, start) for report in (reporting.table, reporting.totals, reporting.summary))
    table = table.assign(state=table["state"].map(heads), kind=table["kind"].map(kinds))
    kind = kind.assign(kind=kind["kind"].map(kinds))
    told = {_("Sheet by sheet"): table, _("By kind"): kind.drop(columns="reported_d"), _("By community"): summary}
    return {
        name: frame[[column for column in frame.columns if column in heads]].rename(columns=heads)
        for name, frame in told.items()
    }


def _tiles(whole: pd.DataFrame) -> None:
    """The period in seven numbers."""
    told = whole[whole["kind"] == "all"].iloc[0]
    sheet = N_("sheets")
    missing, hollow = int(told["unreported"]), int(told["empty"])
    figures.tiles(
        [
            Tile(_("Expected"), figures.count(told["expected"]), sheet, _("{n} exempt", n=told["exempt"])),
            Tile(
                _("Reported"),
                figures.percent(told["reported_n"], told["reported_d"]),
                "",
                figures.fraction(told["reported_n"], told["reported_d"]),
                help=pick(*reporting.DEFINITIONS["reported"]),
            ),
            Tile(
                _("On time"),
                figures.percent(told["on_time_n"], told["on_time_d"]),
                "",
                figures.fraction(told["on_time_n"], told["on_time_d"]),
                help=pick(*reporting.DEFINITIONS["on_time"]),
            ),
            Tile(
                _("Late"),
                figures.count(told["late"] + told["supplied"]),
                sheet,
                _("{n} after closing", n=told["supplied"]),
            ),
            Tile(_("Not reported"), str(missing), sheet, "", "red" if missing else ""),
            Tile(_("Empty sheets"), str(hollow), sheet, "", "act" if hollow else ""),
        ],
        key="reporting_tiles",
    )


def _day(view: View) -> None:
    """The day: one row per community, one column per sheet."""
    frame = cache.cached(reporting.table)(view)
    with st.container(border=True, key="card_reporting_day"):
        st.subheader(figures.day(view.day), anchor=False)
        if frame.empty:
            st.caption(_("Nothing is due on this day."))
            return
        cells = {(row.community, row.kind): row for row in frame.itertuples()}
        tables.draw(
            [_("Community"), *(sheets.kind(kind).label for kind in reporting.KINDS)],
            [
                [name, *(_cell(cells.get((name, kind))) for kind in reporting.KINDS)]
                for name in dict.fromkeys(frame["community"])
            ],
        )


def _cell(sheet: Any) -> object:
    if sheet is None:
        return ""
    state, received = str(sheet.state), sheet.received
    pill = tables.state(MARKS.get(state, state))
    return pill if pd.isna(received) else tables.Html(f"{pill} {figures.instant(received)}")


def _kinds(whole: pd.DataFrame) -> None:
    """By kind of sheet: every sheet in exactly one state, so the shares add up to 100 %."""
    with st.container(border=True, key="card_reporting_kinds"):
        st.subheader(_("By kind of sheet"), anchor=False)
        st.caption(_("Every sheet stands in exactly one column; together they are 100%."))
        rows = []
        for line in whole.to_dict("records"):
            name = _("Total") if line["kind"] == "all" else sheets.kind(line["kind"]).label
            shares = [_share(line[state], line["total"]) for state in reporting.STATES]
            rows.append([tables.whole(name), line["total"], *shares])
        heads = [theme.STATES[MARKS.get(state, state)].label for state in reporting.STATES]
        numeric = tuple(range(1, len(heads) + 2))
        tables.draw([_("Sheet"), _("Sheets"), *heads], rows[:-1], numeric=numeric, total=rows[-1])


def _share(n: int, of: int) -> object:
    """So many, and what part of all that is; a zero needs no part."""
    if not of:
        return figures.MISSING
    return tables.whole(f"{figures.count(n)} · {figures.percent(n, of)}") if n else 0


# The clock and who is called -----------------------------------------------------------------------------------


def _moment(view: View) -> tuple[int, datetime | None]:
    """What makes the part new: other data, or a deadline that has passed."""
    coming = cache.cached(reporting.next_deadline)(view)
    return cache.data_version(), coming.moment if coming else None


@st.fragment(run_every=TICK)
def countdown(view: View, drawn: tuple[int, datetime | None]) -> None:
    """How long it is until the next deadline, and who still owes something by it; only for a day that still runs."""
    session.renew(seen=False)
    if _moment(view) != drawn:
        session.again()
    coming = cache.cached(reporting.next_deadline)(view)
    if coming is None:
        return
    minutes = max(0, -int((clock.now() - coming.moment).total_seconds() // 60))
    with st.container(border=True, key="card_reporting_countdown"):
        fields = {"sheet": sheets.kind(coming.kind).label, "day": figures.short_day(coming.day)}
        named = _("{sheet} of {day} closes", **fields) if coming.closing else _("{sheet} of {day} is due", **fields)
        left = _("{h} h {m} min", h=minutes // 60, m=minutes % 60)
        st.metric(f":material/timer: {named} {figures.hour(coming.moment)}", left)
        owing = _(", ").join(tables.plain(name) for name in coming.owing)
        st.caption(_("{n} still owe it: {names}", n=len(coming.owing), names=owing))


def _reminder(view: View) -> None:
    text = cache.cached(reporting.reminder)(view)
    with st.container(border=True, key="card_reporting_reminder"):
        st.subheader(f":material/campaign: {_('Reminder')}", anchor=False)
        if text:
            st.caption(_("To paste into the group; it names communities and sheets only."))
            st.code(text, language=None, wrap_lines=True)
        else:
            st.caption(_("Nobody owes a sheet of this day."))


# Exemptions ----------------------------------------------------------------------------------------------------


def _exempt(view: View, start: date) -> None:
    """Who is let off in these days and why; those who may let somebody off do it here."""
    own = view.actor.may(Capability.EXEMPT) and view.as_of is None
    known = exemptions.exemptions(view.actor, start, None, campaign=view.campaign)
    known = known[known["revoked_at"].isna()]
    with st.container(border=True, key="card_reporting_exempt"):
        st.subheader(_("Exemptions"), anchor=False)
        if known.empty:
            st.caption(_("Nobody is exempt in these days."))
        for one in known.itertuples():
            _line(one, own)
        if own and st.button(_("Exempt a community"), icon=":material/event_busy:", key="exempt_new"):
            st.dialog(_("Exempt a community"))(_ask)(view)


def _line(one: Any, own: bool) -> None:
    kind, first, last = one.kind, one.first_day, one.last_day
    days = figures.short_day(first) + ("" if last == first else f"–{figures.short_day(last)}")
    sheet = sheets.kind(kind).label if isinstance(kind, str) else _("all daily sheets")
    said = [one.community, sheet, days, one.reason, one.by]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(" · ".join(tables.plain(part) for part in said if part), width="stretch")
        number = int(one.id)
        if own and st.button(_("Take back"), icon=":material/undo:", type="tertiary", key=f"exempt_revoke_{number}"):
            try:
                exemptions.revoke(session.renew(), number)
            except (exemptions.ExemptionError, AccountError) as refusal:
                st.error(str(refusal), icon=":material/warning:")
                return
            st.rerun()


def _ask(view: View) -> None:
    actor = session.renew()
    names = list(dict.fromkeys(cache.cached(reporting.summary)(view)["community"]))
    labels = {"": _("all daily sheets"), **{kind: sheets.kind(kind).label for kind in reporting.KINDS}}
    community = st.selectbox(_("Community"), names, key="exempt_community")
    kind = st.selectbox(_("Sheet"), list(labels), format_func=lambda key: labels[key], key="exempt_kind")
    days = st.columns(2)
    first = days[0].date_input(_("First day"), view.day, format="YYYY-MM-DD", key="exempt_first")
    last = days[1].date_input(_("Last day"), view.day, format="YYYY-MM-DD", key="exempt_last")
    reason = st.text_input(_("Reason"), max_chars=200, key="exempt_reason")
    st.caption(_("Exempt sheets are neither missing nor on time. Your name and the reason are kept."))
    if st.button(_("Exempt"), type="primary", icon=":material/event_busy:", key="exempt_confirm"):
        try:
            exemptions.grant(actor, community, first, last, reason, kind or None, view.campaign)
        except (exemptions.ExemptionError, AccountError) as refusal:
            st.error(str(refusal), icon=":material/warning:")
            return
        st.rerun()


# Over time -----------------------------------------------------------------------------------------------------


def _calendar(view: View, start: date) -> None:
    """Community by day."""
    labels = {"": _("Worst of the three"), **{kind: sheets.kind(kind).label for kind in reporting.KINDS}}
    with st.container(border=True, key="card_reporting_calendar"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(_("Reporting calendar"), anchor=False, width="content")
            kind = st.segmented_control(
                _("Sheet"),
                list(labels),
                default="",
                format_func=lambda key: labels[key],
                label_visibility="collapsed",
                required=True,
                key="reporting_kind",
            )
        _shades(view, start, kind or None)


@cache.drawn
def _shades(view: View, start: date, kind: str | None) -> None:
    found = cache.cached(reporting.calendar)(view, start, kind)
    shown = found.assign(
        sheet=found["community"],
        label=[f"{day.month}/{day.day}" for day in found["day"]],
        state=found["state"].replace(MARKS),
    )
    if shown["state"].notna().any():
        st.altair_chart(heat.calendar(shown, dark=style.dark()), theme=None, key="reporting_heat")
    met = [theme.STATES[state] for state in dict.fromkeys(shown["state"].dropna())]
    st.caption("\u2003".join(f"{state.sign} {state.label}" for state in met))


def _communities(view: View, start: date) -> None:
    """Every community over the days, in register order."""
    found = cache.cached(reporting.summary)(view, start)
    heads = [theme.STATES[MARKS.get(state, state)].label for state in reporting.STATES]
    with st.container(border=True, key="card_reporting_communities"):
        st.subheader(_("By community"), anchor=False)
        tables.draw(
            [_("Community"), *heads, _("Corrected"), _("Reported"), _("On-time rate")],
            [
                [
                    line["community"],
                    *(line[state] for state in reporting.STATES),
                    line["corrected"],
                    figures.rate_text(line["reported_n"], line["reported_d"]),
                    figures.rate_text(line["on_time_n"], line["on_time_d"]),
                ]
                for line in found.to_dict("records")
            ],
            numeric=tuple(range(1, len(heads) + 4)),
        )
