"""日结: who closes a day, what goes in afterwards, and what is then a correction; on SQLite and PostgreSQL."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pandas as pd
import pytest
from sqlalchemy import insert, select

from config import clock
from data_access import database, submissions
from data_access.accounts import NotAllowedError, Role
from data_access.inbox import batches
from data_access.office import closing, exemptions
from data_access.office.closing import ClosingError
from data_access.reports import corrections, dispatch
from data_access.schema import AuditEvent, Campaign, DayClose
from data_access.submissions import SubmissionError
from data_access.workbooks.model import Scope
from tests.data_access import books
from tests.data_access.street import DAY, Board, at
from tests.pages.conftest import account

PLACES = ["春晖社区", "安康社区"]
CLOSED = at(DAY, 20, 55)


@pytest.fixture
def board(database_url, office):
    board = Board()
    board.communities(PLACES, at=at(DAY - timedelta(days=40), 9))
    board.roster("春晖社区", n=5, at=at(DAY, 7))
    board.evening("春晖社区", roster_n=5, vacc_on_roster=4, no_show=1, cum_d1=40, at=at(DAY, 19))
    office.now("2022-08-12T21:30")
    return board


def both(board):
    board.evening("安康社区", roster_n=3, vacc_on_roster=3, cum_d1=30, at=at(DAY, 19))


def shut(board, without=()):
    with clock.at(CLOSED):
        return closing.close(board.actor, DAY, "covid", without)


def send(board, vaccinated, **more):
    data = books.evening("春晖社区", vaccinated, roster=5, total=40)
    result = submissions.examine(board.actor, data, "晚调度.xlsx")
    return submissions.commit(board.actor, result, data, **more)


@pytest.mark.parametrize(("role", "may"), [("supervisor", True), ("admin", True), ("clerk", False), ("leader", False)])
def test_supervisors_and_administrators_close_and_open_again(board, role, may):
    both(board)
    actor = account(Role(role), "春晖社区")
    if not may:
        with pytest.raises(NotAllowedError):
            closing.close(actor, DAY, "covid")
        shut(board)
        with pytest.raises(NotAllowedError):
            closing.reopen(actor, DAY, "covid", "补报")
        assert closing.state(actor, DAY, "covid").closed  # to be read by everybody
        return
    version = database.data_version()
    closing.close(actor, DAY, "covid")
    assert database.data_version() == version + 1
    closing.reopen(actor, DAY, "covid", "漏报 1 人，电话 13800005678")
    found = closing.state(actor, DAY, "covid")
    assert not found.closed and found.reason == "漏报 1 人，电话 ****"
    assert closing.state(account(Role.LEADER), DAY, "covid").reason == ""
    closing.close(actor, DAY, "covid")
    assert closing.closings(actor, DAY, DAY, "covid")["reopened_at"].notna().tolist() == [False, True]


def test_a_day_closes_once_everybody_reported_or_those_missing_are_named(board):
    with pytest.raises(ClosingError, match="安康社区"):
        shut(board)
    board.save(Scope("evening", "covid", "安康社区", DAY), [], at(DAY, 19))  # an empty sheet is no figure
    with pytest.raises(ClosingError, match="安康社区"):
        shut(board)
    shut(board, ["安康社区"])
    with database.reading() as connection:
        details = connection.execute(select(AuditEvent.details).where(AuditEvent.event == "day_closed")).scalar_one()
    assert details == {"campaign": "covid", "without": ["安康社区"]}


def test_who_is_exempt_keeps_no_day_open(board):
    exemptions.grant(board.actor, "安康社区", DAY, DAY, "停电", "evening")
    assert shut(board)


@pytest.mark.parametrize(
    ("day", "campaign", "words"),
    [
        (DAY + timedelta(days=1), "covid", "未到的日子"),
        (DAY - timedelta(days=1), "covid", "无可日结"),
        (DAY, "无此活动", "没有接种项目"),
    ],
)
def test_what_cannot_be_closed(board, day, campaign, words):
    with pytest.raises(ClosingError, match=words):
        closing.close(board.actor, day, campaign, PLACES)


def test_nothing_is_closed_or_opened_twice_nor_opened_without_a_reason(board):
    shut(board, ["安康社区"])
    with pytest.raises(ClosingError, match="已日结"):
        shut(board, ["安康社区"])
    with pytest.raises(ClosingError, match="原因"):
        closing.reopen(board.actor, DAY, "covid", "  ")
    closing.reopen(board.actor, DAY, "covid", "补报")
    with pytest.raises(ClosingError, match="未日结"):
        closing.reopen(board.actor, DAY, "covid", "补报")


def test_a_closed_day_takes_nothing_in(board):
    shut(board, ["安康社区"])
    outcome = send(board, 5)
    assert outcome.status == "rejected"
    finding = next(found for found in outcome.all_findings() if found.code == "DAY_CLOSED")
    assert "20:55" in finding.message and "督导员或管理员" in finding.remedy
    assert board.roster("安康社区", n=2).status == "rejected"
    assert board.morning("安康社区", planned=2).status == "rejected"
    assert board.evening("春晖社区", roster_n=5, vacc_on_roster=4, no_show=1, cum_d1=40).status == "unchanged"
    # other days and base data go on
    assert board.roster("春晖社区", DAY + timedelta(days=1), n=2).status == "committed"
    assert board.baseline("春晖社区", surveyed=100).status == "committed"


def test_nothing_of_a_closed_day_is_withdrawn(board):
    number = board.evening("安康社区", roster_n=1, vacc_on_roster=1, at=at(DAY, 19)).submission
    data = books.morning("安康社区", 3)
    batch = batches.open_(board.actor, "import", ["0" * 64])
    result = submissions.examine(board.actor, data, "早会商.xlsx")
    submissions.commit(board.actor, result, data, batch=batch, received_at=at(DAY, 8))
    shut(board)
    with pytest.raises(SubmissionError, match="已日结"):
        submissions.withdraw(board.actor, number, "报错了")
    with pytest.raises(SubmissionError, match="已日结"):
        batches.undo(board.actor, batch, "报错了")
    closing.reopen(board.actor, DAY, "covid", "撤回重报")
    submissions.withdraw(board.actor, number, "报错了")


def test_a_reason_opens_the_day_and_takes_the_correction_in_at_once(board):
    shut(board, ["安康社区"])
    with pytest.raises(ClosingError, match="原因"):
        send(board, 5, reopen=" ")
    assert closing.state(board.actor, DAY, "covid").closed
    outcome = send(board, 5, reopen="漏报一人")
    assert outcome.status == "committed"
    assert closing.state(board.actor, DAY, "covid").reason == "漏报一人"
    version = database.data_version()
    assert send(board, 5, reopen="又一次").status == "unchanged"
    assert database.data_version() == version, "nothing to open the day for"


def test_a_clerk_opens_no_day(board):
    shut(board, ["安康社区"])
    clerk = account(Role.CLERK, "春晖社区")
    data = books.evening("春晖社区", 5, roster=5, total=40)
    result = submissions.examine(clerk, data, "晚调度.xlsx")
    with pytest.raises(NotAllowedError):
        submissions.commit(clerk, result, data, reopen="漏报一人")
    assert submissions.commit(clerk, result, data).status == "rejected"


def test_a_commit_that_waited_while_the_day_was_closed_does_not_slip_in(board):
    both(board)
    data = books.evening("春晖社区", 5, roster=5, total=40)
    result = submissions.examine(board.actor, data, "晚调度.xlsx")
    assert submissions.preview(board.actor, result).status == "committed"
    outcomes = []
    waiting = threading.Thread(target=lambda: outcomes.append(submissions.commit(board.actor, result, data).status))
    with database.writing() as connection:  # the writer's turn is taken: the commit waits for it
        waiting.start()
        waiting.join(0.5)
        assert waiting.is_alive()
        connection.execute(
            insert(DayClose).values(
                street_id=board.actor.street_id,
                campaign_id=select(Campaign.id).where(Campaign.code == "covid").scalar_subquery(),
                day=DAY,
                closed_at=CLOSED,
                account_id=board.actor.id,
                data_version=1,
            )
        )
    waiting.join()
    assert outcomes == ["rejected"]


def test_closing_and_committing_at_once_keep_an_order(board):
    both(board)
    data = books.evening("春晖社区", 5, roster=5, total=40)
    result = submissions.examine(board.actor, data, "晚调度.xlsx")
    gate, said = threading.Barrier(2), {}

    def act(name, what):
        gate.wait()
        said[name] = what()

    closer = threading.Thread(target=act, args=("closed", lambda: closing.close(board.actor, DAY, "covid")))
    sender = threading.Thread(target=act, args=("sent", lambda: submissions.commit(board.actor, result, data).status))
    for thread in (closer, sender):
        thread.start()
    for thread in (closer, sender):
        thread.join()
    with database.reading() as connection:
        events = list(
            connection.execute(
                select(AuditEvent.event)
                .where(AuditEvent.event.in_(("day_closed", "workbook_committed")))
                .order_by(AuditEvent.id)
            ).scalars()
        )
    expected = {"committed": ["workbook_committed", "day_closed"], "rejected": ["day_closed"]}
    assert events == expected[said["sent"]], "what the closed day holds was there when it was closed"


def test_what_changes_afterwards_is_listed_with_old_and_new_value(board):
    assert corrections.corrections(board.view()).empty, "an open day corrects nothing"
    shut(board, ["安康社区"])
    with clock.at(at(DAY, 21)):
        closing.reopen(board.actor, DAY, "covid", "漏报一人")
        board.evening("春晖社区", roster_n=5, vacc_on_roster=5, no_show=0, cum_d1=41)
        board.roster("春晖社区", n=6, outcomes=["vaccinated"] * 5)
    with clock.at(at(DAY, 21, 10)):
        shut_again = closing.close(board.actor, DAY, "covid", ["安康社区"])
    assert shut_again
    found = corrections.corrections(board.view())
    changed = {(one.kind, one.column): (one.old, one.new) for one in found.itertuples()}
    assert changed["evening", "vacc_on_roster"] == (4, 5) and changed["evening", "no_show"] == (1, 0)
    assert changed["roster", "rows"] == (5, 6)
    vaccinated = found[found["column"] == "vaccinated"].iloc[0]
    assert pd.isna(vaccinated["old"]) and vaccinated["new"] == 5
    assert set(found["community"]) == {"春晖社区"} and set(found["reason"]) == {"漏报一人"}
    assert (found["at"] == at(DAY, 21)).all() and set(found["by"]) == {"console"}
    leader = replace(board.view(), actor=account(Role.LEADER))
    assert set(corrections.corrections(leader)["reason"]) == {""}
    assert corrections.corrections(board.view(as_of=at(DAY, 20, 59))).empty
    marks = corrections.marks(board.view()).set_index("column")
    assert marks.loc["vacc_on_roster", ["old", "new"]].tolist() == [4, 5]
    assert "not_vaccinated" not in marks.index, "6 − 5 is 1 as 5 − 4 was"
    since = corrections.corrections(board.view(), since=at(DAY, 21, 5))
    assert since.empty, "the notice asks from its own moment"


def test_a_figure_withdrawn_or_supplied_after_closing_is_a_correction_too(board):
    number = board.evening("安康社区", roster_n=3, vacc_on_roster=3, at=at(DAY, 19)).submission
    shut(board)
    with clock.at(at(DAY, 21)):
        closing.reopen(board.actor, DAY, "covid", "核对")
        submissions.withdraw(board.actor, number, "报到别人的日子")
    found = corrections.corrections(board.view()).set_index("column")
    assert found.loc["vacc_on_roster", "old"] == 3 and pd.isna(found.loc["vacc_on_roster", "new"])
    assert found.loc["vacc_on_roster", "reason"] == "报到别人的日子"
    with clock.at(at(DAY, 21, 20)):
        board.evening("安康社区", roster_n=3, vacc_on_roster=3)
    assert corrections.corrections(board.view()).empty, "the same figure stands again"


def test_corrections_of_a_sheet_by_site_name_the_site(board):
    board.sites(["卫生中心", "临时点"], at=at(DAY, 6))
    rows = [
        {"site": "卫生中心", "roster_n": 2, "vacc_on_roster": 2},
        {"site": "临时点", "roster_n": 1, "vacc_on_roster": 1},
    ]
    board.evening("安康社区", rows=rows, at=at(DAY, 19))
    shut(board)
    closing.reopen(board.actor, DAY, "covid", "核对")
    board.evening("安康社区", rows=[rows[0], {**rows[1], "roster_n": 2, "no_show": 1}])
    found = corrections.corrections(board.view())
    assert {(one.site, one.column): (one.old, one.new) for one in found.itertuples()} == {
        ("临时点", "roster_n"): (1, 2),
        ("临时点", "no_show"): (0, 1),
    }


def test_the_board_of_then_shows_the_day_as_it_stood(board):
    shut(board, ["安康社区"])
    with clock.at(at(DAY, 21)):
        closing.reopen(board.actor, DAY, "covid", "漏报一人")
    assert closing.state(board.actor, DAY, "covid", at(DAY, 20, 50)) is None
    assert closing.state(board.actor, DAY, "covid", at(DAY, 20, 56)).closed
    assert not closing.state(board.actor, DAY, "covid").closed
    assert dispatch.table(board.view())["state"].tolist()[0] != "rest"


def test_an_empty_sheet_wipes_no_figures_out(board):
    data = books.book("evening", title="春晖社区8月12日晚调度")
    result = submissions.examine(board.actor, data, "春晖社区8月12日晚调度.xlsx")
    outcome = submissions.commit(board.actor, result, data)
    assert outcome.status == "rejected"
    assert [found.code for found in outcome.sheets[0].findings] == ["EMPTY_KEEPS_FIGURES"]
