"""Where each community stands on a day: its base, its evening tally and the last one before (metrics.md §6.1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, select

from config.campaigns import Campaign
from config.language import _
from config.settings import settings
from data_access import metrics, schema
from data_access.metrics import Rate
from data_access.reports import bases, evenings
from data_access.reports.bases import Base
from data_access.reports.directory import counting, entries
from data_access.reports.evenings import Evening
from data_access.reports.view import View

STATES = ("reported", "unreported", "no_denominator", "no_baseline")


@dataclass(frozen=True, slots=True)
class Unit:
    """One community of the field, as its register entry names it on the day."""

    key: int
    name: str
    area: str | None
    kind: str


@dataclass(frozen=True, slots=True)
class Standing:
    """One community on one day: its base, its tally of the day and the last one before, exactly."""

    base: Base | None
    tally: Evening | None
    before: Evening | None
    series: str
    denominator: str

    @property
    def vaccinated(self) -> int | None:
        """V of the headline series on the day; None if not reported."""
        return None if self.tally is None else self.tally.cumulative(self.series)

    @property
    def people(self) -> int | None:
        """The denominator of the rate: of the base, or those who have the dose before (``d1``, ``full``)."""
        if self.denominator in ("d1", "full"):
            return None if self.tally is None else self.tally.cumulative(self.denominator)
        return None if self.base is None else self.base.people(self.denominator)

    @property
    def rate(self) -> Rate:
        """The headline coverage; nobody eligible is no denominator on either basis."""
        if self.base is not None and self.base.eligible is not None and self.base.eligible <= 0:
            return Rate(self.vaccinated, 0)
        return Rate(self.vaccinated, self.people)

    @property
    def state(self) -> str:
        """One of STATES."""
        if self.rate.state == "no_denominator":
            return "no_denominator"
        if self.vaccinated is None:
            return "unreported"
        return "no_baseline" if self.people is None else "reported"

    def increment(self, rest: Iterable[date] = ()) -> metrics.Increment:
        """The gain since the last report; declared rest days between do not stretch it."""
        if self.tally is None:
            return metrics.Increment(date.max, None, None)
        day, last = self.tally.day, self.before
        figures = {one.day: one.cumulative(self.series) for one in (last, self.tally) if one is not None}
        gained = metrics.increment(figures, day)
        if gained.days is None or last is None:
            return gained
        opened = metrics.open_days(last.day + timedelta(days=1), day, set(rest))
        return metrics.Increment(day, gained.value, max(1, opened))


def of_one_day(gains: Iterable[tuple[int | None, int | None]]) -> dict[str, int | None]:
    """The increment of the whole from the communities' ``(increment, days)``: those of a single day added up.

    Keys: increment, increment_days, increment_counted (how many it is made of). The total of several days is no gain
    of this one, and a first report is none at all.
    """
    daily = [value for value, days in gains if value is not None and days == 1]
    return {
        "increment": sum(daily) if daily else None,
        "increment_days": 1 if daily else None,
        "increment_counted": len(daily),
    }


def denominator(campaign: Campaign) -> str:
    """``surveyed`` or ``eligible``: the campaign's own choice, else the setting."""
    return campaign.denominator or settings().coverage_denominator


def target(campaign: Campaign) -> float:
    """The campaign's target in percent, else that of the settings."""
    return settings().thresholds.coverage_target if campaign.target is None else campaign.target


def definition(campaign: Campaign, series: str | None = None, over: str | None = None) -> str:
    """口径 of a rate in one line, as printed beside it; that of the headline where nothing else is asked for."""
    dose = dose_label(campaign, series)
    by = over or denominator(campaign)
    if by == "surveyed":
        return _("Surveyed basis: people with {dose} ÷ people surveyed", dose=dose)
    if by == "eligible":
        return _("Eligible basis: people with {dose} ÷ people eligible", dose=dose)
    before = dose_label(campaign, by)
    return _("Course basis: people with {dose} ÷ people with {before}", dose=dose, before=before)


def dose_label(campaign: Campaign, series: str | None = None) -> str:
    """What a running total counts: the name of its dose; the full course is called by itself."""
    if series == "full":
        return _("full course")
    return campaign.dose(series or campaign.headline).label


def whole_name(connection: Connection, view: View) -> str:
    """What a total row is called: the view's area, else the street."""
    return (
        view.area
        or connection.execute(select(schema.Street.name).where(schema.Street.id == view.actor.street_id)).scalar_one()
    )


def units(connection: Connection, view: View) -> list[Unit]:
    """The communities of the view in register order."""
    return [Unit(row.id, row.name, row.area, row.kind) for row in counting(entries(connection, view), view)]


def standings(
    connection: Connection, view: View, campaign: Campaign, communities: Iterable[Unit]
) -> dict[int, Standing]:
    """The communities' standing on the view's day by key; those without base and tally included."""
    known = bases.load(connection, view)
    series = evenings.headline(campaign)
    today = evenings.between(connection, view, view.day, view.day)
    before = evenings.latest(connection, view, series)
    by = denominator(campaign)
    return {
        key: Standing(known.on(key, view.day), today.get((key, view.day)), before.get(key), series, by)
        for key in (unit.key for unit in communities)
    }
