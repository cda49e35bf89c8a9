"""When a daily sheet is due and when its window closes (identities_and_due_times §5.9; hours are settings)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from config import clock
from config.settings import settings

DAILY = ("roster", "morning", "evening")


@dataclass(frozen=True, slots=True)
class Window:
    """Up to ``due`` a report is on time, up to ``close`` it is late, afterwards supplied (补报)."""

    due: datetime
    close: datetime

    def arrival(self, received: datetime) -> Literal["on_time", "late", "supplied"]:
        """How a first report arrived: on_time, late or supplied."""
        if received <= self.due:
            return "on_time"
        return "late" if received <= self.close else "supplied"


def window(kind: str, day: date) -> Window | None:
    """The window of a daily sheet for a business date; None for sheets that are not due by the day."""
    if kind not in DAILY:
        return None
    deadline = getattr(settings().deadlines, kind)
    return Window(
        clock.wall(day + timedelta(days=deadline.due_offset), deadline.due),
        clock.wall(day + timedelta(days=deadline.close_offset), deadline.close),
    )


def arrival(kind: str, day: date | None, received: datetime) -> str | None:
    """How a first report arrived: on_time, late, supplied; None where nothing is due."""
    limits = window(kind, day) if day else None
    return None if limits is None else limits.arrival(received)
