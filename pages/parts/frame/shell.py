"""The shell around every page: which pages there are, who may open them, what the navigation shows."""

from __future__ import annotations

import copy
import gc
import importlib
import pkgutil
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import streamlit as st
from streamlit.navigation.page import Page as StreamlitPage

import charts
from config.language import N_, _
from data_access.accounts import CAPABILITIES, Actor, Capability, Role
from data_access.backups import copies
from data_access.commands import logs
from data_access.office import postings, retention
from data_access.workbooks.worker import YOUNG
from pages.parts import style
from pages.parts.frame import engine, trouble


@dataclass(frozen=True, slots=True)
class Place:
    """One page: its address, title, icon and what an account must be allowed to do to open it."""

    slug: str
    title: str
    icon: str
    needs: Capability = Capability.READ_BOARD

    @property
    def script(self) -> str:
        """The page's file, as links within the board name it."""
        return f"pages/{self.slug}.py"

    @property
    def label(self) -> str:
        """The title in the current language."""
        return _(self.title)


PLACES = {
    place.slug: place
    for place in (
        Place("district", N_("District overview"), ":material/map:", Capability.COMPARE_STREETS),
        Place("briefing", N_("Morning briefing"), ":material/campaign:"),
        Place("callups", N_("Call-ups"), ":material/groups:"),
        Place("dispatch", N_("Dispatch"), ":material/swap_horiz:"),
        Place("workstreams", N_("Workstreams"), ":material/grid_view:"),
        Place("community", N_("Community"), ":material/location_city:"),
        Place("rankings", N_("Rankings"), ":material/leaderboard:"),
        Place("actions", N_("Action items"), ":material/assignment_late:"),
        Place("uploads", N_("Uploads"), ":material/upload_file:"),
        Place("administration", N_("Administration"), ":material/settings:", Capability.SET_TARGETS),
    )
}


def navigation(actor: Actor | None, street: str = "") -> StreamlitPage:
    """Register the pages and show those the account may open; the page that was asked for.

    All pages are registered for everybody, so that an address keeps its place through the login and a refused page
    can say who may open it. The bare address leads to the briefing, an account of a district to its overview; to that
    account the pages of a ``street`` are shown once it looks at one.
    """
    above = actor is not None and actor.role == Role.DISTRICT
    allowed = actor and CAPABILITIES[actor.role] | (CAPABILITIES[Role.LEADER] if above and street else frozenset())
    pages = {
        place.slug: copy.copy(_page(place, place.label, bool(allowed and place.needs in allowed)))
        for place in PLACES.values()
    }

    def front() -> None:
        st.switch_page(pages["district" if above else "briefing"], query_params=st.query_params.to_dict())

    home = st.Page(front, title=_("Street briefing board"), url_path="home", default=True, visibility="hidden")
    ready = actor is not None and not actor.must_change
    if ready:
        style.logo()
        retention.wake()  # what was set in the page counts once somebody is there
    return st.navigation([home, *pages.values()], position="top" if ready else "hidden")


@lru_cache
def _page(place: Place, title: str, visible: bool) -> StreamlitPage:
    """The page as it is registered; a run notes in its own copy that it may be opened."""
    visibility: Literal["visible", "hidden"] = "visible" if visible else "hidden"
    return st.Page(place.script, title=title, icon=place.icon, url_path=place.slug, visibility=visibility)


@lru_cache(maxsize=1)
def settle() -> None:
    """Once per process: begin the log, load the libraries behind the charts, spare them the garbage collector's rounds.

    With pandas and Altair loaded a full collection costs more than a small page: Streamlit's own after each run is
    switched off (``.streamlit/config.toml``), and Python's seldom needs to look, for a long roster makes many objects
    that stay, and hardly any garbage.
    """
    engine.settle()
    trouble.watch()
    logs.start()
    postings.wake()  # what waited while the board was not running
    copies.wake()
    retention.wake()
    for module in pkgutil.iter_modules(charts.__path__, "charts."):
        importlib.import_module(module.name)
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG)
