"""系统管理: the register as it stands, and the machinery under the board."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
from sqlalchemy import Connection, func, select
from sqlalchemy.engine import make_url

from config.language import speaking
from config.settings import settings
from data_access import audit, database, naming, privacy
from data_access.accounts import Actor, Capability
from data_access.force import in_force
from data_access.inbox import facts
from data_access.inbox.known import known
from data_access.reports import prefill
from data_access.reports.view import View
from data_access.schema import Community, CommunityEntry, DataVersion, Submission, Workbook
from data_access.workbooks import templates

REGISTER = [
    "name",
    "code",
    "kind",
    "area",
    "aliases",
    "lead_cadre",
    "liaison",
    "liaison_phone",
    "households",
    "population",
    "active_from",
    "active_until",
    "ended",
    "merged_into",
    "joined",
    "former",
]
LIBRARIES = (
    "streamlit",
    "streamlit-authenticator",
    "pandas",
    "altair",
    "SQLAlchemy",
    "alembic",
    "python-calamine",
    "openpyxl",
    "cryptography",
    "babel",
)


def register(actor: Actor) -> pd.DataFrame:
    """The communities in force, in register order; names and telephones of people masked. For administrators.

    Columns: name, code, kind, area, aliases (text), lead_cadre, liaison, liaison_phone (masked), households,
    population (Int64), active_from, active_until; ended (day from which it owes nothing, or None), merged_into (name),
    joined (those merged into it, with the day), former (names it bore, with the day on which each ended).
    """
    actor.require(Capability.ADMINISTER)
    with database.reporting() as connection:
        rows = connection.execute(
            select(
                Community.id,
                Community.name,
                Community.code,
                Community.retired_on.label("ended"),
                Community.merged_into.label("into"),
                *(getattr(CommunityEntry, name) for name in REGISTER[2:-4]),
            )
            .join(CommunityEntry, CommunityEntry.community_id == Community.id)
            .join(Submission, Submission.id == CommunityEntry.submission_id)
            .where(Community.street_id == actor.street_id, in_force())
            .order_by(Community.position)
        ).all()
        bore = naming.former(connection, actor.street_id)
    names = {row.id: row.name for row in rows}
    lines = [
        {
            **row._mapping,
            "merged_into": names.get(row.into),
            "joined": "、".join(f"{one.name}（{one.ended}）" for one in rows if one.into == row.id),
            "former": "、".join(f"{one.name}（{one.until}）" for one in bore if one.community_id == row.id),
            "aliases": "、".join(row.aliases or ()),
            "lead_cadre": privacy.mask_name(row.lead_cadre),
            "liaison": privacy.mask_name(row.liaison),
            "liaison_phone": privacy.mask_phone(row.liaison_phone),
        }
        for row in rows
    ]
    return pd.DataFrame(lines, columns=REGISTER).astype({"households": "Int64", "population": "Int64"})


def blank_workbook(view: View, key: str, language: str, *, dated: bool = True) -> bytes:
    """The template ``key`` (one of ``sheets.WORKBOOKS``) for the view's campaign (``dated``: and day), in ``language``.

    With the view's community where one is given (a clerk's own always), with drop-downs of what is known and, where a
    day is given, with all that is known for it (``prefill``); one that names people is recorded each time. The
    base template holds the whole register and site list, to be changed and sent again: liaisons and telephones
    too, because a sheet sent without them would take them out. So it is for those who keep the register, and
    each time is recorded. KeyError for an unknown key or campaign.
    """
    actor = view.actor
    actor.require(Capability.WITHDRAW if key == "base" else Capability.UPLOAD)
    if actor.community is not None:
        view = replace(view, community=actor.community)
    given = templates.Given()
    recorded = key in ("base", "roster", "evening", "actions")  # these name people
    with database.writing() if recorded else database.reporting() as connection, speaking(language):
        street = known(connection, actor)
        communities: Sequence[Any] = [place for place in street.communities if street.only in (None, place.name)]
        sites: Sequence[Any] = street.sites
        if key == "base":
            communities, sites = (_entries(connection, actor, kind) for kind in ("communities", "sites"))
            audit.record(connection, actor, "register_downloaded", None, communities=len(communities))
        elif dated:
            given = prefill.given(connection, view, key, street.campaigns[view.campaign])
        if given.people:
            audit.record(connection, actor, "template_with_people", str(view.day), kind=key, rows=given.people)
    return templates.template(
        key,
        campaign=street.campaigns[view.campaign],
        communities=communities,
        sites=sites,
        language=language,
        community=view.community,
        day=view.day if dated else None,
        given=given,
    )


def _entries(connection: Connection, actor: Actor, kind: str) -> list[SimpleNamespace]:
    """The facts in force of a list, in the order of the register."""
    numbers = connection.execute(
        select(Submission.id)
        .join(Community, Community.id == Submission.community_id, isouter=True)
        .where(Submission.street_id == actor.street_id, Submission.kind == kind, in_force())
        .order_by(Community.position, Submission.id)
    ).scalars()
    return [SimpleNamespace(**fact) for number in list(numbers) for fact in facts.stored(connection, kind, number)]


@dataclass(frozen=True, slots=True)
class System:
    """The machinery: database (kind and address without password), data version, folder, sizes, keys, libraries."""

    database: str
    address: str
    data_version: int
    changed_at: datetime
    folder: Path
    free_bytes: int
    submissions: int
    workbooks: int
    workbook_bytes: int
    key_fingerprint: str
    config: Path
    python: str
    libraries: dict[str, str]


def system(actor: Actor) -> System:
    """What the board runs on, looked at now. For administrators."""
    actor.require(Capability.ADMINISTER)
    folder = settings().data_dir.resolve()
    url = make_url(settings().url)
    with database.reporting() as connection:
        version = connection.execute(select(DataVersion.version, DataVersion.changed_at)).one()
        count = connection.execute(
            select(func.count(Submission.id)).where(Submission.street_id == actor.street_id)
        ).scalar_one()
        books = connection.execute(
            select(func.count(Workbook.id), func.coalesce(func.sum(Workbook.size), 0)).where(
                Workbook.street_id == actor.street_id
            )
        ).one()
    return System(
        database={"sqlite": "SQLite", "postgresql": "PostgreSQL"}.get(url.get_backend_name(), url.get_backend_name()),
        address=url.render_as_string(hide_password=True),
        data_version=version.version,
        changed_at=version.changed_at,
        folder=folder,
        free_bytes=shutil.disk_usage(folder).free if folder.is_dir() else 0,
        submissions=count,
        workbooks=books[0],
        workbook_bytes=int(books[1]),
        key_fingerprint=privacy.keys().fingerprint,
        config=settings().config,
        python=platform.python_version(),
        libraries={name: metadata.version(name) for name in LIBRARIES},
    )
