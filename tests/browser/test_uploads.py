"""Three workbooks in the real browser: dropped, seen, taken in, found on the other pages, and one withdrawn."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from data_access.accounts import Role
from data_access.reports import history
from tests.browser.conftest import Server
from tests.browser.screenshots import settle
from tests.browser.test_login import expect_page, sign_in
from tests.conftest import Office
from tests.data_access import books
from tests.data_access.street import Board
from tests.pages.conftest import account, administrator

pytestmark = pytest.mark.browser


@pytest.fixture
def board(office: Office) -> Board:
    made = Board(administrator())
    made.communities(["春晖社区", "向阳社区"])
    made.sites(["卫生中心"])
    for name in ("春晖社区", "向阳社区"):
        made.baseline(name, surveyed=120)
    account(Role.SUPERVISOR)
    return made


def _files(folder: Path) -> list[str]:
    content = {
        "春晖社区早会商.xlsx": books.morning("春晖社区", 41),
        "向阳社区早会商.xlsx": books.morning("向阳社区", 20),
        "春晖社区晚调度.xlsx": books.evening("春晖社区", 46, roster=50),
    }
    for name, data in content.items():
        (folder / name).write_bytes(data)
    return [str(folder / name) for name in content]


def _goto(page: Page, slug: str) -> None:
    page.locator(f"[data-testid=stTopNavLink][href$='/{slug}']").first.click()
    expect_page(page, slug)


def test_upload_three_workbooks_and_find_them_again(
    server: Server, browser_page: Page, board: Board, tmp_path: Path
) -> None:
    page = browser_page
    page.goto(f"{server()}/uploads")
    sign_in(page, "supervisor_1")
    expect_page(page, "uploads")
    page.wait_for_function("document.cookie.includes('street_board')")
    settle(page)  # signing in draws the page twice; nobody is as quick with a file as this test
    page.locator("input[type=file]").set_input_files(_files(tmp_path))
    commit = page.get_by_role("button", name=re.compile("入库 3 份"))
    expect(commit).to_be_enabled()
    expect(page.get_by_text("可入库 3").first).to_be_visible()
    expect(page.get_by_text("本批 3").first).to_be_visible()
    expect(page.get_by_text("8月12日早会商").first).to_contain_text("0/2 家，入库后 2/2")
    commit.click()
    expect(page.get_by_text("3 份已入库").first).to_be_visible()

    page.get_by_role("link", name="看早晚调度").click()
    expect_page(page, "dispatch")
    main = page.get_by_test_id("stMain")
    expect(main.first).to_contain_text("41")
    expect(main.first).to_contain_text("46")
    _goto(page, "rankings")
    expect(main.first).to_contain_text("46/120")

    _goto(page, "uploads")
    expect(page.get_by_text("3 份已入库").first).to_be_visible()  # the batch is still there
    page.get_by_role("radio", name="历史").click()
    expect(page.get_by_text("共 8 份，最近的在前").first).to_be_visible()
    number = int(history.submissions(board.actor, history.Filters(kind="evening"))["submission"].iloc[0])
    page.goto(f"{page.url.split('/uploads')[0]}/uploads?part=history&submission={number}")
    expect(page.get_by_role("heading", name=re.compile(f"#{number}")).first).to_be_visible()
    page.get_by_role("button", name="撤回", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("原因").fill("数字有误")
    dialog.get_by_role("button", name="撤回", exact=True).click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("数字有误").first).to_be_visible()
    assert history.version(board.actor, number).reason == "数字有误"
