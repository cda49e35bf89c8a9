"""The real board: a Streamlit server on the office of the test, and Chromium in front of it."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import Office

ROOT = Path(__file__).parents[2]
PATIENCE = 60_000  # milliseconds; a busy build machine is slow, and a test that passes never waits this long

Server = Callable[[], str]


def pytest_itemcollected(item: pytest.Item) -> None:
    """A journey that fails is made once more, and the report says so: a click may land between two drawings."""
    item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture
def browser_page(chromium: Browser) -> Iterator[Page]:
    """A window of its own, 1920 × 1080, without cookies."""
    expect.set_options(timeout=PATIENCE)  # the first page of a fresh server loads every library
    context = chromium.new_context(viewport={"width": 1920, "height": 1080}, locale="zh-CN")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    yield page
    context.close()


@pytest.fixture
def server(office: Office, tmp_path: Path) -> Iterator[Server]:
    """``server()`` starts a fresh server on the test's office and gives its address; it ends with the test."""
    running: list[subprocess.Popen[bytes]] = []

    def fresh() -> str:
        stop(running)
        address, process = start(tmp_path / "server.log")
        running.append(process)
        return address

    yield fresh
    stop(running)


def start(log: Path, address: str = "") -> tuple[str, subprocess.Popen[bytes]]:
    """A server on the data folder of the environment, ready to answer: its address (new, or as before) and process."""
    address = address or f"http://localhost:{free_port()}"
    with log.open("ab") as output:
        process = subprocess.Popen(_command(address), cwd=ROOT, stdout=output, stderr=output)
    _wait(address, process, log)
    return address, process


def stop(running: list[subprocess.Popen[bytes]]) -> None:
    while running:
        process = running.pop()
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _command(address: str) -> list[str]:
    options = {"headless": "true", "port": address.rsplit(":", 1)[1], "fileWatcherType": "none"}
    named = [f"--server.{name}={value}" for name, value in options.items()]
    return [sys.executable, "-m", "streamlit", "run", "app.py", *named]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        return int(probe.getsockname()[1])


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(f"The server ended by itself:\n{log.read_text(errors='replace')[-2000:]}")
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    pytest.fail("The server did not answer within a minute.")
