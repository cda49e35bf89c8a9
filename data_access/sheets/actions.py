"""督办整改: what was found wrong, who mends it by when, and whether the re-check passed it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from data_access.sheets import checks, choices, columns, rules
from data_access.sheets.declaration import Column, Problem, SheetKind, Type, Values

FIXED = frozenset({"recheck", "closed"})
SHORTEST_ISSUE = 5
MATTER = ("community", "found_on", "place", "issue")  # what tells matters apart that bear no number


def issue_is_told(values: Values) -> Iterable[Problem]:
    """An issue is described in at least five characters."""
    issue: str | None = values.get("issue")
    if issue is not None and len(issue.strip()) < SHORTEST_ISSUE:
        yield Problem(rules.ISSUE_TOO_SHORT, "issue")


def closed_after_recheck(values: Values) -> Iterable[Problem]:
    """An item is closed only after a dated re-check by a named person has passed it."""
    if values.get("status") != "closed":
        return
    if values.get("recheck") != "passed":
        yield Problem(rules.CLOSED_WITHOUT_RECHECK, "recheck")
        return
    for key in ("rechecked_on", "rechecked_by"):
        if values.get(key) is None:
            yield Problem(rules.CLOSED_WITHOUT_RECHECK, key)
            return


def rechecked_by_another(values: Values) -> Iterable[Problem]:
    """The person who fixed it does not re-check it."""
    owner, checker = values.get("owner"), values.get("rechecked_by")
    if owner and checker and owner.strip() == checker.strip():
        yield Problem(rules.RECHECKED_BY_FIXER, "rechecked_by")


def _fixed(values: Values) -> bool:
    return values.get("status") in FIXED


def _photos(key: str, zh: str, en: str, *synonyms: str) -> Column:
    return Column(
        key,
        zh,
        en,
        Type.FILES,
        synonyms=synonyms,
        minimum=0,
        rule_zh="张数",
        rule_en="Number of photos",
        example=2,
    )


ACTIONS = SheetKind(
    key="actions",
    zh="督办整改",
    en="Action items",
    workbook="actions",
    scope=("topic",),
    topic="item_no",
    identity=("item_no",),
    synonyms=("督办整改台账", "整改台账", "督办台账", "问题清单", "问题整改", "整改清单", "检查台账"),
    purpose_zh="发现的问题，从交办到销号；每个问题一行",
    purpose_en="What was found, from assignment to closing; one row an item",
    columns=(
        # 序号 is a running number that starts anew in every sheet; as an item's name it would overwrite others.
        Column(
            "item_no",
            "编号",
            "Item no.",
            synonyms=("问题编号", "督办编号"),
            rule_zh="本街道唯一；空白时由系统编",
            rule_en="Unique in the street; given by the system when blank",
            example="DB-001",
        ),
        Column(
            "source",
            "来源",
            "Source",
            Type.ENUM,
            required=True,
            synonyms=("检查类型", "问题来源"),
            choices=choices.SOURCE,
            example="weekly",
        ),
        Column(
            "found_on",
            "发现日期",
            "Found on",
            Type.DATE,
            required=True,
            synonyms=("检查时间", "检查日期", "发现时间"),
            rule_zh="不晚于今天",
            rule_en="Today at the latest",
        ),
        columns.COMMUNITY,
        Column(
            "place",
            "点位",
            "Place",
            required=True,
            synonyms=("地点", "检查地点", "具体位置", "位置"),
            personal=True,
            example="示例路菜市场",
        ),
        Column(
            "workstream",
            "工作线",
            "Workstream",
            Type.WORKSTREAM,
            required=True,
            synonyms=("条线", "工作条线", "专项工作"),
            rule_zh="须为工作线之一",
            rule_en="One of the workstreams",
        ),
        Column(
            "issue",
            "问题描述",
            "Issue",
            required=True,
            synonyms=("存在问题", "问题", "问题内容"),
            personal=True,
            rule_zh="不少于 5 个字",
            rule_en="At least 5 characters",
            example="垃圾桶满溢未及时清运",
        ),
        Column("issue_type", "问题类型", "Issue type", synonyms=("问题类别", "问题分类"), example="环境卫生"),
        Column(
            "severity",
            "严重程度",
            "Severity",
            Type.ENUM,
            required=True,
            synonyms=("等级", "问题等级"),
            choices=choices.SEVERITY,
            rule_zh="重大问题上领导页",
            rule_en="Critical items go to the leaders' page",
            example="minor",
        ),
        Column(
            "demand",
            "整改要求",
            "Demand",
            required=True,
            synonyms=("要求",),
            personal=True,
            example="当日清运，定人巡查",
        ),
        Column(
            "unit",
            "责任单位",
            "Responsible unit",
            required=True,
            synonyms=("整改单位", "牵头单位"),
            example="示例社区",
        ),
        replace(columns.OWNER, required=True, synonyms=("整改责任人", "责任人姓名")),
        Column(
            "due",
            "整改时限",
            "Due",
            Type.DATE,
            required=True,
            synonyms=("限期", "完成时限", "时限", "整改期限"),
            rule_zh="不早于发现日期",
            rule_en="Not before the day it was found",
        ),
        Column(
            "measure",
            "整改措施",
            "Measure",
            synonyms=("完成情况", "整改情况"),
            personal=True,
            rule_zh="完成时必填",
            rule_en="Required once fixed",
        ),
        Column(
            "fixed_on",
            "整改完成日期",
            "Fixed on",
            Type.DATE,
            synonyms=("完成日期", "整改日期", "完成时间"),
            rule_zh="完成时必填，不早于发现日期",
            rule_en="Required once fixed; not before the day it was found",
        ),
        _photos("photos_before", "整改前照片", "Photos before", "整改前", "整改前图片"),
        _photos("photos_after", "整改后照片", "Photos after", "整改后", "整改后图片"),
        Column(
            "rechecked_on",
            "复查日期",
            "Re-checked on",
            Type.DATE,
            synonyms=("回头看日期", "复查时间"),
            rule_zh="销号前必填",
            rule_en="Required before closing",
        ),
        Column(
            "rechecked_by",
            "复查人",
            "Re-checked by",
            Type.NAME,
            synonyms=("复查人员", "验收人"),
            personal=True,
            rule_zh="不是整改责任人本人",
            rule_en="Another person than the owner",
        ),
        Column(
            "recheck",
            "复查结果",
            "Re-check result",
            Type.ENUM,
            synonyms=("回头看", "复查情况", "验收结果"),
            choices=choices.RECHECK,
            rule_zh="已销号须为通过",
            rule_en="Passed, for a closed item",
        ),
        Column(
            "status",
            "状态",
            "Status",
            Type.ENUM,
            required=True,
            synonyms=("进度", "整改状态", "办理状态"),
            choices=choices.ACTION_STATUS,
            rule_zh="逾期由系统判断：过了时限还未销号",
            rule_en="Overdue is derived: past the due date and not closed",
            example="new",
        ),
        Column(
            "extension",
            "延期审批",
            "Extension",
            synonyms=("延期说明", "延期"),
            personal=True,
            rule_zh="改了时限仍按原时限算及时率",
            rule_en="Timeliness keeps to the original due date",
        ),
    ),
    row_checks=(
        checks.not_in_future("found_on"),
        issue_is_told,
        checks.dates_in_order("found_on", "due"),
        checks.dates_in_order("found_on", "fixed_on"),
        checks.needed("measure", _fixed, rules.FIX_MISSING),
        checks.needed("fixed_on", _fixed, rules.FIX_MISSING),
        closed_after_recheck,
        rechecked_by_another,
    ),
    sheet_checks=(checks.unique("item_no"),),
)
