"""The upload page: what becomes of each file, and who may do what."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from streamlit.testing.v1 import AppTest

from config.language import LANGUAGES, speaking
from config.settings import settings
from data_access import database, submissions
from data_access.access import visits
from data_access.accounts import Actor, Role
from data_access.findings import Severity
from data_access.inbox.intake import _kept as readings
from data_access.reports import history, reporting
from data_access.reports.view import View
from data_access.workbooks.model import Hints
from pages.parts.uploads import blanks, intake, matrix, preview
from pages.parts.uploads.intake import Batch, File
from tests.conftest import Office
from tests.data_access import books
from tests.data_access.street import DAY, Board
from tests.pages import handing
from tests.pages.conftest import App, account, administrator
from tests.pages.handing import take

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PLACES = ["春晖社区", "向阳社区", "清河社区"]


@pytest.fixture
def board(office: Office) -> Board:
    office.now("2022-08-12T08:40")
    made = Board(administrator())
    made.communities(PLACES)
    made.sites(["卫生中心"])
    return made


def one(actor: Actor, name: str, data: bytes) -> File:
    return take(actor, Batch(actor.id), (name, data))[0]


def roster(*more: dict[str, Any]) -> bytes:
    return books.book("roster", *(books.person(n, **changed) for n, changed in enumerate(more)))


def unsigned() -> bytes:
    """A morning tally that says neither whose nor of which day it is."""
    book = openpyxl.load_workbook(io.BytesIO(books.morning("春晖社区")))
    sheet = book.worksheets[0]
    for head in ("社区", "日期"):
        sheet.delete_cols(next(cell.column for cell in sheet[2] if cell.value == head))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


# What each file is ---------------------------------------------------------------------------------------------


def test_every_state_and_its_words(board: Board) -> None:
    actor = board.actor
    sent = books.morning("向阳社区")
    submissions.commit(actor, submissions.examine(actor, sent, "向阳.xlsx"), sent)
    board.morning("清河社区", planned=9)
    batch = Batch(actor.id)
    take(
        actor,
        batch,
        ("春晖.xlsx", books.morning("春晖社区")),
        ("向阳.xlsx", sent),
        ("清河.xlsx", books.morning("清河社区", 12)),
        ("名单.xlsx", roster({}, {"batch_no": "x"}, {})),
        ("汇总.xlsx", unsigned()),
        ("照片.xlsx", b"\xff\xd8\xff\xe0" + b"x" * 500),
    )
    found = {item.name: (item.state, intake.state_words(item)) for item in batch.sorted()}
    assert found == {
        "名单.xlsx": ("partial", "需修补"),
        "汇总.xlsx": ("unclear", "待确认"),
        "照片.xlsx": ("refused", "拒收"),
        "清河.xlsx": ("corrected", "更正 v2"),
        "春晖.xlsx": ("ready", "可入库"),
        "向阳.xlsx": ("unchanged", "内容相同"),
    }
    assert list(found) == ["名单.xlsx", "汇总.xlsx", "照片.xlsx", "清河.xlsx", "春晖.xlsx", "向阳.xlsx"], "hands first"
    by_name = {item.name: item for item in batch.files}
    shown = by_name["名单.xlsx"]
    assert (shown.rows_accepted, shown.rows_refused, shown.count(Severity.ERROR)) == (2, 1, 1)
    assert intake.note(shown, batch) == "1 行未收，其余 2 行待入"
    assert (intake.kinds(shown), intake.communities(shown), intake.days(shown)) == ("接种名单", "春晖社区", "8月12日")
    assert intake.communities(by_name["汇总.xlsx"]) == intake.days(by_name["汇总.xlsx"]) == "？请选"
    assert "变更 1" in intake.note(by_name["清河.xlsx"], batch)
    assert "JPEG" in intake.note(by_name["照片.xlsx"], batch)


def test_saying_whose_and_when_reads_the_file_again(board: Board) -> None:
    batch = Batch(board.actor.id)
    item = take(board.actor, batch, ("汇总.xlsx", unsigned()))[0]
    assert item.state == "unclear"
    handing.say(board.actor, batch, item, Hints(community="清河社区", day=date(2022, 8, 11)))
    assert item.state == "ready"
    assert [(sheet.community, sheet.day) for sheet in item.sheets] == [("清河社区", date(2022, 8, 11))]


def test_the_same_bytes_stand_in_the_batch_once(board: Board) -> None:
    batch, data = Batch(board.actor.id), books.morning("春晖社区")
    take(board.actor, batch, ("春晖.xlsx", data), ("春晖 (1).xlsx", data))
    assert [item.name for item in batch.files] == ["春晖.xlsx"]
    assert take(board.actor, batch, ("春晖.xlsx", data)) == []


def test_two_files_of_one_scope_are_pointed_out(board: Board) -> None:
    batch = Batch(board.actor.id)
    first, second = take(
        board.actor, batch, ("早.xlsx", books.morning("春晖社区", 30)), ("早改.xlsx", books.morning("春晖社区", 31))
    )
    assert "早改.xlsx" in intake.note(first, batch)
    assert "早.xlsx" in intake.note(second, batch)


def test_the_comparison_shows_old_beside_new_and_masks_people(board: Board) -> None:
    actor = board.actor
    batch = Batch(actor.id)
    handing.commit(actor, batch, take(actor, batch, ("名单.xlsx", roster({}, {}, {}))))
    item = one(actor, "名单更正.xlsx", roster({}, {"batch_no": 2, "phone": "13911112222"}))
    assert intake.state_words(item) == "更正 v2"
    difference = preview.difference(actor, item, 0)
    assert (difference.changed, difference.gone, difference.rows_before, difference.rows_after) == (1, 1, 3, 2)
    lines = {(line.who, line.column): (line.before, line.after) for line in difference.changes.itertuples()}
    assert lines["钱*", "批次"] == ("1", "2")
    assert lines["钱*", "联系电话"] == ("138****0001", "139****2222")


def test_what_the_commit_will_bring(board: Board) -> None:
    board.morning("春晖社区", planned=9)
    actor, batch = board.actor, Batch(board.actor.id)
    take(actor, batch, ("向阳.xlsx", books.morning("向阳社区")), ("春晖.xlsx", books.morning("春晖社区", 10)))
    (line,) = preview.outlook(View(actor, DAY, "covid"), batch.files)
    assert (line.kind, line.day, line.before, line.after, line.expected) == ("morning", DAY, 1, 2, 3)


# Committing ----------------------------------------------------------------------------------------------------


def test_base_data_first_whatever_the_order(office: Office) -> None:
    actor, batch = administrator(), Batch(0)
    register = books.book(
        "communities", *({"name": name, "code": f"C{n}", "kind": "community"} for n, name in enumerate(PLACES))
    )
    take(actor, batch, ("早.xlsx", books.morning("春晖社区")), ("底册.xlsx", register))
    assert {item.state for item in batch.files} == {"ready"}, "the register beside it says whose it is"
    went_in = handing.commit(actor, batch, batch.files)
    assert [item.name for item in went_in] == ["底册.xlsx", "早.xlsx"]


def test_without_the_register_beside_it_a_file_waits(office: Office) -> None:
    actor, batch = administrator(), Batch(0)
    register = books.book("communities", {"name": "春晖社区", "code": "C1", "kind": "community"})
    take(actor, batch, ("早.xlsx", books.morning("春晖社区")), ("底册.xlsx", register))
    intake.remove(actor, batch, next(item for item in batch.files if item.name == "底册.xlsx"))
    handing.refresh(actor, batch)
    assert [item.state for item in batch.files] == ["unclear"]
    assert handing.commit(actor, batch, batch.files) == []


def test_partial_files_go_in_only_when_wanted(board: Board) -> None:
    actor, batch = board.actor, Batch(board.actor.id)
    take(actor, batch, ("名单.xlsx", roster({}, {"batch_no": "x"})), ("早.xlsx", books.morning("向阳社区")))
    assert [item.name for item in handing.commit(actor, batch, batch.files, partial=False)] == ["早.xlsx"]
    handing.refresh(actor, batch)
    assert [item.name for item in handing.commit(actor, batch, batch.in_state("partial"))] == ["名单.xlsx"]
    item = batch.in_state("committed")[0]
    assert item.rows_accepted == 1 and "1 行未收" in intake.note(item, batch)


def test_what_somebody_else_committed_meanwhile_is_seen(board: Board) -> None:
    actor, batch = board.actor, Batch(board.actor.id)
    item = take(actor, batch, ("早.xlsx", books.morning("春晖社区", 30)))[0]
    assert item.state == "ready"
    board.morning("春晖社区", planned=28)
    handing.refresh(actor, batch)
    assert item.state == "corrected"
    board.morning("春晖社区", planned=27)
    assert handing.commit(actor, batch, [item]) == [item]
    sheet = item.sheets[0]
    assert sheet.revision == 3 and sheet.replaces is not None and sheet.replaces[1] == actor.username


def test_the_hour_of_arrival_decides_not_the_hour_of_the_click(board: Board, office: Office) -> None:
    actor, batch = board.actor, Batch(board.actor.id)
    files = take(actor, batch, ("早.xlsx", books.morning("春晖社区")))  # 08:40, due at 09:00
    office.now("2022-08-12T09:20")
    handing.commit(actor, batch, files)
    frame = reporting.table(View(actor, DAY, "covid"))
    assert frame.loc[(frame["community"] == "春晖社区") & (frame["kind"] == "morning"), "state"].tolist() == ["on_time"]


def test_one_bad_file_does_not_stop_the_others(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    original = submissions.examine

    def breaks(actor: Actor, data: bytes, filename: str, *more: Any) -> Any:
        if filename == "坏.xlsx":
            raise RuntimeError("王小明 13800001111")
        return original(actor, data, filename, *more)

    monkeypatch.setattr(submissions, "examine", breaks)
    batch = Batch(board.actor.id)
    bad, good = take(board.actor, batch, ("坏.xlsx", books.morning("向阳社区")), ("好.xlsx", books.morning("春晖社区")))
    assert (bad.state, good.state) == ("refused", "ready")
    assert "13800001111" not in bad.problem


def test_a_clerk_cannot_send_for_another_community(board: Board) -> None:
    clerk = account(Role.CLERK, "春晖社区")
    item = one(clerk, "向阳.xlsx", books.morning("向阳社区"))
    assert item.state in ("refused", "unclear")
    own = one(clerk, "春晖.xlsx", books.morning("春晖社区"))
    assert own.state == "ready"
    register = one(clerk, "底册.xlsx", books.book("communities", {"name": "新社区", "code": "C9", "kind": "community"}))
    assert register.state == "refused"


# Kept ----------------------------------------------------------------------------------------------------------


def again(actor: Actor) -> Batch:
    """The batch as another window of the account sees it."""
    batch = Batch(actor.id)
    intake.load(actor, batch)
    handing.refresh(actor, batch)
    return batch


@pytest.mark.parametrize("restarted", [False, True])
def test_a_reload_and_a_restart_find_the_same_list(board: Board, restarted: bool) -> None:
    actor, batch = board.actor, Batch(board.actor.id)
    files = take(
        actor,
        batch,
        ("早.xlsx", books.morning("春晖社区")),
        ("汇总.xlsx", unsigned()),
        ("名单.xlsx", roster({}, {"batch_no": "x"}, {})),
    )
    handing.say(actor, batch, files[1], Hints(community="清河社区", day=DAY))
    handing.mend(actor, batch, files[2], {("接种名单", cell_of(files[2], "批次")): "2"})
    handing.commit(actor, batch, files[:1])
    numbers = intake.numbers(files[:1])
    if restarted:
        readings.clear()
        database.close_all()
    found = again(actor)
    assert [(item.name, item.state) for item in found.files] == [
        ("早.xlsx", "committed"),
        ("汇总.xlsx", "ready"),
        ("名单.xlsx", "ready"),
    ]
    assert intake.numbers(found.files[:1]) == numbers != "—"
    assert found.files[0].sheets[0].community == "春晖社区"
    assert found.files[1].hints == Hints(community="清河社区", day=DAY)
    assert found.files[2].rows_accepted == 3


def cell_of(item: File, column: str) -> str:
    return next(finding.cell for finding in item.findings if finding.column == column)


def test_two_windows_of_one_account_see_one_batch(board: Board) -> None:
    actor, batch = board.actor, Batch(board.actor.id)
    item = take(actor, batch, ("早.xlsx", books.morning("春晖社区")))[0]
    other = again(actor)
    take(actor, other, ("向阳.xlsx", books.morning("向阳社区")))
    intake.load(actor, batch)
    assert [each.name for each in batch.files] == ["早.xlsx", "向阳.xlsx"]
    handing.commit(actor, other, other.files)
    handing.commit(actor, batch, [item])
    assert len(history.submissions(actor, history.Filters(kind="morning"))) == 2, "it is in already"
    handing.mend(actor, batch, item, {("早会商", "A1"): "x"})
    assert "另一个窗口" in batch.refusal
    assert [each.state for each in batch.files] == ["committed", "committed"]


def test_what_arrives_after_everything_is_in_opens_a_new_batch(board: Board) -> None:
    actor, batch = board.actor, Batch(board.actor.id)
    handing.commit(actor, batch, take(actor, batch, ("早.xlsx", books.morning("春晖社区"))))
    first = batch.number
    intake.load(actor, batch)
    assert [item.state for item in batch.files] == ["committed"], "the receipt stays until then"
    take(actor, batch, ("向阳.xlsx", books.morning("向阳社区")))
    assert batch.number != first
    assert [item.name for item in batch.files] == ["向阳.xlsx"]


def test_too_much_is_refused_in_words_and_nothing_of_it_kept(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    actor, batch = board.actor, Batch(board.actor.id)
    monkeypatch.setattr(settings().limits, "waiting_files", 2)
    take(actor, batch, ("早.xlsx", books.morning("春晖社区")))
    take(actor, batch, ("向阳.xlsx", books.morning("向阳社区")), ("清河.xlsx", books.morning("清河社区")))
    assert "2 份" in batch.refusal
    assert [item.name for item in batch.files] == ["早.xlsx"]
    take(actor, batch, ("向阳2.xlsx", books.morning("向阳社区")))
    assert batch.refusal == "" and len(batch.files) == 2


# The page ------------------------------------------------------------------------------------------------------


def texts(page: AppTest) -> str:
    return "\n".join(str(element.value) for element in (*page.markdown, *page.caption, *page.subheader))


def drop(page: AppTest, *files: tuple[str, bytes]) -> AppTest:
    page.file_uploader(key="uploads_files").set_value([(name, data, XLSX) for name, data in files])
    return page.run()


def test_from_dropping_to_history(app: App, board: Board) -> None:
    account(Role.SUPERVISOR)
    page = app(Role.SUPERVISOR, "uploads")
    assert "还没有文件。" in texts(page)
    drop(page, ("春晖.xlsx", books.morning("春晖社区", 30)), ("向阳.xlsx", books.morning("向阳社区", 20)))
    assert not page.exception
    matrix = page.dataframe[0].value
    assert matrix["state"].tolist() == ["✓ 可入库", "✓ 可入库"]
    assert "早会商 **0/3** 家，入库后 **2/3**" in texts(page)
    page.button(key="uploads_commit").click().run()
    assert not page.exception
    assert "2 份已入库" in texts(page)
    assert f"版本 {database.data_version()}" in texts(page), "the header was drawn before, and speaks of the own commit"
    assert "本批 2" not in str(page.segmented_control(key="filter_part").options)
    frame = history.submissions(board.actor, history.Filters(kind="morning"))
    assert frame["username"].tolist() == ["supervisor_1", "supervisor_1"]
    page.segmented_control(key="filter_part").set_value("history").run()
    shown = page.dataframe[0].value
    assert shown["kind"].tolist()[:2] == ["早会商", "早会商"]
    assert "campaign" in page.dataframe[0].proto.column_order, "alone the list tells all"


def test_findings_and_masked_values_are_listed(app: App, board: Board) -> None:
    page = app(Role.ADMIN, "uploads")
    drop(page, ("名单.xlsx", roster({}, {"phone": "不知道"}, {"batch_no": "x"})))
    tables = "\n".join(element.proto.body for element in page.get("html"))
    assert "“x”" in tables and "批次" in tables
    assert "钱示例" not in tables and "不知道" not in tables
    assert page.checkbox(key="uploads_partial").value is False, "what needs mending goes in only when it is wanted"


def test_an_unclear_file_is_settled_in_place(app: App, board: Board) -> None:
    page = app(Role.ADMIN, "uploads")
    drop(page, ("汇总.xlsx", unsigned()))
    assert page.dataframe[0].value["state"].tolist() == ["？ 待确认"]
    page.selectbox(key="uploads_hint_1_community").select("清河社区").run()
    page.date_input(key="uploads_hint_1_day").set_value(DAY).run()
    assert not page.exception
    assert page.dataframe[0].value["state"].tolist() == ["✓ 可入库"]
    assert page.button(key="uploads_commit").label == "入库 1 份"


def test_nothing_to_commit_disables_the_button(app: App, board: Board) -> None:
    page = app(Role.ADMIN, "uploads")
    drop(page, ("照片.xlsx", b"\xff\xd8\xff\xe0" + b"x" * 500))
    assert page.button(key="uploads_commit").disabled
    page.button(key="uploads_remove").click().run()
    assert "还没有文件。" in texts(page)


def test_a_page_loaded_anew_shows_the_batch(app: App, board: Board) -> None:
    drop(app(Role.ADMIN, "uploads"), ("春晖.xlsx", books.morning("春晖社区")))
    page = app(Role.ADMIN, "uploads")
    assert page.dataframe[0].value["state"].tolist() == ["✓ 可入库"]
    page.button(key="uploads_commit").click().run()
    assert not page.exception
    page = app(Role.ADMIN, "uploads")
    assert "1 份已入库" in texts(page)
    page.button(key="uploads_clear").click().run()
    assert "还没有文件。" in texts(page)


def test_another_account_does_not_see_the_batch(app: App, board: Board) -> None:
    leader, other = account(Role.SUPERVISOR), administrator()
    page = app(Role.SUPERVISOR, "uploads")
    drop(page, ("春晖.xlsx", books.morning("春晖社区")))
    assert page.session_state["batch"].account == leader.id
    page.session_state["visit"] = visits.begin(other)
    page.run()
    assert page.session_state["batch"].account == other.id


def test_history_opens_a_submission_masked(app: App, board: Board) -> None:
    number = board.roster("春晖社区", n=2).submission or 0
    page = app(Role.SUPERVISOR, "uploads", part="history", submission=str(number))
    assert not page.exception
    assert any(f"#{number}" in element.value for element in page.subheader)
    beside = page.dataframe[0].proto.column_order
    assert "brief" in beside and "campaign" not in beside, "beside a chosen one it fits a laptop"
    rows = page.dataframe[-1].value
    assert rows["姓名"].tolist() == ["赵*", "钱*"]
    page.button(key="history_withdraw").click().run()
    assert page.text_input(key="withdraw_reason").label == "原因"  # the rest runs as a fragment: see the browser test


def test_a_clerk_cannot_withdraw_nor_open_another_community(app: App, board: Board) -> None:
    own = board.morning("春晖社区", planned=3).submission
    other = board.morning("向阳社区", planned=3).submission
    account(Role.CLERK, "春晖社区")
    page = app(Role.CLERK, "uploads", part="history", submission=str(own))
    assert page.button(key="history_withdraw").disabled
    page = app(Role.CLERK, "uploads", part="history", submission=str(other))
    assert not page.exception
    assert not page.subheader
    assert any("本社区" in warning.value for warning in page.warning)


def test_templates_for_the_role(app: App, board: Board) -> None:
    page = app(Role.ADMIN, "uploads", template="base")
    assert page.selectbox(key="template_kind").value == "base"
    account(Role.CLERK, "春晖社区")
    page = app(Role.CLERK, "uploads", part="templates", template="base")
    assert "base" not in str(page.selectbox(key="template_kind").options).lower()
    assert page.selectbox(key="template_community").options == ["春晖社区"]


@pytest.mark.parametrize("spoken", ["zh_CN", "en"])
def test_a_template_is_recognised_when_it_comes_back(board: Board, spoken: str) -> None:
    data = blanks.made(lambda: board.actor, "morning", "covid", "春晖社区", DAY, spoken)
    result = submissions.examine(board.actor, data, blanks.filename("morning", "春晖社区", DAY))
    assert [sheet.kind.key for sheet in result.sheets if sheet.kind] == ["morning"]


def test_an_empty_office_is_led_to_the_base_template(app: App) -> None:
    page = app(Role.ADMIN, "uploads")
    assert "还没有社区名录" in texts(page)


def test_what_the_matrix_says_fits_into_it() -> None:
    note = "累计_第一剂从 238 变为 243，而当日接种 2（相差 3）。"
    assert matrix.brief(note, 52) == note and matrix.brief(note, 40) == "累计_第一剂从 238 变为 243，而当日接种…"
    assert matrix.brief("1 row refused, the rest goes", 20) == "1 row refused, the…" and matrix.brief("", 5) == ""
    assert matrix.short("锦绣社区8月12日接种名单更正.xlsx") == "锦绣社区8月1…名单更正.xlsx"
    for spoken in LANGUAGES:
        with speaking(spoken):
            columns = matrix.look(1)["column_config"]
        assert sum(column["width"] for column in columns.values()) <= 1056  # of a screen 1920 wide


def test_english(app: App, board: Board) -> None:
    page = app(Role.ADMIN, "uploads", lang="en")
    drop(page, ("a.xlsx", books.morning("春晖社区")), ("b.xlsx", b"\xff\xd8\xff\xe0" + b"x" * 500))
    shown = page.dataframe[0].value
    assert shown["state"].tolist() == ["⊘ Not accepted", "✓ Can go in"]
    assert shown["note"][0] == "This file is no workbook: its…"
    assert page.button(key="uploads_commit").label == "Commit 1 file"
