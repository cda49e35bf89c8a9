"""Any valid content in any arrangement reads back exactly; any bytes at all give findings, never an exception."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config import clock
from data_access.sheets import KINDS
from data_access.sheets.declaration import Type
from data_access.workbooks.pipeline import examine
from tests.workbooks.suite.case import Made, judge, reads
from tests.workbooks.suite.files import FORMATS
from tests.workbooks.suite.paper import ods, text, xls, xlsx
from tests.workbooks.suite.street import (
    CLINIC,
    DAY,
    GYM,
    HAPPY,
    HEADS,
    LAKE,
    NOON,
    PEACE,
    SUN,
    Values,
    action,
    columns,
    evening,
    known,
    morning,
    person,
    written,
)

QUICK = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
LONG = settings(max_examples=2000, deadline=None, suppress_health_check=list(HealthCheck))

# What is said ---------------------------------------------------------------------------------------------------

days = st.integers(-20, 20).map(lambda n: DAY + timedelta(days=n))
places = st.lists(st.sampled_from([SUN, HAPPY, LAKE, PEACE]), min_size=1, max_size=4, unique=True)


@st.composite
def mornings(draw: st.DrawFn) -> list[Values]:
    """A morning of some communities."""
    day, more = draw(days), draw(st.sets(st.sampled_from(["notified", "carry_over", "staff", "doses", "site"])))

    def one(community: str) -> Values:
        d1, d2, b = (draw(st.integers(0, 1500)) for _dose in range(3))
        planned = d1 + d2 + b
        extra: Values = {"notified": draw(st.integers(0, planned)), "carry_over": draw(st.integers(0, 50))}
        extra |= {"staff": draw(st.integers(1, 30)), "site": draw(st.sampled_from([CLINIC, GYM]))}
        chosen = {key: value for key, value in extra.items() if key in more}
        if "doses" in more:
            chosen |= {"planned_d1": d1, "planned_d2": d2, "planned_b": b}
        return morning(community, planned, draw(st.integers(0, 9999)), day, **chosen)

    return [one(community) for community in draw(places)]


@st.composite
def evenings(draw: st.DrawFn) -> list[Values]:
    """An evening of some communities."""
    day, more = draw(days), draw(st.sets(st.sampled_from(["plan_next", "arrived", "diff_note"])))

    def one(community: str) -> Values:
        vaccinated = draw(st.integers(0, 3000))
        extra: Values = {"plan_next": draw(st.integers(0, 300)), "arrived": vaccinated, "diff_note": "已逐人核对"}
        chosen = {key: value for key, value in extra.items() if key in more}
        return evening(community, vaccinated, draw(st.integers(0, 99)), day, **chosen)

    return [one(community) for community in draw(places)]


@st.composite
def rosters(draw: st.DrawFn) -> list[Values]:
    """A roster of a few people."""
    day, community = draw(days), draw(st.sampled_from([SUN, HAPPY, LAKE, PEACE]))
    more = draw(st.sets(st.sampled_from(["phone", "remark", "outcome"])))
    people = []
    for number in draw(st.lists(st.integers(1, 999), min_size=1, max_size=6, unique=True)):
        extra: Values = {"phone": f"139{number:08d}", "remark": f"{number}号楼", "outcome": "pending"}
        chosen = {key: value for key, value in extra.items() if key in more}
        group, site = draw(st.sampled_from(["elderly", "adult"])), draw(st.sampled_from([CLINIC, GYM]))
        batch = draw(st.integers(1, 20))
        people.append(person(number, community, day, person_group=group, site=site, batch_no=batch, **chosen))
    return people


@st.composite
def ledgers(draw: st.DrawFn) -> list[Values]:
    """Some matters of 督办整改, all of them open or all of them closed."""
    closed = draw(st.booleans())
    rows = []
    for number in draw(st.lists(st.integers(1, 99), min_size=1, max_size=5, unique=True)):
        found = DAY - timedelta(days=draw(st.integers(0, 30)))
        fixed: Values = {
            "status": "closed", "measure": "已清运", "fixed_on": found, "photos_before": draw(st.integers(0, 9)),
            "photos_after": 1, "rechecked_on": found, "rechecked_by": "赵复查", "recheck": "passed",
        }  # fmt: skip
        severity = draw(st.sampled_from(["minor", "major", "critical"]))
        community = draw(st.sampled_from([SUN, HAPPY, LAKE]))
        rows.append(action(number, community, found_on=found, severity=severity, **(fixed if closed else {})))
    return rows


CONTENT: dict[str, st.SearchStrategy[list[Values]]] = {
    "morning": mornings(), "evening": evenings(), "roster": rosters(), "actions": ledgers(),
}  # fmt: skip

# How it is written ----------------------------------------------------------------------------------------------

SPELLINGS: tuple[Callable[[date], Any], ...] = (
    lambda day: day,
    lambda day: day.isoformat(),
    lambda day: f"{day.year}年{day.month}月{day.day}日",
    lambda day: f"{day.month}月{day.day}日",
    lambda day: f"{day.year}.{day.month}.{day.day}",
    lambda day: f"{day.month}/{day.day}",
    lambda day: (day - date(1899, 12, 30)).days,
    lambda day: day.strftime("%Y%m%d"),
    lambda day: f"{day:%Y-%m-%d} 00:00:00",
    lambda day: f"{day.month}月{day.day}日（{'一二三四五六日'[day.weekday()]}）".replace("（", "（周"),
)
NUMBERS: tuple[Callable[[int], Any], ...] = (
    lambda n: n,
    str,
    lambda n: f"{n}人",
    lambda n: f"{n:,}",
    lambda n: str(n).translate({ord("0") + d: "０１２３４５６７８９"[d] for d in range(10)}),
    lambda n: f" {n}\u00a0",
    float,
)
DRESSES: tuple[Callable[[str], str], ...] = (
    lambda name: name,
    lambda name: f" {name} ",
    lambda name: f"{name[:2]}\n{name[2:]}",
    lambda name: "  ".join(name) if "(" not in name else name,
)
# Natural parents of headers: what stands above, what stands below.
PARENTS: dict[str, dict[str, tuple[str, str]]] = {
    "evening": {
        **{key: ("其中", name) for key, name in (("vacc_d1", "第一剂"), ("vacc_d2", "第二剂"), ("vacc_b", "加强针"))},
        **{key: ("累计", name) for key, name in (("cum_d1", "第一剂"), ("cum_full", "全程"), ("cum_b", "加强针"))},
    },
    "morning": {
        key: ("计划", name)
        for key, name in (("planned_d1", "第一剂"), ("planned_d2", "第二剂"), ("planned_b", "加强针"))
    },
    "actions": {"rechecked_on": ("复查", "日期"), "rechecked_by": ("复查", "人"), "recheck": ("复查", "结果")},
    "roster": {"phone": ("本人", "电话"), "liaison_phone": ("联络人", "电话")},
}
TITLES = ([], ["附件1"], ["附件2：", None, "汇总表"], ["示范街道情况统计表"], ["单位：人"], ["填报单位：示范街道"])

Grid = list[list[Any]]


@st.composite
def arranged(draw: st.DrawFn, kind: str) -> Made:
    """A sheet of a kind in some arrangement, and what it says."""
    rows = draw(CONTENT[kind])
    keys = draw(st.permutations(columns(rows)))
    header = _header(draw, kind, keys)
    body = [[_cell(draw, kind, key, row[key]) for key in keys] for row in rows]
    lines: Grid = []
    for line in body:
        lines += [line, []] if draw(st.integers(0, 5)) == 0 else [line]
    _total(draw, kind, keys, rows, lines)
    above = draw(st.lists(st.sampled_from(TITLES), max_size=4))
    foot: Grid = draw(st.sampled_from([[], [[]], [[], ["填报人：王填报", None, "审核人：李审核"]]]))
    grid = [*above, *header, *lines, *foot]
    shift = draw(st.integers(0, 2))
    grid = [[*[None] * shift, *line] if line else line for line in grid]
    name = KINDS[kind].zh
    data, ending = _file(draw, name, grid)
    return Made(data, reads({kind: rows}, refused=0), f"{name}.{ending}")


def _header(draw: st.DrawFn, kind: str, keys: list[str]) -> Grid:
    """One to three header rows: synonyms in one, parents above children in two, a band above those in three."""
    parents = {key: pair for key, pair in PARENTS[kind].items() if key in keys}
    depth = draw(st.integers(1, 3)) if parents else 1
    declared = {column.key: column for column in KINDS[kind].columns}

    def single(key: str) -> str:
        name = draw(st.sampled_from((HEADS[kind][key], *declared[key].synonyms)))
        if declared[key].type is Type.INT and "(" not in name and draw(st.booleans()):
            return f"{name}（人）"
        return draw(st.sampled_from(DRESSES))(name)

    if depth == 1:
        return [[single(key) for key in keys]]
    keys[:] = [key for key in keys if key not in parents] + sorted(parents, key=list(PARENTS[kind]).index)
    alone = [single(key) for key in keys if key not in parents]
    tops = [parents[key][0] for key in keys if key in parents]
    everywhere = draw(st.booleans())
    shown = [top if everywhere or n == 0 or tops[n - 1] != top else None for n, top in enumerate(tops)]
    low = [*[None] * len(alone), *(parents[key][1] for key in keys if key in parents)]
    if depth == 2:
        return [[*alone, *shown], low]
    band = ["情况统计", *[None] * (len(tops) - 1)]
    return [[*alone, *band], [*[None] * len(alone), *shown], low]


def _cell(draw: st.DrawFn, kind: str, key: str, value: Any) -> Any:
    column = KINDS[kind].column(key)
    if column.type is Type.DATE:
        return draw(st.sampled_from(SPELLINGS))(value)
    if column.type is Type.INT and key != "batch_no":
        return draw(st.sampled_from(NUMBERS))(value)
    if column.type is Type.COMMUNITY:
        return draw(st.sampled_from([value, f" {value} ", "  ".join(value)]))
    return written(key, value)


def _total(draw: st.DrawFn, kind: str, keys: list[str], rows: list[Values], lines: Grid) -> None:
    """Add a right total at the top or at the end, where the table has a first column for its label."""
    counts = [key for key in keys if KINDS[kind].column(key).type is Type.INT]
    if kind not in ("morning", "evening") or keys[0] in counts or not draw(st.booleans()):
        return
    sums: list[Any] = [sum(row[key] for row in rows) if key in counts else None for key in keys]
    sums[0] = draw(st.sampled_from(["合计", "合  计", "总计", "全街道合计", "共\n计"]))
    lines.insert(draw(st.sampled_from([0, len(lines)])), sums)


def _file(draw: st.DrawFn, name: str, grid: Grid) -> tuple[bytes, str]:
    ending = draw(st.sampled_from(["xlsx", "xlsx", "csv", "tsv"]))
    if ending == "xlsx":
        return xlsx({name: grid}), ending
    return text(grid, draw(st.sampled_from(["utf-8", "gb18030"])), "\t" if ending == "tsv" else ","), ending


def reads_back(made: Made) -> None:
    assert judge(made) == []


@pytest.mark.parametrize("kind", CONTENT)
@QUICK
@given(data=st.data())
def test_any_arrangement_reads_back(kind: str, data: st.DataObject) -> None:
    reads_back(data.draw(arranged(kind)))


@pytest.mark.fuzz
@pytest.mark.parametrize("kind", CONTENT)
@LONG
@given(data=st.data())
def test_any_arrangement_for_long(kind: str, data: st.DataObject) -> None:
    reads_back(data.draw(arranged(kind)))


# Any bytes ------------------------------------------------------------------------------------------------------

VALID = [make() for _filename, make in FORMATS.values()]
NAMES = st.sampled_from(["表.xlsx", "表.xls", "表.csv", "表.ods", "表", "", "..", "表.xlsx.exe"])
BEGINNINGS = st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe", b"<html><table>"])


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A valid file of some format with bytes changed, taken out or put in, or cut off."""
    data = bytearray(draw(st.sampled_from(VALID)))
    for share in draw(st.lists(st.floats(0, 1), max_size=8)):
        place = int(share * (len(data) - 1))
        change = draw(st.sampled_from(["flip", "drop", "insert"]))
        if change == "flip":
            data[place] = draw(st.integers(0, 255))
        elif change == "drop":
            del data[place : place + draw(st.integers(1, 64))]
        else:
            data[place:place] = draw(st.binary(max_size=64))
    return bytes(data[: draw(st.integers(0, len(data)))]) if draw(st.booleans()) else bytes(data)


