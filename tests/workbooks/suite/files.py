"""Files that are not what they are called, files that are shut, and what is hidden in them (N12, N17)."""

from __future__ import annotations

import io
import zipfile
from datetime import date

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import PatternFill

from tests.workbooks import make as awkward
from tests.workbooks.make import edited
from tests.workbooks.suite.case import Made, add, case, reads, refuses, said
from tests.workbooks.suite.paper import encrypted, ods, text, xls, xlsm, xlsx, zipped
from tests.workbooks.suite.street import DAY, HAPPY, LAKE, SUN, evening, morning, person, table

ROWS = [morning(), morning(HAPPY, 30, 40), morning(LAKE, 20, 25)]
GRID = table("morning", ROWS)
SHEET = [["8月12日早会商情况表"], *GRID]
READ = reads({"morning": ROWS}, refused=0)
PEOPLE = [person(1), person(2), person(3)]

# Hidden things --------------------------------------------------------------------------------------------------


@case("N12")
def hidden_sheets() -> Made:
    """Last month's sheet is hidden, another one very hidden: listed, not read."""

    def hide(workbook: Workbook) -> None:
        workbook["上月"].sheet_state = "hidden"
        workbook["底稿"].sheet_state = "veryHidden"

    old = table("morning", [morning(day=date(2022, 7, 12))])
    made = xlsx({"早会商": GRID, "上月": old, "底稿": old}, then=hide)
    return Made(
        made, reads({"morning": ROWS}, said("SHEET_HIDDEN"), states={"上月": "hidden", "底稿": "hidden"}, refused=0)
    )


@case("N12")
def templates_and_notes() -> Made:
    """Sheets named 模板, 填写示例, 填表说明 and 字典 hold tables that do not count."""
    other = table("morning", [morning(planned=999)])
    names = ("模板", "填写示例", "填表说明", "数据字典")
    made = xlsx({**dict.fromkeys(names[:2], other), "早会商": GRID, **dict.fromkeys(names[2:], other)})
    return Made(
        made, reads({"morning": ROWS}, said("SHEET_IGNORED"), states=dict.fromkeys(names, "ignored"), refused=0)
    )


@case("N12")
def hidden_rows() -> Made:
    """Two of three rows hidden by hand: read, and counted in a warning."""

    def hide(workbook: Workbook) -> None:
        for row in (3, 4):
            workbook.active.row_dimensions[row].hidden = True

    return Made(xlsx(GRID, then=hide), reads({"morning": ROWS}, said("HIDDEN_ROWS", "", "2"), refused=0))


@case("N12")
def a_saved_filter() -> Made:
    """A saved filter hides a person; on the list all the same."""

    def hide(workbook: Workbook) -> None:
        workbook.active.auto_filter.ref = "A1:K4"
        workbook.active.auto_filter.add_filter_column(2, ["李乙测", "李丁测"])
        workbook.active.row_dimensions[3].hidden = True

    return Made(
        xlsx(table("roster", PEOPLE), then=hide), reads({"roster": PEOPLE}, said("HIDDEN_ROWS", "", "1"), refused=0)
    )


@case("N12")
def hidden_columns() -> Made:
    """A hidden column is a column."""

    def hide(workbook: Workbook) -> None:
        workbook.active.column_dimensions["D"].hidden = True

    return Made(xlsx(GRID, then=hide), READ)


@case("N12")
def an_old_copy_of_the_same() -> Made:
    """Sheet1 (2) is a copy with the same rows: each is taken once."""
    return Made(xlsx({"Sheet1": GRID, "Sheet1 (2)": GRID}), READ)


@case("N12")
def an_old_copy_that_differs() -> Made:
    """Sheet1 (2) is an old copy that says something else of the same day: the second is not taken."""
    old = table("morning", [morning(planned=44)])
    made = xlsx({"Sheet1": GRID, "Sheet1 (2)": old})
    return Made(made, reads({"morning": ROWS}, errors=[said("ROW_CONTRADICTS")], refused=1))


