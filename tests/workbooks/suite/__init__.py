"""The acceptance suite of the way in: workbooks made by script, each with what a person would take from it.

Written from the reading rules N1–N22, not from the reader. ``python -m tests.workbooks.suite FOLDER`` writes every
file into a folder and says which of them the reader takes otherwise.
"""

from __future__ import annotations

from pathlib import Path

from tests.workbooks.suite import (  # noqa: F401  (each registers its cases)
    dates,
    files,
    headers,
    layouts,
    names,
    numbers,
    people,
    titles,
    totals,
    trouble,
)
from tests.workbooks.suite.case import CASES, Case, Made, judge

__all__ = ["CASES", "Case", "Made", "judge", "summary", "write"]


def summary(wrong: dict[str, list[str]]) -> str:
    """The line that says how many of the cases that were run are recognised and exact."""
    right = sum(not reasons for reasons in wrong.values())
    return f"recognised and exact {right}/{len(wrong)}"


def write(case: Case, made: Made, folder: Path) -> Path:
    """Write the file of a case into a folder of its rule and name; file names alone are not unique."""
    place = folder / case.rule / case.name
    place.mkdir(parents=True, exist_ok=True)
    path = place / made.filename
    path.write_bytes(made.data)
    return path
