"""Headers: two and three rows deep, merged downwards, broken by lines and spaces, and one word apart (N2, N3, N7)."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from openpyxl import load_workbook

from tests.workbooks.make import packed
from tests.workbooks.suite.case import Made, case, reads, refuses, said
from tests.workbooks.suite.paper import xlsx
from tests.workbooks.suite.street import (
    CLINIC,
    DAY,
    GYM,
    HAPPY,
    LAKE,
    SUN,
    action,
    baseline,
    columns,
    evening,
    heads,
    lines,
    morning,
    person,
    progress,
    table,
)  # fmt: skip

EVENINGS = [evening(), evening(HAPPY, 20, 1)]


def split(names: list[str]) -> tuple[list[Any], list[Any]]:
    """Parents and children of headers such as 其中_第一剂; a parent is written once."""
    parents: list[Any] = []
    children: list[Any] = []
    last = None
    for name in names:
        parent, _line, child = name.partition("_")
        parents.append(parent if not child or parent != last else None)
        children.append(child or None)
        last = parent if child else None
    return parents, children


@case("N2")
def parents_merged_over_children() -> Made:
    """其中 and 累计 merged over their doses, all other headers merged downwards."""
    keys = columns(EVENINGS)
    parents, children = split(heads("evening", keys))
    rows = [["晚调度情况表"], parents, children, *lines(EVENINGS, keys)]
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    merges = [f"{letters[n]}2:{letters[n]}3" for n, child in enumerate(children) if child is None]
    return Made(xlsx(rows, merges=[*merges, "G2:I2", "S2:U2"]), reads({"evening": EVENINGS}, refused=0))


@case("N2")
def parents_without_a_merge() -> Made:
    """The parent stands over its first child only; the cells beside it are blank, not merged."""
    keys = columns(EVENINGS)
    parents, children = split(heads("evening", keys))
    return Made(xlsx([parents, children, *lines(EVENINGS, keys)]), reads({"evening": EVENINGS}, refused=0))


@case("N2")
def parents_written_over_each_child() -> Made:
    """The parent is typed over every one of its children."""
    keys = columns(EVENINGS)
    names = heads("evening", keys)
    parents = [name.partition("_")[0] for name in names]
    children = [name.partition("_")[2] or None for name in names]
    return Made(xlsx([parents, children, *lines(EVENINGS, keys)]), reads({"evening": EVENINGS}, refused=0))


@case("N2")
def parent_and_child_the_other_way_round() -> Made:
    """第一剂 above 计划: the pair means 计划_第一剂; 实际 beside it is not known and not mistaken for it."""
    rows = [morning(planned=50, planned_d1=20, planned_d2=25, planned_b=5)]
    top = [
        "日期",
        "社区",
        "今日计划人数",
        "可用疫苗(剂)",
        "填报人",
        "填报时间",
        "第一剂",
        None,
        "第二剂",
        None,
        "加强针",
        None,
    ]
    low = [None, None, None, None, None, None, "计划", "实际", "计划", "实际", "计划", "实际"]
    keys = ["biz_date", "community", "planned", "stock", "filler", "filled_at"]
    body = [*lines(rows, keys)[0], 20, 18, 25, 21, 5, 4]
    made = xlsx([top, low, body], merges=["G1:H1", "I1:J1", "K1:L1"])
    return Made(made, reads({"morning": rows}, refused=0))


@case("N2")
def three_rows_deep() -> Made:
    """当日情况 over 其中 over the doses; 累计情况 over 累计 over its series."""
    keys = columns(EVENINGS)
    parents, children = split(heads("evening", keys))
    band: list[Any] = [None] * len(keys)
    band[keys.index("roster_n")] = "当日情况"
    band[keys.index("deferred")] = "未接种原因"
    band[keys.index("observed")] = "接种后"
    band[keys.index("cum_d1")] = "累计情况"
    rows = [["附件1"], ["晚调度情况表"], band, parents, children, *lines(EVENINGS, keys)]
    made = xlsx(rows, merges=["C3:I3", "J3:P3", "Q3:R3", "S3:V3", "G4:I4", "S4:U4", "A3:A5", "B3:B5"])
    # A3:A5 and B3:B5 hide what stood in row 4: the headers 日期 and 社区 stand in the first row of their merge.
    return Made(_again(made, {"A3": "日期", "B3": "社区"}), reads({"evening": EVENINGS}, refused=0))


def _again(data: bytes, cells: dict[str, Any]) -> bytes:
    """The workbook with these cells of its first sheet written anew."""
    workbook = load_workbook(io.BytesIO(data))
    for name, value in cells.items():
        workbook.worksheets[0][name] = value
    return packed(workbook)


@case("N2")
def three_rows_with_units() -> Made:
    """The third header row holds units only: 人, 剂; it belongs to the header."""
    keys = columns(EVENINGS)
    parents, children = split(heads("evening", keys))
    units = [None, None, *["人"] * 20, None]
    return Made(xlsx([parents, children, units, *lines(EVENINGS, keys)]), reads({"evening": EVENINGS}, refused=0))


@case("N2")
def a_row_of_units() -> Made:
    """A header row, a row of units below it."""
    rows = table("morning", [morning(), morning(LAKE, 8, 10)])
    units = [None, None, "（人）", "（剂）", None, None]
    return Made(xlsx([rows[0], units, *rows[1:]]), reads({"morning": [morning(), morning(LAKE, 8, 10)]}, refused=0))


@case("N2")
def a_row_of_column_numbers() -> Made:
    """Below the header stands a row that numbers the columns: no data."""
    rows = table("morning", [morning(), morning(LAKE, 8, 10)])
    numbers = [1, 2, 3, 4, 5, 6]
    return Made(xlsx([rows[0], numbers, *rows[1:]]), reads({"morning": [morning(), morning(LAKE, 8, 10)]}))


@case("N2")
def band_over_a_roster() -> Made:
    """接种对象信息 and 接种安排 span the roster's columns; they add nothing to what the columns are called."""
    people = [person(1), person(2), person(3)]
    keys = columns(people)
    band: list[Any] = [None] * len(keys)
    band[keys.index("name")], band[keys.index("dose_no")] = "接种对象信息", "接种安排"
    rows = [band, *table("roster", people)]
    return Made(xlsx(rows, merges=["C1:E1", "F1:I1"]), reads({"roster": people}, refused=0))


