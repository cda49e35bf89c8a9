"""早晚调度: morning beside evening, every identity as its own difference (metrics.md §6.2, §6.3; identities I1–I8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, select

from config import clock
from config.language import N_, _
from data_access import database, metrics, naming, privacy
from data_access.accounts import Capability, Role
from data_access.force import in_force
from data_access.office import waivers
from data_access.reports import day, frames, tallies
from data_access.reports.day import RATES, STATES
from data_access.reports.differences import COLUMNS as DIFFERENCES
from data_access.reports.differences import IDENTITIES, LATER_ROSTER, PARTS, ROWS_OPEN, Identity, row_list
from data_access.reports.view import View
from data_access.schema import Callup, CommunityEntry, Submission

__all__ = [
    "CAUSES",
    "DEFINITIONS",
    "IDENTITIES",
    "RATES",
    "STATES",
    "ZERO_TOLERANCE",
    "causes",
    "contacts",
    "differences",
    "table",
    "total",
    "totals",
    "versions",
    "zero_tolerance",
]

table = day.table

# Where the people not vaccinated went; those marked need somebody to act (metrics.md §6.2).
CAUSES = {
    "no_show": N_("No-show"),
    "deferred": N_("Deferred"),
    "refused": N_("Refused"),
    "moved": N_("Moved"),
    "contraindicated": N_("Contraindicated"),
    "elsewhere": N_("Vaccinated elsewhere"),
    "unexplained": N_("Unexplained"),
    "shortage": N_("No vaccine"),
}
TO_ACT_ON = ("unexplained", "shortage")

ZERO_TOLERANCE = ("aefi", "observation", "repeated", "unstaffed")

DEFINITIONS: dict[str, tuple[str, str]] = {
    "persons": (
        "名单人数 P：当日名单行数；名单未报时取晚调度名单人数",
        "P: rows of the day's roster; the evening tally's figure where no roster was sent",
    ),
    "show_up": (
        "到场率＝到场人数÷名单人数；到场＝名单内接种＋缓种＋禁忌＋拒种＋缺苗（表中填了到场人数的取所填）",
        "Show-up = arrived ÷ roster; arrived = vaccinated on roster + deferred + contraindicated + refused + no"
        " vaccine, or the sheet's own figure",
    ),
    "completion": ("计划完成率＝名单内接种÷名单人数", "Completion = vaccinated on roster ÷ roster"),
    "output": (
        "产出率＝（名单内接种＋计划外接种）÷名单人数，可超过 100%",
        "Output = (vaccinated on roster + walk-in) ÷ roster; may be above 100%",
    ),
    "no_show_rate": ("未到率＝未到÷名单人数", "No-show rate = no-shows ÷ roster"),
    "deferral": ("缓种率＝缓种÷名单人数", "Deferral rate = deferred ÷ roster"),
    "unexplained": (
        "不明差异＝名单人数－各去向之和，必须为 0；不为 0 不算已核对",
        "Unexplained = roster − all outcomes; must be 0, otherwise the day is not reconciled",
    ),
    "reconciled": (
        "已核对：晚调度“名单核对”为已核对，且不明差异为 0",
        "Reconciled: the evening tally says so and nothing is unexplained",
    ),
    "d_plan": ("I5：名单行数－早会商计划人数", "I5: roster rows − morning plan"),
    "d_roster": ("I5：名单行数－晚调度名单人数", "I5: roster rows − roster figure of the evening tally"),
    "d_vaccinated": (
        "I6：名单中已接种行数－晚调度名单内接种；名单尚无结果时不比",
        "I6: roster rows marked vaccinated − vaccinated on roster; not compared before the roster has outcomes",
    ),
    "d_unexplained": (
        "I1：晚调度名单人数－（名单内接种＋缓种＋禁忌＋拒种＋未到＋改期转点＋缺苗未种＋异地已接种）",
        "I1: roster figure of the evening tally − the sum of its eight outcomes",
    ),
    "d_cumulative": (
        "I2：累计增量－当日接种，各剂次合计；上一报送日之后有漏报日的不计算",
        "I2: rise of the totals − doses of the day, all doses; not judged over an unreported day",
    ),
    "d_course": (
        "I3：累计全程超过第一剂、加强针超过全程的数量",
        "I3: by how much full courses exceed first doses, or boosters full courses",
    ),
    "d_total": ("I4：当日接种合计－（名单内＋计划外）", "I4: vaccinated in all − (on roster + walk-in)"),
    "d_doses": ("I4：当日接种合计－各剂次之和", "I4: vaccinated in all − the sum of its doses"),
    "d_held": (
        "I7：名单中此前已有本剂次接种记录的人数",
        "I7: people on the roster whose earlier rosters record this dose as given",
    ),
    "d_next": ("I8：明日名单行数－明日计划，仅供参考", "I8: tomorrow's roster rows − plan, for information"),
    "state": (
        "待核＝有差异且未说明；已说明＝差异已写明原因或经批准；不明差异只能逐人核清或经批准",
        "Open = a difference nobody explained; explained = noted or waived; an unexplained person is only settled by"
        " name or by a waiver",
    ),
}


def totals(view: View, day_table: pd.DataFrame | None = None) -> pd.DataFrame:
    """The street's sums over the communities that reported; a missing one adds nothing and is counted as missing.

    One row per figure of ``table`` (index ``name``): n (Int64; of a rate its numerator), d (Int64; its denominator),
    counted and missing (numbers of communities), estimates as in ``frames.frame``. A difference is summed with its
    signs (净). ``day_table`` spares asking for ``table`` again.
    """
    frame = table(view) if day_table is None else day_table
    rows = frame.to_dict("records")
    lines: list[dict[str, Any]] = []
    for name in (*day.COUNTS, *DIFFERENCES):
        known = [count for row in rows if (count := frames.figure(row, name)) is not None]
        total = sum(known) if known else None
        lines.append({"name": name, "n": total, "counted": len(known), "missing": len(frame) - len(known)})
    for name in RATES:
        rate = metrics.sum_rates(frames.rate(row, name) for row in rows)
        parts = {"n": rate.rate.numerator, "d": rate.rate.denominator}
        lines.append({"name": name, **parts, "counted": rate.counted, "missing": rate.missing})
    counts = dict.fromkeys(("n", "d", "counted", "missing"), "Int64")
    return frames.frame(lines, ["name", *counts, "estimates"], counts).set_index("name")


def total(totals: pd.DataFrame, name: str) -> tuple[int | None, int | None]:
    """One figure of ``totals``: the sum, or a rate's two counts; an Estimate where an estimate is part of it."""
    row: dict[Any, Any] = totals.loc[[name]].to_dict("records")[0]
    return frames.figure(row, "n"), frames.figure(row, "d")


