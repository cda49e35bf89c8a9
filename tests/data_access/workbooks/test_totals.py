"""Totals, signatures and notes: told by their label, never by their numbers (N4, N5)."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from data_access.workbooks.model import Known, WorkbookResult
from data_access.workbooks.pipeline import examine
from data_access.workbooks.totals import is_subtotal, is_total


@pytest.mark.parametrize(
    "label",
    [
        *("合计", "总计:", "小计", "共计", "全街道", "全社区", "全镇", "本页小计", "市级统筹小计", "合计(人)"),
        *("街道合计", "total"),
    ],
)
def test_a_label_of_totals(label: str) -> None:
    assert is_total(label) == -1


@pytest.mark.parametrize("label", ["累计接种", "累计合计", "朝阳社区", "计划人数", "全程", "共和社区", "总工会"])
def test_a_label_of_none(label: str) -> None:
    assert is_total(label) is None


def test_a_total_in_words() -> None:
    assert [is_total(text) for text in ("共计45人", "合计:45人", "以上共计45人,其中第一剂20人", "合计45")] == [45] * 4
    assert is_total("共计3个社区") == 3
    assert (is_subtotal("东片小计"), is_subtotal("合计")) == (True, False)


def found(result: WorkbookResult, code: str) -> list[str]:
    return [finding.cell for finding in result.all_findings() if finding.code == code]


def planned(result: WorkbookResult) -> list[int]:
    return [row.values["planned"] for _sheet, portion in result.portions for row in portion.rows]


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        ([["小计", 90], "a", "b", ["小计", 30], "c", ["总计", 120]], []),
        (["a", "b", ["东片\n小计", 90], "c", ["西片 小 计", 31], ["合    计", 120]], ["C6"]),
        ([["全街道", 121], "a", "b", "c"], ["C2"]),
        (["a", "b", "c", ["合计", 120], ["其中：小计", 120], ["共计", 119]], ["C7"]),
    ],
)
def test_totals_anywhere(make: ModuleType, known: Known, lines: list[Any], wrong: list[str]) -> None:
    data = {
        "a": make.morning("朝阳社区", 今日计划人数=50),
        "b": make.morning("幸福里社区", 今日计划人数=40),
        "c": make.morning("东湖村", 今日计划人数=30),
    }
    rows = [data[line] if isinstance(line, str) else [line[0], None, line[1]] for line in lines]
    result = examine(make.book(早会商=[make.MORNING, *rows]), "a.xlsx", known)
    assert sorted(planned(result)) == [30, 40, 50] and found(result, "TOTAL_MISMATCH") == wrong


def test_a_total_of_persons_in_words(make: ModuleType, known: Known) -> None:
    lines = [make.ROSTER, make.person(1), make.person(2), ["共计 3 人"], ["注：以上人员均已通知"]]
    result = examine(make.book(接种名单=lines), "a.xlsx", known)
    assert len(found(result, "ROWS_MISMATCH")) == 1
    assert sum(len(portion.rows) for _sheet, portion in result.portions) == 2


def test_rows_below_the_signatures_are_not_lost(make: ModuleType, known: Known) -> None:
    lines = [make.MORNING, make.morning(), ["备注：以下为补报", None, None], make.morning("东湖村"), ["填报人：王填报"]]
    result = examine(make.book(早会商=lines), "a.xlsx", known)
    assert len(planned(result)) == 2 and found(result, "BELOW_SIGN_OFF") == ["A4"]
    assert result.sheets[0].signed == {"填报人": "王填报"}


def test_who_signed(make: ModuleType, known: Known) -> None:
    foot = ["填报人", "王填报", "审核人：", "李审核", None, "日期：8月12日"]
    result = examine(make.book(早会商=[make.MORNING, make.morning(), foot, ["填报人：  审核人：赵"]]), "a.xlsx", known)
    assert result.sheets[0].signed == {"填报人": "王填报", "审核人": "李审核"} and len(planned(result)) == 1


def test_a_remark_that_speaks_like_a_signature_is_data(make: ModuleType, known: Known) -> None:
    lines = [["备注", *make.ROSTER], ["备注：行动不便", *make.person(1)], [None, *make.person(2)]]
    result = examine(make.book(接种名单=lines), "a.xlsx", known)
    assert sum(len(portion.rows) for _sheet, portion in result.portions) == 2
