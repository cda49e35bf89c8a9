"""免报 and 空表: who owes nothing, what an empty sheet is worth, and all that counts reports; on both databases."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pandas as pd
import pytest

from config import clock
from data_access import submissions
from data_access.accounts import NotAllowedError, Role
from data_access.findings import Severity
from data_access.office import exemptions
from data_access.office.exemptions import ExemptionError
from data_access.reports import briefing, coverage, dispatch, ranking, reporting, status
from data_access.workbooks.model import Scope
from tests.data_access import books
from tests.data_access.street import DAY, Board, at
from tests.pages.conftest import account

PLACES = ["春晖社区", "安康社区"]


@pytest.fixture
def board(database_url, office):
    board = Board()
    board.communities(PLACES, at=at(DAY - timedelta(days=40), 9))
    for name in PLACES:
        board.baseline(name, DAY - timedelta(days=30), surveyed=100, at=at(DAY - timedelta(days=30), 9))
    board.evening("春晖社区", roster_n=5, vacc_on_roster=5, cum_d1=40, at=at(DAY, 19))
    office.now("2022-08-12T22:30")
    return board


def states(board, community="安康社区", **more):
    frame = reporting.table(board.view(**more))
    return frame[frame["community"] == community].set_index("kind")["state"].to_dict()


def excuse(board, first=DAY, last=DAY, kind=None, **more):
    return exemptions.grant(board.actor, "安康社区", first, last, "道路施工，电话 13800005678", kind, **more)


@pytest.mark.parametrize(("role", "may"), [("supervisor", True), ("admin", True), ("clerk", False), ("leader", False)])
def test_supervisors_and_administrators_exempt(board, role, may):
    actor = account(Role(role), "安康社区")
    if not may:
        with pytest.raises(NotAllowedError):
            exemptions.grant(actor, "安康社区", DAY, DAY, "停电")
        with pytest.raises(NotAllowedError):
            exemptions.revoke(actor, 1)
        return
    number = exemptions.grant(actor, "安康社区", DAY, DAY, "停电")
    exemptions.revoke(actor, number)
    with pytest.raises(ExemptionError, match="收回"):
        exemptions.revoke(actor, number)


@pytest.mark.parametrize(
    ("community", "first", "last", "reason", "kind", "words"),
    [
        ("安康社区", DAY, DAY, " ", None, "原因"),
        ("安康社区", DAY, DAY - timedelta(days=1), "停电", None, "末日"),
        ("安康社区", DAY, DAY, "停电", "progress", "日报表"),
        ("无此社区", DAY, DAY, "停电", None, "没有无此社区"),
    ],
)
def test_what_cannot_be_exempted(board, community, first, last, reason, kind, words):
    with pytest.raises(ExemptionError, match=words):
        exemptions.grant(board.actor, community, first, last, reason, kind)


def test_an_exemption_covers_its_days_kind_and_campaign(board):
    excuse(board, DAY - timedelta(days=1), DAY, "evening", campaign="covid")
    assert states(board) == {"roster": "unreported", "morning": "unreported", "evening": "exempt"}
    with pytest.raises(ExemptionError, match="已经免报"):
        excuse(board, kind="evening", campaign="covid")
    excuse(board)  # all sheets are more than the evening tally
    assert set(states(board).values()) == {"exempt"}
    assert set(states(board, day=DAY - timedelta(days=2)).values()) == {"unreported"}
    assert set(states(board, "春晖社区").values()) == {"unreported", "on_time"}


def test_taken_back_it_is_owed_again_and_the_past_stays(board):
    with clock.at(at(DAY, 9)):
        number = excuse(board)
    with clock.at(at(DAY, 21)):
        exemptions.revoke(board.actor, number)
    assert set(states(board).values()) == {"unreported"}
    assert set(states(board, as_of=at(DAY, 20, 30)).values()) == {"exempt"}
    assert "exempt" not in states(board, as_of=at(DAY, 8, 30)).values()


def test_reasons_are_for_those_who_may_read_of_people(board):
    excuse(board)
    assert exemptions.exemptions(board.actor)["reason"].tolist() == ["道路施工，电话 ****"]
    assert exemptions.exemptions(account(Role.LEADER))["reason"].tolist() == [""]
    assert exemptions.exemptions(account(Role.CLERK, "春晖社区")).empty
    assert exemptions.exemptions(board.actor, DAY + timedelta(days=1)).empty


def test_whoever_counts_reports_leaves_the_exempt_out(board):
    before = status.status(board.view())
    assert (before.reported, before.expected, before.unreported) == (1, 2, ("安康社区",))
    excuse(board)
    now = status.status(board.view())
    assert (now.reported, now.expected, now.unreported) == (1, 1, ())
    assert "安康社区" not in reporting.reminder(board.view())
    summary = reporting.summary(board.view()).set_index("community").loc["安康社区"]
    assert summary[["exempt", "reported_d", "on_time_d"]].tolist() == [3, 0, 0]
    assert dispatch.table(board.view()).set_index("community").loc["安康社区", "state"] == "exempt"
    last = briefing.result(board.view(), DAY)
    assert (last.reported, last.expected, last.missing) == (1, 1, ())
    arrivals = briefing.arrivals(board.view()).set_index("community")
    assert arrivals["owed"].isna()["安康社区"] and arrivals.loc["安康社区", "morning"] == "exempt"


@pytest.mark.parametrize("basis", ["coverage", "completion", "increment", "remaining"])
def test_the_exempt_are_not_ranked_and_not_called_unreported(board, basis):
    excuse(board, kind="evening")
    row = ranking.table(board.view(), basis).set_index("community").loc["安康社区"]
    assert (row["state"], row["status"]) == ("not_comparable", "不参评") and pd.isna(row["rank"])
    assert "exempt" in row["marks"]


def test_punctuality_is_counted_without_the_exempt(board):
    board.morning("安康社区", planned=1, at=at(DAY, 8))
    excuse(board, DAY - timedelta(days=60), DAY, "roster")
    excuse(board, DAY - timedelta(days=60), DAY, "evening")
    rows = ranking.table(board.view(), "on_time").set_index("community")
    assert rows.loc["安康社区", ["rate_n", "rate_d"]].tolist() == [1, 1]
    assert rows.loc["春晖社区", ["rate_n", "rate_d"]].tolist() == [1, 3]


# Empty sheets ---------------------------------------------------------------------------------------------------


def hollow(kind, zh):
    """A community's sheet of the day with its header and nothing below."""
    filled = {"roster": [books.person(1)], "morning": [{"biz_date": DAY}], "evening": [{"biz_date": DAY}]}
    book = openpyxl.load_workbook(io.BytesIO(books.book(kind, *filled[kind], title=f"安康社区8月12日{zh}")))
    for sheet in book.worksheets:
        sheet.delete_rows(3, sheet.max_row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue(), f"安康社区8月12日{zh}.xlsx"


@pytest.mark.parametrize(("kind", "zh"), [("roster", "接种名单"), ("morning", "早会商"), ("evening", "晚调度")])
def test_a_sheet_with_headers_alone_is_handed_in_and_empty(board, kind, zh):
    data, name = hollow(kind, zh)
    result = submissions.examine(board.actor, data, name)
    outcome = submissions.commit(board.actor, result, data, received_at=at(DAY, 7))
    assert outcome.status == "committed" and outcome.sheets[0].rows_accepted == 0
    found = [finding for finding in outcome.all_findings() if finding.severity != Severity.INFO]
    assert [(finding.code, finding.severity) for finding in found] == [("EMPTY_REPORT", Severity.WARNING)]
    assert states(board)[kind] == "empty"
    line = dispatch.table(board.view()).set_index("community").loc["安康社区"]
    assert line[["planned", "roster_rows", "roster_n", "vacc_total", "d_plan"]].isna().all(), "never zeros"
    assert line["state"] == ("empty" if kind == "evening" else "unreported")
    assert submissions.commit(board.actor, result, data).status == "unchanged"


def test_a_header_of_nobody_or_no_day_is_no_report(board):
    data = books.book("evening", title="晚调度")
    result = submissions.examine(board.actor, data, "晚调度.xlsx")
    assert not result.portions
    assert "SHEET_WITHOUT_ROWS" in {finding.code for finding in result.all_findings()}


def test_an_empty_sheet_makes_nobody_punctual(board):
    board.save(Scope("evening", "covid", "安康社区", DAY), [], at(DAY, 19))
    now = status.status(board.view())
    assert (now.reported, now.expected, now.unreported, now.empty) == (1, 2, (), ("安康社区",))
    assert "空表" in reporting.reminder(board.view())
    row = ranking.table(board.view()).set_index("community").loc["安康社区"]
    assert row["state"] == "unreported" and pd.isna(row["rank"])
    assert coverage.table(board.view()).set_index("community").loc["安康社区", "state"] == "unreported"
    board.evening("安康社区", roster_n=1, vacc_on_roster=1, at=at(DAY, 20, 30))
    assert states(board)["evening"] == "late", "the figures came after the hour"
    assert states(board, as_of=at(DAY, 20))["evening"] == "empty"
