"""The frame of the briefing: one screen of six panels, as a working page or with all chrome hidden on the wall.

The panels stand in ``briefing_panels``; here are their ground, their sizes, the head, the sentences and the foot.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import streamlit as st

from charts import theme
from charts.theme import Palette, Sizes
from config import clock
from config.language import N_, _, current, pick
from data_access.reports import briefing, directory
from data_access.reports.spoken import Sentence, text
from data_access.reports.status import Status
from data_access.reports.view import View
from pages.parts import cache, figures, filters, style
from pages.parts.frame import session
from pages.parts.wall import briefing_style, walk

FOLLOW = 3  # seconds between two looks at the data version
WIDTHS = (216, 304, 392, 376, 248, 256)
HEIGHT = 816
INSIDE = HEIGHT - 34  # padding and border
SENTENCE = 1790  # pixels for a spoken sentence beside its label
STAGE = 1.45  # how much larger a section is drawn when it has the screen to itself

# What the keys walk through, as the address names it: first all of it, then the panels in speaking order.
STOPS = {
    "": N_("Whole screen"),
    "missing": N_("Not in yet"),
    "result": N_("Last evening"),
    "callup": N_("Today: site × batch"),
    "coverage": N_("Coverage ranking"),
    "reds": N_("In red"),
    "matters": N_("To settle"),
}


@dataclass(frozen=True, slots=True)
class Look:
    """How the briefing is drawn: on the ``wall`` or as a working page, light or dark, all of it or one ``section``."""

    wall: bool
    dark: bool
    section: str = ""

    @property
    def colours(self) -> Palette:
        """The palette of the theme."""
        return theme.palette(self.dark)

    def inside(self, panel: int) -> int | None:
        """The pixels within a panel (1 to 6) on the wall; a working page fits its panels to the window."""
        return WIDTHS[panel - 1] - 34 if self.wall else None

    @property
    def sizes(self) -> Sizes:
        """The type sizes of the mode."""
        return theme.sizes(self.wall)


def look() -> Look:
    """What the address asks for: ``mode=screen``, and there ``theme=dark`` or ``light``, else the viewer's own."""
    wall = st.query_params.get("mode") == "screen"
    asked = st.query_params.get("theme") if wall else None
    return Look(wall, asked == "dark" if asked else style.dark(), _section() if wall else "")


def _section() -> str:
    asked = str(st.query_params.get("section", ""))
    return asked if asked in STOPS else ""


def view_of(asked: View) -> View:
    """The view on the wall: without a day in the address it follows the calendar and never stays on yesterday."""
    if "day" in st.query_params:
        return asked
    return asked.on(briefing.opening_day(asked.actor, asked.campaign or None))


def version() -> tuple[int, str]:
    """What makes the screen new: the data version, and the minute, because deadlines pass by themselves."""
    return cache.data_version(), f"{clock.local(clock.now()):%Y-%m-%d %H:%M}"


@st.fragment(run_every=FOLLOW)
def follow(shown: Look, drawn: tuple[int, str]) -> None:
    """The remote control; draws the whole screen again as soon as it is no longer what the data or the keys say."""
    session.renew()
    if version() != drawn or look() != shown:
        st.rerun(scope="app")
    names = list(STOPS)
    walk.show([_(words) for words in STOPS.values()], names.index(shown.section), shown.colours, _walk, _leave)


def _walk(stop: int) -> None:
    st.query_params["section"] = list(STOPS)[stop]
    if not stop:
        del st.query_params["section"]


