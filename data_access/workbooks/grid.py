"""Opening bytes as a book of plain grids, whatever the bytes are.

The file type is told from the content, never from the name. Whatever cannot be opened becomes one finding and never
an exception: the reading library is written in Rust and may panic, which is not an ``Exception`` in Python.

``open_book`` takes bytes and gives back plain values only, so that it can move into a process of its own.
"""

from __future__ import annotations

import io
import logging
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any
from xml.etree import ElementTree

from python_calamine import CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from config.settings import Limits, settings
from data_access.findings import Finding
from data_access.workbooks import rules

log = logging.getLogger(__name__)

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
EXPECTED = {".xlsx": "xlsx", ".xlsm": "xlsx", ".xls": "xls", ".et": "xls", ".ods": "ods", ".xlsb": "xlsb"}
MOST_CELLS = 4_000_000  # a grid is held densely; beyond this a sheet is refused, whatever it declares

Place = tuple[int, int]  # row and column, counted from 0


@dataclass(slots=True)
class Grid:
    """One sheet as values from A1 on, trailing blank rows and columns cut off.

    ``merges`` are (top, left, bottom, right). ``errors`` hold the words of error cells (#DIV/0!) and ``uncalculated``
    the formula cells without a stored value; both are known for xlsx only. ``refusal`` says why the rows are not there.
    """

    name: str
    visible: bool = True
    rows: list[list[Any]] = field(default_factory=list)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    errors: dict[Place, str] = field(default_factory=dict)
    uncalculated: frozenset[Place] = frozenset()
    hidden_rows: frozenset[int] = frozenset()
    cut_columns: bool = False
    refusal: Finding | None = None


@dataclass(slots=True)
class Book:
    """All sheets of one file, the type of its content and the day its serial dates count from."""

    kind: str
    sheets: list[Grid] = field(default_factory=list)
    from_1904: bool = False
    findings: list[Finding] = field(default_factory=list)


@dataclass(slots=True)
class _Part:
    """What the XML of one xlsx sheet tells that the reading library does not."""

    last_row: int = 0
    last_column: int = 0
    errors: dict[Place, str] = field(default_factory=dict)
    uncalculated: frozenset[Place] = frozenset()
    hidden_rows: frozenset[int] = frozenset()


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
    if not data.strip(b"\0 \r\n\t"):
        return Finding(rules.FILE_EMPTY)
    kind, refusal = _kind(data, limits)
    if refusal is not None:
        return refusal
    try:
        book = _open(data, kind, limits)
    except PasswordError:
        return Finding(rules.FILE_ENCRYPTED)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as failure:  # a panic of the library is a BaseException
        log.info("workbook could not be opened: %s", type(failure).__name__)
        return Finding(rules.FILE_DAMAGED)
    expected = EXPECTED.get(PurePath(filename).suffix.lower())
    if expected and expected != kind:
        book.findings.append(Finding(rules.FILE_TYPE_DIFFERS, fields={"named": expected, "is": kind}))
    return book


def _kind(data: bytes, limits: Limits) -> tuple[str, Finding | None]:
    """The type of the content by its signature, or why it is no workbook."""
    if data.startswith(OLE):
        if _utf16("EncryptedPackage") in data:
            return "", Finding(rules.FILE_ENCRYPTED)
        known = _utf16("Workbook") in data or _utf16("Book") in data
        return ("xls", None) if known else ("", Finding(rules.FILE_NOT_A_WORKBOOK))
    if not data.startswith(ZIP):
        return "", Finding(rules.FILE_NOT_A_WORKBOOK)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            names = {entry.filename.lower() for entry in entries}
            if sum(entry.file_size for entry in entries) > limits.unzipped_mb * 1024 * 1024:
                return "", Finding(rules.FILE_UNZIPS_TOO_LARGE, fields={"megabytes": limits.unzipped_mb})
            if any(entry.flag_bits & 1 for entry in entries):
                return "", Finding(rules.FILE_ENCRYPTED)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError):
        return "", Finding(rules.FILE_DAMAGED)
    if "xl/workbook.bin" in names:
        return "xlsb", None
    if any(name.startswith("xl/") for name in names):
        return "xlsx", None
    if "content.xml" in names and "mimetype" in names:
        return "ods", None
    return "", Finding(rules.FILE_NOT_A_WORKBOOK)


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-le")


def _open(data: bytes, kind: str, limits: Limits) -> Book:
    parts, from_1904 = _inspect(data) if kind == "xlsx" else ({}, False)
    book = Book(kind, from_1904=from_1904)
    shown = 0
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
        for index, about in enumerate(workbook.sheets_metadata):
            grid = Grid(about.name, visible=about.visible == SheetVisibleEnum.Visible)
            book.sheets.append(grid)
            if not grid.visible or about.typ != SheetTypeEnum.WorkSheet:
                continue
            shown += 1
            if shown > limits.sheets:
                grid.refusal = Finding(rules.SHEETS_TOO_MANY, sheet=grid.name, fields={"limit": limits.sheets})
                continue
            part = parts.get(index, _Part())
            if part.last_row * part.last_column > MOST_CELLS or part.last_row > limits.rows + 200:
                grid.refusal = _too_long(grid.name, limits)
                continue
            _fill(grid, workbook.get_sheet_by_index(index), part, limits)
    return book


