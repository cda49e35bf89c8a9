"""Which moment of the data the pages speak of while many look and sheets come in.

Else it is the newest, and whoever looks first after a commit works out what it has changed. With a crowd looking, most
of all before a deadline, that would make every click of everybody wait. So then all pages speak of one settled moment,
whose answers are in memory; behind them one thread works out as of now what is being looked at
(``cache.catch_up``), and then all of them move on together. A page says as of when it speaks, and never goes back:
who has seen or committed something newer gets the newest. What is no sheet, a setting, a register, is never held back.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic

from data_access.freshness import Moment

CROWD = 4  # people; fewer are served the newest
LOOKING = 60.0  # seconds after which somebody who has not clicked is not looking any more
SOON = 1.0  # seconds after a commit within which the thread has to have begun
LATE = 120.0  # seconds that pages may stay behind


@dataclass
class Tide:
    """What the pages of one database speak of. ``rising``: a thread works out what comes after ``settled``."""

    settled: Moment | None = None
    rising: bool = False
    _news: dict[int, float] = field(default_factory=dict)  # data versions after it, and since when they are known
    _looking: OrderedDict[str, tuple[float, str]] = field(default_factory=OrderedDict)  # by window: when, and who
    _lock: Lock = field(default_factory=Lock)

    def speak(self, newest: Moment, window: str, visitor: str | None) -> Moment:
        """The moment that a run in this window may speak of, given how the data stand now.

        ``visitor``: who has signed in there; None: nobody.
        """
        with self._lock:
            self._saw(window, visitor)
            if self.settled is not None and newest.version > self.settled.version:
                self._news.setdefault(newest.version, monotonic())
            if self.settled is None or not self._holds(self.settled, newest):
                self._settle(newest)
                return newest
            return self.settled

    def rise(self) -> bool:
        """Whether whoever asks is to start the thread that works out what comes next."""
        with self._lock:
            wanted = bool(self._news) and not self.rising
            self.rising = self.rising or wanted
            return wanted

    def reached(self, moment: Moment) -> bool:
        """What is being looked at is worked out as of this moment; whether there is something newer to work out."""
        with self._lock:
            if self.settled is None or moment.version > self.settled.version:
                self._settle(moment)
            self.rising = bool(self._news) and self.crowded()
            return self.rising

    def fall(self) -> None:
        """The thread has come to nothing."""
        with self._lock:
            self.rising = False

    def crowded(self) -> bool:
        """Whether so many look that it is worth while to remember what they ask."""
        return len({visitor for _when, visitor in tuple(self._looking.values())}) >= CROWD

    def _holds(self, settled: Moment, newest: Moment) -> bool:
        """Whether pages stay at ``settled`` though there is something newer."""
        if newest.version <= settled.version or newest.everything != settled.everything:
            return False
        now = monotonic()
        known = now - min(self._news.values())
        if not self.crowded() or known > LATE:
            return False
        return known < SOON or self.rising

    def _settle(self, moment: Moment) -> None:
        self.settled = moment
        self._news = {version: since for version, since in self._news.items() if version > moment.version}

    def _saw(self, window: str, visitor: str | None) -> None:
        now = monotonic()
        if visitor is not None:
            self._looking[window] = now, visitor
            self._looking.move_to_end(window)
        while self._looking and next(iter(self._looking.values()))[0] < now - LOOKING:
            self._looking.popitem(last=False)
