"""Rankings by area and lead cadre, by kind of unit and by dose; groups that cannot be told apart; notices before."""

from datetime import date, timedelta

import pandas as pd
import pytest

from config import clock
from data_access import accounts, metrics
from data_access.accounts import Role
from data_access.metrics import Rate
from data_access.office import notices
from data_access.reports import ranking
from data_access.reports.scores import Cut
from tests.data_access.street import Board, at

DAY = date(2022, 8, 12)
BEFORE = DAY - timedelta(days=1)
BASE = date(2022, 8, 1)
OPENED = at(BASE, 9)
FIELD = {
    "甲": ("东片", "王建国", 100, 50),
    "乙": ("东片", "李 红", 50, 45),
    "丙": ("西片", "王建国", 200, 20),
    "丁": ("西片", "李红", 100, None),
    "戊": (None, None, 40, 30),
}


@pytest.fixture
def board(database_url):
    board = Board()
    board.communities([{"name": name, "area": one[0], "lead_cadre": one[1]} for name, one in FIELD.items()], OPENED)
    for name, (_area, _cadre, surveyed, done) in FIELD.items():
        board.baseline(name, BASE, surveyed, contraindicated=10, at=OPENED)
        if done is not None:
            board.evening(name, DAY, cum_d1=done, cum_full=done // 2, cum_b=done // 5, vacc_d1=1)
    return board


def rows(board, basis="coverage", day=DAY, **cut):
    return ranking.table(board.view(day), basis, Cut(**cut)).set_index("community")


def test_an_area_is_sum_over_sum_of_those_who_reported(board):
    frame = rows(board, by="area")
    assert frame.index.tolist() == ["东片", "西片", "戊"]
    assert frame["rank"].tolist()[:2] == [1, 2] and frame.loc["戊", "state"] == "not_comparable"
    assert frame.loc["东片", ["rate_n", "rate_d", "heard", "of"]].tolist() == [95, 150, 2, 2]
    assert frame.loc["西片", ["rate_n", "rate_d", "heard", "of"]].tolist() == [20, 200, 1, 2], "丁 is missing, not zero"
    assert frame.loc["西片", "marks"] == "partial" and frame.loc["戊", "marks"] == "no_group"
    assert frame.loc["东片", "members"] == "甲、乙"


def test_counts_of_an_area_are_ranked_only_when_complete(board):
    frame = rows(board, "remaining", by="area")
    assert frame.loc["东片", "remaining"] == 55 and frame.loc["东片", "rank"] == 1
    assert (frame.loc["西片", "state"], frame.loc["西片", "marks"]) == ("not_comparable", "partial")
    board.evening("丁", DAY, cum_d1=90)
    frame = rows(board, "remaining", by="area")
    assert frame["rank"].dropna().to_dict() == {"西片": 1, "东片": 2} and frame.loc["西片", "remaining"] == 190


def test_lead_cadres_are_told_by_their_communities_and_masked(board):
    frame = rows(board, by="cadre")
    assert frame["rank"].dropna().to_dict() == {"李* · 乙等2家": 1, "王* · 甲等2家": 2}
    assert frame.loc["王* · 甲等2家", ["rate_n", "rate_d"]].tolist() == [70, 300]
    leader = accounts.create(board.actor, "leader_1", "correct horse", Role.LEADER)
    seen = ranking.table(Board(leader).view(DAY), "coverage", Cut("cadre"))
    assert seen["community"].tolist() == ["乙等2家", "甲等2家", "戊"]
    clerk = accounts.create(board.actor, "clerk_1", "correct horse", Role.CLERK, "乙")
    assert ranking.table(Board(clerk).view(DAY), "coverage", Cut("cadre"))["community"].tolist() == [
        "李* · 乙等2家",
        "甲等2家",
        "戊",
    ]
    for told in (frame.reset_index(), seen):
        assert "建国" not in told.to_string() and "李红" not in told.to_string()


def test_each_kind_of_unit_has_a_ranking_of_its_own(board):
    board.communities([{"name": "商贸", "kind": "trade"}, {"name": "餐饮", "kind": "trade"}])
    for name, done in {"商贸": 9, "餐饮": 8}.items():
        board.baseline(name, BASE, 10)
        board.evening(name, DAY, cum_d1=done)
    assert ranking.kinds(board.view(DAY)) == ["community", "trade"]
    assert rows(board)["rank"].dropna().index.tolist() == ["乙", "戊", "甲", "丙"]
    trades = rows(board, kind="trade")
    assert trades["rank"].dropna().to_dict() == {"商贸": 1, "餐饮": 2}
    assert set(trades.loc[["甲", "乙"], "state"]) == {"not_comparable"}
    total = ranking.total(board.view(DAY), "coverage", Cut(kind="trade")).iloc[0]
    assert total[["rate_n", "rate_d", "ranked"]].tolist() == [17, 20, 2]


@pytest.mark.parametrize(
    ("series", "over", "fraction"),
    [
        (None, None, [50, 100]),
        ("d1", "eligible", [50, 90]),
        ("full", "surveyed", [25, 100]),
        ("b", "eligible", [10, 90]),
        ("b", "full", [10, 25]),
    ],
)
def test_every_dose_over_every_base(board, series, over, fraction):
    frame = rows(board, series=series, over=over)
    assert frame.loc["甲", ["rate_n", "rate_d"]].tolist() == fraction
    assert frame["left"].isna().all() == (series in ("full", "b")), "the target is of the headline dose"
    assert frame["reached"].isna().all() == (series in ("full", "b"))


def test_what_does_not_exist_is_refused(board):
    for basis, cut in (("coverage", Cut(by="shoe")), ("coverage", Cut(series="d9")), ("coverage", Cut(over="full"))):
        with pytest.raises(ranking.BasisError):
            ranking.table(board.view(DAY), basis, cut)
    assert rows(board, "survey", series="d9").loc["甲", "rate_n"] == 100, "a dose is no question of the survey"


def test_45_of_50_and_4400_of_5000_cannot_be_told_apart(board):
    board.baseline("甲", BEFORE, 50)
    board.baseline("乙", BEFORE, 5000)
    board.evening("甲", DAY, cum_d1=45)
    board.evening("乙", DAY, cum_d1=4400)
    frame = rows(board)
    assert frame.index.tolist()[:2] == ["甲", "乙"] and bool(frame.loc["乙", "same_as_above"])
    assert set(frame.loc["甲", "alike"]) & set(frame.loc["乙", "alike"])
    assert not set(frame.loc["丙", "alike"]) & set(frame.loc["乙", "alike"])


def test_letters_are_shared_exactly_by_those_who_overlap():
    rates = [Rate(95, 100), Rate(90, 100), Rate(86, 100), Rate(80, 100), Rate(124, 120), Rate(10, 100)]
    intervals = [metrics.wilson(rate) for rate in rates]
    letters = metrics.alike(intervals)
    assert letters[4] == "" and letters[5] and all(letters[5] != one for one in letters[:4])
    for one, first in zip(letters, intervals, strict=True):
        for two, second in zip(letters, intervals, strict=True):
            if first and second:
                assert bool(_spread(one) & _spread(two)) == metrics.overlap(first, second)


def _spread(letters):
    if "–" not in letters:
        return set(letters)
    return {chr(code) for code in range(ord(letters[0]), ord(letters[-1]) + 1)}


def test_pace_and_forecast(board):
    for back, done in ((3, 44), (2, 46), (1, 48)):
        board.evening("甲", DAY - timedelta(days=back), cum_d1=done, roster_n=2, vacc_on_roster=2)
    board.evening("甲", DAY, cum_d1=50, roster_n=2, vacc_on_roster=2)
    frame = rows(board)
    assert frame.loc["甲", ["pace_n", "pace_d", "pace_known", "pace_window"]].tolist() == [2, 1, 4, 7]
    assert frame.loc["甲", ["forecast", "left", "days"]].tolist() == ["days", 40, 20]
    assert frame.loc["甲", "finish"] == DAY + timedelta(days=20)
    assert frame.loc["丙", "forecast"] == "unpredictable" and pd.isna(frame.loc["丙", "pace_n"])
    assert frame.loc["乙", "forecast"] == "reached"
    area = rows(board, by="area")
    assert pd.isna(area.loc["东片", "pace_n"]), "乙 has too few days, so the area has no pace"


def test_the_change_is_counted_from_the_last_notice(board):
    early = BEFORE - timedelta(days=2)
    for name, done in {"甲": 10, "乙": 20, "丙": 60, "戊": 10}.items():
        board.evening(name, early, cum_d1=done, at=at(early, 20))
    with clock.at(at(early, 21, 30)):
        notices.publish(board.actor, board.view(early))
    for name, done in {"甲": 45, "乙": 10, "丙": 10, "戊": 10}.items():
        board.evening(name, BEFORE, cum_d1=done)
    frame = rows(board)
    assert frame.loc["甲", ["since", "since_notice"]].tolist() == [early, 1]
    # then 乙 20/50, 丙 60/200, 戊 10/40, 甲 10/100; now 乙, 戊, 甲, 丙
    assert frame["places"].dropna().to_dict() == {"乙": 0, "戊": 1, "甲": 1, "丙": -2}
    board.evening("甲", early, cum_d1=99)  # what was printed is what counts
    assert rows(board).loc["甲", "places"] == 1
    areas = rows(board, by="area")
    assert areas.loc["东片", "since_notice"] == 1 and areas.loc["东片", "change"] == "up"
    past = ranking.history(board.view(DAY), issues=True)
    assert past["notice"].dropna().unique().tolist() == [1] and past["day"].unique().tolist() == [early, DAY]
    assert past[(past["day"] == early) & (past["community"] == "甲")]["rank"].tolist() == [4]


def test_side_by_side_gives_every_basis_its_own_rank(board):
    frame = ranking.side_by_side(board.view(DAY)).set_index("community")
    assert frame.index.tolist() == list(FIELD)
    assert frame.loc["乙", ["coverage_surveyed_n", "coverage_surveyed_d", "coverage_surveyed_rank"]].tolist() == [
        45,
        50,
        1,
    ]
    assert frame.loc["乙", ["coverage_eligible_d", "coverage_eligible_rank"]].tolist() == [40, 1]
    assert frame.loc["丙", "remaining_rank"] == 1 and frame.loc["丁", "coverage_surveyed_state"] == "unreported"
    by_area = ranking.side_by_side(board.view(DAY), Cut("area")).set_index("community")
    assert by_area.loc["东片", ["coverage_surveyed_n", "coverage_surveyed_d"]].tolist() == [95, 150]
