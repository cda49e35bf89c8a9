"""A ranked list as a picture to send: PNG, with the packaged font, the same on every server.

Text in, bytes out. A column may hold positions instead of words: a dot with its interval on one shared axis.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from config import FONT

INK, SECOND, QUIET, LINE, SUNK, PRI, ALERT = "#16212A", "#46535C", "#586570", "#D5DBDF", "#E8ECEE", "#2E7F94", "#B84A00"
SCALE = 2  # for the dense screens of telephones
ROW, GAP, MARGIN, AXIS = 34, 22, 28, 260
_SIZE, _SMALL, _TITLE = 16, 14, 24
_PARTS = re.compile(r"[!-~]+ ?|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Spot:
    """A position in percent with its interval; above 100 it is drawn hollow."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row; ``quiet`` rows are those without a rank."""

    cells: Sequence[str]
    spot: Spot | None = None
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """Title, lines under it, head and rows; the axis is drawn after column ``after`` where any row has a spot."""

    title: str
    lines: Sequence[str]
    head: Sequence[str]
    rows: Sequence[Row]
    notes: Sequence[str] = ()
    right: frozenset[int] = frozenset()  # columns of figures
    after: int = 0
    target: float | None = None
    target_text: str = ""
    bold: frozenset[int] = frozenset()


def png(picture: Picture) -> bytes:
    """The picture, as wide as its columns need."""
    widths = [
        max(_wide(words, _SIZE) for words in column)
        for column in zip(picture.head, *(row.cells for row in picture.rows), strict=True)
    ]
    axis = AXIS if any(row.spot for row in picture.rows) else 0
    width = 2 * MARGIN + sum(widths) + GAP * (len(widths) - 1) + (axis + GAP if axis else 0)
    width = max(width, 2 * MARGIN + _wide(picture.title, _TITLE), 640)
    above = [part for line in picture.lines for part in _broken(line, width - 2 * MARGIN, _SMALL)]
    below = [part for line in picture.notes for part in _broken(line, width - 2 * MARGIN, _SMALL)]
    top = MARGIN + 44 + 24 * len(above) + 12
    height = top + ROW * (len(picture.rows) + 1) + 12 + 22 * len(below) + MARGIN
    image = Image.new("RGB", (round(width * SCALE), round(height * SCALE)), "#FFFFFF")
    pen = _Pen(ImageDraw.Draw(image))
    pen.write(width / 2, MARGIN + 16, picture.title, _TITLE, "m", bold=True)
    for place, words in enumerate(above):
        pen.write(MARGIN, MARGIN + 52 + 24 * place, words, _SMALL, "l", SECOND)
    _table(pen, picture, widths, width, top, axis)
    for place, words in enumerate(below):
        pen.write(MARGIN, top + ROW * (len(picture.rows) + 1) + 24 + 22 * place, words, _SMALL, "l", QUIET)
    content = io.BytesIO()
    image.save(content, "PNG", optimize=True)
    return content.getvalue()


class _Pen:
    """Draws in points; the picture has ``SCALE`` pixels for each."""

    def __init__(self, draw: ImageDraw.ImageDraw) -> None:
        self.draw = draw

    def write(
        self, x: float, y: float, words: str, size: int, align: str, ink: str = INK, *, bold: bool = False
    ) -> None:
        """Words centred on ``y``; the font has one weight, a stroke makes the other."""
        stroke = 0.35 * SCALE if bold else 0
        self.draw.text((x * SCALE, y * SCALE), words, ink, _font(size), f"{align}m", stroke_width=stroke)

    def line(self, x: float, y: float, x2: float, y2: float, ink: str, width: float = 1) -> None:
        """A straight line."""
        self.draw.line([(x * SCALE, y * SCALE), (x2 * SCALE, y2 * SCALE)], ink, round(width * SCALE))

    def box(self, x: float, y: float, x2: float, y2: float, ink: str) -> None:
        """A filled rectangle."""
        self.draw.rectangle([(x * SCALE, y * SCALE), (x2 * SCALE, y2 * SCALE)], ink)

    def dot(self, x: float, y: float, ink: str, *, hollow: bool) -> None:
        """A dot, or a ring."""
        around = [((x - 5) * SCALE, (y - 5) * SCALE), ((x + 5) * SCALE, (y + 5) * SCALE)]
        self.draw.ellipse(around, "#FFFFFF" if hollow else ink, ink, round(2.5 * SCALE))