@case("N2")
def two_telephones_under_one_parent() -> Made:
    """电话 over 本人 and 联络人: two telephones that are told apart by their child."""
    people = [person(1, phone="13900000001"), person(2, phone="13900000002")]
    keys = [key for key in columns(people) if key not in ("phone", "liaison_phone")]
    top = [*heads("roster", keys), "电话", None]
    low = [*[None] * len(keys), "本人", "联络人"]
    body = [[*line, row["phone"], row["liaison_phone"]] for line, row in zip(lines(people, keys), people, strict=True)]
    return Made(xlsx([top, low, *body], merges=["K1:L1"]), reads({"roster": people}, refused=0))


@case("N2")
def baseline_with_opening_doses() -> Made:
    """摸底台账: 期初 over 第一剂, 全程, 加强针."""
    rows = [
        baseline(SUN, 1200, contraindicated=30, opening_d1=800, opening_full=700, opening_b=100),
        baseline(HAPPY, 900, contraindicated=10, opening_d1=500, opening_full=400, opening_b=50),
    ]
    keys = columns(rows)
    parents, children = split(heads("baseline", keys))
    made = xlsx({"摸底台账": [parents, children, *lines(rows, keys)]})
    return Made(made, reads({"baseline": rows}, refused=0))


@case("N2")
def actions_under_parents() -> Made:
    """督办整改: 整改前 and 整改后 over 照片, 复查 over 日期, 人 and 结果."""
    rows = [
        action(1, status="closed", measure="已清运", fixed_on=DAY, photos_before=2, photos_after=3, rechecked_on=DAY,
               rechecked_by="赵复查", recheck="passed"),
        action(2, HAPPY),
    ]  # fmt: skip
    keys = columns(rows)
    top = heads("actions", keys)
    low: list[Any] = [None] * len(keys)
    for key, parent, child in (
        ("photos_before", "整改前", "照片"), ("photos_after", "整改后", "照片"), ("rechecked_on", "复查", "日期"),
        ("rechecked_by", None, "人"), ("recheck", None, "结果"),
    ):  # fmt: skip
        top[keys.index(key)], low[keys.index(key)] = parent, child  # type: ignore[call-overload]
    return Made(xlsx([["督办整改台账"], top, low, *lines(rows, keys)]), reads({"actions": rows}, refused=0))


