"""Any bytes to a book or to one clear finding (N17); the file is judged by its content."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable
from datetime import date
from time import perf_counter
from types import ModuleType

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.styles import Font

from config.language import LANGUAGES, speaking
from config.settings import settings
from data_access.findings import Finding
from data_access.workbooks.grid import MOST_CELLS, Book, Grid, address, open_book

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
Convert = Callable[[bytes, str], bytes]


def refusal(data: bytes, name: str = "a.xlsx") -> str:
    found = open_book(data, name)
    assert isinstance(found, Finding)
    return found.code


def opened(data: bytes, name: str = "a.xlsx") -> Book:
    found = open_book(data, name)
    assert isinstance(found, Book), found
    return found


def only(data: bytes, name: str = "a.xlsx") -> Grid:
    (grid,) = opened(data, name).sheets
    return grid


def test_what_is_no_workbook(make: ModuleType) -> None:
    assert refusal(b"") == "FILE_EMPTY"
    assert refusal(b"\0" * 4096) == "FILE_EMPTY"
    assert refusal(b"PK\x03\x04" + b"garbage" * 50) == "FILE_DAMAGED"
    whole = make.title_rows()
    assert refusal(whole[: len(whole) // 2]) == "FILE_DAMAGED"


def test_a_broken_xls_does_not_raise() -> None:
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le") + b"\xff" * 2048
    assert refusal(data, "a.xls") == "FILE_DAMAGED"


def test_a_bomb_is_refused_by_its_unpacked_size(make: ModuleType) -> None:
    into = io.BytesIO(make.title_rows())
    with zipfile.ZipFile(into, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/pad.bin", "w") as pad:
        for _megabyte in range(settings().limits.unzipped_mb + 1):
            pad.write(b"\0" * 1024 * 1024)
    assert len(into.getvalue()) < 2 * 1024 * 1024
    assert refusal(into.getvalue()) == "FILE_UNZIPS_TOO_LARGE"


def test_a_stored_size_that_lies_is_not_believed(make: ModuleType) -> None:
    data = make.edited(make.title_rows(), "xl/styles.xml", lambda xml: xml + " " * 3_000_000)
    where = data.rindex(b"xl/styles.xml") - 46  # its entry in the central directory
    lying = data[: where + 24] + struct.pack("<I", 10) + data[where + 28 :]
    assert refusal(lying) == "FILE_DAMAGED"


def test_a_file_that_is_too_large() -> None:
    assert refusal(b"PK\x03\x04" + b"x" * (settings().limits.file_mb * 1024 * 1024)) == "FILE_TOO_LARGE"


def test_a_wrong_ending_is_read_and_said(make: ModuleType) -> None:
    found = open_book(make.title_rows(), "名单.xls")
    assert isinstance(found, Book) and found.kind == "xlsx"
    assert [finding.code for finding in found.findings] == ["FILE_TYPE_DIFFERS"]


def test_cells_keep_their_addresses(make: ModuleType) -> None:
    rows: list[list[object]] = [[], [None, None, "x"]]
    found = open_book(make.book(表=rows), "a.xlsx")
    assert isinstance(found, Book)
    assert found.sheets[0].rows == [[], ["", "", "x"]]
    assert (address(1, 2), address(0, 25), address(9, 26), address(0, 702)) == ("C2", "Z1", "AA10", "AAA1")


def test_far_corners_are_not_laid_out(make: ModuleType) -> None:
    found = open_book(make.far_corner(), "a.xlsx")
    assert isinstance(found, Book)
    assert found.sheets[0].refusal is not None and found.sheets[0].refusal.code == "SHEET_TOO_LONG"
    assert MOST_CELLS < 16_384 * 1_048_576


def test_a_sheet_that_lies_about_its_width_is_stopped_by_the_limit_on_memory(make: ModuleType) -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c><c r="XFD{n}"><v>2</v></c></row>' for n in range(2, 9_000))

    def claim(xml: str) -> str:
        xml = re.sub(r'<dimension ref="[^"]*"', '<dimension ref="A1:B8999"', xml)
        return xml.replace("</sheetData>", rows + "</sheetData>")

    data = make.edited(make.book(表=[["a"]]), "xl/worksheets/sheet1.xml", claim)
    assert refusal(data) == "FILE_TOO_HEAVY"
    honest = make.edited(data, "xl/worksheets/sheet1.xml", lambda xml: xml.replace('"A1:B8999"', '"A1:XFD8999"'))
    (sheet,) = opened(honest).sheets
    assert sheet.refusal is not None and sheet.refusal.code == "SHEET_TOO_LONG"


def test_declared_extents_and_formatted_blanks_do_not_count(make: ModuleType) -> None:
    found = open_book(make.formatted_blanks(), "a.xlsx")
    assert isinstance(found, Book) and len(found.sheets[0].rows) == 2


def test_more_sheets_than_allowed(make: ModuleType) -> None:
    limit = settings().limits.sheets
    found = open_book(make.book(**{f"表{n}": [["a"]] for n in range(limit + 1)}), "a.xlsx")
    assert isinstance(found, Book)
    refused = [grid.name for grid in found.sheets if grid.refusal is not None]
    assert refused == [f"表{limit}"]


@pytest.mark.parametrize("mark", ['hidden="1"', 'hidden="true"'])
def test_hidden_rows_are_known(make: ModuleType, mark: str) -> None:
    data = make.edited(
        make.book(表=[["a"], ["b"]]),
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace('<row r="2"', f'<row {mark} r="2"'),
    )
    found = open_book(data, "a.xlsx")
    assert isinstance(found, Book) and found.sheets[0].hidden_rows == {1}


def test_columns_beyond_the_limit_are_cut_and_said(hostile: ModuleType) -> None:
    grid = only(hostile.wide())
    assert grid.cut_columns and [len(row) for row in grid.rows] == [settings().limits.columns] * 3


# Marks ----------------------------------------------------------------------------------------------------------


def marks() -> Workbook:
    """Struck-through cells, percent formats, hidden rows and columns, an error, a merge."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = "表"
    for row in (["社区", "率", "数"], ["甲", 0.5, 1], ["乙", 0.25, "=1/0"], ["丙", "38%", 3]):
        sheet.append(row)
    sheet["A3"].font = Font(strike=True)
    for cell, shown in (("B2", "0%"), ("B3", "0.00%"), ("B4", "0%")):
        sheet[cell].number_format = shown
    sheet.row_dimensions[4].hidden = True
    sheet.column_dimensions["C"].hidden = True
    sheet.merge_cells("A6:B6")
    sheet["A6"] = "备注"
    return workbook


