"""Choosing a password: the live checks, one's own change, and the change demanded after an administrator set one."""

from __future__ import annotations

import streamlit as st

from config.language import N_, _
from data_access import accounts
from data_access.accounts import AccountError, Actor
from pages.parts import style
from pages.parts.frame import session

MIN = 8


def problem(first: str, second: str) -> str | None:
    """What is wrong with a password typed twice, as a message to translate; None if nothing."""
    if len(first) < MIN:
        return N_("The password needs at least 8 characters.")
    if first != first.strip():  # the login takes blanks off both ends
        return N_("The password must not begin or end with a blank.")
    if first != second:
        return N_("The two passwords differ.")
    return None


def fields(prefix: str) -> tuple[str, str]:
    """Two password fields side by side with their live checks; what stands in them."""
    left, right = st.columns(2)
    with left:
        first = st.text_input(
            _("Password"), type="password", key=f"{prefix}_first", autocomplete="new-password", live=True
        )
        if not first:
            st.caption(_("At least {n} characters", n=MIN))
        elif len(first) < MIN:
            _note(False, _("{n} characters, {least} needed", n=len(first), least=MIN))
        else:
            _note(True, _("{n} characters, long enough", n=len(first)))
    with right:
        second = st.text_input(
            _("Once more"), type="password", key=f"{prefix}_second", autocomplete="new-password", live=True
        )
        if not second:
            st.caption(_("The same again"))
        elif first != second:
            _note(False, _("The two passwords differ."))
        else:
            _note(True, _("Both are the same"))
    return first, second


def _note(good: bool, text: str) -> None:
    st.caption(f":blue[:material/check: {text}]" if good else f":orange[:material/warning: {text}]")


def demand(actor: Actor) -> None:
    """The page of an account whose password an administrator has set: choose one's own first."""
    style.extra(".st-key-card_password {{ max-width: 720px; margin: 40px auto 0; padding: 24px; }}")
    with st.container(border=True, key="card_password"):
        st.title(_("Choose your own password"), anchor=False)
        st.caption(_("An administrator has set the present one. After this the board opens."))
        change(actor)
        st.button(_("Sign out"), icon=":material/logout:", type="tertiary", on_click=session.end)


def change(actor: Actor) -> None:
    """The fields and the button that change the acting account's own password; other windows are signed out."""
    current = st.text_input(_("Present password"), type="password", key="own_present", autocomplete="current-password")
    first, second = fields("own")
    if not st.button(_("Change password"), type="primary", key="own_change"):
        return
    wrong = problem(first, second)
    if wrong is None and session.check(actor.username, current) is None:
        wrong = N_("The present password is wrong.")
    if wrong is None:
        try:
            accounts.set_password(actor, actor.username, first)
        except AccountError as refusal:
            wrong = str(refusal)
    if wrong is not None:
        st.error(_(wrong), icon=":material/warning:")
        return
    session.begin(accounts.actor(actor.username))
    st.rerun()
