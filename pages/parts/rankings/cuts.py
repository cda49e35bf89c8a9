"""Whom the rankings page ranks and by what: its switches, which stand in the address, and all bases side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, TypeVar

import pandas as pd
import streamlit as st

from config.campaigns import Campaign
from config.language import _
from data_access import metrics
from data_access.metrics import Rate
from data_access.reports import directory, frames, ranking, standing
from data_access.reports.scores import BY_DOSE, COUNTED, Cut
from data_access.reports.view import View
from data_access.sheets import choices
from pages.parts import cache, figures, tables

ALL = "all"  # every basis beside the others

P = ParamSpec("P")
R = TypeVar("R")


def ask(cut: Cut, report: Callable[P, R]) -> Callable[P, R]:
    """The report from memory, but never where it names lead cadres."""
    return report if cut.by == "cadre" else cache.cached(report)


def draw(cut: Cut, section: Callable[P, None]) -> Callable[P, None]:
    """As ``ask``, for what is drawn."""
    return section if cut.by == "cadre" else cache.drawn(section)


def choose(name: str, label: str, options: Mapping[str, str]) -> str:
    """One switch whose choice stands in the address under ``name``; the first option is the default."""
    first, key = next(iter(options)), f"ranking_{name}"
    asked = st.query_params.get(name, first)
    st.session_state[key] = asked if asked in options else first

    def keep() -> None:
        st.query_params[name] = st.session_state[key]

    return str(
        st.segmented_control(
            label,
            list(options),
            format_func=lambda value: options[value],
            key=key,
            on_change=keep,
            label_visibility="collapsed",
            required=True,
        )
    )


def basis() -> str:
    """The tabs of the bases; ``ALL`` is every basis side by side. Coverage comes first to whoever asks for none."""
    offered = {name: _(ranking.NAMES[name]) for name in ranking.available()} | {ALL: _("Side by side")}
    if st.query_params.get("basis") not in offered:
        st.query_params["basis"] = "coverage"
    return choose("basis", _("Ranked by"), offered)


def cut(view: View, chosen: str, campaign: Campaign) -> Cut:
    """The switches beside the definition: who is ranked, of which kind, by which dose over which people."""
    by = choose("by", _("Whom to rank"), {"community": _("Community"), "area": _("Area"), "cadre": _("Lead cadre")})
    known = cache.cached(ranking.kinds)(view)
    kind = None
    if len(known) > 1:
        names = {choice.code: choice.label for choice in choices.COMMUNITY_KIND}
        kind = choose("kind", _("Kind of unit"), {code: names[code] for code in known})
    if chosen not in (*BY_DOSE, ALL):
        return Cut(by, kind)
    series = _dose(campaign)
    return Cut(by, kind, series, None if chosen == ALL else _over(campaign, series))


def _dose(campaign: Campaign) -> str | None:
    own = next(name for name, dose in campaign.raises.items() if dose == campaign.headline)
    found = [own, *(name for name in campaign.series if name != own)]
    if len(found) < 2:
        return None
    asked = choose("dose", _("Dose"), {name: standing.dose_label(campaign, name) for name in found})
    return None if asked == own else asked


def _over(campaign: Campaign, series: str | None) -> str | None:
    own = standing.denominator(campaign)
    names = {"surveyed": _("of people surveyed"), "eligible": _("of people eligible")}
    found = {own: names.pop(own)} | names
    if series == "b":
        before = "full" if campaign.has_full else "d1"
        found[before] = _("of {dose}", dose=standing.dose_label(campaign, before))
    asked = choose("over", _("Base"), found)
    return None if asked == own else asked


def side_by_side(view: View, chosen: Cut) -> None:
    """A row per community, a column per basis: rank, figure and its parts."""
    campaign = cache.cached(directory.campaign)(view)
    frame = ask(chosen, ranking.side_by_side)(view, chosen)
    names = [name.removesuffix("_rank") for name in frame.columns if str(name).endswith("_rank")]
    records = frame.to_dict("records")
    columns = {name: _column(name, records) for name in names}
    rows = [(row["community"], *(columns[name][place] for name in names)) for place, row in enumerate(records)]
    tables.draw((who(chosen), *(_heading(name) for name in names)), rows)
    st.caption(_("Rank in bold; without one the reason. Ranks on different bases are never added up."))
    notes = [ranking.definition(name, campaign) for name in names if name in ranking.NAMES]
    notes += [standing.definition(campaign, chosen.series, over) for over in ("surveyed", "eligible")]
    st.caption(" · ".join(notes))


def who(chosen: Cut) -> str:
    """What the column of names is called."""
    return {"community": _("Community"), "area": _("Area"), "cadre": _("Lead cadre")}[chosen.by]


def _heading(name: str) -> str:
    headings = {"coverage_surveyed": _("Coverage, surveyed"), "coverage_eligible": _("Coverage, eligible")}
    return headings[name] if name in headings else _(ranking.NAMES[name])


def _column(name: str, records: list[dict[Any, Any]]) -> list[tables.Html]:
    rates = [frames.rate(row, name) for row in records]
    return [_cell(name, row, rate, rates) for row, rate in zip(records, rates, strict=True)]


def _cell(name: str, row: dict[Any, Any], rate: Rate, others: list[Rate]) -> tables.Html:
    state = row[f"{name}_state"]
    if state == "unreported":
        return tables.state("unreported")
    if name in COUNTED:
        figure = figures.count(rate.numerator).replace("-", figures.MINUS)
        fraction = ""
    else:
        shown = metrics.display_percent(rate, 1, neighbours=others)
        about = metrics.SIGN if rate.approximate else ""
        figure = figures.MISSING if shown is None else f"{about}{shown:,}%"
        fraction = "" if name == "composite" or shown is None else figures.fraction(rate.numerator, rate.denominator)
    if pd.isna(row[f"{name}_rank"]):
        return tables.Html(f'{tables.pill(_("not ranked"))} <span class="parts">{figure} {fraction}</span>')
    tied = f" {tables.pill(_('Tied'))}" if row[f"{name}_tied"] else ""
    return tables.Html(f'<b>{int(row[f"{name}_rank"])}</b>{tied} {figure} <span class="parts">{fraction}</span>')
