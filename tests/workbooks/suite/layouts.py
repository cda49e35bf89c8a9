"""Several tables on a sheet, a sheet for each community or day, communities as columns (N18)."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.workbooks.suite.case import Made, case, reads, refuses, said
from tests.workbooks.suite.paper import text, xls, xlsx
from tests.workbooks.suite.street import (
    CLINIC,
    DAY,
    GYM,
    HAPPY,
    HEADS,
    LAKE,
    PEACE,
    SUN,
    Values,
    columns,
    evening,
    heads,
    morning,
    person,
    progress,
    table,
    total,
    written,
)  # fmt: skip

MORNINGS = [morning(), morning(HAPPY, 30, 40)]
EVENINGS = [evening(), evening(HAPPY, 20)]
BOTH = {"morning": MORNINGS, "evening": EVENINGS}
PLAN, DONE = table("morning", MORNINGS), table("evening", EVENINGS)


def beside(*grids: list[list[Any]], gap: int = 1) -> list[list[Any]]:
    """Tables side by side, with blank columns between them."""
    tall = max(map(len, grids))
    wide = [max(map(len, grid)) for grid in grids]
    rows = []
    for down in range(tall):
        row: list[Any] = []
        for grid, width in zip(grids, wide, strict=True):
            cells = grid[down] if down < len(grid) else []
            row += [*cells, *[None] * (width - len(cells) + gap)]
        rows.append(row)
    return rows


def sideways(kind: str, rows: list[Values], *, keys: list[str], corner: str = "项目", **named: str) -> list[list[Any]]:
    """Communities as columns: one line for each count."""
    header = [corner, *(row["community"] for row in rows)]
    return [header, *([named.get(key) or HEADS[kind][key], *(written(key, row[key]) for row in rows)] for key in keys)]


@case("N18")
def morning_above_evening() -> Made:
    """早会商 above, 晚调度 below, each with its title, a blank row between."""
    rows = [["示范街道早会商"], *PLAN, [], ["示范街道晚调度"], *DONE]
    return Made(xlsx({"早晚调度": rows}), reads(BOTH, refused=0))


@case("N18")
def nothing_between_the_tables() -> Made:
    """The second header follows the last row of the first table at once."""
    return Made(xlsx({"早晚调度": [*PLAN, *DONE]}), reads(BOTH, refused=0))


@case("N18")
def both_with_totals_and_signatures() -> Made:
    """Each of the two tables has its total and its signature."""
    rows = [
        ["早会商"], *PLAN, ["合计", None, 80, 100], ["填报人：王填报"], [],
        ["晚调度"], *DONE, total("合计", DONE), ["填报人：李填报"],
    ]  # fmt: skip
    return Made(xlsx({"早晚调度": rows}), reads(BOTH, refused=0))


@case("N18")
def one_table_for_each_community() -> Made:
    """The same table three times below each other, each under the name of its community."""
    rows: list[list[Any]] = []
    said_rows = [morning(), morning(HAPPY, 30, 40), morning(LAKE, 20, 25)]
    for row in said_rows:
        rows += [[f"{row['community']}8月12日早会商"], *table("morning", [row], without=("community", "biz_date")), []]
    return Made(xlsx({"早会商": rows}), reads({"morning": said_rows}, refused=0))


@case("N18")
def one_table_for_each_day() -> Made:
    """The same table for three days below each other, the day in each title."""
    days = (date(2022, 8, 10), date(2022, 8, 11), DAY)
    said_rows = [morning(SUN, 40 + n, 60, day) for n, day in enumerate(days)]
    rows: list[list[Any]] = []
    for row in said_rows:
        day = row["biz_date"]
        rows += [[f"{day.month}月{day.day}日早会商"], *table("morning", [row], without=("biz_date",)), []]
    return Made(xlsx({"早会商": rows}), reads({"morning": said_rows}, refused=0))


@case("N18")
def roster_and_tally_on_one_sheet() -> Made:
    """The roster and, below it, the day's tally."""
    people = [person(1), person(2), person(3)]
    rows = [*table("roster", people), [], [], *table("evening", [evening()])]
    return Made(xlsx({"名单和日报": rows}), reads({"roster": people, "evening": [evening()]}, refused=0))


@case("N18")
def two_kinds_side_by_side() -> Made:
    """早会商 on the left, 晚调度 on the right, two blank columns between."""
    return Made(xlsx({"早晚": beside(PLAN, DONE, gap=2)}), reads(BOTH, refused=0, maybe=(said("TABLES_BESIDE"),)))


