"""Events worth remembering: who did what, when. Appended, never changed, and each chained to all before it.

The chain runs through a secret state: the state after an event is the keyed hash of the state before and of what the
event says; the event bears only a hash of its state, and the data version row the last state itself (``audit_head``)
and the number of events. So whoever can write to the database but has not the key can neither alter, remove, insert or
reorder events nor cut off the last ones without ``verify`` finding it: a state does not follow from what the events
bear. Events recorded before there was a chain bear no digest; the state counts them in, and guards them from then on.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Protocol

from sqlalchemy import Connection, Row, func, insert, select, update

from config import clock
from config.language import N_, _
from data_access.privacy import keys
from data_access.schema import AuditEvent, DataVersion, Street

# Every event of the program in words. A test compares it with the code.
WORDS = {
    "workbook_committed": N_("workbook committed"),
    "rows_saved": N_("rows typed in"),
    "files_received": N_("files handed over"),
    "submission_withdrawn": N_("submission withdrawn"),
    "batch_undone": N_("batch undone"),
    "original_downloaded": N_("original downloaded"),
    "annotated_downloaded": N_("annotated copy downloaded"),
    "register_downloaded": N_("register downloaded"),
    "template_with_people": N_("template with people downloaded"),
    "call_sheet": N_("call sheet downloaded"),
    "exported": N_("list downloaded"),
    "waiver_granted": N_("warning accepted"),
    "waiver_revoked": N_("acceptance taken back"),
    "exemption_granted": N_("report excused"),
    "exemption_revoked": N_("excuse taken back"),
    "day_closed": N_("day closed"),
    "day_reopened": N_("day opened again"),
    "notice_published": N_("notice published"),
    "signed_in": N_("signed in"),
    "sign_in_failed": N_("sign-in failed"),
    "signed_out": N_("signed out"),
    "signed_out_everywhere": N_("signed out everywhere"),
    "session_ended": N_("session ended elsewhere"),
    "account_created": N_("account created"),
    "account_disabled": N_("account ended"),
    "account_enabled": N_("account taken up again"),
    "account_linked": N_("single sign-on linked"),
    "account_unlinked": N_("single sign-on unlinked"),
    "role_changed": N_("role changed"),
    "password_changed": N_("password changed"),
    "password_reset": N_("one-time password given"),
    "setting_changed": N_("setting changed"),
    "setting_reset": N_("setting of the file put back"),
    "community_added": N_("community added"),
    "community_renamed": N_("community renamed"),
    "community_retired": N_("community ended"),
    "community_merged": N_("community merged"),
    "community_resumed": N_("community goes on"),
    "campaign_added": N_("campaign added"),
    "campaign_changed": N_("campaign changed"),
    "rest_day_added": N_("rest day added"),
    "rest_day_removed": N_("rest day taken out"),
    "phrase_worded": N_("sentence worded"),
    "phrase_reset": N_("shipped sentence put back"),
    "posting_queued": N_("text sent to the group"),
    "posting_repeated": N_("text sent again"),
    "target_set": N_("target set"),
    "target_withdrawn": N_("target withdrawn"),
    "indicator_defined": N_("definition changed"),
    "workstream_defined": N_("workstream changed"),
    "indicator_declared": N_("indicator declared"),
    "workstream_declared": N_("workstream declared"),
    "indicator_retired": N_("indicator ended"),
    "layout_remembered": N_("layout remembered"),
    "layout_forgotten": N_("layout forgotten"),
    "attachment_added": N_("evidence file added"),
    "attachment_downloaded": N_("evidence file downloaded"),
    "attachment_removed": N_("evidence file taken out"),
    "sample_started": N_("sample street loaded"),
    "street_founded": N_("street founded"),
    "district_created": N_("district created"),
    "district_joined": N_("street joined a district"),
    "district_left": N_("street left its district"),
    "backup_made": N_("backup made"),
    "backup_downloaded": N_("backup downloaded"),
    "restored": N_("restored from a backup"),
    "person_revealed": N_("person shown in full"),
    "purged": N_("old personal data emptied"),
    "person_erased": N_("person erased on request"),
    "key_changing": N_("change of the key begun"),
    "key_changed": N_("key of the fields changed"),
}

FAULTS = {
    "none": N_("The audit trail has no chain: it was taken away."),
    "broken": N_("The audit trail is broken at event {number}: it, or one before it, was altered, removed or put in."),
    "cut": N_("The last events of the audit trail are missing, or some were added without the key."),
}


class Acting(Protocol):
    """Whoever acts: an account of a street, or nobody (``id`` None) where a stranger tried something."""

    @property
    def id(self) -> int | None:
        """The account."""

    @property
    def street_id(self) -> int:
        """Its street."""


def record(connection: Connection, acting: Acting, event: str, subject: str | None = None, **details: Any) -> None:
    """Append one event in the caller's transaction, which has to be a writer's (``database.writing``).

    ``details`` are codes and counts, never personal data. ``WORDS`` has words for every event. Whatever changes in a
    street leaves an event, so the street bears the digest of its last one: what was worked out of it holds until then.
    """
    said = {"street_id": acting.street_id, "at": clock.now(), "account_id": acting.id, "event": event}
    said |= {"subject": subject, "details": details}
    chain = connection.execute(select(DataVersion.audit_head, DataVersion.audit_count)).one()
    state = _after(chain.audit_head or "", **said)
    digest = _digest(state)
    connection.execute(insert(AuditEvent).values(**said, digest=digest))
    connection.execute(update(Street).where(Street.id == acting.street_id).values(stamp=digest))
    connection.execute(update(DataVersion).values(audit_head=state, audit_count=(chain.audit_count or 0) + 1))


def word(event: str) -> str:
    """An event in the current language; its code where a later version of the program wrote it."""
    return _(WORDS[event]) if event in WORDS else event


# The chain -------------------------------------------------------------------------------------------------------

_SAID = (AuditEvent.street_id, AuditEvent.at, AuditEvent.account_id, AuditEvent.event, AuditEvent.subject)


def begin(connection: Connection) -> None:
    """Begin the chain of a database that has none yet, over the events it holds; part of making it or migrating it."""
    if connection.execute(select(DataVersion.audit_head)).scalar_one() is not None:
        return
    state, number = _start(), 0
    for row in _events(connection):
        state, number = _next(state, row), number + 1
    connection.execute(update(DataVersion).values(audit_head=_begun(state, number), audit_count=number))


@dataclass(frozen=True, slots=True)
class Chain:
    """What walking the chain has found: ``events`` in all, ``before`` of them older than the chain.

    ``fault`` is a key of ``FAULTS`` or None; ``broken_at`` the first event (its id) that does not follow.
    """

    events: int
    before: int
    fault: str | None = None
    broken_at: int | None = None

    @property
    def text(self) -> str:
        """The finding as one sentence."""
        if self.fault is not None:
            return _(FAULTS[self.fault], number=self.broken_at)
        if self.before:
            return _("The chain of {n} events is whole ({m} of them older than it).", n=self.events, m=self.before)
        return _("The chain of {n} events is whole.", n=self.events)


def verify(connection: Connection) -> Chain:
    """Walk the whole chain; some ten microseconds an event."""
    kept = connection.execute(select(DataVersion.audit_head, DataVersion.audit_count)).one()
    state, number, before = _start(), 0, -1
    for row in _events(connection):
        if before < 0 and row.digest is not None:
            state, before = _begun(state, number), number
        state, number = _next(state, row), number + 1
        if before >= 0 and (row.digest is None or not hmac.compare_digest(row.digest, _digest(state))):
            return Chain(_count(connection), before, "broken", row.id)
    if before < 0:
        state, before = _begun(state, number), number
    if kept.audit_head is None:
        return Chain(number, before, "none")
    if number != kept.audit_count or not hmac.compare_digest(state, kept.audit_head):
        return Chain(number, before, "cut")
    return Chain(number, before)


def _events(connection: Connection) -> Iterable[Row[Any]]:
    query = select(AuditEvent.id, *_SAID, AuditEvent.details, AuditEvent.digest).order_by(AuditEvent.id)
    return connection.execute(query.execution_options(yield_per=1000))


def _count(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(AuditEvent)).scalar_one()


def _start() -> str:
    return _keyed("")


def _begun(state: str, before: int) -> str:
    """The state once the chain has begun after so many events: nobody can strip the others of their digests."""
    return _keyed(f"{state}\0begun after {before}")


def _next(state: str, row: Row[Any]) -> str:
    return _after(state, **{name: getattr(row, name) for name in (*(one.key for one in _SAID), "details")})


def _after(state: str, *, at: Any, details: Any, **said: Any) -> str:
    """The state after an event: what it says is written the same way wherever it comes from."""
    whole = {**said, "at": at.astimezone(UTC).isoformat(timespec="microseconds"), "details": details}
    text = json.dumps(whole, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return _keyed(f"{state}\0{text}")


def _keyed(text: str) -> str:
    return hmac.new(keys().hash, f"audit\0{text}".encode(), hashlib.sha256).hexdigest()


def _digest(state: str) -> str:
    """What an event bears of its state: nobody gets back from it to the state."""
    return hashlib.sha256(state.encode()).hexdigest()
