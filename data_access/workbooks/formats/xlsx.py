"""What the XML of an xlsx tells and the reading library does not: extents, error cells, formulas, marks, widths.

The parts are searched with regular expressions and not parsed: a sheet of 10,000 rows is ten megabytes of XML. Each
expression matches only the cells it is after, so that ordinary cells cost nothing.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree import ElementTree

from data_access.workbooks.formats.plain import Aspect, Place, column

PERCENT_FORMATS = {9, 10}  # built in: 0% and 0.00%
TAG = rb"<(?:\w+:)?"

# Cells with content in a row or column beyond the first 9,999 or 104: `<c r="A10000" s="1">` but not `<c .../>`.
_AWAY = rb'(?=[A-Z]+\d{5}|[A-Z]{3}|[D-Z][A-Z])([A-Z]{1,3})(\d{1,7})"[^>]*(?<!/)>(?!</)'
_FAR = re.compile(rb'<c r="' + _AWAY)
_FAR_ANYHOW = re.compile(TAG + rb'c\b[^>]*?\br="' + _AWAY)
NEAR = (9_999, 104)  # rows and columns that every sheet may be taken to have
BELIEVED = (20_000, 104)  # a sheet that claims no more than this, and whose last row keeps to it, is taken at its word
_CLAIM = re.compile(rb'<dimension ref="(?:[A-Z]{1,3}\d{1,7}:)?([A-Z]{1,3})(\d{1,7})"')

_ERROR = re.compile(TAG + rb'c\b(?=[^>]*\bt="e")([^>]*)(?<!/)>(.*?)</(?:\w+:)?c>', re.DOTALL)
_VALUE = re.compile(TAG + rb"v\b[^>]*>([^<]+)<")
_UNCALCULATED = re.compile(
    TAG + rb'c\b(?![^>]*\bt="(?:str|e)")([^>/]*)>\s*' + TAG + rb"f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)"
    rb"\s*(?!" + TAG + rb"v\b[^>]*>[^<])"
)
_PLACE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_NUMBERED = re.compile(rb'<c\b[^>]*?\br="[A-Z]{1,3}(\d{1,7})"')
_ROW = re.compile(TAG + rb"row\b([^>]*)>")
_COLUMN = re.compile(TAG + rb"col\b([^>]*)>")
_HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
_NUMBER = re.compile(rb'\br="(\d+)"')
_ATTRIBUTE = re.compile(rb'\b(min|max|width)="([\d.]+)"')
_LINKED = re.compile(TAG + rb"f\b[^>]*>[^<]*\[\d+\]")
_FORMAT = re.compile(rb'numFmtId="(\d+)" formatCode="([^"]*)"')
_BLOCK = rb"<(?:\w+:)?%s\b[^>]*>(.*?)</(?:\w+:)?%s>"
_FONT = re.compile(TAG + rb"font\b[^>]*?(?:/>|>(.*?)</(?:\w+:)?font>)", re.DOTALL)
_STRIKE = re.compile(TAG + rb'strike\b(?![^>]*val="(?:0|false)")')
_XF = re.compile(TAG + rb"xf\b([^>]*)>")


class Styles(NamedTuple):
    """The numbers of the cell styles that strike their writing through, and of those that show a percent sign."""

    struck: frozenset[int] = frozenset()
    percent: frozenset[int] = frozenset()


def inspect(data: bytes) -> tuple[dict[int, Aspect], bool, bool]:
    """The aspects of the sheets by their place, whether serial dates count from 1904, whether other files are used."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = {name.lower(): name for name in archive.namelist()}
        styles = _styles(archive.read(names["xl/styles.xml"])) if "xl/styles.xml" in names else Styles()
        linked = any(name.startswith("xl/externallinks/") for name in names)
        paths, from_1904 = sheet_paths(archive)
        aspects: dict[int, Aspect] = {}
        used = False
        for index, path in paths:
            xml = archive.read(path)
            aspects[index] = _aspect(xml, styles)
            used = used or (linked and _LINKED.search(xml) is not None)
    return aspects, from_1904, used


def sheet_paths(archive: zipfile.ZipFile) -> tuple[list[tuple[int, str]], bool]:
    """Where the sheets stand in the archive, by their place in the workbook; whether dates count from 1904."""
    names = {name.lower(): name for name in archive.namelist()}
    book = names.get("xl/workbook.xml")
    links = names.get("xl/_rels/workbook.xml.rels")
    if book is None or links is None:
        return [], False
    targets = {
        node.get("Id", ""): posixpath.normpath(posixpath.join("xl", node.get("Target", "")).lstrip("/"))
        for node in _xml(archive.read(links)).iter()
        if node.tag.endswith("}Relationship")
    }
    paths: list[tuple[int, str]] = []
    from_1904 = False
    index = 0
    for node in _xml(archive.read(book)).iter():
        if node.tag.endswith("}workbookPr"):
            from_1904 = node.get("date1904", "0") in ("1", "true")
        elif node.tag.endswith("}sheet"):
            link = next((value for key, value in node.attrib.items() if key.endswith("}id")), "")
            path = names.get(targets.get(link, "").lower())
            if path:
                paths.append((index, path))
            index += 1
    return paths, from_1904


def _xml(data: bytes) -> ElementTree.Element:
    """Small parts of the archive only; a document type is refused, since it may expand without end."""
    if b"<!DOCTYPE" in data[:4096].upper():
        raise ValueError("document type in a workbook part")
    return ElementTree.fromstring(data)


