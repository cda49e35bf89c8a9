"""What the readers of the formats hand over: sheets of plain values, and refusals by the code of their rule."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

_SHARED = frozenset({str, date, datetime, time, timedelta})

Place = tuple[int, int]  # row and column, counted from 0
Merge = tuple[int, int, int, int]  # top, left, bottom, right

MOST_CELLS = 4_000_000  # a sheet is held densely; beyond this it is refused, whatever it declares


class Bounds(NamedTuple):
    """What a workbook may hold at most (reading_rules N17)."""

    unzipped_mb: int = 200
    rows: int = 20_000
    columns: int = 100
    sheets: int = 20


class RefusedError(Exception):
    """The file cannot be read; ``code`` is the rule that says why, ``fields`` fill its sentence."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


@dataclass(slots=True)
class Sheet:
    """One sheet as values from A1 on, trailing blank rows and columns cut off.

    ``errors`` hold the words of error cells (#DIV/0!), ``uncalculated`` the formula cells without a stored value,
    ``struck`` the cells whose writing is struck through and ``percent`` the numbers shown with a percent sign.
    """

    name: str
    visible: bool = True
    rows: list[list[Any]] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    errors: dict[Place, str] = field(default_factory=dict)
    uncalculated: frozenset[Place] = frozenset()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    struck: frozenset[Place] = frozenset()
    percent: frozenset[Place] = frozenset()
    cut_columns: bool = False


@dataclass(slots=True)
class Aspect:
    """What the file tells of one sheet and the reading library does not: extents of its content, marks, looks.

    ``merges`` is None until the library is asked for them; they may reach below the last value. ``widths`` are in
    characters by column, ``formats`` the number formats of cells that have one of their own; both are gathered where
    a workbook is to be built anew.
    """

    last_row: int = 0
    last_column: int = 0
    merges: list[Merge] | None = None
    errors: dict[Place, str] = field(default_factory=dict)
    uncalculated: set[Place] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    struck: set[Place] = field(default_factory=set)
    percent: set[Place] = field(default_factory=set)
    widths: dict[int, float] = field(default_factory=dict)
    formats: dict[Place, str] = field(default_factory=dict)


@dataclass(slots=True)
class File:
    """All sheets of one file; ``refused`` says by place which sheets were not read and why, ``notes`` what else is
    to be said about the file (code of the rule, fields)."""

    kind: str
    sheets: list[Sheet] = field(default_factory=list)
    from_1904: bool = False
    refused: dict[int, str] = field(default_factory=dict)
    notes: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    aspects: dict[int, Aspect] = field(default_factory=dict)


FIELDS = tuple(entry.name for entry in fields(Sheet))


def lay(sheet: Sheet, lines: list[list[Any]], bounds: Bounds) -> str:
    """Put the lines into the sheet, blank ends cut off; the code of the rule where there are too many.

    Equal texts and days become one object each: a column says few different things, and what is there once is handed
    over once and looked up by what is known of it already. Numbers stay apart, 1 and 1.0 and TRUE being equal.
    """
    shared: dict[Any, Any] = {}
    once = shared.setdefault
    rows = [
        [once(cell, cell) if type(cell) in _SHARED else cell for cell in _trimmed(line, bounds.columns, sheet)]
        for line in lines
    ]
    while rows and not rows[-1]:
        rows.pop()
    if sum(1 for row in rows if row) > bounds.rows:
        return "SHEET_TOO_LONG"
    sheet.rows = rows
    return ""


def _trimmed(line: list[Any], columns: int, sheet: Sheet) -> list[Any]:
    """The line without its blank end; a blank one becomes an empty list, a cell of spaces counts as blank."""
    end = len(line)
    while end and (line[end - 1] == "" or (isinstance(line[end - 1], str) and not line[end - 1].strip())):
        end -= 1
    if end > columns:
        sheet.cut_columns = True
        end = columns
    return line[:end] if end < len(line) else line


def column(letters: bytes | str) -> int:
    """The place of a column by its letters: A is 0."""
    number = 0
    for letter in letters.encode() if isinstance(letters, str) else letters:
        number = number * 26 + letter - 64
    return number - 1
