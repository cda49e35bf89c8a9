"""Rows in a form that belongs to no database: a line of JSON each, the same from SQLite and from PostgreSQL.

Personal fields stand in plain text (the archive around them is encrypted) and are sealed anew when they are loaded, so
that a backup outlives a change of the field key. The checksum of a table is taken over its lines: what was restored is
the same where it gives the same lines again.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Table, func, inspect, select

from data_access.backups.archive import DamagedError
from data_access.force import in_force
from data_access.inbox import facts
from data_access.privacy import KeyFileError, keys
from data_access.schema import FACTS, Base, Exact, Freshness, Instant, Sealed, SealedBytes, Submission

# What is referred to comes first. What answers hang on is not kept: after a restore none holds.
TABLES: tuple[Table, ...] = tuple(
    table for table in Base.metadata.sorted_tables if table.name != Freshness.__tablename__
)
ROWS, FILES = 2000, 8  # rows taken at once; of tables that hold whole files

_SORTS: tuple[tuple[type[Any], str], ...] = (
    (Sealed, "sealed"),
    (SealedBytes, "sealed file"),
    (Instant, "instant"),
    (Exact, "decimal"),
    (sa.Boolean, "bool"),
    (sa.Integer, "int"),
    (sa.Date, "date"),
    (sa.Time, "time"),
    (sa.JSON, "json"),
    (sa.LargeBinary, "bytes"),
    (sa.String, "text"),
)

Told = Callable[[int, int], None]  # rows done, rows in all
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(slots=True)
class Written:
    """What went by of one table: its rows and the checksum of their lines; values that no key opens."""

    rows: int = 0
    checksum: str = ""
    unopened: int = 0


def sort_of(column: sa.Column[Any]) -> str:
    """How the values of a column are written. KeyError for a type that nobody has thought of."""
    for kind, sort in _SORTS:
        if isinstance(column.type, kind):
            return sort
    raise KeyError(f"{column.table.name}.{column.name}")


def most_at_once(table: Table) -> int:
    """How many rows of a table are held in memory at once."""
    return FILES if any(sort_of(column) == "sealed file" for column in table.columns) else ROWS


# Out -------------------------------------------------------------------------------------------------------------


def dump(connection: Connection, written: dict[str, Written], told: Told = lambda _done, _all: None) -> Iterator[bytes]:
    """Every table as lines, several to a piece; ``written`` is filled in as they go by."""
    every = sum(connection.execute(select(func.count()).select_from(table)).scalar_one() for table in TABLES)
    done = 0
    for table in TABLES:
        columns = [(column.name, sort_of(column)) for column in table.columns]
        yield _encode({"table": table.name, "columns": columns}).encode()
        now, digest = Written(), sha256()
        for piece, rows in _pieces(connection, table, columns, now):
            digest.update(piece + b"\n")
            now.rows += rows
            yield piece
            told(done + now.rows, every)
        now.checksum = digest.hexdigest()
        done += now.rows
        written[table.name] = now
        yield _encode({"end": table.name, "rows": now.rows, "sha256": now.checksum}).encode()


def _pieces(
    connection: Connection, table: Table, columns: Sequence[tuple[str, str]], written: Written
) -> Iterator[tuple[bytes, int]]:
    # the driver's own values: SQLAlchemy would ask each type about each value
    postgres = connection.dialect.name == "postgresql"
    quote = connection.dialect.identifier_preparer.quote
    named = [f"{quote(name)}::text" if postgres and sort == "json" else quote(name) for name, sort in columns]
    size = most_at_once(table)
    result = connection.exec_driver_sql(
        f"SELECT {', '.join(named)} FROM {quote(table.name)} ORDER BY id",
        execution_options={"stream_results": True, "max_row_buffer": size},
    )
    while rows := result.fetchmany(size):
        turned = zip(zip(*rows, strict=True), columns, strict=True)
        by_column = [_out(values, sort, written) for values, (_name, sort) in turned]
        lines = [_encode(line) for line in zip(*by_column, strict=True)]
        yield "\n".join(lines).encode(), len(lines)


def _out(values: Sequence[Any], sort: str, written: Written) -> Sequence[Any]:
    """The values of a column as JSON knows them."""
    if sort in ("int", "text", "json"):
        return values
    if sort.startswith("sealed"):
        open_ = keys().open
        return [None if value is None else _opened(open_, bytes(value), sort, written) for value in values]
    make = _OUT[sort]
    return [None if value is None else make(value) for value in values]


def _opened(open_: Callable[[bytes], bytes], sealed: bytes, sort: str, written: Written) -> Any:
    try:
        plain = open_(sealed)
        return plain.decode() if sort == "sealed" else b64encode(plain).decode()
    except (KeyFileError, ValueError):
        written.unopened += 1  # kept as it is: a damaged value must not keep the rest from being saved
        return {"sealed": b64encode(sealed).decode()}


def _instant(value: str | datetime) -> str:
    """As SQLite holds it: UTC, to the microsecond."""
    given = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return (given.astimezone(UTC) if given.tzinfo else given).replace(tzinfo=None).isoformat(" ", "microseconds")


def _time(value: str | time) -> str:
    given = value if isinstance(value, time) else time.fromisoformat(value)
    return given.isoformat("microseconds")


def _decimal(value: float | Decimal) -> str:
    return f"{Decimal(str(value)):.4f}"


_OUT: dict[str, Callable[[Any], Any]] = {
    "instant": _instant,
    "time": _time,
    "date": lambda value: value.isoformat() if isinstance(value, date) else value,
    "decimal": _decimal,
    "bool": bool,
    "bytes": lambda value: b64encode(value).decode(),
}


# In --------------------------------------------------------------------------------------------------------------


def load(
    connection: Connection, lines: Iterable[bytes], told: Told = lambda _done, _all: None
) -> tuple[dict[str, Written], dict[str, Any]]:
    """Fill empty tables with the lines of ``dump``; what went in, and the last line, which is the manifest.

    DamagedError where the lines do not hang together. The tables are those the database has just now, which may be
    those of an earlier schema. ``told`` is told the number of rows twice, for nobody knows yet how many there are.
    """
    there, done = set(inspect(connection).get_table_names()), 0
    written: dict[str, Written] = {}
    manifest: dict[str, Any] | None = None
    table: _Filling | None = None
    for line in lines:
        if manifest is not None:
            raise DamagedError
        if line.startswith(b"["):
            if table is None:
                raise DamagedError
            table.take(line)
            continue
        said = json.loads(line)
        if "key_file" in said and not written:
            continue  # for ``restoring``
        if "table" in said and table is None and said["table"] in there:
            table = _Filling(connection, said["table"], said["columns"])
        elif "end" in said and table is not None and said["end"] == table.name:
            written[table.name] = table.done()
            if (table.written.rows, table.written.checksum) != (said["rows"], said["sha256"]):
                raise DamagedError
            done += table.written.rows
            told(done, done)
            table = None
        elif "manifest" in said and table is None:
            manifest = said["manifest"]
        else:
            raise DamagedError
    if manifest is None:
        raise DamagedError
    return written, manifest


class _Filling:
    """One table while it is being filled."""

    def __init__(self, connection: Connection, name: str, columns: Sequence[Sequence[str]]) -> None:
        self.name, self.written = name, Written()
        self._connection = connection
        self._sorts = [sort for _name, sort in columns]
        known = {column["name"] for column in inspect(connection).get_columns(name)}
        if not known.issuperset(name for name, _sort in columns):
            raise DamagedError
        quote = connection.dialect.identifier_preparer.quote
        self._into = f"{quote(name)} ({', '.join(quote(column) for column, _sort in columns)})"
        self._most = FILES if "sealed file" in self._sorts else ROWS
        self._waiting: list[list[Any]] = []
        self._digest = sha256()

    def take(self, line: bytes) -> None:
        """One row; it may wait for others."""
        self._digest.update(line + b"\n")
        row = json.loads(line)
        if len(row) != len(self._sorts):
            raise DamagedError
        self._waiting.append(row)
        if len(self._waiting) >= self._most:
            self._store()

    def done(self) -> Written:
        """All rows are in."""
        self._store()
        self.written.checksum = self._digest.hexdigest()
        return self.written

    def _store(self) -> None:
        if not self._waiting:
            return
        postgres = self._connection.dialect.name == "postgresql"
        turned = zip(zip(*self._waiting, strict=True), self._sorts, strict=True)
        by_column = [_in(values, sort, postgres) for values, sort in turned]
        rows = list(zip(*by_column, strict=True))
        cursor = self._connection.connection.cursor()
        try:
            if postgres:
                with cursor.copy(f"COPY {self._into} FROM STDIN") as stream:
                    for row in rows:
                        stream.write_row(row)
            else:
                places = ", ".join("?" * len(self._sorts))
                cursor.executemany(f"INSERT INTO {self._into} VALUES ({places})", rows)
        finally:
            cursor.close()
        self.written.rows += len(rows)
        self._waiting.clear()


def _in(values: Sequence[Any], sort: str, postgres: bool) -> Sequence[Any]:
    """The values of a column as the driver takes them."""
    match sort:
        case "sealed" | "sealed file":
            return _sealed(values, sort)
        case "instant" if postgres:
            return [None if value is None else f"{value}+00" for value in values]
        case "decimal" if not postgres:
            return [None if value is None else float(value) for value in values]
        case "bool" if not postgres:
            return [None if value is None else int(value) for value in values]
        case "bytes":
            return [None if value is None else b64decode(value) for value in values]
    return values


def _sealed(values: Sequence[Any], sort: str) -> list[bytes | None]:
    decode = str.encode if sort == "sealed" else b64decode
    plain = [decode(value) for value in values if isinstance(value, str)]
    sealed = iter(keys().seal_all(plain))
    return [
        b64decode(value["sealed"]) if isinstance(value, dict) else None if value is None else next(sealed)
        for value in values
    ]


# Totals ----------------------------------------------------------------------------------------------------------


def totals(connection: Connection) -> dict[str, int]:
    """What the reports add up, in force now, asked of the database itself: ``kind.rows`` and the sum of each count."""
    found: dict[str, int] = {}
    for kind in FACTS:
        source = facts.table(kind)
        counts = [
            column
            for column in source.columns
            if isinstance(column.type, sa.Integer) and not column.name.endswith("id") and column.name != "row"
        ]
        row = connection.execute(
            select(func.count(), *(func.sum(column) for column in counts))
            .select_from(source)
            .join(Submission, Submission.id == source.c.submission_id)
            .where(in_force())
        ).one()
        named = zip(["rows", *(column.name for column in counts)], row, strict=True)
        found |= {f"{kind}.{name}": int(value or 0) for name, value in named}
    return found
