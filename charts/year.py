"""The year as a calm calendar: what is asked for, by the month, with the sign of what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal

import altair as alt
import pandas as pd

from charts import theme
from charts.theme import State
from config.language import N_

STATES: Final[dict[str, State]] = {
    "done": State("", "✓", "ink2", N_("Done")),
    "slight": State("", "n/m", "ink2", N_("Nearly done")),
    "short": State("", "▼", "act", N_("Not enough done")),
    "unreported": theme.STATES["unreported"],
    "due": State("", "…", "pri", N_("Running")),
    "coming": State("", "·", "ink3", N_("To come")),
    "past": State("", "–", "ink3", N_("Over")),
}


def calendar(
    frame: pd.DataFrame, months: Sequence[str], now: float, *, dark: bool = False, screen: bool = False
) -> alt.LayerChart:
    """One row for each duty, a cell from its ``first`` to its ``last`` month.

    ``frame``: ``label`` the duty and ``group`` how often, both text, top to bottom; ``code`` text; ``first``, ``last``
    months from 1; ``state`` one of STATES; ``text`` what stands in the cell, ``words`` what it says when pointed at.
    ``months``: twelve names. ``now``: where today stands, in months since the year began. A click is the point
    selection ``duty`` with the field ``code``.
    """
    colours, size = theme.palette(dark), theme.sizes(screen)
    grounds = {"done": colours.pri_tint, "short": colours.act_tint, "unreported": colours.surface}
    grounds |= {"slight": colours.gap[2], "due": colours.surface, "coming": colours.page, "past": colours.page}
    edges = {"unreported": colours.red, "due": colours.pri_mid}
    rows = theme.take(frame, "label", "group", "code", "state", "text", "words").assign(
        start=frame["first"].astype(float) - 0.97,
        end=frame["last"].astype(float) - 0.03,
        middle=(frame["first"].astype(float) + frame["last"].astype(float) - 1) / 2,
        ground=[grounds[state] for state in frame["state"]],
        ink=[STATES[state].text(dark) for state in frame["state"]],
        edge=pd.array([edges.get(state) for state in frame["state"]], dtype="string"),
    )
    labels = theme.order(frame["label"])
    y = alt.Y(
        field="label",
        type="nominal",
        sort=labels,
        scale=alt.Scale(domain=labels, paddingInner=0.12, paddingOuter=0.06),
        axis=None,
    )

    def x(field: str) -> alt.X:
        return alt.X(field=field, type="quantitative", scale=alt.Scale(domain=[0, 12], nice=False), axis=None)

    def plain(field: str) -> dict[str, Any]:
        return {"field": field, "type": "nominal", "scale": None, "legend": None}

    chart = theme.table(rows)
    picked = alt.selection_point(name="duty", fields=["code"], on="click", clear="dblclick", empty=False)
    face = (
        chart.mark_rect(cornerRadius=3, cursor="pointer", strokeWidth=1.2)
        .encode(
            x=x("start"),
            x2=alt.X2(field="end"),
            y=y,
            color=alt.Color(**plain("ground")),
            stroke=alt.Stroke(**plain("edge")),
            tooltip=theme.tips("label", "words"),
        )
        .add_params(picked)
    )
    words = chart.mark_text(fontSize=size.small, tooltip=False).encode(
        x=x("middle"), y=y, text=alt.Text(field="text", type="nominal"), color=alt.Color(**plain("ink"))
    )
    heads = theme.table(pd.DataFrame({"middle": [place + 0.5 for place in range(12)], "month": list(months)}))
    named = heads.mark_text(dy=-12, fontSize=size.small, color=colours.ink2).encode(
        x=x("middle"), y=theme.YValue(0), text=alt.Text(field="month", type="nominal")
    )
    line = theme.table(pd.DataFrame({"start": [now]})).mark_rule(color=colours.rule, strokeWidth=1.5, strokeDash=[4, 3])
    # behind the cells: a line through a number reads like another number
    layers: list[Any] = [line.encode(x=x("start")), face, words, named, *_edges(rows, y, colours, size)]
    return theme.finish(alt.layer(*layers), dark, screen, (size.row - 2) * max(len(labels), 1))


def _edges(rows: pd.DataFrame, y: alt.Y, colours: theme.Palette, size: theme.Sizes) -> list[Any]:
    """How often and what, left of the months; how often once for the duties that share it."""
    names = theme.extent(rows["label"], size.label) + 12
    groups = theme.extent(rows["group"], size.small) + 14
    each = rows.drop_duplicates("label")[["label", "group"]]
    first = each.drop_duplicates("group")

    def text(frame: pd.DataFrame, field: str, dx: int, points: int, weight: Literal[400, 700], ink: str) -> Any:
        drawn = theme.table(frame).mark_text(align="left", dx=dx, fontSize=points, fontWeight=weight, color=ink)
        return drawn.encode(x=theme.XValue(0), y=y, text=alt.Text(field=field, type="nominal"))

    return [
        text(first, "group", -names - groups, size.small, theme.BOLD, colours.ink2),
        text(each, "label", -names, size.label, theme.REGULAR, colours.ink),
    ]
