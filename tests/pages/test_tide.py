"""In a rush all pages speak of one moment, and move on together once what is looked at is worked out behind them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import func, select
from streamlit.testing.v1 import AppTest

from config.settings import settings
from data_access import database
from data_access.accounts import Role
from data_access.freshness import Moment
from data_access.inbox import batches, queue
from data_access.office import matters
from data_access.reports.view import View
from data_access.schema import Callup
from pages.parts import cache, filters, tide
from pages.parts.tide import Tide
from tests.conftest import Office
from tests.data_access import books
from tests.data_access.street import DAY, Board
from tests.pages.conftest import App, administrator

CROWD = [f"visitor {n}" for n in range(tide.CROWD)]


def _elsewhere(work: Callable[[], Any]) -> None:
    """Somebody else's commit: of another thread."""
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def _moment(version: int, everything: int = 0) -> Moment:
    return Moment(version, datetime(2022, 8, 12, tzinfo=UTC), everything, {})


@pytest.fixture
def board(office: Office) -> Iterator[Board]:
    made = Board(administrator())
    made.communities([{"name": "甲社区", "area": "甲片"}])
    made.sites(["卫生中心"])
    made.roster("甲社区", n=3)
    cache._tides.pop(settings().url, None)
    yield made
    here = cache._tides.pop(settings().url)
    deadline = time.monotonic() + 20
    while here.rising and time.monotonic() < deadline:
        time.sleep(0.01)


def _crowd() -> Tide:
    """A crowd has looked at the board as it stands."""
    cache.begin()
    here = cache._tides[settings().url]
    for visitor in CROWD:
        here.speak(database.moment(), f"window of {visitor}", visitor)
    return here


def people(view: View) -> int:
    """How many stand in the rosters."""
    _called.append(threading.current_thread().name)
    with database.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(Callup)).scalar_one())


_called: list[str] = []


def test_pages_stay_until_what_is_looked_at_is_worked_out_behind_them(board: Board, office: Office) -> None:
    here, view, ask = _crowd(), View(board.actor, DAY, "covid"), cache.cached(people)
    _called.clear()
    assert ask(view) == 3
    before, changed = cache.data_version(), database.moment().changed_at
    office.now("2022-08-12T20:50:00")
    _elsewhere(lambda: board.roster("甲社区", date(2022, 8, 13), n=4))
    assert database.data_version() > before and database.moment().changed_at > changed
    here.rising = True  # as if the thread were still at it
    cache.begin()
    assert (ask(view), cache.data_version(), cache.behind(view)) == (3, before, True)
    assert not cache.behind(replace(view, as_of=datetime(2022, 8, 12, tzinfo=UTC))), "what stood then stays"
    told = filters.status_of(view)  # nobody has asked for it before
    assert told.data_version == before and told.changed_at is not None and told.changed_at <= changed
    here.rising = False
    cache.begin()
    deadline = time.monotonic() + 20
    while here.rising and time.monotonic() < deadline:
        time.sleep(0.01)
    assert _called == ["MainThread", "tide"], "nobody who looks has worked it out"
    cache.begin()
    assert (ask(view), cache.behind(view)) == (7, False) and cache.data_version() > before
    assert _called == ["MainThread", "tide"]


def test_what_is_no_sheet_is_never_held_back(board: Board) -> None:
    here, before = _crowd(), cache.data_version()
    here.rising = True
    _elsewhere(lambda: board.communities([{"name": "乙社区", "area": "甲片"}]))
    cache.begin()
    assert cache.data_version() > before and not cache.behind(View(board.actor, DAY, "covid"))
    here.rising = False


def _page() -> None:
    import streamlit as st

    from pages.parts import cache as answers

    answers.begin()
    if (decided_by := st.session_state.pop("decided_by", None)) is not None:
        answers.newest(st.session_state["view"], *decided_by)
    st.text(str(answers.data_version()))


def test_who_has_committed_sees_it_and_never_goes_back(board: Board) -> None:
    """The sheets of a visitor are taken in by another thread, and the page is told."""
    here, before = _crowd(), cache.data_version()
    here.rising = True
    _elsewhere(lambda: board.roster("甲社区", date(2022, 8, 13), n=4))
    now, page = database.data_version(), AppTest.from_function(_page)
    assert page.run().text[0].value == str(before)
    page.session_state["view"], page.session_state["decided_by"] = View(board.actor, DAY, "covid"), ("actions",)
    assert page.run().text[0].value == str(before), "no matter has come in"
    page.session_state["decided_by"] = ()
    assert page.run().text[0].value == str(now)
    assert page.run().text[0].value == str(now), "also afterwards"
    assert AppTest.from_function(_page).run().text[0].value == str(before), "nobody else's page has moved on for it"
    board.roster("甲社区", date(2022, 8, 14), n=4)
    cache.begin()
    assert cache.data_version() == database.data_version() > now, "a commit of the run itself"
    here.rising = False


