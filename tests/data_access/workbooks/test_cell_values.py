"""One cell to one typed value: reading_rules N6–N10, N14, N15, N22."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from data_access.sheets.declaration import Choice, Column, Type
from data_access.workbooks.values import Parser, Reading

ANCHOR = date(2022, 8, 12)


def read(of: Type, raw: Any, *, anchor: date = ANCHOR, from_1904: bool = False, **options: Any) -> Reading:
    return Parser(Column("key", "列", "column", of, **options), anchor, from_1904=from_1904).read(raw)


def code(reading: Reading) -> str | None:
    return reading.rule.code if reading.rule else None


@pytest.mark.parametrize(
    ("raw", "day"),
    [
        ("2022.8.5", "2022-08-05"),
        ("2022/08/05", "2022-08-05"),
        ("2022年8月5日", "2022-08-05"),
        ("8月5日", "2022-08-05"),
        ("8.5", "2022-08-05"),
        ("20220805", "2022-08-05"),
        (20220805.0, "2022-08-05"),
        ("八月五日", "2022-08-05"),
        ("八月二十三号", "2022-08-23"),
        ("二〇二二年十二月三十一日", "2022-12-31"),
        ("8/5", "2022-08-05"),
        (44778.0, "2022-08-05"),
        ("44778", "2022-08-05"),
        (8.5, "2022-08-05"),
        ("２０２２－８－５", "2022-08-05"),
        ("22.8.5", "2022-08-05"),
        ("8月5日（周五）", "2022-08-05"),
        ("8月5日(0-18时)", "2022-08-05"),
        ("2022-08-05 09:30:00", "2022-08-05"),
        (datetime(2022, 8, 5, 9, 30), "2022-08-05"),
        ("2 0 2 2 年 8 月 5 日", "2022-08-05"),
    ],
)
def test_a_day_in_its_spellings(raw: Any, day: str) -> None:
    assert read(Type.DATE, raw).value == date.fromisoformat(day)


@pytest.mark.parametrize(
    "raw", ["13/5", "5/8/2022", "08/05/12", "8月32日", "2月30日", "明天", "32日", 8.0, 1e300, True, "2022", 150.0]
)
def test_what_is_no_day_is_refused_not_guessed(raw: Any) -> None:
    reading = read(Type.DATE, raw)
    assert (reading.value, code(reading)) == (None, "NOT_A_DATE")


def test_a_number_that_may_be_two_days_is_asked_about() -> None:
    assert code(read(Type.DATE, 8.1)) == "DATE_UNCERTAIN"
    assert read(Type.DATE, 8.1, anchor=date(2022, 8, 1)).value == date(2022, 8, 1)
    assert read(Type.DATE, 8.12).value == date(2022, 8, 12)


@pytest.mark.parametrize(
    ("raw", "anchor", "day"),
    [
        ("12月31日", date(2023, 1, 2), date(2022, 12, 31)),
        ("1月2日", date(2022, 12, 31), date(2023, 1, 2)),
        ("2月10日", date(2022, 8, 12), date(2022, 2, 10)),  # 183 days before, 182 after would be another year
        ("2月29日", date(2023, 12, 1), date(2024, 2, 29)),
    ],
)
def test_a_missing_year_is_the_nearest_one(raw: str, anchor: date, day: date) -> None:
    found = read(Type.DATE, raw, anchor=anchor).value
    assert abs(found - anchor) <= timedelta(days=183)
    assert (found.month, found.day) == (day.month, day.day)
    if abs(day - anchor) <= timedelta(days=180):
        assert found == day


def test_days_of_1904() -> None:
    assert read(Type.DATE, 43316.0, from_1904=True).value == date(2022, 8, 5)


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        (46.0, 46),
        ("４６", 46),
        ("46人", 46),
        ("1,200", 1200),
        ("1，200", 1200),
        ("12 345", 12345),
        ("十二", 12),
        ("壹拾", 10),
        ("两百", 200),
        ("二百零五", 205),
        ("3万", 30000),
        ("0", 0),
        ("零", 0),
        ("无", 0),
        ("第3批", 3),
        ("46.0", 46),
        ("二〇", 20),
        ("一二三", 123),
    ],
)
def test_counts_as_people_write_them(raw: Any, number: int) -> None:
    reading = read(Type.INT, raw, minimum=0)
    assert (reading.value, code(reading)) == (number, None)


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("46余人", 46),
        ("约1000", 1000),
        ("200多", 200),
        ("近百", 100),
        ("上千人", 1000),
        ("3万多", 30000),
        ("千余", 1000),
        ("十余万", 100000),
        ("50人左右", 50),
    ],
)
def test_estimates_keep_their_number_and_a_mark(raw: str, number: int) -> None:
    reading = read(Type.INT, raw)
    assert (reading.value, reading.approximate, code(reading)) == (number, True, "APPROXIMATE")


@pytest.mark.parametrize("raw", ["/", "—", "-", "——", "N/A", "未统计"])
def test_a_dash_is_missing_with_a_warning(raw: str) -> None:
    reading = read(Type.INT, raw)
    assert (reading.value, code(reading)) == (None, "DASH_IS_MISSING")


@pytest.mark.parametrize("raw", [None, "", "   ", "\u200b"])
def test_blank_is_missing_without_a_word(raw: Any) -> None:
    assert read(Type.INT, raw) == Reading()


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("很多", "NOT_A_NUMBER"),
        ("46/120", "NOT_A_NUMBER"),
        ("1,20", "NOT_A_NUMBER"),
        ("12a", "NOT_A_NUMBER"),
        ("河北875.5\n辽宁680", "NOT_A_NUMBER"),
        ("20 18", "NOT_A_NUMBER"),
        ("20\n180", "NOT_A_NUMBER"),
        ("两三人", "NOT_A_NUMBER"),
        ("五六", "NOT_A_NUMBER"),
        ("三四百", "NOT_A_NUMBER"),
        ("4O", "NOT_A_NUMBER_NEAR"),
        ("同上", "SAME_AS_ABOVE"),
        (46.5, "NOT_WHOLE"),
        ("-3", "BELOW_MINIMUM"),
        ("**", "MASKED"),
        ("20xx", "MASKED"),
        ("4??", "MASKED"),
        ("xx人", "MASKED"),
        ("\ue12312", "MASKED"),
        (True, "NOT_A_NUMBER"),
        (datetime(2022, 8, 5), "NOT_A_NUMBER"),
        (float("nan"), "NOT_A_NUMBER"),
        (float("inf"), "NOT_A_NUMBER"),
        (1e300, "ABOVE_MAXIMUM"),
        ("9" * 5000, "ABOVE_MAXIMUM"),
        ("#REF!", "ERROR_CELL"),
    ],
)
def test_text_in_a_count_is_an_error_never_zero(raw: Any, expected: str) -> None:
    reading = read(Type.INT, raw, minimum=0)
    assert (reading.value, code(reading)) == (None, expected)


def test_only_a_target_may_bear_a_percent_sign() -> None:
    """A rate's target is written 100%; a count with the sign is none."""
    assert read(Type.NUMBER, "100％", percent=True).value == 100
    assert code(read(Type.NUMBER, "38%")) == "NOT_A_NUMBER"


