"""The sender's own workbook back: layout and values as they were, findings marked and listed, nothing runs."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from data_access.findings import Finding
from data_access.workbooks import rules
from data_access.workbooks.grid import Book, open_book
from data_access.workbooks.model import Known
from data_access.workbooks.pipeline import examine
from data_access.workbooks.returns import annotated, returned_name

Convert = Callable[[bytes, str], bytes]
SAMPLES = Path(__file__).parents[4] / "shared" / "samples"
LIST = "问题清单"


def findings(sheet: str = "早会商") -> list[Finding]:
    return [
        Finding(rules.NORMALISED, sheet, "C3", "５", "人数", {"n": 2, "read": "5"}),
        Finding(rules.ERROR_CELL, sheet, "C3", "=1+1", "人数"),
        Finding(rules.HIDDEN_ROWS, sheet, "B7", "-3", "率", {"n": 1}),
        Finding(rules.ERROR_CELL, sheet, "A4", "李示例", "姓名", personal=True),
        Finding(rules.FILE_TYPE_DIFFERS, fields={"named": "xls", "is": "xlsx"}),
    ]


def laid_out() -> Workbook:
    """A workbook with everything that must survive."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = "早会商"
    sheet["A1"], sheet["A1"].font = "朝阳社区早会商", Font(bold=True, size=16)
    sheet.merge_cells("A1:C1")
    for row in (
        ["社区", "率", "人数"],
        ["朝阳", 0.5, 5],
        ["东湖", 0.25, "=C3*2"],
        [],
        [date(2022, 8, 12), "=1+1", '=TEXT(1,"0")'],
    ):
        sheet.append(row)
    sheet.merge_cells("B6:B8")
    sheet["B3"].number_format = "0%"
    sheet["C3"].comment = Comment("请核对", "王填报")
    sheet.column_dimensions["A"].width, sheet.column_dimensions["C"].width = 31.5, 7
    sheet.column_dimensions["B"].hidden = True
    sheet.row_dimensions[4].height = 40
    sheet.row_dimensions[5].hidden = True
    sheet.freeze_panes = "A3"
    sheet.auto_filter.ref = "A2:C4"
    sheet.print_title_rows = "1:2"
    hidden = workbook.create_sheet("底稿")
    hidden.sheet_state, hidden["A1"] = "hidden", "=早会商!C3"
    return workbook


def computed(make: ModuleType) -> bytes:
    data = make.packed(laid_out())
    for formula, kind, value in (("C3*2", "n", "10"), ("1+1", "n", "2"), ('TEXT(1,"0")', "str", "1")):
        data = make.edited(
            data,
            "xl/worksheets/sheet1.xml",
            lambda xml, formula=formula, kind=kind, value=value: xml.replace(
                f"><f>{formula}</f><v />", f' t="{kind}"><f>{formula}</f><v>{value}</v>'
            ).replace(f"><f>{formula}</f><v></v>", f' t="{kind}"><f>{formula}</f><v>{value}</v>'),
        )
    return data


def layout(sheet: Worksheet) -> dict[str, object]:
    return {
        "values": [[cell.value for cell in row] for row in sheet.iter_rows()],
        "formats": [[cell.number_format for cell in row] for row in sheet.iter_rows()],
        "fonts": [[(cell.font.b, cell.font.sz) for cell in row] for row in sheet.iter_rows()],
        "merges": sorted(map(str, sheet.merged_cells.ranges)),
        "widths": {key: (about.width, about.hidden) for key, about in sheet.column_dimensions.items()},
        "heights": {
            key: (about.height, about.hidden)
            for key, about in sheet.row_dimensions.items()
            if about.height or about.hidden
        },
        "frozen": sheet.freeze_panes,
        "filter": sheet.auto_filter.ref,
        "titles": sheet.print_title_rows,
        "state": sheet.sheet_state,
    }


def both(before: bytes, after: bytes, *, data_only: bool) -> None:
    """The sheets of the original stand unchanged behind the list."""
    old, new = (load_workbook(io.BytesIO(data), data_only=data_only) for data in (before, after))
    assert new.sheetnames[1:] == old.sheetnames
    for sheet in old.worksheets:
        assert layout(new[sheet.title]) == layout(sheet)


