"""From the call to the chair: called up → notified → arrived → vaccinated → observed (metrics.md §6.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from data_access import database, metrics
from data_access.metrics import Execution
from data_access.reports import tallies
from data_access.reports.frames import frame
from data_access.reports.tallies import STATUSES
from data_access.reports.view import View

STEPS = ("called", "notified", "arrived", "vaccinated", "observed")
DEFINITIONS: dict[str, tuple[str, str]] = {
    "called": ("召集：当日名单人数", "Called up: people on the day's rosters"),
    "notified": ("通知：早会商所填已通知人数÷名单人数", "Notified: people notified as the morning sheet says ÷ roster"),
    "arrived": (
        "到场：晚调度到场人数（未填的由各去向相加）÷名单人数",
        "Arrived: as the evening sheet says, else the outcomes that need a visit added up ÷ roster",
    ),
    "vaccinated": ("接种：名单内接种÷名单人数，计划外另计", "Vaccinated: on the roster ÷ roster; walk-ins apart"),
    "observed": (
        "留观：留观满30分钟人数÷当日接种人数（含计划外）",
        "Observed: people observed for 30 minutes ÷ all vaccinated that day, walk-ins included",
    ),
    "told": (
        "每一步只算报了这一步的社区，n/m 为这样的社区数",
        "Each step is counted over the communities that tell it; n/m says how many these are",
    ),
}


def table(view: View) -> pd.DataFrame:
    """The five STEPS of the view's day, in order.

    Columns: step, people and base (Int64: the communities that tell both; <NA> where none does), told of communities
    (Int64). A community that does not tell a step is missing from it, never zero.
    """
    with database.reporting() as connection:
        members = tallies.members(connection, view)
        rosters = tallies.rosters(connection, view)
        mornings, evenings = tallies.mornings(connection, view), tallies.evenings(connection, view)
    steps: dict[str, list[tuple[Any, Any]]] = {step: [] for step in STEPS}
    for member in members:
        called = rosters.get(member.id, {}).get("rows")
        evening = evenings.get(member.id, {})
        day = _execution(evening)
        steps["called"].append((called, called))
        steps["notified"].append((mornings.get(member.id, {}).get("notified"), called))
        steps["arrived"].append((day.arrived, day.roster))
        steps["vaccinated"].append((day.on_roster, day.roster))
        steps["observed"].append((evening.get("observed"), evening.get("vacc_total")))
    rows = []
    for step, pairs in steps.items():
        told = [(n, d) for n, d in pairs if n is not None and d is not None]
        rows.append(
            {
                "step": step,
                "people": metrics.add(*(n for n, _d in told)) if told else None,
                "base": metrics.add(*(d for _n, d in told)) if told else None,
                "told": len(told),
                "communities": len(members),
            }
        )
    numbers = ("people", "base", "told", "communities")
    return frame(rows, ["step", *numbers], dict.fromkeys(numbers, "Int64"))


def _execution(evening: Mapping[str, Any]) -> Execution:
    return Execution(
        evening.get("roster_n"),
        evening.get("vacc_on_roster"),
        evening.get("walk_in"),
        **{name: evening.get(name) for name in STATUSES},
        arrived_reported=evening.get("arrived"),
    )
