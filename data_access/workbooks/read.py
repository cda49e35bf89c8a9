"""Read: a recognised table becomes typed rows that remember their cells, and what stood around them.

Totals rows are taken out and kept as a check, sign-off lines end the table, merged cells are filled down inside
their merge, blank ones only where the declaration allows it (reading_rules N3–N5, N8, N12, N13).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from config import clock
from data_access.findings import Finding, Rule, Severity
from data_access.sheets.declaration import Column, SheetKind, Type
from data_access.workbooks import rules
from data_access.workbooks.grid import address
from data_access.workbooks.model import Row
from data_access.workbooks.names import clean, header, squeeze
from data_access.workbooks.numerals import number_in
from data_access.workbooks.recognise import Table
from data_access.workbooks.values import BLANK, Parser, Reading, plain

_TOTAL = re.compile(
    r"^(?!累计)[^\d:]{0,8}?(?:合计|小计|总计|共计|总数)(?:\([^)]*\))?:?$|^(?:全街道?|全镇|全区|(?:grand|sub)?total)$"
)
_COUNTED = re.compile(r"^(?:合计|总计|共计|总数):?(?:共)?(\d{1,6})(?:人|名|条|行)?$")
_SUBTOTAL = re.compile(r"小计|subtotal")
_SIGN_OFF = re.compile(
    r"^(?:填报人|填表人|制表人|制表|审核人|审核|审批人|复核人|单位负责人|主要负责人|分管领导|负责人|联系人|联络人|联系电话|"
    r"备注|说明|填表说明|填报说明|注|注意|填报时间|填表时间|填报日期|填报单位|报送时间|filledinby|checkedby|notes?)(?:\d*[:.].*|)$"
)
_SIGNED = re.compile(
    r"(填报人|填表人|制表人|审核人|审核|复核人)\s*(?:[(（]签[字名][)）])?\s*[:：]\s*([^\s:：,，;；]{2,10})"
)
_SIGNED_AS = {"填表人": "填报人", "制表人": "填报人", "审核": "审核人", "复核人": "审核人"}
_NUMBERS = (Type.INT, Type.NUMBER)


@dataclass(slots=True)
class Draft:
    """A row on its way: its values so far, what was found on it, and whether it is refused."""

    row: Row
    findings: list[Finding] = field(default_factory=list)
    refused: bool = False

    def add(self, finding: Finding) -> None:
        """Put a finding on the row; an error refuses it."""
        self.findings.append(finding)
        self.refused = self.refused or finding.severity == Severity.ERROR


@dataclass(slots=True)
class Content:
    """The rows of one table with the findings on the table as a whole and who signed it."""

    table: Table
    drafts: list[Draft] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    signed: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Total:
    row: int
    sub: bool
    counted: int | None  # 合计：50人


def read(table: Table) -> Content:
    """The typed rows of a recognised table."""
    content = Content(table)
    kind = table.kind
    if kind is None:
        return content
    rows, totals = _sort_rows(content, kind)
    if not rows:
        content.findings.append(Finding(rules.SHEET_WITHOUT_ROWS, table.grid.name, address(table.first, 0)))
        return content
    content.drafts = [Draft(Row(number + 1, {})) for number in rows]
    raws = {column.key: _raw_column(content, rows, place, column) for place, column in table.columns.items()}
    _fill_down(content, rows, raws)
    anchor = table.day or clock.today()
    for place, column in table.columns.items():
        _read_column(content, rows, place, column, raws[column.key], anchor)
    for total in totals:
        _check_total(content, rows, totals, total)
    hidden = table.grid.hidden_rows.intersection(rows)
    if hidden:
        cell = address(min(hidden), 0)
        content.findings.append(Finding(rules.HIDDEN_ROWS, table.grid.name, cell, fields={"n": len(hidden)}))
    return content


# Which rows are data ----------------------------------------------------------------------------


def _sort_rows(content: Content, kind: SheetKind) -> tuple[list[int], list[_Total]]:
    """The rows of data and the totals rows, up to the sign-off lines."""
    table, grid = content.table, content.table.grid
    data: list[int] = []
    totals: list[_Total] = []
    heads = {header(text) for text in table.heads.values()}
    mapped = frozenset(table.columns)
    wanted = {place for place, column in table.columns.items() if column.type in _NUMBERS}
    computed = {row for row, place in (*grid.errors, *grid.uncalculated) if place in mapped}
    merged_lines = {top for top, left, bottom, right in grid.merges if bottom == top and right - left >= 2}
    for number in range(table.body, table.end):
        cells = grid.rows[number]
        filled = [(place, cell) for place, cell in enumerate(cells) if cell != ""]
        if not filled and number not in computed:
            continue
        first = next((cell for _place, cell in filled if isinstance(cell, str)), None)
        if first is not None:
            bare = squeeze(first)
            if _SIGN_OFF.match(bare) and not any(
                place in wanted and _stated(cell) is not None for place, cell in filled
            ):
                _sign(content, number)
                break
            total = _total_in(table, filled, number)
            if total is not None:
                totals.append(total)
                continue
            if len(filled) > 2 and {header(cell) for _p, cell in filled if isinstance(cell, str)} <= heads:
                continue  # the header again, at the top of a printed page
            if len(filled) == 1 and number not in computed and (number in merged_lines or len(bare) > 15):
                cell = address(number, filled[0][0])
                content.findings.append(Finding(rules.NOTE_SKIPPED, grid.name, cell, first[:60]))
                continue
        if any(place in mapped for place, _cell in filled) or number in computed:
            data.append(number)
    return data, totals


def _total_in(table: Table, filled: list[tuple[int, Any]], number: int) -> _Total | None:
    """Whether the row's label says total. Only its first two filled cells are labels; a person group 合计 is data."""
    for place, cell in filled[:2]:
        column = table.columns.get(place)
        if not isinstance(cell, str) or len(cell) > 30 or (column is not None and column.type is Type.GROUP):
            continue
        bare = squeeze(cell)
        counted = _COUNTED.match(bare)
        if counted or _TOTAL.match(bare):
            return _Total(number, bool(_SUBTOTAL.search(bare)), int(counted[1]) if counted else None)
    return None


