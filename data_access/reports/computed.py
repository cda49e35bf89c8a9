"""Indicators of the vaccination work that the daily sheets answer, so that nobody types them a second time.

VAX-01 from the baseline, VAX-02 from the evening tallies, VAX-06 from the arrival of rosters, VAX-07 from the
reconciliations noted in the evening. What a progress sheet says of them is not used.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from sqlalchemy import Connection, func, select

from config.campaigns import Campaign
from config.catalogue import indicator
from data_access import metrics
from data_access.force import in_force
from data_access.metrics import Period, Rate
from data_access.reports import accrual, standing
from data_access.reports.accrual import Standing
from data_access.reports.reporting import due_sheets
from data_access.reports.standing import Unit
from data_access.reports.tallies import campaign_key, definition
from data_access.reports.view import View
from data_access.schema import EveningTally, Submission

SURVEY, COVERAGE, ROSTERS, RECONCILED = "VAX-01", "VAX-02", "VAX-06", "VAX-07"
CODES = (SURVEY, COVERAGE, ROSTERS, RECONCILED)


def standings(connection: Connection, view: View, shown: list[Unit]) -> dict[tuple[int, str], Standing]:
    """The computed indicators by community key and code, for the communities ``shown``.

    Where the daily sheets say nothing the standing is missing.
    """
    campaign = definition(connection, view)
    rates = _coverage(connection, view, campaign, shown)
    rates |= _rosters(connection, view, shown)
    rates |= _reconciled(connection, view)
    missing = Rate(None, None)
    return {
        (unit.key, code): _judge(code, rates.get((unit.key, code), missing), campaign, view.day)
        for unit in shown
        for code in CODES
    }


def _judge(code: str, rate: Rate, campaign: Campaign, day: date) -> Standing:
    """Against the catalogue's target; coverage against the campaign's own, over its dates where it has both."""
    declared = indicator(code)
    parts = [None if part is None else Fraction(part) for part in (rate.numerator, rate.denominator)]
    if code != COVERAGE:
        return accrual.rate_standing(declared, rate, accrual.window(declared, day), day, parts[0], parts[1])
    target = standing.target(campaign)
    dated = Period(campaign.starts, campaign.ends) if campaign.starts and campaign.ends else None
    progress = metrics.rate_progress(rate, target, "≥", dated, day if dated else None, thresholds=accrual.thresholds())
    span = dated or accrual.window(declared, day)
    return Standing(progress, span, parts[0], parts[1], metrics.exact(target))


def _coverage(connection: Connection, view: View, campaign: Campaign, shown: list[Unit]) -> dict[tuple[int, str], Rate]:
    """Survey completion and the latest coverage known on the day."""
    found: dict[tuple[int, str], Rate] = {}
    for key, one in standing.standings(connection, view, campaign, shown).items():
        if one.base is None:
            continue
        found[key, SURVEY] = Rate(one.base.surveyed, one.base.to_survey)
        told = one.tally if one.vaccinated is not None else one.before
        reached = None if told is None else told.cumulative(one.series)
        found[key, COVERAGE] = Rate(reached, one.rate.denominator)
    return found


def _first_day(connection: Connection, view: View) -> date | None:
    """The first day of the year with a roster or tally of the campaign."""
    return connection.execute(
        select(func.min(Submission.business_date)).where(
            Submission.street_id == view.actor.street_id,
            Submission.kind.in_(("roster", "morning", "evening")),
            Submission.campaign_id == campaign_key(view),
            Submission.business_date.between(date(view.day.year, 1, 1), view.day),
            in_force(view.as_of),
        )
    ).scalar()


def _rosters(connection: Connection, view: View, shown: list[Unit]) -> dict[tuple[int, str], Rate]:
    """按时率 of the rosters since the campaign's first day of the year (metrics.md §6.5)."""
    first = _first_day(connection, view)
    if first is None:
        return {}
    due = due_sheets(connection, view, first)
    states = due[due["kind"] == "roster"].groupby("community", sort=False)["state"].agg(list)
    return {
        (unit.key, ROSTERS): metrics.reporting_summary(states[unit.name]).on_time_rate
        for unit in shown
        if unit.name in states.index
    }


def _reconciled(connection: Connection, view: View) -> dict[tuple[int, str], Rate]:
    """Days whose evening tally says 已核对 ÷ days with a roster."""
    scope = (
        Submission.street_id == view.actor.street_id,
        Submission.campaign_id == campaign_key(view),
        Submission.business_date.between(date(view.day.year, 1, 1), view.day),
        in_force(view.as_of),
    )
    called = {
        (row.community_id, row.business_date)
        for row in connection.execute(
            select(Submission.community_id, Submission.business_date).where(Submission.kind == "roster", *scope)
        )
    }
    checked = {
        (row.community_id, row.biz_date)
        for row in connection.execute(
            select(EveningTally.community_id, EveningTally.biz_date)
            .join(Submission, Submission.id == EveningTally.submission_id)
            .where(*scope)
            .group_by(EveningTally.community_id, EveningTally.biz_date)
            .having(func.count() == func.count().filter(EveningTally.reconciled == "yes"))
        )
    }
    return {
        (community, RECONCILED): Rate(
            sum(pair in checked for pair in called if pair[0] == community),
            sum(pair[0] == community for pair in called),
        )
        for community in {pair[0] for pair in called}
    }
