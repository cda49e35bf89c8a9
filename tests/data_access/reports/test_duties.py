"""The year calendar and the next seven days: each period owes its own, and what is missing is no zero."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pandas as pd
import pytest

from data_access.catalogue import targets
from data_access.reports import ahead, duties, profile, yearbook
from tests.data_access.street import DAY, Board, at

HERE, THERE = "春晖社区", "安康社区"


@pytest.fixture
def board(database_url: str) -> Board:
    board = Board()
    board.communities([HERE, THERE], at=at(date(2022, 1, 1), 9))
    return board


def year(board: Board, code: str, community: str | None = HERE, day: date = DAY) -> pd.DataFrame:
    frame = duties.calendar(board.view(day), community)
    return frame[frame["code"] == code].reset_index(drop=True)


def monthly(board: Board, code: str, stream: str, done: dict[int, int], accrual: str = "period") -> None:
    for month, n in done.items():
        report = {"indicator": code, "accrual": accrual, "done": Decimal(n)}
        board.progress(HERE, stream, f"2022-{month:02d}", {**report, "biz_date": date(2022, month, 11)})


def test_two_lectures_in_march_do_not_fill_february(board: Board) -> None:
    monthly(board, "HE-01", "health_education", {1: 1, 2: 0, 3: 2, 4: 1, 5: 1, 6: 1})
    found = year(board, "HE-01")
    assert found["state"].tolist()[:8] == ["done", "short", "done", "done", "done", "done", "unreported", "due"]
    assert found["state"].tolist()[8:] == ["coming"] * 4
    assert (found["done_n"][2], found["done_d"][2]) == (1, 1)  # the second one counts for nothing
    street = year(board, "HE-01", None)
    assert street.loc[1, ["state", "done_n", "done_d", "unreported"]].tolist() == ["short", 0, 2, 1]
    assert street["state"][6] == "unreported" and street["done_n"].isna()[8]


def test_weeks_stand_in_the_month_of_their_thursday_and_a_total_speaks_for_those_before(board: Board) -> None:
    report = {"indicator": "ENV-03", "accrual": "cumulative", "biz_date": date(2022, 3, 31)}
    board.progress(HERE, "environment", "2022-03", {**report, "done": Decimal(11)})
    weeks = year(board, "ENV-03")
    assert weeks["done_d"].tolist()[:4] == [4, 4, 5, 4]
    assert weeks["done_n"].tolist()[:3] == [4, 4, 3]
    assert weeks["state"].tolist()[:4] == ["done", "done", "short", "unreported"]


def test_a_target_of_one_community_makes_a_duty_of_its_own(board: Board) -> None:
    assert year(board, "SAFE-19").empty  # the catalogue leaves it to the street
    since = date(2022, 1, 1)
    targets.put(board.actor, "SAFE-19", 2, community=HERE, valid_from=since, source="街道通知")
    board.progress(HERE, "safe_community", "2022Q1", {"indicator": "SAFE-19", "accrual": "period", "done": Decimal(1)})
    found = year(board, "SAFE-19")
    assert found.loc[0, ["first", "last", "state", "done_n", "done_d"]].tolist() == [1, 3, "short", 1, 2]
    assert year(board, "SAFE-19", THERE).empty
    assert year(board, "SAFE-19", None).loc[0, ["state", "done_n", "done_d"]].tolist() == ["short", 0, 1]


def test_windows_are_done_missed_or_to_come(board: Board) -> None:
    monthly(board, "PAT-04", "patriotic_health", {4: 1})
    monthly(board, "HC-21g", "healthy_community", {4: 0})
    drives = year(board, "PAT-04")
    assert drives["state"].tolist() == ["done", "coming"] and drives["first"].tolist() == [4, 10]
    assert year(board, "HC-21g")["state"].tolist() == ["short"]
    assert year(board, "HC-21c")["state"].tolist() == ["due"]  # all of August
    assert year(board, "爱国卫生月")["state"].tolist() == ["past"]  # no indicator records it
    told = yearbook.windows(board.view())
    assert set(told.loc[told["indicator"] == "PAT-04", "state"]) == {"past", "coming"}


def test_weekly_plans_are_asked_for_from_the_street_s_first_one_on(board: Board) -> None:
    assert year(board, "plan").empty
    board.plan(THERE, "2022-W29", {"item_no": 1, "task": "走访"})
    for week in ("2022-W30", "2022-W31", "2022-W32"):
        board.plan(HERE, week, {"item_no": 1, "task": "走访"})
    found = year(board, "plan")
    assert found["first"].tolist() == [7, 8, 9, 10, 11, 12]
    assert found.loc[0, ["state", "done_n", "done_d"]].tolist() == ["unreported", 1, 2]
    assert found.loc[1, ["state", "done_n", "done_d"]].tolist() == ["due", 2, 4]


def test_the_next_seven_days_hold_what_ends_opens_and_is_due(board: Board) -> None:
    monthly(board, "HE-01", "health_education", {8: 1})
    board.plan(
        HERE,
        "2022-W32",
        {"item_no": 1, "task": "走访王小明", "due": date(2022, 8, 13), "workstream": "vaccination"},
        {"item_no": 2, "task": "讲座", "due": date(2022, 8, 13), "outcome": "done", "done_on": DAY},
    )
    board.action(HERE, "D-1", found_on=DAY, due=date(2022, 8, 15), workstream="environment", issue_type="卫生")
    board.action(HERE, "D-2", found_on=DAY, due=date(2022, 8, 19), workstream="environment")
    found = ahead.table(board.view())
    assert found["due"].min() >= DAY and found["due"].max() <= date(2022, 8, 18)
    sorts = found.groupby("sort")["about"].apply(list).to_dict()
    assert sorts["action"] == ["环境卫生：卫生（D-1）"] and sorts["plan"] == ["周计划 1 项"]
    assert "周巡 2022-W32" in sorts["period"] and not any("健康讲座" in about for about in sorts["period"])
    both = found[found["about"] == "周巡 2022-W32"].iloc[0]
    assert (both["n"], both["left"]) == (2, 2) and pd.isna(both["communities"])  # all of them
    alone = ahead.table(board.view(community=HERE))
    assert alone.loc[alone["sort"] == "plan", "about"].tolist() == ["周计划第 1 项"]
    assert "王小明" not in found.to_string() + alone.to_string()
    late = ahead.table(board.view(date(2022, 8, 27)))
    about = dict(zip(late["about"], zip(late["sort"], late["n"], strict=True), strict=True))
    assert about["健康讲座 2022-08"] == ("period", 1) and about["急救培训"] == ("closes", 2)
    assert about["蟑螂普查"][0] == "opens"


def test_the_month_of_a_community_is_what_falls_into_it(board: Board) -> None:
    monthly(board, "HE-01", "health_education", {8: 1})
    month = profile.month(board.view(community=HERE))
    assert ((month["first"] <= 8) & (month["last"] >= 8)).all()
    assert month.set_index("code").loc["HE-01", "state"] == "done"
