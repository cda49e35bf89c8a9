"""The batch of an upload page: what became of each file, from dropping it to its submission number.

Nothing here draws. A batch belongs to one account and lives in one visitor's session, with the bytes of its files;
what has been committed is in the database, the rest is kept until it is taken out or the session ends.
"""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from config import clock
from config.language import N_, _
from data_access import database, sheets, submissions
from data_access.accounts import AccountError, Actor
from data_access.findings import Finding, Severity
from data_access.plans import SheetOutcome
from data_access.reports.changes import Difference
from data_access.submissions import Outcome
from data_access.workbooks import pipeline
from data_access.workbooks.model import Hints, Scope, WorkbookResult
from pages.parts import figures

log = logging.getLogger("street.intake")

TYPES = ("xlsx", "xlsm", "xls", "ods")

# What needs hands first, then corrections, then what is clean, then what is done.
STATES = ("partial", "unclear", "refused", "corrected", "ready", "unchanged", "committed")
COMMITTABLE = frozenset({"ready", "corrected", "partial"})

_ASKS = frozenset(
    {
        "SHEET_UNRECOGNISED",
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


def _quiet(_done: int, _total: int, _name: str) -> None:
    return None


@dataclass(slots=True, eq=False)
class File:
    """One file of a batch. ``outcome`` is what a commit would do, once ``committed`` what it did."""

    number: int
    name: str
    data: bytes
    sha256: str
    received: datetime
    hints: Hints = field(default_factory=Hints)
    result: WorkbookResult | None = None
    outcome: Outcome | None = None
    version: int = 0  # the data version it was read and compared at
    committed: bool = False
    problem: str = ""
    differences: dict[tuple[int, int, str], Difference] = field(default_factory=dict)

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
        if self.problem or self.outcome is None:
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


@dataclass(slots=True, eq=False)
class Batch:
    """The files of one account's session; ``seen`` are the uploads taken over already."""

    account: int
    files: list[File] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    turn: int = 0  # raised whenever the order of the files may change
    _numbers: int = 0

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

    def remove(self, item: File) -> None:
        """Take a file out of the batch; what was committed of it stays."""
        self.files.remove(item)
        self.turn += 1

    def clear(self, *states: str) -> None:
        """Take out the files in these states, or all."""
        self.files = [item for item in self.files if states and item.state not in states]
        self.turn += 1


class Upload(NamedTuple):
    """A file as it arrives; ``key`` tells two arrivals apart."""

    key: str
    name: str
    data: bytes


def take(actor: Actor, batch: Batch, uploads: Iterable[Upload], progress: Progress = _quiet) -> list[File]:
    """Add files to the batch and examine them; what was taken before, or has the same bytes, is passed over.

    Another click may end this at any file told to ``progress``: the rest is taken with the next run.
    """
    wanted = [upload for upload in uploads if upload.key not in batch.seen]
    added: list[File] = []
    for done, upload in enumerate(wanted):
        progress(done, len(wanted), upload.name)
        sha256 = hashlib.sha256(upload.data).hexdigest()
        if not any(item.sha256 == sha256 and not item.committed for item in batch.files):
            batch._numbers += 1
            item = File(batch._numbers, upload.name, upload.data, sha256, clock.now())
            examine(actor, item)
            batch.files.append(item)
            batch.turn += 1
            added.append(item)
        batch.seen.add(upload.key)
    return added


def examine(actor: Actor, item: File) -> None:
    """Recognise, read, check and compare one file as the data stand now. One bad file never stops the others."""
    item.problem, item.outcome, item.version = "", None, database.data_version()
    item.differences.clear()
    try:
        item.result = submissions.examine(actor, item.data, item.name, item.hints)
        item.outcome = submissions.preview(actor, item.result)
    except AccountError as refusal:
        item.problem = str(refusal)
    except Exception as failure:
        log.error("%s could not be examined: %s", item.sha256[:12], type(failure).__name__)
        item.problem = _(_FAILED)


def say(actor: Actor, batch: Batch, item: File, hints: Hints) -> None:
    """The sender has said what kind, community, day or campaign the file is; read it again."""
    item.hints = hints
    examine(actor, item)
    batch.turn += 1


def refresh(actor: Actor, batch: Batch, progress: Progress = _quiet) -> None:
    """Examine again what was read before the data last changed: a later register, or somebody else's commit."""
    version = database.data_version()
    stale = [item for item in batch.files if not item.committed and item.version != version]
    for done, item in enumerate(stale):
        progress(done, len(stale), item.name)
        before = item.state
        examine(actor, item)
        batch.turn += before != item.state


def commit(
    actor: Actor,
    batch: Batch,
    files: Sequence[File],
    *,
    partial: bool = True,
    address: str | None = None,
    progress: Progress = _quiet,
) -> list[File]:
    """Take these files in: base data first, then by date. The files that went in.

    A file that no longer is what the sender saw, because the data changed meanwhile, is read again; where it turns
    out to need hands (or to be ``partial`` and that is not wanted) it stays in the batch.
    """
    allowed = COMMITTABLE if partial else COMMITTABLE - {"partial"}
    by_result = {id(item.result): item for item in files if item.result is not None}
    ordered = [by_result[id(result)] for result in pipeline.order([i.result for i in files if i.result is not None])]
    went_in: list[File] = []
    for done, item in enumerate(ordered):
        progress(done, len(ordered), item.name)
        if item.version != database.data_version():
            examine(actor, item)
        if item.state not in allowed or item.result is None:
            continue
        try:
            item.outcome = submissions.commit(actor, item.result, item.data, address=address, received_at=item.received)
        except AccountError as refusal:
            item.problem = str(refusal)
            continue
        except Exception as failure:
            log.error("%s could not be committed: %s", item.sha256[:12], type(failure).__name__)
            item.problem = _(_FAILED)
            continue
        item.committed = True
        went_in.append(item)
    batch.turn += 1
    return went_in


# What the page says of a file ----------------------------------------------------------------------------------


def kinds(item: File) -> str:
    """The kinds of sheet in a file; what nobody could tell is asked for."""
    found = dict.fromkeys(kind_label(sheet.kind) for sheet in item.sheets if sheet.kind and sheet.status != "skipped")
    if not found:
        return _("? choose") if item.state == "unclear" else figures.MISSING
    return "、".join(found)


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
        first, last = figures.short_day(dates[0]), figures.short_day(dates[-1])
        return first if first == last else f"{first}–{last}"
    periods = list(dict.fromkeys(sheet.period for sheet in item.sheets if sheet.period))
    return "、".join(periods[:2]) or figures.MISSING


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
        "committed": N_("Committed"),
    }
    return _(words[item.state])


def note(item: File, batch: Batch) -> str:
    """What to know about a file, in one short sentence."""
    if item.problem:
        return item.problem
    if item.state == "committed":
        text = _("{n} rows in as {numbers}", n=figures.count(item.rows_accepted), numbers=numbers([item]))
        return f"{text}，{_('{m} refused', m=item.rows_refused)}" if item.rows_refused else text
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
        N_("{n} new"): sum(c.new for c in compared),
        N_("{n} changed"): sum(c.changed for c in compared),
        N_("{n} gone"): sum(c.gone for c in compared),
    }
    return "，".join(_(words, n=n) for words, n in counts.items() if n)


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
