"""Panels ④ to ⑥ of the briefing: the ranking at both ends, the workstreams in red, what is to be settled."""

from __future__ import annotations

import math
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from charts import bullets, theme
from config import clock
from config.catalogue import indicator, workstream
from config.language import N_, _, pick
from config.settings import settings
from data_access.metrics import Rate
from data_access.reports import actions, briefing, frames, notice
from data_access.reports.agenda import Agenda, Matter
from data_access.reports.briefing import Briefing, Standings
from pages.parts import figures, headings
from pages.parts.wall import screen
from pages.parts.wall.screen import INSIDE, Look

ENDS = 4  # ranks shown at each end
NAMES = 20  # middle ranks that are listed by name
BULLET, OCCURRED = 90, 92  # pixels of a row of each
LABEL, DETAIL = 142, 230  # pixels for the words above and below a bullet
NOTE = 22  # and for a note at the foot


def coverage(look: Look, told: Briefing) -> None:
    """④ The first and the last four with their intervals, the middle by name, the unreported apart."""
    with st.container(key="panel_4"):
        if told.standings is None:
            head = screen.title(4, _("Coverage ranking"), escape(_("no evening tally yet")))
            words = escape(_("The ranking follows the first evening tally."))
            st.html(f'<div class="b">{head}<div class="ink2" style="margin-top:24px">{words}</div></div>')
            return
        st.html(f'<div class="b">{coverage_head(told.standings)}{_ranks(look, told, told.standings)}</div>')


def coverage_head(found: Standings) -> str:
    """The rate of the whole field, and of which evening it is."""
    rate = figures.percent(found.rate.numerator, found.rate.denominator, 1, found.target).removesuffix("%")
    basis = found.definition.split("：")[0].split(":")[0]
    under = _("evening of {day} · {basis}", day=figures.short_day(found.day), basis=basis)
    counted = _("whole field ({n}/{m})", n=found.ranked, m=found.field)
    fraction = figures.fraction(found.rate.numerator, found.rate.denominator)
    help = pick(*briefing.DEFINITIONS["coverage"])
    return (
        screen.title(4, _("Coverage ranking"), escape(under), f"{found.definition}\n{help}")
        + '<div class="b-keys" style="justify-content:flex-start;gap:20px">'
        + screen.key(rate, "%", help=help)
        + f'<div class="b-what" style="align-self:center">{escape(counted)}<br>{fraction}</div></div>'
    )


def _ranks(look: Look, told: Briefing, found: Standings) -> str:
    frame = found.table
    ranked = frame[frame["state"] == "ranked"]
    low, high = axis_of(ranked, found.target)
    spot = (found.target - low) / (high - low)
    apart = frame[frame["state"] != "ranked"]
    middle = ranked.iloc[ENDS:-ENDS] if len(ranked) > 2 * ENDS + 1 else ranked.iloc[0:0]
    shown = [place for place in range(len(ranked)) if place not in range(ENDS, ENDS + len(middle))]
    height = _row_height(len(shown), len(middle), len(apart), look)
    drawn = [ranks_head(found.target, spot)]
    for place in shown:
        if place == ENDS + len(middle) and len(middle):
            drawn.append(_middle(told, middle))
        drawn.append(rank_row(told, frame, place, found, (low, high, spot, height)))
    drawn.append(apart_rows(told, apart))
    foot = _("≈ intervals overlap: no telling apart (95%)")
    drawn.append(f'<div class="b-note b-rule">{escape(foot)}</div>')
    return "".join(drawn)


