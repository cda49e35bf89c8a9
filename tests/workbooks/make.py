"""Awkward workbooks with invented content; the first line of each function says what the file teaches.

The files are made when the tests run and are never kept: ``python tests/workbooks/make.py FOLDER`` writes them all.
"""

from __future__ import annotations

import io
import re
import sys
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

DAY = date(2022, 8, 12)
COMMUNITIES = ("朝阳社区", "幸福里社区", "东湖村", "和平路社区")
SITES = ("街道接种门诊", "体育馆临时接种点")
WEIGHTS, SIGNS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), "10X98765432"

ROSTER = ["接种日期", "社区", "姓名", "证件号码", "人员类别", "剂次", "接种点", "批次", "联络人", "联络人电话"]
MORNING = ["日期", "社区", "今日计划人数", "可用疫苗(剂)", "填报人", "填报时间"]
EVENING = [
    "日期", "社区", "名单人数", "名单内接种", "计划外接种", "当日接种合计", "其中_第一剂", "其中_第二剂", "其中_加强针",
    "缓种", "禁忌", "拒种", "未到", "改期转点", "缺苗未种", "异地已接种", "留观完成", "疑似异常反应",
    "累计_第一剂", "累计_全程", "累计_加强针", "累计接种人数(含异地)", "名单核对",
]  # fmt: skip


def document(number: int, born: str = "19600101") -> str:
    """An invented identity card number with its check digit."""
    body = f"110101{born}{number:03d}"
    return body + SIGNS[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


def person(number: int, community: str = COMMUNITIES[0], day: Any = DAY, **changes: Any) -> list[Any]:
    """One row of a roster."""
    row = dict(zip(ROSTER, [
        day, community, "李" + "示例甲乙丙丁戊己庚辛"[number % 10] + "测", document(number), "60岁及以上", "第一剂",
        SITES[0], 1, "王联络", "13800000001",
    ], strict=True))  # fmt: skip
    return list((row | changes).values())


def evening(community: str = COMMUNITIES[0], day: Any = DAY, **changes: Any) -> list[Any]:
    """One row of an evening tally that agrees with itself."""
    numbers = [50, 41, 3, 44, 44, 0, 0, 3, 1, 1, 3, 0, 0, 0, 44, 0, 46, 40, 30, 46]
    row = dict(zip(EVENING, [day, community, *numbers, "未核对"], strict=True))
    return list((row | changes).values())


def morning(community: str = COMMUNITIES[0], day: Any = DAY, **changes: Any) -> list[Any]:
    """One row of a morning tally."""
    row = dict(zip(MORNING, [day, community, 50, 60, "王填报", datetime(2022, 8, 12, 8, 40)], strict=True))
    return list((row | changes).values())


def fill(sheet: Worksheet, rows: Iterable[Sequence[Any]]) -> Worksheet:
    """Put rows below what the sheet holds already; None leaves a cell out."""
    for row in rows:
        sheet.append(list(row))
    return sheet


def book(**sheets: Iterable[Sequence[Any]]) -> bytes:
    """A workbook with these sheets."""
    workbook = Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets.items():
        fill(workbook.create_sheet(name), rows)
    return packed(workbook)


def packed(workbook: Workbook) -> bytes:
    """The bytes of a workbook."""
    into = io.BytesIO()
    workbook.save(into)
    return into.getvalue()


def edited(data: bytes, path: str, change: Callable[[str], str]) -> bytes:
    """The same workbook with one of its XML parts changed by hand."""
    into = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, change(text.decode()).encode() if name == path else text)
    return into.getvalue()


# One function a file ----------------------------------------------------------------------------------------------


def title_rows() -> bytes:
    """Four lines stand above the header: attachment number, title, sender, unit (N1)."""
    title = [["附件1"], ["朝阳社区8月12日新冠疫苗接种名单（第一剂）"], ["填报单位：朝阳社区居委会"], ["单位：人"]]
    return book(接种名单=[*title, ROSTER, person(1), person(2)])


