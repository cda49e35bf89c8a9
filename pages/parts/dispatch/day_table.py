"""The table of the dispatch page: morning | roster | evening | differences | what to do, one row per community."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from charts import theme
from config import clock, language
from config.language import N_, _
from data_access.metrics import SIGN
from data_access.reports import dispatch, frames
from data_access.reports.differences import IDENTITIES, Identity
from pages.parts import figures, written

# (group, heading, column of the report, width in Chinese, in English); the identities and what to do follow
COUNTS = (
    (N_("Morning"), N_("Plan"), "planned", (54, 48)),
    (N_("Morning"), N_("Notified"), "notified", (64, 66)),
    (N_("List"), N_("Rows"), "roster_rows", (52, 50)),
    (N_("Evening"), N_("Listed"), "roster_n", (70, 56)),
    (N_("Evening"), N_("On list"), "vacc_on_roster", (60, 56)),
    (N_("Evening"), N_("Walk-in"), "walk_in", (64, 60)),
    (N_("Evening"), N_("In all"), "vacc_total", (54, 50)),
    (N_("Evening"), N_("Not yet"), "not_vaccinated", (60, 58)),
)
ALWAYS = ("d_plan", "d_roster", "d_vaccinated", "d_unexplained", "d_cumulative")
STATES = {
    "reconciled": ("✓", N_("Reconciled")),
    "unchecked": ("□", N_("Not checked")),
    "explained": ("✓", N_("Explained")),
    "open": ("≠", N_("To check")),
    "unreported": ("⊘", N_("Not reported")),
    "empty": ("□", N_("Empty sheet, please check")),
    "exempt": ("免", N_("Exempt")),
    "not_due": ("…", N_("Not yet due")),
    "rest": ("休", N_("Rest day")),
}
TONES = {
    "open": "act",
    "unchecked": "act",
    "unreported": "red",
    "empty": "act",
    "exempt": "ink2",
    "not_due": "ink3",
    "rest": "ink3",
}

Cell = tuple[str, str]


def shown_identities(frame: pd.DataFrame) -> list[Identity]:
    """The five differences of every evening, and those others that some community has."""
    lines = frame.to_dict("records")
    return [one for one in IDENTITIES if one.column in ALWAYS or any(one.broken(_keys(line)) for line in lines)]


def _keys(line: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(name): value for name, value in line.items()}


def state(line: Mapping[str, Any], overdue: bool = True) -> str:
    """The state of a community's day in words: ``≠ 待核 3``, ``⊘ 未报 超42分``."""
    glyph, word = STATES[line["state"]]
    more = ""
    if line["state"] == "open":
        more = f" {line['open']}"
    elif line["state"] == "unreported" and overdue:
        word, more = N_("Owing"), f" {late(line)}"  # the short word: how long stands beside it
    return f"{glyph} {_(word)}{more}"


