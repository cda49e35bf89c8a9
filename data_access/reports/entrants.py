"""Who is ranked: each community for itself, or areas and lead cadres with their communities added up.

A group is the sum of those of its communities that the basis ranks; how many of how many that is stands beside it.
Counts of people are not comparable while one is missing: nothing is not zero.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from sqlalchemy import Connection, select

from config.language import _
from config.settings import settings
from data_access import metrics, privacy
from data_access.force import in_force
from data_access.metrics import Entry, Rate
from data_access.reports import progress, scores
from data_access.reports.scores import COUNTED, PACE_DAYS, Cut, Field, Score
from data_access.reports.standing import Unit, of_one_day
from data_access.reports.view import View
from data_access.schema import CommunityEntry, Submission


@dataclass(frozen=True, slots=True)
class Pace:
    """People per open day over the last seven days; ``known`` of ``window`` days (of a group: communities) told."""

    value: Fraction | None
    known: int
    window: int


@dataclass(frozen=True, slots=True)
class Entrant:
    """One to be ranked. ``key`` recognises it on another day and may be a person's name: it never leaves the reports.

    ``name`` is what is printed; ``rate`` the coverage of its communities that reported, ``gain`` their increment as
    (people, days, communities), ``last`` what a silent community told last as (n, d, day); ``heard`` of ``members``
    are ranked by the basis.
    """

    key: str
    name: str
    area: str | None
    kind: str
    members: tuple[Unit, ...]
    score: Score
    rate: Rate
    gain: tuple[int | None, int | None, int]
    heard: int
    unreconciled: bool = False
    last: tuple[int | None, int | None, date] | None = None


def entrants(connection: Connection, view: View, day: Field, basis: str, cut: Cut) -> list[Entrant]:
    """The field of the day in register order, each with its score."""
    ranked = kind(day, cut)
    given = scores.of(day, basis)
    if cut.by == "community":
        return [_alone(day, unit, _comparable(unit, given[unit.key], ranked)) for unit in day.communities]
    names = _areas(day) if cut.by == "area" else _cadres(connection, view)
    groups: dict[str, list[Unit]] = {}
    apart = []
    for unit in day.communities:
        name = names.get(unit.key)
        if unit.kind != ranked:
            apart.append(_alone(day, unit, _comparable(unit, given[unit.key], ranked)))
        elif name is None:
            apart.append(_alone(day, unit, Score(given[unit.key].rate, "not_comparable", "no_group")))
        else:
            groups.setdefault(name, []).append(unit)
    label = _label if cut.by == "cadre" else _area_label
    return [*(_group(day, basis, key, label(view, key, units), units) for key, units in groups.items()), *apart]


def kind(day: Field, cut: Cut) -> str:
    """The kind of unit that is ranked: the one asked for, else the most frequent of the field."""
    kinds = Counter(unit.kind for unit in day.communities)
    return cut.kind or next(iter(kinds.most_common(1)), ("community", 0))[0]


def rank(found: Iterable[Entrant]) -> list[metrics.Ranked[str]]:
    """Competition ranks of the field by key."""
    return metrics.rank(
        [Entry(one.key, one.score.rate, one.score.state) for one in found], dense=settings().dense_ranks
    )


def pace(day: Field, one: Entrant, rest: set[date]) -> Pace:
    """How fast it went: of a group the sum over those who reported, none while one of them has none."""
    start = day.day - timedelta(days=PACE_DAYS)
    whole, dose = day.more.season, day.campaign.raises[day.more.season.series]
    found = []
    for unit in one.members:
        if day.standing[unit.key].state != "reported":
            continue
        told = whole.tallies(unit.key, start, day.day)
        found.append(
            metrics.seven_day_average(
                day.day,
                {tally.day: tally.cumulative(whole.series) for tally in told},
                {tally.day: tally.counts[f"vacc_{dose}"] for tally in told},
                rest,
            )
        )
    known = [average.open_day for average in found if average.open_day is not None]
    if len(one.members) == 1:
        (average,) = found or (None,)
        return (
            Pace(None, 0, PACE_DAYS)
            if average is None
            else Pace(average.open_day, average.open_reported, average.window)
        )
    return Pace(sum(known, Fraction(0)) if found and len(known) == len(found) else None, len(known), len(found))


def _comparable(unit: Unit, score: Score, ranked: str) -> Score:
    return score if unit.kind == ranked or score.state != "ranked" else Score(score.rate, "not_comparable", score.note)


def _alone(day: Field, unit: Unit, score: Score) -> Entrant:
    stand = day.standing[unit.key]
    gained = stand.increment(day.rest)
    last = None
    if stand.vaccinated is None and stand.before is not None:
        last = (stand.before.cumulative(stand.series), stand.rate.denominator, stand.before.day)
    return Entrant(
        key=unit.name,
        name=unit.name,
        area=unit.area,
        kind=unit.kind,
        members=(unit,),
        score=score,
        rate=stand.rate,
        gain=(gained.value, gained.days, int(gained.value is not None)),
        heard=int(_ranked(score)),
        unreconciled=stand.tally is not None and stand.tally.unreconciled,
        last=last,
    )


def _group(day: Field, basis: str, key: str, name: str, units: list[Unit]) -> Entrant:
    given = scores.of(day, basis)
    heard = [unit.key for unit in units if _ranked(given[unit.key])]
    told = [day.standing[unit.key] for unit in units if day.standing[unit.key].state == "reported"]
    gains = [stand.increment(day.rest) for stand in told]
    whole = of_one_day((gain.value, gain.days) for gain in gains)
    return Entrant(
        key=key,
        name=name,
        area=units[0].area if len({unit.area for unit in units}) == 1 else None,
        kind=units[0].kind,
        members=tuple(units),
        score=_together(day, basis, [given[unit.key] for unit in units], heard),
        rate=metrics.sum_rates(stand.rate for stand in told).rate,
        gain=(whole["increment"], whole["increment_days"], whole["increment_counted"] or 0),
        heard=len(heard),
        unreconciled=any(stand.tally is not None and stand.tally.unreconciled for stand in told),
    )


def _together(day: Field, basis: str, members: list[Score], heard: list[int]) -> Score:
    """A group is ranked by those of its communities that have a figure; counts only with all of them."""
    if heard:
        rate = scores.together(day, basis, heard)
        # those with nobody eligible owe no figure
        owed = sum(score.state != "no_denominator" or score.note == "no_baseline" for score in members)
        if basis in COUNTED and len(heard) < owed:
            return Score(rate, "not_comparable", "partial")
        return Score(rate, "ranked", "partial" if len(heard) < owed else "")
    states = [Entry(0, score.rate, score.state).effective for score in members]
    state = next((name for name in ("unreported", "not_comparable") if name in states), "no_denominator")
    return Score(Rate(None, None), state)  # type: ignore[arg-type]


def _ranked(score: Score) -> bool:
    return Entry(0, score.rate, score.state).effective == "ranked"


def _areas(day: Field) -> dict[int, str]:
    return {unit.key: unit.area for unit in day.communities if unit.area}


def _area_label(view: View, key: str, units: list[Unit]) -> str:
    return key


def _cadres(connection: Connection, view: View) -> Mapping[int, str]:
    """包片领导 of the communities by key, as the register names them on the day."""
    rows = connection.execute(
        select(CommunityEntry.community_id, CommunityEntry.lead_cadre)
        .join(Submission, Submission.id == CommunityEntry.submission_id)
        .where(Submission.street_id == view.actor.street_id, in_force(view.as_of))
    )
    return {row.community_id: "".join(row.lead_cadre.split()) for row in rows if row.lead_cadre}


def _label(view: View, key: str, units: list[Unit]) -> str:
    """A lead cadre by the communities, and by the masked name where the account may read people of one of them."""
    first = units[0].name
    led = _("{community} and others ({n})", community=first, n=len(units)) if len(units) > 1 else first
    named = any(progress.may_read_text(view, unit.name) for unit in units)
    return f"{privacy.mask_name(key)} · {led}" if named else led
