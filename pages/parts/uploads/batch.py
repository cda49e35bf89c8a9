"""本批: drop files, see what each of them is, say what nobody could tell, compare, take them in."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic
from typing import TYPE_CHECKING, Any

import streamlit as st

from config.language import _
from config.settings import settings
from data_access import sheets
from data_access.accounts import Actor, Role
from data_access.findings import Severity
from data_access.inbox import queue
from data_access.inbox.queue import Job
from data_access.reports import directory
from data_access.reports.view import View
from pages.parts import cache, empty, figures, filters, style, tables
from pages.parts.frame import engine, session
from pages.parts.uploads import intake, mapping, matrix, mend, paper, preview
from pages.parts.uploads.intake import Batch, File

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

Columns = Sequence["DeltaGenerator"]
_SELDOM, _QUEUE = 0.4, 1.5  # seconds between two drawings while files are read, and while they wait in a rush


def mine(actor: Actor) -> Batch:
    """The account's open batch; another account in the same window has another.

    Those who only look come first: whoever hands in waits for the queue anyway.
    """
    engine.step_back()
    batch: Batch | None = st.session_state.get("batch")
    if batch is None or batch.account != actor.id:
        batch = st.session_state["batch"] = Batch(actor.id)
    intake.load(actor, batch)
    return batch


def label(actor: Actor, batch: Batch) -> str:
    """What this part of the page is called, with how many of its files wait for a hand."""
    batch.told = intake.waiting(actor, batch)
    return f"{_('This batch')} {batch.told}" if batch.told else _("This batch")


def receive(actor: Actor, batch: Batch) -> Columns:
    """The field that takes files, in the left of the two columns of the page; what came into it waits from here on.

    Before the header is drawn: that says how many wait.
    """
    style.extra(_css() + mend.CSS)
    with st.container(key="board"):
        columns = st.columns([58, 42], gap="medium")
    with columns[0]:
        arrived = _drop(batch)
    if arrived:
        intake.take(actor, batch, arrived, _address())
    return columns


def show(actor: Actor, view: View, batch: Batch, columns: Columns) -> None:
    """The page of the present batch, below the field that takes files."""
    left, right = columns
    with left:
        warnings, progress, lines = st.container(), st.empty(), st.empty()
        _read(actor, batch, progress, lines)
    with warnings:
        for said in filter(None, (batch.refusal, batch.delay)):
            st.warning(tables.plain(said), icon=":material/warning:")
    with lines.container():
        chosen = matrix.choose(batch) if batch.files else None
        if chosen is None:
            _nothing_yet(actor, view)
    if chosen is not None:  # here and not below the findings, so that they are in sight however many there are
        with left:
            _buttons(actor, batch, chosen)
            _legend(view, batch)
        with right:
            _file(actor, view, batch, chosen)


def _file(actor: Actor, view: View, batch: Batch, chosen: File) -> None:
    """Everything about the chosen file."""
    paper.receipt(actor, batch, view)
    if matrix.short(chosen.name) != chosen.name:
        st.caption(f":material/draft: {tables.plain(chosen.name)}")
    mapping.card(actor, chosen)
    asked = [finding for finding in chosen.questions if finding.code not in mapping.CODES]
    if chosen.state == "unclear" and asked:
        paper.confirm(actor, view, batch, chosen)
    if chosen.count(Severity.ERROR):  # what needs hands first
        mend.show(actor, view, batch, chosen)
        paper.compare(actor, batch, chosen)
    else:
        paper.compare(actor, batch, chosen)
        mend.show(actor, view, batch, chosen)
    if not asked and not chosen.committed:
        with st.expander(_("Say kind, community, date or campaign yourself"), icon=":material/tune:"):
            paper.hints(actor, view, batch, chosen)


# Files in ------------------------------------------------------------------------------------------------------


def _drop(batch: Batch) -> list[intake.Upload]:
    """The field that takes files; those that the batch has not seen."""
    with st.container(key="drop", horizontal=True, vertical_alignment="center"):
        # of any type: what is no table is refused below, in words, where the browser would drop it without any
        files = st.file_uploader(
            _("Workbooks"),
            accept_multiple_files=True,
            key="uploads_files",
            label_visibility="collapsed",
            max_upload_size=settings().limits.file_mb,
        )
        with st.container(width="content"):
            _templates()
    return [intake.Upload(file.file_id, file.name, file.getvalue()) for file in files if file.file_id not in batch.seen]


def _read(actor: Actor, batch: Batch, progress: Any, lines: Any) -> None:
    """Wait for what is read and taken in. The matrix fills meanwhile."""
    version, since = cache.data_version(), monotonic()
    drawn: tuple[Any, str] = None, ""

    def watch(job: Job) -> None:
        """Draw what has changed; most who wait in a rush do so unchanged for many looks."""
        nonlocal drawn, since
        st.session_state.get("batch")  # here another click may end this run, drawn or not
        moving = job.begun or drawn[0] is None
        now = states, said = _states(batch) if moving else drawn[0], words(job)
        pause = _SELDOM if moving else _QUEUE
        if now == drawn or monotonic() - since < pause:
            return
        done, total, _name = job.step or (0, 1, "")
        progress.progress(done / total if total else 1.0, said)
        if states != drawn[0]:
            lines.dataframe(matrix.styled(batch, batch.sorted(), None), **matrix.look(len(batch.files)))
        drawn, since = now, monotonic()

    intake.refresh(actor, batch, session.asker(), watch)
    progress.empty()
    if intake.waiting(actor, batch) != batch.told:
        st.rerun()  # the count stands in the header above
    if cache.data_version() != version:
        filters.renew_status()


def _states(batch: Batch) -> tuple[tuple[int, str], ...]:
    """What the matrix hangs on while files are read and taken in."""
    return tuple((item.number, item.state) for item in batch.files)


def words(job: Job) -> str:
    """How many come before, until it is its turn; then which of its files it is."""
    if job.step is not None:
        done, total, name = job.step
        return _("Reading {n} of {total}: {name}", n=done + 1, total=total, name=tables.plain(name))
    before = queue.ahead(job)
    return _("Waiting: {n} files come first", n=before) if before else _("Its turn comes next")


def _templates() -> None:
    def go() -> None:
        st.query_params["part"] = "templates"

    st.button(_("Templates"), icon=":material/download:", key="uploads_templates", on_click=go)


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


# What it comes to ----------------------------------------------------------------------------------------------


def _legend(view: View, batch: Batch) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        marks = []
        for state, number in batch.counts().items():
            icon, _glyph, role = matrix.SIGNS[state]
            words = f":material/{icon}: {_(matrix.WORDS[state])} {number}"
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
        day=intake.dated(line.day),
        sheet=sheets.kind(line.kind).label,
        before=f"{line.before}/{line.expected}",
        after=f"{line.after}/{line.expected}",
    )


# Taking in -----------------------------------------------------------------------------------------------------


def _buttons(actor: Actor, batch: Batch, chosen: File) -> None:
    """One button for all that is clean, the annotated copy of the chosen file, and what stays behind, in words."""
    partial = batch.in_state("partial")
    files = batch.in_state("ready", "corrected")
    with_partial = False
    if any(item.rows_accepted for item in partial):
        with_partial = st.checkbox(
            _(
                "Also the other rows of {n} files that need mending ({m} rows stay out)",
                n=len(partial),
                m=figures.count(sum(item.rows_refused for item in partial)),
            ),
            key="uploads_partial",
        )
        files = [*files, *partial] if with_partial else files
    _losses(files)
    with st.container(horizontal=True, vertical_alignment="center", key="uploads_buttons"):
        st.button(
            _("Commit {n} files", n=len(files)),
            type="primary",
            icon=":material/database_upload:",
            disabled=not files,
            key="uploads_commit",
            on_click=session.clicked(_commit),
            args=(batch, tuple(item.number for item in files), with_partial),
        )
        paper.annotated(actor, chosen)
        st.button(
            _("Take this file out"),
            icon=":material/close:",
            type="tertiary",
            key="uploads_remove",
            on_click=session.clicked(intake.remove),
            args=(batch, chosen),
        )
        rest = len([item for item in batch.files if item not in files and not item.committed])
        words = [_("Each file goes in as a whole and can be withdrawn.")]
        if rest:
            words.insert(0, _("The other {n} stay here.", n=rest))
        st.caption(" ".join(words), width="stretch")


def _commit(actor: Actor, batch: Batch, numbers: tuple[int, ...], partial: bool) -> None:
    """As soon as the button is pressed: whatever else is clicked then, it has been asked for, and once."""
    intake.commit(actor, batch, numbers, session.asker(), partial=partial, address=_address())


def _losses(files: Sequence[File]) -> None:
    """Before the button, in words: what the corrections among these files would take out."""
    losing = [item for item in files if preview.lost(item)]
    if losing:
        words = _(
            "{n} of these corrections take {m} rows out: {files}. Was only a part sent? Say so beside the comparison.",
            n=len(losing),
            m=figures.count(sum(preview.lost(item) for item in losing)),
            files=_(", ").join(tables.plain(item.name) for item in losing[:3]) + ("…" if len(losing) > 3 else ""),
        )
        st.markdown(f":orange[:material/warning: {words}]")


def _address() -> str | None:
    """Where the visitor sits, as far as the server can tell."""
    address = st.context.ip_address
    return str(address) if address else None


def _css() -> str:
    said = {"limit": settings().limits.file_mb, "types": ", ".join(intake.TYPES[:4])}
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
@media (max-width: 1500px) {{
  .st-key-board > [data-testid="stLayoutWrapper"] > [data-testid="stHorizontalBlock"] {{ flex-wrap: wrap; }}
  .st-key-board > [data-testid="stLayoutWrapper"] > [data-testid="stHorizontalBlock"]
    > [data-testid="stColumn"] {{ min-width: 100%; }}
  .st-key-board > [data-testid="stLayoutWrapper"] > [data-testid="stHorizontalBlock"]
    > [data-testid="stColumn"]:last-child > [data-testid="stVerticalBlock"] {{ flex-flow: row wrap; }}
  .st-key-board > [data-testid="stLayoutWrapper"] > [data-testid="stHorizontalBlock"]
    > [data-testid="stColumn"]:last-child > [data-testid="stVerticalBlock"]
    > [data-testid="stLayoutWrapper"] {{ flex: 1 1 600px; }}
}}
"""
