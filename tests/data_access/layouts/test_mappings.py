"""Layouts kept for the street: remembered, corrected, forgotten, handed from one office to another."""

from __future__ import annotations

import io
import json
import re
import sys
import threading
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from config import catalogue, language
from data_access import accounts, database, submissions
from data_access.__main__ import main
from data_access.__main__ import run as program
from data_access.accounts import Actor, NotAllowedError, Role
from data_access.catalogue import declared
from data_access.layouts import layout_files, mappings
from data_access.layouts.layout_files import MappingError
from data_access.reports import administration, history, ranking, workstreams
from data_access.workbooks.model import Hints, Layout
from tests.data_access.street import Board

LAYOUTS = Path(__file__).parent
SHOPS = """
name = "门店开放"
kind = "progress"
headers = ["社区", "门店总数", "开放门店"]

[columns]
community = "社区"

[indicators]
OPEN = "开放门店"
SHARE = { num = "开放门店", den = "门店总数" }

[communities]
"全街小结" = ""

[[workstream]]
slug = "shops"
zh = "复商复市"

[[indicator]]
code = "OPEN"
workstream = "shops"
zh = "开放门店数"
unit = "家"

[[indicator]]
code = "SHARE"
workstream = "shops"
zh = "开放率"
en = "Shops open"
unit = "%"
kind = "rate"
target = 60
"""


@pytest.fixture
def actor(database_url: str) -> Actor:
    return accounts.console()


def workbook(path: Path, *rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    for row in (["8月12日门店开放情况"], ["社区", "门店总数", "开放门店"], *rows):
        book.active.append(row)
    book.save(path)
    return path.read_bytes()


def test_said_once_and_every_file_of_the_shape_goes_through(actor: Actor, tmp_path: Path) -> None:
    board = Board(actor)
    board.communities(["和平社区", "永安社区"])
    before = database.data_version()
    layout = mappings.add(actor, SHOPS)
    assert database.data_version() > before
    assert sorted(layout.indicators) == ["OWN-001", "OWN-002"]
    data = workbook(tmp_path / "a.xlsx", ["和平社区", 20, 15], ["永安社区", 10, 4], ["合计", 30, 19])
    result = submissions.examine(actor, data, "a.xlsx", Hints())
    outcome = submissions.commit(actor, result, data)
    assert outcome.status == "committed" and not outcome.refused
    view = board.view(date(2022, 8, 12))
    frame = workstreams.matrix(view)
    cells = {row.community: row for row in frame[frame["workstream"] == "own-001"].itertuples()}
    assert (cells["和平社区"].done_n, cells["和平社区"].done_d, cells["和平社区"].worst) == (15, 20, "OWN-002")
    assert cells["永安社区"].state != cells["和平社区"].state  # 40 % and 75 % against 60 %
    told = workstreams.indicators(view, "和平社区", "复商复市").set_index("indicator")
    assert told.loc["OWN-001", "value"] == 15 and told.loc["OWN-002", "name"] == "开放率"
    assert "workstreams" in ranking.available()


def test_the_same_shape_again_replaces_and_another_needs_its_own_name(actor: Actor) -> None:
    first = mappings.add(actor, SHOPS)
    again = mappings.remember(actor, replace(first, name="门店", rows="sum"))
    assert [one.layout for one in mappings.mappings(actor)] == [again]
    with pytest.raises(MappingError, match="name"):
        headers = (*first.headers, "备注")
        mappings.remember(actor, replace(again, headers=headers))
    assert mappings.mappings(actor)[0].by == "console"


def test_forgotten_is_forgotten(actor: Actor) -> None:
    mappings.add(actor, SHOPS)
    mappings.forget(actor, "门店开放")
    assert mappings.mappings(actor) == []
    with pytest.raises(MappingError):
        mappings.forget(actor, "门店开放")


def test_only_supervisors_say_what_columns_mean(actor: Actor) -> None:
    Board(actor).communities(["和平社区"])
    mappings.add(actor, SHOPS)
    accounts.create(actor, "a_clerk", "a long password", Role.CLERK, "和平社区")
    clerk = accounts.actor("a_clerk")
    for attempt in (
        lambda: mappings.forget(clerk, "门店开放"),
        lambda: mappings.add(clerk, SHOPS),
        lambda: mappings.remember(clerk, mappings.mappings(actor)[0].layout),
        lambda: declared.declare_workstream(clerk, "别的"),
    ):
        with pytest.raises(NotAllowedError):
            attempt()
    assert len(mappings.mappings(clerk)) == 1


def test_an_exported_file_works_in_another_office(actor: Actor) -> None:
    mappings.add(actor, SHOPS)
    text = mappings.export(actor, "门店开放")
    mappings.forget(actor, "门店开放")
    mappings.add(actor, text)
    assert len(declared.own(actor).indicators) == 2  # what the street has already is not declared again
    packed = layout_files.parse(text)
    assert packed.layout.communities == {"全街小结": ""}
    assert [one["zh"] for one in packed.indicators] == ["开放门店数", "开放率"]


def test_every_file_of_the_repository_is_read_and_written_back() -> None:
    paths = sorted(LAYOUTS.glob("*.toml"))
    assert len(paths) > 15
    for path in paths:
        packed = layout_files.parse(path.read_text(encoding="utf-8"))
        again = layout_files.parse(layout_files.write(packed.layout) + _brought(path.read_text(encoding="utf-8")))
        assert again.layout == packed.layout


@pytest.mark.parametrize("name", ["workbooks.md", "workbooks.zh-CN.md"])
def test_the_files_of_the_documents_work(actor: Actor, name: str) -> None:
    text = (Path(__file__).parents[3] / "docs" / name).read_text(encoding="utf-8")
    ledger, figures = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    assert ledger == (LAYOUTS / "inspection_ledger.toml").read_text(encoding="utf-8")
    assert mappings.add(actor, ledger).kind == "actions"
    assert set(mappings.add(actor, figures).indicators) == {"OWN-001", "OWN-002"}


def _brought(text: str) -> str:
    place = text.find("[[")
    return "\n" + text[place:] if place >= 0 else ""


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (('kind = "progress"', 'kind = "progres"'), ("kind", "progress")),
        (('community = "社区"', 'comunity = "社区"'), ("columns", "community")),
        (('OPEN = "开放门店"', 'OPEN = "开放"'), ("indicators.OPEN", "开放门店")),
        (('num = "开放门店", den = "门店总数"', 'done = "开放门店", rate = "门店总数"'), ("SHARE", "num")),
        (("[communities]", "[comunities]"), ("communities",)),
        (('headers = ["社区",', 'headers = ["13800001234",'), ("headers",)),
        (('"全街小结" = ""', '"全街小结" = 3'), ("communities.全街小结",)),
        (("name = ", "nam e = "), ("TOML", "line 2")),
        (('unit = "家"', ""), ("OPEN.unit",)),
        (('code = "OPEN"', 'code = "OPENED"'), ("indicators.OPEN",)),
    ],
)
def test_a_wrong_file_names_the_place_and_the_remedy(change: tuple[str, str], words: tuple[str, ...]) -> None:
    assert change[0] in SHOPS
    with language.speaking("en"), pytest.raises(MappingError) as problem:
        layout_files.parse(SHOPS.replace(*change, 1))
    assert all(word in str(problem.value) for word in words)


