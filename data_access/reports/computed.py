"""Indicators that the daily sheets and the ledger of matters answer, so that nobody types them a second time.

VAX-01 from the baseline; VAX-02 to 04 and 11 from the evening tallies; VAX-06 from the arrival of rosters, RPT-01 from
that of all daily sheets; VAX-07 from the reconciliations noted in the evening; VAX-08 and 09 from the days with a
morning or an evening tally; RECT-01 to 03 from 督办整改. What a progress sheet says of them counts only where these say
nothing.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select

from config.campaigns import Campaign
from config.catalogue import catalogue
from config.indicators import Indicator
from data_access import metrics, naming
from data_access.catalogue.targets import Targets
from data_access.force import complete_sum, in_force
from data_access.metrics import Period, Rate
from data_access.office import deadlines
from data_access.reports import accrual, evenings, ledger, standing
from data_access.reports.accrual import Report, Standing
from data_access.reports.reporting import Received, received
from data_access.reports.season import Season
from data_access.reports.standing import Unit
from data_access.reports.tallies import campaign_key
from data_access.reports.view import View
from data_access.schema import EveningTally, Submission

SURVEY, COVERAGE, ROSTERS, RECONCILED = "VAX-01", "VAX-02", "VAX-06", "VAX-07"
OBSERVED, REPORTED = "VAX-11", "RPT-01"
DOSES = {"VAX-03": "d1", "VAX-04": "full"}  # of those eligible
HELD = {"VAX-08": "morning", "VAX-09": "evening"}  # a meeting leaves its tally
PUNCTUAL: Mapping[str, tuple[str, ...]] = {ROSTERS: ("roster",), REPORTED: deadlines.DAILY}
DAYS: Mapping[str, tuple[str, ...]] = {RECONCILED: ("roster",), **{code: (kind,) for code, kind in HELD.items()}}
CLOSED, CLOSED_ON_TIME, OVERDUE = "RECT-01", "RECT-02", "RECT-03"
MATTERS = (CLOSED, CLOSED_ON_TIME, OVERDUE)
CODES = (SURVEY, COVERAGE, *DOSES, ROSTERS, RECONCILED, *HELD, OBSERVED, REPORTED, *MATTERS)

Pair = tuple[int, date]  # a community and one of its days
Rates = dict[tuple[int, str], Rate]  # by community and code
K = TypeVar("K")


@dataclass(slots=True)
class Line:
    """What a community said day by day, in order of time."""

    days: list[date] = field(default_factory=list)
    rates: list[Rate] = field(default_factory=list)

    def on(self, day: date, first: date = date.min) -> Rate | None:
        """The latest up to the day, if it is not from before ``first``."""
        place = bisect_right(self.days, day)
        return self.rates[place - 1] if place and self.days[place - 1] >= first else None


@dataclass(frozen=True, slots=True)
class Counted:
    """What the daily sheets of a season say, from the beginning of its first year, on the indicators ``codes``."""

    season: Season
    codes: tuple[str, ...]
    opened: tuple[date, ...]  # of each year the first day with a roster or tally
    sheets: Received
    sent: Mapping[str, Mapping[int, tuple[date, ...]]]  # by kind and community the days with one, in order
    checked: frozenset[Pair]  # the days whose evening tally says 已核对
    doses: Mapping[tuple[str, int], Line]  # by series and community the running total, its denominator unsaid
    observed: Mapping[int, Line]  # by community
    matters: tuple[tuple[Row[Any], Mapping[str, date]], ...]  # of 督办整改, each with the dates of its events

    def on(self, day: date, shown: list[Unit], targets: Targets) -> dict[tuple[int, str], Standing]:
        """The computed indicators on one of the season's days, by community key and code.

        Left out is what the sheets say nothing of, and what was not yet declared on the day.
        """
        campaign = self.season.campaign
        at, settled = self.season.standings(day, shown), self._ledger(day, shown)
        rates = _coverage(at) | self._doses(day, at) | self._reconciled(day) | self._observed(day, shown)
        for code, kinds in PUNCTUAL.items():
            if code in self.codes:
                rates |= self._punctual(code, kinds, day, shown)
        for key, stand in settled.items():
            rates |= {(key, CLOSED): stand.rate, (key, CLOSED_ON_TIME): stand.on_time_rate}
        declared = [item for item in catalogue(day).indicators if item.code in self.codes]
        found: dict[tuple[int, str], Standing | None] = {}
        for unit in shown:
            for item in declared:
                pair, goal = (unit.key, item.code), targets.applied(item, unit.key, day)
                if item.code in HELD:
                    found[pair] = _meetings(goal, len(self._days(HELD[item.code], unit.key, day)), day)
                elif item.code == OVERDUE:
                    found[pair] = _overdue(goal, settled[unit.key].overdue, day) if settled else None
                else:
                    rate = rates.get(pair, Rate(None, None))
                    reach = standing.target(campaign) if goal is item else goal.target
                    one = _judge(goal, rate, reach, campaign, day)
                    found[pair] = one if _told(rate) or one.progress.state == "not_started" else None
        return {pair: one for pair, one in found.items() if one is not None}

    def _punctual(self, code: str, kinds: tuple[str, ...], day: date, shown: list[Unit]) -> Rates:
        """按时率 of these sheets since the campaign's first day of the year (metrics.md §6.5)."""
        first = min((one for one in self.opened if one.year == day.year and one <= day), default=None)
        if first is None:
            return {}
        states = self.sheets.states((unit.key for unit in shown), first, day, kinds)
        return {(key, code): metrics.reporting_summary(told).on_time_rate for key, told in states.items()}

    def _reconciled(self, day: date) -> Rates:
        """Days of the year whose evening tally says 已核对 ÷ days with a roster."""
        found: Rates = {}
        for community in self.sent["roster"]:
            if called := self._days("roster", community, day):
                done = sum((community, one) in self.checked for one in called)
                found[community, RECONCILED] = Rate(done, len(called))
        return found

    def _ledger(self, day: date, shown: list[Unit]) -> dict[int, metrics.Rectification]:
        """The matters of each community on the day (metrics.md §6.8); of none before the street keeps a ledger."""
        items: dict[int, list[metrics.Item]] = {unit.key: [] for unit in shown}
        known = [(row, dates) for row, dates in self.matters if row.found_on is None or row.found_on <= day]
        for row, dates in known:
            if row.community_id in items:
                items[row.community_id].append(ledger.item(row, dates, day))
        return {key: metrics.rectification_summary(told, day) for key, told in items.items()} if known else {}

    def _days(self, kind: str, community: int, day: date) -> tuple[date, ...]:
        """The community's days of the year with such a sheet, up to the day."""
        days = self.sent[kind].get(community, ())
        return days[bisect_left(days, date(day.year, 1, 1)) : bisect_right(days, day)]

    def _doses(self, day: date, at: Mapping[int, standing.Standing]) -> Rates:
        """Latest running total ÷ people eligible; nobody eligible is no denominator."""
        found: Rates = {}
        for code, series in DOSES.items():
            for key, one in at.items():
                line = self.doses.get((series, key))
                told = None if line is None else line.on(day)
                if told is not None and one.base is not None and one.base.eligible is not None:
                    found[key, code] = Rate(told.numerator, max(one.base.eligible, 0))
        return found

    def _observed(self, day: date, shown: list[Unit]) -> Rates:
        """People observed ÷ people vaccinated on the latest evening of the year that gives both."""
        first = date(day.year, 1, 1)
        told = {unit.key: line.on(day, first) for unit in shown if (line := self.observed.get(unit.key))}
        return {(key, OBSERVED): rate for key, rate in told.items() if rate is not None}


