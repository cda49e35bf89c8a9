"""Writing typed rows into a styled workbook, so that what is written can be read back.

The same rows give the same bytes: no time of writing is kept in the file. Text is always written as text, whatever
sign it begins with, so that no cell of ours is ever a formula.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from typing import Any
from unicodedata import east_asian_width

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from config import clock
from config.campaigns import ALL, Campaign
from config.catalogue import UnknownWorkstreamError, workstream
from config.language import _, current, speaking
from data_access.sheets.declaration import Column, SheetKind, Type
from data_access.workbooks.cells import TEXT_FORMAT, put

REQUIRED = PatternFill("solid", fgColor="1F5FA8")
OPTIONAL = PatternFill("solid", fgColor="6B7C93")
HEADER = Font(bold=True, color="FFFFFF")
TITLE = Font(bold=True, size=14)
NOTE = Font(color="5B6675", size=10)
THIN = Side(style="thin", color="C9D1DB")
BOX = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
MIDDLE = Alignment(horizontal="center", vertical="center", wrap_text=True)
TOP = Alignment(vertical="top", wrap_text=True)
HEADER_ROW = 3

# In a percent column the sign stays out of the format: 38.3 with a % format would be read as 3830 %.
FORMATS = {
    Type.INT: "0",
    Type.FILES: "0",
    Type.NUMBER: "General",
    Type.PERCENT: "0.0#",
    Type.DATE: "yyyy-mm-dd",
    Type.TIME: "hh:mm",
    Type.DATETIME: "yyyy-mm-dd hh:mm",
}
WIDTHS = {Type.ID_NO: 22, Type.PHONE: 15, Type.DATE: 12, Type.DATETIME: 17, Type.COMMUNITY: 16, Type.SITE: 18}

_STAMP = (1980, 1, 1, 0, 0, 0)
_MODIFIED = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")


@dataclass(frozen=True)
class Words:
    """How codes are written in a sheet: the campaigns that may occur, the first of them the current one."""

    campaigns: Sequence[Campaign] = ()
    _by_code: Mapping[str, Campaign] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_code", {campaign.code: campaign for campaign in self.campaigns})

    def campaign(self, code: str | None) -> Campaign | None:
        """The campaign with this code, the current one where the code is missing."""
        if code is None:
            return self.campaigns[0] if self.campaigns else None
        return self._by_code.get(code)


def applies(column: Column, campaign: Campaign | None) -> bool:
    """Whether a campaign has use for the column: a single-dose drive has none for a booster's."""
    if column.dose is None or campaign is None:
        return True
    if column.dose == "full":
        return campaign.has_full
    return any(dose.code == column.dose for dose in campaign.doses)


def shown(column: Column, value: Any, campaign: Campaign | None, words: Words) -> Any:
    """A typed value as it is written in a cell, in the current language; what is no code stays as it is."""
    if value is None or value == "":
        return None
    kind = column.type
    if kind is Type.TICK:
        return _("yes") if value is True else _("no") if value is False else value
    if kind is Type.ENUM:
        return next((choice.label for choice in column.choices if choice.code == value), value)
    if kind is Type.LIST:
        return value if isinstance(value, str) else "、".join(value)
    if kind is Type.DATETIME and isinstance(value, datetime):
        return clock.local(value).replace(tzinfo=None)
    if kind is Type.CAMPAIGN:
        named = words.campaign(value)
        return named.label if named else value
    if kind is Type.GROUP and value == ALL:
        return None  # a blank group is the whole community; the word 合计 would look like a totals row
    if kind is Type.GROUP and campaign is not None:
        return next((group.label for group in campaign.groups if group.code == value), value)
    if kind is Type.DOSE and campaign is not None:
        return next((dose.label for dose in campaign.doses if dose.code == value), value)
    if kind is Type.WORKSTREAM:
        return _workstream(value, current())
    return value


@lru_cache(maxsize=256)
def _workstream(slug: str, language: str) -> str:
    with speaking(language):
        try:
            return workstream(slug).label
        except UnknownWorkstreamError:
            return slug


def format_of(column: Column) -> str:
    """The number format of a column's cells."""
    return FORMATS.get(column.type, TEXT_FORMAT)


def width_of(column: Column) -> float:
    """The width of a column, so that its header fits in two lines."""
    header = sum(2 if east_asian_width(letter) in "WF" else 1 for letter in column.label)
    return max(WIDTHS.get(column.type, 9), min(header, 16) + 3)


