"""Headers and community names: exact, normalised, synonym or unique prefix; never alike (N7, N11, N19)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from data_access.sheets import KINDS
from data_access.sheets.declaration import Column, SheetKind, Type
from data_access.workbooks.model import KnownCommunity
from data_access.workbooks.names import Places, index_of, nearest


@pytest.mark.parametrize(
    ("kind", "text", "key"),
    [
        ("roster", "接种日期", "vaccination_date"),
        ("roster", " 接 种\n日期 ", "vaccination_date"),
        ("roster", "接種日期", "vaccination_date"),
        ("roster", "*姓名", "name"),
        ("roster", "3.姓名", "name"),
        ("roster", "年龄（岁）", "age"),
        ("roster", "身份證號", "id_no"),
        ("roster", "核对结果（已接种/未到/缓种）", "outcome"),
        ("roster", "證件口罩提醒", "reminded"),
        ("roster", "证件口罩", "reminded"),
        ("roster", "Vaccination date", "vaccination_date"),
        ("roster", "Vaccination date (接种日期)", "vaccination_date"),
        ("morning", "日期（Date）", "biz_date"),
        ("evening", "缓种（人）", "deferred"),
        ("evening", "累计第一剂", "cum_d1"),
        ("evening", "其中：第一剂", "vacc_d1"),
        ("evening", "改期、转点", "moved"),
        ("evening", "应接种人数(人)", "eligible"),
        ("ledger", "第二剂日期", "d2_date"),
        ("ledger", "第一劑日期", "d1_date"),
    ],
)
def test_a_header_is_found(kind: str, text: str, key: str) -> None:
    found = index_of(KINDS[kind]).match(text)
    assert found is not None and found.column.key == key


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("roster", "批号"),
        ("roster", "疫苗批号"),
        ("roster", "上报日期"),
        ("roster", "接种日期2"),
        ("roster", "Vaccination date (上报日期)"),
        ("ledger", "第二剂日期（第一剂日期）"),
        ("roster", "接种"),
        ("roster", "名"),
        ("roster", "联络人单位"),
        ("roster", "姓名拼音"),
        ("evening", "累计"),
        ("evening", "累计缓种"),
        ("evening", "昨日未到"),
        ("evening", "计划人数"),
        ("evening", "应接种人数（万人）"),
        ("morning", "实际人数"),
        ("ledger", "第四剂日期"),
        ("ledger", "第剂日期"),
        ("roster", ""),
        ("roster", "  （人）"),
    ],
)
def test_a_header_is_not_taken_for_another(kind: str, text: str) -> None:
    assert index_of(KINDS[kind]).match(text) is None


def test_a_synonym_never_hides_a_header() -> None:
    """疑似反应 is a column of one kind and a synonym in the other; each finds its own."""
    columns = (Column("a", "甲", "A", synonyms=("乙",)), Column("b", "乙", "B", Type.INT))
    kind: SheetKind = replace(KINDS["sites"], key="invented", columns=columns)
    found = index_of(kind).match("乙")
    assert found is not None and (found.column.key, found.how) == ("b", "exact")


@pytest.fixture
def places() -> Places:
    communities = (
        KnownCommunity("朝阳社区", aliases=("向阳",)),
        KnownCommunity("幸福里社区"),
        KnownCommunity("东湖社区"),
        KnownCommunity("东湖村"),
    )
    return Places(communities, "示范街道")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("朝阳社区居委会", "朝阳社区"),
        ("朝阳社区居民委员会", "朝阳社区"),
        ("朝阳居委", "朝阳社区"),
        ("朝陽社區", "朝阳社区"),
        (" 朝 阳 社区 ", "朝阳社区"),
        ("朝阳", "朝阳社区"),
        ("向阳", "朝阳社区"),
        ("示范街道朝阳社区", "朝阳社区"),
        ("朝阳社区\n（57.8万人）", "朝阳社区"),
        ("东湖村委会", "东湖村"),
        ("东湖社区居委会", "东湖社区"),
    ],
)
def test_a_community_in_its_spellings(places: Places, text: str, name: str) -> None:
    assert places.find(text) == name


@pytest.mark.parametrize("text", ["朝羊社区", "朝", "东湖", "幸福社区", "示范街道", ""])
def test_an_unknown_or_doubtful_community_is_not_guessed(places: Places, text: str) -> None:
    assert places.find(text) is None


def test_suggestions_are_for_the_message_only(places: Places) -> None:
    assert nearest("朝羊社区", places.names)[0] == "朝阳社区"
    assert nearest("完全不同的名字", ["甲乙丙丁"]) == []


def test_a_title_speaks_of_the_longest_name(places: Places) -> None:
    assert places.mentioned("幸福里社区居委会8月12日接种名单") == {"幸福里社区"}
    assert places.mentioned("东湖村、朝阳社区8月12日") == {"东湖村", "朝阳社区"}
    assert places.mentioned("示范街道8月12日") == set()
