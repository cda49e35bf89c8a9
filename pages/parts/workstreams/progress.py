"""The workstreams page: key numbers, the matrix, and the panel that a click on a cell opens.

Where one stands in it (community, workstream, indicator) is in the address, so that a link reopens it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from charts import heat
from config import language
from config.catalogue import UnknownIndicatorError, UnknownWorkstreamError, indicator, workstream, workstreams
from config.indicators import Workstream
from config.language import N_, _, pick
from config.settings import settings
from data_access.reports import directory
from data_access.reports import workstreams as report
from data_access.reports.view import View
from pages.parts import cache, figures, style

NAMES = ("community", "workstream", "indicator")

# How the states of an indicator are said; the glyph stands in the table, the role colours it.
WORDS: dict[str, tuple[str, str]] = {
    "zero_occurred": ("red", N_("Occurred")),
    "behind": ("act", N_("Behind")),
    "zero_unconfirmed": ("ink2", N_("Unconfirmed")),
    "slightly_behind": ("ink2", N_("Slightly behind")),
    "on_track": ("ink2", N_("On track")),
    "ahead": ("pri", N_("Ahead")),
    "zero_ok": ("ink2", N_("Confirmed")),
    "missing": ("red", N_("Not reported")),
    "unreported": ("red", N_("Not reported")),
    "no_target": ("ink3", N_("No target yet")),
    "not_started": ("ink3", N_("Not begun")),
    "not_applicable": ("ink3", N_("Not applicable")),
}


@dataclass(frozen=True, slots=True)
class Drill:
    """Where one stands: nothing, a cell, or an indicator of it. Names as in the address, checked."""

    community: str | None = None
    workstream: str | None = None
    indicator: str | None = None


def asked() -> Drill:
    """What the address asks for; read before the filter bar, which keeps the community for itself."""
    return Drill(*(st.query_params.get(name) or None for name in NAMES))


def keep(view: View, drill: Drill) -> Drill:
    """The part of ``drill`` that exists, written back into the address."""
    names = set(cache.cached(directory.communities)(view)["name"])
    community = drill.community if drill.community in names else None
    slug = code = None
    try:
        if community and drill.workstream:
            slug = workstream(drill.workstream).slug
        if slug and drill.indicator and indicator(drill.indicator).workstream == slug:
            code = indicator(drill.indicator).code
    except (UnknownWorkstreamError, UnknownIndicatorError):
        pass
    kept = Drill(community, slug, code)
    go(kept)
    return kept


def go(drill: Drill) -> None:
    """Write ``drill`` into the address."""
    for name in NAMES:
        value = getattr(drill, name)
        if value:
            if st.query_params.get(name) != value:
                st.query_params[name] = value
        elif name in st.query_params:
            del st.query_params[name]


def tiles(view: View) -> None:
    """序时进度 and how many cells are in which state."""
    told = cache.cached(report.tiles)(view)
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
                _("cells"),
                _("far behind {m}, zero {k}", m=far, k=told.occurred),
                "red" if told.occurred else "act" if told.red else "",
            ),
            figures.Tile(
                _("Slightly behind"),
                figures.count(told.slightly),
                _("cells"),
                _("by 0–{n} points", n=f"{-limit:g}"),
            ),
            figures.Tile(_("On track"), figures.count(told.on_track), _("cells"), _("of {n} cells", n=told.cells)),
            figures.Tile(
                _("Figures lacking"),
                figures.count(told.lacking),
                _("cells"),
                _(", ").join(words for n, words in lacking if n),
                "red" if told.unreported else "",
            ),
        ],
        "workstream_tiles",
    )


def matrix(view: View, drill: Drill) -> None:
    """The matrix; a click on a cell opens it in the panel."""
    cells = cache.cached(report.matrix)(view)
    streams = {stream.slug: stream for stream in workstreams(matrix=True)}
    with st.container(border=True, key="card_matrix"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("#### " + _("Community × workstream"), width="content", help=pick(*report.DEFINITIONS["gap"]))
            st.caption(_("cell = gap of its worst indicator to elapsed time, in percentage points"), width="content")
            st.space("stretch")
            order = _order()
        names = _sorted(cells, order)
        heads = _heads(list(streams.values()))
        faces = pd.DataFrame([_cell(row) for row in records(cells)], columns=list(_FACE), index=cells.index)
        drawn = cells.drop(columns=list(_FACE), errors="ignore").join(faces)
        drawn["workstream"] = [heads[slug][0] for slug in cells["workstream"]]
        chart = heat.matrix(
            drawn,
            pd.DataFrame([{"workstream": name, "note": note} for name, note in heads.values()]),
            names,
            (drill.community, heads[drill.workstream][0]) if drill.community and drill.workstream in heads else None,
            dark=style.dark(),
        )
        key = f"matrix_{drill.community}_{drill.workstream}"

        def chosen() -> None:
            picked = st.session_state[key].selection.get("cell") or []
            if picked:
                slug = next(slug for slug, (name, _note) in heads.items() if name == picked[0]["workstream"])
                go(Drill(picked[0]["community"], slug))

        st.altair_chart(chart, theme=None, width="stretch", key=key, on_select=chosen, selection_mode="cell")
        _legend()
    st.caption(
        _(
            "Counts are stepped: expected now = floor(target × elapsed). Seasonal indicators have their own window. "
            "Zero tolerance is met while 0 is confirmed for every period. Workstreams are never added up."
        )
    )


_FACE = ("gap", "text", "state")


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a report as dicts by column name."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def _cell(row: dict[str, Any]) -> tuple[float | None, str | None, str]:
    """How a cell is drawn: the gap (only for its colour), words short enough for it, and the chart's own state."""
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
        return None, _(WORDS[state][1]), "not_applicable"
    if pd.isna(gap):  # met or not met, without a distance
        return (-100.0, _("not met"), "gap") if state == "behind" else (0.0, _("met"), "gap")
    near = abs(gap) < Decimal("0.05") and gap != 0  # a small lag must not read as none
    return float(gap), figures.points(gap, 2 if near else 1), "gap"


