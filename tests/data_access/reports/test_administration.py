"""What administrators see of the machinery, and the rest days they keep."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pandas as pd
import pytest

from data_access import accounts, database, submissions
from data_access.accounts import AccountError, Role
from data_access.office import calendars
from data_access.office.calendars import CalendarError
from data_access.reports import administration, events, reporting
from data_access.reports.events import Wanted
from data_access.reports.view import View
from tests.conftest import Office
from tests.data_access.street import DAY, Board

PLACES = [
    {"name": "春晖社区", "area": "东片", "aliases": ("春晖",), "liaison": "王小明", "liaison_phone": "13800001111"},
    {"name": "向阳社区"},
]


@pytest.fixture
def board(database_url: str) -> Board:
    made = Board()
    made.communities(PLACES)
    made.sites([{"name": "卫生中心", "daily_capacity": 300}])
    return made


def test_the_register_is_masked(board: Board) -> None:
    row = administration.register(board.actor).iloc[0]
    assert (row["name"], row["liaison"], row["liaison_phone"]) == ("春晖社区", "王*", "138****1111")
    assert row["aliases"] == "春晖"


def test_the_base_workbook_goes_round_without_changing_anything(board: Board) -> None:
    data = administration.blank_workbook(View(board.actor, DAY, "covid"), "base", "zh_CN")
    result = submissions.examine(board.actor, data, "底册.xlsx")
    outcome = submissions.preview(board.actor, result)
    found = {(sheet.kind, sheet.status) for sheet in outcome.sheets if sheet.comparison is not None}
    assert found == {("communities", "unchanged"), ("sites", "unchanged")}
    assert events.events(board.actor, Wanted())[0].iloc[0]["event"] == "register_downloaded"


def test_a_clerk_gets_templates_of_the_own_community_and_no_register(board: Board) -> None:
    clerk = accounts.create(board.actor, "clerk_1", "correct horse", Role.CLERK, "春晖社区")
    view = View(clerk, DAY, "covid", community="向阳社区")
    data = administration.blank_workbook(view, "morning", "zh_CN")
    book = openpyxl.load_workbook(io.BytesIO(data))
    words = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert any("春晖社区" in word for word in words)
    assert not any("向阳社区" in word for word in words)
    with pytest.raises(AccountError):
        administration.blank_workbook(view, "base", "zh_CN")


def test_events_are_found_by_account_event_and_subject(board: Board) -> None:
    accounts.create(board.actor, "leader_9", "correct horse", Role.LEADER)
    board.morning("春晖社区", planned=3)

    def found(text: str = "", codes: tuple[str, ...] = ()) -> pd.DataFrame:
        return events.events(board.actor, Wanted(text=text, events=codes))[0]

    assert found().iloc[0]["event"] == "rows_saved"
    assert found("leader_9")["event"].tolist() == ["account_created"]
    assert found("100%").empty
    assert found(codes=("account_created",))["subject"].tolist() == ["leader_9"]


def test_the_system_says_where_the_data_is_but_no_password(board: Board, office: Office, database_url: str) -> None:
    now = administration.system(board.actor)
    assert now.database == {"sqlite": "SQLite"}.get(database_url.split(":")[0], "PostgreSQL")
    assert now.folder == office.data_dir.resolve()
    assert now.data_version == database.data_version()
    assert now.submissions == 3
    office.set("STREET_DATABASE_URL", "postgresql://street:very-secret@db.example/street")
    assert "very-secret" not in administration.make_url("postgresql://a:very-secret@b/c").render_as_string()


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.LEADER])
def test_only_administrators(board: Board, role: Role) -> None:
    other = accounts.create(board.actor, "other_1", "correct horse", role)
    for ask in (administration.register, events.present, events.chain, administration.system):
        with pytest.raises(AccountError):
            ask(other)
    with pytest.raises(AccountError):
        calendars.add(other, DAY)


def test_a_rest_day_asks_for_no_sheet(board: Board) -> None:
    before = database.data_version()
    calendars.add(board.actor, DAY, "covid", "中秋节")
    assert database.data_version() == before + 1, "pages show it at once"
    assert reporting.table(board.view()).empty
    frame = calendars.rest_days(board.actor)
    assert frame[["day", "campaign", "note"]].values.tolist() == [[DAY, "covid", "中秋节"]]
    with pytest.raises(CalendarError):
        calendars.add(board.actor, DAY, "covid")
    calendars.add(board.actor, DAY)  # for all campaigns: another matter
    calendars.remove(board.actor, int(frame["id"].iloc[0]))
    assert calendars.rest_days(board.actor)["campaign"].isna().tolist() == [True]
    with pytest.raises(CalendarError):
        calendars.remove(board.actor, int(frame["id"].iloc[0]))
    with pytest.raises(CalendarError):
        calendars.add(board.actor, date(2022, 10, 1), "unknown")
