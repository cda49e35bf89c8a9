"""The workbooks that pages hand out speak the reader's language: headings, codes, names of the definitions."""

from __future__ import annotations

import ast
import io
import re
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from openpyxl import load_workbook

from data_access.accounts import Role
from tests.conftest import Office
from tests.data_access.street import DAY, Board
from tests.pages.conftest import APP, App, administrator

ONE = "春晖社区"
RAW = re.compile("[a-z][a-z0-9_]*")
CODE = re.compile("[a-z]+_[a-z_]+|“[a-z_]+”|[{}]")  # in a definition
CELL = {"community": ONE, "workstream": "civil_affairs", "indicator": "CA-01"}
PLACES: list[tuple[str, dict[str, str]]] = [
    ("dispatch", {}),
    ("workstreams", CELL | {"period": "2022-07"}),
    ("workstreams", CELL | {"record": "2022-07/CA-01"}),
    ("workstreams", CELL),
    ("workstreams", {"community": ONE}),
    ("workstreams", {"tab": "checklist"}),
    ("workstreams", {"tab": "calendar"}),
    ("workstreams", {"tab": "plans"}),
    ("actions", {}),
    ("uploads", {"part": "history"}),
]
# These hand out tables that are made for it, in words from the start.
MADE_FOR_IT = {
    *("audit.py:show", "briefing.py:offers", "callups.py:communities", "catalogue.py:_workbook", "district.py:draw"),
    *("rankings.py:draw_basis", "rankings.py:draw_notice", "reporting.py:_start"),
}


@pytest.fixture
def handed(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """The workbooks that the pages offer, by the function that offers them, each made at once."""
    found: dict[str, bytes] = {}
    drawn = st.download_button

    def button(label: str, data: Any = None, **more: Any) -> bool:
        offers = sys._getframe(1)
        if offers.f_code.co_name != "xlsx_button" or offers.f_back is None:
            return drawn(label, data, **more)
        asked = offers.f_back.f_code
        found[f"{Path(asked.co_filename).name}:{asked.co_name}"] = data()
        return False

    monkeypatch.setattr(st, "download_button", button)
    return found


def furnish() -> None:
    """A day with something in every table: a difference that nobody explained, reports, lists, a matter."""
    board = Board(administrator())
    board.communities([ONE, "秋实社区"])
    board.roster(ONE, n=3, outcomes=["vaccinated", "no_show", "refused"])
    board.morning(ONE, planned=2, needs_help=True, issues="缺桌椅", due=DAY)
    board.evening(ONE, roster_n=4, vacc_on_roster=1, cum_d1=3, cum_full=2, cum_b=1)
    board.progress(ONE, "civil_affairs", "2022-07", {"indicator": "CA-01", "num": 1, "den": 2, "evidence": "台账"})
    board.evidence(ONE, "2022", {"item_code": "1.1", "theme": "方案", "held_on": date(2022, 3, 1)})
    board.plan(ONE, "2022-W32", {"item_no": 1, "task": "巡查", "workstream": "civil_affairs"})
    board.action(ONE, "DB-1", due=DAY, found_on=DAY, source="morning", severity="major", unit="城管办")


def offering() -> set[str]:
    """The functions of the pages that offer a workbook."""
    found = set()
    for path in (APP.parent / "pages").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                called = {one.func.attr for one in ast.walk(node) if isinstance(one, ast.Call)
                          and isinstance(one.func, ast.Attribute)}  # fmt: skip
                found |= {f"{path.name}:{node.name}"} if "xlsx_button" in called else set()
    return found


def test_a_workbook_has_no_word_of_the_program(office: Office, app: App, handed: dict[str, bytes]) -> None:
    furnish()
    for page, query in PLACES:
        assert not app(Role.ADMIN, page, day=DAY.isoformat(), **query).exception, (page, query)
    assert offering() - handed.keys() == MADE_FOR_IT
    wrong = []
    for place, content in handed.items():
        *_sheets, meant = load_workbook(io.BytesIO(content)).worksheets
        texts = [str(text) for _name, text in meant.iter_rows(max_col=2, values_only=True)]
        wrong += [f"{place}: {text}" for text in texts if CODE.search(text)]
        for sheet in load_workbook(io.BytesIO(content)).worksheets:
            for column in sheet.iter_cols(values_only=True):
                head, *told = column
                # an account's name is nobody's code
                said = [head, *(told if head != "账号" else ())]
                wrong += [f"{place} {head}: {words}" for words in said if RAW.fullmatch(str(words or ""))]
            heads = [str(cell.value) for cell in sheet[1]]
            assert len(set(heads)) == len(heads), (place, heads)
    assert wrong == []
    book = load_workbook(io.BytesIO(handed["dispatch.py:<module>"]))
    row = dict(zip(*list(book["差异"].iter_rows(values_only=True))[:2], strict=True))
    assert (row["社区"], row["恒等式"], row["事项"], row["差异"], row["状态"]) == (ONE, "I5", "名单−计划", 1, "待核")
    matter, meant = load_workbook(io.BytesIO(handed["matters.py:listing"])).worksheets
    told = dict(meant.iter_rows(values_only=True))
    assert "“待交办”" in told["状态"] and "“红：逾期”：过了" in told["三色督办"] and "“状态”是" in told["目前状态"]
    row = dict(zip(*list(matter.iter_rows(values_only=True))[:2], strict=True))
    assert (row["来源"], row["严重程度"], row["责任单位"], row["专项"]) == ("早会商", "较大", "城管办", None)
