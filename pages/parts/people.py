"""账号: who may sign in; new accounts, one-time passwords, roles, ending an account and taking it up again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from config import clock
from config.language import N_, _
from config.settings import settings
from data_access import accounts
from data_access.accounts import ROLE_NAMES, AccountError, Actor, Role
from data_access.reports import directory
from data_access.reports.view import View
from pages.parts import cache, figures, tables
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
            state=[_state(row) for row in known.itertuples()],
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
        st.caption(_("Choose an account to give it a one-time password, another role, or to end it."))
    with right:
        if chosen is not None:
            _one(actor, view, known[known["username"] == chosen].iloc[0])
        _new(actor, view)


def _state(row: Any) -> str:
    if not pd.isna(row.disabled_at):
        return _("disabled")
    if row.must_change and not pd.isna(row.password_until):
        over = row.password_until <= clock.now()
        return _("one-time password expired") if over else _("one-time password given")
    return _("active")


def _said() -> None:
    message = st.session_state.pop("accounts_said", None)
    if message:
        st.success(message, icon=":material/check:")


def _new(actor: Actor, view: View) -> None:
    with st.container(border=True, key="card_new_account"):
        st.subheader(_("New account"), anchor=False)
        role = Role(
            st.selectbox(_("Role"), accounts.OFFICE, format_func=lambda value: _(ROLE_NAMES[value]), key="account_role")
            or Role.CLERK
        )
        st.caption(_(_MAY[role]))
        community = _community(actor, view, role, "account_community")
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


def _community(actor: Actor, view: View, role: Role, key: str, present: str | None = None) -> str | None:
    """The community of a clerk, to be chosen from the register; None for the other roles."""
    if role != Role.CLERK:
        return None
    names = cache.cached(directory.communities)(View(actor, view.day, view.campaign))["name"].tolist()
    if not names:
        st.caption(_("Upload the register of communities first."))
    index = names.index(present) if present in names else None
    chosen = st.selectbox(_("Community"), names, index=index, placeholder=_("Choose the community"), key=key)
    return None if chosen is None else str(chosen)


def _one(actor: Actor, view: View, row: pd.Series[Any]) -> None:
    username, own = str(row["username"]), row["username"] == actor.username
    with st.container(border=True, key="card_account"):
        st.subheader(tables.plain(username), anchor=False)
        if not pd.isna(row["disabled_at"]):
            st.markdown(_("This account has been ended; what it sent stays."))
            if st.button(_("Take it up again"), icon=":material/person_check:", key="account_enable"):
                _done(lambda: accounts.enable(actor, username), _("The account {name} is back.", name=username))
            return
        _role(actor, view, row)
        if settings().oidc.on:
            _link(actor, row)
        with st.container(horizontal=True):
            if st.button(
                _("Give a one-time password"),
                icon=":material/key:",
                disabled=own,
                help=_("Change the own password in the menu at the top right.") if own else None,
                key="account_reset",
            ):
                st.dialog(_("Give a one-time password?"))(_reset)(username)
            if st.button(
                _("End the account"),
                icon=":material/person_off:",
                disabled=own,
                help=_("Nobody can end the own account.") if own else None,
                key="account_disable",
            ):
                st.dialog(_("End this account?"))(_end)(username)


def _role(actor: Actor, view: View, row: pd.Series[Any]) -> None:
    username, present = str(row["username"]), Role(row["role"])
    role = Role(
        st.selectbox(
            _("Role"),
            accounts.OFFICE,
            index=accounts.OFFICE.index(present),
            format_func=lambda value: _(ROLE_NAMES[value]),
            key=f"role_{username}",
        )
        or present
    )
    place = row["community"] if isinstance(row["community"], str) else None
    community = _community(actor, view, role, f"role_community_{username}", place)
    changed = (role, community) != (present, place if present == Role.CLERK else None)
    if st.button(_("Change the role"), icon=":material/badge:", disabled=not changed, key="account_role_change"):
        said = _("{name} has another role; it signs in anew.", name=username)
        _done(lambda: accounts.set_role(actor, username, role, community), said)


def _link(actor: Actor, row: pd.Series[Any]) -> None:
    username, present = str(row["username"]), row["subject"] if isinstance(row["subject"], str) else ""
    subject = st.text_input(_("Name at the single sign-on"), value=present, key=f"subject_{username}", max_chars=255)
    if st.button(_("Link"), icon=":material/link:", disabled=subject == present, key="account_link"):
        said = _("{name} has been linked; it signs in anew.", name=username)
        _done(lambda: accounts.link(actor, username, subject), said)


def _done(change: Callable[[], None], said: str) -> None:
    """Carry a change out and say so after the page is drawn anew, or say why not."""
    try:
        change()
    except AccountError as refusal:
        st.error(str(refusal), icon=":material/warning:")
        return
    st.session_state["accounts_said"] = said
    st.rerun()


def _reset(username: str) -> None:
    """Shown once, in the dialog alone: it is kept nowhere, and closing the dialog forgets it."""
    actor = session.renew()
    st.markdown(f"**{tables.plain(username)}**")
    st.markdown(_("All its sessions end. The password is of use for 24 hours and has to be changed at the sign-in."))
    if st.button(_("Make a one-time password"), type="primary", icon=":material/key:", key="account_reset_confirm"):
        try:
            password = accounts.reset_password(actor, username)
        except AccountError as refusal:
            st.error(str(refusal), icon=":material/warning:")
            return
        st.code(password, language=None)
        st.caption(_("Write it down or read it out now: it is shown this once."))


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
