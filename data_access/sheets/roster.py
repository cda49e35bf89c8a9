"""接种名单: the people called up for a day, and in the evening what became of each of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import time
from typing import Any

from data_access.findings import Rule
from data_access.sheets import checks, choices, columns, identity, rules
from data_access.sheets.columns import tick
from data_access.sheets.declaration import Column, Problem, RowCheck, SheetKind, Type, Values, looks_at

LATER_DOSES = frozenset({"d2", "d3", "b"})
REASONED = frozenset({"deferred", "contraindicated", "refused", "rescheduled"})


def _asked(key: str, by: str, among: Collection[str], rule: Rule) -> RowCheck:
    """Filled in where the column ``by`` holds one of these. A roster that does not ask for it keeps its people: they
    would be missing in the day's count."""
    return checks.needed(key, lambda values: values.get(by) in among, rule, rules.COLUMN_NEEDED, by=by)


@looks_at("last_dose_date", "vaccination_date")
def last_dose_before(values: Values) -> Iterable[Problem]:
    """The dose before lies before the day of this one."""
    last, day = values.get("last_dose_date"), values.get("vaccination_date")
    if last is not None and day is not None and last >= day:
        yield Problem(rules.LAST_DOSE_NOT_BEFORE, "last_dose_date", {"last": last.isoformat(), "day": day.isoformat()})


@looks_at("outcome", "observed_30")
def observation_done(values: Values) -> Iterable[Problem]:
    """Who was vaccinated was observed for 30 minutes."""
    if values.get("outcome") == "vaccinated" and values.get("observed_30") is False:
        yield Problem(rules.OBSERVATION_NOT_DONE, "observed_30")


@looks_at("aefi")
def aefi_needs_case(values: Values) -> Iterable[Problem]:
    """A suspected reaction asks for a case record."""
    if values.get("aefi") is True:
        yield Problem(rules.AEFI_CASE_NEEDED, "aefi")


def _day(values: Values) -> tuple[Any, ...]:
    return values.get("campaign"), values.get("community"), values.get("vaccination_date")


def one_liaison(rows: list[Values]) -> Iterable[Problem]:
    """A community names one liaison for the day."""
    named: dict[tuple[Any, ...], dict[str, int]] = {}
    for index, values in enumerate(rows):
        if values.get("liaison"):
            named.setdefault(_day(values), {}).setdefault(values["liaison"], index)
    for liaisons in named.values():
        if len(liaisons) > 1:
            second = list(liaisons.values())[1]
            yield Problem(rules.LIAISONS_DIFFER, "liaison", {"n": len(liaisons)}, row=second)


def batches_are_led(rows: list[Values]) -> Iterable[Problem]:
    """A batch of more than one person has a leader."""
    batches: dict[tuple[Any, ...], list[int]] = {}
    for index, values in enumerate(rows):
        if values.get("batch_no") is not None:
            batches.setdefault((*_day(values), values.get("site"), values["batch_no"]), []).append(index)
    for key, members in batches.items():
        if len(members) > 1 and not any(rows[index].get("batch_leader") for index in members):
            fields = {"batch": key[-1], "n": len(members)}
            yield Problem(rules.BATCH_WITHOUT_LEADER, "batch_leader", fields, row=members[0])


