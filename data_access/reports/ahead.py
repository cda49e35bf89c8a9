"""The next seven days: what falls due in them, of everything that the year, the week and 督办整改 ask for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pandas as pd

from config.catalogue import themes, workstream
from config.catalogue import windows as declared_windows
from config.language import _
from data_access import database
from data_access.reports import actions, duties, frames, plans
from data_access.reports.standing import Unit, units
from data_access.reports.view import View

DAYS = 7
SORTS = ("health_day", "opens", "closes", "period", "plan", "action")
COLUMNS = ("due", "sort", "about", "workstream", "communities", "n", "left")

Row = dict[str, Any]


def table(view: View, days: int = DAYS) -> pd.DataFrame:
    """What falls due from the view's day on for ``days`` days, in order of the day and of SORTS.

    Columns: due (date), sort (health_day; opens, closes: a window of the inspection calendar; period: a period of a
    duty that ends; plan: an open item of a weekly plan; action: a matter not closed), about (words that name nobody),
    workstream (name or None), communities (names, with 、 between them; None where it concerns all), n (Int64: how many
    communities have still to do it; <NA> where nothing records it), left (Int64 days to go).
    """
    until = view.day + timedelta(days=days - 1)
    with database.reporting() as connection:
        shown = units(connection, view)
        weeks = list(dict.fromkeys((plans.week(view.day), plans.week(until))))
        planned = plans.load(connection, view, [unit.key for unit in shown], weeks)
    rows = [
        *_health_days(view.day, until),
        *_windows(view.day, until),
        *_periods(view, until, len(shown)),
        *_planned(view, until, shown, planned),
        *_matters(view, until),
    ]
    for row in rows:
        row["left"] = (row["due"] - view.day).days
    rows.sort(key=lambda row: (row["due"], SORTS.index(row["sort"])))
    return frames.frame(rows, COLUMNS, {"n": "Int64", "left": "Int64"})


def _within(day: date, start: date, until: date) -> bool:
    return start <= day <= until


def _health_days(start: date, until: date) -> Iterable[Row]:
    for theme in themes():
        for one in theme.days:
            for year in {start.year, until.year}:
                if _within(one.in_year(year), start, until):
                    about = _("{day}: theme of the month “{theme}”", day=one.label, theme=theme.label)
                    yield {"due": one.in_year(year), "sort": "health_day", "about": about}


def _windows(start: date, until: date) -> Iterable[Row]:
    """Windows that open, and those that close and that no indicator records; the others are periods of a duty."""
    for window in declared_windows():
        for year in {start.year, until.year}:
            first, last = window.in_year(year)
            row = {"about": window.label, "workstream": workstream(window.workstream).label}
            if _within(first, start, until):
                yield {**row, "due": first, "sort": "opens"}
            if window.indicator is None and _within(last, start, until):
                yield {**row, "due": last, "sort": "closes"}


def _periods(view: View, until: date, of: int) -> Iterable[Row]:
    for duty, period, left in duties.open_periods(view, until):
        closes = duty.kind == "windows"
        yield {
            "due": period.end,
            "sort": "closes" if closes else "period",
            "about": duty.label if closes else _("{what} {period}", what=duty.label, period=period),
            "workstream": workstream(duty.workstream).label if duty.workstream else None,
            "communities": None if len(left) == of else _(", ").join(left),
            "n": len(left),
        }


def _planned(view: View, until: date, shown: Iterable[Unit], planned: Iterable[plans.Item]) -> Iterable[Row]:
    """Each open item of one community; of several how many items there are that day."""
    names = {unit.key: unit.name for unit in shown}
    due = [item for item in planned if item.state(view.day) == "open" and _within(item.due, view.day, until)]
    if view.community is not None:
        for item in due:
            stream = workstream(item.workstream).label if item.workstream else None
            about = _("Item {n} of the weekly plan", n=item.number)
            yield {"due": item.due, "sort": "plan", "about": about, "workstream": stream, "n": 1}
        return
    for day in sorted({item.due for item in due}):
        inside = [item for item in due if item.due == day]
        whose = [name for key, name in names.items() if any(item.community == key for item in inside)]
        about = _("{n} items of weekly plans", n=len(inside))
        yield {"due": day, "sort": "plan", "about": about, "communities": _(", ").join(whose), "n": len(whose)}


def _matters(view: View, until: date) -> Iterable[Row]:
    for one in actions.open_items(view, view.community).to_dict("records"):
        if pd.notna(one["due"]) and _within(one["due"], view.day, until):
            about, whose = one["about"], one["community"]
            yield {"due": one["due"], "sort": "action", "about": about, "communities": whose, "n": int(pd.notna(whose))}
