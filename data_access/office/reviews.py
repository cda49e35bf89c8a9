"""审核: the street passes evidence of the checklist or sends it back with a remark, as a new revision of the list.

Nobody reviews for the own community: clerks lack the capability, and what they send of a review is not taken
(``inbox.limits``). An approved 不适用 takes its item, or its place, out of what is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from sqlalchemy import Connection, select

from config.checklist import checklist_item
from config.language import N_, _
from data_access import database, naming, submissions
from data_access.accounts import Actor, Capability
from data_access.force import in_force
from data_access.inbox import facts
from data_access.office.attachments import evidence_record
from data_access.schema import Community, Submission
from data_access.workbooks.model import Portion, Row, Scope

Verdict = Literal["approved", "returned", "pending"]


class ReviewError(Exception):
    """Evidence cannot be reviewed like this; the text says why and what to do."""

    def __init__(self, message: str, **fields: object) -> None:
        super().__init__(_(message, **fields))


def review(
    actor: Actor, community: str, year: str, records: Sequence[str], verdict: Verdict, remark: str = "", *, seen: int
) -> int:
    """Pass these rows of a community's list of a year, send them back, or (pending) undo that; the new revision.

    ``records`` as ``attachments.evidence_record``; ``seen`` is the revision that was looked at. ReviewError for a row
    that is not there, a return without a remark, a 不适用 of an item that allows none, or a list changed meanwhile;
    NotAllowedError.
    """
    actor.require(Capability.REVIEW)
    if verdict == "returned" and not remark.strip():
        raise ReviewError(N_("Say what is missing, so that the community can mend it."))
    with database.reading() as connection:
        rows = _rows(connection, actor, community, year)
    wanted = set(records)
    for row in rows:
        record = evidence_record(year, row.values["item_code"], row.values.get("event_no"), row.values.get("family_no"))
        if record not in wanted:
            continue
        wanted.discard(record)
        if verdict == "approved":
            _may_pass(row.values)
        row.values |= {"review": verdict, "review_note": remark.strip() or None}
    if wanted:
        raise ReviewError(N_("This evidence is no longer on the list. Reload the page."))
    scope = Scope("evidence", community=community, period=year)
    try:
        (outcome,) = submissions.save(actor, [Portion(scope, rows)], seen=seen, annotated=True)
    except submissions.ChangedMeanwhileError as changed:
        raise ReviewError(str(changed)) from None
    return int(outcome.revision or 0)


def _may_pass(values: dict[str, Any]) -> None:
    item = checklist_item(values["item_code"])
    if (values.get("not_applicable") or values.get("na_reason")) and not item.not_applicable:
        raise ReviewError(
            N_("{item} cannot be declared not applicable. Send it back with a remark."),
            item=f"{item.code} {item.label}",
        )


def _rows(connection: Connection, actor: Actor, community: str, year: str) -> list[Row]:
    """The rows of the list as it stands; each keeps its number in the sheet."""
    found = connection.execute(
        select(Submission.id)
        .join(Community, Community.id == Submission.community_id)
        .where(
            Submission.street_id == actor.street_id,
            Submission.kind == "evidence",
            Submission.period == year,
            Community.id == naming.key(actor.street_id, community),
            in_force(),
        )
    ).scalar()
    if found is None:
        raise ReviewError(N_("This evidence is no longer on the list. Reload the page."))
    stored = facts.stored(connection, "evidence", found)
    numbers = facts.rows(connection, "evidence", found)
    return [Row(number, {**fact, **(fact["family"] or {})}) for number, fact in zip(numbers, stored, strict=True)]
