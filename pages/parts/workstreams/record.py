"""One record by itself: what it says, its evidence, the matters beside it, and the cell that it came from."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from config.catalogue import checklist, checklist_item, indicator
from config.language import N_, _
from data_access.accounts import AccountError, Actor, Capability
from data_access.reports import actions, history, origins, records
from data_access.reports.records import Record, UnknownRecordError
from data_access.reports.view import View
from data_access.submissions import SubmissionError
from pages.parts import downloads, empty, evidence, figures, filters, tables
from pages.parts.frame import session
from pages.parts.uploads import archive
from pages.parts.workstreams import photos, progress, trail
from pages.parts.workstreams.trail import Drill

_STATES = {"in_force": N_("In force"), "superseded": N_("Superseded"), "withdrawn": N_("Withdrawn")}
_CELLS = "cells_found"


def page(view: View, drill: Drill) -> None:
    """The record, or one file of it, with the crumbs above."""
    assert drill.key is not None
    with st.container(horizontal=True, vertical_alignment="center", key="crumbs"):
        trail.crumbs(drill)
    if drill.file:  # also of a record that is on no list (any more): its files are kept
        with st.container(border=True, key="card_file"):
            photos.page(view, drill, drill.key)
        return
    try:
        found = records.record(view, str(drill.community), drill.key)
    except UnknownRecordError as unknown:
        empty.state(str(unknown), _("It may have been withdrawn, or the day looked at lies before it."))
        return
    with st.container(key="stack_record"):
        left, right = st.columns([55, 45], gap="small")
    with left:
        told = records.versions(view, found.community, found.key)
        _said(found, told)
        _source(view.actor, view, found)
        _versions(told)
    with right:
        _evidence(view, found, drill)
        _matters(view, drill)


def _title(found: Record) -> str:
    if found.key.sort == "evidence":
        item = checklist_item(found.key.code)
        return f"{item.code} {item.label} · {found.key.place}"
    return f"{indicator(found.key.code).label} · {found.key.place}"


def _said(found: Record, told: pd.DataFrame) -> None:
    """The figures with their cells where these were looked for, then the free text for those who may read it."""
    cells = _known_cells(found)
    with st.container(border=True, key="card_said"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"#### {tables.plain(_title(found))}", width="content")
            st.caption(tables.plain(found.community), width="content")
            st.space("stretch")
            _download(found, told)
        tables.draw(
            [_("Column"), _("As reported"), *([_("Cell")] if cells else [])],
            [[one.label, one.text, *([cells.get(one.column)] if cells else [])] for one in found.figures],
        )
        if found.words:
            st.markdown("**" + _("In words") + "**")
            tables.draw(
                [_("Column"), _("As reported"), *([_("Cell")] if cells else [])],
                [[one.label, one.text, *([cells.get(one.column)] if cells else [])] for one in found.words],
            )
        if found.withheld:
            st.caption(":material/lock: " + _("It says something in words, which is not shown to this role."))


def _download(found: Record, told: pd.DataFrame) -> None:
    """Figures only: what is said in words stays here."""
    said = pd.DataFrame([(one.label, one.text) for one in found.figures], columns=[_("Column"), _("As reported")])
    name = found.key.text.replace("/", "_")
    downloads.xlsx_button(
        _("Download"), {_("Record"): said, _("Versions"): told}, f"{name}.xlsx", key="record_download"
    )


def _versions(told: pd.DataFrame) -> None:
    """What each revision said; nothing where there is one alone."""
    if len(told) < 2:
        return
    with st.container(border=True, key="card_record_versions"):
        st.markdown("#### " + _("Versions"))
        tables.draw(
            [_("Version"), _("State"), _("Committed"), _("Said")],
            [
                [f"v{row['revision']}", _(_STATES[row["state"]]), figures.instant(row["committed"]), row["said"]]
                for row in progress.records(told)
            ],
        )


def _evidence(view: View, found: Record, drill: Drill) -> None:
    with st.container(border=True, key="card_evidence"):
        st.markdown("#### " + _("Evidence") + f"  :small[{_('{n} files', n=found.files)}]")
        if not photos.may(view, found.community):
            st.caption(_("This role sees how many files there are, and not the files."))
        elif found.files:
            photos.tiles(view, drill, found.community_id, [found.key.text], most=20)
        else:
            st.caption(_("No file is attached to this record."))
        kinds = {kind: str(text) for kind, text in checklist().evidence.items()}
        records_of = {found.key.text: _title(found)}
        evidence.panel(view, found.community, found.community_id, found.key.sort, records_of, kinds)


def _matters(view: View, drill: Drill) -> None:
    """The open matters of this community and workstream."""
    if drill.workstream is None:
        return
    told = actions.open_items(view, drill.community)
    told = told[told["workstream"] == drill.workstream]
    with st.container(border=True, key="card_record_matters"):
        st.markdown("#### " + _("Action items"))
        matters(told)
        if len(told):
            filters.link(
                "actions", _("Open the list"), view, community=str(drill.community), workstream=drill.workstream
            )


def matters(told: pd.DataFrame) -> None:
    """Open matters, the overdue ones marked; in words for those who may read them."""
    if told.empty:
        st.caption(_("No open matter."))
        return
    rows: list[list[object]] = []
    for one in progress.records(told):
        late = tables.state("overdue", _("{n} days overdue", n=one["overdue_days"])) if one["overdue_days"] else None
        words = one["about"] if pd.isna(one["issue"]) else one["issue"]
        due = figures.MISSING if pd.isna(one["due"]) else figures.day(one["due"])
        rows.append([late or tables.pill(_("To be settled"), "act"), words, one["unit"], due])
    tables.draw(["", "", "", ""], rows, header=False)


# Where it came from --------------------------------------------------------------------------------------------


def _source(actor: Actor, view: View, found: Record) -> None:
    """The submission, its sheet and row; the cell, the original and the history for those who may have them."""
    with st.container(border=True, key="card_source"):
        st.markdown("#### " + _("Source"))
        words = _(
            "Submission #{n} v{revision}, received {time}",
            n=found.submission,
            revision=found.revision,
            time=f"{figures.short_day(found.received.date())} {figures.hour(found.received)}",
        )
        st.markdown(words)
        if found.workbook is None:
            st.caption(_("Typed in; there is no workbook."))
        else:
            st.markdown(_where(found))
        if not actor.may(Capability.UPLOAD) or (actor.community or found.community) != found.community:
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            if found.workbook is not None and history.may_have_original(actor, found.workbook):
                st.button(
                    _("Find the cell"),
                    icon=":material/my_location:",
                    key="find_cell",
                    help=_("Reads the original again; takes a moment."),
                    on_click=_find,
                    args=(found,),
                )
                archive.original(actor, history.version(actor, found.submission))
            filters.link("uploads", _("History of the sheet"), view, part="history", submission=str(found.submission))


def _where(found: Record) -> str:
    """Sheet, row and, once it was looked for, the cell of the figure."""
    place = _("Sheet “{sheet}”, row {row}", sheet=tables.plain(found.sheet or figures.MISSING), row=found.row)
    cells = _known_cells(found)
    if cells is None:
        return place
    cell = next((cells[name] for name in ("done", "num", "zero_confirm", *cells) if name in cells), None)
    if cell is None:
        return place + _("; the workbook reads differently by now, so the column is not known")
    return place + _("; cell {cell}", cell=f"**{cell}**")


def _known_cells(found: Record) -> dict[str, str] | None:
    kept: dict[Any, dict[str, str]] = st.session_state.get(_CELLS, {})
    return kept.get((found.submission, found.key.text))


@session.clicked
def _find(actor: Actor, found: Record) -> None:
    """Kept for the session: addresses of cells, nothing of what stands in them."""
    try:
        cells = origins.cells(actor, found.submission, found.row, found.key.code)
    except (SubmissionError, AccountError):
        cells = {}
    st.session_state.setdefault(_CELLS, {})[found.submission, found.key.text] = cells
