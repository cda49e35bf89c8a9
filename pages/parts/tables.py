"""Tables: rows that can be picked, small drawn tables, and text from workbooks made safe for both."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Literal

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from charts import theme
from data_access.metrics import Estimate
from pages.parts import figures, style, written

Role = Literal["mark", "ink2", "ink3", "pri", "act", "red"]
ROW = 40
_LINK = re.compile(r"(?<=:)(?=//)|(?<=www)(?=\\\.)|(?<=@)", re.IGNORECASE)  # what is made a link without any mark
_JOINER = "\u2060"  # of no width; the address is no longer one word
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>$:])")


class Html(str):
    """Markup made here from escaped parts; everything else is escaped before it is drawn."""


def plain(text: object) -> str:
    """Text from a workbook for use in Markdown: nothing in it can format, link or break out."""
    return _LINK.sub(_JOINER, _MARKDOWN.sub(r"\\\1", str(text)).replace("\n", " "))


def pill(text: str, role: Role = "ink2", icon: str = "", solid: bool = False) -> Html:
    """A word on its tint, with the Material symbol ``icon`` before it; ``solid`` for badges such as overdue."""
    colours = style.palette()
    ground = {"pri": colours.pri_tint, "act": colours.act_tint, "red": colours.red_tint}.get(role, colours.sunk)
    ink = str(getattr(colours, role))
    if solid and role in ("act", "red"):
        ground = colours.act_solid if role == "act" else colours.red_solid
        ink = colours.act_on if role == "act" else colours.red_on
    symbol = f"<span style=\"font-family:'Material Symbols Rounded';vertical-align:-3px\">{escape(icon)}</span> "
    return Html(
        f'<span style="background:{ground};color:{ink};border-radius:4px;padding:2px 6px;white-space:nowrap">'
        f"{symbol if icon else ''}{escape(text)}</span>"
    )


def whole(text: str) -> Html:
    """A short text, such as a day, that is never broken over two lines."""
    return Html(f'<span style="white-space:nowrap">{escape(text)}</span>')


def state(name: str, words: str | None = None) -> Html:
    """The pill of one of the board's states (``charts.theme.STATES``), with ``words`` instead of its own."""
    shown = theme.STATES[name]
    role: Any = shown.role
    return pill(words or shown.label, role, shown.icon, shown.solid)


def bar(
    share: float | None, role: Literal["pri_mid", "act_solid", "mark"] = "pri_mid", tick: float | None = None
) -> Html:
    """A small bar (``share`` and ``tick`` from 0 to 1; more stops at full width); nothing where it is missing."""
    colours = style.palette()
    filled = 0.0 if share is None else max(0.0, min(share, 1.0))
    mark = (
        f'<div style="position:absolute;left:{min(tick, 1.0):.1%};top:-2px;width:2px;height:16px;'
        f'background:{colours.ink}"></div>'
        if tick is not None
        else ""
    )
    return Html(
        f'<div style="position:relative;height:12px;min-width:60px;background:{colours.sunk};border-radius:2px">'
        f'<div style="width:{filled:.1%};height:12px;background:{getattr(colours, role)};border-radius:2px"></div>'
        f"{mark}</div>"
    )


def cell(value: object) -> str:
    """A value as safe markup: counts with thousands, missing as ``—``, everything from data escaped."""
    if isinstance(value, Html):
        return value
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and pd.isna(value)):
        return figures.MISSING
    if isinstance(value, int) and not isinstance(value, bool):
        return figures.count(value)
    return escape(str(value))


def draw(
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    numeric: Sequence[int] = (),
    total: Sequence[object] | None = None,
    header: bool = True,
) -> None:
    """A small table. ``numeric`` are the positions of right-aligned columns; ``total`` stands below a heavier rule."""
    st.html(html(columns, rows, numeric=numeric, total=total, header=header))


