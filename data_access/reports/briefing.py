"""晨会简报: the six panels of the morning meeting, in speaking order, composed from the other reports.

Nothing is computed here that another report answers, so the wall and the pages cannot disagree; the spoken sentences
(``spoken``) are made from the very same figures. Names communities and units only, never a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from data_access import database, metrics
from data_access.accounts import Actor
from data_access.metrics import Rate
from data_access.reports import (
    accrual,
    callups,
    directory,
    dispatch,
    evenings,
    frames,
    ranking,
    reporting,
    standing,
    workstreams,
)
from data_access.reports.view import View

SHEETS = ("evening", "roster", "morning")
LAST_OPEN_DAYS = 14  # how far back the last open day is looked for

DEFINITIONS: dict[str, tuple[str, str]] = {
    "completion": dispatch.DEFINITIONS["completion"],
    "coverage": ranking.DEFINITIONS["coverage"],
    "load": callups.DEFINITIONS["load"],
    "gap": workstreams.DEFINITIONS["gap"],
}


@dataclass(frozen=True, slots=True)
class Days:
    """The days the briefing speaks of.

    ``result`` is the last day before the view's with an evening tally (None: none yet), ``evening`` the last open day
    before it, whose tally is asked for; they differ when nobody at all reported that evening.
    """

    result: date | None
    evening: date | None

    @property
    def silent(self) -> bool:
        """An open day went by without a single evening tally."""
        return self.result is not None and self.evening != self.result


def opening_day(actor: Actor, campaign: str | None = None) -> date:
    """The day the briefing opens on: today once any of its daily sheets is in, else the latest day with one.

    At 08:40 today's rosters are in and its morning tallies only in part: that is the day the meeting speaks of.
    """
    return directory.latest_day(actor, campaign, SHEETS)


def days(view: View) -> Days:
    """The days before the view's day that the briefing speaks of."""
    with database.reporting() as connection:
        return _days(connection, view)


def _days(connection: Connection, view: View) -> Days:
    told = [day for day in evenings.days(connection, view, 2) if day < view.day]
    if not told:
        return Days(None, None)
    first = view.day - timedelta(days=LAST_OPEN_DAYS)
    resting = directory.rest_days(connection, view, first, view.day)
    back = (view.day - timedelta(days=n) for n in range(1, LAST_OPEN_DAYS + 1))
    opened = next((day for day in back if day not in resting), told[-1])
    return Days(told[-1], max(opened, told[-1]))


def short_names(view: View) -> dict[str, str]:
    """What each community is called in a meeting (安康社区 → 安康): an alias that begins its name, if it is its own."""
    register = directory.communities(view)
    found: dict[str, str] = {}
    for name, aliases in zip(register["name"], register["aliases"], strict=True):
        begins = [alias for alias in aliases if len(alias) > 1 and str(name).startswith(alias)]
        found[str(name)] = min(begins, key=len, default=str(name).removesuffix("社区"))
    shared = {short for short in found.values() if list(found.values()).count(short) > 1}
    return {name: name if short in shared or not short else short for name, short in found.items()}


def arrivals(view: View) -> pd.DataFrame:
    """① Who has reported: one row per community in register order.

    Columns: community; the states (reporting.STATES, None where nothing is asked for) of evening (of ``Days.evening``),
    roster and morning (of the day); owed (kind of the sheet longest overdue, None where nothing is) and since (when
    that was due, aware UTC); area.
    """
    before = days(view).evening
    frame = reporting.table(view)
    frame = frame[frame["kind"].isin(("roster", "morning"))]
    if before is not None:
        evening = reporting.table(view.on(before))
        frame = pd.concat([evening[evening["kind"] == "evening"], frame])
    register = directory.communities(view)
    lines = []
    for name, area in zip(register["name"], register["area"], strict=True):
        own = frame[frame["community"] == name]
        states = dict(zip(own["kind"], own["state"], strict=True))
        owed = own[own["state"] == "unreported"].sort_values("due")
        lines.append(
            {
                "community": name,
                "area": area,
                **{kind: states.get(kind) for kind in SHEETS},
                "owed": owed["kind"].iloc[0] if len(owed) else None,
                "since": owed["due"].iloc[0] if len(owed) else None,
            }
        )
    columns = ["community", "area", *SHEETS, "owed", "since"]
    return pd.DataFrame(lines, columns=columns).astype(dict.fromkeys(columns[:-1], "object"))


