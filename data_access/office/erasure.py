"""One person on request: what is held of them, and taking it out everywhere (个人信息保护法, articles 45 and 47).

Somebody is found by the document number (its keyed hash) or by name and community. What says who they are goes from
every roster, and their name, telephone and number from every text; an original that names them goes as a whole, since
the people beside them stand in the board's own rows. The rows stay and count: hashed anew, so that nothing leads from
the number to them any more.
"""

from __future__ import annotations

import io
import secrets
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, Table, or_, select, update

from config import clock
from config.language import N_, _
from config.settings import settings
from data_access import audit, database, privacy
from data_access.accounts import Actor, Capability
from data_access.office import retention, traces
from data_access.schema import Attachment, BatchFile, Callup, Community, Sealed, Submission, Workbook

NAMES = {
    "rows": N_("rows of rosters"),
    "texts": N_("texts that name the person"),
    "originals": N_("original workbooks"),
    "waiting": N_("files that wait"),
    "evidence": N_("files of evidence"),
}
REASONS: Mapping[str, str] = {
    "request": N_("the person asked for it"),
    "withdrawn": N_("the person withdrew the consent"),
    "purpose": N_("the purpose is reached or given up"),
    "unlawful": N_("it was collected without a ground"),
}
_SHORTEST = 2  # letters of a name that is looked for in texts
_ENCODINGS = ("utf-8", "gb18030", "utf-16-le", "utf-16-be", "big5")


class ErasureError(Exception):
    """Nobody can be looked for or erased; the text says why."""

    def __init__(self, message: str, **fields: object) -> None:
        super().__init__(_(message, **fields))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who is looked for: a document number (or person code), or a name in a community (its name).

    ``person``: which one of several with that name, by the mark that ``find`` gave.
    """

    document: str = ""
    name: str = ""
    community: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who fits, masked. ``mark`` tells people of one name apart; ``rows`` of rosters, from the first day to
    the last."""

    mark: str
    name: str
    phone: str
    document: str
    communities: tuple[str, ...]
    rows: int
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Held:
    """What is held: the people who fit, and, where that is one or nobody, ``counts`` by the keys of ``NAMES``.

    ``copies``: names of the backups that hold it too. ``compacted``: after erasing, whether the bytes are gone from the
    database's file.
    """

    people: list[Person]
    counts: dict[str, int] = field(default_factory=dict)
    copies: list[str] = field(default_factory=list)
    compacted: bool = False


def find(actor: Actor, wanted: Wanted) -> Held:
    """What is held of somebody; nothing is changed. For administrators. ErasureError for a question without an answer.

    It takes a while: every original is looked through.
    """
    actor.require(Capability.ADMINISTER)
    with database.reading() as connection:
        target = _target(connection, actor, wanted)
        people = target.people()
        if len(people) > 1:
            return Held(people)
        return Held(people, _walk(connection, actor, target, erasing=False), traces.copies(connection))


def erase(actor: Actor, wanted: Wanted, reason: str) -> Held:
    """Erase somebody everywhere, in one transaction, and write the database anew without it.

    For administrators; recorded with the hash by which the person was known, the reason (one of ``REASONS``) and
    counts. ErasureError where nothing is held, or several people fit and none was chosen.
    """
    actor.require(Capability.ADMINISTER)
    if reason not in REASONS:
        raise ErasureError(N_("Say why the person is erased: it stays on record."))
    with database.writing() as connection:
        target = _target(connection, actor, wanted)
        people = target.people()
        if len(people) > 1:
            raise ErasureError(N_("{n} people have this name there. Choose one of them."), n=len(people))
        counts = _walk(connection, actor, target, erasing=True)
        if not any(counts.values()):
            raise ErasureError(N_("Nothing is held of this person."))
        database.raise_version(connection)
        audit.record(connection, actor, "person_erased", target.known_by[:16], reason=reason, **counts)
    compacted = database.compact()
    with database.reading() as connection:
        return Held(people, counts, traces.copies(connection), compacted)


