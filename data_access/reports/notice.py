"""The ranking of a day in words: for a chat, for a table, for an official paper (metrics.md §6.6).

Everything is said of a ``Snapshot``: of one just taken for a preview, of a stored one for a notice that was published.
Names communities only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from config import clock
from config.language import N_, _, pick
from data_access import metrics
from data_access.metrics import Rate
from data_access.reports import frames, ranking
from data_access.reports.errata import Erratum
from data_access.reports.scores import COUNTED
from data_access.reports.snapshot import Snapshot
from data_access.workbooks.letters import Letter, Table

PLACES = 2
MISSING = "—"
_MARKS = {
    "over": N_("suspect"),
    "unreconciled": N_("not reconciled"),
    "partial": N_("partial"),
    "spans": N_("several days' total"),
    "first": N_("first report"),
    "no_baseline": N_("no base"),
    "exempt": N_("exempt"),
    "estimate": N_("estimate"),
}
_STATES = {
    "unreported": N_("Not reported: {names}"),
    "estimate": N_("Figure is an estimate (≈), not ranked: {names}"),
    "not_comparable": N_("Not comparable, not ranked: {names}"),
    "no_denominator": N_("Nobody eligible or no base, not ranked: {names}"),
}
_UNRANKED = {
    "unreported": N_("not reported, not ranked"),
    "not_comparable": N_("not ranked"),
    "no_denominator": N_("nobody eligible"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One row as printed; ``value``, ``low`` and ``high`` are percent, for position only."""

    rank: str
    community: str
    fraction: str
    figure: str
    change: str
    note: str
    ranked: bool
    value: float | None = None
    low: float | None = None
    high: float | None = None


def rate_words(frame: pd.DataFrame, place: int, target: float | None = None) -> str:
    """The rate of one row of ``ranking.table`` as printed; more decimals where unequal rows would read alike."""
    near = [frames.rate(frame.iloc[one], "rate") for one in range(max(place - 1, 0), min(place + 2, len(frame)))]
    rate = near.pop(min(place, 1))
    return percent(rate, target, near)


def lines(told: Snapshot, basis: str | None = None) -> list[Line]:
    """Every row of the chosen basis, or of one beside it."""
    name = basis or told.basis
    frame = told.listings[name].table
    target = told.target if name == "coverage" else None
    return [_line(row, frame, place, name, target) for place, row in enumerate(frame.to_dict("records"))]


def figures(told: Snapshot) -> list[str]:
    """What each row is ranked by, as printed: rate and fraction, or a count of people."""
    return [" ".join(part for part in (one.figure, one.fraction) if part) for one in lines(told)]


def heading(told: Snapshot) -> str:
    """``示范街道新冠疫苗接种排名通报（接种率）``."""
    return _(
        "{street}: ranking notice, {campaign} ({basis})",
        street=told.street,
        campaign=told.campaign.label,
        basis=_(ranking.NAMES[told.basis]),
    )


def scope(told: Snapshot) -> str:
    """Day, moment and how many of how many reported."""
    moment = clock.local(told.at)
    return _(
        "{month}/{day}, as of {time}: {n} of {m} communities reported.",
        month=told.day.month,
        day=told.day.day,
        time=f"{moment:%H:%M}" if moment.date() == told.day else f"{moment:%Y-%m-%d %H:%M}",
        n=told.field - len(told.unreported),
        m=told.field,
    )


def summary(told: Snapshot) -> list[str]:
    """The sentences of the whole: coverage of the street, the day's gain, who reached the target, what is suspect."""
    total, frame = told.listings["coverage"].total, told.listings["coverage"].table
    said = []
    rate = frames.rate(total, "coverage")
    if rate.value is not None:
        whole = percent(rate, told.target).removesuffix("%")
        said.append(_("Coverage {rate}% ({n}/{d}).", rate=whole, n=count(rate.numerator), d=count(rate.denominator)))
    if not pd.isna(total["increment"]):
        gained = count(frames.figure(total, "increment"))
        known, heard = total["increment_counted"], total["reported"]
        said.append(
            _("{n} more people in one day (of {k} of the {m} that reported).", n=gained, k=known, m=heard)
            if known < heard
            else _("{n} more people in one day.", n=gained)
        )
    ranked = frame[frame["state"] == "ranked"]
    over = ranked["over"].astype(bool)
    reached = ranked["reached"].fillna(False).astype(bool) & ~over
    if reached.any():
        listed = names(ranked.loc[reached, "community"])
        said.append(_("The target of {target}% is reached by: {names}.", target=f"{told.target:g}", names=listed))
    if over.any():
        said.append(_("Above 100%, base to be checked: {names}.", names=names(ranked.loc[over, "community"])))
    return said


