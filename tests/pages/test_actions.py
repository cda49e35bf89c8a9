"""The page of action items: the list by what presses, the story of one, and who may do what."""

from datetime import date

import pytest

from config import clock
from data_access.office import matters
from data_access.reports import actions
from tests.data_access.street import DAY, Board
from tests.pages.conftest import account, administrator

MATTER = {
    "source": "weekly",
    "found_on": date(2022, 8, 1),
    "place": "东门",
    "workstream": "environment",
    "issue": "垃圾桶满溢未清运",
    "severity": "minor",
    "demand": "当日清运",
    "unit": "清河居委会",
    "owner": "李四海",
}


@pytest.fixture
def board(office):
    made = Board(administrator())
    made.communities(["清河社区", "和平社区"])
    made.action("清河社区", "DB-1", **MATTER, due=date(2022, 8, 5), status="fixing")
    made.action("和平社区", "DB-2", **MATTER | {"workstream": "vaccination"}, due=date(2022, 8, 20), status="new")
    return made


def listed(page):
    return page.dataframe[0].value["item_no"].tolist()


def text(page):
    return " ".join(block.proto.body for block in page.get("html"))


def test_the_overdue_come_first_and_are_counted(board, app):
    page = app("supervisor", "actions", day=DAY.isoformat())
    assert not page.exception
    assert listed(page) == ["DB-1", "DB-2"]
    assert "逾期 7 天" in page.dataframe[0].value["due"].iloc[0]
    shown = {tile.label: tile for tile in page.metric}
    assert ":red[1]" in shown["逾期"].value
    assert shown["按期整改率"].delta == "0/1"


def test_filters_stand_in_the_address(board, app):
    assert listed(app("supervisor", "actions", day=DAY.isoformat(), community="和平社区")) == ["DB-2"]
    assert listed(app("supervisor", "actions", day=DAY.isoformat(), status="overdue")) == ["DB-1"]
    assert listed(app("supervisor", "actions", day=DAY.isoformat(), workstream="vaccination")) == ["DB-2"]


def test_a_supervisor_marks_it_fixed_and_another_closes_it(board, app):
    page = app("supervisor", "actions", day=DAY.isoformat(), item="DB-1")
    page.text_input(key="move_measure").set_value("已清运")
    page.button(key="to_recheck").click().run()
    assert not page.exception
    assert matters.current(board.actor, "DB-1").status == "recheck"
    again = app("supervisor", "actions", day=DAY.isoformat(), item="DB-1")
    assert [button.key for button in again.button if str(button.key).startswith("to_")] == ["to_fixing"]
    other = app("admin", "actions", day=DAY.isoformat(), item="DB-1")
    other.button(key="to_closed").click().run()
    assert matters.current(board.actor, "DB-1").status == "closed"


def test_marking_it_fixed_without_a_word_is_refused(board, app):
    page = app("supervisor", "actions", day=DAY.isoformat(), item="DB-1")
    page.button(key="to_recheck").click().run()
    assert "请写明整改措施" in page.error[0].value
    assert matters.current(board.actor, "DB-1").status == "fixing"


def test_a_matter_is_raised_from_a_workstream(board, app):
    page = app("supervisor", "actions", day=DAY.isoformat(), new="1", community="清河社区", workstream="environment")
    assert page.selectbox(key="raise_community").value == "清河社区"
    assert page.selectbox(key="raise_workstream").value == "environment"
    page.text_input(key="raise_issue").set_value("楼道堆物堵塞通道")
    page.text_input(key="raise_demand").set_value("三日内清理")
    page.text_input(key="raise_place").set_value("3号楼")
    page.button(key="raise_send").click().run()
    assert not page.exception and not page.error
    found = actions.table(board.view())
    row = found[found["issue"] == "楼道堆物堵塞通道"].iloc[0]
    assert (row["community"], row["workstream"], row["status"]) == ("清河社区", "environment", "new")
    assert page.query_params["item"] == row["item_no"]


def test_leaders_read_and_nothing_else(board, app):
    page = app("leader", "actions", day=DAY.isoformat(), item="DB-1", new="1")
    assert not page.exception
    assert not [b for b in page.button if str(b.key).startswith(("to_", "raise", "extend"))]
    assert "李" not in text(page)
    assert "清河居委会" in text(page)


def test_a_clerk_of_another_community_may_not_move_it(board, app):
    account("clerk", "和平社区")
    page = app("clerk", "actions", day=DAY.isoformat(), item="DB-1")
    assert not page.exception
    assert not [b for b in page.button if str(b.key).startswith("to_")]


def test_english_too(board, app):
    page = app("supervisor", "actions", day=DAY.isoformat(), item="DB-1", lang="en")
    assert not page.exception
    assert "7 days overdue" in text(page)


def test_leaders_see_what_it_is_about_and_no_free_text(board, app):
    page = app("leader", "actions", day=DAY.isoformat(), item="DB-1")
    assert not page.exception
    assert page.dataframe[0].value["issue"].iloc[0].endswith("（DB-1）")
    assert "垃圾桶" not in text(page) and "东门" not in text(page) and "当日清运" not in text(page)


