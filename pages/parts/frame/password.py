"""Choosing a password: the live checks, one's own change, and the change demanded after an administrator set one."""

from __future__ import annotations

import streamlit as st

from config.language import N_, _
from data_access import accounts
from data_access.access import passwords
from data_access.access.entry import WaitError, WrongError
from data_access.accounts import AccountError, Actor
from pages.parts import style
from pages.parts.frame import session


def problem(username: str, first: str, second: str) -> str | None:
    """What is wrong with a password typed twice for an account, as a message to translate; None if nothing."""
    wrong = passwords.problem(username, first)
    if wrong is None and first != second:
        return N_("The two passwords differ.")
    return wrong


def fields(prefix: str, username: str) -> tuple[str, str]:
    """Two password fields side by side with their live checks; what stands in them."""
    left, right = st.columns(2)
    with left:
        first = st.text_input(
            _("Password"), type="password", key=f"{prefix}_first", autocomplete="new-password", live=True
        )
        wrong = passwords.problem(username, first)
        if not first:
            st.caption(_("At least {n} characters", n=passwords.LEAST))
        elif len(first) < passwords.LEAST:
            _note(False, _("{n} characters, {least} needed", n=len(first), least=passwords.LEAST))
        elif wrong is not None:
            _note(False, _(wrong))
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
        st.button(_("Sign out"), icon=":material/logout:", type="tertiary", on_click=session.leave)


def change(actor: Actor) -> None:
    """The fields and the button that change the acting account's own password; other windows are signed out."""
    current = st.text_input(_("Present password"), type="password", key="own_present", autocomplete="current-password")
    first, second = fields("own", actor.username)
    if not st.button(_("Change password"), type="primary", key="own_change"):
        return
    wrong = problem(actor.username, first, second)
    if wrong is None:
        try:
            with session.whole():
                session.confirm(actor, current)
                accounts.set_password(actor, actor.username, first)
                session.begin(accounts.actor(actor.username))  # it has just shown its password
        except WrongError:
            wrong = N_("The present password is wrong.")
        except WaitError as refusal:
            wrong = _("Too many wrong tries. Wait {minutes} min and try again.", minutes=refusal.minutes)
        except AccountError as refusal:
            wrong = str(refusal)
    if wrong is not None:
        st.error(_(wrong), icon=":material/warning:")
        return
    st.rerun()
