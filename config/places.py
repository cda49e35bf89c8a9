"""Where in a TOML file something stands: the line of a table and of a key, for messages about what is wrong there.

The library that reads TOML gives values without lines, so the source is looked at once more, and only then.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

_TABLE = re.compile(r"\s*\[\[?\s*([\w.-]+)\s*\]\]?")
_KEY = re.compile(r"\s*[\"']?([\w-]+)[\"']?\s*=")
_LONG = ('"""', "'''")


@dataclass(slots=True)
class Block:
    """A table of the file: its name (empty for the head), its first line, and the line of each of its keys."""

    name: str
    line: int
    keys: dict[str, int] = field(default_factory=dict)


def blocks(text: str) -> list[Block]:
    """The tables of a TOML text in order, the head first; lines are counted from 1."""
    found = [Block("", 1)]
    closing = ""  # what ends the text of several lines that we are in
    for number, line in enumerate(text.splitlines(), start=1):
        if closing:
            closing = "" if closing in line else closing
            continue
        if table := _TABLE.match(line):
            found.append(Block(table[1], number))
        elif key := _KEY.match(line):
            found[-1].keys.setdefault(key[1], number)
        closing = next((mark for mark in _LONG if line.count(mark) == 1), "")
    return found


def line_of(path: Path, table: str, index: int, key: str) -> int:
    """The line of a key in the ``index``-th table of this name (the head has none), else that of the table itself.

    0 where the file is not there.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return 0
    named = [block for block in blocks(text) if block.name == table]
    if index >= len(named):
        return 0
    block = named[index]
    first, _dot, _rest = key.partition(".")
    return block.keys.get(first) or block.keys.get("code") or block.line
