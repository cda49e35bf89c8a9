"""Morning briefing 晨会简报: who is missing, what yesterday ended with, what today needs, on one screen."""

from collections.abc import Callable
from datetime import date

import streamlit as st

from config.language import _
from data_access.office import phrases, waivers
from data_access.reports import agenda, briefing, directory, handout, reporting, spoken
from data_access.reports.view import View
from pages.parts import cache, downloads, empty, filters, guard, posting
from pages.parts.wall import briefing_day, briefing_stage, briefing_standing, screen, wordings

actor = guard.enter("briefing")
look = screen.look()
drawn = screen.version()
view = screen.view_of(filters.view(actor)) if look.wall else filters.bar(actor, "briefing", sheets=briefing.SHEETS)
empty.need_register(view)
screen.apply(look)

told, matters = cache.cached(agenda.meeting, own=False)(view)
shown = None if look.wall else told.result  # the wall shows no reasons


def reasons(view: View, day: date) -> waivers.Standing:
    """Why differences of the day were accepted, in somebody's words."""
    return waivers.stand(view.actor, day, view.campaign, view.as_of)


standing = cache.private(reasons)(view, shown.day) if shown else {}
own = cache.cached(phrases.wordings)(actor)


@cache.drawn
def panel(draw: Callable[..., None], look: screen.Look, view: View) -> None:
    """One of the panels, as everybody with the same scope sees it."""
    told, matters = cache.cached(agenda.meeting, own=False)(view)
    draw(look, matters if draw is briefing_standing.matters else told)


def spoken_of(view: View) -> tuple[spoken.Sentence, spoken.Sentence]:
    """How yesterday ended and what today needs, in the office's words."""
    told, _matters = cache.cached(agenda.meeting, own=False)(view)
    own = cache.cached(phrases.wordings)(view.actor)
    return spoken.yesterday(told, own), spoken.today(told, own)


sentences = cache.cached(spoken_of)(view)


def offers() -> None:
    """What a working page offers to take along: the words, the reminder, the whole briefing as a workbook."""
    wordings.copy(view, "\n".join(spoken.text(said) for said in sentences))
    text = cache.cached(reporting.reminder)(view)
    if text:
        with st.popover(_("Reminder"), icon=":material/campaign:"):
            st.code(text, language=None, wrap_lines=True)
            posting.button(actor, "reminder", text, key="briefing_post")
    downloads.xlsx_button(
        _("Whole briefing"),
        lambda: handout.sheets(told, matters, own),
        f"briefing-{view.day}.xlsx",
        definitions=handout.definitions(view, told, cache.cached(directory.campaign)(view).label),
        key="briefing_download",
    )


with st.container(key="screen"):
    if look.wall:
        screen.head(view, filters.status_of(view), [told.short(name) for name in told.unreported])
    screen.sentences(look, *sentences)
    if look.section:
        briefing_stage.show(look, told, matters)
    else:
        with st.container(key="panels"):
            panel(briefing_day.missing, look, view)
            if standing:  # somebody's reasons
                briefing_day.result(look, told, standing)
            else:
                panel(briefing_day.result, look, view)
            panel(briefing_day.callup, look, view)
            panel(briefing_standing.coverage, look, view)
            panel(briefing_standing.reds, look, view)
            panel(briefing_standing.matters, look, view)
    screen.foot(look, view, told.standings.definition if told.standings else "", drawn, offers)
