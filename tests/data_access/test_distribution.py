"""The keys that a distributed database needs (``deploy/citus.sql``): the street in each, and the board works on."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from sqlalchemy import inspect

from data_access import database, submissions
from data_access.reports import coverage
from data_access.reports.view import View
from data_access.schema import Base
from tests.data_access import books
from tests.data_access.street import DAY, Board
from tests.pages.conftest import administrator

SCRIPT = Path(__file__).parents[2] / "deploy" / "citus.sql"
WHOLE = {"account", "visit"}
PLACES = ["春晖社区", "向阳社区"]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_every_key_has_the_street_and_the_board_works_on(database_url: str) -> None:
    board = Board(administrator())
    board.communities(PLACES)
    board.baseline(PLACES[0], DAY, surveyed=120)
    database.close_all()
    for _time in range(2):  # after an upgrade it is run again
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute(SCRIPT.read_text(encoding="utf-8").encode())

    inspector = inspect(database.engine())
    spread = {table.name for table in Base.metadata.sorted_tables if "street_id" in table.c} - WHOLE
    assert len(spread) > 30
    for name in spread:
        assert inspector.get_pk_constraint(name)["constrained_columns"][0] == "street_id", name
        for unique in inspector.get_unique_constraints(name):
            assert "street_id" in unique["column_names"], name
        for link in inspector.get_foreign_keys(name):
            assert link["referred_table"] not in spread or link["constrained_columns"][0] == "street_id", link

    data = books.evening(PLACES[0], 6)
    assert (
        submissions.commit(board.actor, submissions.examine(board.actor, data, "晚.xlsx"), data).status == "committed"
    )
    board.evening(PLACES[0], DAY, cum_d1=7)
    row = coverage.table(View(board.actor, DAY, "covid")).set_index("community").loc[PLACES[0]]
    assert (row["surveyed"], row["cum_d1"]) == (120, 7)
