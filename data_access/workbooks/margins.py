"""What is said once beside a table: 填报人：王芳 below it, 联络人：马丽 above it (reading_rules N5).

A column that a sheet says once for all its rows, and that has no column of its own in this one, is taken from these
lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from data_access.findings import Finding, Severity
from data_access.sheets.declaration import Column, SheetKind
from data_access.workbooks import rules
from data_access.workbooks.names import clean, header, labelled
from data_access.workbooks.recognise import Table
from data_access.workbooks.values import Parser, plain

_LABEL = r"[\u4e00-\u9fff]{2,7}(?:\s?[(（][^)）:：]*[)）])?\s*[:：]"
_SAID = re.compile(rf"({_LABEL})\s*(.*?)(?=\s+{_LABEL}|[,，;；。]|$)")
_TELEPHONE = frozenset({"电话", "联系电话", "手机"})


def _lines(table: Table, below: Iterable[int]) -> Iterator[tuple[str, str]]:
    """The lines around a table with an address each: those above its header, then the given rows below it."""
    for line in table.title:
        yield table.cell(table.first), line
    for number in below:
        yield table.cell(number), " ".join(plain(cell) for cell in table.grid.rows[number] if cell != "")


def said(table: Table, below: Iterable[int], anchor: date) -> tuple[dict[str, tuple[str, Any]], list[Finding]]:
    """By column key the address and the value that the lines around a table give, with a finding each."""
    kind, found, findings = table.kind, dict[str, tuple[str, Any]](), list[Finding]()
    absent = {column.key: column for column in kind.columns if column.beside} if kind else {}
    for key in table.heads:
        absent.pop(key, None)
    if kind is None or not absent:
        return found, findings
    for cell, line in _lines(table, below):
        for column, text in _pairs(kind, line):
            if column.key not in absent or column.key in found:
                continue
            reading = Parser(column, anchor, from_1904=table.from_1904).read(text)
            if reading.value is None or (reading.rule is not None and reading.rule.severity == Severity.ERROR):
                continue
            found[column.key] = cell, reading.value
            findings.append(table.finding(rules.SAID_BESIDE, cell, text, column))
    return found, findings


def _pairs(kind: SheetKind, line: str) -> Iterator[tuple[Column, str]]:
    """The labelled values of a line; a telephone right behind a person is that person's."""
    before: Column | None = None
    for label, text in _SAID.findall(labelled(clean(line))):
        column = _named(kind, header(label.rstrip(":： ")))
        if column is None and before is not None and header(label.rstrip(":： ")) in _TELEPHONE:
            column = next((c for c in kind.columns if c.key == f"{before.key}_phone"), None)
        before = column
        if column is not None and text:
            yield column, text.strip()


def _named(kind: SheetKind, word: str) -> Column | None:
    for column in kind.columns:
        if column.beside and word in map(header, (column.zh, *column.synonyms)):
            return column
    return None
