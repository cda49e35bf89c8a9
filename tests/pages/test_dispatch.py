"""The dispatch page: the day in one table, a picked row, what is missing; for every role."""

from __future__ import annotations

from datetime import timedelta

import pyarrow as pa
import pytest

from data_access.accounts import OFFICE, Role
from data_access.office import closing, postings
from tests.data_access.street import DAY, Board, at

TALLY = {"vacc_on_roster": 41, "walk_in": 3, "deferred": 3, "contraindicated": 1, "refused": 1, "no_show": 3}


@pytest.fixture
def street(office):
    board = Board(dose="b")
    board.communities(
        [
            {"name": "锦绣社区", "liaison": "周明华", "liaison_phone": "13700004480"},
            {"name": "安康社区", "liaison": "张大力", "liaison_phone": "13800005678"},
        ],
        at=at(DAY - timedelta(days=30), 9),
    )
    board.roster("锦绣社区", n=50, outcomes=["vaccinated"] * 41 + ["no_show"] * 3, at=at(DAY - timedelta(days=1), 17))
    board.morning("锦绣社区", planned=50, at=at(DAY, 8))
    board.evening("锦绣社区", roster_n=50, observed=43, **TALLY, at=at(DAY, 19))
    return board


def shown(page):
    return page.dataframe[0].value


def cell(page, community, heading):
    table = shown(page)
    table.columns = [name[1] for name in table.columns]
    return table.set_index("社区").loc[community, heading]


def texts(page):
    return "\n".join(element.value for element in (*page.markdown, *page.caption, *page.subheader))


@pytest.mark.parametrize("role", OFFICE)
def test_every_role_sees_the_day_and_only_some_whom_to_call(app, street, role):
    page = app(role, "dispatch", day=DAY.isoformat())
    assert not page.exception
    tiles = {tile.label: tile for tile in page.metric}
    assert tiles["名单完成率"].value == "82.0 :small[%]" and tiles["名单完成率"].delta.startswith("41/50")
    assert cell(page, "锦绣社区", "不明差异") == "+1 ≠ 待核"
    assert cell(page, "锦绣社区", "状态") == "≠ 待核 1"
    assert cell(page, "安康社区", "状态") == "⊘ 未报 超 42 分"
    headings = [name[1] for name in shown(page).columns]
    everything = shown(page).to_string() + texts(page)
    assert ("致电联络人" in headings) == (role != Role.LEADER)
    assert "周明华" not in everything and "13700004480" not in everything
    if role == Role.SUPERVISOR:
        assert cell(page, "锦绣社区", "致电联络人") == "周* 137****4480"


def test_a_missing_tally_is_a_gap_and_not_a_zero(app, street):
    page = app(Role.SUPERVISOR, "dispatch", day=DAY.isoformat())
    row = shown(page).iloc[1]
    assert row.iloc[4:9].isna().all()
    total = shown(page).iloc[2]
    assert total.iloc[0] == "合计" and total.iloc[7] == 44
    assert "晚报缺 1 家" in [value for value in total if isinstance(value, str)]


def test_a_correction_shows_what_was_there_before(app, street):
    closing.close(street.actor, DAY, "covid", ["安康社区"])
    closing.reopen(street.actor, DAY, "covid", "漏报")
    street.evening("锦绣社区", roster_n=50, observed=44, **TALLY | {"walk_in": 4}, at=at(DAY, 21))
    page = app(Role.SUPERVISOR, "dispatch", day=DAY.isoformat())
    shown = page.dataframe[0].proto.arrow_data.styler.display_values
    drawn = str(pa.ipc.open_stream(shown).read_all().to_pydict())
    assert "4 ← 3" in drawn and "45 ← 44" in drawn and cell(page, "锦绣社区", "计划外") == 4


def test_the_texts_for_the_group_go_there_from_their_own_pages(app, street, office):
    for page, key in (("dispatch", "dispatch_post"), ("rankings", "ranking_post")):
        assert key not in [button.key for button in app(Role.SUPERVISOR, page, day=DAY.isoformat()).button]
    office.set("STREET_WEBHOOK", '{"url": "http://127.0.0.1:9/send?key=x", "seconds": 1}')
    try:
        app(Role.SUPERVISOR, "dispatch", day=DAY.isoformat()).button(key="dispatch_post").click().run()
        page = app(Role.SUPERVISOR, "rankings", day=DAY.isoformat())
        page.button(key="ranking_post").click().run()
        assert not page.exception
        sent = postings.latest(street.actor).sort_values("id")
        assert sent["sort"].tolist() == ["reminder", "notice"]
        assert "安康社区" in sent["text"].iloc[0] and sent["text"].iloc[1] == page.code[0].value
        leader = app(Role.LEADER, "rankings", day=DAY.isoformat())
        assert "ranking_post" not in [button.key for button in leader.button]
    finally:
        office.set("STREET_WEBHOOK", None)


