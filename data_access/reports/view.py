"""Who asks, and for what: the arguments every report shares."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from config import clock
from data_access.accounts import Actor, Capability


@dataclass(frozen=True, slots=True)
class View:
    """One question: the acting account, business date, campaign code, and optionally the moment it was known.

    ``as_of`` None means now. ``area`` and ``community`` (official name) narrow the communities shown.
    """

    actor: Actor
    day: date
    campaign: str
    as_of: datetime | None = None
    area: str | None = None
    community: str | None = None

    def __post_init__(self) -> None:
        self.actor.require(Capability.READ_BOARD)

    @property
    def known_by(self) -> datetime:
        """The moment up to which things are known: as of which is asked, or now."""
        return self.as_of or clock.latest()

    def passed(self, moment: datetime) -> bool:
        """Whether a moment had passed by then."""
        return clock.passed(moment) if self.as_of is None else self.as_of > moment

    def on(self, day: date) -> View:
        """The same question on another day."""
        return replace(self, day=day)
