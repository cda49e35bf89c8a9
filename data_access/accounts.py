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
from sqlalchemy import ColumnElement, Connection, Row, insert, select, update

from config import clock
from config.language import N_, _
from data_access import audit, database
from data_access.access import passwords, throttles
from data_access.catalogue import catalogues
from data_access.office import overlay
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
    REVEAL = "reveal"  # somebody's name and telephone in full, for a stated purpose
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
    Role.CLERK: frozenset({Capability.READ_BOARD, Capability.READ_PEOPLE, Capability.REVEAL, Capability.UPLOAD}),
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


def found(connection: Connection, *fits: ColumnElement[bool]) -> Actor | None:
    """The active account that fits these conditions, if there is one."""
    row = connection.execute(
        select(*_COLUMNS)
        .select_from(Account)
        .join(Community, Community.id == Account.community_id, isouter=True)
        .where(*fits, Account.disabled_at.is_(None))
    ).first()
    return None if row is None else _actor(row)


def enter(connection: Connection, *fits: ColumnElement[bool]) -> Actor | None:
    """As ``found``; from here on the running thread speaks the catalogue of the account's street (``catalogues``).

    It also goes by what was set in the street's page (``overlay``).
    """
    actor = found(connection, *fits)
    if actor is not None:
        catalogues.enter(connection, actor.street_id)
        overlay.enter(connection, actor.street_id)
    return actor


def actor(username: str) -> Actor:
    """The account by its name, entered; AccountError if there is none or it is disabled."""
    with database.reading() as connection:
        known = enter(connection, Account.username == username)
    if known is None:
        raise AccountError(N_("There is no active account {name}. An administrator can create one."), name=username)
    return known


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


def accounts(acting: Actor) -> list[dict[str, Any]]:
    """All accounts: username, role, community, created_at, disabled_at, subject, must_change, password_until.

    For administrators. ``subject``: who this is at the office's single sign-on.
    """
    acting.require(Capability.ADMINISTER)
    with database.reading() as connection:
        rows = connection.execute(
            select(
                Account.username,
                Account.role,
                Community.name.label("community"),
                Account.created_at,
                Account.disabled_at,
                Account.subject,
                Account.must_change,
                Account.password_until,
            )
            .select_from(Account)
            .join(Community, Community.id == Account.community_id, isouter=True)
            .where(Account.street_id == acting.street_id, Account.username != database.CONSOLE)
            .order_by(Account.id)
        ).all()
    return [dict(row._mapping) for row in rows]


_USERNAME = re.compile(r"[a-z0-9_]{4,20}")


def hash_password(username: str, password: str) -> str:
    """The bcrypt hash of a password for an account; AccountError where it breaks the rules (``passwords.problem``)."""
    wrong = passwords.problem(username, password)
    if wrong is not None:
        raise AccountError(wrong)
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt()).decode()


def _check_username(username: str) -> str:
    if not _USERNAME.fullmatch(username):
        raise AccountError(N_("An account name has 4 to 20 small letters, digits or underscores."))
    return username


def create_first_administrator(username: str, password: str, street: str) -> Actor:
    """First start: the administrator and the street's name. AccountError once anybody can sign in."""
    password_hash = hash_password(username, password)
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
        first = found(connection, Account.username == username)
        if first is not None:
            audit.record(connection, first, "account_created", username, role=Role.ADMIN, first=True)
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
    password_hash = hash_password(username, password)
    with database.writing() as connection:
        if connection.execute(select(Account.id).where(Account.username == username)).first() is not None:
            raise AccountError(N_("There is already an account {name}."), name=username)
        community_id = _community_of(connection, acting, role, community)
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
        _keep_an_administrator(connection, acting, username)
        _change(connection, acting, username, disabled_at=clock.now())
        audit.record(connection, acting, "account_disabled", username)


