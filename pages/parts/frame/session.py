"""One visitor: the signed-in account, the cookie that remembers it, the language.

streamlit-authenticator checks the password and writes the cookie; everything it takes on trust is closed here:
it is given a dictionary made from the database with hashed passwords only; an unknown account costs the same work
as a wrong password; the cookie is signed with a key that holds the account's generation, so that a changed
password or a disabled account ends it; and role and generation are read from the database again on every run.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from contextvars import ContextVar
from functools import lru_cache

import jwt
import streamlit as st
from streamlit_authenticator import Authenticate
from streamlit_authenticator.controllers import AuthenticationController

from config import language
from config.language import N_
from config.settings import settings
from data_access import accounts, privacy
from data_access.accounts import AccountError, Actor
from pages.parts import filters

COOKIE = "street_board"
ENDED = N_("This session has ended: the password was changed or the account was disabled. Sign in again.")
SIGNED_OUT = N_("You are signed out.")

_entered: ContextVar[Actor | None] = ContextVar("entered", default=None)


def speak() -> None:
    """Speak the visitor's language in this run and keep it in the address when it is not the office's own."""
    language.use(st.session_state.get("lang") or st.query_params.get("lang") or settings().language)
    spoken = language.current()
    st.session_state["lang"] = spoken
    if spoken != settings().language:
        st.query_params["lang"] = spoken
    elif "lang" in st.query_params:
        del st.query_params["lang"]


def choose_language() -> None:
    """The language switch."""
    st.session_state["language_choice"] = language.current()
    st.segmented_control(
        "语言 · Language",
        list(language.LANGUAGES),
        format_func=lambda code: language.LANGUAGES[code],
        key="language_choice",
        on_change=_switch_language,
        label_visibility="collapsed",
        required=True,
    )


def _switch_language() -> None:
    st.session_state["lang"] = st.session_state["language_choice"]


def enter() -> Actor | None:
    """Called by the front door on every run: the account that is signed in, read from the database just now."""
    actor = _resumed() or _remembered()
    _entered.set(actor)
    return actor


def entered() -> Actor | None:
    """Whom the front door let in during this run; None where a page runs without it."""
    actor = _entered.get()
    return None if actor is None or actor.must_change else actor


def renew() -> Actor:
    """The first statement of a fragment or dialog that runs again by itself: it has passed no front door.

    Speaks the visitor's language, reads the account again and starts the whole page anew if the session has ended.
    """
    language.use(st.session_state.get("lang") or settings().language)
    actor = _resumed()
    if actor is None:
        st.rerun(scope="app")
    _entered.set(actor)
    return filters.acting(actor)


def begin(actor: Actor, days: float | None = None) -> None:
    """Sign ``actor`` in; the cookie lasts ``days`` (None: as long as an idle session may)."""
    st.session_state["account"] = (actor.username, actor.generation)
    st.session_state["username"] = actor.username  # what the library writes into the cookie
    st.session_state["cookie"] = days or settings().idle_minutes / 1440
    st.session_state.pop("message", None)


def end(message: str = SIGNED_OUT) -> None:
    """Sign out: forget the account, delete the cookie, say why on the login page."""
    st.session_state.pop("account", None)
    # the cookie of the first request stays readable for as long as this window is open
    st.session_state["left"] = True
    st.session_state["cookie"] = 0.0
    st.session_state["message"] = message


def check(username: str, password: str) -> Actor | None:
    """The account if name and password are right, with the same work and the same answer whoever is named."""
    known = accounts.credentials()
    known["usernames"].setdefault(username, {"name": "", "email": "", "password": _nobody(), "roles": []})
    library = AuthenticationController(known, auto_hash=False, secret_key=privacy.keys().cookie)
    if not library.login(username, password):
        return None
    return accounts.actor(username)


@lru_cache(maxsize=1)
def _nobody() -> str:
    return accounts.hash_password(secrets.token_urlsafe(24))


def keep_cookie(actor: Actor | None) -> None:
    """Let the library write or delete the cookie; stays on the page until the browser has said that it is done.

    The library's component also answers once when it first appears, which runs the page again; so it stands at the
    same place before signing in, and no answer can cut the writing short.
    """
    wish = st.session_state.get("cookie")
    if (wish and st.session_state.get("set")) or (wish == 0 and st.session_state.get("delete")):
        del st.session_state["cookie"]
        wish = None
    with st.container(key="cookies"):  # always, so that nothing below moves and loses files that are on their way
        if actor is not None and not wish:
            return
        library = Authenticate(
            {"usernames": {}}, COOKIE, _cookie_key(actor) if actor else "", wish or 0.0, auto_hash=False
        )
        if actor is not None:
            library.cookie_controller.set_cookie()
        elif wish == 0:
            library.cookie_controller.cookie_model.cookie_manager.cookies.setdefault(COOKIE, "")
            library.cookie_controller.delete_cookie()


def _cookie_key(actor: Actor) -> str:
    message = f"{actor.username}:{actor.generation}".encode()
    return hmac.new(privacy.keys().cookie.encode(), message, hashlib.sha256).hexdigest()


def _resumed() -> Actor | None:
    if "account" not in st.session_state:
        return None
    username, generation = st.session_state["account"]
    try:
        actor = accounts.actor(username)
    except AccountError:
        actor = None
    if actor is None or actor.generation != generation:
        end(ENDED)
        return None
    return actor


def _remembered() -> Actor | None:
    """The account named by the cookie. Reading is ours, because the key depends on who is named."""
    token = None if st.session_state.get("left") else st.context.cookies.get(COOKIE)
    if not token:
        return None
    try:
        claimed = jwt.decode(token, options={"verify_signature": False})
        actor = accounts.actor(str(claimed["username"]))
        content = jwt.decode(token, _cookie_key(actor), algorithms=["HS256"])
        # the library counts in real time, also where the board's clock is held for training
        expired = float(content["exp_date"]) <= time.time()
    except (jwt.InvalidTokenError, AccountError, KeyError, TypeError, ValueError):
        return None
    if expired:
        return None
    st.session_state["account"] = (actor.username, actor.generation)
    return actor
