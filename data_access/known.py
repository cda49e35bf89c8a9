"""What the street already knows when a workbook arrives: register, sites, campaigns and past figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select

from config.campaigns import Campaign as CampaignDefinition
from data_access import privacy
from data_access.accounts import Actor, Role
from data_access.force import in_force
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


def known(connection: Connection, actor: Actor) -> Known:
    """Everything the pipeline asks of the street. A clerk's reader knows the own community as the only one allowed."""
    campaigns = campaign_definitions(connection, actor.street_id)
    return Known(
        street=connection.execute(select(Street.name).where(Street.id == actor.street_id)).scalar_one(),
        campaigns={campaign.code: campaign for campaign in campaigns},
        default_campaign=campaigns[0].code,
        communities=_communities(connection, actor.street_id),
        sites=_sites(connection, actor.street_id),
        history=StoredHistory(connection, actor.street_id),
        only=actor.community if actor.role == Role.CLERK else None,
    )


def campaign_definitions(connection: Connection, street_id: int) -> list[CampaignDefinition]:
    """The street's campaigns in their order; the first is the default."""
    rows = connection.execute(
        select(Campaign.definition).where(Campaign.street_id == street_id).order_by(Campaign.position)
    ).scalars()
    return [CampaignDefinition.model_validate(definition) for definition in rows]


def _communities(connection: Connection, street_id: int) -> tuple[KnownCommunity, ...]:
    rows = connection.execute(
        select(
            Community.name,
            CommunityEntry.code,
            CommunityEntry.kind,
            CommunityEntry.aliases,
            CommunityEntry.active_from,
            CommunityEntry.active_until,
        )
        .join(CommunityEntry, CommunityEntry.community_id == Community.id)
        .join(Submission, Submission.id == CommunityEntry.submission_id)
        .where(Community.street_id == street_id, in_force())
        .order_by(Community.position)
    )
    return tuple(
        KnownCommunity(r.name, r.code or "", r.kind, tuple(r.aliases or ()), r.active_from, r.active_until)
        for r in rows
    )


def _sites(connection: Connection, street_id: int) -> tuple[KnownSite, ...]:
    rows = connection.execute(
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
        .where(Site.street_id == street_id, in_force())
        .order_by(SiteEntry.row)
    )
    return tuple(KnownSite(*row) for row in rows)


@dataclass
class StoredHistory:
    """Past figures from the database, as the checks ask them; lives no longer than its connection."""

    connection: Connection
    street_id: int

    def day(self, campaign: str, community: str, day: date) -> DayFigures:
        """The figures of one community's day; None where nothing was reported."""
        roster_rows, vaccinated = self._roster(campaign, community, day)
        planned = self.connection.execute(
            select(func.sum(MorningTally.planned))
            .select_from(MorningTally)
            .join(Submission, Submission.id == MorningTally.submission_id)
            .where(*self._scope("morning", campaign, community, day))
        ).scalar()
        evening = self.connection.execute(
            select(
                *(func.sum(getattr(EveningTally, key)).label(key) for key in EVENING_SUMS),
                func.count().label("n"),
            )
            .select_from(EveningTally)
            .join(Submission, Submission.id == EveningTally.submission_id)
            .where(*self._scope("evening", campaign, community, day))
        ).one()
        return DayFigures(
            roster_rows=roster_rows,
            roster_vaccinated=vaccinated,
            planned=None if planned is None else int(planned),
            evening={k: _int(evening._mapping[k]) for k in EVENING_SUMS} if evening.n else None,
            eligible=self._eligible(campaign, community, day),
        )

    def _roster(self, campaign: str, community: str, day: date) -> tuple[int | None, int | None]:
        submissions = self.connection.execute(
            select(func.sum(Submission.rows_accepted)).where(*self._scope("roster", campaign, community, day))
        ).scalar()
        if submissions is None:
            return None, None
        vaccinated = self.connection.execute(
            select(func.count(Callup.id))
            .join(Submission, Submission.id == Callup.submission_id)
            .where(*self._scope("roster", campaign, community, day), Callup.outcome == "vaccinated")
        ).scalar_one()
        return int(submissions), vaccinated

    def _eligible(self, campaign: str, community: str, day: date) -> int | None:
        rows = self.connection.execute(
            select(Baseline.as_of, Baseline.person_group, Baseline.surveyed, Baseline.contraindicated)
            .join(Submission, Submission.id == Baseline.submission_id)
            .join(Community, Community.id == Submission.community_id)
            .join(Campaign, Campaign.id == Submission.campaign_id)
            .where(
                Submission.street_id == self.street_id,
                Submission.kind == "baseline",
                Campaign.code == campaign,
                Community.name == community,
                Baseline.as_of <= day,
                in_force(),
            )
        ).all()
        if not rows:
            return None
        latest = [row for row in rows if row.as_of == max(r.as_of for r in rows)]
        total = [row for row in latest if row.person_group == "all"] or latest
        if any(row.surveyed is None for row in total):
            return None
        return sum(row.surveyed - (row.contraindicated or 0) for row in total)

    def _scope(self, kind: str, campaign: str, community: str, day: date) -> tuple[object, ...]:
        return (
            Submission.street_id == self.street_id,
            Submission.kind == kind,
            Submission.business_date == day,
            Submission.community_id
            == select(Community.id)
            .where(Community.street_id == self.street_id, Community.name == community)
            .scalar_subquery(),
            Submission.campaign_id
            == select(Campaign.id)
            .where(Campaign.street_id == self.street_id, Campaign.code == campaign)
            .scalar_subquery(),
            in_force(),
        )

    def doses(self, campaign: str, documents: Iterable[str], *, before: date) -> Mapping[str, frozenset[str]]:
        """Doses recorded as given before a day on rosters in force, by document number or person code as typed."""
        by_key = {privacy.keys().person(document): document for document in documents}
        held: dict[str, set[str]] = {}
        wanted = list(by_key)
        for start in range(0, len(wanted), 500):  # SQLite bounds the number of parameters
            rows = self.connection.execute(
                select(Callup.person_key, Callup.dose_no)
                .join(Submission, Submission.id == Callup.submission_id)
                .join(Campaign, Campaign.id == Callup.campaign_id)
                .where(
                    Callup.street_id == self.street_id,
                    Campaign.code == campaign,
                    Callup.person_key.in_(wanted[start : start + 500]),
                    Callup.outcome.in_(("vaccinated", "elsewhere")),
                    Callup.vaccination_date < before,
                    in_force(),
                )
            )
            for row in rows:
                held.setdefault(by_key[row.person_key], set()).add(row.dose_no)
        return {document: frozenset(doses) for document, doses in held.items()}


def _int(value: object) -> int | None:
    return None if value is None else int(value)  # type: ignore[call-overload, no-any-return]
