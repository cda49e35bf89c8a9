"""``purge``, ``erase`` and ``keys rotate`` at the command line: what they print, and how they end."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from data_access import accounts, database
from data_access.__main__ import main
from data_access.backups import making, restoring
from data_access.office.erasure import ErasureError
from data_access.office.retention import RetentionError
from data_access.schema import Callup
from tests.data_access.street import DAY, Board


def run(*words, **more):
    return CliRunner().invoke(main, words, catch_exceptions=False, **more)


@pytest.fixture
def board(office):
    made = Board(accounts.create_first_administrator("admin_sf", "long enough", ""))
    made.communities(["春晖社区"])
    made.roster("春晖社区", people=[{"name": "欧阳清风", "person_code": "AB-9876"}, {"name": "欧阳清风"}])
    return made


def names():
    with database.reading() as connection:
        return [name for name in connection.execute(select(Callup.name)).scalars() if name]


def test_somebody_is_looked_up_and_erased(board):
    found = run("erase", "--name", "欧阳清风", "--community", "春晖社区")
    assert found.exit_code == 0 and len(found.stdout.splitlines()) == 2 and "欧阳清风" not in found.stdout
    with pytest.raises(ErasureError, match="2 人同名"):
        run("erase", "--name", "欧阳清风", "--community", "春晖社区", "--reason", "request")
    typed = run("erase", "--document", "--json", input="AB-9876\n")
    answer = json.loads(typed.stdout[typed.stdout.index("{") :])
    assert answer["people"][0]["document"] == "****9876" and not answer["erased"] and len(names()) == 2
    mark = answer["people"][0]["mark"]
    done = run("erase", "--name", "欧阳清风", "--community", "春晖社区", "--person", mark, "--reason", "request")
    assert done.exit_code == 0 and "名单行\t1" in done.stdout and len(names()) == 1


def test_old_data_go_and_come_back_with_an_old_backup(board, office, tmp_path):
    office.now("2022-09-01T10:00")
    kept = making.make(board.actor, tmp_path / "kept.backup").path
    dry = json.loads(run("purge", "--before", "2022-08-30", "--dry-run", "--json").stdout)
    assert dry["counts"]["people"] == 2 and dry["dry_run"] and len(names()) == 2
    done = run("purge", "--before", "2022-08-30")
    assert done.exit_code == 0 and "名单人员\t2" in done.stdout and names() == []
    with pytest.raises(RetentionError, match="还没有到"):
        run("purge", "--before", "2022-09-02")
    restored = run("restore", str(kept), "--replace")
    assert "2022-09-01 10:00 之后清除或删除的个人信息也随备份回来了" in restored.stderr
    assert len(names()) == 2 and restoring.known(kept)["schema"] == restoring.newest()
    assert DAY.isoformat() < "2022-08-30"


def test_the_key_is_changed(board):
    told = run("keys", "rotate")
    assert told.exit_code == 0 and "重新加密" in told.stdout and "重新保管一份密钥文件" in told.stderr
    again = json.loads(run("keys", "rotate", "--json").stdout)
    assert again["values"] > 0 and not again["resumed"] and again["compacted"] and len(names()) == 2