anything = st.one_of(mutated(), st.builds(lambda start, rest: start + rest, BEGINNINGS, st.binary(max_size=2000)))


# Cells that make a reader stumble, in any number below any header.
cells = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**15), 10**15), st.floats(allow_nan=False, allow_infinity=False),
    st.dates(date(1900, 3, 1), date(2099, 1, 1)), st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12),
    st.sampled_from(["合计", "同上", "/", "20xx", "8.12", "9:3O", "填报人：王", "１２", "46余"]),
    st.sampled_from(["=1/0", "#REF!", "社区", "日期", "姓名", "\u200b", "1e999", "9" * 40]),
)  # fmt: skip
heads = st.sampled_from([*(list(HEADS[kind].values()) for kind in CONTENT), ["a", "b"]])
sheets = st.builds(
    lambda before, head, after: [*before, head, *after],
    st.lists(st.lists(cells, max_size=3), max_size=3),
    heads,
    st.lists(st.lists(cells, max_size=24), max_size=6),
)


def survives(data: bytes, filename: str) -> None:
    """The pipeline answers with something to say, and every sentence is whole."""
    with clock.at(NOON):
        result = examine(data, filename, known())
    assert result.sheets or result.findings
    for finding in result.all_findings():
        assert finding.message and finding.remedy


