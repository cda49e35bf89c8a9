"""Fifteen workbooks of one evening as they come by chat: 2 MB, .xls and .xlsx, three layouts; all invented."""

from __future__ import annotations

import io
import random
import zipfile
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import xlwt

from data_access.sheets import kind
from tests.data_access import books
from tests.data_access.street import DAY, SURNAMES

PLACES = [f"{name}社区" for name in ("春晖", "向阳", "清河", "文昌", "锦绣")]
_PEOPLE = 260  # of one roster


def write(folder: Path) -> list[str]:
    """Of five communities the evening tally in two layouts, the morning tally of tomorrow and the roster for it."""
    files: dict[str, bytes] = {}
    for number, place in enumerate(PLACES):
        evening = books.evening(place, 20 + number, roster=24)
        if number % 2:
            files[f"{place}8.12晚调度(1).xls"] = as_xls(evening, f"{place}8月12日晚调度情况表", turned=True)
        else:
            files[f"{place}8月12日晚调度.xlsx"] = with_photograph(evening)
        tomorrow = DAY + timedelta(days=1)
        files[f"{place}早会商8.13.xlsx"] = with_photograph(books.morning(place, _PEOPLE, tomorrow))
        people = books.book("roster", *(_person(n, place, tomorrow, number) for n in range(_PEOPLE)))
        as_they_save = as_xls(people, f"{place}8月13日接种名单") if number % 2 == 0 else people
        files[f"{place}明日名单{'.xls' if number % 2 == 0 else '.xlsx'}"] = as_they_save
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return [str(folder / name) for name in files]


def _person(number: int, place: str, day: date, street: int) -> dict[str, Any]:
    return {
        **books.person(0),
        "vaccination_date": day,
        "community": place,
        "name": f"{SURNAMES[number % len(SURNAMES)]}示例",
        "person_code": f"RY{street}{number:05d}",
        "phone": f"138{street:02d}{number:06d}",
        "batch_no": 1 + number % 4,
        "batch_time": time(9 + number % 4, 30),
    }


def as_xls(data: bytes, title: str, *, turned: bool = False) -> bytes:
    """The first sheet as a workbook of 2003 under a title of its own; ``turned``: the columns from right to left."""
    source = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    rows = [list(row) for row in source.iter_rows(values_only=True)]
    names = {column.zh for column in kind("roster").columns} | {column.zh for column in kind("evening").columns}
    first = next(number for number, row in enumerate(rows) if sum(cell in names for cell in row) > 3)
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    sheet.write(0, 0, title)
    for number, row in enumerate(rows[first:], start=1):
        for place, cell in enumerate(reversed(row) if turned else row):
            if cell is not None:
                sheet.write(number, place, str(cell) if isinstance(cell, (date, time)) else cell)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def with_photograph(data: bytes, size: int = 220_000) -> bytes:
    """The same workbook with a scanned stamp in it, as offices send them."""
    content = io.BytesIO(data)
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr("xl/media/image1.jpeg", random.Random(len(data)).randbytes(size))
    return content.getvalue()
