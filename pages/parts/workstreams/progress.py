"""What the parts of the workstreams page share: the words of the states, and rows as dicts."""

from __future__ import annotations

from typing import Any

import pandas as pd

from config.language import N_
from pages.parts.tables import Role

# How the states of an indicator are said; the glyph stands in the table, the role colours it.
WORDS: dict[str, tuple[Role, str]] = {
    "zero_occurred": ("red", N_("Occurred")),
    "behind": ("act", N_("Behind")),
    "zero_unconfirmed": ("ink2", N_("Unconfirmed")),
    "slightly_behind": ("ink2", N_("Slightly behind")),
    "on_track": ("ink2", N_("On track")),
    "ahead": ("pri", N_("Ahead")),
    "zero_ok": ("ink2", N_("Confirmed")),
    "missing": ("red", N_("Not reported")),
    "unreported": ("red", N_("Not reported")),
    "no_target": ("ink3", N_("No target yet")),
    "not_started": ("ink3", N_("Not begun")),
    "not_applicable": ("ink3", N_("Not applicable")),
}


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a report as dicts by column name."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]
