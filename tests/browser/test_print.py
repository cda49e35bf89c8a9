"""The page of a community on paper: two sheets of A4 in either language, however long its lists are."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Server
from tests.browser.screenshots import settle
from tests.browser.test_login import sign_in
from tests.data_access.street import DAY, Board
from tests.pages.conftest import administrator

pytestmark = pytest.mark.browser

HERE = "春晖社区"
CUT = """() => [...document.querySelectorAll('[class*=st-key-card_profile]')].flatMap(card => {
  const edge = card.getBoundingClientRect().right + 1;
  return [...card.querySelectorAll('svg, canvas, td')].filter(
    one => one.getClientRects().length && one.getBoundingClientRect().right > edge
  ).map(one => card.className.match(/card_profile_\\w+/)[0]);
})"""


@pytest.fixture
def full(office: object) -> None:
    """A community with more of everything than a page shows."""
    board = Board(administrator())
    board.communities([{"name": HERE, "households": 616, "population": 1456, "liaison": "王小明"}, "安康社区"])
    groups = [{"person_group": code, "surveyed": 20, "opening_d1": 12} for code in ("elderly", "minor", "adult")]
    board.baseline(HERE, date(2022, 8, 1), 120, 4, groups=groups)
    for back in range(6):
        day = DAY - timedelta(days=back)
        board.roster(HERE, day, n=2, outcomes=["vaccinated", "no_show"])
        board.evening(HERE, day, roster_n=10, vacc_on_roster=8 - back % 3, walk_in=1, no_show=1, cum_d1=90 - back)
    for number in range(12):
        late = number < 6
        due = DAY + timedelta(days=-3 if late else number % 6)
        issue = "垃圾桶满溢未及时清运，夜间有异味，居民多次反映"
        board.action(HERE, f"D-{number}", found_on=DAY - timedelta(days=9), due=due, issue=issue, status="fixing")
    task = "走访独居老人和行动不便的居民，提醒接种并登记需要上门的家庭，月底前完成"
    due = DAY + timedelta(days=1)
    board.plan(HERE, "2022-W32", *({"item_no": number, "task": task, "due": due} for number in range(1, 13)))
    for month in range(1, 8):
        report = {"indicator": "HE-01", "accrual": "period", "done": Decimal(1)}
        board.progress(HERE, "health_education", f"2022-{month:02d}", report)


def test_a_community_prints_on_two_pages(full: None, server: Server, browser_page: Page) -> None:
    page, address = browser_page, server()
    page.goto(f"{address}/briefing")
    sign_in(page)
    page.get_by_test_id("stTopNavLink").first.wait_for()
    for language in ("zh_CN", "en"):
        page.goto(f"{address}/community?day={DAY}&community={HERE}&lang={language}")
        page.locator(".st-key-card_profile_sent .board-table").wait_for(state="attached")
        settle(page)
        printed = page.pdf(prefer_css_page_size=True, print_background=True)
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 2, language
        page.emulate_media(media="print")
        assert page.evaluate(CUT) == []
        assert not page.locator(".st-key-header").is_visible() and page.locator(".st-key-paper_head").is_visible()
        assert HERE in page.locator(".st-key-paper_head").inner_text()
        page.emulate_media(media="null")
        assert page.locator(".st-key-header").is_visible() and not page.locator(".st-key-paper_sent").is_visible()
