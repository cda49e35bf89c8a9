"""账号: who may sign in; new accounts, new passwords, ending an account."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from config import clock
from config.language import N_, _
from data_access import accounts
from data_access.accounts import ROLE_NAMES, AccountError, Actor, Role
from data_access.reports import directory
from data_access.reports.view import View
from pages.parts import figures, tables
from pages.parts.frame import session

_MAY = {
    Role.CLERK: N_("Uploads for the own community and sees its people, masked."),
    Role.SUPERVISOR: N_("Uploads, withdraws and settles for all communities."),
    Role.LEADER: N_("Reads all figures; no personal data."),
    Role.ADMIN: N_("All of this, and accounts, calendar and audit."),
}


def show(actor: Actor, view: View) -> None:
    """The accounts on the left, a new one or the chosen one on the right."""
    known = pd.DataFrame(accounts.accounts(actor))
    left, right = st.columns([58, 42], gap="medium")
    with left:
        _said()
        shown = known.assign(
            role=[_(ROLE_NAMES[Role(role)]) for role in known["role"]],
            community=[name if isinstance(name, str) else figures.MISSING for name in known["community"]],
            created=[f"{clock.local(moment):%Y-%m-%d}" for moment in known["created_at"]],
            state=[
                _("active") if moment is None or pd.isna(moment) else _("disabled") for moment in known["disabled_at"]
            ],
        )
        chosen = tables.pick(
            shown,
            "username",
            key="accounts_list",
            columns={
                "username": _("Account"),
                "role": _("Role"),
                "community": _("Community"),
                "created": _("Created"),
                "state": _("State"),
            },
        )
        st.caption(_("Choose an account to give it a new password or to end it."))
    with right:
        if chosen is not None:
            row = known[known["username"] == chosen].iloc[0]
            _one(actor, str(chosen), ended=not pd.isna(row["disabled_at"]))
        _new(actor, view)


def _said() -> None:
    message = st.session_state.pop("accounts_said", None)
    if message:
        st.success(message, icon=":material/check:")


def _new(actor: Actor, view: View) -> None:
    with st.container(border=True, key="card_new_account"):
        st.subheader(_("New account"), anchor=False)
        role = Role(
            st.selectbox(_("Role"), list(Role), format_func=lambda value: _(ROLE_NAMES[value]), key="account_role")
            or Role.CLERK
        )
        st.caption(_(_MAY[role]))
        community = None
        if role == Role.CLERK:
            names = directory.communities(View(actor, view.day, view.campaign))["name"].tolist()
            community = st.selectbox(
                _("Community"), names, index=None, placeholder=_("Choose the community"), key="account_community"
            )
            if not names:
                st.caption(_("Upload the register of communities first."))
        with st.form("account_form", border=False, clear_on_submit=False):
            name = st.text_input(_("Account"), key="account_name", autocomplete="off")
            st.caption(_("Small letters, digits, underscores; 4 to 20 characters"))
            first = st.text_input(
                _("First password"), type="password", key="account_password", autocomplete="new-password"
            )
            st.caption(_("At least 8 characters; it has to be changed at the first sign-in."))
            pressed = st.form_submit_button(_("Create the account"), type="primary", icon=":material/person_add:")
        if not pressed:
            return
        try:
            accounts.create(actor, name.strip().lower(), first, role, community)
        except AccountError as refusal:
            st.error(str(refusal), icon=":material/warning:")
            return
        st.session_state["accounts_said"] = _("The account {name} is there.", name=name.strip().lower())
        st.rerun()


def _one(actor: Actor, username: str, ended: bool) -> None:
    with st.container(border=True, key="card_account"):
        st.subheader(tables.plain(username), anchor=False)
        if ended:
            st.markdown(_("This account has been ended; what it sent stays."))
            return
        with st.form("reset_form", border=False, clear_on_submit=True):
            password = st.text_input(
                _("New password"), type="password", key="reset_password", autocomplete="new-password"
            )
            st.caption(_("It ends all sessions of the account and has to be changed at the next sign-in."))
            pressed = st.form_submit_button(_("Set the password"), icon=":material/key:")
        if pressed:
            try:
                accounts.set_password(actor, username, password)
            except AccountError as refusal:
                st.error(str(refusal), icon=":material/warning:")
            else:
                st.session_state["accounts_said"] = _("{name} has a new password.", name=username)
                st.rerun()
        own = username == actor.username
        if st.button(
            _("End the account"),
            icon=":material/person_off:",
            disabled=own,
            help=_("Nobody can end the own account.") if own else None,
            key="account_disable",
        ):
            st.dialog(_("End this account?"))(_end)(username)


def _end(username: str) -> None:
    actor = session.renew()
    st.markdown(f"**{tables.plain(username)}**")
    st.markdown(_("It is signed out with its next click and cannot sign in again. What it sent stays."))
    if st.button(_("End the account"), type="primary", icon=":material/person_off:", key="account_disable_confirm"):
        try:
            accounts.disable(actor, username)
        except AccountError as refusal:
            st.error(str(refusal), icon=":material/warning:")
            return
        st.session_state["accounts_said"] = _("The account {name} has ended.", name=username)
        st.rerun()
