"""The page of action items: counts, the list, one matter with its story, and the forms that raise and move it.

Which matter is open stands in the address by its number; what it says never does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from config import clock
from config.catalogue import UnknownWorkstreamError, workstream, workstreams
from config.language import N_, _, pick
from data_access import sheets
from data_access.accounts import ROLE_NAMES, AccountError, Capability, Role
from data_access.office import matters
from data_access.office.matters import MatterError
from data_access.reports import actions as report
from data_access.reports import directory
from data_access.reports.view import View
from pages.parts import cache, downloads, evidence, figures, headings, style, tables
from pages.parts.dispatch import coordination, raising
from pages.parts.workstreams import progress

NAMES = ("community", "workstream", "item", "new")
DUE = {"difference": 1, "finding": 1}  # days: the next meeting asks about it

EVENTS = {
    "found": N_("Found"),
    "assigned": N_("Assigned"),
    "fixed": N_("Marked fixed"),
    "rechecked": N_("Re-checked"),
    "closed": N_("Closed"),
    "reopened": N_("Reopened"),
    "extended": N_("Due date extended"),
}
MOVES = {
    ("new", "fixing"): N_("Assign"),
    ("fixing", "recheck"): N_("Mark as fixed"),
    ("recheck", "closed"): N_("Re-check passed, close"),
    ("recheck", "fixing"): N_("Re-check failed, send back"),
    ("closed", "relapsed"): N_("Reopen: it is back"),
    ("relapsed", "fixing"): N_("Assign again"),
    ("relapsed", "recheck"): N_("Mark as fixed"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for: one community, one workstream, one matter, or the form for a new one."""

    community: str | None = None
    workstream: str | None = None
    item: str | None = None
    new: str | None = None


def asked() -> Wanted:
    """Read before the filter bar, which keeps the community for itself."""
    return Wanted(*(st.query_params.get(name) or None for name in NAMES))


def keep(view: View, wanted: Wanted) -> Wanted:
    """The part of ``wanted`` that exists, written back into the address."""
    names = set(cache.cached(directory.communities)(view)["name"])
    try:
        slug = workstream(wanted.workstream).slug if wanted.workstream else None
    except UnknownWorkstreamError:
        slug = None
    kept = Wanted(wanted.community if wanted.community in names else None, slug, wanted.item, wanted.new)
    go(kept)
    return kept


def go(wanted: Wanted) -> None:
    """Write ``wanted`` into the address."""
    for name in NAMES:
        value = getattr(wanted, name)
        if value:
            st.query_params[name] = value
        elif name in st.query_params:
            del st.query_params[name]


@cache.drawn
def tiles(view: View) -> None:
    """Open, overdue, and the three rates with their parts."""
    one = cache.cached(report.summary)(view).iloc[0].to_dict()

    def rate(name: str, label: str) -> figures.Tile:
        shown = figures.percent(one[f"{name}_n"], one[f"{name}_d"])
        note = figures.fraction(one[f"{name}_n"], one[f"{name}_d"]) if one[f"{name}_d"] else _("not applicable")
        return figures.Tile(label, shown, note=note, help=pick(*report.DEFINITIONS[name]))

    figures.tiles(
        [
            figures.Tile(_("Open"), figures.count(one["open"]), N_("items"), _("of {n} found", n=one["found"])),
            figures.Tile(
                _("Overdue"),
                figures.count(one["overdue"]),
                N_("items"),
                _("critical {n}, relapsed {m}", n=one["critical"], m=one["relapsed"]),
                "red" if one["overdue"] else "",
                help=pick(*report.DEFINITIONS["overdue_days"]),
            ),
            rate("closed", _("Rectified")),
            rate("closed_on_time", _("Rectified on time")),
            rate("reopened", _("Rebound")),
        ],
        "matter_tiles",
    )
    seen = cache.cached(report.inspections)(view)
    if seen["records"] > seen["problems"]:
        words = _(
            "{records} inspections on record: {problems} with a problem, {rectified} of them fixed, {open} open.",
            **seen,
        )
        st.caption(words)


