"""Every version of every sheet: who sees it, what it changed, what is masked, who gets the original."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from config.campaigns import default_campaigns
from config.language import speaking
from data_access import accounts, database, sheets, submissions
from data_access.accounts import AccountError, Actor, Role
from data_access.office import retention
from data_access.reports import changes, history
from data_access.schema import Account, AuditEvent, Community, Finding
from data_access.sheets.declaration import Type
from data_access.submissions import SubmissionError
from data_access.workbooks.model import Portion, Row, Scope
from tests.data_access import books
from tests.data_access.street import DAY, Board, at

PASSWORD = "correct horse"


@pytest.fixture
def board(database_url: str) -> Board:
    made = Board()
    made.communities(["春晖社区", "向阳社区"], at=at(DAY, 7))
    return made


def _account(role: Role, community: str | None = None) -> Actor:
    return accounts.create(accounts.console(), f"{role.value}_1", PASSWORD, role, community, must_change=False)


def _upload(actor: Actor, community: str, planned: int, stock: int = 50) -> submissions.Outcome:
    data = books.morning(community, planned, stock=stock)
    return submissions.commit(actor, submissions.examine(actor, data, "早会商.xlsx"), data)


def test_the_list_holds_every_version_with_its_state(board: Board) -> None:
    board.morning("春晖社区", planned=30, at=at(DAY, 8))
    board.morning("春晖社区", planned=32, at=at(DAY, 9, 30))
    gone = board.morning("向阳社区", planned=9, at=at(DAY, 9, 40))
    submissions.withdraw(board.actor, gone.submission or 0, "发错了")
    frame = history.submissions(board.actor, history.Filters(kind="morning"))
    assert list(zip(frame["community"], frame["revision"], frame["state"], frame["timeliness"], strict=True)) == [
        ("向阳社区", 1, "withdrawn", "late"),
        ("春晖社区", 2, "in_force", "late"),
        ("春晖社区", 1, "superseded", "on_time"),
    ]
    assert frame["username"].unique().tolist() == [database.CONSOLE]
    assert frame["rows_accepted"].tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (history.Filters(state="in_force", kind="morning"), 2),
        (history.Filters(state="superseded"), 1),
        (history.Filters(community="向阳社区", kind="morning"), 1),
        (history.Filters(day=DAY - timedelta(days=1)), 0),
        (history.Filters(campaign="covid"), 3),
    ],
)
def test_filters(board: Board, filters: history.Filters, expected: int) -> None:
    board.morning("春晖社区", planned=30)
    board.morning("春晖社区", planned=32)
    board.morning("向阳社区", planned=9)
    assert len(history.submissions(board.actor, filters)) == expected


def test_a_clerk_sees_the_own_community_and_no_other(board: Board) -> None:
    board.morning("春晖社区", planned=30)
    other = board.morning("向阳社区", planned=9).submission or 0
    clerk = _account(Role.CLERK, "春晖社区")
    assert set(history.submissions(clerk)["community"]) == {"春晖社区"}
    for ask in (history.version, history.versions, history.detail, history.findings):
        with pytest.raises(AccountError):
            ask(clerk, other)


def test_a_leader_has_no_history(board: Board) -> None:
    leader = _account(Role.LEADER)
    number = board.morning("春晖社区", planned=30).submission or 0
    with pytest.raises(AccountError):
        history.submissions(leader)
    with pytest.raises(AccountError):
        history.detail(leader, number)


def test_rows_are_masked(board: Board) -> None:
    number = board.roster("春晖社区", n=2, dose_no="b").submission or 0
    frame = history.detail(board.actor, number)
    assert frame["姓名"].tolist() == ["赵*", "钱*"]
    assert frame["联系电话"].tolist() == ["138****5678", "138****5678"]
    assert frame["剂次"].tolist() == ["加强针", "加强针"]
    text = frame.to_string()
    assert "赵小0" not in text and "13800005678" not in text and "春晖社区-0" not in text


def test_two_versions_compared(board: Board) -> None:
    first = board.roster("春晖社区", n=3).submission or 0
    people = [{}, {"batch_no": 2, "phone": "13999990000"}, {"person_code": "春晖社区-9"}, {"person_code": "春晖社区-8"}]
    second = board.roster("春晖社区", people=people).submission or 0
    found = history.difference(board.actor, first, second)
    assert (found.new, found.changed, found.unchanged, found.gone) == (2, 1, 1, 1)
    assert (found.rows_before, found.rows_after) == (3, 4)
    lines = [
        (line.sort, line.row, line.who, line.column, line.before, line.after) for line in found.changes.itertuples()
    ]
    assert ("changed", 4, "钱*", "批次", "1", "2") in lines
    assert ("changed", 4, "钱*", "联系电话", "138****5678", "139****0000") in lines
    assert [line[:4] for line in lines if line[0] != "changed"] == [
        ("new", 5, "孙*", "整行"),
        ("new", 6, "李*", "整行"),
        ("gone", 5, "孙*", "整行"),
    ]
    assert "13999990000" not in found.changes.to_string()


def test_sums_that_move(board: Board) -> None:
    first = board.evening("春晖社区", vacc_on_roster=40, roster_n=50).submission or 0
    second = board.evening("春晖社区", vacc_on_roster=41, roster_n=50).submission or 0
    totals = history.difference(board.actor, first, second).totals
    moved = {line.column: (line.before, line.after) for line in totals.itertuples()}
    assert moved["名单内接种"] == ("40", "41")
    assert moved["当日接种合计"] == ("40", "41")
    assert "名单人数" not in moved


def test_what_became_zero_and_what_nobody_reports_any_more(board: Board) -> None:
    first = board.evening("春晖社区", vacc_on_roster=40, roster_n=50, arrived=46, plan_next=30).submission or 0
    second = board.evening("春晖社区", vacc_on_roster=0, roster_n=50, plan_next=0).submission or 0
    found = history.difference(board.actor, first, second)
    lost = {line.column: (line.before, line.loss) for line in found.lost.itertuples()}
    assert lost["名单内接种"] == ("40", "zero") and lost["明日计划"] == ("30", "zero")
    assert lost["到场人数"] == ("1", "emptied") and "名单人数" not in lost
    marks = {line.column: line.loss for line in found.changes.itertuples()}
    assert (marks["名单内接种"], marks["到场人数"]) == ("zero", "emptied")
    assert set(history.difference(board.actor, second, first).changes["loss"]) == {""}


def test_a_portion_not_yet_committed_is_compared_with_what_it_replaces(board: Board) -> None:
    before = board.morning("春晖社区", planned=30).submission
    portion = Portion(
        Scope("morning", "covid", "春晖社区", DAY), [Row(7, {"biz_date": DAY, "planned": None, "stock": 30})]
    )
    found = history.preview(board.actor, portion, before)
    line = found.changes.iloc[0]
    assert (line["row"], line["column"], line["before"], line["after"]) == (7, "今日计划人数", "30", "—")
    assert history.preview(board.actor, portion, None).new == 1


def test_words_for_codes_and_missing_values(office: object) -> None:
    campaign = default_campaigns()[0]
    assert changes.text("roster", "outcome", "no_show") == "未到"
    assert changes.text("roster", "dose_no", "b", campaign) == "加强针"
    assert changes.text("baseline", "person_group", "all", campaign) == "合计"
    assert changes.text("evening", "vacc_total", None) == "—"
    assert changes.text("evening", "vacc_total", 0) == "0"
    assert changes.text("morning", "needs_help", False) == "否"
    assert changes.text("roster", "vaccination_date", date(2022, 8, 12)) == "2022-08-12"
    assert changes.text("roster", "employer", "某某饭店") == "某***"


def test_nothing_that_is_sealed_is_shown_whole(office: object) -> None:
    sealed = [
        (kind, column.key, column.type)
        for kind, sheet in sheets.KINDS.items()
        if kind != "ledger"
        for column in sheet.columns
        if changes.sealed(kind, column.key)
    ]
    assert ("actions", "demand", Type.TEXT) in sealed and ("evidence", "theme", Type.TEXT) in sealed
    for kind, key, type_ in sealed:
        shown = changes.text(kind, key, "13812345678" if type_ is Type.PHONE else "张大力13812345678")
        assert "大力" not in shown and "13812345678" not in shown, (kind, key)


def test_a_sealed_column_that_no_sheet_declares_personal_loses_its_numbers(
    office: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = replace(sheets.kind("actions").column("place"), personal=False)
    monkeypatch.setattr(changes, "_column", lambda kind, key: bare)
    assert changes.text("actions", "place", "东门 13812345678") == "东门 ****"


def test_findings_name_cell_value_reason_and_remedy(board: Board) -> None:
    outcome = _upload(board.actor, "春晖社区", 60)
    number = outcome.sheets[0].submission or 0
    frame = history.findings(board.actor, number)
    assert "warning" in frame["severity"].tolist()
    warned = frame[frame["severity"] == "warning"].iloc[0]
    assert warned["cell"] and warned["message"] and warned["remedy"]
    row = history.submissions(board.actor, history.Filters(kind="morning")).iloc[0]
    assert row["warnings"] == (frame["severity"] == "warning").sum() > 0


def test_a_stored_finding_is_read_in_either_language(board: Board) -> None:
    data = books.book("roster", books.person(0), books.person(1, dose_no=None))
    outcome = submissions.commit(board.actor, submissions.examine(board.actor, data, "名单.xlsx"), data)
    number = outcome.sheets[0].submission or 0

    def said(language: str) -> tuple[str, str]:
        with speaking(language):
            frame = history.findings(board.actor, number).set_index("code")
        return frame.loc["REQUIRED_TEXT", "column"], frame.loc["REQUIRED_TEXT", "message"]

    assert said("zh_CN") == ("剂次", "剂次是空的。")
    assert said("en") == ("Dose (剂次)", "Dose (剂次) is blank.")
    workbook = history.version(board.actor, number).workbook
    with database.writing() as connection:
        retention.empty_findings(connection, [workbook or 0])
    assert said("en") == ("Dose (剂次)", "Dose (剂次) is blank."), "a heading is nobody's"
    with database.writing() as connection:
        connection.execute(update(Finding).values(fields="{}"))  # as they were stored before
    assert said("en") == ("剂次", "剂次 is blank.") and said("zh_CN") == ("剂次", "剂次是空的。")


def test_the_original_comes_back_and_is_recorded(board: Board) -> None:
    supervisor, clerk = _account(Role.SUPERVISOR), _account(Role.CLERK, "春晖社区")
    outcome = _upload(supervisor, "春晖社区", 30)
    found = history.version(supervisor, outcome.sheets[0].submission or 0)
    assert found.filename == "早会商.xlsx" and found.workbook is not None
    name, data = history.original(supervisor, found.workbook)
    assert name == "早会商.xlsx"
    assert submissions.examine(supervisor, data, name).sha256 == outcome.sha256
    with database.reading() as connection:
        recorded = connection.execute(
            select(AuditEvent.event, AuditEvent.subject, AuditEvent.account_id).order_by(AuditEvent.id.desc())
        ).first()
    assert recorded == ("original_downloaded", str(found.workbook), supervisor.id)
    assert not history.may_have_original(clerk, found.workbook)
    with pytest.raises(AccountError):  # the street's file may hold other communities' people
        history.original(clerk, found.workbook)


def test_a_clerk_gets_back_what_the_community_sent(board: Board) -> None:
    clerk = _account(Role.CLERK, "春晖社区")
    outcome = _upload(clerk, "春晖社区", 30)
    workbook_id = history.version(clerk, outcome.sheets[0].submission or 0).workbook or 0
    assert history.may_have_original(clerk, workbook_id)
    assert history.original(clerk, workbook_id)[0] == "早会商.xlsx"


def test_an_original_goes_by_what_it_holds_not_by_where_its_sender_works_now(board: Board) -> None:
    clerk = _account(Role.CLERK, "春晖社区")
    colleague = accounts.create(accounts.console(), "clerk_2", PASSWORD, Role.CLERK, "春晖社区", must_change=False)
    outcome = _upload(clerk, "春晖社区", 30)
    workbook_id = history.version(clerk, outcome.sheets[0].submission or 0).workbook or 0
    with database.writing() as connection:  # the clerk has moved on to another community
        there = select(Community.id).where(Community.name == "向阳社区").scalar_subquery()
        connection.execute(update(Account).where(Account.id == clerk.id).values(community_id=there))
    moved = accounts.actor(clerk.username)
    assert moved.community == "向阳社区" and not history.may_have_original(moved, workbook_id)
    with pytest.raises(AccountError):
        history.original(moved, workbook_id)
    assert history.may_have_original(colleague, workbook_id)
    assert history.original(colleague, workbook_id)[0] == "早会商.xlsx"


def test_a_withdrawal_says_who_and_why(board: Board) -> None:
    supervisor = _account(Role.SUPERVISOR)
    number = board.morning("春晖社区", planned=30).submission or 0
    submissions.withdraw(supervisor, number, "发错社区")
    found = history.version(supervisor, number)
    assert (found.state, found.withdrawn_by, found.reason) == ("withdrawn", "supervisor_1", "发错社区")
    assert isinstance(found.withdrawn_at, datetime)


def test_unknown_numbers(board: Board) -> None:
    with pytest.raises(SubmissionError):
        history.version(board.actor, 987654)
    with pytest.raises(SubmissionError):
        history.original(board.actor, 987654)
