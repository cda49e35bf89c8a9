"""Targets that a street sets for an indicator, for all communities or one, from a day on, each with its source.

They outrank the target of the definition (traps.md §1: configurable per community, with source and effective dates).
One of a community outranks that of the street, and within each the one that began last counts. None is deleted: one
that is withdrawn counts no more, and the board as it stood before still shows it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from threading import Lock
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, insert, or_, select, update

from config import clock
from config.catalogue import indicator as defined
from config.indicators import Comparator, Indicator, Polarity
from config.language import N_, _
from config.settings import settings
from data_access import audit, database, naming, privacy
from data_access.accounts import Actor, Capability
from data_access.schema import Account, Community, DataVersion, Target

COLUMNS = [
    *("id", "indicator", "community", "value", "source", "valid_from", "valid_to"),
    *("by", "created_at", "withdrawn_at"),
]
_COMPARATOR: dict[Polarity, Comparator] = {"higher": "≥", "lower": "≤", "zero": "=", "none": ""}


class TargetError(Exception):
    """A target cannot be set like this, or not be withdrawn; the text says why."""

    def __init__(self, message: str, **fields: object) -> None:
        super().__init__(_(message, **fields))


@dataclass(frozen=True, slots=True)
class Goal:
    """One target as it was set: ``community`` None for the whole street, ``value`` None where none is set (待定)."""

    id: int
    community: int | None
    value: Decimal | None
    source: str
    valid_from: date
    valid_to: date | None

    def covers(self, day: date) -> bool:
        """Whether the target's days have come and not gone."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Targets:
    """Every target of a street that stands; cheap to ask for each community and indicator of a page."""

    _set: Mapping[tuple[str, int | None], tuple[Goal, ...]] = field(default_factory=dict)  # the last begun comes first
    _codes: frozenset[str] = frozenset()
    _made: dict[tuple[int, int], tuple[Indicator, Indicator]] = field(default_factory=dict, compare=False, repr=False)

    def goal(self, code: str, community: int, day: date) -> Goal | None:
        """The target that counts for the community on the day; None: that of the definition does."""
        if code not in self._codes:
            return None
        for owner in (community, None):
            for goal in self._set.get((code, owner), ()):
                if goal.covers(day):
                    return goal
        return None

    def applied(self, indicator: Indicator, community: int, day: date) -> Indicator:
        """The indicator with the target that counts for the community on the day; itself where none was set."""
        goal = self.goal(indicator.code, community, day)
        if goal is None:
            return indicator
        key = (goal.id, id(indicator))
        held = self._made.get(key)
        if held is None:  # the indicator is kept beside its copy, so that its identity is not given to another one
            held = self._made[key] = (indicator, _with(indicator, goal))
        return held[1]

    def breaks(self, code: str, community: int) -> tuple[date, ...]:
        """The days, in order, on which a target of the indicator begins or has ended for the community."""
        if code not in self._codes:
            return ()
        goals = [goal for owner in (community, None) for goal in self._set.get((code, owner), ())]
        begun = {goal.valid_from for goal in goals}
        ended = {date.fromordinal(goal.valid_to.toordinal() + 1) for goal in goals if goal.valid_to}
        days = sorted(begun | ended)
        before = [date.fromordinal(day.toordinal() - 1) for day in days]
        return tuple(
            day
            for day, eve in zip(days, before, strict=True)
            if self.goal(code, community, day) != self.goal(code, community, eve)
        )


_known: dict[tuple[str, int], tuple[int, Targets]] = {}  # by street: the data version, and what stands at it
_lock = Lock()


def load(connection: Connection, street_id: int, as_of: datetime | None = None) -> Targets:
    """All targets of a street that stand now (read once per data version), or stood at a moment."""
    if as_of is not None:
        return _load(connection, street_id, as_of)
    version, key = connection.execute(select(DataVersion.everything)).scalar_one(), (settings().url, street_id)
    with _lock:
        held = _known.get(key)
    if held is None or held[0] != version:
        held = (version, _load(connection, street_id, None))
        with _lock:
            _known[key] = held
    return held[1]


def _load(connection: Connection, street_id: int, as_of: datetime | None) -> Targets:
    rows = connection.execute(
        select(
            Target.id,
            Target.indicator,
            Target.community_id,
            Target.value,
            Target.source,
            Target.valid_from,
            Target.valid_to,
        )
        .where(Target.street_id == street_id, *_standing(as_of))
        .order_by(Target.valid_from.desc(), Target.id.desc())
    ).all()
    found: dict[tuple[str, int | None], list[Goal]] = defaultdict(list)
    for row in rows:
        goal = Goal(row.id, row.community_id, row.value, row.source, row.valid_from, row.valid_to)
        found[row.indicator, row.community_id].append(goal)
    return Targets({key: tuple(goals) for key, goals in found.items()}, frozenset(code for code, _owner in found))