def test_a_printed_rate_is_refused(actor: Actor) -> None:
    layout = mappings.add(actor, SHOPS)
    with language.speaking("en"), pytest.raises(MappingError, match="numerator"):
        mappings.remember(actor, replace(layout, indicators={"OWN-002": {"done": "开放门店"}}))


ISSUES = Layout(
    "巡查", "actions", ("社区", "情况", "状态", "责任人"), "", {"社区": "community", "情况": "issue", "状态": "status"}
)


@pytest.mark.parametrize(
    "changes",
    [
        {"constants": {"owner": "李测试"}},
        {"columns": {**ISSUES.columns, "责任人": "owner"}, "values": {"owner": {"李": "李测试"}}},
        {"constants": {"measure": "联系 13800001234"}},
        {"values": {"issue": {"13800001234": "电话反映"}}},
    ],
)
def test_no_person_is_kept_in_a_layout(actor: Actor, changes: dict[str, dict[str, str]]) -> None:
    with pytest.raises(MappingError):
        mappings.remember(actor, replace(ISSUES, **changes))  # type: ignore[arg-type]
    assert mappings.remember(actor, ISSUES).shape


def test_what_a_row_needs_must_come_from_somewhere(actor: Actor) -> None:
    with pytest.raises(MappingError, match="状态"):
        mappings.remember(actor, replace(ISSUES, columns={"社区": "community", "情况": "issue"}))
    fixed = replace(ISSUES, columns={"社区": "community", "情况": "issue"}, constants={"status": "整改中"})
    assert mappings.remember(actor, fixed)


