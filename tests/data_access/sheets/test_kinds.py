"""The declarations hang together, and say everything that the domain's tables say."""

import csv
import re
import unicodedata
from pathlib import Path

import pytest

from config.language import speaking
from data_access.sheets import KINDS, WORKBOOKS, kind
from data_access.sheets.declaration import Type

TABLES = Path(__file__).parents[4] / "shared" / "domain" / "sheets"
DOCS = Path(__file__).parents[3] / "docs" / "sheets.md"
ALL_KINDS = pytest.mark.parametrize("sheet", KINDS.values(), ids=list(KINDS))


def bare(text):
    return re.sub(r"[\s_()/·.]", "", unicodedata.normalize("NFKC", text)).lower()


def test_the_street_s_own_lists_are_read_before_the_sheets_that_name_them():
    expected = "communities sites baseline ledger roster morning evening progress evidence actions plan"
    assert list(KINDS) == expected.split()
    assert list(WORKBOOKS) == ["base", "roster", "morning", "evening", "progress", "evidence", "actions", "plan"]
    assert kind("evening").zh == "晚调度"
    with pytest.raises(KeyError):
        kind("notice")


@ALL_KINDS
def test_keys_labels_and_scope_are_consistent(sheet):
    keys = [column.key for column in sheet.columns]
    assert len(keys) == len(set(keys))
    assert sheet.zh and sheet.en and sheet.purpose_zh and sheet.purpose_en
    named = {*sheet.identity, *(key for group in sheet.either for key in group), sheet.date, sheet.topic}
    assert named - {None, "person"} <= set(keys)
    assert ("business_date" in sheet.scope) == (sheet.date is not None)
    assert ("topic" in sheet.scope) == (sheet.topic is not None)
    if "period" in sheet.scope:
        assert sum(column.type is Type.PERIOD for column in sheet.columns) == 1
    for column in sheet.columns:
        assert column.zh and column.en, column.key
        assert bool(column.choices) == (column.type is Type.ENUM), column.key
        assert bool(column.rule_zh) == bool(column.rule_en), column.key


@ALL_KINDS
def test_no_header_means_two_columns(sheet):
    owner = {}
    for column in sheet.columns:
        for name in {bare(name) for name in (column.zh, column.en, *column.synonyms)}:
            assert owner.setdefault(name, column.key) == column.key, name


@ALL_KINDS
def test_no_value_means_two_choices(sheet):
    for column in sheet.columns:
        owner = {}
        for choice in column.choices:
            for name in {bare(name) for name in (choice.code, choice.zh, choice.en, *choice.synonyms)}:
                assert owner.setdefault(name, choice.code) == choice.code, (column.key, name)


def test_the_lot_number_is_never_a_batch():
    for sheet in KINDS.values():
        for column in sheet.columns:
            assert not any("批号" in name for name in (column.zh, *column.synonyms))


def test_people_are_marked_as_personal():
    for sheet in KINDS.values():
        for column in sheet.columns:
            if column.type in (Type.NAME, Type.ID_NO, Type.PHONE):
                assert column.personal, (sheet.key, column.key)
    free_text = [("roster", "reason"), ("roster", "remark"), ("evening", "diff_note"), ("actions", "issue")]
    free_text += [("actions", key) for key in ("place", "demand", "measure", "extension")]
    free_text += [("evidence", key) for key in ("place", "theme", "partner", "na_reason", "review_note")]
    free_text += [("progress", key) for key in ("evidence", "next_step")]
    free_text += [("plan", key) for key in ("task", "result")]
    assert all(kind(key).column(column).personal for key, column in free_text)


def test_a_community_may_send_its_whole_day_in_one_row():
    for key in ("morning", "evening"):
        assert not kind(key).column("site").required
        assert not kind(key).column("campaign").required
    assert kind("roster").column("site").required


def test_doses_that_a_campaign_lacks_can_be_told_apart():
    doses = {column.key: column.dose for column in kind("evening").columns if column.dose}
    assert doses == {
        "vacc_d1": "d1",
        "vacc_d2": "d2",
        "vacc_b": "b",
        "cum_d1": "d1",
        "cum_full": "full",
        "cum_b": "b",
    }
    assert kind("baseline").column("opening_full").dose == "full"


