"""社区: everything about one community on one page, composed from the reports of the other pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, ParamSpec, Protocol, TypeVar

import pandas as pd
from sqlalchemy import BindParameter, Select, bindparam, select

from config.catalogue import catalogue
from config.settings import settings
from data_access import database, metrics, naming, privacy
from data_access.accounts import Capability, Role
from data_access.force import in_force
from data_access.office import deadlines
from data_access.reports import (
    actions,
    coverage,
    dispatch,
    duties,
    evenings,
    frames,
    outlook,
    ranking,
    reporting,
    standing,
    workstreams,
)
from data_access.reports.directory import rest_days
from data_access.reports.tallies import campaign_key
from data_access.reports.tallies import definition as campaign_of
from data_access.reports.view import View
from data_access.schema import Account, Community, CommunityEntry, Submission

P = ParamSpec("P")
R = TypeVar("R")

CALENDAR_DAYS = 12
WEEK = 7
SENT_KINDS = ("roster", "morning", "evening", "baseline", "progress", "evidence", "plan")


@dataclass(frozen=True, slots=True)
class Card:
    """What the register says of a community. Lead cadre, liaison and telephone are masked, and empty for leaders."""

    name: str
    kind: str
    area: str | None
    households: int | None
    population: int | None
    liaison: str
    phone: str
    lead: str


def card(view: View) -> Card | None:
    """The register's entry of the view's community; None while the view names none that is in force."""
    asked = {"of_street": view.actor.street_id, "of_community": view.community}
    with database.reporting() as connection:
        row = connection.execute(_entry(view.as_of), asked).first()
    if row is None:
        return None
    own = view.actor.role != Role.CLERK or view.actor.community_id == row.community_id
    told = own and view.actor.may(Capability.READ_PEOPLE)
    return Card(
        row.name,
        row.kind,
        row.area,
        row.households,
        row.population,
        privacy.mask_name(row.liaison) if told else "",
        privacy.mask_phone(row.liaison_phone) if told else "",
        privacy.mask_name(row.lead_cadre) if told else "",
    )


@lru_cache(maxsize=32)
def _entry(as_of: datetime | None) -> Select[*tuple[Any, ...]]:
    """The statement of ``card``; to put it together costs more than to ask it."""
    street: BindParameter[int] = bindparam("of_street")
    return (
        select(*CommunityEntry.__table__.columns)
        .join(Community, Community.id == CommunityEntry.community_id)
        .join(Submission, Submission.id == CommunityEntry.submission_id)
        .where(
            Community.street_id == street,
            Community.id == naming.key(street, bindparam("of_community")),
            in_force(as_of),
        )
    )


class Through(Protocol):
    """What a report is asked through: itself, or a memory of its answers."""

    def __call__(self, report: Callable[P, R], /) -> Callable[P, R]:
        """The report, as it is to be asked."""
        ...


def _itself(report: Callable[P, R], /) -> Callable[P, R]:
    return report


def tiles(view: View, through: Through = _itself) -> pd.Series:
    """The key numbers of the community on the day.

    Index: coverage_n, coverage_d, coverage_state, last_n, last_d, last_day, rank, field, change, places; completion_n,
    completion_d and before_n, before_d, before_day (the day with a tally before); target (percent), left, pace_n,
    pace_d, forecast (state), finish; on_time_n, on_time_d, since; differences (open ones), largest (label) and amount;
    open, overdue, soon (action items not closed, past their original day, due within three days by it). Missing is
    None or <NA>. ``through`` is asked for what other parts of a page, or of other communities, show as well.
    """
    street = replace(view, community=None)
    ranks = through(ranking.table)(street)
    place = ranks[ranks["community"] == view.community]
    ahead = through(coverage.forecast)(view)
    ahead = ahead[ahead["community"] == view.community]
    days = through(week)(view)
    start = max(view.day.replace(day=1), _first(view) or view.day)
    timely = reporting.summary(view, start)
    found: dict[str, Any] = {"field": int(ranks["rank"].notna().sum()), "since": start}
    found["target"] = _target(view)
    if len(place):
        row = place.iloc[0]
        names = ("rank", "change", "places", "last_n", "last_d", "last_day")
        found |= {name: row[name] for name in names} | {"coverage_state": row["state"]}
        found["coverage_n"], found["coverage_d"] = frames.pair(row, "coverage")
    if len(ahead):
        row = ahead.iloc[0]
        found |= {name: row[name] for name in ("left", "pace_n", "pace_d", "finish")} | {"forecast": row["state"]}
    told = days.dropna(subset=["completion_n"])
    for prefix, rows in (("completion", told[told["day"] == view.day]), ("before", told[told["day"] < view.day])):
        if len(rows):
            last = rows.iloc[-1]
            found |= {f"{prefix}_n": last["completion_n"], f"{prefix}_d": last["completion_d"]}
            found[f"{prefix}_day"] = last["day"]
    if len(timely):
        found |= {"on_time_n": timely["on_time_n"].iloc[0], "on_time_d": timely["on_time_d"].iloc[0]}
    broken = through(dispatch.differences)(street)
    broken = broken[(broken["community"] == view.community) & (broken["state"] == "open")]
    return pd.Series(found | _largest(broken) | _open_actions(view), dtype=object)


def week(view: View, days: int = WEEK) -> pd.DataFrame:
    """The last days' roster execution, one row per day.

    Columns: day, on_roster, walk_in, roster (Int64 people; <NA> where not reported), completion_n, completion_d, low
    (below the completion threshold), open (the evening tally is not due yet), rest (a declared rest day); bool;
    estimates as in ``frames.frame``.
    """
    start = view.day - timedelta(days=days - 1)
    with database.reporting() as connection:
        units = standing.units(connection, view)
        told = evenings.between(connection, view, start, view.day)
        resting = rest_days(connection, view, start, view.day)
    rows: list[dict[str, Any]] = []
    for day in (start + timedelta(days=n) for n in range(days)):
        tally = told.get((units[0].key, day)) if units else None
        row: dict[str, Any] = {"day": day, "open": _open(view, day), "low": False}
        row["rest"] = tally is None and day in resting
        if tally is not None:
            done = tally.execution()
            row |= {"on_roster": done.on_roster, "walk_in": done.walk_in, "roster": done.roster}
            row |= {"completion_n": done.completion.numerator, "completion_d": done.completion.denominator}
            row["low"] = metrics.meets(done.completion, settings().thresholds.completion_low) is False
        rows.append(row)
    counts = ["on_roster", "walk_in", "roster", "completion_n", "completion_d"]
    kinds = dict.fromkeys(counts, "Int64") | {"low": "bool", "open": "bool", "rest": "bool"}
    return frames.frame(rows, ["day", *counts, "low", "open", "rest", "estimates"], kinds)


def causes(view: View) -> pd.DataFrame:
    """Where the people on the rosters of the last seven days who were not vaccinated went, the largest first.

    Columns: cause (deferred, contraindicated, refused, no_show, moved, shortage, elsewhere, unexplained), n (Int64
    people over the days reported in full), days (Int64: how many these were).
    """
    start = view.day - timedelta(days=WEEK - 1)
    with database.reporting() as connection:
        units = standing.units(connection, view)
        told = evenings.between(connection, view, start, view.day)
    mine = [tally for (key, _day), tally in told.items() if units and key == units[0].key]
    whole = [tally for tally in mine if tally.execution().unexplained is not None]
    names = [name for name in dispatch.CAUSES if name != "unexplained"]
    rows = [{"cause": name, "n": sum(tally.counts[name] or 0 for tally in whole)} for name in names]
    rows.append({"cause": "unexplained", "n": sum(abs(tally.execution().unexplained or 0) for tally in whole)})
    frame = pd.DataFrame(rows).assign(days=len(whole)).sort_values("n", ascending=False, kind="stable")
    return frame[frame["n"] > 0].astype({"n": "Int64", "days": "Int64"}).reset_index(drop=True)


def base(view: View) -> pd.DataFrame:
    """The base in people: figure (surveyed, contraindicated, eligible, vaccinated) and n (Int64), one row each."""
    frame = coverage.table(view)
    names = {"surveyed": "surveyed", "contraindicated": "contraindicated", "eligible": "eligible"}
    names["vaccinated"] = "coverage_n"
    rows = [{"figure": figure, "n": frame[name].iloc[0] if len(frame) else None} for figure, name in names.items()]
    return pd.DataFrame(rows, columns=["figure", "n"]).astype({"n": "Int64"})


def calendar(view: View, days: int = CALENDAR_DAYS) -> pd.DataFrame:
    """The daily sheets of the last days, one row per sheet kind and day on which one was due.

    Columns: kind (roster, morning, evening), day, state (of ``reporting``, or corrected: on time, then revised).
    """
    start = max(view.day - timedelta(days=days - 1), _first(view) or view.day)
    frame = reporting.table(view, start)
    states = [
        # a roster comes back with its outcomes in the evening, which corrects nothing
        "corrected" if state == "on_time" and kind != "roster" and revision > 1 else state
        for kind, state, revision in zip(frame["kind"], frame["state"], frame["revision"].fillna(0), strict=True)
    ]
    return frame.assign(state=states)[["kind", "day", "state"]]


def pace(view: View) -> pd.DataFrame:
    """Every workstream in use against elapsed time, each by its worst indicator.

    Columns: workstream (slug), state, worst (its code, None where nothing was reported), done_n, done_d (done and
    target, or numerator and denominator), completion_n, completion_d (done as a share of the target), asked_n,
    asked_d (what the calendar asks for by now, as a share of it; Int64), gap (Decimal percentage points).
    """
    pairs = [f"{name}_{part}" for name in ("done", "completion", "asked") for part in "nd"]
    columns = ["workstream", "state", "worst", "gap", *pairs]
    return frames.frame(workstreams.worst(view, _streams(view)), columns, dict.fromkeys(pairs, "Int64"))


def lately(view: View) -> pd.DataFrame:
    """How the gap of every workstream went in the last twelve weeks; columns as ``outlook.trend``."""
    return outlook.trend(view, _streams(view))


def _streams(view: View) -> tuple[str, ...]:
    return tuple(one.slug for one in catalogue(view.day).workstreams if one.shown)


def month(view: View) -> pd.DataFrame:
    """What the month of the view's day asks of the community; columns as ``duties.calendar``."""
    frame = duties.calendar(view, view.community)
    return frame[(frame["first"] <= view.day.month) & (view.day.month <= frame["last"])].reset_index(drop=True)


