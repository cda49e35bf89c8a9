"""Whoever has everything — database, log, data folder, archive, and the key — looks for somebody who was to be gone."""

from __future__ import annotations

import importlib
import json
import zipfile
from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import LargeBinary, select, text, type_coerce

from config.settings import settings
from data_access import accounts, database, privacy, rotation, submissions
from data_access.backups import archive, health, making
from data_access.inbox import batches
from data_access.office import attachments, erasure, exemptions, retention, traces, waivers
from data_access.office.erasure import Wanted
from data_access.schema import AuditEvent, BatchFile, Callup, Community, Workbook
from data_access.workbooks.model import Hints
from tests.conftest import Office
from tests.data_access import books, papers
from tests.data_access.street import DAY, Board

NAME, PHONE, DOCUMENT = "欧阳清风", "13987650123", "XQ-77-2468-135Z"
PLACES = ["春晖社区", "向阳社区"]
REPORTS = ("reporting", "callups", "dispatch", "coverage", "ranking", "workstreams", "checklist")
ENCODINGS = ("utf-8", "gb18030", "utf-16-le")
LONG_AFTER = "2023-10-01T10:00"


@pytest.fixture
def board(database_url: str, office: Office) -> Board:
    """A street in which one person left traces wherever somebody can leave them."""
    actor = accounts.create_first_administrator("admin_sf", "long enough", "")
    board = Board(actor)
    board.communities([{"name": name, "liaison": "王联络", "liaison_phone": "13900002046"} for name in PLACES])
    board.baseline(PLACES[0], surveyed=200, contraindicated=1)
    told = f"{NAME}家属来电 {PHONE}"
    rows = [books.person(number, outcome="vaccinated", reminded=True) for number in range(3)]
    rows.append({**rows[0], "name": NAME, "phone": PHONE, "person_code": DOCUMENT, "remark": told})
    rows.append(
        {**rows[0], "person_code": "RY-99", "name": NAME, "phone": "不清楚" + PHONE, "dose_no": None}
    )  # refused: a finding
    sheet = books.book("roster", *rows)
    submissions.commit(actor, submissions.examine(actor, sheet, f"名单-{NAME}.xlsx", Hints(campaign="covid")), sheet)
    board.roster(PLACES[1], n=4, outcomes=["vaccinated", "refused", "no_show", None])
    before = {"people": [{"name": NAME, "phone": PHONE, "person_code": DOCUMENT, "outcome": "no_show"}]}
    board.roster(PLACES[0], DAY - timedelta(days=1), **before)
    board.evening(PLACES[0], roster_n=4, vacc_on_roster=4, cum_d1=60, note=told)
    board.morning(PLACES[0], planned=4, issues=told, owner=NAME)
    board.progress(PLACES[0], "health", "2022-07", {"indicator": "HE-01", "done": 3, "note": told})
    board.evidence(PLACES[0], "2022", {"item_code": "1.4", "event_no": 1, "theme": told, "place": "活动室"})
    board.action(PLACES[0], "DB-2022-001", issue=told, owner=NAME, status="closed", rechecked_on=DAY)
    exemptions.grant(actor, PLACES[1], DAY, DAY, told, "evening")
    waivers.grant(actor, "VACCINATED_SUM", PLACES[0], DAY, told)
    with database.reading() as connection:
        key = connection.execute(select(Community.id).where(Community.name == PLACES[0])).scalar_one()
    attachments.add(actor, key, "evidence", "2022/1.4/1", f"{NAME}.jpg", papers.photo(), "photo")
    batch = batches.open_(actor)
    batches.receive(actor, batch, [(f"又是{NAME}.xlsx", sheet + b" ")])
    return board


# Looking ---------------------------------------------------------------------------------------------------------


def parts(data: bytes) -> Iterator[bytes]:
    """Bytes, and what is packed in them."""
    yield data
    if zipfile.is_zipfile(BytesIO(data)):
        with zipfile.ZipFile(BytesIO(data)) as packed:
            yield from (packed.read(name) for name in packed.namelist())


