"""接种召集: who is called up where and when, against capacity and stock (metrics.md §6.2; identities I5, I8)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Literal

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from config.language import _
from config.settings import settings
from data_access import audit, database, metrics, naming, privacy
from data_access.accounts import Actor, Capability, Role
from data_access.force import complete_sum, in_force
from data_access.office.reveals import Purpose
from data_access.reports import frames, tallies
from data_access.reports.directory import sites
from data_access.reports.tallies import SETTLED, TO_CALL_AGAIN
from data_access.reports.view import View
from data_access.schema import Callup, Community, MorningTally, Site, Submission
from data_access.sheets import choices

RATES = ("reminded", "settled", "supply")

DEFINITIONS: dict[str, tuple[str, str]] = {
    "people": ("名单人数：当日有效名单的行数，未报为空", "People: rows of the day's roster, missing where none came"),
    "reminded": ("提醒率＝已提醒证件口罩的人数÷名单人数", "Reminded = people reminded of papers and mask ÷ roster"),
    "settled": (
        "核对率＝已有核对结果的人数÷名单人数；待接种、未说明和空白不算",
        "Settled = people with an outcome ÷ roster; pending, not explained and blank do not count",
    ),
    "supply": ("供苗＝可用疫苗÷今日计划人数；低于 100% 即缺苗", "Supply = stock ÷ planned; below 100% doses are short"),
    "load": ("负荷＝名单人数÷每批容量（或日接种能力）", "Load = people ÷ capacity of the batch (or of the day)"),
    "carry_over": (
        "昨日结转＝上一报送日晚调度的未到＋改期转点＋缺苗未种",
        "Carried over = no-show + moved + no vaccine in the last evening tally",
    ),
    "review_due": (
        "缓种到期：缓种已满设定天数，此后未再上名单的人数，应再问一次",
        "Deferral over: deferred as long ago as the settings say and on no roster since: ask again",
    ),
    "not_called": (
        "未再召集：上一名单中未到、改期、转点、缺苗而未列入当日名单的人数",
        "Not called again: no-show, rescheduled, moved or no vaccine on the last roster and not on this one",
    ),
}

Key = Literal["community", "person_group", "dose_no"]

_OUTCOMES = tuple(f"is_{code}" for code in SETTLED)
COLUMNS = (
    "community",
    "area",
    "planned",
    "people",
    *(code for code in SETTLED),
    "unsettled",
    "batches",
    "stock",
    "short",
    "carry_over",
    "not_called",
    "review_due",
    *(f"{name}_{part}" for name in RATES for part in "nd"),
    "roster_submission",
    "roster_revision",
    "estimates",
)


_NAMES = {choice.code: choice for choice in (*choices.OUTCOME, *choices.SITE_KIND)}


def label(code: str | None) -> str:
    """An outcome or a kind of site as it is written in the current language; "" for none."""
    return _NAMES[code].label if isinstance(code, str) and code in _NAMES else ""


def next_day(view: View) -> date:
    """The next day on which the campaign does not rest: whose roster is tomorrow's."""
    with database.reporting() as connection:
        return tallies.next_open_day(connection, view)


def table(view: View) -> pd.DataFrame:
    """One row per community in register order: whom it calls up on the day and what became of them.

    Columns: community, area; Int64, missing where not reported: planned (morning), people (roster rows), the outcomes
    ``vaccinated`` … ``elsewhere`` and unsettled (rows without one), missing before the roster carries outcomes;
    batches, stock (doses), short (planned − stock where positive, else 0), carry_over (of the last evening tally),
    not_called (of those, not on the day's rosters), review_due (deferrals to be looked at again); rates ``RATES`` as
    ``_n``/``_d``; roster_submission, _revision; estimates as in ``frames.frame``.
    """
    with database.reporting() as connection:
        communities = tallies.members(connection, view)
        roster, morning = tallies.rosters(connection, view), tallies.mornings(connection, view)
        before = _evenings_before(connection, view)
        waiting = dict(
            connection.execute(
                select(Callup.community_id, func.count())
                .join(Submission, Submission.id == Callup.submission_id)
                .where(carried(connection, view))
                .group_by(Callup.community_id)
            ).all()
        )
        over = dict(
            connection.execute(
                select(Callup.community_id, func.count())
                .join(Submission, Submission.id == Callup.submission_id)
                .where(deferred_long(connection, view))
                .group_by(Callup.community_id)
            ).all()
        )
        called = tallies.last_days(connection, view, "roster")
    lines = [
        {
            "community": name,
            "area": area,
            **_figures(roster.get(key, {}), morning.get(key, {})),
            "carry_over": metrics.add(*(before.get(key, {}).get(cause) for cause in ("no_show", "moved", "shortage"))),
            "not_called": waiting.get(key, 0) if key in called else None,
            "review_due": over.get(key, 0) if key in called else None,
        }
        for key, name, area in communities
    ]
    counts = {name: "Int64" for name in COLUMNS if name not in ("community", "area", "estimates")}
    return frames.frame(lines, COLUMNS, counts)


