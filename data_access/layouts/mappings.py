"""Remembered layouts: what the columns of one shape of sheet mean, kept for the street and handed on as TOML files.

A layout is said once by a supervisor; from then on every file of that shape goes through by itself. The same shape
again replaces what was said of it. Layouts hold headers, codes and words, never people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from config import clock
from config.catalogue import UnknownWorkstreamError, catalogue
from config.declarations import ConfigError, fold
from config.language import _
from data_access import audit, database
from data_access.accounts import Actor, Capability
from data_access.catalogue import catalogues, declared
from data_access.layouts import layout_files
from data_access.layouts.layout_files import MappingError, Packed
from data_access.schema import Account, ColumnMapping
from data_access.sheets import KINDS
from data_access.workbooks.layouts import fingerprint
from data_access.workbooks.model import Layout

_FIELDS = ("headers", "columns", "indicators", "constants", "values", "communities", "rows")


@dataclass(frozen=True, slots=True)
class Remembered:
    """A layout with the account that said it and when."""

    layout: Layout
    by: str
    at: datetime


def mappings(actor: Actor) -> list[Remembered]:
    """The street's layouts by name. NotAllowedError."""
    actor.require(Capability.UPLOAD)
    with database.reading() as connection:
        rows = connection.execute(
            select(ColumnMapping.__table__, Account.username)
            .join(Account, Account.id == ColumnMapping.account_id)
            .where(ColumnMapping.street_id == actor.street_id)
        ).all()
    found = [Remembered(_layout(row), row.username, row.created_at) for row in rows]
    return sorted(found, key=lambda one: one.layout.name)


def stored(connection: Connection, street_id: int) -> tuple[Layout, ...]:
    """The street's layouts, for the reader."""
    rows = connection.execute(
        select(ColumnMapping.__table__).where(ColumnMapping.street_id == street_id).order_by(ColumnMapping.id)
    )
    return tuple(_layout(row) for row in rows if row.kind in KINDS)


def mapping(actor: Actor, name: str) -> Remembered:
    """The layout of this name. MappingError; NotAllowedError."""
    found = next((one for one in mappings(actor) if fold(one.layout.name) == fold(name)), None)
    if found is None:
        raise MappingError("", "", _("There is no layout {name}.", name=name))
    return found


def remember(actor: Actor, layout: Layout) -> Layout:
    """Keep a layout for the street; what was said of the same shape before is replaced.

    MappingError names what is wrong with it, or a layout of another shape that bears the name; NotAllowedError.
    """
    actor.require(Capability.MAP_SHEETS)
    layout_files.check(layout)
    layout = replace(layout, shape=fingerprint(layout.headers))
    with database.writing() as connection:
        _require_free_name(connection, actor, layout)
        connection.execute(
            delete(ColumnMapping).where(ColumnMapping.street_id == actor.street_id, ColumnMapping.shape == layout.shape)
        )
        connection.execute(
            insert(ColumnMapping).values(
                street_id=actor.street_id,
                shape=layout.shape,
                kind=layout.kind,
                mapping={"name": layout.name} | {name: _plain(getattr(layout, name)) for name in _FIELDS},
                account_id=actor.id,
                created_at=clock.now(),
            )
        )
        database.raise_version(connection)
        audit.record(connection, actor, "layout_remembered", layout.name, kind=layout.kind, shape=layout.shape)
    return layout


def _require_free_name(connection: Connection, actor: Actor, layout: Layout) -> None:
    for other in stored(connection, actor.street_id):
        if fold(other.name) == fold(layout.name) and other.shape != layout.shape:
            reason = _("another layout bears this name; choose another name, or forget that one first")
            raise MappingError(layout.name, "name", reason)


def forget(actor: Actor, name: str) -> None:
    """Forget a layout; what was read by it stays. MappingError; NotAllowedError."""
    actor.require(Capability.MAP_SHEETS)
    shape = mapping(actor, name).layout.shape
    with database.writing() as connection:
        connection.execute(
            delete(ColumnMapping).where(ColumnMapping.street_id == actor.street_id, ColumnMapping.shape == shape)
        )
        database.raise_version(connection)
        audit.record(connection, actor, "layout_forgotten", name, shape=shape)