@case("N2")
def progress_with_a_rate() -> Made:
    """工作进展: 完成情况 over 完成数, 分子 and 分母."""
    rows = [progress(SUN, 5), progress(HAPPY, 7)]
    keys = columns(rows)
    top = heads("progress", keys)
    low: list[Any] = [None] * len(keys)
    top[keys.index("done")], low[keys.index("done")] = "完成情况", "完成数"
    return Made(xlsx([top, low, *lines(rows, keys)]), reads({"progress": rows}, refused=0))


# Cells merged downwards (N3) ------------------------------------------------------------------------------------


@case("N3")
def community_and_batch_merged_down() -> Made:
    """社区, 接种点 and 批次 are merged over their people: said once, meant for each."""
    people = [*(person(n) for n in (1, 2, 3)), *(person(n, HAPPY, batch_no=2, site=GYM) for n in (4, 5))]
    made = xlsx(table("roster", people), merges=["B2:B4", "B5:B6", "G2:G4", "G5:G6", "H2:H4", "H5:H6"])
    return Made(made, reads({"roster": people}, refused=0))


@case("N3")
def day_merged_over_everybody() -> Made:
    """One day merged over the whole table; so are the leader of the batch and the group."""
    people = [person(n) for n in range(1, 6)]
    made = xlsx(table("roster", people), merges=["A2:A6", "E2:E6", "I2:I6"])
    return Made(made, reads({"roster": people}, refused=0))


@case("N3")
def blank_below_is_filled_with_a_word() -> Made:
    """社区 and 批次 are merely blank below their first row: taken from above, and said so."""
    people = [person(n) for n in (1, 2, 3)]
    rows = table("roster", people)
    for row in rows[2:]:
        row[1] = row[7] = None
    outcome = reads({"roster": people}, said("FILLED_DOWN", "B3", "2"), said("FILLED_DOWN", "H3", "2"), refused=0)
    return Made(xlsx(rows), outcome)


@case("N3")
def blank_name_is_not_filled() -> Made:
    """A blank 人员类别 or 联络人电话 is not filled down: the row is refused."""
    people = [person(n) for n in (1, 2, 3)]
    rows = table("roster", people)
    rows[2][4] = None
    rows[3][10] = None
    errors = [said("REQUIRED REQUIRED_TEXT", "E3"), said("REQUIRED REQUIRED_TEXT", "K4")]
    return Made(xlsx(rows), reads({"roster": people[:1]}, errors=errors, refused=2))


@case("N3")
def a_number_merged_over_two_rows() -> Made:
    """A count merged over two communities is one number, not one for each."""
    rows = [morning(notified=45), morning(HAPPY, 30, 40)]
    grid = table("morning", rows)
    made = xlsx(grid, merges=["G2:G3"])
    return Made(made, reads({"morning": rows}, said("MERGED_NUMBER", "", "2"), refused=0))


@case("N3")
def merged_over_a_subtotal() -> Made:
    """The community is merged over its two sites and over their 小计."""
    rows = [evening(SUN, 20, site=CLINIC), evening(SUN, 10, site=GYM), evening(HAPPY, 15, site=CLINIC)]
    grid = table("evening", rows)
    place = grid[0].index("接种点")
    sums = [a + b if type(a) is int else None for a, b in zip(grid[1], grid[2], strict=True)]
    sums[place] = "小计"
    made = xlsx([*grid[:3], sums, grid[3]], merges=["B2:B4", "A2:A4"])
    return Made(made, reads({"evening": rows}, refused=0))


