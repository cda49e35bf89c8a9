"""The little CSS of the board: backdrop, white keyed cards, side padding, tabular figures. Once per run."""

from __future__ import annotations

from functools import lru_cache

import streamlit as st

from charts import theme
from config import language
from config.language import _
from pages.parts import recording

_CSS = """
.stApp {{ background: {page}; }}
[data-testid="stHeader"] {{ background: {surface}; border-bottom: 1px solid {line}; padding: 0 170px 0 16px; }}
[data-testid="stMainBlockContainer"] {{ padding: 68px 32px 24px; }}
.stApp, .stApp table, .stApp input {{ font-variant-numeric: tabular-nums; }}
[class*="st-key-card"] {{ background: {surface}; border-radius: 8px; }}
[class*="st-key-card"] h3, [class*="st-key-card"] h4 {{ padding: 0 0 16px; }}
[class*="st-key-card"] [data-testid="stHorizontalBlock"] > [data-testid="stElementContainer"] h3 {{ padding: 0; }}
.st-key-cookies, .st-key-style, .st-key-style_page {{ display: none; }}
[data-testid="stVerticalBlock"] > div:has(> .st-key-cookies),
[data-testid="stVerticalBlock"] > div:has(> .st-key-style),
[data-testid="stVerticalBlock"] > div:has(> .st-key-style_page) {{ display: none; }}
[data-testid="stTextInputRootElement"], [data-testid="stTextInputRootElement"] input {{ background: {surface}; }}
[data-testid="stDateInputField"], [data-testid="stTimeInputTimeDisplay"], [data-testid="stMultiSelect"] [role="group"],
[data-testid="stTextAreaRootElement"], [data-testid="stTextAreaRootElement"] textarea {{ background: {surface}; }}
[data-testid="stTextInputRootElement"] {{ border-color: {rule}; }}
.st-key-account {{ position: fixed; top: 10px; right: 32px; z-index: 999991; width: auto; }}
.st-key-header {{ min-height: 44px; }}
.st-key-header h1 {{ padding: 0; }}
.st-key-header [data-testid="stMarkdown"] p {{ font-size: 15px; }}
.st-key-looking_back {{ background: {act_tint}; border-color: {act_solid}; padding: 4px 16px; }}
.st-key-header button, .st-key-header input, .stSelectbox [role="group"], [data-testid="stNumberInputContainer"],
[data-testid="stNumberInputContainer"] input {{ background: {surface}; }}
[data-testid^="stBaseButton-primary"] {{ color: {surface}; }}
.st-key-header [data-testid="stButtonGroup"] button {{ padding: 0 12px; }}
[data-testid="stTopNavLink"][aria-current="page"] span {{ color: {pri}; font-weight: 700; }}
[data-testid="stMetricDelta"] {{ background: none; padding: 0; color: {ink2}; font-size: 14px; max-width: 100%; }}
[data-testid="stMetricDelta"], [data-testid="stMetricDelta"] * {{ white-space: normal !important; width: 100%; }}
[data-testid="stMetricValue"] span[style*="font-size"] {{ font-weight: 400; color: {ink2}; }}
.board-brand {{ display: flex; align-items: center; gap: 12px; color: {ink}; font-weight: 700; }}
.board-mark {{ display: inline-flex; align-items: flex-end; justify-content: center; gap: 12%; background: {pri};
  border-radius: 18%; padding: 22% 0; box-sizing: border-box; flex-shrink: 0; }}
.board-mark i {{ background: {surface}; width: 14%; border-radius: 1px; }}
.board-table {{ width: 100%; border-collapse: collapse; font-size: 16px; }}
.board-table th {{ text-align: left; font-weight: 400; font-size: 14px; color: {ink2}; padding: 4px 8px;
  border-bottom: 1px solid {rule}; }}
.board-table td {{ padding: 4px 8px; height: 32px; border-bottom: 1px solid {line}; }}
.board-table td:first-child {{ min-width: 3.2em; }}
.board-table .n {{ text-align: right; }}
.board-table .n + td:not(.n), .board-table .n + th:not(.n) {{ padding-left: 20px; }}
[data-testid="stCode"] pre, [data-testid="stCode"] code, [data-testid="stCode"] code span {{
  font-family: inherit !important; }}
[data-testid="stCheckbox"] [data-testid="stWidgetLabel"] :is(div, p) {{ white-space: normal; }}
.board-table tr.total td {{ border-top: 2px solid {rule}; font-weight: 700; }}
@media (max-width: 1500px) {{
  .st-key-header {{ gap: 12px; }}
  .st-key-header [data-testid="stMarkdown"] p {{ font-size: 14px; }}
  [class*="st-key-stack"] > [data-testid="stLayoutWrapper"] > [data-testid="stHorizontalBlock"],
  [class*="st-key-pairs"] > [data-testid="stLayoutWrapper"] > [data-testid="stHorizontalBlock"] {{ flex-wrap: wrap; }}
  [class*="st-key-stack"] > [data-testid="stLayoutWrapper"] > [data-testid="stHorizontalBlock"]
    > [data-testid="stColumn"] {{ min-width: 100%; }}
  [class*="st-key-pairs"] > [data-testid="stLayoutWrapper"] > [data-testid="stHorizontalBlock"]
    > [data-testid="stColumn"] {{ min-width: calc(50% - 16px); }}
  [class*="st-key-stack"] [data-testid="stColumn"]:last-child > [data-testid="stVerticalBlock"]:has(
    > [data-testid="stLayoutWrapper"] > [class*="st-key-card"]) {{ flex-direction: row; }}
  [class*="st-key-stack"] [data-testid="stColumn"]:last-child > [data-testid="stVerticalBlock"]
    > [data-testid="stLayoutWrapper"]:has(> [class*="st-key-card"]) {{ flex: 1 1 0; }}
}}
"""

