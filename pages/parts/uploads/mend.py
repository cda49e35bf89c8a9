"""就地修补: what is wrong with one file, line by line, each with its remedy and a place to put it right.

A line is one cell (or one row or sheet) with the gravest thing found there. What is typed here is laid over the file,
never into it, and the file is read again; nothing typed is put into an address or a log.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import streamlit as st

from config.campaigns import Campaign
from config.language import _, pick
from data_access.accounts import Actor
from data_access.findings import Finding, Severity
from data_access.reports import directory
from data_access.reports.view import View
from data_access.sheets.declaration import Column, SheetKind, Type
from data_access.workbooks.model import WorkbookResult
from data_access.workbooks.names import header
from pages.parts import cache, figures, style, tables
from pages.parts.frame import session
from pages.parts.uploads import comparison, intake, preview, waive
from pages.parts.uploads.intake import Batch, File

PAGE = 8  # lines shown at once
_ORDER = list(Severity)
_MENDED = "CELL_MENDED"
_FEW = 20  # whole numbers from a short range are chosen, not typed
Place = tuple[str, str]  # sheet and cell


@dataclass(slots=True)
class Line:
    """One line: the finding shown, what it was before any mending, and the column it stands in.

    ``options`` are the values the cell may hold, where they can be listed; ``near`` those that may be meant.
    """

    place: Place
    finding: Finding
    column: Column | None = None
    mendable: bool = False
    mended: str | None = None
    settled: bool = False
    options: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    new: bool = False  # the version in force did not have it


def show(actor: Actor, view: View, batch: Batch, item: File) -> None:
    """The card of one file: its problems with what to write instead, or all its rows."""
    found = lines(item)
    notes = [finding for finding in item.findings if finding.severity == Severity.INFO]
    if not found and not notes and not item.problem:
        return
    with st.container(border=True, key="card_mend"):
        part = _head(item, found, notes)
        if item.problem:
            st.markdown(f":red[:material/error: {tables.plain(item.problem)}]")
        if part == "rows":
            _rows(actor, item)
        elif part == "notes":
            comparison.findings(_listed(finding) for finding in notes)
        elif found:
            _draw(actor, view, batch, item, found)
        elif not item.problem:
            st.caption(_("No errors, no warnings."))


# What the lines are --------------------------------------------------------------------------------------------


def lines(item: File) -> list[Line]:
    """The errors of a file and the cells mended already, as they stand in the sheets; then the warnings.

    What the sender is asked about the whole sheet (whose, which day) is settled elsewhere and left out.
    """
    asked = {id(finding) for finding in item.questions}
    news = {id(finding) for sheet in item.sheets for finding in sheet.new_findings}
    now = _by_place(finding for finding in item.findings if id(finding) not in asked)
    mended: dict[tuple[str, ...], Finding] = {
        (f.sheet, f.cell): f for f in item.findings if f.code == _MENDED and (f.sheet, f.cell) not in now
    }
    found = [
        Line(
            (place[0], place[1]),
            finding,
            mended=item.mends.get((place[0], place[1])),
            settled=place in mended,
            new=id(finding) in news,
        )
        for place, finding in {**mended, **now}.items()
    ]
    return sorted(found, key=lambda line: (line.finding.severity == Severity.WARNING, line.place[0], _spot(line)))


def _by_place(found: Iterable[Finding]) -> dict[tuple[str, ...], Finding]:
    """The gravest finding of each cell; findings on a row or sheet each for themselves."""
    kept: dict[tuple[str, ...], Finding] = {}
    for finding in sorted(found, key=lambda finding: _ORDER.index(finding.severity)):
        if finding.severity != Severity.INFO:
            own = () if finding.cell and finding.column else (finding.code, finding.message)
            kept.setdefault((finding.sheet, finding.cell, *own), finding)
    return kept


def _spot(line: Line) -> tuple[int, int, str]:
    """Row and column of a line; what speaks of the whole sheet comes first."""
    letters = _letters(line.place[1])
    return int(line.place[1][len(letters) :] or 0), len(letters), letters


def equip(actor: Actor, view: View, item: File, line: Line) -> None:
    """Say of a line whether its cell can be mended here, and what may stand in it."""
    finding = line.finding
    kind, letters = _table(item.result, finding.sheet)
    line.column = _column(kind, letters, finding) if kind else None
    # a finding on a column that the sheet lacks points at the row, not at a cell that could be filled in
    there = not letters or line.column is None or letters.get(line.column.key) == _letters(finding.cell)
    line.mendable = line.mended is not None or bool(finding.cell and finding.column and there)
    line.near = finding.near[:2]
    if line.mendable and line.column is not None:
        line.options = options(actor, view, line.column, _campaign(actor, view, item, finding.sheet))


def _table(result: WorkbookResult | None, sheet: str) -> tuple[SheetKind | None, dict[str, str]]:
    """The kind of a sheet, and the letters under which its columns stand as far as rows were accepted."""
    tables_of = [found for found in (result.sheets if result else ()) if found.name == sheet and found.kind]
    rows = [row for found in tables_of for portion in found.portions for row in portion.rows[:1]]
    letters = {key: _letters(cell) for row in rows for key, cell in row.cells.items()}
    return (tables_of[0].kind if tables_of else None), letters


def _letters(cell: str) -> str:
    return cell.rstrip("0123456789")


def _column(kind: SheetKind, letters: dict[str, str], finding: Finding) -> Column | None:
    """The column a finding speaks of: by its heading, else by where it stands."""
    head = header(finding.column)
    for column in kind.columns:
        if head and head in {header(text) for text in (column.zh, column.en, *column.synonyms)}:
            return column
    keys = {letter: key for key, letter in letters.items()}
    found = keys.get(_letters(finding.cell))
    return next((column for column in kind.columns if column.key == found), None)


def _campaign(actor: Actor, view: View, item: File, sheet: str) -> Campaign | None:
    named = next((part.campaign for part in item.sheets if part.sheet == sheet and part.campaign), view.campaign)
    known = directory.campaigns(actor)
    return next((campaign for campaign in known if campaign.code == named), known[0] if known else None)


def options(actor: Actor, view: View, column: Column, campaign: Campaign | None) -> tuple[str, ...]:
    """The values a cell of this column may hold, in words the reader understands; () where they cannot be listed."""
    everywhere = View(actor, view.day, view.campaign)
    match column.type:
        case Type.ENUM:
            return tuple(choice.label for choice in column.choices)
        case Type.TICK:
            return _("yes"), _("no")
        case Type.DOSE | Type.GROUP if campaign is not None:
            return tuple(each.label for each in (campaign.doses if column.type is Type.DOSE else campaign.groups))
        case Type.CAMPAIGN:
            return tuple(each.label for each in directory.campaigns(actor))
        case Type.SITE:
            return tuple(cache.cached(directory.sites)(everywhere)["name"])
        case Type.COMMUNITY:
            names = cache.cached(directory.communities)(everywhere)["name"]
            return (actor.community,) if actor.community else tuple(names)
        case Type.INT if column.maximum is not None and column.maximum - (column.minimum or 0) <= _FEW:
            return tuple(str(n) for n in range(column.minimum or 0, column.maximum + 1))
    return ()


# How they are drawn --------------------------------------------------------------------------------------------


def _head(item: File, found: Sequence[Line], notes: Sequence[Finding]) -> str:
    """Title, how much is wrong and mended, and the switch between problems, notes and all rows."""
    mendable = not item.committed and any(line.place[1] and line.finding.column for line in found)
    settled = sum(line.settled for line in found)
    words = _(
        "{errors} errors, {warnings} warnings",
        errors=sum(line.finding.severity == Severity.ERROR for line in found),
        warnings=sum(line.finding.severity == Severity.WARNING for line in found),
    )
    if item.mends:
        words += pick("，", ", ") + _("{n} mended", n=settled)
    parts = {"problems": _("Problems")}
    if item.rows_accepted and not item.committed:
        parts["rows"] = _("All {n} rows", n=figures.count(item.rows_accepted))
    if notes:
        parts["notes"] = _("{n} notes", n=len(notes))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(_("Mend in place") if mendable else _("Findings"), anchor=False, width="content")
        st.caption(words, width="content")
        st.space("stretch")
        if len(parts) == 1:
            return "problems"
        return str(
            st.segmented_control(
                _("Show"),
                list(parts),
                format_func=parts.__getitem__,
                default="problems",
                required=True,
                label_visibility="collapsed",
                key=f"mend_part_{item.number}",
            )
        )


def _draw(actor: Actor, view: View, batch: Batch, item: File, found: Sequence[Line]) -> None:
    for key in st.session_state.pop("mend_blank", ()):
        st.session_state[key] = ""
    pages = -(-len(found) // PAGE)
    pager = f"mend_page_{item.number}"
    page = min(st.session_state.get(pager) or 1, pages)
    several = len({line.place[0] for line in found if line.place[0]}) > 1
    said = dict(item.mends)
    with st.container(key="mend_lines", gap=None):
        _columns()
        drawn = found[(page - 1) * PAGE : page * PAGE]
        for number, line in enumerate(drawn):
            equip(actor, view, item, line)
            left, right = st.columns([74, 26], vertical_alignment="center")
            left.html(_words(line, several))
            with right:
                _answer(actor, item, line, number, said)
    with st.container(horizontal=True, vertical_alignment="center"):
        if pages > 1:
            st.pagination(pages, key=pager)
        if any(not line.mendable and line.finding.severity == Severity.ERROR for line in drawn):
            st.caption(_("What has no field here belongs to a whole row or sheet: put it right in the file."))
        if item.mends:
            st.space("stretch")
            st.button(
                _("Take back what was mended"),
                icon=":material/undo:",
                type="tertiary",
                key=f"mend_back_{item.number}",
                on_click=_take_back,
                args=(batch, item),
            )
    if said != dict(item.mends):
        personal = [line for line in found if line.finding.personal and line.place in said]
        st.session_state["mend_blank"] = [_key(item, line.place) for line in personal]
        intake.mend(actor, batch, item, said)
        st.rerun()


@session.clicked
def _take_back(actor: Actor, batch: Batch, item: File) -> None:
    for place in item.mends:
        st.session_state.pop(_key(item, place), None)
    intake.mend(actor, batch, item, {})


def _key(item: File, place: Place) -> str:
    return f"mend_{item.number}_{place[0]}_{place[1]}"


def _columns() -> None:
    left, right = st.columns([74, 26], vertical_alignment="center")
    heads = "".join(
        f"<span>{escape(text)}</span>"
        for text in (_("Cell"), _("Column"), _("Original value"), _("Problem and remedy"))
    )
    left.html(f'<div class="mend-line mend-head">{heads}</div>')
    right.html(f'<div class="mend-head">{escape(_("Put instead"))}</div>')


def _words(line: Line, several: bool) -> str:
    """Place, column, original value, problem and remedy of one line."""
    finding = line.finding
    icon, role = comparison.ICONS[finding.severity.value]
    word = {"error": _("Error"), "warning": _("Warning"), "info": _("Mended")}[finding.severity.value]
    if line.settled:
        icon, role = "check_circle", "pri"
    colour = getattr(style.palette(), role)
    place = finding.cell if line.mendable or finding.column else ""
    if several or not place:
        place = "!".join(part for part in (finding.sheet, place) if part) or _("whole file")
    symbol = f'<i class="mend-icon" style="color:{colour}" title="{escape(word)}">{icon}</i>'
    news = f"{tables.pill(_('new'), 'act')} " if line.new else ""
    remedy = "" if line.settled else f"<small>{escape(finding.remedy)}</small>"
    problem = f"{news}{escape(finding.message)}{remedy}"
    cells = (
        f"{symbol}<wbr><b>{escape(place)}</b>",
        escape(finding.heading or (line.column.label if line.column else figures.MISSING)),
        escape(finding.shown_value or figures.MISSING),
        problem,
    )
    return f'<div class="mend-line">{"".join(f"<span>{cell}</span>" for cell in cells)}</div>'


def _answer(actor: Actor, item: File, line: Line, number: int, said: dict[Place, str]) -> None:
    """The field of a line, the values that may be meant as one click, and the way to accept a warning as it is."""
    state = "done" if line.settled else "open" if line.finding.severity == Severity.ERROR else "mild"
    with st.container(key=f"mend_{state}_{number}", gap="xsmall"):
        if line.mendable and not item.committed:
            _field(item, line, said)
        if not line.settled:
            _offers(item, line)
            waive.button(actor, item, line.finding, f"{item.number}_{number}")


def _field(item: File, line: Line, said: dict[Place, str]) -> None:
    """One input: a choice where the values can be listed, otherwise text; what it says goes into ``said``.

    A person's data are not written out again once they are taken: the field is blank then and its hint says so.
    """
    key, label = _key(item, line.place), _("Put into {cell}", cell=line.place[1])
    hidden = line.finding.personal and line.mended is not None
    if line.options:
        written = list(dict.fromkeys([*line.near, *line.options, *([line.mended] if line.mended else ())]))
        st.session_state.setdefault(key, line.mended)
        value: Any = st.selectbox(
            label, written, index=None, placeholder=_("Choose"), label_visibility="collapsed", key=key
        )
    else:
        st.session_state.setdefault(key, "" if hidden else line.mended or "")
        value = st.text_input(
            label,
            placeholder=f"{(line.mended or '')[:1]}***" if hidden else _("Fill in"),
            autocomplete="off",
            label_visibility="collapsed",
            key=key,
        )
    if value:
        said[line.place] = str(value).strip()
    elif not hidden:
        said.pop(line.place, None)


def _offers(item: File, line: Line) -> None:
    """The values that may be meant, each one click away."""
    for near in line.near if line.mendable and not item.committed else ():
        if line.mended != near:
            st.button(
                _("Use {value}", value=tables.plain(near)),
                icon=":material/check:",
                type="tertiary",
                key=f"mend_near_{item.number}_{line.place[0]}_{line.place[1]}_{near}",
                on_click=st.session_state.update,
                args=({_key(item, line.place): near},),
            )


def _rows(actor: Actor, item: File) -> None:
    """All rows that can go in, masked, one table for each part of the file."""
    found = preview.parts(item)
    if not found:
        st.caption(_("None of its rows can go in yet."))
        return
    part = found[0]
    if len(found) > 1:
        place = st.selectbox(
            _("Sheet"),
            range(len(found)),
            format_func=lambda n: found[n].label,
            label_visibility="collapsed",
            key=f"mend_sheet_{item.number}",
        )
        part = found[place]
    frame = preview.rows(actor, part)
    st.dataframe(frame, hide_index=True, row_height=36, height=min(len(frame), 14) * 36 + 38)
    st.caption(_("Names, telephones and document numbers are masked."))


def _listed(finding: Finding) -> tuple[str, ...]:
    place = "!".join(part for part in (finding.sheet, finding.cell) if part)
    return (
        finding.severity.value,
        place or _("whole file"),
        finding.heading,
        finding.shown_value,
        finding.message,
        finding.remedy,
    )


CSS = """
.mend-line {{ display: grid; grid-template-columns: 72px 84px 92px 1fr; column-gap: 10px; align-items: center;
  font-size: 15px; line-height: 1.45; }}
.mend-line > span {{ overflow-wrap: anywhere; }}
.mend-line > span:nth-child(2) {{ word-break: keep-all; }}
.mend-line small {{ display: block; font-size: 14px; color: {ink3}; }}
.mend-head {{ font-size: 14px; color: {ink2}; }}
.mend-icon {{ font-family: 'Material Symbols Rounded'; font-style: normal; font-size: 20px; vertical-align: -4px;
  margin-right: 4px; }}
.st-key-mend_lines > [data-testid="stLayoutWrapper"] > [data-testid="stHorizontalBlock"] {{ padding: 6px 0;
  border-bottom: 1px solid {line}; gap: 12px; }}
.st-key-mend_lines button[kind="tertiary"] {{ min-height: 24px; padding: 0; font-size: 14px; }}
[class*="st-key-mend_open"] [data-testid="stTextInputRootElement"],
[class*="st-key-mend_open"] .stSelectbox [role="group"] {{ border: 1.5px solid {red}; }}
"""
