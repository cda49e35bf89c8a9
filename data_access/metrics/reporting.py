"""Who reported when, how complete it was, and what the evidence is worth (metrics.md §6.5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from data_access.metrics.rates import Rate

Timeliness = Literal["on_time", "late", "supplied", "unreported", "not_due", "exempt", "empty"]
TIMELINESS: tuple[Timeliness, ...] = get_args(Timeliness)


def timeliness(
    due: datetime,
    close: datetime | None,
    received: datetime | None,
    now: datetime,
    exempt: bool = False,
    empty: bool = False,
) -> Timeliness:
    """The reporting state of one expected sheet at the instant `now`.

    `received` is when the first accepted version arrived (see `receipt`), `empty` says that what arrived has
    no rows. Up to `due` inclusive is on_time (按时), up to `close` inclusive late (迟报), afterwards supplied
    (补报); without `close` a late sheet stays late. Nothing received is not_due (未到时限) up to `due`, then
    unreported (未报) at once, because that is when somebody has to call. exempt is 免报, empty is 空表. A
    version received after `now` has not arrived yet. All instants are aware.
    """
    if exempt:
        return "exempt"
    if received is None or received > now:
        return "unreported" if now > due else "not_due"
    if empty:
        return "empty"
    if received <= due:
        return "on_time"
    return "late" if close is None or received <= close else "supplied"


def overdue(due: datetime, received: datetime | None, now: datetime) -> timedelta:
    """How long after `due` it arrived, or how long it has been missing; zero while not late."""
    arrived = now if received is None or received > now else received
    return max(arrived - due, timedelta(0))


@dataclass(frozen=True, slots=True)
class Receipt:
    """The instant that decides timeliness and the number of later versions (更正次数)."""

    first: datetime | None
    corrections: int


def receipt(versions: Iterable[datetime], now: datetime) -> Receipt:
    """From the arrival times of all accepted versions: corrections never make an on-time report late."""
    known = [instant for instant in versions if instant <= now]
    return Receipt(min(known, default=None), max(len(known) - 1, 0))


@dataclass(frozen=True, slots=True)
class Reporting:
    """How many expected sheets are in which state; the seven states always add up to `total`."""

    on_time: int = 0
    late: int = 0
    supplied: int = 0
    unreported: int = 0
    not_due: int = 0
    exempt: int = 0
    empty: int = 0

    @property
    def total(self) -> int:
        """Every sheet the calendar knows of."""
        return sum(getattr(self, state) for state in TIMELINESS)

    @property
    def expected(self) -> int:
        """The m of "n/m reported": all but the exempt."""
        return self.total - self.exempt

    @property
    def reported(self) -> int:
        """The n of "n/m reported": arrived with rows, whenever; an empty sheet still has to be checked."""
        return self.on_time + self.late + self.supplied

    @property
    def due(self) -> int:
        """The due set: all but the exempt and those whose time has not come."""
        return self.expected - self.not_due

    @property
    def on_time_rate(self) -> Rate:
        """按时率 = on time ÷ due set."""
        return Rate(self.on_time, self.due)

    def shares(self) -> dict[Timeliness, Rate]:
        """Each state over the total; together exactly 100 %."""
        return {state: Rate(getattr(self, state), self.total) for state in TIMELINESS}


def reporting_summary(states: Iterable[Timeliness]) -> Reporting:
    """Count states. Raises ValueError for a state that does not exist, so that nothing drops out silently."""
    counts = Counter(states)
    unknown = set(counts) - set(TIMELINESS)
    if unknown:
        raise ValueError(f"Unknown reporting states: {', '.join(sorted(map(str, unknown)))}")
    return Reporting(**{state: counts[state] for state in TIMELINESS})


@dataclass(frozen=True, slots=True)
class Proof:
    """Evidence of one meeting, talk or file: pieces needed and pieces there, by kind (photos, minutes)."""

    need: Mapping[str, int]
    have: Mapping[str, int | None]

    @property
    def pieces(self) -> Rate:
        """Σ min(have, need) / Σ need: surplus photos do not stand in for missing minutes."""
        got = sum(min(self.have.get(kind) or 0, count) for kind, count in self.need.items())
        return Rate(got, sum(self.need.values()))

    @property
    def passed(self) -> bool:
        """Every kind present in the number asked for."""
        return all((self.have.get(kind) or 0) >= count for kind, count in self.need.items())


@dataclass(frozen=True, slots=True)
class Evidence:
    """`passed`: items passed ÷ items; `pieces`: pieces there ÷ pieces needed."""

    passed: Rate
    pieces: Rate


def evidence(proofs: Sequence[Proof], count: int | None = None) -> Evidence:
    """Evidence completeness of an item that needs `count` meetings (default: as many as are given).

    With more meetings than needed the best ones count towards the pieces; `passed` shows them all (6/4).
    With fewer, the meetings not held lack every piece that the given ones ask for.
    """
    slots = len(proofs) if count is None else count
    best = sorted(proofs, key=lambda proof: (proof.passed, proof.pieces.value or 0), reverse=True)[:slots]
    got = sum(proof.pieces.numerator or 0 for proof in best)
    asked = sum(proof.pieces.denominator or 0 for proof in best)
    if best:
        asked += (slots - len(best)) * max(proof.pieces.denominator or 0 for proof in best)
    return Evidence(Rate(sum(proof.passed for proof in proofs), slots), Rate(got, asked))


def checklist_score(passed: int, items: int, not_applicable: int = 0) -> Rate:
    """社区得分 = passed ÷ applicable items; only an approved 不适用 leaves the denominator."""
    return Rate(passed, items - not_applicable)
