"""更正: what is different today of a day that a notice has told about, and which revisions made it so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd
from sqlalchemy import Connection, or_, select

from config.language import N_, _
from data_access import database, metrics, naming, sheets
from data_access.metrics import Estimate
from data_access.reports import frames, ranking
from data_access.reports.scores import COUNTED
from data_access.reports.tallies import campaign_key
from data_access.reports.view import View
from data_access.schema import Community, Submission

if TYPE_CHECKING:
    from data_access.reports.snapshot import Snapshot

# Which sheets move the figures of a basis.
_SOURCES: Mapping[str, tuple[str, ...]] = {
    "survey": ("baseline",),
    "coverage": ("baseline", "evening"),
    "completion": ("evening",),
    "increment": ("evening",),
    "remaining": ("baseline", "evening"),
    "on_time": ("roster", "morning", "evening"),
    "workstreams": ("progress",),
    "composite": ("baseline", "roster", "morning", "evening", "progress"),
}
_EVENTS = {"committed": N_("{sheet} {day} v{n}"), "withdrawn": N_("{sheet} {day} v{n} withdrawn")}


@dataclass(frozen=True, slots=True)
class Revision:
    """One sheet that came in or was withdrawn after the notice. ``event`` is committed or withdrawn."""

    submission: int
    kind: str
    day: date | None
    revision: int
    event: str
    at: datetime

    @property
    def text(self) -> str:
        """``晚调度 8/12 v2``."""
        day = f"{self.day.month}/{self.day.day}" if self.day else ""
        return " ".join(_(_EVENTS[self.event], sheet=sheets.KINDS[self.kind].label, day=day, n=self.revision).split())


@dataclass(frozen=True, slots=True)
class Erratum:
    """One community then and now: state, rank, and the figure as numerator and denominator (1 for counts)."""

    community: str
    state_then: str | None
    state_now: str | None
    rank_then: int | None
    rank_now: int | None
    then: tuple[int | None, int | None]
    now: tuple[int | None, int | None]
    revisions: tuple[Revision, ...]

    @property
    def changed(self) -> bool:
        """Whether the figure itself is another one; a rank may also move because of others."""
        return (self.then, self.state_then) != (self.now, self.state_now)


_Side = tuple[str | None, int | None, tuple[int | None, int | None]]
_NOWHERE: _Side = (None, None, (None, None))


def since(view: View, told: Snapshot) -> list[Erratum]:
    """Every community of a snapshot or of its day today, in the order of the snapshot: then and now."""
    asked = View(view.actor, told.day, told.campaign.code, view.as_of)
    then = _figures(told.listing.table, told.basis)
    now = _figures(ranking.table(asked, told.basis), told.basis)
    with database.reporting() as connection:
        moved = _revisions(connection, asked, told)
    found = []
    for name in dict.fromkeys([*then, *now]):
        old, new = then.get(name, _NOWHERE), now.get(name, _NOWHERE)
        revisions = tuple(moved.get(name, ()))
        found.append(Erratum(name, old[0], new[0], old[1], new[1], old[2], new[2], revisions))
    return found


def stored(one: Erratum) -> dict[str, Any]:
    """An erratum as JSON."""
    return {
        "community": one.community,
        "state": [one.state_then, one.state_now],
        "rank": [one.rank_then, one.rank_now],
        "then": list(one.then),
        "now": list(one.now),
        "about": [any(isinstance(part, Estimate) for part in figure) for figure in (one.then, one.now)],
        "revisions": [
            [
                each.submission,
                each.kind,
                each.day and each.day.isoformat(),
                each.revision,
                each.event,
                each.at.isoformat(),
            ]
            for each in one.revisions
        ],
    }


def restored(content: Mapping[str, Any]) -> Erratum:
    """The erratum that ``stored`` put away."""
    revisions = tuple(
        Revision(number, kind, day and date.fromisoformat(day), revision, event, datetime.fromisoformat(at))
        for number, kind, day, revision, event, at in content["revisions"]
    )
    state, rank, about = content["state"], content["rank"], content.get("about", [False, False])
    then, now = (
        (Estimate(n) if mark and n is not None else n, d)
        for (n, d), mark in zip((content["then"], content["now"]), about, strict=True)
    )
    return Erratum(content["community"], state[0], state[1], rank[0], rank[1], then, now, revisions)


def _figures(frame: pd.DataFrame, basis: str) -> dict[str, _Side]:
    """State, rank and fraction by community."""
    found: dict[str, _Side] = {}
    for row in frame.to_dict("records"):
        figure = (frames.figure(row, basis), 1) if basis in COUNTED else frames.pair(row, "rate")
        found[row["community"]] = (row["state"], metrics.whole(row["rank"]), figure)
    return found


def _revisions(connection: Connection, asked: View, told: Snapshot) -> dict[str, list[Revision]]:
    """What came in or was withdrawn since the snapshot of the sheets that its basis is made of, by community."""
    recent = or_(Submission.committed_at > told.at, Submission.withdrawn_at > told.at)
    rows = connection.execute(
        select(
            Submission.id,
            Submission.kind,
            Submission.business_date,
            Submission.revision,
            Submission.committed_at,
            Submission.withdrawn_at,
            naming.called(connection, asked.actor.street_id, told.day).label("name"),
        )
        .join(Community, Community.id == Submission.community_id)
        .where(
            Submission.street_id == asked.actor.street_id,
            Submission.kind.in_(_SOURCES[told.basis]),
            or_(Submission.campaign_id.is_(None), Submission.campaign_id == campaign_key(asked)),
            or_(Submission.business_date.is_(None), Submission.business_date <= told.day),
            recent,
        )
        .order_by(Submission.committed_at, Submission.id)
    )
    found: dict[str, list[Revision]] = {}
    for row in rows:
        withdrawn = row.withdrawn_at is not None and row.withdrawn_at > told.at
        event, at = ("withdrawn", row.withdrawn_at) if withdrawn else ("committed", row.committed_at)
        found.setdefault(row.name, []).append(Revision(row.id, row.kind, row.business_date, row.revision, event, at))
    return found
