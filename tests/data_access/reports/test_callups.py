"""接种召集: timetable and loads against capacity and stock; people only for those who may see them, masked."""

from __future__ import annotations

from datetime import date, time, timedelta

import pandas as pd
import pytest
from sqlalchemy import insert, select

from data_access import database
from data_access.accounts import NotAllowedError, OtherCommunityError, Role
from data_access.office.reveals import Purpose
from data_access.reports import callups
from data_access.schema import AuditEvent, CalendarDay
from tests.data_access.street import DAY, Board
from tests.pages.conftest import account

BEFORE, NEXT = DAY - timedelta(days=1), DAY + timedelta(days=1)


@pytest.fixture
def board(office):
    return fill()


def fill():
    board = Board()
    board.communities(["锦绣社区", {"name": "安康社区", "area": "南片"}, "和平社区"])
    board.sites(
        [
            {"name": "卫生中心", "daily_capacity": 8, "batch_capacity": 4},
            {"name": "流动车", "kind": "mobile", "batch_capacity": 3},
        ]
    )
    return board


def at_site(*places, **more):
    return [{"site": site, "batch_no": batch, "batch_time": time(hour, 30), **more} for site, batch, hour in places]


def test_people_of_all_communities_meet_at_site_and_batch(database_url):
    board = fill()
    health = ("卫生中心", 1, 9)
    board.roster("锦绣社区", people=at_site(health, health, health, ("流动车", 1, 14), ("卫生中心", 2, 10)))
    board.roster("安康社区", people=at_site(health, health, ("未列点", 1, 9)))
    found = callups.timetable(board.view())
    assert found[["site", "batch_no", "people", "batch_capacity"]].values.tolist()[:3] == [
        ["卫生中心", 1, 5, 4],
        ["卫生中心", 2, 1, 4],
        ["流动车", 1, 1, 3],
    ]
    assert found["over"].tolist()[:3] == [1, 0, 0]
    assert found["batch_time"].tolist()[:3] == [time(9, 30), time(10, 30), time(14, 30)]
    assert found["site_kind"].iloc[2] == "mobile"
    assert found["site"].iloc[3] == "未列点" and pd.isna(found["over"].iloc[3])
    assert callups.timetable(board.view(area="南片"))["people"].tolist() == [2, 1]


def test_the_day_of_a_site_against_capacity_and_stock(board):
    board.roster("锦绣社区", people=at_site(*[("卫生中心", 1, 9)] * 9))
    board.morning("锦绣社区", rows=[{"site": "卫生中心", "planned": 9, "stock": 7}])
    board.morning("安康社区", planned=3, stock=3)
    found = callups.loads(board.view()).set_index("site")
    health = found.loc["卫生中心"]
    assert health[["people", "daily_capacity", "over", "stock", "short"]].tolist() == [9, 8, 1, 7, 2]
    unnamed = found.loc[found.index.isna()].iloc[0]
    assert unnamed["stock"] == 3 and pd.isna(unnamed["people"])


def test_by_group_and_dose_in_the_order_of_the_campaign(board):
    board.roster("安康社区", people=[{"person_group": "adult", "dose_no": "b"}] * 3)
    board.roster("锦绣社区", people=[{"person_group": "elderly", "dose_no": "d2", "outcome": "vaccinated"}])
    groups = callups.by(board.view(), "person_group")
    assert groups[["key", "people", "vaccinated"]].values.tolist() == [["elderly", 1, 1], ["adult", 3, 0]]
    assert groups[["share_n", "share_d"]].values.tolist() == [[1, 4], [3, 4]]
    assert callups.by(board.view(), "dose_no")["key"].tolist() == ["d2", "b"]
    assert callups.by(board.view(), "community")["key"].tolist() == ["锦绣社区", "安康社区"]


def test_a_community_without_a_roster_is_listed_without_figures(board):
    board.roster("锦绣社区", outcomes=["vaccinated", "no_show", None], people=[{"reminded": True}, {"reminded": False}])
    board.roster("安康社区", n=0)
    found = callups.table(board.view()).set_index("community")
    assert found.index.tolist() == ["锦绣社区", "安康社区", "和平社区"]
    own = found.loc["锦绣社区"]
    assert own[["people", "vaccinated", "no_show", "deferred", "unsettled"]].tolist() == [3, 1, 1, 0, 1]
    assert own[["reminded_n", "reminded_d", "settled_n", "settled_d"]].tolist() == [1, 3, 2, 3]
    assert found.loc["安康社区", ["people", "roster_submission"]].isna().all(), "an empty roster says no figure, not 0"
    assert found.loc["和平社区"][["people", "vaccinated", "settled_n", "reminded_n"]].isna().all()