def test_the_command_line(
    office: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = CliRunner().invoke
    file, bad, out = tmp_path / "a.toml", tmp_path / "bad.toml", tmp_path / "out.toml"
    file.write_text(SHOPS, encoding="utf-8")
    bad.write_text(SHOPS.replace("progress", "progres"), encoding="utf-8")
    assert run(main, ["mapping", "add", str(file)]).output.strip() == "门店开放"
    monkeypatch.setattr(sys, "argv", ["data_access", "mapping", "add", str(bad)])
    with pytest.raises(SystemExit) as end:
        program()
    assert end.value.code == 2 and "kind" in capsys.readouterr().err
    listed = json.loads(run(main, ["mapping", "list", "--json"]).output)["mappings"]
    assert listed[0]["indicators"]["OWN-001"] == {"done": "开放门店"} and listed[0]["by"] == "console"
    assert "门店开放" in run(main, ["mapping", "list"]).output
    assert json.loads(run(main, ["mapping", "show", "门店开放", "--json"]).output)["headers"][0] == "社区"
    assert run(main, ["mapping", "export", "门店开放", "-o", str(out)]).exit_code == 0
    assert run(main, ["mapping", "show", "门店开放"]).output == out.read_text(encoding="utf-8")
    for name, role in (("duty_one", Role.SUPERVISOR), ("leader_one", Role.LEADER)):
        accounts.create(accounts.console(), name, "long enough", role, must_change=False)
    with pytest.raises(NotAllowedError):
        run(main, ["mapping", "forget", "门店开放", "--as", "leader_one"], catch_exceptions=False)
    assert run(main, ["mapping", "add", str(file), "--as", "duty_one"]).exit_code == 0
    for call in (["list"], ["show", "门店开放"]):
        assert '"by": "duty_one"' in run(main, ["mapping", *call, "--json", "--as", "duty_one"]).output
    assert run(main, ["mapping", "forget", "门店开放"]).exit_code == 0
    assert json.loads(run(main, ["mapping", "list", "--json"]).output)["mappings"] == []
    assert run(main, ["mapping", "add", str(out)]).exit_code == 0


# The street's own workstreams and indicators ----------------------------------------------------


def test_codes_are_given_and_names_are_unique(actor: Actor) -> None:
    stream = declared.declare_workstream(actor, "复商复市", "Reopening")
    one = declared.declare_indicator(actor, stream.slug, "开放门店数", unit="家", target=10, accrual="annual_total")
    two = declared.declare_indicator(actor, "复商复市", "在岗人数", unit="人")
    assert (stream.slug, one.code, two.code) == ("own-001", "OWN-001", "OWN-002")
    assert (one.matrix, two.matrix) == (True, False)
    assert catalogue.workstream("Reopening").matrix and catalogue.indicator("own-001").zh == "开放门店数"
    with pytest.raises(catalogue.ConfigError):
        declared.declare_workstream(actor, "复商复市")
    with pytest.raises(catalogue.ConfigError):
        declared.declare_indicator(actor, stream.slug, "开放门店数", unit="家")
    with pytest.raises(catalogue.ConfigError, match="target"):
        declared.declare_indicator(actor, stream.slug, "其他", unit="家", target="many")  # type: ignore[arg-type]


def test_a_retired_indicator_is_asked_for_no_more_and_still_known(actor: Actor) -> None:
    stream = catalogue.workstreams()[0]
    made = declared.declare_indicator(actor, stream.slug, "开放门店数", unit="家", target=3)
    assert made.code in [one.code for one in catalogue.workstream(stream.slug).enabled]
    declared.retire(actor, made.code)
    assert made.code not in [one.code for one in catalogue.workstream(stream.slug).enabled]
    assert catalogue.indicator(made.code).zh == "开放门店数"
    assert declared.own(actor).retired == {made.code}
    with pytest.raises(catalogue.UnknownIndicatorError):
        declared.retire(actor, made.code)


def test_another_thread_sees_them_once_it_has_read_an_account(actor: Actor) -> None:
    declared.declare_workstream(actor, "复商复市")
    seen: list[bool] = []

    def look() -> None:
        seen.append("复商复市" in [one.zh for one in catalogue.workstreams()])
        accounts.actor("console")
        seen.append("复商复市" in [one.zh for one in catalogue.workstreams()])

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [False, True]


def test_another_street_does_not_see_them(actor: Actor) -> None:
    from sqlalchemy import insert, select

    from data_access.schema import Account, Street

    declared.declare_workstream(actor, "复商复市")
    with database.writing() as connection:
        street = connection.execute(
            insert(Street).values(code="T2", name="另一街道", is_sample=False).returning(Street.id)
        ).scalar_one()
        row = dict(connection.execute(select(Account.__table__).where(Account.id == actor.id)).one()._mapping)
        connection.execute(
            insert(Account).values({**row, "id": None, "street_id": street, "username": "other"} | {"id": 99})
        )
    other = accounts.actor("other")
    assert "复商复市" not in [one.zh for one in catalogue.workstreams()]
    assert mappings.mappings(other) == []
    accounts.console()
    assert "复商复市" in [one.zh for one in catalogue.workstreams()]


def test_history_shows_own_indicators_like_any_other(actor: Actor, tmp_path: Path) -> None:
    board = Board(actor)
    board.communities(["和平社区"])
    mappings.add(actor, SHOPS)
    data = workbook(tmp_path / "a.xlsx", ["和平社区", 20, 15])
    submissions.commit(actor, submissions.examine(actor, data, "a.xlsx", Hints()), data)
    (number,) = (row.submission for row in history.submissions(actor).itertuples() if row.kind == "progress")
    assert "OWN-002" in history.detail(actor, int(number)).to_string()


def test_the_blank_progress_workbook_offers_them(actor: Actor) -> None:
    Board(actor).communities(["和平社区"])
    mappings.add(actor, SHOPS)
    view = Board(actor).view(date(2022, 8, 12))
    book = openpyxl.load_workbook(io.BytesIO(administration.blank_workbook(view, "progress", "zh_CN", dated=True)))
    words = {cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row}
    assert {"复商复市", "OWN-001", "开放率"} <= words
