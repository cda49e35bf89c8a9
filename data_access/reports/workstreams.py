"""专项进展: where every community stands in every workstream, against its targets and elapsed time (metrics.md §6.7).

A cell of the matrix is the worst indicator of its workstream; workstreams are never added into a score.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd
from sqlalchemy import select

from config.catalogue import UnknownIndicatorError, catalogue, indicator, workstream
from config.indicators import Workstream
from data_access import database, metrics, privacy
from data_access.force import in_force
from data_access.reports import accrual, cells, progress, season
from data_access.reports.accrual import Report
from data_access.reports.cells import CELL, GOOD, INDICATOR, PART, RED, SEVERITY
from data_access.reports.frames import frame
from data_access.reports.season import Season
from data_access.reports.standing import Unit
from data_access.reports.view import View
from data_access.schema import Progress, Submission

__all__ = ["DEFINITIONS", "GOOD", "PART_RATES", "RATES", "RED", "SEVERITY"]

RATES = ("done", "completion", "asked", "elapsed")
PART_RATES = ("done", "completion", "asked", "elapsed", "mended")
DEFINITIONS: dict[str, tuple[str, str]] = {
    "gap": (
        "差距：该专项最滞后指标的完成进度−序时应达进度，百分点；完成进度＝完成÷目标。专项之间不加总、不打总分",
        "Gap: completion of the workstream's worst indicator less what elapsed time asks for, in percentage points; "
        "completion = done ÷ target. Workstreams are never added into a score",
    ),
    "done": (
        "完成：最滞后指标的完成数÷全年（时段）目标；比率类为分子÷分母",
        "Done: done of the worst indicator ÷ its target of the year or window; of a rate numerator ÷ denominator",
    ),
    "elapsed": (
        "序时进度：时段开始至当日（含）的天数÷时段天数",
        "Elapsed time: days from the start of the window to the day (inclusive) ÷ days in the window",
    ),
    "state": (
        "“{behind}”：落后超过界线；“{slightly_behind}”：落后未超过界线，或逐期的指标到期各期都不欠；"
        "“{on_track}”“{ahead}”：不落后于序时；“{zero_occurred}”：零容忍的事发生了；“{zero_ok}”：已确认没有发生；"
        "“{zero_unconfirmed}”：没有确认；“{unreported}”：没有报送；“{no_target}”：还没有定目标；"
        "“{not_started}”：时段还没到；“{not_applicable}”：与本社区无关",
        "“{behind}”: behind by more than the limit; “{slightly_behind}”: by less, or periods count singly and none is "
        "owed; “{on_track}”, “{ahead}”: not behind elapsed time; “{zero_occurred}”: what may not happen did; "
        "“{zero_ok}”: confirmed that it did not; “{zero_unconfirmed}”: not confirmed; “{unreported}”: nothing came; "
        "“{no_target}”: no target is set; “{not_started}”: the window has not begun; “{not_applicable}”: does not "
        "concern the community",
    ),
    "parts": (
        "格的构成：专项中进入矩阵的每个指标各自的完成、目标、序时、差距、状态；格取其中最滞后的一个",
        "Parts: done, target, elapsed time, gap and state of each indicator of the workstream that stands in the "
        "matrix; the cell is that of the worst of them",
    ),
    "completion": (
        "完成进度：完成÷目标；比率类为现比率÷目标比率",
        "Completion: done ÷ target; of a rate the current rate ÷ the target rate",
    ),
    "asked": (
        "序时应达：年度合计为序时进度，逐期计的为已结束且已报的期数占比，累计目标含期初数，最新值类为 100%",
        "Asked for: elapsed time for a yearly total, the share of periods ended and reported where each needs its own, "
        "the opening balance and the elapsed part of the rest for totals of all years, 100 % for a latest value",
    ),
    "shortfall": (
        "欠数：今日应完成−完成，不为负；未报的期不算欠，列为未报",
        "Shortfall: expected now less done, never negative; periods without a report are counted as unreported instead",
    ),
    "left": (
        "尚缺：比率类达到目标还差的人（户、处）数＝⌈目标×分母⌉−分子，不为负",
        "Missing: people (households, places) missing to the target of a rate = ⌈target × denominator⌉ − numerator, "
        "never negative",
    ),
    "factor": (
        "系数：比率＝分子÷分母×系数，百分比为 100，每 2000 米为 2000，每户、每天为 1",
        "Factor: a rate = numerator ÷ denominator × factor; 100 for percent, 2000 for per 2000 m, 1 for per household",
    ),
    "headroom": ("余量：上限−已用", "Headroom: the cap less what was used"),
    "mended": ("整改率：检查发现的问题中已整改的", "Mended: problems of the inspections that were mended ÷ found"),
    "approximate": (
        "含约数（如 46余），合计沿用此标记",
        "Some figure in it is an estimate; totals keep the mark",
    ),
    "expected": (
        "今日应完成：按次计的为⌊目标×序时⌋，逐期计的为已结束的期数×每期目标",
        "Expected now: floor(target × elapsed) for counts; for periods of their own those that have ended",
    ),
}


def shown(day: date, streams: tuple[str, ...] = ()) -> tuple[Workstream, ...]:
    """The workstreams of a matrix on a day, in their order: those of these slugs, without any the office's usual ones.

    One without an indicator that makes up its cell has no cell.
    """
    return tuple(
        one for one in catalogue(day).workstreams if one.shown and (one.slug in streams if streams else one.matrix)
    )


def table(view: View) -> pd.DataFrame:
    """The rows of ``matrix`` for the command line."""
    return matrix(view)


def matrix(view: View, streams: tuple[str, ...] = ()) -> pd.DataFrame:
    """One row per community and workstream (``shown``), communities in register order.

    Columns: community, area, workstream (slug), state (a state of SEVERITY, or unreported where nothing at all was
    reported), gap (Decimal, percentage points of the worst indicator; <NA> where there is none), worst (its code),
    Int64 counts of indicators in the cell: indicators, red, slightly, on_track, zero_ok, unconfirmed, occurred,
    missing, not_applicable; of the worst indicator done_n, done_d (Int64), elapsed_n, elapsed_d (days), expected,
    shortfall (Int64), completion_n, completion_d, asked_n, asked_d (as in ``indicators``).
    """
    _judged, communities, found = _found(view, streams)
    rows = [
        {"community": one.name, "area": one.area, "workstream": stream.slug}
        | cells.cell(stream, one.key, found, view.day)
        for one in communities
        for stream in shown(view.day, streams)
    ]
    columns = ["community", "area", "workstream", "state", "gap", "worst", *CELL]
    return frame(rows, columns, dict.fromkeys(CELL, "Int64"))


def parts(view: View, streams: tuple[str, ...] = ()) -> pd.DataFrame:
    """What the cells of ``matrix`` are made of: one row per community and indicator, in the order of the catalogue.

    Columns: community, workstream (slug), and of ``indicators`` all but period, sheet_target, target_text, definition
    and in_matrix.
    """
    judged, communities, found = _found(view, streams)
    rows = [
        {"community": one.name, "workstream": stream.slug}
        | cells.part(judged.definition(item.code, one.key, view.day), found[one.key, item.code], view.day)
        for one in communities
        for stream in shown(view.day, streams)
        for item in stream.shown
    ]
    return frame(rows, ["community", "workstream", *PART], cells.counts(PART))


def worst(view: View, streams: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """The cells of ``matrix`` for the view's one community, each with its worst indicator beside it.

    Keys: those of ``matrix`` and, where something was reported, those of ``indicators`` for the worst one.
    """
    judged, communities, found = _found(view, streams)
    rows = []
    for one in communities[:1]:
        for stream in shown(view.day, streams):
            made = {"workstream": stream.slug} | cells.cell(stream, one.key, found, view.day)
            code = made["worst"]
            item = judged.definition(code, one.key, view.day) if code else None
            rows.append(made | (cells.indicator(item, found[one.key, code], view.day) if item else {}))
    return rows


def _found(view: View, streams: tuple[str, ...] = ()) -> tuple[progress.Told, list[Unit], progress.Standings]:
    with database.reporting() as connection:
        whole = season.load(connection, view)
        communities = whole.units(view.day)
        judged = told(whole, streams)
        return judged, communities, judged.on(view.day, communities)


def told(whole: Season, streams: tuple[str, ...] = ()) -> progress.Told:
    """What the cells of the matrix are judged by, over a season."""
    codes = dict.fromkeys(item.code for day in whole.days for stream in shown(day, streams) for item in stream.shown)
    return progress.load(whole, whole.keys(), codes)


def states(found: progress.Standings, community: int, day: date) -> list[str]:
    """The states of one community's cells, in the order of the matrix."""
    return [str(cells.cell(stream, community, found, day)["state"]) for stream in shown(day)]


