"""Changing the key of the fields: a new one seals from now on, what the old one sealed is sealed anew.

In batches, so that the board goes on meanwhile, and resumable: the key file holds both keys until nothing is sealed
with the old one any more, and a run that was broken off is taken up where it stopped. The key of the hashes, the audit
trail and the backups stays (``privacy``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, LargeBinary, Table, bindparam, func, literal, select, type_coerce
from sqlalchemy import or_ as either
from sqlalchemy import update as change

from data_access import audit, database, privacy
from data_access.accounts import Actor, Capability
from data_access.backups.tables import most_at_once
from data_access.office import overlay, traces
from data_access.privacy import KeyFileError
from data_access.schema import Setting

Told = Callable[[int, int], None]  # rows done, rows in all


@dataclass(frozen=True, slots=True)
class Rotated:
    """What came of it: ``values`` sealed anew, ``unopened`` that no key opens; the old key stays while there are any.

    ``resumed``: an earlier run was taken up. ``compacted``: the old bytes are gone from the database's file.
    """

    values: int
    unopened: int
    resumed: bool
    compacted: bool


def rotate(actor: Actor, told: Told = lambda _done, _all: None) -> Rotated:
    """Change the key of the fields, or finish a change that was broken off. For administrators.

    Others read and write meanwhile. Every copy of the key file has to be made anew afterwards.
    """
    actor.require(Capability.ADMINISTER)
    with database.writing() as connection:
        begun = privacy.begin_rotation()
        every = sum(_left(connection, table) for table in traces.TABLES if _columns(table))
        if begun:
            audit.record(connection, actor, "key_changing", rows=every)
    rows = values = unopened = 0
    for table in traces.TABLES:
        last: int | None = 0
        while _columns(table) and last is not None:
            with database.writing() as connection:
                last, number, done, shut = _some(connection, table, last)
            rows, values, unopened = rows + number, values + done, unopened + shut
            told(rows, max(rows, every))  # others write meanwhile
    with database.writing() as connection:
        done, shut = _secrets(connection)
        values, unopened = values + done, unopened + shut
        if not unopened and not any(_left(connection, table) for table in traces.TABLES if _columns(table)):
            privacy.end_rotation()
            audit.record(connection, actor, "key_changed", values=values)
    return Rotated(values, unopened, not begun, database.compact())


def _columns(table: Table) -> list[Column[Any]]:
    return [*traces.sealed(table), *traces.files(table)]


def _old(table: Table) -> Any:
    """The rows in which something is sealed with another key than the one that seals."""
    mark = literal(privacy.keys().mark, LargeBinary)
    return either(*(func.substr(type_coerce(column, LargeBinary), 1, 1) != mark for column in _columns(table)))


def _left(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table).where(_old(table))).scalar_one())


def _some(connection: Connection, table: Table, last: int) -> tuple[int | None, int, int, int]:
    """Seal the next rows after number ``last`` anew: the last one's number (None: no more), rows, values, unopened."""
    columns, now = _columns(table), privacy.keys()
    raw = [type_coerce(column, LargeBinary).label(column.name) for column in columns]
    size = most_at_once(table)
    rows = connection.execute(
        select(table.c.id, *raw).where(table.c.id > last, _old(table)).order_by(table.c.id).limit(size)
    ).all()
    done = shut = 0
    lines = []
    for row in rows:
        line: dict[str, Any] = {"number": row.id}
        for column in columns:
            value = getattr(row, column.name)
            if value is not None and bytes(value)[:1] != now.mark:
                try:
                    value = now.seal(now.open(bytes(value)))
                    done += 1
                except KeyFileError:
                    shut += 1
            line[f"new_{column.name}"] = value
        lines.append(line)
    if lines:
        values = {column.name: bindparam(f"new_{column.name}", type_=LargeBinary()) for column in columns}
        number = bindparam("number", type_=BigInteger())
        connection.execute(change(table).where(table.c.id == number).values(values), lines)
    return (rows[-1].id if len(rows) == size else None), len(rows), done, shut


def _secrets(connection: Connection) -> tuple[int, int]:
    """Settings that are kept sealed, as text: how many were sealed anew, how many do not open."""
    rows = connection.execute(select(Setting.id, Setting.name, Setting.value).where(Setting.name.in_(overlay.SECRETS)))
    done = shut = 0
    for row in rows.all():
        try:
            value = overlay.packed(row.name, overlay.unpacked(row.name, row.value))
        except (KeyFileError, ValueError):
            shut += 1
            continue
        connection.execute(change(Setting).where(Setting.id == row.id).values(value=value))
        done += 1
    return done, shut
