"""Recognise: where the tables of a sheet are and what kind they are (reading_rules N1, N2, N12, N18).

The headers tell the kind; the names of sheet, title and file only break a tie. Whose sheet it is: see ``whose``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import PurePath
from string import ascii_uppercase
from typing import Any

from data_access.findings import Finding, Rule, Severity, both, headed
from data_access.sheets import KINDS
from data_access.sheets.declaration import Column, SheetKind, Type
from data_access.workbooks import dates, rules
from data_access.workbooks.candidates import OWN_NUMBERS, candidates, candidates_at, named_kind, unfinished
from data_access.workbooks.grid import Grid
from data_access.workbooks.headers import Header
from data_access.workbooks.model import Hints
from data_access.workbooks.names import GUARDED, HeaderIndex, clean, header, index_of, nearest, squeeze
from data_access.workbooks.units import Scale, covers, scale_above, scale_of
from data_access.workbooks.values import plain
from data_access.workbooks.views import View, band, bands, locate, turned
from data_access.workbooks.wordings import column_of, undated

IGNORED = re.compile(
    r"模板|示例|样例|范例|说明|字典|template|example|instruction|guide|dictionary|readme"
    r"|^(?:问题清单|findings)$",  # the list that the board puts before a workbook it gives back
    re.IGNORECASE,
)


_ANY_DAY = date(2000, 1, 1)  # whether a text names a day does not depend on the year


@dataclass(slots=True)
class Table:
    """One table of a sheet. Rows and columns are counted from 0; ``end`` is the row after its last.

    ``columns`` maps a place to what stands in it, ``heads`` a key to the header as it was written, ``scales`` a place
    to what its numbers count in; ``words`` are all words of the header. ``day``, ``community`` and ``campaign`` are
    what the sheet as a whole says; a cell of a row outranks them. ``heading`` is the title over the first table of
    the sheet. ``key`` is the place of a column without a header that tells the rows of a turned table apart,
    ``dated`` a header with the day in it, ``beside`` the keys of what the lines around the table say.
    """

    grid: Grid
    kind: SheetKind | None = None
    title: tuple[str, ...] = ()
    first: int = 0
    depth: int = 1
    end: int = 0
    columns: dict[int, Column] = field(default_factory=dict)
    heads: dict[str, str] = field(default_factory=dict)
    scales: dict[int, Scale] = field(default_factory=dict)
    words: frozenset[str] = frozenset()
    findings: list[Finding] = field(default_factory=list)
    day: date | None = None
    days: dict[str, date] = field(default_factory=dict)  # what each source says
    community: str | None = None
    campaign: str | None = None
    unsettled: str = ""  # what the sources say of the campaign where they disagree and rows may bear their own
    dose: str | None = None
    from_1904: bool = False
    heading: tuple[str, ...] = ()
    key: int | None = None
    dated: str = ""
    beside: frozenset[str] = frozenset()

    @property
    def body(self) -> int:
        """The first row below the header."""
        return self.first + self.depth

    @property
    def refused(self) -> bool:
        """Whether the table cannot be taken in as a whole."""
        return any(finding.severity == Severity.ERROR for finding in self.findings)

    @property
    def header_row(self) -> int:
        """The sheet's row, counted from 1, in which the header begins."""
        return int(self.cell(self.first).lstrip(ascii_uppercase))

    def head(self, column: Column) -> str:
        """The header of a column as it stands in the sheet; where the sheet lacks it, in the sheet's language."""
        english = bool(self.heads) and all(text.isascii() for text in self.heads.values())
        return self.heads.get(column.key) or (column.en if english else column.zh)

    def headed(self, column: Column) -> dict[str, str]:
        """A column of the table as a field of a finding."""
        return headed(self.head(column), column)

    def finding(
        self, rule: Rule, cell: str, value: str, column: Column, fields: Mapping[str, object] | None = None
    ) -> Finding:
        """A finding on a cell of a column."""
        told = {"column": self.headed(column), **(fields or {})}
        return Finding(rule, self.grid.name, cell, value, self.head(column), told, column.personal)

    def cell(self, row: int, place: int | None = None) -> str:
        """The address of a cell in the user's sheet; without a place, of the row's beginning."""
        if place is None:
            place = min(self.columns, default=0) if isinstance(self.grid, View) else 0
        return locate(self.grid, row, place)


# The tables of a sheet --------------------------------------------------------------------------


