"""The catalogue: workstreams and their indicators, read once from ``workstreams/*.toml``.

A lookup answers or raises; it never returns None. A street may change a definition from a day on, so the catalogue of
one day may differ from that of another: ask for the day that is spoken of. Checklist, themes and cadences are offered
here too, so that a caller needs one import.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from config import clock, workstream_files
from config.checklist import (
    Checklist,
    ChecklistItem,
    UnknownItemError,
    checklist,
    checklist_item,
)
from config.declarations import ConfigError, Text, UnknownNameError, fold, nearest
from config.indicators import Funnel, Indicator, Workstream
from config.language import N_, _
from config.yearbook import Cadence, Theme, Window, cadences, theme, themes, windows

WORKSTREAMS = Path(__file__).parent / "workstreams"


class UnknownIndicatorError(UnknownNameError):
    """No indicator bears this code or name."""

    message = N_("{name} is no indicator of the catalogue.")


class AmbiguousIndicatorError(UnknownNameError):
    """Several indicators bear this name; ``suggestions`` are their codes."""

    message = N_("{name} is the name of several indicators; give the code.")


class UnknownWorkstreamError(UnknownNameError):
    """No workstream bears this name."""

    message = N_("{name} is no workstream of the catalogue.")


# What a figure means: where one of these changes, the figures before and after are not the same thing.
_MEANING = frozenset(
    {
        *("kind", "numerator", "denominator", "factor", "unit", "comparator", "target"),
        *("period", "accrual", "slots", "window", "note"),
    }
)


@dataclass(frozen=True)
class Catalogue:
    """All workstreams as they are defined on a day, in the order of the matrix; ``on`` leads to other days."""

    workstreams: tuple[Workstream, ...]
    _codes: dict[str, Indicator] = field(default_factory=dict, repr=False)
    _names: dict[str, tuple[Indicator, ...]] = field(default_factory=dict, repr=False)
    _slugs: dict[str, Workstream] = field(default_factory=dict, repr=False)
    # the same street's catalogues by the day each begins; one list for all of them, empty where nothing ever changed
    _eras: list[tuple[date, Catalogue]] = field(default_factory=list, repr=False, compare=False)

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        """All indicators, in the order of the files; those switched off are included."""
        return tuple(item for workstream in self.workstreams for item in workstream.indicators)

    def on(self, day: date) -> Catalogue:
        """The catalogue as it is defined on ``day``."""
        if not self._eras:
            return self
        return self._eras[max(bisect_right(self._eras, day, key=lambda era: era[0]) - 1, 0)][1]

    def indicator(self, code: str, day: date | None = None) -> Indicator:
        """The indicator with this code (case and full-width do not matter) as it is defined on ``day``, or here.

        Raises UnknownIndicatorError, also where the street declared it from a later day on.
        """
        here = self if day is None else self.on(day)
        found = here._codes.get(code) or here._codes.get(fold(code))
        if found is None:
            raise UnknownIndicatorError(code, here._near(code))
        return found

    def breaks(self, code: str) -> tuple[date, ...]:
        """The days, in order, from which on the indicator means something else than before."""
        known = [(start, era._codes.get(fold(code))) for start, era in self._eras]
        return tuple(
            start
            for (_before, old), (start, new) in pairwise(known)
            if old is not None
            and new is not None
            and any(getattr(old, name) != getattr(new, name) for name in _MEANING)
        )

    def find(self, text: str, workstream: str | None = None) -> Indicator:
        """The indicator with this code, name (either language) or alias, within ``workstream`` where given.

        Raises UnknownIndicatorError, AmbiguousIndicatorError (a name that two workstreams use) or
        UnknownWorkstreamError.
        """
        slug = self.workstream(workstream).slug if workstream else None
        by_code = self._codes.get(fold(text))
        found = (by_code,) if by_code else self._names.get(fold(text), ())
        found = tuple(item for item in found if slug in (None, item.workstream))
        if not found:
            raise UnknownIndicatorError(text, self._near(text, slug))
        if len(found) > 1:
            raise AmbiguousIndicatorError(text, [item.code for item in found])
        return found[0]

    def workstream(self, name: str) -> Workstream:
        """The workstream with this slug, name (either language) or alias. Raises UnknownWorkstreamError."""
        found = self._slugs.get(fold(name))
        if found is None:
            raise UnknownWorkstreamError(name, nearest(name, [item.zh for item in self.workstreams]))
        return found

    def _near(self, text: str, slug: str | None = None) -> list[str]:
        chosen = [item for item in self.indicators if slug in (None, item.workstream)]
        return nearest(text, [name for item in chosen for name in (item.code, item.zh, item.en)])


def load_workstream(path: Path) -> Workstream:
    """One workstream file; its name is the slug. Raises ConfigError naming file, line, indicator and field."""
    return workstream_files.load(path)


def load_catalogue(folder: Path) -> Catalogue:
    """All workstream files of ``folder``. Raises ConfigError naming file, line, indicator and field."""
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        raise ConfigError(folder.name, "", "", _("the folder holds no workstream file"))
    return _indexed(workstream_files.load_all(paths))


def check(files: Iterable[Path] = (), folder: Path = WORKSTREAMS) -> list[ConfigError]:
    """Every fault of these workstream files beside those of ``folder``; of all of ``folder`` where none is given.

    A file takes the place of the one of the same name in the folder.
    """
    given = {path.name: path for path in files}
    beside = {path.name: path for path in folder.glob("*.toml")}
    _found, faults = workstream_files.examine_all((beside | given).values())
    return [fault for fault in faults if not given or fault.file in given]


def _indexed(found: tuple[Workstream, ...]) -> Catalogue:
    codes = {fold(item.code): item for stream in found for item in stream.indicators}
    names: dict[str, tuple[Indicator, ...]] = {}
    for item in codes.values():
        for name in _named(item):
            names[name] = (*names.get(name, ()), item)
    written = ((text, stream) for stream in found for text in (stream.slug, stream.zh, stream.en, *stream.aliases))
    return Catalogue(found, codes, names, {fold(text): stream for text, stream in written})


@lru_cache(maxsize=1)
def shipped() -> Catalogue:
    """The catalogue as it is shipped, without what a street declared itself. Raises ConfigError."""
    return load_catalogue(WORKSTREAMS)


_street: ContextVar[Catalogue | None] = ContextVar("street catalogue", default=None)


def using(street: Catalogue | None) -> None:
    """Let this thread speak of a street's own workstreams, indicators and definitions; None: of the shipped ones only.

    One deployment may hold several streets. Whoever reads an account (``accounts.actor``) sets the catalogue of its
    street, and nothing reads or writes without having read an account first in its own thread: a page and a fragment
    at their beginning, a download when it is asked for, the command line when it starts.
    """
    _street.set(street)


def catalogue(day: date | None = None) -> Catalogue:
    """The catalogue of the street this thread acts for, or the shipped one, on ``day`` (None: today). ConfigError."""
    found = _street.get() or shipped()
    return found.on(day or clock.today()) if found._eras else found


def extended(base: Catalogue, own: Iterable[Workstream], indicators: Iterable[Indicator]) -> Catalogue:
    """``base`` with a street's own workstreams at the end, and its indicators in the workstreams they name.

    An indicator or a workstream that ``base`` has already is defined anew in its place, and is still found by its old
    names; an indicator of a workstream that is not there is left out. What ``base`` calls by a name keeps that name.
    """
    shipped_slugs = {item.slug for item in base.workstreams}
    streams = {item.slug: item for item in base.workstreams}
    for stream in own:
        known = streams.get(stream.slug)
        streams[stream.slug] = stream if known is None else _renamed(known, stream)
    codes, names, slugs = dict(base._codes), dict(base._names), dict(base._slugs)
    for item in indicators:
        before = codes.get(fold(item.code))
        slug = item.workstream if before is None else before.workstream
        if slug not in streams:
            continue
        stream, held = streams[slug], streams[slug].indicators
        made = item if item.workstream == slug else item.model_copy(update={"workstream": slug})
        after = (*held, made) if before is None else tuple(made if one.code == before.code else one for one in held)
        matrix = stream.matrix or (made.matrix and slug not in shipped_slugs)
        streams[slug] = stream.model_copy(update={"indicators": after, "matrix": matrix})
        codes[fold(made.code)] = made
        for name in _named(made) | (set() if before is None else _named(before)):
            others = tuple(one for one in names.get(name, ()) if one.code != made.code)
            names[name] = (*others, made)
    for slug, name in [
        (one.slug, text) for one in streams.values() for text in (one.slug, one.zh, one.en, *one.aliases)
    ]:
        slugs.setdefault(fold(name), streams[slug])
    slugs = {name: streams[found.slug] for name, found in slugs.items()}
    return Catalogue(tuple(streams.values()), codes, names, slugs)


def dated(eras: Mapping[date, Catalogue]) -> Catalogue:
    """Catalogues of one street, each from its day on, as one that ``Catalogue.on`` leads through; the first of them."""
    joined: list[tuple[date, Catalogue]] = []
    joined.extend((start, replace(eras[start], _eras=joined)) for start in sorted(eras))
    return joined[0][1]


def _renamed(known: Workstream, head: Workstream) -> Workstream:
    aliases = tuple(dict.fromkeys((*head.aliases, *known.aliases, known.zh, known.en)))
    return head.model_copy(update={"indicators": known.indicators, "order": known.order, "aliases": aliases})


def _named(item: Indicator) -> set[str]:
    return {fold(text) for text in (item.zh, item.en, *item.aliases)}


def workstreams(*, matrix: bool | None = None, day: date | None = None) -> tuple[Workstream, ...]:
    """The workstreams in order, as defined on ``day`` (None: today); with ``matrix=True`` those the matrix shows.

    One of which nothing stands in the matrix is not shown there.
    """
    return tuple(item for item in catalogue(day).workstreams if matrix in (None, item.matrix and bool(item.shown)))


def indicators(*, enabled: bool | None = True, day: date | None = None) -> tuple[Indicator, ...]:
    """All indicators in use on ``day`` (None: today); ``enabled=None`` adds those switched off."""
    return tuple(item for item in catalogue(day).indicators if enabled in (None, item.enabled))


def workstream(name: str, day: date | None = None) -> Workstream:
    """The workstream with this slug, name or alias on ``day`` (None: today). Raises UnknownWorkstreamError."""
    return catalogue(day).workstream(name)


def indicator(code: str, day: date | None = None) -> Indicator:
    """The indicator with this code as defined on ``day`` (None: today). Raises UnknownIndicatorError."""
    return catalogue(day).indicator(code)


def find_indicator(text: str, workstream: str | None = None) -> Indicator:
    """The indicator with this code or name. Raises UnknownIndicatorError or AmbiguousIndicatorError."""
    return catalogue().find(text, workstream)


__all__ = [
    "AmbiguousIndicatorError",
    "Cadence",
    "Catalogue",
    "Checklist",
    "ChecklistItem",
    "ConfigError",
    "Funnel",
    "Indicator",
    "Text",
    "Theme",
    "UnknownIndicatorError",
    "UnknownItemError",
    "UnknownWorkstreamError",
    "Window",
    "Workstream",
    "cadences",
    "catalogue",
    "check",
    "checklist",
    "checklist_item",
    "dated",
    "extended",
    "find_indicator",
    "indicator",
    "indicators",
    "load_catalogue",
    "load_workstream",
    "shipped",
    "theme",
    "themes",
    "using",
    "windows",
    "workstream",
    "workstreams",
]
