"""Malformed cells and workbooks all the way in: read, compared, committed; nothing falls over, nothing is in by halves.

``tests/workbooks`` shows that the reader always has an answer. Here it goes on into the database of a street, thousands
of times with ``pytest -m fuzz``, and everything that is kept is examined as ``verify`` does.
"""

from __future__ import annotations

import hashlib
import io
import random
import zipfile
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from config import clock
from data_access.accounts import Actor
from data_access.backups import health
from data_access.inbox import intake
from data_access.workbooks.model import Hints
from tests.conftest import Office
from tests.data_access.street import Board
from tests.workbooks.suite import CASES
from tests.workbooks.suite.paper import xlsx
from tests.workbooks.suite.street import CLINIC, GYM, HAPPY, HEADS, LAKE, PEACE, SUN, columns, written
from tests.workbooks.test_any_content import CONTENT, cells

FEW = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
MANY = settings(max_examples=800, deadline=None, suppress_health_check=list(HealthCheck))
TOKENS = (
    b"<row r='-1'>", b"</c>", b"<v>", b"&#0;", b"&nope;", b"1e999", b"NaN", b"-", b"\xff\xfe", b"r=\"ZZZZ9999999\"",
    b"t=\"s\"", b"<mergeCell ref=\"A1:XFD1048576\"/>", b"<f>1+</f>", b"\xe2\x80\xae", b"99999999999999999999", b"%",
)  # fmt: skip


@pytest.fixture
def street(office: Office) -> Actor:
    board = Board(office.console)
    board.communities([SUN, HAPPY, {"name": LAKE, "kind": "village"}, PEACE])
    board.sites([CLINIC, GYM])
    return board.actor


class Swallowed:
    """What became of the files that a street was given."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.found: Counter[str] = Counter()

    def take(self, data: bytes, name: str) -> None:
        """Take a file in; it is answered with sentences, and nothing fell over on the way."""
        sha256 = hashlib.sha256(data).hexdigest()
        item = intake.File(0, name, sha256, len(data), clock.now(), lambda: data, Hints())
        (item,) = intake.take_in(self.actor, [item])
        assert not item.problem, f"{name} {sha256}"
        answer = item.answer
        for found in answer.all_findings():
            assert found.message and found.remedy
        for sheet in answer.sheets:
            assert sheet.status in ("committed", "unchanged", "rejected", "skipped"), sheet.status
        self.found[answer.status] += 1
        self.found["rows accepted"] += sum(sheet.rows_accepted for sheet in answer.sheets)
        self.found["rows refused"] += sum(sheet.rows_refused for sheet in answer.sheets)

    def examine(self) -> None:
        """What is kept hangs together."""
        assert [check.text for check in health.examine(self.actor) if not check.good] == []


# Workbooks -------------------------------------------------------------------------------------------------------


def bent(data: bytes, chance: random.Random) -> bytes:
    """Bytes with some of them changed, taken out, put in, doubled or cut off."""
    made = bytearray(data)
    for _change in range(chance.randrange(1, 6)):
        place, length = chance.randrange(len(made) + 1), chance.randrange(1, 200)
        match chance.randrange(6):
            case 0:
                made[place : place + 1] = chance.randbytes(1)
            case 1:
                del made[place : place + length]
            case 2:
                made[place:place] = chance.choice(TOKENS)
            case 3:
                made[place:place] = made[place : place + length]
            case 4:
                other = chance.randrange(len(made) + 1)
                made[place:place] = made[other : other + length]
            case _:
                if chance.random() < 0.1:
                    del made[place:]
    return bytes(made)


def parts_of(data: bytes) -> list[tuple[str, bytes]]:
    """The parts of a packed file; none where it is not packed, or does not open."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as whole:
            return [(info.filename, whole.read(info)) for info in whole.infolist()]
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError):
        return []


def bent_within(parts: list[tuple[str, bytes]], chance: random.Random) -> bytes:
    """One or two parts of a packed file bent, taken out or doubled, and all packed again as if nothing were."""
    for _change in range(chance.randrange(1, 3)):
        number = chance.randrange(len(parts))
        name, content = parts[number]
        match chance.randrange(8):
            case 0 if len(parts) > 1:
                del parts[number]
            case 1:
                parts.append((name, bent(content, chance)))
            case _:
                parts[number] = (name, bent(content, chance))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts:
            packed.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def malformed(number: int) -> tuple[bytes, str]:
    """The workbook of this number: one of the acceptance suite's, bent."""
    chance = random.Random(number)
    made = CASES[number % len(CASES)].make()
    parts = parts_of(made.data)
    if parts and chance.random() < 0.8:
        return bent_within(parts, chance), made.filename
    return bent(made.data, chance), made.filename


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("numbers", [range(0, 2000, 80), pytest.param(range(2000), marks=pytest.mark.fuzz)], ids=len)
def test_malformed_workbooks(street: Actor, numbers: range) -> None:
    """Tried: the awkward workbooks of the acceptance suite with bytes and parts changed, doubled and taken out.

    Held: each is answered in sentences; what of it could be read is in whole, and nothing else is.
    """
    swallowed = Swallowed(street)
    for number in numbers:
        swallowed.take(*malformed(number))
        if number % 250 == 0:
            swallowed.examine()
    swallowed.examine()
    print(f"\n{len(numbers)} malformed workbooks: {dict(swallowed.found)}")
    assert swallowed.found["committed"] and swallowed.found["rejected"]


# Cells -----------------------------------------------------------------------------------------------------------


@st.composite
def bent_cells(draw: st.DrawFn) -> tuple[bytes, int]:
    """A sheet of some kind with every other cell malformed, and how many are."""
    kind = draw(st.sampled_from(sorted(CONTENT)))
    rows = draw(CONTENT[kind])
    keys, bad = columns(rows), 0
    body: list[list[Any]] = []
    for row in rows * 2:
        line = [written(key, row[key]) for key in keys]
        for place in draw(st.sets(st.integers(0, len(keys) - 1), min_size=len(keys) // 2)):
            line[place] = draw(cells)
            bad += 1
        body.append(line)
    return xlsx({"表": [[HEADS[kind][key] for key in keys], *body]}), bad


def takes_cells(street: Actor, examples: settings) -> int:
    swallowed, bad = Swallowed(street), 0

    @seed(20220812)
    @examples
    @given(made=bent_cells())
    def take(made: tuple[bytes, int]) -> None:
        nonlocal bad
        data, cells_bent = made
        swallowed.take(data, "表.xlsx")
        bad += cells_bent

    take()
    swallowed.examine()
    print(f"\n{bad} malformed cells: {dict(swallowed.found)}")
    return bad


def test_malformed_cells(street: Actor) -> None:
    """Tried: sheets of every kind in which every other cell is something else. Held: as for workbooks."""
    assert takes_cells(street, FEW) > 100


@pytest.mark.fuzz
def test_malformed_cells_for_long(street: Actor) -> None:
    """The same with more than twenty thousand cells."""
    assert takes_cells(street, MANY) > 20_000
