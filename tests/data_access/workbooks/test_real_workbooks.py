"""Real workbooks of other offices, where they are at hand: a result or findings, within seconds, never an exception."""

from __future__ import annotations

import time
from pathlib import Path
from types import ModuleType

import pytest

from data_access.workbooks.grid import Book, open_book
from data_access.workbooks.model import Known
from data_access.workbooks.pipeline import examine
from tests.conftest import leisure

SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "samples"
FILES = sorted(path for path in SAMPLES.glob("*/*") if path.suffix in (".xls", ".xlsx"))


@pytest.mark.skipif(not FILES, reason="the real workbooks are not here")
@pytest.mark.parametrize("path", FILES, ids=[f"{path.parent.name}{place}" for place, path in enumerate(FILES)])
def test_a_real_workbook(path: Path, known: Known) -> None:
    data = path.read_bytes()
    began = time.perf_counter()
    result = examine(data, path.name, known)
    assert time.perf_counter() - began < leisure(10)
    assert isinstance(open_book(data, path.name), Book)
    assert result.sheets and all(finding.message for finding in result.all_findings())


def test_ten_thousand_rows(make: ModuleType, known: Known) -> None:
    names = [community.name for community in known.communities]
    rows = [
        make.person(
            n % 900,
            names[n % 4],
            证件号码=make.document(n % 1000, f"19{50 + n // 1000}0101"),
            姓名="李" + chr(0x4E00 + n),
        )
        for n in range(10_000)
    ]
    data = make.book(接种名单=[make.ROSTER, *rows])
    began = time.perf_counter()
    result = examine(data, "a.xlsx", known)
    assert time.perf_counter() - began < leisure(10)  # about 1.5 s on two idle cores; the machine may be busy
    assert sum(len(portion.rows) for _sheet, portion in result.portions) == 10_000
