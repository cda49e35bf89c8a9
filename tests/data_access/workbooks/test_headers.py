"""Header blocks of one to four rows, and what their paths may be called (N2, N7, header traps)."""

from __future__ import annotations

from types import ModuleType

import pytest

from data_access.sheets import KINDS
from data_access.workbooks.grid import Grid
from data_access.workbooks.headers import header_at, least_depth
from data_access.workbooks.model import Known
from data_access.workbooks.names import index_of
from data_access.workbooks.pipeline import examine
from data_access.workbooks.wordings import column_of

ROWS = [
    ["社区", "接种情况", "", "", "", "备注"],
    ["", "第一剂", "", "第二剂", "", ""],
    ["", "计划", "实际", "计划", "实际", ""],
]
MERGES = [(0, 0, 2, 0), (0, 1, 0, 4), (1, 1, 1, 2), (1, 3, 1, 4), (0, 5, 2, 5)]
PATHS = {
    0: ("社区",),
    1: ("接种情况", "第一剂", "计划"),
    2: ("接种情况", "第一剂", "实际"),
    3: ("接种情况", "第二剂", "计划"),
    4: ("接种情况", "第二剂", "实际"),
    5: ("备注",),
}


@pytest.mark.parametrize("merges", [MERGES, []])
def test_parents_stand_over_their_children_merged_or_not(merges: list[tuple[int, int, int, int]]) -> None:
    found = header_at(Grid("表", rows=ROWS, merges=merges), 0, 3)
    assert found.paths == PATHS
    assert found.borrowed == (frozenset() if merges else frozenset({2, 3, 4}))


def test_a_header_merged_over_blank_columns_is_one_column() -> None:
    grid = Grid("表", rows=[["社区", "", "姓名"]], merges=[(0, 0, 0, 1)])
    assert header_at(grid, 0, 1).paths == {0: ("社区",), 2: ("姓名",)}


def test_a_tall_word_takes_no_parent_from_its_left() -> None:
    rows = [["第一剂", "", "", "备注"], ["计划", "实际", "", ""]]
    assert header_at(Grid("表", rows=rows), 0, 2).paths == {
        0: ("第一剂", "计划"),
        1: ("第一剂", "实际"),
        3: ("备注",),
    }
    assert least_depth(Grid("表", rows=ROWS, merges=MERGES), 0) == 3


@pytest.mark.parametrize(
    ("kind", "path", "key"),
    [
        ("morning", ("计划", "第一剂"), "planned_d1"),
        ("morning", ("第一剂", "计划"), "planned_d1"),
        ("morning", ("接种情况", "第一剂", "计划"), "planned_d1"),
        ("morning", ("第一剂\n计划",), "planned_d1"),
        ("morning", ("今日计划", "第一剂"), "planned_d1"),
        ("morning", ("今日计划人数", "人"), "planned"),
        ("morning", ("可用疫苗（万剂）",), "stock"),
        ("evening", ("第一剂（累计）",), "cum_d1"),
        ("evening", ("累计接种人数", "第一剂"), "cum_d1"),
        ("evening", ("累计接种情况", "累计接种人数"), "cum_people"),
        ("evening", ("今日接种情况", "缓种"), "deferred"),
        ("evening", ("8月12日名单人数",), "roster_n"),
        ("evening", ("截至8月12日累计", "全程"), "cum_full"),
        ("ledger", ("接种情况", "第二剂", "接种日期"), "d2_date"),
        ("roster", ("人员信息", "姓名"), "name"),
        ("roster", ("联络人", "电话"), "liaison_phone"),
        ("roster", ("剂次（第一剂/第二剂/加强针）",), "dose_no"),
    ],
)
def test_a_path_is_found(kind: str, path: tuple[str, ...], key: str) -> None:
    found = column_of(index_of(KINDS[kind]), path)
    assert found is not None and found.column.key == key


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("evening", ("累计", "缓种")),
        ("evening", ("名单人数（累计）",)),
        ("evening", ("明日计划", "名单人数")),
        ("morning", ("实际", "第一剂")),
        ("morning", ("第一剂", "实际")),
        ("roster", ("接种日期（第一剂）",)),
        ("roster", ("第一剂", "日期")),
        ("roster", ("上报", "日期")),
        ("roster", ("家长", "电话")),
        ("ledger", ("第一剂", "批号")),
    ],
)
def test_a_path_is_not_taken_for_another(kind: str, path: tuple[str, ...]) -> None:
    assert column_of(index_of(KINDS[kind]), path) is None


