"""One visitor: the signed-in account, the cookie that remembers it, the language.

streamlit-authenticator checks the password and writes the cookie; everything it takes on trust is closed here: it is
given one name with a hash, for an unknown account one that nothing fits; tries are counted in the database
(``access.entry``); and its cookie carries no account but the token of a visit (``access.visits``), which the database
ends on signing out, on a change of password or role, and after a long pause. Role and visit are read on every run.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import replace
from functools import partial, wraps
from typing import Any, Concatenate, ParamSpec

import jwt
import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state import SafeSessionState
from streamlit_authenticator import Authenticate
from streamlit_authenticator.controllers import AuthenticationController

from config import language
from config.language import N_
from config.settings import settings
from data_access import privacy
from data_access.access import entry, visits
from data_access.accounts import AccountError, Actor
from data_access.inbox import queue
from data_access.office import districts
from pages.parts import cache, filters
from pages.parts.frame import identity, visitor

COOKIE = "street_board"
P = ParamSpec("P")
DAY = 1.0  # days the cookie of a visit lasts that falls idle by itself
ENDED = N_(
    "This session has ended: after a long pause, because of signing out elsewhere, or because the account was changed. "
    "Sign in again."
)
SIGNED_OUT = N_("You are signed out.")

Asker = Callable[[], Actor]

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
    cache.begin()
    seen = not st.session_state.pop("by_itself", False)
    actor = _resumed(seen) or _remembered(seen) or _identified()
    if actor is not None:
        cache.at_least(queue.written(actor))
    if actor is not None and st.session_state.get("identified"):
        actor = replace(actor, must_change=False)  # no password brought it here
    _entered.set(actor)
    return actor


def entered() -> Actor | None:
    """Whom the front door let in during this run; None where a page runs without it."""
    actor = _entered.get()
    return None if actor is None or actor.must_change else actor


def act(actor: Actor) -> None:
    """The account that was let in acts like this for the rest of the run."""
    _entered.set(actor)


def renew(*, seen: bool = True) -> Actor:
    """The first statement of a fragment or dialog that runs again by itself: it has passed no front door.

    Speaks the visitor's language, reads the account again and starts the whole page anew if the session has ended.
    ``seen``: whether this shows that somebody is there (``visits.resume``); not where only a clock has struck.
    """
    cache.begin()
    language.use(st.session_state.get("lang") or settings().language)
    actor = _resumed(seen)
    if actor is None:
        st.rerun(scope="app")
    cache.at_least(queue.written(actor))
    acting = filters.acting(actor)
    act(acting)
    return acting


def asker() -> Asker:
    """Who asks, for what the browser fetches outside the run of a page: each call reads the account of this visit.

    AccountError where the visit is over by then. So nothing made on request outlives the sign-in, also in a window
    that nobody has touched since. One of a district asks in the street that the page was drawn for.
    """
    carried, drawn_for = token(), _entered.get()

    def asking() -> Actor:
        actor = None if carried is None else visits.resume(carried)
        if actor is None:
            raise AccountError(ENDED)
        return districts.visit(actor, drawn_for.visiting) if drawn_for and drawn_for.visiting else actor

    return asking


def again() -> None:
    """Draw the whole page anew because something has changed, which does not show that somebody is there."""
    st.session_state["by_itself"] = True
    st.rerun(scope="app")


def clicked(callback: Callable[Concatenate[Actor, P], None]) -> Callable[P, None]:
    """``callback`` of a button, given the account as it is when the button is pressed.

    What a button does is done before the page is drawn, and so before the front door. Where the session has ended
    nothing is done, and the page that is drawn then is the login.
    """

    @wraps(callback)
    def pressed(*args: P.args, **kwargs: P.kwargs) -> None:
        language.use(st.session_state.get("lang") or settings().language)
        actor = _resumed(seen=True)
        if actor is not None:
            callback(filters.acting(actor), *args, **kwargs)

    return pressed


def heed() -> None:
    """From here on no click is forgotten, in the whole process: callbacks run to their end, and nothing comes before.

    Streamlit breaks a run off where the browser asks for another one meanwhile: right before it hands the click over,
    and at every look of a callback at ``st.session_state``. Whoever signed in while some part of the page was still
    arriving would have stayed in front of the door. It looks again right after the callbacks, and that is enough.
    """
    setattr(SafeSessionState, "on_script_will_rerun", _handed_over)  # noqa: B010


_hand_over = SafeSessionState.on_script_will_rerun


def _handed_over(state: SafeSessionState, *given: Any, **options: Any) -> None:
    with _unbroken(state):
        _hand_over(state, *given, **options)


@contextmanager
def whole() -> Iterator[None]:
    """As ``heed``, for what the page itself does because of a click; the other run follows. Nothing is drawn inside."""
    context = get_script_run_ctx()
    with _unbroken(context.session_state) if context else nullcontext():
        yield


@contextmanager
def _unbroken(state: SafeSessionState) -> Iterator[None]:
    asked = state._yield_callback
    object.__setattr__(state, "_yield_callback", lambda: None)  # its own __setattr__ writes into the session
    try:
        yield
    finally:
        object.__setattr__(state, "_yield_callback", asked)


def sign_in(username: str, password: str, *, stay: bool) -> None:
    """Sign in, or raise WrongError or WaitError; ``stay``: for some days, whether anybody is there or not."""
    right = _right(username, password)
    token = entry.enter(username, visitor.address(), right=right, lasting=stay)
    _carry(token, settings().stay_signed_in_days if stay else DAY)


def begin(actor: Actor) -> None:
    """Sign in an account that has just shown who it is: a new visit."""
    _carry(visits.begin(actor), DAY)


def _carry(token: str, days: float) -> None:
    st.session_state["visit"] = token
    st.session_state["username"] = token  # what the library writes into the cookie
    st.session_state["cookie"] = days
    for name in ("message", "detail", "identified"):
        st.session_state.pop(name, None)


def token() -> str | None:
    """What this session carries; None before signing in."""
    carried = st.session_state.get("visit")
    return carried if isinstance(carried, str) else None


def leave() -> None:
    """Sign out: the visit ends in the database, and with it every copy of its cookie."""
    carried = token()
    if carried is not None:
        visits.end(carried)
    end()


def end(message: str = SIGNED_OUT) -> None:
    """Forget the account here, delete the cookie, say why on the login page."""
    for name in ("visit", "identified", "detail"):
        st.session_state.pop(name, None)
    cache.forget()
    st.session_state["cookie"] = 0.0
    st.session_state["message"] = message
    if runtime.exists():  # what was made for a download keeps its address until the server has tidied up twice
        runtime.get_instance().media_file_mgr.remove_orphaned_files()
    identity.leave()


def confirm(actor: Actor, password: str) -> None:
    """The signed-in account shows once more that it knows its password; WrongError or WaitError."""
    entry.confirm(actor, visitor.address(), right=_right(actor.username, password))


def _right(username: str, password: str) -> bool:
    """Whether the password fits: the same work whoever is named."""
    known = {"usernames": {username: {"name": "", "email": "", "roles": [], "password": entry.password_hash(username)}}}
    library = AuthenticationController(known, auto_hash=False, secret_key=privacy.keys().cookie)
    return bool(library.login(username, password))


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
        key = privacy.keys().cookie
        library = Authenticate({"usernames": {}}, COOKIE, key, wish or 0.0, auto_hash=False)
        cookies = library.cookie_controller.cookie_model.cookie_manager
        if actor is not None:
            cookies.set = partial(cookies.set, secure=visitor.secure())
            library.cookie_controller.set_cookie()
        elif wish == 0:
            cookies.cookies.setdefault(COOKIE, "")
            library.cookie_controller.delete_cookie()


def _resumed(seen: bool) -> Actor | None:
    carried = token()
    if carried is None:
        return None
    actor = visits.resume(carried, seen=seen)
    if actor is None:
        end(ENDED)
    return actor


def _remembered(seen: bool) -> Actor | None:
    """Whose visit the cookie carries. It was read when this window was opened: a visit that is over stays over."""
    kept = st.context.cookies.get(COOKIE)
    if not kept:
        return None
    try:
        content = jwt.decode(kept, privacy.keys().cookie, algorithms=["HS256"])
        carried = str(content["username"])
        # the library counts in real time, also where the board's clock is held for training
        expired = float(content["exp_date"]) <= time.time()
    except (jwt.InvalidTokenError, KeyError, TypeError, ValueError):
        return None
    actor = None if expired else visits.resume(carried, seen=seen)
    if actor is not None:
        st.session_state["visit"] = carried
    return actor


def _identified() -> Actor | None:
    """Whom the office's single sign-on has sent."""
    carried = identity.arrived()
    if carried is None:
        return None
    actor = visits.resume(carried)
    if actor is None:
        st.session_state.setdefault("message", identity.USED)
    else:
        st.session_state["visit"], st.session_state["identified"] = carried, True
    return actor
