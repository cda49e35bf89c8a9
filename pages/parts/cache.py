"""Answers and drawings that visitors share: never stale, and never personal.

The key holds what may make one visitor's answer differ from another's (street, role, a clerk's community, language;
of a drawing also light or dark). What asked the clock holds no longer than what it asked, because "late" and
"unreported" change with the clock alone (``config.clock.watched``); and whatever was read holds until somebody commits
what may change it (``data_access.freshness``). Lists of people are never shared: what is ``private`` stays in the
session that asked for it.
"""

from __future__ import annotations

import copy
import inspect
import itertools
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable
from concurrent.futures import Future
from contextvars import ContextVar
from dataclasses import dataclass, field, fields, is_dataclass
from functools import wraps
from threading import Lock
from typing import Any, Concatenate, ParamSpec, TypeVar

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler
from pydantic import BaseModel

from config import clock, language
from config.clock import Watch
from config.settings import settings
from data_access import database
from data_access.accounts import Actor
from data_access.freshness import EVERY, Stamps, noted, read
from data_access.reports.view import View
from pages.parts import style

P = ParamSpec("P")
R = TypeVar("R")

OWN = "own_answers"  # in the state of a session
_ENTRIES = 8192  # thirty communities with their steps down, for each role and language; most are a few kilobytes
_DRAWINGS = 4096


@dataclass
class _Held:
    """An answer, once it is there, and how long it holds: the clock, and what the data were that it hangs on."""

    stamps: Stamps
    watch: Watch = field(default_factory=Watch)
    kinds: Collection[str] = (EVERY,)
    future: Future[Any] = field(default_factory=Future)

    def over(self, stamps: Stamps) -> bool:
        """Whether it might be another, as the data stand by now."""
        return stamps.newer(self.stamps, self.kinds) or (self.future.done() and self.watch.over())

    def work_out(self, work: Callable[[], Any]) -> Any:
        """The answer, and what it hangs on."""
        with clock.watched() as watch, noted() as kinds:
            result = work()
        self.watch, self.kinds = watch, frozenset(kinds)
        self.future.set_result(result)
        return result

    def answer(self) -> Any:
        """The answer, once it is there; what is being worked out from it hangs on the same."""
        result = self.future.result()
        clock.holds(self.watch.until)
        read(self.kinds)
        return result


_answers: OrderedDict[Hashable, _Held] = OrderedDict()
_lock = Lock()
_began: ContextVar[tuple[str, int, int] | None] = ContextVar("data_version", default=None)


def begin() -> None:
    """A run of a page begins: it asks for the data version once, and again only after a commit of this process."""
    _began.set((settings().url, database.commits(), database.data_version()))


def data_version() -> int:
    """The data version that this run speaks of."""
    held = _began.get()
    if held is None:
        return database.data_version()
    if held[:2] != (settings().url, database.commits()):
        begin()
        return data_version()
    return held[2]


def cached(report: Callable[P, R]) -> Callable[P, R]:
    """``report`` answered from memory while the data, the asker's scope and what it asked of the clock are the same.

    For functions of ``data_access.reports`` whose arguments can be hashed and whose answer names no person. Several
    visitors asking the same at once wait for one answer; each gets a copy of their own. Errors are not kept.
    """

    @wraps(report)
    def answer(*args: P.args, **kwargs: P.kwargs) -> R:
        key = _key(report, args, kwargs)
        own: R = _own(_answer(key, _stamps(args, kwargs), lambda: report(*args, **kwargs)))
        return own

    return answer


def kept(report: Callable[P, R], stamp: str) -> Callable[P, R]:
    """As ``cached`` for a report of one street that speaks no language, until the street's ``stamp`` is another.

    So what is committed in one street does not make those of the others be asked again.
    """

    @wraps(report)
    def answer(*args: P.args, **kwargs: P.kwargs) -> R:
        asked = tuple(_scope(value) for value in args), tuple((name, _scope(kwargs[name])) for name in sorted(kwargs))
        key = (report.__module__, report.__qualname__, settings().url, stamp, *asked)
        own: R = _own(_answer(key, _NEVER, lambda: report(*args, **kwargs)))
        return own

    return answer


