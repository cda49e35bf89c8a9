"""The briefing on the wall: one screen, nothing cut off, in both languages and themes; it follows new data."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.conftest import Server
from tests.browser.screenshots import settle
from tests.browser.serving import Process, start, stop
from tests.browser.test_login import remembered, sign_in
from tests.conftest import Office, leisure
from tests.data_access.street import Board
from tests.pages.conftest import administrator

pytestmark = pytest.mark.browser

NOW, DAY = "2022-08-12T08:42", date(2022, 8, 12)
SIZES: tuple[ViewportSize, ...] = ({"width": 1920, "height": 1080}, {"width": 1366, "height": 768})
SECTIONS = ("missing", "result", "callup", "coverage", "reds", "matters")

# what a watcher sees from frame to frame: whether something was ever empty, faded, elsewhere or of another height
WATCH = """() => {
  const seen = window.seen = { frames: 0, words: 1e9, panels: 1e9, opacity: 1, scroll: new Set(), heights: new Set() };
  const look = () => {
    seen.frames += 1;
    seen.words = Math.min(seen.words, (document.querySelector('.b-said')?.textContent ?? '').length);
    const panels = [...document.querySelectorAll('.st-key-panels [class*=st-key-panel_]')];
    seen.panels = Math.min(seen.panels, panels.length);
    for (const panel of panels) {
      seen.heights.add(Math.round(panel.getBoundingClientRect().height));
      for (let part = panel; part; part = part.parentElement)
        seen.opacity = Math.min(seen.opacity, getComputedStyle(part).opacity);
    }
    seen.scroll.add(document.querySelector('[data-testid=stMain]').scrollTop);
    window.watching = requestAnimationFrame(look);
  };
  look();
}"""
SEEN = "() => ({ ...seen, scroll: [...seen.scroll], heights: [...seen.heights] })"

# what scrolls, or is wider or higher than its place
OVERFLOWS = """() => {
  const found = [];
  const over = (element, name) => {
    if (element.scrollHeight > element.clientHeight + 1) found.push(name + ': higher than its place');
    if (element.scrollWidth > element.clientWidth + 1) found.push(name + ': wider than its place');
  };
  const page = document.scrollingElement;
  if (page.scrollHeight > innerHeight || page.scrollWidth > innerWidth) found.push('page scrolls');
  over(document.querySelector('[data-testid=stMain]'), 'main');
  for (const panel of document.querySelectorAll('[class*=st-key-panel_], .st-key-stage')) {
    const name = [...panel.classList].find(one => one.startsWith('st-key-'));
    over(panel, name);
    if (panel.getBoundingClientRect().bottom > innerHeight) found.push(name + ': stretched');
  }
  for (const drawn of document.querySelectorAll('[data-testid=stVegaLiteChart] svg')) {
    const place = drawn.closest('[class*=st-key-panel_], .st-key-stage').getBoundingClientRect();
    for (const label of drawn.querySelectorAll('text')) {
      const box = label.getBoundingClientRect();
      if (box.width && (box.left < place.left || box.right > place.right + 1 || box.bottom > place.bottom + 1))
        found.push('chart cut: ' + label.textContent);
    }
  }
  for (const element of document.querySelectorAll('.b *, .b-head *, .b-said *, .b-foot *'))
    if (element.clientWidth && element.scrollWidth > element.clientWidth + 1)
      found.push('cut: ' + element.textContent.slice(0, 60));
  return found;
}"""


def on_the_wall(page: Page, address: str, **query: str) -> None:
    asked = "&".join(f"{name}={value}" for name, value in {"mode": "screen", **query}.items())
    page.goto(f"{address}/briefing?{asked}")
    expect(page.locator(".st-key-panel_6 .b-title").first).to_be_visible()
    expect(page.locator("canvas, [data-testid=stVegaLiteChart] svg").first).to_be_visible()
    settle(page)


# every pair of size, language, theme and number of communities, and the narrowest: many on the small screen in either
# language
LARGE, SMALL = SIZES
SCREENS = {
    12: [(LARGE, "zh_CN", "light"), (SMALL, "en", "dark")],
    24: [(LARGE, "en", "light"), (SMALL, "zh_CN", "dark"), (SMALL, "en", "light")],
}


@pytest.mark.parametrize("communities", SCREENS)
def test_one_screen_without_a_scroll_bar_or_a_cut_word(
    sampled: Callable[[int, int, str], None], server: Server, browser_page: Page, communities: int
) -> None:
    sampled(communities, 3, NOW)
    administrator()
    address = server()
    browser_page.goto(f"{address}/briefing")
    sign_in(browser_page)
    expect(browser_page.get_by_role("heading", name="晨会简报", exact=True).first).to_be_visible()
    remembered(browser_page)
    for size, lang, theme in SCREENS[communities]:
        browser_page.set_viewport_size(size)
        on_the_wall(browser_page, address, lang=lang, theme=theme)
        ground = browser_page.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor")
        assert ground == ("rgb(15, 22, 27)" if theme == "dark" else "rgb(242, 244, 245)")
        title = "To settle" if lang == "en" else "今日待定"
        expect(browser_page.locator(".st-key-panel_6").first).to_contain_text(title)
        assert browser_page.evaluate(OVERFLOWS) == [], (size, lang, theme)
        expect(browser_page.locator("header[data-testid=stHeader]")).to_be_hidden()
        assert browser_page.locator(".st-key-panels [class*=st-key-panel_]").count() == 6
        for number, section in enumerate(SECTIONS, start=1):
            browser_page.keyboard.press("ArrowRight")
            shows(browser_page, number, section)
            assert browser_page.evaluate(OVERFLOWS) == [], (size, lang, theme, section)


def shows(page: Page, number: int, section: str) -> None:
    """The section has the wall to itself, and the address says so."""
    expect(page.locator(".st-key-stage .b-title > span").first).to_have_text(str(number))
    expect(page).to_have_url(re.compile(f"section={section}"))
    settle(page, 150)


def test_the_wall_follows_new_data_by_itself_and_lets_go(office: Office, server: Server, browser_page: Page) -> None:
    office.now(NOW)
    board = Board(administrator())
    board.communities(["春晖社区"])
    board.roster("春晖社区", DAY, 3)
    address = server()
    browser_page.goto(f"{address}/briefing?mode=screen")
    sign_in(browser_page)
    expect(browser_page.locator(".b-said").first).to_contain_text("召集 3 人")
    board.roster("春晖社区", DAY, 7)
    expect(browser_page.locator(".b-said").first).to_contain_text("召集 7 人")
    browser_page.get_by_role("button", name="退出投屏").click()
    expect(browser_page.get_by_role("heading", name="晨会简报", exact=True).first).to_be_visible()
    assert "mode=" not in browser_page.url


@pytest.fixture
def wall(office: Office, browser_page: Page, origin: str, tmp_path: Path) -> Iterator[Wall]:
    made = Wall(office, browser_page, origin, tmp_path / "server.log")
    yield made
    stop(made.running)


class Wall:
    """A street with one community on the wall, its server at hand to be stopped and started at the same address."""

    def __init__(self, office: Office, page: Page, origin: str, log: Path) -> None:
        office.now(NOW)
        self.page, self.log = page, log
        self.board = Board(administrator())
        self.board.communities(["春晖社区"])
        self.board.roster("春晖社区", DAY, 3)
        self.address, process = start(log, origin)
        self.running: list[Process] = [process]
        page.goto(f"{self.address}/briefing?mode=screen")
        sign_in(page)
        self.says("召集 3 人")
        remembered(page)
        settle(page)

    def says(self, words: str, seconds: float = 60) -> None:
        expect(self.page.locator(".b-said").first).to_contain_text(words, timeout=seconds * 1000)


def test_new_data_come_within_15_seconds_without_a_flash_or_a_jump(wall: Wall) -> None:
    page = wall.page
    page.set_viewport_size({"width": 1280, "height": 400})  # too low for the wall: it scrolls
    page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop = 120")
    page.wait_for_timeout(300)
    page.evaluate(WATCH)
    wall.board.roster("春晖社区", DAY, 7)
    wall.says("召集 7 人", leisure(15))
    page.wait_for_timeout(1500)
    seen = page.evaluate(SEEN)
    assert seen["frames"] > 10 and seen["words"] > 10 and seen["panels"] == 6 and seen["opacity"] == 1
    assert seen["scroll"] == [120]
    assert len(seen["heights"]) <= 2, "the panels keep their height"


def test_keys_and_arrows_walk_through_the_sections(wall: Wall) -> None:
    page = wall.page
    page.keyboard.press("ArrowRight")
    shows(page, 1, "missing")
    page.keyboard.press("PageDown")
    shows(page, 2, "result")
    page.keyboard.press("ArrowLeft")
    shows(page, 1, "missing")
    for _press in range(3):  # faster than the server draws
        page.keyboard.press("ArrowRight")
    shows(page, 4, "coverage")
    page.locator(".walk .on").click()
    shows(page, 5, "reds")
    page.locator(".walk .back").click()
    shows(page, 4, "coverage")
    page.locator(".stops button").nth(3).click()
    shows(page, 3, "callup")
    page.keyboard.press("End")
    shows(page, 6, "matters")
    expect(page.locator(".walk .on")).to_be_disabled()
    page.reload()
    shows(page, 6, "matters")
    wall.board.roster("春晖社区", DAY, 8)
    wall.says("召集 8 人", leisure(15))
    shows(page, 6, "matters")
    page.keyboard.press("Home")
    expect(page.locator(".st-key-panel_1 .b-title").first).to_be_visible()
    assert "section" not in page.url
    expect(page.locator(".walk .updated")).to_contain_text("08:42:00")
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="晨会简报", exact=True).first).to_be_visible()
    assert "mode=" not in page.url


def test_a_lost_connection_is_said_and_found_again(wall: Wall) -> None:
    page = wall.page
    expect(page.locator(".lost")).to_be_hidden()
    stop(wall.running)
    expect(page.locator(".lost")).to_be_visible(timeout=leisure(15) * 1000)
    expect(page.locator(".lost")).to_contain_text("连接已断开：屏上是 08:42:00 的数据")
    wall.says("召集 3 人")
    wall.board.roster("春晖社区", DAY, 9)
    wall.running.append(start(wall.log, wall.address)[1])
    expect(page.locator(".lost")).to_be_hidden()
    wall.says("召集 9 人")
    expect(page.locator(".st-key-panel_6 .b-title").first).to_be_visible()


def soak(wall: Wall, seconds: float, imports: int) -> dict[str, list[float]]:
    """A stream of imports against the wall: seconds until each stands on it, MB of the tab and of the server."""
    page = wall.page
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")
    measured: dict[str, list[float]] = {"late": [], "tab": [], "server": []}
    errors: list[str] = []
    page.on("pageerror", lambda problem: errors.append(str(problem)))
    began = time.monotonic()
    for number in range(imports):
        people = 10 + number % 2 * 7 + number  # never the number before
        sent = time.monotonic()
        wall.board.roster("春晖社区", DAY, people)
        wall.says(f"召集 {people} 人", leisure(20))
        measured["late"].append(time.monotonic() - sent)
        devtools.send("HeapProfiler.collectGarbage")
        heap = {one["name"]: one["value"] for one in devtools.send("Performance.getMetrics")["metrics"]}
        measured["tab"].append(heap["JSHeapUsedSize"] / 2**20)
        status = Path(f"/proc/{wall.running[0].pid}/status").read_text()
        measured["server"].append(int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1024)
        page.wait_for_timeout(max(0, began + (number + 1) * seconds / imports - time.monotonic()) * 1000)
    assert errors == []
    assert page.locator("[data-testid=stException]").count() == 0
    assert "Traceback" not in wall.log.read_text(errors="replace")
    return measured


def flat(series: list[float]) -> float:
    """By how much the last quarter is above the second one (the first is warming up), in MB."""
    quarter = max(len(series) // 4, 1)
    middle, last = series[quarter : 2 * quarter], series[-quarter:]
    return sum(last) / len(last) - sum(middle) / len(middle)


def test_the_wall_stays_light_under_a_stream_of_imports(wall: Wall) -> None:
    measured = soak(wall, 0, 8)  # one as soon as the other is there
    assert max(measured["late"]) < leisure(15)
    assert flat(measured["tab"]) < 10 and flat(measured["server"]) < 40


@pytest.mark.soak
def test_the_wall_stays_light_for_half_an_hour(wall: Wall) -> None:
    minutes = float(os.environ.get("STREET_SOAK_MINUTES", "30"))
    imports = max(8, round(200 * minutes / 30))
    measured = soak(wall, minutes * 60, imports)
    late = sorted(measured["late"])
    print(
        f"{imports} imports in {minutes:g} min; there after {late[len(late) // 2]:.1f} s, at most {late[-1]:.1f}; "
        + "; ".join(
            f"{name} MB {series[0]:.0f} … {series[-1]:.0f}, max {max(series):.0f}, last against second quarter"
            f" {flat(series):+.1f}"
            for name, series in measured.items()
            if name != "late"
        )
    )
    assert late[-1] < 15
    assert flat(measured["tab"]) < 10 and flat(measured["server"]) < 40
