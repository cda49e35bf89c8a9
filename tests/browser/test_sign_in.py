"""Signing in at the running board: in the browser, and with cookies that were copied out of it."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from data_access import accounts, database
from data_access.accounts import Role
from data_access.schema import Throttle, Visit
from tests.browser.conftest import PATIENCE, Server
from tests.browser.serving import ROOT, free_port, start, stop
from tests.browser.test_login import expect_login_only, expect_page, remembered, sign_in
from tests.conftest import Office
from tests.pages.conftest import PASSWORD, STREET, account, administrator

pytestmark = pytest.mark.browser


def _move(column: Any, length: timedelta) -> None:
    """As if so much time had passed: the server's clock stands still."""
    with database.writing() as connection:
        for number, moment in connection.execute(
            column.class_.__table__.select().with_only_columns(column.class_.id, column)
        ).all():
            if moment is not None:
                connection.execute(
                    update(column.class_).where(column.class_.id == number).values({column.key: moment - length})
                )


def _signed_in(page: Page, address: str) -> list[Any]:
    """A leader signs in; the cookies of the browser, to be copied."""
    page.goto("about:blank")
    page.context.clear_cookies()  # that of a visit before may lie there until the new one is written
    page.goto(f"{address}/dispatch")
    sign_in(page, "leader_1")
    expect_page(page, "dispatch")
    remembered(page)
    return page.context.cookies()


def test_guessing_is_stopped_and_set_free_again(server: Server, browser_page: Page) -> None:
    """Tried: five wrong passwords at an account and at a name that nobody has, then the right password.

    Held: the same sentences for both, the right password does not open during the wait, and does after it.
    """
    account(Role.LEADER)
    address, said = server(), []
    for name in ("leader_1", "nobody_at_all"):
        browser_page.goto(f"{address}/dispatch")
        heard = []
        for tries in range(1, 5):
            sign_in(browser_page, name, "not the password")
            line = browser_page.get_by_text(f"已错 {tries} 次")
            expect(line.first).to_be_visible()
            heard.append(browser_page.locator(".st-key-sign_in_message").first.inner_text())
        sign_in(browser_page, name, "not the password")
        expect(browser_page.get_by_text("请等 1 分钟再试").first).to_be_visible()
        heard.append(browser_page.locator(".st-key-sign_in_message").first.inner_text())
        said.append(heard)
    assert said[0] == said[1]
    browser_page.goto(f"{address}/dispatch")
    sign_in(browser_page, "leader_1", PASSWORD)
    expect(browser_page.get_by_text("请等 1 分钟再试").first).to_be_visible()
    _move(Throttle.until, timedelta(seconds=61))
    sign_in(browser_page, "leader_1", PASSWORD)
    expect_page(browser_page, "dispatch")


def test_a_copied_cookie_and_an_open_window_end_with_the_visit(
    server: Server, browser_page: Page, chromium: Browser
) -> None:
    """Tried: going on with a copied cookie, and in a window that stays open, after signing out elsewhere, a change of
    role, a change of password, disabling, and a long pause. Held: each time only the login is left."""
    account(Role.LEADER)
    address, admin = server(), administrator()
    other = chromium.new_context(viewport={"width": 1920, "height": 1080}, locale="zh-CN")
    thief = other.new_page()
    thief.set_default_timeout(PATIENCE)

    def sign_out() -> None:
        browser_page.get_by_role("button", name="领导").first.click()
        browser_page.get_by_role("button", name="退出登录", exact=True).first.click()
        expect_login_only(browser_page)

    def back() -> None:
        accounts.disable(admin, "leader_1")

    endings: list[Callable[[], None]] = [
        sign_out,
        lambda: accounts.set_role(admin, "leader_1", Role.LEADER),
        lambda: accounts.set_password(accounts.actor("leader_1"), "leader_1", PASSWORD),
        lambda: _move(Visit.seen_at, timedelta(minutes=121)),
        back,
    ]
    for ending in endings:
        cookies = _signed_in(browser_page, address)
        other.clear_cookies()
        other.add_cookies(cookies)
        thief.goto(f"{address}/rankings")
        expect_page(thief, "rankings")
        ending()
        thief.get_by_role("link", name="早晚调度").first.click()
        expect_login_only(thief)
        other.clear_cookies()
        other.add_cookies(cookies)
        thief.goto(f"{address}/rankings")
        expect_login_only(thief)
        browser_page.goto(f"{address}/dispatch")
        expect_login_only(browser_page)
    other.close()


