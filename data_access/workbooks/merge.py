"""Sheets of one workbook that speak of the same scope become one portion: a sheet per site, or a copied sheet.

A scope is taken in whole, so a second portion of it would supersede the first one of the very same file.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from data_access.findings import Finding
from data_access.sheets import kind as kind_of
from data_access.sheets.actions import ACTIONS, MATTER
from data_access.sheets.identity import person
from data_access.workbooks import rules
from data_access.workbooks.model import Portion, Row, Scope, SheetResult


def merge(sheets: Iterable[SheetResult]) -> None:
    """Move the rows of later portions to the first one of their scope.

    A row that stands there already is dropped with a word (SAME_ROW_AGAIN); one that says something else about
    the same thing is refused (ROW_CONTRADICTS), because nobody can tell which of the two is meant.
    """
    first: dict[object, tuple[SheetResult, Portion]] = {}
    for sheet in sheets:
        for portion in list(sheet.portions):
            home, known = first.setdefault(_about(portion), (sheet, portion))
            if known is portion:
                continue
            sheet.portions.remove(portion)
            _join(home, known, sheet, portion)
            sheet.findings += portion.findings
            if known.rows:  # what one of the two has, the other was not empty of
                for told in (known.findings, sheet.findings):
                    told[:] = [found for found in told if found.rule is not rules.EMPTY_REPORT]
            sheet.refused += portion.refused
            if not sheet.portions and sheet.state == "read":
                sheet.state = "merged"


def _about(portion: Portion) -> object:
    """What two portions must share to be about the same thing: their scope, or the matter if it bears no number."""
    scope = portion.scope
    if scope.kind == ACTIONS.key and scope.topic is None and portion.rows:
        return (scope, *(portion.rows[0].values.get(name) for name in MATTER))
    return scope


def _join(home: SheetResult, known: Portion, sheet: SheetResult, portion: Portion) -> None:
    standing = {_key(known.scope, row): row for row in known.rows}
    for row in portion.rows:
        same = standing.get(_key(known.scope, row))
        if same is None:
            known.rows.append(row)
        elif _said(same) == _said(row):
            sheet.findings.append(Finding(rules.SAME_ROW_AGAIN, sheet.name, _place(row), fields={"other": home.name}))
        else:
            sheet.findings.append(Finding(rules.ROW_CONTRADICTS, sheet.name, _place(row), fields={"other": home.name}))
            sheet.refused += 1
    sheet.findings.append(Finding(rules.SHEET_MERGED, sheet.name, fields={"other": home.name}))


def _key(scope: Scope, row: Row) -> tuple[Any, ...]:
    return tuple(
        person(row.values) if name == "person" else row.values.get(name) for name in kind_of(scope.kind).identity
    )


def _said(row: Row) -> tuple[dict[str, Any], frozenset[str]]:
    return {name: value for name, value in row.values.items() if value is not None}, row.approximate


def _place(row: Row) -> str:
    return next(iter(row.cells.values()), f"A{row.number}")
