"""Coverage: sum over sum, bases that count from their day, the unreported apart (metrics.md §6.1, §6.4)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from data_access.commands import answers
from data_access.reports import coverage, ranking
from data_access.workbooks.model import Scope
from tests.data_access.street import Board

DAY = date(2022, 8, 12)
BEFORE = DAY - timedelta(days=1)
BASE = date(2022, 8, 1)


@pytest.fixture
def board(database_url):
    board = Board()
    board.communities([{"name": "春晖社区", "area": "东片"}, {"name": "向阳社区", "area": "西片"}, "安康社区"])
    board.baseline("春晖社区", BASE, 120)
    return board


def by_name(frame):
    return frame.set_index("community")


def pair(row, rate="coverage"):
    return row[f"{rate}_n"], row[f"{rate}_d"]


def test_the_street_is_sum_over_sum(board):
    board.evening("春晖社区", DAY, cum_d1=46)
    told = answers.rows(coverage.table(board.view(DAY, community="春晖社区")), coverage.RATES)
    assert [row["coverage"] for row in told] == [{"numerator": 46, "denominator": 120, "value": 38.33}]
    board.baseline("向阳社区", BASE, 100)
    board.evening("向阳社区", DAY, cum_d1=90)
    street = answers.rows(coverage.table(board.view(DAY)), coverage.RATES)[-1]
    assert street["coverage"] == {"numerator": 136, "denominator": 220, "value": 61.82}
    assert (street["level"], street["reported"], street["missing"]) == ("street", 2, 1)


def test_the_unreported_keeps_its_last_figure_apart(board):
    board.baseline("向阳社区", BASE, 100)
    board.evening("春晖社区", DAY, cum_d1=46)
    board.evening("向阳社区", BEFORE, cum_d1=80)
    rows = by_name(coverage.table(board.view(DAY)))
    silent = rows.loc["向阳社区"]
    assert silent["state"] == "unreported"
    assert silent[["coverage_n", "increment"]].isna().all()
    assert (silent["last_n"], silent["last_d"], silent["last_day"]) == (80, 100, BEFORE)
    assert pair(rows.iloc[-1]) == (46, 120)


def test_site_rows_are_added_and_a_gap_in_one_leaves_the_sum_unknown(board):
    board.evening("春晖社区", DAY, rows=[{"site": "一号点", "cum_d1": 40}, {"site": "二号点", "cum_d1": 6}])
    assert pair(by_name(coverage.table(board.view(DAY))).loc["春晖社区"]) == (46, 120)
    board.evening("春晖社区", DAY, rows=[{"site": "一号点", "cum_d1": 40}, {"site": "二号点", "cum_d1": None}])
    assert by_name(coverage.table(board.view(DAY))).loc["春晖社区", "state"] == "unreported"


def test_a_new_base_counts_from_its_day_only(board):
    board.baseline("春晖社区", DAY, 150)
    for day, total in ((BEFORE, 46), (DAY, 50)):
        board.evening("春晖社区", day, cum_d1=total)
    days = coverage.history(board.view(DAY, community="春晖社区"), 3)
    assert list(days["coverage_d"]) == [120, 120, 150]
    assert days["coverage_n"].isna().tolist() == [True, False, False]
    assert pair(by_name(coverage.table(board.view(BEFORE))).loc["春晖社区"]) == (46, 120)


def test_groups_make_the_base_where_no_total_is_given(board):
    groups = [
        {"person_group": "elderly", "surveyed": 40, "contraindicated": 3, "as_of": BASE},
        {"person_group": "adult", "surveyed": 60, "contraindicated": None, "as_of": BASE},
    ]
    board.save(Scope("baseline", "covid", "向阳社区", BASE), groups)
    board.evening("向阳社区", DAY, cum_d1=50)
    row = by_name(coverage.table(board.view(DAY))).loc["向阳社区"]
    assert (row["surveyed"], row["contraindicated"], row["eligible"]) == (100, 3, 97)
    assert pair(row) == (50, 100)
    assert pair(row, "coverage_d1") == (50, 97)


def test_nobody_eligible_and_no_base_are_states_of_their_own(board):
    board.baseline("向阳社区", BASE, 20, 20)
    board.evening("向阳社区", DAY, cum_d1=0)
    board.evening("安康社区", DAY, cum_d1=5)
    rows = by_name(coverage.table(board.view(DAY)))
    assert rows["state"].tolist()[:3] == ["unreported", "no_denominator", "no_baseline"]
    street = rows.iloc[-1]
    assert (street["state"], street["missing"], street["without"]) == ("unreported", 1, 2)
    assert street[["coverage_n", "coverage_d"]].isna().all()


def test_doses_are_over_their_own_denominators(board):
    board.baseline("向阳社区", BASE, 100, 10)
    board.evening("向阳社区", DAY, cum_d1=80, cum_full=60, cum_b=30)
    row = by_name(coverage.table(board.view(DAY))).loc["向阳社区"]
    assert pair(row, "coverage_full") == (60, 90)
    assert pair(row, "coverage_b") == (30, 60)
    assert pair(row, "booster_eligible") == (30, 90)


def test_an_increment_over_unreported_days_says_so(board):
    board.evening("春晖社区", DAY - timedelta(days=3), cum_d1=40)
    board.evening("春晖社区", DAY, cum_d1=46)
    row = by_name(coverage.table(board.view(DAY))).loc["春晖社区"]
    assert (row["increment"], row["increment_days"]) == (6, 3)


def test_more_than_everybody_is_shown_and_marked(board):
    board.evening("春晖社区", DAY, cum_d1=124)
    row = by_name(coverage.table(board.view(DAY))).loc["春晖社区"]
    assert pair(row) == (124, 120)
    assert row["over"]


def test_as_of_answers_what_stood_then(board):
    eight, ten = (datetime(2022, 8, 12, hour, tzinfo=UTC) for hour in (12, 14))
    board.communities(["旧社区"], at=datetime(2022, 8, 1, tzinfo=UTC))
    board.baseline("旧社区", BASE, 100, at=datetime(2022, 8, 1, tzinfo=UTC))
    board.evening("旧社区", DAY, cum_d1=46, at=eight)
    board.evening("旧社区", DAY, cum_d1=48, at=ten)
    then = coverage.table(board.view(DAY, as_of=ten - timedelta(minutes=1)))
    assert pair(by_name(then).loc["旧社区"]) == (46, 100)
    assert pair(by_name(coverage.table(board.view(DAY))).loc["旧社区"]) == (48, 100)


def test_groups_count_rosters_on_top_of_what_the_base_knew(board):
    groups = [{"person_group": "elderly", "surveyed": 40, "contraindicated": 0, "opening_d1": 10}]
    board.baseline("春晖社区", BASE, 120, groups=[*groups, {"person_group": "adult", "surveyed": 80}])
    outcomes = ["vaccinated", "vaccinated", "no_show", "elsewhere"]
    board.roster("春晖社区", DAY, outcomes=outcomes, person_group="elderly", dose_no="d1")
    board.roster(
        "春晖社区", BEFORE, outcomes=["vaccinated"], person_group="elderly", dose_no="d1"
    )  # the same person again
    rows = coverage.groups(board.view(DAY)).set_index("person_group")
    assert pair(rows.loc["elderly"]) == (13, 40)
    assert rows["coverage_n"].isna()["adult"]


def test_the_forecast_needs_three_days_and_knows_the_target(board):
    for back, total in ((1, 30), (0, 46)):
        board.evening("春晖社区", DAY - timedelta(days=back), cum_d1=total, vacc_d1=16)
    row = by_name(coverage.forecast(board.view(DAY))).loc["春晖社区"]
    assert (row["state"], row["left"], row["known"]) == ("unpredictable", 62, 2)
    board.evening("春晖社区", DAY - timedelta(days=2), cum_d1=14, vacc_d1=16)
    row = by_name(coverage.forecast(board.view(DAY))).loc["春晖社区"]
    assert (row["state"], row["days"], row["finish"]) == ("days", 4, DAY + timedelta(days=4))
    assert (row["pace_n"], row["pace_d"]) == (16, 1)


def test_an_area_is_summed_by_its_own_name(board):
    board.baseline("向阳社区", BASE, 100)
    board.evening("春晖社区", DAY, cum_d1=46)
    board.evening("向阳社区", DAY, cum_d1=90)
    rows = coverage.table(board.view(DAY, area="西片"))
    assert rows["community"].tolist() == ["向阳社区", "西片"]
    assert pair(rows.iloc[-1]) == (90, 100)


def test_a_figure_that_one_community_lacks_is_missing_in_the_whole(board):
    board.baseline("向阳社区", BASE, 100, 5, deferred=2)
    board.evening("春晖社区", DAY, cum_d1=46, cum_full=40)
    board.evening("向阳社区", DAY, cum_d1=90)
    street = coverage.table(board.view(DAY)).iloc[-1]
    assert street["surveyed"] == 220 and street["cum_d1"] == 136
    assert street[["deferred", "contraindicated", "cum_full"]].isna().all()


def test_the_gain_is_counted_from_the_last_complete_day(board):
    board.evening("春晖社区", DAY - timedelta(days=2), cum_d1=40)
    board.evening("春晖社区", BEFORE, rows=[{"site": "一号点", "cum_d1": 30}, {"site": "二号点", "cum_d1": None}])
    row = by_name(coverage.table(board.view(BEFORE))).loc["春晖社区"]
    assert (row["state"], row["last_n"]) == ("unreported", 40)
    board.evening("春晖社区", DAY, cum_d1=46)
    row = by_name(coverage.table(board.view(DAY))).loc["春晖社区"]
    assert (row["increment"], row["increment_days"]) == (6, 2)
    ranked = ranking.table(board.view(DAY), "increment").set_index("community").loc["春晖社区"]
    assert (ranked["increment"], ranked["marks"]) == (6, "spans")
