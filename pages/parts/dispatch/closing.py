"""日结 on the dispatch page: how the day stands, closing it, opening it again, and what was corrected since."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from config.language import _, pick
from data_access import sheets
from data_access.accounts import AccountError, Capability
from data_access.office import closing
from data_access.office.closing import Closing
from data_access.reports import corrections, dispatch, reporting
from data_access.reports.view import View
from pages.parts import cache, figures, filters, posting, tables
from pages.parts.frame import session


def card(view: View, frame: pd.DataFrame) -> None:
    """How the day stands, what is missing before it can be closed, and the words to ask for it."""
    standing = cache.private(_closing)(View(view.actor, view.day, view.campaign, view.as_of))
    with st.container(border=True, key="card_closing"):
        closed = standing is not None and standing.closed
        title = _("Closing the day") if closed else _("Before the day can be closed")
        st.subheader(f":material/lock_clock: {title}", anchor=False)
        if standing is not None:
            _standing(standing)
        if standing is None or not standing.closed:
            missing = cache.cached(_missing)(view)
            what = pick("；", "; ").join(missing)
            st.markdown(_("Still missing: {what}.", what=what) if missing else _("Nothing is missing."))
        st.caption(_("Whatever is changed afterwards is kept as a correction."))
        with st.container(horizontal=True):
            _buttons(view, frame, standing)
            text = cache.cached(reporting.reminder)(view)
            if text:
                with st.popover(_("Reminder"), icon=":material/campaign:", type="primary"):
                    st.caption(_("To paste into the group; it names communities and sheets only."))
                    st.code(text, language=None, wrap_lines=True)
                    posting.button(view.actor, "reminder", text, key="dispatch_post")


def _closing(view: View) -> Closing | None:
    return closing.state(view.actor, view.day, view.campaign, view.as_of)


def _standing(one: Closing) -> None:
    """``已日结 20:55 张*``, and by whom and why it was opened again."""
    if one.closed:
        st.markdown(
            f":green-badge[:material/lock: {_('Day closed')} {figures.instant(one.closed_at)} {tables.plain(one.by)}]"
        )
        return
    opened = f"{figures.instant(one.reopened_at)} {tables.plain(one.reopened_by or '')}"
    st.markdown(f":orange-badge[:material/lock_open: {_('Opened again')} {opened}]")
    closed = _("It was closed at {time} by {by}.", time=figures.instant(one.closed_at), by=tables.plain(one.by))
    st.caption(f"{closed} {tables.plain(one.reason)}")


def _missing(view: View) -> list[str]:
    frame = cache.cached(dispatch.table)(view)
    owing, opened = frame[frame["evening_state"].isin(reporting.OWED)], frame[frame["state"] == "open"]
    unchecked = frame[frame["state"] == "unchecked"]
    missing = [
        _("evening tallies missing: {names}", names=tables.plain(short(list(owing["community"]))))
        if len(owing)
        else "",
        _("differences open: {n}", n=int(opened["open"].sum())) if len(opened) else "",
        _("rosters not checked: {n}", n=len(unchecked)) if len(unchecked) else "",
    ]
    return [words for words in missing if words]


def short(names: Sequence[str]) -> str:
    """The first two names and how many more there are."""
    shown = _(", ").join(names[:2])
    return shown if len(names) <= 2 else _("{names} and {n} more", names=shown, n=len(names) - 2)


def _buttons(view: View, frame: pd.DataFrame, standing: Closing | None) -> None:
    if view.as_of is not None or not view.actor.may(Capability.CLOSE_DAY):
        return
    if standing is not None and standing.closed:
        if st.button(_("Open again"), icon=":material/lock_open:", key="closing_reopen"):
            st.dialog(_("Open the closed day again?"))(_reopen)(view)
    elif frame["evening_submission"].notna().any() and st.button(
        _("Close the day"), icon=":material/lock:", key="closing_close"
    ):
        st.dialog(_("Close the day?"))(_close)(view)


def _close(view: View) -> None:
    """What is closed, who is missing, which differences are open; those missing are named by the one who closes."""
    actor = session.renew()
    cache.newest(view)  # nobody is to be named as missing who has just reported
    whole = View(actor, view.day, view.campaign)  # the day of the street, whatever area is looked at
    frame, found = cache.cached(dispatch.table)(whole), cache.cached(dispatch.differences)(whole)
    owing = list(frame.loc[frame["evening_state"].isin(reporting.OWED), "community"])
    exempt = list(frame.loc[frame["evening_state"] == "exempt", "community"])
    told = int(frame["evening_submission"].notna().sum())
    st.markdown(
        f"**{figures.day(view.day)}** · "
        + _("{n} of {m} evening tallies are in.", n=told, m=len(frame) - len(exempt))
        + (" " + _("Exempt: {names}.", names=tables.plain(_(", ").join(exempt))) if exempt else "")
    )
    opened = found[found["state"] == "open"]
    if len(opened):
        st.markdown(f":orange[:material/difference: {_('Differences nobody has explained: {n}', n=len(opened))}]")
        tables.draw(
            [_("Community"), "", _("Difference")],
            [[one.community, f"{one.label} {one.identity}", figures.signed(one.amount)] for one in opened.itertuples()],
            numeric=(2,),
        )
    sure = False
    if owing:
        names = tables.plain(_(", ").join(owing))
        sure = st.checkbox(_("Close without the evening tally of: {names}", names=names), key="closing_without")
    st.caption(_("Afterwards nothing of the day goes in before it is opened again with a reason."))
    if st.button(_("Close the day"), type="primary", icon=":material/lock:", key="closing_confirm"):
        try:
            closing.close(actor, view.day, view.campaign, owing if sure else ())
        except (closing.ClosingError, AccountError) as refusal:
            st.error(str(refusal), icon=":material/warning:")
            return
        st.rerun()


def _reopen(view: View) -> None:
    actor = session.renew()
    st.caption(_("Your name and the reason are kept; every figure that changes then is listed as a correction."))
    reason = st.text_input(_("Reason"), key="closing_reason", max_chars=200)
    if st.button(_("Open again"), type="primary", icon=":material/lock_open:", key="closing_reopen_confirm"):
        try:
            closing.reopen(actor, view.day, view.campaign, reason)
        except (closing.ClosingError, AccountError) as refusal:
            st.error(str(refusal), icon=":material/warning:")
            return
        st.rerun()


def changed(view: View) -> None:
    """更正: every figure that is no longer what it was when the day was first closed."""
    found = cache.private(corrections.corrections)(view)  # with reasons in it
    if found.empty:
        return
    with st.container(border=True, key="card_corrections"):
        st.subheader(f":material/edit: {_('Corrections since the day was closed')}", anchor=False)
        tables.draw(
            [_("Community"), _("Sheet"), _("Figure"), _("Before"), _("Now"), _("By"), _("When"), _("Reason")],
            [
                [
                    one["community"],
                    f"{sheets.kind(one['kind']).label} {one['site']}".strip(),
                    one["label"],
                    figures.count(one["old"]),
                    tables.pill(figures.count(one["new"]), "pri", "edit"),
                    one["by"],
                    figures.instant(one["at"]),
                    one["reason"],
                ]
                for one in found.to_dict("records")
            ],
            numeric=(3, 4),
        )
        filters.link("uploads", _("To the history of the sheets"), view, part="history")
