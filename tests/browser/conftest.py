"""The real board: a Streamlit server on the office of the test, and Chromium in front of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from tests.browser.serving import Process, free_port, start, stop
from tests.conftest import Office

PATIENCE = 60_000  # milliseconds; a busy build machine is slow, and a test that passes never waits this long

Server = Callable[[], str]


def pytest_itemcollected(item: pytest.Item) -> None:
    """A journey that fails is made once more, and the report says so: a click may land between two drawings."""
    item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def origin() -> str:
    """Where one server after the other stands: what the browser keeps of Streamlit's own files serves all tests."""
    return f"http://localhost:{free_port()}"


@pytest.fixture(scope="session")
def visitor(chromium: Browser, origin: str) -> Iterator[BrowserContext]:
    """Who looks at the board in one test after the other."""
    window: ViewportSize = {"width": 1920, "height": 1080}
    # nothing moves: without a graphics card each frame of an animation is drawn by the processor
    with chromium.new_context(viewport=window, locale="zh-CN", reduced_motion="reduce") as context:
        keep(context, origin)
        yield context


def keep(context: BrowserContext, address: str) -> None:
    """An empty window of the address stays open: so the browser keeps its process, and what it has made of Streamlit's
    files, from one window of it to the next."""
    page = context.new_page()
    page.route("**", lambda route: route.fulfill(body=""))
    page.goto(address)


@pytest.fixture
def browser_page(visitor: BrowserContext, origin: str) -> Iterator[Page]:
    """A window of its own, 1920 × 1080, without cookies and without anything that a page has stored."""
    expect.set_options(timeout=PATIENCE)
    page = visitor.new_page()
    page.set_default_timeout(PATIENCE)
    yield page
    visitor.new_cdp_session(page).send(
        "Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "local_storage,indexeddb,service_workers"}
    )
    page.close()
    visitor.clear_cookies()


@pytest.fixture
def server(office: Office, origin: str, tmp_path: Path) -> Iterator[Server]:
    """``server()`` starts a fresh server on the test's office and gives its address; it ends with the test."""
    running: list[Process] = []

    def fresh() -> str:
        stop(running)
        address, process = start(tmp_path / "server.log", origin)
        running.append(process)
        return address

    yield fresh
    stop(running)
