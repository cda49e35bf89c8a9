"""Uploads 报送中心: files in, what was recognised and what would change, commit; history; templates."""

import streamlit as st

from config.language import _
from pages.parts import archive, batch, blanks, filters, guard, remembered

actor = guard.enter("uploads")
if "template" in st.query_params and "part" not in st.query_params:
    st.query_params["part"] = "templates"
mine = batch.mine(actor)
waiting = len([item for item in mine.files if not item.committed])
part = filters.Choice(
    "part",
    {
        "batch": f"{_('This batch')} {waiting}" if waiting else _("This batch"),
        "history": _("History"),
        "templates": _("Templates"),
    },
)
view = filters.bar(actor, "uploads", areas=False, extra=[part])
archive.said()
if part.value == "history":
    archive.show(actor, view)
elif part.value == "templates":
    blanks.show(actor, view)
    remembered.show(actor)
else:
    batch.show(actor, view, mine)
