"""Workstreams of one community: a bullet against elapsed time and beside it how the gap went, one row each."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from charts import theme

_LEAST, _MOST = -25.0, 15.0  # percentage points that the small line shows; what lies outside stays at its edge


def streams(frame: pd.DataFrame, history: pd.DataFrame, *, dark: bool = False, screen: bool = False) -> alt.LayerChart:
    """Progress against elapsed time (metrics.md §6.7), the furthest behind on top, the unknown at the foot.

    ``frame`` as that of ``bullets.pace``, and ``words`` the detail in full. ``history``: ``label``; ``place`` float, 0
    the first week to 1 the last;
    ``gap`` float percentage points (missing where nothing could be judged: the line has a hole). The thin line in the
    small chart is a gap of nothing; all rows have one scale.
    """
    colours, size = theme.palette(dark), theme.sizes(screen)
    rows = theme.take(frame, "label", "detail", "words", "done", "elapsed", "gap", "gap_text", "alert")
    rows = rows.sort_values("gap", na_position="last", kind="stable").reset_index(drop=True)
    at = {label: place for place, label in enumerate(rows["label"])}
    rows = rows.assign(
        row=[place + 0.5 for place in range(len(rows))],
        top=[place + 0.26 for place in range(len(rows))],
        foot=[place + 0.74 for place in range(len(rows))],
        reach=rows["done"].clip(upper=100),
        zero=0,
        full=100,
        detail=theme.texts(rows["detail"]),
        gap_text=[
            theme.MISSING if pd.isna(gap) else f"▼ {text}" if alert else str(text)
            for gap, text, alert in zip(rows["gap"], rows["gap_text"], rows["alert"], strict=True)
        ],
    )
    known = history[history["label"].isin(at)].assign(
        x=lambda f: 112 + 44 * f["place"],
        y=lambda f: pd.Series(map(_height, f["label"].map(at), f["gap"]), index=f.index, dtype="float64"),
    )[["label", "x", "y"]]
    names = theme.extent(rows["label"], size.label) + 14
    left = names + theme.extent(rows["detail"], size.small) + 14
    chart = theme.table(rows)
    ends = known.dropna(subset=["y"]).drop_duplicates("label", keep="last")
    level = pd.DataFrame({"x": 112, "x2": 156, "y": [_height(place, 0) for place in at.values()]})
    act = theme.case(("datum.alert", colours.act_solid), otherwise=colours.pri_mid)
    layers: list[Any] = [
        chart.mark_rect(color=colours.sunk, cornerRadius=2).encode(
            x=_x("zero"), x2=_x2("full"), y=_y("top"), y2=alt.Y2(field="foot")
        ),
        chart.mark_rect(cornerRadius=2, tooltip=False).encode(
            x=_x("zero"), x2=_x2("reach"), y=_y("top"), y2=alt.Y2(field="foot"), color=act
        ),
        chart.mark_tick(orient="vertical", color=colours.ink, thickness=3, height=22).encode(
            x=_x("elapsed"), y=_y("row"), tooltip=theme.tips("label", "words", "gap_text")
        ),
        theme.table(level).mark_rule(color=colours.line).encode(x=_x("x"), x2=alt.X2(field="x2"), y=_y("y")),
        theme.table(known)
        .mark_line(color=colours.pri_mid, strokeWidth=1.6, invalid="break-paths-show-path-domains")
        .encode(x=_x("x"), y=_y("y"), detail=alt.Detail(field="label", type="nominal")),
        theme.table(ends).mark_point(filled=True, size=22, color=colours.pri).encode(x=_x("x"), y=_y("y")),
        chart.mark_text(align="left", dx=-left, fontSize=size.label, fontWeight=theme.BOLD).encode(
            x=theme.XValue(0), y=_y("row"), text=alt.Text(field="label", type="nominal")
        ),
        chart.mark_text(align="left", dx=names - left, fontSize=size.small, color=colours.ink2).encode(
            x=theme.XValue(0), y=_y("row"), text=alt.Text(field="detail", type="nominal")
        ),
        chart.mark_text(align="right", dx=theme.extent(rows["gap_text"], size.label) + 12, fontSize=size.label).encode(
            x=theme.XValue("width"),
            y=_y("row"),
            text=alt.Text(field="gap_text", type="nominal"),
            color=theme.case(("datum.alert", colours.act), otherwise=colours.ink),
        ),
    ]
    return theme.finish(alt.layer(*layers), dark, screen, (size.row - 2) * max(len(rows), 1))


def _height(place: int, gap: Any) -> float | None:
    """Where a gap stands in the row of this place, in rows from the top; the more the higher."""
    if pd.isna(gap):
        return None
    share = (min(max(float(gap), _LEAST), _MOST) - _LEAST) / (_MOST - _LEAST)
    return place + 0.86 - 0.72 * share


def _x(field: str) -> alt.X:
    return alt.X(field=field, type="quantitative", scale=alt.Scale(domain=[0, 158], nice=False), axis=None)


def _x2(field: str) -> alt.X2:
    return alt.X2(field=field)


def _y(field: str) -> alt.Y:
    return alt.Y(field=field, type="quantitative", scale=alt.Scale(reverse=True, nice=False, zero=True), axis=None)
