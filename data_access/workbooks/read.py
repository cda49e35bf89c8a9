"""Read: a recognised table becomes typed rows that remember their cells, and what stood around them.

Totals rows are taken out and kept as a check, sign-off lines end the table, merged cells are filled down inside
their merge, blank ones only where the declaration allows it (reading_rules N3–N5, N8, N12, N13).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from config import clock
from data_access.findings import Finding, Rule, Severity
from data_access.sheets.declaration import Column, Type
from data_access.workbooks import rules
from data_access.workbooks.grid import address
from data_access.workbooks.margins import said
from data_access.workbooks.model import Cells, Row
from data_access.workbooks.recognise import Table
from data_access.workbooks.rows import sort_rows
from data_access.workbooks.totals import check_totals, figure
from data_access.workbooks.units import Scale, scaled
from data_access.workbooks.values import Parser, Reading, plain
from data_access.workbooks.views import View

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


def read(table: Table) -> Content:
    """The typed rows of a recognised table."""
    content = Content(table)
    kind = table.kind
    if kind is None:
        return content
    lines = sort_rows(table)
    rows, content.findings, content.signed = lines.data, lines.findings, lines.signed
    if not rows:
        content.findings.append(Finding(rules.SHEET_WITHOUT_ROWS, table.grid.name, table.cell(table.first)))
        return content
    content.drafts = [
        Draft(Row(number + 1, {}, cells)) for number, cells in zip(rows, _cells(table, rows), strict=True)
    ]
    laid = list(zip_longest(*(table.grid.rows[number] for number in rows), fillvalue=""))  # by column
    laid += [("",) * len(rows)] * (max(table.columns, default=0) + 1 - len(laid))
    raws = {
        column.key: _raw_column(content, rows, place, column, list(laid[place]))
        for place, column in table.columns.items()
    }
    _fill_down(content, rows, raws)
    anchor = table.day or clock.today()
    typed = {
        column.key: _read_column(content, rows, place, column, raws[column.key], anchor)
        for place, column in table.columns.items()
    }
    for draft, line in zip(content.drafts, zip(*typed.values(), strict=True), strict=True):
        draft.row.values = {key: value for key, value in zip(typed, line, strict=True) if value is not None}
    _beside(content, lines.signatures, anchor)
    content.findings += check_totals(table, rows, [draft.row for draft in content.drafts], lines.totals)
    hidden = table.grid.hidden_rows.intersection(rows)
    if hidden:
        cell = table.cell(min(hidden))
        content.findings.append(Finding(rules.HIDDEN_ROWS, table.grid.name, cell, fields={"n": len(hidden)}))
    _struck_out(content, rows)
    return content


def _beside(content: Content, below: list[int], anchor: date) -> None:
    """Give every row what the lines around the table say for all of them."""
    found, findings = said(content.table, below, anchor)
    content.findings += findings
    content.table.beside = frozenset(found)
    if found:
        cells = {key: cell for key, (cell, _value) in found.items()}
        for draft in content.drafts:
            draft.row.values |= {key: value for key, (_cell, value) in found.items()}
            draft.row.cells = {**draft.row.cells, **cells}


def _struck_out(content: Content, rows: list[int]) -> None:
    """Rows with a struck-through cell in one of the table's columns: data all the same, with a warning (N21)."""
    table = content.table
    wanted = frozenset(rows)
    struck = sorted((row, place) for row, place in table.grid.struck if row in wanted and place in table.columns)
    if struck:
        numbers = list(dict.fromkeys(row + 1 for row, _place in struck))
        fields = {"n": len(numbers), "rows": ", ".join(map(str, numbers[:20])) + (" …" if len(numbers) > 20 else "")}
        content.findings.append(Finding(rules.STRUCK_OUT, table.grid.name, address(*struck[0]), fields=fields))


