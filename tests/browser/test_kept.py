"""What is dropped is never lost: not by haste, not by a reload, not by a server that is started anew."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from data_access.accounts import Role
from tests.browser.conftest import Server
from tests.browser.test_login import remembered, sign_in
from tests.conftest import Office
from tests.data_access import books
from tests.data_access.street import Board
from tests.pages.conftest import account, administrator

pytestmark = pytest.mark.browser


@pytest.fixture
def files(office: Office, tmp_path: Path) -> list[str]:
    board = Board(administrator())
    board.communities(["春晖社区", "向阳社区"])
    account(Role.SUPERVISOR)
    paths = []
    for name, planned in (("春晖社区", 41), ("向阳社区", 20)):
        path = tmp_path / f"{name}早会商.xlsx"
        path.write_bytes(books.morning(name, planned))
        paths.append(str(path))
    return paths


def test_files_chosen_in_haste_survive_reload_and_restart(server: Server, browser_page: Page, files: list[str]) -> None:
    page = browser_page
    page.goto(f"{server()}/uploads")
    sign_in(page, "supervisor_1")
    page.locator("input[type=file]").set_input_files(files)  # while signing in is still drawing the page
    expect(page.get_by_role("button", name=re.compile("入库 2 份"))).to_be_enabled()

    remembered(page)
    page.reload()
    expect(page.get_by_role("button", name=re.compile("入库 2 份"))).to_be_enabled()

    page.goto(f"{server()}/uploads")  # another process
    page.get_by_role("button", name=re.compile("入库 2 份")).click()
    expect(page.get_by_text("2 份已入库").first).to_be_visible()
    page.reload()
    expect(page.get_by_text("2 份已入库").first).to_be_visible()
