"""A cell of the workstream matrix and its parts, from where each indicator stands (metrics.md §6.7).

Pure: standings in, rows out. A cell is the worst indicator of its workstream; indicators are never averaged.
"""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from config.indicators import PERIODS, Indicator, Workstream
from data_access import metrics
from data_access.reports import accrual
from data_access.reports.accrual import Standing
from data_access.reports.progress import Standings

# From what most needs a hand to what least does; a cell shows the first that any of its indicators is in.
SEVERITY = (
    "zero_occurred",
    "behind",
    "zero_unconfirmed",
    "slightly_behind",
    "on_track",
    "ahead",
    "zero_ok",
    "missing",
    "no_target",
    "not_started",
    "not_applicable",
)
RED = frozenset({"zero_occurred", "behind"})
GOOD = frozenset({"on_track", "ahead", "zero_ok"})
SILENT = frozenset({"missing", "not_started", "no_target", "not_applicable"})


CELL = (
    "indicators",
    "red",
    "slightly",
    "on_track",
    "zero_ok",
    "unconfirmed",
    "occurred",
    "missing",
    "not_applicable",
    "done_n",
    "done_d",
    "elapsed_n",
    "elapsed_d",
    "expected",
    "shortfall",
    "completion_n",
    "completion_d",
    "asked_n",
    "asked_d",
)


def cell(stream: Workstream, community: int, found: Standings, day: date) -> dict[str, Any]:
    """One cell as ``workstreams.matrix`` has it, without the names: its worst indicator, how many are in which state.

    Raises KeyError where nobody asked where one of its indicators stands.
    """
    standings, states, worst = _looked_at(stream, community, found)
    made: dict[str, Any] = {
        "state": "unreported" if worst is None else worst.progress.state,
        "worst": next((code for code, standing in standings.items() if standing is worst), None),
        "indicators": len(states),
        "red": sum(state in RED for state in states),
        "slightly": states.count("slightly_behind"),
        "on_track": sum(state in ("on_track", "ahead") for state in states),
        "zero_ok": states.count("zero_ok"),
        "unconfirmed": states.count("zero_unconfirmed"),
        "occurred": states.count("zero_occurred"),
        "missing": states.count("missing"),
        "not_applicable": states.count("not_applicable"),
    }
    span = (worst or min(standings.values(), key=severity)).window
    passed, days = accrual.elapsed(span, day)
    made |= {"elapsed_n": passed, "elapsed_d": days}
    return made if worst is None else made | _figures(worst)


def face(stream: Workstream, community: int, found: Standings) -> tuple[str, Decimal | None]:
    """State and gap of a cell, and nothing else of it."""
    _standings, _states, worst = _looked_at(stream, community, found)
    if worst is None:
        return "unreported", None
    gap = worst.progress.gap
    return worst.progress.state, None if gap is None else metrics.half_up(gap, 6)


def _looked_at(
    stream: Workstream, community: int, found: Standings
) -> tuple[dict[str, Standing], list[str], Standing | None]:
    """The indicators of a cell, their states, and the worst; None where nothing at all was reported."""
    standings = {one.code: found[community, one.code] for one in stream.shown}
    states: list[str] = [standing.progress.state for standing in standings.values()]
    told = any(one.reports or one.progress.state not in SILENT for one in standings.values())
    if not told and "missing" in states:
        return standings, states, None
    return standings, states, min(standings.values(), key=severity)


def severity(standing: Standing) -> tuple[int, Fraction]:
    """The worst first: by state, within it by gap; one without a gap that misses its target before all others."""
    gap = standing.progress.gap
    return SEVERITY.index(standing.progress.state), Fraction(-(10**9)) if gap is None else gap


def _figures(standing: Standing) -> dict[str, Any]:
    judged, parts = standing.progress, standing.parts
    made: dict[str, Any] = {
        "gap": None if judged.gap is None else metrics.half_up(judged.gap, 6),
        "done_n": parts[0] if parts else None,
        "done_d": parts[1] if parts else None,
        "expected": judged.expected,
        "shortfall": None if judged.shortfall is None else math.ceil(judged.shortfall),
    }
    for name, share in (("completion", judged.completion), ("asked", judged.share)):
        if share is not None:
            made |= {f"{name}_n": share.numerator, f"{name}_d": share.denominator}
    return made


PART = (
    *("indicator", "name", "kind", "accrual", "unit", "factor", "state", "gap", "done_n", "done_d", "value", "target"),
    *("completion_n", "completion_d", "asked_n", "asked_d", "elapsed_n", "elapsed_d"),
    *("expected", "shortfall", "left", "headroom", "unreported", "mended_n", "mended_d", "reports", "approximate"),
)
_COUNTS = ("expected", "shortfall", "left", "headroom", "unreported", "reports", "factor")
INDICATOR = (*PART, "period", "sheet_target", "target_text", "definition", "in_matrix")


def counts(columns: tuple[str, ...]) -> dict[str, str]:
    """The type of those of the columns that are whole numbers."""
    return {name: "Int64" for name in columns if name.endswith(("_n", "_d")) or name in _COUNTS}


def part(item: Indicator, standing: Standing, day: date) -> dict[str, Any]:
    """The figures of one indicator."""
    judged = standing.progress
    passed, days = accrual.elapsed(standing.window, day)
    return {
        "indicator": item.code,
        "name": item.label,
        "kind": item.kind,
        "accrual": item.accrual,
        "unit": item.unit_text,
        "factor": item.factor if item.ratio else None,
        "state": judged.state,
        "value": None if standing.done is None else decimal(standing.done),
        "target": None if standing.target is None else decimal(standing.target),
        "elapsed_n": passed,
        "elapsed_d": days,
        "left": standing.left,
        "headroom": None if judged.headroom is None else math.floor(judged.headroom),
        "unreported": judged.unreported,
        "mended_n": standing.mended,
        "mended_d": standing.found,
        "reports": standing.reports,
        "approximate": standing.approximate,
        **_figures(standing),
    }


def indicator(item: Indicator, standing: Standing, day: date) -> dict[str, Any]:
    """The figures of one indicator and the words about it."""
    return {
        **part(item, standing, day),
        "period": str(PERIODS[item.period]),
        "sheet_target": standing.sheet_target,
        "target_text": str(item.target_text),
        "definition": str(item.definition),
        "in_matrix": item.matrix,
    }


def decimal(value: Fraction) -> Decimal:
    """A figure as it is shown: whole, or with four places."""
    return Decimal(int(value)) if value.denominator == 1 else metrics.half_up(value, 4)
