"""资料清单: which evidence of the health-promotion checklist is there, and what it scores (metrics.md §6.5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import select

from config.checklist import FIELDS, ChecklistItem, checklist
from config.indicators import month_day
from config.language import _
from data_access import database, metrics, privacy
from data_access.accounts import Capability
from data_access.force import in_force
from data_access.office import attachments
from data_access.reports import judged, progress
from data_access.reports.frames import frame
from data_access.reports.judged import Kept, Verdict
from data_access.reports.standing import units
from data_access.reports.view import View
from data_access.schema import Evidence, Submission

RATES = ("score", "score_official", "pieces")
DEFINITIONS: dict[str, tuple[str, str]] = {
    "score": (
        "已交得分：已交资料合格的条目÷适用条目（35减去已批准的不适用）；退回的不算",
        "Submitted score: items passed by what was handed in ÷ applicable items (35 less approved 不适用); returned "
        "evidence does not count",
    ),
    "score_official": (
        "正式得分：只计审核通过的资料，合格条目÷适用条目",
        "Official score: items passed by approved evidence alone ÷ applicable items",
    ),
    "pieces": (
        "资料齐全率：Σ min(已有, 应有)÷Σ 应有",
        "Completeness of evidence: Σ min(there, needed) ÷ Σ needed",
    ),
    "shared": (
        "重复计入：同一次活动同时计入两个条目的次数（默认允许，标明）",
        "Counted twice: events that serve two items (allowed by default, and marked)",
    ),
    "files": (
        "表报/附件：清单表上填报的资料份数，与实际附上的文件数；两者各自计数，得分只看表报与审核",
        "Sheet / files: pieces that the list says are there, and files attached; counted apart, the score goes by the "
        "list and its review",
    ),
}
STATES = ("passed", "incomplete", "missing", "not_applicable")
_SCORES = ("score_n", "score_d", "score_official_n", "score_official_d", "pieces_n", "pieces_d")
_COUNTS = (*_SCORES, "items", "not_applicable", "pending", "returned", "shared", "reported", "files")


def table(view: View) -> pd.DataFrame:
    """One row per community in register order, for the year of the view's day.

    Columns: community, area, state (reported, unreported), score_n, score_d (items passed by what was handed in ÷
    applicable items), score_official_n, score_official_d (by approved evidence), pieces_n, pieces_d, items,
    not_applicable (approved), pending, returned (rows awaiting review, sent back), shared (events counted twice),
    reported (pieces that the sheet says are there), files (attached), all Int64. A community that handed in nothing is
    unreported and has no score.
    """
    rows = [
        {"community": name, "area": area, "state": "unreported" if kept.silent else "reported"}
        | _summed(kept, kept.verdicts())
        for name, area, kept in _all(view)
    ]
    return frame(rows, ["community", "area", "state", *_COUNTS], dict.fromkeys(_COUNTS, "Int64"))


def sections(view: View) -> pd.DataFrame:
    """One row per community and section, both in their order.

    Columns: community, state, section (code), section_name, then the counts of ``table`` for the section alone.
    """
    rows = []
    for name, _area, kept in _all(view):
        verdicts = kept.verdicts()
        for section in checklist().sections:
            own = [verdict for verdict in verdicts if verdict.item.section == section.code]
            state = "unreported" if kept.silent else "reported"
            rows.append(
                {"community": name, "state": state, "section": section.code, "section_name": section.label}
                | _summed(kept, own)
            )
    columns = ["community", "state", "section", "section_name", *_COUNTS]
    return frame(rows, columns, dict.fromkeys(_COUNTS, "Int64"))


def _all(view: View) -> list[tuple[str, str | None, Kept]]:
    with database.reporting() as connection:
        communities = units(connection, view)
        kept = judged.load(connection, view, communities)
    return [(one.name, one.area, kept[one.key]) for one in communities]


def _summed(kept: Kept, verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """The scores and counts of these items of a community; of one that handed in nothing only what needs no row."""
    counts = {"items": len(verdicts), "files": sum(one.files for one in verdicts)}
    if kept.silent:
        return counts
    applicable = [one for one in verdicts if not one.exempt]
    exempt = len(verdicts) - len(applicable)
    score = metrics.checklist_score(sum(one.handed.passed for one in applicable), len(verdicts), exempt)
    official = metrics.checklist_score(sum(one.approved.passed for one in applicable), len(verdicts), exempt)
    return counts | {
        "score_n": score.numerator,
        "score_d": score.denominator,
        "score_official_n": official.numerator,
        "score_official_d": official.denominator,
        "pieces_n": sum(one.handed.pieces.numerator or 0 for one in applicable),
        "pieces_d": sum(one.handed.pieces.denominator or 0 for one in applicable),
        "not_applicable": exempt,
        **{name: sum(getattr(one, name) for one in verdicts) for name in ("pending", "returned", "shared", "reported")},
    }


def items(view: View, community: str | None = None) -> pd.DataFrame:
    """Every item of the checklist for one community, or (None) for each of the view's.

    Columns: community, item (code), name, section, section_name, state (one of STATES, by what was handed in), passed,
    passed_official (bool), got, need (Int64: events, documents or families complete; 6 of 4 is shown as it is),
    pieces_n, pieces_d (Int64), kinds (words such as "照片 3/4"), lacking (fields blank in some event), pending,
    returned, shared, reported, files (Int64, as in ``table``), due (date before which it is not asked for, or None),
    rule. UnknownCommunityError.
    """
    asked = view if community is None else _only(view, community)
    rows = []
    for name, _area, kept in _all(asked):
        for one in kept.verdicts():
            rows.append({"community": name, **_item(one, view)})
    counts = ("got", "need", "pieces_n", "pieces_d", "pending", "returned", "shared", "reported", "files")
    return frame(rows, _ITEM, dict.fromkeys(counts, "Int64"))


_ITEM = (
    *("community", "item", "name", "section", "section_name", "state", "passed", "passed_official", "got", "need"),
    *("pieces_n", "pieces_d", "kinds", "lacking", "pending", "returned", "shared", "reported", "files", "due", "rule"),
)


def _only(view: View, community: str) -> View:
    with database.reporting() as connection:
        return replace(view, area=None, community=progress.only(connection, view, community).name)


def _item(one: Verdict, view: View) -> dict[str, Any]:
    item = one.item
    names = {section.code: section.label for section in checklist().sections}
    return {
        "item": item.code,
        "name": item.label,
        "section": item.section,
        "section_name": names[item.section],
        "state": one.state,
        "passed": one.handed.passed,
        "passed_official": one.approved.passed,
        "got": one.handed.got,
        "need": one.handed.need,
        "pieces_n": one.handed.pieces.numerator,
        "pieces_d": one.handed.pieces.denominator,
        "kinds": "  ".join(f"{_kind(kind, item)} {n}/{m}" for kind, (n, m) in one.handed.kinds.items()),
        "lacking": "  ".join(str(FIELDS[name]) for name in one.handed.lacking),
        "pending": one.pending,
        "returned": one.returned,
        "shared": one.shared,
        "reported": one.reported,
        "files": one.files,
        "due": None if item.due is None else date(view.day.year, *month_day(item.due)),
        "rule": str(item.passes),
    }


def _kind(code: str, item: ChecklistItem) -> str:
    """The name of a kind of evidence or of a part of a family file."""
    names = {part.code: part.label for part in item.parts} | {
        kind: str(text) for kind, text in checklist().evidence.items()
    }
    return " / ".join(names[one] for one in code.split("|"))


def pledge(view: View, community: str) -> pd.DataFrame:
    """The points of the community's pledge (承诺书) with the items that show they are kept.

    Columns: code, name, items (codes, "1.1、1.4"), kept_n, kept_d, kept_official_n, kept_official_d (Int64: of its
    applicable items those that pass, by what was handed in and by approved evidence). UnknownCommunityError.
    """
    ((_name, _area, kept),) = _all(_only(view, community))
    found = {one.item.code: one for one in kept.verdicts()}
    rows = []
    for promise in checklist().pledge:
        own = [found[code] for code in promise.items if not found[code].exempt]
        rows.append(
            {
                "code": promise.code,
                "name": promise.label,
                "items": _(", ").join(promise.items),
                "kept_n": sum(one.handed.passed for one in own),
                "kept_official_n": sum(one.approved.passed for one in own),
                "kept_d": len(own),
                "kept_official_d": len(own),
            }
        )
    counts = ("kept_n", "kept_d", "kept_official_n", "kept_official_d")
    return frame(rows, ["code", "name", "items", *counts], dict.fromkeys(counts, "Int64"))


def records(view: View, community: str) -> pd.DataFrame:
    """Every row of one community's list with what it says and how its review stands, in the order of the list.

    For those who may read of people, of a clerk only the own community; never for a cache that visitors share.
    Columns: record (``attachments.evidence_record``), item, event_no (Int64), family_no, event_date, place, attendees
    (Int64), theme, kinds (words such as "照片 3"), reported, files (Int64), review (pending, approved, returned),
    review_note, not_applicable (bool), na_reason, shared (bool), lacking (blank fields, parts that are not there),
    revision (Int64, of the whole list). UnknownCommunityError, NotAllowedError, OtherCommunityError.
    """
    view.actor.require(Capability.READ_PEOPLE)
    with database.reporting() as connection:
        one = progress.only(connection, view, community)
        view.actor.require_community(one.key)
        kept = judged.load(connection, view, [one])[one.key]
        files = attachments.counts(connection, view.actor, "evidence", [one.key], view.as_of).get(one.key, {})
        told = {
            row.id: row
            for row in connection.execute(
                select(Evidence.id, Evidence.review_note, Submission.revision)
                .join(Submission, Submission.id == Evidence.submission_id)
                .where(Evidence.community_id == one.key, Evidence.year == str(view.day.year), in_force(view.as_of))
            )
        }
    rows = []
    for item in checklist().items:
        shared = {fact.id for fact in judged.shared_events(item, kept.rows)}
        for fact in kept.rows.get(item.code, ()):
            record = attachments.evidence_record(fact.year, fact.item_code, fact.event_no, fact.family_no)
            rows.append(
                {
                    "record": record,
                    "item": fact.item_code,
                    "event_no": fact.event_no,
                    "family_no": fact.family_no,
                    "event_date": fact.event_date,
                    "place": privacy.blot(fact.place),
                    "attendees": fact.attendees,
                    "theme": privacy.blot(fact.theme),
                    "kinds": "  ".join(f"{name} {n}" for name, n in _told(item, fact)),
                    "reported": judged.pieces(fact),
                    "files": files.get(record, 0),
                    "review": fact.review or "pending",
                    "review_note": privacy.blot(told[fact.id].review_note),
                    "not_applicable": judged.declares_absent(fact),
                    "na_reason": privacy.blot(fact.na_reason),
                    "shared": fact.id in shared,
                    "lacking": "  ".join(_lacking(item, fact)),
                    "revision": told[fact.id].revision,
                }
            )
    counts = ("event_no", "attendees", "reported", "files", "revision")
    return frame(rows, _RECORD, dict.fromkeys(counts, "Int64"))


_RECORD = (
    *("record", "item", "event_no", "family_no", "event_date", "place", "attendees", "theme", "kinds", "reported"),
    *("files", "review", "review_note", "not_applicable", "na_reason", "shared", "lacking", "revision"),
)


def _told(item: ChecklistItem, fact: Any) -> list[tuple[str, int]]:
    """The kinds of evidence that a row says are there, and how many of each; of a family file its parts."""
    if item.kind == "family":
        return [(_kind(part, item), there) for part, there in judged.family_parts(item, fact).items() if there]
    found = ((kind, getattr(fact, column)) for kind, column in judged.COLUMNS.items())
    return [(str(checklist().evidence[kind]), count) for kind, count in found if count]


def _lacking(item: ChecklistItem, fact: Any) -> list[str]:
    """What the row leaves out: fields of an event, parts of a family file."""
    if item.kind == "family":
        return [_kind(part, item) for part, there in judged.family_parts(item, fact).items() if not there]
    return [str(FIELDS[name]) for name in judged.blank_fields(item, fact)]
