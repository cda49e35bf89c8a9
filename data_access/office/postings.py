"""Texts to the office's group robot: queued in the database, sent in the background, tried again, never in the way.

A page or a command only queues; a thread of the process (``wake``) sends. Each try is claimed in the database first, so
that several processes do not send a text twice; one that dies in the middle of a try leaves its claim to run out. The
robot's address holds its key: it is read from the settings when it is needed and stands in no row, log or message.
"""

from __future__ import annotations

import json
import logging
import re
import time
from datetime import datetime, timedelta
from http.client import HTTPException
from threading import Lock, Thread
from typing import Any
from urllib import request
from urllib.error import HTTPError

import pandas as pd
from sqlalchemy import ColumnElement, Connection, insert, select, update

from config import clock
from config.language import N_, _
from config.settings import settings
from data_access import audit, database, privacy
from data_access.accounts import Actor, Capability
from data_access.faults import FaultError
from data_access.office import overlay
from data_access.schema import Account, Posting, Street

log = logging.getLogger("street.postings")

# Telephone and document numbers, also with gaps in them; a date with its hour is shorter.
_GAP, _PERSONAL = re.compile(r"(?<=\d)[ -](?=\d)"), re.compile(r"\d{11}")

SORTS = {"reminder": N_("reminder"), "notice": N_("ranking notice"), "test": N_("test")}
MOST_BYTES = 2000  # what a group robot takes in one text (2,048), less some for the part's number
CLAIM = timedelta(minutes=2)  # how long a try may be under way before another process may make it
ROUND = 1.0  # seconds between two looks at what is due
COLUMNS = ["id", "sort", "text", "by", "queued_at", "attempts", "next_at", "sent_at", "failure", "state"]

FAILURES = {
    "http": N_("the robot's server answered {detail}"),
    "robot": N_("the robot refused it (code {detail})"),
    "slow": N_("no answer in time"),
    "connection": N_("no connection to the robot's server"),
    "answer": N_("the answer was not the robot's"),
    "off": N_("no address of a robot is set"),
}


class PostingError(Exception):
    """The text cannot be queued; the message says why."""

    def __init__(self, message: str, **fields: object) -> None:
        super().__init__(_(message, **fields))


class Failure(Exception):
    """Why a try failed: a key of ``FAILURES`` and its detail (a number), never an address or a foreign text."""

    def __init__(self, reason: str, detail: str = "") -> None:
        self.code = f"{reason} {detail}".strip()  # as it is kept in the row
        super().__init__(self.code)


def on() -> bool:
    """Whether the office has set the address of a robot."""
    return settings().webhook.on


def why(code: str | None) -> str:
    """A kept failure in words; "" where there is none."""
    reason, _space, detail = (code or "").partition(" ")
    return _(FAILURES[reason], detail=detail) if reason in FAILURES else ""


def queue(actor: Actor, sort: str, text: str) -> list[int]:
    """Have ``text`` sent to the group; the numbers of its postings (a long text goes in parts, cut between lines).

    For supervisors and administrators. PostingError where no robot is set, the text is empty, or holds what looks like
    a telephone or document number. Nothing is sent here: the sender is woken once the rows are kept.
    """
    actor.require(Capability.POST)
    if sort not in SORTS:
        raise ValueError(sort)
    if not on():
        raise PostingError(N_("No group robot is set. An administrator types its address on the administration page."))
    if not text.strip():
        raise PostingError(N_("There is nothing to send."))
    if _PERSONAL.search(_GAP.sub("", text)):
        raise PostingError(N_("The text holds what looks like a telephone or document number. Take it out first."))
    now = clock.now()
    common = {"street_id": actor.street_id, "sort": sort, "account_id": actor.id, "queued_at": now, "next_at": now}
    with database.writing() as connection:
        numbers = [
            connection.execute(insert(Posting).values(text=part, **common).returning(Posting.id)).scalar_one()
            for part in parts(text)
        ]
        audit.record(connection, actor, "posting_queued", str(numbers[0]), sort=sort, parts=len(numbers))
    wake()
    return numbers


def parts(text: str) -> list[str]:
    """The text in pieces that the robot takes, cut between lines; a line too long by itself is cut within."""
    found = [""]
    for line in text.strip().splitlines():
        while len(line.encode()) > MOST_BYTES:
            cut = len(line.encode()[:MOST_BYTES].decode(errors="ignore"))
            found, line = [*found, line[:cut]], line[cut:]
        longer = f"{found[-1]}\n{line}" if found[-1] else line
        if len(longer.encode()) <= MOST_BYTES:
            found[-1] = longer
        else:
            found.append(line)
    return [part for part in found if part]


def again(actor: Actor, number: int) -> None:
    """Try a posting that was given up, or waits, right now. PostingError where there is none that has not gone."""
    actor.require(Capability.POST)
    with database.writing() as connection:
        found = connection.execute(
            update(Posting)
            .where(Posting.id == number, Posting.street_id == actor.street_id, Posting.sent_at.is_(None))
            .values(next_at=clock.now(), attempts=0)
        )
        if found.rowcount == 0:
            raise PostingError(N_("This text has gone already."))
        audit.record(connection, actor, "posting_repeated", str(number))
    wake()


