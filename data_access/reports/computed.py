"""Indicators of the vaccination work that the daily sheets answer, so that nobody types them a second time.

VAX-01 from the baseline, VAX-02 from the evening tallies, VAX-06 from the arrival of rosters, VAX-07 from the
reconciliations noted in the evening. What a progress sheet says of them is not used.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy import ColumnElement, Connection, func, select

from config.campaigns import Campaign
from config.catalogue import indicator
from config.indicators import Indicator
from data_access import metrics
from data_access.catalogue.targets import Targets
from data_access.force import in_force
from data_access.metrics import Period, Rate
from data_access.office import deadlines
from data_access.reports import accrual, standing
from data_access.reports.accrual import Standing
from data_access.reports.reporting import Received, received
from data_access.reports.season import Season
from data_access.reports.standing import Unit
from data_access.reports.tallies import campaign_key
from data_access.reports.view import View
from data_access.schema import EveningTally, Submission

SURVEY, COVERAGE, ROSTERS, RECONCILED = "VAX-01", "VAX-02", "VAX-06", "VAX-07"
CODES = (SURVEY, COVERAGE, ROSTERS, RECONCILED)

Pair = tuple[int, date]  # a community and one of its days


@dataclass(frozen=True, slots=True)
class Counted:
    """What the daily sheets of a season say, from the beginning of its first year."""

    season: Season
    opened: tuple[date, ...]  # the days with a roster or tally
    rosters: Received
    called: frozenset[Pair]  # the days of each community with a roster
    checked: frozenset[Pair]  # those whose evening tally says 已核对

    def on(self, day: date, shown: list[Unit], targets: Targets) -> dict[tuple[int, str], Standing]:
        """The computed indicators on one of the season's days, by community key and code.

        Where the daily sheets say nothing the standing is missing.
        """
        campaign = self.season.campaign
        rates = _coverage(self.season.standings(day, shown)) | self._rosters(day, shown) | self._reconciled(day)
        missing = Rate(None, None)
        declared = [indicator(code, day) for code in CODES]
        found = {}
        for unit in shown:
            for item in declared:
                rate = rates.get((unit.key, item.code), missing)
                goal = targets.applied(item, unit.key, day)
                reach = standing.target(campaign) if goal is item else goal.target
                found[unit.key, item.code] = _judge(goal, rate, reach, campaign, day)
        return found

    def _rosters(self, day: date, shown: list[Unit]) -> dict[tuple[int, str], Rate]:
        """按时率 of the rosters since the campaign's first day of the year (metrics.md §6.5)."""
        first = min((one for one in self.opened if one.year == day.year and one <= day), default=None)
        if first is None:
            return {}
        states = self.rosters.states((unit.key for unit in shown), first, day, ("roster",))
        return {(key, ROSTERS): metrics.reporting_summary(told).on_time_rate for key, told in states.items()}

    def _reconciled(self, day: date) -> dict[tuple[int, str], Rate]:
        """Days of the year whose evening tally says 已核对 ÷ days with a roster."""
        called = [pair for pair in self.called if pair[1].year == day.year and pair[1] <= day]
        days = Counter(community for community, _day in called)
        done = Counter(pair[0] for pair in called if pair in self.checked)
        return {(community, RECONCILED): Rate(done[community], n) for community, n in days.items()}


def load(season: Season) -> Counted:
    """What the computed indicators of the season need, within its transaction."""
    connection, view = season.connection, season.view
    start = date(season.days[0].year, 1, 1)
    opened, called = _opened(connection, view, start)
    return Counted(
        season,
        opened,
        received(connection, view, min(opened, default=view.day), ("roster",)),
        called,
        _checked(connection, view, start),
    )


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
    return Standing(progress, span, parts[0], parts[1], target)


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


def _opened(connection: Connection, view: View, start: date) -> tuple[tuple[date, ...], frozenset[Pair]]:
    """The days from ``start`` with a roster or tally of the campaign, and each community's days with a roster."""
    rows = connection.execute(
        select(Submission.kind, Submission.community_id, Submission.business_date).where(
            Submission.kind.in_(deadlines.DAILY), Submission.rows_accepted > 0, *_scope(view, start)
        )
    ).all()
    return (
        tuple(sorted({row.business_date for row in rows})),
        frozenset((row.community_id, row.business_date) for row in rows if row.kind == "roster"),
    )


def _checked(connection: Connection, view: View, start: date) -> frozenset[Pair]:
    """Each community's days whose evening tally says 已核对 in every row."""
    rows = connection.execute(
        select(EveningTally.community_id, EveningTally.biz_date)
        .join(Submission, Submission.id == EveningTally.submission_id)
        .where(*_scope(view, start))
        .group_by(EveningTally.community_id, EveningTally.biz_date)
        .having(func.count() == func.count().filter(EveningTally.reconciled == "yes"))
    )
    return frozenset((row.community_id, row.biz_date) for row in rows)


def _scope(view: View, start: date) -> tuple[ColumnElement[bool], ...]:
    return (
        Submission.street_id == view.actor.street_id,
        Submission.campaign_id == campaign_key(view),
        Submission.business_date.between(start, view.day),
        in_force(view.as_of),
    )
