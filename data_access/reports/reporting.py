"""报送: who owes which daily sheet, who has sent it, and how it arrived (metrics §6.5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import pandas as pd
from sqlalchemy import BindParameter, ColumnElement, Connection, Select, bindparam, case, func, select

from config import clock
from config.language import N_, _
from data_access import database, metrics, naming, schema
from data_access.force import in_force
from data_access.office import deadlines, exemptions
from data_access.office.exemptions import Excused
from data_access.reports.directory import Entry, counting, entries, rest_days
from data_access.reports.frames import frame
from data_access.reports.view import View
from data_access.schema import Instant, Submission

STATES = ("on_time", "late", "supplied", "unreported", "not_due", "exempt", "empty")
PRESSING = ("unreported", "empty", "late", "supplied", "not_due", "on_time", "exempt")  # the most pressing first
OWED = ("unreported", "not_due", "empty")  # nobody has the figures yet
COLUMNS = ["community", "kind", "day", "state", "due", "close", "received", "revision", "rows", "submission"]

RATES: tuple[str, ...] = ()  # of ``table``
SUMMARY_RATES = ("reported", "on_time")  # of ``summary`` and ``totals``

DEFINITIONS: dict[str, tuple[str, str]] = {
    "state": (
        "按时：时限前收到；迟报：时限后、关闭前；补报：关闭后；未报：时限已过仍未收到；未到时限；免报；空表：收到但无数据行。"
        "以首次有效版本收到的时间为准，更正不改变",
        "On time: before it was due; late: after that, before closing; filed after closing; not reported: due and not"
        " here; not yet due; exempt; empty sheet: it came without rows. The first version that counts decides;"
        " corrections do not change it",
    ),
    "received": (
        "首次有效版本收到的时间；空表不算收到数据，之后有数据的版本才定时限",
        "When the first version that counts arrived; after an empty sheet, the first one with rows",
    ),
    "revision": ("当前有效版本；大于 1 为更正过", "The revision in force; above 1 it was corrected"),
    "reported": (
        "报送率＝已报（按时＋迟报＋补报）÷应报（免报除外）",
        "Reported = on time + late + filed after closing ÷ expected (exempt ones left out)",
    ),
    "on_time": (
        "按时率＝按时÷已到时限的应报份数",
        "On time = on time ÷ sheets whose due time has passed or that have arrived",
    ),
}

KINDS = {"roster": N_("roster"), "morning": N_("morning tally"), "evening": N_("evening tally")}


def table(view: View, start: date | None = None) -> pd.DataFrame:
    """One row per community, daily sheet kind and open day from ``start`` to the view's day (default: that day only).

    Columns: community, kind (roster, morning, evening), day, state (one of STATES), due, close, received (aware UTC;
    received is that of the first revision that still counts), revision, rows (of the one in force), submission.
    """
    with database.reporting() as connection:
        return due_sheets(connection, view, start or view.day)


def arrived(view: View) -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """Of each daily sheet of the view's day the communities that count, and those of them whose sheet is in."""
    with database.reporting() as connection:
        sheets = due_lines(connection, view, view.day)
    of_kind = {kind: [sheet for sheet in sheets if sheet["kind"] == kind] for kind in KINDS}
    return {
        kind: (
            frozenset(sheet["community"] for sheet in own),
            frozenset(sheet["community"] for sheet in own if "submission" in sheet),
        )
        for kind, own in of_kind.items()
    }


