"""``verify``: whether what the database holds hangs together, looked at from end to end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Table, exists, func, select
from sqlalchemy.orm import aliased

from config.language import N_, _
from data_access import audit, database
from data_access.accounts import Actor, Capability
from data_access.backups import tables
from data_access.inbox import facts
from data_access.privacy import KeyFileError, keys
from data_access.schema import FACTS, Attachment, Submission, Workbook

_MOST = 5  # places that a finding names


@dataclass(frozen=True, slots=True)
class Check:
    """One question and its answer; ``text`` names counts, tables and numbers, never what stands in them."""

    name: str
    good: bool
    text: str


def examine(actor: Actor, told: tables.Told = lambda _done, _all: None) -> list[Check]:
    """Every check of the live database, in one read transaction. For administrators. It changes nothing.

    Names: database, references, audit, sealed, rows, revisions, originals.
    """
    actor.require(Capability.ADMINISTER)
    with database.reading() as connection:
        return checks(connection, told)


def checks(connection: Connection, told: tables.Told = lambda _done, _all: None) -> list[Check]:
    """The same for a connection at hand: that of a backup restored aside."""
    asked: tuple[tuple[str, Callable[[Connection], tuple[bool, str]]], ...] = (
        ("database", _database),
        ("references", _references),
        ("audit", _audit),
        ("sealed", _sealed),
        ("rows", _rows),
        ("revisions", _revisions),
        ("originals", _originals),
    )
    found = []
    for number, (name, ask) in enumerate(asked, start=1):
        found.append(Check(name, *ask(connection)))
        told(number, len(asked))
    return found


def _database(connection: Connection) -> tuple[bool, str]:
    """What the database says of itself."""
    if connection.dialect.name != "sqlite":
        return True, _("PostgreSQL answers; it looks after its own files.")
    said = connection.exec_driver_sql("PRAGMA integrity_check(20)").scalars().all()
    if list(said) == ["ok"]:
        return True, _("The database file is whole.")
    return False, _("The database file is damaged in {n} places. Restore the last good backup.", n=len(said))


def _references(connection: Connection) -> tuple[bool, str]:
    """Rows that refer to one that is not there."""
    lost, asked = [], 0
    for table in tables.TABLES:
        for column in table.columns:
            for key in column.foreign_keys:
                asked += 1
                other = key.column.table.alias()
                there = exists().where(other.c[key.column.name] == column)
                number = connection.execute(
                    select(func.count()).select_from(table).where(column.is_not(None), ~there)
                ).scalar_one()
                lost += [f"{table.name}.{column.name}: {number}"] if number else []
    if lost:
        return False, _("Rows refer to what is not there: {places}", places=_some(lost))
    return True, _("All {n} references lead somewhere.", n=asked)


def _audit(connection: Connection) -> tuple[bool, str]:
    chain = audit.verify(connection)
    return chain.fault is None, chain.text


def _sealed(connection: Connection) -> tuple[bool, str]:
    """Every sealed value opens with the office's key."""
    shut, opened = [], 0
    for table in tables.TABLES:
        for column in table.columns:
            if tables.sort_of(column).startswith("sealed"):
                good, bad = _open(connection, table, column.name)
                opened += good
                shut += [f"{table.name}.{column.name}: {bad}"] if bad else []
    if shut:
        return False, _("Sealed values do not open with this key: {places}", places=_some(shut))
    return True, _("All {n} sealed values open.", n=opened)


def _open(connection: Connection, table: Table, name: str) -> tuple[int, int]:
    quote = connection.dialect.identifier_preparer.quote
    values = connection.exec_driver_sql(
        f"SELECT {quote(name)} FROM {quote(table.name)} WHERE {quote(name)} IS NOT NULL",
        execution_options={"stream_results": True, "max_row_buffer": tables.most_at_once(table)},
    )
    good = bad = 0
    open_ = keys().open
    for (value,) in values:
        try:
            open_(bytes(value))
            good += 1
        except (KeyFileError, ValueError):
            bad += 1
    return good, bad


