"""Tables of any shape: what a sheet holds, and which remembered layout was made for it (reading_rules N2, N7, N18).

A shape is the row of header paths from left to right. Days inside headers, units, line breaks and running numbers do
not change it, so that tomorrow's file has the shape of today's. A layout is only ever used for its very shape.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from config import clock
from data_access.workbooks import dates
from data_access.workbooks.grid import Grid
from data_access.workbooks.headers import DEEPEST, Header, header_at
from data_access.workbooks.model import Layout
from data_access.workbooks.names import Places, clean, header, squeeze
from data_access.workbooks.values import plain
from data_access.workbooks.views import View, turned

LOOK_FOR_HEADER = 20  # rows
SEPARATOR = " / "
AGGREGATE = re.compile(
    r"^(?:全|市|区|县|街道|镇|乡|省)?(?:市|区|县|街道?|镇|乡|直|本)?(?:级|属|本级|直属|合计|总计|小计|汇总|全部)$|^全[市区县街镇乡]道?$"
)
_RUNNING = frozenset({"序号", "序", "no", "no.", "#", "行号"})
_DAY = re.compile(r"(?:\d{4}[年./-])?\d{1,2}[月./]\d{1,2}[日号]?|\d{4}-\d{1,2}-\d{1,2}|\d{1,2}日|(?<!\d)20\d{6}(?!\d)")
_AGAIN = re.compile(r" #\d+$")
_SAMPLES = 3


@dataclass(frozen=True, slots=True)
class Found:
    """A table of a sheet as it stands there, before anybody said what its columns mean.

    Rows are counted from 0; ``end`` is the row after its last. ``places`` gives the column of each header path, from
    left to right. ``community`` is the header over the names of communities; ``communities`` are the official names
    found there, ``unknown`` what else stands there. ``sideways``: the communities stand in the header, the headers
    down the side; then rows and columns are those of the turned sheet. ``numeric`` are the headers over numbers,
    ``samples`` the first values under each; ``rows`` counts the rows below the header that hold anything. ``day`` is
    the one the title speaks of.
    """

    sheet: str
    first: int
    depth: int
    end: int
    places: dict[str, int]
    title: tuple[str, ...] = ()
    community: str | None = None
    sideways: bool = False
    communities: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    numeric: tuple[str, ...] = ()
    samples: dict[str, tuple[str, ...]] = field(default_factory=dict)
    rows: int = 0
    day: date | None = None

    @property
    def headers(self) -> tuple[str, ...]:
        """The header paths from left to right."""
        return tuple(self.places)

    @property
    def shape(self) -> str:
        """What the next file with such a table is known by."""
        return fingerprint(self.headers)


@dataclass(frozen=True, slots=True)
class Match:
    """A table of the very shape of a layout; ``places`` gives the column of each of the layout's headers."""

    layout: Layout
    first: int
    depth: int
    places: dict[str, int]


# Shapes -----------------------------------------------------------------------------------------


def labels(head: Header) -> dict[str, int]:
    """The header paths of a block by their column, without running numbers; one that comes again is numbered (#2)."""
    seen: Counter[str] = Counter()
    found: dict[str, int] = {}
    for place in sorted(head.paths):
        text = SEPARATOR.join(_word(word) for word in head.paths[place])
        if squeeze(text) in _RUNNING:
            continue
        seen[text] += 1
        found[text if seen[text] == 1 else f"{text} #{seen[text]}"] = place
    return found


def _word(text: str) -> str:
    """A word of a header without line breaks; Chinese needs no spaces (复市⏎户数)."""
    bare = clean(text)
    return bare if bare.isascii() else bare.replace(" ", "")


def fingerprint(headers: Iterable[str]) -> str:
    """The shape of a table by its header paths: sixteen hexadecimal digits."""
    text = "\n".join(normal(path) for path in headers)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def normal(path: str) -> str:
    """A header path as shapes compare it: bare words, any day as @."""
    words = _AGAIN.sub("", path).split(SEPARATOR)
    return "/".join(header(_DAY.sub("@", squeeze(word))) for word in words)