def _heads(streams: list[Workstream]) -> dict[str, tuple[str, str]]:
    """Name and second line of each column; an English name of two words is set on both lines."""
    if language.current() == "en":
        parted = {stream.slug: stream.label.partition(" ") for stream in streams}
        first = [name for name, _dash, _rest in parted.values()]
        if len(set(first)) == len(first):
            return {slug: (name, rest or " ") for slug, (name, _dash, rest) in parted.items()}
        return {stream.slug: (stream.label, " ") for stream in streams}
    return {stream.slug: (stream.label, f"{stream.lead}{len(stream.shown)}项") for stream in streams}


def _order() -> str:
    options = {"red": _("Red first"), "register": _("By register")}
    chosen = st.query_params.get("order")
    st.session_state["order"] = chosen if chosen in options else st.session_state.get("order", "red")

    def changed() -> None:
        st.query_params["order"] = st.session_state["order"]

    return str(
        st.segmented_control(
            _("Order"),
            list(options),
            format_func=lambda value: options[value],
            key="order",
            on_change=changed,
            label_visibility="collapsed",
            required=True,
        )
    )


def _sorted(cells: pd.DataFrame, order: str) -> pd.DataFrame:
    """The communities top to bottom: those with most red cells first, or by register."""
    names = cells[["community", "area"]].drop_duplicates("community").rename(columns={"area": "note"})
    if order == "red":
        red = cells[cells["state"].isin(report.RED)].groupby("community").size()
        missing = cells[cells["state"] == "unreported"].groupby("community").size()
        names = names.assign(
            red=[int(red.get(name, 0)) for name in names["community"]],
            missing=[int(missing.get(name, 0)) for name in names["community"]],
        ).sort_values(["red", "missing"], ascending=False, kind="stable")
    return names.assign(note=names["note"].fillna(""))


def _legend() -> None:
    """What the colours say, in words beside each."""
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