def _status(page: AppTest) -> str:
    return next(block.value for block in page.markdown if "数据截至" in block.value)


def test_who_has_asked_for_a_commit_and_walks_on_sees_it(board: Board, app: App) -> None:
    """It is done by the queue, whether the page that asked for it is still there or not."""
    day, people = DAY.isoformat(), (Role.ADMIN, Role.SUPERVISOR)
    for role in people:
        assert not app(role, "dispatch", day=day).exception
    here, batch = _crowd(), batches.open_(board.actor)
    here.rising = True
    batches.receive(board.actor, batch, [("甲社区早会商.xlsx", books.morning("甲社区", 30, DAY))])
    before, files = database.data_version(), [each.id for each in batches.files(board.actor, batch)]
    assert queue.examine(board.actor, batch, lambda: board.actor).wait(30) and queue.written(board.actor) < before
    assert queue.commit(board.actor, batch, files, lambda: board.actor).wait(30)
    now = queue.written(board.actor)
    assert now == database.data_version() > before
    shown = [_status(app(role, "dispatch", day=day)) for role in people]
    assert f"版本 {now}" in shown[0] and "正在汇入" not in shown[0]
    assert f"版本 {now}" not in shown[1] and "正在汇入" in shown[1]
    here.rising = False


def test_what_may_be_done_with_a_matter_hangs_on_how_it_stands(board: Board, app: App) -> None:
    matter = {"source": "weekly", "found_on": DAY, "issue": "垃圾桶满溢", "severity": "minor", "due": DAY}
    board.action("甲社区", "DB-1", **matter, status="fixing")
    page = app(Role.SUPERVISOR, "actions", day=DAY.isoformat(), item="DB-1")
    assert "to_recheck" in {button.key for button in page.button}
    here = _crowd()
    here.rising = True
    _elsewhere(lambda: matters.move(board.actor, "DB-1", "recheck", measure="已清运"))
    page.run()
    assert not page.exception and {"to_closed", "to_fixing"} <= {button.key for button in page.button}
    here.rising = False


def test_the_wall_does_not_stay_behind(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    here, before = _crowd(), cache.data_version()
    pages = {mode: AppTest.from_function(_page) for mode in ("screen", "")}
    pages["screen"].query_params["mode"] = "screen"
    here.rising = True
    assert {page.run().text[0].value for page in pages.values()} == {str(before)}
    _elsewhere(lambda: board.roster("甲社区", date(2022, 8, 13), n=4))
    assert {page.run().text[0].value for page in pages.values()} == {str(before)}, "not with every commit either"
    monkeypatch.setattr(cache, "WALL", 0.0)
    shown = [pages[mode].run().text[0].value for mode in ("screen", "")]
    assert shown == [str(database.data_version()), str(before)]
    here.rising = False


def test_when_pages_are_held(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(tide, "monotonic", lambda: now[0])

    def look(here: Tide, version: int, visitors: int = tide.CROWD, everything: int = 0) -> int:
        said = [
            here.speak(_moment(version, everything), f"window of {visitor}", visitor) for visitor in CROWD[:visitors]
        ]
        return said[-1].version

    few = Tide()
    assert [look(few, version, tide.CROWD - 1) for version in (1, 2, 3)] == [1, 2, 3], "few are served the newest"
    one = Tide()
    said = [one.speak(_moment(version), f"window {version}", "the same") for version in range(1, 9)]
    assert said[-1].version == 8, "nor is somebody with many windows a crowd"
    here = Tide()
    assert look(here, 1) == 1
    now[0] += tide.LOOKING / 2
    assert look(here, 2) == 1, "also for one sheet now and then"
    now[0] += tide.SOON
    assert look(here, 2) == 2, "unless nobody takes it up"
    assert look(here, 3) == 2 and here.rise() and not here.rise(), "one thread"
    assert here.reached(_moment(3)) is False and look(here, 3) == 3
    now[0] += 1
    assert look(here, 4) == 3 and here.rise()
    assert look(here, 5) == 3 and here.reached(_moment(4)) is True and look(here, 5) == 4, "on to the next"
    for _half in range(2):
        now[0] += tide.LATE / 2 - 1
        assert look(here, 6) == 4
    now[0] += 3
    assert look(here, 7) == 7, "not for ever, however often something else comes in"
    here.fall()
    assert look(here, 8, everything=8) == 8
    assert look(here, 9, everything=8) == 8
    now[0] += tide.LOOKING + 1
    assert here.speak(_moment(10, 8), "", None).version == 10, "nobody looks any more"
