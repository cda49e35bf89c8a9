"""排名通报: who stands where, on several bases, with what a rank can and cannot say (metrics.md §6.6, §6.9)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd

from config.campaigns import Campaign
from config.language import N_, _, pick
from config.settings import settings
from data_access import database, metrics
from data_access.metrics import Entry
from data_access.reports import coverage, dispatch, evenings, frames, scores, standing, tallies
from data_access.reports.scores import COUNTED, OF_PEOPLE, RANKED, BasisError, Field, Score
from data_access.reports.standing import Standing
from data_access.reports.view import View

BASES = ("survey", "coverage", "completion", "increment", "remaining", "on_time", "workstreams", "composite")
RATES = ("rate", *RANKED)
# The identities behind the figure of a basis: an accepted difference of these is marked beside it.
CONCERNS: Mapping[str, frozenset[str]] = {
    "coverage": frozenset({"I2"}),
    "remaining": frozenset({"I2"}),
    "increment": frozenset({"I2"}),
    "completion": frozenset({"I1", "I5", "I6"}),
    "composite": frozenset({"I1", "I2", "I5", "I6"}),
}
DEFINITIONS: dict[str, tuple[str, str]] = {
    "survey": coverage.DEFINITIONS["survey"],
    "coverage": coverage.DEFINITIONS["coverage"],
    "completion": (
        "名单完成率：当日名单内接种÷名单人数",
        "Plan completion: vaccinated on the roster ÷ people on the day's roster",
    ),
    "increment": (
        "当日增量：累计减上一开放日的累计，多者在前；首次报送或中间缺报（多日合计）的不参评",
        "Increment: cumulative less that of the open day before, most first; a first report or a total of several days "
        "is not ranked",
    ),
    "remaining": (
        "剩余人数：分母−累计接种，多者在前，看哪里需要帮助，不是成绩排名",
        "People left: base less people vaccinated, most first; it shows where help is needed, it is no merit list",
    ),
    "on_time": (
        "按时率：近30天（或开展以来）按时报送的份数÷应报份数，名单、早会商、晚调度三张表",
        "On time: sheets received in time ÷ sheets due, last 30 days or since the start; roster, morning, evening",
    ),
    "workstreams": (
        "专项：不落后于序时的专项数÷有目标且已报的专项数",
        "Workstreams: those not behind elapsed time ÷ those with a target and a report",
    ),
    "composite": (
        "综合：各项的加权平均，权重由设置给出并随表印出；缺一项即不评",
        "Composite: weighted mean; the weights are settings and printed with it; one part missing leaves it unranked",
    ),
    "rank": (
        "名次按分数的准确值比较，相等即并列（1、1、3、4）；未报、不可比、无应接种对象的不排名",
        "Rank compares exact fractions, equal ones tie (1, 1, 3, 4); without a report, a comparable kind or anybody "
        "eligible there is none",
    ),
    "change": (
        "升降：与上一个有晚调度的日子相比；参评家数变了，印成 名次/家数",
        "Change against the last day with evening tallies; where the number ranked changed it reads rank/number",
    ),
    "same_as_above": (
        "≈ 与上一位的95%威尔逊区间重叠，差异不显著",
        "≈ the 95% Wilson intervals of this row and the one above overlap: not distinguishable",
    ),
}
NAMES: Mapping[str, str] = {
    "survey": N_("Survey completion"),
    "coverage": N_("Coverage"),
    "completion": N_("Roster completion"),
    "increment": N_("Increment of the day"),
    "remaining": N_("People left"),
    "on_time": N_("On-time rate"),
    "workstreams": N_("Workstreams"),
    "composite": N_("Composite"),
}


def available() -> list[str]:
    """The bases an office may look at: all, but the composite only with weights."""
    return [basis for basis in BASES if basis != "composite" or settings().composite_weights]


def definition(basis: str, campaign: Campaign) -> str:
    """口径 of a basis in one line as printed beside the list, with denominators and weights where it has them."""
    if basis == "coverage":
        return standing.definition(campaign)
    if basis == "remaining":
        people = _("people surveyed") if standing.denominator(campaign) == "surveyed" else _("people eligible")
        return _("Where help is needed: {base} less people vaccinated, most first", base=people)
    if basis == "composite":
        weights = "、".join(f"{_(NAMES[name])} {weight:g}" for name, weight in settings().composite_weights.items())
        return _("Weighted mean of: {weights}", weights=weights)
    return {
        "survey": _("People surveyed ÷ people to survey"),
        "completion": _("Vaccinated on the roster ÷ people on the roster of the day"),
        "increment": _("Cumulative figure less that of the open day before"),
        "on_time": _("Daily sheets received in time ÷ sheets due, last {n} days", n=scores.TIMELY_DAYS),
        "workstreams": _("Workstreams not behind elapsed time ÷ workstreams with a target and a report"),
    }[basis]


def explained(basis: str) -> str:
    """The whole 口径 of a basis and of the signs beside it, for the one hover away."""
    return "\n\n".join(pick(*DEFINITIONS[name]) for name in (basis, "rank", "change", "same_as_above"))


def table(view: View, basis: str = "coverage") -> pd.DataFrame:
    """One row per community: the ranked first, then unreported, not comparable and without denominator.

    A view of one community ranks it in its whole field and returns its row. Columns: community, area, kind, rank
    (Int64), state (ranked, unreported, not_comparable, no_denominator), tied, change (up, down, same, new, dropped,
    none), places (Int64, up positive), was and now (text ``n/m`` where the number ranked changed), since (the day
    compared with); the basis as ``rate_n``/``rate_d`` and under its own name (Int64; ``increment`` and ``remaining``
    are counts of people without a rate); coverage_n, coverage_d, increment, increment_days, left (Int64 people to
    the target; ≤ 0 reached), low and high (Wilson interval of the rate, percent), same_as_above (≈ with the row
    above; <NA> without interval), small_base, over (above 100 %), reached (the target; <NA> where none applies), marks
    (codes separated by spaces: over, small_base, unreconciled, spans, first, no_baseline, accepted), status (the same
    in words: tied, not reported, not ranked), and for those who did not report last_n, last_d, last_day.
    Raises BasisError.
    """
    _check(basis)
    field = replace(view, community=None)
    with database.reading() as connection:
        earlier = [day for day in evenings.days(connection, field, 2) if day < view.day]
        since = earlier[-1] if earlier else None
        *then, today = scores.fields(connection, field, earlier[-1:])
        given = scores.of(today, basis)
        ranked = _rank(today, given)
        before = _ranks(then[0], basis) if then else {}
        waived = basis in CONCERNS and bool(tallies.waivers(connection, field))
    rows = _rows(today, basis, given, ranked, before, since)
    accepted = _accepted(field, basis) if waived else frozenset()
    for row in rows:
        if row["community"] in accepted:
            row["marks"] = f"{row['marks']} accepted".lstrip()
    frame = _frame(rows, basis)
    return frame if view.community is None else frame[frame["community"] == view.community].reset_index(drop=True)


def total(view: View, basis: str = "coverage") -> pd.DataFrame:
    """The whole of the field in one row: sum over sum of what was ranked. Raises BasisError.

    Columns: community (street or area), ``rate_n``/``rate_d`` and the basis' own (<NA> for the composite, which cannot
    be added), coverage_n, coverage_d, increment with increment_days and increment_counted (one day's, over
    this many of the ``reported`` communities), left, field (communities), and ranked, unreported, not_comparable,
    no_denominator (how many of them; Int64).
    """
    _check(basis)
    field = replace(view, community=None)
    with database.reading() as connection:
        today = scores.fields(connection, field)[-1]
        given = scores.of(today, basis)
        ranked = _rank(today, given)
        name = standing.whole_name(connection, field)
    heard = [one for one in ranked if one.state == "ranked"]
    states = Counter(one.state for one in ranked)
    row: dict[str, Any] = {"community": name, "field": len(ranked)}
    row |= {state: states[state] for state in ("ranked", "unreported", "not_comparable", "no_denominator")}
    if basis in COUNTED:
        row[basis] = sum(one.rate.numerator or 0 for one in heard) if heard else None
    elif basis != "composite":
        whole = metrics.sum_rates(one.rate for one in heard).rate
        row |= _named(basis, whole.numerator, whole.denominator)
    told = [today.standing[one.key] for one in ranked if today.standing[one.key].state == "reported"]
    whole = metrics.sum_rates(one.rate for one in told).rate
    gains = (one.increment(today.rest) for one in told)
    row |= {"coverage_n": whole.numerator, "coverage_d": whole.denominator}
    row["left"] = metrics.left_to_target(whole, standing.target(today.campaign))
    if basis == "increment":
        row |= {"increment_days": 1, "increment_counted": len(heard)}
    else:
        row |= standing.of_one_day((gain.value, gain.days) for gain in gains)
    row["reported"] = len(told)
    states_known = ["field", "ranked", "unreported", "not_comparable", "no_denominator"]
    figures = [*_figures(basis), "coverage_n", "coverage_d", "increment", "increment_days", "left"]
    figures += ["increment_counted", "reported"]
    columns = list(dict.fromkeys(["community", *states_known, *figures]))
    return frames.frame([row], columns, dict.fromkeys(columns[1:], "Int64"))


def history(view: View, basis: str = "coverage", days: int = 8) -> pd.DataFrame:
    """The ranks of the last days with evening tallies, one row per day and community, in order of time.

    Columns: day, community, rank (Int64, missing where it had none), state. Raises BasisError.
    """
    _check(basis)
    field = replace(view, community=None)
    rows = []
    with database.reading() as connection:
        shown = evenings.days(connection, field, days)
        for then in scores.fields(connection, field.on(shown[-1]), shown) if shown else ():
            ranks = {one.key: one for one in _rank(then, scores.of(then, basis))}
            rows += [
                {"day": then.day, "community": one.name, "rank": ranks[one.key].rank, "state": ranks[one.key].state}
                for one in then.communities
            ]
    return frames.frame(rows, ["day", "community", "rank", "state"], {"rank": "Int64"})


def _check(basis: str) -> None:
    if basis not in BASES:
        raise BasisError(
            _("There is no ranking basis {basis}; use one of: {known}.", basis=basis, known=", ".join(BASES))
        )
    if basis == "composite" and not settings().composite_weights:
        raise BasisError(_("The composite ranking is off: no weights are set (composite_weights)."))


def _rank(day: Field, given: Mapping[int, Score]) -> list[metrics.Ranked[int]]:
    """Ranks within the most frequent kind of unit; units of another kind are not compared with it."""
    kinds = Counter(one.kind for one in day.communities)
    main = next(iter(kinds.most_common(1)), ("community", 0))[0]
    entries = []
    for one in day.communities:
        score = given[one.key]
        state = score.state if one.kind == main or score.state != "ranked" else "not_comparable"
        entries.append(Entry(one.key, score.rate, state))
    return metrics.rank(entries)


def _ranks(day: Field, basis: str) -> dict[int, int]:
    return {one.key: one.rank for one in _rank(day, scores.of(day, basis)) if one.rank is not None}


def _rows(
    day: Field,
    basis: str,
    given: Mapping[int, Score],
    ranked: list[metrics.Ranked[int]],
    before: Mapping[int, int],
    since: date | None,
) -> list[dict[str, Any]]:
    communities = {one.key: one for one in day.communities}
    size = metrics.field_size(ranked)
    rows = []
    above: metrics.Interval | None = None
    for place in ranked:
        one, stand = communities[place.key], day.standing[place.key]
        interval = metrics.wilson(place.rate) if place.state == "ranked" and basis in OF_PEOPLE else None
        change = metrics.rank_change(before.get(place.key), place.rank, len(before) if before else None, size)
        row: dict[str, Any] = {
            "community": one.name,
            "area": one.area,
            "kind": one.kind,
            "rank": place.rank,
            "state": place.state,
            "tied": place.tied,
            "change": change.kind if since else "none",
            "places": change.places,
            "was": change.previous or None,
            "now": change.current or None,
            "since": since,
            "low": None if interval is None else interval[0] * 100,
            "high": None if interval is None else interval[1] * 100,
            "same_as_above": metrics.overlap(above, interval),
        }
        row |= _named(basis, place.rate.numerator, place.rate.denominator)
        row |= _standing_columns(day, stand, basis)
        row |= _judgement(day, basis, place, given[place.key], stand)
        rows.append(row)
        above = interval if place.state == "ranked" else None
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


def _standing_columns(day: Field, stand: Standing, basis: str) -> dict[str, Any]:
    """The coverage behind the list, whatever it is ranked by."""
    row: dict[str, Any] = {"coverage_n": stand.vaccinated, "coverage_d": stand.rate.denominator}
    row["left"] = metrics.left_to_target(stand.rate, standing.target(day.campaign))
    if stand.vaccinated is not None:
        gained = stand.increment(day.rest)
        row |= {"increment": gained.value, "increment_days": gained.days}
    elif stand.before is not None:
        last = stand.before
        row |= {"last_n": last.cumulative(stand.series), "last_d": stand.rate.denominator, "last_day": last.day}
    return row


def _judgement(day: Field, basis: str, place: metrics.Ranked[int], score: Score, stand: Standing) -> dict[str, Any]:
    share = basis in OF_PEOPLE
    base = place.rate.denominator
    small = share and place.state == "ranked" and base is not None and base < settings().thresholds.small_base
    over = place.suspect if basis in RANKED else stand.rate.over
    unreconciled = stand.tally is not None and stand.tally.unreconciled
    marks = {"over": over, "small_base": small, "unreconciled": unreconciled, score.note: bool(score.note)}
    reached = metrics.meets(place.rate, standing.target(day.campaign)) if basis == "coverage" else None
    return {
        "small_base": small,
        "over": over,
        "reached": reached if place.state == "ranked" else None,
        "marks": " ".join(name for name, holds in marks.items() if holds),
        "status": _status(place),
    }


def _status(place: metrics.Ranked[int]) -> str:
    if place.state == "ranked":
        return _("Tied") if place.tied else ""
    return _("Not reported") if place.state == "unreported" else _("Not ranked")


def _figures(basis: str) -> list[str]:
    return [basis] if basis in COUNTED else ["rate_n", "rate_d", f"{basis}_n", f"{basis}_d"]


def _frame(rows: list[dict[str, Any]], basis: str) -> pd.DataFrame:
    counts = ["places", *_figures(basis), "coverage_n", "coverage_d", "increment", "increment_days", "left"]
    counts = list(dict.fromkeys([*counts, "last_n", "last_d"]))
    columns = [
        *("community", "area", "kind", "rank", "state", "tied", "change", "was", "now", "since"),
        *counts,
        *("low", "high", "same_as_above", "small_base", "over", "reached", "marks", "status", "last_day"),
    ]
    types: dict[str, Any] = dict.fromkeys(["rank", *counts], "Int64") | {"low": "Float64", "high": "Float64"}
    types |= {"same_as_above": "boolean", "reached": "boolean", "tied": "bool", "small_base": "bool", "over": "bool"}
    return frames.frame(rows, columns, types)
