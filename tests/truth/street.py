"""What the sample's workbooks say of a day, computed a second time: plain Python on the rows of ``read``.

Nothing here knows the board. The rules are those of the domain (metrics.md §6.1–§6.8, identities I1–I8, due times), the
catalogue is read as the TOML text an office writes. ``Street`` holds what had arrived by a moment, so that a replay is
the same computation on fewer sheets.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Any

from tests.truth.read import SHANGHAI, Row, Sheet, day, whole
from tests.truth.workstreams import Cell, cells

COVID, FLU = "新冠疫苗接种", "流感疫苗接种"
DAILY = {"roster": "接种名单", "morning": "早会商", "evening": "晚调度"}
# when each is due and when its window closes: days from the business date, wall-clock time
DUE = {
    "roster": ((-1, time(18)), (0, time(8))),
    "morning": ((0, time(9)), (0, time(10))),
    "evening": ((0, time(20)), (0, time(22))),
}
STATUSES = ("缓种", "禁忌", "拒种", "未到", "改期转点", "缺苗未种", "异地已接种")
SETTLED = ("已接种", "未到", "缓种", "禁忌", "拒种", "改期", "转点", "缺苗", "异地已接种")
CALL_AGAIN = ("未到", "改期", "转点", "缺苗")
DOSES = {"其中_第一剂": "累计_第一剂", "其中_第二剂": "累计_全程", "其中_加强针": "累计_加强针"}
SMALL = 30

Count = int | None
Rate = tuple[Count, Count]
Targets = dict[tuple[str, str], dict[str, Fraction]]  # of single communities, by indicator and name


def minus(left: Count, right: Count) -> Count:
    """left − right; what one side does not say is not said of the difference either."""
    return None if left is None or right is None else left - right


def total(parts: Iterable[Count]) -> Count:
    """The sum; one part missing leaves it missing."""
    known = list(parts)
    return None if None in known else sum(n or 0 for n in known)


def told(parts: Iterable[Count]) -> Count:
    """The sum of those that said something; None where nobody did."""
    known = [part for part in parts if part is not None]
    return sum(known) if known else None


def share(rate: Rate) -> Fraction | None:
    """A rate as a fraction; nothing without a denominator."""
    n, d = rate
    return None if n is None or not d else Fraction(n, d)


@dataclass(frozen=True)
class Version:
    """One revision of a daily sheet of one community."""

    received: datetime
    rows: tuple[Row, ...]


class Street:
    """Everything that had arrived by ``moment``; for the campaign ``campaign``, covid unless named."""

    def __init__(
        self, sheets: list[Sheet], moment: datetime, campaign: str = COVID, targets: Targets | None = None
    ) -> None:
        self.moment, self.campaign, self.targets = moment, campaign, targets or {}
        self.sheets = [sheet for sheet in sheets if sheet.received <= moment]
        self.year = moment.year
        self.register = [row for sheet in self._of("社区名录") for row in sheet.rows]
        self.names = [row["社区名称"] for row in self.register]
        self.area = {row["社区名称"]: row["片区"] for row in self.register}
        self.short = {row["社区名称"]: str(row["别名"]).split("、")[0] for row in self.register}
        self.sites = {row["接种点"]: row for sheet in self._of("接种点") for row in sheet.rows}
        self.bases = self._bases()
        self.versions = self._versions()
        self._cells: dict[date, dict[tuple[str, str], Cell]] = {}

    def _of(self, title: str) -> list[Sheet]:
        return [sheet for sheet in self.sheets if sheet.title == title]

    def _bases(self) -> dict[str, dict[str, int]]:
        found: dict[str, dict[str, int]] = defaultdict(Counter)
        for sheet in self._of("摸底台账"):
            for row in sheet.rows:
                if row["接种项目"] == self.campaign:
                    for name in ("应摸底人数", "已摸底人数", "禁忌人数", "缓种人数", "应接种人数"):
                        found[row["社区"]][name] += whole(row[name]) or 0
        return found

    def _versions(self) -> dict[tuple[str, str, date], list[Version]]:
        found: dict[tuple[str, str, date], list[Version]] = defaultdict(list)
        for kind, title in DAILY.items():
            for sheet in self._of(title):
                parts: dict[tuple[str, str, date], list[Row]] = defaultdict(list)
                for row in sheet.rows:
                    when = day(row["接种日期" if kind == "roster" else "日期"], self.year)
                    if row["接种项目"] == self.campaign and when is not None:
                        parts[kind, row["社区"], when].append(row)
                for scope, rows in parts.items():
                    known = found[scope]
                    if not known or list(known[-1].rows) != rows:
                        known.append(Version(sheet.received, tuple(rows)))
        return found

    # The three sheets of a day ---------------------------------------------------------------------------------------

    def rows(self, kind: str, community: str, when: date) -> tuple[Row, ...] | None:
        """The rows that count: those of the last revision; None where the sheet did not come."""
        known = self.versions.get((kind, community, when))
        return known[-1].rows if known else None

    def figure(self, kind: str, community: str, when: date, name: str) -> Count:
        """One column of a tally, its sites added up."""
        rows = self.rows(kind, community, when)
        return None if rows is None else total(whole(row.get(name)) for row in rows)

    def state(self, kind: str, community: str, when: date) -> str:
        """按时, 迟报, 补报, 未报 or not yet due, by the first revision."""
        (due_in, due), (close_in, close) = DUE[kind]
        known = self.versions.get((kind, community, when))
        late = datetime.combine(when + timedelta(due_in), due, SHANGHAI)
        closed = datetime.combine(when + timedelta(close_in), close, SHANGHAI)
        if not known:
            return "not_due" if self.moment <= late else "unreported"
        first = known[0].received
        return "on_time" if first <= late else "late" if first <= closed else "supplied"

    def due(self, kind: str, when: date) -> datetime:
        """When a sheet of the day is due."""
        days, hour = DUE[kind][0]
        return datetime.combine(when + timedelta(days), hour, SHANGHAI)

    @cached_property
    def evenings(self) -> list[date]:
        """The days with any evening tally."""
        return sorted({when for kind, _name, when in self.versions if kind == "evening"})

    def last_evening(self, community: str, when: date) -> date | None:
        """The community's last evening tally before a day."""
        return max((one for one in self.evenings if one < when and self.rows("evening", community, one)), default=None)

    # Call-ups --------------------------------------------------------------------------------------------------------

    def called(self, community: str, when: date) -> dict[str, Any]:
        """名单 of a day: people, what became of them, who was reminded."""
        rows = self.rows("roster", community, when)
        if rows is None:
            return {"people": None, "settled": None, "reminded": None, "batches": None} | dict.fromkeys(SETTLED)
        outcomes = Counter(row["核对结果"] for row in rows)
        settled = sum(outcomes[name] for name in SETTLED)
        return {
            "people": len(rows),
            "settled": settled,
            "reminded": sum(row["证件口罩提醒"] == "是" for row in rows),
            "batches": len({row["批次"] for row in rows}),
            **{name: outcomes[name] if settled else None for name in SETTLED},
        }

    def waiting(self, community: str, when: date) -> int:
        """People of the last roster to be called again who are not on this day's rosters."""
        before = [one for kind, name, one in self.versions if (kind, name) == ("roster", community) and one < when]
        if not before:
            return 0
        again = {row["证件号码"] for name in self.names for row in self.rows("roster", name, when) or ()}
        rows = self.rows("roster", community, max(before)) or ()
        return sum(row["核对结果"] in CALL_AGAIN and row["证件号码"] not in again for row in rows)

    def timetable(self, when: date) -> dict[tuple[str, int], int]:
        """Site × batch: how many people."""
        return Counter(
            (row["接种点"], row["批次"]) for name in self.names for row in self.rows("roster", name, when) or ()
        )

    def gathering(self, when: date) -> dict[int, time]:
        """By batch the earliest hour."""
        found: dict[int, time] = {}
        for name in self.names:
            for row in self.rows("roster", name, when) or ():
                found[row["批次"]] = min(row["集合时间"], found.get(row["批次"], time.max))
        return found

    def supply(self, when: date) -> dict[str, tuple[Count, Count]]:
        """By site the plan and the stock of the morning sheets."""
        found: dict[str, list[Row]] = defaultdict(list)
        for name in self.names:
            for row in self.rows("morning", name, when) or ():
                found[row["接种点"]].append(row)
        return {
            site: (
                total(whole(r["今日计划人数"]) for r in found[site]),
                total(whole(r["可用疫苗(剂)"]) for r in found[site]),
            )
            for site in self.sites
            if site in found
        }

    # Dispatch --------------------------------------------------------------------------------------------------------

    def line(self, community: str, when: date) -> dict[str, Any]:
        """Morning | roster | evening | differences of one community."""
        roster, tally = self.called(community, when), self.rows("evening", community, when)
        evening = {name: self.figure("evening", community, when, name) for name in EVENING}
        people = roster["people"] if roster["people"] is not None else evening["名单人数"]
        tomorrow = self.called(community, when + timedelta(days=1))["people"]
        made = {
            "planned": self.figure("morning", community, when, "今日计划人数"),
            "notified": self.figure("morning", community, when, "已通知人数"),
            "stock": self.figure("morning", community, when, "可用疫苗(剂)"),
            "staff": self.figure("morning", community, when, "医护/工作人员"),
            "roster_rows": roster["people"],
            "roster_settled": roster["settled"],
            "roster_vaccinated": roster["已接种"] if roster["settled"] else None,
            "persons": people,
            "not_vaccinated": minus(people, evening["名单内接种"]),
            "unexplained": minus(people, total(evening[name] for name in ("名单内接种", *STATUSES))),
            "next_rows": tomorrow,
            "noted": any(row.get("差异说明") for row in tally or ()),
            "checked": bool(tally) and all(row["名单核对"] == "已核对" for row in tally or ()),
            **evening,
        }
        made |= self._differences(community, when, made)
        return made | self._verdict(community, when, made)

    def _differences(self, community: str, when: date, made: dict[str, Any]) -> dict[str, Count]:
        before = self.last_evening(community, when)
        follows = before == when - timedelta(days=1)
        steps = {}
        for given, so_far in DOSES.items():
            earlier = self.figure("evening", community, before, so_far) if follows and before else None
            steps[f"I2 {so_far}"] = minus(minus(made[so_far], earlier), made[given])
        first, full, booster = (made[name] for name in ("累计_第一剂", "累计_全程", "累计_加强针"))
        excess = [minus(full, first), minus(booster, full)]
        return {
            "I5 plan": minus(made["roster_rows"], made["planned"]),
            "I5 roster": minus(made["roster_rows"], made["名单人数"]),
            "I6": minus(made["roster_vaccinated"], made["名单内接种"]),
            "I1": minus(made["名单人数"], total(made[name] for name in ("名单内接种", *STATUSES))),
            **steps,
            "I2": total(steps.values()),
            "I3": sum(max(n or 0, 0) for n in excess) if made["名单人数"] is not None else None,
            "I4 total": minus(made["当日接种合计"], total((made["名单内接种"], made["计划外接种"]))),
            "I4 doses": minus(made["当日接种合计"], total(made[name] for name in DOSES)),
            "I7": self._held(community, when),
            "I8": minus(made["next_rows"], made["明日计划"]),
        }

    def _held(self, community: str, when: date) -> Count:
        rows = self.rows("roster", community, when)
        if rows is None:
            return None
        given = {
            (row["证件号码"], row["剂次"])
            for kind, name, one in self.versions
            if kind == "roster" and one < when
            for row in self.rows("roster", name, one) or ()
            if row["核对结果"] in ("已接种", "异地已接种")
        }
        return sum((row["证件号码"], row["剂次"]) in given for row in rows)

    def _verdict(self, community: str, when: date, made: dict[str, Any]) -> dict[str, Any]:
        """How many identities do not hold, and whether a note explains them; a note names no person."""
        broken = [name for name in JUDGED if any(made[part] for part in PARTS.get(name, (name,)))]
        settled = [name for name in broken if made["noted"] and name not in ("I1", "I7")]
        left = len(broken) - len(settled)
        if self.rows("evening", community, when) is None:
            state = self.state("evening", community, when)
        elif left:
            state = "open"
        elif settled:
            state = "explained"
        else:
            state = "reconciled" if made["checked"] and made["unexplained"] == 0 else "unchecked"
        return {"state": state, "open": left, "explained": len(settled), "broken": broken, "settled": settled}

    def lines(self, when: date) -> dict[str, dict[str, Any]]:
        """``line`` of every community."""
        return {name: self.line(name, when) for name in self.names}

    def open_differences(self, when: date) -> list[tuple[str, str, int]]:
        """Community, identity or part of it, amount of every difference that waits for somebody, dose by dose."""
        found = []
        for name, made in self.lines(when).items():
            for identity in made["broken"]:
                if identity not in made["settled"]:
                    parts = [part for part in PARTS.get(identity, (identity,)) if made[part]]
                    found += [(name, part, made[part]) for part in parts]
        return found

    def causes(self, when: date) -> dict[str, int]:
        """Where those not vaccinated went, over the communities with a full evening tally."""
        full = [one for one in self.lines(when).values() if one["unexplained"] is not None]
        found = {name: sum(one[name] for one in full) for name in STATUSES}
        return found | {"不明差异": sum(one["unexplained"] for one in full)}

    # Coverage and ranks ----------------------------------------------------------------------------------------------

    def coverage(self, community: str, when: date) -> Rate:
        """接种率 on the surveyed basis."""
        return self.figure("evening", community, when, "累计_第一剂"), self.bases[community]["已摸底人数"]

    def gain(self, community: str, when: date) -> tuple[Count, Count]:
        """The increment since the last report and over how many days."""
        last, now = self.last_evening(community, when), self.figure("evening", community, when, "累计_第一剂")
        if now is None or last is None:
            return None, None
        return minus(now, self.figure("evening", community, last, "累计_第一剂")), (when - last).days

    def score(self, basis: str, community: str, when: date) -> Rate:
        """What a basis ranks by: a rate, or a count over 1."""
        if basis == "coverage":
            return self.coverage(community, when)
        if basis == "survey":
            return self.bases[community]["已摸底人数"], self.bases[community]["应摸底人数"]
        if basis == "completion":
            return tuple(self.figure("evening", community, when, n) for n in ("名单内接种", "名单人数"))  # type: ignore[return-value]
        if basis == "increment":
            gained, days = self.gain(community, when)
            return gained if days == 1 else None, 1
        if basis == "remaining":
            return minus(*reversed(self.coverage(community, when))), 1
        if basis == "on_time":
            return self.on_time(community, when)
        states = [cell.state for (name, _slug), cell in self.cells(when).items() if name == community]
        judged = [state for state in states if state in GOOD or state in BAD]
        return sum(state in GOOD for state in judged), len(judged)

    def on_time(self, community: str, when: date) -> Rate:
        """按时 ÷ due, of the last thirty days or since the first evening tally."""
        first = max(when - timedelta(days=29), min(self.evenings))
        days = [first + timedelta(days=n) for n in range((when - first).days + 1)]
        states = [self.state(kind, community, one) for one in days for kind in DAILY]
        return states.count("on_time"), len(states) - states.count("not_due")

    def ranks(self, basis: str, when: date) -> dict[str, int]:
        """Competition ranks on exact fractions, the most first, of those that reported."""
        known = {name: share(self.score(basis, name, when)) for name in self.names}
        values = {name: value for name, value in known.items() if value is not None}
        return {name: 1 + sum(other > value for other in values.values()) for name, value in values.items()}

    # Workstreams -----------------------------------------------------------------------------------------------------

    def cells(self, when: date) -> dict[tuple[str, str], Cell]:
        """The matrix: per community and workstream the worst of its indicators."""
        if when not in self._cells:
            self._cells[when] = cells(self, when)
        return self._cells[when]

    # Matters ---------------------------------------------------------------------------------------------------------

    def ledger(self, when: date) -> list[dict[str, Any]]:
        """督办整改 as the ledgers tell it: every matter found by the day, by its first due date, closed or not."""
        last: dict[str, Row] = {}
        original: dict[str, date | None] = {}
        for sheet in self._of("督办整改"):
            for row in sheet.rows:
                last[row["编号"]] = row
                original.setdefault(row["编号"], day(row["整改时限"], self.year))
        found = []
        for number, row in last.items():
            if (day(row["发现日期"], self.year) or when) > when:
                continue
            checked = day(row.get("复查日期"), self.year)
            closed = (
                row["状态"] == "已销号" and row.get("复查结果") == "通过" and checked is not None and checked <= when
            )
            made = {"number": number, "community": row["社区"], "row": row, "due": original[number]}
            found.append({**made, "closed": closed, "closed_on": checked})
        return found

    def matters(self, when: date) -> list[dict[str, Any]]:
        """Of these the ones that press on the day: overdue, lagging, or due by it."""
        found = []
        for one in self.ledger(when):
            if one["closed"]:
                continue
            row, first, due = one["row"], one["due"], day(one["row"]["整改时限"], self.year)
            late = max((when - first).days, 0) if first else 0
            lagging = row["状态"] in ("待交办", "反弹") or row.get("复查结果") == "未通过"
            if late or lagging or (due is not None and due <= when):
                told = {"number": one["number"], "community": one["community"]}
                found.append({**told, "late": late, "due": first if late else due})
        return found


