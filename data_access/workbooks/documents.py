"""公文: a letter of an office as docx, in the layout of GB/T 9704 (A4, red head, 仿宋 body, 28 lines of 22 characters).

Text in, bytes out. Fonts are named for both scripts, with a name that every office has as the second choice, so that
Word, WPS and LibreOffice all show Chinese.
"""

from __future__ import annotations

import io
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from data_access.workbooks.letters import Letter, Table

RED = RGBColor(0xE0, 0x10, 0x10)
BODY, TITLE, PLAIN, BOLD = "仿宋", "方正小标宋简体", "宋体", "黑体"
LATIN = "Times New Roman"
SECOND = {BODY: "仿宋_GB2312", TITLE: "宋体", BOLD: "SimHei"}
LEFT, CENTRE, RIGHT = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
JUSTIFY = WD_ALIGN_PARAGRAPH.JUSTIFY
_LINE = 28  # points between two lines of the body
_TEXT = 156  # millimetres between the margins


def docx(letter: Letter) -> bytes:
    """The letter as a docx."""
    paper: Any = Document()
    _page(paper)
    _head(paper, letter)
    _say(paper, letter.title, TITLE, 22, CENTRE, before=22, after=14, spacing=34)
    _say(paper, letter.to, BODY, 16, LEFT)
    for paragraph in letter.paragraphs:
        _say(paper, paragraph, BODY, 16, JUSTIFY, indent=32)
    for table in letter.tables:
        _table(paper, table)
    for place, note in enumerate(letter.notes):
        words = f"{letter.notes_label}：{note}" if place == 0 else note
        _say(paper, words, BODY, 12, JUSTIFY, before=8 if place == 0 else 0, spacing=20)
    for place, line in enumerate((letter.signed, letter.date)):
        said = _say(paper, line, BODY, 16, RIGHT, before=0 if place else 28)
        said.paragraph_format.right_indent = Pt(32 if place else 16)
        said.paragraph_format.keep_with_next = not place
    _number_pages(paper)
    _second_fonts(paper)
    content = io.BytesIO()
    paper.save(content)
    return content.getvalue()


def _page(paper: Any) -> None:
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    normal = paper.styles["Normal"]
    _name(normal.font, normal.element.get_or_add_rPr(), BODY)
    for spoken in paper.styles.element.iter(qn("w:lang")):  # decides the shape and place of 、。 and of some characters
        spoken.set(qn("w:eastAsia"), "zh-CN")


def _head(paper: Any, letter: Letter) -> None:
    """发文机关 in red, 文号 below it, a red rule."""
    size = min(48, round(_TEXT / 25.4 * 72 / max(_ems(letter.office), 1)))
    head = _say(paper, letter.office, TITLE, size, CENTRE, before=20, after=24, spacing=size * 1.3)
    head.runs[0].font.color.rgb = RED
    reference = _say(paper, letter.reference, BODY, 16, CENTRE, after=4)
    borders = OxmlElement("w:pBdr")
    rule = OxmlElement("w:bottom")
    for name, value in {"val": "single", "sz": "18", "space": "6", "color": str(RED)}.items():
        rule.set(qn(f"w:{name}"), value)
    borders.append(rule)
    reference.paragraph_format.element.get_or_add_pPr().insert_element_before(
        borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def _say(
    paper: Any,
    words: str,
    font: str,
    size: float,
    align: Any,
    *,
    before: float = 0,
    after: float = 0,
    indent: float = 0,
    spacing: float = _LINE,
) -> Any:
    """One paragraph."""
    made = paper.add_paragraph()
    _set(made, words, font, size, align, spacing)
    form = made.paragraph_format
    form.space_before, form.space_after, form.first_line_indent = Pt(before), Pt(after), Pt(indent)
    return made


def _set(made: Any, words: str, font: str, size: float, align: Any, spacing: float) -> None:
    made.alignment = align
    form = made.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(spacing)
    form.space_before = form.space_after = Pt(0)
    run = made.add_run("".join(letter for letter in words if letter >= " "))  # XML knows no control characters
    run.font.size = Pt(size)
    _name(run.font, run._element.get_or_add_rPr(), font)


def _name(font: Any, properties: Any, name: str) -> None:
    """Chinese characters in ``name``, the others in a Latin font (``hint``: quotes and dashes are Chinese ones)."""
    font.name = LATIN
    fonts = properties.get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), name)
    fonts.set(qn("w:hint"), "eastAsia")


def _table(paper: Any, table: Table) -> None:
    caption = _say(paper, table.caption, BOLD, 14, CENTRE, before=12, after=4, spacing=22)
    caption.paragraph_format.keep_with_next = True
    made = paper.add_table(rows=1, cols=len(table.head))
    made.style, made.alignment, made.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    widths = _widths(table)
    for column, width in zip(made.columns, widths, strict=True):
        column.width = Mm(width)
    for _row in table.rows:
        _whole(made.add_row())
    for place, (row, font) in enumerate([(table.head, BOLD), *((row, BODY) for row in table.rows)]):
        for cell, words, width in zip(made.rows[place].cells, row, widths, strict=True):
            cell.width = Mm(width)
            _set(cell.paragraphs[0], words, font, 12, CENTRE, 20)
    repeat = OxmlElement("w:tblHeader")
    made.rows[0]._tr.get_or_add_trPr().append(repeat)


def _whole(row: Any) -> None:
    """A row is not broken between two pages."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _widths(table: Table) -> list[float]:
    """Millimetres by the longest text of each column, over the whole width."""
    columns = zip(*[table.head, *table.rows], strict=True)
    needs = [min(max(max(_ems(cell) for cell in column), 3), 14) + 1 for column in columns]
    return [_TEXT * need / sum(needs) for need in needs]


def _ems(words: str) -> float:
    return sum(1 if ord(letter) > 0x2E80 else 0.5 for letter in words)


def _number_pages(paper: Any) -> None:
    """— 1 — at the foot of each page."""
    foot = paper.sections[0].footer.paragraphs[0]
    _set(foot, "— ", PLAIN, 14, CENTRE, 20)
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    run = OxmlElement("w:r")
    words = OxmlElement("w:t")
    words.text = "1"
    run.append(words)
    field.append(run)
    foot._p.append(field)
    run.insert(0, foot.runs[0]._element.rPr.__copy__())
    _set(foot, " —", PLAIN, 14, CENTRE, 20)


def _second_fonts(paper: Any) -> None:
    """What an office without the named font uses in its place."""
    part = paper.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    entries = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
        for name, other in SECOND.items()
    )
    part._blob = part.blob.replace(b"</w:fonts>", entries.encode() + b"</w:fonts>")