@case("N12")
def empty_sheets() -> Made:
    """Sheet2 and Sheet3 are empty, as WPS makes them."""
    made = xlsx({"Sheet1": SHEET, "Sheet2": [], "Sheet3": []})
    return Made(made, reads({"morning": ROWS}, states={"Sheet2": "empty", "Sheet3": "empty"}, refused=0))


@case("N12")
def everything_hidden() -> Made:
    """A visible note, the table hidden: nothing can be taken, and it is said."""

    def hide(workbook: Workbook) -> None:
        workbook["早会商"].sheet_state = "hidden"

    made = xlsx({"说明": [["请见附件"]], "早会商": GRID}, then=hide)
    return Made(made, refuses(said("NO_SHEETS"), states={"早会商": "hidden"}))


# What the file is, whatever its name ----------------------------------------------------------------------------

FORMATS = {
    "csv_utf8": ("报表.csv", lambda: text(SHEET)),
    "csv_with_a_mark": ("报表.csv", lambda: text(SHEET, "utf-8-sig")),
    "csv_gb18030": ("报表.csv", lambda: text(SHEET, "gb18030")),
    "csv_semicolons": ("报表.csv", lambda: text(SHEET, delimiter=";")),
    "csv_utf16": ("报表.csv", lambda: text(SHEET, "utf-16", "\t")),
    "tsv_utf8": ("报表.tsv", lambda: text(SHEET, delimiter="\t")),
    "tsv_gb18030": ("报表.txt", lambda: text(SHEET, "gb18030", "\t")),
    "csv_named_xlsx": ("报表.xlsx", lambda: text(SHEET, "gb18030")),
    "csv_named_xls": ("报表.xls", lambda: text(SHEET, "gb18030", "\t")),
    "xls": ("报表.xls", lambda: xls(SHEET)),
    "xls_named_xlsx": ("报表.xlsx", lambda: xls(SHEET)),
    "xls_named_et": ("报表.et", lambda: xls(SHEET)),
    "xls_of_two_sheets": ("报表.xls", lambda: xls({"封面": [["示范街道"]], "早会商": SHEET})),
    "xls_with_a_merged_title": ("报表.xls", lambda: xls(SHEET, merges=[(0, 0, 0, 5)])),
    "xlsm": ("报表.xlsm", lambda: xlsm(SHEET)),
    "xlsx_named_xls": ("报表.xls", lambda: xlsx(SHEET)),
    "ods": ("报表.ods", lambda: ods(SHEET)),
    "ods_named_xlsx": ("报表.xlsx", lambda: ods(SHEET)),
    "xlsx_without_a_name": ("报表", lambda: xlsx(SHEET)),
}


def _format(name: str) -> None:
    filename, data = FORMATS[name]
    add(name, "N17", f"The sheet as {name.replace('_', ' ')}: {filename}.", lambda: Made(data(), READ, filename))


for _name in FORMATS:
    _format(_name)


@case("N17")
def an_evening_in_xls() -> Made:
    """晚调度 as .xls with its two-row header merged as a sender merges it."""
    rows = [evening(), evening(HAPPY, 20)]
    grid = table("evening", rows)
    parents = [name.partition("_")[0] for name in grid[0]]
    children = [name.partition("_")[2] or None for name in grid[0]]
    merges = [(0, 0, 6, 8), (0, 0, 18, 20)]
    made = xls({"晚调度": [parents, children, *grid[1:]]}, merges=merges)
    return Made(made, reads({"evening": rows}, refused=0), "晚调度.xls")


@case("N17")
def a_roster_in_csv() -> Made:
    """A roster as .csv: numbers of 18 digits are text there, nothing is lost; names with commas are quoted."""
    people = [person(1, remark="需轮椅, 需陪同"), person(2, remark="无"), person(3)]
    made = text(table("roster", people), "gb18030")
    return Made(made, reads({"roster": people}, refused=0), "接种名单.csv")


