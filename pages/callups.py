"""Call-ups 接种召集: who is called where and when, today and tomorrow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from charts import bars, heat
from config.language import N_, _, pick
from config.settings import settings
from data_access.accounts import Capability
from data_access.metrics import Rate
from data_access.reports import callups, directory, frames, funnel
from data_access.reports.view import View
from pages.parts import cache, callsheet, downloads, empty, figures, filters, guard, reveal, style, tables
from pages.parts.figures import Tile

HEADINGS = {
    "community": N_("Community"),
    "name": N_("Name"),
    "document": N_("Document"),
    "phone": N_("Telephone"),
    "site": N_("Site"),
    "batch_no": N_("Batch"),
    "batch_time": N_("Gathering time"),
    "dose_no": N_("Dose"),
    "person_group": N_("Group"),
    "reminded": N_("Reminded"),
    "outcome": N_("Outcome"),
    "day": N_("On the roster of"),
    "liaison": N_("Liaison"),
    "liaison_phone": N_("Liaison's telephone"),
    "batch_leader": N_("Batch leader"),
}
STEPS = {
    "called": N_("Called up"),
    "notified": N_("Notified"),
    "arrived": N_("Arrived"),
    "vaccinated": N_("Vaccinated"),
    "observed": N_("Observed"),
}
SHOWN = ("vaccinated", "no_show", "deferred", "contraindicated", "refused")


@cache.drawn
def tiles(view: View) -> None:
    """The day in five numbers."""
    frame, loads = cache.cached(callups.table)(view), cache.cached(callups.loads)(view)
    sent, people = int(frame["people"].notna().sum()), frame["people"].sum()
    room = loads["daily_capacity"].sum() if loads["daily_capacity"].notna().any() else None
    within = loads.dropna(subset=["daily_capacity"])["people"].sum()
    stock, short = _counts(frame, "stock"), _sum(frame, "short") or 0
    reminded = frame.dropna(subset=["reminded_n"])
    again, carried = _sum(frame, "not_called"), _sum(frame, "carry_over")
    figures.tiles(
        [
            Tile(
                _("Called up"),
                figures.count(people) if sent else figures.MISSING,
                N_("people"),
                _("rosters of {n} communities", n=figures.fraction(sent, len(frame))),
                help=_define("people"),
            ),
            Tile(
                _("Capacity of the sites"),
                figures.count(room),
                N_("people"),
                _("load {rate}", rate=figures.rate_text(within, room)) if room is not None else "",
                help=_define("load"),
            ),
            Tile(
                _("Usable vaccine"),
                figures.count(_sum(frame, "stock")),
                N_("doses"),
                _("{n} doses short", n=short) if short else _("morning sheets of {n}", n=f"{len(stock)}/{len(frame)}"),
                "act" if short else "",
                _define("supply"),
            ),
            Tile(
                _("Reminded of papers and mask"),
                figures.percent(reminded["reminded_n"].sum(), reminded["reminded_d"].sum()),
                "",
                figures.fraction(reminded["reminded_n"].sum(), reminded["reminded_d"].sum()),
                help=_define("reminded"),
            ),
            Tile(
                _("Not called again"),
                figures.count(again),
                N_("people"),
                _("{n} carried over", n=figures.count(carried)),
                "act" if again else "",
                _define("not_called"),
            ),
        ]
    )


def _counts(frame: pd.DataFrame, name: str) -> list[int]:
    """The counts that are known, estimates among them as such."""
    return [n for row in frame.to_dict("records") if (n := frames.figure(row, name)) is not None]


def _sum(frame: pd.DataFrame, name: str) -> int | None:
    counts = _counts(frame, name)
    return sum(counts) if counts else None


def _define(name: str) -> str:
    return pick(*callups.DEFINITIONS[name])


@cache.drawn
def timetable(view: View) -> None:
    """Site by batch against the capacity of a batch."""
    found, loads = cache.cached(callups.timetable)(view), cache.cached(callups.loads)(view)
    with st.container(border=True, key="card_timetable"):
        st.subheader(_("Where and when: site × batch"), anchor=False, help=_define("load"))
        if found.empty:
            due = _due("roster")
            st.caption(_("No roster has been sent for this day; it is due at {time} of the day before.", time=due))
            return
        found = found.assign(site=_named(found["site"]))
        cells = pd.DataFrame(
            {
                "site": found["site"],
                "batch": [_batch(n) for n in found["batch_no"]],
                "people": found["people"],
                "capacity": found["batch_capacity"],
                "load": [_share(n, d) for n, d in zip(found["load_n"], found["load_d"], strict=True)],
                "note": [
                    _("▲ {n} over", n=over) if not pd.isna(over) and over else figures.percent(n, d, 0)
                    for over, n, d in zip(found["over"], found["load_n"], found["load_d"], strict=True)
                ],
            }
        )
        times = found.groupby("batch_no", sort=True).agg(time=("batch_time", _earliest), people=("people", "sum"))
        batches = pd.DataFrame(
            {
                "batch": [_batch(n) for n in times.index],
                "note": [f"{time:%H:%M}" if time else "" for time in times["time"]],
                "total": [figures.count(n) for n in times["people"]],
            }
        )
        st.altair_chart(
            heat.load(
                cells,
                _sites(found, loads),
                batches,
                figures.count(found["people"].sum()),
                dark=style.dark(),
            ),
            theme=None,
        )
        st.caption(_("Figure: people; below it the share of the batch's capacity. Orange is above capacity."))


def _named(sites: pd.Series) -> list[str]:
    return [name if isinstance(name, str) else _("No site named") for name in sites]


def _due(kind: str) -> str:
    return f"{getattr(settings().deadlines, kind).due:%H:%M}"


def _sites(found: pd.DataFrame, loads: pd.DataFrame) -> pd.DataFrame:
    rows = []
    totals = loads.assign(site=_named(loads["site"])).set_index("site")
    for name in dict.fromkeys(found["site"]):
        kind = callups.label(totals.loc[name, "site_kind"])
        room = found.loc[found["site"] == name, "batch_capacity"].iloc[0]
        each = _("{n} a batch", n=room) if not pd.isna(room) else ""
        rows.append(
            {
                "site": name,
                "note": " ".join(part for part in (kind, each) if part),
                "total": figures.count(totals.loc[name, "people"]),
                "of": f"/{figures.count(totals.loc[name, 'daily_capacity'])}",
            }
        )
    return pd.DataFrame(rows)


def _batch(number: Any) -> str:
    return _("No batch") if pd.isna(number) else _("Batch {n}", n=number)


def _earliest(times: pd.Series) -> Any:
    return min(times.dropna(), default=None)


def _share(n: Any, d: Any) -> float | None:
    value = Rate.of(n, d).value
    return None if value is None else float(value)


@cache.drawn
def supply(view: View) -> None:
    """The day's plan against usable doses: by site where the morning sheets name sites, else by community."""
    frame, loads = cache.cached(callups.table)(view), cache.cached(callups.loads)(view)
    by_site = loads.dropna(subset=["stock", "site"])
    named = len(by_site) and loads.loc[loads["site"].isna(), "stock"].isna().all()
    rows = by_site if named else frame.assign(site=frame["community"])
    rows = rows.assign(plan=rows["planned"])
    with st.container(border=True, key="card_supply"):
        st.subheader(_("Plan and usable vaccine"), anchor=False, help=_define("supply"))
        st.caption(_("Bar: plan; tick: usable doses; orange: not covered"))
        known = rows.dropna(subset=["plan", "stock"], how="all")
        if known.empty:
            st.caption(_("Comes with the morning sheets, due at {time}.", time=_due("morning")))
            return
        notes: Any = [_left(plan, stock) for plan, stock in zip(known["plan"], known["stock"], strict=True)]
        st.altair_chart(bars.stock(known.assign(note=notes), dark=style.dark()), theme=None)


