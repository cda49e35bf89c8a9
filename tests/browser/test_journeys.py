"""The main journeys, as people make them: from an empty office to the briefing, and from a colour to its figures."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from data_access import sample
from tests.browser.conftest import Server
from tests.browser.test_login import expect_page, sign_in
from tests.conftest import Office
from tests.pages.conftest import PASSWORD, STREET, administrator

pytestmark = pytest.mark.browser


def asked(page: Page, name: str) -> list[str]:
    return parse_qs(urlsplit(page.url).query).get(name, [])


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


def test_from_a_colour_of_the_matrix_to_the_indicator_and_back(
    office: Office, server: Server, browser_page: Page
) -> None:
    office.now("2022-08-12T21:20")
    sample.load(administrator(), communities=4, days=2)
    browser_page.goto(f"{server()}/workstreams?day=2022-08-12")
    sign_in(browser_page)
    expect_page(browser_page, "workstreams")
    cell = browser_page.locator(".st-key-card_matrix [data-testid=stVegaLiteChart] text", has_text="▼").first
    expect(cell.first).to_be_visible()
    box = cell.bounding_box()
    assert box is not None
    browser_page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    panel = browser_page.locator(".st-key-card_panel")
    expect(browser_page.locator(".st-key-crumb_all").first).to_be_visible()
    browser_page.wait_for_url("**workstream=**")
    (community,), (workstream,) = asked(browser_page, "community"), asked(browser_page, "workstream")
    expect(panel.get_by_text(community).first).to_be_visible()
    panel.locator("[class*=st-key-indicator_] button").first.click()
    browser_page.wait_for_url("**indicator=**")
    expect(panel.locator("[class*=st-key-chosen_]").first).to_be_visible()
    expect(panel.locator(".st-key-sources").first).to_be_visible()
    browser_page.reload()  # the address reopens the same view
    expect(browser_page.locator(".st-key-crumb_all").first).to_be_visible()
    assert (asked(browser_page, "community"), asked(browser_page, "workstream")) == ([community], [workstream])
    browser_page.locator(".st-key-crumb_all button").click()
    expect(browser_page.locator(".st-key-crumb_all")).to_have_count(0)
    assert not asked(browser_page, "indicator")
