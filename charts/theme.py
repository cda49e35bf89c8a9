"""The look of every chart: palette, states, type and the finishing touch. Pages use the palette as well.

Colours come in two themes and carry roles, not names of hues: ``pri`` for ordinary data, ``act`` for what
needs a hand, ``red`` only for unreported, overdue, zero-tolerance and refused. Colour never speaks alone:
each state has a glyph and a word. The same colours stand in ``.streamlit/config.toml``.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import altair as alt
import pandas as pd
import pyarrow as pa
from altair.utils.schemapi import disable_debug_mode

from config.language import N_, _, pick

# Checking every channel against the schema while it is made takes most of the time that a chart takes; a whole
# chart is checked when it is written out, and each one is in the tests.
disable_debug_mode()

# places in pixels; Altair leaves these four classes without types
XValue: Any = alt.XValue
X2Value: Any = alt.X2Value
YValue: Any = alt.YValue
Y2Value: Any = alt.Y2Value

FONT = '"Noto Sans SC","Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif'
MISSING = "—"
BOLD: Final = 700
REGULAR: Final = 400


@dataclass(frozen=True)
class Palette:
    """The colours of one theme by role; every pair used together has a contrast of at least 4.5 for text."""

    page: str
    surface: str
    sunk: str
    line: str
    rule: str
    mark: str
    ink: str
    ink2: str
    ink3: str
    pri: str
    pri_mid: str
    pri_tint: str
    act: str
    act_solid: str
    act_on: str
    act_tint: str
    red: str
    red_solid: str
    red_on: str
    red_tint: str
    load: tuple[str, str, str, str]
    load_text: tuple[str, str, str, str]
    gap: tuple[str, str, str, str, str]
    gap_text: tuple[str, str, str, str, str]


LIGHT = Palette(
    page="#F2F4F5",
    surface="#FFFFFF",
    sunk="#E8ECEE",
    line="#D5DBDF",
    rule="#9AA7AF",
    mark="#8A979F",
    ink="#16212A",
    ink2="#46535C",
    ink3="#586570",
    pri="#0B5568",
    pri_mid="#2E7F94",
    pri_tint="#DCEAEE",
    act="#9A3D00",
    act_solid="#B84A00",
    act_on="#FFFFFF",
    act_tint="#FBE9DA",
    red="#A3161A",
    red_solid="#A3161A",
    red_on="#FFFFFF",
    red_tint="#FAE3E1",
    load=("#EEF4F6", "#D3E5EA", "#A9CDD7", "#2E7A8E"),
    load_text=("#16212A", "#16212A", "#16212A", "#FFFFFF"),
    gap=("#B84A00", "#FBDDC2", "#FDF3E8", "#D9E9EE", "#9CC7D3"),
    gap_text=("#FFFFFF", "#16212A", "#16212A", "#16212A", "#16212A"),
)

DARK = Palette(
    page="#0F161B",
    surface="#182127",
    sunk="#222D34",
    line="#33414A",
    rule="#5F707B",
    mark="#7C8B94",
    ink="#EEF2F4",
    ink2="#BBC6CC",
    ink3="#98A6AE",
    pri="#79C6D8",
    pri_mid="#3C93A9",
    pri_tint="#17404D",
    act="#FFB169",
    act_solid="#F0923C",
    act_on="#0F161B",
    act_tint="#46290F",
    red="#FF9389",
    red_solid="#F2756A",
    red_on="#0F161B",
    red_tint="#4D1D1B",
    load=("#1D2B32", "#1F3B45", "#205060", "#5FAFC3"),
    load_text=("#EEF2F4", "#EEF2F4", "#EEF2F4", "#0F161B"),
    gap=("#F0923C", "#553212", "#352A1E", "#1B4350", "#2F7388"),
    gap_text=("#0F161B", "#EEF2F4", "#EEF2F4", "#EEF2F4", "#EEF2F4"),
)


def palette(dark: bool = False) -> Palette:
    """The colours of the light or the dark theme."""
    return DARK if dark else LIGHT


@dataclass(frozen=True)
class State:
    """How one state is shown.

    ``icon`` is a Material symbol for Markdown ("" where there is none), ``glyph`` the same thing inside
    table cells and charts (there ``letter`` takes its place where the glyph is Chinese and the reader is
    not), ``role`` the palette field of its text (``mark ink2 ink3 pri act red``), ``solid`` whether it is
    drawn as a filled badge.
    """

    icon: str
    glyph: str
    role: str
    word: str
    solid: bool = False
    letter: str = ""

    @property
    def sign(self) -> str:
        """The glyph or, for readers of English, the letter that takes its place."""
        return pick(self.glyph, self.letter or self.glyph)

    @property
    def label(self) -> str:
        """The word in the current language."""
        return _(self.word)

    def text(self, dark: bool = False) -> str:
        """The colour of its glyph and word on a card."""
        return str(getattr(palette(dark), self.role))

    def tint(self, dark: bool = False) -> str:
        """The quiet ground behind its glyph."""
        colours = palette(dark)
        return {"pri": colours.pri_tint, "act": colours.act_tint, "red": colours.red_tint}.get(self.role, colours.sunk)


STATES: dict[str, State] = {
    "on_time": State("", "●", "mark", N_("On time")),
    "not_due": State("hourglass_empty", "…", "ink3", N_("Not yet due")),
    "late": State("schedule", "迟", "act", N_("Late"), letter="L"),
    "unreported": State("block", "⊘", "red", N_("Not reported")),
    "back_filed": State("history", "补", "ink2", N_("Filed after closing"), letter="F"),
    "exempt": State("remove", "免", "ink2", N_("Exempt"), letter="X"),
    "empty": State("draft", "□", "act", N_("Empty sheet, please check")),
    "corrected": State("edit", "改", "pri", N_("Corrected"), letter="C"),
    "difference": State("difference", "≠", "act", N_("To be reconciled")),
    "explained": State("difference", "≠", "ink2", N_("Explained")),
    "over": State("flag", "▲", "act", N_("Above 100%, check the baseline")),
    "insignificant": State("", "≈", "ink2", N_("Not significant")),
    "tied": State("", "＝", "ink2", N_("Tied")),
    "small_base": State("", "n<30", "ink2", N_("Small base")),
    "not_comparable": State("", MISSING, "ink2", N_("Not ranked")),
    "no_denominator": State("", MISSING, "ink2", N_("Nobody eligible")),
    "confirmed": State("verified", "✓", "ink2", N_("Confirmed")),
    "unconfirmed": State("help", "?", "ink2", N_("Unconfirmed")),
    "occurred": State("error", "!", "red", N_("Occurred"), solid=True),
    "behind": State("error", "▼", "act", N_("Behind"), solid=True),
    "overdue": State("error", "!", "red", N_("Overdue"), solid=True),
    "not_applicable": State("", "", "ink3", N_("Not applicable")),
    "rest": State("", "休", "ink3", N_("Rest day"), letter="R"),
}


@dataclass(frozen=True)
class Sizes:
    """Type and row heights in pixels: small print, row label, figure, big figure, height of a row."""

    small: int
    label: int
    figure: int
    big: int
    row: int


WORKING = Sizes(small=14, label=15, figure=16, big=19, row=32)
SCREEN = Sizes(small=16, label=19, figure=20, big=25, row=35)


def sizes(screen: bool = False) -> Sizes:
    """Type sizes of the working pages or of the shared screen (nothing below 16 there)."""
    return SCREEN if screen else WORKING


def count(n: Any) -> str:
    """A count as text: ``14,715``; a missing one is ``—``, never 0."""
    return MISSING if pd.isna(n) else f"{_whole(n):,}"


def signed(n: Any) -> str:
    """A difference of counts as text: ``+3``, ``−2`` (U+2212), ``0``; a missing one is ``—``."""
    if pd.isna(n):
        return MISSING
    return f"{_whole(n):+,}".replace("-", "−") if int(n) else f"{_whole(n)}"


def _whole(n: Any) -> int:
    """A count as an integer; one that prints itself in its own way, as an estimate does, stays what it is."""
    return n if isinstance(n, int) else int(n)


def texts(values: Iterable[Any]) -> list[str]:
    """Texts ready to draw, ``—`` where one is missing."""
    return [MISSING if pd.isna(value) else str(value) for value in values]


def extent(values: Iterable[Any], size: int) -> int:
    """The width in pixels that the widest text needs at this size (a Chinese character is one em)."""
    return max((round(_ems(str(value)) * size) for value in values), default=0)


def _ems(text: str) -> float:
    return sum(1.0 if unicodedata.east_asian_width(letter) in "WF" else 0.58 for letter in text)


def take(frame: pd.DataFrame, *columns: str, also: Sequence[str] = ()) -> pd.DataFrame:
    """Only the documented columns (``also``: those that may be absent): nothing else reaches the browser."""
    return frame[[*columns, *(column for column in also if column in frame)]]


def order(values: Iterable[Any]) -> list[Any]:
    """The values in order of first appearance: an explicit sort, so nothing falls back to the alphabet."""
    return list(dict.fromkeys(values))


def stripes(dark: bool = False, aspect: float = 1.0) -> dict[str, Any]:
    """A hatched fill for what is missing or unconfirmed, of a mark ``aspect`` times as wide as high.

    Vega has no patterns: the hatching is a gradient of hard stops, laid so that the stripes lean by 45
    degrees.
    """
    colours = palette(dark)
    bands = 2 * max(4, round(3.5 * max(aspect, 1 / aspect))) + 1
    stops = []
    for band in range(bands):
        colour = colours.sunk if band % 2 == 0 else colours.surface
        stops += [
            {"offset": round(band / bands, 4), "color": colour},
            {"offset": round((band + 1) / bands, 4), "color": colour},
        ]
    lean = 1 / aspect
    reach = (1 + lean) / (1 + lean * lean)  # so that the last stripe ends in the far corner
    return {
        "gradient": "linear",
        "x1": 0,
        "y1": 0,
        "x2": round(reach, 4),
        "y2": round(reach * lean, 4),
        "stops": stops,
    }


def among(values: Sequence[Any], yes: Any, no: Any) -> dict[str, Any]:
    """An axis label property that is ``yes`` for the named labels and ``no`` for all others."""
    test = f"indexof({json.dumps(list(values), ensure_ascii=False)}, datum.value) >= 0"
    return {"condition": {"test": test, "value": yes}, "value": no}


TIPS = {
    "batch": N_("Batch"),
    "capacity": N_("Capacity"),
    "community": N_("Community"),
    "detail": N_("Progress"),
    "figure": N_("People"),
    "fraction": N_("Done/base"),
    "gap_text": N_("Gap, points"),
    "label": N_("Item"),
    "made": N_("Made up of"),
    "notice": N_("Notice"),
    "on_roster": N_("On the roster"),
    "people": N_("People"),
    "plan": N_("Plan"),
    "rank": N_("Rank"),
    "rate": N_("Rate"),
    "roster": N_("Roster"),
    "sheet": N_("Sheet"),
    "site": N_("Site"),
    "stock": N_("Usable doses"),
    "value": N_("Total so far"),
    "walk_in": N_("Walk-ins"),
    "word": N_("State"),
    "words": N_("State"),
    "workstream": N_("Workstream"),
    "worst": N_("Worst indicator"),
}


def table(frame: pd.DataFrame) -> alt.Chart:
    """A chart on these rows, written out once: its layers share them instead of each converting its own copy.

    A tuple, because Altair copies lists row by row whenever it puts layers together: most of the time of a chart.
    """
    return alt.Chart(alt.InlineData(values=tuple(alt.to_values(frame)["values"])))


def case(*cases: tuple[str, str], otherwise: str) -> alt.ColorValue:
    """A colour by the first expression that holds: no scale is shared between layers, no legend drawn."""
    conditions = [{"test": test, "value": colour} for test, colour in cases]
    return alt.ColorValue(otherwise, condition=conditions)


def tips(*fields: str) -> list[alt.Tooltip]:
    """What a mark says when pointed at, each field under its own word."""
    return [alt.Tooltip(field=field, type="nominal", title=_(TIPS[field])) for field in fields]


def names(labels: Sequence[str], alerts: Sequence[str] = (), *, dark: bool = False, screen: bool = False) -> alt.Axis:
    """A left-aligned axis of row names; the alerted ones bold in the action colour. Long ones stand in two lines."""
    colours, drawn = palette(dark), sizes(screen)
    size = drawn.label
    most = 11 * size  # a longer name gives way to the bars; what they say when pointed at names it in full
    lines = {label: _lines(label, most, size) for label in labels} if 2 * size <= drawn.row else {}
    broken = {label: words for label, words in lines.items() if len(words) > 1}
    room = min(extent([words for label in labels for words in broken.get(label, [label])], size), most) + 12
    told = f"{json.dumps(broken, ensure_ascii=False)}[datum.value] || datum.label" if broken else alt.Undefined
    return alt.Axis(
        title=None,
        domain=False,
        ticks=False,
        grid=False,
        labelAlign="left",
        labelExpr=told,
        labelBaseline=among(list(broken), "bottom", "middle"),  # of the first line
        labelLineHeight=size,
        labelPadding=room,
        minExtent=room,
        labelLimit=room - 6,
        labelFontSize=size,
        labelColor=among(alerts, colours.act, colours.ink),
        labelFontWeight=among(alerts, BOLD, 400),
    )


def _lines(name: str, room: float, size: int) -> list[str]:
    """A name in one line, or broken at a space into two where one of ``room`` pixels does not hold it."""
    words = name.split()
    cuts = [[" ".join(words[:at]), " ".join(words[at:])] for at in range(1, len(words))]
    if extent([name], size) <= room or not cuts:
        return [name]
    return min(cuts, key=lambda both: extent(both, size))


def config(dark: bool = False, screen: bool = False) -> alt.Config:
    """The settings that hold for every chart: type, quiet axes, full opacity, no frame, no ground."""
    colours, size = palette(dark), sizes(screen)
    return alt.Config(
        background="transparent",
        font=FONT,
        padding=4,
        view=alt.ViewConfig(stroke=None, continuousWidth=360, continuousHeight=220),
        axis=alt.AxisConfig(
            domainColor=colours.rule,
            gridColor=colours.line,
            tickColor=colours.rule,
            labelColor=colours.ink2,
            labelFont=FONT,
            labelFontSize=size.small,
            labelFontWeight=400,
            labelFlush=False,
            labelLimit=200,
            labelOverlap=False,
            titleColor=colours.ink2,
            titleFont=FONT,
            titleFontSize=size.small,
            titleFontWeight=400,
        ),
        text=alt.MarkConfig(font=FONT, color=colours.ink, fontSize=size.label, opacity=1),
        bar=alt.BarConfig(color=colours.pri_mid, opacity=1),
        rect=alt.RectConfig(opacity=1),
        line=alt.LineConfig(color=colours.pri, opacity=1, strokeWidth=2.5),
        point=alt.MarkConfig(color=colours.pri, opacity=1, filled=True),
        rule=alt.MarkConfig(color=colours.ink, opacity=1),
        tick=alt.TickConfig(color=colours.ink, opacity=1, thickness=3),
    )


class Finished(alt.LayerChart):
    """A chart that is not checked against the schema each time it is drawn, which took half of a page's run.

    The tests check every chart once, with ``validate=True``. Nobody changes it any more, so that it is written out once
    and pages may share it.
    """

    @classmethod
    def of(cls, parts: dict[str, Any]) -> Finished:
        """The chart of these parts. Made by Altair, every layer of it would be copied several times."""
        made = cls.__new__(cls)
        for name, value in (("_args", ()), ("_kwds", parts)):
            object.__setattr__(made, name, value)  # past Altair, which takes every attribute for a part of the chart
        return made

    def copy(self, deep: bool | Iterable[Any] = True, ignore: list[str] | None = None) -> Any:
        """As Altair copies it; where only the chart itself is asked for, its layers stay those that they are."""
        return Finished.of(dict(self._kwds)) if deep is False else super().copy(deep, ignore)

    def to_dict(self, validate: bool = False, **options: Any) -> dict[str, Any]:
        """The specification, the asker's own."""
        if validate or options:
            checked: dict[str, Any] = super().to_dict(validate=validate, **options)
            return checked
        if "_written" not in self.__dict__:
            object.__setattr__(self, "_written", json.dumps(super().to_dict(validate=False)))
        spec: dict[str, Any] = json.loads(self.__dict__["_written"])
        return spec

    def sent(self) -> dict[str, Any]:
        """The specification with its rows in Arrow, as Streamlit sends them, which else it makes of them every time."""
        if "_sent" not in self.__dict__:
            spec = self.to_dict()
            rows = {name: _arrow(rows) for name, rows in spec.pop("datasets", {}).items()}
            object.__setattr__(self, "_sent", (json.dumps(spec), rows))
        spec, rows = self.__dict__["_sent"]
        return {**json.loads(spec), "datasets": dict(rows)}

    def __deepcopy__(self, _memo: object) -> Finished:
        return self


def _arrow(rows: list[dict[str, Any]]) -> bytes:
    table, sink = pa.Table.from_pandas(pd.DataFrame(rows)), pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return bytes(sink.getvalue())


def finish(chart: Any, dark: bool = False, screen: bool = False, height: int | None = None) -> alt.LayerChart:
    """The chart with its theme, as wide as its place; draw it with the page's own chart theme off."""
    # only the width is fitted: a height that gave way to headings would squeeze the words in the rows
    fit = alt.AutoSizeParams(type="fit-x", contains="padding")
    own = {"width": "container", "autosize": fit, "config": config(dark, screen)}
    return Finished.of(chart._kwds | own | ({} if height is None else {"height": height}))