def _figures(roster: dict[str, Any], morning: dict[str, Any]) -> dict[str, Any]:
    """One community's roster and morning in the columns of ``table``."""
    settled = roster.get("settled")
    people, planned, stock = roster.get("rows"), morning.get("planned"), morning.get("stock")
    short = metrics.difference(planned, stock)
    return {
        "planned": planned,
        "people": people,
        **{code: roster[f"is_{code}"] if settled else None for code in SETTLED},
        "unsettled": metrics.difference(people, settled) if settled else None,
        "batches": roster.get("batches"),
        "stock": stock,
        "short": None if short is None else max(short, 0),
        "reminded_n": roster["reminded"] if roster.get("reminder_known") else None,
        "reminded_d": people,
        "settled_n": settled,
        "settled_d": people,
        "supply_n": stock,
        "supply_d": planned,
        "roster_submission": roster.get("submission"),
        "roster_revision": roster.get("revision"),
    }


def _evenings_before(connection: Connection, view: View) -> tallies.Figures:
    """By community, the last evening tally before the day."""
    last = tallies.last_days(connection, view, "evening")
    found: tallies.Figures = {}
    for day in set(last.values()):
        figures = tallies.evenings(connection, view, day)
        found |= {key: figures[key] for key, latest in last.items() if latest == day and key in figures}
    return found


def timetable(view: View) -> pd.DataFrame:
    """Site × batch: how many people are called up to gather where and when.

    Columns: site (None where the roster names none), site_kind, batch_no (Int64), batch_time (the earliest named),
    people, batch_capacity, over (people above it, 0 within; Int64, missing without a capacity), load_n, load_d.
    Sites in the order of the site list, batches by number.
    """
    with database.reporting() as connection:
        rows = connection.execute(
            select(
                Site.name.label("site"),
                Callup.batch_no,
                func.min(Callup.batch_time).label("batch_time"),
                func.count().label("people"),
            )
            .select_from(Callup)
            .join(Submission, Submission.id == Callup.submission_id)
            .join(Site, Site.id == Callup.site_id, isouter=True)
            .where(tallies.of_day(view, "roster"), _of_communities(connection, view))
            .group_by(Site.name, Callup.batch_no)
        ).all()
    known = _site_list(view)
    lines = [
        {
            **row._asdict(),
            "site_kind": entry.get("kind"),
            "batch_capacity": entry.get("batch_capacity"),
            "over": _over(row.people, entry.get("batch_capacity")),
            "load_n": row.people,
            "load_d": entry.get("batch_capacity"),
            "place": entry.get("place", len(known)),
        }
        for row in rows
        for entry in [known.get(row.site, {})]
    ]
    whole = ["batch_no", "people", "batch_capacity", "over", "load_n", "load_d"]
    columns = ["site", "site_kind", "batch_no", "batch_time", *whole[1:]]
    frame = pd.DataFrame(lines, columns=[*columns, "place"]).sort_values(["place", "site", "batch_no"])
    return frame[columns].reset_index(drop=True).astype(dict.fromkeys(whole, "Int64"))


