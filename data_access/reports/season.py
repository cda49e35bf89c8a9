"""Several days of one question, loaded once: what a history judges day by day without asking the database again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row

from config.campaigns import Campaign
from data_access.reports import bases, evenings
from data_access.reports.bases import Bases
from data_access.reports.directory import counting, entries, rest_days
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
    _register: Sequence[Row[*tuple[Any, ...]]]
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
        series, by = evenings.headline(self.campaign), denominator(self.campaign)
        return {
            key: Standing(self._bases.on(key, day), *self._tallies(key, day, series), series, by)
            for key in (unit.key for unit in communities)
        }

    def _tallies(self, community: int, day: date, series: str) -> tuple[Evening | None, Evening | None]:
        """The tally of the day, and the last one before it that gives the series."""
        today = before = None
        for tally in self._told.get(community, ()):
            if tally.day == day:
                today = tally
            elif tally.day < day and tally.cumulative(series) is not None:
                before = tally
        return today, before


def load(connection: Connection, view: View, days: Iterable[date] = ()) -> Season:
    """The season of the view: its own day and ``days`` before it, within the caller's transaction."""
    ordered = tuple(sorted({*days, view.day}))
    campaign = definition(connection, view)
    told: dict[int, list[Evening]] = {}
    earlier = evenings.latest(connection, view.on(ordered[0]), evenings.headline(campaign)).values()
    within = evenings.between(connection, view, ordered[0], view.day).values()
    for tally in sorted((*earlier, *within), key=lambda one: one.day):
        told.setdefault(tally.community, []).append(tally)
    first = min((tallies[0].day for tallies in told.values()), default=ordered[0])
    return Season(
        connection,
        view,
        ordered,
        campaign,
        rest_days(connection, view, min(first, ordered[0]), view.day),
        entries(connection, replace(view, area=None, community=None)),
        bases.load(connection, view),
        told,
    )