def export(actor: Actor, name: str) -> str:
    """A layout as a TOML file, with the street's own indicators that it speaks of. MappingError; NotAllowedError."""
    layout = mapping(actor, name).layout
    own = declared.own(actor)
    indicators = [one for one in own.indicators if one.code in layout.indicators]
    slugs = {one.workstream for one in indicators} | {layout.constants.get("workstream")}
    return layout_files.write(layout, [one for one in own.workstreams if one.slug in slugs], indicators)


def add(actor: Actor, text: str) -> Layout:
    """Take in a TOML file; see ``explain``. MappingError names line or field."""
    actor.require(Capability.MAP_SHEETS)
    with database.reading() as connection:
        catalogues.enter(connection, actor.street_id)
    return explain(actor, layout_files.parse(text))


def explain(actor: Actor, packed: Packed) -> Layout:
    """Declare what a layout brings and the street does not have, then remember it.

    An indicator that the street has under the same name in the same workstream is that one; a new one gets a code of
    this street. MappingError and ConfigError name the field; NotAllowedError.
    """
    actor.require(Capability.MAP_SHEETS)
    _look_through(actor, packed)
    streams = {one["slug"]: _workstream(actor, one) for one in packed.workstreams}
    codes = {one["code"]: _indicator(actor, one, streams) for one in packed.indicators}
    return remember(actor, _recoded(packed, streams, codes))


def _look_through(actor: Actor, packed: Packed) -> None:
    """All of it is looked at before any of it is kept."""
    layout = replace(packed.layout, shape=fingerprint(packed.layout.headers))
    brought = {one["slug"] for one in packed.workstreams}
    layout_files.check(layout, [one["code"] for one in packed.indicators], brought)
    with database.reading() as connection:
        catalogues.enter(connection, actor.street_id)
        _require_free_name(connection, actor, layout)
    names: set[tuple[str, str]] = set()
    for one in packed.indicators:
        if one["workstream"] not in brought:
            _known_workstream(one)
        declared.drafted(one["code"], one["workstream"], one["zh"], one.get("en", ""), **_fields(one))
        if (name := (one["workstream"], fold(one["zh"]))) in names:
            raise _same_twice(layout, one["zh"])
        names.add(name)


def _same_twice(layout: Layout, name: str) -> MappingError:
    return MappingError(layout.name, "indicators", _("Two columns mean the same: {columns}", columns=name))


def _workstream(actor: Actor, values: Mapping[str, Any]) -> str:
    try:
        return catalogue().workstream(values["zh"]).slug
    except UnknownWorkstreamError:
        return declared.declare_workstream(actor, values["zh"], values.get("en", ""), lead=values.get("lead", "")).slug


def _indicator(actor: Actor, values: Mapping[str, Any], streams: Mapping[str, str]) -> str:
    stream = catalogue().workstream(streams.get(values["workstream"], values["workstream"]))  # seen before
    for one in stream.enabled:
        if fold(one.zh) == fold(values["zh"]):
            if (one.kind, one.unit) == (values.get("kind", "count"), values["unit"]):
                return one.code
            reason = _("the street has {name} in another unit or of another kind; rename it in the file", name=one.zh)
            raise ConfigError("", values["code"], "zh", reason)
    return declared.declare_indicator(actor, stream.slug, values["zh"], values.get("en", ""), **_fields(values)).code


def _fields(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key not in ("code", "workstream", "zh", "en")}


def _known_workstream(values: Mapping[str, Any]) -> None:
    try:
        catalogue().workstream(values["workstream"])
    except UnknownWorkstreamError as unknown:
        raise MappingError("", f"indicator {values['code']}.workstream", str(unknown)) from None


def _recoded(packed: Packed, streams: Mapping[str, str], codes: Mapping[str, str]) -> Layout:
    layout = packed.layout
    constants = dict(layout.constants)
    if "workstream" in constants:
        constants["workstream"] = streams.get(constants["workstream"], constants["workstream"])
    indicators = {codes.get(code, code): parts for code, parts in layout.indicators.items()}
    if len(indicators) < len(layout.indicators):
        again = [one["zh"] for one in packed.indicators if codes[one["code"]] in layout.indicators]
        raise _same_twice(layout, _(", ").join(again))
    return replace(layout, constants=constants, indicators=indicators)


def _layout(row: Any) -> Layout:
    values: dict[str, Any] = {name: row.mapping[name] for name in _FIELDS if name in row.mapping}
    values["headers"] = tuple(values["headers"])
    return Layout(row.mapping["name"], row.kind, shape=row.shape, **values)


def _plain(value: object) -> object:
    """As JSON holds it."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else value