@case("N18")
def one_kind_side_by_side() -> Made:
    """A long list in two columns: the same roster goes on to the right."""
    people = [person(n) for n in range(1, 7)]
    keys = columns(people)
    left, right = table("roster", people[:3]), table("roster", people[3:])
    assert heads("roster", keys) == left[0]
    made = xlsx({"名单": beside(left, right)})
    return Made(made, reads({"roster": people}, refused=0, maybe=(said("TABLES_BESIDE"),)))


@case("N18")
def three_kinds_below_each_other() -> Made:
    """摸底 is elsewhere; roster, morning and evening stand on one sheet of a .xls."""
    people = [person(1), person(2)]
    rows = [["接种名单"], *table("roster", people), [], ["早会商"], *PLAN, [], ["晚调度"], *DONE]
    return Made(xls({"全部": rows}), reads({"roster": people, **BOTH}, refused=0), "全部.xls")


# A sheet for each -----------------------------------------------------------------------------------------------


@case("N18")
def a_sheet_for_each_community() -> Made:
    """One sheet for each community, its name on the tab only."""
    said_rows = [evening(), evening(HAPPY, 20), evening(LAKE, 8)]
    sheets = {
        name: [["8月12日晚调度"], *table("evening", [row], without=("community", "biz_date"))]
        for name, row in zip(("朝阳", "幸福里社区", "东湖村"), said_rows, strict=True)
    }
    return Made(xlsx(sheets), reads({"evening": said_rows}, refused=0))


@case("N18")
def a_sheet_for_each_day() -> Made:
    """One sheet for each day of a week, the day on the tab and in the title."""
    days = [date(2022, 8, n) for n in range(8, 13)]
    said_rows = [evening(SUN, 30 + n, day=day) for n, day in enumerate(days)]
    sheets = {
        f"8.{day.day}": [[f"8月{day.day}日晚调度"], *table("evening", [row], without=("biz_date",))]
        for day, row in zip(days, said_rows, strict=True)
    }
    return Made(xlsx(sheets), reads({"evening": said_rows}, refused=0), filename="晚调度汇总.xlsx")


@case("N18")
def a_sheet_for_each_day_by_its_tab() -> Made:
    """The day stands on the tabs only, and nothing speaks against them."""
    days = [date(2022, 8, n) for n in range(10, 13)]
    said_rows = [evening(SUN, 30 + n, day=day) for n, day in enumerate(days)]
    sheets = {
        f"8月{day.day}日": table("evening", [row], without=("biz_date",))
        for day, row in zip(days, said_rows, strict=True)
    }
    return Made(xlsx(sheets), reads({"evening": said_rows}, refused=0), filename="晚调度汇总.xlsx")


@case("N18")
def all_sheets_of_a_community() -> Made:
    """Roster, morning and evening of one community on three sheets, the community in the file name."""
    people = [person(1), person(2)]
    gone = ("community",)
    sheets = {
        "名单": table("roster", people, without=gone), "早会商": table("morning", [morning()], without=gone),
        "晚调度": table("evening", [evening()], without=gone),
    }  # fmt: skip
    outcome = reads({"roster": people, "morning": [morning()], "evening": [evening()]}, refused=0)
    return Made(xlsx(sheets), outcome, filename="朝阳社区8月12日.xlsx")


@case("N18")
def two_sites_on_two_sheets() -> Made:
    """Two sites of one community, each on its own sheet: one tally with two lines."""
    rows = [evening(SUN, 20, site=CLINIC), evening(SUN, 11, site=GYM)]
    sheets = {"门诊": table("evening", rows[:1]), "体育馆": table("evening", rows[1:])}
    return Made(xlsx(sheets), reads({"evening": rows}, refused=0))


# Communities as columns -----------------------------------------------------------------------------------------


@case("N18")
def morning_sideways() -> Made:
    """早会商 with a column for each community and a line for each item."""
    rows = [morning(), morning(HAPPY, 30, 40), morning(LAKE, 20, 25)]
    grid = sideways("morning", rows, keys=["biz_date", "planned", "stock", "filler", "filled_at"])
    return Made(xlsx({"早会商": [["早会商情况表"], *grid]}), reads({"morning": rows}, refused=0))


