"""Events worth remembering: who did what, when. Appended, never changed."""

from __future__ import annotations

from typing import Any, Protocol

from sqlalchemy import Connection, insert

from config import clock
from data_access.schema import AuditEvent


class Acting(Protocol):
    """Whoever acts: an account of a street."""

    @property
    def id(self) -> int:
        """The account."""

    @property
    def street_id(self) -> int:
        """Its street."""


def record(connection: Connection, acting: Acting, event: str, subject: str | None = None, **details: Any) -> None:
    """Append one event in the caller's transaction. ``details`` are codes and counts, never personal data."""
    connection.execute(
        insert(AuditEvent).values(
            street_id=acting.street_id,
            at=clock.now(),
            account_id=acting.id,
            event=event,
            subject=subject,
            details=details,
        )
    )