def apply(drawn: Look) -> None:
    """The style sheet of the briefing."""
    colours = {name: value for name, value in vars(drawn.colours).items() if isinstance(value, str)}
    size = drawn.sizes
    wall = drawn.wall
    fixed = {
        "height": f"{HEIGHT}px" if wall else "auto",
        "small": size.small,
        "label": size.label,
        "key": 54 if wall else 36,
        "second": 44 if wall else 30,
        "title": 24 if wall else 18,
        "head": 18 if current() == "en" else 22,
        "columns": " ".join(f"{width}{'px' if wall else 'fr'}" for width in WIDTHS),
        "stage": STAGE,
        "stage_height": round(HEIGHT / STAGE),
    }
    mode = briefing_style.WALL + briefing_style.scales() if wall else briefing_style.WORKING
    with st.container(key="style_page"):
        st.html(f"<style>{(briefing_style.SHEET + mode).format(**colours, **fixed)}</style>")


def head(view: View, now: Status, missing: Sequence[str]) -> None:
    """The line every page carries, as large as a wall needs it."""
    street = cache.cached(directory.street)(view.actor)
    campaign = cache.cached(directory.campaign)(view).label
    where = " · ".join(part for part in (street.name, view.area, campaign) if part)
    share = figures.fraction(now.reported, now.expected)
    told = escape(_(_KINDS[now.kind])) + f" <b>{share}</b> " + escape(_("reported"))
    parts = [
        f"{icon('schedule')} {escape(_('Data as of'))} <b>{figures.instant(now.changed_at)}</b>",
        escape(_("Version {n}", n=figures.count(now.data_version))),
        f"{icon('fact_check')} {told}" if now.expected else "",
        badge(missing_words(missing), "red", "block") if missing else "",
        f"{icon('sync')} {escape(_('more coming in'))}" if cache.behind(view) else "",
    ]
    if view.as_of is not None:
        parts.insert(0, badge(figures.as_of_text(view.as_of), "act", "history"))
    mark = badge(_("Sample data"), "pri", "science") if street.is_sample else ""
    st.html(
        f'<div class="b-head"><div>{_MARK}<b class="b-name">{escape(_("Morning briefing"))}</b>'
        f'<span class="b-where">{escape(where)}</span>{mark}</div><b class="b-date">{figures.day(view.day)}</b>'
        f'<div class="b-status">{"".join(f"<span>{part}</span>" for part in parts if part)}</div></div>'
    )


_KINDS = {"morning": N_("Morning consultation"), "evening": N_("Evening dispatch")}
_MARK = '<span class="b-mark"><i style="height:45%"></i><i style="height:70%"></i><i style="height:100%"></i></span>'


def missing_words(names: Sequence[str]) -> str:
    """Who owes a sheet, in a badge: one or two by name."""
    if len(names) <= 2:
        return _("{community} not reported", community=_(", ").join(names))
    return _("{community} and {n} more not reported", community=names[0], n=len(names) - 1)


