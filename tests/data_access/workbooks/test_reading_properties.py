"""Valid content in any arrangement reads back exactly; any bytes at all give findings, never an exception."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_access.sheets import KINDS
from data_access.workbooks.model import Known, WorkbookResult
from data_access.workbooks.pipeline import examine

QUICK = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
LONG = settings(max_examples=3000, deadline=None, suppress_health_check=list(HealthCheck))
COUNTS = ("今日计划人数", "可用疫苗(剂)", "已通知人数", "昨日结转人数")
SPELLINGS: tuple[Callable[[date], object], ...] = (
    lambda day: day,
    lambda day: day.isoformat(),
    lambda day: f"{day.year}年{day.month}月{day.day}日",
    lambda day: f"{day.month}月{day.day}日",
    lambda day: f"{day.year}.{day.month}.{day.day}",
    lambda day: f"{day.month}/{day.day}",
    lambda day: (day - date(1899, 12, 30)).days,
    lambda day: day.strftime("%Y%m%d"),
    lambda day: f"{day:%Y-%m-%d} 00:00:00",
)
NUMBERS: tuple[Callable[[int], object], ...] = (
    lambda n: n,
    lambda n: str(n),
    lambda n: f"{n}人",
    lambda n: f"{n:,}",
    lambda n: "".join(chr(ord(digit) + 0xFEE0) for digit in str(n)),
    lambda n: f" {n} ",
)


@st.composite
def mornings(draw: st.DrawFn) -> tuple[list[list[object]], dict[tuple[str, date], dict[str, int]]]:
    """A morning sheet in some arrangement, and what it says."""
    names = ("朝阳社区", "幸福里社区", "东湖村", "和平路社区")
    chosen = draw(st.lists(st.sampled_from(names), min_size=1, max_size=4, unique=True))
    base = date(2022, 8, 12) + timedelta(days=draw(st.integers(-20, 20)))
    columns = {column.zh: column for column in KINDS["morning"].columns}
    order = draw(st.permutations(["日期", "社区", *COUNTS, "填报人", "填报时间"]))
    heads = {name: draw(st.sampled_from((columns[name].zh, *columns[name].synonyms))) for name in order}
    truth: dict[tuple[str, date], dict[str, int]] = {}
    lines: list[list[object]] = []
    sums = dict.fromkeys(COUNTS, 0)
    for name in chosen:
        planned = draw(st.integers(0, 3000))
        counts = dict(
            zip(
                COUNTS,
                (planned, draw(st.integers(0, 9999)), draw(st.integers(0, planned)), draw(st.integers(0, 50))),
                strict=True,
            )
        )
        truth[name, base] = {columns[key].key: number for key, number in counts.items()}
        cells: dict[str, object] = {key: draw(st.sampled_from(NUMBERS))(number) for key, number in counts.items()}
        cells |= {
            "日期": draw(st.sampled_from(SPELLINGS))(base),
            "社区": name,
            "填报人": "王填报",
            "填报时间": "2022-08-12 08:30",
        }
        lines.append([cells[key] for key in order])
        sums = {key: sums[key] + number for key, number in counts.items()}
        if draw(st.booleans()):
            lines.append([])
    if draw(st.booleans()):
        total: list[object] = [sums.get(key) for key in order]
        first = order.index("社区")
        total[first] = draw(st.sampled_from(("合计", "合  计", "总计", "街道合计")))
        texts = [spot for spot, key in enumerate(order) if key not in COUNTS]
        if texts.index(first) <= 1 and all(order[spot] not in COUNTS for spot in range(min(first, 2))):
            lines.insert(draw(st.sampled_from((0, len(lines)))), total)
    titles: list[list[object]] = draw(
        st.lists(st.sampled_from([["附件1"], ["早会商情况表"], ["单位：人"], []]), max_size=4)
    )
    return [*titles, [heads[key] for key in order], *lines], truth


def says(result: WorkbookResult) -> dict[tuple[str, date], dict[str, int]]:
    keys = [column.key for column in KINDS["morning"].columns if column.zh in COUNTS]
    return {
        (portion.scope.community or "", portion.scope.business_date or date.min): {key: row.values[key] for key in keys}
        for _sheet, portion in result.portions
        for row in portion.rows
    }


@QUICK
@given(case=mornings())
def test_any_arrangement_reads_back_exactly(make: ModuleType, known: Known, case: tuple[list[list[Any]], Any]) -> None:
    rows, truth = case
    result = examine(make.book(早会商=rows), "早会商.xlsx", known)
    assert [(f.code, f.cell, f.value) for f in result.all_findings() if f.severity == "error"] == []
    assert says(result) == truth
    assert not [f for f in result.all_findings() if f.code == "TOTAL_MISMATCH"]


def survives(data: bytes, known: Known) -> None:
    result = examine(data, "x.xlsx", known)
    for finding in result.all_findings():
        assert finding.message and finding.remedy
    assert result.sheets or result.findings


cell = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**15), 10**15), st.floats(allow_nan=False, allow_infinity=False),
    st.dates(date(1900, 3, 1), date(2099, 1, 1)), st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12),
    st.sampled_from(["合计", "同上", "/", "20xx", "8.12", "9:3O", "填报人：王", "１２", "46余"]),
    st.sampled_from(["=1/0", "#REF!", "社区", "日期", "姓名", "\u200b", "1e999", "9" * 40]),
)  # fmt: skip


def grids(make: ModuleType) -> st.SearchStrategy[list[list[Any]]]:
    heads = st.sampled_from([make.ROSTER, make.MORNING, make.EVENING, ["a", "b"]])
    body = st.lists(st.lists(cell, max_size=24), max_size=6)
    return st.builds(
        lambda before, head, after: [*before, head, *after],
        st.lists(st.lists(cell, max_size=3), max_size=3),
        heads,
        body,
    )


def check_bytes(data: bytes, prefix: bytes, known: Known) -> None:
    survives(prefix + data, known)


PREFIXES = st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "\ufeff社区,日期\n".encode()])


@QUICK
@given(data=st.binary(max_size=600), prefix=PREFIXES)
def test_any_bytes_give_findings(known: Known, data: bytes, prefix: bytes) -> None:
    check_bytes(data, prefix, known)


@QUICK
@given(spots=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=8))
def test_a_workbook_with_flipped_bytes_gives_findings(
    make: ModuleType, known: Known, spots: list[tuple[float, int]]
) -> None:
    flip(make, known, spots)


def flip(make: ModuleType, known: Known, spots: list[tuple[float, int]]) -> None:
    data = bytearray(make.title_rows())
    for share, byte in spots:
        data[int(share * (len(data) - 1))] = byte
    survives(bytes(data), known)


@QUICK
@given(data=st.data())
def test_any_cells_give_findings(make: ModuleType, known: Known, data: st.DataObject) -> None:
    survives(make.book(表=data.draw(grids(make))), known)


@pytest.mark.fuzz
@LONG
@given(data=st.data())
def test_any_cells_for_long(make: ModuleType, known: Known, data: st.DataObject) -> None:
    survives(make.book(表=data.draw(grids(make))), known)


@pytest.mark.fuzz
@LONG
@given(spots=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=8))
def test_flipped_bytes_for_long(make: ModuleType, known: Known, spots: list[tuple[float, int]]) -> None:
    flip(make, known, spots)


@pytest.mark.fuzz
@LONG
@given(data=st.binary(max_size=2000), prefix=PREFIXES)
def test_any_bytes_for_long(known: Known, data: bytes, prefix: bytes) -> None:
    check_bytes(data, prefix, known)
