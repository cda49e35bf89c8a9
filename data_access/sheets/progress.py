"""工作进展: what a community has done in a workstream, by indicator and period."""

from __future__ import annotations

from collections.abc import Iterable

from config.catalogue import UnknownIndicatorError, indicator
from data_access.sheets import checks, choices, columns, rules
from data_access.sheets.columns import tick
from data_access.sheets.declaration import Column, Problem, SheetKind, Type, Values


def rate_has_both(values: Values) -> Iterable[Problem]:
    """Numerator and denominator come together; a denominator of 0 means that the indicator does not apply."""
    num, den = values.get("num"), values.get("den")
    if num is not None and den is None:
        yield Problem(rules.RATE_NEEDS_BOTH, "den")
    if den is not None and num is None:
        # 0 of nobody needs no numerator; the row says that the indicator does not apply.
        yield Problem(rules.RATE_NEEDS_BOTH, "num") if den else Problem(rules.DENOMINATOR_ZERO, "den")
    if num is not None and den is not None and not den:
        yield Problem(rules.DENOMINATOR_ZERO, "den")


def zero_is_zero(values: Values) -> Iterable[Problem]:
    """A confirmed zero carries no other number."""
    done = values.get("done")
    if values.get("zero_confirm") is True and done:
        yield Problem(rules.ZERO_CONTRADICTED, "zero_confirm", {"done": done})


def by_kind(values: Values, indicator_kind: str) -> Iterable[Problem]:
    """What an indicator of this kind (rate, score, count, zero, ...) needs in its row; blank is missing, never 0."""
    if indicator_kind in ("rate", "score") and values.get("num") is None and values.get("den") is None:
        yield Problem(rules.RATE_NEEDS_BOTH, "num")
    if indicator_kind == "count" and values.get("done") is None:
        yield Problem(rules.COUNT_NEEDS_DONE, "done")
    if indicator_kind == "zero" and values.get("zero_confirm") is not True and not values.get("done"):
        yield Problem(rules.ZERO_NOT_CONFIRMED, "zero_confirm")


def indicator_is_answered(values: Values) -> Iterable[Problem]:
    """The row gives what its indicator asks for; an indicator that is not in the catalogue is the reader's to say."""
    code: str | None = values.get("indicator")
    if code is None:
        return
    try:
        kind = indicator(code).kind
    except UnknownIndicatorError:
        return
    yield from by_kind(values, kind)


