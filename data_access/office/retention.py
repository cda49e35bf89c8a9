"""How long personal data are kept: what is older than a day is emptied of people; figures, counts and hashes stay.

A row goes by the day it is about: the day of a roster or a tally, the end of a period, the day on which a matter was
closed, the day on which a register was replaced. Emptied are sealed fields, what a roster says of a person beside the
group and the outcome, free texts, the values of findings, originals and files that wait, and files of evidence. No row
goes, so every report says what it said. It is the same whether somebody asks for it or the clock does.
"""

from __future__ import annotations

import json
import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, func, or_, select, update

from config import clock
from config.language import N_, _
from config.settings import settings
from data_access import accounts, audit, database, privacy
from data_access.accounts import Actor, Capability
from data_access.force import in_force
from data_access.metrics.period import Period, PeriodUnknownError
from data_access.office import traces
from data_access.rounds import Round
from data_access.schema import (
    Account,
    ActionItem,
    Attachment,
    AuditEvent,
    Batch,
    BatchFile,
    DayClose,
    Evidence,
    Exemption,
    Finding,
    Posting,
    Submission,
    Waiver,
    Workbook,
)

log = logging.getLogger("street.retention")

NAMES = {
    "people": N_("people on rosters"),
    "texts": N_("rows with names or texts"),
    "findings": N_("findings in workbooks"),
    "originals": N_("original workbooks"),
    "waiting": N_("files that were waiting"),
    "evidence": N_("files of evidence"),
}
ROUND = 600.0  # seconds between two looks at the clock
_CHUNK = 500  # SQLite bounds the number of parameters
_LISTED = frozenset({"communities", "sites"})  # lists hold until they are replaced


class RetentionError(Exception):
    """A purge cannot be carried out; the text says why."""

    def __init__(self, message: str, **fields: object) -> None:
        super().__init__(_(message, **fields))


@dataclass(frozen=True, slots=True)
class Purged:
    """What a purge has emptied, or would: ``counts`` by the keys of ``NAMES``. ``compacted``: the bytes are gone from
    the database's file too. ``copies``: names of the backups that still hold what was there before."""

    before: date
    counts: dict[str, int]
    compacted: bool
    copies: list[str] = field(default_factory=list)


