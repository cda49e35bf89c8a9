"""Which moment of the data the pages speak of while sheets come in faster than all pages can be worked out anew.

Else it is the newest, and whoever looks first after a commit works out what it has changed. Before a deadline, with a
crowd looking, that would make every click of everybody wait. So while sheets keep coming in, all pages speak of one
settled moment, whose answers are in memory; behind them one thread works out as of now what is being looked at
(``cache.catch_up``), and then all of them move on together. A page says as of when it speaks, and never goes back:
who has seen or committed something newer gets the newest. What is no sheet, a setting, a register, is never held back.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic

from data_access.freshness import Moment
from data_access.inbox import queue

CROWD = 4  # sessions; fewer are served the newest
LOOKING = 60.0  # seconds after which somebody who has not clicked is not looking any more
COMING = 5.0  # seconds after a commit within which the next is expected
LATE = 120.0  # seconds that pages may stay behind


@dataclass
class Tide:
    """What the pages of one database speak of. ``rising``: a thread works out what comes after ``settled``."""

    settled: Moment | None = None
    rising: bool = False
    _newest: Moment | None = None
    _moved: float = 0.0  # when ``settled`` became what it is
    _behind: float | None = None  # since when something newer is known
    _looking: OrderedDict[str, float] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def speak(self, newest: Moment, visitor: str | None) -> Moment:
        """The moment that a run of this visitor may speak of, given how the data stand now."""
        with self._lock:
            self._saw(visitor)
            self._newest = newest
            if self.settled is None or not self._holds(self.settled, newest):
                self._settle(newest)
                return newest
            self._behind = self._behind or monotonic()
            return self.settled

    def rise(self) -> bool:
        """Whether whoever asks is to start the thread that works out what comes next."""
        with self._lock:
            wanted = self._behind is not None and not self.rising
            self.rising = self.rising or wanted
            return wanted

    def reached(self, moment: Moment) -> bool:
        """What is being looked at is worked out as of this moment; whether there is something newer to work out."""
        with self._lock:
            if self.settled is None or moment.version > self.settled.version:
                self._settle(moment)
            newer = self._newest is not None and self._newest.version > moment.version
            self.rising = newer and len(self._looking) >= CROWD
            if self.rising:
                self._behind = monotonic()
            return self.rising

    def fall(self) -> None:
        """The thread has come to nothing."""
        with self._lock:
            self.rising = False

    def crowded(self) -> bool:
        """Whether so many look that it is worth while to remember what they ask."""
        return len(self._looking) >= CROWD

    def _holds(self, settled: Moment, newest: Moment) -> bool:
        """Whether pages stay at ``settled`` though there is something newer."""
        if newest.version <= settled.version or newest.everything != settled.everything:
            return False
        now = monotonic()
        if len(self._looking) < CROWD or now - (self._behind or now) > LATE:
            return False
        return self.rising or queue.busy() or now - self._moved < COMING

    def _settle(self, moment: Moment) -> None:
        if self.settled is None or moment.version != self.settled.version:
            self._moved = monotonic()
        self.settled, self._behind = moment, None

    def _saw(self, visitor: str | None) -> None:
        now = monotonic()
        if visitor is not None:
            self._looking[visitor] = now
            self._looking.move_to_end(visitor)
        while self._looking and next(iter(self._looking.values())) < now - LOOKING:
            self._looking.popitem(last=False)
