"""Many rows into one table at once.

The values of a column are made ready together, as its type wants them: equal ones once, sealed ones with one call for
their nonces. Row by row, SQLAlchemy would ask each type about each value anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import JSON, Connection, Dialect, Table
from sqlalchemy import insert as insert_into

from data_access.privacy import keys
from data_access.schema import Sealed


def insert(connection: Connection, table: Table, columns: Mapping[str, Sequence[Any]]) -> None:
    """Insert rows given by column, all of the same length; columns that are not named stay empty."""
    statement, order = _statement(table, tuple(columns), connection.dialect)
    ready = {name: _ready(table, name, values, connection.dialect) for name, values in columns.items()}
    if order is not None:
        connection.exec_driver_sql(statement, list(zip(*(ready[name] for name in order), strict=True)))
        return
    lines = zip(*ready.values(), strict=True)
    connection.exec_driver_sql(statement, [dict(zip(ready, line, strict=True)) for line in lines])


@lru_cache(maxsize=64)
def _statement(table: Table, names: tuple[str, ...], dialect: Dialect) -> tuple[str, tuple[str, ...] | None]:
    """The statement in the words of the driver, and the order of its values where they bear no names."""
    compiled = insert_into(table).inline().compile(dialect=dialect, column_keys=list(names))
    return str(compiled), tuple(compiled.positiontup) if compiled.positional and compiled.positiontup else None


def _ready(table: Table, name: str, values: Sequence[Any], dialect: Dialect) -> Sequence[Any]:
    """The values of one column as the driver takes them."""
    kind = table.c[name].type
    if isinstance(kind, Sealed):
        return _sealed(values)
    process = kind.dialect_impl(dialect).bind_processor(dialect)
    if process is None:
        return values
    if isinstance(kind, JSON):  # lists and objects are no keys
        return [None if value is None else process(value) for value in values]
    made = {value: process(value) for value in set(values)}
    return [made[value] for value in values]


def _sealed(values: Sequence[str | None]) -> list[bytes | None]:
    sealed = iter(keys().seal_all([value.encode() for value in values if value is not None]))
    return [None if value is None else next(sealed) for value in values]