@case("N18")
def evening_sideways() -> Made:
    """晚调度 sideways, the day in the title only."""
    rows = [evening(SUN, 41), evening(HAPPY, 20), evening(PEACE, 33)]
    keys = [key for key in columns(rows) if key not in ("biz_date", "community")]
    grid = sideways("evening", rows, keys=keys, corner="指标")
    return Made(xlsx({"晚调度": [["示范街道8月12日晚调度情况"], *grid]}), reads({"evening": rows}, refused=0))


@case("N18")
def evening_sideways_with_a_total() -> Made:
    """晚调度 sideways with a column 合计 on the right, one of its sums wrong."""
    rows = [evening(SUN, 41), evening(HAPPY, 20)]
    keys = [key for key in columns(rows) if key not in ("biz_date", "community")]
    grid = sideways("evening", rows, keys=keys, corner="指标")
    for row, key in zip(grid[1:], keys, strict=True):
        row.append(None if key == "reconciled" else sum(one[key] for one in rows) + (2 if key == "deferred" else 0))
    grid[0].append("合计")
    made = xlsx({"晚调度": [["8月12日晚调度情况"], *grid]})
    return Made(made, reads({"evening": rows}, said("TOTAL_MISMATCH", "", "8", "6"), refused=0))


@case("N18")
def progress_sideways() -> Made:
    """工作进展 of one indicator with a column for each community."""
    rows = [progress(SUN, 5), progress(HAPPY, 7), progress(LAKE, 2)]
    keys = ["biz_date", "period", "workstream", "indicator", "accrual", "done"]
    grid = sideways("progress", rows, keys=keys)
    return Made(xlsx({"工作进展": [["健康社区工作进展"], *grid]}), reads({"progress": rows}, refused=0))


@case("N18")
def sideways_with_a_running_number() -> Made:
    """A running number before the items, communities by their short names, units behind the items."""
    rows = [morning(SUN), morning(HAPPY, 30, 40)]
    grid = sideways("morning", rows, keys=["planned", "stock", "filler", "filled_at"], planned="今日计划人数（人）")
    grid[0][1:] = ["朝阳", "幸福里"]
    grid = [["序号", *grid[0]], *([n, *row] for n, row in enumerate(grid[1:], 1))]
    return Made(xlsx([["示范街道8月12日早会商"], *grid]), reads({"morning": rows}, refused=0))


@case("N18")
def sideways_with_a_stranger() -> Made:
    """A column of a community nobody knows is refused with its name; the others are read."""
    rows = [morning(SUN), morning(HAPPY, 30, 40)]
    grid = sideways(
        "morning", [*rows, morning("朝羊社区", 9, 9)], keys=["biz_date", "planned", "stock", "filler", "filled_at"]
    )
    outcome = reads({"morning": rows}, errors=[said("COMMUNITY_UNKNOWN*", "D1", SUN)], refused=1)
    return Made(xlsx({"早会商": grid}), outcome)


@case("N18")
def sideways_in_csv() -> Made:
    """A table with communities as columns in a .csv."""
    rows = [morning(SUN), morning(HAPPY, 30, 40)]
    grid = sideways("morning", rows, keys=["biz_date", "planned", "stock", "filler", "filled_at"])
    return Made(text(grid, "gb18030"), reads({"morning": rows}, refused=0), "早会商.csv")


@case("N18")
def lists_that_share_their_headers() -> Made:
    """A vegetable table above, ours below: the first is no table of ours, the second is read."""
    rows = [["蔬菜发放情况"], ["区", "应发", "实发"], ["东区", 5, 4], ["西区", 6, 6], [], ["早会商"], *PLAN]
    return Made(xlsx({"表": rows}), reads({"morning": MORNINGS}))


@case("N18")
def no_table_of_ours_at_all() -> Made:
    """Three small tables side by side about vegetables, with errors in their cells."""
    small = [["区", "应发", "实发"], ["东区", 5, "#DIV/0!"], ["西区", 6, 6]]
    return Made(
        xlsx({"蔬菜": beside(small, small, small)}), refuses(said("SHEET_UNRECOGNISED TABLE_UNKNOWN NO_SHEETS"))
    )


@case("N18")
def the_header_on_every_page() -> Made:
    """Title and header come again on the second page; it is one list."""
    people = [person(n) for n in range(1, 7)]
    one, two = table("roster", people[:3]), table("roster", people[3:])
    rows = [["接种名单"], *one, ["接种名单（续）"], *two]
    return Made(xlsx({"名单": rows}), reads({"roster": people}, refused=0))
