"""Any bytes to a book or to one clear finding (N17); the file is judged by its content."""

from __future__ import annotations

import io
import struct
import zipfile
from types import ModuleType

import pytest

from config.settings import settings
from data_access.findings import Finding
from data_access.workbooks.grid import MOST_CELLS, Book, address, open_book


def refusal(data: bytes, name: str = "a.xlsx") -> str:
    found = open_book(data, name)
    assert isinstance(found, Finding)
    return found.code


def test_what_is_no_workbook(make: ModuleType) -> None:
    assert refusal(b"") == "FILE_EMPTY"
    assert refusal(b"\0" * 4096) == "FILE_EMPTY"
    assert refusal(b"%PDF-1.7 and more") == "FILE_NOT_A_WORKBOOK"
    assert refusal("姓名,年龄\n".encode("gbk")) == "FILE_NOT_A_WORKBOOK"
    assert refusal(b"PK\x03\x04" + b"garbage" * 50) == "FILE_DAMAGED"
    whole = make.title_rows()
    assert refusal(whole[: len(whole) // 2]) == "FILE_DAMAGED"


def test_a_zip_of_something_else() -> None:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert refusal(into.getvalue()) == "FILE_NOT_A_WORKBOOK"


def test_a_password_is_told_by_its_container() -> None:
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 512
    assert refusal(data) == "FILE_ENCRYPTED"
    assert refusal(data.replace("EncryptedPackage".encode("utf-16-le"), b"\0" * 32)) == "FILE_NOT_A_WORKBOOK"


def test_a_broken_xls_does_not_raise() -> None:
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le") + b"\xff" * 2048
    assert refusal(data, "a.xls") == "FILE_DAMAGED"


def test_a_bomb_is_refused_by_its_unpacked_size(make: ModuleType) -> None:
    into = io.BytesIO(make.title_rows())
    with zipfile.ZipFile(into, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/pad.bin", "w") as pad:
        for _megabyte in range(settings().limits.unzipped_mb + 1):
            pad.write(b"\0" * 1024 * 1024)
    assert len(into.getvalue()) < 2 * 1024 * 1024
    assert refusal(into.getvalue()) == "FILE_UNZIPS_TOO_LARGE"


def test_a_stored_size_that_lies_is_not_believed(make: ModuleType) -> None:
    data = make.edited(make.title_rows(), "xl/styles.xml", lambda xml: xml + " " * 3_000_000)
    where = data.rindex(b"xl/styles.xml") - 46  # its entry in the central directory
    lying = data[: where + 24] + struct.pack("<I", 10) + data[where + 28 :]
    assert refusal(lying) == "FILE_DAMAGED"


def test_a_file_that_is_too_large() -> None:
    assert refusal(b"PK\x03\x04" + b"x" * (settings().limits.file_mb * 1024 * 1024)) == "FILE_TOO_LARGE"


def test_a_wrong_ending_is_read_and_said(make: ModuleType) -> None:
    found = open_book(make.title_rows(), "名单.xls")
    assert isinstance(found, Book) and found.kind == "xlsx"
    assert [finding.code for finding in found.findings] == ["FILE_TYPE_DIFFERS"]


def test_cells_keep_their_addresses(make: ModuleType) -> None:
    rows: list[list[object]] = [[], [None, None, "x"]]
    found = open_book(make.book(表=rows), "a.xlsx")
    assert isinstance(found, Book)
    assert found.sheets[0].rows == [[], ["", "", "x"]]
    assert (address(1, 2), address(0, 25), address(9, 26), address(0, 702)) == ("C2", "Z1", "AA10", "AAA1")


def test_far_corners_are_not_laid_out(make: ModuleType) -> None:
    found = open_book(make.far_corner(), "a.xlsx")
    assert isinstance(found, Book)
    assert found.sheets[0].refusal is not None and found.sheets[0].refusal.code == "SHEET_TOO_LONG"
    assert MOST_CELLS < 16_384 * 1_048_576


def test_declared_extents_and_formatted_blanks_do_not_count(make: ModuleType) -> None:
    found = open_book(make.formatted_blanks(), "a.xlsx")
    assert isinstance(found, Book) and len(found.sheets[0].rows) == 2


def test_more_sheets_than_allowed(make: ModuleType) -> None:
    limit = settings().limits.sheets
    found = open_book(make.book(**{f"表{n}": [["a"]] for n in range(limit + 1)}), "a.xlsx")
    assert isinstance(found, Book)
    refused = [grid.name for grid in found.sheets if grid.refusal is not None]
    assert refused == [f"表{limit}"]


@pytest.mark.parametrize("mark", ['hidden="1"', 'hidden="true"'])
def test_hidden_rows_are_known(make: ModuleType, mark: str) -> None:
    data = make.edited(
        make.book(表=[["a"], ["b"]]),
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace('<row r="2"', f'<row {mark} r="2"'),
    )
    found = open_book(data, "a.xlsx")
    assert isinstance(found, Book) and found.sheets[0].hidden_rows == {1}
