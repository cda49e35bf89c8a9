"""Call sheets to print: A4 across, the head row on every page, page numbers, a column to sign in."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from config.language import _
from data_access.workbooks import exports

_LINE = Side("thin", color="9AA7AF")
_GRID = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_HEAD = PatternFill("solid", fgColor="E8ECEE")
_ROW, _SIGN = 24, 16  # points high, and characters wide: room for a hand


def workbook(sheets: Mapping[str, pd.DataFrame], heading: str, notes: Sequence[str] = ()) -> bytes:
    """An xlsx with one printable sheet per list, whose columns are its headings as they are read.

    ``heading`` stands above each list with the name of the sheet, ``notes`` in small print at its end. Text that a
    spreadsheet could take for a formula is written as text.
    """
    book = Workbook()
    first = book.active
    assert first is not None
    book.remove(first)
    for name, frame in sheets.items():
        _fill(book.create_sheet(exports.title(name, book.sheetnames)), f"{heading} · {name}", frame, notes)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _fill(sheet: Worksheet, heading: str, frame: pd.DataFrame, notes: Sequence[str]) -> None:
    columns = [_("No."), *map(str, frame.columns), _("Signature"), _("Remark")]
    exports.write(sheet.cell(1, 1), heading)
    sheet.cell(1, 1).font = Font(bold=True, size=14)
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(columns))
    rows = [columns, *([number, *row, None, None] for number, row in enumerate(frame.values.tolist(), start=1))]
    for place, row in enumerate(rows, start=2):
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(place, column)
            exports.write(cell, value)
            cell.border = _GRID
            cell.alignment = Alignment(vertical="center", wrap_text=True)
            if place == 2:
                cell.font, cell.fill = Font(bold=True), _HEAD
        sheet.row_dimensions[place].height = _ROW
    for place, note in enumerate(notes, start=len(rows) + 2):
        exports.write(sheet.cell(place, 1), note)
        sheet.cell(place, 1).font = Font(size=9)
    for column, name in enumerate(columns, start=1):
        widest = max((exports.width(row[column - 1]) for row in rows), default=0)
        blank = name in (_("Signature"), _("Remark"))
        sheet.column_dimensions[get_column_letter(column)].width = _SIGN if blank else min(max(widest, 4) + 2, 30)
    _page(sheet)


def _page(sheet: Worksheet) -> None:
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:2"
    sheet.freeze_panes = "A3"
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top, sheet.page_margins.bottom = 0.5, 0.6
    sheet.oddFooter.center.text = _("Page {page} of {pages}", page="&P", pages="&N")
    sheet.oddFooter.right.text = "&A"
