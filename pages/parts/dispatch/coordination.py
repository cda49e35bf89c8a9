"""需协调: what communities asked help with, one click from the list of matters; and from a matter back to its sheet."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from config.catalogue import UnknownWorkstreamError, workstream
from config.language import _, pick
from data_access import sheets
from data_access.accounts import AccountError, Capability
from data_access.office import matters
from data_access.office.matters import MatterError
from data_access.reports import coordination, directory
from data_access.reports.view import View
from pages.parts import cache, downloads, figures, filters, tables
from pages.parts.workstreams import progress

WIDTHS = (1.1, 0.8, 1.3, 2.2, 3.4, 0.8, 0.9, 1.5)
ROWS, HEIGHT = 5, 300  # so many stand open; more scroll


def panel(view: View) -> str | None:
    """Who waits for help: counts for all, the records for those who may read of people. The number just raised."""
    waiting = cache.cached(coordination.counts)(view)
    if not waiting:
        return None
    title = _("{n} reported as needing coordination, not raised yet", n=sum(waiting.values()))
    if not view.actor.may(Capability.READ_PEOPLE):
        told = _(", ").join(f"{name} {n}" for name, n in waiting.items())
        st.caption(f":material/support_agent: {title}: {told}", help=pick(*coordination.DEFINITIONS["waiting"]))
        return None
    with st.expander(title, icon=":material/support_agent:", expanded=False, key="coordination"):
        return _listing(view)


def _listing(view: View) -> str | None:
    frame = cache.private(coordination.waiting)(view)
    heads = (_("Community"), _("Day"), _("Workstream"), _("Reported in"), _("Problem"), _("Owner"), _("Due"), "")
    for column, head in zip(st.columns(WIDTHS, gap="small"), heads, strict=True):
        column.caption(head)
    raised = None
    with st.container(height=HEIGHT if len(frame) > ROWS else "content", border=False):
        for row in progress.records(frame):
            raised = _line(view, row) or raised
    downloads.xlsx_button(
        _("Download"),
        {_("Needs coordination"): _written(view, frame)},
        f"coordination_{view.day:%Y%m%d}.xlsx",
        definitions={"waiting": pick(*coordination.DEFINITIONS["waiting"])},
        key="coordination_download",
    )
    return raised


def _written(view: View, frame: pd.DataFrame) -> pd.DataFrame:
    """The list without free text and owners, its sheets and campaigns by name."""
    campaigns = {one.code: one.label for one in directory.campaigns(view.actor)}
    kinds = {kind: sheets.kind(kind).label for kind in frame["kind"].unique()}
    kept = frame.drop(columns=["issue", "owner"])
    return kept.assign(kind=frame["kind"].map(kinds), campaign=frame["campaign"].map(campaigns))


def _line(view: View, row: dict[str, Any]) -> str | None:
    number = str(row["number"])
    told = (
        row["community"],
        figures.short_day(row["day"]),
        _stream(row["workstream"]),
        row["about"] if pd.isna(row["period"]) else f"{row['about']} {row['period']}",
        row["issue"],
        row["owner"],
        None if pd.isna(row["due"]) else figures.short_day(row["due"]),
    )
    columns = st.columns(WIDTHS, gap="small", vertical_alignment="center")
    for column, words in zip(columns, told, strict=False):
        column.markdown(figures.MISSING if pd.isna(words) else tables.plain(str(words)))
    if not view.actor.may(Capability.MANAGE_ACTIONS) or view.as_of is not None:
        return None
    if not columns[-1].button(
        _("Raise a matter"), icon=":material/assignment_late:", type="tertiary", key=f"raise_reported_{number}"
    ):
        return None
    try:
        return matters.raise_reported(view.actor, number)
    except (MatterError, AccountError) as refusal:
        st.error(str(refusal), icon=":material/warning:")
        return None


def _stream(slug: str) -> str:
    try:
        return workstream(slug).label
    except UnknownWorkstreamError:  # of a catalogue that the office no longer keeps
        return slug


def origin(view: View, item_no: str) -> None:
    """The way from a matter back to the sheet that asked for help, where it was raised from one."""
    place = coordination.source(view, item_no)
    if place is not None:
        page = place.pop("page")
        filters.link(page, _("The sheet that asked for coordination"), view, **place)
