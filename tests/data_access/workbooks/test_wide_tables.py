"""Tables of other shapes: turned, side by side, one below the other (N18), with the true cells of the sheet."""

from __future__ import annotations

from datetime import date
from types import ModuleType
from typing import Any

import pytest

from data_access.workbooks.model import Known, Row, WorkbookResult
from data_access.workbooks.pipeline import examine

DAY = date(2022, 8, 12)
TIME = "2022-08-12 08:40"
ITEMS: list[list[Any]] = [
    ["今日计划人数", 50, 40, 30, 120],
    ["可用疫苗（剂）", 60, 60, 60, 180],
    ["填报人", "王甲", "李乙", "赵丙", None],
    ["填报时间", TIME, TIME, TIME, None],
]


def rows(result: WorkbookResult) -> dict[str | None, Row]:
    return {portion.scope.community: row for _sheet, portion in result.portions for row in portion.rows}


def codes(result: WorkbookResult) -> set[str]:
    return {finding.code for finding in result.all_findings()}


@pytest.mark.parametrize("corner", ["项目", "社区", None, "指标\\社区"])
def test_communities_as_columns(make: ModuleType, known: Known, corner: str | None) -> None:
    heads = [corner, "朝阳社区", "幸福里", "东湖村", "合计"]
    result = examine(make.book(Sheet1=[["示范街道8月12日早会商"], heads, *ITEMS]), "a.xlsx", known)
    found = rows(result)
    assert {name: row.values["planned"] for name, row in found.items()} == {
        "朝阳社区": 50,
        "幸福里社区": 40,
        "东湖村": 30,
    }
    assert (found["东湖村"].cells["planned"], found["东湖村"].cells["filler"]) == ("D3", "D5")
    assert {portion.scope.business_date for _sheet, portion in result.portions} == {DAY}
    assert "TABLE_TURNED" in codes(result) and "TOTAL_MISMATCH" not in codes(result)


def test_a_wrong_total_and_a_bad_cell_of_a_turned_table_are_shown_where_they_stand(
    make: ModuleType, known: Known
) -> None:
    items = [["今日计划人数", 50, "**", 30, 121], *ITEMS[1:]]
    heads = ["项目", "朝阳社区", "幸福里社区", "东湖村", "合  计"]
    result = examine(make.book(Sheet1=[["8月12日早会商"], heads, *items]), "a.xlsx", known)
    cells = {finding.code: finding.cell for finding in result.all_findings()}
    assert (cells["TOTAL_MISMATCH"], cells["MASKED"]) == ("E3", "C3")


def test_days_as_columns_of_one_community(make: ModuleType, known: Known) -> None:
    items = [row[:3] for row in ITEMS]
    result = examine(make.book(Sheet1=[["朝阳社区早会商"], ["项目", "8月11日", "8月12日"], *items]), "a.xlsx", known)
    days = {portion.scope.business_date: portion.rows[0].values["planned"] for _sheet, portion in result.portions}
    assert days == {date(2022, 8, 11): 50, DAY: 40}


def test_a_form_of_two_columns(make: ModuleType, known: Known) -> None:
    form = [["早会商"], ["日期", "2022年8月12日"], ["社区", "朝阳社区"], *([row[0], row[1]] for row in ITEMS)]
    result = examine(make.book(Sheet1=form), "a.xlsx", known)
    row = rows(result)["朝阳社区"]
    assert (row.values["biz_date"], row.cells["planned"], result.sheets[0].header_row) == (DAY, "B4", 2)


def test_tables_side_by_side(make: ModuleType, known: Known) -> None:
    heads = ["今日计划人数", "可用疫苗", "填报人", "填报时间"]
    title = ["朝阳社区8月12日早会商", None, None, None, None, "幸福里社区8月12日早会商"]
    lines = [title, [*heads, None, *heads], [50, 60, "王甲", TIME, None, 40, 60, "李乙", TIME]]
    result = examine(make.book(Sheet1=lines), "a.xlsx", known)
    assert {name: row.cells["planned"] for name, row in rows(result).items()} == {"朝阳社区": "A3", "幸福里社区": "F3"}
    assert "SEVERAL_TABLES" in codes(result)