def tables(grid: Grid, filename: str, hints: Hints) -> list[Table]:
    """The tables of a sheet, each with its kind; none if no header is found.

    From top to bottom and from left to right. Where no row is a header, a column may be one: then the sheet is turned
    before it is read.
    """
    found = _beside(grid, filename, hints) or _below(grid, filename, hints) or _turned(grid, filename, hints)
    if len(found) > 1:
        fields = {"n": len(found)}
        place = min(found[1].columns, default=0)
        cell = found[1].cell(found[1].first, place)
        found[0].findings.append(Finding(rules.SEVERAL_TABLES, grid.name, cell, fields=fields))
        for table in found[1:]:
            table.heading = found[0].title
    return found


def _below(grid: Grid, filename: str, hints: Hints) -> list[Table]:
    found: list[Table] = []
    start = 0
    while start < len(grid.rows):
        table = _table(grid, start, filename, hints)
        if table is None:
            break
        table.end = _next_header(grid, table)
        found.append(table)
        start = table.end
        if table.kind is None:
            break
    return found


def _beside(grid: Grid, filename: str, hints: Hints) -> list[Table]:
    """Tables side by side with a blank column between them, where each has a full header of its own (N18)."""
    parts = bands(grid)
    if len(parts) < 2:
        return []
    found: list[Table] = []
    heads: list[frozenset[str]] = []
    for left, right in parts:
        inside = _below(band(grid, left, right), filename, hints)
        if not inside:
            continue
        first = inside[0]
        if first.kind is None or not _is_full(first):
            return []
        first.title = first.title or tuple(_title(grid, 0, first.first))
        found += inside
        heads.append(first.words)
    alike = len(heads) > 1 and bool(frozenset.intersection(*heads))
    apart = len(heads) > 1 and len({table.kind.key for table in found if table.kind}) == len(heads)
    return found if alike or apart else []  # else one table with a blank column in it


def _is_full(table: Table) -> bool:
    if table.kind is None:
        return False
    keys = {column.key for column in table.columns.values()}
    required = {column.key for column in table.kind.columns if column.required}
    return len(keys) >= 3 and len(keys & required) * 2 >= len(required)


def _turned(grid: Grid, filename: str, hints: Hints) -> list[Table]:
    """A table whose headers stand in a column, with a column for each community, day or single answer."""
    view = turned(grid)
    found = candidates(view, 0, hints)
    best = max((candidate for candidate in found if candidate.full), key=lambda each: each.score, default=None)
    if best is None:
        return []
    places = sorted(best.columns)
    body = best.row + best.header.depth
    top = places[0]
    key = next((place for place in range(top - 1, max(top - 4, -1), -1) if _filled(view, body, place)), None)
    end = places[-1] + 1
    first = top if key is None else key
    table = _table(turned(grid, first, end), 0, filename, hints)
    if table is None or table.kind is None:
        return []
    table.title = tuple(_title(grid, 0, first))
    table.key = _corner(table, first)
    fields = {"kind": both(table.kind)}
    table.findings.append(Finding(rules.TABLE_TURNED, grid.name, table.cell(table.first, first), fields=fields))
    return [table]


def _corner(table: Table, first: int) -> int | None:
    """The column under the corner of a turned table (项目, 指标), unless it is surely one of the table's own."""
    column = table.columns.get(first)
    return first if column is None or column.type is Type.TEXT else None


def _filled(grid: Grid, start: int, place: int) -> bool:
    return any(place < len(row) and row[place] != "" for row in grid.rows[start:])


def _table(grid: Grid, start: int, filename: str, hints: Hints) -> Table | None:
    found = candidates(grid, start, hints)
    if not found:
        return None
    best = max(candidate.score for candidate in found)
    close = [candidate for candidate in found if candidate.score >= best - 1.5]
    top = max(close, key=lambda each: (each.score, -each.header.depth))
    title = tuple(_title(grid, start, top.row))
    kinds = list({candidate.kind.key: candidate.kind for candidate in close}.values())
    named = next(
        (kind for text in (grid.name, *title, PurePath(filename).stem) if (kind := named_kind(text, kinds))), None
    )
    if named is not None:
        top = max((each for each in close if each.kind is named), key=lambda each: (each.score, -each.header.depth))
    table = Table(grid, top.kind, title, top.row, top.header.depth, len(grid.rows))
    rivals = [each for each in close if each.score >= best - 0.25 and each.kind is not top.kind]
    if named is None and rivals:
        table.kind = None
        told = {"kinds": [both(kind) for kind in {each.kind.key: each.kind for each in (top, *rivals)}.values()]}
        table.findings.append(Finding(rules.KIND_UNCLEAR, grid.name, table.cell(top.row), fields=told))
        return table
    table.words = frozenset(header(text) for path in top.header.paths.values() for text in path)
    _map_columns(table, top.header)
    _map_scales(table, top.header)
    if not any(map(_speaks_of_a_day, title)):
        table.title = (*title, *_days_over(top.header))
    return table


