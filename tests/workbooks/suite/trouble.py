"""Corrections (N20), what is struck through or coloured (N21), what is masked or garbled (N22)."""

from __future__ import annotations

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill

from data_access.workbooks.model import Hints
from tests.workbooks.suite.case import Made, case, reads, said
from tests.workbooks.suite.paper import text, xls, xlsx
from tests.workbooks.suite.street import (
    HAPPY,
    LAKE,
    PEACE,
    SUN,
    action,
    evening,
    morning,
    person,
    table,
)  # fmt: skip

PEOPLE = [person(1), person(2), person(3), person(4)]
TWO = [morning(), morning(HAPPY, 30, 40)]
STRUCK = "STRUCK* STRIKE*"


@case("N20")
def the_whole_sheet_again() -> Made:
    """A correction sent as the whole sheet: taken as the whole, whatever 更正 its title says."""
    made = xlsx([["接种名单（更正）"], *table("roster", PEOPLE)])
    return Made(made, reads({"roster": PEOPLE}, refused=0), filename="朝阳社区8月12日接种名单（更正）.xlsx")


@case("N20")
def changed_rows_declared() -> Made:
    """Two changed rows, declared as such by the sender: a part, beside which the rest stays."""
    made = xlsx(table("roster", PEOPLE[:2]))
    return Made(made, reads({"roster": PEOPLE[:2]}, refused=0, partial=True), hints=Hints(partial=True))


@case("N20")
def changed_rows_of_a_tally_declared() -> Made:
    """One site of a tally, declared as a part."""
    rows = [evening(SUN, 20, site="街道接种门诊")]
    return Made(
        xlsx(table("evening", rows)), reads({"evening": rows}, refused=0, partial=True), hints=Hints(partial=True)
    )


@case("N20")
def changed_rows_of_matters() -> Made:
    """Of 督办整改 each matter is a scope of its own; two matters sent again touch no other one."""
    rows = [action(3), action(7, HAPPY)]
    return Made(xlsx(table("actions", rows)), reads({"actions": rows}, refused=0))


@case("N20")
def the_same_name_another_day() -> Made:
    """The file of yesterday with its name unchanged and its day changed in the cells: the cells decide."""
    made = xlsx(table("morning", TWO))
    return Made(made, reads({"morning": TWO}, said("DATE_DISAGREES"), refused=0), filename="8月11日早会商.xlsx")


# Struck through, coloured, commented ----------------------------------------------------------------------------


@case("N21")
def a_name_struck_through() -> Made:
    """A person struck through is a row all the same, with a warning: use the column 状态."""

    def strike(workbook: Workbook) -> None:
        for cell in workbook.active[3]:
            cell.font = Font(strike=True)

    return Made(xlsx(table("roster", PEOPLE), then=strike), reads({"roster": PEOPLE}, said(STRUCK), refused=0))


@case("N21")
def one_cell_struck_through() -> Made:
    """Only the name of one person is struck through."""

    def strike(workbook: Workbook) -> None:
        workbook.active["C4"].font = Font(strike=True, color="FF0000")

    return Made(xlsx(table("roster", PEOPLE), then=strike), reads({"roster": PEOPLE}, said(STRUCK), refused=0))


@case("N21")
def red_cells() -> Made:
    """Red and yellow cells say nothing."""

    def paint(workbook: Workbook) -> None:
        for cell in workbook.active[3]:
            cell.fill = PatternFill("solid", fgColor="FF0000")
        workbook.active["C4"].font = Font(color="FF0000", bold=True, underline="single")

    return Made(xlsx(table("roster", PEOPLE), then=paint), reads({"roster": PEOPLE}, refused=0))


@case("N21")
def comments_are_no_data() -> Made:
    """A comment 已迁出 on a name, a comment 60 on a count: not read."""

    def note(workbook: Workbook) -> None:
        workbook.active["C2"].comment = Comment("实际为60", "王填报")

    return Made(xlsx(table("morning", TWO), then=note), reads({"morning": TWO}, refused=0))


@case("N21")
def a_title_struck_through() -> Made:
    """A struck title above the table strikes no row."""

    def strike(workbook: Workbook) -> None:
        workbook.active["A1"].font = Font(strike=True)

    return Made(xlsx([["早会商情况表"], *table("morning", TWO)], then=strike), reads({"morning": TWO}, refused=0))


# Masked and garbled ---------------------------------------------------------------------------------------------

