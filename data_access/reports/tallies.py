"""A campaign's day as the three daily sheets tell it: roster, morning and evening, one row per community.

Shared by the reports on call-ups and dispatch. Figures of several sites are added in the database; a figure that
one of them leaves out stays missing, because a partial sum would pass for the whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, select

from config.campaigns import Campaign
from data_access import schema
from data_access.force import complete_sum, estimated, estimates_in, in_force
from data_access.inbox.known import campaign_definitions
from data_access.metrics import counted
from data_access.office import waivers as waiving
from data_access.reports.directory import counting, entries, rest_days
from data_access.reports.view import View
from data_access.schema import Callup, Community, DayFact, EveningTally, MorningTally, Submission

# Outcomes of a roster row that say what became of the person; a blank, 待接种 and 未说明 do not.
SETTLED = (
    "vaccinated",
    "no_show",
    "deferred",
    "contraindicated",
    "refused",
    "rescheduled",
    "site_changed",
    "shortage",
    "elsewhere",
)
# Outcomes after which a person is to be called up again (metrics.md §6.2; morning tally, 昨日结转人数).
TO_CALL_AGAIN = ("no_show", "rescheduled", "site_changed", "shortage")

MORNING = ("planned", "planned_d1", "planned_d2", "planned_b", "notified", "batches", "stock", "staff", "carry_over")
STATUSES = ("deferred", "contraindicated", "refused", "no_show", "moved", "shortage", "elsewhere")
CUMULATIVE = ("cum_d1", "cum_full", "cum_b", "cum_people")
EVENING = (
    "roster_n",
    "arrived",
    "vacc_on_roster",
    "walk_in",
    "vacc_total",
    "vacc_d1",
    "vacc_d2",
    "vacc_b",
    *STATUSES,
    "observed",
    "aefi_n",
    *CUMULATIVE,
    "plan_next",
)

Figures = dict[int, dict[str, Any]]  # by community key


class Member(NamedTuple):
    """A community of the view: key, official name, area."""

    id: int
    name: str
    area: str | None


def members(connection: Connection, view: View) -> list[Member]:
    """The communities of the view in register order."""
    return [Member(row.id, row.name, row.area) for row in counting(entries(connection, view), view)]


def campaign_key(view: View) -> Any:
    """The key of the view's campaign, as part of a query."""
    return (
        select(schema.Campaign.id)
        .where(schema.Campaign.street_id == view.actor.street_id, schema.Campaign.code == view.campaign)
        .scalar_subquery()
    )


def definition(connection: Connection, view: View) -> Campaign:
    """The view's campaign; KeyError if the street has none of this code."""
    return {found.code: found for found in campaign_definitions(connection, view.actor.street_id)}[view.campaign]


def of_day(view: View, kind: str, day: date | None = None) -> ColumnElement[bool]:
    """The condition on submissions of one kind that count on a day (default: the view's)."""
    return and_(
        Submission.street_id == view.actor.street_id,
        Submission.kind == kind,
        Submission.business_date == (day or view.day),
        Submission.campaign_id == campaign_key(view),
        in_force(view.as_of),
    )


