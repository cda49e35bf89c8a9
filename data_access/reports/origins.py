"""Which cell of which sheet a figure came from: the original is read again, when somebody asks."""

from __future__ import annotations

from sqlalchemy import select

from data_access import database, submissions
from data_access.accounts import Actor, OtherCommunityError
from data_access.inbox import batches
from data_access.reports import history
from data_access.schema import Submission, Workbook
from data_access.workbooks.model import Row, WorkbookResult


def cells(actor: Actor, submission: int, row: int, code: str) -> dict[str, str]:
    """Where the figures of one row of a submission stand in its sheet: column key → address, ``{"done": "H14"}``.

    ``code`` is its indicator or item: a wide sheet holds several of them in one row. The workbook is read as it was
    taken in, with what was said and mended beside it. Empty for rows that were typed in, where the original is no
    longer kept, and where it reads differently by now (a layout that was forgotten, a community that was renamed). For
    those who may have the original: SubmissionError, OtherCommunityError, NotAllowedError.
    """
    found = history.version(actor, submission)
    if found.workbook is None or found.purged_at is not None:
        return {}
    if not history.may_have_original(actor, found.workbook):
        raise OtherCommunityError
    with database.reporting() as connection:
        original = connection.execute(
            select(Workbook.filename, Workbook.content)
            .join(Submission, Submission.workbook_id == Workbook.id)
            .where(Submission.id == submission)
        ).one()
        hints, mends = batches.taken_as(connection, found.workbook)
    result = submissions.examine(actor, original.content, original.filename, hints, mends=mends)
    read = _row(result, found, row, code)
    if read is None:
        return {}
    return {key: read.cells[key] for key, value in read.values.items() if value is not None and key in read.cells}


def _row(result: WorkbookResult, found: history.Version, number: int, code: str) -> Row | None:
    """The row as it reads today: of the same sheet, scope and number, and of the same indicator or item."""
    for sheet, portion in result.portions:
        scope = portion.scope
        if (sheet.name, scope.kind, scope.community) != (found.sheet, found.kind, found.community):
            continue
        if (scope.period, scope.topic) != (found.period, found.topic):
            continue
        for row in portion.rows:
            if row.number == number and code in (row.values.get("indicator"), row.values.get("item_code")):
                return row
    return None
