"""周工作计划 of the sample: what each community meant to do in a week, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from data_access.sample.street import Parts, Place

WEEKS = 8  # so many at most, the running one included
TASKS = (
    ("vaccination", "电话提醒未到人员，约定下批次"),
    ("vaccination", "核对接种名单，逐人落实联络员"),
    ("health_education", "更换宣传栏，张贴当月主题海报"),
    ("health_education", "举办健康讲座，请卫生服务中心讲课"),
    ("healthy_community", "走访健康家庭申报户，补齐材料"),
    ("safe_community", "矛盾纠纷排查一次，登记台账"),
    ("patriotic_health", "清除积水容器，检查毒饵站"),
    ("work_safety", "沿街商铺用电安全检查"),
    ("fire_safety", "清理楼道堆物，检查灭火器"),
    ("environment", "环境卫生周巡，评出红黑榜"),
    ("civil_affairs", "入户核对低保家庭情况"),
    ("employment", "张贴招聘信息，登记求职人员"),
    ("party_affairs", "支部学习一小时，电话联系流动党员"),
    ("culture", "组织广场舞队排练"),
    (None, "整理上级检查所需资料"),
)

Row = dict[str, Any]


def rows(places: list[Place], cast: Parts, first: date, last: date, seed: int) -> Iterator[tuple[date, str, list[Row]]]:
    """For each week of the drive the day of sending, the week and its rows, one an item.

    A week that is over was sent the Monday after it with what became of each item, the running one as it stands: of
    it the silent community has sent nothing yet. What was carried over opens the next week.
    """
    monday = max(first, last - timedelta(weeks=WEEKS - 1))
    monday -= timedelta(days=monday.weekday())
    carried: dict[int, list[tuple[str | None, str]]] = {place.index: [] for place in places}
    while monday <= last:
        running = monday + timedelta(days=6) >= last
        made = [
            row
            for place in places
            if not (running and place.index == cast.silent)
            for row in _week(place, monday, last, carried[place.index], Random(f"{seed}:plan:{monday}:{place.index}"))
        ]
        sent = last - timedelta(days=1) if running else monday + timedelta(weeks=1)
        yield max(sent, monday), _name(monday), made
        monday += timedelta(weeks=1)


def _name(monday: date) -> str:
    year, week, _day = monday.isocalendar()
    return f"{year}-W{week:02d}"


def _week(place: Place, monday: date, last: date, carried: list[tuple[str | None, str]], rng: Random) -> Iterator[Row]:
    chosen = [*carried, *rng.sample(TASKS, 4 - len(carried))]
    carried.clear()
    sunday = monday + timedelta(days=6)
    told = min(sunday, last - timedelta(days=1))
    for number, (workstream, task) in enumerate(chosen, start=1):
        due = monday + timedelta(days=rng.randint(1, 4))
        done, chance = due + timedelta(days=rng.choice((-1, 0, 0, 0, 1))), rng.random()
        row: Row = {
            "community": place.name,
            "week": _name(monday),
            "item_no": number,
            "task": task,
            "workstream": workstream,
            "owner": place.staff[number % len(place.staff)],
            "due": due,
        }
        if chance < 0.84 and done <= told:
            row |= {"outcome": "done", "done_on": done, "result": "已完成"}
        elif told < sunday:
            row["outcome"] = "open"
        elif chance < 0.96:
            row |= {"outcome": "carried", "result": "人手不足，转下周"}
            carried.append((workstream, task))
        else:
            row |= {"outcome": "dropped", "result": "并入街道统一活动"}
        yield row
