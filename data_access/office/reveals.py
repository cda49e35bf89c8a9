"""Showing one person of a roster in full, for a stated purpose: who saw whom, when and what for stays on record.

What was seen does not: the record bears the number of the row, never what stands in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from config.language import N_, _
from data_access import audit, database, privacy
from data_access.accounts import Actor, Capability
from data_access.schema import Callup, Community

PURPOSES: Mapping[str, str] = {
    "call": N_("to call the person up or to remind them"),
    "observe": N_("to ask how the person is after the vaccination"),
    "check": N_("to check or correct a figure or a row"),
    "request": N_("because the person asked what is held of them"),
    "other": N_("something else (say what)"),
}
LONGEST = 100  # characters of what is said beside it
SECONDS = 30  # how long a page shows what it was given


class RevealError(Exception):
    """Nobody can be shown; the text says why."""

    def __init__(self, message: str, **fields: object) -> None:
        super().__init__(_(message, **fields))


@dataclass(frozen=True, slots=True)
class Person:
    """A person of a roster in full; "" for what is not held. Not to be kept: neither in a session nor in a cache."""

    community: str
    day: date
    name: str
    phone: str
    last4: str
    liaison: str
    liaison_phone: str


@dataclass(frozen=True, slots=True)
class Purpose:
    """What somebody wants to see people for: one of ``PURPOSES``, and in words where it is another one."""

    code: str
    words: str = ""

    @property
    def stated(self) -> bool:
        """Whether it says anything."""
        return self.code in PURPOSES and (self.code != "other" or len(self.words.strip()) >= 2)

    def check(self) -> None:
        """RevealError for a purpose that is none."""
        if not self.stated:
            raise RevealError(N_("Say what it is for: it stays on record with your account."))

    def recorded(self, *names: str | None) -> dict[str, str]:
        """For the audit: without numbers, and without these names, should somebody have written them there."""
        text = privacy.blot(self.words.strip()[:LONGEST]) or ""
        for name in names:
            text = text.replace(name, privacy.mask_name(name)) if name else text
        return {"purpose": self.code} | ({"words": text} if text else {})


def reveal(actor: Actor, callup: int, purpose: Purpose) -> Person:
    """One person by the number of the row on a roster; recorded before anything is handed out.

    For clerks (of the own community), supervisors and administrators; not while looking back. RevealError for a blank
    purpose, a row that is not there, or one whose person was emptied out; NotAllowedError, LookingBackError,
    OtherCommunityError.
    """
    actor.require(Capability.REVEAL)
    purpose.check()
    with database.writing() as connection:
        row = connection.execute(
            select(
                Callup.community_id,
                Community.name.label("community"),
                Callup.vaccination_date.label("day"),
                *(Callup.name, Callup.phone, Callup.id_last4, Callup.liaison, Callup.liaison_phone),
            )
            .join(Community, Community.id == Callup.community_id)
            .where(Callup.id == callup, Callup.street_id == actor.street_id)
        ).first()
        if row is None:
            raise RevealError(N_("There is no such row any more. Reload the page."))
        actor.require_community(row.community_id)
        if row.name is None and row.phone is None:
            raise RevealError(N_("Name and telephone of this row are no longer kept."))
        audit.record(connection, actor, "person_revealed", f"callup {callup}", **purpose.recorded(row.name))
    held = (row.name, row.phone, row.id_last4, row.liaison, row.liaison_phone)
    return Person(row.community, row.day, *(value or "" for value in held))
