"""Servers of the board: as an office starts one, or forked from a process that has loaded every library already.

Loading takes five seconds of the processor, the greater part of many a test. What is forked has run no line of a page
yet: its settings, database, caches and threads are its own, as of a process that was started by the command.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


class Forked(ForkServerProcess):
    """``python -m streamlit run …`` in the environment of now, to be handled like a ``Popen``."""

    def __init__(self, command: list[str], log: Path) -> None:
        super().__init__(daemon=True)
        self.command, self.log, self.environment = command, log, dict(os.environ)

    def run(self) -> None:
        from streamlit.web import cli

        with self.log.open("ab", buffering=0) as output:
            for stream in (1, 2):
                os.dup2(output.fileno(), stream)
        os.environ.clear()
        os.environ.update(self.environment)
        os.chdir(ROOT)
        sys.argv = self.command
        try:
            cli.main()
        finally:
            atexit._run_exitfuncs()  # which multiprocessing leaves out

    def poll(self) -> int | None:
        return self.exitcode

    def wait(self, timeout: float | None = None) -> None:
        self.join(timeout)
        if self.exitcode is None:
            raise subprocess.TimeoutExpired(self.command, timeout or 0)

    def send_signal(self, number: int) -> None:
        assert self.pid is not None
        os.kill(self.pid, number)


Process = subprocess.Popen[bytes] | Forked


def start(log: Path, address: str = "", *, fresh: bool = False) -> tuple[str, Process]:
    """A server on the data folder of the environment, ready to answer: its address (new, or as before) and process.

    ``fresh``: by the command of an office, with every library to be loaded.
    """
    address = address or f"http://localhost:{free_port()}"
    process: Process
    if fresh or "forkserver" not in multiprocessing.get_all_start_methods():
        with log.open("ab") as output:
            command = [sys.executable, "-m", *_command(address)]
            process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output)
    else:
        multiprocessing.set_forkserver_preload([__name__, "tests.browser.loaded"])
        process = Forked(_command(address), log)
        process.start()
    _wait(address, process, log)
    return address, process


def stop(running: list[Process]) -> None:
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
    return ["streamlit", "run", "app.py", *(f"--server.{name}={value}" for name, value in options.items())]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        return int(probe.getsockname()[1])


def _wait(address: str, process: Process, log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(f"The server ended by itself:\n{log.read_text(errors='replace')[-2000:]}")
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    pytest.fail("The server did not answer within a minute.")
