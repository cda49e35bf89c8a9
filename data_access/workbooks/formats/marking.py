"""The user's own workbook with what was found in it: marked cells with comments, and a list of everything first.

An xlsx is changed in place. Other files are built anew as .xlsx from what they hold. This too happens in the worker
process: openpyxl swells on hostile files more than anything else.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from data_access.workbooks.cells import put
from data_access.workbooks.formats import opening, xlsx
from data_access.workbooks.formats.kinds import kind_of
from data_access.workbooks.formats.plain import Aspect, Bounds, RefusedError, Sheet, column

HEAVIEST = ("error", "warning", "info")
FILLS = {"error": "F8C9C4", "warning": "FBE3A6", "info": "D5E4F5"}
WIDTHS = (9, 18, 9, 20, 24, 58, 58)
FROZEN = "A4"
HEAD_ROW = 3
BLANKS = 100_000  # bytes of formatted blank rows below the content that are not worth keeping
CONTENT_ENDS = (b"</v></c>", b"</is></c>", b"</f></c>", b"/></c>")
BELOW = "\n――――\n"  # between the sender's own comment and ours
BAD_TITLE = re.compile(r"[\[\]:*?/\\]")

_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_CACHED = re.compile(
    xlsx.TAG + rb"c\b([^>/]*)>\s*" + xlsx.TAG + rb"f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"" + xlsx.TAG + rb"v\b[^>]*>([^<]+)</"
)
_WITHOUT = re.compile(rb'<c r="([A-Z]+)(\d+)"([^>]*)>(<f\b(?:[^>]*/>|[^>]*>[^<]*</f>))<v\s*/?>(?:</v>)?</c>')
_TYPE = re.compile(rb'\s*\bt="(\w+)"')


class Note(NamedTuple):
    """One finding as it is written down; ``value`` is masked where it is personal."""

    severity: str
    sheet: str
    cell: str
    column: str
    value: str
    message: str
    remedy: str


class Words(NamedTuple):
    """What the board itself says on the list, in the language of the reader."""

    title: str  # of the sheet
    headline: str
    heads: tuple[str, ...]
    severities: Mapping[str, str]
    author: str


def annotated(
    data: bytes,
    bounds: tuple[int, ...],
    notes: Sequence[tuple[str, ...]],
    words: tuple[Any, ...],
    anew: Sequence[tuple[str, ...]],
) -> bytes:
    """The workbook with its notes: an xlsx changed in place, any other file built anew.

    An xlsx that openpyxl cannot change is built anew too, and ``anew`` says so in its list. RefusedError where the
    file cannot be read.
    """
    if kind_of(data, Bounds(*bounds)) != "xlsx":
        return rebuilt(data, bounds, notes, words)
    try:
        return marked(data, notes, words)
    except MemoryError:
        raise
    except Exception:  # openpyxl fails in many ways on what calamine can read
        return rebuilt(data, bounds, [*notes, *anew], words)


def marked(data: bytes, notes: Sequence[tuple[str, ...]], words: tuple[Any, ...]) -> bytes:
    """An xlsx with its cells marked and the list before its sheets.

    Charts and pictures stay as far as openpyxl keeps them, macros do not. Formulas keep the values last computed.
    """
    said, speech = [Note(*note) for note in notes], Words(*words)
    book = load_workbook(io.BytesIO(_light(data)), rich_text=True)
    before = list(book.sheetnames)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if not book.worksheets or len(xlsx.sheet_paths(archive)[0]) != len(before):
            raise RefusedError("FILE_DAMAGED")  # an ISO-strict file opens as one without sheets
    _drop_marks(book, speech)
    kept = [before.index(name) for name in book.sheetnames]
    _mark_all(book, {name: name for name in book.sheetnames}, said, speech)
    _list_first(book, {name: name for name in book.sheetnames}, said, speech)
    return _with_values(_packed(book), data, kept)


def rebuilt(data: bytes, bounds: tuple[int, ...], notes: Sequence[tuple[str, ...]], words: tuple[Any, ...]) -> bytes:
    """A workbook with what a file of any kind holds: values, merges, widths and number formats where they are known.

    RefusedError where the file cannot be read, or not all of it.
    """
    said, speech = [Note(*note) for note in notes], Words(*words)
    file = opening.read(data, Bounds(*bounds), whole=True)
    if file.refused:
        raise RefusedError(next(iter(file.refused.values())))
    book = Workbook()
    book.remove(book.active)
    titles: dict[str, str] = {}
    for place, sheet in enumerate(file.sheets):
        if sheet.name == speech.title and place == 0 and len(file.sheets) > 1:
            continue  # the list of an earlier return
        titles[sheet.name] = _free_title(book, sheet.name)
        _rebuild(book.create_sheet(titles[sheet.name]), sheet, file.aspects.get(place, Aspect()))
    _mark_all(book, titles, said, speech)
    _list_first(book, titles, said, speech)
    return _packed(book)


def listed(notes: Sequence[tuple[str, ...]], words: tuple[Any, ...]) -> bytes:
    """A workbook with the list alone."""
    book = Workbook()
    book.remove(book.active)
    _list_first(book, {}, [Note(*note) for note in notes], Words(*words))
    return _packed(book)


# The list -----------------------------------------------------------------------------------------


def _drop_marks(book: Workbook, words: Words) -> None:
    """Take out what an earlier return put in: the list, told by its name and its first line, comments and colours."""
    for sheet in book.worksheets:
        for cell in [cell for cell in sheet._cells.values() if cell.comment and cell.comment.author == words.author]:
            own, below, _ours = cell.comment.text.partition(BELOW)
            cell.comment = Comment(own, "") if below else None
            if cell.fill.fgColor.rgb[-6:] in FILLS.values():
                cell.fill = PatternFill()
    if words.title in book.sheetnames and len(book.sheetnames) > 1:
        sheet = book[words.title]
        if isinstance(sheet, Worksheet) and sheet.cell(HEAD_ROW, 1).value == words.heads[0]:
            book.remove(sheet)


def _list_first(book: Workbook, titles: Mapping[str, str], notes: Iterable[Note], words: Words) -> None:
    """Every finding on a sheet before all others, each with a link to its cell."""
    sheet = book.create_sheet(_free_title(book, words.title), 0)
    put(sheet.cell(1, 1), words.headline)
    sheet.cell(1, 1).font = Font(bold=True, size=14)
    head = Cell(sheet)
    put(head, "")
    head.font, head.fill = Font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor="1F5FA8")
    head.alignment = Alignment(horizontal="center", vertical="center")
    for place, (text, width) in enumerate(zip(words.heads, WIDTHS, strict=True), 1):
        put(sheet.cell(HEAD_ROW, place), text, head)
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.row_dimensions[HEAD_ROW].height = 22
    sheet.freeze_panes = FROZEN
    plain, links, severities = _looks(sheet)
    for row, note in enumerate(sorted(notes, key=lambda note: HEAVIEST.index(note.severity)), HEAD_ROW + 1):
        put(sheet.cell(row, 1), words.severities[note.severity], severities[note.severity])
        for place, text in enumerate(note[1:], 2):
            put(sheet.cell(row, place), text, plain)
        title = titles.get(note.sheet)
        if title is not None and note.cell and _ADDRESS.fullmatch(note.cell):
            link = sheet.cell(row, 3)
            link.hyperlink = Hyperlink(ref=link.coordinate, location=f"{quote_sheetname(title)}!{note.cell}")
            put(link, note.cell, links)
    for other in book.worksheets:
        other.sheet_view.tabSelected = False  # two selected sheets would be edited together
    sheet.sheet_view.tabSelected = True
    book.active = 0


def _looks(sheet: Worksheet) -> tuple[Cell, Cell, dict[str, Cell]]:
    """Cells outside the sheet whose style the cells of the list take over."""
    box = Border(bottom=Side("thin", color="C9D1DB"))

    def look(**style: Any) -> Cell:
        cell = Cell(sheet)
        cell.number_format, cell.border = "@", box
        cell.alignment = Alignment(vertical="top", wrap_text=True)
        for name, value in style.items():
            setattr(cell, name, value)
        return cell

    severities = {severity: look(fill=PatternFill("solid", fgColor=fill)) for severity, fill in FILLS.items()}
    return look(), look(font=Font(color="1F5FA8", underline="single")), severities


def _free_title(book: Workbook, name: str) -> str:
    plain = BAD_TITLE.sub(" ", name).strip(" '")[:28] or "Sheet"
    taken = {title.casefold() for title in book.sheetnames}
    if plain.casefold() not in taken:
        return plain
    return next(f"{plain} {number}" for number in range(2, 1000) if f"{plain} {number}".casefold() not in taken)


# The cells ----------------------------------------------------------------------------------------


def _mark_all(book: Workbook, titles: Mapping[str, str], notes: Iterable[Note], words: Words) -> None:
    """Colour each cell by the gravest of its findings, and write all of them into one comment."""
    cells: dict[tuple[str, str], list[Note]] = {}
    for note in notes:
        if note.sheet in titles and _ADDRESS.fullmatch(note.cell):
            cells.setdefault((titles[note.sheet], note.cell), []).append(note)
    for title in {title for title, _cell in cells}:
        sheet = book[title]
        if not isinstance(sheet, Worksheet):
            continue
        corners = _corners(sheet)
        for (where, cell), found in cells.items():
            if where == title and column((match := _ADDRESS.match(cell))[1]) < 16_384 and int(match[2]) <= 1_048_576:  # type: ignore[index]
                _mark(sheet[corners.get(cell, cell)], found, words)


def _corners(sheet: Worksheet) -> dict[str, str]:
    """The cells inside merges by address, each with the address of its merge's first cell, which alone is shown."""
    return {
        f"{get_column_letter(place)}{row}": span.start_cell.coordinate
        for span in sheet.merged_cells.ranges
        if span.size["rows"] * span.size["columns"] < 10_000
        for row, place in span.cells
        if isinstance(sheet._cells.get((row, place)), MergedCell)
    }


