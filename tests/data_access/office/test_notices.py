"""通报: published under a number, frozen, shown again exactly, compared with today; in every form."""

import base64
import io
import os
import shutil
import subprocess
import sys
import threading
import zipfile
from datetime import date

import docx
import openpyxl
import pytest
from fontTools.ttLib import TTFont
from PIL import Image, ImageChops, ImageDraw, ImageFont
from sqlalchemy import select

from config import FONT, clock, language
from config.settings import settings
from data_access import accounts, database, submissions
from data_access.accounts import OFFICE, Actor, NotAllowedError, Role
from data_access.office import forms, notices
from data_access.office.notices import NoticeError
from data_access.reports import history, notice, ranking, snapshot
from data_access.reports.scores import BasisError
from data_access.schema import AuditEvent
from tests.data_access.street import Board

DAY, BEFORE = date(2022, 8, 12), date(2022, 8, 11)
FIELD = {"甲社区": (120, 46), "乙社区": (60, 23), "丙社区": (150, 57), "丁社区": (100, 30), "戊社区": (80, None)}

# what is written and drawn of a notice, whichever database it lies in
FORMS = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def board(database_url, office):
    office.now("2022-08-12T19:00")
    board = Board()
    board.communities([{"name": name, "area": "东片"} for name in FIELD])
    for name, (surveyed, done) in FIELD.items():
        board.baseline(name, date(2022, 8, 1), surveyed)
        if done is not None:
            board.evening(name, BEFORE, cum_d1=done - 3, vacc_d1=1)
            board.evening(name, DAY, cum_d1=done, vacc_d1=3)
    office.now("2022-08-12T21:30")
    return board


def publish(board, day=DAY, basis="coverage"):
    return notices.publish(board.actor, board.view(day), basis)


def rank_of(found, community):
    frame = found.told.listing.table.set_index("community")
    return frame.loc[community, "rank"]


def test_a_notice_holds_everything_to_show_it_again(board):
    made = publish(board)
    assert (made.number, made.told.day, made.by) == (1, DAY, "console")
    assert made.told.unreported == ("戊社区",) and made.told.field == 5
    assert set(made.told.listings) == set(ranking.available())
    live = snapshot.take(board.view(DAY), "coverage", besides=ranking.available())
    assert made.told.figures() == live.figures()
    for basis, listing in made.told.listings.items():
        table = live.listings[basis].table
        # the publication raised the data version, it changed no figure; only what changes are counted from may differ
        same = [name for name in table if name not in ("since", "since_notice", "change", "places", "was", "now")]
        assert listing.table[same].astype("string").equals(table[same].astype("string"))
        assert listing.table.dtypes.equals(table.dtypes)
    assert "示范街道新冠" in notice.text(made.told, 1) and "（第1期）" in notice.text(made.told, 1)


def test_what_changes_afterwards_changes_no_notice(board, office):
    first = publish(board)
    before = {name: form(first) for name, form in (("text", forms.text), ("json", forms.plain), ("png", forms.png))}
    office.now("2022-08-12T22:00")
    board.evening("丁社区", DAY, cum_d1=60, vacc_d1=33)
    board.baseline("甲社区", date(2022, 8, 2), 400)
    office.now("2022-08-12T22:10")
    again = notices.show(board.actor, 1)
    after = {name: form(again) for name, form in (("text", forms.text), ("json", forms.plain), ("png", forms.png))}
    assert after == before
    assert rank_of(again, "丁社区") == 4


def test_then_and_now_name_what_changed_and_why(board, office):
    publish(board)
    office.now("2022-08-12T22:00")
    board.evening("丁社区", DAY, cum_d1=60, vacc_d1=33)
    frame = notices.compare(board.actor, 1).set_index("community")
    assert frame["changed"].to_dict() == {name: name == "丁社区" for name in FIELD}
    changed = frame.loc["丁社区"]
    assert (changed["rank_then"], changed["rank_now"]) == (4, 1)
    assert changed[["then_n", "then_d", "now_n", "now_d"]].tolist() == [30, 100, 60, 100]
    assert changed["why"] == "晚调度 8/12 v2" and len(changed["submissions"]) == 1
    assert frame.loc["甲社区", "rank_now"] == 2  # moved by the other's figure, not corrected itself


