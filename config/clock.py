"""The one clock of the program.

Instants are aware UTC datetimes, business dates are dates in Asia/Shanghai. ``STREET_NOW`` (an ISO time, taken
as Asia/Shanghai where it bears no offset) holds the clock still for tests and training; ``at`` does so for one
block, which is how the sample street gives each report its own hour of arrival. ``watched`` notices who looks at it:
an answer that nobody asked the clock for does not grow old.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from config.settings import settings

ZONE = ZoneInfo("Asia/Shanghai")
SET_BACK = timedelta(hours=1)  # by how much a clock is corrected; one that is further off is wrong

_held: ContextVar[datetime | None] = ContextVar("held_clock", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    present = _now()
    holds(present.replace(second=0, microsecond=0) + timedelta(minutes=1))
    return present


def _now() -> datetime:
    held = _held.get()
    if held is not None:
        return held
    fixed = settings().now
    if fixed is not None:
        return instant(fixed)
    return datetime.now(UTC)


def latest() -> datetime:
    """The present instant where the answer does not hang on it: nothing that is recorded lies after it.

    A little more than the machine's clock says, which may have been set back since something was recorded.
    """
    return _now() if _is_held() else _now() + SET_BACK


def _is_held() -> bool:
    return _held.get() is not None or settings().now is not None


def today() -> date:
    """The present business date in Asia/Shanghai."""
    present = local(_now())
    holds(wall(present.date() + timedelta(days=1), time()))
    return present.date()


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


@contextmanager
def steady(last: datetime) -> Iterator[None]:
    """Inside the block it is not before ``last``, where the machine's clock was set back by up to SET_BACK since.

    So what follows something is also later. A clock that is held stays as it is, and one that is wrong by more, too:
    one false hour must not become that of everything after it.
    """
    if _is_held() or not timedelta(0) < last - _now() <= SET_BACK:
        yield
        return
    with at(last):
        yield


class Watch:
    """What was asked of the clock inside a block, and ``until`` when whatever was worked out there therefore holds.

    None: nobody asked, it holds whatever the clock says.
    """

    def __init__(self) -> None:
        self.began = _now()
        self.until: datetime | None = None

    def over(self) -> bool:
        """Whether it might say something else by now (also by a clock that was set back)."""
        return self.until is not None and not self.began <= _now() < self.until


_watch: ContextVar[Watch | None] = ContextVar("watched_clock", default=None)


@contextmanager
def watched() -> Iterator[Watch]:
    """Notice inside the block what is asked of the clock, and tell the block around it in the end."""
    watch = Watch()
    token = _watch.set(watch)
    try:
        yield watch
    finally:
        _watch.reset(token)
        holds(watch.until)


def holds(until: datetime | None) -> None:
    """Say that what is being worked out holds no longer than this."""
    watch = _watch.get()
    if watch is not None and until is not None:
        watch.until = until if watch.until is None else min(watch.until, until)


def passed(moment: datetime) -> bool:
    """Whether a moment has passed: what goes by this alone holds until it does, where ``now`` is good for a minute."""
    over = _now() > moment
    holds(_LAST if over else moment)
    return over


_LAST = datetime.max.replace(tzinfo=UTC)
