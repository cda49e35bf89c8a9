"""The workbooks of the sample, each with the hour at which it reaches the street office.

Older days come as the supervisor's collected workbooks, one a day and kind; the last days, and whatever came late,
was put right or was supplied afterwards, as the community's own file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from random import Random
from typing import Any

from config import clock
from config.campaigns import Campaign
from data_access.sample import actions, days, evidence, plans, progress, street
from data_access.sample.actions import Matter
from data_access.sample.counted import Counted
from data_access.sample.days import Rows, as_text, spoken
from data_access.sample.street import Parts, Place
from data_access.sample.vaccination import ONE_DAY, Day, Drive
from data_access.sheets import KINDS
from data_access.workbooks.writing import workbook

Sheet = tuple[str, str, Rows]  # kind, title, rows
OWN_FILES = 2  # so many last days come as one file a community

# Hours of arrival by kind: from, to when on time, and when late. A roster arrives on the day before.
ON_TIME = {"roster": ("16:30", "17:55"), "morning": ("08:02", "08:38"), "evening": ("17:50", "19:50")}
LATE = {"roster": ("18:20", "20:30"), "morning": ("09:10", "09:50"), "evening": ("20:15", "21:20")}
COLLECTED = {"roster": time(17, 40), "morning": time(8, 35), "evening": time(19, 50)}
SUPPLIED = time(10, 20)
CORRECTED = time(8, 15)
WORDS = {"roster": "接种名单", "morning": "早会商", "evening": "晚调度"}


@dataclass(frozen=True, slots=True)
class Parcel:
    """One workbook and when it arrives (UTC)."""

    arrival: datetime
    name: str
    sheets: tuple[Sheet, ...]

    def content(self, campaigns: Sequence[Campaign]) -> bytes:
        """The file: always in Chinese, the language in which clerks write."""
        filled = [(KINDS[kind], title, rows) for kind, title, rows in self.sheets]
        return workbook(filled, campaigns=campaigns, language="zh_CN")


@dataclass(frozen=True)
class Post:
    """Everything the street office receives in the sample, up to a moment."""

    office: str
    places: list[Place]
    cast: Parts
    drive: Drive
    seed: int

    @cached_property
    def matters(self) -> list[Matter]:
        """The matters of the ledger."""
        return actions.matters(self.places, self.drive.last, self.seed)

    @property
    def founded(self) -> date:
        """The day of the register: before anything else."""
        year = (self.drive.last - ONE_DAY).year  # that of the first progress sheet
        return min(date(year, 1, 2), self.drive.first - 40 * ONE_DAY)

    def parcels(self, until: datetime) -> list[Parcel]:
        """The parcels in order of arrival; no two bear the same name."""
        found = [parcel for parcel in self._all() if parcel.arrival <= until]
        found.sort(key=lambda parcel: parcel.arrival)
        names: set[str] = set()
        for number, parcel in enumerate(found):
            if parcel.name in names:
                stem = parcel.name.removesuffix(".xlsx")
                found[number] = replace(parcel, name=f"{stem}（{clock.local(parcel.arrival):%Y%m%d}）.xlsx")
            names.add(found[number].name)
        return found

    def _all(self) -> Iterator[Parcel]:
        yield from self._base()
        yield from self._progress()
        yield from self._plans()
        yield from self._evidence()
        yield from self._actions()
        day = self.drive.first
        while day <= self.drive.last + ONE_DAY:
            yield from self._day("roster", day)
            if day <= self.drive.last:
                yield from self._day("morning", day)
                yield from self._day("evening", day)
                yield from self._corrections(day)
            day += ONE_DAY

    # The street's own lists and the slow work -----------------------------------------------------------------------

    def _base(self) -> Iterator[Parcel]:
        """The register before anything else speaks of a community; the survey just before the first day."""
        yield Parcel(
            clock.wall(self.founded, time(9, 30)),
            f"{self.office}基础信息.xlsx",
            (
                ("communities", f"{self.office}社区名录", street.register(self.places)),
                ("sites", f"{self.office}接种点", street.sites()),
            ),
        )
        as_of = self.drive.first - 2 * ONE_DAY
        yield Parcel(
            clock.wall(as_of, time(15, 0)),
            f"{self.office}摸底台账.xlsx",
            (("baseline", f"{self.office}摸底台账", days.baselines(self.places, self.drive, as_of)),),
        )

    def _progress(self) -> Iterator[Parcel]:
        until = self.drive.last - ONE_DAY
        counted = Counted(self.drive, self.matters, self._comes)
        for period, day, rows in progress.rows(self.places, self.cast, until, self.seed, counted):
            sent = min((day.replace(day=1) + timedelta(days=32)).replace(day=4), until)
            name = f"{self.office}{day.year}年{day.month}月工作进展"
            if len(period) == len("2026"):
                name = f"{self.office}{period}年末工作进展结存"
            yield Parcel(clock.wall(sent, time(16, 10)), f"{name}.xlsx", (("progress", f"{name}（{period}）", rows),))

    def _plans(self) -> Iterator[Parcel]:
        for sent, week, rows in plans.rows(self.places, self.cast, self.drive.first, self.drive.last, self.seed):
            name = f"{self.office}{week}周工作计划"
            yield Parcel(clock.wall(sent, time(8, 50)), f"{name}.xlsx", (("plan", name, rows),))

    def evidence_sent(self, place: Place) -> date:
        """The day on which a community sends its evidence."""
        last = self.drive.last
        return last - timedelta(days=min(20 - place.index % 15, (last - date(last.year, 1, 1)).days))

    def _evidence(self) -> Iterator[Parcel]:
        last = self.drive.last
        for place in self.places:
            sent = self.evidence_sent(place)
            name = f"{place.name}{sent.year}年资料清单"
            rows = evidence.rows(place, sent, self.seed)
            yield Parcel(clock.wall(sent, time(15, place.index % 60)), f"{name}.xlsx", (("evidence", name, rows),))
            again = evidence.rows(place, sent, self.seed, second=True)
            if place.index % 4 == 1 and sent < last - 2 * ONE_DAY and again != rows:
                sheets = (("evidence", name, again),)
                yield Parcel(clock.wall(last - 2 * ONE_DAY, time(11, 5)), f"{name}（补充）.xlsx", sheets)

    def _actions(self) -> Iterator[Parcel]:
        for ago, rows in actions.ledgers(self.matters, self.drive.last):
            sent = self.drive.last - timedelta(days=ago)
            hour = time(16, 30) if ago else time(8, 5)
            name = f"{self.office}督办整改台账"
            yield Parcel(clock.wall(sent, hour), f"{name}（{spoken(sent)}）.xlsx", (("actions", name, rows),))

    # The daily sheets -----------------------------------------------------------------------------------------------

    def _day(self, kind: str, day: date) -> Iterator[Parcel]:
        together: list[Place] = []
        for place in self.places:
            rng = self._drawn(kind, place, day)
            state = self._state(kind, place, day, rng)
            if state == "missing":
                continue
            if state == "on_time" and day <= self.drive.last - timedelta(days=OWN_FILES):
                together.append(place)
                continue
            yield self._parcel(kind, day, [place], _arrival(kind, day, state, rng))
        if together:
            sent = day - ONE_DAY if kind == "roster" else day
            yield self._parcel(kind, day, together, clock.wall(sent, COLLECTED[kind]))

    def _drawn(self, kind: str, place: Place, day: date) -> Random:
        return Random(f"{self.seed}:{kind}:{day}:{place.index}")

    def _comes(self, kind: str, place: Place, day: date) -> str:
        return self._state(kind, place, day, self._drawn(kind, place, day))

    def _state(self, kind: str, place: Place, day: date, rng: Random) -> str:
        """How a sheet comes: on_time, late, missing, supplied."""
        last, cast, chance = self.drive.last, self.cast, rng.random()
        if place.index == cast.silent and kind == "evening" and day >= last - ONE_DAY:
            return "missing" if day == last else "supplied"
        if place.index == cast.silent and kind == "roster" and day >= last:
            return "late"
        if (place.index, kind) in ((cast.other(3), "roster"), (cast.other(6), "evening")) and day >= last - ONE_DAY:
            return "late"
        quiet = day >= last - ONE_DAY or day == self.drive.first
        if kind != "roster" and not quiet and chance < 0.01:
            return "missing"
        if kind == "evening" and not quiet and chance < 0.022:
            return "supplied"
        return "late" if chance > (0.98 if kind == "roster" else 0.95) else "on_time"

    def _parcel(self, kind: str, day: date, places: Sequence[Place], arrival: datetime) -> Parcel:
        whose = places[0].name if len(places) == 1 else self.office
        title = f"{whose}{spoken(day)}{WORDS[kind]}"
        written = as_text(day, day.day) if (day.toordinal() + len(places)) % 6 == 0 else None
        name = f"{title}.xlsx" if len(places) == 1 else f"{title}（汇总）.xlsx"
        facts = [self.drive.days[campaign, place.index, day] for campaign, place in self._pairs(places)]
        sheets: list[Sheet] = []
        if kind == "roster":
            sheets = [("roster", title, _together(days.roster(one, settled=False, written=written) for one in facts))]
        elif kind == "morning":
            sheets = [("morning", title, _together(days.morning(one, arrival, written) for one in facts))]
        else:
            settled = f"{whose}{spoken(day)}接种名单（核对结果）"
            sheets = [
                ("evening", title, [self._evening(one, corrected=False, written=written) for one in facts]),
                ("roster", settled, _together(days.roster(one, settled=True) for one in facts)),
            ]
        return Parcel(arrival, name, tuple(sheets))

    def _pairs(self, places: Iterable[Place]) -> Iterator[tuple[str, Place]]:
        codes = list(dict.fromkeys(code for code, _place in self.drive.bases))
        return ((code, place) for code in codes for place in places)

    def _evening(self, day: Day, *, corrected: bool, written: Any = None) -> dict[str, Any]:
        base = self.drive.bases[day.campaign, day.place.index]
        return days.evening(day, base, corrected=corrected, written=written)

    def _corrections(self, day: date) -> Iterator[Parcel]:
        """The next morning: evening tallies from which walk-ins had been left out."""
        for campaign, place in self._pairs(self.places):
            one = self.drive.days[campaign, place.index, day]
            if one.forgotten:
                title = f"{place.name}{spoken(day)}晚调度"
                sheets = (("evening", title, [self._evening(one, corrected=True)]),)
                yield Parcel(clock.wall(day + ONE_DAY, CORRECTED), f"{title}（更正）.xlsx", sheets)


def _together(parts: Iterable[Rows]) -> Rows:
    return [row for part in parts for row in part]


def _arrival(kind: str, day: date, state: str, rng: Random) -> datetime:
    if state == "supplied":
        return clock.wall(day + ONE_DAY, SUPPLIED)
    early, late = (time.fromisoformat(text) for text in (LATE if state == "late" else ON_TIME)[kind])
    minutes = rng.randint(early.hour * 60 + early.minute, late.hour * 60 + late.minute)
    sent = day - ONE_DAY if kind == "roster" else day
    return clock.wall(sent, time(minutes // 60, minutes % 60))
