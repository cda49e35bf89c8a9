"""报送历史: every version of every sheet, who sent it, what it held, what it changed, and the original.

A clerk sees the own community only. Rows are given masked; the original of a workbook is handed out to those who
may see all of it, and each time is recorded.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, func, select

from config.campaigns import Campaign as CampaignDefinition
from config.language import N_, _
from data_access import audit, database, naming, schema
from data_access.accounts import Actor, Capability, OtherCommunityError, Role
from data_access.findings import Finding as Found
from data_access.findings import Rule, Severity
from data_access.inbox import facts
from data_access.inbox.known import campaign_definitions
from data_access.office import waivers
from data_access.reports import changes
from data_access.rulebook import RULES
from data_access.schema import Account, Campaign, Community, Finding, Submission, Workbook
from data_access.submissions import SubmissionError
from data_access.workbooks.compare import lay_over
from data_access.workbooks.model import Portion

STATES = ("in_force", "superseded", "withdrawn")
COLUMNS = [
    "submission",
    "kind",
    "campaign",
    "community",
    "business_date",
    "period",
    "topic",
    "revision",
    "state",
    "received_at",
    "committed_at",
    "username",
    "rows_accepted",
    "rows_refused",
    "errors",
    "warnings",
    "timeliness",
    "workbook",
    "sheet",
]
_COUNTS = ("submission", "revision", "rows_accepted", "rows_refused", "errors", "warnings", "workbook")
_FOUND = ["severity", "code", "sheet", "cell", "column", "value", "message", "remedy"]
FINDINGS = [*_FOUND, "waiver", "accepted_by", "accepted_at", "accepted_reason"]


PURGED = N_("This original is no longer kept: the people in it were emptied out. Its figures stay.")


@dataclass(frozen=True, slots=True)
class Filters:
    """What to list; None leaves a field open. ``day`` is the business date, ``state`` one of STATES."""

    day: date | None = None
    kind: str | None = None
    campaign: str | None = None
    community: str | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """One submission. ``withdrawn_by`` and ``reason`` say who took it out of force, and why."""

    submission: int
    kind: str
    campaign: str | None
    community: str | None
    business_date: date | None
    period: str | None
    topic: str | None
    revision: int
    state: str
    received_at: datetime
    committed_at: datetime
    superseded_at: datetime | None
    withdrawn_at: datetime | None
    withdrawn_by: str | None
    reason: str | None
    username: str
    rows_accepted: int
    rows_refused: int
    timeliness: str | None
    workbook: int | None
    filename: str | None
    sheet: str | None
    purged_at: datetime | None = None  # its workbook's people were purged: there is no original any more


def submissions(actor: Actor, filters: Filters | None = None, limit: int = 500) -> pd.DataFrame:
    """The latest ``limit`` submissions, newest first; a clerk's are those of the own community.

    Columns: submission; kind; campaign (code); community; business_date, period, topic; revision; state (one of
    STATES); received_at, committed_at (aware UTC); username; rows_accepted, rows_refused, errors, warnings (Int64);
    timeliness (on_time, late, supplied, None where nothing is due); workbook, sheet.
    """
    actor.require(Capability.UPLOAD)
    with database.reporting() as connection:
        rows = connection.execute(
            select(
                Submission.id.label("submission"),
                Submission.kind,
                Campaign.code.label("campaign"),
                Community.name.label("community"),
                Submission.business_date,
                Submission.period,
                Submission.topic,
                Submission.revision,
                Submission.superseded_at,
                Submission.withdrawn_at,
                Submission.received_at,
                Submission.committed_at,
                Account.username,
                Submission.rows_accepted,
                Submission.rows_refused,
                Submission.timeliness,
                Submission.workbook_id.label("workbook"),
                Submission.sheet,
            )
            .join(Account, Account.id == Submission.account_id)
            .join(Campaign, Campaign.id == Submission.campaign_id, isouter=True)
            .join(Community, Community.id == Submission.community_id, isouter=True)
            .where(*_scope(actor), *_asked(actor, filters or Filters()))
            .order_by(Submission.committed_at.desc(), Submission.id.desc())
            .limit(limit)
        ).all()
        counted = _counted(connection, [row.submission for row in rows])
    lines = [
        {
            **row._mapping,
            "state": _state(row),
            "errors": counted.get((row.submission, "error"), 0),
            "warnings": counted.get((row.submission, "warning"), 0),
        }
        for row in rows
    ]
    return pd.DataFrame(lines, columns=COLUMNS).astype(dict.fromkeys(_COUNTS, "Int64"))


def _scope(actor: Actor) -> Iterable[ColumnElement[bool]]:
    yield Submission.street_id == actor.street_id
    if actor.role == Role.CLERK:
        yield Submission.community_id == actor.community_id


def _asked(actor: Actor, filters: Filters) -> Iterable[ColumnElement[bool]]:
    if filters.day is not None:
        yield Submission.business_date == filters.day
    if filters.kind is not None:
        yield Submission.kind == filters.kind
    if filters.campaign is not None:
        yield Campaign.code == filters.campaign
    if filters.community is not None:
        yield Submission.community_id == naming.key(actor.street_id, filters.community)
    if filters.state == "withdrawn":
        yield Submission.withdrawn_at.is_not(None)
    elif filters.state == "superseded":
        yield Submission.superseded_at.is_not(None) & Submission.withdrawn_at.is_(None)
    elif filters.state == "in_force":
        yield Submission.superseded_at.is_(None) & Submission.withdrawn_at.is_(None)


def _state(row: Any) -> str:
    if row.withdrawn_at is not None:
        return "withdrawn"
    return "in_force" if row.superseded_at is None else "superseded"


def _counted(connection: Connection, numbers: list[int]) -> dict[tuple[int | None, str], int]:
    counted: dict[tuple[int | None, str], int] = {}
    for start in range(0, len(numbers), 500):  # SQLite bounds the number of parameters
        rows = connection.execute(
            select(Finding.submission_id, Finding.severity, func.count())
            .where(Finding.submission_id.in_(numbers[start : start + 500]))
            .group_by(Finding.submission_id, Finding.severity)
        )
        counted |= {(row[0], row[1]): row[2] for row in rows}
    return counted


def version(actor: Actor, submission: int) -> Version:
    """One submission by its number. SubmissionError if there is none, OtherCommunityError if it is not the clerk's."""
    actor.require(Capability.UPLOAD)
    with database.reporting() as connection:
        return _version(connection, actor, submission)


