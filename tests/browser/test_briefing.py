"""The briefing on the wall: one screen, nothing cut off, in both languages and themes; it follows new data."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import Page, expect

from data_access import accounts, sample
from tests.browser.conftest import Server
from tests.browser.test_login import sign_in
from tests.conftest import Office
from tests.data_access.street import Board
from tests.pages.conftest import administrator

pytestmark = pytest.mark.browser

NOW, DAY = "2022-08-12T08:42", date(2022, 8, 12)

# what scrolls, or is wider or higher than its place
OVERFLOWS = """() => {
  const found = [];
  const over = (element, name) => {
    if (element.scrollHeight > element.clientHeight + 1) found.push(name + ': higher than its place');
    if (element.scrollWidth > element.clientWidth + 1) found.push(name + ': wider than its place');
  };
  const page = document.scrollingElement;
  if (page.scrollHeight > innerHeight || page.scrollWidth > innerWidth) found.push('page scrolls');
  over(document.querySelector('[data-testid=stMain]'), 'main');
  for (const panel of document.querySelectorAll('[class*=st-key-panel_]')) {
    const name = [...panel.classList].find(one => one.startsWith('st-key-panel_'));
    over(panel, name);
    if (panel.getBoundingClientRect().height > 817) found.push(name + ': stretched');
  }
  for (const element of document.querySelectorAll('.b *, .b-head *, .b-said *, .b-foot *'))
    if (element.clientWidth && element.scrollWidth > element.clientWidth + 1)
      found.push('cut: ' + element.textContent.slice(0, 60));
  return found;
}"""


def on_the_wall(page: Page, address: str, **query: str) -> None:
    asked = "&".join(f"{name}={value}" for name, value in {"mode": "screen", **query}.items())
    page.goto(f"{address}/briefing?{asked}")
    expect(page.locator(".st-key-panel_6 .b-title").first).to_be_visible()
    expect(page.locator("canvas, [data-testid=stVegaLiteChart] svg").first).to_be_visible()
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    page.wait_for_timeout(500)


@pytest.mark.parametrize("communities", [12, 24])
def test_one_screen_without_a_scroll_bar_or_a_cut_word(
    office: Office, server: Server, browser_page: Page, communities: int
) -> None:
    office.now(NOW)
    sample.load(accounts.console(), communities=communities, days=3, until=DAY)
    administrator()
    address = server()
    browser_page.goto(f"{address}/briefing")
    sign_in(browser_page)
    expect(browser_page.get_by_role("heading", name="晨会简报", exact=True).first).to_be_visible()
    browser_page.wait_for_function("document.cookie.includes('street_board')")
    for lang, theme in (("zh_CN", "light"), ("zh_CN", "dark"), ("en", "dark"), ("en", "light")):
        on_the_wall(browser_page, address, lang=lang, theme=theme)
        ground = browser_page.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor")
        assert ground == ("rgb(15, 22, 27)" if theme == "dark" else "rgb(242, 244, 245)")
        title = "To settle" if lang == "en" else "今日待定"
        expect(browser_page.locator(".st-key-panel_6").first).to_contain_text(title)
        assert browser_page.evaluate(OVERFLOWS) == [], (lang, theme)
        expect(browser_page.locator("header[data-testid=stHeader]")).to_be_hidden()
        assert browser_page.locator(".st-key-panels [class*=st-key-panel_]").count() == 6


def test_the_wall_follows_new_data_by_itself_and_lets_go(office: Office, server: Server, browser_page: Page) -> None:
    office.now(NOW)
    board = Board(administrator())
    board.communities(["春晖社区"])
    board.roster("春晖社区", DAY, 3)
    address = server()
    browser_page.goto(f"{address}/briefing?mode=screen")
    sign_in(browser_page)
    expect(browser_page.locator(".b-said").first).to_contain_text("召集 3 人")
    board.roster("春晖社区", DAY, 7)
    expect(browser_page.locator(".b-said").first).to_contain_text("召集 7 人")
    browser_page.get_by_role("button", name="退出投屏").click()
    expect(browser_page.get_by_role("heading", name="晨会简报", exact=True).first).to_be_visible()
    assert "mode=" not in browser_page.url
