"""社区: one community for every role, and nobody's name for those who may not."""

from datetime import date

import pytest

from data_access.accounts import Role
from tests.data_access.street import Board

DAY = date(2022, 8, 12)


@pytest.fixture
def board(office):
    board = Board()
    board.communities(
        [{"name": "春晖社区", "area": "东片", "liaison": "王小明", "liaison_phone": "13812345678"}, "安康社区"]
    )
    board.baseline("春晖社区", date(2022, 8, 1), 120)
    board.evening("春晖社区", DAY, cum_d1=46, roster_n=10, vacc_on_roster=8, walk_in=0)
    return board


def said(page):
    return " ".join(one.value for one in [*page.caption, *page.markdown])


def open_page(app, role, community="春晖社区"):
    page = app(role, "community", day="2022-08-12", community=community)
    assert not page.exception
    return page


@pytest.mark.parametrize("role", [Role.LEADER, Role.SUPERVISOR, Role.CLERK, Role.ADMIN])
def test_every_role_sees_the_figures(board, app, role):
    tiles = [(one.label, one.value, one.delta) for one in open_page(app, role).metric]
    assert tiles[0][0] == "接种率" and tiles[0][1].startswith("38.33") and tiles[0][2].startswith("46/120")
    assert tiles[1][1].startswith("80.0") and tiles[1][2].startswith("8/10")


def test_the_liaison_is_masked_and_hidden_from_leaders(board, app):
    assert "王\\*" in said(open_page(app, Role.SUPERVISOR))
    seen = said(open_page(app, Role.LEADER))
    assert "王" not in seen and "138" not in seen


def test_a_silent_community_is_unreported_not_zero(board, app):
    page = open_page(app, Role.LEADER, "安康社区")
    assert page.metric[0].value.startswith("—") and "未报" in page.metric[0].delta
