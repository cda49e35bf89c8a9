"""The moment at which a file was read, and whether what has come in since lets its reading be another.

A reading hangs on the street's own lists and settings, on what its communities have handed in, and of everybody's
rosters on the doses given (I7). So what other communities hand in meanwhile leaves it as it is, and in a rush a file
is read once and not anew after each commit. A commit itself compares again what it is about to replace (``plans``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from data_access import database
from data_access.accounts import Actor, Capability
from data_access.inbox.known import GIVEN
from data_access.schema import Callup, Community, DataVersion, Submission
from data_access.workbooks.model import WorkbookResult


@dataclass(frozen=True, slots=True)
class Moment:
    """The data version, that of the last commit that may have changed anything, and the latest submission."""

    version: int
    everything: int
    last: int


_NOW = select(
    DataVersion.everything,
    select(func.coalesce(func.max(Submission.id), 0)).scalar_subquery().label("last"),
)


def now(actor: Actor) -> Moment:
    """This moment, for an account that may hand something in. FaultError where the database is a later one."""
    actor.require(Capability.UPLOAD)
    version = database.data_version()
    with database.reading() as connection:
        row = connection.execute(_NOW).one()
    return Moment(version, row.everything, row.last)


@dataclass(frozen=True, slots=True)
class _Arrival:
    number: int
    kind: str
    community: str | None
    doses: bool  # whether it, or a version before it, says of somebody that a dose was given


class News:
    """What has been taken in of a street until ``now`` since the earliest of several moments."""

    def __init__(self, actor: Actor, now: Moment, since: Iterable[Moment]) -> None:
        self.now = now
        first = min((then.last for then in since), default=now.last)
        self._arrived = _arrivals(actor, first) if first < now.last else []

    def touches(self, then: Moment, result: WorkbookResult | None) -> bool:
        """Whether a file that was read ``then``, with this ``result``, might say something else now."""
        if then.everything != self.now.everything:
            return True
        arrived = [one for one in self._arrived if one.number > then.last]
        if result is None or not arrived:
            return bool(arrived)
        scopes = [portion.scope for _sheet, portion in result.portions]
        communities = {scope.community for scope in scopes if scope.community is not None}
        kinds = {scope.kind for scope in scopes if scope.community is None}
        roster = any(sheet.kind is not None and sheet.kind.key == "roster" for sheet in result.sheets)
        return any(one.community in communities or one.kind in kinds or (roster and one.doses) for one in arrived)


def _arrivals(actor: Actor, after: int) -> list[_Arrival]:
    version = aliased(Submission)  # of the same sheet: what came may also take back what an earlier one said
    doses = exists().where(
        version.street_id == Submission.street_id,
        version.scope == Submission.scope,
        version.kind == "roster",
        Callup.submission_id == version.id,
        Callup.outcome.in_(GIVEN),
    )
    with database.reading() as connection:
        rows = connection.execute(
            select(Submission.id, Submission.kind, Community.name, doses)
            .join(Community, Community.id == Submission.community_id, isouter=True)
            .where(Submission.street_id == actor.street_id, Submission.id > after)
        )
        return [_Arrival(row[0], row[1], row[2], bool(row[3])) for row in rows]
