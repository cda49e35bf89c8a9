"""Compare: new rows of a scope beside the old ones. The basis of the preview and of the change list (I10)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

Values = Mapping[str, Any]
Identity = tuple[Hashable, ...]
_NUMERIC = frozenset({int, Decimal})


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
    nobody filled sums to None, not to zero. ``became_zero`` are the columns whose sum was above zero and is zero now,
    ``emptied`` those that some row filled and that no row fills any more: missing is not zero. An old version without
    rows, and a new one, lose nothing.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    gone: int = 0
    changes: list[Change] = field(default_factory=list)
    totals_moved: dict[str, tuple[int | Decimal | None, int | Decimal | None]] = field(default_factory=dict)
    became_zero: tuple[str, ...] = ()
    emptied: tuple[str, ...] = ()

    @property
    def zeroed_cells(self) -> list[Change]:
        """The cells that held a number other than zero and hold zero now."""
        return [change for change in self.changes if _number(change.before) and _is_zero(change.after)]

    @property
    def emptied_cells(self) -> list[Change]:
        """The cells that were filled and are missing now."""
        return [change for change in self.changes if change.before is not None and change.after is None]

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
    moved = _totals_moved(new, old)
    return Comparison(
        new=len(after.keys() - before.keys()),
        changed=changed,
        unchanged=unchanged,
        gone=len(before.keys() - after.keys()),
        changes=changes,
        totals_moved=moved,
        became_zero=tuple(name for name, (was, now) in moved.items() if was is not None and was > 0 and now == 0),
        emptied=tuple(sorted(_filled(old) - _filled(new))) if new and old else (),
    )


@dataclass(frozen=True, slots=True)
class Whole:
    """A scope as it is after a partial correction: its rows, their numbers in the sheet each came from, and the
    places of those that the correction mentions."""

    rows: list[dict[str, Any]]
    numbers: list[int]
    mentioned: list[int]


def lay_over(
    identity: Sequence[str],
    new: Sequence[Values],
    new_numbers: Sequence[int],
    old: Sequence[Values],
    old_numbers: Sequence[int],
    silent: Collection[str] = (),
) -> Whole:
    """A correction that holds the changed rows only, laid over the rows of its scope (N20).

    Rows that it does not mention stay, and so do the values of columns that none of its rows fills, or that are
    ``silent``: of them the rows hold only what is usual. Rows that share an identity are matched in their order; the
    old ones come first.
    """
    said = _filled(new) - set(silent)
    mentioned = {key: place for place, key in enumerate(_by_identity(identity, new))}
    held = {key: place for place, key in enumerate(_by_identity(identity, old))}
    whole = Whole([], [], [])
    for key in [*held, *(key for key in mentioned if key not in held)]:
        before = dict(old[held[key]]) if key in held else {}
        if key in mentioned:
            place = mentioned[key]
            whole.mentioned.append(len(whole.rows))
            row = before | {name: value for name, value in new[place].items() if name in said or not before}
            if "estimates" in row:  # the mark goes with its figure
                kept = [name for name in before.get("estimates") or () if name not in said]
                row["estimates"] = sorted({*kept, *(new[place].get("estimates") or ())}) or None
            whole.rows.append(row)
            whole.numbers.append(new_numbers[place])
        else:
            whole.rows.append(before)
            whole.numbers.append(old_numbers[held[key]])
    return whole


def _filled(rows: Sequence[Values]) -> set[str]:
    return {column for column in set().union(*rows) if any(row.get(column) is not None for row in rows)}


def _number(value: Any) -> bool:
    """Whether it is a number other than zero."""
    return isinstance(value, int | Decimal) and not isinstance(value, bool) and value != 0


def _is_zero(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool) and value == 0


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
    for column in set().union(*rows):
        values: list[Any] = [row.get(column) for row in rows]
        if not _NUMERIC.isdisjoint(map(type, values)):
            sums[column] = sum(value for value in values if type(value) in _NUMERIC)
    return sums
