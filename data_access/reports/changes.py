"""What one version of a sheet changes in another, row by row, in words that may be shown.

The preview of an upload and the comparison of two revisions ask the same question of two lists of facts. Names and
telephones are masked here, so that nothing behind this module has to think of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pandas as pd

from config import clock
from config.campaigns import ALL, Campaign
from config.language import N_, _, pick
from data_access import privacy, sheets
from data_access.inbox import facts
from data_access.sheets.declaration import Column, Type
from data_access.workbooks import compare

Values = Mapping[str, Any]

CHANGES = ["sort", "row", "who", "column", "before", "after", "loss"]
TOTALS = ["column", "before", "after"]
LOST = ["column", "before", "loss"]

# Sums over rows mean something only where the rows are parts of one whole.
_SUMMED = frozenset({"baseline", "morning", "evening", "sites"})
_WHO = ("name", "site", "indicator", "item_code", "item_no", "person_group", "issue")
_OWN = {
    "id_last4": N_("Last four of the document"),
    "family": N_("Family file"),
    "original_due": N_("First deadline"),
    "estimates": N_("Estimates"),
}
_HIDDEN = frozenset({"person_key", "id_last4"})


@dataclass(frozen=True, slots=True)
class Sheet:
    """The facts of one version of a sheet; ``rows`` are their numbers in the workbook."""

    facts: Sequence[Values]
    rows: Sequence[int]


@dataclass(frozen=True, slots=True)
class Difference:
    """What the newer version changes.

    ``changes``: sort (new, changed, gone), row (Int64, of the newer version, of the older where gone), who (which
    row it is, masked), column, before, after (text, personal values masked), loss (zero: the cell held another number
    and holds zero now; emptied: it was filled and is missing now; blank otherwise). ``totals``: column, before, after
    (text) of each sum that moved. ``lost``: column, before (text), loss: zero, a column whose sum was above zero
    (before) and is zero now; emptied, one that some rows (before: how many) filled and that no row fills any more.
    """

    new: int
    changed: int
    unchanged: int
    gone: int
    rows_before: int
    rows_after: int
    changes: pd.DataFrame
    totals: pd.DataFrame
    lost: pd.DataFrame


def between(kind: str, newer: Sheet, older: Sheet, campaign: Campaign | None = None) -> Difference:
    """The difference between two versions of one scope; ``campaign`` names doses and groups."""
    found = compare.compare(facts.identity(kind), newer.facts, older.facts)
    after, before = _by_identity(kind, newer), _by_identity(kind, older)
    lines: list[dict[str, Any]] = []
    losses = {id(one): "zero" for one in found.zeroed_cells} | {id(one): "emptied" for one in found.emptied_cells}
    for change in found.changes:
        if change.column in _HIDDEN:
            continue
        row, values = after[change.identity][0]
        lines.append(
            {
                "sort": "changed",
                "row": row,
                "who": who(kind, values, campaign),
                "column": label(kind, change.column),
                "before": text(kind, change.column, change.before, campaign),
                "after": text(kind, change.column, change.after, campaign),
                "loss": losses.get(id(change), ""),
            }
        )
    lines += _whole("new", kind, after, before, campaign) + _whole("gone", kind, before, after, campaign)
    order = {"new": 0, "changed": 1, "gone": 2}
    places = {column.label: place for place, column in enumerate(sheets.kind(kind).columns)}
    lines.sort(key=lambda line: (order[line["sort"]], line["row"], places.get(line["column"], 0)))
    return Difference(
        found.new,
        found.changed,
        found.unchanged,
        found.gone,
        len(older.facts),
        len(newer.facts),
        pd.DataFrame(lines, columns=CHANGES).astype({"row": "Int64"}),
        _totals(kind, found),
        _lost(kind, found, older.facts),
    )


def _by_identity(kind: str, sheet: Sheet) -> dict[tuple[Any, ...], list[tuple[int, Values]]]:
    found: dict[tuple[Any, ...], list[tuple[int, Values]]] = defaultdict(list)
    for number, values in zip(sheet.rows, sheet.facts, strict=True):
        found[tuple(values.get(name) for name in facts.identity(kind))].append((number, values))
    return found


def _whole(
    sort: str,
    kind: str,
    here: Mapping[tuple[Any, ...], list[tuple[int, Values]]],
    there: Mapping[tuple[Any, ...], list[tuple[int, Values]]],
    campaign: Campaign | None,
) -> list[dict[str, Any]]:
    """The rows of one version that have no partner in the other."""
    surplus = [pair for key, pairs in here.items() for pair in pairs[len(there.get(key, ())) :]]
    side = "after" if sort == "new" else "before"
    return [
        {
            "sort": sort,
            "row": row,
            "who": who(kind, values, campaign),
            "column": _("whole row"),
            "before": "",
            "after": "",
            "loss": "",
            side: _gist(kind, values, campaign),
        }
        for row, values in sorted(surplus, key=lambda pair: pair[0])
    ]


def _gist(kind: str, values: Values, campaign: Campaign | None) -> str:
    """The few figures that say what a row is about."""
    skip = {*facts.identity(kind), *_HIDDEN, *_WHO}
    parts = []
    for column in sheets.kind(kind).columns:
        value = values.get(column.key)
        plain = column.type in (Type.SITE, Type.ENUM, Type.INT, Type.NUMBER, Type.DOSE) and not column.personal
        if column.key not in skip and plain and value is not None:
            parts.append(f"{column.label} {text(kind, column.key, value, campaign)}")
    return pick("，", ", ").join(parts[:3])


def _totals(kind: str, found: compare.Comparison) -> pd.DataFrame:
    moved = []
    for column in sheets.kind(kind).columns if kind in _SUMMED else ():
        if column.key in found.totals_moved and column.type in (Type.INT, Type.NUMBER):
            was, now = found.totals_moved[column.key]
            moved.append({"column": column.label, "before": _number(was), "after": _number(now)})
    return pd.DataFrame(moved, columns=TOTALS)


def _lost(kind: str, found: compare.Comparison, before: Sequence[Values]) -> pd.DataFrame:
    """The columns that became zero or that nobody fills any more, in the order of the sheet."""
    counting = (Type.INT, Type.NUMBER, Type.FILES)
    lines = []
    for column in sheets.kind(kind).columns:
        if column.key in found.became_zero and column.type in counting:
            was = _number(found.totals_moved[column.key][0])
            lines.append({"column": column.label, "before": was, "loss": "zero"})
        elif column.key in found.emptied:
            filled = sum(values.get(column.key) is not None for values in before)
            lines.append({"column": column.label, "before": _number(filled), "loss": "emptied"})
    return pd.DataFrame(lines, columns=LOST)


def who(kind: str, values: Values, campaign: Campaign | None = None) -> str:
    """Which row it is: a person by the masked name, otherwise site, indicator, item or group."""
    key = next((key for key in _WHO if values.get(key) is not None and key in facts.columns(kind)), None)
    return "" if key is None else text(kind, key, values[key], campaign)


def label(kind: str, key: str) -> str:
    """The heading of a fact's column in the current language."""
    column = _column(kind, key)
    return column.label if column is not None else _(_OWN.get(key, key))


