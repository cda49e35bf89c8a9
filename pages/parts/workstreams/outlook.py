"""The matrix in motion: 走势 by workstream, 本周变化, 将不达标. Each row leads to its cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import pandas as pd
import streamlit as st

from charts import trends
from config.catalogue import workstream
from config.language import N_, _, pick
from data_access.reports import outlook as report
from data_access.reports import workstreams
from data_access.reports.view import View
from pages.parts import cache, figures, style, tables
from pages.parts.workstreams import matrix, progress
from pages.parts.workstreams.matrix import Look
from pages.parts.workstreams.trail import Drill, go

_ACROSS = 4
_GLYPHS = {"zero_occurred": "!", "behind": "▼", "unreported": "⊘", "missing": "⊘", "zero_unconfirmed": "?"}
_GAPS = ("behind", "slightly_behind", "on_track", "ahead")
_WAYS = {"worse": N_("▼ worse"), "better": N_("▲ better"), "other": N_("· other")}
_MOST = 14  # rows before a list scrolls


@cache.drawn
def trend(view: View, look: Look) -> None:
    """One small chart per workstream: communities on track of those that can be judged, month by month."""
    told = cache.cached(report.trend)(view, look.streams)
    streams = look.shown(view)
    for start in range(0, len(streams), _ACROSS):
        for column, stream in zip(st.columns(_ACROSS, gap="small"), streams[start : start + _ACROSS], strict=False):
            line = shares(told[told["workstream"] == stream.slug])
            with column:
                last = line.iloc[-1]
                st.html(
                    f'<div style="font-size:15px"><b>{stream.label}</b><br>'
                    f'<span style="color:{style.palette().ink2}">{last["rate"]} {last["fraction"]}</span></div>'
                )
                known = line["value"].dropna()
                drawn = trends.share(line, alert=len(known) > 1 and known.iloc[-1] < known.iloc[-2], dark=style.dark())
                st.altair_chart(drawn, theme=None, width="stretch", key=f"trend_{stream.slug}")
    st.caption(
        _("Communities on track on this day of each of the last twelve months; orange: fewer than a month ago.")
        + " "
        + pick(*report.DEFINITIONS["trend"])
    )


def shares(told: pd.DataFrame) -> pd.DataFrame:
    """The rows of ``trends.share`` for one workstream: cells on track of those that can be judged, by day."""
    rows = []
    for day, cells in told.groupby("day", sort=True):
        good = int(cells["state"].isin(workstreams.GOOD).sum())
        judged = good + int(cells["state"].isin({*workstreams.RED, "slightly_behind"}).sum())
        value = float(Fraction(good * 100, judged)) if judged else None
        words = figures.percent(good, judged or None), figures.fraction(good, judged)
        rows.append((f"{day:%-m/%-d}", value, *words))
    return pd.DataFrame(rows, columns=["label", "value", "rate", "fraction"]).astype({"value": "float64"})


def moved(view: View, look: Look) -> None:
    """Cells that are in another state than a week ago, with the indicator that moved them."""
    told = cache.cached(report.moved)(view, look.streams)
    if told.empty:
        st.markdown(":material/check: " + _("No cell has changed its state within seven days."))
        return
    counts = told["direction"].value_counts()
    st.markdown("\u2003".join(f"{_(words)} **{counts.get(way, 0)}**" for way, words in _WAYS.items()))
    rows = progress.records(told)
    frame = pd.DataFrame(
        {
            _("Way"): [_(_WAYS[row["direction"]]) for row in rows],
            _("Community"): told["community"],
            _("Workstream"): [workstream(row["workstream"]).label for row in rows],
            _("A week ago"): [_said(row["before"], row["gap_before"]) for row in rows],
            _("Now"): [_said(row["after"], row["gap"]) for row in rows],
            _("Indicator"): [row["name"] or figures.MISSING for row in rows],
        }
    )
    _list(frame, rows, "moved", lambda row: row["direction"] == "worse")
    st.caption(pick(*report.DEFINITIONS["moved"]))


def misses(view: View, look: Look) -> None:
    """What will miss its target at the present pace, what that rests on, and what cannot be said."""
    told = cache.cached(report.misses)(view, look.streams)
    sure = told[told["ending"] != "unpredictable"]
    rows = progress.records(sure)
    if rows:
        frame = pd.DataFrame(
            {
                _("Community"): sure["community"],
                _("Indicator"): sure["name"],
                _("Now / target"): [_reached(row) for row in rows],
                _("Projected"): [_number(row["projected"]) for row in rows],
                _("Will lack"): [_lack(row) for row in rows],
                _("Pace in 30 days"): [f"{row['pace']:+}".replace("-", figures.MINUS) for row in rows],
                _("Rests on"): [
                    _("{n} reports to {day}", n=row["reports"], day=figures.short_day(row["until"])) for row in rows
                ],
                _("Due"): [figures.short_day(row["end"]) for row in rows],
                _("Workstream"): [workstream(row["workstream"]).label for row in rows],
            }
        )
        _list(frame, rows, "misses", lambda row: row["ending"] == "over")
    else:
        st.markdown(":material/check: " + _("At the present pace nothing misses its target."))
    unsure = told[told["ending"] == "unpredictable"]
    if len(unsure):
        names = _(", ").join(dict.fromkeys(unsure["name"]))
        words = _("{n} more that are not on track cannot be predicted: fewer than three reports.", n=len(unsure))
        st.caption(words, help=names)
    st.caption("  \n".join(pick(*report.DEFINITIONS[name]) for name in ("pace", "projected")))


def _list(
    frame: pd.DataFrame, rows: Sequence[dict[str, Any]], name: str, loud: Callable[[dict[str, Any]], bool]
) -> None:
    """Rows that open their cell when picked; those that need a hand first in its colour."""
    colours = style.palette()
    inks = [f"color:{colours.act};font-weight:700" if loud(row) else "" for row in rows]
    key = f"list_{name}"

    def chosen() -> None:
        picked = st.session_state[key].selection.rows
        if picked and picked[0] < len(rows):
            row = rows[picked[0]]
            go(Drill(row["community"], row["workstream"], row["indicator"]))

    st.dataframe(
        frame.style.apply(lambda column: inks, subset=[frame.columns[0]]),
        key=key,
        hide_index=True,
        row_height=tables.ROW,
        height=min(len(rows), _MOST) * tables.ROW + 38,
        on_select=chosen,
        selection_mode="single-row",
    )


def _said(state: str, gap: Any) -> str:
    """A state in its word, with the gap where there is one."""
    known = "" if pd.isna(gap) or state not in _GAPS else figures.points(gap)
    return f"{_GLYPHS.get(state, '')} {_(progress.WORDS[state][1])} {known}".strip()


def _number(value: Any) -> str:
    return figures.MISSING if pd.isna(value) else f"{value:,}"


def _reached(row: dict[str, Any]) -> str:
    """What is done of the target; of a rate both are people, and its unit is not theirs."""
    unit = row["unit"] if pd.isna(row["base"]) else ""
    return f"{_number(row['done'])}/{_number(row['target'])} {unit}".strip()


def _lack(row: dict[str, Any]) -> str:
    words = _("over by {n}") if row["ending"] == "over" else "{n}"
    return words.format(n=figures.count(row["shortfall"]))


SIGHTS: dict[str, Callable[[View, Look], None]] = {"trend": trend, "moved": moved, "misses": misses}


def sight(view: View, look: Look, drill: Drill) -> None:
    """The card of the page: the cells, or the sight that was asked for."""
    with st.container(border=True, key="card_matrix"):
        matrix.head(view, look)
        if look.show in SIGHTS:
            SIGHTS[look.show](view, look)
        else:
            matrix.draw(view, look, drill)
    if look.show == "matrix":
        matrix.footnote()
