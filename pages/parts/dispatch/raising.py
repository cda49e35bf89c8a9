"""交督办: from wherever something is found, one click to the form of a new matter with what is known filled in.

What is filled in stays in the session; the address names the community, the workstream and where it comes from only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import streamlit as st

from config.language import _
from data_access.accounts import Capability
from data_access.reports.view import View
from pages.parts import filters

VACCINATION = "vaccination"
_KEY = "matter_found"


@dataclass(frozen=True, slots=True)
class Found:
    """What a matter is raised from: ``origin`` is difference, finding or cell; the rest by the columns of the sheet.

    ``issue`` names nobody: it is made of rules and figures.
    """

    origin: str
    community: str
    issue: str
    issue_type: str
    demand: str
    source: str
    severity: str
    workstream: str = VACCINATION


def button(view: View, found: Found, key: str) -> None:
    """The one click, for those who may raise a matter on the board as it is now."""
    if not view.actor.may(Capability.MANAGE_ACTIONS) or view.as_of is not None:
        return
    if st.button(_("Raise a matter"), icon=":material/assignment_late:", type="tertiary", key=f"raise_{key}"):
        st.session_state[_KEY] = asdict(found)
        filters.go("actions", view, community=found.community, workstream=found.workstream, new=found.origin)


def filled(new: str | None, community: str | None) -> Mapping[str, Any]:
    """What the form asked for by ``new`` begins with; nothing where it was opened by hand or by a link."""
    found: Mapping[str, Any] = st.session_state.get(_KEY, {})
    return found if found and (found["origin"], found["community"]) == (new, community) else {}


def done() -> None:
    """The matter is on the list, or was given up: the next form begins empty."""
    st.session_state.pop(_KEY, None)
