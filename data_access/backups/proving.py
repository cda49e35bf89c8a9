"""Proving a backup: restored aside, into a database of its own, it has to give back what went in."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from config.language import _
from config.settings import settings
from data_access import database, privacy
from data_access.accounts import Actor, Capability
from data_access.backups import health, restoring, tables
from data_access.backups.archive import DamagedError
from data_access.backups.health import Check


@dataclass(frozen=True, slots=True)
class Proof:
    """What came of it; ``manifest`` is empty where the archive could not even be read."""

    checks: list[Check]
    manifest: dict[str, Any]

    @property
    def good(self) -> bool:
        """Whether this backup brings everything back, and what it brings back hangs together."""
        return all(check.good for check in self.checks)

    @property
    def faithful(self) -> bool:
        """Whether it brings back what went in, sound or not: a fault of the live database is in its backups too."""
        return bool(self.manifest) and all(check.good for check in self.checks if check.name in ("tables", "totals"))


def prove(
    actor: Actor,
    path: Path,
    *,
    passphrase: str | None = None,
    told: tables.Told = lambda _done, _all: None,
) -> Proof:
    """Restore an archive into a temporary database and look at that. For administrators.

    Checks: archive (it can be read to its end), tables (rows and checksums of each as the manifest says), totals (what
    the reports add up, asked of the restored database), and those of ``health``. BackupError where the file is not
    there, was made by a later version, or needs another key or passphrase; a damaged one is a finding.
    """
    actor.require(Capability.ADMINISTER)
    return prove_file(path, passphrase, told)


def prove_file(path: Path, passphrase: str | None, told: tables.Told) -> Proof:
    """The same of nobody's account: for the copies that the clock asks for."""
    header = restoring.known(path)
    settings().data_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="aside-", dir=settings().data_dir) as folder:
        engine = database.aside(Path(folder) / "restored.db")
        try:
            with engine.execution_options(writing=True).connect() as connection:
                driver: Any = connection.connection.dbapi_connection
                driver.execute("PRAGMA synchronous=OFF")  # nobody needs this file after a power cut
                with connection.begin():
                    return _examined(connection, path, header, passphrase, told)
        except DamagedError as problem:
            return Proof([Check("archive", False, str(problem))], {})
        finally:
            engine.dispose()


def _examined(
    connection: Connection, path: Path, header: dict[str, Any], passphrase: str | None, told: tables.Told
) -> Proof:
    written, manifest = restoring.fill(connection, path, header, passphrase, told)
    rows = sum(one.rows for one in written.values())
    found = [
        Check("archive", True, _("It can be read to its end: {n} rows.", n=rows)),
        _tables(connection, manifest),
        _totals(connection, manifest),
        *health.checks(connection),
    ]
    ours = header["fingerprint"] == privacy.keys().fingerprint  # the chain can be followed with its own key only
    return Proof([check for check in found if ours or check.name != "audit"], manifest)


def _tables(connection: Connection, manifest: dict[str, Any]) -> Check:
    """Whether the restored tables, written out again, give the lines that went in."""
    again: dict[str, tables.Written] = {}
    for _piece in tables.dump(connection, again):
        pass
    told = manifest["tables"]
    today = manifest["schema"] == restoring.newest()  # an older schema has other columns; there the rows are counted
    wrong = [name for name, before in told.items() if name in again and again[name].rows != before["rows"]]
    if today:
        wrong += [name for name, before in told.items() if again[name].checksum != before["sha256"]]
    wrong = list(dict.fromkeys(wrong))
    if wrong:
        return Check("tables", False, _("Restored tables are not what they were: {names}", names=_(", ").join(wrong)))
    return Check("tables", True, _("All {n} tables come back as they were.", n=len(told)))


def _totals(connection: Connection, manifest: dict[str, Any]) -> Check:
    told, again = manifest["totals"], tables.totals(connection)
    wrong = [name for name, value in told.items() if name in again and again[name] != value]
    if wrong:
        return Check("totals", False, _("Totals are not what they were: {names}", names=_(", ").join(wrong)))
    return Check("totals", True, _("All {n} totals are as they were.", n=len(told)))
