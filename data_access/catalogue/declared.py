"""Workstreams and indicators that a street declares itself, and definitions that it changes, each from a day on.

The system gives the codes of new ones (OWN-001, own-001). A changed definition is a version of its own: days before it
are judged by the one before. A retired indicator is asked for no more; what was reported on it stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import Connection, insert, select, update

from config import catalogue as catalogue_of_files
from config import clock
from config.catalogue import Catalogue, UnknownIndicatorError, catalogue
from config.declarations import ConfigError, Text, fold, parse
from config.indicators import Accrual, Comparator, Indicator, Kind, Period, Workstream
from config.language import _
from data_access import audit, database
from data_access.accounts import Actor, Capability
from data_access.catalogue import catalogues
from data_access.catalogue.catalogues import INDICATOR, WORKSTREAM
from data_access.schema import Account, CatalogueEntry

_FILE = Path("OWN")
_OFFICE = {"zh": "街道", "en": "the street office"}
_TABLE = {"zh": "所报表格", "en": "the table sent"}
_SLOTS: dict[str, int] = {"day": 365, "week": 52, "month": 12, "two_months": 6, "quarter": 4, "year": 1}
_TEXTS = frozenset({"numerator", "denominator", "evidence", "note", "lead"})
_HISTORY = [
    *("version", "valid_from", "definition", "target_text", "enabled", "matrix", "changed", "by", "made_at"),
]
_COMPARATORS: dict[str, Comparator] = {"zero": "=", "cap": "≤"}


@dataclass(frozen=True, slots=True)
class Own:
    """What a street declared itself; ``retired`` are the codes that are asked for no more."""

    workstreams: tuple[Workstream, ...]
    indicators: tuple[Indicator, ...]
    retired: frozenset[str]


def own(actor: Actor) -> Own:
    """The street's own workstreams and indicators, in the order of their codes."""
    actor.require(Capability.READ_BOARD)
    with database.reading() as connection:
        entries = catalogues.entries(connection, actor.street_id)
    shipped = catalogue_of_files.shipped()
    theirs = {one.code for one in shipped.indicators} | {one.slug for one in shipped.workstreams}
    latest = {(one.sort, one.code): one for one in entries if one.code not in theirs}
    ordered = [latest[key] for key in sorted(latest)]
    return Own(
        tuple(Workstream.model_validate(one.definition) for one in ordered if one.sort == WORKSTREAM),
        tuple(Indicator.model_validate(one.definition) for one in ordered if one.sort == INDICATOR),
        frozenset(one.code for one in ordered if one.retired_at is not None),
    )


def declare_workstream(actor: Actor, zh: str, en: str = "", *, lead: str = "") -> Workstream:
    """A new workstream of the street, after all others. ConfigError where another one bears the name; NotAllowedError.

    It stands in the matrix as soon as one of its indicators has a target.
    """
    actor.require(Capability.MAP_SHEETS)
    zh, en = zh.strip(), en.strip() or zh.strip()
    with database.writing() as connection:
        catalogues.enter(connection, actor.street_id)
        taken = {fold(name) for one in catalogue().workstreams for name in (one.slug, one.zh, one.en, *one.aliases)}
        if not zh or {fold(zh), fold(en)} & taken:
            reason = _("there is a workstream {name} already", name=zh) if zh else _("a name is needed")
            raise ConfigError("", zh, "zh", reason)
        slug = f"own-{_next(connection, actor, WORKSTREAM, 'own-'):03d}"
        order = max((one.order for one in catalogue().workstreams), default=0) + 1
        head = {"zh": lead, "en": lead} if lead else _OFFICE
        made = parse(Workstream, {"slug": slug, "order": order, "zh": zh, "en": en, "lead": head}, _FILE, zh)
        _store(connection, actor, WORKSTREAM, slug, made.model_dump(mode="json"))
    _renew(actor)
    return made


