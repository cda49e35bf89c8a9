"""The sender's own workbook back, with everything that was found in it.

Offending cells are coloured and carry a comment; the first sheet lists all findings with links to their cells. No
text of ours can run as a formula, personal values are masked, and the sender's own formulas stay what they were.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import PurePath
from typing import Any

from config.language import _, current, speaking
from config.settings import settings
from data_access.findings import Finding
from data_access.workbooks import rules, worker
from data_access.workbooks.attached import plain_name
from data_access.workbooks.formats import marking
from data_access.workbooks.grid import bounds

PATIENCE = 6  # changing a workbook takes openpyxl that much longer than reading it is allowed to take
ANNOTATE = "data_access.workbooks.formats.marking:annotated"
REBUILD = "data_access.workbooks.formats.marking:rebuilt"


def annotated(data: bytes, filename: str, findings: Sequence[Finding], language: str | None = None) -> bytes:
    """An .xlsx: the file as it was sent with its findings marked and listed, in ``language`` (None: the current one).

    An .xlsx or .xlsm keeps its layout; macros are left out. Any other file is built anew from what it holds. Where
    the file cannot be changed or read within the limits, the list alone is given back, and says so. ``filename`` is
    what the list calls the file. Never raises for what is in the file.
    """
    with speaking(language or current()):
        words, notes = _words(filename), _notes(findings)
        anew, alone = _notes([Finding(rules.RETURN_REBUILT)]), _notes([Finding(rules.RETURN_LIST_ONLY)])
        try:
            return _asked(ANNOTATE, data, notes, words, anew)
        except (worker.TooSlowError, worker.TooHeavyError, worker.DiedError):
            with suppress(worker.WorkerError):
                return _asked(REBUILD, data, [*notes, *anew], words)
        except worker.WorkerError:
            pass
        return marking.listed([*notes, *alone], words)


def _asked(function: str, data: bytes, *arguments: Any) -> bytes:
    limits = settings().limits
    answer: bytes = worker.ask(
        function, data, bounds(limits), *arguments, seconds=PATIENCE * limits.seconds, memory_mb=limits.memory_mb
    )
    return answer


def returned_name(filename: str) -> str:
    """What the annotated workbook is called: 名单.xls becomes 名单_批注.xlsx."""
    return f"{PurePath(plain_name(filename)).stem}{_('_notes')}.xlsx"


def _notes(findings: Sequence[Finding]) -> list[tuple[str, ...]]:
    return [
        (
            finding.severity.value,
            finding.sheet,
            finding.cell,
            finding.heading,
            finding.shown_value,
            finding.message,
            finding.remedy,
        )
        for finding in findings
    ]


def _words(filename: str) -> tuple[Any, ...]:
    heads = (_("Severity"), _("Worksheet"), _("Cell"), _("Column"), _("Value"), _("What is wrong"), _("How to mend it"))
    severities = {"error": _("Error"), "warning": _("Warning"), "info": _("Info")}
    headline = _("What was found in {file}", file=PurePath(filename).name)
    return tuple(marking.Words(_("Findings"), headline, heads, severities, _("Street briefing board")))