# English names are longer: on a narrow screen they stand in the navigation without their icons.
_LONG_NAMES = """
@media (max-width: 1500px) {{
  [data-testid="stTopNavLink"] {{ padding: 0 6px; }}
  .st-key-header [data-testid="stButtonGroup"] button {{ padding: 0 8px; }}
  [data-testid="stTopNavLink"]:not([aria-current="page"]) span:has(> span > [data-testid="stIconMaterial"]) {{
    display: none; }}
}}
"""


def dark() -> bool:
    """Whether the viewer sees the dark theme: theirs by choice or by their system. Charts are told so."""
    return st.context.theme.type == "dark"


def palette() -> theme.Palette:
    """The colours of the theme in force."""
    return theme.palette(dark())


def apply() -> None:
    """The style sheet of the board; called by the front door."""
    recording.once(("style", language.current(), dark()), _apply)


def _apply() -> None:
    with st.container(key="style"):
        st.html(_sheet(_CSS if language.current() == "zh_CN" else _CSS + _LONG_NAMES))


def extra(css: str) -> None:
    """Rules of one page only, with the palette in force by role: ``{surface}``, ``{pri}``; braces are doubled."""
    recording.once(("style_page", css, dark()), lambda: _extra(css))


def _extra(css: str) -> None:
    with st.container(key="style_page"):
        st.html(_sheet(css))


def _sheet(css: str) -> str:
    return f"<style>{css.format(**vars(palette()))}</style>"


def icon() -> str:
    """The mark as a picture for the browser's tab. A named icon would be fetched from a foreign server."""
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 25 25">{_bars(0, theme.LIGHT)}</svg>'


def logo() -> None:
    """Mark and name of the board at the left of the navigation."""
    st.logo(_wordmark(_("Street briefing board"), palette()), size="large")


@lru_cache
def _wordmark(name: str, colours: theme.Palette) -> str:
    width = 44 + sum(19 if ord(letter) > 0x2E80 else 10.5 for letter in name)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="32" viewBox="0 0 {width} 32">'
        f"{_bars(4, colours)}"
        f'<text x="38" y="23" font-size="19" font-weight="700" fill="{colours.ink}" '
        f"font-family='{theme.FONT}'>{name}</text></svg>"
    )


def _bars(top: int, colours: theme.Palette) -> str:
    bars = ((5, 9, 6), (10, 5, 10), (15, 2, 13))
    drawn = "".join(
        f'<rect x="{x + 1}" y="{top + 3 + y}" width="3" height="{height}" fill="{colours.surface}"/>'
        for x, y, height in bars
    )
    return f'<rect x="0" y="{top}" width="25" height="25" rx="5" fill="{colours.pri}"/>{drawn}'


def brand(size: int, text: int) -> None:
    """Mark and name of the board on the pages before the login; ``size`` and ``text`` in pixels."""
    name = _("Street briefing board")
    bars = "".join(f'<i style="height:{share}%"></i>' for share in (45, 70, 100))
    st.html(
        f'<div class="board-brand" style="font-size:{text}px">'
        f'<span class="board-mark" style="width:{size}px;height:{size}px;padding:{size // 5}px 0">{bars}</span>'
        f"<span>{name}</span></div>"
    )
