"""Workstreams 专项进展: community by workstream against 序时进度, down to the indicator and its reports."""

import streamlit as st

from config.language import _
from pages.parts import empty, filters, guard
from pages.parts.workstreams import drill as panels
from pages.parts.workstreams import progress, yearbook

actor = guard.enter("workstreams")
drill = progress.asked()
tab = filters.Choice(
    "tab",
    {
        "matrix": _("Matrix"),
        "themes": _("Monthly themes"),
        "calendar": _("Inspection calendar"),
        "checklist": _("Evidence checklist"),
    },
)
view = filters.bar(actor, "workstreams", extra=[tab])
empty.need_register(view)
drill = progress.keep(view, drill)

if tab.value == "matrix":
    left, right = st.columns([62, 38], gap="small")
    with left:
        progress.tiles(view)
        progress.matrix(view, drill)
    with right, st.container(border=True, key="card_panel"):
        panels.look()
        panels.panel(view, drill)
elif tab.value == "themes":
    yearbook.themes(view)
elif tab.value == "calendar":
    yearbook.calendar(view)
else:
    yearbook.checklist(view, drill)
