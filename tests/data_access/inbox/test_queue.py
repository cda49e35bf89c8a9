"""The queue of the process: whose turn it is, how much may wait, that what was asked for is done once or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from threading import Event, Timer

import pytest

from config import clock, language
from config.settings import settings
from data_access import accounts
from data_access.access import visits
from data_access.accounts import AccountError, Actor, Role
from data_access.faults import FaultError
from data_access.inbox import batches, intake, queue
from data_access.inbox.queue import Job
from data_access.reports import history
from pages.parts.uploads import batch as page
from pages.parts.uploads import intake as uploads
from pages.parts.uploads.intake import Batch, Upload
from tests.conftest import Office
from tests.data_access import books
from tests.data_access.street import Board
from tests.pages.conftest import account, administrator

ROOT = Path(__file__).parents[3]
PLACES = ["春晖社区", "向阳社区", "清河社区"]
READS = """
import sys
from data_access import accounts
from data_access.inbox import batches, queue
for name in sys.argv[2:]:
    actor = accounts.actor(name)
    batch = batches.current(actor)
    numbers = [each.id for each in batches.files(actor, batch)]
    job = queue.commit(actor, batch, numbers, lambda name=name: accounts.actor(name))
if sys.argv[1] == "wait":
    while not job.wait(0.1):
        pass
else:
    job.wait(0.01)
"""


@pytest.fixture
def board(office: Office) -> Board:
    made = Board(administrator())
    made.communities(PLACES)
    return made


@pytest.fixture
def gate(board: Board) -> Iterator[Event]:
    """Somebody's file is being read until this is set; the queue waits."""
    opened, other = Event(), account(Role.SUPERVISOR)

    def held() -> Actor:
        opened.wait(30)
        return other

    job = queue.examine(other, hand_in(other, 1), held)
    while not job.begun:
        time.sleep(0.001)
    yield opened
    opened.set()
    assert job.wait(30)


def clerk(number: int) -> Actor:
    return accounts.create(
        administrator(), f"clerk_{number}", "long enough", Role.CLERK, PLACES[number], must_change=False
    )


def hand_in(actor: Actor, files: int) -> int:
    """Morning tallies of the account's community (or the first), one a day, in its batch."""
    batch = batches.open_(actor)
    name = actor.community or PLACES[0]
    days = [clock.today().replace(day=12 - n) for n in range(files)]
    batches.receive(actor, batch, [(f"{name}{day}.xlsx", books.morning(name, 30, day)) for day in days])
    return batch


def numbers(actor: Actor, batch: int) -> list[int]:
    return [each.id for each in batches.files(actor, batch)]


def in_force(actor: Actor) -> int:
    return len(history.submissions(actor, history.Filters(kind="morning", state="in_force")))


def done(job: Job) -> list[intake.File]:
    assert job.wait(60)
    return queue.outcome(job)


