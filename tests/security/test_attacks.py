"""Whoever speaks to the running server without a browser: over its websocket and its HTTP.

One server for all of it; it has to be as well afterwards as before.
"""

from __future__ import annotations

import json
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import requests
from openpyxl import load_workbook
from sqlalchemy import func, select
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import ConnectionClosed, InvalidStatus

from config.campaigns import default_campaigns
from config.settings import settings
from data_access import accounts, database, privacy
from data_access.access import visits
from data_access.accounts import OFFICE, Role
from data_access.schema import Backup, Batch, BatchFile, Submission
from pages.parts.frame import shell
from tests.pages.conftest import PASSWORD
from tests.security.conftest import NAME, OTHER, OWN, PHONE, SECRET, Raided
from tests.security.wire import COOKIE, XSRF, Page, Wire, carried, chosen, pressed, signed_in, xsrf

PAGES = list(shell.PLACES)
DAY = "2022-08-12"
THEIRS = (NAME, PHONE, SECRET, privacy.mask_name(NAME), privacy.mask_phone(PHONE))
# What an answer must never hold: paths of the machine, the program's own text, a traceback.
INSIDES = re.compile(rb"Traceback|site-packages|/data_access/|\.py\", line|SQLAlchemy|sqlite3\.|psycopg|sqlalche\.me")


@pytest.fixture(autouse=True)
def well(raided: Raided) -> Iterator[None]:
    """After each attack the server still answers, and nothing was written where nothing should be."""
    before = _held()
    yield
    assert requests.get(f"{raided.address}/_stcore/health", timeout=20).text == "ok"
    assert _held() == before


def _held() -> tuple[int, ...]:
    with database.reading() as connection:
        tables = (Submission, BatchFile, Backup)
        return tuple(connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables)


def _nothing_of_others(page: Page) -> None:
    for text in THEIRS:
        assert not page.says(text), text
    assert not INSIDES.search(page.raw)


# Before the sign-in --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", PAGES)
def test_no_page_before_the_sign_in(raided: Raided, slug: str) -> None:
    """Tried: the page over the websocket without a cookie, by its name, by its hash, with the board's parameters, and
    again in the same session. Held: the login and nothing else."""
    with Wire(raided.address) as wire:
        for query in ("", f"day={DAY}&community={OWN}&submission={raided.roster}&mode=screen"):
            for page in (wire.open(slug, query), wire.open(slug, query), wire.open("", query)):
                assert page.login_only
                assert not page.says(OWN)
                _nothing_of_others(page)


@pytest.mark.parametrize(
    "forged",
    [
        "made up",
        "another key",
        "unsigned",
        "a name",
        "out of date",
        "empty",
        "huge",
        "a visit that ended",
    ],
)
def test_no_cookie_but_a_real_one_opens(raided: Raided, forged: str) -> None:
    """Tried: cookies that were made up, or were good once. Held: the login."""
    token = visits.begin(raided.admin)
    content = {
        "made up": "x.y.z",
        "another key": carried(token, "another key that is as long as the real one"),
        "unsigned": carried(token, "", algorithm="none"),
        "a name": carried("admin_sf"),
        "out of date": carried(token, days=-1),
        "empty": "",
        "huge": "A" * 6000,
        "a visit that ended": carried(token),
    }[forged]
    if forged == "a visit that ended":
        visits.end(token)
    with Wire(raided.address, {COOKIE: content}) as wire:
        assert wire.open("administration").login_only


@pytest.mark.parametrize("name", ["visit", "identified", "cookie", "username", "authentication_status", "by_itself"])
def test_the_session_is_not_told_by_the_visitor(raided: Raided, name: str) -> None:
    """Tried: states of widgets named like what the session keeps, the real token of another's visit among them.

    Held: nothing of the board, and the login afterwards.
    """
    token = visits.begin(raided.admin)
    with Wire(raided.address) as wire:
        wire.open("administration")
        for state in (chosen(name, token), WidgetState(id=name, bool_value=True), WidgetState(id=name, json_value="1")):
            page = wire.again(state)  # Streamlit stumbles over some of them: then a sentence, for the forger alone
            assert not page.of("heading") and not page.says(OWN)
            _nothing_of_others(page)
    with Wire(raided.address) as wire:
        assert wire.open("administration").login_only
    visits.end(token)


