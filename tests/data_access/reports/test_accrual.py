"""From reports to a standing (metrics.md §6.7): kinds and accruals that the shipped catalogue has no example of."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from config import catalogue
from config.declarations import Text
from config.indicators import Indicator
from data_access.metrics import Period
from data_access.reports import accrual
from data_access.reports.accrual import Report

WORDS = Text(zh="示例", en="example")


def made(**values):
    usual = {"zh": "示例", "en": "Example", "code": "X-01", "unit": "次", "basis": "target", "evidence": WORDS}
    usual |= {"kind": "count", "comparator": "≥", "target": 4, "period": "year", "accrual": "annual_total"}
    return Indicator.model_validate(usual | values)


def report(period, done=None, cumulative=False, **more):
    span = Period.parse(period)
    return Report(span, span.end, cumulative, None if done is None else Decimal(done), **more)


def test_a_season_over_the_new_year_is_one_season():
    """Winter heating checks, November to March: in January the season that began last year runs."""
    winter = made(window=("11-01", "03-31"), period="season")
    told = [report("2022-11", 1), report("2022-12", 1), report("2023-01", 1)]
    running = accrual.judge(winter, told, date(2023, 1, 31))
    assert (running.window.start, running.window.end) == (date(2022, 11, 1), date(2023, 3, 31))
    assert (running.done, running.progress.share) == (3, Fraction(92, 151))
    assert running.progress.state == "ahead"
    over = accrual.judge(winter, told, date(2023, 3, 31))
    assert (over.progress.share, over.progress.shortfall) == (1, 1)
    assert accrual.judge(winter, told, date(2023, 4, 1)).progress.state == "not_started"


@pytest.mark.parametrize(
    ("day", "state", "share"),
    [
        (date(2022, 3, 31), "not_started", None),
        (date(2022, 4, 15), "ahead", Fraction(1, 2)),
        (date(2022, 7, 1), "slightly_behind", Fraction(1)),
    ],
)
def test_a_window_is_judged_on_itself_before_inside_and_after(day, state, share):
    april = made(window=("04-01", "04-30"), period="season", target=20)
    told = [Report(Period.parse("2022-04"), date(2022, 4, 10), True, Decimal(19))]
    found = accrual.judge(april, told, day).progress
    assert (found.state, found.share) == (state, share)


def test_a_total_told_after_the_season_still_counts_for_it():
    april = made(window=("04-01", "04-30"), period="season")
    assert accrual.judge(april, [report("2022-06", 4, cumulative=True)], date(2022, 7, 1)).done == 4
    assert accrual.judge(april, [report("2022-06", 4)], date(2022, 7, 1)).done is None


def test_a_score_is_points_of_those_possible_and_keeps_its_problems():
    """日查周巡月评: 86 of 100, then 92 of 100; 5 problems found, 4 mended."""
    score = made(
        kind="score",
        unit="分",
        numerator=WORDS,
        denominator=WORDS,
        target=90,
        period="month",
        accrual="per_period",
        slots=12,
    )
    told = [
        report("2022-01", num=Decimal(86), den=Decimal(100), found=3, mended=3),
        report("2022-03", num=Decimal(92), den=Decimal(100), found=2, mended=1),
    ]
    found = accrual.judge(score, told, date(2022, 3, 31))
    assert found.parts == (178, 200)
    assert (found.found, found.mended, found.progress.unreported) == (5, 4, 1)  # February did not report
    assert found.progress.state == "slightly_behind"
    assert accrual.judge(score, told[1:], date(2022, 3, 31)).progress.state == "on_track"
    silent = accrual.judge(score, [], date(2022, 3, 31))
    assert silent.found is None and silent.progress.state == "missing"


def test_without_a_target_there_is_no_traffic_light():
    """待定: neither a zero nor a count nor a cap is judged by a target that nobody set."""
    told = [report("2022-01", 0, confirmed=True)]
    for values in (
        {"kind": "zero", "comparator": "="},
        {"kind": "cap", "comparator": "≤"},
        {},
        {"accrual": "snapshot"},
        {"accrual": "per_period", "period": "month", "slots": 12},
    ):
        item = made(target=None, basis="setting", **values)
        assert accrual.judge(item, told, date(2022, 6, 30)).progress.state == "no_target"


def test_a_latest_count_asks_for_all_unless_it_is_due_by_a_date():
    stock = made(accrual="snapshot", target=10)
    told = [report("2022-03", 6)]
    assert accrual.judge(stock, told, date(2022, 6, 30)).progress.share == 1
    dated = made(accrual="snapshot", target=10, window=("01-01", "06-30"))
    assert accrual.judge(dated, told, date(2022, 3, 31)).progress.state == "ahead"  # 60 % at 90/181


def test_where_less_is_better_a_count_is_held_to_its_limit():
    limit = made(comparator="≤", target=10)
    told = [report("2022-01", 6)]
    assert accrual.judge(limit, told, date(2022, 6, 30)).progress.state == "slightly_behind"
    assert accrual.judge(limit, [*told, report("2022-05", 5)], date(2022, 6, 30)).progress.state == "behind"
    latest = made(comparator="≤", target=0, accrual="snapshot")
    assert accrual.judge(latest, [report("2022-01", 0)], date(2022, 6, 30)).progress.state == "on_track"
    assert accrual.judge(latest, told, date(2022, 6, 30)).progress.state == "behind"


def test_slots_before_an_indicator_was_declared_ask_for_nothing():
    monthly = made(target=1, period="month", accrual="per_period", slots=12)

    def before(day):
        return None if day < date(2022, 4, 1) else monthly

    told = [report("2022-04", 1), report("2022-05", 1)]
    found = accrual.judge(monthly, told, date(2022, 5, 31), before)
    assert (found.goal, found.progress.unreported, found.progress.state) == (9, 0, "on_track")


def test_the_shipped_windows_hold_as_many_months_as_their_slots():
    """The six spraying drives of May to October: a window that began on 11 May would hold five whole months."""
    sized = [one for one in catalogue.indicators(enabled=None) if one.accrual == "per_period" and one.slots]
    whole = [one for one in sized if one.period in ("month", "two_months", "quarter")]
    held = {one.code: len(accrual.fitting_slots(one, [], accrual.window(one, date(2022, 8, 12)))) for one in whole}
    assert held == {one.code: one.slots for one in whole} and held["PAT-09"] == 6


@pytest.mark.parametrize(
    ("values", "left"),
    [
        ({"target": 95}, 27),  # W51: 846 of 890 are asked for
        ({"target": 90}, 0),
        ({"target": 95, "kind": "score"}, None),
        ({"target": 95, "comparator": "≤"}, None),
        ({"target": None, "basis": "setting", "comparator": ""}, None),
    ],
)
def test_a_rate_says_how_many_are_missing_to_its_floor(values, left):
    item = made(**({"kind": "rate", "accrual": "snapshot", "numerator": WORDS, "denominator": WORDS} | values))
    told = report("2022-08", num=Decimal(819), den=Decimal(890), cumulative=True)
    assert accrual.judge(item, [told], date(2022, 8, 31)).left == left
