"""Who works in the dark theme gets the board in it: ground, cards, words and charts."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import Browser, expect

from charts import theme
from data_access import accounts, sample
from tests.browser.conftest import PATIENCE, Server
from tests.browser.test_login import sign_in
from tests.pages.conftest import administrator

pytestmark = pytest.mark.browser


def rgb(colour: str) -> str:
    return "rgb({}, {}, {})".format(*(int(colour[place : place + 2], 16) for place in (1, 3, 5)))


def test_page_and_charts_follow_the_theme(server: Server, chromium: Browser) -> None:
    administrator()
    sample.load(accounts.console(), communities=6, days=3, seed=7, until=date(2022, 8, 12))
    address = server()
    for scheme, colours in (("light", theme.LIGHT), ("dark", theme.DARK)):
        context = chromium.new_context(color_scheme=scheme, locale="zh-CN")  # type: ignore[arg-type]
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(f"{address}/callups?day=2022-08-12")
        sign_in(page)
        expect(page.get_by_test_id("stApp")).to_have_css("background-color", rgb(colours.page), timeout=PATIENCE)
        expect(page.get_by_test_id("stMetricValue").first).to_have_css("color", rgb(colours.ink))
        chart = page.get_by_test_id("stVegaLiteChart").first
        assert page.get_by_text("接种点 × 批次").is_visible()
        expect(chart.locator(f'text[fill="{colours.ink}"]').first).to_be_attached()
        context.close()
