"""The matrix of the workstreams page: key numbers, how it is arranged, and the cells, of which a click opens one.

Order, filters, which way round and which sight of it (走势, 本周变化, 将不达标) stand in the address, so that a link
reopens them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from charts import heat, theme
from config import language
from config.catalogue import catalogue, indicator
from config.indicators import Workstream
from config.language import N_, _, pick
from config.settings import settings
from data_access.reports import outlook as motion
from data_access.reports import workstreams as report
from data_access.reports.view import View
from pages.parts import cache, downloads, figures, style
from pages.parts.workstreams import progress
from pages.parts.workstreams.trail import Drill, go

SHOWS = {
    "matrix": N_("Cells"),
    "trend": N_("Trend"),
    "moved": N_("Moved this week"),
    "misses": N_("Will miss"),
}
ORDERS = {"red": N_("Red first"), "register": N_("By register")}
ALL = "all"
_ROOMY = 9  # workstreams (or communities) that fit beside the panel
_FACE = ("gap", "text", "state", "worst", "made")


@dataclass(frozen=True, slots=True)
class Look:
    """How one looks at it: ``streams`` as ``report.shown`` takes them, ``order`` one of ORDERS, gap or a slug."""

    show: str = "matrix"
    order: str = "red"
    streams: tuple[str, ...] = ()
    red: bool = False
    flipped: bool = False

    def shown(self, view: View) -> tuple[Workstream, ...]:
        """The workstreams it has columns for."""
        return report.shown(view.day, self.streams)


def asked(view: View) -> Look:
    """What the address asks for, as far as it names something."""
    params = st.query_params
    known = [one.slug for one in catalogue(view.day).workstreams if one.shown]
    named = params.get("streams", "")
    streams = tuple(known) if named == ALL else tuple(slug for slug in known if slug in named.split(","))
    order, show = params.get("order", ""), params.get("show", "")
    return Look(
        show if show in SHOWS else "matrix",
        order if order in (*ORDERS, "gap", *known) else "red",
        streams,
        params.get("only") == "red",
        params.get("flip") == "1",
    )


def _set(name: str, value: str) -> None:
    if value:
        st.query_params[name] = value
    else:
        st.query_params.pop(name, None)


def cells(view: View, look: Look) -> pd.DataFrame:
    """The cells of ``report.matrix`` that the look asks for."""
    return cache.cached(report.matrix)(view, look.streams)


def wide(view: View, look: Look, drill: Drill) -> bool:
    """Whether it needs the whole width of the page, with the panel below: a list does until a row of it is opened."""
    if look.show != "matrix":
        return look.show == "misses" and drill.community is None
    across = cells(view, look)["community"].nunique() if look.flipped else len(look.shown(view))
    return across > _ROOMY


@cache.drawn
def tiles(view: View, look: Look) -> None:
    """序时进度 and how many cells are in which state."""
    told = report.tiles(view, cells(view, look))
    limit = settings().thresholds.behind
    far = told.red - told.occurred
    lacking = [
        (told.unreported, _("unreported {n}", n=told.unreported)),
        (told.unconfirmed, _("unconfirmed {n}", n=told.unconfirmed)),
        (told.missing, _("incomplete {n}", n=told.missing)),
        (told.not_applicable, _("not applicable {n}", n=told.not_applicable)),
    ]
    figures.tiles(
        [
            figures.Tile(
                _("Elapsed time"),
                figures.percent(told.elapsed_n, told.elapsed_d),
                note=_("{year}: {n}/{m} days", year=view.day.year, n=told.elapsed_n, m=told.elapsed_d),
                help=pick(*report.DEFINITIONS["elapsed"]),
            ),
            figures.Tile(
                _("Red"),
                figures.count(told.red),
                N_("cells"),
                _("far behind {m}, zero {k}", m=far, k=told.occurred),
                "red" if told.occurred else "act" if told.red else "",
            ),
            figures.Tile(
                _("Slightly behind"),
                figures.count(told.slightly),
                N_("cells"),
                _("by 0–{n} points", n=f"{-limit:g}"),
            ),
            figures.Tile(_("On track"), figures.count(told.on_track), N_("cells"), _("of {n} cells", n=told.cells)),
            figures.Tile(
                _("Figures lacking"),
                figures.count(told.lacking),
                N_("cells"),
                _(", ").join(words for n, words in lacking if n),
                "red" if told.unreported else "",
            ),
        ],
        "workstream_tiles",
    )


def head(view: View, look: Look) -> None:
    """Which sight, and how it is arranged."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="matrix_head"):
        definition = pick(*report.DEFINITIONS["gap"])
        st.markdown("#### " + _("Community × workstream"), width="content", help=definition)
        _switch("show", SHOWS, look.show, _("Sight"))
        st.space("stretch")
        if look.show == "matrix":
            _switch("order", ORDERS, look.order, _("Order"))
        with st.popover(_("Arrange"), icon=":material/tune:"):
            _arrange(view, look)


