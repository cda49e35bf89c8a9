"""Workstreams and indicators that a street declares itself, on the spot, beside those that are shipped.

The system gives the codes (OWN-001, own-001). A retired indicator is asked for no more; what was reported on it stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select, update

from config import clock
from config.catalogue import UnknownIndicatorError, catalogue
from config.declarations import ConfigError, Text, fold, parse
from config.indicators import Accrual, Comparator, Indicator, Kind, Period, Workstream
from config.language import _
from data_access import audit, database
from data_access.accounts import Actor, Capability
from data_access.catalogue import catalogues
from data_access.catalogue.catalogues import INDICATOR, WORKSTREAM
from data_access.schema import CatalogueEntry

_FILE = Path("OWN")
_OFFICE = {"zh": "街道", "en": "the street office"}
_TABLE = {"zh": "所报表格", "en": "the table sent"}
_SLOTS: dict[str, int] = {"day": 365, "week": 52, "month": 12, "two_months": 6, "quarter": 4, "year": 1}
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
    return Own(
        tuple(Workstream.model_validate(one.definition) for one in entries if one.sort == WORKSTREAM),
        tuple(Indicator.model_validate(one.definition) for one in entries if one.sort == INDICATOR),
        frozenset(one.code for one in entries if one.retired_at is not None),
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
        slug = _next(connection, actor, WORKSTREAM, "own-")
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
) -> Indicator:
    """A new indicator of a workstream, shipped or the street's own.

    ``target`` is per slot where ``accrual`` is per_period, of a rate in percent; with one it stands in the matrix.
    ConfigError names the field that is wrong; UnknownWorkstreamError; NotAllowedError.
    """
    actor.require(Capability.MAP_SHEETS)
    zh, en = zh.strip(), en.strip() or zh.strip()
    with database.writing() as connection:
        catalogues.enter(connection, actor.street_id)
        stream = catalogue().workstream(workstream)
        if not zh or any(fold(zh) == fold(one.zh) for one in stream.enabled):
            reason = _("the workstream has an indicator {name} already", name=zh) if zh else _("a name is needed")
            raise ConfigError("", zh, "zh", reason)
        code = _next(connection, actor, INDICATOR, "OWN-")
        made = drafted(
            code,
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
        _store(connection, actor, INDICATOR, code, made.model_dump(mode="json"))
    _renew(actor)
    return made


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
        if text or kind == "rate":
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


def _next(connection: Connection, actor: Actor, sort: str, prefix: str) -> str:
    codes = connection.execute(
        select(CatalogueEntry.code).where(CatalogueEntry.street_id == actor.street_id, CatalogueEntry.sort == sort)
    ).scalars()
    numbers = [int(code.removeprefix(prefix)) for code in codes if code.removeprefix(prefix).isdigit()]
    return f"{prefix}{max(numbers, default=0) + 1:03d}"


def _store(connection: Connection, actor: Actor, sort: str, code: str, definition: dict[str, Any]) -> None:
    connection.execute(
        insert(CatalogueEntry).values(
            street_id=actor.street_id,
            sort=sort,
            code=code,
            definition=definition,
            account_id=actor.id,
            created_at=clock.now(),
        )
    )
    database.raise_version(connection)
    audit.record(connection, actor, f"{sort}_declared", code)


def _renew(actor: Actor) -> None:
    """Speak of what was just declared; only now that it is committed, since what is built is kept for others."""
    with database.reading() as connection:
        catalogues.enter(connection, actor.street_id)
