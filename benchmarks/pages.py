"""From the click to the page, in Chromium against a real server: ``python -m benchmarks.pages``.

Signs in once and goes through the nine pages by their links. *fresh* is the first visit after the server started,
*cold* the visit after somebody has committed something (no answer is in memory), *warm* any other visit. First content
is the page's title and its first card, both of this run; complete is the end of the run. Milliseconds of the wall
clock, as the browser sees them.
"""

from __future__ import annotations

import argparse
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from benchmarks import street
from data_access import database
from pages.parts.frame import shell
from tests.browser.screenshots import Office, settle, sign_in
from tests.conftest import executable

FIRST = "administration"  # signed in here, so that the briefing is as fresh as the others
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
VISITS = ("fresh", "cold", "warm")

# A card counts once something in it was drawn by this run: what the last page left behind is stale.
CLICK = """
(slug) => new Promise((resolve, reject) => {
  const link = [...document.querySelectorAll('[data-testid=stTopNavLink]')]
    .find((one) => one.getAttribute('href')?.split('?')[0].endsWith('/' + slug));
  if (!link) { reject(new Error('no link to ' + slug)); return; }
  const title = link.innerText.split('\\n').pop().trim();
  const shown = (one) => one.getClientRects().length > 0 && !one.closest('[data-stale=true]');
  const fresh = (card) => shown(card) && [...card.querySelectorAll('[data-testid=stElementContainer]')].some(shown);
  const began = performance.now();
  let first = null, ran = false;
  const look = () => {
    const now = performance.now() - began;
    const state = document.querySelector('[data-testid=stApp]').dataset.testScriptState;
    ran ||= state !== 'notRunning';
    const here = location.pathname.endsWith('/' + slug);
    const named = [...document.querySelectorAll('h1')].some((one) => shown(one) && one.innerText.includes(title))
      || slug === 'briefing';
    const cards = document.querySelectorAll('[class*=st-key-card_], [class*=st-key-panel_], [class*=st-key-tile]');
    if (first === null && here && ran && named && [...cards].some(fresh)) first = now;
    if (first !== null && state === 'notRunning') resolve([first, now]);
    else if (now > 60000) reject(new Error(`${slug}: ${state}, first content ${first}`));
    else requestAnimationFrame(look);
  };
  link.click();
  look();
})
"""


def visit(page: Page, slug: str) -> tuple[float, float]:
    """Click the page's link; milliseconds to first content and to complete."""
    first, complete = page.evaluate(CLICK, slug)
    settle(page)
    return first, complete


def commit() -> None:
    """What a commit does to the answers in memory: the data version is another one."""
    with database.writing() as connection:
        database.raise_version(connection)


def main() -> None:
    """Parse the call, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="keep the sample street in this folder and use it again")
    parser.add_argument("--communities", type=int, default=12)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=3)
    call = parser.parse_args()
    slugs = [slug for slug in shell.PLACES if slug != FIRST] + [FIRST]
    taken: dict[tuple[str, str], list[tuple[float, float]]] = {(kind, slug): [] for kind in VISITS for slug in slugs}
    with ExitStack() as stack:
        data = call.data or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        office = Office(data, stack.enter_context(pytest.MonkeyPatch.context()))
        street.fill(data, call.communities, call.days)
        playwright = stack.enter_context(sync_playwright())
        found = executable(playwright.chromium.executable_path)
        chromium = stack.enter_context(playwright.chromium.launch(executable_path=found, args=ARGUMENTS))
        for _round in range(call.rounds):
            with ExitStack() as running:
                address = office.serve(running)
                page = chromium.new_context(viewport={"width": 1920, "height": 1080}, locale="zh-CN").new_page()
                page.set_default_timeout(90_000)
                page.goto(f"{address}/{FIRST}")
                page.locator("input[type=password]").first.wait_for()
                sign_in(page, "zh")
                settle(page)
                for kind in VISITS:
                    for slug in slugs:
                        if kind == "cold":
                            commit()
                        taken[kind, slug].append(visit(page, slug))
                page.context.close()
    for part, words in enumerate(("first content (ms)", "complete (ms)")):
        print("\n" + street.head(words, VISITS))
        for slug in slugs:
            cells = (street.spread([one[part] for one in taken[kind, slug]]) for kind in VISITS)
            print(f"{slug:34}" + "".join(cells))


if __name__ == "__main__":
    main()
