"""Blank workbooks to fill in: drop-downs, formats, an example and a sheet of notes, from the declarations.

The sheets 示例, 填表说明 and the hidden 字典 are passed over by the reader, so the example is never taken for data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from config import clock
from config.campaigns import Campaign
from config.catalogue import checklist, indicators, workstreams
from config.indicators import KINDS as INDICATOR_KINDS
from config.language import _, pick, speaking
from data_access.sheets import KINDS, WORKBOOKS
from data_access.sheets.declaration import Column, SheetKind, Type
from data_access.sheets.manual import type_text
from data_access.workbooks.cells import put
from data_access.workbooks.model import KnownCommunity, KnownSite
from data_access.workbooks.writing import (
    BOX,
    HEADER,
    HEADER_ROW,
    MIDDLE,
    NOTE,
    REQUIRED,
    TITLE,
    TOP,
    Words,
    applies,
    fill,
    format_of,
    open_sheet,
    save,
    shown,
    workbook,
)

__all__ = ["LAST_ROW", "Given", "template", "workbook"]

LAST_ROW = 2000  # drop-downs and number tests reach down to here

# Aliases and new names are the reader's to judge: these lists help, they do not forbid.
_ADVICE = frozenset({Type.COMMUNITY, Type.SITE, Type.CAMPAIGN, Type.WORKSTREAM, Type.INDICATOR, Type.GROUP})


@dataclass(frozen=True)
class Given:
    """What a template is handed out with: rows of typed values by kind of sheet, notes for the instructions.

    A kind that is not the workbook's own becomes a sheet more. ``comments`` are remarks on cells, by kind, place of the
    row and column key; the reader passes over them. ``people`` counts the rows that name somebody.
    """

    rows: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    comments: Mapping[tuple[str, int, str], str] = field(default_factory=dict)
    people: int = 0


def template(
    workbook_key: str,
    *,
    campaign: Campaign,
    communities: Sequence[KnownCommunity] = (),
    sites: Sequence[KnownSite] = (),
    language: str = "zh_CN",
    community: str | None = None,
    day: date | None = None,
    given: Given | None = None,
) -> bytes:
    """The workbook ``workbook_key`` (a key of ``sheets.WORKBOOKS``), to be filled in.

    Drop-downs name the communities, sites, doses and groups given; ``community`` and ``day`` stand in the title
    and in the first row, unless ``given`` knows the rows. The base workbook comes with the communities and sites
    already known. Raises KeyError for an unknown key.
    """
    given = given or Given()
    kinds = WORKBOOKS[workbook_key]
    kinds += tuple(KINDS[key] for key, rows in given.rows.items() if rows and KINDS[key] not in kinds)
    with speaking(language):
        book = Workbook()
        book.remove(book.active)
        words = Words((campaign,))
        lists = _Lists(campaign, communities, sites)
        for kind in kinds:
            columns = [column for column in kind.columns if applies(column, campaign)]
            sheet = open_sheet(book, kind.label, columns, _title(kind, campaign, community, day), _legend())
            rows = given.rows.get(kind.key) or _known_rows(kind, communities, sites, community, day)
            fill(sheet, columns, rows, words)
            _comment(sheet, columns, {k[1:]: text for k, text in given.comments.items() if k[0] == kind.key})
            for index, column in enumerate(columns, 1):
                _validate(sheet, index, column, lists.reference(column))
        _examples(book, kinds, campaign, communities, sites, community, day)
        _notes(book, workbook_key, kinds, campaign, lists, given.notes)
        lists.write(book)
        return save(book)


def _comment(sheet: Worksheet, columns: Sequence[Column], comments: Mapping[tuple[int, str], str]) -> None:
    places = {column.key: place for place, column in enumerate(columns, 1)}
    for (row, key), text in comments.items():
        if key in places:
            sheet.cell(HEADER_ROW + 1 + row, places[key]).comment = Comment(text, "")


def _title(kind: SheetKind, campaign: Campaign, community: str | None, day: date | None) -> str:
    """Whose sheet of which day it is; the street's own lists are nobody's, and of the days that stand in their rows."""
    whose = [] if kind.workbook == "base" else [community, day.isoformat() if day else None]
    parts = [*whose, kind.label]
    if "campaign" in kind.scope:
        parts.append(f"({campaign.label})")
    return " ".join(part for part in parts if part)


def _legend() -> str:
    return _("Dark headers must be filled in. Blank means not reported: write 0 for none.")


def _known_rows(
    kind: SheetKind,
    communities: Sequence[KnownCommunity],
    sites: Sequence[KnownSite],
    community: str | None,
    day: date | None,
) -> list[dict[str, Any]]:
    """What is known already: the street's lists, or community and day in the first row."""
    if kind.key == "communities":
        return [_attributes(kind, known) for known in communities]
    if kind.key == "sites":
        return [_attributes(kind, known) for known in sites]
    first: dict[str, Any] = {}
    if community is not None:
        first["community"] = community
    dated = kind.date or next((key for key in ("biz_date", "found_on") if _has(kind, key)), None)
    if day is not None and dated is not None and kind.key != "actions":
        first[dated] = day
    if day is not None:
        first |= {key: form.format(day) for key, form in _PERIODS.items() if _has(kind, key)}
    return [first] if first else []


