"""专项进展: what counts towards a target, what time asks for, and which indicator makes a cell."""

from datetime import date
from decimal import Decimal

import pytest

from config import clock
from data_access import accounts, submissions
from data_access.reports import workstreams
from data_access.reports.progress import UnknownCommunityError
from tests.data_access.street import DAY, Board, at


@pytest.fixture
def board(office):
    made = Board()
    made.communities([{"name": "和平社区", "area": "南片"}, {"name": "清河社区", "area": "东片"}])
    return made


def monthly(board, community, code, months, stream="health_education", **values):
    """One report a month, each of one."""
    for month in months:
        period = f"2022-{month:02d}"
        board.progress(
            community, stream, period, {"indicator": code, "accrual": "period", "done": Decimal(1), **values}
        )


def indicator(board, code, community="清河社区", stream="health_education", day=DAY):
    return workstreams.indicators(board.view(day), community, stream).set_index("indicator").loc[code]


def cell(board, community="清河社区", stream="health_education", **more):
    frame = workstreams.matrix(board.view(**more))
    return frame[(frame["community"] == community) & (frame["workstream"] == stream)].iloc[0]


def test_two_in_march_do_not_fill_february(board):
    monthly(board, "清河社区", "HE-01", (1, 4, 5, 6, 7))
    board.progress(
        "清河社区", "health_education", "2022-02", {"indicator": "HE-01", "accrual": "period", "done": Decimal(0)}
    )
    board.progress(
        "清河社区", "health_education", "2022-03", {"indicator": "HE-01", "accrual": "period", "done": Decimal(2)}
    )
    lectures = indicator(board, "HE-01")
    assert (lectures["done_n"], lectures["done_d"]) == (6, 12)
    assert (lectures["expected"], lectures["shortfall"]) == (7, 1)
    assert lectures["state"] == "behind"
    assert lectures["gap"] == Decimal("-11.369863")


def test_a_month_without_report_is_missing_and_no_zero(board):
    monthly(board, "清河社区", "HE-01", (1, 2, 4, 5, 6, 7))
    lectures = indicator(board, "HE-01")
    assert lectures["state"] == "missing"
    assert (lectures["unreported"], lectures["done_n"]) == (1, 6)
    history = workstreams.history(board.view(), "清河社区", "HE-01").set_index("period")
    assert history.loc["2022-03", "value"] is None
    assert history.loc["2022-07", "cumulative"] == 6
    assert history.loc["2022-07", "expected"] == 6  # 212/365 of twelve
    assert bool(history.loc["2022-08", "open"])


def test_a_cumulative_report_speaks_for_the_months_before_it(board):
    for month, total in ((3, 3), (5, 4)):
        board.progress(
            "清河社区", "health_education", f"2022-{month:02d}",
            {"indicator": "HE-01", "accrual": "cumulative", "done": Decimal(total)},
        )  # fmt: skip
    history = workstreams.history(board.view(), "清河社区", "HE-01").set_index("period")
    assert history["value"].tolist()[:5] == [1, 1, 1, 1, 0]
    assert history.loc["2022-06", "value"] is None
    assert indicator(board, "HE-01")["done_n"] == 4


def test_only_the_sum_of_a_yearly_count_matters_and_the_latest_cumulative_wins(board):
    stream, code = "civilised_community", "CIV-01"
    for period, accrual, done in (("2022-01", "period", 2), ("2022-06", "cumulative", 3), ("2022-07", "period", 1)):
        board.progress("清河社区", stream, period, {"indicator": code, "accrual": accrual, "done": Decimal(done)})
    events = indicator(board, code, stream=stream)
    assert (events["done_n"], events["done_d"]) == (4, 4)
    assert (events["elapsed_n"], events["elapsed_d"]) == (224, 365)
    assert events["state"] == "ahead"
    assert events["gap"] == Decimal("38.630137")  # 100 − 224/365


def test_a_month_inside_a_reported_quarter_is_not_added_twice(board):
    stream, code = "civilised_community", "CIV-01"
    for period, done in (("2022Q1", 2), ("2022-02", 1), ("2022-04", 1)):
        board.progress("清河社区", stream, period, {"indicator": code, "accrual": "period", "done": Decimal(done)})
    assert indicator(board, code, stream=stream)["done_n"] == 3


