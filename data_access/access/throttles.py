"""Tries that failed, counted by account name and by address, and how long each has to wait.

A name is counted whether or not there is such an account, so that the count tells nobody. Names and addresses are kept
as keyed hashes only. After ``settings.sign_in.tries`` failures a name waits a minute, and twice as long after each
further failure, up to fifteen; an address, which a whole office may share, is free for more of them. What was counted
is forgotten by itself.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from config import clock
from config.settings import settings
from data_access.privacy import keys
from data_access.schema import Throttle


def waiting(connection: Connection, username: str, address: str) -> timedelta | None:
    """How long this name, or whoever comes from this address, still has to wait; None if not at all."""
    now = clock.now()
    longest = now + timedelta(minutes=settings().sign_in.longest_minutes)  # beyond it a clock was wrong that is not now
    untils = connection.execute(
        select(Throttle.until).where(
            Throttle.key.in_([_name(username), _place(address)]), Throttle.until > now, Throttle.until <= longest
        )
    ).scalars()
    return max((until - now for until in untils if until is not None), default=None)


def fail(connection: Connection, username: str, address: str) -> int:
    """Count a failure of a name at an address; how many of the name there are now. The caller is the writer."""
    now, rule = clock.now(), settings().sign_in
    connection.execute(delete(Throttle).where(Throttle.last_at < now - _remembered()))
    _count(connection, _place(address), rule.address_tries, now)
    return _count(connection, _name(username), rule.tries, now)


def clear(connection: Connection, username: str) -> None:
    """Forget the failures of a name; those of its address stay, or one good account would free all guessing there."""
    connection.execute(delete(Throttle).where(Throttle.key == _name(username)))


def wait(failures: int, free: int) -> timedelta:
    """How long to wait after so many failures where ``free`` cost nothing: doubling from there on, to a limit."""
    rule = settings().sign_in
    if failures < free:
        return timedelta(0)
    return timedelta(minutes=min(rule.minutes * 2 ** min(failures - free, 30), rule.longest_minutes))


def _count(connection: Connection, key: str, free: int, now: datetime) -> int:
    failures = (connection.execute(select(Throttle.failures).where(Throttle.key == key)).scalar() or 0) + 1
    length = wait(failures, free)
    values = {"failures": failures, "last_at": now, "until": now + length if length else None}
    if failures == 1:
        connection.execute(insert(Throttle).values(key=key, **values))
    else:
        connection.execute(update(Throttle).where(Throttle.key == key).values(**values))
    return failures


def _remembered() -> timedelta:
    return timedelta(minutes=4 * settings().sign_in.longest_minutes)


def _name(username: str) -> str:
    return _keyed("name", username)


def _place(address: str) -> str:
    return _keyed("place", address)


def _keyed(kind: str, text: str) -> str:
    return hmac.new(keys().hash, f"throttle\0{kind}\0{text}".encode(), hashlib.sha256).hexdigest()
