"""Every awkward workbook of tests/workbooks, read to the end (reading_rules N1–N22)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from types import ModuleType
from typing import Any

import pytest

from config.language import LANGUAGES, speaking
from data_access.findings import Finding, Severity
from data_access.workbooks.model import Known, KnownCommunity, Row, Scope, SheetResult, WorkbookResult
from data_access.workbooks.pipeline import examine

Open = Callable[[str], WorkbookResult]
DAY = date(2022, 8, 12)


@pytest.fixture
def opened(make: ModuleType, known: Known) -> Open:
    return lambda name: examine(getattr(make, name)(), f"{name}.xlsx", known)


def found(result: WorkbookResult | SheetResult, code: str) -> list[Finding]:
    return [finding for finding in result.all_findings() if finding.code == code]


def cells(result: WorkbookResult | SheetResult, code: str) -> list[str]:
    return [finding.cell for finding in found(result, code)]


def rows(result: WorkbookResult) -> list[Row]:
    return sorted((row for _sheet, portion in result.portions for row in portion.rows), key=lambda row: row.number)


def refused(result: WorkbookResult) -> int:
    return sum(sheet.refused + sum(portion.refused for portion in sheet.portions) for sheet in result.sheets)


def values(result: WorkbookResult, key: str) -> list[Any]:
    return [row.values.get(key) for row in rows(result)]


def test_title_rows_are_mined(opened: Open) -> None:
    result = opened("title_rows")
    sheet = result.sheets[0]
    assert (sheet.header_row, len(sheet.title)) == (5, 4)
    assert [portion.scope for _sheet, portion in result.portions] == [Scope("roster", "covid", "朝阳社区", DAY)]
    assert rows(result)[0].cells["name"] == "C6"


def test_a_header_of_two_rows(opened: Open) -> None:
    result = opened("two_row_header")
    row = rows(result)[0]
    assert (row.values["vacc_d1"], row.values["cum_d1"], row.values["cum_b"]) == (44, 46, 30)
    assert row.cells["cum_full"] == "T3"


def test_merges_are_filled_down_and_blanks_with_a_warning(opened: Open) -> None:
    result = opened("merged_cells")
    assert values(result, "site") == ["街道接种门诊"] * 4
    assert values(result, "community") == ["朝阳社区"] * 4
    warned = found(result, "FILLED_DOWN")
    assert [(finding.cell, finding.fields["n"]) for finding in warned] == [("G5", 1)]


def test_totals_are_a_check_and_no_data(opened: Open) -> None:
    result = opened("totals")
    assert len(rows(result)) == 3 and refused(result) == 0
    wrong = found(result, "TOTAL_MISMATCH")
    assert [(f.cell, f.fields["stated"], f.fields["sum"], f.fields["difference"]) for f in wrong] == [
        ("C7", "149", "150", "-1")
    ]
    with speaking("zh_CN"):
        assert "149" in wrong[0].message and "150" in wrong[0].message


def test_sign_off_lines_end_the_table(opened: Open) -> None:
    result = opened("sign_off")
    assert result.sheets[0].signed == {"填报人": "王填报", "审核人": "李审核"}
    assert len(rows(result)) == 1
    assert "error" not in {finding.severity for finding in result.all_findings()}


def test_one_day_in_twenty_spellings(opened: Open) -> None:
    result = opened("dates_as_text")
    assert values(result, "vaccination_date") == [DAY] * 20
    assert len(found(result, "NORMALISED")) == 1


def test_days_of_1904(opened: Open) -> None:
    assert values(opened("dates_of_1904"), "vaccination_date") == [DAY, DAY]


def test_full_width_signs_and_broken_headers(opened: Open) -> None:
    result = opened("full_width")
    row = rows(result)[0]
    assert [row.values[key] for key in ("roster_n", "vacc_on_roster", "walk_in", "vacc_total", "deferred")] == [
        50,
        41,
        3,
        44,
        3,
    ]
    assert row.original["roster_n"] == "５０"


def test_numbers_with_words(opened: Open) -> None:
    result = opened("numbers_with_words")
    assert values(result, "planned") == [46, 1200, 200, 10]
    assert values(result, "stock") == [60, 1500, 60, 60]
    assert values(result, "notified") == [40, 12, 100, 3]
    assert [sorted(row.approximate) for row in rows(result)] == [["planned"], ["stock"], ["notified"], []]


def test_zero_missing_and_neither(opened: Open) -> None:
    result = opened("blanks_and_zeros")
    (row,) = rows(result)
    assert (row.values["shortage"], row.values["elsewhere"], row.values["moved"]) == (0, 0, 0)
    assert refused(result) == 3
    assert cells(result, "DASH_IS_MISSING") == cells(result, "REQUIRED") == ["O3"]
    assert cells(result, "SAME_AS_ABOVE") == ["O4"]
    assert cells(result, "NOT_A_NUMBER") == ["O5"]


def test_traditional_characters(opened: Open) -> None:
    result = opened("traditional")
    (row,) = rows(result)
    assert (row.values["community"], row.values["name"]) == ("幸福里社区", "張國華")
    assert (row.values["dose_no"], row.values["person_group"], row.values["site"]) == ("b", "elderly", "街道接种门诊")


def test_hidden_and_ignored_sheets_are_listed(opened: Open) -> None:
    result = opened("hidden_sheets")
    states = {sheet.name: sheet.state for sheet in result.sheets}
    assert states == {
        "早会商": "read",
        "旧表": "hidden",
        "底稿": "hidden",
        "填表说明": "ignored",
        "示例": "ignored",
        "字典": "ignored",
        "Sheet3": "empty",
    }
    assert values(result, "planned") == [50]
    assert {f.severity for f in result.all_findings()} == {Severity.INFO}


def test_hidden_rows_are_read_and_counted(opened: Open) -> None:
    result = opened("hidden_rows")
    assert len(rows(result)) == 4
    assert [finding.fields["n"] for finding in found(result, "HIDDEN_ROWS")] == [2]


def test_formulas_without_a_value(opened: Open) -> None:
    result = opened("formulas")
    assert cells(result, "FORMULA_NOT_CALCULATED") == ["C2"]
    assert cells(result, "RATE_NOT_COMPUTED") == ["X2"]
    assert cells(result, "ERROR_CELL") == ["J3"]
    assert found(result, "ERROR_CELL")[0].value == "#N/A"
    assert refused(result) == 2


def test_documents(opened: Open) -> None:
    result = opened("documents")
    assert cells(result, "ID_PRECISION_LOST") == ["D2", "D3"]
    assert cells(result, "MASKED") == ["D7"] and cells(result, "ID_CHECK_DIGIT") == ["D6"]
    assert cells(result, "ID_OLD_NUMBER") == ["D5"]
    assert values(result, "id_no")[0].endswith("X")
    assert all(finding.personal for finding in found(result, "MASKED"))
    assert "0061" not in found(result, "MASKED")[0].message


def test_telephones(opened: Open) -> None:
    result = opened("telephones")
    assert values(result, "liaison_phone") == ["13800000001", "13800000002", "13800000003", "043188880000", "12345"]
    assert cells(result, "FIRST_OF_PHONES") == ["J4"] and cells(result, "PHONE_ODD") == ["J6"]


def test_one_person_twice(opened: Open) -> None:
    result = opened("twice")
    assert cells(result, "PERSON_TWICE") == ["D3"]
    assert cells(result, "PERSON_ELSEWHERE") == ["D4", "D5"]
    assert len(rows(result)) == 5 and refused(result) == 1


def test_two_tables_on_one_sheet(opened: Open) -> None:
    result = opened("two_tables")
    assert [sheet.kind.key for sheet in result.sheets if sheet.kind] == ["morning", "evening"]
    assert [len(sheet.portions) for sheet in result.sheets] == [2, 2]
    assert cells(result, "SEVERAL_TABLES") == ["A7"]
    assert "error" not in {finding.severity for finding in result.all_findings()}
    assert result.sheets[1].portions[0].rows[0].cells["roster_n"] == "C8"


def test_communities_in_their_spellings(opened: Open) -> None:
    result = opened("aliases")
    assert {(p.scope.community, len(p.rows)) for _s, p in result.portions} == {("朝阳社区", 8), ("东湖村", 2)}


def test_masked_cells_are_never_numbers(opened: Open) -> None:
    result = opened("masked")
    assert cells(result, "MASKED") == ["C2", "C3", "A4"] and cells(result, "NOT_A_NUMBER") == ["C5"]
    assert rows(result) == []


def test_header_traps(opened: Open) -> None:
    result = opened("header_traps")
    assert [finding.value for finding in found(result, "COLUMN_UNKNOWN")] == ["批号", "上报日期"]
    (missing,) = found(result, "HEADERS_MISSING")
    assert "批次" in missing.message


def test_a_missing_column_refuses_its_sheet_only(opened: Open) -> None:
    result = opened("column_missing")
    roster, morning = result.sheets
    assert (roster.state, roster.refused, roster.portions) == ("refused", 2, [])
    (missing,) = found(roster, "HEADERS_MISSING")
    assert "“接种名单”" in missing.message and "剂次、接种点" in missing.message
    with speaking("en"):
        assert "as Roster, " in missing.message and ": Dose (剂次), Site (接种点)." in missing.message
    assert (morning.state, len(morning.portions)) == ("read", 1)


def test_in_english_a_column_is_named_in_english_beside_its_heading(make: ModuleType, known: Known) -> None:
    heads = ["接种日期", "社区名称", *make.ROSTER[2:]]
    people = [make.person(1), make.person(1, "东湖村"), make.person(2, 剂次="", 姓名=""), make.person(3, 剂次="十")]
    heads_en = ["Date", "Community", "Planned today", "Stock (doses)", "Filled in by", "Filled in at"]
    english = [heads_en, ["2022-08-12", "朝阳社区", "", 60, "王填报", "08:40"]]
    result = examine(make.book(接种名单=[heads, *people], 早会商=english), "a.xlsx", known)
    name, dose = found(result, "REQUIRED_TEXT")
    unknown, twice, own = (found(result, code)[0] for code in ("DOSE_UNKNOWN", "PERSON_ELSEWHERE", "REQUIRED"))
    assert [each.heading for each in (name, dose, twice, own)] == ["姓名", "剂次", "证件号码", "Planned today"]
    assert dose.message == "剂次是空的。" and "：第一剂、第二剂、加强针。" in unknown.message
    with speaking("en"):
        assert [each.heading for each in (name, twice)] == ["Name (姓名)", "Document number (证件号码)"]
        assert (dose.message, own.message) == ("Dose (剂次) is blank.", "Planned today is blank.")
        assert "no dose of COVID-19 vaccination; there are: dose 1, dose 2, booster." in unknown.message


def test_several_sheets_know_each_other(opened: Open) -> None:
    result = opened("several_sheets")
    assert [sheet.kind.key for sheet in result.sheets if sheet.kind] == [
        "roster",
        "communities",
        "sites",
        "morning",
        "evening",
    ]
    assert refused(result) == 0
    assert {p.scope.community for s, p in result.portions if s.kind and s.kind.key != "sites"} == {"新村社区"}
    assert result.sheets[1].portions[0].rows[0].values["aliases"] == ("新村居", "新村")
    assert cells(result, "SITE_CLOSED") == ["G2"] and cells(result, "BATCH_OVER_CAPACITY") == ["H2"]
    (plan,) = found(result, "I5_PLAN_ROSTER")
    assert (plan.fields["planned"], plan.fields["roster"], plan.cell) == (3, 2, "C2")
    assert found(result, "I6_VACCINATED_ROSTER")[0].fields["difference"] == 39


def test_a_street_workbook_keeps_its_sound_rows(make: ModuleType, known: Known) -> None:
    names = [f"第{n}社区" for n in "一二三四五六七八九十"] + ["朝阳社区", "幸福里社区"]
    result = examine(make.street(), "street.xlsx", replace(known, communities=tuple(map(KnownCommunity, names))))
    errors = [f for f in result.all_findings() if f.severity == Severity.ERROR]
    assert {(f.code, f.cell, f.value) for f in errors} == {
        ("NOT_A_DATE", "A6", "8月32日"),
        ("COMMUNITY_UNKNOWN_NEAR", "B10", "朝羊社区"),
    }
    assert len(result.portions) == 10 and refused(result) == 2
    assert all(f.message and f.remedy for f in errors)


def test_far_corners_do_not_hurt(opened: Open) -> None:
    result = opened("far_corner")
    assert [(sheet.state, [f.code for f in sheet.findings]) for sheet in result.sheets] == [
        ("refused", ["SHEET_TOO_LONG"])
    ]
    assert values(opened("formatted_blanks"), "planned") == [50]


def test_too_many_rows(opened: Open) -> None:
    assert [f.code for f in opened("too_long").all_findings()] == ["SHEET_TOO_LONG"]


def test_percents_by_column(opened: Open) -> None:
    result = opened("percents")
    by_sheet = [[p.rows[0].values["rate_printed"] for p in sheet.portions] for sheet in result.sheets]
    assert by_sheet == [
        [Decimal("38"), Decimal("38"), Decimal("38"), Decimal("38.33")],
        [Decimal("38"), Decimal("100"), Decimal("50"), Decimal("20")],
        [Decimal("38"), Decimal("1"), Decimal("100"), Decimal("120")],
    ]
    assert [cells(sheet, "PERCENT_UNCERTAIN") for sheet in result.sheets] == [[], ["X3"], ["X3"]]


def test_times_of_the_day(opened: Open) -> None:
    result = opened("times")
    assert values(result, "batch_time") == [time(9, 30), time(14, 30), time(8, 30), time(9, 0)]
    (wrong,) = found(result, "NOT_A_TIME_NEAR")
    assert (wrong.cell, wrong.value) == ("K6", "9:3O")
    with speaking("zh_CN"):
        assert "09:30" in wrong.message


def test_a_ledger_is_counted_and_its_persons_forgotten(opened: Open) -> None:
    result = opened("ledger")
    ((_sheet, portion),) = result.portions
    assert portion.scope == Scope("baseline", "covid", "朝阳社区", date(2022, 8, 2))
    counts = {
        row.values["person_group"]: (row.values["surveyed"], row.values["eligible"], row.values["opening_d1"])
        for row in portion.rows
    }
    assert counts == {"elderly": (2, 1, 1), "adult": (1, 1, 0)}
    assert not any("李" in str(row) for row in portion.rows)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_has_its_sentences(make: ModuleType, known: Known, language: str) -> None:
    with speaking(language):
        for case in make.CASES:
            for finding in examine(case(), "a.xlsx", known).all_findings():
                assert finding.message and "{" not in finding.message, finding.code
                assert finding.remedy and "{" not in finding.remedy, finding.code
