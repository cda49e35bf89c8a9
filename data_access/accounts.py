"""Accounts and what each role may do.

Every read and write in ``data_access`` takes an ``Actor``: the account that acts, read from the database at the
beginning of each run, never trusted from a session or a cookie.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

import bcrypt
from sqlalchemy import Connection, Row, insert, select, update

from config import clock
from config.language import N_, _
from data_access import audit, database
from data_access.catalogue import catalogues
from data_access.schema import Account, Community, Street


class Role(StrEnum):
    """The four roles of a street office."""

    CLERK = "clerk"
    SUPERVISOR = "supervisor"
    LEADER = "leader"
    ADMIN = "admin"


class Capability(StrEnum):
    """What a role may be allowed to do."""

    READ_BOARD = "read_board"  # figures without personal data, all communities
    READ_PEOPLE = "read_people"  # masked names and telephones
    UPLOAD = "upload"
    WITHDRAW = "withdraw"
    WAIVE = "waive"  # accept a warning for one community and day, with a reason
    EXEMPT = "exempt"  # let a community off a daily sheet, with a reason
    CLOSE_DAY = "close_day"  # close the evening's figures, and open them again with a reason
    PUBLISH = "publish"  # freeze a ranking as a numbered notice
    MANAGE_ACTIONS = "manage_actions"
    REVIEW = "review"  # pass evidence or send it back, approve 不适用
    MAP_SHEETS = "map_sheets"  # say what the columns of a sheet are, for the street; declare own indicators
    SET_TARGETS = "set_targets"  # set targets and change definitions of indicators, from a day on
    WORD = "word"  # word the spoken summary for the street
    POST = "post"  # send a text to the office's group
    ADMINISTER = "administer"


CAPABILITIES: Mapping[Role, frozenset[Capability]] = {
    Role.CLERK: frozenset({Capability.READ_BOARD, Capability.READ_PEOPLE, Capability.UPLOAD}),
    Role.SUPERVISOR: frozenset(Capability) - {Capability.ADMINISTER},
    Role.LEADER: frozenset({Capability.READ_BOARD}),
    Role.ADMIN: frozenset(Capability),
}

# What is left while looking back. The administration page itself keeps what writes from being reached.
READING = frozenset({Capability.READ_BOARD, Capability.READ_PEOPLE, Capability.ADMINISTER})

ROLE_NAMES = {
    Role.CLERK: N_("community clerk"),
    Role.SUPERVISOR: N_("supervisor"),
    Role.LEADER: N_("leader"),
    Role.ADMIN: N_("administrator"),
}


class AccountError(Exception):
    """An account cannot be made or used; the text says why and what to do."""

    def __init__(self, message: str, **fields: object) -> None:
        super().__init__(_(message, **fields))


class NotAllowedError(AccountError):
    """The acting account may not do this; the text names the roles that may."""

    def __init__(self, capability: Capability) -> None:
        roles = "、".join(_(ROLE_NAMES[role]) for role in Role if capability in CAPABILITIES[role])
        super().__init__(N_("This needs the role: {roles}."), roles=roles)


class LookingBackError(AccountError):
    """The acting account looks at the board as it stood at an earlier moment: nothing is written from there."""

    def __init__(self) -> None:
        super().__init__(N_("You are looking at the board as it stood then. Go back to now to change something."))


class OtherCommunityError(AccountError):
    """A clerk reached for another community."""

    def __init__(self) -> None:
        super().__init__(N_("A community clerk works on the own community only. Ask a supervisor."))


@dataclass(frozen=True, slots=True)
class Actor:
    """The acting account. ``community_id``/``community`` are set for clerks only."""

    id: int
    street_id: int
    username: str
    role: Role
    community_id: int | None = None
    community: str | None = None
    generation: int = 1
    must_change: bool = False
    looking_back: bool = False  # at the board as it stood at an earlier moment: nothing is written from there

    def may(self, capability: Capability) -> bool:
        """Whether the role allows this, and the moment that is looked at."""
        return capability in CAPABILITIES[self.role] and not (self.looking_back and capability not in READING)

    def require(self, capability: Capability) -> None:
        """NotAllowedError unless the role allows this; LookingBackError where only the moment does not."""
        if self.looking_back and capability not in READING:
            raise LookingBackError
        if not self.may(capability):
            raise NotAllowedError(capability)

    def require_community(self, community_id: int | None) -> None:
        """OtherCommunityError if a clerk reaches beyond the own community."""
        if self.role == Role.CLERK and community_id != self.community_id:
            raise OtherCommunityError


_COLUMNS = (
    Account.id,
    Account.street_id,
    Account.username,
    Account.role,
    Account.community_id,
    Community.name.label("community"),
    Account.generation,
    Account.must_change,
)


def _actor(row: Row[*tuple[Any, ...]]) -> Actor:
    return Actor(
        row.id,
        row.street_id,
        row.username,
        Role(row.role),
        row.community_id,
        row.community,
        row.generation,
        row.must_change,
    )


def actor(username: str) -> Actor:
    """The account by its name; AccountError if there is none or it is disabled.

    From here on the running thread speaks the catalogue of the account's street (see ``catalogues``).
    """
    with database.reading() as connection:
        row = connection.execute(
            select(*_COLUMNS)
            .select_from(Account)
            .join(Community, Community.id == Account.community_id, isouter=True)
            .where(Account.username == username, Account.disabled_at.is_(None))
        ).first()
        if row is not None:
            catalogues.enter(connection, row.street_id)
    if row is None:
        raise AccountError(N_("There is no active account {name}. An administrator can create one."), name=username)
    return _actor(row)


def look_back(acting: Actor, moment: datetime) -> Actor:
    """The account looking at the board as it stood at a moment: it writes nothing; definitions are of then."""
    with database.reading() as connection:
        catalogues.enter(connection, acting.street_id, moment)
    return replace(acting, looking_back=True)


def console() -> Actor:
    """The account of whoever works at the machine itself: the command line without ``--as``."""
    return actor(database.CONSOLE)


def exist() -> bool:
    """Whether anybody can sign in yet; False means first start."""
    with database.reading() as connection:
        return connection.execute(select(Account.id).where(Account.password_hash.is_not(None))).first() is not None


def credentials() -> dict[str, Any]:
    """What streamlit-authenticator needs: ``{"usernames": {name: {"name", "password" (hash), "email", "roles"}}}``."""
    with database.reading() as connection:
        rows = connection.execute(
            select(Account.username, Account.password_hash, Account.role).where(
                Account.password_hash.is_not(None), Account.disabled_at.is_(None)
            )
        ).all()
    return {
        "usernames": {
            row.username: {
                "name": row.username,
                "password": row.password_hash,
                "email": "",
                "roles": [row.role],
            }
            for row in rows
        }
    }


def accounts(acting: Actor) -> list[dict[str, Any]]:
    """All accounts: username, role, community, created_at, disabled_at. For administrators."""
    acting.require(Capability.ADMINISTER)
    with database.reading() as connection:
        rows = connection.execute(
            select(
                Account.username,
                Account.role,
                Community.name.label("community"),
                Account.created_at,
                Account.disabled_at,
            )
            .select_from(Account)
            .join(Community, Community.id == Account.community_id, isouter=True)
            .where(Account.street_id == acting.street_id, Account.username != database.CONSOLE)
            .order_by(Account.id)
        ).all()
    return [dict(row._mapping) for row in rows]


_USERNAME = re.compile(r"[a-z0-9_]{4,20}")
_MIN_PASSWORD = 8


def hash_password(password: str) -> str:
    """The bcrypt hash of a password; AccountError if it is too short or too long for bcrypt."""
    if len(password) < _MIN_PASSWORD:
        raise AccountError(N_("The password needs at least {n} characters."), n=_MIN_PASSWORD)
    if len(password.encode()) > 72:
        raise AccountError(N_("The password is too long (72 bytes at most)."))
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt()).decode()


def _check_username(username: str) -> str:
    if not _USERNAME.fullmatch(username):
        raise AccountError(N_("An account name has 4 to 20 small letters, digits or underscores."))
    return username


def create_first_administrator(username: str, password: str, street: str) -> Actor:
    """First start: the administrator and the street's name. AccountError once anybody can sign in."""
    password_hash = hash_password(password)
    with database.writing() as connection:
        if connection.execute(select(Account.id).where(Account.password_hash.is_not(None))).first() is not None:
            raise AccountError(N_("The administrator exists already. Sign in."))
        street_id = connection.execute(select(Street.id)).scalar_one()
        if street.strip():
            connection.execute(update(Street).where(Street.id == street_id).values(name=street.strip()))
        _insert(
            connection,
            street_id,
            _check_username(username),
            password_hash,
            Role.ADMIN,
            None,
            must_change=False,
        )
        database.raise_version(connection)
    return actor(username)


