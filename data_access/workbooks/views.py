"""A sheet laid out anew, so that a table of another shape reads like any other, with its cells' true places."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from data_access.workbooks.grid import Grid, Place, address

MOST_LINES = 200  # a table that is turned is a small one


@dataclass(slots=True)
class View(Grid):
    """A grid made from another one; ``home`` gives, parallel to ``rows``, where each cell stands in the sheet."""

    home: list[list[Place]] = field(default_factory=list)


def locate(grid: Grid, row: int, place: int) -> str:
    """The address of a cell in the user's sheet."""
    if isinstance(grid, View):
        line = grid.home[row] if row < len(grid.home) else []
        if line:
            return address(*line[min(place, len(line) - 1)])
    return address(row, place)


def turned(grid: Grid, first: int = 0, end: int | None = None) -> View:
    """The rows ``first`` to ``end`` of a sheet as columns; places stay counted from the sheet's first row."""
    end = min(len(grid.rows) if end is None else end, first + MOST_LINES)
    width = max((len(row) for row in grid.rows[first:end]), default=0)

    def at(row: int, place: int) -> Any:
        line = grid.rows[row]
        return line[place] if first <= row < end and place < len(line) else ""

    view = View(grid.name, grid.visible)
    view.rows = [[at(row, place) for row in range(end)] for place in range(width)]
    view.home = [[(row, place) for row in range(end)] for place in range(width)]
    view.merges = [
        (left, top, min(right, width - 1), bottom)
        for top, left, bottom, right in grid.merges
        if first <= top and bottom < end and left < width
    ]
    view.errors = {(place, row): word for (row, place), word in grid.errors.items() if first <= row < end}
    view.uncalculated = frozenset((place, row) for row, place in grid.uncalculated if first <= row < end)
    view.struck = frozenset((place, row) for row, place in grid.struck if first <= row < end)
    view.percent = frozenset((place, row) for row, place in grid.percent if first <= row < end)
    view.hidden_rows, view.hidden_columns = grid.hidden_columns, grid.hidden_rows
    for line in view.rows:
        while line and line[-1] == "":
            line.pop()
    return view


def band(grid: Grid, left: int, right: int) -> Grid:
    """The sheet with nothing but the columns ``left`` to ``right``, at their old places."""
    rows = [[""] * min(left, len(row)) + row[left : right + 1] for row in grid.rows]
    for row in rows:
        while row and row[-1] == "":
            row.pop()
    return replace(
        grid,
        rows=rows,
        merges=[merge for merge in grid.merges if left <= merge[1] and merge[3] <= right],
        errors={spot: word for spot, word in grid.errors.items() if left <= spot[1] <= right},
        uncalculated=frozenset(spot for spot in grid.uncalculated if left <= spot[1] <= right),
        struck=frozenset(spot for spot in grid.struck if left <= spot[1] <= right),
        percent=frozenset(spot for spot in grid.percent if left <= spot[1] <= right),
    )


def bands(grid: Grid) -> list[tuple[int, int]]:
    """The groups of columns that blank ones part; lines of one cell, such as titles, count for none of them."""
    found = _bands(grid.rows[:60])
    return _bands(grid.rows) if len(found) > 1 else found


def _bands(rows: list[list[Any]]) -> list[tuple[int, int]]:
    used: set[int] = set()
    for row in rows:
        places = [place for place, cell in enumerate(row) if cell != ""]
        if len(places) > 1:
            used.update(places)
    found: list[tuple[int, int]] = []
    for place in sorted(used):
        if found and found[-1][1] == place - 1:
            found[-1] = (found[-1][0], place)
        else:
            found.append((place, place))
    return found
