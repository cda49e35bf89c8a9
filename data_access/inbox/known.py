"""What the street already knows when a workbook arrives: register, sites, campaigns and past figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, Row, Select, bindparam, case, func, select

from config.campaigns import Campaign as CampaignDefinition
from data_access import naming, privacy
from data_access.accounts import Actor, Role
from data_access.force import complete_sum, in_force
from data_access.layouts import mappings
from data_access.schema import (
    Baseline,
    Callup,
    Campaign,
    Community,
    CommunityEntry,
    EveningTally,
    MorningTally,
    Site,
    SiteEntry,
    Street,
    Submission,
)
from data_access.workbooks.model import DayFigures, Known, KnownCommunity, KnownSite

EVENING_SUMS = tuple(
    column.key
    for column in EveningTally.__table__.columns
    if column.key not in {"id", "submission_id", "street_id", "row", "community_id", "campaign_id", "site_id"}
    and column.type.python_type is int
)
TALLIES: Mapping[str, tuple[type[MorningTally | EveningTally], tuple[str, ...]]] = {
    "morning": (MorningTally, ("planned",)),
    "evening": (EveningTally, EVENING_SUMS),
}

GIVEN = ("vaccinated", "elsewhere")  # outcomes of a call-up that are a dose


_STREET: BindParameter[int] = bindparam("of_street")

# The street's own lists, which every file is read against; the questions are put together once.
_CAMPAIGNS = select(Campaign.definition).where(Campaign.street_id == _STREET).order_by(Campaign.position)
_COMMUNITIES = (
    select(
        Community.id,
        Community.name,
        CommunityEntry.code,
        CommunityEntry.kind,
        CommunityEntry.aliases,
        CommunityEntry.active_from,
        CommunityEntry.active_until,
    )
    .join(CommunityEntry, CommunityEntry.community_id == Community.id)
    .join(Submission, Submission.id == CommunityEntry.submission_id)
    .where(Community.street_id == _STREET, in_force())
    .order_by(Community.position)
)
_SITES = (
    select(
        Site.name,
        SiteEntry.kind,
        SiteEntry.daily_capacity,
        SiteEntry.batch_capacity,
        SiteEntry.open_from,
        SiteEntry.open_until,
    )
    .join(SiteEntry, SiteEntry.site_id == Site.id)
    .join(Submission, Submission.id == SiteEntry.submission_id)
    .where(Site.street_id == _STREET, in_force())
    .order_by(SiteEntry.row)
)


def known(connection: Connection, actor: Actor) -> Known:
    """Everything the pipeline asks of the street. A clerk's reader knows the own community as the only one allowed."""
    campaigns = campaign_definitions(connection, actor.street_id)
    only = actor.community if actor.role == Role.CLERK else None
    return Known(
        street=connection.execute(select(Street.name).where(Street.id == actor.street_id)).scalar_one(),
        campaigns={campaign.code: campaign for campaign in campaigns},
        default_campaign=campaigns[0].code,
        communities=_communities(connection, actor.street_id),
        sites=_sites(connection, actor.street_id),
        history=StoredHistory(connection, actor.street_id, only),
        only=only,
        layouts=mappings.stored(connection, actor.street_id),
    )


def campaign_definitions(connection: Connection, street_id: int) -> list[CampaignDefinition]:
    """The street's campaigns in their order; the first is the default."""
    rows = connection.execute(_CAMPAIGNS, {"of_street": street_id}).scalars()
    return [CampaignDefinition.model_validate(definition) for definition in rows]


def _communities(connection: Connection, street_id: int) -> tuple[KnownCommunity, ...]:
    rows = connection.execute(_COMMUNITIES, {"of_street": street_id})
    found = [(row, list(row.aliases or ())) for row in rows]
    for one in naming.former(connection, street_id):  # also where a register was sent since that does not know it
        for row, aliases in found:
            if row.id == one.community_id and one.name not in (row.name, *aliases):
                aliases.append(one.name)
    return tuple(
        KnownCommunity(row.name, row.code or "", row.kind, tuple(aliases), row.active_from, row.active_until)
        for row, aliases in found
    )


def _sites(connection: Connection, street_id: int) -> tuple[KnownSite, ...]:
    rows = connection.execute(_SITES, {"of_street": street_id})
    return tuple(KnownSite(*row) for row in rows)


