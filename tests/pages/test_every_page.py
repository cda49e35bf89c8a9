"""Every page for every role, on a small sample street and on an empty office: it draws, or says who may open it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from config.settings import settings
from data_access import accounts, database, privacy
from data_access.accounts import CAPABILITIES, OFFICE, Role
from data_access.reports import directory
from data_access.reports.view import View
from pages.parts.frame import shell
from tests.conftest import Office
from tests.pages.conftest import App, administrator

ROLES = OFFICE
PAGES = list(shell.PLACES)
DAY = "2022-08-12"


@pytest.fixture
def filled(office: Office, sampled: Callable[[int, int, str], None]) -> Office:
    """The office of the test, with a small sample street in it."""
    sampled(4, 2, f"{DAY}T21:20")
    return office


def text(page: AppTest) -> str:
    """Everything the page says in words and tables."""
    said = [
        element.value for kind in ("title", "header", "subheader", "markdown", "caption") for element in page.get(kind)
    ]
    said += [element.proto.body for element in page.get("html")]
    said += [element.value.to_string() for element in page.dataframe]
    return "\n".join(str(part) for part in said)


def names() -> set[str]:
    """The names and telephones of people in the office, in plain."""
    actor = accounts.console()
    with database.reading() as connection:
        rows = connection.exec_driver_sql("SELECT name, phone, liaison, liaison_phone FROM callup").all()
    assert rows
    return {privacy.keys().open(bytes(cell)).decode() for row in rows for cell in row if cell} - {actor.username}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", ROLES)
def test_a_page_draws_or_says_who_may_open_it(filled: Office, app: App, role: Role, page: str) -> None:
    shown = app(role, page, day=DAY)
    assert not shown.exception
    assert not shown.error
    assert [title.value for title in shown.title] == [shell.PLACES[page].label]
    allowed = shell.PLACES[page].needs in CAPABILITIES[role]
    said = text(shown)
    assert ("数据截至" in said) == allowed
    for name in names():
        assert name not in said  # masked, whoever looks


@pytest.mark.parametrize("page", [page for page in PAGES if page != "district"])
def test_a_page_speaks_english(filled: Office, app: App, page: str) -> None:
    shown = app(Role.ADMIN, page, day=DAY, lang="en")
    assert not shown.exception
    assert "Data as of" in text(shown)
    assert "数据截至" not in text(shown)


@pytest.mark.parametrize("page", PAGES)
def test_an_empty_office_says_what_to_do_next(office: Office, app: App, page: str) -> None:
    shown = app(Role.ADMIN, page)
    assert not shown.exception
    assert not shown.error


@pytest.mark.parametrize("page", ["dispatch", "community", "callups"])
def test_a_leader_sees_no_person_at_all(filled: Office, app: App, page: str) -> None:
    view = View(administrator(), settings().now.date(), "covid")
    liaisons = {privacy.mask_phone(name) for name in names() if name.isdigit()}
    assert len(directory.communities(view)) == 4
    said = text(app(Role.LEADER, page, day=DAY))
    assert not any(mask in said for mask in liaisons)


def test_a_visitor_sees_nothing_but_the_login(filled: Office, app: App) -> None:
    for page in PAGES:
        shown = app(None, page, day=DAY)
        assert not shown.exception
        assert "春晖" not in text(shown) and not shown.dataframe
