"""From files to submissions: examine what waits, take in what is wanted, one transaction a file.

The page, the command line and the watched folder all come this way. What a file says may depend on what goes in
before it: the street's own lists go first, then day by day, and what may be another since it was read is read again
(``moments``). What was read is kept in this process for the account whose file it is, never in the database.
"""

from __future__ import annotations

import hashlib
import logging
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any

from config import clock
from config.language import N_, _
from config.settings import settings
from data_access import faults, privacy, statistics, submissions
from data_access.accounts import AccountError, Actor, Capability
from data_access.findings import Finding, Severity
from data_access.inbox import batches, moments, rules
from data_access.inbox.batches import Arrival
from data_access.inbox.brought import brought
from data_access.inbox.moments import Moment, News
from data_access.inbox.plans import SheetOutcome
from data_access.reports.changes import Difference
from data_access.submissions import Outcome, SubmissionError
from data_access.workbooks import pipeline
from data_access.workbooks.model import Hints, Mends, WorkbookResult

log = logging.getLogger("street.intake")

# What needs hands first, then corrections, then what is clean, then what is done.
STATES = ("partial", "unclear", "refused", "corrected", "ready", "unchanged", "unread", "committed")
COMMITTABLE = frozenset({"ready", "corrected", "partial"})


_ASKS = frozenset(
    {
        "SHEET_UNRECOGNISED",
        "TABLE_UNKNOWN",
        "KIND_UNCLEAR",
        "DATE_UNCLEAR",
        "DATE_MISSING",
        "COMMUNITY_DISAGREES",
        "COMMUNITY_MISSING",
        "COMMUNITY_UNKNOWN",
        "COMMUNITY_UNKNOWN_NEAR",
        "CAMPAIGN_DISAGREES",
        "CAMPAIGN_UNKNOWN",
    }
)
_FAILED = N_("Something went wrong here; nothing of the file was kept. Try again, or tell an administrator.")

Progress = Callable[[int, int, str], None]


def quiet(_done: int, _total: int, _name: str) -> None:
    """Tell nobody of the progress."""


@dataclass(slots=True, eq=False)
class Reading:
    """What examining a file gave: what a commit would do, or what it did.

    ``at`` is how things stood when it was read; ``holds`` the last time that they were found to leave it as it is.
    """

    key: tuple[Any, ...]
    at: Moment
    result: WorkbookResult | None = None
    outcome: Outcome | None = None
    problem: str = ""
    passing: bool = False  # the problem is one of disk or database: it is nothing that the file could help
    differences: dict[tuple[int, int, str], Difference] = field(default_factory=dict)
    holds: Moment = field(init=False)

    def __post_init__(self) -> None:
        self.holds = self.at


