"""Campaigns as data."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError

from config.campaigns import (
    CAMPAIGNS,
    Campaign,
    UnknownCampaignError,
    UnknownDoseError,
    UnknownGroupError,
    campaign_from_text,
    default_campaigns,
    load_campaigns,
    mentioned,
    sample_campaigns,
)
from config.declarations import ConfigError
from config.settings import settings

COVID, FLU = sample_campaigns()


def test_default_is_one_open_ended_covid_drive() -> None:
    (covid,) = default_campaigns()
    assert (covid.code, covid.starts, covid.ends, covid.headline) == ("covid", None, None, "d1")
    assert [dose.zh for dose in covid.doses] == ["第一剂", "第二剂", "加强针"]
    assert covid.series == ("d1", "full", "b") and covid.has_full and covid.has_booster
    assert covid.raises == {"d1": "d1", "full": "d2", "b": "b"} and FLU.raises == {"d1": "d1"}
    assert [group.zh for group in covid.groups] == [
        "60岁及以上", "18-59岁", "未成年人", "重点行业从业人员", "流动人口", "党员干部及家属",
        "企业工地人员", "其他",
    ]  # fmt: skip


def test_influenza_is_a_single_dose_for_sixty_and_over() -> None:
    assert FLU.series == ("d1",) and not FLU.has_full and not FLU.has_booster
    assert [(group.age_from, group.age_to) for group in FLU.groups] == [(60, None)]


@pytest.mark.parametrize("campaign", [COVID, FLU], ids=lambda item: item.code)
def test_round_trip_through_json(campaign: Campaign) -> None:
    dated = campaign.model_copy(update={"starts": date(2022, 8, 1), "ends": date(2022, 9, 30)})
    assert Campaign.model_validate(dated.model_dump(mode="json")) == dated
    assert Campaign.model_validate_json(dated.model_dump_json()) == dated


@pytest.mark.parametrize("campaign", [COVID, FLU], ids=lambda item: item.code)
def test_products_are_declared_in_the_settings(campaign: Campaign) -> None:
    assert campaign.products and set(campaign.products) <= set(settings().products)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("首针", "d1"), ("第一针", "d1"), ("一针", "d1"), ("1", "d1"), (1, "d1"), (1.0, "d1"), ("壹", "d1"),
        ("第1剂", "d1"), ("第一剂次", "d1"), ("１", "d1"), (" 第 一 剂 ", "d1"), ("第一劑", "d1"),
        ("2", "d2"), ("第二针", "d2"), ("贰", "d2"), ("第2针", "d2"), ("二针", "d2"), ("第二針", "d2"),
        ("加强", "b"), ("加强针", "b"), ("加強針", "b"), ("booster", "b"), ("Booster", "b"), ("第三针", "b"),
        (3, "b"),
    ],
)  # fmt: skip
def test_dose_from_text(text: object, code: str) -> None:
    assert COVID.dose_from_text(text).code == code


@pytest.mark.parametrize("text", ["4", "", "强", "剂", "11", None, "灭活"])
def test_a_text_that_is_no_dose_raises(text: object) -> None:
    with pytest.raises(UnknownDoseError):
        COVID.dose_from_text(text)


def test_a_single_dose_campaign_refuses_second_dose_and_booster() -> None:
    assert FLU.dose_from_text("1").code == FLU.dose_from_text("单剂").code == "d1"
    for text in ("2", "第二剂", "加强", "booster"):
        with pytest.raises(UnknownDoseError) as unknown:
            FLU.dose_from_text(text)
        assert unknown.value.suggestions == ["第一剂"]
    with pytest.raises(UnknownDoseError):
        FLU.dose("d2")
    assert COVID.dose("d2").zh == "第二剂"


def test_groups_from_text() -> None:
    texts = ["60岁以上", "18–59岁", "18至59岁", "学生", "重点行业", "其它", "流动人口", "elderly"]
    assert [COVID.group_from_text(text).code for text in texts] == [
        "elderly", "adult", "adult", "minor", "key_trade", "other", "floating", "elderly",
    ]  # fmt: skip
    with pytest.raises(UnknownGroupError) as unknown:
        COVID.group_from_text("外星人")
    assert "60岁及以上" in unknown.value.suggestions
    assert COVID.group("minor").age_to == 17


def test_campaigns_are_recognised_in_titles() -> None:
    known = sample_campaigns()
    assert [item.code for item in mentioned("XX社区8月12日新冠疫苗接种名单（加强针）", known)] == ["covid"]
    assert [item.code for item in mentioned("8月12日流感疫苗晚调度", known)] == ["flu"]
    assert mentioned("8月12日晚调度", known) == []
    assert len(mentioned("新冠、流感接种名单", known)) == 2
    assert campaign_from_text("流感", known).code == "flu"
    with pytest.raises(UnknownCampaignError):
        campaign_from_text("狂犬", known)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"headline": "x"}, "headline"),
        ({"full_course": ["d1", "d2"]}, "no such dose|没有这个剂次"),
        ({"groups": [{"code": "all", "zh": "合计", "en": "all"}]}, "all"),
        ({"target": 120}, "target"),
        ({"starts": "2022-08-02", "ends": "2022-08-01"}, "end is before|早于"),
        ({"groups": []}, "groups"),
        ({"code": "流感"}, "code"),
    ],
)
def test_a_contradictory_campaign_is_refused(change: dict[str, object], field: str) -> None:
    with pytest.raises(ValidationError, match=field):
        Campaign.model_validate(FLU.model_dump(mode="json") | change)


def test_a_broken_file_names_file_campaign_and_field(tmp_path: Path) -> None:
    text = CAMPAIGNS.read_text(encoding="utf-8")
    for old, new, field in (
        ('headline = "d1"', 'headline = "d9"', "headline"),
        ('full_course = ["d1", "d2"]', 'full_course = ["d1", "d2"]\ncolour = 1', "colour"),
        ('synonyms = ["首针",', 'synonyms = ["二针", "首针",', "doses"),
    ):
        (tmp_path / "campaigns.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(ConfigError) as broken:
            load_campaigns(tmp_path / "campaigns.toml")
        problem = broken.value
        assert (problem.file, problem.entry, problem.field) == ("campaigns.toml", "covid", field)
    with pytest.raises(ConfigError, match=r"nothing\.toml"):
        load_campaigns(tmp_path / "nothing.toml")
