"""Each check fires where it must, and keeps silent where all is well or a value is missing."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from config import clock
from config.language import speaking
from data_access.findings import Rule, Severity
from data_access.sheets import KINDS, identity, kind, rules
from data_access.sheets.declaration import LooksAt
from data_access.sheets.progress import by_kind

DAY = date(2026, 11, 20)
NUMBER = "990101199001010019"  # a man born on 1990-01-01, of a county that does not exist

GOOD = {
    "communities": {"code": "C01", "name": "和平社区", "aliases": ("和平", "和平居")},
    "sites": {"name": "街道门诊", "kind": "regular", "open_from": DAY},
    "baseline": {
        "community": "和平社区", "to_survey": 130, "surveyed": 120, "contraindicated": 4, "eligible": 116,
        "opening_d1": 20, "opening_full": 12, "opening_b": 2, "as_of": DAY,
    },
    "ledger": {
        "community": "和平社区", "name": "张三", "id_no": NUMBER, "sex": "male", "age": 36, "surveyed_at": DAY,
        "d1_date": date(2021, 3, 1), "d2_date": date(2021, 4, 1), "unfit": "none", "status": "present",
    },
    "roster": {
        "vaccination_date": DAY, "community": "和平社区", "name": "买买提·艾力", "id_no": NUMBER, "sex": "male",
        "age": 36, "dose_no": "b", "last_dose_date": date(2026, 1, 5), "site": "街道门诊", "batch_no": 1,
        "batch_leader": "李四", "liaison": "王五", "outcome": "vaccinated", "observed_30": True, "aefi": False,
    },
    "morning": {
        "biz_date": DAY, "community": "和平社区", "meeting_time": time(8, 40), "planned": 50, "planned_d1": 10,
        "planned_d2": 5, "planned_b": 35, "notified": 50, "stock": 50, "staff": 6, "needs_help": False,
    },
    "evening": {
        "biz_date": DAY, "community": "和平社区", "roster_n": 50, "arrived": 46, "vacc_on_roster": 42, "walk_in": 3,
        "vacc_total": 45, "vacc_d1": 8, "vacc_d2": 5, "vacc_b": 32, "deferred": 3, "contraindicated": 1, "refused": 1,
        "no_show": 3, "moved": 0, "shortage": 0, "elsewhere": 0, "observed": 45, "aefi_n": 0, "cum_d1": 46,
        "cum_full": 40, "cum_b": 40, "cum_people": 46, "eligible": 120, "rate_printed": Decimal("38.3"),
        "reconciled": "yes",
    },
    "progress": {
        "biz_date": DAY, "period": "2026-11", "community": "和平社区", "workstream": "vaccination",
        "indicator": "VAX-01", "num": 46, "den": 120, "problems_found": 5, "problems_mended": 5,
    },
    "evidence": {
        "year": "2026", "community": "和平社区", "item_code": "2.10", "event_no": 1, "event_date": DAY,
        "place": "会议室", "attendees": 0, "theme": "讲座",
    },
    "actions": {
        "item_no": "DB-1", "found_on": DAY, "due": DAY, "fixed_on": DAY, "issue": "垃圾桶满溢", "owner": "张三",
        "measure": "已清运", "status": "closed", "rechecked_on": DAY, "rechecked_by": "李四", "recheck": "passed",
    },
    "plan": {
        "community": "和平社区", "week": "2026-W47", "item_no": 1, "task": "走访独居老人", "done_on": DAY,
        "outcome": "done",
    },
}  # fmt: skip


@pytest.fixture(autouse=True)
def _today():
    with clock.at(datetime(2026, 11, 21, 1, tzinfo=UTC)):
        yield


def found(key, values):
    return [problem for check in kind(key).row_checks for problem in check(values)]


def found_in_sheet(key, rows):
    return [problem for check in kind(key).sheet_checks for problem in check(rows)]


@pytest.mark.parametrize("key", GOOD)
def test_a_good_row_is_silent(key):
    assert found(key, GOOD[key]) == []
    assert found_in_sheet(key, [GOOD[key]]) == []


@pytest.mark.parametrize("key", KINDS)
def test_a_blank_row_is_silent(key):
    """What is missing is the reader's to say; a check compares only what is there."""
    assert found(key, {}) == []


