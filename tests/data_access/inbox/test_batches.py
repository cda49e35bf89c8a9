"""Batches in the database: kept from the moment of arrival, committed file by file, undone as a whole."""

from __future__ import annotations

import io
from collections import OrderedDict

import openpyxl
import pytest
from sqlalchemy import func, select

from config.settings import settings
from data_access import accounts, database, submissions
from data_access.accounts import NotAllowedError, Role
from data_access.inbox import batches, brought, intake
from data_access.inbox.batches import BatchError
from data_access.inbox.intake import COMMITTABLE
from data_access.reports import history
from data_access.schema import AuditEvent, Batch, BatchFile, Community, MorningTally, Submission, Workbook
from data_access.submissions import ChangedMeanwhileError, SubmissionError
from data_access.workbooks.model import Hints
from tests.data_access import books
from tests.data_access.street import DAY, Board

PLACES = ["春晖社区", "向阳社区", "清河社区"]


@pytest.fixture
def actor(database_url):
    admin = accounts.create_first_administrator("admin_sf", "long enough", "")
    board = Board(admin)
    board.communities(PLACES)
    board.sites(["卫生中心"])
    return admin


def supervisor(admin, name="duty_one"):
    return accounts.create(admin, name, "long enough", Role.SUPERVISOR, must_change=False)


def mornings(planned=30, places=PLACES):
    return [(f"{name}.xlsx", books.morning(name, planned)) for name in places]


def receive(actor, *files):
    batch = batches.open_(actor)
    batches.receive(actor, batch, files)
    return batch


def take_in(actor, batch, states=COMMITTABLE):
    files = intake.waiting(actor, batch)
    return [item.name for item in intake.take_in(actor, files, states=states) if item.committed]


def planned(community):
    with database.reading() as connection:
        return connection.execute(
            select(MorningTally.planned)
            .join(Submission, Submission.id == MorningTally.submission_id)
            .join(Community, Community.id == Submission.community_id)
            .where(Community.name == community, Submission.superseded_at.is_(None), Submission.withdrawn_at.is_(None))
        ).scalar()


# Arriving ------------------------------------------------------------------------------------------------------


def test_what_arrives_is_kept_sealed_and_in_order(actor):
    files = [("王小明名单.xlsx", books.morning("春晖社区")), *mornings(31)]
    batch = receive(actor, *files)
    found = batches.files(actor, batch)
    assert [(each.filename, each.size, each.waiting) for each in found] == [(n, len(d), True) for n, d in files]
    assert [batches.content(actor, each.id) for each in found] == [data for _name, data in files]
    with database.reading() as connection:
        raw = connection.exec_driver_sql("SELECT filename, content FROM batch_file").all()
    assert all("社区".encode() not in bytes(name) and b"PK\x03\x04" not in bytes(data) for name, data in raw)


def test_the_same_bytes_wait_once(actor):
    data = books.morning("春晖社区")
    batch = receive(actor, ("a.xlsx", data), ("b.xlsx", data))
    assert batches.receive(actor, batch, [("c.xlsx", data)]) == []
    assert [each.filename for each in batches.files(actor, batch)] == ["a.xlsx"]


@pytest.mark.parametrize(("limit", "value"), [("waiting_files", 2), ("waiting_mb", 0), ("file_mb", 0)])
def test_too_much_is_refused_whole(actor, monkeypatch, limit, value):
    monkeypatch.setattr(settings().limits, limit, value)
    batch = batches.open_(actor)
    with pytest.raises(BatchError):
        batches.receive(actor, batch, mornings())
    assert batches.files(actor, batch) == []


def test_what_waits_in_an_earlier_batch_counts_for_the_limit(actor, monkeypatch):
    monkeypatch.setattr(settings().limits, "waiting_files", 3)
    batch = receive(actor, *mornings()[:2])
    with pytest.raises(BatchError, match="2 份"):
        batches.receive(actor, batch, mornings(31)[:2])


