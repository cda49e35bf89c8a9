"""A backup is made while others write, proves itself, and brings everything back into either kind of database."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, text

from config.settings import settings
from data_access import accounts, database, privacy, submissions
from data_access.__main__ import main
from data_access.accounts import Actor, LookingBackError, NotAllowedError, Role
from data_access.backups import archive, health, making, proving, restoring, tables
from data_access.backups.archive import BackupError
from data_access.schema import AuditEvent, Callup, MorningTally, Posting, Submission, Visit
from data_access.workbooks.model import Hints
from tests.conftest import Office, _with_database
from tests.data_access import books
from tests.data_access.street import DAY, Board

REPORTS = ("reporting", "callups", "dispatch", "coverage", "ranking", "workstreams", "checklist", "actions")
PLACES = ["春晖社区", "向阳社区", "永安社区"]


def fill(actor: Actor) -> Board:
    """A street with something in most tables, two revisions of a scope among it."""
    board = Board(actor)
    board.communities([{"name": name, "liaison": "王联络", "liaison_phone": "13900002046"} for name in PLACES])
    board.sites(["卫生中心"])
    for number, name in enumerate(PLACES):
        board.baseline(name, surveyed=200 + number, contraindicated=number)
        board.roster(name, n=5 + number, outcomes=["done", "refused"])
        board.morning(name, planned=5 + number)
        board.evening(name, roster_n=5 + number, vacc_on_roster=1, refused=1, no_show=3 + number, cum_d1=10 + number)
    board.morning(PLACES[0], planned=9)
    board.progress(PLACES[0], "health", "2022-08", {"indicator": "HE-01", "done": 3})
    board.evidence(PLACES[1], "2022", {"item_code": "1.1", "theme": "健康讲座"})
    board.action(PLACES[2], "DB-2022-001", owner="赵钱")
    data = books.morning(PLACES[1], 4)
    result = submissions.examine(actor, data, "向阳早会商.xlsx", Hints(day=DAY))
    submissions.commit(actor, result, data)
    return board


@pytest.fixture
def board(database_url: str) -> Board:
    return fill(accounts.create_first_administrator("admin_sf", "long enough", ""))


@pytest.fixture
def elsewhere(office: Office, request: pytest.FixtureRequest) -> Iterator[Callable[[], None]]:
    """``elsewhere()`` moves the office to a new database of the other kind, with the same key file."""
    made: list[tuple[str, str]] = []

    def move() -> None:
        database.close_all()
        if not settings().database_url:
            server = request.getfixturevalue("postgres")
            name = f"elsewhere_{len(made)}_{sha256(str(office.data_dir).encode()).hexdigest()[:8]}"
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}")
            made.append((server, name))
            office.set("STREET_DATABASE_URL", _with_database(server, name))
        else:
            office.set("STREET_DATABASE_URL", None)
            (office.data_dir / "street.db").unlink(missing_ok=True)

    yield move
    database.close_all()
    for server, name in made:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def asked(*args: str) -> str:
    result = CliRunner().invoke(main, args)
    assert result.exit_code == 0, result.output
    return result.stdout


def reports() -> dict[str, str]:
    return {name: asked("report", name, "--json", "--date", DAY.isoformat()) for name in REPORTS}


def checksums() -> dict[str, tables.Written]:
    written: dict[str, tables.Written] = {}
    with database.reading() as connection:
        for _piece in tables.dump(connection, written):
            pass
    return written


def good(checks: list[health.Check]) -> bool:
    assert all(check.good for check in checks), [check for check in checks if not check.good]
    return True


def test_everything_comes_back_in_the_other_database(
    board: Board, elsewhere: Callable[[], None], tmp_path: Path
) -> None:
    """Reports are equal byte for byte, tables line by line, and the board goes on with the next numbers."""
    path = tmp_path / "everything.backup"
    told: list[tuple[int, int]] = []
    made = making.make(board.actor, path, told=lambda done, every: told.append((done, every)))
    assert told[-1] == (made.rows, made.rows) and made.size == path.stat().st_size
    raw = path.read_bytes()
    assert sha256(raw).hexdigest() == made.sha256
    for personal in ("赵小0", "13800005678", "王联络", "admin_sf"):
        assert personal.encode() not in raw
    assert good(proving.prove(board.actor, path).checks)
    before, held = reports(), checksums()
    del held["audit_event"], held["data_version"], held["street"]  # that the backup was made stands there by now

    elsewhere()
    done = restoring.restore(path)
    assert (done.rows, done.data_version) == (made.rows, made.data_version)
    assert reports() == before
    again = checksums()
    assert {name: again[name] for name in held} == held
    actor = accounts.actor("admin_sf")
    assert good(health.examine(actor))
    with database.reading() as connection:
        events = connection.execute(select(AuditEvent.event).order_by(AuditEvent.id.desc())).scalars().all()
    assert events[0] == "restored" and "backup_made" not in events
    Board(actor).roster(PLACES[0], n=7)
    Board(actor).morning(PLACES[2], planned=1)
    assert good(health.examine(actor)), "new rows have numbers of their own"


def test_others_write_while_it_is_made(board: Board, elsewhere: Callable[[], None], tmp_path: Path) -> None:
    """Imports go in between any two tables of the dump; the backup holds the state it began with, whole."""
    path, more = tmp_path / "busy.backup", iter(range(20, 1000))
    with database.reading() as connection:
        before = connection.execute(select(func.count(Submission.id))).scalar_one()

    def write() -> None:
        board.morning(PLACES[0], planned=next(more))

    with ThreadPoolExecutor(1) as other:
        version = database.data_version()
        making.make(board.actor, path, told=lambda _done, _every: other.submit(write).result(timeout=60))
    assert next(more) > 25, "others could write in the middle of it"
    assert database.data_version() > version
    assert good(proving.prove(board.actor, path).checks)
    elsewhere()
    assert restoring.restore(path).data_version == version
    with database.reading() as connection:
        assert connection.execute(select(func.count(Submission.id))).scalar_one() == before
        assert set(connection.execute(select(MorningTally.planned)).scalars()) <= set(range(10))


def test_what_is_not_whole_is_refused_and_changes_nothing(
    board: Board, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "CHUNK", 2048)  # many chunks of a small street
    path, other = tmp_path / "whole.backup", tmp_path / "other.backup"
    making.make(board.actor, path)
    making.make(board.actor, other)
    raw, held = path.read_bytes(), checksums()
    begin = len(archive.MAGIC) + 4 + int.from_bytes(raw[len(archive.MAGIC) : len(archive.MAGIC) + 4], "big")
    first = 4 + (int.from_bytes(raw[begin : begin + 4], "big") >> 1)
    one, two = raw[begin : begin + first], raw[begin + first : begin + 2 * first]
    assert len(raw) > begin + 4 * first
    hurt = {
        "cut off": raw[:-1],
        "cut off after a chunk": raw[: begin + 2 * first],
        "without its end": raw[:-40],
        "only the beginning": raw[:begin],
        "something added": raw + b"x",
        "a bit turned": raw[:-100] + bytes([raw[-100] ^ 1]) + raw[-99:],
        "chunks changed places": raw[:begin] + two + one + raw[begin + 2 * first :],
        "a chunk left out": raw[:begin] + raw[begin + first :],
        "a chunk of another backup": raw[:begin] + other.read_bytes()[begin : begin + first] + raw[begin + first :],
        "the header altered": raw.replace(b'"data_version": ', b'"data_version":1'),
        "no backup": b"PK\x03\x04" + raw,
        "nothing": b"",
    }
    for what, content in hurt.items():
        assert content != raw
        path.write_bytes(content)
        with pytest.raises(BackupError):
            list(archive.lines(path))
        if what in ("a bit turned", "cut off after a chunk"):
            with pytest.raises(BackupError):
                restoring.restore(path, replace=True)
            assert checksums() == held, what
        if what == "a bit turned":
            proof = proving.prove(board.actor, path)
            assert not proof.good and [check.name for check in proof.checks] == ["archive"]
    assert list(settings().data_dir.glob("aside-*")) == []


def test_a_database_that_holds_something_is_given_up_only_when_told(board: Board, tmp_path: Path) -> None:
    path = tmp_path / "first.backup"
    made = making.make(board.actor, path)
    board.morning(PLACES[2], planned=77)
    now = database.data_version()
    with database.writing() as connection:
        connection.execute(
            text(
                "INSERT INTO posting (street_id, sort, text, account_id, queued_at, attempts, next_at)"
                " SELECT street_id, 'notice', 'x', id, created_at, 0, created_at FROM account WHERE username='admin_sf'"
            )
        )
    waiting = tmp_path / "waiting.backup"
    making.make(board.actor, waiting)
    with pytest.raises(BackupError, match="--replace"):
        restoring.restore(path)
    with pytest.raises(BackupError):
        making.make(board.actor, path)  # a file that is there stays
    done = restoring.restore(path, replace=True)
    assert made.data_version < now < done.data_version, "pages that run take no old answer for a new one"
    with database.reading() as connection:
        assert 77 not in set(connection.execute(select(MorningTally.planned)).scalars())
    assert good(health.examine(accounts.console()))
    restoring.restore(waiting, replace=True)
    with database.reading() as connection:
        assert connection.execute(select(Posting.text, Posting.next_at)).all() == [("x", None)], "not sent twice"
        assert connection.execute(select(Visit.id).where(Visit.ended_at.is_(None))).all() == []


def test_a_key_of_its_own(office: Office, tmp_path: Path) -> None:
    """Under the office's key it needs that key; under a passphrase it brings the key file along."""
    board = fill(accounts.create_first_administrator("admin_sf", "long enough", ""))
    sealed, carried = tmp_path / "sealed.backup", tmp_path / "carried.backup"
    making.make(board.actor, sealed)
    with pytest.raises(BackupError):
        making.make(board.actor, carried, passphrase="too short")
    making.make(board.actor, carried, passphrase="a long passphrase")
    key = (office.data_dir / privacy.KEY_FILE).read_bytes()
    people = "SELECT count(*) FROM callup"
    database.close_all()

    new = tmp_path / "new"
    office.set("STREET_DATA_DIR", str(new))
    with pytest.raises(BackupError, match="密钥"):
        restoring.restore(sealed)
    for wrong in (None, "another passphrase"):
        with pytest.raises(BackupError):
            restoring.restore(carried, passphrase=wrong)
    assert not (new / privacy.KEY_FILE).exists(), "a refused one leaves nothing behind"
    restoring.restore(carried, passphrase="a long passphrase")
    assert (new / privacy.KEY_FILE).read_bytes() == key
    if sys.platform != "win32":
        assert (new / privacy.KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert good(health.examine(accounts.actor("admin_sf")))
    with database.reading() as connection:
        assert connection.execute(text(people)).scalar() == 18
        assert connection.execute(select(Callup.name).limit(1)).scalar() == "赵小0"

    office.set("STREET_DATA_DIR", str(tmp_path / "another"))
    database.prepare()
    with pytest.raises(BackupError, match="密钥"):
        restoring.restore(carried, passphrase="a long passphrase")


def test_who_may(office: Office, tmp_path: Path) -> None:
    admin = accounts.create_first_administrator("admin_sf", "long enough", "")
    leader = accounts.create(admin, "leader_1", "long enough 2", Role.LEADER)
    for act in (
        lambda: making.make(leader, tmp_path / "x.backup"),
        lambda: proving.prove(leader, tmp_path / "x.backup"),
        lambda: health.examine(leader),
    ):
        with pytest.raises((NotAllowedError, LookingBackError)):
            act()
    assert list(tmp_path.glob("*.backup")) == []


def older(path: Path, target: Path) -> None:
    """The archive as the program of the schema before the safe-keeping would have written it."""
    lines, manifest = [], {}
    left_out = {"visit", "throttle", "setting", "backup", "district"}
    new = {
        "account": {"password_until", "subject", "district_id"},
        "street": {"district_id", "stamp"},
        "audit_event": {"digest"},
        "community": {"retired_on", "merged_into"},
        "data_version": {"audit_head", "audit_count", "everything"},
        "workbook": {"purged_at"},
    }
    table, kept, digest, rows = "", [0], sha256(), 0
    for line in archive.lines(path):
        said = json.loads(line)
        if isinstance(said, list):
            row = json.dumps([said[place] for place in kept], ensure_ascii=False, separators=(",", ":")).encode()
            digest.update(row + b"\n")
            rows += 1
            lines += [row] if table not in left_out else []
        elif "table" in said:
            table, digest, rows = said["table"], sha256(), 0
            columns = said["columns"]
            kept = [place for place, (name, _sort) in enumerate(columns) if name not in new.get(table, ())]
            lines.append(json.dumps({"table": table, "columns": [columns[place] for place in kept]}).encode())
        elif "end" in said:
            lines.append(json.dumps({"end": table, "rows": rows, "sha256": digest.hexdigest()}).encode())
            manifest[table] = {"rows": rows, "sha256": digest.hexdigest()}
        else:
            whole = said["manifest"]
        if table in left_out and not isinstance(said, list):
            lines.pop() if "manifest" not in said else None
    whole |= {"schema": "0004", "tables": {k: v for k, v in manifest.items() if k not in left_out}}
    header = {key: whole[key] for key in ("made_at", "program", "data_version", "schema")}
    with target.open("wb") as file:
        out = archive.Writer(file, header)
        for line in lines:
            out.write(line)
        out.write(json.dumps({"manifest": whole}).encode())
        out.end()


def test_one_of_an_earlier_version_is_brought_up_to_date(
    board: Board, elsewhere: Callable[[], None], tmp_path: Path
) -> None:
    path, old = tmp_path / "now.backup", tmp_path / "old.backup"
    making.make(board.actor, path)
    before = reports()
    older(path, old)
    assert good(proving.prove(board.actor, old).checks)
    elsewhere()
    restoring.restore(old)
    assert reports() == before
    assert good(health.examine(accounts.actor("admin_sf")))
    header = archive.header_of(old)
    assert header["schema"] == "0004"
    raw = old.read_bytes()
    later = tmp_path / "later.backup"
    later.write_bytes(raw.replace(b'"schema": "0004"', b'"schema": "9999"'))
    with pytest.raises(BackupError, match="更新"):
        restoring.restore(later, replace=True)
