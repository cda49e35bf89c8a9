from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread

import pytest
import streamlit as st
from streamlit import config
from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import AppTest

from config import clock, language
from data_access import accounts, database
from data_access.accounts import OFFICE, ROLE_NAMES, Capability, Role
from pages.parts.frame import session, shell
from tests.conftest import Office
from tests.pages.conftest import PASSWORD, STREET, App, account, administrator

PAGES = list(shell.PLACES)


def _titles(board: AppTest) -> list[str]:
    return [title.value for title in board.title]


def _texts(board: AppTest) -> str:
    return "\n".join(element.value for element in (*board.markdown, *board.caption, *board.error, *board.title))


def _param(board: AppTest, name: str) -> str:
    value = board.query_params[name]
    return value if isinstance(value, str) else value[0]


def _sign_in(board: AppTest, name: str, password: str) -> AppTest:
    board.text_input(key="sign_in_name").input(name)
    board.text_input(key="sign_in_password").input(password)
    next(button for button in board.button if button.label in ("登录", "Sign in")).click()
    return board.run()


@pytest.mark.parametrize("page", PAGES)
def test_a_visitor_sees_the_login_and_nothing_else(app: App, page: str) -> None:
    administrator()
    board = app(None, page, day="2022-08-10")
    assert not board.exception
    assert [field.label for field in board.text_input] == ["账号", "密码"]
    assert _titles(board) == []
    assert STREET not in _texts(board)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", OFFICE)
def test_each_role_opens_its_pages_and_is_told_who_opens_the_others(app: App, role: Role, page: str) -> None:
    board = app(role, page)
    assert not board.exception
    place = shell.PLACES[page]
    assert _titles(board) == [place.label]
    allowed = place.needs in accounts.CAPABILITIES[role]
    refused = "您的角色不能打开本页。" in _texts(board)
    assert refused is not allowed
    if not allowed:
        may = [role for role, allowed in accounts.CAPABILITIES.items() if place.needs in allowed]
        assert any(language._(ROLE_NAMES[role]) in _texts(board) for role in may)
        assert not board.selectbox, "nothing of the page may be drawn"


def test_who_may_open_what() -> None:
    needs = {page: place.needs for page, place in shell.PLACES.items()}
    assert needs["administration"] == Capability.SET_TARGETS
    assert needs["district"] == Capability.COMPARE_STREETS
    others = {need for page, need in needs.items() if page not in ("administration", "district")}
    assert others == {Capability.READ_BOARD}


def test_signing_in_opens_the_page_that_was_asked_for(app: App) -> None:
    administrator()
    board = _sign_in(app(None, "rankings", day="2022-08-10"), "admin_sf", PASSWORD)
    assert not board.exception
    assert _titles(board) == ["排名通报"]
    assert _param(board, "day") == "2022-08-10"


@pytest.mark.parametrize(("password", "seen"), [(PASSWORD, "排名通报"), ("not the password", "账号或密码不对")])
@pytest.mark.parametrize(("place", "name"), [(ScriptCache, "get_bytecode"), (session, "_right")])
def test_a_click_is_not_forgotten_when_the_browser_asks_for_another_run_meanwhile(
    app: App, monkeypatch: pytest.MonkeyPatch, place: object, name: str, password: str, seen: str
) -> None:
    """As a part of the page does that reports before the click is handed over, or while the password is being checked;
    Streamlit breaks the run off."""
    administrator()
    board, once = app(None, "rankings"), [getattr(place, name)]
    work = once[0]

    def interrupted(*given: object) -> object:
        done, context = work(*given), get_script_run_ctx()
        if once:
            once.clear()
            assert context is not None and context.script_requests is not None
            context.script_requests.request_rerun(
                RerunData(query_string=context.query_string, page_script_hash=context.page_script_hash)
            )
        return done

    monkeypatch.setattr(place, name, interrupted)
    _sign_in(board, "admin_sf", password)
    assert not board.exception
    assert seen in _texts(board) + " ".join(_titles(board))
    assert st.get_option("runner.fastReruns") is False, "else the other run begins beside the click"


def test_unknown_account_and_wrong_password_get_the_same_answer(app: App) -> None:
    administrator()
    wrong = _texts(_sign_in(app(None), "admin_sf", "not the password"))
    unknown = _texts(_sign_in(app(None), "nobody_here", "not the password"))
    assert "账号或密码不对" in wrong
    assert wrong == unknown


def test_the_console_account_cannot_sign_in(app: App) -> None:
    administrator()
    assert "账号或密码不对" in _texts(_sign_in(app(None), database.CONSOLE, ""))


def test_a_disabled_account_is_signed_out_with_its_next_click(app: App) -> None:
    board = app(Role.LEADER)
    accounts.disable(administrator(), "leader_1")
    board.run()
    assert _titles(board) == []
    assert "登录已失效" in _texts(board)


def test_a_changed_password_ends_other_sessions(app: App) -> None:
    board = app(Role.LEADER)
    accounts.set_password(accounts.actor("leader_1"), "leader_1", "another password")
    board.run()
    assert "登录已失效" in _texts(board)


