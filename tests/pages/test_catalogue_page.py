"""Workstreams and targets in the page: what is done there counts without a restart, and only from its day on."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from streamlit.testing.v1 import AppTest

from config import catalogue
from data_access import accounts
from data_access.accounts import Role
from data_access.catalogue import tables, targets
from data_access.reports import workstreams
from data_access.workbooks import exports
from tests.conftest import Office
from tests.data_access.street import DAY, Board
from tests.pages.conftest import App, account, administrator

NEXT = date(2022, 9, 1)


@pytest.fixture
def board(office: Office) -> Board:
    made = Board(administrator())
    made.communities(["和平社区", "清河社区"])
    for name in ("和平社区", "清河社区"):
        row = {"indicator": "HC-09", "accrual": "cumulative", "done": Decimal(190), "biz_date": DAY}
        made.progress(name, "healthy_community", "2022-08", row)
    return made


def field(page: AppTest, kind: str, suffix: str):
    """The one widget of a form whose key ends like this."""
    return next(one for one in getattr(page, kind) if (one.key or "").endswith(suffix))


def press(page: AppTest, label: str) -> AppTest:
    return next(button for button in page.button if button.label == label).click().run()


def said(page: AppTest) -> str:
    return "\n".join(str(one.value) for one in (*page.error, *page.success, *page.info, *page.caption, *page.markdown))


def goals(board: Board, day: date) -> list[int]:
    asked = (workstreams.indicators(board.view(day), name, "healthy_community") for name in ("和平社区", "清河社区"))
    return [int(frame.set_index("indicator").loc["HC-09", "target"]) for frame in asked]


def test_a_target_of_one_community_and_a_changed_definition_from_next_month(app: App, board: Board) -> None:
    before = workstreams.matrix(board.view())
    page = app(Role.ADMIN, "administration", section="catalogue", stream="healthy_community", indicator="HC-09")
    assert not page.exception and "健康家庭" in said(page) + page.subheader[0].value
    page.selectbox(key="target_for_HC-09").select("和平社区")
    page.number_input(key="target_value_HC-09").set_value(200)
    page.date_input(key="target_from_HC-09").set_value(NEXT)
    page = press(page, "设定目标")
    assert "出处" in page.error[0].value  # a target without its source is refused
    page.text_input(key="target_source_HC-09").input("包保方案")
    page = press(page, "设定目标")
    assert not page.exception and not page.error and len(targets.listed(board.actor, "HC-09")) == 1

    assert field(page, "date_input", "define_from_HC-09").value == NEXT
    field(page, "number_input", "_target").set_value(400)
    page = press(page, "生效")
    assert not page.exception and not page.error
    assert any("自始" in one.proto.body and "2022年9月1日" in one.proto.body for one in page.get("html"))
    accounts.console()  # the page acted in another thread: this one reads its account anew
    assert goals(board, DAY) == [300, 300] and goals(board, NEXT) == [200, 400]
    assert workstreams.matrix(board.view()).equals(before)
    events = app(Role.ADMIN, "administration", section="audit")
    assert {"设定目标", "口径调整"} <= set(events.dataframe[0].value["事件"])


def test_a_new_indicator_and_a_refused_one(app: App, board: Board) -> None:
    page = app(Role.ADMIN, "administration", section="catalogue", stream="healthy_community")
    page.segmented_control(key="catalogue_part").set_value("new").run()
    field(page, "text_input", "_zh").input("健步走活动")
    field(page, "selectbox", "_kind").select("rate")
    page = press(page, "新增")
    assert "分子" in page.error[0].value
    field(page, "selectbox", "_kind").select("count")
    field(page, "number_input", "_target").set_value(2)
    page = press(page, "新增")
    assert not page.exception and "OWN-001" in page.success[0].value
    accounts.console()
    made = catalogue.indicator("OWN-001")
    assert (made.zh, made.full_target, made.workstream) == ("健步走活动", 24, "healthy_community")


def test_a_changed_workbook_is_compared_before_it_counts(app: App, board: Board) -> None:
    book = openpyxl.load_workbook(io.BytesIO(exports.workbook({"指标库": tables.table(board.actor, DAY)})))
    sheet = book.worksheets[0]
    heads = {cell.value: cell.column for cell in sheet[1]}
    row = next(cell.row for cell in sheet["A"] if cell.value == "HC-09")
    uploads = []
    for value in ("多些", 320):
        sheet.cell(row, heads["目标"]).value = value
        content = io.BytesIO()
        book.save(content)
        uploads.append(content.getvalue())
    page = app(Role.ADMIN, "administration", section="catalogue")
    page.segmented_control(key="catalogue_part").set_value("workbook").run()
    page.file_uploader(key="catalogue_file_0").upload("指标库.xlsx", uploads[0]).run()
    assert not page.exception and "1 个单元格" in page.error[0].value
    page.file_uploader(key="catalogue_file_0").upload("指标库.xlsx", uploads[1]).run()
    assert not page.error and "1 个指标" in said(page)
    page = page.button(key="catalogue_commit").click().run()
    assert not page.exception
    accounts.console()
    assert (catalogue.indicator("HC-09").target, catalogue.indicator("HC-09", NEXT).target) == (300, 320)


def test_nobody_else_comes_here(app: App, board: Board) -> None:
    account(Role.LEADER)
    page = app(Role.LEADER, "administration", section="catalogue")
    assert not page.exception and not page.selectbox