def test_decimals_lose_their_binary_noise() -> None:
    assert read(Type.NUMBER, 0.1 + 0.2).value == Decimal("0.3")
    assert read(Type.NUMBER, "12.50").value == Decimal("12.5")
    assert read(Type.NUMBER, 3.0).value == 3


@pytest.mark.parametrize(
    ("raw", "points"),
    [("38%", "38"), ("38％", "38"), ("百分之三十八", "38"), ("百分之八十七点九", "87.9"), ("38.33%", "38.33")],
)
def test_percent_with_its_sign(raw: str, points: str) -> None:
    reading = read(Type.PERCENT, raw)
    assert (reading.value, reading.signed) == (Decimal(points), True)


@pytest.mark.parametrize(
    ("raw", "hour"),
    [
        ("9:30", "09:30"),
        ("9：30", "09:30"),
        ("9点半", "09:30"),
        ("九点半", "09:30"),
        ("下午两点", "14:00"),
        ("十一点十五分", "11:15"),
        ("上午9时", "09:00"),
        ("下午2:30", "14:30"),
        ("0930", "09:30"),
        (0.375, "09:00"),
        (time(9, 30), "09:30"),
        (timedelta(hours=9), "09:00"),
        ("9:30:00", "09:30"),
    ],
)
def test_times(raw: Any, hour: str) -> None:
    assert f"{read(Type.TIME, raw).value:%H:%M}" == hour


def test_a_letter_for_a_zero_is_suggested_not_repaired() -> None:
    reading = read(Type.TIME, "9:3O")
    assert (reading.value, code(reading), reading.fields["near"]) == (None, "NOT_A_TIME_NEAR", "09:30")
    assert code(read(Type.TIME, "25:00")) == "NOT_A_TIME"


def test_a_span_of_time_is_its_beginning() -> None:
    reading = read(Type.TIME, "8:30-9:30")
    assert (reading.value, code(reading)) == (time(8, 30), "FIRST_OF_RANGE")