def test_reminders_that_nobody_wrote_down_are_missing(board):
    board.roster("锦绣社区", n=3)
    assert pd.isna(callups.table(board.view())["reminded_n"].iloc[0])


def test_what_vaccine_is_short(board):
    board.morning("锦绣社区", planned=58, stock=50)
    board.morning("安康社区", planned=10, stock=12)
    found = callups.table(board.view())
    assert found["short"].tolist()[:2] == [8, 0] and pd.isna(found["short"].iloc[2])
    assert found[["supply_n", "supply_d"]].values.tolist()[0] == [50, 58]


def test_who_waits_for_another_call_and_is_not_on_the_roster(board):
    outcomes = ["vaccinated", "no_show", "rescheduled", "site_changed", "shortage", "deferred", "refused", None]
    board.roster("锦绣社区", BEFORE, outcomes=outcomes)
    board.evening("锦绣社区", BEFORE, roster_n=8, vacc_on_roster=1, no_show=1, moved=2, shortage=1, deferred=1)
    board.roster("安康社区", people=[{"person_code": "锦绣社区-1"}])
    found = callups.carried_over(board.view())
    assert found["outcome"].tolist() == ["rescheduled", "site_changed", "shortage"]
    assert found["day"].tolist() == [BEFORE] * 3
    table = callups.table(board.view()).set_index("community")
    assert table.loc["锦绣社区", ["carry_over", "not_called"]].tolist() == [4, 3]
    assert table.loc["和平社区", ["carry_over", "not_called"]].isna().all()
    assert callups.carried_over(board.view(BEFORE)).empty


def test_people_are_masked(board):
    board.roster("锦绣社区", people=[{"name": "张三丰", "phone": "13812345678", "site": "卫生中心", "reminded": True}])
    row = callups.people(board.view()).iloc[0]
    assert row[["name", "phone", "document", "site"]].tolist() == ["张*", "138****5678", "****社区-0", "卫生中心"]
    assert row["reminded"] and row["outcome"] is None
    sheet = callups.call_sheet(board.view()).iloc[0]
    assert sheet[["liaison", "liaison_phone", "name", "phone"]].tolist() == ["王*", "139****2046", "张*", "138****5678"]


def test_who_may_see_people(board):
    board.roster("锦绣社区", n=2)
    board.roster("安康社区", n=3)
    leader, clerk = account(Role.LEADER), account(Role.CLERK, "安康社区")
    for report in (callups.people, callups.carried_over, callups.call_sheet):
        with pytest.raises(NotAllowedError):
            report(Board(leader).view())
        with pytest.raises(OtherCommunityError):
            report(Board(clerk).view(community="锦绣社区"))
    assert callups.table(Board(leader).view())["people"].sum() == 5
    assert set(callups.people(Board(clerk).view())["community"]) == {"安康社区"}
    assert len(callups.call_sheet(Board(clerk).view(community="安康社区"))) == 3
    assert callups.people(Board(clerk).view(area="北片")).empty


def test_a_plain_call_sheet_leaves_a_trace(board):
    board.roster("锦绣社区", people=[{"name": "张三丰"}])
    assert callups.call_sheet(board.view(), plain=Purpose("call"))["name"].tolist() == ["张三丰"]
    with database.reading() as connection:
        events = connection.execute(
            select(AuditEvent.subject, AuditEvent.details).where(AuditEvent.event == "call_sheet")
        ).all()
    assert [tuple(event) for event in events] == [(DAY.isoformat(), {"people": 1, "purpose": "call"})]


def test_tomorrow_is_the_next_day_that_does_not_rest(board):
    assert callups.next_day(board.view()) == NEXT
    with database.writing() as connection:
        connection.execute(insert(CalendarDay).values(street_id=board.actor.street_id, day=NEXT, note="周末"))
    assert callups.next_day(board.view()) == NEXT + timedelta(days=1)


def test_a_day_without_rosters(board):
    view = board.view(date(2022, 1, 1))
    assert callups.timetable(view).empty and callups.loads(view).empty and callups.people(view).empty
    assert callups.by(view, "community").empty and callups.carried_over(view).empty
    assert callups.table(view)["people"].isna().all()
