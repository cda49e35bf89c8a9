"""What the year asks of a community over and over: done, short, unreported, due, to come (metrics.md §6.7).

A duty is an indicator of which each period owes its own, one with a yearly number that ``config/cadences.toml`` lists,
a window of the inspection calendar, or the weekly plan. Its year is cut into spans of whole months: what falls due
weekly or daily is shown by the month. Nothing here names anybody.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import cast

import pandas as pd
from sqlalchemy import Connection, func, select

from config.catalogue import cadences, catalogue
from config.catalogue import windows as declared_windows
from config.indicators import Indicator
from config.language import _
from data_access import database, metrics
from data_access.catalogue import targets
from data_access.force import in_force
from data_access.metrics import Period, PeriodKind
from data_access.reports import accrual, frames, progress, yearbook
from data_access.reports.accrual import Report
from data_access.reports.standing import Unit, units
from data_access.reports.view import View
from data_access.schema import PlanItem, Submission

PLAN = "plan"
STATES = ("done", "short", "unreported", "due", "coming", "past")
DEFINITIONS: dict[str, tuple[str, str]] = {
    "state": (
        "“{done}”：做满了；“{short}”：到期没有做满；“{unreported}”：到期没有报送；“{due}”：本期进行中；"
        "“{coming}”：还没到；“{past}”：已过，没有指标记录",
        "“{done}”: all of it; “{short}”: its time is over and too little was done; “{unreported}”: its time is over "
        "without a report; “{due}”: its time is running; “{coming}”: not yet; “{past}”: over, and no indicator "
        "records it",
    ),
    "done": (
        "一个社区：本格各期做到的数÷应做的数（一期多做不抵另一期）；全街道：已完成的社区÷全部社区",
        "Of one community: what its periods reached ÷ what they owe, no period making up for another; of the street: "
        "communities that are done ÷ all",
    ),
}
_SLOTS = ("day", "week", "month", "two_months", "quarter")
_COLUMNS = ("code", "act", "cadence", "workstream", "indicator", "first", "last", "start", "end", "state")
_COUNTS = ("first", "last", "done_n", "done_d", "unreported")


@dataclass(frozen=True, slots=True)
class Span:
    """Whole months of the calendar and the periods in them, each of which owes its own."""

    first: int
    last: int
    periods: tuple[Period, ...]

    @property
    def start(self) -> date:
        """The day on which its first period begins."""
        return self.periods[0].start

    @property
    def end(self) -> date:
        """The day on which its last period ends."""
        return self.periods[-1].end


@dataclass(frozen=True, slots=True)
class Duty:
    """Something the year asks for. ``code`` tells it apart; ``indicator`` is None where none records it.

    ``kind``: slots (each period owes ``need``), year (one number for all of it) or windows (done or not).
    """

    code: str
    label: str
    cadence: str
    kind: str
    workstream: str | None
    indicator: str | None
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One span of a duty for one community."""

    state: str
    done: int | None = None
    need: int | None = None


def calendar(view: View, community: str | None = None) -> pd.DataFrame:
    """The year of the view's day: one row for each duty and span, in the order of the cadences.

    Columns: code, act (name), cadence (code), workstream (slug or None), indicator (code or None), first, last (Int64
    months), start, end (dates), state (one of STATES), done_n, done_d (Int64, DEFINITIONS; <NA> without a figure),
    unreported (Int64 communities). ``community`` narrows the view to one; without it the row counts communities:
    its state is done where all are, short where the time is over and some are not.
    """
    rows = []
    with database.reporting() as connection:
        field = _Field(connection, view, community)
        for duty in field.duties:
            judged = [field.cells(duty, unit, duty.spans) for unit in field.units]
            for place, span in enumerate(duty.spans):
                row = {name: getattr(duty, name, None) for name in _COLUMNS} | {"act": duty.label}
                row |= {name: getattr(span, name) for name in ("first", "last", "start", "end")}
                cells = [cells[place] for cells in judged]
                rows.append(row | (_one(cells[0]) if community and cells else _all(duty, span, cells, view.day)))
    return frames.frame(rows, [*_COLUMNS, *_COUNTS[2:]], dict.fromkeys(_COUNTS, "Int64"))


def _one(cell: Cell) -> dict[str, object]:
    return {
        "state": cell.state,
        "done_n": cell.done,
        "done_d": cell.need,
        "unreported": int(cell.state == "unreported"),
    }


def _all(duty: Duty, span: Span, cells: Sequence[Cell], day: date) -> dict[str, object]:
    # of a community without a target nothing is asked
    states = [cell.state for cell in cells if cell.need is not None or duty.kind == "windows"]
    if not states or set(states) <= {"coming", "past"}:
        return {"state": "coming" if day < span.start else "past"}
    done, silent = states.count("done"), states.count("unreported")
    over = span.end <= day
    state = "done" if done == len(states) else "unreported" if silent == len(states) else "short" if over else "due"
    return {"state": state, "done_n": done, "done_d": len(states), "unreported": silent}


