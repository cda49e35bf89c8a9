"""The login: nothing of the board is shown before it."""

from __future__ import annotations

import streamlit as st

from config.language import N_, _
from config.settings import settings
from data_access.access.entry import WaitError, WrongError
from pages.parts import style, tables
from pages.parts.frame import identity, session


def show() -> None:
    """The login page, at whatever address was asked for; after signing in that page opens."""
    style.extra(_CSS)
    with st.container(key="card_sign_in", horizontal_alignment="center"):
        with st.container(horizontal=True, horizontal_alignment="right"):
            session.choose_language()
        with st.container(key="sign_in", width=460):
            style.brand(46, 32)
            st.caption(_("Sign in to open the board."))
            _form()
            identity.button()
            st.divider()
            st.caption(":material/lock: " + _("Personal data is kept encrypted; every look at it is recorded."))
            st.caption(
                ":material/slideshow: " + _("On a shared screen use a leader account: it holds no personal data.")
            )
        st.caption(_("No figures are shown before signing in."), text_alignment="center")


def _form() -> None:
    with st.form("sign_in_form", border=False):
        st.text_input(_("Account"), key="sign_in_name", autocomplete="username")
        st.text_input(_("Password"), key="sign_in_password", type="password", autocomplete="current-password")
        message = st.session_state.get("message")
        if message:
            icon = ":material/info:" if message == session.SIGNED_OUT else ":material/warning:"
            with st.container(key="sign_in_message"):
                st.markdown(f":orange[{icon} **{tables.plain(_(message))}**]{_detail()}")
        st.form_submit_button(_("Sign in"), type="primary", width="stretch", on_click=_sign_in)
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.checkbox(
                _("Stay signed in here for {days} days", days=settings().stay_signed_in_days), key="sign_in_stay"
            )
            st.caption(_("Forgot the password? Ask an administrator."), width="content")


def _detail() -> str:
    """The second line of a message, kept with its fields so that it speaks whatever language is chosen."""
    text, fields = st.session_state.get("detail") or ("", {})
    return f"  \n{_(text, **fields)}" if text else ""


def _sign_in() -> None:
    """Runs before the page, so that this very run opens the page that was asked for."""
    name = st.session_state["sign_in_name"].strip().lower()
    try:
        session.sign_in(name, st.session_state["sign_in_password"], stay=st.session_state["sign_in_stay"])
    except WrongError as refusal:
        fields = {"n": refusal.tries, "left": refusal.left, "minutes": refusal.minutes}
        _refused(refusal, N_("{n} wrong so far; {left} more and you have to wait {minutes} min."), fields)
    except WaitError as refusal:
        _refused(refusal, N_("Wait {minutes} min and try again."), {"minutes": refusal.minutes})


def _refused(refusal: WrongError | WaitError, detail: str, fields: dict[str, int]) -> None:
    st.session_state["message"] = refusal.message
    st.session_state["detail"] = (detail, fields)


_CSS = """
.st-key-card_sign_in {{ min-height: calc(100vh - 64px); max-width: 720px; margin: 0 auto; padding: 24px;
  border: 1px solid {rule}; }}
.st-key-sign_in {{ margin-top: 2vh; }}
.st-key-sign_in_message {{ background: {act_tint}; border-radius: 8px; padding: 12px 16px; color: {act}; }}
[data-testid="stHeader"] {{ display: none; }}
[data-testid="stMainBlockContainer"] {{ padding-top: 24px; }}
.st-key-sign_in_form [data-testid="stMarkdownContainer"] {{ line-height: 1.6; }}
"""