def _has(kind: SheetKind, key: str) -> bool:
    return any(column.key == key for column in kind.columns)


def _attributes(kind: SheetKind, known: object) -> dict[str, Any]:
    values = {column.key: getattr(known, column.key, None) for column in kind.columns}
    return {key: value for key, value in values.items() if value not in (None, "", ())}


class _Lists:
    """The lists behind the drop-downs, one column each on a hidden sheet."""

    def __init__(self, campaign: Campaign, communities: Sequence[KnownCommunity], sites: Sequence[KnownSite]) -> None:
        self.name = "字典"  # by this name the reader passes over it, in either language
        self._given: dict[Type, list[str]] = {
            Type.COMMUNITY: [known.name for known in communities],
            Type.SITE: [known.name for known in sites],
            Type.CAMPAIGN: [campaign.label],
            Type.DOSE: [dose.label for dose in campaign.doses],
            Type.GROUP: [group.label for group in campaign.groups],
            Type.TICK: [_("yes"), _("no")],
            Type.WORKSTREAM: [item.label for item in workstreams()],
            Type.INDICATOR: [item.code for item in indicators()],
        }
        self._columns: dict[tuple[str, ...], int] = {}

    def values(self, column: Column) -> list[str]:
        """The values a column offers; empty for a free one."""
        if column.choices:
            return [choice.label for choice in column.choices]
        return self._given.get(column.type, [])

    def reference(self, column: Column) -> str | None:
        """Where the values of a column stand; None for a free one."""
        values = tuple(self.values(column))
        if not values:
            return None
        index = self._columns.setdefault(values, len(self._columns) + 1)
        letter = get_column_letter(index)
        return f"{quote_sheetname(self.name)}!${letter}$1:${letter}${len(values)}"

    def write(self, book: Workbook) -> None:
        """Add the hidden sheet."""
        sheet = book.create_sheet(self.name)
        for values, index in self._columns.items():
            for row, value in enumerate(values, 1):
                put(sheet.cell(row, index), value)
        sheet.sheet_state = "hidden"


def _validate(sheet: Worksheet, index: int, column: Column, reference: str | None) -> None:
    rule = _validation(column, reference)
    if rule is None:
        return
    rule.showErrorMessage = True
    rule.errorTitle = column.label[:32]
    rule.error = (column.rule or type_text(column))[:255]
    if column.rule:
        rule.showInputMessage = True
        rule.promptTitle = column.label[:32]
        rule.prompt = column.rule[:255]
    letter = get_column_letter(index)
    rule.add(f"{letter}{HEADER_ROW + 1}:{letter}{LAST_ROW}")
    sheet.add_data_validation(rule)


