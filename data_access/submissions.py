"""Commit, supersede, withdraw: the only way data gets in.

One transaction per workbook. Each portion of a workbook (one sheet, one scope) becomes a submission: revision 1, or
a higher one that supersedes what the scope held. A portion that says what the scope holds already changes nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, case, insert, select, update

from config import clock
from config.language import N_, _
from data_access import audit, database
from data_access.accounts import Actor, Capability
from data_access.findings import Finding, Severity
from data_access.inbox import bulk, facts, originals, rules
from data_access.inbox.identities import Identities
from data_access.inbox.known import known
from data_access.inbox.plans import Plan, SheetOutcome, plans, split
from data_access.office import closing, deadlines
from data_access.office.actions import events
from data_access.schema import ActionEvent, Submission
from data_access.schema import Finding as FindingRecord
from data_access.workbooks import pipeline
from data_access.workbooks.grid import open_book
from data_access.workbooks.model import NO_MENDS, Hints, Mends, Portion, WorkbookResult

log = logging.getLogger("street.submissions")


CLOSED = N_("{days} is closed. A supervisor or an administrator opens it again with a reason, on the dispatch page.")
NOT_WAITING = N_("This file does not wait any more; it was taken in or out in another window.")


class SubmissionError(Exception):
    """A submission cannot be withdrawn; the text says why."""


class ChangedMeanwhileError(SubmissionError):
    """What was to be changed is no longer what the page showed."""


@dataclass(slots=True)
class Outcome:
    """What became of a workbook. ``status``: committed, unchanged, rejected; ``findings`` are those on the file."""

    filename: str
    sha256: str
    status: str
    sheets: list[SheetOutcome] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    data_version: int | None = None

    def all_findings(self) -> list[Finding]:
        """Every finding of the file."""
        return [*self.findings, *(finding for sheet in self.sheets for finding in sheet.findings)]

    @property
    def refused(self) -> bool:
        """Whether anything was refused."""
        return self.status == "rejected" or any(f.severity == Severity.ERROR for f in self.all_findings())


def examine(
    actor: Actor,
    data: bytes,
    filename: str,
    hints: Hints | None = None,
    beside: Iterable[WorkbookResult] = (),
    mends: Mends = NO_MENDS,
) -> WorkbookResult:
    """Recognise, read and check one file against what the street knows. Writes nothing.

    ``beside`` are files of the same batch that would go in before it: their communities and sites are known then.
    ``mends`` are the texts that a person put in place of cells; ValueError for a cell that the file does not have.
    """
    actor.require(Capability.UPLOAD)
    book = open_book(data, filename)  # first: it may wait for its turn, and nobody else for a connection meanwhile
    with database.reading() as connection:
        return pipeline.examine(data, filename, known(connection, actor), hints or Hints(), beside, mends, book)


def unreadable(filename: str) -> Outcome:
    """What became of a file whose bytes could not even be fetched."""
    return Outcome(filename, "", "rejected", findings=[Finding(rules.FILE_UNREADABLE)])


def preview(actor: Actor, result: WorkbookResult, *, reopen: str | None = None) -> Outcome:
    """What a commit would do now: each portion compared with what its scope holds. Writes nothing.

    ``reopen`` as in ``commit``: closed days count as open then.
    """
    actor.require(Capability.UPLOAD)
    if reopen is not None:
        closing.may_open(actor, reopen)
    with database.reading() as connection:
        identities = Identities(connection, actor.street_id)
        planned = plans(connection, actor, identities, split(result), _taken_as(result), opened=reopen is not None)
        return _outcome(result, planned)


def _taken_as(result: WorkbookResult) -> str:
    """The bytes by which the file is known again; one that was mended says something else than its bytes."""
    return "" if result.mended else result.sha256


def commit(
    actor: Actor,
    result: WorkbookResult,
    data: bytes,
    *,
    address: str | None = None,
    received_at: datetime | None = None,
    batch: int | None = None,
    batch_file: int | None = None,
    reopen: str | None = None,
) -> Outcome:
    """Take a checked workbook in: all accepted portions in one transaction, and the original with them.

    ``received_at`` is when the file arrived (default: now); it decides whether the report was on time. ``batch`` is
    the batch that it came with, ``batch_file`` its number where it waits there; unless all of it is refused it then
    waits no more. ChangedMeanwhileError if it did not wait. ``reopen`` is the reason for which closed days that the
    workbook corrects are opened again, in the same transaction; without one they stay as they are.
    """
    actor.require(Capability.UPLOAD)
    received = received_at or clock.now()
    with database.writing() as connection:
        if batch_file is not None:
            batch = originals.waits_in(connection, actor, batch_file)
            if batch is None:
                raise ChangedMeanwhileError(_(NOT_WAITING))
        identities = Identities(connection, actor.street_id)
        planned = plans(connection, actor, identities, split(result), _taken_as(result))
        if reopen is not None and (shut := closing.refused(planned)):
            closing.open_again(connection, actor, shut, reopen)
            planned = plans(connection, actor, identities, split(result), _taken_as(result))
        changed = [plan for plan in planned if plan.outcome.status == "committed"]
        outcome = _outcome(result, planned)
        if batch_file is not None and outcome.status == "rejected":
            return outcome
        workbook_id = originals.keep(connection, actor, result, data, address, received)
        originals.record(connection, actor, workbook_id, None, [*result.findings, *_loose_findings(result)])
        # the register first: sheets before it in the file may speak of communities that it introduces
        for plan in sorted(changed, key=lambda plan: plan.portion.scope.kind != "communities"):
            _store(connection, actor, identities, plan, workbook_id, received, batch)
        for plan in planned:
            if plan.outcome.status == "rejected":
                originals.record(connection, actor, workbook_id, None, plan.outcome.findings)
        if batch is not None and outcome.status != "rejected":
            originals.settle(connection, actor, batch, batch_file, workbook_id, received)
        if changed:
            outcome.data_version = _count(connection, actor, identities, None if reopen is not None else changed)
            audit.record(connection, actor, "workbook_committed", result.sha256[:12], submissions=len(changed))
    log.info("%s: %s, %d submissions", result.sha256[:12], outcome.status, len(changed))
    return outcome


def save(
    actor: Actor, portions: Iterable[Portion], *, seen: int | None = None, annotated: bool = False
) -> list[SheetOutcome]:
    """Take in rows that were typed into a page instead of sent in a workbook; the same rules of scope and revision.

    ``seen`` is the revision the page showed (0: none yet); ChangedMeanwhileError if another one is in force by now.
    ``annotated`` rows are those of the revision before with something noted on them: they still stand in its workbook.
    """
    actor.require(Capability.UPLOAD)
    with database.writing() as connection:
        return save_within(connection, actor, portions, seen=seen, annotated=annotated)


def save_within(
    connection: Connection,
    actor: Actor,
    portions: Iterable[Portion],
    *,
    seen: int | None = None,
    annotated: bool = False,
) -> list[SheetOutcome]:
    """``save`` in the caller's transaction, for what is kept together with it or not at all."""
    actor.require(Capability.UPLOAD)
    identities = Identities(connection, actor.street_id)
    planned = plans(connection, actor, identities, [(None, portion) for portion in portions], "")
    if seen is not None and any((plan.previous.revision if plan.previous else 0) != seen for plan in planned):
        raise ChangedMeanwhileError(_("Somebody has changed this meanwhile. Look at it again, then decide."))
    changed = [plan for plan in planned if plan.outcome.status == "committed"]
    for plan in changed:
        source = plan.previous if annotated else None
        plan.outcome.sheet = source.sheet or "" if source else ""
        _store(connection, actor, identities, plan, source.workbook_id if source else None, clock.now())
    if changed:
        _count(connection, actor, identities, changed)
        audit.record(connection, actor, "rows_saved", changed[0].portion.scope.kind, submissions=len(changed))
    return [plan.outcome for plan in planned]


