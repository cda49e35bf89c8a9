"""The simulated drive: who is called up day by day, what became of each, and what clerks got wrong about it.

The days are consistent by construction: each total is its opening plus what was given since. Every difference that
the board is to find is planted on purpose, in ``_plant``.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from random import Random

from config.campaigns import Campaign
from data_access.sample.people import People, Person
from data_access.sample.street import BATCHES, SITES, Parts, Place

ONE_DAY = timedelta(days=1)
LEAST, MOST = 60, 150  # people on the street's rosters of one day
WEEKEND = 0.72
COVID_SHARE = 0.7
DOSES = {"covid": {"d1": 0.64, "d2": 0.21, "b": 0.15}, "flu": {"d1": 1.0}}
GROUPS = {
    "covid": {
        "elderly": 0.24, "adult": 0.41, "minor": 0.09, "key_trade": 0.07,
        "floating": 0.08, "party": 0.04, "enterprise": 0.05, "other": 0.02,
    },
    "flu": {"elderly": 1.0},
}  # fmt: skip
OUTCOMES = {
    "vaccinated": 0.880, "no_show": 0.046, "deferred": 0.032, "contraindicated": 0.008, "refused": 0.010,
    "rescheduled": 0.012, "site_changed": 0.007, "elsewhere": 0.005,
}  # fmt: skip
REASONS = {
    "deferred": ("发热待退", "近期手术恢复中", "血压偏高，择日再种", "感冒未愈"),
    "contraindicated": ("既往严重过敏", "医生评估不宜接种"),
    "refused": ("本人不愿接种", "家属不同意"),
    "rescheduled": ("临时出差，改约", "照看孙辈，改约"),
}
CALLED_AGAIN = ("no_show", "rescheduled", "site_changed", "shortage")


@dataclass(slots=True)
class Call:
    """One row of a roster."""

    person: Person
    dose: str
    last: date | None
    site: int
    batch: int
    reminded: bool
    outcome: str
    reason: str | None = None
    reaction: bool = False


@dataclass(slots=True)
class Day:
    """One community's day in one campaign, and what is planted on it."""

    place: Place
    campaign: str
    day: date
    calls: list[Call] = field(default_factory=list)
    walk_ins: Counter[str] = field(default_factory=Counter)
    totals: dict[str, int] = field(default_factory=dict)  # cum_d1, cum_full, cum_b as reported
    carried: int = 0
    plan_next: int = 0
    plan_extra: int = 0  # I5: the meeting planned other than the roster says
    step: int = 0  # I2: the total moved by more or less than was given
    swapped: int = 0  # I6: people of the roster counted as walk-in and as no-show
    note: str | None = None  # what the clerk says about the difference
    forgotten: int = 0  # walk-ins left out of the first version, put right the next morning
    short_site: int | None = None  # where there is not a dose to spare in the morning
    lacking: int = 0  # doses short of the plan there

    def given(self, dose: str) -> int:
        """Doses given on the day."""
        return self.walk_ins[dose] + sum(c.dose == dose and c.outcome == "vaccinated" for c in self.calls)


@dataclass(slots=True)
class Base:
    """The survey of one community for one campaign, with the doses given before the first day."""

    surveyed: int
    unfit: int
    opening: dict[str, int]  # d1, full, b


@dataclass(slots=True)
class Drive:
    """The whole simulation."""

    first: date
    last: date
    days: dict[tuple[str, int, date], Day]
    bases: dict[tuple[str, int], Base]


def split(total: int, weights: list[float]) -> list[int]:
    """``total`` in whole parts by weight (largest remainders first)."""
    scale = total / (sum(weights) or 1)
    exact = [weight * scale for weight in weights]
    found = [math.floor(part) for part in exact]
    order = sorted(range(len(weights)), key=lambda i: (found[i] - exact[i], i))
    for i in order[: total - sum(found)]:
        found[i] += 1
    return found


