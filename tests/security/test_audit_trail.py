"""The audit trail against somebody who can write to the database and has not the key."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, text

from data_access import accounts, audit, database
from data_access.accounts import Role
from data_access.office import erasure, retention
from data_access.reports import details
from data_access.schema import AuditEvent, DataVersion
from tests.data_access.street import Board

ROOT = Path(__file__).parents[2]
FOURTH = "(SELECT id FROM audit_event ORDER BY id LIMIT 1 OFFSET 3)"
LAST = "(SELECT max(id) FROM audit_event)"

TRIED = {
    "an event is removed": [f"DELETE FROM audit_event WHERE id = {FOURTH}"],
    "its details are altered": [f'UPDATE audit_event SET details = \'{{"role":"admin"}}\' WHERE id = {FOURTH}'],
    "it is put on somebody else": [f"UPDATE audit_event SET account_id = NULL WHERE id = {FOURTH}"],
    "its hour is altered": [f"UPDATE audit_event SET at = '2022-08-12 01:00:00' WHERE id = {FOURTH}"],
    "its subject is altered": [f"UPDATE audit_event SET subject = 'nobody' WHERE id = {FOURTH}"],
    "two events change places": [
        f"UPDATE audit_event SET id = -1 WHERE id = {FOURTH}",
        "UPDATE audit_event SET id = 100000 WHERE id = -1",
    ],
    "one is put in": [
        "INSERT INTO audit_event (street_id, at, account_id, event, subject, details, digest)"
        f" SELECT street_id, at, account_id, event, 'made up', details, digest FROM audit_event WHERE id = {LAST}"
    ],
    "one is put in as if it were older than the chain": [
        "INSERT INTO audit_event (id, street_id, at, event, details)"
        " SELECT -1, street_id, at, event, details FROM audit_event LIMIT 1"
    ],
    "the last is cut off": [f"DELETE FROM audit_event WHERE id = {LAST}"],
    "the last is cut off and the count and the head are set back": [
        f"DELETE FROM audit_event WHERE id = {LAST}",
        "UPDATE data_version SET audit_count = audit_count - 1,"
        f" audit_head = (SELECT digest FROM audit_event WHERE id = {LAST})",
    ],
    "all are taken away, and the chain with them": [
        "DELETE FROM audit_event",
        "UPDATE data_version SET audit_head = NULL, audit_count = NULL",
    ],
    "the chain is stripped off, as if all were older": ["UPDATE audit_event SET digest = NULL"],
}


@pytest.fixture
def trail(database_url: str) -> Iterator[None]:
    """Some events, the accounts' and the board's."""
    actor = accounts.create_first_administrator("admin_sf", "long enough", "")
    for name in ("leader_1", "leader_2", "leader_3"):
        accounts.create(actor, name, "long enough 2", Role.LEADER)
    Board(actor).communities(["春晖社区", "向阳社区"])
    yield


@contextmanager
def tampering() -> Iterator[Connection]:
    """A transaction of somebody with plain SQL, taken back at the end."""
    with database.engine().execution_options(writing=True).connect() as connection:
        transaction = connection.begin()
        yield connection
        transaction.rollback()


def test_whatever_is_done_to_the_trail_is_found(trail: None) -> None:
    """Tried: removing, altering, moving, inserting and cutting off events in plain SQL. Held: each is found."""
    for tried, statements in TRIED.items():
        with tampering() as connection:
            assert audit.verify(connection).fault is None
            for statement in statements:
                connection.execute(text(statement))
            found = audit.verify(connection)
            assert found.fault is not None, tried
    with tampering() as connection:
        connection.execute(text(TRIED["an event is removed"][0]))
        place = connection.execute(select(AuditEvent.id).order_by(AuditEvent.id).offset(3)).scalar()
        assert audit.verify(connection).broken_at == place
        assert str(place) in audit.verify(connection).text


def test_a_cut_tail_stays_found_when_the_board_goes_on(trail: None) -> None:
    """Tried: cutting off the last events and waiting until new ones cover it. Held: the gap is found behind them."""
    with database.engine().begin() as connection:
        connection.execute(text(f"DELETE FROM audit_event WHERE id = {LAST}"))
    Board(accounts.console()).communities(["永安社区"])
    with database.reading() as connection:
        assert audit.verify(connection).fault == "broken"


def test_what_is_older_than_the_chain_is_guarded_from_its_beginning(trail: None) -> None:
    """Tried: altering an event from before there was a chain. Held: the chain began over it, and no longer fits."""
    with database.writing() as connection:
        connection.execute(text("UPDATE audit_event SET digest = NULL"))
        connection.execute(text("UPDATE data_version SET audit_head = NULL, audit_count = NULL"))
        assert audit.verify(connection).fault == "none"
        before = len(connection.execute(select(AuditEvent.id)).all())
        audit.begin(connection)  # what migrating does
        audit.record(connection, accounts.console(), "account_created", "later")
        found = audit.verify(connection)
        assert (found.fault, found.events, found.before) == (None, before + 1, before)
        head = connection.execute(select(DataVersion.audit_head)).scalar()
        audit.begin(connection)
        assert connection.execute(select(DataVersion.audit_head)).scalar() == head, "it begins once only"
    with tampering() as connection:
        connection.execute(text(TRIED["its subject is altered"][0]))
        assert audit.verify(connection).fault == "broken"


def test_every_event_has_its_words() -> None:
    """Tried: finding an event in the code that the page has no words for. Held: there is none, and none too many."""
    used, patterns = set[str](), set[str]()
    for path in sorted((ROOT / "data_access").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="audit"), attr="record"), args=[_, _, event, *_]):
                    for part in ast.walk(event):
                        match part:
                            case ast.JoinedStr(values=[*parts]):
                                patterns |= {str(one.value) for one in parts if isinstance(one, ast.Constant)}
                            case ast.Constant(value=str(code)):
                                used.add(code)
    used -= patterns
    covered = {code for code in audit.WORDS if any(code.endswith(pattern) for pattern in patterns)}
    assert used <= set(audit.WORDS), f"without words: {sorted(used - set(audit.WORDS))}"
    # chosen before they are recorded
    passed_on = {"indicator_defined", "workstream_defined", "community_merged", "community_retired"}
    assert set(audit.WORDS) - used - covered == passed_on, "words for nothing"


def test_every_detail_has_its_words() -> None:
    """Tried: finding a detail in the code for which the page has only its key. Held: there is none."""
    used = {"old", "new", "since", "into", "taken_back", "purpose", "words", "community", "kind", "first", "last"}
    used |= {"from", "to", "indicator", "value", *erasure.NAMES, *retention.NAMES}  # chosen before they are recorded
    for path in sorted((ROOT / "data_access").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="audit"), attr="record"), keywords=[*told]):
                    used |= {one.arg for one in told if one.arg}
    known = set(details.WORDS).union(*details.OF_EVENT.values())
    assert used == known, f"without words: {sorted(used - known)}; words for nothing: {sorted(known - used)}"
    told = details.text("role_changed", {"role": "clerk", "community_id": None})
    assert told == "角色：社区信息员"
    assert details.text("person_erased", {"reason": "request", "texts": 2}).endswith("；提到此人的文字：2")
