"""Raising a matter to settle and moving it along: found → assigned → fixed → re-checked → closed, or reopened.

Every change is a new revision of the matter through ``submissions.save``, which also records its events.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, select

from config import clock
from config.language import N_, _
from data_access import database, naming, sheets, submissions
from data_access.accounts import Actor, Capability, NotAllowedError, Role
from data_access.force import in_force
from data_access.inbox import facts
from data_access.reports import coordination
from data_access.schema import ActionEvent, ActionItem, Community, Submission
from data_access.workbooks.model import Portion, Scope
from data_access.workbooks.model import Row as SheetRow

# From a status to those it may become; the first is the ordinary way.
MOVES: Mapping[str, tuple[str, ...]] = {
    "new": ("fixing",),
    "fixing": ("recheck",),
    "recheck": ("closed", "fixing"),
    "closed": ("relapsed",),
    "relapsed": ("fixing", "recheck"),
    "clear": (),
}


COORDINATED_IN = 7  # days, where a community asked for help without a date


class MatterError(Exception):
    """A matter cannot be raised or moved; the text says why and what to do."""

    def __init__(self, message: str, **fields: object) -> None:
        super().__init__(_(message, **fields))


@dataclass(frozen=True, slots=True)
class Matter:
    """A matter as it stands: its sheet values by column key, its revision and who marked it fixed last (account)."""

    values: dict[str, Any]
    revision: int
    fixed_by: int | None

    @property
    def status(self) -> str:
        """Where it stands: new, fixing, recheck, closed, relapsed."""
        return str(self.values["status"])


def raise_item(actor: Actor, **values: Any) -> str:
    """Put a matter on the list; its number.

    ``values`` by the column keys of the sheet: community, source, issue, severity, found_on (default today), place,
    workstream, issue_type, demand, unit (default the community), owner, due. With an owner or unit and a due date it
    counts as assigned when ``status`` says fixing. MatterError names what is missing; NotAllowedError.
    """
    actor.require(Capability.MANAGE_ACTIONS)
    made = {key: value for key, value in values.items() if value not in (None, "")}
    made.setdefault("found_on", clock.today())
    made.setdefault("status", "new")
    made.setdefault("unit", made.get("community"))
    made["item_no"] = made.get("item_no") or facts.item_number(made)
    _check(made, ("community", "source", "issue", "severity", "demand", "due"))
    if _find(actor, made["item_no"]) is not None:
        raise MatterError(N_("This matter stands on the list already as {number}."), number=made["item_no"])
    _save(actor, made, 0)
    return str(made["item_no"])


def raise_reported(actor: Actor, number: str) -> str:
    """Put on the list what a community reported as needing coordination, under the number of its record.

    Problem, owner and due date are as reported; where no date was, a week is given. MatterError where the record asks
    no longer or was raised already; NotAllowedError.
    """
    plea = coordination.asked(actor, number)
    if plea is None:
        raise MatterError(N_("The sheet does not ask for coordination any more. Reload the page."))
    due = plea.due or clock.today() + timedelta(days=COORDINATED_IN)
    return raise_item(
        actor,
        item_no=number,
        community=plea.community,
        source="morning" if plea.kind == "morning" else "monthly",
        workstream=plea.workstream,
        found_on=min(plea.day, due, clock.today()),  # what was due before its sheet came had been found by then
        place=plea.site,
        issue=_("Needs coordination: {what}", what=plea.issue or plea.about),
        issue_type=_("Needs coordination"),
        severity="major",
        demand=plea.next_step or _("Coordinate and settle"),
        owner=plea.owner,
        due=due,
    )


def move(actor: Actor, item_no: str, status: str, *, revision: int | None = None, **changes: Any) -> int:
    """Take a matter to another status; its new revision.

    fixing: handed over (``unit``, ``owner``, ``due``), or sent back by a failed re-check. recheck: marked fixed, with
    ``measure`` (and ``fixed_on``, photos_after). closed: the re-check passed; not by the account that marked it fixed.
    relapsed: reopened. ``revision`` is the one the asker saw: MatterError if it has changed since. A clerk may only
    mark matters of the own community as fixed. NotAllowedError, MatterError.
    """
    matter = _standing(actor, item_no)
    if actor.role == Role.CLERK:
        _clerk(actor, matter, status)
    else:
        actor.require(Capability.MANAGE_ACTIONS)
    if revision is not None and revision != matter.revision:
        raise MatterError(N_("Somebody has changed this matter meanwhile. Look at it again, then decide."))
    if status not in MOVES[matter.status]:
        raise MatterError(N_("This matter cannot go there from where it stands. Reload the page."))
    values = matter.values | {key: value for key, value in changes.items() if value not in (None, "")}
    values |= _consequences(actor, matter, status, values, changes)
    _check(values, ("due",) if status == "fixing" else ("measure",) if status == "recheck" else ())
    return _save(actor, values, matter.revision)


def extend(actor: Actor, item_no: str, due: date, reason: str, *, revision: int | None = None) -> int:
    """Approve a later due date; timeliness keeps the original one. MatterError without a reason; NotAllowedError."""
    actor.require(Capability.MANAGE_ACTIONS)
    matter = _standing(actor, item_no)
    if revision is not None and revision != matter.revision:
        raise MatterError(N_("Somebody has changed this matter meanwhile. Look at it again, then decide."))
    if matter.status == "closed":
        raise MatterError(N_("A closed matter has no due date to extend."))
    if not reason.strip():
        raise MatterError(N_("An extension needs a reason."))
    values = matter.values | {"due": due, "extension": reason.strip()}
    _check(values, ())
    return _save(actor, values, matter.revision)


def moves(actor: Actor, item_no: str) -> tuple[str, ...]:
    """The statuses this account may take the matter to now."""
    actor.require(Capability.READ_BOARD)
    try:
        matter = _standing(actor, item_no)
    except MatterError:
        return ()
    found = MOVES[matter.status]
    if actor.role == Role.CLERK:
        own = matter.values["community"] == actor.community
        return tuple(status for status in found if own and status == "recheck")
    if not actor.may(Capability.MANAGE_ACTIONS):
        return ()
    return tuple(status for status in found if status != "closed" or matter.fixed_by != actor.id)


def settled_before(actor: Actor, community: str | None, issue_type: str | None) -> str | None:
    """The number of the community's matter of this type that was closed last, unless one of them is open; else None.

    NotAllowedError.
    """
    actor.require(Capability.MANAGE_ACTIONS)
    if not (community and issue_type):
        return None
    with database.reading() as connection:
        rows = connection.execute(
            select(ActionItem.item_no, ActionItem.status)
            .join(Submission, Submission.id == ActionItem.submission_id)
            .join(Community, Community.id == ActionItem.community_id)
            .where(
                ActionItem.street_id == actor.street_id,
                Community.id == naming.key(actor.street_id, community),
                ActionItem.issue_type == issue_type,
                ActionItem.status != "clear",
                in_force(),
            )
            .order_by(ActionItem.rechecked_on.desc(), ActionItem.id.desc())
        ).all()
    return rows[0].item_no if rows and all(row.status == "closed" for row in rows) else None


def current(actor: Actor, item_no: str) -> Matter:
    """The matter in force with its owner and words, for those who manage matters. MatterError if there is none."""
    actor.require(Capability.MANAGE_ACTIONS)
    return _standing(actor, item_no)


def _standing(actor: Actor, item_no: str) -> Matter:
    found = _find(actor, item_no)
    if found is None:
        raise MatterError(N_("There is no matter {number}."), number=item_no)
    return found


def _clerk(actor: Actor, matter: Matter, status: str) -> None:
    """A clerk marks the own community's matters as fixed, and nothing else."""
    with database.reading() as connection:
        community = connection.execute(
            select(Community.id).where(Community.id == naming.key(actor.street_id, matter.values["community"]))
        ).scalar()
    actor.require_community(community)
    if status != "recheck":
        raise NotAllowedError(Capability.MANAGE_ACTIONS)


