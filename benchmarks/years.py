"""A street with years behind it, written in bulk and not by way of workbooks: ``python -m benchmarks.years``.

Communities differ as they do in life: a few large ones and many small, diligent ones and some that forget a day or come
late, drives that rise and ebb, quiet Sundays, sites that take most of the people. Each community's day has a roster in
two revisions (as it was planned, and with what became of each person), a morning and an evening tally, each of its own
workbook; personal fields are sealed, document numbers hashed. Registers, sites, bases and targets come in by the usual
way, and the workstreams each month (``benchmarks.matrix``).
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as hour
from hashlib import sha256
from random import Random
from typing import Any

from sqlalchemy import Connection, Index, Table, func, select, text

from benchmarks import matrix
from config import clock
from data_access import accounts, database, privacy, statistics
from data_access.accounts import Actor
from data_access.inbox import bulk, facts
from data_access.sample import street
from data_access.sample.days import SHARES
from data_access.sample.people import AGES, GIVEN, SURNAMES
from data_access.schema import Campaign, Community, Site, Submission, Workbook
from tests.data_access.street import Board

DAY = date(2022, 8, 12)
DOSES, LATER = ("d1", "d2", "b"), {"d2": 28, "b": 190}  # days after the dose before
OUTCOMES = ("vaccinated", "no_show", "deferred", "contraindicated", "refused", "shortage")
ODDS = (84, 6, 5, 1, 2, 2)
FORGOTTEN, LATE = 0.01, 0.05  # of the sheets of a usual community

Columns = dict[str, list[Any]]


@dataclass
class Place:
    """A community: its key, its share of the people, how reliable it is, and where its people stand."""

    key: int
    name: str
    weight: float
    slack: float  # 1 is usual; more forgets and delays more
    site: int
    liaison: str
    people: list[tuple[str, str, str, int]] = field(default_factory=list)  # key, last four, name, age
    given: dict[str, int] = field(default_factory=lambda: dict.fromkeys(DOSES, 0))
    due: dict[tuple[str, date], list[int]] = field(default_factory=dict)  # who comes back for which dose, and when


def fill(actor: Actor, *, communities: int = 30, days: int = 1095, callups: int = 1_000_000, seed: int = 7) -> int:
    """An empty street filled up to ``DAY``; the number of people called up (as often as they were).

    Everything but the last revisions' outcome of the last day is settled. The clock has to stand at or after ``DAY``.
    """
    with bare():
        made = write(actor, communities=communities, days=days, callups=callups, seed=seed)
    analyse()
    return made


def write(actor: Actor, *, communities: int, days: int, callups: int, seed: int) -> int:
    """As ``fill``, for one street of several: inside ``bare``, and ``analyse`` afterwards."""
    chance = Random(seed)
    first = DAY - timedelta(days=days - 1)
    places = _places(actor, chance, communities, first, callups)
    made = 0
    for month in _months(first):
        with database.writing() as connection:
            writer = _Writer(connection, actor, chance)
            for day, share in month:
                made += writer.day(places, day, share * callups / _whole(first))
            writer.done()
            database.raise_version(connection)
    with database.writing() as connection:
        months = [one for one in matrix.months(-(-days // 365)) if one >= first.replace(day=1)]
        for place in places if months else ():
            matrix.community(connection, actor, place.key, months)
        database.raise_version(connection)
    return made


def _places(actor: Actor, chance: Random, number: int, first: date, callups: int) -> list[Place]:
    """Register, sites and bases through the usual way in; what the simulation needs of them."""
    board = Board(actor)
    found = street.places(number, chance)
    weights = [math.exp(chance.gauss(0, 0.8)) for _one in found]
    before = clock.wall(first - timedelta(days=7), hour(10))
    board.communities(street.register(found), at=before)
    board.sites(street.sites(), at=before)
    people = callups * 0.4  # most come more than once
    for one, weight in zip(found, weights, strict=True):
        surveyed = max(round(people * weight / sum(weights) / one.coverage), 300)
        groups = [
            {
                "person_group": group,
                "surveyed": round(surveyed * share),
                "contraindicated": round(surveyed * share / 40),
            }
            for group, share in SHARES["covid"].items()
        ]
        counts = {name: sum(row[name] for row in groups) for name in ("surveyed", "contraindicated")}
        board.baseline(
            one.name, day=first, groups=groups, at=before, **counts, opening_d1=0, opening_full=0, opening_b=0
        )
    with database.reading() as connection:
        own = Community.street_id == actor.street_id
        keys = {row.name: row.id for row in connection.execute(select(Community.name, Community.id).where(own))}
        here = select(Site.id).where(Site.street_id == actor.street_id).order_by(Site.id)
        sites = list(connection.execute(here).scalars())
    return [
        Place(
            keys[one.name],
            one.name,
            weight / sum(weights),
            chance.lognormvariate(0, 0.7),
            sites[one.sites[0]],
            one.staff[0],
        )
        for one, weight in zip(found, weights, strict=True)
    ]


def _share(day: date) -> float:
    """How busy a day is: two waves a year, quiet Sundays."""
    wave = 1 + 0.8 * math.cos((day.timetuple().tm_yday - 60) / 365 * 4 * math.pi)
    return wave * (0.35 if day.weekday() == 6 else 1.0)


def _days(first: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((DAY - first).days + 1))


def _whole(first: date) -> float:
    return sum(map(_share, _days(first)))


def _months(first: date) -> Iterator[list[tuple[date, float]]]:
    month: list[tuple[date, float]] = []
    for day in _days(first):
        month.append((day, _share(day)))
        if (day + timedelta(days=1)).day == 1:
            yield month
            month = []
    if month:
        yield month


class _Writer:
    """A month's sheets, gathered by column and written table by table."""

    def __init__(self, connection: Connection, actor: Actor, chance: Random) -> None:
        self.connection, self.actor, self.chance = connection, actor, chance
        own = Campaign.street_id == actor.street_id, Campaign.code == "covid"
        self.campaign = connection.execute(select(Campaign.id).where(*own)).scalar_one()
        self.next = {table: _highest(connection, table) + 1 for table in (Submission.__table__, Workbook.__table__)}
        self.rows: dict[str, Columns] = {}
        names = [surname + given for surname in SURNAMES for given in GIVEN]
        self.names = [names[chance.randrange(len(names))] for _n in range(2000)]

    def day(self, places: Sequence[Place], day: date, people: float) -> int:
        """Every community's sheets of one day; the number of people called up."""
        return sum(self._community(place, day, people * place.weight) for place in places)

    def done(self) -> None:
        """Write what has been gathered."""
        for name in ("workbook", "submission", "roster", "morning", "evening"):
            columns = self.rows.get(name)
            if columns:
                table = {"workbook": Workbook, "submission": Submission}.get(name)
                bulk.insert(self.connection, table.__table__ if table else facts.table(name), columns)  # type: ignore[arg-type]
        if self.connection.dialect.name == "postgresql":
            for table, number in self.next.items():
                self.connection.execute(text(f"SELECT setval('{table.name}_id_seq', {number})"))

    def _community(self, place: Place, day: date, mean: float) -> int:
        chance, late = self.chance, LATE * place.slack
        calls = self._called(place, day, max(round(chance.gauss(mean, math.sqrt(mean))), 0))
        came = chance.choices(OUTCOMES, ODDS, k=len(calls))
        if chance.random() >= FORGOTTEN * place.slack:
            planned = clock.wall(day - timedelta(days=1), hour(16, chance.randrange(60)))
            settled = clock.wall(day, hour(19, chance.randrange(60)))
            self._roster(place, day, calls, [None] * len(calls), planned, settled, 1)
            self._roster(place, day, calls, came, settled, None, 2)
        self._tally("morning", place, day, 8 if chance.random() >= late else 9, _morning(day, calls, place, chance))
        for (person, dose), outcome in zip(calls, came, strict=True):
            if outcome == "vaccinated":
                place.given[dose] += 1
                if dose != "b":
                    following = DOSES[DOSES.index(dose) + 1]
                    if chance.random() < 0.9:
                        back = day + timedelta(days=LATER[following] + chance.randrange(7))
                        place.due.setdefault((following, back), []).append(person)
        if chance.random() >= FORGOTTEN * place.slack:
            evening = _evening(day, calls, came, place, chance)
            self._tally("evening", place, day, 19 if chance.random() >= late else 20, evening)
        return len(calls)

    def _called(self, place: Place, day: date, number: int) -> list[tuple[int, str]]:
        """Who is called up: those who are due for a later dose, and newcomers."""
        calls = [(one, dose) for dose in ("d2", "b") for one in place.due.pop((dose, day), ())][:number]
        groups = list(SHARES["covid"])
        for group in self.chance.choices(groups, list(SHARES["covid"].values()), k=number - len(calls)):
            calls.append((len(place.people), "d1"))
            place.people.append(self._person(group))
        return calls

    def _person(self, group: str) -> tuple[str, str, str, int]:
        age = self.chance.randint(*AGES[group])
        place, day, last = self.chance.randrange(100), self.chance.randrange(1, 29), self.chance.randrange(10_000)
        document = f"99{place:04d}{DAY.year - age}{day % 12 + 1:02d}{day:02d}{last:04d}"
        return privacy.keys().person(document), document[-4:], self.names[last % len(self.names)], age

    def _roster(
        self,
        place: Place,
        day: date,
        calls: Sequence[tuple[int, str]],
        came: Sequence[str | None],
        sent: datetime,
        superseded: datetime | None,
        revision: int,
    ) -> None:
        number = len(calls)
        submission = self._submission("roster", place, day, sent, number, revision, superseded)
        if not number:
            return
        who = [place.people[person] for person, _dose in calls]
        batches = [1 + n * 4 // number for n in range(number)]
        phones = [f"100{n:08d}" for n in self.chance.choices(range(10**8), k=number)]
        self._gather(
            "roster",
            {
                **self._keys(place, submission, number),
                "vaccination_date": [day] * number,
                "person_key": [one[0] for one in who],
                "id_last4": [one[1] for one in who],
                "name": [one[2] for one in who],
                "age": [one[3] for one in who],
                "phone": phones,
                "sex": self.chance.choices(("male", "female"), k=number),
                "person_group": [_group(one[3]) for one in who],
                "dose_no": [dose for _person, dose in calls],
                "vaccine_type": ["灭活"] * number,
                "site_id": [place.site] * number,
                "batch_no": batches,
                "batch_time": [hour.fromisoformat(street.BATCHES[batch - 1]) for batch in batches],
                "batch_leader": [place.liaison] * number,
                "liaison": [place.liaison] * number,
                "liaison_phone": ["10000002046"] * number,
                "reminded": [True] * number,
                "outcome": list(came),
                "observed_30": [True if one == "vaccinated" else None for one in came],
            },
        )

    def _tally(self, kind: str, place: Place, day: date, at: int, said: dict[str, Any]) -> None:
        moment = clock.wall(day, hour(at, self.chance.randrange(60)))
        submission = self._submission(kind, place, day, moment, 1, 1, None)
        self._gather(kind, {**self._keys(place, submission, 1), **{name: [value] for name, value in said.items()}})

    def _submission(
        self, kind: str, place: Place, day: date, sent: datetime, rows: int, revision: int, superseded: datetime | None
    ) -> int:
        number, book = self._number(Submission.__table__), self._number(Workbook.__table__)  # type: ignore[arg-type]
        content = f"{kind}{place.key}{day}{revision}".encode()
        common = {"street_id": self.actor.street_id, "account_id": self.actor.id, "received_at": sent}
        self._gather(
            "workbook",
            {"id": book, "sha256": sha256(content).hexdigest(), "filename": f"{place.name}{day}.xlsx", **common}
            | {"size": len(content), "content": content},
        )
        due = hour(9) if kind == "morning" else hour(20)
        timely = "on_time" if kind == "roster" or clock.local(sent).time() <= due else "late"
        self._gather(
            "submission",
            {"id": number, "workbook_id": book, "scope": f"{kind}/{self.campaign}/{place.key}/{day}", **common}
            | {"revision": revision, "kind": kind, "campaign_id": self.campaign, "community_id": place.key}
            | {"business_date": day, "committed_at": sent, "superseded_at": superseded, "rows_accepted": rows}
            | {"rows_refused": 0, "timeliness": timely},
        )
        return number

    def _keys(self, place: Place, submission: int, rows: int) -> Columns:
        keys = {"submission_id": submission, "street_id": self.actor.street_id, "community_id": place.key}
        keys |= {"campaign_id": self.campaign}
        return {**{name: [key] * rows for name, key in keys.items()}, "row": list(range(3, rows + 3))}

    def _gather(self, name: str, said: dict[str, Any]) -> None:
        held = self.rows.setdefault(name, {column: [] for column in said})
        for column, value in said.items():
            if isinstance(value, list):
                held[column].extend(value)
            else:
                held[column].append(value)

    def _number(self, table: Table) -> int:
        self.next[table] += 1
        return self.next[table] - 1


def _group(age: int) -> str:
    return "elderly" if age >= 60 else "minor" if age < 18 else "adult"


def _morning(day: date, calls: Sequence[tuple[int, str]], place: Place, chance: Random) -> dict[str, Any]:
    planned, doses = len(calls), [dose for _person, dose in calls]
    said = {f"planned_{dose}": doses.count(dose) for dose in DOSES}
    stock = planned + chance.randrange(-1, 6) if planned else 0
    return {
        **said,
        "biz_date": day,
        "planned": planned,
        "notified": planned,
        "batches": 4,
        "stock": stock,
        "staff": 6,
    } | {
        "carry_over": 0,
        "site_id": place.site,
    }


def _evening(
    day: date, calls: Sequence[tuple[int, str]], came: Sequence[str], place: Place, chance: Random
) -> dict[str, Any]:
    done = [dose for (_person, dose), outcome in zip(calls, came, strict=True) if outcome == "vaccinated"]
    walk_in = chance.choices((0, 1, 2), (8, 2, 1))[0]
    place.given["d1"] += walk_in
    said = {f"vacc_{dose}": done.count(dose) + (walk_in if dose == "d1" else 0) for dose in DOSES}
    said |= {outcome: came.count(outcome) for outcome in OUTCOMES[1:]}
    said |= {"moved": 0, "elsewhere": 0, "aefi_n": 0, "walk_in": walk_in, "observed": len(done) + walk_in}
    said |= {"roster_n": len(calls), "arrived": len(calls) - came.count("no_show"), "vacc_on_roster": len(done)}
    said |= {"vacc_total": len(done) + walk_in, "cum_people": place.given["d1"], "cum_d1": place.given["d1"]}
    return {**said, "cum_full": place.given["d2"], "cum_b": place.given["b"], "biz_date": day, "reconciled": "yes"}


def _highest(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one())


@contextmanager
def bare() -> Iterator[None]:
    """The call-ups without their indexes while they are filled; made again at the end, which is far quicker."""
    indexes: list[Index] = sorted(facts.table("roster").indexes, key=lambda index: str(index.name))
    with database.writing() as connection:
        for index in indexes:
            index.drop(connection)
    yield
    with database.writing() as connection:
        for index in indexes:
            index.create(connection)


def analyse() -> None:
    """Let the database know what it holds: a board in use has been asked for months."""
    with database.writing() as connection:
        statistics.look(connection)


def main() -> None:
    """Fill the street of the data folder or of ``STREET_DATABASE_URL``, and say how long it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--communities", type=int, default=30)
    parser.add_argument("--days", type=int, default=1095)
    parser.add_argument("--callups", type=int, default=1_000_000)
    call = parser.parse_args()
    began = time.perf_counter()
    with clock.at(clock.wall(DAY, hour(21, 20))):
        made = fill(accounts.console(), communities=call.communities, days=call.days, callups=call.callups)
    print(f"{made:,} people called up in {call.days} days, in {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
