"""The answers of the command line as JSON and as text: a stable shape that other programs rely on."""

from __future__ import annotations

import math
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from config import clock
from config.language import _, pick
from data_access import metrics
from data_access.findings import Finding
from data_access.inbox.plans import SheetOutcome
from data_access.office.waivers import Accepted
from data_access.submissions import Outcome


def definition(zh: str, en: str) -> str:
    """A definition in the current language; the codes that it names stand for themselves, as they do in the rows."""
    return pick(zh, en).replace("{", "").replace("}", "")


def plain(value: Any) -> Any:
    """A value as JSON knows it: counts as integers, missing as null, dates and instants as ISO text (local offset)."""
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, (bool, str)):
        return value
    if isinstance(value, datetime):
        return clock.local(value).isoformat(timespec="seconds")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, (Decimal, Fraction)):
        return int(value) if value == int(value) else float(value)
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if hasattr(value, "item"):  # numpy scalars
        return plain(value.item())
    return value


def rate(numerator: Any, denominator: Any) -> dict[str, Any]:
    """A rate with its parts; ``value`` in percent to two decimals, rounded half up, or null."""
    n, d = plain(numerator), plain(denominator)
    percent = metrics.Rate(n, d).percent(2)
    return {"numerator": n, "denominator": d, "value": None if percent is None else float(percent)}


def rows(frame: pd.DataFrame, rates: tuple[str, ...]) -> list[dict[str, Any]]:
    """The rows of a report, each pair of rate columns folded into one object."""
    folded = {f"{name}_{part}" for name in rates for part in "nd"} & set(frame.columns)
    answer = []
    for record in frame.to_dict("records"):
        row = {str(key): plain(value) for key, value in record.items() if key not in folded}
        for name in rates:
            if f"{name}_n" in folded:
                row[name] = rate(record[f"{name}_n"], record[f"{name}_d"])
        answer.append(row)
    return answer


def under(
    whole: list[dict[str, Any]], name: str, parts: list[dict[str, Any]], by: tuple[str, ...]
) -> list[dict[str, Any]]:
    """Each row of ``whole`` with its parts under ``name``: those that agree with it in the fields ``by``."""
    found: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for part in parts:
        own = {key: value for key, value in part.items() if key not in by}
        found.setdefault(tuple(part[key] for key in by), []).append(own)
    return [row | {name: found.get(tuple(row[key] for key in by), [])} for row in whole]


def finding(found: Finding, accepted: Accepted | None = None) -> dict[str, Any]:
    """One finding; a value that may be personal is masked. ``waived``: who accepted it, when and why, or null."""
    return {
        "severity": found.severity.value,
        "code": found.code,
        "cell": found.cell or None,
        "value": found.shown_value or None,
        "message": found.message,
        "remedy": found.remedy,
        "waived": None
        if accepted is None
        else {"id": accepted.id, "by": accepted.by, "at": plain(accepted.at), "reason": accepted.reason},
    }


def sheet(outcome: SheetOutcome) -> dict[str, Any]:
    """What became of one portion of a workbook."""
    return {
        "name": outcome.sheet,
        "kind": outcome.kind,
        "campaign": outcome.campaign,
        "community": outcome.community,
        "date": plain(outcome.day),
        "period": outcome.period,
        "status": outcome.status,
        "submission": outcome.submission,
        "revision": outcome.revision,
        "rows_accepted": outcome.rows_accepted,
        "rows_refused": outcome.rows_refused,
        "rows_kept": outcome.rows_kept,
        "new_findings": len(outcome.new_findings),
        "findings": [finding(found, outcome.waived.get(found.code)) for found in outcome.findings],
    }


def workbook(path: str, outcome: Outcome) -> dict[str, Any]:
    """What became of one file."""
    return {
        "path": path,
        "sha256": outcome.sha256,
        "status": outcome.status,
        "sheets": [sheet(part) for part in outcome.sheets],
        "findings": [finding(found) for found in outcome.findings],
    }


def workbook_text(path: str, outcome: Outcome) -> list[str]:
    """The same for people: a line per portion, then its errors and warnings."""
    lines = [f"{path}: {outcome.status}"]
    lines += [_finding_line(found) for found in outcome.findings]
    for part in outcome.sheets:
        place = " ".join(str(p) for p in (part.sheet, part.community, part.day or part.period, part.topic) if p)
        counts = _("{n} rows accepted, {m} refused", n=part.rows_accepted, m=part.rows_refused)
        number = f" #{part.submission} v{part.revision}" if part.submission else ""
        lines.append(f"  {place}: {part.status}{number} ({counts})")
        if part.rows_kept:
            lines.append("  " + _("{n} rows that the correction does not mention stay.", n=part.rows_kept))
        loud = (found for found in part.findings if found.severity != "info")
        lines += [f"  {_finding_line(found, part.waived.get(found.code))}" for found in loud]
    return lines


def _finding_line(found: Finding, accepted: Accepted | None = None) -> str:
    where = "!".join(part for part in (found.sheet, found.cell) if part)
    waived = f" ({_('Accepted')} · {accepted.by} · {accepted.reason})" if accepted else ""
    return f"  [{found.severity.value}] {where} {found.message} {found.remedy}".rstrip() + waived


def table_text(frame: pd.DataFrame, rates: tuple[str, ...]) -> str:
    """A report for people: one column per figure, rates with their parts."""
    shown = []
    for row in rows(frame, rates):
        shown.append({key: _cell(value) for key, value in row.items()})
    return pd.DataFrame(shown).to_string(index=False) if shown else _("No rows.")


def _cell(value: Any) -> str:
    if value is None:
        return "—"
    if isinstance(value, dict) and set(value) == {"numerator", "denominator", "value"}:
        parts = f"{_cell(value['numerator'])}/{_cell(value['denominator'])}"
        return parts if value["value"] is None else f"{value['value']:.2f}% {parts}"
    return str(value)
