"""督办整改 of the sample: matters in every state, reported as they move on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from data_access.sample.people import People
from data_access.sample.street import Place

# Days before the last one on which the ledger is sent, oldest first; the last one on the morning of the last day.
SENT = (30, 24, 18, 12, 8, 5, 3, 1, 0)

# What was found: source, workstream, place, issue, type, severity, demand, responsible unit (None: the community).
ISSUES = (
    ("weekly", "environment", "菜市场东侧", "垃圾桶满溢未及时清运", "环境卫生", "minor", "当日清运，定人巡查", None),
    ("daily", "fire_safety", "3 号楼楼道", "楼道堆放纸箱和旧家具", "消防通道", "major", "清理并张贴告知", None),
    ("safety", "work_safety", "沿街商铺", "私拉电线未整改", "用电安全", "major", "拆除并更换线路", "应急办"),
    ("on_site", "patriotic_health", "小区北门", "积水容器未清理", "病媒孳生", "minor", "翻盆倒罐，复查一周", None),
    ("superior", "fire_safety", "地下车库", "灭火器过期未更换", "消防设施", "critical", "三日内全部更换", "物业公司"),
    ("morning", "vaccination", "文体中心", "候种区座椅不足", "接种保障", "minor", "增设座椅 20 把", "卫健办"),
    ("evening", "vaccination", "流动车", "留观区遮阳棚破损", "接种保障", "minor", "更换遮阳棚", "卫健办"),
    ("complaint", "environment", "2 号楼后", "夜间烧烤油烟扰民", "油烟噪声", "major", "劝离并联合执法", "城管办"),
    ("monthly", "health_education", "宣传栏", "宣传栏两月未更换", "健康教育", "minor", "本周内更换", None),
    ("mock", "healthy_community", "社区服务站", "控烟巡查记录不全", "控烟", "minor", "补齐记录，专人负责", None),
    ("expert", "patriotic_health", "垃圾中转站", "鼠洞未封堵", "病媒防制", "major", "封堵并投药", "城管办"),
    ("opinion", "civilised_community", "健身广场", "健身器材螺丝松动", "公共设施", "major", "停用并检修", "文化站"),
)
COURSES = (
    "closed", "closed", "closed_late", "fixing_soon", "fixing", "overdue", "recheck",
    "new", "relapsed", "extended", "closed", "new_overdue", "recheck_overdue",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Matter:
    """One item with what was said of it from which day on, oldest first."""

    number: str
    said: tuple[tuple[date, dict[str, Any]], ...]

    @property
    def due(self) -> date:
        """The deadline it was found with."""
        first: date = self.said[0][1]["due"]
        return first

    def at(self, day: date) -> dict[str, Any] | None:
        """What stands in the ledger on a day; None before it was found."""
        known = [values for start, values in self.said if start <= day]
        return known[-1] if known else None


def matters(places: list[Place], until: date, seed: int) -> list[Matter]:
    """Every matter of the sample, in the order of their numbers."""
    rng = Random(f"{seed}:actions")
    people = People(Random(f"{seed}:owners"))
    return [
        _matter(number, COURSES[number % len(COURSES)], places[(number * 5 + 3) % len(places)], until, rng, people)
        for number in range(len(COURSES) * 2)
    ]


def ledgers(found: list[Matter], until: date) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """For each day of sending (days before the end) the rows that are new or moved on."""
    told: dict[str, dict[str, Any]] = {}
    for ago in SENT:
        moved = []
        for matter in found:
            now = matter.at(until - timedelta(days=ago))
            if now is not None and told.get(matter.number) != now:
                told[matter.number] = now
                moved.append(now)
        if moved:
            yield ago, moved


def _matter(number: int, course: str, place: Place, until: date, rng: Random, people: People) -> Matter:
    source, workstream, spot, issue, kind, severity, demand, unit = ISSUES[number % len(ISSUES)]
    owner, checker = people.names(2)
    name = f"DB-{number + 1:03d}"

    def ago(days: int) -> date:
        return until - timedelta(days=days)

    def head(found: int, due: int) -> dict[str, Any]:
        return {
            "item_no": name,
            "source": source,
            "found_on": ago(found),
            "community": place.name,
            "place": f"{place.alias}{spot}",
            "workstream": workstream,
            "issue": issue,
            "issue_type": kind,
            "severity": severity,
            "demand": demand,
            "unit": unit or place.name,
            "owner": owner,
            "due": ago(due),
            "photos_before": rng.randint(1, 3),
        }

    def fixed(day: int) -> dict[str, Any]:
        return {"status": "recheck", "measure": f"已按要求整改：{demand}", "fixed_on": ago(day), "photos_after": 2}

    def checked(day: int, passed: bool) -> dict[str, Any]:
        result = "passed" if passed else "failed"
        return {"rechecked_on": ago(day), "rechecked_by": checker, "recheck": result}

    shift = number // len(COURSES)  # the second round of courses runs a few days later
    new, fixing = {"status": "new"}, {"status": "fixing"}
    if course in ("closed", "closed_late"):
        start = 29 - 3 * shift - number % 4
        done = start - (6 if course == "closed" else 11)
        item = head(start, start - (9 if course == "closed" else 7))
        closed = fixed(done) | checked(done - 2, True) | {"status": "closed"}
        steps = [(start, new), (start - 2, fixing), (done, fixed(done)), (done - 2, closed)]
    elif course == "relapsed":
        item = head(28, 21)
        closed = fixed(23) | checked(20, True) | {"status": "closed"}
        again = fixed(23) | checked(4, False) | {"status": "relapsed"}
        steps = [(28, new), (26, fixing), (23, fixed(23)), (20, closed), (4, again)]
    elif course in ("recheck", "recheck_overdue"):
        item = head(14, -3 if course == "recheck" else 2)
        steps = [(14, new), (12, fixing), (2, fixed(2))]
    elif course == "extended":
        item = head(20, 6)
        later = {"status": "fixing", "due": ago(-5), "extension": "备件未到，分管领导同意延期"}
        steps = [(20, new), (17, fixing), (7, later)]
    elif course in ("new", "new_overdue"):
        start, due = (1, -6) if course == "new" else (9, 1)
        item = head(start, due)
        steps = [(start, new)]
    else:
        start, due = {"fixing_soon": (8, -2), "fixing": (6, -9), "overdue": (12, 2 + 3 * shift)}[course]
        item = head(start, due)
        steps = [(start, new), (start - 2, fixing)]
    return Matter(name, tuple((ago(day), item | said) for day, said in steps))
