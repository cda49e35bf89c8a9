"""What a batch would change: each portion beside what its scope holds, and who will have reported then."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from config import language
from data_access.accounts import Actor
from data_access.inbox import facts
from data_access.inbox.plans import SheetOutcome
from data_access.reports import history, reporting
from data_access.reports.changes import Difference
from data_access.reports.view import View
from data_access.workbooks.model import Portion, WorkbookResult
from pages.parts import cache, figures
from pages.parts.uploads import intake


@dataclass(frozen=True, slots=True)
class Part:
    """One portion of a file beside what its scope holds; ``before`` is the submission compared with."""

    sheet: SheetOutcome
    portion: Portion
    before: int | None

    @property
    def label(self) -> str:
        """Community, kind and day in one line."""
        when = figures.short_day(self.sheet.day) if self.sheet.day else self.sheet.period
        parts = (self.sheet.community, intake.kind_label(self.sheet.kind), when, self.sheet.topic)
        return " · ".join(str(part) for part in parts if part)


def parts(item: intake.File) -> list[Part]:
    """The portions of a file that can go in, corrections first."""
    if item.result is None or item.committed:
        return []
    found = []
    for sheet in item.sheets:
        portion = _portion(item.result, sheet)
        if portion is not None and sheet.comparison is not None:
            before = sheet.replaces[0] if sheet.replaces else sheet.submission
            found.append(Part(sheet, portion, before))
    return sorted(found, key=lambda part: part.sheet.replaces is None)


def _portion(result: WorkbookResult, sheet: SheetOutcome) -> Portion | None:
    for source, portion in result.portions:
        scope = portion.scope
        if (source.name, scope.kind, scope.campaign, scope.business_date, scope.period) != (
            sheet.sheet,
            sheet.kind,
            sheet.campaign,
            sheet.day,
            sheet.period,
        ):
            continue
        if scope.kind == "actions":
            rows = [r for r in portion.rows if (r.values.get("item_no") or facts.item_number(r.values)) == sheet.topic]
            return Portion(replace(scope, topic=sheet.topic), rows, partial=portion.partial)
        if (scope.community, scope.topic) == (sheet.community, sheet.topic):
            return portion
    return None


def difference(actor: Actor, item: intake.File, place: int) -> Difference:
    """What the ``place``-th of ``parts`` changes, kept for as long as the data are the same."""
    key = (place, item.version, language.current())
    if key not in item.differences:
        part = parts(item)[place]
        item.differences[key] = history.preview(actor, part.portion, part.before)
    return item.differences[key]


def lost(item: intake.File) -> int:
    """How many rows the file would take out of what its scopes hold."""
    if item.committed:
        return 0
    return sum(sheet.comparison.gone for sheet in item.usable if sheet.replaces and sheet.comparison)


def rows(actor: Actor, part: Part) -> pd.DataFrame:
    """The rows of one part that can go in, masked: headings in the current language, all as text."""
    return history.rows(actor, part.portion)


@dataclass(frozen=True, slots=True)
class Outlook:
    """How many communities have reported a daily sheet now, and how many will have with the batch."""

    kind: str
    day: date
    before: int
    after: int
    expected: int


def outlook(view: View, files: Iterable[intake.File]) -> list[Outlook]:
    """For each daily sheet of the view's campaign that these files report: n/m communities now, and after the commit.

    The view's own day comes first.
    """
    coming: dict[tuple[date, str], set[str]] = {}
    for item in files:
        for scope in intake.scopes(item):
            daily = scope.kind in reporting.KINDS and scope.campaign == view.campaign
            if daily and scope.business_date and scope.community:
                coming.setdefault((scope.business_date, scope.kind), set()).add(scope.community)
    found = []
    for day, kind in sorted(coming, key=lambda key: (key[0] != view.day, key[0], key[1])):
        due, sent = cache.cached(reporting.arrived)(View(view.actor, day, view.campaign))[kind]
        new = coming[day, kind] & due
        found.append(Outlook(kind, day, len(sent), len(sent | new), len(due)))
    return found