def load(season: Season, codes: Iterable[str] = CODES) -> Counted:
    """What those of ``codes`` that are computed need over the season, within its transaction."""
    connection, view = season.connection, season.view
    wanted = tuple(code for code in CODES if code in set(codes))
    start = date(season.days[0].year, 1, 1)
    opened = _opened(connection, view, start)
    kinds = dict.fromkeys(kind for code in wanted for kind in PUNCTUAL.get(code, ()))
    sheets = received(connection, view, min(opened, default=view.day), tuple(kinds))
    return Counted(
        season,
        wanted,
        opened,
        sheets,
        _sent(connection, view, start, {kind for code in wanted for kind in DAYS.get(code, ())}, sheets),
        _checked(connection, view, start) if RECONCILED in wanted else frozenset(),
        _series(season) if set(DOSES) & set(wanted) else {},
        _seen(connection, view, start) if OBSERVED in wanted else {},
        _matters(season) if set(MATTERS) & set(wanted) else (),
    )


def _told(rate: Rate) -> bool:
    """Both counts are known, or it is known that there is nobody to count."""
    return rate.denominator == 0 or None not in (rate.numerator, rate.denominator)


def _meetings(goal: Indicator, held: int, day: date) -> Standing | None:
    """The meetings of the year so far, as one running total; of none nothing is said."""
    if not held:
        return None
    told = Report(Period(date(day.year, 1, 1), day), day, True, Decimal(held))
    return replace(accrual.judge(goal, [told], day), reports=0)


