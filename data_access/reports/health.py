"""系统状况: what an office without an IT department should see of its server before something breaks."""

from __future__ import annotations

import re
import threading
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from config.settings import settings
from data_access import database, privacy
from data_access.accounts import Actor, Capability
from data_access.workbooks import worker

LINES = 20
_TAIL = 256 * 1024  # bytes of the log that are looked through
_STAMP = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2} ")
_OWN = {"postings", "backups", "retention"}  # threads that work by themselves


@dataclass(frozen=True, slots=True)
class Health:
    """What was found just now.

    ``size``: bytes of the database; ``schema`` its version and ``head`` that of the program; ``readers``: processes
    that read workbooks; ``threads``: names of the threads that work by themselves; ``troubles``: the last warnings and
    errors of the log, the newest first, with numbers that could be somebody's blotted out.
    """

    size: int
    schema: str
    head: str
    readers: int
    threads: tuple[str, ...]
    troubles: tuple[str, ...]


def health(actor: Actor) -> Health:
    """The server as it is just now. For administrators."""
    actor.require(Capability.ADMINISTER)
    with database.reporting() as connection:
        size = _size(connection)
        schema = MigrationContext.configure(connection).get_current_revision() or ""
    config = Config()
    config.set_main_option("script_location", str(database.MIGRATIONS))
    head = ScriptDirectory.from_config(config).get_current_head() or ""
    threads = sorted(thread.name for thread in threading.enumerate() if thread.name in _OWN)
    return Health(size, schema, head, worker.alive(), tuple(threads), tuple(_troubles(log_file())))


def log_file() -> Path:
    """Where the program writes its log."""
    return settings().data_dir / "logs" / "street.log"


def _size(connection: Connection) -> int:
    if connection.dialect.name == "postgresql":
        return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
    pages, each = (connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in ("page_count", "page_size"))
    return int(pages) * int(each)


def _troubles(path: Path) -> list[str]:
    """The log holds no people by rule; what looks like a number of one is blotted out all the same."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _TAIL))
            lines = file.read().decode(errors="replace").splitlines()
    except OSError:
        return []
    found = deque((line for line in lines if " WARNING " in line or " ERROR " in line), maxlen=LINES)
    return [_masked(line) for line in reversed(found)]


def _masked(line: str) -> str:
    """When it was written stays: to the eye of a mask that is a long number."""
    stamp = _STAMP.match(line)
    kept = stamp[0] if stamp else ""
    return kept + (privacy.blot(line[len(kept) :]) or "")
