"""Two processes of the board on one PostgreSQL behind nginx, with the files an office would use (``deploy/``)."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE
from tests.browser.screenshots import settle
from tests.browser.serving import Process, start, stop
from tests.browser.test_login import expect_page, remembered, sign_in
from tests.conftest import Office, leisure
from tests.data_access import books
from tests.data_access.street import DAY, Board
from tests.load import front as nginx
from tests.pages.conftest import administrator

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)]

NOW = f"{DAY}T08:42"
PLACES = ("春晖社区", "向阳社区")


@dataclass
class Front:
    """The address of the proxy, and the processes behind it by their address."""

    address: str
    behind: dict[str, Process]
    running: list[Process | subprocess.Popen[bytes]] = field(default_factory=list)

    def serving(self) -> str:
        """The process that holds a websocket: what the proxy has connections to just now."""
        found = {address for address in self.behind if _connections(int(address.rsplit(":", 1)[1]))}
        assert len(found) == 1, found
        return found.pop()


def _connections(port: int) -> int:
    """How many established TCP connections a port of this machine has as a server."""
    rows = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]]
    return sum(int(row[1].split(":")[1], 16) == port and row[3] == "01" for row in rows)


@pytest.fixture
def front(database_url: str, office: Office, tmp_path: Path) -> Iterator[Front]:
    program = nginx.program()
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("No nginx on this machine, and CI=true: the processes behind it must be tried.")
        pytest.skip("No nginx on this machine.")
    office.now(NOW)
    office.set("STREET_TRUSTED_PROXIES", '["127.0.0.1", "::1"]')
    office.patch.setenv("STREAMLIT_SERVER_COOKIE_SECRET", "of all processes")
    board = Board(administrator())
    board.communities(list(PLACES))
    board.roster(PLACES[0], DAY, 3)
    nginx.certificate(tmp_path)
    made = Front(f"https://localhost:{nginx.free_port()}", {})
    try:
        for number in (1, 2):
            address, process = start(tmp_path / f"server{number}.log")
            made.behind[address] = process
            made.running.append(process)
        made.running.append(nginx.proxy(program, made.address, list(made.behind), tmp_path))
        yield made
    finally:
        stop(made.running)


@pytest.fixture
def window(chromium: Browser) -> Iterator[Page]:
    """A browser that believes the test's own certificate."""
    expect.set_options(timeout=PATIENCE)
    context = chromium.new_context(locale="zh-CN", ignore_https_errors=True)
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


def said(page: Page, words: str, seconds: float = PATIENCE / 1000) -> None:
    expect(page.locator(".b-said").first).to_contain_text(words, timeout=seconds * 1000)


def test_a_process_dies_and_its_viewers_go_on_with_the_other(front: Front, window: Page, tmp_path: Path) -> None:
    window.goto(f"{front.address}/uploads")
    sign_in(window)
    expect_page(window, "uploads")
    remembered(window)

    # a file goes in through the proxy: the upload has to arrive where its websocket is
    sheet = tmp_path / "向阳社区8月12日接种名单.xlsx"
    sheet.write_bytes(roster(PLACES[1], 4))
    settle(window)
    window.locator("input[type=file]").first.set_input_files(str(sheet))
    window.get_by_role("button", name=re.compile("入库 1 份")).click()
    expect(window.get_by_text(re.compile(r"(^|\D)1 份已入库")).first).to_be_visible()

    window.goto(f"{front.address}/briefing?mode=screen")
    said(window, "召集 7 人")
    dying = front.serving()
    front.behind[dying].send_signal(signal.SIGKILL)
    died = time.monotonic()
    front.behind[dying].wait()

    # what was acknowledged is there, and what is committed from now on shows, without anybody touching the wall
    Board(administrator()).roster(PLACES[0], DAY, 9)
    said(window, "召集 13 人", seconds=leisure(10))
    back = time.monotonic() - died
    print(f"back after {back:.1f} s")
    assert front.serving() != dying
    window.reload()
    said(window, "召集 13 人")  # signed in still: the visit is in the database, not in the process


def test_what_one_process_commits_shows_on_the_other_within_five_seconds(front: Front, window: Page) -> None:
    window.goto(f"{front.address}/briefing?mode=screen")
    sign_in(window)
    said(window, "召集 3 人")
    committed = time.monotonic()
    Board(administrator()).roster(PLACES[0], DAY, 9)
    said(window, "召集 9 人", seconds=leisure(5))
    assert time.monotonic() - committed < leisure(5)


def roster(place: str, size: int) -> bytes:
    people = (
        books.person(n, vaccination_date=DAY, community=place, person_code=f"RY9{n:04d}", phone=f"1390000{n:04d}")
        for n in range(size)
    )
    return books.book("roster", *people)