# Shut, broken, hostile ------------------------------------------------------------------------------------------

SHUT = "FILE_ENCRYPTED"
NO_BOOK = "FILE_NOT_A_WORKBOOK FILE_DAMAGED FILE_OF_ANOTHER_TYPE"


def _pdf() -> bytes:
    return b"%PDF-1.7\n" + bytes(range(256)) * 8


def _html() -> bytes:
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in SHEET)
    return f"<html><head><meta charset='utf-8'></head><body><table>{rows}</table></body></html>".encode()


def _word() -> bytes:
    return zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"})


def _bomb() -> bytes:
    """A workbook whose picture unpacks to a quarter of a gigabyte."""
    into = io.BytesIO(xlsx(GRID))
    with (
        zipfile.ZipFile(into, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
        new.open("xl/media/image1.bmp", "w") as part,
    ):
        for _n in range(256):
            part.write(bytes(1 << 20))
    return into.getvalue()


def _long() -> bytes:
    """A sheet of 20,300 rows."""
    cells = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(5, 20_305))
    return edited(
        xlsx(GRID), "xl/worksheets/sheet1.xml", lambda xml: xml.replace("</sheetData>", f"{cells}</sheetData>")
    )


def _flagged() -> bytes:
    """A zip whose parts are marked as encrypted."""
    data = bytearray(xlsx(GRID))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        spot = data.find(mark)
        while spot >= 0:
            data[spot + place] |= 1
            spot = data.find(mark, spot + 4)
    return bytes(data)


BROKEN = {
    "password": ("报表.xlsx", encrypted, SHUT),
    "password_on_the_zip": ("报表.xlsx", _flagged, f"{SHUT} {NO_BOOK}"),
    "empty_file": ("报表.xlsx", lambda: b"", "FILE_EMPTY"),
    "cut_off": ("报表.xlsx", lambda: xlsx(SHEET)[:3000], NO_BOOK),
    "cut_off_xls": ("报表.xls", lambda: xls(SHEET)[:1200], NO_BOOK),
    "a_pdf": ("报表.pdf", _pdf, NO_BOOK),
    "a_pdf_named_xlsx": ("报表.xlsx", _pdf, NO_BOOK),
    "a_picture": ("截图.png", lambda: b"\x89PNG\r\n\x1a\n" + bytes(400), NO_BOOK),
    "a_word_document": ("报表.docx", _word, NO_BOOK),
    "random_bytes": ("报表.xlsx", lambda: bytes(n * n % 251 for n in range(4000)), NO_BOOK),
    "a_zip_bomb": ("报表.xlsx", _bomb, "FILE_UNZIPS_TOO_LARGE"),
    "too_many_rows": ("报表.xlsx", _long, "SHEET_TOO_LONG"),
    "a_cell_in_the_far_corner": ("报表.xlsx", awkward.far_corner, "SHEET_TOO_LONG"),
}


def _broken(name: str) -> None:
    filename, data, codes = BROKEN[name]
    teaches = f"{name.replace('_', ' ').capitalize()}: refused in one sentence."
    add(name, "N17", teaches, lambda: Made(data(), refuses(said(codes)), filename))


for _name in BROKEN:
    _broken(_name)


@case("N17")
def formatted_blanks() -> Made:
    """Thirty thousand blank rows below the table with a ground colour, and a dimension of the whole sheet."""

    def style(workbook: Workbook) -> None:
        fill = PatternFill("solid", fgColor="FFFFFF")
        for row in range(6, 3000):
            for column in (1, 6):
                workbook.active.cell(row, column).fill = fill

    made = edited(xlsx(SHEET, then=style), "xl/worksheets/sheet1.xml", lambda xml: _claim(xml))
    return Made(made, READ)


def _claim(xml: str) -> str:
    start = xml.index('<dimension ref="') + len('<dimension ref="')
    return xml[:start] + "A1:XFD1048576" + xml[xml.index('"', start) :]


