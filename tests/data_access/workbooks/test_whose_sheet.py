"""Day, community, campaign and kind from what the file says; where sources disagree it asks (I9)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import ModuleType
from typing import Any

import pytest

from data_access.findings import Severity
from data_access.workbooks.model import Hints, Known, WorkbookResult
from data_access.workbooks.pipeline import examine, order

DAY = date(2022, 8, 12)


def without(heads: list[str], row: list[Any], *gone: str) -> tuple[list[str], list[Any]]:
    keep = [spot for spot, name in enumerate(heads) if name not in gone]
    return [heads[spot] for spot in keep], [row[spot] for spot in keep]


def one(
    make: ModuleType,
    known: Known,
    *,
    title: str,
    sheet: str,
    file: str,
    hints: Hints | None = None,
    gone: tuple[str, ...] = ("日期",),
) -> WorkbookResult:
    heads, row = without(make.MORNING, make.morning(), *gone)
    data = make.book(**{sheet: [[title], heads, row]})
    return examine(data, f"{file}.xlsx", known, hints or Hints())


def day_of(result: WorkbookResult) -> date | None:
    return next((portion.scope.business_date for _sheet, portion in result.portions), None)


def codes(result: WorkbookResult) -> set[str]:
    return {finding.code for finding in result.all_findings()}


@pytest.mark.parametrize(
    ("title", "sheet", "file", "day", "code"),
    [
        ("8月12日早会商", "早会商", "报表", DAY, "DATE_FROM"),
        ("早会商", "早会商", "朝阳社区2022年8月12日早会商", DAY, "DATE_FROM"),
        ("早会商", "早会商", "8.12早会商", DAY, "DATE_FROM_WEAK"),
        ("早会商", "早会商", "早会商0812", DAY, "DATE_FROM_WEAK"),
        ("早会商", "早会商8.12", "早会商", DAY, "DATE_FROM_WEAK"),
        ("8月12日早会商", "8.10", "8月12日早会商", DAY, "DATE_DISAGREES"),
        ("8月12日早会商", "8月12日", "2.6早会商", DAY, "DATE_DISAGREES"),
        ("8月11日早会商", "8月12日", "早会商", None, "DATE_UNCLEAR"),
        ("8月11日早会商", "早会商", "8月12日早会商", None, "DATE_UNCLEAR"),
        ("8月10日早会商", "8月11日", "8月12日早会商", None, "DATE_UNCLEAR"),
        ("早会商", "早会商", "早会商", None, "DATE_MISSING"),
        ("早会商 填报时间：2022年8月11日", "早会商", "8月12日早会商", DAY, "DATE_FROM"),
    ],
)
def test_two_agreeing_sources_decide(
    make: ModuleType, known: Known, title: str, sheet: str, file: str, day: date | None, code: str
) -> None:
    result = one(make, known, title=title, sheet=sheet, file=file)
    assert (day_of(result), code in codes(result)) == (day, True)
    if day is None:
        assert result.sheets[0].state == "refused" and result.sheets[0].refused == 1


def test_a_disagreement_shows_all_sources(make: ModuleType, known: Known) -> None:
    result = one(make, known, title="8月10日早会商", sheet="8月11日", file="8月12日早会商")
    (finding,) = [f for f in result.all_findings() if f.code == "DATE_UNCLEAR"]
    assert all(day in finding.message for day in ("2022-08-10", "2022-08-11", "2022-08-12"))


def test_the_sender_decides_over_the_file(make: ModuleType, known: Known) -> None:
    result = one(make, known, title="8月10日早会商", sheet="8月11日", file="早会商", hints=Hints(day=DAY))
    assert day_of(result) == DAY and "DATE_DISAGREES" in codes(result)


def test_cells_decide_row_by_row(make: ModuleType, known: Known) -> None:
    rows = [make.morning(day="8月12日"), make.morning("幸福里社区", day="8月11日"), make.morning("东湖村", day=None)]
    data = make.book(早会商=[["8月10日早会商"], make.MORNING, *rows])
    result = examine(data, "早会商.xlsx", known)
    days = {portion.scope.community: portion.scope.business_date for _sheet, portion in result.portions}
    assert days == {"朝阳社区": DAY, "幸福里社区": date(2022, 8, 11), "东湖村": date(2022, 8, 11)}
    assert {"DATE_DISAGREES", "FILLED_DOWN"} <= codes(result)


@pytest.mark.parametrize(
    ("title", "sheet", "file", "community", "code"),
    [
        ("朝阳社区8月12日早会商", "早会商", "报表", "朝阳社区", None),
        ("8月12日早会商", "早会商", "幸福里居委会早会商", "幸福里社区", None),
        ("8月12日早会商", "朝阳", "报表", "朝阳社区", None),
        ("8月12日早会商 填报单位：东湖村委会", "早会商", "报表", "东湖村", None),
        ("朝阳社区8月12日早会商", "早会商", "幸福里社区早会商", None, "COMMUNITY_DISAGREES"),
        ("8月12日早会商", "早会商", "报表", None, "COMMUNITY_MISSING"),
        ("8月12日早会商 填报单位：朝羊社区", "早会商", "报表", None, "COMMUNITY_UNKNOWN_NEAR"),
    ],
)
def test_one_community_a_workbook(
    make: ModuleType, known: Known, title: str, sheet: str, file: str, community: str | None, code: str | None
) -> None:
    result = one(make, known, title=title, sheet=sheet, file=file, gone=("日期", "社区"))
    assert next((portion.scope.community for _s, portion in result.portions), None) == community
    if code is not None:
        assert code in codes(result)
        assert any(f.severity == Severity.ERROR for f in result.all_findings())


def test_both_communities_are_named(make: ModuleType, known: Known) -> None:
    result = one(make, known, title="朝阳社区8月12日", sheet="早会商", file="幸福里社区", gone=("日期", "社区"))
    (finding,) = [f for f in result.all_findings() if f.code == "COMMUNITY_DISAGREES"]
    assert "朝阳社区" in finding.message and "幸福里社区" in finding.message


def test_a_clerk_reports_for_one_community_only(make: ModuleType, known: Known) -> None:
    clerk = replace(known, only="朝阳社区")
    data = make.book(早会商=[make.MORNING, make.morning(), make.morning("幸福里社区")])
    result = examine(data, "早会商.xlsx", clerk)
    assert [portion.scope.community for _s, portion in result.portions] == ["朝阳社区"]
    assert [(f.code, f.cell) for f in result.all_findings() if f.severity == Severity.ERROR] == [
        ("COMMUNITY_NOT_YOURS", "B3")
    ]
    base = examine(make.several_sheets(), "底数.xlsx", clerk)
    assert sum(f.code == "ONLY_STREET" for f in base.all_findings()) == 2
    alone = one(make, clerk, title="8月12日", sheet="早会商", file="报表", gone=("日期", "社区"))
    assert [portion.scope.community for _s, portion in alone.portions] == ["朝阳社区"]


def test_the_campaign_of_a_title(make: ModuleType, known: Known) -> None:
    heads = [name for name in make.EVENING if name not in ("其中_第二剂", "其中_加强针", "累计_全程", "累计_加强针")]
    row = dict(zip(make.EVENING, make.evening(其中_第一剂=44), strict=True))
    data = make.book(晚调度=[["朝阳社区8月12日流感疫苗晚调度"], heads, [row[name] for name in heads]])
    result = examine(data, "晚调度.xlsx", known)
    assert [portion.scope.campaign for _s, portion in result.portions] == ["flu"]
    told = examine(data, "晚调度.xlsx", known, Hints(campaign="covid"))
    assert "HEADERS_MISSING" in codes(told)
    assert "CAMPAIGN_UNKNOWN" in codes(examine(data, "晚调度.xlsx", known, Hints(campaign="polio")))


def test_a_campaign_per_row_and_a_dose_it_does_not_give(make: ModuleType, known: Known) -> None:
    rows = [[*make.evening(), None], [*make.evening("幸福里社区"), "流感"], [*make.evening("东湖村"), "狂犬"]]
    result = examine(make.book(晚调度=[[*make.EVENING, "接种项目"], *rows]), "晚调度.xlsx", known)
    assert [portion.scope.campaign for _s, portion in result.portions] == ["covid", "flu"]
    flu = result.portions[1][1]
    assert "vacc_b" not in flu.rows[0].values and "cum_full" not in flu.rows[0].values
    assert {f.cell for f in flu.findings if f.code == "DOSE_NOT_GIVEN"} == {"T3", "U3"}
    assert [f.cell for f in result.all_findings() if f.code == "CAMPAIGN_UNKNOWN"] == ["X4"]


def test_rows_that_say_no_campaign_are_refused_where_title_and_file_name_disagree(
    make: ModuleType, known: Known
) -> None:
    rows = [[*make.evening(), None], [*make.evening("幸福里社区"), "新冠"]]
    data = make.book(晚调度=[["8月12日流感疫苗晚调度"], [*make.EVENING, "接种项目"], *rows])
    result = examine(data, "新冠疫苗晚调度.xlsx", known)
    assert [(p.scope.campaign, p.scope.community) for _s, p in result.portions] == [("covid", "幸福里社区")]
    found = [f for f in result.all_findings() if f.code == "CAMPAIGN_DISAGREES"]
    assert [(f.cell, f.severity) for f in found] == [("X3", Severity.ERROR)]
    assert "流感" in found[0].message and "新冠" in found[0].message
    told = examine(data, "新冠疫苗晚调度.xlsx", known, Hints(campaign="covid"))
    assert {p.scope.community for _s, p in told.portions} == {"朝阳社区", "幸福里社区"}


def test_the_kind_is_told_by_the_headers_not_by_a_stale_name(make: ModuleType, known: Known) -> None:
    result = examine(make.book(早会商=[make.EVENING, make.evening()]), "早会商.xlsx", known)
    assert [sheet.kind.key for sheet in result.sheets if sheet.kind] == ["evening"]


def test_the_dose_of_a_title_stands_in_for_its_column(make: ModuleType, known: Known) -> None:
    heads, row = without(make.ROSTER, make.person(1), "剂次")
    result = examine(make.book(接种名单=[["8月12日接种名单（第一剂）"], heads, row]), "a.xlsx", known)
    assert result.portions[0][1].rows[0].values["dose_no"] == "d1"


def test_a_sheet_nobody_knows(make: ModuleType, known: Known) -> None:
    result = examine(make.book(蔬菜=[["区", "应发", "实发"], ["东区", 5, 4]]), "蔬菜.xlsx", known)
    assert [(sheet.state, [f.code for f in sheet.findings]) for sheet in result.sheets] == [
        ("unrecognised", ["SHEET_UNRECOGNISED"])
    ]


def test_a_header_twice_is_asked_about(make: ModuleType, known: Known) -> None:
    rows = [[*make.MORNING, "计划接种"], [*make.morning(), 60]]
    result = examine(make.book(早会商=[make.MORNING, make.morning()], 早会商2=rows), "a.xlsx", known)
    assert "HEADER_TWICE" not in codes(result)  # the exact header outranks a synonym
    twice = [[*make.MORNING, "今日计划人数"], [*make.morning(), 60]]
    result = examine(make.book(早会商=twice), "a.xlsx", known)
    assert "HEADER_TWICE" in codes(result) and result.portions == []


def test_base_data_come_first_in_a_batch(make: ModuleType, known: Known) -> None:
    later = examine(make.book(早会商=[make.MORNING, make.morning(day=date(2022, 8, 13))]), "b.xlsx", known)
    sooner = examine(make.book(早会商=[make.MORNING, make.morning()]), "c.xlsx", known)
    base = examine(make.book(社区名录=[["社区编码", "社区名称", "类型"], ["C1", "新社区", "社区"]]), "z.xlsx", known)
    broken = examine(b"nothing", "a.xlsx", known)
    assert [result.filename for result in order([broken, later, sooner, base])] == [
        "z.xlsx",
        "c.xlsx",
        "b.xlsx",
        "a.xlsx",
    ]


def test_a_register_may_have_one_column_where_the_sheet_says_so(make: ModuleType, known: Known) -> None:
    rows = [["社区名称"], ["春晖社区"], ["向阳社区"]]
    result = examine(make.book(社区名录=rows), "底册.xlsx", known)
    assert [portion.scope.community for _sheet, portion in result.portions] == ["春晖社区", "向阳社区"]
    assert "SHEET_WITHOUT_TABLE" in codes(examine(make.book(Sheet1=rows), "底册.xlsx", known))


def test_a_sheet_of_few_headers_is_told_what_its_own_name_needs(make: ModuleType, known: Known) -> None:
    heads = ["日期", "社区", "名单人数", "名单内接种", "计划外接种", "当日接种合计"]
    result = examine(make.book(晚调度=[heads, [DAY, "朝阳社区", 10, 8, 1, 9]]), "a.xlsx", known)
    (finding,) = [finding for finding in result.all_findings() if finding.code == "HEADERS_MISSING"]
    assert "晚调度" in finding.message


def test_a_cover_is_no_refusal(make: ModuleType, known: Known) -> None:
    cover = [["示范街道"], [], ["2022年8月"]]
    result = examine(make.book(封面=cover, 早会商=[make.MORNING, make.morning()]), "a.xlsx", known)
    assert [sheet.state for sheet in result.sheets] == ["ignored", "read"]
    assert not [finding for finding in result.all_findings() if finding.severity is Severity.ERROR]
    assert "NO_SHEETS" in codes(examine(make.book(封面=cover), "a.xlsx", known))


def test_a_vaccine_no_campaign_gives_is_not_taken_for_the_usual_one(make: ModuleType, known: Known) -> None:
    data = make.book(Sheet1=[["朝阳社区8月12日水痘疫苗接种早会商"], make.MORNING, make.morning()])
    assert "CAMPAIGN_NOT_RUN" in codes(examine(data, "a.xlsx", known))
    said = examine(data, "a.xlsx", known, Hints(campaign="新冠疫苗"))
    assert [portion.scope.campaign for _sheet, portion in said.portions] == ["covid"]
    data = make.book(Sheet1=[["朝阳社区8月12日新冠肺炎疫苗接种早会商"], make.MORNING, make.morning()])
    assert "CAMPAIGN_NOT_RUN" not in codes(examine(data, "a.xlsx", known))


@pytest.mark.parametrize(("asked", "code"), [(True, "OBSERVATION_MISSING"), (False, "COLUMN_NEEDED")])
def test_a_roster_that_does_not_ask_keeps_its_people(make: ModuleType, known: Known, asked: bool, code: str) -> None:
    heads = [*make.ROSTER, "核对结果", *(["留观完成"] if asked else [])]
    people = [[*make.person(number), "已接种", *([None] if asked else [])] for number in (1, 2)]
    result = examine(make.book(接种名单=[heads, *people]), "a.xlsx", known)
    assert [finding.code for finding in result.all_findings()].count(code) == (2 if asked else 1)
    assert sum(len(portion.rows) for _sheet, portion in result.portions) == (0 if asked else 2)


def test_what_a_cell_was_read_as_is_said_in_the_words_of_the_sheet(make: ModuleType, known: Known) -> None:
    heads, row = [*make.MORNING], make.morning(填报时间="2022-08-12 08:40")
    result = examine(make.book(早会商=[heads, row]), "a.xlsx", known)
    (finding,) = [finding for finding in result.all_findings() if finding.code == "NORMALISED"]
    assert finding.fields["read"] == "2022-08-12 08:40"
    result = examine(make.book(接种点=[["接種點", "類型"], ["街道接种门诊", "常規"]]), "a.xlsx", known)
    assert [finding.fields["read"] for finding in result.all_findings() if finding.code == "NORMALISED"] == ["常规"]


@pytest.mark.parametrize(
    ("title", "sheet", "file", "day", "code"),
    [
        ("8月12日早会商", "早会商", "2.6早会商", DAY, "DATE_DISAGREES"),
        ("8月12日早会商", "8.11", "早会商", DAY, "DATE_DISAGREES"),
        ("早会商", "8月11日", "早会商0812", None, "DATE_UNCLEAR"),
        ("早会商", "早会商", "附件2.6早会商", None, "DATE_MISSING"),
        ("早会商", "早会商", "1.0812早会商", DAY, "DATE_FROM_WEAK"),
        ("八月十二日早会商", "早会商", "早会商", DAY, "DATE_FROM"),
        ("8月份早会商", "12日", "早会商", DAY, "DATE_FROM_WEAK"),
        ("早会商 统计时间段：12日0-18时", "早会商", "早会商", DAY, "DATE_FROM_WEAK"),
        ("早会商 填报日期：2022年8月11日", "早会商", "早会商", date(2022, 8, 11), "DATE_FROM_WEAK"),
    ],
)
def test_a_number_decides_nothing_against_a_plain_day(
    make: ModuleType, known: Known, title: str, sheet: str, file: str, day: date | None, code: str
) -> None:
    result = one(make, known, title=title, sheet=sheet, file=file)
    assert (day_of(result), code in codes(result)) == (day, True)


@pytest.mark.parametrize(("sheet", "file"), [("幸福里0812", "早会商"), ("Sheet1", "幸福里_早会商8.12")])
def test_a_community_beside_a_date_in_a_name(make: ModuleType, known: Known, sheet: str, file: str) -> None:
    result = one(make, known, title="早会商", sheet=sheet, file=file, gone=("日期", "社区"))
    assert [portion.scope.community for _sheet, portion in result.portions] == ["幸福里社区"]


def test_a_day_without_a_month_is_the_last_one(make: ModuleType, known: Known) -> None:
    rows = [make.morning(day="5日"), make.morning("东湖村", day="30日")]
    result = examine(make.book(早会商=[make.MORNING, *rows]), "a.xlsx", known)
    days = [portion.scope.business_date for _sheet, portion in result.portions]
    assert days == [date(2022, 8, 5), date(2022, 7, 30)]
    assert [f.cell for f in result.all_findings() if f.code == "MONTH_TAKEN"] == ["A2", "A3"]
