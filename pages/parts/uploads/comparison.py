"""Drawing a difference between two versions of a sheet, and the list of what the reader found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

import streamlit as st

from config.language import N_, _, pick
from data_access.findings import Finding
from data_access.reports.changes import Difference
from pages.parts import figures, style, tables
from pages.parts.tables import Html

SHOWN = 40
_SORTS = {
    "new": ("＋", N_("New"), "pri"),
    "changed": ("≠", N_("Changed"), "act"),
    "unchanged": ("＝", N_("Unchanged"), "ink2"),
    "gone": ("−", N_("Gone"), "red"),
}
ICONS = {"error": ("error", "red"), "warning": ("warning", "act"), "info": ("info", "ink3")}


def counts(difference: Difference, ending: str = "") -> None:
    """The four counts, rows before and after, and the sums that move; ``ending`` is a last line in words."""
    colours = style.palette()
    cells = ""
    for sort, (sign, word, role) in _SORTS.items():
        number = getattr(difference, sort)
        colour = getattr(colours, role if number else "ink3")
        cells += (
            f'<div style="padding:0 20px 0 0;margin-right:16px;border-right:1px solid {colours.line}">'
            f'<div style="color:{colour};font-size:15px;white-space:nowrap">{sign} {escape(_(word))}</div>'
            f'<div style="color:{colour};font-size:28px;font-weight:700;line-height:1.25">{figures.count(number)}</div>'
            "</div>"
        )
    flow = "display:flex;flex-wrap:wrap;align-items:flex-start;row-gap:8px"
    st.html(f'<div style="{flow}">{cells}<div>{_moves(difference, ending)}</div></div>')


def _moves(difference: Difference, ending: str) -> str:
    before, after = difference.rows_before, difference.rows_after
    lines = [_line(_("Rows"), figures.count(before), figures.count(after), after - before)]
    lines += [
        _line(str(line.column), str(line.before), str(line.after), None)
        for line in difference.totals.head(4).itertuples()
    ]
    rest = len(difference.totals) - 4
    if rest > 0:
        lines.append(escape(_("{n} more sums move", n=rest)))
    if ending:
        lines.append(escape(ending))
    colours = style.palette()
    return f'<div style="font-size:14px;line-height:1.6;color:{colours.ink2}">{"<br>".join(lines)}</div>'


def _line(label: str, before: str, after: str, moved: int | None) -> str:
    change = f"（{figures.signed(moved)}）" if moved else ""
    colours = style.palette()
    return f'{escape(label)}　{escape(before)} → <b style="color:{colours.ink}">{escape(after)}{change}</b>'


def losses(difference: Difference) -> None:
    """What became zero, and what nobody reports any more: missing is not zero."""
    if difference.lost.empty:
        return
    lines = [
        f"<b>{escape(str(line.column))}</b> {escape(_loss(str(line.loss), str(line.before)))}"
        for line in difference.lost.itertuples()
    ]
    look = f"font-size:15px;line-height:1.6;color:{style.palette().act}"
    st.html(f'<div style="{look}">{_icon("warning")} {pick("；", "; ").join(lines)}</div>')


def _loss(loss: str, before: str) -> str:
    if loss == "zero":
        return _("became zero (was {before})", before=before)
    return _("is not reported any more ({before} rows were)", before=before)


def asides(found: Sequence[Finding]) -> None:
    """Findings that belong beside the figures: what lies far outside the community's own last weeks."""
    colours = style.palette()
    for finding in found:
        st.html(
            f'<div style="font-size:15px;line-height:1.5;color:{colours.act}">{_icon("query_stats")} '
            f"{escape(finding.message)}</div>"
        )


def _icon(name: str) -> str:
    return f"<span style=\"font-family:'Material Symbols Rounded';font-size:20px;vertical-align:-4px\">{name}</span>"


def changes(difference: Difference) -> None:
    """Row by row: what is new, changed and gone, the old value struck through beside the new one."""
    frame = difference.changes
    if frame.empty:
        return
    rows = []
    for line in frame.head(SHOWN).itertuples():
        sign, word, role = _SORTS[str(line.sort)]
        colour = getattr(style.palette(), role)
        kind = Html(f'<span style="color:{colour};white-space:nowrap">{sign} {escape(_(word))}</span>')
        field = Html(f'<span style="white-space:nowrap">{escape(str(line.column))}</span>')
        rows.append(
            (kind, line.row, line.who or figures.MISSING, field, _old(line.before), _new(line.after, line.loss))
        )
    heads = ("", _("Row"), _("Which"), _("Field"), _("Before"), _("After"))
    tables.draw(heads, rows, numeric=(1,))
    if len(frame) > SHOWN:
        st.caption(_("{n} more changes", n=figures.count(len(frame) - SHOWN)))


def _old(text: object) -> Html:
    shown = escape(str(text)) or figures.MISSING
    return Html(f'<s style="color:{style.palette().ink3}">{shown}</s>' if text and text != figures.MISSING else shown)


def _new(text: object, loss: object) -> Html:
    """The new value; a figure that became zero or vanished is coloured."""
    colour = f' style="color:{style.palette().act}"' if loss else ""
    return Html(f"<b{colour}>{escape(str(text))}</b>" if text else figures.MISSING)


def findings(found: Iterable[Sequence[str]], limit: int = SHOWN) -> None:
    """The list of findings: (severity, place, column, value as it may be shown, message, remedy) each."""
    lines = list(found)
    rows = [
        (
            _place(severity, place),
            column or figures.MISSING,
            value or figures.MISSING,
            Html(
                f'{escape(message)}<br><span style="color:{style.palette().ink3};font-size:14px">'
                f"{escape(remedy)}</span>"
            ),
        )
        for severity, place, column, value, message, remedy in lines[:limit]
    ]
    tables.draw((_("Cell"), _("Column"), _("Original value"), _("Problem and remedy")), rows)
    if len(lines) > limit:
        st.caption(_("{n} more findings", n=figures.count(len(lines) - limit)))


def _place(severity: str, place: str) -> Html:
    icon, role = ICONS[severity]
    words = {"error": _("Error"), "warning": _("Warning"), "info": _("Info")}
    colour = getattr(style.palette(), role)
    symbol = f"<span style=\"font-family:'Material Symbols Rounded';color:{colour};vertical-align:-3px\">{icon}</span>"
    return Html(
        f'<span title="{escape(words[severity])}" style="white-space:nowrap">{symbol} <b>{escape(place)}</b></span>'
    )