def enable(acting: Actor, username: str) -> None:
    """Take an account up again that was ended; its old sessions stay ended."""
    acting.require(Capability.ADMINISTER)
    with database.writing() as connection:
        resumed = connection.execute(
            update(Account)
            .where(
                Account.username == username,
                Account.street_id == acting.street_id,
                Account.disabled_at.is_not(None),
            )
            .values(disabled_at=None, generation=Account.generation + 1)
        )
        if resumed.rowcount == 0:
            raise AccountError(N_("There is no ended account {name}."), name=username)
        audit.record(connection, acting, "account_enabled", username)


def set_role(acting: Actor, username: str, role: Role, community: str | None = None) -> None:
    """Change what an account may do, and whose clerk it is; its sessions end with the next click.

    AccountError for the last one that can administer, and for a clerk without a community.
    """
    acting.require(Capability.ADMINISTER)
    _not_console(username)
    with database.writing() as connection:
        if role != Role.ADMIN:
            _keep_an_administrator(connection, acting, username)
        community_id = _community_of(connection, acting, role, community)
        _change(connection, acting, username, role=role.value, community_id=community_id)
        audit.record(connection, acting, "role_changed", username, role=role, community_id=community_id)


def set_password(acting: Actor, username: str, password: str) -> None:
    """Change a password: one's own, or anybody's by an administrator; all sessions of the account end.

    One that somebody else has set is of use for a day (``passwords.ONE_TIME``) and has to be changed at the sign-in.
    """
    own = acting.username == username
    if not own:
        acting.require(Capability.ADMINISTER)
    _not_console(username)
    password_hash = hash_password(username, password)
    until = None if own else clock.now() + passwords.ONE_TIME
    with database.writing() as connection:
        _change(connection, acting, username, password_hash=password_hash, must_change=not own, password_until=until)
        if not own:
            throttles.clear(connection, username)
        audit.record(connection, acting, "password_changed" if own else "password_reset", username)


def reset_password(acting: Actor, username: str) -> str:
    """Give an account a new password that the board makes up, as ``set_password``; it is shown this once."""
    password = passwords.one_time()
    acting.require(Capability.ADMINISTER)
    set_password(acting, username, password)
    return password


def link(acting: Actor, username: str, subject: str | None) -> None:
    """Say who an account is at the office's single sign-on (None: nobody); AccountError if that is another account."""
    acting.require(Capability.ADMINISTER)
    _not_console(username)
    subject = (subject or "").strip()[:255] or None
    with database.writing() as connection:
        held = select(Account.username).where(Account.subject == subject, Account.username != username)
        taken = None if subject is None else connection.execute(held).scalar()
        if taken is not None:
            raise AccountError(N_("This name of single sign-on belongs to the account {name}."), name=taken)
        _change(connection, acting, username, subject=subject)
        audit.record(connection, acting, "account_linked" if subject else "account_unlinked", username)


def _change(connection: Connection, acting: Actor, username: str, **values: Any) -> None:
    """Change an active account and end its sessions; AccountError where there is none."""
    changed = connection.execute(
        update(Account)
        .where(
            Account.username == username,
            Account.street_id == acting.street_id,
            Account.disabled_at.is_(None),
        )
        .values(generation=Account.generation + 1, **values)
    )
    if changed.rowcount == 0:
        raise AccountError(N_("There is no active account {name}. An administrator can create one."), name=username)


def _keep_an_administrator(connection: Connection, acting: Actor, username: str) -> None:
    """AccountError if nobody could administer without this account."""
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


def _community_of(connection: Connection, acting: Actor, role: Role, community: str | None) -> int | None:
    """The community of a clerk, which there has to be; None for the other roles."""
    if role != Role.CLERK:
        return None
    found = connection.execute(
        select(Community.id).where(Community.street_id == acting.street_id, Community.name == community)
    ).scalar_one_or_none()
    if found is None:
        raise AccountError(N_("A community clerk needs a community of the register."))
    return found


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
