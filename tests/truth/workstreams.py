"""The matrix of workstreams from the progress sheets, computed a second time (metrics.md §6.7).

The catalogue is read as the TOML text an office writes. Four vaccination indicators are counted from the daily sheets;
what a progress sheet says of them is not used.
"""

from __future__ import annotations

import calendar
import tomllib
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.truth.read import day

if TYPE_CHECKING:
    from tests.truth.street import Street

CATALOGUE = Path(__file__).parents[2] / "config" / "workstreams"
SEVERITY = (
    *("zero_occurred", "behind", "zero_unconfirmed", "slightly_behind", "on_track", "ahead", "zero_ok"),
    *("missing", "not_started", "not_applicable"),
)
MONTHS = {"month": 1, "two_months": 2, "quarter": 3}
BEHIND, AHEAD = -10, 5
TARGET = 90  # of the campaign, in percent


@lru_cache(maxsize=1)
def streams() -> dict[str, dict[str, Any]]:
    """The workstreams of the matrix in their order, each with the indicators that stand in it."""
    found = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in CATALOGUE.glob("*.toml")}
    shown = {slug: one for slug, one in found.items() if one.get("matrix")}
    for one in shown.values():
        one["shown"] = [item for item in one["indicator"] if item.get("matrix")]
    return dict(sorted(shown.items(), key=lambda pair: pair[1]["order"]))


@dataclass(frozen=True)
class Cell:
    """One cell of the matrix: its state, its worst indicator and that one's figures (gap in points)."""

    state: str
    worst: str | None = None
    done: Fraction | None = None
    goal: Fraction | None = None
    gap: Fraction | None = None
    elapsed: Fraction | None = None


def cells(street: Street, when: date) -> dict[tuple[str, str], Cell]:
    """Per community and workstream the worst indicator."""
    reports = _reports(street, when)
    found = {}
    for name in street.names:
        for slug, stream in streams().items():
            judged = []
            for item in stream["shown"]:
                known = reports.get((name, item["code"]), [])
                figures = _counted(street, name, item["code"], when) or _judge(item, known, when)
                judged.append((item["code"], figures))
            told = any(state not in ("missing", "not_started", "not_applicable") for _c, (state, *_f) in judged)
            if not told and any(state == "missing" for _c, (state, *_f) in judged):
                found[name, slug] = Cell("unreported")
                continue
            code, (state, done, goal, gap, share) = min(judged, key=lambda one: _order(one[1]))
            found[name, slug] = Cell(state, code, done, goal, gap, share)
    return found


def _order(figures: tuple[Any, ...]) -> tuple[int, Fraction]:
    state, _done, _goal, gap, _share = figures
    return SEVERITY.index(state), Fraction(-(10**9)) if gap is None else gap


def _reports(street: Street, when: date) -> dict[tuple[str, str], list[dict[str, Any]]]:
    scopes: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for sheet in street.sheets:
        if sheet.title != "工作进展":
            continue
        parts: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
        for row in sheet.rows:
            parts[row["社区"], row["工作线"], row["统计周期"]].append(row)
        scopes |= parts
    found: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for (name, _stream, period), rows in sorted(scopes.items(), key=lambda pair: pair[0][2]):
        for row in rows:
            said = day(row["填报日期"], street.year)
            if said is None or said <= when:
                found[name, row["指标编码"]].append({**row, "month": int(period[5:7])})
    return found


def _number(cell: Any) -> Fraction | None:
    return None if cell is None else Fraction(str(cell))


def _grade(gap: Fraction) -> str:
    return "ahead" if gap >= AHEAD else "on_track" if gap >= 0 else "slightly_behind" if gap >= BEHIND else "behind"


def _window(item: dict[str, Any], when: date) -> tuple[date, date]:
    first, last = item.get("window", ("01-01", "12-31"))
    return date.fromisoformat(f"{when.year}-{first}"), date.fromisoformat(f"{when.year}-{last}")


def _elapsed(item: dict[str, Any], when: date) -> Fraction:
    start, end = _window(item, when)
    whole = (end - start).days + 1
    return Fraction(min(max((when - start).days + 1, 0), whole), whole)


def _judge(item: dict[str, Any], rows: list[dict[str, Any]], when: date) -> tuple[Any, ...]:
    """State, done, goal, gap in points, elapsed share of one indicator."""
    share = _elapsed(item, when)
    if item["kind"] == "zero":
        return (_zero(rows, when), None, None, None, share)
    if when < _window(item, when)[0]:
        return ("not_started", None, None, None, share)
    return _rate(item, rows, share) if item["kind"] == "rate" else _count(item, rows, when, share)


def _zero(rows: list[dict[str, Any]], when: date) -> str:
    if not rows:
        return "missing"
    if any(row["完成数"] for row in rows):
        return "zero_occurred"
    ended = [month for month in range(1, 13) if _last(when.year, month) <= when]
    confirmed = {row["month"] for row in rows if row["完成数"] == 0 and row["零发生确认"] == "是"}
    return "zero_ok" if set(ended) <= confirmed else "zero_unconfirmed"


