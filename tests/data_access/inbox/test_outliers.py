"""Figures beside the community's own last weeks, and yesterday's file handed in again; on both databases."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event, select

from config.catalogue import indicators
from data_access import database, submissions
from data_access.inbox import outliers
from data_access.schema import Finding, Submission
from data_access.workbooks.model import Hints
from tests.data_access import books
from tests.data_access.street import DAY, Board, at


@pytest.fixture
def board(database_url):
    board = Board()
    board.communities(["春晖社区", "安康社区"], at=at(DAY - timedelta(days=40), 9))
    board.sites(["卫生中心"])
    return board


def week(board, kind, counts, community="春晖社区", **more):
    """A sheet on each of the days before, the last one yesterday."""
    for back, n in zip(range(len(counts), 0, -1), counts, strict=True):
        day = DAY - timedelta(days=back)
        if kind == "roster":
            board.roster(community, day, n=n)
        elif kind == "evening":
            board.evening(community, day, roster_n=n, vacc_on_roster=n, **more)
        else:
            board.morning(community, day, planned=n, **more)


def sent(board, content, name="表.xlsx", hints=None):
    result = submissions.examine(board.actor, content, name, hints)
    return submissions.commit(board.actor, result, content)


def found(outcome, code="OUTLIER"):
    return [finding for sheet in outcome.sheets for finding in sheet.findings if finding.code == code]


def numbers(*values):
    return [Decimal(value) for value in values]


def test_four_deviations_thirty_percent_and_ten():
    steady = numbers(48, 50, 52, 49, 51, 50)
    assert outliers.outlying(Decimal(66), steady) and not outliers.outlying(Decimal(65), steady)  # 30 % of 50
    assert outliers.outlying(Decimal(0), steady)
    small = numbers(2, 3, 2, 3, 2, 3)
    assert outliers.outlying(Decimal(13), small) and not outliers.outlying(Decimal(12), small)  # ten
    restless = numbers(10, 90, 20, 80, 30, 70)
    assert not outliers.outlying(Decimal(200), restless)  # four deviations


def test_too_few_values_say_nothing():
    assert not outliers.outlying(Decimal(500), numbers(5, 5, 5, 5, 5))


def test_a_typed_digit_too_many_is_asked_about_and_kept(board):
    week(board, "morning", [48, 50, 52, 49, 51, 50, 47])
    outcome = sent(board, books.morning("春晖社区", planned=500))
    (finding,) = [f for f in found(outcome) if f.column == "今日计划人数"]
    assert outcome.sheets[0].status == "committed" and finding.cell
    assert finding.message == "今日计划人数为 500；本社区近 28 天在 50 上下（47–52）。"
    with database.reading() as connection:
        kept = connection.execute(
            select(Finding.code).where(Finding.submission_id == outcome.sheets[0].submission)
        ).scalars()
        assert "OUTLIER" in list(kept)


def test_an_ordinary_day_is_not(board):
    week(board, "evening", [48, 50, 52, 49, 51, 50, 47], cum_d1=100)
    assert not found(sent(board, books.evening("春晖社区", 45, roster=50)))


def test_the_past_of_another_community_is_not_ones_own(board):
    week(board, "morning", [48, 50, 52, 49, 51, 50, 47], community="安康社区")
    assert not found(sent(board, books.morning("春晖社区", planned=500)))


def test_what_is_older_than_four_weeks_does_not_count(board):
    for back in range(29, 36):
        board.morning("春晖社区", DAY - timedelta(days=back), planned=50)
    assert not found(sent(board, books.morning("春晖社区", planned=500)))


def test_a_missing_figure_is_no_zero(board):
    week(board, "morning", [48, 50, 52, 49, 51, 50, 47], notified=45)
    assert [f.column for f in found(sent(board, books.morning("春晖社区", planned=50)))] == []


def test_the_rows_of_a_roster_are_counted(board):
    week(board, "roster", [40, 41, 39, 40, 42, 40])
    (finding,) = found(sent(board, books.book("roster", books.person(0), books.person(1))))
    assert (finding.column, finding.value, finding.cell) == ("名单人数", "2", "")


def test_an_indicator_beside_its_past_periods(board):
    row = {"indicator": "VAX-01", "accrual": "period", "biz_date": DAY}
    for month in range(1, 8):
        board.progress("春晖社区", "vaccination", f"2022-{month:02d}", {**row, "num": Decimal(90), "den": Decimal(100)})
    content = books.book(
        "progress",
        {"biz_date": DAY, "period": "2022-08", "community": "春晖社区", "workstream": "vaccination",
         "indicator": "VAX-01", "accrual": "period", "num": 9, "den": 100},
    )  # fmt: skip
    (finding,) = found(sent(board, content), "OUTLIER_PERIOD")
    assert finding.column.endswith("分子") and finding.value == "9" and "前 7 次报送" in finding.message


def test_a_street_costs_no_more_questions_than_a_community(board):
    names = [f"第{number}社区" for number in range(12)]
    board.communities(names)
    for name in names:
        week(board, "morning", [50] * 6, community=name)
    content = books.book(
        "morning",
        *(
            {"biz_date": DAY, "community": name, "planned": 500, "stock": 500, "filler": "王填报",
             "filled_at": at(DAY, 8)}
            for name in names
        ),
    )  # fmt: skip
    asked = [_statements(board, each) for each in (books.morning(names[0], planned=500), content)]
    assert asked[0][1] == 1 and asked[1][1] == len(names)
    assert asked[1][0] <= asked[0][0] + 2


def _statements(board, content):
    """How often the preview asks the database, and how many outliers it finds."""
    result = submissions.examine(board.actor, content, "早会商.xlsx")
    asked = []
    engine = database.engine()
    event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]), retval=False)
    try:
        outcome = submissions.preview(board.actor, result)
    finally:
        database.close_all()  # the listener goes with the engine
    return len(asked), len(found(outcome))


# Handed in again --------------------------------------------------------------------------------------------------

FULL = {"planned": 30, "planned_d1": 20, "planned_d2": 6, "planned_b": 4, "notified": 28, "batches": 2, "staff": 5}


def test_yesterdays_figures_under_todays_date_are_noticed(board):
    sent(board, books.morning("春晖社区", day=DAY - timedelta(days=1), carry_over=3, **FULL))
    (finding,) = found(sent(board, books.morning("春晖社区", carry_over=3, **FULL)), "SAME_AS_EARLIER")
    assert (DAY - timedelta(days=1)).isoformat() in finding.message
    tomorrow = DAY + timedelta(days=1)
    other = sent(board, books.morning("春晖社区", day=tomorrow, carry_over=4, **FULL))
    assert not found(other, "SAME_AS_EARLIER")


def test_the_same_day_again_is_no_earlier_day(board):
    sent(board, books.morning("春晖社区", carry_over=3, **FULL))
    again = sent(board, books.morning("春晖社区", carry_over=3, issues="缺人手", **FULL))
    assert again.sheets[0].status == "committed" and not found(again, "SAME_AS_EARLIER")


def test_a_quiet_community_repeats_itself(board):
    sent(board, books.morning("春晖社区", planned=5, day=DAY - timedelta(days=1)))
    assert not found(sent(board, books.morning("春晖社区", planned=5)), "SAME_AS_EARLIER")


def test_one_quiet_community_of_the_street_is_not_the_whole_sheet(board):
    def sheet(day, second):
        rows = [{**FULL, "carry_over": 3}, {**FULL, "carry_over": second}]
        common = {"biz_date": day, "stock": 30, "filler": "王填报", "filled_at": at(day, 8)}
        named = zip(("春晖社区", "安康社区"), rows, strict=True)
        return books.book("morning", *({**common, **row, "community": name} for name, row in named))

    sent(board, sheet(DAY - timedelta(days=1), 3))
    assert not found(sent(board, sheet(DAY, 7)), "SAME_AS_EARLIER")
    assert len(found(sent(board, sheet(DAY + timedelta(days=1), 7)), "SAME_AS_EARLIER")) == 1


def test_the_same_people_on_another_day(board):
    people = [books.person(number) for number in range(8)]
    sent(board, books.book("roster", *people))
    day = DAY + timedelta(days=1)
    again = sent(board, books.book("roster", *(person | {"vaccination_date": day} for person in people)))
    assert len(found(again, "SAME_AS_EARLIER")) == 1
    fewer = [person | {"vaccination_date": day + timedelta(days=1)} for person in people[:7]]
    assert not found(sent(board, books.book("roster", *fewer)), "SAME_AS_EARLIER")


def progress(day, period, done):
    """Eight indicators of one workstream, all counts."""
    counts = [item for item in indicators() if item.kind == "count" and item.enabled]
    stream = next(one for one in {c.workstream: 0 for c in counts} if sum(c.workstream == one for c in counts) >= 8)
    codes = [item.code for item in counts if item.workstream == stream][:8]
    row = {"biz_date": day, "period": period, "community": "春晖社区", "workstream": stream, "accrual": "cumulative"}
    return books.book("progress", *(row | {"indicator": code, "done": done + n} for n, code in enumerate(codes)))


def test_indicators_of_an_earlier_period_or_of_an_earlier_day_of_the_same_one(board):
    july, august = date(2022, 7, 29), date(2022, 8, 5)
    sent(board, progress(july, "2022-07", 11))
    (finding,) = found(sent(board, progress(august, "2022-08", 11)), "SAME_AS_EARLIER")
    assert finding.fields["day"] == "2022-07"
    (finding,) = found(sent(board, progress(DAY, "2022-08", 11)), "SAME_AS_EARLIER")
    assert finding.fields["day"] == "2022-08-05"
    assert not found(sent(board, progress(DAY, "2022-08", 12)), "SAME_AS_EARLIER")


def test_the_digest_says_nothing_of_the_figures(board):
    outcome = sent(board, books.morning("春晖社区", carry_over=3, **FULL))
    with database.reading() as connection:
        digest = connection.execute(
            select(Submission.digest).where(Submission.id == outcome.sheets[0].submission)
        ).scalar_one()
    assert len(digest) == 64
    blank = sent(board, books.morning("安康社区", planned=0), hints=Hints())
    with database.reading() as connection:
        query = select(Submission.digest).where(Submission.id == blank.sheets[0].submission)
        assert connection.execute(query).scalar_one() is None


# New findings -------------------------------------------------------------------------------------------------------


def hasty(number, **more):
    return books.person(number, outcome="vaccinated", observed_30=False, **more)


def test_only_what_the_version_in_force_did_not_have_is_new(board):
    once = sent(board, books.book("roster", books.person(0), hasty(1)))
    assert len(found(once, "OBSERVATION_NOT_DONE")) == 1
    assert once.sheets[0].new_findings == []  # nothing was in force
    later = sent(board, books.book("roster", hasty(4), books.person(0), hasty(1, aefi=True)))  # a row further down
    new = [(finding.code, finding.cell[-1]) for finding in later.sheets[0].new_findings]
    assert sorted(new) == [("AEFI_CASE_NEEDED", "5"), ("OBSERVATION_NOT_DONE", "3")]
    assert len(found(later, "OBSERVATION_NOT_DONE")) == 2


def test_findings_of_a_correction_are_known_by_their_person(board):
    sent(board, books.book("roster", *(books.person(n) for n in range(4)), hasty(5)))
    part = sent(board, books.book("roster", hasty(5, reminded=True), hasty(2)), hints=Hints(partial=True))
    assert [finding.cell[-1] for finding in part.sheets[0].new_findings] == ["4"]
