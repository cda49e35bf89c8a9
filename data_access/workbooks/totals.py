"""Totals that a sheet states itself: what is one, and whether it is right (reading_rules N4, identity I4)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from data_access.findings import Finding
from data_access.sheets.declaration import Column, Type
from data_access.workbooks import rules
from data_access.workbooks.model import Row
from data_access.workbooks.names import squeeze
from data_access.workbooks.numerals import number_in
from data_access.workbooks.recognise import Table
from data_access.workbooks.units import scaled
from data_access.workbooks.values import plain

COUNTS = (Type.INT, Type.NUMBER)
_HINT = re.compile(r"[计計總总全共页頁汇匯tT]")
_HINT_ASIDE = re.compile(r"[均同环環比上去增]|average|mean|last", re.IGNORECASE)
_TOTAL = re.compile(
    r"^(?!累计)[^\d:]{0,12}?(?:合计|小计|总计|共计|总数|总和)(?:数|人数|数量)?(?:\([^)]*\))?:?$"
    r"|^(?:全街道?|全镇|全乡|全区|全县|全市|全村|全社区|街道合计|汇总|本页|(?:grand|sub)?total)(?:\([^)]*\))?:?$"
)
_COUNTED = re.compile(
    r"^(?:以上|本表|本页|本次|今日|本日|当日|名单)?(?:合计|总计|共计|总数|总人数|合计人数|小计|共)(?:为|有)?:?(?:共)?"
    r"(\d{1,6})(?:人次|人|名|条|行|户|个(?:社区|村|小区|单位)?)(?:[,，。;；(.].*)?$|^(?:合计|总计|共计|总数|小计):?(\d{1,6})$"
)
_BEFORE = r"(?:上个?(?:月|周|期|年|季度?)|去年|昨日|前日)"
_ASIDE = re.compile(
    r"^(?:各?社区|全?街道|总体)?(?:平均(?:值|数|水平|每社区)?|均值|人均|社均|日均)(?:人数|数)?(?:\([^)]*\))?:?$"
    rf"|^(?:{_BEFORE}|同期)(?:同期|同日|同月)?(?:合计|总计|数据?|值|情况|水平|对比|比较)?(?:\([^)]*\))?:?$"
    rf"|^[与较比]?{_BEFORE}?(?:同期)?(?:同比|环比|相比|对比|比较|增减)(?:增减|增长|变化|增幅|率|幅度?|数|量)*(?:\([^)]*\))?:?$"
    r"|^(?:average|mean|last(?:week|month|year|period))$"
)
_SUBTOTAL = re.compile(r"小计|subtotal|本页")


@dataclass(frozen=True, slots=True)
class Total:
    """A row that states totals; ``counted`` where its label says how many rows there are (合计：50人)."""

    row: int
    sub: bool
    counted: int | None


def is_total(bare: str) -> int | None:
    """Whether a label in its barest form says total: the number of rows it speaks of, -1 where it speaks of none,
    None where it is no total. 累计 is a column and no total."""
    if not _HINT.search(bare):
        return None
    counted = _COUNTED.match(bare)
    if counted:
        return int(counted[1] or counted[2])
    return -1 if _TOTAL.match(bare) else None


def may_total(text: str) -> bool:
    """Cheap: whether a text may be a label of totals, averages or comparisons at all."""
    return bool(_HINT.search(text) or _HINT_ASIDE.search(text))


def stands_aside(bare: str) -> bool:
    """Whether a label in its barest form says that its row averages or compares: 平均, 去年同期, 环比."""
    return bool(_HINT_ASIDE.search(bare) and _ASIDE.match(bare))


def is_subtotal(bare: str) -> bool:
    """Whether a totals label speaks of a part only."""
    return bool(_SUBTOTAL.search(bare))


def counted_in(raw: Any) -> Decimal | None:
    """The number that a cell states; None if it states none."""
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        return None
    found = number_in(squeeze(raw) if isinstance(raw, str) else plain(raw))
    return found[0] if found else None


def check_totals(table: Table, rows: Sequence[int], read: Sequence[Row], totals: Sequence[Total]) -> Iterable[Finding]:
    """The stated totals against the sums of the rows; ``rows`` are their places in the sheet, ``read`` their values.

    A subtotal stands below or above its group: it is held against the rows between it and the next total on either
    side. A total is held against all rows, or against those since the total before.
    """
    for total in totals:
        before = max((other.row for other in totals if other.row < total.row), default=table.body - 1)
        after = min((other.row for other in totals if other.row > total.row), default=table.end)
        above = [spot for spot, number in enumerate(rows) if before < number < total.row]
        below = [spot for spot, number in enumerate(rows) if total.row < number < after]
        parts = [above, below] if above else [below, above]
        groups = parts if total.sub else [range(len(rows)), *parts]
        if total.counted is not None and any(column.type is Type.ID_NO for column in table.columns.values()):
            yield from _compare_count(table, total, total.counted, [len(group) for group in groups])
        yield from _check_row(table, read, total, groups)


def _check_row(table: Table, read: Sequence[Row], total: Total, groups: Sequence[Sequence[int]]) -> Iterable[Finding]:
    line = table.grid.rows[total.row]
    for place, column in table.columns.items():
        raw = line[place] if place < len(line) else ""
        stated = _stated(table, place, raw)
        if stated is None:
            continue
        if column.type in (Type.NAME, Type.ID_NO) and stated == int(stated):
            yield from _compare_count(table, total, int(stated), [len(group) for group in groups])
        elif column.type in COUNTS and column.maximum is None:  # an age or a batch number is no quantity
            sums = [_sum(read, group, column) for group in groups]
            if stated not in sums:
                fields = {
                    "stated": figure(stated),
                    "sum": figure(sums[0]),
                    "difference": figure(stated - sums[0]),
                }
                cell = table.cell(total.row, place)
                yield table.finding(rules.TOTAL_MISMATCH, cell, plain(raw), column, fields)


def _stated(table: Table, place: int, raw: Any) -> Decimal | None:
    return counted_in(scaled(raw, table.scales[place]) if place in table.scales else raw)


def _sum(read: Sequence[Row], group: Iterable[int], column: Column) -> Decimal:
    values = (read[spot].values.get(column.key) for spot in group)
    return sum((Decimal(value) for value in values if value is not None), Decimal(0))


def _compare_count(table: Table, total: Total, stated: int, counts: Sequence[int]) -> Iterable[Finding]:
    if stated not in counts:
        fields = {"stated": stated, "sum": counts[0], "difference": stated - counts[0]}
        yield Finding(rules.ROWS_MISMATCH, table.grid.name, table.cell(total.row), str(stated), fields=fields)


def figure(number: Decimal) -> str:
    """A number without an exponent and without zeros at its end."""
    return f"{number.normalize():f}"
