"""日结: a supervisor closes the figures of a day; whatever is changed afterwards is a recorded act with a reason.

A closed day takes in no roster, morning or evening tally any more, and none of its own is withdrawn, until somebody
who may close it opens it again and says why. That is decided inside the writer's transaction (``refuse``,
``closed_days``), so nothing that waited while the day was closed slips in. A day may be closed and opened several
times: each closing is a row of its own, and what changed since the first one stays a correction (更正;
``reports.corrections``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, insert, select, update
from sqlalchemy.orm import aliased

from config import clock
from config.language import N_, _
from data_access import audit, database, privacy
from data_access.accounts import Actor, Capability
from data_access.findings import Finding
from data_access.inbox import rules
from data_access.office.deadlines import DAILY
from data_access.reports import reporting
from data_access.reports.view import View
from data_access.schema import Account, Campaign, DayClose, Submission

if TYPE_CHECKING:
    from data_access.inbox.plans import Plan

COLUMNS = ["id", "day", "campaign", "closed_at", "by", "data_version", "reopened_at", "reopened_by", "reason"]


Day = tuple[str, date]  # campaign code and business date


class ClosingError(Exception):
    """A day cannot be closed or opened like this; the text says why."""

    def __init__(self, message: str, **fields: object) -> None:
        super().__init__(_(message, **fields))


@dataclass(frozen=True, slots=True)
class Closing:
    """How a day was closed and, where it was, opened again. ``by`` and ``reopened_by`` are masked names; ``reason`` is
    blank for those who may not read free text about people."""

    id: int
    day: date
    campaign: str
    closed_at: datetime
    by: str
    data_version: int
    reopened_at: datetime | None = None
    reopened_by: str | None = None
    reason: str = ""

    @property
    def closed(self) -> bool:
        """Whether the day is closed still."""
        return self.reopened_at is None


# Closing and opening -------------------------------------------------------------------------------------------


def close(actor: Actor, day: date, campaign: str, without: Collection[str] = ()) -> int:
    """Close a campaign's day; the number of the closing.

    Every community that owes its evening tally must have sent it, or be named in ``without``: so nobody closes over a
    gap that he has not seen. ClosingError for a day to come, one that is closed, one nobody reported anything of,
    tallies that are missing and not named; NotAllowedError.
    """
    actor.require(Capability.CLOSE_DAY)
    if day > clock.today():
        raise ClosingError(N_("A day to come cannot be closed."))
    with database.writing() as connection:
        campaign_id = _campaign(connection, actor, campaign)
        if _last(connection, actor, campaign, day, closed=True) is not None:
            raise ClosingError(N_("This day is closed already."))
        sheets = reporting.due_sheets(connection, View(actor, day, campaign), day)
        evenings = sheets[sheets["kind"] == "evening"]
        if not evenings["rows"].fillna(0).any():
            raise ClosingError(N_("Nobody has sent an evening tally of this day; there is nothing to close."))
        owing = list(evenings.loc[evenings["state"].isin(reporting.OWED), "community"])
        unnamed = [name for name in owing if name not in without]
        if unnamed:
            raise ClosingError(
                N_("Still without an evening tally: {names}. Name them to close the day without them."),
                names=_(", ").join(unnamed),
            )
        number = connection.execute(
            insert(DayClose)
            .values(
                street_id=actor.street_id,
                campaign_id=campaign_id,
                day=day,
                closed_at=clock.now(),
                account_id=actor.id,
                data_version=database.raise_version(connection),
            )
            .returning(DayClose.id)
        ).scalar_one()
        audit.record(connection, actor, "day_closed", day.isoformat(), campaign=campaign, without=owing)
    return number


def reopen(actor: Actor, day: date, campaign: str, reason: str) -> None:
    """Open a closed day again, with a reason. ClosingError if it is not closed or the reason is blank."""
    with database.writing() as connection:
        open_again(connection, actor, [(campaign, day)], reason)
        database.raise_version(connection)


def may_open(actor: Actor, reason: str) -> None:
    """NotAllowedError for an account that opens no days, ClosingError where no reason is given."""
    actor.require(Capability.CLOSE_DAY)
    if not reason.strip():
        raise ClosingError(N_("A closed day is opened with a reason only."))


def open_again(connection: Connection, actor: Actor, days: Iterable[Day], reason: str) -> None:
    """As ``reopen``, for several days in the caller's transaction."""
    may_open(actor, reason)
    for campaign, day in days:
        ended = connection.execute(
            update(DayClose)
            .where(
                DayClose.street_id == actor.street_id,
                DayClose.campaign_id == _campaign(connection, actor, campaign),
                DayClose.day == day,
                DayClose.reopened_at.is_(None),
            )
            .values(reopened_at=clock.now(), reopened_by=actor.id, reason=reason.strip())
        )
        if ended.rowcount == 0:
            raise ClosingError(N_("This day is not closed."))
        audit.record(connection, actor, "day_reopened", day.isoformat(), campaign=campaign)


def _campaign(connection: Connection, actor: Actor, code: str) -> int:
    found = connection.execute(
        select(Campaign.id).where(Campaign.street_id == actor.street_id, Campaign.code == code)
    ).scalar()
    if found is None:
        raise ClosingError(N_("There is no campaign {name}."), name=code)
    return found


# How it stands -------------------------------------------------------------------------------------------------


def state(actor: Actor, day: date, campaign: str, as_of: datetime | None = None) -> Closing | None:
    """The latest closing of a campaign's day, now or as it stood at a moment; None if it never was closed."""
    actor.require(Capability.READ_BOARD)
    with database.reading() as connection:
        return _last(connection, actor, campaign, day, as_of)


