"""A community's figures beside its own last weeks: what lies far outside is asked about, never refused.

Far outside: further from the median than four deviations (1.4826 × the median absolute deviation), than 30 % of the
median and than ten. Fewer than six earlier values say nothing. One query a kind of sheet, however many communities.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from statistics import median
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, bindparam, select

from config.catalogue import UnknownIndicatorError, indicator
from data_access.findings import Finding, Rule, headed
from data_access.force import complete_sum, in_force
from data_access.inbox.facts import table
from data_access.inbox.identities import Identities
from data_access.schema import Progress, Submission
from data_access.sheets import KINDS
from data_access.sheets.declaration import Column
from data_access.workbooks import rules

if TYPE_CHECKING:
    from data_access.inbox.plans import Plan

DAYS = 28
REPORTS = 28  # of an indicator, which may be weeks or months apart
FEWEST = 6
FAR, SHARE, NEAR = Decimal("5.9304"), Decimal("0.3"), Decimal(10)  # 4 × 1.4826 deviations, 30 %, ten
# Of a tally the figures that stand for themselves: sums of them would only say the same again.
TALLIES: Mapping[str, tuple[str, ...]] = {
    "morning": ("planned", "notified"),
    "evening": ("roster_n", "vacc_on_roster", "vacc_total", "deferred", "refused", "no_show"),
}
PARTS = ("done", "num", "den")

Place = tuple[int | None, int | None]  # community and campaign


def outlying(value: Decimal, past: Sequence[Decimal]) -> bool:
    """Whether a value lies far outside of what was reported before."""
    if len(past) < FEWEST:
        return False
    middle = median(past)
    spread = median(abs(one - middle) for one in past)
    return abs(value - middle) > max(FAR * spread, SHARE * middle, NEAR)


def mark(connection: Connection, street_id: int, identities: Identities, plans: Iterable[Plan]) -> None:
    """Put OUTLIER on the plans whose figures lie far outside their community's own last weeks."""
    by_kind: dict[str, list[Plan]] = {}
    for plan in plans:
        by_kind.setdefault(plan.portion.scope.kind, []).append(plan)
    for kind in ("roster", *TALLIES):
        if kind in by_kind:
            _days(connection, street_id, identities, kind, by_kind[kind])
    if "progress" in by_kind:
        _indicators(connection, street_id, identities, by_kind["progress"])


def _days(connection: Connection, street_id: int, identities: Identities, kind: str, plans: list[Plan]) -> None:
    days = [plan.portion.scope.business_date for plan in plans]
    known = [day for day in days if day is not None]
    if not known:
        return
    places = {identities.community(plan.portion.scope.community) for plan in plans}
    past = _reported(connection, street_id, kind, places, min(known) - timedelta(days=DAYS), max(known))
    for plan, day in zip(plans, days, strict=True):
        scope = plan.portion.scope
        if day is None:
            continue
        place = identities.community(scope.community), identities.campaign(scope.campaign)
        earlier = [values for on, values in past.get(place, {}).items() if day - timedelta(days=DAYS) <= on < day]
        for key, value in _figures(kind, plan.facts).items():
            before = [Decimal(values[key]) for values in earlier if values[key] is not None]
            if value is not None and outlying(Decimal(value), before):
                _say(plan, key, Decimal(value), before)


def _reported(
    connection: Connection, street_id: int, kind: str, communities: set[int | None], first: date, before: date
) -> dict[Place, dict[date, dict[str, Any]]]:
    """By community and campaign, the figures of each day in force."""
    keys = TALLIES.get(kind, ())
    found: dict[Place, dict[date, dict[str, Any]]] = {}
    asked = {"of_street": street_id, "of": sorted(filter(None, communities)), "first": first, "before": before}
    for row in connection.execute(_days_of(kind), asked):
        values = {key: row._mapping[key] for key in keys} if keys else {"rows": row.rows_accepted}
        found.setdefault((row.community_id, row.campaign_id), {})[row.business_date] = values
    return found


@cache
def _days_of(kind: str) -> Select[*tuple[Any, ...]]:
    """The question behind ``_reported``, put together once."""
    query: Select[*tuple[Any, ...]] = select(
        Submission.community_id, Submission.campaign_id, Submission.business_date, Submission.rows_accepted
    ).where(
        Submission.street_id == bindparam("of_street"),
        Submission.kind == kind,
        Submission.community_id.in_(bindparam("of", expanding=True)),
        Submission.business_date >= bindparam("first"),
        Submission.business_date < bindparam("before"),
        in_force(),
    )
    if kind not in TALLIES:
        return query
    source = table(kind)
    sums = (complete_sum(source.c[key]).label(key) for key in TALLIES[kind])
    return (
        query.add_columns(*sums)
        .join(source, source.c.submission_id == Submission.id)
        .group_by(Submission.street_id, Submission.id)
    )


