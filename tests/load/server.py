"""A server of its own for a measurement: started, watched by its process, and stopped."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psutil

from tests.browser.serving import free_port, stop

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0


class Watched(Protocol):
    """Whatever serves at an address, and what it takes."""

    @property
    def address(self) -> str:
        """Where it serves."""
        ...

    def busy(self) -> float:
        """Seconds of the processor it has used."""
        ...

    def memory(self) -> int:
        """Bytes that it holds."""
        ...

    def faults(self) -> list[str]:
        """Lines of its log that speak of an error."""
        ...


@dataclass
class Server:
    """A running server: its address, when its process was started (``time.perf_counter``), and what it takes."""

    address: str
    began: float
    process: psutil.Process
    log: Path
    beside: psutil.Process | None = None

    def busy(self) -> float:
        """Seconds of the processor that it, the processes that read files and those ``beside`` it have used."""
        return _used(self.process) + (_used(self.beside) if self.beside else 0.0)

    def memory(self) -> int:
        """Bytes that its own process holds; 0 once it was killed."""
        return int(self.process.memory_info().rss) if self.process.is_running() else 0

    def faults(self) -> list[str]:
        """Lines of its log that speak of an error."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return [line for line in lines if "ERROR" in line or "Traceback" in line or "Uncaught" in line]


@contextmanager
def serving(
    script: str | Path = "app.py", log: Path | None = None, beside: psutil.Process | None = None, **options: object
) -> Iterator[Server]:
    """A fresh server on the environment's data folder, ready to answer; ``script`` is another page than the board.

    ``beside`` is the first process of a database whose work counts as the server's.
    ``options`` are Streamlit's, ``runner_postScriptGC=True`` for ``runner.postScriptGC``.
    """
    port = free_port()
    options |= {"server_headless": True, "server_port": port, "server_fileWatcherType": "none"}
    said = [f"--{name.replace('_', '.')}={str(value).lower()}" for name, value in options.items()]
    command = [sys.executable, "-m", "streamlit", "run", str(script), *said]
    output, began = log or Path(os.devnull), time.perf_counter()
    with output.open("ab") as written:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(command, cwd=ROOT, stdout=written, stderr=written, env=environment)
    try:
        address = f"http://localhost:{port}"
        _wait(address, process)
        yield Server(address, began, psutil.Process(process.pid), output, beside)
    finally:
        stop([process])


def _used(process: psutil.Process) -> float:
    """Seconds of the processor of a process and of its children, those that have ended with them."""
    whole = 0.0
    with suppress(psutil.NoSuchProcess):  # it was killed
        for one in (process, *process.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):  # what has ended since counts as its parent's
                times = one.cpu_times()
                whole += times.user + times.system + times.children_user + times.children_system
    return whole


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError("the server ended by itself")
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    raise RuntimeError("the server did not answer")
