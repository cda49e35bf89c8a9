"""Empty and refused states: what is missing, and what to do next."""

from __future__ import annotations

import streamlit as st

from config.language import _
from data_access.accounts import Capability
from data_access.reports import directory
from data_access.reports.view import View
from pages.parts import cache
from pages.parts.frame import shell


def state(title: str, advice: str, page: str | None = None, link: str | None = None, **query: str) -> None:
    """A card saying what is missing (``title``), what to do (``advice``) and, where given, a link to that page."""
    with st.container(border=True, key=f"card_empty_{page or 'state'}"):
        st.markdown(f":material/inbox: **{title}**")
        st.markdown(advice)
        if page is not None:
            place = shell.PLACES[page]
            st.page_link(place.script, label=link or place.label, icon=place.icon, query_params=query or None)


def refused(reason: str) -> None:
    """A card saying that this account may not, and which role may."""
    with st.container(border=True, key="card_refused"):
        title = _("Your role does not open this page.")
        st.markdown(f":orange[:material/lock: **{title}**]")
        st.markdown(reason)


def need_register(view: View) -> None:
    """End the page with what to do next while the street has no communities."""
    if not cache.cached(directory.communities)(View(view.actor, view.day, view.campaign, view.as_of)).empty:
        return
    if view.actor.may(Capability.UPLOAD):
        state(
            _("There are no communities yet."),
            _("Fill in the base template (communities, sites, surveyed people) and upload it."),
            "uploads",
            _("Get the base template"),
            template="base",
        )
    else:
        state(_("There are no communities yet."), _("A supervisor or administrator uploads the base workbook first."))
    st.stop()
