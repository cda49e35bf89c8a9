"""What the database knows of its own tables: by that it chooses between indexes.

PostgreSQL looks by itself; SQLite only when it is told to. A street of years that was never looked at answers half as
quickly.
"""

from __future__ import annotations

from sqlalchemy import Connection

from data_access import database


def refresh() -> None:
    """Look at every table, where the database does not do so by itself; writers wait a second or two meanwhile."""
    if database.engine().dialect.name == "sqlite":
        with database.writing() as connection:
            look(connection)


def look(connection: Connection) -> None:
    """The same in the caller's transaction, whatever the database."""
    connection.exec_driver_sql("ANALYZE")
