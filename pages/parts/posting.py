"""Texts to the group robot: the button beside a text that is to go, and what has become of those that went."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from config.language import N_, _
from data_access.accounts import AccountError, Actor, Capability
from data_access.office import postings
from data_access.office.postings import PostingError
from pages.parts import empty, figures, tables
from pages.parts.frame import session

_STATES = {
    "sent": N_("sent"),
    "waiting": N_("waiting"),
    "failing": N_("failed, will be tried again"),
    "given_up": N_("given up"),
}


def button(actor: Actor, sort: str, text: str, key: str, label: str = "") -> None:
    """Send ``text`` to the group; drawn only where a robot is set and the account may."""
    if postings.on() and actor.may(Capability.POST):
        words = label or _("Send to the group")
        st.button(words, icon=":material/send:", key=key, on_click=_queue, args=(sort, text))


@session.clicked
def _queue(actor: Actor, sort: str, text: str) -> None:
    try:
        postings.queue(actor, sort, text)
    except (PostingError, AccountError) as refusal:
        st.toast(str(refusal), icon=":material/warning:")
        return
    st.toast(_("On its way to the group; the administration page shows whether it arrived."), icon=":material/send:")


def show(actor: Actor) -> None:
    """The latest texts with their state; one that failed can be sent again."""
    if not postings.on():
        empty.state(
            _("No group robot is set."),
            _("Type its address above, or into the settings file under [webhook]; without one nothing is sent."),
        )
    else:
        button(actor, "test", _("A test of the board: this text may be ignored."), "postings_test", _("Send a test"))
    postings.wake()  # what waited while the board was not running goes now
    frame = postings.latest(actor)
    if frame.empty:
        st.caption(_("Nothing has been sent yet."))
        return
    failing = frame[frame["state"].isin(("failing", "given_up"))]
    if len(failing):
        words = _("{n} texts have not arrived: {why}", n=len(failing), why=failing["failure"].iloc[0])
        st.warning(tables.plain(words), icon=":material/warning:")
    shown = frame.assign(
        sort=[_(postings.SORTS[sort]) for sort in frame["sort"]],
        state=[_(_STATES[state]) for state in frame["state"]],
        queued_at=[figures.instant(moment) for moment in frame["queued_at"]],
        sent_at=[figures.MISSING if pd.isna(moment) else figures.instant(moment) for moment in frame["sent_at"]],
        text=[text.splitlines()[0] for text in frame["text"]],
    )
    columns = {
        "queued_at": _("Queued"),
        "sort": _("Kind"),
        "text": _("Text"),
        "by": _("Account"),
        "state": _("State"),
        "attempts": _("Tries"),
        "failure": _("Why not"),
        "sent_at": _("Sent"),
    }
    chosen = tables.pick(shown, "id", key="postings_list", columns=columns)
    open_ones = set(frame.loc[frame["state"] != "sent", "id"])
    st.button(
        _("Send the chosen one again"),
        icon=":material/replay:",
        disabled=chosen not in open_ones,
        key="postings_again",
        on_click=_again,
        args=(chosen,),
    )


@session.clicked
def _again(actor: Actor, number: int) -> None:
    try:
        postings.again(actor, int(number))
    except (PostingError, AccountError) as refusal:
        st.toast(str(refusal), icon=":material/warning:")
