"""What each portion of a workbook would do to its scope: new, a correction, nothing, or not allowed. Writes nothing.

A preview shows the plans; a commit carries them out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from data_access.accounts import Actor, Role
from data_access.findings import Finding
from data_access.inbox import facts, limits, novelty, outliers, repeats, rules
from data_access.inbox.held import Held
from data_access.inbox.identities import Identities
from data_access.office import closing, waivers
from data_access.schema import Submission, Workbook
from data_access.workbooks import compare
from data_access.workbooks import rules as reading
from data_access.workbooks.model import Portion, SheetResult, WorkbookResult


@dataclass(slots=True)
class SheetOutcome:
    """What became of one portion, or of a sheet without one.

    ``status``: committed, unchanged, rejected, skipped. ``replaces`` is the submission superseded, with who and when.
    ``rows_accepted`` are rows of the file, ``rows_kept`` those that a partial correction leaves as they were.
    ``new_findings`` are the errors and warnings that the version in force did not have; empty where there is none.
    ``waived`` are the waivers of its findings by code, granted under ``figures_of``: the business date, or the day that
    the rows of a sheet without one speak of.
    """

    sheet: str
    kind: str | None = None
    campaign: str | None = None
    community: str | None = None
    day: date | None = None
    period: str | None = None
    topic: str | None = None
    status: str = "rejected"
    submission: int | None = None
    revision: int | None = None
    rows_accepted: int = 0
    rows_refused: int = 0
    rows_kept: int = 0
    findings: list[Finding] = field(default_factory=list)
    comparison: compare.Comparison | None = None
    replaces: tuple[int, str, datetime] | None = None
    new_findings: list[Finding] = field(default_factory=list)
    figures_of: date | None = None
    waived: Mapping[str, waivers.Accepted] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Plan:
    """One portion on its way in.

    ``facts`` are the whole scope as it would be, ``rows`` their rows in the sheet each came from, ``mentioned`` the
    places of those that this portion gives: all of them, unless it is partial. ``before`` is what the scope holds.
    """

    sheet: SheetResult | None
    portion: Portion
    outcome: SheetOutcome
    facts: Sequence[dict[str, Any]]
    scope: str
    previous: Row[*tuple[Any, ...]] | None
    before: list[dict[str, Any]]
    rows: list[int] = field(default_factory=list)
    mentioned: list[int] = field(default_factory=list)
    digest: str | None = None


def split(result: WorkbookResult) -> list[tuple[SheetResult | None, Portion]]:
    """The portions of a workbook; action items one by one, since each matter has its own revisions."""
    pairs: list[tuple[SheetResult | None, Portion]] = []
    for sheet, portion in result.portions:
        if portion.scope.kind != "actions":
            pairs.append((sheet, portion))
            continue
        by_number: dict[str, Portion] = {}
        for row in portion.rows:
            number = row.values.get("item_no") or facts.item_number(row.values)
            own = Portion(replace(portion.scope, topic=number), partial=portion.partial)
            part = by_number.setdefault(number, own)
            part.rows.append(row)
        parts = list(by_number.values())
        if parts:
            parts[0].findings, parts[0].refused = portion.findings, portion.refused
        pairs.extend((sheet, part) for part in parts or [portion])
    return pairs


def plans(
    connection: Connection,
    actor: Actor,
    identities: Identities,
    pairs: Iterable[tuple[SheetResult | None, Portion]],
    sha256: str,
    *,
    opened: bool = False,
) -> list[Plan]:
    """A plan for each portion; nothing is written yet. ``opened``: as if no day were closed."""
    pairs = list(pairs)
    held = Held(connection, actor.street_id, (identities.scope_text(portion.scope) for _, portion in pairs))
    made = [_plan(connection, actor, identities, held, sheet, portion, sha256) for sheet, portion in pairs]
    _refuse_twice(identities, made)
    if not opened:
        closing.refuse(connection, actor, made)
    sent = [plan for plan in made if plan.outcome.status == "committed" and plan.sheet is not None]
    outliers.mark(connection, actor.street_id, identities, sent)
    repeats.mark(connection, actor.street_id, identities, sent)
    novelty.mark(connection, sent)
    waivers.mark(connection, actor, [plan.outcome for plan in made])
    return made


def _plan(
    connection: Connection,
    actor: Actor,
    identities: Identities,
    held: Held,
    sheet: SheetResult | None,
    portion: Portion,
    sha256: str,
) -> Plan:
    scope = portion.scope
    community = scope.community or (
        portion.rows[0].values.get("community") if scope.kind == "actions" and portion.rows else None
    )
    outcome = SheetOutcome(
        sheet.name if sheet else "",
        scope.kind,
        scope.campaign,
        community,
        scope.business_date,
        scope.period,
        scope.topic,
        rows_accepted=len(portion.rows),
        rows_refused=portion.refused,
        findings=list(portion.findings),
    )
    made = facts.facts(scope.kind, portion.rows, scope)
    if scope.kind == "communities":
        _keep_identity(identities, made, outcome)
    text = identities.scope_text(scope)
    outcome.figures_of = scope.business_date or max((day for f in made if (day := f.get("biz_date"))), default=None)
    numbers = [row.number for row in portion.rows]
    plan = Plan(sheet, portion, outcome, made, text, None, [], numbers, list(range(len(made))))
    if not portion.rows and portion.refused:
        return plan
    plan.previous = held.current.get(text)
    if plan.previous is not None:
        plan.before = facts.stored(connection, scope.kind, plan.previous.id)
        if portion.partial:
            _lay_over(connection, plan)
        _keep_original_due(plan)
    if actor.role == Role.CLERK and not _within_limits(actor, identities, plan):
        outcome.rows_accepted, outcome.rows_refused = 0, outcome.rows_refused + len(portion.rows)
        return plan
    _keep_review(actor, plan)
    if plan.before:
        outcome.comparison = compare.compare(facts.identity(scope.kind), plan.facts, plan.before)
    else:
        outcome.comparison = compare.Comparison(new=len(plan.facts))
    plan.digest = repeats.digest(scope.kind, plan.facts)
    _ask_whether_partial(plan, outcome.comparison)
    _decide(connection, actor, held, plan, sha256)
    return plan


def _lay_over(connection: Connection, plan: Plan) -> None:
    """The whole scope once a partial portion is laid over it (N20)."""
    kind, previous = plan.portion.scope.kind, plan.previous
    assert previous is not None
    numbers = facts.rows(connection, kind, previous.id)
    silent = facts.usual(plan.portion)
    whole = compare.lay_over(facts.identity(kind), plan.facts, plan.rows, plan.before, numbers, silent)
    plan.facts, plan.rows, plan.mentioned = whole.rows, whole.numbers, whole.mentioned
    plan.outcome.rows_kept = len(whole.rows) - len(whole.mentioned)


def _ask_whether_partial(plan: Plan, found: compare.Comparison) -> None:
    """N20: a whole sheet with less than half of the rows, nearly all of them known ones, is asked about."""
    before, after = len(plan.before), len(plan.facts)
    if not plan.portion.partial and 2 * after < before and found.new <= found.changed + found.unchanged:
        fields = {"before": before, "after": after, "gone": found.gone}
        plan.outcome.findings.append(Finding(reading.LOOKS_PARTIAL, plan.outcome.sheet, fields=fields))


def _within_limits(actor: Actor, identities: Identities, plan: Plan) -> bool:
    """Whether a clerk may send this; what the clerk may not say of it is taken back. OtherCommunityError."""
    kind, outcome = plan.portion.scope.kind, plan.outcome
    if kind in limits.STREET_KINDS:
        outcome.findings.append(Finding(rules.STREET_SHEET, sheet=outcome.sheet, fields={"sheet": outcome.sheet}))
        return False
    for name in {outcome.community, *(row.values.get("community", outcome.community) for row in plan.portion.rows)}:
        actor.require_community(identities.community(name))
    if plan.previous is not None:
        actor.require_community(plan.previous.community_id)
    if kind == "actions" and not limits.may_report_fixing(plan.before, plan.facts):
        number = plan.facts[0]["item_no"]
        outcome.findings.append(Finding(rules.STREET_MATTER, sheet=outcome.sheet, fields={"number": number}))
        return False
    return True


def _refuse_twice(identities: Identities, made: Sequence[Plan]) -> None:
    """A register that names a community by two of its names would be two revisions at once."""
    known = [plan for plan in made if plan.portion.scope.kind == "communities" and plan.previous is not None]
    scopes = [plan.scope for plan in known]
    for plan in known:
        written = plan.portion.scope.community or ""
        name = identities.official(written)
        if scopes.count(plan.scope) > 1 and name != written:
            outcome = plan.outcome
            fields = {"former": written, "name": name}
            outcome.status, outcome.rows_refused, outcome.rows_accepted = "rejected", outcome.rows_accepted, 0
            outcome.findings = [Finding(rules.NAMED_TWICE, sheet=outcome.sheet, fields=fields)]


def _keep_identity(identities: Identities, made: Sequence[dict[str, Any]], outcome: SheetOutcome) -> None:
    """An old register neither takes a new name away nor brings a community back that has ended."""
    for fact in made:
        name = identities.official(fact["name"])
        if name != fact["name"]:
            fields = {"former": fact["name"], "name": name}
            outcome.findings.append(Finding(rules.FORMER_NAME, sheet=outcome.sheet, fields=fields))
            fact["aliases"] = [*dict.fromkeys((*(a for a in fact["aliases"] if a != name), fact["name"]))]
            fact["name"] = name
        ended = identities.retired_on(name)
        if ended is not None and (fact["active_until"] is None or fact["active_until"] >= ended):
            fact["active_until"] = ended - timedelta(days=1)
            fields = {"name": name, "day": ended.isoformat()}
            outcome.findings.append(Finding(rules.RETIREMENT_KEPT, sheet=outcome.sheet, fields=fields))


def _keep_review(actor: Actor, plan: Plan) -> None:
    """The street's review of evidence outlives a sheet that does not speak of it."""
    if plan.portion.scope.kind != "evidence":
        return
    identity = facts.identity("evidence")
    claimed = limits.keep_review(identity, plan.before, plan.facts, street=actor.role != Role.CLERK)
    if claimed:
        outcome = plan.outcome
        outcome.findings.append(Finding(rules.REVIEW_KEPT, sheet=outcome.sheet, fields={"n": claimed}))


