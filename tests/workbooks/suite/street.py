"""The invented street to which the workbooks of the suite report, and what its sheets may say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any

from config import clock
from config.campaigns import sample_campaigns
from data_access.workbooks.model import Known, KnownCommunity, KnownSite
from tests.workbooks.make import document

DAY = date(2022, 8, 12)
NOON = datetime(2022, 8, 12, 12)
SUN, HAPPY, LAKE, PEACE = "朝阳社区", "幸福里社区", "东湖村", "和平路社区"
CLINIC, GYM = "街道接种门诊", "体育馆临时接种点"

Values = dict[str, Any]


def known() -> Known:
    """A street of three communities and a village, with two sites and two campaigns."""
    return Known(
        street="示范街道",
        campaigns={campaign.code: campaign for campaign in sample_campaigns()},
        default_campaign="covid",
        communities=(
            KnownCommunity(SUN, "C01", aliases=("朝阳", "朝阳居")),
            KnownCommunity(HAPPY, "C02"),
            KnownCommunity(LAKE, "C03", kind="village"),
            KnownCommunity(PEACE, "C04"),
        ),
        sites=(KnownSite(CLINIC, batch_capacity=40), KnownSite(GYM, kind="temporary")),
    )


# What is said: typed rows by column key -------------------------------------------------------------------------


def morning(community: str = SUN, planned: int = 50, stock: int = 60, day: date = DAY, **more: Any) -> Values:
    """One row of 早会商."""
    filled = {"filler": "王填报", "filled_at": clock.wall(day, time(8, 40))}
    return {"biz_date": day, "community": community, "planned": planned, "stock": stock, **filled, **more}


def evening(community: str = SUN, vaccinated: int = 41, walk_in: int = 3, day: date = DAY, **more: Any) -> Values:
    """One row of 晚调度 that agrees with itself: nine people of the roster were not vaccinated."""
    total = vaccinated + walk_in
    site = {"site": more.pop("site")} if "site" in more else {}
    return {
        "biz_date": day, "community": community, **site, "roster_n": vaccinated + 9, "vacc_on_roster": vaccinated,
        "walk_in": walk_in, "vacc_total": total,
        "vacc_d1": total - total // 4 - total // 5, "vacc_d2": total // 4, "vacc_b": total // 5,
        "deferred": 3, "contraindicated": 1, "refused": 1, "no_show": 2, "moved": 2, "shortage": 0, "elsewhere": 0,
        "observed": total, "aefi_n": 0,
        "cum_d1": 1000 + total, "cum_full": 900 + total, "cum_b": 300 + total, "cum_people": 1000 + total,
        "reconciled": "yes", **more,
    }  # fmt: skip


def person(number: int, community: str = SUN, day: date = DAY, **more: Any) -> Values:
    """One row of 接种名单."""
    return {
        "vaccination_date": day, "community": community, "name": "李" + "甲乙丙丁戊己庚辛壬癸"[number % 10] + "测",
        "id_no": document(number), "person_group": "elderly", "dose_no": "d1", "site": CLINIC, "batch_no": 1,
        "batch_leader": "孙带队", "liaison": "王联络", "liaison_phone": "13800000001", **more,
    }  # fmt: skip


def action(number: int, community: str = SUN, **more: Any) -> Values:
    """One row of 督办整改, still being fixed."""
    return {
        "item_no": f"DB-{number:03d}", "source": "weekly", "found_on": DAY, "community": community,
        "place": "示例路菜市场", "workstream": "environment", "issue": "垃圾桶满溢未及时清运", "severity": "minor",
        "demand": "当日清运", "unit": "示例社区", "owner": "王示例", "due": date(2022, 8, 20), "status": "fixing",
        **more,
    }  # fmt: skip


def progress(community: str = SUN, done: int = 5, indicator: str = "HC-08", **more: Any) -> Values:
    """One row of 工作进展."""
    return {
        "biz_date": DAY, "period": "2022", "community": community, "workstream": "healthy_community",
        "indicator": indicator, "accrual": "cumulative", "done": done, **more,
    }  # fmt: skip


def baseline(community: str = SUN, surveyed: int = 1200, **more: Any) -> Values:
    """One row of 摸底台账: the whole community."""
    return {"community": community, "person_group": "all", "surveyed": surveyed, "as_of": DAY, **more}


# How it is written: headers and words ---------------------------------------------------------------------------

HEADS: Mapping[str, Mapping[str, str]] = {
    "morning": {
        "biz_date": "日期", "community": "社区", "site": "接种点", "meeting_time": "会商时间", "chair": "主持人",
        "planned": "今日计划人数", "planned_d1": "计划_第一剂", "planned_d2": "计划_第二剂", "planned_b": "计划_加强针",
        "notified": "已通知人数", "batches": "分批数", "stock": "可用疫苗(剂)", "staff": "医护/工作人员",
        "carry_over": "昨日结转人数", "issues": "存在问题", "filler": "填报人", "filled_at": "填报时间",
    },
    "evening": {
        "biz_date": "日期", "community": "社区", "site": "接种点", "roster_n": "名单人数", "arrived": "到场人数",
        "vacc_on_roster": "名单内接种", "walk_in": "计划外接种", "vacc_total": "当日接种合计",
        "vacc_d1": "其中_第一剂", "vacc_d2": "其中_第二剂", "vacc_b": "其中_加强针", "deferred": "缓种",
        "contraindicated": "禁忌", "refused": "拒种", "no_show": "未到", "moved": "改期转点", "shortage": "缺苗未种",
        "elsewhere": "异地已接种", "observed": "留观完成", "aefi_n": "疑似异常反应", "cum_d1": "累计_第一剂",
        "cum_full": "累计_全程", "cum_b": "累计_加强针", "cum_people": "累计接种人数(含异地)", "eligible": "应接种人数",
        "rate_printed": "接种率", "reconciled": "名单核对", "diff_note": "差异说明", "plan_next": "明日计划",
        "issues": "问题与措施",
    },
    "roster": {
        "vaccination_date": "接种日期", "community": "社区", "name": "姓名", "id_type": "证件类型", "id_no": "证件号码",
        "person_code": "人员编号", "phone": "联系电话", "sex": "性别", "age": "年龄", "person_group": "人员类别",
        "employer": "行业/单位", "dose_no": "剂次", "vaccine_type": "疫苗种类", "last_dose_date": "上次接种日期",
        "site": "接种点", "batch_no": "批次", "batch_time": "集合时间", "batch_leader": "带队人", "liaison": "联络人",
        "liaison_phone": "联络人电话", "outcome": "核对结果", "observed_30": "留观完成", "remark": "备注",
    },
    "actions": {
        "item_no": "编号", "source": "来源", "found_on": "发现日期", "community": "社区", "place": "点位",
        "workstream": "工作线", "issue": "问题描述", "severity": "严重程度", "demand": "整改要求", "unit": "责任单位",
        "owner": "责任人", "due": "整改时限", "measure": "整改措施", "fixed_on": "整改完成日期",
        "photos_before": "整改前照片", "photos_after": "整改后照片", "rechecked_on": "复查日期",
        "rechecked_by": "复查人", "recheck": "复查结果", "status": "状态",
    },
    "progress": {
        "biz_date": "填报日期", "period": "统计周期", "community": "社区", "workstream": "工作线",
        "indicator": "指标编码", "indicator_name": "指标名称", "accrual": "口径", "done": "完成数", "num": "分子",
        "den": "分母", "note": "进展说明",
    },
    "baseline": {
        "community": "社区", "person_group": "人群类别", "to_survey": "应摸底人数", "surveyed": "已摸底人数",
        "contraindicated": "禁忌人数", "deferred": "缓种人数", "eligible": "应接种人数", "opening_d1": "期初_第一剂",
        "opening_full": "期初_全程", "opening_b": "期初_加强针", "as_of": "截至日期",
    },
    "communities": {"code": "社区编码", "name": "社区名称", "kind": "类型", "population": "人口数"},
    "sites": {"name": "接种点", "kind": "类型", "daily_capacity": "日接种能力", "batch_capacity": "每批容量"},
}  # fmt: skip

WORDS: Mapping[str, Mapping[Any, str]] = {
    "dose_no": {"d1": "第一剂", "d2": "第二剂", "b": "加强针"},
    "person_group": {"elderly": "60岁及以上", "adult": "18-59岁", "all": "合计"},
    "reconciled": {"yes": "已核对", "no": "未核对"},
    "sex": {"male": "男", "female": "女"},
    "id_type": {"passport": "护照", "resident": "身份证"},
    "outcome": {"vaccinated": "已接种", "no_show": "未到", "pending": "待接种", "unexplained": "未说明"},
    "source": {"weekly": "周巡", "daily": "日查", "complaint": "居民投诉"},
    "workstream": {"environment": "环境卫生", "healthy_community": "健康社区"},
    "severity": {"minor": "一般", "major": "较大", "critical": "重大"},
    "status": {"new": "待交办", "fixing": "整改中", "closed": "已销号"},
    "recheck": {"passed": "通过", "failed": "未通过"},
    "accrual": {"cumulative": "累计", "period": "当期"},
    "kind": {"community": "社区", "village": "村", "regular": "常规", "temporary": "临时"},
}
YES = {True: "是", False: "否"}


def written(key: str, value: Any) -> Any:
    """How a clerk writes a value: words for codes, the wall clock without its zone, everything else as it is."""
    if isinstance(value, datetime):
        return clock.local(value).replace(tzinfo=None) if value.tzinfo else value
    if isinstance(value, bool):
        return YES[value]
    if isinstance(value, str):
        return WORDS.get(key, {}).get(value, value)
    return value


def lines(rows: Iterable[Values], keys: Iterable[str], **changed: Any) -> list[list[Any]]:
    """The rows as a clerk writes them, without a header; ``changed`` writes a column in another way."""
    chosen = list(keys)

    def cell(key: str, row: Values) -> Any:
        value = row.get(key)
        return changed[key](value) if key in changed else written(key, value)

    return [[cell(key, row) for key in chosen] for row in rows]


def columns(rows: Iterable[Values]) -> list[str]:
    """The keys of the rows, in the order of their first appearance."""
    return list(dict.fromkeys(key for row in rows for key in row))


def heads(kind: str, keys: Iterable[str], **renamed: str) -> list[str]:
    """The headers of these columns; ``renamed`` gives some of them another name."""
    return [renamed.get(key) or HEADS[kind][key] for key in keys]


def table(kind: str, rows: list[Values], *, without: Iterable[str] = (), **changed: Any) -> list[list[Any]]:
    """A header and the rows. ``changed`` renames a column (text) or writes its cells in another way (function)."""
    keys = [key for key in columns(rows) if key not in set(without)]
    renamed = {key: value for key, value in changed.items() if isinstance(value, str)}
    writers = {key: value for key, value in changed.items() if not isinstance(value, str)}
    return [heads(kind, keys, **renamed), *lines(rows, keys, **writers)]


def total(label: str, grid: list[list[Any]], at: int = 1) -> list[Any]:
    """A totals row for a table: the label in one column, the sum under every column of whole numbers."""
    body = grid[1:]
    sums: list[Any] = [
        sum(row[place] for row in body) if all(type(row[place]) is int for row in body) else None
        for place in range(len(grid[0]))
    ]
    sums[at] = label
    return sums
