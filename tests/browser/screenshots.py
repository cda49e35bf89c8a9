"""Screenshots of every page in both languages, for the documents: ``python -m tests.browser.screenshots``.

Makes a sample street in a folder of its own, holds the clock at an evening in August, walks through the board in
Chromium and writes small PNGs to ``docs/screenshots``. ``--large`` writes them in full size to another folder, to be
looked at; ``--size 1366x768`` looks at them as on a laptop.
"""

from __future__ import annotations

import argparse
import io
import os
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from config.settings import settings
from data_access import accounts, sample
from pages.parts.frame import shell
from tests.browser import serving
from tests.browser.conftest import PATIENCE
from tests.conftest import executable
from tests.data_access import books

TARGET = Path(__file__).parents[2] / "docs" / "screenshots"
NOW, DAY = "2022-08-12T21:20", date(2022, 8, 12)
NAME, PASSWORD = "admin_sf", "correct horse"
PLACES = {
    **{slug: f"{slug}?day={DAY}" for slug in shell.PLACES if slug != "district"},
    "screen": f"briefing?day={DAY}&mode=screen",
    "screen-dark": f"briefing?day={DAY}&mode=screen&theme=dark",
}
WORDS = {"zh": ("登录", "中文"), "en": ("Sign in", "English")}


# done once nothing has changed for so many milliseconds: no run in progress, nothing loading, nothing stale
STILL = """still => new Promise(done => {
  const busy = () => !document.querySelector('[data-testid=stApp][data-test-script-state=notRunning]')
    || document.querySelector('[data-testid=stSkeleton], [data-testid=stSpinner], [data-stale=true]')
    || [...document.querySelectorAll('[data-testid=stVegaLiteChart]')].some(one => !one.querySelector('svg, canvas'))
    || document.fonts.status !== 'loaded';
  let since = performance.now();
  const changes = new MutationObserver(() => { since = performance.now(); });
  changes.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  const looks = setInterval(() => {
    if (busy()) since = performance.now();
    if (performance.now() - since < still) return;
    clearInterval(looks);
    changes.disconnect();
    done();
  }, 50);
})"""


def settle(page: Page, still: int = 400) -> None:
    """Wait until the page has drawn everything, and so many milliseconds more; charts draw after the run has ended."""
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    page.evaluate(STILL, still)


def save(page: Page, name: str, folder: Path, small: bool) -> None:
    """One picture; small ones are scaled down and kept in few colours."""
    image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    if small:
        image = image.resize((1280, 720), Image.Resampling.LANCZOS)
        image = image.quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    image.save(folder / f"{name}.png", optimize=True)
    print(folder / f"{name}.png")


def sign_in(page: Page, language: str) -> None:
    """Choose the language on the login, then sign in."""
    button, spoken = WORDS[language]
    page.get_by_text(spoken, exact=True).first.click()
    page.get_by_role("button", name=button, exact=True).wait_for()
    page.locator("input[type=text]").first.fill(NAME)
    page.locator("input[type=password]").first.fill(PASSWORD)
    page.get_by_role("button", name=button, exact=True).click()
    page.wait_for_selector("[data-testid=stTopNavLink], [data-testid=stTopNavLinkContainer]")
    page.wait_for_function("document.cookie.includes('street_board')")  # it comes a little after the page


def papers(folder: Path) -> list[Path]:
    """What a supervisor has received: corrections, a clean file, bad cells, a sheet without a day, a photograph."""
    taken = {name: 100 + len(name) * 7 for name in ("锦绣社区", "文昌社区", "桃园社区")}
    files = {f"{name}8月12日早会商.xlsx": books.morning(name, count % 9) for name, count in taken.items()}
    files["安康社区8月12日晚调度.xlsx"] = books.evening("安康社区", 2, DAY, total=243)
    people = [books.person(n, vaccination_date=date(2022, 8, 13), community="北辰社区") for n in range(6)]
    people[2]["batch_no"], people[4]["dose_no"] = None, None
    files["北辰8月13日接种名单.xlsx"] = books.book("roster", *people)
    files["Sheet汇总(1).xlsx"] = books.morning("西苑社区", 7, None)
    files["IMG_0812.xlsx"] = b"\xff\xd8\xff\xe0" + bytes(2000)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in files]


