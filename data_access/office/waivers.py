"""Waivers (认可): a warning that is accepted for one community, day and rule, with a reason and a name.

A waiver changes no figure. It is shown wherever the figure is shown, says who accepted it and why, and can be taken
back. Only what the rules themselves call a warning can be waived: an error is refused data, and an info asks nothing.
``rule`` is a finding's code, or the code of an identity (``I5``), which then covers every rule of that identity.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, insert, select, update

from config import clock
from config.language import N_, _
from data_access import audit, database, naming, privacy
from data_access.accounts import Actor, Capability, Role
from data_access.findings import Severity
from data_access.rulebook import RULES
from data_access.schema import Account, Campaign, Community, Waiver

COLUMNS = ["id", "community", "campaign", "rule", "day", "reason", "by", "granted_at", "revoked_at"]
# The identities of a vaccination day that a person may accept: I3 and I7 are errors, I8 is for information.
IDENTITIES = ("I1", "I2", "I4", "I5", "I6")
# Rules of an identity that do not bear its number.
_NUMBERED: Mapping[str, str] = {"VACCINATED_SUM": "I4", "DOSES_SUM": "I4"}


class WaiverError(Exception):
    """A warning cannot be waived, or a waiver not be taken back; the text says why."""

    def __init__(self, message: str, **fields: object) -> None:
        super().__init__(_(message, **fields))


@dataclass(frozen=True, slots=True)
class Accepted:
    """A waiver that stands: its number, rule, the account's name as it may be shown, when and why."""

    id: int
    rule: str
    by: str
    at: datetime
    reason: str


Standing = Mapping[tuple[str, str], Accepted]  # by community and rule


def grant(actor: Actor, rule: str, community: str, day: date, reason: str, campaign: str | None = None) -> int:
    """Accept a warning for one community and day, in one campaign or (None) in all; the waiver's number.

    WaiverError for an unknown rule, community or campaign, a rule that is no warning, a blank reason or a warning that
    is accepted already; NotAllowedError.
    """
    actor.require(Capability.WAIVE)
    _check(rule)
    if not reason.strip():
        raise WaiverError(N_("A waiver needs a reason."))
    with database.writing() as connection:
        community_id = _community(connection, actor, community)
        campaign_id = _key(connection, actor, Campaign.id, Campaign.code, campaign) if campaign else None
        same = (
            Waiver.street_id == actor.street_id,
            Waiver.community_id == community_id,
            Waiver.campaign_id.is_(None) if campaign_id is None else Waiver.campaign_id == campaign_id,
            Waiver.rule == rule,
            Waiver.day == day,
            Waiver.revoked_at.is_(None),
        )
        if connection.execute(select(Waiver.id).where(*same)).first() is not None:
            raise WaiverError(N_("This is accepted already."))
        number = connection.execute(
            insert(Waiver)
            .values(
                street_id=actor.street_id,
                community_id=community_id,
                campaign_id=campaign_id,
                rule=rule,
                day=day,
                reason=reason.strip(),
                account_id=actor.id,
                granted_at=clock.now(),
            )
            .returning(Waiver.id)
        ).scalar_one()
        database.raise_version(connection)
        audit.record(connection, actor, "waiver_granted", str(number), rule=rule, community=community, day=str(day))
    return number


def revoke(actor: Actor, waiver: int) -> None:
    """Take a waiver back: the warning stands again. WaiverError if there is none with this number that stands."""
    actor.require(Capability.WAIVE)
    with database.writing() as connection:
        ended = connection.execute(
            update(Waiver)
            .where(Waiver.id == waiver, Waiver.street_id == actor.street_id, Waiver.revoked_at.is_(None))
            .values(revoked_at=clock.now())
        )
        if ended.rowcount == 0:
            raise WaiverError(N_("There is no such waiver, or it was taken back already."))
        database.raise_version(connection)
        audit.record(connection, actor, "waiver_revoked", str(waiver))


def waivable(code: str) -> bool:
    """Whether a warning of this rule, or a difference of this identity, may be accepted."""
    return code in IDENTITIES or (code in RULES and RULES[code].severity == Severity.WARNING)


def waivers(
    actor: Actor, day: date | None = None, community: str | None = None, campaign: str | None = None
) -> pd.DataFrame:
    """The waivers of a day, community or campaign (with those for all campaigns), newest first, taken back or not.

    Columns: id (Int64), community, campaign (code, None for all), rule, day, reason (telephone and document
    numbers blotted out; blank for those who may not read of people), by (the name of the account, masked), granted_at,
    revoked_at (aware UTC, None while it stands). A clerk sees those of the own community.
    """
    actor.require(Capability.READ_BOARD)
    conditions: list[ColumnElement[bool]] = []
    if day is not None:
        conditions.append(Waiver.day == day)
    if community is not None:
        conditions.append(Community.id == naming.key(actor.street_id, community))
    if campaign is not None:
        conditions.append(Waiver.campaign_id.is_(None) | (Campaign.code == campaign))
    if actor.role == Role.CLERK:
        conditions.append(Waiver.community_id == actor.community_id)
    with database.reading() as connection:
        rows = _rows(connection, actor, conditions)
    frame = pd.DataFrame(rows, columns=COLUMNS).astype({"id": "Int64"})
    return frame.sort_values("granted_at", ascending=False, kind="stable", ignore_index=True)