def _table(pen: _Pen, picture: Picture, widths: Sequence[float], width: float, top: float, axis: float) -> None:
    places = []
    x = float(MARGIN)
    for number, wide in enumerate(widths):
        places.append(x)
        x += wide + GAP
        if axis and number == picture.after:
            start, x = x, x + axis + GAP
    for number, row in enumerate([Row(picture.head), *picture.rows]):
        middle = top + ROW * number + ROW / 2
        if row.quiet:
            pen.box(MARGIN - 8, middle - ROW / 2, width - MARGIN + 8, middle + ROW / 2, SUNK)
        for column, words in enumerate(row.cells):
            right = column in picture.right
            at = places[column] + widths[column] if right else places[column]
            ink = SECOND if number == 0 else QUIET if row.quiet else INK
            bold = number > 0 and column in picture.bold and not row.quiet
            pen.write(at, middle, words, _SIZE, "r" if right else "l", ink, bold=bold)
        under = middle + ROW / 2
        pen.line(MARGIN - 8, under, width - MARGIN + 8, under, "#9AA7AF" if number == 0 else LINE)
    if axis:
        _axis(pen, picture, start, axis, top)


def _axis(pen: _Pen, picture: Picture, start: float, width: float, top: float) -> None:
    spots = [row.spot for row in picture.rows if row.spot]
    known = [one for spot in spots for one in (spot.value, spot.low, spot.high) if one is not None]
    known += [] if picture.target is None else [picture.target]
    low, high = 10 * (min(known) // 10), 10 * -(-max(known) // 10)
    high = high if high > low else low + 10

    def place(value: float) -> float:
        return start + width * (value - low) / (high - low)

    foot = top + ROW * (len(picture.rows) + 1)
    for end in (low, high):
        pen.line(place(end), top + ROW, place(end), foot, LINE)
        if picture.target is None or abs(end - picture.target) > 0.3 * (high - low):
            pen.write(place(end), top + ROW / 2, f"{end:g}%".replace("-", "−"), _SMALL, "m", QUIET)
    if picture.target is not None:
        pen.line(place(picture.target), top + ROW, place(picture.target), foot, INK, 1.5)
        pen.write(place(picture.target), top + ROW / 2, picture.target_text, _SMALL, "m", INK)
    for number, row in enumerate(picture.rows, start=1):
        if row.spot is None:
            continue
        y, spot = top + ROW * number + ROW / 2, row.spot
        over = spot.value > 100
        if spot.low is not None and spot.high is not None and not over:
            pen.line(place(spot.low), y, place(spot.high), y, PRI, 2)
            for end in (spot.low, spot.high):
                pen.line(place(end), y - 6, place(end), y + 6, PRI, 2)
        pen.dot(place(spot.value), y, ALERT if over else "#0B5568", hollow=over)


@lru_cache(maxsize=8)
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT), size * SCALE, layout_engine=ImageFont.Layout.BASIC)


def _wide(words: str, size: int) -> float:
    return _font(size).getlength(words) / SCALE


def _broken(words: str, room: float, size: int) -> list[str]:
    """A line in as many as it needs; Chinese may break anywhere but before a closing sign, Latin words at spaces."""
    found, line = [], ""
    for part in _PARTS.findall(words):
        if line and _wide(line + part.rstrip(), size) > room and part not in "，。、；：）":
            found.append(line)
            line = ""
        line += part
    return [*found, line]