def _left(plan: Any, stock: Any) -> str | None:
    if pd.isna(plan) or pd.isna(stock):
        return None
    return _("{n} left", n=stock - plan) if stock >= plan else _("▲ {n} short", n=plan - stock)


@cache.drawn
def course(view: View) -> None:
    """From the call to the chair: how many of how many came how far."""
    steps = cache.cached(funnel.table)(view)
    with st.container(border=True, key="card_funnel"):
        st.subheader(_("From call to observation"), anchor=False, help=_funnel_help())
        if steps["people"].isna().all():
            st.caption(_("Comes with the rosters."))
            return
        rows = []
        for step in steps.to_dict("records"):
            share = None if pd.isna(step["people"]) or not step["base"] else step["people"] / step["base"]
            # each step with its own base: those observed are of all vaccinated, walk-ins included
            known = step["step"] != "called" and share is not None
            rate = figures.rate_text(step["people"], step["base"], 0) if known else ""
            told = figures.fraction(step["told"], step["communities"])
            rows.append((_(STEPS[step["step"]]), tables.bar(share), figures.count(step["people"]), rate, told))
        heads = (_("Step"), "", _("People"), _("Share"), _("Communities"))
        tables.draw(heads, rows, numeric=(2, 3, 4))


def _funnel_help() -> str:
    return "\n\n".join(pick(*texts) for texts in funnel.DEFINITIONS.values())