def sent(view: View, limit: int = 8) -> pd.DataFrame:
    """The community's latest submissions, newest first, those superseded or withdrawn since included.

    Columns: submission, kind, business_date, period, topic, revision, received (aware UTC), rows and refused
    (Int64), timeliness, state (in_force, superseded, withdrawn), role (of the sender, never a name).
    """
    moment = view.known_by
    with database.reporting() as connection:
        rows = connection.execute(
            select(
                Submission.id.label("submission"),
                Submission.kind,
                Submission.business_date,
                Submission.period,
                Submission.topic,
                Submission.revision,
                Submission.received_at.label("received"),
                Submission.rows_accepted.label("rows"),
                Submission.rows_refused.label("refused"),
                Submission.timeliness,
                in_force(view.as_of).label("in_force"),
                Submission.withdrawn_at,
                Account.role,
            )
            .join(Community, Community.id == Submission.community_id)
            .join(Account, Account.id == Submission.account_id)
            .where(
                Submission.street_id == view.actor.street_id,
                Community.id == naming.key(view.actor.street_id, view.community),
                Submission.kind.in_(SENT_KINDS),
                Submission.committed_at <= moment,
                Submission.campaign_id.is_(None) | (Submission.campaign_id == campaign_key(view)),
            )
            .order_by(Submission.committed_at.desc(), Submission.id.desc())
            .limit(limit)
        ).all()
    columns = ["submission", "kind", "business_date", "period", "topic", "revision", "received", "rows", "refused"]
    lines = [
        {name: getattr(row, name) for name in (*columns, "timeliness", "role")} | {"state": _state(row, moment)}
        for row in rows
    ]
    frame = pd.DataFrame(lines, columns=[*columns, "timeliness", "state", "role"])
    return frame.astype(dict.fromkeys(("submission", "revision", "rows", "refused"), "Int64"))


