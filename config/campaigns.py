"""Campaigns as data: doses, groups, target and dates of a vaccination drive.

``campaigns.toml`` holds what an office starts with. In the running board a campaign lives in the database as
the JSON of ``Campaign.model_dump(mode="json")`` and comes back through ``Campaign.model_validate``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from config.declarations import (
    FieldError,
    Named,
    UnknownNameError,
    entries,
    fold,
    nearest,
    parse,
    read,
    unique,
)
from config.language import N_, _

CAMPAIGNS = Path(__file__).parent / "campaigns.toml"
SAMPLE = Path(__file__).parent / "campaigns_sample.toml"

ALL = "all"  # the code of 合计, the total of all groups
DoseCode = Literal["d1", "d2", "b"]  # the sheets and the database have one column for each of them


class UnknownDoseError(UnknownNameError):
    """The campaign has no such dose."""

    message = N_("{name} is no dose of this campaign.")


class UnknownGroupError(UnknownNameError):
    """The campaign has no such group of people."""

    message = N_("{name} is no group of this campaign.")


class UnknownCampaignError(UnknownNameError):
    """No campaign bears this code or name."""

    message = N_("{name} is no campaign of this street.")


class Dose(Named):
    """One dose (剂次); ``synonyms`` are the ways clerks write it."""

    code: DoseCode
    synonyms: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every way to write this dose."""
        return (self.code, self.zh, self.en, *self.synonyms)


class Group(Named):
    """One group of people (人员类别); ages are inclusive, in completed years. Groups do not overlap."""

    code: str
    synonyms: tuple[str, ...] = ()
    age_from: int | None = Field(default=None, ge=0, le=150)
    age_to: int | None = Field(default=None, ge=0, le=150)

    @property
    def names(self) -> tuple[str, ...]:
        """Every way to write this group."""
        return (self.code, self.zh, self.en, *self.synonyms)


class Campaign(Named):
    """A vaccination drive as data. ``target`` is in percent; a missing date means open-ended."""

    code: str = Field(pattern=r"^[a-z][a-z0-9_-]*$", max_length=32)
    synonyms: tuple[str, ...] = ()  # by which a title or file name is recognised
    doses: tuple[Dose, ...] = Field(min_length=1)
    full_course: tuple[DoseCode, ...] = Field(min_length=1)
    headline: DoseCode
    groups: tuple[Group, ...] = Field(min_length=1)
    target: float | None = Field(default=None, gt=0, le=100)
    starts: date | None = None
    ends: date | None = None
    denominator: Literal["surveyed", "eligible"] | None = None
    products: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _agree(self) -> Campaign:
        codes = [dose.code for dose in self.doses]
        if len(set(codes)) < len(codes):
            raise FieldError("doses", _("the code of a dose is used twice"))
        if missing := set(self.full_course) - set(codes):
            raise FieldError("full_course", _("no such dose: {code}", code=min(missing)))
        if self.headline not in codes:
            raise FieldError("headline", _("no such dose: {code}", code=self.headline))
        groups = [group.code for group in self.groups]
        if len(set(groups)) < len(groups) or ALL in groups:
            raise FieldError("groups", _("the code of a group is used twice, or is all"))
        _distinct("doses", self.doses)
        _distinct("groups", self.groups)
        if self.starts and self.ends and self.ends < self.starts:
            raise FieldError("ends", _("the end is before the start"))
        return self

    @property
    def has_full(self) -> bool:
        """Whether the full course is more than the first dose, so that it is counted apart."""
        return len(self.full_course) > 1

    @property
    def has_booster(self) -> bool:
        """Whether a booster is given."""
        return any(dose.code == "b" for dose in self.doses)

    @property
    def series(self) -> tuple[str, ...]:
        """What is counted cumulatively: ``d1``, ``full`` where it differs from it, ``b`` where given."""
        return ("d1", *(("full",) if self.has_full else ()), *(("b",) if self.has_booster else ()))

    @property
    def raises(self) -> dict[str, DoseCode]:
        """Which dose raises which running total of ``series``: the last of the course completes it."""
        last: dict[str, DoseCode] = {"d1": "d1", "full": self.full_course[-1], "b": "b"}
        return {name: last[name] for name in self.series}

    def dose(self, code: str) -> Dose:
        """The dose with this code. Raises UnknownDoseError."""
        for dose in self.doses:
            if dose.code == code:
                return dose
        raise UnknownDoseError(code, [dose.code for dose in self.doses])

    def dose_from_text(self, text: object) -> Dose:
        """The dose a cell names: 首针, 第一针, 1, 1.0, 壹, 第1剂, 加强, booster. Raises UnknownDoseError."""
        wanted = _dose_key(text)
        for dose in self.doses:
            if wanted in {_dose_key(name) for name in dose.names}:
                return dose
        raise UnknownDoseError(str(text), [dose.label for dose in self.doses])

    def group(self, code: str) -> Group:
        """The group with this code. Raises UnknownGroupError."""
        for group in self.groups:
            if group.code == code:
                return group
        raise UnknownGroupError(code, [group.code for group in self.groups])

    def group_from_text(self, text: object) -> Group:
        """The group a cell names, by name or synonym. Raises UnknownGroupError with the list of groups."""
        wanted = _key(text)
        for group in self.groups:
            if wanted in {_key(name) for name in group.names}:
                return group
        raise UnknownGroupError(str(text), [group.label for group in self.groups])

    def mentioned_in(self, text: str) -> bool:
        """Whether a title, sheet name or file name speaks of this campaign."""
        folded = fold(text)
        return any(fold(name) in folded for name in (self.zh, self.en, *self.synonyms))


