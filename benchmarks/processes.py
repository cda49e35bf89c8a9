"""One process of the board and two, on one PostgreSQL behind nginx: ``python -m benchmarks.processes``.

The proxy is nginx with the file of ``deploy``; the same viewers, signed in and each kept at one process by the cookie
of its route, click at their own pace for so long, first before one process, then before two. Then one of the two is
killed under viewers and uploaders: no sheet that was acknowledged may be missing, nobody but its own viewers may
notice, and they have to be back within ten seconds. The database's work counts as the servers'.
"""

from __future__ import annotations

import argparse
import asyncio
import secrets
import tempfile
import time
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from benchmarks import postgres, street
from tests.load import crowd
from tests.load.crowd import Told
from tests.load.front import Front, processes
from tests.load.viewer import Viewer

AGAIN = 0.3  # seconds after which a tab that lost its server asks again
BACK = 10.0  # seconds within which it has to have its page again
GONE = (ConnectionClosed, InvalidHandshake, OSError)  # what a tab sees of a server that died


@dataclass
class Killed:
    """What came of killing one process: seconds until each of its viewers had a page again, and what went wrong.

    ``acknowledged`` is how many sheets uploaders were told are in; ``missing`` how many of them are not.
    """

    back: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    acknowledged: int = 0
    missing: int = 0
    runs: int = 0

    def line(self) -> str:
        """All of it in one line."""
        slowest = f"{max(self.back):.1f} s" if self.back else "nobody"
        late = sum(seconds > BACK for seconds in self.back)
        return (
            f"{len(self.back)} viewers lost their process, back after at most {slowest} "
            f"({late} later than {BACK:.0f} s); {self.runs} runs, {len(self.errors)} other errors; "
            f"{self.acknowledged} sheets acknowledged, {self.missing} of them missing"
        )


async def strolling(
    killed: Killed, viewer: Viewer, town: crowd.Street, chance: Random, until: float, pause: tuple[float, float]
) -> None:
    """A viewer who clicks with these pauses and, where the server is lost, opens the page again as a browser would."""
    async with AsyncExitStack() as tabs:
        await tabs.enter_async_context(viewer)
        while time.perf_counter() < until:
            go, lost = crowd.move(town, chance), None
            while True:
                try:
                    run = await go(viewer)
                    break
                except GONE:
                    lost = lost or time.perf_counter()
                    await asyncio.sleep(AGAIN)
                    viewer = Viewer(viewer.address, viewer.cookies)
                    try:
                        await tabs.enter_async_context(viewer)
                    except GONE:
                        continue
            killed.runs += 1
            killed.errors += [f"{run.page}: {words}" for words in run.errors]
            if lost is not None:
                killed.back.append(time.perf_counter() - lost)
            await asyncio.sleep(chance.uniform(*pause))


async def handing_in(killed: Killed, address: str, town: crowd.Street, number: int, until: float) -> None:
    """An uploader who drops one sheet after the other and counts those that the page said are in."""
    clerk, sheet, salt = town.clerks[number], 0, secrets.randbelow(500)
    carried = await asyncio.to_thread(crowd.cookies, clerk)
    while time.perf_counter() < until:
        try:
            async with Viewer(address, carried) as viewer:
                await viewer.open("uploads", part="batch")
                while time.perf_counter() < until:
                    file = await asyncio.to_thread(crowd.sheet, clerk, town.day, sheet, salt)
                    sheet += 1
                    await viewer.drop("uploads_files", [file])
                    run = await viewer.click("uploads_commit")
                    killed.errors += run.errors
                    killed.acknowledged += not run.errors
        except GONE:
            await asyncio.sleep(AGAIN)


async def kill(
    front: Front, town: crowd.Street, viewers: int, uploaders: int, seconds: float, pause: tuple[float, float]
) -> Killed:
    """Kill the first process in the middle of it all."""
    killed, chance = Killed(), Random(2)
    carried = [crowd.cookies(town.staff[n % len(town.staff)]) for n in range(viewers)]
    until = time.perf_counter() + seconds

    async def end() -> None:
        await asyncio.sleep(seconds / 2)
        front.servers[0].process.kill()

    crowded = [
        strolling(killed, Viewer(front.address, own), town, Random(chance.random()), until, pause) for own in carried
    ]
    handed = [handing_in(killed, front.address, town, number, until) for number in range(uploaders)]
    for outcome in await asyncio.gather(*crowded, *handed, end(), return_exceptions=True):
        if outcome is not None:
            killed.errors.append(f"{type(outcome).__name__} {outcome}")
    killed.errors += front.servers[1].faults()
    return killed


def main() -> None:
    """Parse the call, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    street.arguments(parser)
    parser.set_defaults(postgres=True, days=92, callups=50_000)
    parser.add_argument("--viewers", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=40, help="of each part")
    parser.add_argument("--pause", type=float, nargs=2, default=[0.2, 1], help="seconds between two clicks")
    parser.add_argument("--uploaders", type=int, default=4)
    call = parser.parse_args()
    pause = (call.pause[0], call.pause[1])
    with ExitStack() as stack:
        call.data = call.data or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setenv("STREET_TRUSTED_PROXIES", '["127.0.0.1", "::1"]')
        patch.setenv("STREAMLIT_SERVER_COOKIE_SECRET", "of all processes")
        cluster = stack.enter_context(postgres.serving(call.data / "postgres"))
        street.opened(call, stack)
        town = crowd.street(street.DAY)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        told: dict[int, Told] = {}
        for number in (1, 2):
            with processes(number, folder, cluster.process) as front:
                for one in front.servers:  # nobody is the first to come
                    asyncio.run(crowd.everywhere(one, town))
                told[number] = asyncio.run(crowd.walk(front, town, call.viewers, call.seconds, pause))
                print(f"{number} behind nginx  {told[number].line()}", flush=True)
                for words in dict.fromkeys(told[number].errors[:5]):
                    print(f"{'':16}{words}")
                if number == 2:
                    held = crowd.taken(town)
                    killed = asyncio.run(kill(front, town, call.viewers, call.uploaders, call.seconds, pause))
                    killed.missing = max(killed.acknowledged - (crowd.taken(town) - held), 0)
                    print(f"one of two killed: {killed.line()}")
                    for words in dict.fromkeys(killed.errors[:5]):
                        print(f"{'':16}{words}")
        rates = {number: len(one.runs) / one.seconds for number, one in told.items()}
        print(f"two carry {rates[2] / rates[1]:.2f} times the runs of one")


if __name__ == "__main__":
    main()
