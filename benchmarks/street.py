"""The sample street that is measured, and how its figures are printed."""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from benchmarks import postgres, years
from config.settings import settings
from data_access import accounts, database, sample
from tests.browser.screenshots import DAY, NAME, PASSWORD, Office


def arguments(parser: argparse.ArgumentParser) -> None:
    """How large the street with years behind it is, and where it lies."""
    parser.add_argument("--data", type=Path, help="keep the street in this folder and use it again")
    parser.add_argument("--url", help="an empty database, or that of --data [default: SQLite]")
    parser.add_argument("--postgres", action="store_true", help="a PostgreSQL of its own, its files in that folder")
    parser.add_argument("--communities", type=int, default=30)
    parser.add_argument("--days", type=int, default=1095)
    parser.add_argument("--callups", type=int, default=1_000_000, help="people called up in all these days")


def office(data: Path, stack: ExitStack, url: str | None = None) -> None:
    """Enter an office in a folder; ``url`` is another database than the folder's own."""
    patch = stack.enter_context(pytest.MonkeyPatch.context())
    Office(data, patch)
    patch.setenv("STREET_BACKUP", '{"on": false}')
    if url:
        patch.setenv("STREET_DATABASE_URL", url)
    settings.cache_clear()
    stack.callback(database.close_all)


def opened(call: argparse.Namespace, stack: ExitStack) -> Path:
    """Enter the street of a call's ``arguments``, made by ``benchmarks.years`` where there is none yet; its folder."""
    data: Path = call.data or Path(stack.enter_context(tempfile.TemporaryDirectory()))
    cluster = stack.enter_context(postgres.serving(data / "postgres")) if call.postgres else None
    office(data, stack, call.url if cluster is None else cluster.database("street"))
    if not accounts.exist():
        began = time.perf_counter()
        accounts.create_first_administrator(NAME, PASSWORD, "示范街道")
        made = years.fill(accounts.console(), communities=call.communities, days=call.days, callups=call.callups)
        print(f"{made:,} called up in {call.communities} communities and {call.days} days, written in "
              f"{time.perf_counter() - began:.0f} s", flush=True)  # fmt: skip
    return data


def fill(data: Path, communities: int, days: int) -> None:
    """The street of the folder, made where there is none yet; prints how long that took."""
    if accounts.exist():
        print(f"street of {data}")
        return
    began = time.perf_counter(), time.process_time()
    accounts.create_first_administrator(NAME, PASSWORD, "示范街道")
    loaded = sample.load(accounts.console(), communities=communities, days=days, until=DAY)
    wall, busy = time.perf_counter() - began[0], time.process_time() - began[1]
    print(f"sample {communities} x {days}: {loaded.workbooks} workbooks in {wall:.0f} s ({busy:.0f} s of processor)")


def spread(figures: Sequence[float]) -> str:
    """Minimum, median and maximum, in columns."""
    return f"{min(figures):8.0f}{statistics.median(figures):8.0f}{max(figures):8.0f}"


def head(first: str, groups: Iterable[str]) -> str:
    """The two lines above columns of ``spread``."""
    names = list(groups)
    top = f"{first:34}" + "".join(f"{name:>24}" for name in names)
    return top + "\n" + " " * 34 + "     min  median     max" * len(names)
