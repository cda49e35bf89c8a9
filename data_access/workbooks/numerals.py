"""Numbers as people write them: thousands signs, units, Chinese numerals, and the words for "about"."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache

_UNIT = re.compile(
    r"(?:人次|人份|剂次|周岁|公里|小时|人|名|位|例|户|剂|针|支|份|个|岁|次|批|件|项|篇|场|期|张|处|条|家|栋|套|块|元|米|天|辆|册|本|组)$"
)
_ABOUT_BEFORE = re.compile(r"^(?:大约|约为|约|近|将近|超过|超|逾|至少|不足|上(?=[百千万])|≈|>|<|>=|<=|≥|≤)")
_ABOUT_AFTER = re.compile(r"(?:左右|上下|以上|以下|余|多|几|\+|许)$")
_PLAIN = re.compile(r"^[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?$")
_SCALED = re.compile(r"^(\d+(?:\.\d+)?)([百千万])$")
_CHINESE = re.compile(r"^[零〇一二两三四五六七八九十百千万壹贰叁肆伍陆柒捌玖拾佰仟萬]+$")
_DECIMAL = re.compile(r"^([零〇一二三四五六七八九十百]+)点([零〇一二三四五六七八九]+)$")  # 八十七点九
_GUESS = re.compile(r"[一二两三四五六七八九壹贰叁肆伍陆柒捌玖]{2}")  # 三四百
_ORDINAL = re.compile(r"^第(.+)$")
SCALE = {"百": 100, "千": 1000, "万": 10_000}
DIGITS = {
    **{digit: number for number, digit in enumerate("零一二三四五六七八九")},
    **{digit: number for number, digit in enumerate("〇壹贰叁肆伍陆柒捌玖")},
    "两": 2,
}


@lru_cache(maxsize=20_000)
def number_in(text: str) -> tuple[Decimal, bool] | None:
    """The number in a cleaned text without spaces, and whether it is only approximate; None if it is no number.

    46人 is 46, 1,200 is 1200, 十二 is 12, 3万多 is about 30000; 12a, 1,20 and 46/120 are no numbers.
    """
    about = False
    ordinal = _ORDINAL.match(text)
    rest = ordinal[1] if ordinal else text
    before = _ABOUT_BEFORE.sub("", rest)
    about, rest = before != rest, before
    for _step in range(3):  # a unit and a word for "about" may stand in either order: 46余人, 46人以上
        stripped = _UNIT.sub("", rest) if len(rest) > 1 else rest
        after = _ABOUT_AFTER.sub("", stripped)
        about = about or after != stripped
        if after == rest:
            break
        rest = after
    middle = re.match(r"^(.+?)[余多几]([百千万])$", rest)  # 十余万
    if middle:
        about, rest = True, middle[1] + middle[2]
    number = _exact(rest)
    return None if number is None else (number, about)


def _exact(text: str) -> Decimal | None:
    if _PLAIN.match(text):
        try:
            return Decimal(text.replace(",", ""))
        except InvalidOperation:
            return None
    scaled = _SCALED.match(text)
    if scaled:
        return Decimal(scaled[1]) * SCALE[scaled[2]]
    if _CHINESE.match(text):
        return _chinese(text)
    decimal = _DECIMAL.match(text)
    if decimal and (whole := _chinese(decimal[1])) is not None:
        return Decimal(f"{whole}.{''.join(str(DIGITS[digit]) for digit in decimal[2])}")
    return None


def _chinese(text: str) -> Decimal | None:
    import cn2an  # as slow to load as a small page is to draw, and sheets seldom spell their numbers

    if text[0] in "百千万佰仟萬":
        text = "一" + text
    text = text.replace("萬", "万").replace("〇", "零")
    try:
        if not re.search(r"[十百千万拾佰仟]", text):
            if len(text) == 1:
                return Decimal(DIGITS[text])
            # 两三人 and 五六 are guesses, not 23 and 56: digit by digit is read what is longer or has a nought
            spelt = "两" not in text and (len(text) > 2 or "零" in text)
            return Decimal(int(cn2an.cn2an(text, "normal"))) if spelt else None
        if _GUESS.search(text):
            return None
        return Decimal(int(cn2an.cn2an(text, "smart")))
    except (ValueError, KeyError):
        return None