def _cells(table: Table, rows: list[int]) -> Iterator[Mapping[str, str]]:
    """The addresses of each row's cells; those of a sheet laid out anew lie anywhere."""
    if isinstance(table.grid, View):
        for number in rows:
            yield {column.key: table.cell(number, place) for place, column in table.columns.items()}
    else:
        letters = {column.key: address(0, place)[:-1] for place, column in table.columns.items()}
        for number in rows:
            yield Cells(letters, number + 1)


# Columns ----------------------------------------------------------------------------------------


def _raw_column(content: Content, rows: list[int], place: int, column: Column, raws: list[Any]) -> list[Any]:
    """The cells of a column, those below the first of a merged cell filled with what it says."""
    grid = content.table.grid
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
                cell, fields = content.table.cell(top, place), {"n": len(inside)}
                content.findings.append(content.table.finding(rules.MERGED_NUMBER, cell, plain(value), column, fields))
                continue
            for spot in inside:
                raws[spot] = value
    return raws


def _fill_down(content: Content, rows: list[int], raws: dict[str, list[Any]]) -> None:
    """Blank cells under a value, in the columns that allow it, each with a warning (N3).

    Apart from day and community they are filled within one community only. A blank optional site means the whole
    community, unless the row leaves out its community too and so plainly goes on with the one above. A telephone goes
    with its person.
    """
    table = content.table
    places = {column.key: place for place, column in table.columns.items()}
    communities = list(raws.get("community", [""] * len(rows)))
    order = sorted(
        (column for column in table.columns.values() if column.fill_down or column.fill_with),
        key=lambda column: (bool(column.fill_with), column.key != "community"),
    )
    spots: dict[str, list[int]] = {}  # what was filled, by column
    for column in order:
        cells = raws[column.key]
        own = column.key in ("community", table.kind.date if table.kind else None)
        filled = spots[column.key] = []
        wanted = frozenset(spots.get(column.fill_with, ()))
        for spot in range(1, len(cells)):
            if cells[spot] != "" or cells[spot - 1] == "":
                continue
            if (rows[spot], places[column.key]) in table.grid.uncalculated:
                continue
            if column.type is Type.SITE and not column.required and communities[spot] != "":
                continue
            if column.type is Type.SITE and not column.required and "community" not in raws:
                continue
            if column.fill_with and spot not in wanted:
                continue
            same = "community" not in raws or raws["community"][spot] == raws["community"][spot - 1]
            if own or same:
                cells[spot] = cells[spot - 1]
                filled.append(spot)
        if filled:
            cell = table.cell(rows[filled[0]], places[column.key])
            fields = {"n": len(filled)}
            content.findings.append(table.finding(rules.FILLED_DOWN, cell, "", column, fields))


def _read_column(
    content: Content, rows: list[int], place: int, column: Column, raws: list[Any], anchor: date
) -> list[Any]:
    """The typed values of one column, None where there is none; a finding on the drafts for each odd cell, and one
    for all normalised ones."""
    table, grid = content.table, content.table.grid
    parser = Parser(column, anchor, from_1904=table.from_1904)
    scale = table.scales.get(place)
    counted = raws if scale is None else [scaled(raw, scale) for raw in raws]
    if column.type is Type.PERCENT:
        shown = frozenset(spot for spot, number in enumerate(rows) if (number, place) in grid.percent)
        readings = _points([parser.read(raw) for raw in raws], shown)
        values = [reading.value for reading in readings]
        remarkable = {spot: reading for spot, reading in enumerate(readings) if reading.remarkable}
    else:
        values, remarkable = parser.read_all(counted)
    key = column.key
    if scale is not None:
        _tell_scale(content, column, scale, raws, values)
    for spot, rule, value in _broken_cells(content, rows, place, column, raws):
        draft = content.drafts[spot]
        draft.add(table.finding(rule, draft.row.cells[key], value, column))
        remarkable.pop(spot, None)
    normalised: list[int] = []
    for spot, reading in remarkable.items():
        draft = content.drafts[spot]
        row, cell = draft.row, draft.row.cells[key]
        if reading.rule is not None:
            value = plain(raws[spot])[:200]
            rule = rules.RATE_NOT_COMPUTED if _is_rate_error(column, reading) else reading.rule
            draft.add(table.finding(rule, cell, value, column, reading.fields))
        if reading.approximate:
            row.approximate = row.approximate | {key}
        if reading.normalised and plain(raws[spot]) != str(reading.value):
            if scale is None:
                normalised.append(spot)
            row.original[key] = plain(raws[spot])
    if normalised:
        spot = normalised[0]
        cell = content.drafts[spot].row.cells[key]
        read_as = "***" if column.personal else _as_read(column, values[spot], table.head(column))
        fields = {"n": len(normalised), "read": read_as}
        value = plain(raws[spot])[:60]
        content.findings.append(table.finding(rules.NORMALISED, cell, value, column, fields))
    return values


