"""Answers shared between visitors: never stale, because the data version is part of the key, and never personal.

The key holds what may make one visitor's answer differ from another's (street, role, a clerk's community, language)
and the minute, because "late" and "unreported" change with the clock alone. Lists of people are never passed
through here: a page asks for them itself, each time.
"""

from __future__ import annotations

import copy
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import fields
from functools import wraps
from threading import Lock
from typing import Any, ParamSpec, TypeVar

import pandas as pd

from config import clock, language
from config.settings import settings
from data_access import database
from data_access.accounts import Actor
from data_access.reports.view import View

P = ParamSpec("P")
R = TypeVar("R")

_ENTRIES = 512
_answers: OrderedDict[Hashable, Future[Any]] = OrderedDict()
_lock = Lock()


def cached(report: Callable[P, R]) -> Callable[P, R]:
    """``report`` answered from memory while the data, the asker's scope and the minute are the same.

    For functions of ``data_access.reports`` whose arguments can be hashed and whose answer names no person. Several
    visitors asking the same at once wait for one answer; each gets a copy of their own. Errors are not kept.
    """

    @wraps(report)
    def answer(*args: P.args, **kwargs: P.kwargs) -> R:
        key = (
            report.__module__,
            report.__qualname__,
            settings().url,
            database.data_version(),
            language.current(),
            clock.now().replace(second=0, microsecond=0),
            tuple(_scope(value) for value in args),
            tuple((name, _scope(value)) for name, value in sorted(kwargs.items())),
        )
        return _own(_answer(key, lambda: report(*args, **kwargs)))

    return answer


def kept(report: Callable[P, R], stamp: str) -> Callable[P, R]:
    """As ``cached`` for a report of one street that speaks no language, until the street's ``stamp`` is another.

    So what is committed in one street does not make those of the others be asked again.
    """

    @wraps(report)
    def answer(*args: P.args, **kwargs: P.kwargs) -> R:
        asked = tuple(_scope(value) for value in args), tuple((name, _scope(kwargs[name])) for name in sorted(kwargs))
        key = (report.__module__, report.__qualname__, settings().url, stamp, *asked)
        return _own(_answer(key, lambda: report(*args, **kwargs)))

    return answer


def _answer(key: Hashable, work: Callable[[], R]) -> R:
    with _lock:
        future = _answers.get(key)
        mine = future is None
        if future is None:
            future = _answers[key] = Future()
            while len(_answers) > _ENTRIES:
                _answers.popitem(last=False)
        else:
            _answers.move_to_end(key)
    if mine:
        try:
            future.set_result(work())
        except BaseException as problem:
            with _lock:
                _answers.pop(key, None)
            future.set_exception(problem)
    result: R = future.result()
    return result


def _scope(value: object) -> Hashable:
    """What of an argument makes a difference: of an account its street, role and community, never its name."""
    if isinstance(value, Actor):
        return (value.street_id, value.role, value.community_id)
    if isinstance(value, View):
        return tuple(_scope(getattr(value, field.name)) for field in fields(value))
    if isinstance(value, list):
        return tuple(_scope(item) for item in value)
    assert isinstance(value, Hashable)
    return value


def _own(answer: R) -> R:
    # a shallow copy of a frame is enough: pandas copies on write
    return copy.copy(answer) if isinstance(answer, pd.DataFrame) else copy.deepcopy(answer)
