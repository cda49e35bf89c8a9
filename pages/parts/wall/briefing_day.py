"""Panels ① to ③ of the briefing: who is missing, what the last evening ended with, whom today calls up."""

from __future__ import annotations

from datetime import timedelta
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from charts import bars, heat, theme
from config import clock
from config.language import N_, _, current, pick
from data_access.metrics import Rate
from data_access.office import waivers
from data_access.office.waivers import Standing
from data_access.reports import briefing, callups, dispatch, frames, reporting
from data_access.reports.agenda import listed, place
from data_access.reports.briefing import Briefing, Result, Today
from pages.parts import figures
from pages.parts.wall import screen
from pages.parts.wall.screen import INSIDE, Look

MARKS = {"supplied": "back_filed"}  # states of reporting that the theme knows by another name
LEGEND = ("on_time", "late", "unreported", "not_due")
NORMAL = frozenset({"on_time", "not_due", "exempt", None})
ROW, LEAST = 40, 21  # pixels of a row of the dot matrix: at best, at least
SITES, BATCHES = 5, 5  # rows and columns of the heat map


def missing(look: Look, told: Briefing) -> None:
    """① The dot matrix of the last evening, today's rosters and today's morning tallies."""
    frame, owing = told.arrivals, told.unreported
    complete = len(frame) - len(owing)
    under = escape(_("{m} of {n} complete", n=len(frame), m=complete))
    rows, height, call = _fitting(frame, len(owing))
    left_out = len(frame) - len(rows)
    drawn = [
        screen.title(1, _("Not in yet"), under, pick(*reporting.DEFINITIONS["state"])),
        screen.keys(screen.key(str(len(owing)), N_("owing"), role="red" if owing else "")),
        matrix(told, rows, height, look),
        f'<div class="b-note">{escape(_("{n} more without a gap", n=left_out))}</div>' if left_out else "",
        _call(told) if call else "",
        legend(frame),
    ]
    with st.container(key="panel_1"):
        st.html(f'<div class="b">{"".join(drawn)}</div>')


