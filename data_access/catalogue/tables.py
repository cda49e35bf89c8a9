"""The catalogue as a table: downloaded, changed in a spreadsheet, handed in again and compared before it counts.

One row an indicator, one column a field; a text of both languages has two. A blank cell means that the field has no
value, a column that is left out means that nothing is said of it. A row without a code is a new indicator.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from config.catalogue import Catalogue, UnknownIndicatorError, UnknownWorkstreamError, catalogue
from config.declarations import ConfigError, Text, fold
from config.indicators import ACCRUALS, BASES, KINDS, PERIODS, POLARITIES, Indicator
from config.language import LANGUAGES, N_, _, speaking
from data_access import database
from data_access.accounts import Actor, Capability
from data_access.catalogue import catalogues, declared
from data_access.findings import Finding
from data_access.workbooks import grid
from data_access.workbooks.numerals import number_in
from data_access.workbooks.values import NO, YES

SHEET = N_("Catalogue")
_LISTS = {"aliases", "window"}
_NUMBERS = {"target", "reached", "factor", "slots"}
_TICKS = {"matrix", "enabled"}
_WORDS: dict[str, Mapping[Any, Text]] = {
    "kind": KINDS,
    "polarity": POLARITIES,
    "basis": BASES,
    "period": PERIODS,
    "accrual": ACCRUALS,
}
# Columns in order: the field, for a text of both languages with its language, and its heading.
COLUMNS: dict[str, str] = {
    "code": N_("Code"),
    "workstream": N_("Workstream"),
    "zh": N_("Chinese name"),
    "en": N_("English name"),
    "aliases": N_("Other names"),
    "kind": N_("Kind"),
    "numerator.zh": N_("Numerator (Chinese)"),
    "numerator.en": N_("Numerator (English)"),
    "denominator.zh": N_("Denominator (Chinese)"),
    "denominator.en": N_("Denominator (English)"),
    "factor": N_("Factor"),
    "unit": N_("Unit"),
    "comparator": N_("Comparator"),
    "target": N_("Target"),
    "polarity": N_("What is better"),
    "basis": N_("Basis of the target"),
    "source": N_("Source of the target"),
    "reached": N_("Reached elsewhere"),
    "period": N_("Reporting period"),
    "accrual": N_("How it adds up"),
    "slots": N_("Periods in a year"),
    "window": N_("Season"),
    "evidence.zh": N_("Evidence (Chinese)"),
    "evidence.en": N_("Evidence (English)"),
    "note.zh": N_("Note (Chinese)"),
    "note.en": N_("Note (English)"),
    "alternative_to": N_("Another rule for"),
    "matrix": N_("In the matrix"),
    "enabled": N_("In use"),
}


class TableError(Exception):
    """The file holds no catalogue that could be read; the text says why."""

    def __init__(self, message: str, **fields: object) -> None:
        super().__init__(_(message, **fields))


@dataclass(frozen=True, slots=True)
class Trouble:
    """A cell that cannot be taken: its address, the heading of its column, what it holds and what is wrong with it."""

    cell: str
    heading: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of one indicator that the table says otherwise; ``before`` is empty for a new indicator."""

    code: str
    name: str
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a table would change from a day on: fields by code, and new indicators. Nothing goes in with troubles."""

    valid_from: date
    changes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    added: tuple[Mapping[str, Any], ...] = ()
    differences: tuple[Difference, ...] = ()
    troubles: tuple[Trouble, ...] = ()


def table(actor: Actor, day: date) -> pd.DataFrame:
    """Every indicator as it is defined on a day, with headings and words in the current language; one row each."""
    actor.require(Capability.READ_BOARD)
    known = catalogue(day)
    rows = [{_(head): _shown(known, item, key) for key, head in COLUMNS.items()} for item in known.indicators]
    return pd.DataFrame(rows, columns=[_(head) for head in COLUMNS.values()], dtype=object)


def propose(actor: Actor, content: bytes, filename: str, valid_from: date) -> Proposal:
    """What a workbook would change in the catalogue from a day on; nothing is written.

    TableError where no sheet of it has the columns of the catalogue; NotAllowedError.
    """
    actor.require(Capability.SET_TARGETS)
    book = grid.open_book(content, filename)
    if isinstance(book, Finding):
        raise TableError(book.message)
    with database.reading() as connection:
        catalogues.enter(connection, actor.street_id)
    headings = _headings()
    for sheet in book.sheets:
        for top, line in enumerate(sheet.rows[:20]):
            columns = {headings[fold(cell)]: place for place, cell in enumerate(line) if fold(cell) in headings}
            if "code" in columns and len(columns) > 1:
                return _Reader(sheet, top, columns, catalogue(valid_from), valid_from).proposal()
    raise TableError(
        N_("No sheet has the columns of the catalogue. Download it here, change it, and hand it in again.")
    )


def commit(actor: Actor, proposal: Proposal) -> list[Indicator]:
    """Put what was proposed into force from its day on, all or nothing. ConfigError; NotAllowedError."""
    if proposal.troubles:
        raise TableError(N_("Some cells cannot be taken. Mend them and hand the table in again."))
    return declared.define_all(actor, proposal.valid_from, proposal.changes, proposal.added)


def _headings() -> dict[str, str]:
    found: dict[str, str] = {}
    for language in LANGUAGES:
        with speaking(language):
            found |= {fold(_(head)): key for key, head in COLUMNS.items()}
    return found


def _shown(known: Catalogue, item: Indicator, key: str) -> Any:
    """A field as it is written into its cell."""
    name, _dot, language = key.partition(".")
    value = getattr(item, name)
    if language:
        return getattr(value, language) if value is not None else None
    if name == "workstream":
        return known.workstream(value).label
    if name in _WORDS:
        return str(_WORDS[name][value])
    if name in _TICKS:
        return _("yes") if value else _("no")
    if name in _LISTS:
        return _(", ").join(value) if value else None
    return None if value == "" else value


class _Reader:
    """The rows of one sheet against the catalogue of the day from which they are to count."""

    def __init__(self, sheet: grid.Grid, top: int, columns: dict[str, int], known: Catalogue, day: date) -> None:
        self._sheet, self._top, self._columns, self._known, self._day = sheet, top, columns, known, day
        self._changes: dict[str, Mapping[str, Any]] = {}
        self._added: list[Mapping[str, Any]] = []
        self._differences: list[Difference] = []
        self._troubles: list[Trouble] = []

    def proposal(self) -> Proposal:
        for row in range(self._top + 1, len(self._sheet.rows)):
            if any(str(cell or "").strip() for cell in self._sheet.rows[row]):
                self._row(row)
        return Proposal(self._day, self._changes, tuple(self._added), tuple(self._differences), tuple(self._troubles))

    def _cell(self, row: int, key: str) -> Any:
        place = self._columns.get(key)
        line = self._sheet.rows[row]
        return None if place is None or place >= len(line) else line[place]

    def _wrong(self, row: int, key: str, reason: str) -> None:
        column = self._columns.get(key, self._columns["code"])
        value = self._cell(row, key)
        shown = "" if value is None else str(value)[:60]
        self._troubles.append(Trouble(grid.address(row, column), _(COLUMNS[key]), shown, reason))

    def _row(self, row: int) -> None:
        code = str(self._cell(row, "code") or "").strip()
        try:
            before = self._known.indicator(code) if code else None
        except UnknownIndicatorError as problem:
            self._wrong(row, "code", str(problem))
            return
        if before is not None and before.code in self._changes:
            self._wrong(row, "code", _("the code is used twice"))
            return
        wrong = len(self._troubles)
        values = self._values(row, before)
        if len(self._troubles) > wrong:
            return
        try:
            if before is None:
                made = declared.new(self._known, "", values)
            else:
                made = declared.revised(self._known, before.code, values)
        except (ConfigError, UnknownWorkstreamError) as problem:
            name = problem.field if isinstance(problem, ConfigError) else "workstream"
            keys = (name, f"{name}.zh", f"{name.split('.')[0]}.zh")
            key = next((one for one in keys if one in COLUMNS), "code")
            self._wrong(row, key, problem.reason if isinstance(problem, ConfigError) else str(problem))
            return
        self._compare(before, made, values)

    def _compare(self, before: Indicator | None, made: Indicator, values: Mapping[str, Any]) -> None:
        if before is None:
            self._added.append(values)
        else:
            self._changes[before.code] = values if made != before else {}
        for key, head in COLUMNS.items():
            old = None if before is None else _shown(self._known, before, key)
            new = _shown(self._known, made, key)
            if old != new and key != "code":
                code = _("new") if before is None else made.code
                self._differences.append(Difference(code, made.label, _(head), _text(old), _text(new)))

    def _values(self, row: int, before: Indicator | None) -> dict[str, Any]:
        """What the row says of its fields; what it cannot say is among the troubles."""
        values: dict[str, Any] = {}
        for key in self._columns:
            name, _dot, language = key.partition(".")
            if name == "code" or language == "en":
                continue
            raw = self._cell(row, key)
            if before is None and not str("" if raw is None else raw).strip():
                continue
            try:
                value = self._texts(row, name, before) if language else _READERS.get(name, _plain)(raw, name)
            except ValueError as problem:
                self._wrong(row, key, str(problem))
                continue
            if name == "workstream":
                if value is None and before is not None:
                    continue
                try:
                    value = self._known.workstream(str(value or "")).slug
                except UnknownWorkstreamError as problem:
                    self._wrong(row, key, str(problem))
                    continue
            values[name] = value if value is not None else _EMPTY.get(name)
        return values

    def _texts(self, row: int, name: str, before: Indicator | None) -> dict[str, str] | None:
        """A text of both languages; one of them alone goes into both."""
        zh, en = (str(self._cell(row, f"{name}.{language}") or "").strip() for language in ("zh", "en"))
        if f"{name}.en" not in self._columns and before is not None and getattr(before, name) is not None:
            en = getattr(before, name).en
        return {"zh": zh or en, "en": en or zh} if zh or en else None


_EMPTY: dict[str, Any] = {
    **dict.fromkeys(("comparator", "source", "zh", "en", "unit"), ""),
    "aliases": (),
    "factor": 100,
    "matrix": False,
    "enabled": False,
}


def _plain(raw: Any, _name: str) -> Any:
    text = "" if raw is None else str(raw).strip()
    return text or None


def _number(raw: Any, _name: str) -> Any:
    text = "" if raw is None else str(raw).strip().removesuffix("%")
    if not text:
        return None
    found = number_in(text)
    if found is None or found[1]:
        raise ValueError(_("{value} is no exact number", value=text[:20]))
    amount = found[0]
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _tick(raw: Any, _name: str) -> bool:
    text = "" if raw is None else fold(raw)
    if text in YES:
        return True
    if not text or text in NO:
        return False
    raise ValueError(_("write yes or no"))


def _choice(raw: Any, name: str) -> str | None:
    """A word of the list, its code or its other language."""
    if raw is None or not str(raw).strip():
        return None
    known: dict[str, str] = {
        fold(word): code for code, text in _WORDS[name].items() for word in (code, text.zh, text.en)
    }
    found = known.get(fold(raw))
    if found is None:
        words = _(", ").join(str(text) for text in _WORDS[name].values())
        raise ValueError(_("it is one of: {names}", names=words))
    return found


def _list(raw: Any, _name: str) -> tuple[str, ...] | None:
    text = "" if raw is None else str(raw).replace("、", ",").replace("，", ",").replace("；", ",").replace(";", ",")
    return tuple(part.strip() for part in text.split(",") if part.strip()) or None


_READERS: dict[str, Callable[[Any, str], Any]] = {
    **dict.fromkeys(_NUMBERS, _number),
    **dict.fromkeys(_TICKS, _tick),
    **dict.fromkeys(_WORDS, _choice),
    **dict.fromkeys(_LISTS, _list),
}


def _text(value: Any) -> str:
    return "" if value is None else str(value)