def unranked(told: Snapshot) -> list[str]:
    """Who has no rank, by reason."""
    frame = told.listing.table
    about = frame["marks"].str.split().map(lambda marks: "estimate" in marks)
    states = frame["state"].mask(about, "estimate")
    found = {state: list(frame.loc[states == state, "community"]) for state in _STATES}
    return [_(_STATES[state], names=names(listed)) for state, listed in found.items() if listed]


def corrections(told: Snapshot) -> list[str]:
    """更正: what changed of the notice before, old and new figure, and by which revisions."""
    said = []
    for one in told.errata:
        figures = {"community": one.community, "then": pair(one.then), "now": pair(one.now)}
        why = _(", ").join(each.text for each in one.revisions)
        said.append(
            _("{community}: {then} → {now} ({why})", **figures, why=why)
            if why
            else _("{community}: {then} → {now}", **figures)
        )
    return said


def compared_with(told: Snapshot) -> str:
    """What the changes of rank are counted from; empty where nobody's is."""
    frame = told.listing.table
    days = [day for day in frame["since"] if isinstance(day, date)]
    numbers = frame["since_notice"].dropna()
    if not days:
        return ""
    if len(numbers):
        return _("Change against notice {n} ({month}/{day}).", n=numbers.iloc[0], month=days[0].month, day=days[0].day)
    return _("Change against {month}/{day}.", month=days[0].month, day=days[0].day)


def explanations(told: Snapshot) -> list[str]:
    """口径 and the signs, one a line."""
    found = [_("Definition: {words}.", words=told.listing.definition), compared_with(told)]
    if told.listing.table["same_as_above"].fillna(False).any():
        found.append(_("≈ not distinguishable from the row above (95% Wilson intervals overlap)."))
    return [one for one in found if one]


def text(told: Snapshot, number: int | None = None) -> str:
    """The notice as plain text for a chat: scope and time, the whole, every rank with its figure, who has none and why.

    ``number`` is that of a published one.
    """
    said = [heading(told) if number is None else _("{title} (no. {n})", title=heading(told), n=number)]
    said += [scope(told), *summary(told)]
    for row, one, figure in zip(told.listing.table.to_dict("records"), lines(told), figures(told), strict=True):
        if one.ranked:
            tied = _(" (tied)") if row["tied"] else ""
            over = _(", above 100%, base to be checked") if row["over"] else ""
            said.append(f"{one.rank}{tied} {one.community} {figure}{over}")
    said += unranked(told)
    if told.errata:
        said.append(_("Corrections to notice {n}:", n=told.errata_of))
        said += corrections(told)
    said.append(_("Definition: {words}.", words=told.listing.definition))
    return "\n".join(said)


def sheet(told: Snapshot, basis: str) -> pd.DataFrame:
    """The rows of a basis as a table to download: figures as numbers, the rest in words."""
    frame = told.listings[basis].table
    counted = basis in COUNTED
    rows = [
        {
            _("Rank"): one.rank if not one.ranked else int(one.rank),
            _("Community"): one.community,
            _("Area"): row["area"],
            **({} if counted else {_("Numerator"): row["rate_n"], _("Denominator"): row["rate_d"]}),
            _(ranking.NAMES[basis]): row[basis] if counted else one.figure,
            _("Change"): one.change,
            _("Mark"): one.note,
        }
        for row, one in zip(frame.to_dict("records"), lines(told, basis), strict=True)
    ]
    whole = [_(ranking.NAMES[basis])] if counted else [_("Numerator"), _("Denominator")]
    return pd.DataFrame(rows).astype(dict.fromkeys(whole, "Int64"))


def errata_sheet(errata: Iterable[Erratum]) -> pd.DataFrame:
    """Then and now as a table to download or to print."""
    rows = [
        {
            _("Community"): one.community,
            _("Rank then"): one.rank_then,
            _("Rank now"): one.rank_now,
            _("Figure then"): pair(one.then),
            _("Figure now"): pair(one.now),
            _("Because of"): _(", ").join(each.text for each in one.revisions),
        }
        for one in errata
    ]
    return pd.DataFrame(rows).astype({_("Rank then"): "Int64", _("Rank now"): "Int64"})


