"""Header blocks of one to four rows: which words stand over each column (reading_rules N2).

Parents are spread over their children: where cells are merged as far as the merge reaches, and where somebody left the
cells beside a parent blank instead, as far as there are children without a parent of their own.
"""

from __future__ import annotations

from dataclasses import dataclass

from data_access.workbooks.grid import Grid
from data_access.workbooks.names import squeeze
from data_access.workbooks.values import plain

DEEPEST = 4  # rows


@dataclass(frozen=True, slots=True)
class Header:
    """A header block: rows ``first`` .. ``first`` + ``depth`` - 1.

    ``paths`` gives for each column place its texts from top to bottom as they were written: merged parents spread
    over their children, tall cells once, repeated words once. ``borrowed`` are the places whose parent is not merged
    over them but only stands to their left.
    """

    first: int
    depth: int
    paths: dict[int, tuple[str, ...]]
    borrowed: frozenset[int] = frozenset()


def header_at(grid: Grid, first: int, depth: int) -> Header:
    """The header block of ``depth`` rows (1 to 4) that begins at row ``first``, counted from 0."""
    lines = [_texts(grid, row) for row in range(first, min(first + depth, len(grid.rows)))]
    if len(lines) < 2:
        return Header(first, depth, {place: (text,) for line in lines for place, text in line.items()})
    merged = _spread_merges(grid, first, lines)
    borrowed: set[int] = set()
    for level in range(len(lines) - 1):
        borrowed.update(_spread_blanks(lines, level, merged))
    paths: dict[int, tuple[str, ...]] = {}
    for place in sorted(set().union(*lines)):
        path: list[str] = []
        for line in lines:
            text = line.get(place)
            if text is not None and squeeze(text) not in map(squeeze, path):
                path.append(text)
        paths[place] = tuple(path)
    return Header(first, depth, paths, frozenset(borrowed))


def least_depth(grid: Grid, first: int) -> int:
    """How deep a header that begins in a row is at least: its tall cells are merged downwards."""
    line = _texts(grid, first)
    tall = (bottom - top + 1 for top, left, bottom, _right in grid.merges if top == first and left in line)
    return max((depth for depth in tall if depth <= DEEPEST), default=1)


def _texts(grid: Grid, row: int) -> dict[int, str]:
    return {place: text for place, cell in enumerate(grid.rows[row]) if cell != "" and (text := plain(cell))}


def _spread_merges(grid: Grid, first: int, lines: list[dict[int, str]]) -> set[tuple[int, int]]:
    """Write merged words over those columns of their merge that have children; the (level, place) of merged cells."""
    merged: set[tuple[int, int]] = set()
    last = first + len(lines) - 1
    for top, left, bottom, right in grid.merges:
        if first <= top <= last and left in lines[top - first]:
            text = lines[top - first][left]
            under = {place for below in lines[bottom - first + 1 :] for place in below}
            lines[top - first].update((place, text) for place in range(left, right + 1) if place in under)
            rows = range(top, min(bottom, last) + 1)
            merged.update((row - first, place) for row in rows for place in range(left, right + 1))
    return merged


def _spread_blanks(lines: list[dict[int, str]], level: int, merged: set[tuple[int, int]]) -> list[int]:
    """Give a child without a parent the one to its left, up to the next blank column or the end of its grandparent."""
    line, above = lines[level], lines[level - 1] if level else {}
    under = {place for below in lines[level + 1 :] for place in below}
    borrowed: list[int] = []
    parent: int | None = None
    for place in range(max(under | line.keys(), default=-1) + 1):
        if (level, place) in merged:
            parent = None
        elif place in line:
            parent = place if place in under else None
        elif parent is not None and place in under and above.get(place) == above.get(parent):
            line[place] = line[parent]
            borrowed.append(place)
        else:
            parent = None
    return borrowed
