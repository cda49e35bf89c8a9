"""Recognise, read and check one file: the same pure stages for the page, the command line and the tests."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from config.settings import settings
from data_access.findings import Finding, Severity, both, headed
from data_access.sheets import KINDS
from data_access.workbooks import by_name, corrections, mapped, mending, rules
from data_access.workbooks.candidates import almost
from data_access.workbooks.crosscheck import crosscheck
from data_access.workbooks.grid import Book, Grid, address, open_book
from data_access.workbooks.layouts import survey
from data_access.workbooks.merge import merge
from data_access.workbooks.model import NO_MENDS, Hints, Known, Mends, SheetResult, WorkbookResult
from data_access.workbooks.names import Places, nearest
from data_access.workbooks.recognise import Table, blank, ignored, tables
from data_access.workbooks.street import Street
from data_access.workbooks.whose import place_table

BASE = ("communities", "sites", "baseline", "ledger")
NO_HINTS = Hints()


def examine(
    data: bytes,
    filename: str,
    known: Known,
    hints: Hints = NO_HINTS,
    beside: Iterable[WorkbookResult] = (),
    mends: Mends = NO_MENDS,
    book: Book | Finding | None = None,
) -> WorkbookResult:
    """Everything the board has to say about a file: its portions that may be committed, and every finding.

    Never raises for what is in the file; ValueError for ``mends`` of a cell that it does not have. Lists of
    communities and sites are read first, whatever their place in the file, so that the other sheets of the same
    workbook know them; so are those of the files ``beside`` it, which would go in before. ``book`` is the opened file,
    where it was opened before.
    """
    result = WorkbookResult(filename, hashlib.sha256(data).hexdigest())
    book = open_book(data, filename) if book is None else book
    if isinstance(book, Finding):
        result.findings.append(book)
        return result
    result.findings += book.findings
    mended, result.mended = mending.lay_over(book, mends), bool(mends)
    street = Street(known)
    for other in beside:
        for _sheet, portion in other.portions:
            street.declare(portion.scope.kind, portion.rows)
    hints = _hints(hints, street, result)
    found = [(grid, _set_aside(grid)) for grid in book.sheets]
    waiting = {
        index: _tables(grid, book, filename, hints, known) for index, (grid, aside) in enumerate(found) if aside is None
    }
    checked = _check_all(waiting, filename, hints, street)
    for index, (grid, aside) in enumerate(found):
        if aside is not None:
            result.sheets.append(aside)
        else:
            result.sheets += checked.get(index) or [_unrecognised(grid, street, hints)]
    mending.tell(result.sheets, mended)
    merge(result.sheets)
    corrections.mark(result, hints)
    crosscheck(result.sheets, street)
    if not any(sheet.state in ("read", "merged", "refused", "unrecognised") for sheet in result.sheets):
        result.findings.append(Finding(rules.NO_SHEETS))
    return result


def _hints(hints: Hints, street: Street, result: WorkbookResult) -> Hints:
    """The sender's community by its official name; a name the street does not know is said once, for the file."""
    if hints.community is None or not street.places.names:
        return hints
    if (name := street.called(hints.community)) is not None:
        return replace(hints, community=name)
    near = nearest(hints.community, street.places.names)
    rule = rules.COMMUNITY_UNKNOWN_NEAR if near else rules.COMMUNITY_UNKNOWN
    result.findings.append(Finding(rule, value=hints.community, fields={"near": near}))
    return hints


def _set_aside(grid: Grid) -> SheetResult | None:
    """Sheets that are listed but not read: hidden, ignored by name, refused for their size, or empty (N12, N17)."""
    for state, applies, rule in (
        ("hidden", not grid.visible, rules.SHEET_HIDDEN),
        ("ignored", ignored(grid), rules.SHEET_IGNORED),
    ):
        if applies:
            return SheetResult(grid.name, state, findings=[Finding(rule, grid.name)])
    if grid.refusal is not None:
        return SheetResult(grid.name, "refused", findings=[grid.refusal])
    if blank(grid.rows):
        return SheetResult(grid.name, "empty", findings=[Finding(rules.SHEET_EMPTY, grid.name)])
    return None


