"""Columns by day: people vaccinated on the roster and walk-ins, with the roster of the day as a line."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from charts import theme
from config.language import _


def week(frame: pd.DataFrame, *, dark: bool = False, screen: bool = False) -> alt.LayerChart:
    """The last days: on the roster and walk-ins stacked, a line at the roster, orange below the threshold.

    Columns: ``day`` date; ``label`` text (``8/12 周五``); ``on_roster``, ``walk_in``, ``roster`` Int64
    people, missing where the day was not reported (a hatched column with ``—``, not an empty one); ``rate``
    text such as ``81.4%``; ``low`` bool, below the completion threshold (metrics.md §6.2), orange with
    ``▼``; ``open`` bool, the day not yet closed, shaded.
    """
    colours, size = theme.palette(dark), theme.sizes(screen)
    rows = _rows(frame)
    labels = theme.order(rows["label"])
    top = rows[["on_roster", "stacked", "roster"]].max().max()
    domain = [0, 1 if pd.isna(top) or top <= 0 else round(int(top) * 1.12) + 1]
    x = alt.X(
        field="label",
        type="nominal",
        sort=labels,
        scale=alt.Scale(paddingInner=0.22, paddingOuter=0.11),
        axis=alt.Axis(title=None, domain=False, ticks=False, labelAngle=0, labelPadding=8),
    )
    y = alt.Y(
        field="on_roster",
        type="quantitative",
        scale=alt.Scale(domain=domain, nice=False),
        axis=alt.Axis(title=None, domain=False, ticks=False, tickCount=3, tickMinStep=1, format=",d"),
    )
    tips = theme.tips("label", "on_roster", "walk_in", "roster", "rate")
    chart = theme.table(rows)
    layers: list[Any] = [
        chart.transform_filter("datum.open")
        .mark_bar(color=colours.sunk, width={"band": 1.22})
        .encode(x=x, y=theme.YValue(0), y2=theme.Y2Value("height")),
        chart.transform_filter("!isValid(datum.on_roster)")
        .mark_rect(color=theme.stripes(dark, 0.25))
        .encode(x=x, y=theme.YValue(0), y2=theme.Y2Value("height"), tooltip=tips),
        chart.mark_bar(width={"band": 1}).encode(
            x=x,
            y=y,
            color=theme.case(("datum.low", colours.act_solid), otherwise=colours.pri_mid),
            tooltip=tips,
        ),
        chart.mark_bar(width={"band": 1}, color=colours.mark, stroke=colours.surface, strokeWidth=1).encode(
            x=x, y=alt.Y(field="on_roster", type="quantitative"), y2=alt.Y2(field="stacked"), tooltip=tips
        ),
        chart.mark_tick(thickness=3, orient="horizontal", width={"band": 1.06}, color=colours.ink).encode(
            x=x, y=alt.Y(field="roster", type="quantitative")
        ),
        *_words(chart, x, colours, size),
    ]
    return theme.finish(alt.layer(*layers), dark, screen, 300 if screen else 230)


def _rows(frame: pd.DataFrame) -> pd.DataFrame:
    wanted = ("day", "label", "on_roster", "walk_in", "roster", "rate", "low", "open")
    rows = theme.take(frame, *wanted).sort_values("day", kind="stable")
    seen = rows["on_roster"].astype("Int64")
    return rows.assign(
        day=pd.to_datetime(rows["day"]),
        on_roster=seen,
        # no walk-ins known is no block on top, not a block of height 0 in the tooltip
        stacked=seen + rows["walk_in"].astype("Int64"),
        figure=[theme.count(n) for n in seen],
        rate=[
            f"▼{rate}" if low else rate
            for rate, low in zip(theme.texts(rows["rate"]), rows["low"].fillna(False), strict=True)
        ],
    )


def _words(chart: alt.Chart, x: alt.X, colours: theme.Palette, size: theme.Sizes) -> list[Any]:
    """The count at the foot of its column, the rate under the day."""
    foot = theme.YValue("height")
    ink = theme.case(("datum.low", colours.act_on), otherwise=colours.load_text[3])
    rate = chart.encode(x=x, y=foot, text=alt.Text(field="rate", type="nominal"))
    below = 26 + size.small
    return [
        chart.transform_filter("isValid(datum.on_roster)")
        .mark_text(dy=-14, fontSize=size.figure, fontWeight=theme.BOLD)
        .encode(x=x, y=foot, text=alt.Text(field="figure", type="nominal"), color=ink),
        chart.transform_filter("!isValid(datum.on_roster)")
        .mark_text(dy=-14, fontSize=size.small, color=colours.ink2)
        .encode(x=x, y=foot, text=alt.TextValue(_("missing"))),
        rate.transform_filter("!datum.low").mark_text(dy=below, fontSize=size.small, color=colours.ink2),
        rate.transform_filter("datum.low").mark_text(
            dy=below, fontSize=size.small, fontWeight=theme.BOLD, color=colours.act
        ),
    ]
