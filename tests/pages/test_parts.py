from __future__ import annotations

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time
from threading import Event

import openpyxl
import pandas as pd
import pytest
from streamlit.runtime.scriptrunner_utils.exceptions import StopException

from config import clock, language
from data_access import database
from data_access.accounts import Actor, Role
from data_access.reports.view import View
from data_access.workbooks import exports
from pages.parts import cache, figures, tables
from pages.parts.frame import password
from tests.conftest import Office
from tests.data_access.street import Board
from tests.pages.conftest import App, administrator


def test_a_rate_is_shown_with_its_counts() -> None:
    assert figures.rate_text(46, 120) == "38.3% 46/120"
    assert figures.percent(9496, 10000, threshold=95) == "94.96%"
    assert figures.percent(None, 120) == figures.percent(3, 0) == "—"
    assert figures.fraction(None, 14715) == "—/14,715"
    assert figures.measure(46, 120) == "38.3%" and figures.measure(None, 4, 2000, "处") == "—"
    assert figures.measure(1, 850, 2000, "处/2000米") == "2.35 处/2000米", "a rate of 2000 m is none of a hundred"
    assert figures.measure(753, 29, 1, "户/幢") == "25.97 户/幢"


def test_signs_and_gaps() -> None:
    assert [figures.signed(n) for n in (3, -2, 0, None)] == ["+3", "−2", "0", "—"]
    assert [figures.points(gap) for gap in (1.25, -19.7, 0, None)] == ["+1.3", "−19.7", "0.0", "—"]


def test_dates_and_times_in_both_languages(office: Office) -> None:
    friday = date(2022, 8, 12)
    assert figures.day(friday) == "8月12日 周五"
    assert figures.full_day(friday) == "2022年8月12日"
    with language.speaking("en"):
        assert figures.day(friday) == "Fri 12 Aug"
    assert figures.instant(datetime(2022, 8, 12, 0, 42, tzinfo=UTC)) == "08:42"
    assert figures.instant(datetime(2022, 8, 11, 13, 40, tzinfo=UTC)) == "8月11日 21:40"


def test_text_from_workbooks_cannot_become_markup() -> None:
    assert tables.cell("<b>x</b>") == "&lt;b&gt;x&lt;/b&gt;"
    assert "<script>" not in tables.pill("<script>", "act")
    assert tables.plain("张* [x](http://y)") == "张\\* \\[x\\]\\(http\\:\u2060//y\\)"
    assert tables.cell(1234) == "1,234"
    assert tables.cell(None) == tables.cell(pd.NA) == tables.cell(float("nan")) == "—"


def test_whole_numbers_with_gaps_become_nullable_integers() -> None:
    frame = tables.integers(pd.DataFrame({"n": [46.0, None], "rate": [0.5, 1.0]}))
    assert str(frame["n"].dtype) == "Int64"
    assert str(frame["rate"].dtype) == "float64"


@pytest.mark.parametrize(
    ("first", "second", "wrong"),
    [
        ("short", "short", True),
        ("long enough", "long enough", False),
        ("long enough", "other", True),
        (" blanks ab ", " blanks ab ", True),
    ],
)
def test_password_problems(first: str, second: str, wrong: bool) -> None:
    assert (password.problem("clerk_01", first, second) is not None) is wrong


def _actor(**changed: object) -> Actor:
    return Actor(**{"id": 1, "street_id": 1, "username": "one", "role": Role.SUPERVISOR, **changed})  # type: ignore[arg-type]


def _view(actor: Actor) -> View:
    return View(actor, date(2022, 8, 12), "covid")


def test_answers_are_shared_within_a_scope_and_version_only(office: Office) -> None:
    asked: list[str] = []

    def report(view: View) -> pd.DataFrame:
        asked.append(view.actor.username)
        view.passed(clock.wall(view.day, time(20, 44)))
        return pd.DataFrame({"n": [len(asked)]})

    ask = cache.cached(report)
    first = ask(_view(_actor()))
    first["n"] = 99
    assert ask(_view(_actor(id=2, username="two")))["n"].tolist() == [1], (
        "the same scope, and nobody's change reaches it"
    )
    ask(_view(_actor(role=Role.CLERK, community_id=4)))
    ask(_view(_actor(role=Role.CLERK, community_id=5)))
    with language.speaking("en"):
        ask(_view(_actor()))
    assert len(asked) == 4
    with database.writing() as connection:
        database.raise_version(connection)
    ask(_view(_actor()))
    assert len(asked) == 5
    office.now("2022-08-12T20:43:59")
    ask(_view(_actor()))
    assert len(asked) == 5, "the deadline that it asked about has not passed"
    office.now("2022-08-12T20:44:01")
    ask(_view(_actor()))
    assert len(asked) == 6, "what is late changes with the clock alone"


def test_an_answer_holds_as_long_as_what_it_asked_the_clock(office: Office) -> None:
    """The outer answer holds no longer than an inner one, also where that came from memory."""
    asked: list[str] = []
    whens: dict[str, Callable[[], object]] = {"ever": str, "day": clock.today, "minute": clock.now}

    def inner(view: View, when: str) -> None:
        asked.append(when)
        whens[when]()

    def outer(view: View, when: str) -> None:
        asked.append(f"outer {when}")
        cache.cached(inner)(view, when)

    def ask(moment: str) -> list[str]:
        office.now(moment)
        asked.clear()
        for when in whens:
            cache.cached(inner)(_view(_actor()), when)
            cache.cached(outer)(_view(_actor()), when)
        return asked

    assert len(ask("2022-08-12T20:42:30")) == 6
    assert ask("2022-08-12T20:42:59") == []
    assert ask("2022-08-12T20:43:00") == ["minute", "outer minute"]
    assert ask("2022-08-13T00:00:00") == ["day", "outer day", "minute", "outer minute"]
    assert ask("2022-08-12T23:59:00") == ["day", "outer day", "minute", "outer minute"], "a clock that was set back"