def _tell_scale(content: Content, column: Column, scale: Scale, raws: list[Any], values: list[Any]) -> None:
    """The first number of a column that counts in 万人, and what it came to."""
    spot = next((spot for spot, value in enumerate(values) if value), None)
    if spot is not None:
        cell, value = content.drafts[spot].row.cells[column.key], plain(raws[spot])[:60]
        fields = {"unit": scale.word, "read": plain(values[spot])}
        content.findings.append(content.table.finding(rules.SCALED, cell, value, column, fields))


def _as_read(column: Column, value: Any, head: str) -> str:
    """What a cell was read as, in the words of the sheet: the choice's name, wall-clock time."""
    for choice in column.choices:
        if choice.code == value:
            return choice.en if head.isascii() else choice.zh
    return plain(clock.local(value).replace(tzinfo=None) if isinstance(value, datetime) and value.tzinfo else value)


def _broken_cells(
    content: Content, rows: list[int], place: int, column: Column, raws: list[Any]
) -> Iterator[tuple[int, Rule, str]]:
    """The blank and the error cells of a column that hold a formula: place in the column, what is wrong, the text."""
    grid = content.table.grid
    if not grid.errors and not grid.uncalculated:
        return
    for spot, raw in enumerate(raws):
        if raw in ("", "#REF!", "#DIV/0!", "#N/A", "#VALUE!", "#NAME?"):
            rule, value = _broken(content, rows[spot], place, column)
            if rule is not None:
                yield spot, rule, value


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


def _points(readings: list[Reading], shown: frozenset[int]) -> list[Reading]:
    """Percent points for a whole column (N8).

    A number that its cell shows with a percent sign (the spots of ``shown``) is a fraction. The others, where they
    have no sign, are fractions only where all of them are at most 1.
    """
    unsigned = [
        reading.value
        for spot, reading in enumerate(readings)
        if reading.value is not None and not reading.signed and spot not in shown
    ]
    fractions = bool(unsigned) and all(abs(value) <= 1 for value in unsigned)
    return [
        _fraction(reading) if spot in shown else _point(reading, fractions) for spot, reading in enumerate(readings)
    ]


def _fraction(reading: Reading) -> Reading:
    if reading.value is None or reading.signed or reading.rule is not None:
        return reading
    return replace(reading, value=reading.value * 100, signed=True)


def _point(reading: Reading, fractions: bool) -> Reading:
    if reading.value is None or reading.signed or reading.rule is not None:
        return reading
    value: Decimal = reading.value
    points = value * 100 if fractions else value
    rule = None
    fields: dict[str, object] = {}
    if 0 < abs(value) <= 1 and (not fractions or value == 1):
        rule = rules.PERCENT_UNCERTAIN
        fields = {"low": figure(value), "high": figure(value * 100), "read": figure(points)}
    return Reading(points, rule, fields, normalised=fractions, approximate=reading.approximate)
