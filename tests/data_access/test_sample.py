"""The sample street: same seed, same files; nothing refused, every planted trait there, no name in plain."""

import hashlib
from collections import Counter
from datetime import date, time, timedelta
from fractions import Fraction
from itertools import pairwise
from random import Random

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from config import clock
from config.campaigns import sample_campaigns
from config.catalogue import workstreams
from config.settings import settings
from data_access import accounts, database, sample
from data_access.__main__ import main
from data_access.accounts import NotAllowedError, Role
from data_access.force import in_force
from data_access.office import streets
from data_access.reports import directory
from data_access.sample.actions import matters
from data_access.sample.days import baselines
from data_access.sample.parcels import Post
from data_access.sample.people import People
from data_access.sample.progress import COMPUTED
from data_access.sample.street import parts, places
from data_access.sample.vaccination import simulate
from data_access.schema import (
    ActionEvent,
    ActionItem,
    Attachment,
    Baseline,
    Callup,
    Campaign,
    Community,
    CommunityEntry,
    EveningTally,
    Evidence,
    Finding,
    PlanItem,
    Progress,
    Site,
    SiteEntry,
    Street,
    Submission,
    Target,
)
from data_access.sheets.identity import number_is_valid

UNTIL = date(2026, 3, 20)
SIZE = {"communities": 6, "days": 5, "seed": 7}


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


def rows(*columns, where=()):
    """Rows of one table, or of several that the conditions bind together."""
    with database.reading() as connection:
        return connection.execute(select(*columns).where(*where)).all()


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
    _made, _cast, drive = drive_of(6, 5)
    words |= {call.person.id_no for day in drive.days.values() for call in day.calls}
    words = sorted(word for word in words if len(word) > 2)[::4]
    stored = b"".join(path.read_bytes() for path in loaded[0].glob("street.db*"))
    assert "社区".encode() in stored
    assert [word for word in words if word.encode() in stored] == []


def test_invented_numbers_pass_every_check_and_belong_to_no_region():
    people = People(Random(1))
    made = [people.person("adult", 3, UNTIL) for _ in range(200)]
    assert len({person.id_no for person in made}) == 200
    for person in made:
        assert list(number_is_valid("on")({"id_no": person.id_no})) == []
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
        sample.load(accounts.actor("lisi"), communities=2, days=1)
    assert rows(Street.is_sample) == [(False,)]


def test_the_sample_does_not_end_in_the_future(office):
    office.now("2026-03-21T08:00")
    with pytest.raises(sample.SampleError, match="2026-03-22"):
        sample.load(office.console, communities=2, days=1, until=date(2026, 3, 22))


# What is planted -----------------------------------------------------------------------------------------------------


def test_the_street_is_marked_and_runs_both_campaigns(loaded):
    assert streets.is_sample(accounts.console())
    assert [campaign.code for campaign in directory.campaigns(accounts.console())] == ["covid", "flu"]
    assert {row[0] for row in rows(Submission.kind)} == {
        "communities", "sites", "baseline", "roster", "morning", "evening", "progress", "plan", "evidence", "actions",
    }  # fmt: skip


def test_reports_come_on_time_late_and_supplied_and_one_not_at_all(loaded):
    assert {row[0] for row in rows(Submission.timeliness)} >= {"on_time", "late", "supplied"}
    reported = {row.name for row in tallies(UNTIL)}
    assert {row[0] for row in rows(Community.name)} - reported == {"东湖社区"}


def test_two_are_tied_exactly_and_one_is_above_100_percent(loaded):
    with database.reading() as connection:
        surveyed = dict(
            connection.execute(
                select(Community.name, func.sum(Baseline.surveyed))
                .join(Community, Community.id == Baseline.community_id)
                .join(Campaign, Campaign.id == Baseline.campaign_id)
                .where(Campaign.code == "covid")
                .group_by(Community.name)
            ).all()
        )
    for day in (UNTIL - timedelta(days=1), UNTIL):
        shares = {row.name: Fraction(row.cum_d1, surveyed[row.name]) for row in tallies(day, EveningTally.cum_d1)}
        assert shares["春晖社区"] == shares["向阳社区"]
        assert shares["清河社区"] > 1
    assert surveyed["春晖社区"] != surveyed["向阳社区"]


def test_tallies_disagree_with_rosters_in_every_way(loaded):
    codes = {row[0] for row in rows(Finding.code)}
    assert codes >= {
        "I1_UNEXPLAINED", "I2_CUMULATIVE", "I5_PLAN_ROSTER", "I6_VACCINATED_ROSTER", "SUPPLY_GAP",
        "AEFI_CASE_NEEDED", "ZERO_NOT_CONFIRMED",
    }  # fmt: skip
    noted = {row.diff_note is None for row in tallies(UNTIL, EveningTally.diff_note, EveningTally.reconciled)}
    assert noted == {True, False}