@cache.drawn
def groups(view: View) -> None:
    """The day's people by group and by dose."""
    campaign = cache.cached(directory.campaign)(view)
    names = {str(group.code): group.label for group in campaign.groups}
    names |= {str(dose.code): dose.label for dose in campaign.doses}
    for key, title in (("person_group", _("By group")), ("dose_no", _("By dose"))):
        found = cache.cached(callups.by)(view, key)  # type: ignore[arg-type]
        with st.container(border=True, key=f"card_{key}"):
            st.subheader(title, anchor=False)
            if found.empty:
                st.caption(_("Comes with the rosters."))
                continue
            rows = found.assign(
                label=[names.get(code, _("Not named")) for code in found["key"]],
                n=found["people"],
                alert=False,
                share=[figures.percent(n, d) for n, d in zip(found["share_n"], found["share_d"], strict=True)],
            )
            st.altair_chart(bars.reasons(rows, dark=style.dark()), theme=None)


def _columns() -> dict[str, str]:
    """Headings and the columns below them."""
    return {
        _("Planned"): "planned",
        _("Rows"): "people",
        _("Batches"): "batches",
        _("Reminded"): "reminded",
        _("Settled"): "settled",
        **{callups.label(code): code for code in SHOWN},
        _("Doses usable"): "stock",
        _("Doses short"): "short",
        _("Carried over"): "carry_over",
        _("Not called again"): "not_called",
        _("Deferral over"): "review_due",
    }


def listed(view: View) -> pd.DataFrame:
    """Every community's roster and what became of it, in words."""
    frame = cache.cached(callups.table)(view)
    drawn = {
        heading: _rates(frame, name) if name in callups.RATES else frame[name] for heading, name in _columns().items()
    }
    return pd.DataFrame({_("Community"): frame["community"], **drawn})


