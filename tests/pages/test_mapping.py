"""Explaining a sheet once: the panel beside its file, and the list of what is remembered."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from config.catalogue import catalogue
from data_access import accounts, database
from data_access.accounts import NotAllowedError, Role
from data_access.catalogue import declared
from data_access.inbox import batches
from data_access.layouts import mappings, surveys
from data_access.reports import history
from data_access.schema import Progress
from tests.conftest import Office
from tests.data_access.street import Board
from tests.pages.conftest import App, account, administrator

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def board(office: Office) -> Board:
    office.now("2022-08-12T08:40")
    made = Board(administrator())
    made.communities(["春晖社区", "向阳社区", "清河社区"])
    return made


def shops(day: int = 11, *more: list[Any]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append([f"重点商贸企业复工情况（8月{day}日）"])
    sheet.append(["所在社区", "企业数", "到岗人数", "联系人"])
    for row in (["春晖社区", 4, 30 + day, "王小明"], ["向阳社区", 6, 35 + day, "李小红"], *more):
        sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def drop(page: AppTest, *files: tuple[str, bytes]) -> AppTest:
    page.file_uploader(key="uploads_files").set_value([(name, data, XLSX) for name, data in files])
    return page.run()


def box(page: AppTest, label: str, number: int = 0) -> Any:
    return [each for each in page.selectbox if each.label == label][number]


def explain(page: AppTest) -> AppTest:
    """Say that the third column is a new indicator of a new workstream."""
    box(page, "专项").select("+").run()
    next(each for each in page.text_input if each.label == "名称").set_value("复工复产").run()
    box(page, "含义", 2).select("+").run()
    next(each for each in page.button if each.label == "记住并重新读取").click().run()
    return page


def test_said_once_the_next_file_goes_through_by_itself(app: App, board: Board) -> None:
    page = drop(app(Role.ADMIN, "uploads"), ("商贸11.xlsx", shops(11)))
    assert page.dataframe[0].value["state"].tolist() == ["？ 待确认"]
    assert box(page, "含义", 0).value == "community", "the column of communities is found"
    explain(page)
    assert not page.exception
    assert page.dataframe[0].value["state"].tolist() == ["✓ 可入库"]
    drop(page, ("商贸12.xlsx", shops(12)))
    assert page.dataframe[0].value["state"].tolist() == ["✓ 可入库"] * 2
    page.button(key="uploads_commit").click().run()
    frame = history.submissions(board.actor, history.Filters(kind="progress"))
    assert len(frame) == 4 and set(frame["community"]) == {"春晖社区", "向阳社区"}
    (layout,) = (one.layout for one in mappings.mappings(board.actor))
    (code,) = layout.indicators
    accounts.actor(board.actor.username)  # enters the street's own catalogue
    assert catalogue().indicator(code).zh == "到岗人数"
    assert catalogue().workstream(catalogue().indicator(code).workstream).zh == "复工复产"


def wide() -> bytes:
    """The communities across the top, what is counted down the side."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (
        ["65岁以上老人体检进度（8月11日）"],
        ["项目", "春晖社区", "向阳社区", "清河社区"],
        ["应检人数", 120, 80, 50],
        ["已检人数", 60, 72, 10],
    ):
        sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def test_a_rate_is_declared_on_the_spot_from_a_table_with_communities_across(app: App, board: Board) -> None:
    page = drop(app(Role.ADMIN, "uploads"), ("体检.xlsx", wide()))
    assert next(each for each in page.checkbox if "横排" in each.label).value, "that is how the table looks"
    assert [str(name) for name in page.dataframe[-1].value.index] == ["A", "B", "C", "D"]
    box(page, "专项").select("primary_care").run()
    place = next(n for n, each in enumerate(page.markdown) if each.value.startswith("**已检人数"))
    lines = [each.value for each in page.markdown[: place + 1] if each.value.startswith("**")]
    box(page, "含义", [line.split("**")[1] for line in lines][-3:].index("已检人数")).select("+").run()
    box(page, "类型").select("rate").run()
    next(each for each in page.button if each.label == "记住并重新读取").click().run()
    assert any("分母" in error.value for error in page.error) and mappings.mappings(board.actor) == []
    box(page, "分母在哪一列").select("应检人数").run()
    next(each for each in page.button if each.label == "记住并重新读取").click().run()
    assert not page.exception and not page.error
    assert page.dataframe[0].value["state"].tolist() == ["✓ 可入库"]
    page.button(key="uploads_commit").click().run()
    accounts.actor(board.actor.username)
    (layout,) = (one.layout for one in mappings.mappings(board.actor))
    ((code, parts),) = layout.indicators.items()
    assert parts == {"num": "已检人数", "den": "应检人数"}
    item = catalogue().indicator(code)
    assert (item.kind, item.unit, item.numerator.zh, item.denominator.zh) == ("rate", "%", "已检人数", "应检人数")
    with database.reading() as connection:
        rows = connection.execute(select(Progress.num, Progress.den).order_by(Progress.community_id))
        assert [(int(row.num), int(row.den)) for row in rows] == [(60, 120), (72, 80), (10, 50)]


