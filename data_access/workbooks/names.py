"""Matching of names as people write them: headers, communities, and choices in either script.

Similarity never decides anything here; it only suggests (see ``nearest``): 第一剂日期 and 第二剂日期 are one
edit apart.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from opencc import OpenCC
from rapidfuzz import fuzz, process

from data_access.sheets.declaration import Column, SheetKind
from data_access.workbooks.model import KnownCommunity

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"))
_SPACE = re.compile(r"\s+")
_JOINERS = re.compile(r"[_\-—–·•/\\.,:;、'\"*#☆★]+")
_NUMBERING = re.compile(r"^(?:\(?\d{1,2}[).、]|[①-⑳])(?=\D)")
_BRACKET = re.compile(r"[(\[【〔{][^)\]】〕}]*[)\]】〕}]$")
_UNIT = re.compile(
    r"[(\[【〔](?:单位[:：]?)?(?:人|人次|人数|名|个|例|剂|剂次|针|支|份|户|批|次|岁|周岁|元|%|天|日|小时|点|必填|选填|"
    r"是/否|有/无|√|√/×|男/女|无填0|没有填0)[)\]】〕]$|/(?:人|人次|名|户|剂|剂次|针|支|%)$"
)
# A remark in brackets that explains how to fill in; any other one may change what the column means.
EXPLAINS = re.compile(r"[/、,;|]|如|例|格式|填|注|说明|包括|\d{4}")
_TWICE = re.compile(r"^([^(]+?) ?\(([^()]+)\)$")
_SCALE = re.compile(r"[(\[【〔][^)\]】〕]*[万亿千百][^)\]】〕]*[)\]】〕]$")
# Of these a part is never taken for the whole: the words beside them decide what they mean.
GUARDED = re.compile(r"批|日期|时间|计划|实际|累计|当日|今日|明日|昨日|剂|针|期初|名单")
_HARMLESS = frozenset({"人数", "数", "情况", "名称", "号码", "内容", "栏"})

SUFFIXES = (
    "村村民委员会", "村村委会",
    "社区居民委员会", "社区居委会", "社区居委", "居民委员会", "村民委员会", "社区委员会", "社区党委", "社区服务中心",
    "居委会", "村委会", "居委", "村委", "社区", "小区", "村",
)  # fmt: skip
SITE_SUFFIXES = ("疫苗接种点", "疫苗接种门诊", "接种点", "接种门诊", "接种站", "接种单位")
_VILLAGE = ("村村民委员会", "村村委会", "村民委员会", "村委会", "村委", "村")


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    return OpenCC("t2s")


@lru_cache(maxsize=20_000)
def simplified(text: str) -> str:
    """Traditional characters turned to simplified (N11); never used on the names of people."""
    return text if text.isascii() else _converter().convert(text)


def clean(text: str) -> str:
    """Full-width and compatibility characters folded, invisible ones out, outer and doubled spaces out (N7)."""
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", text).translate(_INVISIBLE)).strip()


_SPREAD = re.compile(r"(?<=[\u4e00-\u9fff]) +(?=[\u4e00-\u9fff](?: |[:：]))")


def labelled(text: str) -> str:
    """A cleaned line with the labels in one piece that were spread out: 填 报 人： is 填报人："""
    return _SPREAD.sub("", text)


@lru_cache(maxsize=20_000)
def squeeze(text: str) -> str:
    """A header or a choice in its barest comparable form: no white space, simplified, lower case."""
    return simplified(_SPACE.sub("", clean(text))).lower().replace("臺", "台").replace("帐", "账")


@lru_cache(maxsize=20_000)
def header(text: str) -> str:
    """A header for matching: bare, without numbering, joiners and a unit in brackets. A scale (万人) is kept: it
    changes what the number means."""
    bare = _NUMBERING.sub("", squeeze(text))
    if not _SCALE.search(bare):
        bare = _UNIT.sub("", bare)
    return _JOINERS.sub("", bare)


@dataclass(frozen=True, slots=True)
class Match:
    """A header found to be a column, and how surely: exact, normalised, synonym or prefix."""

    column: Column
    how: str


@dataclass(frozen=True)
class HeaderIndex:
    """The headers of one kind of sheet, ready for matching."""

    kind: SheetKind
    exact: Mapping[str, Column]
    normalised: Mapping[str, Column]
    synonyms: Mapping[str, Column]
    names: Mapping[str, Match]  # both of these, by the barest form of a header
    spare: Mapping[str, Column]  # what a header means where its first meaning is taken
    cache: dict[str, Match | None] = field(default_factory=dict)
    paths: dict[tuple[tuple[str, ...], bool], Match | None] = field(default_factory=dict)  # of ``wordings.column_of``

    def match(self, text: str) -> Match | None:
        """The column a header names; None rather than a guess."""
        if text not in self.cache:
            if len(self.cache) > 5_000:
                self.cache.clear()
            self.cache[text] = self._match(text)
        return self.cache[text]

    def named(self, name: str) -> Match | None:
        """The column of this very name, in the barest form of a header."""
        return self.names.get(name)

    def _match(self, text: str) -> Match | None:
        if text in self.exact:
            return Match(self.exact[text], "exact")
        name = header(text)
        if not name:
            return None
        return self.named(name) or self._twice(text) or self._prefix(squeeze(text), name)

    def _twice(self, text: str) -> Match | None:
        """A header in two languages, the second in brackets, each of them a name of the same column: Date (日期)."""
        both = _TWICE.match(clean(text))
        first, second = (self.named(header(part)) for part in both.groups()) if both else (None, None)
        return first if first and second and first.column.key == second.column.key else None

    def _prefix(self, bare: str, name: str) -> Match | None:
        """A header with a remark in brackets, one cut short, or one with a harmless word more, where it is unique."""
        remark = _BRACKET.search(bare)
        if remark and not _SCALE.search(bare) and (EXPLAINS.search(remark[0]) or not GUARDED.search(remark[0])):
            without = header(bare[: remark.start()])
            if without and without != name:
                found = self.normalised.get(without) or self.synonyms.get(without)
                if found is not None:
                    return Match(found, "prefix")
        if len(name) < 3 or GUARDED.search(name):
            return None
        found_keys = set()
        for declared, column in (*self.normalised.items(), *self.synonyms.items()):
            cut_short = declared.startswith(name) and not GUARDED.search(declared)
            longer = len(declared) >= 3 and name.startswith(declared) and name[len(declared) :] in _HARMLESS
            if cut_short or longer:
                found_keys.add(column.key)
        return Match(self.kind.column(found_keys.pop()), "prefix") if len(found_keys) == 1 else None


_indexes: dict[str, HeaderIndex] = {}


def index_of(kind: SheetKind) -> HeaderIndex:
    """The header index of a kind, built once."""
    found = _indexes.get(kind.key)
    if found is None or found.kind is not kind:
        exact: dict[str, Column] = {}
        normalised: dict[str, Column] = {}
        synonyms: dict[str, Column] = {}
        spare: dict[str, Column] = {}
        for column in kind.columns:
            for name in (column.zh, column.en, column.key):
                exact.setdefault(name, column)
                normalised.setdefault(header(name), column)
        for column in kind.columns:
            for name in column.synonyms:
                if header(name) not in normalised:
                    synonyms.setdefault(header(name), column)
            spare |= {header(name): column for name in column.spare}
        names = {name: Match(column, "synonym") for name, column in synonyms.items()}
        names |= {name: Match(column, "normalised") for name, column in normalised.items()}
        found = _indexes[kind.key] = HeaderIndex(kind, exact, normalised, synonyms, names, spare)
    return found


@lru_cache(maxsize=20_000)
def place(text: str) -> str:
    """A community's or site's name for matching: bare, without a remark in brackets."""
    bare = squeeze(text)
    return _BRACKET.sub("", bare) or bare


def _stem(name: str, suffixes: Iterable[str]) -> tuple[str, bool]:
    """The name without its suffix, and whether it is a village."""
    for suffix in suffixes:
        if name.endswith(suffix) and len(name) > len(suffix):
            return name[: -len(suffix)], suffix in _VILLAGE
    return name, False


class Places:
    """The communities (or sites) of the street, found by any of their names."""

    def __init__(
        self, communities: Iterable[KnownCommunity] = (), street: str = "", suffixes: Sequence[str] = SUFFIXES
    ) -> None:
        self.street = squeeze(street)
        self.suffixes = suffixes
        self.names: list[str] = []
        self._by_name: dict[str, str] = {}
        self._by_stem: dict[tuple[str, bool], set[str]] = {}
        self._cache: dict[str, str | None] = {}
        for community in communities:
            self.add(community.name, community.aliases)

    def add(self, name: str, aliases: Sequence[str] = ()) -> None:
        """Make a place known; what was known before keeps its names."""
        self._cache.clear()
        if name not in self.names:
            self.names.append(name)
        for word in (name, *aliases):
            bare = place(word)
            if bare:
                self._by_name.setdefault(bare, name)
                self._by_stem.setdefault(_stem(bare, self.suffixes), set()).add(name)

    def find(self, text: str) -> str | None:
        """The official name, by name, alias, other suffix or with the street's name before it; None if unknown or not
        unique."""
        if text not in self._cache:
            bare = place(text)
            found = self._find(bare)
            if found is None and (rest := _NUMBERING.sub("", bare)) != bare:
                found = self._find(rest)
            if found is None and self.street and self.street in bare:
                rest = bare.partition(self.street)[2]
                found = self._find(rest.removeprefix("办事处")) if rest else None
            self._cache[text] = found
        return self._cache[text]

    def _find(self, bare: str) -> str | None:
        if bare in self._by_name:
            return self._by_name[bare]
        stem, village = _stem(bare, self.suffixes)
        same = self._by_stem.get((stem, village), set())
        if stem == bare:  # only the stem was written: any suffix may be meant
            same = same | self._by_stem.get((stem, not village), set())
        return next(iter(same)) if len(same) == 1 else None

    def mentioned(self, text: str) -> set[str]:
        """The communities a title, sheet name or file name speaks of; a name inside a longer one does not count."""
        bare = squeeze(text)
        hits: dict[str, str] = {}
        for word, name in self._by_name.items():
            if len(word) >= 2 and word in bare:
                hits[word] = name
        for (stem, _village), names in self._by_stem.items():
            if len(names) == 1 and len(stem) >= 2 and stem in bare:
                for suffix in self.suffixes:
                    if stem + suffix in bare:
                        hits.setdefault(stem + suffix, next(iter(names)))
        longest = [word for word in hits if not any(word != other and word in other for other in hits)]
        return {hits[word] for word in longest}


def nearest(text: str, names: Iterable[str], count: int = 3) -> list[str]:
    """Names that look like ``text``, for the wording of a message only."""
    choices = {name: squeeze(name) for name in names}
    found = process.extract(squeeze(text), choices, scorer=fuzz.WRatio, limit=count, score_cutoff=50)
    return [key for _name, _score, key in found]
