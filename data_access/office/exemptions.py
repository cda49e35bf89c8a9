"""Exemptions (免报): a community owes no report for some days, with a reason and a name.

An exempt sheet leaves the due set: it is neither missing nor on time. What is sent all the same counts as ever. An
exemption is taken back, never deleted, so that the board can be shown as it stood.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, insert, select, update

from config import clock
from config.language import N_, _
from data_access import audit, database, naming, privacy
from data_access.accounts import Actor, Capability, Role
from data_access.office.deadlines import DAILY
from data_access.schema import Account, Campaign, Community, Exemption

COLUMNS = [
    "id",
    "community",
    "campaign",
    "kind",
    "first_day",
    "last_day",
    "reason",
    "by",
    "granted_at",
    "revoked_at",
]


class ExemptionError(Exception):
    """A community cannot be exempted like this, or an exemption not be taken back; the text says why."""

    def __init__(self, message: str, **fields: object) -> None:
        super().__init__(_(message, **fields))


@dataclass(frozen=True, slots=True)
class Excused:
    """Who owes nothing when: by community key the kinds (None: every daily sheet) with first and last day."""

    spans: Mapping[int, tuple[tuple[str | None, date, date], ...]] = field(default_factory=dict)

    def covers(self, community: int, kind: str, day: date) -> bool:
        """Whether the community is exempt from this sheet of this day."""
        return any(first <= day <= last and of in (None, kind) for of, first, last in self.spans.get(community, ()))


def grant(
    actor: Actor,
    community: str,
    first: date,
    last: date,
    reason: str,
    kind: str | None = None,
    campaign: str | None = None,
) -> int:
    """Exempt a community from one kind of daily sheet (None: all) from ``first`` to ``last``, both included, in one
    campaign or (None) in all; the number of the exemption.

    ExemptionError for an unknown community, campaign or kind, days in the wrong order, a blank reason or days that
    are exempt already; NotAllowedError.
    """
    actor.require(Capability.EXEMPT)
    if not reason.strip():
        raise ExemptionError(N_("An exemption needs a reason."))
    if last < first:
        raise ExemptionError(N_("The last day lies before the first."))
    if kind is not None and kind not in DAILY:
        raise ExemptionError(N_("Only daily sheets can be exempted."))
    with database.writing() as connection:
        community_id = _community(connection, actor, community)
        campaign_id = _key(connection, actor, Campaign.id, Campaign.code, campaign) if campaign else None
        known = connection.execute(
            select(Exemption.id).where(
                Exemption.street_id == actor.street_id,
                Exemption.community_id == community_id,
                Exemption.campaign_id.is_(None) | (Exemption.campaign_id == campaign_id),
                Exemption.kind.is_(None) | (Exemption.kind == kind),
                Exemption.first_day <= first,
                Exemption.last_day >= last,
                Exemption.revoked_at.is_(None),
            )
        )
        if known.first() is not None:
            raise ExemptionError(N_("{community} is exempt on these days already."), community=community)
        number = connection.execute(
            insert(Exemption)
            .values(
                street_id=actor.street_id,
                community_id=community_id,
                campaign_id=campaign_id,
                kind=kind,
                first_day=first,
                last_day=last,
                reason=reason.strip(),
                account_id=actor.id,
                granted_at=clock.now(),
            )
            .returning(Exemption.id)
        ).scalar_one()
        database.raise_version(connection)
        details = {"community": community, "kind": kind, "first": str(first), "last": str(last)}
        audit.record(connection, actor, "exemption_granted", str(number), **details)
    return number


def revoke(actor: Actor, exemption: int) -> None:
    """Take an exemption back: its sheets are owed again. ExemptionError if none with this number stands."""
    actor.require(Capability.EXEMPT)
    with database.writing() as connection:
        ended = connection.execute(
            update(Exemption)
            .where(Exemption.id == exemption, Exemption.street_id == actor.street_id, Exemption.revoked_at.is_(None))
            .values(revoked_at=clock.now())
        )
        if ended.rowcount == 0:
            raise ExemptionError(N_("There is no such exemption, or it was taken back already."))
        database.raise_version(connection)
        audit.record(connection, actor, "exemption_revoked", str(exemption))


def exemptions(
    actor: Actor,
    start: date | None = None,
    end: date | None = None,
    community: str | None = None,
    campaign: str | None = None,
) -> pd.DataFrame:
    """The exemptions that touch these days, of a community or campaign (with those for all campaigns), newest first,
    taken back or not.

    Columns: id (Int64), community, campaign (code, None: every one), kind (None: every daily sheet), first_day,
    last_day, reason (telephone and document numbers blotted out; blank for those who may not read of people), by (the
    name of the account, masked), granted_at, revoked_at (aware UTC, None while it stands). A clerk sees those of the
    own community.
    """
    actor.require(Capability.READ_BOARD)
    conditions: list[ColumnElement[bool]] = []
    if start is not None:
        conditions.append(Exemption.last_day >= start)
    if end is not None:
        conditions.append(Exemption.first_day <= end)
    if community is not None:
        conditions.append(Community.id == naming.key(actor.street_id, community))
    if campaign is not None:
        conditions.append(Exemption.campaign_id.is_(None) | (Campaign.code == campaign))
    if actor.role == Role.CLERK:
        conditions.append(Exemption.community_id == actor.community_id)
    with database.reading() as connection:
        rows = connection.execute(
            select(
                Exemption.id,
                Community.name.label("community"),
                Campaign.code.label("campaign"),
                Exemption.kind,
                Exemption.first_day,
                Exemption.last_day,
                Exemption.reason,
                Account.username,
                Account.display_name,
                Exemption.granted_at,
                Exemption.revoked_at,
            )
            .join(Community, Community.id == Exemption.community_id)
            .join(Account, Account.id == Exemption.account_id)
            .join(Campaign, Campaign.id == Exemption.campaign_id, isouter=True)
            .where(Exemption.street_id == actor.street_id, *conditions)
            .order_by(Exemption.id.desc())
        ).all()
    return pd.DataFrame([_line(actor, row) for row in rows], columns=COLUMNS).astype({"id": "Int64"})


def _line(actor: Actor, row: Any) -> dict[str, Any]:
    reason = privacy.blot(row.reason) if actor.may(Capability.READ_PEOPLE) else ""  # free text may be about people
    return {**row._mapping, "reason": reason or "", "by": privacy.mask_name(row.display_name) or row.username}


def standing(
    connection: Connection, actor: Actor, campaign: str, start: date, end: date, as_of: datetime | None = None
) -> Excused:
    """Who is exempt in a campaign between two days (inclusive), now or as it stood at a moment."""
    stands: ColumnElement[bool] = Exemption.revoked_at.is_(None)
    if as_of is not None:
        stands = (Exemption.granted_at <= as_of) & (stands | (Exemption.revoked_at > as_of))
    rows: Iterable[Any] = connection.execute(
        select(Exemption.community_id, Exemption.kind, Exemption.first_day, Exemption.last_day)
        .join(Campaign, Campaign.id == Exemption.campaign_id, isouter=True)
        .where(
            Exemption.street_id == actor.street_id,
            Exemption.campaign_id.is_(None) | (Campaign.code == campaign),
            Exemption.first_day <= end,
            Exemption.last_day >= start,
            stands,
        )
    )
    found: dict[int, list[tuple[str | None, date, date]]] = defaultdict(list)
    for row in rows:
        found[row.community_id].append((row.kind, row.first_day, row.last_day))
    return Excused({key: tuple(spans) for key, spans in found.items()})


def _community(connection: Connection, actor: Actor, wanted: str) -> int:
    found: int | None = connection.execute(select(naming.key(actor.street_id, wanted))).scalar()
    if found is None:
        raise ExemptionError(N_("The street has no {name}."), name=wanted)
    return found


def _key(connection: Connection, actor: Actor, key: Any, name: Any, wanted: str) -> int:
    found: int | None = connection.execute(
        select(key).where(key.class_.street_id == actor.street_id, name == wanted)
    ).scalar()
    if found is None:
        raise ExemptionError(N_("The street has no {name}."), name=wanted)
    return found