def _styles(xml: bytes) -> Styles:
    formats = {int(number) for number, code in _FORMAT.findall(xml) if b"%" in code} | PERCENT_FORMATS
    fonts = _block(xml, b"fonts")
    crossed = {place for place, font in enumerate(_FONT.findall(fonts)) if _STRIKE.search(font)}
    struck: set[int] = set()
    percent: set[int] = set()
    for place, attributes in enumerate(_XF.findall(_block(xml, b"cellXfs"))):
        if (font := re.search(rb'\bfontId="(\d+)"', attributes)) and int(font[1]) in crossed:
            struck.add(place)
        if (shown := re.search(rb'\bnumFmtId="(\d+)"', attributes)) and int(shown[1]) in formats:
            percent.add(place)
    return Styles(frozenset(struck), frozenset(percent))


def _block(xml: bytes, name: bytes) -> bytes:
    found = re.search(_BLOCK % (name, name), xml, re.DOTALL)
    return found[1] if found else b""


def _aspect(xml: bytes, styles: Styles) -> Aspect:
    aspect = Aspect()
    aspect.last_row, aspect.last_column = _extent(xml)
    if _has(xml, b"hidden=", b"d"):
        aspect.hidden_rows = set(_hidden_rows(xml))
    for first, last, width, hidden in _columns(xml):
        if hidden:
            aspect.hidden_columns |= set(range(first, last + 1))
        if width:
            aspect.widths |= dict.fromkeys(range(first, last + 1), width)
    if b't="e"' in xml:
        for match in _ERROR.finditer(xml):
            if place := _place(match[1]):
                value = _VALUE.search(match[2])
                aspect.errors[place] = value[1].decode("utf-8", "replace") if value else "#"
    prefixed = xml.endswith(b":", 0, max(xml.rfind(b"sheetData>"), 0))
    if _has(xml, b"<f", b"f") or (prefixed and b":f" in xml):
        found = (_place(match[1]) for match in _UNCALCULATED.finditer(xml))
        aspect.uncalculated = {place for place in found if place}
    aspect.struck = set(_styled(xml, styles.struck, rb"[^>]*(?<!/)>"))
    aspect.percent = set(_styled(xml, styles.percent, rb'(?![^>]*\bt="(?:s|str|inlineStr|b|e)")[^>]*(?<!/)>'))
    return aspect


def _has(xml: bytes, word: bytes, rare: bytes) -> bool:
    """Whether the rows hold the word. A letter of it that most sheets do not hold at all is looked for first: one
    byte is found missing ten times as fast as a word."""
    place = xml.find(rare, max(xml.find(b"sheetData"), 0) + len(b"sheetData"))
    return place >= 0 and xml.find(word, max(place - len(word), 0)) >= 0


def _extent(xml: bytes) -> tuple[int, int]:
    """How far content reaches down and to the right, at most: the library lays a sheet out densely, and a file may
    hold two cells at the far ends of 16,384 columns and 1,048,576 rows. Cells with a format only do not count.
    """
    if _keeps_near(xml):
        return NEAR
    plain = xml.count(b"<c ") == xml.count(b'<c r="') and b":c " not in xml
    rows, columns = NEAR
    letters: set[bytes] = set()
    for match in (_FAR if plain else _FAR_ANYHOW).finditer(xml):
        letters.add(match[1])
        rows = max(rows, int(match[2]))
    if letters and rows == NEAR[0]:
        last = _NUMBERED.search(xml, max(xml.rfind(b"<c ", 0, max(xml.rfind(b"</c>"), 0)), 0))
        rows = int(last[1]) if last else rows
    return rows, max((column(name) + 1 for name in letters), default=columns)


def _keeps_near(xml: bytes) -> bool:
    """Whether the sheet says itself that it is of an ordinary size. Looking at each cell would take as long as a
    third of reading them; one that lies about its columns comes to the limit on memory."""
    claim = _CLAIM.search(xml, 0, 4096)
    last = _NUMBER.search(xml, max(xml.rfind(b"<row "), 0))
    if claim is None or last is None:
        return False
    rows, columns = BELIEVED
    return column(claim[1]) < columns and int(last[1]) <= int(claim[2]) <= rows


def _styled(xml: bytes, wanted: frozenset[int], rest: bytes) -> Iterator[Place]:
    """The cells with one of these styles, the remaining attributes of their tag as ``rest`` asks."""
    if not wanted:
        return
    numbers = b"|".join(b"%d" % number for number in sorted(wanted))
    for match in re.finditer(TAG + rb'c\b(?=[^>]*\bs="(?:' + numbers + rb')")' + rest, xml):
        if place := _place(match[0]):
            yield place


def _place(attributes: bytes) -> Place | None:
    found = _PLACE.search(attributes)
    return (int(found[2]) - 1, column(found[1])) if found else None


def _hidden_rows(xml: bytes) -> Iterator[int]:
    for match in _ROW.finditer(xml):
        if _HIDDEN.search(match[1]):
            number = _NUMBER.search(match[1])
            if number:
                yield int(number[1]) - 1


def _columns(xml: bytes) -> Iterator[tuple[int, int, float, bool]]:
    """First and last column, width and whether it is hidden, for each declaration of columns."""
    start = xml.find(b"sheetData")
    for match in _COLUMN.finditer(xml, 0, start if start > 0 else len(xml)):
        said = {name: float(value) for name, value in _ATTRIBUTE.findall(match[1])}
        first, last = int(said.get(b"min", 1)), int(said.get(b"max", 1))
        hidden = _HIDDEN.search(match[1]) is not None or said.get(b"width") == 0
        yield first - 1, min(last, first + 255) - 1, said.get(b"width", 0.0), hidden