ROWS = [morning(place, 30 + n) for n, place in enumerate((SUN, HAPPY, LAKE, PEACE))]


@case("N22")
def masked_counts() -> Made:
    """**, xx, 1xx and 20xx in a count: never a number, not even the 20."""
    words = iter(["**", "xx", "1xx", "20xx"])
    grid = table("morning", ROWS, planned=lambda _n: next(words))
    return Made(xlsx(grid), reads({}, errors=[said("MASKED", f"C{n}") for n in (2, 3, 4, 5)], refused=4))


@case("N22")
def masked_days() -> Made:
    """20xx年8月12日, 2022年x月12日, ****-08-12: no day."""
    words = iter(["20xx年8月12日", "2022年x月12日", "****-08-12", "2022-08-12"])
    grid = table("morning", ROWS, biz_date=lambda _d: next(words))
    errors = [said("MASKED", f"A{n}") for n in (2, 3, 4)]
    return Made(xlsx(grid), reads({"morning": ROWS[3:]}, errors=errors, refused=3))


@case("N22")
def question_marks() -> Made:
    """??, 4?, ?F and a replacement character in counts: garbled, never 4."""
    words = iter(["??", "4?", "?F", "3\ufffd"])
    grid = table("morning", ROWS, planned=lambda _n: next(words))
    errors = [said("MASKED NOT_A_NUMBER*", f"C{n}") for n in (2, 3, 4, 5)]
    return Made(xlsx(grid), reads({}, errors=errors, refused=4))


@case("N22")
def a_garbled_community() -> Made:
    """朝?社区 and a name with a private-use character: no community, though one is near."""
    words = iter(["朝?社区", "幸福\ue000社区", LAKE, PEACE])
    grid = table("morning", ROWS, community=lambda _c: next(words))
    errors = [said("MASKED COMMUNITY_UNKNOWN*", "B2"), said("MASKED COMMUNITY_UNKNOWN*", "B3")]
    return Made(xlsx(grid), reads({"morning": ROWS[2:]}, errors=errors, refused=2))


@case("N22")
def garbled_words() -> Made:
    """A remark with a lone ? between Chinese characters is kept as it stands, and marked."""
    rows = [morning(issues="接种点?位不足"), morning(HAPPY, 30, 40, issues="还差几个人？")]
    return Made(xlsx(table("morning", rows)), reads({"morning": rows}, said("TEXT_BROKEN", "G2"), refused=0))


@case("N22")
def a_masked_title() -> Made:
    """The title of a form says 20xx年x月x日; the day comes from the cells."""
    made = xlsx([["20xx年x月x日早会商情况表"], *table("morning", TWO)])
    return Made(made, reads({"morning": TWO}, refused=0))


@case("N22")
def a_masked_title_and_nothing_else() -> Made:
    """20xx年x月x日 alone gives no day."""
    made = xlsx([["20xx年8月xx日早会商情况表"], *table("morning", TWO, without=("biz_date",))])
    return Made(made, reads({}, errors=[said("DATE_MISSING DATE_UNCLEAR")], refused=2))


@case("N22")
def utf8_taken_for_gbk() -> Made:
    """A file whose Chinese was turned into 鏈濋槼 by a wrong encoding: not recognised, and nothing is taken."""
    grid = [[str(cell).encode().decode("gb18030", "replace") for cell in row] for row in table("morning", TWO)]
    made = xlsx({"Sheet1": grid})
    return Made(made, reads({}, errors=[said("SHEET_UNRECOGNISED NO_SHEETS TEXT_BROKEN HEADERS_MISSING")]))


@case("N22")
def masked_cells_in_a_csv() -> Made:
    """Masks in a .csv and in a .xls are masks too."""
    words = iter(["**", "20xx", 32, 33])
    grid = table("morning", ROWS, planned=lambda _n: next(words))
    errors = [said("MASKED", "C2"), said("MASKED", "C3")]
    return Made(text(grid), reads({"morning": ROWS[2:]}, errors=errors, refused=2), "早会商.csv")


@case("N22")
def masked_cells_in_an_xls() -> Made:
    """Masks in a .xls."""
    words = iter(["***", "5x", 32, 33])
    grid = table("morning", ROWS, planned=lambda _n: next(words))
    errors = [said("MASKED", "C2"), said("MASKED", "C3")]
    return Made(xls({"早会商": grid}), reads({"morning": ROWS[2:]}, errors=errors, refused=2), "早会商.xls")
