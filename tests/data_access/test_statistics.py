"""SQLite knows how its tables look once there is something in them, whether copies are made by the clock or not."""

from __future__ import annotations

from sqlalchemy import text

from data_access import accounts, database, statistics, submissions
from data_access.inbox import batches, intake
from data_access.workbooks.model import Portion, Row, Scope
from tests.conftest import Office
from tests.data_access import books
from tests.data_access.street import Board


def known() -> int:
    """How many submissions there were when SQLite looked last."""
    with database.reading() as connection:
        seen = text("SELECT max(CAST(stat AS INTEGER)) FROM sqlite_stat1 WHERE tbl = 'submission'")
        return connection.execute(seen).scalar() or 0


def test_it_looks_again_when_there_is_twice_as_much(office: Office) -> None:
    actor = accounts.create_first_administrator("admin_sf", "long enough", "")
    names = [f"第{number}社区" for number in range(statistics.FEW)]
    rows = {name: [Row(3, {"name": name, "aliases": ()})] for name in names}
    submissions.save(actor, [Portion(Scope("communities", community=name), own) for name, own in rows.items()])
    statistics.keep_up()
    assert known() == 0, "a few need no plan"
    with database.reading() as connection:
        earlier = connection.connection.dbapi_connection
    batch = batches.open_(actor)
    batches.receive(actor, batch, [("早会商.xlsx", books.morning("第1社区", 3))])
    assert [item.committed for item in intake.take_in(actor, intake.waiting(actor, batch))] == [True]
    assert known() == statistics.FEW + 1
    with database.reading() as connection:  # what was open before knows nothing of it
        assert connection.connection.dbapi_connection is not earlier
    Board(actor).sites(["江湾点"])
    statistics.keep_up()
    assert known() == statistics.FEW + 1