def late(line: Mapping[str, Any]) -> str:
    """How long the evening tally has been missing."""
    minutes = int((clock.now() - line["evening_due"]).total_seconds() // 60)
    if minutes >= 24 * 60:
        return _("+{n} d", n=minutes // (24 * 60))
    return _("+{h}h {m}m", h=minutes // 60, m=minutes % 60) if minutes >= 60 else _("+{m} min", m=minutes)


def difference(identity: Identity, line: Mapping[str, Any]) -> str:
    """A signed difference with its word: ``+3 ≠ 待核``, ``−2 已说明``, ``0``."""
    amount = frames.figure(line, identity.column)
    if not identity.broken(line):
        return figures.signed(amount)
    shown = figures.signed(amount) if amount else "±"
    if identity.information:
        return shown
    waived = set(line["waived"].split("、"))
    settled = identity.settled(line["noted"] is True, waived)
    word = _("accepted") if identity.code in waived else _("noted") if settled else _("open")
    return f"{shown} {word}" if settled else f"{shown} ≠ {word}"


def labelled(frame: pd.DataFrame, totals: pd.DataFrame) -> pd.DataFrame:
    """The table as it is read: two rows of headings, words beside the differences, the sums last."""
    identities = shown_identities(frame)
    lines = [_keys(line) for line in frame.to_dict("records")]
    cells: dict[Cell, list[Any]] = {("", _("Community")): [line["community"] for line in lines]}
    for group, name, column, _width in COUNTS:
        cells[(_(group), _(name))] = list(frame[column])
    for identity in identities:
        head = (_("Difference {code}", code=identity.code), _(identity.label))
        cells[head] = [difference(identity, line) for line in lines]
    cells[(_("To do"), _("State"))] = [state(line) for line in lines]
    _add_totals(cells, identities, totals, len(lines))
    made = pd.DataFrame(cells)
    made.columns = pd.MultiIndex.from_tuples(list(cells))
    counts = {(_(group), _(name)): "Int64" for group, name, _column, _width in COUNTS}
    return made.astype(counts)


def with_liaisons(labels: pd.DataFrame) -> pd.DataFrame:
    """``labelled`` with a column for whom to call, which ``liaisons`` fills in."""
    made = labels.copy()
    made[(_("To do"), _("Liaison to call"))] = ""
    return made


def liaisons(frame: pd.DataFrame, contacts: Mapping[str, str]) -> list[str]:
    """Whom to call, row for row, where something is to be settled."""
    asked = frame["state"].isin(["open", "unreported", "unchecked"])
    names = [contacts.get(name, "") if ask else "—" for name, ask in zip(frame["community"], asked, strict=True)]
    return [*names, ""]


def exported(frame: pd.DataFrame, totals: pd.DataFrame) -> pd.DataFrame:
    """The table as it is downloaded: an estimate is written out with its sign."""
    made = labelled(frame, totals)
    about = _estimates(frame, totals)
    touched = {place for _row, place in about}
    made = made.astype({name: "object" for place, name in enumerate(made.columns) if place in touched})
    for row, place in about:
        made.iloc[row, place] = f"{SIGN}{figures.count(made.iloc[row, place])}"
    return made


def _estimates(frame: pd.DataFrame, totals: pd.DataFrame) -> list[tuple[int, int]]:
    """Row and place of the counts that are estimates, in the table and in its last line."""
    lines = [set(text.split()) for text in frame["estimates"]]
    lines.append({str(name) for name, text in totals["estimates"].items() if "n" in text.split()})
    return [
        (row, place)
        for row, names in enumerate(lines)
        for place, (_group, _name, column, _width) in enumerate(COUNTS, start=1)
        if column in names
    ]


def _add_totals(
    cells: dict[Cell, list[Any]], identities: list[Identity], totals: pd.DataFrame, communities: int
) -> None:
    """The last row: sums over those that reported, differences net."""
    columns = [None, *(column for _group, _name, column, _width in COUNTS), *(one.column for one in identities)]
    for place, values in enumerate(cells.values()):
        if place == 0:
            values.append(_("Total"))
        elif place < len(columns):
            amount, _d = dispatch.total(totals, str(columns[place]))
            net = place > len(COUNTS) and amount is not None
            values.append(_("net {n}", n=figures.signed(amount)) if net else amount)
        else:
            values.append("")
    missing = int(totals["missing"]["vacc_total"])
    state_key = list(cells)[len(columns)]
    cells[state_key][communities] = _("tallies missing: {n}", n=missing) if missing else _("All reported")


def columns(labels: pd.DataFrame, marks: pd.DataFrame) -> dict[int, Any]:
    """Widths and alignment by position; the hidden index stands at 0. A column with a correction of ``marks`` is wider
    by what it was before."""
    moved = set(marks["column"])
    counts, english = range(1, 1 + len(COUNTS)), language.current() == "en"
    states = next(place for place, name in enumerate(labels.columns) if name[0] == _("To do"))
    made: dict[int, Any] = {
        1: st.column_config.TextColumn(width=87 if english else 80, pinned=True),
        **{
            1 + place: st.column_config.NumberColumn(width=widths[english] + 52 * (column in moved))
            for place, (_group, _name, column, widths) in zip(counts, COUNTS, strict=True)
        },
        **{
            1 + place: st.column_config.TextColumn(
                alignment="right",
                width=(94 if english else 84) + _more(labels.iloc[:, place]),
            )
            for place in range(counts.stop, states)
        },
        1 + states: st.column_config.TextColumn(width=136 if english else 146),
    }
    if len(labels.columns) > states + 1:
        made[2 + states] = st.column_config.TextColumn(width=130 if english else 142)
    return made


def _more(texts: pd.Series) -> int:
    """What a column of differences needs beyond one digit and its word: cut off, a figure would lose its sign."""
    digits = max((sum(letter.isdigit() for letter in str(text)) for text in texts), default=1)
    return 9 * max(digits - 1, 0) + 14 * any(SIGN in str(text) for text in texts)


def rules(
    labels: pd.DataFrame, frame: pd.DataFrame, marks: pd.DataFrame, totals: pd.DataFrame, *, dark: bool
) -> tuple[pd.DataFrame, dict[tuple[int, int], tuple[str, str]]]:
    """Colours and weights: differences and states that ask for action, the unreported, the sums.

    And what stands around the counts at some places. Counts of ``marks`` (``corrections.marks``) were changed after the
    day was closed: they bear the sign of 更正, and what was there before stands beside it. Estimates bear theirs.
    """
    colours = theme.palette(dark)
    identities = shown_identities(frame)
    first = 1 + len(COUNTS)
    drawn: list[list[str]] = []
    for line in (_keys(record) for record in frame.to_dict("records")):
        row = [""] * len(labels.columns)
        row[0] = row[7] = "font-weight:700"
        if line["state"] == "unreported":
            row[4:first] = [f"background-color:{colours.sunk}"] * (first - 4)
        for place, identity in enumerate(identities, start=first):
            row[place] = _difference_rule(identity, line, colours)
        tone = TONES.get(line["state"])
        if tone:
            row[first + len(identities)] = f"color:{getattr(colours, tone)};font-weight:700"
        drawn.append(row)
    if len(labels) > len(frame):
        drawn.append([f"font-weight:700;background-color:{colours.page}"] * len(labels.columns))
    corrected = theme.STATES["corrected"]
    places = {name: place for place, (_group, _name, name, _width) in enumerate(COUNTS, start=1)}
    rows = {name: row for row, name in enumerate(frame["community"])}
    signs: dict[tuple[int, int], tuple[str, str]] = dict.fromkeys(_estimates(frame, totals), (SIGN, ""))
    for mark in marks.to_dict("records"):
        if mark["community"] in rows and mark["column"] in places:
            row_place, place = rows[mark["community"]], places[mark["column"]]
            drawn[row_place][place] += f";color:{corrected.text(dark)};font-weight:700"
            about = SIGN if (row_place, place) in signs else ""
            signs[row_place, place] = f"{corrected.sign} {about}", f" ← {figures.count(mark['old'])}"
    return pd.DataFrame(drawn, index=labels.index, columns=labels.columns), signs


def grounds(shown: Styler, drawn: pd.DataFrame, *, dark: bool) -> tuple[str, ...]:
    """By row the rule that gives the settled table the ground of a picked one, where its ``rules`` leave it white."""
    bare = ([place for place, look in enumerate(row) if "background" not in look] for row in drawn.to_numpy())
    return tuple(written.ground(shown, row, places, theme.palette(dark).pri_tint) for row, places in enumerate(bare))


@dataclass(frozen=True, slots=True)
class Grid:
    """The table as it is drawn, its ``columns``, and the ``grounds`` of its rows."""

    styled: Styler
    columns: dict[int, Any]
    grounds: tuple[str, ...]


def styled(labels: pd.DataFrame, drawn: pd.DataFrame, signs: Mapping[tuple[int, int], tuple[str, str]]) -> Styler:
    """The table by its ``rules``."""
    shown = labels.style.apply(lambda _frame: drawn, axis=None)
    for spot, around in signs.items():
        cell = (labels.index[[spot[0]]], labels.columns[[spot[1]]])
        shown = shown.format(partial(_between, *around), subset=cell)
    return shown


def _between(before: str, after: str, n: Any) -> str:
    return f"{before}{figures.count(n)}{after}"


def _difference_rule(identity: Identity, line: Mapping[str, Any], colours: theme.Palette) -> str:
    if not identity.broken(line):
        missing = pd.isna(line[identity.column]) and line["state"] == "unreported"
        return f"background-color:{colours.sunk}" if missing else f"color:{colours.ink3}"
    if identity.information:
        return f"color:{colours.ink2}"
    if identity.settled(line["noted"] is True, set(line["waived"].split("、"))):
        return f"background-color:{colours.sunk};color:{colours.ink2}"
    return f"background-color:{colours.act_tint};color:{colours.act};font-weight:700"
