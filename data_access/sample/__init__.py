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
from data_access.catalogue import targets
from data_access.office import attachments, streets
from data_access.reports import directory
from data_access.reports.view import View
from data_access.sample import figures, photos, street
from data_access.sample.parcels import Post
from data_access.sample.vaccination import simulate

END_OF_DAY = time(21, 30)
TASK_SHEET, PHOTOGRAPHED = time(10, 0), time(16, 40)

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
    post = _post(communities, days, seed, until, directory.street(actor).name)
    parcels = post.parcels(_moment(post.drive.last))
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
    _set_targets(actor, post)
    _attach(actor, post)
    return Loaded(len(parcels), taken)


def _set_targets(actor: Actor, post: Post) -> None:
    """The street's task sheet: communities that are too small for the common target have their own."""
    year = date(post.drive.last.year, 1, 1)
    with clock.at(clock.wall(post.founded, TASK_SHEET)):
        for place, item, value in figures.smaller(post.places):
            source = f"{post.office}{year.year}年任务分解表"
            targets.put(actor, item.code, value, community=place.name, valid_from=year, source=source)


def _attach(actor: Actor, post: Post) -> None:
    """A few photographs beside the evidence that has arrived."""
    last = post.drive.last
    view = View(actor, last, sample_campaigns()[0].code)
    keys = {row["name"]: int(row["id"]) for row in directory.communities(view).to_dict("records")}
    for place, row, name, picture in photos.taken(post.places, post.evidence_sent, post.seed):
        sent = post.evidence_sent(place)
        if sent < last:
            record = attachments.evidence_record(row["year"], row["item_code"], row.get("event_no"))
            with clock.at(clock.wall(sent, PHOTOGRAPHED)):
                attachments.add(actor, keys[place.name], "evidence", record, name, picture, "photo")


def write(
    folder: Path, *, communities: int = 12, days: int = 30, seed: int = 7, until: date | None = None
) -> list[Path]:
    """The sample's workbooks as files, in order of arrival; arguments and errors as ``load``."""
    post = _post(communities, days, seed, until, settings().street.name)
    parcels = post.parcels(_moment(post.drive.last))
    campaigns = sample_campaigns()
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for parcel in parcels:
        path = folder / parcel.name
        path.write_bytes(parcel.content(campaigns))
        written.append(path)
    return written


def _post(communities: int, days: int, seed: int, until: date | None, name: str) -> Post:
    if not (2 <= communities <= 40 and 1 <= days <= 366):
        raise SampleError(_("A sample street has 2 to 40 communities and 1 to 366 days."))
    last = until or clock.today()
    if last > clock.today():
        raise SampleError(_("The sample cannot end in the future: {day}.", day=last.isoformat()))
    places = street.places(communities, Random(f"{seed}:street"), days)
    cast = street.parts(communities)
    first = last - timedelta(days=days - 1)
    drive = simulate(places, cast, sample_campaigns(), first, last, seed)
    return Post(name, places, cast, drive, seed)


def _moment(last: date) -> datetime:
    """What has arrived by then is there: now on the present day, the end of the day on one that is past."""
    return clock.now() if last == clock.today() else clock.wall(last, END_OF_DAY)
