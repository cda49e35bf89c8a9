"""Accounts and what each role may do.

Every read and write in ``data_access`` takes an ``Actor``: the account that acts, read from the database at the
beginning of each run, never trusted from a session or a cookie.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

import bcrypt
from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, insert, or_, select, update

from config import clock
from config.language import N_, _
from data_access import audit, database
from data_access.access import passwords, throttles
from data_access.catalogue import catalogues
from data_access.office import overlay
from data_access.schema import Account, Community, District, Street


class Role(StrEnum):
    """The four roles of a street office, and that of the district above it."""

    CLERK = "clerk"
    SUPERVISOR = "supervisor"
    LEADER = "leader"
    ADMIN = "admin"
    DISTRICT = "district"


OFFICE = (Role.CLERK, Role.SUPERVISOR, Role.LEADER, Role.ADMIN)  # what an administrator may give


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
    COMPARE_STREETS = "compare_streets"  # figures of each street of the district, and each street as its leaders see it


CAPABILITIES: Mapping[Role, frozenset[Capability]] = {
    Role.CLERK: frozenset({Capability.READ_BOARD, Capability.READ_PEOPLE, Capability.REVEAL, Capability.UPLOAD}),
    Role.SUPERVISOR: frozenset(Capability) - {Capability.ADMINISTER, Capability.COMPARE_STREETS},
    Role.LEADER: frozenset({Capability.READ_BOARD}),
    Role.ADMIN: frozenset(Capability) - {Capability.COMPARE_STREETS},
    # the board of a street only by going there (``office.districts.visit``), and then as one of its leaders
    Role.DISTRICT: frozenset({Capability.COMPARE_STREETS}),
}

# What is left while looking back. The administration page itself keeps what writes from being reached.
READING = frozenset({Capability.READ_BOARD, Capability.READ_PEOPLE, Capability.ADMINISTER, Capability.COMPARE_STREETS})

ROLE_NAMES = {
    Role.CLERK: N_("community clerk"),
    Role.SUPERVISOR: N_("supervisor"),
    Role.LEADER: N_("leader"),
    Role.ADMIN: N_("administrator"),
    Role.DISTRICT: N_("district viewer"),
}


class AccountError(Exception):
    """An account cannot be made or used; the text says why and what to do."""

    def __init__(self, message: str, **fields: object) -> None:
        super().__init__(_(message, **fields))


class NotAllowedError(AccountError):
    """The acting account may not do this; the text names the roles that may."""

    def __init__(self, capability: Capability) -> None:
        roles = _(", ").join(_(ROLE_NAMES[role]) for role in Role if capability in CAPABILITIES[role])
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
    """The acting account. ``community_id``/``community`` are set for clerks only, ``district`` for those of a district.

    One of a district that looks at a street of it acts as a leader of that street, whose name is ``visiting``.
    """

    id: int
    street_id: int
    username: str
    role: Role
    community_id: int | None = None
    community: str | None = None
    generation: int = 1
    must_change: bool = False
    looking_back: bool = False  # at the board as it stood at an earlier moment: nothing is written from there
    district_id: int | None = None
    district: str | None = None
    visiting: str | None = None

    def holds(self, capability: Capability) -> bool:
        """Whether the role allows this, at whatever moment it looks."""
        return capability in CAPABILITIES[self.role]

    def may(self, capability: Capability) -> bool:
        """Whether the role allows this, and the moment that is looked at."""
        return self.holds(capability) and not (self.looking_back and capability not in READING)

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
    Account.district_id,
    District.name.label("district"),
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
        district_id=row.district_id,
        district=row.district,
    )


_ACTIVE = (
    select(*_COLUMNS)
    .select_from(Account)
    .join(Community, Community.id == Account.community_id, isouter=True)
    .join(District, District.id == Account.district_id, isouter=True)
    .where(Account.disabled_at.is_(None))
)
_SAME = _ACTIVE.where(Account.id == bindparam("id"), Account.generation == bindparam("generation"))  # in every run


def found(connection: Connection, *fits: ColumnElement[bool]) -> Actor | None:
    """The active account that fits these conditions, if there is one."""
    row = connection.execute(_ACTIVE.where(*fits)).first()
    return None if row is None else _actor(row)


def enter(connection: Connection, account_id: int, generation: int) -> Actor | None:
    """The account if it is active and still of this generation; from here on the running thread speaks as its street
    does (``enter_street``)."""
    row = connection.execute(_SAME, {"id": account_id, "generation": generation}).first()
    if row is None:
        return None
    enter_street(connection, row.street_id)
    return _actor(row)


def enter_street(connection: Connection, street_id: int) -> None:
    """Let this thread speak the catalogue of a street (``catalogues``) and go by what is set in its page."""
    catalogues.enter(connection, street_id)
    overlay.enter(connection, street_id)


def actor(username: str) -> Actor:
    """The account by its name, entered; AccountError if there is none or it is disabled."""
    with database.reading() as connection:
        known = found(connection, Account.username == username)
        if known is not None:
            enter_street(connection, known.street_id)
    if known is None:
        raise AccountError(N_("There is no active account {name}. An administrator can create one."), name=username)
    return known


def look_back(acting: Actor, moment: datetime) -> Actor:
    """The account looking at the board as it stood at a moment: it writes nothing; definitions are of then."""
    with database.reading() as connection:
        catalogues.enter(connection, acting.street_id, moment)
    return replace(acting, looking_back=True)


_console_street: ContextVar[str | None] = ContextVar("console street", default=None)


def console() -> Actor:
    """The account of whoever works at the machine itself: the command line without ``--as``.

    It works for the first street, or for the one of ``console_of``.
    """
    with database.reading() as connection:
        known = found(connection, Account.username == database.CONSOLE)
        assert known is not None
        if (name := _console_street.get()) is not None:
            street = connection.execute(select(Street.id).where(Street.name == name)).scalar()
            if street is None:
                raise AccountError(N_("There is no street {name}."), name=name)
            known = replace(known, street_id=street)
        enter_street(connection, known.street_id)
    return known


@contextmanager
def console_of(street: str | None) -> Iterator[None]:
    """Let whoever works at the machine work for this street (None: the first) inside the block."""
    token = _console_street.set(street)
    try:
        yield
    finally:
        _console_street.reset(token)


def machine(acting: Actor) -> None:
    """AccountError unless this is whoever works at the machine itself: streets and districts are nobody else's."""
    if acting.username != database.CONSOLE:
        raise AccountError(N_("Streets, districts and their accounts are set up at the machine itself."))


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
            .where(_governed(acting), Account.username != database.CONSOLE)
            .order_by(Account.id)
        ).all()
    return [dict(row._mapping) for row in rows]