def test_one_batch_of_the_day_is_over_capacity(loaded):
    with database.reading() as connection:
        full = connection.execute(
            select(Site.name, Callup.batch_no)
            .select_from(Callup)
            .join(Submission, Submission.id == Callup.submission_id)
            .join(Site, Site.id == Callup.site_id)
            .join(SiteEntry, SiteEntry.site_id == Site.id)
            .where(in_force(), Callup.vaccination_date == UNTIL)
            .group_by(Site.name, Callup.batch_no, SiteEntry.batch_capacity)
            .having(func.count() > SiteEntry.batch_capacity)
        ).all()
    assert full == [("卫生中心", 2)]


def test_totals_rise_by_what_was_given_except_where_planted(loaded):
    days = [UNTIL - timedelta(days=ago) for ago in (4, 3, 2, 1, 0)]
    given, total = EveningTally.vacc_d1.label("given"), EveningTally.cum_d1.label("total")
    odd = []
    for before, after in pairwise(days):
        earlier = {row.name: row.total for row in tallies(before, total)}
        odd += [
            (row.name, (after - UNTIL).days, row.total - earlier[row.name] - row.given)
            for row in tallies(after, total, given)
            if row.name in earlier and row.total - earlier[row.name] != row.given
        ]
    assert odd == [("文昌社区", -1, -2), ("文昌社区", 0, 1)]


def test_a_correction_the_next_morning_is_revision_2(loaded):
    corrected = rows(
        Community.name,
        Submission.received_at,
        where=(
            Community.id == Submission.community_id,
            Submission.kind == "evening",
            Submission.revision == 2,
            Submission.business_date == UNTIL - timedelta(days=1),
        ),
    )
    assert [row.name for row in corrected] == ["文昌社区"]
    assert clock.local(corrected[0].received_at).date() == UNTIL
    first = rows(
        EveningTally.vacc_d1,
        Submission.revision,
        where=(
            Submission.id == EveningTally.submission_id,
            Community.id == Submission.community_id,
            Community.name == "文昌社区",
            Submission.business_date == UNTIL - timedelta(days=1),
            EveningTally.vacc_d2.is_not(None),
        ),
    )
    by_revision = {row.revision: row.vacc_d1 for row in first}
    assert by_revision[2] == by_revision[1] + 2


def test_rosters_come_back_with_outcomes_and_tomorrow_is_called_up(loaded):
    outcomes = {row[0] for row in rows(Callup.outcome, where=(Callup.vaccination_date == UNTIL,))}
    assert {"pending", "vaccinated", "no_show", "unexplained"} <= outcomes
    tomorrow = {row[0] for row in rows(Callup.outcome, where=(Callup.vaccination_date == UNTIL + timedelta(days=1),))}
    assert tomorrow == {"pending"}


def test_action_items_are_in_every_state(loaded):
    with database.reading() as connection:
        items = connection.execute(
            select(ActionItem.status, ActionItem.due, ActionItem.original_due, ActionItem.extension)
            .join(Submission, Submission.id == ActionItem.submission_id)
            .where(in_force())
        ).all()
    assert {item.status for item in items} == {"new", "fixing", "recheck", "closed", "relapsed"}
    open_items = [item for item in items if item.status != "closed"]
    assert any(item.due < UNTIL for item in open_items)
    assert any(0 <= (item.due - UNTIL).days <= 3 for item in open_items)
    assert any(item.due > item.original_due and item.extension for item in open_items)
    events = {row[0] for row in rows(ActionEvent.event)}
    assert events >= {"found", "assigned", "fixed", "rechecked", "closed", "reopened", "extended"}


def test_workstreams_have_progress_a_zero_that_happened_and_one_unconfirmed(loaded):
    shown = {stream.slug for stream in workstreams() if stream.matrix}
    assert {row[0] for row in rows(Progress.workstream)} >= shown
    happened = rows(
        Community.name,
        where=(Community.id == Progress.community_id, Progress.indicator == "FIRE-08", Progress.done > 0),
    )
    assert happened == [("向阳社区",)]
    assert len(rows(Progress.id, where=(Progress.indicator == "SAFE-11", Progress.zero_confirm.is_(None)))) == 1
    unreported = rows(
        Progress.id,
        where=(
            Community.id == Progress.community_id,
            Progress.workstream == "civilised_community",
            Community.name == "东湖社区",
        ),
    )
    assert unreported == []


def done_by(code, period):
    """What each community has reported of a count in a period."""
    found = rows(
        Community.name,
        Progress.done,
        where=(Community.id == Progress.community_id, Progress.indicator == code, Progress.period == period),
    )
    return {row.name: row.done for row in found}