def test_each_account_in_turn_and_no_more_than_fit(board: Board, gate: Event, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four files of one account do not keep the two of another and the one of a third waiting; the bytes neither."""
    turns: list[str] = []

    def acting(actor: Actor) -> Actor:
        turns.append(f"{actor.username} {language.current()} {clock.now():%H:%M}")
        return actor

    people = {board.actor: 4, clerk(1): 2, clerk(2): 1}
    handed = {actor: hand_in(actor, files) for actor, files in people.items()}
    with language.speaking("en"), clock.at(clock.instant(datetime(2022, 8, 12, 20, 1))):
        jobs = {actor: queue.examine(actor, batch, partial(acting, actor)) for actor, batch in handed.items()}
    assert [queue.ahead(job) for job in jobs.values()] == [1, 2, 3]
    assert not any(job.files or job.begun for job in jobs.values())
    for actor, job in jobs.items():
        assert queue.of(actor) is job is queue.examine(actor, handed[actor], partial(acting, actor)), "asked for once"
    monkeypatch.setattr(queue, "MOST", 5)
    queue.commit(board.actor, handed[board.actor], [], partial(acting, board.actor))
    with pytest.raises(queue.FullError, match="排队的文件太多"):
        queue.commit(clerk_ := clerk(0), hand_in(clerk_, 1), [], lambda: clerk_)
    assert [each.waiting for each in batches.files(clerk_, batches.current(clerk_) or 0)] == [True]
    gate.set()
    assert [[item.state for item in done(job)] for job in jobs.values()] == [["ready"] * n for n in people.values()]
    a, b, c = (actor.username for actor in people)
    assert [turn.split()[0] for turn in turns][:7] == [a, b, c, a, b, a, a]
    assert {turn.split(maxsplit=1)[1] for turn in turns[:7]} == {"en 12:01"}, "as whoever asked speaks"
    assert sys.getswitchinterval() == queue.POLITE or queue.of(board.actor) is None


def test_a_click_in_the_middle_loses_and_doubles_nothing(board: Board, gate: Event) -> None:
    """A run that is broken off while its files are read or taken in: the next one waits for the same job."""
    actor, asked, said = clerk(1), list[int](), list[str]()

    class Clicked(BaseException):
        """As Streamlit ends a run."""

    def acting() -> Actor:
        asked.append(1)
        return actor

    def click(job: Job) -> None:
        said.append(page.words(job))
        raise Clicked

    def watch(job: Job) -> None:
        said.append(page.words(job))
        gate.set()

    batch = Batch(actor.id)
    data = [Upload(name, name, books.morning(PLACES[1], n)) for n, name in enumerate(("早.xlsx", "早改.xlsx"), 30)]
    uploads.take(actor, batch, data)
    for _click in range(3):
        with pytest.raises(Clicked):
            uploads.refresh(actor, batch, acting, click)
    uploads.refresh(actor, again := loaded(actor), acting, watch)
    assert said[:4] == ["排队中，前面还有 1 份"] * 4
    assert [item.state for item in again.files] == ["ready", "ready"] and len(asked) == 2, "each was read once"

    uploads.commit(actor, again, [item.number for item in again.files], acting)
    uploads.commit(actor, again, [item.number for item in again.files], acting)
    uploads.refresh(actor, other := loaded(actor), acting)
    assert [item.state for item in other.files] == ["committed", "committed"]
    assert [each.state for each in loaded(actor).files] == ["committed", "committed"], "also for who looks later"
    rows = history.submissions(actor, history.Filters(kind="morning"))
    assert sorted(rows["revision"]) == [1, 2] and set(rows["username"]) == {actor.username}


def test_a_page_that_waits_draws_only_what_has_changed(board: Board, gate: Event) -> None:
    """Thirty pages that wait are drawn once each, and not with every look at the queue."""

    class Drawn(list[str]):
        """A place on a page: what was drawn there, one after the other."""

        def progress(self, _share: float, words: str) -> None:
            self.append(words)

        def dataframe(self, _frame: object, **_look: object) -> None:
            self.append("matrix")

        def empty(self) -> None:
            self.append("")

    actor, progress, lines = clerk(1), Drawn(), Drawn()
    uploads.take(actor, batch := Batch(actor.id), [Upload("早", "早.xlsx", books.morning(PLACES[1]))])
    Timer(1.5, gate.set).start()  # seven looks at the queue
    page._read(actor, batch, progress, lines)
    assert progress == ["排队中，前面还有 1 份", ""] and lines == ["matrix"]


def loaded(actor: Actor) -> Batch:
    """The batch as a page sees it that is loaded anew."""
    batch = Batch(actor.id)
    uploads.load(actor, batch)
    return batch


@pytest.mark.parametrize("how", ["disabled", "signed out", "meanwhile"])
def test_what_has_not_begun_is_not_done_for_an_account_that_is_gone(board: Board, gate: Event, how: str) -> None:
    actor = clerk(1)
    batch, token = hand_in(actor, 3), visits.begin(actor)
    left = [5]  # turns: the third file is read and the first taken in at the third

    def acting() -> Actor:
        left[0] -= 1
        if how == "meanwhile" and left[0] == 0:
            accounts.set_password(actor, actor.username, "another long one")
        found = visits.resume(token)
        if found is None:
            raise AccountError("over")
        return found

    job = queue.commit(actor, batch, numbers(actor, batch), acting)
    if how == "disabled":
        accounts.disable(board.actor, actor.username)
    elif how == "signed out":
        visits.end(token)
    gate.set()
    assert job.wait(60)
    assert queue.of(actor) is job, "told to who looks next"
    with pytest.raises(AccountError, match="尚未开始的没有执行"):
        queue.outcome(job)
    assert queue.of(actor) is None
    begun = 2 if how == "meanwhile" else 0
    assert sum(each.waiting for each in batches.files(actor, batch)) == 3 - begun
    assert in_force(board.actor) == begun


def test_a_fault_and_a_mistake_reach_the_page(board: Board, gate: Event, caplog: pytest.LogCaptureFixture) -> None:
    actor, batch = board.actor, hand_in(board.actor, 2)
    file = settings().data_dir / "street.db"

    def away(move: bool) -> Actor:
        if move:
            file.rename(file.with_suffix(".away"))
        return actor

    def wrong() -> Actor:
        raise RuntimeError("王小明 13800001111")

    job = queue.commit(actor, batch, numbers(actor, batch), partial(away, True))
    mistaken = queue.examine(actor, batch, wrong)
    gate.set()
    assert job.wait(60)
    file.with_suffix(".away").rename(file)
    with pytest.raises(FaultError):
        queue.outcome(job)
    assert mistaken.wait(60)
    with pytest.raises(RuntimeError):
        queue.outcome(mistaken)
    assert "a job was broken off: RuntimeError in test_queue.py" in caplog.text and "1380" not in caplog.text
    job = queue.commit(actor, batch, numbers(actor, batch), partial(away, False))
    assert all(item.committed for item in done(job)) and in_force(actor) == 2


def test_two_processes_take_a_batch_in_once(database_url: str) -> None:
    board = Board(administrator())
    board.communities(PLACES)
    actor = account(Role.SUPERVISOR)
    batch = hand_in(actor, 8)
    other = started("wait", actor)
    acting: Callable[[], Actor] = partial(accounts.actor, actor.username)
    files = done(queue.commit(actor, batch, numbers(actor, batch), acting))
    assert other.wait(60) == 0
    assert not any(each.waiting for each in batches.files(actor, batch)) and in_force(actor) == 8
    assert not [item.problem for item in files if item.problem and "另一个窗口" not in item.problem]
    assert len(history.submissions(actor, history.Filters(kind="morning"))) == 8


def test_a_server_that_stops_leaves_what_has_not_begun(board: Board) -> None:
    """The file that is being taken in comes to its end, the others simply wait."""
    people = board.actor, clerk(1)
    handed = [hand_in(actor, 3) for actor in people]
    assert started("stop", *people).wait(60) == 0
    waiting = [[each.waiting for each in batches.files(a, batch)] for a, batch in zip(people, handed, strict=True)]
    assert sum(map(sum, waiting)) == 6 - in_force(board.actor) > 0
    assert in_force(board.actor) <= 1


def started(how: str, *people: Actor) -> subprocess.Popen[bytes]:
    names = [actor.username for actor in people]
    return subprocess.Popen([sys.executable, "-c", READS, how, *names], cwd=ROOT, env={**os.environ, "PYTHONUTF8": "1"})