def _governed(acting: Actor) -> ColumnElement[bool]:
    """The accounts somebody looks after: those of the own street; those of districts only from the machine itself."""
    own, above = Account.street_id == acting.street_id, Account.district_id.is_not(None)
    return or_(own, above) if acting.username == database.CONSOLE else and_(own, ~above)


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
        street_id = database.first_street(connection)
        if street.strip():
            connection.execute(update(Street).where(Street.id == street_id).values(name=street.strip()))
        _insert(
            connection,
            street_id,
            _check_username(username),
            password_hash,
            Role.ADMIN,
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
    district: str | None = None,
) -> Actor:
    """A new account; a clerk needs a community, one of a district its name. AccountError names what is wrong."""
    acting.require(Capability.ADMINISTER)
    password_hash = hash_password(username, password)
    with database.writing() as connection:
        values = {
            "community_id": _community_of(connection, acting, role, community),
            "district_id": _district_of(connection, acting, role, district),
            "must_change": must_change,
        }
        create_in(connection, acting, username, password_hash, role, **values)
    return actor(username)


def create_in(
    connection: Connection, acting: Actor, username: str, password_hash: str, role: Role, **values: Any
) -> None:
    """As ``create``, within the caller's writing transaction; ``values`` are further columns of the account."""
    if connection.execute(select(Account.id).where(Account.username == username)).first() is not None:
        raise AccountError(N_("There is already an account {name}."), name=username)
    _insert(connection, acting.street_id, _check_username(username), password_hash, role, **values)
    audit.record(connection, acting, "account_created", username, role=role)


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
            .where(Account.username == username, _governed(acting), Account.disabled_at.is_not(None))
            .values(disabled_at=None, generation=Account.generation + 1)
        )
        if resumed.rowcount == 0:
            raise AccountError(N_("There is no ended account {name}."), name=username)
        audit.record(connection, acting, "account_enabled", username)


def set_role(acting: Actor, username: str, role: Role, community: str | None = None) -> None:
    """Change what an account may do, and whose clerk it is; its sessions end with the next click.

    AccountError for the last one that can administer, for a clerk without a community, and for a role above the street.
    """
    acting.require(Capability.ADMINISTER)
    _not_console(username)
    if role not in OFFICE:
        raise AccountError(N_("No account of a street becomes one of a district. Make it a new one."))
    with database.writing() as connection:
        if role != Role.ADMIN:
            _keep_an_administrator(connection, acting, username)
        community_id = _community_of(connection, acting, role, community)
        _change(connection, acting, username, role=role.value, community_id=community_id, district_id=None)
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
    """Change an active account, or the own one, and end its sessions; AccountError where there is none."""
    changed = connection.execute(
        update(Account)
        .where(
            Account.username == username,
            or_(_governed(acting), Account.id == acting.id),
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


def _district_of(connection: Connection, acting: Actor, role: Role, district: str | None) -> int | None:
    """The district of an account above the streets, which only the machine itself can make; None for the others."""
    if role != Role.DISTRICT:
        return None
    machine(acting)
    found = connection.execute(select(District.id).where(District.name == district)).scalar()
    if found is None:
        raise AccountError(N_("There is no district {name}."), name=district or "")
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
    **values: Any,
) -> None:
    connection.execute(
        insert(Account).values(
            street_id=street_id,
            username=username,
            password_hash=password_hash,
            role=role.value,
            generation=1,
            failures=0,
            created_at=clock.now(),
            **values,
        )
    )
