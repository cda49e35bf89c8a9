"""Heat maps with the figure in the cell: site by batch, community by workstream, the reporting calendar."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import altair as alt
import pandas as pd

from charts import theme
from config.language import _
from config.settings import settings

_ROOMY = 10  # columns that have room for large figures on half a page
_WIDTH = 1150  # what a whole page has for the heads of more


def load(
    cells: pd.DataFrame,
    sites: pd.DataFrame,
    batches: pd.DataFrame,
    total: str,
    *,
    dark: bool = False,
    screen: bool = False,
) -> alt.LayerChart:
    """People called up by site and batch; colour is the load, above capacity it is orange with ``▲``.

    ``cells``: ``site``, ``batch`` text; ``people``, ``capacity`` Int64 (missing people are hatched, ``—``);
    ``load`` float people ÷ capacity, only for the colour; ``note`` text such as ``98%`` or ``▲超 6``. A
    batch a site does not run has no row and stays empty. ``sites``: ``site``, ``note`` (``常规 80/批``),
    ``total``, ``of`` (``/320``) as text, in register order. ``batches``: ``batch``, ``note`` (``09:30``),
    ``total`` as text, in order of time. ``total``: the sum of all.
    """
    colours, size = theme.palette(dark), theme.sizes(screen)
    big = size.big
    rows = theme.take(cells, "site", "batch", "people", "capacity", "load", "note").assign(
        figure=[theme.count(n) for n in cells["people"]],
        note=cells["note"].fillna(""),
        step=[
            _load_step(people, room, share)
            for people, room, share in zip(cells["people"], cells["capacity"], cells["load"], strict=True)
        ],
    )
    x, y = _band("batch", batches["batch"], alt.X), _band("site", sites["site"], alt.Y)
    chart = theme.table(rows)
    fills = [*colours.load, colours.act_solid]
    inks = [*colours.load_text, colours.act_on]
    tips = theme.tips("site", "batch", "people", "capacity")
    layers: list[Any] = [
        chart.transform_filter("datum.step >= 0")
        .mark_rect(cornerRadius=3)
        .encode(x=x, y=y, color=_pick("step", fills), tooltip=tips),
        chart.transform_filter("datum.step < 0")
        .mark_rect(cornerRadius=3, color=theme.stripes(dark), stroke=colours.line)
        .encode(x=x, y=y, tooltip=tips),
        chart.mark_text(fontSize=big, fontWeight=theme.BOLD, dy=-10).encode(
            x=x, y=y, text=alt.Text(field="figure", type="nominal"), color=_pick("step", inks, colours.ink2)
        ),
        chart.mark_text(fontSize=size.small, dy=14).encode(
            x=x, y=y, text=alt.Text(field="note", type="nominal"), color=_pick("step", inks, colours.ink2)
        ),
    ]
    layers += _site_edges(sites, y, colours, size)
    layers += _batch_edges(batches, total, sites, x, colours, size)
    return theme.finish(alt.layer(*layers), dark, screen, (70 if screen else 58) * max(len(sites), 1))


def matrix(
    frame: pd.DataFrame,
    workstreams: pd.DataFrame,
    communities: pd.DataFrame,
    selected: tuple[str, str] | None = None,
    *,
    flipped: bool = False,
    dark: bool = False,
    screen: bool = False,
) -> alt.LayerChart:
    """Community by workstream; a cell is the gap of its worst indicator to elapsed time (metrics.md §6.7).

    ``frame``: ``community``, ``workstream`` text; ``gap`` float percentage points, only for the colour;
    ``text`` the printed gap (``−19.7``) or the words of a state (``发生 1 起``), missing takes its own word;
    ``state`` one of ``gap occurred unconfirmed unreported not_applicable``; ``worst`` and ``made`` text, where they are
    there: the worst indicator with its figures, and how many are in which state, said when pointed at.
    ``workstreams``: ``workstream``, ``note`` text, left to right. ``communities``: ``community``, ``note`` text, top to
    bottom (the caller sorts); ``flipped`` puts the workstreams down the side. A click is the point selection ``cell``
    with the fields ``community`` and ``workstream``; ``selected`` gives it its first value, drawn with a heavy outline.
    """
    colours, size = theme.palette(dark), theme.sizes(screen)
    said = [name for name in ("worst", "made") if name in frame]
    rows = theme.take(frame, "community", "workstream", "gap", "text", "state", also=said).assign(
        step=[_gap_step(state, gap) for state, gap in zip(frame["state"], frame["gap"], strict=True)],
        words=[
            _cell_words(state, gap, text)
            for state, gap, text in zip(frame["state"], frame["gap"], frame["text"], strict=True)
        ],
    )
    rows["heavy"] = rows["step"].isin([0, 5]) | rows["state"].eq("unreported")
    across = ("community", communities) if flipped else ("workstream", workstreams)
    down = ("workstream", workstreams) if flipped else ("community", communities)
    x, y = _band(across[0], across[1][across[0]], alt.X), _band(down[0], down[1][down[0]], alt.Y)
    fills = [*colours.gap, colours.red_solid, colours.sunk, colours.surface, colours.page]
    inks = [*colours.gap_text, colours.red_on, colours.ink2, colours.red, colours.ink3]
    cell = alt.selection_point(
        name="cell",
        fields=["community", "workstream"],
        on="click",
        clear="dblclick",
        empty=False,
        value=[{"community": selected[0], "workstream": selected[1]}] if selected else alt.Undefined,
    )
    chart = theme.table(rows)
    # the clickable layer lies on top of its hatching and under the words
    face = (
        chart.mark_rect(cornerRadius=3, cursor="pointer")
        .encode(
            x=x,
            y=y,
            color=_pick("step", fills),
            stroke=alt.StrokeValue(None, condition={"test": "datum.state === 'unreported'", "value": colours.red}),
            strokeWidth=alt.StrokeWidthValue(1.5),
            tooltip=theme.tips("community", "workstream", "words", *said),
        )
        .add_params(cell)
    )
    hatched = (
        chart.transform_filter("datum.step === 6")
        .mark_rect(cornerRadius=3, color=theme.stripes(dark, 3), tooltip=False)
        .encode(x=x, y=y)
    )
    outline = (
        chart.transform_filter(cell)
        .mark_rect(cornerRadius=5, filled=False, stroke=colours.ink, strokeWidth=3)
        .encode(x=x, y=y)
    )
    narrow = len(across[1])
    points = size.figure if narrow <= _ROOMY else size.small if screen or narrow <= 2 * _ROOMY else size.small - 2
    words = chart.mark_text(fontSize=points).encode(
        x=x,
        y=y,
        text=alt.Text(field="words", type="nominal"),
        color=_pick("step", inks),
    )
    plain = words.transform_filter("!datum.heavy")
    heavy = words.transform_filter("datum.heavy").mark_text(fontSize=points, fontWeight=theme.BOLD)
    height = (44 if screen else 38) * max(len(down[1]), 1)
    edges = _matrix_edges(across, down, x, y, colours, size)
    return theme.finish(alt.layer(face, hatched, plain, heavy, outline, *edges), dark, screen, height)


def calendar(frame: pd.DataFrame, *, dark: bool = False, screen: bool = False) -> alt.LayerChart:
    """Daily sheets by day with the glyph of their state (identities_and_due_times §5.9).

    Columns: ``sheet`` text in the order of the day; ``day`` date; ``label`` the printed day (``8/12``);
    ``state`` a code of ``charts.theme.STATES``. A missing state is a blank cell: nothing was asked for.
    """
    size = theme.sizes(screen)
    known = theme.take(frame, "sheet", "label", "state").dropna(subset=["state"])
    rows = known.assign(
        glyph=[theme.STATES[state].sign for state in known["state"]],
        word=[theme.STATES[state].label for state in known["state"]],
        ink=[theme.STATES[state].text(dark) for state in known["state"]],
        fill=[_calendar_fill(state, dark) for state in known["state"]],
    )
    days = theme.order(frame.sort_values("day")["label"])
    sheets = theme.order(frame["sheet"])
    x = _band("label", days, alt.X, alt.Axis(title=None, orient="top", domain=False, ticks=False, labelAngle=0))
    y = _band("sheet", sheets, alt.Y, theme.names(sheets, dark=dark, screen=screen))
    chart = theme.table(rows)
    tips = theme.tips("sheet", "label", "word")
    layers = [
        chart.mark_rect(cornerRadius=3).encode(
            x=x, y=y, color=alt.Color(field="fill", type="nominal", scale=None, legend=None), tooltip=tips
        ),
        chart.mark_text(fontWeight=theme.BOLD, tooltip=False).encode(
            x=x,
            y=y,
            text=alt.Text(field="glyph", type="nominal"),
            # the normal case stays quiet
            size=alt.SizeValue(size.label, condition={"test": "datum.state === 'on_time'", "value": 10}),
            color=alt.Color(field="ink", type="nominal", scale=None, legend=None),
        ),
    ]
    return theme.finish(alt.layer(*layers), dark, screen, (size.row + 10) * max(len(sheets), 1))


def _load_step(people: Any, room: Any, share: Any) -> int:
    """-1 missing, 0–3 the colour of the load, 4 above capacity; over is decided on the counts themselves."""
    if pd.isna(people):
        return -1
    if not pd.isna(room) and people > room:
        return 4
    if pd.isna(share):
        return 0
    return sum(share >= step for step in settings().thresholds.load_steps)


def _gap_step(state: str, gap: Any) -> int:
    """A cell's colour: 0–4 far behind to well ahead, 5 occurred, 6 unknown, 7 unreported, 8 none."""
    if state == "gap" and pd.isna(gap):
        return 6
    if state == "gap":
        steps = settings().thresholds
        bounds = (steps.behind, steps.slightly_behind, 0.0, steps.ahead)
        return sum(gap >= bound for bound in bounds)
    return {"occurred": 5, "unconfirmed": 6, "unreported": 7}.get(state, 8)


