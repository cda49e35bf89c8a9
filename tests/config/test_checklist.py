"""The evidence checklist, the monthly themes and the cadences."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from config.catalogue import (
    cadences,
    checklist,
    checklist_item,
    indicator,
    theme,
    themes,
    windows,
    workstream,
)
from config.checklist import CHECKLIST, UnknownItemError, load_checklist
from config.declarations import ConfigError
from config.yearbook import THEMES, UnknownMonthError, load_themes

SOURCE = Path(__file__).parents[3] / "shared" / "domain"
needs_source = pytest.mark.skipif(not SOURCE.is_dir(), reason="no domain tables beside the repository")


def test_thirty_five_items_in_five_sections() -> None:
    assert [len(section.items) for section in checklist().sections] == [9, 12, 5, 6, 3]
    assert len(checklist().items) == 35
    assert all(item.zh and item.en and item.passes.zh and item.passes.en for item in checklist().items)


@needs_source
def test_codes_and_names_agree_with_the_domain_table() -> None:
    with (SOURCE / "health_promotion_checklist.tsv").open(encoding="utf-8", newline="") as file:
        rows = [(row["item"], row["section"], row["item_zh"]) for row in csv.DictReader(file, delimiter="\t")]
    sections = {section.code: section.zh for section in checklist().sections}
    assert [(item.code, sections[item.section], item.zh) for item in checklist().items] == rows


def test_what_the_items_ask_for() -> None:
    meetings = checklist_item("1.4")
    assert (meetings.kind, meetings.need, meetings.evidence) == ("events", 4, ("photo", "minutes", "sign_in"))
    assert checklist_item("1.5").sealed
    assert checklist_item("1.7").choices == (("original", "photo"),)
    toilets = checklist_item("2.7")
    assert toilets.target == 80 and indicator(toilets.indicator or "").target == 80
    assert [part.code for part in checklist_item("2.4").parts] == ["toilet", "meeting_room", "lift", "stairs"]
    assert checklist_item("2.4").not_applicable and not checklist_item("1.1").not_applicable
    assert checklist_item("3.2").fields == ("time", "place", "people", "theme")
    assert checklist_item("3.4").distinct_dates and checklist_item("3.4").need == 6
    assert checklist_item("5.1").shares_with == ("3.2", "3.3")
    assert checklist_item("2.10").zh == "阅读、文娱场所照片" and checklist_item("例会资料").code == "1.4"


def test_family_file_counts_conditional_parts_only_where_they_apply() -> None:
    files = checklist_item("4.6")
    assert (files.kind, files.need, len(files.parts_for())) == ("family", 3, 5)
    assert [part.code for part in files.parts_for(elderly=False, chronic=False)] == [
        "application", "check_up", "lifestyle",
    ]  # fmt: skip
    assert len(files.parts_for(elderly=True, chronic=False)) == 4


def test_unknown_item_and_broken_list(tmp_path: Path) -> None:
    with pytest.raises(UnknownItemError):
        checklist_item("6.1")
    broken = tmp_path / "checklist.toml"
    text = CHECKLIST.read_text(encoding="utf-8")
    text = text.replace('evidence = ["photo", "minutes", "sign_in"]', 'evidence = ["video"]', 1)
    broken.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        load_checklist(broken)
    problem = raised.value
    assert (problem.file, problem.entry, problem.field) == ("checklist.toml", "1.4", "evidence")


def test_themes_of_twelve_months_two_of_them_suggested(tmp_path: Path) -> None:
    assert [item.month for item in themes()] == list(range(1, 13))
    assert [item.month for item in themes() if item.suggested] == [11, 12]
    assert theme(3).days[1].in_year(2022) == date(2022, 3, 24)
    with pytest.raises(UnknownMonthError):
        theme(13)
    for text, word in (("month = 12", "month = 11"), ("month = 12", "month = 13")):
        (tmp_path / "themes.toml").write_text(THEMES.read_text(encoding="utf-8").replace(text, word), "utf-8")
        with pytest.raises(ConfigError, match=rf"themes\.toml: {word[-2:]}: "):
            load_themes(tmp_path / "themes.toml")


def test_cadences_and_calendar_point_at_what_exists() -> None:
    assert {item.code: item.slots for item in cadences()} == {
        "day": 0, "week": 52, "month": 12, "two_months": 6, "quarter": 4, "half_year": 2, "year": 1,
        "window": 0, "rolling": 0,
    }  # fmt: skip
    assert len(windows()) == 16
    for window in windows():
        first, last = window.in_year(2022)
        assert first <= last and workstream(window.workstream)
        assert window.indicator is None or indicator(window.indicator).workstream == window.workstream
