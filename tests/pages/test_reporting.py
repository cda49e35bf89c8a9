"""报送情况 on the upload page and 日结 on the dispatch page: who sees and who may do what."""

from __future__ import annotations

from datetime import timedelta

import pytest

from config import clock
from data_access.accounts import OFFICE, Role
from data_access.office import closing, exemptions
from data_access.reports.view import View
from pages.parts import reporting
from tests.data_access.street import DAY, Board, at

DAILY = {"day": DAY.isoformat()}


@pytest.fixture
def street(office):
    board = Board()
    board.communities(["锦绣社区", "安康社区"], at=at(DAY - timedelta(days=30), 9))
    board.roster("锦绣社区", n=5, at=at(DAY - timedelta(days=1), 17))
    board.morning("锦绣社区", planned=5, at=at(DAY, 9, 30))
    board.evening("锦绣社区", roster_n=5, vacc_on_roster=4, no_show=1, cum_d1=40, at=at(DAY, 19))
    return board


def said(page):
    texts = [element.value for kind in ("markdown", "caption", "subheader", "code") for element in page.get(kind)]
    return "\n".join([*texts, *(element.proto.body for element in page.get("html"))])


def button(page, key):
    return next((one for one in page.button if one.key == key), None)


def test_the_workbook_of_the_reports_speaks_in_words(street):
    with clock.at(at(DAY, 23)):
        told = reporting.written(View(street.actor, DAY, "covid"), DAY)
    every, kinds, communities = (told[name] for name in ("逐份", "按报表", "按社区"))
    lines = every.set_index(["社区", "表种"])
    assert lines.loc[("锦绣社区", "早会商"), "状态"] == "迟报" and lines.loc[("安康社区", "晚调度"), "状态"] == "未报"
    assert kinds.set_index("表种").loc["合计", ["应报份数", "已报份数", "未报"]].tolist() == [6, 3, 3]
    assert communities["已报份数"].tolist() == [3, 0]
    assert not [name for frame in told.values() for name in frame.columns if str(name).isascii()]


@pytest.mark.parametrize("role", OFFICE)
def test_every_role_sees_who_has_reported(app, street, role):
    page = app(role, "uploads", part="reporting", **DAILY)
    assert not page.exception
    text = said(page)
    assert "安康社区：接种名单" in text, "the reminder"
    assert "09:30" in text and "迟报" in text and "未报" in text
    tiles = {tile.label: tile for tile in page.metric}
    assert (tiles["已报"].delta, tiles["按时"].delta) == ("3/84", "2/84")
    assert (button(page, "exempt_new") is not None) == (role in (Role.SUPERVISOR, Role.ADMIN))
    assert bool(page.get("file_uploader")) is False


def test_a_leader_finds_nothing_but_the_board_under_uploads(app, street):
    page = app(Role.LEADER, "uploads", part="history", **DAILY)
    assert not page.exception and "按报表" in said(page)


def test_the_period_stands_in_the_address(app, street):
    page = app(Role.LEADER, "uploads", **DAILY, **{"from": DAY.isoformat()})
    assert {tile.label: tile for tile in page.metric}["已报"].delta == "3/6"


def test_a_supervisor_exempts_and_takes_back(app, street):
    page = app(Role.SUPERVISOR, "uploads", part="reporting", **DAILY)
    page = button(page, "exempt_new").click().run()
    button(page, "exempt_new").click()  # here a whole run: the dialog is opened anew with it
    page.selectbox(key="exempt_community").set_value("安康社区")
    page.text_input(key="exempt_reason").set_value("停电")
    page = button(page, "exempt_confirm").click().run()
    assert not page.exception
    known = exemptions.exemptions(street.actor)
    assert known[["community", "reason"]].values.tolist() == [["安康社区", "停电"]]
    page = app(Role.SUPERVISOR, "uploads", part="reporting", **DAILY)
    assert "停电" in said(page) and "安康社区：" not in said(page)
    button(page, f"exempt_revoke_{known['id'].iloc[0]}").click().run()
    assert exemptions.exemptions(street.actor)["revoked_at"].notna().all()


def test_the_clock_counts_down_on_the_day_itself(app, street, office):
    office.now("2022-08-12T19:30")
    page = app(Role.LEADER, "uploads", **DAILY)
    timer = next(tile for tile in page.metric if "20:00" in tile.label)
    assert timer.value == "0 小时 30 分" and "尚缺 1 家：安康社区" in said(page)
    office.now("2022-08-14T19:30")
    assert not [tile for tile in app(Role.LEADER, "uploads", **DAILY).metric if "20:00" in tile.label]


def test_the_exempt_stand_apart_on_the_rankings(app, street):
    for name in ("锦绣社区", "安康社区"):
        street.baseline(name, DAY - timedelta(days=9), surveyed=100, at=at(DAY - timedelta(days=9), 9))
    exemptions.grant(street.actor, "安康社区", DAY, DAY, "停电", "evening")
    page = app(Role.LEADER, "rankings", **DAILY)
    assert not page.exception and "晚调度 **1/1** 家已报" in said(page)


# Closing the day ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", OFFICE)
def test_who_may_close(app, street, role):
    page = app(role, "dispatch", **DAILY)
    may = role in (Role.SUPERVISOR, Role.ADMIN)
    assert (button(page, "closing_close") is not None) == may
    with clock.at(at(DAY, 20, 30)):
        closing.close(street.actor, DAY, "covid", ["安康社区"])
    page = app(role, "dispatch", **DAILY)
    assert "已日结 20:30" in said(page)
    assert (button(page, "closing_reopen") is not None) == may
    assert button(page, "closing_close") is None


def test_closing_over_a_gap_is_said_out_loud(app, street):
    page = app(Role.SUPERVISOR, "dispatch", **DAILY)
    page = button(page, "closing_close").click().run()
    assert "晚调度已到 1/2 家" in said(page)
    button(page, "closing_close").click()
    page = button(page, "closing_confirm").click().run()
    assert "安康社区" in page.error[0].value and closing.state(street.actor, DAY, "covid") is None
    button(page, "closing_close").click()
    page.checkbox(key="closing_without").check()
    page = button(page, "closing_confirm").click().run()
    assert not page.exception
    assert closing.state(street.actor, DAY, "covid").closed


def test_a_reopened_day_shows_its_corrections(app, street, office):
    with clock.at(at(DAY, 20, 30)):
        closing.close(street.actor, DAY, "covid", ["安康社区"])
    page = app(Role.SUPERVISOR, "dispatch", **DAILY)
    page = button(page, "closing_reopen").click().run()
    button(page, "closing_reopen").click()
    page = button(page, "closing_reopen_confirm").click().run()
    assert "原因" in page.error[0].value
    button(page, "closing_reopen").click()
    page.text_input(key="closing_reason").set_value("漏报一人")
    button(page, "closing_reopen_confirm").click().run()
    office.now("2022-08-12T20:50")
    street.evening("锦绣社区", roster_n=5, vacc_on_roster=5, cum_d1=41)
    for role, reason in ((Role.SUPERVISOR, True), (Role.LEADER, False)):
        page = app(role, "dispatch", **DAILY)
        assert not page.exception
        text = said(page)
        assert "已重开" in text and "日结后的更正" in text and ("漏报一人" in text) == reason
        assert "改 5".encode() in page.dataframe[0].proto.SerializeToString(), "the cell of the table"
