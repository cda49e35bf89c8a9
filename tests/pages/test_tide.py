"""In a rush all pages speak of one moment, and move on together once what is looked at is worked out behind them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select
from streamlit.testing.v1 import AppTest

from config.settings import settings
from data_access import database
from data_access.freshness import Moment
from data_access.reports.view import View
from data_access.schema import Callup
from pages.parts import cache, tide
from pages.parts.tide import Tide
from tests.conftest import Office
from tests.data_access.street import DAY, Board
from tests.pages.conftest import administrator

CROWD = [f"visitor {n}" for n in range(tide.CROWD)]


def _elsewhere(work: Callable[[], Any]) -> None:
    """Somebody else's commit: of another thread."""
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def _moment(version: int, everything: int = 0) -> Moment:
    return Moment(version, everything, {})


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
        here.speak(database.moment(), visitor)
    return here


def people(view: View) -> int:
    """How many stand in the rosters."""
    _called.append(threading.current_thread().name)
    with database.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(Callup)).scalar_one())


_called: list[str] = []


def test_pages_stay_until_what_is_looked_at_is_worked_out_behind_them(board: Board) -> None:
    here, view, ask = _crowd(), View(board.actor, DAY, "covid"), cache.cached(people)
    _called.clear()
    assert ask(view) == 3
    before = cache.data_version()
    _elsewhere(lambda: board.roster("甲社区", date(2022, 8, 13), n=4))
    assert database.data_version() > before
    here.rising = True  # as if the thread were still at it
    cache.begin()
    assert (ask(view), cache.data_version(), cache.behind()) == (3, before, True)
    here.rising = False
    cache.begin()
    deadline = time.monotonic() + 20
    while here.rising and time.monotonic() < deadline:
        time.sleep(0.01)
    assert _called == ["MainThread", "tide"], "nobody who looks has worked it out"
    cache.begin()
    assert (ask(view), cache.behind()) == (7, False) and cache.data_version() > before
    assert _called == ["MainThread", "tide"]


def test_what_is_no_sheet_is_never_held_back(board: Board) -> None:
    here, before = _crowd(), cache.data_version()
    here.rising = True
    _elsewhere(lambda: board.communities([{"name": "乙社区", "area": "甲片"}]))
    cache.begin()
    assert cache.data_version() > before and not cache.behind()
    here.rising = False


def _page() -> None:
    import streamlit as st

    from pages.parts import cache as answers

    answers.begin()
    if st.session_state.pop("took_in", False):
        answers.commit_seen()
    st.text(str(answers.data_version()))


def test_who_has_committed_sees_it_and_never_goes_back(board: Board) -> None:
    """The sheets of a visitor are taken in by another thread, and the page is told."""
    here, before = _crowd(), cache.data_version()
    here.rising = True
    _elsewhere(lambda: board.roster("甲社区", date(2022, 8, 13), n=4))
    now, page = database.data_version(), AppTest.from_function(_page)
    assert page.run().text[0].value == str(before)
    page.session_state["took_in"] = True
    assert page.run().text[0].value == str(now)
    assert page.run().text[0].value == str(now), "also afterwards"
    assert AppTest.from_function(_page).run().text[0].value == str(before), "nobody else's page has moved on for it"
    board.roster("甲社区", date(2022, 8, 14), n=4)
    cache.begin()
    assert cache.data_version() == database.data_version() > now, "a commit of the run itself"
    here.rising = False


def test_when_pages_are_held(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(tide, "monotonic", lambda: now[0])

    def look(here: Tide, version: int, visitors: int = tide.CROWD, everything: int = 0) -> int:
        said = [here.speak(_moment(version, everything), visitor) for visitor in CROWD[:visitors]]
        return said[-1].version

    few = Tide()
    assert [look(few, version, tide.CROWD - 1) for version in (1, 2, 3)] == [1, 2, 3], "few are served the newest"
    here = Tide()
    assert look(here, 1) == 1
    now[0] += tide.COMING + 1
    assert look(here, 2) == 2, "one sheet now and then changes nothing"
    now[0] += 1
    assert look(here, 3) == 2 and here.rise() and not here.rise(), "one thread"
    assert here.reached(_moment(3)) is False and look(here, 3) == 3
    now[0] += 1
    assert look(here, 4) == 3 and here.rise()
    assert look(here, 5) == 3 and here.reached(_moment(4)) is True and look(here, 5) == 4, "on to the next"
    now[0] += tide.LATE + 1
    assert look(here, 6) == 6, "not for ever"
    here.fall()
    assert look(here, 7, everything=7) == 7
    assert look(here, 8, everything=7) == 7
    now[0] += tide.LOOKING + 1
    assert here.speak(_moment(9, 7), None).version == 9, "nobody looks any more"
