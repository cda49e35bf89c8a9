"""Visits: one for each sign-in, ended in the database, so that whatever carries its token ends with it.

The browser's cookie carries a random token; the table keeps a keyed hash of it. A visit is over when somebody signed
out of it, here or elsewhere; when the account was disabled or its generation has grown (password, role, "sign out
everywhere"); and by itself: after ``idle_minutes`` in which nobody did anything, or, where somebody chose to stay
signed in, ``stay_signed_in_days`` after it began.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from config import clock
from config.settings import settings
from data_access import accounts, audit, database
from data_access.accounts import Actor
from data_access.privacy import keys
from data_access.schema import Account, Visit

SEEN_EVERY = timedelta(minutes=1)  # a run writes nothing more often
KEPT = timedelta(days=90)  # visits that are over; longer than any cookie lasts
_PATIENCE_MS = 100  # for a note that somebody is there, no page waits behind a long import


@dataclass(frozen=True, slots=True)
class Seen:
    """One of an account's visits that go on; ``here`` is the one that asked."""

    id: int
    started_at: datetime
    seen_at: datetime
    lasting: bool
    here: bool


def begin(acting: Actor, *, lasting: bool = False, token: str | None = None) -> str:
    """A new visit of an account that has shown who it is; the token to be carried (None: a random one)."""
    with database.writing() as connection:
        return insert_into(connection, acting, lasting=lasting, token=token)


def insert_into(connection: Connection, acting: Actor, *, lasting: bool, token: str | None = None) -> str:
    """As ``begin``, within the caller's writing transaction."""
    token, now = token or secrets.token_urlsafe(32), clock.now()
    connection.execute(delete(Visit).where(Visit.seen_at < now - KEPT))
    connection.execute(
        insert(Visit).values(
            street_id=acting.street_id,
            account_id=acting.id,
            token=_hash(token),
            generation=acting.generation,
            lasting=lasting,
            started_at=now,
            seen_at=now,
        )
    )
    return token


_GOING = select(Visit.id, Visit.account_id, Visit.generation, Visit.lasting, Visit.started_at, Visit.seen_at).where(
    Visit.token == bindparam("token"), Visit.ended_at.is_(None)
)


def resume(token: str, *, seen: bool = True) -> Actor | None:
    """Whose visit this is, read just now; None if it is over.

    ``seen``: whether somebody is there, which keeps the visit from falling idle. A page that only draws itself anew
    says no; the wall, which nobody touches for hours, says yes.
    """
    now = clock.now()
    with database.reading() as connection:
        row = connection.execute(_GOING, {"token": _hash(token)}).first()
        if row is None:
            return None
        actor = accounts.enter(connection, row.account_id, row.generation)
    if actor is None or _over(row.lasting, row.started_at, row.seen_at, now):
        return None
    if seen and now - row.seen_at >= min(SEEN_EVERY, _idle() / 4):
        _touch(row.id, now)
    return actor


def known(token: str) -> bool:
    """Whether there ever was a visit of this token, over or not."""
    with database.reading() as connection:
        return known_in(connection, token)


def known_in(connection: Connection, token: str) -> bool:
    """As ``known``, within the caller's transaction."""
    return connection.execute(select(Visit.id).where(Visit.token == _hash(token))).first() is not None


def own(acting: Actor, token: str | None) -> list[Seen]:
    """The account's visits that go on, the one that carries ``token`` first, then the last seen."""
    here, now = _hash(token) if token else "", clock.now()
    with database.reading() as connection:
        rows = connection.execute(
            select(Visit.id, Visit.token, Visit.started_at, Visit.seen_at, Visit.lasting).where(
                Visit.account_id == acting.id, Visit.generation == acting.generation, Visit.ended_at.is_(None)
            )
        ).all()
    going = [row for row in rows if not _over(row.lasting, row.started_at, row.seen_at, now)]
    listed = [Seen(row.id, row.started_at, row.seen_at, row.lasting, row.token == here) for row in going]
    return sorted(listed, key=lambda visit: (not visit.here, -visit.seen_at.timestamp(), visit.id))


def end(token: str) -> None:
    """Sign out: the visit of this token is over, wherever its cookie has been copied to."""
    with database.writing() as connection:
        ended = connection.execute(
            update(Visit)
            .where(Visit.token == _hash(token), Visit.ended_at.is_(None))
            .values(ended_at=clock.now())
            .returning(Visit.account_id)
        ).scalar()
        actor = None if ended is None else accounts.found(connection, Account.id == ended)
        if actor is not None:
            audit.record(connection, actor, "signed_out", actor.username)


def end_one(acting: Actor, number: int) -> None:
    """End one of the account's own visits; nothing happens to those of others."""
    with database.writing() as connection:
        ended = connection.execute(
            update(Visit)
            .where(Visit.id == number, Visit.account_id == acting.id, Visit.ended_at.is_(None))
            .values(ended_at=clock.now())
        )
        if ended.rowcount:
            audit.record(connection, acting, "session_ended", acting.username)


def end_all(acting: Actor) -> None:
    """Sign out everywhere, here too."""
    with database.writing() as connection:
        connection.execute(update(Account).where(Account.id == acting.id).values(generation=Account.generation + 1))
        audit.record(connection, acting, "signed_out_everywhere", acting.username)


def _over(lasting: bool, started: datetime, seen: datetime, now: datetime) -> bool:
    # a moment that far ahead was noted by a clock that was wrong: such a visit would never end
    if lasting:
        return abs(now - started) > timedelta(days=settings().stay_signed_in_days)
    return abs(now - seen) > _idle()


def _idle() -> timedelta:
    return timedelta(minutes=settings().idle_minutes)


def _touch(number: int, now: datetime) -> None:
    """Note that somebody is there; where the writer is busy, the next run does."""
    with database.engine().connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        try:
            with connection.begin():
                wait = f"PRAGMA busy_timeout={_PATIENCE_MS}" if sqlite else f"SET LOCAL lock_timeout = {_PATIENCE_MS}"
                connection.execute(text(wait))
                connection.execute(update(Visit).where(Visit.id == number).values(seen_at=now))
        except DBAPIError:
            return
        finally:
            if sqlite:  # the connection goes back to the others
                connection.exec_driver_sql(f"PRAGMA busy_timeout={database.BUSY_MS}")


def _hash(token: str) -> str:
    return hmac.new(keys().cookie.encode(), f"visit\0{token}".encode(), hashlib.sha256).hexdigest()