@pytest.mark.parametrize(
    "raw", ["2022-08-12 08:40", "8月12日 8:40", "2022年8月12日上午8点40分", datetime(2022, 8, 12, 8, 40), "8:40"]
)
def test_moments_are_wall_clock_of_shanghai(raw: Any) -> None:
    assert read(Type.DATETIME, raw).value == datetime(2022, 8, 12, 0, 40, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "value"),
    [("√", True), ("是", True), ("Y", True), (1.0, True), ("×", False), ("否", False), ("无", False), ("x", False)],
)
def test_ticks(raw: Any, value: bool) -> None:
    assert read(Type.TICK, raw).value is value


def test_no_tick() -> None:
    assert code(read(Type.TICK, "也许")) == "NOT_A_TICK"
    assert code(read(Type.TICK, "/")) == "DASH_IS_MISSING"


def test_choices_in_either_script_and_a_suggestion() -> None:
    choices = (Choice("deferred", "缓种", "deferred", ("暂缓",)), Choice("no_show", "未到", "no-show"))
    for raw in ("缓种", "緩種", "暂缓", " 缓 种 ", "deferred"):
        assert read(Type.ENUM, raw, choices=choices).value == "deferred"
    wrong = read(Type.ENUM, "缓重", choices=choices)
    assert (wrong.value, code(wrong)) == (None, "NOT_ALLOWED_NEAR")
    assert "未到" in str(wrong.fields["allowed"])


@pytest.mark.parametrize(
    ("raw", "value", "expected"),
    [
        ("110101 19600101 001x", "11010119600101001X", None),
        ("'110101196001010010", "110101196001010010", None),
        (230102196001010000.0, None, "ID_PRECISION_LOST"),
        ("2.30102E+17", None, "ID_PRECISION_LOST"),
        (110101600101001.0, "110101600101001", None),
        ("110101********0010", None, "MASKED"),
        ("1101011960XXXX0010", None, "MASKED"),
        ("E1234567", "E1234567", None),
    ],
)
def test_documents(raw: Any, value: str | None, expected: str | None) -> None:
    reading = read(Type.ID_NO, raw)
    assert (reading.value, code(reading)) == (value, expected)


@pytest.mark.parametrize(
    ("raw", "value", "expected"),
    [
        (13800000001.0, "13800000001", None),
        ("138-0000-0001", "13800000001", None),
        ("+86 138 0000 0001", "13800000001", None),
        ("13800000001.0", "13800000001", None),
        ("13800000001/13900000002", "13800000001", "FIRST_OF_PHONES"),
        ("0431-88880000", "043188880000", None),
        ("1.38E+10", None, "ID_PRECISION_LOST"),
        ("138****0001", None, "MASKED"),
        ("电话", None, "NOT_A_PHONE"),
        ("12345", "12345", "PHONE_ODD"),
    ],
)
def test_telephones(raw: Any, value: str | None, expected: str | None) -> None:
    reading = read(Type.PHONE, raw)
    assert (reading.value, code(reading)) == (value, expected)


@pytest.mark.parametrize(
    ("raw", "period"),
    [
        ("2022-08", "2022-08"),
        ("2022年8月", "2022-08"),
        (datetime(2022, 8, 1), "2022-08"),
        ("8月", "2022-08"),
        ("八月份", "2022-08"),
        ("2022Q3", "2022Q3"),
        ("2022年第三季度", "2022Q3"),
        ("三季度", "2022Q3"),
        ("2022-W33", "2022-W33"),
        ("2022年第33周", "2022-W33"),
        (2022.0, "2022"),
        ("2022年", "2022"),
    ],
)
def test_periods(raw: Any, period: str) -> None:
    assert read(Type.PERIOD, raw).value == period


@pytest.mark.parametrize("raw", ["2022-13", "2022-W54", "上半年", "2022Q5", datetime(2022, 8, 12)])
def test_no_period(raw: Any) -> None:
    assert code(read(Type.PERIOD, raw)) == "NOT_A_PERIOD"


def test_names_are_kept_as_typed() -> None:
    assert read(Type.NAME, "張 國華").value == "張國華"
    assert read(Type.NAME, "阿依古丽·买买提").value == "阿依古丽·买买提"
    assert read(Type.NAME, "John  Smith").value == "John Smith"
    assert code(read(Type.NAME, "张**")) == "MASKED"


def test_lists() -> None:
    assert read(Type.LIST, "朝阳居、朝阳；东片").value == ("朝阳居", "朝阳", "东片")


@pytest.mark.parametrize("of", list(Type))
@pytest.mark.parametrize(
    "raw", [float("inf"), float("nan"), 1e300, -1e300, datetime(9999, 12, 31), timedelta(days=9e5), True]
)
def test_no_cell_raises_whatever_its_type(of: Type, raw: Any) -> None:
    reading = read(of, raw)
    assert reading.value is not None or reading.rule is not None