def matches(grid: Grid, layouts: Sequence[Layout]) -> list[Match]:
    """The tables of a sheet that a layout was made for, from top to bottom. The first begins in the first 20 rows."""
    if not layouts:
        return []
    shapes = {layout.shape: layout for layout in layouts}
    words = {normal(path.split(SEPARATOR)[0]) for layout in layouts for path in layout.headers}
    found: list[Match] = []
    row = 0
    while row < (len(grid.rows) if found else min(LOOK_FOR_HEADER, len(grid.rows))):
        hit = _match_at(grid, row, shapes) if _speaks(grid, row, words) else None
        if hit is not None:
            found.append(hit)
        row += hit.depth if hit is not None else 1
    return found


def _speaks(grid: Grid, row: int, words: set[str]) -> bool:
    return any(
        isinstance(cell, str | date) and cell != "" and normal(plain(cell)[:200]) in words for cell in grid.rows[row]
    )


def _match_at(grid: Grid, row: int, shapes: dict[str, Layout]) -> Match | None:
    for depth in range(min(DEEPEST, len(grid.rows) - row), 0, -1):
        places = labels(header_at(grid, row, depth))
        layout = shapes.get(fingerprint(places))
        if layout is not None and len(places) == len(layout.headers):
            return Match(layout, row, depth, dict(zip(layout.headers, places.values(), strict=True)))
    return None


# What is there ----------------------------------------------------------------------------------


def survey(grid: Grid, communities: Places) -> list[Found]:
    """The tables of a sheet from top to bottom, whatever their kind; none where there are no header and rows."""
    found = _survey(grid, communities)
    if any(table.community for table in found) or (turn := sideways(grid)) is None:
        return found
    view, title = turn
    told = [replace(one, sideways=True, title=title, day=_day(title)) for one in _survey(view, communities)]
    return [one for one in told if len(one.communities) > 1] or found


def sideways(grid: Grid) -> tuple[View, tuple[str, ...]] | None:
    """The table of a sheet with its rows as columns, and the title above it; None where there is no table."""
    wide = [row for row, line in enumerate(grid.rows) if sum(cell != "" for cell in line) > 1]
    if len(wide) < 2:
        return None
    return turned(grid, wide[0], wide[-1] + 1), tuple(title_of(grid, 0, wide[0]))


def _day(title: Iterable[str]) -> date | None:
    return next((day for line in title for day, _sure in dates.mentioned(line, clock.today(), weak=False)), None)


def _survey(grid: Grid, communities: Places) -> list[Found]:
    found: list[Found] = []
    start = 0
    while start < len(grid.rows):
        block = _block(grid, start, communities)
        if block is None:
            break
        table = at(grid, *block, communities, start)
        if table is None:
            break
        found.append(table)
        start = table.end
    return found


def at(grid: Grid, first: int, depth: int, communities: Places, start: int = 0) -> Found | None:
    """The table whose header a person points at: it begins in row ``first`` (from 0) and is ``depth`` rows deep.

    None where nothing stands in that header.
    """
    places = labels(header_at(grid, first, depth))
    body = first + depth
    if not places:
        return None
    end = _end(grid, body, communities)
    lines = [line for line in grid.rows[body:end] if any(cell != "" for cell in line)]
    columns = {
        label: [line[place] for line in lines if place < len(line) and line[place] != ""]
        for label, place in places.items()
    }
    hits = {
        label: [name for cell in cells if (name := _community(cell, communities))] for label, cells in columns.items()
    }
    label = max(hits, key=lambda each: len(hits[each]))
    title = tuple(title_of(grid, start, first))
    own = label if hits[label] else None
    told = columns[label] if own else []
    unknown = [
        plain(cell) for cell in told if not _community(cell, communities) and not AGGREGATE.match(squeeze(plain(cell)))
    ]
    return Found(
        grid.name,
        first,
        depth,
        end,
        places,
        title,
        community=own,
        communities=tuple(dict.fromkeys(hits[label])),
        unknown=tuple(dict.fromkeys(text[:40] for text in unknown)),
        numeric=tuple(each for each, cells in columns.items() if 2 * sum(map(_number, cells)) > len(cells)),
        samples={each: tuple(plain(cell)[:40] for cell in cells[:_SAMPLES]) for each, cells in columns.items()},
        rows=len(lines),
        day=_day(title),
    )


