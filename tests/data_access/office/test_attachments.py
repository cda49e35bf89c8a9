"""佐证材料: files on records, what is taken, who may see them, and how the board stood without them; both databases."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from sqlalchemy import select

from config import clock
from data_access import database
from data_access.accounts import LookingBackError, NotAllowedError, OtherCommunityError, Role
from data_access.office import attachments
from data_access.office.attachments import AttachedError
from data_access.schema import Attachment, AuditEvent, Community
from tests.data_access import papers
from tests.data_access.street import Board
from tests.pages.conftest import account

MEETING = "2022/1.4/2"


@pytest.fixture
def board(database_url, office):
    made = Board()
    made.communities(["春晖社区", "安康社区"])
    return made


def key(name="春晖社区"):
    with database.reading() as connection:
        return connection.execute(select(Community.id).where(Community.name == name)).scalar_one()


def put(actor, data=None, filename="例会.jpg", record=MEETING, community="春晖社区", **more):
    return attachments.add(actor, key(community), "evidence", record, filename, data or papers.photo(), **more)


def test_a_photo_is_kept_sealed_and_shown_without_what_the_camera_wrote(board):
    clerk, data = account(Role.CLERK, "春晖社区"), papers.photo(turned=True)
    number = put(clerk, data, "C:\\桌面\\例会.jpg", piece="photo")
    (file,) = attachments.listed(clerk, key(), "evidence", MEETING)
    told = (file.id, file.record, file.piece, file.filename, file.media_type, file.size, file.by, file.pictured)
    assert told == (number, MEETING, "photo", "例会.jpg", "image/jpeg", len(data), clerk.username, True)
    assert attachments.content(clerk, number) == data
    for shown in (attachments.thumbnail(clerk, number), attachments.picture(clerk, number)):
        with Image.open(io.BytesIO(shown)) as picture:
            assert picture.format == "JPEG" and not picture.getexif()
            assert picture.height > picture.width  # turned upright
        assert b"SECRETPHONE" not in shown and b"Exif" not in shown
    with database.reading() as connection:
        table = Attachment.__table__
        stored = connection.exec_driver_sql(f"SELECT content, thumbnail, filename FROM {table.name}").one()
        events = connection.execute(select(AuditEvent.event, AuditEvent.subject).order_by(AuditEvent.id)).all()
    assert not any(b"JFIF" in bytes(part) or b"\xff\xd8\xff" in bytes(part)[:40] for part in stored)
    assert [(e.event, e.subject) for e in events if "attachment" in e.event] == [
        ("attachment_added", str(number)), ("attachment_downloaded", str(number))
    ]  # fmt: skip


def test_each_of_the_four_kinds_is_taken_and_only_pictures_have_a_thumbnail(board):
    clerk = account(Role.CLERK, "春晖社区")
    files = {"a.PNG": papers.photo("PNG"), "微信图片.png": papers.photo(), "b.pdf": papers.pdf(),
             "c.docx": papers.document()}  # fmt: skip
    numbers = [put(clerk, data, name) for name, data in files.items()]
    assert [attachments.thumbnail(clerk, number) is not None for number in numbers] == [True, True, False, False]
    with pytest.raises(AttachedError, match="不是图片"):
        attachments.picture(clerk, numbers[2])
    assert [f.kind for f in attachments.listed(clerk, key(), "evidence")] == ["png", "jpg", "pdf", "docx"]


@pytest.mark.parametrize(
    ("data", "filename", "said"),
    [
        (b"", "a.jpg", "空文件"),
        (b"MZ\x90\0 program", "a.jpg", "只能附"),
        (b"<html><script>alert(1)</script>", "a.pdf", "只能附"),
        (b"GIF89a", "a.gif", "只能附"),
        (papers.pdf(), "a.jpg", "实际是 .pdf"),
        (papers.photo(), "a.pdf", "实际是 .jpg"),
        (papers.photo(), "a", "实际是 .jpg"),
        (papers.photo()[:400], "a.jpg", "损坏"),
        (b"\xff\xd8\xff<script>", "a.jpg", "损坏"),
        (b"%PDF-1.4 cut off", "a.pdf", "损坏"),
        (b"PK\x03\x04 no archive", "a.docx", "损坏"),
        (papers.with_macros(), "a.docx", "只能附"),
        (papers.bomb(), "a.png", "像素"),
        (papers.swelling(), "a.docx", "解压"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_forged_broken_or_swelling_is_refused_in_one_sentence(office, data, filename, said):
    Board().communities(["春晖社区"])
    with pytest.raises(AttachedError, match=said) as refusal:
        attachments.add(account(Role.CLERK, "春晖社区"), key(), "evidence", MEETING, filename, data)
    assert len(str(refusal.value).split("。")) <= 3
    assert attachments.listed(account(Role.CLERK), key(), "evidence") == ()


def test_limits_of_size_and_number_are_those_of_the_settings(board, office, tmp_path):
    (tmp_path / "street.toml").write_text("[limits]\nevidence_mb = 1\nevidence_files = 2\nevidence_megapixels = 1\n")
    office.set("STREET_CONFIG", str(tmp_path / "street.toml"))
    clerk = account(Role.CLERK, "春晖社区")
    with pytest.raises(AttachedError, match="1 MB"):
        put(clerk, papers.photo() + b"\0" * 1024 * 1024)
    with pytest.raises(AttachedError, match="像素"):
        put(clerk, papers.photo(size=(1200, 1000)))
    first = put(clerk)
    assert put(clerk, filename="又名.jpg") == first  # the same bytes: nothing changes
    put(clerk, papers.photo(colour="red"))
    with pytest.raises(AttachedError, match="已有 2 "):
        put(clerk, papers.photo(colour="green"))
    assert put(clerk, record="2022/1.4/3") != first  # another record is another place
    with pytest.raises(AttachedError, match="没有这条记录"):
        put(clerk, record="2022/例会")


def test_who_may_attach_see_and_count(board):
    clerk, other = account(Role.CLERK, "春晖社区"), account(Role.SUPERVISOR)
    leader = account(Role.LEADER)
    number = put(clerk)
    with pytest.raises(OtherCommunityError):
        put(clerk, community="安康社区")
    with pytest.raises(NotAllowedError):
        put(leader)
    foreign = put(other, papers.photo(colour="red"), community="安康社区")
    for reach in (attachments.content, attachments.thumbnail, attachments.picture):
        with pytest.raises(OtherCommunityError):
            reach(clerk, foreign)
        with pytest.raises(NotAllowedError):
            reach(leader, number)
    with pytest.raises(OtherCommunityError):
        attachments.listed(clerk, key("安康社区"), "evidence")
    with pytest.raises(NotAllowedError):
        attachments.listed(leader, key(), "evidence")
    with database.reading() as connection:
        counted = attachments.counts(connection, leader, "evidence", [key(), key("安康社区")])
    assert counted == {key(): {MEETING: 1}, key("安康社区"): {MEETING: 1}}


def test_a_removed_file_is_still_there_for_who_looks_back(board, office):
    clerk, street = account(Role.CLERK, "春晖社区"), account(Role.SUPERVISOR)
    number, before = put(clerk), clock.now()
    office.now("2022-08-13T09:00")
    with pytest.raises(AttachedError, match="原因"):
        attachments.remove(clerk, number, " ")
    version = database.data_version()
    attachments.remove(clerk, number, "传错了")
    assert database.data_version() == version + 1
    assert attachments.listed(clerk, key(), "evidence") == ()
    assert [file.id for file in attachments.listed(clerk, key(), "evidence", as_of=before)] == [number]
    assert attachments.thumbnail(clerk, number, before)
    for again in (attachments.remove, lambda *a: attachments.content(*a[:2])):
        with pytest.raises(AttachedError, match="已不在"):
            again(clerk, number, "再删")
    assert put(clerk) != number  # and may come again
    with pytest.raises(LookingBackError):
        put(type(clerk)(**{**{n: getattr(clerk, n) for n in clerk.__slots__}, "looking_back": True}))
    board.evidence("春晖社区", "2022", {"item_code": "1.4", "event_no": 2, "photos": 1, "review": "approved"})
    (kept,) = attachments.listed(clerk, key(), "evidence")
    with pytest.raises(AttachedError, match="街道"):
        attachments.remove(clerk, kept.id, "换一张")
    attachments.remove(street, kept.id, "不清楚")
