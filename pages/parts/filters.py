"""The header of every page: title, filters that live in the address, and what the data is worth.

The address is the truth: a link reopens the same view. What was chosen on one page is remembered for the next.
Only dates, campaign codes, areas and community names stand in it, never anything about a person.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import streamlit as st

from config import clock
from config.language import N_, _
from data_access import accounts
from data_access.accounts import Actor, Role
from data_access.office import districts
from data_access.reports import directory
from data_access.reports.status import Status, status
from data_access.reports.view import View
from pages.parts import cache, figures, tables
from pages.parts.frame import shell

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

_NAMES = ("street", "day", "campaign", "area", "community", "as_of")
_KINDS = {"morning": N_("Morning consultation"), "evening": N_("Evening dispatch")}
_ALL = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A page's own switch in the bar: its name in the address and its options (value → label), the first by default."""

    name: str
    options: Mapping[str, str]

    @property
    def value(self) -> str:
        """What is chosen now."""
        asked = _asked(self.name)
        return asked if asked in self.options else next(iter(self.options))


def view(actor: Actor, sheets: tuple[str, ...] = ("morning", "evening")) -> View:
    """The question that the address asks, without drawing anything (for the shared screen).

    Where no day is asked for it is the latest with one of these daily ``sheets``.
    """
    codes = [campaign.code for campaign in cache.cached(directory.campaigns)(actor)]
    asked = _asked("campaign")
    campaign = asked if asked in codes else (codes[0] if codes else "")
    day = _date(_asked("day")) or cache.cached(directory.latest_day)(actor, campaign or None, sheets)
    then, community = _moment(_asked("as_of")), _asked("community")
    if community:  # a link may name it as it was called before or since
        community = cache.cached(directory.name_on)(actor, community, day, then)
    return View(actor, day, campaign, then, _asked("area") or None, community or None)


def bar(
    actor: Actor,
    page: str,
    *,
    areas: bool = True,
    community: bool = False,
    extra: Sequence[Choice] = (),
    sheets: tuple[str, ...] = ("morning", "evening"),
    own: Sequence[str] = (),
) -> View:
    """Draw the header row and return the view it asks for; the address then names that view.

    ``areas`` offers the areas of the street, ``community`` a choice of one community (a clerk's own, or the first),
    ``extra`` the page's own switches, read afterwards through ``Choice.value``; ``sheets`` as in ``view``. Of the
    bar's names in the address the page keeps ``own`` itself.
    """
    asked = view(actor, sheets)
    street = replace(asked, area=None, community=None)
    chosen = street
    crumbs = None
    if actor.visiting is not None:
        crumbs = st.container(horizontal=True, vertical_alignment="center", gap="small", key="crumbs")
    with st.container(horizontal=True, vertical_alignment="center", key="header"):
        st.title(shell.PLACES[page].label, anchor=False, width="content")
        _day(chosen.day, chosen.as_of)
        _campaign(chosen.campaign, {one.code: one.label for one in cache.cached(directory.campaigns)(actor)})
        if areas:
            chosen = replace(chosen, area=_area(street, asked.area))
        if community:
            chosen = replace(chosen, community=_community(street, asked.community))
        for choice in extra:
            _switch(choice)
        st.space("stretch")
        _status_line(replace(chosen, community=None))
    if crumbs is not None:
        with crumbs:
            _crumbs(chosen)
    _keep(query(chosen), own)
    if chosen.as_of is not None:
        _looking_back(chosen.as_of)
    return chosen


def moment() -> datetime | None:
    """The moment the board is looked at as of; None: now."""
    return _moment(_asked("as_of"))


def over(
    page: str,
    campaigns: Mapping[str, str],
    latest: Callable[[str], date],
    worth: Callable[[datetime | None], Sequence[str]],
) -> tuple[date, str, datetime | None]:
    """Draw the header of a page above the streets: the day, campaign (of code → label) and moment that it asks for.

    ``latest`` is the day of a campaign where none is asked for, ``worth`` says what the data of a moment is worth.
    """
    asked = _asked("campaign")
    campaign = asked if asked in campaigns else next(iter(campaigns), "")
    day, then = _date(_asked("day")) or latest(campaign), moment()
    with st.container(horizontal=True, vertical_alignment="center", key="header"):
        st.title(shell.PLACES[page].label, anchor=False, width="content")
        _day(day, then)
        _campaign(campaign, campaigns)
        st.space("stretch")
        st.markdown("\u2002 ".join(worth(then)), width="content")
    kept = {"day": day.isoformat(), "campaign": campaign, "as_of": _minute(then)}
    _keep({name: value for name, value in kept.items() if value}, ())
    if then is not None:
        _looking_back(then)
    return day, campaign, then