def listing(view: View, status: str, wanted: Wanted) -> None:
    """The matters, what presses most first; a picked row opens on the right."""
    names = cache.cached(directory.communities)(view)["name"].tolist()
    with st.container(horizontal=True, vertical_alignment="center"):
        community = _choose(_("All communities"), names, wanted.community, "community")
        streams = {one.slug: one.label for one in workstreams()}
        slug = _choose(_("All workstreams"), list(streams), wanted.workstream, "workstream", streams)
        st.space("stretch")
        if view.actor.may(Capability.MANAGE_ACTIONS):
            st.button(
                _("New matter"),
                icon=":material/add:",
                type="primary",
                key="raise",
                on_click=go,
                args=(Wanted(community, slug, new="1"),),
            )
    shown, drawn = cache.private(fitting)(view, status, community, slug, dark=style.dark())
    if shown.empty:
        st.markdown(":material/check: " + _("No matter fits this choice."))
        return
    picked = _pick(drawn, shown["item_no"])
    if picked is not None and picked != st.session_state.get("matter_picked"):
        st.session_state["matter_picked"] = picked
        go(Wanted(community, slug, picked))
        st.rerun()
    downloads.xlsx_button(
        _("Download"),
        lambda: {_("Action items"): shown.rename(columns={"unit": sheets.kind("actions").column("unit").label})},
        f"actions_{view.day:%Y%m%d}.xlsx",
        definitions={name: pick(*words) for name, words in report.DEFINITIONS.items()},
        key="actions_download",
    )


def fitting(
    view: View, status: str, community: str | None, slug: str | None, *, dark: bool
) -> tuple[pd.DataFrame, Styler]:
    """The matters that fit a choice, and the same as they are drawn in the theme in force."""
    shown = _filtered(cache.private(report.matters)(view), view.day, status, community, slug)
    rows = progress.records(shown)
    drawn = pd.DataFrame(
        {
            "item_no": shown["item_no"],
            "due": [_due(row) for row in rows],
            "community": shown["community"].fillna(_("street")),
            "issue": shown["issue"].fillna(shown["about"]),
            "unit": shown["unit"].fillna("") + shown["owner"].fillna("").map(lambda name: f" {name}" if name else ""),
            "severity": [_label("severity", row["severity"]) for row in rows],
            "status": [_label("status", row["status"]) for row in rows],
        }
    )
    colours, due = style.palette(), list(drawn).index("due")
    inks = {
        "red": f"background-color:{colours.red_tint};color:{colours.red};font-weight:700",
        "yellow": f"background-color:{colours.act_tint};color:{colours.act}",
        "blue": f"background-color:{colours.pri_tint};color:{colours.pri}",
    }
    pressing = {(place, due): inks[row["pressing"]] for place, row in enumerate(rows) if row["pressing"] in inks}
    return shown, tables.settled(tables.inked(drawn, pressing))


def _choose(
    every: str, options: list[str], value: str | None, name: str, labels: dict[str, str] | None = None
) -> str | None:
    key = f"matters_{name}"
    st.session_state[key] = value if value in options else None

    def changed() -> None:
        if st.session_state[key]:
            st.query_params[name] = st.session_state[key]
        else:
            st.query_params.pop(name, None)

    chosen: str | None = st.selectbox(
        every,
        options,
        index=None,
        format_func=lambda one: (labels or {}).get(one, one),
        placeholder=every,
        key=key,
        on_change=changed,
        label_visibility="collapsed",
        width=180,
    )
    return chosen


def _filtered(told: pd.DataFrame, day: date, status: str, community: str | None, slug: str | None) -> pd.DataFrame:
    kept = {
        "open": told["status"] != "closed",
        "overdue": told["overdue_days"] > 0,
        "closed": told["status"] == "closed",
        "settled": (told["status"] == "closed") & (told["closed_on"] == day),
        "all": told["status"].notna(),
    }[status]
    if community:
        kept &= told["community"] == community
    if slug:
        kept &= told["workstream"] == slug
    return told[kept].reset_index(drop=True)


def _due(row: dict[str, Any]) -> str:
    """The due date in words, of overdue ones the original; overdue, lagging and near ones say so."""
    late_since = row["original_due"] if row["pressing"] == "red" and not pd.isna(row["original_due"]) else row["due"]
    due = figures.MISSING if pd.isna(late_since) else figures.short_day(late_since)
    words = {
        "red": _("! {n} d overdue", n=row["overdue_days"]),
        "yellow": _("▲ lagging"),
        "blue": _("◔ due soon"),
    }.get(row["pressing"], "")
    return f"{due} {words}".strip()


def _pick(drawn: Styler, numbers: pd.Series[str]) -> str | None:
    pressing_means = headings.meaning("pressing", pick(*report.DEFINITIONS["pressing"]))
    picked: Any = st.dataframe(
        drawn,
        key="matters",
        hide_index=True,
        row_height=tables.ROW,
        height="content" if len(numbers) <= 14 else 600,
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            "item_no": st.column_config.TextColumn(_("No."), width=72),
            "due": st.column_config.TextColumn(_("Due"), width=160, help=pressing_means),
            "community": st.column_config.TextColumn(_("Community"), width=92),
            "issue": st.column_config.TextColumn(_("Issue"), width=160),
            "unit": st.column_config.TextColumn(_("Responsible"), width=112),
            "severity": st.column_config.TextColumn(_("Severity"), width=66),
            "status": st.column_config.TextColumn(_("Status"), width=124),
        },
    )
    rows = picked.selection.rows
    return str(numbers.iloc[rows[0]]) if rows and rows[0] < len(numbers) else None


