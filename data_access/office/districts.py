"""Above the street: districts, the streets that belong to them, and an account of a district in one of its streets.

Streets share the tables and nothing else: each has its register, campaigns, catalogue, settings and accounts. A
district has sight of its streets, figures only. To see a street its account goes there and acts as one of its leaders,
so that whatever is asked afterwards is asked within that street, like by anybody who works in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, Row, func, insert, select, update

from config import clock
from config.language import N_
from data_access import accounts, audit, database
from data_access.access import passwords
from data_access.accounts import AccountError, Actor, Capability, Role
from data_access.naming import is_former
from data_access.schema import Community, District, Street

MOST = 64  # letters of a name


class OtherStreetError(AccountError):
    """An account of a district reached for a street that does not belong to it."""

    def __init__(self, name: str) -> None:
        super().__init__(N_("{name} is not a street of this district."), name=name)


@dataclass(frozen=True, slots=True)
class Office:
    """One street of the database, for whoever works at the machine."""

    name: str
    district: str | None
    communities: int
    is_sample: bool


# At the machine --------------------------------------------------------------------------------------------------


def offices(acting: Actor) -> list[Office]:
    """Every street in the order in which they were founded. For whoever works at the machine itself."""
    accounts.machine(acting)
    communities = func.count(Community.id)
    with database.reading() as connection:
        rows = connection.execute(
            select(Street.name, District.name, communities, Street.is_sample)
            .join(District, District.id == Street.district_id, isouter=True)
            .join(Community, (Community.street_id == Street.id) & ~is_former(), isouter=True)
            .group_by(Street.id, Street.name, District.name, Street.is_sample)
            .order_by(Street.id)
        ).all()
    return [Office(*row) for row in rows]


def found_street(acting: Actor, name: str, administrator: str) -> str:
    """A street of its own in the same database, with an administrator; the one-time password, shown this once.

    For whoever works at the machine itself. AccountError for a name that a street bears or an account that there is.
    """
    accounts.machine(acting)
    name, password = _named(name), passwords.one_time()
    password_hash = accounts.hash_password(administrator, password)
    with database.writing() as connection:
        if connection.execute(select(Street.id).where(Street.name == name)).first() is not None:
            raise AccountError(N_("There is already a street {name}."), name=name)
        own = replace(acting, street_id=database.found_street(connection, name, name))
        audit.record(connection, own, "street_founded", name)
        until = clock.now() + passwords.ONE_TIME
        accounts.create_in(
            connection, own, administrator, password_hash, Role.ADMIN, must_change=True, password_until=until
        )
        database.raise_version(connection)
    return password


def create(acting: Actor, name: str) -> None:
    """A new district. For whoever works at the machine itself; AccountError where there is one of the name."""
    accounts.machine(acting)
    name = _named(name)
    with database.writing() as connection:
        if connection.execute(select(District.id).where(District.name == name)).first() is not None:
            raise AccountError(N_("There is already a district {name}."), name=name)
        connection.execute(insert(District).values(name=name))
        audit.record(connection, acting, "district_created", name)


def join(acting: Actor, street: str, district: str | None) -> None:
    """Let a street belong to a district (None: to none any more), whose accounts see its figures from then on.

    For whoever works at the machine itself. The street's own administrators read of it in its audit.
    """
    accounts.machine(acting)
    with database.writing() as connection:
        own = connection.execute(select(Street.id).where(Street.name == street)).scalar()
        above = connection.execute(select(District.id).where(District.name == district)).scalar()
        if own is None:
            raise AccountError(N_("There is no street {name}."), name=street)
        if above is None and district is not None:
            raise AccountError(N_("There is no district {name}."), name=district)
        connection.execute(update(Street).where(Street.id == own).values(district_id=above))
        there = replace(acting, street_id=own)
        if above is None:
            audit.record(connection, there, "district_left")
        else:
            audit.record(connection, there, "district_joined", district)
        database.raise_version(connection)


def _named(name: str) -> str:
    name = name.strip()
    if not name or len(name) > MOST:
        raise AccountError(N_("A name has 1 to {n} characters."), n=MOST)
    return name


# From the district -----------------------------------------------------------------------------------------------


def visitors(acting: Actor) -> dict[Actor, str]:
    """The account as it acts in each street of its district, in the order in which the streets were founded.

    Beside it the street's stamp: what is asked now holds until that is another. For accounts of a district. What is
    asked for one of them has to be asked as its street speaks (``accounts.enter_street``).
    """
    acting.require(Capability.COMPARE_STREETS)
    with database.reading() as connection:
        return {_visitor(acting, row): row.stamp or "" for row in _streets(connection, acting)}


def visit(acting: Actor, street: str) -> Actor:
    """The account in one street of its district, where it acts as a leader; the running thread speaks as it does there.

    For accounts of a district. OtherStreetError for a street of another one, or none at all: nobody learns which.
    """
    acting.require(Capability.COMPARE_STREETS)
    with database.reading() as connection:
        for row in _streets(connection, acting):
            if row.name == street:
                accounts.enter_street(connection, row.id)
                return _visitor(acting, row)
    raise OtherStreetError(street)


def _streets(connection: Connection, acting: Actor) -> Sequence[Row[int, str, str | None]]:
    return connection.execute(
        select(Street.id, Street.name, Street.stamp).where(Street.district_id == acting.district_id).order_by(Street.id)
    ).all()


def _visitor(acting: Actor, row: Row[int, str, str | None]) -> Actor:
    # without the district: what is kept of its answers is what the street's own leaders are told
    return replace(acting, street_id=row.id, role=Role.LEADER, district_id=None, visiting=row.name)
