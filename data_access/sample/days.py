"""The rows of the daily sheets, as clerks fill them in from what the simulated day brought."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from config import clock
from data_access.sample.street import BATCHES, SITES, Place
from data_access.sample.vaccination import Base, Call, Day, Drive

Rows = list[dict[str, Any]]

VACCINES = {"covid": "灭活", "flu": "四价流感"}
COUNTED = {"no_show", "deferred", "contraindicated", "refused", "shortage", "elsewhere"}
ARRIVED = ("vacc_on_roster", "deferred", "contraindicated", "refused", "shortage")


def baselines(places: list[Place], drive: Drive, as_of: date) -> Rows:
    """摸底台账: by community, campaign and group; groups do not overlap."""
    rows: Rows = []
    for (campaign, index), base in drive.bases.items():
        shares = SHARES[campaign]
        surveyed = _parts(base.surveyed, list(shares.values()), [base.surveyed] * len(shares))
        unfit = _parts(base.unfit, surveyed, surveyed)
        above = base.opening["d1"] > base.surveyed
        caps = [base.opening["d1"] if above else one - less for one, less in zip(surveyed, unfit, strict=True)]
        opening: dict[str, list[int]] = {}
        for name in base.opening:
            opening[name] = caps = _parts(base.opening[name], caps, caps)
        for position, group in enumerate(shares):
            row: dict[str, Any] = {
                "community": places[index].name,
                "campaign": campaign,
                "person_group": group,
                "to_survey": round(surveyed[position] * (1.0 if index % 3 else 1.03)),
                "surveyed": surveyed[position],
                "contraindicated": unfit[position],
                "deferred": surveyed[position] // 40,
                "eligible": surveyed[position] - unfit[position],
                "as_of": as_of,
            }
            row |= {f"opening_{name}": counts[position] for name, counts in opening.items()}
            rows.append(row)
    return rows


SHARES = {
    "covid": {
        "elderly": 0.26, "adult": 0.42, "minor": 0.11, "key_trade": 0.06,
        "floating": 0.06, "party": 0.03, "enterprise": 0.04, "other": 0.02,
    },
    "flu": {"elderly": 1.0},
}  # fmt: skip


def _parts(total: int, weights: Iterable[float], caps: list[int]) -> list[int]:
    """``total`` by weight, no part above its cap (as long as the caps hold it all)."""
    shares = list(weights)
    scale = total / (sum(shares) or 1)
    found = [min(int(share * scale), cap) for share, cap in zip(shares, caps, strict=True)]
    left = total - sum(found)
    while left > 0:
        room = [(cap - one, -i) for i, (one, cap) in enumerate(zip(found, caps, strict=True))]
        most, place = max(room)
        if most <= 0:
            found[0] += left
            break
        found[-place] += 1
        left -= 1
    return found


def roster(day: Day, *, settled: bool, written: Any = None) -> Rows:
    """接种名单: the evening before with nothing but the plan; on the evening of the day with the outcomes.

    ``written`` stands in place of the date where a clerk typed it as text.
    """
    return [_person(day, call, settled, written or day.day) for call in day.calls]


def _person(day: Day, call: Call, settled: bool, written: Any) -> dict[str, Any]:
    person, place = call.person, day.place
    row: dict[str, Any] = {
        "vaccination_date": written,
        "community": place.name,
        "campaign": day.campaign,
        "name": person.name,
        "id_no": person.id_no,
        "phone": person.phone,
        "sex": person.sex,
        "age": person.age(day.day),
        "person_group": person.group,
        "employer": person.employer,
        "dose_no": call.dose,
        "vaccine_type": VACCINES[day.campaign],
        "last_dose_date": call.last,
        "site": SITES[call.site][0],
        "batch_no": call.batch + 1,
        "batch_time": time.fromisoformat(BATCHES[call.batch]),
        "batch_leader": place.staff[2 + call.batch % 2],
        "liaison": place.staff[0],
        "liaison_phone": place.phone,
        "reminded": call.reminded,
        "outcome": call.outcome if settled else "pending",
    }
    if settled:
        row["reason"] = call.reason
        row["observed_30"] = True if call.outcome == "vaccinated" else None
        row["aefi"] = True if call.reaction else None
        row["remark"] = "接种部位红肿，已留观并登记个案" if call.reaction else None
    return row


def morning(day: Day, received: datetime, written: Any = None) -> Rows:
    """早会商: one row for each site the community sends people to."""
    rows: Rows = []
    for site in sorted({call.site for call in day.calls}):
        calls = [call for call in day.calls if call.site == site]
        first = not rows
        doses = Counter(call.dose for call in calls)
        if first:
            doses["d1"] += day.plan_extra
        planned = doses.total()
        short = site == day.short_site
        stock = planned - day.lacking if short else planned + 1 + (day.day.toordinal() + site) % 3
        row: dict[str, Any] = {
            "biz_date": written or day.day,
            "community": day.place.name,
            "campaign": day.campaign,
            "site": SITES[site][0],
            "meeting_time": time(8, 0),
            "chair": day.place.staff[1],
            "planned": planned,
            "planned_d1": doses["d1"],
            "notified": sum(call.reminded for call in calls),
            "batches": len({call.batch for call in calls}),
            "stock": stock,
            "staff": 4 + len(calls) // 8,
            "carry_over": day.carried if first else 0,
            "filler": day.place.staff[1],
            "filled_at": clock.local(received).replace(tzinfo=None, microsecond=0),
        }
        if day.campaign == "covid":
            row |= {"planned_d2": doses["d2"], "planned_b": doses["b"]}
        if short and day.lacking:
            row |= {
                "issues": f"{SITES[site][0]}疫苗缺 {day.lacking} 剂，请调拨",
                "needs_help": True,
                "owner": day.place.staff[0],
                "due": day.day,
            }
        rows.append(row)
    return rows


def evening(day: Day, base: Base, *, corrected: bool = True, written: Any = None) -> dict[str, Any]:
    """晚调度: the community's whole day. The first version of a day with forgotten walk-ins leaves them out."""
    missing = 0 if corrected else day.forgotten
    by_outcome = Counter(call.outcome for call in day.calls)
    walk_in = day.walk_ins.total() - missing + day.swapped
    row: dict[str, Any] = {
        "biz_date": written or day.day,
        "community": day.place.name,
        "campaign": day.campaign,
        "roster_n": len(day.calls),
        "vacc_on_roster": by_outcome["vaccinated"] - day.swapped,
        "walk_in": walk_in,
        **{name: by_outcome[name] for name in COUNTED},
        "moved": by_outcome["rescheduled"] + by_outcome["site_changed"],
    }
    row["no_show"] += day.swapped
    row["arrived"] = sum(row[name] for name in ARRIVED)
    row["vacc_total"] = row["vacc_on_roster"] + walk_in
    row["observed"] = row["vacc_total"]
    row["vacc_d1"] = day.given("d1") - missing
    row["cum_d1"] = row["cum_people"] = day.totals["d1"] - missing
    if day.campaign == "covid":
        row |= {"vacc_d2": day.given("d2"), "vacc_b": day.given("b")}
        row |= {"cum_full": day.totals["full"], "cum_b": day.totals["b"]}
    row["eligible"] = base.surveyed - base.unfit
    row["rate_printed"] = round(100 * row["cum_people"] / row["eligible"], 1)
    row["aefi_n"] = sum(call.reaction for call in day.calls)
    row["reconciled"] = "no" if by_outcome["unexplained"] or day.swapped else "yes"
    row["diff_note"] = day.note
    row["plan_next"] = day.plan_next
    if row["aefi_n"]:
        row["issues"] = "局部红肿 1 例，已登记个案并随访"
    return row


def as_text(day: date, style: int) -> str:
    """A date as some clerks type it."""
    styles = (f"{day.year}.{day.month}.{day.day}", spoken(day), f"{day:%Y/%m/%d}")
    return styles[style % len(styles)]


def spoken(day: date) -> str:
    """A date as it stands in titles and file names."""
    return f"{day.month}月{day.day}日"