def test_what_is_wrong_is_said_and_nothing_is_remembered(app: App, board: Board) -> None:
    page = drop(app(Role.ADMIN, "uploads"), ("商贸11.xlsx", shops(11)))
    next(each for each in page.button if each.label == "记住并重新读取").click().run()
    assert any("专项" in error.value for error in page.error)
    assert mappings.mappings(board.actor) == []


def test_a_refused_layout_leaves_nothing_declared(app: App, board: Board) -> None:
    page = drop(app(Role.ADMIN, "uploads"), ("商贸11.xlsx", shops(11)))
    box(page, "专项").select("+").run()
    next(each for each in page.text_input if each.label == "名称").set_value("复工复产").run()
    box(page, "含义", 2).select("+").run()
    box(page, "含义", 0).select("").run()  # nobody knows whose the figures are
    next(each for each in page.button if each.label == "记住并重新读取").click().run()
    assert page.error and mappings.mappings(board.actor) == []
    assert declared.own(board.actor).workstreams == declared.own(board.actor).indicators == ()
    box(page, "含义", 0).select("community").run()
    next(each for each in page.button if each.label == "记住并重新读取").click().run()
    assert not page.error and [one.zh for one in declared.own(board.actor).indicators] == ["到岗人数"]
    assert page.dataframe[0].value["state"].tolist() == ["✓ 可入库"]


def test_what_is_taken_back_is_read_with_the_streets_own_indicators(app: App, board: Board) -> None:
    page = explain(drop(app(Role.ADMIN, "uploads"), ("商贸11.xlsx", shops(11))))
    (waits,) = batches.files(board.actor, batches.current(board.actor) or 0)
    batches.mend(board.actor, waits.id, {("Sheet", "C3"): "四十来个吧"})
    page.run()
    page.button(key=f"mend_back_{waits.id}").click().run()
    assert not page.exception
    assert page.dataframe[0].value["state"].tolist() == ["✓ 可入库"]


def test_rows_of_a_kind_need_their_community(app: App, board: Board) -> None:
    page = drop(app(Role.ADMIN, "uploads"), ("商贸11.xlsx", shops(11)))
    box(page, "这是什么表").select("actions").run()
    assert not page.exception
    assert box(page, "含义", 0).value == "community"
    next(each for each in page.button if each.label == "记住并重新读取").click().run()
    assert page.error and mappings.mappings(board.actor) == []


def test_unknown_names_are_said_to_be_no_community(app: App, board: Board) -> None:
    page = drop(app(Role.ADMIN, "uploads"), ("商贸11.xlsx", shops(11, ["某开发区", 1, 2, ""])))
    (unknown,) = (each for each in page.selectbox if str(each.key).endswith("_community_0"))
    unknown.select("").run()
    explain(page)
    assert mappings.mappings(board.actor)[0].layout.communities == {"某开发区": ""}
    assert page.dataframe[0].value["state"].tolist() == ["✓ 可入库"]


def test_people_are_masked_and_clerks_are_told_who_can(app: App, board: Board) -> None:
    (sheet,) = surveys.sheets(board.actor, shops(), "商贸.xlsx")
    (table,) = sheet.tables()
    assert surveys.samples(table, "联系人") == "王***、李***"
    assert "王小明" not in str(sheet.top(table))
    clerk = account(Role.CLERK, "春晖社区")
    with pytest.raises(NotAllowedError):
        surveys.sheets(clerk, shops(), "商贸.xlsx")
    page = drop(app(Role.CLERK, "uploads"), ("商贸.xlsx", shops()))
    assert not page.exception
    assert any("督导员或管理员说明一次" in element.value for element in page.markdown)
    assert not any(each.label == "这是什么表" for each in page.selectbox)


def test_what_is_remembered_is_listed_corrected_and_forgotten(app: App, board: Board) -> None:
    explain(drop(app(Role.ADMIN, "uploads"), ("商贸11.xlsx", shops(11))))
    name = mappings.mappings(board.actor)[0].layout.name
    page = app(Role.ADMIN, "uploads", part="templates")
    assert any("重点商贸企业" in each.label for each in page.expander)
    page.button(key="layout_correct_0").click().run()
    assert not page.exception
    assert box(page, "含义", 2).value.endswith(" done")
    page = app(Role.ADMIN, "uploads", part="templates")
    page.button(key="layout_forget_0").click().run()
    assert page.button(key="layout_forget_confirm").label == "忘记"  # the rest runs as a fragment
    mappings.forget(board.actor, name)
    page = app(Role.ADMIN, "uploads", part="templates")
    assert not any("重点商贸企业" in each.label for each in page.expander)


def test_a_leader_and_a_clerk_cannot_change_layouts(app: App, board: Board) -> None:
    explain(drop(app(Role.ADMIN, "uploads"), ("商贸11.xlsx", shops(11))))
    account(Role.CLERK, "春晖社区")
    page = app(Role.CLERK, "uploads", part="templates")
    assert not page.exception
    assert "layout_forget_0" not in {button.key for button in page.button}
