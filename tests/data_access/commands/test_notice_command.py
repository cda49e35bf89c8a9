"""The command ``notice``: answers, files, exit codes."""

import io
import json
import sys
from datetime import date

import docx
import openpyxl
import pytest
from click.testing import CliRunner
from PIL import Image

from data_access import accounts
from data_access.__main__ import main, run
from data_access.accounts import Role
from data_access.office import notices
from tests.data_access.street import Board

DAY = date(2022, 8, 12)


@pytest.fixture
def board(office):
    board = Board()
    board.communities(["甲社区", "乙社区", "丙社区"])
    for name, done in (("甲社区", 46), ("乙社区", 60), ("丙社区", None)):
        board.baseline(name, date(2022, 8, 1), 120)
        if done:
            board.evening(name, DAY, cum_d1=done)
    return board


def call(*args):
    return CliRunner().invoke(main, ["notice", *args])


def test_publish_show_and_list(board):
    assert call("list").stdout == "还没有通报。\n"
    made = call("publish", "--date", "2022-08-12")
    assert made.exit_code == 0, made.output
    assert made.stdout.startswith("第 1 期通报已发布：2022-08-12，接种率，已报 2/3 家")
    again = call("publish", "--date", "2022-08-12", "--basis", "coverage", "--json")
    assert again.exit_code == 0 and "第 1 期" in again.stderr
    assert json.loads(again.stdout)["repeats"] == 1
    listed = json.loads(call("list", "--json").stdout)["notices"]
    assert [one["number"] for one in listed] == [2, 1]
    assert listed[0]["coverage"] == {"numerator": 106, "denominator": 240, "value": 44.17}
    assert len(call("list", "--campaign", "covid").stdout.splitlines()) == 2
    text = call("show", "1")
    assert text.stdout == call("show", "1", "--text").stdout and "1 乙社区 50.00% 60/120" in text.stdout


def test_json_has_counts_as_integers_and_missing_as_null(board):
    call("publish", "--date", "2022-08-12")
    shown = json.loads(call("show", "1", "--campaign", "covid", "--json").stdout)
    rows = {row["community"]: row for row in shown["rows"]["coverage"]}
    assert rows["甲社区"]["rate"] == {"numerator": 46, "denominator": 120, "value": 38.33}
    assert rows["丙社区"]["rank"] is None and rows["丙社区"]["state"] == "unreported"
    assert shown["unreported"] == ["丙社区"] and (shown["reported"], shown["field"]) == (2, 3)


def test_every_file(board, tmp_path):
    call("publish", "--date", "2022-08-12", "--basis", "remaining")
    for form in ("docx", "png", "xlsx"):
        path = tmp_path / f"notice.{form}"
        made = call("show", "1", f"--{form}", str(path))
        assert made.exit_code == 0 and made.stdout == f"{path}\n"
    assert docx.Document(str(tmp_path / "notice.docx")).paragraphs[0].text == "示范街道办事处"
    assert Image.open(tmp_path / "notice.png").format == "PNG"
    assert openpyxl.load_workbook(io.BytesIO((tmp_path / "notice.xlsx").read_bytes())).sheetnames[0] == "剩余人数"


def test_wrong_calls_end_with_2(board, tmp_path):
    call("publish", "--date", "2022-08-12")
    for args in (
        ("publish", "--basis", "nonsense"),
        ("publish", "--campaign", "nothing"),
        ("list", "--campaign", "nothing"),
        ("show", "0"),
        ("show", "1", "--json", "--text"),
        ("show", "1", "--png", str(tmp_path / "none" / "x.png")),
    ):
        assert call(*args).exit_code == 2, args
    assert len(notices.notices(board.actor)) == 1


def test_what_is_refused_is_one_line_and_2(board, monkeypatch, capsys):
    accounts.create(accounts.console(), "leader_1", "correct horse", Role.LEADER)
    for args in (("show", "9"), ("publish", "--date", "2022-08-01"), ("publish", "--as", "leader_1")):
        monkeypatch.setattr(sys, "argv", ["data_access", "notice", *args])
        with pytest.raises(SystemExit, match="2"):
            run()
        told = capsys.readouterr()
        assert told.out == "" and len(told.err.strip().splitlines()) == 1, args
