"""Ranks: dots with intervals on one shared axis, and the bump chart of the last notices."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor
from typing import Any, Literal

import altair as alt
import pandas as pd

from charts import theme
from config.language import _


def dots(
    frame: pd.DataFrame,
    target: float | None = None,
    target_text: str = "",
    street: float | None = None,
    street_text: str = "",
    heading: str = "",
    unit: str = "%",
    who: str = "",
    *,
    dark: bool = False,
    screen: bool = False,
) -> alt.LayerChart:
    """One row per community: rank, name, fraction, rate, and a dot with capped interval (metrics.md §6.6).

    Columns, in the order of the notice (the caller ranks by exact fraction, this chart never sorts by a
    figure): ``kind`` one of ``ranked street unreported not_comparable no_denominator`` (the last four stand
    below a rule in this order); ``community`` text, unique; ``rank`` text (missing is ``—``); ``tied``
    bool; ``fraction`` and ``rate`` text; ``value``, ``low``, ``high`` float percent for position only;
    optional text columns BESIDE, drawn right of the axis when present and there is room; ``who`` heads the names. A
    click anywhere on a row is the point selection ``row`` with its ``community``. A value above 100 % is a hollow
    orange circle without interval; the street is a diamond; an unreported community keeps its last figures in grey and
    has no dot. ``target`` is a solid line, ``street`` a dashed one.
    """
    colours, size = theme.palette(dark), theme.sizes(screen)
    rows = _dot_rows(frame, unit)
    y = alt.Y(field="community", type="nominal", sort=theme.order(rows["community"]), axis=None)
    low, high = _domain(rows, [target, street])
    # a number under the name of the target would be unreadable
    clear = (high - low) * 0.24
    ticks = [n for n in range(low, high + 1, 10) if target is None or abs(n - target) > clear]
    x = alt.X(
        field="value",
        type="quantitative",
        scale=alt.Scale(domain=[low, high], nice=False, zero=False),
        axis=alt.Axis(
            title=None,
            orient="top",
            values=ticks,
            labelExpr=f"replace(datum.value, '-', '−') + '{unit}'",
            labels=not screen,
            labelColor=colours.ink3,
            labelPadding=6,
            domain=False,
            ticks=False,
        ),
    )
    words = _fitting(rows, heading or _("Rate"), who or _("Community"), screen)
    layers: list[Any] = _rows_ground(rows, y, words, colours)
    layers += _references(target, target_text, street, street_text, (low, high), colours, size)
    layers += _dot_marks(rows, x, y, colours, size)
    for column in words:
        layers += _text_column(rows, y, column, colours, size)
    layers.append(_face(rows, y, words))
    return theme.finish(alt.layer(*layers), dark, screen, (54 if screen else 38) * max(len(rows), 1))


def bump(
    frame: pd.DataFrame,
    chosen: tuple[str, ...] = (),
    alerts: tuple[str, ...] = (),
    *,
    dark: bool = False,
    screen: bool = False,
) -> alt.LayerChart:
    """Rank by notice: all lines grey, the chosen teal, one that needs action orange, named at both ends.

    Columns: ``notice`` text in order of time (``第5期 8/5``); ``community`` text; ``rank`` Int64, missing
    where the community was unreported or not ranked in that notice. A missing notice between two ranked
    ones is passed with a dashed line; at the end it leads to a hollow red dot at the foot, because
    unreported is not last. Tied communities share one label.
    """
    colours, size = theme.palette(dark), theme.sizes(screen)
    notices = theme.order(frame["notice"])
    points, runs = _bump_rows(frame, notices, chosen, alerts)
    foot = int(points["place"].max()) if len(points) else 1
    x = alt.X(
        field="notice",
        type="ordinal",
        sort=notices,
        scale=alt.Scale(domain=notices, type="point", padding=0.05),
        axis=alt.Axis(
            title=None,
            domain=False,
            ticks=False,
            grid=True,
            labelAngle=0,
            labelPadding=18,
            labelFontWeight=theme.among(notices[-1:], theme.BOLD, 400),
            labelColor=theme.among(notices[-1:], colours.ink, colours.ink2),
        ),
    )
    y = alt.Y(
        field="place",
        type="quantitative",
        axis=None,
        scale=alt.Scale(domain=[1, max(foot, 2)], reverse=True, nice=False, zero=False),
    )
    hue = _hues(colours)
    layers: list[Any] = []
    for role, width in (("other", 1.5), ("chosen", 3), ("alert", 3)):
        line = theme.table(runs[runs["role"] == role]).encode(
            x=x, y=y, detail=alt.Detail(field="run", type="nominal"), color=alt.ColorValue(hue[role])
        )
        layers += [
            line.transform_filter("!datum.dashed").mark_line(strokeWidth=width),
            line.transform_filter("datum.dashed").mark_line(strokeWidth=width, strokeDash=[3, 3]),
            theme.table(points[(points["role"] == role) & ~points["absent"]])
            .mark_point(size=40 if role == "other" else 90, filled=True, color=hue[role])
            .encode(x=x, y=y, tooltip=theme.tips("notice", "community", "rank")),
        ]
    layers.append(
        theme.table(points[points["absent"]])
        .mark_point(size=70, filled=True, fill=colours.surface, stroke=colours.red, strokeWidth=2)
        .encode(x=x, y=y, tooltip=theme.tips("notice", "community"))
    )
    if notices:
        layers += _ends(points, notices, x, y, hue, colours, size)
    return theme.finish(alt.layer(*layers), dark, screen, 24 * max(foot, 2))


def _hues(colours: theme.Palette) -> dict[str, str]:
    """The colour of a line: grey for all, teal for the chosen, orange where someone must act."""
    return {"other": colours.rule, "chosen": colours.pri, "alert": colours.act_solid}


SPACE = 14  # between two columns
GAP = 32  # between the plot and the words beside it, so that the first and last number of the axis fit in
BESIDE = ("heard", "versus", "alike", "change", "gain", "pace", "distance", "finish", "note")  # text right of the plot
ROOM = 1060  # pixels of words that leave enough of a laptop's width to the dots
LEAST = ("pace", "gain", "alike", "finish", "change")  # left out first where the words of a language are longer
KINDS = ("ranked", "street", "unreported", "not_comparable", "no_denominator")
ROLES = ("alert", "chosen", "other")  # of a line in the bump chart, the most telling first


def _dot_rows(frame: pd.DataFrame, unit: str) -> pd.DataFrame:
    wanted = ("kind", "community", "rank", "tied", "fraction", "rate", "value", "low", "high")
    rows = (
        theme.take(frame, *wanted, also=list(BESIDE))
        .assign(
            place=[KINDS.index(kind) for kind in frame["kind"]],
            over=frame["value"].gt(100) & frame["kind"].eq("ranked") & (unit == "%"),
            rank=theme.texts(frame["rank"]),
            fraction=theme.texts(frame["fraction"]),
            rate=theme.texts(frame["rate"]),
            tie=[_("Tied") if tied is True or tied == 1 else "" for tied in frame["tied"].fillna(False)],
        )
        .sort_values("place", kind="stable")
    )
    for field in BESIDE:
        if field in rows:
            rows[field] = rows[field].fillna("")
    rows["quiet"] = rows["place"] >= KINDS.index("unreported")
    rows.loc[rows["quiet"], "value"] = float("nan")
    rows.loc[rows["over"] | rows["quiet"], ["low", "high"]] = float("nan")
    return rows


def _domain(rows: pd.DataFrame, lines: list[float | None]) -> tuple[int, int]:
    """Whole tens around everything drawn."""
    values = pd.concat([rows["value"], rows["low"], rows["high"], pd.Series(lines, dtype="float64")]).dropna()
    if values.empty:
        return 0, 100
    low = floor(float(values.min()) / 10) * 10
    high = ceil(float(values.max()) / 10) * 10
    return (low, high) if high > low else (low, low + 10)


@dataclass(frozen=True)
class _Column:
    """A column of text beside the plot.

    ``edge`` is where it starts, or ends when right-aligned, in pixels from its side of the plot.
    """

    field: str
    heading: str
    align: Literal["left", "right"]
    bold: bool
    before: bool
    edge: int
    room: int
    size: int
    dy: int = 0


def _fitting(rows: pd.DataFrame, rate: str, who: str, screen: bool) -> list[_Column]:
    """The columns, without those of LEAST where the words would leave no room to the dots."""
    words = _columns(rows, rate, who, screen)
    for field in LEAST:
        if sum(column.room + SPACE for column in words if column.room) + 2 * GAP > ROOM:
            words = _columns(rows := rows.drop(columns=field, errors="ignore"), rate, who, screen)
    return words


def _columns(rows: pd.DataFrame, rate: str, who: str, screen: bool) -> list[_Column]:
    """What is written beside the dots, from the plot outwards.

    On the shared screen the fraction stands below the rate, as its panel is narrow.
    """
    size = theme.sizes(screen)
    columns = []
    place = -GAP
    before: list[tuple[str, str, Literal["left", "right"], bool]] = [
        ("rate", rate, "right", True),
        ("fraction", _("Done/base"), "right", False),
        ("community", who, "left", True),
        ("tie", "", "left", False),
        ("rank", _("Rank"), "left", True),
    ]
    for field, heading, align, bold in before:
        if field == "fraction" and (screen or not any(words.strip("—/") for words in rows["fraction"])):
            continue
        room = max(theme.extent(rows[field], size.label), theme.extent([heading], size.small))
        if screen and field == "rate":
            room = max(room, theme.extent(rows["fraction"], size.small))
            columns.append(_Column("fraction", "", align, False, True, place, room, size.small, 12))
        edge = place if align == "right" else place - room
        dy = -10 if screen and field == "rate" else 0
        columns.append(_Column(field, heading, align, bold, True, edge, room, size.label, dy))
        place -= room + (SPACE if room else 0)
    place = GAP
    beside: list[tuple[str, str, Literal["left", "right"]]] = [
        ("heard", _("Ranked of"), "right"),
        ("versus", _("Vs above"), "left"),
        ("alike", _("Alike"), "left"),
        ("change", _("Change"), "left"),
        ("gain", _("Day's gain"), "right"),
        ("pace", _("7-day pace"), "right"),
        ("distance", _("To target"), "right"),
        ("finish", _("Forecast"), "left"),
        ("note", _("Mark"), "left"),
    ]
    for field, heading, align in beside:
        if field in rows:
            room = max(theme.extent(rows[field], size.label), theme.extent([heading], size.small))
            edge = place if align == "left" else place + room
            columns.append(_Column(field, heading, align, False, False, edge, room, size.label))
            place += room + SPACE
    return columns


def _across(words: list[_Column]) -> dict[str, Any]:
    """From the first column of text to the last, over the plot between them."""
    left = min(column.edge - (column.room if column.align == "right" else 0) for column in words)
    right = max(
        (column.edge + (column.room if column.align == "left" else 0) for column in words if not column.before),
        default=0,
    )
    return {"x": theme.XValue(left - 8), "x2": theme.X2Value(alt.ExprRef(f"width + {right + 8}"))}


def _face(rows: pd.DataFrame, y: alt.Y, words: list[_Column]) -> Any:
    """What is clicked and pointed at: the whole row, above all that is drawn in it."""
    row = alt.selection_point(name="row", fields=["community"], on="click", clear="dblclick", empty=False)
    return (
        theme.table(rows)
        .mark_rect(fillOpacity=0, cursor="pointer")
        .encode(y=y, tooltip=theme.tips("community", "rank", "fraction", "rate"), **_across(words))
        .add_params(row)
    )


def _rows_ground(rows: pd.DataFrame, y: alt.Y, words: list[_Column], colours: theme.Palette) -> list[Any]:
    """A hairline under every row, a heavier rule above the street, a sunk ground behind the unreported."""
    across = _across(words)
    chart = theme.table(rows)
    start = rows.loc[rows["place"] > 0].head(1)
    layers = [
        chart.transform_filter("datum.quiet").mark_rect(color=colours.sunk).encode(y=y, **across),
        chart.mark_rule(color=colours.line, strokeWidth=1).encode(y=_edge(y, 1), **across),
    ]
    if len(start):
        layers.append(theme.table(start).mark_rule(color=colours.rule, strokeWidth=2).encode(y=_edge(y, 0), **across))
    return layers


def _edge(y: alt.Y, position: int) -> alt.Y:
    edge = y.copy()
    edge["bandPosition"] = position
    return edge


def _references(
    target: float | None,
    target_text: str,
    street: float | None,
    street_text: str,
    domain: tuple[int, int],
    colours: theme.Palette,
    size: theme.Sizes,
) -> list[Any]:
    """The target solid, the street dashed, each named above the plot on a line of its own.

    A name stays over the plot and the gaps beside it, so that it never touches the heading of a column.
    """
    layers: list[Any] = []
    low, high = domain
    for value, words, dash, dy, bold in (
        (street, street_text, [4, 3], -18 - size.small, False),
        (target, target_text, [1, 0], -13, True),
    ):
        if value is None:
            continue
        chart = theme.table(pd.DataFrame({"value": [value], "words": [words]}))
        x = alt.X(field="value", type="quantitative")
        ink = colours.ink if bold else colours.ink2
        reach = theme.extent([words], size.small) / 2 - GAP + 8  # of half the name, what the gap does not hold
        share = (value - low) / (high - low)
        aside = f"clamp(0, {reach:g} - {share:g} * width, {1 - share:g} * width - {reach:g})"
        layers += [
            chart.mark_rule(strokeDash=dash, strokeWidth=2 if bold else 1.5, color=ink).encode(x=x),
            chart.mark_text(
                dx=alt.ExprRef(aside),
                dy=dy,
                fontSize=size.small,
                fontWeight=theme.BOLD if bold else theme.REGULAR,
                color=ink,
            ).encode(x=x, y=theme.YValue(0), text=alt.Text(field="words", type="nominal")),
        ]
    return layers


def _dot_marks(rows: pd.DataFrame, x: alt.X, y: alt.Y, colours: theme.Palette, size: theme.Sizes) -> list[Any]:
    chart = theme.table(rows)
    tips = theme.tips("community", "rank", "fraction", "rate")
    interval = chart.transform_filter("isValid(datum.low) && datum.kind === 'ranked'")
    low, high = alt.X(field="low", type="quantitative"), alt.X(field="high", type="quantitative")
    cap = size.row * 0.4
    ranked = chart.transform_filter("datum.kind === 'ranked' && isValid(datum.value)")
    return [
        interval.mark_rule(strokeWidth=2.5, color=colours.pri_mid).encode(y=y, x=low, x2=alt.X2(field="high")),
        interval.mark_tick(thickness=2.5, height=cap, color=colours.pri_mid).encode(y=y, x=low),
        interval.mark_tick(thickness=2.5, height=cap, color=colours.pri_mid).encode(y=y, x=high),
        ranked.transform_filter("!datum.over")
        .mark_point(size=120, filled=True, color=colours.pri)
        .encode(y=y, x=x, tooltip=tips),
        ranked.transform_filter("datum.over")
        .mark_point(size=130, filled=True, fill=colours.surface, stroke=colours.act_solid, strokeWidth=3)
        .encode(y=y, x=x, tooltip=tips),
        chart.transform_filter("datum.kind === 'street' && isValid(datum.value)")
        .mark_point(size=130, shape="diamond", filled=True, color=colours.ink)
        .encode(y=y, x=x, tooltip=tips),
    ]


def _text_column(rows: pd.DataFrame, y: alt.Y, column: _Column, colours: theme.Palette, size: theme.Sizes) -> list[Any]:
    at = theme.XValue(0) if column.before else theme.XValue("width")
    over = "false" if column.field != "rate" else "datum.over"
    ink = theme.case(
        ("datum.quiet", colours.ink3),
        (over, colours.act),
        otherwise=colours.ink if column.bold else colours.ink2,
    )
    chart = theme.table(rows[theme.order(["community", "quiet", "over", column.field])])
    figures = chart.mark_text(
        align=column.align,
        dx=column.edge,
        dy=column.dy,
        fontSize=column.size,
        fontWeight=theme.BOLD if column.bold else theme.REGULAR,
    ).encode(y=y, x=at, text=alt.Text(field=column.field, type="nominal"), color=ink)
    if not column.heading:
        return [figures]
    head = (
        theme.table(pd.DataFrame({"heading": [column.heading]}))
        .mark_text(align=column.align, dx=column.edge, dy=-13, fontSize=size.small, color=colours.ink3)
        .encode(x=at, y=theme.YValue(0), text=alt.Text(field="heading", type="nominal"))
    )
    return [figures, head]


def _bump_rows(
    frame: pd.DataFrame, notices: list[str], chosen: tuple[str, ...], alerts: tuple[str, ...]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Points (one per community and notice that is drawn) and line runs (two points each)."""
    ranks = frame.pivot(index="community", columns="notice", values="rank").reindex(columns=notices)
    foot = max(len(ranks), 1)
    points, runs = [], []
    for community in theme.order(frame["community"]):
        role = "alert" if community in alerts else "chosen" if community in chosen else "other"
        row: list[Any] = [ranks.at[community, notice] for notice in notices]
        last = max((i for i, rank in enumerate(row) if not pd.isna(rank)), default=-1)
        drawn = []
        for i, (notice, rank) in enumerate(zip(notices, row, strict=True)):
            absent = bool(pd.isna(rank))
            if absent and i < last:
                continue
            place = foot if absent else int(rank)
            drawn.append((i, notice, place, absent))
            points.append((notice, community, None if absent else int(rank), place, absent, role))
        for (i, start, a, away), (j, end, b, gone) in pairwise(drawn):
            run = f"{community} {i}"
            dashed = away or gone or j > i + 1
            runs += [(start, a, run, dashed, role), (end, b, run, dashed, role)]
    columns = ["notice", "community", "rank", "place", "absent", "role"]
    shown = pd.DataFrame(points, columns=columns).astype({"rank": "Int64", "absent": bool})
    return shown, pd.DataFrame(runs, columns=["notice", "place", "run", "dashed", "role"])


