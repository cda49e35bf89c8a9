"""What the community sent and has to settle: the reporting calendar, open matters, the latest sheets."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from charts import heat, theme
from config.language import N_, _
from data_access import sheets
from data_access.accounts import AccountError
from data_access.reports import actions, history, profile
from data_access.reports.view import View
from data_access.submissions import SubmissionError
from pages.parts import cache, empty, figures, filters, style, tables, written
from pages.parts.frame import session

STATUS = {
    "new": N_("To assign"),
    "fixing": N_("Being fixed"),
    "recheck": N_("To re-check"),
    "relapsed": N_("Relapsed"),
}
_NEEDED = ("status", "overdue_days", "original_due", "due", "about", "issue")  # to say what is still open
CALENDAR_STATES = {"supplied": "back_filed"}


def calendar(view: View) -> None:
    """Which sheets came when."""
    frame = cache.cached(profile.calendar)(view)
    st.markdown(f"**{_('Reporting calendar')}** :small[{_('three daily sheets')}]")
    rows = frame.assign(
        sheet=[sheets.kind(kind).label for kind in frame["kind"]],
        label=[f"{day.month}/{day.day}" for day in frame["day"]],
        state=frame["state"].replace(CALENDAR_STATES),
    )
    st.altair_chart(heat.calendar(rows, dark=style.dark()), theme=None, key="profile_calendar")
    met = [theme.STATES[state] for state in dict.fromkeys(rows["state"].dropna())]
    st.caption("\u2003".join(f"{state.sign} {state.label}" for state in met))


def matters(view: View) -> None:
    """What is not closed yet."""
    count, listed = cache.private(still_open)(view, dark=style.dark())
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{_('Open items')}** :small[{_('{n} items', n=count)}]", width="content")
        st.space("stretch")
        filters.link("actions", _("Action items"), view)
    if count:
        st.html(listed)
    else:
        st.caption(_("Nothing is open."))


def still_open(view: View, *, dark: bool) -> tuple[int, str]:
    """How many matters are not closed yet, and those that press most as a table in the theme in force."""
    told = cache.private(actions.matters)(replace(view, area=None, community=None))
    frame = told.loc[(told["status"] != "closed") & (told["community"] == view.community), list(_NEEDED)]
    rows = []
    for row in frame.head(5).to_dict("records"):
        late = not pd.isna(row["overdue_days"]) and row["overdue_days"] > 0
        days = (
            tables.state("overdue", _("overdue {n} days", n=row["overdue_days"]))
            if late
            else tables.pill(_(STATUS[row["status"]]))
        )
        due = row["original_due"] if late and not pd.isna(row["original_due"]) else row["due"]
        about = row["about"] if pd.isna(row["issue"]) else row["issue"]
        rows.append((days, about, figures.short_day(None if pd.isna(due) else due)))
    return len(frame), tables.html((_("State"), _("Matter"), _("Due")), rows)


def sent(view: View) -> None:
    """The latest sheets; one picked shows what it held."""
    st.markdown(f"**{_('Latest sheets')}** :small[{_('pick one to see what it held')}]")
    frame = cache.cached(sheets_sent)(view)
    if frame.empty:
        st.caption(_("Nothing was sent yet."))
        return
    heads = {"time": _("Received"), "sheet": _("Sheet"), "covers": _("For"), "content": _("Content")}
    picked = tables.pick(frame, "submission", key="profile_sent", columns=heads, most=5)
    if picked is not None:
        _show(int(picked))


def sheets_sent(view: View) -> pd.DataFrame:
    """The rows of ``profile.sent`` in words: time, sheet, covers, content; written out."""
    frame = profile.sent(view)
    states = {"in_force": "", "superseded": _("superseded"), "withdrawn": _("withdrawn")}
    worded = frame.assign(
        time=[figures.instant(moment) for moment in frame["received"]],
        sheet=[
            f"{sheets.kind(kind).label} v{revision}"
            for kind, revision in zip(frame["kind"], frame["revision"], strict=True)
        ],
        covers=[
            figures.short_day(day) if day is not None and not pd.isna(day) else str(period or "")
            for day, period in zip(frame["business_date"], frame["period"], strict=True)
        ],
        content=[
            " ".join(part for part in (_("{n} rows", n=rows), states[state]) if part)
            for rows, state in zip(frame["rows"], frame["state"], strict=True)
        ],
    )
    return written.written(tables.integers(worded))


@st.dialog(_("What the sheet held"), width="large")
def _show(submission: int) -> None:
    """The rows of a submission as they may be shown, personal values masked."""
    try:
        frame = history.detail(session.renew(), submission)
    except (AccountError, SubmissionError) as problem:
        empty.refused(str(problem))
        return
    st.dataframe(frame, hide_index=True)
