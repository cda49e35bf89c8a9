"""Taking a large roster in, and one evening's small files: ``python -m benchmarks.imports``.

One invented roster of 10,000 people is

* *raw*: read with calamine and inserted cell by cell with ``executemany``, the least that any import has to do;
* *pandas*: read by ``pandas.read_excel`` with openpyxl and written by ``to_sql``;
* *board*: examined and committed by the board, everything on, into a fresh database with the street's base data.

They take turns within each round, so that other work on the machine meets them alike: compare the ratios. Sealing
personal fields and the original is measured apart, in the same round and for the same values.
"""

from __future__ import annotations

import argparse
import gc
import os
import pickle
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from datetime import time as Hour
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

import pandas as pd
from python_calamine import CalamineWorkbook

from config.campaigns import default_campaigns
from config.settings import settings
from data_access import accounts, database, privacy, submissions
from data_access.inbox import facts
from data_access.sample.people import AGES, People
from data_access.schema import Sealed
from data_access.sheets import kind
from data_access.workbooks import grid, mapped, pipeline
from data_access.workbooks.formats import opening
from data_access.workbooks.model import WorkbookResult
from data_access.workbooks.worker import YOUNG
from data_access.workbooks.writing import workbook
from tests.data_access import books
from tests.data_access.street import DAY, Board

COMMUNITIES = (
    *("春晖社区", "朝阳社区", "和平社区", "新华社区", "东风社区", "胜利社区"),
    *("红旗社区", "光明社区", "长乐社区", "永安社区", "福星社区", "桃园社区"),
)
SITES = ("卫生服务中心", "文化馆接种点", "体育馆接种点", "第一小学接种点")
VACCINES = ("灭活", "重组蛋白", "腺病毒载体")
BATCHES = 18  # of each site and day
STAGES = {  # where the board's time goes: the functions that the pipeline and the commit go through
    "open": (submissions, "open_book"),
    "recognise": (pipeline, "_tables"),
    "read": (mapped, "read"),
    "check": (mapped, "check"),
    "cross-check": (pipeline, "crosscheck"),
    "compare": (submissions, "plans"),
    "store": (submissions, "_store"),
}


# What is imported -------------------------------------------------------------------------------


