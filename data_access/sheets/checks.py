"""The checks that several kinds of sheet share. All are pure; a check that lacks a value is silent.

A function that returns a check is named for what must hold: ``dates_in_order("open_from", "open_until")``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from config import clock
from data_access.findings import Rule
from data_access.sheets import rules
from data_access.sheets.declaration import Problem, RowCheck, SheetCheck, Values, looks_at

_LETTERS_AND_DIGITS = re.compile(r"[A-Za-z0-9]+")
_NAME = re.compile(r"[^\W\d_][^\d_]{1,19}")


def total(values: Values, *keys: str) -> int | None:
    """The sum of those of ``keys`` that are filled; None if none is."""
    filled = [values[key] for key in keys if values.get(key) is not None]
    return sum(filled) if filled else None


def not_above(key: str, limit: str, rule: Rule) -> RowCheck:
    """``key`` is not more than ``limit``."""

    @looks_at(key, limit)
    def check(values: Values) -> Iterable[Problem]:
        number, bound = values.get(key), values.get(limit)
        if number is not None and bound is not None and number > bound:
            yield Problem(rule, key, {"number": number, "limit": bound})

    return check


def dates_in_order(first: str, then: str) -> RowCheck:
    """The date in ``then`` is not before the date in ``first``."""

    @looks_at(first, then)
    def check(values: Values) -> Iterable[Problem]:
        earlier, later = values.get(first), values.get(then)
        if earlier is not None and later is not None and later < earlier:
            fields = {"earlier": earlier.isoformat(), "later": later.isoformat()}
            yield Problem(rules.DATES_OUT_OF_ORDER, then, fields)

    return check


def not_in_future(key: str) -> RowCheck:
    """The date in ``key`` is today at the latest."""

    @looks_at(key)
    def check(values: Values) -> Iterable[Problem]:
        day: date | None = values.get(key)
        if day is not None and day > clock.today():
            yield Problem(rules.DATE_IN_FUTURE, key, {"date": day.isoformat()})

    return check


def needed(
    key: str, when: Callable[[Values], bool], rule: Rule, absent: Rule | None = None, *, by: str | None = None
) -> RowCheck:
    """``key`` is filled in wherever ``when`` holds; ``absent`` is for sheets without the column.

    ``by`` is the one column that ``when`` looks at, where it is only one.
    """

    def check(values: Values) -> Iterable[Problem]:
        if values.get(key) is None and when(values):
            yield Problem(rule, key, absent=absent)

    return looks_at(key, by)(check) if by else check


def name_is_name(key: str) -> RowCheck:
    """A person's name has 2–20 characters and no digits."""

    @looks_at(key)
    def check(values: Values) -> Iterable[Problem]:
        name: str | None = values.get(key)
        if name is not None and not _NAME.fullmatch(name.strip()):
            yield Problem(rules.NAME_NOT_A_NAME, key)

    return check


def code_is_plain(values: Values) -> Iterable[Problem]:
    """A community's code is letters and digits."""
    code: str | None = values.get("code")
    if code is not None and not _LETTERS_AND_DIGITS.fullmatch(code):
        yield Problem(rules.CODE_NOT_PLAIN, "code", {"value": code})


def unique(key: str) -> SheetCheck:
    """No two rows of the sheet hold the same ``key``; blanks are not compared."""

    def check(rows: list[Values]) -> Iterable[Problem]:
        seen: set[Any] = set()
        for index, values in enumerate(rows):
            value = values.get(key)
            if value is None:
                continue
            if value in seen:
                yield Problem(rules.NOT_UNIQUE, key, {"value": value}, row=index)
            seen.add(value)

    return check


def unique_rows(*keys: str, blank: Any = None) -> SheetCheck:
    """No two rows of the sheet agree in all of ``keys``; the second one is the one at fault.

    ``blank`` is the value for which a blank stands in the last of the keys.
    """

    def check(rows: list[Values]) -> Iterable[Problem]:
        seen: set[tuple[Any, ...]] = set()
        for index, values in enumerate(rows):
            last = values.get(keys[-1])
            key = (*(values.get(name) for name in keys[:-1]), blank if last is None else last)
            if key in seen:
                yield Problem(rules.DUPLICATE_ROW, keys[-1], row=index)
            seen.add(key)

    return check


def aliases_are_own(rows: list[Values]) -> Iterable[Problem]:
    """No community bears a name or an alias of another."""
    owner: dict[str, str] = {values["name"]: values["name"] for values in rows if values.get("name")}
    for index, values in enumerate(rows):
        name = values.get("name")
        for alias in values.get("aliases") or ():
            other = owner.setdefault(alias, name or "")
            if other != name:
                yield Problem(rules.ALIAS_SHARED, "aliases", {"alias": alias, "other": other}, row=index)
