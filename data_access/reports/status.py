"""What every page says about its data: as of when, which version, who has reported."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from data_access import database, metrics
from data_access.office import deadlines
from data_access.reports.reporting import due_lines
from data_access.reports.view import View
from data_access.schema import DataVersion, Submission


@dataclass(frozen=True, slots=True)
class Status:
    """The line every page carries. ``kind`` is the sheet counted; ``changed_at`` the last commit that counts.

    ``reported`` of the ``expected`` (all but the exempt) sent figures; of the others ``unreported`` are overdue and
    ``empty`` sent a sheet without rows.
    """

    data_version: int
    changed_at: datetime | None
    kind: str
    reported: int
    expected: int
    unreported: tuple[str, ...]
    empty: tuple[str, ...] = ()


def status(view: View) -> Status:
    """Data version, last commit, and who has reported the day's evening tally (the morning's until that is due)."""
    with database.reporting() as connection:
        version = connection.execute(select(DataVersion.version)).scalar_one()
        query = select(func.max(Submission.committed_at)).where(Submission.street_id == view.actor.street_id)
        if view.as_of is not None:
            query = query.where(Submission.committed_at <= view.as_of)
        changed = connection.execute(query).scalar()
        sheets = due_lines(connection, view, view.day)
    window = deadlines.window("evening", view.day)
    assert window is not None
    evening_sent = any(sheet["kind"] == "evening" and "submission" in sheet for sheet in sheets)
    kind = "evening" if evening_sent or view.passed(window.due) else "morning"
    due = [sheet for sheet in sheets if sheet["kind"] == kind and sheet["state"] != "exempt"]
    counted = metrics.reporting_summary(sheet["state"] for sheet in due)
    missing, empty = (
        tuple(sheet["community"] for sheet in due if sheet["state"] == state) for state in ("unreported", "empty")
    )
    return Status(version, changed, kind, counted.reported, counted.expected, missing, empty)