def _mark(cell: Cell, notes: Sequence[Note], words: Words) -> None:
    worst = min(notes, key=lambda note: HEAVIEST.index(note.severity)).severity
    cell.fill = PatternFill("solid", fgColor=FILLS[worst])
    text = "\n".join(f"【{words.severities[note.severity]}】{note.message}\n→ {note.remedy}" for note in notes)
    if cell.comment is not None:
        text = f"{cell.comment.text}{BELOW}{text}"
    lines = sum(1 + len(line) // 24 for line in text.split("\n"))
    cell.comment = Comment(text, words.author, height=min(24 + 18 * lines, 480), width=340)


# Keeping what openpyxl would lose -----------------------------------------------------------------


def _light(data: bytes) -> bytes:
    """The workbook without the formatted blank rows below its content: openpyxl lays all of them out."""
    changed: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for _place, path in xlsx.sheet_paths(archive)[0]:
            xml = archive.read(path)
            last, end = max(map(xml.rfind, CONTENT_ENDS)), xml.rfind(b"</sheetData>")
            after = xml.find(b"</row>", last) if last >= 0 else -1
            if 0 <= after < end and end - after > BLANKS:
                changed[path] = xml[: after + len(b"</row>")] + xml[end:]
        return _edited(data, changed) if changed else data


def _with_values(written: bytes, original: bytes, kept: Sequence[int]) -> bytes:
    """Give the formulas back the values they had: openpyxl writes formulas only."""
    changed: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(original)) as before, zipfile.ZipFile(io.BytesIO(written)) as after:
        sources, targets = dict(xlsx.sheet_paths(before)[0]), dict(xlsx.sheet_paths(after)[0])
        for target, source in enumerate(kept, 1):
            if source not in sources or target not in targets:
                continue
            values = dict(_cached(before.read(sources[source])))
            if values:
                xml = after.read(targets[target])
                changed[targets[target]] = _WITHOUT.sub(partial(_given, values), xml)
    return _edited(written, changed) if changed else written


