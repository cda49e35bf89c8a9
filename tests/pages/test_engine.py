"""What the board changes in Streamlit itself is there, and does what Streamlit would."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from streamlit import config, string_util
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session
from streamlit.runtime.scriptrunner import ScriptRunner

from data_access.inbox import queue
from pages.parts.frame import engine


def test_the_look_is_the_same_and_put_together_once(monkeypatch: pytest.MonkeyPatch) -> None:
    engine.settle()
    assert app_session._populate_theme_msg is engine._look and ScriptRunner._run_script is engine._in_turn
    assert string_util.extract_leading_emoji is engine._emoji
    config.get_config_options(force_reparse=True)
    for section in ("theme", "theme.light", "theme.dark", "theme.sidebar", "theme.dark.sidebar"):
        engine._section.cache_clear()
        before, after = CustomThemeConfig(), CustomThemeConfig()
        engine._put_together(before, section)
        app_session._populate_theme_msg(after, section)
        assert after.SerializeToString(deterministic=True) == before.SerializeToString(deterministic=True)
    monkeypatch.setattr(engine, "_put_together", None)
    engine._look(CustomThemeConfig(), "theme.dark.sidebar")


@contextmanager
def _line(turns: engine._Turns, *people: tuple[str, str]) -> Iterator[list[str]]:
    """People who wait one behind the other; those whose turn has come, in that order."""
    came: list[str] = []

    def wait(name: str, how: str) -> None:
        if getattr(turns, how)():
            came.append(name)

    threads = []
    for number, (name, how) in enumerate(people, start=1):
        threads.append(threading.Thread(target=wait, args=(name, how)))
        threads[-1].start()
        while len(turns._clicked) + len(turns._waited) < number:
            time.sleep(0.001)
    yield came
    for thread in threads:
        thread.join()


def test_pages_are_drawn_one_after_the_other_and_clicks_come_first() -> None:
    turns = engine._Turns()
    assert all(turns.click() for _n in range(engine.AT_ONCE))
    people = [("back", "back"), ("first", "click"), ("second", "click")]
    with _line(turns, *people) as came:
        for number in range(1, len(people) + 1):
            turns.give()
            while len(came) < number:
                time.sleep(0.001)
    assert came == ["first", "second", "back"]


def test_nobody_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "PATIENCE", 0.05)
    turns = engine._Turns()
    taken = [turns.click() for _n in range(engine.AT_ONCE + 2)]
    assert taken == [True] * engine.AT_ONCE + [False] * 2
    for _n in range(engine.AT_ONCE):
        turns.give()
    assert all(turns.click() for _n in range(engine.AT_ONCE)) and not turns.click(), "none is lost and none too many"


def test_who_only_waits_lets_others_draw() -> None:
    free = engine._turns._free
    seen = []

    class Runner:
        pass

    def draw(_runner: Runner) -> None:
        seen.append(engine._turns._free)
        with engine.aside():
            seen.append(engine._turns._free)
        seen.append(engine._turns._free)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "_run", draw)
        engine._in_turn(Runner())  # type: ignore[arg-type]
    with engine.aside():  # where no run is
        seen.append(engine._turns._free)
    assert seen == [free - 1, free, free - 1, free] and engine._turns._free == free


def test_what_is_worked_out_for_a_page_keeps_nobody_from_being_drawn() -> None:
    """Also where one answer is worked out inside another: no turn is lost, and none taken twice."""
    free, seen = engine._turns._free, []

    def draw(_runner: object) -> None:
        engine.step_back()
        with engine.working_out():
            with engine.working_out():
                seen.append(engine._turns._free)
            seen.append(engine._turns._free)
        seen.append(engine._turns._free)
        with pytest.raises(ValueError), engine.working_out():
            raise ValueError
        seen.append(engine._turns._free)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "_run", draw)
        engine._in_turn(object())  # type: ignore[arg-type]
    assert seen == [free, free, free - 1, free] and engine._turns._free == free


def test_what_goes_on_behind_the_pages_lets_them_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "COURTESY", 60)
    engine.settle()
    assert queue.give_way is engine.give_way
    turns = engine._Turns()
    turns.let()  # nobody draws: at once
    assert turns.click()
    given = threading.Event()
    threading.Timer(0.1, lambda: (given.set(), turns.give())).start()
    began = time.monotonic()
    turns.let()
    assert given.is_set() and time.monotonic() - began < 30
    assert turns.click()
    monkeypatch.setattr(engine, "COURTESY", 0.05)
    turns.let()  # but not for ever
    assert turns._free < engine.AT_ONCE
