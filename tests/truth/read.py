"""The sample's workbooks as anybody would read them: openpyxl and plain Python, nothing of the board.

When a workbook arrived stands in no cell: the database keeps it by the digest of the bytes, and only that is taken
from there, with ``sqlite3`` and ``hashlib``; and so is what no workbook holds: targets of a community, files attached.
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl

SHANGHAI = timezone(timedelta(hours=8))
TITLES = ("社区名录", "接种点", "摸底台账", "接种名单", "早会商", "晚调度", "工作进展", "资料清单", "督办整改")
HEADER_CELLS = 4  # a row with so many filled cells is the row of headings; titles have one

Row = dict[str, Any]


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook: its title, its rows by heading, and when its workbook arrived (Asia/Shanghai)."""

    title: str
    rows: list[Row]
    received: datetime


def arrivals(database: Path) -> dict[str, datetime]:
    """When each workbook arrived, by the SHA-256 of its bytes."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        rows = connection.execute("SELECT sha256, received_at FROM workbook").fetchall()
    return {digest: datetime.fromisoformat(at).replace(tzinfo=UTC).astimezone(SHANGHAI) for digest, at in rows}


def targets(database: Path, when: date) -> dict[tuple[str, str], dict[str, Fraction]]:
    """The targets that single communities have on a day, by indicator and community: as a catalogue would say them."""
    question = (
        "SELECT indicator, community.name, CAST(value AS TEXT) FROM target JOIN community"
        " ON community.id = target.community_id WHERE withdrawn_at IS NULL AND valid_from <= :day"
        " AND (valid_to IS NULL OR valid_to >= :day) ORDER BY valid_from, target.id"
    )
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        rows = connection.execute(question, {"day": str(when)}).fetchall()
    return {(code, name): {"target": Fraction(value)} for code, name, value in rows}


def attached(database: Path) -> Counter[tuple[str, str]]:
    """How many files lie beside the evidence of each community and item (year/item)."""
    question = (
        "SELECT community.name, record FROM attachment JOIN community ON community.id = attachment.community_id"
        " WHERE sort = 'evidence' AND removed_at IS NULL"
    )
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        rows = connection.execute(question).fetchall()
    return Counter((name, "/".join(record.split("/")[:2])) for name, record in rows)


def sheets(folder: Path, database: Path) -> list[Sheet]:
    """Every visible sheet of every workbook in the folder, in order of arrival."""
    known = arrivals(database)
    found: list[Sheet] = []
    for path in folder.glob("*.xlsx"):
        received = known[hashlib.sha256(path.read_bytes()).hexdigest()]
        if zipfile.is_zipfile(path):
            found += _sheets(path, received)
    return sorted(found, key=lambda sheet: sheet.received)


def _sheets(path: Path, received: datetime) -> Iterator[Sheet]:
    book = openpyxl.load_workbook(path, data_only=True)
    for sheet in book.worksheets:
        title = next((title for title in TITLES if sheet.title.startswith(title)), None)
        if sheet.sheet_state != "visible" or title is None:
            continue
        yield Sheet(title, list(_rows(sheet.iter_rows(values_only=True))), received)


def _rows(cells: Iterator[tuple[Any, ...]]) -> Iterator[Row]:
    headings: list[str] = []
    for line in cells:
        filled = sum(cell is not None for cell in line)
        if not headings:
            if filled >= HEADER_CELLS:
                headings = [str(cell) for cell in line]
        elif filled:
            yield dict(zip(headings, line, strict=True))


def blank(row: Row) -> Row:
    """The row with nothing in the columns that its sheet leaves out."""
    return defaultdict(lambda: None, row)


def day(cell: Any, year: int) -> date | None:
    """A date as a cell holds it: a real one, or typed as text, with or without the year."""
    if cell is None:
        return None
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    numbers = [int(n) for n in re.findall(r"\d+", str(cell))]
    return date(*numbers[:3]) if numbers[0] > 31 else date(year, numbers[0], numbers[1])


def whole(cell: Any) -> int | None:
    """A count; None where the cell is empty."""
    return None if cell is None or cell == "" else int(cell)
