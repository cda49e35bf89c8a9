"""The evidence checklist of a health-promoting community (资料清单): 35 items in five sections, as data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import field_validator, model_validator

from config.declarations import (
    ConfigError,
    FieldError,
    Named,
    Text,
    UnknownNameError,
    entries,
    fold,
    nearest,
    parse,
    read,
    unique,
)
from config.indicators import month_day
from config.language import N_, _

CHECKLIST = Path(__file__).parent / "checklist.toml"

ItemKind = Literal["document", "events", "count", "rate", "family"]
FIELDS: dict[str, Text] = {
    "time": Text(zh="时间", en="time"),
    "place": Text(zh="地点", en="place"),
    "people": Text(zh="人员", en="people"),
    "theme": Text(zh="主题", en="theme"),
}


class UnknownItemError(UnknownNameError):
    """No checklist item bears this code or name."""

    message = N_("{name} is no item of the evidence checklist.")


class Part(Named):
    """Something an item's evidence has to contain; with ``when`` only in families it applies to."""

    code: str
    when: Literal["elderly", "chronic"] | None = None  # someone is 65 or over; someone has a chronic disease


class ChecklistItem(Named):
    """One item: what evidence it needs, how many times, and when it passes (metrics.md §6.5)."""

    code: str
    section: str = ""  # the section's code, filled in by the loader
    kind: ItemKind
    need: int  # events, documents, files or families
    evidence: tuple[str, ...]  # per event or document; "original|photo" asks for one of the two
    parts: tuple[Part, ...] = ()
    fields: tuple[Literal["time", "place", "people", "theme"], ...] = ()
    sealed: bool = False
    distinct_dates: bool = False
    target: int | float | None = None  # percent, for a rate
    indicator: str | None = None  # the indicator that supplies the rate
    period: Literal["year", "continuous"] = "year"
    due: str | None = None  # month-day, where it is not asked for before
    not_applicable: bool = False  # may be declared 不适用, subject to review
    shares_with: tuple[str, ...] = ()  # items the same event may also count for
    passes: Text

    @field_validator("due")
    @classmethod
    def _due(cls, due: str | None) -> str | None:
        if due is not None:
            month_day(due)
        return due

    @model_validator(mode="after")
    def _agree(self) -> ChecklistItem:
        if self.need < 1:
            raise FieldError("need", _("at least one is needed"))
        if not self.evidence:
            raise FieldError("evidence", _("at least one kind of evidence is needed"))
        if (self.kind == "rate") != (self.target is not None):
            raise FieldError("target", _("a rate needs a target, and only a rate has one"))
        if self.kind == "family" and not self.parts:
            raise FieldError("parts", _("a family file needs its parts"))
        return self

    @property
    def choices(self) -> tuple[tuple[str, ...], ...]:
        """Per piece of evidence the kinds that will do: ``(("distribution",), ("original", "photo"))``."""
        return tuple(tuple(kinds.split("|")) for kinds in self.evidence)

    def parts_for(self, *, elderly: bool = True, chronic: bool = True) -> tuple[Part, ...]:
        """The parts that count for a family with or without someone of 65 and over, or chronically ill."""
        applies = {None: True, "elderly": elderly, "chronic": chronic}
        return tuple(part for part in self.parts if applies[part.when])


class Section(Named):
    """One of the five sections."""

    code: str
    items: tuple[ChecklistItem, ...] = ()


class Promise(Named):
    """One of the ten points of the community's pledge (承诺书), and the items whose evidence shows that it is kept."""

    code: str
    items: tuple[str, ...]


@dataclass(frozen=True)
class Checklist:
    """The whole list. ``evidence`` names the kinds of evidence by their code, ``pledge`` the points promised."""

    sections: tuple[Section, ...]
    evidence: dict[str, Text]
    pledge: tuple[Promise, ...] = ()

    @property
    def items(self) -> tuple[ChecklistItem, ...]:
        """All items in the order of the list."""
        return tuple(item for section in self.sections for item in section.items)

    def item(self, name: str) -> ChecklistItem:
        """The item with this code or name. Raises UnknownItemError.

        The code is text: a spreadsheet that stored 2.10 as a number has lost it to 2.1, so callers hand over
        the displayed text and, where they have it, compare the name.
        """
        wanted = fold(name)
        for item in self.items:
            if wanted in (fold(item.code), fold(item.zh), fold(item.en)):
                return item
        known = [text for item in self.items for text in (item.code, item.zh, item.en)]
        raise UnknownItemError(name, nearest(name, known))


def load_checklist(path: Path) -> Checklist:
    """The checklist in ``path``. Raises ConfigError naming the file, the item and the field."""
    values = read(path)
    kinds = {code: parse(Text, text, path, code) for code, text in values.get("evidence", {}).items()}
    sections = []
    for raw in entries(values, "section", path):
        code = str(raw.get("code", ""))
        items = tuple(
            parse(ChecklistItem, entry | {"section": code}, path, str(entry.get("code", "")))
            for entry in entries(raw, "item", path)
        )
        head = {key: value for key, value in raw.items() if key != "item"}
        sections.append(parse(Section, head | {"items": items}, path, code))
    pledge = tuple(parse(Promise, raw, path, str(raw.get("code", ""))) for raw in entries(values, "pledge", path))
    checklist = Checklist(tuple(sections), kinds, pledge)
    unique((item.code for item in checklist.items), path)
    unique((promise.code for promise in pledge), path)
    codes = {item.code for item in checklist.items}
    for item in checklist.items:
        for kind in (kind for choice in item.choices for kind in choice):
            if kind not in kinds:
                reason = _("{kind} is not listed under [evidence]", kind=kind)
                raise ConfigError(path.name, item.code, "evidence", reason)
        if unknown := set(item.shares_with) - codes:
            reason = _("no such item: {name}", name=min(unknown))
            raise ConfigError(path.name, item.code, "shares_with", reason)
    for promise in pledge:
        if unknown := set(promise.items) - codes:
            raise ConfigError(path.name, promise.code, "items", _("no such item: {name}", name=min(unknown)))
    return checklist


@lru_cache(maxsize=1)
def checklist() -> Checklist:
    """The checklist of this installation. Raises ConfigError."""
    return load_checklist(CHECKLIST)


def checklist_item(name: str) -> ChecklistItem:
    """The checklist item with this code (``"1.4"``) or name. Raises UnknownItemError."""
    return checklist().item(name)
