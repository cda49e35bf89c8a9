"""资料清单: which evidence of the health-promotion checklist is there, and what it scores (metrics.md §6.5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Row, select

from config.catalogue import checklist
from config.checklist import FIELDS, ChecklistItem
from data_access import database, metrics
from data_access.force import in_force
from data_access.metrics import Proof, Rate
from data_access.reports import progress
from data_access.reports.frames import frame
from data_access.reports.standing import Unit, units
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
}

# The kinds of evidence of the checklist and the columns of the sheet.
_COLUMNS = {
    "photo": "photos",
    "minutes": "minutes",
    "sign_in": "sign_in",
    "appeal": "appeal",
    "distribution": "handout",
    "original": "original",
}
_PARTS = {
    "application": "family_application",
    "check_up": "family_checkup",
    "check_up_65": "family_checkup_65",
    "chronic": "family_chronic",
    "lifestyle": "family_lifestyle",
}
_UNREAD = ("partner", "review_note")  # opening a sealed column costs time
Facts = Sequence[Row[Any]]
STATES = ("passed", "incomplete", "missing", "not_applicable")


@dataclass(frozen=True, slots=True)
class Judgement:
    """One item of one community: ``got`` of ``need`` events or pieces complete, pieces by kind, whether it passes."""

    passed: bool
    got: int
    need: int
    pieces: Rate
    kinds: dict[str, tuple[int, int]] = field(default_factory=dict)
    lacking: tuple[str, ...] = ()  # of events: fields that some event leaves blank


def table(view: View) -> pd.DataFrame:
    """One row per community in register order, for the year of the view's day.

    Columns: community, area, state (reported, unreported), score_n, score_d (items passed by what was handed in ÷
    applicable items), score_official_n, score_official_d (by approved evidence), pieces_n, pieces_d, items,
    not_applicable (approved), pending, returned (rows awaiting review, sent back), shared (events counted twice), all
    Int64. A community that handed in nothing is unreported and has no score.
    """
    with database.reading() as connection:
        communities = units(connection, view)
        facts = _facts(connection, view, communities)
        rates = _rates(connection, view, communities)
    rows = [
        {"community": one.name, "area": one.area, **_score(facts.get(one.key, []), rates[one.key])}
        for one in communities
    ]
    return frame(rows, ["community", "area", "state", *_COUNTS], dict.fromkeys(_COUNTS, "Int64"))


_COUNTS = (
    *("score_n", "score_d", "score_official_n", "score_official_d", "pieces_n", "pieces_d"),
    *("items", "not_applicable", "pending", "returned", "shared"),
)


def _score(facts: Facts, rates: dict[str, Rate]) -> dict[str, Any]:
    items = checklist().items
    if not facts:
        return {"state": "unreported", "items": len(items)}
    own = _by_item(facts)
    counts = {
        "items": len(items),
        "pending": sum(fact.review != "approved" and fact.review != "returned" for fact in facts),
        "returned": sum(fact.review == "returned" for fact in facts),
        "shared": sum(len(shared_events(item, own)) for item in items),
    }
    exempt = {item.code for item in items if _exempt(item, own[item.code])}
    applicable = [item for item in items if item.code not in exempt]
    handed = [judge(item, _counted(own[item.code], official=False), rates.get(item.code)) for item in applicable]
    checked = [judge(item, _counted(own[item.code], official=True), rates.get(item.code)) for item in applicable]
    passed, official = sum(one.passed for one in handed), sum(one.passed for one in checked)
    score = metrics.checklist_score(passed, len(items), len(exempt))
    approved = metrics.checklist_score(official, len(items), len(exempt))
    return counts | {
        "state": "reported",
        "score_n": score.numerator,
        "score_d": score.denominator,
        "score_official_n": approved.numerator,
        "score_official_d": approved.denominator,
        "pieces_n": sum(one.pieces.numerator or 0 for one in handed),
        "pieces_d": sum(one.pieces.denominator or 0 for one in handed),
        "not_applicable": len(exempt),
    }


def items(view: View, community: str) -> pd.DataFrame:
    """Every item of the checklist for one community.

    Columns: item (code), name, section, state (one of STATES, by what was handed in), passed, passed_official (bool),
    got, need (Int64: events, documents or families complete; 6 of 4 is shown as it is), pieces_n, pieces_d (Int64),
    kinds (words such as "照片 3/4"), lacking (fields blank in some event), pending, returned, shared (Int64), rule.
    UnknownCommunityError.
    """
    with database.reading() as connection:
        one = progress.only(connection, view, community)
        facts = _facts(connection, view, [one]).get(one.key, [])
        rates = _rates(connection, view, [one])[one.key]
    listed, by_item = checklist(), _by_item(facts)
    rows = []
    for section in listed.sections:
        for item in section.items:
            own = by_item[item.code]
            found = judge(item, _counted(own, official=False), rates.get(item.code))
            exempt = _exempt(item, own)
            state = "passed" if found.passed else "incomplete" if own else "missing"
            rows.append(
                {
                    "item": item.code,
                    "name": item.label,
                    "section": section.label,
                    "state": "not_applicable" if exempt else state,
                    "passed": found.passed,
                    "passed_official": judge(item, _counted(own, official=True), rates.get(item.code)).passed,
                    "got": found.got,
                    "need": found.need,
                    "pieces_n": found.pieces.numerator,
                    "pieces_d": found.pieces.denominator,
                    "kinds": "  ".join(f"{_kind(kind, item)} {n}/{m}" for kind, (n, m) in found.kinds.items()),
                    "lacking": "  ".join(str(FIELDS[name]) for name in found.lacking),
                    "pending": sum(fact.review not in ("approved", "returned") for fact in own),
                    "returned": sum(fact.review == "returned" for fact in own),
                    "shared": len(shared_events(item, by_item)),
                    "rule": str(item.passes),
                }
            )
    counts = ("got", "need", "pieces_n", "pieces_d", "pending", "returned", "shared")
    return pd.DataFrame(rows).astype(dict.fromkeys(counts, "Int64"))


def _kind(code: str, item: ChecklistItem) -> str:
    """The name of a kind of evidence or of a part of a family file."""
    names = {part.code: part.label for part in item.parts} | {
        kind: str(text) for kind, text in checklist().evidence.items()
    }
    return " / ".join(names[one] for one in code.split("|"))


def judge(item: ChecklistItem, facts: Facts, rate: Rate | None = None) -> Judgement:
    """What these rows of an item are worth; ``rate`` is the figure that a rate item is judged by."""
    return _JUDGES[item.kind](item, [fact for fact in facts if not _declares_absent(fact)], facts, rate)


def _document(item: ChecklistItem, facts: Facts, _all: Facts, _rate: Rate | None) -> Judgement:
    """Every kind asked for is there; a sealed document bears its seal."""
    proof = _proof(item, facts)
    sealed = not item.sealed or any(fact.sealed for fact in facts)
    return Judgement(proof.passed and sealed, int(proof.passed and sealed), item.need, proof.pieces, _kinds([proof]))


def _several(item: ChecklistItem, facts: Facts, every: Facts, _rate: Rate | None) -> Judgement:
    """So many pieces of each kind; a place that the building does not have is not asked for."""
    absent = sum(_declares_absent(fact) and fact.review == "approved" for fact in every) if item.parts else 0
    need = max(item.need - absent, 1)
    proof = _proof(item, facts, need)
    got = min((int(proof.have[kind] or 0) for kind in proof.need), default=0)
    return Judgement(proof.passed, got, need, proof.pieces, _kinds([proof]))


def _events(item: ChecklistItem, facts: Facts, _all: Facts, _rate: Rate | None) -> Judgement:
    """So many events with everything; a record without its four fields is no record, one date counts once."""
    chosen = list(facts)
    if item.distinct_dates:
        chosen = list({fact.event_date: fact for fact in facts if fact.event_date is not None and fact.photos}.values())
    blanks = [blank_fields(item, fact) for fact in chosen]
    proofs = [_proof(item, [fact], unrecorded=bool(blank)) for fact, blank in zip(chosen, blanks, strict=True)]
    found = metrics.evidence(proofs, item.need)
    # with no event at all every piece of every event is still asked for
    pieces = found.pieces if proofs else Rate(0, item.need * len(item.choices))
    got = found.passed.numerator or 0
    lacking = tuple(dict.fromkeys(name for blank in blanks for name in blank))
    return Judgement(got >= item.need, got, item.need, pieces, _kinds(proofs, item.need, item), lacking)


def _families(item: ChecklistItem, facts: Facts, _all: Facts, _rate: Rate | None) -> Judgement:
    """So many family files; the 65+ and the chronic part count only where they apply."""
    proofs = []
    for fact in facts:
        told = fact.family or {}
        parts = item.parts_for(elderly=bool(told.get("has_65")), chronic=bool(told.get("has_chronic")))
        have = {part.code: int(bool(told.get(_PARTS[part.code]))) for part in parts}
        proofs.append(Proof(dict.fromkeys(have, 1), have))
    found = metrics.evidence(proofs, item.need)
    plain = len(item.parts_for(elderly=False, chronic=False))
    pieces = found.pieces if proofs else Rate(0, item.need * plain)
    got = found.passed.numerator or 0
    return Judgement(got >= item.need, got, item.need, pieces, _kinds(proofs))


def _by_rate(item: ChecklistItem, facts: Facts, _all: Facts, rate: Rate | None) -> Judgement:
    """The rate of its indicator meets the target, and the table is there."""
    proof = _proof(item, facts)
    met = rate is not None and bool(metrics.meets(rate, item.target))
    return Judgement(proof.passed and met, int(proof.passed and met), item.need, proof.pieces, _kinds([proof]))


_JUDGES: dict[str, Callable[[ChecklistItem, Facts, Facts, Rate | None], Judgement]] = {
    "document": _document,
    "count": _several,
    "events": _events,
    "family": _families,
    "rate": _by_rate,
}


def _proof(item: ChecklistItem, facts: Iterable[Row[Any]], need: int = 1, unrecorded: bool = False) -> Proof:
    """What is asked for per kind, and what these rows have of it together."""
    rows = list(facts)
    have: dict[str, int | None] = {}
    for choice in item.choices:
        total = sum(getattr(fact, _COLUMNS[kind]) or 0 for fact in rows for kind in choice)
        have["|".join(choice)] = 0 if unrecorded and choice == ("minutes",) else total
    return Proof(dict.fromkeys(have, need), have)


def _kinds(
    proofs: Sequence[Proof], events: int | None = None, item: ChecklistItem | None = None
) -> dict[str, tuple[int, int]]:
    """Per kind how many are there of those needed; of events how many have the kind."""
    if not proofs:
        return {} if item is None or events is None else {"|".join(choice): (0, events) for choice in item.choices}
    if events is not None:
        return {kind: (sum((proof.have[kind] or 0) > 0 for proof in proofs), events) for kind in proofs[0].need}
    kinds = dict.fromkeys(kind for proof in proofs for kind in proof.need)
    return {
        kind: (sum(proof.have.get(kind) or 0 for proof in proofs), sum(proof.need.get(kind, 0) for proof in proofs))
        for kind in kinds
    }


def blank_fields(item: ChecklistItem, fact: Row[Any]) -> tuple[str, ...]:
    """Which of 时间、地点、人员、主题 an event leaves blank, where its item asks for them."""
    told = {"time": fact.event_date, "place": fact.place, "people": fact.attendees, "theme": fact.theme}
    return tuple(name for name in item.fields if told[name] is None)


def shared_events(item: ChecklistItem, facts: Mapping[str, Facts]) -> list[Row[Any]]:
    """The events of an item that another item counts too (重复计入): of one date, and alike in theme or place.

    ``facts`` are the community's rows by item code.
    """
    others = [fact for code in item.shares_with for fact in facts.get(code, ()) if fact.event_date is not None]
    return [fact for fact in facts.get(item.code, ()) if any(_same_event(fact, other) for other in others)]


def _same_event(one: Row[Any], other: Row[Any]) -> bool:
    if one.event_date != other.event_date:
        return False
    return bool(one.theme == other.theme if one.theme and other.theme else one.place == other.place)


def _declares_absent(fact: Row[Any]) -> bool:
    return bool(fact.not_applicable or fact.na_reason)


def _exempt(item: ChecklistItem, own: Facts) -> bool:
    """An approved 不适用 of the whole item: of a place only where the item has no other row."""
    absent = [fact for fact in own if _declares_absent(fact) and fact.review == "approved"]
    if not item.not_applicable or not absent:
        return False
    return len(absent) == len(own) and (not item.parts or len(absent) >= item.need or absent[0].event_no is None)


def _by_item(facts: Facts) -> defaultdict[str, list[Row[Any]]]:
    found: defaultdict[str, list[Row[Any]]] = defaultdict(list)
    for fact in facts:
        found[fact.item_code].append(fact)
    return found


def _counted(own: Facts, *, official: bool) -> list[Row[Any]]:
    """The rows of an item that count: not those sent back; officially only the approved ones."""
    reviews = ("approved",) if official else ("approved", "pending", None)
    return [fact for fact in own if fact.review in reviews]


def _facts(connection: Connection, view: View, communities: list[Unit]) -> dict[int, list[Row[Any]]]:
    rows = connection.execute(
        select(*(column for column in Evidence.__table__.columns if column.key not in _UNREAD))
        .select_from(Evidence)
        .join(Submission, Submission.id == Evidence.submission_id)
        .where(
            Evidence.street_id == view.actor.street_id,
            Evidence.community_id.in_([unit.key for unit in communities]),
            Evidence.year == str(view.day.year),
            in_force(view.as_of),
        )
        .order_by(Submission.id, Evidence.row)
    )
    found: dict[int, list[Row[Any]]] = {}
    for row in rows:
        if row.event_date is None or row.event_date <= view.day:
            found.setdefault(row.community_id, []).append(row)
    return found


def _rates(connection: Connection, view: View, communities: list[Unit]) -> dict[int, dict[str, Rate]]:
    """The figures of rate items by community and item code, from the progress reported on their indicators."""
    keys = [unit.key for unit in communities]
    rates: dict[int, dict[str, Rate]] = {key: {} for key in keys}
    for item in checklist().items:
        if item.indicator is None or item.kind != "rate":
            continue
        for key, standing in progress.standing(connection, view, keys, item.indicator).items():
            if standing.parts is not None:
                rates[key][item.code] = Rate(*standing.parts)
    return rates
