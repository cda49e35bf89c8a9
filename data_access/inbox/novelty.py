"""Which findings of a correction the version in force did not have.

A finding is known by its rule, its column and what its row is about; where that cannot be told, by its cell. So a
row that has moved down the sheet brings no news.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select

from data_access.findings import Finding, Severity
from data_access.inbox import facts
from data_access.schema import Finding as FindingRecord

if TYPE_CHECKING:
    from data_access.inbox.plans import Plan

Known = tuple[Any, ...]
_ROW = re.compile(r"[A-Z]+(\d+)")


def mark(connection: Connection, plans: Iterable[Plan]) -> None:
    """Fill in ``outcome.new_findings`` of the plans that correct something."""
    correcting = {plan.previous.id: plan for plan in plans if plan.previous is not None and _loud(plan)}
    stored = _stored(connection, list(correcting))
    for number, plan in correcting.items():
        kind = plan.portion.scope.kind
        before = _rows(kind, facts.rows(connection, kind, number), plan.before) if stored.get(number) else {}
        standing = {_known(before, *line) for line in stored.get(number, ())}
        own = plan.mentioned
        now = _rows(kind, [plan.rows[place] for place in own], [plan.facts[place] for place in own])
        plan.outcome.new_findings = [
            found for found in _loud(plan) if _known(now, found.code, found.column, found.cell) not in standing
        ]


def _loud(plan: Plan) -> list[Finding]:
    return [found for found in plan.outcome.findings if found.severity != Severity.INFO]


def _stored(connection: Connection, submissions: Sequence[int]) -> dict[int, list[tuple[str, str, str]]]:
    """Code, column and cell of the findings on each submission."""
    found: dict[int, list[tuple[str, str, str]]] = {}
    for start in range(0, len(submissions), 500):  # SQLite bounds the number of parameters
        rows: Any = connection.execute(
            select(FindingRecord.submission_id, FindingRecord.code, FindingRecord.column, FindingRecord.cell).where(
                FindingRecord.submission_id.in_(submissions[start : start + 500]),
                FindingRecord.severity != Severity.INFO.value,
            )
        )
        for number, code, column, cell in rows:
            found.setdefault(number, []).append((code, column or "", cell or ""))
    return found


def _rows(kind: str, numbers: Sequence[int], values: Sequence[Mapping[str, Any]]) -> dict[int, Known]:
    """By row of the sheet, what the row is about."""
    keys = facts.identity(kind)
    return {number: tuple(fact[key] for key in keys) for number, fact in zip(numbers, values, strict=True)}


def _known(rows: Mapping[int, Known], code: str, column: str, cell: str) -> Known:
    row = _ROW.fullmatch(cell)
    about = rows.get(int(row[1])) if row else None
    return (code, column, cell) if about is None else (code, column, *about)