def test_hints_and_mends_are_kept(actor):
    batch = receive(actor, *mornings()[:1])
    number = batches.files(actor, batch)[0].id
    hints = Hints(community="清河社区", day=DAY, campaign="covid", kind="morning", partial=True)
    batches.say(actor, number, hints)
    batches.mend(actor, number, {("早会商", "B3"): "王小明", ("早会商", "C3"): "5"})
    (found,) = batches.files(actor, batch)
    assert (found.hints, found.mends) == (hints, {("早会商", "B3"): "王小明", ("早会商", "C3"): "5"})
    batches.mend(actor, number, {})
    batches.say(actor, number, Hints())
    (found,) = batches.files(actor, batch)
    assert (found.hints, found.mends) == (Hints(), {})


def test_a_file_taken_out_leaves_its_row_and_no_bytes(actor):
    batch = receive(actor, *mornings())
    first = batches.files(actor, batch)[0].id
    batches.remove(actor, first)
    assert [each.filename for each in batches.files(actor, batch)] == ["向阳社区.xlsx", "清河社区.xlsx"]
    with pytest.raises(BatchError):
        batches.content(actor, first)
    with pytest.raises(ChangedMeanwhileError):
        batches.say(actor, first, Hints(community="清河社区"))
    with database.reading() as connection:
        row = connection.execute(select(BatchFile.content, BatchFile.removed_at).where(BatchFile.id == first)).one()
    assert row.content is None and row.removed_at is not None


def test_an_account_reaches_its_own_batches_only(actor):
    other = supervisor(actor)
    batch = receive(other, *mornings())
    (first, *_rest) = batches.files(other, batch)
    assert batches.current(actor) is None, "not even an administrator"
    for reach in (
        lambda: batches.files(actor, batch),
        lambda: batches.receive(actor, batch, mornings()),
        lambda: batches.content(actor, first.id),
        lambda: batches.say(actor, first.id, Hints()),
        lambda: batches.mend(actor, first.id, {}),
        lambda: batches.remove(actor, first.id),
        lambda: batches.close(actor, batch),
    ):
        with pytest.raises(BatchError):
            reach()
    result = submissions.examine(actor, batches.content(other, first.id), first.filename)
    with pytest.raises(ChangedMeanwhileError):
        submissions.commit(actor, result, batches.content(other, first.id), batch_file=first.id)
    assert brought.brought(actor, batch) == {}
    leader = accounts.create(actor, "leader_1", "long enough", Role.LEADER, must_change=False)
    with pytest.raises(NotAllowedError):
        batches.open_(leader)


# Going in ------------------------------------------------------------------------------------------------------


def test_a_file_that_is_in_waits_no_more_and_its_original_is_kept_once(actor):
    batch = receive(actor, *mornings(), ("照片.xlsx", b"\xff\xd8\xff\xe0" + b"x" * 500))
    assert take_in(actor, batch, intake.STATES) == [name for name, _data in mornings()]
    found = batches.files(actor, batch)
    assert [each.waiting for each in found] == [False, False, False, True]
    assert [batches.content(actor, each.id) for each in found[:3]] == [data for _name, data in mornings()]
    with database.reading() as connection:
        kept = select(BatchFile.content).where(BatchFile.batch_id == batch).order_by(BatchFile.id)
        staged = connection.execute(kept).scalars().all()
        originals = connection.execute(select(func.count()).select_from(Workbook)).scalar()
        of_batch = connection.execute(select(func.count()).where(Submission.batch_id == batch)).scalar()
    assert [content is None for content in staged] == [True, True, True, False]
    assert (originals, of_batch) == (3, 3)
    assert [sheet.community for outcomes in brought.brought(actor, batch).values() for sheet in outcomes] == PLACES


def test_a_commit_and_its_mark_are_one_transaction(actor, monkeypatch, caplog):
    batch = receive(actor, *mornings()[:1])
    item = intake.waiting(actor, batch)[0]
    intake.examine(actor, [item])
    before = database.data_version()

    def fails(*_args):
        raise RuntimeError("张小明 13800005678")

    monkeypatch.setattr(database, "raise_version", fails)
    assert take_in(actor, batch) == []
    assert "could not be committed: RuntimeError in test_batches.py:" in caplog.text and "1380" not in caplog.text
    assert database.data_version() == before
    (found,) = batches.files(actor, batch)
    assert found.waiting and batches.content(actor, found.id) == mornings()[0][1]


