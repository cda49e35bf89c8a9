"""Opening bytes as a book of plain grids, whatever the bytes are.

The file is read in a process of its own (``worker``), with limits on time and memory: reading libraries panic, loop
and swell. Whatever cannot be opened, and whatever happens to that process, becomes one finding and never an exception.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from config.settings import Limits, settings
from data_access.findings import Finding, Rule
from data_access.workbooks import rules, worker
from data_access.workbooks.formats.plain import FIELDS, MOST_CELLS, Bounds, Place, Sheet

__all__ = ["MOST_CELLS", "SUFFIXES", "Book", "Grid", "Place", "address", "open_book", "unread"]

log = logging.getLogger(__name__)

EXPECTED = {
    ".xlsx": ("xlsx",),
    ".xls": ("xls",),
    ".csv": ("text",),
    ".ods": ("ods",),
    ".xlsm": ("xlsx",),
    ".xltx": ("xlsx",),
    ".xlsb": ("xlsb",),
    ".et": ("xls", "xlsx"),  # WPS writes either
    ".tsv": ("text",),
    ".txt": ("text",),
    ".htm": ("html",),
    ".html": ("html",),
    ".xml": ("xml",),
}
SUFFIXES = tuple(EXPECTED)  # what the page offers and what is taken from a folder, the usual ones first
READER = "data_access.workbooks.formats.opening:open_file"
SAID: dict[str, Rule] = {
    rule.code: rule
    for rule in (
        rules.FILE_EMPTY,
        rules.FILE_ENCRYPTED,
        rules.FILE_DAMAGED,
        rules.FILE_UNZIPS_TOO_LARGE,
        rules.FILE_NOT_A_WORKBOOK,
        rules.FILE_OF_ANOTHER_TYPE,
        rules.FILE_IS_ARCHIVE,
        rules.FILE_IS_TEXT,
        rules.TEXT_QUOTES,
        rules.OTHER_FILES_USED,
        rules.MARKS_UNKNOWN,
        rules.SHEETS_TOO_MANY,
        rules.SHEET_TOO_LONG,
    )
}
TROUBLES: dict[type[worker.WorkerError], Rule] = {
    worker.TooSlowError: rules.FILE_TOO_SLOW,
    worker.TooHeavyError: rules.FILE_TOO_HEAVY,
    worker.DiedError: rules.FILE_BROKE_READER,
    worker.FailedError: rules.FILE_DAMAGED,
    worker.UnavailableError: rules.READER_UNAVAILABLE,
}


@dataclass(slots=True)
class Grid(Sheet):
    """One sheet as values from A1 on; ``refusal`` says why the rows are not there.

    ``errors`` are known for xlsx, xls and ods, ``struck``, ``percent`` and hidden rows and columns too. A text or a
    page has none of these, and of an xlsb they are not known.
    """

    refusal: Finding | None = None


@dataclass(slots=True)
class Book:
    """All sheets of one file, the type of its content and the day its serial dates count from."""

    kind: str
    sheets: list[Grid] = field(default_factory=list)
    from_1904: bool = False
    findings: list[Finding] = field(default_factory=list)


def address(row: int, column: int) -> str:
    """The A1 address of a place counted from 0."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


def open_book(data: bytes, filename: str) -> Book | Finding:
    """The sheets of a workbook file, or the one finding that says why it cannot be read."""
    limits = settings().limits
    if len(data) > limits.file_mb * 1024 * 1024:
        return Finding(rules.FILE_TOO_LARGE, fields={"megabytes": limits.file_mb})
    try:
        answer = worker.ask(READER, data, bounds(limits), seconds=limits.seconds, memory_mb=limits.memory_mb)
    except worker.WorkerError as trouble:
        return unread(trouble, limits)
    if answer[0] == "refused":
        return Finding(SAID[answer[1]], fields=answer[2])
    _book, kind, from_1904, sheets, notes = answer
    book = Book(kind, [_grid(values, refused, limits) for values, refused in sheets], from_1904)
    book.findings += [Finding(SAID[code], fields=facts) for code, facts in notes]
    ending = PurePath(filename).suffix.lower()
    if kind not in EXPECTED.get(ending, (kind,)):
        book.findings.append(Finding(rules.FILE_TYPE_DIFFERS, fields={"named": ending[1:], "is": kind}))
    return book


def bounds(limits: Limits) -> tuple[int, ...]:
    """The limits as the worker takes them."""
    return tuple(Bounds(limits.unzipped_mb, limits.rows, limits.columns, limits.sheets))


def unread(trouble: worker.WorkerError, limits: Limits) -> Finding:
    """What to say when the worker has no answer."""
    log.log(
        logging.ERROR if isinstance(trouble, worker.UnavailableError) else logging.INFO,
        "a workbook was not read: %s %s",
        type(trouble).__name__,
        trouble,
    )
    return Finding(TROUBLES[type(trouble)], fields={"seconds": f"{limits.seconds:g}", "megabytes": limits.memory_mb})


def _grid(values: tuple[Any, ...], refused: str, limits: Limits) -> Grid:
    grid = Grid(**dict(zip(FIELDS, values, strict=True)))
    if refused:
        limit = limits.sheets if refused == rules.SHEETS_TOO_MANY.code else limits.rows
        grid.refusal = Finding(SAID[refused], sheet=grid.name, fields={"limit": limit})
    return grid
