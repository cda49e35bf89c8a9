"""What stands above the header and below the table (N1, N5)."""

from __future__ import annotations

from tests.workbooks.suite.case import Made, case, reads, refuses, said
from tests.workbooks.suite.paper import xlsx
from tests.workbooks.suite.street import HAPPY, LAKE, SUN, evening, morning, person, table

TWO = [morning(), morning(HAPPY, 30, 40)]


@case("N1")
def one_title() -> Made:
    """One title line above the header."""
    return Made(xlsx([["示范街道早会商情况表"], *table("morning", TWO)]), reads({"morning": TWO}, refused=0))


@case("N1")
def four_lines_above() -> Made:
    """Attachment number, title with community, day and dose, sender and unit: all the table itself does not say."""
    people = [person(1), person(2)]
    title = [["附件1"], ["朝阳社区8月12日新冠疫苗接种名单（第一剂）"], ["填报单位：朝阳社区居委会"], ["单位：人"]]
    rows = table("roster", people, without=("vaccination_date", "community", "dose_no"))
    return Made(xlsx({"名单": [*title, *rows]}), reads({"roster": people}, refused=0))


@case("N1")
def header_in_row_four() -> Made:
    """Attachment number, title over all columns, a line with the day at its right end; the commonest shape there is."""
    rows = table("morning", TWO, without=("biz_date",))
    above = [["附件2"], ["各社区早会商情况统计表"], [None, None, None, "8月12日"]]
    return Made(xlsx([*above, *rows], merges=["A2:E2"]), reads({"morning": TWO}, refused=0))


@case("N1")
def blank_rows_first() -> Made:
    """Three blank rows, a title, another blank row, then the header."""
    rows = [[], [], [], ["早会商情况表"], [], *table("morning", TWO)]
    return Made(xlsx(rows), reads({"morning": TWO}, refused=0))


@case("N1")
def table_at_b3() -> Made:
    """The table begins at B3; nothing stands in column A."""
    return Made(xlsx(table("morning", TWO), at=(3, 2)), reads({"morning": TWO}, refused=0))


@case("N1")
def table_at_d6_with_a_title_at_d4() -> Made:
    """Three blank columns and a title two rows above the header."""
    rows = [["8月12日早会商情况表"], [], *table("morning", TWO, without=("biz_date",))]
    return Made(xlsx(rows, at=(4, 4)), reads({"morning": TWO}, refused=0))


@case("N1")
def title_merged_over_the_table() -> Made:
    """A title merged over the whole width, a subtitle merged over half of it."""
    rows = [["晚调度情况表"], ["填报单位：示范街道", None, None, "填报日期：2022年8月13日"]]
    sheet = [*rows, *table("evening", [evening(), evening(HAPPY, 20)])]
    made = xlsx(sheet, merges=["A1:V1", "A2:C2", "D2:H2"])
    return Made(made, reads({"evening": [evening(), evening(HAPPY, 20)]}, refused=0))


@case("N1")
def a_note_above_the_header() -> Made:
    """A long note with commas and names of columns stands above the header and is no header."""
    note = "注：日期、社区、今日计划人数、可用疫苗均为必填；请于每日9时前报送，联系人王联络。"
    rows = [["早会商情况表"], [note], *table("morning", TWO)]
    return Made(xlsx(rows), reads({"morning": TWO}, refused=0))


@case("N1")
def title_is_only_a_fallback() -> Made:
    """The title speaks of another community than the cells do; the cells decide."""
    rows = [["朝阳社区等8月12日早会商情况表"], *table("morning", [morning(HAPPY), morning(LAKE)])]
    return Made(xlsx(rows), reads({"morning": [morning(HAPPY), morning(LAKE)]}, refused=0))


@case("N1")
def header_far_down() -> Made:
    """Twenty-five lines of a letter stand above the header: more than the reader looks through."""
    letter = [[f"第{n}条 请各社区认真组织。"] for n in range(1, 26)]
    return Made(
        xlsx([*letter, *table("morning", TWO)]),
        refuses(said("SHEET_UNRECOGNISED NO_SHEETS"), states={"Sheet1": "unrecognised"}),
    )


@case("N1")
def a_sheet_that_says_too_little() -> Made:
    """Two known headers among strangers are no table of ours."""
    rows = [["社区", "户数", "楼栋", "备注"], [SUN, 10, 3, None], [HAPPY, 12, 4, None]]
    return Made(
        xlsx(rows),
        refuses(
            said(
                "SHEET_UNRECOGNISED TABLE_UNKNOWN HEADERS_MISSING KIND_UNCLEAR NO_SHEETS DATE_MISSING COMMUNITY_MISSING"
            )
        ),
    )


# Below the table ------------------------------------------------------------------------------------------------


@case("N5")
def sign_off_in_cells() -> Made:
    """Sign-off words in cells of their own, a blank row after the table."""
    foot = [[], ["填报人：王填报", None, "审核人：李审核", None, "联系电话：13800000000"]]
    signed = {"填报人": "王填报", "审核人": "李审核"}
    return Made(xlsx([*table("morning", TWO), *foot]), reads({"morning": TWO}, refused=0, signed=signed))