def two_row_header() -> bytes:
    """The header is two rows deep, parents merged over their children (N2)."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = "晚调度"
    parents = EVENING.copy()
    children: list[str | None] = [None] * len(EVENING)
    for place, name in enumerate(EVENING):
        if "_" in name:
            parents[place], children[place] = name.split("_")
    fill(sheet, [parents, children, evening()])
    for name in ("其中", "累计"):
        spots = [place + 1 for place, text in enumerate(parents) if text == name]
        for spot in spots[1:]:
            sheet.cell(1, spot).value = None
        sheet.merge_cells(start_row=1, end_row=1, start_column=spots[0], end_column=spots[-1])
    return packed(workbook)


def merged_cells() -> bytes:
    """Community and site are merged downwards; a site below the merge is merely blank (N3)."""
    workbook = Workbook()
    sheet = fill(workbook.active, [ROSTER, *(person(n) for n in range(1, 5))])
    sheet.title = "接种名单"
    for column in (2, 7):
        for row in (3, 4):
            sheet.cell(row, column).value = None
        sheet.merge_cells(start_row=2, end_row=4, start_column=column, end_column=column)
    sheet.cell(5, 7).value = None
    return packed(workbook)


def totals() -> bytes:
    """A padded total first, a subtotal with a line break in the middle, a wrong total last (N4)."""
    rows = [evening(COMMUNITIES[0]), evening(COMMUNITIES[1]), evening(COMMUNITIES[3])]
    sums = [sum(row[place] for row in rows) for place in range(2, 22)]
    part = [sum(row[place] for row in rows[:2]) for place in range(2, 22)]
    wrong = [sums[0] - 1, *sums[1:]]
    return book(晚调度=[
        EVENING, ["合    计", None, *sums], *rows[:2], ["东片\n小计", None, *part], rows[2], ["总计", None, *wrong],
    ])  # fmt: skip


def sign_off() -> bytes:
    """Sign-off lines below the table: who filled in, who checked, a note (N5)."""
    foot = [["填报人：王填报", None, "审核人：李审核"], ["联系电话：13800000000"], ["备注：以上为当日数据"]]
    return book(早会商=[MORNING, morning(), [], *foot])


DATES = (
    "2022.8.12", "2022/08/12", "2022年8月12日", "8月12日", "8.12", "20220812", "八月十二日", "8/12", 44785,
    datetime(2022, 8, 12), "二〇二二年八月十二日", "２０２２．８．１２", " 2022-08-12 ", "2022-08-12 00:00:00",
    "8月12日（周五）",
    8.12, 20220812, "22年8月12日", "2022 年 8 月 12 日", "8月12号",
)  # fmt: skip


def dates_as_text() -> bytes:
    """One day in twenty spellings (N6)."""
    return book(接种名单=[ROSTER, *(person(n, day=text) for n, text in enumerate(DATES, 1))])


def dates_of_1904() -> bytes:
    """A workbook that counts its days from 1904; one of them a bare number (N6)."""
    workbook = Workbook()
    workbook.epoch = datetime(1904, 1, 1)
    serial = (DAY - date(1904, 1, 1)).days
    fill(workbook.active, [ROSTER, person(1, day=serial), person(2)]).title = "接种名单"
    return packed(workbook)


def full_width() -> bytes:
    """Full-width figures and signs, line breaks and units in headers, spaces no eye can see (N7)."""
    heads = [name.replace("当日接种合计", "当日接种\n合计（人）").replace("缓种", " 缓 种（人） ") for name in EVENING]
    row = evening(名单人数="５０", 名单内接种="４１\u200b", 计划外接种="\u00a03 ", 当日接种合计="44人")
    return book(晚调度=[heads, row])


def numbers_with_words() -> bytes:
    """Counts with thousands signs, units, Chinese numerals and words for about (N9)."""
    return book(早会商=[
        [*MORNING, "已通知人数"],
        [*morning(COMMUNITIES[0], 今日计划人数="46余人"), "四十"],
        [*morning(COMMUNITIES[1], 今日计划人数="1，200", **{"可用疫苗(剂)": "约1500剂"}), "十二"],
        [*morning(COMMUNITIES[2], 今日计划人数="两百"), "近百"],
        [*morning(COMMUNITIES[3], 今日计划人数="壹拾"), "3"],
    ])  # fmt: skip


def blanks_and_zeros() -> bytes:
    """What is zero (0, 零, 无), what is missing (/, —, blank), what is neither (同上, 很多) (N10)."""
    rows = [
        evening(COMMUNITIES[0], 缺苗未种="无", 异地已接种="零", 改期转点=0),
        evening(COMMUNITIES[1], 缺苗未种="/"),
        evening(COMMUNITIES[2], 缺苗未种="同上"),
        evening(COMMUNITIES[3], 缺苗未种="很多"),
    ]
    return book(晚调度=[EVENING, *rows])


def traditional() -> bytes:
    """Headers and values in traditional characters; the person's name stays as typed (N11)."""
    heads = ["接種日期", "社區", "姓名", "身份證號", "人群分類", "劑次", "接種地點", "批次", "聯絡人", "聯絡電話"]
    row = [
        "2022年8月12日",
        "幸福裏社區",
        "張國華",
        document(1),
        "60歲及以上",
        "加強針",
        "街道接種門診",
        "1",
        "王聯絡",
        "13800000001",
    ]
    return book(接種名單=[[*heads, "上次接種日期"], [*row, "2021-12-01"]])


