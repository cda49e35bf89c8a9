"""District overview 区级总览: the streets of a district ranked, each the way into its own pages."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import pandas as pd
import streamlit as st

from charts import ranks
from config.language import _, pick
from config.settings import settings
from data_access.accounts import Actor
from data_access.office import districts
from data_access.reports import district, frames, notice
from data_access.reports.view import View
from pages.parts import cache, downloads, empty, figures, filters, guard, style, tables

MARKS = {
    "over": lambda: _("▲ >100%, check base"),
    "small_base": lambda: _("n<{n} small base", n=settings().thresholds.small_base),
    "partial": lambda: _("not all reported"),
    "estimate": lambda: _("≈ estimate, not ranked"),
    "sample": lambda: _("sample data, not ranked"),
    "no_campaign": lambda: _("does not run this campaign"),
}


def meaning(name: str) -> str:
    """The definition of a figure, for whoever points at it."""
    return pick(*district.DEFINITIONS[name])


def note(row: Mapping[Any, Any]) -> str:
    """The words at the end of a row."""
    words = [MARKS[code]() for code in row["marks"].split()]
    if row["state"] == "unreported":
        words.insert(0, _("⊘ not reported"))
    elif row["state"] == "no_denominator":
        words.insert(0, _("not ranked: nobody eligible"))
    if row["reached"] is True:
        words.append(_("✓ target reached"))
    return "  ".join(words)


def rates(frame: pd.DataFrame, goal: float | None) -> list[str]:
    """The coverage of each row as printed, with more decimals where unequal rows would read alike."""
    named = frame.rename(columns={"coverage_n": "rate_n", "coverage_d": "rate_d"})
    named["estimates"] = named["estimates"].str.replace("coverage_", "rate_")
    return [notice.rate_words(named, place, goal) for place in range(len(named))]


def target(frame: pd.DataFrame) -> float | None:
    """The target in percent where all streets have the same."""
    known = frame["target"].dropna().unique()
    return float(known[0]) if len(known) == 1 else None


def draw_tiles(whole: pd.Series) -> None:
    """The district in five numbers."""
    percent, fraction = figures.percent, figures.fraction
    coverage, completion, reported = (frames.pair(whole, name) for name in district.RATES)
    red, overdue = frames.figure(whole, "red"), frames.figure(whole, "overdue")
    figures.tiles(
        [
            figures.Tile(_("Coverage"), percent(*coverage), note=fraction(*coverage), help=meaning("coverage")),
            figures.Tile(
                _("Roster completion"), percent(*completion), note=fraction(*completion), help=meaning("completion")
            ),
            figures.Tile(_("Reporting rate"), percent(*reported), note=fraction(*reported), help=meaning("reported")),
            figures.Tile(
                _("Open action items"),
                figures.count(frames.figure(whole, "matters")),
                note=_("{n} overdue", n=figures.count(overdue)),
                tone="act" if overdue else "",
                help=meaning("matters"),
            ),
            figures.Tile(
                _("Cells in red"),
                figures.count(red),
                note=fraction(red, frames.figure(whole, "cells")),
                tone="red" if red else "",
                help=meaning("red"),
            ),
        ],
        key="district_tiles",
    )


def chart_rows(frame: pd.DataFrame, whole: pd.Series, name: str, words: list[str]) -> pd.DataFrame:
    """The list as the chart wants it, the district as one of its rows."""
    rows = []
    for place, row in enumerate(frame.to_dict("records")):
        n, d = frames.pair(row, "coverage")
        rows.append(
            {
                "kind": row["state"],
                "community": row["street"],
                "rank": None if pd.isna(row["rank"]) else str(row["rank"]),
                "tied": row["tied"],
                "fraction": figures.fraction(n, d),
                "rate": words[place],
                "value": 100 * n / d if n is not None and d else None,
                "low": row["low"],
                "high": row["high"],
                "heard": figures.fraction(row["heard"], row["communities"]),
                "versus": versus(row, place == 0),
                "alike": row["alike"],
                "gain": figures.signed(frames.figure(row, "increment")),
                "distance": distance(frames.figure(row, "left")),
                "note": note(row),
            }
        )
    n, d = frames.pair(whole, "coverage")
    rows.append(
        {
            "kind": "street",
            "community": f"{name} {figures.fraction(whole['ranked'], whole['streets'])}",
            "rank": "",
            "tied": False,
            "fraction": figures.fraction(n, d),
            "rate": figures.percent(n, d, notice.PLACES),
            "value": 100 * n / d if n is not None and d else None,
            "heard": figures.fraction(whole["heard"], whole["communities"]),
            "gain": figures.signed(frames.figure(whole, "increment")),
            "distance": "",
            "note": _("Σ ÷ Σ"),
        }
    )
    made = pd.DataFrame(rows).astype(dict.fromkeys(("value", "low", "high"), "Float64"))
    return made.astype(dict.fromkeys(("value", "low", "high"), "float64"))


def versus(row: Mapping[Any, Any], first: bool) -> str:
    """Whether the row can be told from the one above."""
    if row["state"] != "ranked":
        return ""
    if first or pd.isna(row["same_as_above"]):
        return figures.MISSING
    return _("≈ alike") if row["same_as_above"] else _("distinct")


def distance(left: int | None) -> str:
    """People left to the target; 0 once it is reached."""
    return figures.count(0 if left is not None and left < 0 else left)


def draw_list(frame: pd.DataFrame, whole: pd.Series, name: str) -> str | None:
    """The ranking with its dots; the street whose row was clicked."""
    goal = target(frame)
    rows = chart_rows(frame, whole, name, rates(frame, goal))
    value = rows["value"].iloc[-1]
    known = not pd.isna(value)
    made = ranks.dots(
        rows,
        goal,
        _("Target {n}%", n=f"{goal:g}") if goal is not None else "",
        float(value) if known else None,
        _("District {rate}", rate=rows["rate"].iloc[-1]) if known else "",
        heading=_("Coverage"),
        who=_("Street"),
        dark=style.dark(),
    )
    picked: Any = st.vega_lite_chart(
        made.sent(), theme=None, on_select="rerun", selection_mode="row", key="district_chart"
    )
    chosen = [item.get("community") for item in picked.selection.get("row", [])]
    return next((str(one) for one in chosen if one in set(frame["street"])), None)


def listed(frame: pd.DataFrame) -> pd.DataFrame:
    """All figures of the streets as texts, in the order of the ranking."""
    words = rates(frame, target(frame))
    rows = []
    for place, row in enumerate(frame.to_dict("records")):
        pairs = {name: frames.pair(row, name) for name in district.RATES}
        rows.append(
            {
                "rank": figures.MISSING if pd.isna(row["rank"]) else str(row["rank"]),
                "street": row["street"],
                "coverage": f"{words[place]} {figures.fraction(*pairs['coverage'])}",
                "completion": figures.rate_text(*pairs["completion"]),
                "reported": figures.rate_text(*pairs["reported"]),
                "matters": frames.figure(row, "matters"),
                "overdue": frames.figure(row, "overdue"),
                "red": figures.fraction(row["red"], row["cells"]),
                "heard": figures.fraction(row["heard"], row["communities"]),
            }
        )
    return pd.DataFrame(rows)


def draw_table(frame: pd.DataFrame) -> str | None:
    """Every figure side by side; the street whose row was picked."""

    def column(heading: str, width: int, name: str = "") -> Any:
        return st.column_config.TextColumn(heading, width=width, help=meaning(name) if name else None)

    picked = tables.pick(
        listed(frame),
        "street",
        key="district_table",
        columns={
            "rank": column(_("Rank"), 60, "rank"),
            "street": column(_("Street"), 150),
            "coverage": column(_("Coverage"), 190, "coverage"),
            "completion": column(_("Roster completion"), 160, "completion"),
            "reported": column(_("Reporting rate"), 160, "reported"),
            "matters": tables.counts(_("Open action items"), 140),
            "overdue": tables.counts(_("Overdue"), 80),
            "red": column(_("Cells in red"), 110, "red"),
            "heard": column(_("Ranked of"), 110, "heard"),
        },
    )
    return None if picked is None else str(picked)


def sheet(frame: pd.DataFrame, whole: pd.Series, name: str) -> pd.DataFrame:
    """The list as it is downloaded, numbers as numbers, the district below the streets."""
    last = pd.DataFrame([whole]).assign(street=name, marks="", state="")
    both = pd.concat([frame, last], ignore_index=True)
    words = [*rates(frame, target(frame)), figures.percent(*frames.pair(whole, "coverage"), notice.PLACES)]
    heads = {
        "rank": _("Rank"),
        "street": _("Street"),
        "coverage_n": _("Numerator"),
        "coverage_d": _("Denominator"),
        "words": _("Coverage"),
        "increment": _("Day's gain"),
        "left": _("To target"),
        "completion_n": _("Vaccinated on roster"),
        "completion_d": _("People on the roster"),
        "reported_n": _("Sheets reported"),
        "reported_d": _("Sheets expected"),
        "matters": _("Open action items"),
        "overdue": _("Overdue"),
        "red": _("Cells in red"),
        "cells": _("Cells"),
        "heard": _("Communities ranked"),
        "communities": _("Communities"),
        "note": _("Mark"),
    }
    notes = [*(note(row) for row in frame.to_dict("records")), _("Σ ÷ Σ")]
    return both.assign(words=words, note=notes)[list(heads)].rename(columns=heads)


def draw(actor: Actor, frame: pd.DataFrame, day: date) -> str | None:
    """The whole page below its header; the street that was chosen, if one was."""
    whole, name = district.total(frame), str(actor.district)
    draw_tiles(whole)
    with st.container(border=True, key="card_district_ranking"):
        clicked = draw_list(frame, whole, name)
        words = _("Choose a street to open it as its leaders see it. Streets that share a letter cannot be told apart.")
        st.caption(words)
    with st.container(border=True, key="card_district_table"):
        picked = draw_table(frame)
        downloads.xlsx_button(
            _("Download this list"),
            lambda: {_("District overview"): sheet(frame, whole, name)},
            f"{_('District overview')}_{day:%Y%m%d}.xlsx",
            definitions={name: meaning(name) for name in district.DEFINITIONS},
            key="district_xlsx",
        )
    return clicked or picked


def worth(then: datetime | None) -> list[str]:
    """What the data is worth, for the header."""
    now = district.status(actor, then)
    return filters.stamp(now.changed_at, now.data_version, sample=now.is_sample)


actor = guard.enter("district")
visitors = districts.visitors(actor)
day, campaign, as_of = filters.over(
    "district", district.campaigns(actor), lambda code: district.latest_day(actor, code), worth
)
if not visitors:
    empty.state(
        _("No street belongs to this district yet."),
        _("Whoever runs the machine lets a street join: python -m data_access district join."),
    )
    st.stop()
views = [View(visitor, day, campaign, as_of) for visitor in visitors]
rows = [cache.kept(district.street, stamp)(view) for view, stamp in zip(views, visitors.values(), strict=True)]
chosen = draw(actor, district.table(rows), day)
if chosen is not None:
    filters.go("briefing", next(view for view in views if view.actor.visiting == chosen))
