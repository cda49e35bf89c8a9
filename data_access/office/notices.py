"""通报: a ranking published and frozen under a number. What was published is never changed; a correction is told in the
next one, and any notice can be compared with what its day looks like now.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Row, Select, insert, select

from config import clock
from config.language import N_, _
from data_access import audit, database, privacy, schema
from data_access.accounts import Actor, Capability
from data_access.reports import errata, frames, ranking, snapshot
from data_access.reports.snapshot import Snapshot
from data_access.reports.tallies import campaign_key
from data_access.reports.view import View
from data_access.schema import Account, Campaign

COUNTS = ("number", "data_version", "reported", "field", "coverage_n", "coverage_d", "corrections")
COLUMNS = ("number", "campaign", "day", "basis", "published_at", "by", *COUNTS[1:])
COMPARED = (
    "community",
    *("rank_then", "rank_now", "state_then", "state_now"),
    *("then_n", "then_d", "now_n", "now_d", "changed", "why", "submissions"),
)


class NoticeError(Exception):
    """A ranking cannot be published, or there is no such notice; the text says why."""

    def __init__(self, message: str, **fields: object) -> None:
        super().__init__(_(message, **fields))


@dataclass(frozen=True, slots=True)
class Notice:
    """A ranking with its number: published at ``at`` by an account (its name as it may be shown), or a draft (None).

    ``repeats`` is the notice before it that tells the same figures of the same day, if there is one.
    """

    number: int
    told: Snapshot
    published_at: datetime | None = None
    by: str = ""
    repeats: int | None = None


def draft(view: View, basis: str = "coverage") -> Notice:
    """What ``publish`` would publish now, with the number it would get. Raises NoticeError and BasisError."""
    view.actor.require(Capability.PUBLISH)
    with database.reading() as connection:
        return _draft(connection, view, basis)


def publish(actor: Actor, view: View, basis: str = "coverage") -> Notice:
    """Freeze the ranking of the view's day, whole street, by ``basis`` and with all other bases beside it.

    Two who publish at once get two numbers; the same figures again are published and marked as such (``repeats``).
    Raises NoticeError for a day to come, a moment of the past and a day on which nobody can be ranked; BasisError,
    NotAllowedError.
    """
    actor.require(Capability.PUBLISH)
    with database.writing() as connection:  # nothing else is committed until the notice is
        made = replace(_draft(connection, replace(view, actor=actor), basis), published_at=clock.now())
        connection.execute(
            insert(schema.Notice).values(
                street_id=actor.street_id,
                campaign_id=campaign_key(view),
                number=made.number,
                day=view.day,
                published_at=made.published_at,
                account_id=actor.id,
                data_version=made.told.data_version,
                content=snapshot.stored(made.told) | {"repeats": made.repeats},
            )
        )
        database.raise_version(connection)  # later ranks are compared with this one
        audit.record(
            connection,
            actor,
            "notice_published",
            str(made.number),
            campaign=view.campaign,
            day=view.day.isoformat(),
            basis=basis,
            repeats=made.repeats,
        )
    return show(actor, made.number, view.campaign)


def notices(actor: Actor, campaign: str | None = None) -> pd.DataFrame:
    """All notices, or those of one campaign (code), newest first.

    Columns: number (Int64), campaign (code), day, basis, published_at (aware UTC), by (the account's name, masked),
    and as Int64: data_version, reported and field (n of m communities), coverage_n, coverage_d (of the street),
    corrections (told in it, of the one before).
    """
    actor.require(Capability.READ_BOARD)
    with database.reading() as connection:
        rows = connection.execute(_query(actor, campaign, *_HEAD).order_by(*_NEWEST)).all()
    listed = [{**row._mapping, "by": _name(row)} for row in rows]
    return frames.frame(listed, COLUMNS, dict.fromkeys(COUNTS, "Int64"))


def show(actor: Actor, number: int, campaign: str | None = None) -> Notice:
    """A notice as it was published; of the first campaign that has this number where none is named.

    Raises NoticeError if there is none.
    """
    actor.require(Capability.READ_BOARD)
    with database.reading() as connection:
        query = _query(actor, campaign, schema.Notice.content).where(schema.Notice.number == number)
        row = connection.execute(query.order_by(Campaign.position).limit(1)).first()
    if row is None:
        raise NoticeError(N_("There is no notice {n}."), n=number)
    told = snapshot.restored(row.content, row.day, row.data_version)
    return Notice(row.number, told, row.published_at, _name(row), row.content["repeats"])


def compare(actor: Actor, number: int, campaign: str | None = None) -> pd.DataFrame:
    """A notice beside its day as it is known now, one row per community in the order of the notice.

    Columns: community; rank_then, rank_now (Int64); state_then, state_now (None where it was not in the field);
    then_n, then_d, now_n, now_d (Int64: the figure it is ranked by; denominator 1 for counts of people); changed (bool:
    the figure is another one); why (what came in since, in words) and submissions (their numbers).
    """
    found = show(actor, number, campaign)
    rows = [
        {
            "community": one.community,
            "rank_then": one.rank_then,
            "rank_now": one.rank_now,
            "state_then": one.state_then,
            "state_now": one.state_now,
            **dict(zip(("then_n", "then_d", "now_n", "now_d"), (*one.then, *one.now), strict=True)),
            "changed": one.changed,
            "why": _(", ").join(each.text for each in one.revisions),
            "submissions": [each.submission for each in one.revisions],
        }
        for one in errata.since(View(actor, found.told.day, found.told.campaign.code), found.told)
    ]
    whole = ("rank_then", "rank_now", "then_n", "then_d", "now_n", "now_d")
    return frames.frame(rows, COMPARED, dict.fromkeys(whole, "Int64") | {"changed": "bool"})


def _draft(connection: Connection, view: View, basis: str) -> Notice:
    if view.as_of is not None:
        raise NoticeError(N_("A notice tells what is known now; leave the moment of the past first."))
    if view.day > clock.today():
        raise NoticeError(N_("This day has not come yet."))
    street = replace(view, area=None, community=None)
    told = snapshot.take(street, basis, besides=ranking.available())
    if not told.listing.total["ranked"]:
        raise NoticeError(N_("Nobody can be ranked on this day."))
    query = _query(view.actor, view.campaign, schema.Notice.content)
    last = connection.execute(query.order_by(*_NEWEST).limit(1)).first()
    if last is None:
        return Notice(1, told)
    before = snapshot.restored(last.content, last.day, last.data_version)
    changed = tuple(one for one in errata.since(street, before) if one.changed)
    same = (before.day, before.basis, before.figures()) == (told.day, told.basis, told.figures())
    told = replace(told, errata=changed, errata_of=last.number)
    return Notice(last.number + 1, told, repeats=last.number if same else None)


# read out of the JSON by the database: a list of notices does not fetch their tables
_HEAD = (
    schema.Notice.content["basis"].as_string().label("basis"),
    *(schema.Notice.content["head"][name].as_integer().label(name) for name in COUNTS[2:]),
)
_NEWEST = (schema.Notice.published_at.desc(), schema.Notice.id.desc())


def _query(actor: Actor, campaign: str | None, *columns: Any) -> Select[*tuple[Any, ...]]:
    query = (
        select(
            schema.Notice.number,
            Campaign.code.label("campaign"),
            schema.Notice.day,
            schema.Notice.published_at,
            schema.Notice.data_version,
            Account.username,
            Account.display_name,
            *columns,
        )
        .join(Campaign, Campaign.id == schema.Notice.campaign_id)
        .join(Account, Account.id == schema.Notice.account_id)
        .where(schema.Notice.street_id == actor.street_id)
    )
    return query if campaign is None else query.where(Campaign.code == campaign)


def _name(row: Row[*tuple[Any, ...]]) -> str:
    return privacy.mask_name(row.display_name) or str(row.username)
