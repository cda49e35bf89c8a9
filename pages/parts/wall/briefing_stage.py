"""One section of the briefing with the screen to itself: what its panel shows, larger, and the rest of it.

Drawn on a ground of ``WIDTH`` × ``ROOM`` pixels that the style sheet enlarges; what does not fit even there is counted
in words.
"""

from __future__ import annotations

import math
from html import escape

import pandas as pd
import streamlit as st

from charts import bars, bullets, heat
from config import clock
from config.language import N_, _, pick
from data_access.reports import dispatch, reporting
from data_access.reports.agenda import Agenda, Matter
from data_access.reports.briefing import Briefing
from pages.parts import figures
from pages.parts.wall import briefing_day, briefing_standing, screen
from pages.parts.wall.briefing_standing import BULLET, OCCURRED
from pages.parts.wall.screen import HEIGHT, STAGE, Look

ROOM = round(HEIGHT / STAGE) - 34  # padding and border
HEAD, LINE = 132, 72  # title, what it speaks of, key numbers: one under the other, or in one line
COLUMNS = 3
DOT, RANK = (28, 46), (44, 62)  # pixels of a row: at least, at best
SITES, BATCHES, SUPPLIES = 5, 9, 9
MATTER = 380  # pixels of a column of matters
CAUSES, LOADS, STOCKS, PACE = 530, 800, 380, 284  # pixels of the charts


def show(look: Look, told: Briefing, agenda: Agenda) -> None:
    """The section that the address names."""
    with st.container(key="stage"):
        match look.section:
            case "missing":
                _missing(look, told)
            case "result":
                _result(look, told)
            case "callup":
                _callup(look, told)
            case "coverage":
                _coverage(told)
            case "reds":
                _reds(look, told)
            case _other:
                _matters(look, agenda)


def _draw(*parts: str) -> None:
    st.html(f'<div class="b">{"".join(parts)}</div>')


def _columns(parts: list[str]) -> str:
    return f'<div class="b-cols">{"".join(f"<div>{part}</div>" for part in parts)}</div>'


def _more(rest: int, words: str) -> str:
    return f'<div class="b-note">{escape(words.format(n=rest))}</div>' if rest > 0 else ""


