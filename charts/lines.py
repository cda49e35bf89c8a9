"""Lines over time: coverage with target and projection, a count against elapsed time."""

from __future__ import annotations

from datetime import date, timedelta
from math import floor
from typing import Any

import altair as alt
import pandas as pd

from charts import theme
from config.language import _, pick


def coverage(
    frame: pd.DataFrame,
    target: float | None = None,
    target_text: str = "",
    projection: pd.DataFrame | None = None,
    until: date | None = None,
    unit: str = "%",
    *,
    dark: bool = False,
    screen: bool = False,
) -> alt.LayerChart:
    """Coverage by day with the target, the projection dashed, a day not yet closed shaded and its dot hollow.

    Columns: ``day`` date; ``value`` float in ``unit`` (a missing day breaks the line, it is never 0); ``open``
    bool; ``rate`` and ``fraction`` text, printed at the last known day. ``projection``: ``day``, ``value``
    from the last known day on and ``label`` text (missing but for the last one), as metrics.md §6.4
    forecasts it; none where no forecast is possible. ``until`` closes the axis.
    """
    colours, size = theme.palette(dark), theme.sizes(screen)
    rows = _days(theme.take(frame, "day", "value", "open", "rate", "fraction"))
    ahead = rows.head(0)
    if projection is not None:
        ahead = _days(theme.take(projection, "day", "value", "label"))
    low = _floor([rows["value"], ahead["value"]], target)
    whole = 100.0 if unit == "%" else 1.2 * (target or 0.0)
    high = max(whole, float(rows["value"].max()) if rows["value"].notna().any() else whole)
    first, last = rows["day"].min(), max([rows["day"].max(), ahead["day"].max()], key=_or_least)
    end = max(pd.Timestamp(until), last) if until is not None else last
    x = _day_axis("day", first, end)
    y = alt.Y(
        field="value",
        type="quantitative",
        scale=alt.Scale(domain=[low, high], nice=False, zero=False),
        axis=alt.Axis(
            title=None,
            domain=False,
            ticks=False,
            tickCount=4,
            labelExpr="datum.value + '%'" if unit == "%" else "datum.label",
            labelPadding=10,
        ),
    )
    line = theme.table(rows)
    dots = line.transform_filter("isValid(datum.value)")
    tips = [_day_tip(), *theme.tips("rate", "fraction")]
    layers: list[Any] = [
        *_shade(rows[rows["open"].astype(bool)], colours),
        *_level(target, target_text, rows["value"].dropna(), colours, size),
        line.mark_line(strokeWidth=3, color=colours.pri).encode(x=x, y=y),
        dots.transform_filter("!datum.open")
        .mark_point(size=50, filled=True, color=colours.pri)
        .encode(x=x, y=y, tooltip=tips),
        dots.transform_filter("datum.open")
        .mark_point(size=140, filled=True, fill=colours.surface, stroke=colours.pri, strokeWidth=3)
        .encode(x=x, y=y, tooltip=tips),
    ]
    layers += _projected(ahead, x, y, colours, size)
    layers += _last_words(rows, x, y, colours, size)
    return theme.finish(alt.layer(*layers), dark, screen, 300 if screen else 240)


