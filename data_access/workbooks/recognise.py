"""Recognise: where the tables of a sheet are and what kind they are (reading_rules N1, N2, N12, N18).

The headers tell the kind; the names of sheet, title and file only break a tie. Whose sheet it is: see ``whose``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import PurePath
from typing import Any

from data_access.findings import Finding, Severity
from data_access.sheets import KINDS
from data_access.sheets.declaration import Column, SheetKind
from data_access.workbooks import rules
from data_access.workbooks.grid import Grid, address
from data_access.workbooks.model import Hints
from data_access.workbooks.names import (
    GUARDED,
    HeaderIndex,
    clean,
    header,
    index_of,
    nearest,
    squeeze,
)
from data_access.workbooks.values import plain

LOOK_FOR_HEADER = 20  # rows
IGNORED = re.compile(
    r"模板|示例|样例|范例|说明|字典|template|example|instruction|guide|dictionary|readme", re.IGNORECASE
)


@dataclass(slots=True)
class Table:
    """One table of a sheet. Rows and columns are counted from 0; ``end`` is the row after its last.

    ``columns`` maps a place to what stands in it, ``heads`` a key to the header as it was written. ``day``,
    ``community`` and ``campaign`` are what the sheet as a whole says; a cell of a row outranks them.
    """

    grid: Grid
    kind: SheetKind | None = None
    title: tuple[str, ...] = ()
    first: int = 0
    depth: int = 1
    end: int = 0
    columns: dict[int, Column] = field(default_factory=dict)
    heads: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    day: date | None = None
    days: dict[str, date] = field(default_factory=dict)  # what each source says
    community: str | None = None
    campaign: str | None = None
    dose: str | None = None
    from_1904: bool = False

    @property
    def body(self) -> int:
        """The first row below the header."""
        return self.first + self.depth

    @property
    def refused(self) -> bool:
        """Whether the table cannot be taken in as a whole."""
        return any(finding.severity == Severity.ERROR for finding in self.findings)

    def head(self, column: Column) -> str:
        """The header of a column as it stands in the sheet; where the sheet lacks it, in the sheet's language.

        A finding is stored once and read in either language, so it names columns as the sheet does.
        """
        english = bool(self.heads) and all(text.isascii() for text in self.heads.values())
        return self.heads.get(column.key) or (column.en if english else column.zh)


@dataclass(frozen=True, slots=True)
class _Header:
    kind: SheetKind
    row: int
    depth: int
    columns: dict[int, Column]
    score: float


def tables(grid: Grid, filename: str, hints: Hints) -> list[Table]:
    """The tables of a sheet from top to bottom, each with its kind; none if no header is found."""
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
    if len(found) > 1:
        fields = {"n": len(found)}
        found[0].findings.append(Finding(rules.SEVERAL_TABLES, grid.name, address(found[1].first, 0), fields=fields))
    return found


def _table(grid: Grid, start: int, filename: str, hints: Hints) -> Table | None:
    headers: list[_Header] = []
    for row in range(start, min(start + LOOK_FOR_HEADER, len(grid.rows))):
        headers.extend(_headers_at(grid, row, hints))
    if not headers:
        return None
    highest = min(header.row for header in headers)  # what begins further down is another table
    headers = [header for header in headers if header.row <= highest + 2]
    best = max(header.score for header in headers)
    close = [header for header in headers if header.score >= best - 1.5]
    top = max(close, key=lambda header: (header.score, -header.depth))
    title = tuple(_title(grid, start, top.row))
    kinds = list({header.kind.key: header.kind for header in close}.values())
    named = next((kind for text in (grid.name, *title, PurePath(filename).stem) if (kind := _named(text, kinds))), None)
    if named is not None:
        top = max((h for h in close if h.kind is named), key=lambda header: (header.score, -header.depth))
    table = Table(grid, top.kind, title, top.row, top.depth, len(grid.rows))
    rivals = [h for h in close if h.score >= best - 0.25 and h.kind is not top.kind]
    if named is None and rivals:
        table.kind = None
        words = "、".join(dict.fromkeys(h.kind.zh for h in (top, *rivals)))
        table.findings.append(Finding(rules.KIND_UNCLEAR, grid.name, address(top.row, 0), fields={"kinds": words}))
        return table
    _map_columns(table, top)
    return table


def _named(text: str, kinds: Sequence[SheetKind]) -> SheetKind | None:
    """The kind a name speaks of; the longest word decides (接种名单 is a roster, 社区名单 is not)."""
    bare = squeeze(text)
    hits: list[tuple[int, SheetKind]] = []
    for kind in kinds:
        for word in (kind.zh, kind.en, *kind.synonyms):
            plain_word = squeeze(word)
            if plain_word and (plain_word == bare or (len(plain_word) >= 3 and plain_word in bare)):
                hits.append((len(plain_word), kind))
    longest = max((length for length, _kind in hits), default=0)
    best = {kind.key: kind for length, kind in hits if length == longest}
    return next(iter(best.values())) if len(best) == 1 else None


@lru_cache(maxsize=1)
def _all_headers() -> frozenset[str]:
    return frozenset(
        header(name)
        for kind in KINDS.values()
        for column in kind.columns
        for name in (column.zh, column.en, *column.synonyms)
    )


def _headers_at(grid: Grid, row: int, hints: Hints) -> Iterator[_Header]:
    """The kinds whose header may begin in this row, one or two rows deep."""
    texts = _texts(grid, row)
    deep = _two_rows(grid, row)
    if not texts and not deep:
        return
    called = _named(grid.name, tuple(KINDS.values()))
    alone = len(texts) < 2 and len(deep) < 2  # one word heads a table only where the sheet says which table it is
    for kind in KINDS.values():
        if (hints.kind and hints.kind not in (kind.key, kind.workbook)) or (alone and kind is not called):
            continue
        index = index_of(kind)
        single = {place: column for place, text in texts.items() if (column := _match(index, (text,)))}
        yield from _qualified(kind, row, 1, single, len(texts), kind is called, hints)
        if deep:
            double = {place: column for place, words in deep.items() if (column := _match(index, words))}
            if len({column.key for column in double.values()}) > len({column.key for column in single.values()}):
                yield from _qualified(kind, row, 2, double, len(deep), kind is called, hints)


def _match(index: HeaderIndex, words: Sequence[str]) -> Column | None:
    for word in words:
        found = index.match(word)
        if found is not None:
            return found.column
    return None


def _qualified(
    kind: SheetKind, row: int, depth: int, columns: dict[int, Column], width: int, called: bool, hints: Hints
) -> Iterator[_Header]:
    """At least three headers and half of the required ones; a narrow sheet needs all it has (N1).

    A sheet that is called by the kind's name needs no more than the required columns, and of few headers it is told
    which are missing.
    """
    keys = {column.key for column in columns.values()}
    required = {column.key for column in kind.columns if column.required}
    enough = len(keys) >= min(3, max(2, width)) and len(keys & required) * 2 >= len(required)
    if called:
        enough = enough or len(keys) >= 3 or (bool(required) and required <= keys)
    if enough or (hints.kind and len(keys) >= 2):
        share = len(keys & required) / max(len(required), 1)
        yield _Header(kind, row, depth, columns, len(keys) + 2 * share)


def _texts(grid: Grid, row: int) -> dict[int, str]:
    return {place: cell for place, cell in enumerate(grid.rows[row]) if isinstance(cell, str) and cell.strip()}


def _two_rows(grid: Grid, row: int) -> dict[int, tuple[str, ...]]:
    """The words of a header two rows deep, where a merged parent stands over its children (N2)."""
    if row + 1 >= len(grid.rows):
        return {}
    parents = _texts(grid, row)
    spread = [merge for merge in grid.merges if merge[0] == row]
    if not any(right > left and bottom == row for _top, left, bottom, right in spread):
        return {}
    tall = {left for _top, left, bottom, _right in spread if bottom > row}
    for _top, left, bottom, right in spread:
        if bottom == row and left in parents:
            parents.update(dict.fromkeys(range(left, right + 1), parents[left]))
    children = _texts(grid, row + 1)
    words: dict[int, tuple[str, ...]] = {}
    for place in sorted(parents.keys() | children.keys()):
        parent, child = parents.get(place, ""), children.get(place, "")
        if place in tall or not child:
            words[place] = (parent,)
        elif not parent:
            words[place] = (child,)
        else:
            joined = (f"{parent}_{child}", f"{child}_{parent}")
            words[place] = joined if GUARDED.search(header(parent)) else (*joined, child)
    return words


def _title(grid: Grid, start: int, end: int) -> Iterator[str]:
    for row in range(start, end):
        line = " ".join(clean(plain(cell)) for cell in grid.rows[row] if cell != "")
        if line.strip():
            yield line[:200]


def _map_columns(table: Table, found: _Header) -> None:
    """Columns by place; a header that comes twice is an error unless one of the two is the exact one."""
    grid, kind = table.grid, found.kind
    index = index_of(kind)
    texts = _texts(grid, found.row)
    words = {place: (text,) for place, text in texts.items()} if found.depth == 1 else _two_rows(grid, found.row)
    row = found.row + found.depth - 1
    taken: dict[str, int] = {}
    repeats = 0
    for place, candidates in sorted(words.items()):
        text = clean(candidates[0])
        column = _match(index, candidates)
        if column is None:
            _unknown(table, text, row, place)
            continue
        if column.key in taken:
            other = taken[column.key]
            ranks = [_rank(index, words[spot]) for spot in (other, place)]
            if ranks[0] == ranks[1] and squeeze(text) == squeeze(words[other][0]):
                repeats += 1
            if ranks[0] == ranks[1]:
                fields = {"first": table.heads[column.key], "second": text}
                cell = address(row, place)
                table.findings.append(Finding(rules.HEADER_TWICE, grid.name, cell, text, text, fields))
                continue
            if ranks[0] < ranks[1]:
                _unknown(table, text, row, place)
                continue
            del table.columns[other]
            _unknown(table, table.heads[column.key], row, other)
        taken[column.key] = place
        table.columns[place] = column
        table.heads[column.key] = text
    if repeats >= 3:  # the same table again, side by side
        table.findings = [finding for finding in table.findings if finding.rule is not rules.HEADER_TWICE]
        table.findings.append(Finding(rules.TABLES_BESIDE, grid.name, address(row, 0)))


_HOW = ("exact", "normalised", "synonym", "prefix")


def _rank(index: HeaderIndex, words: Sequence[str]) -> int:
    for word in words:
        found = index.match(word)
        if found is not None:
            return _HOW.index(found.how)
    return len(_HOW)


_OWN = frozenset({"序号", "编号", "no", "no.", "序", "#"})


def _unknown(table: Table, text: str, row: int, place: int) -> None:
    if table.kind is None or squeeze(text) in _OWN:
        return
    free = [column.zh for column in table.kind.columns if column.key not in table.heads]
    near = [] if GUARDED.search(header(text)) else nearest(text, free, 1)
    rule = rules.COLUMN_UNKNOWN_NEAR if near else rules.COLUMN_UNKNOWN
    fields = {"near": "".join(near)}
    table.findings.append(Finding(rule, table.grid.name, address(row, place), text, text, fields))


def _next_header(grid: Grid, table: Table) -> int:
    """The row at which the next table's title or header begins; the end of the sheet if there is none (N18)."""
    names = _all_headers()
    own = {header(text) for text in table.heads.values()}
    for row in range(table.body + 1, len(grid.rows)):
        cells = grid.rows[row]
        if len(cells) < 3:
            continue
        texts = [cell for cell in cells if cell != ""]
        if len(texts) < 3 or any(not isinstance(cell, str) or cell[0].isdigit() for cell in texts):
            continue
        words = {header(cell) for cell in texts if len(cell) <= 20}
        hits = words & names
        if len(hits) < 3 or len(hits) * 2 < len(texts) or words <= own:
            continue
        if any(True for _found in _headers_at(grid, row, Hints())):
            while row > table.body + 1 and _is_title(grid, row - 1):
                row -= 1
            return row
    return len(grid.rows)


def _is_title(grid: Grid, row: int) -> bool:
    filled = [cell for cell in grid.rows[row] if cell != ""]
    return not filled or (len(filled) == 1 and isinstance(filled[0], str))


def ignored(grid: Grid) -> bool:
    """Whether the sheet is a template, an example or a note by its name."""
    return bool(IGNORED.search(grid.name))


def blank(rows: Sequence[Sequence[Any]]) -> bool:
    """Whether no cell of these rows is filled."""
    return not any(rows)