def test_a_picked_row_opens_its_sheets_and_says_how_to_check(app, street):
    page = app(Role.SUPERVISOR, "dispatch", day=DAY.isoformat(), picked="锦绣社区")
    assert "锦绣社区当日三表" in texts(page)
    assert "晚调度 v1 19:00 按时" in texts(page)
    html = "\n".join(element.proto.body for element in page.get("html"))
    assert "名单第 47、48、49、50、51、52 行无结果" in html
    without = app(Role.SUPERVISOR, "dispatch", day=DAY.isoformat())
    assert "当日三表" not in texts(without).replace("查看当日三表", "")


def test_differences_first_puts_them_first(app, street):
    street.evening("安康社区", roster_n=2, no_show=2, reconciled="yes")
    street.roster("安康社区", n=2)
    street.communities(["和平社区"], at=at(DAY, 7))
    street.evening("和平社区", roster_n=9, no_show=2)
    page = app(Role.SUPERVISOR, "dispatch", day=DAY.isoformat(), order="differences")
    assert shown(page).iloc[:, 0].tolist() == ["锦绣社区", "和平社区", "安康社区", "合计"]
    assert page.query_params["order"] in ("differences", ["differences"])


def test_what_is_missing_before_the_day_is_closed(app, street):
    page = app(Role.SUPERVISOR, "dispatch", day=DAY.isoformat())
    assert "晚调度未报：安康社区" in texts(page) and "差异待核 1 处" in texts(page)
    assert any("安康社区：接种名单" in block.value for block in page.code)


def test_zero_tolerance_is_red_where_it_happened(app, street):
    page = app(Role.LEADER, "dispatch", day=DAY.isoformat())
    html = "\n".join(element.proto.body for element in page.get("html"))
    assert "留观不足 30 分钟" in html and "43/44" in html and "发生" in html
    assert "安康社区未确认" in html


def test_in_english(app, street):
    page = app(Role.SUPERVISOR, "dispatch", day=DAY.isoformat(), lang="en")
    assert not page.exception
    assert "+1 ≠ open" in shown(page).to_string()


def test_a_day_without_data_stands(app, street):
    page = app(Role.SUPERVISOR, "dispatch", day="2022-08-01")
    assert not page.exception
    assert "晚调度报来后显示。" in texts(page)


def test_without_a_register_the_page_says_what_to_do(app, office):
    page = app(Role.SUPERVISOR, "dispatch")
    assert not page.exception and "还没有社区" in texts(page)


def accept(page, reason):
    """The dialog of the picked community's difference, filled in and confirmed (here a whole run: see the browser)."""
    page.button(key="settle_I1").click().run()
    page.button(key="settle_I1").click()
    page.text_input(key="settle_reason").input(reason)
    return page.button(key="settle_confirm").click().run()


def test_a_supervisor_accepts_a_difference_and_takes_it_back(app, street):
    page = app(Role.SUPERVISOR, "dispatch", day=DAY.isoformat(), picked="锦绣社区")
    page = accept(page, "  ")
    assert any("原因" in error.value for error in page.error)
    page = accept(page, "张某 13812345678 外出")
    assert not page.exception and cell(page, "锦绣社区", "不明差异") == "+1 已认可"
    assert "已认可 · 不明差异 I1 · supervisor\\_1" in texts(page) and "外出" in texts(page)
    assert "13812345678" not in texts(page)
    leader = app(Role.LEADER, "dispatch", day=DAY.isoformat(), picked="锦绣社区")
    assert "supervisor\\_1" in texts(leader) and "外出" not in texts(leader)
    profile = app(Role.SUPERVISOR, "community", day=DAY.isoformat(), community="锦绣社区")
    assert "已认可 · I1 · supervisor\\_1" in texts(profile)
    page = app(Role.SUPERVISOR, "dispatch", day=DAY.isoformat(), picked="锦绣社区")
    page = next(button for button in page.button if button.label == "撤回认可").click().run()
    assert cell(page, "锦绣社区", "不明差异") == "+1 ≠ 待核"


@pytest.mark.parametrize("role", [Role.CLERK, Role.LEADER])
def test_others_may_not_accept_a_difference(app, street, role):
    page = app(role, "dispatch", day=DAY.isoformat(), picked="锦绣社区")
    assert not [button for button in page.button if (button.key or "").startswith("settle_")]
