"""One row that a community reported, by a key that outlives its revisions: what it says and where it came from.

A record is a row of a progress sheet or of the evidence checklist. Its figures are for everybody who may read the
board; its free text for those who may read people, of a clerk only in the own community.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import pandas as pd
from sqlalchemy import ColumnElement, Row, or_, select

from config.catalogue import checklist_item, indicator
from config.declarations import UnknownNameError
from config.language import N_, _
from data_access import database, privacy, sheets
from data_access.force import in_force
from data_access.inbox import facts
from data_access.metrics import Period, PeriodUnknownError
from data_access.office import attachments
from data_access.reports import accrual, changes, eras, progress, workstreams
from data_access.reports.frames import frame
from data_access.reports.view import View
from data_access.schema import Evidence, Progress, Submission
from data_access.sheets.declaration import Type

Sort = Literal["progress", "evidence"]
_NAMING = {
    "progress": ("workstream", "indicator", "period"),
    "evidence": ("year", "item_code", "event_no", "family_no"),
}


class KeyFormError(ValueError):
    """The text is not the key of a record."""


class UnknownRecordError(UnknownNameError):
    """No record in force bears this key on the view's day."""

    message = N_("Nothing is reported under {name} any more, or not yet on this day.")


@dataclass(frozen=True, slots=True)
class Key:
    """Which record of a community: ``2022-07/HE-01`` (period, indicator) of progress; of evidence ``2022/1.4/2`` (year,
    item, event), ``2022/4.6/F12`` (a family in place of the event) or ``2022/1.1`` (an item without events).

    ``place`` is the part that tells it from the other records of its indicator or item.
    """

    sort: Sort
    text: str
    code: str
    place: str

    @classmethod
    def parse(cls, sort: Sort, text: str) -> Key:
        """Read a key. KeyFormError."""
        first, _slash, rest = text.partition("/")
        code, _slash, event = rest.partition("/")
        if not first or not code or (sort == "progress" and event):
            raise KeyFormError(text)
        return cls(sort, text, code, first if sort == "progress" else event or first)

    @classmethod
    def of(cls, sort: Sort, row: Any) -> Key:
        """The key of a fact (anything with the columns of its table)."""
        if sort == "progress":
            return cls.parse(sort, f"{row.period}/{row.indicator}")
        return cls.parse(sort, attachments.evidence_record(row.year, row.item_code, row.event_no, row.family_no))


