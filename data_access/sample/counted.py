"""What progress sheets say of work that other sheets of the sample tell in full: counted from those, never invented.

The vaccination of the drive's days, the matters of the ledger, the reports as they arrive.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from config.indicators import Indicator
from data_access.sample.actions import Matter
from data_access.sample.street import Place
from data_access.sample.vaccination import ONE_DAY, Day, Drive

DRIVE = frozenset(
    {"VAX-03", "VAX-04", "VAX-05", "VAX-08", "VAX-09", "VAX-10", "VAX-11", "VAX-15", "VAX-16", "VAX-18", "VAX-19"}
)
CAMPAIGN = "covid"
DAILY = ("roster", "morning", "evening")
CELLS = 38  # required ones of the daily sheets of one community

Figures = dict[str, Any]


@dataclass(frozen=True)
class Counted:
    """The drive, the ledger and how each daily sheet comes (by kind, community and day)."""

    drive: Drive
    matters: Sequence[Matter]
    state: Callable[[str, Place, date], str]

    def figures(self, place: Place, item: Indicator, day: date) -> Figures | None:
        """What is known at the end of ``day``: {} of other work, None where there is nothing to count yet."""
        if item.workstream == "rectification":
            return self._matters(item.code, place, day)
        if item.workstream == "reporting":
            return self._reports(item.code, place, day)
        return self._drive(item.code, place, day) if item.code in DRIVE else {}

    def _span(self, day: date) -> list[date]:
        first, last = self.drive.first, min(day, self.drive.last)
        return [first + ONE_DAY * n for n in range((last - first).days + 1)]

    def _drive(self, code: str, place: Place, day: date) -> Figures | None:
        days = [self.drive.days[CAMPAIGN, place.index, one] for one in self._span(day)]
        if not days:
            return None
        base, totals = self.drive.bases[CAMPAIGN, place.index], days[-1].totals
        eligible, doses = base.surveyed - base.unfit, sum(_given(one) for one in days)
        party = max(round(eligible * 0.03), 1)
        found: dict[str, Figures] = {
            "VAX-03": {"num": totals["d1"], "den": eligible},
            "VAX-04": {"num": totals["full"], "den": eligible},
            "VAX-05": {"num": totals["b"], "den": max(totals["full"], totals["b"])},
            "VAX-11": {"num": doses, "den": doses},
            "VAX-15": {"done": doses},
            "VAX-16": {"num": len(days), "den": len(days)},
            "VAX-18": {"num": min(round(party * (0.9 + place.evidence / 10)), party), "den": party},
            "VAX-19": {"done": sum(one.lacking for one in days)},
        }
        return found.get(code, {"done": len(days)})  # one meeting, one dispatch, one notice a day

    def _matters(self, code: str, place: Place, day: date) -> Figures | None:
        known = [(matter, now) for matter in self.matters if (now := matter.at(day)) and now["community"] == place.name]
        closed = [(matter, now) for matter, now in known if now["status"] == "closed"]
        if code == "RECT-01":
            return {"num": len(closed), "den": len(known)} if known else None
        if code == "RECT-02":
            due = [matter for matter, _now in known if matter.due <= day]
            timely = [matter for matter, now in closed if matter.due <= day and now["rechecked_on"] <= matter.due]
            return {"num": len(timely), "den": len(due)} if due else None
        left = [(matter, now) for matter, now in known if now["status"] != "closed"]
        overdue = sum(now["due"] < day for _matter, now in left)
        relapsed = sum(now["status"] == "relapsed" for _matter, now in left)
        happened = overdue if code == "RECT-03" else relapsed
        return {"done": happened} if happened else {"done": 0, "zero_confirm": True}

    def _reports(self, code: str, place: Place, day: date) -> Figures | None:
        states = [self.state(kind, place, one) for one in self._span(day) for kind in DAILY]
        if not states:
            return None
        if code == "RPT-01":
            return {"num": states.count("on_time"), "den": len(states)}
        cells = CELLS * (len(states) - states.count("missing"))
        return {"num": cells - place.index % 3, "den": cells}


def _given(day: Day) -> int:
    return day.given("d1") + day.given("d2") + day.given("b")
