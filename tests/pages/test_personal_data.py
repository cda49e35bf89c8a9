"""The panel of personal data: what would go, emptying it, looking somebody up, erasing; the purpose of a call sheet."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from data_access import database
from data_access.accounts import Role
from data_access.office import overrides
from data_access.schema import AuditEvent, Callup
from tests.data_access.street import DAY, Board
from tests.pages.conftest import account
from tests.pages.test_every_page import text

NAME = "欧阳清风"


@pytest.fixture
def board(office):
    made = Board(account(Role.ADMIN))
    made.communities(["春晖社区"])
    made.roster("春晖社区", people=[{"name": NAME, "person_code": "AB-9876"}, {"name": "钱小一", "outcome": "no_show"}])
    office.now("2022-09-15T10:00")
    return made


def names():
    with database.reading() as connection:
        return list(connection.execute(select(Callup.name).order_by(Callup.row)).scalars())


def events():
    with database.reading() as connection:
        return list(connection.execute(select(AuditEvent.event).order_by(AuditEvent.id)).scalars())


def test_what_is_over_is_shown_and_emptied(app, board):
    page = app(Role.ADMIN, "administration", section="privacy")
    assert not page.exception and "还没有确定保存期限" in page.warning[0].value and "尚未设定" in text(page)
    page.date_input(key="purge_before").set_value(DAY.replace(day=30)).run()
    page.button(key="purge_look").click().run()
    assert not page.exception and names()[0] == NAME
    drawn = [one.proto.body for one in page.get("html") if "名单人员" in one.proto.body]
    assert drawn and ">2<" in drawn[0]
    page.button(key="purge_now").click().run()
    page.button(key="purge_now").click()  # here a whole run: the dialog is opened anew with it
    page.button(key="purge_confirm").click().run()
    assert not page.exception and names() == [None, None] and events()[-1] == "purged"
    assert "名单人员 2" in page.success[0].value
    overrides.put(board.actor, {"retention.on": True, "retention.months": 6})
    page = app(Role.ADMIN, "administration", section="privacy")
    assert not page.warning and "6 个月，每天自动清除" in text(page) and "2022-09-15" in text(page)


def test_somebody_is_looked_up_masked_and_erased(app, board):
    page = app(Role.ADMIN, "administration", section="privacy")
    page.button(key="person_look").click().run()
    page.button(key="person_look").click()
    page.text_input(key="person_document").set_value("ab-9876").run()
    assert not page.exception and NAME not in text(page) and "****9876" in text(page) and "欧*" in text(page)
    page.button(key="person_look").click()
    page.selectbox(key="person_reason").set_value("request").run()
    page.button(key="person_look").click()
    page.button(key="person_erase").click().run()
    assert not page.exception and names() == [None, "钱小一"] and events()[-1] == "person_erased"
    assert "名单行 1" in page.success[0].value


def test_names_are_written_out_for_a_purpose_only(app, board):
    page = app(Role.SUPERVISOR, "callups", day=DAY.isoformat(), list="called")
    page.toggle(key="call_sheet_plain").set_value(True).run()
    sheet = page.get("download_button")[-1].proto
    assert sheet.id.endswith("call_sheet_download") and sheet.disabled
    page.selectbox(key="call_sheet_purpose").set_value("call").run()
    assert not page.exception and not page.get("download_button")[-1].proto.disabled
    assert page.button(key="reveal_called").disabled, "nobody is chosen yet"
    back = app(Role.SUPERVISOR, "callups", day=DAY.isoformat(), as_of="2022-09-14T10:00", list="called")
    assert not back.exception and not {"reveal_called", "call_sheet_plain"} & {
        one.key for one in (*back.button, *back.toggle)
    }
