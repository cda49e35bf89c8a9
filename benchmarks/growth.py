"""How pages and imports grow with the history: ``python -m benchmarks.growth``.

Two streets of the same communities and the same days' work, one with ten times the days behind it (``--times``), each
with a server of its own. Each page cold and warm as in ``benchmarks.reruns``, and a day's roster taken in, now in the
one and now in the other, so that a machine that is slower for a while is so for both; milliseconds of the processor,
PostgreSQL's with them, and the ratio.
"""

from __future__ import annotations

import argparse
import asyncio
import secrets
import statistics
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from benchmarks import postgres, street
from benchmarks.reruns import Found, Taken, board
from data_access import accounts, submissions
from tests.data_access import books
from tests.load import crowd
from tests.load.server import Server, serving

TURNS = 4  # times that each of the two has its turn


@dataclass
class Street:
    """One of the two: how it is opened, its server, and what was measured, in milliseconds."""

    call: argparse.Namespace
    server: Server
    found: Found = field(default_factory=dict)
    rosters: list[float] = field(default_factory=list)

    def turn(self, rounds: int) -> None:
        """Every page so many times, and so many rosters."""
        with ExitStack() as stack:
            street.opened(self.call, stack)
            for slug, kinds in asyncio.run(board(self.server, rounds))[1].items():
                for kind, taken in kinds.items():
                    all_taken = self.found.setdefault(slug, {}).setdefault(kind, Taken())
                    all_taken.wall += taken.wall
                    all_taken.busy += taken.busy
            self.rosters += taken_in(rounds)


def taken_in(rounds: int) -> list[float]:
    """Milliseconds of this process's processor for each roster of 60 people, examined and committed."""
    actor, busy = accounts.console(), []
    names, own_people = crowd.street(street.DAY).communities, secrets.token_hex(4)
    for number in range(rounds + 1):  # the first one starts the process that reads files
        name, day = names[number % len(names)], street.DAY + timedelta(days=1 + number // len(names))
        rows = [{"person_code": f"{own_people}{n}", "vaccination_date": day, "community": name} for n in range(60)]
        content = books.book("roster", *(books.person(n % 8, **own) for n, own in enumerate(rows)))
        began = time.process_time()
        result = submissions.examine(actor, content, f"{name}.xlsx")
        assert submissions.commit(actor, result, content).sheets[0].status == "committed"
        busy.append((time.process_time() - began) * 1000)
    return busy[1:]


def main() -> None:
    """Parse the call, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--communities", type=int, default=30)
    parser.add_argument("--days", type=int, default=110, help="of the short history")
    parser.add_argument("--callups", type=int, default=100_000, help="in these days")
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--data", type=Path, help="keep the streets in this folder and use them again")
    parser.add_argument("--postgres", action="store_true", help="a PostgreSQL of its own, its files in that folder")
    call = parser.parse_args()
    streets: list[Street] = []
    with ExitStack() as outer:
        data: Path = call.data or Path(outer.enter_context(tempfile.TemporaryDirectory()))
        cluster = outer.enter_context(postgres.serving(data / "postgres")) if call.postgres else None
        for times in (1, call.times):
            own = argparse.Namespace(**vars(call) | {"data": data / f"times{times}", "postgres": False})
            own.url = cluster and cluster.database(f"times{times}")
            own.days, own.callups = call.days * times, call.callups * times
            with ExitStack() as stack:
                street.opened(own, stack)
                beside = cluster and cluster.process
                server = outer.enter_context(serving(log=data / f"server{times}.log", beside=beside))
            streets.append(Street(own, server))
        for _turn in range(TURNS):
            for one in streets:
                one.turn(max(call.rounds // TURNS, 2))
    short, long = (one.found for one in streets)
    few, many = (statistics.median(one.rosters) for one in streets)
    print(f"{'ms of processor':16}{'cold':>9}{'x' + str(call.times):>9}{'ratio':>7}{'warm':>9}{'':9}{'ratio':>7}")
    for slug in short:
        cells = ""
        for kind in ("cold", "warm"):
            one, other = short[slug][kind].median()[1], long[slug][kind].median()[1]
            cells += f"{one:9.0f}{other:9.0f}{other / max(one, 0.1):7.2f}"
        print(f"{slug:16}{cells}")
    print(f"{'a roster in':16}{few:9.0f}{many:9.0f}{many / few:7.2f}")


if __name__ == "__main__":
    main()
