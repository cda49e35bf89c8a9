"""What a community is called: its name now, and the names it bore before it was renamed, each up to a day.

A rename keeps the community and all that hangs on it. The name it bore stays as an identity of its own on which no
fact hangs: its code begins with ``FORMER``, ``retired_on`` is the day from which the new name holds, ``merged_into``
the community. So nobody else can be given the name, and whoever asks by it is understood.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, ScalarSelect, bindparam, case, literal, select, true
from sqlalchemy.orm import InstrumentedAttribute, aliased

from data_access.force import in_force
from data_access.schema import Community, CommunityEntry, Submission

FORMER = "~"


@dataclass(frozen=True, slots=True)
class Former:
    """A name that a community bore; from the day ``until`` on it is called otherwise."""

    community_id: int
    name: str
    until: date


def is_former() -> ColumnElement[bool]:
    """The condition under which a row of the communities is only a name that one of them bore."""
    return Community.code.startswith(FORMER)


_FORMER = (  # put together once: it is asked with every report
    select(Community.merged_into, Community.name, Community.retired_on)
    .where(Community.street_id == bindparam("of_street"), is_former())
    .order_by(Community.retired_on, Community.id)
)


def former(connection: Connection, street_id: int) -> list[Former]:
    """Every name that a community of the street bore, in the order in which they ended."""
    rows = connection.execute(_FORMER, {"of_street": street_id})
    return [Former(row.merged_into, row.name, row.retired_on) for row in rows]


def identity() -> ColumnElement[Any]:
    """The community that a row of the communities stands for: itself, or the one that bore the name."""
    return case((is_former(), Community.merged_into), else_=Community.id)


def key(street_id: int | BindParameter[Any], name: str | BindParameter[Any] | None) -> ScalarSelect[Any]:
    """The community (its id) that bears this name or bore it, for use in a query; nothing where there is none."""
    named = aliased(Community)
    found = case((named.code.startswith(FORMER), named.merged_into), else_=named.id)
    return select(found).where(named.street_id == street_id, named.name == name).scalar_subquery()


def only(
    column: InstrumentedAttribute[Any], street_id: int | BindParameter[Any], name: str | BindParameter[Any] | None
) -> ColumnElement[bool]:
    """The condition that ``column`` is the community of this name; none where no name is given."""
    return true() if name is None else column == key(street_id, name)


def otherwise(
    connection: Connection,
    street_id: int,
    day: date,
    as_of: datetime | None = None,
    bore: Sequence[Former] | None = None,
) -> Mapping[int, str]:
    """By community the name it bore on the day, where that is not the one it bears; as known at ``as_of``.

    ``bore`` spares asking for the ``former`` names again.
    """
    found: dict[int, str] = {}
    if as_of is not None:
        rows = connection.execute(
            select(CommunityEntry.community_id, CommunityEntry.name)
            .join(Submission, Submission.id == CommunityEntry.submission_id)
            .join(Community, Community.id == CommunityEntry.community_id)
            .where(Community.street_id == street_id, Community.name != CommunityEntry.name, in_force(as_of))
        )
        found = {row.community_id: row.name for row in rows}
    for one in reversed(former(connection, street_id) if bore is None else bore):
        if day < one.until:
            found[one.community_id] = one.name
    return found


def called(
    connection: Connection,
    street_id: int,
    day: date,
    as_of: datetime | None = None,
    of: tuple[Any, Any] = (Community.id, Community.name),
) -> ColumnElement[str]:
    """The name of a community on the day, as a column of a query; ``of`` are the columns of its id and its name."""
    number, name = of
    known = otherwise(connection, street_id, day, as_of)
    if not known:
        plain: ColumnElement[str] = name
        return plain
    return case(*((number == one, literal(bore)) for one, bore in known.items()), else_=name)
