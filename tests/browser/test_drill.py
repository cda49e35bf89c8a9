"""From a colour of the matrix down to a single photo and back, by clicks, by the browser and by address."""

from __future__ import annotations

import re
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from data_access import database
from data_access.office import attachments
from data_access.schema import Community
from tests.browser.conftest import Server
from tests.browser.test_login import expect_page, forget, sign_in
from tests.conftest import Office
from tests.data_access import papers
from tests.data_access.street import DAY, Board
from tests.pages.conftest import administrator

pytestmark = pytest.mark.browser

PLACE, CODE = "清河社区", "HE-01"


@pytest.fixture
def board(office: Office) -> Board:
    """A community that fell behind with its lectures after May, when it took two photos."""
    office.now("2022-08-12T21:20")
    made = Board(administrator())
    made.communities(["和平社区", PLACE])
    for month in range(1, 8):
        row = {"indicator": CODE, "accrual": "period", "done": Decimal(int(month < 6))}
        made.progress(PLACE, "health_education", f"2022-{month:02d}", row)
    with database.reading() as connection:
        community = connection.execute(select(Community.id).where(Community.name == PLACE)).scalar_one()
    for name, colour in (("1.jpg", "teal"), ("2.jpg", "olive")):
        photo = papers.photo(size=(900, 600), colour=colour)
        attachments.add(made.actor, community, "progress", f"2022-05/{CODE}", name, photo, "photo")
    return made


def address(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def shown(page: Page) -> list[str]:
    """The way down to where one stands, as the page says it, once it has been drawn."""
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    return page.locator(".st-key-crumbs").first.inner_text().split()


def expect_shown(page: Page, words: list[str]) -> None:
    expect(page.locator(".st-key-crumbs").first).to_have_text(re.compile(r"\s*".join(map(re.escape, words))))


def test_from_the_matrix_to_a_photo_and_back_in_four_clicks_each(
    board: Board, server: Server, browser_page: Page
) -> None:
    page, street = browser_page, server()
    page.goto(f"{street}/workstreams?day={DAY}")
    sign_in(page)
    expect_page(page, "workstreams")
    down = [
        (f'.st-key-card_matrix path[aria-label*="{PLACE}"][aria-label*="健康教育"]', "workstream"),
        (f".st-key-indicator_{CODE} button", "indicator"),
        (".st-key-period_2022-05 button", "record"),
        ("[class*=st-key-file_] button", "file"),
    ]
    levels: list[tuple[str, list[str]]] = []
    for click, reached in down:
        page.locator(click).first.click()
        page.wait_for_url(f"**{reached}=**")
        expect(page.locator(".st-key-crumbs").first).to_contain_text(
            {"workstream": "健康教育", "indicator": "健康讲座", "record": "记录 2022-05", "file": "文件 1"}[reached]
        )
        levels.append((page.url, shown(page)))
    photo = page.locator(".st-key-card_file img").first
    expect(photo).to_be_visible()
    assert photo.evaluate("image => image.naturalWidth") == 900
    assert all(name not in page.url for name in ("jpg", "photo")), "keys and codes only"

    for place, (there, words) in zip((5, 3, 2), reversed(levels[:-1]), strict=True):  # record, indicator, workstream
        page.locator(f".st-key-crumb_{place} button").click()
        expect(page.locator(f".st-key-crumb_{place}")).to_have_count(0)
        assert address(page) == parse_qs(urlsplit(there).query)
        expect_shown(page, words)
    page.locator(".st-key-crumb_all button").click()
    expect(page.locator(".st-key-crumb_all")).to_have_count(0)
    assert not set(address(page)) & {"community", "workstream", "indicator", "record", "file"}

    for there, words in levels:  # each click was one step of the browser's history
        page.go_back()
        page.wait_for_url(there)
        expect_shown(page, words)
    expect(page.locator(".st-key-card_file img").first).to_be_visible()

    forget(page)  # somebody else, to whom the addresses were sent
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(levels[-1][0])
    sign_in(page)
    for there, words in reversed(levels):
        if page.url != there:
            page.goto(there)
        expect_shown(page, words)
        assert address(page) == parse_qs(urlsplit(there).query)
