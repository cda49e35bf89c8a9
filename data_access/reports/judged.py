"""What a community keeps for the items of the health-promotion checklist, and what it is worth (metrics.md §6.5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, select

from config.checklist import ChecklistItem, checklist
from config.settings import settings
from data_access import metrics
from data_access.force import in_force
from data_access.metrics import Proof, Rate
from data_access.office import attachments
from data_access.reports import progress
from data_access.reports.standing import Unit
from data_access.reports.view import View
from data_access.schema import Evidence, Submission

# The kinds of evidence of the checklist and the columns of the sheet.
COLUMNS = {
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


@dataclass(frozen=True, slots=True)
class Judgement:
    """One item of one community: ``got`` of ``need`` events or pieces complete, pieces by kind, whether it passes."""

    passed: bool
    got: int
    need: int
    pieces: Rate
    kinds: dict[str, tuple[int, int]] = field(default_factory=dict)
    lacking: tuple[str, ...] = ()  # of events: fields that some event leaves blank


@dataclass(frozen=True, slots=True)
class Verdict:
    """One item of one community in full: by what was handed in, and by what was approved.

    ``exempt``: an approved 不适用 of the whole item. ``reported`` are pieces that the sheet says are there, ``files``
    those attached. ``pending``, ``returned`` and ``shared`` count rows.
    """

    item: ChecklistItem
    handed: Judgement
    approved: Judgement
    exempt: bool
    rows: int
    pending: int
    returned: int
    shared: int
    reported: int
    files: int

    @property
    def state(self) -> str:
        """passed, incomplete, missing (nothing handed in) or not_applicable."""
        if self.exempt:
            return "not_applicable"
        return "passed" if self.handed.passed else "incomplete" if self.rows else "missing"


@dataclass(frozen=True, slots=True)
class Kept:
    """The evidence of one community: its rows by item, the figures of rate items, files by item."""

    rows: Mapping[str, Facts]
    rates: Mapping[str, Rate]
    files: Mapping[str, int]

    @property
    def silent(self) -> bool:
        """Nothing was handed in at all."""
        return not any(self.rows.values())

    def verdict(self, item: ChecklistItem) -> Verdict:
        """What is kept for one item."""
        own, rate = self.rows.get(item.code, []), self.rates.get(item.code)
        shared = shared_events(item, self.rows)
        barred = set() if settings().count_shared_events else {fact.id for fact in shared}
        counted = [fact for fact in own if fact.id not in barred]
        return Verdict(
            item,
            judge(item, [fact for fact in counted if fact.review != "returned"], rate),
            judge(item, [fact for fact in counted if fact.review == "approved"], rate),
            _exempt(item, own),
            len(own),
            sum(fact.review not in ("approved", "returned") for fact in own),
            sum(fact.review == "returned" for fact in own),
            len(shared),
            sum(pieces(fact) for fact in own),
            self.files.get(item.code, 0),
        )

    def verdicts(self) -> list[Verdict]:
        """What is kept for every item, in the order of the list."""
        return [self.verdict(item) for item in checklist().items]


def load(connection: Connection, view: View, communities: Sequence[Unit]) -> dict[int, Kept]:
    """What each of these communities keeps for the year of the view's day, by key."""
    keys = [unit.key for unit in communities]
    rows, rates = _facts(connection, view, keys), _rates(connection, view, keys)
    files = attachments.counts(connection, view.actor, "evidence", keys, view.as_of)
    return {key: Kept(rows[key], rates[key], _by_item(files.get(key, {}), str(view.day.year))) for key in keys}


def _by_item(files: Mapping[str, int], year: str) -> dict[str, int]:
    found: defaultdict[str, int] = defaultdict(int)
    for record, count in files.items():
        of, item, *_event = record.split("/")
        if of == year:
            found[item] += count
    return found


def judge(item: ChecklistItem, facts: Facts, rate: Rate | None = None) -> Judgement:
    """What these rows of an item are worth; ``rate`` is the figure that a rate item is judged by."""
    return _JUDGES[item.kind](item, [fact for fact in facts if not declares_absent(fact)], facts, rate)


def _document(item: ChecklistItem, facts: Facts, _all: Facts, _rate: Rate | None) -> Judgement:
    """Every kind asked for is there; a sealed document bears its seal."""
    proof = _proof(item, facts)
    sealed = not item.sealed or any(fact.sealed for fact in facts)
    return Judgement(proof.passed and sealed, int(proof.passed and sealed), item.need, proof.pieces, _kinds([proof]))


def _several(item: ChecklistItem, facts: Facts, every: Facts, _rate: Rate | None) -> Judgement:
    """So many pieces of each kind; a place that the building does not have is not asked for."""
    absent = sum(declares_absent(fact) and fact.review == "approved" for fact in every) if item.parts else 0
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
        have = family_parts(item, fact)
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
        total = sum(getattr(fact, COLUMNS[kind]) or 0 for fact in rows for kind in choice)
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


def family_parts(item: ChecklistItem, fact: Row[Any]) -> dict[str, int | None]:
    """The parts that one family file needs, each with 1 where it is there and 0 where not."""
    told = fact.family or {}
    parts = item.parts_for(elderly=bool(told.get("has_65")), chronic=bool(told.get("has_chronic")))
    return {part.code: int(bool(told.get(_PARTS[part.code]))) for part in parts}


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


def declares_absent(fact: Row[Any]) -> bool:
    """Whether the row says 不适用 instead of evidence."""
    return bool(fact.not_applicable or fact.na_reason)


def _exempt(item: ChecklistItem, own: Facts) -> bool:
    """An approved 不适用 of the whole item: of a place only where the item has no other row."""
    absent = [fact for fact in own if declares_absent(fact) and fact.review == "approved"]
    if not item.not_applicable or not absent:
        return False
    return len(absent) == len(own) and (not item.parts or len(absent) >= item.need or absent[0].event_no is None)


def pieces(fact: Row[Any]) -> int:
    """How many pieces of evidence the row says are there; the parts of a family file count one each."""
    told = fact.family or {}
    return sum(getattr(fact, column) or 0 for column in COLUMNS.values()) + sum(
        bool(told.get(part)) for part in _PARTS.values()
    )


def _facts(connection: Connection, view: View, keys: Sequence[int]) -> dict[int, dict[str, list[Row[Any]]]]:
    rows = connection.execute(
        select(*(column for column in Evidence.__table__.columns if column.key not in _UNREAD))
        .select_from(Evidence)
        .join(Submission, Submission.id == Evidence.submission_id)
        .where(
            Evidence.street_id == view.actor.street_id,
            Evidence.community_id.in_(keys),
            Evidence.year == str(view.day.year),
            in_force(view.as_of),
        )
        .order_by(Submission.id, Evidence.row)
    )
    found: dict[int, dict[str, list[Row[Any]]]] = {key: defaultdict(list) for key in keys}
    for row in rows:
        if row.event_date is None or row.event_date <= view.day:
            found[row.community_id][row.item_code].append(row)
    return found


def _rates(connection: Connection, view: View, keys: list[int]) -> dict[int, dict[str, Rate]]:
    """The figures of rate items by community and item code, from the progress reported on their indicators."""
    rates: dict[int, dict[str, Rate]] = {key: {} for key in keys}
    for item in checklist().items:
        if item.indicator is None or item.kind != "rate":
            continue
        for key, standing in progress.standing(connection, view, keys, item.indicator).items():
            if standing.parts is not None:
                rates[key][item.code] = Rate(*standing.parts)
    return rates
