"""What holds the board up from outside: a database that is away, locked, full or read-only, told in one sentence each.

Whatever the driver says of it carries SQL and numbers that help nobody; pages, command line and the rows of an upload
all show the sentence of a ``FaultError``. ``database.reading`` and ``writing`` raise them; ``sentence`` tells those of
anything else that may go wrong with disk or database.
"""

from __future__ import annotations

import errno
from pathlib import Path

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from config.language import N_, _
from config.settings import settings
from data_access.privacy import KeyFileError

SENTENCES = {
    "locked": N_(
        "Another program holds the database. Nothing was changed. Try again; if it lasts, close what else has it open."
    ),
    "busy": N_("The database has too much to do just now. Nothing was changed. Try again in a minute."),
    "full": N_("The disk is full. Nothing was changed, and what was in is there. Free some space, then try again."),
    "readonly": N_(
        "The database is read-only. Nothing was changed. The board needs the right to write to its file and folder;"
        " if it has it, look at the disk."
    ),
    "disk": N_("The disk does not take the data: full, a quota, or broken. Nothing was changed. Look at the disk."),
    "closed": N_(
        "The database file cannot be opened. The data folder has to be there, and to belong to the account that runs"
        " the board."
    ),
    "gone": N_(
        "The database file is not where it was. Put it back: the board waits for it and does not begin an empty one."
    ),
    "damaged": N_("The database file is damaged. Stop the board and restore the last good backup."),
    "away": N_("The database does not answer. What was in is there; the board goes on by itself once it answers."),
    "refused": N_("The database does not let the board in. Check the address, the account and its password."),
    "newer": N_("This database was made by a later version of the board. Install that version again."),
}
# Where looking at the board goes on: what was to be written was refused, whole.
WRITING = frozenset({"locked", "full", "readonly", "disk"})

_SQLITE = {5: "locked", 6: "locked", 8: "readonly", 10: "disk", 11: "damaged", 13: "full", 14: "closed", 26: "damaged"}
_MOVED = 1032  # SQLITE_READONLY_DBMOVED: somebody took the file away while it was open
_POSTGRES = {
    "08": "away",
    "25006": "readonly",
    "28": "refused",
    "3D000": "refused",
    "40001": "locked",
    "40P01": "locked",
    "42501": "refused",
    "53100": "full",
    "53": "busy",
    "55P03": "locked",
    "57P": "away",
    "57014": "locked",
    "58": "disk",
    "XX001": "damaged",
    "XX002": "damaged",
}
_DISK = {errno.ENOSPC: "full", errno.EDQUOT: "full", errno.EFBIG: "disk", errno.EIO: "disk", errno.EROFS: "readonly"}


class FaultError(Exception):
    """Disk or database do not do what they are there for; nothing was kept by halves.

    ``kind`` is a key of ``SENTENCES``; as text it is that sentence, in the language of whoever reads it.
    """

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind

    def __str__(self) -> str:
        return _(SENTENCES[self.kind])


def kind(problem: BaseException) -> str | None:
    """Which fault this is; None where it is none, but a mistake in the program or in what was asked for."""
    match problem:
        case FaultError():
            return problem.kind
        case PoolTimeout():
            return "busy"
        case DBAPIError():
            return _of_driver(problem)
        case OSError():
            return _of_disk(problem)
    return None


def sentence(problem: BaseException) -> str | None:
    """What to tell people of it and what to do; None where it is no fault."""
    if isinstance(problem, KeyFileError):
        return str(problem)
    found = kind(problem)
    return None if found is None else _(SENTENCES[found])


def _of_driver(problem: DBAPIError) -> str | None:
    cause = problem.orig
    code = getattr(cause, "sqlite_errorcode", None)
    if code is not None:
        return "gone" if code == _MOVED else _SQLITE.get(code & 0xFF)
    state = getattr(cause, "sqlstate", None)
    if state is not None:
        return next((_POSTGRES[state[:n]] for n in (5, 3, 2) if state[:n] in _POSTGRES), None)
    lost = problem.connection_invalidated or type(cause).__name__ == "OperationalError"
    return "away" if lost else None


def _of_disk(problem: OSError) -> str | None:
    if problem.errno in (errno.EACCES, errno.EPERM):
        name = problem.filename
        ours = isinstance(name, (str, Path)) and Path(name).resolve().is_relative_to(settings().data_dir.resolve())
        return "closed" if ours else None
    return _DISK.get(problem.errno or 0)
