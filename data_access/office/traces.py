"""Where the database holds what may be about people, and what stays of it once it has been emptied.

Two sorts of sealed columns: those that say who somebody is (``IDENTITY``: emptied to nothing) and texts that may speak
of somebody (emptied to ``EMPTY``, so that a page still knows that something was said there, and counts it).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, Text, case, func, literal, select

from data_access.schema import Backup, Base, Callup, Sealed, SealedBytes

EMPTY = "*"  # stays of a text
IDENTITY = frozenset(
    {
        *("name", "phone", "id_last4", "employer", "liaison", "liaison_phone", "batch_leader"),
        *("lead_cadre", "chair", "owner", "filler", "rechecked_by", "display_name"),
    }
)
# What a row of a roster says of a person beside that; no figure of the board is made of it.
ATTRIBUTES = ("id_type", "sex", "age", "area", "last_dose_date")
# Where a name is that of the row's own person: another one of that name is somebody else. Whoever works for the office
# leaves its accounts and its register by another door.
_OWN = {
    "callup": frozenset({"name", "phone", "id_last4", "employer"}),
    "community_entry": IDENTITY,
    "account": IDENTITY,
}
# Texts in plain sight, none of them personal by their nature. What nobody typed is left out.
_PLAIN_ELSEWHERE = frozenset({"account", "audit_event", "backup", "data_version", "setting", "street"})
_SHORTEST = 30  # bytes of EMPTY sealed: version, nonce, the character, tag

TABLES: tuple[Table, ...] = tuple(Base.metadata.sorted_tables)


def sealed(table: Table) -> list[Column[Any]]:
    """The sealed text columns of a table."""
    return [column for column in table.columns if isinstance(column.type, Sealed)]


def files(table: Table) -> list[Column[Any]]:
    """The columns of a table that hold whole files, sealed."""
    return [column for column in table.columns if isinstance(column.type, SealedBytes)]


def texts(table: Table) -> list[Column[Any]]:
    """The columns of a table in which somebody may have written of somebody else, sealed or not."""
    plain = [] if table.name in _PLAIN_ELSEWHERE else [c for c in table.columns if isinstance(c.type, Text)]
    return [*(column for column in sealed(table) if column.name not in _OWN.get(table.name, ())), *plain]


def facts() -> list[Table]:
    """The tables that hang on a submission and have sealed columns; findings go with their workbook."""
    return [table for table in TABLES if "submission_id" in table.columns and sealed(table) and table.name != "finding"]


def holding(columns: Sequence[Any]) -> ColumnElement[bool]:
    """The rows in which one of these sealed columns, or of a person's attributes, still says something."""
    return _any(_says(column) for column in columns)


def emptied(columns: Sequence[Any]) -> dict[str, Any]:
    """The values for an update that empties these columns; what was missing stays missing."""
    return {column.name: _emptied(column) for column in columns}


def personal(table: Table) -> list[Column[Any]]:
    """The columns of a fact that are emptied with it."""
    return [*sealed(table), *(table.c[name] for name in ATTRIBUTES if table is Callup.__table__)]


def _emptied(column: Column[Any]) -> Any:
    if column.name in IDENTITY or not isinstance(column.type, Sealed):
        return None
    if not column.nullable:
        return EMPTY
    return case((column.is_(None), None), else_=literal(EMPTY, column.type))


def _says(column: Column[Any]) -> ColumnElement[bool]:
    if column.name in IDENTITY or not isinstance(column.type, Sealed):
        return column.is_not(None)
    return func.length(column) > _SHORTEST


def _any(conditions: Iterable[ColumnElement[bool]]) -> ColumnElement[bool]:
    first, *rest = conditions
    for one in rest:
        first = first | one
    return first


def copies(connection: Connection) -> list[str]:
    """The names of the backups that still lie in their places, the newest first: each holds what was there then."""
    paths = connection.execute(select(Backup.path).order_by(Backup.id.desc())).scalars()
    return [Path(path).name for path in paths if Path(path).is_file()]
