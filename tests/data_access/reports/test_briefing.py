"""The morning briefing: the day it opens on, its six panels, its two sentences, what it asks the meeting."""

from datetime import date, time

import pytest

from config import language
from data_access.reports import agenda, briefing, dispatch, spoken
from tests.data_access.street import Board, at

DAY, EVE = date(2022, 8, 12), date(2022, 8, 11)
STREAM = {"workstream": "environment", "issue_type": "杂物"}
NAMES = ("春晖社区", "安康社区", "东湖社区")


@pytest.fixture
def board(office):
    """Three communities at 08:42: 安康 owes yesterday's evening, 东湖 is above 100 %, one batch is crowded."""
    office.now("2022-08-12T08:42")
    made = Board()
    made.communities(
        [{"name": name, "aliases": (name.removesuffix("社区"),), "area": "东片"} for name in NAMES], at=at(EVE, 8)
    )
    made.sites([{"name": "卫生中心", "daily_capacity": 8, "batch_capacity": 4}], at=at(EVE, 8))
    for name in NAMES:
        made.baseline(name, EVE, surveyed=100, at=at(EVE, 9))
        made.roster(name, EVE, 10, at=at(date(2022, 8, 10), 17))
    made.evening("春晖社区", EVE, roster_n=10, vacc_on_roster=7, no_show=1, walk_in=2, cum_d1=50, at=at(EVE, 19))
    made.evening("东湖社区", EVE, roster_n=10, vacc_on_roster=9, deferred=1, cum_d1=104, at=at(EVE, 19))
    for name in ("春晖社区", "东湖社区"):
        made.roster(name, DAY, 3, site="卫生中心", at=at(EVE, 17))
    made.morning("春晖社区", DAY, rows=[{"site": "卫生中心", "planned": 3, "stock": 1}], at=at(DAY, 8))
    made.action("春晖社区", "DB-1", **STREAM, issue="楼道堆物", unit="城管办", found_on=EVE, due=EVE, original_due=EVE)
    return made


def test_opens_on_today_as_soon_as_todays_rosters_are_in(board):
    assert briefing.opening_day(board.actor, "covid") == DAY


def test_before_any_sheet_of_the_day_it_stays_on_the_last_one(board, office):
    office.now("2022-08-13T07:00")
    assert briefing.opening_day(board.actor, "covid") == DAY


def test_the_panels_say_what_the_reports_say(board):
    told = briefing.compose(board.view())
    assert told.days == briefing.Days(EVE, EVE)
    assert (told.result.reported, told.result.expected, told.result.missing) == (2, 3, ("安康社区",))
    assert (told.result.vaccinated, told.result.walk_in) == (18, 2)
    totals = dispatch.totals(board.view(EVE))
    rate = told.result.completion
    assert (rate.numerator, rate.denominator) == (16, 20) == tuple(totals.loc["completion", ["n", "d"]])
    assert (told.today.people, told.today.rosters, told.today.capacity) == (6, 2, 8)
    assert (told.today.stock, told.today.mornings, told.today.expected) == (1, 1, 3)
    assert told.standings.table["community"].tolist() == ["东湖社区", "春晖社区", "安康社区"]
    assert (told.standings.rate.numerator, told.standings.rate.denominator) == (154, 200)


def test_who_owes_what_is_told_sheet_by_sheet(board):
    frame = briefing.arrivals(board.view()).set_index("community")
    assert frame["evening"].tolist() == ["on_time", "unreported", "on_time"]
    assert frame.loc["安康社区", ["roster", "morning", "owed"]].tolist() == ["unreported", "not_due", "roster"]
    assert frame.loc["安康社区", "since"] == at(EVE, 18)
    assert briefing.compose(board.view()).unreported == ("安康社区",)


def test_open_differences_stand_largest_first(board):
    opened = briefing.compose(board.view()).result.open
    # 春晖: 10 on the roster, 8 accounted for; the rosters carry no outcomes, so nothing else is compared
    assert opened[["community", "amount"]].values.tolist() == [["春晖社区", 2]]