def test_marks_of_an_xlsx(make: ModuleType) -> None:
    data = make.edited(
        make.packed(marks()),
        "xl/worksheets/sheet1.xml",
        lambda xml: re.sub(r'<c r="C3"([^>]*)>.*?</c>', r'<c r="C3" t="e"><f>1/0</f><v>#DIV/0!</v></c>', xml),
    )
    grid = only(data)
    assert grid.struck == {(2, 0)}
    assert grid.percent == {(1, 1), (2, 1)}, "38% written as text is no number"
    assert (grid.hidden_rows, grid.hidden_columns) == ({3}, {2})
    assert grid.errors == {(2, 2): "#DIV/0!"} and grid.merges == [(5, 0, 5, 1)]
    assert grid.uncalculated == set()


@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_marks_of_other_formats(make: ModuleType, converted: Convert, kind: str) -> None:
    book = opened(converted(make.packed(marks()), kind), f"a.{kind}")
    (grid,) = book.sheets
    assert (book.kind, book.findings) == (kind, [])
    assert [row[0] if row else "" for row in grid.rows] == ["社区", "甲", "乙", "丙", "", "备注"]
    assert grid.struck == {(2, 0)} and grid.percent == {(1, 1), (2, 1)}
    assert (grid.hidden_rows, grid.hidden_columns) == ({3}, {2})
    assert grid.errors == {(2, 2): "#DIV/0!"} and grid.merges == [(5, 0, 5, 1)]