def test_a_snapshot_takes_the_latest_and_asks_for_the_whole_target(board):
    stream, code = "primary_care", "PHC-06"
    for period, num in (("2022-06", 500), ("2022-07", 640)):
        row = {"indicator": code, "accrual": "cumulative", "num": Decimal(num), "den": Decimal(1000)}
        board.progress("清河社区", stream, period, row)
    managed = indicator(board, code, stream=stream)
    assert (managed["done_n"], managed["done_d"]) == (640, 1000)
    assert managed["state"] == "ahead"
    assert (managed["asked_n"], managed["asked_d"]) == (1, 1)
    assert indicator(board, code, stream=stream, day=date(2022, 6, 30))["done_n"] == 500


def test_a_denominator_of_zero_is_not_applicable(board):
    row = {"indicator": "PHC-06", "accrual": "cumulative", "num": Decimal(0), "den": Decimal(0)}
    board.progress("清河社区", "primary_care", "2022-07", row)
    assert indicator(board, "PHC-06", stream="primary_care")["state"] == "not_applicable"
    assert cell(board, stream="primary_care")["not_applicable"] == 1


def test_the_reach_of_health_education_is_due_at_the_end_of_the_year(board):
    row = {"indicator": "HE-06", "accrual": "cumulative", "num": Decimal(1742), "den": Decimal(4310)}
    board.progress("清河社区", "health_education", "2022-07", row)
    reach = indicator(board, "HE-06")
    assert reach["gap"] == Decimal("5.992859")  # 1742/4310 ÷ 60 % − 224/365
    assert reach["state"] == "ahead"


@pytest.mark.parametrize(
    ("done", "confirmed", "state"),
    [(None, True, "zero_ok"), (Decimal(0), None, "zero_unconfirmed"), (Decimal(1), None, "zero_occurred")],
)
def test_a_zero_counts_only_when_it_is_confirmed(board, done, confirmed, state):
    row = {"indicator": "FIRE-08", "accrual": "cumulative", "done": done, "zero_confirm": confirmed}
    board.progress("清河社区", "work_safety", "2022-07", row)
    assert indicator(board, "FIRE-08", stream="work_safety")["state"] == state
    assert cell(board, stream="work_safety")["state"] == state


def test_a_zero_confirmed_for_some_months_only_is_unconfirmed(board):
    for month in (1, 2, 3, 5, 6, 7):
        row = {"indicator": "FIRE-08", "accrual": "period", "zero_confirm": True}
        board.progress("清河社区", "work_safety", f"2022-{month:02d}", row)
    accidents = indicator(board, "FIRE-08", stream="work_safety")
    assert (accidents["state"], accidents["unreported"]) == ("zero_unconfirmed", 1)


def test_an_occurrence_reddens_the_cell_for_the_rest_of_the_year(board):
    board.progress(
        "清河社区", "work_safety", "2022-02", {"indicator": "FIRE-08", "accrual": "period", "done": Decimal(1)}
    )
    for month in (3, 4, 5, 6, 7):
        row = {"indicator": "FIRE-08", "accrual": "period", "zero_confirm": True}
        board.progress("清河社区", "work_safety", f"2022-{month:02d}", row)
    assert cell(board, stream="work_safety")["state"] == "zero_occurred"
    assert workstreams.tiles(board.view()).occurred == 1


def test_a_season_has_not_begun_before_its_window(board):
    cockroaches = indicator(board, "PAT-10", stream="patriotic_health")
    assert cockroaches["state"] == "not_started"
    assert (cockroaches["elapsed_n"], cockroaches["elapsed_d"]) == (0, 30)


def test_a_cell_is_the_gap_of_the_worst_indicator_and_never_a_sum(board):
    monthly(board, "清河社区", "HE-01", range(1, 8))
    for month in (2, 4, 6):
        row = {"indicator": "HE-03", "accrual": "period", "done": Decimal(int(month == 2))}
        board.progress(
            "清河社区",
            "health_education",
            f"2022-{month:02d}",
            {"indicator": "HE-01", "accrual": "period", "done": Decimal(1)},
            row,
        )
    worst = cell(board)
    assert (worst["worst"], worst["state"], worst["red"]) == ("HE-03", "behind", 1)
    assert worst["gap"] == Decimal("-44.703196")
    assert (worst["done_n"], worst["done_d"], worst["shortfall"]) == (1, 6, 2)


def test_who_reported_nothing_is_unreported_and_has_no_gap(board):
    monthly(board, "清河社区", "HE-01", range(1, 8))
    silent = cell(board, "和平社区")
    assert silent["state"] == "unreported"
    assert silent[["gap", "worst"]].isna().all()
    tiles = workstreams.tiles(board.view())
    assert tiles.cells == 16
    assert tiles.unreported == 15
    assert (tiles.elapsed_n, tiles.elapsed_d) == (224, 365)


