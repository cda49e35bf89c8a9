"""Reading by a remembered layout: a table that no declaration knows becomes rows of a declared kind.

Of an ordinary kind the columns go by the layout's headers, written values are translated and constants hold for every
row; then the sheet is read and checked like any other. Columns that the sheet simply does not have are missing, not
zero, and named once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from config import clock
from data_access.findings import Finding, both, headed
from data_access.sheets import KINDS
from data_access.sheets.declaration import Column, Problem, RowCheck, SheetKind, Type, Values
from data_access.workbooks import dates, figures, rules
from data_access.workbooks.check import check
from data_access.workbooks.grid import Grid
from data_access.workbooks.layouts import Match, above, matches, sideways, title_of
from data_access.workbooks.model import Hints, Layout, SheetResult
from data_access.workbooks.names import clean, squeeze
from data_access.workbooks.read import Content, read
from data_access.workbooks.recognise import Table
from data_access.workbooks.street import Street
from data_access.workbooks.values import Parser, plain
from data_access.workbooks.views import locate

_SCOPE = (Type.COMMUNITY, Type.PERIOD, Type.CAMPAIGN, Type.DOSE)
# What a matter is about and where it stands, what a plan says is to be done: without them it is none.
_ALWAYS = frozenset({"issue", "status", "task"})


@dataclass(slots=True)
class MappedTable(Table):
    """A table of a sheet with the layout it is read by."""

    layout: Layout = field(kw_only=True)


def tables(grid: Grid, layouts: Iterable[Layout]) -> list[MappedTable]:
    """The tables of a sheet that a layout was made for, from top to bottom, ready for reading.

    Where none fits, the sheet is tried once more with its rows as columns: the communities may stand in the header.
    """
    layouts = tuple(layouts)
    found = matches(grid, layouts)
    if not found and layouts and (turn := sideways(grid)) is not None:
        view, title = turn
        return [_table(view, match, title, len(view.rows)) for match in matches(view, layouts)[:1]]
    floors = [0, *(match.first + match.depth for match in found)]
    tops = [above(grid, match.first, floor) for match, floor in zip(found, floors, strict=False)]
    ends = [*tops[1:], len(grid.rows)]
    titles = [tuple(title_of(grid, top, match.first)) for match, top in zip(found, [0, *tops[1:]], strict=False)]
    return [_table(grid, match, title, end) for match, title, end in zip(found, titles, ends, strict=False)]


def hints(table: Table, given: Hints) -> Hints:
    """The sender's hints, and beside them the community or campaign that the layout gives for the whole table."""
    if not isinstance(table, MappedTable):
        return given
    constants = table.layout.constants
    return replace(
        given,
        community=given.community or constants.get("community"),
        campaign=given.campaign or constants.get("campaign"),
    )


def outcome(table: Table, street: Street) -> SheetResult:
    """The outcome of one table: of any other one as ``read`` and ``check`` see it, of a mapped one by its layout."""
    if not isinstance(table, MappedTable):
        return check(read(table), street)
    if table.layout.indicators:
        content = figures.content(table, table.layout, street)
    else:
        content = read(table)
        _fill_in(content, table.layout)
        content.findings += _codes_as_numbers(table)
    result = check(content, street)
    result.kind = KINDS[table.layout.kind]
    for portion in result.portions:
        portion.partial = bool(table.layout.indicators)
    return result


def essential(kind: SheetKind) -> frozenset[str]:
    """The required columns without which a row of the kind is of nobody or of no day: they must come from somewhere."""
    return frozenset(
        column.key
        for column in kind.columns
        if column.required
        and (column.type in _SCOPE or column.key in (*kind.identity, kind.date, kind.topic) or column.key in _ALWAYS)
    )


# The table --------------------------------------------------------------------------------------


def _table(grid: Grid, match: Match, title: tuple[str, ...], end: int) -> MappedTable:
    layout = match.layout
    if layout.indicators:
        kind, columns = figures.columns(layout, match.places)
    else:
        kind = KINDS[layout.kind]
        columns = {match.places[path]: kind.column(key) for path, key in layout.columns.items()}
    words = {place: path for path, place in match.places.items()}
    table = MappedTable(
        _translated(grid, match, columns, end),
        kind,
        title,
        match.first,
        match.depth,
        end,
        columns,
        {column.key: words[place] for place, column in columns.items()},
        layout=layout,
    )
    if not _days(title):
        table.dated = _day_over(grid, match)
    table.findings.append(
        Finding(rules.LAYOUT_USED, grid.name, locate(grid, match.first, 0), fields={"layout": layout.name})
    )
    if not layout.indicators:
        _relax(table, kind)
    return table