def _validation(column: Column, reference: str | None) -> DataValidation | None:
    if reference is not None:
        style = "warning" if column.type in _ADVICE else "stop"
        return DataValidation(type="list", formula1=f"={reference}", allow_blank=True, errorStyle=style)
    if column.type in (Type.INT, Type.FILES, Type.NUMBER):
        kind = "decimal" if column.type is Type.NUMBER else "whole"
        low = str(column.minimum if column.minimum is not None else 0)
        if column.maximum is None:
            return DataValidation(type=kind, operator="greaterThanOrEqual", formula1=low, allow_blank=True)
        return DataValidation(
            type=kind, operator="between", formula1=low, formula2=str(column.maximum), allow_blank=True
        )
    if column.type is Type.DATE:
        # A date typed as text is read as well: the sheet only asks whether it was meant.
        return DataValidation(
            type="date", operator="greaterThan", formula1="36526", allow_blank=True, errorStyle="warning"
        )
    return None


# The example -------------------------------------------------------------------------------------------------


def _examples(
    book: Workbook,
    kinds: Iterable[SheetKind],
    campaign: Campaign,
    communities: Sequence[KnownCommunity],
    sites: Sequence[KnownSite],
    community: str | None,
    day: date | None,
) -> None:
    sheet = book.create_sheet(_("Example"))
    put(sheet.cell(1, 1), _("Example: this sheet is not read."))
    sheet.cell(1, 1).font = copy(TITLE)
    place = community or (communities[0].name if communities else pick("示例社区", "Example community"))
    site = sites[0].name if sites else pick("街道接种门诊", "Street clinic")
    words, row = Words((campaign,)), 3
    for kind in kinds:
        put(sheet.cell(row, 1), kind.label)
        sheet.cell(row, 1).font = copy(HEADER)
        sheet.cell(row, 1).fill = copy(REQUIRED)
        for index, column in enumerate((c for c in kind.columns if applies(c, campaign)), 2):
            head, cell = sheet.cell(row, index), sheet.cell(row + 1, index)
            put(head, column.label)
            head.alignment, head.border, cell.border = copy(MIDDLE), copy(BOX), copy(BOX)
            value = shown(column, example(column, campaign, place, site, day), campaign, words)
            put(cell, value)
            if not isinstance(value, str):
                cell.number_format = format_of(column)
            letter = get_column_letter(index)
            width = sheet.column_dimensions[letter].width
            sheet.column_dimensions[letter].width = max(width if row > 3 else 0, 14)
        row += 4
    sheet.freeze_panes = "A3"


_PERIODS = {"year": "{:%Y}", "week": "{:%G-W%V}"}  # how a column writes the period of a day; others name the month


def example(column: Column, campaign: Campaign, community: str, site: str, day: date | None) -> Any:
    """A plausible value of a column: its own example, or one of the campaign's and the day's."""
    if column.example is not None:
        return column.example
    on = day or clock.today()
    if column.key == "last_dose_date":
        return on - timedelta(days=200) if len(campaign.doses) > 1 else None
    if column.key == "due":
        return on + timedelta(days=3)
    if column.type is Type.DATE:
        return on if column.required else None
    given: dict[Type, Any] = {
        Type.COMMUNITY: community,
        Type.SITE: site,
        Type.CAMPAIGN: campaign.code,
        Type.DOSE: campaign.doses[-1].code,
        Type.GROUP: campaign.groups[0].code,
        Type.DATETIME: datetime.combine(on, time(8, 45)),
        Type.PERIOD: _PERIODS.get(column.key, "{:%Y-%m}").format(on),
        Type.WORKSTREAM: workstreams()[0].slug,
        Type.INDICATOR: workstreams()[0].indicators[0].code if workstreams()[0].indicators else None,
    }
    if column.type is Type.DATETIME:
        return clock.instant(given[Type.DATETIME])
    return given.get(column.type)