def test_guessing_over_the_wire_waits_too(raided: Raided) -> None:
    """Tried: six wrong passwords in a row over the websocket, with addresses that the visitor made up for itself.

    Held: after the fifth one has to wait, whatever the headers say.
    """
    accounts.create(raided.admin, "guessed_1", PASSWORD, Role.LEADER, must_change=False)
    said = []
    for number in range(6):
        with Wire(raided.address, {}, **{"X-Forwarded-For": f"203.0.113.{number}"}) as wire:
            page = wire.open("briefing")
            name, password = (one.id for one in page.of("text_input"))
            button = next(one.id for one in page.of("button") if one.is_form_submitter)
            page = wire.again(chosen(name, "guessed_1"), chosen(password, "wrong"), pressed(button))
            assert page.login_only
            said.append(page.says("输错次数过多"))
    assert said == [False] * 4 + [True] * 2


# Paths ----------------------------------------------------------------------------------------------------------------


PATHS = [
    "/..%2f..%2fstreet.key",
    "/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "/....//....//etc/passwd",
    "/static/..%2f..%2f..%2fapp.py",
    "/static/..%5c..%5cstreet.key",
    "/app/static/../app.py",
    "/app/static/street.key",
    "/component/..%2f..%2fapp.py/index.html",
    "/component/streamlit_authenticator/..%2f..%2f..%2fetc%2fpasswd",
    "/component/extra_streamlit_components.CookieManager.cookie_manager/..%2f..%2f__init__.py",
    "/_stcore/bidi-components/..%2f..%2f..%2fetc%2fpasswd",
    "/media/..%2f..%2fstreet.key",
    "/media/%00",
    "/_stcore/upload_file/../../street.key",
    "/data/street.key",
    "/street.db",
    "/app.py",
    "/pages/briefing.py",
    "/.streamlit/config.toml",
    "/.streamlit/secrets.toml",
    "//evil.example/%2e%2e",
    "/C:%5cWindows%5cwin.ini",
    "/briefing/../../street.key",
]


@pytest.mark.parametrize("path", PATHS)
def test_no_path_leads_to_a_file(raided: Raided, path: str) -> None:
    """Tried: paths that climb, encoded in every way, and the names of the board's own files. Held: refused, or the
    empty shell of the page; never a file of the machine, never a redirect to another house."""
    request = requests.Request("GET", f"{raided.address}/").prepare()
    request.url = raided.address + path  # as it stands: nothing is tidied on the way
    with requests.Session() as session:
        answer = session.send(request, allow_redirects=False, timeout=20)
    key = (raided.folder / "data" / privacy.KEY_FILE).read_bytes()
    for inside in (b"SQLite format", b"root:", b"[server]", b"set_page_config", b"import ", key[:16]):
        assert inside not in answer.content
    assert not INSIDES.search(answer.content)
    assert "evil.example" not in answer.headers.get("Location", "")
    shell_of_the_page = b'<div id="root">' in answer.content
    assert shell_of_the_page or answer.status_code in (301, 302, 307, 400, 403, 404), answer.status_code


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/_stcore/metrics"),
        ("GET", "/_stcore/host-config"),
        ("GET", "/_stcore/script-health-check"),
        ("GET", "/_stcore/agent/openapi.json"),
        ("POST", "/_stcore/agent/interact"),
        ("POST", "/_stcore/agent/mcp"),
        ("GET", "/_stcore/message"),
        ("GET", "/_stcore/upload_file/x/y"),
        ("POST", "/_stcore/stream"),
        ("GET", "/oauth2callback?code=x&state=y"),
        ("GET", "/auth/login?provider=x"),
        ("TRACE", "/"),
        ("PUT", "/app.py"),
        ("DELETE", "/media/x"),
    ],
)
def test_the_servers_own_addresses_tell_nothing(raided: Raided, method: str, path: str) -> None:
    """Tried: Streamlit's own addresses, also those of features that are off, without being signed in. Held: nothing of
    the board, of people or of the machine; nobody else's pages may speak to this one; nothing may be changed."""
    answer = requests.request(method, raided.address + path, json={}, allow_redirects=False, timeout=20)
    for text in (*THEIRS, OWN, OTHER, "admin_sf", str(raided.folder)):
        assert text.encode() not in answer.content
    assert not INSIDES.search(answer.content)
    assert "Access-Control-Allow-Origin" not in answer.headers
    if path.endswith("host-config"):
        assert answer.json()["allowedOrigins"] == []
    if "agent" in path and method == "POST":
        assert answer.status_code >= 400
    if method in ("PUT", "DELETE", "TRACE"):
        assert answer.status_code in (403, 404, 405)


