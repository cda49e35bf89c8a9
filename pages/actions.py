"""Action items 督办整改: found, assigned, fixed, re-checked, closed; overdue in colour."""

import streamlit as st

from config.language import _
from data_access.accounts import Capability
from pages.parts import empty, filters, guard, matters
from pages.parts.dispatch import coordination

actor = guard.enter("actions")
wanted = matters.asked()
status = filters.Choice(
    "status",
    {
        "open": _("Open"),
        "overdue": _("Overdue only"),
        "settled": _("Closed today"),
        "closed": _("Closed"),
        "all": _("All"),
    },
)
view = filters.bar(actor, "actions", extra=[status])
empty.need_register(view)
wanted = matters.keep(view, wanted)

matters.tiles(view)
raised = coordination.panel(view)
if raised is not None:
    matters.go(matters.Wanted(wanted.community, wanted.workstream, raised))
    st.rerun()
left, right = st.columns([2, 1], gap="small")
with left, st.container(border=True, key="card_matters"):
    matters.listing(view, status.value, wanted)
with right, st.container(border=True, key="card_matter"):
    if wanted.new and actor.may(Capability.MANAGE_ACTIONS):
        matters.form(view, wanted)
    else:
        matters.detail(view, wanted)