def declare_indicator(
    actor: Actor,
    workstream: str,
    zh: str,
    en: str = "",
    *,
    unit: str,
    kind: Kind = "count",
    period: Period = "day",
    accrual: Accrual = "snapshot",
    target: int | float | None = None,
    comparator: Comparator = "",
    numerator: str = "",
    denominator: str = "",
    valid_from: date | None = None,
) -> Indicator:
    """A new indicator of a workstream, shipped or the street's own, from a day on (None: from the beginning).

    ``target`` is per slot where ``accrual`` is per_period, of a rate in percent; with one it stands in the matrix.
    ConfigError names the field that is wrong; UnknownWorkstreamError; NotAllowedError.
    """
    actor.require(Capability.MAP_SHEETS)
    zh, en = zh.strip(), en.strip() or zh.strip()
    with database.writing() as connection:
        catalogues.enter(connection, actor.street_id)
        stream = catalogue().workstream(workstream)
        made = drafted(
            f"OWN-{_next(connection, actor, INDICATOR, 'OWN-'):03d}",
            stream.slug,
            zh,
            en,
            unit=unit,
            kind=kind,
            period=period,
            accrual=accrual,
            target=target,
            comparator=comparator,
            numerator=numerator,
            denominator=denominator,
        )
        _require_name(stream, made)
        _store(connection, actor, INDICATOR, made.code, made.model_dump(mode="json"), valid_from)
    _renew(actor)
    return made


def define(actor: Actor, code: str, valid_from: date, **changes: Any) -> Indicator:
    """A new version of an indicator, shipped or own, that counts from ``valid_from`` on until the next one.

    ``changes`` are fields of ``config.indicators.Indicator`` (a text of one language goes into both); all others stay
    as they are on that day. Where the indicator enters the matrix, the rule it competes with leaves it from the same
    day. What changes nothing is not kept. ConfigError names the field that is wrong; UnknownIndicatorError;
    NotAllowedError.
    """
    return define_all(actor, valid_from, {code: changes})[0]


def define_all(
    actor: Actor,
    valid_from: date,
    changes: Mapping[str, Mapping[str, Any]],
    added: Sequence[Mapping[str, Any]] = (),
) -> list[Indicator]:
    """``define`` for several indicators by their codes, and new ones (``added``) from the same day; all or none."""
    actor.require(Capability.SET_TARGETS)
    with database.writing() as connection:
        catalogues.enter(connection, actor.street_id)
        known = catalogue(valid_from)
        first = _next(connection, actor, INDICATOR, "OWN-")
        fresh = [new(known, f"OWN-{first + place:03d}", fields) for place, fields in enumerate(added)]
        made = [revised(known, code, fields) for code, fields in changes.items()]
        told = {item.code for item in made}
        rivals = [rival for item in made for rival in _rivals(known, item) if rival.code not in told]
        for item in (*made, *(rival.model_copy(update={"matrix": False}) for rival in rivals)):
            if item != known.indicator(item.code):
                values = item.model_dump(mode="json")
                _store(connection, actor, INDICATOR, item.code, values, valid_from, "indicator_defined")
        for item in fresh:
            _store(connection, actor, INDICATOR, item.code, item.model_dump(mode="json"), valid_from)
    _renew(actor)
    return [*made, *fresh]


def new(known: Catalogue, code: str, values: Mapping[str, Any]) -> Indicator:
    """A new indicator beside those of ``known``; what is not said of it is what most indicators are.

    ConfigError names the field that is wrong; UnknownWorkstreamError.
    """
    stream = known.workstream(str(values.get("workstream", "")))
    said = {name: _both(name, value) for name, value in values.items()}
    told = {"kind": "count", "unit": "", "basis": "setting", "period": "year", "accrual": "annual_total", **said}
    goal = {"comparator": _COMPARATORS.get(str(told["kind"]), "≥")} if told.get("target") is not None else {}
    made = parse(
        Indicator,
        {
            "zh": "",
            "evidence": _TABLE,
            "en": told.get("zh", ""),
            **goal,
            **told,
            "code": code,
            "workstream": stream.slug,
        },
        _FILE,
        str(told.get("zh", "")),
    )
    _require_name(stream, made)
    return made