def summary(view: View, start: date | None = None) -> pd.DataFrame:
    """How punctually each community reports from ``start`` to the view's day (default: that day), in register order.

    Columns: community; on_time, late, supplied, unreported, not_due, exempt, empty (numbers of sheets); corrected
    (sheets corrected at least once); reported_n, reported_d, on_time_n, on_time_d. metrics.md §6.5. The rates of the
    street are their sums.
    """
    first = start or view.day
    with database.reporting() as connection:
        names = {row.id: row.name for row in counting(entries(connection, view), view)}
        sheets = received(connection, view, first).lines(names, first, view.day)
    lines = []
    for name in names.values():
        own = [sheet for sheet in sheets if sheet["community"] == name]
        counted = metrics.reporting_summary(sheet["state"] for sheet in own)
        lines.append(
            {
                "community": name,
                **asdict(counted),
                "corrected": sum(sheet.get("revision", 0) > 1 for sheet in own),
                "reported_n": counted.reported,
                "reported_d": counted.expected,
                "on_time_n": counted.on_time,
                "on_time_d": counted.due,
            }
        )
    counts = (*metrics.TIMELINESS, "corrected", "reported_n", "reported_d", "on_time_n", "on_time_d")
    return frame(lines, ["community", *counts], dict.fromkeys(counts, "Int64"))


def totals(view: View, start: date | None = None) -> pd.DataFrame:
    """The street's reporting from ``start`` to the view's day (default: that day only), by kind of sheet and in all.

    One row per kind (roster, morning, evening) and, last, ``all``. Columns: kind; expected (all but the exempt),
    actual (arrived with rows), total; the number of sheets in each of STATES, which add up to ``total``; reported_n,
    reported_d, on_time_n, on_time_d. metrics.md §6.5.
    """
    sheets = table(view, start)
    lines = []
    for kind in (*deadlines.DAILY, "all"):
        counted = metrics.reporting_summary(
            sheets["state"] if kind == "all" else sheets["state"][sheets["kind"] == kind]
        )
        lines.append(
            {
                "kind": kind,
                "expected": counted.expected,
                "actual": counted.reported,
                "total": counted.total,
                **asdict(counted),
                "reported_n": counted.reported,
                "reported_d": counted.expected,
                "on_time_n": counted.on_time,
                "on_time_d": counted.due,
            }
        )
    counts = ("expected", "actual", "total", *STATES, "reported_n", "reported_d", "on_time_n", "on_time_d")
    return frame(lines, ["kind", *counts], dict.fromkeys(counts, "Int64"))


def calendar(view: View, start: date, kind: str | None = None) -> pd.DataFrame:
    """One row per community and day from ``start`` to the view's day: how its sheet of this kind stands.

    Columns: community, day, state (one of STATES; rest on a rest day, None where the community does not count). Without
    a kind it is the state of the day's three sheets that asks most for a hand (``PRESSING``).
    """
    sheets = table(view, start)
    sheets = sheets if kind is None else sheets[sheets["kind"] == kind]
    found: dict[tuple[str, date], str] = {}
    for name, day, state in zip(sheets["community"], sheets["day"], sheets["state"], strict=True):
        found[name, day] = min(state, found.get((name, day), state), key=PRESSING.index)
    with database.reporting() as connection:
        names = [row.name for row in counting(entries(connection, view), view)]
        resting = rest_days(connection, view, start, view.day)
    days = [start + timedelta(days=n) for n in range((view.day - start).days + 1)]
    lines = [
        {"community": name, "day": day, "state": found.get((name, day), "rest" if day in resting else None)}
        for name in names
        for day in days
    ]
    return frame(lines, ["community", "day", "state"], {"state": "object"})


@dataclass(frozen=True, slots=True)
class Deadline:
    """The next hour that matters: by ``moment`` the sheets of ``kind`` and ``day`` are due, or (``closing``) close.

    ``owing`` are the communities that have not sent theirs, in register order.
    """

    kind: str
    day: date
    moment: datetime
    closing: bool
    owing: tuple[str, ...]


def next_deadline(view: View) -> Deadline | None:
    """What the clock is running for: among the sheets of the view's day and the roster of the day after, the first
    hour still to come by which somebody owes something. None where nobody does, and for a board as it stood."""
    if view.as_of is not None:
        return None
    now, after = clock.now(), view.day + timedelta(days=1)
    sheets = pd.concat([table(view), table(view.on(after)).query("kind == 'roster'")])
    owed = sheets[sheets["state"].isin(OWED)].to_dict("records")
    coming = [
        (sheet[hour], hour == "close", sheet["kind"], sheet["day"])
        for sheet in owed
        for hour in ("due", "close")
        if sheet[hour] > now
    ]
    if not coming:
        return None
    moment, closing, kind, day = min(coming)
    names = (sheet["community"] for sheet in owed if (sheet["kind"], sheet["day"]) == (kind, day))
    return Deadline(kind, day, moment, closing, tuple(names))


