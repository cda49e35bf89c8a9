"""What a community has reached in an indicator by a day: from the target, its own size and how well it does.

Counts grow with the year or with their season, rates stand near their target over a denominator of their own, scores
bring the problems that their inspections found. Where one figure holds another (a total and what was added to it, those
managed and those managed by the standard) both are made from the same numbers.
"""

from __future__ import annotations

import math
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

from config.catalogue import indicator, workstreams
from config.indicators import Indicator
from data_access.sample.street import Place

Pace = Callable[[str], float]  # of one community by indicator; 1 is what the calendar asks for
Figures = dict[str, Any]

SLOTTED = frozenset({"month", "two_months", "quarter"})
# What a rate is of: a share of the people surveyed, or so many (a sample, a list) where it is a whole number.
DENOMINATORS: dict[str, float] = {
    "社区人口": 2.6, "辖区人口": 2.6, "常住人口": 2.6, "总户数": 1.1, "总户/总点位": 1.1, "全部厕所（户）": 1.1,
    "35岁以上人数（分户籍、外来务工）": 1.3, "应参保": 2.1, "患者（或估算）人数": 0.36, "患者人数": 0.14,
    "流动人口": 0.31, "应接种": 0.12, "应接种流动儿童": 0.04, "应管理": 0.16, "应保障": 0.09, "应保户": 0.05,
    "底数": 0.04, "在册党员": 0.05, "应配备": 0.1, "应装": 0.2, "小区面积": 41.0,
    "抽查人数": 200, "抽查居民": 200, "调查人数": 200, "测试人数": 120, "居委总数": 6, "应报告": 12, "受理": 24,
    "已排查": 31, "有隐患的店铺": 2, "主要弄口": 14, "已发现": 26, "应持证": 34, "检查房间": 672, "检查重点房": 413,
    "延长米": 4000, "总分": 100, "总数": 85, "征求到的意见": 14, "妇女干部": 15, "全部小区/单位": 18,
}  # fmt: skip
RUNNING = {"SAFE-21": 2.0, "PTY-15": 1 / 7}  # denominators that grow by so much a day
WITHIN = {"PHC-07": "PHC-06", "PHC-09": "PHC-08"}  # a rate of those whom another one counts
ON_TOP = {"HC-10": "HC-09", "HC-11b": "HC-11a", "HC-12b": "HC-12a"}  # a total and what this year adds to it
WANTED = {"HC-06": 96, "HC-25": 12, "SAFE-19": 4, "VAX-12": 95}  # where the catalogue prints no number
ENOUGH = 85  # percent of a rate without a target
INSPECTIONS = frozenset({"ENV-02", "ENV-03", "ENV-04", "PAT-13", "PAT-15", "PAT-21", "FIRE-09"})
PEOPLE = frozenset({"户", "人", "人次"})  # what a small community has less of
WHOLE = 900  # people surveyed where a community gets the street's targets unchanged
FEW = 20


def figures(item: Indicator, place: Place, pace: Pace, day: date) -> Figures:
    """Done, or numerator and denominator, at the end of ``day``, everything since the year began; problems found."""
    reached = _ratio(item, place, pace, day) if item.ratio else {"done": _count(item, place, pace, day)}
    return reached | _problems(item, place, pace(item.code), day)


def goal(item: Indicator, place: Place) -> float:
    """What the whole year or season is to bring; of what is counted in people or households as much as it has."""
    full = float(item.full_target or item.target or item.reached or WANTED.get(item.code, 1))
    if item.unit not in PEOPLE or full < FEW or place.surveyed >= WHOLE:
        return full
    return max(5.0 * round(full * place.surveyed / WHOLE / 5), 5.0)


def smaller(places: Iterable[Place]) -> Iterator[tuple[Place, Indicator, float]]:
    """Where a community is too small for the street's target: the community, the indicator, its own target."""
    aimed = [item for stream in workstreams() for item in stream.enabled if item.target and not item.alternative_to]
    for place in places:
        yield from ((place, item, goal(item, place)) for item in aimed if goal(item, place) < (item.full_target or 0))


