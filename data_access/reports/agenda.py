"""今日待定: what the morning meeting has to settle, from the figures of the briefing and from 督办整改.

A question per kind of trouble and then the matters that press today; who is asked is a unit or a community, never a
person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from typing import Any

import pandas as pd

from config.catalogue import workstream
from config.language import N_, _
from data_access import metrics
from data_access.reports import actions, coordination, reporting
from data_access.reports.briefing import SHEETS, Briefing, compose
from data_access.reports.view import View

VACCINATION = "vaccination"


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing to settle: the question, who is asked, by when. ``item_no`` where it stands in 督办整改."""

    question: str
    owner: str
    due: date | None
    at: time | None = None
    overdue_days: int = 0
    item_no: str | None = None


@dataclass(frozen=True, slots=True)
class Agenda:
    """``questions`` that the figures raise, then the pressing ``items`` of 督办整改, overdue ones first.

    ``waiting``: how many records ask for coordination and are not raised as matters yet.
    """

    questions: tuple[Matter, ...]
    items: tuple[Matter, ...]
    waiting: int = 0

    @property
    def count(self) -> int:
        """How many there are to settle."""
        return len(self.questions) + len(self.items)

    @property
    def overdue(self) -> int:
        """How many of them are past their date."""
        return sum(matter.overdue_days > 0 for matter in self.items)


def meeting(view: View) -> tuple[Briefing, Agenda]:
    """The briefing of the view and what is to be settled in it."""
    told = compose(view)
    return told, agenda(view, told)


def agenda(view: View, told: Briefing) -> Agenda:
    """What is to be settled on the day of ``told``."""
    raised = (_shortage, _crowding, _missing, _differences, _over)
    return Agenda(
        tuple(matter for ask in raised for matter in [ask(told)] if matter is not None),
        tuple(_item(row, told) for row in _pressing(view)),
        sum(coordination.counts(view).values()),
    )


def listed(names: list[str], most: int = 2) -> str:
    """Names as they are spoken: all of them, or the first ones and how many there are."""
    shown = _(", ").join(names[:most])
    return shown if len(names) <= most else _("{names} and {n} more", names=shown, n=len(names) - most)


def place(label: Any) -> str:
    """A site as it is spoken of; rosters may name none."""
    return str(label) if isinstance(label, str) else _("No site named")


def _shortage(told: Briefing) -> Matter | None:
    short = told.today.short
    if short.empty:
        return None
    names = [told.short(place(label)) for label in short["label"]]
    question = N_("{places} {n} doses short: move them from where?")
    first = min((at for at in told.today.timetable["batch_time"] if not pd.isna(at)), default=None)
    lead = workstream(VACCINATION).lead
    return Matter(_(question, places=listed(names), n=int(short["short"].sum())), _lead(lead), told.day, first)


def _lead(lead: Any) -> str:
    return str(lead) if lead else _("Street office")


def _crowding(told: Briefing) -> Matter | None:
    crowded = told.today.crowded
    if crowded.empty:
        return None
    first = crowded.iloc[0]
    site = place(first["site"])
    at = None if pd.isna(first["batch_time"]) else first["batch_time"]
    if len(crowded) > 1:
        question = _(
            "{site} batch {batch} and {n} more batches over capacity: move {k} people where?",
            site=site,
            batch=first["batch_no"],
            n=len(crowded) - 1,
            k=int(crowded["over"].sum()),
        )
    else:
        question = _(
            "{site} batch {batch} is {k} over: move them to which batch?",
            site=site,
            batch=first["batch_no"],
            k=first["over"],
        )
    return Matter(question, site, told.day, at)


def _missing(told: Briefing) -> Matter | None:
    owing = told.arrivals[told.arrivals["owed"].notna()]
    if owing.empty:
        return None
    names = [told.short(name) for name in owing["community"]]
    sheets = [_(reporting.KINDS[kind]) for kind in SHEETS if (owing[kind] == "unreported").any()]
    question = _("{names}: when will the {sheets} come?", names=listed(names), sheets=_(" and ").join(sheets))
    return Matter(question, _owner(list(owing["community"])), told.day)


def _differences(told: Briefing) -> Matter | None:
    if told.result is None or told.result.open.empty:
        return None
    disputed = list(told.result.disputed)
    names = listed([told.short(name) for name in disputed])
    question = _("{names}: check name by name, settle {n} differences", names=names, n=len(told.result.open))
    return Matter(question, _owner(disputed), told.day)


def _over(told: Briefing) -> Matter | None:
    if told.standings is None:
        return None
    over = told.standings.table[told.standings.table["over"]]
    if over.empty:
        return None
    first = over.iloc[0]
    rate = metrics.display_percent(metrics.Rate.of(first["coverage_n"], first["coverage_d"]), 2)
    question = _(
        "{names} at {rate}%: check the base of {n}",
        names=listed([told.short(name) for name in over["community"]]),
        rate=rate,
        n=f"{first['coverage_d']:,}",
    )
    return Matter(question, _owner(list(over["community"])), told.day)


def _owner(communities: list[str]) -> str:
    return communities[0] if len(communities) == 1 else _("{n} communities", n=len(communities))


def _pressing(view: View) -> list[dict[str, Any]]:
    """Open matters that are overdue, lagging or due by the day."""
    frame = actions.open_items(view)
    due = [day is not None and not pd.isna(day) and day <= view.day for day in frame["due"]]
    kept = frame[frame["pressing"].isin(("red", "yellow")) | pd.Series(due, index=frame.index, dtype=bool)]
    return [{str(name): value for name, value in row.items()} for row in kept.to_dict("records")]


def _item(row: dict[str, Any], told: Briefing) -> Matter:
    community = row["community"] if isinstance(row["community"], str) else None
    where = told.short(community) if community else ""
    owner = row["unit"] if isinstance(row["unit"], str) and row["unit"] else community or _("Street office")
    due = row["original_due"] if int(row["overdue_days"]) else row["due"]
    about = str(row["about"])
    question = _("{community} · {about}", community=where, about=about) if where else about
    known = None if due is None or pd.isna(due) else due
    return Matter(question, owner, known, None, int(row["overdue_days"]), row["item_no"])