ROWS = [
    ("communities", {"code": "C-01"}, "CODE_NOT_PLAIN", "code"),
    ("communities", {"active_from": DAY, "active_until": date(2026, 1, 1)}, "DATES_OUT_OF_ORDER", "active_until"),
    ("sites", {"open_until": date(2026, 1, 1)}, "DATES_OUT_OF_ORDER", "open_until"),
    ("baseline", {"to_survey": 119}, "SURVEYED_ABOVE_PLAN", "surveyed"),
    ("baseline", {"eligible": 120}, "ELIGIBLE_NOT_DERIVED", "eligible"),
    ("baseline", {"contraindicated": 121}, "CONTRAINDICATED_ABOVE_SURVEYED", "contraindicated"),
    ("baseline", {"opening_full": 21}, "I3_COURSE_ABOVE_FIRST", "opening_full"),
    ("baseline", {"opening_b": 13}, "I3_BOOSTER_ABOVE_COURSE", "opening_b"),
    ("ledger", {"surveyed_at": date(2026, 11, 22)}, "DATE_IN_FUTURE", "surveyed_at"),
    ("ledger", {"unfit": "deferred"}, "DEFER_UNTIL_MISSING", "defer_until"),
    ("ledger", {"unfit": "deferred", "defer_until": DAY}, "DATES_OUT_OF_ORDER", "defer_until"),
    ("ledger", {"d2_date": date(2021, 3, 1)}, "DOSES_OUT_OF_ORDER", "d2_date"),
    ("ledger", {"b_date": date(2021, 3, 15)}, "DOSES_OUT_OF_ORDER", "b_date"),
    ("roster", {"name": "张3"}, "NAME_NOT_A_NAME", "name"),
    ("roster", {"name": "张"}, "NAME_NOT_A_NAME", "name"),
    ("roster", {"id_no": "990101199001010018"}, "ID_CHECK_DIGIT", "id_no"),
    ("roster", {"id_no": "99010119900101001"}, "ID_WRONG_LENGTH", "id_no"),
    ("roster", {"id_no": "99010119901301001X"}, None, "id_no"),
    ("roster", {"id_no": "990101900101001"}, "ID_OLD_NUMBER", "id_no"),
    ("roster", {"sex": "female"}, "SEX_NOT_BY_ID", "sex"),
    ("roster", {"age": 35}, "AGE_NOT_BY_ID", "age"),
    ("roster", {"last_dose_date": None}, "LAST_DOSE_MISSING", "last_dose_date"),
    ("roster", {"last_dose_date": DAY}, "LAST_DOSE_NOT_BEFORE", "last_dose_date"),
    ("roster", {"outcome": "refused"}, "REASON_MISSING", "reason"),
    ("roster", {"outcome": "rescheduled"}, "REASON_MISSING", "reason"),
    ("roster", {"observed_30": None}, "OBSERVATION_MISSING", "observed_30"),
    ("roster", {"observed_30": False}, "OBSERVATION_NOT_DONE", "observed_30"),
    ("roster", {"aefi": True}, "AEFI_CASE_NEEDED", "aefi"),
    ("morning", {"meeting_time": time(12, 0)}, "NOT_A_MORNING", "meeting_time"),
    ("morning", {"planned_b": 36}, "PLANNED_DOSES_DIFFER", "planned"),
    ("morning", {"notified": 51}, "NOTIFIED_ABOVE_PLAN", "notified"),
    ("morning", {"stock": 49}, "SUPPLY_GAP", "stock"),
    ("morning", {"staff": 0}, "STAFF_MISSING", "staff"),
    ("morning", {"needs_help": True, "issues": "缺冷链车", "owner": "李四"}, "OWNER_OF_ISSUE_MISSING", "due"),
    ("evening", {"arrived": 51}, "ARRIVED_ABOVE_ROSTER", "arrived"),
    ("evening", {"walk_in": 4}, "VACCINATED_SUM", "vacc_total"),
    ("evening", {"vacc_b": 33}, "DOSES_SUM", "vacc_total"),
    ("evening", {"observed": 44}, "OBSERVED_BELOW", "observed"),
    ("evening", {"observed": 46}, "OBSERVED_ABOVE_VACCINATED", "observed"),
    ("evening", {"aefi_n": 1}, "AEFI_WITHOUT_NOTE", "aefi_n"),
    ("evening", {"cum_b": 41}, "I3_BOOSTER_ABOVE_COURSE", "cum_b"),
    ("evening", {"cum_full": 47}, "I3_COURSE_ABOVE_FIRST", "cum_full"),
    ("evening", {"cum_people": 45}, "CUMULATIVE_PEOPLE_DIFFER", "cum_people"),
    ("evening", {"rate_printed": Decimal("38.9")}, "RATE_NOT_RECOMPUTED", "rate_printed"),
    ("progress", {"den": None}, "RATE_NEEDS_BOTH", "den"),
    ("progress", {"num": None}, "RATE_NEEDS_BOTH", "num"),
    ("progress", {"den": 0, "num": 0}, "DENOMINATOR_ZERO", "den"),
    ("progress", {"zero_confirm": True, "done": 2}, "ZERO_CONTRADICTED", "zero_confirm"),
    ("progress", {"biz_date": date(2026, 11, 22)}, "DATE_IN_FUTURE", "biz_date"),
    ("progress", {"problems_mended": 6}, "MENDED_ABOVE_FOUND", "problems_mended"),
    ("plan", {"week": "2026-11"}, "NOT_A_WEEK", "week"),
    ("plan", {"done_on": date(2026, 11, 22)}, "DATE_IN_FUTURE", "done_on"),
    ("plan", {"done_on": None}, "PLAN_DONE_WITHOUT_DAY", "done_on"),
    ("plan", {"outcome": "open"}, "PLAN_DAY_WITHOUT_DONE", "outcome"),
    ("evidence", {"item_code": "3"}, "ITEM_CODE_FORM", "item_code"),
    ("evidence", {"item_code": "1.10"}, "ITEM_CODE_FORM", "item_code"),
    ("evidence", {"theme": None}, "EVENT_INCOMPLETE", "theme"),
    ("evidence", {"item_code": "1.5"}, "SEAL_MISSING", "sealed"),
    ("evidence", {"item_code": "4.6"}, "FAMILY_WITHOUT_NUMBER", "family_no"),
    ("evidence", {"not_applicable": True}, "NOT_APPLICABLE_WITHOUT_REASON", "na_reason"),
    ("evidence", {"item_code": "1.2", "na_reason": "不想写"}, "NOT_APPLICABLE_REFUSED", "item_code"),
    ("actions", {"issue": "不干净"}, "ISSUE_TOO_SHORT", "issue"),
    ("actions", {"found_on": date(2026, 11, 22)}, "DATE_IN_FUTURE", "found_on"),
    ("actions", {"due": date(2026, 11, 19)}, "DATES_OUT_OF_ORDER", "due"),
    ("actions", {"fixed_on": date(2026, 11, 19)}, "DATES_OUT_OF_ORDER", "fixed_on"),
    ("actions", {"measure": None}, "FIX_MISSING", "measure"),
    ("actions", {"recheck": "failed"}, "CLOSED_WITHOUT_RECHECK", "recheck"),
    ("actions", {"rechecked_by": None}, "CLOSED_WITHOUT_RECHECK", "rechecked_by"),
    ("actions", {"rechecked_by": "张三"}, "RECHECKED_BY_FIXER", "rechecked_by"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "change", "code", "column"), ROWS)
