"""Mending in place: which lines a file has, what may be put in, and what happens then."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from streamlit.testing.v1 import AppTest

from data_access.accounts import Actor, Role
from data_access.inbox import batches
from data_access.office import waivers
from data_access.reports import actions, history
from data_access.workbooks.model import Hints
from pages.parts.uploads import intake, mend, paper, preview
from pages.parts.uploads.intake import Batch, File
from tests.conftest import Office
from tests.data_access import books
from tests.data_access.street import DAY, Board
from tests.pages import handing
from tests.pages.conftest import App, account, administrator

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def board(office: Office) -> Board:
    office.now("2022-08-12T08:40")
    made = Board(administrator())
    made.communities(["春晖社区", "向阳社区"])
    made.sites(["卫生中心", "北辰小学"])
    return made


def roster(*changed: dict[str, Any]) -> bytes:
    return books.book("roster", *(books.person(n, **more) for n, more in enumerate(changed)))


def one(actor: Actor, data: bytes, name: str = "名单.xlsx") -> tuple[Batch, File]:
    batch = Batch(actor.id)
    return batch, handing.take(actor, batch, (name, data))[0]


def equipped(board: Board, item: File) -> list[mend.Line]:
    found = mend.lines(item)
    for line in found:
        mend.equip(board.actor, board.view(), item, line)
    return found


def by_column(board: Board, item: File) -> dict[str, mend.Line]:
    return {line.finding.column: line for line in equipped(board, item)}


BAD: tuple[dict[str, Any], ...] = (
    {},
    {"site": "卫生中新"},
    {"dose_no": "二针加强"},
    {"batch_no": "x"},
    {"phone": "不知道"},
    {"batch_time": "9:3O"},
)


def test_each_bad_cell_is_a_line_with_what_may_stand_there(board: Board) -> None:
    _batch, item = one(board.actor, roster(*BAD))
    lines = by_column(board, item)
    assert set(lines) == {"接种点", "剂次", "批次", "联系电话", "集合时间"}
    assert all(line.mendable and not line.settled for line in lines.values())
    assert lines["接种点"].options == ("卫生中心", "北辰小学") and lines["接种点"].near == ("卫生中心",)
    assert lines["剂次"].options == ("第一剂", "第二剂", "加强针")
    assert lines["批次"].options == tuple(str(n) for n in range(1, 21))
    assert lines["联系电话"].options == () and lines["联系电话"].finding.shown_value == "不***"
    assert lines["集合时间"].near == ("09:30",)


def test_mended_cells_keep_their_line_and_say_so(board: Board) -> None:
    batch, item = one(board.actor, roster(*BAD))
    place = by_column(board, item)["接种点"].place
    handing.mend(board.actor, batch, item, {place: "卫生中心"})
    line = next(line for line in equipped(board, item) if line.place == place)
    assert line.settled and line.mended == "卫生中心" and line.options == ("卫生中心", "北辰小学")
    assert item.rows_accepted == 2
    handing.mend(board.actor, batch, item, {place: "还是不对"})
    line = next(line for line in equipped(board, item) if line.place == place)
    assert not line.settled and line.mended == "还是不对"


def test_a_finding_on_a_column_the_sheet_lacks_cannot_be_mended(board: Board) -> None:
    book = openpyxl.load_workbook(io.BytesIO(roster({}, {})))
    sheet = book.worksheets[0]
    sheet.delete_cols(next(each.column for each in sheet[2] if each.value == "带队人"))
    content = io.BytesIO()
    book.save(content)
    _batch, item = one(board.actor, content.getvalue())
    assert item.rows_accepted == 2
    assert not any(line.mendable for line in equipped(board, item))


def test_the_code_is_filled_in_where_the_sheet_has_no_document_number(board: Board) -> None:
    batch, item = one(board.actor, roster({}, {"person_code": None}))
    (line,) = (line for line in equipped(board, item) if line.finding.code == "EITHER_REQUIRED")
    assert line.mendable and line.finding.column == "人员编号"
    handing.mend(board.actor, batch, item, {line.place: "RY00077"})
    assert item.state == "ready"


def test_rows_are_shown_masked(board: Board) -> None:
    _batch, item = one(board.actor, roster({}, {}))
    frame = preview.rows(board.actor, preview.parts(item)[0])
    assert frame["姓名"].tolist() == ["赵*", "钱*"]
    assert frame["联系电话"].tolist() == ["138****0000", "138****0001"]


def test_only_the_changed_rows_were_sent(board: Board) -> None:
    batch, first = one(board.actor, roster({}, {}, {}))
    handing.commit(board.actor, batch, [first])
    batch, item = one(board.actor, roster({"batch_no": 2}), "更正.xlsx")
    assert preview.lost(item) == 2
    assert intake.note(item, batch).startswith("▼ 少 2 行")
    handing.say(board.actor, batch, item, Hints(partial=True))
    assert preview.lost(item) == 0
    assert preview.difference(board.actor, item, 0).changed == 1


# The page ------------------------------------------------------------------------------------------------------


def drop(page: AppTest, *files: tuple[str, bytes]) -> AppTest:
    page.file_uploader(key="uploads_files").set_value([(name, data, XLSX) for name, data in files])
    return page.run()


def cell(page: AppTest, column: str, item: int = 1) -> str:
    """The key of the field for the first bad cell of a column."""
    found = page.session_state["batch"].files[item - 1]
    line = next(line for line in mend.lines(found) if line.finding.column == column)
    return f"mend_{found.number}_{line.place[0]}_{line.place[1]}"


def test_what_is_put_in_reads_the_file_again(app: App, board: Board) -> None:
    page = app(Role.ADMIN, "uploads")
    drop(page, ("名单.xlsx", roster({}, {"dose_no": "二针加强"}, {"phone": "不知道"})))
    page.selectbox(key=cell(page, "剂次")).select("加强针").run()
    key = cell(page, "联系电话")
    page.text_input(key=key).set_value("13911112222").run()
    assert not page.exception
    assert page.dataframe[0].value["state"].tolist() == ["✓ 可入库"]
    assert page.text_input(key=key).value == "" and page.text_input(key=key).placeholder == "1***"
    assert "13911112222" not in str(page.query_params)
    page.button(key=f"mend_back_{page.session_state['batch'].files[0].number}").click().run()
    assert page.dataframe[0].value["state"].tolist() == ["！ 需修补"]


def test_a_suggestion_is_one_click(app: App, board: Board) -> None:
    page = app(Role.ADMIN, "uploads")
    drop(page, ("名单.xlsx", roster({}, {"site": "卫生中新"})))
    next(button for button in page.button if button.label == "用 卫生中心").click().run()
    assert not page.exception
    assert page.dataframe[0].value["state"].tolist() == ["✓ 可入库"]


def test_a_warning_is_accepted_by_those_who_may(app: App, board: Board) -> None:
    account(Role.SUPERVISOR)
    page = drop(app(Role.SUPERVISOR, "uploads"), ("早.xlsx", books.morning("春晖社区", 30, stock=10)))
    assert any(button.label == "认可…" for button in page.button)
    (code,) = {line.finding.code for line in mend.lines(page.session_state["batch"].files[0])}
    waivers.grant(board.actor, code, "春晖社区", DAY, "库存当日下午补齐", "covid")
    page.run()
    assert not any(button.label == "认可…" for button in page.button)
    assert any("库存当日下午补齐" in caption.value for caption in page.caption)
    account(Role.CLERK, "向阳社区")
    page = drop(app(Role.CLERK, "uploads"), ("早.xlsx", books.morning("向阳社区", 30, stock=10)))
    assert not any(button.label == "认可…" for button in page.button)


def test_a_finding_becomes_a_matter_in_one_click(app: App, board: Board) -> None:
    page = drop(app(Role.SUPERVISOR, "uploads"), ("早.xlsx", books.morning("春晖社区", 30, stock=10)))
    (line,) = mend.lines(page.session_state["batch"].files[0])
    next(button for button in page.button if button.label == "转督办整改").click().run()
    assert not page.exception
    assert page.text_input(key="raise_issue").value == line.finding.message
    assert page.text_input(key="raise_demand").value == line.finding.remedy
    assert page.selectbox(key="raise_community").value == "春晖社区"
    page.switch_page("pages/actions.py")  # a browser is there already
    page.button(key="raise_send").click().run()
    assert not page.exception and not page.error
    assert actions.table(board.view())["issue_type"].tolist() == [line.finding.code]
    account(Role.CLERK, "春晖社区")
    page = drop(app(Role.CLERK, "uploads"), ("早.xlsx", books.morning("春晖社区", 30, stock=10)))
    assert not [button for button in page.button if button.label == "转督办整改"]


def test_the_annotated_copy_is_for_the_account_whose_file_it_is(board: Board) -> None:
    _batch, item = one(board.actor, roster({}, {"batch_no": "x"}))
    data = paper._annotated(lambda: board.actor, item.number, item.name, item.findings, "zh_CN")
    assert data[:2] == b"PK" and data != item.data
    other = account(Role.SUPERVISOR)
    with pytest.raises(batches.BatchError):
        paper._annotated(lambda: other, item.number, item.name, item.findings, "zh_CN")


def test_a_batch_is_undone_from_the_history(app: App, board: Board) -> None:
    page = drop(app(Role.ADMIN, "uploads"), ("早.xlsx", books.morning("春晖社区", 30)))
    page.button(key="uploads_commit").click().run()
    number = page.session_state["batch"].number
    assert page.button(key="uploads_undo").label == f"撤回第 {number} 批（1 份报送）"
    page = app(Role.ADMIN, "uploads", part="history")
    page.segmented_control(key="history_by").set_value("batches").run()
    assert not page.exception
    shown = page.dataframe[0].value
    assert shown["state"].tolist() == ["… 进行中"] or shown["submissions"].tolist() == [1]
    batches.undo(board.actor, number, "发错了群")
    page.run()
    assert page.dataframe[0].value["state"].tolist() == ["✕ 已撤回"]
    assert history.submissions(board.actor, history.Filters(kind="morning", state="in_force")).empty


def test_a_clerk_cannot_undo(app: App, board: Board) -> None:
    account(Role.CLERK, "春晖社区")
    page = drop(app(Role.CLERK, "uploads"), ("早.xlsx", books.morning("春晖社区", 30, date(2022, 8, 12))))
    page.button(key="uploads_commit").click().run()
    assert not page.exception
    assert page.button(key="uploads_undo").disabled
