"""What each portion of a workbook would do to its scope: new, a correction, nothing, or not allowed. Writes nothing.

A preview shows the plans; a commit carries them out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from config.language import N_
from data_access import facts, limits
from data_access.accounts import Actor, Role
from data_access.findings import Finding, Rule, Severity
from data_access.held import Held
from data_access.identities import Identities
from data_access.schema import Submission, Workbook
from data_access.workbooks import compare
from data_access.workbooks.model import Portion, SheetResult, WorkbookResult

FILE_SUPERSEDED = Rule(
    "FILE_SUPERSEDED",
    Severity.WARNING,
    N_("This very file was taken in before and has since been corrected by revision {revision}; nothing was changed."),
    N_("To go back to it, withdraw the later revision; to correct it, send a changed file."),
)


@dataclass(slots=True)
class SheetOutcome:
    """What became of one portion, or of a sheet without one.

    ``status``: committed, unchanged, rejected, skipped. ``replaces`` is the submission superseded, with who and when.
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
    findings: list[Finding] = field(default_factory=list)
    comparison: compare.Comparison | None = None
    replaces: tuple[int, str, datetime] | None = None


@dataclass(slots=True, eq=False)
class Plan:
    """One portion on its way in."""

    sheet: SheetResult | None
    portion: Portion
    outcome: SheetOutcome
    facts: list[dict[str, Any]]
    scope: str
    previous: Row[*tuple[Any, ...]] | None
    before: list[dict[str, Any]]


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
            part = by_number.setdefault(number, Portion(replace(portion.scope, topic=number)))
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
) -> list[Plan]:
    """A plan for each portion; nothing is written yet."""
    pairs = list(pairs)
    held = Held(connection, actor.street_id, (identities.scope_text(portion.scope) for _, portion in pairs))
    return [_plan(connection, actor, identities, held, sheet, portion, sha256) for sheet, portion in pairs]


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
    made = [facts.fact(scope.kind, row, scope) for row in portion.rows]
    text = identities.scope_text(scope)
    plan = Plan(sheet, portion, outcome, made, text, None, [])
    if not portion.rows and portion.refused:
        return plan
    plan.previous = held.current.get(text)
    if plan.previous is not None:
        plan.before = facts.stored(connection, scope.kind, plan.previous.id)
        _keep_original_due(plan)
    if actor.role == Role.CLERK and not _within_limits(actor, identities, plan):
        outcome.rows_accepted, outcome.rows_refused = 0, outcome.rows_refused + len(portion.rows)
        return plan
    outcome.comparison = compare.compare(facts.identity(scope.kind), made, plan.before)
    _decide(connection, actor, held, plan, sha256)
    return plan


def _within_limits(actor: Actor, identities: Identities, plan: Plan) -> bool:
    """Whether a clerk may send this; what the clerk may not say of it is taken back. OtherCommunityError."""
    kind, outcome = plan.portion.scope.kind, plan.outcome
    if kind in limits.STREET_KINDS:
        outcome.findings.append(Finding(limits.STREET_SHEET, sheet=outcome.sheet, fields={"sheet": outcome.sheet}))
        return False
    for name in {outcome.community, *(row.values.get("community", outcome.community) for row in plan.portion.rows)}:
        actor.require_community(identities.community(name))
    if plan.previous is not None:
        actor.require_community(plan.previous.community_id)
    if kind == "actions" and not limits.may_report_fixing(plan.before, plan.facts):
        number = plan.facts[0]["item_no"]
        outcome.findings.append(Finding(limits.STREET_MATTER, sheet=outcome.sheet, fields={"number": number}))
        return False
    if kind == "evidence":
        claimed = limits.keep_review(facts.identity(kind), plan.before, plan.facts)
        if claimed:
            outcome.findings.append(Finding(limits.REVIEW_KEPT, sheet=outcome.sheet, fields={"n": claimed}))
    return True


def _keep_original_due(plan: Plan) -> None:
    """A changed deadline keeps the old one: timeliness is judged by the original."""
    if plan.portion.scope.kind == "actions" and plan.before:
        for fact in plan.facts:
            fact["original_due"] = plan.before[0]["original_due"] or fact["due"]


def _decide(connection: Connection, actor: Actor, held: Held, plan: Plan, sha256: str) -> None:
    outcome, previous = plan.outcome, plan.previous
    if previous is None:
        outcome.status, outcome.revision = "committed", held.next_revision(plan.scope)
        return
    outcome.submission, outcome.revision = previous.id, previous.revision
    assert outcome.comparison is not None
    if outcome.comparison.same:
        outcome.status = "unchanged"
    elif _superseded_file(connection, actor.street_id, plan.scope, sha256):
        outcome.status = "unchanged"
        outcome.findings.append(Finding(FILE_SUPERSEDED, sheet=outcome.sheet, fields={"revision": previous.revision}))
    else:
        outcome.status, outcome.submission = "committed", None
        outcome.revision = held.next_revision(plan.scope)
        outcome.replaces = (previous.id, previous.username, previous.committed_at)


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