def _sign(content: Content, start: int) -> None:
    """Who filled in and who checked, from the lines below the table."""
    grid = content.table.grid
    for number in range(start, min(start + 6, content.table.end)):
        line = " ".join(clean(plain(cell)) for cell in grid.rows[number] if cell != "")
        for word, name in _SIGNED.findall(line):
            content.signed.setdefault(_SIGNED_AS.get(word, word), name)


# Columns ----------------------------------------------------------------------------------------


def _raw_column(content: Content, rows: list[int], place: int, column: Column) -> list[Any]:
    grid = content.table.grid
    raws = [line[place] if place < len(line := grid.rows[number]) else "" for number in rows]
    tall = [
        merge for merge in grid.merges if merge[1] == place and merge[2] > merge[0] and merge[0] >= content.table.body
    ]
    if tall:
        spots = {number: spot for spot, number in enumerate(rows)}
        for top, _left, bottom, _right in tall:
            value = grid.rows[top][place] if place < len(grid.rows[top]) else ""
            inside = [spots[number] for number in range(top, bottom + 1) if number in spots]
            if value == "" or len(inside) < 2:
                continue
            if column.type in (*_NUMBERS, Type.PERCENT) and not column.fill_down:
                cell, name = address(top, place), content.table.head(column)
                fields = {"n": len(inside)}
                content.findings.append(Finding(rules.MERGED_NUMBER, grid.name, cell, plain(value), name, fields))
                continue
            for spot in inside:
                raws[spot] = value
    return raws