def test_what_could_not_be_taken_in_says_so_and_may_be_tried_again(actor, monkeypatch):
    batch = receive(actor, *mornings()[:1])
    with monkeypatch.context() as patch:
        patch.setattr(database, "raise_version", lambda *_told: 1 / 0)
        (item,) = intake.take_in(actor, intake.waiting(actor, batch))
    assert (item.committed, item.answer.status, item.state) == (False, "rejected", "ready")
    assert [finding.code for finding in item.answer.findings] == ["FILE_STOPPED"]
    assert take_in(actor, batch) == [mornings()[0][0]]


def test_an_open_batch_goes_on_until_nothing_waits(actor):
    batch = receive(actor, *mornings())
    assert batches.open_(actor) == batch == batches.current(actor)
    take_in(actor, batch)
    assert batches.current(actor) == batch, "the receipt is still shown"
    assert batches.open_(actor) != batch
    second = receive(actor, *mornings(31))
    batches.close(actor, second)
    assert batches.current(actor) is None
    assert all(each.content is None for each in rows(second))


def rows(batch):
    with database.reading() as connection:
        return connection.execute(select(BatchFile.content).where(BatchFile.batch_id == batch)).all()


def lying(folder):
    """The mornings as files on the disk."""
    paths = [folder / name for name in ("a.xlsx", "b.xlsx", "c.xlsx")]
    for path, (_name, data) in zip(paths, mornings(), strict=True):
        path.write_bytes(data)
    return [intake.here(path, Hints(), number) for number, path in enumerate(paths)]


def test_a_run_that_was_broken_off_goes_on_with_the_files_it_had(actor, tmp_path):
    *files, other = lying(tmp_path)
    shas = [item.sha256 for item in files]
    batch = batches.open_(actor, "import", shas)
    next(intake.take_in(actor, files, batch=batch))  # and here the machine goes off
    assert batches.open_(actor, "import", shas) == batch
    *files, other = lying(tmp_path)
    assert [item.answer.status for item in intake.take_in(actor, files, batch=batch)] == ["unchanged", "committed"]
    assert [each.filename for each in batches.files(actor, batch)] == ["a.xlsx", "b.xlsx"]
    assert batches.open_(actor, "import", [other.sha256]) != batch


def test_of_files_on_the_disk_neither_bytes_nor_rows_are_held(actor, tmp_path):
    files = lying(tmp_path)
    assert all(not isinstance(cell, bytes) for item in files for cell in item.fetch.args)
    done = list(intake.take_in(actor, files))
    assert [(item.committed, item.result) for item in done] == [(True, None)] * 3


def test_a_file_written_anew_after_it_was_read_is_not_taken_in(actor, tmp_path):
    changed, gone, kept = lying(tmp_path)
    (tmp_path / "a.xlsx").write_bytes(books.morning("春晖社区", 99))
    (tmp_path / "b.xlsx").unlink()
    assert [item.name for item in intake.take_in(actor, [changed, gone, kept]) if item.committed] == ["c.xlsx"]
    assert changed.answer.status == gone.answer.status == "rejected" and "变动" in changed.problem


def test_what_was_read_is_kept_up_to_so_many_rows(actor, monkeypatch):
    monkeypatch.setattr(intake, "_kept", OrderedDict())
    monkeypatch.setattr(intake, "_MOST", 5)
    batch = receive(actor, *mornings())
    intake.examine(actor, intake.waiting(actor, batch))
    assert [item.reading is not None for item in intake.waiting(actor, batch)] == [False, True, True]
    monkeypatch.setattr(intake, "_MOST", 1)  # the one just made stays, however long it is
    intake.examine(actor, intake.waiting(actor, batch)[:1])
    assert [item.reading is not None for item in intake.waiting(actor, batch)] == [True, False, False]


@pytest.mark.parametrize("source", ["import", "watch"])
def test_two_runs_at_once_have_a_batch_each(actor, source, tmp_path):
    files = lying(tmp_path)
    first = batches.open_(actor, source, [files[0].sha256])
    second = batches.open_(actor, source, [files[1].sha256])
    batches.close(actor, second)  # it found nothing to do, while the first is still reading
    third = batches.open_(actor, source, [files[2].sha256])
    assert [item.committed for item in intake.take_in(actor, files[:1], batch=first)] == [True]
    assert [item.committed for item in intake.take_in(actor, files[2:], batch=third)] == [True]
    assert first != third and len(batches.undo(actor, third, "有误").withdrawn) == 1
    assert planned("春晖社区") == 30 and planned("清河社区") is None