# The domain's tables ------------------------------------------------------------------------------------------

FILES = {
    "communities": "communities",
    "sites": "sites",
    "baseline_counts": "baseline",
    "baseline": "ledger",
    "roster": "roster",
    "morning_tally": "morning",
    "evening_tally": "evening",
    "progress": "progress",
    "evidence": "evidence",
    "action_items": "actions",
}

# Cells of the tables that speak of something else than a header.
NOT_A_HEADER = {
    "健康家庭编号 + 5项",  # several columns in one word
    "人数汇总列(汇总表用)",  # the counts' own sheet
    "截至",  # a form of a period, not a header
}


def headers(sheet):
    return {bare(name): column for column in sheet.columns for name in (column.zh, *column.synonyms)}


def simplified(text):
    return text.translate(str.maketrans("種區號證針劑備註經辦", "种区号证针剂备注经办"))


def words(row):
    """The headers a row names, compound ones split: 计划_第一剂 / 计划_第二剂."""
    parts = [row["column_zh"]]
    if "/" in row["column_zh"] and row["key"] not in ("area", "employer", "staff"):
        parts = re.split(r"\s*/\s*", row["column_zh"])
    if row["key"] == "vacc_d1/d2/b":
        parts = ["其中_第一剂", "其中_第二剂", "其中_加强针"]
    return [part.strip() for part in parts]


@pytest.mark.skipif(not TABLES.exists(), reason="the domain's tables are not beside the project")
@pytest.mark.parametrize(("file", "key"), FILES.items())
def test_every_row_of_the_domain_s_tables_is_declared(file, key):
    sheet = kind(key)
    known = headers(sheet)
    with (TABLES / f"{file}.tsv").open(encoding="utf-8") as table:
        for row in csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE):
            for word in words(row):
                if word not in NOT_A_HEADER:
                    assert bare(word) in known, (file, word)
            for synonym in re.split(r"[、/]", row["synonyms"]):
                word = simplified(synonym.strip())
                if word not in {"-", "", *NOT_A_HEADER}:
                    assert bare(word) in known, (file, synonym)


@pytest.mark.skipif(not TABLES.exists(), reason="the domain's tables are not beside the project")
@pytest.mark.parametrize(("file", "key"), FILES.items())
def test_what_the_tables_require_is_required(file, key):
    """Rows that the tables require without a condition; a site may be left out where one row is a whole day."""
    sheet = kind(key)
    known = headers(sheet)
    lenient = {"site", "item_name", "issue_type", "indicator", "indicator_name", "outcome", "diff_note", "id_no"}
    events_and_people = {"event_no", "event_date", "place", "attendees", "theme", "partner"}
    with (TABLES / f"{file}.tsv").open(encoding="utf-8") as table:
        for row in csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["required"] not in ("必填", "必填(无填0)") or row["key"] in (
                "location",
                "identity",
                "group/employer",
            ):
                continue
            for word in words(row):
                column = known.get(bare(word))
                if column is None or column.key in lenient or (key == "evidence" and column.key in events_and_people):
                    continue
                if key == "actions" and column.key == "item_no":
                    continue  # the system numbers what has no number
                assert column.required, (file, word)


@ALL_KINDS
def test_labels_follow_the_language(sheet):
    with speaking("zh_CN"):
        chinese = [sheet.label, *(column.label for column in sheet.columns)]
    with speaking("en"):
        english = [sheet.label, *(column.label for column in sheet.columns)]
    assert all(re.search(r"[\u4e00-\u9fff]", label) for label in chinese)
    assert not any(re.search(r"[\u4e00-\u9fff]", label) for label in english)


# The manual ---------------------------------------------------------------------------------------------------


def test_the_manual_is_what_the_declarations_say():
    from data_access.sheets.manual import manual

    assert DOCS.read_text(encoding="utf-8") == manual(), "run python -m data_access.sheets.manual > docs/sheets.md"


def test_every_type_is_explained_in_both_languages():
    from data_access.sheets.manual import TYPES, type_text

    assert set(TYPES) == set(Type)
    column = kind("roster").column("id_no")
    with speaking("zh_CN"):
        assert type_text(column) == "证件号码，按文本填写"
    with speaking("en"):
        assert type_text(column) == "document number, as text"
