"""A workstream in one file: the page that explains it is enough, and every mistake is named with its line."""

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from config import catalogue
from config.catalogue import WORKSTREAMS, check, shipped
from config.language import speaking
from data_access import accounts, submissions
from data_access.__main__ import main
from data_access.reports import workstreams
from data_access.sheets import kind
from data_access.workbooks import writing
from tests.data_access.street import DAY, Board

PAPER = (Path(__file__).parents[2] / "docs" / "workstreams.md").read_text(encoding="utf-8")
EXAMPLE = re.findall(r"```toml\n(.*?)```", PAPER, re.DOTALL)[0]
NAME = re.search(r"config/workstreams/(\w+\.toml)", PAPER)[1]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A copy of the folder that ships, with the page's example in it; it is the program's folder for this test."""
    made = tmp_path / "workstreams"
    shutil.copytree(WORKSTREAMS, made)
    (made / NAME).write_text(EXAMPLE, encoding="utf-8")
    monkeypatch.setattr(catalogue, "WORKSTREAMS", made)
    shipped.cache_clear()
    yield made
    monkeypatch.undo()
    shipped.cache_clear()


def test_the_example_of_the_page_becomes_a_column_of_the_matrix(office, folder):
    board = Board()
    board.communities(["清河社区"])
    assert check(folder=folder) == []
    rows = [
        {"indicator": "DOG-01", "num": 180, "den": 200},
        {"indicator_name": "文明养犬宣传", "done": 8, "accrual": "cumulative"},
        {"indicator": "DOG-03", "zero_confirm": True, "done": 0},
        {"indicator": "DOG-04", "done": 3},
        {"indicator": "DOG-05", "num": 92, "den": 100, "problems_found": 6, "problems_mended": 5},
    ]
    common = {"biz_date": DAY, "period": "2022-08", "community": "清河社区", "workstream": "文明养犬"}
    data = writing.workbook([(kind("progress"), "工作进展", [{"accrual": "period", **common, **row} for row in rows])])
    actor = accounts.console()
    outcome = submissions.commit(actor, submissions.examine(actor, data, "养犬.xlsx"), data)
    assert outcome.status == "committed" and outcome.sheets[0].rows_accepted == 5
    cell = workstreams.matrix(board.view()).set_index("workstream").loc["dog_keeping"]
    assert (cell["indicators"], cell["missing"]) == (3, 0)
    told = workstreams.indicators(board.view(), "清河社区", "养犬管理").set_index("indicator")
    assert len(told) == 5 and (told.loc["DOG-01", "done_n"], told.loc["DOG-01", "done_d"]) == (180, 200)
    assert told.loc["DOG-05", "state"] in ("on_track", "ahead")


MISTAKES = [
    ('kind = "rate"', 'kind = "rat"', "DOG-01", "kind", "rate"),
    ('comparator = "≥"\n', "", "DOG-01", "comparator", "≥"),
    ('unit = "%"', 'unti = "%"', "DOG-01", "unti", "unit"),
    ("target = 90", 'target = "90%"', "DOG-01", "target", "Write a number"),
    ('code = "DOG-02"', 'code = "DOG-01"', "DOG-01", "code", "own code"),
    ('code = "DOG-02"', 'code = "HE-01"', "HE-01", "code", "own code"),
    ('evidence = { zh = "登记册", en = "register" }', 'evidence = "登记册"', "DOG-01", "evidence", "{ zh"),
    ("matrix = true                    # it", 'matrix = "ja"  # it', "", "matrix", "true or false"),
    ('zh = "犬只登记率"', "zh = “犬只登记率”", "", "", "straight quotation marks"),
    ("target = 12\n", "target = 12\ntarget = 13\n", "", "", "twice"),
    ('basis = "implied"', 'basis = "observed"', "DOG-03", "target", "reached"),
    ("slots = 12", "slots = 0", "DOG-02", "slots", "a number above 0"),
    ("[[indicator]]  ", "[indicator]    ", "", "", "two brackets"),
]


@pytest.mark.parametrize(("right", "wrong", "entry", "field", "remedy"), MISTAKES, ids=[one[1] for one in MISTAKES])
def test_a_mistake_is_named_with_its_line_and_how_to_mend_it(tmp_path, right, wrong, entry, field, remedy):
    assert right in EXAMPLE
    path = tmp_path / NAME
    path.write_text(EXAMPLE.replace(right, wrong, 1), encoding="utf-8")
    with speaking("en"):
        (fault,) = [one for one in check([path]) if (one.entry, one.field) == (entry, field)]
    assert fault.file == NAME and remedy in str(fault)
    # the line of what was written; where a line is gone, that of the indicator's code
    before = EXAMPLE[: EXAMPLE.index(right)].count("\n") + 1
    expected = {"comparator": 11, "target": before if entry == "DOG-01" else None, "": before}.get(field, before)
    if wrong.startswith("target = 12"):
        expected = before + 1
    if wrong.startswith("[indicator]"):  # the second heading shows that the first is another one
        expected = EXAMPLE[: EXAMPLE.index("[[indicator]]", EXAMPLE.index(right) + 1)].count("\n") + 1
    if entry == "DOG-03":
        expected = EXAMPLE[: EXAMPLE.index("target = 0")].count("\n") + 1
    assert fault.line == expected
    with speaking("zh_CN"):
        assert str(fault.line) in str(fault)


def test_comparators_may_be_typed_as_on_a_keyboard(tmp_path):
    path = tmp_path / NAME
    path.write_text(EXAMPLE.replace('"≥"', '">="').replace('"≤"', '"<="'), encoding="utf-8")
    assert check([path]) == []


def test_the_command_says_all_mistakes_at_once_and_leads_nowhere_unknown(office, tmp_path):
    path = tmp_path / NAME
    text = EXAMPLE.replace('kind = "rate"', 'kind = "rat"').replace('period = "month"', 'period = "moon"', 1)
    text += '\n[[funnel]]\ncode = "F"\nzh = "甲"\nen = "A"\nsteps = ["DOG-01"]\n'
    path.write_text(text, encoding="utf-8")
    answer = CliRunner().invoke(main, ["--language", "en", "catalogue", "check", str(path)])
    assert answer.exit_code == 1
    lines = answer.output.splitlines()
    assert [line.split(": ")[1:3] for line in lines] == [["DOG-01", "kind"], ["DOG-02", "period"], ["F", "steps"]]
    chinese = (Path(__file__).parents[2] / "docs" / "workstreams.zh-CN.md").read_text(encoding="utf-8")
    assert EXAMPLE in chinese
    spoken = CliRunner().invoke(main, ["--language", "zh_CN", "catalogue", "check", str(path)]).output.splitlines()
    assert spoken[0] in chinese
    printed = re.findall(rf"^{NAME}, line .*$", PAPER, re.MULTILINE)
    assert len(printed) == 2 and lines[0] == printed[0]
    path.write_text(EXAMPLE + '\n[[funnel]]\ncode = "F"\nzh = "甲"\nen = "A"\nsteps = ["DOG-01", "DOG-9"]\n', "utf-8")
    answer = CliRunner().invoke(main, ["--language", "en", "catalogue", "check", "--json", str(path)])
    assert '"field": "steps"' in answer.output and "DOG-9" in answer.output
    assert CliRunner().invoke(main, ["catalogue", "check"]).exit_code == 0