def steps(
    frame: pd.DataFrame,
    target: int,
    target_text: str,
    start: date,
    end: date,
    *,
    open_from: date | None = None,
    open_to: date | None = None,
    last_text: str = "",
    alert: bool = False,
    breaks: pd.DataFrame | None = None,
    dark: bool = False,
    screen: bool = False,
) -> alt.LayerChart:
    """A cumulative count as a step line against the line of elapsed time, the unfinished month shaded.

    Columns: ``day`` date of a report; ``n`` Int64 cumulative count, missing where the report did not come
    (written ``缺`` on the line, not drawn as a drop). ``target`` is due at ``end`` and named by
    ``target_text``; ``open_from`` and ``open_to`` bound the shading; ``last_text`` (``5 次``) stands at the
    end of the line. ``breaks`` are the stretches of the window in which one target and one definition hold: ``day``
    date of their beginning, ``begin`` and ``reach`` float (what is due when they begin and end; missing: no line of
    elapsed time there), ``label`` text (what changed, blank for the first), ``cut`` bool (what is counted changed: the
    line is not drawn across).
    """
    colours, size = theme.palette(dark), theme.sizes(screen)
    ink = colours.act_solid if alert else colours.pri
    rows = _days(theme.take(frame, "day", "n")).rename(columns={"n": "value"})
    reported = rows.dropna(subset=["value"])
    known = pd.concat([pd.DataFrame({"day": [pd.Timestamp(start)], "value": [0]}), reported], ignore_index=True).astype(
        {"value": "Int64"}
    )
    # the level holds up to the last report due, so that what is missing stands under the line, not after it
    line = pd.concat([known, pd.DataFrame({"day": [rows["day"].max()], "value": [known["value"].iloc[-1]]})])
    line = line.dropna(subset=["day"]).drop_duplicates()
    top = max(target, int(known["value"].max()), 1, *_goals(breaks))
    x = _day_axis("day", pd.Timestamp(start), pd.Timestamp(end), month=True)
    y = alt.Y(
        field="value",
        type="quantitative",
        scale=alt.Scale(domain=[0, top], nice=False),
        axis=alt.Axis(title=None, domain=False, ticks=False, tickCount=4, tickMinStep=1, format=",d"),
    )
    stretches = _stretches(breaks, target, start, end)
    pace = _pace(stretches, target_text)
    shaded = pd.DataFrame({"day": [open_from], "until": [open_to]}) if open_from and open_to else None
    layers: list[Any] = [] if shaded is None else _shade(_days(shaded), colours)
    layers += [
        *_changed(stretches.iloc[1:], x, colours, size),
        theme.table(pace)
        .mark_line(strokeWidth=1.5, strokeDash=[4, 3], color=colours.ink)
        .encode(x=x, y=y, detail=alt.Detail(field="stretch", type="nominal")),
        theme.table(pace)
        .mark_text(align="right", dx=-26, dy=-2, fontSize=size.small, color=colours.ink)
        .encode(x=x, y=y, text=alt.Text(field="words", type="nominal")),
        theme.table(_cut(line, stretches))
        .mark_line(interpolate="step-after", strokeWidth=3, color=ink)
        .encode(x=x, y=y, detail=alt.Detail(field="stretch", type="nominal")),
        theme.table(known.iloc[1:])
        .mark_point(size=60, filled=True, color=ink)
        .encode(x=x, y=y, tooltip=[_day_tip(), *theme.tips("value")]),
        *_absent(rows, known, x, y, colours, size),
        theme.table(line.tail(1).assign(words=last_text))
        .mark_text(
            align="left",
            dx=12,
            fontSize=size.figure,
            fontWeight=theme.BOLD,
            color=colours.act if alert else colours.pri,
        )
        .encode(x=x, y=y, text=alt.Text(field="words", type="nominal")),
    ]
    return theme.finish(alt.layer(*layers), dark, screen, 240 if screen else 190)


def _goals(breaks: pd.DataFrame | None) -> list[float]:
    return [] if breaks is None else [float(n) for n in breaks["reach"].dropna()]


def _stretches(breaks: pd.DataFrame | None, target: int, start: date, end: date) -> pd.DataFrame:
    """The stretches in order, each with its last day; one over the whole window where nothing changed."""
    if breaks is None or len(breaks) < 2:
        whole = {"day": [start], "begin": [0], "reach": [target], "label": [""], "cut": [False]}
        return _days(pd.DataFrame(whole)).assign(until=pd.Timestamp(end))
    found = _days(theme.take(breaks, "day", "begin", "reach", "label", "cut"))
    after = found["day"].shift(-1) - timedelta(days=1)
    return found.assign(until=after.fillna(pd.Timestamp(end)))


def _pace(stretches: pd.DataFrame, words: str) -> pd.DataFrame:
    """Elapsed time in as many pieces as there are stretches with a target, the last one named."""
    known = stretches.dropna(subset=["reach"]).reset_index(drop=True)
    begins = known.assign(value=known["begin"])
    ends = known.assign(day=known["until"], value=known["reach"])
    drawn = pd.concat([begins, ends]).rename_axis("stretch").reset_index().sort_values(["stretch", "day"])
    named = drawn.assign(words=[""] * (len(drawn) - 1) + [words] if len(drawn) else [])
    return named[["day", "value", "words", "stretch"]]


def _cut(line: pd.DataFrame, stretches: pd.DataFrame) -> pd.DataFrame:
    """The line in as many pieces as things were counted one after the other."""
    cuts = stretches.loc[stretches["cut"].astype(bool), "day"]
    return line.assign(stretch=[int((cuts <= day).sum()) for day in line["day"]])


def _changed(stretches: pd.DataFrame, x: alt.X, colours: theme.Palette, size: theme.Sizes) -> list[Any]:
    """A rule at the day of each change, and what changed."""
    if stretches.empty:
        return []
    chart = theme.table(stretches[["day", "label"]])
    return [
        chart.mark_rule(strokeWidth=1.5, strokeDash=[2, 2], color=colours.ink3).encode(x=x),
        chart.mark_text(align="left", baseline="top", dx=5, fontSize=size.small, color=colours.ink2).encode(
            x=x, y=theme.YValue(0), text=alt.Text(field="label", type="nominal")
        ),
    ]


