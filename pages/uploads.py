"""Uploads 报送中心: who has reported; files in, what was recognised and would change, commit; history; templates."""

import streamlit as st

from config.language import _
from data_access.accounts import Capability
from pages.parts import filters, guard, reporting
from pages.parts.uploads import archive, batch, blanks, remembered

actor = guard.enter("uploads")
if not actor.may(Capability.UPLOAD):  # who sends nothing sees who has reported
    reporting.show(filters.bar(actor, "uploads"))
    st.stop()
if "template" in st.query_params and "part" not in st.query_params:
    st.query_params["part"] = "templates"
mine = batch.mine(actor)


def part() -> filters.Choice:
    """The parts of the page; the batch says how many files wait in it."""
    return filters.Choice(
        "part",
        {
            "batch": batch.label(actor, mine),
            "reporting": _("Reporting"),
            "history": _("History"),
            "templates": _("Templates"),
        },
    )


header, chosen = st.container(), part().value
columns = batch.receive(actor, mine) if chosen == "batch" else []
with header:
    view = filters.bar(actor, "uploads", areas=False, extra=[part()])
    archive.said()
if chosen == "history":
    archive.show(actor, view)
elif chosen == "reporting":
    reporting.show(view)
elif chosen == "templates":
    blanks.show(actor, view)
    remembered.show(actor)
else:
    batch.show(actor, view, mine, columns)
