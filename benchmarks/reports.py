"""Each report on the sample street, cold: ``python -m benchmarks.reports``.

Milliseconds of the processor (other work on the machine does not count), and the ratio of the medians to the
coverage report in the same run, which another machine should find again.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from benchmarks import street
from data_access import accounts
from data_access.reports import (
    actions,
    agenda,
    callups,
    checklist,
    coverage,
    directory,
    dispatch,
    profile,
    ranking,
    reporting,
    workstreams,
    yearbook,
)
from data_access.reports.status import status
from data_access.reports.view import View
from tests.browser.screenshots import DAY, Office

ALL: tuple[Callable[[View], Any], ...] = (
    *(status, agenda.meeting, reporting.table, reporting.summary),
    *(callups.table, callups.loads, callups.timetable),
    *(dispatch.table, dispatch.totals, dispatch.differences, dispatch.causes, dispatch.zero_tolerance),
    *(coverage.history, coverage.forecast, coverage.groups),
    *(workstreams.matrix, workstreams.tiles, checklist.table, yearbook.themes, yearbook.windows),
    *(actions.table, actions.summary),
)
OF_ONE: tuple[Callable[[View], Any], ...] = (profile.tiles, profile.week, profile.pace, profile.calendar)


def reports(view: View) -> dict[str, Callable[[], Any]]:
    """What is measured, by name."""
    one = View(view.actor, view.day, view.campaign, community=str(directory.communities(view)["name"].iloc[0]))
    found: dict[str, Callable[[], Any]] = {_name(report): partial(report, view) for report in ALL}
    found |= {_name(report): partial(report, one) for report in OF_ONE}
    for basis in ranking.available():
        for report in (ranking.table, ranking.total, ranking.history):
            found[f"{_name(report)} {basis}"] = partial(report, view, basis)
    return found


def _name(report: Callable[..., Any]) -> str:
    return f"{report.__module__.rsplit('.', 1)[-1]}.{report.__qualname__}"


def busy(report: Callable[[], Any]) -> float:
    """Milliseconds of the processor that one call takes."""
    began = time.process_time()
    report()
    return (time.process_time() - began) * 1000


def main() -> None:
    """Parse the call, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="keep the sample street in this folder and use it again")
    parser.add_argument("--communities", type=int, default=12)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=5)
    call = parser.parse_args()
    with ExitStack() as stack:
        data = call.data or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        Office(data, stack.enter_context(pytest.MonkeyPatch.context()))
        street.fill(data, call.communities, call.days)
        actor = accounts.console()
        view = View(actor, DAY, directory.campaigns(actor)[0].code)
        listed = {"coverage.table": partial(coverage.table, view)} | reports(view)
        for report in listed.values():
            report()
        gc.collect()
        gc.freeze()  # as the board does
        taken: dict[str, list[float]] = {name: [] for name in listed}
        for _round in range(call.rounds):
            for name, report in listed.items():
                taken[name].append(busy(report))
    base = statistics.median(taken["coverage.table"])
    print(street.head("report", ["ms of processor"]) + "   ratio")
    for name, figures in sorted(taken.items(), key=lambda one: -statistics.median(one[1])):
        print(f"{name:34}{street.spread(figures)}{statistics.median(figures) / base:8.1f}")


if __name__ == "__main__":
    main()
