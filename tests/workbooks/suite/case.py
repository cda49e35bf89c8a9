"""A case: a workbook, what it teaches, what a person would take from it; and the judge of what the reader took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from config import clock
from config.language import speaking
from data_access.findings import Finding, Severity
from data_access.workbooks.model import Hints, WorkbookResult
from data_access.workbooks.pipeline import examine
from tests.workbooks.suite.street import NOON, Values, known

# The columns of a row that its scope says too, in the order community, day, period, topic.
SCOPES: Mapping[str, tuple[str, str, str, str]] = {
    "roster": ("community", "vaccination_date", "", ""),
    "morning": ("community", "biz_date", "", ""),
    "evening": ("community", "biz_date", "", ""),
    "baseline": ("community", "as_of", "", ""),
    "progress": ("community", "", "period", "workstream"),
    "evidence": ("community", "", "year", ""),
    "actions": ("", "", "", "item_no"),
    "communities": ("name", "", "", ""),
    "sites": ("", "", "", ""),
}
DERIVED = frozenset({"campaign", "eligible"})  # filled in by the street where the sheet is silent
# Said only where there is reason: none of these may come up in a case that does not expect it.
LOUD = frozenset({
    "TOTAL_MISMATCH", "ROWS_MISMATCH", "FILLED_DOWN", "HIDDEN_ROWS", "APPROXIMATE", "DASH_IS_MISSING",
    "DATE_DISAGREES", "PERCENT_UNCERTAIN", "MERGED_NUMBER", "TEXT_BROKEN", "TABLES_BESIDE", "SHEET_WITHOUT_ROWS",
    "PERSON_ELSEWHERE", "ID_OLD_NUMBER", "PHONE_ODD",
})  # fmt: skip


@dataclass(frozen=True)
class Said:
    """A finding that must come: one of these codes, at this cell (any, if blank), its Chinese sentence with ``words``.

    A code that ends in * stands for all that begin so.
    """

    codes: frozenset[str]
    cell: str = ""
    words: tuple[str, ...] = ()

    def fits(self, finding: Finding) -> bool:
        """Whether this is the finding meant."""
        if not any(
            finding.code == code or (code[-1] == "*" and finding.code.startswith(code[:-1])) for code in self.codes
        ):
            return False
        if self.cell and finding.cell != self.cell:
            return False
        with speaking("zh_CN"):
            sentence = finding.message
        return all(word in sentence for word in self.words)

    def __str__(self) -> str:
        """For people who read what went wrong."""
        return f"{'/'.join(sorted(self.codes))} {self.cell} {' '.join(self.words)}".strip()


def said(codes: str, cell: str = "", *words: str) -> Said:
    """Short for a ``Said``; several codes are separated by blanks."""
    return Said(frozenset(codes.split()), cell, words)


@dataclass(frozen=True)
class Outcome:
    """What a person would take from a file: the rows by kind, the errors, the warnings that must not be missing.

    ``maybe`` are warnings that may come or not. ``refused`` counts the rows that may not be taken (None: not looked
    at). ``states`` are those of sheets by name.
    """

    rows: Mapping[str, list[Values]] = field(default_factory=dict)
    errors: tuple[Said, ...] = ()
    warnings: tuple[Said, ...] = ()
    maybe: tuple[Said, ...] = ()
    refused: int | None = None
    states: Mapping[str, str] = field(default_factory=dict)
    signed: Mapping[str, str] = field(default_factory=dict)
    partial: bool = False


def reads(
    rows: Mapping[str, list[Values]] | None = None, *findings: Said, errors: Iterable[Said] = (), **more: Any
) -> Outcome:
    """Rows that are read; ``findings`` are warnings or notes that must come."""
    return Outcome(rows or {}, tuple(errors), findings, **more)


def refuses(*errors: Said, **more: Any) -> Outcome:
    """Nothing is taken, for these reasons."""
    return Outcome({}, errors, **more)


@dataclass(frozen=True)
class Made:
    """A file and what a person takes from it."""

    data: bytes
    outcome: Outcome
    filename: str = "报表.xlsx"
    hints: Hints = field(default_factory=Hints)
    now: datetime = NOON


@dataclass(frozen=True)
class Case:
    """A named case; ``make`` makes its file when it is run."""

    name: str
    rule: str
    teaches: str
    make: Callable[[], Made]


CASES: list[Case] = []


def case(rule: str) -> Callable[[Callable[[], Made]], Callable[[], Made]]:
    """Register a function as a case of a rule: its name, and its first line as what it teaches."""

    def register(make: Callable[[], Made]) -> Callable[[], Made]:
        add(make.__name__, rule, (make.__doc__ or "").splitlines()[0], make)
        return make

    return register


def add(name: str, rule: str, teaches: str, make: Callable[[], Made]) -> None:
    """Register a case that is one of a series."""
    CASES.append(Case(name, rule, teaches, make))


# The judge ------------------------------------------------------------------------------------------------------


def read(made: Made) -> WorkbookResult:
    """What the reader takes from a file, on the day it was sent."""
    with clock.at(made.now):
        return examine(made.data, made.filename, known(), made.hints)


def judge(made: Made) -> list[str]:
    """What differs between what a person would take and what the reader took; nothing, where they agree."""
    result, outcome = read(made), made.outcome
    return [
        *_rows(result, outcome),
        *_findings(result, outcome),
        *_sheets(result, outcome),
    ]


Key = tuple[str, Any, Any, Any, Any]


def _rows(result: WorkbookResult, outcome: Outcome) -> list[str]:
    wanted: Counter[tuple[Key, frozenset[tuple[str, Any]]]] = Counter(
        _plain(kind, (kind, *(row.get(key) if key else None for key in SCOPES[kind])), row)
        for kind, rows in outcome.rows.items()
        for row in rows
    )
    taken: Counter[tuple[Key, frozenset[tuple[str, Any]]]] = Counter()
    wrong = []
    for _sheet, portion in result.portions:
        scope = portion.scope
        key = (scope.kind, scope.community, scope.business_date, scope.period, scope.topic)
        taken.update(_plain(scope.kind, key, row.values) for row in portion.rows)
        if portion.partial != outcome.partial:
            wrong.append(f"partial is {portion.partial}")
    for (key, values), n in (wanted - taken).items():
        wrong.append(f"not taken ({n}): {key} {_nearest(values, [have for other, have in taken if other == key])}")
    for (key, values), n in (taken - wanted).items():
        wrong.append(
            f"taken, but not there ({n}): {key} {_nearest(values, [have for at, have in wanted if at == key])}"
        )
    return wrong


def _plain(kind: str, key: Key, values: Mapping[str, Any]) -> tuple[Key, frozenset[tuple[str, Any]]]:
    own = {name: value for name, value in values.items() if value is not None and name not in SCOPES[kind]}
    if kind == "baseline":
        own = {name: value for name, value in own.items() if not name.startswith("opening") or value}
    return key, frozenset((name, value) for name, value in own.items() if name not in DERIVED)


def _nearest(values: frozenset[tuple[str, Any]], others: list[frozenset[tuple[str, Any]]]) -> str:
    """Only what differs from the most similar row of the same scope, so that a person can read it."""
    best = max(others, key=lambda other: len(values & other), default=frozenset())
    return str(dict(sorted(values - best)))


def _findings(result: WorkbookResult, outcome: Outcome) -> list[str]:
    found = result.all_findings()
    errors = [finding for finding in found if finding.severity is Severity.ERROR]
    wrong = [f"no error {one}" for one in outcome.errors if not any(one.fits(finding) for finding in errors)]
    wrong += [f"error {_told(finding)}" for finding in errors if not any(one.fits(finding) for one in outcome.errors)]
    wrong += [f"nothing says {one}" for one in outcome.warnings if not any(one.fits(finding) for finding in found)]
    wrong += [
        f"needless {_told(finding)}"
        for finding in found
        if finding.code in LOUD and not any(one.fits(finding) for one in (*outcome.warnings, *outcome.maybe))
    ]
    if outcome.refused is not None:
        refused = sum(sheet.refused + sum(portion.refused for portion in sheet.portions) for sheet in result.sheets)
        if refused != outcome.refused:
            wrong.append(f"{refused} rows refused, not {outcome.refused}")
    return wrong


def _told(finding: Finding) -> str:
    return f"{finding.code} {finding.sheet}!{finding.cell} “{finding.value}” {dict(finding.fields)}"


def _sheets(result: WorkbookResult, outcome: Outcome) -> list[str]:
    states = {sheet.name: sheet.state for sheet in result.sheets}
    wrong = [
        f"sheet {name} is {states.get(name)}, not {state}"
        for name, state in outcome.states.items()
        if states.get(name) != state
    ]
    signed = {key: value for sheet in result.sheets for key, value in sheet.signed.items()}
    if outcome.signed and dict(outcome.signed) != signed:
        wrong.append(f"signed {signed}")
    return wrong
