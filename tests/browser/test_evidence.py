"""A photo dropped on a meeting of the checklist, seen there without an address of its own, and passed."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server
from tests.browser.test_login import expect_page, sign_in
from tests.conftest import Office
from tests.data_access import papers
from tests.data_access.street import DAY, Board
from tests.pages.conftest import administrator

pytestmark = pytest.mark.browser

PLACE = "清河社区"


@pytest.fixture
def board(office: Office) -> Board:
    office.now("2022-08-12T21:20")
    made = Board(administrator())
    made.communities([PLACE])
    meeting = {
        "item_code": "1.4",
        "event_no": 1,
        "event_date": date(2022, 3, 9),
        "photos": 1,
        "minutes": 1,
        "sign_in": 1,
    }
    made.evidence(PLACE, "2022", meeting)
    return made


def test_a_photo_is_dropped_looked_at_and_passed(board: Board, server: Server, browser_page: Page) -> None:
    page, street = browser_page, server()
    media: list[str] = []
    page.on(
        "request", lambda request: media.append(request.url) if request.url.startswith(f"{street}/media/") else None
    )
    page.goto(f"{street}/workstreams?day={DAY}&tab=checklist&community={PLACE}&item=1.4")
    sign_in(page)
    expect_page(page, "workstreams")
    files = [
        {"name": "会议.jpg", "mimeType": "image/jpeg", "buffer": papers.photo(size=(900, 600))},
        {"name": "假.jpg", "mimeType": "image/jpeg", "buffer": b"MZ\x90\0 no picture"},
    ]
    page.locator("[class*=st-key-drop_] input[type=file]").set_input_files(files)  # type: ignore[arg-type]
    expect(page.get_by_text("会议.jpg").first).to_be_visible()
    page.get_by_role("button", name="附上").click()
    expect(page.get_by_text("假.jpg: 只能附")).to_be_visible()
    tile = page.locator("[class*=st-key-tile_] img")
    expect(tile).to_have_count(1)
    assert str(tile.get_attribute("src")).startswith("data:image/jpeg;base64,")
    expect(page.get_by_text("表报 3 / 附件 1")).to_be_visible()

    page.locator("[class*=st-key-file_] button").first.click()
    large = page.locator(".st-key-card_file img")
    expect(large).to_be_visible()
    assert large.evaluate("image => image.naturalWidth") == 900
    page.go_back()
    page.get_by_role("button", name="通过", exact=True).click()
    expect(page.locator("[class*=st-key-listed_]").get_by_text("已通过")).to_be_visible()
    assert media == []