def _count(connection: Connection, actor: Actor, identities: Identities, changed: Iterable[Plan] | None) -> int:
    """The new data version; what hangs on other kinds of sheet holds, unless the street's own lists have changed."""
    kinds = {plan.portion.scope.kind for plan in changed or ()}
    if changed is None or identities.grown or kinds & {"communities", "sites"}:
        return database.raise_version(connection)
    return database.raise_version(connection, actor.street_id, kinds)


def withdraw(actor: Actor, submission_id: int, reason: str) -> int | None:
    """Take a submission out of force; the revision before it comes back.

    Returns the submission that is in force again, or None. SubmissionError if there is none with this number, it
    is withdrawn already, or the reason is blank.
    """
    actor.require(Capability.WITHDRAW)
    with database.writing() as connection:
        row = connection.execute(
            select(Submission.withdrawn_at).where(
                Submission.id == submission_id, Submission.street_id == actor.street_id
            )
        ).first()
        if row is None:
            raise SubmissionError(_("There is no such submission."))
        if row.withdrawn_at is not None:
            raise SubmissionError(_("This submission is withdrawn already."))
        restored = next(iter(take_back(connection, actor, [submission_id], reason)), None)
        database.raise_version(connection)
        audit.record(connection, actor, "submission_withdrawn", str(submission_id), restored=restored)
    return restored


def take_back(connection: Connection, actor: Actor, submissions: Sequence[int], reason: str) -> list[int]:
    """Withdraw submissions that stand, in the caller's transaction; those that are in force again in their place.

    SubmissionError if the reason is blank or one of them belongs to a closed day.
    """
    if not reason.strip():
        raise SubmissionError(_("A withdrawal needs a reason."))
    if shut := closing.closed_days(connection, actor, submissions):
        days = _(", ").join(day.isoformat() for day in shut)
        raise SubmissionError(_(CLOSED, days=days))
    restored = []
    now = clock.now()
    for number in submissions:
        connection.execute(
            update(Submission)
            .where(Submission.id == number)
            .values(
                withdrawn_at=case((Submission.committed_at > now, Submission.committed_at), else_=now),
                withdrawn_by=actor.id,
                reason=reason.strip(),
            )
        )
    for number in submissions:
        row = connection.execute(
            select(Submission.scope, Submission.revision, Submission.superseded_at).where(Submission.id == number)
        ).one()
        before = _restore(connection, actor, row) if row.superseded_at is None else None
        restored += [before] if before is not None else []
    return restored


