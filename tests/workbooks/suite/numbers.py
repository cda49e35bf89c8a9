"""Numbers: percents, words, Chinese numerals, what is zero and what is missing, formulas (N8, N9, N10, N13)."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from openpyxl import Workbook

from tests.workbooks.make import edited
from tests.workbooks.suite.case import Made, add, case, reads, said
from tests.workbooks.suite.paper import xlsx
from tests.workbooks.suite.street import HAPPY, LAKE, PEACE, SUN, Values, baseline, evening, morning, person, table

PLACES = (SUN, HAPPY, LAKE, PEACE)
BLANK = "REQUIRED REQUIRED_TEXT"


def rated(*rates: Decimal | None) -> list[Values]:
    """Evenings with these rates."""
    return [
        evening(place, 30 + n, rate_printed=rate) for n, (place, rate) in enumerate(zip(PLACES, rates, strict=False))
    ]


def rate_sheet(rows: list[Values], *texts: Any) -> list[list[Any]]:
    """The evenings with their rates written so."""
    spelled = iter(texts)
    return table("evening", rows, rate_printed=lambda _rate: next(spelled))


def points(*numbers: str) -> list[Decimal]:
    """Percent points."""
    return [Decimal(number) for number in numbers]


@case("N8")
def percent_signs() -> Made:
    """38%, ３８．５％, 百分之三十八, 38.33 %."""
    rows = rated(*points("38", "38.5", "38", "38.33"))
    return Made(
        xlsx(rate_sheet(rows, "38%", "３８．５％", "百分之三十八", "38.33 %")), reads({"evening": rows}, refused=0)
    )


@case("N8")
def fractions() -> Made:
    """All values of the column are at most 1: they are fractions; a plain 1 among them is asked about."""
    rows = rated(*points("38", "50", "100", "20.5"))
    grid = rate_sheet(rows, 0.38, 0.5, 1, 0.205)
    place = grid[0].index("接种率")
    cell = f"{'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[place]}4"
    return Made(xlsx(grid), reads({"evening": rows}, said("PERCENT_UNCERTAIN", cell), refused=0))


@case("N8")
def percent_by_its_format() -> Made:
    """0.38 formatted as 38%, and 1.2 formatted as 120%: the format says it all."""
    rows = rated(*points("38", "120", "100", "5"))
    grid = rate_sheet(rows, 0.38, 1.2, 1.0, 0.05)
    place = grid[0].index("接种率") + 1

    def style(workbook: Workbook) -> None:
        for row in range(2, 6):
            workbook.active.cell(row, place).number_format = "0.00%"

    return Made(xlsx(grid, then=style), reads({"evening": rows}, refused=0))


@case("N8")
def percent_points() -> Made:
    """38, 5, 100 and 103.2 without a sign are percent points."""
    rows = rated(*points("38", "5", "100", "103.2"))
    return Made(xlsx(rate_sheet(rows, 38, 5, 100, 103.2)), reads({"evening": rows}, refused=0))


@case("N8")
def points_with_a_one() -> Made:
    """A 1 among percent points may be 1 % or 100 %: taken as a point, and asked about."""
    rows = rated(*points("38", "1", "64", "5"))
    grid = rate_sheet(rows, 38, 1, 64, 5)
    cell = f"{'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[grid[0].index('接种率')]}3"
    return Made(xlsx(grid), reads({"evening": rows}, said("PERCENT_UNCERTAIN", cell), refused=0))


# Numbers with words (N9) ----------------------------------------------------------------------------------------

WRITTEN: tuple[tuple[str, Any, int, bool], ...] = (
    ("unit", "120人", 120, False),
    ("thousands", "1,200", 1200, False),
    ("thousands_full_width", "１，２００", 1200, False),
    ("thousands_and_unit", "1,200人次", 1200, False),
    ("more_than", "46余人", 46, True),
    ("about", "约1000", 1000, True),
    ("and_more", "200多", 200, True),
    ("nearly", "近百", 100, True),
    ("chinese", "十二", 12, False),
    ("chinese_long", "一千二百零五", 1205, False),
    ("chinese_formal", "壹拾", 10, False),
    ("chinese_two", "两百", 200, False),
    ("ten_thousands", "1.2万", 12000, False),
    ("ten_thousands_more", "3万多人", 30000, True),
    ("as_a_float", 50.0, 50, False),
    ("text_with_decimals", "50.0", 50, False),
)


def _counted(name: str, text: Any, number: int, about: bool) -> None:
    def make() -> Made:
        rows = [morning(SUN, 50, 60, carry_over=number), morning(HAPPY, 30, 40, carry_over=3)]
        grid = table("morning", rows, carry_over=lambda n: text if n == number else n)
        findings = [said("APPROXIMATE", "G2")] if about else []
        return Made(xlsx(grid), reads({"morning": rows}, *findings, refused=0))

    add(f"number_{name}", "N9", f"{text!s} is {number}{', about' if about else ''}.", make)


for _name, _text, _number, _about in WRITTEN:
    _counted(_name, _text, _number, _about)


@case("N9")
def numbers_that_are_none() -> Made:
    """12.5 people, -3 people, 5O with a letter, 十来个人左右吧: refused, each for its reason; never a near number."""
    rows = [morning(place, 50, 60) for place in PLACES]
    texts = iter([12.5, -3, "5O", "若干"])
    grid = table("morning", rows, planned=lambda _n: next(texts))
    errors = [
        said("NOT_WHOLE", "C2"), said("BELOW_MINIMUM NOT_A_NUMBER", "C3"), said("NOT_A_NUMBER NOT_A_NUMBER_NEAR", "C4"),
        said("NOT_A_NUMBER", "C5"),
    ]  # fmt: skip
    return Made(xlsx(grid), reads({}, errors=errors, refused=4))


@case("N9")
def a_sum_in_words() -> Made:
    """30+20 and 30/20 are two numbers, not one."""
    rows = [morning(place, 50, 60) for place in PLACES[:3]]
    texts = iter(["30+20", "30/20", 50])
    grid = table("morning", rows, planned=lambda _n: next(texts))
    errors = [said("NOT_A_NUMBER*", "C2"), said("NOT_A_NUMBER*", "C3")]
    return Made(xlsx(grid), reads({"morning": rows[2:]}, errors=errors, refused=2))


# Zero and missing (N10) -----------------------------------------------------------------------------------------


@case("N10")
def three_ways_to_say_zero() -> Made:
    """0, 零 and 无 in counts are a reported zero."""
    rows = [evening(place, 30 + n) for n, place in enumerate(PLACES[:3])]
    words = iter([0, "零", "无"])
    return Made(xlsx(table("evening", rows, shortage=lambda _n: next(words))), reads({"evening": rows}, refused=0))


@case("N10")
def dashes_are_missing() -> Made:
    """/, —, - and —— in an optional count: missing, with a warning; the rows stay."""
    rows = [morning(place, 30 + n, carry_over=None) for n, place in enumerate(PLACES)]
    words = iter(["/", "—", "-", "——"])
    findings = [said("DASH_IS_MISSING", f"G{n}") for n in (2, 3, 4, 5)]
    grid = table("morning", rows, carry_over=lambda _n: next(words))
    return Made(xlsx(grid), reads({"morning": rows}, *findings, refused=0))


@case("N10")
def blank_is_missing() -> Made:
    """A blank optional count is missing and no zero; a blank required one refuses its row."""
    rows = [morning(SUN, carry_over=4), morning(HAPPY), morning(LAKE, carry_over=0)]
    grid = table("morning", rows)
    grid[3][2] = None
    return Made(xlsx(grid), reads({"morning": rows[:2]}, errors=[said(BLANK, "C4")], refused=1))


@case("N10")
def dash_where_a_number_must_be() -> Made:
    """A dash, N/A and 未统计 in a required count are not 0: the rows are refused."""
    rows = [evening(place, 30 + n) for n, place in enumerate(PLACES)]
    words = iter(["—", "N/A", "未统计", 0])
    grid = table("evening", rows, shortage=lambda _n: next(words))
    why = f"{BLANK} NOT_A_NUMBER NOT_A_NUMBER_NEAR ERROR_CELL"
    errors = [said(why, f"O{n}") for n in (2, 3, 4)]
    return Made(xlsx(grid), reads({"evening": rows[3:]}, said("DASH_IS_MISSING"), errors=errors, refused=3))


@case("N10")
def same_as_above() -> Made:
    """同上 in a count is no number and in 社区 no community."""
    rows = [morning(SUN), morning(HAPPY, 30, 40), morning(LAKE, 20, 25)]
    grid = table("morning", rows)
    grid[2][2], grid[3][1] = "同上", "同上"
    errors = [said("SAME_AS_ABOVE", "C3"), said("SAME_AS_ABOVE", "B4")]
    return Made(xlsx(grid), reads({"morning": rows[:1]}, errors=errors, refused=2))


@case("N10")
def words_in_a_count() -> Made:
    """很多, 正在统计, 见附件: text in a count is an error, never 0."""
    rows = [evening(place, 30 + n) for n, place in enumerate(PLACES)]
    words = iter(["很多", "正在统计", "见附件", 0])
    grid = table("evening", rows, shortage=lambda _n: next(words))
    errors = [said("NOT_A_NUMBER*", f"O{n}") for n in (2, 3, 4)]
    return Made(xlsx(grid), reads({"evening": rows[3:]}, errors=errors, refused=3))


# Formulas (N13) -------------------------------------------------------------------------------------------------


def calculated(data: bytes, cell: str, value: str, kind: str = "n") -> bytes:
    """The workbook with the value that a spreadsheet program would have stored beside a formula."""

    def change(xml: str) -> str:
        pattern = rf'<c r="{cell}"([^>]*)><f>(.*?)</f><v\s*/?>(?:</v>)?</c>'
        return re.sub(pattern, rf'<c r="{cell}" t="{kind}"><f>\2</f><v>{value}</v></c>', xml)

    changed = edited(data, "xl/worksheets/sheet1.xml", change)
    assert changed != data
    return changed


@case("N13")
def a_formula_never_calculated() -> Made:
    """A file made by a script: the formula has no value."""
    rows = [morning(), morning(HAPPY, 30, 40)]
    grid = table("morning", rows)
    grid[1][2] = "=20+30"
    outcome = reads({"morning": rows[1:]}, errors=[said("FORMULA_NOT_CALCULATED", "C2")], refused=1)
    return Made(xlsx(grid), outcome)


@case("N13")
def a_formula_with_its_value() -> Made:
    """A formula that was calculated is its value."""
    rows = [morning(), morning(HAPPY, 30, 40)]
    grid = table("morning", rows)
    grid[1][2] = "=20+30"
    return Made(calculated(xlsx(grid), "C2", "50"), reads({"morning": rows}, refused=0))


@case("N13")
def errors_in_cells() -> Made:
    """#REF!, #N/A and #VALUE! in counts refuse their rows."""
    rows = [morning(place, 30 + n) for n, place in enumerate(PLACES)]
    grid = table("morning", rows)
    grid[1][2], grid[2][2], grid[3][3] = "=X1", "=NA()", '="a"+1'
    data = xlsx(grid)
    for cell, error in (("C2", "#REF!"), ("C3", "#N/A"), ("D4", "#VALUE!")):
        data = calculated(data, cell, error, "e")
    errors = [said("ERROR_CELL", cell) for cell in ("C2", "C3", "D4")]
    return Made(data, reads({"morning": rows[3:]}, errors=errors, refused=3))


