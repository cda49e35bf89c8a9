"""Ranks on exact fractions, and everything that has none (metrics.md §6.6, §6.9)."""

from datetime import date, timedelta

import pytest

from config.campaigns import default_campaigns
from config.settings import settings
from data_access import submissions
from data_access.reports import coverage, ranking
from tests.data_access.street import Board

DAY = date(2022, 8, 12)
BEFORE = DAY - timedelta(days=1)
BASE = date(2022, 8, 1)
FIELD = {"甲": (120, 46), "乙": (60, 23), "丙": (150, 57), "丁": (100, 30), "戊": (80, None), "己": (0, 0)}


@pytest.fixture
def board(database_url):
    board = Board()
    board.communities([{"name": name, "area": "东片" if name in "甲丁" else "西片"} for name in FIELD])
    for name, (surveyed, done) in FIELD.items():
        board.baseline(name, BASE, surveyed)
        if done is not None:
            board.evening(name, DAY, cum_d1=done, vacc_d1=1, roster_n=10, vacc_on_roster=8)
    return board


def rows(board, basis="coverage", **view):
    return ranking.table(board.view(DAY, **view), basis).set_index("community")


def test_ties_the_unreported_and_nobody_eligible(board):
    frame = ranking.table(board.view(DAY))
    ranks = frame["rank"].astype(object).where(frame["rank"].notna(), None)
    assert list(zip(frame["community"], ranks, frame["state"], strict=True)) == [
        ("甲", 1, "ranked"),
        ("乙", 1, "ranked"),
        ("丙", 3, "ranked"),
        ("丁", 4, "ranked"),
        ("戊", None, "unreported"),
        ("己", None, "no_denominator"),
    ]
    assert frame["tied"].tolist() == [True, True, False, False, False, False]
    assert frame["status"].tolist() == ["并列", "并列", "", "", "未报", "不参评"]
    assert frame.loc[2, ["rate_n", "rate_d", "coverage_n", "coverage_d"]].tolist() == [57, 150, 57, 150]


def test_intervals_that_overlap_are_not_distinguishable(board):
    frame = rows(board)
    assert frame["same_as_above"].fillna(False).tolist() == [False, True, True, True, False, False]
    assert frame.loc["甲", "low"] < 46 / 120 * 100 < frame.loc["甲", "high"]
    board.baseline("丁", BEFORE, 10_000)
    board.evening("丁", DAY, cum_d1=100)
    frame = rows(board)
    assert not frame.loc["丁", "same_as_above"]


def test_a_few_and_too_many_are_marked(board):
    board.baseline("乙", BEFORE, 20)
    frame = rows(board)
    assert frame.index[0] == "乙"
    assert frame.loc["乙", "over"] and frame.loc["乙", "small_base"]
    assert frame.loc["乙", "marks"].split() == ["over", "small_base"]
    assert frame.loc[["乙", "甲"], "same_as_above"].isna().all()  # no interval above 100 %, nor against it
    assert bool(frame.loc["乙", "reached"]) and frame.loc["乙", "left"] < 0


def test_a_day_not_reconciled_marks_its_row(board):
    board.evening("丙", DAY, cum_d1=57, reconciled="no")
    assert rows(board).loc["丙", "marks"] == "unreconciled"


def test_change_since_the_last_reported_day(board):
    for name, done in {"甲": 20, "乙": 23, "丙": 50, "丁": 30, "戊": 40}.items():
        board.evening(name, BEFORE, cum_d1=done)
    frame = rows(board)
    # then: 戊 40/80, 乙 23/60, 丙 50/150, 丁 30/100, 甲 20/120
    assert frame["change"].tolist() == ["up", "up", "same", "same", "dropped", "none"]
    assert frame["places"].tolist()[:4] == [4, 1, 0, 0]
    assert (frame.loc["甲", "was"], frame.loc["甲", "now"]) == ("5/5", "1/4")
    assert frame.loc["甲", "since"] == BEFORE
    assert (frame.loc["戊", "last_n"], frame.loc["戊", "last_d"], frame.loc["戊", "last_day"]) == (40, 80, BEFORE)


def test_other_kinds_of_unit_are_not_compared(board):
    board.communities([{"name": "商贸行业", "kind": "trade"}])
    board.baseline("商贸行业", BASE, 100)
    board.evening("商贸行业", DAY, cum_d1=99)
    frame = rows(board)
    assert frame.loc["商贸行业", "state"] == "not_comparable"
    assert frame.index.tolist() == ["甲", "乙", "丙", "丁", "戊", "商贸行业", "己"]
    assert ranking.total(board.view(DAY)).loc[0, ["rate_n", "rate_d", "ranked"]].tolist() == [156, 430, 4]


def test_an_area_is_a_field_of_its_own_and_a_community_is_not(board):
    assert rows(board, area="东片")["rank"].tolist() == [1, 2]
    alone = rows(board, community="丁")
    assert alone.index.tolist() == ["丁"] and alone["rank"].tolist() == [4]


