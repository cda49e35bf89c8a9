"""更正: every figure of a day that is no longer what it was when the day was closed, with old and new value.

What counts is what was in force then and what is in force now; how often it was sent in between does not matter.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, select
from sqlalchemy.orm import aliased

from config.language import N_, _
from data_access import database, metrics, privacy, sheets
from data_access.accounts import Capability, Role
from data_access.inbox import facts
from data_access.office import closing
from data_access.office.deadlines import DAILY
from data_access.reports import day, tallies
from data_access.reports.callups import label as outcome
from data_access.reports.changes import label
from data_access.reports.frames import frame
from data_access.reports.view import View
from data_access.schema import Account, Submission
from data_access.sheets.declaration import Type

COLUMNS = ["community", "kind", "site", "column", "label", "old", "new", "by", "at", "reason"]
MARKS = ["community", "column", "old", "new"]

_ROWS = N_("Roster rows")
Figure = tuple[str, str]  # site ("" for the whole community) and column


def corrections(view: View, since: datetime | None = None) -> pd.DataFrame:
    """Every figure of the day that differs from what it was at ``since`` (default: when the day was first closed).

    One row per community, sheet, site and column, in register order. Columns: community, kind (roster, morning,
    evening), site ("" where the sheet names none), column (key; of a roster ``rows`` or an outcome), label (in the
    current language), old, new (Int64, missing where there was no figure), by (the account, masked), at (aware UTC),
    reason (why the day was opened again or the sheet withdrawn; free text, blank for those who may not read of people,
    and nothing to publish). Counts only, never a person. Empty where the day never was closed and no moment is given.
    """
    start = since or closing.first_closed(view.actor, view.day, view.campaign, view.as_of)
    if start is None:
        return _frame([])
    with database.reporting() as connection:
        names = {one.id: one.name for one in tallies.members(connection, view)}
        versions = _versions(connection, view)
        lines = []
        for key, name in names.items():
            for kind in DAILY:
                known = versions.get((key, kind), [])
                old, new = (_standing(known, moment) for moment in (start, view.known_by))
                if (old and old.id) != (new and new.id):
                    lines += _changed(connection, view, name, kind, old, new)
    return _frame(_explained(view, lines))


def marks(view: View) -> pd.DataFrame:
    """The counts of the dispatch table (``day.COUNTS``) that changed since the day was first closed.

    Columns: community, column, old, new (Int64, missing where there was none). Empty where it never was.
    """
    start = closing.first_closed(view.actor, view.day, view.campaign, view.as_of)
    lines: list[dict[str, Any]] = []
    if start is not None:
        then, now = (day.table(one).set_index("community") for one in (replace(view, as_of=start), view))
        then = then.reindex(now.index)
        for column in day.COUNTS:
            for name, old, new in zip(now.index, then[column], now[column], strict=True):
                if (whole := metrics.whole(old)) != metrics.whole(new):
                    lines.append({"community": name, "column": column, "old": whole, "new": metrics.whole(new)})
    return frame(lines, MARKS, {"old": "Int64", "new": "Int64"})


def _frame(lines: list[dict[str, Any]]) -> pd.DataFrame:
    return frame(lines, COLUMNS, {"old": "Int64", "new": "Int64"})


def _versions(connection: Connection, view: View) -> dict[tuple[int, str], list[Any]]:
    """Every revision of the day's three sheets by community and kind, the highest first."""
    taker = aliased(Account)
    rows = connection.execute(
        select(
            Submission.id,
            Submission.community_id,
            Submission.kind,
            Submission.committed_at,
            Submission.withdrawn_at,
            Submission.reason,
            Account.username,
            Account.display_name,
            taker.username.label("taker"),
            taker.display_name.label("taker_name"),
        )
        .join(Account, Account.id == Submission.account_id)
        .join(taker, taker.id == Submission.withdrawn_by, isouter=True)
        .where(
            Submission.street_id == view.actor.street_id,
            Submission.kind.in_(DAILY),
            Submission.business_date == view.day,
            Submission.campaign_id == tallies.campaign_key(view),
        )
        .order_by(Submission.revision.desc())
    )
    found: dict[tuple[int, str], list[Any]] = defaultdict(list)
    for row in rows:
        found[row.community_id or 0, row.kind].append(row)
    return found


def _standing(versions: Iterable[Any], moment: datetime) -> Any:
    """The version that was in force at a moment, as ``force.in_force`` has it."""
    return next(
        (
            one
            for one in versions
            if one.committed_at <= moment and (one.withdrawn_at is None or one.withdrawn_at > moment)
        ),
        None,
    )


def _changed(connection: Connection, view: View, community: str, kind: str, old: Any, new: Any) -> list[dict[str, Any]]:
    """The figures in which two versions of one sheet differ, and who made it so."""
    before, after = (_figures(connection, kind, one) for one in (old, new))
    if new is not None and (old is None or new.committed_at > old.committed_at):
        act = {"by": privacy.mask_name(new.display_name) or new.username, "at": new.committed_at, "reason": ""}
    else:
        assert old is not None
        act = {"by": privacy.mask_name(old.taker_name) or old.taker, "at": old.withdrawn_at, "reason": old.reason or ""}
    return [
        {
            "community": community,
            "kind": kind,
            "site": place,
            "column": column,
            "label": _label(kind, column),
            "old": before.get((place, column)),
            "new": after.get((place, column)),
            **act,
        }
        for place, column in dict.fromkeys([*after, *before])
        if before.get((place, column)) != after.get((place, column))
    ]


def _figures(connection: Connection, kind: str, version: Any) -> Mapping[Figure, int]:
    """The counts of a sheet: of a roster its rows and how many of them have which outcome."""
    if version is None:
        return {}
    rows = facts.stored(connection, kind, version.id)
    if kind == "roster":
        outcomes = Counter(row["outcome"] for row in rows if row["outcome"] in tallies.SETTLED)
        return {("", "rows"): len(rows)} | {("", code): outcomes[code] for code in tallies.SETTLED if outcomes[code]}
    counts = [column.key for column in sheets.kind(kind).columns if column.type is Type.INT]
    return {(row.get("site") or "", key): int(row[key]) for row in rows for key in counts if row.get(key) is not None}


def _label(kind: str, column: str) -> str:
    if kind == "roster":
        return _(_ROWS) if column == "rows" else outcome(column)
    return label(kind, column)


def _explained(view: View, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """With the reason for which the day was open when the change was made, for those who may read it."""
    if not lines or not view.actor.may(Capability.READ_PEOPLE):
        return [line | {"reason": ""} for line in lines]
    opened = closing.closings(view.actor, view.day, view.day, view.campaign)
    own = view.actor.community if view.actor.role == Role.CLERK else None
    for line in lines:
        said = line["reason"] if own in (None, line["community"]) else ""
        known = opened[opened["reopened_at"].notna()]
        reasons = [reason for at, reason in zip(known["reopened_at"], known["reason"], strict=True) if at <= line["at"]]
        line["reason"] = privacy.blot(said) or next(iter(reasons), "")
    return lines