def revised(known: Catalogue, code: str, changes: Mapping[str, Any]) -> Indicator:
    """The indicator of ``known`` with other fields. ConfigError names the one that is wrong; UnknownIndicatorError."""
    before = known.indicator(code)
    fixed = {"code", "workstream"} & changes.keys()
    if any(changes[name] != getattr(before, name) for name in fixed):
        raise ConfigError("", code, min(fixed), _("code and workstream of an indicator stay as they are"))
    values = {name: _both(name, value) for name, value in changes.items()}
    if changes.get("comparator", before.comparator) != before.comparator:
        values.setdefault("polarity", None)  # said anew by the comparator
    made = parse(Indicator, before.model_dump(mode="json") | values, _FILE, code)
    _require_name(known.workstream(before.workstream), made)
    return made


def define_workstream(actor: Actor, slug: str, valid_from: date, **changes: Any) -> Workstream:
    """A new version of a workstream's head (zh, en, lead, matrix, aliases, funnels), shipped or own, from a day on.

    ConfigError names the field that is wrong; UnknownWorkstreamError; NotAllowedError.
    """
    actor.require(Capability.SET_TARGETS)
    with database.writing() as connection:
        catalogues.enter(connection, actor.street_id)
        before = catalogue(valid_from).workstream(slug)
        values = before.model_dump(mode="json", exclude={"indicators"})
        made = parse(Workstream, values | {name: _both(name, value) for name, value in changes.items()}, _FILE, slug)
        if made != before.model_copy(update={"indicators": ()}):
            kept = made.model_dump(mode="json")
            _store(connection, actor, WORKSTREAM, before.slug, kept, valid_from, "workstream_defined")
    _renew(actor)
    return made


def history(actor: Actor, code: str) -> pd.DataFrame:
    """Every version of an indicator's definition, the first one first.

    Columns: version (Int64, from 1), valid_from (date; None: from the beginning), definition, target_text (words),
    enabled, matrix (bool), changed (codes of the fields that differ from the version before, in one text), by (the name
    of the account; empty for what was shipped), made_at (aware UTC or None). UnknownIndicatorError.
    """
    actor.require(Capability.READ_BOARD)
    with database.reading() as connection:
        catalogues.enter(connection, actor.street_id)
        bears = catalogue().on(date.max).indicator(code).code
        entries = [one for one in catalogues.entries(connection, actor.street_id) if one.code == bears]
        query = select(Account.id, Account.username).where(Account.street_id == actor.street_id)
        names = {row.id: row.username for row in connection.execute(query)}
    told: list[tuple[date, Indicator, str, datetime | None]] = []
    for entry in entries:
        for version in catalogues.versions(entry):
            if isinstance(version.made, Indicator):
                by, at = names.get(entry.account_id, ""), entry.created_at
                told.append((version.since, version.made, by, at if version.made.enabled else entry.retired_at or at))
    shipped = [one for one in catalogue_of_files.shipped().indicators if one.code == bears]
    told = [(date.min, one, "", None) for one in shipped] + sorted(told, key=lambda one: one[0])
    rows = [
        {
            "version": number,
            "valid_from": None if since == date.min else since,
            "definition": str(item.definition),
            "target_text": str(item.target_text),
            "enabled": item.enabled,
            "matrix": item.matrix,
            "changed": ", ".join(differing(told[number - 2][1], item)) if number > 1 else "",
            "by": by,
            "made_at": at,
        }
        for number, (since, item, by, at) in enumerate(told, start=1)
    ]
    return pd.DataFrame(rows, columns=_HISTORY).astype({"version": "Int64"})


def differing(before: Indicator, after: Indicator) -> list[str]:
    """The fields in which two versions differ."""
    return [name for name in Indicator.model_fields if getattr(before, name) != getattr(after, name)]