def open_sheet(
    book: Workbook,
    name: str,
    columns: Sequence[Column],
    title: str,
    note: str = "",
    header_row: int = HEADER_ROW,
) -> Worksheet:
    """A sheet with title, note, styled and frozen header, widths and number formats; data begin below the header."""
    sheet = book.create_sheet(_free_name(book, name))
    put(sheet.cell(1, 1), title)
    sheet.cell(1, 1).font = copy(TITLE)
    if note:
        put(sheet.cell(2, 1), note)
        sheet.cell(2, 1).font = copy(NOTE)
    heads = {required: _head(sheet, required) for required in {column.required for column in columns}}
    for index, column in enumerate(columns, 1):
        letter = get_column_letter(index)
        put(sheet.cell(header_row, index), column.label, heads[column.required])
        sheet.column_dimensions[letter].width = width_of(column)
        # Also the cells that a clerk will fill in carry the column's format.
        sheet.column_dimensions[letter].number_format = format_of(column)
    sheet.row_dimensions[header_row].height = 34
    sheet.freeze_panes = f"A{header_row + 1}"
    sheet.sheet_view.showGridLines = True
    return sheet


def _head(sheet: Worksheet, required: bool) -> Cell:
    """What a header cell looks like: a cell outside the sheet, whose style the others take over."""
    cell = Cell(sheet)
    put(cell, "")
    cell.font, cell.alignment, cell.border = HEADER, MIDDLE, BOX
    cell.fill = REQUIRED if required else OPTIONAL
    return cell


def _blank(sheet: Worksheet, number_format: str) -> Cell:
    """The same for a cell of data."""
    cell = Cell(sheet)
    cell.number_format = number_format
    return cell


def _free_name(book: Workbook, name: str) -> str:
    plain = re.sub(r"[\[\]:*?/\\]", " ", name).strip()[:28] or "Sheet"
    if plain not in book.sheetnames:
        return plain
    return next(f"{plain} {n}" for n in range(2, 1000) if f"{plain} {n}" not in book.sheetnames)


def fill(
    sheet: Worksheet,
    columns: Sequence[Column],
    rows: Iterable[Mapping[str, Any]],
    words: Words,
    first_row: int = HEADER_ROW + 1,
) -> None:
    """Write typed rows below the header."""
    blanks = [_blank(sheet, format_of(column)) for column in columns]
    for number, values in enumerate(rows, first_row):
        campaign = words.campaign(values.get("campaign"))
        for index, column in enumerate(columns, 1):
            value = shown(column, values.get(column.key), campaign, words)
            if value is not None:
                put(sheet.cell(number, index), value, blanks[index - 1])


def workbook(
    sheets: Iterable[tuple[SheetKind, str, Sequence[Mapping[str, Any]]]],
    *,
    campaigns: Sequence[Campaign] = (),
    language: str | None = None,
) -> bytes:
    """A filled workbook: for each (kind, title, rows) a sheet named for its kind, the title above its header.

    ``rows`` hold typed values by column key, as the reader gives them; codes are written as the labels of
    ``language`` (the current one if None), groups and doses in the words of the row's campaign, or of the first
    of ``campaigns``. Columns that only other campaigns use are left out, and so are optional columns that no row
    fills. The same rows give the same bytes.
    """
    words = Words(tuple(campaigns))
    with speaking(language or current()):
        book = Workbook()
        book.remove(book.active)
        for kind, title, rows in sheets:
            used = {key for values in rows for key, value in values.items() if value is not None}
            columns = [
                column
                for column in kind.columns
                if column.key in used or (column.required and applies(column, words.campaign(None)))
            ]
            sheet = open_sheet(book, kind.label, columns, title, header_row=2)
            fill(sheet, columns, rows, words, first_row=3)
        return save(book)


def save(book: Workbook) -> bytes:
    """The bytes of a workbook, without any time of writing."""
    raw = BytesIO()
    book.save(raw)
    stamped = BytesIO()
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(stamped, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = _MODIFIED.sub(rb"\g<1>2020-01-01T00:00:00Z", content)
            target.writestr(zipfile.ZipInfo(name, _STAMP), content, zipfile.ZIP_DEFLATED)
    return stamped.getvalue()
