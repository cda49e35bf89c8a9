"""What a sheet of another office says beside its rows, or in a way of its own: averages, comparisons, a total without
its word, a number under its own name, a telephone left out with its person."""

from __future__ import annotations

from datetime import time
from types import ModuleType
from typing import Any

import pytest

from data_access.workbooks.model import Known, WorkbookResult
from data_access.workbooks.pipeline import examine
from data_access.workbooks.totals import stands_aside
from data_access.workbooks.values import time_in


def cells(result: WorkbookResult, code: str) -> list[str]:
    return [finding.cell for finding in result.all_findings() if finding.code == code]


def errors(result: WorkbookResult) -> list[str]:
    return [finding.code for finding in result.all_findings() if finding.severity == "error"]


def values(result: WorkbookResult, key: str) -> list[Any]:
    return [row.values.get(key) for _sheet, portion in result.portions for row in portion.rows]


def mornings(make: ModuleType) -> list[list[Any]]:
    return [
        make.MORNING,
        make.morning("朝阳社区", 今日计划人数=50),
        make.morning("幸福里社区", 今日计划人数=40),
        make.morning("东湖村", 今日计划人数=30),
    ]


@pytest.mark.parametrize(
    "label",
    [
        "平均",
        "均值",
        "人均",
        "社区平均",
        "平均值(人)",
        "上月",
        "去年同期",
        "上月同期",
        "上周合计",
        "环比",
        "同比增减(%)",
    ],
)
def test_an_average_or_a_comparison_below_the_table_is_no_data(make: ModuleType, known: Known, label: str) -> None:
    lines = [*mornings(make), ["合计", None, 120, 180], [label, None, "40.5", -3]]
    result = examine(make.book(早会商=lines), "a.xlsx", known)
    assert sorted(values(result, "planned")) == [30, 40, 50] and errors(result) == []
    assert cells(result, "ASIDE_SKIPPED") == ["A6"] and cells(result, "TOTAL_MISMATCH") == []


@pytest.mark.parametrize("label", ["上海路社区", "同心社区", "平均里社区", "环比社区", "去年", "增加"])
def test_the_name_of_a_place_is_no_comparison(label: str) -> None:
    assert stands_aside(label) is (label == "去年")


def test_a_comparison_with_words_in_its_row_is_data(make: ModuleType, known: Known) -> None:
    lines = [*mornings(make)[:2], ["上月", "东湖村", 30, 60, "王填报", None]]
    result = examine(make.book(早会商=lines), "a.xlsx", known)
    assert cells(result, "ASIDE_SKIPPED") == [] and "NOT_A_DATE" in errors(result)


@pytest.mark.parametrize(("sums", "taken"), [((120, 180), True), ((120, None), True), ((121, 180), False)])
def test_a_last_row_without_a_name_that_adds_up_is_a_total(
    make: ModuleType, known: Known, sums: tuple[int, int | None], taken: bool
) -> None:
    lines = [*mornings(make), [None, None, *sums], ["填报人：王填报"]]
    result = examine(make.book(早会商=lines), "a.xlsx", known)
    assert (cells(result, "TOTAL_UNLABELLED") == ["A5"]) is taken
    if taken:
        assert sorted(values(result, "planned")) == [30, 40, 50] and errors(result) == []


def test_a_row_of_a_community_that_happens_to_add_up_is_data(make: ModuleType, known: Known) -> None:
    lines = [*mornings(make)[:3], make.morning("东湖村", 日期=None, 今日计划人数=90)]
    result = examine(make.book(早会商=lines), "a.xlsx", known)
    assert values(result, "planned") == [50, 40, 90] and cells(result, "TOTAL_UNLABELLED") == []


@pytest.mark.parametrize("text", ["批次2", "第2批", "二批", "批次：2", "第二批次"])
def test_a_batch_under_its_own_name(make: ModuleType, known: Known, text: str) -> None:
    result = examine(make.book(接种名单=[make.ROSTER, make.person(1, 批次=text)]), "a.xlsx", known)
    assert values(result, "batch_no") == [2] and errors(result) == []


@pytest.mark.parametrize(
    ("text", "read"),
    [("9点一刻", time(9, 15)), ("九点三刻", time(9, 45)), ("下午2点一刻", time(14, 15)), ("9时15分", time(9, 15))],
)
def test_quarters_of_an_hour(text: str, read: time) -> None:
    assert time_in(text) == read


def test_a_telephone_left_out_with_its_person_goes_with_it(make: ModuleType, known: Known) -> None:
    lines = [make.ROSTER, make.person(1), make.person(2, 联络人=None, 联络人电话=None)]
    result = examine(make.book(接种名单=lines), "a.xlsx", known)
    assert values(result, "liaison_phone") == ["13800000001"] * 2 and errors(result) == []
    assert {"I3", "J3"} <= set(cells(result, "FILLED_DOWN"))


def test_the_telephone_of_another_person_is_never_taken(make: ModuleType, known: Known) -> None:
    lines = [make.ROSTER, make.person(1), make.person(2, 联络人="李联络", 联络人电话=None)]
    result = examine(make.book(接种名单=lines), "a.xlsx", known)
    assert "13800000001" not in values(result, "liaison_phone")[1:] and "J3" not in cells(result, "FILLED_DOWN")


@pytest.mark.parametrize(
    ("heads", "line"),
    [
        (("序号", "清单项"), ("1.4", "例会资料")),
        (("清单项", "序号"), ("例会资料", "1.4")),
        (("序号", "清单项"), (1, "1.4")),
        (("清单项", "序号"), ("1.4", 1)),
    ],
)
def test_the_number_of_an_item_beside_its_name(
    make: ModuleType, known: Known, heads: tuple[str, str], line: tuple[Any, Any]
) -> None:
    rows = [[*heads, "年度", "社区", "会议记录"], [*line, 2022, "朝阳社区", 1]]
    result = examine(make.book(资料清单=rows), "a.xlsx", known)
    assert errors(result) == [] and values(result, "item_code") == ["1.4"]
    assert values(result, "item_name") == (["例会资料"] if "例会资料" in line else [None])


def test_a_list_of_places_is_not_like_a_sheet_for_its_numbers_alone(make: ModuleType, known: Known) -> None:
    rows = [["小区物资供应情况统计表"], ["序号", "地点", "供应情况"], [1, "一号小区", "正常"], [2, "二号小区", "正常"]]
    result = examine(make.book(Sheet1=rows), "a.xlsx", known)
    assert "SHEET_ALMOST" not in errors(result) and errors(result)
