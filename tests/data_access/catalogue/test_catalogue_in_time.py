"""Definitions and targets in time: what is changed counts from its day on, and only for whom it was meant."""

import io
from datetime import date
from decimal import Decimal

import openpyxl
import pandas as pd
import pytest
from sqlalchemy import select

from config import catalogue
from config.catalogue import UnknownIndicatorError
from config.declarations import ConfigError
from data_access import accounts, database
from data_access.accounts import NotAllowedError, Role
from data_access.catalogue import declared, tables, targets
from data_access.catalogue.targets import TargetError
from data_access.reports import progress, workstreams
from data_access.schema import AuditEvent
from data_access.workbooks import exports
from tests.data_access.street import DAY, Board

NEXT = date(2022, 9, 1)
STREAM = "healthy_community"
ONE, OTHER = "和平社区", "清河社区"


@pytest.fixture
def board(database_url):
    made = Board()
    made.communities([ONE, OTHER])
    for name in (ONE, OTHER):
        row = {"indicator": "HC-09", "accrual": "cumulative", "done": Decimal(190)}
        made.progress(name, STREAM, "2022-08", {**row, "biz_date": DAY})
    return made


def told(board, code, community, day=DAY, stream=STREAM, **more):
    frame = workstreams.indicators(board.view(day, **more), community, stream)
    return frame.set_index("indicator").loc[code]


def test_a_target_counts_from_its_day_for_its_community_and_is_never_lost(board, office):
    """200 for one community from September, 240 for the street, 待定 in December; the definition asks for 300."""
    put = {"source": "包保方案", "valid_from": NEXT}
    street = targets.put(board.actor, "HC-09", 240, **put)
    own = targets.put(board.actor, "HC-09", Decimal(200), community=ONE, **put)
    targets.put(board.actor, "HC-09", None, valid_from=date(2022, 12, 1), valid_to=date(2022, 12, 31), source="待定")
    before, since, late = DAY, date(2022, 9, 30), date(2022, 12, 9)
    asked = {(name, day): told(board, "HC-09", name, day) for name in (ONE, OTHER) for day in (before, since, late)}
    assert [int(asked[name, before]["target"]) for name in (ONE, OTHER)] == [300, 300]
    assert [int(asked[name, since]["target"]) for name in (ONE, OTHER)] == [200, 240]
    assert asked[ONE, late]["target"] == 200 and asked[OTHER, late]["state"] == "no_target"
    assert "包保方案" in asked[ONE, since]["definition"] and "包保方案" not in asked[ONE, before]["definition"]
    assert asked[ONE, since]["state"] != asked[OTHER, since]["state"]  # 95 and 79 of 100, with 74.8 elapsed

    moment = pd.Timestamp("2022-08-12T13:00Z").to_pydatetime()  # before the next act of this test
    office.now("2022-08-12T21:30")
    targets.withdraw(board.actor, own)
    assert int(told(board, "HC-09", ONE, since)["target"]) == 240
    assert int(told(board, "HC-09", ONE, since, as_of=moment)["target"]) == 200
    listed = targets.listed(board.actor, "HC-09")
    assert listed["withdrawn_at"].notna().tolist() == [False, True, False]
    assert listed.set_index("id").loc[own, "community"] == ONE and listed.set_index("id").loc[street, "value"] == 240
    with database.reading() as connection:
        events = connection.execute(select(AuditEvent.event)).scalars().all()
    assert events.count("target_set") == 3 and events.count("target_withdrawn") == 1


def test_targets_are_cheap_where_nothing_is_set_and_one_copy_where_something_is(board):
    targets.put(board.actor, "HC-09", 240, valid_from=NEXT, source="方案")
    with database.reading() as connection:
        found = targets.load(connection, board.actor.street_id)
    plain, goal = catalogue.indicator("HC-10"), catalogue.indicator("HC-09")
    assert found.applied(plain, 1, NEXT) is plain and found.applied(goal, 1, DAY) is goal
    assert found.applied(goal, 1, NEXT) is found.applied(goal, 2, NEXT)
    assert (found.applied(goal, 1, NEXT).full_target, found.breaks("HC-09", 1)) == (240, (NEXT,))