def open_periods(view: View, until: date) -> list[tuple[Duty, Period, list[str]]]:
    """The periods of the view's communities that end from the view's day to ``until`` and are not done yet.

    Each with its duty and the communities in register order; what is due daily is left out.
    """
    found = []
    with database.reporting() as connection:
        field = _Field(connection, view, None)
        for duty in field.duties:
            ending = [
                Span(span.first, span.last, (period,))
                for span in duty.spans
                for period in span.periods
                if view.day <= period.end <= until and duty.cadence != "day"
            ]
            for place, span in enumerate(ending):
                left = [unit.name for unit in field.units if field.cells(duty, unit, ending)[place].state != "done"]
                if left:
                    found.append((duty, span.periods[0], left))
    return found


class _Field:
    """The duties of the view's year, and what its communities reported on them."""

    def __init__(self, connection: Connection, view: View, community: str | None) -> None:
        self.view = view
        self.units = [progress.only(connection, view, community)] if community else units(connection, view)
        self._items = {item.code: item for item in catalogue(view.day).indicators}
        self._targets = targets.load(connection, view.actor.street_id, view.as_of)
        self.duties = list(self._declared()) + self._plan(connection)
        order = [cadence.code for cadence in cadences()]
        self.duties.sort(key=lambda duty: order.index(duty.cadence))
        keys = [unit.key for unit in self.units]
        codes = sorted({duty.indicator for duty in self.duties if duty.indicator})
        self._reports = progress.reports(connection, view, keys, codes)

    def cells(self, duty: Duty, unit: Unit, spans: Sequence[Span]) -> list[Cell]:
        """What became of these spans of a duty in one community."""
        day = self.view.day
        if duty.code == PLAN:
            weeks = {period: Fraction(1) for period in self._plans.get(unit.key, ())}
            return [_slots(span, weeks, Fraction(1), day) for span in spans]
        item = self._item(duty.indicator, unit)
        if item is None or (item.target is None and duty.kind != "windows"):  # nothing tells whether it was done
            return [Cell("coming" if day < span.start else "past" if span.end < day else "due") for span in spans]
        reports = self._reports.get((unit.key, item.code), [])
        if duty.kind == "windows":
            return [_window(span, reports, day) for span in spans]
        if duty.kind == "year":
            return [_year(item, span, reports, day) for span in spans]
        need = metrics.exact(item.target or 0)
        told = _spread(_told(item, reports, day), duty.spans, need)
        return [_slots(span, told, need, day) for span in spans]

    def _item(self, code: str | None, unit: Unit) -> Indicator | None:
        """The indicator as the community is judged by it."""
        return self._targets.applied(self._items[code], unit.key, self.view.day) if code else None

    def _asked(self, item: Indicator) -> bool:
        """Whether the street asks for the indicator: it stands in the matrix, or a target was set for it."""
        set_here = any(self._targets.goal(item.code, unit.key, self.view.day) for unit in self.units)
        has_one = any(self._targets.applied(item, unit.key, self.view.day).target for unit in self.units)
        return item.enabled and (item.matrix or set_here) and has_one

    def _declared(self) -> Iterable[Duty]:
        day = self.view.day
        shown = set()
        for cadence in cadences():
            owed = [item for item in self._items.values() if _owes(item, cadence.code)]
            listed = [self._items[code] for code in cadence.indicators if code in self._items]
            for item in (*owed, *listed):
                kind, spans = _spans(item, day)
                if item.code not in shown and spans and self._asked(item):
                    shown.add(item.code)
                    often = "year" if kind == "year" else cadence.code
                    yield Duty(item.code, item.label, often, kind, item.workstream, item.code, spans)
        yield from self._windows()

    def _windows(self) -> Iterable[Duty]:
        """The windows of the inspection calendar; those that one indicator records are one duty."""
        groups: dict[str, list[tuple[Period, str, str]]] = {}
        for window in sorted(declared_windows(), key=lambda one: one.first):
            code = window.indicator if window.indicator in self._items else None
            within = Period(*window.in_year(self.view.day.year))
            groups.setdefault(code or window.zh, []).append((within, window.label, window.workstream))
        for code, members in groups.items():
            item = self._items.get(code)
            label = item.label if item is not None and len(members) > 1 else members[0][1]
            spans: list[Span] = []
            for within, _label, _stream in members:
                first = within.start.month
                if spans and first <= spans[-1].last:  # it begins in the month in which the one before ends
                    first = min(spans[-1].last + 1, within.end.month)
                spans.append(Span(first, within.end.month, (within,)))
            yield Duty(code, label, "window", "windows", members[0][2], item.code if item else None, tuple(spans))

    def _plan(self, connection: Connection) -> list[Duty]:
        """The weekly plan, from the first week of the year in which the street had one."""
        year = self.view.day.year
        rows = connection.execute(
            select(PlanItem.community_id, PlanItem.week, func.count())
            .join(Submission, Submission.id == PlanItem.submission_id)
            .where(
                PlanItem.street_id == self.view.actor.street_id,
                PlanItem.week.startswith(f"{year}-W"),
                in_force(self.view.as_of),
            )
            .group_by(PlanItem.community_id, PlanItem.week)
        ).all()
        self._plans: dict[int, set[Period]] = {}
        for key, week, _n in rows:
            self._plans.setdefault(key, set()).add(Period.parse(week))
        begun = min((week for weeks in self._plans.values() for week in weeks), default=None)
        if begun is None:
            return []
        weeks = [week for week in _year_of(self.view.day).slots("week") if week >= begun]
        return [Duty(PLAN, _("Weekly plan"), "week", "slots", None, None, _by_month(weeks))]


