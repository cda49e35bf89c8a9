"""What a page costs that is drawn again, beside an empty one: ``python -m benchmarks.reruns``.

One viewer over the websocket, on a street of three years, 30 communities and a million call-ups. *warm*: the page as it
stands is asked for again; *tally*: the first time since an evening tally came in; *cold*: since a commit that may have
changed anything. Beside it in the same run an empty Streamlit page with the same libraries imported: as Streamlit runs
it, with what was imported spared the garbage collector (``gc.freeze``), and without a collection after each run, as the
board does. Wall: from the click to the end of the run; processor: the server's, until it rests again. And what a start
costs: from the process to the first briefing, and the first visit of each page.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import street
from data_access import accounts, database
from pages.parts.frame import shell
from tests.browser.screenshots import NAME
from tests.load import crowd
from tests.load.server import ROOT, Server, serving
from tests.load.viewer import Viewer

EMPTY = ROOT / "benchmarks" / "plain" / "empty.py"
PAGES = [slug for slug in shell.PLACES if slug != "district"]
REST = 0.15  # seconds until the server has done what follows a run


@dataclass
class Taken:
    """Milliseconds of each round: by the wall clock and of the server's processor."""

    wall: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)

    def median(self) -> tuple[float, float]:
        """Both medians."""
        return statistics.median(self.wall), statistics.mean(self.busy)


Found = dict[str, dict[str, Taken]]  # by page and KINDS
KINDS = ("first", "cold", "tally", "warm")


async def empty(server: Server, rounds: int, frozen: bool) -> Taken:
    """The empty page, again and again."""
    taken = Taken()
    async with Viewer(server.address) as viewer:
        await viewer.open("", **({"tamed": "1"} if frozen else {}))
        await asyncio.sleep(REST)
        for _round in range(rounds):
            await asked(server, taken, viewer, "")
    return taken


async def board(server: Server, rounds: int) -> tuple[float, Found]:
    """Seconds from the start of the process to the first briefing, and every page first, cold and warm."""
    found: Found = {slug: {kind: Taken() for kind in KINDS} for slug in PAGES}
    async with Viewer(server.address, crowd.cookies(accounts.actor(NAME))) as viewer:
        for number, slug in enumerate(found):
            await asked(server, found[slug]["first"], viewer, slug)
            if number == 0:
                started = time.perf_counter() - server.began - REST
        for _round in range(max(rounds // 5, 2)):
            for slug in found:
                for kind, kinds in (("cold", None), ("tally", ["evening"])):
                    commit(kinds)
                    await asked(server, found[slug][kind], viewer, slug)
        for slug in found:
            await viewer.open(slug, day=str(street.DAY))
            await viewer.again()
            await asyncio.sleep(REST)
            for _round in range(rounds):
                await asked(server, found[slug]["warm"], viewer, "")
    return started, found


async def asked(server: Server, taken: Taken, viewer: Viewer, slug: str) -> None:
    """One run, of another page or of this one again."""
    before = server.busy()
    run = await (viewer.open(slug, day=str(street.DAY)) if slug else viewer.again())
    if run.errors:
        raise RuntimeError(f"{run.page}: {run.errors}")
    await asyncio.sleep(REST)
    taken.wall.append(run.seconds * 1000)
    taken.busy.append((server.busy() - before) * 1000)


def commit(kinds: Collection[str] | None = None) -> None:
    """What a commit, of sheets of these kinds alone or of anything, does to the answers in memory."""
    with database.writing() as connection:
        database.raise_version(connection, accounts.console().street_id, kinds)


def lines(started: float, found: Found, bases: Mapping[str, Taken]) -> Iterator[str]:
    """Every page in one line: wall and processor, first, cold and warm, and warm beside the empty pages (processor)."""
    for name, base in bases.items():
        yield "{:16}{:16.0f}{:11.0f}".format(name, *base.median())
    yield f"from the start of the process to the first briefing: {started:.1f} s"
    heads = "".join(f"{kind + ': wall':>16}{'processor':>11}" for kind in KINDS)
    yield f"{'ms':16}{heads}" + "".join(f"{'x ' + name:>16}" for name in bases)
    for slug, taken in found.items():
        cells = "".join("{:16.0f}{:11.0f}".format(*taken[kind].median()) for kind in KINDS)
        own = taken["warm"].median()[1]
        yield f"{slug:16}{cells}" + "".join(f"{own / max(base.median()[1], 0.1):16.2f}" for base in bases.values())


def main() -> None:
    """Parse the call, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    street.arguments(parser)
    parser.add_argument("--rounds", type=int, default=20)
    call = parser.parse_args()
    with ExitStack() as stack:
        street.opened(call, stack)
        log = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "server.log"
        bases = {}
        for name, frozen, collecting in (("empty page", False, True), ("frozen", True, True), ("tamed", True, False)):
            with serving(EMPTY, log, runner_postScriptGC=collecting) as server:
                bases[name] = asyncio.run(empty(server, call.rounds, frozen))
        with serving(log=log) as server:
            started, found = asyncio.run(board(server, call.rounds))
    for line in lines(started, found, bases):
        print(line)


if __name__ == "__main__":
    main()