def _cached(xml: bytes) -> Iterator[tuple[bytes, tuple[bytes, bytes]]]:
    for match in _CACHED.finditer(xml):
        place, kind = re.search(rb'\br="([A-Z]+\d+)"', match[1]), _TYPE.search(match[1])
        if place:
            yield place[1], (kind[1] if kind else b"n", match[2])


def _given(values: Mapping[bytes, tuple[bytes, bytes]], match: re.Match[bytes]) -> bytes:
    found = values.get(match[1] + match[2])
    if found is None:
        return match[0]
    kind, value = found
    rest = _TYPE.sub(b"", match[3])
    return b'<c r="%s%s"%s t="%s">%s<v>%s</v></c>' % (match[1], match[2], rest, kind, match[4], value)


def _edited(data: bytes, changed: Mapping[str, bytes]) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, changed[name] if name in changed else old.read(name))
    return into.getvalue()


def _packed(book: Workbook) -> bytes:
    into = io.BytesIO()
    book.save(into)
    return into.getvalue()


# Building anew ------------------------------------------------------------------------------------


def _rebuild(target: Worksheet, sheet: Sheet, aspect: Aspect) -> None:
    for row, line in enumerate(sheet.rows):
        for place, value in enumerate(line):
            if value != "":
                cell = target.cell(row + 1, place + 1)
                put(cell, value)
                shown = aspect.formats.get((row, place))
                if shown:
                    cell.number_format = shown
    for (row, place), word in sheet.errors.items():
        target.cell(row + 1, place + 1).value = word
    for row, place in sheet.percent - aspect.formats.keys():
        target.cell(row + 1, place + 1).number_format = "0.00%"
    for row, place in sheet.struck:
        target.cell(row + 1, place + 1).font = Font(strike=True)
    for place, width in aspect.widths.items():
        target.column_dimensions[get_column_letter(place + 1)].width = width
    for place in sheet.hidden_columns:
        target.column_dimensions[get_column_letter(place + 1)].hidden = True
    for row in sheet.hidden_rows:
        target.row_dimensions[row + 1].hidden = True
    for top, left, bottom, right in sheet.merges if aspect.merges is None else aspect.merges:
        target.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1)
    target.sheet_state = "visible" if sheet.visible else "hidden"
