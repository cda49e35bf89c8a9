"""Who works in the dark theme gets the board in it: ground, cards, words and charts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from charts import theme
from tests.browser.conftest import Server
from tests.browser.test_login import remembered, sign_in
from tests.pages.conftest import administrator

pytestmark = pytest.mark.browser


def rgb(colour: str) -> str:
    return "rgb({}, {}, {})".format(*(int(colour[place : place + 2], 16) for place in (1, 3, 5)))


def test_page_and_charts_follow_the_theme(
    sampled: Callable[[int, int, str], None], server: Server, browser_page: Page
) -> None:
    sampled(12, 3, "2022-08-12T08:42")
    administrator()
    page, address = browser_page, server()
    for scheme, colours in (("light", theme.LIGHT), ("dark", theme.DARK)):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.goto(f"{address}/callups?day=2022-08-12")
        if scheme == "light":
            sign_in(page)
            remembered(page)
        expect(page.get_by_test_id("stApp")).to_have_css("background-color", rgb(colours.page))
        expect(page.get_by_test_id("stMetricValue").first).to_have_css("color", rgb(colours.ink))
        chart = page.get_by_test_id("stVegaLiteChart").first
        expect(page.get_by_text("接种点 × 批次").first).to_be_visible()
        expect(chart.locator(f'text[fill="{colours.ink}"]').first).to_be_attached()
