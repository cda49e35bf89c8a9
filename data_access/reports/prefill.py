"""What a template can be handed out with: whatever the board knows already is not asked for again.

People are written out in full, so that the sheet can be sent back as it is: only for those who may read of them, a
clerk's own community alone, and each time is recorded. A document number is not kept and cannot be written: a person
who is known already carries a code instead (``privacy.Keys.carry``), under which the next sheet means the same person.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select

from config.campaigns import Campaign
from config.catalogue import indicators
from config.indicators import Indicator
from config.language import _
from config.settings import settings
from data_access import metrics, privacy
from data_access.accounts import Role
from data_access.catalogue import targets
from data_access.force import in_force
from data_access.inbox.facts import columns
from data_access.inbox.known import StoredHistory
from data_access.reports import callups, computed, plans, tallies
from data_access.reports.tallies import SETTLED, Member
from data_access.reports.view import View
from data_access.schema import ActionItem, Callup, Community, PlanItem, Progress, Site, Submission
from data_access.sheets import choices
from data_access.sheets.plan import PLAN
from data_access.sheets.roster import ROSTER
from data_access.workbooks.templates import Given

CLOSED = ("closed", "clear")

Values = dict[str, Any]
Source = Callable[[Connection, View, Campaign], Given]


def given(connection: Connection, view: View, key: str, campaign: Campaign) -> Given:
    """What is known for the template ``key`` (one of ``sheets.WORKBOOKS``) on the view's day; nothing for others.

    Rows by kind, of the view's community where one is given; ``people`` counts the rows that name somebody.
    """
    source = _SOURCES.get(key)
    return Given() if source is None else source(connection, view, campaign)


def _members(connection: Connection, view: View) -> list[Member]:
    """The communities that the template is for: of a clerk the own one."""
    own = view.actor.community_id if view.actor.role == Role.CLERK else None
    return [member for member in tallies.members(connection, view) if own in (None, member.id)]


# People ----------------------------------------------------------------------------------------------------------


def _roster(connection: Connection, view: View, campaign: Campaign) -> Given:
    """The day's roster as far as it is known: who stands on it, who was left over, whose deferral is over."""
    listed = _people(connection, view, tallies.of_day(view, "roster"))
    again = _people(connection, view, callups.carried(connection, view))
    over = _people(connection, view, callups.deferred_long(connection, view))
    known = {person["person_code"] for person in listed}
    fresh = {person["person_code"]: person for person in (*over, *again) if person["person_code"] not in known}
    rows = [*listed, *(_called_again(person, view.day) for person in fresh.values())]
    if not rows:
        return Given()
    notes = [
        _("{n} people of earlier rosters are carried over: no-show, rescheduled, moved, no vaccine.", n=len(again)),
        _("{n} people were deferred {days} days ago or more: ask again.", n=len(over), days=_deferral_days()),
        _(
            "Document numbers are not kept: the person code beginning XR- stands for the person. Leave it, or write the"
            " number in its own column and clear the code. Site and batch are yours to fill in."
        ),
    ]
    return Given({"roster": rows}, tuple(notes), people=len(rows))


def _called_again(person: Values, day: date) -> Values:
    """A person of an earlier roster on a new one: when and where they gather is to be said anew."""
    label = next((choice.label for choice in choices.OUTCOME if choice.code == person["outcome"]), "")
    kept = ("community", "campaign", "area", "name", "id_type", "person_code", "phone", "sex", "age", "person_group",
            "employer", "dose_no", "vaccine_type", "last_dose_date", "site", "liaison", "liaison_phone")  # fmt: skip
    remark = f"{person['vaccination_date']:%m-%d} {label}"
    return {"vaccination_date": day, **{key: person[key] for key in kept}, "remark": remark}


def _deferral_days() -> int:
    return settings().thresholds.deferral_days


def _people(connection: Connection, view: View, which: ColumnElement[bool]) -> list[Values]:
    """Rows of rosters as a sheet would hold them, names and telephones written out."""
    wanted = [column.key for column in ROSTER.columns if column.key in Callup.__table__.columns]
    rows = connection.execute(
        select(
            *(getattr(Callup, key) for key in wanted),
            Callup.person_key,
            Callup.id_last4,
            Community.name.label("community"),
            Site.name.label("site"),
        )
        .select_from(Callup)
        .join(Submission, Submission.id == Callup.submission_id)
        .join(Community, Community.id == Callup.community_id)
        .join(Site, Site.id == Callup.site_id, isouter=True)
        .where(which, callups.own_people(connection, view))
        .order_by(Community.position, Callup.vaccination_date, Callup.row, Callup.id)
    )
    keys = privacy.keys()
    return [
        {
            **{key: row._mapping[key] for key in (*wanted, "community", "site")},
            "campaign": view.campaign,
            "person_code": keys.carry(row.person_key, row.id_last4),
        }
        for row in rows
    ]