def _state(row: Any, moment: Any) -> str:
    if row.in_force:
        return "in_force"
    return "withdrawn" if row.withdrawn_at is not None and row.withdrawn_at <= moment else "superseded"


def _open(view: View, day: date) -> bool:
    """Whether the evening tally of the day may still come in time."""
    limits = deadlines.window("evening", day)
    return limits is not None and not view.passed(limits.due)


def _target(view: View) -> float:
    with database.reporting() as connection:
        return standing.target(campaign_of(connection, view))


def _first(view: View) -> date | None:
    """The first day of the campaign's reports, or its start."""
    with database.reporting() as connection:
        campaign = campaign_of(connection, view)
        known = evenings.days(connection, view, 366)
    return campaign.starts or (known[0] if known else None)


def _largest(broken: pd.DataFrame) -> dict[str, Any]:
    found: dict[str, Any] = {"differences": len(broken)}
    if len(broken):
        largest = broken.sort_values("amount", key=abs, ascending=False, na_position="last").iloc[0]
        found |= {"largest": largest["label"], "amount": frames.figure(largest, "amount")}
    return found


def _open_actions(view: View) -> dict[str, Any]:
    frame = actions.open_items(view, view.community)
    # an extension moves the work, not the judgement
    left = [(due - view.day).days for due in frame["original_due"].fillna(frame["due"]).dropna()]
    return {
        "open": len(frame),
        "overdue": int((frame["overdue_days"] > 0).sum()),
        "soon": sum(0 <= days <= 3 for days in left),
    }
