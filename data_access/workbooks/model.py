"""What the stages of the pipeline hand to each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from config.campaigns import Campaign
from data_access.findings import Finding
from data_access.sheets.declaration import SheetKind


@dataclass(frozen=True, slots=True)
class Scope:
    """What one submission covers. Re-sending a scope supersedes what it held."""

    kind: str
    campaign: str | None = None  # campaign code
    community: str | None = None  # official name
    business_date: date | None = None
    period: str | None = None
    topic: str | None = None


class Cells(Mapping[str, str]):
    """The addresses of one row's cells by column key, put together when one is asked for: few ever are.

    ``letters`` are those of the columns (shared by all rows of a table), ``number`` is the row, counted from 1.
    """

    __slots__ = ("letters", "number")

    def __init__(self, letters: Mapping[str, str], number: int) -> None:
        self.letters, self.number = letters, number

    def __getitem__(self, key: str) -> str:
        return f"{self.letters[key]}{self.number}"

    def __iter__(self) -> Iterator[str]:
        return iter(self.letters)

    def __len__(self) -> int:
        return len(self.letters)


@dataclass(slots=True)
class Row:
    """One typed row: ``values`` by column key (missing key or None is missing, never zero), ``cells`` their places."""

    number: int  # 1-based row in the sheet
    values: dict[str, Any]
    cells: Mapping[str, str] = field(default_factory=dict)
    original: dict[str, str] = field(default_factory=dict)  # text as it stood, where it was normalised
    approximate: frozenset[str] = frozenset()  # keys whose number is an estimate (46余人)


@dataclass(slots=True)
class Portion:
    """The accepted rows of one sheet for one scope, with the findings on them and the number of rows refused.

    A ``partial`` portion says something of its own rows only (N20): what the scope holds beside them stays.
    """

    scope: Scope
    rows: list[Row] = field(default_factory=list)
    refused: int = 0
    findings: list[Finding] = field(default_factory=list)
    partial: bool = False


@dataclass(slots=True)
class SheetResult:
    """One sheet after recognise, read and check.

    ``state``: read, merged (into an earlier sheet of the same scope), hidden, ignored (template or notes sheets),
    empty, unrecognised, refused. ``portions`` hold what
    may be committed; ``findings`` those that belong to no portion (unknown community, wrong total, whole sheet).
    """

    name: str
    state: str
    kind: SheetKind | None = None
    portions: list[Portion] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    refused: int = 0  # rows refused that belong to no portion
    header_row: int | None = None
    title: tuple[str, ...] = ()
    signed: Mapping[str, str] = field(default_factory=dict)  # 填报人, 审核人 from the footer

    def all_findings(self) -> list[Finding]:
        """Every finding of the sheet, those of its portions included."""
        return [*self.findings, *(finding for portion in self.portions for finding in portion.findings)]


@dataclass(slots=True)
class WorkbookResult:
    """One file after recognise, read and check; ``findings`` are those on the file itself (not a workbook, ...).

    ``mended`` says that somebody put other texts in place of some cells, so that the bytes alone do not say it all.
    """

    filename: str
    sha256: str
    sheets: list[SheetResult] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    mended: bool = False

    def all_findings(self) -> list[Finding]:
        """Every finding of the file."""
        return [*self.findings, *(finding for sheet in self.sheets for finding in sheet.all_findings())]

    @property
    def portions(self) -> list[tuple[SheetResult, Portion]]:
        """Every portion with its sheet, in the order of the file."""
        return [(sheet, portion) for sheet in self.sheets for portion in sheet.portions]


@dataclass(frozen=True, slots=True)
class KnownCommunity:
    """A community of the street, as the reader needs it."""

    name: str
    code: str = ""
    kind: str = "community"
    aliases: tuple[str, ...] = ()
    active_from: date | None = None
    active_until: date | None = None


@dataclass(frozen=True, slots=True)
class KnownSite:
    """A vaccination site of the street."""

    name: str
    kind: str = "regular"
    daily_capacity: int | None = None
    batch_capacity: int | None = None
    open_from: date | None = None
    open_until: date | None = None


@dataclass(frozen=True, slots=True)
class DayFigures:
    """What is already known of one community's day in one campaign; None where nothing was reported."""

    roster_rows: int | None = None
    roster_vaccinated: int | None = None  # roster rows with outcome 已接种
    planned: int | None = None  # 早会商 今日计划人数
    evening: Mapping[str, int | None] | None = None  # 晚调度 columns by key, summed over sites
    eligible: int | None = None  # baseline in force on the day


class History(Protocol):
    """What the database already holds, as the checks ask it."""

    def day(self, campaign: str, community: str, day: date) -> DayFigures:
        """The figures of one community's day."""

    def doses(self, campaign: str, documents: Iterable[str], *, before: date) -> Mapping[str, frozenset[str]]:
        """Doses already recorded as given before a day, by document number or person code as typed."""


class NoHistory:
    """A street that has reported nothing yet."""

    def day(self, campaign: str, community: str, day: date) -> DayFigures:
        """Nothing is known of any day."""
        return DayFigures()

    def doses(self, campaign: str, documents: Iterable[str], *, before: date) -> Mapping[str, frozenset[str]]:
        """Nobody holds a dose."""
        return {}


@dataclass(frozen=True)
class Layout:
    """A remembered layout: what the columns of one shape of sheet mean, said once by a person.

    ``headers`` are the header paths from left to right, each joined with `` / `` where the header is several rows
    deep; ``shape`` is their fingerprint. ``columns`` maps a header path to a column key of ``kind``. Where the table
    gives figures per community for a workstream, ``kind`` is ``progress`` and ``indicators`` maps an indicator's
    code to its parts and the header each stands under: ``{"done": header}`` or ``{"num": header, "den": header}``;
    ``columns`` then names the community's column and, where there is one, the day's. ``constants`` are column keys
    with the text that holds for every row, ``values`` column keys with what a written text means ("" for a blank
    cell, or as what it means for nothing), ``communities`` written names with the official one ("" where the row is
    none, such as 六县域). ``rows`` is "sum" where the rows of one community are added up; else each has one row, or
    several under one merged cell.
    """

    name: str
    kind: str
    headers: tuple[str, ...]
    shape: str
    columns: Mapping[str, str] = field(default_factory=dict)
    indicators: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    communities: Mapping[str, str] = field(default_factory=dict)
    rows: str = ""


@dataclass(frozen=True)
class Known:
    """What the street knows when a workbook arrives.

    ``only`` limits the reader to one community (a clerk's own); rows of others are refused. ``layouts`` are the
    sheet shapes that somebody has explained before.
    """

    street: str
    campaigns: Mapping[str, Campaign]
    default_campaign: str
    communities: Sequence[KnownCommunity] = ()
    sites: Sequence[KnownSite] = ()
    history: History = field(default_factory=NoHistory)
    only: str | None = None
    layouts: Sequence[Layout] = ()


@dataclass(frozen=True, slots=True)
class Hints:
    """What the sender said beside the file: from the command line or the upload form; it decides over the file.

    ``partial`` declares the file a correction that holds the changed rows only (N20).
    """

    community: str | None = None
    day: date | None = None
    campaign: str | None = None
    kind: str | None = None
    partial: bool = False


Mends = Mapping[tuple[str, str], str]  # (sheet, cell) → the text a person put in its place
NO_MENDS: Mends = {}
