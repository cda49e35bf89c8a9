"""What the rankings page says beside a list, from its answers: worked out once and not each time it is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from data_access.reports import ranking
from data_access.reports.scores import Cut
from data_access.reports.view import View
from pages.parts import cache
from pages.parts.rankings import cuts


@dataclass(frozen=True, slots=True)
class Beside:
    """Whether a list ranks anybody, until when its grey figures reach (None: it has none), whose figures are above
    100 %, and behind whose a difference was accepted."""

    ranked: bool
    last: date | None
    over: tuple[str, ...]
    accepted: tuple[str, ...]


def told(view: View, basis: str, cut: Cut) -> Beside:
    """What is said beside the list of this basis and cut."""
    frame = cuts.ask(cut, ranking.table)(view, basis, cut)
    grey = basis == "coverage" and frame["last_n"].notna().any()
    return Beside(
        bool(cache.cached(ranking.total)(view, basis, cut)["ranked"].iloc[0] != 0),
        frame["last_day"].dropna().max() if grey else None,
        tuple(frame.loc[frame["over"], "community"]),
        tuple(frame.loc[["accepted" in marks.split() for marks in frame["marks"]], "community"]),
    )
