"""Workstreams 专项进展: community by workstream against 序时进度, down to the indicator and its reports."""

import streamlit as st

from config.language import _
from pages.parts import empty, filters, guard
from pages.parts.workstreams import calendar, checklist, item, matrix, outlook, plans, record, trail, yearbook
from pages.parts.workstreams import drill as panels

actor = guard.enter("workstreams")
drill = trail.asked()
tab = filters.Choice(
    "tab",
    {
        "matrix": _("Matrix"),
        "themes": _("Monthly themes"),
        "calendar": _("Inspection calendar"),
        "plans": _("Weekly plan"),
        "checklist": _("Evidence checklist"),
    },
)
view = filters.bar(actor, "workstreams", extra=[tab], own=trail.NAMES)
empty.need_register(view)
drill = trail.keep(view, drill)

panels.look()
if drill.record:
    record.page(view, drill)
elif drill.item:
    item.page(view, drill)
elif tab.value == "matrix":
    look = matrix.asked(view)
    whole = matrix.wide(view, look, drill)
    board, side = [st.container(), st.container()] if whole else st.columns([62, 38], gap="small")
    with board:
        matrix.tiles(view, look)
        outlook.sight(view, look, drill)
    with side, st.container(border=True, key="card_panel"):
        panels.panel(view, look, drill)
elif tab.value == "themes":
    yearbook.themes(view)
elif tab.value == "calendar":
    calendar.show(view, drill)
elif tab.value == "plans":
    plans.show(view, drill)
else:
    checklist.page(view, drill)
