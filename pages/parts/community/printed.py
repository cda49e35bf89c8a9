"""The community page on paper: two sheets of A4, without the board's controls, charts whole."""

from __future__ import annotations

import streamlit as st

from config.language import _
from data_access.reports import directory
from data_access.reports.view import View
from pages.parts import cache, figures, filters, style, tables
from pages.parts.community import papers

_CSS = """
.st-key-paper_head, .st-key-paper_sent {{ display: none; }}
@media screen and (max-width: 1500px) {{
  .st-key-pairs_community [data-testid="stColumn"]:has(.st-key-card_profile_streams) {{ min-width: 100% !important; }}
}}
@media print {{
  @page {{ size: A4 portrait; margin: 10mm; }}
  .stApp {{ background: {surface}; -webkit-print-color-adjust: exact; print-color-adjust: exact; }}
  .stApp, [data-testid="stAppViewContainer"], [data-testid="stMain"], [data-testid="stMainBlockContainer"] {{
    position: static !important; display: block !important; height: auto !important; overflow: visible !important; }}
  [data-testid="stMainBlockContainer"] {{ padding: 0 !important; max-width: none; width: 1190px; zoom: 0.6; }}
  [data-testid="stHeader"], [data-testid="stToolbar"], .st-key-header, .st-key-account, .st-key-sent,
  [data-testid="stPageLink"], [data-testid="stTooltipIcon"], [data-testid="stElementToolbar"],
  [data-testid="stDecoration"], [data-testid="stStatusWidget"] {{ display: none !important; }}
  .st-key-paper_head, .st-key-paper_sent {{ display: flex; }}
  [class*="st-key-card"] {{ break-inside: avoid; padding: 10px 12px; }}
  .st-key-pairs_community {{ display: grid !important; grid-template-columns: 1fr 1fr; gap: 10px; }}
  .st-key-pairs_community > [data-testid="stLayoutWrapper"],
  .st-key-pairs_community > [data-testid="stLayoutWrapper"] > [data-testid="stHorizontalBlock"] {{
    display: contents !important; }}
  .st-key-pairs_community [data-testid="stColumn"] {{
    width: auto !important; min-width: 0 !important; break-inside: avoid; order: 2; }}
  [data-testid="stColumn"]:has(.st-key-card_profile_trend, .st-key-card_profile_base) {{ order: 0 !important; }}
  [data-testid="stColumn"]:has(.st-key-card_profile_week, .st-key-card_profile_calendar) {{ order: 1 !important; }}
  [data-testid="stColumn"]:has(.st-key-card_profile_plan) {{ order: 1 !important; grid-column: 1 / -1; }}
  [data-testid="stColumn"]:has(.st-key-card_profile_streams) {{ grid-column: 1 / -1; break-before: page; }}
  [data-testid="stColumn"]:has(.st-key-card_profile_open) {{ grid-row: span 2; }}
  .board-table {{ font-size: 14px; }}
  .board-table td {{ height: 24px; padding: 2px 6px; }}
  [data-testid="stMetricValue"], [data-testid="stMetricValue"] p {{ font-size: 30px !important; }}
  [class*="st-key-card"] canvas, [class*="st-key-card"] svg.marks {{
    max-width: 100% !important; height: auto !important; }}
  [data-testid="stVegaLiteChart"], [data-testid="stVegaLiteChart"] > div {{
    width: 100% !important; height: auto !important; min-height: 0 !important; overflow: visible; }}
}}
"""


def heading(view: View) -> None:
    """The rules for paper, and the line that stands there in place of the filters."""
    style.extra(_CSS)
    with st.container(key="paper_head"):
        now = filters.status_of(view)
        parts = [
            figures.full_day(view.day),
            cache.cached(directory.campaign)(view).label,
            _("Data as of **{time}**", time=figures.instant(now.changed_at)),
            _("Version {n}", n=figures.count(now.data_version)),
        ]
        st.markdown(f"## {tables.plain(view.community or '')}\n" + "\u2003".join(parts))


def sent(view: View) -> None:
    """The latest sheets: on the screen to be picked, on paper as a plain table."""
    with st.container(key="sent"):
        papers.sent(view)
    with st.container(key="paper_sent"):
        _sent(view)


@cache.drawn
def _sent(view: View) -> None:
    rows = cache.cached(papers.sheets_sent)(view)
    st.markdown(f"**{_('Latest sheets')}**")
    tables.draw(
        [_("Received"), _("Sheet"), _("For"), _("Content")],
        [[row["time"], row["sheet"], row["covers"], row["content"]] for row in rows.to_dict("records")],
    )