def limit() -> date:
    """The day before which the settings want personal data gone."""
    today = clock.today()
    months = today.year * 12 + today.month - 1 - settings().retention.months
    first = date(months // 12, months % 12 + 1, 1)
    return min(first + timedelta(days=today.day - 1), (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def purge(actor: Actor, before: date) -> Purged:
    """Empty everything personal of the days before one, in one transaction, and write the database anew without it.

    For administrators; recorded with the counts. RetentionError for a day to come. Doing it again is harmless, and
    brings the bytes out of the file where that did not succeed.
    """
    counts = _emptied(actor, before, for_good=True)
    compacted = database.compact()
    with database.reading() as connection:
        return Purged(before, counts, compacted, traces.copies(connection))


def foreseen(actor: Actor, before: date) -> Purged:
    """What ``purge`` would empty; nothing is changed."""
    counts = _emptied(actor, before, for_good=False)
    with database.reading() as connection:
        return Purged(before, counts, False, traces.copies(connection))


class _Undone(Exception):
    """Only looking: the transaction is not to be kept."""


def _emptied(actor: Actor, before: date, *, for_good: bool) -> dict[str, int]:
    actor.require(Capability.ADMINISTER)
    if before > clock.today():
        raise RetentionError(N_("{day} is still to come: only what is over can be emptied."), day=before)
    counts = dict.fromkeys(NAMES, 0)
    try:
        with database.writing() as connection:
            counts |= _Purge(connection, actor, before).run()
            if not for_good:
                raise _Undone
            if any(counts.values()):
                database.raise_version(connection)
                audit.record(connection, actor, "purged", before.isoformat(), **counts)
    except _Undone:
        pass
    return counts


class _Purge:
    """One walk over everything that is older than a day."""

    def __init__(self, connection: Connection, actor: Actor, before: date) -> None:
        self.connection, self.street, self.before = connection, actor.street_id, before
        self.moment = clock.wall(before, time.min)
        self.counts: Counter[str] = Counter()

    def run(self) -> Counter[str]:
        closed = self._closed_matters()
        rows = self.connection.execute(
            select(
                *(Submission.id, Submission.kind, Submission.business_date, Submission.period, Submission.topic),
                *(Submission.committed_at, Submission.superseded_at, Submission.withdrawn_at, Submission.workbook_id),
            ).where(Submission.street_id == self.street)
        ).all()
        over: dict[str, list[int]] = defaultdict(list)
        verdicts: dict[int, set[bool | None]] = defaultdict(set)
        for row in rows:
            verdict = self._over(row, closed)
            if verdict:
                over[row.kind].append(row.id)
            if row.workbook_id is not None:
                verdicts[row.workbook_id].add(verdict)
        for table in traces.facts():
            named = "people" if table.name == "callup" else "texts"
            self._empty(named, table, (number for numbers in over.values() for number in numbers))
        self._reasons([number for numbers in over.values() for number in numbers])
        self._workbooks(verdicts)
        self._waiting()
        self._evidence(closed)
        self._rest()
        return self.counts

    def _over(self, row: Any, closed: set[str]) -> bool | None:
        """Whether the day of a submission has passed; None for a list that holds still and is about no day."""
        if row.kind in _LISTED:
            ends = [moment for moment in (row.superseded_at, row.withdrawn_at) if moment is not None]
            return min(ends) < self.moment if ends else None
        if row.kind == "actions":
            return row.topic in closed
        day = row.business_date or _end(row.period) or clock.local(row.committed_at).date()
        return bool(day < self.before)

    def _closed_matters(self) -> set[str]:
        """The numbers of the matters that were closed before the day."""
        rows = self.connection.execute(
            select(ActionItem.item_no, ActionItem.rechecked_on, Submission.committed_at)
            .join(Submission, Submission.id == ActionItem.submission_id)
            .where(ActionItem.street_id == self.street, ActionItem.status == "closed", in_force())
        )
        return {row.item_no for row in rows if (row.rechecked_on or clock.local(row.committed_at).date()) < self.before}

    def _empty(self, named: str, table: Table, submissions: Iterable[int]) -> None:
        columns = traces.personal(table)
        values = traces.emptied(columns)
        if table is Evidence.__table__:  # the checklist tells events apart by these
            columns = [column for column in columns if column.name not in _TOLD_APART]
            values = {column.name: values[column.name] for column in columns}
        for some in _chunks(submissions):
            mine = table.c.submission_id.in_(some)
            if table is Evidence.__table__:
                self._tell_apart(table, mine)
            done = self.connection.execute(update(table).where(mine, traces.holding(columns)).values(values))
            self.counts[named] += done.rowcount

    def _tell_apart(self, table: Table, mine: ColumnElement[bool]) -> None:
        """Keyed hashes in place of theme and place: equal ones stay equal, so that no event is counted twice."""
        rows = self.connection.execute(select(table.c.id, *(table.c[name] for name in _TOLD_APART)).where(mine)).all()
        for row in rows:
            values = {name: _hashed(getattr(row, name)) for name in _TOLD_APART}
            if any(values[name] != getattr(row, name) for name in _TOLD_APART):
                self.connection.execute(update(table).where(table.c.id == row.id).values(values))
                self.counts["texts"] += 1

    def _reasons(self, submissions: Sequence[int]) -> None:
        for some in _chunks(submissions):
            self._clear("texts", Submission.__table__, Submission.id.in_(some))

    def _clear(self, named: str, table: Any, *which: ColumnElement[bool]) -> None:
        """Empty the sealed texts of the rows that fit."""
        columns = traces.sealed(table)
        done = self.connection.execute(
            update(table).where(*which, traces.holding(columns)).values(traces.emptied(columns))
        )
        self.counts[named] += done.rowcount

    def _workbooks(self, verdicts: dict[int, set[bool | None]]) -> None:
        """Originals all of whose days are over, with the findings in them and the files they came as."""
        rows = self.connection.execute(
            select(Workbook.id, Workbook.received_at, Workbook.purged_at).where(Workbook.street_id == self.street)
        ).all()
        gone = [
            row.id
            for row in rows
            if (True in verdicts[row.id] and False not in verdicts[row.id])
            or (row.id not in verdicts and row.received_at < self.moment)
        ]
        since = dict(
            self.connection.execute(
                select(Finding.workbook_id, func.max(Finding.first_seen))
                .where(Finding.street_id == self.street)
                .group_by(Finding.workbook_id)
            ).all()
        )
        done = {
            row.id for row in rows if row.purged_at is not None and since.get(row.id, row.purged_at) <= row.purged_at
        }
        left = sorted(set(gone) - done)
        away(self.connection, left)
        self.counts["originals"] += len(left)
        for some in _chunks(left):
            self.counts["findings"] += empty_findings(self.connection, some)

    def _waiting(self) -> None:
        """Files that nobody took in."""
        old = (BatchFile.street_id == self.street, BatchFile.received_at < self.moment, BatchFile.workbook_id.is_(None))
        waits = self.connection.execute(
            update(BatchFile).where(*old, BatchFile.content.is_not(None)).values(content=None, removed_at=clock.now())
        )
        self.counts["waiting"] += waits.rowcount
        named = traces.holding([BatchFile.__table__.c.filename])
        self.connection.execute(
            update(BatchFile).where(*old, named).values(filename=traces.EMPTY, mends=None, address=None)
        )

    def _evidence(self, closed: set[str]) -> None:
        """Files on records whose time is over, and those that were taken away."""
        rows = self.connection.execute(
            select(
                *(Attachment.id, Attachment.sort, Attachment.record, Attachment.added_at, Attachment.removed_at)
            ).where(Attachment.street_id == self.street, traces.holding([Attachment.__table__.c.filename]))
        ).all()
        gone = []
        for row in rows:
            end = _end(row.record.partition("/")[0]) or clock.local(row.added_at).date()
            over = row.record in closed if row.sort == "action" else end < self.before
            if over or (row.removed_at is not None and row.removed_at < self.moment):
                gone.append(row.id)
        empty_attachments(self.connection, gone)
        self.counts["evidence"] += len(gone)

    def _rest(self) -> None:
        """Reasons of acts, names of accounts that ended, texts that went to the group."""
        street, now = self.street, self.moment
        for table, day in ((Waiver, Waiver.day), (Exemption, Exemption.last_day), (DayClose, DayClose.day)):
            self._clear("texts", table.__table__, table.street_id == street, day < self.before)
        self._clear("texts", Batch.__table__, Batch.street_id == street, Batch.opened_at < now)
        self._clear("texts", Account.__table__, Account.street_id == street, Account.disabled_at < now)
        done = self.connection.execute(
            update(Posting)
            .where(
                Posting.street_id == street,
                Posting.queued_at < now,
                Posting.text != traces.EMPTY,
                or_(Posting.sent_at.is_not(None), Posting.next_at.is_(None)),
            )
            .values(text=traces.EMPTY)
        )
        self.counts["texts"] += done.rowcount


_TOLD_APART = ("theme", "place")


def _hashed(text: str | None) -> str | None:
    """What stays of a text that others are compared with; of one that is a hash already the same."""
    if text is None or (text.startswith(_HASHED) and len(text) == len(_HASHED) + 8):
        return text
    return _HASHED + privacy.keys().figures(text)[:8]


_HASHED = f"{traces.EMPTY} #"


def _end(period: str | None) -> date | None:
    try:
        return Period.parse(period or "").end
    except PeriodUnknownError:
        return None


def _chunks(numbers: Iterable[int]) -> Iterator[list[int]]:
    every = list(numbers)
    for start in range(0, len(every), _CHUNK):
        yield every[start : start + _CHUNK]


# What erasing a person does too ----------------------------------------------------------------------------------


def away(connection: Connection, workbooks: Sequence[int]) -> None:
    """Take the bytes and the name of originals away; hash, size and moments stay, and that they were purged."""
    for some in _chunks(workbooks):
        connection.execute(
            update(Workbook)
            .where(Workbook.id.in_(some))
            .values(content=b"", filename=traces.EMPTY, address=None, purged_at=clock.now())
        )
        connection.execute(
            update(BatchFile)
            .where(BatchFile.workbook_id.in_(some))
            .values(content=None, filename=traces.EMPTY, mends=None, address=None)
        )


def empty_findings(connection: Connection, workbooks: Sequence[int]) -> int:
    """Take the texts out of the findings in these workbooks: rule, place and numbers stay; how many there were."""
    rows = connection.execute(
        select(Finding.id, Finding.value, Finding.fields).where(Finding.workbook_id.in_(workbooks))
    ).all()
    for row in rows:
        fields = None if row.fields is None else json.dumps(_plain(json.loads(row.fields)), ensure_ascii=False)
        value = None if row.value is None else traces.EMPTY
        connection.execute(update(Finding).where(Finding.id == row.id).values(value=value, fields=fields))
    return len(rows)


def _plain(said: Any) -> Any:
    """The fields of a finding's sentence without any text that somebody wrote; what has two languages is a name."""
    if isinstance(said, Mapping):
        if said.keys() == {"zh", "en"}:
            return said
        return {key: _plain(value) for key, value in said.items()}
    if isinstance(said, list):
        return [_plain(value) for value in said]
    return traces.EMPTY if isinstance(said, str) else said


def empty_attachments(connection: Connection, numbers: Sequence[int]) -> None:
    """Take files of evidence away: that there was one, its kind, size and hash stay."""
    for some in _chunks(numbers):
        connection.execute(
            update(Attachment)
            .where(Attachment.id.in_(some))
            .values(
                content=b"", thumbnail=None, filename=traces.EMPTY, **traces.emptied([Attachment.__table__.c.reason])
            )
        )


# The clock -------------------------------------------------------------------------------------------------------

_done: date | None = None  # the day on which this process has looked
_owed = False  # something was emptied and its bytes are still in the file


def wake() -> None:
    """Start this process's watch over the clock, if the settings say that personal data go by themselves."""
    if settings().retention.on:
        _round.wake()


def tick() -> dict[str, int]:
    """Once a day, if the settings say so: empty what is older than they allow; how much that was, as in ``Purged``."""
    global _done, _owed
    acting = accounts.console()  # what was set in the page counts here too
    today = clock.today()
    if not settings().retention.on or _done == today:
        return {}
    counts = _emptied(acting, limit(), for_good=True)
    if any(counts.values()) or _owed:
        log.info("personal data before %s emptied: %s", limit(), counts)
        _owed = not database.compact()
    _done = today
    return counts


_round = Round("retention", tick, ROUND, log, "emptying old personal data")


def last(actor: Actor) -> datetime | None:
    """When personal data were emptied last; None where they never were. For administrators."""
    actor.require(Capability.ADMINISTER)
    with database.reading() as connection:
        return connection.execute(
            select(func.max(AuditEvent.at)).where(AuditEvent.street_id == actor.street_id, AuditEvent.event == "purged")
        ).scalar()
