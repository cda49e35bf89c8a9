"""Indicators that nobody types: what the daily sheets and the ledger of matters answer, by the day."""

from datetime import date, timedelta
from decimal import Decimal

from data_access import database
from data_access.reports import prefill, workstreams
from data_access.reports.tallies import definition
from tests.data_access.street import DAY, Board, at

HERE, THERE = "清河社区", "和平社区"
BEFORE = DAY - timedelta(days=1)
MATTER = {
    **{"source": "weekly", "found_on": date(2022, 8, 1), "place": "东门", "workstream": "environment"},
    **{"severity": "minor", "demand": "当日清运", "unit": "清河居委会", "due": date(2022, 8, 5)},
}
CLOSED = {
    **{"status": "closed", "measure": "已清运", "fixed_on": date(2022, 8, 4), "rechecked_on": date(2022, 8, 5)},
    **{"rechecked_by": "王复查", "recheck": "passed"},
}


def pairs(board, stream, community=HERE, day=DAY, **more):
    """Numerator and denominator of the rates, what was done of the rest, by indicator."""
    shown = workstreams.indicators(board.view(day, **more), community, stream).set_index("indicator")
    return {
        code: (row["done_n"], row["done_d"]) if row["kind"] == "rate" else row["value"]
        for code, row in shown.iterrows()
    }


def test_nobody_types_what_the_daily_sheets_say_on_both_databases(database_url):
    board = Board()
    board.communities([HERE, THERE], at=at(date(2022, 8, 1), 8))
    board.baseline(HERE, date(2022, 8, 1), surveyed=900, contraindicated=100, at=at(date(2022, 8, 1), 9))
    for day, first, full in ((BEFORE, 400, 300), (DAY, 410, None)):  # today nobody said how many are through
        early, noon, evening = at(day - timedelta(days=1), 17), at(day, 8), at(day, 19)
        board.roster(HERE, day, 10, ("vaccinated",) * 10, at=early)
        board.morning(HERE, day, 10, at=noon)
        said = {"roster_n": 10, "vacc_on_roster": 10, "observed": 9, "cum_d1": first, "cum_full": full}
        board.evening(HERE, day, at=evening, **said)
    board.evening(HERE, DAY, at=at(DAY, 20, 30), **said | {"cum_d1": 420, "observed": 10})
    typed = {"indicator": "VAX-03", "accrual": "cumulative", "num": Decimal(1), "den": Decimal(2)}
    for name in (HERE, THERE):
        board.progress(name, "vaccination", "2022-07", typed)
    found = pairs(board, "vaccination")
    assert found["VAX-03"] == (420, 800) and found["VAX-04"] == (300, 800)  # of those eligible, the latest known
    assert found["VAX-08"] == 2 and found["VAX-09"] == 2
    assert found["VAX-11"] == (10, 10)
    assert pairs(board, "vaccination", as_of=at(DAY, 20))["VAX-11"] == (9, 10)
    assert pairs(board, "vaccination", day=BEFORE)["VAX-03"] == (400, 800)
    assert pairs(board, "vaccination", day=BEFORE)["VAX-08"] == 1
    assert pairs(board, "vaccination", THERE)["VAX-03"] == (1, 2)  # it has no daily sheets and reports by hand
    assert pairs(board, "reporting")["RPT-01"] == (6, 6)
    assert pairs(board, "reporting", THERE)["RPT-01"][0] == 0


def test_matters_are_counted_from_the_ledger(office):
    board = Board()
    board.communities([HERE, THERE])
    report = {"indicator": "RECT-01", "accrual": "cumulative", "num": Decimal(3), "den": Decimal(4)}
    board.progress(HERE, "rectification", "2022-07", report)
    assert pairs(board, "rectification")["RECT-01"] == (3, 4)  # a street without a ledger reports by hand
    board.action(HERE, "DB-1", **MATTER, **CLOSED)
    board.action(HERE, "DB-2", **MATTER, status="fixing")
    board.action(HERE, "DB-3", **MATTER | {"due": date(2022, 8, 30)}, status="fixing")
    found = pairs(board, "rectification")
    assert (found["RECT-01"], found["RECT-02"], found["RECT-03"]) == ((1, 3), (1, 2), 1)
    found = pairs(board, "rectification", day=date(2022, 8, 4))
    assert (found["RECT-01"], found["RECT-02"], found["RECT-03"]) == ((0, 3), (0, 0), 0)
    shown = workstreams.indicators(board.view(), HERE, "rectification").set_index("indicator")["state"]
    assert shown["RECT-03"] == "zero_occurred"
    there = workstreams.indicators(board.view(), THERE, "rectification").set_index("indicator")["state"]
    assert (there["RECT-01"], there["RECT-03"]) == ("not_applicable", "zero_ok")


def test_templates_do_not_ask_for_them(office):
    board = Board()
    board.communities([HERE])
    view = board.view(community=HERE)
    with database.reading() as connection:
        given = prefill.given(connection, view, "progress", definition(connection, view))
    asked = {row["indicator"] for row in given.rows["progress"]}
    assert "RECT-04" in asked
    assert not asked & {"RECT-01", "RECT-02", "RECT-03", "RPT-01", "VAX-03", "VAX-11"}