def _overdue(goal: Indicator, overdue: int, day: date) -> Standing:
    """What is overdue on the day; the ledger is sure of its zero."""
    told = metrics.zero_progress([metrics.ZeroReport(overdue, confirmed=not overdue)])
    return Standing(told, accrual.window(goal, day), Fraction(overdue), None, Fraction(0))


def _judge(declared: Indicator, rate: Rate, reach: float | None, campaign: Campaign, day: date) -> Standing:
    """Against the indicator's target; coverage against ``reach``, the campaign's own unless the street set another,
    over the campaign's dates where it has both.
    """
    parts = [None if part is None else Fraction(part) for part in (rate.numerator, rate.denominator)]
    if declared.code != COVERAGE:
        return accrual.rate_standing(declared, rate, accrual.window(declared, day), day, parts[0], parts[1])
    target = None if reach is None else metrics.exact(reach)
    dated = Period(campaign.starts, campaign.ends) if campaign.starts and campaign.ends else None
    progress = metrics.rate_progress(rate, target, "≥", dated, day if dated else None, thresholds=accrual.thresholds())
    span = dated or accrual.window(declared, day)
    return Standing(progress, span, parts[0], parts[1], target, left=accrual.left(rate, target))


def _coverage(standings: Mapping[int, standing.Standing]) -> dict[tuple[int, str], Rate]:
    """Survey completion and the latest coverage known on the day."""
    found: dict[tuple[int, str], Rate] = {}
    for key, one in standings.items():
        if one.base is None:
            continue
        found[key, SURVEY] = Rate(one.base.surveyed, one.base.to_survey)
        told = one.tally if one.vaccinated is not None else one.before
        reached = None if told is None else told.cumulative(one.series)
        found[key, COVERAGE] = Rate(reached, one.rate.denominator)
    return found


def _opened(connection: Connection, view: View, start: date) -> tuple[date, ...]:
    """Of each year from ``start`` on, the first day with a roster or tally of the campaign, whoever sent it."""
    firsts = (
        connection.execute(
            select(func.min(Submission.business_date)).where(
                Submission.kind.in_(deadlines.DAILY),
                Submission.rows_accepted > 0,
                *_scope(view.on(min(view.day, date(year, 12, 31))), max(start, date(year, 1, 1)), whole=True),
            )
        ).scalar()
        for year in range(start.year, view.day.year + 1)
    )
    return tuple(day for day in firsts if day is not None)


