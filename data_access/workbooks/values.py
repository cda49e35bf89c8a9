"""One cell to one typed value.

``Parser`` reads the cells of one column; equal cells are read once. What cannot be read gives a rule and no value,
never a guess and never a zero. References (community, site, dose, group, campaign, workstream, indicator) come out as
cleaned text: ``check`` resolves them, because only it knows the street.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from config import clock
from data_access.findings import Rule, both
from data_access.sheets.declaration import Choice, Column, Type
from data_access.workbooks import dates, rules
from data_access.workbooks.names import clean, nearest, squeeze
from data_access.workbooks.numerals import number_in


@dataclass(frozen=True, slots=True)
class Reading:
    """A value, or the rule that says why there is none; a warning or info rule may stand beside a value."""

    value: Any = None
    rule: Rule | None = None
    fields: Mapping[str, object] = field(default_factory=dict)
    normalised: bool = False
    approximate: bool = False
    signed: bool = False  # a percent with its sign

    @property
    def remarkable(self) -> bool:
        """Whether there is more to say than the value."""
        return self.rule is not None or self.normalised or self.approximate


BLANK = Reading()
MISSING = frozenset({
    "/", "//", "\\", "-", "--", "---", "—", "——", "–", "―", "－", "n/a", "na", "#n/a", "null", "none", "nan", "未统计",
    "未报", "未上报", "不详", "未知", "待定", "待统计", "空", "缺", "暂无数据", "…", "...", "……",
})  # fmt: skip
ZERO = frozenset({"零", "无", "〇", "没有", "0人", "零人"})
SAME = frozenset({"同上", "同前", "〃", '"', "″", "''", "同左"})
YES = frozenset({
    "√", "✓", "✔", "☑", "■", "是", "有", "y", "yes", "true", "t", "1", "已", "对", "是的", "已完成", "完成", "已通知",
    "已提醒", "v", "勾", "●", "○是", "已留观", "有的",
})  # fmt: skip
NO = frozenset({
    "×", "✗", "✘", "☒", "否", "无", "n", "no", "false", "f", "0", "未", "没有", "x", "不是", "未完成", "未通知", 
    "未提醒", "没", "╳", "✕", "未留观",
})  # fmt: skip
MASK = re.compile(r"[*＊]|(?i:x{2,})|(?i:\dx(?!\w))|(?<![A-Za-z])[xX](?=\d)|[xX](?=[年月日])|_{2,}|\?{2,}")
BROKEN = re.compile(
    r"[\ue000-\uf8ff\ufffd\U000f0000-\U0010fffd]|\?(?=[A-Z]?[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])\?(?!$)"
)
BROKEN_TEXT = re.compile(r"[\ue000-\uf8ff\ufffd]|\?{2,}|(?<=[\u4e00-\u9fff])\?(?=[\u4e00-\u9fff])|锟斤拷|烫烫烫|�")
_ZERO_LETTERS = str.maketrans({"O": "0", "o": "0", "l": "1", "I": "1", "Ｏ": "0", "〇": "0"})
_SPLIT = re.compile(r"[、;；,，\n\r]+")
_PHONES = re.compile(r"[、;；,，/\\\n\r]+|\s{1,}(?=1\d{2}|0\d{2,3})|或")
_TWO_NUMBERS = re.compile(r"\d (?!\d{3}(?!\d))\d")  # 20 18; but 1 200 is one number
_TWO_LINES = re.compile(r"\d[^\S\r\n]*[\r\n]\s*\d")
_TRAILING_NOUGHT = re.compile(r"(?<=^\d{11})\.0+$")  # 13800000000.0, a number that became text
_CLOCK_NUMERAL = re.compile(r"[零〇一二两三四五六七八九十]+(?=[点时分]|$)")
_TIME = re.compile(
    r"^(上午|早上|早|凌晨|中午|下午|晚上|晚|am|pm)?(\d{1,2})(?:[:.时点]|点钟)(?:(\d{1,2})(?:分|[:.](\d{1,2})秒?)?|(半|[一三13]刻)|整)?分?(am|pm)?$",
    re.IGNORECASE,
)
# Text that is its own reading, as most cells of the long columns are: a number with its check digit, a mobile
# telephone, a name of plain characters. Whatever else there is goes through the readers below.
_AS_IT_STANDS: Mapping[Type, re.Pattern[str]] = {
    Type.ID_NO: re.compile(r"[0-9]{17}[0-9X]"),
    Type.PHONE: re.compile(r"1[0-9]{10}"),
    Type.NAME: re.compile(r"[\u4e00-\u9fff]{2,20}"),
}
_WORDS = MISSING | SAME
_NUMERIC = frozenset({int, float, bool})
_PARTS_OF_HOUR = {"一": 15, "1": 15, "半": 30, "三": 45, "3": 45}  # 9点半, 9点一刻
_RANGE = re.compile(r"[-—–~至到]+")
_DAY_AND_TIME = re.compile(r"^(.+?)(?:t|\s)*((?:上午|下午|晚上|早上)?\d{1,2}[:点时]\d{0,2}.*)$", re.IGNORECASE)


class Parser:
    """Reads the cells of one column. ``anchor`` is the day that gives a missing year and the day of a bare time."""

    def __init__(self, column: Column, anchor: date, *, from_1904: bool = False) -> None:
        self.column = column
        self.anchor = anchor
        self.from_1904 = from_1904
        self._cache: dict[tuple[type, Any], Reading] = {}
        self._read: Callable[[Any], Reading] = _READERS.get(column.type, Parser._text).__get__(self)
        shape = _AS_IT_STANDS.get(column.type)
        self._plainly = shape.fullmatch if shape else None
        self._label = re.compile(f"^(?:{'|'.join(map(re.escape, (column.zh, *column.synonyms)))}):?(?=[^:])")
        self._choices = _choice_table(column.choices) if column.choices else {}

    def read_all(self, raws: Sequence[Any]) -> tuple[list[Any], dict[int, Reading]]:
        """The values of a whole column, None where a cell gives none, and by place the readings with more to say.

        A column says few different things, and says them plainly: each is read once, and a clean cell costs a
        look-up. Equal numbers of different types (1, 1.0, TRUE) are told apart.
        """
        keys: Sequence[Any] = raws
        if len(_NUMERIC.intersection(map(type, raws))) > 1:
            keys = list(zip(map(type, raws), raws, strict=True))
        values: dict[Any, Any] = {}
        remarkable: dict[Any, Reading] = {}
        plainly = self._plainly
        for key in set(keys):
            raw = key if keys is raws else key[1]
            if plainly is not None and isinstance(raw, str) and plainly(raw) and raw not in _WORDS:
                values[key] = raw
                continue
            reading = self.read(raw)
            values[key] = reading.value
            if reading.remarkable:
                remarkable[key] = reading
        found = {spot: remarkable[key] for spot, key in enumerate(keys) if key in remarkable} if remarkable else {}
        return list(map(values.__getitem__, keys)), found

    def read(self, raw: Any) -> Reading:
        """The reading of one raw cell; a blank one is missing, without a word."""
        if raw is None or raw == "":
            return BLANK
        key = (type(raw), raw)
        found = self._cache.get(key)
        if found is None:
            found = self._cache[key] = self._fresh(raw)
        return found

    def _fresh(self, raw: Any) -> Reading:
        if isinstance(raw, float) and not math.isfinite(raw):
            return Reading(rule=rules.NOT_A_NUMBER)
        if isinstance(raw, str):
            text = clean(raw)
            if not text:
                return BLANK
            if text in SAME:
                return Reading(rule=rules.SAME_AS_ABOVE)
            if text.lower() in MISSING and self.column.type is not Type.TICK:
                return Reading(rule=rules.DASH_IS_MISSING)
            if text.startswith("#") and text.rstrip("!?").upper() in _EXCEL_ERRORS:
                return Reading(rule=rules.ERROR_CELL)
        return self._read(raw)

    # Texts ---------------------------------------------------------------------------------------

    def _text(self, raw: Any) -> Reading:
        text = plain(raw)
        if BROKEN_TEXT.search(text):
            return Reading(text, rules.TEXT_BROKEN)
        return Reading(text, normalised=not isinstance(raw, str) and not isinstance(raw, int | float))

    def _name(self, raw: Any) -> Reading:
        text = clean(plain(raw))
        if re.search(r"[\u4e00-\u9fff]", text):
            text = text.replace(" ", "")
        if MASK.search(text) or BROKEN.search(text):
            return Reading(rule=rules.MASKED)
        return Reading(text, normalised=text != raw)

    def _reference(self, raw: Any) -> Reading:
        text = clean(plain(raw))
        return Reading(text, normalised=text != raw and isinstance(raw, str))

    def _list(self, raw: Any) -> Reading:
        parts = tuple(part for part in (clean(part) for part in _SPLIT.split(plain(raw))) if part)
        return Reading(parts or None)

    def _enum(self, raw: Any) -> Reading:
        if isinstance(raw, bool):
            raw = "是" if raw else "否"
        text = clean(plain(raw))
        found = self._choices.get(text) or self._choices.get(squeeze(text))
        if found is not None:
            return Reading(found.code, normalised=text not in (found.zh, found.en, found.code))
        choices = {choice.zh: choice for choice in self.column.choices}
        near = nearest(text, choices, 1)
        rule = rules.NOT_ALLOWED_NEAR if near else rules.NOT_ALLOWED
        allowed = [both(choice) for choice in choices.values()]
        return Reading(rule=rule, fields={"allowed": allowed, "near": [both(choices[name]) for name in near]})

    def _tick(self, raw: Any) -> Reading:
        if isinstance(raw, bool):
            return Reading(raw)
        text = squeeze(plain(raw))
        if text in YES:
            return Reading(True, normalised=text not in ("是", "有", "√"))
        if text in NO:
            return Reading(False, normalised=text not in ("否", "无", "×"))
        if text in MISSING:
            return Reading(rule=rules.DASH_IS_MISSING)
        return Reading(rule=rules.NOT_A_TICK)

    # Numbers -------------------------------------------------------------------------------------

    def _number(self, raw: Any) -> Reading:
        if isinstance(raw, bool | date | time | timedelta):
            return Reading(rule=rules.NOT_A_NUMBER)
        if isinstance(raw, int | float):
            exact = exactly(raw)
            return Reading(rule=rules.NOT_A_NUMBER) if exact is None else self._bounded(exact)
        text = clean(raw)
        if _TWO_NUMBERS.search(text) or _TWO_LINES.search(raw):
            return Reading(rule=rules.NOT_A_NUMBER)
        bare = text.replace(" ", "")
        if self.column.percent:
            bare = bare.removesuffix("%")
        if bare in ZERO:
            return self._bounded(Decimal(0), normalised=True)
        if MASK.search(bare) or BROKEN.search(bare):
            return Reading(rule=rules.MASKED)
        found = number_in(bare) or number_in(self._label.sub("", bare))  # 批次1 under 批次
        if found is None:
            repaired = bare.translate(_ZERO_LETTERS)
            if repaired != bare and repaired.isdigit():
                return Reading(rule=rules.NOT_A_NUMBER_NEAR, fields={"near": repaired})
            return Reading(rule=rules.NOT_A_NUMBER)
        number, approximate = found
        return self._bounded(number, normalised=raw != str(number), approximate=approximate)

    def _files(self, raw: Any) -> Reading:
        """A number of files; a tick says that there is one, a cross that there is none."""
        word = raw if isinstance(raw, bool) else squeeze(raw) if isinstance(raw, str) else None
        if word is True or word in YES:
            return self._bounded(Decimal(1), normalised=True)
        if word is False or word in NO:
            return self._bounded(Decimal(0), normalised=True)
        return self._number(raw)

    def _bounded(self, number: Decimal, *, normalised: bool = False, approximate: bool = False) -> Reading:
        column = self.column
        whole = number == number.to_integral_value()
        if column.type in (Type.INT, Type.FILES) and not whole:
            return Reading(rule=rules.NOT_WHOLE)
        if column.minimum is not None and number < column.minimum:
            return Reading(rule=rules.BELOW_MINIMUM, fields={"minimum": column.minimum})
        if column.maximum is not None and number > column.maximum:
            return Reading(rule=rules.ABOVE_MAXIMUM, fields={"maximum": column.maximum})
        if abs(number) > 10**12:
            return Reading(rule=rules.ABOVE_MAXIMUM, fields={"maximum": 10**12})
        value: int | Decimal = int(number) if whole else number
        rule = rules.APPROXIMATE if approximate else None
        return Reading(value, rule, {"number": value}, normalised=normalised, approximate=approximate)

    def _percent(self, raw: Any) -> Reading:
        """Percent points where the sign is printed; ``read`` decides for the whole column where it is not."""
        if isinstance(raw, bool | date | time | timedelta):
            return Reading(rule=rules.NOT_A_NUMBER)
        if isinstance(raw, int | float):
            exact = exactly(raw)
            return Reading(exact) if exact is not None else Reading(rule=rules.NOT_A_NUMBER)
        text = clean(raw)
        if _TWO_NUMBERS.search(text) or _TWO_LINES.search(raw):
            return Reading(rule=rules.NOT_A_NUMBER)
        text = text.replace(" ", "")
        signed = text.endswith("%") or text.startswith("百分之")
        bare = text.removesuffix("%").removeprefix("百分之")
        if MASK.search(bare) or BROKEN.search(bare):
            return Reading(rule=rules.MASKED)
        found = number_in(bare)
        if found is None:
            return Reading(rule=rules.NOT_A_NUMBER)
        return Reading(Decimal(found[0]), normalised=True, signed=signed, approximate=found[1])

    # Days and times ------------------------------------------------------------------------------

    def _date(self, raw: Any) -> Reading:
        if isinstance(raw, str) and (MASK.search(clean(raw)) or BROKEN.search(clean(raw))):
            return Reading(rule=rules.MASKED)
        found = dates.day_of(raw, self.anchor, from_1904=self.from_1904)
        if isinstance(found, date):
            if dates.names_no_month(raw):
                return Reading(found, rules.MONTH_TAKEN, {"day": found.isoformat()})
            plain_day = isinstance(raw, date) or raw == found.isoformat()
            return Reading(found, normalised=not plain_day)
        return Reading(rule=found)

    def _time(self, raw: Any) -> Reading:
        if isinstance(raw, datetime):
            return Reading(raw.time().replace(microsecond=0))
        if isinstance(raw, time):
            return Reading(raw.replace(microsecond=0))
        if isinstance(raw, timedelta):
            return _time_of_seconds(raw.total_seconds())
        if isinstance(raw, bool | date):
            return Reading(rule=rules.NOT_A_TIME)
        if isinstance(raw, int | float):
            return _time_of_seconds(raw * 86400) if 0 <= raw < 1 else Reading(rule=rules.NOT_A_TIME)
        text = clean(raw).replace(" ", "")
        if MASK.search(text) or BROKEN.search(text):
            return Reading(rule=rules.MASKED)
        found = time_in(text)
        if found is not None:
            return Reading(found, normalised=text != f"{found:%H:%M}")
        first = _RANGE.split(text, maxsplit=1)[0]
        if first != text:
            found = time_in(first)
            if found is not None:
                return Reading(found, rules.FIRST_OF_RANGE, {"taken": f"{found:%H:%M}"})
        near = time_in(text.translate(_ZERO_LETTERS))
        if near is not None:
            return Reading(rule=rules.NOT_A_TIME_NEAR, fields={"near": f"{near:%H:%M}"})
        return Reading(rule=rules.NOT_A_TIME)

    def _datetime(self, raw: Any) -> Reading:
        if isinstance(raw, date) and not dates.FIRST_YEAR <= raw.year <= dates.LAST_YEAR:
            return Reading(rule=rules.NOT_A_MOMENT)
        if isinstance(raw, datetime):
            return Reading(clock.instant(raw))
        if isinstance(raw, date):
            return Reading(clock.wall(raw, time()))
        if isinstance(raw, time):
            return Reading(clock.wall(self.anchor, raw))
        if isinstance(raw, int | float) and not isinstance(raw, bool):
            day = dates.day_of(float(int(raw)), self.anchor, from_1904=self.from_1904)
            if isinstance(day, date):
                seconds = round((float(raw) - int(raw)) * 86400)
                return Reading(
                    clock.instant(datetime.combine(day, time()) + timedelta(seconds=seconds)), normalised=True
                )
            return Reading(rule=rules.NOT_A_MOMENT)
        if not isinstance(raw, str):
            return Reading(rule=rules.NOT_A_MOMENT)
        text = clean(raw)
        if MASK.search(text) or BROKEN.search(text):
            return Reading(rule=rules.MASKED)
        alone = time_in(text.replace(" ", ""))
        if alone is not None:
            return Reading(clock.wall(self.anchor, alone), normalised=True)
        split = _DAY_AND_TIME.match(text)
        hour = time_in(split[2].replace(" ", "")) if split else None
        day = dates.day_of(split[1] if split and hour else text, self.anchor)
        if isinstance(day, date):
            return Reading(clock.wall(day, hour or time()), normalised=True)
        return Reading(rule=rules.NOT_A_MOMENT)

    def _period(self, raw: Any) -> Reading:
        text = squeeze(plain(raw)) if isinstance(raw, str) else raw
        found = dates.period_of(text, self.anchor)
        if found is None:
            return Reading(rule=rules.NOT_A_PERIOD)
        return Reading(found, normalised=found != raw)

    # Documents and telephones --------------------------------------------------------------------

    def _id_no(self, raw: Any) -> Reading:
        if isinstance(raw, bool | date | time | timedelta):
            return Reading(rule=rules.NOT_A_DOCUMENT)
        if isinstance(raw, int | float):
            if isinstance(raw, float) and (raw != raw or not raw.is_integer()):
                return Reading(rule=rules.NOT_A_DOCUMENT)
            digits = str(int(raw))
            if len(digits) > 15:
                return Reading(rule=rules.ID_PRECISION_LOST)
            return Reading(digits, normalised=True)
        text = clean(raw)
        if re.fullmatch(r"\d(?:\.\d+)?[eE]\+?\d+", text):
            return Reading(rule=rules.ID_PRECISION_LOST)
        bare = re.sub(r"[\s'’‘`]", "", text).upper()
        if re.search(r"[*?]|_{2,}|X{2,}|X(?!$)(?=\d)", bare) and not bare.isalpha():
            return Reading(rule=rules.MASKED)
        if not bare:
            return BLANK
        return Reading(bare, normalised=bare != raw)

    def _phone(self, raw: Any) -> Reading:
        if isinstance(raw, bool | date | time | timedelta):
            return Reading(rule=rules.NOT_A_PHONE)
        if isinstance(raw, int | float):
            if isinstance(raw, float) and (raw != raw or not raw.is_integer()):
                return Reading(rule=rules.NOT_A_PHONE)
            return _phone_of(str(int(raw)), normalised=isinstance(raw, int) is False)
        text = _TRAILING_NOUGHT.sub("", clean(raw))
        if re.fullmatch(r"1\.\d+[eE]\+?10", text):
            return Reading(rule=rules.ID_PRECISION_LOST)
        if MASK.search(text) or BROKEN.search(text):
            return Reading(rule=rules.MASKED)
        numbers = [digits for part in _PHONES.split(text) if len(digits := re.sub(r"\D", "", part)) >= 7]
        if len(numbers) > 1:
            first = _phone_of(numbers[0])
            return first if first.rule else Reading(first.value, rules.FIRST_OF_PHONES, {})
        return _phone_of(re.sub(r"\D", "", text), normalised=not text.isdigit())


_EXCEL_ERRORS = frozenset({"#REF", "#DIV/0", "#VALUE", "#NAME", "#NUM", "#NULL", "#SPILL", "#CALC"})

_READERS: dict[Type, Any] = {
    Type.NAME: Parser._name,
    Type.INT: Parser._number,
    Type.NUMBER: Parser._number,
    Type.FILES: Parser._files,
    Type.PERCENT: Parser._percent,
    Type.DATE: Parser._date,
    Type.TIME: Parser._time,
    Type.DATETIME: Parser._datetime,
    Type.TICK: Parser._tick,
    Type.ENUM: Parser._enum,
    Type.LIST: Parser._list,
    Type.ID_NO: Parser._id_no,
    Type.PHONE: Parser._phone,
    Type.PERIOD: Parser._period,
    **dict.fromkeys(
        (Type.COMMUNITY, Type.SITE, Type.CAMPAIGN, Type.DOSE, Type.GROUP, Type.WORKSTREAM, Type.INDICATOR),
        Parser._reference,
    ),
}


def plain(raw: Any) -> str:
    """A raw cell as the text a person sees: 46.0 is 46, a date is ISO."""
    if isinstance(raw, str):
        return raw.strip()
    if isinstance(raw, bool):
        return "TRUE" if raw else "FALSE"
    if isinstance(raw, float):
        return str(int(raw)) if raw.is_integer() and abs(raw) < 1e15 else f"{raw:.15g}"
    if isinstance(raw, datetime):
        return raw.date().isoformat() if raw.time() == time() else raw.isoformat(" ", "minutes")
    if isinstance(raw, time):
        return f"{raw:%H:%M}"
    return str(raw)


def exactly(raw: int | float) -> Decimal | None:
    """The number as typed, without the noise of binary fractions; None for what is no number."""
    if isinstance(raw, int):
        return Decimal(raw)
    if raw != raw or raw in (float("inf"), float("-inf")):
        return None
    return Decimal(f"{raw:.15g}")


def time_in(text: str) -> time | None:
    """A wall-clock time as people write it: 9:30, 9点半, 下午2:30; None if it is none."""
    match = _TIME.match(_CLOCK_NUMERAL.sub(_in_digits, text))
    if match is None:
        if re.fullmatch(r"\d{4}", text) and int(text[:2]) < 24 and int(text[2:]) < 60:
            return time(int(text[:2]), int(text[2:]))
        return None
    hour, minute = int(match[2]), _PARTS_OF_HOUR[match[5][0]] if match[5] else int(match[3] or 0)
    part = (match[1] or match[6] or "").lower()
    if part in ("下午", "晚上", "晚", "pm") and hour < 12:
        hour += 12
    if part in ("凌晨", "am") and hour == 12:
        hour = 0
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _in_digits(numeral: re.Match[str]) -> str:
    """两 as 2, 十一 as 11."""
    found = number_in(numeral[0])
    return numeral[0] if found is None else str(found[0])


def _time_of_seconds(seconds: float) -> Reading:
    whole = round(seconds)
    if not 0 <= whole < 86400:
        return Reading(rule=rules.NOT_A_TIME)
    return Reading(time(whole // 3600, whole % 3600 // 60, whole % 60))


def _phone_of(digits: str, *, normalised: bool = False) -> Reading:
    if digits.startswith("86") and len(digits) == 13:
        digits, normalised = digits[2:], True
    mobile = len(digits) == 11 and digits[0] == "1"
    land_line = 7 <= len(digits) <= 8 or (10 <= len(digits) <= 12 and digits[0] == "0")
    if mobile or land_line:
        return Reading(digits, normalised=normalised)
    return Reading(digits, rules.PHONE_ODD) if len(digits) >= 5 else Reading(rule=rules.NOT_A_PHONE)


def _choice_table(choices: tuple[Choice, ...]) -> dict[str, Choice]:
    table: dict[str, Choice] = {}
    for choice in choices:
        for word in (choice.code, choice.zh, choice.en):
            table.setdefault(word, choice)
            table.setdefault(squeeze(word), choice)
    for choice in choices:
        for word in choice.synonyms:
            table.setdefault(squeeze(word), choice)
    return table
