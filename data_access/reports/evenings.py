"""晚调度 over time: a community's evening tallies by day, its site rows added up (identities_and_due_times I4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, func, select

from config.campaigns import Campaign
from data_access import naming
from data_access.force import complete_sum, estimated, estimates_in, in_force
from data_access.metrics import Execution, counted
from data_access.reports.tallies import CUMULATIVE, EVENING, STATUSES, campaign_key
from data_access.reports.view import View
from data_access.schema import Community, EveningTally, Submission


@dataclass(frozen=True, slots=True)
class Evening:
    """One community's day. ``counts`` by column; None where not every site row gives the figure."""

    community: int
    day: date
    counts: Mapping[str, int | None]
    unreconciled: bool  # some row says 未核对

    def cumulative(self, series: str) -> int | None:
        """V of ``d1``, ``full`` or ``b``."""
        return self.counts[f"cum_{series}"]

    def execution(self) -> Execution:
        """The day against its roster (metrics.md §6.2)."""
        return Execution(
            self.counts["roster_n"],
            self.counts["vacc_on_roster"],
            self.counts["walk_in"],
            **{name: self.counts[name] for name in STATUSES},
            arrived_reported=self.counts["arrived"],
        )


def headline(campaign: Campaign) -> str:
    """The series a campaign is judged by: ``d1``, ``full`` where its headline is the second dose, or ``b``."""
    return {"d1": "d1", "d2": "full", "b": "b"}[campaign.headline]


def doses(campaign: Campaign, evening: Evening) -> int | None:
    """The doses of the campaign's headline given on the day."""
    return evening.counts[f"vacc_{campaign.headline}"]


def between(connection: Connection, view: View, start: date, end: date) -> dict[tuple[int, date], Evening]:
    """The evening tallies in force from ``start`` to ``end`` (inclusive) by community and day.

    Of the view's own community, where it names one.
    """
    return _read(connection, _EVENINGS.where(*_scope(view), _own(view), EveningTally.biz_date.between(start, end)))


def latest(connection: Connection, view: View, series: str) -> dict[int, Evening]:
    """Of each community, the last tally before the view's day with the cumulative figure of the series complete.

    Of the view's own community, where it names one.
    """
    assert f"cum_{series}" in CUMULATIVE
    given = getattr(EveningTally, f"cum_{series}")
    # backwards from the view's day, one community after the other: however many years lie behind it
    day = (
        select(EveningTally.biz_date)
        .join(Submission, Submission.id == EveningTally.submission_id)
        .where(*_scope(view), EveningTally.community_id == Community.id, EveningTally.biz_date < view.day)
        .group_by(EveningTally.biz_date)
        .having(func.count(given) == func.count())
        .order_by(EveningTally.biz_date.desc())
        .limit(1)
        .correlate(Community)
        .scalar_subquery()
    )
    last = (
        select(Community.id.label("community_id"), day.label("day"))
        .where(
            Community.street_id == view.actor.street_id,
            naming.only(Community.id, view.actor.street_id, view.community),
        )
        .subquery()
    )
    query = _EVENINGS.where(*_scope(view), _own(view)).join(
        last, (last.c.community_id == EveningTally.community_id) & (last.c.day == EveningTally.biz_date)
    )
    return {community: tally for (community, _day), tally in _read(connection, query).items()}


def days(connection: Connection, view: View, count: int) -> list[date]:
    """The last ``count`` days up to the view's day with any evening tally in force, in order of time."""
    found = connection.execute(
        select(EveningTally.biz_date)
        .join(Submission, Submission.id == EveningTally.submission_id)
        .where(*_scope(view), EveningTally.biz_date <= view.day)
        .distinct()
        .order_by(EveningTally.biz_date.desc())
        .limit(count)
    )
    return sorted(found.scalars())


def _own(view: View) -> ColumnElement[bool]:
    return naming.only(EveningTally.community_id, view.actor.street_id, view.community)


def _scope(view: View) -> tuple[ColumnElement[bool], ...]:
    return (
        EveningTally.street_id == view.actor.street_id,
        EveningTally.campaign_id == campaign_key(view),
        in_force(view.as_of),
    )


# Built once: putting together so many sums takes longer than running them.
_EVENINGS = (
    select(
        EveningTally.community_id,
        EveningTally.biz_date,
        func.max(case((EveningTally.reconciled == "no", 1), else_=0)).label("unreconciled"),
        estimated(EveningTally.estimates),
        *(complete_sum(getattr(EveningTally, name)) for name in EVENING),
    )
    .join(Submission, Submission.id == EveningTally.submission_id)
    .group_by(EveningTally.community_id, EveningTally.biz_date)
)


def _read(connection: Connection, query: Select[*tuple[Any, ...]]) -> dict[tuple[int, date], Evening]:
    found = {}
    for community, day, unreconciled, estimates, *figures in connection.execute(query):
        about = estimates_in(estimates)
        counts = {name: counted(name, figure, about) for name, figure in zip(EVENING, figures, strict=True)}
        found[community, day] = Evening(community, day, counts, bool(unreconciled))
    return found