def _label(column: str, code: Any) -> str:
    """The word of a choice of the sheet."""
    choices = {choice.code: choice.label for choice in sheets.kind("actions").column(column).choices}
    return choices.get(code, figures.MISSING)


def detail(view: View, wanted: Wanted) -> None:
    """One matter: what, who, by when, its story, and what may be done with it now."""
    cache.newest(view, "actions")  # what may be done hangs on how it stands
    told = cache.private(report.matters)(view)
    found = told[told["item_no"] == wanted.item]
    if found.empty:
        st.markdown("#### " + _("Choose a matter"))
        st.caption(_("Its story opens here: found, assigned, fixed, re-checked, closed."))
        return
    row = progress.records(found)[0]
    overdue = tables.state("overdue", _("{n} days overdue", n=row["overdue_days"])) if row["overdue_days"] else ""
    st.markdown(f"#### {tables.plain(row['item_no'])} · {tables.plain(_text(row['community']))}")
    st.html(
        f"{tables.pill(_label('status', row['status']))} {tables.pill(_label('severity', row['severity']))} {overdue}"
    )
    tables.draw(["", ""], [[name, value] for name, value in _facts(row) if value != figures.MISSING], header=False)
    st.markdown("**" + _("What happened") + "**")
    story = report.events(view, row["item_no"])
    tables.draw(
        ["", "", ""],
        [[figures.instant(one["at"]), _event(one), _text(one["note"])] for one in progress.records(story)],
        header=False,
    )
    if not pd.isna(row["community"]):
        evidence.on_matter(view, row["community"], row["item_no"])
        coordination.origin(view, row["item_no"])
    if view.as_of is None:
        _moves(view, row)


def _facts(row: dict[str, Any]) -> list[tuple[str, str]]:
    column = sheets.kind("actions").column
    facts = [(column(name).label, _text(row[name])) for name in ("issue", "place", "demand", "unit", "owner")]
    if pd.isna(row["issue"]):
        facts[0] = (column("issue").label, row["about"])
    facts.insert(0, (column("source").label, _label("source", row["source"])))
    facts += [(column(name).label, _when(row[name])) for name in ("found_on", "due")]
    if row["original_due"] != row["due"]:
        facts.append((_("Original due date"), _when(row["original_due"])))
    facts += [(column("measure").label, _text(row["measure"])), (column("fixed_on").label, _when(row["fixed_on"]))]
    if not pd.isna(row["recheck"]):
        facts.append((column("recheck").label, _label("recheck", row["recheck"])))
    return facts


def _event(one: dict[str, Any]) -> str:
    event, role = EVENTS[one["event"]], ROLE_NAMES[Role(one["role"])]
    return _(event) + " · " + _(role)


def _text(value: Any) -> str:
    return figures.MISSING if pd.isna(value) else str(value)


def _when(value: Any) -> str:
    return figures.MISSING if pd.isna(value) else figures.day(value)


def _moves(view: View, row: dict[str, Any]) -> None:
    """The steps this account may take now, each with what it needs."""
    allowed = matters.moves(view.actor, row["item_no"])
    for status in allowed:
        step = MOVES[row["status_now"], status]
        label = _(step)
        with st.form(f"move_{status}", border=False):
            changes: dict[str, Any] = {}
            if status == "recheck":
                changes["measure"] = st.text_input(_("What was done"), key="move_measure")
                changes["photos_after"] = st.number_input(
                    _("Photos after"), min_value=0, step=1, value=None, key="photos"
                )
            elif status == "fixing" and row["status_now"] != "recheck":
                changes["unit"] = st.text_input(_("Responsible unit"), value=_blank(row["unit"]), key="move_unit")
                changes["due"] = st.date_input(_("Due"), value=row["due"], format="YYYY-MM-DD", key="move_due")
            if st.form_submit_button(
                label, type="primary" if status == allowed[0] else "secondary", key=f"to_{status}"
            ):
                _do(matters.move, view.actor, row["item_no"], status, revision=int(row["revision"]), **changes)
    if not allowed and row["status_now"] == "recheck" and view.actor.may(Capability.UPLOAD):
        st.caption(_("The re-check is done by another account than the one that marked it fixed."))
    if view.actor.may(Capability.MANAGE_ACTIONS) and row["status_now"] != "closed":
        with st.expander(_("Extend the due date")), st.form("extend", border=False):
            due = st.date_input(_("New due date"), value=row["due"], format="YYYY-MM-DD", key="extend_due")
            reason = st.text_input(_("Approved because"), key="extend_reason")
            st.caption(_("Timeliness keeps to the original date."))
            if st.form_submit_button(_("Extend"), key="extend_send"):
                _do(matters.extend, view.actor, row["item_no"], due, reason, revision=int(row["revision"]))


