"""Looking at a sheet that nobody knows yet: what a person needs to say once what its columns are. Writes nothing.

A person's data do not belong on a shared screen: what stands under a heading of a name, telephone or document number
is given by its first sign, and numbers of that length are blotted out everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from config.language import _
from data_access import database, privacy
from data_access.accounts import Actor, Capability
from data_access.findings import Finding
from data_access.inbox.known import known
from data_access.sheets import KINDS
from data_access.workbooks import layouts
from data_access.workbooks.grid import Grid, open_book
from data_access.workbooks.layouts import SEPARATOR, Found
from data_access.workbooks.model import Known
from data_access.workbooks.names import header, squeeze
from data_access.workbooks.recognise import blank
from data_access.workbooks.street import Street
from data_access.workbooks.values import plain

ROWS = 14  # of a sheet, to point at its header
WORDS = 30  # different texts of one column


@dataclass(frozen=True, slots=True)
class Sheet:
    """One visible sheet of a file as it stands, or with its rows as columns, and the tables that seem to be there.

    ``title`` is what stands above a table that was turned.
    """

    grid: Grid
    known: Known
    title: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The sheet's name."""
        return self.grid.name

    def top(self, found: Found | None) -> list[list[str]]:
        """The first rows as text, all of one length; people under the headers of ``found`` by their first sign."""
        rows = self.grid.rows[:ROWS]
        width = max(map(len, rows), default=0)
        people = {place for path, place in found.places.items() if personal(path)} if found else set()
        body = found.first + found.depth if found else len(rows)
        return [
            [
                _hidden(cell) if place in people and number >= body else privacy.blot(plain(cell)) or ""
                for place, cell in enumerate([*row, *[""] * (width - len(row))])
            ]
            for number, row in enumerate(rows)
        ]

    def turned(self) -> Sheet | None:
        """The sheet with its rows as columns, for communities that stand in the header; None without a table."""
        turn = layouts.sideways(self.grid)
        return None if turn is None else Sheet(turn[0], self.known, turn[1])

    def tables(self) -> list[Found]:
        """The tables of the sheet from top to bottom."""
        return layouts.survey(self.grid, Street(self.known).places)

    def at(self, first: int, depth: int) -> Found | None:
        """The table whose header begins in row ``first`` (from 0) and is ``depth`` rows deep."""
        found = layouts.at(self.grid, first, depth, Street(self.known).places)
        return replace(found, title=self.title) if found is not None and self.title else found

    def words(self, found: Found, path: str) -> list[str]:
        """The different texts under a header, in their order, WORDS at most."""
        place, body = found.places[path], found.first + found.depth
        cells = (row[place] if place < len(row) else "" for row in self.grid.rows[body : found.end])
        texts = dict.fromkeys(plain(cell).strip() for cell in cells if isinstance(cell, str))
        return [text for text in texts if text][:WORDS]


def sheets(actor: Actor, data: bytes, filename: str) -> list[Sheet]:
    """The visible, filled sheets of a file; none where it cannot be opened. NotAllowedError."""
    actor.require(Capability.MAP_SHEETS)
    book = open_book(data, filename)
    if isinstance(book, Finding):
        return []
    with database.reading() as connection:
        street = known(connection, actor)
    shown = [grid for grid in book.sheets if grid.visible and grid.refusal is None and not blank(grid.rows)]
    return [Sheet(grid, street) for grid in shown]


def samples(found: Found, path: str) -> str:
    """The first values under a header, as they may be shown."""
    values = found.samples.get(path, ())
    if personal(path):
        return _(", ").join(_hidden(value) for value in values)
    return _(", ").join(privacy.blot(value) or "" for value in values)


def personal(path: str) -> bool:
    """Whether a header path ends in words that stand over people."""
    return header(squeeze(path.split(SEPARATOR)[-1])) in _people()


@lru_cache(maxsize=1)
def _people() -> frozenset[str]:
    columns = [column for kind in KINDS.values() for column in kind.columns if column.personal]
    return frozenset(header(squeeze(text)) for column in columns for text in (column.zh, column.en, *column.synonyms))


def _hidden(cell: Any) -> str:
    text = plain(cell).strip()
    return f"{text[:1]}***" if text else ""
