"""What a Chinese resident identity number (GB 11643) says about its holder.

Only the number's form is tested: the region codes of old numbers are not all known, and a true number must
never be refused for the county it was issued in.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from stdnum.cn import ric

from data_access.findings import Rule
from data_access.sheets import rules
from data_access.sheets.declaration import Problem, RowCheck, SheetCheck, Values, looks_at


def resident(values: Values) -> str | None:
    """The identity card number of the row, upper case and without spaces; None for other documents."""
    number: str | None = values.get("id_no")
    if number is None or (values.get("id_type") or "resident") != "resident":
        return None
    return _compact(number)


def _compact(number: str) -> str:
    """Upper case and without the signs people put between; plain letters and digits hold none."""
    if number.isascii() and number.isalnum():
        return number.upper()
    return ric.compact(number).upper()


def long(number: str) -> str:
    """An old number of 15 digits written with 18, so that both forms mean the same person."""
    if len(number) != 15 or not number.isascii() or not number.isdigit():
        return number
    body = f"{number[:6]}19{number[6:]}"
    return body + ric.calc_check_digit(f"{body}0")


def birth_date(number: str) -> date | None:
    """The date of birth in the number; None if there is none."""
    return _born(_compact(long(number)))


def _born(number: str) -> date | None:
    day = number[6:14]
    try:
        return date.fromisoformat(day) if len(day) == 8 and day.isdigit() else None
    except ValueError:
        return None


def age_on(born: date, day: date) -> int:
    """Full years of age on a day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def person(values: Values) -> str | None:
    """What tells this person from others: the document number in its long form, else the person code."""
    number: str | None = values.get("id_no")
    if number is not None:
        if len(number) == 18 and number.isalnum():
            return number.upper()
        return long((number if number.isalnum() else "".join(number.split())).upper())
    code: Any = values.get("person_code")
    return None if code is None else str(code).strip()


def _fault(number: str, born: date | None) -> Rule | None:
    digits = number[:17] if len(number) == 18 else number
    if len(number) not in (15, 18) or not (digits.isascii() and digits.isdigit()):
        return rules.ID_WRONG_LENGTH
    if len(number) == 18 and number[-1] != ric.calc_check_digit(number):
        return rules.ID_CHECK_DIGIT
    return rules.ID_BIRTH_DATE if born is None else None


def number_is_valid(day: str) -> RowCheck:
    """A card number has its check digit and a possible date of birth; 15 digits are accepted, marked.

    Sex and age agree with it, the age on the date in column ``day``.
    """

    @looks_at("id_no", "id_type", "sex", "age", day)
    def check(values: Values) -> Iterable[Problem]:
        number = resident(values)
        if number is None:
            return
        whole = long(number)
        born = _born(whole)
        fault = _fault(number, born)
        if fault is not None:
            yield Problem(fault, "id_no")
            return
        if len(number) == 15:
            yield Problem(rules.ID_OLD_NUMBER, "id_no")
        sex, age, on = values.get("sex"), values.get("age"), values.get(day)
        if sex is not None and sex != ("male" if int(whole[16]) % 2 else "female"):
            yield Problem(rules.SEX_NOT_BY_ID, "sex")
        if age is not None and on is not None and born is not None:
            computed = age_on(born, on)
            if age != computed:
                yield Problem(rules.AGE_NOT_BY_ID, "age", {"age": age, "computed": computed})

    return check


def person_once(*keys: str) -> SheetCheck:
    """Within the sheet, a person appears once for the same ``keys``; the second row is the one at fault."""

    def check(rows: list[Values]) -> Iterable[Problem]:
        people = [person(values) for values in rows]
        if len(set(people)) == len(people):
            return
        seen: set[tuple[Any, ...]] = set()
        for index, (who, values) in enumerate(zip(people, rows, strict=True)):
            if who is None:
                continue
            key = (who, *(values.get(name) for name in keys))
            if key in seen:
                column = "id_no" if values.get("id_no") is not None else "person_code"
                yield Problem(rules.PERSON_TWICE, column, row=index)
            seen.add(key)

    return check
