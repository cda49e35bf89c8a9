"""Templates handed out with what is known, sent back through the real way in."""

from __future__ import annotations

import io
from datetime import date, timedelta
from decimal import Decimal

import openpyxl
import pytest

from config.catalogue import indicators, workstreams
from data_access import privacy, submissions
from data_access.accounts import NotAllowedError, Role
from data_access.findings import Severity
from data_access.reports import administration, events, prefill
from data_access.reports.events import Wanted
from data_access.reports.view import View
from data_access.workbooks.writing import HEADER_ROW
from tests.data_access.street import DAY, Board, at
from tests.pages.conftest import account

NEXT = DAY + timedelta(days=1)


@pytest.fixture
def board(database_url):
    board = Board()
    board.communities(["春晖社区", "安康社区"], at=at(DAY - timedelta(days=40), 9))
    board.sites(["卫生中心"])
    return board


def made(board, key, day=DAY, community=None, actor=None, language="zh_CN"):
    view = View(actor or board.actor, day, "covid", community=community)
    return administration.blank_workbook(view, key, language)


def opened(content):
    return openpyxl.load_workbook(io.BytesIO(content))


def lines(sheet):
    """The filled rows below the header, by heading."""
    heads = [cell.value for cell in sheet[HEADER_ROW]]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=HEADER_ROW + 1)]
    return [dict(zip(heads, row, strict=True)) for row in rows if any(value is not None for value in row)]


def filled(content, sheet, changes):
    """The workbook with some cells of a sheet filled in: by place of the row, by heading."""
    book = opened(content)
    heads = {cell.value: cell.column for cell in book[sheet][HEADER_ROW]}
    for row, values in changes.items():
        for head, value in values.items():
            book[sheet].cell(HEADER_ROW + 1 + row, heads[head]).value = value
    raw = io.BytesIO()
    book.save(raw)
    return raw.getvalue()


def sent(board, content, name, actor=None):
    actor = actor or board.actor
    return submissions.commit(actor, submissions.examine(actor, content, name), content)


def errors(outcome):
    return [finding.message for finding in outcome.all_findings() if finding.severity == Severity.ERROR]


OUTCOMES = ["vaccinated", "no_show", "rescheduled", "deferred", "shortage", None]


def test_tomorrows_roster_holds_those_who_are_left_over(board):
    board.roster("春晖社区", outcomes=OUTCOMES, site="卫生中心")
    board.roster("春晖社区", DAY - timedelta(days=12), people=[{"person_code": "缓种一", "outcome": "deferred"}])
    board.roster("春晖社区", DAY - timedelta(days=20), people=[
        {"person_code": "缓种二号", "name": "陈缓种", "outcome": "deferred"},
        {"person_code": "缓种三号", "name": "褚缓种", "outcome": "deferred"},
        {"person_code": "缓种四号", "name": "卫禁忌", "outcome": "contraindicated"},
    ])  # fmt: skip
    board.roster("春晖社区", DAY - timedelta(days=2), people=[{"person_code": "缓种三号", "outcome": "vaccinated"}])
    content = made(board, "roster", NEXT, "春晖社区")
    rows = lines(opened(content)["接种名单"])
    assert {(row["姓名"], row["备注"]) for row in rows} == {
        ("钱小1", "08-12 未到"), ("孙小2", "08-12 改期"), ("周小4", "08-12 缺苗"), ("陈缓种", "07-23 缓种"),
    }  # fmt: skip
    assert {row["接种日期"].date() for row in rows} == {NEXT} and all(row["批次"] is None for row in rows)
    assert rows[0]["联系电话"].startswith("138") and rows[0].get("证件号码") is None


def test_a_person_carried_over_is_the_same_person(board):
    board.roster("春晖社区", people=[{"name": "钱示例", "outcome": "no_show", "person_code": "330102199001011234"}],
                 site="卫生中心")  # fmt: skip
    content = made(board, "roster", NEXT, "春晖社区")
    assert "330102199001011234" not in str(lines(opened(content)["接种名单"]))
    outcome = sent(board, filled(content, "接种名单", {0: {"批次": 1}}), "名单.xlsx")
    assert not errors(outcome) and outcome.sheets[0].rows_accepted == 1
    assert prefill.callups.table(board.view(NEXT)).set_index("community").loc["春晖社区", "not_called"] == 0
    assert prefill.callups.people(board.view(NEXT))["document"].tolist() == ["****1234"]
    assert lines(opened(made(board, "roster", NEXT, "春晖社区"))["接种名单"])[0]["批次"] == 1  # now it stands there


def test_a_code_that_was_altered_is_nobodys(board):
    keys = privacy.keys()
    person = keys.person("990101199001010019")
    code = keys.carry(person, "0019")
    assert keys.person(code) == person and keys.person(f" {code.lower()} ") == person and code.endswith("-0019")
    altered = code.replace(code[5], "A" if code[5] != "A" else "B", 1)
    assert keys.person(altered) not in (person, keys.person("990101199001010018"))


