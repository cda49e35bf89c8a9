"""Compare: new rows of a scope beside the old ones. The basis of the preview and of the change list (I10)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

Values = Mapping[str, Any]
Identity = tuple[Hashable, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One cell that is not what it was. ``identity`` holds the values of the identity columns."""

    identity: Identity
    column: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many rows are new, changed, unchanged and gone, each changed cell, and the sums that moved.

    ``totals_moved`` gives, for each numeric column whose sum is another one, the sum before and after; a column that
    nobody filled sums to None, not to zero.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    gone: int = 0
    changes: list[Change] = field(default_factory=list)
    totals_moved: dict[str, tuple[int | Decimal | None, int | Decimal | None]] = field(default_factory=dict)

    @property
    def same(self) -> bool:
        """Whether nothing would change."""
        return not (self.new or self.changed or self.gone)


def compare(identity: Sequence[str], new: Sequence[Values], old: Sequence[Values]) -> Comparison:
    """The rows of ``new`` beside those of ``old``, matched by the identity columns; order does not matter.

    A missing value and a missing key are the same. Rows that share an identity are matched in their order. With no
    identity column there is one row at most on either side.
    """
    before, after = _by_identity(identity, old), _by_identity(identity, new)
    changes: list[Change] = []
    changed = unchanged = 0
    for key in after.keys() & before.keys():
        found = _changes(key[0], before[key], after[key])
        changed, unchanged = (changed + 1, unchanged) if found else (changed, unchanged + 1)
        changes += found
    order = {key[0]: place for place, key in enumerate(after)}
    changes.sort(key=lambda change: (order[change.identity], change.column))
    return Comparison(
        new=len(after.keys() - before.keys()),
        changed=changed,
        unchanged=unchanged,
        gone=len(before.keys() - after.keys()),
        changes=changes,
        totals_moved=_totals_moved(new, old),
    )


def _by_identity(identity: Sequence[str], rows: Sequence[Values]) -> dict[tuple[Identity, int], Values]:
    seen: Counter[Identity] = Counter()
    found: dict[tuple[Identity, int], Values] = {}
    for row in rows:
        key = tuple(row.get(name) for name in identity)
        found[key, seen[key]] = row
        seen[key] += 1
    return found


def _changes(identity: Identity, before: Values, after: Values) -> list[Change]:
    columns = sorted(before.keys() | after.keys())
    pairs = ((column, before.get(column), after.get(column)) for column in columns)
    return [Change(identity, column, was, now) for column, was, now in pairs if was != now]


def _totals_moved(
    new: Sequence[Values], old: Sequence[Values]
) -> dict[str, tuple[int | Decimal | None, int | Decimal | None]]:
    sums = [_sums(rows) for rows in (old, new)]
    columns = sorted(sums[0].keys() | sums[1].keys())
    pairs = {column: (sums[0].get(column), sums[1].get(column)) for column in columns}
    return {column: pair for column, pair in pairs.items() if pair[0] != pair[1]}


def _sums(rows: Sequence[Values]) -> dict[str, int | Decimal]:
    sums: dict[str, int | Decimal] = {}
    for row in rows:
        for column, value in row.items():
            if isinstance(value, int | Decimal) and not isinstance(value, bool):
                sums[column] = sums.get(column, 0) + value
    return sums