def _fitting(frame: pd.DataFrame, owing: int) -> tuple[pd.DataFrame, int, bool]:
    """The rows that fit, their height, and whether there is room for the call under them.

    A street too large for the panel lists the communities with something to say; the others are counted in words.
    """
    fixed, call = 262, 104
    for room in (INSIDE - fixed - call, INSIDE - fixed):
        height = min(ROW, room // max(len(frame), 1))
        if height >= LEAST:
            return frame, height, bool(owing) and room == INSIDE - fixed - call
    telling = frame[~frame[list(briefing.SHEETS)].isin(NORMAL).all(axis=1)]
    room = INSIDE - fixed - 24
    shown = telling.head(room // LEAST)
    return shown, min(ROW, room // max(len(shown), 1)), False


def matrix(told: Briefing, rows: pd.DataFrame, height: int, look: Look) -> str:
    """Communities by sheet, a mark for each state."""
    heads = [_evening_word(told), _("List"), _("Morn")]
    size = look.sizes.label if height >= 28 else look.sizes.small
    lines = [f'<div class="head"><span></span>{"".join(f"<span>{escape(head)}</span>" for head in heads)}</div>']
    for row in rows.to_dict("records"):
        owed = isinstance(row["owed"], str)
        marks = "".join(f"<span>{_mark(row[kind])}</span>" for kind in briefing.SHEETS)
        name = told.short(row["community"])
        small = f' style="font-size:{look.sizes.small}px"' if len(name) > 4 else ""
        lines.append(
            f'<div class="{"owed" if owed else ""}" style="height:{height}px">'
            f"<span{small}>{escape(name)}</span>{marks}</div>"
        )
    return f'<div class="b-dots" style="font-size:{size}px">{"".join(lines)}</div>'


def _evening_word(told: Briefing) -> str:
    day = told.days.evening
    if day is None or day == told.day - timedelta(days=1):
        return _("Eve")
    return f"{day.month}/{day.day}"


def _mark(state: Any) -> str:
    """A state of a sheet as its icon, named on hover; the normal case is a small grey disc."""
    if not isinstance(state, str):
        return '<span class="ink3">·</span>'
    shown = theme.STATES[MARKS.get(state, state)]
    inner = screen.icon(shown.icon) if shown.icon else '<i class="b-dot"></i>'
    return f'<span class="{shown.role}" title="{escape(shown.label)}">{inner}</span>'


def legend(frame: pd.DataFrame) -> str:
    """What the marks mean."""
    there = {state for kind in briefing.SHEETS for state in frame[kind] if isinstance(state, str)}
    shown = [*LEGEND, *(state for state in reporting.STATES if state in there and state not in LEGEND)]
    words = {"empty": _("Empty"), "supplied": _("Filed late"), "unreported": _("Owing"), "not_due": _("Not due")}
    entries = (f"<span>{_mark(state)}{escape(words.get(state) or theme.STATES[state].label)}</span>" for state in shown)
    return f'<div class="b-legend" style="margin-top:10px">{"".join(entries)}</div>'


def _call(told: Briefing) -> str:
    """Who is longest overdue, by how much, and who calls them: an office, not a person."""
    owing = told.arrivals[told.arrivals["owed"].notna()].sort_values("since", kind="stable")
    first = owing.iloc[0]
    late = clock.now() - first["since"].to_pydatetime()
    area = first["area"] if isinstance(first["area"], str) else ""
    lines = [
        f"<b>{escape(told.short(first['community']))} · {escape(_(reporting.KINDS[first['owed']]))}</b>",
        escape(_("overdue {hours} h {minutes} min", hours=int(late.total_seconds()) // 3600, minutes=_minutes(late))),
    ]
    others = len(owing) - 1
    if others:
        lines.append(escape(_("and {n} more communities", n=others)))
    else:
        lines.append(escape(_("{area} lead cadre to call", area=area) if area else _("lead cadre to call")))
    return f'<div class="b-call" style="margin-top:10px">{"<br>".join(lines)}</div>'


def _minutes(late: timedelta) -> int:
    return int(late.total_seconds()) // 60 % 60


def result(look: Look, told: Briefing, standing: Standing | None = None) -> None:
    """② The last evening: doses, roster completion, where the others went, what is not reconciled.

    ``standing`` are its waivers, for who and why; none on the wall, where the accepted are only counted.
    """
    last = told.result
    with st.container(key="panel_2"):
        if last is None:
            head = screen.title(2, _("Last evening"), escape(_("no evening tally yet")))
            st.html(f'<div class="b">{head}{hint(_("Comes with the first evening tally."))}</div>')
            return
        causes = last.causes[last.causes["n"] != 0]
        st.html(f'<div class="b">{result_head(told, last, causes)}</div>')
        if len(causes):
            rows = pd.DataFrame(
                {
                    "label": [_(dispatch.CAUSES[cause]) for cause in causes["cause"]],
                    "n": causes["n"],
                    "alert": causes["alert"].astype(bool),
                }
            )
            screen.chart(bars.reasons(rows, dark=look.dark, screen=look.wall), "briefing_causes", look.inside(2))
        room = INSIDE - 318 - look.sizes.row * len(causes)
        st.html(f'<div class="b">{disputed(told, last, standing or {}, room)}</div>')


def hint(words: str) -> str:
    """What a panel without figures says instead."""
    return f'<div class="ink2" style="margin-top:24px">{escape(words)}</div>'


def result_head(told: Briefing, last: Result, causes: pd.DataFrame) -> str:
    """The key numbers of the evening, and of how many the causes speak."""
    names = listed([told.short(name) for name in last.missing], 1)
    lack = _(", not {names}", names=names) if last.missing else ""
    under = figures.day(last.day) + " · " + _("{n} in", n=last.reported) + lack
    done = last.completion
    rate = figures.percent(done.numerator, done.denominator).removesuffix("%")
    walk_in = "" if last.walk_in is None else _("{n} walk-ins", n=last.walk_in)
    numbers = screen.keys(
        screen.key(figures.count(last.vaccinated), N_("people"), [_("vaccinated"), walk_in]),
        screen.key(
            rate,
            "%",
            [_("completion"), figures.fraction(done.numerator, done.denominator)],
            help=pick(*briefing.DEFINITIONS["completion"]),
        ),
    )
    away = causes["share_d"].iloc[0] if len(causes) else 0
    whole = _("{n} people", n=figures.count(away))
    return (
        screen.title(2, _("Last evening"), escape(under))
        + numbers
        + f'<div class="b-line b-rule" style="margin-top:10px"><b>{escape(_("Not vaccinated: why"))}</b>'
        f'<span class="small ink2">{escape(whole)}</span></div>'
    )


def disputed(told: Briefing, last: Result, standing: Standing, room: int) -> str:
    """The open differences that fit, and how many were accepted; the others are counted in words."""
    accepted = _accepted(last, standing)
    room -= 28 if accepted else 0
    total = _("{n} in {m}", m=len(last.disputed), n=len(last.open)) if len(last.open) else _("all settled")
    head = (
        f'<div class="b-line b-rule"><b>{escape(_("Open differences"))}</b>'
        f'<b class="{"act" if len(last.open) else "ink2"}">{escape(total)}</b></div>'
    )
    each = 40
    fits = max(room // each, 1)
    shown = last.open if len(last.open) <= fits else last.open.head(max((room - 28) // each, 1))
    lines = [
        f'<div class="b-open b-rule" style="height:{each}px"><b>{escape(told.short(row["community"]))}</b>'
        f'<span class="small">{escape(row["label"])}</span>'
        f'<b class="act">{figures.signed(frames.figure(row, "amount"))}</b>'
        f"{screen.badge('≠ ' + _('open'), 'act')}</div>"
        for row in shown.to_dict("records")
    ]
    rest = len(last.open) - len(shown)
    notes = [_("{n} more under Dispatch", n=rest)] if rest else []
    if room - each * len(shown) > 100:
        notes += [_("unexplained = roster − all outcomes"), _("rise − doses = rise of totals − doses of the day")]
    foot = f'<div class="b-note b-rule">{"<br>".join(escape(note) for note in notes)}</div>' if notes else ""
    return head + "".join(lines) + accepted + foot


def _accepted(last: Result, standing: Standing) -> str:
    """The mark and the number of the accepted differences; on hover which, by whom and why."""
    if last.accepted.empty:
        return ""
    told = []
    for community, code in last.accepted[["community", "identity"]].drop_duplicates().itertuples(index=False):
        if (one := waivers.accepted(standing, community, code)) is not None:
            told.append(" · ".join(part for part in (community, code, one.by, one.reason) if part))
    words = _("✓ {n} accepted", n=len(last.accepted))
    return f'<div class="b-note b-rule" title="{escape(chr(10).join(told))}">{escape(words)}</div>'


def callup(look: Look, told: Briefing) -> None:
    """③ Site × batch with load and totals; below it the plan against the stock."""
    day = told.today
    with st.container(key="panel_3"):
        st.html(f'<div class="b">{callup_head(day)}</div>')
        if day.timetable.empty:
            st.html(f'<div class="b">{hint(_("Comes with the rosters."))}</div>')
        else:
            cells, sites, batches = cells_of(day)
            chart = heat.load(cells, sites, batches, figures.count(day.people), dark=look.dark, screen=look.wall)
            if look.wall:
                chart = chart.properties(height=min(72 * len(sites) + 84, 404))
            screen.chart(chart, "briefing_load", look.inside(3))
        supply(look, told)


def callup_head(day: Today) -> str:
    """The key numbers of the day: called up, capacity, stock."""
    load = figures.rate_text(day.load.numerator, day.load.denominator) if day.load.value is not None else ""
    under = _("{n}/{m} rosters", n=day.rosters, m=day.expected) + (" · " + _("load {rate}", rate=load) if load else "")
    english = current() == "en"  # has no room for every unit
    told = "" if day.mornings == day.expected else _("{n}/{m} reported", n=day.mornings, m=day.expected)
    return screen.title(3, _("Today: site × batch"), escape(under), pick(*briefing.DEFINITIONS["load"])) + screen.keys(
        screen.key(figures.count(day.people), N_("people"), [_("called up")]),
        screen.key(figures.count(day.capacity), "" if english else N_("people"), [_("capacity")], first=False),
        screen.key(figures.count(day.stock), "" if english else N_("doses"), [_("doses in stock"), told], first=False),
    )


def cells_of(day: Today, sites: int = SITES, batches: int = BATCHES) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The heat map's cells and edges; what does not fit is summed up in a last row or column."""
    found = day.timetable.assign(
        site=[place(name) for name in day.timetable["site"]],
        batch=[_("No batch") if pd.isna(n) else pick(f"第{n}批", f"#{n}") for n in day.timetable["batch_no"]],
    ).sort_values("batch_no", kind="stable")
    names = list(dict.fromkeys(place(name) for name in day.sites["site"] if place(name) in set(found["site"])))
    rows, columns = (
        _kept(names, sites, _("{n} more sites")),
        _kept(list(dict.fromkeys(found["batch"])), batches, _("Rest")),
    )
    cells = (
        found.assign(site=found["site"].map(rows), batch=found["batch"].map(columns))
        .groupby(["site", "batch"], sort=False)
        .agg(
            people=("people", "sum"),
            capacity=("batch_capacity", lambda n: n.sum() if n.notna().all() else pd.NA),
            over=("over", lambda n: n.sum() if n.notna().all() else pd.NA),
        )
        .reset_index()
        .astype({"people": "Int64", "capacity": "Int64", "over": "Int64"})
    )
    cells["load"] = [_share(n, d) for n, d in zip(cells["people"], cells["capacity"], strict=True)]
    cells["note"] = [
        pick(f"▲超 {over}", f"▲ +{over}") if not pd.isna(over) and over else figures.percent(n, d, 0)
        for n, d, over in zip(cells["people"], cells["capacity"], cells["over"], strict=True)
    ]
    return cells, _sites(day, found, rows), _batches(found, columns)


def _kept(names: list[str], most: int, rest: str) -> dict[str, str]:
    """Each name as it is shown: itself, or one of those that are summed up."""
    if len(names) <= most:
        return {name: name for name in names}
    summed = rest.format(n=len(names) - most + 1)
    return {name: name if place < most - 1 else summed for place, name in enumerate(names)}


def _sites(day: Today, found: pd.DataFrame, rows: dict[str, str]) -> pd.DataFrame:
    known = day.sites.assign(site=[place(name) for name in day.sites["site"]])
    known = known[known["site"].isin(rows)]
    lines = []
    for name in dict.fromkeys(rows.values()):
        own = known[known["site"].map(rows) == name]
        room = found.loc[found["site"] == name, "batch_capacity"].dropna()
        # English has no room for both the kind and the capacity
        kind = callups.label(own["site_kind"].iloc[0]) if len(own) == 1 and current() != "en" else ""
        each = pick(f"{room.iloc[0]}/批", f"{room.iloc[0]} each") if len(room) else ""
        capacity = own["daily_capacity"].sum() if own["daily_capacity"].notna().all() else None
        lines.append(
            {
                "site": name,
                "note": " ".join(part for part in (kind, each) if part),
                "total": figures.count(own["people"].sum()),
                "of": f"/{figures.count(capacity)}",
            }
        )
    return pd.DataFrame(lines)


def _batches(found: pd.DataFrame, columns: dict[str, str]) -> pd.DataFrame:
    shown = found.assign(batch=found["batch"].map(columns))
    lines = []
    for name in dict.fromkeys(columns.values()):
        own = shown[shown["batch"] == name]
        first = min(own["batch_time"].dropna(), default=None)
        lines.append(
            {
                "batch": name,
                "note": f"{first:%H:%M}" if first is not None else "",
                "total": figures.count(own["people"].sum()),
            }
        )
    return pd.DataFrame(lines)


def _share(n: Any, d: Any) -> float | None:
    value = Rate.of(n, d).value
    return None if value is None else float(value)


def supply(look: Look, told: Briefing, most: int = SITES, width: int | None = None) -> None:
    """The plan against the stock, ``most`` rows of it; ``width`` in pixels, else that of the panel."""
    day = told.today
    rows = day.supply
    if len(rows) > most:  # what is short comes first then
        rows = pd.concat([day.short, rows]).drop_duplicates().head(most - 1)
    left_out = len(day.supply) - len(rows)
    legend = _("bar plan, tick doses") + (" · " + _("{n} more covered", n=left_out) if left_out else "")
    head = (
        f'<div class="b-line b-rule"><b>{escape(_("Vaccine against plan"))}</b>'
        f'<span class="small ink2">{escape(legend if len(rows) else "")}</span></div>'
    )
    with st.container(key="stock"):
        st.html(f'<div class="b">{head}</div>')
        if rows.empty:
            st.html(f'<div class="b"><span class="ink2">{escape(_("Comes with the morning sheets."))}</span></div>')
            return
        drawn = pd.DataFrame(
            {
                "site": [told.short(label) for label in rows["label"]],
                "plan": rows["plan"],
                "stock": rows["stock"],
                "note": [_left(plan, stock) for plan, stock in zip(rows["plan"], rows["stock"], strict=True)],
            }
        )
        chart = bars.stock(drawn, dark=look.dark, screen=look.wall)
        if look.wall:
            chart = chart.properties(height=min(41 * len(drawn), 156) if most == SITES else 41 * len(drawn))
        screen.chart(chart, "briefing_stock", width or look.inside(3))


def _left(plan: Any, stock: Any) -> str:
    return _("{n} left", n=stock - plan) if stock >= plan else _("▲ {n} short", n=plan - stock)
