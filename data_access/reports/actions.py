"""督办整改: what was found, who mends it by when, what is overdue, and what became of it (metrics.md §6.8)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import Row, select

from config.catalogue import UnknownWorkstreamError, workstream
from config.language import _
from data_access import database, metrics, privacy
from data_access.metrics import Item
from data_access.reports import frames, ledger, progress
from data_access.reports.directory import counting, entries
from data_access.reports.ledger import CLEAR
from data_access.reports.view import View
from data_access.schema import Account, ActionEvent, Submission

RATES = ("closed", "closed_on_time", "reopened")
DEFINITIONS: dict[str, tuple[str, str]] = {
    "status": (
        "“{new}”：还没有交办；“{fixing}”：已交办，整改未完；“{recheck}”：报称整改完，等复查；“{closed}”：复查通过；"
        "“{relapsed}”：销号后又出现；“{clear}”：只是检查记录，不是要办的事项",
        "“{new}”: nobody has it yet; “{fixing}”: assigned and not done; “{recheck}”: said to be done, not yet seen; "
        "“{closed}”: passed its re-check; “{relapsed}”: back after it was closed; “{clear}”: an inspection on record, "
        "no matter to settle",
    ),
    "overdue_days": (
        "逾期天数：未销号且超过原时限的天数；延期不改变原时限",
        "Days past the original due date while not closed; an extension does not move it",
    ),
    "about": (
        "工作线、问题类型和编号，不含自由文字",
        "Workstream, type of issue and number, without free text",
    ),
    "status_now": (
        "目前的状态；“{status}”是所看日期当天的状态",
        "The status now; “{status}” is that of the day looked at",
    ),
    "pressing": (
        "三色督办。“{red}”：过了时限没有销号；“{yellow}”：未交办、复查未通过或反弹；“{blue}”：三天内到时限",
        "Pressing. “{red}”: past its due date and not closed; “{yellow}”: not assigned, failed its re-check, or "
        "relapsed; “{blue}”: due within 3 days",
    ),
    "closed": ("整改率：已销号÷发现", "Rectified: closed ÷ found"),
    "closed_on_time": (
        "按期整改率：原时限内复查通过并销号÷已到原时限",
        "Rectified on time: closed with a passed re-check by the original due date ÷ those due",
    ),
    "reopened": ("反弹率：反弹÷曾销号", "Rebound: re-opened ÷ ever closed"),
}

COLUMNS = [
    *("item_no", "community", "area", "source", "workstream", "about", "place", "issue", "issue_type", "severity"),
    *("demand", "unit", "owner", "found_on", "due", "original_due", "fixed_on", "closed_on", "status", "status_now"),
    *(
        "overdue_days",
        "pressing",
        "reopened",
        "measure",
        "extension",
        "recheck",
        "photos_before",
        "photos_after",
        "revision",
    ),
]
_INTS = ("overdue_days", "photos_before", "photos_after", "revision")


def table(view: View) -> pd.DataFrame:
    """Every record of the view's day: the rows of ``matters``, then the inspections that found nothing (``clear``)."""
    return _table(view, clear=True)


def matters(view: View) -> pd.DataFrame:
    """Every matter found by the view's day, what presses most first.

    Columns: item_no, community (None: the street itself), area, source, workstream (slug), about (workstream, type and
    number in words), place, issue, issue_type, severity (minor, major, critical), demand, unit, owner, found_on, due,
    original_due, fixed_on, closed_on (dates), status on the day (new, fixing, recheck, closed, relapsed) and
    status_now, overdue_days (Int64, 0 when not overdue), pressing (red, yellow, blue, None), reopened (bool), measure,
    extension, recheck (passed, failed), photos_before, photos_after, revision (Int64).

    Nobody is named: owner and free text (place, issue, demand, measure, extension) are left out for leaders and for
    clerks outside their community. For the others the names of owner and checker are masked, telephones and document
    numbers blotted out. What is shared between visitors takes ``about``.
    """
    return _table(view, clear=False)