def test_the_evening_sheet_comes_with_the_roster_to_mark(board):
    board.baseline("春晖社区", DAY - timedelta(days=30), surveyed=800, contraindicated=5)
    people = [{"name": name, "person_code": f"RY{name}0019"} for name in ("赵示例", "钱示例", "孙示例", "李示例")]
    board.roster("春晖社区", people=people, site="卫生中心", batch_leader="孙示例")
    board.roster("春晖社区", NEXT, n=7)
    content = made(board, "evening", DAY, "春晖社区")
    book = opened(content)
    (tally,) = lines(book["晚调度"])
    assert (tally["名单人数"], tally["应接种人数"], tally["明日计划"]) == (4, 795, 7)
    assert tally["名单内接种"] is None and tally["未到"] is None  # nobody has an outcome yet
    assert [row["姓名"] for row in lines(book["接种名单"])] == ["赵示例", "钱示例", "孙示例", "李示例"]
    marked = filled(content, "接种名单", {0: {"核对结果": "已接种", "留观完成": "是"}, 1: {"核对结果": "未到"}})
    outcome = submissions.preview(board.actor, submissions.examine(board.actor, marked, "晚调度.xlsx"))
    roster = next(sheet for sheet in outcome.sheets if sheet.kind == "roster")
    assert not [f for f in roster.findings if f.severity == Severity.ERROR]
    assert (roster.comparison.new, roster.comparison.gone, roster.comparison.changed) == (0, 0, 2)
    assert {change.column for change in roster.comparison.changes} == {"outcome", "observed_30"}


def test_what_the_marked_roster_says_is_not_asked_again(board):
    board.roster("春晖社区", outcomes=["vaccinated", "vaccinated", "no_show", "rescheduled", "site_changed"])
    (tally,) = lines(opened(made(board, "evening", DAY, "春晖社区"))["晚调度"])
    figures = ("名单人数", "名单内接种", "未到", "改期转点", "缓种", "缺苗未种")
    assert [tally[name] for name in figures] == [5, 2, 1, 2, 0, 0]


def test_the_morning_sheet_knows_plan_and_rest(board):
    board.evening("春晖社区", DAY, roster_n=9, vacc_on_roster=4, no_show=3, moved=1, shortage=1)
    people = [{"dose_no": dose, "batch_no": batch} for dose, batch in (("d1", 1), ("d1", 1), ("b", 2))]
    board.roster("春晖社区", NEXT, people=people)
    content = made(board, "morning", NEXT, "春晖社区")
    (row,) = lines(opened(content)["早会商"])
    names = ("今日计划人数", "计划_第一剂", "计划_第二剂", "计划_加强针", "分批数", "昨日结转人数")
    assert [row[name] for name in names] == [3, 2, 0, 1, 2, 5]
    more = {"可用疫苗(剂)": 5, "填报人": "王填报", "填报时间": "2022-08-13 08:30"}
    outcome = sent(board, filled(content, "早会商", {0: more}), "早会商.xlsx")
    assert outcome.status == "committed" and not outcome.sheets[0].new_findings and not errors(outcome)


def test_nothing_reported_is_left_blank_and_not_zero(board):
    (row, other) = lines(opened(made(board, "morning", NEXT))["早会商"])
    assert (row["社区"], other["社区"]) == ("春晖社区", "安康社区")
    assert row["今日计划人数"] is None and row["计划_第一剂"] is None and row["昨日结转人数"] is None


def test_open_matters_come_back_as_revisions(board):
    whole = {
        "source": "weekly",
        "found_on": DAY - timedelta(days=3),
        "place": "示例路",
        "workstream": workstreams()[0].slug,
        "issue": "垃圾桶满溢未清运",
        "severity": "minor",
        "demand": "当日清运",
        "unit": "春晖社区",
        "owner": "周责任",
        "due": DAY + timedelta(days=2),
    }
    board.action("春晖社区", "DB-1", status="fixing", **whole)
    board.action("安康社区", "DB-2", status="fixing", **whole)
    board.action("春晖社区", "DB-3", status="closed", **whole)
    content = made(board, "actions", DAY, "春晖社区")
    rows = lines(opened(content)["督办整改"])
    assert [(row["编号"], row["整改责任人" if "整改责任人" in row else "责任人"]) for row in rows] == [
        ("DB-1", "周责任")
    ]
    assert [sheet.status for sheet in sent(board, content, "督办.xlsx").sheets if sheet.kind == "actions"] == [
        "unchanged"
    ]
    done = filled(content, "督办整改", {0: {"整改措施": "已清运", "整改完成日期": "2022-08-12", "状态": "待复查"}})
    outcome = sent(board, done, "督办.xlsx").sheets[0]
    assert (outcome.status, outcome.revision, outcome.topic) == ("committed", 2, "DB-1")


