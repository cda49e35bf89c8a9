"""The invented street: its communities and vaccination sites, and what part each plays in the sample."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import Any

from data_access.sample.people import People

# Name, people surveyed, share of them with a first dose at the end.
COMMUNITIES = (
    ("春晖", 1120, 0.912), ("向阳", 690, 0.84), ("清河", 640, 0.735), ("桃园", 560, 0.868),
    ("文昌", 870, 0.852), ("东湖", 410, 1.0317), ("西苑", 760, 0.905), ("南塘", 520, 0.68),
    ("北辰", 980, 0.901), ("锦绣", 900, 0.86), ("安康", 310, 0.77), ("和平", 600, 0.86),
)  # fmt: skip
FIRST, SECOND = "云松柏竹兰荷梅桂金银玉明丰康华新", "溪泉岭湾坪井桥堤园里"
AREAS = ("东片", "南片", "北片")
SITES = (
    ("卫生中心", "regular", 20, "健康路 1 号"),
    ("文体中心", "temporary", 16, "文体路 8 号"),
    ("北辰小学", "temporary", 12, "北辰路 20 号"),
    ("流动车", "mobile", 8, "按当日排班"),
)
BATCHES = ("09:30", "10:30", "14:00", "15:30")


@dataclass(frozen=True, slots=True)
class Place:
    """One community. ``coverage`` is the share of the surveyed with a first dose on the last day."""

    index: int
    name: str
    alias: str
    area: str
    surveyed: int
    coverage: float
    lead: str
    staff: tuple[str, str, str, str]  # liaison, chair and filler, leaders of batches
    phone: str
    sites: tuple[int, int]  # where its people usually go, and where else
    evidence: float  # how much of the checklist it has by the end of a year

    @property
    def code(self) -> str:
        """Its code in the register."""
        return f"C{self.index + 1:02d}"


@dataclass(frozen=True, slots=True)
class Parts:
    """Who shows what: two with the same coverage, one above 100 %, one that does not report, and the rest."""

    tied: tuple[int, int]
    above: int | None
    silent: int
    others: tuple[int, ...]

    def other(self, number: int) -> int:
        """One of the rest; where there are too few, of those that report."""
        pool = self.others or tuple(i for i in (self.above, *self.tied) if i is not None and i != self.silent)
        return pool[number % len(pool)]


def parts(count: int) -> Parts:
    """The parts for a street of ``count`` communities."""
    if count >= len(COMMUNITIES):
        found = Parts((9, 11), 5, 10, ())
    else:
        found = Parts((0, 1), 2 if count > 3 else None, count - 1, ())
    cast = {*found.tied, found.above, found.silent}
    return replace(found, others=tuple(i for i in range(count) if i not in cast))


def places(count: int, rng: Random, days: int = 30) -> list[Place]:
    """The communities, in register order; a long drive needs larger ones, or everybody would be done long before."""
    people, cast = People(rng), parts(count)
    size = -(-days // 60)
    leads = people.names(len(AREAS))
    found: list[Place] = []
    names = {name for name, _surveyed, _coverage in COMMUNITIES}
    for index in range(count):
        if index < len(COMMUNITIES):
            name, surveyed, coverage = COMMUNITIES[index]
        else:
            name = next(n for n in iter(lambda: rng.choice(FIRST) + rng.choice(SECOND), "") if n not in names)
            names.add(name)
            surveyed, coverage = rng.randrange(30, 160) * 10, rng.uniform(0.66, 0.93)
        if index in cast.tied:  # 3 : 2, so that equal shares are reached by whole people
            surveyed, coverage = (900, 0.86) if index == cast.tied[0] else (600, 0.86)
        elif index == cast.above:
            surveyed, coverage = 410, 1.0317
        main = rng.choices(range(len(SITES)), weights=(40, 28, 20, 12))[0]
        staff = people.names(4)
        found.append(
            Place(
                index,
                f"{name}社区",
                name,
                AREAS[index * len(AREAS) // count],
                surveyed * size,
                coverage,
                leads[index * len(AREAS) // count],
                (staff[0], staff[1], staff[2], staff[3]),
                people.phone(),
                (main, (main + 1) % len(SITES)),
                rng.uniform(0.62, 0.97),
            )
        )
    return found


def register(found: list[Place]) -> list[dict[str, Any]]:
    """社区名录: one row a community."""
    return [
        {
            "code": place.code,
            "name": place.name,
            "kind": "community",
            "aliases": (place.alias, f"{place.alias}居委会"),
            "area": place.area,
            "lead_cadre": place.lead,
            "liaison": place.staff[0],
            "liaison_phone": place.phone,
            "households": round(place.surveyed * 1.1),
            "population": round(place.surveyed * 2.6),
        }
        for place in found
    ]


def sites() -> list[dict[str, Any]]:
    """接种点: one row a site."""
    return [
        {
            "name": name,
            "kind": kind,
            "daily_capacity": capacity * len(BATCHES),
            "batch_capacity": capacity,
            "address": address,
        }
        for name, kind, capacity, address in SITES
    ]