def test_a_bad_row_is_found(key, change, code, column):
    problems = found(key, GOOD[key] | change)
    expected = code or "ID_CHECK_DIGIT"
    assert [(p.rule.code, p.column) for p in problems if p.rule.code == expected] == [(expected, column)]
    kind(key).column(column)  # a finding points at a column that exists


def with_check_digit(body):
    weights = [pow(2, 17 - place, 11) for place in range(17)]
    remainder = (12 - sum(weight * int(digit) for weight, digit in zip(weights, body, strict=True))) % 11
    return body + "0123456789X"[remainder]


def test_the_check_digit_is_that_of_the_standard():
    assert with_check_digit(NUMBER[:17]) == NUMBER
    for body in ("11010519491231002", "44052418800101001", "99010119900101002"):
        number = with_check_digit(body)
        codes = {p.rule.code for p in found("roster", {"id_no": number})}
        assert codes == set(), number
        wrong = number[:-1] + ("1" if number[-1] == "0" else "0")
        assert {p.rule.code for p in found("roster", {"id_no": wrong})} == {"ID_CHECK_DIGIT"}


def test_a_number_without_a_possible_birthday():
    number = with_check_digit("99010119901301001")
    assert [p.rule.code for p in found("roster", GOOD["roster"] | {"id_no": number})] == ["ID_BIRTH_DATE"]


