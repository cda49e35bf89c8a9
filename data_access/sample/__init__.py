"""The sample street: real workbooks of an invented street, taken in through the real pipeline.

Places, people and figures are made from a seed; the same seed, dates and size give the same files, byte for byte.
Nothing in them belongs to anybody: document numbers lie in a region that does not exist, telephones in a range that
is given to nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random

from config import clock
from config.campaigns import sample_campaigns
from config.language import _
from config.settings import settings
from data_access import submissions
from data_access.accounts import Actor, Capability
from data_access.office import streets
from data_access.sample import street
from data_access.sample.parcels import Parcel, Post
from data_access.sample.vaccination import simulate

END_OF_DAY = time(21, 30)

Progress = Callable[[int, int, str], None]


class SampleError(submissions.SubmissionError):
    """The sample cannot be made; the text says why."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """How much came in."""

    workbooks: int
    submissions: int


def load(
    actor: Actor,
    *,
    communities: int = 12,
    days: int = 30,
    seed: int = 7,
    folder: Path | None = None,
    until: date | None = None,
    progress: Progress | None = None,
) -> Loaded:
    """Fill an empty street with the sample: every workbook at its own hour of arrival, in that order.

    ``until`` is the last day (default today: what would have arrived by now is there, nothing later). ``folder``
    keeps the files; ``progress`` is told files done, files in all and the file's name. The street is marked as a
    sample and gets the sample's campaigns. Needs an administrator; SampleError where the dates or the size make no
    sense, streets.StreetInUseError where the street holds anything already, since real and invented figures must
    never stand side by side.
    """
    actor.require(Capability.ADMINISTER)
    parcels = _parcels(communities, days, seed, until)
    campaigns = sample_campaigns()
    streets.mark_sample(actor, campaigns)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    taken = 0
    for number, parcel in enumerate(parcels, start=1):
        content = parcel.content(campaigns)
        if folder is not None:
            (folder / parcel.name).write_bytes(content)
        with clock.at(parcel.arrival):
            result = submissions.examine(actor, content, parcel.name)
            outcome = submissions.commit(actor, result, content)
        taken += sum(sheet.status == "committed" for sheet in outcome.sheets)
        if progress is not None:
            progress(number, len(parcels), parcel.name)
    return Loaded(len(parcels), taken)


def write(
    folder: Path, *, communities: int = 12, days: int = 30, seed: int = 7, until: date | None = None
) -> list[Path]:
    """The sample's workbooks as files, in order of arrival; arguments and errors as ``load``."""
    parcels = _parcels(communities, days, seed, until)
    campaigns = sample_campaigns()
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for parcel in parcels:
        path = folder / parcel.name
        path.write_bytes(parcel.content(campaigns))
        written.append(path)
    return written


def _parcels(communities: int, days: int, seed: int, until: date | None) -> list[Parcel]:
    if not (2 <= communities <= 40 and 1 <= days <= 366):
        raise SampleError(_("A sample street has 2 to 40 communities and 1 to 366 days."))
    last = until or clock.today()
    if last > clock.today():
        raise SampleError(_("The sample cannot end in the future: {day}.", day=last.isoformat()))
    places = street.places(communities, Random(f"{seed}:street"), days)
    cast = street.parts(communities)
    first = last - timedelta(days=days - 1)
    drive = simulate(places, cast, sample_campaigns(), first, last, seed)
    return Post(settings().street.name, places, cast, drive, seed).parcels(_moment(last))


def _moment(last: date) -> datetime:
    """What has arrived by then is there: now on the present day, the end of the day on one that is past."""
    return clock.now() if last == clock.today() else clock.wall(last, END_OF_DAY)
