"""Days and periods as people write them.

A missing year comes from an anchor day, the nearest such day within half a year of it. Day-first is never assumed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from data_access.findings import Rule
from data_access.workbooks import rules
from data_access.workbooks.names import clean, simplified
from data_access.workbooks.numerals import DIGITS

_NOISE = re.compile(
    r"[(\[]?(?:星期|周|礼拜)[一二三四五六日天][)\]]?|[(\[]?\d{1,2}(?:时|点)?[-—–~至]\d{1,2}(?:时|点)[)\]]?"
    r"|t?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?z?$|(?<=[日号])\d{1,2}(?:时|点)$|前$|止$|^截至|^截止",
    re.IGNORECASE,
)
_FULL = re.compile(r"^(\d{4}|\d{2})(?:[年./\-_、])(\d{1,2})(?:[月./\-_、])(\d{1,2})[日号]?$")
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
_SHORT = re.compile(r"^(\d{1,2})(?:[月./\-])(\d{1,2})[日号]?$")
_CHINESE_FULL = re.compile(r"^([〇零一二三四五六七八九]{4}|[〇零一二三四五六七八九]{2})年(.+)$")
_ALONE = re.compile(r"^(\d{1,2}|[一二三四五六七八九十廿卅初]+)[日号]$")
_CHINESE_SHORT = re.compile(r"^([一二三四五六七八九十元]+)月([一二三四五六七八九十廿卅初]+)[日号]?$")
_HALF_YEAR = timedelta(days=180)
_MORROW = timedelta(days=1)
FIRST_YEAR, LAST_YEAR = 1900, 2100


def day_of(raw: Any, anchor: date, *, from_1904: bool = False) -> date | Rule:
    """The day a cell means, or the rule it breaks."""
    if isinstance(raw, datetime):
        return raw.date() if FIRST_YEAR <= raw.year <= LAST_YEAR else rules.NOT_A_DATE
    if isinstance(raw, date):
        return raw if FIRST_YEAR <= raw.year <= LAST_YEAR else rules.NOT_A_DATE
    if isinstance(raw, bool):
        return rules.NOT_A_DATE
    if isinstance(raw, int | float):
        return _from_number(float(raw), anchor, from_1904)
    if isinstance(raw, str):
        return _from_text(raw, anchor) or rules.NOT_A_DATE
    return rules.NOT_A_DATE


def _from_number(number: float, anchor: date, from_1904: bool) -> date | Rule:
    if number != number or abs(number) > 99_999_999:
        return rules.NOT_A_DATE
    if number.is_integer():
        compact = _COMPACT.match(str(int(number)))
        if compact:
            return _date(*map(int, compact.groups())) or rules.NOT_A_DATE
    if 20_000 <= number <= 80_000:
        start = date(1904, 1, 1) if from_1904 else date(1899, 12, 30)
        return start + timedelta(days=int(number))
    # 8.5 can only be 8月5日, but a number cell shows 8.10 as 8.1: only the workbook's own day can tell them apart.
    match = re.fullmatch(r"(\d{1,2})\.(\d{1,2})", f"{number:.6g}")
    if match:
        month, day = int(match[1]), int(match[2])
        found = near(month, day, anchor)
        if len(match[2]) == 1 and day <= 3 and near(month, day * 10, anchor):
            return found if found == anchor else rules.DATE_UNCERTAIN
        return found or rules.NOT_A_DATE
    return rules.NOT_A_DATE


def _bare(raw: str) -> str:
    """A day as people write it, without weekday, hours, brackets and spaces."""
    text = re.sub(r"\s+", "", simplified(_NOISE.sub("", clean(raw).strip().replace("○", "〇"))))
    return _NOISE.sub("", text).strip("()[],.。:'")


@lru_cache(maxsize=20_000)
def _from_text(raw: str, anchor: date) -> date | None:
    text = _bare(raw)
    full = _FULL.match(text)
    if full:
        return _with_year(full[1], int(full[2]), int(full[3]), marked="年" in text)
    compact = _COMPACT.match(text)
    if compact:
        return _date(*map(int, compact.groups()))
    short = _SHORT.match(text)
    if short:
        return near(int(short[1]), int(short[2]), anchor)
    if re.fullmatch(r"\d{5}", text):
        found = _from_number(float(text), anchor, False)
        return found if isinstance(found, date) else None
    alone = _ALONE.match(text)
    if alone:
        return _recent(int(alone[1]) if alone[1].isdigit() else _small(alone[1]), anchor)
    return _from_chinese(text, anchor)


def names_no_month(raw: Any) -> bool:
    """Whether a cell gives the day of the month alone: 5日."""
    return (
        isinstance(raw, str) and _ALONE.match(re.sub(r"\s+", "", _NOISE.sub("", clean(raw))).strip("()[]")) is not None
    )


def _recent(day: int | None, anchor: date) -> date | None:
    """The last such day up to the morrow of the anchor: who writes 30日 on the second means the month before."""
    if day is None:
        return None
    first = anchor.replace(day=1)
    for _months in range(3):
        found = _date(first.year, first.month, day)
        if found is not None and found <= anchor + _MORROW:
            return found
        first = (first - timedelta(days=1)).replace(day=1)
    return None


def _with_year(year: str, month: int, day: int, *, marked: bool) -> date | None:
    """A two-figure year counts only where it cannot be a month: 22.8.5 and 22年8月5日, but not 08/05/12."""
    if len(year) == 4:
        return _date(int(year), month, day)
    return _date(2000 + int(year), month, day) if marked or int(year) > 12 else None


def _from_chinese(text: str, anchor: date) -> date | None:
    full = _CHINESE_FULL.match(text)
    rest = full[2] if full else text
    short = _CHINESE_SHORT.match(rest)
    if short is None:
        return None
    month, day = _small("一" if short[1] == "元" else short[1]), _small(short[2])
    if month is None or day is None:
        return None
    if full:
        year = int("".join(str(DIGITS[digit]) for digit in full[1]))
        return _date(year if year > 99 else 2000 + year, month, day)
    return near(month, day, anchor)


def _small(text: str) -> int | None:
    """Chinese numerals from 1 to 31."""
    text = text.removeprefix("初").replace("廿", "二十").replace("卅", "三十")
    tens, ten, ones = text.rpartition("十")
    if len(tens) > 1 or len(ones) > 1 or (tens and tens not in DIGITS) or (ones and ones not in DIGITS):
        return None
    if not ten:
        return DIGITS.get(text)
    return (DIGITS[tens] if tens else 1) * 10 + (DIGITS[ones] if ones else 0)


def near(month: int, day: int, anchor: date) -> date | None:
    """The month and day in the year of the anchor, a year earlier or later where that is more than 180 days off."""
    found = _date(anchor.year, month, day)
    if found is None:  # 29 February, or no day at all
        others = [other for year in (anchor.year - 1, anchor.year + 1) if (other := _date(year, month, day))]
        return next((other for other in others if abs(other - anchor) <= _HALF_YEAR), None)
    if abs(found - anchor) > _HALF_YEAR:
        return _date(anchor.year + (-1 if found > anchor else 1), month, day) or found
    return found


def _date(year: int, month: int, day: int) -> date | None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}


def period_of(raw: Any, anchor: date) -> str | None:
    """The canonical name of a period: 2022-08, 2022Q3, 2022-W33 or 2022; None if it is none of them."""
    if isinstance(raw, date):  # a spreadsheet turns 2022-08 into the first of August
        return f"{raw.year}-{raw.month:02d}" if raw.day == 1 else None
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        if raw != raw or raw != int(raw):
            return None
        raw = str(int(raw))
    if not isinstance(raw, str):
        return None
    text = raw.lower().removesuffix("底").removesuffix("份")
    year, rest = _year_of(text, anchor)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    if rest == "":
        return str(year)
    if match := re.fullmatch(r"(?:q([1-4])|第?([一二三四1-4])季度?)", rest):
        return f"{year}Q{_QUARTERS[match[1] or match[2]]}"
    if match := re.fullmatch(r"(?:w|第)(\d{1,2})周?", rest):
        week = int(match[1])
        last = date(year, 12, 28).isocalendar().week
        return f"{year}-W{week:02d}" if 1 <= week <= last else None
    match = re.fullmatch(r"(\d{1,2})月?", rest)
    month = int(match[1]) if match else _small(rest.removesuffix("月")) if rest.endswith("月") else None
    return f"{year}-{month:02d}" if month and 1 <= month <= 12 else None


def _year_of(text: str, anchor: date) -> tuple[int, str]:
    match = re.match(r"^(\d{4})(?:年度?|[-./])?(.*)$", text)
    return (int(match[1]), match[2]) if match else (anchor.year, text)


_TITLE_FULL = re.compile(r"(20\d{2})\s*[年./\-_]\s*(\d{1,2})\s*[月./\-_]\s*(\d{1,2})\s*[日号]?(?!\d)")
_TITLE_COMPACT = re.compile(r"(?<!\d)(20\d{2})(\d{2})(\d{2})(?!\d)")
_TITLE_SHORT = re.compile(r"(?<!\d)(\d{1,2})\s*月\s*(\d{1,2})(?!\d|\s*[个名人户家周批期针剂例])\s*[日号]?")
_TITLE_CHINESE = re.compile(
    r"(?:[〇零一二三四五六七八九]{4}年)?(?<![一二三四五六七八九十])[一二三四五六七八九十元]{1,2}月[一二三四五六七八九十廿卅]{1,3}[日号]"
)
_WEAK = re.compile(r"(?<![\d.\-])(\d{1,2})[.\-_](\d{1,2})(?![\d.\-]|\s*[时点版])")
_WEAK_COMPACT = re.compile(r"(?<!\d)(\d{2})(\d{2})(?!\d)")
_NUMBERED = re.compile(r"(?:附件|附表|表|图)\s*\d+(?:[.\-]\d{1,2}(?!\d))?")
_DAY_ALONE = re.compile(r"(?<![\d.\-月至])(\d{1,2})\s*[日号](?!\d(?!\d?\s*[-—–~至时点]))")
_MONTH = re.compile(r"(?:(20\d{2})年)?(?<!\d)(\d{1,2})月")
# When a sheet was filled in is not the day it speaks of.
_FILLED = re.compile(r"(?:填报|填表|制表|上报|报送|打印|审核)(?:时间|日期)\s*[:：]?\s*([\d年月日号./\-: ]+)")


def mentioned(text: str, anchor: date, *, weak: bool) -> Iterator[tuple[date, bool]]:
    """The days a title, sheet name or file name speaks of, each with whether it is sure.

    ``weak`` also takes 8.12 and 0812, which in a file name may as well number an attachment; 附件2.6 is no day at all.
    """
    text = _FILLED.sub(" ", clean(text))
    sure = False
    for pattern in (_TITLE_FULL, _TITLE_COMPACT):
        for match in pattern.finditer(text):
            found = _date(*map(int, match.groups()))
            if found:
                sure = True
                yield found, True
    rest = _TITLE_COMPACT.sub(" ", _TITLE_FULL.sub(" ", text))
    for match in _TITLE_SHORT.finditer(rest):
        found = near(int(match[1]), int(match[2]), anchor)
        if found:
            sure = True
            yield found, True
    for match in _TITLE_CHINESE.finditer(simplified(rest)):
        found = _from_chinese(match[0], anchor)
        if found:
            sure = True
            yield found, True
    if sure or not weak:
        return
    rest = _NUMBERED.sub(" ", rest)
    for pattern in (_WEAK, _WEAK_COMPACT):
        for match in pattern.finditer(rest):
            found = near(int(match[1]), int(match[2]), anchor)
            if found:
                yield found, False


def month_in(text: str, anchor: date) -> date | None:
    """The last day of the month a text speaks of (2022年8月, 8月份), as an anchor for days without a month."""
    match = _MONTH.search(_FILLED.sub(" ", clean(text)))
    first = _date(int(match[1] or anchor.year), int(match[2]), 1) if match else None
    if first is None:
        return None
    if match and match[1] is None:
        first = near(first.month, 1, anchor) or first
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def day_alone_in(text: str, anchor: date) -> date | None:
    """The day of a sheet that is called 5日; None where it names none."""
    match = _DAY_ALONE.search(_FILLED.sub(" ", clean(text)))
    return _recent(int(match[1]), anchor) if match else None


def filled_in(text: str, anchor: date) -> date | None:
    """The day on which a sheet says that it was filled in."""
    match = _FILLED.search(clean(text))
    found = _from_text(match[1].strip(), anchor) if match else None
    return found
