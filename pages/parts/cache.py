"""Answers and drawings that visitors share: never stale, and never personal.

The key holds what may make one visitor's answer differ from another's (street, role, a clerk's community, language;
of a drawing also light or dark). What asked the clock holds no longer than what it asked, because "late" and
"unreported" change with the clock alone (``config.clock.watched``); and whatever was read holds until somebody commits
what may change it (``data_access.freshness``). In a rush all runs speak of one moment a little back, and what they
ask is worked out anew behind them (``tide``). Lists of people are never shared: what is ``private`` stays in the
session that asked for it.
"""

from __future__ import annotations

import copy
import inspect
import logging
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Iterator
from concurrent.futures import Future, wait
from contextlib import AbstractContextManager, nullcontext, suppress
from contextvars import Context, ContextVar, copy_context
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime
from functools import wraps
from threading import Lock, Thread
from time import monotonic
from typing import Any, Concatenate, ParamSpec, TypeVar

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler
from pydantic import BaseModel
from streamlit.runtime.scriptrunner import get_script_run_ctx

from config import clock, language
from config.clock import Watch
from config.settings import settings
from data_access import database, privacy
from data_access.accounts import Actor, Role
from data_access.freshness import EVERY, Moment, Stamps, noted, read
from data_access.reports.view import View
from pages.parts import recording, style, tide
from pages.parts.frame import engine
from pages.parts.recording import Recording
from pages.parts.tide import Tide

P = ParamSpec("P")
R = TypeVar("R")

log = logging.getLogger("street.pages")

OWN, KNOWN = "own_answers", "known_moment"  # in the state of a session
WALL = 8.0  # seconds that the wall may stay behind; others as ``tide`` says
_ENTRIES = 8192  # thirty communities with their steps down, for each role and language; most are a few kilobytes
_AGAIN = 1024  # answers that are worked out beforehand in a rush
_PATIENCE = 4.0  # seconds in all that pages come first meanwhile
_Turn = AbstractContextManager[None]


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
        if not self.future.done():
            with engine.working_out():
                wait((self.future,))
        result = self.future.result()
        clock.holds(self.watch.until)
        read(self.kinds)
        return result


_answers: OrderedDict[Hashable, _Held] = OrderedDict()
_next: dict[Hashable, _Held] = {}  # answers as of a moment that the pages do not speak of yet
_lock = Lock()


@dataclass(frozen=True, slots=True)
class _Run:
    """What a run of a page knows from its beginning: where it reads, and the moment that it speaks of."""

    url: str
    written: int
    moment: Moment
    newest: Moment


_run: ContextVar[_Run | None] = ContextVar("run", default=None)
_tides: dict[str, Tide] = {}  # by address of the database


def begin() -> None:
    """A run of a page begins: it asks once how the data stand, and again only after a commit of its own."""
    url, written, newest = settings().url, database.written(), database.moment()
    here, context = _tides.setdefault(url, Tide()), get_script_run_ctx()
    if here.settled is not None and newest.version < here.settled.version:
        newest = database.moment()  # another run was quicker, unless a copy was brought back
    visit = st.session_state.get("visit") if context else None
    moment = here.speak(newest, context.session_id if context else "", visit)
    if moment is newest and _next:
        _move_on()
    if moment.version < written:
        moment = newest
    if context:
        moment = _known(moment, newest)
    _run.set(_Run(url, written, moment, newest))
    if here.rise():
        try:
            Thread(target=_catch_up, args=(url,), name="tide", daemon=True).start()
        except RuntimeError:  # no thread to be had
            here.fall()


def _known(moment: Moment, newest: Moment) -> Moment:
    """The moment for this visitor: nobody goes back, and the wall does not stay behind for long."""
    known, since = st.session_state.get(KNOWN, (moment, 0.0))
    if moment.version < known.version <= newest.version:
        moment = known
    if moment.version < newest.version and monotonic() - since > WALL and st.query_params.get("mode") == "screen":
        moment = newest
    if moment.version != known.version or not since:
        since = monotonic()
    st.session_state[KNOWN] = moment, since
    return moment


def at_least(version: int) -> None:
    """From here on this visitor speaks of no earlier data version: something was committed for it."""
    run = _run.get()
    if run is None or run.moment.version < version:
        _catch_on()


def newest(view: View, *kinds: str) -> None:
    """From here on this visitor speaks of how the data stand now: something is decided by them.

    Unless what has come in since are other ``kinds`` of sheet than it hangs on (none given: on any).
    """
    run, street = _run.get(), view.actor.street_id
    if run is None or run.newest.of(street).newer(run.moment.of(street), kinds or (EVERY,)):
        _catch_on()


