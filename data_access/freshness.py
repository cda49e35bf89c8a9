"""What a report has read of what comes in by sheets, so that its answer outlives commits that do not touch it.

A commit of sheets changes the rows of their kinds, and what is kept of every sheet; any other commit may change
anything (``database.raise_version``). What a report reads is taken from its statements, so that no report can forget to
say it: the fact tables that stand in them and the kinds that they ask submissions for. Where a statement reads
submissions whose kind it does not name, or what is kept of every sheet, the answer hangs on all kinds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from data_access.schema import FACTS, ActionEvent, Batch, BatchFile, Finding, Submission, Workbook

EVERY = "*"  # sheets of all kinds

_KINDS = {made.__tablename__: kind for kind, made in FACTS.items()} | {ActionEvent.__tablename__: "actions"}
_OF_ALL = {made.__tablename__ for made in (Batch, BatchFile, Finding, Workbook)}
_COUNTER = re.compile(r"\bdata_version\.(version|changed_at)\b")
_TABLE = re.compile(r"(OUTER JOIN|FROM|JOIN|,)\s+(\w+)\b(?!\s*[.(])")
_BY_KIND = re.compile(rf"\b{Submission.__tablename__}\w*\.kind (=|IN)")


@dataclass(frozen=True, slots=True)
class Stamps:
    """The data version of the last commit that may have changed anything, and of the last that changed each kind."""

    everything: int
    kinds: Mapping[str, int]

    def newer(self, than: Stamps, kinds: Iterable[str]) -> bool:
        """Whether something that these ``kinds`` stand for has changed since."""
        asked = self.kinds if EVERY in kinds else kinds
        return self.everything > than.everything or any(
            self.kinds.get(kind, 0) > than.kinds.get(kind, 0) for kind in asked
        )


@dataclass(frozen=True, slots=True)
class Moment:
    """How the data stand: the data version and its time, that of the last commit that may have changed anything, and
    when what was last changed in each street (None: in any)."""

    version: int
    changed_at: datetime
    everything: int
    streets: Mapping[int | None, Stamps]

    def of(self, street_id: int | None) -> Stamps:
        """When what was last changed in a street (None: in any)."""
        return self.streets.get(street_id) or Stamps(self.everything, {})


_read: ContextVar[set[str] | None] = ContextVar("kinds_read", default=None)


@contextmanager
def noted() -> Iterator[set[str]]:
    """The kinds of sheet that are read inside the block, as they are read; the block around it is told in the end."""
    kinds: set[str] = set()
    token = _read.set(kinds)
    try:
        yield kinds
    finally:
        _read.reset(token)
        read(kinds)


def read(kinds: Iterable[str]) -> None:
    """Say that what is being worked out hangs on these kinds."""
    held = _read.get()
    if held is not None:
        held.update(kinds)


def asked(statement: str, values: Any) -> None:
    """A statement goes to the database."""
    held = _read.get()
    if held is not None:
        kinds, by_kind = _named(statement)
        held |= kinds
        if by_kind:
            held |= {value for value in _flat(values) if isinstance(value, str) and value in FACTS}


@lru_cache(maxsize=4096)
def _named(statement: str) -> tuple[frozenset[str], bool]:
    """The kinds that a statement hangs on whatever its values are, and whether it asks for kinds by value."""
    tables = [(how, name) for how, name in _TABLE.findall(statement) if name in _KINDS or name in _OF_ALL]
    submissions = sum(name == Submission.__tablename__ for _how, name in _TABLE.findall(statement))
    kinds = {_KINDS[name] for _how, name in tables if name in _KINDS}
    by_kind = len(_BY_KIND.findall(statement))
    joined = sum(name in _KINDS and how != "OUTER JOIN" for how, name in tables)
    if submissions > by_kind + joined or _COUNTER.search(statement) or any(name in _OF_ALL for _how, name in tables):
        kinds.add(EVERY)
    return frozenset(kinds), by_kind > 0


def _flat(values: Any) -> Iterator[Any]:
    for value in values.values() if isinstance(values, Mapping) else values or ():
        if isinstance(value, list | tuple):
            yield from value
        else:
            yield value
