"""Many rows at once are stored just as one at a time, on both databases."""

from sqlalchemy import LargeBinary, cast, select, type_coerce

from data_access import database, privacy
from data_access.inbox import bulk, facts
from data_access.schema import FACTS, Callup
from tests.conftest import Office
from tests.data_access.street import Board

COMMUNITY = "春晖社区"


def _fill(office: Office) -> None:
    board = Board(office.console)
    board.communities([{"name": COMMUNITY, "aliases": ("春晖", "春晖居")}])
    board.sites([{"name": "卫生中心", "daily_capacity": 46}])
    board.baseline(COMMUNITY, surveyed=120, contraindicated=4)
    people = [
        {"name": "买买提·艾力", "site": "卫生中心", "aefi": False, "age": 36},
        {"outcome": "vaccinated", "aefi": True},
    ]
    board.roster(COMMUNITY, n=3, people=people)
    board.morning(COMMUNITY, planned=30)
    board.evening(COMMUNITY, vacc_on_roster=3, roster_n=3)
    board.progress(
        COMMUNITY, "vaccination", "2022-08", {"indicator": "VAX-01", "num": 46, "den": 120, "done": "38.3333"}
    )
    board.evidence(COMMUNITY, "2022", {"item_code": "3.2", "family_checkup": True, "family_no": 1})
    board.action(COMMUNITY, "DB-1")
    board.plan(COMMUNITY, "2022-W32", {"item_no": 1, "task": "走访慰问"})


def test_rows_read_back_as_they_were_given(database_url: str, office: Office) -> None:
    _fill(office)
    for kind in FACTS:
        table = facts.table(kind)
        with database.writing() as connection:
            given = [dict(row._mapping) for row in connection.execute(select(table).order_by(table.c.id))]
            assert given, kind
            names = [column.key for column in table.columns if column.key != "id"]
            bulk.insert(connection, table, {name: [row[name] for row in given] for name in names})
            stored = [dict(row._mapping) for row in connection.execute(select(table).order_by(table.c.id))]
        again = stored[len(given) :]
        assert [{**row, "id": None} for row in again] == [{**row, "id": None} for row in given], kind


def test_each_sealed_value_has_a_nonce_of_its_own(database_url: str, office: Office) -> None:
    _fill(office)
    with database.reading() as connection:
        raw = type_coerce(cast(Callup.liaison, LargeBinary), LargeBinary)
        sealed = [bytes(value) for value in connection.execute(select(raw)).scalars()]
    assert len(sealed) == 3
    assert len({value[1:13] for value in sealed}) == 3, "the same liaison three times"
    assert {privacy.keys().open(value).decode() for value in sealed} == {"王联络"}