def test_other_documents_are_not_tested_as_identity_cards():
    passport = GOOD["roster"] | {"id_type": "passport", "id_no": "E12345678"}
    assert found("roster", passport) == []


def test_age_and_sex_by_an_old_number():
    old = GOOD["roster"] | {"id_no": "990101900101001", "sex": "female", "age": 35}
    assert {p.rule.code for p in found("roster", old)} == {"ID_OLD_NUMBER", "SEX_NOT_BY_ID", "AGE_NOT_BY_ID"}


def test_the_first_dose_needs_no_last_dose():
    assert found("roster", GOOD["roster"] | {"dose_no": "d1", "last_dose_date": None}) == []


def test_a_no_is_not_explained_and_asks_for_no_reason():
    assert found("roster", GOOD["roster"] | {"outcome": "unexplained", "observed_30": None}) == []


# I1 -----------------------------------------------------------------------------------------------------------


def test_the_unexplained_difference_is_a_warning_with_its_amount():
    """The worked case: 50 called up, 41 vaccinated, 3 deferred, 1 contraindicated, 1 refused, 3 no-show."""
    row = GOOD["evening"] | {"vacc_on_roster": 41, "vacc_total": 44, "vacc_b": 31, "observed": 44}
    problems = {p.rule.code: p for p in found("evening", row)}
    assert set(problems) == {"I1_UNEXPLAINED", "DIFFERENCE_NOT_NOTED", "RECONCILED_WITH_DIFFERENCE"}
    assert problems["I1_UNEXPLAINED"].fields == {"roster": 50, "explained": 49, "amount": 1}
    assert all(p.rule.severity is Severity.WARNING for p in problems.values())
    noted = found("evening", row | {"diff_note": "一人在复核", "reconciled": "no"})
    assert [p.rule.code for p in noted] == ["I1_UNEXPLAINED"]


def test_more_explained_than_called_up_is_a_difference_too():
    problems = found("evening", GOOD["evening"] | {"no_show": 5})
    assert next(p for p in problems if p.rule is rules.I1_UNEXPLAINED).fields["amount"] == -2


def test_a_difference_is_unknown_while_a_number_is_missing():
    assert found("evening", GOOD["evening"] | {"no_show": None}) == []


def test_a_single_dose_campaign_has_no_course_to_compare_with():
    single = {key: value for key, value in GOOD["evening"].items() if key not in ("cum_full", "cum_b", "vacc_d2")}
    problems = found("evening", single | {"vacc_d1": 45, "vacc_b": None, "cum_people": 50, "rate_printed": None})
    assert problems == []


def test_half_a_point_is_the_first_difference_that_counts():
    near = GOOD["evening"] | {"eligible": 100, "cum_people": 46, "rate_printed": Decimal("46.49")}
    assert found("evening", near) == []
    assert found("evening", near | {"rate_printed": Decimal("46.5")})[0].rule is rules.RATE_NOT_RECOMPUTED
    assert found("evening", near | {"eligible": 0}) == []


# Progress and evidence ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("indicator", "values", "codes"),
    [
        ("rate", {}, ["RATE_NEEDS_BOTH"]),
        ("rate", {"num": 0, "den": 3}, []),
        ("count", {}, ["COUNT_NEEDS_DONE"]),
        ("count", {"done": 0}, []),
        ("zero", {}, ["ZERO_NOT_CONFIRMED"]),
        ("zero", {"done": 0}, ["ZERO_NOT_CONFIRMED"]),
        ("zero", {"zero_confirm": False}, ["ZERO_NOT_CONFIRMED"]),
        ("zero", {"zero_confirm": True}, []),
        ("zero", {"done": 1}, []),
    ],
)
def test_what_an_indicator_needs_depends_on_its_kind(indicator, values, codes):
    assert [p.rule.code for p in by_kind(values, indicator)] == codes