@QUICK
@given(data=anything, filename=NAMES)
def test_any_bytes_give_findings(data: bytes, filename: str) -> None:
    survives(data, filename)


@pytest.mark.fuzz
@LONG
@given(data=anything, filename=NAMES)
def test_any_bytes_for_long(data: bytes, filename: str) -> None:
    survives(data, filename)


@QUICK
@given(grid=sheets)
def test_any_cells_give_findings(grid: Grid) -> None:
    survives(xlsx({"表": grid}), "表.xlsx")


@pytest.mark.fuzz
@LONG
@given(grid=sheets)
def test_any_cells_for_long(grid: Grid) -> None:
    survives(xlsx({"表": grid}), "表.xlsx")


@pytest.mark.parametrize("made", [xls, ods], ids=["xls", "ods"])
@QUICK
@given(data=st.data())
def test_any_morning_reads_back_from_other_programs(made: Callable[[Grid], bytes], data: st.DataObject) -> None:
    rows = data.draw(mornings())
    keys = data.draw(st.permutations(columns(rows)))
    grid = [[HEADS["morning"][key] for key in keys], *([written(key, row[key]) for key in keys] for row in rows)]
    reads_back(Made(made(grid), reads({"morning": rows}, refused=0), f"早会商.{made.__name__}"))
