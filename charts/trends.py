"""Small lines for a wall of them: one question asked of many things, all on the same scale."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from charts import theme


def share(frame: pd.DataFrame, *, alert: bool = False, dark: bool = False, screen: bool = False) -> alt.LayerChart:
    """A share over time between 0 and 100 %, small: the line, its last point, and the days of both ends.

    Columns, in order of time: ``label`` the printed day (``8/12``); ``value`` float percent (missing breaks the line,
    it is never 0); ``rate`` and ``fraction`` text. ``alert`` draws it in the colour of what needs a hand.
    """
    colours, size = theme.palette(dark), theme.sizes(screen)
    ink = colours.act_solid if alert else colours.pri
    rows = theme.take(frame, "label", "value", "rate", "fraction")
    labels = theme.order(rows["label"])
    ends = [labels[0], labels[-1]] if labels else []
    x = alt.X(
        field="label",
        type="ordinal",
        sort=labels,
        axis=alt.Axis(title=None, values=ends, labelAngle=0, ticks=False, labelPadding=6, labelFontSize=size.small),
        scale=alt.Scale(type="point", padding=0.3),
    )
    y = alt.Y(
        field="value",
        type="quantitative",
        scale=alt.Scale(domain=[0, 100], nice=False),
        axis=alt.Axis(title=None, values=[0, 50, 100], labels=False, domain=False, ticks=False),
    )
    chart = theme.table(rows)
    known = chart.transform_filter("isValid(datum.value)")
    last = theme.table(rows.dropna(subset=["value"]).tail(1))
    tips = theme.tips("label", "rate", "fraction")
    layers: list[Any] = [
        chart.mark_line(strokeWidth=2, color=ink).encode(x=x, y=y),
        known.mark_point(size=90, opacity=0).encode(x=x, y=y, tooltip=tips),
        last.mark_point(size=45, filled=True, color=ink).encode(x=x, y=y, tooltip=tips),
    ]
    return theme.finish(alt.layer(*layers), dark, screen, 64)
