"""Mending in place: a person's text laid over a cell of the opened book, and the word about it.

The file itself stays as it arrived. The text goes through the same parsers as any other cell, and each mended cell is
said once (CELL_MENDED), with the old text and the new.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from data_access.findings import Finding, headed
from data_access.sheets.declaration import SheetKind
from data_access.workbooks import rules
from data_access.workbooks.grid import Book, Grid
from data_access.workbooks.model import Mends, SheetResult
from data_access.workbooks.values import plain

_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")


@dataclass(frozen=True, slots=True)
class Mended:
    """One mended cell: what stood there and what stands there now."""

    sheet: str
    cell: str
    before: str
    after: str


def lay_over(book: Book, mends: Mends) -> list[Mended]:
    """Put the texts into the cells of the book. ValueError for a cell that the book does not have."""
    grids = {grid.name: grid for grid in book.sheets}
    done = []
    for (sheet, cell), text in mends.items():
        match = _ADDRESS.fullmatch(cell)
        if sheet not in grids or match is None:
            raise ValueError(f"there is no cell {cell} to mend")
        done.append(Mended(sheet, cell, _put(grids[sheet], match, text), text))
    return done


def _put(grid: Grid, match: re.Match[str], text: str) -> str:
    """Put one text into a grid; what stood there."""
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    place = row, column = int(match[2]) - 1, column - 1
    if row >= len(grid.rows) or column >= max(map(len, grid.rows)):
        raise ValueError(f"there is no cell {match[0]} to mend")
    cells = grid.rows[row]
    cells += [""] * (column + 1 - len(cells))
    before, cells[column] = plain(cells[column]), text
    grid.errors.pop(place, None)
    for marks in ("uncalculated", "struck", "percent"):  # how the cell looked says nothing of what is typed now
        setattr(grid, marks, getattr(grid, marks) - {place})
    return before


def tell(sheets: Iterable[SheetResult], mended: Iterable[Mended]) -> None:
    """Say of each mended cell what stood there: to the portion that its row went into, otherwise to the sheet."""
    sheets = list(sheets)
    waiting = {(each.sheet, each.cell): each for each in mended}
    for sheet, key, cell, findings in _cells(sheets) if waiting else ():
        if (each := waiting.pop((sheet.name, cell), None)) is not None:
            findings.append(_finding(each, sheet.kind, key))
    homes: Mapping[str, SheetResult] = {sheet.name: sheet for sheet in reversed(sheets)}
    for each in waiting.values():
        homes[each.sheet].findings.append(_finding(each, None, ""))


def _cells(sheets: Iterable[SheetResult]) -> Iterator[tuple[SheetResult, str, str, list[Finding]]]:
    for sheet in sheets:
        for portion in sheet.portions:
            for row in portion.rows:
                for key, cell in row.cells.items():
                    yield sheet, key, cell, portion.findings


def _finding(mended: Mended, kind: SheetKind | None, key: str) -> Finding:
    """What nobody can tell the column of may be personal."""
    column = next((column for column in kind.columns if column.key == key), None) if kind else None
    personal = column is None or column.personal
    new = f"{mended.after[:1]}***" if personal else mended.after
    head, told = (column.zh, {"column": headed(column.zh, column)}) if column else ("", {})
    fields = {**told, "new": new}
    return Finding(rules.CELL_MENDED, mended.sheet, mended.cell, mended.before, head, fields, personal)