def _consequences(
    actor: Actor, matter: Matter, status: str, values: Mapping[str, Any], changes: Mapping[str, Any]
) -> dict[str, Any]:
    """What a status brings with it."""
    today = clock.today()
    if status == "recheck":
        if not changes.get("measure"):
            raise MatterError(N_("Say what was done to fix it."))
        cleared = dict.fromkeys(("recheck", "rechecked_on", "rechecked_by"))
        return {"status": status, "fixed_on": changes.get("fixed_on") or today, **cleared}
    if matter.status == "recheck":
        if matter.fixed_by == actor.id:
            raise MatterError(N_("Another account than the one that marked it fixed has to re-check it."))
        passed = "passed" if status == "closed" else "failed"
        return {"status": status, "recheck": passed, "rechecked_on": today, "rechecked_by": actor.username}
    if status == "relapsed":
        return {"status": status, **dict.fromkeys(("fixed_on", "recheck", "rechecked_on", "rechecked_by"))}
    return {"status": status}


def _check(values: Mapping[str, Any], needed: tuple[str, ...]) -> None:
    """The rules of the sheet hold for what is typed into a page as well."""
    kind = sheets.kind("actions")
    for key in needed:
        if values.get(key) is None:
            raise MatterError(N_("{column} is missing."), column=kind.column(key).label)
    for check in kind.row_checks:
        for problem in check(values):
            column = kind.column(problem.column).label if problem.column else ""
            raise MatterError(problem.rule.message, column=column, **dict(problem.fields or {}))


def _save(actor: Actor, values: dict[str, Any], seen: int) -> int:
    scope = Scope("actions", topic=values["item_no"])
    try:
        outcome = submissions.save(actor, [Portion(scope, [SheetRow(1, values)])], seen=seen)[0]
    except submissions.ChangedMeanwhileError:
        raise MatterError(N_("Somebody has changed this matter meanwhile. Look at it again, then decide.")) from None
    return int(outcome.revision or 0)


def _find(actor: Actor, item_no: str) -> Matter | None:
    with database.reading() as connection:
        row = connection.execute(
            select(*ActionItem.__table__.columns, Community.name.label("community"), Submission.revision)
            .select_from(ActionItem)
            .join(Submission, Submission.id == ActionItem.submission_id)
            .join(Community, Community.id == ActionItem.community_id, isouter=True)
            .where(ActionItem.street_id == actor.street_id, ActionItem.item_no == item_no, in_force())
        ).first()
        if row is None:
            return None
        values = {name: row._mapping[name] for name in facts.columns("actions")}
        return Matter(values, row.revision, _fixed_by(connection, actor, item_no, row))


def _fixed_by(connection: Connection, actor: Actor, item_no: str, row: Any) -> int | None:
    """The account that marked it fixed the last time; None while it is not."""
    if row.status not in ("recheck", "closed"):
        return None
    return connection.execute(
        select(ActionEvent.account_id)
        .join(Submission, Submission.id == ActionEvent.submission_id)
        .where(
            ActionEvent.street_id == actor.street_id,
            ActionEvent.item_no == item_no,
            ActionEvent.event == "fixed",
            Submission.withdrawn_at.is_(None),
        )
        .order_by(ActionEvent.at.desc(), ActionEvent.id.desc())
    ).scalar()
