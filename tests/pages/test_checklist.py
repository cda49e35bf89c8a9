"""资料清单 on the workstreams page: who sees what, who reviews, from the address alone."""

from __future__ import annotations

from datetime import date

import pytest

from data_access.accounts import Role
from data_access.office import attachments
from data_access.reports import checklist, directory
from tests.data_access import papers
from tests.data_access.street import DAY, Board
from tests.pages.conftest import account, administrator
from tests.pages.test_workstreams import words

HERE, OTHER = "清河社区", "和平社区"
LIST = {"day": DAY.isoformat(), "tab": "checklist"}
MEETINGS = {**LIST, "community": HERE, "item": "1.4"}


@pytest.fixture
def board(office):
    made = Board(administrator())
    made.communities([HERE, OTHER])
    whole = {"item_code": "1.4", "photos": 2, "minutes": 1, "sign_in": 1, "theme": "慢病会议"}
    rows = [{**whole, "event_no": n, "event_date": date(2022, n, 5)} for n in range(1, 7)]
    made.evidence(HERE, "2022", *rows, {"item_code": "2.5", "not_applicable": True, "na_reason": "无室外场所"})
    key = int(directory.communities(made.view()).set_index("name").loc[HERE, "id"])
    attachments.add(made.actor, key, "evidence", "2022/1.4/1", "会议.jpg", papers.photo(), "photo")
    return made


def test_scores_sections_and_pledge_of_a_community(board, app):
    page = app("supervisor", "workstreams", **LIST)
    assert not page.exception
    tiles = {tile.label: (tile.value, tile.delta) for tile in page.metric}
    assert tiles["已交得分"][1] == "1/35" and tiles["正式得分"][1] == "0/35"
    assert tiles["附件"] == ("1", "表报 24 份") and "1" in tiles["未交"][0]
    first = page.dataframe[0].value.iloc[0]
    assert (first["organisation"], first["environment"], first["both"]) == ("1/9", "0/12", "24 / 1")
    meetings = next(frame.value for frame in page.dataframe if "1.4 例会资料" in list(frame.value.get("name", [])))
    assert meetings.set_index("item").loc["1.4", ["got", "both"]].tolist() == ["6/4", "24 / 1"]
    assert "无烟环境" in words(page) and "还没有交资料" in words(page)


def test_the_street_passes_returns_and_exempts_from_the_page(board, app):
    page = app("supervisor", "workstreams", **MEETINGS)
    assert not page.exception
    assert "慢病会议" in words(page) and "data:image/jpeg;base64," in words(page)
    page.button(key="return_2022/1.4/2").click().run()
    assert "请写明缺什么" in " ".join(error.value for error in page.error)
    revision = int(checklist.records(board.view(), HERE)["revision"].iloc[0])
    page.text_input(key=f"remark_2022/1.4/2_{revision}").input("照片不清")
    page.button(key="return_2022/1.4/2").click().run()
    assert "意见：照片不清" in words(page)
    page.button(key="review_all").click().run()
    assert not page.error
    reviews = checklist.records(board.view(), HERE).set_index("record")["review"]
    assert (reviews["2022/1.4/2"], reviews["2022/1.4/1"], reviews["2022/2.5"]) == ("returned", "approved", "pending")
    page = app("supervisor", "workstreams", **{**MEETINGS, "item": "2.5"})
    page.button(key="pass_2022/2.5").click().run()
    row = checklist.table(board.view()).set_index("community").loc[HERE]
    assert (row["score_official_n"], row["score_official_d"], row["not_applicable"]) == (1, 34, 1)


def test_clerks_work_on_their_own_and_leaders_read_counts(board, app):
    account(Role.CLERK, HERE)
    page = app("clerk", "workstreams", **MEETINGS)
    assert "慢病会议" in words(page) and "附上" in words(page)
    assert not [button for button in page.button if (button.key or "").startswith(("pass_", "return_", "review_"))]
    page = app("clerk", "workstreams", **{**MEETINGS, "community": OTHER})
    assert "只看本社区的条目" in words(page)
    page = app("leader", "workstreams", **MEETINGS)
    assert not page.exception
    assert "6/4" in words(page) and "慢病会议" not in words(page) and "data:image" not in words(page)
    page = app("supervisor", "workstreams", **MEETINGS, as_of="2022-08-12T21:00")
    assert "附上" not in words(page) and not [b for b in page.button if (b.key or "").startswith("pass_")]


def test_a_matter_shows_its_photos_to_those_who_may(board, app):
    board.action(HERE, "D-1", source="daily", found_on=DAY, severity="minor", demand="清理楼道")
    key = int(directory.communities(board.view()).set_index("name").loc[HERE, "id"])
    attachments.add(board.actor, key, "action", "D-1", "楼道.jpg", papers.photo(), "before")
    page = app("supervisor", "actions", day=DAY.isoformat(), item="D-1")
    assert not page.exception
    assert "整改前" in words(page) and "data:image/jpeg;base64," in words(page)
    page = app("leader", "actions", day=DAY.isoformat(), item="D-1")
    assert not page.exception and "data:image" not in words(page)
