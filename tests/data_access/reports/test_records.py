"""One record by itself: its figures for all, its words for some, its revisions, and the cell that it came from."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from sqlalchemy import select

from data_access import accounts, database, submissions
from data_access.accounts import Actor, OtherCommunityError, Role
from data_access.office import attachments
from data_access.reports import origins, records
from data_access.reports.records import Key, KeyFormError, UnknownRecordError
from data_access.reports.view import View
from data_access.schema import Community
from tests.data_access import books, papers
from tests.data_access.street import DAY, Board, at

STREAM, CODE, PERIOD = "health_education", "HE-01", "2022-07"
KEY = Key.parse("progress", f"{PERIOD}/{CODE}")


@pytest.fixture
def board(database_url: str) -> Board:
    made = Board()
    made.communities(["清河社区", "和平社区"], at=at(date(2022, 1, 3), 8))
    return made


def account(role: Role, community: str | None = None) -> Actor:
    return accounts.create(accounts.console(), f"{role.value}_1", "correct horse", role, community, must_change=False)


def view(board: Board, actor: Actor | None = None, **more: object) -> View:
    return View(actor or board.actor, DAY, board.campaign, **more)  # type: ignore[arg-type]


def key(name: str) -> int:
    with database.reading() as connection:
        return connection.execute(select(Community.id).where(Community.name == name)).scalar_one()


def lecture(board: Board, done: int, **more: object) -> None:
    row = {"indicator": CODE, "accrual": "period", "done": Decimal(done), **more}
    board.progress("清河社区", STREAM, PERIOD, row, {"indicator": "HE-05", "accrual": "period", "done": Decimal(9)})


def test_figures_are_for_all_and_words_for_those_who_may_read_them(board: Board) -> None:
    lecture(board, 1, biz_date=DAY, issues="缺讲师，联系13912345678", owner="王小明")
    attachments.add(board.actor, key("清河社区"), "progress", KEY.text, "讲座.jpg", papers.photo(), "photo")
    found = records.record(view(board), "清河社区", KEY)
    assert {one.column: one.text for one in found.figures} == {
        "biz_date": "2022-08-12", "accrual": "当期", "done": "1",
    }  # fmt: skip
    assert {one.column: one.text for one in found.words} == {"issues": "缺讲师，联系****", "owner": "王*"}
    assert (found.row, found.revision, found.workbook, found.files) == (3, 1, None, 1)
    for actor in (account(Role.LEADER), account(Role.CLERK, "和平社区")):
        told = records.record(view(board, actor), "清河社区", KEY)
        assert told.figures == found.figures
        assert told.words == () and told.withheld and told.files == 1
        listed = records.listed(view(board, actor), "清河社区", CODE)
        assert listed[["record", "files", "done"]].to_numpy().tolist() == [[KEY.text, 1, Decimal(1)]]
        assert "缺讲师" not in listed.to_string() and "小明" not in listed.to_string()


def test_revisions_and_what_was_known_when(board: Board) -> None:
    lecture(board, 3)
    lecture(board, 4)
    told = records.versions(view(board), "清河社区", KEY)
    assert told[["revision", "state", "said"]].to_numpy().tolist() == [
        [2, "in_force", "口径 当期、完成数 4"],
        [1, "superseded", "口径 当期、完成数 3"],
    ]
    submissions.withdraw(board.actor, int(told["submission"].iloc[0]), "报错")
    told = records.versions(view(board), "清河社区", KEY)
    assert told["state"].tolist() == ["withdrawn", "in_force"]
    assert records.listed(view(board), "清河社区", CODE)["done"].tolist() == [3]
    with pytest.raises(UnknownRecordError):
        records.record(view(board, as_of=at(DAY, 7)), "清河社区", KEY)


def test_a_slot_holds_the_records_of_its_weeks(board: Board) -> None:
    for period, done in (("2022-W22", 1), ("2022-W23", 0), ("2022-03", 1)):
        row = {"indicator": CODE, "accrual": "period", "done": Decimal(done)}
        board.progress("清河社区", STREAM, period, row)
    told = records.periods(view(board), "清河社区", CODE).set_index("period")
    assert told.index[0] == "2022-08" and told.index[-1] == "2022-01", "the latest comes first"
    assert told.loc["2022-06", "records"] == 2 and told.loc["2022-06", "record"] is None
    assert told.loc["2022-03", "record"] == f"2022-03/{CODE}" and told.loc["2022-05", "records"] == 0
    inside = records.within(view(board), "清河社区", CODE, "2022-06")
    assert inside["period"].tolist() == ["2022-W23", "2022-W22"]  # the week of Thursday 2 June too


def test_evidence_of_the_checklist_is_a_record_like_any_other(board: Board) -> None:
    meeting = {"item_code": "1.4", "event_no": 2, "event_date": date(2022, 4, 2), "place": "活动室", "photos": 3}
    board.evidence("清河社区", "2022", meeting, {"item_code": "4.6", "family_no": "F12"}, {"item_code": "1.1"})
    for code, text, place in (("1.4", "2022/1.4/2", "2"), ("4.6", "2022/4.6/F12", "F12"), ("1.1", "2022/1.1", "2022")):
        listed = records.listed(view(board), "清河社区", code)
        assert listed[["record", "place"]].to_numpy().tolist() == [[text, place]]
        assert records.record(view(board), "清河社区", Key.parse("evidence", text)).key.code == code
    found = records.record(view(board, account(Role.LEADER)), "清河社区", Key.parse("evidence", "2022/1.4/2"))
    assert ("photos", "3") in [(one.column, one.text) for one in found.figures]
    assert found.withheld and "活动室" not in str(found)


@pytest.mark.parametrize("text", ["", "2022-07", "/HE-01", "2022-07/HE-01/3"])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(KeyFormError):
        Key.parse("progress", text)


def test_the_cell_of_a_figure_is_found_in_the_original(board: Board) -> None:
    common = {"biz_date": DAY, "period": PERIOD, "community": "清河社区", "workstream": STREAM, "accrual": "period"}
    data = books.book(
        "progress", {**common, "indicator": "HE-05", "done": 7}, {**common, "indicator": CODE, "done": 41}
    )
    outcome = submissions.commit(board.actor, submissions.examine(board.actor, data, "进展.xlsx"), data)
    assert outcome.status == "committed"
    found = records.record(view(board), "清河社区", KEY)
    cells = origins.cells(board.actor, found.submission, found.row, CODE)
    sheet = openpyxl.load_workbook(io.BytesIO(data))[str(found.sheet)]
    assert sheet[cells["done"]].value == 41 and sheet[cells["indicator"]].value == CODE
    assert sheet[cells["done"]].row == found.row
    assert origins.cells(board.actor, found.submission, found.row, "HE-99") == {}
    with pytest.raises(OtherCommunityError):  # the street's workbook is not the clerk's
        origins.cells(account(Role.CLERK, "清河社区"), found.submission, found.row, CODE)