def _fill_down(content: Content, rows: list[int], raws: dict[str, list[Any]]) -> None:
    """Blank cells under a value, in the columns that allow it, each with a warning (N3).

    Apart from day and community they are filled within one community only. A blank optional site means the whole
    community, unless the row leaves out its community too and so plainly goes on with the one above.
    """
    table = content.table
    places = {column.key: place for place, column in table.columns.items()}
    communities = list(raws.get("community", [""] * len(rows)))
    order = sorted(
        (column for column in table.columns.values() if column.fill_down), key=lambda c: c.key != "community"
    )
    for column in order:
        cells = raws[column.key]
        own = column.key in ("community", table.kind.date if table.kind else None)
        filled: list[int] = []
        for spot in range(1, len(cells)):
            if cells[spot] != "" or cells[spot - 1] == "":
                continue
            if (rows[spot], places[column.key]) in table.grid.uncalculated:
                continue
            if column.type is Type.SITE and not column.required and communities[spot] != "":
                continue
            if column.type is Type.SITE and not column.required and "community" not in raws:
                continue
            same = "community" not in raws or raws["community"][spot] == raws["community"][spot - 1]
            if own or same:
                cells[spot] = cells[spot - 1]
                filled.append(spot)
        if filled:
            cell = address(rows[filled[0]], places[column.key])
            fields = {"n": len(filled)}
            content.findings.append(
                Finding(rules.FILLED_DOWN, table.grid.name, cell, "", table.head(column), fields, column.personal)
            )


def _read_column(content: Content, rows: list[int], place: int, column: Column, raws: list[Any], anchor: date) -> None:
    """Type one column into the drafts, with a finding for each odd cell and one for all normalised ones."""
    table, grid = content.table, content.table.grid
    parser = Parser(column, anchor, from_1904=table.from_1904)
    readings = [parser.read(raw) for raw in raws]
    if column.type is Type.PERCENT:
        readings = _points(readings)
    letters = address(0, place)[:-1]
    head, key = table.head(column), column.key
    normalised: list[int] = []
    broken = grid.errors or grid.uncalculated
    for spot, (draft, reading) in enumerate(zip(content.drafts, readings, strict=True)):
        row = draft.row
        row.cells[key] = cell = f"{letters}{row.number}"
        if reading.value is not None:
            row.values[key] = reading.value
        if broken and raws[spot] in ("", "#REF!", "#DIV/0!", "#N/A", "#VALUE!", "#NAME?"):
            rule, value = _broken(content, rows[spot], place, column)
            if rule is not None:
                draft.add(Finding(rule, grid.name, cell, value, head, {}, column.personal))
                continue
        if reading is BLANK:
            continue
        if reading.rule is not None:
            value = plain(raws[spot])[:200]
            rule = rules.RATE_NOT_COMPUTED if _is_rate_error(column, reading) else reading.rule
            draft.add(Finding(rule, grid.name, cell, value, head, reading.fields, column.personal))
        if reading.approximate:
            row.approximate = row.approximate | {key}
        if reading.normalised and plain(raws[spot]) != str(reading.value):
            normalised.append(spot)
            row.original[key] = plain(raws[spot])
    if normalised:
        spot = normalised[0]
        cell = content.drafts[spot].row.cells[key]
        read_as = "***" if column.personal else _as_read(column, readings[spot].value, head)
        fields = {"n": len(normalised), "read": read_as}
        value = plain(raws[spot])[:60]
        content.findings.append(Finding(rules.NORMALISED, grid.name, cell, value, head, fields, column.personal))


def _as_read(column: Column, value: Any, head: str) -> str:
    """What a cell was read as, in the words of the sheet: the choice's name, wall-clock time."""
    for choice in column.choices:
        if choice.code == value:
            return choice.en if head.isascii() else choice.zh
    return plain(clock.local(value).replace(tzinfo=None) if isinstance(value, datetime) and value.tzinfo else value)