def _days(texts: Iterable[str]) -> set[date]:
    return {day for text in texts for day, _sure in dates.mentioned(text, clock.today(), weak=False)}


def _day_over(grid: Grid, match: Match) -> str:
    """The header with the one day that it speaks of; where it is several rows deep, the last row compares at most."""
    rows = grid.rows[match.first : match.first + max(match.depth - 1, 1)]
    words = [clean(cell) for row in rows for cell in row if isinstance(cell, str) and _days([clean(cell)])]
    return words[0] if len(_days(words)) == 1 else ""


def _translated(grid: Grid, match: Match, columns: Mapping[int, Column], end: int) -> Grid:
    """The sheet with written values and community names as the layout says; blank rows stay blank."""
    layout = match.layout
    meanings = {place: _meanings(layout, column) for place, column in columns.items()}
    meanings = {place: words for place, words in meanings.items() if words}
    if not meanings:
        return grid
    broken = {*grid.errors, *grid.uncalculated}
    rows = list(grid.rows)
    for number in range(match.first + match.depth, end):
        line = rows[number]
        if not any(place < len(line) and line[place] != "" for place in columns):
            continue
        line = rows[number] = [*line, *[""] * (max(columns) + 1 - len(line))]
        for place, words in meanings.items():
            written = squeeze(plain(line[place]))
            if written in words and (number, place) not in broken:
                line[place] = words[written]
    return replace(grid, rows=rows)


def _meanings(layout: Layout, column: Column) -> dict[str, str]:
    words = dict(layout.values.get(column.key, {}))
    if column.type is Type.COMMUNITY:
        words |= {written: official for written, official in layout.communities.items() if official}
    return {squeeze(written): meaning for written, meaning in words.items()}


# Columns the sheet does not have ----------------------------------------------------------------


def _relax(table: MappedTable, kind: SheetKind) -> None:
    """Ask for no column that the sheet does not have, but name those that are missed, once."""
    present = {column.key for column in table.columns.values()} | set(table.layout.constants)
    needed = essential(kind) - set(table.layout.constants)
    lacking = [column for column in kind.columns if column.key not in present]
    asked = [column for column in lacking if column.required and column.key not in needed]
    if asked:
        fields = {"kind": both(kind), "headers": [headed(column.zh, column) for column in asked]}
        table.findings.append(
            Finding(rules.LAYOUT_LACKS, table.grid.name, locate(table.grid, table.first, 0), fields=fields)
        )
    missing = frozenset(column.key for column in lacking)
    table.kind = replace(
        kind,
        columns=tuple(replace(c, required=c.required and c.key in needed) for c in kind.columns),
        row_checks=tuple(_only_present(ask, missing) for ask in kind.row_checks),
    )


def _only_present(ask: RowCheck, missing: frozenset[str]) -> RowCheck:
    def check(values: Values) -> Iterator[Problem]:
        return (problem for problem in ask(values) if problem.column not in missing)

    return check


def _fill_in(content: Content, layout: Layout) -> None:
    """What the layout says of every row."""
    kind = KINDS[layout.kind]
    anchor = content.table.day or clock.today()
    for key, text in layout.constants.items():
        value = Parser(kind.column(key), anchor).read(text).value
        for draft in content.drafts:
            draft.row.values.setdefault(key, value)


def _codes_as_numbers(table: MappedTable) -> Iterator[Finding]:
    """A number such as 2.10 that stands for a name is 2.1 in the file: what was written cannot be known."""
    for place, column in table.columns.items():
        if column.type is not Type.TEXT or table.kind is None:
            continue
        cells = [
            (row, line[place])
            for row, line in enumerate(table.grid.rows[table.body : table.end], table.body)
            if place < len(line)
        ]
        codes = [(row, cell) for row, cell in cells if isinstance(cell, float) and not cell.is_integer()]
        if codes:
            row, cell = codes[0]
            place_said = locate(table.grid, row, place)
            yield table.finding(rules.CODE_AS_NUMBER, place_said, plain(cell), column, {"n": len(codes)})
