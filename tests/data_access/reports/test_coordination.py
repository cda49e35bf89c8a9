"""需协调 becomes a matter once: who is told of it, what it carries, and the way back to its sheet."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from data_access import accounts
from data_access.accounts import NotAllowedError, Role
from data_access.office import matters
from data_access.office.matters import MatterError
from data_access.reports import actions, agenda, coordination
from tests.data_access.street import DAY, Board

HERE, THERE = "清河社区", "和平社区"
MORNING = {"needs_help": True, "issues": "张三家 13812345678 缺冷链车", "owner": "张三", "due": DAY}
NEXT_WEEK = DAY + timedelta(days=6)
MONTHLY = {"indicator": "CIV-01", "accrual": "cumulative", "done": Decimal(1), "needs_help": True}


def asking():
    """A board where two communities ask for help, one of them twice."""
    board = Board()
    board.communities([{"name": HERE, "area": "东片"}, THERE])
    board.morning(HERE, planned=5, **MORNING)
    board.progress(HERE, "civilised_community", "2022-07", {**MONTHLY, "issues": "缺宣传栏位", "due": NEXT_WEEK})
    board.progress(THERE, "civilised_community", "2022-07", {**MONTHLY, "owner": "李四海"})
    board.morning(THERE, planned=5)
    return board


@pytest.fixture
def board(office):
    return asking()


def someone(board, role, community=None):
    return accounts.create(board.actor, f"{role}_one", "correct horse", Role(role), community)


def test_a_yes_becomes_a_matter_once_on_both_databases(database_url):
    board = asking()
    waiting = coordination.waiting(board.view())
    assert list(zip(waiting["community"], waiting["kind"], waiting["due"], strict=True)) == [
        (HERE, "morning", DAY),
        (HERE, "progress", NEXT_WEEK),
        (THERE, "progress", None),
    ]
    assert coordination.counts(board.view()) == {HERE: 2, THERE: 1}
    assert coordination.counts(board.view(area="东片")) == {HERE: 2}
    for number in waiting["number"]:
        assert matters.raise_reported(board.actor, number) == number
    assert coordination.waiting(board.view()).empty and coordination.counts(board.view()) == {}
    first, second, third = (matters.current(board.actor, number).values for number in waiting["number"])
    assert (first["community"], first["source"], first["workstream"]) == (HERE, "morning", "vaccination")
    assert (first["owner"], first["due"], first["found_on"]) == ("张三", DAY, DAY)
    assert first["issue"].endswith(MORNING["issues"])
    assert (second["source"], second["workstream"], second["due"]) == ("monthly", "civilised_community", NEXT_WEEK)
    assert third["due"] == DAY + timedelta(days=7) and third["owner"] == "李四海"  # no date was given
    board.morning(HERE, planned=6, **MORNING)  # a corrected sheet asks for the same thing
    board.progress(THERE, "civilised_community", "2022-07", {**MONTHLY, "done": Decimal(2)})
    assert coordination.waiting(board.view()).empty
    with pytest.raises(MatterError, match=first["item_no"]):
        matters.raise_reported(board.actor, first["item_no"])
    told = coordination.source(board.view(), first["item_no"])
    assert told == {"page": "dispatch", "day": DAY.isoformat(), "picked": HERE, "campaign": "covid"}
    assert coordination.source(board.view(), third["item_no"]) == {
        **{"page": "workstreams", "community": THERE, "workstream": "civilised_community"},
        **{"indicator": "CIV-01", "period": "2022-07"},
    }
    assert coordination.source(board.view(), "DB-1") is None


def test_who_reads_what(board):
    supervisor = coordination.waiting(board.view()).iloc[0]
    assert "张三" not in supervisor["issue"] and "13812345678" not in supervisor["issue"]
    assert "缺冷链车" in supervisor["issue"] and supervisor["owner"] == "张*"
    leader = someone(board, "leader")
    shown = coordination.waiting(Board(leader).view())
    assert len(shown) == 3 and shown["issue"].isna().all() and shown["owner"].isna().all()
    clerk = someone(board, "clerk", THERE)
    assert coordination.waiting(Board(clerk).view())["community"].tolist() == [THERE]
    assert coordination.counts(Board(clerk).view()) == {THERE: 1}
    for actor in (leader, clerk):
        with pytest.raises(NotAllowedError):
            matters.raise_reported(actor, supervisor["number"])
    assert actions.table(board.view()).empty


def test_only_what_is_asked_now_and_lately_is_offered(board):
    number = coordination.waiting(board.view())["number"].iloc[0]
    board.morning(HERE, planned=5)  # a correction takes the yes back
    assert coordination.counts(board.view()) == {HERE: 1, THERE: 1}
    with pytest.raises(MatterError):
        matters.raise_reported(board.actor, number)
    board.morning(HERE, DAY - timedelta(days=27), planned=5, **MORNING | {"due": DAY})
    board.morning(THERE, DAY - timedelta(days=28), planned=5, **MORNING | {"due": DAY})
    assert coordination.counts(board.view()) == {HERE: 2, THERE: 1}
    assert coordination.counts(board.view(date(2022, 8, 11))) == {HERE: 1, THERE: 1}  # the morning ones of July
    assert agenda.meeting(board.view())[1].waiting == 3
