"""早晚调度: the identities, what settles them, and what a missing sheet leaves open (metrics.md §6.2, §6.3)."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest
from sqlalchemy import insert, select

from config import clock, language
from data_access import database, metrics, submissions
from data_access.accounts import NotAllowedError, Role
from data_access.reports import dispatch
from data_access.schema import CalendarDay, Community, Waiver
from tests.data_access.street import DAY, Board, at
from tests.pages.conftest import account

OUTCOMES = ["vaccinated"] * 41 + ["deferred"] * 3 + ["contraindicated"] + ["refused"] + ["no_show"] * 3
TALLY = {"vacc_on_roster": 41, "walk_in": 3, "deferred": 3, "contraindicated": 1, "refused": 1, "no_show": 3}
NEXT = DAY + timedelta(days=1)


@pytest.fixture
def board(office):
    board = Board(dose="b")
    board.communities(
        [
            {"name": "锦绣社区", "area": "东片", "liaison": "周明华", "liaison_phone": "13700004480"},
            {"name": "安康社区", "area": "南片", "liaison": "张大力", "liaison_phone": "13800005678"},
        ],
        at=at(DAY - timedelta(days=30), 9),
    )
    return board


def row(board, community="锦绣社区", **view):
    frame = dispatch.table(board.view(**view)).set_index("community")
    return frame.loc[community]


def test_the_worked_example_of_the_issue(database_url):
    board = Board()
    board.communities(["锦绣社区"])
    board.roster("锦绣社区", outcomes=[*OUTCOMES, None])
    board.evening("锦绣社区", roster_n=50, **TALLY)
    found = row(board)
    rates = {name: metrics.Rate.of(found[f"{name}_n"], found[f"{name}_d"]) for name in dispatch.RATES}
    assert (rates["show_up"], rates["show_up"].percent()) == (metrics.Rate(46, 50), 92)
    assert (rates["completion"], rates["completion"].percent()) == (metrics.Rate(41, 50), 82)
    assert (rates["output"], rates["output"].percent()) == (metrics.Rate(44, 50), 88)
    assert rates["no_show_rate"].percent() == rates["deferral"].percent() == 6
    assert found["unexplained"] == found["d_unexplained"] == 1
    assert not found["reconciled"] and found["state"] == "open" and found["open"] == 1
    assert found["d_roster"] == found["d_vaccinated"] == 0


def test_the_roster_rows_are_p_and_the_tally_stands_in_for_a_roster_not_sent(board):
    board.evening("锦绣社区", roster_n=50, **TALLY)
    assert row(board)["persons"] == 50 and pd.isna(row(board)["roster_rows"])
    board.roster("锦绣社区", n=51)
    found = row(board)
    assert found["persons"] == 51 and found["completion_d"] == 51
    assert found["d_roster"] == 1 and found["d_unexplained"] == 1 and found["unexplained"] == 2


def test_each_identity_has_its_own_signed_difference(board):
    board.roster("锦绣社区", n=59, outcomes=["vaccinated"] * 47)
    board.roster("锦绣社区", NEXT, n=55)
    board.morning("锦绣社区", planned=58)
    with clock.at(at(DAY - timedelta(days=1), 20)):
        board.evening("锦绣社区", DAY - timedelta(days=1), cum_d1=100, cum_full=90, cum_b=40, cum_people=100)
    board.evening(
        "锦绣社区",
        roster_n=60,
        vacc_on_roster=48,
        walk_in=2,
        vacc_total=51,
        vacc_b=49,
        cum_d1=100,
        cum_full=91,
        cum_b=87,
        cum_people=100,
        no_show=8,
        plan_next=52,
    )
    found = row(board)
    assert found["d_plan"] == 1
    assert found["d_roster"] == -1
    assert found["d_vaccinated"] == -1
    assert found["d_unexplained"] == 4
    assert found[["d_cum_d1", "d_cum_full", "d_cum_b"]].tolist() == [0, 1, -2] and found["d_cumulative"] == -1
    assert found["d_course"] == 0
    assert found["d_total"] == 1 and found["d_doses"] == 2
    assert found["d_held"] == 0
    assert found["d_next"] == 3
    assert found["open"] == 7, "tomorrow's roster is information"


def test_courses_above_first_doses_are_an_excess(board):
    board.evening("锦绣社区", cum_d1=10, cum_full=12, cum_b=15, cum_people=10)
    assert row(board)["d_course"] == 5


def test_a_pair_of_dose_errors_that_cancel_out_stays_open(board):
    board.evening("锦绣社区", DAY - timedelta(days=1), cum_d1=10, cum_full=10, cum_b=5, cum_people=10)
    board.evening("锦绣社区", cum_d1=11, cum_full=10, cum_b=4, cum_people=11)
    found = row(board)
    assert found["d_cumulative"] == 0 and found["state"] == "open"
    assert dispatch.differences(board.view())["column"].tolist() == ["d_cum_d1", "d_cum_b"]


def test_the_rise_is_not_judged_over_an_unreported_day_but_over_a_rest_day(board):
    board.evening("锦绣社区", DAY - timedelta(days=2), cum_d1=10, cum_full=10, cum_b=5, cum_people=10)
    board.evening("锦绣社区", roster_n=4, vacc_on_roster=4, cum_d1=10, cum_full=10, cum_b=9, cum_people=10)
    assert pd.isna(row(board)["d_cumulative"])
    with database.writing() as connection:
        connection.execute(
            insert(CalendarDay).values(street_id=board.actor.street_id, day=DAY - timedelta(days=1), note="停种")
        )
    assert row(board)["d_cumulative"] == 0


def test_a_single_dose_campaign_is_judged_on_its_one_dose(office):
    board = Board()
    board.communities(["锦绣社区"])
    with database.writing() as connection:
        from config.campaigns import sample_campaigns
        from data_access.schema import Campaign

        flu = next(one for one in sample_campaigns() if one.code == "flu")
        connection.execute(
            insert(Campaign).values(
                street_id=board.actor.street_id, code="flu", position=2, definition=flu.model_dump(mode="json")
            )
        )
    board.campaign = "flu"
    board.evening("锦绣社区", DAY - timedelta(days=1), cum_d1=10, cum_people=10, vacc_d2=None, vacc_b=None)
    board.evening("锦绣社区", roster_n=5, vacc_on_roster=5, cum_d1=16, cum_people=16, vacc_d2=None, vacc_b=None)
    found = row(board)
    assert found["d_cumulative"] == found["d_cum_d1"] == 1 and pd.isna(found["d_cum_full"])
    assert found["d_doses"] == 0


def test_the_list_is_not_compared_before_it_carries_outcomes(board):
    board.roster("锦绣社区", outcomes=["pending"] * 3 + [None])
    board.evening("锦绣社区", roster_n=4, vacc_on_roster=4)
    assert pd.isna(row(board)["d_vaccinated"])
    assert row(board)["state"] == "reconciled"


def test_people_who_hold_the_dose_are_counted(board):
    board.roster("锦绣社区", DAY - timedelta(days=3), outcomes=["vaccinated", "no_show", "elsewhere"])
    board.roster("锦绣社区", n=3)
    assert row(board)["d_held"] == 2
    assert pd.isna(row(board, "安康社区")["d_held"])
    assert row(board, day=DAY - timedelta(days=3))["d_held"] == 0


def test_a_note_explains_a_difference_but_nobody_unexplained(board):
    board.roster("锦绣社区", n=5)
    board.morning("锦绣社区", planned=8)
    board.evening("锦绣社区", roster_n=5, vacc_on_roster=5, note="三人改期")
    assert row(board)[["state", "open", "explained"]].tolist() == ["explained", 0, 1]
    board.evening("锦绣社区", roster_n=5, vacc_on_roster=4, note="一人说不清")
    assert row(board)[["state", "open", "explained"]].tolist() == ["open", 1, 1]


def test_a_waiver_settles_what_a_note_cannot(board):
    board.roster("锦绣社区", n=5, at=at(DAY, 7))
    board.evening("锦绣社区", roster_n=5, vacc_on_roster=4, at=at(DAY, 20))
    with database.writing() as connection:
        key = connection.execute(select(Community.id).where(Community.name == "锦绣社区")).scalar_one()
        connection.execute(
            insert(Waiver).values(
                street_id=board.actor.street_id,
                community_id=key,
                rule="I1_UNEXPLAINED",
                day=DAY,
                reason="已由督导员逐人核对",
                account_id=board.actor.id,
                granted_at=at(DAY, 20, 41),
            )
        )
    found = row(board)
    assert found["state"] == "explained" and not found["reconciled"]
    assert row(board, as_of=at(DAY, 20, 40))["state"] == "open"


def test_nothing_differs_but_nobody_has_checked(board):
    board.evening("锦绣社区", roster_n=5, vacc_on_roster=5, reconciled="no")
    assert row(board)["state"] == "unchecked" and not row(board)["reconciled"]


def test_a_community_that_has_not_reported_is_listed_and_never_counted_as_zero(board, office):
    board.roster("锦绣社区", n=5)
    board.roster("安康社区", n=46)
    board.morning("安康社区", planned=46)
    board.evening("锦绣社区", roster_n=5, vacc_on_roster=4, no_show=1)
    found = row(board, "安康社区")
    assert found["state"] == "unreported" and found["d_plan"] == 0
    assert all(pd.isna(found[name]) for name in ("vacc_on_roster", "not_vaccinated", "d_roster", "completion_n"))
    totals = dispatch.totals(board.view())
    assert totals.loc["roster_rows"].tolist() == [51, None, 2, 0] or totals.loc["roster_rows", "n"] == 51
    assert totals.loc["completion", ["n", "d", "counted", "missing"]].tolist() == [4, 5, 1, 1]
    assert totals.loc["vacc_on_roster", ["n", "counted", "missing"]].tolist() == [4, 1, 1]
    assert pd.isna(totals.loc["d_cumulative", "n"])
    office.now("2022-08-12T19:30")
    assert row(board, "安康社区")["state"] == "not_due"


def test_figures_of_several_sites_are_added_and_a_gap_in_one_stays_a_gap(board):
    board.sites(["卫生中心", "文体中心"])
    first = {"site": "卫生中心", "roster_n": 30, "vacc_on_roster": 28, "deferred": 2, "no_show": 0}
    second = {"site": "文体中心", "roster_n": 20, "vacc_on_roster": 19, "deferred": None, "no_show": 1}
    board.evening("锦绣社区", rows=[first, second])
    found = row(board)
    assert found["roster_n"] == 50 and found["vacc_on_roster"] == 47 and found["no_show"] == 1
    assert pd.isna(found["deferred"]) and pd.isna(found["unexplained"])


def test_the_day_as_it_stood_before_a_correction(board):
    with clock.at(at(DAY, 19)):
        board.evening("锦绣社区", roster_n=50, **TALLY)
    with clock.at(at(DAY, 20)):
        second = board.evening("锦绣社区", roster_n=50, **{**TALLY, "no_show": 4})
    assert row(board)["unexplained"] == 0 and row(board)["evening_revision"] == 2
    assert row(board, as_of=at(DAY, 19, 30))["unexplained"] == 1
    submissions.withdraw(board.actor, second.submission, "报错了")
    assert row(board)["unexplained"] == 1 and row(board)["evening_revision"] == 1
    versions = dispatch.versions(board.view())
    assert versions[["revision", "in_force", "withdrawn"]].values.tolist() == [[1, True, False], [2, False, True]]


def test_causes_add_up_to_the_people_not_vaccinated(board):
    board.roster("锦绣社区", n=50)
    board.roster("安康社区", n=46)
    board.evening("锦绣社区", roster_n=50, **TALLY, shortage=1)
    causes = dispatch.causes(board.view())
    assert causes["n"].sum() == causes["share_d"].iloc[0] == 9
    assert causes["n"].tolist() == sorted(causes["n"], reverse=True)
    assert set(causes.loc[causes["alert"], "cause"]) == {"shortage"}
    assert causes["communities"].iloc[0] == 1
    assert dispatch.causes(board.view(DAY - timedelta(days=1))).empty


def test_differences_say_what_to_do(board):
    board.roster("锦绣社区", outcomes=["vaccinated"] * 4 + [None, "unexplained"])
    board.morning("锦绣社区", planned=6)
    board.evening("锦绣社区", roster_n=6, vacc_on_roster=4)
    found = dispatch.differences(board.view())
    assert found[["community", "identity", "amount", "first", "second", "state"]].values.tolist() == [
        ["锦绣社区", "I1", 2, 6, 4, "open"]
    ]
    assert "7、8" in found["how"].iloc[0], "the rows of the sheet without an outcome"
    with language.speaking("en"):
        assert "Rows 7, 8" in dispatch.differences(board.view())["how"].iloc[0]


def test_a_roster_corrected_after_the_meeting_is_named_as_the_reason(board):
    with clock.at(at(DAY - timedelta(days=1), 17)):
        board.roster("锦绣社区", n=58)
    with clock.at(at(DAY, 8, 20)):
        board.morning("锦绣社区", planned=58)
    with clock.at(at(DAY, 8, 31)):
        board.roster("锦绣社区", n=59)
    found = dispatch.differences(board.view()).iloc[0]
    assert found["identity"] == "I5" and found["amount"] == 1
    assert all(word in found["how"] for word in ("08:31", "08:20", "59"))
    board.roster("安康社区", n=4)
    board.morning("安康社区", planned=3)
    assert "08:" not in dispatch.differences(board.view()).iloc[1]["how"]


def test_zero_tolerance_counts_only_what_is_confirmed(board):
    board.morning("锦绣社区", planned=5, staff=0)
    board.evening("锦绣社区", roster_n=5, vacc_on_roster=5, observed=4)
    found = dispatch.zero_tolerance(board.view()).set_index("code")
    assert found.loc["observation", ["n", "done_n", "done_d", "state"]].tolist() == [1, 4, 5, "occurred"]
    assert found.loc["observation", "where"] == ["锦绣社区"]
    assert found.loc["aefi", ["n", "confirmed", "expected", "state"]].tolist() == [0, 1, 2, "unconfirmed"]
    assert found.loc["aefi", "unconfirmed"] == ["安康社区"]
    assert found.loc["unstaffed", ["n", "state"]].tolist() == [1, "occurred"]
    board.evening("安康社区")
    assert dispatch.zero_tolerance(board.view()).set_index("code").loc["aefi", "state"] == "confirmed"


def test_whom_to_call_is_masked_and_not_for_everybody(board):
    account(Role.ADMIN)
    leader, clerk = account(Role.LEADER), account(Role.CLERK, "安康社区")
    assert dispatch.contacts(board.view()).values.tolist() == [
        ["锦绣社区", "周*", "137****4480"],
        ["安康社区", "张*", "138****5678"],
    ]
    with pytest.raises(NotAllowedError):
        dispatch.contacts(Board(leader).view())
    assert dispatch.contacts(Board(clerk).view())["community"].tolist() == ["安康社区"]


def test_an_area_narrows_the_table_and_its_totals(board):
    board.evening("锦绣社区", roster_n=5, vacc_on_roster=5)
    board.evening("安康社区", roster_n=7, vacc_on_roster=7)
    view = board.view(area="南片")
    assert dispatch.table(view)["community"].tolist() == ["安康社区"]
    assert dispatch.totals(view).loc["roster_n", "n"] == 7


def test_an_empty_day_has_no_totals(office):
    view = Board().view(date(2022, 1, 1))
    assert dispatch.table(view).empty and dispatch.causes(view).empty and dispatch.differences(view).empty
    assert pd.isna(dispatch.totals(view).loc["completion", "n"])


def test_more_observed_than_vaccinated_in_one_community_hides_nobody_of_another(board):
    board.evening("锦绣社区", roster_n=10, vacc_on_roster=10, observed=8)
    board.evening("安康社区", roster_n=10, vacc_on_roster=10, observed=12)
    found = dispatch.zero_tolerance(board.view()).set_index("code").loc["observation"]
    assert found[["n", "done_n", "done_d", "state"]].tolist() == [2, 18, 20, "occurred"]
    assert found["where"] == ["锦绣社区"]


def test_the_last_dose_of_the_course_is_what_raises_the_full_courses(office):
    board = Board()
    board.communities(["锦绣社区"])
    with database.writing() as connection:
        from config.campaigns import default_campaigns
        from data_access.schema import Campaign

        course = default_campaigns()[0].model_dump(mode="json") | {"code": "short", "full_course": ["d1", "b"]}
        connection.execute(
            insert(Campaign).values(street_id=board.actor.street_id, code="short", position=2, definition=course)
        )
    board.campaign = "short"
    board.evening("锦绣社区", DAY - timedelta(days=1), cum_d1=10, cum_full=4, cum_b=4)
    board.evening(
        "锦绣社区", roster_n=5, vacc_on_roster=5, vacc_d1=2, vacc_d2=None, vacc_b=3, cum_d1=12, cum_full=9, cum_b=7
    )
    found = row(board)
    assert found[["d_cum_d1", "d_cum_full", "d_cum_b", "d_doses"]].tolist() == [0, 2, 0, 0]
    (difference,) = dispatch.differences(board.view()).query("identity == 'I2'").to_dict("records")
    assert (difference["column"], difference["first"], difference["second"]) == ("d_cum_full", 5, 3)
