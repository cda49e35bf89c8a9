"""The account menu at the right of the navigation."""

from __future__ import annotations

import streamlit as st

from config.language import _
from data_access.access import visits
from data_access.access.visits import Seen
from data_access.accounts import ROLE_NAMES, Actor
from pages.parts import figures
from pages.parts.frame import password, session


def show(actor: Actor) -> None:
    """Who is signed in, the language switch, the own password, where else one is signed in, signing out."""
    with (
        st.container(key="account"),
        st.popover(_(ROLE_NAMES[actor.role]), icon=":material/account_circle:", type="tertiary"),
    ):
        st.markdown(f"**{actor.username}** · {actor.community or _(ROLE_NAMES[actor.role])}")
        session.choose_language()
        if st.button(_("Change password"), icon=":material/key:", key="menu_password", width="stretch"):
            st.dialog(_("Change password"))(_own_password)()
        if st.button(_("Where I am signed in"), icon=":material/devices:", key="menu_visits", width="stretch"):
            st.dialog(_("Where I am signed in"))(_own_visits)()
        st.button(_("Sign out"), icon=":material/logout:", key="menu_leave", width="stretch", on_click=session.leave)


def _own_password() -> None:
    password.change(session.renew())


def _own_visits() -> None:
    actor = session.renew()
    for visit in visits.own(actor, session.token()):
        _visit(actor, visit)
    st.caption(_("Do you not recognise one of them? Sign out everywhere and change the password."))
    if st.button(_("Sign out everywhere"), icon=":material/logout:", key="visits_all", width="stretch"):
        visits.end_all(actor)
        session.end()
        st.rerun()


def _visit(actor: Actor, visit: Seen) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", border=True):
        when = _(
            "Signed in {started}, last seen {seen}",
            started=figures.instant(visit.started_at),
            seen=figures.instant(visit.seen_at),
        )
        name = _("This window") if visit.here else _("Another browser")
        stays = " · " + _("stays signed in") if visit.lasting else ""
        st.markdown(f"**{name}**{stays}  \n:gray[{when}]", width="content")
        if not visit.here and st.button(_("End"), key=f"visits_end_{visit.id}", type="tertiary"):
            visits.end_one(actor, visit.id)
            st.rerun(scope="fragment")
