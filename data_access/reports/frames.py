"""Rows into a frame whose columns have their types from the start, without pandas guessing and converting each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd


def frame(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], kinds: Mapping[str, str]) -> pd.DataFrame:
    """One line per row; a column that ``kinds`` names has that type, a value that a row lacks is missing.

    The same as ``DataFrame(rows, columns=columns).astype(kinds)``, several times faster where columns are many.
    """
    guessed = [name for name in columns if name not in kinds]
    plain = pd.DataFrame(rows, columns=guessed, index=range(len(rows)))
    typed = {name: pd.array([row.get(name) for row in rows], dtype=kinds[name]) for name in columns if name in kinds}  # type: ignore[call-overload]
    return pd.DataFrame({name: typed[name] if name in typed else plain[name] for name in columns}, index=plain.index)