def put(
    actor: Actor,
    indicator: str,
    value: int | float | Decimal | None,
    *,
    community: str | None = None,
    valid_from: date,
    valid_to: date | None = None,
    source: str,
) -> int:
    """Set a target for one community or (None) all of the street, from ``valid_from`` to ``valid_to`` inclusive.

    ``value`` is in the unit of the indicator, of one slot where it accrues by period, of a rate in percent; None: no
    target is set (待定). The number of the target. TargetError for a blank source, days in the wrong order, an unknown
    community, a value that the indicator cannot have; UnknownIndicatorError; NotAllowedError.
    """
    actor.require(Capability.SET_TARGETS)
    item = defined(indicator, max(valid_from, clock.today()))
    amount = _amount(item, value)
    if not source.strip():
        raise TargetError(N_("A target needs its source: the plan or notice that sets it."))
    if valid_to is not None and valid_to < valid_from:
        raise TargetError(N_("The last day lies before the first."))
    with database.writing() as connection:
        number = connection.execute(
            insert(Target)
            .values(
                street_id=actor.street_id,
                community_id=None if community is None else _community(connection, actor, community),
                indicator=item.code,
                value=amount,
                source=source.strip(),
                valid_from=valid_from,
                valid_to=valid_to,
                account_id=actor.id,
                created_at=clock.now(),
            )
            .returning(Target.id)
        ).scalar_one()
        database.raise_version(connection)
        details = {
            "indicator": item.code,
            "community": community,
            "value": None if amount is None else str(amount),
            "from": str(valid_from),
            "to": None if valid_to is None else str(valid_to),
        }
        audit.record(connection, actor, "target_set", str(number), **details)
    return number


def withdraw(actor: Actor, target: int) -> None:
    """Take a target back: from now on it never counted. TargetError if none with this number stands."""
    actor.require(Capability.SET_TARGETS)
    with database.writing() as connection:
        ended = connection.execute(
            update(Target)
            .where(Target.id == target, Target.street_id == actor.street_id, Target.withdrawn_at.is_(None))
            .values(withdrawn_at=clock.now(), withdrawn_by=actor.id)
        )
        if ended.rowcount == 0:
            raise TargetError(N_("There is no such target, or it was withdrawn already."))
        database.raise_version(connection)
        audit.record(connection, actor, "target_withdrawn", str(target))


def listed(actor: Actor, indicator: str | None = None) -> pd.DataFrame:
    """The targets that were set, of one indicator or all, withdrawn or not, those that begin last first.

    Columns: id (Int64), indicator (code), community (None: the whole street), value (Decimal, None: 待定), source,
    valid_from, valid_to, by (the name of the account, masked), created_at, withdrawn_at (aware UTC, None while it
    stands).
    """
    actor.require(Capability.READ_BOARD)
    conditions = [Target.street_id == actor.street_id]
    if indicator is not None:
        conditions.append(Target.indicator == indicator)
    with database.reading() as connection:
        rows = connection.execute(
            select(
                Target.id,
                Target.indicator,
                Community.name.label("community"),
                Target.value,
                Target.source,
                Target.valid_from,
                Target.valid_to,
                Account.username,
                Account.display_name,
                Target.created_at,
                Target.withdrawn_at,
            )
            .join(Account, Account.id == Target.account_id)
            .join(Community, Community.id == Target.community_id, isouter=True)
            .where(*conditions)
            .order_by(Target.valid_from.desc(), Target.id.desc())
        ).all()
    lines = [{**row._mapping, "by": privacy.mask_name(row.display_name) or row.username} for row in rows]
    return pd.DataFrame(lines, columns=COLUMNS).astype({"id": "Int64"})


def _standing(as_of: datetime | None) -> tuple[ColumnElement[bool], ...]:
    if as_of is None:
        return (Target.withdrawn_at.is_(None),)
    return (Target.created_at <= as_of, or_(Target.withdrawn_at.is_(None), Target.withdrawn_at > as_of))


def _with(indicator: Indicator, goal: Goal) -> Indicator:
    value: Any = goal.value
    if goal.value is not None:
        value = int(goal.value) if goal.value == goal.value.to_integral_value() else float(goal.value)
    return indicator.model_copy(
        update={
            "target": value,
            "comparator": indicator.comparator or _COMPARATOR[indicator.polarity],
            "basis": "setting" if value is None else "target",
            "source": goal.source,
        }
    )


def _amount(item: Indicator, value: int | float | Decimal | None) -> Decimal | None:
    """The value as it is kept; TargetError where the indicator cannot have it."""
    if value is None:
        return None
    amount = Decimal(str(value))
    if not amount.is_finite() or amount < 0 or amount != round(amount, 4) or amount >= 10**12:
        raise TargetError(N_("A target is a number of at least 0 with at most four decimals."))
    if item.kind == "zero" and amount != 0:
        raise TargetError(N_("{name} allows none: its target is 0."), name=item.label)
    if not item.comparator and item.polarity == "none":
        raise TargetError(N_("Say in the definition of {name} first whether more or less is better."), name=item.label)
    return amount


def _community(connection: Connection, actor: Actor, name: str) -> int:
    found: int | None = connection.execute(select(naming.key(actor.street_id, name))).scalar()
    if found is None:
        raise TargetError(N_("The street has no {name}."), name=name)
    return found