def loads(view: View) -> pd.DataFrame:
    """Site by site: the day's people against the day's capacity and the stock of the morning sheets.

    Columns: site (None: the morning figures that name no site), site_kind, people, planned, daily_capacity, over
    (people above it), stock (doses), short (doses missing for the plan, else for the people), load_n, load_d; Int64,
    missing where not reported. Listed are the sites that somebody is called up to or that a morning sheet names.
    """
    with database.reporting() as connection:
        named = _of_communities(connection, view)
        called = connection.execute(
            select(Site.name, func.count())
            .select_from(Callup)
            .join(Submission, Submission.id == Callup.submission_id)
            .join(Site, Site.id == Callup.site_id, isouter=True)
            .where(tallies.of_day(view, "roster"), named)
            .group_by(Site.name)
        ).all()
        told = connection.execute(
            select(
                Site.name,
                complete_sum(MorningTally.planned).label("planned"),
                complete_sum(MorningTally.stock).label("stock"),
            )
            .select_from(MorningTally)
            .join(Submission, Submission.id == MorningTally.submission_id)
            .join(Site, Site.id == MorningTally.site_id, isouter=True)
            .where(tallies.of_day(view, "morning"), named)
            .group_by(Site.name)
        ).all()
    known, people = _site_list(view), {row[0]: int(row[1]) for row in called}
    plans = {row[0]: (metrics.whole(row.planned), metrics.whole(row.stock)) for row in told}
    lines = []
    for name in sorted({*people, *plans}, key=lambda name: (known.get(name, {}).get("place", len(known)), name or "")):
        entry, (planned, stock) = known.get(name, {}), plans.get(name, (None, None))
        count = people.get(name)
        needed = count if planned is None else planned
        lines.append(
            {
                "site": name,
                "site_kind": entry.get("kind"),
                "people": count,
                "planned": planned,
                "daily_capacity": entry.get("daily_capacity"),
                "over": _over(count, entry.get("daily_capacity")),
                "stock": stock,
                "short": _over(needed, stock),
                "load_n": count,
                "load_d": entry.get("daily_capacity"),
            }
        )
    whole = ["people", "planned", "daily_capacity", "over", "stock", "short", "load_n", "load_d"]
    return pd.DataFrame(lines, columns=["site", "site_kind", *whole]).astype(dict.fromkeys(whole, "Int64"))


def _over(count: int | None, limit: int | None) -> int | None:
    more = metrics.difference(count, limit)
    return None if more is None else max(more, 0)


def _site_list(view: View) -> dict[str | None, dict[str, Any]]:
    listed = sites(view)
    return {
        str(row["name"]): {
            "kind": row["kind"],
            "daily_capacity": metrics.whole(row["daily_capacity"]),
            "batch_capacity": metrics.whole(row["batch_capacity"]),
            "place": place,
        }
        for place, row in enumerate(listed.to_dict("records"))
    }


def by(view: View, key: Key) -> pd.DataFrame:
    """The day's people by ``community`` (name), ``person_group`` or ``dose_no`` (codes of the campaign).

    Columns: key, people, vaccinated, settled (Int64), share_n, share_d. Communities in register order, groups and
    doses in the campaign's; those with nobody called up are left out.
    """
    with database.reporting() as connection:
        campaign = tallies.definition(connection, view)
        communities = [member.name for member in tallies.members(connection, view)]
        called = naming.called(connection, view.actor.street_id, view.day, view.as_of)
        column: Any = called if key == "community" else getattr(Callup, key)
        rows = connection.execute(
            select(
                column.label("key"),
                func.count().label("people"),
                tallies.number_of(Callup.outcome == "vaccinated").label("vaccinated"),
                tallies.number_of(Callup.outcome.in_(SETTLED)).label("settled"),
            )
            .select_from(Callup)
            .join(Submission, Submission.id == Callup.submission_id)
            .join(Community, Community.id == Callup.community_id)
            .where(tallies.of_day(view, "roster"), _of_communities(connection, view))
            .group_by(column)
        ).all()
    orders: dict[str, list[str]] = {
        "community": communities,
        "person_group": [group.code for group in campaign.groups],
        "dose_no": [str(dose.code) for dose in campaign.doses],
    }
    place = {code: number for number, code in enumerate(orders[key])}
    total = sum(row.people for row in rows)
    lines = [
        {**row._asdict(), "share_n": row.people, "share_d": total}
        for row in sorted(rows, key=lambda row: (place.get(row.key, len(place)), row.key or ""))
    ]
    whole = ["people", "vaccinated", "settled", "share_n", "share_d"]
    return pd.DataFrame(lines, columns=["key", *whole]).astype(dict.fromkeys(whole, "Int64"))


