"""What the documents say is true: commands run, options are documented, generated pages have not drifted."""

import re
from collections import Counter
from pathlib import Path

import click
import psycopg
import pytest
from click.testing import CliRunner

from config.settings import Settings
from data_access import accounts
from data_access.__main__ import main
from data_access.backups import health
from data_access.findings import Severity
from data_access.workbooks.pipeline import examine

ROOT = Path(__file__).parents[1]
NAMED = ("data_access/inbox", "data_access/layouts", "data_access/catalogue", "data_access/office", "pages/parts")
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]


def commands(command=main, path=()):
    yield path, command
    for name, child in getattr(command, "commands", {}).items():
        yield from commands(child, (*path, name))


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_every_command_and_option_is_documented(readme):
    text = readme.read_text(encoding="utf-8")
    missing = []
    for path, command in commands():
        if path and not hasattr(command, "commands") and " ".join(path) not in text:
            missing.append(" ".join(path))
        for parameter in command.params:
            if isinstance(parameter, click.Option) and parameter.opts[-1] not in text:
                missing.append(f"{' '.join(path)} {parameter.opts[-1]}")
    assert missing == []


@pytest.mark.parametrize("paper", [*READMES, *sorted((ROOT / "docs").glob("*.md"))], ids=lambda path: path.name)
def test_every_link_and_picture_is_there(paper):
    targets = re.findall(r"\]\(([^)#]+)\)", paper.read_text(encoding="utf-8"))
    assert len(targets) >= (8 if paper in READMES else 0)
    assert [to for to in targets if not to.startswith("http") and not (paper.parent / to).exists()] == []


def test_every_picture_is_of_use():
    text = "".join(paper.read_text(encoding="utf-8") for paper in (ROOT / "docs").glob("*.md"))
    assert [path.name for path in (ROOT / "docs" / "pictures").iterdir() if f"pictures/{path.name}" not in text] == []


def test_every_room_is_on_the_plan():
    plan = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").split("## Rooms")[1].split("```")[1]
    modules = {path.name for path in (ROOT / "data_access").glob("*.py")} - {"__init__.py"}
    rooms = [path for room in ("data_access", "pages/parts") for path in (ROOT / room).glob("*/*.py")]
    folders = {f"{path.parent.name}/" for path in rooms}
    named = {path.stem for room in NAMED for path in (ROOT / room).glob("*.py")} - {"__init__"}
    words = set(re.findall(r"[\w.]+/?", plan))
    assert sorted((modules | folders | named) - words) == []


def test_both_readmes_have_the_same_parts():
    def shape(path):
        text = path.read_text(encoding="utf-8")
        return (
            [len(mark) for mark in re.findall(r"^(#+) ", text, re.M)],
            re.findall(r"```sh\n(.*?)```", text, re.S),
            re.findall(r"`(python -m data_access [a-z-]+)", text),
            re.findall(r"`(STREET_[A-Z_]+)`", text),
        )

    assert shape(READMES[0]) == shape(READMES[1])


def test_every_variable_is_documented():
    documented = set(re.findall(r"`STREET_([A-Z_]+)`", READMES[0].read_text(encoding="utf-8")))
    assert {"DATABASE_URL", "DATA_DIR", "CONFIG", "NOW"} <= documented
    assert {name.lower() for name in documented} <= set(Settings.model_fields)


def test_the_commands_of_the_readme_run(office, tmp_path, monkeypatch):
    """Each documented call as it is written, with its capitals filled in; the big sample is made small."""
    monkeypatch.chdir(tmp_path)
    fill = {
        "PATH...": "base.xlsx",
        "KIND": "base",
        "FILE": "base.xlsx",
        "NAME": "coverage",
        "SUBMISSION": "1",
        "TEXT": "x",
        "DIR": ".",
    }
    lines = re.findall(r"`python -m data_access ([^`]+)`", READMES[0].read_text(encoding="utf-8"))
    order = ["init", "template", "import", "sample", "report", "withdraw"]
    calls = [line.split() for line in lines if line.split()[0] in order]
    assert sorted({call[0] for call in calls}) == sorted(order)
    for call in sorted(calls, key=lambda call: order.index(call[0])):
        args = [fill.get(word, word) for word in call]
        args = [{"12": "3", "30": "2"}.get(word, word) for word in args]
        args += ["--once", "--every", "0.05"] if "--watch" in args else []
        result = CliRunner().invoke(main, args)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        expected = 1 if args[0] == "import" else 0  # the blank template holds no data
        assert result.exit_code == expected or (args[0] == "import" and result.exit_code == 0), (args, result.output)


OPERATIONS = [ROOT / "docs" / "operations.md", ROOT / "docs" / "operations.zh-CN.md"]


def test_both_operations_have_the_same_parts():
    def shape(path):
        text = path.read_text(encoding="utf-8")
        return (
            [len(mark) for mark in re.findall(r"^(#+) ", text, re.M)],
            re.findall(r"```\w+\n(.*?)```", text, re.S),
            sorted(re.findall(r"`([^`\n]*(?:data_access|STREET_|street-board|street\.|netstat|ss )[^`\n]*)`", text)),
            [line.count("|") + line.count("↻") for line in text.splitlines() if line.startswith("|")],
        )

    assert shape(OPERATIONS[0]) == shape(OPERATIONS[1])


def test_the_commands_of_operations_run(office, postgres, tmp_path, monkeypatch):
    """Every one of them, in the order in which they stand, on an office that has an administrator."""
    admin = accounts.create_first_administrator("admin_sf", "correct horse", "示范街道")
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("CREATE DATABASE operations ENCODING 'UTF8' TEMPLATE template0")
    moved = postgres.replace("/postgres?", "/operations?")
    monkeypatch.chdir(tmp_path)
    calls = re.findall(
        r"(?:^|`)(STREET_DATABASE_URL=\S+ )?python -m data_access ([^`\n]+)",
        OPERATIONS[0].read_text(encoding="utf-8"),
        re.M,
    )
    names = Counter(call.split()[0] for _address, call in calls)
    assert names["restore"] >= 2 and names["backup"] >= 2 and names["verify"] >= 4 and names["accounts"] == 1
    for address, call in calls:
        office.set("STREET_DATABASE_URL", moved if address else None)
        result = CliRunner().invoke(main, call.replace("NAME", admin.username).split())
        assert result.exit_code == 0, (call, result.output, result.exception)
    assert [check.text for check in health.examine(accounts.actor("admin_sf")) if not check.good] == []


def test_the_reference_of_sheets_has_not_drifted():
    from data_access.sheets import manual

    assert (ROOT / "docs" / "sheets.md").read_text(encoding="utf-8") == manual.manual()


@pytest.mark.parametrize("name", ["title-rows", "communities-across"])
def test_what_the_pictures_show_is_read_without_an_error(name):
    from tests.browser import papers

    result = examine(papers.BOOKS[name](), f"{name}.xlsx", papers.STREET)
    assert [found.code for found in result.all_findings() if found.severity == Severity.ERROR] == []
    assert len(result.portions) == 3 and set(papers.PICTURES) == {*papers.BOOKS, "annotated"}


def test_the_picture_of_what_comes_back_has_three_bad_cells():
    from tests.browser import papers

    found = examine(papers.roster_book(), "名单.xlsx", papers.STREET).all_findings()
    assert sorted(one.cell for one in found if one.severity == Severity.ERROR) == ["A4", "B6", "F5"]
