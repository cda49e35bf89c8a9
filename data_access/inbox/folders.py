"""Folders of workbooks: what is in one, and one that is watched.

A watched folder loses nothing: a file is moved only once it is decided, to ``done`` or ``failed`` below it, under a
name that is free there. One that was taken in but not moved when the machine went off is known again as unchanged.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from data_access import database, privacy, submissions
from data_access.accounts import Actor
from data_access.faults import FaultError
from data_access.inbox import batches, intake
from data_access.inbox.intake import File
from data_access.submissions import Outcome
from data_access.workbooks import returns
from data_access.workbooks.grid import SUFFIXES
from data_access.workbooks.model import Hints

log = logging.getLogger("street.folders")

DONE, FAILED = "done", "failed"

Stamp = tuple[int, int]  # size and time of the last change


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of one file of a watched folder: where it lies now, and the copy with its findings beside it.

    ``to`` is None where it stays: it could not be read, or the board could not decide; it is tried again, at once where
    it is the disk or the database that could not (``passing``).
    """

    path: Path
    outcome: Outcome
    batch: int | None = None
    to: Path | None = None
    annotated: Path | None = None
    passing: bool = False


def workbooks(path: Path) -> list[Path]:
    """A file as it is; of a folder the workbooks in it, without lock files and hidden ones."""
    if path.is_file():
        return [path]
    found = (file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file())
    return sorted(file for file in found if not file.name.startswith(("~$", ".")))


def opened(paths: Iterable[Path], hints: Hints) -> tuple[list[File], dict[int, Outcome]]:
    """The files ready for examining, each with its place among the paths as its number; and, by place, what is to be
    said of those that cannot be read from the disk."""
    files, unreadable = [], {}
    for number, path in enumerate(paths):
        try:
            files.append(intake.here(path, hints, number))
        except OSError:
            unreadable[number] = submissions.unreadable(path.name)
    return files, unreadable


# Watching ------------------------------------------------------------------------------------------------------


class Stop:
    """Whether somebody asked a watch to end. A signal may ask at any moment, so nothing here takes a lock."""

    def __init__(self) -> None:
        self.asked = False

    def wait(self, seconds: float) -> bool:
        """Sleep, but not longer than until it is asked for; whether it is."""
        end = time.monotonic() + seconds
        while not self.asked and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, 0.2))
        return self.asked


def watch(
    acting: Callable[[], Actor],
    folder: Path,
    hints: Hints,
    *,
    every: float = 5.0,
    once: bool = False,
    stop: Stop | None = None,
) -> Iterator[Moved]:
    """Take in the files of a folder, until ``stop`` is asked for or ``once``; what became of each.

    A file is taken when two looks, ``every`` seconds apart, found it the same. ``acting`` gives the account as it is at
    that moment. One that stays is told once, and tried again when it or the data change, or the fault is over.
    FaultError where the database does not answer and there is but ``once``; else it is waited for.
    """
    seen, stuck = _look(folder), dict[Path, tuple[Stamp, int]]()
    stop = stop or Stop()
    while not stop.wait(every):
        now = _look(folder)
        try:
            version = database.data_version()
            ready = {path: stamp for path, stamp in now.items() if seen.get(path) == stamp}
            ready = {path: stamp for path, stamp in ready.items() if stuck.get(path) != (stamp, version)}
            for moved in _take(acting(), folder, ready, hints) if ready else ():
                stamp = ready[moved.path]
                known = stuck.get(moved.path, (None, 0))[0] == stamp
                if moved.to is None:
                    stuck[moved.path] = stamp, 0 if moved.passing else database.data_version()
                if moved.to is not None or not known:
                    yield moved
        except FaultError as fault:
            if once:
                raise
            log.error("the watch has to wait: %s", fault.kind)
        seen = now
        if once:
            return


def _look(folder: Path) -> dict[Path, Stamp]:
    aside = {folder / DONE, folder / FAILED}
    found = {}
    for path in workbooks(folder):
        if not aside & set(path.parents) and (stamp := _stamp(path)) is not None:
            found[path] = stamp
    return found


def _stamp(path: Path) -> Stamp | None:
    try:
        about = path.stat()
    except OSError:  # gone meanwhile
        return None
    return about.st_size, about.st_mtime_ns


def _take(actor: Actor, folder: Path, stamps: dict[Path, Stamp], hints: Hints) -> Iterator[Moved]:
    paths = list(stamps)
    files, unreadable = opened(paths, hints)
    yield from (Moved(paths[number], outcome) for number, outcome in unreadable.items())
    batch = batches.open_(actor, "watch", [item.sha256 for item in files])
    for item in intake.take_in(actor, files, batch=batch):
        path = paths[item.number]
        if item.problem or _stamp(path) != stamps[path]:  # not decided, or written anew meanwhile
            yield Moved(path, item.answer, batch, passing=item.passing)
        else:
            yield _move(folder, path, item, batch)
    batches.close(actor, batch)


def _move(folder: Path, path: Path, item: File, batch: int) -> Moved:
    outcome = item.answer
    home = folder / (FAILED if outcome.refused else DONE) / path.relative_to(folder).parent
    target, annotated = _free(home / path.name), None
    try:
        home.mkdir(parents=True, exist_ok=True)
        annotated = _annotated(target, item) if outcome.refused else None
        path.rename(target)
    except OSError as failure:
        log.error("a file could not be moved: %s", type(failure).__name__)
        if annotated is not None:
            annotated.unlink(missing_ok=True)
        return Moved(path, outcome, batch)
    return Moved(path, outcome, batch, target, annotated)


def _annotated(target: Path, item: File) -> Path | None:
    """Write the file with its findings marked, whole or not at all; without it the file is moved just the same."""
    try:
        content = returns.annotated(item.data, item.name, item.findings)
    except Exception as problem:  # a copy with marks is a help; the file itself must go where it belongs
        log.error("%s could not be annotated: %s", item.sha256[:12], privacy.failure(problem))
        return None
    path = _free(target.with_name(returns.returned_name(target.name)))
    draft = path.with_name(f".{path.name}")
    draft.write_bytes(content)
    draft.rename(path)
    return path


def _free(path: Path) -> Path:
    """The path itself, or with the first number that makes it a new one."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.stem} ({number}){path.suffix}")
    return free
