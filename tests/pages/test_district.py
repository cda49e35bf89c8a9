"""区级总览: the district sees its streets ranked and goes into them, and no other; nobody else sees the page."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from config.settings import settings
from data_access.access import visits
from data_access.reports import district as report
from pages.parts import cache
from tests.data_access.districts import FIRST, FOREIGN, SECOND, THIRD, district, fill
from tests.data_access.street import DAY
from tests.pages.conftest import APP

DAY_TEXT = DAY.isoformat()


@pytest.fixture
def above(office):
    actor = district()
    fill(FIRST, {"甲社区": (120, 46), "乙社区": (30, None)})
    fill(SECOND, {"丙社区": (1000, 900), "丁社区": (200, 190)})
    fill(FOREIGN, {"戊社区": (100, 99)})
    return actor


@pytest.fixture
def opened(app, above):
    """The page as the account of the district opens it."""

    def open_page(page, **query):
        board = AppTest.from_file(str(APP), default_timeout=30)
        board.session_state["visit"] = visits.begin(above)
        for name, value in query.items():
            board.query_params[name] = value
        board.switch_page(f"pages/{page}.py")
        return board.run()

    return open_page


def drawn(page):
    said = [*(one.value for one in page.markdown), *(one.value for one in page.title)]
    return " ".join([*said, *(one.proto.body for one in page.get("html"))])


def kept():
    """The rows of streets that are held in memory for this database."""
    return [key for key in cache._answers if key[:3] == (report.__name__, "street", settings().url)]


def links(page):
    return [(one.proto.label, one.proto.query_string) for one in page.get("page_link")]


def test_the_overview_ranks_the_streets_with_their_parts(opened):
    page = opened("district", day=DAY_TEXT)
    assert not page.exception
    assert [one.value for one in page.title] == ["区级总览"]
    tiles = {one.label: (one.value, one.delta) for one in page.metric}
    assert tiles["接种率"] == ("86.1 :small[%]", "1,136/1,320")
    assert tiles["名单完成率"] == ("80.0 :small[%]", "24/30")
    listed = page.dataframe[0].value
    assert listed["street"].tolist() == [SECOND, FIRST, THIRD] and listed["rank"].tolist() == ["1", "2", "—"]
    assert listed["coverage"].tolist() == ["90.83% 1,090/1,200", "38.33% 46/120", "— —/—"]
    assert listed["heard"].tolist() == ["2/2", "1/2", "0/0"]
    assert FOREIGN not in str(listed)
    assert len(kept()) == 3
    fill(SECOND, {"己社区": (100, 10)})
    page = opened("district", day=DAY_TEXT)
    assert len(kept()) == 4, "only the street in which something was sent is asked again"
    assert page.dataframe[0].value["heard"].tolist()[0] == "3/3"


def test_a_street_opens_as_its_leaders_see_it_with_the_way_back(opened):
    page = opened("rankings", street=SECOND, day=DAY_TEXT)
    assert not page.exception
    assert "95.00%" in drawn(page) and "丁社区" in page.code[0].value and "甲社区" not in drawn(page)
    (up, there), (where, here) = links(page)[:2]
    assert up == "滨江区" and "street" not in there and DAY_TEXT in there
    assert where == SECOND and "street=" in here
    assert page.query_params["street"] in (SECOND, [SECOND])
    page.switch_page("pages/community.py").run()  # by the navigation, which carries no parameters
    assert not page.exception and "丙社区" in drawn(page)
    page = opened("district", lang="en")
    assert page.title[0].value == "District overview" and "Data as of" in drawn(page)
    page = opened("administration", street=SECOND)
    assert "您的角色不能打开本页。" in drawn(page) and "管理员" in drawn(page)


def test_without_a_street_the_overview_opens_and_a_foreign_one_is_refused(opened, app):
    page = opened("rankings", day=DAY_TEXT)
    assert [one.value for one in page.title] == ["区级总览"] and not page.exception
    page = opened("rankings", street=FOREIGN, day=DAY_TEXT)
    assert f"{FOREIGN} 不属于本区。" in drawn(page) and "99/100" not in drawn(page) and not page.code
    page = app("leader", "rankings", street=FIRST, day=DAY_TEXT)  # to a leader of the second the word means nothing
    assert "丙社区" in page.code[0].value and "甲社区" not in page.code[0].value
    page = app("supervisor", "district")
    assert "您的角色不能打开本页。" in drawn(page) and "区级" in drawn(page)
