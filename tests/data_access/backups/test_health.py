"""``verify`` finds what somebody did to the database behind the board's back; the command line says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from data_access import accounts, database, submissions
from data_access.__main__ import main
from data_access.backups import health
from data_access.workbooks.model import Hints
from tests.data_access import books
from tests.data_access.street import DAY, Board

DONE = {
    "rows": "DELETE FROM callup WHERE id = (SELECT min(id) FROM callup)",
    "sealed": "UPDATE callup SET phone = name WHERE id = 1; UPDATE callup SET name = {bytes} WHERE id = 1",
    "originals": "UPDATE workbook SET sha256 = 'x' WHERE id = 1",
    "revisions": "UPDATE submission SET superseded_at = NULL WHERE kind = 'morning'",
    "references": "UPDATE callup SET site_id = 4711 WHERE id = 2",
    "audit": "UPDATE audit_event SET event = 'day_closed' WHERE id = 2",
}


@pytest.fixture
def board(database_url: str) -> Board:
    actor = accounts.create_first_administrator("admin_sf", "long enough", "")
    board = Board(actor)
    board.communities(["春晖社区", "向阳社区"])
    board.roster("春晖社区", n=3)
    board.morning("春晖社区", planned=3)
    board.morning("春晖社区", planned=4)
    data = books.morning("向阳社区", 4)
    submissions.commit(actor, submissions.examine(actor, data, "早会商.xlsx", Hints(day=DAY)), data)
    return board


def bad(connection) -> set[str]:
    return {check.name for check in health.checks(connection) if not check.good}


def test_each_fault_is_found_under_its_name(board: Board) -> None:
    assert all(check.good for check in health.examine(board.actor))
    for name, statements in DONE.items():
        with database.engine().execution_options(writing=True).connect() as connection:
            postgres = connection.dialect.name == "postgresql"
            if name == "references":
                off = "SET session_replication_role = replica" if postgres else "PRAGMA foreign_keys=OFF"
                connection.connection.dbapi_connection.execute(off)
                connection.connection.dbapi_connection.commit()
            with connection.begin() as transaction:
                for statement in statements.split("; "):
                    given = "'\\x0102030405'::bytea" if postgres else "x'0102030405'"
                    connection.execute(text(statement.format(bytes=given).replace(":bytea", "\\:bytea")))
                assert bad(connection) == {name}, statements
                assert all(check.text for check in health.checks(connection))
                transaction.rollback()
            connection.invalidate()
    assert all(check.good for check in health.examine(board.actor))


def test_a_value_that_does_not_open_stays_as_it_is(board: Board, tmp_path: Path) -> None:
    """One damaged value keeps nobody from saving the rest: it is said, and goes into the backup and comes back."""
    with database.writing() as connection:
        value = "'\\x0102030405'\\:\\:bytea" if connection.dialect.name == "postgresql" else "x'0102030405'"
        connection.execute(text(f"UPDATE callup SET name = {value} WHERE id = 1"))
    path = tmp_path / "one.backup"
    run = CliRunner().invoke
    made = run(main, ["backup", str(path), "--json"])
    assert (made.exit_code, json.loads(made.stdout)["unopened"]) == (0, 1)
    proof = run(main, ["verify", str(path), "--json"])
    assert proof.exit_code == 1
    assert [check["check"] for check in json.loads(proof.stdout)["checks"] if not check["good"]] == ["sealed"]
    assert run(main, ["restore", str(path), "--replace"]).exit_code == 0
    with database.reading() as connection:
        assert bytes(connection.execute(text("SELECT name FROM callup WHERE id = 1")).scalar()) == b"\1\2\3\4\5"
    live = run(main, ["verify"])
    assert live.exit_code == 1 and "✗ 加密字段" in live.stdout and "callup.name: 1" in live.stdout