# The websocket itself -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "https://localhost.evil.example",
        "null",
        "http://evil.example:8501",
        "https://board.streamlit.app",
        "http://localhost@evil.example",
    ],
)
def test_no_page_of_another_house_connects(raided: Raided, origin: str) -> None:
    """Tried: opening the websocket from a page of another house, with the cookie of somebody signed in. Held: 403, at
    once: nobody waits meanwhile."""
    with pytest.raises(InvalidStatus) as refused, Wire(raided.address, signed_in(raided.admin), origin=origin):
        pass
    assert refused.value.response.status_code == 403
    assert requests.get(f"{raided.address}/_stcore/health", timeout=20).elapsed < timedelta(seconds=1)


@pytest.mark.parametrize("host", ["evil.example:80", "localhost.evil.example:80", "127.0.0.1.evil.example:1"])
def test_no_name_but_the_servers_own(raided: Raided, host: str) -> None:
    """Tried: a name of the attacker's that leads to this machine (DNS rebinding), origin and host alike. Held: 403."""
    forged = f"http://{host}"
    with pytest.raises(InvalidStatus), Wire(raided.address, signed_in(raided.admin), origin=forged, host=host):
        pass


@pytest.mark.parametrize("what", ["rubbish", "text", "too much", "shut down", "disconnect", "skills", "no page"])
def test_broken_messages_break_nothing(raided: Raided, what: str) -> None:
    """Tried: frames that are no message, too large, of the developers' own, or that write to the server's folders.

    Held: the connection is closed or the message ignored; others go on.
    """
    message = BackMsg()
    with Wire(raided.address, signed_in(raided.leader)) as wire:
        wire.open("briefing")
        if what == "skills":
            message.backend_operation_request.request_id = "1"
            message.backend_operation_request.install_skills.SetInParent()
            wire.socket.send(message.SerializeToString())
            assert not list((raided.folder / "data").rglob("*skill*"))
            return
        if what == "no page":
            page = wire.again(page_script_hash="0" * 32, page_name="../../app")
            assert not INSIDES.search(page.raw)
            return
        try:
            if what == "text":
                wire.socket.send("hello")
            elif what == "rubbish":
                wire.socket.send(b"\xff" * 200)
            elif what == "too much":
                state = WidgetState(id="x", string_value="x" * 11_000_000)
                message.rerun_script.widget_states.widgets.append(state)
                wire.socket.send(message.SerializeToString())
            else:
                shut = what == "shut down"
                message.debug_shutdown_runtime, message.debug_disconnect_websocket = shut, not shut
                if shut:
                    message.debug_shutdown_runtime = True
                wire.socket.send(message.SerializeToString())
                assert wire.open("rankings").says(OWN), "others go on, and so does this one"
                return
            while True:
                wire.receive()
        except ConnectionClosed as closed:
            assert "/" not in str(closed.rcvd.reason if closed.rcvd else "")


# The address ----------------------------------------------------------------------------------------------------------

FORGED = {
    "another community": {"community": OTHER},
    "another community by number": {"community": "2"},
    "another community twice": {"community": [OWN, OTHER]},
    "SQL in the community": {"community": "' OR 1=1 --"},
    "SQL in the campaign": {"campaign": "covid'; DROP TABLE submission; --"},
    "SQL in the area": {"area": "\" UNION SELECT name FROM callup --"},
    "a pattern": {"community": "%", "area": "_"},
    "no day": {"day": "yesterday"},
    "the first day": {"day": "0001-01-01"},
    "the last day": {"day": "9999-12-31"},
    "a day of numbers": {"day": "-1"},
    "no moment": {"as_of": "2022-99-99T99:99"},
    "the first moment": {"as_of": "0001-01-01T00:00"},
    "a moment to come": {"as_of": "9999-12-31T23:59"},
    "another's submission": {"submission": "4", "part": "history", "community": OTHER},
    "a number too large": {"submission": "9" * 40, "number": "9" * 40, "file": "9" * 40},
    "a negative number": {"submission": "-1", "file": "-1"},
    "another's record": {"community": OTHER, "item": "1.1", "record": "2022/1.1", "file": "1", "tab": "checklist"},
    "another's indicator": {"community": OTHER, "workstream": "civil_affairs", "indicator": "CA-01",
                            "period": "2022-07", "record": "2022-07/CA-01"},
    "another's matter": {"item": "DB-1", "community": OTHER},
    "a day of another's": {"picked": OTHER, "mode": "screen", "section": "accounts"},
    "the base workbook": {"template": "base", "section": "backup"},
    "paths": {"community": "../../etc/passwd", "template": "../base", "lang": "../../zh_CN", "stream": "file:///"},
    "markup": {"community": "<script>1</script>", "area": "[x](http://evil.example)", "lang": "<b>"},
    "nothing visible": {"community": "\u202e\u0000\u200b", "lang": "\ud7ff"},
    "very much": {"community": "社" * 20_000},
    "a board without chrome": {"embed": "true", "embed_options": "show_toolbar"},
}  # fmt: skip


