"""Logging that a person can read: one line, local time, no personal data."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler

from config import clock
from config.settings import settings

FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"


class _LocalTime(logging.Formatter):
    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        """The time of day in Asia/Shanghai, whatever the machine's zone."""
        return clock.local(clock.now()).strftime(datefmt or "%Y-%m-%d %H:%M:%S")


def start(level: int = logging.INFO, *, screen: bool = True) -> None:
    """Write the program's log to ``logs/street.log`` in the data folder and, where wanted, to standard error."""
    root = logging.getLogger("street")
    if root.handlers:
        return
    root.setLevel(level)
    root.propagate = False
    folder = settings().data_dir / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    handlers: list[logging.Handler] = [
        RotatingFileHandler(folder / "street.log", maxBytes=2_000_000, backupCount=5, encoding="utf-8")
    ]
    if screen:
        handlers.append(logging.StreamHandler())
    for handler in handlers:
        handler.setFormatter(_LocalTime(FORMAT))
        root.addHandler(handler)