def _ends(
    points: pd.DataFrame,
    notices: list[str],
    x: alt.X,
    y: alt.Y,
    hue: dict[str, str],
    colours: theme.Palette,
    size: theme.Sizes,
) -> list[Any]:
    """Names at both ends; two tied names join into one label, of more the most telling one stands for all of them.

    Its role colours the label.
    """
    layers = []
    for first in (False, True):
        notice = notices[-1] if first else notices[0]
        here = points[points["notice"] == notice]
        labels = []
        for (place, absent), tied in here.groupby(["place", "absent"], sort=True):
            tied = tied.sort_values("role", key=lambda roles: roles.map(ROLES.index), kind="stable")
            names = (_(", ") if absent else "＝").join(tied["community"])
            if len(tied) > 2:
                names = _("{names} and {n} more", names=tied["community"].iloc[0], n=len(tied) - 1)
            word = theme.STATES["unreported"].label if absent else str(place)
            role = "absent" if absent else tied["role"].iloc[0]
            labels.append((notice, place, f"{word} {names}" if first else f"{names} {word}", role))
        table = pd.DataFrame(labels, columns=["notice", "place", "words", "role"])
        inks = {"other": colours.ink2, "chosen": hue["chosen"], "alert": colours.act, "absent": colours.red}
        for role, ink in inks.items():
            layers.append(
                theme.table(table[table["role"] == role])
                .mark_text(
                    align="left" if first else "right",
                    dx=12 if first else -12,
                    fontSize=size.label,
                    fontWeight=400 if role == "other" else theme.BOLD,
                    color=ink,
                )
                .encode(x=x, y=y, text=alt.Text(field="words", type="nominal"))
            )
    return layers
