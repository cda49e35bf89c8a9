"""The matrix of workstreams on a large street: ``python -m benchmarks.matrix``.

Makes a street with every indicator of the catalogue reported each month for years, written in bulk and not by way of
workbooks, and measures the server's part of opening the matrix: *cold* is the first visit since somebody committed
something (the report, the frame and the chart's specification), *warm* any other. Milliseconds of the wall clock and
of the processor. ``--url`` measures another database than SQLite; it has to be empty.
"""

from __future__ import annotations

import argparse
import gc
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select

from benchmarks import street
from config import clock
from config.catalogue import workstreams
from config.indicators import Indicator
from config.settings import settings
from data_access import accounts, database
from data_access.accounts import Actor
from data_access.inbox import bulk
from data_access.reports import directory, outlook
from data_access.reports import workstreams as report
from data_access.reports.view import View
from data_access.schema import Community, Progress, Submission
from pages.parts import cache
from pages.parts.workstreams import matrix
from pages.parts.workstreams.matrix import Look
from pages.parts.workstreams.trail import Drill
from tests.browser.screenshots import Office
from tests.data_access.street import Board

DAY = date(2022, 8, 12)
AREAS = ("东片", "南片", "北片")
LATE = 0.07  # of the months a community does not report
Line = dict[str, Any]


def fill(actor: Actor, communities: int, years: int) -> int:
    """The street: communities by the usual way in, their progress in bulk; the number of its rows."""
    board = Board(actor)
    board.communities([{"name": f"第{n:02d}社区", "area": AREAS[n % 3]} for n in range(1, communities + 1)])
    with database.writing() as connection:
        keys = connection.execute(select(Community.id).where(Community.street_id == actor.street_id)).scalars().all()
        written = sum(community(connection, actor, key, months(years)) for key in keys)
        database.raise_version(connection)
    return written


def months(years: int) -> list[date]:
    """The months of so many calendar years up to the one before ``DAY``, each by its first day."""
    every = (date(DAY.year - back, month, 1) for back in reversed(range(years)) for month in range(1, 13))
    return [month for month in every if month < DAY.replace(day=1)]


def community(connection: Connection, actor: Actor, key: int, months: list[date]) -> int:
    """One community's sheets: some are diligent in all, some in little, each forgets a month here or there."""
    chance = random.Random(key)
    zeal = chance.betavariate(12, 0.8)
    lines: list[Line] = []
    for stream in workstreams():
        keen = zeal * chance.uniform(0.9, 1.1)
        for month in months:
            if chance.random() < LATE:
                continue
            sent = _submission(connection, actor, key, stream.slug, month)
            said = {"submission_id": sent, "street_id": actor.street_id, "community_id": key, "workstream": stream.slug}
            said |= {"biz_date": month + timedelta(days=33), "period": f"{month:%Y-%m}"}
            for number, item in enumerate(stream.indicators):
                lines.append({**said, "row": number + 3, "indicator": item.code, **_figures(item, month, keen, chance)})
    names = {name for line in lines for name in line}
    bulk.insert(
        connection,
        Progress.__table__,  # type: ignore[arg-type]
        {name: [line.get(name) for line in lines] for name in sorted(names)},
    )
    return len(lines)


def _submission(connection: Connection, actor: Actor, key: int, slug: str, month: date) -> int:
    now = clock.now()
    values = {"street_id": actor.street_id, "account_id": actor.id, "received_at": now, "committed_at": now}
    values |= {"scope": f"progress/{key}/{month:%Y-%m}/{slug}", "revision": 1, "kind": "progress", "topic": slug}
    values |= {"community_id": key, "period": f"{month:%Y-%m}", "rows_accepted": 1, "rows_refused": 0}
    return int(connection.execute(insert(Submission).values(**values).returning(Submission.id)).scalar_one())


def _figures(item: Indicator, month: date, keen: float, chance: random.Random) -> Line:
    """What a month's row says: rates and totals as they stand, counts of the month, zeros confirmed as a rule."""
    if item.kind == "zero":
        happened = chance.random() < 0.002
        return {"accrual": "period", "done": Decimal(int(happened)), "zero_confirm": not happened}
    if item.numerator is not None and item.denominator is not None:
        base = 40 + int(chance.paretovariate(1.2) * 60)  # a few large ones, many small
        share = min(1.0, (item.target or 80) / item.factor * keen * chance.uniform(0.97, 1.06))
        return {"accrual": "cumulative", "num": Decimal(int(base * share)), "den": Decimal(base)}
    yearly = float(item.full_target or item.target or 12)
    if item.accrual in ("snapshot", "cumulative_all_time"):
        return {"accrual": "cumulative", "done": Decimal(int(yearly * min(1.0, keen * month.month / 12)))}
    mean = yearly / 12 * keen
    return {"accrual": "period", "done": Decimal(int(mean) + int(chance.random() < mean % 1))}


def opened(view: View) -> dict[str, Callable[[], Any]]:
    """What the page does for each of its sights, down to the specification of the chart."""
    every = tuple(one.slug for one in workstreams() if one.shown)

    def board(look: Look) -> None:
        report.tiles(view, matrix.cells(view, look))
        drawn = matrix.chart(view, look, Drill(), dark=False)
        assert drawn is not None
        drawn.to_dict()

    return {
        "matrix": partial(board, Look()),
        "matrix of all workstreams": partial(board, Look(streams=every)),
        "trend": partial(cache.cached(outlook.trend), view),
        "moved this week": partial(cache.cached(outlook.moved), view),
        "will miss": partial(cache.cached(outlook.misses), view),
    }


def committed() -> None:
    """Somebody has committed something: no answer in memory holds."""
    with database.writing() as connection:
        database.raise_version(connection)


def timed(work: Callable[[], Any], rounds: int, before: Callable[[], Any]) -> tuple[list[float], list[float]]:
    """Milliseconds of the wall clock and of the processor of each round."""
    wall, busy = [], []
    for _round in range(rounds):
        before()
        gc.collect()
        began = time.perf_counter(), time.process_time()
        work()
        wall.append((time.perf_counter() - began[0]) * 1000)
        busy.append((time.process_time() - began[1]) * 1000)
    return wall, busy


def measure(view: View, rounds: int) -> Iterator[str]:
    """One line for each sight, cold and warm, and its processor time beside that of the cold matrix."""
    base = 0.0
    for name, work in opened(view).items():
        cold = timed(work, rounds, committed)
        warm = timed(work, rounds, lambda: None)
        base = base or statistics.median(cold[1])
        ratios = "".join(f"{statistics.median(busy) / base:8.2f}" for _wall, busy in (cold, warm))
        yield f"{name:34}" + "".join(street.spread(figures) for figures in (*cold, *warm)) + ratios


def main() -> None:
    """Parse the call, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--communities", type=int, default=30)
    parser.add_argument("--years", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--url", help="an empty database [default: SQLite]")
    call = parser.parse_args()
    with ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        Office(data, patch)
        if call.url:
            patch.setenv("STREET_DATABASE_URL", call.url)
            settings.cache_clear()
        actor = accounts.console()
        began = time.perf_counter()
        rows = fill(actor, call.communities, call.years)
        print(f"{rows} rows in {time.perf_counter() - began:.0f} s; load {os.getloadavg()[0]:.1f}")
        view = View(actor, DAY, directory.campaigns(actor)[0].code)
        gc.freeze()
        print(street.head("ms", ["cold", "of processor", "warm", "of processor"]) + "   ratio    warm")
        for line in measure(view, call.rounds):
            print(line)


if __name__ == "__main__":
    main()