def causes(view: View, day_table: pd.DataFrame | None = None) -> pd.DataFrame:
    """Where the people on the rosters who were not vaccinated went, over the communities with a full evening tally.

    Columns: cause (key of ``CAUSES``, the largest first), n (Int64 people), share_n, share_d (of all not vaccinated),
    alert (somebody must act), communities (how many are in the figure). Empty before the first evening tally.
    ``day_table`` as in ``totals``.
    """
    frame = (table(view) if day_table is None else day_table).dropna(subset=["unexplained", "not_vaccinated"])
    whole = int(frame["not_vaccinated"].sum())
    lines = [
        {
            "cause": cause,
            "n": int(frame[cause].sum()),
            "share_n": int(frame[cause].sum()),
            "share_d": whole,
            "alert": cause in TO_ACT_ON and bool((frame[cause] != 0).any()),
            "communities": len(frame),
        }
        for cause in (CAUSES if len(frame) else ())
    ]
    made = pd.DataFrame(lines, columns=["cause", "n", "share_n", "share_d", "alert", "communities"])
    kinds = dict.fromkeys(("n", "share_n", "share_d", "communities"), "Int64") | {"alert": "boolean"}
    return made.astype(kinds).sort_values("n", ascending=False, kind="stable", ignore_index=True)


def zero_tolerance(view: View) -> pd.DataFrame:
    """What may not happen on a vaccination day: met while 0 and confirmed by every community (metrics.md §6.7).

    Columns: code (``aefi`` suspected reactions, ``observation`` people observed less than 30 minutes, ``repeated``
    people called up for a dose they hold, ``unstaffed`` communities with a plan and nobody on duty), n (Int64),
    confirmed and expected (communities that reported the figure, and all), done_n, done_d (observed in full and
    vaccinated, for ``observation``), where (names with an occurrence), unconfirmed (names without a figure), state
    (occurred, unconfirmed, confirmed).
    """
    frame = table(view)
    with database.reporting() as connection:
        ids = {key: name for key, name, _area in tallies.members(connection, view)}
        mornings = {ids[key]: figures for key, figures in tallies.mornings(connection, view).items() if key in ids}
    staff = pd.Series([mornings.get(name, {}).get("staff") for name in frame["community"]], dtype="Int64")
    counts = {
        "aefi": frame["aefi_n"],
        # of one community with more observed than vaccinated nothing can be set against another's people
        "observation": (frame["vacc_total"] - frame["observed"]).clip(lower=0),
        "repeated": frame["d_held"],
        "unstaffed": ((frame["planned"] > 0) & (staff == 0)).astype("Int64"),
    }
    lines = []
    for code in ZERO_TOLERANCE:
        counted = counts[code]
        number = int(counted.sum())
        confirmed = int(counted.notna().sum())
        full = confirmed == len(frame) and len(frame) > 0
        done = int(frame.loc[counted.notna(), "vacc_total"].sum()) if code == "observation" else None
        lines.append(
            {
                "code": code,
                "n": number,
                "confirmed": confirmed,
                "expected": len(frame),
                "done_n": None if done is None else done - number,
                "done_d": done,
                "where": list(frame.loc[(counted > 0).fillna(False), "community"]),
                "unconfirmed": list(frame.loc[counted.isna(), "community"]),
                "state": "occurred" if number else "confirmed" if full else "unconfirmed",
            }
        )
    whole = dict.fromkeys(("n", "confirmed", "expected", "done_n", "done_d"), "Int64")
    return pd.DataFrame(lines).astype(whole)


