"""审计: what happened and who did it, by day, account, event and subject; and whether the record is whole."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from config import clock
from config.language import _
from data_access import audit
from data_access.accounts import Actor
from data_access.reports import events
from data_access.reports.events import Wanted
from pages.parts import cache, downloads, figures, tables
from pages.parts.frame import session


def show(actor: Actor) -> None:
    """The filters above, the events below, the newest first."""
    _chain(actor)
    wanted = _wanted(actor)
    found, number = events.events(actor, wanted, 1)
    pages = max(1, math.ceil(number / events.PAGE))
    left, right = st.columns([72, 28], gap="medium", vertical_alignment="bottom")
    page = 1
    if pages > 1:
        with right:
            page = int(st.number_input(_("Page of {n}", n=pages), 1, pages, 1, key="audit_page"))
    left.caption(_("{n} events", n=figures.count(number)))
    if number == 0:
        st.caption(_("No events."))
        return
    shown = _shown(found if page == 1 else events.events(actor, wanted, page)[0])
    columns = {"time": 150, "account": 100, "event": 160, "what": 180, "details": 680}
    st.dataframe(
        shown.rename(columns=_headings()),
        hide_index=True,
        row_height=36,
        height=min(len(shown), 16) * 36 + 38,
        column_config={_headings()[name]: st.column_config.TextColumn(width=width) for name, width in columns.items()},
    )
    asker = session.asker()
    downloads.xlsx_button(
        _("Download the events"),
        lambda: {_("Audit"): _shown(_all(asker(), wanted)).rename(columns=_headings())},
        f"{_('Audit')}.xlsx",
        key="audit_xlsx",
    )


def _all(actor: Actor, wanted: Wanted) -> pd.DataFrame:
    """All that are wanted, in the order in which they happened."""
    return events.events(actor, wanted, None)[0].iloc[::-1]


def _chain(actor: Actor) -> None:
    """Whether the record is whole, looked at again each minute."""
    found = cache.cached(events.chain)(actor)
    if found.fault is None:
        st.markdown(f":blue[:material/verified_user:] {tables.plain(found.text)}")
    else:
        advice = _("Keep this database as it is and compare it with the last backup.")
        st.error(f"{tables.plain(found.text)} {advice}", icon=":material/gpp_bad:")


def _wanted(actor: Actor) -> Wanted:
    names, codes = events.present(actor)
    today = clock.today()
    days, account, event, text = st.columns([26, 22, 26, 26], gap="small")
    with days:
        span: Any = st.date_input(
            _("Days"),
            value=(today - timedelta(days=30), today),
            format="YYYY-MM-DD",
            key="audit_days",
        )
    with account:
        who = st.multiselect(_("Account"), names, key="audit_accounts", placeholder=_("all"))
    with event:
        what = st.multiselect(_("Event"), codes, format_func=audit.word, key="audit_events", placeholder=_("all"))
    with text:
        sought = st.text_input(
            _("Search account, event or number"), key="audit_search", icon=":material/search:", max_chars=60
        )
    first, last = _span(span)
    return Wanted(first, last, tuple(who), tuple(what), sought)


def _span(given: Any) -> tuple[date | None, date | None]:
    """Both ends; while only the first day has been picked, that day on."""
    picked = [given] if isinstance(given, date) else list(given or ())
    return (picked[0] if picked else None), (picked[1] if len(picked) > 1 else None)


def _headings() -> dict[str, str]:
    return {
        "time": _("Time"),
        "account": _("Account"),
        "event": _("Event"),
        "what": _("What"),
        "details": _("Details"),
    }


def _shown(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "time": [f"{clock.local(moment):%Y-%m-%d %H:%M:%S}" for moment in frame["at"]],
            "account": frame["username"].fillna(figures.MISSING),
            "event": frame["word"],
            "what": frame["subject"].fillna(figures.MISSING),
            "details": frame["details"],
        }
    )
