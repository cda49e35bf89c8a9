"""Estimates (46余, 近百) from the cell to the ranking and back into a template; on SQLite and PostgreSQL."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import openpyxl
import pytest

from data_access import database, metrics, submissions
from data_access.inbox import facts
from data_access.metrics import Estimate, Rate
from data_access.reports import (
    administration,
    briefing,
    coverage,
    dispatch,
    errata,
    frames,
    notice,
    ranking,
    snapshot,
)
from data_access.workbooks import compare
from data_access.workbooks.model import Portion, Row, Scope
from tests.data_access import books
from tests.data_access.street import DAY, Board, at

START = DAY - timedelta(days=40)


def test_whatever_an_estimate_is_added_to_is_one():
    about = Estimate(46)
    assert [type(one) for one in (1 + about, about + 1, sum([1, about]), 120 - about, about - 6)] == [Estimate] * 5
    assert (120 - about, about - 6, f"{about}", f"{Estimate(-1460):+,}") == (74, 40, "≈46", "≈-1,460")
    assert Rate(about, 120).approximate and Rate.of(46, Estimate(120)).approximate and not Rate(46, 120).approximate
    assert metrics.sum_rates([Rate(about, 120), Rate(90, 100)]).rate.approximate
    assert isinstance(metrics.left_to_target(Rate(46, Estimate(120)), 95), Estimate)
    score = metrics.composite({"a": Rate(about, 120), "b": Rate(1, 2)}, {"a": 1, "b": 1})
    assert score.approximate and isinstance(score.numerator, Estimate)
    assert metrics.counted("planned", None, {"planned"}) is None
    assert type(metrics.counted("stock", Decimal(46), {"planned"})) is int


@pytest.fixture
def board(database_url):
    board = Board()
    board.communities(["春晖社区", "安康社区", "和平社区"], at=at(START, 8))
    for name, people in (("春晖社区", 120), ("安康社区", 100), ("和平社区", 50)):
        board.baseline(name, START, people, at=at(START, 9))
    board.evening("安康社区", cum_d1=90, cum_full=0, cum_b=0)
    board.evening("和平社区", cum_d1=10, cum_full=0, cum_b=0)
    return board


def sent(board, content, **texts):
    """The outcome of a workbook of one row, with texts in place of some figures."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    heads = {cell.value: cell for line in sheet.iter_rows() for cell in line}
    for head, text in texts.items():
        sheet.cell(heads[head].row + 1, heads[head].column).value = text
    kept = io.BytesIO()
    book.save(kept)
    result = submissions.examine(board.actor, kept.getvalue(), "表.xlsx")
    return submissions.commit(board.actor, result, kept.getvalue()).sheets[0]


def evening(board, done):
    return sent(board, books.evening("春晖社区", 6, total=46), 累计_第一剂=done)


def stored(outcome):
    with database.reading() as connection:
        return facts.stored(connection, outcome.kind, outcome.submission)[0]


def test_an_estimate_keeps_its_mark_and_has_no_rank(board):
    assert stored(evening(board, "46余"))["estimates"] == ["cum_d1"]
    view = board.view()
    found = ranking.table(view).set_index("community")
    row = found.loc["春晖社区"]
    assert (row["state"], row["status"]) == ("not_comparable", "约数，不参评")
    assert {"rate_n", "coverage_n", "left"} <= set(row["estimates"].split())
    assert found["rank"].dropna().to_dict() == {"安康社区": 1, "和平社区": 2}
    assert "estimate" in row["marks"] and "estimate" not in found.loc["安康社区", "marks"]
    past = coverage.history(view).query("day == @DAY").set_index("community")
    assert [frames.rate(past.loc[name], "coverage").approximate for name in ("春晖社区", "安康社区")] == [True, False]
    whole = ranking.total(view).iloc[0]
    assert (whole["rate_n"], whole["coverage_n"], whole["not_comparable"]) == (100, 146, 1)
    assert frames.rate(whole, "coverage").approximate and not frames.rate(whole, "rate").approximate
    street = coverage.table(view).iloc[-1]
    assert frames.pair(street, "coverage") == (146, 270) and frames.rate(street, "coverage").approximate
    left = ranking.table(view, "remaining").set_index("community").loc["春晖社区"]
    assert (left["state"], frames.figure(left, "remaining"), left["marks"]) == ("not_comparable", 74, "estimate")
    assert isinstance(frames.figure(left, "remaining"), Estimate)