def _blank(value: Any) -> str:
    return "" if pd.isna(value) else str(value)


def _do(step: Callable[..., int], *args: Any, **changes: Any) -> None:
    """Take a step; say why where it is refused."""
    try:
        step(*args, **changes)
    except (MatterError, AccountError) as refusal:
        st.error(str(refusal), icon=":material/warning:")
        return
    st.toast(_("Saved."))
    st.rerun()


def form(view: View, wanted: Wanted) -> None:
    """Raise a matter; where it was raised from fills in community and workstream."""
    column = sheets.kind("actions").column
    names = cache.cached(directory.communities)(view)["name"].tolist()
    streams = {one.slug: one.label for one in workstreams()}
    sources = {choice.code: choice.label for choice in column("source").choices}
    severities = {choice.code: choice.label for choice in column("severity").choices}
    known = raising.filled(wanted.new, wanted.community)
    st.markdown("#### " + _("New matter"))
    _came_back(view, wanted, known)
    with st.form("raise_form", border=False):
        values: dict[str, Any] = {}
        one, two = st.columns(2)
        values["community"] = one.selectbox(
            column("community").label,
            names,
            index=_place(names, wanted.community),
            placeholder=_("Choose"),
            key="raise_community",
        )
        values["workstream"] = two.selectbox(
            column("workstream").label,
            list(streams),
            index=_place(list(streams), wanted.workstream),
            format_func=lambda code: streams[code],
            placeholder=_("Choose"),
            key="raise_workstream",
        )
        values["source"] = one.selectbox(
            column("source").label,
            list(sources),
            index=_place(list(sources), known.get("source")) or 0,
            format_func=lambda code: sources[code],
            key="raise_source",
        )
        values["severity"] = two.selectbox(
            column("severity").label,
            list(severities),
            index=_place(list(severities), known.get("severity")) or 0,
            format_func=lambda code: severities[code],
            key="raise_severity",
        )
        values["issue"] = st.text_input(
            column("issue").label,
            value=known.get("issue", ""),
            key="raise_issue",
            help=_("At least 5 characters; no names of residents."),
        )
        values["issue_type"] = known.get("issue_type")
        values["demand"] = st.text_input(column("demand").label, value=known.get("demand", ""), key="raise_demand")
        one, two = st.columns(2)
        values["place"] = one.text_input(column("place").label, key="raise_place")
        values["unit"] = two.text_input(column("unit").label, value=known.get("community", ""), key="raise_unit")
        values["owner"] = one.text_input(column("owner").label, key="raise_owner")
        values["due"] = two.date_input(
            column("due").label,
            value=clock.today() + timedelta(days=DUE.get(str(wanted.new), 7)),
            format="YYYY-MM-DD",
            key="raise_due",
        )
        with st.container(horizontal=True):
            sent = st.form_submit_button(_("Put on the list"), type="primary", key="raise_send")
            given_up = st.form_submit_button(_("Cancel"), key="raise_cancel")
    if given_up:
        raising.done()
        go(Wanted(wanted.community, wanted.workstream))
        st.rerun()
    if sent:
        try:
            number = matters.raise_item(view.actor, **values)
        except (MatterError, AccountError) as refusal:
            st.error(str(refusal), icon=":material/warning:")
            return
        raising.done()
        go(Wanted(wanted.community, wanted.workstream, number))
        st.rerun()


def _came_back(view: View, wanted: Wanted, known: Mapping[str, Any]) -> None:
    """The same trouble was settled before: reopen that matter rather than raise another."""
    number = matters.settled_before(view.actor, wanted.community, known.get("issue_type"))
    if number is None:
        return
    st.info(_("{number} was about the same and is closed.", number=tables.plain(number)), icon=":material/history:")
    if st.button(_("Reopen: it is back"), icon=":material/undo:", key="raise_reopen"):
        try:
            matters.move(view.actor, number, "relapsed")
        except (MatterError, AccountError) as refusal:
            st.error(str(refusal), icon=":material/warning:")
            return
        raising.done()
        go(Wanted(wanted.community, wanted.workstream, number))
        st.rerun()


def _place(options: list[str], value: str | None) -> int | None:
    return options.index(value) if value in options else None
