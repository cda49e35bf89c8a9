"""需协调: what communities asked help with in the morning or in a progress sheet, until it is raised as a matter.

A record keeps one number through all its revisions, and the matter that is raised from it carries that number: so it is
offered once, and the matter leads back to the sheet.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, select

from config import clock
from config.catalogue import UnknownIndicatorError, indicator
from config.language import _
from data_access import database, privacy
from data_access.accounts import Actor, Capability, Role
from data_access.force import in_force
from data_access.reports import progress
from data_access.reports.directory import register
from data_access.reports.view import View
from data_access.schema import ActionItem, Campaign, Community, MorningTally, Progress, Site, Submission

DAYS = 28  # what was asked earlier and never raised has been settled otherwise
DAILY = "vaccination"  # the workstream of the morning tally

DEFINITIONS: dict[str, tuple[str, str]] = {
    "waiting": (
        f"近{DAYS}天早会商和工作进展中“需协调”为“是”、尚未转督办的记录；更正不重复列出",
        f"Rows of the last {DAYS} days' morning tallies and progress sheets that say yes to needs coordination and are "
        "not raised yet; a corrected sheet is not offered twice",
    ),
}

COLUMNS = [
    *("number", "community", "area", "day", "kind", "workstream", "about", "indicator", "period", "campaign"),
    *("issue", "owner", "due"),
]


@dataclass(frozen=True, slots=True)
class Plea:
    """One record as its sheet says it, personal text included. ``kind``: morning or progress.

    ``period``, ``indicator`` are those of a progress row, ``campaign`` (code) and ``site`` those of a morning tally.
    """

    number: str
    kind: str
    community: str
    day: date
    workstream: str
    period: str | None
    indicator: str | None
    campaign: str | None
    site: str | None
    issue: str | None
    next_step: str | None
    owner: str | None
    due: date | None
    open: bool  # it still asks for help

    @property
    def about(self) -> str:
        """What it is about in words that name nobody: the indicator, or the morning tally and its site."""
        if self.indicator is None:
            told = _("Morning tally")
            return f"{told} · {self.site}" if self.site else told
        try:
            return indicator(self.indicator, self.day).label
        except UnknownIndicatorError:  # of a catalogue that the office no longer keeps
            return self.indicator


def waiting(view: View) -> pd.DataFrame:
    """What waits to be raised on the view's day, what is due first before the rest.

    Columns: number, community, area, day (date of the sheet), kind (morning, progress), workstream (slug), about,
    indicator, period, campaign, issue, owner, due (date). A clerk is given the own community only. Free text and owner
    are given to those who may read text, names masked, telephones and document numbers blotted out.
    """
    found, areas = _waiting(view)
    rows = [_row(view, plea, areas.get(plea.community)) for plea in found]
    rows.sort(key=lambda row: (row["due"] or date.max, row["day"], row["number"]))
    return pd.DataFrame(rows, columns=COLUMNS)


def counts(view: View) -> dict[str, int]:
    """How many wait, by community in register order; a clerk's own only. Nobody's words: fit for the wall."""
    found, areas = _waiting(view)
    told = [plea.community for plea in found]
    return {name: told.count(name) for name in (*areas, *told) if name in told}


def source(view: View, number: str) -> dict[str, str] | None:
    """Where the record of a matter is shown: ``page`` and what its address needs. None where it came otherwise."""
    with database.reporting() as connection:
        plea = next(_numbered(connection, view, number), None)
    if plea is None:
        return None
    if plea.kind == "morning":
        place = {"page": "dispatch", "day": plea.day.isoformat(), "picked": plea.community}
        return place | ({"campaign": plea.campaign} if plea.campaign else {})
    wanted = {"workstream": plea.workstream, "indicator": str(plea.indicator), "period": str(plea.period)}
    return {"page": "workstreams", "community": plea.community} | wanted


def asked(actor: Actor, number: str) -> Plea | None:
    """The record in force with this number that asks for help, for the one who raises it. NotAllowedError."""
    actor.require(Capability.MANAGE_ACTIONS)
    with database.reporting() as connection:
        found = _numbered(connection, View(actor, clock.today(), ""), number)
        return next((plea for plea in found if plea.open), None)


def _waiting(view: View) -> tuple[list[Plea], dict[str, str]]:
    """The records that are not raised yet, and the area of each community by name."""
    with database.reporting() as connection:
        frame = register(connection, view)
        keys = set(frame["id"].tolist())
        if view.actor.role == Role.CLERK:
            keys &= {view.actor.community_id}
        found = list(_asking(connection, view, keys))
        raised = set(
            connection.execute(
                select(ActionItem.item_no)
                .join(Submission, Submission.id == ActionItem.submission_id)
                .where(
                    ActionItem.street_id == view.actor.street_id,
                    ActionItem.item_no.in_([plea.number for plea in found]),
                    in_force(view.as_of),
                )
            ).scalars()
        )
    return [plea for plea in found if plea.number not in raised], dict(zip(frame["name"], frame["area"], strict=True))


def _asking(connection: Connection, view: View, keys: set[int]) -> Iterator[Plea]:
    """The records of these communities that ask for help, of the last days."""
    first = view.day - timedelta(days=DAYS - 1)
    daily = MorningTally.biz_date.between(first, view.day)
    yield from _mornings(
        connection, view, MorningTally.needs_help.is_(True), daily, MorningTally.community_id.in_(keys)
    )
    for plea in _told(connection, view, Progress.needs_help.is_(True), Progress.community_id.in_(keys)):
        if first <= plea.day <= view.day:
            yield plea


def _numbered(connection: Connection, view: View, number: str) -> Iterator[Plea]:
    """The record in force with a number, whether it still asks for help or not."""
    if (known := _NUMBER.fullmatch(number)) is None:
        return
    if known["day"]:
        day = date.fromisoformat(known["day"])
        found = _mornings(connection, view, MorningTally.biz_date == day)
    else:
        found = _told(connection, view, Progress.period == known["period"])
    yield from (plea for plea in found if plea.number == number)


def _mornings(connection: Connection, view: View, *which: ColumnElement[bool]) -> Iterator[Plea]:
    rows = connection.execute(
        select(
            *(MorningTally.biz_date, MorningTally.community_id, MorningTally.campaign_id, MorningTally.site_id),
            *(MorningTally.issues, MorningTally.owner, MorningTally.due, MorningTally.needs_help),
            Community.name.label("community"),
            Campaign.code.label("campaign"),
            Site.name.label("site"),
        )
        .select_from(MorningTally)
        .join(Submission, Submission.id == MorningTally.submission_id)
        .join(Community, Community.id == MorningTally.community_id)
        .join(Campaign, Campaign.id == MorningTally.campaign_id)
        .join(Site, Site.id == MorningTally.site_id, isouter=True)
        .where(MorningTally.street_id == view.actor.street_id, in_force(view.as_of), *which)
        .order_by(MorningTally.biz_date, Community.position, Submission.id, MorningTally.row)
    )
    for row in rows:
        number = _number(f"{row.biz_date:%Y%m%d}", row.community_id, row.campaign_id, row.site_id)
        yield Plea(
            *(number, "morning", row.community, row.biz_date, DAILY, None, None, row.campaign, row.site),
            *(row.issues, None, row.owner, row.due, bool(row.needs_help)),
        )


def _told(connection: Connection, view: View, *which: ColumnElement[bool]) -> Iterator[Plea]:
    rows = connection.execute(
        select(
            *(Progress.biz_date, Progress.community_id, Progress.period, Progress.workstream, Progress.indicator),
            *(Progress.issues, Progress.next_step, Progress.owner, Progress.due, Progress.needs_help),
            Community.name.label("community"),
            Submission.received_at,
        )
        .select_from(Progress)
        .join(Submission, Submission.id == Progress.submission_id)
        .join(Community, Community.id == Progress.community_id)
        .where(Progress.street_id == view.actor.street_id, in_force(view.as_of), *which)
        .order_by(Community.position, Submission.id, Progress.row)
    )
    for row in rows:
        day = row.biz_date or clock.local(row.received_at).date()
        number = _number(row.period, row.community_id, row.indicator)
        yield Plea(
            *(number, "progress", row.community, day, row.workstream, row.period, row.indicator, None, None),
            *(row.issues, row.next_step, row.owner, row.due, bool(row.needs_help)),
        )


# A number tells the day of a morning tally or the period of a progress row, and then which record of it.
_NUMBER = re.compile(r"XT-(?:(?P<day>\d{8})|(?P<period>.+))-[0-9a-f]{6}")


def _number(when: str, *parts: int | str | None) -> str:
    text = "|".join(str(part or "") for part in parts)
    return f"XT-{when}-{hashlib.sha256(text.encode()).hexdigest()[:6]}"


def _row(view: View, plea: Plea, area: str | None) -> dict[str, Any]:
    named = progress.may_read_text(view, plea.community)
    issue, owner = plea.issue, plea.owner
    if issue and owner and len(owner) > 1:
        issue = issue.replace(owner, privacy.mask_name(owner))
    names = ("number", "community", "day", "kind", "workstream", "about", "indicator", "period", "campaign", "due")
    return {
        **{name: getattr(plea, name) for name in names},
        "area": area,
        "issue": privacy.blot(issue) if named else None,
        "owner": privacy.mask_name(owner) if named and owner else None,
    }
