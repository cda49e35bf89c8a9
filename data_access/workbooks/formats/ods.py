"""What the XML of an ods tells and the reading library does not: merges, errors, hidden rows, marks, widths."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any
from xml.parsers import expat

from data_access.workbooks.formats.plain import Aspect

FURTHEST = (1_048_576, 16_384)
_ERROR = re.compile(r"#(?:REF!|DIV/0!|N/A|VALUE!|NAME\?|NUM!|NULL!)|Err:\d{3}")
_LENGTH = re.compile(r"([\d.]+)(cm|mm|in|pt)")
_CHARACTERS = {"cm": 4.3, "mm": 0.43, "in": 10.9, "pt": 0.152}  # how many characters a unit holds


def inspect(data: bytes) -> dict[int, Aspect]:
    """The aspects of the sheets by their place."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        walk = _Walk()
        walk.read(archive.read("content.xml"))
    return dict(enumerate(walk.aspects))


class _Walk:
    """One pass over the elements; repeated rows and cells are counted, never laid out."""

    def __init__(self) -> None:
        self.aspects: list[Aspect] = []
        self.style = ""
        self.struck: set[str] = set()
        self.widths: dict[str, float] = {}
        self.row = self.column = self.rows = self.repeated = 0
        self.cell: dict[str, str] | None = None
        self.text = ""

    def read(self, xml: bytes) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._refuse
        parser.Parse(xml, True)

    def _refuse(self, *_declared: Any) -> None:
        raise ValueError("document type in a workbook part")

    def _start(self, tag: str, said: dict[str, str]) -> None:
        if tag == "style:style":
            self.style = said.get("style:name", "")
        elif tag == "style:text-properties":
            if said.get("style:text-line-through-style", "none") != "none":
                self.struck.add(self.style)
        elif tag == "style:table-column-properties":
            length = _LENGTH.fullmatch(said.get("style:column-width", ""))
            if length:
                self.widths[self.style] = float(length[1]) * _CHARACTERS[length[2]]
        elif tag == "table:table":
            self.aspects.append(Aspect(merges=[]))
            self.row = self.column = 0
        elif not self.aspects:
            return
        elif tag == "table:table-column":
            self._columns(said)
        elif tag == "table:table-row":
            self.rows, self.column = _count(said, "table:number-rows-repeated", FURTHEST[0]), 0
            if said.get("table:visibility", "visible") != "visible" and self.rows < FURTHEST[0] // 2:
                self.aspects[-1].hidden_rows |= set(range(self.row, self.row + self.rows))
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            self._cell(said)

    def _columns(self, said: dict[str, str]) -> None:
        many = _count(said, "table:number-columns-repeated", 256)
        places = range(self.column, self.column + many)
        if said.get("table:visibility", "visible") != "visible":
            self.aspects[-1].hidden_columns |= set(places)
        if width := self.widths.get(said.get("table:style-name", "")):
            self.aspects[-1].widths |= dict.fromkeys(places, width)
        self.column += many

    def _cell(self, said: dict[str, str]) -> None:
        self.cell, self.text = said, ""
        self.repeated = _count(said, "table:number-columns-repeated", FURTHEST[1])
        down, right = _count(said, "table:number-rows-spanned"), _count(said, "table:number-columns-spanned")
        merges = self.aspects[-1].merges
        if merges is not None and (down > 1 or right > 1):
            merges.append((self.row, self.column, self.row + down - 1, self.column + right - 1))

    def _characters(self, text: str) -> None:
        if self.cell is not None and len(self.text) < 20:
            self.text += text

    def _end(self, tag: str) -> None:
        if tag == "table:table-row":
            self.row += self.rows
        elif tag in ("table:table-cell", "table:covered-table-cell") and self.cell is not None:
            self._mark(self.cell)
            self.column += self.repeated
            self.cell = None

    def _mark(self, said: dict[str, str]) -> None:
        aspect, many = self.aspects[-1], range(self.column, self.column + min(self.repeated, 256))
        places = [(row, column) for row in range(self.row, self.row + min(self.rows, 1000)) for column in many]
        if not self.text and "office:value-type" not in said:
            if "table:formula" in said:
                aspect.uncalculated |= set(places)
            return
        if "table:formula" in said and _ERROR.fullmatch(self.text.strip()):
            aspect.errors |= dict.fromkeys(places, self.text.strip())
        if said.get("office:value-type") == "percentage":
            aspect.percent |= set(places)
        if said.get("table:style-name", "") in self.struck:
            aspect.struck |= set(places)


def _count(said: dict[str, str], name: str, most: int = 10_000) -> int:
    value = said.get(name, "1")
    return max(1, min(int(value), most)) if value.isdecimal() else 1