@pytest.mark.parametrize("what", FORGED)
def test_no_address_shows_a_clerk_more(raided: Raided, what: str) -> None:
    """Tried: every page with forged parameters, as a clerk and as a leader. Held: nobody of the other community, masked
    or not, nothing that was written of them, no error with anything of the machine in it."""
    for actor in (raided.clerk, raided.leader):
        with Wire(raided.address, signed_in(actor)) as wire:
            for slug in PAGES:
                page = wire.open(slug, {"day": DAY, **FORGED[what]})
                _nothing_of_others(page)
                assert [one.message for one in page.of("exception")] == [], (slug, actor.role)
                assert page.elements


@pytest.mark.parametrize("role", OFFICE)
def test_a_shared_address_shows_each_what_is_theirs(raided: Raided, role: Role) -> None:
    """Tried: a supervisor's address of a person's list, opened by the other roles. Held: names only for those who may
    read of people, and then masked."""
    actor = {Role.CLERK: raided.clerk, Role.LEADER: raided.leader, Role.ADMIN: raided.admin}.get(
        role, raided.supervisor
    )
    with Wire(raided.address, signed_in(actor)) as wire:
        page = wire.open("callups", {"day": DAY, "list": "called"})
        assert page.says(privacy.mask_name(NAME) or "") == (role in (Role.SUPERVISOR, Role.ADMIN))
        assert not page.says(NAME) and not page.says(PHONE)


# States of widgets ----------------------------------------------------------------------------------------------------


def test_a_choice_that_was_not_offered(raided: Raided) -> None:
    """Tried: a clerk's page told that the other community is chosen, and then asked for the template with its people.

    Held: what comes is of the own community.
    """
    with Wire(raided.address, signed_in(raided.clerk)) as wire:
        page = wire.open("uploads", {"day": DAY, "template": "roster"})
        field = page.widget("template_community").id
        for value in (OTHER, "2", "' OR 1=1", ""):
            page = wire.again(chosen(field, value))
            assert not page.of("exception")
            _nothing_of_others(page)
            offered = page.widget("template_download")
            url, refused = wire.fetch(offered.deferred_file_id)
            if not refused:
                made = requests.get(raided.address + url, timeout=20)
                assert OTHER not in made.headers.get("Content-Disposition", "")
                _holds_none_of(made.content)


def _holds_none_of(workbook: bytes) -> None:
    cells = [cell.value for sheet in load_workbook(BytesIO(workbook)) for row in sheet.iter_rows() for cell in row]
    said = " ".join(str(value) for value in cells if value is not None)
    assert OWN in said
    for text in (*THEIRS, OTHER):
        assert text not in said


PRESSED = {
    "callups": ("call_sheet_plain", "reveal_people"),
    "dispatch": ("closing_close", "closing_close_confirm", "closing_reopen_confirm", "settle_confirm"),
    "rankings": ("notice_publish", "notice_confirm", "notice_post"),
    "actions": ("matter_new", "matter_raise", "matter_close", "matter_save"),
    "uploads": ("history_withdraw", "withdraw_confirm", "batch_undo", "undo_confirm", "waive_confirm"),
    "administration": ("backup_now", "account_create", "account_reset_confirm", "account_disable_confirm"),
    "workstreams": ("item_approve", "target_withdraw"),
}


@pytest.mark.parametrize("slug", PRESSED)
def test_a_button_that_was_not_offered(raided: Raided, slug: str) -> None:
    """Tried: a clerk presses buttons of a supervisor and an administrator, by the ids that their pages bear and by made
    up ones. Held: nothing happens, and nothing is written."""
    with Wire(raided.address, signed_in(raided.admin)) as theirs:
        page = theirs.open(slug, {"day": DAY})
        real = [str(one.id) for one in page.of("button")]
    made_up = [f"$$ID-{'0' * 32}-{key}" for key in PRESSED[slug]]
    before, known = database.data_version(), accounts.accounts(raided.admin)
    with Wire(raided.address, signed_in(raided.clerk)) as wire:
        own = {str(one.id) for one in wire.open(slug, {"day": DAY}).of("button")}
        foreign = [one for one in real if one not in own]
        states = [pressed(one) for one in (*foreign, *made_up)]
        page = wire.again(*states, *(WidgetState(id=one, bool_value=True) for one in made_up))
        assert not page.of("exception")
        _nothing_of_others(page)
    assert (database.data_version(), accounts.accounts(raided.admin)) == (before, known)