@case("N5")
def sign_off_in_one_cell() -> Made:
    """All sign-off words in one cell merged over the table, directly below its last row."""
    foot = [["填报人：王填报      审核人：李审核      联系电话：13800000000"]]
    signed = {"填报人": "王填报", "审核人": "李审核"}
    made = xlsx([*table("morning", TWO), *foot], merges=["A4:E4"])
    return Made(made, reads({"morning": TWO}, refused=0, signed=signed))


@case("N5")
def who_filled_in_is_said_below() -> Made:
    """Who filled in, and when, stands only in the line of signatures, as on most printed forms."""
    foot = [["填 报 人：王填报", None, "审核人：李审核", None, "填报时间：2022年8月12日 8:40"]]
    signed = {"填报人": "王填报", "审核人": "李审核"}
    rows = [*table("morning", TWO, without=("filler", "filled_at")), *foot]
    return Made(xlsx(rows), reads({"morning": TWO}, said("SAID_BESIDE"), refused=0, signed=signed))


@case("N5")
def the_liaison_is_said_above() -> Made:
    """The liaison and the telephone stand in a line above the table; no other telephone of that line counts."""
    people = [person(1, liaison="王联络", liaison_phone="13800000009"), person(2)]
    people[1] |= {"liaison": "王联络", "liaison_phone": "13800000009"}
    above = [["接种名单"], ["联络人：王联络  联系电话：13800000009", None, None, "填报人：李填报  电话：13911111111"]]
    rows = [*above, *table("roster", people, without=("liaison", "liaison_phone"))]
    return Made(xlsx(rows), reads({"roster": people}, said("SAID_BESIDE"), refused=0))


@case("N5")
def notes_below() -> Made:
    """Notes in several lines below the table, one of them about a total."""
    foot = [["备注：1. 本表为当日数据；"], ["2. 合计数含流动人口；"], ["3. 8月11日数据已更正。"]]
    return Made(xlsx([*table("morning", TWO), [], *foot]), reads({"morning": TWO}, refused=0))


@case("N5")
def a_stale_day_in_the_footer() -> Made:
    """The footer still bears the day of the form it was copied from; title and file name say the true one."""
    rows = [["8月12日早会商"], *table("morning", TWO, without=("biz_date",)), [], ["填报人：王填报", "2022年7月30日"]]
    return Made(xlsx(rows), reads({"morning": TWO}, refused=0), filename="8月12日早会商.xlsx")


@case("N5")
def a_remark_is_no_footer() -> Made:
    """The roster's own column 备注 holds words of a sign-off; the row is a person all the same."""
    people = [person(1, remark="审核人：李审核已见"), person(2, remark="说明：需轮椅"), person(3)]
    return Made(xlsx(table("roster", people)), reads({"roster": people}, refused=0))


@case("N5")
def totals_and_sign_off() -> Made:
    """Below the table: its total, a blank row, the signature of the leader, the day."""
    grid = table("morning", TWO)
    foot = [["合计", None, 80, 100], [], ["单位负责人：赵负责", None, "填报人：王填报"], ["2022年8月12日"]]
    return Made(xlsx([*grid, *foot]), reads({"morning": TWO}, refused=0))


@case("N5")
def title_of_yesterday_in_the_filled_in_line() -> Made:
    """制表时间 is the evening before; it is not the day of the roster."""
    people = [person(1), person(2)]
    rows = [["8月12日接种名单"], ["制表时间：2022年8月11日"], *table("roster", people, without=("vaccination_date",))]
    return Made(xlsx(rows), reads({"roster": people}, refused=0), filename="朝阳社区8月12日接种名单.xlsx")


@case("N1")
def header_in_row_twenty() -> Made:
    """Nineteen lines stand above the header: the last row the reader looks at."""
    letter = [[f"第{n}条 请各社区认真组织。"] for n in range(1, 20)]
    return Made(xlsx([*letter, *table("morning", TWO)]), reads({"morning": TWO}, refused=0))


@case("N1")
def title_with_a_line_break() -> Made:
    """Title, community and day in one merged cell of three lines."""
    rows = table("morning", [morning()], without=("biz_date", "community"))
    title = ["示范街道朝阳社区\n早会商情况表\n（2022年8月12日）"]
    return Made(xlsx([title, *rows], merges=["A1:D1"]), reads({"morning": [morning()]}, refused=0))


@case("N5")
def nothing_below_this_line() -> Made:
    """（以下空白） and a line of dashes close the table, as forms do."""
    foot = [["（以下空白）"], ["——————"]]
    return Made(xlsx([*table("morning", TWO), *foot]), reads({"morning": TWO}, refused=0))


@case("N5")
def lines_that_are_only_numbered() -> Made:
    """The form numbers twenty lines, two of them are filled in: the others are no rows."""
    people = [person(1), person(2)]
    grid = table("roster", people)
    rows = [["序号", *grid[0]], *([n, *row] for n, row in enumerate(grid[1:], 1)), *([n] for n in range(3, 21))]
    return Made(xlsx(rows), reads({"roster": people}, refused=0))
