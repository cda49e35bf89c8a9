"""Marks that are no data: strike-through asks for a word, a percent format says what a number means (N8, N21)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from types import ModuleType

import pytest
from openpyxl import Workbook
from openpyxl.styles import Font

from data_access.workbooks.model import Known, SheetResult
from data_access.workbooks.pipeline import examine


def evening(make: ModuleType, dress: Callable[[Workbook], None], *rates: object) -> bytes:
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = "晚调度"
    rows = [[*make.evening(name), rate] for name, rate in zip(make.COMMUNITIES, rates, strict=False)]
    make.fill(sheet, [[*make.EVENING, "接种率"], *rows])
    dress(workbook)
    data: bytes = make.packed(workbook)
    return data


def only(data: bytes, known: Known) -> SheetResult:
    (sheet,) = examine(data, "a.xlsx", known).sheets
    return sheet


def rates(sheet: SheetResult) -> list[Decimal | None]:
    return [row.values.get("rate_printed") for portion in sheet.portions for row in portion.rows]


def test_rows_struck_through_are_read_and_said(make: ModuleType, known: Known) -> None:
    def dress(workbook: Workbook) -> None:
        for cell in ("B3", "C3", "B4"):
            workbook.active[cell].font = Font(strike=True)
        workbook.active["Z2"].font = Font(strike=True)  # beside the table

    sheet = only(evening(make, dress, "1%", "2%", "3%"), known)
    assert sum(len(portion.rows) for portion in sheet.portions) == 3
    (found,) = [finding for finding in sheet.all_findings() if finding.code == "STRUCK_OUT"]
    assert (found.cell, found.fields) == ("B3", {"n": 2, "rows": "3, 4"})
    assert "状态" in found.remedy


def test_nothing_is_said_where_nothing_is_struck_through(make: ModuleType, known: Known) -> None:
    codes = {finding.code for finding in only(evening(make, lambda _book: None, "1%"), known).all_findings()}
    assert "STRUCK_OUT" not in codes


@pytest.mark.parametrize(("shown", "expected"), [("0.0%", ["50", "100", "0.4", "120"]), ("General", None)])
def test_a_percent_format_makes_a_number_a_fraction(
    make: ModuleType, known: Known, shown: str, expected: list[str] | None
) -> None:
    def dress(workbook: Workbook) -> None:
        for row in range(2, 6):
            workbook.active.cell(row, len(make.EVENING) + 1).number_format = shown

    sheet = only(evening(make, dress, 0.5, 1, 0.004, 1.2), known)
    uncertain = [finding for finding in sheet.all_findings() if finding.code == "PERCENT_UNCERTAIN"]
    if expected is None:
        assert uncertain, "0.5 % or 50 %? The column also holds 1.2"
    else:
        assert rates(sheet) == [Decimal(figure) for figure in expected] and uncertain == []