# A session that ended -------------------------------------------------------------------------------------------------


ENDINGS: dict[str, Callable[[Raided, str], Any]] = {
    "disabled": lambda raided, name: accounts.disable(raided.admin, name),
    "another role": lambda raided, name: accounts.set_role(raided.admin, name, Role.LEADER),
    "a new password": lambda raided, name: accounts.reset_password(raided.admin, name),
    "signed out elsewhere": lambda raided, name: visits.end_all(accounts.actor(name)),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_nothing_of_a_session_outlives_it(raided: Raided, ending: str) -> None:
    """Tried: in windows that stayed open when the session ended: a button whose act is done before the page is drawn, a
    download that is made on request, the address of one that was made before.

    Held: no act, no download, and after the next run the old address is gone too.
    """
    name = f"ended_{list(ENDINGS).index(ending)}"
    cookies = signed_in(accounts.create(raided.admin, name, PASSWORD, Role.ADMIN, must_change=False))
    with Wire(raided.address, cookies) as audit, Wire(raided.address, cookies) as backups:
        deferred = audit.open("administration", {"section": "audit"}).widget("audit_xlsx").deferred_file_id
        address, refused = audit.fetch(deferred)
        assert not refused and requests.get(raided.address + address, timeout=20).ok
        button = backups.open("administration", {"section": "backup"}).widget("backup_now").id
        ENDINGS[ending](raided, name)
        assert audit.fetch(deferred) == ("", "Failed to generate file for download")
        assert backups.again(pressed(button)).login_only
        assert audit.again().login_only
        _is_gone(raided.address + address)
        assert audit.fetch(deferred)[0] == ""


def _is_gone(address: str) -> None:
    """The server tidies up just after a run has ended."""
    deadline = time.monotonic() + 5
    while requests.get(address, timeout=20).ok:
        assert time.monotonic() < deadline, "the address outlives the session"
        time.sleep(0.1)


def test_a_direct_address_after_signing_out(raided: Raided) -> None:
    """Tried: the address of a list of people after its window was signed out, and the same cookie again. Held: 404, and
    the login."""
    cookies = signed_in(raided.supervisor)
    with Wire(raided.address, cookies) as wire:
        page = wire.open("callups", {"day": DAY})
        address, refused = wire.fetch(page.widget("call_sheet_download").deferred_file_id)
        assert not refused and requests.get(raided.address + address, timeout=20).ok
        assert wire.again(pressed(page.widget("menu_leave").id)).login_only
        _is_gone(raided.address + address)
    with Wire(raided.address, cookies) as wire:
        assert wire.open("callups").login_only


# Uploads --------------------------------------------------------------------------------------------------------------

UPLOADS = {
    "without a token": ({}, None, 403),
    "with half a token": ({XSRF: "2|0|0|0"}, "x", 403),
    "from another house": ({XSRF: "real"}, None, 403),
    "with somebody else's token": ({XSRF: "real"}, "another", 403),
}


@pytest.mark.parametrize("what", UPLOADS)
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_no_file_from_another_house(raided: Raided, what: str, method: str) -> None:
    """Tried: a form or script of another page that sends a file into the session of somebody signed in. Held: 403."""
    cookies, token, status = UPLOADS[what]
    sent = {name: xsrf(raided.address) if value == "real" else value for name, value in cookies.items()}
    headers = {"Origin": "http://evil.example", **({"X-Xsrftoken": xsrf(raided.address)} if token else {})}
    with Wire(raided.address, signed_in(raided.clerk)) as wire:
        wire.open("uploads")
        answer = requests.request(
            method,
            f"{raided.address}/_stcore/upload_file/{wire.session}/forged",
            files={"file": ("x.xlsx", b"x")},
            cookies=sent,
            headers=headers,
            timeout=20,
        )
    assert answer.status_code == status
    assert answer.headers.get("Access-Control-Allow-Origin", "") != "http://evil.example"


@pytest.mark.parametrize("what", ["no session", "a session of nobody", "a name that climbs", "too large", "two files"])
def test_no_file_but_in_ones_own_session(raided: Raided, what: str) -> None:
    """Tried: sending a file with a good token but without a session, in one that was made up, under a name that climbs
    out, or more than may be sent. Held: refused, and nothing is written anywhere."""
    token = xsrf(raided.address)
    before = sorted(raided.folder.rglob("*"))
    with Wire(raided.address, signed_in(raided.clerk)) as wire:
        wire.open("uploads")
        session = {"no session": "", "a session of nobody": "0" * 36}.get(what, wire.session)
        name = "../../../street.key" if what == "a name that climbs" else "x.xlsx"
        place = "..%2f..%2fx" if what == "a name that climbs" else "made-up"
        size = 22 * 1024 * 1024 if what == "too large" else 10
        files = [("file", (name, b"x" * size)), *([("more", ("y.xlsx", b"y"))] if what == "two files" else [])]
        answer = requests.put(
            f"{raided.address}/_stcore/upload_file/{session}/{place}",
            files=files,
            cookies={XSRF: token},
            headers={"X-Xsrftoken": token},
            timeout=60,
        )
    assert answer.status_code >= 400
    assert not INSIDES.search(answer.content)
    assert sorted(raided.folder.rglob("*")) == before


def test_a_file_in_the_session_of_somebody_else_stays_outside(raided: Raided) -> None:
    """Tried: a clerk who knows the number of the supervisor's session sends a file into it, and claims it in the own
    page. Held: neither page takes it in: no batch holds it."""
    token = xsrf(raided.address)
    with (
        Wire(raided.address, signed_in(raided.supervisor)) as theirs,
        Wire(raided.address, signed_in(raided.clerk)) as own,
    ):
        theirs.open("uploads")
        page = own.open("uploads")
        requests.put(
            f"{raided.address}/_stcore/upload_file/{theirs.session}/planted",
            files={"file": ("planted.xlsx", b"x")},
            cookies={XSRF: token},
            headers={"X-Xsrftoken": token},
            timeout=20,
        )
        (field,) = page.of("file_uploader")
        state = WidgetState(id=field.id)
        info = state.file_uploader_state_value.uploaded_file_info.add()
        info.file_id, info.name, info.size = "planted", "planted.xlsx", 1
        assert not INSIDES.search(own.again(state).raw)
        assert not theirs.again().says("planted.xlsx")
    with database.reading() as connection:
        kept = connection.execute(select(BatchFile.filename).join(Batch, Batch.id == BatchFile.batch_id)).scalars()
        assert "planted.xlsx" not in list(kept)


# What goes wrong ------------------------------------------------------------------------------------------------------


def test_an_error_shows_nothing_of_the_machine(raided: Raided) -> None:
    """Tried: a page whose data somebody has spoilt in the database. Held: a sentence without type, path, trace or
    value; kind and place stand in the server's log, without people."""
    path = settings().url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, timeout=20)) as spoilt, spoilt:
        spoilt.execute("UPDATE campaign SET definition = ?", (json.dumps({"code": SECRET}),))
        spoilt.execute(
            "UPDATE data_version SET version = version + 1, everything = version + 1"
        )  # nobody answers from memory
        kept = spoilt.execute("SELECT id, street_id FROM campaign").fetchall()
    assert kept
    try:
        with Wire(raided.address, signed_in(raided.admin)) as wire:
            page = wire.open("rankings", {"day": DAY})
            (shown,) = page.of("exception")
            assert not shown.stack_trace and not page.says(SECRET)
            assert not INSIDES.search(page.raw)
            assert "ValidationError" not in shown.message + shown.type
    finally:
        _mend_campaigns(path)
    said = raided.log.read_bytes()
    assert b"ValidationError" in said
    for text in (NAME, PHONE):
        assert text.encode() not in said


def _mend_campaigns(path: str) -> None:
    with closing(sqlite3.connect(path, timeout=20)) as database_, database_:
        for campaign in default_campaigns():
            content = json.dumps(campaign.model_dump(mode="json"), ensure_ascii=False)
            database_.execute("UPDATE campaign SET definition = ? WHERE code = ?", (content, campaign.code))
        database_.execute("UPDATE data_version SET version = version + 1, everything = version + 1")


def test_the_log_names_nobody(raided: Raided) -> None:
    """Tried: finding in the server's log, after all of this, who was called up, what was written, or a token.

    Held: none of it.
    """
    said = raided.log.read_bytes()
    for text in (NAME, PHONE, SECRET, PASSWORD):
        assert text.encode() not in said
    with database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(Submission)).scalar_one()
