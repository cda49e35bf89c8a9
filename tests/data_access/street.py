"""Build a street for a test through the real way in: register, rosters and tallies, one call each.

All builders save typed rows with ``submissions.save`` and give back the outcome of the (last) submission. ``at``
decides when a sheet arrives (default: now).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from datetime import date, datetime, time
from typing import Any

from config import clock
from data_access import accounts, submissions
from data_access.accounts import Actor
from data_access.inbox.plans import SheetOutcome
from data_access.reports.view import View
from data_access.workbooks.model import Portion, Row, Scope

DAY = date(2022, 8, 12)
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"


class Board:
    """A street under construction. ``campaign`` is that of the daily sheets, ``dose`` the one they speak of."""

    def __init__(self, actor: Actor | None = None, campaign: str = "covid", dose: str = "d1") -> None:
        self.actor = actor or accounts.console()
        self.campaign = campaign
        self.dose = dose

    def view(self, day: date = DAY, as_of: datetime | None = None, **more: Any) -> View:
        return View(self.actor, day, self.campaign, as_of, **more)

    def save(self, scope: Scope, rows: Iterable[Mapping[str, Any]], at: datetime | None = None) -> SheetOutcome:
        """Any sheet: rows as typed values by column key."""
        numbered = [Row(number, dict(values)) for number, values in enumerate(rows, start=3)]
        with clock.at(at) if at else nullcontext():
            return submissions.save(self.actor, [Portion(scope, numbered)])[-1]

    def communities(self, names: Sequence[str | Mapping[str, Any]], at: datetime | None = None) -> SheetOutcome:
        """The register: names, or whole rows."""
        made = None
        for one in names:
            values = {"name": one} if isinstance(one, str) else dict(one)
            made = self.save(Scope("communities", community=values["name"]), [{"aliases": (), **values}], at)
        assert made is not None
        return made

    def sites(self, names: Sequence[str | Mapping[str, Any]], at: datetime | None = None) -> SheetOutcome:
        """The site list: names, or whole rows."""
        rows = [{"name": one} if isinstance(one, str) else one for one in names]
        return self.save(Scope("sites"), [{"kind": "regular", **row} for row in rows], at)

    def baseline(
        self,
        community: str,
        day: date = DAY,
        surveyed: int | None = None,
        contraindicated: int | None = None,
        groups: Sequence[Mapping[str, Any]] = (),
        at: datetime | None = None,
        **counts: Any,
    ) -> SheetOutcome:
        """摸底 counts as of ``day``: one row for all, and rows by group."""
        whole = {"person_group": "all", "surveyed": surveyed, "contraindicated": contraindicated, **counts}
        rows = [{"as_of": day, **row} for row in (whole, *groups)]
        return self.save(Scope("baseline", self.campaign, community, day), rows, at)

    def roster(
        self,
        community: str,
        day: date = DAY,
        n: int = 0,
        outcomes: Sequence[str | None] = (),
        people: Sequence[Mapping[str, Any]] = (),
        at: datetime | None = None,
        **common: Any,
    ) -> SheetOutcome:
        """A roster of ``n`` people, the first with these outcomes; ``people`` instead are whole rows to lay over."""
        size = max(n, len(outcomes), len(people))
        rows = []
        for number in range(size):
            row = {
                "vaccination_date": day,
                "name": f"{SURNAMES[number % len(SURNAMES)]}小{number}",
                "person_code": f"{community}-{number}",
                "phone": f"138{number:04d}5678",
                "person_group": "adult",
                "dose_no": self.dose,
                "batch_no": 1,
                "batch_time": time(9, 30),
                "liaison": "王联络",
                "liaison_phone": "13900002046",
                "outcome": outcomes[number] if number < len(outcomes) else None,
                **common,
            }
            rows.append(row | dict(people[number] if number < len(people) else {}))
        return self.save(Scope("roster", self.campaign, community, day), rows, at)

    def morning(
        self,
        community: str,
        day: date = DAY,
        planned: int | None = 0,
        rows: Sequence[Mapping[str, Any]] = (),
        at: datetime | None = None,
        **more: Any,
    ) -> SheetOutcome:
        """A morning tally whose stock covers the plan; ``rows`` instead, one a site, each laid over the common one."""
        values = {"biz_date": day, "planned": planned, "stock": planned, **more}
        made = [{**values, **row} for row in rows or ({},)]
        return self.save(Scope("morning", self.campaign, community, day), made, at)

    def evening(
        self,
        community: str,
        day: date = DAY,
        rows: Sequence[Mapping[str, Any]] = (),
        at: datetime | None = None,
        **counts: Any,
    ) -> SheetOutcome:
        """An evening tally: outcomes not said are 0, totals so far not said are missing, the day's sums follow.

        The vaccinated count as the board's ``dose``; ``note`` is the 差异说明; ``rows`` are the rows of a sheet with
        several sites, each laid over the common figures.
        """
        made = [_evening(day, self.dose, {**counts, **row}) for row in rows or ({},)]
        return self.save(Scope("evening", self.campaign, community, day), made, at)

    def progress(self, community: str, workstream: str, period: str, *rows: Mapping[str, Any]) -> SheetOutcome:
        """工作进展 of one workstream and period; each row names its ``indicator``."""
        common = {"period": period, "workstream": workstream}
        return self.save(
            Scope("progress", community=community, period=period, topic=workstream), [{**common, **row} for row in rows]
        )

    def evidence(self, community: str, year: str, *rows: Mapping[str, Any]) -> SheetOutcome:
        """资料清单 of one year; each row names its ``item_code``."""
        return self.save(Scope("evidence", community=community, period=year), [{"year": year, **row} for row in rows])

    def plan(self, community: str, week: str, *rows: Mapping[str, Any], at: datetime | None = None) -> SheetOutcome:
        """周工作计划 of one week; each row has its ``item_no`` and ``task``."""
        return self.save(Scope("plan", community=community, period=week), [{"week": week, **row} for row in rows], at)

    def action(self, community: str | None, item_no: str, **values: Any) -> SheetOutcome:
        """One matter of 督办整改."""
        row = {"community": community, "item_no": item_no, "issue": "示例问题", "status": "new", **values}
        return self.save(Scope("actions", topic=item_no), [row])


NONE = ("walk_in", "deferred", "contraindicated", "refused", "no_show", "moved", "shortage", "elsewhere", "aefi_n")


def _evening(day: date, dose: str, said: dict[str, Any]) -> dict[str, Any]:
    note = said.pop("note", None)
    counts = {"roster_n": 0, "vacc_on_roster": 0, **dict.fromkeys(NONE, 0), **said}
    values = {"biz_date": day, "reconciled": "yes", **counts}
    total = values["vacc_on_roster"] + values["walk_in"]
    derived = {"vacc_total": total, "observed": total, "diff_note": note, "cum_people": values.get("cum_d1")}
    values = {**derived, **values}
    for name in ("d1", "d2", "b"):
        values.setdefault(f"vacc_{name}", total if name == dose else 0)
    return values


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A wall-clock hour in Shanghai as an instant."""
    return clock.wall(day, time(hour, minute))
