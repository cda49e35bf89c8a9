"""Writing one value into one cell, so that it can never run as a formula."""

from __future__ import annotations

import re
from copy import copy
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell

TEXT_FORMAT = "@"  # keeps digits of document numbers, telephones and codes as they were typed

# what a spreadsheet may take for the beginning of a formula, the signs in full width of Chinese input too
_FORMULA = re.compile(r"^[=+\-@\t\r\n＝＋－＠]")


def put(cell: Cell, value: Any, like: Cell | None = None) -> None:
    """Write ``value`` into ``cell``; a text stays a text, even one that begins like a formula.

    The style of ``like`` is taken over whole: one cell after another to be styled takes longer than all the rest.
    Without it the cell keeps its style, and a text gets the format of text.
    """
    if value is not None and not isinstance(value, str | bool | int | float | Decimal | date | datetime | time):
        value = str(value)
    if like is not None:
        cell._style = copy(like._style)
    elif isinstance(value, str):
        cell.number_format = TEXT_FORMAT
    if isinstance(value, str):
        say(cell, value)
    elif value is not None:
        cell.value = value
        if like is not None:  # a date brings a format of its own
            cell._style = copy(like._style)


def say(cell: Cell | Any, text: str) -> None:
    """A text as a text: never a formula, also where somebody edits the cell or saves the sheet in another format."""
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)
    if _FORMULA.match(cell.value):
        cell.data_type, cell.quotePrefix = "s", True
