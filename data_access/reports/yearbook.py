"""The year's rhythm against what was done: monthly themes and the inspection calendar (config.yearbook)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pandas as pd

from config.catalogue import themes as declared_themes
from config.catalogue import windows as declared_windows
from config.catalogue import workstream
from data_access import database
from data_access.metrics import Period
from data_access.reports import progress
from data_access.reports.accrual import Report
from data_access.reports.standing import units
from data_access.reports.view import View

THEME = "HE-10"  # the indicator that counts the months in which the theme was held

STATES = ("past", "running", "coming")
LONGEST = 300  # days: a report of more does not say when in the year something was done


def themes(view: View) -> pd.DataFrame:
    """The twelve monthly themes of the view's year.

    Columns: month (Int64), start, end (dates), theme, days (health days as ``(date, name)``), suggested (bool: the plan
    prints none, it counts for no target), state (past, running, coming), held_n, held_d (Int64: communities that
    report the theme as held, of all), reported (Int64: communities with any report for the month).
    """
    with database.reporting() as connection:
        shown = units(connection, view)
        told = progress.reports(connection, view, [unit.key for unit in shown], [THEME])
    rows = []
    for theme in declared_themes():
        month = Period.parse(f"{view.day.year}-{theme.month:02d}")
        answers = [done_in(told.get((unit.key, THEME), []), month) for unit in shown]
        rows.append(
            {
                "month": theme.month,
                "start": month.start,
                "end": month.end,
                "theme": theme.label,
                "days": [(day.in_year(view.day.year), day.label) for day in theme.days],
                "suggested": theme.suggested,
                "state": _state(month.start, month.end, view.day),
                "held_n": sum(bool(answer) for answer in answers),
                "held_d": len(shown),
                "reported": sum(answer is not None for answer in answers),
            }
        )
    counts = ("month", "held_n", "held_d", "reported")
    return pd.DataFrame(rows).astype(dict.fromkeys(counts, "Int64"))


def windows(view: View) -> pd.DataFrame:
    """The inspection calendar of the view's year, by the day on which each window closes.

    Columns: window (name), start, end (dates), workstream (name), indicator (code, None where there is none), state
    (past, running, coming), days_left (Int64, of a running one), done_n, done_d (Int64: communities that report it
    done, of all; <NA> without an indicator), reported (Int64).
    """
    codes = sorted({one.indicator for one in declared_windows() if one.indicator})
    with database.reporting() as connection:
        shown = units(connection, view)
        told = progress.reports(connection, view, [unit.key for unit in shown], codes)
    rows = []
    for window in declared_windows():
        start, end = window.in_year(view.day.year)
        row: dict[str, Any] = {
            "window": window.label,
            "start": start,
            "end": end,
            "workstream": workstream(window.workstream).label,
            "indicator": window.indicator,
            "state": _state(start, end, view.day),
            "days_left": (end - view.day).days if start <= view.day <= end else None,
        }
        if window.indicator:
            span = Period(start, end)
            answers = [done_in(told.get((unit.key, window.indicator), []), span) for unit in shown]
            row |= {
                "done_n": sum(bool(answer) for answer in answers),
                "done_d": len(shown),
                "reported": sum(answer is not None for answer in answers),
            }
        rows.append(row)
    columns = ["window", "start", "end", "workstream", "indicator", "state", *_COUNTS]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(_COUNTS, "Int64"))


_COUNTS = ("days_left", "done_n", "done_d", "reported")


def _state(start: date, end: date, day: date) -> str:
    return "coming" if day < start else "past" if day > end else "running"


def done_in(reports: Iterable[Report], span: Period) -> bool | None:
    """Whether something was done in a stretch of days; None where no report speaks for it.

    Reports come by month or quarter: one that overlaps the stretch speaks for it. A cumulative figure speaks for the
    days since the one before, and says that something was done in them when it is higher.
    """
    known = sorted(reports, key=lambda one: (one.period.end, one.day))
    answer: bool | None = None
    before, since = 0, date(span.start.year, 1, 1)
    for one in known:
        if one.done is None:
            continue
        gained = one.done - before if one.cumulative else one.done
        start = min(since, one.period.start) if one.cumulative else one.period.start
        before = max(before, int(one.done)) if one.cumulative else before + int(one.done)
        since = one.period.end + timedelta(days=1)
        if start <= span.end and span.start <= one.period.end and (one.period.end - start).days < LONGEST:
            answer = bool(answer) or gained > 0
    return answer