def text(kind: str, key: str, value: Any, campaign: Campaign | None = None) -> str:
    """A stored value as it may be shown: codes as words, personal values masked, missing as —.

    What the database seals is never shown whole, whatever the sheet declares of it.
    """
    if value is None or value == "":
        return "—"
    column = _column(kind, key)
    if key == "id_last4":
        return privacy.mask_document(str(value))
    if sealed(kind, key):
        return (
            _masked(column, str(value)) if column is not None and column.personal else privacy.blot(str(value)) or "—"
        )
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if column is not None and isinstance(value, str):
        return _word(column, value, campaign)
    return _plain(value)


def sealed(kind: str, key: str) -> bool:
    """Whether the database keeps this column encrypted."""
    found = facts.table(kind).columns.get(key)
    return found is not None and type(found.type).__name__.startswith("Sealed")


def _masked(column: Column, value: str) -> str:
    if column.type is Type.PHONE:
        return privacy.mask_phone(value)
    return privacy.mask_name(value) if column.type is Type.NAME else f"{value[:1]}***"


def _word(column: Column, value: str, campaign: Campaign | None) -> str:
    if column.type is Type.ENUM:
        return next((choice.label for choice in column.choices if choice.code == value), value)
    if column.type is Type.DOSE and campaign is not None:
        return next((dose.label for dose in campaign.doses if dose.code == value), value)
    if column.type is Type.GROUP:
        if value == ALL:
            return _("Total")
        groups = campaign.groups if campaign is not None else ()
        return next((group.label for group in groups if group.code == value), value)
    return value


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{clock.local(value):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, (int, Decimal)):
        return _number(value)
    if isinstance(value, (list, tuple)):
        return _(", ").join(str(part) for part in value) or "—"
    if isinstance(value, dict):
        return _(", ").join(str(part) for part in value)
    return str(value)


def _number(value: int | Decimal | None) -> str:
    return "—" if value is None else f"{value:,}"


def _column(kind: str, key: str) -> Column | None:
    return next((column for column in sheets.kind(kind).columns if column.key == key), None)