def test_a_stranger_cannot_be_the_first(server: Server, browser_page: Page, office: Office, tmp_path: Path) -> None:
    """Tried: first start from another address than the machine's own. Held: it asks for the code of the terminal,
    refuses a wrong one, and takes the right one."""
    address = server()
    port = address.rsplit(":", 1)[1]
    browser_page.goto(f"http://{_own_address()}:{port}/")
    field = browser_page.get_by_label("服务器终端上的验证码")
    expect(field.first).to_be_visible()
    code = re.findall(r"验证码：([0-9A-Z-]{14})", (tmp_path / "server.log").read_text(encoding="utf-8"))
    assert len(code) == 1
    for typed, opens in (("AAAA-AAAA-AAAA", False), (code[0], True)):
        field.first.fill(typed)
        browser_page.get_by_label("管理员账号").first.fill("admin_sf")
        browser_page.get_by_label("街道名称").first.fill(STREET)
        browser_page.get_by_label("密码", exact=True).first.fill(PASSWORD)
        browser_page.get_by_label("再输一遍").first.fill(PASSWORD)
        expect(browser_page.get_by_text("两次一致").first).to_be_visible()
        browser_page.get_by_text("从空白开始").first.click()
        browser_page.get_by_role("button", name="创建账号", exact=True).first.click()
        if opens:
            expect_page(browser_page, "uploads")
        else:
            expect(browser_page.get_by_text("验证码与服务器终端上的不符").first).to_be_visible()
        assert accounts.exist() is opens


@pytest.fixture
def provider(office: Office, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """A provider of single sign-on that says everybody is person-17; the addresses of the board and of the provider."""
    for library in ("authlib", "httpx"):
        pytest.importorskip(library, reason="Single sign-on needs streamlit[auth], which offices install only for it.")
    board, there = (f"http://localhost:{free_port()}" for _address in range(2))
    secrets = tmp_path / "secrets.toml"
    secrets.write_text(
        f"""[auth]
redirect_uri = "{board}/oauth2callback"
cookie_secret = "{"a long secret of the test, " * 2}"
client_id = "board"
client_secret = "secret"
server_metadata_url = "{there}/.well-known/openid-configuration"
"""
    )
    office.set("STREET_OIDC", '{"on": true}')
    office.patch.setenv("STREAMLIT_SECRETS_FILES", str(secrets))
    command = [sys.executable, "-m", "tests.security.provider", there.rsplit(":", 1)[1], "person-17"]
    process = subprocess.Popen(command, cwd=ROOT)
    running = [process]
    try:
        _answers(f"{there}/keys")
        running.append(start(tmp_path / "server.log", board)[1])
        yield board, there
    finally:
        stop(running)


def test_single_sign_on_opens_one_visit_of_the_linked_account(
    provider: tuple[str, str], browser_page: Page, chromium: Browser
) -> None:
    """Tried: coming from the provider without a linked account, and, once linked and signed out, with a copy of the
    cookie that Streamlit keeps of the answer. Held: a clear sentence; only the login; a new answer opens."""
    board = provider[0]
    account(Role.LEADER)
    browser_page.goto(f"{board}/dispatch")
    single = "用单位的单点登录进入"
    browser_page.get_by_role("button", name=single).first.click()
    expect(browser_page.get_by_text("单点登录认得您（person-17）").first).to_be_visible()
    accounts.link(administrator(), "leader_1", "person-17")
    browser_page.goto(f"{board}/dispatch")
    expect_page(browser_page, "dispatch")
    copied = browser_page.context.cookies()
    browser_page.get_by_role("button", name="领导").first.click()
    browser_page.get_by_role("button", name="退出登录", exact=True).first.click()
    expect_login_only(browser_page)
    other = chromium.new_context(locale="zh-CN")
    other.add_cookies(copied)
    thief = other.new_page()
    thief.goto(f"{board}/dispatch", timeout=PATIENCE)
    expect(thief.get_by_text("这次单点登录已用过").first).to_be_visible()
    expect_login_only(thief)
    other.close()
    browser_page.get_by_role("button", name=single).first.click()
    expect(browser_page.get_by_text("数据截至").first).to_be_visible()


def _answers(address: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail("The provider did not answer within half a minute.")


def _own_address() -> str:
    """An address of this machine that is not the loopback's; skipped where it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # nothing is sent
        except OSError:
            pytest.skip("This machine has no address besides its own loopback.")
        return str(probe.getsockname()[0])
