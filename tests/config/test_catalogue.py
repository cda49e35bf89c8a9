"""The catalogue of workstreams and indicators, and the messages about a broken one."""

from __future__ import annotations

import csv
import shutil
import tomllib
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from config.catalogue import (
    WORKSTREAMS,
    AmbiguousIndicatorError,
    UnknownIndicatorError,
    UnknownWorkstreamError,
    catalogue,
    extended,
    find_indicator,
    indicator,
    indicators,
    load_catalogue,
    shipped,
    workstream,
    workstreams,
)
from config.declarations import ConfigError
from config.indicators import PERIODS, UNITS, Indicator
from config.language import speaking

SOURCE = Path(__file__).parents[3] / "shared" / "domain"
needs_source = pytest.mark.skipif(not SOURCE.is_dir(), reason="no domain tables beside the repository")

ALL = catalogue().indicators
SIZES = {
    "vaccination": 19,
    "healthy_community": 37,
    "health_education": 12,
    "primary_care": 9,
    "safe_community": 17,
    "patriotic_health": 32,
    "work_safety": 4,
    "civilised_community": 22,
    "fire_safety": 7,
    "environment": 17,
    "employment": 9,
    "civil_affairs": 14,
    "popular_science": 5,
    "culture": 8,
    "water_saving": 5,
    "party_affairs": 16,
    "women": 4,
    "rectification": 4,
    "reporting": 2,
    "family_planning": 7,
}
LEFT_OUT = {
    "SAFE-03", "SAFE-08a", "SAFE-08b", "SAFE-09a", "SAFE-09b", "SAFE-12", "SAFE-13a", "SAFE-13b",
    "SAFE-20a", "SAFE-20b", "SAFE-22", "FP-01", "FP-02a", "FP-02b", "FP-03", "FP-04", "FP-05", "FP-06",
    "FP-10a", "FP-10b", "FP-10c", "FP-10d", "WOM-04",
}  # fmt: skip


def _table(name: str) -> dict[str, dict[str, str]]:
    with (SOURCE / name).open(encoding="utf-8", newline="") as file:
        return {row["code"]: row for row in csv.DictReader(file, delimiter="\t")}


def test_all_indicators_are_there_and_counted_by_workstream() -> None:
    assert len(ALL) == 250
    assert {item.slug: len(item.indicators) for item in workstreams()} == SIZES
    assert not {item.code for item in ALL} & LEFT_OUT


@pytest.mark.parametrize("item", ALL, ids=lambda item: item.code)
def test_indicator_is_complete_in_both_languages(item: Indicator) -> None:
    assert item.zh and item.en and item.evidence.zh and item.evidence.en
    assert not item.en.isupper() and item.en[0] == item.en[0].upper()
    assert item.definition.zh.endswith("。") and item.definition.en.endswith(".")
    assert not any("\u4e00" <= letter <= "\u9fff" for letter in item.definition.en)
    assert item.unit in UNITS
    if item.basis == "observed":
        assert item.target is None and "不作目标" in item.target_text.zh
        assert item.full_target is None and not item.matrix
    if item.kind == "zero" and item.basis != "observed":
        assert (item.comparator, item.target) == ("=", 0)
    if item.kind == "cap":
        assert item.comparator == "≤"
    if item.kind == "rate":
        assert item.numerator and item.denominator
    if item.accrual == "per_period" and item.kind == "count" and item.target and item.period != "day":
        assert item.slots, "a per-period count needs to know how many periods there are"


def test_english_names_are_unique_so_that_a_name_finds_its_indicator() -> None:
    assert [name for name, times in Counter(item.en.casefold() for item in ALL).items() if times > 1] == []