def drafted(
    code: str,
    workstream: str,
    zh: str,
    en: str = "",
    *,
    unit: str,
    kind: Kind = "count",
    period: Period = "day",
    accrual: Accrual = "snapshot",
    target: int | float | None = None,
    comparator: Comparator = "",
    numerator: str = "",
    denominator: str = "",
) -> Indicator:
    """An indicator as ``declare_indicator`` would make it. ConfigError names the field that is wrong."""
    goal = 0 if kind == "zero" else target
    values: dict[str, Any] = {
        "code": code,
        "workstream": workstream,
        "zh": zh,
        "en": en or zh,
        "kind": kind,
        "unit": unit,
        "period": period,
        "accrual": accrual,
        "target": goal,
        "comparator": comparator or (_COMPARATORS.get(kind, "≥") if goal is not None or kind == "cap" else ""),
        "basis": "setting",
        "slots": _SLOTS.get(period) if accrual == "per_period" else None,
        "evidence": _TABLE,
        "matrix": goal is not None,
    }
    for name, text in (("numerator", numerator), ("denominator", denominator)):
        if text or kind in ("rate", "score"):
            values[name] = Text(zh=text or zh, en=text or en or zh).model_dump()
    return parse(Indicator, values, _FILE, zh)


def retire(actor: Actor, code: str) -> None:
    """Ask for an indicator of the street's own no more; its past stays. UnknownIndicatorError; NotAllowedError."""
    actor.require(Capability.MAP_SHEETS)
    with database.writing() as connection:
        ended = connection.execute(
            update(CatalogueEntry)
            .where(
                CatalogueEntry.street_id == actor.street_id,
                CatalogueEntry.sort == INDICATOR,
                CatalogueEntry.code == code,
                CatalogueEntry.retired_at.is_(None),
            )
            .values(retired_at=clock.now())
        )
        if ended.rowcount == 0:
            raise UnknownIndicatorError(code)
        database.raise_version(connection)
        audit.record(connection, actor, "indicator_retired", code)
    _renew(actor)


def _require_name(stream: Workstream, made: Indicator) -> None:
    if not made.zh:
        raise ConfigError("", made.code, "zh", _("a name is needed"))
    if any(fold(made.zh) == fold(one.zh) for one in stream.enabled if one.code != made.code):
        raise ConfigError("", made.code, "zh", _("the workstream has an indicator {name} already", name=made.zh))


def _next(connection: Connection, actor: Actor, sort: str, prefix: str) -> int:
    codes = connection.execute(
        select(CatalogueEntry.code).where(CatalogueEntry.street_id == actor.street_id, CatalogueEntry.sort == sort)
    ).scalars()
    numbers = [int(code.removeprefix(prefix)) for code in codes if code.removeprefix(prefix).isdigit()]
    return max(numbers, default=0) + 1


def _rivals(known: Catalogue, item: Indicator) -> list[Indicator]:
    """The indicators in the matrix that are another rule for the same matter."""
    if not item.matrix:
        return []
    matter = item.alternative_to or item.code
    return [
        one
        for one in known.indicators
        if one.matrix and one.code != item.code and matter in (one.code, one.alternative_to)
    ]


def _both(name: str, value: Any) -> Any:
    """A text of one language where the field has both."""
    return {"zh": value, "en": value} if name in _TEXTS and isinstance(value, str) and value else value


def _store(
    connection: Connection,
    actor: Actor,
    sort: str,
    code: str,
    definition: dict[str, Any],
    valid_from: date | None = None,
    event: str = "",
) -> None:
    connection.execute(
        insert(CatalogueEntry).values(
            street_id=actor.street_id,
            sort=sort,
            code=code,
            definition=definition,
            valid_from=valid_from,
            account_id=actor.id,
            created_at=clock.now(),
        )
    )
    database.raise_version(connection)
    details = {} if valid_from is None else {"from": str(valid_from)}
    audit.record(connection, actor, event or f"{sort}_declared", code, **details)


def _renew(actor: Actor) -> None:
    """Speak of what was just declared; only now that it is committed, since what is built is kept for others."""
    with database.reading() as connection:
        catalogues.enter(connection, actor.street_id)
