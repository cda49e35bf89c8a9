"""周工作计划: from a sheet as a community keeps it to its completion, its versions and the street's weeks."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import openpyxl
import pandas as pd
import pytest

from data_access import submissions
from data_access.accounts import Actor
from data_access.reports import history, plans
from data_access.reports.view import View
from tests.data_access.street import DAY, Board, at
from tests.pages.conftest import account

MONDAY = date(2022, 8, 8)
HEADS = ["序号", "工作内容", "责任人", "完成时限", "完成状态", "完成日期", "完成情况"]


@pytest.fixture
def board(database_url: str) -> Board:
    board = Board()
    board.communities(["春晖社区", "安康社区", "向阳社区"], at=at(MONDAY - timedelta(days=40), 9))
    return board


def book(*rows: list[Any], week: str = "2022年第32周") -> bytes:
    """The plan as a community keeps it: its name and the week once, above the table."""
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = "一周工作安排"
    for line in (["春晖社区一周工作安排"], [f"周次：{week}"], HEADS, *rows):
        sheet.append(line)
    raw = io.BytesIO()
    made.save(raw)
    return raw.getvalue()


def sent(actor: Actor, content: bytes) -> submissions.Outcome:
    return submissions.commit(actor, submissions.examine(actor, content, "一周工作安排.xlsx"), content)


def plan(board: Board, actor: Actor | None = None, day: date = DAY, **more: Any) -> pd.DataFrame:
    return plans.items(View(actor or board.actor, day, "covid", **more))


def test_a_plan_is_read_revised_compared_and_undone(board: Board) -> None:
    first = book(
        [1, "周责任带队走访独居老人，电话13812345678", "周责任", "8月10日", None, None, None],
        [2, "更换宣传栏", "周责任", None, None, None, None],
        [3, "清理楼道", None, None, "看情况", None, None],
    )
    outcome = sent(board.actor, first).sheets[0]
    assert (outcome.kind, outcome.community, outcome.period) == ("plan", "春晖社区", "2022-W32")
    assert (outcome.rows_accepted, outcome.rows_refused) == (2, 1)
    later = book(
        [1, "周责任带队走访独居老人，电话13812345678", "周责任", "8月10日", "已完成", "8月11日", "走访 12 户"],
        [2, "更换宣传栏", "周责任", None, "完成", "8月12日", None],
        [3, "清理楼道", None, None, "未完成", None, None],
        [4, "健步走", None, None, "取消", None, None],
    )
    revised = sent(board.actor, later).sheets[0]
    assert (revised.status, revised.revision, revised.comparison and revised.comparison.changed) == ("committed", 2, 2)
    rows = plan(board)
    assert rows["state"].tolist() == ["late", "done", "open", "dropped"]
    assert rows["due"].tolist()[:2] == [date(2022, 8, 10), date(2022, 8, 14)]  # Sunday, where none is given
    assert rows["task"][0] == "周*带队走访独居老人，电话****" and rows["owner"][0] == "周*"
    assert plan(board, day=date(2022, 8, 10))["state"].tolist()[:2] == ["open", "open"]  # nothing was done by then

    versions = history.submissions(board.actor, history.Filters(kind="plan"))
    assert versions["state"].tolist() == ["in_force", "superseded"]
    moved = history.difference(board.actor, *sorted(map(int, versions["submission"]))).changes
    assert set(moved["column"]) >= {"完成状态", "完成日期"}
    submissions.withdraw(board.actor, int(revised.submission or 0), "报错了周")
    assert plan(board)["state"].tolist() == ["overdue", "open"]


def test_texts_are_for_those_who_may_read_them(board: Board) -> None:
    for community in ("春晖社区", "安康社区"):
        board.plan(
            community, "2022-W32", {"item_no": 1, "task": "走访", "owner": "周责任", "workstream": "vaccination"}
        )
    leader, clerk, supervisor = (plan(board, account(role, "春晖社区")) for role in ("leader", "clerk", "supervisor"))
    assert leader["task"].isna().all() and leader["owner"].isna().all()
    assert clerk["task"].notna().tolist() == [True, False] and supervisor["task"].tolist() == ["走访", "走访"]
    assert set(leader["about"]) == {"疫苗接种：周计划第 1 项"}


def test_weeks_of_the_street_add_up_and_a_missing_plan_is_no_zero(board: Board) -> None:
    done = {"task": "走访", "outcome": "done", "due": date(2022, 8, 10)}
    board.plan(
        "春晖社区",
        "2022-W32",
        {**done, "item_no": 1, "done_on": date(2022, 8, 10)},
        {**done, "item_no": 2, "done_on": date(2022, 8, 11)},
        {**done, "item_no": 3},  # on a day not given
        {"item_no": 4, "task": "清理", "outcome": "carried"},
        {"item_no": 5, "task": "讲座", "outcome": "dropped"},
    )
    board.plan("安康社区", "2022-W32", {"item_no": 1, "task": "讲座", "outcome": "dropped"})
    board.plan("安康社区", "2022-W31", {**done, "item_no": 1, "done_on": date(2022, 8, 5)})
    found = plans.table(board.view()).set_index("community")
    whole = ["items", "done", "carried", "dropped", "completion_n", "completion_d", "on_time_n", "on_time_d"]
    assert found.loc["春晖社区", whole].tolist() == [5, 3, 1, 1, 3, 4, 1, 4]
    assert found.loc["安康社区", ["completion_n", "completion_d"]].tolist() == [0, 0]
    assert found.loc["向阳社区", "state"] == "unreported" and found.loc["向阳社区", whole].isna().all()
    weeks = plans.trend(board.view(), 3).set_index("week")
    assert weeks.index.tolist() == ["2022-W30", "2022-W31", "2022-W32"]
    assert weeks.loc["2022-W32", ["reported_n", "reported_d", *whole]].tolist() == [2, 3, 6, 3, 1, 2, 3, 4, 1, 4]
    assert weeks.loc["2022-W30", whole].isna().all() and weeks.loc["2022-W31", "completion_n"] == 1
    before = board.view(as_of=at(MONDAY, 8), community="春晖社区")
    assert plans.table(before)["state"].tolist() == ["unreported"]
