"""Web systems save tables as .xls that are none: pages of HTML, and the XML spreadsheets of 2003.

In a page every cell stays text. Its tables follow each other on one sheet with a blank row between them: a caption
is often a table of its own, and it belongs to the table below.
"""

from __future__ import annotations

from datetime import date, datetime
from html.parser import HTMLParser
from typing import Any
from xml.parsers import expat

from data_access.workbooks.formats.plain import Bounds, File, Merge, RefusedError, Sheet, lay
from data_access.workbooks.formats.texts import decoded

STRUCK = frozenset(("s", "strike", "del"))
SPACES = frozenset(("p", "div", "br", "li"))
SS = "urn:schemas-microsoft-com:office:spreadsheet\n"  # expat joins name space and name by the sign it is given


class _Canvas:
    """Cells put one after another into rows, below merges of rows further up."""

    def __init__(self) -> None:
        self.lines: list[list[Any]] = []
        self.merges: list[Merge] = []
        self.struck: set[tuple[int, int]] = set()
        self._taken: set[tuple[int, int]] = set()

    def row(self) -> None:
        self.lines.append([])

    def free(self) -> int:
        """The next place of the last row that no merge from above covers."""
        row, place = len(self.lines) - 1, len(self.lines[-1])
        while (row, place) in self._taken:
            place += 1
        return place

    def put(self, place: int, value: Any, down: int, right: int, bounds: Bounds) -> None:
        """A cell that spans ``down`` rows and ``right`` columns."""
        line, row = self.lines[-1], len(self.lines) - 1
        down, right = min(down, bounds.rows), min(right, 2 * bounds.columns)
        if place > 16_384 or row > 3 * bounds.rows:
            raise RefusedError("SHEET_TOO_LONG", limit=bounds.rows)
        line += [""] * (place - len(line))
        line += [value, *[""] * (right - 1)]
        if down > 1 or right > 1:
            self.merges.append((row, place, row + down - 1, place + right - 1))
            self._taken |= {
                (row + below, place + beside)
                for below in range(1, min(down, 1000))
                for beside in range(min(right, bounds.columns))
            }

    def sheet(self, name: str, bounds: Bounds, visible: bool = True) -> tuple[Sheet, str]:
        """The sheet, and the code of the rule where it holds too many rows."""
        sheet = Sheet(name, visible=visible)
        code = lay(sheet, self.lines, bounds)
        height = len(sheet.rows)
        sheet.merges = [
            (top, left, min(bottom, height - 1), right) for top, left, bottom, right in self.merges if top < height
        ]
        sheet.struck = frozenset(self.struck)
        return sheet, code


class _Page(HTMLParser):
    def __init__(self, bounds: Bounds) -> None:
        super().__init__(convert_charrefs=True)
        self.bounds = bounds
        self.canvas = _Canvas()
        self.text: list[str] | None = None
        self.span = (1, 1)
        self.crossed = 0
        self.cell_crossed = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("table", "tr"):
            self._close()
            if tag == "tr" or self.canvas.lines:
                self.canvas.row()
        elif tag in ("td", "th"):
            self._close()
            said = dict(attrs)
            self.text = []
            self.span = _count(said.get("rowspan")), _count(said.get("colspan"))
            self.cell_crossed = "line-through" in (said.get("style") or "")
        elif tag in STRUCK:
            self.crossed += 1
        elif tag in SPACES and self.text:
            self.text.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._close()
        elif tag in STRUCK:
            self.crossed = max(0, self.crossed - 1)

    def handle_data(self, data: str) -> None:
        if self.text is not None:
            self.text.append(" ".join(data.split("\n")) if data.strip() else " ")
            self.cell_crossed = self.cell_crossed or (self.crossed > 0 and bool(data.strip()))

    def close(self) -> None:
        super().close()
        self._close()

    def _close(self) -> None:
        if self.text is None:
            return
        if not self.canvas.lines:
            self.canvas.row()
        place = self.canvas.free()
        self.canvas.put(place, "".join(self.text).replace("\xa0", " ").strip(), *self.span, self.bounds)
        if self.cell_crossed:
            self.canvas.struck.add((len(self.canvas.lines) - 1, place))
        self.text, self.cell_crossed = None, False


def _count(said: str | None) -> int:
    return max(1, int(said)) if said and said.isdecimal() and len(said) < 7 else 1


