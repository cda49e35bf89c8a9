"""本批: drop files, see what each of them is, say what nobody could tell, compare, take them in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from config.language import N_, _
from config.settings import settings
from data_access import sheets
from data_access.accounts import Actor, Role
from data_access.findings import Severity
from data_access.reports import directory
from data_access.reports.view import View
from pages.parts import cache, empty, figures, intake, paper, preview, style, tables
from pages.parts.intake import Batch, File

_SIGNS = {
    "partial": ("error", "！", "red"),
    "unclear": ("help", "？", "act"),
    "refused": ("block", "⊘", "red"),
    "corrected": ("edit", "✎", "pri"),
    "ready": ("check_circle", "✓", "pri"),
    "unchanged": ("equal", "＝", "ink2"),
    "committed": ("inventory", "●", "mark"),
}
_WORDS = {
    "partial": N_("Needs mending"),
    "unclear": N_("To be confirmed"),
    "refused": N_("Not accepted"),
    "corrected": N_("Corrected"),
    "ready": N_("Can go in"),
    "unchanged": N_("Same content"),
    "committed": N_("Committed"),
}
_MOST = 14  # rows of the matrix before it scrolls


def mine(actor: Actor) -> Batch:
    """The batch of this session; another account in the same window starts with an empty one."""
    batch: Batch | None = st.session_state.get("batch")
    if batch is None or batch.account != actor.id:
        batch = st.session_state["batch"] = Batch(actor.id)
    return batch


def show(actor: Actor, view: View, batch: Batch) -> None:
    """The page of the present batch."""
    style.extra(_css())
    left, right = st.columns([59, 41], gap="medium")
    with left:
        _drop(actor, batch)
        if batch.files:
            with _progress() as tell:
                intake.refresh(actor, batch, tell)
            chosen = _matrix(batch)
            if chosen is not None:  # here and not below the findings, so that they are in sight however many there are
                _buttons(actor, batch, chosen)
            _legend(view, batch)
        else:
            chosen = None
            _nothing_yet(actor, view)
    with right:
        if chosen is not None:
            paper.receipt(batch, view)
            if chosen.state == "unclear":
                paper.confirm(actor, view, batch, chosen)
            paper.compare(actor, chosen)
            paper.findings(chosen)
            if chosen.state != "unclear" and not chosen.committed:
                with st.expander(_("Say kind, community, date or campaign yourself"), icon=":material/tune:"):
                    paper.hints(actor, view, batch, chosen)


# Files in ------------------------------------------------------------------------------------------------------


def _drop(actor: Actor, batch: Batch) -> None:
    with st.container(key="drop", horizontal=True, vertical_alignment="center"):
        files = st.file_uploader(
            _("Workbooks"),
            type=list(intake.TYPES),
            accept_multiple_files=True,
            key="uploads_files",
            label_visibility="collapsed",
            max_upload_size=settings().limits.file_mb,
        )
        with st.container(width="content"):
            _templates()
    new = [intake.Upload(file.file_id, file.name, file.getvalue()) for file in files if file.file_id not in batch.seen]
    if new:
        with _progress() as tell:
            added = intake.take(actor, batch, new, tell)
        if added:
            st.rerun()  # the count stands in the header above


def _templates() -> None:
    def go() -> None:
        st.query_params["part"] = "templates"

    st.button(_("Templates"), icon=":material/download:", key="uploads_templates", on_click=go)


class _progress:
    """A progress bar that appears with the first file told and goes away at the end."""

    def __init__(self) -> None:
        self.place = st.empty()

    def __enter__(self) -> Callable[[int, int, str], None]:
        return self.tell

    def tell(self, done: int, total: int, name: str) -> None:
        words = _("Reading {n} of {total}: {name}", n=done + 1, total=total, name=tables.plain(name))
        self.place.progress(done / total if total else 1.0, words)

    def __exit__(self, *_details: object) -> None:
        self.place.empty()


def _nothing_yet(actor: Actor, view: View) -> None:
    everywhere = View(view.actor, view.day, view.campaign)
    if cache.cached(directory.communities)(everywhere).empty and actor.role != Role.CLERK:
        empty.state(
            _("There are no communities yet."),
            _("Fill in the base template (communities, sites, surveyed people) and upload it."),
            "uploads",
            _("Get the base template"),
            template="base",
            part="templates",
        )
        return
    empty.state(
        _("No files yet."),
        _(
            "Drop the workbooks that arrived, all at once: rosters, morning and evening tallies, progress, evidence,"
            " action items. Each is read and compared first; nothing goes in before you say so."
        ),
    )


# The matrix ----------------------------------------------------------------------------------------------------


def _matrix(batch: Batch) -> File | None:
    lines = batch.sorted()
    frame = pd.DataFrame(
        {
            "file": [item.name for item in lines],
            "kind": [intake.kinds(item) for item in lines],
            "community": [intake.communities(item) for item in lines],
            "date": [intake.days(item) for item in lines],
            "rows": pd.array(
                [item.rows_accepted + item.rows_refused if item.sheets else None for item in lines], dtype="Int64"
            ),
            "errors": pd.array([item.count(Severity.ERROR) for item in lines], dtype="Int64"),
            "warnings": pd.array([item.count(Severity.WARNING) for item in lines], dtype="Int64"),
            "state": [f"{_SIGNS[item.state][1]} {intake.state_words(item)}" for item in lines],
            "note": [intake.note(item, batch) for item in lines],
        }
    )
    picked: Any = st.dataframe(
        _coloured(frame, lines),
        key=f"uploads_matrix_{batch.turn}",
        hide_index=True,
        placeholder=figures.MISSING,
        row_height=tables.ROW,
        height=(min(len(lines), _MOST) + 1) * tables.ROW + 2,
        column_config={
            "file": st.column_config.TextColumn(_("File"), width=200),
            "kind": st.column_config.TextColumn(_("Sheet"), width=104),
            "community": st.column_config.TextColumn(_("Community"), width=80),
            "date": st.column_config.TextColumn(_("Date"), width=70),
            "rows": st.column_config.NumberColumn(_("Rows"), width=46),
            "errors": st.column_config.NumberColumn(_("Err."), width=38, help=_("Rows with an error stay out.")),
            "warnings": st.column_config.NumberColumn(_("Warn."), width=42, help=_("Taken in and marked.")),
            "state": st.column_config.TextColumn(_("State"), width=118),
            "note": st.column_config.TextColumn(_("Note"), width=340),
        },
        on_select="rerun",
        selection_mode="single-row",
        selection_default={"selection": {"rows": [0], "columns": [], "cells": []}},
    )
    rows = picked.selection.rows
    return lines[rows[0]] if rows and rows[0] < len(lines) else lines[0]


def _coloured(frame: pd.DataFrame, lines: Sequence[File]) -> Any:
    """States in their colours, errors red, warnings orange, zeros quiet."""
    colours = style.palette()

    def column(values: pd.Series) -> list[str]:
        if values.name == "state":
            return [f"color:{getattr(colours, _SIGNS[item.state][2])};font-weight:700" for item in lines]
        if values.name in ("errors", "warnings"):
            loud = colours.red if values.name == "errors" else colours.act
            return [f"color:{loud};font-weight:700" if n else f"color:{colours.ink3}" for n in values]
        if values.name in ("kind", "community", "date"):
            ask = _("? choose")
            return [f"color:{colours.act};font-weight:700" if value == ask else "" for value in values]
        return [f"color:{colours.ink2}" if values.name == "note" else ""] * len(values)

    return frame.style.apply(column, axis=0)


def _legend(view: View, batch: Batch) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        marks = []
        for state, number in batch.counts().items():
            icon, _glyph, role = _SIGNS[state]
            words = f":material/{icon}: {_(_WORDS[state])} {number}"
            marks.append(
                {"red": f":red[{words}]", "act": f":orange[{words}]", "pri": f":blue[{words}]"}.get(role, words)
            )
        st.markdown("　".join(marks), width="content")
        st.space("stretch")
        lines = [_outlook(line) for line in preview.outlook(view, batch.in_state("ready", "corrected", "partial"))]
        if lines:
            st.markdown("  \n".join(lines[:2]), width="content")
    st.caption(
        _(
            "Error: the row stays out. Warning: taken in and marked. Originals are kept encrypted; no version is ever"
            " overwritten. Names and telephones are masked."
        )
    )


def _outlook(line: preview.Outlook) -> str:
    return _(
        "{day} {sheet} **{before}** communities, **{after}** after the commit",
        day=figures.short_day(line.day),
        sheet=sheets.kind(line.kind).label,
        before=f"{line.before}/{line.expected}",
        after=f"{line.after}/{line.expected}",
    )


# Taking in -----------------------------------------------------------------------------------------------------


def _buttons(actor: Actor, batch: Batch, chosen: File) -> None:
    partial = batch.in_state("partial")
    clean = batch.in_state("ready", "corrected")
    with_partial = False
    if partial:
        refused = sum(item.rows_refused for item in partial)
        with_partial = st.checkbox(
            _(
                "Also the other rows of {n} files that need mending ({m} rows stay out)",
                n=len(partial),
                m=figures.count(refused),
            ),
            value=True,
            key="uploads_partial",
        )
    files = [*clean, *partial] if with_partial else clean
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = st.button(
            _("Commit {n} files", n=len(files)),
            type="primary",
            icon=":material/database_upload:",
            disabled=not files,
            key="uploads_commit",
        )
        st.button(
            _("Take this file out"),
            icon=":material/close:",
            type="tertiary",
            key="uploads_remove",
            on_click=batch.remove,
            args=(chosen,),
        )
        rest = len([item for item in batch.files if item not in files and not item.committed])
        words = [_("Each file goes in as a whole and can be withdrawn.")]
        if rest:
            words.insert(0, _("The other {n} stay here.", n=rest))
        st.caption(" ".join(words), width="stretch")
    if pressed:
        with _progress() as tell:
            intake.commit(actor, batch, files, partial=with_partial, address=_address(), progress=tell)
        st.rerun()


def _address() -> str | None:
    """Where the visitor sits, as far as the server can tell."""
    address = st.context.ip_address
    return str(address) if address else None


def _css() -> str:
    said = {"limit": settings().limits.file_mb, "types": ", ".join(intake.TYPES)}
    hint = _("Drop all files at once; {types}, {limit} MB each", **said).replace('"', "'")
    button = _("Choose files").replace('"', "'")
    return _CSS.replace("HINT", hint).replace("BUTTON", button)


_CSS = """
.st-key-drop [data-testid="stFileUploaderDropzone"] {{ background: {surface}; border: 1px dashed {rule};
  border-radius: 8px; align-items: center; min-height: 64px; }}
.st-key-drop [data-testid="stFileUploaderDropzoneInstructions"] {{ display: none; }}
.st-key-drop [data-testid="stFileUploaderDropzone"]::after {{ content: "HINT"; color: {ink2}; font-size: 15px;
  order: 2; margin-left: 12px; }}
.st-key-drop [data-testid="stFileChips"] > div {{ display: none; }}
.st-key-drop [data-testid="stFileUploaderDropzone"] > div {{ width: auto; flex: none; }}
.st-key-drop [data-testid="stFileUploaderDropzone"] button {{ width: auto; height: 40px; padding: 0 16px;
  border: 1px solid {rule}; border-radius: 8px; background: {surface}; color: {ink}; }}
.st-key-drop [data-testid="stFileUploaderDropzone"] button > * {{ display: none; }}
.st-key-drop [data-testid="stFileUploaderDropzone"] button::after {{ content: "＋ BUTTON"; font-size: 16px;
  white-space: nowrap; }}
[class*="st-key-uploads_matrix"] [data-testid="stElementToolbar"] {{ display: none; }}
.st-key-uploads_commit button {{ min-width: 160px; }}
"""
