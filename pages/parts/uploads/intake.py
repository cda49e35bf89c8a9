"""The batch of an upload page: what became of each file, in the words of the page.

Nothing here draws. The files and what was said of them are in the database (``data_access.inbox.batches``), so that a
reload, another window of the account and a restart show the same list; a visitor's session holds only which uploads
it has handed over. Reading and taking in are done in the queue of the process (``data_access.inbox.queue``), whether
the run that asked for it goes on or not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from config import clock
from config.language import N_, _, pick
from data_access import sheets
from data_access.accounts import AccountError, Actor
from data_access.faults import FaultError
from data_access.findings import Severity
from data_access.inbox import batches, intake, queue
from data_access.inbox.batches import BatchError
from data_access.inbox.intake import COMMITTABLE, STATES, File
from data_access.inbox.queue import Acting, FullError, Job
from data_access.submissions import SubmissionError
from data_access.workbooks.grid import SUFFIXES
from data_access.workbooks.model import Hints, Mends, Scope
from pages.parts import cache, figures
from pages.parts.frame import engine

__all__ = ["COMMITTABLE", "STATES", "TYPES", "Batch", "File", "Upload"]

TYPES = tuple(suffix.removeprefix(".") for suffix in SUFFIXES)
_STEP, _QUEUE = 0.2, 0.6  # seconds between two looks at a job, and at one that waits for its turn

Watch = Callable[[Job], None]


def unseen(_job: Job) -> None:
    """Show nobody how far a job is."""


@dataclass(slots=True, eq=False)
class Batch:
    """The open batch of an account, ``number`` in the database (None: none yet); ``seen`` are the uploads of this
    session taken over already, ``refusal`` why the last ones could not be, ``delay`` why they are not read yet.
    ``told`` is how many wait for a hand, as the page says, ``written`` the account's last commit that is in the list.
    """

    account: int
    number: int | None = None
    files: list[File] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    turn: int = 0  # raised whenever the order of the files may change
    refusal: str = ""
    delay: str = ""
    told: int = 0
    written: int = 0

    def sorted(self) -> list[File]:
        """The files in the order of STATES, then as they came."""
        return sorted(self.files, key=lambda item: (STATES.index(item.state), item.number))

    def counts(self) -> dict[str, int]:
        """How many files are in each state, in the order of STATES."""
        counted = Counter(item.state for item in self.files)
        return {state: counted[state] for state in STATES if counted[state]}

    def in_state(self, *states: str) -> list[File]:
        """The files in these states, in the order they came."""
        return [item for item in self.files if item.state in states]


class Upload(NamedTuple):
    """A file as it arrives; ``key`` tells two arrivals apart."""

    key: str
    name: str
    data: bytes


def load(actor: Actor, batch: Batch) -> None:
    """Bring the batch up to what the database has: another window may have changed it."""
    batch.written = queue.written(actor)
    batch.number = batches.current(actor)
    stored = intake.waiting(actor, batch.number) if batch.number is not None else []
    known = {item.number: item for item in batch.files}
    if [item.number for item in stored] != list(known):
        batch.turn += 1
    for item in stored:
        if (old := known.get(item.number)) is not None and old.reading is not item.reading:
            batch.turn += old.committed != item.committed
    batch.files = [_same(known.get(item.number), item) for item in stored]


def _same(known: File | None, stored: File) -> File:
    """The object that the page holds already, with what the database says now."""
    if known is None:
        return stored
    known.hints, known.mends, known.committed, known.reading = (
        stored.hints,
        stored.mends,
        stored.committed,
        stored.reading,
    )
    return known


def take(actor: Actor, batch: Batch, uploads: Iterable[Upload], address: str | None = None) -> list[File]:
    """Keep files; what was taken before, or waits already with the same bytes, is passed over. They are read by
    ``refresh``. What cannot be kept is said in ``batch.refusal``."""
    wanted = [upload for upload in uploads if upload.key not in batch.seen]
    batch.refusal, arrived = "", set()
    try:
        kept = batches.receive(actor, batches.open_(actor), [(each.name, each.data) for each in wanted], address)
        arrived = {each.id for each in kept}
    except BatchError as refusal:
        batch.refusal = str(refusal)
    except FaultError as fault:
        batch.refusal = f"{fault} {_('These files were not kept; drop them again.')}"
    batch.seen.update(upload.key for upload in wanted)
    load(actor, batch)
    return [item for item in batch.files if item.number in arrived]


def refresh(actor: Actor, batch: Batch, acting: Acting, watch: Watch = unseen) -> None:
    """Wait for what was asked for, and have read what was not yet, or before something came in that it hangs on: a
    register, another sheet of the community. ``acting`` as in ``queue``.

    Another click may end this at any moment told to ``watch``: the work goes on, and the next run waits for it again.
    """
    before, batch.delay = [item.state for item in batch.files], ""
    while (job := queue.of(actor)) is not None:
        _follow(actor, batch, job, watch)
    if queue.written(actor) != batch.written:  # it came to its end while the page began
        cache.at_least(queue.written(actor))
        load(actor, batch)
    if batch.number is not None and intake.stale(actor, batch.files):
        try:
            _follow(actor, batch, queue.examine(actor, batch.number, acting), watch)
        except FullError as full:
            batch.delay = str(full)
    batch.turn += before != [item.state for item in batch.files]


def _follow(actor: Actor, batch: Batch, job: Job, watch: Watch) -> None:
    """Wait for the end of a job; what it has done so far shows in the batch."""
    with engine.aside():
        while not job.wait(_STEP if job.begun else _QUEUE):
            _adopt(batch, job.files)
            watch(job)
    done: list[File] = []
    try:
        done = queue.outcome(job)
    except AccountError as refusal:
        batch.refusal = str(refusal) if job.taking else batch.refusal
    finally:
        cache.at_least(queue.written(actor))
    load(actor, batch)
    _adopt(batch, done)


def _adopt(batch: Batch, files: Iterable[File]) -> None:
    done = {item.number: item for item in files}
    for item in batch.files:
        if (other := done.get(item.number)) is not None and (item.reading is None or other.committed):
            item.committed, item.reading = other.committed, other.reading


def waiting(actor: Actor, batch: Batch) -> int:
    """How many files wait for a hand: those that are on their way in do not."""
    on_the_way = queue.taking(actor)
    return sum(not item.committed and item.number not in on_the_way for item in batch.files)


def say(actor: Actor, batch: Batch, item: File, hints: Hints) -> None:
    """The sender has said what kind, community, day or campaign the file is; ``refresh`` reads it again."""
    _change(actor, batch, lambda: batches.say(actor, item.number, hints))


def mend(actor: Actor, batch: Batch, item: File, mends: Mends) -> None:
    """The sender has put texts in place of cells (all of them; {}: none any more); ``refresh`` reads it again."""
    _change(actor, batch, lambda: batches.mend(actor, item.number, mends))


def remove(actor: Actor, batch: Batch, item: File) -> None:
    """Take a file out of the batch; what was committed of it stays."""
    _change(actor, batch, lambda: batches.remove(actor, item.number))
    intake.forget(actor, [item.number])


def _change(actor: Actor, batch: Batch, change: Callable[[], None]) -> None:
    """Carry out a change; where another window came first, that is said and the list shows how things stand."""
    batch.refusal = ""
    try:
        change()
    except SubmissionError as refusal:
        batch.refusal = str(refusal)
    load(actor, batch)


def clear(actor: Actor, batch: Batch, *states: str) -> None:
    """Take out the files in these states, or all."""
    for item in batch.in_state(*states or STATES):
        remove(actor, batch, item)


def commit(
    actor: Actor,
    batch: Batch,
    numbers: Collection[int],
    acting: Acting,
    *,
    partial: bool = True,
    address: str | None = None,
) -> None:
    """Ask for these files to be taken in, base data first, then by date; ``refresh`` waits until it is done.

    A file that no longer is what the sender saw, because the data changed meanwhile, is read again; where it turns
    out to need hands (or to be ``partial`` and that is not wanted) it stays in the batch.
    """
    batch.refusal = ""
    if batch.number is None:
        return
    allowed = COMMITTABLE if partial else COMMITTABLE - {"partial"}
    try:
        queue.commit(actor, batch.number, numbers, acting, states=allowed, address=address)
    except FullError as full:
        batch.refusal = str(full)


# What the page says of a file ----------------------------------------------------------------------------------


def kinds(item: File) -> str:
    """The kinds of sheet in a file; what nobody could tell is asked for."""
    found = dict.fromkeys(kind_label(sheet.kind) for sheet in item.sheets if sheet.kind and sheet.status != "skipped")
    if not found:
        return _("? choose") if item.state == "unclear" else figures.MISSING
    return _(", ").join(found)


def communities(item: File) -> str:
    """Whose sheets they are: one name, or how many."""
    names = list(dict.fromkeys(sheet.community for sheet in item.sheets if sheet.community))
    if any(finding.code.startswith("COMMUNITY") for finding in item.questions):
        return _("? choose")
    if not names:
        return figures.MISSING
    return names[0] if len(names) == 1 else _("{n} communities", n=len(names))


def days(item: File) -> str:
    """The business dates or periods of a file."""
    if any(finding.code.startswith("DATE") for finding in item.questions):
        return _("? choose")
    dates = sorted({sheet.day for sheet in item.sheets if sheet.day is not None})
    if dates:
        first, last = dated(dates[0]), dated(dates[-1])
        return first if first == last else f"{first}–{last}"
    periods = list(dict.fromkeys(sheet.period for sheet in item.sheets if sheet.period))
    return _(", ").join(periods[:2]) or figures.MISSING


def dated(day: date) -> str:
    """A day, with its year where that is not this one: it may be mistyped."""
    return figures.short_day(day) if day.year == clock.today().year else figures.full_day(day)


def state_words(item: File) -> str:
    """The state in words: 可入库, 更正 v2, 需修补, 待确认, 拒收, 内容相同, 已入库."""
    if item.state == "corrected":
        revisions = {sheet.revision for sheet in item.sheets if sheet.replaces}
        return _("Correction v{n}", n=revisions.pop()) if len(revisions) == 1 else _("Corrections")
    words = {
        "partial": N_("Needs mending"),
        "unclear": N_("To be confirmed"),
        "refused": N_("Not accepted"),
        "ready": N_("Can go in"),
        "unchanged": N_("Same content"),
        "unread": N_("Not read yet"),
        "committed": N_("Committed"),
    }
    return _(words[item.state])


def note(item: File, batch: Batch) -> str:
    """What to know about a file, in one short sentence."""
    if item.problem:
        return item.problem
    if item.state == "committed":
        text = _("{n} rows in as {numbers}", n=figures.count(item.rows_accepted), numbers=numbers([item]))
        return _comma().join([text, _("{m} refused", m=item.rows_refused)] if item.rows_refused else [text])
    if item.state == "partial":
        return _("{m} rows refused, the other {n} can go in", m=item.rows_refused, n=item.rows_accepted)
    if item.state == "unclear":
        return _("Please say on the right: {what}", what=item.questions[0].message)
    if item.state == "unchanged":
        return _("In already as {numbers}, not taken twice", numbers=numbers([item]))
    if (twin := _twin(item, batch)) is not None:
        return _("Same scope as {file}; the later one will count", file=twin.name)
    if item.state == "corrected":
        return _moved(item)
    said = [finding for finding in item.findings if finding.severity != Severity.INFO]
    return said[0].message if said else ""


def _moved(item: File) -> str:
    compared = [sheet.comparison for sheet in item.sheets if sheet.replaces and sheet.comparison]
    counts = {
        N_("▼ {n} rows fewer"): sum(c.gone for c in compared),
        N_("{n} new"): sum(c.new for c in compared),
        N_("{n} changed"): sum(c.changed for c in compared),
    }
    return _comma().join(_(words, n=n) for words, n in counts.items() if n)


def _comma() -> str:
    return pick("，", ", ")


def _twin(item: File, batch: Batch) -> File | None:
    """Another file of the batch that speaks of the same scope; the one committed last will count."""
    mine = set(scopes(item))
    others = (other for other in batch.in_state("ready", "corrected", "partial") if other is not item)
    return next((other for other in others if mine & set(scopes(other))), None)


def scopes(item: File) -> list[Scope]:
    """What the file would put in force; action items go one by one and are left out."""
    portions = item.result.portions if item.result else []
    return [portion.scope for _sheet, portion in portions if portion.scope.kind != "actions"]


def numbers(files: Iterable[File]) -> str:
    """The submission numbers of committed or unchanged files: #12, or #12–#15."""
    found = sorted(sheet.submission for item in files for sheet in item.sheets if sheet.submission is not None)
    if not found:
        return figures.MISSING
    return f"#{found[0]}" if len(found) == 1 else f"#{found[0]}–#{found[-1]}"


def kind_label(key: str | None) -> str:
    """A kind of sheet in the current language."""
    return sheets.kind(key).label if key in sheets.KINDS else str(key)
