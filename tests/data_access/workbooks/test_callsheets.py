"""The call sheets that are printed: one a liaison or site, in clear only on purpose and on record."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from data_access import accounts, database
from data_access.accounts import NotAllowedError, OtherCommunityError
from data_access.office.reveals import Purpose
from data_access.reports import callups
from data_access.schema import AuditEvent
from data_access.workbooks import callsheets
from tests.data_access.street import Board


@pytest.fixture
def board(database_url):
    board = Board()
    board.communities(["锦绣社区", "安康社区"])
    board.sites(["卫生中心", "体育馆"])
    people = [
        {"name": "张三丰", "site": "卫生中心", "liaison": "王联络"},
        {"name": "李四", "site": "体育馆", "liaison": "陈联络"},
        {"name": "=1+1", "site": None, "liaison": None},
    ]
    board.roster("锦绣社区", people=people)
    board.roster("安康社区", people=[{"name": "赵五", "site": "卫生中心", "liaison": "王联络"}])
    return board


def events(actor):
    with database.reading() as connection:
        rows = connection.execute(select(AuditEvent.details).where(AuditEvent.event == "call_sheet"))
        return [row.details["people"] for row in rows]


def test_one_list_a_liaison_or_a_site(board):
    by_liaison = dict(callups.call_sheets(board.view(), "liaison"))
    assert sorted(map(len, by_liaison.values())) == [1, 1, 1, 1]
    assert any("未写联络人" in name for name in by_liaison)
    by_site = dict(callups.call_sheets(board.view(), "site"))
    assert {name: len(part) for name, part in by_site.items()} == {"卫生中心": 2, "体育馆": 1, "未写接种点": 1}
    assert "张三丰" not in str(by_site["卫生中心"].to_dict()) and events(board.actor) == []


def test_in_clear_it_is_on_record_and_never_for_leaders(board):
    assert callups.call_sheets(board.view(), "site", plain=Purpose("call"))
    assert events(board.actor) == [4]
    leader = accounts.create(board.actor, "leader_1", "correct horse", accounts.Role.LEADER)
    with pytest.raises(NotAllowedError):
        callups.call_sheets(Board(leader).view(), "site", plain=Purpose("call"))
    clerk = accounts.create(board.actor, "clerk_1", "correct horse", accounts.Role.CLERK, "安康社区")
    own = callups.call_sheets(Board(clerk).view(), "liaison", plain=Purpose("call"))
    assert [part["name"].tolist() for _name, part in own] == [["赵五"]]
    with pytest.raises(OtherCommunityError):
        callups.call_sheets(Board(clerk).view(community="锦绣社区"), "site", plain=Purpose("call"))
    assert sorted(events(board.actor)) == [1, 4]


def test_the_paper_is_ready_to_print(board):
    found = dict(callups.call_sheets(board.view(), "site", plain=Purpose("call")))
    book = load_workbook(io.BytesIO(callsheets.workbook(found, "流感 召集单")))
    sheet = book["卫生中心"]
    assert sheet.page_setup.orientation == "landscape" and int(sheet.page_setup.paperSize) == 9
    assert sheet.print_title_rows == "$1:$2" and sheet.page_setup.fitToHeight == 0
    assert "&P" in sheet.oddFooter.center.text and "&N" in sheet.oddFooter.center.text
    heads = [cell.value for cell in sheet[2]]
    assert heads[0] == "编号" and heads[-2:] == ["签名", "备注"]
    assert sheet["A1"].value == "流感 召集单 · 卫生中心"
    assert [row[0].value for row in sheet.iter_rows(min_row=3)] == [1, 2]
    odd = book["未写接种点"]
    cell = next(cell for row in odd.iter_rows(min_row=3) for cell in row if cell.value == "=1+1")
    assert cell.data_type == "s"