def _table(view: View, *, clear: bool) -> pd.DataFrame:
    with database.reporting() as connection:
        rows = ledger.rows(connection, view, clear=clear)
        dates = ledger.dates(connection, view)
        street = View(view.actor, view.day, view.campaign, view.as_of)
        areas = {one.name: one.area for one in counting(entries(connection, street), street)}
    made = [_row(view, row, ledger.item(row, dates.get(row.item_no, {}), view.day), areas) for row in rows]
    return frames.frame(sorted(made, key=_urgency), COLUMNS, dict.fromkeys(_INTS, "Int64"))


def _urgency(row: Mapping[str, Any]) -> tuple[int, int, int, date]:
    done = ("closed", CLEAR).index(row["status"]) + 1 if row["status"] in ("closed", CLEAR) else 0
    return done, _PRESSING.get(row["pressing"], 3), -row["overdue_days"], row["due"] or date.max


def inspections(view: View) -> dict[str, int]:
    """What was inspected by the view's day: ``records``, ``problems`` among them, and of these ``rectified`` (fixed,
    re-checked or not) and ``open``."""
    with database.reporting() as connection:
        rows = ledger.rows(connection, view, clear=True)
        dates = ledger.dates(connection, view)
    found = [_status(row, ledger.item(row, dates.get(row.item_no, {}), view.day), view.day) for row in rows]
    rectified = sum(status in ("recheck", "closed") for status in found)
    problems = len(found) - found.count(CLEAR)
    return {"records": len(found), "problems": problems, "rectified": rectified, "open": problems - rectified}


_PRESSING = {"red": 0, "yellow": 1, "blue": 2}


def summary(view: View, by: str | None = None) -> pd.DataFrame:
    """Counts and rates on the view's day: one row for all, or one per ``by`` (community, workstream, source, severity).

    Columns: ``by`` where asked for; found, due, overdue, open (Int64); closed_n, closed_d (整改率); closed_on_time_n,
    closed_on_time_d (按期整改率); reopened_n, reopened_d (反弹率); critical, relapsed (Int64: open ones). With nothing
    due a rate has the denominator 0: not applicable, not 0 %.
    """
    with database.reporting() as connection:
        rows = ledger.rows(connection, view)
        dates = ledger.dates(connection, view)
    groups: dict[Any, list[Row[Any]]] = {} if by else {None: list(rows)}
    for row in rows if by else ():
        groups.setdefault(getattr(row, str(by)), []).append(row)
    made = []
    for name, members in groups.items():
        items = [ledger.item(row, dates.get(row.item_no, {}), view.day) for row in members]
        count = metrics.rectification_summary(items, view.day)
        still = [row for row, item in zip(members, items, strict=True) if not item.is_closed(view.day)]
        statuses = [_status(row, item, view.day) for row, item in zip(members, items, strict=True)]
        made.append(
            {
                **({by: name} if by else {}),
                "found": count.found,
                "due": count.due,
                "overdue": count.overdue,
                "open": len(still),
                "closed_n": count.rate.numerator,
                "closed_d": count.rate.denominator,
                "closed_on_time_n": count.on_time_rate.numerator,
                "closed_on_time_d": count.on_time_rate.denominator,
                "reopened_n": count.rebound_rate.numerator,
                "reopened_d": count.rebound_rate.denominator,
                "critical": sum(row.severity == "critical" for row in still),
                "relapsed": statuses.count("relapsed"),
            }
        )
    columns = [*([by] if by else []), *_SUMMARY]
    return pd.DataFrame(made, columns=columns).astype(dict.fromkeys(_SUMMARY, "Int64"))


_SUMMARY = (
    *("found", "due", "overdue", "open", "closed_n", "closed_d", "closed_on_time_n", "closed_on_time_d"),
    *("reopened_n", "reopened_d", "critical", "relapsed"),
)


def open_items(view: View, community: str | None = None) -> pd.DataFrame:
    """The rows of ``matters`` that are not closed on the view's day, of one community where it is named."""
    frame = matters(view)
    kept = frame[frame["status"] != "closed"]
    if community is not None:
        kept = kept[kept["community"] == community]
    return kept.reset_index(drop=True)