def latest(actor: Actor, most: int = 50) -> pd.DataFrame:
    """The last texts, the newest first, with their state: sent, waiting, failing (will be tried again), given_up.

    Columns: ``COLUMNS``; ``by`` the account's name, moments aware UTC, ``failure`` in words. For whoever may post.
    """
    actor.require(Capability.POST)
    kept = (Posting.id, Posting.sort, Posting.text, Account.username.label("by"), Posting.queued_at, Posting.attempts)
    with database.reading() as connection:
        rows = connection.execute(
            select(*kept, Posting.next_at, Posting.sent_at, Posting.failure)
            .join(Account, Account.id == Posting.account_id)
            .where(Posting.street_id == actor.street_id)
            .order_by(Posting.id.desc())
            .limit(most)
        ).all()
    lines = [{**row._asdict(), "failure": why(row.failure), "state": _state(row)} for row in rows]
    return pd.DataFrame(lines, columns=COLUMNS).astype({"id": "Int64", "attempts": "Int64"})


def _state(row: Any) -> str:
    if row.sent_at is not None:
        return "sent"
    if row.next_at is None:
        return "given_up"
    return "failing" if row.failure else "waiting"


# The sender ------------------------------------------------------------------------------------------------------

_sender: Thread | None = None
_starting = Lock()


def wake() -> None:
    """Start this process's sender if a robot is set and it does not run. It ends by itself when nothing is waiting."""
    global _sender
    if not on():
        return
    with _starting:
        if _sender is None or not _sender.is_alive():
            _sender = Thread(target=_work, name="postings", daemon=True)
            _sender.start()


def _work() -> None:
    while True:
        try:
            deliver()
            with _starting:
                if not _waiting():
                    _retire()
                    return
        except FaultError as fault:  # the texts are in the database: they wait for it
            log.warning("sending has to wait: %s", fault.kind)
        except Exception as problem:  # the thread must not take the process with it
            log.error("sending stopped: %s", privacy.failure(problem))
            return
        time.sleep(ROUND)


def _retire() -> None:
    global _sender
    _sender = None


def _waiting() -> bool:
    with database.reading() as connection:
        return connection.execute(select(Posting.id).where(_open(connection)).limit(1)).first() is not None


def _open(connection: Connection) -> ColumnElement[bool]:
    """Neither gone nor given up, and of a street whose group has a robot: each goes by its own settings."""
    served = []
    for street in connection.execute(select(Street.id)).scalars().all():
        overlay.enter(connection, street)  # the address may have been set in the page
        if on():
            served.append(street)
    return Posting.sent_at.is_(None) & Posting.next_at.is_not(None) & Posting.street_id.in_(served)


def deliver() -> int:
    """Send what is due now, the oldest first; how many went. What fails is put off by the next of the set pauses."""
    gone = 0
    with database.reading() as connection:
        due = connection.execute(
            select(Posting.id, Posting.street_id)
            .where(_open(connection), Posting.next_at <= clock.now())
            .order_by(Posting.id)
        ).all()
    for number, street in due:
        claimed = _claim(number, street)
        if claimed is None:
            continue
        text, attempts = claimed
        try:
            _send(text)
        except Failure as failure:
            _put_off(number, attempts, failure)
        else:
            gone += 1
            _settle(number, sent_at=clock.now(), next_at=None, failure=None)
    return gone


def _claim(number: int, street: int) -> tuple[str, int] | None:
    """The text and the number of this try, which goes by its street's settings; None where another process has it."""
    now = clock.now()
    with database.writing() as connection:
        row = connection.execute(
            update(Posting)
            .where(Posting.id == number, _open(connection), Posting.next_at <= now)
            .values(attempts=Posting.attempts + 1, next_at=now + CLAIM)
            .returning(Posting.text, Posting.attempts)
        ).first()
        overlay.enter(connection, street)
    return None if row is None else (row.text, row.attempts)


def _put_off(number: int, attempts: int, failure: Failure) -> None:
    pauses = settings().webhook.pauses
    later: datetime | None = None
    if attempts <= len(pauses):
        later = clock.now() + timedelta(seconds=pauses[attempts - 1])
    log.warning("posting %d failed at try %d: %s", number, attempts, failure.code)
    _settle(number, next_at=later, failure=failure.code)


def _settle(number: int, **values: Any) -> None:
    with database.writing() as connection:
        connection.execute(update(Posting).where(Posting.id == number).values(**values))


class _Straight(request.HTTPRedirectHandler):
    """The text goes to the set address or nowhere."""

    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        """Follow no redirection: it would become a failure with its status."""


def _send(text: str) -> None:
    """One try. Failure where the robot did not take it, or not within the set time, counted over the whole exchange."""
    hook = settings().webhook
    if not hook.on:
        raise Failure("off")
    content = json.dumps({"msgtype": "text", "text": {"content": text}}, ensure_ascii=False).encode()
    until = time.monotonic() + hook.seconds
    try:
        asked = request.Request(
            hook.url.get_secret_value(), content, {"Content-Type": "application/json; charset=utf-8"}, method="POST"
        )
        with request.build_opener(_Straight).open(asked, timeout=hook.seconds) as answer:
            said = json.loads(_read(answer, until))
            code = said["errcode"]
    except HTTPError as refusal:
        raise Failure("http", str(refusal.code)) from None
    except TimeoutError:
        raise Failure("slow") from None
    except (OSError, HTTPException) as problem:
        slow = isinstance(getattr(problem, "reason", None), TimeoutError)
        raise Failure("slow" if slow else "connection") from None
    except (ValueError, KeyError, TypeError):
        raise Failure("answer") from None
    if code != 0:
        raise Failure("robot", str(code) if isinstance(code, int) else "")


def _read(answer: Any, until: float) -> bytes:
    content = b""
    while len(content) < 65_536 and (piece := answer.read1(4096)):
        content += piece
        if time.monotonic() > until:
            raise TimeoutError
    return content
