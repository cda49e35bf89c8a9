"""Several days of one question, loaded once: what a history judges day by day without asking the database again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from config.campaigns import Campaign
from data_access.reports import bases, evenings
from data_access.reports.bases import Bases
from data_access.reports.directory import Entry, counting, entries, rest_days
from data_access.reports.evenings import Evening
from data_access.reports.standing import Standing, Unit, denominator
from data_access.reports.tallies import definition
from data_access.reports.view import View


@dataclass(frozen=True, slots=True)
class Season:
    """The field on each of ``days`` (in order of time; the view's own day is the last of them)."""

    connection: Connection
    view: View
    days: tuple[date, ...]
    campaign: Campaign
    rest: set[date]  # from the earliest tally that any of the days looks back to
    series: str  # the running total that standings speak of
    over: str  # and its denominator
    _register: Sequence[Entry]
    _bases: Bases
    _told: Mapping[int, Sequence[Evening]]  # by community, in order of time

    def on(self, day: date) -> View:
        """The question of one of the days."""
        return self.view.on(day)

    def units(self, day: date) -> list[Unit]:
        """The communities that count on the day, in register order."""
        return [Unit(row.id, row.name, row.area, row.kind) for row in counting(self._register, self.on(day))]

    def keys(self) -> list[int]:
        """The communities that count on any of the days."""
        return list(dict.fromkeys(unit.key for day in self.days for unit in self.units(day)))

    def standings(self, day: date, communities: Iterable[Unit]) -> dict[int, Standing]:
        """Where these communities stand on the day, by key; those without base and tally included."""
        return {
            key: Standing(self._bases.on(key, day), *self._tallies(key, day), self.series, self.over)
            for key in (unit.key for unit in communities)
        }

    def reporting(self) -> list[int]:
        """The communities with a tally that the season knows of."""
        return list(self._told)

    def tallies(self, community: int, start: date, end: date) -> list[Evening]:
        """The community's tallies between two dates, both included, in order of time."""
        return [tally for tally in self._told.get(community, ()) if start <= tally.day <= end]

    def _tallies(self, community: int, day: date) -> tuple[Evening | None, Evening | None]:
        """The tally of the day, and the last one before it that gives the series."""
        today = before = None
        for tally in self._told.get(community, ()):
            if tally.day == day:
                today = tally
            elif tally.day < day and tally.cumulative(self.series) is not None:
                before = tally
        return today, before


def load(
    connection: Connection,
    view: View,
    days: Iterable[date] = (),
    since: date | None = None,
    series: str | None = None,
    over: str | None = None,
) -> Season:
    """The season of the view: its own day and ``days`` before it, within the caller's transaction.

    ``since``: tallies are known from this day on, where it is earlier. ``series`` and ``over`` are the running total
    and the denominator of its standings: the campaign's own where they are not given.
    """
    ordered = tuple(sorted({*days, view.day}))
    start = min(ordered[0], since or ordered[0])
    campaign = definition(connection, view)
    series = series or evenings.headline(campaign)
    told: dict[int, list[Evening]] = {}
    earlier = evenings.latest(connection, view.on(start), series).values()
    within = evenings.between(connection, view, start, view.day).values()
    for tally in sorted((*earlier, *within), key=lambda one: one.day):
        told.setdefault(tally.community, []).append(tally)
    first = min((tallies[0].day for tallies in told.values()), default=start)
    return Season(
        connection,
        view,
        ordered,
        campaign,
        rest_days(connection, view, min(first, start), view.day),
        series,
        over or denominator(campaign),
        entries(connection, replace(view, area=None, community=None)),
        bases.load(connection, view),
        told,
    )
