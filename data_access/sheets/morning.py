"""早会商: what a community plans for the day, as told in the morning meeting."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import time

from data_access.sheets import checks, columns, rules
from data_access.sheets.columns import count, tick
from data_access.sheets.declaration import Column, Problem, SheetKind, Type, Values

NOON = time(12, 0)


def meeting_before_noon(values: Values) -> Iterable[Problem]:
    """A morning meeting begins before noon."""
    begins: time | None = values.get("meeting_time")
    if begins is not None and begins >= NOON:
        yield Problem(rules.NOT_A_MORNING, "meeting_time", {"time": f"{begins:%H:%M}"})


def planned_doses_sum(values: Values) -> Iterable[Problem]:
    """The plan's doses add up to the plan."""
    planned, doses = values.get("planned"), checks.total(values, "planned_d1", "planned_d2", "planned_b")
    if planned is not None and doses is not None and planned != doses:
        fields = {"planned": planned, "sum": doses, "difference": planned - doses}
        yield Problem(rules.PLANNED_DOSES_DIFFER, "planned", fields)


def stock_covers_plan(values: Values) -> Iterable[Problem]:
    """There is vaccine for everybody planned."""
    planned, stock = values.get("planned"), values.get("stock")
    if planned is not None and stock is not None and stock < planned:
        yield Problem(rules.SUPPLY_GAP, "stock", {"stock": stock, "planned": planned, "gap": planned - stock})


def plan_is_staffed(values: Values) -> Iterable[Problem]:
    """Where people are planned, somebody is on duty."""
    if values.get("planned") and values.get("staff") == 0:
        yield Problem(rules.STAFF_MISSING, "staff", {"planned": values["planned"]})


def _needs_help(values: Values) -> bool:
    return values.get("needs_help") is True


MORNING = SheetKind(
    key="morning",
    zh="早会商",
    en="Morning meeting",
    workbook="morning",
    scope=("campaign", "community", "business_date"),
    date="biz_date",
    identity=("site",),
    synonyms=("早会商表", "早会", "早调度", "早会商情况表", "早会商统计表"),
    purpose_zh="当日计划、疫苗和人员，当日 09:00 前报送",
    purpose_en="The day's plan, vaccine and staff, by 09:00 of the day",
    columns=(
        replace(columns.BUSINESS_DATE, synonyms=("会商日期", "工作日期", "业务日期")),
        columns.COMMUNITY,
        columns.CAMPAIGN,
        columns.SITE,
        Column(
            "meeting_time",
            "会商时间",
            "Meeting time",
            Type.TIME,
            beside=True,
            synonyms=("时间", "早会时间"),
            rule_zh="12:00 以前",
            rule_en="Before 12:00",
            example=time(8, 40),
        ),
        Column(
            "chair", "主持人", "Chair", Type.NAME, synonyms=("召集人",), beside=True, personal=True, example="李示例"
        ),
        count(
            "planned",
            "今日计划人数",
            "Planned today",
            "计划接种",
            "今日任务",
            "名单人数",
            "拟接种人数",
            "计划人数",
            "今日计划",
            "计划接种人数",
            required=True,
            rule_zh="等于会商时当日名单的人数",
            rule_en="The rows of the day's roster at the time of the meeting",
            example=50,
        ),
        count(
            "planned_d1",
            "计划_第一剂",
            "Planned: dose 1",
            "首针",
            "计划第一剂",
            "计划首针",
            "第一剂",
            dose="d1",
            example=10,
        ),
        count(
            "planned_d2",
            "计划_第二剂",
            "Planned: dose 2",
            "二针",
            "计划第二剂",
            "计划二针",
            "第二剂",
            dose="d2",
            example=5,
        ),
        count(
            "planned_b",
            "计划_加强针",
            "Planned: booster",
            "三针",
            "计划加强针",
            "计划三针",
            "加强针",
            dose="b",
            rule_zh="各剂次之和等于今日计划人数",
            rule_en="The doses add up to the plan",
            example=35,
        ),
        count(
            "notified",
            "已通知人数",
            "Notified",
            "已联系",
            "已通知",
            "通知人数",
            rule_zh="不多于计划人数",
            rule_en="Not above the plan",
            example=48,
        ),
        count(
            "batches",
            "分批数",
            "Batches",
            "批次数",
            "分批",
            minimum=1,
            rule_zh="等于名单中的批次数",
            rule_en="The batches of the roster",
            example=2,
        ),
        count(
            "stock",
            "可用疫苗(剂)",
            "Stock (doses)",
            "疫苗库存",
            "现有疫苗",
            "可用疫苗",
            "库存疫苗",
            "可用疫苗剂数",
            required=True,
            rule_zh="少于计划人数即供苗缺口",
            rule_en="Below the plan is a supply gap",
            example=60,
        ),
        count(
            "staff",
            "医护/工作人员",
            "Staff",
            "到岗人数",
            "医护人员",
            "工作人员",
            "医护工作人员",
            rule_zh="有计划时不为 0",
            rule_en="Not 0 where people are planned",
            example=6,
        ),
        count(
            "carry_over",
            "昨日结转人数",
            "Carried over",
            "昨日未完成",
            "补种人数",
            "昨日结转",
            rule_zh="＝昨日未到＋改期转点＋缺苗未种",
            rule_en="= yesterday's no-show + moved + shortage",
            example=4,
        ),
        Column("issues", "存在问题", "Issues", synonyms=("困难", "问题", "存在困难"), personal=True),
        tick(
            "needs_help",
            "需协调",
            "Needs coordination",
            "是否需协调",
            "需协调解决",
            rule_zh="“是”则转督办整改",
            rule_en="A yes becomes an action item",
        ),
        columns.OWNER,
        Column(
            "due",
            "完成时限",
            "Due",
            Type.DATE,
            synonyms=("时限", "限期", "完成日期"),
            rule_zh="需协调时，问题、责任人、时限必填",
            rule_en="Issue, owner and due date are required where coordination is needed",
        ),
        Column(
            "filler",
            "填报人",
            "Filled in by",
            Type.NAME,
            beside=True,
            required=True,
            synonyms=("上报人", "填表人"),
            personal=True,
            example="赵示例",
        ),
        Column(
            "filled_at",
            "填报时间",
            "Filled in at",
            Type.DATETIME,
            beside=True,
            required=True,
            synonyms=("上报时间", "填表时间"),
            rule_zh="是否按时以系统收到的时间为准",
            rule_en="The time of receipt decides on punctuality, not this cell",
        ),
    ),
    row_checks=(
        meeting_before_noon,
        planned_doses_sum,
        checks.not_above("notified", "planned", rules.NOTIFIED_ABOVE_PLAN),
        stock_covers_plan,
        plan_is_staffed,
        checks.needed("issues", _needs_help, rules.OWNER_OF_ISSUE_MISSING),
        checks.needed("owner", _needs_help, rules.OWNER_OF_ISSUE_MISSING),
        checks.needed("due", _needs_help, rules.OWNER_OF_ISSUE_MISSING),
    ),
    sheet_checks=(checks.unique_rows("campaign", "community", "biz_date", "site"),),
)
