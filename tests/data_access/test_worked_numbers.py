"""The sixty worked numbers W1–W60, each computed with the functions that the board uses."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from data_access import metrics
from data_access.metrics import Execution, Period, Proof, Rate

FACTS = Path(__file__).with_name("worked_numbers.tsv")
with FACTS.open(encoding="utf-8", newline="") as file:
    ROWS = {row["W"]: row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}

# a/b, a/b×100, with or without a unit behind
QUOTIENT = re.compile(r"(\d+)/(\d+)(×100)?(?: .*)?")
QUOTIENTS = [f"W{n}" for n in range(1, 44)]


def quotient(code: str) -> tuple[Rate, int]:
    """The rate of a row and the factor it is printed with."""
    match = QUOTIENT.fullmatch(ROWS[code]["formula"])
    assert match, ROWS[code]["formula"]
    return Rate(int(match[1]), int(match[2])), 100 if match[3] else 1


def test_all_sixty_rows_are_here() -> None:
    assert list(ROWS) == [f"W{n}" for n in range(1, 61)]
    assert set(QUOTIENTS) | set(WHOLE) == set(ROWS)


@pytest.mark.parametrize("code", QUOTIENTS)
def test_quotients_print_half_up(code: str) -> None:
    row = ROWS[code]
    rate, factor = quotient(code)
    assert rate.value is not None
    exact = rate.value * factor
    printed = [str(metrics.half_up(exact, places)) for places in (4, 0, 1, 2)]
    assert printed == [row["raw"], row["d0"], row["d1"], row["d2"]]
    if factor == 100:
        assert [str(rate.percent(places)) for places in (4, 0, 1, 2)] == printed


WHOLE: dict[str, Callable[[], int | None]] = {
    "W44": lambda: metrics.add(413, 249, 10),
    "W45": lambda: metrics.difference(30, 10),
    "W46": lambda: metrics.difference(8, 1),
    "W47": lambda: metrics.difference(550, 300),
    "W48": lambda: metrics.add(9, 12, 5, 6, 3),
    "W49": lambda: metrics.add(
        len(Period(date(2022, 5, 1), date(2022, 9, 30)).slots("month")),
        len(Period(date(2022, 10, 1), date(2022, 10, 31)).slots("month")),
    ),
    "W50": lambda: len(Period.parse("2022").slots("two_months")),
    "W51": lambda: metrics.left_to_target(Rate(819, 890), 95),
    "W52": lambda: metrics.left_to_target(Rate(46, 120), 95),
    "W53": lambda: metrics.days_to_target(Rate(46, 120), 95, Fraction(46, 2)).days,
    "W54": lambda: metrics.days_to_target(Rate(46, 120), 100, Fraction(46, 2)).days,
    "W55": lambda: metrics.needed(2310, 47),
    "W56": lambda: metrics.needed(6, 30),
    "W57": lambda: int(Rate(200, 2).value or 0),
    "W58": lambda: Proof({f"member {n}": 5 for n in range(35)}, {}).pieces.denominator,
    "W59": lambda: metrics.difference(124, 27),
    "W60": lambda: Execution(50, 41, 3, 3, 1, 1, 3, 0, 0, 0).unexplained,
}


@pytest.mark.parametrize("code", WHOLE)
def test_whole_numbers(code: str) -> None:
    assert str(WHOLE[code]()) == ROWS[code]["raw"] == ROWS[code]["d0"]


def test_w1_the_printed_38_pins_45_or_46_of_120() -> None:
    printed = {n: Rate(n, 120).percent(0) for n in (44, 45, 46, 47)}
    assert printed == {44: 37, 45: 38, 46: 38, 47: 39}


def test_w2_every_total_from_886_to_895_prints_92_and_misses_95() -> None:
    assert [d for d in range(880, 900) if Rate(819, d).percent(0) == 92] == list(range(886, 896))
    assert metrics.meets(quotient("W2")[0], 95) is False


def test_w6_the_funnel_steps_multiply_exactly() -> None:
    first, second, overall = (quotient(code)[0].value for code in ("W4", "W5", "W6"))
    assert first is not None and second is not None
    assert first * second == overall


@pytest.mark.parametrize(
    ("code", "target", "comparator", "met"),
    [
        ("W16", 2, "≤", True),
        ("W17", 5, "≤", True),
        ("W19", 90, "≥", True),
        ("W20", 90, "≥", False),
        ("W30", 95, "≥", True),
        ("W39", 95, "≥", False),
        ("W40", 107, "≤", True),
        ("W41", 107, "≤", False),
        ("W42", 99, "≥", True),
        ("W43", 99, "≥", False),
    ],
)
def test_targets_judge_the_exact_number(code: str, target: int, comparator: str, met: bool) -> None:
    assert metrics.meets(quotient(code)[0], target, comparator) is met


def test_w18_outdoor_traces_per_2000_m_stay_under_5() -> None:
    rate, _ = quotient("W18")
    assert rate.value is not None and rate.value <= 5


def test_w29_half_the_score_is_the_ledgers() -> None:
    score = metrics.composite({"ledger": Rate(90, 100), "other": Rate(70, 100)}, {"ledger": 50, "other": 50})
    assert score.percent(1) == Decimal("80.0")


def test_w32_street_total_is_not_the_mean_of_the_rates() -> None:
    total = metrics.sum_rates([Rate(46, 120), Rate(90, 100)])
    assert total.rate == quotient("W32")[0]
    mean = (Fraction(46, 120) + Fraction(90, 100)) / 2
    assert metrics.half_up(mean * 100, 2) == Decimal("64.17")
    assert total.rate.percent(2) == Decimal("61.82")


def test_w34_w35_evidence_and_checklist() -> None:
    kinds = ("photo", "minutes", "sign-in")
    proofs = [Proof(dict.fromkeys(kinds, 1), dict.fromkeys(kinds[:n], 1)) for n in (3, 3, 2, 0)]
    assert metrics.evidence(proofs).pieces == quotient("W34")[0]
    assert metrics.checklist_score(28, 35, 2) == quotient("W35")[0]


def test_w36_show_up_of_the_reconciliation_example() -> None:
    assert Execution(50, 41, 3, 3, 1, 1, 3, 0, 0, 0).show_up == quotient("W36")[0]


def test_w39_shows_the_decimals_that_explain_the_verdict() -> None:
    rate, _ = quotient("W39")
    assert rate.percent(1) == Decimal("95.0")
    assert str(metrics.display_percent(rate, 1, threshold=95)) == "94.96"


def test_w44_one_room_more_breaks_the_total() -> None:
    assert metrics.total_difference(672, [413, 249, 10]) == 0
    assert metrics.total_difference(672, [413, 250, 10]) == -1