def _days(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows in order of time, dates as timestamps so that Altair writes them alike on every machine."""
    rows = frame.assign(**{name: pd.to_datetime(frame[name]) for name in ("day", "until") if name in frame})
    return rows.sort_values("day", kind="stable")


def _or_least(moment: pd.Timestamp) -> pd.Timestamp:
    return pd.Timestamp.min if pd.isna(moment) else moment


def _floor(series: list[pd.Series], target: float | None) -> int:
    """The whole ten below everything drawn: a rate line need not start at 0, a bar must."""
    values = pd.concat([*series, pd.Series([target], dtype="float64")]).dropna()
    return 0 if values.empty else max(0, floor(float(values.min()) / 10) * 10)


def _day_axis(field: str, first: pd.Timestamp, last: pd.Timestamp, month: bool = False) -> alt.X:
    pattern = pick("%-m月", "%b") if month else "%-m/%-d"
    label = f"timeFormat(datum.value, '{pattern}')"
    if pd.isna(first):
        scale = alt.Scale(nice=False)
    else:
        domain = [_moment(first), _moment(last if last > first else first + timedelta(days=1))]
        scale = alt.Scale(domain=domain, nice=False)
    return alt.X(
        field=field,
        type="temporal",
        scale=scale,
        axis=alt.Axis(
            title=None,
            grid=False,
            ticks=False,
            labelPadding=8,
            labelExpr=label,
            labelOverlap=True,
            tickCount={"interval": "month", "step": 2} if month else 6,
        ),
    )


def _moment(day: pd.Timestamp) -> alt.DateTime:
    return alt.DateTime(year=day.year, month=day.month, date=day.day)


def _day_tip() -> alt.Tooltip:
    return alt.Tooltip(field="day", type="temporal", format="%Y-%m-%d", title=_("Day"))


def _shade(rows: pd.DataFrame, colours: theme.Palette) -> list[Any]:
    """A pale band behind the days that are still open; a single day is half a day wide on either side."""
    if rows.empty:
        return []
    half = timedelta(hours=12)
    bands = pd.DataFrame(
        {
            "from": rows["day"] if "until" in rows else rows["day"] - half,
            "to": rows["until"] if "until" in rows else rows["day"] + half,
        }
    )
    return [
        theme.table(bands)
        .mark_rect(color=colours.sunk, clip=True)
        .encode(
            x=alt.X(field="from", type="temporal"),
            x2=alt.X2(field="to"),
            y=theme.YValue(0),
            y2=theme.Y2Value("height"),
        )
    ]


def _level(target: float | None, words: str, values: pd.Series, colours: theme.Palette, size: theme.Sizes) -> list[Any]:
    """The target, named at the side where the line is farther from it."""
    if target is None:
        return []
    left = len(values) > 0 and abs(values.iloc[0] - target) > abs(values.iloc[-1] - target)
    chart = theme.table(pd.DataFrame({"value": [target], "words": [words]}))
    y = alt.Y(field="value", type="quantitative")
    return [
        chart.mark_rule(strokeWidth=2, color=colours.ink).encode(y=y),
        chart.mark_text(
            align="left" if left else "right",
            dy=-12,
            fontSize=size.small,
            fontWeight=theme.BOLD,
            color=colours.ink,
        ).encode(x=theme.XValue(0 if left else "width"), y=y, text=alt.Text(field="words", type="nominal")),
    ]


def _projected(ahead: pd.DataFrame, x: alt.X, y: alt.Y, colours: theme.Palette, size: theme.Sizes) -> list[Any]:
    if ahead.empty:
        return []
    return [
        theme.table(ahead).mark_line(strokeWidth=2, strokeDash=[4, 4], color=colours.pri).encode(x=x, y=y),
        theme.table(ahead.tail(1))
        .mark_text(align="center", dy=-14, fontSize=size.small, color=colours.pri)
        .encode(x=x, y=y, text=alt.Text(field="label", type="nominal")),
    ]


def _last_words(rows: pd.DataFrame, x: alt.X, y: alt.Y, colours: theme.Palette, size: theme.Sizes) -> list[Any]:
    """Rate and fraction of the last known day, below and right of its dot."""
    last = rows.dropna(subset=["value"]).tail(1)
    if last.empty:
        return []
    chart = theme.table(last.assign(rate=theme.texts(last["rate"]), fraction=theme.texts(last["fraction"])))
    return [
        chart.mark_text(align="left", dx=14, dy=14, fontSize=size.big, fontWeight=theme.BOLD, color=colours.pri).encode(
            x=x, y=y, text=alt.Text(field="rate", type="nominal")
        ),
        chart.mark_text(align="left", dx=14, dy=18 + size.big, fontSize=size.small, color=colours.ink2).encode(
            x=x, y=y, text=alt.Text(field="fraction", type="nominal")
        ),
    ]


def _absent(
    rows: pd.DataFrame,
    known: pd.DataFrame,
    x: alt.X,
    y: alt.Y,
    colours: theme.Palette,
    size: theme.Sizes,
) -> list[Any]:
    """``缺`` under the line at the level last known, for reports that did not come."""
    absent = rows[rows["value"].isna()].drop(columns="value")
    if absent.empty:
        return []
    carried = pd.merge_asof(absent, known[["day", "value"]].sort_values("day"), on="day")
    return [
        theme.table(carried.assign(words=_("missing")))
        .mark_text(dy=15, fontSize=size.small, color=colours.act)
        .encode(x=x, y=y, text=alt.Text(field="words", type="nominal"))
    ]
