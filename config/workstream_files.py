"""Reading the workstream files: every fault with its file, line, indicator and field, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

from config import places
from config.declarations import ConfigError, Named, fold, parse, read
from config.faults import perhaps
from config.indicators import Funnel, Indicator, Workstream
from config.language import _

Entry = TypeVar("Entry", Indicator, Funnel)


def load(path: Path) -> Workstream:
    """One workstream file; its name is the slug. Raises ConfigError for the first fault."""
    found, faults = examine(path)
    if found is None:
        raise faults[0]
    return found


def load_all(paths: Iterable[Path]) -> tuple[Workstream, ...]:
    """Several workstream files in the order of the matrix. Raises ConfigError for the first fault."""
    found, faults = examine_all(paths)
    if faults:
        raise faults[0]
    return found


def examine(path: Path) -> tuple[Workstream | None, list[ConfigError]]:
    """A workstream file (None where it cannot be used) and all its faults, in the order of the file."""
    try:
        values = read(path)
    except ConfigError as fault:
        return None, [fault]
    faults: list[ConfigError] = []
    indicators = _tables(Indicator, {"workstream": path.stem}, values, path, faults)
    funnels = _tables(Funnel, {}, values, path, faults)
    if "indicator" not in values:
        remedy = _("Add a table [[indicator]] for each indicator.")
        reason = _("at least one [[{table}]] is needed", table="indicator")
        faults.append(ConfigError(path.name, "", "indicator", reason, line=1, remedy=remedy))
    head = {key: value for key, value in values.items() if key not in ("indicator", "funnel")}
    found: Workstream | None = None
    try:
        values = {**head, "slug": path.stem, "indicators": indicators, "funnels": funnels}
        found = parse(Workstream, values, path, table="")
    except ConfigError as fault:
        faults += fault.all
    faults.sort(key=lambda fault: fault.line)
    return (None if faults else found), faults


def examine_all(paths: Iterable[Path]) -> tuple[tuple[Workstream, ...], list[ConfigError]]:
    """The usable workstreams in the order of the matrix, and the faults of all files: also what two of them share."""
    found: list[tuple[Path, Workstream]] = []
    faults: list[ConfigError] = []
    for path in sorted(paths, key=lambda one: one.name):
        stream, wrong = examine(path)
        faults += wrong
        if stream is not None:
            found.append((path, stream))
    found.sort(key=lambda pair: (pair[1].order, pair[1].slug))
    faults += _same_names(found) + _same_codes(found) + _lost_codes(found)
    return tuple(stream for _path, stream in found), faults


def _tables(
    model: type[Entry], common: dict[str, Any], values: dict[str, Any], path: Path, faults: list[ConfigError]
) -> tuple[Entry, ...]:
    table = model.__name__.lower()
    given = values.get(table, [])
    if not isinstance(given, list) or not all(isinstance(entry, dict) for entry in given):
        reason = _("at least one [[{table}]] is needed", table=table)
        faults.append(ConfigError(path.name, "", table, reason, line=places.line_of(path, table, 0, "")))
        return ()
    made: list[Entry] = []
    for index, entry in enumerate(given):
        try:
            made.append(parse(model, common | entry, path, str(entry.get("code", "")), table=table, index=index))
        except ConfigError as fault:
            faults += fault.all
    return tuple(made)


def _same_names(found: list[tuple[Path, Workstream]]) -> list[ConfigError]:
    """Two workstreams that bear one name."""
    faults: list[ConfigError] = []
    taken: dict[str, Workstream] = {}
    for path, stream in found:
        names = {fold(text) for text in (stream.slug, stream.zh, stream.en, *stream.aliases)}
        other = next((taken[name] for name in names if name in taken), None)
        if other is not None:
            reason = _("the name is used by {other} too", other=other.slug)
            faults.append(ConfigError(path.name, "", "zh", reason, line=places.line_of(path, "", 0, "zh")))
        taken |= dict.fromkeys(names - taken.keys(), stream)
    return faults


def _same_codes(found: list[tuple[Path, Workstream]]) -> list[ConfigError]:
    """Two indicators, or two funnels, that bear one code."""
    faults: list[ConfigError] = []
    taken: dict[tuple[str, str], str] = {}
    for path, stream in found:
        tables: dict[str, tuple[Indicator | Funnel, ...]]
        tables = {"indicator": stream.indicators, "funnel": stream.funnels}
        for table, items in tables.items():
            for index, item in enumerate(items):
                other = taken.setdefault((table, fold(item.code)), stream.slug)
                if other == stream.slug and [fold(one.code) for one in items].index(fold(item.code)) == index:
                    continue
                reason = _("the code is used in {other} too", other=other)
                line = places.line_of(path, table, index, "code")
                remedy = _("Give each its own code.")
                faults.append(ConfigError(path.name, item.code, "code", reason, line=line, remedy=remedy))
    return faults


def _lost_codes(found: list[tuple[Path, Workstream]]) -> list[ConfigError]:
    """Codes that lead nowhere: of a competing rule, of a step of a funnel."""
    known = {fold(item.code): item.code for _path, stream in found for item in stream.indicators}
    named: list[tuple[Path, str, int, Named, str, str]] = []
    for path, stream in found:
        for index, item in enumerate(stream.indicators):
            if item.alternative_to:
                named.append((path, "indicator", index, item, "alternative_to", item.alternative_to))
        for index, funnel in enumerate(stream.funnels):
            named += [(path, "funnel", index, funnel, "steps", code) for code in funnel.steps]
    return [
        ConfigError(
            path.name,
            str(getattr(entry, "code", "")),
            field,
            _("no such indicator: {name}", name=code),
            line=places.line_of(path, table, index, field),
            remedy=perhaps(code, known.values()),
        )
        for path, table, index, entry, field, code in named
        if fold(code) not in known
    ]