def test_a_past_day_offers_the_steps_of_now(board, app):
    page = app("supervisor", "actions", day="2022-08-06", item="DB-1")
    assert "to_recheck" in [button.key for button in page.button]
    board.action("清河社区", "DB-1", **MATTER, due=date(2022, 8, 5), status="recheck", measure="已清运", fixed_on=DAY)
    page = app("supervisor", "actions", day="2022-08-06", item="DB-1")
    assert not page.exception
    assert "to_closed" in [button.key for button in page.button]


def opened(app, before, new):
    """The form as the visitor comes to it: a page under test forgets at its next run that it has gone elsewhere."""
    page = app("supervisor", "actions", day=DAY.isoformat())
    page.session_state["matter_found"] = before.session_state["matter_found"]
    for name, value in {"new": new, "community": "清河社区", "workstream": "environment"}.items():
        page.query_params[name] = value
    return page.run()


def test_a_cell_fills_in_the_form_and_what_comes_back_is_reopened(board, app):
    page = app("supervisor", "workstreams", day=DAY.isoformat(), community="清河社区", workstream="environment")
    assert not page.exception
    page.button(key="raise_cell").click().run()
    assert not page.exception
    page = opened(app, page, "cell")
    assert page.selectbox(key="raise_community").value == "清河社区"
    assert page.selectbox(key="raise_workstream").value == "environment"
    assert page.text_input(key="raise_unit").value == "清河社区"
    page.text_input(key="raise_issue").set_value("楼道堆物未清理")
    page.button(key="raise_send").click().run()
    assert not page.exception and not page.error
    shown = actions.matters(board.view(clock.today()))
    (number,) = shown.loc[shown["source"] == "monthly", "item_no"]
    matter = matters.current(board.actor, number)
    assert matter.values["source"] == "monthly" and matter.values["issue_type"]
    matters.move(board.actor, number, "fixing")
    matters.move(account("supervisor"), number, "recheck", measure="已整改")
    matters.move(board.actor, number, "closed")
    closed = app("supervisor", "actions", day=clock.today().isoformat(), status="settled")
    assert number in listed(closed)
    again = app("supervisor", "workstreams", day=DAY.isoformat(), community="清河社区", workstream="environment")
    again.button(key="raise_cell").click().run()
    again = opened(app, again, "cell")
    again.button(key="raise_reopen").click().run()
    assert not again.exception
    assert matters.current(board.actor, number).status == "relapsed"


def test_a_difference_fills_in_the_form_and_leaders_raise_nothing(board, app):
    board.roster("清河社区", n=5)
    board.evening("清河社区", roster_n=4, vacc_on_roster=4)
    page = app("supervisor", "dispatch", day=DAY.isoformat(), picked="清河社区")
    buttons = [button for button in page.button if str(button.key).startswith("raise_difference_I5")]
    assert buttons, [button.key for button in page.button]
    buttons[0].click().run()
    assert not page.exception
    assert "I5" in page.text_input(key="raise_issue").value
    assert page.selectbox(key="raise_source").value == "evening"
    assert page.selectbox(key="raise_severity").value == "major"
    assert "I5" not in str(page.query_params)
    leader = app("leader", "dispatch", day=DAY.isoformat(), picked="清河社区")
    assert not [button for button in leader.button if str(button.key).startswith("raise_")]


ASKED = {"needs_help": True, "issues": "冷链车不够用", "owner": "张三丰", "due": DAY}


def reported(page):
    return [button for button in page.button if str(button.key).startswith("raise_reported_")]


def test_what_needs_coordination_is_raised_with_one_click_and_not_offered_twice(board, app):
    for name in ("清河社区", "和平社区"):
        board.morning(name, planned=3, **ASKED)
    page = app("supervisor", "actions", day=DAY.isoformat())
    assert not page.exception and len(reported(page)) == 2
    told = " ".join(block.value for block in page.markdown)
    assert "冷链车不够用" in told and "张三丰" not in told
    reported(page)[0].click().run()
    assert not page.exception and not page.error
    number = page.query_params["item"]
    number = number[0] if isinstance(number, list) else number
    assert matters.current(board.actor, number).values["owner"] == "张三丰"
    assert len(reported(page)) == 1
    assert "要求协调的原表" in str([link.proto.label for link in page.get("page_link")])


def test_leaders_see_how_many_need_coordination_and_clerks_their_own(board, app):
    board.morning("清河社区", planned=3, **ASKED)
    account("clerk", "和平社区")
    leader = app("leader", "actions", day=DAY.isoformat())
    assert any("尚未转督办 1 件" in caption.value and "清河社区 1" in caption.value for caption in leader.caption)
    clerk = app("clerk", "actions", day=DAY.isoformat())
    board.morning("和平社区", planned=3, **ASKED | {"issues": "本社区缺人手"})
    own = app("clerk", "actions", day=DAY.isoformat())
    told = " ".join(block.value for block in (*leader.markdown, *clerk.markdown, *own.markdown))
    assert "本社区缺人手" in told and "冷链车不够用" not in told
    assert not reported(leader) and not reported(own)
    wall = app("leader", "briefing", day=DAY.isoformat())
    assert "需协调、尚未转督办 2 件" in text(wall) and "冷链车" not in text(wall)
