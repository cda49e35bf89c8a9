"""The command line as other programs call it: the acceptance cases of the board, from real workbooks to reports.

The workbooks are written here with openpyxl and plain lists, the way a clerk would type them; none of the project's
own writing code is used.
"""

import json
import os
import signal
import subprocess
import sys
import threading
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from data_access import accounts, database
from data_access.__main__ import main
from data_access.inbox import folders
from data_access.office import closing, exemptions
from data_access.workbooks.model import Hints
from pages.parts.uploads import intake

D1, D2 = date(2022, 8, 11), date(2022, 8, 12)
ROOT = Path(__file__).parents[2]

REGISTER = ["社区编码", "社区名称", "类型", "别名", "片区", "包片领导", "联络人", "联络人电话", "户数", "人口数"]
SITES = ["接种点", "类型", "日接种能力", "每批容量"]
BASELINE = ["社区", "应摸底人数", "已摸底人数", "禁忌人数", "缓种人数", "应接种人数", "截至日期"]
EVENING = [
    "日期", "社区", "接种点", "名单人数", "名单内接种", "计划外接种", "当日接种合计",
    "其中_第一剂", "其中_第二剂", "其中_加强针",
    "缓种", "禁忌", "拒种", "未到", "改期转点", "缺苗未种", "异地已接种", "留观完成", "疑似异常反应",
    "累计_第一剂", "累计_全程", "累计_加强针", "累计接种人数(含异地)", "名单核对", "差异说明",
]  # fmt: skip


