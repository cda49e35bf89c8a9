"""Apache Superset of a virtual environment of its own: set up, started with gunicorn, filled with charts, asked."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import requests

from benchmarks.peers.questions import Question

USER, WORKERS, THREADS = "admin", 2, 4
PATIENCE = 180.0
CONFIG = """\
from pathlib import Path
HERE = Path(__file__).parent
SECRET_KEY = "{secret}"
SQLALCHEMY_DATABASE_URI = f"sqlite:///{{HERE / 'superset.db'}}"
DATA_CACHE_CONFIG = {{"CACHE_TYPE": "FileSystemCache", "CACHE_DIR": str(HERE / "cache")}}
PREVENT_UNSAFE_DB_CONNECTIONS = False  # the street may lie in SQLite
WTF_CSRF_ENABLED = False
JWT_ACCESS_TOKEN_EXPIRES = 86400
"""


@dataclass
class Superset:
    """A running Superset, somebody signed in, and the number of each question's chart with what it asks for."""

    address: str
    process: psutil.Process
    session: requests.Session
    charts: dict[str, dict[str, Any]] = field(default_factory=dict)

    def ask(self, question: Question, force: bool) -> tuple[list[dict[str, Any]], int]:
        """The rows of a chart, as a dashboard asks for them, and the bytes of the answer; ``force``: past its cache."""
        wanted = {**self.charts[question.name], "force": force}
        said = self.session.post(f"{self.address}/api/v1/chart/data", json=wanted, timeout=PATIENCE)
        told = _checked(said)["result"][0]
        if force == bool(told["is_cached"]):
            raise RuntimeError(f"{question.name}: the cache was {'' if force else 'not '}used")
        return list(told["data"]), len(said.content)

    def make(self, questions: Sequence[Question], url: str) -> None:
        """A dataset and a chart for every question, instead of those that were there."""
        for kind in ("chart", "dataset", "database"):
            for known in _checked(self.session.get(self._place(kind), timeout=PATIENCE))["ids"]:
                _checked(self.session.delete(f"{self._place(kind)}{known}", timeout=PATIENCE))
        database = self._made("database", {"database_name": "street", "sqlalchemy_uri": url})
        for one in questions:
            dataset = self._made("dataset", {"database": database, "table_name": one.name, "sql": one.sql})
            self.charts[one.name] = asked = _context(one, dataset)
            chart = {"slice_name": one.name, "viz_type": one.chart, "datasource_id": dataset}
            chart |= {"datasource_type": "table", "params": json.dumps(asked["form_data"])}
            self._made("chart", {**chart, "query_context": json.dumps(asked)})

    def _place(self, kind: str) -> str:
        return f"{self.address}/api/v1/{kind}/"

    def _made(self, kind: str, content: Mapping[str, Any]) -> int:
        return int(_checked(self.session.post(self._place(kind), json=content, timeout=PATIENCE))["id"])


@contextmanager
def serving(environment: Path, folder: Path) -> Iterator[Superset]:
    """Superset of a virtual environment, its own database in ``folder``, set up there where it is not yet."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "superset.log"
    password = _set_up(environment, folder, log)
    with ExitStack() as stack:
        address, process = _started(stack, environment, folder, log)
        session = stack.enter_context(requests.Session())
        told = {"username": USER, "password": password, "provider": "db"}
        said = _checked(session.post(f"{address}/api/v1/security/login", json=told, timeout=PATIENCE))
        session.headers["Authorization"] = f"Bearer {said['access_token']}"
        yield Superset(address, process, session)


def _context(question: Question, dataset: int) -> dict[str, Any]:
    """What the front end sends for a chart: the grouping and the aggregates of its dataset."""
    metrics = [{"expressionType": "SQL", "sqlExpression": sql, "label": name} for name, sql in question.figures.items()]
    keys = list(question.keys)
    return {
        "datasource": {"id": dataset, "type": "table"},
        "force": False,
        "queries": [{"columns": keys, "metrics": metrics, "filters": [], "row_limit": 10000, "orderby": []}],
        "form_data": {"viz_type": question.chart, "groupby": keys, "metrics": metrics, "row_limit": 10000},
        "result_format": "json",
        "result_type": "full",
    }


def _checked(said: requests.Response) -> dict[str, Any]:
    if said.status_code >= 300:
        raise RuntimeError(f"{said.request.method} {said.url}: {said.status_code} {said.text[:500]}")
    return dict(said.json())


def _set_up(environment: Path, folder: Path, log: Path) -> str:
    """The password of the account, which is the key of Superset too; its database is made the first time."""
    kept = folder / "secret"
    ready = kept.exists()
    secret = kept.read_text(encoding="utf-8") if ready else secrets.token_urlsafe(42)
    (folder / "superset_config.py").write_text(CONFIG.format(secret=secret), encoding="utf-8")
    if not ready:
        names = ("--username", USER, "--firstname", "a", "--lastname", "b", "--email", "admin@example.org")
        for command in (("db", "upgrade"), ("fab", "create-admin", *names, "--password", secret), ("init",)):
            _run(environment, folder, log, *command)
        kept.write_text(secret, encoding="utf-8")
    return secret


def _variables(folder: Path) -> dict[str, str]:
    own = {"SUPERSET_CONFIG_PATH": str(folder / "superset_config.py"), "SUPERSET_HOME": str(folder)}
    return {**os.environ, **own, "FLASK_APP": "superset.app:create_app()", "PYTHONPATH": ""}


def _run(environment: Path, folder: Path, log: Path, *command: str) -> None:
    with log.open("ab") as written:
        program = [str(environment / "bin" / "superset"), *command]
        subprocess.run(program, env=_variables(folder), cwd=folder, stdout=written, stderr=written, check=True)


def _started(stack: ExitStack, environment: Path, folder: Path, log: Path) -> tuple[str, psutil.Process]:
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        place = f"localhost:{probe.getsockname()[1]}"
    options = ["--bind", place, "--workers", str(WORKERS), "--threads", str(THREADS), "--worker-class", "gthread"]
    program = [str(environment / "bin" / "gunicorn"), *options, "--timeout", "120", "superset.app:create_app()"]
    written = stack.enter_context(log.open("ab"))
    process = subprocess.Popen(program, env=_variables(folder), cwd=folder, stdout=written, stderr=written)
    stack.callback(_stop, process)
    address = f"http://{place}"
    _wait(address, process)
    return address, psutil.Process(process.pid)


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError("Superset ended by itself")
        try:
            if requests.get(f"{address}/health", timeout=5).ok:
                return
        except requests.RequestException:
            time.sleep(0.2)
    raise RuntimeError("Superset did not answer")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