def _cell_words(state: str, gap: Any, text: Any) -> str:
    if state == "gap":
        if pd.isna(gap) or pd.isna(text):
            return theme.MISSING
        return f"▼ {text}" if _gap_step(state, gap) == 0 else str(text)
    mark = theme.STATES[state]
    return f"{mark.sign} {mark.label if pd.isna(text) else text}".strip()


def _calendar_fill(state: str, dark: bool) -> str:
    colours = theme.palette(dark)
    mark = theme.STATES[state]
    return colours.page if mark.role == "mark" else mark.tint(dark)


def _band(field: str, values: Sequence[Any] | pd.Series, channel: Any, axis: alt.Axis | None = None) -> Any:
    """A band of cells in the given order, with the same thin gap in every heat map."""
    domain = theme.order(values)
    scale = alt.Scale(domain=domain, paddingInner=0.05, paddingOuter=0)
    return channel(field=field, type="nominal", sort=domain, scale=scale, axis=axis)


def _pick(field: str, colours: Sequence[str], missing: str | None = None) -> alt.ColorValue:
    """A colour by step number."""
    cases = [(f"datum.{field} === {step}", colour) for step, colour in enumerate(colours)]
    return theme.case(*cases, otherwise=missing or colours[0])


def _site_edges(sites: pd.DataFrame, y: alt.Y, colours: theme.Palette, size: theme.Sizes) -> list[Any]:
    """Names left, totals right."""
    left = max(theme.extent(sites["site"], size.label), theme.extent(sites["note"], size.small)) + 12
    right = max(theme.extent(sites["total"], size.figure), theme.extent(sites["of"], size.small)) + 14
    chart = theme.table(
        theme.take(sites, "site", "note", "total", "of").assign(
            note=theme.texts(sites["note"]), total=theme.texts(sites["total"])
        )
    )

    def text(field: str, at: Any, shift: int, align: Literal["left", "right"], points: int, dy: int, bold: bool) -> Any:
        return chart.mark_text(
            align=align,
            dx=shift,
            dy=dy,
            fontSize=points,
            fontWeight=theme.BOLD if bold else theme.REGULAR,
            color=colours.ink if bold else colours.ink2,
        ).encode(y=y, x=at, text=alt.Text(field=field, type="nominal"))

    edge = theme.XValue("width")
    return [
        text("site", theme.XValue(0), -left, "left", size.label, -10, True),
        text("note", theme.XValue(0), -left, "left", size.small, 13, False),
        text("total", edge, right, "right", size.figure, -10, True),
        text("of", edge, right, "right", size.small, 13, False),
    ]


