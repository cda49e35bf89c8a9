"""What the files of a batch brought: their submissions, as the receipt shows them after a reload or a restart."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, and_, select

from data_access import database
from data_access.accounts import Actor, Capability
from data_access.inbox.plans import SheetOutcome
from data_access.schema import Account, Batch, BatchFile, Campaign, Community, Submission


def brought(actor: Actor, batch: int) -> dict[int, list[SheetOutcome]]:
    """One outcome for each submission of the account's batch, with what it took the place of, by file."""
    actor.require(Capability.UPLOAD)
    with database.reading() as connection:
        rows = connection.execute(
            select(
                BatchFile.id.label("file"),
                Submission,
                Community.name.label("community"),
                Campaign.code.label("campaign"),
            )
            .join(Batch, Batch.id == Submission.batch_id)
            .join(BatchFile, and_(BatchFile.batch_id == Batch.id, BatchFile.workbook_id == Submission.workbook_id))
            .join(Community, Community.id == Submission.community_id, isouter=True)
            .join(Campaign, Campaign.id == Submission.campaign_id, isouter=True)
            .where(Batch.id == batch, Batch.street_id == actor.street_id, Batch.account_id == actor.id)
            .where(BatchFile.committed_at >= Submission.committed_at)
            .order_by(Submission.id, BatchFile.committed_at.desc(), BatchFile.id.desc())
        ).all()
        # the same bytes may have come twice: a submission is that of the file that went in with it
        first = {row.id: row for row in rows}
        found: dict[int, list[SheetOutcome]] = {}
        for row in first.values():
            found.setdefault(row.file, []).append(_outcome(connection, row))
    return found


def _outcome(connection: Connection, row: Row[*tuple[Any, ...]]) -> SheetOutcome:
    replaced = None
    if row.revision > 1:
        replaced = connection.execute(
            select(Submission.id, Account.username, Submission.committed_at)
            .join(Account, Account.id == Submission.account_id)
            .where(
                Submission.street_id == row.street_id,
                Submission.scope == row.scope,
                Submission.revision < row.revision,
                Submission.superseded_at == row.committed_at,
            )
            .order_by(Submission.revision.desc())
        ).first()
    return SheetOutcome(
        row.sheet or "",
        row.kind,
        row.campaign,
        row.community,
        row.business_date,
        row.period,
        row.topic,
        "committed",
        row.id,
        row.revision,
        row.rows_accepted,
        row.rows_refused,
        replaces=(replaced.id, replaced.username, replaced.committed_at) if replaced else None,
    )