def write(path, **sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def base(path, surveyed, contraindicated=None):
    """A base workbook of communities with their 摸底人数."""
    contraindicated = contraindicated or {}
    return write(
        path,
        社区名录=[REGISTER, *([f"C{n:02d}", name, "社区", "", "东片"] for n, name in enumerate(surveyed, start=1))],
        接种点=[SITES, ["卫生中心", "常规", 400, 80], ["文体中心", "临时", 200, 60]],
        摸底台账=[
            BASELINE,
            *(
                [name, m, m, contraindicated.get(name, 0), 0, m - contraindicated.get(name, 0), date(2022, 8, 1)]
                for name, m in surveyed.items()
            ),
        ],
    )


def tally(name, day, today, cumulative, **given):
    """One evening row in which everybody called up came: first doses only."""
    values = {
        "日期": day, "社区": name, "接种点": "卫生中心", "名单人数": today, "名单内接种": today, "当日接种合计": today,
        "其中_第一剂": today, "留观完成": today, "累计_第一剂": cumulative, "累计接种人数(含异地)": cumulative,
        "名单核对": "已核对",
    }  # fmt: skip
    values.update(given)
    text = {"日期", "社区", "接种点", "差异说明"}
    return [values.get(header, None if header in text else 0) for header in EVENING]


@pytest.fixture
def call(office):
    """Call a command in this process; gives (exit status, standard output)."""

    def run(*args):
        result = CliRunner().invoke(main, [str(arg) for arg in args])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.stdout

    return run


@pytest.fixture
def answer(call):
    """Call a command that must succeed; gives its JSON answer."""

    def run(*args):
        status, out = call(*args, "--json")
        assert status == 0, out
        return json.loads(out)

    return run


def by_community(report):
    return {row["community"]: row for row in report["rows"]}


def findings(imported):
    return [
        finding
        for workbook in imported["workbooks"]
        for sheet in [*workbook["sheets"], workbook]
        for finding in sheet["findings"]
    ]


def test_coverage_shows_its_parts_and_the_street_is_no_mean_of_rates(answer, tmp_path):
    answer("import", base(tmp_path / "底册.xlsx", {"春晖社区": 120, "向阳社区": 100}))
    answer("import", write(tmp_path / "晚调度0811.xlsx", 晚调度=[EVENING, tally("春晖社区", D1, 23, 23)]))
    answer("import", write(tmp_path / "晚调度0812.xlsx", 晚调度=[EVENING, tally("春晖社区", D2, 23, 46)]))
    report = answer("report", "coverage", "--date", D2)
    assert by_community(report)["春晖社区"]["coverage"] == {"numerator": 46, "denominator": 120, "value": 38.33}
    assert by_community(report)["向阳社区"]["coverage"]["numerator"] is None
    answer("import", write(tmp_path / "向阳.xlsx", 晚调度=[EVENING, tally("向阳社区", D2, 90, 90)]))
    report = answer("report", "coverage", "--date", D2)
    street = [row for row in report["rows"] if row["level"] == "street"]
    assert street[0]["coverage"] == {"numerator": 136, "denominator": 220, "value": 61.82}
    assert report["definitions"]["coverage"]


def test_ranking_ties_unreported_and_without_denominator(answer, call, tmp_path):
    surveyed = {"甲社区": 120, "乙社区": 60, "丙社区": 150, "丁社区": 100, "戊社区": 80, "己社区": 20}
    answer("import", base(tmp_path / "底册.xlsx", surveyed, {"己社区": 20}))
    done = {"甲社区": 46, "乙社区": 23, "丙社区": 57, "丁社区": 30, "己社区": 0}
    rows = [tally(name, D2, n, n) for name, n in done.items()]
    answer("import", write(tmp_path / "全街道晚调度.xlsx", 晚调度=[EVENING, *rows]))
    report = answer("report", "ranking", "--date", D2)
    assert [(row["community"], row["rank"], row["state"]) for row in report["rows"]] == [
        ("甲社区", 1, "ranked"),
        ("乙社区", 1, "ranked"),
        ("丙社区", 3, "ranked"),
        ("丁社区", 4, "ranked"),
        ("戊社区", None, "unreported"),
        ("己社区", None, "no_denominator"),
    ]
    assert by_community(report)["丙社区"]["rate"] == {"numerator": 57, "denominator": 150, "value": 38.0}
    status, _out = call("report", "ranking", "--date", D2, "--xlsx", tmp_path / "排名.xlsx")
    assert status == 0
    shown = [[cell.value for cell in row] for row in openpyxl.load_workbook(tmp_path / "排名.xlsx").worksheets[0].rows]
    text = {name: next(row for row in shown if name in row) for name in surveyed}
    assert 1 in text["甲社区"] and 1 in text["乙社区"] and 3 in text["丙社区"] and 4 in text["丁社区"]
    assert "未报" in text["戊社区"] and "不参评" in text["己社区"]


def test_the_day_is_reconciled_against_the_roster(answer, call, tmp_path):
    answer("import", base(tmp_path / "底册.xlsx", {"春晖社区": 120}))
    row = tally(
        "春晖社区", D2, 50, 44,
        名单内接种=41, 计划外接种=3, 当日接种合计=44, 其中_第一剂=44, 缓种=3, 禁忌=1, 拒种=1, 未到=3, 留观完成=44,
        名单核对="未核对", 差异说明="一人无结果",
    )  # fmt: skip
    status, out = call("import", write(tmp_path / "晚调度.xlsx", 晚调度=[EVENING, row]), "--json")
    assert status == 0
    assert "UNEXPLAINED" in json.dumps(json.loads(out))
    dispatch = by_community(answer("report", "dispatch", "--date", D2))["春晖社区"]
    assert dispatch["show_up"] == {"numerator": 46, "denominator": 50, "value": 92.0}
    assert dispatch["completion"] == {"numerator": 41, "denominator": 50, "value": 82.0}
    assert dispatch["output"] == {"numerator": 44, "denominator": 50, "value": 88.0}
    assert dispatch["unexplained"] == 1
    assert dispatch["reconciled"] is False


def test_a_correction_a_look_back_and_a_withdrawal(office, answer, call, tmp_path):
    answer("import", base(tmp_path / "底册.xlsx", {"春晖社区": 120}))

    def figure(*args):
        return by_community(answer("report", "coverage", "--date", D2, *args))["春晖社区"]["coverage"]["numerator"]

    first = write(tmp_path / "晚调度.xlsx", 晚调度=[EVENING, tally("春晖社区", D2, 40, 40)])
    done = answer("import", first)["workbooks"][0]
    assert (done["status"], done["sheets"][0]["revision"]) == ("committed", 1)
    office.now("2022-08-12T21:05")
    second = write(tmp_path / "晚调度（更正）.xlsx", 晚调度=[EVENING, tally("春晖社区", D2, 46, 46)])
    done = answer("import", second)["workbooks"][0]["sheets"][0]
    assert done["revision"] == 2
    assert (figure(), figure("--as-of", "2022-08-12T21:00"), figure("--as-of", "21:00")) == (46, 40, 40)
    again = answer("import", second)["workbooks"][0]
    assert again["status"] == "unchanged"
    assert call("withdraw", done["submission"], "--reason", "数字报错")[0] == 0
    assert figure() == 40


def test_one_bad_row_takes_no_other_with_it(call, answer, tmp_path):
    names = [f"{stem}社区" for stem in "甲乙丙丁戊己庚辛壬癸子丑"]
    answer("import", base(tmp_path / "底册.xlsx", dict.fromkeys(names, 100)))
    rows = [tally(name, D2, 10, 10) for name in names]
    rows[4][0] = "8月32日"
    rows[7][1] = "无名社区"
    path = write(tmp_path / "全街道晚调度0812.xlsx", 晚调度=[EVENING, *rows])
    status, out = call("import", path, "--json")
    imported = json.loads(out)
    assert status == 1
    sheets = imported["workbooks"][0]["sheets"]
    assert sum(sheet["rows_accepted"] for sheet in sheets if sheet["status"] == "committed") == 10
    assert sum(sheet["rows_refused"] for sheet in sheets) == 2
    errors = {finding["cell"]: finding for finding in findings(imported) if finding["severity"] == "error"}
    assert set(errors) == {"A6", "B9"}
    assert errors["A6"]["value"] == "8月32日" and errors["B9"]["value"] == "无名社区"
    assert all(error["message"] and error["remedy"] for error in errors.values())
    reported = [row for row in answer("report", "reporting", "--date", D2)["rows"] if row["kind"] == "evening"]
    assert sum(row["submission"] is not None for row in reported) == 10


def test_a_folder_goes_in_whatever_the_order_of_names(answer, tmp_path):
    folder = tmp_path / "微信文件"
    folder.mkdir()
    write(folder / "a晚调度0812.xlsx", 晚调度=[EVENING, tally("春晖社区", D2, 23, 46)])
    write(folder / "b晚调度0811.xlsx", 晚调度=[EVENING, tally("春晖社区", D1, 23, 23)])
    base(folder / "z底册.xlsx", {"春晖社区": 120})
    (folder / "~$z底册.xlsx").write_bytes(b"lock")
    imported = answer("import", folder)
    assert [workbook["status"] for workbook in imported["workbooks"]] == ["committed"] * 3
    assert [finding["code"] for finding in findings(imported) if finding["severity"] != "info"] == []
    numbers = [workbook["sheets"][0]["submission"] for workbook in imported["workbooks"]]
    assert numbers[2] < numbers[1] < numbers[0], "the register first, then day by day"


def test_sheets_of_one_scope_in_one_file_are_taken_together(call, answer, tmp_path):
    answer("import", base(tmp_path / "底册.xlsx", {"春晖社区": 120, "向阳社区": 100}))
    here, there = tally("春晖社区", D2, 20, 20), tally("春晖社区", D2, 3, 3, 接种点="文体中心")
    path = write(tmp_path / "两点.xlsx", 卫生中心晚调度=[EVENING, here], 文体中心晚调度=[EVENING, there])
    assert call("import", path)[0] == 0
    row = by_community(answer("report", "dispatch", "--date", D2))["春晖社区"]
    assert (row["vacc_total"], row["cum_d1"]) == (23, 23)
    for second, status in ((20, 0), (25, 1)):  # a copied sheet, and a copy that says something else
        copied = {
            "晚调度": [EVENING, tally("向阳社区", D2, 20, 20)],
            "晚调度 (2)": [EVENING, tally("向阳社区", D2, second, second)],
        }
        assert call("import", write(tmp_path / f"副本{second}.xlsx", **copied))[0] == status
        row = by_community(answer("report", "dispatch", "--date", D2))["向阳社区"]
        assert row["vacc_total"] == 20


def test_two_tables_on_one_sheet_are_answered_once_each(answer, tmp_path):
    answer("import", base(tmp_path / "底册.xlsx", {"春晖社区": 120}))
    morning = ["日期", "社区", "今日计划人数", "可用疫苗", "填报人", "填报时间"]
    rows = [
        morning,
        [D2, "春晖社区", 20, 30, "王填报", "2022-08-12 08:30"],
        [],
        [],
        EVENING,
        tally("春晖社区", D2, 20, 20),
    ]
    sheets = answer("import", write(tmp_path / "日报.xlsx", 日报=rows))["workbooks"][0]["sheets"]
    assert sorted((sheet["kind"], sheet["status"]) for sheet in sheets) == [
        ("evening", "committed"),
        ("morning", "committed"),
    ]


def test_a_file_that_cannot_be_read_stops_no_other(call, tmp_path):
    folder = tmp_path / "文件"
    folder.mkdir()
    base(folder / "底册.xlsx", {"春晖社区": 120})
    (folder / "坏盘.xlsx").symlink_to("/proc/self/mem")  # opens, and fails at the first read
    status, out = call("import", folder, "--json")
    states = {Path(workbook["path"]).name: workbook["status"] for workbook in json.loads(out)["workbooks"]}
    assert (status, states) == (1, {"底册.xlsx": "committed", "坏盘.xlsx": "rejected"})
    assert [finding["code"] for finding in findings(json.loads(out)) if finding["severity"] == "error"] == [
        "FILE_UNREADABLE"
    ]


def test_a_dry_run_writes_nothing(answer, tmp_path):
    path = base(tmp_path / "底册.xlsx", {"春晖社区": 120})
    assert answer("import", path, "--dry-run")["workbooks"][0]["status"] == "committed"
    assert answer("report", "coverage", "--date", D2)["rows"] == [] or not by_community(
        answer("report", "coverage", "--date", D2)
    ).get("春晖社区")


def test_a_file_that_is_no_workbook_gets_one_sentence(call, tmp_path):
    path = tmp_path / "照片.xlsx"
    path.write_bytes(b"\xff\xd8\xff\xe0" + b"x" * 500)
    status, out = call("import", path, "--json")
    imported = json.loads(out)
    assert status == 1
    assert imported["workbooks"][0]["status"] == "rejected"
    assert len(findings(imported)) == 1


@pytest.mark.parametrize(
    "args",
    [
        ["report", "nonsense"],
        ["report", "coverage", "--date", "yesterday"],
        ["report", "coverage", "--campaign", "nonsense"],
        ["report", "coverage", "--basis", "coverage"],
        ["report", "ranking", "--basis", "nonsense"],
        ["report", "ranking", "--basis", "composite"],
        ["import"],
        ["import", "no-such-file.xlsx"],
        ["template", "nonsense", "-o", "x.xlsx"],
    ],
)
def test_a_wrong_call_is_two(call, args):
    assert call(*args)[0] == 2


@pytest.mark.parametrize("kind", ["base", "roster", "morning", "evening", "progress", "evidence", "actions", "plan"])
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_template_is_written_and_its_blank_is_no_data(call, tmp_path, kind, language):
    path = tmp_path / f"{kind}.xlsx"
    assert call("--language", language, "template", kind, "-o", path)[0] == 0
    assert openpyxl.load_workbook(path).sheetnames
    _status, out = call("import", path, "--json", "--dry-run")
    assert sum(sheet["rows_accepted"] for sheet in json.loads(out)["workbooks"][0]["sheets"]) == 0


def test_a_dry_run_of_a_batch_knows_its_register(answer, tmp_path):
    first = write(tmp_path / "晚调度.xlsx", 晚调度=[EVENING, tally("春晖社区", D2, 46, 46)])
    second = base(tmp_path / "底册.xlsx", {"春晖社区": 120})
    done = answer("import", first, second, "--dry-run")["workbooks"]
    assert [workbook["status"] for workbook in done] == ["committed", "committed"]
    assert answer("report", "reporting", "--date", D2)["rows"] == []


def test_a_community_is_found_by_alias_code_or_suffix(answer, call, tmp_path):
    register = [["社区编码", "社区名称", "别名"], ["C01", "春晖社区", "老春"], ["C02", "向阳社区", None]]
    path = base(tmp_path / "底册.xlsx", {"春晖社区": 120, "向阳社区": 100})
    answer("import", path)
    answer("import", write(tmp_path / "名录.xlsx", 社区名录=register))
    for name in ("春晖社区", "老春", "C01", "春晖社区居委会", "春晖"):
        rows = answer("report", "coverage", "--date", D2, "--community", name)["rows"]
        assert [row["community"] for row in rows] == ["春晖社区"], name
    nameless = [header for header in EVENING if header != "社区"]
    row = dict(zip(EVENING, tally("向阳社区", D2, 9, 9), strict=True))
    tallied = write(tmp_path / "晚调度.xlsx", 晚调度=[nameless, [row[header] for header in nameless]])
    assert answer("import", tallied, "--community", "C02")["workbooks"][0]["sheets"][0]["community"] == "向阳社区"
    assert call("report", "coverage", "--community", "无名社区")[0] == 2


def test_a_campaign_is_found_by_its_name(answer, call, tmp_path):
    answer("import", base(tmp_path / "底册.xlsx", {"春晖社区": 120}))
    path = write(tmp_path / "晚调度.xlsx", 晚调度=[EVENING, tally("春晖社区", D2, 46, 46)])
    answer("import", path, "--campaign", "新冠疫苗接种")
    assert answer("report", "coverage", "--campaign", "新冠")["campaign"] == "covid"
    assert call("import", path, "--campaign", "没有的项目")[0] == 2


def test_as_of_a_day_is_its_end(office, answer, tmp_path):
    answer("import", base(tmp_path / "底册.xlsx", {"春晖社区": 120}))
    answer("import", write(tmp_path / "一.xlsx", 晚调度=[EVENING, tally("春晖社区", D2, 40, 40)]))
    office.now("2022-08-13T09:00")
    answer("import", write(tmp_path / "二.xlsx", 晚调度=[EVENING, tally("春晖社区", D2, 46, 46)]))

    def figure(*args):
        return by_community(answer("report", "coverage", "--date", D2, *args))["春晖社区"]["coverage"]["numerator"]

    assert (figure(), figure("--as-of", "2022-08-12")) == (46, 40)


@pytest.mark.parametrize("kind", ["base", "roster", "evening"])
def test_a_template_knows_the_street(answer, call, tmp_path, kind):
    answer("import", base(tmp_path / "底册.xlsx", {"春晖社区": 120}))
    path = tmp_path / "模板.xlsx"
    assert call("template", kind, "--community", "春晖", "--date", D2, "-o", path)[0] == 0
    sheet = openpyxl.load_workbook(path).worksheets[0]
    cells = {cell.value for row in sheet.iter_rows() for cell in row}
    assert "春晖社区" in cells
    if kind == "base":
        assert sheet["A1"].value == "社区名录"
        assert {"C01", "东片"} <= cells, "what the register holds is not lost when the template comes back"
    else:
        assert any(getattr(value, "date", lambda: None)() == D2 for value in cells)


def test_a_file_that_cannot_be_written_is_a_wrong_call(call, tmp_path):
    assert call("report", "coverage", "--xlsx", tmp_path / "没有" / "表.xlsx")[0] == 2
    assert call("template", "roster", "-o", tmp_path / "没有" / "表.xlsx")[0] == 2


def process(*args, **environment):
    return subprocess.run(
        [sys.executable, "-m", "data_access", *args],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_as_a_process_only_the_answer_is_on_standard_output(tmp_path):
    environment = {"STREET_DATA_DIR": str(tmp_path / "data"), "STREET_NOW": "2022-08-12T21:00"}
    done = process("report", "coverage", "--json", **environment)  # an office begins with the first command
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["date"] == "2022-08-12"
    done = process("withdraw", "7", "--reason", "没有", **environment)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.strip()


def test_every_command_has_help(call):
    def walk(command, path):
        status, out = call(*path, "--help")
        assert status == 0 and command.help.split(".")[0].split("\n")[0][:20] in out
        for name, child in getattr(command, "commands", {}).items():
            walk(child, [*path, name])

    walk(main, [])


# Batches and watched folders ----------------------------------------------------------------------------------------


def watch(call, folder, *args):
    """What became of each file, by name."""
    status, out = call("import", "--watch", folder, "--every", "0.05", "--once", "--json", *args)
    lines = [json.loads(line) for line in out.splitlines()]
    return status, {Path(line["path"]).name: line for line in lines}


def lying(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_watched_folder_is_emptied_into_done_and_failed(answer, call, tmp_path):
    answer("import", base(tmp_path / "底册.xlsx", {"春晖社区": 120, "向阳社区": 100}))
    folder = tmp_path / "收件"
    (folder / "done").mkdir(parents=True)
    good = write(folder / "好.xlsx", 晚调度=[EVENING, tally("春晖社区", D2, 46, 46)]).read_bytes()
    write(folder / "半.xlsx", 晚调度=[EVENING, tally("向阳社区", D2, 9, 9), tally("无名社区", D2, 9, 9)])
    (folder / "照片.xlsx").write_bytes(b"\xff\xd8\xff\xe0" + b"x" * 500)
    (folder / "done" / "好.xlsx").write_bytes(b"an earlier one")
    (folder / "~$好.xlsx").write_bytes(b"lock")
    status, lines = watch(call, folder)
    assert status == 1
    assert {name: line["status"] for name, line in lines.items()} == {
        "好.xlsx": "committed",
        "半.xlsx": "committed",
        "照片.xlsx": "rejected",
    }
    assert lying(folder) == [
        "done/好 (2).xlsx",
        "done/好.xlsx",
        "failed/半.xlsx",
        "failed/半_批注.xlsx",
        "failed/照片.xlsx",
        "failed/照片_批注.xlsx",
        "~$好.xlsx",
    ]
    assert (folder / "done" / "好 (2).xlsx").read_bytes() == good
    assert (folder / "done" / "好.xlsx").read_bytes() == b"an earlier one", "nothing is ever overwritten"
    assert lines["好.xlsx"]["moved_to"] == str(folder / "done" / "好 (2).xlsx") and not lines["好.xlsx"]["annotated"]
    assert "无名社区" in json.dumps(lines["半.xlsx"], ensure_ascii=False)
    marked = openpyxl.load_workbook(folder / "failed" / "半_批注.xlsx")
    assert any("无名社区" in str(cell.value) for row in marked.worksheets[0].iter_rows() for cell in row)
    rows = by_community(answer("report", "dispatch", "--date", D2))
    assert (rows["春晖社区"]["vacc_total"], rows["向阳社区"]["vacc_total"]) == (46, 9)
    assert watch(call, folder) == (0, {})


def test_what_was_taken_in_but_not_moved_is_moved_as_unchanged(answer, call, tmp_path):
    answer("import", base(tmp_path / "底册.xlsx", {"春晖社区": 120}))
    folder = tmp_path / "收件"
    folder.mkdir()
    path = write(folder / "好.xlsx", 晚调度=[EVENING, tally("春晖社区", D2, 46, 46)])
    answer("import", path)
    status, lines = watch(call, folder)
    assert (status, lines["好.xlsx"]["status"], lying(folder)) == (0, "unchanged", ["done/好.xlsx"])


def test_what_could_not_be_taken_in_stays_where_it_was(answer, call, tmp_path, monkeypatch):
    answer("import", base(tmp_path / "底册.xlsx", {"春晖社区": 120}))
    folder = tmp_path / "收件"
    folder.mkdir()
    path = write(folder / "好.xlsx", 晚调度=[EVENING, tally("春晖社区", D2, 46, 46)])
    with monkeypatch.context() as patch:
        patch.setattr(database, "raise_version", lambda *_told: 1 / 0)
        assert call("import", path)[0] == 1, "the same from the command line: refused, and nothing went in"
        status, lines = watch(call, folder)
    assert (status, lines["好.xlsx"]["status"], lines["好.xlsx"]["moved_to"]) == (1, "rejected", None)
    assert lying(folder) == ["好.xlsx"]
    assert watch(call, folder)[0] == 0 and lying(folder) == ["done/好.xlsx"]


def test_a_file_that_still_grows_is_left_alone(answer, call, tmp_path):
    answer("import", base(tmp_path / "底册.xlsx", {"春晖社区": 120}))
    folder = tmp_path / "收件"
    folder.mkdir()
    whole = write(tmp_path / "好.xlsx", 晚调度=[EVENING, tally("春晖社区", D2, 46, 46)]).read_bytes()
    (folder / "好.xlsx").write_bytes(whole[:500])

    class Sender(folders.Stop):
        """Goes on writing between two looks."""

        def wait(self, seconds):
            (folder / "好.xlsx").write_bytes(whole[:900])
            return False

    moved = folders.watch(accounts.console, folder, Hints(), every=0.1, once=True, stop=Sender())
    assert list(moved) == [] and lying(folder) == ["好.xlsx"]
    (folder / "好.xlsx").write_bytes(whole)
    _status, lines = watch(call, folder)
    assert lines["好.xlsx"]["status"] == "committed"


def test_what_is_taken_from_a_folder_is_what_the_page_offers_and_the_reader_reads(tmp_path):
    read = (".xlsx", ".xlsm", ".xls", ".xlsb", ".et", ".ods", ".csv", ".tsv", ".txt", ".htm", ".html")
    for suffix in (*read, ".pdf", ".tmp"):
        (tmp_path / f"表{suffix}").write_bytes(b"x")
    (tmp_path / "表二.XLSX").write_bytes(b"x")
    assert {path.suffix for path in folders.workbooks(tmp_path)} == {*read, ".XLSX"}
    assert {*read} <= {f".{ending}" for ending in intake.TYPES}
    assert set(intake.TYPES) == {suffix.removeprefix(".") for suffix in folders.SUFFIXES}


def test_a_watched_folder_acts_as_told(office, answer, call, tmp_path):
    answer("import", base(tmp_path / "底册.xlsx", {"春晖社区": 120, "向阳社区": 100}))
    assert (
        call("accounts", "add", "clerk_01", "--role", "clerk", "--community", "春晖社区", "--password", "a slow river")[
            0
        ]
        == 0
    )
    folder = tmp_path / "收件"
    (folder / "社区").mkdir(parents=True)
    nameless = [header for header in EVENING if header not in ("社区", "日期")]
    row = dict(zip(EVENING, tally("春晖社区", D1, 9, 9), strict=True))
    write(folder / "社区" / "无名.xlsx", 晚调度=[nameless, [row[header] for header in nameless]])
    write(folder / "别家.xlsx", 晚调度=[EVENING, tally("向阳社区", D2, 46, 46)])
    status, lines = watch(call, folder, "--as", "clerk_01", "--community", "春晖社区", "--date", D1)
    assert status == 1
    (sheet,) = lines["无名.xlsx"]["sheets"]
    assert (sheet["status"], sheet["community"], sheet["date"]) == ("committed", "春晖社区", D1.isoformat())
    assert lines["别家.xlsx"]["status"] == "rejected"
    assert {"done/社区/无名.xlsx", "failed/别家.xlsx"} <= set(lying(folder))


def test_a_file_that_cannot_be_read_stays_and_is_told_once(call, tmp_path):
    from data_access import accounts
    from data_access.inbox import folders
    from data_access.workbooks.model import Hints

    (tmp_path / "坏盘.xlsx").symlink_to("/proc/self/mem")
    (tmp_path / "照片.xlsx").write_bytes(b"\xff\xd8\xff\xe0" + b"x" * 500)
    seen = []
    for moved in folders.watch(accounts.console, tmp_path, Hints(), every=0.05):
        seen.append((moved.path.name, moved.to is not None))
        if len(seen) == 2:
            (tmp_path / "又一张.xlsx").write_bytes(b"\xff\xd8\xff\xe0" + b"y" * 500)
        if len(seen) == 3:
            break
    assert seen == [("坏盘.xlsx", False), ("照片.xlsx", True), ("又一张.xlsx", True)]


@pytest.mark.parametrize("args", [["x.xlsx"], ["--dry-run"]])
def test_watching_goes_with_no_paths_and_no_dry_run(call, tmp_path, args):
    (tmp_path / "x.xlsx").write_bytes(b"x")
    args = [tmp_path / arg if arg.endswith(".xlsx") else arg for arg in args]
    assert call("import", "--watch", tmp_path, "--once", *args)[0] == 2
    assert (tmp_path / "x.xlsx").exists()


def test_a_whole_batch_is_taken_back(answer, call, tmp_path):
    answer("import", base(tmp_path / "底册.xlsx", {"春晖社区": 120, "向阳社区": 100}))
    folder = tmp_path / "晚"
    folder.mkdir()
    for name in ("春晖社区", "向阳社区"):
        write(folder / f"{name}.xlsx", 晚调度=[EVENING, tally(name, D2, 46, 46)])
    batch = answer("import", folder)["batch"]
    assert by_community(answer("report", "dispatch", "--date", D2))["春晖社区"]["vacc_total"] == 46
    assert call("withdraw", "--batch", batch)[0] == 2, "not without a reason"
    assert call("withdraw", "1", "--batch", batch, "--reason", "x")[0] == 2
    assert call("withdraw", "--reason", "x")[0] == 2
    status, out = call("withdraw", "--batch", batch, "--reason", "发错了")
    assert status == 0 and "2" in out
    reported = [row for row in answer("report", "reporting", "--date", D2)["rows"] if row["kind"] == "evening"]
    assert [row["submission"] for row in reported] == [None, None]
    assert answer("import", folder)["workbooks"][0]["status"] == "committed", "it can be sent again"


def test_control_c_ends_a_watch(tmp_path):
    environment = {"STREET_DATA_DIR": str(tmp_path / "data"), "PYTHONUTF8": "1"}
    folder = tmp_path / "收件"
    folder.mkdir()
    (folder / "照片.xlsx").write_bytes(b"\xff\xd8\xff\xe0" + b"x" * 500)
    process = subprocess.Popen(
        [sys.executable, "-m", "data_access", "import", "--watch", str(folder), "--every", "0.1"],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    patience = threading.Timer(120, process.kill)
    patience.start()
    line = process.stdout.readline()
    process.send_signal(signal.SIGINT)
    out, error = process.communicate()
    patience.cancel()
    assert "照片.xlsx" in line, error
    assert (process.returncode, out) == (0, "")
    assert "Traceback" not in error


# Closed days and empty sheets -----------------------------------------------------------------------------------


def test_reporting_over_days_with_empty_and_exempt_sheets(answer, call, tmp_path):
    answer("import", base(tmp_path / "底册.xlsx", {"甲社区": 120, "乙社区": 60, "丙社区": 90}))
    answer("import", write(tmp_path / "晚.xlsx", 晚调度=[EVENING, tally("甲社区", D2, 4, 4)]))
    answer("import", write(tmp_path / f"乙社区{D2}晚调度.xlsx", 晚调度=[EVENING]))
    exemptions.grant(accounts.console(), "丙社区", D2, D2, "停电")
    report = answer("report", "reporting", "--from", D1, "--date", D2)
    states = {(row["community"], row["day"]): row["state"] for row in report["rows"] if row["kind"] == "evening"}
    assert (states["乙社区", D2.isoformat()], states["丙社区", D2.isoformat()]) == ("empty", "exempt")
    assert report["from"] == D1.isoformat()
    whole = next(row for row in report["totals"] if row["kind"] == "all")
    assert whole["total"] == 3 * 3 * 2 and whole["expected"] == 15
    assert whole["reported"] == {"numerator": 1, "denominator": 15, "value": 6.67}
    own = {row["community"]: row for row in report["summary"]}
    assert (own["丙社区"]["exempt"], own["丙社区"]["reported"]["denominator"]) == (3, 3)
    assert call("report", "dispatch", "--from", D1)[0] == 2
    assert call("report", "reporting", "--from", D2, "--date", D1)[0] == 2


def test_a_closed_day_is_opened_with_a_reason_only(answer, call, tmp_path):
    answer("import", base(tmp_path / "底册.xlsx", {"甲社区": 120}))
    answer("import", write(tmp_path / "晚.xlsx", 晚调度=[EVENING, tally("甲社区", D2, 4, 4)]))
    closing.close(accounts.console(), D2, "covid")
    later = write(tmp_path / "晚更正.xlsx", 晚调度=[EVENING, tally("甲社区", D2, 5, 5)])
    status, out = call("import", later, "--json")
    sheet = json.loads(out)["workbooks"][0]["sheets"][0]
    assert status == 1 and sheet["status"] == "rejected"
    assert "DAY_CLOSED" in [found["code"] for found in sheet["findings"]]
    assert call("import", later, "--reopen", " ")[0] == 2
    sheet = answer("import", later, "--reopen", "漏报一人", "--dry-run")["workbooks"][0]["sheets"][0]
    assert (sheet["status"], sheet["revision"]) == ("committed", 2), "it says what would become of it"
    assert closing.state(accounts.console(), D2, "covid").closed, "and writes nothing"
    sheet = answer("import", later, "--reopen", "漏报一人")["workbooks"][0]["sheets"][0]
    assert (sheet["status"], sheet["revision"]) == ("committed", 2)
    assert closing.state(accounts.console(), D2, "covid").reason == "漏报一人"