def test_a_late_report_and_a_withdrawal_are_corrections_too(board, office):
    publish(board)
    office.now("2022-08-12T22:00")
    late = board.evening("戊社区", DAY, cum_d1=40, vacc_d1=1)
    submissions.withdraw(board.actor, submission(board, "丁社区"), "误报")
    frame = notices.compare(board.actor, 1).set_index("community")
    assert (frame.loc["戊社区", "state_then"], frame.loc["戊社区", "state_now"]) == ("unreported", "ranked")
    assert frame.loc["戊社区", "submissions"] == [late.submission]
    assert frame.loc["丁社区", "state_now"] == "unreported" and frame.loc["丁社区", "why"] == "晚调度 8/12 v1 已撤回"


def submission(board, community):
    frame = history.submissions(board.actor, history.Filters(day=DAY, kind="evening", community=community))
    return int(frame["submission"].iloc[0])


def test_the_next_notice_tells_the_corrections_of_the_one_before(board, office):
    publish(board, BEFORE)
    office.now("2022-08-12T21:40")
    board.evening("甲社区", BEFORE, cum_d1=44, vacc_d1=2)
    second = publish(board)
    assert [(one.community, one.then, one.now) for one in second.told.errata] == [("甲社区", (43, 120), (44, 120))]
    text = forms.text(second)
    assert "对第1期通报的更正：" in text and "甲社区：43/120 → 44/120（晚调度 8/11 v2）" in text
    assert notices.notices(board.actor)["corrections"].tolist() == [1, 0]


def test_rank_changes_are_counted_from_the_last_notice(board, office):
    publish(board, BEFORE)
    office.now("2022-08-12T21:40")
    board.evening("戊社区", BEFORE, cum_d1=79, vacc_d1=2)  # after the notice: it was not ranked there
    made = publish(board)
    frame = made.told.listing.table.set_index("community")
    assert set(frame["since_notice"].dropna()) == {1} and set(frame["since"].dropna()) == {BEFORE}
    assert frame.loc["丁社区", "change"] == "same" and frame.loc["丁社区", "was"] is None
    assert "升降与第1期（8月11日）相比" in notice.compared_with(made.told)


def test_the_same_figures_twice_are_allowed_and_said(board, office):
    assert publish(board).repeats is None
    assert notices.draft(board.view(DAY)).repeats == 1
    again = publish(board)
    assert (again.number, again.repeats) == (2, 1) and notices.show(board.actor, 2).repeats == 1
    assert publish(board, basis="remaining").repeats is None
    office.now("2022-08-12T22:00")
    board.evening("丁社区", DAY, cum_d1=60, vacc_d1=33)
    assert publish(board).repeats is None


