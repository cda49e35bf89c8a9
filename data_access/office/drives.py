"""The street's campaigns kept in the page: a new one, or another definition of one. For administrators.

A definition counts at once and for all days, for it says how figures are to be read; so doses and groups that sheets
speak of stay. Published notices are frozen and keep what they said. Every change is an audit event, old → new.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, func, insert, select, update

from config import faults
from config.campaigns import CAMPAIGNS, Campaign
from config.faults import fold
from config.language import N_, _
from data_access import audit, database
from data_access.accounts import Actor, Capability
from data_access.inbox.known import campaign_definitions
from data_access.schema import Campaign as Kept
from data_access.schema import Submission


class CampaignError(Exception):
    """The campaign cannot be like this; the text says why."""

    def __init__(self, message: str, **fields: object) -> None:
        super().__init__(_(message, **fields))


def put(actor: Actor, definition: Mapping[str, Any]) -> Campaign:
    """Keep a campaign: the fields of ``config.campaigns.Campaign``; its ``code`` says which one, or that it is new.

    CampaignError naming the field that is wrong, a name that another campaign bears, or a dose or group that was taken
    out while sheets speak of it.
    """
    actor.require(Capability.ADMINISTER)
    made = _made(definition)
    with database.writing() as connection:
        known = campaign_definitions(connection, actor.street_id)
        before = next((one for one in known if one.code == made.code), None)
        _own_names(made, [one for one in known if one.code != made.code])
        if before is None:
            position = connection.execute(
                select(func.max(Kept.position)).where(Kept.street_id == actor.street_id)
            ).scalar()
            connection.execute(
                insert(Kept).values(
                    street_id=actor.street_id,
                    code=made.code,
                    position=(position or 0) + 1,
                    definition=made.model_dump(mode="json"),
                )
            )
            audit.record(connection, actor, "campaign_added", made.code)
        elif before == made:
            return made
        else:
            _keeps_what_is_used(connection, actor, before, made)
            own = (Kept.street_id == actor.street_id, Kept.code == made.code)
            connection.execute(update(Kept).where(*own).values(definition=made.model_dump(mode="json")))
            audit.record(connection, actor, "campaign_changed", made.code, **_told(before, made))
        database.raise_version(connection)
    return made


def _made(definition: Mapping[str, Any]) -> Campaign:
    try:
        return Campaign.model_validate(definition)
    except ValidationError as problem:
        fault = faults.found(problem, Campaign, CAMPAIGNS, str(definition.get("code") or ""))
        reason = f"{fault.reason}{_('. ')}{fault.remedy}" if fault.remedy else fault.reason
        raise CampaignError(N_("{name}: {reason}"), name=fault.field, reason=reason) from None


def _own_names(made: Campaign, others: list[Campaign]) -> None:
    owner = {fold(name): one.label for one in others for name in (one.code, one.zh, one.en, *one.synonyms)}
    for name in (made.code, made.zh, made.en, *made.synonyms):
        if fold(name) in owner:
            raise CampaignError(N_("{name} is a name of {owner} already."), name=name, owner=owner[fold(name)])


def _keeps_what_is_used(connection: Connection, actor: Actor, before: Campaign, made: Campaign) -> None:
    gone = [one.label for one in before.doses if one.code not in {dose.code for dose in made.doses}]
    gone += [one.label for one in before.groups if one.code not in {group.code for group in made.groups}]
    if not gone:
        return
    used = connection.execute(
        select(Submission.id)
        .join(Kept, Kept.id == Submission.campaign_id)
        .where(Submission.street_id == actor.street_id, Kept.code == made.code)
        .limit(1)
    ).first()
    if used is not None:
        raise CampaignError(
            N_("Sheets have been sent that may speak of {names}; they stay in the campaign."), names=_(", ").join(gone)
        )


def _told(before: Campaign, made: Campaign) -> dict[str, Any]:
    old, new = before.model_dump(mode="json"), made.model_dump(mode="json")
    changed = [name for name in new if old[name] != new[name]]
    return {"old": {name: old[name] for name in changed}, "new": {name: new[name] for name in changed}}
