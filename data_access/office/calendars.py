"""The calendar of rest days (停种): days on which a campaign, or every campaign, vaccinates nobody."""

from __future__ import annotations

from datetime import date

import pandas as pd
from sqlalchemy import Connection, delete, insert, select

from config.language import N_, _
from data_access import audit, database
from data_access.accounts import Actor, Capability
from data_access.schema import CalendarDay, Campaign

COLUMNS = ["id", "day", "campaign", "note"]


class CalendarError(Exception):
    """The calendar cannot be changed like this; the text says why."""

    def __init__(self, message: str, **fields: object) -> None:
        super().__init__(_(message, **fields))


def rest_days(actor: Actor) -> pd.DataFrame:
    """The street's rest days by date. Columns: id, day, campaign (code, None: every campaign), note."""
    actor.require(Capability.READ_BOARD)
    with database.reading() as connection:
        rows = connection.execute(
            select(CalendarDay.id, CalendarDay.day, Campaign.code.label("campaign"), CalendarDay.note)
            .join(Campaign, Campaign.id == CalendarDay.campaign_id, isouter=True)
            .where(CalendarDay.street_id == actor.street_id)
            .order_by(CalendarDay.day, CalendarDay.id)
        ).all()
    return pd.DataFrame([row._asdict() for row in rows], columns=COLUMNS).astype({"id": "Int64"})


def add(actor: Actor, day: date, campaign: str | None = None, note: str = "") -> None:
    """Let ``campaign`` (code; None: all of them) rest on ``day``; no report is due then.

    For administrators. CalendarError if the day rests already or there is no such campaign.
    """
    actor.require(Capability.ADMINISTER)
    with database.writing() as connection:
        campaign_id = _campaign(connection, actor, campaign)
        same = CalendarDay.campaign_id.is_(None) if campaign_id is None else CalendarDay.campaign_id == campaign_id
        known = select(CalendarDay.id).where(CalendarDay.street_id == actor.street_id, CalendarDay.day == day, same)
        if connection.execute(known).first() is not None:
            raise CalendarError(N_("{day} is a rest day already."), day=day.isoformat())
        connection.execute(
            insert(CalendarDay).values(
                street_id=actor.street_id, campaign_id=campaign_id, day=day, note=note.strip() or None
            )
        )
        database.raise_version(connection)
        audit.record(connection, actor, "rest_day_added", day.isoformat(), campaign=campaign)


def remove(actor: Actor, number: int) -> None:
    """Take a rest day out again. For administrators; CalendarError if there is none with this number."""
    actor.require(Capability.ADMINISTER)
    with database.writing() as connection:
        own = (CalendarDay.id == number, CalendarDay.street_id == actor.street_id)
        day = connection.execute(select(CalendarDay.day).where(*own)).scalar()
        if day is None:
            raise CalendarError(N_("This rest day has been taken out already."))
        connection.execute(delete(CalendarDay).where(*own))
        database.raise_version(connection)
        audit.record(connection, actor, "rest_day_removed", day.isoformat())


def _campaign(connection: Connection, actor: Actor, code: str | None) -> int | None:
    if code is None:
        return None
    found = connection.execute(
        select(Campaign.id).where(Campaign.street_id == actor.street_id, Campaign.code == code)
    ).scalar()
    if found is None:
        raise CalendarError(N_("There is no campaign {name}."), name=code)
    return found
