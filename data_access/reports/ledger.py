"""The ledger of 督办整改 as it is stored: the matters in force, and each of them in dates (metrics.md §6.8)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, or_, select

from config import clock
from data_access import naming
from data_access.force import in_force
from data_access.metrics import Item
from data_access.reports.directory import counting, entries
from data_access.reports.view import View
from data_access.schema import ActionEvent, ActionItem, Community, Submission

CLEAR = "clear"  # inspected, nothing found: on record, but no matter


def rows(connection: Connection, view: View, *, clear: bool = False) -> list[Any]:
    """The matters in force that were found by the view's day, narrowed by its area and community.

    ``clear``: the inspections that found nothing as well.
    """
    asked: dict[str, Any] = {"of_street": view.actor.street_id, "of_day": view.day}
    narrowed = view.area is not None or view.community is not None
    if narrowed:
        asked["of_communities"] = [one.id for one in counting(entries(connection, view), view)]
    called: Any = naming.called(connection, view.actor.street_id, view.day, view.as_of)
    plain = called is Community.name
    query = (
        _query(view.as_of, clear=clear, narrowed=narrowed) if plain else _called(view.as_of, called, clear, narrowed)
    )
    return list(connection.execute(query, asked).all())


@lru_cache(maxsize=32)
def _query(as_of: datetime | None, *, clear: bool, narrowed: bool) -> Select[*tuple[Any, ...]]:
    """The statement of ``rows`` while no community has borne another name; to put it together costs more than to ask
    it."""
    return _called(as_of, Community.name, clear, narrowed)


def _called(as_of: datetime | None, called: Any, clear: bool, narrowed: bool) -> Select[*tuple[Any, ...]]:
    query = (
        select(*ActionItem.__table__.columns, called.label("community"), Submission.revision)
        .select_from(ActionItem)
        .join(Submission, Submission.id == ActionItem.submission_id)
        .join(Community, Community.id == ActionItem.community_id, isouter=True)
        .where(
            ActionItem.street_id == bindparam("of_street"),
            in_force(as_of),
            or_(ActionItem.found_on.is_(None), ActionItem.found_on <= bindparam("of_day")),
        )
        .order_by(ActionItem.found_on, ActionItem.item_no)
    )
    if not clear:
        query = query.where(ActionItem.status != CLEAR)
    if narrowed:
        query = query.where(ActionItem.community_id.in_(bindparam("of_communities", expanding=True)))
    return query


def told(as_of: datetime | None) -> tuple[Any, ...]:
    """The condition on events of a street (``of_street``) of revisions that were not withdrawn, as far as they were
    known."""
    withdrawn: ColumnElement[bool] = Submission.withdrawn_at.is_(None)
    if as_of is not None:
        withdrawn = or_(withdrawn, Submission.withdrawn_at > as_of)
    known = (ActionEvent.at <= as_of,) if as_of is not None else ()
    return (ActionEvent.street_id == bindparam("of_street"), withdrawn, *known)


def dates(connection: Connection, view: View) -> dict[str, dict[str, date]]:
    """By item the business date of its latest event of each kind."""
    rows = connection.execute(_ended(view.as_of), {"of_street": view.actor.street_id})
    found: dict[str, dict[str, date]] = {}
    for row in rows:
        found.setdefault(row.item_no, {})[row.event] = clock.local(row.at).date()
    return found


@lru_cache(maxsize=32)
def _ended(as_of: datetime | None) -> Select[*tuple[Any, ...]]:
    return (
        select(ActionEvent.item_no, ActionEvent.event, ActionEvent.at)
        .join(Submission, Submission.id == ActionEvent.submission_id)
        .where(*told(as_of), ActionEvent.event.in_(("closed", "reopened")))
        .order_by(ActionEvent.at, ActionEvent.id)
    )


def item(row: Row[Any], dates: Mapping[str, date], day: date) -> Item:
    """A matter in dates. It was closed on the day its re-check passed, which an imported ledger tells by itself."""
    reopened = _reopened(row, dates, day)
    closed, passed = None, False
    if row.status == "closed":
        closed, passed = row.rechecked_on or dates.get("closed"), row.recheck == "passed"
    elif reopened is not None and dates.get("closed", reopened) < reopened:  # until it came back
        closed, passed = dates["closed"], True
    return Item(
        found=row.found_on or day,
        deadline=row.original_due or row.due,
        closed=closed,
        passed=passed,
        reopened=reopened,
        behind=row.status in ("new", "relapsed") or row.recheck == "failed",
    )


def _reopened(row: Row[Any], dates: Mapping[str, date], day: date) -> date | None:
    if row.status == "relapsed":
        return dates.get("reopened") or row.rechecked_on or day
    return dates.get("reopened")
