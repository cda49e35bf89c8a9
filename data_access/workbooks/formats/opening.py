"""Any bytes to one file of plain sheets: the kind by its content, then the reader of that kind."""

from __future__ import annotations

import io
from typing import Any

from python_calamine import CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from data_access.workbooks.formats import markup, ods, texts, xls, xlsx
from data_access.workbooks.formats.kinds import kind_of
from data_access.workbooks.formats.plain import (
    FIELDS,
    MOST_CELLS,
    Aspect,
    Bounds,
    File,
    RefusedError,
    Sheet,
    lay,
)

SPARE = 200  # rows above and between the tables, beside those that may be data
PLAIN = {"text": texts.read, "html": markup.read_html, "xml": markup.read_xml}


def open_file(data: bytes, bounds: tuple[int, ...]) -> tuple[Any, ...]:
    """What the worker answers, in plain values: ("book", kind, from_1904, sheets, notes) or ("refused", code, fields).

    Each sheet is the tuple of the fields of ``Sheet`` in their order, with the code of its refusal or "".
    """
    try:
        file = read(data, Bounds(*bounds))
    except RefusedError as refusal:
        return "refused", refusal.code, refusal.facts
    sheets = [
        (tuple(getattr(sheet, name) for name in FIELDS), file.refused.get(place, ""))
        for place, sheet in enumerate(file.sheets)
    ]
    return "book", file.kind, file.from_1904, sheets, file.notes


def read(data: bytes, bounds: Bounds, *, whole: bool = False) -> File:
    """The sheets of a file; RefusedError where it cannot be read.

    ``whole`` reads hidden sheets too and gathers widths and number formats: for building the workbook anew.
    """
    kind = kind_of(data, bounds)
    if kind in PLAIN:
        return PLAIN[kind](data, bounds)
    file = File(kind)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
            _inspect(file, data, whole)
            _fill_all(file, workbook, bounds, whole)
    except PasswordError:
        raise RefusedError("FILE_ENCRYPTED") from None
    return file


def _inspect(file: File, data: bytes, whole: bool) -> None:
    """What the library does not tell; a damaged xlsx is refused here, of the other kinds only the marks are lost."""
    if file.kind == "xlsx":
        file.aspects, file.from_1904, linked = xlsx.inspect(data)
        if linked:
            file.notes.append(("OTHER_FILES_USED", {}))
        return
    try:
        if file.kind == "xls":
            file.aspects, file.from_1904 = xls.inspect(data, whole)
        elif file.kind == "ods":
            file.aspects = ods.inspect(data)
    except MemoryError:
        raise
    except Exception:  # xlrd fails in many ways on what calamine can read
        file.notes.append(("MARKS_UNKNOWN", {}))


def _fill_all(file: File, workbook: CalamineWorkbook, bounds: Bounds, whole: bool) -> None:
    shown = 0
    for place, about in enumerate(workbook.sheets_metadata):
        sheet = Sheet(about.name, visible=about.visible == SheetVisibleEnum.Visible)
        file.sheets.append(sheet)
        if about.typ != SheetTypeEnum.WorkSheet or not (sheet.visible or whole):
            continue
        shown += sheet.visible
        if shown > bounds.sheets:
            file.refused[place] = "SHEETS_TOO_MANY"
            continue
        aspect = file.aspects.setdefault(place, Aspect())
        too_long = aspect.last_row > bounds.rows + SPARE or aspect.last_row * aspect.last_column > MOST_CELLS
        code = "SHEET_TOO_LONG" if too_long else _fill(sheet, workbook.get_sheet_by_index(place), aspect, bounds)
        if code:
            file.refused[place] = code


def _fill(sheet: Sheet, source: CalamineSheet, aspect: Aspect, bounds: Bounds) -> str:
    """Values, merges and marks of one sheet; the code of the rule where it holds too much."""
    if source.total_height * max(source.total_width, 1) > MOST_CELLS:
        return "SHEET_TOO_LONG"
    code = lay(sheet, source.to_python(skip_empty_area=False), bounds)
    if code:
        return code
    if aspect.merges is None:
        aspect.merges = [(*start, *end) for start, end in source.merged_cell_ranges or ()]
    height, width = len(sheet.rows), bounds.columns
    sheet.merges = [
        (top, left, min(bottom, height - 1), min(right, width - 1))
        for top, left, bottom, right in aspect.merges
        if top < height and left < width
    ]
    sheet.errors = aspect.errors
    sheet.uncalculated = frozenset(aspect.uncalculated)
    sheet.hidden_rows, sheet.hidden_columns = frozenset(aspect.hidden_rows), frozenset(aspect.hidden_columns)
    sheet.struck, sheet.percent = frozenset(aspect.struck), frozenset(aspect.percent)
    return ""
