"""Settings, clock and languages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from config import clock, language
from config.language import _, pick, speaking
from config.settings import HERE, settings


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Settings read anew before and after each test."""
    for name in ("STREET_NOW", "STREET_CONFIG", "STREET_DATABASE_URL", "STREET_DATA_DIR", "STREET_LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


def test_the_shipped_file_says_what_the_domain_says() -> None:
    shipped = settings()
    assert shipped.config == HERE / "street.toml" and shipped.config.is_file()
    assert shipped.street.name == "示范街道" and shipped.coverage_denominator == "surveyed"
    assert (shipped.deadlines.roster.due, shipped.deadlines.roster.due_offset) == (time(18), -1)
    assert (shipped.deadlines.evening.due, shipped.deadlines.evening.close) == (time(20), time(22))
    assert shipped.deadlines.notice == time(21, 30)
    courses = {code: product.full_course for code, product in shipped.products.items()}
    assert courses == {"inactivated": 2, "adenovirus": 1, "recombinant": 3, "influenza": 1}


def test_every_table_of_the_shipped_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "street.toml"
    text = (HERE / "street.toml").read_text(encoding="utf-8")
    changed = (
        ('name = "示范街道"', 'name = "清河街道"'),
        ('due = "20:00"', 'due = "19:30"'),
        ("small_base = 30 ", "small_base = 12 "),
        ("rows = 20000", "rows = 99"),
        ('"surveyed"  #', '"eligible"  #'),
        ("full_course = 3", "full_course = 2"),
    )
    for old, new in changed:
        assert old in text
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")
    monkeypatch.setenv("STREET_CONFIG", str(file))
    settings.cache_clear()
    read = settings()
    assert (read.street.name, read.deadlines.evening.due) == ("清河街道", time(19, 30))
    assert (read.thresholds.small_base, read.limits.rows) == (12, 99)
    assert (read.coverage_denominator, read.products["recombinant"].full_course) == ("eligible", 2)


def test_the_environment_outranks_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "street.toml"
    lines = ['language = "zh_CN"', 'database_url = "sqlite:///file.db"', "idle_minutes = 5"]
    file.write_text("\n".join(lines), encoding="utf-8")
    monkeypatch.setenv("STREET_CONFIG", str(file))
    monkeypatch.setenv("STREET_LANGUAGE", "en")
    monkeypatch.setenv("STREET_DATABASE_URL", "sqlite:///environment.db")
    settings.cache_clear()
    read = settings()
    assert (read.language, read.url, read.idle_minutes) == ("en", "sqlite:///environment.db", 5)


def test_the_database_lies_in_the_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREET_DATA_DIR", str(tmp_path))
    settings.cache_clear()
    assert settings().url == f"sqlite:///{(tmp_path / 'street.db').resolve()}"


def test_a_naive_now_is_shanghai_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREET_NOW", "2022-08-12T00:30:00")
    settings.cache_clear()
    assert clock.now() == datetime(2022, 8, 11, 16, 30, tzinfo=UTC)
    assert clock.today() == date(2022, 8, 12)
    monkeypatch.setenv("STREET_NOW", "2022-08-12T00:30:00+00:00")
    settings.cache_clear()
    assert clock.now() == datetime(2022, 8, 12, 0, 30, tzinfo=UTC)


def test_the_clock_runs_where_nothing_holds_it() -> None:
    assert clock.now().tzinfo is UTC and clock.now() <= clock.now()
    with clock.at(datetime(2022, 8, 12, 8, 40)):
        assert clock.now() == datetime(2022, 8, 12, 0, 40, tzinfo=UTC)
        assert clock.local(clock.now()).strftime("%H:%M") == "08:40"
    assert clock.now().year >= 2024


def test_wall_clock_hours() -> None:
    assert clock.wall(date(2022, 8, 12), time(20)) == datetime(2022, 8, 12, 12, tzinfo=UTC)
    assert clock.local(datetime(2022, 8, 12, 16)).date() == date(2022, 8, 13)  # as the database keeps it


def test_a_message_without_translation_falls_back_to_english() -> None:
    with speaking("zh_CN"):
        assert _("Nobody has translated this {n}.", n=3) == "Nobody has translated this 3."
    with speaking("zh_CN"):
        assert _("the file is missing") == "文件不存在"
    with speaking("en"):
        assert _("the file is missing") == "the file is missing"


def test_pick_and_unknown_languages() -> None:
    with speaking("en"):
        assert pick("社区", "community") == "community" and pick("社区", "") == "社区"
    with speaking("fr"):
        assert language.current() == "zh_CN" and pick("社区", "community") == "社区"
    with speaking("en"):
        with speaking("zh_CN"):
            assert language.current() == "zh_CN"
        assert language.current() == "en"


def test_catalogues_in_one_folder_are_merged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "zh_CN" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    (folder / "a.po").write_text(head + 'msgid "roster of {n}"\nmsgstr "名单 {n} 人"\n', encoding="utf-8")
    (folder / "b.po").write_text(head + 'msgid "tally"\nmsgstr "统计"\n\nmsgid "batch"\nmsgstr ""\n', encoding="utf-8")
    monkeypatch.setattr(language, "LOCALE", tmp_path)
    language._catalogue.cache_clear()
    try:
        with speaking("zh_CN"):
            assert [_("roster of {n}", n=50), _("tally"), _("batch")] == ["名单 50 人", "统计", "batch"]
    finally:
        language._catalogue.cache_clear()
