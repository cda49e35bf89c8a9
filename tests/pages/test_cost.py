"""What a page asks of the database: few questions when it is drawn again, each of them once, and no chart anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from charts import theme
from data_access.accounts import Role
from tests.conftest import Office
from tests.data_access.street import Board
from tests.pages.conftest import App, administrator

DAY = date(2022, 8, 12)
# Questions of a page that is drawn again while nothing has changed: the visit, its account, the data version (catalogue
# and settings look at it themselves), and what is shown as it is at this moment, such as the batches that wait.
WARM = {
    "briefing": 6,
    "callups": 5,
    "dispatch": 5,
    "workstreams": 5,
    "community": 5,
    "rankings": 5,
    "actions": 5,
    "uploads": 6,
    "administration": 6,
}
TWICE = "SELECT data_version."


@contextmanager
def questions() -> Iterator[Counter[str]]:
    """Every statement that reaches the database inside the block, with its values."""
    asked: Counter[str] = Counter()

    def heard(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN")):
            asked[f"{statement} {values}"] += 1

    event.listen(Engine, "before_cursor_execute", heard)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", heard)


@pytest.fixture
def street(office: Office) -> None:
    administrator()
    board = Board()
    names = ("甲社区", "乙社区", "丙社区")
    board.communities([{"name": name, "area": f"{name[0]}片"} for name in names])
    board.sites(["卫生中心"])
    for name in names:
        board.baseline(name, surveyed=120, contraindicated=2)
        board.roster(name, n=6, outcomes=["vaccinated"] * 4, site="卫生中心")
        board.morning(name, planned=6)
        board.evening(name, roster_n=6, vacc_on_roster=4, no_show=2, cum_d1=46)
    board.progress("甲社区", "health-education", "2022-07", {"indicator": "HE-01", "done": 1})


@pytest.mark.parametrize("page", WARM)
def test_a_page_drawn_again_asks_little(app: App, street: None, page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    board = app(Role.SUPERVISOR if page != "administration" else Role.ADMIN, page, day=DAY.isoformat())
    board.run()
    made: list[object] = []
    monkeypatch.setattr(theme, "finish", lambda *args, **options: made.append(args))
    with questions() as asked:
        board.run()
    assert not board.exception
    assert not made, "a chart that stood on the page already was made anew"
    assert sum(asked.values()) <= WARM[page], list(asked)
    assert not [one for one, times in asked.items() if times > 1 and not one.startswith(TWICE)]


@pytest.mark.parametrize(
    ("page", "steps"),
    [
        ("workstreams", [{}, {"community": "甲社区"}, {"tab": "calendar"}, {"tab": "checklist"}]),
        ("rankings", [{"basis": "on_time"}, {"basis": "all"}]),
        ("dispatch", [{"picked": "甲社区"}, {"picked": "乙社区"}]),
        ("callups", [{"of": "tomorrow"}, {"of": "today"}]),
        ("community", [{"community": "乙社区"}, {"community": "丙社区"}]),
        ("actions", [{"community": "甲社区"}, {"status": "all"}]),
    ],
)
def test_a_step_down_taken_again_goes_through_no_table(
    app: App, street: None, page: str, steps: list[dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    board = app(Role.SUPERVISOR, page, day=DAY.isoformat())
    through: list[str] = []
    for again in (False, True):
        if again:
            monkeypatch.setattr(theme, "finish", lambda *args, **options: through.append("finish"))
            for name in ("to_dict", "itertuples", "sort_values", "groupby", "assign"):
                monkeypatch.setattr(pd.DataFrame, name, lambda *args, called=name, **options: through.append(called))
        for step in steps:
            board.query_params.update(step)
            board.run()
            assert not board.exception and not through, step
