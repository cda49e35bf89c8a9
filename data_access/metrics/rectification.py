"""督办整改: found, closed, on time, overdue, re-opened, and the three pressing colours (metrics.md §6.8)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from data_access.metrics.rates import Rate

Pressing = Literal["red", "yellow", "blue"]

NEAR_DAYS = 3


@dataclass(frozen=True, slots=True)
class Item:
    """An action item in dates.

    `deadline` is the original one: an approved extension moves the work, not the judgement. `closed` is the
    latest closing and counts only with a passed re-check (`passed`); `reopened` is the latest rebound (反弹). On one
    and the same day the closing came last: of an item left open by it the caller gives no closing.
    `behind` is the caller's knowledge that the work lags: not handed over yet, or failed at the re-check.
    """

    found: date
    deadline: date | None = None
    closed: date | None = None
    passed: bool = False
    reopened: date | None = None
    behind: bool = False

    def rebounded(self, day: date) -> bool:
        """Re-opened by `day`, whether or not it was closed again."""
        return self.reopened is not None and self.reopened <= day

    def is_closed(self, day: date) -> bool:
        """Closed with a passed re-check by `day` and not re-opened since."""
        if self.closed is None or self.closed > day or not self.passed:
            return False
        return self.reopened is None or self.reopened > day or self.closed >= self.reopened

    def overdue_days(self, day: date) -> int:
        """Days past the original deadline while still open; 0 when closed, in time or without a deadline."""
        if self.deadline is None or self.is_closed(day):
            return 0
        return max((day - self.deadline).days, 0)

    def pressing(self, day: date, near: int = NEAR_DAYS) -> Pressing | None:
        """Red = overdue, yellow = behind, blue = due within `near` days; None when nothing presses."""
        if self.is_closed(day):
            return None
        if self.overdue_days(day):
            return "red"
        if self.behind:
            return "yellow"
        return "blue" if self.deadline is not None and (self.deadline - day).days <= near else None


@dataclass(frozen=True, slots=True)
class Rectification:
    """Counts of items on a day. Items found later than the day are not there yet."""

    found: int
    due: int
    closed: int
    closed_on_time: int
    overdue: int
    ever_closed: int
    reopened: int

    @property
    def rate(self) -> Rate:
        """整改率 = closed ÷ found."""
        return Rate(self.closed, self.found)

    @property
    def on_time_rate(self) -> Rate:
        """按期整改率 = closed on time ÷ due."""
        return Rate(self.closed_on_time, self.due)

    @property
    def rebound_rate(self) -> Rate:
        """反弹率 = re-opened ÷ ever closed."""
        return Rate(self.reopened, self.ever_closed)


def rectification_summary(items: Iterable[Item], day: date) -> Rectification:
    """Count the items as they stood on `day`.

    `due` are those whose original deadline has come; `closed_on_time` are the due ones closed by it, so that
    an item closed early enters the rate with its deadline and the rate stays a share.
    """
    known = [item for item in items if item.found <= day]
    due = [item for item in known if item.deadline is not None and item.deadline <= day]
    closed = [item for item in known if item.is_closed(day)]
    reopened = [item for item in known if item.rebounded(day)]
    return Rectification(
        found=len(known),
        due=len(due),
        closed=len(closed),
        closed_on_time=sum(_closed_on_time(item, day) for item in due),
        overdue=sum(item.overdue_days(day) > 0 for item in known),
        ever_closed=sum(item.is_closed(day) or item.rebounded(day) for item in known),
        reopened=len(reopened),
    )


def _closed_on_time(item: Item, day: date) -> bool:
    if item.deadline is None or item.closed is None:
        return False
    return item.is_closed(day) and item.closed <= item.deadline