def test_a_header_of_three_rows_without_merges(make: ModuleType, known: Known) -> None:
    top = [
        *["日期", "社区", "名单", "当日接种情况", "", "", "", "", "", "未接种情况", "", "", "", "", "", ""],
        *["留观完成", "疑似异常反应", "累计接种情况", "", "", "", "名单核对"],
    ]
    middle = ["", "", *make.EVENING[2:6], "其中", "", "", *make.EVENING[9:16], "", "", "第一剂", "全程", "加强针"]
    middle += ["累计接种人数", ""]
    low = ["", "", "", "", "", "", "第一剂", "第二剂", "加强针"]
    row = make.evening()
    data = make.book(晚调度=[["示范街道8月12日晚调度"], top, middle, low, row, ["合   计", None, *row[2:22]]])
    (sheet,) = examine(data, "晚调度.xlsx", known).sheets
    ((values,),) = [[each.values for each in portion.rows] for portion in sheet.portions]
    assert [values[key] for key in ("roster_n", "vacc_d1", "cum_d1", "cum_full", "cum_people")] == [50, 44, 46, 40, 46]
    assert not [f for f in sheet.all_findings() if f.code in ("TOTAL_MISMATCH", "COLUMN_UNKNOWN")]


def test_a_row_of_numbers_and_one_of_units_below_the_header(make: ModuleType, known: Known) -> None:
    data = make.book(早会商=[make.MORNING, ["", "", "人", "剂"], [1, 2, 3, 4, 5, 6], make.morning()])
    (sheet,) = examine(data, "a.xlsx", known).sheets
    assert [len(portion.rows) for portion in sheet.portions] == [1] and sheet.refused == 0


@pytest.mark.parametrize(
    ("title", "header", "cell", "planned"),
    [
        ("单位：人", "今日计划人数（万人）", 1.2, 12_000),
        ("单位：万人", "今日计划人数", "1.2", 12_000),
        ("单位：万人", "今日计划人数（人）", 50, 50),
        ("填报单位：万达社区", "今日计划人数", 50, 50),
        ("", "今日计划人数(千人)", 0.05, 50),
        ("", "今日计划人数（万人）", "1.2万", 12_000),
        ("", "今日计划人数（万人）", 0.00005, None),
    ],
)
def test_a_scale_multiplies_exactly(
    make: ModuleType, known: Known, title: str, header: str, cell: object, planned: int | None
) -> None:
    heads = [header if name == "今日计划人数" else name for name in make.MORNING]
    data = make.book(早会商=[[title or None], heads, make.morning(今日计划人数=cell)])
    result = examine(data, "a.xlsx", known)
    rows = [row.values["planned"] for _sheet, portion in result.portions for row in portion.rows]
    assert rows == ([] if planned is None else [planned])
    codes = {finding.code for finding in result.all_findings()}
    assert ("NOT_WHOLE" in codes) == (planned is None)
    assert ("SCALED" in codes) == (planned == 12_000 or "千" in header) or planned is None


def test_a_day_inside_the_headers(make: ModuleType, known: Known) -> None:
    heads, row = ["8月11日今日计划人数", "可用疫苗", "填报人", "填报时间"], make.morning()[2:]
    result = examine(make.book(Sheet1=[["朝阳社区早会商"], heads, row]), "a.xlsx", known)
    assert [str(portion.scope.business_date) for _sheet, portion in result.portions] == ["2022-08-11"]
    heads = ["社区", "8月11日计划人数", "8月12日计划人数", "可用疫苗", "填报人", "填报时间"]
    result = examine(make.book(早会商=[heads, ["朝阳社区", 1, 2, *row[1:]]]), "a.xlsx", known)
    assert "DAYS_AS_COLUMNS" in {finding.code for finding in result.all_findings()} and not result.portions


def test_a_sheet_that_is_almost_one_says_what_it_lacks(make: ModuleType, known: Known) -> None:
    data = make.book(Sheet1=[["名单人数", "拒种", "甲", "乙", "丙"], [1, 2, "x", "y", "z"]])
    (sheet,) = examine(data, "a.xlsx", known).sheets
    (finding,) = sheet.findings
    assert (sheet.state, finding.code, finding.cell) == ("unrecognised", "SHEET_ALMOST", "A1")
    assert "晚调度" in finding.message and "、名单内接种" in finding.message