def create(
    acting: Actor,
    username: str,
    password: str,
    role: Role,
    community: str | None = None,
    *,
    must_change: bool = True,
) -> Actor:
    """A new account; a clerk needs a community. AccountError names what is wrong."""
    acting.require(Capability.ADMINISTER)
    password_hash = hash_password(password)
    with database.writing() as connection:
        if connection.execute(select(Account.id).where(Account.username == username)).first() is not None:
            raise AccountError(N_("There is already an account {name}."), name=username)
        community_id = None
        if role == Role.CLERK:
            community_id = connection.execute(
                select(Community.id).where(Community.street_id == acting.street_id, Community.name == community)
            ).scalar_one_or_none()
            if community_id is None:
                raise AccountError(N_("A community clerk needs a community of the register."))
        _insert(
            connection,
            acting.street_id,
            _check_username(username),
            password_hash,
            role,
            community_id,
            must_change,
        )
        audit.record(connection, acting, "account_created", username, role=role)
    return actor(username)


def disable(acting: Actor, username: str) -> None:
    """End an account; its sessions end with the next click. AccountError for the last one that can administer."""
    acting.require(Capability.ADMINISTER)
    _not_console(username)
    with database.writing() as connection:
        administrators = connection.execute(
            select(Account.username).where(
                Account.street_id == acting.street_id,
                Account.role == Role.ADMIN,
                Account.disabled_at.is_(None),
                Account.password_hash.is_not(None),
            )
        ).scalars()
        if list(administrators) == [username]:
            raise AccountError(N_("This is the last administrator. Create another one first."))
        ended = connection.execute(
            update(Account)
            .where(
                Account.username == username,
                Account.street_id == acting.street_id,
                Account.disabled_at.is_(None),
            )
            .values(disabled_at=clock.now(), generation=Account.generation + 1)
        )
        if ended.rowcount == 0:
            raise AccountError(N_("There is no active account {name}. An administrator can create one."), name=username)
        audit.record(connection, acting, "account_disabled", username)


