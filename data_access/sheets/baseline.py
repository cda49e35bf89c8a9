"""摸底台账: the survey's counts by community and person group, the denominators of coverage."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from data_access.sheets import checks, columns, rules
from data_access.sheets.columns import count
from data_access.sheets.declaration import Column, Problem, SheetKind, Type, Values


def surveyed_within_plan(values: Values) -> Iterable[Problem]:
    """More people surveyed than there were to survey is possible, but asks for a look."""
    surveyed, to_survey = values.get("surveyed"), values.get("to_survey")
    if surveyed is not None and to_survey is not None and surveyed > to_survey:
        yield Problem(rules.SURVEYED_ABOVE_PLAN, "surveyed", {"surveyed": surveyed, "to_survey": to_survey})


def eligible_is_derived(values: Values) -> Iterable[Problem]:
    """Eligible = surveyed less contraindicated; the printed figure is a check only."""
    surveyed, unfit = values.get("surveyed"), values.get("contraindicated") or 0
    if surveyed is None:
        return
    if unfit > surveyed:
        yield Problem(rules.CONTRAINDICATED_ABOVE_SURVEYED, "contraindicated", {"unfit": unfit, "surveyed": surveyed})
        return
    printed = values.get("eligible")
    if printed is not None and printed != surveyed - unfit:
        yield Problem(
            rules.ELIGIBLE_NOT_DERIVED,
            "eligible",
            {"printed": printed, "derived": surveyed - unfit, "surveyed": surveyed, "unfit": unfit},
        )


def groups_make_the_total(rows: list[Values]) -> Iterable[Problem]:
    """Where a community gives groups and a total, the groups add up to it (they do not overlap)."""
    totals: dict[tuple[Any, ...], tuple[int, int]] = {}
    sums: dict[tuple[Any, ...], int] = {}
    for index, values in enumerate(rows):
        key = (values.get("campaign"), values.get("community"), values.get("as_of"))
        surveyed = values.get("surveyed")
        if surveyed is None:
            continue
        if (values.get("person_group") or "all") == "all":
            totals.setdefault(key, (index, surveyed))
        else:
            sums[key] = sums.get(key, 0) + surveyed
    for key, (index, total) in totals.items():
        if key in sums and sums[key] != total:
            yield Problem(
                rules.GROUPS_NOT_TOTAL,
                "surveyed",
                {"total": total, "sum": sums[key], "difference": total - sums[key]},
                row=index,
            )


BASELINE = SheetKind(
    key="baseline",
    zh="摸底台账",
    en="Baseline",
    workbook="base",
    scope=("campaign", "community", "business_date"),
    date="as_of",
    identity=("person_group",),
    synonyms=("摸底汇总", "摸底汇总表", "摸底数", "摸底情况", "摸底统计", "摸底表", "底数", "摸底台账(汇总)"),
    purpose_zh="按社区和人群的摸底人数，是接种率的分母",
    purpose_en="The surveyed counts by community and person group: the denominators of coverage",
    columns=(
        columns.COMMUNITY,
        columns.CAMPAIGN,
        replace(
            columns.GROUP,
            zh="人群类别",
            required=False,
            synonyms=("人群", "人群分类", "人员类别", "类别", "对象类别", "人员分类", "人员类型"),
            rule_zh="空白即合计；人群之间不重叠，合起来为全社区",
            rule_en="Blank means the whole community; groups do not overlap and add up to it",
        ),
        count(
            "to_survey",
            "应摸底人数",
            "To survey",
            "辖区人数",
            "应摸底",
            "应摸底数",
            "应摸排人数",
            example=130,
        ),
        count(
            "surveyed",
            "已摸底人数",
            "Surveyed",
            "摸底人数",
            "登记人数",
            "已摸底",
            "已摸底数",
            "摸底数",
            "已摸排人数",
            required=True,
            rule_zh="多于应摸底人数时提示",
            rule_en="Above the number to survey is a warning",
            example=120,
        ),
        count(
            "contraindicated",
            "禁忌人数",
            "Contraindicated",
            "不宜接种人数",
            "禁忌",
            "禁忌证人数",
            rule_zh="不计入应接种人数",
            rule_en="Leaves the eligible denominator",
            example=4,
        ),
        count(
            "deferred",
            "缓种人数",
            "Deferred",
            "暂缓人数",
            "缓种",
            "暂缓接种人数",
            rule_zh="仍在分母内",
            rule_en="Stays in the denominator",
            example=3,
        ),
        count(
            "eligible",
            "应接种人数",
            "Eligible",
            "应种人数",
            "应接种",
            "应接种数",
            rule_zh="＝已摸底人数－禁忌人数；填写的数字只作核对",
            rule_en="= surveyed − contraindicated; a printed figure is a check only",
            example=116,
        ),
        count(
            "opening_d1",
            "期初_第一剂",
            "Opening: dose 1",
            "期初第一剂",
            "已接种第一剂",
            "期初首针",
            "期初一剂",
            dose="d1",
            rule_zh="首个报送日之前已接种的人数，含异地；空白即 0",
            rule_en="People who had it before the first reported day, elsewhere included; blank means 0",
            example=20,
        ),
        count(
            "opening_full",
            "期初_全程",
            "Opening: full course",
            "期初全程",
            "已全程",
            "已全程接种",
            "期初全程接种",
            dose="full",
            rule_zh="不多于期初_第一剂；空白即 0",
            rule_en="Not more than opening dose 1; blank means 0",
            example=12,
        ),
        count(
            "opening_b",
            "期初_加强针",
            "Opening: booster",
            "期初加强针",
            "已加强",
            "已接种加强针",
            "期初加强",
            dose="b",
            rule_zh="不多于期初_全程；空白即 0",
            rule_en="Not more than the opening full course; blank means 0",
            example=2,
        ),
        Column(
            "as_of",
            "截至日期",
            "As of",
            Type.DATE,
            required=True,
            synonyms=("统计日期", "摸底日期", "截止日期", "日期"),
            fill_down=True,
            rule_zh="从这一天起使用本底数；新底数不改变以前的日子",
            rule_en="The baseline counts from this date; a new one does not change earlier days",
        ),
    ),
    row_checks=(
        surveyed_within_plan,
        eligible_is_derived,
        checks.not_above("opening_full", "opening_d1", rules.I3_COURSE_ABOVE_FIRST),
        checks.not_above("opening_b", "opening_full", rules.I3_BOOSTER_ABOVE_COURSE),
    ),
    sheet_checks=(
        checks.unique_rows("campaign", "community", "as_of", "person_group", blank="all"),
        groups_make_the_total,
    ),
)