@dataclass(frozen=True, slots=True)
class Said:
    """What one cell of a record says: column key, its heading, the value as it may be shown."""

    column: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it stands on the view's day.

    ``figures`` are numbers, dates and codes, ``words`` the free text (empty where it may not be read; ``withheld``
    says that there is some). ``sheet`` and ``row`` say where it stands in the workbook; ``workbook`` is None for
    what was typed in; ``files`` counts those attached.
    """

    key: Key
    community: str
    community_id: int
    figures: tuple[Said, ...]
    words: tuple[Said, ...]
    withheld: bool
    submission: int
    revision: int
    received: datetime
    committed: datetime
    workbook: int | None
    sheet: str | None
    row: int
    files: int


def listed(view: View, community: str, code: str) -> pd.DataFrame:
    """The records in force of one indicator, or item of the checklist, in the year of the view's day, latest first.

    Columns: record (its key), place (what tells it from the others), day (date: of the report or the event), then of
    an indicator period (text), cumulative (bool), done (Decimal), num, den (Decimal), zero_confirm (bool), estimates
    (headings of the figures given as estimates, or None), needs_help (bool); of an item attendees (Int64), pieces
    (Int64: files that the sheet says there are), review (code); and files (Int64: attached ones), submission,
    revision, row (Int64). No free text.
    UnknownCommunityError, and those of ``config.catalogue``.
    """
    sort = _sort(code)
    with database.reporting() as connection:
        one = progress.only(connection, view, community)
        rows = connection.execute(_found(view, sort, one.key, code, words=False)).all()
        files = attachments.counts(connection, view.actor, sort, [one.key], view.as_of).get(one.key, {})
    made = [_progress(row) if sort == "progress" else _evidence(row) for row in rows]
    for row in made:
        row["files"] = files.get(row["record"], 0)
    made.sort(key=lambda row: (row["_end"], row["row"]), reverse=True)
    counts = ("attendees", "pieces") if sort == "evidence" else ()
    always = ("files", "submission", "revision", "row")
    return frame(made, ["record", "place", "day", *_LISTED[sort], *always], dict.fromkeys((*counts, *always), "Int64"))


_LISTED: dict[Sort, tuple[str, ...]] = {
    "progress": ("period", "cumulative", "done", "num", "den", "zero_confirm", "estimates", "needs_help"),
    "evidence": ("attendees", "pieces", "review"),
}
_PIECES = ("photos", "minutes", "sign_in", "appeal", "handout", "original")


def periods(view: View, community: str, code: str) -> pd.DataFrame:
    """One indicator through the year, the latest period first: each slot, or reported period where there are none.

    Columns: those of ``workstreams.history``, expected against the targets of their own days (``eras``); records
    (Int64: how many were reported in it), record (the key where there is one alone), files (Int64: attached to them).
    Errors as ``listed``.
    """
    told = workstreams.history(view, community, code)
    inside = listed(view, community, code)
    found = eras.table(view, community, code)
    due = [None if pd.isna(n) else eras.due(found, day) for n, day in zip(told["expected"], told["day"], strict=True)]
    slots = [_period(text, view.day) for text in told["period"]]
    keys: list[list[str]] = [[] for _slot in slots]
    files = [0] * len(slots)
    for one in inside.itertuples():
        place = _place(slots, _period(str(one.period), view.day))
        if place is not None:
            keys[place].append(str(one.record))
            files[place] += int(str(one.files))
    made = told.assign(
        expected=pd.array(due, dtype="Int64"),
        records=pd.array([len(own) for own in keys], dtype="Int64"),
        files=pd.array(files, dtype="Int64"),
        record=pd.Series([own[0] if len(own) == 1 else None for own in keys], index=told.index, dtype="object"),
    )
    return made.iloc[::-1].reset_index(drop=True)


def within(view: View, community: str, code: str, period: str) -> pd.DataFrame:
    """The rows of ``listed`` that were reported in one period of ``periods``; errors as ``listed``."""
    found = listed(view, community, code)
    slot = _period(period, view.day)
    return found[found["period"].map(lambda text: _place([slot], _period(text, view.day)) == 0).astype(bool)]


def _period(text: str, day: date) -> Period | None:
    try:
        return accrual.period(text, day)
    except PeriodUnknownError:
        return None


def _place(slots: Iterable[Period | None], inner: Period | None) -> int | None:
    """Which of the slots a report belongs to: its own, or the one that its middle lies in (a week: its Thursday)."""
    if inner is None:
        return None
    for place, slot in enumerate(slots):
        if slot is not None and inner.days <= slot.days and inner.start + (inner.end - inner.start) // 2 in slot:
            return place
    return None


def record(view: View, community: str, key: Key) -> Record:
    """One record. UnknownRecordError; errors as ``listed``."""
    with database.reporting() as connection:
        one = progress.only(connection, view, community)
        rows = connection.execute(_found(view, key.sort, one.key, key.code, words=True)).all()
        files = attachments.counts(connection, view.actor, key.sort, [one.key], view.as_of).get(one.key, {})
    row = next((row for row in rows if Key.of(key.sort, row) == key), None)
    if row is None:
        raise UnknownRecordError(key.text)
    told = _said(key.sort, row)
    sealed = tuple(one for one in told if changes.sealed(key.sort, one.column))
    may = progress.may_read_text(view, community)
    return Record(
        key,
        community,
        one.key,
        figures=tuple(one for one in told if one not in sealed),
        words=sealed if may else (),
        withheld=bool(sealed) and not may,
        submission=row.submission_id,
        revision=row.revision,
        received=row.received_at,
        committed=row.committed_at,
        workbook=row.workbook_id,
        sheet=row.sheet,
        row=row.row,
        files=files.get(key.text, 0),
    )


def versions(view: View, community: str, key: Key) -> pd.DataFrame:
    """What each revision said of a record, the latest first, as far as they were known.

    Columns: submission, revision (Int64), state (in_force, superseded, withdrawn), committed (aware UTC), said (its
    figures as text, None where the revision does not hold the record). Errors as ``record``.
    """
    found = record(view, community, key)
    table = facts.table(key.sort)
    with database.reporting() as connection:
        known = connection.execute(_revisions(view, found.submission)).all()
        rows = connection.execute(
            select(table).where(table.c.submission_id.in_([row.id for row in known]), *_coded(key.sort, key.code))
        ).all()
    told = {row.submission_id: row for row in rows if Key.of(key.sort, row) == key}
    standing = found.submission
    made = [
        {
            "submission": row.id,
            "revision": row.revision,
            "state": "in_force" if row.id == standing else "superseded" if _alive(row, view) else "withdrawn",
            "committed": row.committed_at,
            "said": _figures(key.sort, told[row.id]) if row.id in told else None,
        }
        for row in known
    ]
    columns = ["submission", "revision", "state", "committed", "said"]
    return frame(made, columns, {"submission": "Int64", "revision": "Int64"})


def _sort(code: str) -> Sort:
    """Whether a code is one of the checklist or of the catalogue. UnknownIndicatorError where it is neither."""
    try:
        checklist_item(code)
    except UnknownNameError:
        indicator(code)
        return "progress"
    return "evidence"


def _found(view: View, sort: Sort, community: int, code: str, *, words: bool) -> Any:
    """The facts of one indicator or item in force on the view's day, each with its submission; sealed ones with
    ``words`` only."""
    counts: tuple[ColumnElement[bool], ...]
    if sort == "progress":
        year = str(view.day.year)
        counts = (*progress.rows_of(view, [community]), Progress.period.contains(year))
    else:
        counts = (
            Evidence.street_id == view.actor.street_id,
            Evidence.community_id == community,
            Evidence.year == str(view.day.year),
            in_force(view.as_of),
            or_(Evidence.event_date.is_(None), Evidence.event_date <= view.day),
        )
    table = facts.table(sort)
    return (
        select(
            *(column for column in table.c if words or not changes.sealed(sort, column.key)),
            Submission.revision,
            Submission.received_at,
            Submission.committed_at,
            Submission.workbook_id,
            Submission.sheet,
        )
        .join(Submission, Submission.id == table.c.submission_id)
        .where(*counts, *_coded(sort, code))
        .order_by(Submission.id.desc(), table.c.row)
    )


def _coded(sort: Sort, code: str) -> tuple[ColumnElement[bool], ...]:
    return (Progress.indicator == code,) if sort == "progress" else (Evidence.item_code == code,)


def _revisions(view: View, submission: int) -> Any:
    scope = select(Submission.scope).where(Submission.id == submission).scalar_subquery()
    known = (Submission.committed_at <= view.as_of,) if view.as_of is not None else ()
    return (
        select(Submission.id, Submission.revision, Submission.committed_at, Submission.withdrawn_at)
        .where(Submission.street_id == view.actor.street_id, Submission.scope == scope, *known)
        .order_by(Submission.revision.desc())
    )


def _alive(row: Row[Any], view: View) -> bool:
    return row.withdrawn_at is None or (view.as_of is not None and row.withdrawn_at > view.as_of)


def _progress(row: Row[Any]) -> dict[str, Any]:
    key, period = Key.of("progress", row), _period(row.period, row.biz_date)
    return {
        "record": key.text,
        "place": key.place,
        "day": row.biz_date,
        "period": row.period,
        "cumulative": row.accrual == "cumulative",
        "done": row.done,
        "num": row.num,
        "den": row.den,
        "zero_confirm": bool(row.zero_confirm),
        "estimates": _(", ").join(changes.label("progress", name) for name in row.estimates or ()) or None,
        "needs_help": bool(row.needs_help),
        "submission": row.submission_id,
        "revision": row.revision,
        "row": row.row,
        "_end": period.end if period is not None else date.min,
    }


def _evidence(row: Row[Any]) -> dict[str, Any]:
    key = Key.of("evidence", row)
    given = [value for name in _PIECES if (value := getattr(row, name)) is not None]
    return {
        "record": key.text,
        "place": key.place,
        "day": row.event_date,
        "attendees": row.attendees,
        "pieces": sum(given) if given else None,
        "review": row.review,
        "submission": row.submission_id,
        "revision": row.revision,
        "row": row.row,
        "_end": row.event_date or date.min,
    }


def _said(sort: Sort, row: Row[Any]) -> list[Said]:
    """Every cell that holds something, in the order of the sheet; what names the record itself is left out."""
    told = row._mapping
    names = [name for name in facts.columns(sort) if name not in _NAMING[sort] and told[name] not in (None, "", [], {})]
    return [Said(name, changes.label(sort, name), _text(sort, name, told[name])) for name in names]


def _text(sort: Sort, name: str, value: Any) -> str:
    """A value as it may be shown: a name masked, of a sentence only telephones and document numbers blotted out."""
    column = next((column for column in sheets.kind(sort).columns if column.key == name), None)
    if column is not None and column.type is Type.TEXT and isinstance(value, str):
        return privacy.blot(value) or ""
    return changes.text(sort, name, value)


def _figures(sort: Sort, row: Row[Any]) -> str:
    """The counts and codes of a row in one line; nothing that is sealed."""
    told = [one for one in _said(sort, row) if not changes.sealed(sort, one.column) and one.column != "biz_date"]
    return _(", ").join(f"{one.label} {one.text}" for one in told)
