"""The sample street that is measured, and how its figures are printed."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from data_access import accounts, sample
from tests.browser.screenshots import DAY, NAME, PASSWORD


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
