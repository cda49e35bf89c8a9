"""The briefing page: six panels and two sentences for every role, with chrome and on the wall."""

from datetime import date

import pytest

from data_access.accounts import OFFICE, Role
from data_access.office import phrases, waivers
from pages.parts.frame import shell
from pages.parts.wall import briefing_day
from tests.data_access.street import Board, at
from tests.pages.conftest import account

DAY, EVE = date(2022, 8, 12), date(2022, 8, 11)


@pytest.fixture
def board(office):
    office.now("2022-08-12T08:42")
    made = Board()
    made.communities(["春晖社区", "安康社区"], at=at(EVE, 8))
    made.sites([{"name": "卫生中心", "daily_capacity": 20, "batch_capacity": 5}], at=at(EVE, 8))
    for name in ("春晖社区", "安康社区"):
        made.baseline(name, EVE, surveyed=120, at=at(EVE, 9))
        made.roster(name, DAY, 3, site="卫生中心", at=at(EVE, 17))
    made.roster("春晖社区", EVE, 10, at=at(date(2022, 8, 10), 17))
    made.evening("春晖社区", EVE, roster_n=10, vacc_on_roster=7, no_show=1, cum_d1=46, at=at(EVE, 19))
    made.morning("春晖社区", DAY, rows=[{"site": "卫生中心", "planned": 3, "stock": 1}], at=at(DAY, 8))
    made.action(
        "春晖社区", "DB-1", issue="楼道堆物", owner="周明", unit="城管办", found_on=EVE, due=EVE, original_due=EVE
    )
    return made


def asked(page, name: str):
    """A parameter of the address."""
    value = page.query_params.get(name)
    return value[0] if isinstance(value, list) else value


def words(page) -> str:
    """Everything that st.html drew."""
    assert not page.exception
    return " ".join(element.proto.body for element in page.get("html"))


@pytest.mark.parametrize("role", OFFICE)
@pytest.mark.parametrize("mode", ["", "screen"])
def test_every_role_sees_the_six_panels(board, app, role, mode):
    drawn = words(app(role, "briefing", **({"mode": mode} if mode else {})))
    for title in ("谁没报", "昨日结果与差异", "今日召集", "接种率排名", "专项红灯", "今日待定"):
        assert title in drawn
    assert "1 家共接种" in drawn and "安康未报" in drawn
    assert "38.33%" in drawn and "46/120" in drawn
    assert "周明" not in drawn


def test_accepted_differences_are_counted_and_only_off_the_wall_explained(board, app):
    assert "已认可" not in words(app(Role.SUPERVISOR, "briefing"))
    waivers.grant(board.actor, "I1", "春晖社区", EVE, "逐人核对过")
    drawn = words(app(Role.SUPERVISOR, "briefing"))
    assert "✓ 已认可 1" in drawn and "春晖社区 · I1" in drawn and "逐人核对过" in drawn
    wall = words(app(Role.SUPERVISOR, "briefing", mode="screen"))
    assert "✓ 已认可 1" in wall and "逐人核对过" not in wall and "春晖社区 · I1" not in wall


def test_it_opens_on_today_while_only_rosters_are_in(board, app, office):
    office.now("2022-08-13T08:42")
    board.roster("春晖社区", date(2022, 8, 13), 2)
    assert asked(app(Role.LEADER, "briefing"), "day") == "2022-08-13"
    assert asked(app(Role.LEADER, "dispatch"), "day") == "2022-08-12"


def test_the_wall_keeps_no_day_in_its_address_and_follows_the_calendar(board, app, office):
    assert "day" not in app(Role.LEADER, "briefing", mode="screen").query_params
    office.now("2022-08-13T08:42")
    board.roster("春晖社区", date(2022, 8, 13), 2)
    assert "8月13日 周六" in words(app(Role.LEADER, "briefing", mode="screen"))


def test_the_wall_is_light_or_dark_as_asked(board, app):
    dark = words(app(Role.LEADER, "briefing", mode="screen", theme="dark"))
    light = words(app(Role.LEADER, "briefing", mode="screen", theme="light"))
    assert "background: #0F161B" in dark and "background: #0F161B" not in light


def test_onto_the_wall_and_off_it_again(board, app):
    page = app(Role.LEADER, "briefing")
    button = next(one for one in page.button if one.label == "投屏")
    page = button.click().run()
    assert asked(page, "mode") == "screen" and "day" not in page.query_params
    page = next(one for one in page.button if one.label == "退出投屏").click().run()
    assert "mode" not in page.query_params
    assert next(one for one in page.button if one.label == "投屏")


def test_a_day_of_the_past_goes_onto_the_wall_as_it_was_chosen(board, app):
    page = app(Role.LEADER, "briefing", day="2022-08-11")
    page = next(one for one in page.button if one.label == "投屏").click().run()
    assert asked(page, "day") == "2022-08-11"
    assert "8月11日 周四" in words(page)