def private(report: Callable[Concatenate[View, P], R]) -> Callable[Concatenate[View, P], R]:
    """``report`` answered from the visitor's own session while its account and the data are the same.

    For what names people: nobody else's run can reach it, and it goes with the session, at the latest on signing out.
    """

    @wraps(report)
    def answer(view: View, /, *args: P.args, **kwargs: P.kwargs) -> R:
        reader, stamps = (view.actor.id, settings().url), _stamps((view,), {})
        if st.session_state.get(OWN, (None,))[0] != reader:
            st.session_state[OWN] = (reader, {})
        answers: dict[Hashable, _Held] = st.session_state[OWN][1]
        for past in [key for key, held in answers.items() if held.over(stamps)]:  # nobody will ask for these again
            del answers[past]
        key = _key(report, (view, *args), kwargs)
        if key not in answers:
            held = _Held(stamps)
            held.work_out(lambda: report(view, *args, **kwargs))
            answers[key] = held
        own: R = _own(answers[key].answer())
        return own

    return answer


def forget() -> None:
    """Let go of what was ``private``: somebody signs out."""
    st.session_state.pop(OWN, None)


def drawn(section: Callable[P, None]) -> Callable[P, None]:
    """A part of a page that is drawn from memory while ``cached`` would answer from it: what was sent is sent again.

    For functions that draw and do nothing else: no widgets that run the page again or hold a value, no state of the
    session, no lists of people. Their arguments can be hashed; they ask for their figures themselves, with ``cached``.
    """

    @wraps(section)
    def draw(*args: P.args, **kwargs: P.kwargs) -> None:
        fresh: list[int] = []

        def first() -> int:
            fresh.append(next(_numbers))
            _sent(fresh[0], section, args, kwargs)
            return fresh[0]

        number = _answer((*_key(section, args, kwargs), style.dark()), _stamps(args, kwargs), first)
        if not fresh:
            _sent(number, section, args, kwargs)

    return draw


_numbers = itertools.count(1)


@st.cache_data(max_entries=_DRAWINGS, show_spinner=False)
def _sent(number: int, _section: Callable[..., None], _args: Any, _kwargs: Any) -> None:
    """Draw, or let Streamlit send again what it sent when this number was drawn first."""
    _section(*_args, **_kwargs)


def _answer(key: Hashable, stamps: Stamps, work: Callable[[], R]) -> R:
    """What is held under the key, else worked out once, however many ask. Whose worker failed works it out itself."""
    while True:
        with _lock:
            held = _answers.get(key)
            mine = held is None or held.over(stamps)
            if mine:
                held = _answers[key] = _Held(stamps)
                while len(_answers) > _ENTRIES:
                    _answers.popitem(last=False)
            _answers.move_to_end(key)
        assert held is not None
        if mine:
            return _worked_out(key, held, work)
        try:
            result: R = held.answer()
        except BaseException:
            continue
        return result


def _worked_out(key: Hashable, held: _Held, work: Callable[[], R]) -> R:
    try:
        result: R = held.work_out(work)
    except BaseException as problem:
        with _lock:
            if _answers.get(key) is held:
                del _answers[key]
        held.future.set_exception(problem)
        raise
    return result


_NEVER = Stamps(0, {})  # of what has a stamp of its own in its key


def _stamps(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Stamps:
    """When what was last changed in the street that is asked about, as this run knows it."""
    data_version()
    actors = (getattr(value, "actor", value) for value in (*args, *kwargs.values()))
    street = next((actor.street_id for actor in actors if isinstance(actor, Actor)), None)
    return database.stamps(street)


def _key(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Hashable, ...]:
    return (
        inspect.unwrap(function).__code__.co_filename,  # each page calls itself __main__
        function.__qualname__,
        settings().url,
        language.current(),
        tuple(_scope(value) for value in args),
        tuple((name, _scope(value)) for name, value in sorted(kwargs.items())),
    )


def _scope(value: object) -> Hashable:
    """What of an argument makes a difference: of an account its street, role and community, never its name."""
    if isinstance(value, Actor):
        return (value.street_id, value.role, value.community_id, value.looking_back)
    if isinstance(value, View):
        return tuple(_scope(getattr(value, field.name)) for field in fields(value))
    if isinstance(value, list):
        return tuple(_scope(item) for item in value)
    assert isinstance(value, Hashable)
    return value


def _own(answer: Any) -> Any:
    """A copy that the asker may change. Of a frame a shallow one is enough, since pandas copies on write."""
    if isinstance(answer, pd.DataFrame | pd.Series):
        return copy.copy(answer)
    if isinstance(answer, BaseModel | Styler):  # a declaration, a table as it is drawn: nobody changes them
        return answer
    if type(answer) in (tuple, list):
        return type(answer)(_own(part) for part in answer)
    if is_dataclass(answer) and not isinstance(answer, type):
        own = copy.copy(answer)
        for part in fields(answer):
            object.__setattr__(own, part.name, _own(getattr(answer, part.name)))
        return own
    return copy.deepcopy(answer)
