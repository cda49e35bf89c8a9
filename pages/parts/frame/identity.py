"""Single sign-on (OpenID Connect) by ``st.login``, where the office has one.

Streamlit keeps what the provider has said in a signed cookie of its own, for a month, whatever happens here. So one
such answer is one visit and no more: the visit's token follows from the answer, and once that visit is over, the answer
opens nothing; one has to go to the provider again. Accounts are linked beforehand, by an administrator.
"""

from __future__ import annotations

import json
import logging
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitAuthError

from config.language import N_, _
from config.settings import settings
from data_access.access import linked
from data_access.access.linked import UnknownError

log = logging.getLogger("street.access")

USED = N_("This answer of single sign-on has been used. Sign in there again.")


def arrived() -> str | None:
    """The token of the visit of whom the provider has sent, begun where it is new; None where nobody was sent.

    Where the provider's person has no account here, that is said on the login page.
    """
    answer = _answer()
    if answer is None or st.session_state.get("unlinked"):
        return None
    try:
        return linked.visit(
            str(answer.get(settings().oidc.claim) or ""), json.dumps(answer, sort_keys=True, default=str)
        )
    except UnknownError as refusal:
        st.session_state["unlinked"] = True  # said and recorded once
        st.session_state["message"] = str(refusal)
        return None


def _answer() -> dict[str, Any] | None:
    if not settings().oidc.on or not st.user.get("is_logged_in"):
        return None
    return dict(st.user.to_dict())


def button() -> None:
    """The way to the provider, on the login page."""
    if settings().oidc.on and st.button(
        _("Sign in with the office's single sign-on"), icon=":material/badge:", width="stretch", key="sign_in_single"
    ):
        try:
            st.login(settings().oidc.provider or None)
        except StreamlitAuthError as problem:
            log.error("single sign-on is not set up: %s", type(problem).__name__)
            st.error(
                _("Single sign-on is not set up completely. Sign in with the password."), icon=":material/warning:"
            )


def leave() -> None:
    """Forget the provider's answer too."""
    if _answer() is not None:
        st.logout()
