"""The year on the pages: calendar and weekly plans of the workstreams, this month's plan of a community."""

from datetime import date
from decimal import Decimal

import pytest

from data_access.accounts import Role
from tests.data_access.street import DAY, Board
from tests.pages.conftest import administrator
from tests.pages.test_workstreams import words

HERE = "春晖社区"


@pytest.fixture
def board(office):
    board = Board(administrator())
    register = {"name": HERE, "lead_cadre": "华振国", "liaison": "王小明", "liaison_phone": "13812345678"}
    board.communities([register, "安康社区"])
    report = {"indicator": "HE-01", "accrual": "period", "done": Decimal(1)}
    for month in range(1, 8):
        board.progress(HERE, "health_education", f"2022-{month:02d}", report)
    board.plan(
        HERE,
        "2022-W32",
        {
            "item_no": 1,
            "task": "走访独居老人",
            "owner": "周责任",
            "workstream": "vaccination",
            "due": date(2022, 8, 10),
        },
        {"item_no": 2, "task": "更换宣传栏", "outcome": "done", "done_on": DAY},
    )
    return board


@pytest.mark.parametrize(("role", "told"), [(Role.LEADER, False), (Role.CLERK, True)])
def test_the_weekly_plan_says_what_was_done_and_to_leaders_no_text(board, app, role, told):
    page = app(role, "workstreams", day=DAY.isoformat(), tab="plans", community=HERE)
    assert not page.exception
    seen = words(page)
    assert ("走访独居老人" in seen) == told and ("疫苗接种：周计划第 1 项" in seen) != told
    assert "50.0% 1/2" in seen and "周责任" not in seen
    table = page.dataframe[0].value.set_index("community")
    assert table.loc["安康社区", "rate"] == "⊘ 未报" and table.loc[HERE, "in_time"] == "50.0% 1/2"


def test_the_calendar_of_a_community_is_chosen_and_stays_in_the_address(board, app):
    page = app(Role.SUPERVISOR, "workstreams", day=DAY.isoformat(), tab="calendar")
    assert not page.exception and "周巡 2022-W32" in words(page)
    page.selectbox(key="year_of_None").select(HERE).run()
    assert not page.exception
    assert page.query_params["community"] == HERE and "点击可看该指标" in words(page)


def test_the_page_of_a_community_holds_the_month_and_names_nobody(board, app):
    page = app(Role.SUPERVISOR, "community", day=DAY.isoformat(), community=HERE)
    assert not page.exception
    seen = words(page)
    assert "包片领导 华\\*" in seen and "家庭常用消毒" in seen and "走访独居老人" in seen and "未来七天" in seen
    assert not any(name in seen for name in ("华振国", "王小明", "周责任"))
    seen = words(app(Role.LEADER, "community", day=DAY.isoformat(), community=HERE))
    assert "包片领导" not in seen and "走访独居老人" not in seen and "周计划第 1 项" in seen