@pytest.mark.parametrize(
    ("code", "value", "more"),
    [
        ("HC-09", 5, {"source": " "}),
        ("HC-09", 5, {"valid_to": date(2022, 8, 31)}),
        ("HC-09", 5, {"community": "无此社区"}),
        ("HC-09", -1, {}),
        ("HC-09", float("nan"), {}),
        ("ENV-11a", 2, {}),
        ("PAT-14", 2, {}),
    ],
)
def test_a_target_that_cannot_be_is_refused(office, code, value, more):
    with pytest.raises(TargetError):
        targets.put(accounts.console(), code, value, **{"valid_from": NEXT, "source": "方案", **more})
    assert targets.listed(accounts.console()).empty


def test_a_definition_counts_from_its_day_and_the_matrix_of_today_stays(board):
    """From September healthy families are 20 a quarter; until then 300 a year, and that is what August shows."""
    today, autumn = workstreams.matrix(board.view()), board.view(date(2022, 9, 30))
    changes = {"target": 20, "accrual": "per_period", "period": "quarter", "slots": 4, "basis": "setting"}
    made = declared.define(board.actor, "hc-09", NEXT, **changes)
    assert made.code == "HC-09" and declared.define(board.actor, "HC-09", NEXT, **changes) == made
    pd.testing.assert_frame_equal(workstreams.matrix(board.view()), today)
    assert catalogue.indicator("HC-09").target == 300 and catalogue.indicator("HC-09", NEXT).full_target == 80
    assert workstreams.indicators(autumn, ONE, STREAM).set_index("indicator").loc["HC-09", "done_d"] == 80
    assert catalogue.catalogue().breaks("HC-09") == (NEXT,) and catalogue.catalogue().breaks("HC-10") == ()

    told = declared.history(board.actor, "HC-09")
    assert told["version"].tolist() == [1, 2] and told["valid_from"].tolist() == [None, NEXT]
    assert set(told["changed"][1].split(", ")) == {"target", "accrual", "period", "slots", "basis"}
    with pytest.raises(ConfigError) as wrong:
        declared.define(board.actor, "HC-09", NEXT, target=5, comparator="")
    assert wrong.value.field == "comparator"
    with pytest.raises(ConfigError):
        declared.define(board.actor, "HC-09", NEXT, workstream="women")
    with pytest.raises(UnknownIndicatorError):
        declared.define(board.actor, "HC-999", NEXT, target=5)


def test_the_board_as_it_stood_before_shows_the_definitions_of_then(board, office):
    """Changed back to January on a Friday evening: at noon the board had said 300."""
    noon = pd.Timestamp("2022-08-12T04:00Z").to_pydatetime()
    declared.define(board.actor, "HC-09", date(2022, 1, 1), target=400)
    assert told(board, "HC-09", ONE)["target"] == 400
    looking = accounts.look_back(board.actor, noon)
    assert looking.looking_back and catalogue.indicator("HC-09", DAY).target == 300
    accounts.console()
    assert catalogue.indicator("HC-09", DAY).target == 400


def test_switched_off_and_chosen_anew_from_a_day_on(office):
    """Of two rules for one matter one stands in the matrix; a switched off indicator is known by its past."""
    actor = accounts.console()
    declared.define(actor, "HE-04", NEXT, matrix=True)
    declared.define(actor, "HE-01", NEXT, enabled=False, matrix=False)
    shown = {day: {one.code for one in catalogue.workstream("健康教育", day).shown} for day in (DAY, NEXT)}
    assert {"HE-03", "HE-01"} <= shown[DAY] and "HE-04" not in shown[DAY]
    assert "HE-04" in shown[NEXT] and not {"HE-03", "HE-01"} & shown[NEXT]
    assert "HE-01" in {one.code for one in catalogue.indicators()}
    assert "HE-01" not in {one.code for one in catalogue.indicators(day=NEXT)}
    with pytest.raises(ConfigError):  # a result reached elsewhere is no target
        declared.define(actor, "HE-02", NEXT, matrix=True)

    declared.define_workstream(actor, "environment", NEXT, matrix=True, zh="环境整治")
    assert [stream.slug for stream in catalogue.workstreams(matrix=True, day=NEXT)][-1] == "environment"
    assert "environment" not in [stream.slug for stream in catalogue.workstreams(matrix=True)]
    assert catalogue.workstream("环境整治", NEXT).indicators == catalogue.workstream("环境卫生").indicators
    assert declared.own(actor).workstreams == ()