def street() -> str:
    """The street that an account of a district looks at; "" for none."""
    return _asked("street")


def acting(actor: Actor, *, at_home: bool = False) -> Actor:
    """The account as it acts in this run: where the address asks for an earlier moment, it looks back at it.

    One of a district acts in the street that the address names, unless the page stands above the streets (``at_home``);
    OtherStreetError where that is none of its own.
    """
    if actor.role == Role.DISTRICT and not at_home and street():
        actor = districts.visit(actor, street())
    then = moment()
    return actor if then is None else accounts.look_back(actor, then)


def _looking_back(then: datetime) -> None:
    """The banner over a page that shows the board as it stood earlier, and the way back."""
    words = _("The board as it stood at {time}. Nothing can be changed while looking back.", time=figures.instant(then))
    with st.container(horizontal=True, vertical_alignment="center", border=True, key="looking_back"):
        st.markdown(f":orange[:material/history: **{words}**]", width="stretch")
        st.button(
            _("Back to now"), icon=":material/update:", key="looking_back_end", on_click=_set, args=("as_of", None)
        )


def query(asked: View, **more: str) -> dict[str, str]:
    """The parameters of a link to the same view, with ``more`` of the target page's own."""
    values = {
        "street": asked.actor.visiting,
        "day": asked.day.isoformat(),
        "campaign": asked.campaign,
        "area": asked.area,
        "community": asked.community,
        "as_of": _minute(asked.as_of),
    }
    return {name: value for name, value in {**values, **more}.items() if value}


def _minute(moment: datetime | None) -> str | None:
    return f"{clock.local(moment):%Y-%m-%dT%H:%M}" if moment else None


def _crumbs(asked: View) -> None:
    """Where an account of a district is: district › street › community, each a way back there."""
    street = query(replace(asked, area=None, community=None))
    district, briefing = shell.PLACES["district"], shell.PLACES["briefing"]
    home = {name: value for name, value in street.items() if name != "street"}
    st.page_link(district.script, label=tables.plain(asked.actor.district), icon=district.icon, query_params=home)
    st.markdown(":gray[›]", width="content")
    icon = ":material/apartment:"
    st.page_link(briefing.script, label=tables.plain(asked.actor.visiting), icon=icon, query_params=street)
    if asked.community:
        st.markdown(f":gray[›]\u2002 **{tables.plain(asked.community)}**", width="content")


def go(page: str, asked: View, **more: str) -> None:
    """Open another page on the same view."""
    st.switch_page(shell.PLACES[page].script, query_params=query(asked, **more))


def link(page: str, label: str, asked: View, **more: str) -> None:
    """A link to another page on the same view."""
    place = shell.PLACES[page]
    st.page_link(place.script, label=label, icon=place.icon, query_params=query(asked, **more))


def status_of(asked: View) -> Status:
    """The status of the view, cached by data version."""
    told = cache.cached(status)(asked)
    version, changed = cache.as_of(told.data_version, told.changed_at)
    return replace(told, data_version=version, changed_at=changed)


def _memory() -> dict[str, str]:
    remembered: dict[str, str] = st.session_state.setdefault("filters", {})
    return remembered


def _asked(name: str) -> str:
    """From the address; where it does not name a view at all, what was chosen before."""
    if name in st.query_params:
        return str(st.query_params[name])
    return "" if "day" in st.query_params else _memory().get(name, "")


def _keep(values: Mapping[str, str], own: Sequence[str]) -> None:
    """The address names the view: in one go, since each change of it is a step of the browser's history."""
    _memory().update(values)
    before: dict[str, Any] = st.query_params.to_dict()
    after = {name: value for name, value in before.items() if name not in _NAMES or name in own or name in values}
    after |= values
    if after != before:
        st.query_params.from_dict(after)


def _set(name: str, value: str | None) -> None:
    """A widget has chosen: the address and the memory follow."""
    if value:
        st.query_params[name] = _memory()[name] = value
    else:
        _memory().pop(name, None)
        st.query_params.pop(name, None)


def _widget(name: str, value: Any, write: Callable[[Any], str | None] = lambda chosen: chosen) -> dict[str, Any]:
    """Key and callback of a filter widget that shows ``value``."""
    key = f"filter_{name}"
    st.session_state[key] = value

    def changed() -> None:
        _set(name, write(st.session_state[key]))

    return {"key": key, "on_change": changed}


