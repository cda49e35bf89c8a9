"""The way back: an archive into an SQLite or PostgreSQL database, all of it in one transaction or nothing."""

from __future__ import annotations

import json
import logging
import os
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, select, update

from config import clock
from config.language import N_
from config.settings import settings
from data_access import accounts, audit, database, privacy, statistics
from data_access.backups import archive, tables
from data_access.backups.archive import BackupError, DamagedError
from data_access.schema import Account, Base, BatchFile, DataVersion, Posting, Submission, Visit, Workbook

log = logging.getLogger("street.backups")


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restoring brought back: rows in all, and the data version that counts from now on."""

    rows: int
    data_version: int
    manifest: dict[str, Any]


def restore(
    path: Path,
    *,
    passphrase: str | None = None,
    replace: bool = False,
    told: tables.Told = lambda _done, _all: None,
) -> Restored:
    """Bring an archive back into the database of the settings, which may be of the other kind.

    It has to be new, or ``replace`` given: then what it held is gone, in the same transaction. The key file that came
    with a passphrase is put into a data folder that has none. For whoever works at the machine itself. BackupError, and
    nothing has changed, where the archive is damaged, from a later version of the program, or of another key.
    """
    header = known(path)
    archive.key_of(header, passphrase)  # before a database, and a key of its own with it, is made here
    brought = _bring_key(path, passphrase) if header["sealed_with"] == "passphrase" else None
    try:
        restored = _restore(path, header, passphrase, replace, told)
    except BaseException:
        if brought is not None:
            brought.unlink(missing_ok=True)
        raise
    log.info("restored from a backup of data version %d", restored.manifest["data_version"])
    return restored


def _restore(path: Path, header: dict[str, Any], passphrase: str | None, replace: bool, told: tables.Told) -> Restored:
    with database.writing() as connection:
        before = connection.execute(select(DataVersion.version)).scalar_one()
        held = holds_something(connection)
        if held and not replace:
            raise BackupError(N_("The database holds data already. To give them up for the backup, say --replace."))
        written, manifest = fill(connection, path, header, passphrase, told)
        version = manifest["data_version"]
        if held:  # a page that runs must not take old answers for new ones
            version = max(before, version) + 1
        version = max(before + 1, version)
        connection.execute(update(DataVersion).values(version=version, everything=version))
        # whoever signed in at that time is not here now, and texts that waited then have gone since
        connection.execute(update(Visit).where(Visit.ended_at.is_(None)).values(ended_at=clock.now()))
        connection.execute(update(Posting).where(Posting.sent_at.is_(None)).values(next_at=None))
        audit.record(connection, _console(connection), "restored", path.name, data_version=manifest["data_version"])
    return Restored(sum(one.rows for one in written.values()), version, manifest)


def fill(
    connection: Connection,
    path: Path,
    header: dict[str, Any],
    passphrase: str | None,
    told: tables.Told = lambda _done, _all: None,
) -> tuple[dict[str, tables.Written], dict[str, Any]]:
    """Make the tables of the archive's schema anew, fill them, and bring them to the schema of today.

    In the caller's transaction; whatever the database held is dropped. What went in by table, and the manifest.
    """
    config = _migrations(connection)
    _drop(connection)
    command.upgrade(config, header["schema"])
    written, manifest = tables.load(connection, archive.lines(path, passphrase), told)
    if (
        manifest["schema"] != header["schema"]
        or {name: {"rows": one.rows, "sha256": one.checksum} for name, one in written.items()} != manifest["tables"]
    ):
        raise DamagedError
    if connection.dialect.name == "postgresql":
        _count_on(connection, list(written))
    statistics.look(connection)  # or the first reports would be planned as if the tables were empty
    if header["schema"] != newest():
        command.upgrade(config, "head")
        audit.begin(connection)
    return written, manifest


def known(path: Path) -> dict[str, Any]:
    """The header of an archive that this version of the program can read; BackupError otherwise."""
    header = archive.header_of(path)
    revisions = {script.revision for script in _scripts().walk_revisions()}
    if header["schema"] not in revisions:
        raise BackupError(N_("This backup was made by a later version of the board. Install that version first."))
    return header


def newest() -> str | None:
    """The schema of this version of the program."""
    return _scripts().get_current_head()


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(database.MIGRATIONS))


def _migrations(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(database.MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _bring_key(path: Path, passphrase: str | None) -> Path | None:
    """Put the key file of the archive into a data folder that has none; BackupError where it has another one."""
    lines: Iterator[bytes] = archive.lines(path, passphrase)
    content = b64decode(json.loads(next(lines, b"{}")).get("key_file", ""))
    if not content:
        raise DamagedError
    place = settings().data_dir / privacy.KEY_FILE
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            os.fsync(file.fileno())
        return place
    if privacy.keys().fingerprint != archive.header_of(path)["fingerprint"]:
        raise BackupError(N_("The data folder holds the key file of another database. Restore into a new data folder."))
    return None


def holds_something(connection: Connection) -> bool:
    """Whether anybody can sign in or anything was handed over; a database just made holds neither."""
    asked = (
        select(Account.id).where(Account.password_hash.is_not(None)),
        select(Submission.id),
        select(Workbook.id),
        select(BatchFile.id),
    )
    return any(connection.execute(one.limit(1)).first() is not None for one in asked)


def _drop(connection: Connection) -> None:
    quote = connection.dialect.identifier_preparer.quote
    there = set(inspect(connection).get_table_names())
    for name in (*(table.name for table in reversed(Base.metadata.sorted_tables)), "alembic_version"):
        if name in there:
            connection.exec_driver_sql(f"DROP TABLE {quote(name)}")


def _count_on(connection: Connection, names: list[str]) -> None:
    """Let PostgreSQL give out the numbers after those that were brought along."""
    for name in names:
        connection.exec_driver_sql(
            f"SELECT setval(s, m) FROM (SELECT pg_get_serial_sequence('\"{name}\"', 'id') AS s, max(id) AS m"
            f' FROM "{name}") AS t WHERE s IS NOT NULL AND m IS NOT NULL'
        )


def _console(connection: Connection) -> accounts.Actor:
    row = connection.execute(select(Account.id, Account.street_id).where(Account.username == database.CONSOLE)).one()
    return accounts.Actor(row.id, row.street_id, database.CONSOLE, accounts.Role.ADMIN)
