"""The board under a few and under many, over its own protocol; ``python -m benchmarks.viewers`` measures it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import pytest

from data_access.accounts import Role
from tests.conftest import Office
from tests.data_access.street import Board
from tests.load import crowd
from tests.load.server import serving
from tests.load.viewer import Viewer
from tests.pages.conftest import PASSWORD, account, administrator

DAY = date(2022, 8, 12)
NAMES = ("甲社区", "乙社区")
T = TypeVar("T")


def _street() -> crowd.Street:
    administrator()
    board = Board()
    board.communities(NAMES)
    for name in NAMES:
        board.baseline(name, surveyed=120, contraindicated=2)
        board.roster(name, n=6, outcomes=["vaccinated"] * 4)
        board.morning(name, planned=6)
        board.evening(name, roster_n=6, vacc_on_roster=4, no_show=2, cum_d1=46)
    return crowd.street(DAY)


def apart(what: Coroutine[Any, Any, T]) -> T:
    """Run it in a thread of its own: in this one the browser's loop may be running, for as long as the tests last."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, what).result()


def test_two_viewers_and_an_uploader(office: Office, tmp_path: Path) -> None:
    """One signs in by the form, two walk through the pages by their cookies, a clerk hands in a sheet: it shows."""
    town = _street()
    account(Role.SUPERVISOR)

    async def signed_in(address: str) -> None:
        async with Viewer(address) as viewer:
            asked = await viewer.open("dispatch")
            assert "sign_in_name" in viewer.widgets and "dataframe" not in asked.shown
            viewer.fill("sign_in_name", "supervisor_1")
            viewer.fill("sign_in_password", PASSWORD)
            run = await viewer.click(viewer.submits())
            assert (run.page, run.errors) == ("dispatch", []) and run.shown["dataframe"] == 1

    with serving(log=tmp_path / "server.log") as server:
        apart(signed_in(server.address))
        told = apart(crowd.walk(server, town, viewers=2, seconds=4, pause=(0.1, 0.3), uploaders=1, sheets=1))
        assert told.errors == []
        assert len(told.runs) >= 2 and all(run.shown for run in told.runs)
        assert len(told.uploads) == crowd.taken(town) == 1
        assert told.busy > 0 and told.memory[1] > 0


@pytest.mark.load
def test_many_at_once(office: Office, tmp_path: Path) -> None:
    """Twenty click at the same moment while ten clerks hand in three sheets each: nothing is lost, nothing fails."""
    town, seconds = _street(), float(os.environ.get("STREET_LOAD_SECONDS", "60"))
    with serving(log=tmp_path / "server.log") as server:
        told = apart(crowd.walk(server, town, 20, seconds, pause=(0.2, 1), uploaders=len(NAMES), sheets=9))
    print(told.line())
    assert told.errors == []
    assert crowd.taken(town) == len(NAMES) * 9