def roster(people: int, day: date = DAY) -> bytes:
    """A street's roster as a clerk fills in the template: every column, invented people with valid numbers."""
    rng, rows = Random(46), list[dict[str, Any]]()
    made = People(rng)
    leaders = {name: made.names(40) for name in COMMUNITIES}
    telephones = {name: made.phone() for name in COMMUNITIES}
    for number in range(people):
        community = COMMUNITIES[number * len(COMMUNITIES) // people]
        group = rng.choice(tuple(AGES))
        person = made.person(group, COMMUNITIES.index(community) + 1, day)
        dose = rng.choice(("d1", "d2", "b", "b"))
        place, batch = number % len(SITES), number // len(SITES) % BATCHES + 1
        rows.append(
            {
                "vaccination_date": day,
                "community": community,
                "campaign": "covid",
                "area": f"第{number % 9 + 1}网格",
                "name": person.name,
                "id_type": "resident",
                "id_no": person.id_no,
                "phone": person.phone,
                "sex": person.sex,
                "age": person.age(day),
                "person_group": person.group,
                "employer": person.employer,
                "dose_no": dose,
                "vaccine_type": rng.choice(VACCINES),
                "last_dose_date": None if dose == "d1" else day - timedelta(days=rng.randint(180, 400)),
                "site": SITES[place],
                "batch_no": batch,
                "batch_time": Hour(8 + batch // 2, batch % 2 * 30),
                "batch_leader": leaders[community][(place * BATCHES + batch) % 40],
                "liaison": leaders[community][0],
                "liaison_phone": telephones[community],
                "reminded": rng.random() < 0.9,
                **_outcome(rng),
            }
        )
    return workbook([(kind("roster"), "接种名单", rows)], campaigns=default_campaigns())


def _outcome(rng: Random) -> dict[str, Any]:
    if rng.random() < 0.85:
        return {"outcome": "vaccinated", "observed_30": True, "aefi": False}
    outcome = rng.choice(("no_show", "deferred", "refused"))
    return {"outcome": outcome, "reason": "感冒发热，过两周再约", "remark": "已电话联系"}


def evening_files(day: date = DAY) -> dict[str, bytes]:
    """The small files of one evening: a tally of each community, and three rosters."""
    files = {f"{name}晚调度.xlsx": books.evening(name, 30 + place, day) for place, name in enumerate(COMMUNITIES)}
    for name in COMMUNITIES[:3]:
        people = [books.person(n % 8, community=name, person_code=f"{name}{n}", site=SITES[0]) for n in range(40)]
        files[f"{name}名单.xlsx"] = books.book("roster", *people)
    return files


def street() -> None:
    """The base data of the street: register, sites and baselines."""
    board = Board()
    board.communities(COMMUNITIES)
    board.sites([{"name": name, "daily_capacity": 6000, "batch_capacity": 600} for name in SITES])
    for name in COMMUNITIES:
        board.baseline(name, DAY - timedelta(days=60), 3000, 100)


# What is measured -------------------------------------------------------------------------------


@dataclass
class Clocks:
    """Milliseconds by what was done, one figure a round: of the wall clock, and of this process's processor."""

    wall: dict[str, list[float]] = field(default_factory=dict)
    busy: dict[str, list[float]] = field(default_factory=dict)

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Time what is done inside the block."""
        began = time.perf_counter(), time.process_time()
        yield
        self.add(name, time.perf_counter() - began[0], time.process_time() - began[1])

    def add(self, name: str, wall: float, busy: float) -> None:
        """One more round."""
        self.wall.setdefault(name, []).append(wall * 1000)
        self.busy.setdefault(name, []).append(busy * 1000)

    def line(self, name: str) -> str:
        """Minimum, median and maximum by the wall clock, and the median of the processor."""
        wall, busy = self.wall[name], statistics.median(self.busy[name])
        return f"{name:34}{min(wall):8.0f}{statistics.median(wall):8.0f}{max(wall):8.0f}{busy:12.0f}"

    def staged(self, stack: ExitStack) -> None:
        """Time the stages of the board as they are gone through; those of one import are added up."""
        for name, (module, function) in STAGES.items():
            self.add(name, 0, 0)
            stack.enter_context(patch.object(module, function, self._timed(name, getattr(module, function))))

    def _timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*arguments: Any, **named: Any) -> Any:
            began = time.perf_counter(), time.process_time()
            try:
                return function(*arguments, **named)
            finally:
                self.wall[name][-1] += (time.perf_counter() - began[0]) * 1000
                self.busy[name][-1] += (time.process_time() - began[1]) * 1000

        return timed


def raw(data: bytes, path: Path) -> None:
    """Read with calamine, insert every cell with ``executemany``, commit."""
    rows = CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(0).to_python()
    width = max(map(len, rows))
    base = sqlite3.connect(path)
    base.execute("PRAGMA journal_mode=WAL")
    base.execute(f"CREATE TABLE roster ({', '.join(f'c{place}' for place in range(width))})")
    base.executemany(f"INSERT INTO roster VALUES ({', '.join('?' * width)})", rows)
    base.commit()
    base.close()


def with_pandas(data: bytes, path: Path) -> None:
    """Read with pandas and openpyxl, write with ``to_sql``."""
    base = sqlite3.connect(path)
    pd.read_excel(BytesIO(data), engine="openpyxl", header=2).to_sql("roster", base, index=False)
    base.commit()
    base.close()


def board(data: bytes, filename: str = "名单.xlsx") -> WorkbookResult:
    """Examine and commit as the command line does it."""
    actor = accounts.console()
    result = submissions.examine(actor, data, filename)
    submissions.commit(actor, result, data)
    return result


def sealed_fields(result: WorkbookResult) -> list[bytes]:
    """The texts of a file that are sealed when it is stored."""
    found: list[bytes] = []
    for _sheet, portion in result.portions:
        table = facts.table(portion.scope.kind)
        names = [column.key for column in table.columns if isinstance(column.type, Sealed)]
        for row in portion.rows:
            fact = facts.fact(portion.scope.kind, row, portion.scope)
            found += [fact[name].encode() for name in names if fact[name] is not None]
    return found


def open_street(folder: Path) -> None:
    """Make the folder's database the one in force; its connections and migrations are ready before any clock runs."""
    database.close_all()
    os.environ["STREET_DATA_DIR"] = str(folder)
    settings.cache_clear()
    database.prepare()
    database.data_version()


def warm() -> None:
    """Take in one person of another day: a board that runs has its statements compiled."""
    before = DAY - timedelta(days=40)
    person = books.person(0, community=COMMUNITIES[0], site=SITES[0], vaccination_date=before)
    board(books.book("roster", person))


def measure_roster(data: bytes, base: Path, folder: Path, rounds: int) -> Clocks:
    """All ways of taking the roster in, in turns."""
    clocks = Clocks()
    texts: list[bytes] = []
    for number in range(-1, rounds):  # the first warms up: modules, compiled statements, the reading process
        into = Clocks() if number < 0 else clocks
        here = folder / f"round{number}"
        shutil.copytree(base, here)
        open_street(here)
        warm()
        gc.collect()
        gc.freeze()  # as the board does
        with into.of("raw"):
            raw(data, here / "raw.db")
        with ExitStack() as stack:
            into.staged(stack)
            with into.of("board"):
                result = board(data)
        texts = texts or sealed_fields(result)
        del result
        with into.of("sealing"):
            privacy.keys().seal_all(texts)
            privacy.keys().seal(data)
        with into.of("reading process"):
            answer = opening.open_file(data, grid.bounds(settings().limits))
        with into.of("handed over"):
            frame = pickle.dumps(answer, protocol=5)
        with into.of("taken over"):
            pickle.loads(frame)
        del answer, frame
        with into.of("pandas"):
            with_pandas(data, here / "pandas.db")
        shutil.rmtree(here)
    return clocks


def measure_evening(base: Path, folder: Path, rounds: int) -> Clocks:
    """Examine, preview and commit of fifteen small files, one after the other."""
    clocks = Clocks()
    files = evening_files()
    for number in range(-1, rounds):
        into = Clocks() if number < 0 else clocks
        here = folder / f"evening{number}"
        shutil.copytree(base, here)
        open_street(here)
        actor = accounts.console()
        for name in ("examine", "preview", "commit"):
            into.add(name, 0, 0)
        with into.of("evening"):
            for name, data in files.items():
                examine, preview, commit = (
                    into._timed(step, getattr(submissions, step)) for step in ("examine", "preview", "commit")
                )
                result = examine(actor, data, name)
                preview(actor, result)
                commit(actor, result, data)
        shutil.rmtree(here)
    return clocks


def report(clocks: Clocks) -> None:
    """Print the roster's table and the two ratios."""

    def ratio(by: dict[str, list[float]], over: str, under: str, *beside: str, less: str = "") -> str:
        of = [
            (figure + sum(by[name][place] for name in beside) - (by[less][place] if less else 0)) / by[under][place]
            for place, figure in enumerate(by[over])
        ]
        return f"{min(of):6.2f}{statistics.median(of):8.2f}{max(of):8.2f}"

    print(f"{'milliseconds':34}     min  median     max   processor")
    for name in ("raw", "pandas", "board", *STAGES, "sealing", "reading process", "handed over", "taken over"):
        print(clocks.line(name))
    print(f"\n{'ratio within a round':34}   min  median     max")
    print(f"{'board / raw, wall':36}{ratio(clocks.wall, 'board', 'raw')}")
    print(f"{'(board - sealing) / raw, wall':36}{ratio(clocks.wall, 'board', 'raw', less='sealing')}   target: 2.5")
    # the processor of the reading process is not this one's: what it did is measured here, beside
    inside = ("reading process", "handed over")
    print(f"{'(board - sealing) / raw, processor':36}{ratio(clocks.busy, 'board', 'raw', *inside, less='sealing')}")
    print(f"{'pandas / board, wall':36}{ratio(clocks.wall, 'pandas', 'board')}   target: 3.0")


def main() -> None:
    """Parse the call, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    call = parser.parse_args()
    sqlite3.register_adapter(Hour, Hour.isoformat)
    gc.set_threshold(YOUNG)
    with tempfile.TemporaryDirectory() as folder, patch.dict(os.environ, {"STREET_NOW": f"{DAY}T20:42"}):
        base = Path(folder) / "base"
        open_street(base)
        street()
        database.close_all()
        data = roster(call.people)
        print(f"load {os.getloadavg()[0]:.1f}; {call.people} people, {len(data) // 1024} KB, {call.rounds} rounds\n")
        report(measure_roster(data, base, Path(folder), call.rounds))
        clocks = measure_evening(base, Path(folder), call.rounds)
        print(f"\n{len(evening_files())} small files of one evening, milliseconds for all of them")
        for name in ("evening", "examine", "preview", "commit"):
            print(clocks.line(name))
        print(f"load {os.getloadavg()[0]:.1f}")
        database.close_all()


if __name__ == "__main__":
    main()
