"""Signing in: one way through for every name, so that neither the answer nor the time it takes tells who is known.

Whoever is named, a bcrypt hash is compared, both throttles are read, and a failure is counted and recorded; an
unknown, disabled or nameless account only has a hash that nothing fits. A name that has to wait is told so whether or
not there is such an account, and a right password changes nothing about that.
"""

from __future__ import annotations

import math
import secrets
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from sqlalchemy import Connection, or_, select

from config import clock
from config.language import N_
from config.settings import settings
from data_access import accounts, audit, database
from data_access.access import throttles, visits
from data_access.accounts import AccountError, Actor
from data_access.office import overlay
from data_access.schema import Account


class WrongError(AccountError):
    """Account or password is wrong: ``tries`` so far; after ``left`` more there is a wait of ``minutes``."""

    message = N_("Account or password is wrong.")

    def __init__(self, tries: int) -> None:
        super().__init__(self.message)
        rule = settings().sign_in
        self.tries, self.left = tries, max(rule.tries - tries, 0)
        self.minutes = _minutes(throttles.wait(max(tries, rule.tries), rule.tries))


class WaitError(AccountError):
    """Too many wrong tries of this name or from this address: ``minutes`` to wait."""

    message = N_("Too many wrong tries.")

    def __init__(self, length: timedelta) -> None:
        super().__init__(self.message)
        self.minutes = _minutes(length)


@dataclass(frozen=True, slots=True)
class Stranger:
    """Nobody's account, for the audit."""

    street_id: int
    id: None = None


def password_hash(username: str) -> str:
    """What a password typed for this name is compared with; one that nothing fits where nobody may sign in so."""
    with database.reading() as connection:
        found = connection.execute(
            select(Account.password_hash).where(
                Account.username == username,
                Account.disabled_at.is_(None),
                or_(Account.password_until.is_(None), Account.password_until > clock.now()),
            )
        ).scalar()
    return found or _nobody()


def enter(username: str, address: str, *, right: bool, lasting: bool = False) -> str:
    """Sign in with a password that fitted (``right``) or not; the token of the new visit.

    ``address`` is where the visitor comes from. WrongError or WaitError otherwise, and the failure is counted.
    """
    with database.writing() as connection:
        actor, refusal = _admitted(connection, username, address, right)
        if actor is not None:
            audit.record(connection, actor, "signed_in", actor.username)
            return visits.insert_into(connection, actor, lasting=lasting)
    raise refusal or WrongError(0)


def confirm(acting: Actor, address: str, *, right: bool) -> None:
    """Show once more who one is, before changing the password: counted like a sign-in, WrongError and WaitError too."""
    with database.writing() as connection:
        _actor, refusal = _admitted(connection, acting.username, address, right)
    if refusal is not None:
        raise refusal


def _admitted(
    connection: Connection, username: str, address: str, right: bool
) -> tuple[Actor | None, AccountError | None]:
    street = database.first_street(connection)
    overlay.enter(connection, street)  # whoever is named: how many tries are free must not tell
    length = throttles.waiting(connection, username, address)
    actor = accounts.found(connection, Account.username == username)
    if length is not None:
        return None, WaitError(length)
    if right and actor is not None:
        throttles.clear(connection, username)
        return actor, None
    tries = throttles.fail(connection, username, address)
    _record_failure(connection, street, username, tries)
    length = throttles.waiting(connection, username, address)
    return None, WrongError(tries) if length is None else WaitError(length)


def _record_failure(connection: Connection, street: int, username: str, tries: int) -> None:
    """What somebody typed is kept only where it is an account: people type their passwords into the wrong field."""
    query = select(Account.street_id, Account.username).where(Account.username == username)
    own, known = connection.execute(query).first() or (street, None)
    audit.record(connection, Stranger(own), "sign_in_failed", known, tries=tries)


@lru_cache(maxsize=1)
def _nobody() -> str:
    return accounts.hash_password("", secrets.token_urlsafe(24))


def _minutes(length: timedelta) -> int:
    return max(1, math.ceil(length.total_seconds() / 60))