# Who it is -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Target:
    """The rows of rosters that are theirs, and the words they are known by elsewhere."""

    rows: list[Any]
    documents: frozenset[str]
    name: str
    known_by: str  # a keyed hash

    def people(self) -> list[Person]:
        """The people behind the rows."""
        by_key: dict[str, list[Any]] = {}
        for row in self.rows:
            by_key.setdefault(row.person_key, []).append(row)
        return [_person(key, rows) for key, rows in by_key.items()]

    @property
    def names(self) -> frozenset[str]:
        """Names that are looked for in texts."""
        found = {self.name, *(row.name for row in self.rows)}
        return frozenset(name for name in found if name and len(name) >= _SHORTEST and name != traces.EMPTY)

    @property
    def numbers(self) -> frozenset[str]:
        """Telephones and document numbers."""
        return frozenset({*self.documents, *(row.phone for row in self.rows if row.phone and len(row.phone) >= 7)})


def _person(key: str, rows: list[Any]) -> Person:
    latest = max(rows, key=lambda row: row.vaccination_date)
    return Person(
        mark=key[:12],
        name=privacy.mask_name(latest.name),
        phone=privacy.mask_phone(latest.phone),
        document=privacy.mask_document(latest.id_last4),
        communities=tuple(sorted({row.community for row in rows})),
        rows=len(rows),
        first=min(row.vaccination_date for row in rows),
        last=latest.vaccination_date,
    )


def _target(connection: Connection, actor: Actor, wanted: Wanted) -> _Target:
    columns = (Callup.id, Callup.person_key, Callup.name, Callup.phone, Callup.id_last4, Callup.vaccination_date)
    query = (
        select(*columns, Community.name.label("community"), Submission.workbook_id)
        .join(Submission, Submission.id == Callup.submission_id)
        .join(Community, Community.id == Callup.community_id)
        .where(Callup.street_id == actor.street_id)
        .order_by(Callup.id)
    )
    document = "".join(wanted.document.split())
    if document:
        key = privacy.keys().person(document)
        rows = list(connection.execute(query.where(Callup.person_key == key)).all())
        return _Target(rows, frozenset({document, document.upper(), document.lower()}), wanted.name.strip(), key)
    name = wanted.name.strip()
    if len(name) < _SHORTEST or not wanted.community:
        raise ErasureError(N_("Give the document number, or the name and the community."))
    there = connection.execute(
        select(Community.id).where(Community.street_id == actor.street_id, Community.name == wanted.community)
    ).scalar()
    if there is None:
        raise ErasureError(N_("There is no community {name}."), name=wanted.community)
    named = connection.execute(select(Callup.person_key, Callup.name).where(Callup.community_id == there)).all()
    known = {row.person_key for row in named if row.name == name and row.person_key.startswith(wanted.person)}
    rows = [
        row for some in _chunks(sorted(known)) for row in connection.execute(query.where(Callup.person_key.in_(some)))
    ]
    by = next(iter(known)) if len(known) == 1 else privacy.keys().figures(f"{name}\0{wanted.community}")
    return _Target(rows, frozenset(), name, by)


def _chunks(values: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(values), 500):  # SQLite bounds the number of parameters
        yield values[start : start + 500]


# Where it stands -------------------------------------------------------------------------------------------------


def _walk(connection: Connection, actor: Actor, target: _Target, *, erasing: bool) -> dict[str, int]:
    """Every place that holds the person; emptied where ``erasing``."""
    counts: Counter[str] = Counter(dict.fromkeys(NAMES, 0))
    originals = _originals(connection, actor, target)
    waiting = _files(connection, actor, target, BatchFile)
    evidence = _files(connection, actor, target, Attachment)
    counts["originals"], counts["waiting"], counts["evidence"] = len(originals), len(waiting), len(evidence)
    counts["rows"] = len(target.rows)
    own = {row.id for row in target.rows}
    for table in traces.TABLES:
        counts["texts"] += _texts(connection, actor, target, table, own, erasing=erasing)
    if erasing:
        _empty_rows(connection, target)
        retention.away(connection, originals)
        retention.empty_attachments(connection, evidence)
        for number in waiting:
            gone = {"content": None, "filename": traces.EMPTY, "mends": None, "address": None}
            connection.execute(update(BatchFile).where(BatchFile.id == number).values(**gone, removed_at=clock.now()))
    return dict(counts)


