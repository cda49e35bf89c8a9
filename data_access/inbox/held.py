"""What the scopes of a workbook hold before it: read for all of them at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, func, select

from data_access.force import in_force
from data_access.schema import Account, Submission


class Held:
    """The submission in force of each scope (``current``: id, revision, community_id, committed_at, workbook_id, sheet,
    username), and its revisions."""

    def __init__(self, connection: Connection, street_id: int, scopes: Iterable[str]) -> None:
        self.current: dict[str, Row[*tuple[Any, ...]]] = {}
        self._highest: dict[str, int] = {}
        wanted = list(dict.fromkeys(scopes))
        for start in range(0, len(wanted), 500):  # SQLite bounds the number of parameters
            mine = (Submission.street_id == street_id, Submission.scope.in_(wanted[start : start + 500]))
            rows = connection.execute(
                select(
                    Submission.scope,
                    Submission.id,
                    Submission.revision,
                    Submission.community_id,
                    Submission.committed_at,
                    Submission.workbook_id,
                    Submission.sheet,
                    Account.username,
                )
                .join(Account, Account.id == Submission.account_id)
                .where(*mine, in_force())
            )
            self.current |= {row.scope: row for row in rows}
            highest = connection.execute(
                select(Submission.scope, func.max(Submission.revision)).where(*mine).group_by(Submission.scope)
            )
            self._highest |= {row[0]: row[1] for row in highest}

    def next_revision(self, scope: str) -> int:
        """The number of the scope's next revision, withdrawn ones counted."""
        return self._highest.get(scope, 0) + 1
