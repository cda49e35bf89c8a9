"""合计, 小计, 总计: never data, always a check, wherever they stand (N4)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill

from tests.workbooks.suite.case import Made, case, reads, said
from tests.workbooks.suite.paper import xlsx
from tests.workbooks.suite.street import HAPPY, LAKE, PEACE, SUN, evening, morning, person, table, total

FOUR = [evening(SUN, 41), evening(HAPPY, 20), evening(LAKE, 8, 0), evening(PEACE, 33, 5)]
GRID = table("evening", FOUR)
THREE = [morning(), morning(HAPPY, 30, 40), morning(LAKE, 20, 25)]
PLAN = table("morning", THREE)
READ = reads({"evening": FOUR}, refused=0)


def part(label: str, *numbers: int) -> list[Any]:
    """A subtotal of some of the four."""
    return total(label, [GRID[0], *(GRID[number] for number in numbers)])


def off(row: list[Any], place: int, by: int) -> list[Any]:
    """The row with one of its sums wrong."""
    return [cell + by if n == place else cell for n, cell in enumerate(row)]


@case("N4")
def total_last() -> Made:
    """合计 in the last row."""
    return Made(xlsx([["晚调度情况表"], *GRID, part("合计", 1, 2, 3, 4)]), READ)


@case("N4")
def total_first() -> Made:
    """合计 is the first row below the header, padded."""
    return Made(xlsx([["晚调度情况表"], GRID[0], part("合    计", 1, 2, 3, 4), *GRID[1:]]), READ)


@case("N4")
def subtotal_with_a_line_break() -> Made:
    """A subtotal in the middle, its label broken by a line: 东片⏎小计; another one, and a grand total."""
    east, west = part("东片\n小计", 1, 2), part("西片\n小计", 3, 4)
    rows = [*GRID[:3], east, *GRID[3:], west, part("总  计", 1, 2, 3, 4)]
    return Made(xlsx(rows), READ)


@case("N4")
def three_totals() -> Made:
    """全街道, then 合计 above, 总计 below: three rows with the same sums."""
    sums = part("合计", 1, 2, 3, 4)
    rows = [["晚调度"], GRID[0], part("全街道", 1, 2, 3, 4), sums, *GRID[1:], part("总计", 1, 2, 3, 4)]
    return Made(xlsx(rows), READ)


@case("N4")
def wrong_total() -> Made:
    """The stated total of one column is three too small; both numbers are named."""
    sums = part("合计", 1, 2, 3, 4)
    place = GRID[0].index("缓种")
    rows = [*GRID, off(sums, place, -3)]
    return Made(xlsx(rows), reads({"evening": FOUR}, said("TOTAL_MISMATCH", "J6", "9", "12"), refused=0))


@case("N4")
def sum_that_stops_too_soon() -> Made:
    """The total leaves out the last row, as SUM(C2:C4) does: every column is wrong, the rows count."""
    rows = [*GRID, part("合计", 1, 2, 3)]
    findings = [said("TOTAL_MISMATCH", "C6", "96", "138"), said("TOTAL_MISMATCH", "F6", "75", "113")]
    return Made(xlsx(rows), reads({"evening": FOUR}, said("TOTAL_MISMATCH"), *findings, refused=0))


@case("N4")
def wrong_subtotal_only() -> Made:
    """The subtotal of the first part is wrong; the grand total is right."""
    east = off(part("小计", 1, 2), 2, 10)
    rows = [*GRID[:3], east, *GRID[3:], part("小计", 3, 4), part("合计", 1, 2, 3, 4)]
    return Made(xlsx(rows), reads({"evening": FOUR}, said("TOTAL_MISMATCH", "C4", "89", "79"), refused=0))


@case("N4")
def label_merged_over_two_columns() -> Made:
    """合计 merged over the columns 序号 and 社区; a running number counts the rows."""
    grid = [["序号", *PLAN[0][1:]], *([n, *row[1:]] for n, row in enumerate(PLAN[1:], 1))]
    rows = [["8月12日早会商"], *grid, ["合计", None, 100, 125]]
    return Made(xlsx(rows, merges=["A6:B6"]), reads({"morning": THREE}, refused=0))


@case("N4")
def label_beside_a_blank_number() -> Made:
    """共计 stands in the column of the community, the running number is blank."""
    grid = [["序号", *PLAN[0]], *([n, *row] for n, row in enumerate(PLAN[1:], 1))]
    return Made(xlsx([*grid, [None, None, "共计", 100, 125]]), reads({"morning": THREE}, refused=0))


@case("N4")
def totals_in_words() -> Made:
    """总数（3个社区） with units in its cells."""
    return Made(xlsx([*PLAN, ["总数（3个社区）", None, "100人", "125剂"]]), reads({"morning": THREE}, refused=0))


@case("N4")
def total_for_the_street() -> Made:
    """示范街道合计 and 全街道合计 are totals, not communities."""
    rows = [*PLAN, [None, "示范街道合计", 100, 125], [None, "全街道总计", 100, 125]]
    return Made(xlsx(rows), reads({"morning": THREE}, refused=0))


@case("N4")
def a_total_is_told_by_its_label() -> Made:
    """合计 in a remark, 累计 and 合计 in headers: the label alone makes a totals row."""
    rows = [
        evening(SUN, 41, issues="合计数已核对"), evening(HAPPY, 20, issues="累计数含异地；小计见附表"),
        evening(LAKE, 8, 0, issues="总计8人"),
    ]  # fmt: skip
    return Made(xlsx(table("evening", rows)), reads({"evening": rows}, refused=0))


@case("N4")
def a_total_of_people() -> Made:
    """A roster ends with 合计：3人; there are three."""
    people = [person(1), person(2), person(3)]
    grid = table("roster", people)
    return Made(xlsx([*grid, ["合计：3人"]]), reads({"roster": people}, refused=0))


@case("N4")
def a_wrong_total_of_people() -> Made:
    """A roster says 合计 5 人 below three rows."""
    people = [person(1), person(2), person(3)]
    grid = table("roster", people)
    return Made(
        xlsx([*grid, ["合计", None, "5人"]]),
        reads({"roster": people}, said("ROWS_MISMATCH TOTAL_MISMATCH", "", "5", "3"), refused=0),
    )


@case("N4")
def total_as_a_formula_never_calculated() -> Made:
    """The totals row holds SUM formulas without values: nothing to compare with, and no reason to refuse a row."""
    rows = [*PLAN, ["合计", None, "=SUM(C2:C4)", "=SUM(D2:D4)"]]
    return Made(xlsx(rows), reads({"morning": THREE}, refused=0))


@case("N4")
def total_row_with_a_rate() -> Made:
    """The total's 接种率 is no sum of rates; it is not compared as one."""
    rows = [evening(SUN, 41, rate_printed=None), evening(HAPPY, 20)]
    grid = table("evening", rows, without=("rate_printed",))
    sums = total("合计", grid)
    grid = [[*grid[0], "接种率"], [*grid[1], "87%"], [*grid[2], "85.5%"], [*sums, "86.2%"]]
    rates = [Decimal("87"), Decimal("85.5")]
    said_rows = [{**row, "rate_printed": rate} for row, rate in zip(rows, rates, strict=True)]
    return Made(xlsx(grid), reads({"evening": said_rows}, refused=0))


@case("N4")
def subtotals_by_day() -> Made:
    """Two days on one sheet, each with its 小计, and 合计 over both."""
    other = [morning(SUN, 12, 20, date(2022, 8, 11)), morning(HAPPY, 14, 20, date(2022, 8, 11))]
    second = [morning(), morning(HAPPY, 30, 40)]
    first, later = table("morning", other), table("morning", second)
    rows = [*first, ["小计", None, 26, 40], *later[1:], ["小计", None, 80, 100], ["合计", None, 106, 140]]
    return Made(xlsx(rows), reads({"morning": [*other, *second]}, refused=0))


@case("N4")
def total_between_two_groups_hidden_by_style() -> Made:
    """A total in bold on a coloured ground is a total all the same, and so is one without any style."""

    def style(workbook: Workbook) -> None:
        for cell in workbook.active[4]:
            cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="FFFF00")

    rows = [*GRID[:3], part("小 计", 1, 2), *GRID[3:], part("合 计", 1, 2, 3, 4)]
    return Made(xlsx(rows, then=style), READ)