@dataclass(slots=True, eq=False)
class File:
    """One file on its way in. ``number`` is that of its batch file, or its place where it waits in no batch; ``fetch``
    gets its bytes. ``reading`` is None until it is examined."""

    number: int
    name: str
    sha256: str
    size: int
    received: datetime
    fetch: Callable[[], bytes]
    hints: Hints = field(default_factory=Hints)
    mends: Mends = field(default_factory=dict)
    committed: bool = False
    kept: bool = False  # whether it waits in a batch of the page
    reading: Reading | None = None

    @property
    def data(self) -> bytes:
        """The bytes of the file as it arrived."""
        return self.fetch()

    @property
    def result(self) -> WorkbookResult | None:
        """What was read."""
        return self.reading.result if self.reading else None

    @property
    def outcome(self) -> Outcome | None:
        """What a commit would do; once ``committed``, what it did."""
        return self.reading.outcome if self.reading else None

    @property
    def problem(self) -> str:
        """Why the file could not be examined, or not be taken in just now: then it may be tried again."""
        return self.reading.problem if self.reading else ""

    @property
    def passing(self) -> bool:
        """Whether the problem lies with disk or database, so that the same file may go in at the next try."""
        return self.reading is not None and self.reading.passing

    @property
    def version(self) -> int:
        """The data version that it was read and compared at; 0 before that."""
        return self.reading.at.version if self.reading else 0

    @property
    def differences(self) -> dict[tuple[int, int, str], Difference]:
        """Comparisons already made of it, for as long as its reading holds."""
        return self.reading.differences if self.reading else {}

    @property
    def answer(self) -> Outcome:
        """The outcome, whatever happened; where taking it in failed that, and not what would have become of it."""
        if self.outcome is not None and not self.problem:
            return self.outcome
        found = Finding(rules.FILE_STOPPED, fields={"reason": self.problem or _(_FAILED)})
        return Outcome(self.name, self.sha256, "rejected", findings=[found])

    @property
    def sheets(self) -> list[SheetOutcome]:
        """What becomes of its sheets."""
        return self.outcome.sheets if self.outcome else []

    @property
    def findings(self) -> list[Finding]:
        """Everything found in it, the gravest first."""
        order = list(Severity)
        found = self.outcome.all_findings() if self.outcome else []
        return sorted(found, key=lambda finding: order.index(finding.severity))

    def count(self, severity: Severity) -> int:
        """How many findings are this grave."""
        return sum(finding.severity == severity for finding in self.findings)

    @property
    def rows_accepted(self) -> int:
        """Rows that can go in, or went in."""
        return sum(sheet.rows_accepted for sheet in self.sheets)

    @property
    def rows_refused(self) -> int:
        """Rows that cannot."""
        return sum(sheet.rows_refused for sheet in self.sheets)

    @property
    def usable(self) -> list[SheetOutcome]:
        """The sheets that can go in, or are in already."""
        return [sheet for sheet in self.sheets if sheet.status in ("committed", "unchanged")]

    @property
    def questions(self) -> list[Finding]:
        """What the sender has to say: kind, community, day or campaign of a whole sheet, each asked once."""
        usable = bool(self.usable)
        asked: dict[str, Finding] = {}
        for finding in self.findings:
            of_sheet = finding.code != "SHEET_UNRECOGNISED" and not finding.cell
            if finding.code in _ASKS and (of_sheet or not usable):
                asked.setdefault(finding.message, finding)
        return list(asked.values())

    @property
    def state(self) -> str:
        """One of STATES."""
        if self.committed:
            return "committed"
        if self.reading is None:
            return "unread"
        if self.outcome is None:
            return "refused"
        if self.questions:
            return "unclear"
        if not self.usable:
            return "refused"
        if self.count(Severity.ERROR):
            return "partial" if self.outcome.status == "committed" else "unchanged"
        if self.outcome.status == "unchanged":
            return "unchanged"
        return "corrected" if any(sheet.replaces for sheet in self.usable) else "ready"

    @property
    def brings_places(self) -> bool:
        """Whether it brings communities or sites that would be new or changed: they may decide what others say."""
        return any(sheet.kind in ("communities", "sites") and sheet.status == "committed" for sheet in self.sheets)


# Where files come from -----------------------------------------------------------------------------------------


def here(path: Path, hints: Hints, number: int = 0) -> File:
    """A file that waits in no batch: it lies on this machine, and is read from there whenever its bytes are wanted.

    OSError where it cannot be read. What somebody has changed since is not taken in.
    """
    data = path.read_bytes()
    sha256 = hashlib.sha256(data).hexdigest()
    return File(number, path.name, sha256, len(data), clock.now(), partial(_again, path, sha256), hints)


def _again(path: Path, sha256: str) -> bytes:
    try:
        data = path.read_bytes()
    except OSError:
        data = b""
    if hashlib.sha256(data).hexdigest() != sha256:
        raise SubmissionError(_("The file was changed or taken away meanwhile. Import it again."))
    return data


def waiting(actor: Actor, batch: int) -> list[File]:
    """The files of a batch as the database has them, with what this process has read of them."""
    arrived = batches.files(actor, batch)
    readings = {each.id: _recall(actor, each.id) for each in arrived}
    missing = any(not each.waiting and _before(readings[each.id]) for each in arrived)
    done = brought(actor, batch) if missing else {}
    return [_file(actor, each, readings[each.id], done.get(each.id, [])) for each in arrived]


def _before(reading: Reading | None) -> bool:
    """Whether what this process knows of a file is of before it was taken in."""
    return reading is None or bool(reading.key)


