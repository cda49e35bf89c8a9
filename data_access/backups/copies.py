"""Copies of everything, kept in a folder: made by the clock each night or by a button, proved, and rotated.

A thread of the board (``wake``) looks every half minute whether the hour has come. Each copy is claimed in the database
first, so that several processes do not make it twice; one that dies in the middle is tried again. A copy counts once it
has been proved. Those made by the clock are rotated, those somebody asked for stay until somebody takes them away.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock, Thread
from typing import Any

import pandas as pd
from sqlalchemy import Connection, insert, select, update

from config import clock
from config.language import N_, _
from config.settings import settings
from data_access import accounts, audit, database, statistics
from data_access.accounts import Actor, Capability
from data_access.backups import making, proving, restoring
from data_access.backups.archive import BackupError
from data_access.rounds import Round
from data_access.schema import Account, Backup

log = logging.getLogger("street.backups")

COLUMNS = ["id", "at", "by", "name", "size", "data_version", "verified_at", "failure", "there"]
ENDING = ".backup"
BROKEN_OFF = timedelta(hours=2)  # one that takes longer has died
AGAIN = timedelta(hours=1)  # after a failure
LATE = timedelta(hours=26)  # the last good copy is older than a day: somebody should look
ROUND = 30.0  # seconds between two looks at the clock

FAILURES = {
    "write": N_("it could not be written: {detail}"),
    "damaged": N_("it did not stand the proof"),
    "inside": N_("it is whole, but what the board holds has faults; run verify ({detail})"),
    "broken": N_("it was broken off"),
    "other": N_("an unexpected fault, see the log: {detail}"),
}


@dataclass(frozen=True, slots=True)
class State:
    """How things stand. ``good`` is when the last copy that was proved was made, ``proved`` when that was.

    ``failure``: why the latest try failed (words), None where it did not. ``late``: copies are made by the clock, there
    is something to keep, and the last good one is more than a day old. ``next_at``: when the clock makes the next one,
    None where it makes none.
    """

    folder: Path
    good: datetime | None
    proved: datetime | None
    failure: str | None
    under_way: bool
    late: bool
    next_at: datetime | None
    copies: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Progress:
    """A copy this process is making: what it is at (``making`` or ``proving``), rows done and in all."""

    stage: str
    done: int
    every: int


def folder() -> Path:
    """Where the copies are kept."""
    return Path(settings().backup.folder or settings().data_dir / "backups").resolve()


def state(actor: Actor) -> State:
    """How things stand, with the copies, the newest first. For administrators.

    Columns of ``copies``: ``COLUMNS``; ``by`` the account that asked (missing: the clock), moments aware UTC, size in
    bytes (Int64), ``failure`` in words, ``there`` whether its file still lies in its place.
    """
    actor.require(Capability.ADMINISTER)
    with database.reading() as connection:
        rows = connection.execute(
            select(Backup, Account.username)
            .join(Account, Account.id == Backup.account_id, isouter=True)
            .order_by(Backup.id.desc())
            .limit(100)
        ).all()
        something = restoring.holds_something(connection)
    now = clock.now()
    lines = [_line(row) for row in rows]
    good = max((row.at for row in rows if _whole(row)), default=None)
    proved = max((row.verified_at for row in rows if _whole(row)), default=None)
    last = next((row for row in rows if not _open(row, now)), None)
    broken = _why(last) if last is not None else None
    on = settings().backup.on
    return State(
        folder=folder(),
        good=good,
        proved=proved,
        failure=broken,
        under_way=any(_open(row, now) for row in rows),
        late=on and something and (good is None or now - good > LATE),
        next_at=_last_due(now) + timedelta(days=1) if on else None,
        copies=pd.DataFrame(lines, columns=COLUMNS).astype({"size": "Int64", "data_version": "Int64"}),
    )


def _line(row: Any) -> dict[str, Any]:
    path = Path(row.path)
    return {
        **{name: getattr(row, name) for name in ("id", "at", "size", "data_version", "verified_at")},
        "by": row.username,
        "name": path.name,
        "failure": _why(row),
        "there": path.exists(),
    }


def _open(row: Any, now: datetime) -> bool:
    """Whether it is being made or proved."""
    return row.failure is None and row.verified_at is None and abs(now - row.at) < BROKEN_OFF


def _why(row: Any) -> str | None:
    if row.failure is None:
        return None if row.verified_at or _open(row, clock.now()) else _(FAILURES["broken"])
    reason, _space, detail = row.failure.partition(" ")
    return _(FAILURES.get(reason, FAILURES["other"]), detail=detail)


# Making ----------------------------------------------------------------------------------------------------------

_at_work = Lock()
_progress: Progress | None = None


def progress() -> Progress | None:
    """What this process is at, if it is making or proving a copy."""
    return _progress


def start(actor: Actor) -> None:
    """Make a copy in the background and prove it. BackupError where one is under way. For administrators."""
    actor.require(Capability.ADMINISTER)
    number = _claim(actor)
    if number is None:
        raise BackupError(N_("A backup is under way."))
    Thread(target=_carry_out, args=(actor, number), name="backup", daemon=True).start()


def run(actor: Actor) -> State:
    """The same, waited for. BackupError where one is under way."""
    actor.require(Capability.ADMINISTER)
    number = _claim(actor)
    if number is None:
        raise BackupError(N_("A backup is under way."))
    _carry_out(actor, number)
    return state(actor)


def _claim(actor: Actor | None) -> int | None:
    """The number of a new copy, which is this caller's to make; None where one is under way, or none is due.

    Without an actor it is the clock that asks.
    """
    now = clock.now()
    with database.writing() as connection:
        rows = connection.execute(select(Backup).order_by(Backup.id.desc()).limit(20)).all()
        if any(_open(row, now) for row in rows) or (actor is None and not _due(rows, now)):
            return None
        if actor is None and not restoring.holds_something(connection):
            return None  # an office before its first start has nothing to lose
        name = f"street-{clock.local(now):%Y%m%d-%H%M%S}{ENDING}"
        path = next(path for path in _names(folder() / name) if not path.exists())
        values = {"at": now, "account_id": None if actor is None else actor.id, "path": str(path)}
        return connection.execute(insert(Backup).values(**values).returning(Backup.id)).scalar_one()


def _names(path: Path) -> Iterable[Path]:
    yield path
    yield from (path.with_stem(f"{path.stem}-{number}") for number in range(2, 1000))


def _due(rows: Iterable[Any], now: datetime) -> bool:
    """Whether the clock has to make a copy: none of its own since the hour came, or only failures long enough ago."""
    ahead = now + BROKEN_OFF  # beyond it a clock was wrong that is not now
    since = [row for row in rows if row.account_id is None and _last_due(now) <= row.at < ahead]
    if any(_whole(row) for row in since):
        return False
    return all(now - row.at >= AGAIN for row in since)


def _last_due(now: datetime) -> datetime:
    local = clock.local(now)
    today = clock.wall(local.date(), settings().backup.at)
    return today if today <= now else clock.wall(local.date() - timedelta(days=1), settings().backup.at)


def _carry_out(actor: Actor | None, number: int) -> None:
    """Make and prove a claimed copy; whatever goes wrong stands in its row."""
    acting = actor or accounts.console()
    with _at_work:
        try:
            with database.reading() as connection:
                path = Path(connection.execute(select(Backup.path).where(Backup.id == number)).scalar_one())
            made = making.make(acting, path, told=lambda done, every: _tell("making", done, every))
            _note(number, size=made.size, sha256=made.sha256, data_version=made.data_version)
            proof = proving.prove(acting, path, told=lambda done, _so_far: _tell("proving", done, made.rows))
            _settle(number, proof)
            log.info("backup %s: %d rows, %s", path.name, made.rows, "proved" if proof.good else "NOT proved")
        except BackupError as problem:
            log.warning("backup %d failed: %s", number, problem)
            _note(number, failure=f"write {problem.why or problem}")
        except Exception as problem:  # the thread must not take the process with it
            log.warning("backup %d failed: %s", number, type(problem).__name__)
            _note(number, failure=f"other {type(problem).__name__}")
        finally:
            _tell(None)


def _tell(stage: str | None, done: int = 0, every: int = 0) -> None:
    global _progress
    _progress = Progress(stage, done, every) if stage else None


def _note(number: int, **values: Any) -> None:
    with database.writing() as connection:
        connection.execute(update(Backup).where(Backup.id == number).values(**values))


def _settle(number: int, proof: proving.Proof) -> None:
    """What the proof has shown: no failure, a damaged copy, or a whole copy of something that has faults itself."""
    faults = ", ".join(check.name for check in proof.checks if not check.good)
    failure = f"inside {faults}" if proof.faithful else "damaged"
    _note(number, verified_at=clock.now(), failure=None if proof.good else failure)


def _whole(row: Any) -> bool:
    return row.verified_at is not None and (row.failure is None or row.failure.startswith("inside "))


# Handing out and looking again -----------------------------------------------------------------------------------


def content(actor: Actor, number: int) -> bytes:
    """A copy as it lies in the folder, to be carried elsewhere; recorded. BackupError where it is gone."""
    actor.require(Capability.ADMINISTER)
    with database.writing() as connection:
        path = _path(connection, number)
        audit.record(connection, actor, "backup_downloaded", path.name)
    return path.read_bytes()


def prove(actor: Actor, number: int) -> proving.Proof:
    """Prove a copy once more, as it lies there now; the outcome is kept. BackupError where it is gone."""
    actor.require(Capability.ADMINISTER)
    with database.reading() as connection:
        path = _path(connection, number)
    try:
        proof = proving.prove(actor, path, told=lambda done, _so_far: _tell("proving", done, 0))
    finally:
        _tell(None)
    _settle(number, proof)
    return proof


def _path(connection: Connection, number: int) -> Path:
    found = connection.execute(select(Backup.path).where(Backup.id == number)).scalar()
    if found is None or not Path(found).is_file():
        raise BackupError(N_("This backup does not lie in its folder any more."))
    return Path(found)


# The clock -------------------------------------------------------------------------------------------------------


def wake() -> None:
    """Start this process's watch over the clock, if copies are to be made and it does not run."""
    if settings().backup.on:
        _round.wake()


