"""撤回整批: the batches that were taken in, and the way back of a whole one, with a reason."""

from __future__ import annotations

from typing import Any

import streamlit as st

from config import clock
from config.language import N_, _
from data_access.accounts import AccountError, Actor, Capability
from data_access.inbox import batches
from data_access.submissions import SubmissionError
from pages.parts import empty, figures, tables
from pages.parts.frame import session

_SOURCES = {"page": N_("Page"), "import": N_("Command line"), "watch": N_("Watched folder")}
_STATES = {"open": N_("Going on"), "in": N_("In"), "undone": N_("Undone")}
_GLYPHS = {"open": "…", "in": "●", "undone": "✕"}


def listing(actor: Actor) -> None:
    """Every batch with who, when and how much of it is in force; a picked one can be undone."""
    frame = batches.batches(actor)
    if frame.empty:
        empty.state(_("No batches yet."), _("What is uploaded together makes a batch; it can be undone as a whole."))
        return
    shown = frame.assign(
        source=[_(_SOURCES[source]) for source in frame["source"]],
        opened=[f"{clock.local(moment):%Y-%m-%d %H:%M}" for moment in frame["opened_at"]],
        state=[f"{_GLYPHS[state]} {_(_STATES[state])}" for state in frame["state"]],
    )
    picked = tables.pick(
        shown,
        "batch",
        key="history_batches",
        columns={
            "batch": tables.counts(_("Batch no."), 90, "%d"),
            "opened": tables.words(_("Begun"), 150),
            "username": tables.words(_("Account"), 120),
            "source": tables.words(_("Came by"), 120),
            "files": tables.counts(_("Files in"), 90),
            "waiting": tables.counts(_("Waiting"), 90),
            "submissions": tables.counts(_("Submissions in force"), 140),
            "state": tables.words(_("State"), 110),
        },
        most=14,
    )
    if picked is None:
        st.caption(_("Choose a batch to undo it as a whole; single submissions are withdrawn in their own list."))
        return
    line = frame[frame["batch"] == picked].iloc[0]
    button(actor, int(line["batch"]), int(line["submissions"]), key="history_undo")


def button(actor: Actor, batch: int, submissions: int, *, key: str) -> None:
    """Undo a whole batch; who may not is told who may."""
    may = actor.may(Capability.WITHDRAW)
    if st.button(
        _("Undo batch {n} ({m} submissions)", n=batch, m=figures.count(submissions)),
        icon=":material/undo:",
        disabled=not may or not submissions,
        help=None if may else _("A supervisor or administrator can undo it."),
        key=key,
    ):
        st.dialog(_("Undo the whole batch?"))(_ask)(batch, submissions)


def _ask(batch: int, submissions: int) -> None:
    actor = session.renew()
    st.markdown(
        _(
            "All {m} submissions of batch {n} stop counting, and the versions before them come back. Nothing is lost:"
            " they stay in the history, with the reason.",
            m=figures.count(submissions),
            n=batch,
        )
    )
    reason = st.text_input(_("Reason"), key="undo_reason", max_chars=200)
    with st.container(horizontal=True):
        if st.button(_("Undo the batch"), type="primary", icon=":material/undo:", key="undo_confirm"):
            try:
                done = batches.undo(actor, batch, reason)
            except (SubmissionError, AccountError) as refusal:
                st.error(str(refusal), icon=":material/warning:")
                return
            st.session_state["undone"] = done
            st.rerun()
        if st.button(_("Leave it"), key="undo_leave"):
            st.rerun()


def said() -> None:
    """After undoing: how much no longer counts, and what is in force again."""
    done: Any = st.session_state.pop("undone", None)
    if done is not None:
        text = _(
            "Batch {n} is undone: {m} submissions withdrawn, {k} earlier ones in force again.",
            n=done.batch,
            m=figures.count(len(done.withdrawn)),
            k=figures.count(len(done.restored)),
        )
        st.toast(text, icon=":material/undo:")
