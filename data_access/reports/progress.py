"""What communities reported on indicators, read for the reports: rows in force on a day, and where they stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, or_, select

from config.catalogue import indicator
from config.declarations import UnknownNameError
from config.language import N_
from data_access.accounts import Capability, Role
from data_access.force import in_force
from data_access.metrics import PeriodUnknownError
from data_access.reports import accrual, computed, season
from data_access.reports.accrual import Report, Standing
from data_access.reports.season import Season
from data_access.reports.standing import Unit, units
from data_access.reports.view import View
from data_access.schema import Progress, Submission

Reports = dict[tuple[int, str], list[Report]]  # by community and indicator code
Standings = dict[tuple[int, str], Standing]


class UnknownCommunityError(UnknownNameError):
    """The register of the day has no community of this name."""

    message = N_("{name} is no community of the register.")


def only(connection: Connection, view: View, community: str) -> Unit:
    """One community of the register. Raises UnknownCommunityError."""
    found = units(connection, replace(view, area=None, community=community))
    if not found:
        raise UnknownCommunityError(community)
    return found[0]


def standing(connection: Connection, view: View, keys: list[int], code: str) -> dict[int, Standing]:
    """Where these communities stand in one indicator, within the caller's transaction."""
    told = reports(connection, view, keys, [code])
    return {key: accrual.judge(indicator(code), told.get((key, code), []), view.day) for key in keys}


@dataclass(frozen=True, slots=True)
class Told:
    """Everything reported on some indicators over a season."""

    codes: tuple[str, ...]
    years: Mapping[int, Reports]
    counted: computed.Counted | None

    def on(self, day: date, communities: list[Unit]) -> Standings:
        """Where these communities stand on a day of the season; daily sheets outrank what was typed."""
        told = self.years[day.year]
        judged = {code: indicator(code) for code in self.codes}
        found = {
            (unit.key, code): accrual.judge(item, told.get((unit.key, code), ()), day)
            for unit in communities
            for code, item in judged.items()
        }
        if self.counted is not None:
            for pair, standing in self.counted.on(day, communities).items():
                # a street without daily sheets may still report them by hand
                if pair in found and standing.progress.state != "missing":
                    found[pair] = standing
        return found


def load(season: Season, keys: list[int], codes: Iterable[str]) -> Told:
    """What these communities reported on these indicators over a season, within its transaction."""
    wanted = tuple(codes)
    # of a past year only its own periods count, and only up to the last day that is asked for
    last = {day.year: day for day in season.days}
    years = {year: reports(season.connection, season.on(day), keys, list(wanted)) for year, day in last.items()}
    return Told(wanted, years, computed.load(season) if set(wanted) & set(computed.CODES) else None)


def standings(connection: Connection, view: View, communities: list[Unit], codes: list[str]) -> Standings:
    """Where these communities stand in each of these indicators on the view's day."""
    keys = [unit.key for unit in communities]
    counted = computed.load(season.load(connection, view)) if set(codes) & set(computed.CODES) else None
    told = Told(tuple(codes), {view.day.year: reports(connection, view, keys, codes)}, counted)
    return told.on(view.day, communities)


def rows_of(view: View, keys: list[int]) -> tuple[Any, ...]:
    """The conditions on progress rows of these communities that count on the view's day."""
    return (
        Progress.street_id == view.actor.street_id,
        Progress.community_id.in_(keys),
        in_force(view.as_of),
        or_(Progress.biz_date.is_(None), Progress.biz_date <= view.day),
    )


def reports(connection: Connection, view: View, keys: list[int], codes: list[str]) -> Reports:
    """What the communities reported on these indicators up to the day, by community and code."""
    known = {code: indicator(code) for code in codes}
    lasting = [code for code, item in known.items() if item.accrual == "cumulative_all_time"]
    rows = connection.execute(
        select(
            Progress.community_id,
            Progress.indicator,
            Progress.period,
            Progress.biz_date,
            Progress.accrual,
            Progress.done,
            Progress.num,
            Progress.den,
            Progress.zero_confirm,
            Progress.target,
        )
        .join(Submission, Submission.id == Progress.submission_id)
        .where(
            *rows_of(view, keys),
            Progress.indicator.in_(codes),
            or_(Progress.period.startswith(str(view.day.year)), Progress.indicator.in_(lasting)),
        )
        .order_by(Submission.id, Progress.row)
    )
    found: Reports = {}
    for community, code, text, day, accrues, done, num, den, confirmed, target in rows:
        try:
            period = accrual.period(text, day)
        except PeriodUnknownError:
            continue  # an old sheet of a kind of period nobody reads any more
        standing_figure = known[code].accrual in ("snapshot", "cumulative_all_time")
        cumulative = accrues == "cumulative" or (accrues is None and standing_figure)
        report = Report(period, day or period.start, cumulative, done, num, den, bool(confirmed), target)
        found.setdefault((community, code), []).append(report)
    return found


def may_read_text(view: View, community: str | None) -> bool:
    """Whether the acting account may read free text of this community: not leaders, and clerks only their own."""
    actor = view.actor
    return actor.may(Capability.READ_PEOPLE) and (actor.role != Role.CLERK or actor.community == community)