@case("N17")
def more_than_twenty_sheets() -> Made:
    """Twenty-two sheets: the first twenty are read, the others named."""
    rows = [morning(day=date(2022, 8, n), planned=40 + n) for n in range(1, 13)]
    sheets = {f"表{n}": table("morning", [row]) for n, row in enumerate(rows, 1)}
    sheets |= {f"空{n}": [["封面"]] for n in range(1, 11)}
    return Made(xlsx(sheets), reads({"morning": rows}, errors=[said("SHEETS_TOO_MANY")]))


@case("N17")
def more_than_a_hundred_columns() -> Made:
    """A stray note in column 150: the table is read, the cut is named."""
    grid = [row + [None] * (150 - len(row)) for row in GRID]
    grid[1][149] = "备查"
    return Made(xlsx(grid), reads({"morning": ROWS}, said("SHEET_TOO_WIDE COLUMN_UNKNOWN*"), refused=0))


@case("N17")
def external_links() -> Made:
    """A cell that points into another workbook has its last value, and nothing is fetched."""
    data = xlsx([*GRID[:1], [DAY, SUN, "=[1]Sheet1!A1", 60, "王填报", GRID[1][5]]])
    cached = edited(
        data, "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace("<f>[1]Sheet1!A1</f><v />", "<f>[1]Sheet1!A1</f><v>50</v>").replace(
            "<f>[1]Sheet1!A1</f><v></v>", "<f>[1]Sheet1!A1</f><v>50</v>"
        ),
    )  # fmt: skip
    assert cached != data
    return Made(cached, reads({"morning": ROWS[:1]}, refused=0))


@case("N17")
def a_page_of_the_web_named_xls() -> Made:
    """A web page named .xls, as some systems export: its table is read like any other."""
    return Made(_html(), READ, "导出.xls")


@case("N17")
def a_protected_sheet() -> Made:
    """The sheet is protected against changes with a password: it can be read all the same."""

    def protect(workbook: Workbook) -> None:
        workbook.active.protection.sheet = True
        workbook.active.protection.password = "geheim"

    return Made(xlsx(SHEET, then=protect), READ)


@case("N17")
def a_chart_beside_the_table() -> Made:
    """A sheet that is a chart stands first."""

    def chart(workbook: Workbook) -> None:
        bars = BarChart()
        bars.add_data(Reference(workbook["早会商"], min_col=3, min_row=2, max_row=5), titles_from_data=True)
        workbook.create_chartsheet("图表", 0).add_chart(bars)

    return Made(xlsx({"早会商": SHEET}, then=chart), READ)


@case("N17")
def a_csv_with_line_breaks_in_its_headers() -> Made:
    """Headers quoted over two lines, rows of different lengths, blank lines at the end."""
    grid = [[f"{head[:2]}\n{head[2:]}" if len(head) > 3 else head for head in GRID[0]], *GRID[1:]]
    return Made(text([["早会商"], *grid, [], []]), READ, "早会商.csv")


@case("N17")
def a_list_without_shared_strings() -> Made:
    """A .xlsx as scripts write it: every text in its cell, no table of shared strings."""
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("早会商")
    for row in SHEET:
        sheet.append(row)
    data = awkward.packed(workbook)
    assert "xl/sharedStrings.xml" not in zipfile.ZipFile(io.BytesIO(data)).namelist()
    return Made(data, READ)


@case("N12")
def a_register_beside_its_reports() -> Made:
    """A new community is entered on one sheet and reports on another one, which comes first."""
    rows = [morning("新村社区"), morning(SUN)]
    register = [["社区编码", "社区名称", "类型", "别名"], ["C09", "新村社区", "社区", "新村居、新村"]]
    made = xlsx(
        {"早会商": table("morning", rows, community=lambda c: "新村居" if "新村" in c else c), "社区名录": register}
    )
    entered = {"code": "C09", "name": "新村社区", "kind": "community", "aliases": ("新村居", "新村")}
    return Made(made, reads({"morning": rows, "communities": [entered]}, refused=0))