@dataclass
class StoredHistory:
    """Past figures from the database, as the checks ask them; lives no longer than its connection.

    A street workbook asks for every community of a day, so a day is fetched once for all of them; a clerk's of the own
    alone (``only``).
    """

    connection: Connection
    street_id: int
    only: str | None = None
    _days: dict[tuple[str, date], dict[str, DayFigures]] = field(default_factory=dict)

    def day(self, campaign: str, community: str, day: date) -> DayFigures:
        """The figures of one community's day; None where nothing was reported."""
        if (campaign, day) not in self._days:
            self._days[campaign, day] = self._fetch(campaign, day)
        return self._days[campaign, day].get(community, DayFigures())

    def _fetch(self, campaign: str, day: date) -> dict[str, DayFigures]:
        rosters = self._rosters(campaign, day)
        planned = self._sums("morning", campaign, day)
        evenings = self._sums("evening", campaign, day)
        eligible = self._eligible(campaign, day)
        found = {}
        for name in {*rosters, *planned, *evenings, *eligible}:
            roster_rows, vaccinated = rosters.get(name, (None, None))
            found[name] = DayFigures(
                roster_rows=roster_rows,
                roster_vaccinated=vaccinated,
                planned=planned.get(name, {}).get("planned"),
                evening=evenings.get(name),
                eligible=eligible.get(name),
            )
        return found

    def _rosters(self, campaign: str, day: date) -> dict[str, tuple[int, int | None]]:
        """Rows of the rosters in force and how many are marked vaccinated; None while no outcome has come back."""
        rows = self._ask(_outcomes(), campaign, day)
        return {row.name: (row.rows_accepted, row.vaccinated if row.settled else None) for row in rows}

    def _sums(self, kind: str, campaign: str, day: date) -> dict[str, dict[str, int | None]]:
        """The columns of a tally summed over a community's sites; missing where one site lacks it."""
        _table, keys = TALLIES[kind]
        rows = self._ask(_tally(kind), campaign, day)
        return {row[0]: {key: _int(value) for key, value in zip(keys, row[1:], strict=True)} for row in rows}

    def _eligible(self, campaign: str, day: date) -> dict[str, int]:
        """People eligible by the baseline in force on the day; communities with an incomplete one are left out."""
        rows = self._ask(_baselines(), campaign, day)
        by_name: dict[str, dict[date, list[Any]]] = {}
        for row in rows:
            by_name.setdefault(row.name, {}).setdefault(row.as_of, []).append(row)
        found: dict[str, int] = {}
        for name, by_day in by_name.items():
            parts = by_day[max(by_day)]
            counted = [row for row in parts if row.person_group == "all"] or parts
            if all(row.surveyed is not None for row in counted):
                found[name] = sum(row.surveyed - (row.contraindicated or 0) for row in counted)
        return found

    def _ask(self, query: Select[*tuple[Any, ...]], campaign: str, day: date) -> list[Row[*tuple[Any, ...]]]:
        asked = {"of_street": self.street_id, "of_campaign": campaign, "of_day": day}
        if self.only is not None:
            query, asked["of_community"] = _of_one(query), self.only
        return list(self.connection.execute(query, asked))

    def doses(self, campaign: str, documents: Iterable[str], *, before: date) -> Mapping[str, frozenset[str]]:
        """Doses recorded as given before a day on rosters in force, by document number or person code as typed."""
        given = (
            select(Callup.person_key, Callup.dose_no)
            .join(Submission, Submission.id == Callup.submission_id)
            .join(Campaign, Campaign.id == Callup.campaign_id)
            .where(
                Callup.street_id == self.street_id,
                Campaign.code == campaign,
                Callup.outcome.in_(GIVEN),
                Callup.vaccination_date < before,
                in_force(),
            )
        )
        if self.connection.execute(given.limit(1)).first() is None:
            return {}  # the first day of a campaign: nobody need be looked for
        key = privacy.keys().person
        by_key = {key(document): document for document in documents}
        held: dict[str, set[str]] = {}
        wanted = list(by_key)
        for start in range(0, len(wanted), 2000):  # SQLite bounds the number of parameters
            rows = self.connection.execute(given.where(Callup.person_key.in_(wanted[start : start + 2000])))
            for row in rows:
                held.setdefault(by_key[row.person_key], set()).add(row.dose_no)
        return {document: frozenset(doses) for document, doses in held.items()}


# The questions about a day, put together once: a statement of forty sums costs more than its answer.

_CAMPAIGN: BindParameter[str] = bindparam("of_campaign")
_DAY: BindParameter[date] = bindparam("of_day")
_COMMUNITY: BindParameter[str] = bindparam("of_community")


def _of_day(kind: str) -> tuple[ColumnElement[bool], ...]:
    return (
        Submission.street_id == _STREET,
        Submission.kind == kind,
        Submission.business_date == _DAY,
        Campaign.code == _CAMPAIGN,
        in_force(),
    )


@cache
def _outcomes() -> Select[*tuple[Any, ...]]:
    settled = Callup.outcome.is_not(None) & (Callup.outcome != "pending")
    outcomes = (
        select(
            Callup.submission_id,
            func.count(case((settled, 1))).label("settled"),
            func.count(case((Callup.outcome == "vaccinated", 1))).label("vaccinated"),
        )
        .where(Callup.vaccination_date == _DAY, Callup.street_id == _STREET)
        .group_by(Callup.submission_id)
        .subquery()
    )
    return (
        select(Community.name, Submission.rows_accepted, outcomes.c.settled, outcomes.c.vaccinated)
        .select_from(Submission)
        .join(Community, Community.id == Submission.community_id)
        .join(Campaign, Campaign.id == Submission.campaign_id)
        .join(outcomes, outcomes.c.submission_id == Submission.id)  # an empty roster says no figure
        .where(*_of_day("roster"))
    )


@cache
def _tally(kind: str) -> Select[*tuple[Any, ...]]:
    table, keys = TALLIES[kind]
    return (
        select(Community.name, *(complete_sum(getattr(table, key)) for key in keys))
        .select_from(table)
        .join(Submission, Submission.id == table.submission_id)
        .join(Community, Community.id == Submission.community_id)
        .join(Campaign, Campaign.id == Submission.campaign_id)
        .where(*_of_day(kind))
        .group_by(Community.name)
    )


@cache
def _baselines() -> Select[*tuple[Any, ...]]:
    return (
        select(Community.name, Baseline.as_of, Baseline.person_group, Baseline.surveyed, Baseline.contraindicated)
        .join(Submission, Submission.id == Baseline.submission_id)
        .join(Community, Community.id == Submission.community_id)
        .join(Campaign, Campaign.id == Submission.campaign_id)
        .where(
            Submission.street_id == _STREET,
            Submission.kind == "baseline",
            Campaign.code == _CAMPAIGN,
            Baseline.as_of <= _DAY,
            in_force(),
        )
    )


@cache
def _of_one(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """The same question of one community alone."""
    return query.where(Community.name == _COMMUNITY)


def _int(value: object) -> int | None:
    return None if value is None else int(value)  # type: ignore[call-overload]
