"""What stands in a letter of an office (公文), before it is written as a document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """A table under its caption; every cell is a text, the first column narrow, the last one wide."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Letter:
    """What stands on the paper, from the red head to the date."""

    office: str
    reference: str
    title: str
    to: str
    paragraphs: Sequence[str]
    tables: Sequence[Table]
    notes: Sequence[str]
    notes_label: str
    signed: str
    date: str