def test_a_password_set_by_an_administrator_is_changed_before_anything_else(app: App) -> None:
    account(Role.LEADER)
    accounts.set_password(administrator(), "leader_1", "set by somebody")
    board = _sign_in(app(None, "dispatch"), "leader_1", "set by somebody")
    assert _titles(board) == ["请设自己的密码"]
    board.text_input(key="own_present").input("set by somebody")
    board.text_input(key="own_first").input("my own password")
    board.text_input(key="own_second").input("my own password")
    board.button(key="own_change").click().run()
    assert _titles(board) == ["早晚调度"]
    session.sign_in("leader_1", "my own password", stay=False)  # raises where it does not fit


def test_signing_out(app: App) -> None:
    board = app(Role.SUPERVISOR, "dispatch")
    board.button(key="menu_leave").click().run()
    assert _titles(board) == []
    assert "已退出登录" in _texts(board)


def test_language_switch_reaches_pages_and_address(app: App) -> None:
    board = app(Role.SUPERVISOR, "dispatch")
    assert "lang" not in board.query_params
    board.segmented_control(key="language_choice").set_value("en").run()
    assert _titles(board) == ["Dispatch"]
    assert _param(board, "lang") == "en"
    again = app(Role.SUPERVISOR, "rankings", lang="en")
    assert _titles(again) == ["Rankings"]


def test_filters_live_in_the_address_and_stay_from_page_to_page(app: App) -> None:
    board = app(Role.SUPERVISOR, "dispatch", day="2022-08-10", as_of="2022-08-11T08:40")
    assert board.date_input(key="filter_day").value.isoformat() == "2022-08-10"
    assert "看板 8月11日 08:40 时的样子" in _texts(board)
    other = board.selectbox(key="filter_campaign").options[-1]
    board.selectbox(key="filter_campaign").select(other).run()
    chosen = _param(board, "campaign")
    board.query_params.clear()
    board.switch_page("pages/rankings.py").run()
    assert _titles(board) == ["排名通报"]
    assert _param(board, "day") == "2022-08-10"
    assert _param(board, "campaign") == chosen
    board.date_input(key="filter_day").set_value(clock.today()).run()
    assert _param(board, "day") == clock.today().isoformat()


def test_a_broken_address_falls_back_to_what_there_is(app: App) -> None:
    board = app(Role.SUPERVISOR, "dispatch", day="yesterday", campaign="none", area="nowhere", as_of="soon")
    assert not board.exception
    assert _param(board, "day") == "2022-08-12"
    assert "area" not in board.query_params


def test_status_line_says_as_of_when_and_which_version(app: App) -> None:
    line = _texts(app(Role.LEADER, "dispatch"))
    assert "数据截至" in line
    assert f"版本 {database.data_version()}" in line


def test_an_empty_office_says_what_to_do_next(app: App) -> None:
    assert "还没有社区名录" in _texts(app(Role.LEADER, "dispatch"))
    assert "请填写底册模板" in _texts(app(Role.ADMIN, "dispatch"))


def _first_start(board: AppTest, **typed: str) -> AppTest:
    values = {"first_name": "admin_sf", "first_street": STREET, "first_first": PASSWORD, "first_second": PASSWORD}
    for key, value in {**values, **typed}.items():
        board.text_input(key=key).input(value)
    board.radio(key="first_begin").set_value("empty")
    board.run()
    board.button(key="first_create").click()
    return board.run()


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"first_name": "Ad"}, "账号须为 4–20 位"),
        ({"first_street": ""}, "请填街道名称"),
        ({"first_first": "short", "first_second": "short"}, "密码至少 8 位"),
        ({"first_second": "something else"}, "两次输入不一致"),
        ({"first_first": " with blanks ", "first_second": " with blanks "}, "密码首尾不能有空格"),
    ],
)
def test_first_start_refuses_and_says_why(app: App, typed: dict[str, str], message: str) -> None:
    board = _first_start(app(None), **typed)
    assert [title.value for title in board.title] == ["首次启动"]
    assert any(message in error.value for error in board.error)
    assert not accounts.exist()


def test_first_start_creates_the_administrator_and_signs_in(app: App, office: Office) -> None:
    board = app(None, "rankings")
    assert "数据目录可写" in _texts(board)
    _first_start(board)
    assert not board.exception
    assert _titles(board) == ["报送中心"]
    assert accounts.actor("admin_sf").role == Role.ADMIN
    assert (office.data_dir / "street.key").stat().st_mode & 0o077 == 0


def test_no_page_queues_for_an_option_of_streamlit(office: Office) -> None:
    """Each element asks for several; with many pages at once their threads would stand in line for the lock."""
    shell.settle()
    inside, looked = Event(), Event()

    def hold() -> None:
        with config._config_lock:
            inside.set()
            looked.wait(10)

    holder = Thread(target=hold, daemon=True)
    holder.start()
    assert inside.wait(10)
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(config.get_option, "server.port").result(timeout=5)
    looked.set()
    holder.join()