def test_another_target_on_the_sheet_is_shown_and_changes_nothing(board):
    board.progress(
        "清河社区", "civilised_community", "2022-07",
        {"indicator": "CIV-01", "accrual": "cumulative", "done": Decimal(3), "target": Decimal(6)},
    )  # fmt: skip
    events = indicator(board, "CIV-01", stream="civilised_community")
    assert events["sheet_target"] == 6
    assert events["done_d"] == 4


def test_the_matrix_as_it_was_known_before_a_correction(board):
    row = {"indicator": "CIV-01", "accrual": "cumulative"}
    with clock.at(at(DAY, 21)):
        board.progress("清河社区", "civilised_community", "2022-07", {**row, "done": Decimal(1)})
    with clock.at(at(DAY, 22)):
        board.progress("清河社区", "civilised_community", "2022-07", {**row, "done": Decimal(3)})
    assert cell(board, stream="civilised_community")["done_n"] == 3
    assert cell(board, stream="civilised_community", as_of=at(DAY, 21, 30))["done_n"] == 1
    sources = workstreams.sources(board.view(), "清河社区", "civilised_community")
    assert sources["revision"].tolist() == [2]


def test_a_withdrawn_report_no_longer_counts(board):
    outcome = board.progress(
        "清河社区",
        "civilised_community",
        "2022-07",
        {"indicator": "CIV-01", "accrual": "cumulative", "done": Decimal(3)},
    )
    submissions.withdraw(board.actor, outcome.submission, "报错了")
    assert cell(board, stream="civilised_community")["state"] == "unreported"


def test_coverage_and_rosters_come_from_the_daily_sheets(board):
    board.baseline("清河社区", date(2022, 8, 1), to_survey=1000, surveyed=900, opening_d1=0)
    with clock.at(at(date(2022, 8, 11), 17)):
        board.roster("清河社区", DAY, 2, ("vaccinated", "vaccinated"))
    board.evening("清河社区", DAY, roster_n=2, vacc_on_roster=2, cum_d1=810)
    found = workstreams.indicators(board.view(), "清河社区", "vaccination").set_index("indicator")
    assert (found.loc["VAX-01", "done_n"], found.loc["VAX-01", "done_d"]) == (900, 1000)
    assert (found.loc["VAX-02", "done_n"], found.loc["VAX-02", "done_d"]) == (810, 900)
    assert found.loc["VAX-02", "target"] == 90  # the campaign's own
    assert found.loc["VAX-02", "state"] == "on_track"
    assert (found.loc["VAX-06", "done_n"], found.loc["VAX-06", "done_d"]) == (1, 1)
    assert (found.loc["VAX-07", "done_n"], found.loc["VAX-07", "done_d"]) == (1, 1)


def test_leaders_and_other_clerks_read_no_free_text(board):
    row = {"indicator": "HE-01", "accrual": "period", "done": Decimal(0), "next_step": "约时间", "due": DAY}
    board.progress("清河社区", "health_education", "2022-07", {**row, "issues": "张三家 13812345678 不让进"})
    seen = workstreams.notes(board.view(), "清河社区", "health_education").iloc[0]
    assert "13812345678" not in seen["issue"] and "****" in seen["issue"]
    for role, community in (("leader", None), ("clerk", "和平社区")):
        actor = accounts.create(board.actor, f"{role}_one", "correct horse", accounts.Role(role), community)
        told = workstreams.notes(Board(actor).view(), "清河社区", "health_education").iloc[0]
        assert told["issue"] is None and told["next_step"] is None
        assert told["due"] == DAY


def test_an_unknown_community_is_named(board):
    with pytest.raises(UnknownCommunityError, match="无名社区"):
        workstreams.indicators(board.view(), "无名社区", "health_education")


def test_the_area_narrows_the_matrix(board):
    assert set(workstreams.matrix(board.view(area="东片"))["community"]) == {"清河社区"}


def test_the_matrix_is_the_same_on_both_databases(database_url):
    made = Board()
    made.communities(["清河社区"])
    made.roster("清河社区", DAY, 1, ("vaccinated",))
    made.evening("清河社区", DAY, roster_n=1, vacc_on_roster=1)
    made.progress(
        "清河社区",
        "civilised_community",
        "2022-07",
        {"indicator": "CIV-01", "accrual": "cumulative", "done": Decimal(2)},
    )
    found = workstreams.matrix(made.view()).set_index("workstream")
    assert found.loc["civilised_community", "gap"] == Decimal("-11.369863")
    assert found.loc["vaccination", "worst"] == "VAX-06"  # the roster came after its day began
