"""审核: the street passes evidence or sends it back; what was reviewed outlives a sheet that does not speak of it."""

from __future__ import annotations

from datetime import date

import pytest

from data_access import submissions
from data_access.accounts import NotAllowedError, Role
from data_access.office import reviews
from data_access.office.reviews import ReviewError
from data_access.reports import checklist, origins, records
from tests.data_access import books
from tests.data_access.street import Board
from tests.pages.conftest import account

HERE = "春晖社区"
ROWS = (
    {"item_code": "1.2", "original": 1},
    {"item_code": "2.5", "not_applicable": True, "na_reason": "无室外场所"},
    {"item_code": "1.1", "not_applicable": True, "na_reason": "不想写"},
    {"item_code": "3.2", "event_no": 1, "event_date": date(2022, 3, 9), "photos": 1, "minutes": 1, "theme": "慢病"},
    {"item_code": "4.6", "family_no": "F1", "has_65": True, "family_application": True},
)


@pytest.fixture
def board(database_url, office):
    made = Board(account(Role.SUPERVISOR))
    Board().communities([HERE])
    Board(account(Role.CLERK, HERE)).evidence(HERE, "2022", *ROWS)
    return made


def standing(board):
    return checklist.records(board.view(), HERE).set_index("record")


def test_passed_sent_back_and_passed_again(board):
    clerk, street = account(Role.CLERK, HERE), board.actor
    before = standing(board)
    seen = reviews.review(street, HERE, "2022", ["2022/1.2", "2022/2.5"], "approved", seen=1)
    assert seen == 2
    row = checklist.table(board.view()).iloc[0]
    assert (row["score_official_n"], row["score_official_d"], row["not_applicable"]) == (1, 34, 1)
    seen = reviews.review(street, HERE, "2022", ["2022/3.2/1"], "returned", "照片不清", seen=seen)
    now = standing(board)
    assert now.loc["2022/3.2/1", ["review", "review_note", "theme"]].tolist() == ["returned", "照片不清", "慢病"]
    same = ["kinds", "reported", "lacking", "na_reason"]
    assert now[same].equals(before[same])  # a review changes nothing but itself
    # the community mends what was sent back, and sends the whole list: its other reviews stay, this waits again
    mended = [dict(row, photos=2) if row["item_code"] == "3.2" else dict(row, review="approved") for row in ROWS]
    Board(clerk).evidence(HERE, "2022", *mended)
    assert standing(board)["review"].to_dict() == {
        "2022/1.2": "approved", "2022/2.5": "approved", "2022/3.2/1": "pending", "2022/1.1": "pending",
        "2022/4.6/F1": "pending",
    }  # fmt: skip
    # nor does a sheet of the street that leaves the columns of the review empty undo one
    board.evidence(HERE, "2022", *(row | {"review": None} for row in mended), {"item_code": "1.8", "original": 1})
    assert standing(board).loc["2022/1.2", "review"] == "approved"
    reviews.review(street, HERE, "2022", ["2022/1.2"], "pending", seen=int(standing(board)["revision"].iloc[0]))
    assert standing(board).loc["2022/1.2", "review"] == "pending"


def test_what_cannot_be_reviewed(board):
    clerk, street, leader = account(Role.CLERK, HERE), board.actor, account(Role.LEADER)
    for actor in (clerk, leader):
        with pytest.raises(NotAllowedError):
            reviews.review(actor, HERE, "2022", ["2022/1.2"], "approved", seen=1)
    with pytest.raises(ReviewError, match="缺什么"):
        reviews.review(street, HERE, "2022", ["2022/1.2"], "returned", " ", seen=1)
    with pytest.raises(ReviewError, match="不能申报不适用"):
        reviews.review(street, HERE, "2022", ["2022/1.2", "2022/1.1"], "approved", seen=1)
    for community, record in ((HERE, "2022/1.3"), ("无名", "2022/1.2")):
        with pytest.raises(ReviewError, match="已不在清单"):
            reviews.review(street, community, "2022", [record], "approved", seen=1)
    Board(clerk).evidence(HERE, "2022", *ROWS[:1])
    with pytest.raises(ReviewError, match="别人改过"):
        reviews.review(street, HERE, "2022", ["2022/1.2"], "approved", seen=1)
    assert set(standing(board)["review"]) == {"pending"}


def test_reviewed_rows_still_stand_in_their_workbook(board):
    """A review is a note on what was sent: its record leads to the same cell, the file sent again changes nothing."""
    street = board.actor
    data = books.book("evidence", *({"community": HERE, "year": "2022", **row, "photos": 2} for row in ROWS))

    def send():
        return submissions.commit(street, submissions.examine(street, data, "资料清单.xlsx"), data).status

    assert send() == "committed"
    seen = reviews.review(street, HERE, "2022", ["2022/1.2"], "approved", seen=2)
    found = records.record(board.view(), HERE, records.Key.parse("evidence", "2022/1.2"))
    assert (found.revision, found.workbook is not None, found.sheet) == (seen, True, "资料清单")
    cells = origins.cells(street, found.submission, found.row, "1.2")
    assert cells["original"][-1] == str(found.row)
    assert send() == "unchanged"
    assert standing(board).loc["2022/1.2", "review"] == "approved"
