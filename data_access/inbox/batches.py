"""Batches: what is handed over is kept from the moment it arrives until it is in, taken out or undone.

A batch of the page holds the bytes of its files, sealed, because they exist nowhere else: a page loaded anew, another
window of the same account and a restarted server find the same list. A batch of the command line (``import``,
``watch``) holds none: its files lie where they were found. Files go in one transaction each (``intake``,
``submissions.commit``); what a batch brought is undone in one.

An account reaches its own batches only, whatever its role; undoing is for those who may withdraw.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Row, bindparam, delete, exists, func, insert, select, update

from config import clock
from config.language import _
from config.settings import settings
from data_access import audit, database, submissions
from data_access.accounts import Actor, Capability, Role
from data_access.schema import Account, Batch, BatchFile, Submission, Workbook
from data_access.submissions import SubmissionError
from data_access.workbooks.model import Hints, Mends

SOURCES = ("page", "import", "watch")
STATES = ("open", "in", "undone")
COLUMNS = ["batch", "source", "username", "opened_at", "closed_at", "files", "waiting", "submissions", "state"]


class BatchError(SubmissionError):
    """A batch or file cannot be used so; the text says why."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file of a batch: it waits, or it is in (``committed_at``, ``workbook_id``)."""

    id: int
    filename: str
    sha256: str
    size: int
    received_at: datetime
    hints: Hints = field(default_factory=Hints)
    mends: Mends = field(default_factory=dict)
    committed_at: datetime | None = None
    workbook_id: int | None = None

    @property
    def waiting(self) -> bool:
        """Whether it is not in yet."""
        return self.committed_at is None


@dataclass(frozen=True, slots=True)
class Undone:
    """What undoing a batch did: the submissions withdrawn, and those that are in force again in their place."""

    batch: int
    withdrawn: tuple[int, ...]
    restored: tuple[int, ...]
    data_version: int


# Opening and closing -------------------------------------------------------------------------------------------


def current(actor: Actor, source: str = "page") -> int | None:
    """The account's open batch, or None."""
    actor.require(Capability.UPLOAD)
    with database.reading() as connection:
        return _open_batch(connection, actor, source)


def open_(actor: Actor, source: str = "page", files: Iterable[str] = ()) -> int:
    """The batch for files that arrive now: the open one, or a new one.

    On the page the open one is left behind once nothing waits in it any more. From the command line it is what a run
    that was broken off left open, if it took in one of these ``files`` (their SHA-256); the batch of any other run is
    left alone, for that may be at work just now.
    """
    actor.require(Capability.UPLOAD)
    with database.writing() as connection:
        on_page = source == "page"
        batch = _going_on(connection, actor) if on_page else _broken_off(connection, actor, source, set(files))
        if batch is not None:
            return batch
        return connection.execute(
            insert(Batch)
            .values(street_id=actor.street_id, account_id=actor.id, source=source, opened_at=clock.now())
            .returning(Batch.id)
        ).scalar_one()


# What an upload page asks with every run, put together once: that costs more than the answers.
_OWN = select(Batch.id).where(Batch.street_id == bindparam("of_street"), Batch.account_id == bindparam("of_account"))
_OPEN = _OWN.where(Batch.source == bindparam("of_source"), Batch.closed_at.is_(None)).order_by(Batch.id.desc())
_THIS = _OWN.where(Batch.id == bindparam("of_batch"))


def _asking(actor: Actor) -> dict[str, Any]:
    return {"of_street": actor.street_id, "of_account": actor.id}


def _open_batch(connection: Connection, actor: Actor, source: str) -> int | None:
    return connection.execute(_OPEN, {**_asking(actor), "of_source": source}).scalar()


