"""What a community is ranked by: one score per basis, each with the state that decides whether it is ranked at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

from sqlalchemy import Connection, select

from config.campaigns import Campaign
from config.language import _
from config.settings import settings
from data_access import metrics
from data_access.force import in_force
from data_access.metrics import Rate
from data_access.reports import evenings, progress, reporting, season, workstreams
from data_access.reports import standing as standings
from data_access.reports.season import Season
from data_access.reports.standing import Standing, Unit
from data_access.reports.tallies import campaign_key
from data_access.reports.view import View
from data_access.schema import Submission

BASES = ("survey", "coverage", "completion", "increment", "remaining", "on_time", "workstreams", "composite")
RANKED = ("survey", "coverage", "completion", "on_time", "workstreams", "composite")
COUNTED = ("increment", "remaining")
OF_THE_EVENING = ("coverage", "completion", "increment", "remaining")  # from the evening tally of the day
BY_DOSE = ("coverage", "remaining")  # which dose, over which people, may be asked for
OF_PEOPLE = ("survey", "coverage", "completion")  # shares of people: an interval and a small base mean something
TIMELY_DAYS = 30
PACE_DAYS = 7


class BasisError(ValueError):
    """A ranking was asked for on a basis that does not exist, or that the office has not switched on."""


@dataclass(frozen=True, slots=True)
class Cut:
    """How the field is cut: who is ranked, within which kind of unit, and by which dose over which people.

    ``by`` is one of BY. ``kind`` None ranks the most frequent kind and lists the others apart. ``series`` (d1, full, b)
    and ``over`` (surveyed, eligible, or of a booster the series before it) are for the bases BY_DOSE; None is the
    campaign's own choice.
    """

    by: str = "community"
    kind: str | None = None
    series: str | None = None
    over: str | None = None


BY = ("community", "area", "cadre")
WHOLE = Cut()  # the communities, by the campaign's own dose and base


@dataclass(frozen=True, slots=True)
class Score:
    """What one is ranked by; ``note`` says why there is no rank (spans, first, no_baseline, partial, no_group, exempt:
    it owes no tally of the day)."""

    rate: Rate
    state: metrics.RankState = "ranked"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One day of the field: the communities that count and their standing; ``more`` is what some bases need besides."""

    day: date
    campaign: Campaign
    communities: list[Unit]
    standing: Mapping[int, Standing]
    rest: set[date]
    more: More

    @property
    def target(self) -> float | None:
        """The target in percent: it is of the headline dose over people, no other rate has one."""
        whole = self.more.season
        return standings.target(self.campaign) if _has_target(whole.campaign, whole.series, whole.over) else None

    @property
    def ids(self) -> list[int]:
        """The keys of the communities in register order."""
        return [unit.key for unit in self.communities]


class More:
    """The arrivals and the progress of a season: read when the first basis asks for them, once for all its days."""

    def __init__(self, whole: Season) -> None:
        self.season = whole
        self.scores: dict[tuple[date, str], dict[int, Score]] = {}

    @cached_property
    def first(self) -> date | None:
        """The campaign's first day: declared, or that of its first evening tally."""
        view = self.season.view
        return (
            self.season.campaign.starts
            or self.season.connection.execute(
                select(Submission.business_date)
                .where(
                    Submission.street_id == view.actor.street_id,
                    Submission.kind == "evening",
                    Submission.campaign_id == campaign_key(view),
                    in_force(view.as_of),
                )
                .order_by(Submission.business_date)
                .limit(1)
            ).scalar()
        )

    def timely_from(self, day: date) -> date:
        """The first of the days over which punctuality is counted on ``day``."""
        return min(day, max(day - timedelta(days=TIMELY_DAYS - 1), self.first or day))

    @cached_property
    def received(self) -> reporting.Received:
        """The daily sheets of all these days."""
        return reporting.received(self.season.connection, self.season.view, self.timely_from(self.season.days[0]))

    @cached_property
    def progress(self) -> progress.Told:
        """What the workstream matrix is made of."""
        return workstreams.told(self.season)


def fields(connection: Connection, view: View, days: Iterable[date] = (), cut: Cut = WHOLE) -> list[Field]:
    """The field of the view on these days and, last, on its own; in order of time."""
    week = view.day - timedelta(days=PACE_DAYS)
    whole = season.load(connection, view, days, since=week, series=cut.series, over=cut.over)
    more = More(whole)
    found = []
    for day in whole.days:
        communities = whole.units(day)
        standing = whole.standings(day, communities)
        found.append(Field(day, whole.campaign, communities, standing, whole.rest, more))
    return found


def target(campaign: Campaign, cut: Cut) -> float | None:
    """The target of a coverage in percent; None where the cut asks for another dose or base than the target is of."""
    series, over = cut.series or evenings.headline(campaign), cut.over or standings.denominator(campaign)
    return standings.target(campaign) if _has_target(campaign, series, over) else None


