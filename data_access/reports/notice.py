"""The ranking of a day in words, ready to be pasted into a chat (metrics.md §6.6)."""

from __future__ import annotations

import pandas as pd

from config import clock
from config.language import _
from data_access import metrics
from data_access.metrics import Rate
from data_access.reports import directory, ranking, standing
from data_access.reports.scores import COUNTED
from data_access.reports.view import View

PLACES = 2


def rate_words(frame: pd.DataFrame, place: int, target: float | None = None) -> str:
    """The rate of one row of ``ranking.table`` as printed; more decimals where unequal rows would read alike."""
    rates = [Rate.of(n, d) for n, d in zip(frame["rate_n"], frame["rate_d"], strict=True)]
    beside = [rates[near] for near in (place - 1, place + 1) if 0 <= near < len(rates)]
    shown = metrics.display_percent(rates[place], PLACES, target, beside)
    return "—" if shown is None else f"{shown:,}%"


def figures(view: View, basis: str) -> list[str]:
    """What each row of ``ranking.table`` is ranked by, as printed: rate and fraction, or a count of people."""
    frame = ranking.table(view, basis)
    if basis in COUNTED:
        return ["—" if pd.isna(n) else _("{n} people", n=f"{int(n):,}".replace("-", "−")) for n in frame[basis]]
    target = standing.target(directory.campaign(view)) if basis == "coverage" else None
    words = []
    for place, (n, d) in enumerate(zip(frame["rate_n"], frame["rate_d"], strict=True)):
        known = not (pd.isna(n) or pd.isna(d))
        fraction = f" {int(n):,}/{int(d):,}" if known and basis != "composite" else ""
        words.append(rate_words(frame, place, target) + fraction)
    return words


def text(view: View, basis: str = "coverage") -> str:
    """The notice as plain text: scope and time, the whole, every rank with its figure, and who has none and why.

    Names communities only. Raises BasisError.
    """
    frame, total = ranking.table(view, basis), ranking.total(view, basis).iloc[0]
    campaign = directory.campaign(view)
    moment = clock.local(view.as_of or clock.now())
    lines = [
        _(
            "{street}: {campaign}, {basis}",
            street=total["community"],
            campaign=campaign.label,
            basis=_(ranking.NAMES[basis]),
        ),
        _(
            "{month}/{day}, as of {time}: {n} of {m} communities ranked.",
            month=view.day.month,
            day=view.day.day,
            time=f"{moment:%H:%M}",
            n=total["ranked"],
            m=total["field"],
        ),
    ]
    rate = Rate.of(total["coverage_n"], total["coverage_d"])
    whole = metrics.display_percent(rate, PLACES, standing.target(campaign))
    if whole is not None:
        lines.append(
            _(
                "Coverage {rate}% ({n}/{d}).",
                rate=whole,
                n=f"{total['coverage_n']:,}",
                d=f"{total['coverage_d']:,}",
            )
        )
    for row, figure in zip(frame.to_dict("records"), figures(view, basis), strict=True):
        if row["state"] == "ranked":
            tied = _(" (tied)") if row["tied"] else ""
            over = _(", above 100%, base to be checked") if row["over"] else ""
            lines.append(f"{row['rank']}{tied} {row['community']} {figure}{over}")
    lines += _without_rank(frame)
    lines.append(_("Definition: {words}.", words=ranking.definition(basis, campaign)))
    return "\n".join(lines)


def _without_rank(frame: pd.DataFrame) -> list[str]:
    words = {
        "unreported": _("Not reported: {names}"),
        "not_comparable": _("Not comparable, not ranked: {names}"),
        "no_denominator": _("Nobody eligible or no base, not ranked: {names}"),
    }
    lines = []
    for state, sentence in words.items():
        names = list(frame.loc[frame["state"] == state, "community"])
        if names:
            lines.append(sentence.format(names="、".join(names)))
    return lines