def _empty_rows(connection: Connection, target: _Target) -> None:
    """The rows of each person get one new hash of nobody: who was counted once is counted once."""
    table: Any = Callup.__table__
    values = {**traces.emptied(traces.personal(table)), "reason": None, "remark": None}
    anew: dict[str, str] = {}
    for row in target.rows:
        key = anew.setdefault(row.person_key, secrets.token_hex(32))
        connection.execute(update(Callup).where(Callup.id == row.id).values(**values, person_key=key))


def _texts(connection: Connection, actor: Actor, target: _Target, table: Table, own: set[int], *, erasing: bool) -> int:
    """Texts that name the person, with the name and the numbers taken out of them; how many rows."""
    columns = traces.texts(table)
    if not columns or "street_id" not in table.columns:
        return 0
    says = or_(
        *(traces.holding([column]) if isinstance(column.type, Sealed) else column.is_not(None) for column in columns)
    )
    rows = connection.execute(
        select(table.c.id, *columns).where(table.c.street_id == actor.street_id, says),
        execution_options={"yield_per": 1000},
    )
    words = sorted(target.names | target.numbers, key=len, reverse=True)
    found: list[tuple[int, dict[str, str]]] = []
    for row in rows:
        if table.name == "callup" and row.id in own:
            continue
        said = {column.name: getattr(row, column.name) for column in columns}
        without = {name: _without(text, words) for name, text in said.items() if isinstance(text, str)}
        changed = {name: text for name, text in without.items() if text != said[name]}
        if changed:
            found.append((row.id, changed))
    if erasing:
        for number, changed in found:
            connection.execute(update(table).where(table.c.id == number).values(changed))
    return len(found)


def _without(text: str, words: Iterable[str]) -> str:
    for word in words:
        text = text.replace(word, traces.EMPTY)
    return text


def _originals(connection: Connection, actor: Actor, target: _Target) -> list[int]:
    """The workbooks that brought the person's rows, and those in which the name or a number stands."""
    own = {row.workbook_id for row in target.rows if row.workbook_id is not None}
    kept = connection.execute(
        select(Workbook.id).where(Workbook.street_id == actor.street_id, Workbook.purged_at.is_(None))
    ).scalars()
    needles = _needles(target)
    return [number for number in list(kept) if number in own or _stands_in(connection, Workbook, number, needles)]


def _files(
    connection: Connection, actor: Actor, target: _Target, table: type[BatchFile] | type[Attachment]
) -> list[int]:
    kept = connection.execute(
        select(table.id).where(table.street_id == actor.street_id, traces.holding([table.__table__.c.content]))
    ).scalars()
    needles = _needles(target)
    return [number for number in list(kept) if _stands_in(connection, table, number, needles)]


def _stands_in(connection: Connection, table: Any, number: int, needles: list[bytes]) -> bool:
    content = connection.execute(select(table.content).where(table.id == number)).scalar()
    return content is not None and any(needle in part for part in _parts(content) for needle in needles)


def _needles(target: _Target) -> list[bytes]:
    """The words as they may stand in a file: workbooks and texts in any of the encodings that the board reads."""
    found = set()
    for word in target.names | target.numbers:
        for encoding in _ENCODINGS:
            try:
                found.add(word.encode(encoding))
            except UnicodeEncodeError:
                continue
    return sorted(found)


def _parts(content: bytes) -> Iterator[bytes]:
    """A file, and what is packed in it: xlsx, ods and docx are archives. What was taken in was small enough before."""
    yield content
    most = settings().limits.unzipped_mb * 1024 * 1024
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.infolist():
                with archive.open(entry) as part:
                    unpacked = part.read(most)
                most -= len(unpacked)
                yield unpacked
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError):
        return  # no archive, or one that nobody can open
