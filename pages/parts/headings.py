"""What the columns of a download are called and what their codes mean: a workbook has no word of the program's own.

A heading is looked up here, then among the columns of the sheets that the figures come from; two columns ``<name>_n``
and ``<name>_d`` are numerator and denominator of one rate. What is in words already stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from charts import year
from config.catalogue import cadences, workstreams
from config.indicators import ACCRUALS, KINDS, UNITS
from config.language import N_, _, pick
from data_access import sheets
from data_access.reports import dispatch
from data_access.sheets.declaration import Column
from pages.parts.workstreams import item, progress

# Keys of the program, which say nothing to whoever opens the workbook; what they stand for is in a column beside them.
INSIDE = frozenset({"column", "waiver", "section", "funnel", "code", "workbook"})
NAMES: Mapping[str, str] = {
    "about": N_("About"),
    "accepted_at": N_("Accepted at"),
    "accepted_by": N_("Accepted by"),
    "accrual": N_("How it adds up"),
    "act": N_("Duty"),
    "after": N_("State now"),
    "amount": N_("Difference"),
    "approximate": N_("With estimates"),
    "area": N_("Area"),
    "asked": N_("Asked for by now"),
    "base": N_("Denominator"),
    "before": N_("State a week ago"),
    "business_date": N_("Business date"),
    "cadence": N_("How often"),
    "campaign": N_("Campaign"),
    "carried": N_("To next week"),
    "carry_over": N_("Carried over"),
    "closed": N_("Rectified"),
    "closed_on": N_("Closed on"),
    "closed_on_time": N_("Rectified on time"),
    "committed": N_("Committed on"),
    "committed_at": N_("Committed on"),
    "communities": N_("Communities"),
    "community": N_("Community"),
    "completion": N_("Completion"),
    "count": N_("Count"),
    "cumulative": N_("Total so far"),
    "day": N_("Day"),
    "days": N_("Days to the target"),
    "deferral": N_("Deferral rate"),
    "definition": N_("Definition"),
    "den": N_("Denominator"),
    "direction": N_("Better or worse"),
    "done": N_("Done"),
    "dropped": N_("Dropped"),
    "due": N_("Due"),
    "elapsed": N_("Elapsed time"),
    "end": N_("Last day"),
    "ending": N_("What will come"),
    "errors": N_("Errors"),
    "estimates": N_("Estimates"),
    "expected": N_("Expected by now"),
    "extension": N_("Extension"),
    "factor": N_("Factor"),
    "files": N_("Files attached"),
    "first": N_("First figure"),
    "first_label": N_("What the first is"),
    "gap": N_("Gap (points)"),
    "gap_before": N_("Gap a week ago (points)"),
    "got": N_("Pieces there"),
    "headroom": N_("Left under the cap"),
    "how": N_("How to check"),
    "identity": N_("Identity"),
    "in_matrix": N_("In the matrix"),
    "indicator": N_("Code of the indicator"),
    "indicator_after": N_("Its state now"),
    "indicator_before": N_("Its state a week ago"),
    "indicators": N_("Indicators"),
    "item": N_("Code of the item"),
    "items": N_("Items counted"),
    "kind": N_("Kind"),
    "kinds": N_("Kinds of evidence"),
    "label": N_("What"),
    "lacking": N_("What is lacking"),
    "larger": N_("Larger than an earlier step"),
    "left": N_("Left to the target"),
    "load": N_("Load"),
    "mended": N_("Mended of found"),
    "missing": N_("Not reported"),
    "moved": N_("Moved this week"),
    "name": N_("Called"),
    "need": N_("Pieces needed"),
    "no_show_rate": N_("No-show rate"),
    "not_applicable": N_("Not applicable"),
    "not_called": N_("Not called again"),
    "note": N_("Note"),
    "num": N_("Numerator"),
    "num_d": N_("Denominator"),
    "num_n": N_("Numerator"),
    "number": N_("No."),
    "occurred": N_("Occurred"),
    "on_time": N_("In time"),
    "on_track": N_("On track"),
    "open": N_("Still open"),
    "original_due": N_("Due at first"),
    "output": N_("Output rate"),
    "overall": N_("Overall rate"),
    "overdue": N_("Overdue"),
    "overdue_days": N_("Days overdue"),
    "pace": N_("Pace in 30 days"),
    "parts": N_("Parts"),
    "passed": N_("Passed"),
    "passed_official": N_("Passed review"),
    "pending": N_("Awaiting review"),
    "people": N_("People"),
    "period": N_("Period"),
    "persons": N_("On the roster"),
    "pieces": N_("Evidence there"),
    "pressing": N_("Pressing"),
    "projected": N_("Projected"),
    "received_at": N_("Received"),
    "reconciled": N_("Reconciled"),
    "record": N_("Record"),
    "records": N_("Number of records"),
    "red": N_("Red"),
    "reminded": N_("Reminded"),
    "reopened": N_("Relapsed"),
    "reported": N_("Reported"),
    "reports": N_("Number of reports"),
    "returned": N_("Sent back"),
    "review_due": N_("Deferral over"),
    "revision": N_("Version"),
    "row": N_("Row"),
    "rows_accepted": N_("Rows"),
    "rows_refused": N_("Rows refused"),
    "rule": N_("Rule"),
    "said": N_("Said"),
    "score": N_("Handed in"),
    "score_official": N_("Official"),
    "second": N_("Second figure"),
    "second_label": N_("What the second is"),
    "section_name": N_("Section"),
    "settled": N_("Settled"),
    "shared": N_("Counted twice"),
    "sheet": N_("Name of the sheet"),
    "sheet_target": N_("Target on the sheet"),
    "shortfall": N_("Shortfall"),
    "show_up": N_("Show-up rate"),
    "slightly": N_("Slightly behind"),
    "start": N_("First day"),
    "state": N_("State"),
    "status_now": N_("Status today"),
    "step": N_("Step"),
    "step_d": N_("Step rate, denominator"),
    "step_n": N_("Step rate, numerator"),
    "submission": N_("Submission"),
    "supply": N_("Supply"),
    "target": N_("Target"),
    "target_text": N_("Target in words"),
    "timeliness": N_("Punctual"),
    "told": N_("Communities that tell it"),
    "topic": N_("Topic"),
    "trend": N_("Not behind"),
    "unconfirmed": N_("Unconfirmed"),
    "unexplained": N_("Unexplained"),
    "unit": N_("Unit"),
    "unreported": N_("Periods not reported"),
    "until": N_("Reported up to"),
    "username": N_("Account"),
    "value": N_("Value"),
    "waiting": N_("Needs coordination"),
    "warnings": N_("Warnings"),
    "week": N_("Week"),
    "workstream": N_("Workstream"),
    "worst": N_("Worst indicator"),
    "zero_ok": N_("Confirmed"),
}

STATES: Mapping[str, str] = {
    **{code: one.word for code, one in year.STATES.items()},
    **{code: words for code, (_role, words) in progress.WORDS.items()},
    **{code: words for code, (_role, _glyph, words) in item.STATES.items() if code != "missing"},
    "reported": N_("Reported"),
    "open": N_("Open difference"),
    "explained": N_("Explained"),
    "information": N_("For information"),
    "in_force": N_("In force"),
    "superseded": N_("Superseded"),
    "withdrawn": N_("Withdrawn"),
}
DIRECTIONS = {"better": N_("Better"), "worse": N_("Worse"), "other": N_("Neither")}
ENDINGS = {
    "short": N_("Will miss the target"),
    "over": N_("Will exceed the cap"),
    "unpredictable": N_("Cannot be predicted"),
}
PRESSING = {"red": N_("Red: overdue"), "yellow": N_("Yellow: lagging"), "blue": N_("Blue: due in three days")}
_IDENTITIES = {one.column: one for one in dispatch.IDENTITIES}
_SENT = ("actions", "progress", "evidence")  # whose columns reports hand on under their own names
ARRIVED = {"on_time": N_("On time"), "late": N_("Late"), "supplied": N_("Filed after closing")}


def _translated(words: Mapping[str, str]) -> dict[Any, str]:
    return {code: _(word) for code, word in words.items()}


_CODES: Mapping[str, Callable[[], dict[Any, str]]] = {
    "state": lambda: _translated(STATES),
    "before": lambda: _translated(STATES),
    "after": lambda: _translated(STATES),
    "indicator_before": lambda: _translated(STATES),
    "indicator_after": lambda: _translated(STATES),
    "workstream": lambda: {one.slug: one.label for one in workstreams()},
    "topic": lambda: {one.slug: one.label for one in workstreams()},
    "kind": lambda: {code: str(words) for code, words in KINDS.items()},
    "accrual": lambda: {code: str(words) for code, words in ACCRUALS.items()},
    "unit": lambda: {unit: pick(unit, several) for unit, (_one, several) in UNITS.items()},
    "cadence": lambda: {one.code: one.label for one in cadences()},
    "direction": lambda: _translated(DIRECTIONS),
    "ending": lambda: _translated(ENDINGS),
    "pressing": lambda: _translated(PRESSING),
    "timeliness": lambda: _translated(ARRIVED),
    "status_now": lambda: _choices("status"),
}


def heading(name: str) -> str:
    """What a column or a figure is called; a name that nobody knows stays as it is."""
    if name in NAMES:
        return _(NAMES[name])
    if name in _IDENTITIES:
        return f"{_IDENTITIES[name].code} {_(_IDENTITIES[name].label)}"
    rate, part = name[:-2], name[-2:]
    if part == "_n" and rate in NAMES:
        return _("{name}, numerator", name=_(NAMES[rate]))
    if part == "_d" and rate in NAMES:
        return _("{name}, denominator", name=_(NAMES[rate]))
    declared = _declared(name)
    return declared.label if declared else name


def meaning(name: str, text: str) -> str:
    """The definition of a column, the codes that it names (``{behind}``) in the words of the cells."""
    words = _words(name)
    return re.sub(r"\{(\w+)\}", lambda code: words.get(code[1]) or heading(code[1]), text)


def worded(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with headings and codes in words, yes and no for what is true or not, without keys of the program."""
    if frame.columns.nlevels > 1:
        return frame
    kept = frame.loc[:, [name for name in frame.columns if name not in INSIDE]]
    said = {name: _said(str(name), kept[name]) for name in kept.columns if heading(str(name)) != name}
    return kept.assign(**{str(name): values for name, values in said.items()}).rename(
        columns=lambda name: heading(str(name))
    )


def _said(name: str, values: pd.Series) -> pd.Series:
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        return values
    words = _words(name) | {True: _("yes"), False: _("no")}
    return values.astype(object).map(lambda value: words.get(value, value) if isinstance(value, str | bool) else value)


def _words(name: str) -> dict[Any, str]:
    return _CODES[name]() if name in _CODES else _choices(name)


def _choices(name: str) -> dict[Any, str]:
    declared = _declared(name)
    return {choice.code: choice.label for choice in declared.choices} if declared else {}


def _declared(name: str) -> Column | None:
    columns = (column for kind in _SENT for column in sheets.kind(kind).columns)
    return next((column for column in columns if column.key == name), None)
