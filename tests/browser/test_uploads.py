"""Workbooks in the real browser: dropped, seen, mended, explained, taken in, found again, withdrawn and undone."""

from __future__ import annotations

import io
import re
import time
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from data_access.accounts import Role
from data_access.reports import history
from tests.browser import evening_files
from tests.browser.conftest import Server
from tests.browser.screenshots import settle
from tests.browser.test_login import expect_page, remembered, sign_in
from tests.conftest import Office, leisure
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


def _enter(server: Server, page: Page) -> None:
    page.goto(f"{server()}/uploads")
    sign_in(page, "supervisor_1")
    expect_page(page, "uploads")
    remembered(page)
    settle(page)  # signing in draws the page twice; nobody is as quick with a file as this test


def _drop(page: Page, *files: str) -> None:
    page.locator("input[type=file]").first.set_input_files(list(files))


def _goto(page: Page, slug: str) -> None:
    page.locator(f"[data-testid=stTopNavLink][href$='/{slug}']").first.click()
    expect_page(page, slug)


def test_upload_three_workbooks_and_find_them_again(
    server: Server, browser_page: Page, board: Board, tmp_path: Path
) -> None:
    page = browser_page
    _enter(server, page)
    _drop(page, *_files(tmp_path))
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


def test_fifteen_files_of_one_evening_in_two_clicks(
    server: Server, browser_page: Page, office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Thirty seconds are the guard; what it takes is printed, and stands in docs/performance.md."""
    made = Board(administrator())
    made.communities(evening_files.PLACES)
    made.sites(["卫生中心"])
    account(Role.SUPERVISOR)
    page = browser_page
    _enter(server, page)
    files = evening_files.write(tmp_path)
    size = sum(Path(file).stat().st_size for file in files)
    assert len(files) == 15 and size > 2_000_000

    begun = time.monotonic()
    _drop(page, *files)  # the first click
    commit = page.get_by_role("button", name=re.compile("入库 15 份"))
    expect(commit).to_be_enabled()
    read = time.monotonic() - begun

    page.reload()  # what waits is kept
    expect(page.get_by_text("本批 15").first).to_be_visible()
    expect(commit).to_be_enabled()
    settle(page)

    begun = time.monotonic()
    commit.click()  # the second click
    expect(page.get_by_text("15 份已入库").first).to_be_visible()
    taken = time.monotonic() - begun
    with capsys.disabled():
        print(f"\nfifteen files, {size / 1e6:.1f} MB: read in {read:.1f} s, taken in in {taken:.1f} s")
    assert read + taken < leisure(30)

    for kind in ("evening", "morning", "roster"):
        assert len(history.submissions(made.actor, history.Filters(kind=kind, state="in_force"))) == 5
    page.get_by_role("button", name=re.compile("撤回第 1 批（15 份报送）")).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("原因").fill("发错了群")
    dialog.get_by_role("button", name="撤回整批").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("第 1 批已撤回").first).to_be_visible()
    assert history.submissions(made.actor, history.Filters(kind="evening", state="in_force")).empty


def test_a_bad_cell_is_mended_in_place(server: Server, browser_page: Page, board: Board, tmp_path: Path) -> None:
    page = browser_page
    _enter(server, page)
    (tmp_path / "名单.xlsx").write_bytes(
        books.book("roster", books.person(0), books.person(1, site="卫生中新"), books.person(2, phone="不知道"))
    )
    _drop(page, str(tmp_path / "名单.xlsx"))
    expect(page.get_by_text("需修补 1").first).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("入库 0 份"))).to_be_disabled()

    page.get_by_role("button", name="用 卫生中心").click()
    expect(page.get_by_text("已改 1").first).to_be_visible()
    field = page.get_by_placeholder("请填写")
    field.fill("13800000002")
    field.press("Enter")
    commit = page.get_by_role("button", name=re.compile("入库 1 份"))
    expect(commit).to_be_enabled()
    expect(page.get_by_text("13800000002")).to_have_count(0)  # a telephone is not written out again
    expect(page.locator("input[value='13800000002']")).to_have_count(0)
    assert "1380000" not in page.url
    commit.click()
    expect(page.get_by_text("1 份已入库").first).to_be_visible()
    frame = history.submissions(board.actor, history.Filters(kind="roster", state="in_force"))
    assert frame["rows_accepted"].tolist() == [3]


def test_a_sheet_is_explained_once(server: Server, browser_page: Page, board: Board, tmp_path: Path) -> None:
    page = browser_page
    _enter(server, page)
    for day, number in ((11, 30), (12, 36)):
        book = openpyxl.Workbook()
        sheet = book.worksheets[0]
        sheet.append([f"重点商贸企业复工情况（8月{day}日）"])
        sheet.append(["所在社区", "企业数", "到岗人数"])
        sheet.append(["春晖社区", 4, number])
        sheet.append(["向阳社区", 6, number + 5])
        content = io.BytesIO()
        book.save(content)
        (tmp_path / f"重点商贸{day}.xlsx").write_bytes(content.getvalue())
    _drop(page, str(tmp_path / "重点商贸11.xlsx"))
    expect(page.get_by_role("heading", name=re.compile("这张表是什么"))).to_be_visible()
    _choose(page, "专项", "＋ 新专项", 0)
    page.get_by_label("名称", exact=True).fill("复工复产")
    page.get_by_label("名称", exact=True).press("Enter")
    settle(page)
    _choose(page, "含义", "＋ 新指标", 2)
    expect(page.get_by_label("指标名称")).to_have_value("到岗人数")
    page.get_by_role("button", name="记住并重新读取").click()
    commit = page.get_by_role("button", name=re.compile("入库 1 份"))
    expect(commit).to_be_enabled()

    _drop(page, str(tmp_path / "重点商贸12.xlsx"))  # the next one of this shape goes through by itself
    commit = page.get_by_role("button", name=re.compile("入库 2 份"))
    expect(commit).to_be_enabled()
    commit.click()
    expect(page.get_by_text("2 份已入库").first).to_be_visible()
    frame = history.submissions(board.actor, history.Filters(kind="progress", state="in_force"))
    assert len(frame) == 4


def _choose(page: Page, label: str, option: str, which: int) -> None:
    page.get_by_test_id("stSelectbox").filter(has_text=label).nth(which).click()
    page.get_by_role("option", name=option).click()
    settle(page)
