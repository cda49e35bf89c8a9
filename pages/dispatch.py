"""Dispatch 早晚调度: morning beside evening, every difference with who to call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from charts import bars, theme
from config.language import N_, _, pick
from data_access.accounts import Capability
from data_access.reports import corrections, dispatch, frames
from data_access.reports.view import View
from pages.parts import cache, downloads, empty, figures, filters, guard, style, tables, written
from pages.parts.dispatch import closing, day_table, settle
from pages.parts.dispatch.day_table import Grid
from pages.parts.figures import Tile

SHEETS = {"roster": N_("Roster sheet"), "morning": N_("Morning consultation"), "evening": N_("Evening dispatch")}
ARRIVED = {"on_time": N_("On time"), "late": N_("Late"), "supplied": N_("Filed after closing")}
ZERO = {
    "aefi": (N_("Suspected reactions"), N_("cases")),
    "observation": (N_("Observed less than 30 minutes"), N_("people")),
    "repeated": (N_("Called up for a dose they hold"), N_("people")),
    "unstaffed": (N_("A plan and nobody on duty"), N_("communities")),
}
ZERO_STATES = {
    "occurred": ("error", N_("Occurred")),
    "unconfirmed": ("help", N_("Unconfirmed")),
    "confirmed": ("verified", N_("Confirmed")),
}
IDENTITIES = N_(
    "I1 roster = all outcomes; I2 rise of the totals = doses of the day; I3 no later dose before an earlier one;"
    " I4 parts add up; I5 the three roster figures agree; I6 rows marked vaccinated = on roster; I7 nobody called up"
    " for a dose held; I8 tomorrow's roster and plan, for information. Names and telephones are masked."
)


@cache.drawn
def tiles(view: View) -> None:
    """The day in six numbers."""
    frame, totals = cache.cached(dispatch.table)(view), cache.cached(dispatch.totals)(view)
    earlier = cache.cached(dispatch.totals)(view.on(view.day - timedelta(days=1)))
    before = dispatch.total(earlier, "completion")
    done, opened = dispatch.total(totals, "completion"), frame[frame["state"] == "open"]
    owing = frame[frame["state"] == "unreported"]
    waiting = frame.loc[frame["vacc_total"].isna(), "roster_rows"].sum()
    rosters = totals.loc["roster_rows"]
    sent = figures.fraction(rosters["counted"], len(frame))
    walk_in, total = _n(totals, "walk_in"), _n(totals, "vacc_total")
    figures.tiles(
        [
            Tile(
                _("On today's roster"),
                figures.count(rosters["n"]),
                N_("people"),
                _("{sent} sent, {n} people await the evening", n=waiting, sent=sent),
                help=_define("persons"),
            ),
            Tile(
                _("Vaccinated on roster"),
                _n(totals, "vacc_on_roster"),
                N_("people"),
                _("and {walk_in} walk-ins, {total} in all", walk_in=walk_in, total=total),
            ),
            Tile(
                _("Roster completion"),
                figures.percent(*done),
                "",
                _("{today}, yesterday {before}", today=figures.fraction(*done), before=_yesterday(before)),
                help=_define("completion"),
            ),
            Tile(
                _("Not vaccinated"),
                _n(totals, "not_vaccinated"),
                N_("people"),
                f"{figures.count(done[1])}−{figures.count(done[0])}",
            ),
            Tile(
                _("Differences open"),
                str(len(opened)),
                N_("communities"),
                _names(opened["community"], _("{n} in all", n=opened["open"].sum())) or _("None"),
                "act" if len(opened) else "",
                _define("state"),
            ),
            Tile(
                _("Not reported"),
                str(len(owing)),
                N_("communities"),
                _names(owing["community"], _("evening tally")) or _("None"),
                "red" if len(owing) else "",
            ),
        ]
    )


def _n(totals: pd.DataFrame, name: str) -> str:
    return figures.count(dispatch.total(totals, name)[0])


def _yesterday(before: tuple[int | None, int | None]) -> str:
    return figures.MISSING if before[1] is None else figures.fraction(*before)


def _names(names: pd.Series, more: str) -> str:
    """What is to be said and the first name; blank where there is nobody."""
    listed = [tables.plain(name) for name in names]
    if not listed:
        return ""
    first = _("{name} and others", name=listed[0]) if len(listed) > 1 else listed[0]
    return f"{more} · {first}"


def _define(name: str) -> str:
    return pick(*dispatch.DEFINITIONS[name])


def ordered(view: View, order: str) -> pd.DataFrame:
    """The day's table, by register or with what is to be settled first."""
    frame = cache.cached(dispatch.table)(view)
    if order == "register":
        return frame
    owing = frame.assign(owing=frame["state"] == "unreported")
    return owing.sort_values(["open", "owing", "explained"], ascending=False, kind="stable", ignore_index=True)


