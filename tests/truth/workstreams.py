"""The matrix of workstreams from the progress sheets, computed a second time (metrics.md §6.7).

The catalogue is read as the TOML text an office writes, targets of single communities as they lie in the database.
Thirteen indicators are counted from the daily sheets and the ledger of matters; what a progress sheet says of them is
not used.
"""

from __future__ import annotations

import calendar
import math
import tomllib
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.truth.read import blank, day

if TYPE_CHECKING:
    from tests.truth.street import Street

CATALOGUE = Path(__file__).parents[2] / "config" / "workstreams"
SEVERITY = (
    *("zero_occurred", "behind", "zero_unconfirmed", "slightly_behind", "on_track", "ahead", "zero_ok"),
    *("missing", "no_target", "not_started", "not_applicable"),
)
SILENT = ("missing", "no_target", "not_started", "not_applicable")
MEETINGS = {"VAX-08": "morning", "VAX-09": "evening"}
MONTHS = {"month": 1, "two_months": 2, "quarter": 3}
BEHIND, AHEAD = -10, 5
TARGET = 90  # of the campaign, in percent
COUNTED = (
    *[f"VAX-{n:02d}" for n in (1, 2, 3, 4, 6, 7, 8, 9, 11)],
    *("RPT-01", "RECT-01", "RECT-02", "RECT-03"),
)

Item = dict[str, Any]
Row = dict[str, Any]


@lru_cache(maxsize=1)
def every() -> dict[str, dict[str, Any]]:
    """Every workstream in its order, with the indicators in use, and those of them that stand in the matrix."""
    found = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in CATALOGUE.glob("*.toml")}
    for one in found.values():
        one["used"] = [item for item in one["indicator"] if item.get("enabled", True)]
        one["shown"] = [item for item in one["used"] if item.get("matrix")]
    return dict(sorted(found.items(), key=lambda pair: pair[1]["order"]))


def streams() -> dict[str, dict[str, Any]]:
    """The workstreams of the matrix."""
    return {slug: one for slug, one in every().items() if one.get("matrix")}


@dataclass(frozen=True)
class Part:
    """One indicator: its state and figures; ``gap`` in points, ``elapsed`` in days, ``target`` of a rate in percent."""

    state: str
    elapsed: tuple[int, int]
    value: Fraction | None = None
    pair: tuple[Fraction | None, Fraction | None] = (None, None)  # done and goal, numerator and denominator
    target: Fraction | None = None
    gap: Fraction | None = None
    completion: Fraction | None = None
    asked: Fraction | None = None
    expected: int | None = None
    shortfall: int | None = None
    left: int | None = None
    headroom: int | None = None
    unreported: int = 0
    reports: int = 0
    mended: tuple[int | None, int | None] = (None, None)

    @property
    def whole(self) -> tuple[int | None, int | None]:
        """The pair without fractions of a unit."""
        n, d = self.pair
        if n is None or d is None:
            return None, None
        scale = math.lcm(n.denominator, d.denominator)
        return int(n * scale), int(d * scale)


@dataclass(frozen=True)
class Cell:
    """One cell of the matrix: its state, its worst indicator, and all of them by code."""

    state: str
    worst: str | None
    parts: dict[str, Part]

    @property
    def shown(self) -> Part:
        """The worst indicator's figures; of an unreported cell none."""
        return self.parts[self.worst] if self.worst else Part(self.state, next(iter(self.parts.values())).elapsed)

    def count(self, *states: str) -> int:
        """How many of its indicators are in one of the states."""
        return sum(one.state in states for one in self.parts.values())


def cells(street: Street, when: date) -> dict[tuple[str, str], Cell]:
    """Per community and workstream the worst indicator, and what else makes up the cell."""
    found = {}
    for name in street.names:
        for slug, stream in streams().items():
            made = {item["code"]: part(street, name, item, when) for item in stream["shown"]}
            states = [one.state for one in made.values()]
            told = any(one.reports or one.state not in SILENT for one in made.values())
            if not told and "missing" in states:
                found[name, slug] = Cell("unreported", None, made)
                continue
            code = min(made, key=lambda one: _order(made[one]))
            found[name, slug] = Cell(made[code].state, code, made)
    return found


def part(street: Street, name: str, item: Item, when: date) -> Part:
    """One indicator of one community, by its own target where it has one."""
    own = {**item, **street.targets.get((item["code"], name), {})}
    rows = [row for row in _reports(street).get((name, item["code"]), []) if row["told"] <= when]
    made = _counted(street, name, own, when) if item["code"] in COUNTED else None
    if made is not None:
        return made
    lasting = item["accrual"] == "cumulative_all_time"
    year = [row for row in rows if row["year"] == when.year]
    return replace(_judge(own, rows if lasting else year, when), reports=len(year))


