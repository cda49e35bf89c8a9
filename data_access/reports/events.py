"""审计: what happened and who did it, searched and page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, func, select

from config import clock
from data_access import audit, database
from data_access.accounts import Actor, Capability
from data_access.office import overrides
from data_access.reports import details
from data_access.schema import Account, AuditEvent

COLUMNS = ["id", "at", "username", "event", "word", "subject", "details"]
PAGE = 50
MOST = 100_000  # rows of a download


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: days (both included), accounts, events (codes), a text in account, subject or event's words.

    An empty account name stands for events of nobody's account, such as a stranger's failed sign-in.
    """

    first: date | None = None
    last: date | None = None
    accounts: Sequence[str] = field(default=())
    events: Sequence[str] = field(default=())
    text: str = ""


def events(actor: Actor, wanted: Wanted, page: int | None = 1) -> tuple[pd.DataFrame, int]:
    """One page of the events that are wanted (None: all, at most ``MOST``), the newest first; how many there are.

    Columns: ``COLUMNS``; at aware UTC, event its code, word, subject and details in the current language. For
    administrators.
    """
    actor.require(Capability.ADMINISTER)
    conditions = _conditions(actor, wanted)
    query = _joined(select(AuditEvent, Account.username)).where(*conditions).order_by(AuditEvent.id.desc())
    query = query.limit(MOST) if page is None else query.limit(PAGE).offset((page - 1) * PAGE)
    with database.reporting() as connection:
        number = connection.execute(_joined(select(func.count(AuditEvent.id))).where(*conditions)).scalar_one()
        rows = connection.execute(query).all()
    lines = [
        {
            **{name: getattr(row, name) for name in ("id", "at", "username", "event")},
            "word": audit.word(row.event),
            "subject": details.subject(row.event, row.subject),
            "details": details.text(row.event, row.details),
        }
        for row in rows
    ]
    return pd.DataFrame(lines, columns=COLUMNS), number


def present(actor: Actor) -> tuple[list[str], list[str]]:
    """The names of the accounts and the codes of the events that there are. For administrators."""
    actor.require(Capability.ADMINISTER)
    own = AuditEvent.street_id == actor.street_id
    with database.reporting() as connection:
        codes = connection.execute(select(AuditEvent.event).where(own).distinct().order_by(AuditEvent.event)).scalars()
        names = connection.execute(
            select(Account.username).where(Account.street_id == actor.street_id).order_by(Account.id)
        ).scalars()
        return list(names), list(codes)


def exported(actor: Actor, name: str) -> None:
    """Record that a list without people was taken away as the file ``name``. For whoever may see figures."""
    if not actor.may(Capability.COMPARE_STREETS):
        actor.require(Capability.READ_BOARD)
    with database.writing() as connection:
        audit.record(connection, actor, "exported", name)


def annotated(actor: Actor, file: int) -> None:
    """Record that the annotated copy of a file of a batch was taken away: it holds what the file holds."""
    actor.require(Capability.UPLOAD)
    with database.writing() as connection:
        audit.record(connection, actor, "annotated_downloaded", str(file))


def chain(actor: Actor) -> audit.Chain:
    """Whether the chain of events is whole. For administrators."""
    actor.require(Capability.ADMINISTER)
    with database.reporting() as connection:
        return audit.verify(connection)


def _joined(query: Any) -> Any:
    return query.select_from(AuditEvent).join(Account, Account.id == AuditEvent.account_id, isouter=True)


def _conditions(actor: Actor, wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [AuditEvent.street_id == actor.street_id]
    if wanted.first is not None:
        found.append(AuditEvent.at >= clock.wall(wanted.first, time.min))
    if wanted.last is not None:
        found.append(AuditEvent.at < clock.wall(wanted.last + timedelta(days=1), time.min))
    if wanted.accounts:
        found.append(func.coalesce(Account.username, "").in_(wanted.accounts))
    if wanted.events:
        found.append(AuditEvent.event.in_(wanted.events))
    if text := wanted.text.strip():
        named = [code for code in audit.WORDS if text.casefold() in audit.word(code).casefold()]
        called = [name for name in overrides.NAMES if text.casefold() in overrides.label(name).casefold()]
        found.append(
            AuditEvent.subject.icontains(text, autoescape=True)
            | AuditEvent.subject.in_(called)
            | Account.username.icontains(text, autoescape=True)
            | AuditEvent.event.in_(named)
        )
    return found