def test_an_estimate_is_printed_as_one_wherever_it_stands(board):
    evening(board, "46余")
    told = snapshot.restored(snapshot.stored(snapshot.take(board.view())), DAY, 1)
    said = notice.text(told)
    assert "接种率 ≈54.07%（≈146/270）" in said and "约数" in said.split("春晖社区")[0].splitlines()[-1]
    line = next(one for one in notice.lines(told) if one.community == "春晖社区")
    assert (line.rank, line.figure, line.fraction, line.ranked) == ("—", "≈38.33%", "≈46/120", False)
    assert "约数" in line.note
    evening(board, "46")
    (mended,) = [one for one in errata.since(board.view(), told) if one.community == "春晖社区"]
    assert (mended.state_then, mended.state_now, mended.rank_now) == ("not_comparable", "ranked", 2)
    assert notice.pair(mended.then) == "≈46/120" and notice.pair(mended.now) == "46/120"


def test_sums_of_the_day_and_of_the_briefing_carry_the_mark(board):
    sent(board, books.morning("春晖社区", 50), 今日计划人数="40多")
    board.morning("安康社区", planned=30)
    view = board.view()
    planned = dispatch.total(dispatch.totals(view), "planned")[0]
    assert planned == 70 and isinstance(planned, Estimate)
    row = dispatch.table(view).set_index("community").loc["春晖社区"]
    assert row["estimates"].split() == ["planned"]
    board.roster("春晖社区", n=44)
    row = dispatch.table(view).set_index("community").loc["春晖社区"]
    assert f"{frames.figure(row, 'd_plan'):+}" == "≈+4"
    (one,) = dispatch.differences(view).query("community == '春晖社区'").to_dict("records")
    assert [f"{frames.figure(one, name)}" for name in ("amount", "first", "second")] == ["≈4", "44", "≈40"]
    today = briefing.today(view)
    assert f"{today.planned} {today.stock}" == "≈70 80"


def test_a_correction_takes_the_mark_with_its_figure(board):
    evening(board, "46余")
    exact = evening(board, "46")
    assert (exact.status, exact.revision) == ("committed", 2) and stored(exact)["estimates"] is None
    assert [change.column for change in exact.comparison.changes] == ["estimates"]
    before = [{"site": None, "planned": 46, "stock": 50, "estimates": ["planned", "stock"]}]
    whole = compare.lay_over(("site",), [{"site": None, "planned": 47, "estimates": None}], [3], before, [3])
    assert whole.rows == [{"site": None, "planned": 47, "stock": 50, "estimates": ["stock"]}]


def test_a_template_gives_an_estimate_back_as_one(board):
    told = {"biz_date": DAY, "period": "2022", "community": "春晖社区", "workstream": "health_education"}
    told |= {"indicator": "HE-06", "indicator_name": "健康教育受众覆盖"}
    scope = Scope("progress", community="春晖社区", period="2022", topic="health_education")
    row = Row(3, {**told, "num": Decimal(400), "den": Decimal(900)}, approximate=frozenset({"num"}))
    submissions.save(board.actor, [Portion(scope, [row])])
    view = replace(board.view(), community="春晖社区")
    content = administration.blank_workbook(view, "progress", "zh_CN")
    cells = [cell.value for line in openpyxl.load_workbook(io.BytesIO(content))["工作进展"] for cell in line]
    assert "≈400" in cells
    result = submissions.examine(board.actor, content, "进展.xlsx")
    (back,) = [one for one in submissions.preview(board.actor, result).sheets if one.topic == "health_education"]
    assert back.comparison.new == 0 and not {"num", "estimates"} & {one.column for one in back.comparison.changes}