def set_password(acting: Actor, username: str, password: str) -> None:
    """Change a password: one's own, or anybody's by an administrator (then to be changed at the next sign-in)."""
    if acting.username != username:
        acting.require(Capability.ADMINISTER)
    _not_console(username)
    password_hash = hash_password(password)
    with database.writing() as connection:
        changed = connection.execute(
            update(Account)
            .where(Account.username == username, Account.street_id == acting.street_id)
            .values(
                password_hash=password_hash,
                generation=Account.generation + 1,
                must_change=acting.username != username,
            )
        )
        if changed.rowcount == 0:
            raise AccountError(N_("There is no active account {name}. An administrator can create one."), name=username)
        audit.record(connection, acting, "password_changed", username)


def _not_console(username: str) -> None:
    if username == database.CONSOLE:
        raise AccountError(N_("The account of the command line cannot sign in and cannot be ended."))


def _insert(
    connection: Connection,
    street_id: int,
    username: str,
    password_hash: str,
    role: Role,
    community_id: int | None,
    must_change: bool,
) -> None:
    connection.execute(
        insert(Account).values(
            street_id=street_id,
            username=username,
            password_hash=password_hash,
            role=role.value,
            community_id=community_id,
            generation=1,
            must_change=must_change,
            failures=0,
            created_at=clock.now(),
        )
    )
