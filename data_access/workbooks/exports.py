"""Reports as workbooks: plain values only, styled for reading, with their definitions and data version."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from config import clock
from config.language import N_, _
from data_access.workbooks.cells import say

_TITLE = re.compile(r"[\[\]:*?/\\]")
_HEAD = PatternFill("solid", fgColor="E8ECEE")
_RULE = Border(bottom=Side("thin", color="9AA7AF"))
_WIDEST = 48

DEFINITIONS = N_("Definitions")


def workbook(
    sheets: Mapping[str, pd.DataFrame], *, definitions: Mapping[str, str] | None = None, data_version: int | None = None
) -> bytes:
    """An xlsx with one sheet per frame (column names are the headings) and one that says what the figures mean.

    Missing values stay empty, counts are numbers, moments are wall-clock time in Asia/Shanghai. Text that a
    spreadsheet could take for a formula is written as text.
    """
    book = Workbook()
    first = book.active
    assert first is not None
    book.remove(first)
    for name, frame in sheets.items():
        _fill(book.create_sheet(title(name, book.sheetnames)), frame)
    _explain(book.create_sheet(title(_(DEFINITIONS), book.sheetnames)), definitions or {}, data_version)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def title(name: str, taken: list[str]) -> str:
    """A name a spreadsheet accepts: 31 characters, none of ``[]:*?/\\``, not used twice."""
    base = _TITLE.sub(" ", name).strip("' ")[:31] or "1"
    free, number = base, 2
    while free.casefold() in {other.casefold() for other in taken}:
        free = f"{base[: 30 - len(str(number))]} {number}"
        number += 1
    return free


def _fill(sheet: Worksheet, frame: pd.DataFrame) -> None:
    for place, name in enumerate(frame.columns, start=1):
        head = sheet.cell(1, place)
        write(head, " · ".join(str(part) for part in name if part) if isinstance(name, tuple) else str(name))
        head.font, head.fill, head.border = Font(bold=True), _HEAD, _RULE
        head.alignment = Alignment(wrap_text=True, vertical="center")
        widest = width(str(head.value))
        for row, value in enumerate(frame.iloc[:, place - 1].tolist(), start=2):
            cell = sheet.cell(row, place)
            write(cell, value)
            widest = max(widest, width(cell.value))
        sheet.column_dimensions[get_column_letter(place)].width = min(widest + 2, _WIDEST)
    sheet.freeze_panes = "A2"
    if len(frame.columns):
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(frame.columns))}{len(frame) + 1}"


def _explain(sheet: Worksheet, definitions: Mapping[str, str], data_version: int | None) -> None:
    lines: list[tuple[str, Any]] = [
        (_("Made at"), clock.local(clock.now()).replace(tzinfo=None, second=0, microsecond=0))
    ]
    if data_version is not None:
        lines.append((_("Data version"), data_version))
    for row, (name, meaning) in enumerate([*lines, *definitions.items()], start=1):
        write(sheet.cell(row, 1), name)
        write(sheet.cell(row, 2), meaning)
        sheet.cell(row, 1).font = Font(bold=True)
        sheet.cell(row, 2).alignment = Alignment(wrap_text=True, vertical="top", horizontal="left")
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 80


def write(cell: Cell | Any, value: Any) -> None:
    """A plain value into a cell: missing stays empty, a moment is wall-clock time, text never a formula."""
    if value is None or (not isinstance(value, (list, tuple, dict)) and pd.isna(value)):
        return
    if isinstance(value, datetime):
        local = clock.local(value) if value.tzinfo else value
        cell.value, cell.number_format = local.replace(tzinfo=None), "yyyy-mm-dd hh:mm"
    elif isinstance(value, date):
        cell.value, cell.number_format = value, "yyyy-mm-dd"
    elif isinstance(value, bool):
        cell.value = value
    elif isinstance(value, int):
        cell.value, cell.number_format = value, "#,##0"
    elif isinstance(value, float):
        cell.value = value
    else:
        say(cell, str(value))


def width(value: Any) -> int:
    """How many letters wide a value is written; a Chinese character counts two."""
    return 0 if value is None else sum(2 if ord(letter) > 0x2E80 else 1 for letter in str(value))
