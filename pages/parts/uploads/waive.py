"""认可: a warning that is accepted as it is, with a reason, before or after its sheet is taken in."""

from __future__ import annotations

import streamlit as st

from config.language import _
from data_access.accounts import AccountError, Actor, Capability
from data_access.findings import Finding, Severity
from data_access.inbox.plans import SheetOutcome
from data_access.office import waivers
from data_access.reports.view import View
from pages.parts import figures, tables
from pages.parts.dispatch import raising
from pages.parts.dispatch.raising import Found
from pages.parts.frame import session
from pages.parts.uploads.intake import File


def button(actor: Actor, item: File, finding: Finding, key: str) -> None:
    """Beside a warning that may be accepted: the way to do so, or who did."""
    sheet = _sheet(item, finding)
    if sheet is not None and sheet.community and sheet.figures_of and finding.severity != Severity.INFO:
        raising.button(View(actor, sheet.figures_of, sheet.campaign or ""), _found(sheet.community, finding), key)
    if finding.severity != Severity.WARNING or sheet is None:
        return
    if (accepted := sheet.waived.get(finding.code)) is not None:
        st.caption(
            _("Accepted by {name}: {reason}", name=tables.plain(accepted.by), reason=tables.plain(accepted.reason))
        )
        return
    if not actor.may(Capability.WAIVE) or not waivers.waivable(finding.code):
        return
    if st.button(_("Accept…"), icon=":material/approval:", type="tertiary", key=f"waive_{key}"):
        st.dialog(_("Accept this warning?"))(_ask)(sheet, finding)


def _found(community: str, finding: Finding) -> Found:
    """A finding as a matter; what it says of a cell is masked already."""
    return Found(
        origin="finding",
        community=community,
        issue=finding.message,
        issue_type=finding.code,
        demand=finding.remedy,
        source="daily",
        severity="major" if finding.severity == Severity.ERROR else "minor",
    )


def _sheet(item: File, finding: Finding) -> SheetOutcome | None:
    """The sheet a finding belongs to, where it is known whose it is and of which day."""
    for sheet in item.sheets:
        if any(each is finding for each in sheet.findings):
            return sheet if sheet.community and sheet.figures_of else None
    return None


def _ask(sheet: SheetOutcome, finding: Finding) -> None:
    actor = session.renew()
    assert sheet.community is not None and sheet.figures_of is not None
    st.markdown(f"**{tables.plain(sheet.community)} · {figures.short_day(sheet.figures_of)}**")
    st.markdown(tables.plain(finding.message))
    st.caption(
        _("It is shown with your name and the reason wherever the figure is shown, and holds for this day only.")
    )
    reason = st.text_input(_("Reason"), key="waive_reason", max_chars=200)
    with st.container(horizontal=True):
        if st.button(_("Accept"), type="primary", icon=":material/approval:", key="waive_confirm"):
            try:
                waivers.grant(actor, finding.code, sheet.community, sheet.figures_of, reason, sheet.campaign)
            except (waivers.WaiverError, AccountError) as refusal:
                st.error(str(refusal), icon=":material/warning:")
                return
            st.rerun()
        if st.button(_("Leave it"), key="waive_leave"):
            st.rerun()