def reminder(view: View) -> str:
    """The text to send to those who owe a sheet of the day: who owes what, due when. "" when nobody does.

    Names communities and sheets only, never a person. Sheets not yet due are not asked for.
    """
    due = table(view)
    owed = due[due["state"].isin(("unreported", "empty"))]
    if owed.empty:
        return ""
    day = _("{month}/{day}", month=view.day.month, day=view.day.day)
    lines = [
        _(
            "{community}: {sheets}",
            community=community,
            sheets=_(", ").join(_owed(sheet) for sheet in sheets.itertuples()),
        )
        for community, sheets in owed.groupby("community", sort=False)
    ]
    head = _("{day}: {n} communities still owe sheets. Please send them now.", day=day, n=len(lines))
    return "\n".join((head, *lines))


def _owed(sheet: Any) -> str:
    fields = {"sheet": _(KINDS[sheet.kind]), "due": f"{clock.local(sheet.due):%m-%d %H:%M}"}
    if sheet.state == "empty":
        return _("{sheet} (came without rows)", **fields)
    return _("{sheet} (due {due})", **fields)


def due_sheets(connection: Connection, view: View, start: date) -> pd.DataFrame:
    """As ``table``, within the caller's transaction."""
    rows = due_lines(connection, view, start)
    return frame(rows, COLUMNS, dict.fromkeys(("revision", "rows", "submission"), "Int64"))


def due_lines(connection: Connection, view: View, start: date) -> list[dict[str, Any]]:
    """The rows of ``due_sheets``; received, revision, rows and submission are left out of those that did not come."""
    register = entries(connection, view)
    names = {row.id: row.name for row in counting(register, view)}
    return received(connection, view, start, register=register).lines(names, start, view.day)


@dataclass(frozen=True, slots=True)
class Received:
    """The daily sheets in force of some days, by (community, kind, day), and the days without any duty.

    ``spans`` are the first and last day on which each community counts; outside them it owes nothing. ``excused`` are
    those who owe nothing for a reason; ``passed`` says whether a deadline had passed by then.
    """

    sheets: Mapping[tuple[int, str, date], Mapping[str, Any]]
    rest: set[date]
    spans: Mapping[int, tuple[date | None, date | None]]
    passed: Callable[[datetime], bool]
    excused: Excused

    def lines(
        self, communities: Mapping[int, str], start: date, end: date, kinds: Iterable[str] = deadlines.DAILY
    ) -> list[dict[str, Any]]:
        """The rows of ``table`` for these communities (key and name) from ``start`` to ``end``, inclusive."""
        windows = list(self._windows(start, end, tuple(kinds)))
        found = []
        for key, name in communities.items():
            for kind, day, window in windows:
                report = self.sheets.get((key, kind, day))
                if not self._counts(key, day, report):
                    continue
                state = self._state(key, kind, day, window, report)
                line = {"community": name, "kind": kind, "day": day, "state": state}
                found.append(line | {"due": window.due, "close": window.close, **(report or {})})
        return found

    def states(
        self, communities: Iterable[int], start: date, end: date, kinds: Iterable[str] = deadlines.DAILY
    ) -> dict[int, list[metrics.Timeliness]]:
        """Only the states of ``lines``, by community; communities without any sheet due are left out."""
        windows = list(self._windows(start, end, tuple(kinds)))
        found: dict[int, list[metrics.Timeliness]] = {}
        for key in communities:
            for kind, day, window in windows:
                report = self.sheets.get((key, kind, day))
                if self._counts(key, day, report):
                    found.setdefault(key, []).append(self._state(key, kind, day, window, report))
        return found

    def _counts(self, community: int, day: date, report: Mapping[str, Any] | None) -> bool:
        first, last = self.spans.get(community, (None, None))
        within = (first is None or first <= day) and (last is None or day <= last)
        return within and (report is not None or day not in self.rest)

    def _windows(self, start: date, end: date, kinds: tuple[str, ...]) -> Iterator[tuple[str, date, deadlines.Window]]:
        for day in (start + timedelta(days=n) for n in range((end - start).days + 1)):
            for kind in kinds:
                window = deadlines.window(kind, day)
                assert window is not None
                yield kind, day, window

    def _state(
        self, community: int, kind: str, day: date, window: deadlines.Window, report: Mapping[str, Any] | None
    ) -> metrics.Timeliness:
        if self.excused.covers(community, kind, day):
            return "exempt"
        if report is None:
            return "unreported" if self.passed(window.due) else "not_due"
        return window.arrival(report["received"]) if report["rows"] else "empty"


