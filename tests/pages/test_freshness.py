"""A commit leaves the answers that do not hang on it, and no other: what is still held is what would be said anew."""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Hashable
from dataclasses import asdict, is_dataclass
from datetime import date
from typing import Any

import pandas as pd
import pytest

from data_access import database
from data_access.accounts import Role
from data_access.freshness import Stamps
from pages.parts import cache
from tests.conftest import Office
from tests.data_access.street import DAY, Board
from tests.pages.conftest import App, administrator

NAMES = ("甲社区", "乙社区", "丙社区")
PAGES = ("briefing", "callups", "dispatch", "workstreams", "community", "rankings", "actions")
EVE = date(2022, 8, 11)


def _street() -> Board:
    board = Board(administrator())
    board.communities([{"name": name, "area": f"{name[0]}片"} for name in NAMES])
    board.sites(["卫生中心"])
    for name in NAMES:
        board.baseline(name, date(2022, 8, 1), surveyed=120, contraindicated=2)
        for day in (EVE, DAY):
            board.roster(name, day, n=6, outcomes=["vaccinated"] * 4, site="卫生中心")
            board.morning(name, day, planned=6)
        board.evening(name, EVE, roster_n=6, vacc_on_roster=4, no_show=2, cum_d1=46)
        board.progress(name, "health-education", "2022-07", {"indicator": "HE-01", "done": 1})
        board.evidence(name, "2022", {"item_code": "1.1"})
        board.plan(name, "2022-W32", {"item_no": 1, "task": "入户"})
    board.action("甲社区", "DB-1", issue="疫苗不足", due=DAY, found_on=DAY, source="morning", severity="major")
    return board


CHANGES: dict[str, Callable[[Board], Any]] = {
    "roster": lambda board: board.roster("甲社区", n=7, outcomes=["vaccinated"] * 6, site="卫生中心"),
    "morning": lambda board: board.morning("甲社区", planned=60, needs_help=True, issues="缺人", owner="王", due=DAY),
    "evening": lambda board: board.evening("甲社区", roster_n=7, vacc_on_roster=5, no_show=2, cum_d1=51),
    "baseline": lambda board: board.baseline("甲社区", date(2022, 8, 12), surveyed=150, contraindicated=2),
    "progress": lambda board: board.progress(
        "甲社区", "health-education", "2022-08", {"indicator": "HE-01", "done": 1}
    ),
    "evidence": lambda board: board.evidence("甲社区", "2022", {"item_code": "1.1"}, {"item_code": "1.2"}),
    "plan": lambda board: board.plan("甲社区", "2022-W33", {"item_no": 1, "task": "入户"}),
    "actions": lambda board: board.action(
        "乙社区", "DB-2", issue="缺人", due=EVE, found_on=EVE, source="evening", severity="major"
    ),
}


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, pd.DataFrame):
        return one.equals(other) and list(one.columns) == list(other.columns)
    if isinstance(one, pd.Series):
        return bool(one.equals(other))
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(_same(one[key], other[key]) for key in one)
    if is_dataclass(one) and not isinstance(one, type):
        return type(one) is type(other) and _same(asdict(one), asdict(other))
    return bool(one == other) or type(one).__name__ in ("Finished", "Styler") or (one != one and other != other)


def test_what_is_held_is_what_would_be_said_anew(app: App, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every answer behind every page, after a commit of every kind of sheet."""
    asked: dict[Hashable, tuple[contextvars.Context, Callable[[], Any]]] = {}
    answer = cache._answer

    def listening(key: Hashable, stamps: Stamps, work: Callable[[], Any], **options: Any) -> Any:
        if work.__name__ != "first":  # drawings hang on what the answers in them hang on
            asked[key] = contextvars.copy_context(), work
        return answer(key, stamps, work, **options)

    monkeypatch.setattr(cache, "_answer", listening)
    board = _street()
    for page in PAGES:
        assert not app(Role.SUPERVISOR, page, day=DAY.isoformat()).exception
    assert len(asked) > 40
    kept: dict[str, int] = {}
    street = board.actor.street_id
    for kind, change in CHANGES.items():
        assert change(board).status == "committed"
        database.data_version()
        stamps, left = database.moment().of(street), 0
        for key, (context, work) in asked.items():
            held = cache._answers[key]
            if held.over(stamps):  # it is asked for anew, as a page would
                context.copy().run(answer, key, stamps, work)
                continue
            left += 1
            fresh = context.copy().run(work)
            assert _same(held.future.result(), fresh), (kind, key)
        kept[kind] = left
    assert all(left > 0 for left in kept.values())
    board.communities(["丁社区"])
    database.data_version()
    assert all(cache._answers[key].over(database.moment().of(street)) for key in asked), (
        "the register concerns everything"
    )
