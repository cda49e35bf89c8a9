"""Engine, transactions and the data version.

``reading()`` gives a connection that sees one consistent state; ``writing()`` gives the one writer its turn, so that
two people who save the same scope are kept in order. Both work the same on SQLite (WAL, BEGIN IMMEDIATE) and on
PostgreSQL (the writer locks the row of the data version).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from threading import Lock

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, func, insert, select, text, update
from sqlalchemy.engine import make_url
from sqlalchemy.pool import ConnectionPoolEntry

from config import clock
from config.campaigns import default_campaigns
from config.language import N_, _
from config.settings import settings
from data_access import audit, privacy
from data_access.schema import Account, Campaign, DataVersion, Street

log = logging.getLogger("street.database")

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_MS = 15_000
CACHE_KB = 32_768  # a large roster with its indexes fits, and is written once
CONSOLE = "console"  # the account of whoever works at the machine itself


class DatabaseTooNewError(Exception):
    """The database was made by a later version of the program."""

    def __init__(self) -> None:
        super().__init__(_(N_("This database was made by a later version of the board. Install that version again.")))


def engine() -> Engine:
    """The engine for the address in force."""
    return _engine(settings().url)


_engines: dict[str, Engine] = {}
_making = Lock()


def _engine(url: str) -> Engine:
    with _making:
        if url not in _engines:
            _engines[url] = _connected(url)
        return _engines[url]


def _connected(url: str) -> Engine:
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        return _sqlite(url, address.database)
    if address.drivername == "postgresql":
        address = address.set(drivername="postgresql+psycopg")
    return create_engine(address, pool_pre_ping=True, pool_size=10, max_overflow=20)


def aside(path: Path) -> Engine:
    """An SQLite database in a file of its own, beside the one in force: to try something out."""
    return _sqlite(f"sqlite:///{path}", str(path))


def _sqlite(url: str, path: str | None) -> Engine:
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    made = create_engine(url, connect_args={"timeout": BUSY_MS / 1000, "check_same_thread": False})

    @event.listens_for(made, "connect")
    def configure(connection: object, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # type: ignore[attr-defined]  # we say BEGIN ourselves
        cursor = connection.cursor()  # type: ignore[attr-defined]
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute(f"PRAGMA cache_size=-{CACHE_KB}")
        cursor.close()

    @event.listens_for(made, "begin")
    def begin(connection: Connection) -> None:
        # a reader that later turns writer would fail with "locked" at once; a writer queues from the start
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return made


@contextmanager
def reading() -> Iterator[Connection]:
    """A connection for queries; it sees one state of the database."""
    prepare()
    base = engine()
    if base.dialect.name == "postgresql":
        base = base.execution_options(isolation_level="REPEATABLE READ")
    with base.connect() as connection, connection.begin():
        yield connection


@contextmanager
def writing() -> Iterator[Connection]:
    """The one writer's transaction: all of it is kept, or nothing."""
    prepare()
    with engine().execution_options(writing=True).connect() as connection, connection.begin():
        connection.execute(select(DataVersion.version).with_for_update())
        yield connection


def raise_version(connection: Connection) -> int:
    """Count this commit; the new data version. Call it once in every transaction that changes what pages show."""
    connection.execute(update(DataVersion).values(version=DataVersion.version + 1, changed_at=clock.now()))
    return connection.execute(select(DataVersion.version)).scalar_one()


def data_version() -> int:
    """The data version now; caches are keyed by it."""
    with reading() as connection:
        return connection.execute(select(DataVersion.version)).scalar_one()


def changed_at() -> datetime:
    """The instant of the last commit."""
    with reading() as connection:
        return connection.execute(select(DataVersion.changed_at)).scalar_one()


def prepare() -> None:
    """Create or migrate the database if this process has not done so yet."""
    _prepare(settings().url, str(settings().data_dir.resolve()))


@lru_cache(maxsize=8)
def _prepare(url: str, _data_dir: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    head = ScriptDirectory.from_config(config).get_current_head()
    with _engine(url).execution_options(writing=True).connect() as connection, connection.begin():
        if connection.dialect.name == "postgresql":  # several processes may start at once
            connection.execute(text("SELECT pg_advisory_xact_lock(791204)"))
        current = MigrationContext.configure(connection).get_current_revision()
        if current != head:
            if current is not None and current not in {
                r.revision for r in ScriptDirectory.from_config(config).walk_revisions()
            }:
                raise DatabaseTooNewError
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            log.info("database migrated from %s to %s", current, head)
        _seed(connection)
        _check_keys(connection)
        if current != head:
            audit.begin(connection)


def _seed(connection: Connection) -> None:
    if connection.execute(select(Street.id)).first() is not None:
        return
    now = clock.now()
    street_id = found_street(connection, settings().street.code, settings().street.name)
    connection.execute(
        insert(Account).values(
            street_id=street_id,
            username=CONSOLE,
            role="admin",
            created_at=now,
            generation=1,
            must_change=False,
            failures=0,
        )
    )
    connection.execute(
        insert(DataVersion).values(id=1, version=1, changed_at=now, key_fingerprint=privacy.keys().fingerprint)
    )


def found_street(connection: Connection, code: str, name: str) -> int:
    """A new street with the campaigns that every street begins with; its key."""
    street_id = connection.execute(insert(Street).values(code=code, name=name).returning(Street.id)).scalar_one()
    for position, campaign in enumerate(default_campaigns(), start=1):
        connection.execute(
            insert(Campaign).values(
                street_id=street_id,
                code=campaign.code,
                position=position,
                definition=campaign.model_dump(mode="json"),
            )
        )
    return street_id


def first_street(connection: Connection) -> int:
    """The street that the database was made with: the machine's own, and where strangers' tries are recorded."""
    return connection.execute(select(func.min(Street.id))).scalar_one()


def _check_keys(connection: Connection) -> None:
    expected = connection.execute(select(DataVersion.key_fingerprint)).scalar_one()
    if expected != privacy.keys().fingerprint:
        raise privacy.KeyFileError(
            N_("The key file in the data folder belongs to another database. Put back the one that was used with this.")
        )


def close_all() -> None:
    """Give back every connection; used where the address changes within one process."""
    _prepare.cache_clear()
    with _making:
        for made in _engines.values():
            made.dispose()
        _engines.clear()