def _broken(content: Content, number: int, place: int, column: Column) -> tuple[Rule | None, str]:
    """What is wrong with a cell that reads as blank: a formula in error, or one never calculated (N13)."""
    grid = content.table.grid
    rate = column.type is Type.PERCENT
    if (number, place) in grid.errors:
        value = grid.errors[number, place]
        return (rules.RATE_NOT_COMPUTED if rate else rules.ERROR_CELL), value
    if (number, place) in grid.uncalculated:
        return (rules.RATE_NOT_COMPUTED if rate else rules.FORMULA_NOT_CALCULATED), "="
    return None, ""


def _is_rate_error(column: Column, reading: Reading) -> bool:
    return column.type is Type.PERCENT and reading.rule is rules.ERROR_CELL


def _points(readings: list[Reading]) -> list[Reading]:
    """Percent points for a whole column: without a sign, values are fractions only where all are at most 1 (N8)."""
    unsigned = [reading.value for reading in readings if reading.value is not None and not reading.signed]
    fractions = bool(unsigned) and all(abs(value) <= 1 for value in unsigned)
    return [_point(reading, fractions) for reading in readings]


def _point(reading: Reading, fractions: bool) -> Reading:
    if reading.value is None or reading.signed or reading.rule is not None:
        return reading
    value: Decimal = reading.value
    points = value * 100 if fractions else value
    rule = None
    fields: dict[str, object] = {}
    if 0 < abs(value) <= 1 and (not fractions or value == 1):
        rule = rules.PERCENT_UNCERTAIN
        fields = {"low": _figure(value), "high": _figure(value * 100), "read": _figure(points)}
    return Reading(points, rule, fields, normalised=fractions, approximate=reading.approximate)


def _figure(number: Decimal) -> str:
    return f"{number.normalize():f}"


# Totals -----------------------------------------------------------------------------------------


def _check_total(content: Content, rows: list[int], totals: Iterable[_Total], total: _Total) -> None:
    """A stated total against the sum of its rows (N4, I4): a subtotal against the rows since the one before."""
    table = content.table
    before = max((other.row for other in totals if other.row < total.row), default=table.body - 1)
    since = [spot for spot, number in enumerate(rows) if before < number < total.row]
    everything = range(len(rows))
    if total.counted is not None:
        _compare_count(content, total, total.counted)
        return
    line = table.grid.rows[total.row]
    for place, column in table.columns.items():
        raw = line[place] if place < len(line) else ""
        if raw == "":
            continue
        stated = _stated(raw)
        if stated is None:
            continue
        if column.type not in _NUMBERS:
            if column.type in (Type.NAME, Type.ID_NO) and stated == int(stated):
                _compare_count(content, total, int(stated))
            continue
        if column.maximum is not None:  # an age or a batch number is no quantity
            continue
        sums = [_sum(content, spots, column.key) for spots in ((since,) if total.sub else (everything, since))]
        if stated not in sums:
            fields = {
                "stated": _figure(stated),
                "sum": _figure(sums[0]),
                "difference": _figure(stated - sums[0]),
            }
            cell, value = address(total.row, place), plain(raw)
            finding = Finding(rules.TOTAL_MISMATCH, table.grid.name, cell, value, table.head(column), fields)
            content.findings.append(finding)


def _stated(raw: Any) -> Decimal | None:
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        return None
    found = number_in(squeeze(raw) if isinstance(raw, str) else plain(raw))
    return found[0] if found else None


def _sum(content: Content, spots: Iterable[int], key: str) -> Decimal:
    values = (content.drafts[spot].row.values.get(key) for spot in spots)
    return sum((Decimal(value) for value in values if value is not None), Decimal(0))


def _compare_count(content: Content, total: _Total, stated: int) -> None:
    number = len(content.drafts)
    if stated != number:
        fields = {"stated": stated, "sum": number, "difference": stated - number}
        cell = address(total.row, 0)
        content.findings.append(Finding(rules.ROWS_MISMATCH, content.table.grid.name, cell, str(stated), fields=fields))