def _order(one: Part) -> tuple[int, Fraction]:
    return SEVERITY.index(one.state), Fraction(-(10**9)) if one.gap is None else one.gap


@lru_cache(maxsize=8)
def _reports(street: Street) -> dict[tuple[str, str], list[Row]]:
    """The rows that count by community and indicator, in the order of their periods."""
    scopes: dict[tuple[str, str, str], list[Row]] = {}
    for sheet in street.sheets:
        if sheet.title != "工作进展":
            continue
        parts: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
        for row in sheet.rows:
            parts[row["社区"], row["工作线"], str(row["统计周期"])].append(row)
        scopes |= parts
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for (name, _stream, period), rows in sorted(scopes.items(), key=lambda pair: pair[0][2]):
        for row in rows:
            made = {**row, "told": day(row["填报日期"], street.year), "year": int(period[:4])}
            found[name, row["指标编码"]].append(blank({**made, "month": int(period[5:7] or 12)}))
    return found


def _number(cell: Any) -> Fraction | None:
    return None if cell is None else Fraction(str(cell))


def _total(rows: list[Row], column: str) -> Fraction | None:
    """The last total and what single months add after it; nothing where nobody gave a figure."""
    told = [(row, n) for row in rows if (n := _number(row[column])) is not None]
    if not told:
        return None
    last = max((n for n, (row, _figure) in enumerate(told) if row["口径"] == "累计"), default=0)
    return sum((n for _row, n in told[last:]), Fraction(0))


def _grade(gap: Fraction) -> str:
    return "ahead" if gap >= AHEAD else "on_track" if gap >= 0 else "slightly_behind" if gap >= BEHIND else "behind"


def _window(item: Item, when: date) -> tuple[date, date]:
    first, last = item.get("window", ("01-01", "12-31"))
    return date.fromisoformat(f"{when.year}-{first}"), date.fromisoformat(f"{when.year}-{last}")


def _elapsed(item: Item, when: date) -> tuple[int, int]:
    start, end = _window(item, when)
    whole = (end - start).days + 1
    return min(max((when - start).days + 1, 0), whole), whole


def _judge(item: Item, rows: list[Row], when: date) -> Part:
    days = _elapsed(item, when)
    if item["kind"] == "zero":
        return _zero(item, rows, when, days)
    if item["kind"] in ("rate", "score"):
        return _rate(item, rows, when, days)
    start, _end = _window(item, when)
    inside = [row for row in rows if row["year"] < start.year or row["month"] >= start.month]
    if item["accrual"] == "snapshot":
        return _stock(item, inside, days)
    if item["kind"] == "cap":
        return _cap(item, inside, days)
    return _count(item, inside, when, days)


def _zero(item: Item, rows: list[Row], when: date, days: tuple[int, int]) -> Part:
    """Every month that has ended, or each drive that was told of, needs its confirmation; a total speaks for the
    months before it too."""
    ended = [month for month in range(1, 13) if _last(when.year, month) <= when]
    if item["period"] == "drive":
        ended = sorted({row["month"] for row in rows})
    if not rows and ended:
        return Part("missing", days, target=Fraction(0))
    happened = sum((_number(row["完成数"]) or Fraction(0) for row in rows if row["口径"] == "当期"), Fraction(0))
    totals = [_number(row["完成数"]) or Fraction(0) for row in rows if row["口径"] == "累计"]
    happened = max([happened, *totals])
    left = silent = 0
    for month in ended:
        speaking = [r for r in rows if r["month"] == month or (r["口径"] == "累计" and r["month"] > month)]
        sure = any(row["零发生确认"] == "是" and not row["完成数"] for row in speaking)
        left += not sure
        silent += not any(row["完成数"] == 0 for row in speaking)
    state = "zero_occurred" if happened else "zero_unconfirmed" if left else "zero_ok"
    return Part(state, days, happened, target=Fraction(0), unreported=silent if happened else left)


