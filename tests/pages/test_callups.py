"""The call-ups page: where and when, plan and stock; people masked and not for leaders."""

from __future__ import annotations

import json
import re
from datetime import time, timedelta

import pytest

from data_access.accounts import OFFICE, Role
from tests.data_access.street import DAY, Board, at

NEXT = DAY + timedelta(days=1)


@pytest.fixture
def street(office):
    board = Board()
    board.communities(["锦绣社区", "安康社区"], at=at(DAY - timedelta(days=30), 9))
    board.sites([{"name": "卫生中心", "daily_capacity": 8, "batch_capacity": 4}])
    rows = [{"site": "卫生中心", "batch_no": 1, "batch_time": time(9, 30), "name": "张三丰", "reminded": True}] * 5
    rows = [{**row, "person_code": f"甲{number}"} for number, row in enumerate(rows)]
    board.roster("锦绣社区", DAY - timedelta(days=1), outcomes=["no_show", "vaccinated"])
    board.roster("锦绣社区", people=rows)
    board.roster("安康社区", n=3)
    board.morning("锦绣社区", planned=5, stock=2)
    board.roster("安康社区", NEXT, n=7)
    return board


def texts(page):
    return "\n".join(element.value for element in (*page.markdown, *page.caption, *page.subheader))


def tables(page):
    return "\n".join(frame.value.to_string() for frame in page.dataframe)


@pytest.mark.parametrize("role", OFFICE)
def test_every_role_sees_figures_and_only_some_see_people(app, street, role):
    page = app(role, "callups", day=DAY.isoformat())
    assert not page.exception
    tiles = {tile.label: tile for tile in page.metric}
    assert tiles["召集人数"].value.startswith("8") and "2/2" in tiles["召集人数"].delta
    assert "缺 3 剂" in tiles["可用疫苗"].delta
    assert ("召集名单" in texts(page)) == (role != Role.LEADER)
    assert ("张*" in tables(page)) == (role == Role.CLERK), "others open a list: the page may stand on a shared screen"
    page = app(role, "callups", day=DAY.isoformat(), list="called")
    assert "张三丰" not in tables(page) and "13800005678" not in tables(page)
    assert ("张*" in tables(page)) == (role != Role.LEADER)


def test_a_clerk_sees_the_own_people_only(app, street):
    page = app(Role.CLERK, "callups", day=DAY.isoformat())
    people = page.dataframe[1].value
    assert set(people["社区"]) == {"锦绣社区"} and len(people) == 5
    page.segmented_control(key="people_list").set_value("again").run()
    again = page.dataframe[1].value
    assert page.query_params["list"] in ("again", ["again"]) and again["核对结果"].tolist() == ["未到"]


def test_tomorrow_shows_the_next_roster(app, street):
    page = app(Role.SUPERVISOR, "callups", day=DAY.isoformat(), of="tomorrow")
    tiles = {tile.label: tile for tile in page.metric}
    assert tiles["召集人数"].value.startswith("7") and "1/2" in tiles["召集人数"].delta
    assert "8月13日" in texts(page)


def test_the_heat_map_has_every_site_and_those_without_one(app, street):
    page = app(Role.LEADER, "callups", day=DAY.isoformat())
    charts = page.get("vega_lite_chart") or page.get("arrow_vega_lite_chart")
    assert len(charts) == 4
    heat = json.dumps(json.loads(charts[0].proto.spec), ensure_ascii=False)
    assert "卫生中心" in heat and "第1批" in heat and "未写接种点" in heat


def test_in_english(app, street):
    page = app(Role.SUPERVISOR, "callups", day=DAY.isoformat(), lang="en")
    assert not page.exception
    assert "Called up" in [tile.label for tile in page.metric]


def test_a_day_without_rosters_says_when_they_are_due(app, street):
    page = app(Role.SUPERVISOR, "callups", day="2022-08-01")
    assert not page.exception
    assert "应于前一天 18:00 前报送" in texts(page)


def test_without_a_register_the_page_says_what_to_do(app, office):
    page = app(Role.SUPERVISOR, "callups")
    assert not page.exception and "还没有社区" in texts(page)


def test_the_course_of_the_day_from_call_to_observation(app, street):
    street.evening("锦绣社区", roster_n=5, vacc_on_roster=3, walk_in=1, no_show=1, deferred=1, observed=2, arrived=4)
    page = app(Role.LEADER, "callups", day=DAY.isoformat())
    assert not page.exception
    drawn = next(one.proto.body for one in page.get("html") if "留观" in one.proto.body)
    cells = re.sub(r"<[^>]+>", "|", drawn)
    found = re.sub(r"\|+", "|", cells)
    assert "召集人数|8|2/2" in found, "both rosters, and nobody is notified where the morning sheet does not say"
    assert "已通知|—|0/2" in found and "到场|4|80% 4/5|1/2" in found
    assert "接种人数|3|60% 3/5|1/2" in found and "留观|2|50% 2/4|1/2" in found


def test_deferrals_to_be_looked_at_again_are_listed(app, street):
    street.roster("锦绣社区", DAY - timedelta(days=20), people=[{"person_code": "缓1", "outcome": "deferred"}])
    street.roster("锦绣社区", DAY - timedelta(days=5), people=[{"person_code": "缓2", "outcome": "deferred"}])
    page = app(Role.SUPERVISOR, "callups", day=DAY.isoformat(), list="over")
    assert not page.exception
    over = page.dataframe[1].value
    assert over["核对结果"].tolist() == ["缓种"] and "7月23日" in over.to_string()
    assert "缓种到期（1）" in page.segmented_control(key="people_list").options
    assert "7月23日" not in tables(app(Role.LEADER, "callups", day=DAY.isoformat(), list="over"))