# The notes ---------------------------------------------------------------------------------------------------


def _notes(
    book: Workbook,
    workbook_key: str,
    kinds: Sequence[SheetKind],
    campaign: Campaign,
    lists: _Lists,
    more: Sequence[str],
) -> None:
    sheet = book.create_sheet(_("Instructions"))
    put(sheet.cell(1, 1), _("Instructions"))
    sheet.cell(1, 1).font = copy(TITLE)
    row = 2
    for line in (*more, *_general()):
        put(sheet.cell(row, 1), line)
        sheet.cell(row, 1).font = copy(NOTE)
        row += 1
    heads = (_("Worksheet"), _("Column"), _("Required"), _("What to write"), _("Rule"), _("Allowed values"))
    row = _table(sheet, row + 1, heads, (_note(kind, c, lists) for kind in kinds for c in _used(kind, campaign)))
    if workbook_key == "progress":
        heads = (
            _("Line of work"),
            _("Indicator code"),
            _("Required"),
            _("Indicator"),
            _("Unit"),
            _("Kind of figure"),
        )
        names = {item.slug: item.label for item in workstreams()}
        lines = (
            (
                names[item.workstream],
                item.code,
                "",
                item.label,
                item.unit_text,
                str(INDICATOR_KINDS[item.kind]),
            )
            for item in indicators()
        )
        _table(sheet, row + 1, heads, lines)
    if workbook_key == "evidence":
        heads = (_("Section"), _("Item code"), _("Number needed"), _("Checklist item"), _("Passed when"), _("Evidence"))
        kinds_of_evidence = checklist().evidence
        lines = (
            (
                section.label,
                item.code,
                str(item.need),
                item.label,
                str(item.passes),
                _(", ").join(
                    "/".join(str(kinds_of_evidence[code]) for code in choice if code in kinds_of_evidence)
                    for choice in item.choices
                ),
            )
            for section in checklist().sections
            for item in section.items
        )
        _table(sheet, row + 1, heads, lines)
    for letter, width in zip("ABCDEF", (16, 22, 10, 26, 46, 60), strict=True):
        sheet.column_dimensions[letter].width = width


def _used(kind: SheetKind, campaign: Campaign) -> list[Column]:
    return [column for column in kind.columns if applies(column, campaign)]


def _general() -> tuple[str, ...]:
    return (
        _("Do not change the headers. Columns may be moved or left out if they are not required."),
        _("A blank is not reported; it is never read as 0. Write 0 for none."),
        _("One community may send its own workbook, or the street one workbook with a row for each community."),
        _("Sending the same community and day again replaces what was sent before; the old version is kept."),
        _("Rows with an error are refused and named; all other rows are taken in."),
    )


def _note(kind: SheetKind, column: Column, lists: _Lists) -> tuple[str, ...]:
    offered = lists.values(column)
    allowed = _(", ").join(offered[:40]) + ("…" if len(offered) > 40 else "")
    required = _("yes") if column.required else _("one of several") if _is_either(kind, column) else ""
    return (kind.label, column.label, required, type_text(column), column.rule, allowed)


def _is_either(kind: SheetKind, column: Column) -> bool:
    return any(column.key in group for group in kind.either)


def _table(sheet: Worksheet, row: int, heads: Sequence[str], lines: Iterable[Sequence[Any]]) -> int:
    """Write a small table; the row after it."""
    for index, head in enumerate(heads, 1):
        cell = sheet.cell(row, index)
        put(cell, head)
        cell.font, cell.fill, cell.border = copy(HEADER), copy(REQUIRED), copy(BOX)
        cell.alignment = Alignment(vertical="center")
    for line in lines:
        row += 1
        for index, value in enumerate(line, 1):
            cell = sheet.cell(row, index)
            put(cell, value)
            cell.alignment, cell.border = copy(TOP), copy(BOX)
    return row + 1
