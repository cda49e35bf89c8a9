"""Tables in plain text: comma, tab, semicolon or bar between the columns, in any encoding a Chinese office uses.

Every cell stays text: what is a number or a date is for the same cell parsers to say as in any other file, so that
leading zeros and eighteen digits survive.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter

from data_access.workbooks.formats.plain import Bounds, File, RefusedError, Sheet, lay

DELIMITERS = "\t,;|"
SAMPLE = 200  # records to judge a delimiter by

_BINARY = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_HINT = re.compile(r"sep=([\t,;|:])\r?\n", re.IGNORECASE)
_GUARDED = re.compile(r'="([^"]*)"')  # ="0012", the way of web systems to keep a number as text


def decoded(data: bytes) -> str | None:
    """The text of a file by its mark, as UTF-8 or as GB18030; None where it is none."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return _strict(data, encoding)
    text = _strict(data, "utf-8")
    return text if text is not None else _strict(data, "gb18030")


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if _BINARY.search(text) else text


def read(data: bytes, bounds: Bounds) -> File:
    """The one sheet of a text file. RefusedError where it has no columns or its quotation marks do not match."""
    text = decoded(data) or ""
    hint = _HINT.match(text)
    text = text[hint.end() :] if hint else text
    delimiter = hint[1] if hint else _delimiter(text)
    if not delimiter:
        raise RefusedError("FILE_IS_TEXT")
    csv.field_size_limit(max(len(text), 1))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines: list[list[str]] = []
    try:
        for line in reader:
            lines.append([_bare(cell) for cell in line])
    except csv.Error:
        raise RefusedError("TEXT_QUOTES", line=len(lines) + 1) from None
    sheet = Sheet("CSV" if delimiter == "," else "TSV" if delimiter == "\t" else "TXT")
    code = lay(sheet, lines, bounds)
    return File("text", [sheet], refused={0: code} if code else {})


def _bare(cell: str) -> str:
    guarded = _GUARDED.fullmatch(cell) if cell[:2] == '="' else None
    return guarded[1] if guarded else cell


def _delimiter(text: str) -> str:
    """The delimiter that cuts most records into one and the same number of columns; none where none does."""
    best: tuple[float, int, str] = (0.0, 0, "")
    for delimiter in DELIMITERS:
        widths: Counter[int] = Counter()
        try:
            for number, line in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)):
                if number >= SAMPLE:
                    break
                widths[len(line)] += bool(line)
        except csv.Error:
            continue
        wide = [(count, width) for width, count in widths.items() if width > 1]
        if wide:
            count, width = max(wide)
            score = (round(count / widths.total(), 1), width, delimiter)
            best = max(best, score, key=lambda found: found[:2])
    return best[2]