def _catch_on() -> None:
    if get_script_run_ctx():
        st.session_state[KNOWN] = database.moment(), monotonic()
    begin()


def as_of(version: int, changed: datetime | None) -> tuple[int, datetime | None]:
    """What a page says of its figures: they hold what was in by this data version and time.

    Given those of the moment when they were asked for, which is later where pages stay behind.
    """
    run = _run.get()
    if run is None or run.moment.version >= run.newest.version:
        return version, changed
    changed = min(changed, run.moment.changed_at) if changed is not None else None
    return min(version, run.moment.version), changed


def behind(view: View) -> bool:
    """Whether more of the street has come in than this run speaks of."""
    run, street = _run.get(), view.actor.street_id
    return run is not None and view.as_of is None and run.newest.of(street) != run.moment.of(street)


def data_version() -> int:
    """The data version that this run speaks of."""
    return _moment().version


def _moment() -> Moment:
    run = _run.get()
    if run is None:
        return database.moment()
    if (run.url, run.written) != (settings().url, database.written()):
        begin()
        return _moment()
    return run.moment


def cached(report: Callable[P, R], *, own: bool = True) -> Callable[P, R]:
    """``report`` answered from memory while the data, the asker's scope and what it asked of the clock are the same.

    For functions of ``data_access.reports`` whose arguments can be hashed and whose answer names no person. Several
    visitors asking the same at once wait for one answer; each gets a copy of their own, unless ``own`` is False: then
    it is the one that all look at and nobody may change. Errors are not kept.
    """

    @wraps(report)
    def answer(*args: P.args, **kwargs: P.kwargs) -> R:
        def work() -> R:
            return report(*args, **kwargs)

        key = _key(report, args, kwargs)
        street = _street(args, kwargs)
        if not _own_only(args, kwargs):
            _note(key, street, work)
        found = _current(key, street, work, turn=engine.working_out)
        copied: R = _own(found) if own else found
        return copied

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
        reader, stamps = (view.actor.id, settings().url), _moment().of(view.actor.street_id)
        if st.session_state.get(OWN, (None,))[0] != reader:
            st.session_state[OWN] = (reader, {})
        answers: dict[Hashable, _Held] = st.session_state[OWN][1]
        for past in [
            key for key, held in tuple(answers.items()) if held.over(stamps)
        ]:  # nobody will ask for these again
            answers.pop(past, None)  # a run of this session that is to end may still do the same
        key = _key(report, (view, *args), kwargs)
        held = answers.get(key)
        if held is None:
            held = _Held(stamps)
            held.work_out(lambda: report(view, *args, **kwargs))
            answers[key] = held
        own: R = _own(held.answer())
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
        place = recording.place()
        if place is None:
            section(*args, **kwargs)
            return
        fresh = False

        def first() -> Recording | None:
            nonlocal fresh
            fresh = True
            return recording.record(lambda: section(*args, **kwargs))

        key = (*_key(section, args, kwargs), style.dark(), place)
        held = _current(key, _street(args, kwargs), first)
        if held is not None and not fresh:
            recording.play(held)
        elif not fresh:
            section(*args, **kwargs)

    return draw


def _current(key: Hashable, street: int | None, work: Callable[[], R], turn: Callable[[], _Turn] = nullcontext) -> R:
    """What holds at the moment that this run speaks of."""
    moment, here = _moment(), _tides.get(settings().url)
    ahead = here is not None and here.settled is not None and moment.version > here.settled.version
    return _answer(key, moment.of(street), work, turn=turn, ahead=ahead)


def _answer(
    key: Hashable,
    stamps: Stamps,
    work: Callable[[], R],
    *,
    turn: Callable[[], _Turn] = nullcontext,
    ahead: bool = False,
) -> R:
    """What is held under the key, else worked out once, however many ask. Whose worker failed works it out itself.

    ``turn``: within what it is worked out; ``ahead``: as of a later moment than the one that the pages speak of.
    """
    while True:
        with _lock:
            held = (_next.get(key) if ahead else None) or _answers.get(key)
            mine = held is None or held.over(stamps)
            if mine:
                held = _hold(key, _Held(stamps), _next if ahead else _answers)
            elif key in _answers:
                _answers.move_to_end(key)
        assert held is not None
        if mine:
            with turn():
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
            for answers in (_answers, _next):
                if answers.get(key) is held:
                    del answers[key]
        held.future.set_exception(problem)
        raise
    return result


