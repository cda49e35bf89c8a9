"""Engine, transactions and the data version.

``reading()`` gives a connection that sees one consistent state; ``writing()`` gives the one writer its turn, so that
two people who save the same scope are kept in order. Both work the same on SQLite (WAL, BEGIN IMMEDIATE) and on
PostgreSQL (the writer locks the row of the data version).
"""

from __future__ import annotations

import logging
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from threading import Lock, local

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, column, create_engine, event, func, insert, select, table, text, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry

from config import clock
from config.campaigns import default_campaigns
from config.language import N_
from config.settings import settings
from data_access import audit, faults, freshness, privacy
from data_access.faults import FaultError
from data_access.freshness import Moment, Stamps
from data_access.schema import Account, Base, Campaign, DataVersion, Freshness, Street

log = logging.getLogger("street.database")

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_MS = 15_000  # how long a writer waits for another
CACHE_KB = 32_768  # a large roster with its indexes fits, and is written once
CONSOLE = "console"  # the account of whoever works at the machine itself
# A server that has gone without a word is given up after a minute, not after the two hours of TCP.
_POSTGRES = {"connect_timeout": 10, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
_REVISION = select(table("alembic_version", column("version_num")).c.version_num)


def engine() -> Engine:
    """The engine for the address in force."""
    return _engine(settings().url)


_engines: dict[str, Engine] = {}
_making = Lock()


def _engine(url: str) -> Engine:
    with _making:
        if url not in _engines:
            _engines[url] = _connected(url)
            event.listen(_engines[url], "before_cursor_execute", _asked)
        return _engines[url]


def _asked(_connection: Connection, _cursor: object, statement: str, values: object, *_more: object) -> None:
    freshness.asked(statement, values)


def _connected(url: str) -> Engine:
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        return _sqlite(url, address.database)
    if address.drivername == "postgresql":
        address = address.set(drivername="postgresql+psycopg")
    options = {name: value for name, value in _POSTGRES.items() if name not in address.query}
    made = create_engine(
        address, pool_pre_ping=True, pool_size=10, max_overflow=20, connect_args=options, hide_parameters=True
    )

    @event.listens_for(made, "connect")
    def configure(connection: object, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        cursor.execute(f"SET lock_timeout = {BUSY_MS}")
        cursor.close()
        connection.commit()  # type: ignore[attr-defined]

    return made


def aside(path: Path) -> Engine:
    """An SQLite database in a file of its own, beside the one in force: to try something out."""
    return _sqlite(f"sqlite:///{path}", str(path))


def _sqlite(url: str, path: str | None) -> Engine:
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    options = {"timeout": BUSY_MS / 1000, "check_same_thread": False}
    made = create_engine(url, connect_args=options, hide_parameters=True)

    @event.listens_for(made, "do_connect")
    def find(*_about: object) -> None:
        # SQLite would begin an empty one, and the board ask the next visitor to be its first administrator
        if url in _prepared and _file(path) is None:
            raise FaultError("gone")

    @event.listens_for(made, "checkout")
    def found_again(_connection: object, entry: ConnectionPoolEntry, _proxy: object) -> None:
        if entry.info["file"] != _file(path):  # taken away or replaced: what is open is not what lies there
            _prepare.cache_clear()
            raise DisconnectionError

    @event.listens_for(made, "connect")
    def configure(connection: object, entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # type: ignore[attr-defined]  # we say BEGIN ourselves
        cursor = connection.cursor()  # type: ignore[attr-defined]
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute(f"PRAGMA cache_size=-{CACHE_KB}")
        cursor.close()
        entry.info["file"] = _file(path)

    @event.listens_for(made, "begin")
    def begin(connection: Connection) -> None:
        # a reader that later turns writer would fail with "locked" at once; a writer queues from the start
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return made


def _file(path: str | None) -> tuple[int, int] | None:
    """What tells the file at a place from any other; None where there is none."""
    try:
        about = os.stat(path or "")
    except OSError:
        return None
    return about.st_dev, about.st_ino


@contextmanager
def reading() -> Iterator[Connection]:
    """A connection for queries; it sees one state of the database. FaultError where it cannot be had."""
    with _explained():
        _ready()
        base = engine()
        if base.dialect.name == "postgresql":
            base = base.execution_options(isolation_level="REPEATABLE READ")
        with base.connect() as connection, connection.begin():
            yield connection


@contextmanager
def reporting() -> Iterator[Connection]:
    """As ``reading``, for reports: from the replica where the settings name one (``replica_url``).

    Never older than what this process has written or has been told of (``data_version``): where the replica is behind
    that, or away, the database itself answers.
    """
    with _explained():
        _ready()
        replica = _up_to_date(settings().replica_url)
        if replica is not None:
            with replica:
                yield replica
            return
    with reading() as connection:
        yield connection


_seen: dict[str, int] = {}  # by address of the database: the latest data version that this process knows of


def _up_to_date(address: str) -> Connection | None:
    """A connection to the replica, within its transaction; None where there is none that knows all that we know."""
    if not address:
        return None
    try:
        connection = _engine(address).execution_options(isolation_level="REPEATABLE READ").connect()
    except DBAPIError as problem:
        log.warning("the replica does not answer (%s)", type(problem.orig).__name__)
        return None
    try:
        version = connection.execute(select(DataVersion.version)).scalar_one()
    except DBAPIError as problem:
        log.warning("the replica does not answer (%s)", type(problem.orig).__name__)
        version = -1
    if version < _seen.get(settings().url, 0):
        connection.close()
        return None
    return connection


def _saw(version: int) -> int:
    _seen[settings().url] = max(version, _seen.get(settings().url, 0))
    return version


@contextmanager
def writing() -> Iterator[Connection]:
    """The one writer's transaction: all of it is kept, or nothing. FaultError where it cannot be had or kept.

    Inside, the clock is never a little before the last commit (``clock.steady``).
    """
    with _explained():
        _ready()
        with engine().execution_options(writing=True).connect() as connection:
            connection.info.pop("version", None)
            with connection.begin():
                changed = connection.execute(select(DataVersion.changed_at).with_for_update()).scalar_one()
                _outgrown(connection.execute(_REVISION).scalar())  # a later version may have migrated meanwhile
                privacy.refresh()  # and another process may have changed the key of the fields
                with clock.steady(changed):
                    yield connection
            _saw(connection.info.pop("version", 0))


@contextmanager
def _explained() -> Iterator[None]:
    """What the driver says, as the FaultError that it is. Anything else goes through as it comes."""
    try:
        yield
    except (DBAPIError, PoolTimeout) as problem:
        fault = faults.kind(problem)
        if fault is None:
            _look_for_a_later_version()
            raise
        log.error("the database: %s (%s)", fault, type(getattr(problem, "orig", problem)).__name__)
        raise FaultError(fault) from None


def _look_for_a_later_version() -> None:
    """A statement has failed: perhaps because tables are no longer what this version of the program knows."""
    try:
        with engine().connect() as connection:
            revision = connection.execute(_REVISION).scalar()
    except DBAPIError:
        return
    _outgrown(revision)


def _outgrown(revision: str | None) -> None:
    if revision is not None and revision not in _revisions():
        raise FaultError("newer")


@lru_cache(maxsize=1)
def _revisions() -> tuple[str, ...]:
    """The schemas that this version of the program knows, the latest first."""
    return tuple(script.revision for script in ScriptDirectory.from_config(_alembic()).walk_revisions())


def _alembic() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def raise_version(connection: Connection, street_id: int | None = None, kinds: Collection[str] | None = None) -> int:
    """Count this commit; the new data version. Call it once in every transaction that changes what pages show.

    Where it changed nothing but what sheets of these ``kinds`` say in this street, answers that hang on others hold.
    """
    raised = {"version": DataVersion.version + 1, "changed_at": clock.now()}
    if kinds is None:
        raised["everything"] = raised["version"]
    connection.execute(update(DataVersion).values(raised))
    version = connection.execute(select(DataVersion.version)).scalar_one()
    for kind in sorted(kinds or ()):
        here = (Freshness.street_id == street_id) & (Freshness.kind == kind)
        if connection.execute(update(Freshness).where(here).values(version=version)).rowcount == 0:
            connection.execute(insert(Freshness).values(street_id=street_id, kind=kind, version=version))
    connection.info["version"] = _own.version = version
    return version


_own = local()  # of each thread: the latest data version that it has made itself


def written() -> int:
    """The latest data version that this thread has made itself; 0 if none."""
    return getattr(_own, "version", 0)


_VERSION = select(DataVersion.version, _REVISION.scalar_subquery().label("revision"))


def data_version() -> int:
    """The data version now; caches are keyed by it. FaultError also where a later version has migrated meanwhile."""
    with reading() as connection:
        version, revision = connection.execute(_VERSION).one()
    _outgrown(revision)
    return _saw(int(version))


def moment() -> Moment:
    """How the data stand now. FaultError also where a later version of the program has migrated meanwhile."""
    version = data_version()
    with _holding:
        known = _moments.get(settings().url)
    if known is None or known.version != version:
        with reading() as connection:
            held = select(DataVersion.version, DataVersion.changed_at, DataVersion.everything)
            version, changed, everything = connection.execute(held).one()
            rows = connection.execute(select(Freshness.street_id, Freshness.kind, Freshness.version)).all()
        found: dict[int | None, dict[str, int]] = {None: {}}
        for row in sorted(rows, key=lambda row: row.version):
            found.setdefault(row.street_id, {})[row.kind] = found[None][row.kind] = row.version
        streets = {street: Stamps(everything, kinds) for street, kinds in found.items()}
        known = Moment(version, changed, everything, streets)
        with _holding:
            _moments[settings().url] = known
        _saw(version)
    return known


_moments: dict[str, Moment] = {}  # by address
_holding = Lock()


def changed_at() -> datetime:
    """The instant of the last commit."""
    with reading() as connection:
        return connection.execute(select(DataVersion.changed_at)).scalar_one()


def prepare() -> None:
    """Create or migrate the database if this process has not done so yet. FaultError where it cannot be had."""
    with _explained():
        _ready()


_prepared: set[str] = set()  # addresses at which this process has found a database


def _ready() -> None:
    _prepare(settings().url, str(settings().data_dir.resolve()))


@lru_cache(maxsize=8)
def _prepare(url: str, _data_dir: str) -> None:
    config, head = _alembic(), _revisions()[0]
    with _engine(url).execution_options(writing=True).connect() as connection, connection.begin():
        if connection.dialect.name == "postgresql":  # several processes may start at once
            connection.execute(text("SELECT pg_advisory_xact_lock(791204)"))
        current = MigrationContext.configure(connection).get_current_revision()
        if current is not None:
            privacy.require()
        if current != head:
            _outgrown(current)
            if current is not None and connection.dialect.name == "postgresql":  # in turn with those who write
                connection.execute(text("SELECT version FROM data_version FOR UPDATE"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            log.info("database migrated from %s to %s", current, head)
        _seed(connection)
        _check_keys(connection)
        if current != head:
            audit.begin(connection)
    _prepared.add(url)


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
        insert(DataVersion).values(
            id=1, version=1, everything=1, changed_at=now, key_fingerprint=privacy.keys().fingerprint
        )
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
        privacy.forget()  # whoever puts the right one back need not start the board again
        raise privacy.KeyFileError(
            N_("The key file in the data folder belongs to another database. Put back the one that was used with this.")
        )


def compact() -> bool:
    """Write the database anew without what was deleted or overwritten; False where that is not possible just now.

    Until then the bytes of a deleted value lie in the file (SQLite also in its write-ahead log) for whoever looks.
    Writers wait meanwhile. PostgreSQL keeps the log of its own for some time more: it holds what is sealed, sealed.
    """
    prepare()
    base = engine()
    try:
        with base.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            driver = connection.connection.cursor()
            if base.dialect.name == "postgresql":
                for name in Base.metadata.tables:
                    driver.execute(f'VACUUM FULL "{name}"')
            else:
                driver.execute("VACUUM")
                if driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                    return False  # somebody reads: the log stays for now
    except (DBAPIError, base.dialect.loaded_dbapi.Error) as problem:
        log.warning("the database could not be written anew: %s", type(problem).__name__)
        return False
    return True


def close_all() -> None:
    """Give back every connection; used where the address changes within one process."""
    _prepare.cache_clear()
    _prepared.clear()
    _seen.clear()
    _moments.clear()
    with _making:
        for made in _engines.values():
            made.dispose()
        _engines.clear()