def _version(connection: Connection, actor: Actor, submission: int) -> Version:
    row = connection.execute(
        select(
            Submission,
            Campaign.code.label("campaign"),
            Community.name.label("community"),
            Account.username,
            Workbook.filename,
            Workbook.purged_at,
        )
        .join(Account, Account.id == Submission.account_id)
        .join(Campaign, Campaign.id == Submission.campaign_id, isouter=True)
        .join(Community, Community.id == Submission.community_id, isouter=True)
        .join(Workbook, Workbook.id == Submission.workbook_id, isouter=True)
        .where(Submission.id == submission, Submission.street_id == actor.street_id)
    ).first()
    if row is None:
        raise SubmissionError(_("There is no such submission."))
    actor.require_community(row.community_id)
    by = None
    if row.withdrawn_by is not None:
        by = connection.execute(select(Account.username).where(Account.id == row.withdrawn_by)).scalar()
    return Version(
        submission=row.id,
        kind=row.kind,
        campaign=row.campaign,
        community=row.community,
        business_date=row.business_date,
        period=row.period,
        topic=row.topic,
        revision=row.revision,
        state=_state(row),
        received_at=row.received_at,
        committed_at=row.committed_at,
        superseded_at=row.superseded_at,
        withdrawn_at=row.withdrawn_at,
        withdrawn_by=by,
        reason=row.reason,
        username=row.username,
        rows_accepted=row.rows_accepted,
        rows_refused=row.rows_refused,
        timeliness=row.timeliness,
        workbook=row.workbook_id,
        filename=row.filename,
        sheet=row.sheet,
        purged_at=row.purged_at,
    )


def versions(actor: Actor, submission: int) -> pd.DataFrame:
    """Every revision of the scope that a submission belongs to, newest first: submission, revision, state,
    committed_at, username, rows_accepted. Errors as ``version``."""
    actor.require(Capability.UPLOAD)
    with database.reporting() as connection:
        _version(connection, actor, submission)
        scope = select(Submission.scope).where(Submission.id == submission).scalar_subquery()
        rows = connection.execute(
            select(
                Submission.id.label("submission"),
                Submission.revision,
                Submission.superseded_at,
                Submission.withdrawn_at,
                Submission.committed_at,
                Account.username,
                Submission.rows_accepted,
            )
            .join(Account, Account.id == Submission.account_id)
            .where(Submission.street_id == actor.street_id, Submission.scope == scope)
            .order_by(Submission.revision.desc())
        ).all()
    columns = ["submission", "revision", "state", "committed_at", "username", "rows_accepted"]
    frame = pd.DataFrame([{**row._mapping, "state": _state(row)} for row in rows], columns=columns)
    return frame.astype({"submission": "Int64", "revision": "Int64", "rows_accepted": "Int64"})


