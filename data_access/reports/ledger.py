"""The ledger of 督办整改 as it is stored: the matters in force, and each of them in dates (metrics.md §6.8)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, or_, select

from config import clock
from data_access import naming
from data_access.force import in_force
from data_access.metrics import Item
from data_access.reports.directory import register
from data_access.reports.view import View
from data_access.schema import ActionEvent, ActionItem, Community, Submission

CLEAR = "clear"  # inspected, nothing found: on record, but no matter


def rows(connection: Connection, view: View, *, clear: bool = False) -> list[Any]:
    """The matters in force that were found by the view's day, narrowed by its area and community.

    ``clear``: the inspections that found nothing as well.
    """
    called = naming.called(connection, view.actor.street_id, view.day, view.as_of)
    query = (
        select(*ActionItem.__table__.columns, called.label("community"), Submission.revision)
        .select_from(ActionItem)
        .join(Submission, Submission.id == ActionItem.submission_id)
        .join(Community, Community.id == ActionItem.community_id, isouter=True)
        .where(
            ActionItem.street_id == view.actor.street_id,
            in_force(view.as_of),
            or_(ActionItem.found_on.is_(None), ActionItem.found_on <= view.day),
        )
        .order_by(ActionItem.found_on, ActionItem.item_no)
    )
    if not clear:
        query = query.where(ActionItem.status != CLEAR)
    if view.area is not None or view.community is not None:
        query = query.where(ActionItem.community_id.in_(register(connection, view)["id"].tolist()))
    return list(connection.execute(query).all())


def told(view: View) -> tuple[Any, ...]:
    """The condition on events of revisions that were not withdrawn, as far as they were known."""
    withdrawn: ColumnElement[bool] = Submission.withdrawn_at.is_(None)
    if view.as_of is not None:
        withdrawn = or_(withdrawn, Submission.withdrawn_at > view.as_of)
    known = (ActionEvent.at <= view.as_of,) if view.as_of is not None else ()
    return (ActionEvent.street_id == view.actor.street_id, withdrawn, *known)


def dates(connection: Connection, view: View) -> dict[str, dict[str, date]]:
    """By item the business date of its latest event of each kind."""
    rows = connection.execute(
        select(ActionEvent.item_no, ActionEvent.event, ActionEvent.at)
        .join(Submission, Submission.id == ActionEvent.submission_id)
        .where(*told(view), ActionEvent.event.in_(("closed", "reopened")))
        .order_by(ActionEvent.at, ActionEvent.id)
    )
    found: dict[str, dict[str, date]] = {}
    for row in rows:
        found.setdefault(row.item_no, {})[row.event] = clock.local(row.at).date()
    return found


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