def differences(view: View, day_table: pd.DataFrame | None = None) -> pd.DataFrame:
    """Every identity that does not hold, community by community, in words.

    Columns: community, identity (I1 … I8), column (of ``table``), label, amount (Int64, signed), first, second (Int64,
    the two figures; missing where they cannot be named), first_label, second_label, state (open, explained,
    information), how (what to do, one sentence without personal data), waiver (its number), accepted_by (the account,
    masked), accepted_at (aware UTC) where somebody accepted it, estimates as in ``frames.frame``. I2 is listed dose by
    dose.
    ``day_table`` as in ``totals``.
    """
    frame = table(view) if day_table is None else day_table
    with database.reporting() as connection:
        hints = _Hints(connection, view)
        raises = tallies.definition(connection, view).raises
        standing = tallies.waivers(connection, view)
        doses = {f"d_cum_{series}": f"vacc_{dose}" for series, dose in raises.items()}
        lines = [
            {
                "community": line["community"],
                **difference,
                "how": hints.how(line, identity),
                **_accepted(standing, line, identity),
            }
            for line in _records(frame)
            for identity in IDENTITIES
            if identity.broken(line)
            for difference in _spelled(identity, line, doses)
        ]
    columns = ["community", "identity", "column", "label", "amount", "first", "second", "first_label", "second_label"]
    columns += ["state", "how", "waiver", "accepted_by", "accepted_at", "estimates"]
    return frames.frame(lines, columns, dict.fromkeys(("amount", "first", "second", "waiver"), "Int64"))


def _accepted(standing: waivers.Standing, line: Mapping[str, Any], identity: Identity) -> dict[str, Any]:
    """Who accepted a difference and when. The reason is free text, and no part of a frame that visitors share."""
    one = None if identity.information else waivers.accepted(standing, line["community"], identity.code)
    return {} if one is None else {"waiver": one.id, "accepted_by": one.by, "accepted_at": one.at}


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in record.items()} for record in frame.to_dict("records")]


def _spelled(identity: Identity, line: dict[str, Any], doses: Mapping[str, str]) -> list[dict[str, Any]]:
    """The lines of one broken identity: its figures, its words, whether it is open.

    ``doses``: by part of I2 the column that counts the doses of the day.
    """
    settled = identity.settled(line["noted"] is True, set(line["waived"].split("、")))
    common = {
        "identity": identity.code,
        "first_label": _(identity.first),
        "second_label": _(identity.second),
        "state": "information" if identity.information else "explained" if settled else "open",
    }
    columns: list[tuple[str, str, str | None, str | None]] = [
        (name, PARTS[name], None, doses.get(name)) for name in identity.parts
    ]
    lines = []
    for name, label, first, second in columns or [(identity.column, identity.label, *identity.figures)]:
        amount = frames.figure(line, name)
        if not amount:
            continue
        left = None if first is None else frames.figure(line, first)
        right = None if second is None else frames.figure(line, second)
        if left is None and right is not None:
            left = right + amount
        elif right is None and left is not None:
            right = left - amount
        lines.append({"column": name, "label": _(label), "amount": amount, "first": left, "second": right, **common})
    return lines


