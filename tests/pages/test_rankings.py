"""排名通报: what a visitor sees of ties, the unreported and those who are not ranked."""

import json
from datetime import date

import pytest

from data_access.accounts import Role
from data_access.office import waivers
from data_access.reports import notice, ranking, snapshot
from tests.data_access.street import Board

DAY = date(2022, 8, 12)
FIELD = {"甲": (120, 46), "乙": (60, 23), "丙": (150, 57), "丁": (100, 30), "戊": (80, None), "己": (0, 0)}


@pytest.fixture
def board(office):
    board = Board()
    board.communities(list(FIELD))
    for name, (surveyed, done) in FIELD.items():
        board.baseline(name, date(2022, 8, 1), surveyed)
        if done is not None:
            board.evening(name, DAY, cum_d1=done)
    return board


def drawn(page):
    return " ".join([*(one.value for one in page.markdown), *(one.proto.body for one in page.get("html"))])


@pytest.mark.parametrize("role", [Role.LEADER, Role.SUPERVISOR, Role.CLERK, Role.ADMIN])
def test_every_role_reads_the_ranking(board, app, role):
    page = app(role, "rankings", day="2022-08-12")
    assert not page.exception
    assert "38.33%" in drawn(page) and "46/120" in drawn(page)


def test_the_page_ranks_ties_and_lists_the_others_apart(board, app):
    text = app(Role.LEADER, "rankings", day="2022-08-12").code[0].value
    lines = text.splitlines()
    assert lines[3].startswith("1（并列） 甲 38.33%") and lines[4].startswith("1（并列） 乙")
    assert lines[5].startswith("3 丙 38.00%") and lines[6].startswith("4 丁 30.00%")
    assert "未报：戊" in lines and any(line.endswith("不参评：己") for line in lines)


def test_the_basis_stands_in_the_address(board, app):
    page = app(Role.LEADER, "rankings", day="2022-08-12", basis="remaining")
    assert not page.exception
    assert "剩余人数" in page.code[0].value and "1 丙 93 人" in page.code[0].value
    page = app(Role.LEADER, "rankings", day="2022-08-12", basis="nonsense")
    assert not page.exception and "38.33%" in page.code[0].value


def test_an_accepted_difference_is_marked_beside_the_figure_it_concerns(board, app):
    board.evening("丙", date(2022, 8, 11), cum_d1=10)
    number = waivers.grant(board.actor, "I2", "丙", DAY, "补录昨日")
    frame = ranking.table(board.view(DAY)).set_index("community")["marks"]
    assert "accepted" in frame["丙"].split() and "accepted" not in frame["丁"].split()
    assert not ranking.table(board.view(DAY), "on_time")["marks"].str.contains("accepted").any()
    supervisor, leader = (app(role, "rankings", day="2022-08-12") for role in (Role.SUPERVISOR, Role.LEADER))
    for page in (supervisor, leader):
        assert not page.exception
        assert any("✓ 已认可".encode() in one.proto.SerializeToString() for one in page.get("vega_lite_chart"))
    said = " ".join(one.value for one in supervisor.caption)
    assert "丙 I2" in said and "补录昨日" in said
    waivers.revoke(board.actor, number)
    assert "accepted" not in " ".join(ranking.table(board.view(DAY))["marks"])


def test_a_day_without_tallies_says_what_to_do(board, app):
    page = app(Role.SUPERVISOR, "rankings", day="2022-08-10")
    assert not page.exception
    assert "当日没有可以排名的社区" in drawn(page)


def test_unequal_rates_never_read_alike(board):
    board.baseline("甲", date(2022, 8, 2), 100_000)
    board.baseline("乙", date(2022, 8, 2), 100_000)
    board.evening("甲", DAY, cum_d1=50_000)
    board.evening("乙", DAY, cum_d1=50_001)
    assert notice.figures(snapshot.take(board.view(DAY)))[:2] == ["50.001% 50,001/100,000", "50.000% 50,000/100,000"]


def test_the_gain_of_the_street_says_of_how_many(board, app):
    board.evening("甲", date(2022, 8, 11), cum_d1=40)
    page = app(Role.LEADER, "rankings", day="2022-08-12")
    assert not page.exception
    assert "+6 (1/4)" in " ".join(str(one.proto) for one in page.get("vega_lite_chart"))


def charted(page):
    """Specification and data of every chart as text, Chinese included."""
    protos = [one.proto for one in page.get("vega_lite_chart")]
    specs = [json.dumps(json.loads(proto.spec), ensure_ascii=False) for proto in protos]
    return " ".join([*specs, *(proto.SerializeToString().decode("utf-8", "ignore") for proto in protos)])


def test_just_short_of_the_target_reads_short_of_it(board, app):
    board.baseline("甲", date(2022, 8, 2), 10_000)
    board.evening("甲", DAY, cum_d1=8_999)
    board.baseline("乙", date(2022, 8, 2), 100_000)
    board.evening("乙", DAY, cum_d1=89_996)
    page = app(Role.LEADER, "rankings", day="2022-08-12")
    assert not page.exception
    assert "89.996%" in charted(page) and "90.00%" not in charted(page)
    assert "89.99%" in charted(page) and "达标" not in [part for part in charted(page).split('"') if part == "✓ 达标"]


@pytest.mark.parametrize("by", ["area", "cadre"])
def test_areas_and_lead_cadres_are_ranked_without_a_name_in_clear(board, app, by):
    register = [{"name": name, "area": "东片" if name in "甲乙" else "西片", "lead_cadre": "王建国"} for name in FIELD]
    board.communities(register)
    for role in (Role.LEADER, Role.SUPERVISOR):
        page = app(role, "rankings", day="2022-08-12", by=by)
        assert not page.exception
        assert "王建国" not in charted(page) and "建国" not in drawn(page)
        assert ("王*" in charted(page)) == (by == "cadre" and role == Role.SUPERVISOR)
        assert ("东片" in charted(page)) == (by == "area")


def test_all_bases_stand_side_by_side(board, app):
    page = app(Role.LEADER, "rankings", day="2022-08-12", basis="all")
    assert not page.exception
    assert "接种率（摸底）" in drawn(page) and "接种率（应接）" in drawn(page) and "剩余人数" in drawn(page)
    assert "46/120" in drawn(page) and "未报" in drawn(page)


def test_a_second_dose_has_no_target_and_says_its_base(board, app):
    board.evening("甲", DAY, cum_d1=46, cum_full=30)
    page = app(Role.LEADER, "rankings", day="2022-08-12", dose="full", over="eligible")
    assert not page.exception
    assert "应接口径：累计全程接种人数÷应接种人数" in drawn(page)
    assert "30/120" in charted(page) and "目标 90%" not in charted(page)


def test_in_english(board, app):
    page = app(Role.SUPERVISOR, "rankings", day="2022-08-12", lang="en", by="area")
    assert not page.exception and "Area" in charted(page)
