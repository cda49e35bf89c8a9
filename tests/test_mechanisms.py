"""The map of the 304 mechanisms agrees with what runs: indicators, checklist, sheets, the year, settings and pages."""

from __future__ import annotations

import ast
import csv
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from config.campaigns import Campaign
from config.catalogue import cadences, checklist, shipped, themes, windows
from config.language import _, speaking
from config.settings import Settings
from data_access import sheets
from data_access.schema import Base
from pages.parts.frame.shell import PLACES

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "mechanisms.md").read_text(encoding="utf-8")
SYSTEMS = ROOT.parent / "shared" / "domain" / "systems.tsv"
NONE = "—"


class Mechanism(NamedTuple):
    """One row: the codes that record it, the pages that show it; both empty where it is not kept."""

    number: str
    slug: str
    records: tuple[str, ...]
    pages: tuple[str, ...]
    remark: str


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def codes(cell: str) -> tuple[str, ...]:
    return tuple(re.findall(r"`([^`]+)`", cell))


def mechanism(line: str) -> Mechanism:
    number, slug, _name, recorded, shown, remark = cells(line)
    pages = () if shown == NONE else tuple(shown.split("、"))
    assert recorded == NONE or recorded == " ".join(f"`{code}`" for code in codes(recorded)), line
    return Mechanism(number, *codes(slug), codes(recorded), pages, remark)


BODY, REST = TEXT.split("## 没有机制的指标")
ROWS = [mechanism(line) for line in BODY.splitlines() if re.match(r"\| S\d", line)]
ALONE = {codes(line)[0]: cells(line)[2] for line in REST.splitlines() if line.startswith("| `")}
SHIPPED = {item.code: item for item in shipped().indicators}
# Where a thing recorded in this way is seen, whatever else shows it.
SHOWN = {
    r"\d\.\d+|pledge:.*": "专项进展·资料清单",
    r"plan[:.].*": "专项进展·周工作计划",
    r"theme:.*": "专项进展·月度主题",
    r"(window|cadence):.*": "专项进展·检查日历",
    r"actions[:.].*": "督办整改",
    r"table:notice": "排名通报",
}


@cache
def known() -> frozenset[str]:
    """Everything that may stand under “recorded by”, as the running program declares it."""
    streams = [stream.slug for stream in shipped().workstreams]
    found = {code for code, item in SHIPPED.items() if item.enabled}
    found |= {item.code for item in checklist().items}
    found |= {f"{kind.key}.{column.key}" for kind in sheets.KINDS.values() for column in kind.columns}
    found |= {f"{kind}:{slug}" for kind in ("actions", "plan") for slug in streams if kind in sheets.KINDS}
    found |= {f"campaign:{name}" for name in Campaign.model_fields}
    found |= {f"pledge:{one.code}" for one in checklist().pledge}
    found |= {f"funnel:{one.code}" for stream in shipped().workstreams for one in stream.funnels}
    found |= {f"theme:{one.month}" for one in themes()}
    found |= {f"window:{one.zh}" for one in windows()}
    found |= {f"cadence:{one.code}" for one in cadences()}
    found |= {f"table:{name}" for name in Base.metadata.tables}
    found |= {f"setting:{name}" for name in fields(Settings)}
    return frozenset(found)


def fields(model: type) -> set[str]:
    """The settings by their path, such as ``deadlines.roster``."""
    found = set()
    for name, field in model.model_fields.items():
        found.add(name)
        if hasattr(field.annotation, "model_fields"):
            found |= {f"{name}.{inner}" for inner in fields(field.annotation)}
    return found


@cache
def words(slug: str) -> frozenset[str]:
    """What the script of a page says, in Chinese."""
    script = ast.parse((ROOT / "pages" / f"{slug}.py").read_text(encoding="utf-8"))
    calls = [one for one in ast.walk(script) if isinstance(one, ast.Call) and getattr(one.func, "id", "") == "_"]
    said = [one.args[0].value for one in calls if one.args and isinstance(one.args[0], ast.Constant)]
    with speaking("zh_CN"):
        return frozenset(_(text) for text in said)


def test_every_mechanism_stands_once_and_in_order():
    assert [row.number for row in ROWS] == [f"S{number}" for number in range(1, 305)]
    assert len({row.slug for row in ROWS}) == 304
    assert len(re.findall(r"^## [A-P] ", TEXT, re.M)) == 16


@pytest.mark.skipif(not SYSTEMS.exists(), reason="the list of mechanisms is not part of the project")
def test_no_mechanism_of_the_office_is_forgotten():
    with SYSTEMS.open(encoding="utf-8") as file:
        listed = list(csv.DictReader(file, delimiter="\t"))
    assert [(row.number, row.slug) for row in ROWS] == [(one["S"], one["slug"]) for one in listed]


def test_what_records_a_mechanism_is_there():
    unknown = {row.slug: set(row.records) - known() for row in ROWS}
    assert {slug: sorted(names) for slug, names in unknown.items() if names} == {}
    legend = [line for line in BODY.split("## A ")[0].splitlines() if line.startswith("| `")]
    assert len(legend) > 5 and {code for line in legend for code in codes(line)} <= known()


def test_no_code_in_a_remark_is_out_of_date():
    assert set(re.findall(r"\b[A-Z]{2,4}-\d+[a-z]?\b", TEXT)) - SHIPPED.keys() == set()
    slugs = {row.slug for row in ROWS}
    told = {name for row in ROWS for name in re.findall(r"\b[a-z]+_[a-z0-9_]+\b", row.remark)}
    assert told and told <= slugs


def test_what_shows_a_mechanism_is_in_the_menu():
    with speaking("zh_CN"):
        menu = {place.label: place.slug for place in PLACES.values()}
    wrong = []
    for row in ROWS:
        for shown in row.pages:
            page, _dot, part = shown.partition("·")
            if page not in menu or (part and part not in words(menu[page])):
                wrong.append((row.slug, shown))
    assert wrong == []


def test_what_is_recorded_in_one_way_is_seen_in_one_place():
    lacking = [
        (row.slug, page)
        for row in ROWS
        for pattern, page in SHOWN.items()
        if page not in row.pages and any(re.fullmatch(pattern, code) for code in row.records)
    ]
    assert lacking == []


def test_a_mechanism_that_is_not_kept_says_why():
    for row in ROWS:
        kept = bool(row.records)
        assert bool(row.pages) is kept, row.slug
        zh, _break, en = row.remark.partition("<br>")
        assert zh.startswith("不收：") is not kept and en.startswith("Not kept: ") is not kept, row.slug
        assert kept or (len(zh) > 10 and len(en) > 30), row.slug
        assert bool(zh) is bool(en), f"{row.slug}: a remark is in both languages"


def test_every_indicator_records_a_mechanism_or_stands_apart():
    recorded = {code for row in ROWS for code in row.records}
    assert sorted(SHIPPED.keys() - recorded) == sorted(ALONE)
    assert all("<br>" in reason and len(reason) > 20 for reason in ALONE.values())


def test_every_item_of_the_checklist_records_a_mechanism():
    recorded = {code for row in ROWS for code in row.records}
    assert [item.code for item in checklist().items if item.code not in recorded] == []
