"""Many streets in one PostgreSQL: ``python -m benchmarks.streets``.

Two databases of the same server: one street alone, and that street with others beside it, all of one district. Each
page of the street cold and warm in both, as in ``benchmarks.reruns``: what lies beside it must not count. Of the
district the overview: with nothing in memory, from memory, and after a commit in one of its streets. And what a street
weighs, and how quickly one was written. Milliseconds of the processor, the database's with them.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import update

from benchmarks import postgres, street, years
from benchmarks.reruns import Found, Taken, asked, board
from config import clock
from data_access import accounts, audit, database
from data_access.accounts import Role
from data_access.office import districts
from data_access.schema import Street
from tests.browser.screenshots import NAME, PASSWORD
from tests.load import crowd
from tests.load.server import serving
from tests.load.viewer import Viewer

DISTRICT, ABOVE = "示范区", "district_sf"


def fill(call: argparse.Namespace, streets: int) -> int:
    """The streets of the open database, all of one district; how many people were called up."""
    accounts.create_first_administrator(NAME, PASSWORD, "示范街道")
    console = accounts.console()
    districts.create(console, DISTRICT)
    names = ["示范街道", *(f"第{n}街道" for n in range(2, streets + 1))]
    for number, name in enumerate(names, start=1):
        if number > 1:
            districts.found_street(console, name, f"admin_{number}")
        districts.join(console, name, DISTRICT)
    accounts.create(console, ABOVE, PASSWORD, Role.DISTRICT, must_change=False, district=DISTRICT)
    made, size = 0, {"communities": call.communities, "days": call.days, "callups": call.callups}
    with years.bare():
        for number, name in enumerate(names, start=1):
            with accounts.console_of(name):
                made += years.write(accounts.console(), **size, seed=6 + number)
    years.analyse()
    return made


def changed(streets: int | None) -> None:
    """As if something had been committed in so many streets (None: in all): their answers hold no longer."""
    with accounts.console_of(None):
        console = accounts.console()
    with database.writing() as connection:
        if streets is None:
            connection.execute(update(Street).values(stamp=clock.now().isoformat()))
        else:
            audit.record(connection, console, "measured")
        database.raise_version(connection)


async def overview(server: crowd.Watched, rounds: int) -> dict[str, Taken]:
    """The district's page: after a commit in every street, in one, and in none."""
    found = {"first": Taken(), "every street changed": Taken(), "one street changed": Taken(), "warm": Taken()}
    async with Viewer(server.address, crowd.cookies(accounts.actor(ABOVE))) as viewer:
        await asked(server, found["first"], viewer, "district")
        for _round in range(rounds):
            changed(None)
            await asked(server, found["every street changed"], viewer, "")
            changed(1)
            await asked(server, found["one street changed"], viewer, "")
            await asked(server, found["warm"], viewer, "")
    return found


def measured(cluster: postgres.Cluster, log: Path, rounds: int, above: bool) -> tuple[Found, dict[str, Taken]]:
    """Every page of the first street, and the district's."""
    with serving(log=log, beside=cluster.process) as server:
        found = asyncio.run(board(server, rounds))[1]
        return found, asyncio.run(overview(server, max(rounds // 5, 2))) if above else {}


def main() -> None:
    """Parse the call, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="keep the streets in this folder and use them again")
    parser.add_argument("--streets", type=int, default=20)
    parser.add_argument("--communities", type=int, default=30, help="of each street")
    parser.add_argument("--days", type=int, default=92)
    parser.add_argument("--callups", type=int, default=50_000, help="people called up in each street")
    parser.add_argument("--rounds", type=int, default=10)
    call = parser.parse_args()
    told: dict[int, Found] = {}
    above: dict[str, Taken] = {}
    sizes: dict[int, int] = {}
    with ExitStack() as outer:
        data: Path = call.data or Path(outer.enter_context(tempfile.TemporaryDirectory()))
        cluster = outer.enter_context(postgres.serving(data / "postgres"))
        log = Path(outer.enter_context(tempfile.TemporaryDirectory())) / "server.log"
        for streets in (1, call.streets):
            with ExitStack() as stack:
                name = f"streets_{streets}"
                street.office(data, stack, cluster.database(name))
                if not accounts.exist():
                    began = time.perf_counter()
                    made = fill(call, streets)
                    print(f"{made:,} called up, {streets} streets, in {time.perf_counter() - began:.0f} s", flush=True)
                sizes[streets] = cluster.size(name)
                told[streets], above = measured(cluster, log, call.rounds, above=streets > 1)
    alone, many = told.values()
    for line in lines(alone, many, call.streets):
        print(line)
    each = (sizes[call.streets] - sizes[1]) / max(call.streets - 1, 1)
    print(f"bytes: one street {sizes[1] / 1e6:.0f} MB, each further one {each / 1e6:.0f} MB")
    for kind, taken in above.items():
        print("district, {:24}{:9.0f} ms, processor {:6.0f}".format(kind, *taken.median()))


def lines(alone: Found, many: Found, streets: int) -> list[str]:
    """Each page of the street alone and among others (processor), and the ratios."""
    made = [f"{'':16}" + "".join(f"{kind:>9}{'of ' + str(streets):>9}{'ratio':>7}" for kind in ("cold", "warm"))]
    for slug in alone:
        cells = ""
        for kind in ("cold", "warm"):
            one, other = alone[slug][kind].median()[1], many[slug][kind].median()[1]
            cells += f"{one:9.0f}{other:9.0f}{other / max(one, 0.1):7.2f}"
        made.append(f"{slug:16}{cells}")
    return made


if __name__ == "__main__":
    main()