def grid(view: View, order: str, *, dark: bool) -> Grid:
    """The table, with whom to call for those who may read of people."""
    made = cache.cached(plain)(view, order, dark=dark)
    if not view.actor.may(Capability.READ_PEOPLE):
        return made
    known = dispatch.contacts(view)
    contacts = dict(zip(known["community"], known["liaison"] + " " + known["phone"], strict=True))
    return replace(made, styled=written.filled(made.styled, day_table.liaisons(ordered(view, order), contacts)))


def plain(view: View, order: str, *, dark: bool) -> Grid:
    """The table without people; where some are to stand in it, with an empty column for them."""
    frame, totals = ordered(view, order), cache.cached(dispatch.totals)(view)
    marks, labels = cache.cached(corrections.marks)(view), day_table.labelled(frame, totals)
    if view.actor.may(Capability.READ_PEOPLE):
        labels = day_table.with_liaisons(labels)
    rules, signs = day_table.rules(labels, frame, marks, totals, dark=dark)
    styled = tables.settled(day_table.styled(labels, rules, signs))
    return Grid(styled, day_table.columns(labels, marks), day_table.grounds(styled, rules, dark=dark))


def table(view: View, order: str, frame: pd.DataFrame) -> str | None:
    """The table; a click on a row picks its community, which the address then names."""
    names = list(frame["community"])
    picked = names.index(asked) if (asked := st.query_params.get("picked")) in names else None

    def choose() -> None:
        cells = st.session_state["day_table"].selection.cells
        if cells and cells[0][0] < len(names):
            st.query_params["picked"] = names[cells[0][0]]

    with st.container(border=True, key="card_table"):
        drawn = cache.private(grid)(view, order, dark=style.dark())
        st.dataframe(
            drawn.styled if picked is None else written.ruled(drawn.styled, drawn.grounds[picked]),
            key="day_table",
            hide_index=True,
            height="content",
            row_height=35,
            placeholder=figures.MISSING,
            column_config=dict[Any, Any](drawn.columns),
            on_select=choose,
            selection_mode="single-cell",
        )
    return None if picked is None else names[picked]


def drill(view: View, community: str) -> None:
    """The picked community: its three sheets and how to check each difference."""
    with st.container(border=True, key="card_drill"):
        left, middle, right = st.columns([24, 80, 24], gap="medium")
        with left:
            _sheets(view, community)
        with middle:
            _checks(view, community)
            settle.differences(view, community)
        with right:
            if view.actor.may(Capability.MANAGE_ACTIONS):
                filters.link("actions", _("To action items"), view, community=community)
            filters.link("community", _("Whole community"), view, community=community)
            with st.popover(_("Revisions"), icon=":material/history:"):
                _revisions(view, community)


def _of(frame: pd.DataFrame, community: str) -> list[dict[Any, Any]]:
    """The rows of a community."""
    return frame[frame["community"] == community].to_dict("records")


@cache.drawn
def _sheets(view: View, community: str) -> None:
    line = _of(cache.cached(dispatch.table)(view), community)[0]
    current = {one["kind"]: one for one in _of(cache.cached(dispatch.versions)(view), community) if one["in_force"]}
    title = _("{community}: the three sheets", community=tables.plain(community))
    st.markdown(f"**{title}**")
    sheets = (f"{_(label)} {_version(current.get(kind), str(line[f'{kind}_state']))}" for kind, label in SHEETS.items())
    st.caption("  \n".join(sheets))


def _version(sent: Mapping[Any, Any] | None, state: str) -> str:
    """``v2 08:31 更正``, ``v1 20:11 按时``, or how it is missing."""
    if sent is None:
        shown = theme.STATES["unreported" if state == "unreported" else "not_due"]
        return f":{'red' if state == 'unreported' else 'gray'}[{shown.label}]"
    arrived = ARRIVED.get(sent["timeliness"], "")
    word = _("Corrected") if sent["revision"] > 1 else _(arrived) if arrived else ""
    return f"v{sent['revision']} {figures.instant(sent['received'])} {word}"


@cache.drawn
def _checks(view: View, community: str) -> None:
    found = _of(cache.cached(dispatch.differences)(view), community)
    if not found:
        if _of(cache.cached(dispatch.table)(view), community)[0]["state"] == "unreported":
            st.markdown(_("The evening tally is missing; nothing can be compared."))
        else:
            st.markdown(_("Every figure that was reported agrees."))
        return
    rows = [
        [
            tables.pill(figures.signed(frames.figure(one, "amount")), "act" if one["state"] == "open" else "ink2"),
            f"{one['label']} {one['identity']}",
            f"{one['first_label']} {figures.count(one['first'])}",
            f"{one['second_label']} {figures.count(one['second'])}",
            one["how"],
        ]
        for one in found
    ]
    tables.draw([_("Difference"), "", _("First"), _("Second"), _("How to check")], rows)


