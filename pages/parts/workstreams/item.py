"""One item of 资料清单 for one community: its rows, their review, and its files."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from config.catalogue import checklist as checklist_of
from config.catalogue import checklist_item
from config.checklist import ChecklistItem
from config.language import N_, _, pick
from data_access.accounts import AccountError, Actor, Capability, Role
from data_access.office import attachments, reviews
from data_access.office.reviews import ReviewError
from data_access.reports import checklist as report
from data_access.reports import directory
from data_access.reports import progress as scope
from data_access.reports.view import View
from pages.parts import cache, evidence, figures, tables
from pages.parts.frame import session
from pages.parts.workstreams import photos, progress, trail
from pages.parts.workstreams.trail import Drill

Words = dict[str, tuple[tables.Role, str, str]]
STATES: Words = {
    "passed": ("pri", "✓", N_("Passed")),
    "incomplete": ("act", "▼", N_("Incomplete")),
    "missing": ("red", "⊘", N_("Missing")),
    "not_applicable": ("ink3", "–", N_("Not applicable")),
}
_REVIEWS: Words = {
    "approved": ("pri", "✓", N_("Passed review")),
    "pending": ("ink2", "◔", N_("Awaiting review")),
    "returned": ("act", "↺", N_("Sent back")),
}
_REFUSED = "review_refused"


def page(view: View, drill: Drill) -> None:
    """What the item asks for, what is there, and for those who may: attaching files and reviewing."""
    community, item = str(drill.community), checklist_item(str(drill.item))
    with st.container(horizontal=True, vertical_alignment="center", key="crumbs"):
        trail.crumbs(drill)
    if foreign(view, community):
        st.caption(":material/lock: " + _("A clerk sees the items of the own community; of the others the scores."))
        return
    told = cache.cached(report.items)(view, community)
    one = progress.records(told[told["item"] == item.code])[0]
    with st.container(key="stack_item"):
        left, right = st.columns([60, 40], gap="small")
    if not scope.may_read_text(view, community):
        with left:
            _head(item, one)
        st.caption(":material/lock: " + _("This role sees scores and counts; the rows and files are not shown to it."))
        return
    rows = report.records(view, community)
    rows = rows[rows["item"] == item.code]
    with left:
        _head(item, one)
        _rows(view, drill, item, rows)
    with right, st.container(border=True, key="card_files"):
        _files(view, drill, item, rows)


def _head(item: ChecklistItem, one: dict[str, Any]) -> None:
    """What the item asks for and how much of it there is."""
    with st.container(border=True, key="card_item"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"#### {tables.plain(item.code)} {item.label}", width="content")
            st.html(_pill(STATES, one["state"]), width="content")
        st.caption(one["rule"])
        tables.draw(
            [_("There/needed"), _("Evidence there"), _("Sheet / files"), _("Kinds of evidence"), _("Review")],
            [
                [
                    figures.fraction(one["got"], one["need"]),
                    figures.rate_text(one["pieces_n"], one["pieces_d"]),
                    f"{one['reported']} / {one['files']}",
                    _(", ").join(one["kinds"].split("  ")),
                    remarks(one),
                ]
            ],
        )


def _known(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows with None for what is missing."""
    return [{name: None if pd.isna(value) else value for name, value in row.items()} for row in progress.records(rows)]


def _called(item: ChecklistItem, row: dict[str, Any]) -> str:
    """How a row is called: the third event, a family, or the item itself."""
    if row["event_no"] is not None:
        return _("No. {n}", n=row["event_no"])
    return _("Family {no}", no=row["family_no"]) if row["family_no"] else item.label


def _rows(view: View, drill: Drill, item: ChecklistItem, rows: pd.DataFrame) -> None:
    refused = st.session_state.pop(_REFUSED, None)
    if refused:
        st.error(refused, icon=":material/warning:")
    with st.container(border=True, key="card_rows"):
        st.markdown("**" + _("On the list") + "**")
        if rows.empty:
            st.caption(
                _("Nothing is handed in for this item. Send the checklist workbook; files may wait here for it.")
            )
            return
        for row in _known(rows):
            _row(view, drill, item, row)
        waiting = rows[rows["review"] == "pending"]
        if len(waiting) > 1 and view.actor.may(Capability.REVIEW):
            st.button(
                _("Pass all {n} that wait", n=len(waiting)),
                icon=":material/done_all:",
                key="review_all",
                on_click=_decide,
                args=(drill, waiting["record"].tolist(), "approved", int(rows["revision"].iloc[0])),
            )


