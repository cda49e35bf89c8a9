"""The four questions that every product answers, as SQL for Superset and as the board's own reports.

What is asked is what all of them can tell: of the matrix only the indicators whose completion is a sum over the year or
the latest rate, and of these the one that is least complete. What the board's page says beyond that (elapsed time, zero
tolerance, periods that each need their own, states) has no counterpart here.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.years import DAY
from data_access.reports import callups, computed, coverage, dispatch, workstreams
from data_access.reports.view import View

Answer = dict[tuple[str, ...], tuple[float | None, ...]]
TOLERANCE = 1e-6  # of a share: decimals of the database, floats of JSON

IN_FORCE = "s.superseded_at IS NULL AND s.withdrawn_at IS NULL"
OUTCOMES = ("deferred", "contraindicated", "refused", "no_show", "moved", "shortage", "elsewhere")
TALLIED = ("roster_n", "vacc_on_roster", "walk_in", "vacc_total", *OUTCOMES)
ROWS = ("planned", "roster_rows", "roster_vaccinated", *TALLIED)
EXPLAINED = " + ".join(f"SUM({name})" for name in ("vacc_on_roster", *OUTCOMES))


@dataclass(frozen=True)
class Question:
    """``sql`` is a dataset, of which a chart shows ``figures`` (name → aggregate) by ``keys``.

    ``page`` of the board holds the answer, which ``ours`` gives; ``chart`` is how Superset draws it.
    """

    name: str
    page: str
    chart: str
    sql: str
    keys: tuple[str, ...]
    figures: Mapping[str, str]
    ours: Callable[[View], Answer]


def answer(frame: pd.DataFrame, keys: tuple[str, ...], figures: tuple[str, ...]) -> Answer:
    """The figures of a table by its keys; rows without any figure are no answer."""
    found: Answer = {}
    for row in frame[[*keys, *figures]].astype(object).to_dict("records"):
        told = tuple(None if pd.isna(row[name]) else float(row[name]) for name in figures)
        if any(one is not None for one in told):
            found[tuple(_word(row[key]) for key in keys)] = told
    return found


def differences(first: Answer, second: Answer) -> list[str]:
    """Where two answers disagree, in words; empty where they are the same."""
    return [
        f"{' '.join(key)}: {first.get(key)} and {second.get(key)}"
        for key in sorted(first.keys() | second.keys())
        if not _same(first.get(key), second.get(key))
    ]


def goals() -> list[dict[str, Any]]:
    """The indicators of the matrix that simply add up over the year, or count as they were reported last."""
    return [
        {"workstream": stream.slug, "indicator": item.code, "latest": int(item.ratio), "target": item.target}
        | {"factor": item.factor if item.ratio else 1}
        for stream in workstreams.shown(DAY)
        for item in stream.shown
        if item.code not in computed.CODES and item.window is None and item.comparator in ("≥", "=") and item.target
        if (item.kind, item.accrual) in (("rate", "snapshot"), ("count", "annual_total"))
    ]


def write_goals(path: Path) -> None:
    """The same as a file, for whoever has no catalogue."""
    with path.open("w", encoding="utf-8", newline="") as written:
        writer = csv.DictWriter(written, ("workstream", "indicator", "latest", "target", "factor"))
        writer.writeheader()
        writer.writerows(goals())


def questions() -> Iterator[Question]:
    """All four."""
    yield Question(
        "coverage by community", "rankings", "table", _COVERAGE, ("community",),
        {"vaccinated": "SUM(vaccinated)", "people": "MAX(people)"}, _coverage,
    )  # fmt: skip
    yield Question(
        "the day's dispatch", "dispatch", "table", _DISPATCH, ("community",),
        {name: f"SUM({name})" for name in ROWS} | {"d_unexplained": f"SUM(roster_n) - ({EXPLAINED})"}, _dispatch,
    )  # fmt: skip
    yield Question(
        "site × batch", "callups", "pivot_table_v2", _BATCHES, ("site", "batch_no"),
        {"people": "COUNT(*)"}, _batches,
    )  # fmt: skip
    yield Question(
        "workstream matrix", "workstreams", "pivot_table_v2", _matrix_sql(), ("community", "workstream"),
        {"completion": "MIN(completion)"}, _matrix,
    )  # fmt: skip


def _word(key: Any) -> str:
    return str(int(key)) if isinstance(key, (int, float)) else str(key)


def _same(first: tuple[float | None, ...] | None, second: tuple[float | None, ...] | None) -> bool:
    if first is None or second is None:
        return False
    return all(
        (one is None and other is None)
        or (one is not None and other is not None and abs(one - other) <= TOLERANCE * max(abs(one), 1))
        for one, other in zip(first, second, strict=True)
    )


# What the board says ----------------------------------------------------------------------------------------------


def _coverage(view: View) -> Answer:
    told = coverage.table(view)
    told = told[told["level"] == "community"].rename(columns={"coverage_n": "vaccinated", "coverage_d": "people"})
    return answer(told, ("community",), ("vaccinated", "people"))


def _dispatch(view: View) -> Answer:
    return answer(dispatch.table(view), ("community",), (*ROWS, "d_unexplained"))


def _batches(view: View) -> Answer:
    return answer(callups.timetable(view), ("site", "batch_no"), ("people",))


def _matrix(view: View) -> Answer:
    told = workstreams.parts(view)
    told = told[told["indicator"].isin([goal["indicator"] for goal in goals()])].dropna(subset=["completion_n"])
    pairs = zip(told["completion_n"], told["completion_d"], strict=True)
    told = told.assign(completion=[float(Fraction(int(n), int(d))) for n, d in pairs])
    least = told.groupby(["community", "workstream"])[["completion"]].min().reset_index()
    return answer(least, ("community", "workstream"), ("completion",))


# What Superset is given -------------------------------------------------------------------------------------------

_COVERAGE = f"""
SELECT c.name AS community, t.cum_d1 AS vaccinated,
  (SELECT b.surveyed FROM baseline b JOIN submission s ON s.id = b.submission_id
   WHERE b.community_id = c.id AND b.person_group = 'all' AND b.as_of <= '{DAY}' AND {IN_FORCE}
   ORDER BY b.as_of DESC LIMIT 1) AS people
