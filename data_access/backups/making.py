"""Making a backup while the board goes on: one read transaction, one file that is there whole or not at all."""

from __future__ import annotations

import json
import os
import secrets
import tomllib
from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, select

from config import clock
from config.language import N_
from config.settings import settings
from data_access import audit, database, privacy
from data_access.accounts import Actor, Capability
from data_access.backups import archive, tables
from data_access.backups.archive import BackupError
from data_access.schema import DataVersion

SHORTEST = 10  # letters of a passphrase: who has the file can try as many as he likes


@dataclass(frozen=True, slots=True)
class Made:
    """A finished backup. ``unopened`` counts sealed values that no key opens; they are in it as they are."""

    path: Path
    size: int
    sha256: str
    rows: int
    data_version: int
    unopened: int


def make(
    actor: Actor,
    path: Path,
    *,
    passphrase: str | None = None,
    told: tables.Told = lambda _done, _all: None,
) -> Made:
    """Write everything the database holds to ``path``, encrypted, and record it. For administrators.

    Under the office's key, which is then needed to read it and is not in it; or under ``passphrase``, and then the key
    file goes with it. Others read and write meanwhile; the backup holds one state. ``told`` hears of rows done and in
    all. BackupError where the file is there already or cannot be written; nothing half-written stays behind.
    """
    actor.require(Capability.ADMINISTER)
    if passphrase is not None and len(passphrase) < SHORTEST:
        raise BackupError(N_("The passphrase needs at least {n} characters."), n=SHORTEST)
    made = write(path, passphrase, told)
    with database.writing() as connection:
        audit.record(
            connection,
            actor,
            "backup_made",
            path.name,
            size=made.size,
            sha256=made.sha256[:12],
            data_version=made.data_version,
            with_key=passphrase is not None,
        )
    return made


def write(path: Path, passphrase: str | None, told: tables.Told) -> Made:
    """The file itself, of nobody's account: for ``make`` and the copies that the clock asks for."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        if path.exists():
            raise BackupError(N_("There is a file {name} already; it stays as it is."), name=path.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(handle, "w+b") as file, database.reading() as connection:
            manifest = _write(connection, file, passphrase, told)
            file.flush()
            os.fsync(file.fileno())
            size, digest = file.tell(), _digest(file)
        os.replace(draft, path)
    except OSError as error:
        raise BackupError(
            N_("The backup cannot be written: {why}."), why=error.strerror or type(error).__name__
        ) from None
    finally:
        with suppress(OSError):
            draft.unlink()
    rows = sum(one["rows"] for one in manifest["tables"].values())
    return Made(path, size, digest, rows, manifest["data_version"], manifest["unopened"])


def _write(connection: Connection, file: Any, passphrase: str | None, told: tables.Told) -> dict[str, Any]:
    version = connection.execute(select(DataVersion.version)).scalar_one()
    header = {
        "made_at": clock.now().isoformat(timespec="seconds"),
        "program": _program(),
        "schema": MigrationContext.configure(connection).get_current_revision(),
        "data_version": version,
    }
    out = archive.Writer(file, header, passphrase)
    if passphrase is not None:
        out.write(_line({"key_file": b64encode((settings().data_dir / privacy.KEY_FILE).read_bytes()).decode()}))
    written: dict[str, tables.Written] = {}
    for piece in tables.dump(connection, written, told):
        out.write(piece)
    manifest = {
        **header,
        "fingerprint": privacy.keys().fingerprint,
        "tables": {name: {"rows": one.rows, "sha256": one.checksum} for name, one in written.items()},
        "totals": tables.totals(connection),
        "unopened": sum(one.unopened for one in written.values()),
    }
    out.write(_line({"manifest": manifest}))
    out.end()
    return manifest


def _program() -> str:
    declared = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    return str(declared["project"]["version"])


def _line(said: dict[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False).encode()


def _digest(file: Any) -> str:
    file.seek(0)
    digest = sha256()
    while piece := file.read(archive.CHUNK):
        digest.update(piece)
    return digest.hexdigest()
