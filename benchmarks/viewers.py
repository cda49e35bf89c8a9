"""Many viewers at once, over Streamlit's own websockets: ``python -m benchmarks.viewers``.

*storm*: all click at the same moment, again and again; *walk*: with human pauses, or without (``--pause``), while
uploaders hand in sheets. Beside it, in the same run and on the same data, the plain way (``benchmarks/plain``), a page
that reads its tables with pandas on each run. Milliseconds from the click to the end of the page, as a browser would
see them without drawing; what the server's processor did for each run; its memory. Before, one of each role goes
everywhere once (*first visits*), unless ``--cold``.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path

from benchmarks import street
from tests.load import crowd, front
from tests.load.crowd import Told
from tests.load.server import ROOT, serving
from tests.load.viewer import Viewer

PLAIN = ROOT / "benchmarks" / "plain" / "briefing.py"


def main() -> None:
    """Parse the call, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    street.arguments(parser)
    parser.add_argument("--storm", type=int, nargs="*", default=[20, 50], help="viewers that click at once")
    parser.add_argument("--rounds", type=int, default=8, help="clicks of each of them")
    parser.add_argument("--walk", type=int, nargs="*", default=[100], help="viewers with pauses")
    parser.add_argument("--seconds", type=float, default=60, help="how long they walk")
    parser.add_argument("--pause", type=float, nargs=2, default=[5, 15], help="seconds between two clicks")
    parser.add_argument("--processes", type=int, default=1, choices=(1, 2), help="of the board, behind nginx if two")
    parser.add_argument("--uploaders", type=int, default=0)
    parser.add_argument("--sheets", type=int, default=3, help="files of each uploader")
    parser.add_argument("--cold", action="store_true", help="begin with nothing in memory")
    parser.add_argument("--plain", type=int, default=20, help="viewers of the plain page; 0: without it")
    call = parser.parse_args()
    with ExitStack() as stack:
        street.opened(call, stack)
        town = crowd.street(street.DAY)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ours: Told | None = None
        for viewers in call.storm:
            with front.board(call.processes, folder / f"storm{viewers}") as server:
                _warm(server, town, call.cold)
                told = asyncio.run(crowd.storm(server, town, viewers, call.rounds))
            ours = ours or told
            _print(f"storm of {viewers}", told)
        for viewers in call.walk:
            before = crowd.taken(town)
            with front.board(call.processes, folder / f"walk{viewers}") as server:
                _warm(server, town, call.cold)
                told = asyncio.run(
                    crowd.walk(server, town, viewers, call.seconds, tuple(call.pause), call.uploaders, call.sheets)
                )
            _print(f"walk of {viewers}", told)
            if call.uploaders:
                handed = call.uploaders * call.sheets
                print(f"{'':12}{crowd.taken(town) - before} of {handed} sheets in, slowest {max(told.uploads):.1f} s")
        if call.plain:
            with serving(PLAIN, folder / "plain.log") as server:
                plain = asyncio.run(_plain(server, call.plain, max(call.rounds // 4, 2)))
            _print(f"plain, {call.plain}", plain)
            if ours is not None:
                ratio = (len(ours.runs) / ours.seconds) / (len(plain.runs) / plain.seconds)
                print(f"throughput of the board beside the plain way: {ratio:.1f} times")


async def _plain(server: crowd.Watched, viewers: int, rounds: int) -> Told:
    """All look at the plain page and click at once, each round."""
    told = Told(memory=(server.memory(), 0), viewers=viewers)
    async with AsyncExitStack() as stack:
        tabs = [await stack.enter_async_context(Viewer(server.address)) for _n in range(viewers)]
        await crowd.everybody(told, tabs, lambda _n: lambda viewer: viewer.open(""))
        told.runs.clear()
        began, busy = time.perf_counter(), server.busy()
        for _round in range(rounds):
            await crowd.everybody(told, tabs, lambda _n: lambda viewer: viewer.again())
        return crowd.done(told, server, began, busy)


def _warm(server: crowd.Watched, town: crowd.Street, cold: bool) -> None:
    """Let one of each role go everywhere first, so that nobody is the first to ask since the last commit."""
    for one in () if cold else front.each(server):
        _print("first visits", asyncio.run(crowd.everywhere(one, town)))


def _print(name: str, told: Told) -> None:
    print(f"{name:12}{told.line()}", flush=True)
    for words in dict.fromkeys(told.errors[:5]):
        print(f"{'':12}{words}")


if __name__ == "__main__":
    main()