FROM community c
LEFT JOIN (SELECT t.community_id, t.cum_d1 FROM evening_tally t JOIN submission s ON s.id = t.submission_id
           WHERE t.street_id = 1 AND t.biz_date = '{DAY}' AND {IN_FORCE}) t ON t.community_id = c.id
"""


def _part(table: str, day: str, told: Mapping[str, str]) -> str:
    """The rows of one kind of sheet in the columns of all."""
    columns = ", ".join(f"{told.get(name, 'CAST(NULL AS INTEGER)')} AS {name}" for name in ROWS)
    return (
        f"SELECT c.name AS community, {columns} FROM {table} t JOIN submission s ON s.id = t.submission_id "
        f"JOIN community c ON c.id = t.community_id "
        f"WHERE t.street_id = 1 AND t.{day} = '{DAY}' AND {IN_FORCE}"
    )


_DISPATCH = "\nUNION ALL\n".join(
    (
        _part("morning_tally", "biz_date", {"planned": "t.planned"}),
        _part(
            "callup",
            "vaccination_date",
            {"roster_rows": "1", "roster_vaccinated": "CASE WHEN t.outcome = 'vaccinated' THEN 1 ELSE 0 END"},
        ),
        _part("evening_tally", "biz_date", {name: f"t.{name}" for name in TALLIED}),
    )
)
_BATCHES = f"""
SELECT p.name AS site, t.batch_no FROM callup t JOIN submission s ON s.id = t.submission_id
LEFT JOIN site p ON p.id = t.site_id
WHERE t.street_id = 1 AND t.vaccination_date = '{DAY}' AND {IN_FORCE}
"""


def _matrix_sql() -> str:
    """The least complete indicator is left to the chart; the targets stand in the text, as in a table of the office."""
    line = "SELECT '{workstream}' AS workstream, '{indicator}' AS indicator, {latest} AS latest, {target} AS target"
    rows = "\n  UNION ALL ".join((line + ", {factor} AS factor").format(**goal) for goal in goals())
    return f"""
WITH goal AS (
  {rows}
),
told AS (
  SELECT t.community_id, t.indicator, t.done, t.num, t.den,
    row_number() OVER (PARTITION BY t.community_id, t.indicator ORDER BY t.period DESC) AS back
  FROM progress t JOIN submission s ON s.id = t.submission_id
  WHERE t.street_id = 1 AND t.period BETWEEN '{DAY.year}' AND '{DAY.year + 1}' AND t.biz_date <= '{DAY}' AND {IN_FORCE}
    AND t.indicator IN (SELECT indicator FROM goal))
SELECT c.name AS community, g.workstream, g.indicator,
  CASE WHEN g.latest = 1 THEN g.factor * MAX(CASE WHEN t.back = 1 THEN 1.0 * t.num / NULLIF(t.den, 0) END)
       ELSE 1.0 * SUM(t.done) END / g.target AS completion
FROM told t JOIN goal g ON g.indicator = t.indicator JOIN community c ON c.id = t.community_id
GROUP BY c.name, g.workstream, g.indicator, g.latest, g.factor, g.target
"""
