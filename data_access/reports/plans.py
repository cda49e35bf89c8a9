"""周工作计划: what communities mean to do in a week, and how much of it was done, and done in time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Select, bindparam, select

from config.catalogue import UnknownWorkstreamError, workstream
from config.language import _
from data_access import database, privacy
from data_access.force import in_force
from data_access.metrics import Period, Rate
from data_access.reports import frames, progress
from data_access.reports.standing import Unit, units
from data_access.reports.view import View
from data_access.schema import PlanItem, Submission

WEEKS = 8
STATES = ("done", "late", "carried", "dropped", "open", "overdue")
RATES = ("completion", "on_time")
DEFINITIONS: dict[str, tuple[str, str]] = {
    "completion": (
        "完成率：完成的项÷计划项（不含取消的）",
        "Completion: items done ÷ items planned, dropped ones left out",
    ),
    "on_time": (
        "按时完成率：时限内完成的项÷计划项（不含取消的）；未写时限的以周日为限",
        "Done in time: items done by their due date ÷ items planned, dropped ones left out; due on Sunday where no "
        "date is given",
    ),
    "items": (
        "计划的项：“{done}”含逾期完成的和未写日期的；“{carried}”“{dropped}”按计划表所写；“{open}”：未到时限；"
        "“{overdue}”：过了时限没有完成",
        "Items of the plan: “{done}” also late, or on a day not given; “{carried}”, “{dropped}” as the plan says; "
        "“{open}”: not yet due; “{overdue}”: past its date and not done",
    ),
}
_COUNTS = ("items", "done", "carried", "dropped", "open", "overdue")
_FIGURES = (*_COUNTS, *(f"{name}_{part}" for name in RATES for part in "nd"))


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a weekly plan, without its texts."""

    community: int
    week: Period
    number: int
    workstream: str | None
    due: date
    done_on: date | None
    outcome: str | None

    def state(self, day: date) -> str:
        """One of STATES on a day: what was done later was not done yet."""
        if self.outcome == "done" and (self.done_on is None or self.done_on <= day):
            return "done" if self.done_on is not None and self.done_on <= self.due else "late"
        if self.outcome in ("carried", "dropped"):
            return self.outcome
        return "overdue" if self.due < day else "open"


def week(day: date) -> Period:
    """The week of a day, Monday to Sunday."""
    return Period.parse(f"{day:%G-W%V}")


def weeks(day: date, count: int = WEEKS) -> list[Period]:
    """The last weeks up to that of a day, in order of time."""
    return [week(day - timedelta(days=7 * back)) for back in reversed(range(count))]


def load(connection: Connection, view: View, keys: Iterable[int], span: Sequence[Period]) -> list[Item]:
    """The items in force of these communities and weeks, in the order of community, week and number."""
    rows = connection.execute(_items(view.as_of), _asked(view, keys, span))
    by_name = {str(one): one for one in span}
    return [
        Item(key, by_name[name], number, stream, due or by_name[name].end, done_on, outcome)
        for key, name, number, stream, due, done_on, outcome in rows
    ]


@lru_cache(maxsize=32)
def _items(as_of: datetime | None) -> Select[*tuple[Any, ...]]:
    """The statement of ``load``; to put it together costs more than to ask it."""
    found = (PlanItem.community_id, PlanItem.week, PlanItem.item_no)
    return _planned(as_of, *found, PlanItem.workstream, PlanItem.due, PlanItem.done_on, PlanItem.outcome).order_by(
        *found
    )


@lru_cache(maxsize=32)
def _words(as_of: datetime | None) -> Select[*tuple[Any, ...]]:
    """The statement of ``_texts``."""
    texts = (PlanItem.task, PlanItem.owner, PlanItem.result)
    return _planned(as_of, PlanItem.community_id, PlanItem.item_no, *texts)


def _planned(as_of: datetime | None, *columns: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(*columns)
        .join(Submission, Submission.id == PlanItem.submission_id)
        .where(
            PlanItem.street_id == bindparam("of_street"),
            PlanItem.community_id.in_(bindparam("of_communities", expanding=True)),
            PlanItem.week.in_(bindparam("of_weeks", expanding=True)),
            in_force(as_of),
        )
    )


def _asked(view: View, keys: Iterable[int], span: Sequence[Period]) -> dict[str, Any]:
    weeks = [str(one) for one in span]
    return {"of_street": view.actor.street_id, "of_communities": list(keys), "of_weeks": weeks}