def _keep_original_due(plan: Plan) -> None:
    """A changed deadline keeps the old one: timeliness is judged by the original."""
    if plan.portion.scope.kind == "actions" and plan.before:
        for fact in plan.facts:
            fact["original_due"] = plan.before[0]["original_due"] or fact["due"]


def _decide(connection: Connection, actor: Actor, held: Held, plan: Plan, sha256: str) -> None:
    outcome, previous = plan.outcome, plan.previous
    if plan.sheet is not None and not plan.facts and plan.before:  # an empty sheet never wipes figures out
        fields = {"rows": len(plan.before)}
        outcome.findings = [Finding(reading.EMPTY_KEEPS_FIGURES, outcome.sheet, fields=fields)]
        return
    if previous is None:
        outcome.status, outcome.revision = "committed", held.next_revision(plan.scope)
        return
    outcome.submission, outcome.revision = previous.id, previous.revision
    assert outcome.comparison is not None
    if outcome.comparison.same or _emptied(connection, previous, sha256):
        outcome.status = "unchanged"
    elif _superseded_file(connection, actor.street_id, plan.scope, sha256):
        outcome.status = "unchanged"
        outcome.findings.append(
            Finding(reading.FILE_SUPERSEDED, sheet=outcome.sheet, fields={"revision": previous.revision})
        )
    else:
        outcome.status, outcome.submission = "committed", None
        outcome.revision = held.next_revision(plan.scope)
        outcome.replaces = (previous.id, previous.username, previous.committed_at)


def _emptied(connection: Connection, previous: Row[*tuple[Any, ...]], sha256: str) -> bool:
    """Whether these very bytes are in force and their people were emptied out since: they are nothing new."""
    known = select(Workbook.id).where(
        Workbook.id == previous.workbook_id, Workbook.sha256 == sha256, Workbook.purged_at.is_not(None)
    )
    return connection.execute(known).first() is not None


def _superseded_file(connection: Connection, street_id: int, scope: str, sha256: str) -> bool:
    """Whether these very bytes were in force for the scope before and were corrected since."""
    return (
        connection.execute(
            select(Submission.id)
            .join(Workbook, Workbook.id == Submission.workbook_id)
            .where(
                Submission.street_id == street_id,
                Submission.scope == scope,
                Submission.superseded_at.is_not(None),
                Submission.withdrawn_at.is_(None),
                Workbook.sha256 == sha256,
            )
        ).first()
        is not None
    )
