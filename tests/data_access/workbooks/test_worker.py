"""Work in a process of its own: limits that hold, deaths that are survived, threads that take turns."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path
from time import perf_counter, sleep
from types import ModuleType
from typing import Any

import pytest

from config.settings import settings
from data_access.findings import Finding
from data_access.workbooks import worker
from data_access.workbooks.grid import Book, open_book

MEGABYTE = 1024 * 1024


def ask(function: str, *arguments: Any, seconds: float = 10, memory_mb: int = 500) -> Any:
    return worker.ask(function, *arguments, seconds=seconds, memory_mb=memory_mb)


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """Each test begins and ends without children."""
    worker.close()
    yield
    worker.close()


def test_a_child_goes_on_answering() -> None:
    first = ask("os:getpid")
    assert first != os.getpid()
    assert ask("os:getpid") == first


def test_plain_values_come_back_as_they_were() -> None:
    values = {"a": [1, 2.5, "字", True, None, (date(2022, 8, 12), datetime(2022, 8, 12, 9)), frozenset({(1, 2)})]}
    assert ask("copy:deepcopy", values) == values


def test_nothing_but_plain_values_is_taken_from_a_child() -> None:
    with pytest.raises(worker.DiedError):
        ask("fractions:Fraction", 1, 2)
    assert ask("math:factorial", 5) == 120


def test_what_takes_too_long_is_ended() -> None:
    start = perf_counter()
    with pytest.raises(worker.TooSlowError):
        ask("time:sleep", 60, seconds=0.3)
    assert perf_counter() - start < 3
    assert ask("math:factorial", 5) == 120, "and the next request is answered"


def test_what_needs_too_much_memory_is_ended() -> None:
    limit = 300
    with pytest.raises(worker.TooHeavyError):
        ask("builtins:bytearray", limit * MEGABYTE, memory_mb=limit)
    assert len(ask("builtins:bytearray", MEGABYTE, memory_mb=limit)) == MEGABYTE
    assert ask("resource:getrlimit", resource.RLIMIT_AS, memory_mb=limit)[0] == limit * MEGABYTE
    assert ask("resource:getrlimit", resource.RLIMIT_CORE)[0] == 0, "no dump of personal data"


@pytest.mark.parametrize(
    ("function", "argument", "trouble"),
    [
        ("os:_exit", 3, worker.DiedError),
        ("signal:raise_signal", signal.SIGSEGV, worker.DiedError),
        ("signal:raise_signal", signal.SIGABRT, worker.TooHeavyError),
        ("sys:exit", 3, worker.FailedError),
        ("math:sqrt", -1, worker.FailedError),
        ("nowhere:nothing", 1, worker.FailedError),
    ],
)
def test_a_death_is_an_error_and_the_next_request_is_answered(
    function: str, argument: int, trouble: type[worker.WorkerError]
) -> None:
    with pytest.raises(trouble):
        ask(function, int(argument))
    assert ask("math:factorial", 5) == 120


def test_what_a_library_prints_does_not_get_among_the_answers() -> None:
    assert ask("builtins:print", "noise" * 1000) is None
    assert ask("os:write", 1, b"noise") == 5
    assert ask("math:factorial", 5) == 120


def test_a_child_is_replaced_after_many_files() -> None:
    ballast = b"x" * 400 * MEGABYTE  # what the parent holds is not the child's
    first = ask("os:getpid")
    for _number in range(worker.FILES - 1):
        assert ask("os:getpid") == first
    assert ask("os:getpid") != first
    del ballast


def test_a_child_that_has_grown_is_replaced() -> None:
    first = ask("os:getpid")
    assert ask("builtins:len", "x" * 100 * MEGABYTE, memory_mb=300) == 100 * MEGABYTE
    assert ask("os:getpid") != first, "the text and its frame took most of what is allowed"


def test_threads_take_turns_at_two_children() -> None:
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda number: (ask("math:factorial", number % 20), ask("os:getpid")), range(80)))
    assert [answer for answer, _child in answers] == [ask("math:factorial", number % 20) for number in range(80)]
    assert 1 <= len({child for _answer, child in answers}) <= worker.WORKERS


def test_waiting_for_a_free_child_is_not_counted() -> None:
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(lambda _number: ask("time:sleep", 0.4, seconds=0.8), range(6))) == [None] * 6


def test_a_child_does_not_see_the_settings_of_the_board(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREET_DATABASE_URL", "postgresql://secret")
    assert ask("os:getenv", "STREET_DATABASE_URL") is None


def test_it_works_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: ModuleType) -> None:
    monkeypatch.chdir(tmp_path)
    assert isinstance(open_book(make.title_rows(), "a.xlsx"), Book)


def test_without_processes_there_is_a_clear_error(monkeypatch: pytest.MonkeyPatch, make: ModuleType) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    found = open_book(make.title_rows(), "a.xlsx")
    assert isinstance(found, Finding) and found.code == "READER_UNAVAILABLE"


def test_children_end_with_their_parent() -> None:
    script = (
        "import time; from data_access.workbooks import worker; import threading;"
        "print(worker.ask('os:getpid', seconds=5, memory_mb=500), flush=True);"
        "worker.ask('time:sleep', 60, seconds=1, memory_mb=500)"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, cwd=worker.ROOT)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    assert gone(child, 1 + worker.GRACE + 5), "it was busy, and ended by itself when its time was over"


def gone(process: int, seconds: float) -> bool:
    for _tenth in range(int(seconds * 10)):
        try:
            state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        sleep(0.1)
    return False


def test_hostile_files_side_by_side_with_sound_ones(make: ModuleType, hostile: ModuleType) -> None:
    """A file that swells costs its sender a finding; what others send meanwhile is read."""
    swelling, sound = hostile.swelling(), make.title_rows()
    peak = 0
    stop = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not stop.wait(0.01):
            for child in [each.process for each in worker._workers.all if each.process is not None]:
                try:
                    status = Path(f"/proc/{child.pid}/status").read_text()
                except OSError:
                    continue
                peak = max([peak, *(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))])

    watcher = threading.Thread(target=watch)
    watcher.start()
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda data: open_book(data, "a.xlsx"), [swelling, sound] * 4))
    stop.set()
    watcher.join()
    assert [getattr(answer, "code", "book") for answer in found] == ["FILE_TOO_HEAVY", "book"] * 4
    assert 0 < peak * 1024 < settings().limits.memory_mb * MEGABYTE
