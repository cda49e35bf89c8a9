"""资料清单 of the sample: each community has most of the year's evidence, in every state of review."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from config.checklist import ChecklistItem, checklist
from data_access.sample.street import Place

FILES = {
    "photo": "photos",
    "minutes": "minutes",
    "sign_in": "sign_in",
    "appeal": "appeal",
    "distribution": "handout",
    "original": "original",
}
THEMES = ("冬季健康讲座", "慢病防治", "合理膳食", "家庭急救", "口腔保健", "心理健康", "控烟劝导", "传染病防治")
SITES = ("社区会议室", "文化广场", "党群服务中心", "卫生服务站")
ABSENT = {"2.4": "楼内无电梯", "2.5": "无室外场地"}


def rows(place: Place, until: date, seed: int, *, second: bool = False) -> list[dict[str, Any]]:
    """One community's checklist for the year as of a day.

    ``second`` is the version after review: what was sent back is mended and waits for review again.
    """
    rng = Random(f"{seed}:evidence:{place.index}")
    found: list[dict[str, Any]] = []
    for item in checklist().items:
        found += _item(item, place, until, rng)
    for row in found:
        chance = rng.random()
        row["review"] = "approved" if chance < 0.78 else "returned" if chance > 0.94 else "pending"
        if row["review"] == "returned":
            row |= {"review": "pending"} if second else {"review_note": "照片不清，请补充"}
    return found


def _item(item: ChecklistItem, place: Place, until: date, rng: Random) -> list[dict[str, Any]]:
    head: dict[str, Any] = {
        "year": str(until.year),
        "community": place.name,
        "item_code": item.code,
        "item_name": item.zh,
    }
    if item.not_applicable and item.code in ABSENT and rng.random() < 0.25:
        return [head | {"not_applicable": True, "na_reason": ABSENT[item.code]}]
    if rng.random() > place.evidence + 0.04 or (item.due is not None and until.month < 12):
        return []
    whole = rng.random() < place.evidence
    if item.kind == "events":
        return _events(item, head, until, rng, whole)
    if item.kind == "family":
        return [_family(head, number, rng, whole) for number in range(1, item.need + (1 if whole else 0))]
    need = item.need if item.kind == "count" else 1
    row = head | {FILES[choice[0]]: max(need if whole else need - 1, 1) for choice in item.choices}
    if item.sealed:
        row["sealed"] = whole
    return [row]


def _events(item: ChecklistItem, head: dict[str, Any], until: date, rng: Random, whole: bool) -> list[dict[str, Any]]:
    """As many events as the elapsed year asks for, one fewer where the community is behind."""
    first = date(until.year, 1, 1)
    passed = (until - first).days
    count = max(1, round(item.need * passed / 365 + 0.3))
    if not whole:
        count = max(1, count - 1)
    made: list[dict[str, Any]] = []
    for number in range(1, count + 1):
        day = min(first + timedelta(days=round(passed * number / (count + 1)) + rng.randint(0, 3)), until)
        row = head | {
            "event_no": number,
            "event_date": day,
            "place": rng.choice(SITES),
            "attendees": rng.randint(18, 70),
            "theme": rng.choice(THEMES),
        }
        row |= {FILES[choice[0]]: 3 if choice[0] == "photo" else 1 for choice in item.choices}
        if not whole and number == count and "sign_in" in row:
            row["sign_in"] = 0
        made.append(row)
    return made


def _family(head: dict[str, Any], number: int, rng: Random, whole: bool) -> dict[str, Any]:
    old, ill = rng.random() < 0.6, rng.random() < 0.4
    row = head | {
        "family_no": str(number),
        "original": 1,
        "has_65": old,
        "has_chronic": ill,
        "family_application": True,
        "family_checkup": True,
        "family_lifestyle": whole or number > 1,
    }
    if old:
        row["family_checkup_65"] = True
    if ill:
        row["family_chronic"] = True
    return row
