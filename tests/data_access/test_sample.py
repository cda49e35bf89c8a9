"""The sample street: the same files from the same seed, nothing refused, every planted trait there, no name in plain."""

import hashlib
from collections import defaultdict
from datetime import date
from fractions import Fraction

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from config import clock
from config.campaigns import default_campaigns, sample_campaigns
from config.settings import settings
from data_access import accounts, database, sample, streets, submissions
from data_access.__main__ import main
from data_access.accounts import NotAllowedError, Role
from data_access.force import in_force
from data_access.reports import directory
from data_access.reports.view import View
from data_access.sample.parcels import Post
from data_access.sample.people import People
from data_access.sample.street import parts, places
from data_access.sample.vaccination import simulate
from data_access.schema import (
    ActionItem,
    Baseline,
    Callup,
    Campaign,
    Community,
    CommunityEntry,
    EveningTally,
    Evidence,
    Finding,
    Progress,
    Street,
    Submission,
    Workbook,
)
from data_access.sheets.identity import number_is_valid
from random import Random

UNTIL = date(2026, 3, 20)
SIZE = {"communities": 4, "days": 5, "seed": 7}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """A small sample street on SQLite, loaded once for all tests that only look."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("sample")
        patch.setenv("STREET_DATA_DIR", str(folder))
        patch.delenv("STREET_DATABASE_URL", raising=False)
        patch.setenv("STREET_NOW", "2026-03-21T08:00:00+08:00")
        settings.cache_clear()
        database.close_all()
        told = []
        result = sample.load(
            accounts.console(),
            **SIZE,
            folder=folder / "files",
            until=UNTIL,
            progress=lambda done, total, text: told.append((done, total, text)),
        )
        yield folder, result, told
        database.close_all()
    settings.cache_clear()


def rows(*columns, where=(), joins=()):
    with database.reading() as connection:
        query = select(*columns)
        for target, condition in joins:
            query = query.join(target, condition)
        return connection.execute(query.where(*where)).all()


def tallies(day, *columns):
    """Evening tallies of the first campaign in force on a day: community and the columns asked for."""
    with database.reading() as connection:
        return connection.execute(
            select(Community.name, *columns)
            .select_from(EveningTally)
            .join(Submission, Submission.id == EveningTally.submission_id)
            .join(Community, Community.id == EveningTally.community_id)
            .join(Campaign, Campaign.id == EveningTally.campaign_id)
            .where(in_force(), Campaign.code == "covid", EveningTally.biz_date == day)
            .order_by(Community.position)
        ).all()


# Files -------------------------------------------------------------------------------------------------------------


def digests(files):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path):
    size = {"communities": 3, "days": 2, "until": UNTIL}
    first = digests(sample.write(tmp_path / "a", seed=3, **size))
    assert digests(sample.write(tmp_path / "b", seed=3, **size)) == first
    other = digests(sample.write(tmp_path / "c", seed=4, **size))
    assert {name for name in first if other.get(name) == first[name]} == {"示范街道接种点.xlsx"} & set(first)


def test_files_are_kept_where_asked_and_bear_the_names_clerks_give_them(loaded):
    folder, result, told = loaded
    names = {path.name for path in (folder / "files").iterdir()}
    assert len(names) == result.workbooks == len(told)
    assert {"春晖社区3月20日晚调度.xlsx", "示范街道3月18日早会商（汇总）.xlsx", "示范街道摸底台账.xlsx"} <= names
    assert told[-1][:2] == (len(told), len(told))


# What must not happen ------------------------------------------------------------------------------------------------


def test_nothing_is_refused(loaded):
    assert rows(Finding.code, Finding.sheet, Finding.cell, where=(Finding.severity == "error",)) == []
    assert rows(func.sum(Submission.rows_refused))[0][0] == 0
    assert loaded[1].submissions == rows(func.count(Submission.id))[0][0]


def test_no_personal_data_stands_in_plain_in_the_database(loaded):
    people = rows(Callup.name, Callup.phone, Callup.batch_leader, Callup.reason)
    assert len(people) > 200
    words = {word for person in people for word in person if word}
    words |= {word for row in rows(CommunityEntry.lead_cadre, CommunityEntry.liaison_phone) for word in row}
    words |= {word for row in rows(ActionItem.owner, ActionItem.issue) for word in row if word}
    places_, cast = places(4, Random("7:street")), parts(4)
    drive = simulate(places_, cast, sample_campaigns(), date(2026, 3, 16), UNTIL, 7)
    words |= {call.person.id_no for day in drive.days.values() for call in day.calls}
    stored = b"".join(path.read_bytes() for path in loaded[0].glob("street.db*"))
    assert len(stored) > 100_000
    assert [word for word in words if len(word) > 2 and word.encode() in stored] == []


def test_invented_numbers_pass_every_check_and_belong_to_no_region():
    people = People(Random(1))
    made = [people.person("adult", 3, UNTIL) for _ in range(200)]
    assert len({person.id_no for person in made}) == 200
    for person in made:
        assert list(number_is_valid({"id_no": person.id_no})) == []
        assert person.id_no.startswith("99")
        assert person.phone.startswith("100")
        assert 18 <= person.age(UNTIL) <= 59


def test_a_street_with_data_stays_as_it_is(loaded):
    before = database.data_version()
    with pytest.raises(streets.StreetInUseError):
        sample.load(accounts.console(), **SIZE, until=UNTIL)
    assert database.data_version() == before


def test_only_an_administrator_makes_a_sample(database_url):
    admin = accounts.console()
    accounts.create(admin, "lisi", "correct-horse-battery", Role.SUPERVISOR)
    with pytest.raises(NotAllowedError):
        sample.load(accounts.actor("lisi"), communities=2, days=1, until=UNTIL)
    assert rows(Street.is_sample) == [(False,)]


def test_the_sample_does_not_end_in_the_future(database_url, monkeypatch):
    monkeypatch.setenv("STREET_NOW", "2026-03-21T08:00:00+08:00")
    settings.cache_clear()
    with pytest.raises(sample.SampleError):
        sample.load(accounts.console(), communities=2, days=1, until=date(2026, 3, 22))


# What is planted -----------------------------------------------------------------------------------------------------


def test_the_street_is_marked_and_runs_both_campaigns(loaded):
    assert streets.is_sample(accounts.console())
    assert [campaign.code for campaign in directory.campaigns(accounts.console())] == ["covid", "flu"]
    assert len(default_campaigns()) == 1
    assert {row[0] for row in rows(Submission.kind)} == {
        "communities", "sites", "baseline", "roster", "morning", "evening", "progress", "evidence", "actions",
    }  # fmt: skip


def test_reports_come_on_time_late_and_supplied_and_one_not_at_all(loaded):
    assert {row[0] for row in rows(Submission.timeliness)} >= {"on_time", "late", "supplied"}
    reported = {row.name for row in tallies(UNTIL)}
    assert {row[0] for row in rows(Community.name)} - reported == {"桃园社区"}


def test_two_are_tied_exactly_and_one_is_above_100_percent(loaded):
    view = View(accounts.console(), UNTIL, "covid")
    assert len(directory.communities(view)) == 4
    surveyed = dict(
        rows(
            Community.name,
            func.sum(Baseline.surveyed),
            joins=((Submission, Submission.id == Baseline.submission_id), (Community, Community.id == Baseline.community_id)),
            where=(Submission.campaign_id == 1,),
        )
        if False
        else _surveyed()
    )
    shares = {row.name: Fraction(row.cum_d1, surveyed[row.name]) for row in tallies(UNTIL, EveningTally.cum_d1)}
    assert shares["春晖社区"] == shares["向阳社区"]
    assert surveyed["春晖社区"] != surveyed["向阳社区"]
    assert shares["清河社区"] > 1


def _surveyed():
    with database.reading() as connection:
        return connection.execute(
            select(Community.name, func.sum(Baseline.surveyed))
            .join(Community, Community.id == Baseline.community_id)
            .join(Campaign, Campaign.id == Baseline.campaign_id)
            .where(Campaign.code == "covid")
            .group_by(Community.name)
        ).all()