def _figures(kind: str, facts: Sequence[Mapping[str, Any]]) -> dict[str, int | None]:
    """The watched figures of a day: a tally's added over its sites, missing where one of them lacks it."""
    if kind == "roster":
        return {"rows": len(facts)}
    columns = {key: [fact.get(key) for fact in facts] for key in TALLIES[kind]}
    return {key: None if None in values else sum(filter(None, values)) for key, values in columns.items()}


def _say(plan: Plan, key: str, value: Decimal, past: Sequence[Decimal]) -> None:
    """A finding on the cell of the figure; the rows of a roster are counted, and stand in no cell."""
    kind = plan.portion.scope.kind
    column = KINDS["evening"].column("roster_n") if key == "rows" else KINDS[kind].column(key)
    cells = (row.cells.get(key, "") for row in plan.portion.rows)
    _add(plan, rules.OUTLIER, next(filter(None, cells), ""), column, value, past, DAYS)


def _add(plan: Plan, rule: Rule, cell: str, column: Column, value: Decimal, past: Sequence[Decimal], n: int) -> None:
    figures = {"median": median(past), "low": min(past), "high": max(past)}
    fields = {"n": n, **{name: _plain(figure) for name, figure in figures.items()}}
    told = {"column": headed(column.zh, column), **fields}
    plan.outcome.findings.append(Finding(rule, plan.outcome.sheet, cell, _plain(value), column.zh, told))


def _plain(number: Decimal) -> str:
    """At most two places, without trailing zeros."""
    rounded = round(number, 2)
    return f"{rounded:.0f}" if rounded == rounded.to_integral_value() else f"{rounded.normalize():f}"


# Indicators ------------------------------------------------------------------------------------------------------


def _indicators(connection: Connection, street_id: int, identities: Identities, plans: list[Plan]) -> None:
    codes = {fact["indicator"] for plan in plans for fact in plan.facts if fact["indicator"]}
    places = {identities.community(plan.portion.scope.community) for plan in plans}
    past = _series(connection, street_id, codes, places)
    for plan in plans:
        scope = plan.portion.scope
        community, period = identities.community(scope.community), scope.period or ""
        rows = {row.number: row for row in plan.portion.rows}
        for place in plan.mentioned:
            fact, row = plan.facts[place], rows[plan.rows[place]]
            for part in (part for part in PARTS if fact[part] is not None):
                series = past.get((community, fact["indicator"], fact["accrual"], part), {})
                before = list(_before(series, period, fact["accrual"] == "cumulative"))[-REPORTS:]
                if outlying(value := Decimal(fact[part]), before):
                    column = _figure(fact["indicator"], KINDS["progress"].column(part))
                    _add(plan, rules.OUTLIER_PERIOD, row.cells.get(part, ""), column, value, before, len(before))


def _series(
    connection: Connection, street_id: int, codes: set[str], communities: set[int | None]
) -> dict[tuple[Any, ...], dict[str, Decimal]]:
    """By community, indicator, basis and part, the values of the periods in force."""
    found: dict[tuple[Any, ...], dict[str, Decimal]] = {}
    wanted = sorted(codes)
    for start in range(0, len(wanted), 500):  # SQLite bounds the number of parameters
        rows = connection.execute(
            select(
                Progress.community_id, Progress.indicator, Progress.accrual, Progress.period,
                Progress.done, Progress.num, Progress.den,
            )
            .join(Submission, Submission.id == Progress.submission_id)
            .where(
                Progress.street_id == street_id,
                Progress.community_id.in_(sorted(filter(None, communities))),
                Progress.indicator.in_(wanted[start : start + 500]),
                in_force(),
            )
            .order_by(Progress.period)
        )  # fmt: skip
        for community, code, accrual, period, *values in rows:
            for part, value in zip(PARTS, values, strict=True):
                if value is not None:
                    found.setdefault((community, code, accrual, part), {})[period] = value
    return found


def _before(series: Mapping[str, Decimal], period: str, within_year: bool) -> Iterator[Decimal]:
    """The values of earlier periods of the same length; running totals begin anew with the year."""
    for other, value in series.items():
        if len(other) == len(period) and other < period and (not within_year or other[:4] == period[:4]):
            yield value


def _figure(code: str, part: Column) -> Column:
    """A part of an indicator by both their names; an indicator that is no more keeps its code."""
    try:
        zh, en = indicator(code).zh, indicator(code).en
    except UnknownIndicatorError:
        zh, en = code, code
    return replace(part, zh=f"{zh} {part.zh}", en=f"{en} {part.en}")
