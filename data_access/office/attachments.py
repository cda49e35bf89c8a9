"""Files of evidence (佐证材料) on records: photos, scans, documents, sealed in the shared database.

A record is named, not pointed at, because it outlives the revisions of its sheet: evidence ``2026/1.4/2`` (year,
item, event or family; ``2026/1.4`` is the item itself), progress ``2026-08/HE-01`` (period, indicator), action
``DB-2026-014`` (number). A file is removed with a reason and never deleted, so that the board can be shown as it stood.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, insert, or_, select, update

from config import clock
from config.language import N_
from config.settings import settings
from data_access import audit, database, privacy
from data_access.accounts import Actor, Capability, Role
from data_access.force import in_force
from data_access.schema import Account, Attachment, Community, Evidence, Submission
from data_access.workbooks import attached
from data_access.workbooks.attached import SUFFIXES, AttachedError

__all__ = ["PICTURES", "SORTS", "SUFFIXES", "AttachedError", "File"]

PICTURES = attached.PICTURES
SORTS = {
    "evidence": re.compile(r"\d{4}/\d+\.\d+(/.+)?"),
    "progress": re.compile(r"[^/]+/[^/]+"),
    "action": re.compile(r".+"),
}
_LONGEST = 200  # characters of a name or a record


@dataclass(frozen=True, slots=True)
class File:
    """An attached file without its bytes. ``kind``: jpg, png, pdf or docx; ``size`` in bytes; ``by``: the name of the
    account, masked; ``at``: aware UTC."""

    id: int
    record: str
    piece: str | None
    filename: str
    kind: str
    size: int
    by: str
    at: datetime

    @property
    def media_type(self) -> str:
        """The registered name of the kind."""
        return attached.MEDIA_TYPES[self.kind]

    @property
    def pictured(self) -> bool:
        """Whether there is a thumbnail."""
        return self.kind in PICTURES


def evidence_record(year: str, item: str, event: int | None = None, family: str | None = None) -> str:
    """The name of the record of a checklist item, or of one of its events or families."""
    part = family if event is None else event
    return f"{year}/{item}" if part is None else f"{year}/{item}/{part}"


def add(
    actor: Actor, community: int, sort: str, record: str, filename: str, data: bytes, piece: str | None = None
) -> int:
    """Attach a file to a record of a community (its key); the file's number. The same bytes on the same record again
    change nothing and give the number they have.

    ``piece`` is the kind of evidence it shows (photo, minutes, sign_in, ...). AttachedError where the file is not
    taken (kind, size, damage, a name that says another kind, a full record), NotAllowedError, OtherCommunityError.
    """
    actor.require(Capability.UPLOAD)
    actor.require_community(community)
    if len(record) > _LONGEST or SORTS[sort].fullmatch(record) is None:
        raise AttachedError(N_("There is no such record."))
    found = attached.examine(data, filename)  # before the writer's turn: it may take a while
    digest = hashlib.sha256(data).hexdigest()
    with database.writing() as connection:
        if not _belongs(connection, actor, community):
            raise AttachedError(N_("There is no such record."))
        standing = connection.execute(
            select(Attachment.id, Attachment.sha256).where(*_on(actor, community, sort, record), _stands(None))
        ).all()
        for one in standing:
            if one.sha256 == digest:
                return int(one.id)
        if len(standing) >= settings().limits.evidence_files:
            raise AttachedError(
                N_("This record has {n} files already. Remove one that is not needed first."), n=len(standing)
            )
        number = connection.execute(
            insert(Attachment)
            .values(
                street_id=actor.street_id,
                community_id=community,
                sort=sort,
                record=record,
                piece=piece,
                filename=attached.plain_name(filename)[-_LONGEST:],
                media_type=found.kind,
                size=len(data),
                sha256=digest,
                content=data,
                thumbnail=found.thumbnail,
                account_id=actor.id,
                added_at=clock.now(),
            )
            .returning(Attachment.id)
        ).scalar_one()
        database.raise_version(connection)
        audit.record(connection, actor, "attachment_added", str(number), sort=sort, kind=found.kind, size=len(data))
    return int(number)


def listed(
    actor: Actor, community: int, sort: str, record: str | None = None, as_of: datetime | None = None
) -> tuple[File, ...]:
    """The files of a community on records of one sort, or on one record, oldest first; none of their bytes.

    For those who may read of people: a name of a file may name one. NotAllowedError, OtherCommunityError.
    """
    actor.require(Capability.READ_PEOPLE)
    actor.require_community(community)
    with database.reading() as connection:
        rows = connection.execute(
            select(
                Attachment.id,
                Attachment.record,
                Attachment.piece,
                Attachment.filename,
                Attachment.media_type,
                Attachment.size,
                Attachment.added_at,
                Account.username,
                Account.display_name,
            )
            .join(Account, Account.id == Attachment.account_id)
            .where(*_on(actor, community, sort, record), _stands(as_of))
            .order_by(Attachment.id)
        ).all()
    return tuple(
        File(
            row.id,
            row.record,
            row.piece,
            row.filename,
            row.media_type,
            row.size,
            privacy.mask_name(row.display_name) or row.username,
            row.added_at,
        )
        for row in rows
    )


def counts(
    connection: Connection, actor: Actor, sort: str, communities: Iterable[int], as_of: datetime | None = None
) -> dict[int, dict[str, int]]:
    """How many files stand on each record, by community key and record; communities without one are left out.

    Counts say nothing of people: whoever may read the board may have them.
    """
    actor.require(Capability.READ_BOARD)
    rows = connection.execute(
        select(Attachment.community_id, Attachment.record, func.count())
        .where(
            Attachment.street_id == actor.street_id,
            Attachment.sort == sort,
            Attachment.community_id.in_(list(communities)),
            _stands(as_of),
        )
        .group_by(Attachment.community_id, Attachment.record)
    )
    found: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for community, record, number in rows:
        found[community][record] = number
    return dict(found)


def content(actor: Actor, attachment: int, as_of: datetime | None = None) -> bytes:
    """A file as it arrived; handing it out is recorded.

    It may hold what a camera wrote into it: to show a picture take ``picture``. AttachedError if there is no such
    file (any more), NotAllowedError, OtherCommunityError.
    """
    actor.require(Capability.READ_PEOPLE)
    with database.writing() as connection:
        data: bytes = _there(_one(connection, actor, attachment, as_of, Attachment.content).content)
        audit.record(connection, actor, "attachment_downloaded", str(attachment))
    return data


def picture(actor: Actor, attachment: int, as_of: datetime | None = None) -> bytes:
    """A photo as it may be shown, large: JPEG, encoded anew, without metadata. Errors as ``content``."""
    actor.require(Capability.READ_PEOPLE)
    with database.reading() as connection:
        row = _one(connection, actor, attachment, as_of, Attachment.content, Attachment.media_type)
    if row.media_type not in PICTURES:
        raise AttachedError(N_("This file is no picture. Download it."))
    return attached.picture(_there(row.content), row.media_type)


def thumbnail(actor: Actor, attachment: int, as_of: datetime | None = None) -> bytes | None:
    """The small picture (JPEG, without metadata) of a photo; None for a document. Errors as ``content``."""
    actor.require(Capability.READ_PEOPLE)
    with database.reading() as connection:
        made: bytes | None = _one(connection, actor, attachment, as_of, Attachment.thumbnail).thumbnail
    return made


def remove(actor: Actor, attachment: int, reason: str) -> None:
    """Take a file from its record; it stays in the store for looking back.

    What the street has passed, a clerk cannot take away any more. AttachedError for a blank reason or where the file
    is gone already, NotAllowedError, OtherCommunityError.
    """
    actor.require(Capability.UPLOAD)
    if not reason.strip():
        raise AttachedError(N_("Taking a file away needs a reason."))
    with database.writing() as connection:
        row = _one(connection, actor, attachment, None, Attachment.sort, Attachment.record)
        if actor.role == Role.CLERK and row.sort == "evidence" and _passed(connection, actor, row):
            raise AttachedError(N_("This evidence has passed review. Only the street can take its files away."))
        connection.execute(
            update(Attachment)
            .where(Attachment.id == attachment)
            .values(removed_at=clock.now(), removed_by=actor.id, reason=reason.strip())
        )
        database.raise_version(connection)
        audit.record(connection, actor, "attachment_removed", str(attachment), sort=row.sort)


def _one(
    connection: Connection, actor: Actor, attachment: int, as_of: datetime | None, *columns: Any
) -> Row[*tuple[Any, ...]]:
    """These columns of a file that stands, within the account's scope."""
    row = connection.execute(
        select(Attachment.community_id, *columns).where(
            Attachment.id == attachment, Attachment.street_id == actor.street_id, _stands(as_of)
        )
    ).first()
    if row is None:
        raise AttachedError(N_("There is no such file any more. Reload the page."))
    actor.require_community(row.community_id)
    return row