def test_one_whose_worker_was_stopped_works_it_out_itself(office: Office) -> None:
    """A run that is stopped by a click in the middle of a report must not stop those who wait for the answer."""
    begun, go, tries = Event(), Event(), []

    def report(view: View) -> int:
        tries.append(1)
        if len(tries) == 1:
            begun.set()
            go.wait(5)
            raise StopException
        return 7

    ask = cache.cached(report)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(ask, _view(_actor()))
        begun.wait(5)
        second = pool.submit(ask, _view(_actor()))
        go.set()
        assert second.result(10) == 7
        assert isinstance(first.exception(10), StopException)


def test_a_drawing_is_shared_by_scope_and_never_by_page(app: App, office: Office) -> None:
    """Pages have functions of the same name; one language, light and dark, and each role have drawings of their own."""
    board = Board(administrator())
    board.communities(["甲社区"])
    board.roster("甲社区", n=6, outcomes=["vaccinated"] * 4)
    board.evening("甲社区", roster_n=6, vacc_on_roster=4, no_show=2)

    def shown(page: str, role: Role = Role.SUPERVISOR, **query: str) -> list[str]:
        return [f"{one.label} {one.value}" for one in app(role, page, day="2022-08-12", **query).metric]

    first = {page: shown(page) for page in ("callups", "dispatch")}
    assert first["callups"] != first["dispatch"]
    assert {page: shown(page) for page in first} == first
    assert shown("dispatch", Role.LEADER) == first["dispatch"]
    assert shown("dispatch", lang="en")[0].startswith("On today's roster")
    board.roster("甲社区", n=9, outcomes=["vaccinated"] * 4)
    assert shown("dispatch") != first["dispatch"], "a commit is seen at once"


def test_what_names_people_stays_with_its_session(app: App, office: Office) -> None:
    """Nothing that only some may read is in the memory that all share; signing out lets go of it."""
    board = Board(administrator())
    board.communities(["甲社区"])
    board.roster("甲社区", people=[{"name": "欧阳示例"}])
    page = app(Role.SUPERVISOR, "callups", day="2022-08-12", list="called")
    lists = [frame.value.to_string() for frame in page.dataframe]
    assert any("欧*" in text for text in lists)
    held = page.session_state[cache.OWN]
    assert any("欧*" in str(answer) for answer in (one.answer() for one in held[1].values()))
    assert not any("欧*" in str(one.future.result()) for one in cache._answers.values() if one.future.done())


def test_errors_are_not_kept(office: Office) -> None:
    tries: list[int] = []

    def report(view: View) -> int:
        tries.append(1)
        if len(tries) == 1:
            raise RuntimeError
        return 7

    ask = cache.cached(report)
    with pytest.raises(RuntimeError):
        ask(_view(_actor()))
    assert ask(_view(_actor())) == 7


def test_many_at_once_wait_for_one_answer(office: Office) -> None:
    begun, go, count = Event(), Event(), []

    def report(view: View) -> int:
        count.append(1)
        begun.set()
        go.wait(5)
        return 1

    ask = cache.cached(report)
    with ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(ask, _view(_actor())) for _ in range(4)]
        begun.wait(5)
        go.set()
        assert [future.result(10) for future in waiting] == [1, 1, 1, 1]
    assert len(count) == 1


def test_exported_workbook(office: Office) -> None:
    frame = pd.DataFrame(
        {
            "社区": ["春晖", "=1+1", "\x07安康"],
            "人数": pd.array([46, None, 0], dtype="Int64"),
            "日期": [date(2022, 8, 12), None, date(2022, 8, 11)],
            "收到": [datetime(2022, 8, 12, 12, 11, tzinfo=UTC), None, None],
        }
    )
    content = exports.workbook({"晚/调度": frame}, definitions={"接种率": "已种 ÷ 摸底"}, data_version=1306)
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["晚 调度", "口径说明"]
    rows = list(book["晚 调度"].iter_rows(min_row=2, values_only=True))
    assert rows[0] == ("春晖", 46, datetime(2022, 8, 12), datetime(2022, 8, 12, 20, 11))
    assert rows[1] == ("=1+1", None, None, None), "missing is empty, never 0"
    assert rows[2][:2] == ("安康", 0)
    assert book["晚 调度"]["A3"].data_type == "s", "text that looks like a formula stays text"
    explained = dict(book["口径说明"].iter_rows(values_only=True))
    assert explained["数据版本"] == 1306
    assert explained["接种率"] == "已种 ÷ 摸底"


def test_sheet_names_a_spreadsheet_accepts(office: Office) -> None:
    frame = pd.DataFrame({"n": [1]})
    content = exports.workbook({"a" * 40: frame, "a" * 35: frame})
    names = openpyxl.load_workbook(io.BytesIO(content)).sheetnames
    assert len(set(names)) == 3
    assert all(len(name) <= 31 for name in names)
