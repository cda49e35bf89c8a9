"""A file that holds the changed rows only (N20): marked as such where the sender said so, asked about where it may be.

What a file calls itself decides nothing: 更正 stands on whole sheets as often as on single rows.
"""

from __future__ import annotations

import re

from data_access.findings import Finding
from data_access.workbooks import rules
from data_access.workbooks.model import Hints, SheetResult, WorkbookResult

_WORDS = re.compile(r"更正|补报|修订|勘误|更新版")


def mark(result: WorkbookResult, hints: Hints) -> None:
    """Make the portions partial if the sender declared the file a correction; else say what its words suggest.

    A ledger of people becomes counts, and of a part of the people there is no count: it is refused.
    """
    for sheet in result.sheets:
        if not hints.partial:
            if sheet.portions and (text := _says_so(sheet, result.filename)):
                sheet.findings.append(Finding(rules.SAYS_CORRECTION, sheet.name, fields={"text": text}))
        elif sheet.kind is not None and sheet.kind.key == "ledger":
            _refuse(sheet)
        else:
            for portion in sheet.portions:
                portion.partial = True


def _says_so(sheet: SheetResult, filename: str) -> str | None:
    """The word by which a title, the sheet's name or the file's name calls itself a correction."""
    found = (_WORDS.search(text) for text in (*sheet.title, sheet.name, filename))
    return next((match[0] for match in found if match), None)


def _refuse(sheet: SheetResult) -> None:
    sheet.state = "refused"
    sheet.findings.append(Finding(rules.PARTIAL_LEDGER, sheet.name))
    for portion in sheet.portions:
        sheet.refused += len(portion.rows) + portion.refused
        sheet.findings += portion.findings
    sheet.portions = []
