"""The identities I1–I8 of a vaccination day as differences: what is compared, what settles it, how to check it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from config.language import N_, _


@dataclass(frozen=True, slots=True)
class Identity:
    """One difference column of the dispatch table: the figure ``first`` minus the figure ``second``.

    ``figures`` are the columns of the two, None where it follows from the other and the difference.
    ``parts`` are the columns that make it up, where a sum could hide them. ``information`` asks nobody to act.
    ``by_name`` is settled by naming people only, never by a note: an explained person is not unexplained.
    """

    code: str
    column: str
    label: str
    first: str
    second: str
    check: str
    figures: tuple[str | None, str | None]
    parts: tuple[str, ...] = ()
    information: bool = False
    by_name: bool = False

    def broken(self, line: Mapping[str, Any]) -> bool:
        """Whether the two figures, or those of a part, are reported and differ."""
        return any(not pd.isna(line[name]) and line[name] != 0 for name in (self.column, *self.parts))

    def settled(self, noted: bool, waived: frozenset[str] | set[str]) -> bool:
        """Whether nobody has to act on it any more: waived, or explained where a note can explain it."""
        return self.code in waived or (noted and not self.by_name)


IDENTITIES = (
    Identity(
        "I5",
        "d_plan",
        N_("Roster−plan"),
        N_("Roster rows"),
        N_("Morning plan"),
        N_("Ask which of the two was changed after the meeting, and send the other again."),
        ("roster_rows", "planned"),
    ),
    Identity(
        "I5",
        "d_roster",
        N_("Roster−tally"),
        N_("Roster rows"),
        N_("On the roster, evening tally"),
        N_("The roster counts its rows: ask the clerk whom the tally adds or leaves out."),
        ("roster_rows", "roster_n"),
    ),
    Identity(
        "I6",
        "d_vaccinated",
        N_("Marked−tally"),
        N_("Rows marked vaccinated"),
        N_("Vaccinated on roster, evening tally"),
        N_("The list decides about people, the tally about volume: compare name by name."),
        ("roster_vaccinated", "vacc_on_roster"),
    ),
    Identity(
        "I1",
        "d_unexplained",
        N_("Unexplained"),
        N_("On the roster, evening tally"),
        N_("Sum of the outcomes"),
        N_("Go through the roster name by name and fill in what became of each."),
        ("roster_n", None),
        by_name=True,
    ),
    Identity(
        "I2",
        "d_cumulative",
        N_("Rise−doses"),
        N_("Rise of the totals"),
        N_("Doses of the day"),
        N_("Check yesterday's and today's totals; vaccinations elsewhere and corrections belong in the note."),
        (None, None),
        parts=("d_cum_d1", "d_cum_full", "d_cum_b"),
    ),
    Identity(
        "I3",
        "d_course",
        N_("Course excess"),
        N_("Later doses so far"),
        N_("Earlier doses so far"),
        N_("Nobody completes a course without a first dose: correct one of the totals."),
        (None, None),
    ),
    Identity(
        "I4",
        "d_total",
        N_("Total−parts"),
        N_("Vaccinated in all"),
        N_("On roster and walk-in"),
        N_("Add up the evening tally again: in all = on roster + walk-in."),
        ("vacc_total", None),
    ),
    Identity(
        "I4",
        "d_doses",
        N_("Total−doses"),
        N_("Vaccinated in all"),
        N_("Sum of the doses"),
        N_("Add up the evening tally again: the doses add up to the total of the day."),
        ("vacc_total", None),
    ),
    Identity(
        "I7",
        "d_held",
        N_("Dose held"),
        N_("Called up for a dose they hold"),
        N_("Allowed"),
        N_("Check dose and document number of these people; take the rows out if it is so."),
        ("d_held", None),
        by_name=True,
    ),
    Identity(
        "I8",
        "d_next",
        N_("Next−plan"),
        N_("Tomorrow's roster rows"),
        N_("Planned tomorrow"),
        N_("For information: people were added or left out since the evening."),
        ("next_rows", "plan_next"),
        information=True,
    ),
)

COLUMNS = tuple(column for identity in IDENTITIES for column in (identity.column, *identity.parts))

LATER_ROSTER = N_("The roster was corrected at {roster}, after the morning sheet of {morning}: confirm {n} people.")
ROWS_OPEN = N_("Rows {rows} of the roster say nothing of the person: ask one by one and fill them in.")
# The parts of I2, one a running total.
PARTS = {
    "d_cum_d1": N_("Rise−doses, dose 1"),
    "d_cum_full": N_("Rise−doses, full course"),
    "d_cum_b": N_("Rise−doses, booster"),
}


def row_list(rows: list[int], most: int = 12) -> str:
    """Row numbers as people read them, cut off where they would fill the page."""
    shown = _(", ").join(str(row) for row in rows[:most])
    return shown if len(rows) <= most else _("{rows} and {n} more", rows=shown, n=len(rows) - most)