def test_two_who_publish_at_once_get_two_numbers(board):
    made, gate = [], threading.Barrier(2)

    def one():
        gate.wait()
        made.append(publish(board).number)

    both = [threading.Thread(target=one) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert sorted(made) == [1, 2]


def test_who_may_publish_and_who_may_read(board):
    def acting(role):
        own = board.actor
        return Actor(own.id, own.street_id, role.value, role, None, "甲社区" if role == Role.CLERK else None)

    for role in (Role.CLERK, Role.LEADER):
        with pytest.raises(NotAllowedError):
            notices.publish(acting(role), board.view(DAY))
    for number, role in enumerate((Role.SUPERVISOR, Role.ADMIN), start=1):
        assert notices.publish(acting(role), board.view(DAY)).number == number
    for role in OFFICE:
        assert notices.show(acting(role), 1).number == 1
        assert len(notices.notices(acting(role))) == 2


def test_what_cannot_be_published(board, office):
    version = database.data_version()
    refused = [(board.view(date(2022, 8, 13)), "还没有到"), (board.view(date(2022, 7, 1)), "没有可以排名")]
    refused.append((board.view(DAY, as_of=clock.now()), "现在已知"))
    for view, words in refused:
        with pytest.raises(NoticeError, match=words):
            notices.publish(board.actor, view)
    with pytest.raises(BasisError):
        notices.publish(board.actor, board.view(DAY), "nonsense")
    with pytest.raises(NoticeError, match="第7期"):
        notices.show(board.actor, 7)
    assert database.data_version() == version and notices.notices(board.actor).empty


def test_publishing_is_recorded_and_raises_the_data_version(board):
    version = database.data_version()
    made = publish(board)
    assert made.told.data_version == version and database.data_version() == version + 1
    with database.reading() as connection:
        event = connection.execute(
            select(AuditEvent.subject, AuditEvent.details).order_by(AuditEvent.id.desc())
        ).first()
    assert event.subject == "1" and event.details["basis"] == "coverage" and event.details["day"] == "2022-08-12"


def test_settings_that_change_change_no_notice(board, office, tmp_path):
    text = forms.text(publish(board))
    own = tmp_path / "own.toml"
    own.write_text('coverage_denominator = "eligible"\n[thresholds]\ncoverage_target = 20\n', encoding="utf-8")
    office.set("STREET_CONFIG", str(own))
    assert settings().coverage_denominator == "eligible"
    assert forms.text(notices.show(board.actor, 1)) == text


@FORMS
def test_each_reader_reads_it_in_the_own_language(board):
    publish(board)
    with language.speaking("en"):
        text = forms.text(notices.show(accounts.console(), 1))
    assert "4 of 5 communities reported" in text and "甲社区" in text and "Definition" in text


@FORMS
def test_the_workbook_holds_every_basis_and_its_definition(board):
    made = publish(board)
    book = openpyxl.load_workbook(io.BytesIO(forms.xlsx(made)))
    assert book.sheetnames[0] == "接种率" and len(book.sheetnames) == len(made.told.listings) + 1
    rows = [row[:5] for row in book["接种率"].iter_rows(min_row=2, values_only=True)]
    assert rows[2] == (3, "丙社区", "东片", 57, 150)
    words = {row[0]: row[1] for row in book[book.sheetnames[-1]].iter_rows(values_only=True)}
    assert words["数据版本"] == made.told.data_version and "第1期" in words["通报"]


@FORMS
def test_the_official_paper(board, office):
    publish(board, BEFORE)
    office.now("2022-08-12T21:40")
    board.evening("甲社区", BEFORE, cum_d1=44, vacc_d1=2)
    content = forms.docx(publish(board))
    paper = docx.Document(io.BytesIO(content))
    said = [one.text for one in paper.paragraphs]
    assert said[0] == "示范街道办事处" and said[1] == "通报〔2022〕第2号"
    assert said[2].startswith("关于8月12日") and said[2].endswith("的通报") and said[3] == "各社区："
    assert "4/5 家社区已报" in said[4] and "未报：戊社区" in said[4]
    assert said[-2:] == ["示范街道办事处", "2022年8月12日"]
    ranks, changed = paper.tables
    assert [cell.text for cell in ranks.rows[3].cells][:4] == ["3", "丙社区", "57/150", "38.00%"]
    assert [cell.text for cell in changed.rows[1].cells][3:5] == ["43/120", "44/120"]
    xml = zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml").decode()
    assert 'w:eastAsia="仿宋"' in xml and 'w:eastAsia="方正小标宋简体"' in xml
    fonts = zipfile.ZipFile(io.BytesIO(content)).read("word/fontTable.xml").decode()
    assert 'w:name="方正小标宋简体"><w:altName w:val="宋体"/>' in fonts


@pytest.mark.skipif(not shutil.which("soffice") or not shutil.which("pdftotext"), reason="needs LibreOffice")
def test_the_official_paper_opens_in_libreoffice(office, tmp_path):
    board = Board()
    board.communities(["甲社区"])
    board.baseline("甲社区", date(2022, 8, 1), 120)
    board.evening("甲社区", DAY, cum_d1=46)
    path = tmp_path / "notice.docx"
    path.write_bytes(forms.docx(publish(board)))
    home = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    run = subprocess.run(
        ["soffice", home, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(path)],
        capture_output=True,
        timeout=120,
    )
    made = tmp_path / "notice.pdf"
    if not made.exists():
        pytest.skip(f"no writer in this LibreOffice: {run.stderr[-200:]!r}")
    text = subprocess.run(["pdftotext", "-layout", str(made), "-"], capture_output=True, check=True).stdout.decode()
    assert "示范街道办事处" in text and "46/120" in text


def glyphs():
    return set(TTFont(FONT).getBestCmap())


def test_the_packaged_font_has_a_glyph_for_every_character_of_the_texts():
    known = glyphs()
    texts = [path.read_text(encoding="utf-8") for path in language.LOCALE.rglob("*.po")]
    texts.append("塱滘甪垵≈≠≥▲▼−—⊘·〔〕")
    common = bytes(byte for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF) for byte in (high, low))
    texts.append(common.decode("gb2312", errors="ignore"))
    missing = {letter for text in texts for letter in text if letter.isprintable() and ord(letter) not in known}
    assert missing <= set("⌊⌋◔")  # signs of the shared screen that no Chinese font has; no notice says them
    assert FONT.stat().st_size < 3_000_000 and (FONT.parent / "OFL.txt").exists()


