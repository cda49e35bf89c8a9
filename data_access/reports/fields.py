"""The field a ranking looks at, and the one before it: the last notice's, else that of the last reported day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection, func, select

from config.language import _
from config.settings import settings
from data_access.reports import evenings, frames, scores, tallies
from data_access.reports.scores import BASES, BY, BY_DOSE, BasisError, Cut, Field
from data_access.reports.view import View
from data_access.schema import Notice


@dataclass(frozen=True, slots=True)
class Before:
    """The ranking that a change is counted from: a notice's (number and row), else that of the last reported day."""

    day: date
    notice: int | None
    as_of: datetime | None
    row: int | None = None


def checked(connection: Connection, view: View, basis: str, cut: Cut) -> Cut:
    """The cut as the basis understands it. Raises BasisError for what does not exist."""
    if basis not in BASES:
        raise BasisError(
            _("There is no ranking basis {basis}; use one of: {known}.", basis=basis, known=", ".join(BASES))
        )
    if basis == "composite" and not settings().composite_weights:
        raise BasisError(_("The composite ranking is off: no weights are set (composite_weights)."))
    if cut.by not in BY:
        raise BasisError(_("There is no ranking by {name}; use one of: {known}.", name=cut.by, known=", ".join(BY)))
    if basis not in BY_DOSE:
        return replace(cut, series=None, over=None)
    series = tallies.definition(connection, view).series
    if cut.series is not None and cut.series not in series:
        raise BasisError(
            _("The campaign counts no {name}; use one of: {known}.", name=cut.series, known=", ".join(series))
        )
    bases = ("surveyed", "eligible", *(series[:-1] if cut.series == "b" else ()))
    if cut.over is not None and cut.over not in bases:
        raise BasisError(_("There is no base {name}; use one of: {known}.", name=cut.over, known=", ".join(bases)))
    return cut


def notices(connection: Connection, view: View, count: int) -> list[Before]:
    """The notices of the last days before the view's, of each day the last one published, the latest first."""
    known = [
        Notice.street_id == view.actor.street_id,
        Notice.campaign_id == tallies.campaign_key(view),
        Notice.day < view.day,
    ]
    if view.as_of is not None:
        known.append(Notice.published_at <= view.as_of)
    last = select(func.max(Notice.number)).where(*known).group_by(Notice.day)
    rows = connection.execute(
        select(Notice.id, Notice.number, Notice.day, Notice.published_at)
        .where(*known, Notice.number.in_(last))
        .order_by(Notice.day.desc())
        .limit(count)
    )
    return [Before(row.day, row.number, row.published_at, row.id) for row in rows]


def published(connection: Connection, before: Before, basis: str) -> dict[str, int] | None:
    """The ranks by community that a notice printed; None where it has no list of this basis."""
    stored = connection.execute(select(Notice.content["bases"][basis]["table"]).where(Notice.id == before.row)).scalar()
    if not stored:
        return None
    ranked = frames.unpacked(stored).dropna(subset=["rank"])
    return dict(zip(ranked["community"], ranked["rank"].astype(int), strict=True))


def seen(connection: Connection, view: View, cut: Cut) -> tuple[Field, Field | None, Before | None]:
    """The field on the view's day, the one its changes are counted from, and which that is."""
    if last := next(iter(notices(connection, view, 1)), None):
        then = scores.fields(connection, replace(view, day=last.day, as_of=last.as_of), (), cut)[-1]
        return scores.fields(connection, view, (), cut)[-1], then, last
    earlier = [day for day in evenings.days(connection, view, 2) if day < view.day][-1:]
    *past, today = scores.fields(connection, view, earlier, cut)
    if not past:
        return today, None, None
    return today, past[0], Before(past[0].day, None, view.as_of)