def _switch(name: str, options: Mapping[str, str], value: str, label: str) -> None:
    key = f"matrix_{name}"
    st.session_state[key] = value if value in options else None

    def changed() -> None:
        _set(name, st.session_state[key] or "")

    st.segmented_control(
        label,
        list(options),
        format_func=lambda one: _(options[one]),
        key=key,
        on_change=changed,
        label_visibility="collapsed",
    )


def _arrange(view: View, look: Look) -> None:
    """The filters, the order by one column, the other way round, and the workbook."""
    known = {one.slug: one.label for one in catalogue(view.day).workstreams if one.shown}
    here = look.shown(view)

    def written(name: str) -> None:
        value = st.session_state[f"arrange_{name}"]
        if name == "streams":
            usual = {one.slug for one in report.shown(view.day)}
            _set(name, "" if set(value) in (usual, set()) else ALL if len(value) == len(known) else ",".join(value))
        else:
            _set(name, value if isinstance(value, str) else {"only": "red", "flip": "1"}[name] if value else "")

    def widget(name: str, value: object) -> dict[str, Any]:
        st.session_state[f"arrange_{name}"] = value
        return {"key": f"arrange_{name}", "on_change": written, "args": (name,)}

    st.pills(
        _("Workstreams"),
        list(known),
        format_func=known.__getitem__,
        selection_mode="multi",
        **widget("streams", [one.slug for one in here]),
    )
    with st.container(horizontal=True):
        st.button(_("All workstreams"), on_click=_set, args=("streams", ALL), key="streams_all")
        st.button(_("The usual ones"), on_click=_set, args=("streams", ""), key="streams_usual")
    orders = {name: _(words) for name, words in ORDERS.items()} | {"gap": _("By the largest gap")}
    orders |= {one.slug: _("By {workstream}", workstream=one.label) for one in here}
    st.selectbox(
        _("Order of the communities"), list(orders), format_func=orders.__getitem__, **widget("order", look.order)
    )
    st.toggle(_("Only with red cells"), **widget("only", look.red))
    st.toggle(_("Workstreams down the side"), **widget("flip", look.flipped))
    words = {name: pick(*text) for name, text in (report.DEFINITIONS | motion.DEFINITIONS).items()}
    downloads.xlsx_button(
        _("Download the matrix and its parts"),
        lambda: sheets(view, look),
        f"{_('Workstreams')}_{view.day:%Y%m%d}.xlsx",
        definitions=words,
        key="matrix_xlsx",
    )


def sheets(view: View, look: Look) -> dict[str, pd.DataFrame]:
    """The workbook: the cells, their parts, what moved and what will miss its target."""
    return {
        _("Matrix"): report.matrix(view, look.streams),
        _("Parts"): report.parts(view, look.streams),
        _("Moved this week"): motion.moved(view, look.streams),
        _("Will miss"): motion.misses(view, look.streams),
    }


