"""接种率: who is vaccinated of whom, by community, day and group, and how far the target is (metrics.md §6.1, §6.4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import Connection, func, select

from config.campaigns import ALL, Campaign
from data_access import database, metrics
from data_access.force import in_force
from data_access.metrics import Rate
from data_access.reports import bases, evenings
from data_access.reports.bases import Bases
from data_access.reports.directory import rest_days
from data_access.reports.evenings import Evening
from data_access.reports.frames import frame
from data_access.reports.standing import (
    Standing,
    Unit,
    denominator,
    of_one_day,
    standings,
    target,
    units,
    whole_name,
)
from data_access.reports.tallies import campaign_key
from data_access.reports.tallies import definition as campaign_of
from data_access.reports.view import View
from data_access.schema import Callup, Submission

RATES = ("coverage", "coverage_d1", "coverage_full", "coverage_b", "booster_eligible", "survey")
DEFINITIONS: dict[str, tuple[str, str]] = {
    "coverage": (
        "接种率：项目主剂次的累计接种人数÷分母。摸底口径的分母是摸底人数，应接口径的分母是应接种人数；"
        "用哪一个由接种项目定。全街为分子、分母分别求和，未报社区不计入",
        "Coverage: people with the campaign's headline dose ÷ people surveyed or people eligible, as the campaign "
        "says. The street is sum over sum; communities that did not report are left out",
    ),
    "coverage_d1": (
        "第一剂接种率：累计第一剂÷应接种人数",
        "First dose: people with dose 1 ÷ eligible people",
    ),
    "coverage_full": (
        "全程接种率：累计全程÷应接种人数",
        "Full course: people with the full course ÷ eligible people",
    ),
    "coverage_b": (
        "加强免疫率：累计加强针÷累计全程（间隔期未到者未扣除）",
        "Booster: people boosted ÷ people with the full course (the interval is not taken into account)",
    ),
    "booster_eligible": (
        "加强针接种率：累计加强针÷应接种人数，仅供参考",
        "Booster for context: people boosted ÷ eligible people",
    ),
    "survey": ("摸底完成率：已摸底人数÷应摸底人数", "Survey completion: people surveyed ÷ people to survey"),
    "eligible": (
        "应接种人数＝摸底人数−禁忌人数；未填禁忌人数的按没有禁忌计",
        "Eligible = surveyed − contraindicated; a blank counts as none noted",
    ),
    "increment": (
        "当日增量：累计减上次报送的累计；中间有缺报的是多日合计；全街只加单日增量",
        "Increment: cumulative less the cumulative last reported; of several days where some are missing between; "
        "the street adds those of one day alone",
    ),
    "last_n": (
        "未报社区最近一次报送的累计，仅供参考，不参评、不计入合计",
        "The last figure of a community that did not report; for information, neither ranked nor added up",
    ),
}


def table(view: View) -> pd.DataFrame:
    """One row per community in register order, then one for the street (for the area, where the view names one).

    A view of a single community has no total row. Columns: level (community, street), community (name), area, kind,
    state (one of standing.STATES; of the total: reported, or unreported while nobody is), coverage_base (surveyed or
    eligible),
    as_of (the day from which the base counts), Int64 counts of people to_survey, surveyed, contraindicated,
    deferred, eligible, cum_d1, cum_full, cum_b (the series the campaign has), increment with increment_days, the
    rates of RATES that the campaign has, over (above 100 %), reported_on, and for those who did not report last_n,
    last_d, last_day. Of the total: reported, missing (communities not reported), without (those without a
    denominator or base); its counts of people and cumulative figures are those of the reported communities, <NA>
    where one of them lacks the figure; its increment is that of one day, over increment_counted of them. estimates as
    in ``frames.frame``.
    """
    with database.reporting() as connection:
        campaign = campaign_of(connection, view)
        communities = units(connection, view)
        standing = standings(connection, view, campaign, communities)
        earliest = min((s.before.day for s in standing.values() if s.before), default=view.day)
        rest = rest_days(connection, view, earliest, view.day)
        name = whole_name(connection, view)
    rows = [_row(one, standing[one.key], campaign, rest) for one in communities]
    if view.community is None:
        rows.append(_total(name, rows, campaign))
    return _frame(rows, campaign)


def series(campaign: Campaign) -> dict[str, tuple[str, str]]:
    """The rates by dose that a campaign has: name → (series counted, what it is counted over)."""
    found = {"coverage_d1": ("d1", "eligible")}
    if campaign.has_full:
        found["coverage_full"] = ("full", "eligible")
    if campaign.has_booster:
        found["coverage_b"] = ("b", "full" if campaign.has_full else "d1")
        found["booster_eligible"] = ("b", "eligible")
    return found


def _row(community: Unit, standing: Standing, campaign: Campaign, rest: set[date]) -> dict[str, Any]:
    base, tally = standing.base, standing.tally
    row: dict[str, Any] = {
        "level": "community",
        "community": community.name,
        "area": community.area,
        "kind": community.kind,
        "state": standing.state,
        "coverage_base": standing.denominator,
        "as_of": base.as_of if base else None,
        "over": standing.rate.over,
        "coverage_n": standing.vaccinated,
        "coverage_d": standing.rate.denominator,
        "survey_n": base.surveyed if base else None,
        "survey_d": base.to_survey if base else None,
    }
    for name in _PEOPLE:
        row[name] = getattr(base, name) if base else None
    for one in campaign.series:
        row[f"cum_{one}"] = tally.cumulative(one) if tally else None
    for name, (counted, over) in series(campaign).items():
        row[f"{name}_n"] = row[f"cum_{counted}"]
        row[f"{name}_d"] = row["eligible"] if over == "eligible" else row[f"cum_{over}"]
    if standing.vaccinated is not None:
        gained = standing.increment(rest)
        row |= {"increment": gained.value, "increment_days": gained.days, "reported_on": tally.day if tally else None}
    elif standing.before is not None:
        row |= {
            "last_n": standing.before.cumulative(standing.series),
            "last_d": standing.rate.denominator,
            "last_day": standing.before.day,
        }
    return row


_PEOPLE = ("to_survey", "surveyed", "contraindicated", "deferred", "eligible")


def _total(name: str, rows: list[dict[str, Any]], campaign: Campaign) -> dict[str, Any]:
    """Sum over sum of the communities that reported; the rest is counted, never added as 0."""
    heard = [row for row in rows if row["state"] == "reported"]
    total: dict[str, Any] = {
        "level": "street",
        "community": name,
        "state": "reported" if heard else "unreported",
        "coverage_base": denominator(campaign),
        "reported": len(heard),
        "missing": sum(row["state"] == "unreported" for row in rows),
        "without": sum(row["state"] in ("no_denominator", "no_baseline") for row in rows),
    }
    for rate in ("coverage", *series(campaign)):
        total |= _pair(rate, metrics.sum_rates(Rate(row[f"{rate}_n"], row[f"{rate}_d"]) for row in heard).rate)
    total |= _pair("survey", metrics.sum_rates(Rate(row["survey_n"], row["survey_d"]) for row in rows).rate)
    for count in (*_PEOPLE, *(f"cum_{one}" for one in campaign.series)):
        total[count] = metrics.add(*(row.get(count) for row in heard)) if heard else None
    total |= of_one_day((row.get("increment"), row.get("increment_days")) for row in heard)
    total["over"] = Rate(total["coverage_n"], total["coverage_d"]).over
    return total


def _pair(name: str, rate: Rate) -> dict[str, int | None]:
    return {f"{name}_n": rate.numerator, f"{name}_d": rate.denominator}


def _frame(rows: list[dict[str, Any]], campaign: Campaign) -> pd.DataFrame:
    rates = [f"{rate}_{part}" for rate in ("coverage", *series(campaign), "survey") for part in "nd"]
    counts = [*_PEOPLE, *(f"cum_{one}" for one in campaign.series), "increment", "increment_days", *rates]
    counts += ["increment_counted"]
    counts += ["last_n", "last_d", "reported", "missing", "without"]
    words = ["level", "community", "area", "kind", "state", "coverage_base", "as_of", "over", "reported_on", "last_day"]
    return frame(rows, [*words, *counts, "estimates"], dict.fromkeys(counts, "Int64") | {"over": "bool"})


def history(view: View, days: int = 30) -> pd.DataFrame:
    """The headline coverage day by day up to the view's day, one row per community (and the street) and day.

    Columns: level, community, day, coverage_n, coverage_d (Int64; of the street those who reported that day), doses
    (Int64, given that day), reported (Int64 communities), as_of (from when the base of that day counts: an earlier
    day keeps its own base), estimates as in ``frames.frame``. A day without a report is <NA>, never zero.
    """
    start = view.day - timedelta(days=days - 1)
    with database.reporting() as connection:
        campaign = campaign_of(connection, view)
        communities = units(connection, view)
        known = bases.load(connection, view)
        told = evenings.between(connection, view, start, view.day)
        name = whole_name(connection, view)
    rows: list[dict[str, Any]] = []
    for day in (start + timedelta(days=n) for n in range(days)):
        daily = [
            {
                "level": "community",
                "community": one.name,
                "day": day,
                **_on(known, told.get((one.key, day)), one.key, day, campaign),
            }
            for one in communities
        ]
        rows += daily
        if view.community is None:
            rows.append({"level": "street", "community": name, "day": day, **_street_day(daily)})
    counts = dict.fromkeys(("coverage_n", "coverage_d", "doses", "reported"), "Int64")
    columns = ["level", "community", "day", *counts, "as_of", "estimates"]
    return frame(rows, columns, counts)


def _on(known: Bases, tally: Evening | None, community: int, day: date, campaign: Campaign) -> dict[str, Any]:
    standing = Standing(known.on(community, day), tally, None, evenings.headline(campaign), denominator(campaign))
    given = standing.vaccinated is not None
    return {
        "coverage_n": standing.vaccinated,
        "coverage_d": standing.rate.denominator,
        "doses": evenings.doses(campaign, tally) if tally else None,
        "reported": int(given),
        "as_of": standing.base.as_of if standing.base else None,
    }


def _street_day(rows: list[dict[str, Any]]) -> dict[str, Any]:
    total = metrics.sum_rates(Rate(row["coverage_n"], row["coverage_d"]) for row in rows)
    doses = [row["doses"] for row in rows if row["doses"] is not None]
    heard = bool(total.counted)
    return {
        "coverage_n": total.rate.numerator if heard else None,
        "coverage_d": total.rate.denominator if heard else None,
        "doses": sum(doses) if doses else None,
        "reported": sum(row["reported"] for row in rows),
    }


def groups(view: View) -> pd.DataFrame:
    """Coverage by person group, counted from rosters: a lower bound, since walk-ins are on no roster.

    Columns: person_group (code), label, coverage_n (doses before the first report as the base states them, plus people
    whose roster outcome is vaccinated or vaccinated elsewhere), coverage_d (people of the group on the campaign's
    denominator); Int64, sums over the view's communities. Groups without a base are left out. coverage_n is <NA>
    where no roster with outcomes is in force for the group and the base states no doses.
    """
    with database.reporting() as connection:
        campaign = campaign_of(connection, view)
        communities = [unit.key for unit in units(connection, view)]
        known = bases.load(connection, view)
        counted = _roster_counts(connection, view, campaign, communities)
    by, opening = denominator(campaign), evenings.headline(campaign)
    rows = []
    for group in campaign.groups:
        parts = [known.groups(key, view.day).get(group.code) for key in communities]
        given = [part for part in parts if part is not None]
        if not given:
            continue
        before = [part.opening[opening] for part in given if part.opening[opening] is not None]
        roster = counted.get(group.code)
        done = None if roster is None and not before else (roster or 0) + sum(n or 0 for n in before)
        people = metrics.add(*(part.people(by) for part in given))
        rows.append({"person_group": group.code, "label": group.label, "coverage_n": done, "coverage_d": people})
    columns = ["person_group", "label", "coverage_n", "coverage_d"]
    return pd.DataFrame(rows, columns=columns).astype({"coverage_n": "Int64", "coverage_d": "Int64"})


def _roster_counts(connection: Connection, view: View, campaign: Campaign, communities: list[int]) -> Mapping[str, int]:
    """People with the headline dose on rosters in force up to the day, by person group."""
    rows = connection.execute(
        select(Callup.person_group, func.count(func.distinct(Callup.person_key)))
        .join(Submission, Submission.id == Callup.submission_id)
        .where(
            Callup.street_id == view.actor.street_id,
            Callup.campaign_id == campaign_key(view),
            Callup.community_id.in_(communities),
            Callup.vaccination_date <= view.day,
            Callup.dose_no == campaign.headline,
            Callup.outcome.in_(("vaccinated", "elsewhere")),
            in_force(view.as_of),
        )
        .group_by(Callup.person_group)
    )
    return {group or ALL: count for group, count in rows}


def forecast(view: View) -> pd.DataFrame:
    """Pace of the last seven days and how far the target is, per community and for the street (metrics.md §6.4).

    Columns: level, community, state (days, reached, unpredictable, missing, no_denominator), left (Int64 people),
    days (Int64 open days), finish (date), pace_n and pace_d (Int64: people per open day as an exact fraction),
    known and window (n/7 days behind it; of the street, communities with a pace / that reported), needed_n, needed_d
    (people per open day to reach the target by the campaign's end; <NA> while it is open-ended).
    """
    week = view.day - timedelta(days=7)
    with database.reporting() as connection:
        campaign = campaign_of(connection, view)
        communities = units(connection, view)
        standing = standings(connection, view, campaign, communities)
        told = evenings.between(connection, view, week, view.day)
        rest = rest_days(connection, view, week, campaign.ends or view.day + timedelta(days=366))
        name = whole_name(connection, view)
    goal = target(campaign)
    rows, paces, rates = [], [], []
    for one in communities:
        now = standing[one.key]
        mine = {day: tally for (key, day), tally in told.items() if key == one.key}
        pace = metrics.seven_day_average(
            view.day,
            {day: tally.cumulative(now.series) for day, tally in mine.items()},
            {day: evenings.doses(campaign, tally) for day, tally in mine.items()},
            rest,
        )
        if now.state == "reported":
            rates.append(now.rate)
            paces.append(pace.open_day)
        ahead = metrics.days_to_target(now.rate, goal, pace.open_day, pace.open_reported)
        behind = {"known": pace.open_reported, "window": pace.window}
        rows.append(_ahead("community", one.name, view, campaign, rest, now.rate, ahead, pace.open_day) | behind)
    if view.community is None:
        known = [pace for pace in paces if pace is not None]
        whole = sum(known) if known else None
        rate = metrics.sum_rates(rates).rate
        ahead = metrics.days_to_target(rate, goal, whole)
        behind = {"known": len(known), "window": len(paces)}
        rows.append(_ahead("street", name, view, campaign, rest, rate, ahead, whole) | behind)
    counts = ["left", "days", "pace_n", "pace_d", "known", "window", "needed_n", "needed_d"]
    frame = pd.DataFrame(rows, columns=["level", "community", "state", "finish", *counts])
    return frame.astype(dict.fromkeys(counts, "Int64"))


def _ahead(
    level: str,
    name: str,
    view: View,
    campaign: Campaign,
    rest: set[date],
    rate: Rate,
    ahead: metrics.Forecast,
    pace: Any,
) -> dict[str, Any]:
    row: dict[str, Any] = {
        "level": level,
        "community": name,
        "state": ahead.state,
        "left": ahead.left,
        "days": ahead.days,
    }
    if ahead.days is not None:
        row["finish"] = metrics.finish_day(view.day, ahead.days, rest)
    if pace is not None:
        row |= {"pace_n": pace.numerator, "pace_d": pace.denominator}
    if campaign.ends is not None:
        open_days = metrics.open_days(view.day + timedelta(days=1), campaign.ends, rest)
        needed = metrics.required_pace(rate, target(campaign), open_days)
        if needed is not None:
            row |= {"needed_n": needed.numerator, "needed_d": needed.denominator}
    return row
