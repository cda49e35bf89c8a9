"""Tables whose headers are indicators of the catalogue by their very names: they need nobody to explain them.

The names stand in the header row over the communities' figures, or down the first column with a column for each
community. Counts only: of a rate one would need numerator and denominator.
"""

from __future__ import annotations

from config.catalogue import catalogue
from config.declarations import UnknownNameError
from data_access.findings import Finding
from data_access.workbooks import mapped, rules
from data_access.workbooks.grid import Grid
from data_access.workbooks.layouts import SEPARATOR, Found, survey
from data_access.workbooks.model import Layout
from data_access.workbooks.names import Places
from data_access.workbooks.views import turned


def tables(grid: Grid, communities: Places) -> list[mapped.MappedTable]:
    """The tables of 工作进展 that name their indicators; none where fewer than two do."""
    upright = [table for found in survey(grid, communities) for table in _read(grid, found)]
    return upright or _turned(grid, communities)


def _read(grid: Grid, found: Found) -> list[mapped.MappedTable]:
    layout = _layout(found)
    if layout is None:
        return []
    made = mapped.tables(grid, [layout])
    for table in made:
        fields = {"names": [path for parts in layout.indicators.values() for path in parts.values()]}
        finding = Finding(rules.INDICATORS_NAMED, grid.name, table.cell(table.first), fields=fields)
        table.findings = [finding, *(each for each in table.findings if each.rule is not rules.LAYOUT_USED)]
    return made


def _layout(found: Found) -> Layout | None:
    if found.community is None:
        return None
    indicators: dict[str, dict[str, str]] = {}
    for path in found.numeric:
        try:
            indicator = catalogue().find(path.split(SEPARATOR)[-1])
        except UnknownNameError:
            continue
        if indicator.kind != "count" or indicator.code in indicators:
            return None
        indicators[indicator.code] = {"done": path}
    if len(indicators) < 2:
        return None
    columns = {found.community: "community"}
    return Layout("", "progress", found.headers, found.shape, columns, indicators)


def _turned(grid: Grid, communities: Places) -> list[mapped.MappedTable]:
    """The same with a column for each community: turned from the row on that names them."""
    key = next((row for row, line in enumerate(grid.rows[:20]) if _names(line, communities) > 1), None)
    if key is None:
        return []
    view = turned(grid, key)
    corner = next((place for place, line in enumerate(grid.rows[key]) if _names([line], communities)), 0) - 1
    if corner < 0:
        return []
    view.rows[corner] = ["社区" if place == key else cell for place, cell in enumerate(view.rows[corner])]
    made = [table for found in survey(view, communities) for table in _read(view, found)]
    title = tuple(" ".join(str(cell) for cell in line if cell != "") for line in grid.rows[:key] if line)
    for table in made:
        table.title = title
    return made


def _names(cells: list[object], communities: Places) -> int:
    return sum(isinstance(cell, str) and communities.find(cell) is not None for cell in cells)
