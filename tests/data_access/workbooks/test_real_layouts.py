"""Tables of other offices, read by layouts said once: every figure against a plain reading of the same file.

The "street" is a city whose communities are its districts, under all the names they go by in the files. What each
table means stands in the TOML files of ``tests/data_access/layouts``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlrd

from config.catalogue import indicator
from data_access import submissions
from data_access.accounts import Actor
from data_access.layouts import mappings
from data_access.reports import actions
from data_access.reports.view import View
from data_access.workbooks.model import Hints, Portion, Row, Scope, WorkbookResult

SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "samples"
LAYOUTS = Path(__file__).parents[1] / "layouts"
pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the real workbooks are not here")

DISTRICTS = {
    "朝阳区": ("朝阳",),
    "南关区": ("南关",),
    "宽城区": ("宽城",),
    "二道区": ("二道",),
    "绿园区": ("绿园",),
    "双阳区": ("双阳",),
    "九台区": ("九台",),
    "经开区": ("经开",),
    "长春新区": ("新区", "高新区"),
    "净月区": ("净月",),
    "汽开区": ("汽开",),
    "莲花山": ("莲花山区",),
    "中韩示范区": ("中韩", "中韩区"),
    "公主岭市": ("公主岭",),
    "榆树市": ("榆树",),
    "德惠市": ("德惠",),
    "农安县": ("农安",),
    "武清区": (),
}
CALLED = {word: name for name, aliases in DISTRICTS.items() for word in (name, *aliases)} | {"汽车": "汽开区"}

Columns = dict[str, str | tuple[str, str]]
VEGETABLES: Columns = {"蔬菜包接收": "P", "蔬菜接收重量": "Q", "蔬菜包发放": "R", "蔬菜发放重量": "S"}
PAIRED: Columns = {"蔬菜包接收": "L", "蔬菜接收重量": "M", "蔬菜包发放": "N", "蔬菜发放重量": "O"}


@dataclass(frozen=True)
class Case:
    """One sheet of a sample: its first row of data, where the communities and figures stand, and its true day.

    ``said``: the file's names contradict each other about the day, so that a person has to say it.
    """

    file: str
    body: int
    community: str
    columns: Columns
    day: date
    sheet: str | None = None
    said: bool = False
    besides: frozenset[tuple[str, str]] = field(default_factory=frozenset)  # nobody can tell whose these are


CASES = (
    Case("daily_whole_day/各区3月26日*", 3, "A", {"接收车数": "B", "接收箱数": "C"}, date(2022, 3, 26)),
    Case(
        "daily_whole_day/3.30日*",
        6,
        "B",
        {"接收车数": "D", "结对接收蔬菜包": "E", "自采蔬菜包": "H", "蔬菜包投放总量": "K"},
        date(2022, 3, 30),
        besides=frozenset({("绿园区", "蔬菜包投放总量"), ("二道区", "蔬菜包投放总量")}),
    ),
    Case("daily_whole_day/4.4*", 7, "B", PAIRED, date(2022, 4, 4)),
    Case("daily_whole_day/4.7*", 7, "B", PAIRED, date(2022, 4, 7)),
    Case("daily_whole_day/4.12*", 7, "B", VEGETABLES, date(2022, 4, 12)),
    Case("daily_whole_day/4.18*", 7, "B", VEGETABLES, date(2022, 4, 18)),  # the sheet is named 4.19
    Case("daily_whole_day/4.19*", 7, "B", VEGETABLES, date(2022, 4, 19)),  # the sheet is named 4.18
    Case("daily_whole_day/5.1*", 7, "B", VEGETABLES, date(2022, 5, 1)),
    Case("daily_evening/4月6日*", 7, "B", PAIRED, date(2022, 4, 6), said=True),
    Case("daily_evening/4月10日*", 5, "B", {"提报需求量": "C", "实际发放量": "E"}, date(2022, 4, 10)),
    Case("daily_evening/4月12日*", 7, "B", VEGETABLES, date(2022, 4, 12)),
    Case("daily_evening/4月18日*", 7, "B", VEGETABLES, date(2022, 4, 18)),  # the sheet is named 4.17
    Case("ranking/4月30日*", 5, "B", {"限上企业复市数": "C", "商贸主体复市数": "F"}, date(2022, 4, 30), "0.排名表"),
    Case(
        "ranking/4月30日*",
        5,
        "B",
        {"限上企业复市数": "C", "限上企业到岗人数": "E", "商贸主体复市数": "H"},
        date(2022, 4, 30),
        "附件1",
    ),
    Case(
        "ranking/4月30日*",
        4,
        "B",
        {"重点企业总人数": "E", "重点企业到岗率": ("F", "E")},
        date(2022, 4, 30),
        "附件2",
    ),
    Case("ranking/5月5日*", 5, "B", {"限上企业复市数": "C", "商贸主体复市数": "F"}, date(2022, 5, 5), "0.排名表"),
    Case("ranking/5月5日*", 6, "B", {"限上企业复市数": "C", "商贸主体复市率": ("I", "H")}, date(2022, 5, 5), "附件1"),
    Case("ranking/5月5日*", 6, "B", {"限上企业复市数": "C", "限上企业到岗人数": "F"}, date(2022, 5, 5), "限上排名"),
    Case(
        "ranking/5月5日*", 5, "B", {"商贸主体复市率": ("E", "C"), "商贸主体到岗人数": "F"}, date(2022, 5, 5), "汇总表1"
    ),
    Case("ranking/5月5日*", 5, "B", {"限上零售总户数": "G", "限上企业复市数": "U"}, date(2022, 5, 5), "汇总表2"),
    Case(
        "ranking/5月13日*",
        6,
        "B",
        {"限上企业复市数": "C", "商贸主体复市率": ("I", "H")},
        date(2022, 5, 12),
        "附件1",
        said=True,
    ),
    Case(
        "ranking/5月19日*",
        5,
        "B",
        {"商贸主体复市率": ("D", "C"), "商贸主体到岗人数": "F"},
        date(2022, 5, 19),
        "附件1",
    ),
    Case(
        "progress/4月19日*",
        6,
        "B",
        {"限上企业总户数": "C", "限上企业复市数": "D", "保供企业数": "K"},
        date(2022, 4, 19),
    ),
    Case("progress/4月22日*", 4, "B", {"重点企业总人数": "E", "重点企业到岗率": ("F", "E")}, date(2022, 4, 22)),
    Case("progress/4月28日*", 4, "B", {"重点企业总人数": "E", "重点企业到岗率": ("F", "E")}, date(2022, 4, 28)),
    Case("progress/4月29日*", 5, "B", {"商贸主体复市率": ("E", "C"), "商贸主体到岗人数": "F"}, date(2022, 4, 29)),
    Case(
        "progress/5月14日__5.14商*",
        4,
        "B",
        {"各地检查户数": "D", "累计发现问题": "F", "无法办理电子证人数": "I"},
        date(2022, 5, 14),
    ),
    Case(
        "progress/5月14日__5.14.复*",
        4,
        "B",
        {"各地检查户数": "D", "累计发现问题": "F", "无法办理电子证人数": "I"},
        date(2022, 5, 14),
    ),
    Case("base/附表2*", 2, "A", {"隔离人口数": "B", "生活物资投放点": "C"}, date(2022, 4, 1), said=True),
)


@pytest.fixture
def city(office: Any) -> Actor:
    """A street whose communities are the districts of a city, and to whom every layout was explained."""
    office.now("2022-05-20T12:00")
    portions = [
        Portion(Scope("communities", community=name), [Row(1, {"name": name, "aliases": aliases})])
        for name, aliases in DISTRICTS.items()
    ]
    submissions.save(office.console, portions)
    for path in sorted(LAYOUTS.glob("*.toml")):
        mappings.add(office.console, path.read_text(encoding="utf-8"))
    return office.console


def sample(pattern: str) -> Path:
    found = sorted(SAMPLES.glob(pattern))
    assert len(found) == 1, pattern
    return found[0]


def read(actor: Actor, path: Path, day: date | None = None) -> WorkbookResult:
    return submissions.examine(actor, path.read_bytes(), path.name, Hints(day=day))


def cells(path: Path, sheet: str | None) -> list[list[Any]]:
    """The sheet as the plainest of libraries sees it."""
    if path.suffix == ".xls":
        book = xlrd.open_workbook(path)
        table = book.sheet_by_name(sheet) if sheet else book.sheet_by_index(0)
        return [table.row_values(row) for row in range(table.nrows)]
    found = opened(path)
    return [list(row) for row in (found[sheet] if sheet else found.worksheets[0]).iter_rows(values_only=True)]


@cache
def opened(path: Path) -> openpyxl.Workbook:
    """Once, however many of its sheets are looked at."""
    return openpyxl.load_workbook(path, data_only=True)


def place(letter: str) -> int:
    return ord(letter) - ord("A")


def expected(case: Case) -> dict[tuple[str, str], Decimal]:
    """Sums per district, by hand: a blank name goes on with the one above, what is no district is no data."""
    found: dict[tuple[str, str], Decimal] = {}
    name = None
    for row in cells(sample(case.file), case.sheet)[case.body - 1 :]:
        label = "".join(str(row[place(case.community)] or "").split())
        if any(isinstance(cell, str) and cell.strip().endswith("计") for cell in row[: place(case.community) + 1]):
            name = None
        elif label:
            name = CALLED.get(re.sub(r"[（(].*", "", label))
        for title, letters in case.columns.items() if name else ():
            for part, letter in zip(("num", "den") if len(letters) == 2 else ("",), letters, strict=True):
                value = row[place(letter)]
                if isinstance(value, int | float):
                    key = (str(name), title + part)
                    found[key] = found.get(key, Decimal(0)) + Decimal(f"{value:.15g}")
    return {key: value for key, value in found.items() if key not in case.besides}


def figures(portions: list[Portion]) -> dict[tuple[str, str], Decimal]:
    found: dict[tuple[str, str], Decimal] = {}
    for portion in portions:
        for row in portion.rows:
            title = indicator(row.values["indicator"]).zh
            for part in ("done", "num", "den"):
                if row.values.get(part) is not None:
                    key = (str(portion.scope.community), title + part.removeprefix("done"))
                    assert key not in found
                    found[key] = Decimal(row.values[part])
    return found


def test_every_table_per_community_is_read_exactly(city: Actor) -> None:
    wrong: dict[str, Any] = {}
    days: dict[str, Any] = {}
    once = cache(read)  # a workbook of several tables
    for case in CASES:
        path = sample(case.file)
        result = once(city, path, case.day if case.said else None)
        name = f"{path.name} {case.sheet or ''}"
        sheet = next(sheet for sheet in result.sheets if case.sheet in (None, sheet.name))
        # a sheet that shares its district and day with another of the file hands its rows to that one
        portions = sheet.portions if len(result.sheets) == 1 else [portion for _s, portion in result.portions]
        got, truth = figures(portions), expected(case)
        off = {key: (got.get(key), value) for key, value in truth.items() if got.get(key) != value}
        more = {key for key in got if key not in truth} if len(result.sheets) == 1 else set()
        if off or more or not truth:
            wrong[name] = (off, more)
        if {portion.scope.period for portion in portions} != {case.day.isoformat()}:
            days[name] = {portion.scope.period for portion in portions}
    assert wrong == {}
    assert days == {}


@pytest.mark.parametrize(
    ("pattern", "day", "district", "title", "figure"),
    [
        ("daily_whole_day/4.7*", "2022-04-07", "绿园区", "蔬菜包发放", 16619),  # 11,768 and 4,851 under one name
        ("daily_whole_day/4.7*", "2022-04-07", "南关区", "蔬菜包发放", 19080 + 1629),  # in both parts of the table
        ("daily_whole_day/4.12*", "2022-04-12", "朝阳区", "蔬菜包发放", 23125),
        ("daily_whole_day/各区3月26日*", "2022-03-26", "朝阳区", "接收箱数", 4340),
        ("progress/4月22日*", "2022-04-22", "中韩示范区", "重点企业总人数", 807),
        ("progress/5月14日__5.14商*", "2022-05-14", "中韩示范区", "各地检查户数", 60),
    ],
)
def test_figures_seen_with_the_naked_eye(
    city: Actor, pattern: str, day: str, district: str, title: str, figure: int
) -> None:
    portions = [portion for _sheet, portion in read(city, sample(pattern)).portions]
    assert figures(portions)[district, title] == figure
    assert {portion.scope.period for portion in portions} == {day}


def test_a_subtotal_split_by_a_line_break_is_no_data(city: Actor) -> None:
    result = read(city, sample("daily_whole_day/4.7*"))
    got = figures([portion for _sheet, portion in result.portions])
    assert sum(value for (_name, title), value in got.items() if title == "蔬菜包发放") == 112203
    assert "TOTAL_MISMATCH" not in {finding.code for finding in result.all_findings()}


def test_a_total_that_misses_a_row_names_both_numbers(city: Actor) -> None:
    found = [f for f in read(city, sample("progress/4月22日*")).all_findings() if f.code == "TOTAL_MISMATCH"]
    assert [(f.cell, f.fields["stated"], f.fields["sum"]) for f in found] == [("E35", "24557", "24977")]
    later = read(city, sample("progress/4月28日*"))
    assert "TOTAL_MISMATCH" not in {finding.code for finding in later.all_findings()}


def test_a_city_row_counts_in_the_total_and_nowhere_else(city: Actor) -> None:
    result = read(city, sample("progress/4月19日*"))
    assert "AGGREGATE_SKIPPED" in {finding.code for finding in result.all_findings()}
    assert [f.cell for f in result.all_findings() if f.code == "TOTAL_MISMATCH"] == []
    assert {portion.scope.community for _sheet, portion in result.portions} == set(DISTRICTS) - {"武清区"}


def test_a_number_merged_over_two_districts_is_nobodys(city: Actor) -> None:
    result = read(city, sample("daily_whole_day/3.30日*"))
    found = [finding for finding in result.all_findings() if finding.code == "MERGED_OVER_COMMUNITIES"]
    assert {(finding.cell, finding.value) for finding in found} == {("K11", "12000")}


@pytest.mark.parametrize("day", ["4.12", "4.18"])
def test_the_evening_is_never_above_the_whole_day(city: Actor, day: str) -> None:
    whole = figures([p for _s, p in read(city, sample(f"daily_whole_day/{day}长春*")).portions])
    evening = figures([p for _s, p in read(city, sample(f"daily_evening/*__{day}长春*")).portions])
    assert evening and set(evening) <= set(whole)
    assert all(value <= whole[key] for key, value in evening.items())


def test_rates_above_a_hundred_percent_are_kept(city: Actor) -> None:
    got = figures([p for _s, p in read(city, sample("progress/4月22日*")).portions])
    assert (got["中韩示范区", "重点企业到岗率num"], got["中韩示范区", "重点企业到岗率den"]) == (865, 807)


@pytest.mark.parametrize(
    ("pattern", "state"),
    [
        ("odd/5月23日*", "unrecognised"),  # prices of vegetables
        ("odd/4月5日__3*", "unrecognised"),  # companies
        ("odd/4月16日*", "unrecognised"),  # prose
        ("progress/5月4日*", "unrecognised"),  # online shops, of no district
        ("daily_evening/4月5日*", "unrecognised"),  # the whole city by day
    ],
)
def test_what_is_not_per_community_is_refused(city: Actor, pattern: str, state: str) -> None:
    result = read(city, sample(pattern))
    assert [sheet.state for sheet in result.sheets if sheet.state != "empty"] == [state]
    assert result.portions == []


def test_a_table_nobody_has_explained_says_what_was_seen(city: Actor) -> None:
    mappings.forget(city, "重点商贸企业到岗")
    (finding,) = [f for f in read(city, sample("progress/4月22日*")).all_findings() if f.code == "TABLE_UNKNOWN"]
    assert "到岗率" in finding.message and "中韩示范区" in finding.message and finding.cell == "A3"


def test_the_inspection_ledger_becomes_matters(city: Actor) -> None:
    path = sample("inspection_ledger/*.xlsx")
    result = read(city, path)
    (sheet,) = result.sheets
    rows = [row for portion in sheet.portions for row in portion.rows]
    states = [row.values["status"] for row in rows]
    assert (len(rows), states.count("clear"), states.count("recheck"), states.count("fixing")) == (60, 39, 10, 11)
    found = {finding.code: finding for finding in sheet.all_findings()}
    assert found["HIDDEN_ROWS"].fields["n"] == 28
    assert found["LAYOUT_LACKS"].severity == "warning" and "CODE_AS_NUMBER" in found
    assert {row.values.get("issue_type") for row in rows} == {None, "1.8", "2.4", "2.5", "2.6", "2.14"}
    outcome = submissions.commit(city, result, path.read_bytes())
    assert [one.status for one in outcome.sheets] == ["committed"] * 60
    view = View(city, date(2022, 5, 20), "covid")
    assert actions.inspections(view) == {"records": 60, "problems": 21, "rectified": 10, "open": 11}
    assert len(actions.table(view)) == 60
    assert len(actions.matters(view)) == len(actions.open_items(view)) == 21
    summary = actions.summary(view).iloc[0]
    assert (summary["found"], summary["open"]) == (21, 21)  # none of them was re-checked yet