# Tallies ---------------------------------------------------------------------------------------------------------


def _morning(connection: Connection, view: View, campaign: Campaign) -> Given:
    """The plan is the roster, and yesterday's rest is known."""
    rosters, before = tallies.rosters(connection, view), tallies.before(connection, view)
    doses = _doses(connection, view)
    rows = []
    for member in _members(connection, view):
        roster, evening = rosters.get(member.id, {}), before.get(member.id, {})
        planned = {f"planned_{dose.code}": doses.get((member.id, dose.code), 0) for dose in campaign.doses}
        rows.append(
            {
                "biz_date": view.day,
                "community": member.name,
                "campaign": view.campaign,
                "planned": roster.get("rows"),
                "batches": roster.get("batches") or None,
                "carry_over": metrics.add(*(evening.get(key) for key in ("no_show", "moved", "shortage"))),
                **(planned if roster else {}),
            }
        )
    return Given({"morning": rows})


def _doses(connection: Connection, view: View) -> dict[tuple[int, str], int]:
    rows = connection.execute(
        select(Callup.community_id, Callup.dose_no, func.count())
        .join(Submission, Submission.id == Callup.submission_id)
        .where(tallies.of_day(view, "roster"))
        .group_by(Callup.community_id, Callup.dose_no)
    )
    return {(community, dose): n for community, dose, n in rows}


def _evening(connection: Connection, view: View, campaign: Campaign) -> Given:
    """What the roster counts already, and the roster itself, to mark by name what became of everybody."""
    rosters = tallies.rosters(connection, view)
    following = tallies.rosters(connection, view, tallies.next_open_day(connection, view))
    history = StoredHistory(connection, view.actor.street_id)
    rows = [
        {
            "biz_date": view.day,
            "community": member.name,
            "campaign": view.campaign,
            "eligible": history.day(view.campaign, member.name, view.day).eligible,
            "plan_next": following.get(member.id, {}).get("rows"),
            **_counted(rosters.get(member.id)),
        }
        for member in _members(connection, view)
    ]
    people = _people(connection, view, tallies.of_day(view, "roster"))
    notes = (
        _("Write the outcome of each person in the second sheet first; the board counts them and compares the tally."),
        _("The person code beginning XR- stands for the document number, which is not kept. Leave it as it is."),
    )
    return Given({"evening": rows, "roster": people}, notes if people else (), people=len(people))


def _counted(roster: Mapping[str, Any] | None) -> Values:
    """The figures of an evening tally that its roster gives; the outcomes once everybody has one."""
    if roster is None:
        return {}
    made: Values = {"roster_n": roster["rows"]}
    if roster["rows"] and roster["settled"] == roster["rows"]:
        by_outcome = {code: roster[f"is_{code}"] for code in SETTLED}
        vaccinated, moved = by_outcome.pop("vaccinated"), by_outcome.pop("rescheduled") + by_outcome.pop("site_changed")
        made |= {**by_outcome, "vacc_on_roster": vaccinated, "moved": moved}
    return made


# Progress and matters --------------------------------------------------------------------------------------------


def _progress(connection: Connection, view: View, campaign: Campaign) -> Given:
    """The community's indicators of the running periods; what was reported last stands beside as a comment."""
    members = _members(connection, view)
    if len(members) != 1:
        return Given()
    reported = _reported(connection, view, members[0].id)
    rows: list[Values] = []
    comments: dict[tuple[str, int, str], str] = {}
    goals = targets.load(connection, view.actor.street_id, view.as_of)
    for item in indicators(day=view.day):
        period = _period(item, view.day)
        if period is None:
            continue
        here = reported.get((item.code, period))
        row = {
            "biz_date": view.day,
            "period": period,
            "community": members[0].name,
            "workstream": item.workstream,
            "indicator": item.code,
            "indicator_name": item.label,
            "accrual": "period" if item.accrual == "per_period" else "cumulative",
            "target": goals.applied(item, members[0].id, view.day).target,
        }
        last = max((p for code, p in reported if code == item.code and p < period), default=None)
        if last is not None:
            key = "num" if item.ratio else "zero_confirm" if item.kind == "zero" else "done"
            comments["progress", len(rows), key] = _(
                "{period}: {value}", period=last, value=_told(reported[item.code, last])
            )
        rows.append(row | (here or {}) | {"biz_date": view.day})
    return Given({"progress": rows}, comments=comments)