def _batch_edges(
    batches: pd.DataFrame,
    total: str,
    sites: pd.DataFrame,
    x: alt.X,
    colours: theme.Palette,
    size: theme.Sizes,
) -> list[Any]:
    """Batches and their hour above, totals below, the sum of all in the corner."""
    left = max(theme.extent(sites["site"], size.label), theme.extent(sites["note"], size.small)) + 12
    right = max(theme.extent(sites["total"], size.figure), theme.extent(sites["of"], size.small)) + 14
    chart = theme.table(
        theme.take(batches, "batch", "note", "total").assign(
            note=theme.texts(batches["note"]), total=theme.texts(batches["total"])
        )
    )
    bold: dict[str, Any] = {"fontWeight": theme.BOLD}
    corner = theme.table(pd.DataFrame({"left": [_("Total")], "right": [total]}))
    return [
        chart.mark_text(dy=-size.small - 18, fontSize=size.small, **bold).encode(
            x=x, y=theme.YValue(0), text=alt.Text(field="batch", type="nominal")
        ),
        chart.mark_text(dy=-13, fontSize=size.small, color=colours.ink2).encode(
            x=x, y=theme.YValue(0), text=alt.Text(field="note", type="nominal")
        ),
        chart.mark_text(dy=20, fontSize=size.figure, **bold).encode(
            x=x, y=theme.YValue("height"), text=alt.Text(field="total", type="nominal")
        ),
        corner.mark_text(align="left", dx=-left, dy=20, fontSize=size.label, color=colours.ink2).encode(
            x=theme.XValue(0), y=theme.YValue("height"), text=alt.Text(field="left", type="nominal")
        ),
        corner.mark_text(align="right", dx=right, dy=20, fontSize=size.figure, **bold).encode(
            x=theme.XValue("width"), y=theme.YValue("height"), text=alt.Text(field="right", type="nominal")
        ),
    ]


