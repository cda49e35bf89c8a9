"""Work that comes again by the clock while the board runs: one thread of the process for each kind of it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from threading import Lock, Thread


class Round:
    """A thread that looks every ``seconds`` whether there is something to do.

    ``look`` does it; what it raises is said in ``log`` by its kind, as what ``waits``, and the next look comes by
    itself: the database may be away.
    """

    def __init__(self, name: str, look: Callable[[], object], seconds: float, log: logging.Logger, waits: str) -> None:
        self._name, self._look, self._seconds = name, look, seconds
        self._log, self._waits = log, waits
        self._thread: Thread | None = None
        self._starting = Lock()

    def wake(self) -> None:
        """Start the thread where it does not run."""
        with self._starting:
            if self._thread is None or not self._thread.is_alive():
                self._thread = Thread(target=self._go, name=self._name, daemon=True)
                self._thread.start()

    def _go(self) -> None:
        while True:
            try:
                self._look()
            except Exception as problem:
                self._log.warning("%s has to wait: %s", self._waits, type(problem).__name__)
            time.sleep(self._seconds)
