"""停种日: the rest days, and a new one."""

from __future__ import annotations

import streamlit as st

from config.language import _
from data_access.accounts import AccountError, Actor
from data_access.office import calendars
from data_access.office.calendars import CalendarError
from data_access.reports import directory
from data_access.reports.view import View
from pages.parts import empty, figures, tables
from pages.parts.frame import session


def show(actor: Actor, view: View) -> None:
    """The rest days on the left, a new one on the right."""
    labels = {campaign.code: campaign.label for campaign in directory.campaigns(actor)}
    frame = calendars.rest_days(actor)
    left, right = st.columns([58, 42], gap="medium")
    with left:
        if frame.empty:
            empty.state(_("No rest days."), _("Every day is a working day: each community owes its daily sheets."))
        else:
            shown = frame.assign(
                day=[figures.day(day) for day in frame["day"]],
                year=[day.year for day in frame["day"]],
                campaign=[labels.get(code, _("All campaigns")) for code in frame["campaign"]],
            )
            columns = {
                "day": _("Day"),
                "year": st.column_config.NumberColumn(_("Year"), format="plain", width=70),
                "campaign": _("Campaign"),
                "note": _("Note"),
            }
            chosen = tables.pick(shown, "id", key="calendar_list", columns=columns)
            st.button(
                _("Take the chosen day out"),
                icon=":material/event_busy:",
                disabled=chosen is None,
                key="calendar_remove",
                on_click=_remove,
                args=(chosen,),
            )
    with right, st.container(border=True, key="card_rest_day"):
        st.subheader(_("New rest day"), anchor=False)
        st.caption(_("No sheet is due on it, and nobody counts as unreported."))
        with st.form("calendar_form", border=False):
            day = st.date_input(_("Day"), value=view.day, format="YYYY-MM-DD", key="calendar_day")
            code = st.selectbox(
                _("Campaign"),
                ["", *labels],
                format_func=lambda value: labels.get(value, _("All campaigns")),
                key="calendar_campaign",
            )
            note = st.text_input(_("Note"), key="calendar_note", max_chars=60)
            pressed = st.form_submit_button(_("Add the rest day"), type="primary", icon=":material/event_available:")
        if pressed:
            try:
                calendars.add(actor, day, code or None, note)
            except (CalendarError, AccountError) as refusal:
                st.error(str(refusal), icon=":material/warning:")
                return
            st.rerun()


@session.clicked
def _remove(actor: Actor, number: int) -> None:
    try:
        calendars.remove(actor, int(number))
    except (CalendarError, AccountError) as refusal:
        st.toast(str(refusal), icon=":material/warning:")
