"""Days in every spelling, and whose word counts where title, sheet name and file name differ (N6)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from openpyxl import Workbook

from data_access.workbooks.model import Hints
from tests.workbooks.suite.case import Made, add, case, reads, refuses, said
from tests.workbooks.suite.paper import xlsx
from tests.workbooks.suite.street import DAY, HAPPY, LAKE, SUN, Values, evening, morning, person, table

SPELLINGS: tuple[tuple[str, Any], ...] = (
    ("dots", "2022.8.12"),
    ("slashes", "2022/08/12"),
    ("signs", "2022年8月12日"),
    ("month_and_day", "8月12日"),
    ("month_and_day_hao", "8月12号"),
    ("month_dot_day", "8.12"),
    ("digits", "20220812"),
    ("chinese", "八月十二日"),
    ("chinese_year", "二〇二二年八月十二日"),
    ("month_slash_day", "8/12"),
    ("serial", 44785),
    ("serial_as_text", "44785"),
    ("cell", datetime(2022, 8, 12)),
    ("cell_with_time", datetime(2022, 8, 12, 9, 30)),
    ("dashes", "2022-8-12"),
    ("weekday", "8月12日（周五）"),
    ("hours", "8月12日（0-24时）"),
    ("hours_on_a_second_line", "8月12日\n（0-18时）"),
    ("brackets", "（8月12日）"),
    ("two_digit_year", "22年8月12日"),
    ("month_dot_day_sign", "8.12日"),
    ("full_width", "２０２２．０８．１２"),
    ("spaced", "2022 年 8 月 12 日"),
)


def _spelled(name: str, text: Any) -> None:
    def make() -> Made:
        rows = [morning(), morning(HAPPY, 30, 40)]
        return Made(xlsx(table("morning", rows, biz_date=lambda _day: text)), reads({"morning": rows}, refused=0))

    add(f"day_{name}", "N6", f"{text!r} is 12 August 2022.", make)


for _name, _text in SPELLINGS:
    _spelled(_name, _text)


@case("N6")
def day_alone() -> Made:
    """12日 alone: month and year come from the title."""
    rows = [morning(), morning(HAPPY, 30, 40)]
    grid = table("morning", rows, biz_date=lambda day: f"{day.day}日")
    return Made(xlsx([["2022年8月早会商情况表"], *grid]), reads({"morning": rows}, refused=0))


@case("N6")
def day_alone_that_is_none() -> Made:
    """45日 is no day of any month."""
    rows = [morning(day=date(2022, 8, 11))]
    grid = table("morning", rows, biz_date=lambda _day: "45日")
    return Made(xlsx(grid), refuses(said("NOT_A_DATE DATE_UNCERTAIN", "A2"), refused=1))


@case("N6")
def days_of_1904() -> Made:
    """A workbook that counts from 1904, with day cells and bare serials."""
    people = [person(1), person(2)]
    grid = table("roster", people)
    grid[1][0] = (DAY - date(1904, 1, 1)).days

    def epoch(workbook: Workbook) -> None:
        workbook.epoch = datetime(1904, 1, 1)

    return Made(xlsx(grid, then=epoch), reads({"roster": people}, refused=0))


@case("N6")
def old_year_at_new_year() -> Made:
    """12月31日 sent on 2 January is of the year before."""
    rows = [morning(day=date(2022, 12, 31)), morning(HAPPY, 30, 40, date(2022, 12, 31))]
    grid = table("morning", rows, biz_date=lambda _day: "12月31日")
    return Made(xlsx(grid), reads({"morning": rows}, refused=0), now=datetime(2023, 1, 2, 9))


@case("N6")
def new_year_at_the_end_of_the_old() -> Made:
    """1月1日 on a roster sent on 31 December is of the year to come."""
    people = [person(1, day=date(2023, 1, 1)), person(2, day=date(2023, 1, 1))]
    grid = table("roster", people, vaccination_date=lambda _day: "1月1日")
    return Made(xlsx(grid), reads({"roster": people}, refused=0), now=datetime(2022, 12, 31, 16))


@case("N6")
def title_over_new_year() -> Made:
    """The title says 12月31日 without a year, the file comes in January."""
    rows = [evening(day=date(2022, 12, 31)), evening(HAPPY, 20, day=date(2022, 12, 31))]
    grid = table("evening", rows, without=("biz_date",))
    return Made(xlsx([["12月31日晚调度情况"], *grid]), reads({"evening": rows}, refused=0), now=datetime(2023, 1, 1, 8))


@case("N6")
def days_that_are_none() -> Made:
    """2月30日, 13/8 (a day first), 8月32日, 改日: refused with the words as they stand."""
    rows = [morning(place) for place in (SUN, HAPPY, LAKE, "和平路社区")]
    texts = iter(["2月30日", "13/8", "8月32日", "改日"])
    grid = table("morning", rows, biz_date=lambda _day: next(texts))
    errors = [said("NOT_A_DATE DATE_UNCERTAIN", f"A{n}") for n in (2, 3, 4, 5)]
    return Made(xlsx(grid), refuses(*errors, refused=4))


@case("N6")
def month_first() -> Made:
    """8/9 is 9 August, never 8 September."""
    day = date(2022, 8, 9)
    rows = [morning(day=day), morning(HAPPY, 30, 40, day)]
    return Made(xlsx(table("morning", rows, biz_date=lambda _day: "8/9")), reads({"morning": rows}, refused=0))


@case("N6")
def several_days_in_one_column() -> Made:
    """Three days in three spellings in one column."""
    days = (date(2022, 8, 10), date(2022, 8, 11), DAY)
    rows = [morning(day=day, planned=n) for n, day in enumerate(days, 50)]
    spelled = iter(["8.10日", "2022-08-11", 44785])
    return Made(xlsx(table("morning", rows, biz_date=lambda _day: next(spelled))), reads({"morning": rows}, refused=0))


# Title, sheet name, file name -----------------------------------------------------------------------------------

ROWS = [morning(), morning(HAPPY, 30, 40)]
BARE = table("morning", ROWS, without=("biz_date",))

SOURCES: tuple[tuple[str, str, str, str, str, bool, str], ...] = (
    ("all_agree", "8月12日早会商", "8月12日", "8月12日早会商", "Title, sheet and file agree.", True, ""),
    (
        "stale_sheet_name",
        "8月12日早会商",
        "8月10日",
        "8月12日早会商",
        "A stale sheet name is outvoted.",
        True,
        "DATE_DISAGREES",
    ),
    (
        "stale_file_name",
        "8月12日早会商",
        "8.12",
        "早会商8月11日",
        "A stale file name is outvoted.",
        True,
        "DATE_DISAGREES",
    ),
    (
        "stale_title",
        "8月11日早会商",
        "8月12日",
        "8月12日早会商",
        "A stale title is outvoted by the other two.",
        True,
        "DATE_DISAGREES",
    ),
    (
        "title_against_sheet",
        "8月12日早会商",
        "8月11日",
        "早会商",
        "Title against sheet name: asked.",
        False,
        "DATE_UNCLEAR",
    ),
    (
        "title_against_file",
        "8月12日早会商",
        "早会商",
        "8月11日早会商",
        "Title against file name: asked.",
        False,
        "DATE_UNCLEAR",
    ),
    (
        "sheet_against_file",
        "早会商",
        "8月11日",
        "8月12日早会商",
        "The sheet name never decides against another.",
        False,
        "DATE_UNCLEAR",
    ),
    (
        "three_days",
        "8月12日早会商",
        "8月11日",
        "8月10日早会商",
        "Three sources, three days: asked.",
        False,
        "DATE_UNCLEAR",
    ),
    ("nobody_says", "早会商", "Sheet1", "报表", "Nobody says the day.", False, "DATE_MISSING"),
    ("file_alone", "早会商", "Sheet1", "朝阳等社区2022年8月12日早会商", "The file name alone.", True, ""),
    ("file_in_digits", "早会商", "Sheet1", "早会商20220812", "The file name alone, in digits.", True, ""),
    (
        "file_in_four_digits",
        "早会商",
        "Sheet1",
        "早会商0812",
        "0812 in a file name, said to be weak.",
        True,
        "DATE_FROM_WEAK",
    ),
    (
        "sheet_alone",
        "早会商",
        "8.12",
        "报表",
        "The sheet name alone, with nobody against it, said to be weak.",
        True,
        "DATE_FROM_WEAK",
    ),
    ("attachment_number", "8月12日早会商", "Sheet1", "附件2 早会商情况表", "附件2 is no day.", True, ""),
    (
        "attachment_two_of_six",
        "8月12日早会商",
        "8月12日",
        "2.6早会商",
        "2.6 is attachment 2 of 4.6 or a day; outvoted.",
        True,
        "",
    ),
    ("numbered_file", "8月12日早会商", "Sheet1", "3.早会商情况表(1)", "3. and (1) are no days.", True, ""),
    (
        "day_of_filling_in",
        "早会商 填报时间：2022年8月11日",
        "Sheet1",
        "8月12日早会商",
        "填报时间 is not the day.",
        True,
        "",
    ),
    ("final_version", "8月12日早会商", "Sheet1", "早会商8.12最终版2", "最终版2 adds nothing to 8.12.", True, ""),
)


def _sources(name: str, title: str, sheet: str, file: str, teaches: str, taken: bool, code: str) -> None:
    def make() -> Made:
        findings = [said(code)] if code else []
        outcome = reads({"morning": ROWS}, *findings, refused=0) if taken else refuses(*findings, refused=2)
        if name == "attachment_two_of_six":
            outcome = reads({"morning": ROWS}, maybe=(said("DATE_DISAGREES"),), refused=0)
        return Made(xlsx({sheet: [[title], *BARE]}), outcome, filename=f"{file}.xlsx")

    add(f"whose_day_{name}", "N6", teaches, make)


for _source in SOURCES:
    _sources(*_source)


@case("N6")
def the_sender_says_the_day() -> Made:
    """Title and file name differ; the sender chose the day."""
    made = xlsx({"Sheet1": [["8月10日早会商"], *BARE]})
    return Made(made, reads({"morning": ROWS}, said("DATE_DISAGREES"), refused=0), "8月11日早会商.xlsx", Hints(day=DAY))


@case("N6")
def the_cells_outrank_a_stale_title() -> Made:
    """The cells bear the day, the title an old one: the cells decide, with a word."""
    made = xlsx({"Sheet1": [["8月5日早会商"], *table("morning", ROWS)]})
    return Made(made, reads({"morning": ROWS}, said("DATE_DISAGREES"), refused=0))


def _swapped(one: str, two: str) -> tuple[bytes, list[Values]]:
    """Two sheets with these names, of 10 and of 11 August by their titles."""
    first, second = date(2022, 8, 10), date(2022, 8, 11)
    rows = [morning(day=first), morning(HAPPY, 31, 40, first)]
    more = [morning(day=second, planned=44), morning(HAPPY, 22, 40, second)]
    before, after = (table("morning", part, without=("biz_date",)) for part in (rows, more))
    return xlsx({one: [["8月10日早会商情况"], *before], two: [["8月11日早会商情况"], *after]}), [*rows, *more]


@case("N6")
def swapped_sheet_names() -> Made:
    """Two sheets whose names are swapped, with nobody to break the tie: asked."""
    data, _rows = _swapped("8月11日", "8月10日")
    return Made(data, refuses(said("DATE_UNCLEAR"), refused=4), filename="早会商.xlsx")


@case("N6")
def swapped_sheet_names_in_figures() -> Made:
    """The swapped names are bare figures, which may number anything; the titles say it in words, and are believed."""
    data, rows = _swapped("8.11", "8.10")
    return Made(data, reads({"morning": rows}, said("DATE_DISAGREES"), refused=0), filename="早会商.xlsx")


@case("N6")
def day_in_the_title_with_hours() -> Made:
    """2022年8月12日0—24时 in the title, with a dash of its own."""
    rows = [evening(), evening(HAPPY, 20)]
    grid = table("evening", rows, without=("biz_date",))
    return Made(xlsx([["示范街道晚调度情况（2022年8月12日0—24时）"], *grid]), reads({"evening": rows}, refused=0))


@case("N6")
def moments() -> Made:
    """填报时间 as a cell, as 2022-08-12 8:40, 8月12日8时40分 and 2022/8/12 08:40:00."""
    rows = [morning(place) for place in (SUN, HAPPY, LAKE, "和平路社区")]
    spelled = iter([datetime(2022, 8, 12, 8, 40), "2022-08-12 8:40", "8月12日8时40分", "2022/8/12 08:40:00"])
    return Made(xlsx(table("morning", rows, filled_at=lambda _m: next(spelled))), reads({"morning": rows}, refused=0))