def hidden_sheets() -> bytes:
    """A hidden and a very hidden sheet, an example, a dictionary, an empty sheet; only one counts (N12)."""
    workbook = Workbook()
    fill(workbook.active, [MORNING, morning()]).title = "早会商"
    for name, state in (
        ("旧表", "hidden"),
        ("底稿", "veryHidden"),
        ("填表说明", "visible"),
        ("示例", "visible"),
        ("字典", "visible"),
    ):
        sheet = fill(workbook.create_sheet(name), [MORNING, morning(今日计划人数=999)])
        sheet.sheet_state = state
    workbook.create_sheet("Sheet3")
    return packed(workbook)


def hidden_rows() -> bytes:
    """A filter hides two of four rows; they are rows all the same (N12)."""
    workbook = Workbook()
    sheet = fill(workbook.active, [ROSTER, *(person(n) for n in range(1, 5))])
    sheet.title = "接种名单"
    for row in (3, 4):
        sheet.row_dimensions[row].hidden = True
    return packed(workbook)


def formulas() -> bytes:
    """A formula that was never calculated, and one that ended in an error (N13)."""
    data = book(
        晚调度=[
            [*EVENING, "接种率"],
            [*evening(名单人数="=41+9"), "=1/0"],
            [*evening(COMMUNITIES[1], 缓种="=NA()"), 0.38],
        ]
    )

    def errors(xml: str) -> str:
        xml = re.sub(r'<c r="X2"><f>1/0</f><v */?>(</v>)?', '<c r="X2" t="e"><f>1/0</f><v>#DIV/0!</v>', xml)
        return re.sub(r'<c r="J3"><f>NA\(\)</f><v */?>(</v>)?', '<c r="J3" t="e"><f>NA()</f><v>#N/A</v>', xml)

    return edited(data, "xl/worksheets/sheet1.xml", errors)


def documents() -> bytes:
    """Document numbers stored as numbers, with spaces, lower-case x, 15 digits, a wrong check digit, masked (N14)."""
    good = next(document(n) for n in range(200, 400) if document(n).endswith("X"))
    return book(接种名单=[
        ROSTER,
        person(1, 证件号码=int(document(1)[:17] + "0")),
        person(2, 证件号码="2.30102E+17"),
        person(3, 证件号码=good[:6] + " " + good[6:].lower()),
        person(4, 证件号码="110101600101004"),
        person(5, 证件号码=document(5)[:17] + ("0" if document(5)[17] != "0" else "1")),
        person(6, 证件号码="110101********0061"),
        person(7, 证件号码="'" + document(7)),
    ])  # fmt: skip