def holds(data: bytes, words: Iterable[str]) -> bool:
    return any(word.encode(encoding) in part for part in parts(data) for word in words for encoding in ENCODINGS)


def raw(table: Any) -> list[Any]:
    columns = [
        type_coerce(column, LargeBinary).label(column.name) if column in _sealed(table) else column
        for column in table.columns
    ]
    with database.reading() as connection:
        return list(connection.execute(select(*columns)).mappings())


def _sealed(table: Any) -> list[Any]:
    return [*traces.sealed(table), *traces.files(table)]


def found_in_tables(words: Iterable[str]) -> list[str]:
    """The columns of the live database in which one of the words stands, key in hand."""
    found = set()
    for table in traces.TABLES:
        names = {column.name for column in _sealed(table)}
        for row in raw(table):
            for name, value in row.items():
                plain = (
                    privacy.keys().open(bytes(value)) if name in names and value is not None else str(value).encode()
                )
                if holds(plain, words):
                    found.add(f"{table.name}.{name}")
    return sorted(found)


def sealed_with(words: Iterable[str]) -> list[bytes]:
    """A piece of every sealed value behind which one of the words stands: what may not be in any file afterwards."""
    found = []
    for table in traces.TABLES:
        for row in raw(table):
            values = [row[column.name] for column in _sealed(table) if row[column.name] is not None]
            found += [bytes(value)[1:25] for value in values if holds(privacy.keys().open(bytes(value)), words)]
    return found


def files_of_the_database() -> Iterator[bytes]:
    """Every byte that the database has on the disk, and the data folder with the log."""
    folder = settings().data_dir
    yield from (path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.suffix != ".backup")
    if database.engine().dialect.name == "postgresql":
        with database.engine().execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text("CHECKPOINT"))
            home = Path(connection.execute(text("SHOW data_directory")).scalar_one())
            number = connection.execute(
                text("SELECT oid FROM pg_database WHERE datname = current_database()")
            ).scalar_one()
        yield from (path.read_bytes() for path in (home / "base" / str(number)).iterdir())


def in_archive(path: Path, words: Iterable[str]) -> bool:
    """Whether a backup holds one of the words, opened with the key, its files unpacked."""
    for line in archive.lines(path):
        if holds(line, words):
            return True
        row = json.loads(line)
        for value in row if isinstance(row, list) else ():
            if isinstance(value, str) and len(value) > 200:
                try:
                    inside = b64decode(value, validate=True)
                except ValueError:
                    continue
                if holds(inside, words):
                    return True
    return False


def reports(board: Board) -> dict[str, str]:
    found = {}
    for name in REPORTS:
        module = importlib.import_module(f"data_access.reports.{name}")
        found[name] = module.table(board.view()).to_json(orient="split", date_format="iso", default_handler=str)
    actions = importlib.import_module("data_access.reports.actions").table(board.view())
    texts = ["place", "issue", "demand", "owner", "measure", "extension"]
    found["actions"] = actions.drop(columns=texts).to_json(orient="split", date_format="iso", default_handler=str)
    return found


def gone(board: Board, words: list[str], pieces: list[bytes], folder: Path) -> None:
    """Nothing of the words is anywhere: tables, files of the database, log, an archive made now."""
    assert found_in_tables(words) == []
    for content in files_of_the_database():
        assert not holds(content, words)
        assert [piece for piece in pieces if piece in content] == []
    made = making.make(board.actor, folder / "after.backup")
    assert not in_archive(made.path, words)
    assert [check.name for check in health.examine(board.actor) if not check.good] == []


def last_event(event: str) -> Any:
    with database.reading() as connection:
        return connection.execute(
            select(AuditEvent.subject, AuditEvent.details)
            .where(AuditEvent.event == event)
            .order_by(AuditEvent.id.desc())
            .limit(1)
        ).one()


# Trying ----------------------------------------------------------------------------------------------------------