def _rows(n: int, room: int, height: tuple[int, int]) -> tuple[int, int]:
    """How many of ``n`` rows stand in each column, and how high they are: few columns of high rows where they fit."""
    least, best = height
    for columns in range(1, COLUMNS + 1):
        each = max(math.ceil(n / columns), 1)
        if each * best <= room:
            return each, best
    each = min(each, room // least)
    return each, min(best, room // each)


def _missing(look: Look, told: Briefing) -> None:
    frame, owing = told.arrivals, told.unreported
    under = _("{m} of {n} complete", n=len(frame), m=len(frame) - len(owing))
    each, height = _rows(len(frame), ROOM - HEAD - 80, DOT)
    shown = [frame.iloc[start : start + each] for start in range(0, min(len(frame), each * COLUMNS), each)]
    _draw(
        screen.title(1, _("Not in yet"), escape(under), pick(*reporting.DEFINITIONS["state"])),
        screen.keys(screen.key(str(len(owing)), N_("owing"), role="red" if owing else "") + _owing(told)),
        _columns([briefing_day.matrix(told, rows, height, look) for rows in shown]),
        _more(len(frame) - each * COLUMNS, _("{n} more under Dispatch")),
        briefing_day.legend(frame).replace("b-legend", "b-legend wide"),
    )


def _owing(told: Briefing) -> str:
    """The three that are longest overdue, and by how much."""
    late = told.arrivals[told.arrivals["owed"].notna()].sort_values("since", kind="stable").head(3)
    cards = []
    for row in late.to_dict("records"):
        over = int((clock.now() - row["since"].to_pydatetime()).total_seconds())
        words = _("overdue {hours} h {minutes} min", hours=over // 3600, minutes=over // 60 % 60)
        name = f"{told.short(row['community'])} · {_(reporting.KINDS[row['owed']])}"
        cards.append(f'<div class="b-call"><b>{escape(name)}</b><br>{escape(words)}</div>')
    return f'<div class="b-line" style="align-self:center;gap:16px">{"".join(cards)}</div>' if cards else ""


def _result(look: Look, told: Briefing) -> None:
    last = told.result
    if last is None:
        _draw(screen.title(2, _("Last evening"), escape(_("no evening tally yet"))))
        _draw(briefing_day.hint(_("Comes with the first evening tally.")))
        return
    causes = last.causes[last.causes["n"] != 0]
    left, right = st.columns([5, 6], gap="large")
    with left:
        _draw(briefing_day.result_head(told, last, causes))
        if len(causes):
            rows = pd.DataFrame(
                {
                    "label": [_(dispatch.CAUSES[cause]) for cause in causes["cause"]],
                    "n": causes["n"],
                    "alert": causes["alert"].astype(bool),
                }
            )
            screen.chart(bars.reasons(rows, dark=look.dark, screen=True), "stage_causes", CAUSES)
    with right:
        _draw(briefing_day.disputed(told, last, {}, ROOM - 50))


def _callup(look: Look, told: Briefing) -> None:
    left, right = st.columns([8, 4], gap="large")
    with left:
        _draw(briefing_day.callup_head(told.today))
        if told.today.timetable.empty:
            _draw(briefing_day.hint(_("Comes with the rosters.")))
        else:
            cells, sites, batches = briefing_day.cells_of(told.today, SITES, BATCHES)
            chart = heat.load(cells, sites, batches, figures.count(told.today.people), dark=look.dark, screen=True)
            screen.chart(chart.properties(height=min(70 * len(sites), ROOM - HEAD - 90)), "stage_load", LOADS)
    with right:
        briefing_day.supply(look, told, SUPPLIES, STOCKS)


def _coverage(told: Briefing) -> None:
    found = told.standings
    if found is None:
        words = _("The ranking follows the first evening tally.")
        _draw(screen.title(4, _("Coverage ranking"), escape(_("no evening tally yet"))), briefing_day.hint(words))
        return
    frame = found.table
    ranked = frame[frame["state"] == "ranked"]
    low, high = briefing_standing.axis_of(ranked, found.target)
    spot = (found.target - low) / (high - low)
    apart = frame[frame["state"] != "ranked"]
    each, height = _rows(len(ranked), ROOM - LINE - 30 - 70 * bool(len(apart)), RANK)
    columns = []
    for start in range(0, min(len(ranked), each * COLUMNS), each):
        places = range(start, min(start + each, len(ranked)))
        rows = (briefing_standing.rank_row(told, frame, place, found, (low, high, spot, height)) for place in places)
        columns.append(briefing_standing.ranks_head(found.target, spot) + "".join(rows))
    _draw(
        f'<div class="b-top">{briefing_standing.coverage_head(found)}</div>',
        _columns(columns),
        f'<div class="b-apart">{briefing_standing.apart_rows(told, apart)}</div>',
    )
    _draw(_more(len(ranked) - each * COLUMNS, _("{n} more under Rankings")))


def _reds(look: Look, told: Briefing) -> None:
    found = told.reds
    share = figures.rate_text(found.elapsed_n, found.elapsed_d)
    role = "red" if len(found.occurred) else "act" if found.count else ""
    happened = found.occurred.head(COLUMNS)
    cards = [briefing_standing.occurred_card(told, row) for row in happened.to_dict("records")]
    _draw(
        screen.title(5, _("In red"), escape(_("elapsed {share} days", share=share))),
        screen.keys(screen.key(str(found.count), N_("cells in red"), role=role)),
        _columns([*cards, *[""] * (COLUMNS - len(cards))]) if cards else "",
    )
    each = (ROOM - HEAD - 40 - (OCCURRED + 8) * bool(cards)) // BULLET
    shown = found.behind.head(each * 4)
    for place, column in enumerate(st.columns(4, gap="medium")):
        rows = shown.iloc[place * each : (place + 1) * each]
        if len(rows):
            chart = bullets.pace(briefing_standing.bullet_rows(told, rows), dark=look.dark, screen=True)
            with column:
                screen.chart(chart.properties(height=BULLET * len(rows)), f"stage_pace_{place}", PACE)
    rest = len(found.behind) - len(shown) + len(found.occurred) - len(happened)
    _draw(_more(rest, _("{n} more under Workstreams")))


def _matters(look: Look, agenda: Agenda) -> None:
    late = screen.badge(_("{n} late", n=agenda.overdue), "red", "error") if agenda.overdue else ""
    columns: list[list[str]] = [[] for _column in range(COLUMNS)]
    waiting: list[Matter] = [*agenda.questions, *agenda.items]
    number = 0
    for column in columns:
        room = ROOM - HEAD - 30
        while waiting and (used := briefing_standing.tall(waiting[0], look, MATTER)) <= room:
            number += 1
            column.append(briefing_standing.matter_row(number, waiting.pop(0)))
            room -= used
    nothing = briefing_day.hint(_("Nothing is waiting for the meeting.")) if not agenda.count else ""
    _draw(
        screen.title(6, _("To settle"), escape(_("each with owner and time"))),
        f'<div class="b-keys" style="justify-content:flex-start;align-items:center;gap:24px">'
        f"{screen.key(str(agenda.count), N_('items'))}{late}</div>",
        _columns(["".join(column) for column in columns]),
        nothing,
        _more(len(waiting), _("{n} more under Action items")),
        *briefing_standing.waiting(agenda),
    )