def _row_height(shown: int, middle: int, apart: int, look: Look) -> int:
    lines = math.ceil(min(middle, NAMES) / 4)
    room = INSIDE - 174 - 30 - (12 + 24 * lines if middle else 0) - 42 * min(apart, 3) - 34
    return min(60, max(40, room // max(shown, 1))) if look.wall else 44


def axis_of(ranked: pd.DataFrame, target: float) -> tuple[float, float]:
    """Whole tens around every interval and the target."""
    known = pd.concat([ranked["low"], ranked["high"]]).dropna().astype("float64").tolist()
    known.append(target)
    low, high = math.floor(min(known) / 10) * 10, math.ceil(max(known) / 10) * 10
    return float(low), float(max(high, low + 10))


def ranks_head(target: float, spot: float) -> str:
    """The headings of the ranks."""
    at = f"right:{max(0.0, 1 - spot - 0.42):.0%}" if spot > 0.5 else f"left:{max(0.0, spot - 0.42):.0%};right:auto"
    words, rate = escape(_("aim {n}%", n=f"{target:g}")), escape(pick("接种率", "Rate"))
    return (
        f'<div class="b-rank small ink2" style="height:30px"><span>{escape(_("Rank"))}</span><span></span>'
        f'<span class="n">{rate}</span><div class="b-plot"><span style="{at}">{words}</span></div>'
        f'<span style="grid-column:span 2">{escape(_("Change"))}</span></div>'
    )


def rank_row(
    told: Briefing, frame: pd.DataFrame, place: int, found: Standings, axis: tuple[float, float, float, int]
) -> str:
    """One rank: name, rate with its fraction, interval, change, whether it can be told from the one above."""
    low, high, spot, height = axis
    row = frame.iloc[place]
    rate = notice.rate_words(frame, place, found.target)
    over = bool(row["over"])
    if over:
        block = f'<span class="act small"><b>{escape(_("▲ >100%"))}</b></span>'
    elif pd.isna(row["low"]):
        block = ""
    else:
        left, right = ((float(row[name]) - low) / (high - low) for name in ("low", "high"))
        block = f'<i style="left:{left:.1%};width:{max(right - left, 0.02):.1%}"></i>'
    same = "<b>≈</b>" if not pd.isna(row["same_as_above"]) and row["same_as_above"] else ""
    tie = f'<div class="tie small ink2">{escape(_("Tied"))}</div>' if row["tied"] else ""
    small = f'<div class="small ink3">n&lt;{settings().thresholds.small_base}</div>' if row["small_base"] else ""
    title = f' title="{escape(row["was"])} → {escape(row["now"])}"' if isinstance(row["was"], str) else ""
    fraction = figures.fraction(row["rate_n"], row["rate_d"])
    return (
        f'<div class="b-rank row" style="min-height:{height}px"><span class="small">{row["rank"]}{tie}</span>'
        f'<span class="name">{escape(told.short(row["community"]))}{small}</span>'
        f'<span class="n"><b class="{"act" if over else ""}">{rate}</b><br><span class="small ink2">{fraction}</span>'
        f'</span><div class="b-plot"><em style="left:{spot:.1%}"></em>{block}</div>'
        f'<span class="n"{title}>{escape(_change(row))}</span><span class="b-same">{same}</span></div>'
    )


def _change(row: Any) -> str:
    if row["change"] == "new":
        return _("new")
    if pd.isna(row["places"]) or row["change"] == "none" or not int(row["places"]):
        return figures.MISSING
    places = int(row["places"])
    return f"▲{places}" if places > 0 else f"▼{-places}"


def _middle(told: Briefing, middle: pd.DataFrame) -> str:
    if len(middle) > NAMES:
        words = _("ranks {a} to {b} under Rankings", a=middle["rank"].iloc[0], b=middle["rank"].iloc[-1])
        return f'<div class="b-middle">{escape(words)}</div>'
    names = (f"<span>{row.rank} {escape(told.short(row.community))}</span>" for row in middle.itertuples())
    return f'<div class="b-middle">{"".join(names)}</div>'


def apart_rows(told: Briefing, apart: pd.DataFrame) -> str:
    """Communities without a rank: the unreported with their last figures in grey, the others with the reason."""
    lines = []
    for row in apart.head(3).to_dict("records"):
        shown = theme.STATES[row["state"]]
        label, last = shown.label, ""
        if "estimate" in row["marks"].split():
            label, last = _("Estimate"), figures.rate_text(*frames.pair(row, "rate"), notice.PLACES)
        elif not pd.isna(row["last_n"]):
            last = f"{figures.short_day(row['last_day'])} {figures.fraction(row['last_n'], row['last_d'])}"
        lines.append(
            f'<div class="b-line b-rule" style="justify-content:flex-start;gap:10px;min-height:34px">'
            f"<span>{figures.MISSING}</span><b>{escape(told.short(row['community']))}</b>"
            f'{screen.badge(label, shown.role, shown.icon)}<span class="small ink3">{escape(last)}</span></div>'
        )
    rest = len(apart) - 3
    if rest > 0:
        lines.append(f'<div class="b-note">{escape(_("{n} more without a rank", n=rest))}</div>')
    return "".join(lines)


def reds(look: Look, told: Briefing) -> None:
    """⑤ What may not happen and did, then the cells furthest behind elapsed time."""
    found = told.reds
    share = figures.rate_text(found.elapsed_n, found.elapsed_d)
    days = _("elapsed {share} days", share=share)
    role = "red" if len(found.occurred) else "act" if found.count else ""
    with st.container(key="panel_5"):
        occurred = found.occurred.head(2)
        drawn = [
            screen.title(5, _("In red"), escape(days), pick(*briefing.DEFINITIONS["gap"])),
            screen.keys(screen.key(str(found.count), pick("盏", "cells"), role=role)),
            *(occurred_card(told, row) for row in occurred.to_dict("records")),
        ]
        st.html(f'<div class="b">{"".join(drawn)}</div>')
        fits = (INSIDE - 216 - OCCURRED * len(occurred)) // BULLET
        shown = found.behind.head(fits)
        if len(shown):
            pace = bullets.pace(bullet_rows(told, shown), dark=look.dark, screen=True)
            screen.chart(pace.properties(height=BULLET * len(shown)), "briefing_pace", look.inside(5))
        limit = f"{-settings().thresholds.behind:g}"
        rest = len(found.behind) - len(shown) + len(found.occurred) - len(occurred)
        lines = [_("{n} more under Workstreams", n=rest)] if rest else []
        lines.append(_("▼ points behind; red past {n}", n=limit))
        st.html(f'<div class="b"><div class="b-note">{"<br>".join(escape(line) for line in lines)}</div></div>')


def occurred_card(told: Briefing, row: Any) -> str:
    """What may not happen and did."""
    item = indicator(row["indicator"])
    value = "" if pd.isna(row["value"]) else pick(f" {row['value']:,} {item.unit_text}", f": {row['value']:,}")
    return (
        f'<div class="b-call" style="margin-top:8px"><div class="b-line" style="justify-content:flex-start">'
        f"<b>{escape(told.short(row['community']))}</b><span>{escape(workstream(row['workstream']).label)}</span></div>"
        f'<div class="ink2">{escape(_fitted([item.label], 160))}</div>'
        f'<b class="red">{screen.icon("error")} {escape(_("occurred") + value)}</b></div>'
    )


def bullet_rows(told: Briefing, cells: pd.DataFrame) -> pd.DataFrame:
    """The cells behind elapsed time as ``charts.bullets.pace`` wants them."""
    lines = []
    for row in cells.to_dict("records"):
        item = indicator(row["worst"])
        done = Rate.of(row["done_n"], row["done_d"])
        reached, asked = (Rate.of(row[f"{name}_n"], row[f"{name}_d"]).value for name in ("completion", "asked"))
        gap = None if pd.isna(row["gap"]) else row["gap"]
        stream, where = workstream(row["workstream"]).label, told.short(row["community"])
        # where the name of the workstream does not fit beside the gap it stands below, in place of the indicator's
        above = theme.extent([f"{where} {stream}"], theme.sizes(True).label) <= LABEL
        lines.append(
            {
                "label": f"{where} {stream}" if above else f"{where} {item.code}",
                "detail": _detail(item.label if above else stream, item, done, row["shortfall"]),
                "done": None if reached is None else float(reached * 100),
                "elapsed": None if asked is None else float(asked * 100),
                "gap": None if gap is None else float(gap),
                "gap_text": figures.points(gap).removeprefix(figures.MINUS),
                "alert": True,
            }
        )
    return pd.DataFrame(lines)


def _detail(name: str, item: Any, done: Rate, shortfall: Any) -> str:
    """What is done and what is owed, as much of it as the panel is wide."""
    fraction = figures.fraction(done.numerator, done.denominator)
    unit = "" if item.ratio else item.unit_text
    count = f"{fraction} {unit}".rstrip()
    owed = "" if pd.isna(shortfall) or not shortfall else _(", {n} owed", n=shortfall)
    return _fitted([f"{name} {count}{owed}", f"{name} {count}", f"{name} {fraction}", f"{count}{owed}", count], DETAIL)


def _fitted(words: list[str], room: int) -> str:
    """The first of the wordings that is not wider than the room, else the last, shortened."""
    for one in words:
        if theme.extent([one], 16) <= room:
            return one
    last = words[-1]
    while len(last) > 1 and theme.extent([last + "…"], 16) > room:
        last = last[:-1]
    return last + "…"


def _pressing() -> str:
    return headings.meaning("pressing", pick(*actions.DEFINITIONS["pressing"]))


def matters(look: Look, found: Agenda) -> None:
    """⑥ What the meeting settles: the question, the unit asked, by when; overdue with its badge."""
    late = screen.badge(_("{n} late", n=found.overdue), "red", "error") if found.overdue else ""
    head = [
        screen.title(6, _("To settle"), escape(_("each with owner and time")), _pressing()),
        f'<div class="b-keys" style="align-items:center">{screen.key(str(found.count), N_("items"))}{late}</div>',
    ]
    shown = _chosen(look, found)
    rest = found.count - len(shown)
    lines = [matter_row(number, matter) for number, matter in enumerate(shown, start=1)]
    more = [f'<div class="b-note b-rule">{escape(_("{n} more under Action items", n=rest))}</div>'] if rest else []
    if not shown:
        more = [f'<div class="ink2" style="margin-top:24px">{escape(_("Nothing is waiting for the meeting."))}</div>']
    more += waiting(found)
    with st.container(key="panel_6"):
        st.html(f'<div class="b">{"".join([*head, *lines, *more])}</div>')


def waiting(found: Agenda) -> list[str]:
    """How many communities' calls for coordination nobody has raised yet; nobody's words."""
    if not found.waiting:
        return []
    return [f'<div class="b-note">{escape(_("Needs coordination, not raised: {n}", n=found.waiting))}</div>']


def _chosen(look: Look, found: Agenda) -> list[Matter]:
    """The matters that fit: the questions of the day, and room kept for two that are overdue."""
    budget = INSIDE - 158 - (NOTE if found.waiting else 0)
    kept = sum(tall(matter, look) for matter in found.items[:2])
    chosen: list[Matter] = []
    for matter in found.questions:
        if (used := tall(matter, look)) <= budget - kept:
            chosen.append(matter)
            budget -= used
    for matter in found.items:
        if (used := tall(matter, look)) > budget:
            break
        chosen.append(matter)
        budget -= used
    return chosen


def tall(matter: Matter, look: Look, width: int = 198) -> int:
    """Pixels that a matter takes, from the width of its words."""
    label, small = look.sizes.label, look.sizes.small
    lines = math.ceil(theme.extent([_question(matter)], label) / width)
    under = math.ceil(theme.extent([_when(matter)], small) * 1.04 / (width - 2)) + (1.5 if matter.overdue_days else 0)
    return round(19 + lines * label * 1.3 + under * small * 1.35)


def _question(matter: Matter) -> str:
    return matter.question if len(matter.question) <= 60 else matter.question[:59] + "…"


def _when(matter: Matter) -> str:
    if matter.due is None:
        return f"{matter.owner} · " + _("no date")
    day = _("today") if matter.due == clock.today() else figures.short_day(matter.due)
    return f"{matter.owner} · {day}" + (f" {matter.at:%H:%M}" if matter.at is not None else "")


def matter_row(number: int, matter: Matter) -> str:
    """A matter with its owner and date."""
    late = ""
    if matter.overdue_days:
        late = screen.badge(_("overdue {n} days", n=matter.overdue_days), "red", "error", solid=True)
    return (
        f'<div class="b-matter"><span class="ink3">{number}</span><div><b>{escape(_question(matter))}</b>'
        f'<div class="small {"red" if matter.overdue_days else "ink2"}">{escape(_when(matter))}</div>{late}</div></div>'
    )
