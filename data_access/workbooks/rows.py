"""Which rows of a table are data, and which are totals, notes, signatures or the header again (reading_rules N4, N5).

A label decides, never a number: totals are told by the cell that names the row, signatures by the words they begin
with. What fills most of the columns that matter is data, whatever its words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from data_access.findings import Finding
from data_access.sheets.declaration import Type
from data_access.workbooks import rules
from data_access.workbooks.names import clean, header, labelled, simplified, squeeze
from data_access.workbooks.recognise import Table
from data_access.workbooks.totals import COUNTS, Total, counted_in, is_subtotal, is_total, may_total, stands_aside
from data_access.workbooks.values import plain

_SIGN_OFF = re.compile(
    r"^(?:填报人|填表人|制表人?|上报人|报送人|经办人|审核人?|审批人|审签人?|复核人?|签发人|单位负责人|主要负责人|社区负责人|"
    r"分管领导|主管领导|负责人|联系人|联络人|联系电话|电话|备注|说明|填表说明|填报说明|注意?|附注?|特别说明|注意事项|"
    r"(?:填报|填表|制表|上报|报送)(?:时间|日期|单位)|单位[(（]?盖章|盖章|filledinby|checkedby|notes?)"
    r"(?:\([^)]*\))?(?:\d*[:.、].*|)$"
)
_SIGN_STARTS = frozenset("填制上报经审复签单主社分负联电备说注附特盖fcn")
_SIGNED = re.compile(
    r"(填报人|填表人|制表人|审核人|审核|复核人)\s*(?:[(（]签[字名][)）])?\s*(?:[:：]\s*|\s+)"
    r"(?!填|审|复|制|联系|日期|电话)([^\s:：,，;；]{2,10})(?![:：])"
)
_SIGNED_AS = {"填表人": "填报人", "制表人": "填报人", "审核": "审核人", "复核人": "审核人"}
_NUMBERING = re.compile(r"^(?:[甲乙丙丁戊己庚辛]|栏次|行次|序号|\(?\d{1,2}\)?(?:=.*)?|[①-⑳])$")
_UNITS = frozenset({
    "单位", "计量单位", "人", "人次", "名", "个", "例", "剂", "剂次", "支", "针", "份", "户", "批", "次", "岁", "%",
    "元", "日", "天", "时", "是/否", "有/无", "文本", "数字", "-", "/", "—",
})  # fmt: skip
_CAPTION = re.compile(
    r"^(?:[一二三四五六七八九十]+、|\([一二三四五六七八九十\d]+\)|其中[:：]?$|[★☆※*]|\(?以下(?:空白|无正文)|[-—_=]{3,}$)"
)
_REMARK = re.compile(r"^(?:\d{1,2}[.、]\D|[^:]+:)")
_LONG = 15  # characters; a longer text that stands alone in its row is a note
Cell = tuple[int, Any]


@dataclass(slots=True)
class Lines:
    """The rows of a table by what they are, with what was found on them and who signed."""

    data: list[int] = field(default_factory=list)
    totals: list[Total] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    signed: dict[str, str] = field(default_factory=dict)
    signatures: list[int] = field(default_factory=list)


def sort_rows(table: Table) -> Lines:
    """Every row of a table, told apart."""
    return _Sorter(table).sort()


class _Sorter:
    def __init__(self, table: Table) -> None:
        self.table, grid = table, table.grid
        self.lines = Lines()
        self.mapped = frozenset(table.columns)
        self.required = {place for place, column in table.columns.items() if column.required}
        counts = {place for place, column in table.columns.items() if column.type in (*COUNTS, Type.PERCENT)}
        self.wanted = {place for place in counts if table.columns[place].type in COUNTS}
        self.labels_end = min((p for p in counts if table.columns[p].maximum is None), default=None)
        self.computed = {row for row, place in (*grid.errors, *grid.uncalculated) if place in self.mapped}
        self.merged_lines = {top for top, left, bottom, right in grid.merges if bottom == top and right - left >= 2}
        block = grid.rows[table.first : table.body]
        self.heads = {header(cell) for line in block for cell in line if isinstance(cell, str) and cell}
        self.words = {cell for line in block for cell in line if isinstance(cell, str)}
        self.plain = sorted(self.required) if len(self.required) > 3 else []
        self.no_labels: set[str] = set()  # texts in front of data that were asked already
        self.titles = {squeeze(line) for line in table.title}
        self.signed_off = False
        self.below: list[int] = []  # data below the line of signatures

    def sort(self) -> Lines:
        table, lines = self.table, self.lines
        for number in range(table.body, table.end):
            cells = table.grid.rows[number]
            if self._plainly_data(cells) and number - table.body > 1 and not self.signed_off:
                lines.data.append(number)
            elif cells or number in self.computed:
                filled = [(place, cell) for place, cell in enumerate(cells) if cell != ""]
                if filled or number in self.computed:
                    self._line(number, filled)
        if len(lines.data) > 2 and self.wanted:
            self._unlabelled_total()
        if self.below:
            fields = {"n": len(self.below)}
            cell = table.cell(self.below[0])
            lines.findings.append(Finding(rules.BELOW_SIGN_OFF, table.grid.name, cell, fields=fields))
        return lines

    def _plainly_data(self, cells: Sequence[Any]) -> bool:
        """Whether all that is required is there and nothing in front may be a label: most rows of a long list."""
        plain = self.plain
        if not plain or len(cells) <= plain[-1]:
            return False
        for place in plain:
            if cells[place] == "":
                return False
        for cell in cells[: plain[0] + 4]:
            if isinstance(cell, str) and cell not in self.no_labels:
                if cell in self.words or may_total(cell):
                    return False
                self.no_labels.add(cell)
        return True

    def _line(self, number: int, filled: list[Cell]) -> None:
        label = next((cell for _place, cell in filled if isinstance(cell, str)), None)
        if label is not None and self._told(number, filled, label):
            return
        if self._explains_header(number, filled):
            return
        if self.signed_off:
            places = {place for place, _cell in filled}
            if len(self.required) <= 2 or len(places & self.required) * 2 < len(self.required):
                self._sign(number)
                return
            self.below.append(number)
        if number in self.computed or any(place in self.mapped for place, _cell in filled):
            self.lines.data.append(number)

    def _told(self, number: int, filled: list[Cell], label: str) -> bool:
        """Whether the words of a row say that it is no data."""
        bare = squeeze(label)
        if bare[:1] in _SIGN_STARTS and _SIGN_OFF.match(bare) and not self._is_data(filled, label):
            self._sign(number)
            self.signed_off = True
            return True
        if self._stands_aside(number, filled, bare):
            return True
        total = self._total(number, filled)
        if total is not None:
            self.lines.totals.append(total)
            return True
        if len(filled) > 1 and header(label) in self.heads and self._is_header(filled):
            self.signed_off = False  # the header again, at the top of a printed page
            return True
        if len(filled) == 1 and number not in self.computed:
            return self._is_note(number, filled[0][0], label, bare)
        return False

    def _explains_header(self, number: int, filled: list[Cell]) -> bool:
        """Whether a row right below the header numbers the columns or gives their units."""
        table = self.table
        if number - table.body > 1 or self.lines.data or not (_numbers_columns(filled) or _gives_units(filled)):
            return False
        cell = table.cell(number, filled[0][0])
        self.lines.findings.append(Finding(rules.NUMBERING_SKIPPED, table.grid.name, cell, plain(filled[0][1])))
        return True

    def _is_note(self, number: int, place: int, label: str, bare: str) -> bool:
        """A text alone in its row: the title again, a caption or a remark; a lone short word is a row cut short."""
        if bare in self.titles:
            return True
        remark = len(self.required) > 2 and _REMARK.match(bare)
        if remark or number in self.merged_lines or len(bare) > _LONG or _CAPTION.match(bare):
            if not self.signed_off:
                cell = self.table.cell(number, place)
                self.lines.findings.append(Finding(rules.NOTE_SKIPPED, self.table.grid.name, cell, label[:60]))
            return True
        return False

    def _is_data(self, filled: list[Cell], label: str) -> bool:
        """Whether a row that begins with a word of signatures is a row all the same: half of what is required is
        there, or a number where one is wanted."""
        others = [
            place
            for place, cell in filled
            if cell is not label and not (isinstance(cell, str) and (":" in cell or "：" in cell))
        ]
        if any(place in self.wanted and counted_in(cell) is not None for place, cell in filled if place in others):
            return True
        return len(self.required) > 2 and len(self.required.intersection(others)) * 2 >= len(self.required) - 1

    def _total(self, number: int, filled: list[Cell]) -> Total | None:
        """Whether the row's label says total. Only the cells before the first number are labels, two at least; a
        person group 合计 is data."""
        for spot, (place, cell) in enumerate(filled[:3]):
            if spot == 2 and (self.labels_end is None or place >= self.labels_end):
                break
            if not isinstance(cell, str) or len(cell) > 30:
                continue
            column = self.table.columns.get(place)
            if column is not None and column.type is Type.GROUP:
                continue
            bare = squeeze(cell)
            stated = is_total(bare)
            if stated is not None:
                return Total(number, is_subtotal(bare), stated if stated >= 0 else None)
        return None

    def _stands_aside(self, number: int, filled: list[Cell], bare: str) -> bool:
        """Whether a row averages or compares: its label says so, and beside that it holds only numbers."""
        if len(filled) < 2 or not stands_aside(bare):
            return False
        words = [cell for _place, cell in filled if isinstance(cell, str) and counted_in(cell.strip("%％+")) is None]
        if len(words) > 1:
            return False
        cell = self.table.cell(number, filled[0][0])
        self.lines.findings.append(Finding(rules.ASIDE_SKIPPED, self.table.grid.name, cell, words[0][:60]))
        return True

    def _unlabelled_total(self) -> None:
        """The last row without a word whose numbers are the sums of those above is their total, with a warning."""
        lines, grid = self.lines, self.table.grid
        start = max((total.row for total in lines.totals), default=-1)
        above = [number for number in lines.data[:-1] if number > start]
        if len(above) < 2 or lines.data[-1] < start or lines.data[-1] in self.computed:
            return
        number = lines.data[-1]
        stated = {
            place: counted_in(cell)
            for place, cell in enumerate(grid.rows[number])
            if cell != "" and place in self.mapped and self.table.columns[place].type is not Type.PERCENT
        }
        if not any(stated.values()) or not stated.keys() <= self.wanted:
            return
        for place, total in stated.items():
            cells = (grid.rows[other][place] for other in above if place < len(grid.rows[other]))
            if total is None or total != sum(counted_in(cell) or 0 for cell in cells):
                return
        lines.data.pop()
        lines.totals.append(Total(number, False, None))
        lines.findings.append(Finding(rules.TOTAL_UNLABELLED, grid.name, self.table.cell(number)))

    def _is_header(self, filled: list[Cell]) -> bool:
        return all(header(cell) in self.heads for _place, cell in filled if isinstance(cell, str)) and all(
            isinstance(cell, str) for _place, cell in filled
        )

    def _sign(self, number: int) -> None:
        """Who filled in and who checked."""
        self.lines.signatures.append(number)
        line = labelled(" ".join(clean(plain(cell)) for cell in self.table.grid.rows[number] if cell != ""))
        for match in _SIGNED.finditer(simplified(line)):
            word, name = match[1], line[slice(*match.span(2))]  # a name stays as it was written
            self.lines.signed.setdefault(_SIGNED_AS.get(word, word), name)


def _numbers_columns(filled: Sequence[Cell]) -> bool:
    """Whether a row counts the columns: 甲 乙 1 2 3=1+2."""
    words = [squeeze(plain(cell)) for _place, cell in filled]
    if len(words) < 3 or not all(_NUMBERING.match(word) for word in words):
        return False
    figures = [int(digits[0]) for word in words if (digits := re.findall(r"\d+", word.partition("=")[0]))]
    return len(figures) < 2 or figures == list(range(figures[0], figures[0] + len(figures)))


def _gives_units(filled: Sequence[Cell]) -> bool:
    return len(filled) > 1 and all(
        isinstance(cell, str) and squeeze(cell).strip("()") in _UNITS for _place, cell in filled
    )