def detail(actor: Actor, submission: int) -> pd.DataFrame:
    """The rows of a submission as they may be shown: headings in the current language, personal values masked, all
    as text, columns that nobody filled left out. For those who may read people; errors as ``version``."""
    actor.require(Capability.READ_PEOPLE)
    with database.reporting() as connection:
        found = _version(connection, actor, submission)
        sheet = _stored(connection, found)
        campaign = _campaign(connection, actor, found.campaign)
    return _shown(found.kind, sheet, campaign)


def rows(actor: Actor, portion: Portion) -> pd.DataFrame:
    """The rows of a portion that is not committed yet, as ``detail`` shows those of a submission."""
    actor.require(Capability.UPLOAD)
    kind, scope = portion.scope.kind, portion.scope
    sheet = changes.Sheet(facts.facts(kind, portion.rows, scope), [row.number for row in portion.rows])
    with database.reporting() as connection:
        campaign = _campaign(connection, actor, scope.campaign)
    return _shown(kind, sheet, campaign)


def _shown(kind: str, sheet: changes.Sheet, campaign: CampaignDefinition | None) -> pd.DataFrame:
    names = [name for name in facts.columns(kind) if name != "person_key"]
    used = [name for name in names if any(values.get(name) is not None for values in sheet.facts)]
    lines = [
        {changes.label(kind, name): changes.text(kind, name, values.get(name), campaign) for name in used}
        for values in sheet.facts
    ]
    frame = pd.DataFrame(lines, columns=list(dict.fromkeys(changes.label(kind, name) for name in used)))
    frame.insert(0, _("Row"), pd.Series(sheet.rows, dtype="Int64"))
    return frame


def _stored(connection: Connection, found: Version) -> changes.Sheet:
    table = facts.table(found.kind)
    query = select(table.c.row).where(table.c.submission_id == found.submission).order_by(table.c.row, table.c.id)
    numbers = list(connection.execute(query).scalars())
    return changes.Sheet(facts.stored(connection, found.kind, found.submission), numbers)


def _campaign(connection: Connection, actor: Actor, code: str | None) -> CampaignDefinition | None:
    known = campaign_definitions(connection, actor.street_id)
    return next((campaign for campaign in known if campaign.code == code), known[0] if code is None else None)


def difference(actor: Actor, older: int, newer: int) -> changes.Difference:
    """What submission ``newer`` changed in ``older``; both of one kind. Errors as ``version``."""
    actor.require(Capability.READ_PEOPLE)
    with database.reporting() as connection:
        before, after = _version(connection, actor, older), _version(connection, actor, newer)
        if before.kind != after.kind:
            raise SubmissionError(_("Only versions of the same kind of sheet can be compared."))
        campaign = _campaign(connection, actor, after.campaign)
        return changes.between(after.kind, _stored(connection, after), _stored(connection, before), campaign)


def preview(actor: Actor, portion: Portion, replaces: int | None) -> changes.Difference:
    """What a portion that is not committed yet would change in the submission it ``replaces`` (None: nothing)."""
    actor.require(Capability.UPLOAD)
    kind, scope = portion.scope.kind, portion.scope
    made = facts.facts(kind, portion.rows, scope)
    numbers = [row.number for row in portion.rows]
    with database.reporting() as connection:
        campaign = _campaign(connection, actor, scope.campaign)
        before = changes.Sheet((), ())
        if replaces is not None:
            found = _version(connection, actor, replaces)
            before = _stored(connection, found)
            if portion.partial:
                silent = facts.usual(portion)
                whole = lay_over(facts.identity(kind), made, numbers, before.facts, before.rows, silent)
                made, numbers = whole.rows, whole.numbers
            if kind == "actions" and before.facts:
                for fact in made:  # the first deadline stays when a matter is sent again
                    fact["original_due"] = before.facts[0]["original_due"] or fact["due"]
        return changes.between(kind, changes.Sheet(made, numbers), before, campaign)


