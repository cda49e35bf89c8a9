"""Work on what strangers send, in processes of their own that may die, loop or swell without harm.

A few long-lived children answer one request after another over their standard streams: frames of pickled plain
values, each with its length before it. A request names a function and its arguments. A child has a limit on memory,
is killed when the time is over, and is replaced after a death, after many files, or when it has grown: reading
libraries leak. They are started as commands of their own and not by ``multiprocessing``, which would copy a process
full of threads, or run the main module again, which Streamlit has replaced.

The limit on memory is the kernel's (``RLIMIT_AS``) and so holds on POSIX systems only; on Windows the limit on time
is the only one.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import io
import logging
import os
import pickle
import queue
import re
import signal
import struct
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, BinaryIO, ClassVar

ROOT = Path(__file__).parents[2]
WORKERS = 2
FILES = 200  # after so many requests a child is replaced
YOUNG = 50_000  # objects made until the garbage collector looks: a book is many objects and no garbage
GROWN = 0.6  # or when it once held this part of the memory allowed
STARTING = 30.0  # seconds until a child must say that it is there
GRACE = 2.0  # seconds after which a child whose parent is gone ends by itself

log = logging.getLogger("street.worker")

_LENGTH = struct.Struct(">Q")
_READY = "ready"


class WorkerError(Exception):
    """The work could not be done; nothing of it is kept."""


class TooSlowError(WorkerError):
    """It took longer than allowed."""


class TooHeavyError(WorkerError):
    """It needed more memory than allowed."""


class DiedError(WorkerError):
    """The process died of it."""


class FailedError(WorkerError):
    """The function raised an exception; its name is the text."""


class UnavailableError(WorkerError):
    """No process can be started on this machine."""


def ask(function: str, *arguments: Any, seconds: float, memory_mb: int) -> Any:
    """What ``function`` ("module:name") answers for plain arguments, within limits on time and memory.

    May be called from several threads; each waits for a child that is free, which does not count as its time.
    WorkerError of one kind or another where there is no answer.
    """
    worker = _pool().get()
    try:
        return worker.ask(function, arguments, seconds, memory_mb)
    finally:
        _pool().put(worker)


class Worker:
    """One child, started when it is first needed and again when it is gone."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None

    def ask(self, function: str, arguments: tuple[Any, ...], seconds: float, memory_mb: int) -> Any:
        """See ``ask``. The child is ended unless it answered and may go on."""
        process = self._started()
        request = pickle.dumps((function, arguments, seconds, memory_mb), protocol=5)
        late = threading.Event()
        try:
            answer = _exchange(process, request, seconds, late)
        except Exception as failure:  # a broken frame may fail in any way
            code = self._ended(process)
            log.warning("a reading process ended with %s: %s", code, type(failure).__name__)
            if late.is_set() or code == -getattr(signal, "SIGALRM", 0):
                raise TooSlowError from None
            # An allocation that fails outside of Python aborts the process.
            raise (TooHeavyError if code == -signal.SIGABRT else DiedError)() from None
        except BaseException:  # an interrupt: the answer would be taken for that to the next request
            self._ended(process)
            raise
        status, value, last = answer
        if last or late.is_set():
            self._ended(process)
        if status == "heavy":
            raise TooHeavyError
        if status in ("failed", "panicked"):
            raise FailedError(value)
        return value

    def close(self) -> None:
        """End the child, if there is one."""
        if self.process is not None:
            self._ended(self.process)

    def _started(self) -> subprocess.Popen[bytes]:
        if self.process is not None and self.process.poll() is None:
            return self.process
        self.close()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("STREET_")}
        paths = [str(ROOT), *filter(None, [environment.get("PYTHONPATH")])]
        environment |= {"PYTHONPATH": os.pathsep.join(paths), "PYTHONIOENCODING": "utf-8"}
        try:
            self.process = subprocess.Popen(
                [sys.executable, "-m", __name__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # a library's complaint may quote what is in the file
                cwd=ROOT,
                env=environment,
            )
            if _exchange(self.process, b"", STARTING, threading.Event()) == _READY:
                return self.process
        except (OSError, EOFError, ValueError, pickle.UnpicklingError):
            pass
        self.close()
        raise UnavailableError

    def _ended(self, process: subprocess.Popen[bytes]) -> int:
        """The exit code of a child that is gone or now killed."""
        self.process = None
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.wait(0.5)  # it dies by itself, or ends because nobody is there any more
        process.kill()
        return process.wait()


def _exchange(process: subprocess.Popen[bytes], request: bytes, seconds: float, late: threading.Event) -> Any:
    """Send a frame (none where it is empty) and take one. A timer kills the child: pipes cannot wait on Windows."""
    assert process.stdin is not None and process.stdout is not None

    def kill() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(seconds, kill)
    timer.daemon = True
    timer.start()
    try:
        if request:
            _send(process.stdin, request)
        return _Plain(io.BytesIO(_take(process.stdout))).load()
    finally:
        timer.cancel()


class _Plain(pickle.Unpickler):
    """Takes numbers, texts, dates and their collections, and refuses everything else."""

    KNOWN: ClassVar[dict[str, frozenset[str]]] = {
        "datetime": frozenset(("date", "datetime", "time", "timedelta")),
        "builtins": frozenset(("frozenset", "set", "bytearray")),
    }

    def find_class(self, module: str, name: str) -> Any:
        if name in self.KNOWN.get(module, ()):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(name)


def _send(stream: BinaryIO | Any, frame: bytes) -> None:
    stream.write(_LENGTH.pack(len(frame)))
    stream.write(frame)
    stream.flush()


def _take(stream: BinaryIO | Any) -> bytes:
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    frame: bytes = stream.read(length)
    if len(frame) < length:
        raise EOFError
    return frame


# The workers of this process ----------------------------------------------------------------------


class _Workers:
    """The children of this process; one that was forked off must not share them and gets its own."""

    def __init__(self) -> None:
        self.all = [Worker() for _number in range(WORKERS)]
        self.free: queue.LifoQueue[Worker] = queue.LifoQueue()  # the one that is warm comes first
        for worker in reversed(self.all):
            self.free.put(worker)


_workers = _Workers()


def _pool() -> queue.LifoQueue[Worker]:
    return _workers.free


def _anew() -> None:
    global _workers
    _workers = _Workers()


def alive() -> int:
    """How many children are running."""
    return sum(worker.process is not None and worker.process.poll() is None for worker in _workers.all)


def close() -> None:
    """End all children; the next request starts them again."""
    for worker in _workers.all:
        worker.close()


atexit.register(close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_anew)


# In the child -------------------------------------------------------------------------------------


def serve(inbox: BinaryIO, outbox: BinaryIO) -> None:
    """Answer requests until nobody asks any more, or until this process has had enough."""
    _send(outbox, pickle.dumps(_READY))
    for number in range(1, FILES + 1):
        try:
            function, arguments, seconds, memory_mb = pickle.loads(_take(inbox))
        except EOFError:
            return
        _limit(seconds, memory_mb)
        status, value = _answer(function, arguments)
        del arguments
        last = status in ("heavy", "panicked") or number == FILES or _grown(memory_mb)
        try:
            frame = pickle.dumps((status, value, last), protocol=5)
        except MemoryError:
            value, last = None, True
            frame = pickle.dumps(("heavy", None, True))
        _send(outbox, frame)
        del value, frame
        _limit(0, memory_mb)
        if last:
            return


def _answer(function: str, arguments: tuple[Any, ...]) -> tuple[str, Any]:
    module, _colon, name = function.partition(":")
    try:
        return "done", getattr(importlib.import_module(module), name)(*arguments)
    except MemoryError:
        return "heavy", None
    except Exception as failure:
        return "failed", type(failure).__name__
    except BaseException as failure:  # what a library written in Rust raises when it panics
        return "panicked", type(failure).__name__


def _limit(seconds: float, memory_mb: int) -> None:
    """The limits of one request: memory, and an end by itself should the parent be gone (0 seconds: none)."""
    if sys.platform == "win32":
        return
    import resource

    _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = memory_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
    signal.setitimer(signal.ITIMER_REAL, seconds + GRACE if seconds else 0)


def _grown(memory_mb: int) -> bool:
    return _most_held() > GROWN * memory_mb * 1024 * 1024


def _most_held() -> int:
    """Bytes of memory that this process held at most; 0 where nobody says.

    On Linux ``getrusage`` begins with what the process held that started this one: a board that has grown itself
    would have each child replaced after one file.
    """
    if sys.platform == "win32":
        return 0
    with contextlib.suppress(OSError):
        found = re.search(rb"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_bytes())
        if found:
            return int(found[1]) * 1024
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def main() -> None:
    """Take the standard streams for the frames alone and serve."""
    inbox, outbox = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)  # whatever a library prints
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent
    gc.freeze()
    gc.set_threshold(YOUNG)
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # no copy of personal data on the disk
    with contextlib.suppress(BrokenPipeError):
        serve(inbox, outbox)


if __name__ == "__main__":
    main()
