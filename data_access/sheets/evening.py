"""晚调度: what was done on the day, reconciled against the roster (identities I1 and I3)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from data_access.sheets import checks, choices, columns, rules
from data_access.sheets.columns import count
from data_access.sheets.declaration import Column, Problem, SheetKind, Type, Values

ACCOUNTED = (
    "vacc_on_roster",
    "deferred",
    "contraindicated",
    "refused",
    "no_show",
    "moved",
    "shortage",
    "elsewhere",
)
RATE_TOLERANCE = Fraction(1, 2)  # percentage points


def unexplained(values: Values) -> int | None:
    """不明差异 of identity I1: people on the roster of whom nothing is said; None if a number is missing."""
    if any(values.get(key) is None for key in ("roster_n", *ACCOUNTED)):
        return None
    accounted: int = sum(values[key] for key in ACCOUNTED)
    return int(values["roster_n"]) - accounted


def roster_is_explained(values: Values) -> Iterable[Problem]:
    """I1: everybody on the roster is accounted for; a difference is noted and not called reconciled."""
    amount = unexplained(values)
    if not amount:
        return
    roster = values["roster_n"]
    yield Problem(rules.I1_UNEXPLAINED, "roster_n", {"roster": roster, "explained": roster - amount, "amount": amount})
    if not values.get("diff_note"):
        yield Problem(rules.DIFFERENCE_NOT_NOTED, "diff_note", {"amount": amount})
    if values.get("reconciled") == "yes":
        yield Problem(rules.RECONCILED_WITH_DIFFERENCE, "reconciled", {"amount": amount})


def total_is_sum(values: Values) -> Iterable[Problem]:
    """Vaccinated in all = on the roster + walk-in."""
    total, on_roster, walk_in = (values.get(key) for key in ("vacc_total", "vacc_on_roster", "walk_in"))
    if total is None or on_roster is None or walk_in is None:
        return
    difference = total - on_roster - walk_in
    if difference:
        fields = {"total": total, "on_roster": on_roster, "walk_in": walk_in, "difference": difference}
        yield Problem(rules.VACCINATED_SUM, "vacc_total", fields)


def doses_are_total(values: Values) -> Iterable[Problem]:
    """The doses of the day add up to the people vaccinated on it."""
    total, doses = values.get("vacc_total"), checks.total(values, "vacc_d1", "vacc_d2", "vacc_b")
    if total is not None and doses is not None and total != doses:
        yield Problem(rules.DOSES_SUM, "vacc_total", {"total": total, "sum": doses, "difference": total - doses})


def all_observed(values: Values) -> Iterable[Problem]:
    """Everybody vaccinated was observed to the end."""
    observed, total = values.get("observed"), values.get("vacc_total")
    if observed is not None and total is not None and observed < total:
        yield Problem(rules.OBSERVED_BELOW, "observed", {"missing": total - observed, "total": total})


def aefi_is_described(values: Values) -> Iterable[Problem]:
    """A suspected reaction is described."""
    if values.get("aefi_n") and not (values.get("diff_note") or values.get("issues")):
        yield Problem(rules.AEFI_WITHOUT_NOTE, "aefi_n", {"n": values["aefi_n"]})


def people_are_first_doses(values: Values) -> Iterable[Problem]:
    """Everybody vaccinated has had one first dose; a single-dose campaign has no course to compare."""
    people, first = values.get("cum_people"), values.get("cum_d1")
    if values.get("cum_full") is not None and people is not None and first is not None and people != first:
        yield Problem(rules.CUMULATIVE_PEOPLE_DIFFER, "cum_people", {"people": people, "first": first})


def rate_is_recomputed(values: Values) -> Iterable[Problem]:
    """The printed coverage is a check only: half a point away from people / eligible asks for a look."""
    printed: Decimal | None = values.get("rate_printed")
    people, eligible = values.get("cum_people"), values.get("eligible")
    if printed is None or people is None or not eligible:
        return
    computed = Fraction(100 * people, eligible)
    if abs(Fraction(printed) - computed) >= RATE_TOLERANCE:
        fields: dict[str, Any] = {
            "printed": f"{printed.normalize():f}",
            "computed": f"{float(computed):.2f}",
            "people": people,
            "eligible": eligible,
        }
        yield Problem(rules.RATE_NOT_RECOMPUTED, "rate_printed", fields)


def _result(key: str, zh: str, en: str, *synonyms: str) -> Column:
    return count(
        key,
        zh,
        en,
        *synonyms,
        required=True,
        rule_zh="没有填 0；名单内接种与各项原因之和等于名单人数",
        rule_en="Write 0 for none; with on-roster they add up to the roster",
        example=0,
    )


def _dose(key: str, zh: str, en: str, dose: str, example: int, *synonyms: str) -> Column:
    return count(
        key,
        zh,
        en,
        *synonyms,
        required=True,
        dose=dose,
        rule_zh="各剂次之和等于当日接种合计",
        rule_en="The doses add up to the total of the day",
        example=example,
    )


def _cumulative(key: str, zh: str, en: str, dose: str, example: int, *synonyms: str) -> Column:
    return count(
        key,
        zh,
        en,
        *synonyms,
        required=True,
        dose=dose,
        rule_zh="不少于昨日；全程不多于第一剂，加强针不多于全程",
        rule_en="Not below yesterday's; course not above dose 1, booster not above course",
        example=example,
    )


EVENING = SheetKind(
    key="evening",
    zh="晚调度",
    en="Evening dispatch",
    workbook="evening",
    scope=("campaign", "community", "business_date"),
    date="biz_date",
    identity=("site",),
    synonyms=("晚调度表", "晚会商", "日报", "接种日报", "晚调度情况表", "晚调度统计表", "每日接种情况"),
    purpose_zh="当日结果和累计数，当日 20:00 前报送",
    purpose_en="The day's result and the totals so far, by 20:00 of the day",
    columns=(
        columns.BUSINESS_DATE,
        columns.COMMUNITY,
        columns.CAMPAIGN,
        columns.SITE,
        count(
            "roster_n",
            "名单人数",
            "On the roster",
            "应到人数",
            "今日名单",
            "名单数",
            "应到",
            required=True,
            rule_zh="等于当日名单的人数",
            rule_en="The rows of the day's roster",
            example=50,
        ),
        count(
            "arrived",
            "到场人数",
            "Arrived",
            "实到",
            "实到人数",
            rule_zh="不多于名单人数",
            rule_en="Not above the roster",
            example=46,
        ),
        count(
            "vacc_on_roster",
            "名单内接种",
            "Vaccinated on roster",
            "按名单接种",
            "计划内接种",
            "名单内",
            "名单内接种人数",
            required=True,
            rule_zh="不多于名单人数",
            rule_en="Not above the roster",
            example=42,
        ),
        count(
            "walk_in",
            "计划外接种",
            "Walk-in",
            "名单外",
            "散客",
            "随到随种",
            "名单外接种",
            "计划外",
            required=True,
            example=3,
        ),
        count(
            "vacc_total",
            "当日接种合计",
            "Vaccinated in all",
            "实际接种",
            "今日接种",
            "完成数",
            "当日接种",
            "今日接种合计",
            "实际接种人数",
            required=True,
            rule_zh="＝名单内接种＋计划外接种",
            rule_en="= on roster + walk-in",
            example=45,
        ),
        _dose(
            "vacc_d1",
            "其中_第一剂",
            "Of these: dose 1",
            "d1",
            8,
            "首针",
            "其中第一剂",
            "当日第一剂",
            "第一剂",
            "今日第一剂",
        ),
        _dose(
            "vacc_d2",
            "其中_第二剂",
            "Of these: dose 2",
            "d2",
            5,
            "二针",
            "其中第二剂",
            "当日第二剂",
            "第二剂",
            "今日第二剂",
        ),
        _dose(
            "vacc_b",
            "其中_加强针",
            "Of these: booster",
            "b",
            32,
            "三针",
            "其中加强针",
            "当日加强针",
            "加强针",
            "今日加强针",
        ),
        _result("deferred", "缓种", "Deferred", "暂缓", "缓种人数"),
        _result("contraindicated", "禁忌", "Contraindicated", "不宜", "禁忌人数", "不宜接种"),
        _result("refused", "拒种", "Refused", "不愿意", "拒种人数", "拒绝"),
        _result("no_show", "未到", "No-show", "未来", "未到人数", "未到场"),
        _result("moved", "改期转点", "Moved", "改约", "改期", "转点", "改期/转点"),
        _result("shortage", "缺苗未种", "No vaccine", "无苗", "缺苗"),
        _result("elsewhere", "异地已接种", "Vaccinated elsewhere", "外地已种", "异地接种"),
        count(
            "observed",
            "留观完成",
            "Observed",
            "留观人数",
            "留观",
            "留观完成人数",
            required=True,
            rule_zh="不多于当日接种合计；少于则为例外",
            rule_en="Not above the total of the day; below it is an exception",
            example=45,
        ),
        count(
            "aefi_n",
            "疑似异常反应",
            "Suspected reactions",
            "不良反应例数",
            "疑似反应",
            "异常反应",
            "不良反应",
            required=True,
            rule_zh="大于 0 须说明",
            rule_en="Above 0 needs a note",
            example=0,
        ),
        _cumulative("cum_d1", "累计_第一剂", "So far: dose 1", "d1", 46, "累计第一剂", "累计首针"),
        _cumulative(
            "cum_full",
            "累计_全程",
            "So far: full course",
            "full",
            40,
            "累计全程",
            "累计全程接种",
            "累计_第二剂",
            "累计第二剂",
        ),
        _cumulative("cum_b", "累计_加强针", "So far: booster", "b", 30, "累计加强针", "累计加强"),
        count(
            "cum_people",
            "累计接种人数(含异地)",
            "People so far",
            "累计人数",
            "累计接种人数",
            "累计接种",
            "总接种",
            required=True,
            rule_zh="等于累计_第一剂，单剂次产品除外",
            rule_en="The same as dose 1 so far, single-dose products excepted",
            example=46,
        ),
        count(
            "eligible",
            "应接种人数",
            "Eligible",
            "任务数",
            "目标数",
            "应种人数",
            rule_zh="以摸底台账为准，不同则提示",
            rule_en="The baseline decides; another figure is a warning",
            example=120,
        ),
        Column(
            "rate_printed",
            "接种率",
            "Coverage %",
            Type.PERCENT,
            synonyms=("覆盖率", "完成率", "接种率(%)", "接种率%"),
            rule_zh="只作核对；与重算相差 0.5 个百分点即提示",
            rule_en="A check only; half a point off the recomputed value is a warning",
            example=Decimal("38.3"),
        ),
        Column(
            "reconciled",
            "名单核对",
            "Reconciled",
            Type.ENUM,
            required=True,
            synonyms=("是否核对", "核对情况"),
            choices=choices.RECONCILED,
            rule_zh="未核对的在通报中标记",
            rule_en="Not reconciled is marked in the notice",
            example="yes",
        ),
        Column(
            "diff_note",
            "差异说明",
            "Note on the difference",
            synonyms=("情况说明", "差异原因"),
            personal=True,
            rule_zh="有差异时填写",
            rule_en="Wanted where there is a difference",
        ),
        count(
            "plan_next",
            "明日计划",
            "Planned tomorrow",
            "次日计划",
            "明日计划人数",
            rule_zh="与明日名单比对",
            rule_en="Compared with tomorrow's roster",
            example=52,
        ),
        Column(
            "issues",
            "问题与措施",
            "Issues and measures",
            synonyms=("存在问题", "下步打算", "问题及措施"),
            personal=True,
        ),
    ),
    row_checks=(
        roster_is_explained,
        total_is_sum,
        doses_are_total,
        checks.not_above("arrived", "roster_n", rules.ARRIVED_ABOVE_ROSTER),
        checks.not_above("vacc_on_roster", "roster_n", rules.VACCINATED_ABOVE_ROSTER),
        checks.not_above("observed", "vacc_total", rules.OBSERVED_ABOVE_VACCINATED),
        all_observed,
        aefi_is_described,
        checks.not_above("cum_full", "cum_d1", rules.I3_COURSE_ABOVE_FIRST),
        checks.not_above("cum_b", "cum_full", rules.I3_BOOSTER_ABOVE_COURSE),
        people_are_first_doses,
        rate_is_recomputed,
    ),
    sheet_checks=(checks.unique_rows("campaign", "community", "biz_date", "site"),),
)
