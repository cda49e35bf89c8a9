"""The administration page: every section, and the acts that change something."""

from __future__ import annotations

import bcrypt
import pytest
from streamlit.testing.v1 import AppTest

from data_access import accounts
from data_access.access import entry
from data_access.accounts import Role
from data_access.backups import copies
from data_access.office import calendars, overrides, registry
from data_access.reports import events
from data_access.reports.events import Wanted
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
        ("limits", "-1 为前一天"),
        ("postings", "尚未设置群机器人"),
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


def press(page: AppTest, label: str) -> AppTest:
    return next(button for button in page.button if button.label == label).click().run()


def test_a_setting_is_changed_in_the_page_and_counts_at_once(app: App, board: Board) -> None:
    page = app(Role.ADMIN, "administration", section="limits")
    field = next(one for one in page.number_input if one.key.startswith("set_thresholds.small_base"))
    field.set_value(12)
    press(page, "保存")
    assert not page.exception and "已修改，立即生效：小基数界线" in everything(page)
    listed = overrides.listed(board.actor).set_index("name")
    assert listed.loc["thresholds.small_base", "value"] == "12" and listed["set"].sum() == 1
    low = next(one for one in page.number_input if one.key.startswith("set_thresholds.coverage_target"))
    low.set_value(140.0)
    press(page, "保存")
    assert "须 ≤ 100" in page.error[0].value


def test_the_register_is_kept_in_the_page(app: App, board: Board) -> None:
    page = app(Role.ADMIN, "administration", section="register")
    page.text_input(key="new_name_0").input("河畔社区")
    press(page, "新增")
    assert not page.exception and "已登记：河畔社区。" in everything(page)
    page.text_input(key="new_name_1").input("春晖社区")
    press(page, "新增")
    assert "已是春晖社区的名称或别名" in page.error[0].value
    assert registry.community(board.actor, "河畔社区").revision == 1


@pytest.mark.parametrize("role", [Role.CLERK, Role.SUPERVISOR, Role.LEADER])
def test_only_administrators_get_in(app: App, board: Board, role: Role) -> None:
    page = app(role, "administration", section="limits")
    assert not page.exception and not page.number_input and "小基数" not in everything(page)
    offered = [one.options for one in page.get("button_group") if "专项与目标" in one.options]
    # supervisors find what they may do: targets and definitions, the wording of the spoken summary
    assert offered == ([["专项与目标", "口播稿"]] if role is Role.SUPERVISOR else [])


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
    made = accounts.actor("xiangyang_1")
    assert made.must_change and made.community == "向阳社区"
    assert bcrypt.checkpw(b"first password", entry.password_hash("xiangyang_1").encode())


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
