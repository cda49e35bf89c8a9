"""认可差异: a difference of the day that a supervisor accepts with a reason, and who accepted which."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from config.language import _
from data_access.accounts import AccountError, Actor, Capability
from data_access.office import waivers
from data_access.office.waivers import Accepted
from data_access.reports import ranking
from data_access.reports.view import View
from pages.parts import figures, tables
from pages.parts.dispatch import raising
from pages.parts.dispatch.raising import Found
from pages.parts.frame import session


def differences(view: View, community: str, found: pd.DataFrame) -> None:
    """Under the differences of a community: those accepted, with who and why, and the way to accept the others."""
    standing = waivers.stand(view.actor, view.day, view.campaign, view.as_of)
    may = view.actor.may(Capability.WAIVE) and view.as_of is None
    for code, lines in found.groupby("identity", sort=False):
        accepted = waivers.accepted(standing, community, str(code))
        label = f"{_(', ').join(lines['label'])} {code}"
        if accepted is None and (lines["state"] != "information").any():
            raising.button(view, _found(view, community, str(code), lines), f"difference_{code}")
        if accepted is not None:
            _accepted(label, accepted, may)
        elif may and waivers.waivable(str(code)) and (lines["state"] != "information").any():
            text = _("Accept: {difference}", difference=tables.plain(label))
            if st.button(text, icon=":material/approval:", type="tertiary", key=f"settle_{code}"):
                st.dialog(_("Accept this difference?"))(_ask)(view, community, str(code), label)


def _found(view: View, community: str, code: str, lines: pd.DataFrame) -> Found:
    """A difference as a matter: what differs by how much, and how to check it."""
    amounts = _(", ").join(f"{one['label']} {figures.signed(one['amount'])}" for one in lines.to_dict("records"))
    return Found(
        origin="difference",
        community=community,
        issue=f"{figures.short_day(view.day)} {amounts} ({code})",
        issue_type=code,
        demand=str(lines["how"].iloc[0]),
        source="evening",
        severity="major",
    )


def listing(view: View, community: str) -> None:
    """Every warning and difference accepted for a community's day."""
    standing = waivers.stand(view.actor, view.day, view.campaign, view.as_of)
    for (name, rule), accepted in standing.items():
        if name == community:
            _accepted(rule, accepted, False)


def behind(view: View, frame: pd.DataFrame, basis: str) -> None:
    """Under a ranking: the accepted differences behind its figures, with who and why."""
    marked = frame.loc[["accepted" in marks.split() for marks in frame["marks"]], "community"]
    standing = waivers.stand(view.actor, view.day, view.campaign, view.as_of) if len(marked) else {}
    for community in marked:
        for code in sorted(ranking.CONCERNS[basis]):
            if (accepted := waivers.accepted(standing, community, code)) is not None:
                _accepted(f"{community} {code}", accepted, False)


def _accepted(label: str, accepted: Accepted, may_revoke: bool) -> None:
    parts = [label, accepted.by, figures.instant(accepted.at), accepted.reason]
    text = " · ".join(tables.plain(part) for part in parts if part)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f":material/approval: {_('Accepted')} · {text}", width="content")
        if may_revoke and st.button(
            _("Take back"), icon=":material/undo:", type="tertiary", key=f"settle_revoke_{accepted.id}"
        ):
            try:
                waivers.revoke(session.renew(), accepted.id)
            except (waivers.WaiverError, AccountError) as refusal:
                st.error(str(refusal), icon=":material/warning:")
                return
            st.rerun()


def _ask(view: View, community: str, code: str, label: str) -> None:
    actor: Actor = session.renew()
    st.markdown(f"**{tables.plain(community)} · {figures.short_day(view.day)} · {tables.plain(label)}**")
    st.caption(_("The figures stay as they are. Your name and the reason are shown wherever the difference is shown."))
    reason = st.text_input(_("Reason"), key="settle_reason", max_chars=200)
    with st.container(horizontal=True):
        if st.button(_("Accept"), type="primary", icon=":material/approval:", key="settle_confirm"):
            try:
                waivers.grant(actor, code, community, view.day, reason, view.campaign)
            except (waivers.WaiverError, AccountError) as refusal:
                st.error(str(refusal), icon=":material/warning:")
                return
            st.rerun()
        if st.button(_("Leave it"), key="settle_leave"):
            st.rerun()