@case("N3")
def area_merged_left_of_the_communities() -> Made:
    """A column 片区 of no kind of ours is merged down beside the communities."""
    rows = [morning(SUN), morning(HAPPY, 30, 40), morning(LAKE, 20, 25)]
    grid = table("morning", rows)
    grid = [["包保片", *grid[0]], ["东片", *grid[1]], [None, *grid[2]], ["西片", *grid[3]]]
    return Made(xlsx(grid, merges=["A2:A3"]), reads({"morning": rows}, refused=0))


# Signs no eye can see (N7) --------------------------------------------------------------------------------------


@case("N7")
def full_width_everything() -> Made:
    """Full-width figures, brackets and letters in headers and cells."""
    rows = [morning(planned=50, stock=60, notified=45)]
    wide = lambda n: str(n).translate({ord("0") + d: "０１２３４５６７８９"[d] for d in range(10)})  # noqa: E731
    made = xlsx(
        table("morning", rows, planned=wide, stock=wide, notified=wide, biz_date=lambda d: "２０２２－０８－１２")
    )
    return Made(_again(made, {"D1": "可用疫苗（剂）"}), reads({"morning": rows}, refused=0))


@case("N7")
def spaces_no_eye_can_see() -> Made:
    """No-break, thin, ideographic and zero-width spaces in headers, counts, names of communities and choices."""
    rows = [evening(), evening(HAPPY, 20)]
    grid = table(
        "evening", rows, community=lambda c: f"\u200b{c}\u3000", roster_n=lambda n: f"\u00a0{n}\u2009",
        reconciled=lambda v: "已\u200b核对\u00a0", walk_in=lambda n: f"\ufeff{n}",
    )  # fmt: skip
    grid[0] = [f"\u3000{name[:1]}\u00a0{name[1:]}\u200b" for name in grid[0]]
    return Made(xlsx(grid), reads({"evening": rows}, refused=0))


@case("N7")
def line_breaks_in_headers() -> Made:
    """Headers broken by lines, with units in brackets below."""
    rows = [evening(), evening(HAPPY, 20)]
    grid = table("evening", rows)
    grid[0] = [
        name if n < 2 else f"{name[:2]}\n{name[2:]}\n（人）" if "(" not in name else name.replace("(", "\n(")
        for n, name in enumerate(grid[0])
    ]
    return Made(xlsx(grid), reads({"evening": rows}, refused=0))


@case("N7")
def padding_inside_words() -> Made:
    """Words padded to look even: 社    区, 合    计, 朝 阳 社 区, 未 核 对."""
    rows = [evening(reconciled="no"), evening(HAPPY, 20)]
    grid = table(
        "evening", rows, community=lambda c: " ".join(c), reconciled=lambda v: "未 核 对" if v == "no" else "已核对"
    )
    grid[0][:2] = ["日    期", "社    区"]
    sums = ["合    计", None, *(a + b for a, b in zip(grid[1][2:-1], grid[2][2:-1], strict=True))]
    return Made(xlsx([*grid, sums]), reads({"evening": rows}, refused=0))


@case("N7")
def units_in_headers() -> Made:
    """Units behind the headers, in brackets and behind a slash: (人), （剂）, /人, ：人."""
    rows = [morning(notified=45, staff=6)]
    grid = table(
        "morning",
        rows,
        planned="今日计划人数（人）",
        notified="已通知人数/人",
        staff="工作人员(人)",
        stock="可用疫苗（单位：剂）",
    )
    return Made(xlsx(grid), reads({"morning": rows}, refused=0))


@case("N7")
def ten_thousands_in_a_header() -> Made:
    """应摸底人数（万人）: 1.2 in such a column are 12,000 people."""
    rows = [baseline(SUN, 11000, to_survey=12000), baseline(HAPPY, 9000, to_survey=9500)]
    grid = table("baseline", rows, to_survey=lambda n: n / 10000)
    grid[0][grid[0].index("应摸底人数")] = "应摸底人数（万人）"
    return Made(xlsx({"摸底台账": grid}), reads({"baseline": rows}, refused=0))


