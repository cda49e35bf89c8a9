"""Units and scales in headers and above tables: 人, %, 万人, 单位：万剂 (reading_rules N7, N9)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from data_access.workbooks.names import clean, squeeze
from data_access.workbooks.numerals import SCALE, number_in
from data_access.workbooks.values import exactly

_FACTORS = {**SCALE, "十万": 100_000, "百万": 1_000_000, "亿": 100_000_000}
_NOUN = "人次|人份|剂次|人|名|户|剂|针|支|份|个|例"
_SCALE = f"(十万|百万|[百千万亿])({_NOUN})?"
_BRACKET = re.compile(rf"[(\[【〔](?:单位:?)?{_SCALE}[)\]】〕]")
_BEHIND = re.compile(rf"[/,;]{_SCALE}$")
# The unit of the whole table, not 填报单位 and not 单位：万达社区.
_LINE = re.compile(rf"(?<![\u4e00-\u9fff])(?:计量)?单位[::]?\s*{_SCALE}(?![\u4e00-\u9fff])")
_OWN_UNIT = re.compile(rf"[(\[【〔](?:单位:?)?(?:{_NOUN}|%)[)\]】〕]")
_NO_PEOPLE = re.compile(r"苗|批|例|场|户|点|次数")
_DOSES = re.compile(r"剂|针|苗")
_SCALED_CELL = re.compile(r"[百千万亿]")


@dataclass(frozen=True, slots=True)
class Scale:
    """What the numbers of a column count in: ``word`` as it was written (万人), ``factor`` 10,000."""

    word: str
    factor: int


def scale_of(texts: Iterable[str]) -> Scale | None:
    """The scale that a header path gives its column; the lowest word decides."""
    found = None
    for text in texts:
        bare = squeeze(text)
        match = _BRACKET.search(bare) or _BEHIND.search(bare)
        if match:
            found = Scale(match[1] + (match[2] or ""), _FACTORS[match[1]])
    return found


def unscaled(text: str) -> str:
    """A header without its scale."""
    folded = clean(text)
    return _BEHIND.sub("", _BRACKET.sub("", folded)) if _SCALED_CELL.search(folded) else text


def scale_above(lines: Iterable[str]) -> Scale | None:
    """The scale that a line above the table (单位：万人) gives all its counts."""
    for line in lines:
        match = _LINE.search(clean(line))
        if match:
            return Scale(match[1] + (match[2] or ""), _FACTORS[match[1]])
    return None


def covers(scale: Scale, header: Iterable[str]) -> bool:
    """Whether the scale above a table holds for a column: not where the header has a unit, nor for another noun."""
    text = "".join(map(squeeze, header))
    if _OWN_UNIT.search(text):
        return False
    return bool(_DOSES.search(text)) if scale.word[-1] in "剂针支份次" else not _NO_PEOPLE.search(text)


def scaled(raw: Any, scale: Scale) -> Any:
    """A cell multiplied exactly; one that is no number, or has a scale of its own (1.2万), stays as it is."""
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        return raw
    if isinstance(raw, str):
        bare = squeeze(raw)
        found = None if _SCALED_CELL.search(bare) else number_in(bare)
        number, about = found or (None, False)
    else:
        number, about = exactly(raw), False
    if number is None:
        return raw
    product = Decimal(number) * scale.factor
    whole = product == product.to_integral_value()
    text = str(int(product)) if whole else f"{product.normalize():f}"
    if about:
        return f"约{text}"
    return int(text) if whole else text