def title_of(grid: Grid, start: int, end: int) -> Iterator[str]:
    """The lines above a table."""
    for row in range(start, end):
        line = " ".join(clean(plain(cell)) for cell in grid.rows[row] if cell != "")
        if line:
            yield line[:200]


def above(grid: Grid, first: int, floor: int) -> int:
    """Where the title above a table begins: blank lines and lines of one cell belong to it, down to ``floor``."""
    while first > floor and sum(cell != "" for cell in grid.rows[first - 1]) < 2:
        first -= 1
    return first


def _community(cell: Any, communities: Places) -> str | None:
    return communities.find(cell) if isinstance(cell, str) and len(cell) <= 40 else None


def _number(cell: Any) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _block(grid: Grid, start: int, communities: Places) -> tuple[int, int] | None:
    """First row and depth of the header of the next table: above the communities, else above the first numbers."""
    rows = range(start, len(grid.rows))
    body = _first_community(grid, rows, communities)
    if body is None:
        body = next((row for row in rows[:LOOK_FOR_HEADER] if sum(map(_number, grid.rows[row])) >= 2), None)
    if body is None or body == start:
        return None
    while body - 1 > start and any(map(_number, grid.rows[body - 1])):  # totals and city rows above the first one
        body -= 1
    first = body - 1
    while first > start and body - first < DEEPEST and (_hangs(grid, first) or _heads(grid, first - 1)):
        first -= 1
    return (first, body - first) if any(cell != "" for cell in grid.rows[first]) else None


def _first_community(grid: Grid, rows: range, communities: Places) -> int | None:
    """The first row of the column that names most communities; what stands in the header's first 20 rows counts."""
    hits: dict[int, list[int]] = {}
    for row in rows:
        for place, cell in enumerate(grid.rows[row]):
            if cell != "" and _community(cell, communities):
                hits.setdefault(place, []).append(row)
    best = max(hits.values(), key=len, default=[])
    return best[0] if len(best) > 1 and best[0] - rows[0] < LOOK_FOR_HEADER + DEEPEST else None


def _hangs(grid: Grid, row: int) -> bool:
    """Whether a tall cell hangs down into the row from the one above."""
    return any(top < row <= bottom for top, _left, bottom, _right in grid.merges)


def _heads(grid: Grid, row: int) -> bool:
    """Whether a row may be part of a header: several words, none of them a title, a remark or a number."""
    cells = [cell for cell in grid.rows[row] if cell != ""]
    return len(cells) > 1 and all(isinstance(cell, str) and not re.search("[:：]", cell) for cell in cells)


def _end(grid: Grid, body: int, communities: Places) -> int:
    """The row at which the next table's title or header begins: words only, over numbers, after a row of data."""
    for row in range(body + 1, len(grid.rows) - 1):
        words = [cell for cell in grid.rows[row] if cell != ""]
        if len(words) < 3 or not _heads(grid, row) or any(_community(cell, communities) for cell in words):
            continue
        if any(map(_number, grid.rows[row - 1])) and any(map(_number, grid.rows[row + 1])) and _columns(grid, row) >= 3:
            return above(grid, row, body + 1)
    return len(grid.rows)


def _columns(grid: Grid, row: int) -> int:
    """How many columns of a row have a number below their word."""
    below = grid.rows[row + 1]
    return sum(cell != "" and place < len(below) and below[place] != "" for place, cell in enumerate(grid.rows[row]))