def tick() -> bool:
    """Make the copy that is due, if one is, rotate, and let the database look at its tables; whether one was made."""
    accounts.console()  # what was set in the page counts here too
    if not settings().backup.on:
        return False
    number = _claim(None)
    if number is None:
        return False
    _carry_out(None, number)
    rotate()
    statistics.refresh()  # once a night is often enough
    return True


_round = Round("backups", tick, ROUND, log, "the backup")


def rotate() -> list[Path]:
    """Take away the clock's copies that are too many: the last of each of the latest days, weeks and months stay.

    Only copies that were proved count as kept; one that failed its proof goes once a later one was good.
    """
    with database.reading() as connection:
        rows = connection.execute(
            select(Backup).where(Backup.account_id.is_(None), Backup.size.is_not(None)).order_by(Backup.at.desc())
        ).all()
    there = [row for row in rows if Path(row.path).exists()]
    good = [row for row in there if _whole(row)]
    kept = {row.id for row in _kept(good)}
    newest = good[0].at if good else None
    gone = [row for row in there if row.id not in kept and newest is not None and row.at <= newest]
    for row in gone:
        Path(row.path).unlink(missing_ok=True)
    return [Path(row.path) for row in gone]


def _kept(newest_first: list[Any]) -> list[Any]:
    """Of copies, those to keep: the last one of each day, week and month, as many of each as the settings say."""
    wanted = settings().backup
    kept: list[Any] = []
    for most, part in ((wanted.daily, "%Y-%m-%d"), (wanted.weekly, "%G-%V"), (wanted.monthly, "%Y-%m")):
        last: dict[str, Any] = {}
        for row in newest_first:
            last.setdefault(clock.local(row.at).strftime(part), row)
        kept += list(last.values())[:most]
    return kept