def communities(view: View) -> None:
    """``listed``, and the workbook of this page."""
    with st.container(border=True, key="card_communities"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(_("Community by community"), anchor=False, width="content")
            st.space("stretch")
            downloads.xlsx_button(
                _("Download"),
                lambda: {_("Community by community"): listed(view)},
                f"callups-{view.day}.xlsx",
                definitions={name: pick(*texts) for name, texts in callups.DEFINITIONS.items()},
            )
        _table(view)


@cache.drawn
def _table(view: View) -> None:
    shown, frame = listed(view), cache.cached(callups.table)(view)
    hints = {
        _("Planned"): None,
        _("Deferral over"): _define("review_due"),
        _("Reminded"): _define("reminded"),
        _("Settled"): _define("settled"),
        _("Doses usable"): _define("supply"),
        _("Doses short"): _define("supply"),
        _("Carried over"): _define("carry_over"),
        _("Not called again"): _define("not_called"),
    }
    rates = (_("Reminded"), _("Settled"))
    # for a laptop: in the workbook they have their whole names
    short = {
        _("Planned"): _("Plan"),
        _("Doses usable"): _("Usable"),
        _("Doses short"): _("Lacking"),
        _("Not called again"): _("Not called"),
    }
    configured = {
        name: st.column_config.TextColumn(help=text, alignment="right")
        if name in rates
        else st.column_config.NumberColumn(short.get(name), help=text)
        for name, text in hints.items()
    }
    look: dict[str, Any] = {"height": "content", "row_height": 38, "placeholder": figures.MISSING}
    marked = tables.estimated(shown, frame, _columns())
    st.dataframe(marked, hide_index=True, column_config=configured, **look)


def _rates(frame: pd.DataFrame, name: str) -> list[str]:
    pairs = zip(frame[f"{name}_n"], frame[f"{name}_d"], strict=True)
    return [figures.MISSING if pd.isna(n) else figures.rate_text(n, d) for n, d in pairs]


LISTS = {
    "called": (N_("Called up ({n})"), "people", callups.people, N_("No roster has been sent for this day."), None),
    "again": (
        N_("To be called again ({n})"),
        "not_called",
        callups.carried_over,
        N_("Nobody is left over from the roster before."),
        "not_called",
    ),
    "over": (
        N_("Deferral over ({n})"),
        "review_due",
        callups.deferral_over,
        N_("No deferral is to be looked at again."),
        "review_due",
    ),
}


def people(view: View) -> None:
    """The people of the day and those to be called again, masked; the call sheet to print.

    A list is read and sent once somebody asks for it: the page may stand on a shared screen. A clerk works with it.
    """
    own = View(view.actor, view.day, view.campaign, view.as_of, view.area, view.actor.community or view.community)
    with st.container(border=True, key="card_people"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(_("People called up"), anchor=False, width="content")
            st.caption(_("Names and telephones are masked."), width="content")
            st.space("stretch")
            callsheet.popover(own, _labelled)
        chosen = _asked(dict(cache.cached(titles)(own)))
        if chosen is None:
            st.caption(_("Choose a list to see who is on it."))
            return
        _title, _column, _report, nobody, rule = LISTS[chosen]
        if rule:
            st.caption(_define(rule))
        found, shown = cache.private(listing)(own, chosen)
        if found.empty:
            st.caption(_(nobody))
        else:
            reveal.people(own, found, shown, chosen)


def titles(view: View) -> tuple[tuple[str, str], ...]:
    """What the lists are called, with how many are on each."""
    counts = cache.cached(callups.table)(view)
    return tuple(
        (name, _(words, n=figures.count(_sum(counts, column)))) for name, (words, column, *_r) in LISTS.items()
    )


def _asked(titles: dict[str, str]) -> str | None:
    """Which list is open, as the address says; of a clerk the day's own where it says nothing."""
    asked = st.query_params.get("list", "called" if actor.community else "")
    st.session_state["people_list"] = asked if asked in titles else None

    def keep() -> None:
        st.query_params["list"] = st.session_state["people_list"] or "none"

    return st.segmented_control(
        _("List"),
        list(titles),
        format_func=lambda name: titles[name],
        key="people_list",
        on_change=keep,
        label_visibility="collapsed",
    )


def listing(view: View, name: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A list of people, masked, and the same in words."""
    found = LISTS[name][2](view)
    return found, _labelled(view, found)


def _labelled(view: View, found: pd.DataFrame) -> pd.DataFrame:
    """The list as it is read: names of doses, groups and outcomes, headings in words."""
    campaign = cache.cached(directory.campaign)(view)
    doses = {str(dose.code): dose.label for dose in campaign.doses}
    kinds = {group.code: group.label for group in campaign.groups}
    written: dict[str, Callable[[Any], Any]] = {
        "dose_no": lambda code: doses.get(code, code),
        "person_group": lambda code: kinds.get(code, code),
        "outcome": lambda code: callups.label(code) or _("no outcome yet"),
        "reminded": lambda told: None if pd.isna(told) else _("yes") if told else _("no"),
        "batch_time": lambda time: f"{time:%H:%M}" if time else None,
        "day": figures.day,
    }
    shown = {
        _(HEADINGS[name]): [written[name](value) for value in found[name]] if name in written else found[name]
        for name in found.columns
        if name in HEADINGS
    }
    return pd.DataFrame(shown)


actor = guard.enter("callups")
which = filters.Choice("of", {"today": _("Today"), "tomorrow": _("Tomorrow")})
view = filters.bar(actor, "callups", extra=(which,))
empty.need_register(view)
if which.value == "tomorrow":
    view = view.on(cache.cached(callups.next_day)(view))

if which.value == "tomorrow":
    words = _("For {day}", day=figures.day(view.day))
    st.caption(f":material/event_upcoming: {words}")
tiles(view)
with st.container(key="stack_callups"):
    wide, side = st.columns([66, 34], gap="medium")
with wide:
    timetable(view)
    supply(view)
with side:
    course(view)
    groups(view)
communities(view)
if actor.may(Capability.READ_PEOPLE):
    people(view)
else:
    st.caption(_("Your role sees figures only; lists of people are for clerks and supervisors."))