def drop(page: Page) -> None:
    """Hand the files of a morning to the upload page and pick one that has something to say."""
    with tempfile.TemporaryDirectory() as folder:
        page.locator("input[type=file]").first.set_input_files(papers(Path(folder)))
        page.get_by_text("IMG_0812.xlsx").first.wait_for(state="attached")
        page.wait_for_timeout(4000)
        settle(page)


def walk(page: Page, address: str, language: str, shoot: Callable[[str], None], wanted: list[str]) -> None:
    """The login and every page in one language."""
    page.goto(f"{address}/briefing")
    page.locator("input[type=password]").first.wait_for()
    page.get_by_text(WORDS[language][1], exact=True).first.click()
    settle(page)
    if "login" in wanted:
        shoot(f"login.{language}")
    sign_in(page, language)
    for name, place in PLACES.items():
        if name in wanted:
            page.goto(f"{address}/{place}&lang={language}" if language == "en" else f"{address}/{place}")
            settle(page)
            if name == "uploads":
                drop(page)
            shoot(f"{name}.{language}")


def main() -> None:
    """Parse the call and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="*", help="only these pages (default: all)")
    parser.add_argument("--large", type=Path, help="write full-size pictures to this folder instead")
    parser.add_argument("--size", default="1920x1080")
    parser.add_argument("--dark", action="store_true", help="as someone sees it whose system is dark")
    parser.add_argument("--data", type=Path, help="keep the sample street in this folder and use it again")
    call = parser.parse_args()
    wanted = call.pages or ["first-start", "login", *PLACES]
    width, height = map(int, call.size.split("x"))
    folder = call.large or TARGET
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        data = call.data or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        office = Office(data, patch)
        playwright = stack.enter_context(sync_playwright())
        found = executable(playwright.chromium.executable_path)
        chromium = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        address = office.serve(stack)

        def page() -> Page:
            context = chromium.new_context(
                viewport={"width": width, "height": height},
                locale="zh-CN",
                color_scheme="dark" if call.dark else "light",
            )
            context.set_default_timeout(PATIENCE)
            return context.new_page()

        if not accounts.exist():
            fresh = page()
            fresh.goto(address)
            fresh.locator("input[type=password]").first.wait_for()
            for language in WORDS:
                fresh.get_by_text(WORDS[language][1], exact=True).first.click()
                settle(fresh)
                if "first-start" in wanted:
                    save(fresh, f"first-start.{language}", folder, small=call.large is None)
            accounts.create_first_administrator(NAME, PASSWORD, "示范街道")
            sample.load(accounts.console(), until=DAY)
        for language in WORDS:
            visitor = page()
            walk(
                visitor,
                address,
                language,
                lambda name, visitor=visitor: save(visitor, name, folder, small=call.large is None),
                wanted,
            )
        chromium.close()


class Office:
    """A data folder, a held clock and a server on them."""

    def __init__(self, data: Path, patch: pytest.MonkeyPatch) -> None:
        self.data = data
        patch.setenv("STREET_DATA_DIR", str(data))
        patch.setenv("STREET_NOW", NOW)
        patch.delenv("STREET_DATABASE_URL", raising=False)
        settings.cache_clear()

    def serve(self, stack: ExitStack) -> str:
        """Start the board; its address."""
        # as an office does: what is forked would begin with the parts of pages that this module has imported
        address, process = serving.start(self.data.parent / f"{os.getpid()}.log", fresh=True)
        stack.callback(serving.stop, [process])
        return address


if __name__ == "__main__":
    main()
