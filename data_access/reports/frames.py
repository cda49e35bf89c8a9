"""Rows into a frame whose columns have their types from the start, without pandas guessing and converting each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from data_access.metrics import Estimate, Rate, counted, whole


def frame(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], kinds: Mapping[str, str]) -> pd.DataFrame:
    """One line per row; a column that ``kinds`` names has that type, a value that a row lacks is missing.

    The same as ``DataFrame(rows, columns=columns).astype(kinds)``, several times faster where columns are many. A
    column ``estimates`` names those of the row whose figure is an estimate, separated by spaces: their type forgets.
    """
    if "estimates" in columns:
        rows = [{"estimates": _estimates(row), **row} for row in rows]
    guessed = [name for name in columns if name not in kinds]
    plain = pd.DataFrame(rows, columns=guessed, index=range(len(rows)))
    typed = {name: pd.array([row.get(name) for row in rows], dtype=kinds[name]) for name in columns if name in kinds}  # type: ignore[call-overload]
    return pd.DataFrame({name: typed[name] if name in typed else plain[name] for name in columns}, index=plain.index)


def _estimates(row: Mapping[str, Any]) -> str:
    return " ".join(name for name, value in row.items() if isinstance(value, Estimate))


def figure(row: Mapping[Any, Any] | pd.Series, name: str) -> int | None:
    """One count of a row, an Estimate where its ``estimates`` name it; None where it is missing."""
    return counted(name, whole(row[name]), str(row.get("estimates", "")).split())


def pair(row: Mapping[Any, Any] | pd.Series, name: str) -> tuple[int | None, int | None]:
    """The two counts of a rate ``<name>_n``/``<name>_d`` in the same way."""
    return figure(row, f"{name}_n"), figure(row, f"{name}_d")


def rate(row: Mapping[Any, Any] | pd.Series, name: str) -> Rate:
    """The rate of these two counts."""
    return Rate(*pair(row, name))


def packed(table: pd.DataFrame) -> dict[str, Any]:
    """A frame as JSON that ``unpacked`` turns into an equal one: the type of each column, and the rows as lists.

    Columns of counts, fractions, truths, texts, lists and dates; a missing value is null.
    """
    kinds = {str(name): _kind(table[name]) for name in table}
    columns = [[_plain(value) for value in table[name]] for name in table]
    return {"columns": kinds, "rows": [list(row) for row in zip(*columns, strict=True)]}


def unpacked(stored: Mapping[str, Any]) -> pd.DataFrame:
    """The frame that ``packed`` put away."""
    kinds: Mapping[str, str] = stored["columns"]
    days = [name for name, kind in kinds.items() if kind == "date"]
    rows = [dict(zip(kinds, row, strict=True)) for row in stored["rows"]]
    for row in rows:
        row |= {name: row[name] and date.fromisoformat(row[name]) for name in days}
    typed = {name: kind for name, kind in kinds.items() if kind not in ("date", "object")}
    return frame(rows, list(kinds), typed)


def _kind(column: pd.Series) -> str:
    if column.map(lambda value: isinstance(value, date)).any():
        return "date"
    kind = str(column.dtype)
    return kind if kind in ("Int64", "Float64", "boolean", "bool", "int64", "float64") else "object"


def _plain(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if value is None or pd.isna(value):
        return None
    if isinstance(value, date):
        return value.isoformat()
    return value.item() if hasattr(value, "item") else value
