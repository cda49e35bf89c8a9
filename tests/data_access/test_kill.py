"""The machine goes off at any moment: no file is lost, none goes in by halves, and the work goes on afterwards.

Real processes are killed (SIGKILL) at random moments of taking in a batch. A few times in every run of the tests;
twenty times on both databases with ``pytest -m kills``.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from config import clock
from config.campaigns import default_campaigns
from data_access import accounts, database
from data_access.accounts import Actor
from data_access.inbox import batches, facts
from data_access.schema import BatchFile, DataVersion, Submission, Workbook
from data_access.sheets import kind
from data_access.workbooks.writing import workbook
from tests.data_access.street import DAY, Board

ROOT = Path(__file__).parents[2]
PLACES = [f"{stem}社区" for stem in "甲乙丙丁戊己庚辛壬癸子丑"]
FIRST = 2 + len(PLACES)  # the data version before any workbook: the account and the register
PAGE = """
from data_access import accounts
from data_access.inbox import batches, intake
actor = accounts.actor("admin_sf")
files = intake.waiting(actor, batches.current(actor))
print("ready", flush=True)
for item in intake.take_in(actor, files):
    print(item.number, flush=True)
"""


def _runs(short: int) -> list[object]:
    return [short, pytest.param(20, marks=pytest.mark.kills)]


def two_sheets(community: str, n: int) -> bytes:
    """A workbook of two sheets: it is in with both or with none."""
    signed = {"filler": "王填报", "filled_at": clock.wall(DAY, dt.time(8, 30))}
    morning = {"biz_date": DAY, "community": community, "planned": n, "stock": n, **signed}
    surveyed = {"community": community, "to_survey": 90 + n, "surveyed": 90 + n, "contraindicated": 0, "deferred": 0}
    baseline = {**surveyed, "eligible": 90 + n, "as_of": DAY}
    sheets = [(kind("morning"), "早会商", [morning]), (kind("baseline"), "摸底台账", [baseline])]
    return workbook(sheets, campaigns=default_campaigns())


@pytest.fixture
def actor(database_url: str, request: pytest.FixtureRequest) -> Actor:
    long = request.node.get_closest_marker("kills") is not None
    if not long and not database_url.startswith("sqlite"):
        pytest.skip("the short run is for SQLite")
    admin = accounts.create_first_administrator("admin_sf", "long enough", "")
    Board(admin).communities(PLACES)
    return admin


def started(*args: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *args],
        cwd=ROOT,
        env={**os.environ, "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
    )


def finished(*args: str) -> list[str]:
    process = started(*args)
    out, _ = process.communicate(timeout=300)
    assert process.returncode in (0, 1), out
    return out.splitlines()


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()
    database.close_all()


def whole() -> None:
    """What is in is in whole: both sheets of a workbook, every row of a submission, one version of a scope."""
    with database.reading() as connection:
        submissions = connection.execute(select(Submission).where(Submission.workbook_id.is_not(None))).all()
        for number, count in Counter(row.workbook_id for row in submissions).items():
            assert count == 2, f"workbook {number} is in by halves"
        for row in submissions:
            table = facts.table(row.kind)
            stored = connection.execute(select(func.count()).where(table.c.submission_id == row.id)).scalar()
            assert stored == row.rows_accepted
            assert row.batch_id is not None
        in_force = Counter(row.scope for row in submissions if row.superseded_at is None)
        assert set(in_force.values()) <= {1}
        steps = connection.execute(select(DataVersion.version)).scalar_one()
    assert steps == FIRST + len({row.workbook_id for row in submissions})


def originals() -> set[str]:
    with database.reading() as connection:
        content = connection.execute(select(Workbook.content)).scalars().all()
    return {hashlib.sha256(data).hexdigest() for data in content}


@pytest.mark.parametrize("kills", _runs(2))
def test_a_batch_of_the_page_goes_on(actor: Actor, kills: int) -> None:
    chance = random.Random(kills)
    batch, sent, span = None, {}, 3.0
    for n in range(kills):
        if batch is None or not any(each.waiting for each in batches.files(actor, batch)):
            fresh = {f"{name}.xlsx": two_sheets(name, 10 + n) for name in PLACES}
            batch = batches.open_(actor)
            sent = {each.id: fresh[each.filename] for each in batches.receive(actor, batch, fresh.items())}
        process = started("-c", PAGE)
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        begun = time.monotonic()
        for _line in range(chance.randrange(4)):
            process.stdout.readline()
            span = min(span, 2 * (time.monotonic() - begun))
        time.sleep(chance.uniform(0, span / 4))
        kill(process)
        found = batches.files(actor, batch)
        assert {each.id for each in found} == set(sent), "every file is on the list"
        for each in found:
            assert batches.content(actor, each.id) == sent[each.id], "waiting or in, its bytes are there"
            assert each.waiting == (each.workbook_id is None)
        whole()
    finished("-c", PAGE)
    assert batch is not None and not any(each.waiting for each in batches.files(actor, batch))
    whole()
    with database.reading() as connection:
        staged = connection.execute(select(func.count()).where(BatchFile.content.is_not(None))).scalar()
    assert staged == 0


@pytest.mark.parametrize("kills", _runs(2))
def test_an_import_goes_on_as_the_same_batch(actor: Actor, tmp_path: Path, kills: int) -> None:
    chance = random.Random(kills)
    folder, n = tmp_path / "文件", 0
    command = ("-m", "data_access", "import", "--as", "admin_sf", "--json", str(folder))
    fill(folder, n)
    begun = time.monotonic()
    finished(*command, "--dry-run")
    length, before = time.monotonic() - begun, set[str]()
    for _kill in range(kills):
        process = started(*command)
        time.sleep(length * chance.uniform(0.4, 1.6))
        kill(process)
        whole()
        assert len(list(folder.iterdir())) == len(PLACES)
        if set(digests(folder.glob("*.xlsx"))) <= originals():  # it was quicker
            before |= originals()
            n += 1
            fill(folder, n)
    answer = json.loads("\n".join(finished(*command)))
    whole()
    with database.reading() as connection:
        numbers = connection.execute(select(Submission.batch_id).order_by(Submission.id.desc())).scalars().all()
    assert set(numbers[: 2 * len(PLACES)]) == {answer["batch"]}
    assert originals() == before | set(digests(folder.glob("*.xlsx")))


def fill(folder: Path, n: int) -> None:
    folder.mkdir(exist_ok=True)
    for name in PLACES:
        (folder / f"{name}.xlsx").write_bytes(two_sheets(name, 10 + n))


@pytest.mark.parametrize("kills", _runs(2))
def test_a_watched_folder_goes_on(actor: Actor, tmp_path: Path, kills: int) -> None:
    chance = random.Random(kills)
    folder = tmp_path / "收件"
    command = ("-m", "data_access", "import", "--as", "admin_sf", "--json", "--every", "0.1", "--watch", str(folder))
    sent = Counter[str]()
    for n in range(kills):
        if n == 0 or not waiting(folder):
            fill(folder, n)
            (folder / f"照片{n}.xlsx").write_bytes(b"\xff\xd8\xff\xe0" + bytes([n]) * 500)
            sent += Counter(digests(waiting(folder)))
        process = started(*command)
        assert process.stdout is not None
        for _line in range(min(chance.randrange(5), len(waiting(folder)))):
            process.stdout.readline()
        time.sleep(chance.uniform(0, 0.4))
        kill(process)
        assert Counter(digests(everywhere(folder))) == sent, "each file lies in exactly one place"
        assert set(digests((folder / "done").rglob("*.xlsx"))) <= originals()
        whole()
    finished(*command, "--once")
    assert not waiting(folder)
    assert Counter(digests(everywhere(folder))) == sent
    whole()
    failed = {path.name for path in (folder / "failed").glob("*.xlsx")}
    photos = {name for name in failed if "_批注" not in name}
    assert photos and all(name.startswith("照片") for name in photos)
    assert {name.replace(".", "_批注.") for name in photos} <= failed, "each with its findings beside it"


def waiting(folder: Path) -> list[Path]:
    return list(folder.glob("*.xlsx")) if folder.exists() else []


def everywhere(folder: Path) -> Iterator[Path]:
    """The files that were sent; not the annotated copies, of which one may be left over from before a kill."""
    for path in folder.rglob("*.xlsx"):
        if "_批注" not in path.name:
            yield path


def digests(paths: Iterator[Path] | list[Path]) -> list[str]:
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]