def test_every_indicator_in_use_is_reported_this_year_and_totals_bring_what_stood_before(loaded):
    enabled = {item.code: item for stream in workstreams() for item in stream.enabled}
    begun = {code for code, item in enabled.items() if item.window_in(2026)[0] <= UNTIL}
    assert {row[0] for row in rows(Progress.indicator)} == begun - COMPUTED
    before = {row[0] for row in rows(Progress.indicator, where=(Progress.period == "2025",))}
    assert before == {code for code, item in enabled.items() if item.accrual == "cumulative_all_time"}
    opening, total, added = done_by("HC-10", "2025"), done_by("HC-10", "2026-03"), done_by("HC-09", "2026-03")
    assert total == {name: opening[name] + added[name] for name in total}
    assert total["春晖社区"] > opening["春晖社区"] > 0


def test_over_a_year_each_season_is_reported_in_its_own_months_and_nothing_is_left_out():
    made, cast, drive = drive_of(3, 2, date(2026, 12, 31))
    sent = [
        row
        for parcel in Post("示范街道", made, cast, drive, 7).parcels(clock.wall(drive.last, time(22, 0)))
        for kind, _title, found in parcel.sheets
        if kind == "progress"
        for row in found
    ]
    enabled = {item.code: item for stream in workstreams() for item in stream.enabled}
    assert {row["indicator"] for row in sent} == set(enabled) - COMPUTED
    for code, item in enabled.items():
        if item.window:
            told = {row["period"] for row in sent if row["indicator"] == code}
            start, end = item.window_in(2026)
            assert told == {f"2026-{month:02d}" for month in range(start.month, end.month + 1)}


def test_the_silent_community_says_nothing_of_the_running_month(loaded):
    silent = rows(
        Progress.period,
        where=(Community.id == Progress.community_id, Community.name == "东湖社区"),
    )
    assert max(row[0] for row in silent) == "2026-02"


def test_steps_of_a_funnel_never_widen_and_inspections_find_more_than_is_mended(loaded):
    for stream in workstreams():
        for funnel in stream.funnels:
            steps = [done_by(code, "2026-03") for code in funnel.steps]
            for wide, narrow in pairwise(steps):
                assert wide.keys() == narrow.keys() and wide
                assert all(narrow[name] <= wide[name] for name in wide)
    found = rows(Progress.problems_found, Progress.problems_mended, where=(Progress.problems_found > 0,))
    assert len(found) > 10
    assert all(row.problems_mended < row.problems_found for row in found)


def test_matters_and_reports_are_told_as_they_are_in_the_other_sheets(loaded):
    """整改 as in the ledger, the cumulative doses as in the evening tallies."""
    told = rows(
        Community.name,
        Progress.num,
        Progress.den,
        where=(Community.id == Progress.community_id, Progress.indicator == "RECT-01", Progress.period == "2026-03"),
    )
    eve = UNTIL - timedelta(days=1)
    known = [(matter.at(eve) or {}) for matter in matters(drive_of(6, 5)[0], UNTIL, 7)]
    for row in told:
        own = [now for now in known if now.get("community") == row.name]
        assert (row.num, row.den) == (sum(now["status"] == "closed" for now in own), len(own))
    assert len(told) == 5
    doses = {
        row.name: row.num
        for row in rows(
            Community.name,
            Progress.num,
            where=(Community.id == Progress.community_id, Progress.indicator == "VAX-03"),
        )
    }
    reported = {row.name: row.cum_d1 for row in tallies(eve, EveningTally.cum_d1)}
    assert doses == {name: reported[name] for name in doses} and doses


def test_weekly_plans_say_what_is_done_and_what_is_open(loaded):
    items = rows(Community.name, PlanItem.week, PlanItem.outcome, where=(Community.id == PlanItem.community_id,))
    assert {item.outcome for item in items} == {"done", "open"}
    assert {item.week for item in items} == {"2026-W12"}
    assert {item.name for item in items} == {row[0] for row in rows(Community.name)} - {"东湖社区"}


def test_small_communities_have_targets_of_their_own(loaded):
    own = rows(
        Community.name,
        Target.value,
        Target.valid_from,
        where=(Community.id == Target.community_id, Target.indicator == "HC-09"),
    )
    size = {place.name: place.surveyed for place in drive_of(6, 5)[0]}
    assert {row.name for row in own} == {name for name, surveyed in size.items() if surveyed < 900}
    assert all(row.value == 5 * round(300 * size[row.name] / 900 / 5) for row in own)
    assert {row.valid_from for row in own} == {date(2026, 1, 1)}


def test_pictures_lie_beside_evidence_that_has_some(loaded):
    attached = rows(Attachment.record, Attachment.media_type, Attachment.thumbnail, Attachment.community_id)
    assert len(attached) > 5
    assert {row.media_type for row in attached} == {"png"} and all(row.thumbnail for row in attached)
    pictured = rows(Evidence.item_code, Evidence.event_no, Evidence.community_id, where=(Evidence.photos > 0,))
    named = {(f"2026/{code}" + (f"/{event}" if event else ""), community) for code, event, community in pictured}
    assert {(row.record, row.community_id) for row in attached} <= named


