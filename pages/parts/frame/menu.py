"""The account menu at the right of the navigation."""

from __future__ import annotations

import streamlit as st

from config.language import _
from data_access.accounts import ROLE_NAMES, Actor
from pages.parts.frame import password, session


def show(actor: Actor) -> None:
    """Who is signed in, the language switch, the own password, signing out."""
    with (
        st.container(key="account"),
        st.popover(_(ROLE_NAMES[actor.role]), icon=":material/account_circle:", type="tertiary"),
    ):
        st.markdown(f"**{actor.username}** · {actor.community or _(ROLE_NAMES[actor.role])}")
        session.choose_language()
        if st.button(_("Change password"), icon=":material/key:", key="menu_password", width="stretch"):
            st.dialog(_("Change password"))(_own_password)()
        st.button(_("Sign out"), icon=":material/logout:", key="menu_leave", width="stretch", on_click=session.end)


def _own_password() -> None:
    password.change(session.renew())
