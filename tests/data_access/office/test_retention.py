"""保存期限: what is over on which day, what the clock does by itself, and what the pages say of what is gone."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from config.settings import settings
from data_access import accounts, database, submissions
from data_access.office import attachments, overrides, retention
from data_access.office.attachments import AttachedError
from data_access.reports import history, origins
from data_access.schema import ActionItem, AuditEvent, Callup, Community, Submission, Workbook
from data_access.submissions import SubmissionError
from data_access.workbooks.model import Hints
from tests.data_access import books, papers
from tests.data_access.street import DAY, Board


@pytest.fixture
def board(office):
    made = Board(accounts.create_first_administrator("admin_sf", "long enough", ""))
    made.communities(["春晖社区", "安康社区"])
    return made


def named():
    with database.reading() as connection:
        return connection.execute(
            select(func.count(Callup.name), func.count(Callup.id)).where(Callup.vaccination_date >= date(2000, 1, 1))
        ).one()


def test_a_row_goes_by_the_day_it_is_about(board, office):
    for back in range(3):
        board.roster("春晖社区", DAY - timedelta(days=back), n=2)
    board.action("春晖社区", "DB-1", issue="旧事张三", status="closed", rechecked_on=DAY - timedelta(days=9))
    board.action("春晖社区", "DB-2", issue="张三还没有整改", status="assigned", found_on=DAY - timedelta(days=40))
    office.now("2022-08-20T10:00")
    done = retention.purge(board.actor, DAY)
    assert done.counts["people"] == 4 and tuple(named()) == (2, 6), "the day itself is not before it"
    with database.reading() as connection:
        issues = dict(connection.execute(select(ActionItem.item_no, ActionItem.issue)).all())
    assert issues == {"DB-1": "*", "DB-2": "张三还没有整改"}, "a matter goes once it was closed"


def test_the_clock_does_it_once_a_day_where_the_office_has_said_so(board, office, monkeypatch):
    monkeypatch.setattr(retention, "_done", None)
    board.roster("春晖社区", DAY - timedelta(days=40), n=2)
    board.roster("春晖社区", n=3)
    assert retention.tick() == {} and tuple(named()) == (5, 5), "nothing goes before the office has decided"
    overrides.put(board.actor, {"retention.on": True, "retention.months": 1})
    assert settings().retention.on and retention.limit() == date(2022, 7, 12)
    assert retention.last(board.actor) is None
    assert retention.tick()["people"] == 2 and tuple(named()) == (3, 5)
    board.roster("安康社区", DAY - timedelta(days=40), n=1)
    assert retention.tick() == {} and tuple(named()) == (4, 6), "once a day"
    office.now("2022-08-31T01:00")
    assert retention.limit() == date(2022, 7, 31), "a month has not all days"
    assert retention.tick()["people"] == 1 and retention.last(board.actor) is not None
    with database.reading() as connection:
        events = connection.execute(select(AuditEvent.subject).where(AuditEvent.event == "purged")).scalars().all()
    assert events == ["2022-07-12", "2022-07-31"]


def test_what_is_gone_is_said_and_nothing_breaks(board, office):
    data = books.book("roster", books.person(1, community="春晖社区"))
    taken = submissions.commit(board.actor, submissions.examine(board.actor, data, "名单.xlsx", Hints()), data)
    number = taken.sheets[0].submission
    with database.reading() as connection:
        place = connection.execute(select(Community.id).where(Community.name == "春晖社区")).scalar_one()
        book = connection.execute(select(Workbook.id)).scalar_one()
    photo = attachments.add(board.actor, place, "evidence", "2022/1.4/1", "例会.jpg", papers.photo(), "photo")
    office.now("2023-02-01T10:00")
    done = retention.purge(board.actor, date(2023, 2, 1))
    assert done.counts["originals"] == done.counts["evidence"] == 1
    found = history.version(board.actor, number)
    assert found.purged_at is not None and found.filename == "*" and found.rows_accepted == 1
    assert origins.cells(board.actor, number, 3, "") == {}
    with pytest.raises(SubmissionError, match="不再保存"):
        history.original(board.actor, book)
    (file,) = attachments.listed(board.actor, place, "evidence")
    assert file.size > 0 and attachments.thumbnail(board.actor, photo) is None
    for ask in (attachments.content, attachments.picture):
        with pytest.raises(AttachedError, match="不再保存"):
            ask(board.actor, photo)
    again = submissions.commit(board.actor, submissions.examine(board.actor, data, "名单.xlsx", Hints()), data)
    assert again.status == "unchanged" and named()[0] == 0, "the old attachment sent again brings nobody back"
    with database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(Submission)).scalar_one() == 3, (
            "two communities and the roster"
        )


def test_a_wrong_time_is_refused(office):
    office.set("STREET_RETENTION", json.dumps({"on": True, "months": 0}))
    with pytest.raises(ValueError, match="months"):
        settings()