def indicators(view: View, community: str, workstream_name: str) -> pd.DataFrame:
    """Every indicator in use of one workstream for one community, the worst first, those without a report last.

    Columns: indicator (code), name, kind, accrual, period (words), unit, factor (Int64, of a rate), state (one of
    SEVERITY), gap (Decimal, percentage points), done_n, done_d (Int64: done and target of the year, or numerator and
    denominator), value (Decimal: what a zero or a cap has, and counts), target (Decimal, of the year or window; of a
    rate in percent), sheet_target (Decimal, where the sheet names another one), completion_n, completion_d (done as a
    share of the target), asked_n, asked_d (what the calendar asks for as a share of the target), elapsed_n, elapsed_d
    (days), expected, shortfall, left (of a rate: missing to its target), headroom, unreported (Int64: ended periods
    without a report), mended_n, mended_d (Int64: problems of its inspections mended of those found), reports (Int64),
    approximate (bool: some figure is an estimate), target_text, definition, in_matrix.
    UnknownWorkstreamError, UnknownCommunityError.
    """
    stream = workstream(workstream_name, view.day)
    with database.reporting() as connection:
        one = progress.only(connection, view, community)
        told = progress.told(connection, view, [one], [item.code for item in stream.enabled])
    found = told.on(view.day, [one])
    items = [told.definition(item.code, one.key, view.day) for item in stream.enabled]
    ordered = sorted(items, key=lambda item: (not item.matrix, cells.severity(found[one.key, item.code])))
    rows = [cells.indicator(item, found[one.key, item.code], view.day) for item in ordered]
    return frame(rows, INDICATOR, cells.counts(INDICATOR))