def test_nothing_personal_is_left_after_a_purge(
    board: Board, office: Office, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Tried: database, log, files and a new backup searched as bytes and key in hand. Held: figures and hashes only."""
    everybody = [NAME, PHONE, "13800000001", "赵示例", "赵小0", "13900002046"]
    words = [*everybody[:5], DOCUMENT]
    office.now(LONG_AFTER)
    before, pieces = reports(board), sealed_with(words)
    assert len(pieces) > 15 and {"callup.name", "workbook.content", "finding.value", "batch_file.content"} <= set(
        found_in_tables(words)
    )
    old = making.make(board.actor, tmp_path / "before.backup").path
    assert in_archive(old, words)
    foreseen = retention.foreseen(board.actor, date(2023, 9, 1))
    assert found_in_tables(words), "looking changes nothing"
    done = retention.purge(board.actor, date(2023, 9, 1))
    assert done.counts == foreseen.counts and done.compacted and all(done.counts.values())
    gone(board, words, pieces, tmp_path)
    assert reports(board) == before
    assert "community_entry.liaison" in found_in_tables(["王联络"]), "the register that counts is no matter of time"
    with database.reading() as connection:
        keys = connection.execute(select(Callup.person_key)).scalars().all()
        books_ = connection.execute(select(Workbook.sha256, Workbook.size, Workbook.purged_at, Workbook.content)).all()
    assert keys.count(privacy.keys().person(DOCUMENT)) == 2, "hashes stay: nobody counts twice"
    assert all(row.size and row.purged_at and row.content == b"" for row in books_)
    assert retention.purge(board.actor, date(2023, 9, 1)).counts == dict.fromkeys(retention.NAMES, 0)
    assert not any(word in caplog.text for word in words)
    told = last_event("purged")
    assert told.subject == "2023-09-01" and told.details == done.counts


def test_one_person_is_erased_and_nobody_else(board: Board, office: Office, tmp_path: Path) -> None:
    """Tried: the same search after erasing one person. Held: of that one nothing, of the others all; figures equal."""
    words = [NAME, PHONE, DOCUMENT]
    before, pieces = reports(board), sealed_with(words)
    key = privacy.keys().person(DOCUMENT)
    held = erasure.find(board.actor, Wanted(document=DOCUMENT))
    assert [(one.name, one.phone, one.rows) for one in held.people] == [("欧*", "139****0123", 2)]
    assert held.counts["originals"] == 1 and held.counts["waiting"] == 1 and held.counts["texts"] >= 8
    done = erasure.erase(board.actor, Wanted(document=DOCUMENT), "request")
    assert done.counts == held.counts and done.compacted
    gone(board, words, pieces, tmp_path)
    assert reports(board) == before
    assert "callup.name" in found_in_tables(["赵示例"]) and "callup.phone" in found_in_tables(["13800000001"])
    with database.reading() as connection:
        keys = connection.execute(select(Callup.person_key)).scalars().all()
        waiting = connection.execute(select(BatchFile.removed_at).where(BatchFile.workbook_id.is_(None))).scalars()
        assert all(waiting)
    assert key not in keys and len(keys) - len(set(keys)) == 1, "two rows, one person: counted as before"
    told = last_event("person_erased")
    assert told.subject == key[:16] and told.details == {"reason": "request", **done.counts}
    with pytest.raises(erasure.ErasureError, match="没有保存"):
        erasure.erase(board.actor, Wanted(document=DOCUMENT), "request")


def test_by_name_where_two_have_it_one_is_chosen(board: Board) -> None:
    """Tried: a name that two people bear. Held: nobody is erased until one is chosen, and then only that one."""
    board.roster(PLACES[0], DAY + timedelta(days=1), people=[{"name": NAME, "person_code": "OTHER-1234"}])
    wanted = Wanted(name=NAME, community=PLACES[0])
    found = erasure.find(board.actor, wanted)
    assert len(found.people) == 2 and found.counts == {}
    with pytest.raises(erasure.ErasureError, match="2 人同名"):
        erasure.erase(board.actor, wanted, "request")
    other = next(one for one in found.people if one.document == "****1234")
    erasure.erase(board.actor, Wanted(name=NAME, community=PLACES[0], person=other.mark), "request")
    with database.reading() as connection:
        names = connection.execute(select(Callup.name)).scalars().all()
    assert names.count(NAME) == 2 and None in names
    for nobody in (Wanted(), Wanted(name="欧"), Wanted(name=NAME), Wanted(name=NAME, community="没有社区")):
        with pytest.raises(erasure.ErasureError):
            erasure.find(board.actor, nobody)


def test_the_key_is_changed_while_the_board_goes_on(
    board: Board, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tried: the old key on everything that is kept after a change that was broken off once. Held: it opens nothing."""
    words, path = [NAME, PHONE], settings().data_dir / privacy.KEY_FILE
    before, old, everything = reports(board), privacy.keys(), found_in_tables(words)
    real, calls = rotation._some, iter(range(3))

    def broken(*given: Any) -> Any:
        if next(calls, None) is None:
            raise KeyboardInterrupt
        return real(*given)

    monkeypatch.setattr(rotation, "_some", broken)
    with pytest.raises(KeyboardInterrupt):
        rotation.rotate(board.actor)
    assert len(json.loads(path.read_text())["fields"]) == 2, "both are kept until nothing needs the old one"
    board.roster(PLACES[1], DAY + timedelta(days=2), n=2)  # written meanwhile: under the new one
    assert found_in_tables(words) == everything and reports(board) == before
    monkeypatch.setattr(rotation, "_some", real)
    told: list[tuple[int, int]] = []
    done = rotation.rotate(board.actor, lambda *now: told.append(now))
    assert done.resumed and not done.unopened and done.compacted and told[-1][0] <= told[-1][1]
    assert list(json.loads(path.read_text())["fields"]) == ["2"] and path.stat().st_mode & 0o777 == 0o600
    assert found_in_tables(words) == everything and reports(board) == before
    values = [
        bytes(row[c.name]) for table in traces.TABLES for row in raw(table) for c in _sealed(table) if row[c.name]
    ]
    assert {value[0] for value in values} == {2} and len(values) > 90
    with pytest.raises(privacy.KeyFileError):
        privacy._cipher(old.field) and privacy.Keys(old.field, old.hash, old.cookie, 2).open(values[0])
    privacy._load.cache_clear()
    database.close_all()
    fresh = privacy.keys()
    assert (fresh.version, fresh.before, fresh.hash) == (2, (), old.hash) and reports(board) == before
    assert [check.name for check in health.examine(board.actor) if not check.good] == []


def test_only_administrators_and_only_what_is_over(board: Board) -> None:
    """Tried: purging, looking up, erasing and changing the key as others, and for a day to come. Held: refused."""
    for role in (accounts.Role.SUPERVISOR, accounts.Role.LEADER):
        other = accounts.create(board.actor, f"{role.value}_1", "correct horse", role)
        refused: list[Callable[[], object]] = [
            lambda who=other: retention.purge(who, DAY),  # type: ignore[misc]
            lambda who=other: retention.foreseen(who, DAY),  # type: ignore[misc]
            lambda who=other: erasure.find(who, Wanted(document=DOCUMENT)),  # type: ignore[misc]
            lambda who=other: erasure.erase(who, Wanted(document=DOCUMENT), "request"),  # type: ignore[misc]
            lambda who=other: rotation.rotate(who),  # type: ignore[misc]
        ]
        for attempt in refused:
            with pytest.raises(accounts.NotAllowedError):
                attempt()
    with pytest.raises(retention.RetentionError, match="还没有到"):
        retention.purge(board.actor, DAY + timedelta(days=1))
    with pytest.raises(erasure.ErasureError, match="删除原因"):
        erasure.erase(board.actor, Wanted(document=DOCUMENT), "whatever")