def _day(day: date, then: datetime | None) -> None:
    with st.popover(figures.day(day), icon=":material/calendar_today:"):
        st.date_input(_("Date"), format="YYYY-MM-DD", **_widget("day", day, lambda d: d.isoformat() if d else None))
        with st.container(horizontal=True):
            for label, target in (
                (_("Day before"), day - timedelta(days=1)),
                (_("Today"), clock.today()),
                (_("Day after"), day + timedelta(days=1)),
            ):
                st.button(label, key=f"filter_day_{label}", on_click=_set, args=("day", target.isoformat()))
        st.datetime_input(
            _("As it stood at (empty: now)"),
            help=_("Shows the board as it was known at that moment; later reports and corrections are left out."),
            **_widget(
                "as_of",
                clock.local(then).replace(tzinfo=None) if then else None,
                lambda moment: f"{moment:%Y-%m-%dT%H:%M}" if moment else None,
            ),
        )


def _campaign(chosen: str, labels: Mapping[str, str]) -> None:
    st.selectbox(
        _("Campaign"),
        list(labels),
        format_func=lambda code: labels.get(code, code),
        label_visibility="collapsed",
        width=190,
        **_widget("campaign", chosen),
    )


def _area(street: View, wanted: str | None) -> str | None:
    names = cache.cached(directory.areas)(street)
    if len(names) < 2:
        return None
    chosen = wanted if wanted in names else _ALL
    st.segmented_control(
        _("Area"),
        [_ALL, *names],
        format_func=lambda name: name or _("All"),
        label_visibility="collapsed",
        required=True,
        **_widget("area", chosen),
    )
    return chosen or None


def _community(street: View, wanted: str | None) -> str | None:
    names = cache.cached(directory.communities)(street)["name"].tolist()
    if not names:
        return None
    own = street.actor.community
    chosen = wanted if wanted in names else (own if own in names else names[0])
    st.selectbox(_("Community"), names, label_visibility="collapsed", width=160, **_widget("community", chosen))
    return str(chosen)


def _switch(choice: Choice) -> None:
    if choice.value != next(iter(choice.options)) and choice.name not in st.query_params:
        st.query_params[choice.name] = choice.value  # remembered from before: a link has to say it
    st.segmented_control(
        choice.name,
        list(choice.options),
        format_func=lambda value: choice.options[value],
        label_visibility="collapsed",
        required=True,
        **_widget(choice.name, choice.value),
    )


_shown: ContextVar[tuple[DeltaGenerator, View] | None] = ContextVar("status_line", default=None)  # of this run


def renew_status() -> None:
    """Draw the status line of this run once more: something has come in since that its reader is to see."""
    shown = _shown.get()
    if shown is not None:
        place, asked = shown
        place.markdown(_status(asked), width="content")


def _status_line(asked: View) -> None:
    words = _status(asked)  # before its place is cleared
    place = st.empty()
    place.markdown(words, width="content")
    _shown.set((place, asked))


def _status(asked: View) -> str:
    now = status_of(asked)
    parts = stamp(now.changed_at, now.data_version, sample=cache.cached(directory.street)(asked.actor).is_sample)
    if now.expected:
        reported = figures.fraction(now.reported, now.expected)
        parts.append(
            ":material/fact_check: " + _("{sheet} **{share}** reported", sheet=_(_KINDS[now.kind]), share=reported)
        )
    parts += [f":red-badge[:material/block: {words}]" for words in _missing(now.unreported)]
    if cache.behind(asked):
        parts.append(":material/sync: " + _("more coming in"))
    if now.empty:
        named = _(", ").join(tables.plain(name) for name in now.empty[:2])
        parts.append(f":orange-badge[:material/draft: {_('{names}: empty sheet', names=named)}]")
    return "\u2002 ".join(parts)


def stamp(changed: datetime | None, version: int, *, sample: bool) -> list[str]:
    """The parts of the status line that every page has: invented or not, as of when, which version."""
    words = _("Sample data")
    mark = [f":blue-badge[:material/science: {words}]"] if sample else []
    time = ":material/schedule: " + _("Data as of **{time}**", time=figures.instant(changed))
    return [*mark, time, _("Version {n}", n=figures.count(version))]


def _missing(names: Sequence[str]) -> list[str]:
    if len(names) <= 2:
        return [_("{community} not reported", community=tables.plain(name)) for name in names]
    return [_("{community} and {n} more not reported", community=tables.plain(names[0]), n=len(names) - 1)]


def _date(text: str) -> date | None:
    """A day of this century; from elsewhere no board has figures, and the calendar's own ends are near."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year < 2100 else None


def _moment(text: str) -> datetime | None:
    try:
        then = datetime.fromisoformat(text)
    except ValueError:
        return None
    return clock.instant(then) if 2000 <= then.year < 2100 else None