def _row(view: View, drill: Drill, item: ChecklistItem, row: dict[str, Any]) -> None:
    """One event, family or document: what the sheet says, its review, and the review itself for the street."""
    with st.container(key=f"listed_{row['record']}", border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                tables.plain(_called(item, row)),
                key=f"record_{row['record']}",
                type="tertiary",
                on_click=trail.go,
                args=(Drill(drill.community, item=item.code, record=row["record"]),),
            )
            st.html(_pill(_REVIEWS, row["review"]), width="content")
            if row["shared"]:
                st.html(tables.pill(_("counted twice"), "act"), width="content")
            st.space("stretch")
            st.caption(_("sheet {n} / attached {m}", n=row["reported"], m=row["files"]), width="content")
        said = [
            row["event_date"] and figures.day(row["event_date"]),
            row["place"],
            None if row["attendees"] is None else _("{n} people", n=figures.count(row["attendees"])),
            row["theme"],
            _(", ").join(row["kinds"].split("  ")),
        ]
        words = " · ".join(part for part in said if part)
        if row["not_applicable"]:
            words = _("Not applicable: {reason}", reason=row["na_reason"] or figures.MISSING)
        st.markdown(tables.plain(words))
        if row["lacking"]:
            st.markdown(":orange[" + _("lacking: {fields}", fields=tables.plain(row["lacking"])) + "]")
        if row["review_note"]:
            st.caption(_("Remark: {words}", words=tables.plain(row["review_note"])))
        if view.actor.may(Capability.REVIEW):
            _review(drill, row)


def _review(drill: Drill, row: dict[str, Any]) -> None:
    """Pass, or send back with a remark. What was decided can be decided again."""
    record, revision = row["record"], int(row["revision"])
    key = f"remark_{record}_{revision}"
    with st.form(f"review_{record}", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            _("Remark"), key=key, max_chars=200, label_visibility="collapsed", placeholder=_("Remark: what is missing")
        )
        if row["review"] != "approved":
            words = _("Approve not applicable") if row["not_applicable"] else _("Pass")
            st.form_submit_button(
                words,
                icon=":material/check:",
                key=f"pass_{record}",
                on_click=_decide,
                args=(drill, [record], "approved", revision, key),
            )
        if row["review"] != "returned":
            st.form_submit_button(
                _("Send back"),
                icon=":material/undo:",
                key=f"return_{record}",
                on_click=_decide,
                args=(drill, [record], "returned", revision, key),
            )


@session.clicked
def _decide(
    actor: Actor, drill: Drill, records: list[str], verdict: reviews.Verdict, revision: int, remark: str | None = None
) -> None:
    """Carry a review out as it was looked at: ``revision`` is that of the page that the button stood on, ``remark`` the
    key of the field beside it."""
    words = str(st.session_state.get(remark, "")) if remark else ""
    year = records[0].partition("/")[0]
    try:
        reviews.review(actor, str(drill.community), year, records, verdict, words, seen=revision)
    except (ReviewError, AccountError) as refusal:
        st.session_state[_REFUSED] = str(refusal)
        return
    st.toast(_("Saved."))


def _files(view: View, drill: Drill, item: ChecklistItem, rows: pd.DataFrame) -> None:
    """The files of the item and its rows, and where more are dropped."""
    community = str(drill.community)
    keys: pd.Series = cache.cached(directory.communities)(view).set_index("name")["id"]
    number = int(keys[community])
    whole = attachments.evidence_record(str(view.day.year), item.code)
    records = {row["record"]: _called(item, row) for row in _known(rows)} or {whole: item.label}
    files = attachments.listed(view.actor, number, "evidence", as_of=view.as_of)
    own = {file.record for file in files if file.record == whole or file.record.startswith(f"{whole}/")}
    loose = sorted(own - set(records))  # attached before their row was on the list, or after it left it
    st.markdown(
        "#### " + _("Evidence") + f"  :small[{_('{n} files', n=sum(file.record in own for file in files))}]",
        help=pick(*report.DEFINITIONS["files"]),
    )
    shown = [*records, *loose] if len(rows) else loose
    if shown:
        photos.tiles(view, drill, number, shown, most=24)
    else:
        st.caption(_("No file is attached to this record."))
    kinds = {kind: str(checklist_of().evidence[kind]) for choice in item.choices for kind in choice}
    evidence.panel(view, community, number, "evidence", records, kinds)


def remarks(row: dict[str, Any]) -> str:
    """What is to be said of an item (a row of ``checklist.items``) besides its state."""
    due = row["due"]
    found = [
        *([_("awaiting review {n}", n=row["pending"])] if row["pending"] else []),
        *([_("sent back {n}", n=row["returned"])] if row["returned"] else []),
        *([_("counted twice {n}", n=row["shared"])] if row["shared"] else []),
        *([_("blank: {fields}", fields=row["lacking"])] if row["lacking"] else []),
        *([_("due by {day}", day=figures.short_day(due))] if not pd.isna(due) and not row["passed"] else []),
    ]
    if not found and row["passed_official"]:
        return _("✓ Passed review")
    return _("; ").join(found)


def foreign(view: View, community: str) -> bool:
    """Whether a clerk looks at another community."""
    return view.actor.role == Role.CLERK and view.actor.community != community


def _pill(words: Words, state: str) -> tables.Html:
    role, glyph, word = words[state]
    return tables.pill(f"{glyph} {_(word)}", role)