def draw(view: View, look: Look, drill: Drill) -> None:
    """The cells; a click on one opens it in the panel."""
    heads = _heads(look.shown(view))
    made = cache.cached(chart)(view, look, drill, dark=style.dark())
    if made is None:
        st.markdown(":material/check: " + _("No cell is red."))
        return
    key = f"matrix_{drill.community}_{drill.workstream}_{look.flipped}"

    def chosen() -> None:
        picked = st.session_state[key].selection.get("cell") or []
        if picked:
            slug = next(slug for slug, (name, _note) in heads.items() if name == picked[0]["workstream"])
            go(Drill(picked[0]["community"], slug))

    st.vega_lite_chart(made.sent(), theme=None, width="stretch", key=key, on_select=chosen, selection_mode="cell")
    _legend(view)


def footnote() -> None:
    """How the figures of the cells come about."""
    made = _("cell = gap of its worst indicator to elapsed time, in percentage points")
    pointed = _("point at it to see what it is made of")
    stepped = _(
        "Counts are stepped: expected now = floor(target × elapsed). Seasonal indicators have their own window. "
        "Zero tolerance is met while 0 is confirmed for every period. Workstreams are never added up."
    )
    kept = _("Where each period needs its own and none is owed, a gap is a slight lag at most.")
    st.caption(f"{made}{_(', ')}{pointed}  \n{stepped} {kept}")


def chart(view: View, look: Look, drill: Drill, *, dark: bool) -> Any | None:
    """The matrix as a chart; None where the filters leave nothing."""
    told = cells(view, look)
    heads = _heads(look.shown(view))
    if look.red:
        red = told[told["state"].isin(report.RED)]
        told = told[told["community"].isin(red["community"]) & told["workstream"].isin(red["workstream"])]
        heads = {slug: head for slug, head in heads.items() if slug in set(red["workstream"])}
    if told.empty:
        return None
    names = _sorted(told, look.order)
    tight = (told["community"].nunique() if look.flipped else len(heads)) > _ROOMY
    faces = [_face(row, tight) for row in progress.records(told)]
    drawn = told[["community", "workstream"]].join(pd.DataFrame(faces, columns=list(_FACE), index=told.index))
    drawn["workstream"] = [heads[slug][0] for slug in told["workstream"]]
    columns = pd.DataFrame([{"workstream": name, "note": note} for name, note in heads.values()])
    selected = (drill.community, heads[drill.workstream][0]) if drill.workstream in heads and drill.community else None
    return heat.matrix(drawn, columns, names, selected, flipped=look.flipped, dark=dark)


def _face(row: dict[str, Any], tight: bool) -> tuple[float | None, str | None, str, str, str]:
    """How a cell is drawn: the gap (only for its colour), words, the chart's own state, and what it is made of."""
    gap, text, state = face(row)
    if tight and state == "occurred":
        text = figures.count(row["occurred"])
    name = "" if pd.isna(row["worst"]) else indicator(row["worst"]).label
    done = "" if pd.isna(row["done_n"]) else " " + figures.fraction(row["done_n"], row["done_d"])
    owed = "" if pd.isna(row["shortfall"]) or not row["shortfall"] else " " + _("owes {n}", n=row["shortfall"])
    return gap, text, state, (name + done + owed) or theme.MISSING, made_of(row)


def made_of(row: dict[str, Any]) -> str:
    """How many indicators of a cell are in which state."""
    behind = int(row["red"]) + int(row["slightly"])
    words = [_("{n} of {m} indicators behind", n=behind, m=row["indicators"])]
    for name, text in (
        ("red", N_("red {n}")),
        ("unconfirmed", N_("unconfirmed {n}")),
        ("missing", N_("unreported {n}")),
    ):
        if row[name]:
            words.append(_(text, n=row[name]))
    return _(", ").join(words)


def face(row: dict[str, Any]) -> tuple[float | None, str | None, str]:
    """Gap, words short enough for a cell, and the chart's own state."""
    state, gap = row["state"], row["gap"]
    if state == "zero_occurred":
        return None, _("{n}×", n=row["occurred"]), "occurred"
    if state == "zero_unconfirmed":
        return None, _("unconf."), "unconfirmed"
    if state == "missing":
        return None, _("incomplete"), "unconfirmed"
    if state == "unreported":
        return None, _("none"), "unreported"
    if state == "zero_ok":
        return None, None, "confirmed"
    if state in ("not_applicable", "not_started", "no_target"):
        return None, _(progress.WORDS[state][1]), "not_applicable"
    if pd.isna(gap):  # met or not met, without a distance
        return (-100.0, _("not met"), "gap") if state == "behind" else (0.0, _("met"), "gap")
    near = abs(gap) < Decimal("0.05") and gap != 0  # a small lag must not read as none
    # where nothing is owed the colour says no more than that it lags
    shade = float(gap) if state == "behind" else max(float(gap), settings().thresholds.behind)
    return shade, figures.points(gap, 2 if near else 1), "gap"