def _own(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return Batch.street_id == actor.street_id, Batch.account_id == actor.id


def _going_on(connection: Connection, actor: Actor) -> int | None:
    """The open batch of the page while something waits in it, or nothing came yet; otherwise it is closed."""
    batch = _open_batch(connection, actor, "page")
    if batch is None:
        return None
    of_batch = BatchFile.batch_id == batch
    waits = connection.execute(select(BatchFile.id).where(of_batch, _WAITING)).first() is not None
    if waits or connection.execute(select(BatchFile.id).where(of_batch)).first() is None:
        return batch
    _close(connection, batch)
    return None


def _broken_off(connection: Connection, actor: Actor, source: str, files: set[str]) -> int | None:
    """The latest open batch of the command line that took in one of these files."""
    rows = connection.execute(
        select(Batch.id, BatchFile.sha256)
        .join(BatchFile, BatchFile.batch_id == Batch.id)
        .where(*_own(actor), Batch.source == source, Batch.closed_at.is_(None))
        .order_by(Batch.id.desc())
    )
    return next((row.id for row in rows if row.sha256 in files), None)


def close(actor: Actor, batch: int) -> None:
    """End a batch: what still waits is taken out, what is in stays in. A batch that brought nothing is forgotten."""
    with database.writing() as connection:
        _require(connection, actor, batch)
        _close(connection, batch)


def _close(connection: Connection, batch: int) -> None:
    _drop(connection, BatchFile.batch_id == batch, _WAITING)
    if connection.execute(select(BatchFile.id).where(BatchFile.batch_id == batch)).first() is None:
        connection.execute(delete(Batch).where(Batch.id == batch))
    else:
        connection.execute(
            update(Batch).where(Batch.id == batch, Batch.closed_at.is_(None)).values(closed_at=clock.now())
        )


def _require(connection: Connection, actor: Actor, batch: int, *also: ColumnElement[bool]) -> None:
    """BatchError unless the batch is the account's own, and what is asked for ``also`` holds."""
    actor.require(Capability.UPLOAD)
    this = _THIS.where(*also) if also else _THIS
    if connection.execute(this, {**_asking(actor), "of_batch": batch}).first() is None:
        raise BatchError(_("There is no such batch of this account, or it is closed."))


# Files ---------------------------------------------------------------------------------------------------------

_LISTED = BatchFile.removed_at.is_(None)
_WAITING = _LISTED & BatchFile.committed_at.is_(None)
_FILES = (
    select(
        BatchFile.id,
        BatchFile.filename,
        BatchFile.sha256,
        BatchFile.size,
        BatchFile.received_at,
        BatchFile.hints,
        BatchFile.mends,
        BatchFile.committed_at,
        BatchFile.workbook_id,
    )
    .where(BatchFile.batch_id == bindparam("of_batch"), _LISTED)
    .order_by(BatchFile.id)
)


def receive(
    actor: Actor, batch: int, uploads: Iterable[tuple[str, bytes]], address: str | None = None
) -> list[Arrival]:
    """Keep files (name, bytes) that arrived, all in one transaction; those that were not waiting in the batch already.

    BatchError, and nothing is kept, if one of them is too large or the account would have too much waiting
    (``settings().limits``).
    """
    arrived = {hashlib.sha256(data).hexdigest(): (name, data) for name, data in reversed(list(uploads))}
    limits = settings().limits
    for name, data in arrived.values():
        if len(data) > limits.file_mb * 1024 * 1024:
            raise BatchError(_("{file} is larger than {megabytes} MB.", file=name, megabytes=limits.file_mb))
    with database.writing() as connection:
        _require(connection, actor, batch, Batch.closed_at.is_(None))
        here = select(BatchFile.sha256).where(BatchFile.batch_id == batch, _WAITING)
        known = set(connection.execute(here).scalars())
        new = [(sha256, *arrived[sha256]) for sha256 in reversed(arrived) if sha256 not in known]
        sizes = [len(data) for _sha256, _name, data in new]
        _require_room(connection, actor, sizes)
        if new:
            audit.record(connection, actor, "files_received", str(batch), files=len(new), size=sum(sizes))
        return [
            _kept(connection, actor, batch, name, data, sha256=sha256, address=address) for sha256, name, data in new
        ]


def _require_room(connection: Connection, actor: Actor, sizes: list[int]) -> None:
    limits = settings().limits
    waiting = select(func.count(), func.coalesce(func.sum(BatchFile.size), 0)).join(
        Batch, Batch.id == BatchFile.batch_id
    )
    number, size = connection.execute(waiting.where(*_own(actor), _WAITING, BatchFile.content.is_not(None))).one()
    if number + len(sizes) > limits.waiting_files or size + sum(sizes) > limits.waiting_mb * 1024 * 1024:
        raise BatchError(
            _(
                "{n} files are waiting already; at most {most} files of {megabytes} MB together may wait."
                " Take some in or out first.",
                n=number,
                most=limits.waiting_files,
                megabytes=limits.waiting_mb,
            )
        )


def _kept(
    connection: Connection, actor: Actor, batch: int, name: str, data: bytes, *, sha256: str, address: str | None
) -> Arrival:
    now = clock.now()
    number = connection.execute(
        insert(BatchFile)
        .values(
            street_id=actor.street_id,
            batch_id=batch,
            filename=name,
            sha256=sha256,
            size=len(data),
            content=data,
            address=address,
            received_at=now,
            hints={},
        )
        .returning(BatchFile.id)
    ).scalar_one()
    return Arrival(number, name, sha256, len(data), now)


def files(actor: Actor, batch: int) -> list[Arrival]:
    """The files of a batch in the order they came: those that wait and those that are in; not those taken out."""
    with database.reading() as connection:
        _require(connection, actor, batch)
        rows = connection.execute(_FILES, {"of_batch": batch}).all()
    return [Arrival(**{**row._mapping, "hints": _hints(row.hints), "mends": _mends(row.mends)}) for row in rows]


def content(actor: Actor, file: int) -> bytes:
    """The bytes of a file that waits or is in. BatchError if it is not the account's or was taken out."""
    with database.reading() as connection:
        row = _file(connection, actor, file, BatchFile.content, BatchFile.workbook_id)
        if row.content is not None:
            return bytes(row.content)
        kept: bytes | None = connection.execute(
            select(Workbook.content).where(Workbook.id == row.workbook_id, Workbook.purged_at.is_(None))
        ).scalar()
    if kept is None:
        raise BatchError(_("This file was taken out of the batch."))
    return kept


def _file(connection: Connection, actor: Actor, file: int, *columns: Any) -> Row[Any]:
    """A row of the account's own file. BatchError if there is none."""
    actor.require(Capability.UPLOAD)
    row = connection.execute(
        select(BatchFile.id, *columns)
        .join(Batch, Batch.id == BatchFile.batch_id)
        .where(BatchFile.id == file, *_own(actor))
    ).first()
    if row is None:
        raise BatchError(_("There is no such file in a batch of this account."))
    return row


def say(actor: Actor, file: int, hints: Hints) -> None:
    """What the sender says beside the file. BatchError unless it waits."""
    said = {**asdict(hints), "day": hints.day and hints.day.isoformat()}
    _change(actor, file, hints={name: value for name, value in said.items() if value})


def mend(actor: Actor, file: int, mends: Mends) -> None:
    """The texts that stand in place of cells, all of them: an empty mapping takes every one back. BatchError unless
    the file waits."""
    _change(actor, file, mends=json.dumps([[*place, text] for place, text in mends.items()], ensure_ascii=False))


def _change(actor: Actor, file: int, **values: Any) -> None:
    with database.writing() as connection:
        _file(connection, actor, file)
        changed = connection.execute(update(BatchFile).where(BatchFile.id == file, _WAITING).values(**values))
        if changed.rowcount == 0:
            raise submissions.ChangedMeanwhileError(_(submissions.NOT_WAITING))


def taken_as(connection: Connection, workbook: int) -> tuple[Hints, Mends]:
    """What was said beside a workbook and mended in it when it was taken in; nothing for one that came alone."""
    row = connection.execute(
        select(BatchFile.hints, BatchFile.mends)
        .where(BatchFile.workbook_id == workbook, BatchFile.committed_at.is_not(None))
        .order_by(BatchFile.id.desc())
    ).first()
    return (Hints(), {}) if row is None else (_hints(row.hints), _mends(row.mends))


def _hints(stored: Mapping[str, Any]) -> Hints:
    day = date.fromisoformat(stored["day"]) if "day" in stored else None
    return Hints(**{**stored, "day": day})


def _mends(stored: str | None) -> Mends:
    return {(sheet, cell): text for sheet, cell, text in json.loads(stored or "[]")}


def remove(actor: Actor, file: int) -> None:
    """Take a file off the list: the bytes of one that waits are dropped, what one that is in brought stays in."""
    with database.writing() as connection:
        _file(connection, actor, file)
        _drop(connection, BatchFile.id == file, _LISTED)


def _drop(connection: Connection, *which: ColumnElement[bool]) -> None:
    connection.execute(update(BatchFile).where(*which).values(removed_at=clock.now(), content=None, mends=None))


# History and undoing -------------------------------------------------------------------------------------------


def batches(actor: Actor, limit: int = 200) -> pd.DataFrame:
    """The latest batches, newest first; a clerk's are the own ones.

    Columns: batch (number); source (one of SOURCES); username; opened_at, closed_at (aware UTC); files (in),
    waiting, submissions (those that are not withdrawn; Int64); state (one of STATES: open while something waits).
    """
    actor.require(Capability.UPLOAD)
    own = _own(actor) if actor.role == Role.CLERK else (Batch.street_id == actor.street_id,)
    committed = BatchFile.committed_at.is_not(None)
    of_batch = select(func.count()).select_from(BatchFile).where(BatchFile.batch_id == Batch.id)
    in_force = select(func.count()).where(Submission.batch_id == Batch.id, Submission.withdrawn_at.is_(None))
    with database.reading() as connection:
        rows = connection.execute(
            select(
                Batch.id.label("batch"),
                Batch.source,
                Account.username,
                Batch.opened_at,
                Batch.closed_at,
                of_batch.where(committed).scalar_subquery().label("files"),
                of_batch.where(_WAITING).scalar_subquery().label("waiting"),
                in_force.scalar_subquery().label("submissions"),
                Batch.undone_at,
            )
            .join(Account, Account.id == Batch.account_id)
            .where(*own, exists().where(BatchFile.batch_id == Batch.id))
            .order_by(Batch.id.desc())
            .limit(limit)
        ).all()
    lines = [{**row._mapping, "state": "undone" if row.undone_at else "open" if row.waiting else "in"} for row in rows]
    frame = pd.DataFrame(lines, columns=COLUMNS)
    return frame.astype({"batch": "Int64", "files": "Int64", "waiting": "Int64", "submissions": "Int64"})


def undo(actor: Actor, batch: int, reason: str) -> Undone:
    """Withdraw every submission of a batch, in one transaction; the revisions before them come back.

    One that somebody has corrected since is withdrawn as well, so that it cannot come back by itself; the correction
    stays in force. Files of the batch that still wait go on waiting, in a batch of their own. BatchError if there is
    no such batch in the street or nothing of it is left to withdraw, SubmissionError if the reason is blank.
    """
    actor.require(Capability.WITHDRAW)
    with database.writing() as connection:
        row = connection.execute(
            select(Batch.account_id, Batch.source).where(Batch.id == batch, Batch.street_id == actor.street_id)
        ).first()
        if row is None:
            raise BatchError(_("There is no such batch."))
        wanted = select(Submission.id).where(Submission.batch_id == batch, Submission.withdrawn_at.is_(None))
        numbers = connection.execute(wanted.order_by(Submission.id)).scalars().all()
        if not numbers:
            raise BatchError(_("Nothing of this batch is in force; there is nothing to undo."))
        restored = submissions.take_back(connection, actor, numbers, reason)
        _move_waiting(connection, batch, street_id=actor.street_id, account_id=row.account_id, source=row.source)
        connection.execute(
            update(Batch)
            .where(Batch.id == batch)
            .values(
                closed_at=func.coalesce(Batch.closed_at, clock.now()),
                undone_at=clock.now(),
                undone_by=actor.id,
                reason=reason.strip(),
            )
        )
        version = database.raise_version(connection)
        audit.record(connection, actor, "batch_undone", str(batch), withdrawn=len(numbers), restored=len(restored))
    return Undone(batch, tuple(numbers), tuple(restored), version)


def _move_waiting(connection: Connection, batch: int, **owner: Any) -> None:
    """What still waits in a batch that is undone goes on in a new one of the same account."""
    waiting = BatchFile.batch_id == batch, _WAITING
    if connection.execute(select(BatchFile.id).where(*waiting)).first() is not None:
        new = insert(Batch).values(**owner, opened_at=clock.now()).returning(Batch.id)
        connection.execute(update(BatchFile).where(*waiting).values(batch_id=connection.execute(new).scalar_one()))
