"""A vaccination day against its roster, name by name and number by number (metrics.md §6.2, §6.3; I1–I4)."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from data_access.metrics.rates import Rate

DayState = Literal["ok", "missing", "no_arrangement", "walk_in_only"]
Breach = Literal["full_above_first", "booster_above_full"]
Key = TypeVar("Key", bound=Hashable)


def add(*counts: int | None) -> int | None:
    """The sum of counts, or None when any of them is missing: a missing part is not a zero."""
    total = 0
    for count in counts:
        if count is None:
            return None
        total += count
    return total


def difference(left: int | None, right: int | None) -> int | None:
    """left − right, or None when either was not reported (Δ1, Δ2, Δ3, I5, I6, I8)."""
    return None if left is None or right is None else left - right


def step_difference(today: int | None, yesterday: int | None, day: int | None, approved: int = 0) -> int | None:
    """I2, Δ4: (cumulative today − yesterday) − the day's doses − approved other-place and corrected doses.

    0 when the identity holds; None when a figure is missing.
    """
    step = difference(today, yesterday)
    return None if step is None or day is None else step - day - approved


def course_breaches(
    first: int | None, full: int | None, booster: int | None, single_dose: bool = False
) -> tuple[Breach, ...]:
    """I3: full course ≤ first dose (not for a single-dose product) and booster ≤ full course, cumulative.

    A pair with a missing figure is not judged.
    """
    breaches: list[Breach] = []
    if not single_dose and first is not None and full is not None and full > first:
        breaches.append("full_above_first")
    if full is not None and booster is not None and booster > full:
        breaches.append("booster_above_full")
    return tuple(breaches)


def total_difference(stated: int | None, parts: Iterable[int | None]) -> int | None:
    """I4, Δ5: the stated total − the sum of its rows; None when any of them is missing."""
    return difference(stated, add(*parts))


@dataclass(frozen=True, slots=True)
class Execution:
    """One community's day: the roster and what became of it. Counts of persons; None = not reported.

    `roster` is P. `arrived_reported` is the sheet's own 到场人数 when it has one.
    """

    roster: int | None
    on_roster: int | None = None
    walk_in: int | None = None
    deferred: int | None = None
    contraindicated: int | None = None
    refused: int | None = None
    no_show: int | None = None
    moved: int | None = None
    shortage: int | None = None
    elsewhere: int | None = None
    arrived_reported: int | None = None

    @property
    def statuses(self) -> tuple[int | None, ...]:
        """The eight outcomes of identity I1; walk-ins are not on the roster and stay out."""
        return (
            self.on_roster,
            self.deferred,
            self.contraindicated,
            self.refused,
            self.no_show,
            self.moved,
            self.shortage,
            self.elsewhere,
        )

    @property
    def state(self) -> DayState:
        """Of an empty roster: `no_arrangement` (当日无安排) without doses, `walk_in_only` with doses."""
        if self.roster is None:
            return "missing"
        if self.roster > 0:
            return "ok"
        if self.vaccinated is None:
            return "missing"
        return "walk_in_only" if self.vaccinated else "no_arrangement"

    @property
    def vaccinated(self) -> int | None:
        """当日接种合计: on the roster and walk-ins."""
        return add(self.on_roster, self.walk_in)

    @property
    def arrived_derived(self) -> int | None:
        """On-roster doses + deferred + contraindicated + refused on site + shortage."""
        return add(self.on_roster, self.deferred, self.contraindicated, self.refused, self.shortage)

    @property
    def arrived(self) -> int | None:
        """A: the sheet's own figure when given, else the derived one."""
        return self.arrived_derived if self.arrived_reported is None else self.arrived_reported

    @property
    def unexplained(self) -> int | None:
        """不明差异 = P − Σ statuses (I1); negative when more outcomes than people were reported."""
        return difference(self.roster, add(*self.statuses))

    @property
    def reconciled(self) -> bool | None:
        """Whether I1 holds. Only then may the row be marked 已核对; None when a figure is missing."""
        return None if self.unexplained is None else self.unexplained == 0

    @property
    def show_up(self) -> Rate:
        """到场率 = A/P."""
        return Rate(self.arrived, self.roster)

    @property
    def completion(self) -> Rate:
        """计划完成率 = on-roster doses/P."""
        return Rate(self.on_roster, self.roster)

    @property
    def output(self) -> Rate:
        """产出率 = (on-roster + walk-in)/P; may be above 100 %."""
        return Rate(self.vaccinated, self.roster)

    @property
    def no_show_rate(self) -> Rate:
        """未到率 = no-shows/P."""
        return Rate(self.no_show, self.roster)

    @property
    def deferral_rate(self) -> Rate:
        """缓种率 = deferred/P."""
        return Rate(self.deferred, self.roster)


@dataclass(frozen=True, slots=True)
class Reconciliation(Generic[Key]):
    """Who was on the roster and who was vaccinated, as sets of (person, dose) keys (metrics.md §6.3)."""

    roster_only: frozenset[Key]
    vaccinated_only: frozenset[Key]
    both: frozenset[Key]
    without_status: frozenset[Key]

    @property
    def count_difference(self) -> int:
        """People on the roster − people vaccinated; 0 can hide a swap."""
        return len(self.roster_only) - len(self.vaccinated_only)

    @property
    def name_difference(self) -> int:
        """People who are in one list only."""
        return len(self.roster_only) + len(self.vaccinated_only)

    @property
    def swapped(self) -> bool:
        """Equal counts, different people."""
        return self.count_difference == 0 and self.name_difference > 0


def reconcile(roster: Iterable[Key], vaccinated: Iterable[Key], explained: Iterable[Key] = ()) -> Reconciliation[Key]:
    """Set difference of two lists of keys.

    `explained` are the roster keys with an outcome other than vaccinated; what remains of the roster-only
    people has no status and is listed in `without_status`.
    """
    planned, done = frozenset(roster), frozenset(vaccinated)
    roster_only = planned - done
    return Reconciliation(roster_only, done - planned, planned & done, roster_only - frozenset(explained))


def sum_executions(days: Sequence[Execution]) -> Execution:
    """All days or communities added field by field; a field that any of them did not report stays missing.

    For a street rate over those that reported use `sum_rates` on the single rates instead.
    """
    fields = Execution.__dataclass_fields__
    return Execution(**{name: add(*(getattr(day, name) for day in days)) for name in fields})