def test_a_formula_that_was_never_computed_is_told_from_one_that_was(make: ModuleType) -> None:
    data = make.edited(
        make.book(表=[["a", "b"], ["=1+1", "=2+2"]]),
        "xl/worksheets/sheet1.xml",
        lambda xml: re.sub(r"<f>2\+2</f><v */?>(?:</v>)?", "<f>2+2</f><v>4</v>", xml),
    )
    grid = only(data)
    assert grid.uncalculated == {(1, 0)} and grid.rows[1] == ["", 4]


# Text -----------------------------------------------------------------------------------------------------------

TABLE = '社区,编码,备注\n朝阳社区,007,"第一行\n第二行,还有"\n东湖村,010,\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
def test_text_in_every_encoding(encoding: str) -> None:
    found = opened(TABLE.encode(encoding), "a.csv")
    assert (found.kind, found.findings) == ("text", [])
    assert found.sheets[0].rows == [
        ["社区", "编码", "备注"],
        ["朝阳社区", "007", "第一行\n第二行,还有"],
        ["东湖村", "010"],
    ]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_found_from_the_content(delimiter: str) -> None:
    lines = [
        "8月12日接种名单",
        delimiter.join(["社区", "率", "说明"]),
        *(f"第{n}社区{delimiter}3,5{delimiter}无" for n in range(9)),
    ]
    if delimiter == ",":
        lines = [line.replace("3,5", '"3,5"') for line in lines]
    grid = only("\r\n".join(lines).encode("gbk"), "a.txt")
    assert grid.rows[1] == ["社区", "率", "说明"] and grid.rows[4] == ["第2社区", "3,5", "无"]


def test_the_hint_of_excel_and_guarded_numbers() -> None:
    grid = only('sep=;\n社区;电话\n朝阳;="013800000001"\n'.encode(), "a.csv")
    assert grid.rows == [["社区", "电话"], ["朝阳", "013800000001"]]


def test_text_named_as_a_workbook_is_read_and_said() -> None:
    found = opened(TABLE.encode("gbk"), "名单.xls")
    assert [(finding.code, finding.fields["is"]) for finding in found.findings] == [("FILE_TYPE_DIFFERS", "text")]


# Tables of web systems saved as .xls ------------------------------------------------------------------------------


def test_a_page_with_a_table() -> None:
    page = """<html><head><meta charset="gbk"><style>td {mso-number-format:"\\@"}</style></head><body><table>
    <tr><th colspan=3>晚调度&nbsp;</th></tr><tr><td rowspan="2">朝阳社区</td><td>第一剂</td><td>0012</td></tr>
    <tr><td>第二<br>剂</td><td><s>5</s></td></tr></table></body></html>"""
    found = opened(page.encode("gbk"), "导出.xls")
    grid = found.sheets[0]
    assert found.kind == "html"
    assert [row for row in grid.rows if row] == [["晚调度"], ["朝阳社区", "第一剂", "0012"], ["", "第二\n剂", "5"]]
    first = next(number for number, row in enumerate(grid.rows) if row)
    assert grid.merges == [(first, 0, first, 2), (first + 1, 0, first + 2, 0)]
    assert grid.struck == {(first + 2, 2)}