@needs_source
def test_facts_agree_with_the_domain_table() -> None:
    table = _table("indicators.tsv")
    assert {item.code for item in ALL} == set(table)
    assert not {item.code for item in ALL} & set(_table("indicators_left_out.tsv"))
    for item in ALL:
        row = table[item.code]
        if item.code != "HC-07":  # printed as a rate of 7 areas with the target 7: counted as areas
            assert item.kind == row["kind"], item.code
        assert (item.basis, item.accrual) == (row["basis"], row["accrual"]), item.code
        assert item.comparator == row["comparator"].replace("-", ""), item.code
        period = row["period"].replace("two-month", "two_months")
        if period in PERIODS:  # "summer", "April" and "3 years" are a window or a year here
            assert item.period == period or item.window, item.code
        figure = item.reached if item.basis == "observed" else item.target
        assert figure == (float(row["target_num"]) if row["target_num"] else None), item.code
        owner = workstream(item.workstream)
        assert row["workstream"] in (owner.zh, *owner.aliases), item.code


def test_what_is_better_is_said_of_every_indicator() -> None:
    """From the comparator; where the source gives none, in the file itself: a cap of 40 is not a goal of 40."""
    for stream in workstreams():
        written = tomllib.loads((WORKSTREAMS / f"{stream.slug}.toml").read_text(encoding="utf-8"))["indicator"]
        assert [one["code"] for one in written if not one.get("comparator") and "polarity" not in one] == []
    expected = {"VAX-02": "higher", "PAT-05": "lower", "VAX-19": "lower", "FIRE-08": "zero", "CA-02a": "none"}
    assert {code: indicator(code).polarity for code in expected} == expected
    assert {item.kind for item in ALL} == {"count", "rate", "zero", "cap", "evidence"}  # no source gives a score


def test_funnels_are_steps_in_order() -> None:
    (families,) = workstream("节水").funnels
    assert families.steps == ("WAT-01a", "WAT-01b", "WAT-01c")
    assert [indicator(code).reached for code in families.steps] == [352, 153, 45]
    assert [funnel.code for stream in workstreams() for funnel in stream.funnels] == ["WAT-F1", "PTY-F1"]


def test_the_matrix_shows_the_eight_workstreams_in_order() -> None:
    shown = workstreams(matrix=True)
    assert [item.zh for item in shown] == [
        "疫苗接种", "健康社区", "健康教育", "基层卫生", "平安社区", "爱国卫生", "安全生产", "文明社区",
    ]  # fmt: skip
    assert all(4 <= len(item.shown) <= 9 for item in shown)
    assert all(item.enabled and item.target is not None for stream in workstreams() for item in stream.shown)
    codes = {item.code for stream in workstreams() for item in stream.shown}
    assert not {item.alternative_to for item in ALL if item.code in codes} & codes


def test_what_a_street_declares_makes_up_the_cell_whoever_looked_at_what_is_shipped_before() -> None:
    first = shipped().workstreams[0].shown[0]
    off, own = first.model_copy(update={"matrix": False}), first.model_copy(update={"code": "OWN-001"})
    made = extended(shipped(), [], [off, own]).workstreams[0]
    codes = [item.code for item in made.shown]
    assert "OWN-001" in codes and first.code not in codes


def test_what_is_obsolete_is_switched_off_but_kept() -> None:
    assert all(not item.enabled for item in workstream("family_planning").indicators)
    assert not indicator("CIV-06a").enabled
    in_use = indicators()
    assert indicator("HE-01") in in_use and indicator("FP-07") not in in_use
    assert len(indicators(enabled=None)) == 250


def test_slots_and_full_target() -> None:
    found = [indicator(code) for code in ("HE-01", "HE-03", "HC-22", "SAFE-06")]
    assert [item.slots for item in found] == [item.full_target for item in found] == [12, 6, 4, 52]
    assert indicator("HE-10").full_target == 10  # January to October
    assert indicator("HC-09").full_target == 300 and indicator("VAX-02").full_target == 100
    assert indicator("VAX-08").full_target is None  # one per campaign day: the campaign decides
    assert indicator("HC-02").full_target is None


def test_windows_run_on_their_own_year() -> None:
    assert indicator("PAT-08").window_in(2022) == (date(2022, 5, 1), date(2022, 10, 31))
    assert indicator("PAT-08").slots == 184
    assert indicator("HC-09").window_in(2022) == (date(2022, 1, 1), date(2022, 12, 31))
    wrapped = indicator("PAT-08").model_copy(update={"window": ("12-01", "02-29")})
    assert wrapped.window_in(2022) == (date(2022, 12, 1), date(2023, 2, 28))


