"""What the reader has to say about a workbook: one finding names sheet, cell, value, reason and remedy.

A finding holds a code and its fields, never a finished sentence, so that it can be stored once and read in either
language. Errors refuse the row (or the sheet), warnings are accepted and marked, infos say what was normalised.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from config.language import _


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


@dataclass(frozen=True, slots=True)
class Finding:
    """One observation on one place of a workbook.

    ``value`` is the original text of the cell, before any normalising. ``personal`` marks a value that may hold a
    name, a telephone or a document number: it is stored encrypted and masked wherever it is shown.
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

    def _fields(self) -> dict[str, object]:
        return {
            "column": self.column,
            "value": self.shown_value,
            "cell": self.cell,
            "sheet": self.sheet,
            **self.fields,
        }

    @property
    def message(self) -> str:
        """What is wrong, in the current language."""
        return _(self.rule.message, **self._fields())

    @property
    def remedy(self) -> str:
        """How to mend it, in the current language."""
        return _(self.rule.remedy, **self._fields())
