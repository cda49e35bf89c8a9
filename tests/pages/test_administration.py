"""The administration page: every section, and the acts that change something."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from data_access import accounts
from data_access.accounts import Role
from data_access.backups import copies
from data_access.office import calendars
from data_access.reports import events
from data_access.reports.events import Wanted
from pages.parts.frame import session
from tests.conftest import Office
from tests.data_access.street import DAY, Board
from tests.pages.conftest import PASSWORD, App, account, administrator


@pytest.fixture
def board(office: Office) -> Board:
    made = Board(administrator())
    made.communities([{"name": "春晖社区", "liaison": "王小明", "liaison_phone": "13800001111"}, "向阳社区"])
    made.sites(["卫生中心"])
    return made


def everything(page: AppTest) -> str:
    words = [str(element.value) for element in (*page.markdown, *page.caption, *page.subheader, *page.success)]
    words += [element.proto.body for element in page.get("html")]
    words += [element.value.to_string() for element in page.dataframe]
    return "\n".join(words)


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ("accounts", "admin_sf"),
        ("register", "春晖社区"),
        ("campaigns", "新冠疫苗接种"),
        ("limits", "前一天 18:00"),
        ("calendar", "没有停种日"),
        ("audit", "新建账号"),
        ("system", "SQLite"),
    ],
)
def test_every_section(app: App, board: Board, section: str, words: str) -> None:
    account(Role.LEADER)
    page = app(Role.ADMIN, "administration", section=section)
    assert not page.exception
    assert words in everything(page)


@pytest.mark.parametrize("section", ["register", "calendar", "audit", "system"])
def test_every_section_of_an_empty_office_in_english(app: App, section: str) -> None:
    page = app(Role.ADMIN, "administration", section=section, lang="en")
    assert not page.exception
    assert [title.value for title in page.title] == ["Administration"]


def test_the_register_shows_nobody_in_full(app: App, board: Board) -> None:
    words = everything(app(Role.ADMIN, "administration", section="register"))
    assert "138****1111" in words
    assert "王小明" not in words and "13800001111" not in words


def test_a_new_account_can_sign_in_and_must_change_its_password(app: App, board: Board) -> None:
    page = app(Role.ADMIN, "administration")
    page.selectbox(key="account_role").select(Role.CLERK).run()
    page.selectbox(key="account_community").select("向阳社区").run()
    page.text_input(key="account_name").input("xiangyang_1")
    page.text_input(key="account_password").input("first password")
    next(button for button in page.button if button.label == "创建账号").click().run()
    assert not page.exception
    assert "账号 xiangyang_1 已建好。" in everything(page)
    made = session.check("xiangyang_1", "first password")
    assert made is not None and made.must_change and made.community == "向阳社区"


def test_a_refused_account_says_why(app: App, board: Board) -> None:
    page = app(Role.ADMIN, "administration")
    page.text_input(key="account_name").input("x")
    page.text_input(key="account_password").input("short")
    next(button for button in page.button if button.label == "创建账号").click().run()
    assert [error.value for error in page.error] == ["密码至少 8 位。"]


def test_rest_days_are_added_and_refused_twice(app: App, board: Board) -> None:
    page = app(Role.ADMIN, "administration", section="calendar", day=DAY.isoformat())
    for _again in range(2):
        page.text_input(key="calendar_note").input("中秋节")
        next(button for button in page.button if button.label == "加入停种日历").click().run()
    assert calendars.rest_days(board.actor)[["day", "note"]].values.tolist() == [[DAY, "中秋节"]]
    assert "已是停种日" in page.error[0].value
    assert "中秋节" in everything(page)


def test_audit_is_searched_in_the_words_of_the_page(app: App, board: Board) -> None:
    account(Role.LEADER)
    page = app(Role.ADMIN, "administration", section="audit")
    page.text_input(key="audit_search").input("新建").run()
    shown = page.dataframe[0].value
    assert set(shown["事件"]) == {"新建账号"}
    assert events.events(board.actor, Wanted())[1] > len(shown)
    assert "校验链完整" in everything(page)
    page.multiselect(key="audit_accounts").select("admin_sf").run()
    page.text_input(key="audit_search").input("").run()
    assert set(page.dataframe[0].value["账号"]) == {"admin_sf"}


def test_passwords_are_not_shown(app: App, board: Board, office: Office) -> None:
    for section in ("accounts", "audit", "system"):
        assert PASSWORD not in everything(app(Role.ADMIN, "administration", section=section))
    assert accounts.actor("admin_sf").role == Role.ADMIN


def test_the_backups_say_how_they_stand(app: App, board: Board, office: Office) -> None:
    assert copies.run(board.actor).failure is None
    page = app(Role.ADMIN, "administration", section="backup")
    assert not page.exception and not page.error
    words = everything(page)
    assert "最近一次完好备份" in words and "✓ 已核验" in words and "丢了它" in words
    (office.data_dir / "backups").rename(office.data_dir / "moved")
    (office.data_dir / "backups").write_text("in the way")
    copies.run(board.actor)
    page = app(Role.ADMIN, "administration", section="backup")
    assert "无法写入" in page.error[0].value
