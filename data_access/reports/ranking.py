"""排名通报: who stands where, on several bases, with what a rank can and cannot say (metrics.md §6.6, §6.9)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from config.language import _
from config.settings import settings
from data_access import database, metrics
from data_access.reports import dispatch, evenings, frames, scores, standing, tallies
from data_access.reports.directory import rest_days
from data_access.reports.entrants import Entrant, entrants, kind, pace, rank
from data_access.reports.fields import Before, checked, notices, published, seen
from data_access.reports.scores import BASES, COUNTED, OF_PEOPLE, RANKED, WHOLE, BasisError, Cut, Field
from data_access.reports.terms import DEFINITIONS, NAMES, available, definition, explained
from data_access.reports.view import View

__all__ = [
    "BASES",
    "DEFINITIONS",
    "NAMES",
    "RATES",
    "BasisError",
    "Cut",
    "available",
    "definition",
    "explained",
    "history",
    "kinds",
    "side_by_side",
    "table",
    "total",
]

RATES = ("rate", *RANKED)
# The identities behind the figure of a basis: an accepted difference of these is marked beside it.
CONCERNS: Mapping[str, frozenset[str]] = {
    "coverage": frozenset({"I2"}),
    "remaining": frozenset({"I2"}),
    "increment": frozenset({"I2"}),
    "completion": frozenset({"I1", "I5", "I6"}),
    "composite": frozenset({"I1", "I2", "I5", "I6"}),
}


def table(view: View, basis: str = "coverage", cut: Cut = WHOLE) -> pd.DataFrame:
    """One row per community, area or lead cadre: the ranked first, then those without a rank and why.

    A view of one community ranks it in its whole field and returns the row it is in. Columns: community (or what
    stands in its place: the area; the lead cadre's communities, with the masked name for those who may read people),
    members (text, of a group), area, kind, heard and of (Int64: ranked communities of a group's); rank (Int64), state
    (ranked, unreported, not_comparable, no_denominator), tied, change (up, down, same, new, dropped, none), places
    (Int64, up positive), was and now (text ``n/m`` where the number ranked changed), since (the day compared with)
    and since_notice (Int64, its notice); the basis as ``rate_n``/``rate_d`` and under its own name (Int64;
    ``increment`` and ``remaining`` are counts of people without a rate; of the composite its parts as well);
    coverage_n, coverage_d, increment, increment_days, left (Int64 people to the target; ≤ 0 reached), low and high
    (Wilson interval of the rate, percent), same_as_above (≈ with the row above; <NA> without interval), alike (letters
    of ``metrics.alike``), small_base, over (above 100 %), reached (the target; <NA> where none applies); pace_n,
    pace_d (people per open day), pace_known of pace_window, forecast (state), days (Int64 open days) and finish, for
    coverage; marks (codes separated by spaces: over, small_base, unreconciled, partial, spans, first, no_baseline,
    no_group, accepted, estimate), status (the same in words: tied, not reported, not ranked), for those who did not
    report last_n, last_d, last_day, and estimates as in ``frames.frame``. Raises BasisError.
    """
    whole = replace(view, community=None)
    with database.reporting() as connection:
        cut = checked(connection, whole, basis, cut)
        today, then, before = seen(connection, whole, cut)
        found = entrants(connection, whole, today, basis, cut)
        earlier = entrants(connection, whole.on(then.day), then, basis, cut) if then else []
        ahead = _ahead(connection, whole, today, found) if basis == "coverage" else {}
        waived = basis in CONCERNS and bool(tallies.waivers(connection, whole))
        printed = None  # a notice prints the whole street; of any other cut its moment is ranked anew
        if before and before.notice and cut == WHOLE and view.area is None:
            printed = published(connection, before, basis)
    ranked = rank(found)
    places = printed or {one.key: one.rank for one in rank(earlier) if one.rank is not None}
    rows = _rows(today, basis, found, ranked, places, before, ahead)
    accepted = _accepted(whole, basis) if waived else frozenset()
    for row in rows:
        if row["community"] in accepted:
            row["marks"] = f"{row['marks']} accepted".lstrip()
    frame = _frame(rows, basis)
    if view.community is None:
        return frame
    own = {one.key for one in found if any(unit.name == view.community for unit in one.members)}
    return frame[[one.key in own for one in ranked]].reset_index(drop=True)


def total(view: View, basis: str = "coverage", cut: Cut = WHOLE) -> pd.DataFrame:
    """The whole of the field in one row: sum over sum of the communities that were ranked. Raises BasisError.

    Columns: community (street or area), ``rate_n``/``rate_d`` and the basis' own (<NA> for the composite, which cannot
    be added), coverage_n, coverage_d, increment with increment_days and increment_counted (one day's, over
    this many of the ``reported`` communities), left, field (communities), and ranked, unreported, not_comparable,
    no_denominator (how many of them; Int64). Units of another kind than is ranked are not_comparable. estimates as in
    ``frames.frame``.
    """
    field = replace(view, community=None)
    with database.reporting() as connection:
        cut = checked(connection, field, basis, cut)
        today = scores.fields(connection, field, (), cut)[-1]
        found = entrants(connection, field, today, basis, replace(cut, by="community"))
        name = standing.whole_name(connection, field)
    ranked = rank(found)
    heard = [one for one in ranked if one.state == "ranked"]
    states = Counter(one.state for one in ranked)
    row: dict[str, Any] = {"community": name, "field": len(ranked)}
    row |= {state: states[state] for state in ("ranked", "unreported", "not_comparable", "no_denominator")}
    if basis in COUNTED:
        row[basis] = sum(one.rate.numerator or 0 for one in heard) if heard else None
    elif basis != "composite":
        whole = metrics.sum_rates(one.rate for one in heard).rate
        row |= _named(basis, whole.numerator, whole.denominator)
    mine = kind(today, cut)
    told = [one for one in found if one.kind == mine and today.standing[one.members[0].key].state == "reported"]
    whole = metrics.sum_rates(one.rate for one in told).rate
    row |= {"coverage_n": whole.numerator, "coverage_d": whole.denominator}
    row["left"] = metrics.left_to_target(whole, today.target)
    if basis == "increment":
        row |= {"increment_days": 1, "increment_counted": len(heard)}
    else:
        row |= standing.of_one_day(one.gain[:2] for one in told)
    row["reported"] = len(told)
    states_known = ["field", "ranked", "unreported", "not_comparable", "no_denominator"]
    figures = [*_figures(basis), "coverage_n", "coverage_d", "increment", "increment_days", "left"]
    figures += ["increment_counted", "reported"]
    columns = list(dict.fromkeys(["community", *states_known, *figures]))
    return frames.frame([row], [*columns, "estimates"], dict.fromkeys(columns[1:], "Int64"))


def history(view: View, basis: str = "coverage", days: int = 8, cut: Cut = WHOLE, issues: bool = False) -> pd.DataFrame:
    """The ranks of the last days with evening tallies, or with ``issues`` of the last notices, in order of time.

    One row per day and community (area, lead cadre, as in ``table``). Columns: day, notice (Int64 number, missing
    where the day is not a notice's), community, rank (Int64, missing where it had none), state. Each notice is ranked
    as the board stood when it was published; the view's own day comes last. Raises BasisError.
    """
    field = replace(view, community=None)
    rows = []
    with database.reporting() as connection:
        cut = checked(connection, field, basis, cut)
        if issues:
            views = [
                (one.notice, replace(field, day=one.day, as_of=one.as_of))
                for one in reversed(notices(connection, field, days - 1))
            ]
            points = [
                (number, scores.fields(connection, asked, (), cut)[-1]) for number, asked in [*views, (None, field)]
            ]
        else:
            shown = evenings.days(connection, field, days)
            found = scores.fields(connection, field.on(shown[-1]), shown, cut) if shown else []
            points = [(None, one) for one in found]
        for number, then in points:
            listed = entrants(connection, field.on(then.day), then, basis, cut)
            ranks = {one.key: one for one in rank(listed)}
            rows += [
                {
                    "day": then.day,
                    "notice": number,
                    "community": one.name,
                    "rank": ranks[one.key].rank,
                    "state": ranks[one.key].state,
                }
                for one in listed
            ]
    columns = ["day", "notice", "community", "rank", "state"]
    return frames.frame(rows, columns, {"rank": "Int64", "notice": "Int64"})


def side_by_side(view: View, cut: Cut = WHOLE) -> pd.DataFrame:
    """Every basis beside the others, one row per community (area, lead cadre) in the order of the register.

    Columns: community, area, kind, and for each basis of ``available`` (coverage as ``coverage_surveyed`` and
    ``coverage_eligible``): ``<basis>_rank`` (Int64), ``<basis>_state``, ``<basis>_tied`` and ``<basis>_n``/``_d``
    (Int64; of counts only ``_n``), and estimates as in ``frames.frame``. Raises BasisError.
    """
    field = replace(view, community=None)
    wanted = [(basis, basis, replace(cut, series=None, over=None)) for basis in available() if basis != "coverage"]
    wanted += [(f"coverage_{over}", "coverage", replace(cut, over=over)) for over in ("surveyed", "eligible")]
    rows: dict[str, dict[str, Any]] = {}
    days: dict[Cut, Field] = {}
    with database.reporting() as connection:
        for name, basis, part in wanted:
            part = checked(connection, field, basis, part)
            if part not in days:
                days[part] = scores.fields(connection, field, (), part)[-1]
            found = entrants(connection, field, days[part], basis, part)
            places = {place.key: place for place in rank(found)}
            for one in found:
                place = places[one.key]
                row = rows.setdefault(one.key, {"community": one.name, "area": one.area, "kind": one.kind})
                row |= {f"{name}_rank": place.rank, f"{name}_state": place.state, f"{name}_tied": place.tied}
                row |= {f"{name}_n": place.rate.numerator, f"{name}_d": place.rate.denominator}
    order = [name for basis in available() for name, mine, _cut in wanted if mine == basis]
    numbers = [f"{name}_{part}" for name in order for part in ("rank", "n", "d")]
    words = [f"{name}_{part}" for name in order for part in ("state", "tied")]
    columns = ["community", "area", "kind", *words, *numbers, "estimates"]
    return frames.frame(list(rows.values()), columns, dict.fromkeys(numbers, "Int64"))


def kinds(view: View) -> list[str]:
    """The kinds of unit in the field, the most frequent first: each has a ranking of its own."""
    with database.reporting() as connection:
        found = Counter(unit.kind for unit in standing.units(connection, replace(view, community=None)))
    return [name for name, _count in found.most_common()]


def _ahead(connection: Connection, view: View, day: Field, found: Iterable[Entrant]) -> dict[str, dict[str, Any]]:
    """Pace and forecast of everybody who reported, by key."""
    last = day.campaign.ends or view.day + timedelta(days=366)
    rest = day.rest | rest_days(connection, view, view.day, last)
    ahead = {}
    for one in found:
        speed = pace(day, one, rest)
        row: dict[str, Any] = {"pace_known": speed.known, "pace_window": speed.window}
        if speed.value is not None:
            row |= {"pace_n": speed.value.numerator, "pace_d": speed.value.denominator}
        if one.rate.state == "ok":
            told = metrics.days_to_target(one.rate, day.target, speed.value)
            row |= {"forecast": told.state, "days": told.days}
            if told.days is not None:
                row["finish"] = metrics.finish_day(view.day, told.days, rest)
        ahead[one.key] = row
    return ahead


def _rows(
    day: Field,
    basis: str,
    found: list[Entrant],
    ranked: list[metrics.Ranked[str]],
    then: Mapping[str, int],
    before: Before | None,
    ahead: Mapping[str, dict[str, Any]],
) -> list[dict[str, Any]]:
    known = {one.key: one for one in found}
    size = metrics.field_size(ranked)
    intervals = [
        metrics.wilson(place.rate) if place.state == "ranked" and basis in OF_PEOPLE else None for place in ranked
    ]
    rows = []
    above: metrics.Interval | None = None
    for place, interval, letters in zip(ranked, intervals, metrics.alike(intervals), strict=True):
        one = known[place.key]
        change = metrics.rank_change(then.get(place.key), place.rank, len(then) if then else None, size)
        row: dict[str, Any] = {
            "community": one.name,
            "members": _(", ").join(unit.name for unit in one.members),
            "area": one.area,
            "kind": one.kind,
            "heard": one.heard,
            "of": len(one.members),
            "rank": place.rank,
            "state": place.state,
            "tied": place.tied,
            "change": change.kind if before else "none",
            "places": change.places,
            "was": change.previous or None,
            "now": change.current or None,
            "since": before.day if before else None,
            "since_notice": before.notice if before else None,
            "low": None if interval is None else interval[0] * 100,
            "high": None if interval is None else interval[1] * 100,
            "same_as_above": metrics.overlap(above, interval),
            "alike": letters,
        }
        row |= _parts(day, one) if basis == "composite" else {}
        row |= _behind(day, one) | _named(basis, place.rate.numerator, place.rate.denominator)
        row |= _judgement(day, basis, place, one) | ahead.get(one.key, {})
        rows.append(row)
        above = interval
    return rows


def _accepted(field: View, basis: str) -> frozenset[str]:
    """The communities with an accepted difference behind the figure of the basis."""
    found = dispatch.differences(field)
    return frozenset(found.loc[found["waiver"].notna() & found["identity"].isin(CONCERNS[basis]), "community"])


def _named(basis: str, numerator: int | None, denominator: int | None) -> dict[str, Any]:
    if basis in COUNTED:
        return {basis: numerator}
    pair = {"rate_n": numerator, "rate_d": denominator}
    return pair | {f"{basis}_n": numerator, f"{basis}_d": denominator}


def _behind(day: Field, one: Entrant) -> dict[str, Any]:
    """The coverage behind the list, whatever it is ranked by."""
    row: dict[str, Any] = {"coverage_n": one.rate.numerator, "coverage_d": one.rate.denominator}
    row["left"] = metrics.left_to_target(one.rate, day.target)
    row["increment"], row["increment_days"], row["increment_counted"] = one.gain
    if one.last is not None:
        row["last_n"], row["last_d"], row["last_day"] = one.last
    return row


def _parts(day: Field, one: Entrant) -> dict[str, Any]:
    """What a composite is made of."""
    keys = [unit.key for unit in one.members]
    rates = {name: scores.together(day, name, keys) for name in settings().composite_weights}
    numerators = {f"{name}_n": rate.numerator for name, rate in rates.items()}
    return numerators | {f"{name}_d": rate.denominator for name, rate in rates.items()}


def _judgement(day: Field, basis: str, place: metrics.Ranked[str], one: Entrant) -> dict[str, Any]:
    share = basis in OF_PEOPLE
    base = place.rate.denominator
    small = share and place.state == "ranked" and base is not None and base < settings().thresholds.small_base
    over = place.suspect if basis in RANKED else one.rate.over
    marks = {"over": over, "small_base": small, "unreconciled": one.unreconciled, one.score.note: bool(one.score.note)}
    marks["estimate"] = place.rate.approximate
    reached = metrics.meets(place.rate, day.target) if basis == "coverage" else None
    return {
        "small_base": small,
        "over": over,
        "reached": reached if place.state == "ranked" else None,
        "marks": " ".join(name for name, holds in marks.items() if holds),
        "status": _status(place),
    }


def _status(place: metrics.Ranked[str]) -> str:
    if place.state == "ranked":
        return _("Tied") if place.tied else ""
    if place.rate.approximate and place.state == "not_comparable":
        return _("Estimate, not ranked")
    return _("Not reported") if place.state == "unreported" else _("Not ranked")


def _figures(basis: str) -> list[str]:
    return [basis] if basis in COUNTED else ["rate_n", "rate_d", f"{basis}_n", f"{basis}_d"]


def _frame(rows: list[dict[str, Any]], basis: str) -> pd.DataFrame:
    parts = [f"{name}_{part}" for name in settings().composite_weights for part in "nd"] if basis == "composite" else []
    counts = ["heard", "of", "since_notice", "places", *_figures(basis), *parts, "coverage_n", "coverage_d"]
    counts += ["increment", "increment_days", "increment_counted", "left", "last_n", "last_d"]
    counts += ["pace_n", "pace_d", "pace_known", "pace_window", "days"] if basis == "coverage" else []
    counts = list(dict.fromkeys(counts))
    columns = [
        *("community", "members", "area", "kind", "rank", "state", "tied", "change", "was", "now", "since"),
        *counts,
        *("low", "high", "same_as_above", "alike", "small_base", "over", "reached", "marks", "status", "last_day"),
        *(("forecast", "finish") if basis == "coverage" else ()),
        "estimates",
    ]
    types: dict[str, Any] = dict.fromkeys(["rank", *counts], "Int64") | {"low": "Float64", "high": "Float64"}
    types |= {"same_as_above": "boolean", "reached": "boolean", "tied": "bool", "small_base": "bool", "over": "bool"}
    return frames.frame(rows, columns, types)
