"""认可差异: a difference of the day that a supervisor accepts with a reason, and who accepted which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st

from config.language import _
from data_access.accounts import AccountError, Actor, Capability
from data_access.office import waivers
from data_access.office.waivers import Accepted, Standing
from data_access.reports import dispatch, ranking
from data_access.reports.view import View
from pages.parts import cache, figures, tables
from pages.parts.dispatch import raising
from pages.parts.dispatch.raising import Found
from pages.parts.frame import session


@dataclass(frozen=True, slots=True)
class _Broken:
    """An identity that does not hold for a community: its name with its code, and the matter it would be. ``settles``:
    it is more than information."""

    code: str
    label: str
    settles: bool
    matter: Found


def differences(view: View, community: str) -> None:
    """Under the differences of a community: those accepted, with who and why, and the way to accept the others."""
    standing = cache.private(_standing)(_street(view))
    may = view.actor.may(Capability.WAIVE) and view.as_of is None
    for one in cache.cached(_broken)(view, community):
        accepted = waivers.accepted(standing, community, one.code)
        if accepted is None and one.settles:
            raising.button(view, one.matter, f"difference_{one.code}")
        if accepted is not None:
            _accepted(one.label, accepted, may)
        elif may and waivers.waivable(one.code) and one.settles:
            text = _("Accept: {difference}", difference=tables.plain(one.label))
            if st.button(text, icon=":material/approval:", type="tertiary", key=f"settle_{one.code}"):
                st.dialog(_("Accept this difference?"))(_ask)(view, community, one.code, one.label)


def _street(view: View) -> View:
    return replace(view, area=None, community=None)


def _standing(view: View) -> Standing:
    """What is accepted on the day, with the reasons, which are nobody else's."""
    return waivers.stand(view.actor, view.day, view.campaign, view.as_of)


def _broken(view: View, community: str) -> tuple[_Broken, ...]:
    found = cache.cached(dispatch.differences)(view)
    return tuple(
        _Broken(
            str(code),
            f"{_(', ').join(lines['label'])} {code}",
            bool((lines["state"] != "information").any()),
            _found(view, community, str(code), lines),
        )
        for code, lines in found[found["community"] == community].groupby("identity", sort=False)
    )


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
    for (name, rule), accepted in cache.private(_standing)(_street(view)).items():
        if name == community:
            _accepted(rule, accepted, False)


def behind(view: View, marked: Sequence[str], basis: str) -> None:
    """Under a ranking: the accepted differences behind the figures of these communities, with who and why."""
    standing = cache.private(_standing)(_street(view)) if len(marked) else {}
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
