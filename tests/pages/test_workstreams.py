"""The workstreams page: the matrix, and what a cell opens, from the address alone."""

from decimal import Decimal

import pytest

from tests.data_access.street import DAY, Board
from tests.pages.conftest import administrator

CELL = {"day": DAY.isoformat(), "community": "清河社区", "workstream": "health_education"}


@pytest.fixture
def board(office):
    made = Board(administrator())
    made.communities([{"name": "和平社区", "area": "南片"}, {"name": "清河社区", "area": "东片"}])
    for month in (1, 2, 3, 4):
        row = {"indicator": "HE-01", "accrual": "period", "done": Decimal(1)}
        extra = {"issues": "缺讲师", "next_step": "请卫生中心派人"} if month == 4 else {}
        made.progress("清河社区", "health_education", f"2022-{month:02d}", {**row, **extra})
    for month in (5, 6, 7):
        row = {"indicator": "HE-01", "accrual": "period", "done": Decimal(0)}
        made.progress("清河社区", "health_education", f"2022-{month:02d}", row)
    return made


def words(page):
    parts = [*page.markdown, *page.caption, *page.metric, *page.button, *page.expander]
    html = [block.proto.body for block in page.get("html")]
    return " ".join([str(getattr(part, "value", "")) + str(getattr(part, "label", "")) for part in parts] + html)


def test_the_tiles_count_cells_and_days(board, app):
    page = app("supervisor", "workstreams", day=DAY.isoformat())
    assert not page.exception
    shown = {tile.label: tile for tile in page.metric}
    assert shown["序时进度"].value.startswith("61.4")
    assert "224/365" in shown["序时进度"].delta
    assert shown["红灯"].value.startswith(":orange[1]")
    assert ":red[15]" in shown["缺数"].value


def test_without_a_cell_the_red_ones_are_offered(board, app):
    page = app("supervisor", "workstreams", day=DAY.isoformat())
    page.button(key="first_清河社区_health_education").click().run()
    assert page.query_params["workstream"] == "health_education"
    assert page.query_params["community"] == "清河社区"
    assert "落后 28.0 个百分点" in words(page)


def test_a_link_reopens_cell_and_indicator(board, app):
    page = app("supervisor", "workstreams", **CELL, indicator="HE-05")
    assert not page.exception
    assert page.button(key="indicator_HE-05").label == "**取阅架整理**"
    assert page.query_params["indicator"] == "HE-05"
    assert "**取阅架整理** · 累计" in words(page)


def test_a_click_on_an_indicator_opens_its_history(board, app):
    page = app("supervisor", "workstreams", **CELL)
    page.button(key="indicator_HE-01").click().run()
    assert page.query_params["indicator"] == "HE-01"
    assert "欠 3" in words(page) and "4/12 次" in words(page)


def test_the_crumb_leads_back_to_the_matrix(board, app):
    page = app("supervisor", "workstreams", **CELL)
    page.button(key="crumb_all").click().run()
    assert "workstream" not in page.query_params
    assert "点选矩阵中的一格" in words(page)


def test_leaders_see_that_there_is_a_problem_and_not_its_text(board, app):
    assert "缺讲师" in words(app("supervisor", "workstreams", **CELL))
    page = app("leader", "workstreams", **CELL)
    assert "缺讲师" not in words(page)
    assert "不向本角色显示" in words(page)


def test_an_address_that_names_nothing_known_shows_the_matrix(board, app):
    page = app("supervisor", "workstreams", day=DAY.isoformat(), community="无名", workstream="x", indicator="y")
    assert not page.exception
    assert "community" not in page.query_params


@pytest.mark.parametrize(
    ("tab", "seen"), [("themes", "家庭常用消毒"), ("calendar", "秋季突击灭鼠"), ("checklist", "无烟环境")]
)
@pytest.mark.parametrize("lang", ["zh_CN", "en"])
def test_every_view_opens_in_both_languages(board, app, tab, seen, lang):
    board.evidence("清河社区", "2022", {"item_code": "1.2", "original": 1})
    page = app("supervisor", "workstreams", day=DAY.isoformat(), tab=tab, lang=lang)
    assert not page.exception
    assert (seen in words(page)) == (lang == "zh_CN")
