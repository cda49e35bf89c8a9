"""Which header a block of rows may be, and of which kind of sheet (reading_rules N1, N2).

Every block of one to four rows is held against every kind; the one with the most of its columns wins, and where the
rest says as much, the one of fewer rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from data_access.sheets import KINDS
from data_access.sheets.declaration import Column, SheetKind, Type
from data_access.workbooks.grid import Grid
from data_access.workbooks.headers import DEEPEST, Header, header_at, least_depth
from data_access.workbooks.model import Hints
from data_access.workbooks.names import index_of, squeeze
from data_access.workbooks.numerals import number_in
from data_access.workbooks.wordings import column_of

LOOK_FOR_HEADER = 20  # rows
OWN_NUMBERS = frozenset({"序号", "编号", "no", "no.", "序", "#"})  # headers of a sheet's own numbering


@dataclass(frozen=True, slots=True)
class Candidate:
    """A header block and the kind it may belong to; ``score`` counts its columns, required ones for more."""

    kind: SheetKind
    header: Header
    columns: dict[int, Column]
    score: float

    @property
    def row(self) -> int:
        """The first row of the header."""
        return self.header.first

    @property
    def full(self) -> bool:
        """Whether at least half of the required columns are there, and three columns in all."""
        keys = {column.key for column in self.columns.values()}
        required = {column.key for column in self.kind.columns if column.required}
        return len(keys) >= 3 and len(keys & required) * 2 >= len(required)


def candidates(grid: Grid, start: int, hints: Hints) -> list[Candidate]:
    """The header blocks of the first table from a row on; what begins further down is another table."""
    found: list[Candidate] = []
    while start < len(grid.rows) and not grid.rows[start]:
        start += 1
    last = min(start + LOOK_FOR_HEADER, len(grid.rows))
    row = start
    while row < last and not (found and _is_body(grid.rows[row - 1])):
        here = list(candidates_at(grid, row, hints)) if grid.rows[row] else []
        if here and not found:
            last = min(last, row + DEEPEST)
        found += here
        row += 1
    return found


def candidates_at(grid: Grid, row: int, hints: Hints) -> Iterator[Candidate]:
    """The kinds whose header may begin in this row, one to four rows deep."""
    called = named_kind(grid.name, tuple(KINDS.values()))
    for depth in range(least_depth(grid, row), DEEPEST + 1):
        if row + depth > len(grid.rows) or (depth > 1 and not _wordy(grid.rows[row + depth - 1])):
            return
        block = header_at(grid, row, depth)
        width = len(block.paths)
        if not width:
            continue
        open_parents = unfinished(grid, block)
        for kind in KINDS.values():
            if hints.kind and hints.kind not in (kind.key, kind.workbook):
                continue
            if width < 2 and kind is not called:  # one word heads a table only where the sheet says which it is
                continue
            columns = _columns(kind, block, open_parents)
            yield from _qualified(grid, kind, block, columns, width, called=kind is called, hints=hints)


def _is_body(line: Sequence[Any]) -> bool:
    """Whether a row holds several numbers or days, as no row of a header does."""
    cells = (cell for cell in line if cell != "")
    return sum(not isinstance(cell, str) or cell[:1].isdigit() for cell in cells) > 1


def _wordy(line: Sequence[Any]) -> bool:
    """Whether a row may be part of a header: words rather than numbers and days."""
    filled = [cell for cell in line if cell != ""]
    words = sum(isinstance(cell, str) for cell in filled)
    return bool(filled) and words * 2 > len(filled)


def unfinished(grid: Grid, block: Header) -> set[int]:
    """The places under a merged parent at the foot of the block whose children, told apart, stand one row below."""
    last = block.first + block.depth - 1
    below = grid.rows[last + 1] if last + 1 < len(grid.rows) else []
    places: set[int] = set()
    for top, left, bottom, right in grid.merges:
        if top >= block.first and bottom == last and right > left:
            words = {cell for cell in below[left : right + 1] if isinstance(cell, str) and cell and _is_word(cell)}
            if len(words) > 1:
                places.update(range(left, right + 1))
    return places


def _is_word(cell: str) -> bool:
    """Whether a cell is a word and neither a number nor a day; 第一剂 is a word."""
    bare = squeeze(cell)
    if bare[:1].isdigit() or bare in ("/", "-", "—", "无"):
        return False
    return number_in(bare) is None or bare.endswith(("剂", "针"))


def _columns(kind: SheetKind, block: Header, unfinished: set[int]) -> dict[int, Column]:
    index = index_of(kind)
    return {
        place: match.column
        for place, path in block.paths.items()
        if place not in unfinished and (match := column_of(index, path, borrowed=place in block.borrowed))
    }


def _qualified(
    grid: Grid,
    kind: SheetKind,
    block: Header,
    columns: dict[int, Column],
    width: int,
    *,
    called: bool,
    hints: Hints,
) -> Iterator[Candidate]:
    """At least three headers and half of the required ones; a narrow sheet needs all it has (N1).

    A sheet that is called by the kind's name needs no more than the required columns, and of few headers it is told
    which are missing. A header under which more words stand than numbers is a part of one.
    """
    keys = {column.key for column in columns.values()}
    required = {column.key for column in kind.columns if column.required}
    enough = len(keys) >= min(3, max(2, width)) and len(keys & required) * 2 >= len(required)
    if called:
        enough = enough or len(keys) >= 3 or (bool(required) and required <= keys)
    if enough or (hints.kind and len(keys) >= 2):
        share = len(keys & required) / max(len(required), 1)
        score = len(keys) + 2 * share - (3 if _goes_on(grid, block, columns) else 0)
        yield Candidate(kind, block, columns, score)


def _goes_on(grid: Grid, block: Header, columns: dict[int, Column]) -> bool:
    """Whether the row below the block is one more row of the header: words, where numbers should stand."""
    row = block.first + block.depth
    if row >= len(grid.rows):
        return False
    line = grid.rows[row]
    if any(not isinstance(cell, str) or (cell and not _is_word(cell)) for cell in line):
        return False
    counts = [place for place, column in columns.items() if column.type in (Type.INT, Type.NUMBER)]
    return any(place < len(line) and line[place] != "" for place in counts)


def named_kind(text: str, kinds: Sequence[SheetKind]) -> SheetKind | None:
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


def almost(grid: Grid, hints: Hints) -> tuple[SheetKind, int, list[Column]] | None:
    """The kind a sheet looks like though it is none: the kind, the row of its header, the required columns it lacks.

    None where fewer than two of its words are headers of one kind.
    """
    best: tuple[float, SheetKind, int, list[Column]] | None = None
    for row in range(min(LOOK_FOR_HEADER, len(grid.rows))):
        block = header_at(grid, row, least_depth(grid, row))
        for kind in KINDS.values():
            if hints.kind and hints.kind not in (kind.key, kind.workbook):
                continue
            found = _columns(kind, block, set())
            keys = {column.key for place, column in found.items() if squeeze(block.paths[place][-1]) not in OWN_NUMBERS}
            missing = [column for column in kind.columns if column.required and column.key not in keys]
            score = len(keys) - len(missing) / 100
            if len(keys) >= 2 and missing and (best is None or score > best[0]):
                best = (score, kind, row, missing)
    return best and best[1:]
