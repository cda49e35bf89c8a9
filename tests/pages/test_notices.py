"""发布通报 on the page: preview, decision, the list, a frozen notice, its comparison and its forms."""

from datetime import date

import pytest

from data_access.accounts import OFFICE, Role
from data_access.office import notices
from tests.data_access.street import Board

DAY = date(2022, 8, 12)
FIELD = {"甲社区": (120, 46), "乙社区": (60, 30), "丙社区": (80, None)}


@pytest.fixture
def board(office):
    office.now("2022-08-12T21:00")
    board = Board()
    board.communities(list(FIELD))
    for name, (surveyed, done) in FIELD.items():
        board.baseline(name, date(2022, 8, 1), surveyed)
        if done is not None:
            board.evening(name, DAY, cum_d1=done)
    office.now("2022-08-12T21:30")
    return board


def drawn(page):
    kinds = ("markdown", "caption", "warning", "error")
    said = [one.value for kind in kinds for one in page.get(kind)]
    return " ".join([*said, *(one.proto.body for one in page.get("html"))]).replace("\\", "")


def open_page(app, role, **query):
    return app(role, "rankings", day="2022-08-12", **query)


@pytest.mark.parametrize("role", OFFICE)
def test_only_those_who_may_can_publish(board, app, role):
    page = open_page(app, role)
    assert not page.exception
    assert page.button(key="notice_publish").disabled == (role in (Role.CLERK, Role.LEADER))
    assert "还没有发布过通报" in drawn(page)


def test_publishing_shows_what_it_will_be_and_then_the_frozen_notice(board, app):
    page = open_page(app, Role.SUPERVISOR)
    page.button(key="notice_publish").click().run()
    assert not page.exception
    assert "将成为第 1 期" in drawn(page) and "已报 2/3 家" in drawn(page) and "未报：丙社区" in drawn(page)
    assert any("（第1期）" in one.value for one in page.code)
    assert notices.notices(board.actor).empty
    page.button(key="notice_publish").click()  # here a whole run: the dialog is opened anew with it
    page.button(key="notice_confirm").click().run()
    assert not page.exception
    assert notices.notices(board.actor)["by"].tolist() == ["supervisor_1"]
    assert page.query_params["notice"] in ("1", ["1"])
    assert "第 1 期 已冻结" in drawn(page) and "38.33%" in drawn(page)


def test_the_same_figures_again_are_said_before_publishing(board, app):
    notices.publish(board.actor, board.view(DAY))
    page = open_page(app, Role.ADMIN)
    page.button(key="notice_publish").click().run()
    assert "同一天的相同数据已作为第 1 期发布过" in drawn(page)
    page.button(key="notice_leave").click().run()
    assert not page.exception and len(notices.notices(board.actor)) == 1


@pytest.mark.parametrize("role", OFFICE)
def test_a_frozen_notice_is_shown_by_its_address_with_what_changed_since(board, app, office, role):
    notices.publish(board.actor, board.view(DAY))
    page = open_page(app, role, notice="1")
    assert not page.exception
    assert "第 1 期 已冻结" in drawn(page) and "发布以来数据没有变化" in drawn(page)
    office.now("2022-08-12T22:00")
    board.evening("甲社区", DAY, cum_d1=108)
    page = open_page(app, role, notice="1")
    assert not page.exception
    text = drawn(page)
    assert "46/120" in text and "1 家社区的数据已有更正" in text and "108/120" in text and "晚调度 8/12 v2" in text
    assert {one.proto.label for one in page.get("download_button")} >= {"docx", "xlsx", "表图 png", "走势图 png"}


def test_an_older_notice_is_opened_from_the_list_and_closed_again(board, app):
    notices.publish(board.actor, board.view(DAY))
    notices.publish(board.actor, board.view(DAY), "remaining")
    page = open_page(app, Role.LEADER)
    page.button(key="notice_open_1").click().run()
    assert not page.exception and "第 1 期 已冻结" in drawn(page)
    page.button(key="notice_close").click().run()
    assert not page.exception and "已冻结" not in drawn(page) and "notice" not in page.query_params


@pytest.mark.parametrize("asked", ["9", "x", "-1"])
def test_a_number_that_is_not_there_says_so(board, app, asked):
    page = open_page(app, Role.LEADER, notice=asked)
    assert not page.exception
    assert "没有第" in drawn(page)
