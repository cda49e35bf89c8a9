"""The catalogue of each street: the shipped workstreams and indicators, and those the street declared or changed.

``accounts.actor`` enters the catalogue of the account's street, so that pages, reports, the reader and the command line
speak of its own entries like of any other, without asking for them. What a thread may see is held in a context variable
(``config.catalogue.using``): each run of a page is a thread of its own and begins by reading its account. Built anew
when an entry is made; each counts from its day on, so there is one catalogue per stretch of days between two changes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from threading import Lock
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, func, select

from config import catalogue, clock
from config.catalogue import Catalogue
from config.indicators import Indicator, Workstream
from config.settings import settings
from data_access.schema import CatalogueEntry, DataVersion

WORKSTREAM, INDICATOR = "workstream", "indicator"

# by street: the data version at which it was last looked at, what its entries were by then, and what they make
_known: dict[tuple[str, int], tuple[int, tuple[Any, ...], Catalogue | None]] = {}
_lock = Lock()


@dataclass(frozen=True, slots=True)
class Version:
    """A definition and the day from which it counts; date.min is from the beginning."""

    since: date
    made: Workstream | Indicator


_EVERYTHING = select(DataVersion.everything)


def enter(connection: Connection, street_id: int, as_of: datetime | None = None) -> None:
    """Let this thread speak the catalogue of a street, as it is known now or was known at a moment."""
    if as_of is not None:
        catalogue.using(_catalogue(connection, street_id, as_of))
        return
    version = connection.execute(_EVERYTHING).scalar_one()
    key = (settings().url, street_id)
    with _lock:
        held = _known.get(key)
    if held is None or held[0] != version:
        told = _told(connection, street_id)
        made = held[2] if held is not None and held[1] == told else _catalogue(connection, street_id)
        held = (version, told, made)
        with _lock:
            _known[key] = held
    catalogue.using(held[2])


def entries(connection: Connection, street_id: int, as_of: datetime | None = None) -> list[CatalogueEntry]:
    """All entries of the street in the order in which they begin to count; of one day's the last made comes last.

    Those made after ``as_of`` are left out, and one that was retired after it is in use.
    """
    query = select(CatalogueEntry.__table__).where(CatalogueEntry.street_id == street_id)
    if as_of is not None:
        query = query.where(CatalogueEntry.created_at <= as_of)
    rows = connection.execute(query.order_by(CatalogueEntry.id))
    found = [CatalogueEntry(**row._mapping) for row in rows]
    for entry in found:
        if as_of is not None and entry.retired_at is not None and entry.retired_at > as_of:
            entry.retired_at = None
    return sorted(found, key=lambda entry: entry.valid_from or date.min)


def versions(entry: CatalogueEntry) -> list[Version]:
    """What an entry says, and from when: its definition, and that it is in use no more once it was retired.

    Empty where it was declared by a version of the board that knew other fields.
    """
    model: type[Workstream | Indicator] = Workstream if entry.sort == WORKSTREAM else Indicator
    try:
        made = model.model_validate(entry.definition)
    except ValidationError:
        return []
    since = entry.valid_from or date.min
    if entry.retired_at is None or not isinstance(made, Indicator):
        return [Version(since, made)]
    # one that was retired is still known by name, so that its past can be looked at
    retired = Version(clock.local(entry.retired_at).date(), made.model_copy(update={"enabled": False, "matrix": False}))
    return [Version(since, made), retired] if since < retired.since else [Version(since, retired.made)]


def _told(connection: Connection, street_id: int) -> tuple[Any, ...]:
    """What changes with every entry that is made or retired, so that an upload does not build the catalogue anew."""
    query = select(func.count(), func.max(CatalogueEntry.id), func.max(CatalogueEntry.retired_at))
    return tuple(connection.execute(query.where(CatalogueEntry.street_id == street_id)).one())


def _catalogue(connection: Connection, street_id: int, as_of: datetime | None = None) -> Catalogue | None:
    told = [one for entry in entries(connection, street_id, as_of) for one in versions(entry)]
    if not told:
        return None
    told.sort(key=lambda version: version.since)
    days = {date.min, *(version.since for version in told)}
    return catalogue.dated({day: _on(day, told) for day in days})


def _on(day: date, told: Iterable[Version]) -> Catalogue:
    """The shipped catalogue with the last version of each code that counts on the day; codes in order of first use."""
    streams: dict[str, Workstream] = {}
    indicators: dict[str, Indicator] = {}
    for version in told:
        if version.since > day:
            break
        if isinstance(version.made, Workstream):
            streams[version.made.slug] = version.made
        else:
            indicators[version.made.code] = version.made
    return catalogue.extended(catalogue.shipped(), streams.values(), indicators.values())
