"""Tables that no declaration knows: seen, remembered by their shape, and read by what somebody said of them."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import ModuleType
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from config import catalogue
from data_access import sheets
from data_access.catalogue.declared import drafted
from data_access.inbox import facts
from data_access.workbooks.grid import Book, Grid, open_book
from data_access.workbooks.layouts import at, fingerprint, survey
from data_access.workbooks.mapped import essential
from data_access.workbooks.model import Hints, Known, Layout, WorkbookResult
from data_access.workbooks.pipeline import examine
from data_access.workbooks.street import Street

HEADERS = ("社区", "开放门店", "在岗 / 应到", "在岗 / 实到")
SHOPS = Layout(
    "门店开放",
    "progress",
    HEADERS,
    fingerprint(HEADERS),
    columns={"社区": "community"},
    indicators={"OWN-001": {"done": "开放门店"}, "OWN-002": {"num": "在岗 / 实到", "den": "在岗 / 应到"}},
)
TITLE = ["8月12日各社区门店开放情况"]
HEAD = ["序号", "社区", "开放门店", "在岗", "在岗"]
CHILD = ["", "", "", "应到", "实到"]


@pytest.fixture(autouse=True)
def own_indicators() -> Any:
    """The street has declared two indicators of its own."""
    stream = catalogue.workstreams()[0].slug
    made = [
        drafted("OWN-001", stream, "开放门店", unit="家"),
        drafted("OWN-002", stream, "在岗率", unit="%", kind="rate", period="month"),
    ]
    catalogue.using(catalogue.extended(catalogue.shipped(), [], made))
    yield
    catalogue.using(None)


def book(*rows: list[Any], merges: tuple[str, ...] = (), name: str = "Sheet1") -> bytes:
    """A sheet with a title, a header two rows deep and these rows."""
    workbook = Workbook()
    sheet = workbook.active
    assert isinstance(sheet, Worksheet)
    sheet.title = name
    for row in (TITLE, HEAD, CHILD, *rows):
        sheet.append([None if cell == "" else cell for cell in row])
    for area in ("A1:E1", "A2:A3", "B2:B3", "C2:C3", "D2:E2", *merges):
        sheet.merge_cells(area)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def grid(data: bytes) -> Grid:
    opened = open_book(data, "a.xlsx")
    assert isinstance(opened, Book)
    return opened.sheets[0]


def read(data: bytes, known: Known, *layouts: Layout, filename: str = "a.xlsx") -> WorkbookResult:
    return examine(data, filename, replace(known, layouts=layouts or (SHOPS,)))


def figures(result: WorkbookResult) -> dict[tuple[str | None, str, str], Any]:
    return {
        (portion.scope.community, row.values["indicator"], part): row.values[part]
        for _sheet, portion in result.portions
        for row in portion.rows
        for part in ("done", "num", "den")
        if part in row.values
    }


def codes(result: WorkbookResult) -> list[str]:
    return [finding.code for finding in result.all_findings()]


ROWS = (["1", "朝阳", 12, 30, 27], ["2", "幸福里社区\n（1.2万人）", 0, 20, 21], ["3", "东湖村", "", 8, 8])
TOTAL = ["合  计", "", 12, 58, 56]


# Shapes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "other",
    [
        ("社区", "4月13日复市", "总量(吨)"),
        ("社 区", "4.9日复市", "总 量(吨)"),
        ("社区", "2022年4月10日\n复市", "总量（吨）"),
    ],
)
def test_a_day_a_unit_and_a_line_break_make_no_other_shape(other: tuple[str, ...]) -> None:
    assert fingerprint(other) == fingerprint(("社区", "4.12日复市", "总量（吨）"))


@pytest.mark.parametrize(
    "other", [("社区", "总量(吨)", "4.12日复市"), ("社区", "4.12日复岗", "总量(吨)"), ("社区", "4.12日复市")]
)
def test_other_words_another_order_or_fewer_columns_are_another_shape(other: tuple[str, ...]) -> None:
    assert fingerprint(other) != fingerprint(("社区", "4.12日复市", "总量(吨)"))


# What is there ----------------------------------------------------------------------------------


def test_a_table_is_surveyed_before_anybody_explains_it(known: Known) -> None:
    (found,) = survey(grid(book(*ROWS, ["4", "城北社区", 1, 1, 1], TOTAL)), Street(known).places)
    assert (found.first, found.depth, found.headers) == (1, 2, HEADERS)
    assert (found.community, found.communities) == ("社区", ("朝阳社区", "幸福里社区", "东湖村"))
    assert (found.unknown, found.day) == (("城北社区",), date(2022, 8, 12))
    assert found.numeric == HEADERS[1:] and found.samples["开放门店"][0] == "12"


def test_the_header_row_may_be_pointed_at(known: Known) -> None:
    found = at(grid(book(*ROWS)), 2, 1, Street(known).places)
    assert found is not None and found.headers == ("应到", "实到")


def test_communities_across_the_page(make: ModuleType, known: Known) -> None:
    data = make.book(Sheet1=[TITLE, ["指标", "朝阳社区", "东湖村"], ["开放门店", 12, 3], ["停业门店", 1, 0]])
    (found,) = survey(grid(data), Street(known).places)
    assert found.sideways and found.headers == ("指标", "开放门店", "停业门店")
    layout = replace(
        SHOPS,
        headers=found.headers,
        shape=found.shape,
        columns={"指标": "community"},
        indicators={"OWN-001": {"done": "开放门店"}},
    )
    result = read(data, known, layout)
    assert figures(result) == {("朝阳社区", "OWN-001", "done"): 12, ("东湖村", "OWN-001", "done"): 3}
    assert [row.cells["done"] for _sheet, portion in result.portions for row in portion.rows] == ["B3", "C3"]


def test_an_unexplained_table_says_what_it_looks_like(known: Known) -> None:
    result = examine(book(*ROWS), "a.xlsx", known)
    (finding,) = result.all_findings()
    assert (finding.code, finding.cell) == ("TABLE_UNKNOWN", "A2")
    assert "开放门店" in finding.message and "朝阳社区" in finding.message
    assert result.sheets[0].state == "unrecognised"


# Figures per community --------------------------------------------------------------------------


def test_every_figure_becomes_a_row_of_progress(known: Known) -> None:
    result = read(book(*ROWS, TOTAL), known)
    assert figures(result) == {
        ("朝阳社区", "OWN-001", "done"): 12,
        ("朝阳社区", "OWN-002", "num"): 27,
        ("朝阳社区", "OWN-002", "den"): 30,
        ("幸福里社区", "OWN-001", "done"): 0,
        ("幸福里社区", "OWN-002", "num"): 21,
        ("幸福里社区", "OWN-002", "den"): 20,
        ("东湖村", "OWN-002", "num"): 8,  # a blank is not reported, never zero
        ("东湖村", "OWN-002", "den"): 8,
    }
    scopes = {(portion.scope.period, portion.partial) for _sheet, portion in result.portions}
    assert scopes == {("2022-08-12", True), ("2022-08", True)}  # of the day, and of its month
    first = next(row for _s, p in result.portions for row in p.rows if row.values["indicator"] == "OWN-002")
    assert (first.cells["num"], first.cells["den"], first.cells["community"]) == ("E4", "D4", "B4")
    assert result.sheets[0].kind is not None and result.sheets[0].kind.key == "progress"
    assert "TOTAL_MISMATCH" not in codes(result)


def test_a_wrong_total_names_both_numbers(known: Known) -> None:
    found = [f for f in read(book(*ROWS, [*TOTAL[:2], 13, 58, 56]), known).all_findings() if f.code == "TOTAL_MISMATCH"]
    assert [(f.cell, f.fields["stated"], f.fields["sum"], f.column) for f in found] == [("C7", "13", "12", "开放门店")]


@pytest.mark.parametrize("total", [12, 15])
def test_a_city_row_may_count_in_the_total_but_is_no_data(known: Known, total: int) -> None:
    result = read(book(["", "市级", 3, "", ""], *ROWS, [*TOTAL[:2], total, 58, 56]), known)
    assert {name for name, _code, _part in figures(result)} == {"朝阳社区", "幸福里社区", "东湖村"}
    assert "TOTAL_MISMATCH" not in codes(result) and "AGGREGATE_SKIPPED" in codes(result)


def test_a_name_that_is_none_is_said_once(known: Known) -> None:
    layout = replace(SHOPS, communities={"城北片": "", "城南": "东湖村"})
    result = read(book(["", "城北片", 3, 1, 1], ["", "城南", 4, 2, 1]), known, layout)
    assert figures(result)["东湖村", "OWN-001", "done"] == 4
    assert {name for name, _code, _part in figures(result)} == {"东湖村"}
    assert "COMMUNITY_UNKNOWN" not in codes(result)


def test_an_unknown_community_is_refused_and_the_others_are_not(known: Known) -> None:
    result = read(book(["", "城北社区", 3, 1, 1], *ROWS), known)
    assert any(code.startswith("COMMUNITY_UNKNOWN") for code in codes(result))
    assert ("朝阳社区", "OWN-001", "done") in figures(result)


def test_rows_under_one_merged_community_are_added(known: Known) -> None:
    data = book(["1", "朝阳", 5, 10, 9], ["", "", 7, 20, 18], merges=("A4:A5", "B4:B5"))
    assert figures(read(data, known))["朝阳社区", "OWN-001", "done"] == 12


@pytest.mark.parametrize(("rows", "figure"), [("", None), ("sum", 12)])
def test_a_community_that_comes_again_is_added_only_where_the_layout_says_so(
    known: Known, rows: str, figure: int | None
) -> None:
    result = read(
        book(["1", "朝阳", 5, 10, 9], ["2", "东湖村", 1, 1, 1], ["3", "朝阳", 7, 20, 18]),
        known,
        replace(SHOPS, rows=rows),
    )
    assert figures(result).get(("朝阳社区", "OWN-001", "done")) == figure
    assert ("COMMUNITY_REPEATED" in codes(result)) == (figure is None)
    assert figures(result)["东湖村", "OWN-001", "done"] == 1


def test_a_number_over_two_communities_is_nobodys(known: Known) -> None:
    result = read(book(["1", "朝阳", 5, 10, 9], ["2", "东湖村", "", 1, 1], merges=("C4:C5",)), known)
    assert {code for _name, code, _part in figures(result)} == {"OWN-002"}
    assert codes(result).count("MERGED_OVER_COMMUNITIES") == 2


def test_a_broken_figure_refuses_itself_alone(known: Known) -> None:
    result = read(book(["1", "朝阳", "若干", 10, 9], *ROWS[1:]), known)
    assert ("朝阳社区", "OWN-001", "done") not in figures(result)
    assert figures(result)["朝阳社区", "OWN-002", "num"] == 9
    assert [f.cell for f in result.all_findings() if f.code == "NOT_A_NUMBER"] == ["C4"]


def test_a_day_has_to_come_from_somewhere(known: Known) -> None:
    workbook = Workbook()
    sheet = workbook.active
    assert isinstance(sheet, Worksheet)
    for row in (["社区", "开放门店", "应到", "实到"], ["朝阳", 5, 10, 9], ["东湖村", 1, 2, 2]):
        sheet.append(row)
    buffer = io.BytesIO()
    workbook.save(buffer)
    headers = ("社区", "开放门店", "应到", "实到")
    bare = replace(SHOPS, headers=headers, shape=fingerprint(headers), indicators={"OWN-001": {"done": "开放门店"}})
    result = read(buffer.getvalue(), known, bare)
    assert "DATE_MISSING" in codes(result) and result.portions == []
    said = examine(buffer.getvalue(), "a.xlsx", replace(known, layouts=(bare,)), Hints(day=date(2022, 8, 11)))
    assert {portion.scope.period for _sheet, portion in said.portions} == {"2022-08-11"}


def test_a_day_over_the_columns_is_the_day_of_the_figures(known: Known) -> None:
    """A date in a header that stands over others counts where no title names one, whatever day was explained."""
    workbook = Workbook()
    sheet = workbook.active
    assert isinstance(sheet, Worksheet)
    for row in (["社区", "截至8月11日", None], [None, "开放门店", "应到"], ["朝阳", 5, 10]):
        sheet.append(row)
    for merge in ("A1:A2", "B1:C1"):
        sheet.merge_cells(merge)
    buffer = io.BytesIO()
    workbook.save(buffer)
    headers = ("社区", "截至8月9日 / 开放门店", "截至8月9日 / 应到")
    shops = {"OWN-001": {"done": headers[1]}}
    columns = {"社区": "community"}
    bare = replace(SHOPS, headers=headers, shape=fingerprint(headers), columns=columns, indicators=shops)
    result = read(buffer.getvalue(), known, bare)
    assert {portion.scope.period for _sheet, portion in result.portions} == {"2022-08-11"}


def test_an_indicator_that_was_given_up_is_said(known: Known) -> None:
    layout = replace(SHOPS, indicators=SHOPS.indicators | {"OWN-009": {"done": "在岗 / 实到"}})
    result = read(book(*ROWS), known, layout)
    assert "LAYOUT_INDICATOR_GONE" in codes(result) and result.portions == []


# Ordinary kinds ---------------------------------------------------------------------------------

LEDGER = ("所在社区名", "点位", "巡查日", "类型号", "发现情况", "整改否", "改好日")
MATTERS = Layout(
    "巡查",
    "actions",
    LEDGER,
    fingerprint(LEDGER),
    columns={
        "所在社区名": "community",
        "点位": "place",
        "巡查日": "found_on",
        "类型号": "issue_type",
        "发现情况": "issue",
        "整改否": "status",
        "改好日": "fixed_on",
    },
    constants={"source": "日查", "severity": "一般", "workstream": catalogue.shipped().workstreams[0].zh},
    values={
        "status": {"": "无问题", "是": "待复查", "否": "整改中"},
        "issue": {"": "检查未发现问题"},
        "issue_type": {"0": ""},
    },
    communities={"老城": "和平路社区"},
)


def ledger(make: ModuleType, *rows: list[Any]) -> bytes:
    data: bytes = make.book(台账=[list(LEDGER), *rows])
    return data


def test_columns_constants_words_and_names(make: ModuleType, known: Known) -> None:
    data = ledger(
        make,
        ["老城", "东门市场", date(2022, 8, 1), 2.1, "垃圾桶满溢未清", "是", date(2022, 8, 3)],
        [""] * 7,
        ["朝阳", "西门市场", date(2022, 8, 1), 0, "", "", ""],
        ["朝阳", "西门市场", date(2022, 8, 1), 2.6, "消防通道堵塞", "否", ""],
    )
    result = read(data, known, MATTERS)
    rows = [row for _sheet, portion in result.portions for row in portion.rows]
    assert [row.values["status"] for row in rows] == ["recheck", "clear", "fixing"]
    assert [row.values["community"] for row in rows] == ["和平路社区", "朝阳社区", "朝阳社区"]
    assert rows[1].values["issue"] == "检查未发现问题" and "issue_type" not in rows[1].values
    assert rows[0].values["source"] == "daily" and rows[0].values["severity"] == "minor"
    assert rows[0].values["issue_type"] == "2.1" and rows[0].number == 2
    found = {finding.code: finding for finding in result.all_findings()}
    assert {"LAYOUT_USED", "LAYOUT_LACKS", "CODE_AS_NUMBER"} <= set(found)
    assert "责任单位" in str(found["LAYOUT_LACKS"].fields["headers"])  # once, and not an error in every row
    assert not [finding for finding in result.all_findings() if finding.severity == "error"]
    assert not any(portion.partial for _sheet, portion in result.portions)


def test_what_the_sheet_has_is_still_checked(make: ModuleType, known: Known) -> None:
    row = ["朝阳", "东门市场", date(2022, 8, 5), 1, "垃圾桶满溢未清", "是", date(2022, 8, 3)]
    result = read(ledger(make, row, [*row[:5], "改过", ""]), known, MATTERS)
    assert {"DATES_OUT_OF_ORDER", "NOT_ALLOWED"} <= {code.removesuffix("_NEAR") for code in codes(result)}
    assert result.portions == []


def test_two_matters_without_a_number_stay_two(make: ModuleType, known: Known) -> None:
    rows = [["朝阳", place, date(2022, 8, 1), 1, "垃圾桶满溢未清", "否", ""] for place in ("东门", "西门", "西门")]
    result = read(ledger(make, *rows), known, MATTERS)
    assert len(result.portions) == 2
    assert codes(result).count("SAME_ROW_AGAIN") == 1  # the very same row twice is one matter


def test_a_layout_for_this_very_shape_outranks_what_the_headers_look_like(make: ModuleType, known: Known) -> None:
    data = make.book(Sheet1=[make.MORNING, make.morning()])
    headers = tuple(make.MORNING)
    layout = Layout(
        "早报",
        "morning",
        headers,
        fingerprint(headers),
        columns={"社区": "community", "今日计划人数": "stock", "日期": "biz_date"},
    )
    plain, mapped = examine(data, "a.xlsx", known), read(data, known, layout)
    assert plain.portions[0][1].rows[0].values["planned"] == 50
    row = mapped.portions[0][1].rows[0]
    assert row.values["stock"] == 50 and "planned" not in row.values


def test_a_known_table_and_a_remembered_one_on_one_sheet(make: ModuleType, known: Known) -> None:
    rows = [
        make.MORNING,
        make.morning(),
        make.morning("东湖村"),
        [""],
        ["门店情况"],
        ["社区", "门店", "停业"],
        ["朝阳", 5, 1],
        ["东湖村", 2, 0],
    ]
    headers = ("社区", "门店", "停业")
    layout = replace(SHOPS, headers=headers, shape=fingerprint(headers), indicators={"OWN-001": {"done": "门店"}})
    data = make.book(会商=rows)
    result = examine(data, "8月12日.xlsx", replace(known, layouts=(layout,)))
    # the first table begins in the first twenty rows, so the shape is found below the other
    kinds = {portion.scope.kind for _sheet, portion in result.portions}
    assert kinds == {"morning", "progress"}
    assert figures(WorkbookResult("", "", [s for s in result.sheets if s.kind and s.kind.key == "progress"])) == {
        ("朝阳社区", "OWN-001", "done"): 5,
        ("东湖村", "OWN-001", "done"): 2,
    }


def test_what_a_row_cannot_be_kept_without_is_never_waived() -> None:
    """Columns that the database cannot do without are among the essential ones."""
    for kind in sheets.KINDS.values():
        if kind.key in ("ledger", "communities", "sites"):
            continue
        table = facts.table(kind.key)
        bare = {c.key for c in kind.columns if c.required and c.key in table.c and not table.c[c.key].nullable}
        assert bare <= essential(kind) | {"period"}, kind.key


def test_decimals_stay_exact(known: Known) -> None:
    assert figures(read(book(["1", "朝阳", 0.1, 10, 9], ["2", "东湖村", 2.35, 1, 1]), known))[
        "东湖村", "OWN-001", "done"
    ] == Decimal("2.35")
