"""The street itself: whether it is a sample, and the campaigns it runs."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, insert, select, update

from config.campaigns import Campaign as CampaignDefinition
from config.language import _
from data_access import audit, database
from data_access.accounts import Actor, Capability
from data_access.schema import Campaign, Street, Submission
from data_access.submissions import SubmissionError


class StreetInUseError(SubmissionError):
    """The street holds submissions, so it cannot become a sample street."""

    def __init__(self) -> None:
        super().__init__(
            _("This street already holds submissions; a sample is never mixed with them. Use an empty data folder.")
        )


def is_sample(actor: Actor) -> bool:
    """Whether the actor's street is the invented one."""
    actor.require(Capability.READ_BOARD)
    with database.reading() as connection:
        return bool(connection.execute(select(Street.is_sample).where(Street.id == actor.street_id)).scalar_one())


def mark_sample(actor: Actor, campaigns: Iterable[CampaignDefinition]) -> None:
    """Mark an empty street as a sample and give it those of ``campaigns`` that it does not have yet.

    Needs an administrator; StreetInUseError where anything was ever submitted.
    """
    actor.require(Capability.ADMINISTER)
    with database.writing() as connection:
        used = connection.execute(select(Submission.id).where(Submission.street_id == actor.street_id).limit(1)).first()
        if used is not None:
            raise StreetInUseError
        connection.execute(update(Street).where(Street.id == actor.street_id).values(is_sample=True))
        known = set(connection.execute(select(Campaign.code).where(Campaign.street_id == actor.street_id)).scalars())
        position = connection.execute(
            select(func.max(Campaign.position)).where(Campaign.street_id == actor.street_id)
        ).scalar()
        new = [campaign for campaign in campaigns if campaign.code not in known]
        for place, campaign in enumerate(new, start=(position or 0) + 1):
            connection.execute(
                insert(Campaign).values(
                    street_id=actor.street_id,
                    code=campaign.code,
                    position=place,
                    definition=campaign.model_dump(mode="json"),
                )
            )
        database.raise_version(connection)
        audit.record(connection, actor, "sample_started", None, campaigns=len(new))
