"""Ranks on exact fractions, listing order and rank change (metrics.md §6.6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, Literal, TypeVar

from data_access.metrics.rates import Rate

RankState = Literal["ranked", "unreported", "not_comparable", "no_denominator"]
ChangeKind = Literal["up", "down", "same", "new", "dropped", "none"]
Key = TypeVar("Key", bound=Hashable)

# Units without a rank are listed after the ranked ones, in this order.
_ORDER: dict[RankState, int] = {"ranked": 0, "unreported": 1, "not_comparable": 2, "no_denominator": 3}


@dataclass(frozen=True, slots=True)
class Entry(Generic[Key]):
    """One unit to be ranked, in register order.

    `state` is what the caller knows: `unreported` with a carried figure in `rate` (shown grey), or
    `not_comparable` (another kind of unit). The rate itself decides the rest.
    """

    key: Key
    rate: Rate
    state: RankState = "ranked"

    @property
    def effective(self) -> RankState:
        """An approximate figure is not comparable; nobody eligible is no_denominator, reported or not."""
        if self.state == "not_comparable":
            return "not_comparable"
        if self.state == "no_denominator" or self.rate.state == "no_denominator":
            return "no_denominator"
        if self.state == "unreported" or self.rate.state == "missing":
            return "unreported"
        return "not_comparable" if self.rate.approximate else "ranked"


@dataclass(frozen=True, slots=True)
class Ranked(Generic[Key]):
    """A row of the list; `rank` is None unless `state` is `ranked`. `tied` is 并列, `suspect` is 存疑."""

    key: Key
    rate: Rate
    state: RankState
    rank: int | None
    tied: bool = False

    @property
    def suspect(self) -> bool:
        """Ranked by its exact number, but over 100 %."""
        return self.rate.over


def rank(entries: Iterable[Entry[Key]], descending: bool = True, dense: bool = False) -> list[Ranked[Key]]:
    """Competition ranks 1, 1, 3, 4 on exact values (dense: 1, 1, 2, 3), ascending for cap and negative ones.

    Returns the ranked units first, register order inside a tie, then unreported, not_comparable and
    no_denominator ones without a rank: an unreported community is never last and never 0 %.
    """
    listed = list(entries)
    values = {
        place: value
        for place, entry in enumerate(listed)
        if entry.effective == "ranked" and (value := entry.rate.value) is not None
    }
    ranks = _ranks(values.values(), descending, dense)
    sizes = Counter(values.values())
    rows = [
        Ranked(
            entry.key,
            entry.rate,
            entry.effective,
            ranks[values[place]] if place in values else None,
            place in values and sizes[values[place]] > 1,
        )
        for place, entry in enumerate(listed)
    ]
    return sorted(rows, key=lambda row: (_ORDER[row.state], row.rank or 0))


def _ranks(values: Iterable[Fraction], descending: bool, dense: bool) -> dict[Fraction, int]:
    ranks: dict[Fraction, int] = {}
    ordered = sorted(values, reverse=descending)
    for place, value in enumerate(ordered, start=1):
        ranks.setdefault(value, len(ranks) + 1 if dense else place)
    return ranks


def field_size(rows: Sequence[Ranked[Key]]) -> int:
    """How many units have a rank."""
    return sum(row.rank is not None for row in rows)


@dataclass(frozen=True, slots=True)
class Change:
    """The move of one unit since the last effective ranking.

    `places` is positive for up. When the number of ranked units changed, `previous` and `current` are the
    ranks as "n/m" (rank n of m units); otherwise they are empty.
    """

    kind: ChangeKind
    places: int | None = None
    previous: str = ""
    current: str = ""


def rank_change(
    previous: int | None,
    current: int | None,
    previous_field: int | None = None,
    current_field: int | None = None,
) -> Change:
    """Previous effective rank − current rank.

    `new` if not ranked before, `dropped` if not ranked now, `none` if neither. The fields are the numbers of
    ranked units then and now; unknown ones are not compared.
    """
    resized = previous_field is not None and current_field is not None and previous_field != current_field
    before = f"{previous}/{previous_field}" if resized and previous is not None else ""
    after = f"{current}/{current_field}" if resized and current is not None else ""
    if previous is None or current is None:
        kind: ChangeKind = "new" if current is not None else "dropped" if previous is not None else "none"
        return Change(kind, None, before, after)
    places = previous - current
    return Change("up" if places > 0 else "down" if places < 0 else "same", places, before, after)
