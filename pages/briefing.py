"""Morning briefing 晨会简报: who is missing, what yesterday ended with, what today needs, on one screen."""

import streamlit as st

from data_access import waivers
from data_access.reports import agenda, briefing, spoken
from pages.parts import briefing_day, briefing_standing, cache, empty, filters, guard, screen

actor = guard.enter("briefing")
look = screen.look()
drawn = screen.version()
if look.wall:
    view = screen.view_of(filters.view(actor))
    screen.follow(drawn)
else:
    view = filters.bar(actor, "briefing", sheets=briefing.SHEETS)
empty.need_register(view)
screen.apply(look)

told, matters = cache.cached(agenda.meeting)(view)
shown = None if look.wall else told.result  # the wall shows no reasons
standing = waivers.stand(actor, shown.day, view.campaign, view.as_of) if shown else {}

with st.container(key="screen"):
    if look.wall:
        screen.head(view, filters.status_of(view), [told.short(name) for name in told.unreported])
    screen.sentences(look, spoken.yesterday(told), spoken.today(told))
    with st.container(key="panels"):
        briefing_day.missing(look, told)
        briefing_day.result(look, told, standing)
        briefing_day.callup(look, told)
        briefing_standing.coverage(look, told)
        briefing_standing.reds(look, told)
        briefing_standing.matters(look, matters)
    screen.foot(look, view, told.standings.definition if told.standings else "")