def test_an_xml_spreadsheet() -> None:
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    data = f"""<?xml version="1.0" encoding="gb2312"?><?mso-application progid="Excel.Sheet"?>
    <Workbook xmlns="{space}" xmlns:ss="{space}" xmlns:x="urn:schemas-microsoft-com:office:excel">
    <Worksheet ss:Name="早会商"><Table><Row ss:Index="2"><Cell><Data ss:Type="String">社区</Data></Cell>
    <Cell ss:Index="3" ss:MergeAcross="1"><Data ss:Type="Number">38.5</Data></Cell></Row>
    <Row ss:Hidden="1"><Cell><Data ss:Type="DateTime">2022-08-12T00:00:00.000</Data></Cell></Row></Table></Worksheet>
    <Worksheet ss:Name="底稿"><Table/><x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions>
    </Worksheet></Workbook>"""
    found = opened(data.encode("gbk"), "导出.xls")
    grid, hidden = found.sheets
    assert (found.kind, grid.name, hidden.name) == ("xml", "早会商", "底稿")
    assert grid.rows == [[], ["社区", "", 38.5], [date(2022, 8, 12)]]
    assert (grid.merges, grid.hidden_rows, hidden.visible) == ([(1, 2, 1, 3)], {2}, False)


# Whatever comes ---------------------------------------------------------------------------------------------------


def test_hostile_files_are_refused_in_one_sentence(hostile: ModuleType) -> None:
    for name, (content, codes) in hostile.REFUSED.items():
        data = content()
        start = perf_counter()
        found = open_book(data, "a.xlsx")
        taken = perf_counter() - start
        assert isinstance(found, Finding) and found.code in codes, (name, found)
        assert taken < settings().limits.seconds + 2, (name, taken)
        for language in LANGUAGES:
            with speaking(language):
                for sentence in (found.message, found.remedy):
                    assert len(sentence) > 5 and "{" not in sentence and sentence.endswith((".", "。")), sentence


def test_what_only_looks_dangerous_is_read(hostile: ModuleType) -> None:
    for name, content in hostile.READ.items():
        data = content()
        start = perf_counter()
        grid = only(data)
        assert grid.refusal is None and grid.rows, name
        assert perf_counter() - start < settings().limits.seconds, name


def test_values_from_other_files_are_read_and_said(hostile: ModuleType) -> None:
    found = opened(hostile.external())
    assert found.sheets[0].rows[1][2] == 50
    assert [finding.code for finding in found.findings] == ["OTHER_FILES_USED"]


def test_files_cut_off_anywhere_never_raise(make: ModuleType, hostile: ModuleType, converted: Convert) -> None:
    whole = make.title_rows()
    for part in (*hostile.halves(whole), *hostile.halves(converted(whole, "ods"))):
        assert refusal(part) == "FILE_DAMAGED"
    for part in hostile.halves(converted(whole, "xls")):
        assert isinstance(open_book(part, "a.xls"), Book | Finding)


@given(st.binary(max_size=2000), st.sampled_from((b"", b"PK\x03\x04", OLE, b"<html><table>", b"a,b\n", b"\xff\xfe")))
@hypothesis.settings(max_examples=150, deadline=None)
def test_any_bytes_are_answered(noise: bytes, start: bytes) -> None:
    assert isinstance(open_book(start + noise, "a.xlsx"), Book | Finding)


@given(st.data())
@hypothesis.settings(max_examples=150, deadline=None, suppress_health_check=list(hypothesis.HealthCheck))
def test_mutations_of_sound_files_are_answered(samples: list[bytes], data: st.DataObject) -> None:
    """A few bytes changed; in packed files also inside a part, whose checksum is then right."""
    whole = bytearray(data.draw(st.sampled_from(samples)))
    if whole[:2] == b"PK" and data.draw(st.booleans()):
        whole = bytearray(repacked(bytes(whole), data))
    else:
        change(whole, data)
    assert isinstance(open_book(bytes(whole), "a.xls"), Book | Finding)


def change(content: bytearray, data: st.DataObject) -> None:
    for _number in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, max(len(content) - 1, 0)))
        content[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))


def repacked(whole: bytes, data: st.DataObject) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(into, "w") as new:
        chosen = data.draw(st.sampled_from([name for name in old.namelist() if name.endswith(".xml")]))
        for name in old.namelist():
            content = bytearray(old.read(name))
            if name == chosen:
                change(content, data)
            new.writestr(name, bytes(content))
    return into.getvalue()
