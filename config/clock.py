"""The one clock of the program.

Instants are aware UTC datetimes, business dates are dates in Asia/Shanghai. ``STREET_NOW`` (an ISO time, taken
as Asia/Shanghai where it bears no offset) holds the clock still for tests and training; ``at`` does so for one
block, which is how the sample street gives each report its own hour of arrival.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from config.settings import settings

ZONE = ZoneInfo("Asia/Shanghai")

_held: ContextVar[datetime | None] = ContextVar("held_clock", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    held = _held.get()
    if held is not None:
        return held
    fixed = settings().now
    if fixed is not None:
        return instant(fixed)
    return datetime.now(UTC)


def today() -> date:
    """The present business date in Asia/Shanghai."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    """``moment`` as wall-clock time in Asia/Shanghai; a moment without an offset is UTC, as the database keeps it."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(ZONE)


def instant(moment: datetime) -> datetime:
    """``moment`` in UTC; a moment without an offset is a wall-clock time in Asia/Shanghai."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZONE)
    return moment.astimezone(UTC)


def wall(day: date, hour: time) -> datetime:
    """The instant (UTC) of a wall-clock hour of a business date."""
    return instant(datetime.combine(day, hour))


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Hold the clock at ``moment`` inside the block."""
    token = _held.set(instant(moment))
    try:
        yield
    finally:
        _held.reset(token)
