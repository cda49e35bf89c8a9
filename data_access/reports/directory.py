"""What the street consists of: its communities, areas, sites, campaigns, and its latest day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

import pandas as pd
from sqlalchemy import Connection, Select, bindparam, func, select

from config import clock
from config.campaigns import Campaign
from data_access import database, naming, schema
from data_access.accounts import Actor, Capability
from data_access.force import in_force
from data_access.inbox.known import campaign_definitions, known
from data_access.reports.frames import frame
from data_access.reports.view import View
from data_access.schema import CalendarDay, Community, CommunityEntry, Site, SiteEntry, Submission
from data_access.workbooks.street import Street as Register


@dataclass(frozen=True, slots=True)
class Street:
    """The street office of the acting account."""

    name: str
    is_sample: bool


def street(actor: Actor) -> Street:
    """The acting account's street."""
    actor.require(Capability.READ_BOARD)
    with database.reporting() as connection:
        row = connection.execute(
            select(schema.Street.name, schema.Street.is_sample).where(schema.Street.id == actor.street_id)
        ).one()
    return Street(row.name, row.is_sample)


def campaigns(actor: Actor) -> list[Campaign]:
    """The street's campaigns in their order; the first is the default."""
    actor.require(Capability.READ_BOARD)
    with database.reporting() as connection:
        return campaign_definitions(connection, actor.street_id)


def campaign(view: View) -> Campaign:
    """The campaign a view asks for; KeyError if the street has none of this code."""
    return {campaign.code: campaign for campaign in campaigns(view.actor)}[view.campaign]


class Entry(NamedTuple):
    """What the register says of a community; ``name`` is that of the day, ``names`` are all it bears or ever bore."""

    id: int
    name: str
    code: str
    kind: str
    area: str | None
    aliases: list[str] | None
    households: int | None
    population: int | None
    active_from: date | None
    active_until: date | None
    position: int
    names: frozenset[str]


def register(connection: Connection, view: View) -> pd.DataFrame:
    """The communities that count on the day, in register order, narrowed by the view's area and community.

    Columns: id, name, code, kind, area, aliases, households, population (Int64), active_from, active_until, position.
    """
    rows = [row._asdict() for row in counting(entries(connection, view), view)]
    return frame(rows, _REGISTER, dict.fromkeys(("id", "households", "population", "position"), "Int64"))


def counting(rows: Iterable[Entry], view: View) -> list[Entry]:
    """Of these ``entries`` those that count on the view's day, narrowed by its area and community."""
    return [
        row
        for row in rows
        if (row.active_from is None or row.active_from <= view.day)
        and (row.active_until is None or view.day <= row.active_until)
        and (view.area is None or row.area == view.area)
        and (view.community is None or view.community in row.names)
    ]


@lru_cache(maxsize=32)
def _in_register(as_of: datetime | None) -> Select[*tuple[Any, ...]]:
    """The statement of ``entries``; to put it together costs more than to ask it."""
    return (
        select(
            Community.id,
            Community.name,
            Community.code,
            CommunityEntry.kind,
            CommunityEntry.area,
            CommunityEntry.aliases,
            CommunityEntry.households,
            CommunityEntry.population,
            CommunityEntry.active_from,
            CommunityEntry.active_until,
            Community.position,
        )
        .join(CommunityEntry, CommunityEntry.community_id == Community.id)
        .join(Submission, Submission.id == CommunityEntry.submission_id)
        .where(Community.street_id == bindparam("of_street"), in_force(as_of))
        .order_by(Community.position)
    )


def entries(connection: Connection, view: View) -> list[Entry]:
    """Every register entry in force, in register order, whether or not it counts on the view's day."""
    rows = connection.execute(_in_register(view.as_of), {"of_street": view.actor.street_id}).all()
    former = naming.former(connection, view.actor.street_id)
    called = naming.otherwise(connection, view.actor.street_id, view.day, view.as_of, former)
    every: dict[int, set[str]] = {}
    for one in former:
        every.setdefault(one.community_id, set()).add(one.name)
    return [
        Entry._make((number, called.get(number, name), *rest, frozenset({name, *every.get(number, ())})))
        for number, name, *rest in rows
    ]


_REGISTER = (
    "id",
    "name",
    "code",
    "kind",
    "area",
    "aliases",
    "households",
    "population",
    "active_from",
    "active_until",
    "position",
)


def communities(view: View) -> pd.DataFrame:
    """The register of the day; columns as ``register``."""
    with database.reporting() as connection:
        return register(connection, view)