def simulate(places: list[Place], cast: Parts, campaigns: list[Campaign], first: date, last: date, seed: int) -> Drive:
    """Every day from ``first`` to ``last``, and the roster of the day after."""
    return _Simulation(places, cast, campaigns, first, last, seed).run()


class _Simulation:
    def __init__(
        self, places: list[Place], cast: Parts, campaigns: list[Campaign], first: date, last: date, seed: int
    ) -> None:
        self.places, self.cast, self.campaigns = places, cast, campaigns
        self.rng = Random(f"{seed}:drive")
        self.people = People(Random(f"{seed}:people"))
        self.drive = Drive(first, last, {}, {})
        self.again: dict[tuple[str, int, date], list[Call]] = {}
        self.held: dict[int, list[tuple[Person, date]]] = {place.index: [] for place in places}
        self.load: Counter[tuple[date, int, int]] = Counter()
        self.surveyed = {
            (campaign.code, place.index): place.surveyed if campaign.code == "covid" else round(place.surveyed * 0.26)
            for campaign in campaigns
            for place in places
        }

    def run(self) -> Drive:
        first, last = self.drive.first, self.drive.last
        span = [first + ONE_DAY * n for n in range((last - first).days + 2)]
        volumes = self._volumes(span)
        for day in span:
            for campaign in self.campaigns:
                quotas = self._quotas(campaign.code, volumes[campaign.code, day])
                for place, quota in zip(self.places, quotas, strict=True):
                    self._one(campaign.code, place, day, quota)
            if day >= last - ONE_DAY:
                self._overfill(day)
        self._plant()
        self._tie()
        for campaign in self.campaigns:
            for place in self.places:
                self._totals(campaign, place, span)
        return self.drive

    # How many --------------------------------------------------------------------------------------------------------

    def _volumes(self, span: list[date]) -> dict[tuple[str, date], int]:
        """People called up by campaign and day: slow, fast, slow; less at weekends; what the base bears at most."""
        street: dict[date, float] = {}
        for number, day in enumerate(span):
            bump = 1 / math.cosh(4 * (number / max(len(span) - 1, 1) - 0.5)) ** 2
            week = WEEKEND if day.weekday() >= 5 else 1.0
            street[day] = min(MOST, max(LEAST, (70 + 85 * bump) * week * self.rng.uniform(0.96, 1.04)))
        everybody = sum(street.values())
        found: dict[tuple[str, date], int] = {}
        for campaign in self.campaigns:
            code = campaign.code
            share = COVID_SHARE if code == "covid" else 1 - COVID_SHARE
            bearable = (0.22 if code == "covid" else 0.45) * sum(self.surveyed[code, p.index] for p in self.places)
            cap = min(1.0, bearable / (everybody * share * DOSES[code]["d1"]))
            for day, people in street.items():
                found[code, day] = max(len(self.places), round(people * share * cap))
        return found

    def _quotas(self, campaign: str, volume: int) -> list[int]:
        weights = [self.surveyed[campaign, place.index] * self.rng.uniform(0.75, 1.25) for place in self.places]
        return [max(quota, 1) for quota in split(volume, weights)]

    # Who -------------------------------------------------------------------------------------------------------------

    def _one(self, campaign: str, place: Place, day: date, quota: int) -> None:
        rng = self.rng
        today = Day(place, campaign, day)
        carried = self.again.pop((campaign, place.index, day), [])
        for call in carried:
            today.calls.append(self._call(campaign, place, day, call.person, call.dose, call.last))
        doses = DOSES[campaign]
        while len(today.calls) < quota:
            dose = rng.choices(list(doses), list(doses.values()))[0]
            person, last = self._somebody(campaign, place, day, dose)
            today.calls.append(self._call(campaign, place, day, person, dose, last))
        today.calls.sort(key=lambda call: (call.site, call.batch))
        for _ in range(round(quota * rng.uniform(0, 0.16))):
            today.walk_ins[rng.choices(list(doses), list(doses.values()))[0]] += 1
        missed = [call for call in today.calls if call.outcome in CALLED_AGAIN]
        if missed:
            self.again[campaign, place.index, day + 2 * ONE_DAY] = missed
        if campaign == "covid":
            self.held[place.index] += [
                (call.person, day) for call in today.calls if call.dose == "d1" and call.outcome == "vaccinated"
            ]
        before = self.drive.days.get((campaign, place.index, day - ONE_DAY))
        if before is not None:
            before.plan_next = len(today.calls)
        self.drive.days[campaign, place.index, day] = today

    def _somebody(self, campaign: str, place: Place, day: date, dose: str) -> tuple[Person, date | None]:
        """Somebody new; for a second dose, where possible, somebody who had the first one here 21 days ago."""
        rng = self.rng
        if dose == "d2" and self.held[place.index] and self.held[place.index][0][1] <= day - 21 * ONE_DAY:
            return self.held[place.index].pop(0)
        groups = GROUPS[campaign]
        group = rng.choices(list(groups), list(groups.values()))[0]
        last = None
        if dose == "d2":
            last = day - rng.randint(22, 60) * ONE_DAY
        elif dose == "b":
            last = day - rng.randint(185, 320) * ONE_DAY
        return self.people.person(group, place.index, day), last

    def _call(self, campaign: str, place: Place, day: date, person: Person, dose: str, last: date | None) -> Call:
        rng = self.rng
        site, batch = self._slot(place, day)
        outcome = rng.choices(list(OUTCOMES), list(OUTCOMES.values()))[0]
        reasons = REASONS.get(outcome)
        reason = rng.choice(reasons) if reasons else None
        return Call(person, dose, last, site, batch, rng.random() < 0.96, outcome, reason)

    def _slot(self, place: Place, day: date) -> tuple[int, int]:
        """Site and batch: where the community usually goes, where there is room left, rather early than late."""
        usual = place.sites if self.rng.random() < 0.8 else place.sites[::-1]
        for site in dict.fromkeys((*usual, *range(len(SITES)))):
            free = [b for b in range(len(BATCHES)) if self.load[day, site, b] < SITES[site][2]]
            if free:
                break
        else:
            free = list(range(len(BATCHES)))
        batch = self.rng.choices(free, [4 - 0.8 * b for b in free])[0]
        self.load[day, site, batch] += 1
        return site, batch

    def _overfill(self, day: date) -> None:
        """One batch of the first site gets a few people more than it takes."""
        wanted = SITES[0][2] + 2
        for (campaign, _place, on), today in self.drive.days.items():
            if on != day or campaign != "covid":
                continue
            for call in today.calls:
                if self.load[day, 0, 1] < wanted and (call.site, call.batch) != (0, 1):
                    self.load[day, call.site, call.batch] -= 1
                    call.site, call.batch = 0, 1
                    self.load[day, 0, 1] += 1

    # What is planted -------------------------------------------------------------------------------------------------

    def _plant(self) -> None:
        last, cast = self.drive.last, self.cast
        for day in (last - ONE_DAY, last):
            if day < self.drive.first:
                continue
            on = {place.index: self.drive.days["covid", place.index, day] for place in self.places}
            self._unexplained(on[cast.tied[0]], 2)
            self._unexplained(on[cast.other(2)], 1)
            on[cast.other(3)].plan_extra = 2
            self._swap(on[cast.other(4)], 1, "1 人按散客登记，实为名单内，已核对到人")
            if len(cast.others) > 1:
                on[cast.other(1)].step = -2 if day < last else 1
            self._short(day)
            self._reaction(on[cast.other(5)])
            self._unexplained(self.drive.days["flu", cast.other(0), day], 1, "1 人到点后自行离开，次日回访")
        quiet = {cast.silent, *cast.tied}
        for (campaign, place, day), today in self.drive.days.items():
            if day >= last - ONE_DAY or campaign != "covid" or place in quiet:
                continue
            chance = self.rng.random()
            if chance < 0.02:
                self._unexplained(today, 1, "1 人联系不上，次日补核" if chance < 0.014 else None)
            elif chance < 0.05:
                today.plan_extra = 1
            elif chance < 0.06:
                self._swap(today, 1, "1 人重复登记为散客")
            elif chance < 0.09:
                today.forgotten = 2
                today.walk_ins["d1"] += 2
            elif chance < 0.105:
                self._shortage(today, 2)
        corrected = self.drive.days.get(("covid", cast.other(7), last - ONE_DAY))
        if corrected is not None:
            corrected.forgotten = 2
            corrected.walk_ins["d1"] += 2

    def _change(self, today: Day, count: int, outcome: str) -> None:
        vaccinated = [call for call in today.calls if call.outcome == "vaccinated" and call.dose != "d2"]
        for call in vaccinated[-count:]:
            call.outcome = outcome

    def _unexplained(self, today: Day, count: int, note: str | None = None) -> None:
        self._change(today, count, "unexplained")
        today.note = note

    def _shortage(self, today: Day, count: int) -> None:
        self._change(today, count, "shortage")
        today.short_site, today.lacking = today.calls[0].site, count

    def _short(self, day: date) -> None:
        """One site has no more doses than people, and for the community that sends most of them not even those."""
        sent = Counter(
            (place.index, call.site)
            for place in self.places
            for call in self.drive.days["covid", place.index, day].calls
            if call.site != 0  # the first site has its own trouble: a batch that is too full
        )
        if not sent:
            return
        (most, site), people = max(sent.items(), key=lambda item: (item[1], -item[0][0]))
        for campaign in self.campaigns:
            for place in self.places:
                self.drive.days[campaign.code, place.index, day].short_site = site
        self.drive.days["covid", most, day].lacking = min(4, people)

    def _swap(self, today: Day, count: int, note: str) -> None:
        today.swapped = min(count, sum(call.outcome == "vaccinated" for call in today.calls))
        today.note = note

    def _reaction(self, today: Day) -> None:
        for call in today.calls:
            if call.outcome == "vaccinated":
                call.reaction = True
                return

    def _tie(self) -> None:
        """On the last two days the tied communities move in step: 3 doses here for 2 there."""
        for day in (self.drive.last - ONE_DAY, self.drive.last):
            if day < self.drive.first:
                continue
            pair = [self.drive.days["covid", index, day] for index in self.cast.tied]
            for one in pair:
                one.walk_ins["d1"] = one.forgotten
            steps = max(math.ceil(one.given("d1") / size) for one, size in zip(pair, (3, 2), strict=True))
            for one, size in zip(pair, (3, 2), strict=True):
                one.walk_ins["d1"] += steps * size - one.given("d1")

    # Totals ----------------------------------------------------------------------------------------------------------

    def _totals(self, campaign: Campaign, place: Place, span: list[date]) -> None:
        code = campaign.code
        series = {"d1": "d1", "full": campaign.full_course[-1], "b": "b"}
        days = [self.drive.days[code, place.index, day] for day in span]
        gains = {name: sum(day.given(series[name]) for day in days[:-1]) for name in campaign.series}
        surveyed = self.surveyed[code, place.index]
        coverage = place.coverage if code == "covid" else 0.36 + 0.34 * place.evidence
        final = round(surveyed * coverage) - sum(day.step for day in days)
        opening = {"d1": max(final - gains["d1"], 0)}
        if "full" in gains:
            opening["full"] = max(min(round(final * 0.86) - gains["full"], opening["d1"] - 6), 0)
        if "b" in gains:
            opening["b"] = max(min(round(final * 0.58) - gains["b"], opening["full"] - 6), 0)
        self.drive.bases[code, place.index] = Base(surveyed, round(surveyed * 0.012), opening)
        totals = dict(opening)
        for before, after in pairwise(days):
            after.carried = sum(call.outcome in CALLED_AGAIN for call in before.calls)
        for day in days:
            for name in campaign.series:
                totals[name] += day.given(series[name])
            totals["d1"] += day.step
            day.totals = dict(totals)