_PERSON = (
    Community.name.label("community"),
    Callup.name,
    Callup.id_last4,
    Callup.phone,
    Site.name.label("site"),
    Callup.batch_no,
    Callup.batch_time,
    Callup.dose_no,
    Callup.person_group,
    Callup.reminded,
    Callup.outcome,
    Callup.vaccination_date.label("day"),
    Callup.row,
    Callup.id,
)
PEOPLE = ("community", "name", "document", "phone", "site", "batch_no", "batch_time", "dose_no", "person_group")


def people(view: View) -> pd.DataFrame:
    """The people called up on the day, masked; of a clerk's own community only.

    Columns: community, name (张*), document (****1234), phone (138****5678), site, batch_no (Int64), batch_time,
    dose_no, person_group, reminded (boolean), outcome (code, None while unsettled), row (of the sheet, Int64), id (for
    ``reveals``).
    Ordered by community, site, batch and row. NotAllowedError for roles without access to people,
    OtherCommunityError for a clerk who names another community.
    """
    with database.reporting() as connection:
        scope = own_people(connection, view)
        rows = connection.execute(
            persons().where(tallies.of_day(view, "roster"), scope).order_by(Community.position, *_PLACE)
        ).all()
    return masked(rows, "reminded", "outcome", "row")


def carried_over(view: View) -> pd.DataFrame:
    """People of the last rosters who are to be called again and are not on the day's, masked as in ``people``.

    Their outcome was no-show, rescheduled, another site or no vaccine. Columns: community, name, document, phone, site,
    batch_no, batch_time, dose_no, person_group, outcome, day (of the roster they were on), id. Errors as ``people``.
    """
    with database.reporting() as connection:
        scope = own_people(connection, view)
        rows = connection.execute(
            persons().where(carried(connection, view), scope).order_by(Community.position, Callup.row)
        ).all()
    return masked(rows, "outcome", "day")


def carried(connection: Connection, view: View) -> ColumnElement[bool]:
    """People on each community's last roster before the day who wait for another call and are not on today's."""
    last: dict[date, list[int]] = {}
    for community, day in tallies.last_days(connection, view, "roster").items():
        last.setdefault(day, []).append(community)
    parts = (and_(tallies.of_day(view, "roster", day), Submission.community_id.in_(ids)) for day, ids in last.items())
    rosters = or_(*parts) if last else Submission.id.is_(None)
    today, sent = aliased(Callup), select(Submission.id).where(tallies.of_day(view, "roster")).correlate(None)
    again = exists().where(today.submission_id.in_(sent), today.person_key == Callup.person_key)
    return and_(rosters, Callup.outcome.in_(TO_CALL_AGAIN), ~again)


def deferral_over(view: View) -> pd.DataFrame:
    """People whose deferral is to be looked at again by the view's day, masked; columns and errors as ``carried_over``.

    ``day`` is that of the roster on which they were deferred.
    """
    with database.reporting() as connection:
        scope = own_people(connection, view)
        rows = connection.execute(
            persons().where(deferred_long(connection, view), scope).order_by(Community.position, Callup.row)
        ).all()
    return masked(rows, "outcome", "day")


def deferred_long(connection: Connection, view: View) -> ColumnElement[bool]:
    """People last heard of as deferred, long enough ago to be asked again, and not on the day's rosters."""
    later = aliased(Callup)
    sent = select(Submission.id).where(
        Submission.id == later.submission_id,
        Submission.street_id == view.actor.street_id,
        Submission.kind == "roster",
        in_force(view.as_of),
    )
    after = exists().where(
        later.person_key == Callup.person_key,
        later.vaccination_date > Callup.vaccination_date,
        sent.correlate(later).exists(),
    )
    last = view.day - timedelta(days=settings().thresholds.deferral_days)
    return and_(
        Callup.street_id == view.actor.street_id,
        Callup.campaign_id == tallies.campaign_key(view),
        in_force(view.as_of),
        Callup.outcome == "deferred",
        Callup.vaccination_date.between(view.day - timedelta(days=LOOK_BACK), last),
        ~after,
    )


LOOK_BACK = 90  # days in which a deferral is still remembered
SHEET = ("community", "liaison", "liaison_phone", "site", "batch_no", "batch_time", "batch_leader", "name", "phone")


