"""What the database knows of its own tables: by that it chooses between indexes.

PostgreSQL looks by itself; SQLite only when it is told to. A street of years that was never looked at answers half as
quickly.
"""

from __future__ import annotations

import logging

from sqlalchemy import Connection, func, select, text

from data_access import database
from data_access.faults import FaultError
from data_access.schema import Submission

log = logging.getLogger("street.database")

FEW = 50  # submissions of which any plan finds its way


def refresh() -> None:
    """Look at every table, where the database does not do so by itself; writers wait a second or two meanwhile."""
    if _asked_for():
        with database.writing() as connection:
            look(connection)
        database.engine().dispose()  # a connection learns of it when it is opened: those that wait are opened anew


def keep_up() -> None:
    """The same where there is twice as much as at the last look: a street grows by what is taken in.

    That cannot be undone by a look that fails: then the next time is early enough.
    """
    if not _asked_for():
        return
    try:
        with database.reading() as connection:
            held = connection.execute(select(func.count()).select_from(Submission)).scalar_one()
            seen = text("SELECT max(CAST(stat AS INTEGER)) FROM sqlite_stat1 WHERE tbl = :name")
            known = connection.execute(seen, {"name": Submission.__tablename__}).scalar()
        if held > max(2 * (known or 0), FEW):
            refresh()
    except FaultError as problem:
        log.warning("the tables were not looked at: %s", problem.kind)


def _asked_for() -> bool:
    return database.engine().dialect.name == "sqlite"


def look(connection: Connection) -> None:
    """Look in the caller's transaction, whatever the database."""
    connection.exec_driver_sql("ANALYZE")