def test_a_row_is_asked_for_what_its_indicator_needs():
    row = GOOD["progress"] | {"num": None, "den": None, "done": 3}
    assert [p.rule.code for p in found("progress", row)] == ["RATE_NEEDS_BOTH"]
    assert [p.rule.code for p in found("progress", row | {"indicator": "HC-01", "done": None})] == ["COUNT_NEEDS_DONE"]
    assert found("progress", row | {"indicator": "HC-01"}) == []
    assert found("progress", row | {"indicator": "no such code"}) == []


def test_conditional_parts_of_a_family_file():
    family = {
        "item_code": "4.6", "family_no": "1", "family_application": True, "family_checkup": True,
        "family_lifestyle": True,
    }  # fmt: skip
    assert found("evidence", family) == []
    missing = found("evidence", family | {"has_65": True, "has_chronic": True, "family_lifestyle": False})
    assert [(p.rule.code, p.fields["n"]) for p in missing] == [("FAMILY_PART_MISSING", 3)]


def test_an_item_that_does_not_apply_needs_no_seal():
    problems = found("evidence", {"item_code": "1.5", "na_reason": "由街道统一制定"})
    assert [problem.rule.code for problem in problems] == ["NOT_APPLICABLE_REFUSED"]


# Sheets -------------------------------------------------------------------------------------------------------


def test_names_codes_and_aliases_belong_to_one_community():
    rows = [
        {"name": "和平社区", "code": "C01", "aliases": ("和平",)},
        {"name": "新村", "code": "C01", "aliases": ("和平", "新村居")},
        {"name": "和平社区", "code": "C03"},
        {"name": "东园", "code": "C04", "aliases": ("新村",)},
    ]
    problems = [(p.rule.code, p.row) for p in found_in_sheet("communities", rows)]
    assert problems == [("NOT_UNIQUE", 2), ("NOT_UNIQUE", 1), ("ALIAS_SHARED", 1), ("ALIAS_SHARED", 3)]


def test_a_site_stands_once():
    assert [p.row for p in found_in_sheet("sites", [{"name": "甲"}, {"name": "乙"}, {"name": "甲"}])] == [2]


def test_groups_add_up_to_the_total():
    rows = [
        {"community": "甲", "as_of": DAY, "person_group": None, "surveyed": 120},
        {"community": "甲", "as_of": DAY, "person_group": "elderly", "surveyed": 50},
        {"community": "甲", "as_of": DAY, "person_group": "adult", "surveyed": 60},
        {"community": "乙", "as_of": DAY, "person_group": "all", "surveyed": 100},
    ]
    (problem,) = found_in_sheet("baseline", rows)
    assert (problem.rule.code, problem.row) == ("GROUPS_NOT_TOTAL", 0)
    assert problem.fields == {"total": 120, "sum": 110, "difference": 10}
    rows[1]["surveyed"] = 60
    assert found_in_sheet("baseline", rows) == []


def test_a_blank_group_and_the_total_are_one_row():
    rows = [{"community": "甲", "as_of": DAY, "surveyed": 1, "person_group": group} for group in (None, "all")]
    assert ("DUPLICATE_ROW", 1) in [(p.rule.code, p.row) for p in found_in_sheet("baseline", rows)]


@pytest.mark.parametrize("key", ["morning", "evening"])
def test_a_community_reports_a_site_once(key):
    rows = [GOOD[key], GOOD[key] | {"site": "甲"}, GOOD[key] | {"site": "乙"}, GOOD[key] | {"site": "甲"}]
    assert [(p.rule.code, p.row) for p in found_in_sheet(key, rows)] == [("DUPLICATE_ROW", 3)]


def test_a_person_is_called_up_once_for_a_dose():
    first = GOOD["roster"]
    rows = [
        first,
        first | {"id_no": NUMBER.lower()},
        first | {"dose_no": "d2"},
        first | {"id_no": None, "person_code": "RY1"},
        first | {"id_no": "990101900101001"},  # the same person by the old number
        first | {"id_no": None, "person_code": "RY1"},
        first | {"id_no": None, "person_code": None},
        first | {"id_no": None, "person_code": None},
    ]
    problems = [(p.rule.code, p.column, p.row) for p in found_in_sheet("roster", rows)]
    assert problems == [
        ("PERSON_TWICE", "id_no", 1),
        ("PERSON_TWICE", "id_no", 4),
        ("PERSON_TWICE", "person_code", 5),
    ]


