"""The matrix in motion: what moved in a week, how it went, what will miss its target; and what a cell is made of."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from data_access import submissions
from data_access.catalogue import targets
from data_access.reports import outlook, workstreams
from data_access.workbooks.model import Portion, Row, Scope
from tests.data_access.street import DAY, Board

HE, CIV, SAFE = "health_education", "civilised_community", "safe_community"


def told(board, community, stream, code, figures, field="done", accrual="period", **more):
    """One report a month from January on, each arriving on the second of the next; None: none came."""
    for month, figure in enumerate(figures, start=1):
        if figure is not None:
            day = date(2022, month, 28) + timedelta(days=5)
            row = {"indicator": code, "accrual": accrual, field: Decimal(figure), "biz_date": day, **more}
            board.progress(community, stream, f"2022-{month:02d}", row)


@pytest.fixture
def board(office):
    made = Board()
    made.communities([{"name": "和平社区", "area": "南片"}, {"name": "清河社区", "area": "东片"}])
    return made


def row(frame, community, code):
    found = frame[(frame["community"] == community) & (frame["indicator"] == code)]
    assert len(found) == 1
    return found.iloc[0]


def test_what_will_miss_its_target_and_on_what_that_rests(board):
    """CIV-01: four events a year; HE-01: a lecture each month; PHC-06: a latest rate of 60 %."""
    told(board, "清河社区", CIV, "CIV-01", [1, 1, 0, 0, 0, 0, 0])  # idle since March: stands still at 2 of 4
    told(board, "和平社区", CIV, "CIV-01", [0, 0, 0, 0, 1, 0, 1])  # 2 in the last 92 days: 2 + 2/92 × 153 is 5
    told(board, "清河社区", HE, "HE-01", [1, 0, 1, 1, 1, 1, 1])  # one lecture is lost for good
    told(board, "和平社区", HE, "HE-01", [1, None, 1, None, None, None, None])  # two reports say nothing
    told(board, "清河社区", "primary_care", "PHC-06", [300, 330, 340], "num", "cumulative", den=Decimal(1000))
    told(board, "和平社区", "primary_care", "PHC-06", [300, 400, 500], "num", "cumulative", den=Decimal(1000))
    found = outlook.misses(board.view())
    idle = row(found, "清河社区", "CIV-01")
    assert (idle["ending"], idle["done"], idle["target"], idle["projected"], idle["shortfall"]) == ("short", 2, 4, 2, 2)
    assert idle["pace"] == 0 and idle.isna()["days"]
    assert (idle["reports"], idle["until"], idle["end"]) == (3, date(2022, 7, 31), date(2022, 12, 31))
    lectures = row(found, "清河社区", "HE-01")  # 6 of 7 so far, 5 months to come at one a month
    assert (lectures["projected"], lectures["shortfall"]) == (11, 1)
    few = row(found, "和平社区", "HE-01")
    assert few["ending"] == "unpredictable" and few.isna()[["projected", "shortfall", "pace"]].all()
    assert few["reports"] == 2
    care = row(found, "清河社区", "PHC-06")  # 40 in 59 days, 275 days to go: 340 + 186; 60 % of 1000 are 600
    assert (care["base"], care["target"], care["projected"], care["shortfall"]) == (1000, 600, 526, 74)
    assert care["days"] == 384  # 260 at 40 in 59 days
    reached = found[(found["community"] == "和平社区") & found["indicator"].isin(["CIV-01", "PHC-06"])]
    assert reached.empty
    assert found["ending"].tolist() == sorted(found["ending"], key=lambda ending: ending == "unpredictable")


def test_a_cell_that_moved_names_the_indicator_that_moved_it(board):
    months = [1, 1, 1, 1, 1, 1]
    told(board, "清河社区", HE, "HE-01", months)
    board.progress(
        "清河社区", HE, "2022-07", {"indicator": "HE-01", "accrual": "period", "done": Decimal(1), "biz_date": DAY}
    )
    told(board, "和平社区", "work_safety", "FIRE-08", [0] * 7, zero_confirm=True)
    late = {"indicator": "FIRE-08", "accrual": "period", "done": Decimal(1), "biz_date": DAY}
    board.progress("和平社区", "work_safety", "2022-08", late)
    found = outlook.moved(board.view()).set_index(["community", "workstream"])
    worse = found.loc["和平社区", "work_safety"]
    assert (worse["direction"], worse["before"], worse["after"]) == ("worse", "zero_ok", "zero_occurred")
    assert (worse["indicator"], worse["indicator_before"], worse["indicator_after"]) == (
        *("FIRE-08", "zero_ok", "zero_occurred"),
    )
    assert found.iloc[0]["direction"] == "worse"
    assert len(found) == len(outlook.moved(board.view(area="南片"))) + len(outlook.moved(board.view(area="东片")))
    trend = outlook.trend(board.view(), months=2)
    assert sorted(set(trend["day"])) == [date(2022, 7, 12), DAY]
    cells = trend[(trend["community"] == "和平社区") & (trend["workstream"] == "work_safety")].set_index("day")["state"]
    assert cells.tolist() == ["zero_ok", "zero_occurred"]
    now = workstreams.matrix(board.view())
    assert trend[trend["day"] == DAY]["state"].tolist() == now["state"].tolist()


def test_the_parts_of_a_cell_are_the_indicators_that_make_it(board):
    told(board, "清河社区", CIV, "CIV-01", [1, 1, 0, 0])
    view = board.view(community="清河社区")
    parts = workstreams.parts(view)
    cells = workstreams.matrix(view).set_index("workstream")
    assert parts.groupby("workstream").size().to_dict() == cells["indicators"].to_dict()
    events = parts[parts["indicator"] == "CIV-01"].iloc[0]
    assert (events["done_n"], events["done_d"], events["expected"], events["shortfall"]) == (2, 4, 2, 0)
    assert (events["asked_n"], events["asked_d"], events["elapsed_n"], events["elapsed_d"]) == (224, 365, 224, 365)
    assert (cells.loc[CIV, "worst"], cells.loc[CIV, "gap"]) == ("CIV-01", events["gap"])
    # any workstream may be asked for, also one that the office's matrix leaves out
    fire = workstreams.matrix(view, ("fire_safety", "civilised_community"))
    assert fire["workstream"].tolist() == ["civilised_community", "fire_safety"]


def test_a_new_target_of_one_community_counts_from_its_day_on(board):
    """Two lectures a month from July: the months before keep the one they were asked for."""
    told(board, "清河社区", HE, "HE-01", [1] * 7)
    told(board, "和平社区", HE, "HE-01", [1] * 7)
    targets.put(board.actor, "HE-01", 2, community="清河社区", valid_from=date(2022, 7, 1), source="2022年度任务书")

    def lectures(day, community="清河社区"):
        return row(workstreams.parts(board.view(day), (HE,)), community, "HE-01")

    before = lectures(date(2022, 6, 30))
    assert (before["done_d"], before["expected"]) == (12, 6)
    after = lectures(DAY)
    assert (after["done_n"], after["done_d"], after["expected"], after["shortfall"]) == (7, 6 + 12, 8, 1)
    assert lectures(DAY, "和平社区")["done_d"] == 12


def test_an_estimate_is_marked_in_every_figure_it_enters(board):
    told(board, "和平社区", CIV, "CIV-01", [1, 1])
    for period, about in (("2022-01", ()), ("2022-02", ("done",))):
        scope = Scope("progress", community="清河社区", period=period, topic=CIV)
        values = {"period": period, "workstream": CIV, "indicator": "CIV-01", "accrual": "period", "done": Decimal(1)}
        submissions.save(board.actor, [Portion(scope, [Row(3, values, approximate=frozenset(about))])])
    parts = workstreams.parts(board.view(), (CIV,))
    assert row(parts, "清河社区", "CIV-01")["approximate"]
    assert not row(parts, "和平社区", "CIV-01")["approximate"]
