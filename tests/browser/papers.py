"""Pictures of workbooks for the documents: ``python -m tests.browser.papers`` writes them to ``docs/pictures``.

Each picture is drawn from a real workbook, so that it shows what the reader is tested with.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from datetime import date
from html import escape
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.worksheet import Worksheet
from PIL import Image
from playwright.sync_api import sync_playwright

from config.campaigns import default_campaigns
from data_access.workbooks import returns
from data_access.workbooks.model import Known, KnownCommunity, KnownSite
from data_access.workbooks.pipeline import examine
from tests.conftest import executable

TARGET = Path(__file__).parents[2] / "docs" / "pictures"
STYLE = """
body{margin:14px;background:#fff;font:15px 'Noto Sans CJK SC',sans-serif;color:#1d2a30;display:inline-block}
table{border-collapse:collapse}
td,th{border:1px solid #cfd8dc;padding:4px 9px;height:22px;white-space:pre;text-align:center}
th{background:#eef2f4;color:#5b6a72;font-weight:400;font-size:13px} td.t{text-align:left} td.n{text-align:right}
b.mark{display:inline-block;background:#0b4f63;color:#fff;border-radius:10px;width:20px;height:20px;font-size:13px;
line-height:20px;text-align:center;margin-right:6px}
.note{position:relative}
.note:after{content:'';position:absolute;top:0;right:0;border:5px solid;
border-color:#a51d1d #a51d1d transparent transparent}
.said{margin-top:10px;border:1px solid #e0c98a;background:#fff8e1;padding:8px 12px;max-width:900px;white-space:pre-line}
"""


def picture(data: bytes, marks: Mapping[str, int] | None = None, sheet: str | None = None, said: str = "") -> str:
    """One sheet of a workbook as HTML: letters, numbers, merges, colours, comments; ``marks`` number some cells."""
    book = load_workbook(io.BytesIO(data))
    source: Worksheet = book[sheet] if sheet else book.active
    covered: set[tuple[int, int]] = set()
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    for merged in source.merged_cells.ranges:
        left, top, right, bottom = range_boundaries(str(merged))
        spans[top, left] = (bottom - top + 1, right - left + 1)
        covered |= {(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)}
    letters = "".join(f"<th>{get_column_letter(column)}</th>" for column in range(1, source.max_column + 1))
    lines = [f"<tr><th></th>{letters}</tr>"]
    for row in range(1, source.max_row + 1):
        cells = "".join(
            _cell(source, row, column, spans.get((row, column)), marks or {})
            for column in range(1, source.max_column + 1)
            if (row, column) not in covered or (row, column) in spans
        )
        lines.append(f"<tr><th>{row}</th>{cells}</tr>")
    note = f'<div class="said">{escape(said)}</div>' if said else ""
    return f"<style>{STYLE}</style><body><table>{''.join(lines)}</table>{note}</body>"


def _cell(sheet: Worksheet, row: int, column: int, span: tuple[int, int] | None, marks: Mapping[str, int]) -> str:
    cell = sheet.cell(row, column)
    value: Any = cell.value
    text = "" if value is None else f"{value:%Y-%m-%d}" if isinstance(value, date) else str(value)
    mark = marks.get(f"{get_column_letter(column)}{row}")
    shown = (f'<b class="mark">{mark}</b>' if mark else "") + escape(text)
    size = f' rowspan="{span[0]}" colspan="{span[1]}"' if span else ""
    fill = cell.fill.start_color.rgb if cell.fill.fill_type == "solid" else None
    colour = f' style="background:#{fill[-6:]}"' if isinstance(fill, str) else ""
    align = "n" if isinstance(value, int | float) else "t" if span is None and row > 4 and column == 1 else ""
    return f'<td class="{align}{" note" if cell.comment else ""}"{size}{colour}>{shown}</td>'


def title_rows_book() -> bytes:
    """Title lines, a header of two rows, units, text dates, a total and a signature."""
    book = Workbook()
    sheet = book.active
    sheet.append(["附件1"])
    sheet.append(["清河街道8月12日早会商情况表"])
    sheet.append(["填报单位：清河街道", None, None, None, None, None, "单位：人"])
    sheet.append(["日期", "社 区", "今日计划\n人数", "可用疫苗\n(剂)", "填报", None, "备注"])
    sheet.append([None, None, None, None, "填报人", "填报时间", None])
    sheet.append(["8月12日", "春晖居委会", 60, 80, "王某", "8:30", None])
    sheet.append(["8.12", "东湖社区", 46, 60, "赵某", "8:35", "2 人改期"])
    sheet.append(["2022/8/12", "幸福里", "３８", "40剂", "钱某", "8:20", None])
    sheet.append(["合    计", None, 144, 180, None, None, None])
    sheet.append(["审核人：李某　　联系电话："])
    for place in ("A1:G1", "A2:G2", "A3:D3", "A10:G10", "A4:A5", "B4:B5", "C4:C5", "D4:D5", "E4:F4", "G4:G5"):
        sheet.merge_cells(place)
    return packed(book)


def communities_across_book() -> bytes:
    """The same kind of figures with the communities side by side."""
    book = Workbook()
    sheet = book.active
    sheet.append(["8月12日早会商"])
    sheet.append(["项目", "春晖社区", "东湖社区", "幸福里社区", "合计"])
    for line in (["今日计划人数", 60, 46, 38, 144], ["可用疫苗（剂）", 80, 60, 40, 180], ["批次数", 3, 2, 2, 7]):
        sheet.append(line)
    sheet.append(["填报人", "王某", "赵某", "钱某", None])
    sheet.append(["填报时间", "8:30", "8:35", "8:20", None])
    sheet.merge_cells("A1:E1")
    return packed(book)


def roster_book() -> bytes:
    """A roster with three cells that cannot stay as they are."""
    book = Workbook()
    sheet = book.active
    sheet.title = "接种名单"
    sheet.append(["春晖社区8月13日接种名单"])
    sheet.append(["日期", "社区", "姓名", "人员编号", "人员类别", "剂次", "接种点", "批次", "联络人", "联络人电话"])
    for number, name in enumerate("赵钱孙李", 1):
        sheet.append(
            [
                *("8月13日", "春晖社区", f"{name}示例", f"RY{number:05d}", "18-59岁", "加强针", "卫生中心"),
                *(1 + number // 3, "周某", "13800005678"),
            ]
        )
    sheet["A4"], sheet["F5"], sheet["B6"] = "8月32日", None, "春辉社区"
    sheet.merge_cells("A1:J1")
    return packed(book)


def annotated() -> str:
    """The roster as it comes back: cells in colour, what their comments say beside them."""
    data, name = roster_book(), "春晖社区8月13日接种名单.xlsx"
    found = examine(data, name, STREET).all_findings()
    back = returns.annotated(data, name, found, "zh")
    sheet = load_workbook(io.BytesIO(back))["接种名单"]
    said = [f"{cell.coordinate}  {cell.comment.text}" for row in sheet.iter_rows() for cell in row if cell.comment]
    return picture(back, sheet="接种名单", said="\n".join(re.sub(r"\s*\n\s*", "  ", text) for text in said))


STREET = Known(
    street="清河街道",
    campaigns={campaign.code: campaign for campaign in default_campaigns()},
    default_campaign=default_campaigns()[0].code,
    communities=tuple(KnownCommunity(name) for name in ("春晖社区", "东湖社区", "幸福里社区")),
    sites=(KnownSite("卫生中心"),),
)
BOOKS = {"title-rows": title_rows_book, "communities-across": communities_across_book}  # read without an error


def packed(book: Workbook) -> bytes:
    """The bytes of a workbook."""
    into = io.BytesIO()
    book.save(into)
    return into.getvalue()


PICTURES = {
    "title-rows": lambda: picture(title_rows_book(), {"A2": 1, "B4": 2, "A6": 3, "A9": 4, "A10": 5}),
    "communities-across": lambda: picture(communities_across_book()),
    "annotated": annotated,
}


def main() -> None:
    """Write every picture."""
    TARGET.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        found = executable(play.chromium.executable_path)
        browser = play.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1100, "height": 500}, device_scale_factor=1.5)
        for name, made in PICTURES.items():
            page.set_content(made())
            shot = Image.open(io.BytesIO(page.locator("body").screenshot())).convert("RGB")
            shot.quantize(128, dither=Image.Dither.NONE).save(TARGET / f"{name}.png", optimize=True)
        browser.close()


if __name__ == "__main__":
    main()