def test_one_liaison_a_day():
    other = {"id_no": None, "person_code": "RY1", "liaison": "赵六"}
    (problem,) = found_in_sheet("roster", [GOOD["roster"], GOOD["roster"] | other])
    assert (problem.rule, problem.row, problem.fields) == (rules.LIAISONS_DIFFER, 1, {"n": 2})
    assert "赵六" not in str(problem.fields)
    other_day = other | {"vaccination_date": date(2026, 11, 21)}
    assert found_in_sheet("roster", [GOOD["roster"], GOOD["roster"] | other_day]) == []


def test_a_batch_of_more_than_one_is_led():
    alone = GOOD["roster"] | {"batch_leader": None}
    assert found_in_sheet("roster", [alone]) == []
    (problem,) = found_in_sheet("roster", [alone, alone | {"id_no": None, "person_code": "RY1"}])
    assert (problem.rule, problem.fields) == (rules.BATCH_WITHOUT_LEADER, {"batch": 1, "n": 2})
    led = GOOD["roster"] | {"id_no": None, "person_code": "RY1"}
    assert found_in_sheet("roster", [alone, led]) == []


def test_an_indicator_an_event_and_an_item_stand_once():
    assert [p.rule.code for p in found_in_sheet("progress", [GOOD["progress"]] * 2)] == ["DUPLICATE_ROW"]
    assert [p.rule.code for p in found_in_sheet("evidence", [GOOD["evidence"]] * 2)] == ["DUPLICATE_ROW"]
    assert [p.rule.code for p in found_in_sheet("actions", [GOOD["actions"]] * 2)] == ["NOT_UNIQUE"]
    assert found_in_sheet("actions", [{"issue": "一处堵塞"}, {"issue": "一处堵塞"}]) == []


# Sentences ----------------------------------------------------------------------------------------------------

ALL_RULES = [value for value in vars(rules).values() if isinstance(value, Rule)]


def test_every_rule_has_its_own_code():
    names = {name for name, value in vars(rules).items() if isinstance(value, Rule)}
    assert names == {rule.code for rule in ALL_RULES}


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.code)
def test_every_rule_speaks_chinese(rule):
    from config.language import _

    with speaking("zh_CN"):
        assert _(rule.message) != rule.message
        assert _(rule.remedy) != rule.remedy


def test_a_problem_has_all_the_fields_of_its_sentence():
    from data_access.findings import Finding

    for key, change, code, _column in ROWS:
        for problem in found(key, GOOD[key] | change):
            for language in ("zh_CN", "en"):
                with speaking(language):
                    finding = Finding(problem.rule, "表", "B3", "值", "列", problem.fields or {})
                    assert "{" not in finding.message + finding.remedy, code


class Watched(dict):
    """Values that remember what was asked of them."""

    def __init__(self, values):
        super().__init__(values)
        self.asked = set()

    def get(self, key, default=None):
        self.asked.add(key)
        return super().get(key, default)

    def __getitem__(self, key):
        self.asked.add(key)
        return super().__getitem__(key)

    def __contains__(self, key):
        raise AssertionError("ask for the value: rows that lack it and rows where it is None are alike")


@pytest.mark.parametrize("key", KINDS)
def test_a_check_looks_at_no_more_than_it_says(key):
    rows = [GOOD[key], *({k: v for k, v in GOOD[key].items() if k != gone} for gone in GOOD[key])]
    rows += [{**GOOD[key], "outcome": outcome} for outcome in ("deferred", "pending", None)]
    for check in kind(key).row_checks:
        if isinstance(check, LooksAt):
            for row in rows:
                watched = Watched(row)
                alone = list(check({name: row.get(name) for name in check.keys}))
                assert list(check(watched)) == alone
                assert watched.asked <= set(check.keys)


@given(st.text(alphabet="0123456789Xx- .−１a", max_size=20))
def test_numbers_are_read_as_the_library_reads_them(text):
    assert identity.resident({"id_no": text}) == ric.compact(text).upper()
    long = identity.long(text)
    try:
        born = ric.get_birth_date(long) if len(ric.compact(long)) >= 14 else None  # it reads a date from a stump too
    except (ValidationError, ValueError):
        born = None
    assert identity.birth_date(text) == born
