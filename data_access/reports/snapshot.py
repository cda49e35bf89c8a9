"""定格: the ranking of a day as one value that can be put away and shown again exactly, whatever changes afterwards.

Values only: sentences are made when it is shown, in the reader's language. Definitions hang on settings that may
change, so they are kept as they were, in every language of the board.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd

from config import clock, language
from config.campaigns import Campaign
from config.settings import settings
from data_access import database
from data_access.reports import directory, errata, frames, ranking, standing
from data_access.reports.errata import Erratum
from data_access.reports.scores import COUNTED
from data_access.reports.view import View

FORMAT = 1
SPOKEN = ("status",)  # columns of the list that are words in the language of whoever asked: left out


@dataclass(frozen=True, slots=True)
class Listing:
    """One basis: ``ranking.table`` without SPOKEN, the one row of ``ranking.total``, and its definition by language."""

    table: pd.DataFrame
    total: Mapping[str, Any]
    definitions: Mapping[str, str]

    @property
    def definition(self) -> str:
        """The definition in the reader's language."""
        return self.definitions.get(language.current()) or self.definitions[language.DEFAULT]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The ranking of ``day`` by ``basis`` as it stood at ``at``, with the bases beside it.

    ``field`` communities, of which ``unreported`` owe their evening tally; ``target`` in percent; ``errata`` are the
    corrections since notice ``errata_of``.
    """

    street: str
    campaign: Campaign
    day: date
    at: datetime
    data_version: int
    basis: str
    target: float
    listings: Mapping[str, Listing]
    field: int
    unreported: tuple[str, ...]
    errata: tuple[Erratum, ...] = ()
    errata_of: int | None = None
    small_base: int = 30

    @property
    def listing(self) -> Listing:
        """The list of the chosen basis."""
        return self.listings[self.basis]

    def figures(self) -> dict[str, list[tuple[Any, ...]]]:
        """What is told, without what it is compared with: two snapshots with equal figures say the same."""
        return {
            basis: [
                (row["community"], row["state"], *(_plain(one) for one in _fraction(row, basis)))
                for row in listing.table.to_dict("records")
            ]
            for basis, listing in self.listings.items()
        }


def take(view: View, basis: str = "coverage", besides: Sequence[str] = ()) -> Snapshot:
    """The ranking of the view's day by ``basis``, with the bases ``besides``, and coverage, which scope is told by.

    Raises BasisError.
    """
    version = database.data_version()  # before the figures, so that they are never older than it says
    at = view.as_of or clock.now()
    bases = dict.fromkeys([basis, "coverage", *besides])
    listings = {name: _listing(view, name) for name in bases}
    campaign = directory.campaign(view)
    whole = listings["coverage"]
    return Snapshot(
        street=whole.total["community"],
        campaign=campaign,
        day=view.day,
        at=at,
        data_version=version,
        basis=basis,
        target=standing.target(campaign),
        listings=listings,
        field=int(whole.total["field"]),
        unreported=tuple(whole.table.loc[whole.table["state"] == "unreported", "community"]),
        small_base=settings().thresholds.small_base,
    )


def stored(told: Snapshot) -> dict[str, Any]:
    """The snapshot as JSON for the table of notices; day and data version stand beside it there."""
    return {
        "format": FORMAT,
        "street": told.street,
        "campaign": told.campaign.model_dump(mode="json"),
        "at": told.at.isoformat(),
        "basis": told.basis,
        "target": told.target,
        "small_base": told.small_base,
        "unreported": list(told.unreported),
        "bases": {
            basis: {
                "table": frames.packed(one.table),
                "total": frames.packed(pd.DataFrame([one.total], dtype="object")),
                "definitions": dict(one.definitions),
            }
            for basis, one in told.listings.items()
        },
        "head": {  # what a list of notices shows
            "field": told.field,
            "reported": told.field - len(told.unreported),
            "coverage_n": _plain(told.listings["coverage"].total["coverage_n"]),
            "coverage_d": _plain(told.listings["coverage"].total["coverage_d"]),
            "corrections": len(told.errata),
        },
        "errata": [errata.stored(one) for one in told.errata],
        "errata_of": told.errata_of,
    }


def restored(content: Mapping[str, Any], day: date, data_version: int) -> Snapshot:
    """The snapshot that ``stored`` put away."""
    listings = {}
    for basis, one in content["bases"].items():
        total = frames.unpacked(one["total"]).astype("object").iloc[0]
        whole = {str(name): pd.NA if value is None else value for name, value in total.items()}
        listings[basis] = Listing(frames.unpacked(one["table"]), whole, one["definitions"])
    return Snapshot(
        street=content["street"],
        campaign=Campaign.model_validate(content["campaign"]),
        day=day,
        at=datetime.fromisoformat(content["at"]),
        data_version=data_version,
        basis=content["basis"],
        target=content["target"],
        listings=listings,
        field=content["head"]["field"],
        unreported=tuple(content["unreported"]),
        errata=tuple(errata.restored(one) for one in content["errata"]),
        errata_of=content["errata_of"],
        small_base=content["small_base"],
    )


def _listing(view: View, basis: str) -> Listing:
    campaign = directory.campaign(view)
    table = ranking.table(view, basis).drop(columns=list(SPOKEN))
    definitions = {}
    for spoken in language.LANGUAGES:
        with language.speaking(spoken):
            definitions[spoken] = ranking.definition(basis, campaign)
    total = {str(name): value for name, value in ranking.total(view, basis).iloc[0].items()}
    return Listing(table, total, definitions)


def _plain(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)


def _fraction(row: Mapping[Any, Any], basis: str) -> tuple[Any, Any]:
    return (row[basis], 1) if basis in COUNTED else (row["rate_n"], row["rate_d"])