def _speaks_of_a_day(text: str) -> bool:
    return any(dates.mentioned(text, _ANY_DAY, weak=False))


def _days_over(block: Header) -> tuple[str, ...]:
    """The one day that stands over columns of the header, which says as much as a title; none where there are two."""
    words = {text for path in block.paths.values() for text in path[:-1] if _speaks_of_a_day(text)}
    return tuple(map(clean, words)) if len(words) == 1 else ()


def _title(grid: Grid, start: int, end: int) -> Iterator[str]:
    for row in range(start, end):
        line = " ".join(clean(plain(cell)) for cell in grid.rows[row] if cell != "")
        if line.strip():
            yield line[:200]


def _map_columns(table: Table, block: Header) -> None:
    """Columns by place; a header that comes twice is an error unless one of the two is the exact one."""
    grid, kind = table.grid, table.kind
    if kind is None:
        return
    index = index_of(kind)
    row = block.first + block.depth - 1
    open_parents = unfinished(grid, block)
    ranks: dict[str, int] = {}
    taken: dict[str, int] = {}
    repeats: list[Finding] = []
    for place, path in sorted(block.paths.items()):
        text = "_".join(clean(word) for word in path)
        match = None if place in open_parents else column_of(index, path, borrowed=place in block.borrowed)
        if match is None:
            _unknown(table, text, row, place)
            continue
        key, rank = match.column.key, _HOW.index(match.how)
        if key in taken and ranks[key] == rank and _give_way(table, index, place, key, text):
            taken = {column.key: spot for spot, column in table.columns.items()}
            ranks = dict.fromkeys(taken, rank) | ranks
            continue
        if key in taken and ranks[key] == rank:
            fields = {"first": table.heads[key], "second": text}
            finding = Finding(rules.HEADER_TWICE, grid.name, table.cell(row, place), text, text, fields)
            table.findings.append(finding)
            if squeeze(text) == squeeze(table.heads[key]):
                repeats.append(finding)
            continue
        if key in taken and ranks[key] < rank:
            _unknown(table, text, row, place)
            continue
        if key in taken:
            del table.columns[taken[key]]
            _unknown(table, table.heads[key], row, taken[key])
        taken[key], ranks[key] = place, rank
        table.columns[place] = match.column
        table.heads[key] = text
    _map_days(table, block)
    if len(repeats) >= 3:  # the same table again, side by side
        table.findings = [finding for finding in table.findings if finding not in repeats]
        table.findings.append(Finding(rules.TABLES_BESIDE, grid.name, table.cell(row)))


def _give_way(table: Table, index: HeaderIndex, place: int, key: str, text: str) -> bool:
    """Settle two headers of one column where one of them may stand for something else (序号 and 清单项).

    A column that only counts the rows is nobody's; else the header that may name another column names that one.
    """
    held = next(spot for spot, column in table.columns.items() if column.key == key)
    pair = ((place, text), (held, table.heads[key]))
    counting = [spot for spot, head in pair if squeeze(head) in OWN_NUMBERS and _counts_rows(table, spot)]
    for (spot, head), (rest, kept) in (pair, pair[::-1]):
        other = index.spare.get(header(head))
        counts = spot in counting
        if counting and not counts:
            continue
        if not counts and (other is None or other.key in table.heads):
            continue
        column = table.columns.pop(held)
        table.columns[rest], table.heads[key] = column, kept
        if not counts and other is not None:
            table.columns[spot], table.heads[other.key] = other, head
        return True
    return False


def _counts_rows(table: Table, place: int) -> bool:
    """Whether the cells of a column are 1, 2, 3 and so on."""
    cells = [plain(line[place]) for line in table.grid.rows[table.body :] if place < len(line) and line[place] != ""]
    return all(cell == str(number) for number, cell in enumerate(cells[:20], start=1))