def _there(content: bytes) -> bytes:
    if not content:  # nobody can attach an empty file
        raise AttachedError(N_("This file is no longer kept: its time is over, or somebody in it was erased."))
    return content


def _passed(connection: Connection, actor: Actor, file: Row[*tuple[Any, ...]]) -> bool:
    """Whether the evidence that a file belongs to was approved."""
    year, item, *_event = file.record.split("/")
    rows = connection.execute(
        select(Evidence.event_no, Evidence.family_no)
        .join(Submission, Submission.id == Evidence.submission_id)
        .where(
            Evidence.street_id == actor.street_id,
            Evidence.community_id == file.community_id,
            Evidence.year == year,
            Evidence.item_code == item,
            Evidence.review == "approved",
            in_force(),
        )
    )
    return any(evidence_record(year, item, row.event_no, row.family_no) == file.record for row in rows)


def _belongs(connection: Connection, actor: Actor, community: int) -> bool:
    return (
        connection.execute(
            select(Community.id).where(Community.id == community, Community.street_id == actor.street_id)
        ).first()
        is not None
    )


def _on(actor: Actor, community: int, sort: str, record: str | None) -> list[ColumnElement[bool]]:
    """The conditions on files of one record, or of all records of one sort."""
    found = [
        Attachment.street_id == actor.street_id,
        Attachment.community_id == community,
        Attachment.sort == sort,
    ]
    return found if record is None else [*found, Attachment.record == record]


def _stands(as_of: datetime | None) -> ColumnElement[bool]:
    if as_of is None:
        return Attachment.removed_at.is_(None)
    return and_(Attachment.added_at <= as_of, or_(Attachment.removed_at.is_(None), Attachment.removed_at > as_of))
