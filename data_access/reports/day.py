"""One community's vaccination day: the three daily sheets side by side and every identity between them (I1–I8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from data_access import database, metrics
from data_access.office import waivers
from data_access.reports import differences, tallies
from data_access.reports.frames import frame
from data_access.reports.reporting import received
from data_access.reports.tallies import CUMULATIVE, STATUSES
from data_access.reports.view import View

RATES = ("show_up", "completion", "output", "no_show_rate", "deferral")
STATES = ("reconciled", "unchecked", "explained", "open", "unreported", "empty", "exempt", "not_due", "rest")

DOSES = ("vacc_d1", "vacc_d2", "vacc_b")

COUNTS = (
    "planned",
    "notified",
    "stock",
    "roster_rows",
    "roster_settled",
    "roster_vaccinated",
    "roster_n",
    "persons",
    "arrived",
    "vacc_on_roster",
    "walk_in",
    "vacc_total",
    *DOSES,
    *STATUSES,
    "not_vaccinated",
    "unexplained",
    "observed",
    "aefi_n",
    *CUMULATIVE,
    "plan_next",
    "next_rows",
)
_SHEETS = tuple(
    f"{kind}_{part}" for kind in ("morning", "roster", "evening") for part in ("submission", "revision", "state")
)
COLUMNS = (
    "community",
    "area",
    *COUNTS,
    *(f"{name}_{part}" for name in RATES for part in "nd"),
    *differences.COLUMNS,
    "reconciled",
    "state",
    "open",
    "explained",
    "noted",
    "waived",
    *_SHEETS,
    "evening_due",
    "estimates",
)


def table(view: View) -> pd.DataFrame:
    """One row per community in register order: morning | roster | evening | differences | state.

    Columns: community, area; counts of people, Int64, missing where not reported: planned, notified, stock (doses)
    from the morning; roster_rows, roster_settled (rows with an outcome), roster_vaccinated (only once the roster
    carries outcomes); roster_n, vacc_on_roster, walk_in, vacc_total, deferred … elsewhere, observed, aefi_n,
    plan_next from the evening; persons (P), arrived, not_vaccinated (P − vaccinated on roster), unexplained,
    next_rows (tomorrow's roster); the rates of ``RATES`` as ``_n``/``_d``; the differences of
    ``differences.IDENTITIES``, signed, the first of the two figures minus the second; reconciled (boolean);
    cum_… so far, vacc_d1 … by dose;
    state (one of ``STATES``), open and explained (numbers of differences), noted (a note on differences was written),
    waived (codes of waived identities); of each sheet ``_submission``, ``_revision`` and ``_state`` (reporting.STATES,
    None on a rest day); evening_due (aware UTC); estimates as in ``frames.frame``. See ``DEFINITIONS``; metrics.md
    §6.2, §6.3.
    """
    with database.reporting() as connection:
        lines = _lines(connection, view)
    whole = [*COUNTS, *(f"{name}_{part}" for name in RATES for part in "nd"), *differences.COLUMNS, "open", "explained"]
    whole += [name for name in _SHEETS if not name.endswith("_state")]
    kinds = dict.fromkeys(whole, "Int64") | dict.fromkeys(("reconciled", "noted"), "boolean")
    return frame(lines, COLUMNS, kinds)


def _lines(connection: Connection, view: View) -> list[dict[str, Any]]:
    found = {
        "morning": tallies.mornings(connection, view),
        "roster": tallies.rosters(connection, view),
        "evening": tallies.evenings(connection, view),
        "before": tallies.before(connection, view),
        "next": tallies.rosters(connection, view, tallies.next_open_day(connection, view)),
    }
    held = tallies.held_before(connection, view)
    waived = tallies.waivers(connection, view)
    raises = tallies.definition(connection, view).raises
    members = tallies.members(connection, view)
    sheets = received(connection, view, view.day).lines({one.id: one.name for one in members}, view.day, view.day)
    due = {(sheet["community"], sheet["kind"]): sheet for sheet in sheets}
    lines = []
    for key, name, area in members:
        day = {kind: figures.get(key, {}) for kind, figures in found.items()}
        line = {"community": name, "area": area, **_figures(day)}
        line |= _differences(day, line, held.get(key, 0), raises)
        line |= _sheets(name, day, due)
        line |= _verdict(day, line, waivers.identities(waived, name))
        lines.append(line)
    return lines


def _figures(day: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The counts and rates of one community's day."""
    morning, roster, evening = day["morning"], day["roster"], day["evening"]
    persons = roster.get("rows", evening.get("roster_n"))
    execution = metrics.Execution(
        roster=persons,
        on_roster=evening.get("vacc_on_roster"),
        walk_in=evening.get("walk_in"),
        arrived_reported=evening.get("arrived"),
        **{name: evening.get(name) for name in STATUSES},
    )
    rates = {
        "show_up": execution.show_up,
        "completion": execution.completion,
        "output": execution.output,
        "no_show_rate": execution.no_show_rate,
        "deferral": execution.deferral_rate,
    }
    line = {name: morning.get(name, evening.get(name)) for name in COUNTS}
    return line | {
        "roster_rows": roster.get("rows"),
        "roster_settled": roster.get("settled"),
        "roster_vaccinated": roster.get("is_vaccinated") if roster.get("settled") else None,
        "persons": persons,
        "arrived": execution.arrived,
        "not_vaccinated": metrics.difference(persons, execution.on_roster),
        "unexplained": execution.unexplained,
        "next_rows": day["next"].get("rows"),
        **{f"{name}_n": rate.numerator for name, rate in rates.items()},
        **{f"{name}_d": rate.denominator for name, rate in rates.items()},
    }


def _differences(
    day: dict[str, dict[str, Any]], line: dict[str, Any], held: int, raises: Mapping[str, str]
) -> dict[str, int | None]:
    """Every identity of one community's day; None where a side of it is not reported.

    ``raises``: which dose raises which running total.
    """
    evening, before = day["evening"], day["before"]
    given = {name: f"vacc_{dose}" for name, dose in raises.items()}
    steps = {
        f"d_cum_{name}": metrics.step_difference(
            evening.get(f"cum_{name}"), before.get(f"cum_{name}"), evening.get(dose)
        )
        for name, dose in given.items()
    }
    first, full, booster = (evening.get(f"cum_{name}") for name in ("d1", "full", "b"))
    excess = {
        "full_above_first": metrics.difference(full, first),
        "booster_above_full": metrics.difference(booster, full),
    }
    breaches = metrics.course_breaches(first, full, booster)
    return {
        "d_plan": metrics.difference(line["roster_rows"], line["planned"]),
        "d_roster": metrics.difference(line["roster_rows"], line["roster_n"]),
        "d_vaccinated": metrics.difference(line["roster_vaccinated"], line["vacc_on_roster"]),
        "d_unexplained": metrics.difference(
            line["roster_n"], metrics.add(line["vacc_on_roster"], *(line[name] for name in STATUSES))
        ),
        "d_cumulative": metrics.add(*steps.values()),
        **{name: steps.get(name) for name in differences.PARTS},
        "d_course": metrics.add(*(excess[breach] for breach in breaches)) if evening else None,
        "d_total": metrics.total_difference(line["vacc_total"], (line["vacc_on_roster"], line["walk_in"])),
        "d_doses": metrics.total_difference(
            line["vacc_total"], [evening.get(dose) for dose in dict.fromkeys(given.values())]
        ),
        "d_held": held if line["roster_rows"] is not None else None,
        "d_next": metrics.difference(line["next_rows"], line["plan_next"]),
    }


def _sheets(name: str, day: dict[str, dict[str, Any]], due: dict[tuple[Any, Any], Any]) -> dict[str, Any]:
    line: dict[str, Any] = {}
    for kind in ("morning", "roster", "evening"):
        known = due.get((name, kind))
        line[f"{kind}_submission"] = day[kind].get("submission")
        line[f"{kind}_revision"] = day[kind].get("revision")
        line[f"{kind}_state"] = known["state"] if known is not None else None
    evening = due.get((name, "evening"))
    return line | {"evening_due": evening["due"] if evening is not None else None}


def _verdict(day: dict[str, dict[str, Any]], line: dict[str, Any], waived: frozenset[str]) -> dict[str, Any]:
    """Whether the community's day is settled, and how many differences stand against it."""
    evening = day["evening"]
    noted = bool(evening.get("noted"))
    broken = [one for one in differences.IDENTITIES if not one.information and one.broken(line)]
    explained = sum(one.settled(noted, waived) for one in broken)
    opened = len(broken) - explained
    reconciled = bool(evening.get("checked")) and line["unexplained"] == 0 if evening else None
    if not evening:
        state = line["evening_state"] or "rest"
    elif opened:
        state = "open"
    elif explained:
        state = "explained"
    else:
        state = "reconciled" if reconciled else "unchecked"
    return {
        "reconciled": reconciled,
        "state": state,
        "open": opened,
        "explained": explained,
        "noted": noted if evening else None,
        "waived": "、".join(sorted(waived)),
    }
