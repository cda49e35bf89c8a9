from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from data_access import accounts
from data_access.accounts import Role
from pages.parts.frame import shell
from tests.browser.conftest import Server
from tests.pages.conftest import PASSWORD, STREET, account, administrator

pytestmark = pytest.mark.browser

ZH = {
    "district": "区级总览",
    "briefing": "晨会简报",
    "callups": "接种召集",
    "dispatch": "早晚调度",
    "workstreams": "专项进展",
    "community": "社区",
    "rankings": "排名通报",
    "actions": "督办整改",
    "uploads": "报送中心",
    "administration": "系统管理",
}


def sign_in(page: Page, name: str = "admin_sf", password: str = PASSWORD) -> None:
    page.get_by_label("账号").first.fill(name)
    page.get_by_label("密码", exact=True).first.fill(password)
    page.get_by_role("button", name="登录", exact=True).first.click()


def expect_login_only(page: Page) -> None:
    expect(page.get_by_label("账号").first).to_be_visible()
    expect(page.get_by_label("密码", exact=True).first).to_be_visible()
    expect(page.locator("[data-testid=stTopNavLink], [data-testid=stSidebarNavLink]")).to_have_count(0)
    expect(page.get_by_role("heading")).to_have_count(0)
    expect(page.get_by_text("数据截至")).to_have_count(0)


def expect_page(page: Page, slug: str) -> None:
    # ``first``: while a run replaces the one before, an element may stand on the page twice for a moment
    expect(page.get_by_role("heading", name=ZH[slug], exact=True).first).to_be_visible()
    expect(page.get_by_text("数据截至").first).to_be_visible()
    assert urlsplit(page.url).path == f"/{slug}"


def test_every_page_is_asked_for() -> None:
    assert list(ZH) == list(shell.PLACES)


@pytest.mark.parametrize("slug", ["briefing", "callups", "administration"])
def test_first_request_of_a_fresh_server_sees_the_login(server: Server, browser_page: Page, slug: str) -> None:
    """Only a fresh server will do: a folder ``pages/`` is served as it lies until ``st.navigation`` has run once.

    Three stand for all: every page begins with the same statement (``tests/test_structure.py``).
    """
    administrator()
    browser_page.goto(f"{server()}/{slug}")
    expect_login_only(browser_page)


def remembered(page: Page) -> None:
    """The cookie of the sign-in is there; it comes a little after the page."""
    page.wait_for_function("document.cookie.includes('street_board')")


def forget(page: Page) -> None:
    """The browser loses its cookies, that of the sign-in too."""
    remembered(page)
    page.goto("about:blank")  # else the page may write it once more
    page.context.clear_cookies()


def test_whoever_signs_in_comes_to_the_page_asked_for(server: Server, browser_page: Page) -> None:
    """Some pages for all (``tests/pages/test_shell.py`` asks for each); the briefing where none was; and who may not
    open it is told who may."""
    administrator()
    address = server()
    for slug in ("callups", "workstreams", "uploads", "administration"):
        browser_page.goto(f"{address}/{slug}?day=2022-08-10&campaign=covid")
        expect_login_only(browser_page)
        sign_in(browser_page)
        expect_page(browser_page, slug)
        asked = parse_qs(urlsplit(browser_page.url).query)
        assert asked["day"] == ["2022-08-10"]
        assert asked["campaign"] == ["covid"]
        forget(browser_page)
    browser_page.goto(address)
    expect_login_only(browser_page)
    sign_in(browser_page)
    expect_page(browser_page, "briefing")
    forget(browser_page)
    account(Role.LEADER)
    browser_page.goto(f"{address}/administration")
    sign_in(browser_page, "leader_1")
    expect(browser_page.get_by_text("您的角色不能打开本页。").first).to_be_visible()
    expect(browser_page.get_by_role("link", name="报送中心").first).to_be_visible()
    expect(browser_page.get_by_role("link", name="系统管理")).to_have_count(0)


def test_the_cookie_outlives_a_reload_and_a_restart_but_not_signing_out(server: Server, browser_page: Page) -> None:
    administrator()
    browser_page.goto(f"{server()}/dispatch")
    expect_login_only(browser_page)
    sign_in(browser_page)
    expect_page(browser_page, "dispatch")
    remembered(browser_page)
    browser_page.goto(f"{server()}/rankings")  # the first request of a new process, with a cookie
    expect_page(browser_page, "rankings")
    browser_page.get_by_role("button", name="管理员").click()
    browser_page.get_by_role("button", name="退出登录").click()
    expect_login_only(browser_page)
    browser_page.wait_for_function("!document.cookie.includes('street_board')")
    browser_page.reload()
    expect_login_only(browser_page)


def test_a_cookie_ends_with_the_password_and_cannot_be_made_up(server: Server, browser_page: Page) -> None:
    account(Role.LEADER)
    address = server()
    browser_page.goto(f"{address}/dispatch")
    sign_in(browser_page, "leader_1")
    expect_page(browser_page, "dispatch")
    remembered(browser_page)
    accounts.set_password(accounts.actor("leader_1"), "leader_1", "another password")
    browser_page.reload()
    expect_login_only(browser_page)
    browser_page.evaluate(
        """() => {
            const part = text => btoa(JSON.stringify(text)).replace(/=+$/, "");
            const forged = part({alg: "none", typ: "JWT"}) + "." + part({username: "admin_sf", exp_date: 9e9}) + ".";
            document.cookie = "street_board=" + forged + "; path=/";
        }"""
    )
    browser_page.reload()
    expect_login_only(browser_page)


def test_first_start_signs_the_administrator_in(server: Server, browser_page: Page) -> None:
    browser_page.goto(f"{server()}/dispatch")
    expect(browser_page.get_by_role("heading", name="首次启动").first).to_be_visible()
    browser_page.get_by_label("管理员账号").fill("admin_sf")
    browser_page.get_by_label("街道名称").fill(STREET)
    browser_page.get_by_label("密码", exact=True).fill(PASSWORD)
    browser_page.get_by_label("再输一遍").fill(PASSWORD)
    expect(browser_page.get_by_text("两次一致").first).to_be_visible()
    browser_page.get_by_text("从空白开始").click()
    browser_page.get_by_role("button", name="创建账号", exact=True).click()
    expect_page(browser_page, "uploads")
    remembered(browser_page)
