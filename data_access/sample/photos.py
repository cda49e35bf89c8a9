"""Pictures beside the evidence of the sample: drawn by code, of rooms and boards, never of people."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from datetime import date
from random import Random
from typing import Any

from data_access.sample import evidence
from data_access.sample.street import Place

WIDTH, HEIGHT = 192, 128
COMMUNITIES = 4  # so many have photographed what they did
ITEMS = ("1.4", "2.3", "3.2")
TINTS = ((0x2E, 0x7F, 0x94), (0xB8, 0x6A, 0x2A), (0x5A, 0x7D, 0x3C), (0x7A, 0x5C, 0x8E))

Colour = tuple[int, int, int]


def taken(
    places: list[Place], sent: Callable[[Place], date], seed: int
) -> Iterator[tuple[Place, dict[str, Any], str, bytes]]:
    """The community, the evidence row, the name of the file and its bytes (PNG): one an item, of its first row.

    ``sent`` is the day on which a community's evidence was sent.
    """
    for place in places[:COMMUNITIES]:
        rng = Random(f"{seed}:photos:{place.index}")
        shown: set[str] = set()
        for row in evidence.rows(place, sent(place), seed):
            code = row["item_code"]
            if code in ITEMS and row.get("photos") and code not in shown:
                shown.add(code)
                yield place, row, f"{place.alias}{row['item_name']}.png", drawn(rng)


def drawn(rng: Random) -> bytes:
    """A wall with a board, a floor, a row of chairs."""
    tint = rng.choice(TINTS)
    wall, floor = (0xEE, 0xF1, 0xEA), (0xC9, 0xB8, 0x9A)
    left, top = rng.randrange(16, 48), rng.randrange(12, 28)
    right, bottom = left + rng.randrange(70, 110), top + rng.randrange(34, 48)
    chairs = [8 + 26 * n + rng.randrange(6) for n in range(7)]

    def at(x: int, y: int) -> Colour:
        if left <= x < right and top <= y < bottom:
            lines = (y - top) % 9 == 5 and left + 6 <= x < right - 10 - (y * 7) % 23
            return (0xFF, 0xFF, 0xFF) if lines else tint
        if 92 <= y < 118 and any(start <= x < start + 16 for start in chairs):
            return (0x46, 0x53, 0x5C) if y < 106 else (0x6B, 0x76, 0x7E)
        return floor if y >= 88 else wall

    return _png([[at(x, y) for x in range(WIDTH)] for y in range(HEIGHT)])


def _png(rows: list[list[Colour]]) -> bytes:
    head = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 2, 0, 0, 0)
    body = b"".join(b"\x00" + bytes(part for colour in row for part in colour) for row in rows)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(body, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in parts)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