def received(
    connection: Connection,
    view: View,
    start: date,
    kinds: Iterable[str] = deadlines.DAILY,
    *,
    register: Iterable[Entry] | None = None,
) -> Received:
    """The daily sheets from ``start`` to the view's day as the view knows them.

    Of every community, or of the view's own where it names one. ``register``: the entries, where they are known.
    """
    resting = rest_days(connection, view, start, view.day)
    register = entries(connection, view) if register is None else register
    spans = {row.id: (row.active_from, row.active_until) for row in register}
    excused = exemptions.standing(connection, view.actor, view.campaign, start, view.day, view.as_of)
    return Received(_sent(connection, view, start, tuple(kinds)), resting, spans, view.passed, excused)


def _sent(
    connection: Connection, view: View, start: date, kinds: tuple[str, ...]
) -> dict[tuple[int, str, date], dict[str, Any]]:
    """Sheets in force by (community, kind, day), with the arrival of the first revision that was not withdrawn.

    An empty sheet sent in time does not make the figures punctual that follow it.
    """
    asked = {
        "of_street": view.actor.street_id,
        "of_campaign": view.campaign,
        "of_kinds": kinds,
        "of_first": start,
        "of_last": view.day,
        "of_community": view.community,
    }
    rows = connection.execute(_in_force(view.as_of, of_one=view.community is not None), asked).all()
    return {
        (community, kind, day): {"received": arrival, "revision": revision, "rows": accepted, "submission": number}
        for number, community, kind, day, revision, accepted, arrival in rows
    }


@lru_cache(maxsize=32)
def _in_force(as_of: datetime | None, *, of_one: bool) -> Select[*tuple[Any, ...]]:
    """The statement of ``_sent``, of all communities or of one; to put it together costs more than to ask it."""
    street: BindParameter[int] = bindparam("of_street")
    name: BindParameter[str] = bindparam("of_community")
    campaign_id = (
        select(schema.Campaign.id)
        .where(schema.Campaign.street_id == street, schema.Campaign.code == bindparam("of_campaign"))
        .scalar_subquery()
    )
    scope = (
        Submission.street_id == street,
        Submission.kind.in_(bindparam("of_kinds", expanding=True)),
        Submission.business_date.between(bindparam("of_first"), bindparam("of_last")),
        Submission.campaign_id == campaign_id,
        naming.only(Submission.community_id, street, name if of_one else None),
    )
    still: ColumnElement[bool] = Submission.withdrawn_at.is_(None)
    if as_of is not None:
        still = (Submission.committed_at <= as_of) & (still | (Submission.withdrawn_at > as_of))
    filled = case((Submission.rows_accepted > 0, Submission.received_at))
    arrival = func.coalesce(func.min(filled), func.min(Submission.received_at), type_=Instant())
    first = (
        select(Submission.scope, arrival.label("received")).where(*scope, still).group_by(Submission.scope).subquery()
    )
    return (
        select(
            Submission.id,
            Submission.community_id,
            Submission.kind,
            Submission.business_date,
            Submission.revision,
            Submission.rows_accepted,
            first.c.received,
        )
        .join(first, first.c.scope == Submission.scope)
        .where(*scope, in_force(as_of))
    )