PROGRESS = SheetKind(
    key="progress",
    zh="工作进展",
    en="Progress",
    workbook="progress",
    scope=("community", "period", "topic"),
    topic="workstream",
    identity=("indicator",),
    synonyms=("专项进展", "工作进展表", "专项工作进展", "工作台账", "进展情况", "工作进度"),
    either=(("indicator", "indicator_name"),),
    purpose_zh="各工作线指标的完成情况，按统计周期报送",
    purpose_en="What was done in each workstream, by indicator and period",
    columns=(
        Column(
            "biz_date",
            "填报日期",
            "Date of report",
            Type.DATE,
            required=True,
            synonyms=("日期", "上报日期"),
            fill_down=True,
        ),
        Column(
            "period",
            "统计周期",
            "Period",
            Type.PERIOD,
            required=True,
            synonyms=("统计时段", "报告期", "周期", "统计期"),
            fill_down=True,
            rule_zh="2022-08、2022Q3、2022-W33 或 2022；与指标的周期类型一致",
            rule_en="2022-08, 2022Q3, 2022-W33 or 2022; the kind of period the indicator has",
        ),
        columns.COMMUNITY,
        Column(
            "workstream",
            "工作线",
            "Workstream",
            Type.WORKSTREAM,
            required=True,
            synonyms=("条线", "工作", "工作条线", "专项工作"),
            rule_zh="须为工作线之一",
            rule_en="One of the workstreams",
        ),
        Column(
            "indicator",
            "指标编码",
            "Indicator code",
            Type.INDICATOR,
            synonyms=("指标代码", "指标编号"),
            rule_zh="编码或名称至少填一项；都填时以编码为准",
            rule_en="This or the name; the code decides where both are given",
        ),
        Column(
            "indicator_name",
            "指标名称",
            "Indicator",
            synonyms=("指标", "项目", "工作项目"),
            rule_zh="与编码不符时提示",
            rule_en="Another name than the code's is a warning",
        ),
        Column(
            "accrual",
            "口径",
            "Basis",
            Type.ENUM,
            required=True,
            synonyms=("数据口径", "统计口径"),
            choices=choices.ACCRUAL,
            rule_zh="累计数减少须说明原因",
            rule_en="A total that falls needs a reason",
            example="cumulative",
        ),
        Column(
            "done",
            "完成数",
            "Done",
            Type.NUMBER,
            synonyms=("实绩", "已完成", "完成值", "实际完成"),
            minimum=0,
            rule_zh="数量类指标必填",
            rule_en="Required for counts",
            example=12,
        ),
        Column(
            "num",
            "分子",
            "Numerator",
            Type.NUMBER,
            synonyms=("分子数",),
            minimum=0,
            rule_zh="比率类指标必填",
            rule_en="Required for rates",
            example=46,
        ),
        Column(
            "den",
            "分母",
            "Denominator",
            Type.NUMBER,
            synonyms=("总数", "分母数"),
            minimum=0,
            rule_zh="比率类指标必填；0 即不适用",
            rule_en="Required for rates; 0 means not applicable",
            example=120,
        ),
        Column(
            "target",
            "目标值",
            "Target",
            Type.NUMBER,
            percent=True,
            synonyms=("任务数", "目标", "目标数"),
            minimum=0,
            rule_zh="以系统的目标为准，不同则提示",
            rule_en="The system's target decides; another one is shown",
        ),
        Column(
            "evidence",
            "佐证材料",
            "Evidence",
            synonyms=("附件", "图片", "佐证", "证明材料"),
            personal=True,
            rule_zh="文件名或链接",
            rule_en="File names or links",
        ),
        Column("note", "进展说明", "Note", synonyms=("工作进展", "进展", "进展情况"), personal=True),
        Column("issues", "问题", "Issues", synonyms=("存在问题", "困难"), personal=True),
        tick(
            "needs_help",
            "需协调",
            "Needs coordination",
            "是否需协调",
            "需协调解决",
            rule_zh="“是”则转督办整改",
            rule_en="A yes becomes an action item",
        ),
        Column("next_step", "下步措施", "Next step", synonyms=("下步打算", "下一步措施", "下步工作"), personal=True),
        columns.OWNER,
        Column("due", "时限", "Due", Type.DATE, synonyms=("完成时限", "限期")),
        tick(
            "zero_confirm",
            "零发生确认",
            "Zero confirmed",
            "零报告",
            "零发生",
            rule_zh="零发生类指标必填“是”；空白是未报，不是 0",
            rule_en="Yes is required for zero-tolerance indicators; a blank is unreported, never 0",
        ),
        columns.count(
            "problems_found",
            "发现问题数",
            "Problems found",
            "发现问题个数",
            "检查发现问题数",
            "查出问题数",
            rule_zh="评分、检查类指标填写",
            rule_en="Of indicators that are scores of inspections",
        ),
        columns.count(
            "problems_mended",
            "已整改数",
            "Problems mended",
            "已整改问题数",
            "整改问题数",
            "整改数",
            rule_zh="其中已整改的；不多于发现问题数",
            rule_en="Those of them that are mended; not more than were found",
        ),
    ),
    row_checks=(
        checks.not_in_future("biz_date"),
        rate_has_both,
        zero_is_zero,
        indicator_is_answered,
        checks.not_above("problems_mended", "problems_found", rules.MENDED_ABOVE_FOUND),
    ),
    sheet_checks=(checks.unique_rows("community", "period", "workstream", "indicator", "indicator_name"),),
)