def _hold(key: Hashable, held: _Held, answers: dict[Hashable, _Held]) -> _Held:
    answers[key] = held
    if answers is _answers:
        _answers.move_to_end(key)
        while len(_answers) > _ENTRIES:
            _answers.popitem(last=False)
    return held


# A rush --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Asked:
    """What somebody asked lately, so that it can be asked again as of a later moment."""

    url: str
    street: int | None
    everything: int  # as in ``Moment``: with what settings it was asked
    when: float
    context: Context  # language, settings of the street, clock
    work: Callable[[], Any]


_asked: OrderedDict[Hashable, _Asked] = OrderedDict()


def _note(key: Hashable, street: int | None, work: Callable[[], Any]) -> None:
    url = settings().url
    if url in _tides and _tides[url].crowded():
        with _lock:
            _asked[key] = _Asked(url, street, _moment().everything, monotonic(), copy_context(), work)
            _asked.move_to_end(key)
            while len(_asked) > _AGAIN or next(iter(_asked.values())).when < monotonic() - tide.LOOKING:
                _asked.popitem(last=False)


def _catch_up(url: str) -> None:
    """Work out what is being looked at as the data stand now, then let all pages speak of that; until nothing newer
    is known. What fails is left to whoever asks for it."""
    here = _tides[url]
    try:
        going = True
        while going:
            moment, done, patience = database.moment(), set[Hashable](), _PATIENCE
            while wanted := [each for each in _lately(url, moment) if each[0] not in done]:  # asked for meanwhile
                for key, asked in wanted:
                    began = monotonic()
                    if patience > 0:
                        engine.give_way()
                    patience -= monotonic() - began
                    asked.context.run(_anew, key, asked, moment)
                    done.add(key)
            _move_on()
            going = here.reached(moment)
    except BaseException as problem:
        here.fall()
        log.warning("what is looked at could not be worked out beforehand: %s", privacy.failure(problem))


def _move_on() -> None:
    """What was worked out beforehand is what the pages speak of."""
    with _lock:
        _answers.update(_next)
        _next.clear()


def _lately(url: str, moment: Moment) -> list[tuple[Hashable, _Asked]]:
    """What was asked lately and is not answered as of a moment.

    First what hangs on all sheets, as the status line does: no figure is older than it says. Then what was asked last.
    """
    wanted = []
    with _lock:
        for key, asked in _asked.items():
            held = _next.get(key) or _answers.get(key)
            late = asked.when < monotonic() - tide.LOOKING
            if held is None or late or asked.url != url or asked.everything != moment.everything:
                continue
            if held.over(moment.of(asked.street)):
                wanted.append((EVERY in held.kinds, asked.when, key, asked))
    wanted.sort(key=lambda each: each[:2], reverse=True)
    return [(key, asked) for _all, _when, key, asked in wanted]


def _anew(key: Hashable, asked: _Asked, moment: Moment) -> None:
    _run.set(_Run(asked.url, database.written(), moment, moment))
    with suppress(Exception):
        _current(key, asked.street, asked.work)


_NEVER = Stamps(0, {})  # of what has a stamp of its own in its key


def _street(args: tuple[Any, ...], kwargs: dict[str, Any]) -> int | None:
    """The street that is asked about; None: more than one."""
    return next((actor.street_id for actor in _actors(args, kwargs)), None)


def _own_only(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Whether the answer is a community clerk's alone: nobody else waits for it, so it is worked out when asked for."""
    return any(actor.role == Role.CLERK for actor in _actors(args, kwargs))


def _actors(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Iterator[Actor]:
    asked = (getattr(value, "actor", value) for value in (*args, *kwargs.values()))
    return (actor for actor in asked if isinstance(actor, Actor))


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
    """What of an argument makes a difference: of an account its street, role and community, never its name.

    Where one of a district visits, the street stands in the links too.
    """
    if isinstance(value, Actor):
        return (value.street_id, value.role, value.community_id, value.looking_back, value.visiting)
    if isinstance(value, View):
        return tuple(_scope(getattr(value, field.name)) for field in fields(value))
    if isinstance(value, list):
        return tuple(_scope(item) for item in value)
    assert isinstance(value, Hashable)
    return value


def _own(answer: Any) -> Any:
    """A copy that the asker may change. Of a frame a shallow one is enough, since pandas copies on write."""
    if answer is None or isinstance(answer, str | int | float | date):
        return answer
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
