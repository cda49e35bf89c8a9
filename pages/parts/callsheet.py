"""召集单: the people of the day on paper, one sheet a liaison or a site, masked unless written out on purpose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import streamlit as st

from config import language
from config.language import _
from data_access.accounts import Capability
from data_access.office.reveals import Purpose
from data_access.reports import callups, directory
from data_access.reports.view import View
from data_access.workbooks import callsheets
from pages.parts import downloads, figures, reveal
from pages.parts.frame import session

Labelled = Callable[[View, pd.DataFrame], pd.DataFrame]


def popover(view: View, labelled: Labelled) -> None:
    """How to print the day's list. ``labelled`` puts a list into words as on the page."""
    with st.popover(_("Call sheets to print"), icon=":material/print:"):
        by = st.segmented_control(
            _("One sheet for each"),
            ["liaison", "site"],
            format_func=lambda one: {"liaison": _("Liaison"), "site": _("Site")}[one],
            default="liaison",
            key="call_sheet_by",
            required=True,
        )
        plain = None
        if view.actor.may(Capability.REVEAL) and st.toggle(_("Write out names and telephones"), key="call_sheet_plain"):
            plain = reveal.purpose("call_sheet")
            st.caption(_("This is recorded with your account, the day and the number of people. Keep the paper safe."))
        else:
            st.caption(_("Names and telephones are masked."))
        st.download_button(
            _("Download xlsx"),
            _maker(view, str(by), plain, labelled),
            file_name=f"call-sheets-{view.day}-{by}.xlsx",
            mime=downloads.XLSX,
            icon=":material/download:",
            on_click="ignore",
            disabled=plain is not None and not plain.stated,
            key="call_sheet_download",
        )


def _maker(view: View, by: str, plain: Purpose | None, labelled: Labelled) -> Callable[[], bytes]:
    spoken, asker = language.current(), session.asker()

    def made() -> bytes:
        # asked for by the browser, outside the run of the page: language and account have to be looked up again
        with language.speaking(spoken):
            asked = replace(view, actor=asker())
            parts = callups.call_sheets(asked, "site" if by == "site" else "liaison", plain=plain)
            sheets = {name: labelled(asked, part) for name, part in parts}
            heading = f"{directory.campaign(asked).label} {_('Call sheet')} {figures.full_day(asked.day)}"
            notes = [_("Personal data: hand it over only to whoever calls these people, and destroy it afterwards.")]
            return callsheets.workbook(
                sheets or {_("Call sheet"): pd.DataFrame()}, heading, () if plain is None else notes
            )

    return made