def test_a_blank_column_inside_a_table_parts_nothing(make: ModuleType, known: Known) -> None:
    heads, row = make.EVENING.copy(), make.evening()
    heads.insert(9, None)
    row.insert(9, None)
    result = examine(make.book(晚调度=[heads, row]), "a.xlsx", known)
    assert rows(result)["朝阳社区"].values["cum_people"] == 46 and len(result.sheets) == 1


def test_a_block_for_each_community_below_each_other(make: ModuleType, known: Known) -> None:
    heads, row = make.MORNING[2:], make.morning()[2:]
    foot = ["填报人：王", None, "审核人：李审"]
    lines = [["朝阳社区8月12日早会商"], heads, row, foot, ["幸福里社区8月12日早会商"], heads, row, ["填报人：赵乙"]]
    result = examine(make.book(Sheet1=lines), "a.xlsx", known)
    assert {name: row.cells["planned"] for name, row in rows(result).items()} == {"朝阳社区": "A3", "幸福里社区": "A7"}


def test_the_header_again_at_a_page_break_goes_on(make: ModuleType, known: Known) -> None:
    title = ["示范街道8月12日早会商"]
    lines = [title, make.MORNING, make.morning(), title, make.MORNING, make.morning("东湖村")]
    result = examine(make.book(Sheet1=lines), "a.xlsx", known)
    assert set(rows(result)) == {"朝阳社区", "东湖村"} and len(result.sheets) == 1


def test_the_sheets_title_counts_for_its_second_table(make: ModuleType, known: Known) -> None:
    keep = [spot for spot, name in enumerate(make.EVENING) if spot > 1]
    evening = make.evening()
    lines = [
        ["朝阳社区8月12日情况"],
        make.MORNING[2:],
        make.morning()[2:],
        [],
        ["二、晚调度"],
        [make.EVENING[spot] for spot in keep],
        [evening[spot] for spot in keep],
    ]
    result = examine(make.book(Sheet1=lines), "a.xlsx", known)
    scopes = {(p.scope.kind, p.scope.community, p.scope.business_date) for _sheet, p in result.portions}
    assert scopes == {("morning", "朝阳社区", DAY), ("evening", "朝阳社区", DAY)}


@pytest.mark.parametrize("upright", [True, False])
def test_indicators_by_their_names_need_nobody_to_explain_them(make: ModuleType, known: Known, upright: bool) -> None:
    lines: list[list[Any]] = [
        ["社区" if upright else "指标", "健康讲座", "育龄妇女登记"],
        ["朝阳社区", 3, 4],
        ["幸福里", 1, 2],
        ["合计", 4, 7],
    ]
    if not upright:
        lines = [list(line) for line in zip(*lines, strict=True)]
    result = examine(make.book(Sheet1=[["8月12日进展"], *lines]), "a.xlsx", known)
    done = {
        (portion.scope.community, row.values["indicator"]): (row.values["done"], row.cells["done"])
        for _sheet, portion in result.portions
        for row in portion.rows
    }
    assert done == {
        ("朝阳社区", "HE-01"): (3, "B3"),
        ("朝阳社区", "HC-04"): (4, "C3" if upright else "B4"),
        ("幸福里社区", "HE-01"): (1, "B4" if upright else "C3"),
        ("幸福里社区", "HC-04"): (2, "C4"),
    }
    assert [f.cell for f in result.all_findings() if f.code == "TOTAL_MISMATCH"] == ["C5" if upright else "D4"]


def test_two_kinds_side_by_side(make: ModuleType, known: Known) -> None:
    lines = [
        ["朝阳社区8月12日"],
        [*make.MORNING[2:], None, *make.EVENING[2:]],
        [*make.morning()[2:], None, *make.evening()[2:]],
    ]
    result = examine(make.book(Sheet1=lines), "a.xlsx", known)
    assert [portion.scope.kind for _sheet, portion in result.portions] == ["morning", "evening"]