def number_of(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """How many joined rows meet the condition."""
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def rosters(connection: Connection, view: View, day: date | None = None) -> Figures:
    """Rosters of a day: submission, revision, received, rows, settled, reminded, unobserved, aefi, each outcome of
    ``SETTLED`` as ``is_<outcome>``, batches. An empty roster (空表) is absent like one not sent: it says no figure."""
    return _by_community(connection.execute(_ROSTERS.where(of_day(view, "roster", day))))


def mornings(connection: Connection, view: View, day: date | None = None) -> Figures:
    """Morning tallies of a day: submission, revision, received and the columns of ``MORNING``."""
    return _by_community(connection.execute(_MORNINGS.where(of_day(view, "morning", day))))


def evenings(connection: Connection, view: View, day: date | None = None) -> Figures:
    """Evening tallies of a day: submission, revision, received, the columns of ``EVENING``, checked (every row says
    已核对), noted (some row explains its difference)."""
    return _by_community(connection.execute(_EVENINGS.where(of_day(view, "evening", day))))


_SHEET = (
    Submission.community_id,
    Submission.id.label("submission"),
    Submission.revision,
    Submission.received_at.label("received"),
)


def _tallies(fact: type[DayFact], columns: Iterable[str], *more: Any) -> Select[*tuple[Any, ...]]:
    sums = (complete_sum(getattr(fact, name)).label(name) for name in columns)
    about = estimated(fact.estimates).label("estimates")  # type: ignore[attr-defined]
    query = select(*_SHEET, *sums, about, *more).join(fact, fact.submission_id == Submission.id)
    return query.group_by(*_SHEET)


# Built once: putting together some thirty sums takes longer than running them.
_ROSTERS = (
    select(
        *_SHEET,
        func.count(Callup.id).label("rows"),
        number_of(Callup.outcome.in_(SETTLED)).label("settled"),
        number_of(Callup.reminded.is_(True)).label("reminded"),
        func.count(Callup.reminded).label("reminder_known"),
        number_of(and_(Callup.outcome == "vaccinated", Callup.observed_30.is_(False))).label("unobserved"),
        number_of(Callup.aefi.is_(True)).label("aefi"),
        func.count(func.distinct(Callup.batch_no)).label("batches"),
        *(number_of(Callup.outcome == code).label(f"is_{code}") for code in SETTLED),
    )
    .join(Callup, Callup.submission_id == Submission.id)
    .group_by(*_SHEET)
)
_MORNINGS = _tallies(MorningTally, MORNING)
_EVENINGS = _tallies(
    EveningTally,
    EVENING,
    case((number_of(EveningTally.reconciled == "yes") == func.count(EveningTally.id), 1), else_=0).label("checked"),
    case((func.count(EveningTally.diff_note) > 0, 1), else_=0).label("noted"),
)


def _by_community(rows: Any) -> Figures:
    found: Figures = {}
    for row in rows:
        about = estimates_in(row._mapping.get("estimates"))
        found[row.community_id] = {
            name: counted(name, value, about) if isinstance(value, (bool, int, Decimal)) else value
            for name, value in row._mapping.items()
        }
    return found


def last_days(connection: Connection, view: View, kind: str) -> dict[int, date]:
    """By community, the last day before the view's day with a sheet of this kind in force."""
    last = (
        select(Submission.business_date)
        .where(
            Submission.street_id == view.actor.street_id,
            Submission.kind == kind,
            Submission.business_date < view.day,
            Submission.community_id == Community.id,
            Submission.campaign_id == campaign_key(view),
            in_force(view.as_of),
        )
        .order_by(Submission.business_date.desc())
        .limit(1)
        .correlate(Community)
        .scalar_subquery()
    )
    rows = connection.execute(select(Community.id, last).where(Community.street_id == view.actor.street_id))
    return {key: day for key, day in rows if day is not None}


def before(connection: Connection, view: View) -> Figures:
    """By community, the evening tally before this one if no open day between them went unreported, else absent.

    Rest days between them count as days without doses; over an unreported open day nobody can say what one day
    gave (metrics.md §6.4). Keys as ``evenings``.
    """
    last = last_days(connection, view, "evening")
    if not last:
        return {}
    resting = rest_days(connection, view, min(last.values()), view.day)
    found: Figures = {}
    for day in set(last.values()):
        between = (day + timedelta(days=n) for n in range(1, (view.day - day).days))
        if all(one in resting for one in between):
            figures = evenings(connection, view, day)
            found |= {key: figures[key] for key, latest in last.items() if latest == day and key in figures}
    return found


def next_open_day(connection: Connection, view: View) -> date:
    """The first day after the view's day that is no rest day; the next day if all of the coming fortnight rests."""
    following = [view.day + timedelta(days=n) for n in range(1, 15)]
    resting = rest_days(connection, view, following[0], following[-1])
    return next((day for day in following if day not in resting), following[0])


def held_before(connection: Connection, view: View) -> dict[int, int]:
    """By community, the people on the day's roster whose dose an earlier roster records as given (I7)."""
    today = (
        select(Submission.community_id, Callup.person_key, Callup.dose_no)
        .join(Callup, Callup.submission_id == Submission.id)
        .where(of_day(view, "roster"))
        .subquery()
    )
    earlier = (
        select(Callup.person_key, Callup.dose_no)
        .join(Submission, Submission.id == Callup.submission_id)
        .where(
            Callup.street_id == view.actor.street_id,
            Callup.campaign_id == campaign_key(view),
            Callup.vaccination_date < view.day,
            Callup.outcome.in_(("vaccinated", "elsewhere")),
            Callup.person_key.in_(select(today.c.person_key)),
            in_force(view.as_of),
        )
        .distinct()
        .subquery()
    )
    same = and_(earlier.c.person_key == today.c.person_key, earlier.c.dose_no == today.c.dose_no)
    rows = connection.execute(
        select(today.c.community_id, func.count()).select_from(today).join(earlier, same).group_by(today.c.community_id)
    )
    return {row[0]: row[1] for row in rows}


def waivers(connection: Connection, view: View) -> waiving.Standing:
    """The waivers of the view's day and campaign, by community and rule."""
    return waiving.standing(connection, view.actor, view.day, view.campaign, view.as_of)