def _sent(
    connection: Connection, view: View, start: date, kinds: set[str], sheets: Received
) -> Mapping[str, Mapping[int, tuple[date, ...]]]:
    """By kind and community the days from ``start`` with a sheet of these kinds of the campaign, in order of time.

    ``sheets`` are known already, all of their kinds.
    """
    known = {kind for _community, kind, _day in sheets.sheets}
    sent: dict[str, dict[int, set[date]]] = {kind: {} for kind in deadlines.DAILY}
    for (community, kind, day), sheet in sheets.sheets.items():
        if kind in kinds and sheet["rows"]:
            sent[kind].setdefault(community, set()).add(day)
    if kinds - known:
        rows = connection.execute(
            select(Submission.kind, Submission.community_id, Submission.business_date).where(
                Submission.kind.in_(kinds - known), Submission.rows_accepted > 0, *_scope(view, start)
            )
        ).all()
        for kind, key, one in rows:
            assert key is not None and one is not None  # a daily sheet is one community's of one day
            sent[kind].setdefault(key, set()).add(one)
    return {kind: {key: tuple(sorted(days)) for key, days in told.items()} for kind, told in sent.items()}


def _checked(connection: Connection, view: View, start: date) -> frozenset[Pair]:
    """Each community's days whose evening tally says 已核对 in every row."""
    rows = connection.execute(
        _of_evenings(view, start).having(func.count().filter(EveningTally.reconciled == "yes") == func.count())
    ).all()
    return frozenset((community, day) for community, day in rows)


def _seen(connection: Connection, view: View, start: date) -> dict[int, Line]:
    """Observed ÷ vaccinated of each community, evening by evening."""
    sums = complete_sum(EveningTally.observed), complete_sum(EveningTally.vacc_total)
    observed: dict[int, Line] = {}
    rows = connection.execute(_of_evenings(view, start, *sums).order_by(EveningTally.biz_date)).all()
    for community, day, seen, given in rows:
        if seen is not None and given is not None:
            _add(observed, community, day, Rate(int(seen), int(given)))
    return observed


def _of_evenings(view: View, start: date, *figures: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    """Each community and day from ``start`` with an evening tally, and ``figures`` of it."""
    return (
        select(EveningTally.community_id, EveningTally.biz_date, *figures)
        .join(Submission, Submission.id == EveningTally.submission_id)
        .where(Submission.kind == "evening", *_scope(view, start))  # which is how they are found
        .group_by(EveningTally.community_id, EveningTally.biz_date)
    )


def _matters(season: Season) -> tuple[tuple[Row[Any], Mapping[str, date]], ...]:
    """Every matter of a community found up to the season's last day."""
    whole = replace(season.view, area=None, community=None)
    dates = ledger.dates(season.connection, whole)
    rows = ledger.rows(season.connection, whole)
    return tuple((row, dates.get(row.item_no, {})) for row in rows if row.community_id is not None)


def _series(season: Season) -> dict[tuple[str, int], Line]:
    """The running totals of the season by series and community, each from its last figure before the first day."""
    found: dict[tuple[str, int], Line] = {}
    before = season.view.on(season.days[0])
    for series in DOSES.values():
        earlier = evenings.latest(season.connection, before, series) if series != season.series else {}
        for key in {*season.reporting(), *earlier}:
            told = season.tallies(key, date.min, season.view.day)
            known = {one.day: one for one in (earlier.get(key), *told) if one is not None}
            for day in sorted(known):
                if (total := known[day].cumulative(series)) is not None:
                    _add(found, (series, key), day, Rate(total, None))
    return found


def _add(lines: dict[K, Line], key: K, day: date, rate: Rate) -> None:
    line = lines.setdefault(key, Line())
    line.days.append(day)
    line.rates.append(rate)


def _scope(view: View, start: date, *, whole: bool = False) -> tuple[ColumnElement[bool], ...]:
    """The sheets from ``start`` to the view's day: of its own community, where it names one and not the ``whole``."""
    return (
        naming.only(Submission.community_id, view.actor.street_id, None if whole else view.community),
        Submission.street_id == view.actor.street_id,
        Submission.campaign_id == campaign_key(view),
        Submission.business_date.between(start, view.day),
        in_force(view.as_of),
    )