def _period(item: Indicator, day: date) -> str | None:
    """The period that a sheet of this day reports; None where it is due on an occasion only, or counted elsewhere."""
    if not item.enabled or item.kind == "evidence" or item.code in computed.CODES:
        return None
    year, week, _weekday = day.isocalendar()
    texts = {
        "week": f"{year}-W{week:02d}",
        "month": f"{day:%Y-%m}",
        "quarter": f"{day.year}Q{(day.month + 2) // 3}",
        "year": f"{day.year}",
        "cumulative": f"{day.year}",
    }
    return texts.get(item.period)


def _reported(connection: Connection, view: View, community: int) -> dict[tuple[str, str], Values]:
    """What the community's sheets in force say, by indicator and period."""
    wanted = [name for name in columns("progress") if name not in ("workstream",)]
    rows = connection.execute(
        select(*(getattr(Progress, name) for name in wanted))
        .join(Submission, Submission.id == Progress.submission_id)
        .where(Progress.street_id == view.actor.street_id, Progress.community_id == community, in_force(view.as_of))
    )
    return {(row.indicator, row.period): _given_back(row._asdict()) for row in rows}


def _given_back(told: Mapping[str, Any]) -> Values:
    """What a sheet said, an estimate as one, so that it does not come back as an exact number."""
    about = told["estimates"] or ()
    return {
        name: f"{metrics.SIGN}{value.normalize():f}" if name in about else value
        for name, value in told.items()
        if value is not None and name != "estimates"
    }


def _told(values: Mapping[str, Any]) -> str:
    if values.get("num") is not None:
        return f"{values['num']}/{values.get('den', '—')}"
    return str(values.get("done", "0" if values.get("zero_confirm") else "—"))


def _actions(connection: Connection, view: View, campaign: Campaign) -> Given:
    """The open matters with their numbers, so that they come back as revisions."""
    wanted = [name for name in columns("actions") if name not in ("community", "original_due")]
    ids = [member.id for member in _members(connection, view)]
    of: ColumnElement[bool] = ActionItem.community_id.in_(ids)
    if view.community is None and view.area is None and view.actor.role != Role.CLERK:
        of = or_(of, ActionItem.community_id.is_(None))
    rows = connection.execute(
        select(*(getattr(ActionItem, name) for name in wanted), Community.name.label("community"))
        .join(Submission, Submission.id == ActionItem.submission_id)
        .join(Community, Community.id == ActionItem.community_id, isouter=True)
        .where(ActionItem.street_id == view.actor.street_id, ActionItem.status.not_in(CLOSED), of, in_force(view.as_of))
        .order_by(ActionItem.due, ActionItem.item_no)
    )
    made = [dict(row._mapping) for row in rows]
    return Given({"actions": made}, people=len(made)) if made else Given()


def _plan(connection: Connection, view: View, campaign: Campaign) -> Given:
    """The week's plan as it was sent; else what the week before left open, numbered anew."""
    rows: list[Values] = []
    carried = 0
    for member in _members(connection, view):
        planned = _planned(connection, view, member, view.day)
        if not planned:
            left = [item for item in _planned(connection, view, member, view.day - _WEEK) if item["outcome"] in _LEFT]
            again = {"week": str(plans.week(view.day)), "outcome": None, "done_on": None, "result": None}
            planned = [{**item, **again, "item_no": number} for number, item in enumerate(left, start=1)]
            carried += len(planned)
        rows += planned
    if not rows:
        return Given()
    notes = (_("{n} items that the week before left open are carried over.", n=carried),) if carried else ()
    return Given({"plan": rows}, notes, people=len(rows))


def _planned(connection: Connection, view: View, member: Member, day: date) -> list[Values]:
    """The plan in force of the week of a day, as a sheet would hold it."""
    wanted = [column.key for column in PLAN.columns if column.key in PlanItem.__table__.columns]
    rows = connection.execute(
        select(*(getattr(PlanItem, key) for key in wanted))
        .join(Submission, Submission.id == PlanItem.submission_id)
        .where(
            PlanItem.street_id == view.actor.street_id,
            PlanItem.community_id == member.id,
            PlanItem.week == str(plans.week(day)),
            in_force(view.as_of),
        )
        .order_by(PlanItem.item_no)
    )
    return [{"community": member.name, **row._mapping} for row in rows]


_WEEK = timedelta(days=7)
_LEFT = (None, "open", "carried")

_SOURCES: dict[str, Source] = {
    "roster": _roster,
    "morning": _morning,
    "evening": _evening,
    "progress": _progress,
    "actions": _actions,
    "plan": _plan,
}