def test_layout_and_values_are_kept(make: ModuleType) -> None:
    data = computed(make)
    assert load_workbook(io.BytesIO(data), data_only=True)["早会商"]["C4"].value == 10
    back = annotated(data, "早会商.xlsx", findings())
    both(data, back, data_only=False)
    both(data, back, data_only=True)


def test_cells_are_coloured_and_explained(make: ModuleType) -> None:
    sheet = load_workbook(io.BytesIO(annotated(computed(make), "早会商.xlsx", findings())))["早会商"]
    worst, merged = sheet["C3"], sheet["B6"]
    assert worst.fill.fgColor.rgb[-6:] == sheet["A4"].fill.fgColor.rgb[-6:] != merged.fill.fgColor.rgb[-6:]
    assert worst.comment.text.startswith("请核对\n") and worst.comment.text.count("【") == 2
    assert "隐藏" in merged.comment.text, "B7 lies in the merge that begins at B6"
    assert merged.comment.author == "街道晨会看板"
    assert sheet["C4"].comment is None and sheet["C4"].fill.fill_type is None


def test_the_list_names_every_finding_and_leads_to_it(make: ModuleType) -> None:
    book = load_workbook(io.BytesIO(annotated(computed(make), "早会商.xlsx", findings())))
    sheet = book[LIST]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
    assert [row[0] for row in rows] == ["错误", "错误", "警告", "提示", "提示"], "the gravest first"
    assert [row[2] for row in rows] == ["C3", "A4", "B7", "C3", None]
    assert sheet["C4"].hyperlink.location == "'早会商'!C3"
    assert [row[4] for row in rows] == ["=1+1", "李***", "-3", "５", None], "personal values are masked"
    assert all(row[5] and row[6] for row in rows)
    assert sheet.freeze_panes == "A4" and sheet.column_dimensions["F"].width > 50
    assert (book.active.title, [each.sheet_view.tabSelected for each in book.worksheets].count(True)) == (LIST, 1)


def test_nothing_of_ours_runs_as_a_formula(make: ModuleType) -> None:
    evil = ["=1+1", "+1", "-1", "@A1", "\t=1", '=HYPERLINK("http://x")']
    said = [Finding(rules.ERROR_CELL, "早会商", "A4", text, text) for text in evil]
    for data, name in ((computed(make), "a.xlsx"), ("\n".join(f"{text},1" for text in ["a", *evil]).encode(), "a.csv")):
        back = load_workbook(io.BytesIO(annotated(data, name, said)))
        ours = [back[LIST]] if name == "a.xlsx" else back.worksheets
        assert [cell for sheet in ours for row in sheet.iter_rows() for cell in row if cell.data_type == "f"] == []


def test_the_copy_sent_back_reads_like_the_original(make: ModuleType, known: Known) -> None:
    data = make.totals()
    before = examine(data, "8月12日晚调度.xlsx", known)
    again = examine(annotated(data, "8月12日晚调度.xlsx", before.all_findings()), "8月12日晚调度_批注.xlsx", known)
    assert [portion.rows for _sheet, portion in again.portions] == [portion.rows for _sheet, portion in before.portions]
    assert again.sheets[0].name == LIST and again.sheets[0].state == "ignored"


def test_marking_twice_keeps_one_list_and_one_comment(make: ModuleType) -> None:
    once = annotated(computed(make), "a.xlsx", findings())
    twice = load_workbook(io.BytesIO(annotated(once, "a.xlsx", findings()[:2])))
    assert twice.sheetnames == [LIST, "早会商", "底稿"]
    note = twice["早会商"]["C3"].comment.text
    assert note.startswith("请核对\n") and note.count("【") == 2
    assert twice["早会商"]["B6"].comment is None and twice["早会商"]["B6"].fill.fill_type is None, "mended by now"
    assert load_workbook(io.BytesIO(annotated(once, "a.xlsx", [])), data_only=True)["早会商"]["C4"].value == 10