def letter(told: Snapshot, number: int, published: date) -> Letter:
    """The notice as an official paper (公文)."""
    rows = lines(told)
    fractions = any(one.fraction for one in rows)
    basis = _(ranking.NAMES[told.basis])
    head = [_("Rank"), _("Community"), *([_("Done/base")] if fractions else []), basis, _("Change"), _("Mark")]
    body = [
        [one.rank, one.community, *([one.fraction] if fractions else []), one.figure, one.change, one.note]
        for one in rows
    ]
    tables = [Table(_("Ranks by {basis}", basis=basis), head, body)]
    paragraphs = [joined([scope(told), *summary(told), *(_("{words}.", words=one) for one in unranked(told))])]
    if told.errata:
        frame = errata_sheet(told.errata)
        cells = [[MISSING if pd.isna(cell) else str(cell) for cell in row] for row in frame.to_numpy().tolist()]
        tables.append(Table(_("Corrections to notice {n}", n=told.errata_of), list(frame.columns), cells))
        paragraphs.append(
            _("Corrections to notice {n} stand below, old and new figures side by side.", n=told.errata_of)
        )
    office = _("{street} Office", street=told.street)
    return Letter(
        office=office,
        reference=_("Notice no. {n} of {year}", n=number, year=published.year),
        title=_(
            "Notice of the ranking, {campaign}, {month}/{day}",
            campaign=told.campaign.label,
            month=told.day.month,
            day=told.day.day,
        ),
        to=_("To all communities:"),
        paragraphs=paragraphs,
        tables=tables,
        notes=[
            _("{words}.", words=told.listing.definition),
            *explanations(told)[1:],
            _("Data version {n}.", n=told.data_version),
        ],
        notes_label=_("Notes"),
        signed=office,
        date=_("{day}/{month}/{year}", year=published.year, month=published.month, day=published.day),
    )


def count(n: Any) -> str:
    """``14,715``, with a true minus; a missing one is ``—``."""
    return MISSING if pd.isna(n) else f"{n if isinstance(n, int) else int(n):,}".replace("-", "−")


def percent(rate: Rate, target: float | None = None, beside: Iterable[Rate] = ()) -> str:
    """``38.33%``, of an estimate ``≈38.33%``; more decimals where the target or an unequal neighbour asks for them."""
    shown = metrics.display_percent(rate, PLACES, target, beside)
    return MISSING if shown is None else f"{metrics.SIGN if rate.approximate else ''}{shown:,}%"


def pair(figure: tuple[int | None, int | None]) -> str:
    """A figure of an erratum: ``46/120``, or a count of people."""
    n, d = figure
    if n is None:
        return _("no figure")
    return count(n) if d == 1 else f"{count(n)}/{count(d)}"


def joined(sentences: Iterable[str]) -> str:
    """Sentences as one paragraph: Chinese ones follow each other without a space."""
    return pick("", " ").join(sentences)


def names(listed: Iterable[str]) -> str:
    """Communities in a row."""
    return _(", ").join(listed)


def _line(row: dict[Any, Any], frame: pd.DataFrame, place: int, basis: str, target: float | None) -> Line:
    ranked = row["state"] == "ranked"
    if basis in COUNTED:
        fraction, value = "", None
        figure = MISSING if pd.isna(row[basis]) else _("{n} people", n=count(frames.figure(row, basis)))
    else:
        n, d = frames.pair(row, "rate")
        known = n is not None and d is not None
        fraction = "" if basis == "composite" or not known else f"{count(n)}/{count(d)}"
        figure, value = rate_words(frame, place, target), (100 * n / d if n is not None and d else None)
    return Line(
        rank=MISSING if pd.isna(row["rank"]) else str(row["rank"]),
        community=row["community"],
        fraction=fraction,
        figure=figure,
        change=_change(row) if ranked else "",
        note=_note(row, ranked),
        ranked=ranked,
        value=value if ranked else None,
        low=None if pd.isna(row["low"]) else float(row["low"]),
        high=None if pd.isna(row["high"]) else float(row["high"]),
    )


def _change(row: dict[Any, Any]) -> str:
    """``▲1``, ``▼2``, ``—``; with rank/number of then where the number ranked changed."""
    if row["change"] in ("new", "none"):
        return _("new") if row["change"] == "new" else ""
    places = int(row["places"])
    moved = f"▲{places}" if places > 0 else f"▼{-places}" if places < 0 else MISSING
    return f"{moved} ({row['was']})" if isinstance(row["was"], str) else moved


def _note(row: dict[Any, Any], ranked: bool) -> str:
    said = [] if ranked else [_(_UNRANKED[row["state"]])]
    if ranked and row["tied"]:
        said.append(_("Tied"))
    if ranked and not pd.isna(row["same_as_above"]) and row["same_as_above"]:
        said.append("≈")
    said += [_(_MARKS[code]) for code in row["marks"].split() if code in _MARKS]
    if row["small_base"]:
        said.append(_("small base"))
    return " ".join(said)
