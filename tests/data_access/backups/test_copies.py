"""Copies by the clock and by the button: made once, proved, tried again, rotated, and what the page says of them."""

from __future__ import annotations

import json
import time
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text

from config import clock
from data_access import accounts, database
from data_access.accounts import Role
from data_access.backups import copies
from data_access.backups.archive import BackupError
from data_access.schema import AuditEvent, Backup
from tests.conftest import Office
from tests.data_access.street import Board


@pytest.fixture
def clerked(office: Office, tmp_path: Path) -> Board:
    """An office with copies on, in a folder of its own; Friday evening."""
    wanted = {"on": True, "folder": str(tmp_path / "copies"), "daily": 3, "weekly": 2, "monthly": 2}
    office.set("STREET_BACKUP", json.dumps(wanted))
    board = Board(accounts.create_first_administrator("admin_sf", "long enough", ""))
    board.communities(["春晖社区"])
    return board


def looked_at(table: str) -> bool:
    """Whether SQLite knows how a table looks: by that it chooses between indexes."""
    with database.reading() as connection:
        known = text("SELECT count(*) FROM sqlite_stat1 WHERE tbl = :name")
        return bool(connection.execute(known, {"name": table}).scalar())


def test_the_clock_makes_one_a_day(clerked: Board, office: Office, tmp_path: Path) -> None:
    before = copies.state(clerked.actor)
    assert before.good is None and before.late and before.copies.empty
    assert not looked_at("community")
    assert copies.tick() and not copies.tick(), "once"
    assert looked_at("community")
    office.now("2022-08-13T02:29")
    assert not copies.tick()
    office.now("2022-08-13T02:31")
    assert copies.tick() and not copies.tick()
    state = copies.state(clerked.actor)
    assert state.good == state.proved == clock.now() and not state.late and state.failure is None
    assert f"{clock.local(state.next_at):%d %H:%M}" == "14 02:30"
    assert state.copies["there"].tolist() == [True, True] and state.copies["by"].isna().all()
    assert sorted(path.name for path in (tmp_path / "copies").iterdir()) == [
        "street-20220812-204200.backup",
        "street-20220813-023100.backup",
    ]
    office.now("2022-08-14T05:00")
    assert copies.state(clerked.actor).late


def test_a_failure_is_said_and_tried_again(clerked: Board, office: Office, tmp_path: Path) -> None:
    (tmp_path / "copies").write_text("in the way")
    assert copies.tick()
    state = copies.state(clerked.actor)
    assert state.failure and "无法写入" in state.failure and state.good is None and not state.under_way
    assert not copies.tick(), "not at once"
    (tmp_path / "copies").unlink()
    office.now("2022-08-12T21:45")
    assert copies.tick()
    state = copies.state(clerked.actor)
    assert state.failure is None and state.good == clock.now()
    with database.writing() as connection:  # a process that died in the middle of one
        connection.execute(insert(Backup).values(at=clock.now(), account_id=clerked.actor.id, path="gone.backup"))
    assert copies.state(clerked.actor).under_way
    with pytest.raises(BackupError, match="正在备份"):
        copies.run(clerked.actor)
    office.now("2022-08-12T23:50")
    state = copies.state(clerked.actor)
    assert not state.under_way and state.failure == "中途中断"


def test_the_button_makes_one_in_the_background(clerked: Board, tmp_path: Path) -> None:
    copies.start(clerked.actor)
    for _try in range(600):
        state = copies.state(clerked.actor)
        if not state.under_way and copies.progress() is None:
            break
        time.sleep(0.1)
    assert state.failure is None and state.copies["by"].tolist() == ["admin_sf"]
    number = int(state.copies["id"].iloc[0])
    content = copies.content(clerked.actor, number)
    path = next((tmp_path / "copies").iterdir())
    assert content == path.read_bytes()
    with database.reading() as connection:
        events = connection.execute(select(AuditEvent.event).order_by(AuditEvent.id)).scalars().all()
    assert events[-2:] == ["backup_made", "backup_downloaded"]
    path.write_bytes(content[:-1])  # somebody's disk
    assert not copies.prove(clerked.actor, number).good
    assert copies.state(clerked.actor).failure == "还原核验未通过"
    path.unlink()
    with pytest.raises(BackupError):
        copies.content(clerked.actor, number)
    leader = accounts.create(clerked.actor, "leader_1", "long enough 2", Role.LEADER)
    for act in (copies.state, copies.start, copies.run):
        with pytest.raises(accounts.NotAllowedError):
            act(leader)


def test_rotation_keeps_days_weeks_and_months(clerked: Board, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    folder.mkdir()
    with database.writing() as connection:
        for back in range(70):
            moment = clock.wall(date(2022, 8, 12) - timedelta(days=back), datetime(2022, 1, 1, 2, 30).time())
            path = folder / f"{moment:%m%d}"
            path.write_text("x")
            proved = {"verified_at": moment} if back != 1 else {"verified_at": moment, "failure": "damaged"}
            connection.execute(insert(Backup).values(at=moment, path=str(path), size=1, **proved))
        mine = folder / "mine"
        mine.write_text("x")
        asked = clock.now() - timedelta(days=300)
        connection.execute(
            insert(Backup).values(at=asked, account_id=clerked.actor.id, path=str(mine), size=1, verified_at=asked)
        )
    copies.rotate()
    left = {row.name for row in folder.iterdir()}
    days = {"0811", "0809", "0808"}  # UTC names of 12, 10 and 9 August; the damaged one of the 11th counts for nothing
    weeks, months = {"0811", "0806"}, {"0811", "0730"}
    assert left == days | weeks | months | {"mine"}


def test_an_office_before_its_first_start_has_nothing_to_keep(clerked: Board, office: Office, tmp_path: Path) -> None:
    office.set("STREET_DATA_DIR", str(tmp_path / "new"))
    database.close_all()
    assert not copies.tick() and not copies.state(accounts.console()).late
    assert not (tmp_path / "copies").exists()
    accounts.create_first_administrator("admin_sf", "long enough", "")
    assert copies.state(accounts.console()).late and copies.tick()
