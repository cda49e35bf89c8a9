"""One person in full, in the real browser: what goes over the wire, and for how long it stands on the screen."""

from __future__ import annotations

from datetime import time

from playwright.sync_api import Browser, WebSocket, expect

from data_access.accounts import Role
from tests.browser.conftest import PATIENCE, Server
from tests.browser.test_login import sign_in
from tests.data_access.street import DAY, Board
from tests.pages.conftest import account

NAME, PHONE = "欧阳清风", "13987650123"


def test_a_name_goes_over_the_wire_once_and_leaves_the_screen(server: Server, chromium: Browser, office) -> None:
    """Tried: reading every frame of the socket for names. Held: masked ones alone, until one is asked for, once."""
    board = Board(account(Role.ADMIN))
    board.communities(["春晖社区"])
    board.roster("春晖社区", people=[{"name": NAME, "phone": PHONE, "batch_time": time(9)}])
    frames: list[bytes] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", lambda data: frames.append(data if isinstance(data, bytes) else data.encode()))

    def told() -> int:
        return sum(NAME.encode() in frame or PHONE.encode() in frame for frame in frames)

    expect.set_options(timeout=PATIENCE)
    page = chromium.new_page(viewport={"width": 1920, "height": 1080}, locale="zh-CN")
    page.set_default_timeout(PATIENCE)
    page.clock.install()  # which stays with the whole of a browser's context: this one is of the test alone
    page.on("websocket", listen)
    address = server()
    page.goto(f"{address}/callups?day={DAY}&list=called")
    sign_in(page)
    people = page.locator(".st-key-card_people").first
    expect(people.get_by_text("召集名单")).to_be_visible()
    grid = people.get_by_test_id("stDataFrame").first
    grid.scroll_into_view_if_needed()
    expect(people.get_by_role("button", name="查看完整信息").first).to_be_disabled()
    grid.click(position={"x": 15, "y": 54})
    button = people.get_by_role("button", name="查看完整信息").first
    expect(button).to_be_enabled()
    button.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("欧*")).to_be_visible()
    dialog.get_by_role("button", name="显示").click()
    expect(dialog.get_by_text("请写明用途")).to_be_visible()
    assert told() == 0 and any("欧*".encode() in frame for frame in frames)
    dialog.get_by_test_id("stSelectbox").click()
    page.get_by_role("option", name="通知或提醒本人接种").click()
    dialog.get_by_role("button", name="显示").click()
    expect(dialog.get_by_text(NAME)).to_be_visible()
    expect(dialog.get_by_text(PHONE)).to_be_visible()
    assert told() == 1
    page.clock.fast_forward(31_000)
    expect(dialog).to_have_count(0)
    expect(page.get_by_text(NAME)).to_have_count(0)
    page.reload()
    expect(people.get_by_text("召集名单")).to_be_visible()
    assert told() == 1, "nothing of it was kept"
    page.close()
