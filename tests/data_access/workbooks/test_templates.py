"""Blank workbooks open as they should, in both languages; filled ones hold what was put in, and no formula."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook

from config.campaigns import sample_campaigns
from config.language import speaking
from data_access.sheets import WORKBOOKS, kind
from data_access.sheets.declaration import Type
from data_access.workbooks.model import KnownCommunity, KnownSite
from data_access.workbooks.templates import LAST_ROW, Given, template, workbook
from data_access.workbooks.writing import applies

DAY = date(2026, 11, 21)
COVID, FLU = sample_campaigns()
STREET = {
    "communities": (
        KnownCommunity("和平社区", "C01", aliases=("和平", "和平居"), active_from=date(2020, 1, 1)),
        KnownCommunity("新村", "C02", kind="village"),
    ),
    "sites": (KnownSite("街道门诊", daily_capacity=300), KnownSite("流动车", kind="mobile")),
}
EVERY = pytest.mark.parametrize("key", list(WORKBOOKS))
BOTH = pytest.mark.parametrize("language", ["zh_CN", "en"])


def opened(key, language="zh_CN", campaign=COVID, **options):
    return load_workbook(BytesIO(template(key, campaign=campaign, language=language, **STREET, **options)))


def label(thing, language):
    with speaking(language):
        return thing.label


def headers(sheet):
    return {cell.value: cell for cell in sheet[3] if cell.value is not None}


@EVERY
@BOTH
def test_a_template_has_its_sheets_and_headers(key, language):
    book = opened(key, language)
    wanted = [label(sheet_kind, language) for sheet_kind in WORKBOOKS[key]]
    assert book.sheetnames[: len(wanted)] == wanted
    extra = ["示例", "填表说明"] if language == "zh_CN" else ["Example", "Instructions"]
    assert book.sheetnames[len(wanted) :] == [*extra, "字典"]
    assert book["字典"].sheet_state == "hidden"
    for sheet_kind in WORKBOOKS[key]:
        sheet = book[label(sheet_kind, language)]
        assert sheet.freeze_panes == "A4"
        expected = [label(column, language) for column in sheet_kind.columns if applies(column, COVID)]
        assert list(headers(sheet)) == expected
        # a required header can be told from the others
        fills = {True: set(), False: set()}
        for column in sheet_kind.columns:
            fills[column.required].add(headers(sheet)[label(column, language)].fill.fgColor.rgb)
        assert len(fills[True]) == 1 and not fills[True] & fills[False]


@EVERY
def test_formats_keep_what_is_typed(key):
    book = opened(key)
    for sheet_kind in WORKBOOKS[key]:
        sheet = book[sheet_kind.zh]
        by_label = {column.zh: column for column in sheet_kind.columns}
        for header, cell in headers(sheet).items():
            column, dimension = by_label[header], sheet.column_dimensions[cell.column_letter]
            texts = (Type.TEXT, Type.ID_NO, Type.PHONE, Type.NAME, Type.PERIOD)
            formats = {Type.DATE: "yyyy-mm-dd", Type.TIME: "hh:mm", Type.INT: "0"} | dict.fromkeys(texts, "@")
            assert dimension.number_format == formats.get(column.type, dimension.number_format), header
            # a % in the format would make 3830 % of 38.3
            assert "%" not in dimension.number_format
            assert dimension.width >= 9


@EVERY
@BOTH
def test_every_enumeration_has_its_drop_down(key, language):
    book = opened(key, language)
    lists = book["字典"]
    for sheet_kind in WORKBOOKS[key]:
        sheet = book[label(sheet_kind, language)]
        rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
        for column in sheet_kind.columns:
            if column.type not in (Type.ENUM, Type.TICK, Type.COMMUNITY, Type.SITE, Type.DOSE, Type.GROUP):
                continue
            letter = headers(sheet)[label(column, language)].column_letter
            rule = rules[f"{letter}4:{letter}{LAST_ROW}"]
            assert rule.type == "list"
            place = rule.formula1.split("!")[1].replace("$", "")
            offered = [row[0].value for row in lists[place]]
            with speaking(language):
                if column.choices:
                    assert offered == [choice.label for choice in column.choices]
                elif column.type is Type.DOSE:
                    assert offered == [dose.label for dose in COVID.doses]
                elif column.type is Type.GROUP:
                    assert offered == [group.label for group in COVID.groups]
                elif column.type is Type.COMMUNITY:
                    assert offered == ["和平社区", "新村"]


def test_a_count_refuses_what_is_below_zero():
    sheet = opened("evening")["晚调度"]
    letter = headers(sheet)["名单人数"].column_letter
    (rule,) = (r for r in sheet.data_validations.dataValidation if str(r.sqref).startswith(f"{letter}4:"))
    assert (rule.type, rule.operator, rule.formula1) == ("whole", "greaterThanOrEqual", "0")


def test_a_batch_is_between_1_and_20():
    sheet = opened("roster")["接种名单"]
    letter = headers(sheet)["批次"].column_letter
    (rule,) = (r for r in sheet.data_validations.dataValidation if str(r.sqref).startswith(f"{letter}4:"))
    assert (rule.type, rule.operator, rule.formula1, rule.formula2) == ("whole", "between", "1", "20")


def test_a_single_dose_drive_is_not_asked_for_boosters():
    evening = headers(opened("evening", campaign=FLU)["晚调度"])
    assert "累计_第一剂" in evening
    assert not {"累计_全程", "累计_加强针", "其中_第二剂", "其中_加强针"} & set(evening)
    assert "期初_加强针" not in headers(opened("base", campaign=FLU)["摸底台账"])


def test_community_and_day_are_filled_in():
    book = opened("evening", community="和平社区", day=DAY)
    sheet = book["晚调度"]
    assert sheet["A1"].value.startswith("和平社区 2026-11-21 晚调度")
    places = headers(sheet)
    assert sheet.cell(4, places["社区"].column).value == "和平社区"
    assert sheet.cell(4, places["日期"].column).value.date() == DAY
    assert sheet.max_row == 4
    assert opened("roster")["接种名单"].max_row == 3  # nothing known, nothing filled in


def test_the_street_s_lists_come_as_they_are_known():
    book = opened("base")
    sheet, places = book["社区名录"], headers(book["社区名录"])
    assert [sheet.cell(row, places["社区名称"].column).value for row in (4, 5)] == ["和平社区", "新村"]
    assert sheet.cell(4, places["别名"].column).value == "和平、和平居"
    assert sheet.cell(5, places["类型"].column).value == "村"
    sites, places = book["接种点"], headers(book["接种点"])
    assert sites.cell(4, places["日接种能力"].column).value == 300
    assert sites.cell(5, places["类型"].column).value == "流动"
    assert book["摸底台账"].max_row == 3


@EVERY
@BOTH
def test_the_notes_explain_every_column(key, language):
    book = opened(key, language)
    notes = book["填表说明" if language == "zh_CN" else "Instructions"]
    lines = {(row[0], row[1]): row for row in notes.iter_rows(values_only=True) if row[1]}
    for sheet_kind in WORKBOOKS[key]:
        for column in sheet_kind.columns:
            line = lines[label(sheet_kind, language), label(column, language)]
            assert (line[2] in ("是", "yes")) == column.required
            assert line[3]
            with speaking(language):
                assert (line[4] or "") == column.rule


@BOTH
def test_the_example_has_every_required_value(language):
    for key, kinds in WORKBOOKS.items():
        sheet = opened(key, language, day=DAY)["示例" if language == "zh_CN" else "Example"]
        row = 3
        for sheet_kind in kinds:
            assert sheet.cell(row, 1).value == label(sheet_kind, language)
            shown = {sheet.cell(row, i).value: sheet.cell(row + 1, i).value for i in range(2, sheet.max_column + 1)}
            for column in sheet_kind.columns:
                if column.required:
                    assert shown[label(column, language)] is not None, (key, column.key)
            row += 4


def test_indicators_and_items_are_listed():
    codes = {row[1] for row in opened("progress")["填表说明"].iter_rows(values_only=True)}
    assert {"VAX-01", "HC-01"} <= codes
    items = {row[1] for row in opened("evidence")["填表说明"].iter_rows(values_only=True)}
    assert {"1.1", "2.10", "5.3"} <= items


def test_what_is_given_is_filled_in_with_its_comments_and_a_sheet_more():
    rows = {"evening": [{"community": "和平社区", "roster_n": 4}], "roster": [{"name": "张三"}, {"name": "李四"}]}
    known = Given(rows, ("先填第二张表。",), {("roster", 1, "phone"): "昨日未接"}, people=2)
    book = opened("evening", community="和平社区", day=DAY, given=known)
    assert book.sheetnames[:2] == ["晚调度", "接种名单"]
    tally, roster = book["晚调度"], book["接种名单"]
    assert tally.cell(4, headers(tally)["名单人数"].column).value == 4
    assert [roster.cell(row, headers(roster)["姓名"].column).value for row in (4, 5)] == ["张三", "李四"]
    assert roster.cell(5, headers(roster)["联系电话"].column).comment.text == "昨日未接"
    assert "先填第二张表。" in [cell.value for cell in book["填表说明"]["A"]]
    assert opened("evening", given=Given({"roster": []})).sheetnames[1] == "示例"


def test_an_unknown_template_is_an_error():
    with pytest.raises(KeyError):
        template("notice", campaign=COVID)


@EVERY
def test_the_same_template_is_the_same_file(key):
    first = template(key, campaign=COVID, day=DAY, **STREET)
    assert first == template(key, campaign=COVID, day=DAY, **STREET)


# Filled workbooks ---------------------------------------------------------------------------------------------

PERSON = {
    "vaccination_date": DAY,
    "community": "和平社区",
    "name": "张三",
    "id_no": "990101199001010019",
    "phone": "13800000000",
    "sex": "male",
    "person_group": COVID.groups[0].code,
    "dose_no": "b",
    "site": "街道门诊",
    "batch_no": 1,
    "batch_time": time(9, 30),
    "liaison": "王五",
    "liaison_phone": "13800000001",
    "reminded": False,
    "outcome": "vaccinated",
}


def filled(*rows, key="roster", language="zh_CN", campaigns=(COVID, FLU)):
    content = workbook([(kind(key), "标题", list(rows))], campaigns=campaigns, language=language)
    sheet = load_workbook(BytesIO(content)).worksheets[0]
    heads = {cell.value: cell.column for cell in sheet[2]}
    return sheet, heads


@BOTH
def test_typed_values_are_written_as_people_read_them(language):
    sheet, heads = filled(PERSON, language=language)
    written = {head: sheet.cell(3, place).value for head, place in heads.items()}
    columns = {column.key: label(column, language) for column in kind("roster").columns}
    assert written[columns["vaccination_date"]].date() == DAY
    assert written[columns["batch_time"]] == time(9, 30)
    assert written[columns["id_no"]] == "990101199001010019"
    with speaking(language):
        assert written[columns["dose_no"]] == COVID.dose("b").label
        assert written[columns["person_group"]] == COVID.groups[0].label
    assert written[columns["outcome"]] == ("已接种" if language == "zh_CN" else "vaccinated")
    assert written[columns["reminded"]] == ("否" if language == "zh_CN" else "no")
    assert columns["remark"] not in heads  # nobody filled it in


def test_words_follow_the_campaign_of_the_row():
    flu = PERSON | {"campaign": FLU.code, "dose_no": FLU.doses[0].code, "person_group": FLU.groups[0].code}
    sheet, heads = filled(PERSON, flu)
    assert sheet.cell(4, heads["接种项目"]).value == FLU.zh
    assert sheet.cell(4, heads["人员类别"]).value == FLU.groups[0].zh


@pytest.mark.parametrize("text", ["=1+1", "+86 138", "-5", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")'])
def test_no_text_becomes_a_formula(text):
    sheet, heads = filled(PERSON | {"remark": text})
    cell = sheet.cell(3, heads["备注"])
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)


def test_characters_that_no_workbook_may_hold_are_left_out():
    sheet, heads = filled(PERSON | {"remark": "发热\x00\x0b"})
    assert sheet.cell(3, heads["备注"]).value == "发热"


def test_numbers_instants_lists_and_the_whole_community():
    sheet, heads = filled(
        {"community": "和平社区", "person_group": "all", "surveyed": 120, "as_of": DAY, "contraindicated": 0},
        key="baseline",
    )
    assert sheet.cell(3, heads["已摸底人数"]).value == 120
    assert sheet.cell(3, heads["禁忌人数"]).value == 0
    assert sheet.cell(3, heads["人群类别"]).value is None  # 合计 in a cell would look like a totals row
    sheet, heads = filled({"filled_at": datetime(2026, 11, 21, 0, 45, tzinfo=UTC)}, key="morning")
    assert sheet.cell(3, heads["填报时间"]).value == datetime(2026, 11, 21, 8, 45)
    sheet, heads = filled({"rate_printed": Decimal("38.3")}, key="evening")
    assert sheet.cell(3, heads["接种率"]).value == pytest.approx(38.3)
    sheet, heads = filled({"workstream": "vaccination", "den": 0}, key="progress")
    assert sheet.cell(3, heads["工作线"]).value == "疫苗接种"


def test_the_same_rows_are_the_same_file():
    first = workbook([(kind("roster"), "标题", [PERSON])], campaigns=(COVID,))
    assert first == workbook([(kind("roster"), "标题", [PERSON])], campaigns=(COVID,))


def test_sheets_of_one_kind_get_names_of_their_own():
    content = workbook([(kind("roster"), "甲", [PERSON]), (kind("roster"), "乙", [PERSON])], campaigns=(COVID,))
    assert load_workbook(BytesIO(content)).sheetnames == ["接种名单", "接种名单 2"]
