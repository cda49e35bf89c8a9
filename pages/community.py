"""Community 社区: everything about one community."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from config.language import N_, _, pick
from data_access.accounts import Capability
from data_access.metrics import half_up
from data_access.reports import directory, dispatch, profile, standing
from data_access.reports.view import View
from pages.parts import cache, empty, figures, filters, guard, tables
from pages.parts.community import month, papers, printed, streams, vaccination
from pages.parts.dispatch import settle


def head(view: View) -> None:
    """Area, people, liaison (masked) beside the title."""
    card = (cache.private if view.actor.may(Capability.READ_PEOPLE) else cache.cached)(profile.card)(view)
    if card is None:
        return
    parts = [card.area] if card.area else []
    if card.households is not None:
        parts.append(_("{n} households", n=figures.count(card.households)))
    if card.population is not None:
        parts.append(_("{n} people", n=figures.count(card.population)))
    if card.lead:
        parts.append(_("lead cadre {name}", name=card.lead))
    if card.liaison:
        parts.append(_("liaison {name} {phone}", name=card.liaison, phone=card.phone))
    past = cache.cached(directory.lineage)(view)
    if past.joined:
        parts.append(_("took in {names}", names=_dated(past.joined)))
    if past.former:
        parts.append(_("was called {names}", names=_dated(past.former)))
    if past.ended:
        gone = _("merged into {name} on {day}", name=past.into, day=past.ended)
        parts.append(gone if past.into else _("ended on {day}", day=past.ended))
    st.caption(" · ".join(tables.plain(part) for part in parts))


def _dated(names: tuple[tuple[str, date], ...]) -> str:
    return _(", ").join(f"{name} ({day})" for name, day in names)


def draw_tiles(view: View) -> None:
    """The six key numbers."""
    found = profile.tiles(view, cache.cached)
    campaign = cache.cached(directory.campaign)(view)
    rate = figures.percent(found.get("coverage_n"), found.get("coverage_d"), 2)
    done = figures.percent(found.get("completion_n"), found.get("completion_d"))
    timely = figures.percent(found.get("on_time_n"), found.get("on_time_d"))
    behind = found.get("differences", 0)
    figures.tiles(
        [
            figures.Tile(_("Coverage"), rate, note=rank_note(found), help=standing.definition(campaign)),
            figures.Tile(
                _("Roster completion"),
                done,
                note=completion_note(found),
                help=pick(*dispatch.DEFINITIONS["completion"]),
            ),
            figures.Tile(
                _("To the target of {n}%", n=f"{found['target']:g}"),
                figures.count(found["left"] if pd.isna(found["left"]) else max(found["left"], 0)),
                N_("people"),
                pace_note(found),
                help=_("Target × base, rounded up, less people vaccinated; pace of the last seven days"),
            ),
            figures.Tile(
                _("On-time rate"),
                timely,
                note=_(
                    "{fraction} sheets since {day}",
                    fraction=figures.fraction(found.get("on_time_n"), found.get("on_time_d")),
                    day=figures.short_day(found["since"]),
                ),
                help=_("Daily sheets received in time ÷ sheets due"),
            ),
            figures.Tile(
                _("Open differences"),
                figures.count(behind),
                N_("found"),
                _("largest: {what} {n}", what=found["largest"], n=figures.signed(found["amount"])) if behind else "",
                "act" if behind else "",
                help=_("Identities between morning, roster and evening that do not hold and are not explained"),
            ),
            figures.Tile(
                _("Open action items"),
                figures.count(found["open"]),
                N_("items"),
                _("overdue {n}, due within 3 days {m}", n=found["overdue"], m=found["soon"]),
                "red" if found["overdue"] else "",
                help=_("Matters found by this day and not closed"),
            ),
        ],
        key="profile",
    )


def rank_note(found: pd.Series) -> str:
    """Counts and rank, or why there is none."""
    if found.get("coverage_state") == "unreported":
        if pd.isna(found.get("last_n")):
            return _("⊘ not reported")
        last = figures.rate_text(found["last_n"], found["last_d"])
        return _("⊘ not reported; {day}: {rate}", day=figures.short_day(found["last_day"]), rate=last)
    fraction = figures.fraction(found.get("coverage_n"), found.get("coverage_d"))
    if pd.isna(found.get("rank")):
        return _("{fraction}, not ranked", fraction=fraction)
    places = 0 if pd.isna(found["places"]) else int(found["places"])
    moved = f" ▲{places}" if places > 0 else f" ▼{-places}" if places < 0 else ""
    return _("{fraction} · rank {n}/{m}", fraction=fraction, n=found["rank"], m=found["field"]) + moved


def completion_note(found: pd.Series) -> str:
    """The day's counts and those of the last day before it."""
    today = figures.fraction(found.get("completion_n"), found.get("completion_d"))
    if found.get("before_day") is None:
        return today
    before = figures.fraction(found["before_n"], found["before_d"])
    return _("{today}; {day}: {before}", today=today, day=figures.short_day(found["before_day"]), before=before)


def pace_note(found: pd.Series) -> str:
    """Pace and the day on which the target would be reached."""
    if found["forecast"] == "reached":
        return _("reached")
    if found["forecast"] != "days":
        return _("cannot be predicted") if found["forecast"] == "unpredictable" else figures.MISSING
    pace = half_up(Fraction(int(found["pace_n"]), int(found["pace_d"])), 1)
    return _("{n} a day, about {day}", n=pace, day=figures.short_day(found["finish"]))


def card(name: str, column: DeltaGenerator, *sections: Callable[[View], None]) -> None:
    """One card in its column, as high as its neighbours."""
    with column, st.container(border=True, height="stretch", key=f"card_profile_{name}"):
        for section in sections:
            section(view)


actor = guard.enter("community")
view = filters.bar(actor, "community", areas=False, community=True)
empty.need_register(view)

printed.heading(view)
head(view)
cache.drawn(draw_tiles)(view)
if view.community is not None:
    settle.listing(view, view.community)
with st.container(key="pairs_community"):
    top = st.columns([4, 3, 3], gap="small")
    middle = st.columns([4, 3.6, 2.4], gap="small")
    below = st.columns([3.7, 3.4, 2.9], gap="small")
card("trend", top[0], cache.drawn(vaccination.trend))
card("week", top[1], cache.drawn(vaccination.week))
card("base", top[2], cache.drawn(vaccination.base))
card("streams", middle[0], cache.drawn(streams.pace))
card("calendar", middle[1], cache.drawn(papers.calendar), cache.drawn(vaccination.causes))
card("open", middle[2], papers.matters, cache.drawn(month.ahead))
card("month", below[0], cache.drawn(month.duties))
card("plan", below[1], month.plan)
card("sent", below[2], printed.sent)