@FORMS
def test_the_picture_is_drawn_with_the_packaged_font(board):
    content = forms.png(publish(board))
    picture = Image.open(io.BytesIO(content))
    assert picture.format == "PNG" and picture.width > 1200
    told = notices.show(board.actor, 1).told
    drawn = {letter for line in (notice.text(told), *notice.explanations(told)) for letter in line}
    assert {letter for letter in drawn if letter.isprintable() and ord(letter) not in glyphs()} == set()
    font = ImageFont.truetype(str(FONT), 40)

    def shape(letter):
        image = Image.new("L", (60, 60), 255)
        ImageDraw.Draw(image).text((5, 5), letter, 0, font)
        return image

    assert ImageChops.difference(shape("社"), shape("\U0010fffd")).getbbox() is not None


BARE = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{folder}</dir><cachedir>{cache}</cachedir></fontconfig>"""

CHART = """
import base64, sys
import pandas as pd
from charts import pictures, ranks
for shown in sys.argv[1:]:
    frame = pd.DataFrame([{"kind": "ranked", "community": name, "rank": "1", "tied": False, "fraction": "46/120",
        "rate": "38.33%", "value": 38.3, "low": 30.0, "high": 47.0} for name in (shown, "甲")])
    print(base64.b64encode(pictures.png(ranks.dots(frame), 300)).decode())
"""


def test_the_chart_shows_chinese_where_no_other_font_is(tmp_path):
    (tmp_path / "fonts.conf").write_text(BARE.format(folder=tmp_path / "none", cache=tmp_path), encoding="utf-8")
    bare = {**os.environ, "FONTCONFIG_FILE": str(tmp_path / "fonts.conf"), "PYTHONPATH": str(FONT.parents[2])}
    names = ("社", "街", "\U0002fffd", "\U0003fffd")
    made = subprocess.run([sys.executable, "-c", CHART, *names], env=bare, capture_output=True, check=True, timeout=120)
    pictures = [Image.open(io.BytesIO(base64.b64decode(line))).convert("L") for line in made.stdout.splitlines()]
    one, other, none, neither = pictures
    # two characters of one width differ as pictures only where both have a glyph
    assert one.size == other.size and ImageChops.difference(one, other).getbbox() is not None
    assert ImageChops.difference(none, neither).getbbox() is None
