"""周工作计划: what a community means to do in a week, and at its end what became of it."""

from __future__ import annotations

from collections.abc import Iterable

from data_access.sheets import checks, choices, columns, rules
from data_access.sheets.declaration import Column, Problem, SheetKind, Type, Values, looks_at


@looks_at("week")
def week_is_a_week(values: Values) -> Iterable[Problem]:
    """The plan is one of a week, not of a month or a year."""
    week: str | None = values.get("week")
    if week is not None and "-W" not in week:
        yield Problem(rules.NOT_A_WEEK, "week", {"value": week})


@looks_at("outcome", "done_on")
def outcome_and_day_agree(values: Values) -> Iterable[Problem]:
    """What is done bears its day, and what bears one is done: else nobody can say whether it was done in time."""
    done, day = values.get("outcome") == "done", values.get("done_on")
    if done and day is None:
        yield Problem(rules.PLAN_DONE_WITHOUT_DAY, "done_on", absent=rules.PLAN_WITHOUT_DAYS)
    if day is not None and not done:
        yield Problem(rules.PLAN_DAY_WITHOUT_DONE, "outcome")


PLAN = SheetKind(
    key="plan",
    zh="周工作计划",
    en="Weekly plan",
    workbook="plan",
    scope=("community", "period"),
    identity=("item_no",),
    synonyms=("周计划", "工作计划表", "每周工作计划", "一周工作计划", "本周工作计划", "周工作安排", "一周工作安排"),
    purpose_zh="社区一周要做的工作，每项一行；周末填上完成情况再报一次，未完成的转下周",
    purpose_en="What a community does in a week, one row an item; sent again at its end with what became of each",
    columns=(
        columns.COMMUNITY,
        Column(
            "week",
            "周次",
            "Week",
            Type.PERIOD,
            required=True,
            synonyms=("计划周次", "所属周", "工作周"),
            fill_down=True,
            beside=True,
            rule_zh="如 2026-W47 或 2026年第47周（周一至周日）；可只在表头上方写一次",
            rule_en="Such as 2026-W47, Monday to Sunday; may be said once above the table",
        ),
        # Not 编号, by which the matters of 督办整改 go.
        Column(
            "item_no",
            "序号",
            "Item no.",
            Type.INT,
            required=True,
            synonyms=("项次", "计划序号"),
            minimum=1,
            rule_zh="本周内不重复",
            rule_en="Each number once in a week",
            example=1,
        ),
        Column(
            "task",
            "工作内容",
            "Task",
            required=True,
            synonyms=(
                "工作任务",
                "计划内容",
                "重点工作",
                "工作事项",
                "工作安排",
                "计划工作",
                "本周工作",
                "本周重点工作",
            ),
            personal=True,
            example="走访独居老人，提醒接种",
        ),
        Column(
            "workstream",
            "工作线",
            "Workstream",
            Type.WORKSTREAM,
            synonyms=("条线", "工作条线", "专项工作"),
            rule_zh="须为工作线之一",
            rule_en="One of the workstreams",
        ),
        columns.OWNER,
        Column(
            "due",
            "完成时限",
            "Due",
            Type.DATE,
            synonyms=("时限", "计划完成日期", "计划完成时间", "完成期限", "限期"),
            rule_zh="空白即本周日",
            rule_en="Blank means the week's Sunday",
        ),
        Column(
            "done_on",
            "完成日期",
            "Done on",
            Type.DATE,
            synonyms=("实际完成日期", "实际完成时间", "完成时间", "办结日期"),
            rule_zh="完成的填，不晚于今天",
            rule_en="Of what is done; today at the latest",
        ),
        Column(
            "outcome",
            "完成状态",
            "Outcome",
            Type.ENUM,
            synonyms=("状态", "是否完成", "办理状态", "落实状态"),
            choices=choices.PLAN_OUTCOME,
            rule_zh="空白即未完成",
            rule_en="Blank means still open",
        ),
        Column(
            "result",
            "完成情况",
            "Result",
            synonyms=("落实情况", "进展情况", "工作进展", "完成情况说明"),
            personal=True,
        ),
    ),
    row_checks=(week_is_a_week, checks.not_in_future("done_on"), outcome_and_day_agree),
    sheet_checks=(checks.unique_rows("community", "week", "item_no"),),
)
