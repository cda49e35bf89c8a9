"""The other views of the workstreams page: monthly themes, the evidence checklist."""

from __future__ import annotations

import streamlit as st

from config.language import _
from data_access.reports import yearbook as report
from data_access.reports.view import View
from pages.parts import cache, figures, tables
from pages.parts.workstreams import progress
from pages.parts.workstreams.calendar import answers, month, pill


def _pill(states: dict[str, tuple[str, str]], state: str) -> tables.Html:
    role, word = states[state]
    return tables.pill(_(word), role)  # type: ignore[arg-type]


@cache.drawn
def themes(view: View) -> None:
    """The twelve themes with their health days, and how many communities have held each."""
    told = cache.cached(report.themes)(view)
    rows = []
    for one in progress.records(told):
        days = _(", ").join(f"{figures.short_day(day)} {name}" for day, name in one["days"])
        suggested = tables.pill(_("suggestion"), "ink2") if one["suggested"] else ""
        held = answers(one, "held")
        rows.append([month(one["month"]), pill(one["state"]), one["theme"], suggested, days, held])
    with st.container(border=True, key="card_themes"):
        st.markdown("#### " + _("Monthly themes of health education"))
        st.caption(_("Held: communities that report the theme of the month as held, of all. No report is not a no."))
        tables.draw(
            [_("Month"), _("State"), _("Theme"), "", _("Health days"), _("Held")],
            rows,
            numeric=[5],
        )