def _heads(streams: tuple[Workstream, ...]) -> dict[str, tuple[str, str]]:
    """Name and second line of each column; an English name of two words is set on both lines."""
    roomy = len(streams) <= _ROOMY
    if language.current() == "en" and roomy:
        parted = {stream.slug: stream.label.partition(" ") for stream in streams}
        first = [name for name, _dash, _rest in parted.values()]
        if len(set(first)) == len(first):
            return {slug: (name, rest or " ") for slug, (name, _dash, rest) in parted.items()}
    if language.current() == "en":
        return {stream.slug: (stream.label, " ") for stream in streams}
    return {one.slug: (one.label, f"{one.lead}{len(one.shown)}项" if roomy else str(one.lead)) for one in streams}


def _sorted(told: pd.DataFrame, order: str) -> pd.DataFrame:
    """The communities in order: most red cells first, by register, by the worst gap, or by one workstream's cell."""
    names = told[["community", "area"]].drop_duplicates("community").rename(columns={"area": "note"})
    names = names.assign(note=names["note"].fillna(""))
    if order == "register":
        return names
    rank: dict[str, tuple[float, ...]]
    if order == "red":
        red = told["state"].isin(report.RED).groupby(told["community"]).sum()
        silent = told["state"].eq("unreported").groupby(told["community"]).sum()
        rank = {name: (-red[name], -silent[name]) for name in names["community"]}
    else:
        own = told if order == "gap" else told[told["workstream"] == order]
        worst = [(report.SEVERITY.index(state) if state in report.SEVERITY else 99) for state in own["state"]]
        gaps = own["gap"].map(lambda gap: 0.0 if pd.isna(gap) else float(gap))
        rank = {}
        for name, place, gap in zip(own["community"], worst, gaps, strict=True):
            # by the largest gap what has none does not count
            mark = (gap,) if order == "gap" else (float(place), gap)
            rank[name] = min(rank.get(name, mark), mark)
    position = {name: n for n, name in enumerate(names["community"])}
    ordered = sorted(position, key=lambda name: (rank.get(name, (99.0,)), position[name]))
    return names.iloc[[position[name] for name in ordered]]


@cache.drawn
def _legend(_view: View) -> None:
    """What the colours say, in words beside each; how far behind is far, the street of the view says."""
    colours, steps = style.palette(), settings().thresholds
    behind = f"{-steps.behind:g}"
    shown = (
        (colours.gap[4], _("ahead by {n} or more", n=f"{steps.ahead:g}")),
        (colours.gap[3], _("ahead by 0 to {n}", n=f"{steps.ahead:g}")),
        (colours.gap[2], _("behind by 0 to {n}", n=f"{-steps.slightly_behind:g}")),
        (colours.gap[1], _("behind by {n} to {m}", n=f"{-steps.slightly_behind:g}", m=behind)),
        (colours.gap[0], _("▼ behind by more than {n}", n=behind)),
        (colours.red_solid, _("! zero tolerance broken")),
        (colours.sunk, _("? unconfirmed or incomplete")),
        (colours.surface, _("⊘ not reported")),
        (colours.page, _("not applicable")),
    )
    swatch = "display:inline-block;width:18px;height:14px;border-radius:3px;vertical-align:-2px;margin-right:6px"
    words = "".join(
        f'<span style="margin-right:16px;white-space:nowrap"><i style="{swatch};background:{colour};border:1px solid '
        f'{colours.red if colour == colours.surface else colours.line}"></i>{escape(text)}</span>'
        for colour, text in shown
    )
    st.html(f'<div style="font-size:14px;line-height:1.8;color:{colours.ink2}">{words}</div>')
