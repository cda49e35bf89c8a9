"""The words in which a kind of sheet is declared.

One ``SheetKind`` feeds the reader, the blank template, the error texts and ``docs/sheets.md``; nothing else in
the project knows a column header.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from config.language import pick
from data_access.findings import Rule

Values = Mapping[str, Any]


class Type(StrEnum):
    """What a cell of a column holds, after reading."""

    TEXT = "text"  # str
    NAME = "name"  # str, a person's name, never converted
    INT = "int"  # int
    NUMBER = "number"  # int or Fraction-exact Decimal
    PERCENT = "percent"  # Decimal in percent points; a check only
    DATE = "date"  # date
    TIME = "time"  # time
    DATETIME = "datetime"  # aware datetime, UTC
    TICK = "tick"  # bool
    ENUM = "enum"  # code of one of ``choices``
    LIST = "list"  # tuple[str, ...], parts separated by 、 or ;
    COMMUNITY = "community"  # official name
    SITE = "site"  # official name of a site
    CAMPAIGN = "campaign"  # campaign code
    DOSE = "dose"  # dose code of the campaign
    GROUP = "group"  # person group code of the campaign, or "all" for 合计
    ID_NO = "id_no"  # str, a document number
    PHONE = "phone"  # str of digits
    PERIOD = "period"  # canonical text: 2022-08, 2022Q3, 2022-W33, 2022
    WORKSTREAM = "workstream"  # workstream slug
    INDICATOR = "indicator"  # indicator code
    FILES = "files"  # int, a number of files; a tick counts as 1, a cross as 0


@dataclass(frozen=True, slots=True)
class Choice:
    """One allowed value of an enumeration."""

    code: str
    zh: str
    en: str
    synonyms: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The value as it is written in the current language."""
        return pick(self.zh, self.en)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it is called, what it holds, and what it must obey.

    ``required`` columns must be filled in every row. ``dose`` limits a column to campaigns that give this dose
    (``full`` stands for a course of more than one dose). ``fill_down`` columns may be left blank under a value,
    those with ``fill_with`` where that column of the row is; ``spare`` are names of another column that mean this one
    where the other has a header of its own;
    ``beside`` ones may be said once in the lines around the table; in a ``percent`` one a number may bear the sign.
    ``rule_zh``/``rule_en`` say the rule in one line for people; the checks are in the declaration's ``rules``.
    """

    key: str
    zh: str
    en: str
    type: Type = Type.TEXT
    required: bool = False
    synonyms: tuple[str, ...] = ()
    spare: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    personal: bool = False
    minimum: int | None = None
    maximum: int | None = None
    dose: str | None = None
    fill_down: bool = False
    fill_with: str = ""
    beside: bool = False
    percent: bool = False
    rule_zh: str = ""
    rule_en: str = ""
    example: Any = None

    @property
    def label(self) -> str:
        """The header in the current language."""
        return pick(self.zh, self.en)

    @property
    def rule(self) -> str:
        """The rule in one line, in the current language."""
        return pick(self.rule_zh, self.rule_en)


@dataclass(frozen=True, slots=True)
class Problem:
    """What a row or sheet rule found: the rule's text, the column it points at, and the fields of the sentence.

    ``absent`` is said instead, once a sheet, where the sheet has no such column at all.
    """

    rule: Rule
    column: str | None = None
    fields: Mapping[str, object] | None = None
    row: int = 0  # index into the rows for a sheet rule
    absent: Rule | None = None


RowCheck = Callable[[Values], Iterable[Problem]]


@dataclass(frozen=True, slots=True)
class LooksAt:
    """A row check that looks at these columns and no others, so that rows alike in them need asking only once."""

    keys: tuple[str, ...]
    ask: RowCheck

    def __call__(self, values: Values) -> Iterable[Problem]:
        """The problems of one row."""
        return self.ask(values)


def looks_at(*keys: str) -> Callable[[RowCheck], LooksAt]:
    """Declare the columns a row check looks at."""
    return lambda check: LooksAt(keys, check)


SheetCheck = Callable[[list[Values]], Iterable[Problem]]


@dataclass(frozen=True, slots=True)
class SheetKind:
    """One kind of sheet.

    ``scope`` names what one submission covers besides the kind: any of campaign, community, business_date, period,
    topic; re-sending a scope supersedes it whole. ``date`` is the column that gives business_date, ``topic`` the one
    that gives topic. ``identity`` are the columns that tell two rows of one scope apart. ``workbook`` is the
    template's name on the command line (several kinds may share one workbook).
    """

    key: str
    zh: str
    en: str
    workbook: str
    columns: tuple[Column, ...]
    scope: tuple[str, ...]
    identity: tuple[str, ...]
    date: str | None = None
    topic: str | None = None
    synonyms: tuple[str, ...] = ()
    either: tuple[tuple[str, ...], ...] = ()  # of each group at least one column must be filled
    row_checks: tuple[RowCheck, ...] = ()
    sheet_checks: tuple[SheetCheck, ...] = ()
    purpose_zh: str = ""
    purpose_en: str = ""

    @property
    def label(self) -> str:
        """The sheet's name in the current language."""
        return pick(self.zh, self.en)

    def column(self, key: str) -> Column:
        """The column with this key; KeyError if the kind has none."""
        for column in self.columns:
            if column.key == key:
                return column
        raise KeyError(key)