def telephones() -> bytes:
    """Telephones as a number, with dashes, two in a cell, and too short (N15)."""
    phones = [13800000001, "138-0000-0002", "13800000003/13900000003", "0431-88880000", "12345"]
    return book(接种名单=[ROSTER, *(person(n, 联络人电话=phone) for n, phone in enumerate(phones, 1))])


def twice() -> bytes:
    """One person twice in a sheet, another one in two communities; a namesake is somebody else (N16)."""
    rows = [
        person(1),
        person(1),
        person(2),
        person(2, COMMUNITIES[1]),
        person(3, 姓名="李乙测"),
        person(4, 姓名="李乙测"),
    ]
    return book(接种名单=[ROSTER, *rows])


def two_tables() -> bytes:
    """早会商 above and 晚调度 below on one sheet, each with its title (N18)."""
    above = [["朝阳社区8月12日早会商"], MORNING, morning(), morning(COMMUNITIES[1])]
    below = [["朝阳社区8月12日晚调度"], EVENING, evening(), evening(COMMUNITIES[1])]
    return book(早晚调度=[*above, [], *below])


def aliases() -> bytes:
    """One community in eight spellings, one a village in two (N19)."""
    names = [
        "朝阳社区居委会",
        "朝阳社区居民委员会",
        "朝阳社區",
        "朝阳居委",
        " 朝阳社区 ",
        "朝 阳",
        "示范街道朝阳社区",
        "朝阳社区（57.8万人）",
    ]
    rows = [person(n, name) for n, name in enumerate(names, 1)]
    return book(接种名单=[ROSTER, *rows, person(21, "东湖村委会"), person(22, "东湖村")])


def masked() -> bytes:
    """Masked and garbled cells where a number or a day should be (N22)."""
    return book(早会商=[
        MORNING,
        morning(COMMUNITIES[0], 今日计划人数="**"),
        morning(COMMUNITIES[1], 今日计划人数="20xx"),
        morning(COMMUNITIES[2], day="20xx年8月12日"),
        morning(COMMUNITIES[3], 今日计划人数="4?"),
    ])  # fmt: skip


def header_traps() -> bytes:
    """Headers one word away from known ones: 批号, 上报日期, 实际人数, 累计缓种 must not be taken for them."""
    heads = [name if name != "批次" else "批号" for name in ROSTER]
    return book(接种名单=[[*heads, "上报日期"], [*person(1, 批次="20220801A"), "2022-08-11"]])


def column_missing() -> bytes:
    """Two required columns are not there at all; the other sheet of the workbook is sound."""
    heads = [name for name in ROSTER if name not in ("剂次", "接种点")]
    keep = [ROSTER.index(name) for name in heads]
    return book(接种名单=[heads, *([person(n)[spot] for spot in keep] for n in (1, 2))], 早会商=[MORNING, morning()])


def several_sheets() -> bytes:
    """Base data, roster, morning and evening in one workbook; the roster comes before the site it names."""
    rows = [person(n, "新村社区", 接种点="新村接种点", 核对结果="已接种") for n in (1, 2)]
    return book(
        接种名单=[[*ROSTER, "核对结果", "留观完成"], *([*row, "是"] for row in rows)],
        社区名录=[["社区编码", "社区名称", "类型", "别名"], ["C09", "新村社区", "社区", "新村居、新村"]],
        接种点=[["接种点", "类型", "每批容量", "启用日期"], ["新村接种点", "临时", 1, "2022-08-13"]],
        早会商=[MORNING, morning("新村", 今日计划人数=3)],
        晚调度=[EVENING, evening("新村居")],
    )


def street() -> bytes:
    """A street workbook of twelve communities in which one row has a bad date and one community is unknown."""
    names = [f"第{n}社区" for n in "一二三四五六七八九十"] + ["朝阳社区", "幸福里社区"]
    rows = [evening(name) for name in names]
    rows[3][0], rows[7][1] = "8月32日", "朝羊社区"
    return book(晚调度=[["示范街道8月12日晚调度"], EVENING, *rows])