def opening(item: Indicator, place: Place) -> int:
    """What stood before the year of a total over all years."""
    added = indicator(ON_TOP[item.code]) if item.code in ON_TOP else None
    return round(goal(item, place) - goal(added, place) if added else goal(item, place) * 0.6)


def _count(item: Indicator, place: Place, pace: Pace, day: date) -> int:
    if item.code in ON_TOP:
        return opening(item, place) + _count(indicator(ON_TOP[item.code]), place, pace, day)
    if item.accrual == "cumulative_all_time":
        before = opening(item, place)
        return before + _grown(item, place, goal(item, place) - before, pace(item.code), day)
    if item.accrual == "snapshot":
        full, own = goal(item, place), pace(item.code)
        exact = item.comparator in ("=", "≤") or full < FEW
        return math.floor(full * own) if own < 1 else math.ceil(full if exact else full * own)
    return _grown(item, place, goal(item, place), pace(item.code), day)


def _grown(item: Indicator, place: Place, full: float, pace: float, day: date) -> int:
    start, end = item.window_in(day.year)
    if item.accrual == "per_period" and item.period in SLOTTED:
        slots = item.slots or 12
        passed = (day.year - start.year) * 12 + day.month - start.month + day.day / monthrange(day.year, day.month)[1]
        length = (end.year - start.year) * 12 + end.month - start.month + 1
        done = min(math.floor(slots * passed / length * min(pace, 1.0) + _early(item, place)), slots)
        return done * round(full / slots) if full > slots else done
    asked = full * elapsed(item, day)
    if pace < 0.9:
        return math.floor(asked * pace)
    return min(math.ceil(asked * pace - 0.1), math.floor(full)) if full < FEW else math.ceil(asked * pace)


def _early(item: Indicator, place: Place) -> float:
    """How early in a month or quarter a community does what each one needs: some at once, some in its last week."""
    return 0.3 + place.index * 5 % 12 / 20 + len(item.code + item.zh) % 3 / 20


def elapsed(item: Indicator, day: date) -> float:
    """The share of its year or season that has passed."""
    start, end = item.window_in(day.year)
    return min(((day - start).days + 1) / ((end - start).days + 1), 1.0)


def _ratio(item: Indicator, place: Place, pace: Pace, day: date) -> Figures:
    own, den = pace(item.code), _denominator(item, place, pace, day)
    wanted = item.target if item.target is not None else item.reached
    aim = den * float(ENOUGH if wanted is None else wanted) / item.factor
    if item.comparator == "≤":
        return {"num": math.floor(aim * (0.5 if own >= 1 else 0.9)), "den": den}
    share = elapsed(item, day) if item.accrual == "annual_total" else 1.0
    if own >= 1:
        reached = math.ceil(aim * share * min(own, 1.06))
    else:
        reached = math.floor(aim * share * min(own + 0.003 * (day.month - 12), 1.0))
    return {"num": min(reached, math.floor(aim) if item.comparator == "=" else den), "den": den}


def _denominator(item: Indicator, place: Place, pace: Pace, day: date) -> int:
    if item.code in WITHIN:
        return int(_ratio(indicator(WITHIN[item.code]), place, pace, day)["num"])
    if item.code in RUNNING:
        return math.ceil(day.timetuple().tm_yday * RUNNING[item.code])
    of = DENOMINATORS.get(item.denominator.zh if item.denominator else "", 0.4)
    return of if isinstance(of, int) else max(round(place.surveyed * of), FEW)


def _problems(item: Indicator, place: Place, pace: float, day: date) -> Figures:
    """Of an inspection: what it has found since the year began, and how much of that is mended."""
    if item.kind != "score" and item.code not in INSPECTIONS:
        return {}
    found = math.ceil(elapsed(item, day) * (24 + (place.index * 7 + len(item.code)) % 17))
    return {"problems_found": found, "problems_mended": math.floor(found * min(0.88 * pace, 1.0))}