def _tables(grid: Grid, book: Book, filename: str, hints: Hints, known: Known) -> list[Table]:
    """The tables of a sheet. A layout that somebody made for this very shape outranks what its headers look like."""
    remembered = mapped.tables(grid, known.layouts)
    declared = tables(grid, filename, hints)
    if not remembered and not declared and hints.kind in (None, "progress"):
        remembered = by_name.tables(grid, Places(known.communities, known.street))
    taken = [range(table.first, table.end) for table in remembered]
    if remembered:
        declared = [table for table in declared if not any(table.first in rows for rows in taken)]
        for table in declared:
            table.end = min([table.end, *(rows[0] for rows in taken if rows[0] > table.first)])
    found = sorted([*remembered, *declared], key=lambda table: table.first)
    for table in found:
        table.from_1904 = book.from_1904
    if found and grid.cut_columns:
        fields = {"limit": settings().limits.columns}
        found[0].findings.append(Finding(rules.SHEET_TOO_WIDE, grid.name, fields=fields))
    return found


def _unrecognised(grid: Grid, street: Street, hints: Hints) -> SheetResult:
    """A table nobody knows is refused; a cover or a note, with one cell in a row at most, is no table.

    Figures per community, which a person could explain once, are told by what was seen of them; a sheet that looks
    like a known kind, by what it lacks.
    """
    if all(sum(cell != "" for cell in row) < 2 for row in grid.rows):
        return SheetResult(grid.name, "ignored", findings=[Finding(rules.SHEET_WITHOUT_TABLE, grid.name)])
    for found in survey(grid, street.places):
        if found.numeric and found.community:
            headers = [head[:30] for head in found.headers[:12]]
            fields = {"rows": found.rows, "headers": headers, "found": list(found.communities[:10])}
            cell = "" if found.sideways else address(found.first, 0)
            return SheetResult(
                grid.name, "unrecognised", findings=[Finding(rules.TABLE_UNKNOWN, grid.name, cell, "", "", fields)]
            )
    like = almost(grid, hints)
    if like is None:
        return SheetResult(grid.name, "unrecognised", findings=[Finding(rules.SHEET_UNRECOGNISED, grid.name)])
    kind, row, missing = like
    fields = {"kind": both(kind), "headers": [headed(column.zh, column) for column in missing]}
    finding = Finding(rules.SHEET_ALMOST, grid.name, address(row, 0), fields=fields)
    return SheetResult(grid.name, "unrecognised", findings=[finding])


def _check_all(
    waiting: dict[int, list[Table]], filename: str, hints: Hints, street: Street
) -> dict[int, list[SheetResult]]:
    """Read and check every table, the street's own lists first; the results by place of the sheet."""
    order = list(KINDS)
    queue = [(index, place, table) for index, found in waiting.items() for place, table in enumerate(found)]
    queue.sort(key=lambda item: order.index(item[2].kind.key) if item[2].kind else len(order))
    done: dict[tuple[int, int], SheetResult] = {}
    for index, place, table in queue:
        place_table(table, filename, street.known, mapped.hints(table, hints), street.places)
        outcome = mapped.outcome(table, street)
        done[index, place] = outcome
        if table.kind is not None:
            for portion in outcome.portions:
                street.declare(table.kind.key, portion.rows)
    return {index: [done[index, place] for place in range(len(found))] for index, found in waiting.items()}


def order(results: Iterable[WorkbookResult]) -> list[WorkbookResult]:
    """A batch in the order of committing: base data first, then by business date, then as given."""

    def rank(result: WorkbookResult) -> tuple[int, date]:
        scopes = [portion.scope for _sheet, portion in result.portions]
        kinds = {scope.kind for scope in scopes}
        days = [scope.business_date for scope in scopes if scope.business_date is not None]
        base = min((BASE.index(kind) for kind in kinds if kind in BASE), default=len(BASE))
        return base, min(days, default=date.max)

    return sorted(results, key=rank)


def worst(result: WorkbookResult) -> Severity | None:
    """The gravest severity among all findings of a file; None where there is none."""
    found = {finding.severity for finding in result.all_findings()}
    return next((severity for severity in Severity if severity in found), None)