def test_evidence_is_in_several_states_of_review(loaded):
    assert {row[0] for row in rows(Evidence.review)} == {"approved", "pending", "returned"}
    assert {row[0] for row in rows(Evidence.item_code)} >= {"1.4", "2.10", "3.2", "4.6"}
    assert {row[0] for row in rows(Community.name, where=(Evidence.community_id == Community.id,))} == {
        row[0] for row in rows(Community.name)
    }


# Any size and hour ---------------------------------------------------------------------------------------------------


def drive_of(communities, days, until=UNTIL):
    made = places(communities, Random("7:street"), days)
    first = until - timedelta(days=days - 1)
    return made, parts(communities), simulate(made, parts(communities), sample_campaigns(), first, until, 7)


@pytest.mark.parametrize(("communities", "days"), [(2, 1), (3, 2), (12, 30), (40, 14), (3, 366)])
def test_any_size_gives_consistent_totals(communities, days):
    made, cast, drive = drive_of(communities, days)
    for (campaign, index, _day), one in drive.days.items():
        totals, base = one.totals, drive.bases[campaign, index]
        assert one.walk_ins["d1"] >= one.forgotten
        assert totals["d1"] >= totals.get("full", 0) >= totals.get("b", 0) >= 0
        assert all(count >= 0 for count in base.opening.values())
        if campaign == "covid" and index != cast.above:
            assert totals["d1"] <= base.surveyed
    groups = baselines(made, drive, UNTIL)
    for row in groups:
        assert row.get("opening_b", 0) <= row.get("opening_full", 0) <= row["opening_d1"] or row["campaign"] == "flu"
    for (campaign, index), base in drive.bases.items():
        own = [row for row in groups if row["campaign"] == campaign and row["community"] == made[index].name]
        assert sum(row["surveyed"] for row in own) == base.surveyed
        assert sum(row["opening_d1"] for row in own) == base.opening["d1"]


def test_the_street_of_issue_size_calls_up_60_to_150_people_a_day_and_fewer_at_weekends():
    _made, _cast, drive = drive_of(12, 30)
    people = Counter()
    for (_campaign, _index, day), one in drive.days.items():
        people[day] += len(one.calls)
    assert min(people.values()) >= 60
    assert max(people.values()) <= 150
    weekend = [count for day, count in people.items() if day.weekday() >= 5]
    week = [count for day, count in people.items() if day.weekday() < 5]
    assert sum(weekend) / len(weekend) < 0.85 * sum(week) / len(week)


def test_coverage_rises_slowly_then_fast_then_slowly():
    _made, _cast, drive = drive_of(12, 30)
    by_day = Counter()
    for (campaign, _index, day), one in drive.days.items():
        if campaign == "covid" and day <= UNTIL:
            by_day[day] += one.totals["d1"]
    curve = [by_day[day] for day in sorted(by_day)]
    first, middle, last = curve[9] - curve[0], curve[19] - curve[9], curve[29] - curve[19]
    assert middle > 1.15 * first
    assert middle > 1.15 * last
    assert 0.4 < curve[0] / 8360 < 0.8
    assert 0.6 < curve[-1] / 8360 < 0.95


@pytest.mark.parametrize(
    ("hour", "kinds"),
    [("08:42", {"roster", "morning"}), ("16:00", {"roster", "morning"}), ("19:00", {"roster", "morning", "evening"})],
)
def test_nothing_is_there_that_has_not_arrived_by_now(hour, kinds):
    made, cast, drive = drive_of(4, 3)
    now = clock.wall(UNTIL, time.fromisoformat(hour))
    found = Post("示范街道", made, cast, drive, 7).parcels(now)
    assert all(parcel.arrival <= now for parcel in found)
    today = {
        kind for parcel in found for kind, title, _rows in parcel.sheets if "3月20日" in title and "核对" not in title
    }
    assert today - {"actions", "evidence", "progress"} == kinds
    tomorrow = [parcel for parcel in found if "3月21日接种名单" in parcel.name]
    assert bool(tomorrow) == (hour == "19:00")


def test_the_command_line_loads_it_and_says_no_the_second_time(office):
    office.now("2026-03-21T08:42")
    asked = ["sample", "--communities", "2", "--days", "1", "--seed", "3", "--until", "2026-03-20"]
    runner = CliRunner()
    done = runner.invoke(main, asked)
    assert done.exit_code == 0, done.output
    with pytest.raises(streets.StreetInUseError):
        runner.invoke(main, asked, catch_exceptions=False)