def first_closed(actor: Actor, day: date, campaign: str, as_of: datetime | None = None) -> datetime | None:
    """When a campaign's day was closed for the first time; None if it never was."""
    actor.require(Capability.READ_BOARD)
    with database.reading() as connection:
        known = _closings(connection, actor, as_of, DayClose.day == day, Campaign.code == campaign)
    return known[-1].closed_at if known else None


def closings(
    actor: Actor, start: date | None = None, end: date | None = None, campaign: str | None = None
) -> pd.DataFrame:
    """Every closing of the days from ``start`` to ``end``, the latest first.

    Columns: id, day, campaign (code), closed_at, by (masked), data_version, reopened_at, reopened_by (masked), reason
    (telephone and document numbers blotted out; blank for those who may not read of people).
    """
    actor.require(Capability.READ_BOARD)
    conditions: list[ColumnElement[bool]] = []
    if start is not None:
        conditions.append(DayClose.day >= start)
    if end is not None:
        conditions.append(DayClose.day <= end)
    if campaign is not None:
        conditions.append(Campaign.code == campaign)
    with database.reading() as connection:
        known = _closings(connection, actor, None, *conditions)
    lines = [{name: getattr(one, name) for name in COLUMNS} for one in known]
    return pd.DataFrame(lines, columns=COLUMNS).astype({"id": "Int64", "data_version": "Int64"})


def _last(
    connection: Connection,
    actor: Actor,
    campaign: str,
    day: date,
    as_of: datetime | None = None,
    *,
    closed: bool = False,
) -> Closing | None:
    known = _closings(connection, actor, as_of, DayClose.day == day, Campaign.code == campaign)
    return next((one for one in known if one.closed or not closed), None)


_opener = aliased(Account)
_CLOSINGS = (  # put together once, which costs more than to ask it
    select(
        *DayClose.__table__.columns,
        Campaign.code.label("campaign"),
        Account.username,
        Account.display_name,
        _opener.username.label("opener"),
        _opener.display_name.label("opener_name"),
    )
    .join(Campaign, Campaign.id == DayClose.campaign_id)
    .join(Account, Account.id == DayClose.account_id)
    .join(_opener, _opener.id == DayClose.reopened_by, isouter=True)
    .order_by(DayClose.closed_at.desc(), DayClose.id.desc())
)


def _closings(
    connection: Connection, actor: Actor, as_of: datetime | None, *conditions: ColumnElement[bool]
) -> list[Closing]:
    """The closings known at a moment (default: now), the latest first."""
    known = (DayClose.closed_at <= as_of,) if as_of is not None else ()
    rows = connection.execute(_CLOSINGS.where(DayClose.street_id == actor.street_id, *known, *conditions)).all()
    return [_closing(actor, row, as_of) for row in rows]


def _closing(actor: Actor, row: Any, as_of: datetime | None) -> Closing:
    by = privacy.mask_name(row.display_name) or row.username
    common = (row.id, row.day, row.campaign, row.closed_at, by, row.data_version)
    if row.reopened_at is None or (as_of is not None and row.reopened_at > as_of):
        return Closing(*common)
    reason = privacy.blot(row.reason) if actor.may(Capability.READ_PEOPLE) else ""  # free text may be about people
    return Closing(*common, row.reopened_at, privacy.mask_name(row.opener_name) or row.opener, reason or "")


# What comes in afterwards --------------------------------------------------------------------------------------


def refuse(connection: Connection, actor: Actor, planned: Iterable[Plan]) -> None:
    """Turn down every plan that would change a closed day: nothing of it is committed, and a finding says why."""
    wanted = [plan for plan in planned if plan.outcome.status == "committed" and plan.portion.scope.kind in DAILY]
    shut = _closed(connection, actor, {_day(plan) for plan in wanted})
    for plan in wanted:
        closed = shut.get(_day(plan))
        if closed is None:
            continue
        outcome = plan.outcome
        outcome.status, outcome.revision, outcome.replaces = "rejected", None, None
        outcome.rows_accepted, outcome.rows_refused = 0, outcome.rows_refused + len(plan.portion.rows)
        fields = {"day": closed.day.isoformat(), "by": closed.by, "time": f"{clock.local(closed.closed_at):%H:%M}"}
        outcome.findings.append(Finding(rules.DAY_CLOSED, outcome.sheet, fields=fields))


def refused(planned: Iterable[Plan]) -> list[Day]:
    """The closed days that kept plans out, each once."""
    shut = (plan for plan in planned if any(found.rule is rules.DAY_CLOSED for found in plan.outcome.findings))
    return list(dict.fromkeys(_day(plan) for plan in shut))


def _day(plan: Plan) -> Day:
    scope = plan.portion.scope
    assert scope.campaign is not None and scope.business_date is not None
    return scope.campaign, scope.business_date


def _closed(connection: Connection, actor: Actor, days: Collection[Day]) -> dict[Day, Closing]:
    if not days:
        return {}
    dates = {day for _campaign, day in days}
    known = _closings(connection, actor, None, DayClose.day.in_(dates), DayClose.reopened_at.is_(None))
    return {(one.campaign, one.day): one for one in known}


def closed_days(connection: Connection, actor: Actor, submissions: Collection[int]) -> list[date]:
    """The closed days that these submissions belong to, in order."""
    rows = connection.execute(
        select(Campaign.code, Submission.business_date)
        .join(Campaign, Campaign.id == Submission.campaign_id)
        .where(Submission.id.in_(submissions), Submission.kind.in_(DAILY))
        .distinct()
    )
    shut = _closed(connection, actor, {(row.code, row.business_date) for row in rows if row.business_date is not None})
    return sorted({day for _campaign, day in shut})