def html(
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    numeric: Sequence[int] = (),
    total: Sequence[object] | None = None,
    header: bool = True,
) -> str:
    """What ``draw`` draws."""

    def row(cells: Sequence[object], tag: str = "td", kind: str = "") -> str:
        drawn = "".join(
            f"<{tag}{' class=n' if place in numeric else ''}>{cell(value)}</{tag}>" for place, value in enumerate(cells)
        )
        return f"<tr{kind}>{drawn}</tr>"

    head = f"<thead>{row(columns, 'th')}</thead>" if header else ""
    body = "".join(row(cells) for cells in rows) + (row(total, kind=" class=total") if total else "")
    return f'<table class="board-table">{head}<tbody>{body}</tbody></table>'


def words(heading: str, width: int) -> Any:
    """A column of texts, for ``pick``."""
    return st.column_config.TextColumn(heading, width=width)


def counts(heading: str, width: int, form: str | None = None) -> Any:
    """A column of whole numbers, for ``pick``; ``form`` as Streamlit has it."""
    return st.column_config.NumberColumn(heading, width=width, format=form)


def pick(
    frame: pd.DataFrame,
    by: str,
    *,
    key: str,
    columns: Mapping[str, Any] | None = None,
    most: int | None = None,
) -> Any | None:
    """A table whose rows can be picked; the picked row's value in column ``by``, or None.

    ``columns`` maps the shown columns, in order, to a heading or a ``st.column_config`` entry (None: all columns).
    With more than ``most`` rows it scrolls. A frame that is ``written`` is sent as it is.
    """
    shown = list(columns) if columns is not None else [name for name in frame.columns if name != by]
    picked: Any = st.dataframe(
        frame if isinstance(frame, written.Written) else integers(frame),
        key=key,
        hide_index=True,
        placeholder=figures.MISSING,
        column_order=shown,
        column_config=dict(columns or {}),
        row_height=ROW,
        height="content" if most is None else min(len(frame), most) * ROW + ROW + 2,
        on_select="rerun",
        selection_mode="single-row",
    )
    rows = picked.selection.rows
    return frame[by].iloc[rows[0]] if rows and rows[0] < len(frame) else None


def estimated(shown: pd.DataFrame, told: pd.DataFrame, columns: Mapping[str, str]) -> Styler:
    """``shown`` with ``≈`` before the estimates that ``told`` names in its column ``estimates``, row for row.

    ``columns``: headings of ``shown`` and the columns of ``told`` that they show.
    """
    styled = shown.style
    for row, names in zip(shown.index, told["estimates"], strict=True):
        for heading, column in columns.items():
            if column in names.split():
                styled = styled.format(_about, subset=([row], [heading]))
    return styled


def _about(n: Any) -> str:
    return figures.count(Estimate(n))


def settled(styled: Styler) -> Styler:
    """A styled table that is worked out now and not each time it is drawn."""
    return written.styled(styled)


def inked(frame: pd.DataFrame, cells: Mapping[tuple[int, int], str]) -> Styler:
    """A frame whose ``cells`` (row and column, from 0) look so: ``color:red;font-weight:700``.

    In a fraction of the time in which pandas finds that out itself, column by column.
    """
    placed: dict[str, list[str]] = {}
    for (row, column), look in cells.items():
        placed.setdefault(look, []).append(f"row{row}_col{column}")
    looks = [
        {"props": [tuple(one.split(":", 1)) for one in look.split(";") if one], "selectors": where}
        for look, where in placed.items()
    ]
    styled: Any = frame.style  # what Streamlit asks of it bears no types
    styled._compute, styled._translate = lambda: styled, lambda *_options: {"cellstyle": looks}
    coloured: Styler = styled
    return coloured


def integers(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with whole-number columns as nullable integers, so that a missing count is empty and never 46.0."""
    changed = {}
    for name in frame.columns:
        series = frame[name]
        if pd.api.types.is_float_dtype(series) and not isinstance(series.dtype, pd.Int64Dtype):
            known = series.dropna()
            if len(known) and (known % 1 == 0).all():
                changed[name] = series.astype("Int64")
    return frame.assign(**changed)