def far_corner() -> bytes:
    """Two cells at the far ends of 16,384 columns and 1,048,576 rows; a dense reader would need terabytes (N17)."""
    data = book(早会商=[MORNING, morning()])
    far = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    return edited(data, "xl/worksheets/sheet1.xml", lambda xml: xml.replace("</sheetData>", far))


def formatted_blanks() -> bytes:
    """The sheet claims A1:XFD1048576 and holds styled blanks below its one row; only the row counts (N17)."""
    data = book(早会商=[MORNING, morning()])
    blanks = "".join(f'<row r="{n}"><c r="A{n}" s="0"/><c r="XFD{n}" s="0"/></row>' for n in range(3, 30_000))

    def claim(xml: str) -> str:
        xml = re.sub(r'<dimension ref="[^"]*"', '<dimension ref="A1:XFD1048576"', xml)
        return xml.replace("</sheetData>", blanks + "</sheetData>")

    return edited(data, "xl/worksheets/sheet1.xml", claim)


def too_long() -> bytes:
    """More rows than a street has people on a day (N17)."""
    return book(早会商=[MORNING, *(morning() for _n in range(20_300))])


def percents() -> bytes:
    """Coverage as 38%, ３８％, 0.38, 38 and 百分之三十八 (N8)."""

    def sheet(day: date, rates: Sequence[object]) -> list[list[object]]:
        return [
            [*EVENING, "接种率"],
            *([*evening(name, day), rate] for name, rate in zip(COMMUNITIES, rates, strict=True)),
        ]

    return book(
        晚调度=sheet(DAY, ["38%", "３８％", "百分之三十八", "38.33%"]),
        晚调度2=sheet(date(2022, 8, 11), [0.38, 1, 0.5, 0.2]),
        晚调度3=sheet(date(2022, 8, 10), [38, 1, 100, 120]),
    )


def times() -> bytes:
    """Times of the day: 9点半, 下午2:30, 8:30-9:30, an Excel time, and 9:3O with a letter."""
    words = ["9点半", "下午2:30", "8:30-9:30", time(9, 0), "9:3O"]
    return book(接种名单=[[*ROSTER, "集合时间"], *([*person(n), word] for n, word in enumerate(words, 1))])


def ledger() -> bytes:
    """The survey's list of persons: four persons of two groups, one moved out, one contraindicated."""
    heads = [
        "社区",
        "姓名",
        "证件号码",
        "户籍类型",
        "人员类别",
        "摸底日期",
        "包干责任人",
        "不宜接种类型",
        "在册状态",
        "第一剂日期",
        "缓种复核日期",
    ]
    rows = [
        ["朝阳社区", "李甲测", document(1), "户籍", "60岁及以上", "2022-08-01", "王责任", "无", "在册", "2021-06-01"],
        ["朝阳社区", "李乙测", document(2), "户籍", "60岁及以上", "2022-08-01", "王责任", "禁忌", "在册", None],
        ["朝阳社区", "李丙测", document(3), "户籍", "60岁及以上", "2022-08-01", "王责任", "无", "迁出", None],
        [
            "朝阳社区",
            "李丁测",
            document(4, "19800101"),
            "户籍",
            "18-59岁",
            "2022-08-02",
            "王责任",
            "缓种",
            "在册",
            None,
            "2022-09-01",
        ],
    ]
    return book(摸底人员台账=[heads, *rows])


CASES: tuple[Callable[[], bytes], ...] = (
    title_rows, two_row_header, merged_cells, totals, sign_off, dates_as_text, dates_of_1904, full_width,
    numbers_with_words, blanks_and_zeros, traditional, hidden_sheets, hidden_rows, formulas, documents, telephones,
    twice, two_tables, aliases, masked, header_traps, column_missing, several_sheets, street, far_corner,
    formatted_blanks,
    too_long, percents, times, ledger,
)  # fmt: skip


def write_all(folder: Path) -> list[Path]:
    """Write every workbook into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for case in CASES:
        path = folder / f"{case.__name__}.xlsx"
        path.write_bytes(case())
        paths.append(path)
    return paths


if __name__ == "__main__":
    for written in write_all(Path(sys.argv[1])):
        print(written)
