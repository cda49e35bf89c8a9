"""What the reader has to say about a workbook: one finding names sheet, cell, value, reason and remedy.

A finding holds a code and its fields, never a finished sentence, so that it can be stored once and read in either
language: what has a name in both is a field of ``both``, and a list is joined when it is read. Errors refuse the row
(or the sheet), warnings are accepted and marked, infos say what was normalised.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from config.language import _, pick


class Severity(StrEnum):
    """How much a finding matters."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Rule:
    """What one finding code means: its severity and its two sentences (English message ids with ``{named}`` fields)."""

    code: str
    severity: Severity
    message: str
    remedy: str


def error(code: str, message: str, remedy: str) -> Rule:
    """A rule whose breach refuses the row, the sheet or the file."""
    return Rule(code, Severity.ERROR, message, remedy)


def warning(code: str, message: str, remedy: str) -> Rule:
    """A rule whose breach is accepted and marked."""
    return Rule(code, Severity.WARNING, message, remedy)


def info(code: str, message: str, remedy: str) -> Rule:
    """A rule that says what was normalised."""
    return Rule(code, Severity.INFO, message, remedy)


class Bilingual(Protocol):
    """What is called something in either language: a column, a kind of sheet, a campaign, an allowed value."""

    @property
    def zh(self) -> str:
        """The Chinese name."""

    @property
    def en(self) -> str:
        """The English name."""


def both(named: Bilingual) -> dict[str, str]:
    """A name as a field of a finding, plain enough to be stored."""
    return {"zh": named.zh, "en": named.en}


def headed(head: str, column: Bilingual) -> dict[str, str]:
    """A column as a field of a finding: by its heading, in English by its name with the heading beside it."""
    return {"zh": head, "en": f"{column.en} ({head})" if column.en and column.en != head else head}


def either(columns: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Several columns as one field of a finding: one of them is enough."""
    found = list(columns)
    return {language: " / ".join(column[language] for column in found) for language in ("zh", "en")}


def _spoken(value: object) -> object:
    """A field of a finding in the current language."""
    if isinstance(value, Mapping):
        return pick(value["zh"], value["en"])
    if isinstance(value, Sequence) and not isinstance(value, str):
        return _(", ").join(str(_spoken(one)) for one in value)
    return value


@dataclass(frozen=True, slots=True)
class Finding:
    """One observation on one place of a workbook.

    ``value`` is the original text of the cell, before any normalising. ``personal`` marks a value that may hold a
    name, a telephone or a document number: it is stored encrypted and masked wherever it is shown. ``column`` is the
    heading as it stands in the sheet; a field of that name (see ``headed``) says what it is called in English.
    """

    rule: Rule
    sheet: str = ""
    cell: str = ""
    value: str = ""
    column: str = ""
    fields: Mapping[str, object] = field(default_factory=dict)
    personal: bool = False

    @property
    def code(self) -> str:
        """The stable code, such as ``VALUE_NOT_A_DATE``."""
        return self.rule.code

    @property
    def severity(self) -> Severity:
        """Error, warning or info."""
        return self.rule.severity

    @property
    def shown_value(self) -> str:
        """The value as it may be shown: personal ones keep their first character only."""
        return f"{self.value[:1]}***" if self.personal and self.value else self.value

    @property
    def heading(self) -> str:
        """The column as it is shown in the current language."""
        return str(_spoken(self.fields.get("column", self.column)))

    @property
    def near(self) -> tuple[str, ...]:
        """What may be meant instead of the value, in the current language."""
        near: Any = self.fields.get("near") or ()
        return tuple(str(_spoken(one)) for one in ([near] if isinstance(near, str) else near))

    def _fields(self) -> dict[str, object]:
        return {
            "column": self.column,
            "value": self.shown_value,
            "cell": self.cell,
            "sheet": self.sheet,
            **{name: _spoken(value) for name, value in self.fields.items()},
        }

    @property
    def message(self) -> str:
        """What is wrong, in the current language."""
        return _(self.rule.message, **self._fields())

    @property
    def remedy(self) -> str:
        """How to mend it, in the current language."""
        return _(self.rule.remedy, **self._fields())
