"""The board in the test: any page, signed in with any role, on the office of the test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import insert, select
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

from data_access import accounts, database
from data_access.access import visits
from data_access.accounts import Actor, Role
from data_access.schema import Account, Community
from tests.conftest import Office

APP = Path(__file__).parents[2] / "app.py"
PASSWORD = "correct horse"
STREET = "示范街道"

App = Callable[..., AppTest]


def administrator() -> Actor:
    """The office's administrator; created, with ``PASSWORD``, where there is none yet."""
    with database.reading() as connection:
        name = connection.execute(
            select(Account.username).where(Account.role == Role.ADMIN, Account.password_hash.is_not(None))
        ).scalar()
    return accounts.actor(name) if name else accounts.create_first_administrator("admin_sf", PASSWORD, STREET)


def account(role: Role | str, community: str | None = None) -> Actor:
    """An account of this role with ``PASSWORD``; a clerk works for ``community`` (else the first, or a new one)."""
    acting, role = administrator(), Role(role)
    if role == Role.ADMIN:
        return acting
    name = f"{role.value}_1"
    if name in {known["username"] for known in accounts.accounts(acting)}:
        return accounts.actor(name)
    if role == Role.CLERK:
        community = community or _first_community(acting)
    return accounts.create(acting, name, PASSWORD, role, community, must_change=False)


def _first_community(acting: Actor) -> str:
    with database.writing() as connection:
        name = connection.execute(
            select(Community.name).where(Community.street_id == acting.street_id).order_by(Community.position)
        ).scalar()
        if name is None:
            name = "春晖社区"
            connection.execute(insert(Community).values(street_id=acting.street_id, name=name, code="C01", position=1))
    return name


@pytest.fixture
def app(office: Office, monkeypatch: pytest.MonkeyPatch) -> App:
    """``app(role, page, **query)``: the page after its first run; ``role`` None is a visitor who is not signed in."""
    make = PagesManager.__init__

    def declared(self: PagesManager, *args: object, **options: object) -> None:
        # AppTest forgets before each run that the navigation has been declared; a server remembers. The very first
        # request of a server is tested in the browser.
        make(self, *args, **options)  # type: ignore[arg-type]
        PagesManager.uses_pages_directory = False

    monkeypatch.setattr(PagesManager, "__init__", declared)
    # AppTest has a mock for a connection: its visitor sits at the machine itself
    monkeypatch.setattr("streamlit.runtime.context._get_client_context", lambda: None)

    def open_page(role: Role | str | None, page: str = "briefing", **query: str) -> AppTest:
        board = AppTest.from_file(str(APP), default_timeout=30)
        if role is not None:
            actor = account(role)
            board.session_state["visit"] = visits.begin(actor)
        for name, value in query.items():
            board.query_params[name] = value
        board.switch_page(f"pages/{page}.py")
        return board.run()

    return open_page
