"""报送: who owes which daily sheet, who has sent it, and how it arrived (metrics §6.5)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, func, select

from config import clock
from config.language import N_, _
from data_access import database, deadlines, metrics, schema
from data_access.force import in_force
from data_access.reports.directory import register, rest_days
from data_access.reports.view import View
from data_access.schema import Submission

STATES = ("on_time", "late", "supplied", "unreported", "not_due", "exempt", "empty")
COLUMNS = ["community", "kind", "day", "state", "due", "close", "received", "revision", "rows", "submission"]

RATES: tuple[str, ...] = ()  # of ``table``; ``summary`` has reported and on_time

DEFINITIONS: dict[str, tuple[str, str]] = {
    "state": (
        "按时：时限前收到；迟报：时限后、关闭前；补报：关闭后；未报：时限已过仍未收到；未到时限；免报；空表：收到但无数据行。"
        "以首次有效版本收到的时间为准，更正不改变",
        "on_time, late (before closing), supplied (after it), unreported (due and not here), not_due, exempt, empty"
        " (no rows). The first version that counts decides; corrections do not change it",
    ),
    "received": ("首次有效版本收到的时间", "When the first version that counts arrived"),
    "revision": ("当前有效版本；大于 1 为更正过", "The revision in force; above 1 it was corrected"),
    "reported": (
        "报送率＝已报（按时＋迟报＋补报）÷应报（免报除外）",
        "Reported = on time + late + supplied ÷ expected (exempt ones left out)",
    ),
    "on_time": (
        "按时率＝按时÷已到时限的应报份数",
        "On time = on time ÷ sheets whose due time has passed or that have arrived",
    ),
}

KINDS = {"roster": N_("roster"), "morning": N_("morning tally"), "evening": N_("evening tally")}


def table(view: View, start: date | None = None) -> pd.DataFrame:
    """One row per community, daily sheet kind and open day from ``start`` to the view's day (default: that day only).

    Columns: community, kind (roster, morning, evening), day, state (one of STATES), due, close, received (aware UTC;
    received is that of the first revision that still counts), revision, rows (of the one in force), submission.
    """
    with database.reading() as connection:
        return due_sheets(connection, view, start or view.day)


def summary(view: View, start: date | None = None) -> pd.DataFrame:
    """How punctually each community reports from ``start`` to the view's day (default: that day), in register order.

    Columns: community; on_time, late, supplied, unreported, not_due, exempt, empty (numbers of sheets); corrected
    (sheets corrected at least once); reported_n, reported_d, on_time_n, on_time_d. metrics.md §6.5. The rates of the
    street are their sums.
    """
    with database.reading() as connection:
        names = list(register(connection, view)["name"])
        frame = due_sheets(connection, view, start or view.day)
    lines = []
    for name in names:
        own = frame[frame["community"] == name]
        counted = metrics.reporting_summary(own["state"])
        lines.append(
            {
                "community": name,
                **asdict(counted),
                "corrected": int((own["revision"] > 1).sum()),
                "reported_n": counted.reported,
                "reported_d": counted.expected,
                "on_time_n": counted.on_time,
                "on_time_d": counted.due,
            }
        )
    counts = (*metrics.TIMELINESS, "corrected", "reported_n", "reported_d", "on_time_n", "on_time_d")
    return pd.DataFrame(lines, columns=["community", *counts]).astype(dict.fromkeys(counts, "Int64"))


def reminder(view: View) -> str:
    """The text to send to those who owe a sheet of the day: who owes what, due when. "" when nobody does.

    Names communities and sheets only, never a person. Sheets not yet due are not asked for.
    """
    frame = table(view)
    owed = frame[frame["state"].isin(("unreported", "empty"))]
    if owed.empty:
        return ""
    day = _("{month}/{day}", month=view.day.month, day=view.day.day)
    lines = [
        _("{community}: {sheets}", community=community, sheets="、".join(_owed(sheet) for sheet in sheets.itertuples()))
        for community, sheets in owed.groupby("community", sort=False)
    ]
    head = _("{day}: {n} communities still owe sheets. Please send them now.", day=day, n=len(lines))
    return "\n".join((head, *lines))


def _owed(sheet: Any) -> str:
    fields = {"sheet": _(KINDS[sheet.kind]), "due": f"{clock.local(sheet.due):%m-%d %H:%M}"}
    if sheet.state == "empty":
        return _("{sheet} (came without rows)", **fields)
    return _("{sheet} (due {due})", **fields)


def due_sheets(connection: Connection, view: View, start: date) -> pd.DataFrame:
    """As ``table``, within the caller's transaction."""
    communities = register(connection, view)
    resting = rest_days(connection, view, start, view.day)
    sent = _sent(connection, view, start)
    now = view.as_of or clock.now()
    days = [start + timedelta(days=n) for n in range((view.day - start).days + 1)]
    rows = []
    for key, name in zip(communities["id"], communities["name"], strict=True):
        for day in days:
            for kind in deadlines.DAILY:
                report = sent.get((int(key), kind, day))
                if report is None and day in resting:
                    continue
                rows.append({"community": name, "kind": kind, "day": day, **_state(kind, day, report, now)})
    return pd.DataFrame(rows, columns=COLUMNS).astype({"revision": "Int64", "rows": "Int64", "submission": "Int64"})


def _state(kind: str, day: date, report: dict[str, object] | None, now: object) -> dict[str, object]:
    window = deadlines.window(kind, day)
    assert window is not None
    if report is None:
        state = "not_due" if now <= window.due else "unreported"  # type: ignore[operator]
        return {"state": state, "due": window.due, "close": window.close}
    arrived = deadlines.arrival(kind, day, report["received"])  # type: ignore[arg-type]
    state = arrived or "" if report["rows"] else "empty"
    return {"state": state, "due": window.due, "close": window.close, **report}


def _sent(connection: Connection, view: View, start: date) -> dict[tuple[int, str, date], dict[str, object]]:
    """Sheets in force by (community, kind, day), with the arrival of the first revision that was not withdrawn."""
    campaign_id = (
        select(schema.Campaign.id)
        .where(schema.Campaign.street_id == view.actor.street_id, schema.Campaign.code == view.campaign)
        .scalar_subquery()
    )
    scope = (
        Submission.street_id == view.actor.street_id,
        Submission.kind.in_(deadlines.DAILY),
        Submission.business_date.between(start, view.day),
        Submission.campaign_id == campaign_id,
    )
    still: ColumnElement[bool] = Submission.withdrawn_at.is_(None)
    if view.as_of is not None:
        still = (Submission.committed_at <= view.as_of) & (still | (Submission.withdrawn_at > view.as_of))
    first = (
        select(Submission.scope, func.min(Submission.received_at).label("received"))
        .where(*scope, still)
        .group_by(Submission.scope)
        .subquery()
    )
    rows = connection.execute(
        select(
            Submission.id,
            Submission.community_id,
            Submission.kind,
            Submission.business_date,
            Submission.revision,
            Submission.rows_accepted,
            first.c.received,
        )
        .join(first, first.c.scope == Submission.scope)
        .where(*scope, in_force(view.as_of))
    )
    return {
        (row.community_id, row.kind, row.business_date): {
            "received": row.received,
            "revision": row.revision,
            "rows": row.rows_accepted,
            "submission": row.id,
        }
        for row in rows
    }