@dataclass(frozen=True, slots=True)
class Result:
    """② What the last evening ended with. Counts are those of the communities that reported; None: nobody said.

    ``causes`` and ``open`` (the open differences, the largest first, with ``amount``) are as ``dispatch.causes`` and
    ``dispatch.differences`` give them.
    """

    day: date
    reported: int
    expected: int
    missing: tuple[str, ...]
    vaccinated: int | None
    walk_in: int | None
    completion: Rate
    causes: pd.DataFrame
    open: pd.DataFrame
    accepted: pd.DataFrame

    @property
    def disputed(self) -> tuple[str, ...]:
        """The communities with an open difference."""
        return tuple(dict.fromkeys(self.open["community"]))


def result(view: View, day: date) -> Result:
    """What ``day`` ended with."""
    then = view.on(day)
    lines = dispatch.table(then)
    totals, found = dispatch.totals(then, lines), dispatch.differences(then, lines)
    opened = found[found["state"] == "open"]
    opened = opened.iloc[opened["amount"].abs().argsort(kind="stable")[::-1]].reset_index(drop=True)
    sent = lines["evening_submission"].notna()
    owed = lines["state"] != "exempt"
    return Result(
        day,
        int(sent.sum()),
        int(owed.sum()),
        tuple(lines.loc[~sent & owed, "community"]),
        dispatch.total(totals, "vacc_total")[0],
        dispatch.total(totals, "walk_in")[0],
        Rate(*dispatch.total(totals, "completion")),
        dispatch.causes(then, lines),
        opened,
        found[found["waiver"].notna()].reset_index(drop=True),
    )


@dataclass(frozen=True, slots=True)
class Today:
    """③ Who is called up, against capacity and stock. Sums are of the communities that reported; None: nobody said.

    ``timetable`` and ``sites`` are ``callups.timetable`` and ``callups.loads``. ``supply`` has label, plan, stock,
    short (Int64) by site where the morning sheets name sites, else by community.
    """

    people: int | None
    rosters: int
    expected: int
    capacity: int | None
    planned: int | None
    stock: int | None
    mornings: int
    timetable: pd.DataFrame
    sites: pd.DataFrame
    supply: pd.DataFrame

    @property
    def load(self) -> Rate:
        """People of the rosters ÷ capacity of the day at the sites they are called to."""
        return Rate(self.people, self.capacity)

    @property
    def short(self) -> pd.DataFrame:
        """The rows of ``supply`` whose plan the stock does not cover, the largest gap first."""
        return self.supply[self.supply["short"].fillna(0) > 0].sort_values("short", ascending=False, kind="stable")

    @property
    def crowded(self) -> pd.DataFrame:
        """The rows of ``timetable`` above the capacity of their batch, the most crowded first."""
        return self.timetable[self.timetable["over"].fillna(0) > 0].sort_values("over", ascending=False, kind="stable")


def today(view: View) -> Today:
    """The day's call-ups."""
    frame, sites = callups.table(view), callups.loads(view)
    named = sites.dropna(subset=["site"])
    used = named[named["people"].fillna(0) > 0]
    told = frame["stock"].notna()
    return Today(
        _sum(frame, "people"),
        int(frame["people"].notna().sum()),
        len(frame),
        metrics.add(*(metrics.whole(n) for n in used["daily_capacity"])) if len(used) else None,
        _sum(frame, "planned"),
        _sum(frame, "stock"),
        int(told.sum()),
        callups.timetable(view),
        sites,
        _supply(frame, sites),
    )