@case("N13")
def a_rate_divided_by_zero() -> Made:
    """#DIV/0! in a rate: the rate is missing, the row stays."""
    rows = [evening(SUN), evening(HAPPY, 20)]
    grid = table("evening", rows)
    grid = [[*grid[0], "接种率"], [*grid[1], "=1/0"], [*grid[2], None]]
    cell = f"{'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[len(grid[0]) - 1]}2"
    made = calculated(xlsx(grid), cell, "#DIV/0!", "e")
    return Made(made, reads({"evening": rows}, said("RATE_NOT_COMPUTED", cell), refused=0))


@case("N13")
def an_error_typed_as_text() -> Made:
    """#REF! pasted as text is an error all the same."""
    rows = [morning(), morning(HAPPY, 30, 40)]
    grid = table("morning", rows)
    grid[1][2] = "#REF!"
    return Made(xlsx(grid), reads({"morning": rows[1:]}, errors=[said("ERROR_CELL NOT_A_NUMBER*", "C2")], refused=1))


@case("N13")
def a_formula_in_a_column_of_no_kind() -> Made:
    """A formula without a value in a column the reader does not take refuses nobody."""
    rows = [morning(), morning(HAPPY, 30, 40)]
    grid = table("morning", rows)
    grid = [[*grid[0], "本表计算"], *([*row, "=1+1"] for row in grid[1:])]
    return Made(xlsx(grid), reads({"morning": rows}, refused=0))


