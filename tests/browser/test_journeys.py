"""The first journey, as people make it: from an empty office to the briefing."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server
from tests.browser.test_login import expect_page
from tests.pages.conftest import PASSWORD, STREET

pytestmark = pytest.mark.browser


def test_a_newcomer_comes_from_first_start_to_a_filled_briefing(server: Server, browser_page: Page) -> None:
    browser_page.goto(server())
    browser_page.get_by_label("管理员账号").fill("admin_sf")
    browser_page.get_by_label("街道名称").fill(STREET)
    browser_page.get_by_label("密码", exact=True).fill(PASSWORD)
    browser_page.get_by_label("再输一遍").fill(PASSWORD)
    expect(browser_page.get_by_text("两次一致").first).to_be_visible()
    browser_page.get_by_role("button", name="创建账号并载入样例").click()
    expect(browser_page.get_by_role("progressbar").first).to_be_visible()
    browser_page.get_by_role("heading", name="晨会简报", exact=True).wait_for(timeout=180_000)
    expect_page(browser_page, "briefing")
    expect(browser_page.get_by_text("样例数据").first).to_be_visible()
    expect(browser_page.get_by_text("12 家已报").or_(browser_page.get_by_text("/12")).first).to_be_visible()
    expect(browser_page.locator("[data-testid=stException], [data-testid=stAlertContentError]")).to_have_count(0)