def sentences(drawn: Look, yesterday: Sentence, today: Sentence) -> None:
    """The spoken sentences; on the wall as large as the longer of them allows."""
    lines = ((pick("昨日", "Yesterday"), yesterday), (pick("今日", "Today"), today))
    longest = max(theme.extent([text(sentence)], 100) for _label, sentence in lines)
    room = SENTENCE * 112 if current() == "en" else SENTENCE * 100  # Latin letters are narrower than reckoned
    size = min(34, room // max(longest, 1)) if drawn.wall else 20
    alike = max(theme.extent([label], 100) for label, _sentence in lines) / 100
    drawn_lines = "".join(
        f'<div><span class="b-when" style="min-width:calc({alike:.2f}em + 20px)">{escape(label)}</span>'
        f"<span>{_emphasised(sentence)}</span></div>"
        for label, sentence in lines
    )
    st.html(f'<div class="b-said" style="font-size:{max(size, 20)}px">{drawn_lines}</div>')


def _emphasised(sentence: Sentence) -> str:
    tags = {"": "{}", "b": "<b>{}</b>", "act": '<b class="act">{}</b>', "red": '<b class="red">{}</b>'}
    return "".join(tags[part.tone].format(escape(part.text)) for part in sentence)


def foot(drawn: Look, view: View, coverage: str, version_drawn: tuple[int, str], more: Callable[[], None]) -> None:
    """Definitions (``coverage`` is the campaign's own), what unreported means, and the way onto the wall or off it.

    ``more`` draws what the page itself offers beside it.
    """
    words = [
        icon("info") + " " + escape(_("Roster completion = vaccinated on roster ÷ roster")),
        escape(coverage),
        escape(_("Unreported is not 0: not ranked, not added")),
        icon("lock") + " " + escape(_("No personal data on this screen")),
    ]
    with st.container(horizontal=True, vertical_alignment="center", key="foot"):
        st.html(f'<div class="b-foot">{"".join(f"<span>{part}</span>" for part in words if part)}</div>')
        if drawn.wall:
            follow(drawn, version_drawn)
            other = "light" if drawn.dark else "dark"
            label = _("Light") if drawn.dark else _("Dark")
            st.button(label, icon=":material/contrast:", type="tertiary", on_click=_address, kwargs={"theme": other})
            st.button(_("Leave the screen"), icon=":material/close_fullscreen:", type="tertiary", on_click=_leave)
        else:
            st.space("stretch")
            more()
            st.button(_("Show on the wall"), icon=":material/tv:", on_click=_show, args=(view,))


def _address(**values: str) -> None:
    for name, value in values.items():
        st.query_params[name] = value


def _leave() -> None:
    for name in ("mode", "theme", "section"):
        st.query_params.pop(name, None)


def _show(view: View) -> None:
    """Onto the wall: today is left out of the address, so that the screen is on the new day tomorrow."""
    values = filters.query(view)
    if view.as_of is None and view.day == briefing.opening_day(view.actor, view.campaign or None):
        st.query_params.pop("day", None)
        values.pop("day")
    _address(**values, mode="screen")


def chart(drawn: Any, key: str, width: int | None = None) -> None:
    """Draw a chart of ``charts``. Checking it against the schema would take most of the page's time: the tests do.

    ``width`` in pixels is that of the wall, where a scaled place cannot be measured; None: as wide as there is room.
    As vectors, so that it stays sharp at whatever scale the wall has.
    """
    spec = drawn.to_dict(validate=False)
    spec.setdefault("usermeta", {})["embedOptions"] = {"renderer": "svg"}
    if width is not None:
        spec |= {"width": width, "autosize": {"type": "fit", "contains": "padding"}}
    st.vega_lite_chart(spec, theme=None, key=key, width="stretch" if width is None else "content")


def icon(name: str) -> str:
    """A Material symbol in drawn markup."""
    return f'<i class="b-icon">{name}</i>'


def badge(words: str, role: str = "ink2", symbol: str = "", solid: bool = False) -> str:
    """A word on its tint, an icon before it."""
    drawn = icon(symbol) if symbol else ""
    return f'<span class="b-pill {role}{" solid" if solid else ""}">{drawn}{escape(words)}</span>'


def title(number: int, words: str, under: str, help: str = "") -> str:
    """The head of a panel: its number in speaking order, its name, what it speaks of."""
    return (
        f'<div class="b-title" title="{escape(help)}"><span>{number}</span>{escape(words)}</div>'
        f'<div class="b-under">{under}</div>'
    )


def key(
    value: str, unit: str = "", under: Sequence[str] = (), role: str = "", first: bool = True, help: str = ""
) -> str:
    """A key number with its unit (a message, said in the number of ``value``) and the lines that say what it is."""
    lines = "".join(f"<div>{escape(line)}</div>" for line in under if line)
    spoken = _(unit, n=value) if unit else ""
    return (
        f'<div class="b-key {role}{"" if first else " second"}" title="{escape(help)}"><b>{escape(value)}</b>'
        f"<span>{escape(spoken)}</span>{f'<div class=b-what>{lines}</div>' if lines else ''}</div>"
    )


def keys(*drawn: str) -> str:
    """Key numbers side by side."""
    return f'<div class="b-keys">{"".join(drawn)}</div>'