def events(view: View, item_no: str) -> pd.DataFrame:
    """What happened to a matter, oldest first.

    Columns: at (aware UTC), event (found, assigned, fixed, rechecked, closed, reopened, extended), role (of the
    account that did it, never its name), note (as the free text of ``table``; None for leaders).
    """
    with database.reporting() as connection:
        known = {row.item_no: row for row in ledger.rows(connection, view)}
        rows = connection.execute(
            select(ActionEvent.at, ActionEvent.event, Account.role, ActionEvent.note)
            .join(Submission, Submission.id == ActionEvent.submission_id)
            .join(Account, Account.id == ActionEvent.account_id)
            .where(*ledger.told(view.as_of), ActionEvent.item_no == item_no)
            .order_by(ActionEvent.at, ActionEvent.id),
            {"of_street": view.actor.street_id},
        ).all()
    item = known.get(item_no)
    made = []
    for row in rows:
        if item is None:  # found later than the view's day, or outside its area
            break
        note = _plain(row.note, item) if progress.may_read_text(view, item.community) else None
        made.append({"at": row.at, "event": row.event, "role": row.role, "note": note})
    return pd.DataFrame(made, columns=["at", "event", "role", "note"])


def _status(row: Row[Any], item: Item, day: date) -> str:
    """The status on the day: what was re-checked, closed or reopened later had not come so far yet."""
    if item.is_closed(day):
        return "closed"
    if row.status not in ("recheck", "closed", "relapsed"):
        return str(row.status)
    fixed = row.fixed_on is not None and row.fixed_on <= day
    if row.status != "recheck" and item.rebounded(day) and not (row.status == "closed" and fixed):
        return "relapsed"
    return "recheck" if fixed else "fixing"


def _row(view: View, row: Row[Any], item: Item, areas: dict[str, Any]) -> dict[str, Any]:
    named = progress.may_read_text(view, row.community)
    return {
        "item_no": row.item_no,
        "community": row.community,
        "area": areas.get(row.community),
        "source": row.source,
        "workstream": row.workstream,
        "about": _about(row),
        "place": _plain(row.place, row) if named else None,
        "issue": _plain(row.issue, row) if named else None,
        "issue_type": row.issue_type,
        "severity": row.severity,
        "demand": _plain(row.demand, row) if named else None,
        "unit": row.unit,
        "owner": privacy.mask_name(row.owner) if named and row.owner else None,
        "found_on": row.found_on,
        "due": row.due,
        "original_due": row.original_due,
        "fixed_on": row.fixed_on,
        "closed_on": item.closed if item.is_closed(view.day) else None,
        "status": _status(row, item, view.day),
        "status_now": row.status,
        "overdue_days": item.overdue_days(view.day),
        "pressing": item.pressing(view.day),
        "reopened": item.rebounded(view.day),
        "measure": _plain(row.measure, row) if named else None,
        "extension": _plain(row.extension, row) if named else None,
        "recheck": row.recheck,
        "photos_before": row.photos_before,
        "photos_after": row.photos_after,
        "revision": row.revision,
    }


def _about(row: Row[Any]) -> str:
    """What a matter is about, in words that name nobody: its sealed text stays where it may be read."""
    try:
        stream = workstream(row.workstream).label if row.workstream else ""
    except UnknownWorkstreamError:  # an old matter of a workstream the office no longer keeps
        stream = str(row.workstream)
    kind = privacy.blot(row.issue_type) or ""
    if stream and kind and stream != kind:
        return _("{workstream}: {kind} ({number})", workstream=stream, kind=kind, number=row.item_no)
    told = stream or kind
    return _("{kind} ({number})", kind=told, number=row.item_no) if told else str(row.item_no)


def _plain(text: str | None, row: Row[Any]) -> str | None:
    """Free text of a matter without the names it is known to hold, telephones and document numbers."""
    for name in (row.owner, row.rechecked_by):
        if text and name and len(name) > 1:
            text = text.replace(name, privacy.mask_name(name))
    return privacy.blot(text)
