"""Whole pages over Streamlit's own websockets: the board's, and the plain one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import pandas as pd
import pyarrow as pa
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks import matrix
from benchmarks.peers.questions import Answer, Question, answer
from benchmarks.peers.taken import Product, Row, busy, memory
from benchmarks.years import DAY
from data_access import accounts
from tests.browser.screenshots import NAME
from tests.load import crowd
from tests.load.server import ROOT, Server, serving
from tests.load.viewer import Run, Viewer

PLAIN = ROOT / "benchmarks" / "plain" / "questions.py"
PAGES = {
    "briefing": "all four in brief",
    "rankings": "coverage by community",
    "dispatch": "the day's dispatch",
    "callups": "site × batch",
    "workstreams": "workstream matrix",
}
REST = 0.15  # seconds until the server has done what follows a run


class Reader(Viewer):
    """A tab that keeps the tables it was sent, those of charts too."""

    tables: list[pd.DataFrame]

    def _drawn(self, message: ForwardMsg, run: Run) -> None:
        super()._drawn(message, run)
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        sent: list[bytes] = []
        if kind == "dataframe":
            sent = [element.dataframe.arrow_data.data]
        elif kind == "vega_lite_chart":
            sent = [one.data.data for one in element.vega_lite_chart.datasets]
        self.tables += [pa.ipc.open_stream(one).read_pandas() for one in sent]


def board(rounds: int, log: Path) -> Product:
    """The pages that hold the answers, one after the other: cold after a commit, and warm."""
    with serving(log=log) as server:
        return asyncio.run(_board(server, rounds))


async def _board(server: Server, rounds: int) -> Product:
    rows = {slug: Row("the board", f"{slug}: {holds}") for slug, holds in PAGES.items()}
    async with Viewer(server.address, crowd.cookies(accounts.actor(NAME))) as viewer:
        for number in range(rounds + 1):
            for kind in ("cold", "between", "warm"):  # a commit before each page has made the others cold again
                for slug, row in rows.items():
                    if kind == "cold":
                        matrix.committed()
                    counted = row if number and kind != "between" else None
                    await _timed(server, counted, kind, partial(viewer.open, slug, day=str(DAY)))
    return Product("the board", list(rows.values()), memory(server.process))


def plain(rounds: int, log: Path, asked: list[Question]) -> tuple[Product, dict[str, Answer]]:
    """The plain page, reading anew and from what it keeps; and its answers."""
    with serving(PLAIN, log) as server:
        return asyncio.run(_plain(server, rounds, asked))


async def _plain(server: Server, rounds: int, asked: list[Question]) -> tuple[Product, dict[str, Answer]]:
    row = Row("plain Streamlit and pandas", "all four on one page")
    async with Reader(server.address) as viewer:
        viewer.tables = []
        for number in range(rounds + 1):
            for kind, query in (("cold", {"fresh": "1"}), ("warm", {})):
                kept, viewer.tables = viewer.tables, []
                await _timed(server, row if number else None, kind, partial(viewer.open, "", **query))
        found = {one.name: _found(one, [*kept, *viewer.tables]) for one in asked}
        return Product(row.product, [row], memory(server.process)), found


def _found(question: Question, tables: list[pd.DataFrame]) -> Answer:
    """The answer among the tables that a page was sent."""
    wanted = {*question.keys, *question.figures}
    told = next((one for one in tables if wanted <= set(one.columns)), None)
    if told is None:
        raise RuntimeError(f"{question.name}: no such table on the plain page")
    return answer(told, question.keys, tuple(question.figures))


async def _timed(server: Server, row: Row | None, kind: str, click: Callable[[], Awaitable[Run]]) -> None:
    """One page; the first round is not counted, for everything is read in then."""
    before = busy(server.process)
    run = await click()
    if run.errors:
        raise RuntimeError(f"{run.page}: {run.errors}")
    await asyncio.sleep(REST)
    if row is not None:
        row.add(kind, run.seconds, busy(server.process) - before, run.size)
