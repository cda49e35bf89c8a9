"""A table of figures per community, read by a layout: each mapped number becomes one row of 工作进展.

The rows of one community under one merged cell belong together and are added up; a community that comes again without
a merge is added only where the layout says so. City rows among the communities are never data; a total may include
them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any

from config.catalogue import UnknownIndicatorError, indicator
from config.indicators import Indicator
from data_access.findings import Finding, Severity
from data_access.metrics import Period, PeriodKind
from data_access.sheets.columns import COMMUNITY
from data_access.sheets.declaration import Column, SheetKind, Type
from data_access.sheets.progress import PROGRESS
from data_access.workbooks import rules
from data_access.workbooks.layouts import AGGREGATE
from data_access.workbooks.model import Layout, Row
from data_access.workbooks.names import squeeze
from data_access.workbooks.read import Content, Draft, read
from data_access.workbooks.recognise import Table
from data_access.workbooks.street import Street
from data_access.workbooks.values import plain
from data_access.workbooks.views import locate

SUM = "sum"
_NUMBER = "= "
_CALENDAR: dict[str, PeriodKind] = {
    "day": "day", "week": "week", "month": "month", "two_months": "two_months", "quarter": "quarter",
}  # fmt: skip


def columns(layout: Layout, places: Mapping[str, int]) -> tuple[SheetKind, dict[int, Column]]:
    """The table as a kind of sheet of its own: the community, the day where it has one, and each mapped number."""
    found = {places[path]: _own(key) for path, key in layout.columns.items()}
    signed = {path for code, parts in layout.indicators.items() if _signed(code) for path in parts.values()}
    for path in {path: None for parts in layout.indicators.values() for path in parts.values()}:
        least = None if path in signed else 0
        found[places[path]] = Column(_key(path), path, path, Type.NUMBER, minimum=least)
    kind = SheetKind(
        PROGRESS.key, PROGRESS.zh, PROGRESS.en, PROGRESS.workbook, tuple(found.values()),
        scope=("community",), identity=(), date="biz_date",
    )  # fmt: skip
    return kind, found


def _key(path: str) -> str:
    """The key of a mapped number while the table is read; one number may serve several indicators."""
    return f"{_NUMBER}{path}"


def _is_number(key: str) -> bool:
    return key.startswith(_NUMBER)


@lru_cache(maxsize=4096)
def period_of(kind: str, day: date) -> str:
    """The period a figure of a day speaks for: the day, week, month … that holds it, else the year."""
    slots = _CALENDAR.get(kind)
    if slots is None:
        return str(day.year)
    near = (Period(date(year, 1, 1), date(year, 12, 31), "year") for year in (day.year, day.year - 1, day.year + 1))
    return next(str(slot) for year in near for slot in year.slots(slots) if day in slot)


def content(table: Table, layout: Layout, street: Street) -> Content:
    """The rows of 工作进展 that a table of figures gives, with what was found on them; the table is theirs then."""
    wide = read(table)
    items = dict(_items(layout, table))
    dated = table.day is not None or any(column.key == "biz_date" for column in table.columns.values())
    if not dated and not any(finding.severity == Severity.ERROR for finding in table.findings):
        table.findings.append(Finding(rules.DATE_MISSING, table.grid.name, locate(table.grid, table.first, 0)))
    reader = _Reader(table, layout, street, items)
    kept = list(reader.rows(wide))
    findings = [f for f in wide.findings if f.rule is not rules.MERGED_NUMBER]
    wide.findings = [*_with_right_totals(wide, findings, reader.aside), *reader.findings]
    wide.drafts = [draft for group in reader.groups(kept) for draft in reader.unpivot(group)]
    table.columns = {place: column for place, column in table.columns.items() if column.type is not Type.NUMBER}
    table.kind = replace(
        PROGRESS, either=(), columns=tuple(replace(c, required=c.key == "community") for c in PROGRESS.columns)
    )
    return wide


def _own(key: str) -> Column:
    return COMMUNITY if key == "community" else replace(PROGRESS.column(key), required=False)


def _signed(code: str) -> bool:
    """A figure that stands as it is may fall below zero; what is counted may not."""
    try:
        return indicator(code).accrual == "snapshot"
    except UnknownIndicatorError:
        return True


def _items(layout: Layout, table: Table) -> Iterator[tuple[str, Indicator]]:
    for code in layout.indicators:
        try:
            yield code, indicator(code)
        except UnknownIndicatorError:
            fields = {"layout": layout.name, "near": ""}
            finding = Finding(
                rules.LAYOUT_INDICATOR_GONE, table.grid.name, locate(table.grid, table.first, 0), code, "", fields
            )
            table.findings.append(finding)


def _with_right_totals(wide: Content, findings: list[Finding], aside: set[int]) -> list[Finding]:
    """Totals that are wrong with the city rows and without them: an office adds them in or leaves them out."""
    wrong = [finding for finding in findings if finding.rule is rules.TOTAL_MISMATCH]
    if not wrong or not aside:
        return findings
    table = wide.table
    rows = [[""] * len(line) if row in aside else line for row, line in enumerate(table.grid.rows)]
    again = read(replace(table, grid=replace(table.grid, rows=rows), findings=[]))
    still = {finding.cell for finding in again.findings if finding.rule is rules.TOTAL_MISMATCH}
    return [finding for finding in findings if finding.rule is not rules.TOTAL_MISMATCH or finding.cell in still]


@dataclass(slots=True)
class _Group:
    """The rows of one community and day."""

    community: str
    day: date | None
    drafts: list[Draft] = field(default_factory=list)


class _Reader:
    """One table's rows, sorted into communities and turned into rows of 工作进展."""

    def __init__(self, table: Table, layout: Layout, street: Street, items: Mapping[str, Indicator]) -> None:
        self.table, self.layout, self.street, self.items = table, layout, street, items
        self.places = {column.key: place for place, column in table.columns.items()}
        self.day = table.day
        self.aside: set[int] = set()  # rows of no community
        self.findings: list[Finding] = []
        self.skipped = {squeeze(name) for name, official in layout.communities.items() if not official}
        self.shared = dict(self._shared())

    def rows(self, wide: Content) -> Iterator[Draft]:
        """The rows that speak of a community; city rows and rows without a figure are no data."""
        for draft in wide.drafts:
            text = str(draft.row.values.get("community") or "")
            if self._aggregate(text):
                self.aside.add(draft.row.number - 1)
                cell = draft.row.cells.get("community", "")
                self.findings.append(Finding(rules.AGGREGATE_SKIPPED, self.table.grid.name, cell, text))
            elif text or any(key in self.places for key in draft.row.values if _is_number(key)):
                yield draft

    def groups(self, drafts: Iterable[Draft]) -> list[_Group]:
        """The rows by community and day, in the order of the sheet; a community that comes again is refused."""
        found: dict[tuple[str, date | None], _Group] = {}
        for draft in drafts:
            text = str(draft.row.values.get("community") or "")
            name = self.street.places.find(text) or text
            day = draft.row.values.get("biz_date") or self.day
            group = found.setdefault((name or f"\0{draft.row.number}", day), _Group(name, day))
            group.drafts.append(draft)
        for group in found.values():
            if len(group.drafts) > 1 and self.layout.rows != SUM and not self._together(group):
                for draft in group.drafts:
                    self._tell(draft, rules.COMMUNITY_REPEATED, "community", n=len(group.drafts))
        return list(found.values())

    def unpivot(self, group: _Group) -> Iterator[Draft]:
        """One row of 工作进展 for each indicator the community has a figure for."""
        general = [f for draft in group.drafts for f in draft.findings if not self._on_number(draft, f)]
        for code, item in self.items.items():
            made = self._draft(group, item)
            for part, path in self.layout.indicators[code].items():
                self._add(made, group, part, _key(path))
            if not made.findings and not any(part in made.row.values for part in ("done", "num", "den")):
                continue  # nothing was reported: missing, not zero
            if item.kind == "zero" and made.row.values.get("done") == 0:
                made.row.values["zero_confirm"] = True
            for finding in general:
                made.add(finding)
            general = []
            yield made

    def _draft(self, group: _Group, item: Indicator) -> Draft:
        first = group.drafts[0]
        values: dict[str, Any] = {
            "community": group.community or None,
            "workstream": item.workstream,
            "indicator": item.code,
            "accrual": "cumulative" if item.accrual in ("cumulative_all_time", "snapshot") else "period",
        }
        if group.day is not None:
            values |= {"biz_date": group.day, "period": period_of(item.period, group.day)}
        cells = {key: first.row.cells[key] for key in ("community", "biz_date") if key in first.row.cells}
        refused = any(f.severity == Severity.ERROR and not self._on_number(first, f) for f in first.findings)
        return Draft(Row(first.row.number, values, cells), refused=refused)

    def _add(self, made: Draft, group: _Group, part: str, key: str) -> None:
        """The figure under one header: that of the row, or the sum of the rows; a broken part breaks the sum."""
        total: Any = None
        for draft in group.drafts:
            cell = draft.row.cells.get(key)
            for finding in draft.findings:
                if finding.cell == cell:
                    made.add(finding)
            value = draft.row.values.get(key)
            if cell is not None and part not in made.row.cells:
                made.row.cells = {**made.row.cells, part: cell}
            if value is not None:
                total = value if total is None else total + value
            if key in draft.row.approximate:
                made.row.approximate = made.row.approximate | {part}
            if (draft.row.number - 1, self.places[key]) in self.shared:
                top = self.shared[draft.row.number - 1, self.places[key]]
                head, place = self.table.heads.get(key, ""), locate(self.table.grid, top, self.places[key])
                shown = plain(self.table.grid.rows[top][self.places[key]])
                made.add(Finding(rules.MERGED_OVER_COMMUNITIES, self.table.grid.name, place, shown, head))
        if total is not None:
            made.row.values[part] = total

    def _shared(self) -> Iterator[tuple[tuple[int, int], int]]:
        """The cells merged over rows of several communities: each with the row of its number."""
        numbers = {place for key, place in self.places.items() if _is_number(key)}
        for top, left, bottom, _right in self.table.grid.merges:
            if left in numbers and bottom > top >= self.table.body and self.table.grid.rows[top][left] != "":
                rows = range(top, min(bottom + 1, len(self.table.grid.rows)))
                if len({self._name_at(row) for row in rows} - {""}) > 1:
                    yield from (((row, left), top) for row in rows)

    def _name_at(self, row: int) -> str:
        """The community of a row, taken down a merged cell."""
        place = self.places["community"]
        for top, left, bottom, _right in self.table.grid.merges:
            if left == place and top <= row <= bottom:
                row = top
        line = self.table.grid.rows[row]
        text = plain(line[place]) if place < len(line) else ""
        return self.street.places.find(text) or text

    def _together(self, group: _Group) -> bool:
        """Whether the rows stand under one merged community cell."""
        rows = {draft.row.number - 1 for draft in group.drafts}
        place = self.places["community"]
        return any(
            left == place and rows <= set(range(top, bottom + 1)) for top, left, bottom, _r in self.table.grid.merges
        )

    def _aggregate(self, text: str) -> bool:
        bare = squeeze(text)
        return bare in self.skipped or (bool(AGGREGATE.match(bare)) and self.street.places.find(text) is None)

    def _on_number(self, draft: Draft, finding: Finding) -> bool:
        return any(finding.cell == cell for key, cell in draft.row.cells.items() if _is_number(key))

    def _tell(self, draft: Draft, rule: Any, key: str, **fields: object) -> None:
        cell = draft.row.cells.get(key, "")
        text = str(draft.row.values.get(key) or "")
        draft.add(Finding(rule, self.table.grid.name, cell, text, self.table.heads.get(key, ""), fields))
