"""查看: one person of a masked list in full, in a dialog that closes by itself; and the purpose that is asked for."""

from __future__ import annotations

import time
from typing import Any

import pandas as pd
import streamlit as st

from config.language import _
from data_access.accounts import AccountError, Capability
from data_access.office import reveals
from data_access.office.reveals import Person, Purpose, RevealError
from data_access.reports.view import View
from pages.parts import figures, tables
from pages.parts.frame import session


def people(view: View, found: pd.DataFrame, shown: pd.DataFrame, key: str) -> None:
    """A masked list (``found``, in words ``shown``); one row of it can be looked at in full by those who may."""
    look: dict[str, Any] = {"hide_index": True, "height": 420, "row_height": 36, "placeholder": figures.MISSING}
    if not view.actor.may(Capability.REVEAL):
        st.dataframe(shown, **look)
        return
    place = st.container(horizontal=True, vertical_alignment="center")
    picked = st.dataframe(shown, key=f"people_{key}", on_select="rerun", selection_mode="single-row", **look)
    rows = [row for row in picked.selection.rows if row < len(found)]
    with place:
        if st.button(
            _("Show in full"), icon=":material/visibility:", disabled=not rows, key=f"reveal_{key}", type="tertiary"
        ):
            one = found.iloc[rows[0]]
            masked = "　".join(str(one[name]) for name in ("community", "name", "phone", "document") if one[name])
            st.dialog(_("Show one person in full"))(_dialog)(int(one["id"]), masked)
        st.caption(_("Choose a row to see its name and telephone in full; each time is recorded with its purpose."))


def purpose(key: str) -> Purpose:
    """What somebody wants to see people for."""
    code = st.selectbox(
        _("What for"),
        list(reveals.PURPOSES),
        index=None,
        format_func=lambda one: _(reveals.PURPOSES[one]),
        placeholder=_("Choose"),
        key=f"{key}_purpose",
    )
    words = st.text_input(
        _("In words (without names)"), max_chars=reveals.LONGEST, key=f"{key}_words", autocomplete="off"
    )
    return Purpose(code or "", words)


def _dialog(callup: int, masked: str) -> None:
    """What is shown stands in this one run of the dialog and nowhere else: the next one draws it without."""
    actor = session.renew()
    st.markdown(tables.plain(masked))
    said = purpose("reveal")
    st.caption(
        _("Your account, the time, the row and the purpose are recorded. It closes after {n} s.", n=reveals.SECONDS)
    )
    if not st.button(_("Show"), type="primary", icon=":material/visibility:", key="reveal_show"):
        return
    try:
        person = reveals.reveal(actor, callup, said)
    except (RevealError, AccountError) as refusal:
        st.error(tables.plain(str(refusal)), icon=":material/warning:")
        return
    _draw(person)
    _close(time.monotonic())


def _draw(person: Person) -> None:
    rows = [
        (_("Name"), person.name),
        (_("Telephone"), person.phone),
        (_("Document, last four"), person.last4),
        (_("Liaison"), " ".join(part for part in (person.liaison, person.liaison_phone) if part)),
    ]
    with st.container(key="revealed"):
        tables.draw(("", ""), [(name, value or figures.MISSING) for name, value in rows], header=False)


@st.fragment(run_every=reveals.SECONDS)
def _close(shown: float) -> None:
    """Draws nothing the first time; when it runs again, the page is drawn anew, and the dialog is gone."""
    if st.session_state.get("reveal_shown") == shown:
        session.again()
    st.session_state["reveal_shown"] = shown