def standing(
    connection: Connection, actor: Actor, day: date, campaign: str | None = None, as_of: datetime | None = None
) -> Standing:
    """The waivers of a day that stand (or stood at a moment), by community and rule."""
    stands: ColumnElement[bool] = Waiver.revoked_at.is_(None)
    if as_of is not None:
        stands = (Waiver.granted_at <= as_of) & (stands | (Waiver.revoked_at > as_of))
    conditions = [Waiver.day == day, stands]
    if campaign is not None:
        conditions.append(Waiver.campaign_id.is_(None) | (Campaign.code == campaign))
    return _standing(_rows(connection, actor, conditions))


def waived(
    actor: Actor, community: str | None, day: date | None, codes: Iterable[str], campaign: str | None = None
) -> dict[str, Accepted]:
    """Of these codes of findings (or identities), those accepted for the community and day, with who and why."""
    found: Standing = stand(actor, day, campaign) if community is not None and day is not None else {}
    return {code: one for code in codes if (one := accepted(found, community or "", code)) is not None}


def stand(actor: Actor, day: date, campaign: str | None = None, as_of: datetime | None = None) -> Standing:
    """The waivers of a day that stand (or stood at a moment), for whoever asks; reasons as in ``waivers``."""
    actor.require(Capability.READ_BOARD)
    with database.reading() as connection:
        return standing(connection, actor, day, campaign, as_of)


def mark(connection: Connection, actor: Actor, outcomes: Iterable[Any]) -> None:
    """Fill in ``waived`` of the sheet outcomes: which of their findings are accepted. One query for all."""
    dated = [one for one in outcomes if one.findings and one.figures_of is not None and one.community is not None]
    if not dated:
        return
    days = {one.figures_of for one in dated}
    rows = _rows(connection, actor, [Waiver.day.between(min(days), max(days)), Waiver.revoked_at.is_(None)])
    if not rows:
        return
    for one in dated:
        mine = [row for row in rows if row["day"] == one.figures_of and row["campaign"] in (None, one.campaign)]
        found = _standing(mine)
        codes = {finding.code for finding in one.findings}
        one.waived = {code: each for code in codes if (each := accepted(found, one.community, code)) is not None}


def _standing(rows: Iterable[Mapping[str, Any]]) -> Standing:
    return {
        (row["community"], row["rule"]): Accepted(row["id"], row["rule"], row["by"], row["granted_at"], row["reason"])
        for row in rows
    }


def accepted(found: Standing, community: str, code: str) -> Accepted | None:
    """The waiver that covers a code: its own, or that of the identity it belongs to, either way round."""
    exact = found.get((community, code))
    if exact is not None:
        return exact
    own = identity(code)
    if own is None:
        return None
    if code != own:
        return found.get((community, own))
    return next((one for (name, rule), one in found.items() if name == community and identity(rule) == own), None)


def identity(code: str) -> str | None:
    """The identity that a rule belongs to: ``I5`` of ``I5_PLAN_ROSTER``; None for other rules."""
    stem = _NUMBERED.get(code, code.split("_")[0])
    return stem if stem in IDENTITIES else None


def identities(found: Standing, community: str) -> frozenset[str]:
    """The identities (``I1`` …) accepted for a community."""
    known = (identity(rule) for name, rule in found if name == community)
    return frozenset(code for code in known if code is not None)


def _check(rule: str) -> None:
    if rule not in RULES and rule not in IDENTITIES:
        raise WaiverError(N_("There is no rule {rule}."), rule=rule)
    if not waivable(rule):
        raise WaiverError(N_("Only warnings can be accepted; {rule} is none."), rule=rule)


def _community(connection: Connection, actor: Actor, wanted: str) -> int:
    found: int | None = connection.execute(select(naming.key(actor.street_id, wanted))).scalar()
    if found is None:
        raise WaiverError(N_("The street has no {name}."), name=wanted)
    return found


def _key(connection: Connection, actor: Actor, key: Any, name: Any, wanted: str) -> int:
    found: int | None = connection.execute(
        select(key).where(key.class_.street_id == actor.street_id, name == wanted)
    ).scalar()
    if found is None:
        raise WaiverError(N_("The street has no {name}."), name=wanted)
    return found


_WAIVERS = (  # put together once, which costs more than to ask it
    select(
        Waiver.id,
        Community.name.label("community"),
        Campaign.code.label("campaign"),
        Waiver.rule,
        Waiver.day,
        Waiver.reason,
        Account.username,
        Account.display_name,
        Waiver.granted_at,
        Waiver.revoked_at,
    )
    .join(Community, Community.id == Waiver.community_id)
    .join(Account, Account.id == Waiver.account_id)
    .join(Campaign, Campaign.id == Waiver.campaign_id, isouter=True)
    .order_by(Waiver.id)
)


def _rows(connection: Connection, actor: Actor, conditions: Iterable[ColumnElement[bool]]) -> list[dict[str, Any]]:
    rows = connection.execute(_WAIVERS.where(Waiver.street_id == actor.street_id, *conditions))
    own = actor.community if actor.role == Role.CLERK else None

    def reason(row: Any) -> str:  # free text about people
        may_read = actor.may(Capability.READ_PEOPLE) and own in (None, row.community)
        return (privacy.blot(row.reason) or "") if may_read else ""

    return [
        {
            **row._mapping,
            "by": privacy.mask_name(row.display_name) or row.username,
            "reason": reason(row),
        }
        for row in rows
    ]
