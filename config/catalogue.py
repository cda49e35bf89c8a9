"""The catalogue: workstreams and their indicators, read once from ``workstreams/*.toml``.

A lookup answers or raises; it never returns None. Checklist, themes and cadences are offered here too, so
that a caller needs one import.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from config.checklist import (
    Checklist,
    ChecklistItem,
    UnknownItemError,
    checklist,
    checklist_item,
)
from config.declarations import ConfigError, Text, UnknownNameError, entries, fold, nearest, parse, read
from config.indicators import Indicator, Workstream
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


@dataclass(frozen=True)
class Catalogue:
    """All workstreams, in the order of the matrix."""

    workstreams: tuple[Workstream, ...]
    _codes: dict[str, Indicator] = field(default_factory=dict, repr=False)
    _names: dict[str, tuple[Indicator, ...]] = field(default_factory=dict, repr=False)
    _slugs: dict[str, Workstream] = field(default_factory=dict, repr=False)

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        """All indicators, in the order of the files; those switched off are included."""
        return tuple(item for workstream in self.workstreams for item in workstream.indicators)

    def indicator(self, code: str) -> Indicator:
        """The indicator with this code; case and full-width do not matter. Raises UnknownIndicatorError."""
        found = self._codes.get(fold(code))
        if found is None:
            raise UnknownIndicatorError(code, self._near(code))
        return found

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
    """One workstream file; its name is the slug. Raises ConfigError naming file, indicator and field."""
    values = read(path)
    indicators = tuple(
        parse(Indicator, {"workstream": path.stem} | entry, path, str(entry.get("code", "")))
        for entry in entries(values, "indicator", path)
    )
    head = {key: value for key, value in values.items() if key != "indicator"}
    return parse(Workstream, head | {"slug": path.stem, "indicators": indicators}, path)


def load_catalogue(folder: Path) -> Catalogue:
    """All workstream files of ``folder``. Raises ConfigError naming file, indicator and field."""
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        raise ConfigError(folder.name, "", "", _("the folder holds no workstream file"))
    found = tuple(sorted((load_workstream(path) for path in paths), key=lambda item: (item.order, item.slug)))
    codes: dict[str, Indicator] = {}
    names: dict[str, tuple[Indicator, ...]] = {}
    slugs: dict[str, Workstream] = {}
    for workstream in found:
        file = f"{workstream.slug}.toml"
        written = (workstream.slug, workstream.zh, workstream.en, *workstream.aliases)
        for name in {fold(text) for text in written}:
            if name in slugs:
                reason = _("the name is used by {other} too", other=slugs[name].slug)
                raise ConfigError(file, "", "zh", reason)
            slugs[name] = workstream
        for item in workstream.indicators:
            if fold(item.code) in codes:
                other = codes[fold(item.code)].workstream
                raise ConfigError(file, item.code, "code", _("the code is used in {other} too", other=other))
            codes[fold(item.code)] = item
            for name in {fold(text) for text in (item.zh, item.en, *item.aliases)}:
                names[name] = (*names.get(name, ()), item)
    for item in codes.values():
        if item.alternative_to and fold(item.alternative_to) not in codes:
            reason = _("no such indicator: {name}", name=item.alternative_to)
            raise ConfigError(f"{item.workstream}.toml", item.code, "alternative_to", reason)
    return Catalogue(found, codes, names, slugs)


@lru_cache(maxsize=1)
def shipped() -> Catalogue:
    """The catalogue as it is shipped, without what a street declared itself. Raises ConfigError."""
    return load_catalogue(WORKSTREAMS)


_street: ContextVar[Catalogue | None] = ContextVar("street catalogue", default=None)


def using(street: Catalogue | None) -> None:
    """Let this thread speak of a street's own workstreams and indicators too; None: of the shipped ones only.

    One deployment may hold several streets. Whoever reads an account (``accounts.actor``) sets the catalogue of its
    street, and nothing reads or writes without having read an account first in its own thread: a page and a fragment
    at their beginning, a download when it is asked for, the command line when it starts.
    """
    _street.set(street)


def catalogue() -> Catalogue:
    """The catalogue of the street this thread acts for, or the shipped one. Raises ConfigError."""
    return _street.get() or shipped()


def extended(base: Catalogue, own: Iterable[Workstream], indicators: Iterable[Indicator]) -> Catalogue:
    """``base`` with a street's own workstreams at the end, and its indicators in the workstreams they name.

    What ``base`` calls by a name keeps that name; an indicator of a workstream that is not there is left out.
    """
    streams = {item.slug: item for item in (*base.workstreams, *own)}
    codes, names, slugs = dict(base._codes), dict(base._names), dict(base._slugs)
    for item in indicators:
        stream = streams.get(item.workstream)
        if stream is None or fold(item.code) in codes:
            continue
        matrix = stream.matrix or (item.matrix and stream.slug not in slugs)
        streams[stream.slug] = stream.model_copy(update={"indicators": (*stream.indicators, item), "matrix": matrix})
        codes[fold(item.code)] = item
        for name in {fold(text) for text in (item.zh, item.en, *item.aliases)}:
            names[name] = (*names.get(name, ()), item)
    for slug, name in [
        (one.slug, text) for one in streams.values() for text in (one.slug, one.zh, one.en, *one.aliases)
    ]:
        slugs.setdefault(fold(name), streams[slug])
    slugs = {name: streams[found.slug] for name, found in slugs.items()}
    return Catalogue(tuple(streams.values()), codes, names, slugs)


def workstreams(*, matrix: bool | None = None) -> tuple[Workstream, ...]:
    """The workstreams in order; with ``matrix=True`` only those the matrix shows by default."""
    return tuple(item for item in catalogue().workstreams if matrix in (None, item.matrix))


def indicators(*, enabled: bool | None = True) -> tuple[Indicator, ...]:
    """All indicators in use; ``enabled=None`` adds those switched off."""
    return tuple(item for item in catalogue().indicators if enabled in (None, item.enabled))


def workstream(name: str) -> Workstream:
    """The workstream with this slug, name or alias. Raises UnknownWorkstreamError."""
    return catalogue().workstream(name)


def indicator(code: str) -> Indicator:
    """The indicator with this code. Raises UnknownIndicatorError."""
    return catalogue().indicator(code)


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
    "checklist",
    "checklist_item",
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