def _rows(connection: Connection) -> tuple[bool, str]:
    """Each submission has as many facts as it was counted to have."""
    wrong: list[int] = []
    asked = 0
    for kind in FACTS:
        source = facts.table(kind)
        held = func.count(source.c.id)
        query = (
            select(Submission.id)
            .join(source, source.c.submission_id == Submission.id, isouter=True)
            .where(Submission.kind == kind)
            .group_by(Submission.id, Submission.rows_accepted)
        )
        wrong += connection.execute(query.having(held != Submission.rows_accepted)).scalars()
        asked += connection.execute(
            select(func.count()).select_from(Submission).where(Submission.kind == kind)
        ).scalar_one()
    every = connection.execute(select(func.count()).select_from(Submission)).scalar_one()
    if wrong or asked != every:
        return False, _("Submissions whose rows are not those they had: {numbers}", numbers=_some(sorted(wrong)) or "?")
    return True, _("The rows of all {n} submissions are there.", n=asked)


def _revisions(connection: Connection) -> tuple[bool, str]:
    """At most one revision of a scope counts, and nothing is superseded but by a later one that stands."""
    counts = Submission.superseded_at.is_(None) & Submission.withdrawn_at.is_(None)
    twice = connection.execute(
        select(func.min(Submission.id))
        .where(counts)
        .group_by(Submission.street_id, Submission.scope)
        .having(func.count() > 1)
    ).scalars()
    later = aliased(Submission)
    after = exists().where(
        later.street_id == Submission.street_id,
        later.scope == Submission.scope,
        later.revision > Submission.revision,
        later.withdrawn_at.is_(None),
    )
    unseen = connection.execute(
        select(Submission.id).where(Submission.superseded_at.is_not(None), Submission.withdrawn_at.is_(None), ~after)
    ).scalars()
    wrong = sorted({*twice, *unseen})
    if wrong:
        return False, _("Scopes in which not exactly one revision counts; submissions {numbers}", numbers=_some(wrong))
    number = connection.execute(select(func.count()).select_from(Submission).where(counts)).scalar_one()
    return True, _("Of {n} scopes exactly one revision counts.", n=number)


def _originals(connection: Connection) -> tuple[bool, str]:
    """The kept files are the bytes that came: their SHA-256 and size."""
    wrong, asked = [], 0
    books = select(Workbook.id, Workbook.sha256, Workbook.size).where(Workbook.purged_at.is_(None))
    added = select(Attachment.id, Attachment.sha256, Attachment.size).where(Attachment.removed_at.is_(None))
    for table, query in ((Workbook, books), (Attachment, added)):
        for row in connection.execute(query.order_by(table.id)).all():
            asked += 1
            if not _same(connection, table, row):
                wrong.append(f"{table.__tablename__} {row.id}")
    if wrong:
        return False, _("Kept files are not what they were: {places}", places=_some(wrong))
    return True, _("All {n} kept files are what came.", n=asked)


def _same(connection: Connection, table: type[Workbook] | type[Attachment], row: Any) -> bool:
    try:
        content: bytes = connection.execute(select(table.content).where(table.id == row.id)).scalar_one()
    except (KeyFileError, ValueError):
        return False
    if not content and row.size and table is Attachment:
        return True  # emptied on purpose: only who has the key can seal nothing
    return len(content) == int(row.size) and sha256(content).hexdigest() == str(row.sha256)


def _some(places: list[Any]) -> str:
    names, more = _(", ").join(map(str, places[:_MOST])), len(places) - _MOST
    return _("{names} and {n} more", names=names, n=more) if more > 0 else names


NAMES = {
    "database": N_("Database file"),
    "references": N_("References"),
    "audit": N_("Audit trail"),
    "sealed": N_("Sealed values"),
    "rows": N_("Rows of submissions"),
    "revisions": N_("Revisions"),
    "originals": N_("Kept files"),
    "archive": N_("Archive"),
    "tables": N_("Tables"),
    "totals": N_("Totals"),
}
