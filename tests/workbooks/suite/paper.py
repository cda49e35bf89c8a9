"""Files as senders make them: .xlsx and its relatives, .xls, .ods, .csv; and files that only pretend."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.workbooks.make import packed

Rows = Sequence[Sequence[Any]]
Merges = Iterable[str]


def lay(sheet: Worksheet, rows: Rows, merges: Merges = (), at: tuple[int, int] = (1, 1)) -> Worksheet:
    """Write rows from a corner on; a merge keeps the value of its first cell only."""
    top, left = at
    for down, row in enumerate(rows):
        for right, value in enumerate(row):
            if value is not None:
                sheet.cell(top + down, left + right).value = value
    for span in merges:
        for line in list(sheet[span]):
            for cell in line:
                if cell.coordinate != span.split(":")[0]:
                    cell.value = None
        sheet.merge_cells(span)
    return sheet


def xlsx(
    sheets: Mapping[str, Rows] | Rows,
    *,
    merges: Merges = (),
    at: tuple[int, int] = (1, 1),
    then: Callable[[Workbook], object] | None = None,
) -> bytes:
    """A workbook; bare rows make a sheet named Sheet1. ``merges`` hold for every sheet; ``then`` finishes by hand."""
    named = sheets if isinstance(sheets, Mapping) else {"Sheet1": sheets}
    workbook = Workbook()
    workbook.remove(workbook.active)
    for name, rows in named.items():
        lay(workbook.create_sheet(name), rows, merges, at)
    if then is not None:
        then(workbook)
    return packed(workbook)


def xlsm(rows: Rows) -> bytes:
    """A workbook with a macro part, typed as such."""
    into = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx(rows))) as old, zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name)
            if name == "[Content_Types].xml":
                plain = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
                text = text.replace(plain, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml")
                part = b'<Override PartName="/xl/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/>'
                text = text.replace(b"</Types>", part + b"</Types>")
            new.writestr(name, text)
        new.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2048))
    return into.getvalue()


def xls(sheets: Mapping[str, Rows] | Rows, merges: Sequence[tuple[int, int, int, int]] = ()) -> bytes:
    """A workbook of 2003; ``merges`` are (top, bottom, left, right) from zero."""
    named = sheets if isinstance(sheets, Mapping) else {"Sheet1": sheets}
    book = xlwt.Workbook(encoding="utf-8")
    formats = {
        datetime: xlwt.easyxf(num_format_str="YYYY-MM-DD HH:MM"),
        date: xlwt.easyxf(num_format_str="YYYY-MM-DD"),
        time: xlwt.easyxf(num_format_str="HH:MM"),
    }
    plain = xlwt.easyxf()
    for name, rows in named.items():
        sheet = book.add_sheet(name)
        covered = {
            (down, right): (top, bottom, left, end)
            for top, bottom, left, end in merges
            for down in range(top, bottom + 1)
            for right in range(left, end + 1)
        }
        for down, row in enumerate(rows):
            for right, value in enumerate(row):
                if value is not None and (down, right) not in covered:
                    sheet.write(down, right, value, formats.get(type(value), plain))
        for top, bottom, left, end in merges:
            sheet.write_merge(top, bottom, left, end, rows[top][left])
    into = io.BytesIO()
    book.save(into)
    return into.getvalue()


def ods(sheets: Mapping[str, Rows] | Rows) -> bytes:
    """A workbook of LibreOffice."""
    named = sheets if isinstance(sheets, Mapping) else {"Sheet1": sheets}
    document = OpenDocumentSpreadsheet()
    for name, rows in named.items():
        table = Table(name=name)
        for row in rows:
            line = TableRow()
            for value in row:
                line.addElement(_ods_cell(value))
            table.addElement(line)
        document.spreadsheet.addElement(table)
    into = io.BytesIO()
    document.save(into)
    return into.getvalue()


def _ods_cell(value: Any) -> TableCell:
    if value is None:
        return TableCell()
    if isinstance(value, (date, datetime)):
        cell = TableCell(valuetype="date", datevalue=value.isoformat())
    elif isinstance(value, (int, float)):
        cell = TableCell(valuetype="float", value=value)
    else:
        cell = TableCell(valuetype="string")
    for part in str(value).split("\n"):
        cell.addElement(P(text=part))
    return cell


def text(rows: Rows, encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    """A .csv, or a .tsv with a tab."""
    into = io.StringIO()
    csv.writer(into, delimiter=delimiter).writerows([["" if cell is None else cell for cell in row] for row in rows])
    return into.getvalue().encode(encoding)


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """A zip file of these parts."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as new:
        for name, part in parts.items():
            new.writestr(name, part)
    return into.getvalue()


def encrypted() -> bytes:
    """What a password makes of an .xlsx: an old container whose one stream is named EncryptedPackage."""
    old, new = "Workbook".encode("utf-16-le"), "EncryptedPackage".encode("utf-16-le")
    data = bytearray(xls([["a", "b"]]))
    place = data.index(old)
    data[place : place + len(new)] = new
    data[place + 64 : place + 66] = (len(new) + 2).to_bytes(2, "little")
    return bytes(data)
