"""The catalogue of each street: the shipped workstreams and indicators, and those the street declared itself.

``accounts.actor`` enters the catalogue of the account's street, so that pages, reports, the reader and the command line
speak of its own entries like of any other, without asking for them. What a thread may see is held in a context variable
(``config.catalogue.using``): each run of a page is a thread of its own and begins by reading its account. Built once
per data version and day.
"""

from __future__ import annotations

from datetime import date
from threading import Lock

from pydantic import ValidationError
from sqlalchemy import Connection, or_, select

from config import catalogue, clock
from config.catalogue import Catalogue
from config.indicators import Indicator, Workstream
from config.settings import settings
from data_access.schema import CatalogueEntry, DataVersion

WORKSTREAM, INDICATOR = "workstream", "indicator"

_known: dict[tuple[str, int], tuple[int, date, Catalogue | None]] = {}
_lock = Lock()


def enter(connection: Connection, street_id: int) -> None:
    """Let this thread speak the catalogue of a street."""
    version, today = connection.execute(select(DataVersion.version)).scalar_one(), clock.today()
    key = (settings().url, street_id)
    with _lock:
        held = _known.get(key)
    if held is None or held[:2] != (version, today):
        held = (version, today, _catalogue(connection, street_id, today))
        with _lock:
            _known[key] = held
    catalogue.using(held[2])


def entries(connection: Connection, street_id: int, day: date | None = None) -> list[CatalogueEntry]:
    """The street's own entries, for each code the latest one whose day has come by ``day`` (None: of all days)."""
    query = select(CatalogueEntry.__table__).where(CatalogueEntry.street_id == street_id)
    if day is not None:
        query = query.where(or_(CatalogueEntry.valid_from.is_(None), CatalogueEntry.valid_from <= day))
    rows = connection.execute(query.order_by(CatalogueEntry.id))
    latest = {(row.sort, row.code): CatalogueEntry(**row._mapping) for row in rows}
    return list(latest.values())


def _catalogue(connection: Connection, street_id: int, day: date) -> Catalogue | None:
    streams: list[Workstream] = []
    indicators: list[Indicator] = []
    for entry in entries(connection, street_id, day):
        try:
            if entry.sort == WORKSTREAM:
                streams.append(Workstream.model_validate(entry.definition))
            else:
                indicators.append(_indicator(entry))
        except ValidationError:  # declared by a version of the board that knew other fields
            continue
    return catalogue.extended(catalogue.shipped(), streams, indicators) if streams or indicators else None


def _indicator(entry: CatalogueEntry) -> Indicator:
    """One that was retired is still known by name, so that its past can be looked at."""
    retired = {"enabled": False, "matrix": False} if entry.retired_at else {}
    return Indicator.model_validate(entry.definition | retired)