@case("N8")
def baseline_counts_beside_a_rate() -> Made:
    """A column 摸底率 of no kind of ours stands beside counts; the counts are not read as percents."""
    rows = [baseline(SUN, 1), baseline(HAPPY, 0)]
    grid = table("baseline", rows)
    grid = [[*grid[0], "摸底率"], *([*row, "50%"] for row in grid[1:])]
    return Made(xlsx({"摸底台账": grid}), reads({"baseline": rows}, refused=0))


@case("N9")
def doses_in_their_spellings() -> Made:
    """首针, 第一针, 1, 壹, 第1剂, 1.0 are the first dose; 加强, 加强剂, booster the third."""
    last = date(2022, 1, 5)
    people = [person(n) for n in range(1, 7)]
    people += [person(n, dose_no="b", last_dose_date=last) for n in range(7, 10)]
    words = iter(["首针", "第一针", 1, "壹", "第1剂", 1.0, "加强", "加强针", "booster"])
    return Made(xlsx(table("roster", people, dose_no=lambda _d: next(words))), reads({"roster": people}, refused=0))


@case("N10")
def ticks() -> Made:
    """是, √, 有 and 1 are yes; 否, ×, 无 are no; a blank is neither."""
    ticked = [True, True, True, False, False, False, None]
    people = [person(n, reminded=tick) for n, tick in enumerate(ticked, 1)]
    words = iter(["是", "√", "已提醒", "否", "×", "未提醒", None])
    grid = table("roster", people, without=("reminded",))
    grid = [[*grid[0], "证件口罩提醒"], *([*row, next(words)] for row in grid[1:])]
    return Made(xlsx(grid), reads({"roster": people}, refused=0))
