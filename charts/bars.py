"""Horizontal bars: reasons sorted by size, plan against stock, the base and its groups."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from charts import theme


def reasons(frame: pd.DataFrame, *, dark: bool = False, screen: bool = False) -> alt.LayerChart:
    """Sorted bars with their counts, as for where the people not vaccinated went (metrics.md §6.2).

    Columns: ``label`` text; ``n`` Int64 people, missing stays ``—`` and is listed last; ``alert`` bool,
    orange where someone must act; optional ``share`` text such as ``41.9%``, printed at the right edge.
    Without ``share`` the counts stand at the right edge, with it beside the bars.
    """
    colours, size = theme.palette(dark), theme.sizes(screen)
    kept = theme.take(frame, "label", "n", "alert", also=["share"])
    rows = kept.sort_values("n", ascending=False, na_position="last", kind="stable").assign(
        figure=lambda f: [theme.count(n) for n in f["n"]]
    )
    beside = "share" in rows
    if beside:
        rows["share"] = theme.texts(rows["share"])
    labels = theme.order(rows["label"])
    alerts = rows.loc[rows["alert"].astype(bool), "label"].tolist()
    y = alt.Y(field="label", type="nominal", sort=labels, axis=theme.names(labels, alerts, dark=dark, screen=screen))
    base = theme.table(rows)
    bars = base.mark_bar(height={"band": 0.62}, invalid="filter").encode(
        y=y,
        x=_length("n", rows["n"]),
        color=_solid(colours),
        tooltip=theme.tips("label", "figure"),
    )
    ink = theme.case(("datum.alert", colours.act), otherwise=colours.ink)
    figures = theme.extent(rows["figure"], size.figure)
    if beside:
        place: Any = alt.X(field="n", type="quantitative")
        numbers = base.transform_calculate(n="datum.n === null ? 0 : datum.n").mark_text(
            align="left", dx=8, fontSize=size.figure, fontWeight=theme.BOLD
        )
    else:
        place = theme.XValue("width")
        numbers = base.mark_text(align="right", dx=figures + 12, fontSize=size.figure, fontWeight=theme.BOLD)
    layers = [bars, numbers.encode(y=y, x=place, text=alt.Text(field="figure", type="nominal"), color=ink)]
    if beside:
        room = figures + theme.extent(rows["share"], size.small) + 28
        layers.append(
            base.mark_text(align="right", dx=room, fontSize=size.small, color=colours.ink2).encode(
                y=y, x=theme.XValue("width"), text=alt.Text(field="share", type="nominal")
            )
        )
    return theme.finish(alt.layer(*layers), dark, screen, size.row * max(len(labels), 1))


def stock(frame: pd.DataFrame, *, dark: bool = False, screen: bool = False) -> alt.LayerChart:
    """Plan of the day against usable doses, a tick at the stock, what the stock does not cover in orange.

    Columns: ``site`` text in register order; ``plan`` and ``stock`` Int64 doses (missing draws nothing);
    ``note`` text such as ``余 10`` or ``▲ 缺 16``.
    """
    colours, size = theme.palette(dark), theme.sizes(screen)
    plan, doses = frame["plan"].astype("Int64"), frame["stock"].astype("Int64")
    short = (plan > doses).fillna(False).astype(bool)
    rows = theme.take(frame, "site", "plan", "stock", "note").assign(
        alert=short,
        covered=plan.where(~short, doses),
        lack_from=doses.where(short),
        lack_to=plan.where(short),
        note=theme.texts(frame["note"]),
    )
    sites = theme.order(rows["site"])
    alerts = rows.loc[short, "site"].tolist()
    x = _length("stock", pd.concat([plan, doses]))
    y = alt.Y(field="site", type="nominal", sort=sites, axis=theme.names(sites, alerts, dark=dark, screen=screen))
    tips = theme.tips("site", "plan", "stock")
    base = theme.table(rows)
    layers = [
        base.mark_bar(height={"band": 0.5}, color=colours.sunk).encode(y=y, x=x, tooltip=tips),
        base.mark_bar(height={"band": 0.32}, color=colours.pri_mid).encode(
            y=y, x=alt.X(field="covered", type="quantitative"), tooltip=tips
        ),
        base.mark_bar(height={"band": 0.32}, color=colours.act_solid).encode(
            y=y, x=alt.X(field="lack_from", type="quantitative"), x2=alt.X2(field="lack_to"), tooltip=tips
        ),
        base.mark_tick(thickness=3, height=size.row * 0.72, color=colours.ink).encode(
            y=y, x=alt.X(field="stock", type="quantitative")
        ),
        base.mark_text(align="right", dx=theme.extent(rows["note"], size.figure) + 14, fontSize=size.label).encode(
            y=y,
            x=theme.XValue("width"),
            text=alt.Text(field="note", type="nominal"),
            color=theme.case(("datum.alert", colours.act), otherwise=colours.ink2),
        ),
    ]
    return theme.finish(alt.layer(*layers), dark, screen, (size.row + 6) * max(len(sites), 1))


def base(frame: pd.DataFrame, *, dark: bool = False, screen: bool = False) -> alt.LayerChart:
    """The base in people: surveyed, eligible, vaccinated, in the given order (metrics.md §6.1).

    Columns: ``label`` text; ``n`` Int64 people; ``done`` bool, drawn dark because it is the result.
    """
    colours, size = theme.palette(dark), theme.sizes(screen)
    rows = theme.take(frame, "label", "n", "done").assign(figure=[theme.count(n) for n in frame["n"]])
    labels = theme.order(rows["label"])
    y = alt.Y(field="label", type="nominal", sort=labels, axis=theme.names(labels, dark=dark, screen=screen))
    chart = theme.table(rows)
    layers = [
        chart.mark_bar(height={"band": 0.45}).encode(
            y=y,
            x=_length("n", rows["n"]),
            color=theme.case(("datum.done", colours.pri), otherwise=colours.load[2]),
        ),
        _right(chart, "figure", rows["figure"], size.figure, y, bold=True),
    ]
    return theme.finish(alt.layer(*layers), dark, screen, (size.row + 2) * max(len(labels), 1))


def groups(
    frame: pd.DataFrame, target: float | None = None, *, dark: bool = False, screen: bool = False
) -> alt.LayerChart:
    """Coverage by group: fraction and rate in words, a bar on a pale track, a tick at the target.

    Columns: ``label`` text; ``fraction`` text such as ``402/496``; ``rate`` text such as ``81.0%``;
    ``value`` float percent, only for the length of the bar. Bars stop at full width; a rate above 100 % is
    orange; a missing value is hatched. ``target`` is in percent; without one there is no tick.
    """
    colours, size = theme.palette(dark), theme.sizes(screen)
    rows = theme.take(frame, "label", "fraction", "rate", "value").assign(
        over=frame["value"] > 100,
        reach=frame["value"].clip(upper=100),
        full=100,
        fraction=theme.texts(frame["fraction"]),
        rate=theme.texts(frame["rate"]),
    )
    labels = theme.order(rows["label"])
    alerts = rows.loc[rows["over"], "label"].tolist()
    y = alt.Y(field="label", type="nominal", sort=labels, axis=theme.names(labels, alerts, dark=dark, screen=screen))
    chart = theme.table(rows)
    track = chart.mark_bar(height={"band": 0.44}).encode(y=y, x=_percent("full"))
    far = theme.extent(rows["rate"], size.figure) + 14
    layers = [
        track.encode(color=alt.ColorValue(colours.sunk)),
        chart.transform_filter("!isValid(datum.reach)")
        .mark_bar(height={"band": 0.44}, color=theme.stripes(dark, 16))
        .encode(y=y, x=_percent("full")),
        chart.mark_bar(height={"band": 0.28}).encode(
            y=y,
            x=_percent("reach"),
            color=theme.case(("datum.over", colours.act_solid), otherwise=colours.pri_mid),
        ),
        _right(chart, "rate", rows["rate"], size.figure, y, bold=True),
        chart.mark_text(
            align="right", dx=far + theme.extent(rows["fraction"], size.small) + 12, fontSize=size.small
        ).encode(
            y=y,
            x=theme.XValue("width"),
            text=alt.Text(field="fraction", type="nominal"),
            color=alt.ColorValue(colours.ink2),
        ),
    ]
    if target is not None:
        layers.append(
            chart.mark_tick(thickness=3, height=size.row * 0.66, color=colours.ink).encode(
                y=y, x=alt.XDatum(target, type="quantitative")
            )
        )
    return theme.finish(alt.layer(*layers), dark, screen, (size.row + 6) * max(len(labels), 1))


def _solid(colours: theme.Palette) -> alt.ColorValue:
    return theme.case(("datum.alert", colours.act_solid), otherwise=colours.pri_mid)


def _length(field: str, values: pd.Series) -> alt.X:
    """A hidden axis from 0 to the largest value; 1 where there is none, so that nothing divides by zero."""
    top = values.max()
    domain = [0, 1 if pd.isna(top) or top <= 0 else int(top)]
    return alt.X(field=field, type="quantitative", axis=None, scale=alt.Scale(domain=domain, nice=False))


def _percent(field: str) -> alt.X:
    return alt.X(field=field, type="quantitative", axis=None, scale=alt.Scale(domain=[0, 100], nice=False))


def _right(chart: alt.Chart, field: str, values: pd.Series, size: int, y: alt.Y, *, bold: bool = False) -> alt.Chart:
    """A column of figures right of the plot, right-aligned so that the digits stand under one another."""
    room = theme.extent(values, size) + 12
    column: alt.Chart = chart.mark_text(
        align="right", dx=room, fontSize=size, fontWeight=theme.BOLD if bold else theme.REGULAR
    ).encode(y=y, x=theme.XValue("width"), text=alt.Text(field=field, type="nominal"))
    return column