@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_other_formats_are_built_anew(make: ModuleType, converted: Convert, kind: str) -> None:
    back = load_workbook(io.BytesIO(annotated(converted(computed(make), kind), f"早会商.{kind}", findings())))
    old = laid_out()["早会商"]
    sheet = back["早会商"]
    assert back.sheetnames == [LIST, "早会商", "底稿"] and back["底稿"].sheet_state == "hidden"
    assert [sheet[cell].value for cell in ("A1", "B3", "C4", "A6")] == [
        "朝阳社区早会商", 0.5, 10, sheet["A6"].value,
    ]  # fmt: skip
    assert sheet["A6"].is_date and sheet["B3"].number_format.endswith("%")
    assert sorted(map(str, sheet.merged_cells.ranges)) == ["A1:C1", "B6:B8"]
    assert sheet.column_dimensions["A"].width == pytest.approx(old.column_dimensions["A"].width, abs=2)
    assert sheet.column_dimensions["B"].hidden and sheet.row_dimensions[5].hidden
    assert sheet["C3"].comment is not None and sheet["C3"].fill.fill_type == "solid"


def test_text_is_built_anew(make: ModuleType) -> None:
    back = load_workbook(io.BytesIO(annotated("社区,编码\n朝阳,007\n".encode("gbk"), "a.csv", findings("CSV"))))
    assert [[cell.value for cell in row] for row in back["CSV"].iter_rows(max_row=2, max_col=2)] == [
        ["社区", "编码"],
        ["朝阳", "007"],
    ]
    assert back["CSV"]["C3"].comment is not None


def test_what_cannot_be_changed_gives_the_list_alone(hostile: ModuleType) -> None:
    for name in ("pdf", "swelling", "cut off"):
        back = load_workbook(io.BytesIO(annotated(hostile.REFUSED[name][0](), "a.xlsx", findings())))
        assert back.sheetnames == [LIST], name
        assert "清单" in back[LIST].cell(back[LIST].max_row, 6).value


def test_what_openpyxl_cannot_read_is_built_anew(hostile: ModuleType) -> None:
    back = load_workbook(io.BytesIO(annotated(hostile.strict(), "a.xlsx", findings())))
    assert back.sheetnames == [LIST, "早会商"] and back["早会商"]["A1"].value == "日期"
    assert "重新生成" in back[LIST].cell(back[LIST].max_row, 6).value


def test_formatted_blanks_are_left_behind(hostile: ModuleType) -> None:
    data = hostile.blank_rows()
    back = annotated(data, "a.xlsx", findings())
    assert load_workbook(io.BytesIO(back))["早会商"].max_row < 10 and len(back) < len(data) / 10


def test_the_name_of_the_copy() -> None:
    assert returned_name("8.12 名单.v2.xls") == "8.12 名单.v2_批注.xlsx"


def test_in_english(make: ModuleType) -> None:
    book = load_workbook(io.BytesIO(annotated(computed(make), "a.xlsx", findings(), "en")))
    assert book.sheetnames[0] == "Findings" and book["Findings"]["A4"].value == "Error"


def test_libreoffice_opens_it(make: ModuleType, converted: Convert) -> None:
    back = annotated(computed(make), "早会商.xlsx", findings())
    assert converted(back, "pdf").startswith(b"%PDF")
    again = open_book(converted(back, "ods"), "a.ods")
    assert isinstance(again, Book)
    assert [grid.name for grid in again.sheets] == [LIST, "早会商", "底稿"]
    assert again.sheets[1].rows[3][2] == 10


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the real workbooks are not here")
def test_real_workbooks_come_back_whole() -> None:
    for path in sorted(SAMPLES.rglob("*.xlsx")):
        data = path.read_bytes()
        if len(data) > 100_000:
            continue
        back = annotated(data, path.name, [Finding(rules.ERROR_CELL, "", "A1")])
        both(data, back, data_only=True)


def test_a_user_fill_is_kept_elsewhere(make: ModuleType) -> None:
    workbook = laid_out()
    workbook["早会商"]["A3"].fill = PatternFill("solid", fgColor="00FF00")
    sheet = load_workbook(io.BytesIO(annotated(make.packed(workbook), "a.xlsx", findings())))["早会商"]
    assert sheet["A3"].fill.fgColor.rgb[-6:] == "00FF00"