ROSTER = SheetKind(
    key="roster",
    zh="接种名单",
    en="Roster",
    workbook="roster",
    scope=("campaign", "community", "business_date"),
    date="vaccination_date",
    identity=("person", "dose_no"),
    synonyms=("名单", "接种人员名单", "次日接种名单", "接种名册", "接种花名册", "预约名单", "召集名单"),
    either=(("id_no", "person_code"),),
    purpose_zh="每名接种对象一行，接种前一天 18:00 前报送；当晚补填核对结果再报一次",
    purpose_en="One row a person, by 18:00 of the day before; sent again in the evening with the outcomes",
    columns=(
        Column(
            "vaccination_date",
            "接种日期",
            "Vaccination date",
            Type.DATE,
            required=True,
            synonyms=("计划接种日期", "拟接种日期", "预约日期", "日期", "预约接种日期"),
            fill_down=True,
            rule_zh="按时报送的名单须提前一天；相差超过 14 天会提示",
            rule_en="An on-time roster is sent the day before; more than 14 days away is a warning",
        ),
        columns.COMMUNITY,
        columns.CAMPAIGN,
        columns.AREA,
        columns.NAME,
        columns.ID_TYPE,
        columns.ID_NO,
        columns.PERSON_CODE,
        columns.PHONE,
        columns.SEX,
        columns.AGE,
        columns.GROUP,
        columns.EMPLOYER,
        Column(
            "dose_no",
            "剂次",
            "Dose",
            Type.DOSE,
            required=True,
            synonyms=("针次", "第几针", "第几剂", "接种剂次", "剂数", "接种针次"),
            rule_zh="首针、第一针、壹即第 1 剂；booster 即加强针",
            rule_en="1, 2 or booster, as the campaign gives them",
        ),
        Column(
            "vaccine_type",
            "疫苗种类",
            "Vaccine",
            synonyms=("疫苗", "疫苗名称", "生产企业", "疫苗厂家"),
            rule_zh="与以前的剂次一致，序贯除外",
            rule_en="Agrees with earlier doses unless a mixed course is set",
            example="灭活",
        ),
        Column(
            "last_dose_date",
            "上次接种日期",
            "Last dose on",
            Type.DATE,
            synonyms=("前一剂日期", "上剂日期", "上一剂日期", "上一剂接种日期", "上次接种时间"),
            rule_zh="第 2 剂及以后必填，早于接种日期",
            rule_en="Required from the second dose on; before the vaccination date",
        ),
        replace(
            columns.SITE,
            required=True,
            rule_zh="须为接种点表中的名称，当日开放",
            rule_en="A site of the list, open on the day",
        ),
        Column(
            "batch_no",
            "批次",
            "Batch",
            Type.INT,
            required=True,
            # 批号 is the vaccine's lot number and must never be read as the batch of people.
            synonyms=("第几批", "批", "场次", "接种批次"),
            minimum=1,
            maximum=20,
            fill_down=True,
            rule_zh="1–20；不是疫苗批号",
            rule_en="1–20; not the vaccine's lot number",
            example=1,
        ),
        Column(
            "batch_time",
            "集合时间",
            "Gathering time",
            Type.TIME,
            synonyms=("到场时间", "时间段", "时段", "集合时段"),
            rule_zh="时:分，如 09:00",
            rule_en="HH:MM, such as 09:00",
            example=time(9, 0),
        ),
        Column(
            "batch_leader",
            "带队人",
            "Batch leader",
            Type.NAME,
            synonyms=("带队负责人", "领队", "带队人员"),
            personal=True,
            rule_zh="一批多于 1 人时应有",
            rule_en="Needed when a batch has more than one person",
            example="李示例",
        ),
        Column(
            "liaison",
            "联络人",
            "Liaison",
            Type.NAME,
            beside=True,
            required=True,
            synonyms=("联系人", "负责人", "经办人", "联络员"),
            personal=True,
            fill_down=True,
            rule_zh="全社区当日同一人",
            rule_en="The same for the whole community on the day",
            example="王示例",
        ),
        Column(
            "liaison_phone",
            "联络人电话",
            "Liaison telephone",
            Type.PHONE,
            beside=True,
            required=True,
            synonyms=("联络电话", "负责人电话", "联系人电话", "经办人电话"),
            personal=True,
            fill_with="liaison",
            rule_zh="11 位手机号或固定电话",
            rule_en="11 digits, or a land line",
            example="13800000001",
        ),
        tick("reminded", "证件口罩提醒", "Reminded", "已通知", "已提醒", "是否提醒", example=True),
        Column(
            "outcome",
            "核对结果",
            "Outcome",
            Type.ENUM,
            synonyms=("状态", "接种情况", "是否接种", "完成情况", "接种结果", "接种状态"),
            choices=choices.OUTCOME,
            rule_zh="接种当日晚必填；“否”读作未说明，不读作未到",
            rule_en="Required in the evening of the day; a bare no means not explained, not a no-show",
            example="pending",
        ),
        Column(
            "reason",
            "原因",
            "Reason",
            synonyms=("未接种原因", "情况说明"),
            personal=True,
            rule_zh="缓种、禁忌、拒种、改期时必填",
            rule_en="Required for deferred, contraindicated, refused and rescheduled people",
        ),
        tick(
            "observed_30",
            "留观完成",
            "Observed",
            "留观",
            "留观30分钟",
            "是否留观",
            rule_zh="已接种时必填",
            rule_en="Required for vaccinated people",
        ),
        tick(
            "aefi",
            "疑似反应",
            "Suspected reaction",
            "不良反应",
            "异常反应",
            "疑似异常反应",
            personal=True,
            rule_zh="有则须补个案记录",
            rule_en="A case record must follow a yes",
        ),
        Column("remark", "备注", "Remarks", synonyms=("说明",), personal=True),
    ),
    row_checks=(
        checks.name_is_name("name"),
        identity.number_is_valid("vaccination_date"),
        _asked("last_dose_date", "dose_no", LATER_DOSES, rules.LAST_DOSE_MISSING),
        last_dose_before,
        _asked("reason", "outcome", REASONED, rules.REASON_MISSING),
        _asked("observed_30", "outcome", ("vaccinated",), rules.OBSERVATION_MISSING),
        observation_done,
        aefi_needs_case,
    ),
    sheet_checks=(
        identity.person_once("campaign", "community", "vaccination_date", "dose_no"),
        one_liaison,
        batches_are_led,
    ),
)