def test_increment_ranks_people_and_only_one_day(board):
    for name, done in {"甲": 40, "乙": 20}.items():
        board.evening(name, BEFORE, cum_d1=done)
    board.evening("丙", DAY - timedelta(days=3), cum_d1=10)
    frame = rows(board, "increment")
    assert frame["rank"].dropna().to_dict() == {"甲": 1, "乙": 2}
    assert (frame.loc["丙", "state"], frame.loc["丙", "marks"]) == ("not_comparable", "spans")
    assert (frame.loc["丁", "state"], frame.loc["丁", "marks"]) == ("not_comparable", "first")
    assert frame.loc["甲", "increment"] == 6 and frame.loc["戊", "state"] == "unreported"
    assert "rate_n" not in frame


def test_remaining_shows_first_where_help_is_needed(board):
    frame = rows(board, "remaining")
    assert frame["remaining"].dropna().to_dict() == {"丙": 93, "甲": 74, "丁": 70, "乙": 37, "己": 0}
    assert frame["rank"].tolist()[:4] == [1, 2, 3, 4] and frame.loc["己", "state"] == "no_denominator"


def test_completion_and_survey_have_their_own_denominators(board):
    assert rows(board, "completion").loc["甲", ["rate_n", "rate_d"]].tolist() == [8, 10]
    board.baseline("甲", BEFORE, 120, to_survey=160)
    frame = rows(board, "survey")
    assert frame.loc["甲", ["rate_n", "rate_d", "survey_n"]].tolist() == [120, 160, 120]
    assert frame.loc["乙", "state"] == "unreported"


def test_on_time_counts_all_daily_sheets(board):
    frame = rows(board, "on_time")
    # nothing was on time: all arrived long after the day; rosters and mornings never came
    assert frame.loc["甲", ["rate_n", "rate_d"]].tolist() == [0, 3]


def test_the_composite_is_off_until_weights_are_set(board, monkeypatch):
    with pytest.raises(ranking.BasisError):
        ranking.table(board.view(DAY), "composite")
    assert "composite" not in ranking.available()
    monkeypatch.setattr(settings(), "composite_weights", {"coverage": 0.5, "completion": 0.5})
    frame = rows(board, "composite")
    assert frame.index[0] == "甲" and frame.loc["甲", "rate_n"] * 240 == frame.loc["甲", "rate_d"] * 142
    assert "0.5" in ranking.definition("composite", default_campaigns()[0])
    with pytest.raises(ranking.BasisError):
        ranking.table(board.view(DAY), "popularity")


def test_history_follows_the_days_with_tallies(board):
    board.evening("甲", BEFORE, cum_d1=20)
    board.evening("乙", BEFORE, cum_d1=23)
    frame = ranking.history(board.view(DAY))
    assert frame["day"].unique().tolist() == [BEFORE, DAY]
    first = frame[frame["day"] == BEFORE].set_index("community")
    assert first["rank"].dropna().to_dict() == {"乙": 1, "甲": 2}
    assert first.loc["丙", "state"] == "unreported"


def test_total_leaves_out_who_has_no_rank(board):
    total = ranking.total(board.view(DAY)).iloc[0]
    assert total[["rate_n", "rate_d"]].tolist() == [156, 430]
    assert total[["field", "ranked", "unreported", "no_denominator"]].tolist() == [6, 4, 1, 1]


def test_every_basis_has_a_name_and_a_definition():
    for basis in ranking.BASES:
        assert ranking.NAMES[basis] and ranking.DEFINITIONS[basis]


def test_a_withdrawn_first_tally_does_not_begin_the_campaign(board):
    early = DAY - timedelta(days=9)
    gone = board.evening("甲", early, cum_d1=1)
    assert rows(board, "on_time").loc["甲", "rate_d"] == 30
    submissions.withdraw(board.actor, gone.submission, "日期报错")
    assert rows(board, "on_time").loc["甲", "rate_d"] == 3


def test_the_increment_of_the_whole_is_of_one_day_and_says_of_how_many(board):
    for name, done in {"甲": 40, "乙": 20}.items():
        board.evening(name, BEFORE, cum_d1=done)
    board.evening("丙", DAY - timedelta(days=3), cum_d1=10)
    total = ranking.total(board.view(DAY)).iloc[0]
    assert total[["increment", "increment_days", "increment_counted", "reported"]].tolist() == [9, 1, 2, 4]
    street = coverage.table(board.view(DAY)).iloc[-1]
    assert street[["increment", "increment_days", "increment_counted", "reported"]].tolist() == [9, 1, 2, 4]


def test_without_any_gain_of_one_day_the_whole_has_none(board):
    total = ranking.total(board.view(DAY)).iloc[0]
    assert total[["increment", "increment_days"]].isna().all() and total["increment_counted"] == 0