def community_named(actor: Actor, text: str) -> str | None:
    """The official name of a community called by its name, an alias, another suffix or its code; None if unknown.

    While the register is empty every name stands as it is.
    """
    actor.require(Capability.READ_BOARD)
    with database.reporting() as connection:
        register = Register(known(connection, actor))
    return register.called(text) if register.communities else text


def name_on(actor: Actor, text: str, day: date, as_of: datetime | None = None) -> str:
    """What a community was called on a day that is asked for by any name it bears or bore; an unknown text as it is."""
    actor.require(Capability.READ_BOARD)
    with database.reporting() as connection:
        number = connection.execute(select(naming.key(actor.street_id, text))).scalar()
        if number is None:
            return text
        now = connection.execute(select(Community.name).where(Community.id == number)).scalar_one()
        return naming.otherwise(connection, actor.street_id, day, as_of).get(number, now)


@dataclass(frozen=True, slots=True)
class Lineage:
    """Where a community came from: names it bore and communities it took in, each with the day; where it went."""

    former: tuple[tuple[str, date], ...]
    joined: tuple[tuple[str, date], ...]
    ended: date | None
    into: str | None


def lineage(view: View) -> Lineage:
    """Of the view's community, as it is known now; empty for an unknown one."""
    with database.reporting() as connection:
        rows = connection.execute(
            select(Community.id, Community.name, Community.retired_on, Community.merged_into).where(
                Community.street_id == view.actor.street_id, ~naming.is_former()
            )
        ).all()
        number = connection.execute(select(naming.key(view.actor.street_id, view.community))).scalar()
        bore = naming.former(connection, view.actor.street_id)
    names, own = {row.id: row.name for row in rows}, next((row for row in rows if row.id == number), None)
    return Lineage(
        tuple((one.name, one.until) for one in bore if one.community_id == number),
        tuple((row.name, row.retired_on) for row in rows if number is not None and row.merged_into == number),
        own.retired_on if own else None,
        names.get(own.merged_into) if own else None,
    )


def areas(view: View) -> list[str]:
    """The areas (片区) of the register, in the order they first appear."""
    with database.reporting() as connection:
        rows = counting(entries(connection, view), View(view.actor, view.day, view.campaign, view.as_of))
    return [area for area in dict.fromkeys(row.area for row in rows) if area]


def sites(view: View) -> pd.DataFrame:
    """Sites in force. Columns: id, name, kind, daily_capacity, batch_capacity (Int64), open_from, open_until."""
    with database.reporting() as connection:
        rows = connection.execute(
            select(
                Site.id,
                Site.name,
                SiteEntry.kind,
                SiteEntry.daily_capacity,
                SiteEntry.batch_capacity,
                SiteEntry.open_from,
                SiteEntry.open_until,
            )
            .join(SiteEntry, SiteEntry.site_id == Site.id)
            .join(Submission, Submission.id == SiteEntry.submission_id)
            .where(Site.street_id == view.actor.street_id, in_force(view.as_of))
            .order_by(SiteEntry.row)
        ).all()
    names = ["id", "name", "kind", "daily_capacity", "batch_capacity", "open_from", "open_until"]
    whole = dict.fromkeys(("id", "daily_capacity", "batch_capacity"), "Int64")
    return frame([row._asdict() for row in rows], names, whole)


def latest_day(actor: Actor, campaign: str | None = None, kinds: tuple[str, ...] = ("morning", "evening")) -> date:
    """The latest business date, today at most, on which any of these sheets is in force; today if there is none."""
    actor.require(Capability.READ_BOARD)
    today = clock.today()
    query = select(func.max(Submission.business_date)).where(
        Submission.street_id == actor.street_id,
        Submission.kind.in_(kinds),
        Submission.business_date <= today,
        in_force(),
    )
    if campaign is not None:
        query = query.where(
            Submission.campaign_id
            == select(schema.Campaign.id)
            .where(schema.Campaign.street_id == actor.street_id, schema.Campaign.code == campaign)
            .scalar_subquery()
        )
    with database.reporting() as connection:
        return connection.execute(query).scalar() or today


def rest_days(connection: Connection, view: View, start: date, end: date) -> set[date]:
    """Days between two dates (inclusive) on which the campaign rests; no report is due on them."""
    campaign_id = (
        select(schema.Campaign.id)
        .where(schema.Campaign.street_id == view.actor.street_id, schema.Campaign.code == view.campaign)
        .scalar_subquery()
    )
    return set(
        connection.execute(
            select(CalendarDay.day).where(
                CalendarDay.street_id == view.actor.street_id,
                CalendarDay.day.between(start, end),
                (CalendarDay.campaign_id.is_(None)) | (CalendarDay.campaign_id == campaign_id),
            )
        ).scalars()
    )