def test_the_sentences_are_made_of_the_same_figures(board):
    told = briefing.compose(board.view())
    assert spoken.text(spoken.yesterday(told)) == (
        "2 家共接种 18 人，名单完成率 80.0%（16/20）；安康未报、未计入；另有 1 家 1 处差异未销。"
    )
    assert spoken.text(spoken.today(told)) == (
        "召集 6 人，能力 8 人、疫苗 1 剂（1/3 家已报），总量不够；"
        "但卫生中心缺 2 剂、卫生中心第 1 批超 2 人，请会上调定。"
    )
    tones = {part.text: part.tone for part in spoken.yesterday(told)}
    assert tones["18"] == "b" and tones["安康未报"] == "red"


def test_the_sentences_speak_english_too(board):
    with language.speaking("en"):
        said = spoken.text(spoken.yesterday(briefing.compose(board.view())))
    assert said.startswith("2 communities vaccinated 18, roster completion 80.0% (16/20); 安康 not reported")


def test_the_agenda_asks_about_each_trouble_and_lists_what_is_overdue(board):
    _told, found = agenda.meeting(board.view())
    assert [matter.question for matter in found.questions] == [
        "卫生中心缺 2 剂，从哪几个点调？",
        "卫生中心第 1 批超 2 人，移到第几批？",
        "安康何时补报晚调度和接种名单？",
        "春晖逐人核名单，销差异 1 处",
        "东湖 104.00%，核底数 100",
    ]
    assert found.questions[0].at == time(9, 30)
    (item,) = found.items
    assert (item.question, item.owner, item.overdue_days) == ("春晖 · 环境卫生：杂物（DB-1）", "城管办", 1)
    assert (found.count, found.overdue) == (6, 1)


def test_a_person_is_never_named(board):
    board.action("春晖社区", "DB-2", issue="周明家门前堆物，电话13812345678", owner="周明", found_on=EVE, due=DAY)
    _told, found = agenda.meeting(board.view())
    words = " ".join(f"{matter.question} {matter.owner}" for matter in (*found.questions, *found.items))
    assert "DB-2" in [matter.item_no for matter in found.items]
    assert "门前堆物" not in words and "周明" not in words and "13812345678" not in words


def test_an_open_day_without_any_evening_is_said_and_not_passed_over(board, office):
    board.roster("春晖社区", date(2022, 8, 15), 2, at=at(date(2022, 8, 12), 17))
    told = briefing.compose(board.view(date(2022, 8, 13)))
    assert told.days == briefing.Days(EVE, DAY) and told.days.silent
    assert spoken.text(spoken.yesterday(told)).startswith("8月12日无一家报晚调度；8月11日：2 家共接种 18 人")


def test_names_that_two_communities_would_share_stay_whole(board):
    board.communities([{"name": "东湖村", "aliases": ("东湖",), "kind": "village"}])
    assert briefing.short_names(board.view())["东湖社区"] == "东湖社区"
    assert briefing.short_names(board.view())["东湖村"] == "东湖村"
    assert briefing.short_names(board.view())["安康社区"] == "安康"


def test_before_the_first_evening_and_roster_the_sentences_say_so(office):
    office.now("2022-08-12T08:42")
    board = Board()
    board.communities(NAMES)
    told, found = agenda.meeting(board.view())
    assert told.result is None and told.standings is None and told.today.people is None
    assert spoken.text(spoken.yesterday(told)) == "还没有晚调度。"
    assert spoken.text(spoken.today(told)) == "名单尚未报来，时限为前一日 18:00。"
    assert [matter.owner for matter in found.questions] == ["3 家"]


def test_as_of_an_earlier_moment_later_sheets_are_not_known(board):
    told = briefing.compose(board.view(as_of=at(DAY, 7)))
    assert (told.today.people, told.today.stock) == (6, None)
    assert "疫苗数 09:00 前报来" in spoken.text(spoken.today(told))
