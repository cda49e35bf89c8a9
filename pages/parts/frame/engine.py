"""What the board changes in Streamlit itself, for the whole process; whatever has no setting of its own.

Private names of one version of it stand here: ``tests/pages/test_engine.py`` fails where another has none of them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import lru_cache
from threading import Event, Lock, local
from typing import Any

from streamlit import config, dataframe_util, net_util, string_util
from streamlit.elements import arrow
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session
from streamlit.runtime.scriptrunner import ScriptRunner

from data_access.inbox import queue
from pages.parts import written


def settle() -> None:
    """Once per process."""
    # else a page of a foreign origin that knocks makes Streamlit ask a server abroad for this one's address, while
    # everybody waits; this one it lets in anyway
    net_util._external_ip = "0.0.0.0"
    # and a lock around each look at an option, of which every element takes several: with many pages at once all their
    # threads queue for it, each time for a round of the interpreter; options are read once: config.toml is not to be
    # changed under a running board
    config._config_lock = nullcontext()  # type: ignore[assignment]
    # and the look, which goes out with every run, put together from its options each time for some milliseconds
    setattr(app_session, "_populate_theme_msg", _look)  # noqa: B010
    # and the search for a picture at the beginning of what is chosen from, in a table of all of them
    setattr(string_util, "extract_leading_emoji", _emoji)  # noqa: B010
    # and tables written out for every visitor and run
    setattr(arrow, "marshall_styler", written.marshall)  # noqa: B010
    setattr(dataframe_util, "convert_pandas_df_to_arrow_bytes", written.convert)  # noqa: B010
    # and many pages drawn at once, which take the interpreter from each other at every step
    setattr(ScriptRunner, "_run_script", _in_turn)  # noqa: B010
    queue.give_way = give_way


_search = string_util.extract_leading_emoji


def _emoji(text: str) -> tuple[str, str]:
    return ("", text) if "\u4e00" <= text[:1] <= "\u9fff" else _search(text)


_put_together = app_session._populate_theme_msg


def _look(message: CustomThemeConfig, section: str = "theme") -> None:
    ready = _section(section)
    if ready.ByteSize():  # else even merging would say that there is such a section
        message.MergeFrom(ready)


@lru_cache
def _section(section: str) -> CustomThemeConfig:
    made = CustomThemeConfig()
    _put_together(made, section)
    return made


# One page after the other -----------------------------------------------------------------------------------------

AT_ONCE = 2  # pages; the interpreter runs one thread at a time, a second one has it while the first waits for the disk
PATIENCE = 1.0  # seconds after which a page is drawn whoever else is at it: others may be at something long
LONGER = 3.0  # of those who wait anyway
COURTESY = 0.1  # seconds that what goes on behind the pages lets them go first, before each piece of it


class _Turns:
    """Who may draw: in the order in which they came, those who have just clicked before those who waited anyway."""

    def __init__(self) -> None:
        self._free = AT_ONCE
        self._lock = Lock()
        self._nobody = Event()  # draws
        self._nobody.set()
        self._clicked: deque[Event] = deque()
        self._waited: deque[Event] = deque()

    def take(self, line: deque[Event], patience: float, *, first: bool = False) -> bool:
        """Wait in a line, at its end or as the ``first``; whether the turn came, or patience ended."""
        with self._lock:
            if self._free:
                self._free -= 1
                self._nobody.clear()
                return True
            called = Event()
            line.insert(0 if first else len(line), called)
        if called.wait(patience):
            return True
        with self._lock:
            if called.is_set():  # in the last moment
                return True
            line.remove(called)
            return False

    def give(self) -> None:
        """Whoever comes next."""
        with self._lock:
            line = self._clicked or self._waited
            if line:
                line.popleft().set()
            else:
                self._free += 1
                if self._free == AT_ONCE:
                    self._nobody.set()

    def click(self) -> bool:
        """As ``take`` for somebody who has just clicked."""
        return self.take(self._clicked, PATIENCE)

    def back(self) -> bool:
        """As ``take`` for somebody who comes back from waiting for something else."""
        return self.take(self._waited, LONGER)

    def go_on(self) -> bool:
        """As ``take`` for somebody whose page is half drawn and for whom something had to be worked out."""
        return self.take(self._clicked, PATIENCE, first=True)

    def let(self) -> None:
        """Wait until nobody draws, but not for long."""
        self._nobody.wait(COURTESY)


_turns = _Turns()
_mine = local()  # of a thread that draws: whether it has a turn, and whether it is away from it
_run = ScriptRunner._run_script


def _in_turn(runner: ScriptRunner, *given: Any, **options: Any) -> None:
    _mine.turn, _mine.away = _turns.click(), False
    try:
        _run(runner, *given, **options)
    finally:
        _give()


@contextmanager
def aside() -> Iterator[None]:
    """Let others be drawn while this run only waits; also where no run is."""
    with _without(_turns.back):
        yield


@contextmanager
def working_out() -> Iterator[None]:
    """Let others be drawn while an answer is worked out for this run, which then goes on before them."""
    with _without(_turns.go_on):
        yield


@contextmanager
def _without(again: Callable[[], bool]) -> Iterator[None]:
    """Without the turn of this run, if it has one and has not stepped aside already."""
    if getattr(_mine, "turn", None) is None or _mine.away:
        yield
        return
    _give()
    _mine.turn, _mine.away = False, True
    try:
        yield  # where a click ends the waiting, the next run takes a turn of its own
    finally:
        _mine.away = False
    _mine.turn = again()


def step_back() -> None:
    """From here on this run waits until those are drawn who have just clicked elsewhere: it has to wait anyway."""
    with aside():
        pass


def give_way() -> None:
    """What goes on behind the pages lets them be drawn first."""
    _turns.let()


def _give() -> None:
    """Give the turn back, if this thread has one."""
    if getattr(_mine, "turn", None):
        _turns.give()
    _mine.turn = None