def test_progress_of_the_running_periods_with_the_last_values_as_comments(board):
    row = {"indicator": "VAX-03", "accrual": "cumulative", "biz_date": date(2022, 7, 31)}
    monthly = next(i for i in indicators() if i.enabled and i.period == "month" and i.kind in ("rate", "count"))
    value = {"num": Decimal(46), "den": Decimal(120)} if monthly.kind == "rate" else {"done": Decimal(46)}
    board.progress("春晖社区", monthly.workstream, "2022-07", {**row, "indicator": monthly.code, **value})
    sheet = opened(made(board, "progress", DAY, "春晖社区"))["工作进展"]
    rows = lines(sheet)
    place = next(n for n, one in enumerate(rows) if one["指标编码"] == monthly.code)
    assert rows[place]["统计周期"] == "2022-08" and rows[place]["完成数"] is None and rows[place]["分子"] is None
    notes = [cell.comment.text for cell in sheet[HEADER_ROW + 1 + place] if cell.comment]
    assert notes == ["2022-07：46/120" if monthly.kind == "rate" else "2022-07：46"]
    assert len({one["社区"] for one in rows}) == 1
    assert (
        lines(opened(made(board, "progress", DAY))["工作进展"])[0]["指标编码"] is None
    )  # of no community in particular


@pytest.mark.parametrize("key", ["roster", "evening"])
def test_people_are_written_for_those_who_may_know_them_and_each_time_is_recorded(board, key):
    day = NEXT if key == "roster" else DAY
    for community in ("春晖社区", "安康社区"):
        board.roster(community, people=[{"name": f"钱{community}", "outcome": "no_show"}])
    street = str(lines(opened(made(board, key, day))["接种名单"]))
    assert "钱春晖社区" in street and "钱安康社区" in street
    event = events.events(board.actor, Wanted())[0].iloc[0]
    assert (
        event["event"] == "template_with_people" and event["details"].endswith("：2") and "钱" not in event["details"]
    )
    clerk = account(Role.CLERK, "安康社区")
    own = str(lines(opened(made(board, key, day, "春晖社区", clerk))["接种名单"]))
    assert "钱安康社区" in own and "钱春晖社区" not in own
    with pytest.raises(NotAllowedError):
        made(board, key, day, actor=account(Role.LEADER))


def test_an_undated_template_is_blank(board):
    board.roster("春晖社区", people=[{"name": "钱示例", "outcome": "no_show"}])
    view = View(board.actor, NEXT, "covid", community="春晖社区")
    rows = lines(opened(administration.blank_workbook(view, "roster", "zh_CN", dated=False))["接种名单"])
    assert len(rows) == 1 and rows[0]["姓名"] is None


def test_in_english(board):
    board.roster("春晖社区", people=[{"name": "钱示例", "outcome": "no_show"}], site="卫生中心")
    content = made(board, "roster", NEXT, "春晖社区", language="en")
    (row,) = lines(opened(content)["Roster"])
    assert row["Remarks"] == "08-12 no-show"


def test_a_weekly_plan_begins_with_what_the_week_before_left_open(board):
    last = [
        {
            "item_no": 1,
            "task": "走访独居老人",
            "owner": "周责任",
            "outcome": "done",
            "done_on": DAY - timedelta(days=8),
        },
        {"item_no": 2, "task": "更换宣传栏", "owner": "周责任", "due": DAY, "workstream": "health_education"},
        {"item_no": 3, "task": "清理楼道", "outcome": "carried", "result": "等物业"},
        {"item_no": 4, "task": "健步走", "outcome": "dropped"},
    ]
    board.plan("春晖社区", "2022-W31", *last)
    content = made(board, "plan", DAY, "春晖社区")
    rows = lines(opened(content)["周工作计划"])
    assert [(row["周次"], row["序号"], row["工作内容"], row["责任人"], row["完成状态"]) for row in rows] == [
        ("2022-W32", 1, "更换宣传栏", "周责任", None),
        ("2022-W32", 2, "清理楼道", None, None),
    ]
    assert rows[1]["完成情况"] is None and "上周未完成的 2 项已转入本周。" in str(
        [cell.value for row in opened(content)["填表说明"].iter_rows() for cell in row]
    )
    outcome = sent(board, content, "周工作计划.xlsx").sheets[0]
    assert (outcome.kind, outcome.status, outcome.period) == ("plan", "committed", "2022-W32")
    again = filled(
        made(board, "plan", DAY, "春晖社区"), "周工作计划", {0: {"完成状态": "完成", "完成日期": "2022-08-12"}}
    )
    outcome = sent(board, again, "周工作计划.xlsx").sheets[0]
    assert (outcome.status, outcome.revision, outcome.comparison.changed) == ("committed", 2, 1)
    other = account(Role.CLERK, "安康社区")
    assert lines(opened(made(board, "plan", DAY, "安康社区", other))["周工作计划"])[0]["工作内容"] is None