def campaign_from_text(text: object, campaigns: Iterable[Campaign]) -> Campaign:
    """The campaign a cell names by code, name or synonym. Raises UnknownCampaignError."""
    known = tuple(campaigns)
    for campaign in known:
        names = (campaign.code, campaign.zh, campaign.en, *campaign.synonyms)
        if fold(text) in {fold(name) for name in names}:
            return campaign
    raise UnknownCampaignError(str(text), nearest(str(text), [campaign.label for campaign in known]))


def mentioned(text: str, campaigns: Iterable[Campaign]) -> list[Campaign]:
    """The campaigns a title or file name speaks of; none or several are for the caller to ask about."""
    return [campaign for campaign in campaigns if campaign.mentioned_in(text)]


_VACCINES = re.compile(
    r"新冠|流感|水痘|麻疹|麻腮风|风疹|狂犬病?|乙肝|甲肝|脊灰|百白破|轮状病毒|带状疱疹|肺炎|流脑|乙脑|宫颈癌|HPV"
    r"|COVID|influenza|\bflu\b|measles|shingles|hepatitis|rabies",
    re.IGNORECASE,
)


def other_vaccine(text: str, campaigns: Iterable[Campaign]) -> str | None:
    """The vaccine a title or file name speaks of where none of these campaigns bears it; None if there is none."""
    found = _VACCINES.search(text.translate(_TRADITIONAL))
    return found[0] if found and not mentioned(text, campaigns) else None


def load_campaigns(path: Path) -> list[Campaign]:
    """The campaigns of a TOML file in its order. Raises ConfigError naming file, campaign and field."""
    raw = entries(read(path), "campaign", path)
    found = [parse(Campaign, entry, path, str(entry.get("code", ""))) for entry in raw]
    unique((campaign.code for campaign in found), path)
    return found


def default_campaigns() -> list[Campaign]:
    """The campaigns an office starts with; the first is the default. Raises ConfigError."""
    return load_campaigns(CAMPAIGNS)


def sample_campaigns() -> list[Campaign]:
    """The campaigns of the sample street: the default ones and the influenza drive. Raises ConfigError."""
    return [*default_campaigns(), *load_campaigns(SAMPLE)]


_DASHES = str.maketrans("–—−~至", "-----")
_DIGITS = str.maketrans("一二两三壹贰叁", "1223123")
_TRADITIONAL = str.maketrans("針劑強貳參", "针剂强贰叁")


def _key(text: object) -> str:
    """A cell's words for comparing; dashes of every kind are one."""
    return fold(text).translate(_DASHES)


def _dose_key(text: object) -> str:
    """``第1剂``, ``第一针``, ``一针`` and ``1.0`` are one word; ``首针`` and ``加强`` stay themselves."""
    word = fold(text).translate(_TRADITIONAL).replace("接种", "").removesuffix("次").translate(_DIGITS)
    word = word.removesuffix(".0")
    bare = word.removeprefix("第").rstrip("剂针")
    return bare or word


def _distinct(field: str, items: Iterable[Dose] | Iterable[Group]) -> None:
    """Raise FieldError where two of ``items`` can be written the same way."""
    seen: dict[str, str] = {}
    for item in items:
        for name in item.names:
            key = _dose_key(name) if field == "doses" else _key(name)
            if seen.setdefault(key, item.code) != item.code:
                raise FieldError(field, _("{name} would mean two of them", name=name))