def _map_days(table: Table, block: Header) -> None:
    """The day that stands inside the headers; a column for each of several days is refused as such."""
    twice = [finding for finding in table.findings if finding.rule is rules.HEADER_TWICE]
    texts = [text for path in block.paths.values() for text in path if undated(text) != squeeze(text)]
    same = [f for f in twice if undated(str(f.fields["first"])) == undated(str(f.fields["second"]))]
    days = [day for text in texts if (day := squeeze(text).replace(undated(text), ""))]
    if same and len(set(days)) > 1:
        table.findings = [finding for finding in table.findings if finding not in twice]
        cell, fields = same[0].cell, {"days": list(dict.fromkeys(days))}
        table.findings.append(Finding(rules.DAYS_AS_COLUMNS, table.grid.name, cell, fields=fields))
    elif len(set(days)) == 1:
        table.dated = clean(texts[0])


_HOW = ("exact", "normalised", "synonym", "prefix")


def _unknown(table: Table, text: str, row: int, place: int) -> None:
    if table.kind is None or squeeze(text) in OWN_NUMBERS:
        return
    free = {column.zh: column for column in table.kind.columns if column.key not in table.heads}
    near = [] if GUARDED.search(header(text)) else nearest(text, free, 1)
    rule = rules.COLUMN_UNKNOWN_NEAR if near else rules.COLUMN_UNKNOWN
    fields = {"near": [headed(name, free[name]) for name in near]}
    table.findings.append(Finding(rule, table.grid.name, table.cell(row, place), text, text, fields))


def _map_scales(table: Table, block: Header) -> None:
    """What the counts are counted in: by their own header, else by the line above the table."""
    above = scale_above(table.title)
    for place, column in table.columns.items():
        if column.type not in (Type.INT, Type.NUMBER) or column.maximum is not None:
            continue
        scale = scale_of(block.paths[place])
        if scale is None and above is not None and covers(above, (*block.paths[place], column.zh)):
            scale = above
        if scale is not None:
            table.scales[place] = scale


# The next table ---------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _all_headers() -> frozenset[str]:
    return frozenset(
        header(name)
        for kind in KINDS.values()
        for column in kind.columns
        for name in (column.zh, column.en, *column.synonyms)
    )


def _next_header(grid: Grid, table: Table) -> int:
    """The row at which the next table's title or header begins; the end of the sheet if there is none (N18).

    The same header again goes on with the table, unless another title stands above it.
    """
    names = _all_headers()
    for row in range(table.body + 1, len(grid.rows)):
        words = _words(grid.rows[row])
        if len(words) < 3 and not (words and row + 1 < len(grid.rows) and len(_words(grid.rows[row + 1])) >= 3):
            continue
        both = words | (_words(grid.rows[row + 1]) if row + 1 < len(grid.rows) else set())
        if len(words & names) < 3 and len(both & names) < 3:
            continue
        top = row
        while top > table.body + 1 and _is_title(grid, top - 1):
            top -= 1
        if words <= table.words and not _another_title(grid, table, top, row):
            continue
        if any(each.row == row for each in candidates_at(grid, row, Hints())):
            return top
    return len(grid.rows)


def _words(line: Sequence[Any]) -> set[str]:
    """The words of a row that holds nothing but words; none where it holds a number, a day or a sentence."""
    if len(line) < 2:
        return set()
    texts: list[str] = []
    for cell in line:
        if not isinstance(cell, str) or cell[:1].isdigit() or len(cell) > 40:
            return set()
        if cell:
            texts.append(cell)
    return {header(text) for text in texts}


def _is_title(grid: Grid, row: int) -> bool:
    filled = [cell for cell in grid.rows[row] if cell != ""]
    return not filled or (len(filled) == 1 and isinstance(filled[0], str))


def _another_title(grid: Grid, table: Table, top: int, row: int) -> bool:
    """Whether the lines above a repeated header say something else than the title of the table."""
    said = {squeeze(line) for line in table.title}
    return any(squeeze(line) not in said for line in _title(grid, top, row))


def ignored(grid: Grid) -> bool:
    """Whether the sheet is a template, an example or a note by its name."""
    return bool(IGNORED.search(grid.name))


def blank(rows: Sequence[Sequence[Any]]) -> bool:
    """Whether no cell of these rows is filled."""
    return not any(rows)