def history(view: View, community: str, code: str) -> pd.DataFrame:
    """One indicator of one community through the year: a row per slot, or per reported period where there are none.

    Columns: period (text), day (its last day), value (Decimal done in it, <NA> where not reported), cumulative
    (Decimal, <NA> where not reported), expected (Decimal: what is due by its end), num_n, num_d (Int64, of a rate),
    open (the period has not ended). UnknownIndicatorError, UnknownCommunityError.
    """
    with database.reporting() as connection:
        one = progress.only(connection, view, community)
        item = progress.definition(connection, view, one.key, code)
        reports = progress.reports(connection, view, [one.key], [code]).get((one.key, code), [])
    span = accrual.window(item, view.day)
    goal = None if item.full_target is None else metrics.exact(item.full_target)
    rows: list[dict[str, Any]] = []
    if item.kind == "rate":
        told = sorted(reports, key=lambda report: (report.period.end, report.day))
        rows = [_rate_row(report, view.day) for report in told]
    else:
        reached = Fraction(0)
        for slot, value in accrual.series(item, reports, view.day):
            reached += value or 0
            due = None
            if goal is not None and item.proportional:
                due = Decimal(metrics.expected_now(goal, metrics.elapsed_share(span, slot.end)))
            rows.append(
                {
                    "period": str(slot),
                    "day": slot.end,
                    "value": None if value is None else cells.decimal(value),
                    "cumulative": None if value is None else cells.decimal(reached),
                    "expected": due,
                    "open": slot.end > view.day,
                }
            )
    columns = ["period", "day", "value", "cumulative", "expected", "num_n", "num_d", "open"]
    return pd.DataFrame(rows, columns=columns).astype({"num_n": "Int64", "num_d": "Int64"})


def _rate_row(report: Report, day: date) -> dict[str, Any]:
    exact = report.num is not None and report.den is not None
    scale = 1 if not exact else math.lcm(Fraction(report.num or 0).denominator, Fraction(report.den or 0).denominator)
    return {
        "period": str(report.period),
        "day": report.period.end,
        "num_n": None if report.num is None else int(report.num * scale),
        "num_d": None if report.den is None else int(report.den * scale),
        "open": report.period.end > day,
    }


