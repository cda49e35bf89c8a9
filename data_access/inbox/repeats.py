"""Yesterday's file handed in again: the figures of a sheet beside those of the day or period before.

The figures are kept as one keyed hash, without their day, so that the comparison costs one query a kind of sheet and
tells nobody what they were. A quiet community repeats itself: fewer than eight figures other than zero on the
whole sheet say nothing, and neither does one community of a street's sheet alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select

from data_access import privacy
from data_access.findings import Finding
from data_access.force import in_force
from data_access.inbox.facts import by_column
from data_access.inbox.identities import Identities
from data_access.schema import Submission
from data_access.workbooks import rules

if TYPE_CHECKING:
    from data_access.inbox.plans import Plan

FEWEST = 8
DAYS = 60  # further back nobody looks for yesterday's file
DAILY = ("roster", "morning", "evening")
_PROGRESS = ("done", "num", "den")

Fact = Mapping[str, Any]
Place = tuple[str, int | None, int | None, str | None]  # kind, campaign, community, topic


def figures(kind: str, facts: Sequence[Fact]) -> list[tuple[str, ...]]:
    """What a sheet says, row by row, without its day: the people of a roster, the numbers of other sheets."""
    if kind == "roster":
        people = by_column(facts)
        return sorted(zip(people["person_key"], people["dose_no"], strict=True)) if people else []
    if kind not in (*DAILY, "progress"):
        return []
    rows = []
    for fact in facts:
        name = fact["indicator"] if kind == "progress" else fact["site"]
        keys = _PROGRESS if kind == "progress" else sorted(fact)
        numbers = [f"{key}={_plain(fact[key])}" for key in keys if _is_number(fact[key])]
        rows.append((str(name), *numbers))
    return sorted(rows)


def weight(kind: str, facts: Sequence[Fact]) -> int:
    """How many figures other than zero (people, on a roster) a sheet holds."""
    if kind == "roster":
        return len(facts)
    return sum(not number.endswith("=0") for row in figures(kind, facts) for number in row[1:])


def digest(kind: str, facts: Sequence[Fact]) -> str | None:
    """The keyed hash of the figures; None where there is no figure but zero."""
    if not weight(kind, facts):
        return None
    return privacy.keys().figures("\n".join("|".join(row) for row in (("kind", kind), *figures(kind, facts))))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _plain(value: Any) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def mark(connection: Connection, street_id: int, identities: Identities, plans: Iterable[Plan]) -> None:
    """Put SAME_AS_EARLIER on the first portion of each sheet whose figures are all those of one earlier day."""
    sheets: dict[tuple[Any, ...], list[Plan]] = {}
    for plan in plans:
        scope = plan.portion.scope
        if plan.digest is not None:
            key = id(plan.sheet), scope.kind, scope.campaign, scope.business_date or scope.period
            sheets.setdefault(key, []).append(plan)
    weighty = [group for group in sheets.values() if sum(_mentioned(plan) for plan in group) >= FEWEST]
    if not weighty:
        return
    earlier = _Earlier(connection, street_id, identities, [plan for group in weighty for plan in group])
    for group in weighty:
        days = {_same_day(plan, earlier, identities) for plan in group}
        if len(days) == 1 and (day := days.pop()) is not None:
            outcome = group[0].outcome
            outcome.findings.append(Finding(rules.SAME_AS_EARLIER, outcome.sheet, fields={"day": day}))


def _mentioned(plan: Plan) -> int:
    """The weight of the rows that the sheet itself gives."""
    kind = plan.portion.scope.kind
    return len(plan.mentioned) if kind == "roster" else weight(kind, [plan.facts[place] for place in plan.mentioned])


def _same_day(plan: Plan, earlier: _Earlier, identities: Identities) -> str | None:
    """The earlier day or period with the same figures; None if the latest one before has others."""
    scope = plan.portion.scope
    if scope.kind == "progress":
        held, now = _last_day(plan.before), _last_day(plan.facts)
        if held is not None and now is not None and held < now:
            # the period holds an earlier day already: that one is the latest before
            return held.isoformat() if digest(scope.kind, plan.before) == plan.digest else None
    place = scope.kind, identities.campaign(scope.campaign), identities.community(scope.community), scope.topic
    own = scope.business_date.isoformat() if scope.business_date else scope.period or ""
    last = earlier.last(place, own)
    return last[0] if last is not None and last[1] == plan.digest else None


def _last_day(facts: Sequence[Fact]) -> date | None:
    return max((day for fact in facts if (day := fact.get("biz_date"))), default=None)


class _Earlier:
    """The digests in force of the days and periods before, of the communities of the plans; one query a kind."""

    def __init__(self, connection: Connection, street_id: int, identities: Identities, plans: Sequence[Plan]) -> None:
        self._known: dict[Place, dict[str, str | None]] = {}
        for kind in dict.fromkeys(plan.portion.scope.kind for plan in plans):
            scopes = [plan.portion.scope for plan in plans if plan.portion.scope.kind == kind]
            days = [scope.business_date for scope in scopes if scope.business_date]
            places = {identities.community(scope.community) for scope in scopes}
            self._read(connection, street_id, kind, days, sorted(filter(None, places)))

    def _read(
        self, connection: Connection, street_id: int, kind: str, days: Sequence[date], communities: Sequence[int]
    ) -> None:
        query = select(
            Submission.campaign_id,
            Submission.community_id,
            Submission.topic,
            Submission.business_date,
            Submission.period,
            Submission.digest,
        ).where(
            Submission.street_id == street_id,
            Submission.kind == kind,
            Submission.community_id.in_(communities),
            in_force(),
        )
        if days:
            first = min(days) - timedelta(days=DAYS)
            query = query.where(Submission.business_date >= first, Submission.business_date < max(days))
        for row in connection.execute(query):
            place = kind, row.campaign_id, row.community_id, row.topic
            own = row.business_date.isoformat() if row.business_date else row.period
            self._known.setdefault(place, {})[own] = row.digest

    def last(self, place: Place, own: str) -> tuple[str, str | None] | None:
        """The latest day or period before this one, and its digest."""
        before = [day for day in self._known.get(place, {}) if day < own and len(day) == len(own)]
        return (max(before), self._known[place][max(before)]) if before else None