def _year_of(day: date) -> Period:
    return Period(date(day.year, 1, 1), date(day.year, 12, 31), "year")


def _owes(item: Indicator, cadence: str) -> bool:
    """Whether each period of this cadence owes the indicator its own."""
    return item.kind == "count" and item.accrual == "per_period" and item.period == cadence and item.comparator != "≤"


def _spans(item: Indicator, day: date) -> tuple[str, tuple[Span, ...]]:
    """The kind of an indicator's duty and its spans; none where the days of a campaign decide.

    One span of its whole year where no calendar cuts it: eight consultations a year are due on no day in particular.
    """
    whole = accrual.window(item, day)
    if item.accrual == "per_period" and item.slots is None:
        return "slots", ()
    if item.accrual == "per_period" and item.period in _SLOTS:
        slots = whole.slots(cast(PeriodKind, item.period))
        if abs(len(slots) - (item.slots or 0)) <= 1:  # a leap year, a year of 53 weeks
            return "slots", _by_month(slots) if item.period in ("day", "week", "month") else _by_itself(slots)
    return "year", (Span(whole.start.month, whole.end.month, (whole,)),)


def _by_month(slots: Sequence[Period]) -> tuple[Span, ...]:
    months: dict[int, list[Period]] = {}
    for slot in slots:
        months.setdefault(_middle(slot).month, []).append(slot)
    return tuple(Span(month, month, tuple(inside)) for month, inside in months.items())


def _by_itself(slots: Sequence[Period]) -> tuple[Span, ...]:
    return tuple(Span(slot.start.month, slot.end.month, (slot,)) for slot in slots)


def _told(item: Indicator, reports: Sequence[Report], day: date) -> list[tuple[Period, Fraction]]:
    """What was done by period; the gain of a total speaks for all the days since the period told before it."""
    totals = {one.period for one in reports if one.cumulative}
    told: list[tuple[Period, Fraction]] = []
    since = accrual.window(item, day).start
    for period, done in accrual.series(item, reports, day):
        if done is not None:
            told.append((Period(min(since, period.start), period.end) if period in totals else period, done))
            since = period.end + timedelta(days=1)
    return told


def _spread(told: Iterable[tuple[Period, Fraction]], spans: Sequence[Span], need: Fraction) -> dict[Period, Fraction]:
    """What was reported by the periods that owe it; a report of a longer stretch fills them first to last."""
    periods = [period for span in spans for period in span.periods]
    known, found = set(periods), dict[Period, Fraction]()
    for reported, done in told:
        if reported in known:
            inside = [reported]
        else:
            inside = [one for one in periods if _middle(one) in reported] or [
                one for one in periods if _middle(reported) in one
            ]
        for period in inside:
            given = done if period is inside[-1] else min(done, need)
            found[period] = found.get(period, Fraction(0)) + given
            done -= given
    return found


def _middle(period: Period) -> date:
    # a week belongs to the month of its Thursday
    return period.start + (period.end - period.start) // 2


def _slots(span: Span, told: Mapping[Period, Fraction], need: Fraction, day: date) -> Cell:
    """Each period owes its own: what one has too much is not counted."""
    known = [min(told[period], need) for period in span.periods if period in told]
    ended = [told.get(period) for period in span.periods if period.end <= day]
    short = any(done is not None and done < need for done in ended)
    owed = need * len(span.periods)
    return _cell(span, sum(known, Fraction(0)) if known else None, owed, day, short=short, silent=None in ended)


def _year(item: Indicator, span: Span, reports: Sequence[Report], day: date) -> Cell:
    """One number for all of it; nothing is short before its last day is over."""
    found = accrual.judge(item, reports, day)
    goal, over = found.goal or Fraction(0), span.end < day
    short = over and found.done is not None and found.done < goal
    return _cell(span, found.done, goal, day, short=short, silent=over and found.done is None)


def _window(span: Span, reports: Sequence[Report], day: date) -> Cell:
    answer = yearbook.done_in(reports, span.periods[0])
    state = "done" if answer else "coming" if day < span.start else "due" if day <= span.end else None
    return Cell(state or ("unreported" if answer is None else "short"))


def _cell(span: Span, done: Fraction | None, owed: Fraction, day: date, *, short: bool, silent: bool) -> Cell:
    need = math.ceil(owed) or None
    reached = None if done is None else math.floor(done)
    if owed and done is not None and done >= owed:
        return Cell("done", reached, need)
    if short or silent:
        return Cell("short" if short else "unreported", reached, need)
    return Cell("coming" if day < span.start else "due", reached, need)