def notes(view: View, community: str, workstream_name: str) -> pd.DataFrame:
    """Problems and next steps of the latest period of each indicator.

    Columns: indicator, name, period, issue, next_step, due (date), needs_help (bool). The free text of a problem and
    of a next step may speak of people: leaders get neither, a clerk those of the own community, and telephones and
    document numbers are blotted out.
    """
    stream = workstream(workstream_name)
    columns = ["indicator", "name", "period", "issue", "next_step", "due", "needs_help"]
    with database.reporting() as connection:
        one = progress.only(connection, view, community)
        rows = connection.execute(
            select(
                Progress.indicator,
                Progress.period,
                Progress.issues,
                Progress.next_step,
                Progress.due,
                Progress.needs_help,
            )
            .join(Submission, Submission.id == Progress.submission_id)
            .where(
                *progress.rows_of(view, [one.key]),
                Progress.workstream == stream.slug,
                Progress.period.startswith(str(view.day.year)),
            )
            .order_by(Progress.period.desc(), Progress.row)
        ).all()
    telling = progress.may_read_text(view, community)
    latest: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row.indicator in latest or not (row.issues or row.next_step or row.needs_help):
            continue
        latest[row.indicator] = {
            "indicator": row.indicator,
            "name": _name(row.indicator),
            "period": row.period,
            "issue": privacy.blot(row.issues) if telling else None,
            "next_step": privacy.blot(row.next_step) if telling else None,
            "due": row.due,
            "needs_help": bool(row.needs_help),
        }
    return pd.DataFrame(list(latest.values()), columns=columns)


def sources(view: View, community: str, workstream_name: str) -> pd.DataFrame:
    """The submissions of the year behind a cell, the newest first; file names are not shown.

    Columns: submission, revision, rows (Int64), kind, period, received, committed (aware UTC).
    """
    stream = workstream(workstream_name)
    with database.reporting() as connection:
        one = progress.only(connection, view, community)
        rows = connection.execute(
            select(
                Submission.id.label("submission"),
                Submission.revision,
                Submission.rows_accepted.label("rows"),
                Submission.kind,
                Submission.period,
                Submission.received_at.label("received"),
                Submission.committed_at.label("committed"),
            )
            .where(
                Submission.street_id == view.actor.street_id,
                Submission.kind == "progress",
                Submission.community_id == one.key,
                Submission.topic == stream.slug,
                Submission.period.startswith(str(view.day.year)),
                in_force(view.as_of),
            )
            .order_by(Submission.period.desc(), Submission.id.desc())
        ).all()
    columns = ["submission", "revision", "rows", "kind", "period", "received", "committed"]
    return frame([row._asdict() for row in rows], columns, dict.fromkeys(("submission", "revision", "rows"), "Int64"))


@dataclass(frozen=True, slots=True)
class Tiles:
    """The key numbers above the matrix: elapsed days of the year, and how many cells are in which state."""

    elapsed_n: int
    elapsed_d: int
    cells: int
    red: int
    occurred: int
    slightly: int
    on_track: int
    unreported: int
    unconfirmed: int
    missing: int
    not_applicable: int

    @property
    def lacking(self) -> int:
        """Cells without a figure that can be trusted: unreported, a zero not confirmed, reports missing."""
        return self.unreported + self.unconfirmed + self.missing


def tiles(view: View, told: pd.DataFrame | None = None) -> Tiles:
    """Counts over the cells ``told`` (by default those of ``matrix``), with 序时进度 of the year."""
    states = (matrix(view) if told is None else told)["state"].tolist()
    year = metrics.Period(date(view.day.year, 1, 1), date(view.day.year, 12, 31), "year")
    passed, days = accrual.elapsed(year, view.day)
    return Tiles(
        passed,
        days,
        len(states),
        red=sum(state in RED for state in states),
        occurred=states.count("zero_occurred"),
        slightly=states.count("slightly_behind"),
        on_track=sum(state in GOOD for state in states),
        unreported=states.count("unreported"),
        unconfirmed=states.count("zero_unconfirmed"),
        missing=states.count("missing"),
        not_applicable=sum(state in ("not_applicable", "not_started", "no_target") for state in states),
    )


def _name(code: str) -> str:
    try:
        return indicator(code).label
    except UnknownIndicatorError:
        return code