def _matrix_edges(
    across: tuple[str, pd.DataFrame],
    down: tuple[str, pd.DataFrame],
    x: alt.X,
    y: alt.Y,
    colours: theme.Palette,
    size: theme.Sizes,
) -> list[Any]:
    """Names and what is said of them: rows left, columns above; many long ones above lean."""
    (head, columns), (side, lines) = across, down
    names = theme.extent(lines[side], size.label) + 8
    left = names + theme.extent(lines["note"].dropna(), size.small) + 12
    rows = theme.table(theme.take(lines, side, "note"))
    tops = theme.table(theme.take(columns, head, "note"))
    bold: dict[str, Any] = {"fontWeight": theme.BOLD, "fontSize": size.label}
    quiet: dict[str, Any] = {"fontSize": size.small, "color": colours.ink2}
    beside = [
        rows.mark_text(align="left", dx=-left, **bold).encode(
            x=theme.XValue(0), y=y, text=alt.Text(field=side, type="nominal")
        ),
        rows.mark_text(align="left", dx=names - left, **quiet).encode(
            x=theme.XValue(0), y=y, text=alt.Text(field="note", type="nominal")
        ),
    ]
    named = alt.Text(field=head, type="nominal")
    if len(columns) > _ROOMY and theme.extent(columns[head], size.label) * len(columns) > _WIDTH:
        lean = tops.mark_text(angle=325, align="left", dx=4, dy=-10, **bold).encode(x=x, y=theme.YValue(0), text=named)
        return [*beside, lean]
    return [
        *beside,
        tops.mark_text(dy=-size.small - 20, **bold).encode(x=x, y=theme.YValue(0), text=named),
        tops.mark_text(dy=-14, **quiet).encode(x=x, y=theme.YValue(0), text=alt.Text(field="note", type="nominal")),
    ]