def _file(actor: Actor, arrived: Arrival, reading: Reading | None, done: list[SheetOutcome]) -> File:
    if not arrived.waiting and _before(reading):
        status = "committed" if done else "unchanged"
        reading = Reading((), Moment(0, 0, 0), outcome=Outcome(arrived.filename, arrived.sha256, status, done))
    if arrived.waiting and reading is not None and reading.key[:2] != (arrived.hints, _frozen(arrived.mends)):
        reading = None
    return File(
        arrived.id,
        arrived.filename,
        arrived.sha256,
        arrived.size,
        arrived.received_at,
        partial(batches.content, actor, arrived.id),
        arrived.hints,
        arrived.mends,
        not arrived.waiting,
        True,
        reading,
    )


# Examining -----------------------------------------------------------------------------------------------------


def examine(actor: Actor, files: Sequence[File], progress: Progress = quiet, reopen: str | None = None) -> None:
    """Read, check and compare the files that were not yet, or not as the data stand now. One never stops the others.

    Those that bring communities or sites are known to the others, as they would go in before; so these are read again.
    ``reopen`` as in ``submissions.preview``.
    """
    for _turn in examining(actor, files, progress, reopen):
        pass


def examining(
    actor: Actor, files: Sequence[File], progress: Progress = quiet, reopen: str | None = None
) -> Iterator[None]:
    """``examine`` in turns: between two files it may be somebody else's."""
    now, today, begun = moments.now(actor), clock.today(), False
    for _round in range(2):
        behind = _stale(actor, files, now, today, reopen)
        for done, (item, key, beside) in enumerate(behind):
            if begun:
                yield
            begun = True
            progress(done, len(behind), item.name)
            item.reading = _read(actor, item, Reading(key, now), beside, reopen)
            if item.kept:
                _remember(actor, item.number, item.reading)


def stale(actor: Actor, files: Sequence[File]) -> bool:
    """Whether there is anything to do for ``examine``."""
    actor.require(Capability.UPLOAD)
    return bool(_stale(actor, files, moments.now(actor), clock.today(), None))


def _stale(
    actor: Actor, files: Sequence[File], now: Moment, today: date, reopen: str | None
) -> list[tuple[File, tuple[Any, ...], list[WorkbookResult]]]:
    """The files to be read, each with the key of what would be read, and those that would go in before it."""
    open_ = [item for item in files if not item.committed]
    _confirm(actor, open_, now)
    bringing = [item for item in open_ if item.brings_places and _holds(item, now)]
    found = []
    for item in open_:
        beside = [other.result for other in bringing if other is not item and other.result is not None]
        names = tuple(result.sha256 for result in beside)
        key = (item.hints, _frozen(item.mends), actor, today, names, reopen)
        if item.reading is None or item.reading.key != key or item.passing or not _holds(item, now):
            found.append((item, key, beside))
    return found


def _confirm(actor: Actor, files: Sequence[File], now: Moment) -> None:
    """Note of the readings that what came in since has nothing to do with them."""
    behind = [(item.reading, item.result) for item in files if item.reading is not None and not _holds(item, now)]
    if behind:
        news = News(actor, now, (reading.holds for reading, _result in behind))
        for reading, result in behind:
            if not news.touches(reading.holds, result):
                reading.holds = now


def _holds(item: File, now: Moment) -> bool:
    return item.reading is not None and item.reading.holds.version >= now.version


def _read(actor: Actor, item: File, reading: Reading, beside: Sequence[WorkbookResult], reopen: str | None) -> Reading:
    try:
        reading.result = submissions.examine(actor, item.fetch(), item.name, item.hints, beside, item.mends)
        reading.outcome = submissions.preview(actor, reading.result, reopen=reopen)
    except AccountError as refusal:
        reading.outcome = _not_allowed(item, refusal)
    except SubmissionError as refusal:
        reading.problem = str(refusal)
    except Exception as problem:  # whatever one file does, the others go on
        log.error("%s could not be examined: %s", item.sha256[:12], privacy.failure(problem))
        _stopped(reading, problem)
    return reading


def _stopped(reading: Reading, problem: Exception) -> None:
    told = faults.sentence(problem)
    reading.problem, reading.passing = told or _(_FAILED), told is not None


def _not_allowed(item: File, refusal: AccountError) -> Outcome:
    return Outcome(
        item.name, item.sha256, "rejected", findings=[Finding(rules.FILE_NOT_ALLOWED, fields={"reason": str(refusal)})]
    )


