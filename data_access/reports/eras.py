"""Where an indicator's line breaks: the stretches of its window in which one definition and one target hold.

A figure before a change and one after it are not the same thing, or not measured by the same yardstick; a chart says
so at the day of the change and draws elapsed time (metrics.md §6.7) against the target of each stretch.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any

import pandas as pd

from config.catalogue import UnknownIndicatorError, catalogue, indicator
from config.indicators import Indicator
from data_access import database, metrics
from data_access.catalogue import targets
from data_access.metrics import Period
from data_access.reports import accrual, progress
from data_access.reports.view import View

COLUMNS = ["start", "end", "changed", "target", "target_text", "source", "due_from", "due_to"]


def table(view: View, community: str, code: str) -> pd.DataFrame:
    """The stretches for one community, in order; one where nothing changed.

    Columns: start, end (dates, inclusive), changed (what is new from ``start`` on: definition, target, and of the
    first one None), target (Decimal: of the whole year or window, None where none is set), target_text (words),
    source (who set the target, None where it is that of the definition), due_from, due_to (Decimal: what is due by
    elapsed time when the stretch begins and when it ends, None without a target). Where each period needs its own, a
    new target asks for more from then on; elsewhere it counts for the whole window, and what is due jumps.
    UnknownIndicatorError, UnknownCommunityError.
    """
    with database.reporting() as connection:
        one = progress.only(connection, view, community)
        goals = targets.load(connection, view.actor.street_id, view.as_of)
    span = accrual.window(indicator(code, view.day), view.day)
    changes = dict.fromkeys(goals.breaks(code, one.key), "target") | dict.fromkeys(
        catalogue().breaks(code), "definition"
    )
    starts = [span.start, *sorted(day for day in changes if span.start < day <= span.end)]
    rows: list[dict[str, Any]] = []
    due = Fraction(0)
    for start, after in zip(starts, [*starts[1:], span.end + timedelta(days=1)], strict=True):
        try:
            item = goals.applied(indicator(code, start), one.key, start)
        except UnknownIndicatorError:  # declared later in the window
            continue
        goal, end = goals.goal(code, one.key, start), after - timedelta(days=1)
        begun, due = _due(item, span, start, end, due)
        rows.append(
            {
                "start": start,
                "end": end,
                "changed": changes[start] if rows else None,
                "target": None if item.full_target is None else Decimal(str(item.full_target)),
                "target_text": str(item.target_text),
                "source": None if goal is None else goal.source,
                "due_from": None if item.full_target is None else metrics.half_up(begun, 4),
                "due_to": None if item.full_target is None else metrics.half_up(due, 4),
            }
        )
    return pd.DataFrame(rows, columns=COLUMNS, dtype=object)


def due(found: pd.DataFrame, day: date) -> int | None:
    """What is due by the end of a day of the window, stepped, from the rows of ``table``; None without a target."""
    for row in found.to_dict("records"):
        start, end, begun, reached = row["start"], row["end"], row["due_from"], row["due_to"]
        if start <= day <= end and reached is not None:
            share = Fraction((day - start).days + 1, (end - start).days + 1)
            return floor(Fraction(begun) + (Fraction(reached) - Fraction(begun)) * share)
    return None


def _due(item: Indicator, span: Period, start: date, end: date, before: Fraction) -> tuple[Fraction, Fraction]:
    """What is due at the beginning and at the end of a stretch; ``before`` was at the end of the one before it."""
    full = metrics.exact(item.full_target or 0)
    slots = accrual.fitting_slots(item, [], span)
    if slots:
        need = sum(start <= slot.start <= end for slot in slots) * metrics.exact(item.target or 0)
        return before, before + need
    first, last = (Fraction((day - span.start).days, span.days) for day in (start, end + timedelta(days=1)))
    return full * first, full * last