@case("N7")
def headers_with_numbers_before() -> Made:
    """Headers with a required mark: *日期, 社区*, 今日计划人数（必填）."""
    rows = [morning(), morning(HAPPY, 30, 40)]
    grid = table("morning", rows, biz_date=lambda d: d)
    grid[0][0], grid[0][1], grid[0][2] = "*日期", "社区*", "今日计划人数（必填）"
    return Made(xlsx(grid), reads({"morning": rows}, refused=0))


# Header traps ---------------------------------------------------------------------------------------------------


@case("N2")
def lot_number_is_no_batch() -> Made:
    """批号 beside 批次: the lot is not read, the batch is."""
    people = [person(1, batch_no=2), person(2, batch_no=2)]
    grid = table("roster", people)
    grid = [[*grid[0], "批号"], *([*row, "20220801A"] for row in grid[1:])]
    return Made(xlsx(grid), reads({"roster": people}, said("COLUMN_UNKNOWN*", "", "批号"), refused=0))


@case("N2")
def lot_number_alone() -> Made:
    """批号 without 批次: the batch is missing and never taken from the lot, though it holds small numbers."""
    people = [person(1), person(2)]
    made = xlsx(table("roster", people, batch_no="疫苗批号"))
    return Made(made, refuses(said("HEADERS_MISSING", "", "批次"), refused=2))


@case("N2")
def day_of_report_is_no_day_of_vaccination() -> Made:
    """上报日期 (the day before) beside 接种日期."""
    people = [person(1), person(2)]
    grid = table("roster", people)
    grid = [["上报日期", *grid[0]], *([date(2022, 8, 11), *row] for row in grid[1:])]
    return Made(xlsx(grid), reads({"roster": people}, said("COLUMN_UNKNOWN*", "", "上报日期"), refused=0))


@case("N2")
def day_of_report_alone() -> Made:
    """上报日期 alone gives the roster no day."""
    people = [person(1), person(2)]
    grid = table("roster", people, vaccination_date="上报日期")
    return Made(xlsx(grid), refuses(said("DATE_MISSING HEADERS_MISSING"), refused=2), filename="名单.xlsx")


@case("N2")
def today_beside_so_far() -> Made:
    """当日接种 and 累计接种, 当日第一剂 and 累计第一剂: neither is the other, in any order."""
    rows = [evening(), evening(HAPPY, 20)]
    keys = [key for key in columns(rows) if not key.startswith(("vacc_", "cum_"))]
    keys += [
        "cum_people",
        "vacc_total",
        "cum_d1",
        "vacc_d1",
        "cum_full",
        "vacc_d2",
        "cum_b",
        "vacc_b",
        "vacc_on_roster",
    ]
    names = heads(
        "evening", keys, cum_people="累计接种", vacc_total="当日接种", cum_d1="累计第一剂", vacc_d1="当日第一剂",
        cum_full="累计全程", vacc_d2="当日第二剂", cum_b="累计加强针", vacc_b="当日加强针",
    )  # fmt: skip
    return Made(xlsx([names, *lines(rows, keys)]), reads({"evening": rows}, refused=0))


@case("N2")
def planned_is_not_done() -> Made:
    """今日计划人数 beside 今日实际人数: what was done is not the plan."""
    rows = [morning(), morning(HAPPY, 30, 40)]
    grid = table("morning", rows)
    grid = [["今日实际人数", *grid[0]], *([7, *row] for row in grid[1:])]
    return Made(xlsx(grid), reads({"morning": rows}, said("COLUMN_UNKNOWN*", "", "今日实际人数"), refused=0))


