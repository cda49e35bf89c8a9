"""资料清单 computed a second time from the workbooks (metrics.md §6.5): items, sections and both scores.

The list is read as the TOML text an office writes.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.truth.read import blank, day
from tests.truth.workstreams import every, part

if TYPE_CHECKING:
    from tests.truth.street import Street

LIST = Path(__file__).parents[2] / "config" / "checklist.toml"
KINDS = {
    "photo": "照片", "minutes": "会议记录", "sign_in": "签到", "appeal": "倡议书",
    "distribution": "发放记录", "original": "实物或原件",
}  # fmt: skip
FAMILY = {
    "application": "申报表", "check_up": "体检表", "check_up_65": "65岁以上体检表",
    "chronic": "慢病随访表", "lifestyle": "生活方式材料",
}  # fmt: skip
ONLY_IF = {"elderly": "有65岁以上", "chronic": "有慢病"}
FIELDS = ("活动日期", "地点", "参加人数", "主题")

Row = dict[str, Any]
Item = dict[str, Any]


@lru_cache(maxsize=1)
def sections() -> dict[str, list[Item]]:
    """The five sections with their items."""
    return {one["code"]: one["item"] for one in tomllib.loads(LIST.read_text("utf-8"))["section"]}


@dataclass(frozen=True)
class Found:
    """One item of one community: by what was handed in, and whether what was approved is enough."""

    state: str
    passed: bool
    official: bool
    got: int
    need: int
    pieces: tuple[int, int]
    pending: int
    returned: int
    reported: int


def items(street: Street, name: str, when: date) -> dict[str, Found]:
    """Every item of the list for one community."""
    rows = _rows(street, name, when)
    return {
        item["code"]: _item(street, name, item, rows.get(item["code"], []), when)
        for one in sections().values()
        for item in one
    }


def _rows(street: Street, name: str, when: date) -> dict[str, list[Row]]:
    """The rows of the last list that came, by item; events that lie ahead do not count yet."""
    last: list[Row] = []
    for sheet in street.sheets:
        if sheet.title == "资料清单":
            last = [row for row in sheet.rows if row["社区"] == name and str(row["年度"]) == str(when.year)] or last
    found: dict[str, list[Row]] = defaultdict(list)
    for row in (blank(row) for row in last):
        held = day(row["活动日期"], when.year)
        if held is None or held <= when:
            found[str(row["条目编码"])].append(row)
    return found


def _item(street: Street, name: str, item: Item, rows: list[Row], when: date) -> Found:
    said = [row for row in rows if row["审核状态"] != "退回"]
    approved = [row for row in rows if row["审核状态"] == "通过"]
    toilets = None
    if item["kind"] == "rate":
        (declared,) = (i for i in every()["environment"]["used"] if i["code"] == item["indicator"])
        toilets = part(street, name, declared, when).pair
    passed, got, need, pieces = _worth(item, said, toilets)
    absent = [row for row in approved if _absent(row)]
    exempt = bool(absent) and len(absent) == len(rows) and item.get("not_applicable", False)
    state = "not_applicable" if exempt else "passed" if passed else "incomplete" if rows else "missing"
    return Found(
        state,
        passed,
        _worth(item, approved, toilets)[0],
        got,
        need,
        pieces,
        sum(row["审核状态"] not in ("通过", "退回") for row in rows),
        sum(row["审核状态"] == "退回" for row in rows),
        sum(int(row[column] or 0) for row in rows for column in KINDS.values())
        + sum(row[column] == "是" for row in rows for column in FAMILY.values()),
    )


def _absent(row: Row) -> bool:
    return row["不适用"] == "是" or bool(row["不适用及原因"])


def _worth(item: Item, rows: list[Row], toilets: Any) -> tuple[bool, int, int, tuple[int, int]]:
    """Whether the item passes, what is complete of what is needed, and the pieces there of those needed."""
    there = [row for row in rows if not _absent(row)]
    judge: dict[str, Callable[..., tuple[bool, int, int, tuple[int, int]]]] = {
        "document": _document, "count": _pieces, "events": _events, "family": _families, "rate": _rate,
    }  # fmt: skip
    if item["kind"] == "count" and item.get("parts"):
        less = sum(_absent(row) and row["审核状态"] == "通过" for row in rows)
        return _pieces(item, there, max(item["need"] - less, 1))
    return judge[item["kind"]](item, there, toilets) if item["kind"] == "rate" else judge[item["kind"]](item, there)


def _have(item: Item, rows: list[Row]) -> list[int]:
    """How many pieces of each kind that is asked for; of two that serve alike, both together."""
    return [sum(int(row[KINDS[one]] or 0) for row in rows for one in kind.split("|")) for kind in item["evidence"]]


def _filled(have: list[int], need: int) -> tuple[int, int]:
    return sum(min(n, need) for n in have), need * len(have)


def _document(item: Item, rows: list[Row]) -> tuple[bool, int, int, tuple[int, int]]:
    have = _have(item, rows)
    passed = all(have) and (not item.get("sealed") or any(row["盖公章"] == "是" for row in rows))
    return passed, int(passed), item["need"], _filled(have, 1)


def _rate(item: Item, rows: list[Row], toilets: Any) -> tuple[bool, int, int, tuple[int, int]]:
    have, (n, d) = _have(item, rows), toilets
    passed = all(have) and n is not None and bool(d) and n / d >= Fraction(item["target"], 100)
    return passed, int(passed), item["need"], _filled(have, 1)


def _pieces(item: Item, rows: list[Row], need: int | None = None) -> tuple[bool, int, int, tuple[int, int]]:
    wanted, have = need or item["need"], _have(item, rows)
    return min(have) >= wanted, min(have), wanted, _filled(have, wanted)


def _events(item: Item, rows: list[Row]) -> tuple[bool, int, int, tuple[int, int]]:
    """Events with every piece; a record without its four fields is none; where dates must differ one a date."""
    if item.get("distinct_dates"):
        rows = list({row["活动日期"]: row for row in rows if row["活动日期"] and row["照片"]}.values())
    judged = []
    for row in rows:
        have = _have(item, [row])
        if item.get("fields") and any(row[name] is None for name in FIELDS):
            have = [0 if kind == "minutes" else n for kind, n in zip(item["evidence"], have, strict=True)]
        judged.append(have)
    return _best(item, judged, len(item["evidence"]))


def _families(item: Item, rows: list[Row]) -> tuple[bool, int, int, tuple[int, int]]:
    judged = []
    for row in rows:
        parts = [part for part in item["parts"] if "when" not in part or row[ONLY_IF[part["when"]]] == "是"]
        judged.append([int(row[FAMILY[part["code"]]] == "是") for part in parts])
    return _best(item, judged, sum("when" not in part for part in item["parts"]))


def _best(item: Item, judged: list[list[int]], kinds: int) -> tuple[bool, int, int, tuple[int, int]]:
    """Of more than are needed the fullest count; those that are not there lack every piece the others need."""
    need = item["need"]
    got = sum(all(have) for have in judged)
    shares = {n: Fraction(sum(piece > 0 for piece in have), len(have)) for n, have in enumerate(judged)}
    best = [judged[n] for n in sorted(shares, key=lambda n: -shares[n])[:need]]
    asked = sum(map(len, best)) + (need - len(best)) * max(map(len, best), default=kinds)
    return got >= need, got, need, (sum(piece > 0 for have in best for piece in have), asked)