def _has_target(campaign: Campaign, series: str, over: str) -> bool:
    return series == evenings.headline(campaign) and over in ("surveyed", "eligible")


def of(day: Field, basis: str) -> dict[int, Score]:
    """The score of every community by its key. Raises BasisError for weights that name no rate."""
    known = day.more.scores
    if (day.day, basis) not in known:
        known[day.day, basis] = _let_off(day, basis, _SCORES[basis](day))
    return known[day.day, basis]


def _let_off(day: Field, basis: str, found: dict[int, Score]) -> dict[int, Score]:
    """免报: who owes no evening tally of the day is not ranked by it, and not called unreported either."""
    if basis not in OF_THE_EVENING:
        return found
    owing = [
        key for key, score in found.items() if metrics.Entry(key, score.rate, score.state).effective == "unreported"
    ]
    let_off = [key for key in owing if day.more.received.excused.covers(key, "evening", day.day)]
    return found | {key: replace(found[key], state="not_comparable", note="exempt") for key in let_off}


def together(day: Field, basis: str, keys: Iterable[int]) -> Rate:
    """The score of several communities as one: sum over sum, never the mean of rates."""
    members = list(keys)
    if basis == "composite":
        weights = settings().composite_weights
        return metrics.composite({name: together(day, name, members) for name in weights}, weights)
    given = of(day, basis)
    rates = [given[key].rate for key in members]
    if basis in COUNTED:
        return Rate(metrics.add(*(rate.numerator for rate in rates)), 1)
    return metrics.sum_rates(rates).rate


def _survey(day: Field) -> dict[int, Score]:
    found = {}
    for key in day.ids:
        base = day.standing[key].base
        found[key] = Score(Rate(base.surveyed, base.to_survey) if base else Rate(None, None))
    return found


def _coverage(day: Field) -> dict[int, Score]:
    return {key: _of_standing(day.standing[key], day.standing[key].rate) for key in day.ids}


def _of_standing(standing: Standing, rate: Rate) -> Score:
    if standing.state == "no_baseline":
        return Score(rate, "no_denominator", "no_baseline")
    return Score(rate, "ranked" if standing.state == "reported" else standing.state)  # type: ignore[arg-type]


def _completion(day: Field) -> dict[int, Score]:
    found = {}
    for key in day.ids:
        tally = day.standing[key].tally
        found[key] = Score(tally.execution().completion if tally else Rate(None, None))
    return found


def _increment(day: Field) -> dict[int, Score]:
    found = {}
    for key in day.ids:
        standing = day.standing[key]
        if standing.vaccinated is None:
            found[key] = Score(Rate(None, None), "unreported")
            continue
        gained = standing.increment(day.rest)
        score = Score(Rate(gained.value, 1))
        if gained.value is None:
            score = Score(score.rate, "not_comparable", "first")
        elif gained.spans:
            score = Score(score.rate, "not_comparable", "spans")
        found[key] = score
    return found


def _remaining(day: Field) -> dict[int, Score]:
    found = {}
    for key in day.ids:
        standing = day.standing[key]
        left = metrics.difference(standing.people, standing.vaccinated)
        found[key] = _of_standing(standing, Rate(left, 1))
    return found


def _on_time(day: Field) -> dict[int, Score]:
    states = day.more.received.states(day.ids, day.more.timely_from(day.day), day.day)
    return {key: Score(metrics.reporting_summary(states.get(key, [])).on_time_rate) for key in day.ids}


def _workstreams(day: Field) -> dict[int, Score]:
    """The matrix of the workstreams page: cells on or ahead of elapsed time over the cells that can be judged."""
    told = day.more.progress.on(day.day, day.communities)
    good = {"ahead", "on_track", "zero_ok"}
    judged = good | {"slightly_behind", "behind", "zero_occurred"}
    found = {}
    for one in day.communities:
        known = [state for state in workstreams.states(told, one.key, day.day) if state in judged]
        rate = Rate(sum(state in good for state in known), len(known)) if known else Rate(None, None)
        found[one.key] = Score(rate)
    return found


def _composite(day: Field) -> dict[int, Score]:
    weights = settings().composite_weights
    if unknown := sorted(set(weights) - set(RANKED[:-1])):
        raise BasisError(_("composite_weights names what cannot be weighed: {names}.", names=", ".join(unknown)))
    parts = {name: of(day, name) for name in weights}
    found = {}
    for key in day.ids:
        rates = {name: given[key].rate for name, given in parts.items()}
        if any(rate.state == "no_denominator" for rate in rates.values()):  # scored on fewer things than the others
            found[key] = Score(Rate(None, None), "no_denominator")
        else:
            found[key] = Score(metrics.composite(rates, weights))
    return found


_SCORES: Mapping[str, Callable[[Field], dict[int, Score]]] = {
    "survey": _survey,
    "coverage": _coverage,
    "completion": _completion,
    "increment": _increment,
    "remaining": _remaining,
    "on_time": _on_time,
    "workstreams": _workstreams,
    "composite": _composite,
}