def _restore(connection: Connection, actor: Actor, withdrawn: Row[*tuple[Any, ...]]) -> int | None:
    before = connection.execute(
        select(Submission.id)
        .where(
            Submission.street_id == actor.street_id,
            Submission.scope == withdrawn.scope,
            Submission.revision < withdrawn.revision,
            Submission.withdrawn_at.is_(None),
        )
        .order_by(Submission.revision.desc())
    ).scalar()
    if before is not None:
        connection.execute(update(Submission).where(Submission.id == before).values(superseded_at=None))
        connection.execute(update(FindingRecord).where(FindingRecord.submission_id == before).values(resolved_at=None))
    return before


def _loose_findings(result: WorkbookResult) -> list[Finding]:
    return [finding for sheet in result.sheets for finding in sheet.findings]


def _outcome(result: WorkbookResult, planned: list[Plan]) -> Outcome:
    """The outcome of the workbook: portions, and the sheets that yielded none."""
    outcomes: list[SheetOutcome] = []
    for sheet in result.sheets:
        own = [plan.outcome for plan in planned if plan.sheet is sheet]
        if not own or sheet.findings or sheet.refused:
            aside = sheet.state in ("hidden", "ignored", "empty", "merged") and not sheet.refused
            status = "skipped" if aside else "rejected"
            if own and not sheet.refused and all(f.severity != Severity.ERROR for f in sheet.findings):
                own[0].findings = [*sheet.findings, *own[0].findings]
            else:
                outcomes.append(
                    SheetOutcome(
                        sheet.name,
                        sheet.kind.key if sheet.kind else None,
                        status=status,
                        rows_refused=sheet.refused,
                        findings=list(sheet.findings),
                    )
                )
        outcomes.extend(own)
    states = {outcome.status for outcome in outcomes}
    status = "committed" if "committed" in states else "unchanged" if "unchanged" in states else "rejected"
    return Outcome(result.filename, result.sha256, status, outcomes, list(result.findings))


_SUBMISSION = insert(Submission).returning(Submission.id)  # built once for all


def _store(
    connection: Connection,
    actor: Actor,
    identities: Identities,
    plan: Plan,
    workbook_id: int | None,
    received: datetime,
    batch: int | None = None,
) -> None:
    """Write one submission with its facts and findings, and supersede the one before."""
    scope, outcome = plan.portion.scope, plan.outcome
    # a revision never comes before the one it replaces, whatever has become of the machine's clock meanwhile
    now = max(clock.now(), plan.previous.committed_at) if plan.previous is not None else clock.now()
    if scope.kind == "communities":
        identities.register(plan.facts)
    plan.scope = identities.scope_text(scope)  # a community new in this workbook has its key only now
    if plan.previous is not None:
        connection.execute(update(Submission).where(Submission.id == plan.previous.id).values(superseded_at=now))
        connection.execute(
            update(FindingRecord).where(FindingRecord.submission_id == plan.previous.id).values(resolved_at=now)
        )
    community_id = identities.community(outcome.community)
    outcome.submission = connection.execute(
        _SUBMISSION,
        {
            "street_id": actor.street_id,
            "scope": plan.scope,
            "revision": outcome.revision,
            "kind": scope.kind,
            "campaign_id": identities.campaign(scope.campaign),
            "community_id": community_id,
            "business_date": scope.business_date,
            "period": scope.period,
            "topic": scope.topic,
            "workbook_id": workbook_id,
            "sheet": outcome.sheet or None,
            "account_id": actor.id,
            "received_at": received,
            "committed_at": now,
            "rows_accepted": len(plan.facts),  # of a partial correction, with the rows it leaves
            "rows_refused": outcome.rows_refused,
            "batch_id": batch,
            "digest": plan.digest,
            "timeliness": deadlines.arrival(scope.kind, scope.business_date, received),
        },
    ).scalar_one()
    if plan.facts:
        size = len(plan.facts)
        columns = {
            **identities.resolve(scope, plan.facts, community_id),
            "submission_id": [outcome.submission] * size,
            "street_id": [actor.street_id] * size,
            "row": plan.rows,
        }
        bulk.insert(connection, facts.table(scope.kind), columns)
    if scope.kind == "actions":
        _record_events(connection, actor, plan, now)
    if workbook_id is not None:
        originals.record(connection, actor, workbook_id, outcome.submission, outcome.findings)


def _record_events(connection: Connection, actor: Actor, plan: Plan, now: datetime) -> None:
    before = plan.before[0] if plan.before else None
    common = {
        "street_id": actor.street_id,
        "submission_id": plan.outcome.submission,
        "item_no": plan.facts[0]["item_no"],
        "at": now,
        "account_id": actor.id,
    }
    rows = [{**common, "event": event, "note": note} for event, note in events(before, plan.facts[0])]
    if rows:
        connection.execute(insert(ActionEvent), rows)