@cache.drawn
def _revisions(view: View, community: str) -> None:
    rows = [
        [
            _(SHEETS[one["kind"]]),
            f"v{one['revision']}",
            figures.instant(one["received"]),
            figures.count(one["rows"]),
            _("withdrawn") if one["withdrawn"] else _("in force") if one["in_force"] else _("superseded"),
        ]
        for one in _of(cache.cached(dispatch.versions)(view), community)
    ]
    if rows:
        tables.draw([_("Sheet"), "", _("Received"), _("Rows"), _("State")], rows, numeric=(3,))
    else:
        st.caption(_("Nothing was sent for this day."))


@cache.drawn
def causes(view: View) -> None:
    """Where those not vaccinated went."""
    found = cache.cached(dispatch.causes)(view)
    with st.container(border=True, key="card_causes"):
        st.subheader(_("Not vaccinated: where they went"), anchor=False)
        if found.empty:
            st.caption(_("Comes with the evening tallies."))
            return
        whole = found["share_d"].iloc[0]
        st.caption(_("{n} people are 100%; orange asks for action", n=figures.count(whole)))
        listed = found[found["n"] != 0].assign(
            label=lambda rows: [_(dispatch.CAUSES[cause]) for cause in rows["cause"]],
            share=lambda rows: [figures.percent(n, d) for n, d in zip(rows["share_n"], rows["share_d"], strict=True)],
        )
        if listed.empty:
            st.caption(_("Everybody on the rosters was vaccinated."))
        else:
            st.altair_chart(bars.reasons(listed, dark=style.dark()), theme=None)


@cache.drawn
def zero_tolerance(view: View) -> None:
    """What may not happen: met only while 0 and confirmed by all."""
    colours = style.palette()
    found = cache.cached(dispatch.zero_tolerance)(view)
    with st.container(border=True, key="card_zero"):
        st.subheader(_("Zero tolerance"), anchor=False)
        st.caption(_("Met only while 0 and confirmed by every community"))
        st.html(f'<div class="zero">{"".join(_zero_tile(one, colours) for _row, one in found.iterrows())}</div>')


def _zero_tile(one: pd.Series, colours: theme.Palette) -> str:
    label, unit = ZERO[one["code"]]
    icon, word = ZERO_STATES[one["state"]]
    if one["state"] == "occurred":
        where = _(", ").join(one["where"])
    elif one["state"] == "unconfirmed":
        where = _("{names} unconfirmed", names=closing.short(one["unconfirmed"]))
    else:
        where = _("zero report complete")
    base = figures.fraction(one["done_n"], one["done_d"]) if not pd.isna(one["done_d"]) else ""
    note = " · ".join(part for part in (base or figures.fraction(one["confirmed"], one["expected"]), where) if part)
    hit = one["state"] == "occurred"
    frame = f"background:{colours.red_tint};border-color:{colours.red};color:{colours.red}" if hit else ""
    return (
        f'<div style="{frame}"><p>{escape(_(label))}</p>'
        f"<p><b>{one['n']}</b> {escape(_(unit, n=one['n']))}<span><i>{icon}</i> {escape(_(word))}</span></p>"
        f"<p>{escape(note)}</p></div>"
    )


CSS = """
.zero {{ display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 12px; }}
.zero > div {{ border: 1px solid {line}; border-radius: 8px; padding: 8px 12px; }}
.zero p {{ margin: 0; font-size: 14px; }}
.zero p:nth-child(2) {{ font-size: 15px; display: flex; align-items: baseline; gap: 6px;
  flex-wrap: wrap; }}
.zero b {{ font-size: 28px; }}
.zero span {{ margin-left: auto; white-space: nowrap; }}
.zero i {{ font-family: 'Material Symbols Rounded'; font-style: normal; vertical-align: -3px; }}
"""

actor = guard.enter("dispatch")
order = filters.Choice("order", {"register": _("By register"), "differences": _("Differences first")})
view = filters.bar(actor, "dispatch", extra=(order,))
empty.need_register(view)
style.extra(CSS)

frame = ordered(view, order.value)

with st.container(key="stack_dispatch"):
    board, side = st.columns([76, 24], gap="medium")
with board:
    tiles(view)
    picked = table(view, order.value, frame)
    if picked:
        drill(view, picked)
    else:
        st.caption(_("Click a row to see its sheets and how to check its differences."))
    closing.changed(view)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(_(IDENTITIES), width="stretch")
        downloads.xlsx_button(
            _("Download"),
            lambda: {
                _("Dispatch"): day_table.exported(frame, dispatch.totals(view)),
                _("Differences"): dispatch.differences(view),
            },
            f"dispatch-{view.day}.xlsx",
            definitions={name: pick(*texts) for name, texts in dispatch.DEFINITIONS.items()},
        )
with side:
    causes(view)
    zero_tolerance(view)
    closing.card(view, frame)