def _last(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _rate(item: dict[str, Any], rows: list[dict[str, Any]], share: Fraction) -> tuple[Any, ...]:
    told = [row for row in rows if row["分子"] is not None or row["分母"] is not None]
    if not told:
        return ("missing", None, None, None, share)
    n, d = _number(told[-1]["分子"]), _number(told[-1]["分母"])
    singles = [row for row in told if row["口径"] == "当期"]
    if item["accrual"] == "per_period" and len(singles) == len(told):
        n = sum((_number(row["分子"]) or Fraction(0) for row in told), Fraction(0))
        d = sum((_number(row["分母"]) or Fraction(0) for row in told), Fraction(0))
    elif item["accrual"] == "annual_total" and len(singles) == len(told):
        n = sum((_number(row["分子"]) or Fraction(0) for row in told), Fraction(0))
    return _against(item, n, d, share)


def _against(item: dict[str, Any], n: Fraction | None, d: Fraction | None, share: Fraction) -> tuple[Any, ...]:
    """A rate beside its target: only one that grows over the year is given the elapsed share."""
    if d == 0:
        return ("not_applicable", n, d, None, share)
    if n is None or d is None:
        return ("missing", n, d, None, share)
    goal = Fraction(str(item["target"])) / item.get("factor", 100)
    if item["comparator"] == "≤":
        return ("on_track" if n / d <= goal else "behind", n, d, None, share)
    asked = share if item["accrual"] == "annual_total" or "window" in item else Fraction(1)
    gap = (n / d / goal - asked) * 100
    over = item["comparator"] == "=" and n / d > goal
    return ("slightly_behind" if over else _grade(gap), n, d, gap, share)


def _count(item: dict[str, Any], rows: list[dict[str, Any]], when: date, share: Fraction) -> tuple[Any, ...]:
    told = [(row, done) for row in rows if (done := _number(row["完成数"])) is not None]
    slots = MONTHS.get(item["period"]) if item["accrual"] == "per_period" else None
    if slots:
        return _slotted(item, told, slots, when, share)
    goal = Fraction(item["target"]) * (item.get("slots", 1) if item["accrual"] == "per_period" else 1)
    if not told:
        return ("missing", None, goal, None, share)
    cumulative = [n for n, (row, _done) in enumerate(told) if row["口径"] == "累计"]
    done = sum((n for _row, n in told[cumulative[-1] :]), Fraction(0)) if cumulative else sum(n for _row, n in told)
    gap = (Fraction(done) / goal - share) * 100
    return (_grade(gap), Fraction(done), goal, gap, share)


def _slotted(item: dict[str, Any], told: list[Any], months: int, when: date, share: Fraction) -> tuple[Any, ...]:
    """Every slot needs its own: two in March do not fill February."""
    start, end = _window(item, when)
    firsts = range(start.month, end.month + 1, months)
    need, goal = Fraction(item["target"]), Fraction(item["target"]) * len(firsts)
    filled: dict[int, Fraction] = {}
    before = Fraction(0)
    for row, done in told:
        slot = max(first for first in firsts if first <= row["month"])
        gained = done - before if row["口径"] == "累计" else done
        filled[slot] = filled.get(slot, Fraction(0)) + gained
        before = done if row["口径"] == "累计" else before + done
    ended = [first for first in firsts if _last(when.year, first + months - 1) <= when]
    if not told:
        return ("missing" if ended else "not_started", None, goal, None, share)
    silent = [slot for slot in ended if slot not in filled]
    done = sum((min(n, need) for n in filled.values()), Fraction(0))
    gap = (done / goal - (len(ended) - len(silent)) * need / goal) * 100
    return ("missing" if silent and gap >= 0 else _grade(gap), done, goal, gap, share)


def _counted(street: Street, name: str, code: str, when: date) -> tuple[Any, ...] | None:
    """The vaccination indicators that the daily sheets answer; None where they say nothing."""
    item = next(i for i in streams()["vaccination"]["indicator"] if i["code"] == code) if code[:3] == "VAX" else None
    if item is None or code not in ("VAX-01", "VAX-02", "VAX-06", "VAX-07"):
        return None
    days = sorted({one for _kind, _name, one in street.versions if one <= when})
    if code == "VAX-01":
        rate = street.bases[name]["已摸底人数"], street.bases[name]["应摸底人数"]
    elif code == "VAX-02":
        last = when if street.rows("evening", name, when) else street.last_evening(name, when)
        rate = street.coverage(name, last or when)
        item = {**item, "target": TARGET}
    elif code == "VAX-06":
        span = [days[0] + timedelta(days=n) for n in range((when - days[0]).days + 1)]
        states = [street.state("roster", name, one) for one in span]
        rate = states.count("on_time"), len(states) - states.count("not_due")
    else:
        called = [one for one in days if street.rows("roster", name, one) is not None]
        rate = sum(street.line(name, one)["checked"] for one in called), len(called)
    n, d = rate
    if n is None:
        return None
    return _against(item, Fraction(n), Fraction(d), _elapsed(item, when))
