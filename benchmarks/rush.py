"""The rush before a deadline: ``python -m benchmarks.rush``.

Thirty clerks drop three sheets each and take them in, all at once, while twenty viewers click through all pages of the
street and of ``--seen`` communities, which somebody has looked at before. Beside it, in the same run and on the same
data, the same viewers without the clerks. Milliseconds from the click to the end of the page, over the websocket;
whether every sheet is in, and once; seconds from dropping a sheet until it is in, its place in the queue included. With
``--viewers 0`` the clerks are alone, and what a sheet costs the processor is told. A street is good for one rush: of
the second its sheets are in already, unless ``--day`` moves it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from pathlib import Path

from benchmarks import street
from tests.load import crowd, front


def main() -> None:
    """Parse the call, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    street.arguments(parser)
    parser.add_argument("--viewers", type=int, default=20, help="0: the clerks alone")
    parser.add_argument("--seen", type=int, default=5, help="communities that the viewers look at")
    parser.add_argument("--uploaders", type=int, default=30)
    parser.add_argument("--sheets", type=int, default=3, help="files of each uploader")
    parser.add_argument("--seconds", type=float, default=30, help="how long the viewers go on, each time")
    parser.add_argument("--pause", type=float, nargs=2, default=[1, 3], help="seconds between two of their clicks")
    parser.add_argument("--processes", type=int, default=1, choices=(1, 2), help="of the board, behind nginx if two")
    parser.add_argument("--day", type=date.fromisoformat, default=street.DAY)
    call = parser.parse_args()
    with ExitStack() as stack:
        street.opened(call, stack)
        town = replace(crowd.street(street.DAY), day=call.day)
        looking = replace(town, communities=town.communities[: call.seen])
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "board"
        before, uploaders = crowd.taken(town), min(call.uploaders, len(town.clerks))
        with front.board(call.processes, folder) as server:
            for one in front.each(server) if call.viewers else ():  # so that nobody is the first
                print(f"{'everywhere':14}{asyncio.run(crowd.everywhere(one, looking)).line()}", flush=True)
            pace = call.viewers, call.seconds, tuple(call.pause)
            quiet = asyncio.run(crowd.walk(server, looking, *pace)) if call.viewers else None
            if quiet is not None:
                print(f"{'viewers':14}{quiet.line()}", flush=True)
            rush = asyncio.run(crowd.walk(server, looking, *pace, uploaders, call.sheets))
        taken, handed = crowd.taken(town) - before, uploaders * call.sheets
        if quiet is not None:
            print(f"{'in the rush':14}{rush.line()}")
            print(f"{'ratio':14}p50 {rush.at(0.5) / quiet.at(0.5):.2f}  p95 {rush.at(0.95) / quiet.at(0.95):.2f}")
        else:
            print(f"{'processor':14}{rush.busy:.1f} s, {rush.busy * 1000 / handed:.0f} ms a sheet, its pages with it")
        waits = sorted(rush.uploads) or [float("nan")]
        print(
            f"{'sheets':14}{taken} of {handed} in within {rush.seconds:.0f} s, from the drop to the end of the commit"
            f" median {statistics.median(waits):.1f} s, slowest {waits[-1]:.1f} s; load {os.getloadavg()[0]:.1f}"
        )
        for words in dict.fromkeys([*(quiet.errors if quiet else []), *rush.errors][:8]):
            print(f"{'':14}{words}")


if __name__ == "__main__":
    main()
