"""Originals: the bytes of a workbook kept once, what was found in them, and the batch file that they came as.

Written in the transaction of the commit, never by themselves.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from config import clock
from data_access import schema
from data_access.accounts import Actor
from data_access.findings import Finding
from data_access.schema import Batch, BatchFile, Workbook
from data_access.workbooks.model import WorkbookResult


def keep(
    connection: Connection,
    actor: Actor,
    result: WorkbookResult,
    data: bytes,
    address: str | None,
    received: datetime,
) -> int:
    """Keep the original, once; the workbook's number."""
    existing = connection.execute(
        select(Workbook.id).where(Workbook.street_id == actor.street_id, Workbook.sha256 == result.sha256)
    ).scalar()
    if existing is not None:
        return existing
    return connection.execute(
        insert(Workbook)
        .values(
            street_id=actor.street_id,
            sha256=result.sha256,
            filename=result.filename,
            size=len(data),
            content=data,
            account_id=actor.id,
            address=address,
            received_at=received,
        )
        .returning(Workbook.id)
    ).scalar_one()


def record(
    connection: Connection,
    actor: Actor,
    workbook_id: int,
    submission_id: int | None,
    found: Iterable[Finding],
) -> None:
    """Keep the findings of a workbook; one that stands already is not written again."""
    found = list(found)
    if not found:
        return
    table = schema.Finding
    standing = {
        tuple(row)
        for row in connection.execute(
            select(table.code, table.sheet, table.cell, table.submission_id).where(
                table.workbook_id == workbook_id, table.resolved_at.is_(None)
            )
        )
    }
    rows = [
        {
            "street_id": actor.street_id,
            "workbook_id": workbook_id,
            "submission_id": submission_id,
            "code": finding.code,
            "severity": finding.severity.value,
            "sheet": finding.sheet or None,
            "cell": finding.cell or None,
            "column": finding.column or None,
            "value": finding.value or None,
            "fields": json.dumps(dict(finding.fields), ensure_ascii=False, default=str),
            "personal": finding.personal,
            "first_seen": clock.now(),
        }
        for finding in found
        if (finding.code, finding.sheet or None, finding.cell or None, submission_id) not in standing
    ]
    if rows:
        connection.execute(insert(table), rows)


def waits_in(connection: Connection, actor: Actor, file: int) -> int | None:
    """The batch in which a file of the account waits; None where it does not wait (any more)."""
    return connection.execute(
        select(BatchFile.batch_id)
        .join(Batch, Batch.id == BatchFile.batch_id)
        .where(
            BatchFile.id == file,
            Batch.street_id == actor.street_id,
            Batch.account_id == actor.id,
            BatchFile.committed_at.is_(None),
            BatchFile.removed_at.is_(None),
        )
    ).scalar()


def settle(
    connection: Connection, actor: Actor, batch: int, file: int | None, workbook_id: int, received: datetime
) -> None:
    """Mark a file of a batch as taken in: the one that waits, or (``file`` None) one that lies elsewhere."""
    now = clock.now()
    if file is not None:
        done = {"committed_at": now, "workbook_id": workbook_id, "content": None}
        connection.execute(update(BatchFile).where(BatchFile.id == file).values(done))
        return
    here = BatchFile.batch_id == batch, BatchFile.workbook_id == workbook_id
    if connection.execute(select(BatchFile.id).where(*here)).first() is not None:
        return
    original = connection.execute(
        select(Workbook.filename, Workbook.sha256, Workbook.size).where(Workbook.id == workbook_id)
    ).one()
    connection.execute(
        insert(BatchFile).values(
            street_id=actor.street_id,
            batch_id=batch,
            filename=original.filename,
            sha256=original.sha256,
            size=original.size,
            received_at=received,
            hints={},
            committed_at=now,
            workbook_id=workbook_id,
        )
    )
