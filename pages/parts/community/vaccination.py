"""Vaccination on the community page: coverage over time, the last rosters, the base, where the others went."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pandas as pd
import streamlit as st

from charts import bars, columns, lines
from config.language import _
from config.settings import settings
from data_access.metrics import needed
from data_access.reports import coverage, directory, dispatch, frames, profile, standing
from data_access.reports.view import View
from pages.parts import cache, figures, style

HEIGHT = 410  # of the charts beside the groups, in pixels
ROOM = 20  # days drawn after the projected end, so that its name does not meet that of the target


def trend(view: View) -> None:
    """Coverage day by day with target and projection."""
    campaign = cache.cached(directory.campaign)(view)
    past = cache.cached(coverage.history)(view)
    goal = standing.target(campaign)
    days = cache.cached(profile.week)(view)
    still = set(days.loc[days["open"], "day"])
    people = past["coverage_d"].dropna()
    note = (
        _("{n} people; dashed: projection at the pace of seven days", n=figures.count(people.iloc[-1]))
        if len(people)
        else ""
    )
    st.markdown(f"**{_('Coverage over time')}** :small[{note}]")
    if past["coverage_n"].notna().sum() == 0:
        st.caption(_("No evening tally in the last 30 days."))
        return
    rows = past.assign(
        value=pd.Series([share(n, d) for n, d in _pairs(past, "coverage")], dtype="float64"),
        rate=[figures.percent(n, d, 2) for n, d in _pairs(past, "coverage")],
        fraction=[figures.fraction(n, d) for n, d in _pairs(past, "coverage")],
        open=[day in still for day in past["day"]],
    ).astype({"value": "float64"})
    known = rows[rows["value"].notna()]
    rows = rows[rows["day"] >= known["day"].min()]
    words = _("Target {n}%", n=f"{goal:g}")
    if len(people):
        words = _(
            "Target {n}% ({people} people)", n=f"{goal:g}", people=figures.count(needed(int(people.iloc[-1]), goal))
        )
    changed = past["as_of"].dropna().unique()
    ahead = _projection(view, known, goal)
    until = None if ahead is None else ahead["day"].iloc[-1] + timedelta(days=ROOM)
    drawn = lines.coverage(rows, goal, words, ahead, until, dark=style.dark())
    st.altair_chart(drawn.properties(height=HEIGHT), theme=None, key="profile_trend")
    if len(changed) > 1:
        st.caption(_("The base changed on {day}; earlier days keep their own.", day=figures.short_day(changed[-1])))


def _projection(view: View, known: pd.DataFrame, goal: float) -> pd.DataFrame | None:
    """From the last known day to the day the target would be reached; None where nothing can be foretold."""
    ahead = cache.cached(coverage.forecast)(view).iloc[0]
    if ahead["state"] != "days" or (ahead["finish"] - view.day).days > 60:
        return None
    start = known.iloc[-1]
    return pd.DataFrame(
        {
            "day": [start["day"], ahead["finish"]],
            "value": [start["value"], goal],
            "label": [None, _("about {day}", day=figures.short_day(ahead["finish"]))],
        }
    )


def week(view: View) -> None:
    """The last seven days' rosters."""
    frame = cache.cached(profile.week)(view)
    low = f"{settings().thresholds.completion_low:g}"
    signs = _("teal on the roster, grey walk-ins, line roster, ▼ below {n}%", n=low)
    st.markdown(f"**{_('Rosters of the last 7 days')}** :small[{signs}]")
    rows = frame.assign(
        label=[f"{day.month}/{day.day}" for day in frame["day"]],
        rate=[
            _("rest day") if rest else figures.percent(n, d)
            for rest, (n, d) in zip(frame["rest"], _pairs(frame, "completion"), strict=True)
        ],
    )
    drawn = columns.week(rows, dark=style.dark()).properties(height=HEIGHT - 20)
    st.altair_chart(drawn, theme=None, key="profile_week")


def base(view: View) -> None:
    """The base in people and coverage by group."""
    campaign = cache.cached(directory.campaign)(view)
    goal = standing.target(campaign)
    found = cache.cached(profile.base)(view).set_index("figure")["n"]
    title = f"**{_('Base and groups')}** :small[{_('line: target {n}%', n=f'{goal:g}')}]"
    st.markdown(
        title, help=_("Groups count people vaccinated on rosters and what the base states; walk-ins are on no roster")
    )
    unfit = _("Eligible (−{n} contraindicated)", n=figures.count(found["contraindicated"]))
    labels = {
        "surveyed": _("Surveyed"),
        "eligible": unfit,
        "vaccinated": _("With {dose}", dose=campaign.dose(campaign.headline).label),
    }
    rows = [{"label": words, "n": found[name], "done": name == "vaccinated"} for name, words in labels.items()]
    people = pd.DataFrame(rows).astype({"n": "Int64"})
    st.altair_chart(bars.base(people, dark=style.dark()), theme=None, key="profile_base")
    groups = cache.cached(coverage.groups)(view)
    if groups.empty:
        st.caption(_("The base gives no groups."))
        return
    drawn = groups.assign(
        fraction=[figures.fraction(n, d) for n, d in _pairs(groups, "coverage")],
        rate=[figures.percent(n, d) for n, d in _pairs(groups, "coverage")],
        value=pd.Series([share(n, d) for n, d in _pairs(groups, "coverage")], dtype="float64"),
    ).astype({"value": "float64"})
    st.altair_chart(bars.groups(drawn, goal, dark=style.dark()), theme=None, key="profile_groups")


def causes(view: View) -> None:
    """Where those not vaccinated went."""
    frame = cache.cached(profile.causes)(view)
    st.markdown(f"**{_('Not vaccinated, last 7 days')}** :small[{_('people on the rosters')}]")
    if frame.empty:
        st.caption(_("Everybody on the rosters was vaccinated, or no tally is complete."))
        return
    rows = frame.assign(
        label=[_(dispatch.CAUSES[cause]) for cause in frame["cause"]],
        alert=[cause in dispatch.TO_ACT_ON for cause in frame["cause"]],
    )
    st.altair_chart(bars.reasons(rows, dark=style.dark()), theme=None, key="profile_causes")


def _pairs(frame: pd.DataFrame, rate: str) -> list[tuple[Any, Any]]:
    """Numerators and denominators of a rate; an estimate is one."""
    return [frames.pair(row, rate) for row in frame.to_dict("records")]


def share(n: Any, d: Any) -> float | None:
    """Percent for the length of a bar; None where there is none."""
    return None if pd.isna(n) or pd.isna(d) or d == 0 else float(100 * n / d)