class _Hints:
    """What the sheets themselves say about a difference: rows without an outcome, a roster corrected later."""

    def __init__(self, connection: Connection, view: View) -> None:
        self.open_rows: dict[str, list[int]] = {}
        for name, row in connection.execute(
            select(_called(connection, view), Callup.row)
            .select_from(Submission)
            .join(Callup, Callup.submission_id == Submission.id)
            .join(CommunityEntry, CommunityEntry.community_id == Submission.community_id)
            .where(
                tallies.of_day(view, "roster"),
                Callup.outcome.is_(None) | Callup.outcome.not_in(tallies.SETTLED),
                CommunityEntry.id.in_(_entries(view)),
            )
            .order_by(Callup.row)
        ):
            self.open_rows.setdefault(name, []).append(row)
        self.versions = _versions(connection, view)

    def how(self, line: dict[str, Any], identity: Identity) -> str:
        """What to do about this difference."""
        rows = self.open_rows.get(line["community"], [])
        if identity.column in ("d_unexplained", "d_vaccinated") and rows and line["roster_settled"]:
            return _(ROWS_OPEN, rows=row_list(rows))
        if identity.column == "d_plan" and (hint := self._corrected(line)):
            return hint
        return _(identity.check)

    def _corrected(self, line: dict[str, Any]) -> str | None:
        """The roster had as many rows as planned when the morning sheet came, and was corrected afterwards."""
        sent = self.versions[self.versions["community"] == line["community"]]
        morning = sent[(sent["kind"] == "morning") & sent["in_force"]]
        rosters = sent[(sent["kind"] == "roster") & ~sent["withdrawn"]]
        if morning.empty or rosters.empty:
            return None
        came = morning["received"].iloc[0]
        known, later = rosters[rosters["received"] <= came], rosters[rosters["received"] > came]
        later = later[later["rows"] == line["roster_rows"]]
        if later.empty or known.empty or known["rows"].iloc[-1] != line["planned"]:
            return None
        times = {"roster": later["received"].iloc[0], "morning": came}
        shown = {name: f"{clock.local(moment):%H:%M}" for name, moment in times.items()}
        return _(LATER_ROSTER, n=line["roster_rows"], **shown)


def versions(view: View) -> pd.DataFrame:
    """Every revision of the day's three sheets that was known by then.

    Columns: community, kind (roster, morning, evening), submission, revision, received (aware UTC), rows, timeliness
    (on_time, late, supplied), in_force, withdrawn (bool).
    """
    with database.reporting() as connection:
        return _versions(connection, view)


def _versions(connection: Connection, view: View) -> pd.DataFrame:
    moment = view.known_by
    standing = in_force(view.as_of)
    rows = connection.execute(
        select(
            _called(connection, view).label("community"),
            Submission.kind,
            Submission.id.label("submission"),
            Submission.revision,
            Submission.received_at.label("received"),
            Submission.rows_accepted.label("rows"),
            Submission.timeliness,
            standing.label("in_force"),
            Submission.withdrawn_at,
        )
        .join(CommunityEntry, CommunityEntry.community_id == Submission.community_id)
        .where(
            Submission.street_id == view.actor.street_id,
            Submission.kind.in_(("roster", "morning", "evening")),
            Submission.business_date == view.day,
            Submission.campaign_id == tallies.campaign_key(view),
            Submission.committed_at <= moment,
            CommunityEntry.id.in_(_entries(view)),
        )
        .order_by(CommunityEntry.community_id, Submission.kind, Submission.revision)
    ).all()
    names = ["community", "kind", "submission", "revision", "received", "rows", "timeliness", "in_force", "withdrawn"]
    lines = [
        {**row._asdict(), "withdrawn": row.withdrawn_at is not None and row.withdrawn_at <= moment} for row in rows
    ]
    made = pd.DataFrame(lines, columns=names).astype(dict.fromkeys(("submission", "revision", "rows"), "Int64"))
    return made.astype(dict.fromkeys(("in_force", "withdrawn"), "bool"))


def _called(connection: Connection, view: View) -> ColumnElement[str]:
    """The name of a register's entry on the day."""
    of = CommunityEntry.community_id, CommunityEntry.name
    return naming.called(connection, view.actor.street_id, view.day, view.as_of, of)


def _entries(view: View) -> Any:
    """The register's entries in force, as part of a query."""
    return (
        select(CommunityEntry.id)
        .join(Submission, Submission.id == CommunityEntry.submission_id)
        .where(Submission.street_id == view.actor.street_id, Submission.kind == "communities", in_force(view.as_of))
    )


def contacts(view: View) -> pd.DataFrame:
    """Whom to call, masked: one row per community of the view that the account may ask about.

    Columns: community, liaison (王*), phone (139****2046); blank where the register names nobody. NotAllowedError for
    roles without access to people; a clerk sees the own community only.
    """
    view.actor.require(Capability.READ_PEOPLE)
    with database.reporting() as connection:
        communities = tallies.members(connection, view)
        rows = connection.execute(
            select(CommunityEntry.community_id, CommunityEntry.liaison, CommunityEntry.liaison_phone).where(
                CommunityEntry.id.in_(_entries(view))
            )
        ).all()
    known = {row.community_id: (privacy.mask_name(row.liaison), privacy.mask_phone(row.liaison_phone)) for row in rows}
    own = view.actor.community_id if view.actor.role == Role.CLERK else None
    lines = [
        {"community": name, "liaison": known[key][0], "phone": known[key][1]}
        for key, name, _area in communities
        if own is None or key == own
    ]
    return pd.DataFrame(lines, columns=["community", "liaison", "phone"])