def test_the_same_bytes_again_brought_nothing(actor):
    batch = receive(actor, *mornings()[:1], ("照片.xlsx", b"\xff\xd8\xff\xe0" + b"x" * 500))
    take_in(actor, batch)
    batches.receive(actor, batch, [("又一次.xlsx", mornings()[0][1])])
    take_in(actor, batch, {"unchanged"})
    first, _photo, again = batches.files(actor, batch)
    assert not again.waiting and list(brought.brought(actor, batch)) == [first.id]


# Undoing -------------------------------------------------------------------------------------------------------


def test_undoing_a_batch_brings_everything_before_it_back_in_one_step(actor):
    first = receive(actor, *mornings(30))
    take_in(actor, first)
    second = receive(actor, *mornings(40))
    take_in(actor, second)
    assert planned("春晖社区") == 40
    before = database.data_version()
    undone = batches.undo(actor, second, "发错了一天")
    assert (len(undone.withdrawn), len(undone.restored)) == (3, 3)
    assert undone.data_version == database.data_version() == before + 1
    assert planned("春晖社区") == 30
    with database.reading() as connection:
        row = connection.execute(select(Batch).where(Batch.id == second)).one()
        reasons = set(connection.execute(select(Submission.reason).where(Submission.batch_id == second)).scalars())
        events = select(AuditEvent.details).where(AuditEvent.event == "batch_undone")
        said = connection.execute(events).scalars().all()
    assert (row.undone_by, row.reason, reasons) == (actor.id, "发错了一天", {"发错了一天"})
    assert said == [{"withdrawn": 3, "restored": 3}]
    with pytest.raises(BatchError):
        batches.undo(actor, second, "再来")
    batches.undo(actor, first, "也不对")
    assert planned("春晖社区") is None


def test_a_correction_by_somebody_else_stays_and_what_it_corrected_never_comes_back(actor):
    batch = receive(actor, *mornings(30))
    take_in(actor, batch)
    later = Board(supervisor(actor)).morning("春晖社区", planned=55).submission
    undone = batches.undo(actor, batch, "整批有误")
    assert (len(undone.withdrawn), undone.restored) == (3, ())
    assert planned("春晖社区") == 55
    submissions.withdraw(actor, later, "也有误")
    assert planned("春晖社区") is None, "the submission of the batch was withdrawn with it"


def test_two_versions_of_one_scope_in_one_batch_are_both_undone(actor):
    Board(actor).morning("春晖社区", planned=9)
    batch = receive(actor, *mornings(30)[:1], ("更正.xlsx", books.morning("春晖社区", 31)))
    take_in(actor, batch)
    undone = batches.undo(actor, batch, "都不对")
    assert (len(undone.withdrawn), len(undone.restored)) == (2, 1)
    assert planned("春晖社区") == 9


def test_what_still_waits_when_a_batch_is_undone_goes_on_waiting(actor):
    batch = receive(actor, *mornings(30), ("照片.xlsx", b"\xff\xd8\xff\xe0" + b"x" * 500))
    take_in(actor, batch)
    batches.undo(actor, batch, "整批有误")
    now = batches.current(actor)
    assert now not in (None, batch)
    assert [(each.filename, each.waiting) for each in batches.files(actor, now)] == [("照片.xlsx", True)]


def test_undoing_needs_a_reason_the_right_and_something_to_undo(actor):
    batch = receive(actor, *mornings()[:1])
    with pytest.raises(BatchError):
        batches.undo(actor, batch, "还没入库")
    take_in(actor, batch)
    with pytest.raises(SubmissionError):
        batches.undo(actor, batch, "  ")
    with pytest.raises(BatchError):
        batches.undo(actor, 999, "没有")
    clerk = accounts.create(actor, "clerk_1", "long enough", Role.CLERK, "春晖社区", must_change=False)
    with pytest.raises(NotAllowedError):
        batches.undo(clerk, batch, "不行")
    assert planned("春晖社区") == 30