def _too_long(name: str, limits: Limits) -> Finding:
    return Finding(rules.SHEET_TOO_LONG, sheet=name, fields={"limit": limits.rows})


def _fill(grid: Grid, sheet: CalamineSheet, part: _Part, limits: Limits) -> None:
    height, width = sheet.total_height, sheet.total_width
    if height * max(width, 1) > MOST_CELLS:
        grid.refusal = _too_long(grid.name, limits)
        return
    rows = [_row(row, limits.columns, grid) for row in sheet.to_python(skip_empty_area=False)]
    while rows and not rows[-1]:
        rows.pop()
    if sum(1 for row in rows if row) > limits.rows:
        grid.refusal = _too_long(grid.name, limits)
        return
    grid.rows = rows
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        if top < len(rows) and left < limits.columns:
            grid.merges.append((top, left, min(bottom, len(rows) - 1), min(right, limits.columns - 1)))
    grid.errors, grid.uncalculated, grid.hidden_rows = part.errors, part.uncalculated, part.hidden_rows


def _row(row: list[Any], columns: int, grid: Grid) -> list[Any]:
    """The row without its blank end; a blank row becomes an empty list, a cell of spaces counts as blank."""
    end = len(row)
    while end and (row[end - 1] == "" or (isinstance(row[end - 1], str) and not row[end - 1].strip())):
        end -= 1
    if end > columns:
        grid.cut_columns = True
        end = columns
    return row[:end]


_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_CELL = re.compile(rb'<(?:\w+:)?c\b(?=[^>]*?\br="([A-Z]{1,3})(\d{1,7})")([^>]*?)(?<!/)>')
_FULL_CELL = re.compile(
    rb'<(?:\w+:)?c\b(?=[^>]*?\br="([A-Z]{1,3})(\d{1,7})")([^>]*?)(?<!/)>(.*?)</(?:\w+:)?c>', re.DOTALL
)
_FORMULA = re.compile(rb"<(?:\w+:)?f\b")
_VALUE = re.compile(rb"<(?:\w+:)?v\b[^>]*>([^<]+)<")
_HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
_NUMBER = re.compile(rb'\br="(\d+)"')


def _inspect(data: bytes) -> tuple[dict[int, _Part], bool]:
    """Real extents, error cells, formulas without a value and hidden rows of an xlsx, by position of the sheet.

    Extents count cells with content only: the library lays a sheet out densely, and a file may hold two cells at
    the far ends of 16,384 columns and 1,048,576 rows.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.lower() in ("xl/sharedstrings.xml", "xl/styles.xml"):
                archive.read(name)  # fails where the stored size lies, before the library believes it
        paths, from_1904 = _sheet_paths(archive)
        return {index: _part(archive.read(path)) for index, path in paths}, from_1904


def _sheet_paths(archive: zipfile.ZipFile) -> tuple[list[tuple[int, str]], bool]:
    names = {name.lower(): name for name in archive.namelist()}
    book = names.get("xl/workbook.xml")
    links = names.get("xl/_rels/workbook.xml.rels")
    if book is None or links is None:
        return [], False
    targets = {
        node.get("Id", ""): posixpath.normpath(posixpath.join("xl", node.get("Target", "")).lstrip("/"))
        for node in _xml(archive.read(links)).iter()
        if node.tag.endswith("}Relationship")
    }
    paths: list[tuple[int, str]] = []
    from_1904 = False
    index = 0
    for node in _xml(archive.read(book)).iter():
        if node.tag.endswith("}workbookPr"):
            from_1904 = node.get("date1904", "0") in ("1", "true")
        elif node.tag.endswith("}sheet"):
            link = next((value for key, value in node.attrib.items() if key.endswith("}id")), "")
            path = names.get(targets.get(link, "").lower())
            if path:
                paths.append((index, path))
            index += 1
    return paths, from_1904


def _xml(data: bytes) -> ElementTree.Element:
    """Small parts of the archive only; a document type is refused, since it may expand without end."""
    if b"<!DOCTYPE" in data[:4096].upper():
        raise ValueError("document type in a workbook part")
    return ElementTree.fromstring(data)


def _part(xml: bytes) -> _Part:
    part = _Part()
    letters: set[bytes] = set()
    for match in _CELL.finditer(xml):
        letters.add(match[1])
        part.last_row = max(part.last_row, int(match[2]))
    part.last_column = max((_column(name) + 1 for name in letters), default=0)
    if b"hidden=" in xml:
        part.hidden_rows = frozenset(_hidden_rows(xml))
    if b't="e"' in xml or _FORMULA.search(xml):
        empty: set[Place] = set()
        for match in _FULL_CELL.finditer(xml):
            place = (int(match[2]) - 1, _column(match[1]))
            value = _VALUE.search(match[4])
            if b't="e"' in match[3]:
                part.errors[place] = value[1].decode("utf-8", "replace") if value else "#"
            elif value is None and b't="str"' not in match[3] and _FORMULA.search(match[4]):
                empty.add(place)
        part.uncalculated = frozenset(empty)
    return part


def _hidden_rows(xml: bytes) -> Iterator[int]:
    for match in _ROW.finditer(xml):
        if _HIDDEN.search(match[1]):
            number = _NUMBER.search(match[1])
            if number:
                yield int(number[1]) - 1


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