def call_sheets(
    view: View, by: Literal["liaison", "site"], *, plain: Purpose | None = None
) -> list[tuple[str, pd.DataFrame]]:
    """The day's call sheet as one list per ``liaison`` of a community, or per ``site``, with what each is called.

    Columns, ``plain`` and errors as ``call_sheet``. Who has no liaison or site stands on a list of their own.
    """
    found = call_sheet(view, plain=plain)
    keys = ["community", "liaison"] if by == "liaison" else ["site"]
    found = found.sort_values(["site", "batch_no"], kind="stable") if by == "site" else found
    parts = []
    for key, part in found.groupby(keys, sort=False, dropna=False):
        names = [str(word) for word in key if isinstance(word, str) and word]
        if len(names) < len(keys):
            names.append(_("no liaison") if by == "liaison" else _("no site"))
        parts.append((" ".join(names), part))
    return parts


def call_sheet(view: View, *, plain: Purpose | None = None) -> pd.DataFrame:
    """The day's call sheet, liaison by liaison, ready to print: whom to call, and where and when they gather.

    Columns: community, liaison, liaison_phone, site, batch_no (Int64), batch_time, batch_leader, name, phone, dose_no,
    person_group, reminded (boolean). Masked; ``plain`` writes names and telephones out for a purpose, which is recorded
    with the account and the number of people. Errors as ``people``; written out also as ``reveals.reveal``.
    """
    query = persons(Callup.liaison, Callup.liaison_phone, Callup.batch_leader)
    with database.reporting() as connection:
        scope = own_people(connection, view)
        rows = connection.execute(
            query.where(tallies.of_day(view, "roster"), scope).order_by(Community.position, *_PLACE)
        ).all()
    lines = [row._asdict() for row in rows]
    if plain is not None:
        _reveal(view.actor, view.day, lines, plain)
    else:
        for line in lines:
            line |= {name: privacy.mask_name(line[name]) for name in ("name", "liaison", "batch_leader")}
            line |= {name: privacy.mask_phone(line[name]) for name in ("phone", "liaison_phone")}
    frame = pd.DataFrame(lines, columns=[*SHEET, "dose_no", "person_group", "reminded"])
    return frame.astype({"batch_no": "Int64", "reminded": "boolean"})


def _reveal(actor: Actor, day: date, lines: list[dict[str, Any]], purpose: Purpose) -> None:
    actor.require(Capability.REVEAL)
    purpose.check()
    told = purpose.recorded(*{line["name"] for line in lines})
    with database.writing() as connection:
        audit.record(connection, actor, "call_sheet", day.isoformat(), people=len(lines), **told)


_PLACE = (Site.name, Callup.batch_no, Callup.row)


def persons(*more: Any) -> Select[Any]:
    """The people of rosters with community and site, and ``more`` columns; still sealed from nobody."""
    columns: tuple[Any, ...] = (*_PERSON, *more)
    return (
        select(*columns)
        .select_from(Callup)
        .join(Submission, Submission.id == Callup.submission_id)
        .join(Community, Community.id == Callup.community_id)
        .join(Site, Site.id == Callup.site_id, isouter=True)
    )


def masked(rows: Any, *more: str) -> pd.DataFrame:
    """Rows of ``persons`` as they may be shown, with the columns PEOPLE, ``more`` and id."""
    lines = [_mask(row) for row in rows]
    kinds = {"batch_no": "Int64", "row": "Int64", "reminded": "boolean", "id": "Int64"}
    frame = pd.DataFrame(lines, columns=[*PEOPLE, *more, "id"])
    return frame.astype({name: kind for name, kind in kinds.items() if name in frame})


def _mask(row: Row[Any]) -> dict[str, Any]:
    hidden = {
        "name": privacy.mask_name(row.name),
        "phone": privacy.mask_phone(row.phone),
        "document": privacy.mask_document(row.id_last4),
    }
    return {**row._asdict(), **hidden}


def own_people(connection: Connection, view: View) -> ColumnElement[bool]:
    """The communities of whose people the account may know: the view's, of a clerk the own one."""
    view.actor.require(Capability.READ_PEOPLE)
    communities = [member.id for member in tallies.members(connection, view)]
    if view.actor.role == Role.CLERK:
        if view.community is not None:
            for key in communities:
                view.actor.require_community(key)
        communities = [key for key in communities if key == view.actor.community_id]
    return Callup.community_id.in_(communities)


def _of_communities(connection: Connection, view: View) -> ColumnElement[bool]:
    """Submissions of the communities that the view shows."""
    return Submission.community_id.in_([member.id for member in tallies.members(connection, view)])
