"""Bullets against elapsed time: pale track, bar for what is done, tick where time stands; worst first."""

from __future__ import annotations

import altair as alt
import pandas as pd

from charts import theme


def pace(frame: pd.DataFrame, *, dark: bool = False, screen: bool = False) -> alt.LayerChart:
    """Progress against elapsed time (metrics.md §6.7), the furthest behind on top, the unknown at the foot.

    Columns: ``label`` text, unique; ``detail`` text such as ``周末清扫 25/52 次``; ``done`` and ``elapsed``
    float percent of target and of period, for length and tick only (a bar stops at full width); ``gap``
    float percentage points, for the order; ``gap_text`` such as ``−13.3``; ``alert`` bool, orange and
    marked ``▼``. A missing ``done`` is hatched with ``—``; a missing ``elapsed`` (not yet begun, no target)
    has no tick. On the shared screen the words stand above and under the bar, as its column is narrow.
    """
    kept = theme.take(frame, "label", "detail", "done", "elapsed", "gap", "gap_text", "alert")
    rows = kept.sort_values("gap", na_position="last", kind="stable").assign(
        reach=lambda f: f["done"].clip(upper=100),
        full=100,
        detail=lambda f: theme.texts(f["detail"]),
        gap_text=lambda f: [
            theme.MISSING if pd.isna(done) else f"▼ {gap}" if alert else str(gap)
            for done, gap, alert in zip(f["done"], f["gap_text"], f["alert"], strict=True)
        ],
    )
    return _stacked(rows, dark) if screen else _lined(rows, dark)


def _lined(rows: pd.DataFrame, dark: bool) -> alt.LayerChart:
    colours, size = theme.palette(dark), theme.sizes()
    labels = theme.order(rows["label"])
    names = theme.extent(labels, size.label) + 14
    left = names + theme.extent(rows["detail"], size.small) + 14
    y = _rows(labels)
    chart = theme.table(rows)
    layers = [
        *_bullet(chart, y, 18, 12, 26, dark),
        chart.mark_text(align="left", dx=-left, fontWeight=theme.BOLD).encode(
            y=y, x=theme.XValue(0), text=alt.Text(field="label", type="nominal")
        ),
        chart.mark_text(align="left", dx=names - left, fontSize=size.small, color=colours.ink2).encode(
            y=y, x=theme.XValue(0), text=alt.Text(field="detail", type="nominal")
        ),
        _gap(chart, y, dark).mark_text(
            align="right", dx=theme.extent(rows["gap_text"], size.figure) + 16, fontSize=size.figure
        ),
    ]
    return theme.finish(alt.layer(*layers), dark, False, 38 * max(len(labels), 1))


def _stacked(rows: pd.DataFrame, dark: bool) -> alt.LayerChart:
    colours, size = theme.palette(dark), theme.sizes(True)
    labels = theme.order(rows["label"])
    y = _rows(labels)
    chart = theme.table(rows)
    layers = [
        *_bullet(chart, y, 18, 11, 28, dark),
        chart.mark_text(align="left", dy=-28, fontSize=size.label, fontWeight=theme.BOLD).encode(
            y=y, x=theme.XValue(0), text=alt.Text(field="label", type="nominal")
        ),
        _gap(chart, y, dark).mark_text(align="right", dy=-28, fontSize=size.figure, fontWeight=theme.BOLD),
        chart.mark_text(align="left", dy=28, fontSize=size.small, color=colours.ink2).encode(
            y=y, x=theme.XValue(0), text=alt.Text(field="detail", type="nominal")
        ),
    ]
    return theme.finish(alt.layer(*layers), dark, True, 98 * max(len(labels), 1))


def _rows(labels: list[str]) -> alt.Y:
    return alt.Y(field="label", type="nominal", sort=labels, axis=None)


def _bullet(chart: alt.Chart, y: alt.Y, track: int, bar: int, tick: int, dark: bool) -> list[alt.Chart]:
    colours = theme.palette(dark)
    scale = alt.Scale(domain=[0, 100], nice=False)

    def x(field: str) -> alt.X:
        return alt.X(field=field, type="quantitative", axis=None, scale=scale)

    tips = theme.tips("label", "detail", "gap_text")
    return [
        chart.mark_bar(height=track, color=colours.sunk).encode(y=y, x=x("full"), tooltip=tips),
        chart.transform_filter("!isValid(datum.done)")
        .mark_bar(height=track, color=theme.stripes(dark, 12))
        .encode(y=y, x=x("full"), tooltip=tips),
        chart.mark_bar(height=bar).encode(
            y=y,
            x=x("reach"),
            color=theme.case(("datum.alert", colours.act_solid), otherwise=colours.pri_mid),
            tooltip=tips,
        ),
        chart.mark_tick(height=tick, thickness=3, color=colours.ink).encode(y=y, x=x("elapsed")),
    ]


def _gap(chart: alt.Chart, y: alt.Y, dark: bool) -> alt.Chart:
    """The gap in words, orange where it needs action, teal where it is ahead."""
    colours = theme.palette(dark)
    words: alt.Chart = chart.mark_text().encode(
        y=y,
        x=theme.XValue("width"),
        text=alt.Text(field="gap_text", type="nominal"),
        color=theme.case(
            ("datum.alert", colours.act),
            ("isValid(datum.gap) && datum.gap > 0", colours.pri),
            otherwise=colours.ink2,
        ),
    )
    return words