def _supply(frame: pd.DataFrame, sites: pd.DataFrame) -> pd.DataFrame:
    told = sites.dropna(subset=["stock"])
    by_site = len(told) > 0 and told["site"].notna().all()
    rows = told.assign(label=told["site"]) if by_site else frame.assign(label=frame["community"])
    rows = rows.dropna(subset=["planned", "stock"]).rename(columns={"planned": "plan"})
    return rows[["label", "plan", "stock", "short"]].reset_index(drop=True)


def _sum(frame: pd.DataFrame, name: str) -> int | None:
    counts = [frames.figure(row, name) for row in frame.to_dict("records")]
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


@dataclass(frozen=True, slots=True)
class Standings:
    """④ The ranking by coverage of ``day``: ``table`` as ``ranking.table`` gives it, ``rate`` of the whole field."""

    day: date
    table: pd.DataFrame
    rate: Rate
    ranked: int
    field: int
    target: float
    definition: str


def standings(view: View, day: date) -> Standings:
    """The ranking after ``day``."""
    then = view.on(day)
    total = ranking.total(then).iloc[0]
    campaign = directory.campaign(view)
    return Standings(
        day,
        ranking.table(then),
        frames.rate(total, "coverage"),
        int(total["ranked"]),
        int(total["field"]),
        standing.target(campaign),
        standing.definition(campaign),
    )


@dataclass(frozen=True, slots=True)
class Reds:
    """⑤ The cells of the workstream matrix in red.

    ``behind`` are rows of ``workstreams.matrix``, the worst first; ``occurred`` is what may not happen and did: columns
    community, workstream, indicator (code), unit, value (Decimal).
    """

    elapsed_n: int
    elapsed_d: int
    occurred: pd.DataFrame
    behind: pd.DataFrame

    @property
    def count(self) -> int:
        """How many cells are red."""
        return len(self.occurred.drop_duplicates(["community", "workstream"])) + len(self.behind)


def reds(view: View) -> Reds:
    """The red cells of ``workstreams.matrix``, with 序时进度 of the year."""
    cells = workstreams.matrix(view)
    year = metrics.Period(date(view.day.year, 1, 1), date(view.day.year, 12, 31), "year")
    behind = cells[cells["state"] == "behind"].assign(order=lambda f: f["gap"].astype("float64"))
    # a cell without a gap misses its target outright
    worst = behind.sort_values("order", na_position="first", kind="stable").drop(columns="order")
    return Reds(*accrual.elapsed(year, view.day), _occurred(view, cells), worst.reset_index(drop=True))


def _occurred(view: View, cells: pd.DataFrame) -> pd.DataFrame:
    hit = cells[cells["state"] == "zero_occurred"]
    rows = [
        {"community": community, "workstream": stream, **{name: row[name] for name in ("indicator", "unit", "value")}}
        for community, stream in zip(hit["community"], hit["workstream"], strict=True)
        for row in workstreams.indicators(view, community, stream).to_dict("records")
        if row["state"] == "zero_occurred" and row["in_matrix"]
    ]
    return pd.DataFrame(rows, columns=["community", "workstream", "indicator", "unit", "value"])


@dataclass(frozen=True, slots=True)
class Briefing:
    """Everything the screen shows for one view; ``result`` and ``standings`` are None before the first evening."""

    day: date
    days: Days
    names: dict[str, str]
    arrivals: pd.DataFrame
    result: Result | None
    today: Today
    standings: Standings | None
    reds: Reds

    def short(self, name: Any) -> str:
        """What a community is called in the meeting."""
        return self.names.get(str(name), str(name))

    @property
    def unreported(self) -> tuple[str, ...]:
        """The communities that owe a sheet, in register order."""
        return tuple(self.arrivals.loc[self.arrivals["owed"].notna(), "community"])


def compose(view: View) -> Briefing:
    """The figures of all six panels (the matters of ⑥ are in ``matters_today``)."""
    spoken_of = days(view)
    last = spoken_of.result
    return Briefing(
        view.day,
        spoken_of,
        short_names(view),
        arrivals(view),
        None if last is None else result(view, last),
        today(view),
        None if last is None else standings(view, last),
        reds(view),
    )
