"""The first statement of every page: nobody sees it without an account that may.

While a folder ``pages`` lies beside the front door and no navigation has been declared in this process, Streamlit
runs a page's script alone for its address. So a page trusts only an account that the front door let in during this
very run; without one it declares the navigation and starts the run again, through the front door, with the
same address and parameters.
"""

from __future__ import annotations

import streamlit as st

from data_access.accounts import AccountError, Actor, Capability, NotAllowedError, Role
from pages.parts import empty, filters
from pages.parts.frame import session, shell


def enter(page: str) -> Actor:
    """The acting account, if it may open this page; otherwise nothing after this call runs.

    Where the address asks for the board as it stood earlier, the account looks back: it may write nothing. An account
    of a district acts in the street that it looks at; without one its overview opens instead.
    """
    actor = session.entered()
    if actor is None:
        shell.navigation(None)
        st.rerun()
    place = shell.PLACES[page]
    above = place.needs == Capability.COMPARE_STREETS
    if actor.role == Role.DISTRICT and not above and not filters.street():
        st.switch_page(shell.PLACES["district"].script)
    try:
        acting = filters.acting(actor, at_home=above)
        if not acting.holds(place.needs):  # who looks back may open the page; what writes is refused there
            raise NotAllowedError(place.needs)
    except AccountError as refusal:
        st.title(place.label, anchor=False)
        empty.refused(str(refusal))
        st.stop()
    session.act(acting)
    return acting