@pytest.mark.parametrize("mode", ["", "screen"])
def test_an_empty_office_is_told_what_to_do_next(office, app, mode):
    page = app(Role.SUPERVISOR, "briefing", **({"mode": mode} if mode else {}))
    assert not page.exception
    assert any("还没有社区" in element.value for element in page.markdown)


def test_a_street_that_has_only_its_register_says_what_will_come(office, app):
    Board().communities(["春晖社区"])
    drawn = words(app(Role.LEADER, "briefing", mode="screen"))
    assert "还没有晚调度" in drawn and "名单尚未报来" in drawn and "名单报来后显示" in drawn


def test_what_does_not_fit_is_summed_up_in_words():
    kept = briefing_day._kept(list("甲乙丙丁戊己"), 5, "另 {n} 个点")
    assert list(dict.fromkeys(kept.values())) == ["甲", "乙", "丙", "丁", "另 2 个点"]
    assert briefing_day._kept(list("甲乙"), 5, "另 {n} 个点") == {"甲": "甲", "乙": "乙"}


@pytest.mark.parametrize(
    ("section", "title", "word"),
    [
        ("missing", "谁没报", "安康"),
        ("result", "昨日结果与差异", "不明差异"),
        ("callup", "今日召集", "疫苗对计划"),
        ("coverage", "接种率排名", "46/120"),
        ("reds", "专项红灯", "序时"),
        ("matters", "今日待定", "DB-1"),
    ],
)
def test_a_section_has_the_wall_to_itself_beside_the_spoken_words(board, app, section, title, word):
    drawn = words(app(Role.LEADER, "briefing", mode="screen", section=section))
    assert title in drawn and word in drawn and "1 家共接种" in drawn
    assert sum(f"</span>{other}<" in drawn for other in ("谁没报", "昨日结果与差异", "接种率排名", "今日待定")) <= 1
    assert "周明" not in drawn


def test_an_unknown_section_is_the_whole_screen_and_a_working_page_has_no_sections(board, app):
    assert "谁没报" in words(app(Role.LEADER, "briefing", mode="screen", section="weather"))
    assert "今日待定" in words(app(Role.LEADER, "briefing", section="missing"))


def test_a_section_without_figures_says_what_will_come(office, app):
    Board().communities(["春晖社区"])
    for section, word in (("result", "还没有晚调度"), ("callup", "名单报来后显示"), ("coverage", "还没有晚调度")):
        assert word in words(app(Role.LEADER, "briefing", mode="screen", section=section))


def test_the_summary_is_there_to_copy_and_speaks_the_offices_words(board, app):
    phrases.word(account(Role.SUPERVISOR), "called", "zh_CN", "今天请 <b>{people}</b> 位居民")
    page = app(Role.LEADER, "briefing")
    assert "今天请" in words(page)
    assert any("今天请 6 位居民" in code.value for code in page.code)
    assert not any(button.key == "wordings_open" for button in page.button)
    assert "Called up <b>6</b>" in words(app(Role.LEADER, "briefing", lang="en"))


def test_an_administrator_words_a_sentence_and_puts_it_back(board, app):
    page = app(Role.ADMIN, "administration", section="phrases")
    page.selectbox(key="wordings_key").select("called").run()

    def field():
        return next(area for area in page.text_area if area.key.startswith("wordings_text_zh_CN_called"))

    field().set_value("今天请 {nobody} 位").run()
    assert any("没有字段" in error.value for error in page.error)
    assert page.button(key="wordings_keep").disabled
    field().set_value("今天请 <b>{people}</b> 位").run()
    assert not page.error and any("今天请 6 位" in code.value for code in page.code)
    page.button(key="wordings_keep").click().run()
    assert phrases.wordings(account(Role.ADMIN)) == {"called": "今天请 <b>{people}</b> 位"}
    page.button(key="wordings_reset").click().run()
    assert phrases.wordings(account(Role.ADMIN)) == {}
    assert "召集" in field().value


@pytest.mark.parametrize("page", [page for page in shell.PLACES if page != "district"])
def test_every_page_looks_back_with_a_banner_and_lets_nothing_be_written(board, app, page):
    shown = app(Role.ADMIN, page, day="2022-08-12", as_of="2022-08-11T23:00")
    assert not shown.exception
    assert any("23:00" in element.value and "不能修改" in element.value for element in shown.markdown)
    assert asked(shown, "as_of") == "2022-08-11T23:00"
    shown.button(key="looking_back_end").click().run()
    assert not shown.exception and "as_of" not in shown.query_params
    assert not any("不能修改" in element.value for element in shown.markdown)


def test_looking_back_shows_what_was_known_then(board, app):
    assert "卫生中心缺 2 剂" in words(app(Role.LEADER, "briefing", day="2022-08-12"))
    then = words(app(Role.LEADER, "briefing", day="2022-08-12", as_of="2022-08-12T07:00"))
    assert "卫生中心缺 2 剂" not in then and "召集" in then
