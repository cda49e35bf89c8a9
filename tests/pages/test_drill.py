"""From a cell to a single record: every level from its address, and what each role is shown of it."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from data_access import database, submissions
from data_access.office import attachments
from data_access.schema import Community
from tests.data_access import books, papers
from tests.data_access.street import DAY, Board
from tests.pages.conftest import administrator

PLACE, CODE = "清河社区", "HE-01"
CELL = {"day": DAY.isoformat(), "community": PLACE, "workstream": "health_education"}
RECORD = {**CELL, "indicator": CODE, "period": "2022-06", "record": f"2022-W23/{CODE}"}


@pytest.fixture
def board(office):
    made = Board(administrator())
    made.communities(["和平社区", PLACE])
    for period, done in (("2022-03", 1), ("2022-W22", 1), ("2022-W23", 0)):
        row = {"indicator": CODE, "accrual": "period", "done": Decimal(done), "issues": "缺讲师王小明"}
        made.progress(PLACE, "health_education", period, row)
    with database.reading() as connection:
        community = connection.execute(select(Community.id).where(Community.name == PLACE)).scalar_one()
    attachments.add(made.actor, community, "progress", f"2022-W23/{CODE}", "王小明.jpg", papers.photo(), "photo")
    made.progress(
        PLACE,
        "water_saving",
        "2022",
        *[
            {"indicator": code, "accrual": "cumulative", "done": Decimal(n)}
            for code, n in (("WAT-01a", 352), ("WAT-01b", 153), ("WAT-01c", 45))
        ],
    )
    return made


def words(page):
    parts = [*page.markdown, *page.caption, *page.button, *page.expander]
    html = [block.proto.body for block in page.get("html")]
    return " ".join([str(getattr(part, "value", "")) + str(getattr(part, "label", "")) for part in parts] + html)


def test_down_to_the_record_and_its_photo(board, app):
    page = app("supervisor", "workstreams", **CELL, indicator=CODE)
    assert not page.exception
    assert "1/3 条记录有佐证，共 1 份" in words(page)
    assert page.button(key="period_2022-05").disabled, "nothing was reported in May"
    page.button(key="period_2022-06").click().run()
    assert page.query_params["period"] == "2022-06" and "record" not in page.query_params, "two weeks, to choose from"
    page.button(key=f"record_2022-W23/{CODE}").click().run()
    assert page.query_params["record"] == f"2022-W23/{CODE}"
    assert "缺讲师王小明" in words(page) and "没有工作簿" in words(page)
    page.button(key="file_1").click().run()
    assert page.query_params["file"] == "1" and "王小明" not in str(dict(page.query_params))
    assert "data:image/jpeg;base64," in words(page)
    page.button(key="crumb_4").click().run()  # the period
    assert page.button(key=f"record_2022-W22/{CODE}")
    page.button(key="crumb_1").click().run()  # the community
    assert page.button(key="workstream_health_education")
    assert "indicator" not in page.query_params


def test_leaders_see_figures_and_counts_and_neither_words_nor_photos(board, app):
    for address in (CELL, RECORD, {**RECORD, "file": "1"}):
        page = app("leader", "workstreams", **address)
        assert not page.exception
        shown = words(page)
        assert "王小明" not in shown and "data:image" not in shown
    page = app("leader", "workstreams", **RECORD)
    assert "不向本角色显示" in words(page) and "只见份数" in words(page)
    assert "find_cell" not in [button.key for button in page.button]


def test_the_cell_that_a_figure_came_from_is_found_when_asked(board, app):
    common = {"biz_date": DAY, "period": "2022-07", "community": PLACE, "workstream": "health_education"}
    data = books.book("progress", {**common, "indicator": CODE, "accrual": "period", "done": 41})
    submissions.commit(board.actor, submissions.examine(board.actor, data, "进展.xlsx"), data)
    page = app("supervisor", "workstreams", **CELL, indicator=CODE)
    page.button(key="period_2022-07").click().run()  # one record alone: it opens at once
    assert page.query_params["record"] == f"2022-07/{CODE}" and "单元格" not in words(page).replace("定位到单元格", "")
    page.button(key="find_cell").click().run()
    assert not page.exception and "第 3 行，**G3** 单元格" in words(page)


def test_an_address_keeps_only_what_exists(board, app):
    page = app("supervisor", "workstreams", **RECORD | {"record": "2022-07/HE-05", "file": "1"})
    assert "record" not in page.query_params and "file" not in page.query_params, "a record of another indicator"
    page = app("supervisor", "workstreams", **RECORD | {"record": f"2022-07/{CODE}"})
    assert not page.exception and f"没有 2022-07/{CODE} 这条记录" in words(page)
    page = app("supervisor", "workstreams", **RECORD | {"period": "随便", "file": "x"})
    assert "period" not in page.query_params


def test_the_funnel_of_a_workstream_stands_in_its_panel(board, app):
    page = app("leader", "workstreams", **CELL | {"workstream": "water_saving"})
    assert not page.exception
    shown = words(page)
    assert all(rate in shown for rate in ("43.47% 153/352", "29.41% 45/153", "12.78% 45/352"))
    assert "1/2" in shown, "one of two communities tells it"