def items(view: View) -> pd.DataFrame:
    """The plans of the view's week, one row an item, in register order.

    Columns: community, item_no (Int64), workstream (slug or None), about (workstream and number, without free text),
    due, done_on (dates), state (one of STATES on the view's day), task, owner, result. Nobody is named: the texts are
    left out for leaders and for clerks outside their community; for the others names are masked, telephones and
    document numbers blotted out. What is shared between visitors takes ``about``.
    """
    span = [week(view.day)]
    with database.reporting() as connection:
        shown = units(connection, view)
        told = load(connection, view, [unit.key for unit in shown], span)
        texts = _texts(connection, view, shown, span)
    names = {unit.key: unit.name for unit in shown}
    order = {unit.key: place for place, unit in enumerate(shown)}
    rows = [
        {
            "community": names[item.community],
            "item_no": item.number,
            "workstream": item.workstream,
            "about": about(item),
            "due": item.due,
            "done_on": item.done_on,
            "state": item.state(view.day),
            **texts.get((item.community, item.number), {}),
        }
        for item in sorted(told, key=lambda one: (order[one.community], one.number))
    ]
    columns = ["community", "item_no", "workstream", "about", "due", "done_on", "state", "task", "owner", "result"]
    return frames.frame(rows, columns, {"item_no": "Int64"})


def about(item: Item) -> str:
    """What an item is about, in words that name nobody: its sealed text stays where it may be read."""
    try:
        stream = workstream(item.workstream).label if item.workstream else ""
    except UnknownWorkstreamError:  # an old item of a workstream the office no longer keeps
        stream = str(item.workstream)
    if stream:
        return _("{workstream}: item {n} of the weekly plan", workstream=stream, n=item.number)
    return _("Item {n} of the weekly plan", n=item.number)


def _texts(
    connection: Connection, view: View, shown: Iterable[Unit], span: Sequence[Period]
) -> dict[tuple[int, int], dict[str, str | None]]:
    """Task, owner and result of those items whose text the acting account may read."""
    keys = [unit.key for unit in shown if progress.may_read_text(view, unit.name)]
    rows = connection.execute(_words(view.as_of), _asked(view, keys, span))
    return {
        (key, number): {
            "task": _plain(task, owner),
            "owner": privacy.mask_name(owner) if owner else None,
            "result": _plain(result, owner),
        }
        for key, number, task, owner, result in rows
    }


def _plain(text: str | None, owner: str | None) -> str | None:
    """Free text of an item without the name of its owner, telephones and document numbers."""
    if text and owner and len(owner) > 1:
        text = text.replace(owner, privacy.mask_name(owner))
    return privacy.blot(text)


def table(view: View) -> pd.DataFrame:
    """Each community's plan of the view's week, in register order.

    Columns: community, week (2026-W47), state (reported, unreported); items, done, carried, dropped, open, overdue
    (Int64: items in each state, ``done`` late ones included; <NA> without a plan); completion_n, completion_d,
    on_time_n, on_time_d (DEFINITIONS; denominator 0: nothing was planned or all of it dropped).
    """
    span = [week(view.day)]
    with database.reporting() as connection:
        shown = units(connection, view)
        told = load(connection, view, [unit.key for unit in shown], span)
    rows = []
    for unit in shown:
        mine = [item for item in told if item.community == unit.key]
        head: dict[str, Any] = {
            "community": unit.name,
            "week": str(span[0]),
            "state": "reported" if mine else "unreported",
        }
        rows.append(head | (_figures(mine, view.day) if mine else {}))
    return frames.frame(rows, ["community", "week", "state", *_FIGURES], dict.fromkeys(_FIGURES, "Int64"))


def trend(view: View, count: int = WEEKS) -> pd.DataFrame:
    """All plans of the view's communities, week by week up to the view's own, one row a week.

    Columns: week, start, end (dates), reported_n, reported_d (communities with a plan, of all), then as ``table``;
    <NA> in a week without any plan.
    """
    span = weeks(view.day, count)
    with database.reporting() as connection:
        shown = units(connection, view)
        told = load(connection, view, [unit.key for unit in shown], span)
    rows = []
    for one in span:
        within = [item for item in told if item.week == one]
        head: dict[str, Any] = {"week": str(one), "start": one.start, "end": one.end, "reported_d": len(shown)}
        head["reported_n"] = len({item.community for item in within})
        rows.append(head | (_figures(within, view.day) if within else {}))
    counts = ("reported_n", "reported_d", *_FIGURES)
    return frames.frame(rows, ["week", "start", "end", *counts], dict.fromkeys(counts, "Int64"))


def _figures(told: Sequence[Item], day: date) -> dict[str, int | None]:
    states = [item.state(day) for item in told]
    kept = len(states) - states.count("dropped")
    rates = {"completion": Rate(states.count("done") + states.count("late"), kept)}
    rates["on_time"] = Rate(states.count("done"), kept)
    counts: dict[str, int | None] = {name: states.count(name) for name in _COUNTS}
    counts |= {"items": len(states), "done": rates["completion"].numerator}
    for name, rate in rates.items():
        counts |= {f"{name}_n": rate.numerator, f"{name}_d": rate.denominator}
    return counts