EVENING = (
    *(
        "名单人数",
        "到场人数",
        "名单内接种",
        "计划外接种",
        "当日接种合计",
        *DOSES,
        *STATUSES,
        "留观完成",
        "疑似异常反应",
    ),
    *(*DOSES.values(), "累计接种人数(含异地)", "明日计划"),
)
PARTS = {"I2": tuple(f"I2 {name}" for name in DOSES.values())}
JUDGED = ("I5 plan", "I5 roster", "I6", "I1", "I2", "I3", "I4 total", "I4 doses", "I7")  # I8 is for information
GOOD, BAD = ("ahead", "on_track", "zero_ok"), ("slightly_behind", "behind", "zero_occurred")


def half_up(value: Fraction, places: int) -> str:
    """A number rounded half up, with all its places."""
    scale = 10**places
    cut = math.floor(abs(value) * scale + Fraction(1, 2))
    sign = "-" if value < 0 and cut else ""
    head, tail = divmod(cut, scale)
    return f"{sign}{head:,}" + (f".{tail:0{places}d}" if places else "")


def percent(rate: Rate, places: int = 1) -> str:
    """A rate in percent as it is printed; a dash without a value."""
    value = share(rate)
    return "—" if value is None else half_up(value * 100, places) + "%"


def wilson(n: int, d: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % score interval of a share, in percent."""
    p = n / d
    centre = (n + z * z / 2) / (d + z * z)
    width = z * math.sqrt(p * (1 - p) * d + z * z / 4) / (d + z * z)
    return 100 * (centre - width), 100 * (centre + width)