def read_html(data: bytes, bounds: Bounds) -> File:
    """The tables of a page on one sheet; RefusedError where the page has none (its cells may be in other files)."""
    page = _Page(bounds)
    page.feed(decoded(data) or "")
    page.close()
    if not any(cell for line in page.canvas.lines for cell in line):
        raise RefusedError("FILE_OF_ANOTHER_TYPE", type="HTML")
    sheet, code = page.canvas.sheet("HTML", bounds)
    return File("html", [sheet], refused={0: code} if code else {})


class _Spreadsheet:
    """The XML spreadsheet of Excel 2003: rows and cells may name their place, else they follow each other."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self.file = File("xml")
        self.canvas = _Canvas()
        self.name, self.visible = "", True
        self.hidden: set[int] = set()
        self.cell: dict[str, str] = {}
        self.kind: str | None = None
        self.text = ""
        self.inside = False

    def read(self, data: bytes) -> None:
        parser = expat.ParserCreate("utf-8", "\n")  # whatever the declaration says: it was decoded before
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._refuse
        try:
            parser.Parse((decoded(data) or "").lstrip("\ufeff \r\n\t").encode(), True)
        except expat.ExpatError:
            raise RefusedError("FILE_DAMAGED") from None

    def _refuse(self, *_declared: Any) -> None:
        raise RefusedError("FILE_DAMAGED")

    def _start(self, tag: str, said: dict[str, str]) -> None:
        if tag == SS + "Worksheet":
            self.canvas, self.name, self.visible, self.hidden = _Canvas(), said.get(SS + "Name", ""), True, set()
        elif tag == SS + "Row":
            place = _count(said.get(SS + "Index")) if SS + "Index" in said else len(self.canvas.lines) + 1
            if place > self.bounds.rows * 3:
                raise RefusedError("SHEET_TOO_LONG", limit=self.bounds.rows)
            while len(self.canvas.lines) < place:
                self.canvas.row()
            if said.get(SS + "Hidden") == "1":
                self.hidden.add(place - 1)
        elif tag == SS + "Cell":
            self.cell, self.kind, self.text = said, None, ""
        elif tag == SS + "Data":
            self.kind, self.inside = said.get(SS + "Type", "String"), True
        elif tag.endswith("\nVisible"):
            self.text, self.inside = "", True

    def _characters(self, text: str) -> None:
        if self.inside:
            self.text += text

    def _end(self, tag: str) -> None:
        if tag == SS + "Data":
            self.inside = False
        elif tag == SS + "Cell" and self.canvas.lines:
            said = self.cell.get(SS + "Index")
            place = _count(said) - 1 if said else self.canvas.free()
            down, right = (_more(self.cell.get(SS + name)) for name in ("MergeDown", "MergeAcross"))
            self.canvas.put(place, _typed(self.kind, self.text), down, right, self.bounds)
        elif tag.endswith("\nVisible"):
            self.visible, self.inside = "Hidden" not in self.text, False
        elif tag == SS + "Worksheet":
            sheet, code = self.canvas.sheet(self.name, self.bounds, self.visible)
            sheet.hidden_rows = frozenset(self.hidden)
            if len(self.file.sheets) >= self.bounds.sheets:
                sheet.rows, code = [], "SHEETS_TOO_MANY"
            if code:
                self.file.refused[len(self.file.sheets)] = code
            self.file.sheets.append(sheet)


def _more(said: str | None) -> int:
    return int(said) + 1 if said and said.isdecimal() and len(said) < 7 else 1


def _typed(kind: str | None, text: str) -> Any:
    """A value by the type its cell declares; one that does not fit its type stays text."""
    try:
        if kind == "Number":
            number = float(text)
            return int(number) if number.is_integer() and abs(number) < 2**53 else number
        if kind == "DateTime":
            moment = datetime.fromisoformat(text)
            midnight = moment.hour == moment.minute == moment.second == 0
            return date(moment.year, moment.month, moment.day) if midnight else moment
    except (ValueError, OverflowError):
        return text
    return text == "1" if kind == "Boolean" else text


def read_xml(data: bytes, bounds: Bounds) -> File:
    """The sheets of an XML spreadsheet; RefusedError where the XML is damaged."""
    spreadsheet = _Spreadsheet(bounds)
    spreadsheet.read(data)
    if not spreadsheet.file.sheets:
        raise RefusedError("FILE_OF_ANOTHER_TYPE", type="XML")
    return spreadsheet.file