def test_what_is_declared_from_a_later_day_is_not_there_before(board):
    made = declared.declare_indicator(
        board.actor, STREAM, "健步走活动", unit="次", period="month", accrual="annual_total", target=6, valid_from=NEXT
    )
    with pytest.raises(UnknownIndicatorError):
        catalogue.indicator(made.code, DAY)
    assert catalogue.indicator(made.code, NEXT).target == 6
    with database.reading() as connection:
        (unit, *_others) = progress.units(connection, board.view())
        judged = progress.told(connection, board.view(), [unit], [made.code, "HC-09"]).on(DAY, [unit])
    assert [code for _key, code in judged] == ["HC-09"]


def test_one_street_changes_nothing_for_clerks_and_leaders(office):
    Board().communities([ONE])
    leader = accounts.create(accounts.console(), "leader_1", "correct horse", Role.LEADER)
    for act in (
        lambda: targets.put(leader, "HC-09", 5, valid_from=NEXT, source="方案"),
        lambda: declared.define(leader, "HC-09", NEXT, target=5),
        lambda: targets.withdraw(leader, 1),
        lambda: tables.propose(leader, b"", "x.xlsx", NEXT),
    ):
        with pytest.raises(NotAllowedError):
            act()


def changed(frame, edit):
    """The downloaded table with cells changed in place by ``edit(sheet, place)``; ``place`` finds a cell."""
    book = openpyxl.load_workbook(io.BytesIO(exports.workbook({"指标库": frame})))
    sheet = book.worksheets[0]
    heads = {cell.value: cell.column for cell in sheet[1]}
    rows = {cell.value: cell.row for cell in sheet["A"]}
    edit(lambda code, head: sheet.cell(rows.get(code, sheet.max_row + 1), heads[head]))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def test_the_catalogue_goes_out_as_a_table_and_comes_back_as_differences(office):
    actor = accounts.console()
    frame = tables.table(actor, DAY)
    assert len(frame) == len(catalogue.indicators(enabled=None))
    same = tables.propose(actor, changed(frame, lambda place: None), "指标库.xlsx", NEXT)
    assert same.differences == () and same.troubles == ()

    def edit(place):
        place("HC-09", "目标").value = 320
        place("HE-01", "启用").value = "否"
        place("HE-01", "进入矩阵").value = None
        place(None, "中文名称").value = "健步走"
        row = place(None, "中文名称").row - 1
        sheet = place("HC-09", "目标").parent
        heads = {cell.value: cell.column for cell in sheet[1]}
        for head, value in (("专项", "健康社区"), ("单位", "次"), ("类型", "计数"), ("目标", 4)):
            sheet.cell(row, heads[head]).value = value

    proposal = tables.propose(actor, changed(frame, edit), "指标库.xlsx", NEXT)
    assert proposal.troubles == ()
    moved = {(one.code, one.field): (one.before, one.after) for one in proposal.differences}
    assert moved["HC-09", "目标"] == ("300", "320") and moved["HE-01", "启用"] == ("是", "否")
    assert moved["新", "中文名称"] == ("", "健步走") and catalogue.indicator("HC-09", NEXT).target == 300
    made = tables.commit(actor, proposal)
    assert catalogue.indicator("HC-09", NEXT).target == 320 and not catalogue.indicator("HE-01", NEXT).enabled
    assert catalogue.indicator("HC-09").target == 300
    fresh = catalogue.find_indicator("健步走") if NEXT <= DAY else catalogue.indicator(made[-1].code, NEXT)
    assert (fresh.target, fresh.comparator, fresh.workstream) == (4, "≥", STREAM)


def test_bad_cells_are_named_and_nothing_goes_in(office):
    actor = accounts.console()

    def edit(place):
        place("HC-09", "目标").value = "很多"
        place("HE-01", "类型").value = "计术"
        place("HE-03", "比较").value = None
        place("HC-10", "编码").value = "HC-1O0"

    proposal = tables.propose(actor, changed(tables.table(actor, DAY), edit), "指标库.xlsx", NEXT)
    found = {(one.heading, one.value): one for one in proposal.troubles}
    assert {("目标", "很多"), ("类型", "计术"), ("比较", ""), ("编码", "HC-1O0")} == set(found)
    assert "计数" in found["类型", "计术"].reason and found["目标", "很多"].cell[0].isalpha()
    with pytest.raises(tables.TableError):
        tables.commit(actor, proposal)
    with pytest.raises(tables.TableError):
        tables.propose(actor, exports.workbook({"别的": pd.DataFrame({"甲": [1]})}), "x.xlsx", NEXT)