def findings(actor: Actor, submission: int) -> pd.DataFrame:
    """What the reader found in a submission and, for those who see the whole street, in its workbook besides.

    Columns: severity, code, sheet, cell, column, value (masked where personal), message, remedy (in the current
    language); of one that was accepted waiver (its number, Int64), accepted_by (the account, masked), accepted_at
    (aware UTC), accepted_reason. Errors first. Errors as ``version``.
    """
    actor.require(Capability.UPLOAD)
    with database.reporting() as connection:
        found = _version(connection, actor, submission)
        mine = Finding.submission_id == submission
        if found.workbook is not None and actor.role != Role.CLERK:
            mine |= (Finding.workbook_id == found.workbook) & Finding.submission_id.is_(None)
        rows = connection.execute(select(schema.Finding.__table__).where(mine).order_by(Finding.id)).all()
        day = _figures_of(connection, found)
        standing = {} if day is None else waivers.standing(connection, actor, day, found.campaign)
    order = list(Severity)
    lines = [_line(row) | _accepted(standing, found.community, row) for row in rows]
    lines.sort(key=lambda line: order.index(Severity(line["severity"])))
    return pd.DataFrame(lines, columns=FINDINGS).astype({"waiver": "Int64"})


def _figures_of(connection: Connection, found: Version) -> date | None:
    """The day under which a warning of this version is accepted: its own, or the last one its rows speak of."""
    days = facts.table(found.kind).c.get("biz_date")
    if found.business_date is not None or days is None:
        return found.business_date
    return connection.execute(select(func.max(days)).where(days.table.c.submission_id == found.submission)).scalar()


def _accepted(standing: waivers.Standing, community: str | None, row: Any) -> dict[str, Any]:
    """Who accepted a finding of the submission, when and why; what belongs to the workbook alone is nobody's."""
    one = waivers.accepted(standing, community, row.code) if community and row.submission_id is not None else None
    if one is None:
        return {}
    return {"waiver": one.id, "accepted_by": one.by, "accepted_at": one.at, "accepted_reason": one.reason}


def _line(row: Any) -> dict[str, Any]:
    rule = RULES.get(row.code) or Rule(row.code, Severity(row.severity), row.code, "")
    found = Found(
        rule,
        row.sheet or "",
        row.cell or "",
        row.value or "",
        row.column or "",
        json.loads(row.fields or "{}"),
        row.personal,
    )
    return {
        "severity": str(row.severity),
        "code": row.code,
        "sheet": found.sheet,
        "cell": found.cell,
        "column": found.heading,
        "value": found.shown_value,
        "message": found.message,
        "remedy": found.remedy,
    }


def may_have_original(actor: Actor, workbook: int) -> bool:
    """Whether ``original`` would hand this workbook out: a clerk gets what clerks sent of the own community alone."""
    if not actor.may(Capability.UPLOAD):
        return False
    with database.reporting() as connection:
        return _may_have_original(connection, actor, workbook)


def _may_have_original(connection: Connection, actor: Actor, workbook: int) -> bool:
    """Whose a workbook is, its submissions say, withdrawn ones too: where its sender works now says nothing.

    What a street's account sent may hold rows of other communities that were refused, and so in no submission.
    """
    if actor.role != Role.CLERK:
        return True
    communities = connection.execute(
        select(Submission.community_id)
        .join(Workbook, Workbook.id == Submission.workbook_id)
        .join(Account, Account.id == Workbook.account_id)
        .where(Workbook.id == workbook, Workbook.street_id == actor.street_id, Account.role == Role.CLERK)
        .distinct()
    )
    return list(communities.scalars()) == [actor.community_id]


def original(actor: Actor, workbook: int) -> tuple[str, bytes]:
    """File name and bytes of an upload as it arrived; handing it out is recorded.

    A clerk gets what clerks sent of the own community alone: a street's workbook holds other people too.
    SubmissionError if there is no such workbook, OtherCommunityError if it is not the clerk's.
    """
    actor.require(Capability.UPLOAD)
    with database.writing() as connection:
        row = connection.execute(
            select(Workbook.filename, Workbook.content, Workbook.purged_at).where(
                Workbook.id == workbook, Workbook.street_id == actor.street_id
            )
        ).first()
        if row is None:
            raise SubmissionError(_("There is no such workbook."))
        if not _may_have_original(connection, actor, workbook):
            raise OtherCommunityError
        if row.purged_at is not None:
            raise SubmissionError(_(PURGED))
        audit.record(connection, actor, "original_downloaded", str(workbook))
    return row.filename, row.content
