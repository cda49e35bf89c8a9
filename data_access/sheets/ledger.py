"""摸底台账 by person: the survey's own list, counted into the baseline; the persons are not kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from data_access.sheets import checks, choices, columns, identity, rules
from data_access.sheets.columns import tick
from data_access.sheets.declaration import Column, Problem, SheetKind, Type, Values


def doses_in_order(values: Values) -> Iterable[Problem]:
    """Each dose is dated after the one before it."""
    before: date | None = None
    for key in ("d1_date", "d2_date", "b_date"):
        day: date | None = values.get(key)
        if day is None:
            continue
        if before is not None and day <= before:
            yield Problem(rules.DOSES_OUT_OF_ORDER, key)
        before = day


def review_after_survey(values: Values) -> Iterable[Problem]:
    """A deferral is reviewed after the survey that found it."""
    surveyed, until = values.get("surveyed_at"), values.get("defer_until")
    if surveyed is not None and until is not None and until <= surveyed:
        fields = {"earlier": surveyed.isoformat(), "later": until.isoformat()}
        yield Problem(rules.DATES_OUT_OF_ORDER, "defer_until", fields)


def _group(rows: Iterable[Values]) -> dict[tuple[Any, Any], dict[Any, list[Values]]]:
    grouped: dict[tuple[Any, Any], dict[Any, list[Values]]] = {}
    for values in rows:
        place = (values.get("campaign"), values.get("community"))
        grouped.setdefault(place, {}).setdefault(values.get("person_group"), []).append(values)
    return grouped


def _given(people: Sequence[Values], key: str, until: date | None) -> int:
    days = [values[key] for values in people if values.get(key) is not None]
    return sum(1 for day in days if until is None or day <= until)


def aggregate(rows: Iterable[Values]) -> list[dict[str, Any]]:
    """The rows of the baseline kind that these persons make, one per campaign, community and person group.

    Only persons 在册 are counted (metrics.md §6.1). ``as_of`` is the latest survey date of the community, the
    same for all its groups; opening doses are those given by then, elsewhere included. How many were to be
    surveyed is not known from the persons found and stays missing.
    """
    counted: list[dict[str, Any]] = []
    for (campaign, community), groups in _group(rows).items():
        surveys = [v["surveyed_at"] for people in groups.values() for v in people if v.get("surveyed_at") is not None]
        as_of = max(surveys, default=None)
        for group, everybody in groups.items():
            people = [values for values in everybody if (values.get("status") or "present") == "present"]
            unfit = sum(1 for values in people if values.get("unfit") == "contraindicated")
            counted.append(
                {
                    "community": community,
                    "campaign": campaign,
                    "person_group": group,
                    "to_survey": None,
                    "surveyed": len(people),
                    "contraindicated": unfit,
                    "deferred": sum(1 for values in people if values.get("unfit") == "deferred"),
                    "eligible": len(people) - unfit,
                    "opening_d1": _given(people, "d1_date", as_of),
                    "opening_full": _given(people, "d2_date", as_of),
                    "opening_b": _given(people, "b_date", as_of),
                    "as_of": as_of,
                }
            )
    return counted


def _deferred(values: Mapping[str, Any]) -> bool:
    return values.get("unfit") == "deferred"


LEDGER = SheetKind(
    key="ledger",
    zh="摸底人员台账",
    en="Ledger of persons",
    workbook="base",
    scope=("campaign", "community", "business_date"),
    date="surveyed_at",
    identity=("person",),
    synonyms=("摸底名册", "摸底花名册", "摸底登记表", "人员台账", "摸底明细", "人员摸底台账"),
    either=(("id_no", "person_code"),),
    purpose_zh="逐人的摸底台账；只汇总成各社区、各人群的人数，不保存个人",
    purpose_en="The survey's list of persons; only counted by community and group, the persons are not kept",
    columns=(
        columns.COMMUNITY,
        columns.CAMPAIGN,
        replace(columns.AREA, zh="片区", synonyms=("分片", "包干片", "包干片区"), example="东片"),
        Column("grid", "网格", "Grid", synonyms=("网格号", "所属网格"), example="第一网格"),
        Column(
            "building",
            "楼栋",
            "Building",
            synonyms=("门牌", "单元", "楼栋单元", "住址", "地址"),
            personal=True,
        ),
        columns.NAME,
        columns.ID_TYPE,
        columns.ID_NO,
        columns.PERSON_CODE,
        columns.SEX,
        columns.AGE,
        replace(
            columns.PHONE,
            zh="电话",
            synonyms=("联系电话", "手机", "手机号", "手机号码", "联系方式", "电话号码"),
        ),
        Column(
            "residence",
            "户籍类型",
            "Residence",
            Type.ENUM,
            required=True,
            synonyms=("户口", "人员性质", "户籍性质", "户口性质"),
            choices=choices.RESIDENCE,
            rule_zh="流动人口单独统计",
            rule_en="Floating people are counted apart",
            example="registered",
        ),
        columns.GROUP,
        columns.EMPLOYER,
        Column(
            "surveyed_at",
            "摸底日期",
            "Surveyed on",
            Type.DATE,
            required=True,
            synonyms=("登记日期", "摸排日期"),
            fill_down=True,
            rule_zh="不晚于今天",
            rule_en="Today at the latest",
        ),
        replace(
            columns.OWNER,
            zh="包干责任人",
            required=True,
            synonyms=("网格员", "包保人", "责任人", "包保责任人"),
            rule_zh="人人有责任人",
            rule_en="Everybody has one",
        ),
        Column("d1_date", "第一剂日期", "Dose 1 on", Type.DATE, synonyms=("首针日期", "第一针日期"), dose="d1"),
        Column("d2_date", "第二剂日期", "Dose 2 on", Type.DATE, synonyms=("二针日期", "第二针日期"), dose="d2"),
        Column(
            "b_date",
            "加强针日期",
            "Booster on",
            Type.DATE,
            synonyms=("加强剂日期", "三针日期", "第三针日期", "第三剂日期"),
            dose="b",
            rule_zh="各剂日期依次递增",
            rule_en="Each dose is dated after the one before",
        ),
        Column("vaccine_type", "疫苗", "Vaccine", synonyms=("疫苗种类", "疫苗名称", "生产企业")),
        tick("elsewhere", "异地接种", "Vaccinated elsewhere", "外地已种", "外地接种", "异地已接种"),
        Column(
            "unfit",
            "不宜接种类型",
            "Unfit",
            Type.ENUM,
            synonyms=("不能接种", "不宜接种", "不宜类型"),
            choices=choices.UNFIT,
            personal=True,
            rule_zh="禁忌不计入应接种人数，缓种仍计入",
            rule_en="Contraindicated people leave the eligible denominator, deferred ones stay",
        ),
        Column(
            "defer_until",
            "缓种复核日期",
            "Deferral reviewed on",
            Type.DATE,
            synonyms=("复查日期", "复核日期"),
            personal=True,
            rule_zh="缓种时必填，晚于摸底日期",
            rule_en="Required for deferred people, after the survey",
        ),
        Column(
            "willingness",
            "意愿",
            "Willingness",
            Type.ENUM,
            synonyms=("接种意愿",),
            choices=choices.WILLINGNESS,
            personal=True,
        ),
        Column(
            "status",
            "在册状态",
            "Status",
            Type.ENUM,
            required=True,
            synonyms=("状态", "人员状态"),
            choices=choices.PERSON_STATUS,
            rule_zh="只有在册的计入分母",
            rule_en="Only people on the list are in the denominator",
            example="present",
        ),
    ),
    row_checks=(
        checks.name_is_name("name"),
        identity.number_is_valid("surveyed_at"),
        checks.not_in_future("surveyed_at"),
        checks.needed("defer_until", _deferred, rules.DEFER_UNTIL_MISSING),
        review_after_survey,
        doses_in_order,
    ),
    sheet_checks=(identity.person_once("campaign"),),
)
