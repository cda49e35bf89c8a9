"""The board beside Apache Superset and plain Streamlit with pandas: ``python -m benchmarks.peers``.

Three years, 30 communities and a million call-ups (``--postgres``: in PostgreSQL, else in SQLite), and four questions:
coverage by community, the day's dispatch, site × batch, the matrix of workstreams. All three have to give the same
numbers. *cold*: of the board the first visit of a page since a commit, of Superset past its cache (``force``), of the
plain page everything read anew; *warm*: the same once more. Milliseconds from the question to the end of the answer, as
somebody outside sees it without drawing; what the server's processes used of the processor (the database aside); their
memory. ``--superset`` names the virtual environment it is installed in; without it only the other two are measured.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks import street
from benchmarks.peers import pages, superset
from benchmarks.peers.questions import Answer, Question, answer, differences, questions, write_goals
from benchmarks.peers.superset import Superset
from benchmarks.peers.taken import KINDS, Product, Row, busy, memory, ratios, table
from benchmarks.years import DAY
from config.settings import settings
from data_access import accounts
from data_access.reports import directory
from data_access.reports.view import View


def charts(served: Superset, asked: list[Question], rounds: int) -> tuple[Product, dict[str, Answer]]:
    """Each chart by itself, and all at the same moment as on a dashboard; and the answers."""
    rows = {one.name: Row("Superset", f"one chart: {one.name}") for one in asked}
    answers = {one.name: _answer(one, served.ask(one, force=True)[0]) for one in asked}  # not measured
    for _round in range(rounds):
        for kind in KINDS:
            for one in asked:
                before, began = busy(served.process), time.perf_counter()
                size = served.ask(one, force=kind == "cold")[1]
                rows[one.name].add(kind, time.perf_counter() - began, busy(served.process) - before, size)
    return Product("Superset", [*rows.values(), _dashboard(served, asked, rounds)], memory(served.process)), answers


def _answer(question: Question, rows: list[dict[str, Any]]) -> Answer:
    return answer(pd.DataFrame(rows), question.keys, tuple(question.figures))


def _dashboard(served: Superset, asked: list[Question], rounds: int) -> Row:
    row = Row("Superset", "the four charts at once")
    with ThreadPoolExecutor(len(asked)) as pool:
        for _round in range(rounds):
            for kind in KINDS:
                before, began = busy(served.process), time.perf_counter()
                size = sum(pool.map(lambda one, kind=kind: served.ask(one, force=kind == "cold")[1], asked))
                row.add(kind, time.perf_counter() - began, busy(served.process) - before, size)
    return row


def compare(asked: list[Question], told: dict[str, dict[str, Answer]]) -> None:
    """Fail where one of the products gives other numbers than the board."""
    actor = accounts.console()
    view = View(actor, DAY, directory.campaigns(actor)[0].code)
    for one in asked:
        ours = one.ours(view)
        if not ours:
            raise SystemExit(f"{one.name}: the board knows nothing")
        for name, answers in told.items():
            apart = differences(ours, answers[one.name])
            if apart:
                raise SystemExit(f"{one.name}: the board and {name} disagree\n" + "\n".join(apart[:10]))
        print(f"{one.name}: the same {len(ours)} rows in {', '.join(('the board', *told))}")


def main() -> None:
    """Parse the call, measure, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    street.arguments(parser)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--superset", type=Path, help="the virtual environment that Superset is installed in")
    call = parser.parse_args()
    began = time.perf_counter()
    with ExitStack() as stack:
        data = street.opened(call, stack)
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        asked, goals = list(questions()), scratch / "goals.csv"
        write_goals(goals)
        os.environ |= {"PLAIN_DATABASE": settings().url, "PLAIN_GOALS": str(goals)}
        plain, answers = pages.plain(call.rounds, scratch / "plain.log", asked)
        told = {plain.name: answers}
        ours = pages.board(call.rounds, scratch / "board.log")
        others: Product | None = None
        if call.superset:
            served = stack.enter_context(superset.serving(call.superset.resolve(), (data / "superset").resolve()))
            served.make(asked, settings().url)
            others, told["Superset"] = charts(served, asked, call.rounds)
        compare(asked, told)
        print(f"load {os.getloadavg()[0]:.1f}, {call.rounds} rounds, {time.perf_counter() - began:.0f} s\n")
        for line in table([one for one in (ours, plain, others) if one]):
            print(line)
        for share, words in ((0.5, "wall clock, p50"), (0.0, "processor")):
            print(f"\n{words}", *ratios(ours, plain, others, share), sep="\n")


if __name__ == "__main__":
    main()