def test_proportion_and_confirmation() -> None:
    assert indicator("HE-01").proportional and indicator("HC-09").proportional
    assert not indicator("PHC-01").proportional and not indicator("ENV-11a").proportional
    assert (indicator("ENV-11a").confirm, indicator("FIRE-08").confirm) == ("day", "month")


def test_target_text_follows_the_target() -> None:
    assert indicator("HE-01").target_text.zh == "每月≥1次"
    assert indicator("HE-01").target_text.en == "≥ 1 time per month"
    assert indicator("HC-09").target_text.en == "≥ 300 households in the year"
    assert indicator("PHC-03").target_text.zh == "≥90%"
    assert indicator("PHC-03").model_copy(update={"target": 92.5}).target_text.zh == "≥92.5%"
    assert indicator("HE-08").target_text.zh == "待定"
    assert "任务目标" in indicator("HE-01").definition.zh and "2000" in indicator("PAT-07").definition.zh


def test_lookup_by_code_or_name() -> None:
    assert indicator("ｖax-02").code == "VAX-02"
    assert find_indicator("健康讲座").code == "HE-01"
    assert find_indicator("health lectures").code == "HE-01"
    assert find_indicator("宣传栏(两月一期)").code == "HE-03"  # half-width brackets
    assert find_indicator("健康家庭(西新苑目标)").code == "HC-13a"  # an alias
    assert workstream("健康社区创建").slug == workstream("healthy community").slug == "healthy_community"


def test_unknown_and_ambiguous_names_raise() -> None:
    with pytest.raises(UnknownIndicatorError) as unknown:
        indicator("HE-1O")
    assert any(name.startswith("HE-1") for name in unknown.value.suggestions)
    with speaking("zh_CN"):
        assert "指标库中没有“HE-1O”" in str(unknown.value)
    with pytest.raises(AmbiguousIndicatorError) as several:
        find_indicator("健康知识知晓率")
    assert several.value.suggestions == ["HC-27", "HE-08"]
    assert find_indicator("健康知识知晓率", "健康教育").code == "HE-08"
    with pytest.raises(UnknownIndicatorError):
        find_indicator("VAX-01", "健康教育")
    with pytest.raises(UnknownWorkstreamError) as other:
        workstream("健康教肓")
    assert other.value.suggestions[0] == "健康教育"


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('kind = "rate"', 'kind = "ratio"', "kind"),
        ('accrual = "snapshot"', 'acrual = "snapshot"', "accrual"),
        ('unit = "%"', 'unit = "%"\nweight = 3', "weight"),
        ("target = 100", 'target = "viel"', "target"),
        ('basis = "target"', 'basis = "observed"', "target"),
        ('numerator = { zh = "已覆盖户", en = "households covered" }\n', "", "numerator"),
        ("target = 100\n", "", "target"),
    ],
)
def test_a_broken_file_names_file_indicator_and_field(tmp_path: Path, old: str, new: str, field: str) -> None:
    text = (WORKSTREAMS / "primary_care.toml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "primary_care.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigError) as broken:
        load_catalogue(tmp_path)
    assert (broken.value.file, broken.value.entry) == ("primary_care.toml", "PHC-01")
    assert broken.value.field.split(".")[0] == field
    assert broken.value.line and f"{broken.value.line}" in str(broken.value).split("PHC-01")[0]


def test_bad_syntax_missing_files_and_double_codes_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=tmp_path.name):
        load_catalogue(tmp_path)
    shutil.copy(WORKSTREAMS / "primary_care.toml", tmp_path / "primary_care.toml")
    text = (WORKSTREAMS / "women.toml").read_text(encoding="utf-8")
    (tmp_path / "women.toml").write_text(text.replace('"WOM-01"', '"PHC-01"'), encoding="utf-8")
    with pytest.raises(ConfigError) as twice:
        load_catalogue(tmp_path)
    assert (twice.value.file, twice.value.entry, twice.value.field) == ("women.toml", "PHC-01", "code")
    (tmp_path / "women.toml").write_text("zh = 妇联", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"women\.toml"):
        load_catalogue(tmp_path)