def _last(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _rate(item: Item, rows: list[Row], when: date, days: tuple[int, int]) -> Part:
    told = [row for row in rows if row["分子"] is not None or row["分母"] is not None]
    n = d = None
    if told:
        n, d = _number(told[-1]["分子"]), _number(told[-1]["分母"])
        if item["accrual"] != "snapshot":
            n = _total(told, "分子")
        if item["accrual"] == "per_period":
            d = _total(told, "分母")
    problems = [_total(rows, column) for column in ("已整改数", "发现问题数")]
    mended, found = (None if one is None else int(one) for one in problems)
    return replace(_against(item, n, d, when, days), mended=(mended, found))


def _against(item: Item, n: Fraction | None, d: Fraction | None, when: date, days: tuple[int, int]) -> Part:
    """A rate beside its target: only one that grows over the year is given the elapsed share."""
    target = _number(item.get("target"))
    made = Part("missing", days, n, (n, d), target, left=_left(item, n, d, target))
    timed = item["accrual"] == "annual_total" or "window" in item
    if timed and when < _window(item, when)[0]:
        return replace(made, state="not_started")
    if d == 0:
        return replace(made, state="not_applicable")
    if target is None:
        return replace(made, state="no_target")
    if n is None or d is None:
        return made
    reached = n / d / (target / item.get("factor", 100))
    if item["comparator"] == "≤":
        return replace(made, state="on_track" if reached <= 1 else "behind", completion=reached)
    asked = Fraction(*days) if timed else Fraction(1)
    gap = (reached - asked) * 100
    state = "slightly_behind" if item["comparator"] == "=" and reached > 1 else _grade(gap)
    return replace(made, state=state, completion=reached, asked=asked, gap=gap)


def _left(item: Item, n: Fraction | None, d: Fraction | None, target: Fraction | None) -> int | None:
    """How many are missing to a floor."""
    if item["kind"] != "rate" or item.get("comparator") == "≤" or target is None or n is None or not d:
        return None
    return max(math.ceil(target * d / item.get("factor", 100)) - int(n), 0)


def _stock(item: Item, rows: list[Row], days: tuple[int, int]) -> Part:
    """The latest figure against the whole target."""
    told = [n for row in rows if (n := _number(row["完成数"])) is not None]
    done, goal = told[-1] if told else None, _number(item.get("target"))
    made = Part("no_target", days, done, (done, goal), goal)
    if goal is None:
        return made
    if done is None:
        return replace(made, state="missing")
    gap = (done / goal - 1) * 100
    state = "slightly_behind" if item["comparator"] == "=" and done > goal else _grade(gap)
    return replace(made, state=state, completion=done / goal, asked=Fraction(1), gap=gap)


def _cap(item: Item, rows: list[Row], days: tuple[int, int]) -> Part:
    used, limit = _total(rows, "完成数"), _number(item.get("target"))
    made = Part("missing", days, used, (used, limit), limit, asked=Fraction(*days))
    if used is None or limit is None:
        return made
    if limit:
        made = replace(made, completion=used / limit, gap=(Fraction(*days) - used / limit) * 100)
    state = "behind" if used > limit else "slightly_behind" if made.gap is not None and made.gap < 0 else "on_track"
    return replace(made, state=state, headroom=math.floor(limit - used))


def _count(item: Item, rows: list[Row], when: date, days: tuple[int, int]) -> Part:
    slotted = item["accrual"] == "per_period"
    if slotted and item["period"] in MONTHS and item.get("target"):
        return _slotted(item, rows, MONTHS[item["period"]], when, days)
    goal = _number(item.get("target"))
    if slotted and goal is not None:
        goal = goal * item["slots"] if "slots" in item else None
    done = _total(rows, "完成数")
    made = Part("no_target", days, done, (done, goal), goal)
    if when < _window(item, when)[0]:
        return replace(made, state="not_started")
    if goal is None:
        return made
    before = Fraction(0)
    if item["accrual"] == "cumulative_all_time":
        before = min(_total([row for row in rows if row["year"] < when.year], "完成数") or Fraction(0), goal)
    asked = before + (goal - before) * Fraction(*days)
    made = replace(made, state="missing", asked=asked / goal, expected=math.floor(asked))
    if done is None:
        return made
    gap = (done - asked) / goal * 100
    short = max(math.ceil(math.floor(asked) - done), 0)
    return replace(made, state=_grade(gap), completion=done / goal, gap=gap, shortfall=short)


def _slotted(item: Item, rows: list[Row], months: int, when: date, days: tuple[int, int]) -> Part:
    """Every slot needs its own: two in March do not fill February; a total fills silent slots before it first."""
    start, end = _window(item, when)
    firsts = list(range(start.month, end.month + 1, months))
    need = Fraction(item["target"])
    goal = need * len(firsts)
    told = [(row, done) for row in rows if (done := _number(row["完成数"])) is not None]
    filled: dict[int, Fraction] = {}
    for slot in firsts:
        inside = [(row, done) for row, done in told if slot <= row["month"] < slot + months]
        single = [done for row, done in inside if row["口径"] == "当期"]
        totals = [done for row, done in inside if row["口径"] == "累计"]
        if single:
            filled[slot] = sum(single, Fraction(0))
        if totals:
            left = max(totals[-1] - sum((n for one, n in filled.items() if one < slot), Fraction(0)), Fraction(0))
            for silent in (one for one in firsts if one < slot and one not in filled):
                filled[silent] = min(left, need)
                left -= filled[silent]
            filled[slot] = left
    ended = [first for first in firsts if _last(when.year, first + months - 1) <= when]
    silent = [slot for slot in ended if slot not in filled]
    done = sum((min(n, need) for n in filled.values()), Fraction(0)) if filled else None
    made = Part("not_started", days, done, (done, goal), goal)
    if when < start:
        return made
    made = replace(made, expected=int(len(ended) * need), unreported=len(silent))
    if done is None:
        return replace(made, state="missing" if ended else "on_track")
    asked = max(Fraction(*days) - len(silent) * need / goal, Fraction(0))
    completion = done / goal
    gap = (completion - asked) * 100
    short = sum(math.ceil(max(need - filled[slot], 0)) for slot in ended if slot in filled)
    state = "missing" if silent and not short else _grade(gap)
    if state == "behind" and not short:  # nothing is owed
        state = "slightly_behind"
    return replace(made, state=state, completion=completion, asked=asked, gap=gap, shortfall=short)


def _counted(street: Street, name: str, item: Item, when: date) -> Part | None:
    """The indicators that the daily sheets answer; None where they say nothing."""
    days = sorted({one for _kind, _name, one in street.versions if one <= when})
    code = item["code"]
    if code.startswith("RECT"):
        return _ledger(street, name, item, when)
    if code in MEETINGS:
        held = sum(street.rows(MEETINGS[code], name, one) is not None for one in days)
        assert "target" not in item or item["accrual"] == "per_period"  # one a day: no sum is asked for
        return Part("no_target", _elapsed(item, when), Fraction(held), (Fraction(held), None)) if held else None
    if code == "VAX-01":
        n, d = street.bases[name]["已摸底人数"], street.bases[name]["应摸底人数"]
    elif code == "VAX-02":
        last = when if street.rows("evening", name, when) else street.last_evening(name, when)
        n, d = street.coverage(name, last or when)
        item = {**item, "target": TARGET}
    elif code in ("VAX-06", "RPT-01"):
        span = [days[0] + timedelta(days=n) for n in range((when - days[0]).days + 1)]
        kinds = ("roster",) if code == "VAX-06" else ("roster", "morning", "evening")
        states = [street.state(kind, name, one) for one in span for kind in kinds]
        n, d = states.count("on_time"), len(states) - states.count("not_due")
    elif code == "VAX-07":
        called = [one for one in days if street.rows("roster", name, one) is not None]
        n, d = sum(street.line(name, one)["checked"] for one in called), len(called)
    else:
        n, d = _evening(street, name, code, days)
    if n is None:
        return None
    return _against(item, Fraction(n), Fraction(d), when, _elapsed(item, when))


def _evening(street: Street, name: str, code: str, days: list[date]) -> tuple[Any, Any]:
    """The last tally that gives the figures: doses so far over those eligible, observed over vaccinated."""
    for one in reversed(days):
        if code == "VAX-11":
            n, d = (street.figure("evening", name, one, column) for column in ("留观完成", "当日接种合计"))
        else:
            n = street.figure("evening", name, one, "累计_第一剂" if code == "VAX-03" else "累计_全程")
            d = street.bases[name]["已摸底人数"] - street.bases[name]["禁忌人数"]
        if n is not None and d is not None:
            return n, d
    return None, None


def _ledger(street: Street, name: str, item: Item, when: date) -> Part | None:
    """The matters of a community: closed of found, closed by their first date of those due, and open past it."""
    known = street.ledger(when)
    if not known:
        return None
    own = [one for one in known if one["community"] == name]
    due = [one for one in own if one["due"] is not None and one["due"] <= when]
    if item["code"] == "RECT-03":
        late = sum(not one["closed"] and one["due"] < when for one in due)
        return Part("zero_occurred" if late else "zero_ok", _elapsed(item, when), Fraction(late), target=Fraction(0))
    if item["code"] == "RECT-01":
        n, d = sum(one["closed"] for one in own), len(own)
    else:
        n, d = sum(one["closed"] and one["closed_on"] <= one["due"] for one in due), len(due)
    return _against(item, Fraction(n), Fraction(d), when, _elapsed(item, when))