_MOST = 200_000  # rows of what was read that a process keeps; the reading just made always stays
_kept: OrderedDict[tuple[str, int, int], Reading] = OrderedDict()
_lock = Lock()


def _remember(actor: Actor, number: int, reading: Reading) -> None:
    with _lock:
        _kept[settings().url, actor.id, number] = reading
        _kept.move_to_end((settings().url, actor.id, number))
        held = sum(_weight(each) for each in _kept.values())
        while held > _MOST and len(_kept) > 1:
            held -= _weight(_kept.popitem(last=False)[1])


def _weight(reading: Reading) -> int:
    """The rows that a reading holds, and one for itself."""
    portions = reading.result.portions if reading.result else ()
    return 1 + sum(len(portion.rows) for _sheet, portion in portions)


def _recall(actor: Actor, number: int) -> Reading | None:
    with _lock:
        return _kept.get((settings().url, actor.id, number))


def forget(actor: Actor, numbers: Iterable[int]) -> None:
    """Let go of what was read of files that were taken out."""
    with _lock:
        for number in numbers:
            _kept.pop((settings().url, actor.id, number), None)


def _frozen(mends: Mends) -> frozenset[tuple[tuple[str, str], str]]:
    return frozenset(mends.items())


# Taking in -----------------------------------------------------------------------------------------------------


def take_in(
    actor: Actor,
    files: Sequence[File],
    *,
    states: Collection[str] = STATES,
    dry: bool = False,
    batch: int | None = None,
    address: str | None = None,
    reopen: str | None = None,
    progress: Progress = quiet,
) -> Iterator[File]:
    """Take in the files that are in one of ``states``: base data first, then by date. Yields each once it is decided.

    What the data changed meanwhile is read again before; where it then is in another state it stays out. ``batch`` is
    the one they come with where they do not wait in it; ``dry`` only examines; ``reopen`` as in
    ``submissions.commit``. NotAllowedError for an account that may not send anything.
    """
    actor.require(Capability.UPLOAD)
    if dry or any(item.reading is None for item in files):  # what was read before is good enough to put them in order
        examine(actor, files, reopen=reopen)
    left = _ordered(files)
    while left:
        item = left.pop(0)
        progress(len(files) - len(left) - 1, len(files), item.name)
        if not dry:
            examine(actor, [item], reopen=reopen)
            if item.state in states and item.result is not None:
                brought_places = item.brings_places
                _commit(actor, item, item.result, batch, address, reopen)
                if item.committed and brought_places:  # it may decide what the others are, and so their order
                    examine(actor, left, reopen=reopen)
                    left = _ordered(left)
        yield item
    if not dry:
        statistics.keep_up()


def _ordered(files: Sequence[File]) -> list[File]:
    """Base data first, then by date, then as given; at the end those that could not be read at all."""
    by_result = {id(item.result): item for item in files if item.result is not None}
    ordered = [by_result[id(result)] for result in pipeline.order(i.result for i in files if i.result is not None)]
    return ordered + [item for item in files if item.result is None]


def _commit(
    actor: Actor, item: File, result: WorkbookResult, batch: int | None, address: str | None, reopen: str | None
) -> None:
    assert item.reading is not None
    number, reading = item.number if item.kept else None, Reading((), item.reading.holds, result, item.outcome)
    try:
        reading.outcome = submissions.commit(
            actor,
            result,
            item.fetch(),
            address=address,
            received_at=item.received,
            batch=batch,
            batch_file=number,
            reopen=reopen,
        )
        item.committed = reading.outcome.status != "rejected"
    except AccountError as refusal:
        reading.outcome = _not_allowed(item, refusal)
    except SubmissionError as refusal:
        reading.problem = str(refusal)
    except Exception as problem:  # nothing of it is kept; the others go on
        log.error("%s could not be committed: %s", item.sha256[:12], privacy.failure(problem))
        _stopped(reading, problem)
    if not item.committed:
        reading.key = (
            item.reading.key
        )  # said until something comes in that it hangs on, or the sender says something else
    item.reading = reading
    if item.committed:
        reading.result = None  # its rows are needed no more
    if item.kept:
        _remember(actor, item.number, reading)