def test_the_list_of_batches(actor):
    first = receive(actor, *mornings(30))
    take_in(actor, first)
    other = supervisor(actor)
    second = receive(other, *mornings(40), ("照片.xlsx", b"\xff\xd8\xff\xe0" + b"x" * 500))
    take_in(other, second)
    third = receive(actor, *mornings(50))
    take_in(actor, third)
    batches.undo(actor, third, "有误")
    shown = batches.batches(actor).set_index("batch")
    assert list(shown.index) == [third, second, first]
    assert shown["state"].to_dict() == {first: "in", second: "open", third: "undone"}
    assert shown.loc[second, ["username", "source", "files", "waiting", "submissions"]].tolist() == [
        "duty_one", "page", 3, 1, 3,
    ]  # fmt: skip
    assert shown.loc[third, "submissions"] == 0
    clerk = accounts.create(actor, "clerk_1", "long enough", Role.CLERK, "春晖社区", must_change=False)
    assert batches.batches(clerk).empty


# Mending -------------------------------------------------------------------------------------------------------


def spoilt():
    """A morning tally whose plan is no number."""
    book = openpyxl.load_workbook(io.BytesIO(books.morning("春晖社区")))
    sheet = book.worksheets[0]
    place = next(cell.column for cell in sheet[2] if cell.value == "今日计划人数")
    sheet.cell(3, place).value = "三十来个吧"
    content = io.BytesIO()
    book.save(content)
    return content.getvalue(), sheet.title, sheet.cell(3, place).coordinate


def test_a_mended_cell_is_read_like_any_other_and_said(actor):
    data, sheet, cell = spoilt()
    batch = receive(actor, ("早.xlsx", data))
    (item,) = intake.waiting(actor, batch)
    intake.examine(actor, [item])
    assert item.state in ("partial", "refused")
    batches.mend(actor, item.number, {(sheet, cell): "32"})
    (item,) = intake.waiting(actor, batch)
    intake.examine(actor, [item])
    assert item.state == "ready"
    (said,) = [finding for finding in item.findings if finding.code == "CELL_MENDED"]
    assert (said.sheet, said.cell, said.value, said.fields["new"]) == (sheet, cell, "三十来个吧", "32")
    assert take_in(actor, batch) == ["早.xlsx"]
    assert planned("春晖社区") == 32
    number = history.submissions(actor, history.Filters(kind="morning"))["submission"].iloc[0]
    assert "CELL_MENDED" in history.findings(actor, int(number))["code"].tolist()
    assert batches.content(actor, item.number) == data, "the original is as it was sent"


def test_the_same_file_mended_otherwise_is_a_correction_of_its_own(actor):
    data, sheet, cell = spoilt()
    for text, now in (("32", 32), ("33", 33), ("32", 32)):
        batch = receive(actor, ("早.xlsx", data))
        batches.mend(actor, batches.files(actor, batch)[0].id, {(sheet, cell): text})
        assert take_in(actor, batch) == ["早.xlsx"]
        assert planned("春晖社区") == now


@pytest.mark.parametrize("place", [("没有", "A1"), ("早会商", "A99"), ("早会商", "ZZ3"), ("早会商", "3C")])
def test_a_cell_that_is_not_there_cannot_be_mended(actor, place):
    with pytest.raises(ValueError, match="no cell"):
        submissions.examine(actor, books.morning("春晖社区"), "早.xlsx", mends={place: "x"})


def test_a_mended_name_is_not_shown(actor):
    roster = books.book("roster", books.person(1), books.person(2))
    result = submissions.examine(actor, roster, "名单.xlsx")
    row = result.portions[0][1].rows[0]
    mends = {(result.sheets[0].name, row.cells["name"]): "欧阳小红"}
    mended = submissions.examine(actor, roster, "名单.xlsx", mends=mends)
    (said,) = [finding for finding in mended.all_findings() if finding.code == "CELL_MENDED"]
    assert said.personal and "小红" not in said.message and row.values["name"] not in said.message
    assert mended.portions[0][1].rows[0].values["name"] == "欧阳小红"
