"""What xlrd tells of an .xls and calamine does not: error cells, hidden rows, marks, widths and number formats."""

from __future__ import annotations

import io
from itertools import islice

import xlrd
from xlrd.biffh import error_text_from_code

from data_access.workbooks.formats.plain import Aspect

CHARACTER = 256  # a width is stored in 256ths of a character


def inspect(data: bytes, looks: bool = False) -> tuple[dict[int, Aspect], bool]:
    """The aspects of the sheets by their place, and whether serial dates count from 1904."""
    with xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=io.StringIO()) as book:
        marks = {
            number: (bool(book.font_list[style.font_index].struck_out), _shown(book, style.format_key))
            for number, style in enumerate(book.xf_list)
            if style.font_index < len(book.font_list)
        }
        return {index: _aspect(sheet, marks, looks) for index, sheet in enumerate(book.sheets())}, book.datemode == 1


def _shown(book: xlrd.Book, key: int) -> str:
    known = book.format_map.get(key)
    return (known.format_str if known else None) or ""


def _aspect(sheet: xlrd.sheet.Sheet, marks: dict[int, tuple[bool, str]], looks: bool) -> Aspect:
    aspect = Aspect(merges=[(top, left, bottom - 1, right - 1) for top, bottom, left, right in sheet.merged_cells])
    aspect.hidden_rows = {row for row, about in sheet.rowinfo_map.items() if about.hidden}
    aspect.hidden_columns = {column for column, about in sheet.colinfo_map.items() if about.hidden}
    aspect.widths = {column: about.width / CHARACTER for column, about in islice(sheet.colinfo_map.items(), 256)}
    struck = {number for number, (crossed, _shown) in marks.items() if crossed}
    percent = {number for number, (_crossed, shown) in marks.items() if "%" in shown}
    for row in range(sheet.nrows):
        types, styles = sheet.row_types(row), sheet._cell_xf_indexes[row]
        if xlrd.XL_CELL_ERROR in types:
            for column, kind in enumerate(types):
                if kind == xlrd.XL_CELL_ERROR:
                    aspect.errors[row, column] = error_text_from_code.get(sheet.cell_value(row, column), "#")
        if struck.intersection(styles):
            aspect.struck |= {(row, column) for column, style in enumerate(styles) if style in struck}
        if percent.intersection(styles):
            aspect.percent |= {
                (row, column)
                for column, style in enumerate(styles)
                if style in percent and types[column] == xlrd.XL_CELL_NUMBER
            }
        if looks:
            formats = ((column, marks.get(style, (False, ""))[1]) for column, style in enumerate(styles))
            aspect.formats |= {(row, column): shown for column, shown in formats if shown not in ("", "General")}
    return aspect
