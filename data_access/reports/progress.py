"""What communities reported on indicators, read for the reports: rows in force on a day, and where they stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, or_, select

from config.catalogue import UnknownIndicatorError, catalogue, indicator
from config.declarations import UnknownNameError
from config.indicators import Indicator
from config.language import N_
from data_access.accounts import Capability, Role
from data_access.catalogue import targets
from data_access.catalogue.targets import Targets
from data_access.force import in_force
from data_access.metrics import PeriodUnknownError
from data_access.reports import accrual, computed, season
from data_access.reports.accrual import Definition, Report, Standing
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
    goals, item = _targets(connection, view), indicator(code, view.day)
    judged = {key: goals.applied(item, key, view.day) for key in keys}
    return {key: accrual.judge(judged[key], told.get((key, code), []), view.day) for key in keys}


@dataclass(frozen=True, slots=True)
class Told:
    """Everything reported on some indicators over a season."""

    codes: tuple[str, ...]
    years: Mapping[int, Reports]
    counted: computed.Counted | None
    targets: Targets
    _timeless: dict[tuple[int, str, int], tuple[Indicator, int, Standing]] = field(default_factory=dict)

    def definition(self, code: str, community: int, day: date) -> Indicator:
        """What the community is judged by on a day: the definition of that day with the target that counts for it."""
        return self.targets.applied(indicator(code, day), community, day)

    def on(self, day: date, communities: Iterable[Unit]) -> Standings:
        """Where these communities stand on a day of the season; daily sheets outrank what was typed.

        An indicator that was not yet declared on the day is left out.
        """
        shown = list(communities)
        known, earlier = _defined(day), _defined(date(day.year, 1, 1))
        items = [known[code] for code in self.codes if code in known]
        found = {
            (unit.key, item.code): self._judged(item, unit.key, day, earlier.get(item.code) is not item)
            for item in items
            for unit in shown
        }
        if self.counted is not None:
            for pair, standing in self.counted.on(day, shown, self.targets).items():
                # a street without daily sheets may still report them by hand
                if pair in found:
                    found[pair] = standing
        return found

    def _judged(self, item: Indicator, community: int, day: date, changed: bool) -> Standing:
        """Where one community stands; a latest rate without a due date is judged again only with a new report."""
        pair = community, item.code
        goal = self.targets.applied(item, community, day)
        told = [one for one in self.years[day.year].get(pair, ()) if one.day <= day]
        if not (goal.ratio and goal.accrual == "snapshot" and goal.window is None):
            return accrual.judge(goal, told, day, self._before(item.code, community, changed))
        held = self._timeless.get((*pair, day.year))
        if held is None or held[0] is not goal or held[1] != len(told):
            held = self._timeless[*pair, day.year] = (goal, len(told), accrual.judge(goal, told, day))
        return held[2]

    def _before(self, code: str, community: int, changed: bool) -> Definition | None:
        """What applied to the community on earlier days, where that may have been something else."""
        if not changed and not self.targets.breaks(code, community):
            return None

        def before(day: date) -> Indicator | None:
            try:
                return self.definition(code, community, day)
            except UnknownIndicatorError:
                return None

        return before


def _defined(day: date) -> Mapping[str, Indicator]:
    """Every indicator as it is defined on a day, by code."""
    return {item.code: item for item in catalogue(day).indicators}


def load(season: Season, keys: list[int], codes: Iterable[str]) -> Told:
    """What these communities reported on these indicators over a season, within its transaction."""
    wanted = tuple(codes)
    # of a past year only its own periods count, and only up to the last day that is asked for
    last = {day.year: day for day in season.days}
    years = {year: reports(season.connection, season.on(day), keys, list(wanted)) for year, day in last.items()}
    counted = computed.load(season, wanted) if set(wanted) & set(computed.CODES) else None
    return Told(wanted, years, counted, _targets(season.connection, season.view))


def told(connection: Connection, view: View, communities: list[Unit], codes: Iterable[str]) -> Told:
    """What these communities reported on these indicators up to the view's day, within the caller's transaction."""
    wanted = tuple(codes)
    counted = computed.load(season.load(connection, view), wanted) if set(wanted) & set(computed.CODES) else None
    known = {view.day.year: reports(connection, view, [unit.key for unit in communities], list(wanted))}
    return Told(wanted, known, counted, _targets(connection, view))


def definition(connection: Connection, view: View, community: int, code: str) -> Indicator:
    """What a community is judged by on the view's day. Raises UnknownIndicatorError."""
    return _targets(connection, view).applied(indicator(code, view.day), community, view.day)


def _targets(connection: Connection, view: View) -> Targets:
    return targets.load(connection, view.actor.street_id, view.as_of)


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
    defined = _defined(view.day)
    known = {code: defined[code] for code in codes if code in defined}
    year = view.day.year
    # of these the years before count too: the opening balance, and a season that began in the last one
    lasting = [
        code
        for code, item in known.items()
        if item.accrual == "cumulative_all_time" or accrual.window(item, view.day).start.year < year
    ]
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
            Progress.problems_found,
            Progress.problems_mended,
            Progress.estimates,
        )
        .join(Submission, Submission.id == Progress.submission_id)
        .where(
            *rows_of(view, keys),
            Progress.indicator.in_(known),
            or_(Progress.period.between(str(year), str(year + 1)), Progress.indicator.in_(lasting)),
        )
        .order_by(Submission.id, Progress.row)
    ).all()  # at once: a row at a time costs as much again
    found: Reports = {}
    for community, code, text, day, accrues, done, num, den, confirmed, *rest in rows:
        try:
            period = accrual.period(text, day)
        except PeriodUnknownError:
            continue  # an old sheet of a kind of period nobody reads any more
        standing_figure = known[code].accrual in ("snapshot", "cumulative_all_time")
        cumulative = accrues == "cumulative" or (accrues is None and standing_figure)
        target, problems, mended, estimates = rest
        report = Report(
            *(period, day or period.start, cumulative, done, num, den, bool(confirmed)),
            *(target, problems, mended, bool(estimates)),
        )
        found.setdefault((community, code), []).append(report)
    return found


def may_read_text(view: View, community: str | None) -> bool:
    """Whether the acting account may read free text of this community: not leaders, and clerks only their own."""
    actor = view.actor
    return actor.may(Capability.READ_PEOPLE) and (actor.role != Role.CLERK or actor.community == community)
