"""摸底底数: the baseline in force on a day, by community and by group (metrics.md §6.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from config.campaigns import ALL
from data_access import metrics
from data_access.force import in_force
from data_access.reports.tallies import campaign_key
from data_access.reports.view import View
from data_access.schema import Baseline, Submission

_PEOPLE = ("to_survey", "surveyed", "contraindicated", "deferred")
_DOSES = ("d1", "full", "b")


@dataclass(frozen=True, slots=True)
class Base:
    """One community's (or one group's) counts of people; None where the sheet says nothing.

    A base without a figure for permanent contraindications counts as having none noted, as the reader of the
    sheet does; ``contraindicated`` itself stays None.
    """

    as_of: date
    to_survey: int | None
    surveyed: int | None
    contraindicated: int | None
    deferred: int | None
    opening: Mapping[str, int | None]  # doses before the first reported day, by series: d1, full, b

    @property
    def eligible(self) -> int | None:
        """E = M − X."""
        return metrics.eligible(self.surveyed, self.contraindicated or 0)

    def people(self, denominator: str) -> int | None:
        """M for ``surveyed``, E for ``eligible``."""
        return self.surveyed if denominator == "surveyed" else self.eligible


@dataclass(frozen=True, slots=True)
class Bases:
    """Every baseline of a campaign that is in force, whenever it counts from."""

    rows: Mapping[int, Mapping[date, Mapping[str, Base]]]  # community, as_of, group

    def on(self, community: int, day: date) -> Base | None:
        """The community's base on a day: the latest ``as_of`` up to it; its total row, else the sum of its groups."""
        groups = self.groups(community, day)
        if not groups:
            return None
        return groups.get(ALL) or _sum(groups.values())

    def groups(self, community: int, day: date) -> Mapping[str, Base]:
        """The same by person group; empty where there is no base yet."""
        dated = self.rows.get(community, {})
        known = [as_of for as_of in dated if as_of <= day]
        return dated[max(known)] if known else {}

    def changes(self, community: int) -> list[date]:
        """The days from which a base of this community counts, in order."""
        return sorted(self.rows.get(community, {}))


def load(connection: Connection, view: View) -> Bases:
    """The baselines in force as of the view that count up to its day."""
    rows = connection.execute(
        select(Baseline)
        .with_only_columns(*Baseline.__table__.columns)
        .join(Submission, Submission.id == Baseline.submission_id)
        .where(
            Baseline.street_id == view.actor.street_id,
            Baseline.campaign_id == campaign_key(view),
            Baseline.as_of <= view.day,
            in_force(view.as_of),
        )
        .order_by(Baseline.row)
    )
    found: dict[int, dict[date, dict[str, Base]]] = {}
    for row in rows:
        about = row.estimates or ()
        people = [metrics.counted(name, row._mapping[name], about) for name in _PEOPLE]
        opening = {dose: metrics.counted(f"opening_{dose}", row._mapping[f"opening_{dose}"], about) for dose in _DOSES}
        base = Base(row.as_of, people[0], people[1], people[2], people[3], opening)
        found.setdefault(row.community_id, {}).setdefault(row.as_of, {})[row.person_group] = base
    return Bases(found)


def _sum(groups: Iterable[Base]) -> Base:
    """The groups of one base added up; a figure that any of them lacks is missing, contraindications aside."""
    parts = list(groups)
    unfit = [part.contraindicated for part in parts if part.contraindicated is not None]
    return Base(
        parts[0].as_of,
        metrics.add(*(part.to_survey for part in parts)),
        metrics.add(*(part.surveyed for part in parts)),
        sum(unfit) if unfit else None,
        metrics.add(*(part.deferred for part in parts)),
        {dose: metrics.add(*(part.opening[dose] for part in parts)) for dose in _DOSES},
    )