@case("N2")
def second_dose_is_not_the_first() -> Made:
    """A ledger with 第二剂日期 and 加强针日期 but no 第一剂日期: nothing counts as a first dose by mistake."""
    header = [
        "社区",
        "姓名",
        "证件号码",
        "户籍类型",
        "人员类别",
        "摸底日期",
        "包干责任人",
        "在册状态",
        "第二剂日期",
        "加强针日期",
    ]
    body = [
        [SUN, f"李{name}测", person(n)["id_no"], "户籍", "60岁及以上", DAY, "王责任", "在册", second, booster]
        for n, (name, second, booster) in enumerate(
            [("甲", date(2021, 8, 1), date(2022, 3, 1)), ("乙", date(2021, 9, 1), None), ("丙", None, None)], 1
        )
    ]
    counted = {
        "community": SUN, "as_of": DAY, "person_group": "elderly", "to_survey": None, "surveyed": 3,
        "contraindicated": 0, "deferred": 0, "opening_d1": 0, "opening_full": 2, "opening_b": 1,
    }  # fmt: skip
    return Made(xlsx({"摸底名册": [header, *body]}), reads({"baseline": [counted]}))


@case("N2")
def the_same_header_twice() -> Made:
    """Two columns 今日计划人数 with different numbers: nobody can say which counts."""
    grid = table("morning", [morning()])
    grid = [[*grid[0], "今日计划人数"], [*grid[1], 70]]
    return Made(xlsx(grid), refuses(said("HEADER_TWICE"), refused=1))


@case("N2")
def synonyms_and_order() -> Made:
    """Other names from the declarations, in another order, with a running number in front."""
    rows = [morning(notified=45, carry_over=3), morning(HAPPY, 30, 40, notified=30, carry_over=0)]
    keys = ["carry_over", "community", "stock", "planned", "biz_date", "notified", "filled_at", "filler"]
    names = heads(
        "morning",
        keys,
        carry_over="补种人数",
        community="村(社区)",
        stock="疫苗库存",
        planned="拟接种人数",
        biz_date="会商日期",
        notified="已联系",
        filled_at="上报时间",
        filler="上报人",
    )
    grid = [["序号", *names], *([n, *line] for n, line in enumerate(lines(rows, keys), 1))]
    return Made(xlsx(grid), reads({"morning": rows}, refused=0))


@case("N2")
def the_day_over_the_counts() -> Made:
    """The day stands as the parent of the counts, and nowhere else."""
    rows = [morning(), morning(HAPPY, 30, 40)]
    grid = table("morning", rows, without=("biz_date",))
    top = ["社区", "8月12日", None, None, None]
    low = [None, *grid[0][1:]]
    made = xlsx([["早会商情况表"], top, low, *grid[1:]], merges=["B2:E2", "A2:A3"])
    return Made(made, reads({"morning": rows}, refused=0))


@case("N2")
def headers_of_another_kind_on_the_tab() -> Made:
    """The tab says 晚调度, the headers are those of 早会商: the headers count."""
    rows = [morning(), morning(HAPPY, 30, 40)]
    return Made(xlsx({"晚调度": table("morning", rows)}), reads({"morning": rows}, refused=0))


@case("N2")
def doses_over_their_days() -> Made:
    """第一剂, 第二剂 and 加强针 over 日期 and 厂家: three days that are told apart by their parents alone."""
    top = ["社区", "姓名", "证件号码", "户籍类型", "人员类别", "摸底日期", "包干责任人", "在册状态"]
    low = [*[None] * len(top), *["日期", "厂家"] * 3]
    first, second, third = date(2021, 6, 1), date(2021, 7, 1), date(2022, 2, 1)
    given = [(first, second, third), (first, second, None), (first, None, None), (None, None, None)]
    body = [
        [SUN, f"李{'甲乙丙丁'[n]}测", person(n + 1)["id_no"], "户籍", "60岁及以上", DAY, "王责任", "在册"]
        + [cell for day in days for cell in (day, "某厂" if day else None)]
        for n, days in enumerate(given)
    ]
    counted = {
        "community": SUN, "as_of": DAY, "person_group": "elderly", "to_survey": None, "surveyed": 4,
        "contraindicated": 0, "deferred": 0, "opening_d1": 3, "opening_full": 2, "opening_b": 1,
    }  # fmt: skip
    grid = [["摸底登记表"], [*top, "第一剂", None, "第二剂", None, "加强针", None], low, *body]
    made = xlsx({"摸底名册": grid}, merges=["I2:J2", "K2:L2", "M2:N2"])
    return Made(made, reads({"baseline": [counted]}, refused=0))
