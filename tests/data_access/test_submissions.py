"""The only way in: revisions, withdrawal, the board as of a moment; on SQLite and PostgreSQL."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings, strategies
from sqlalchemy import select

from config import clock
from data_access import accounts, database, submissions
from data_access.accounts import Role
from data_access.force import in_force
from data_access.inbox import facts
from data_access.inbox.known import StoredHistory
from data_access.schema import ActionEvent, Callup, EveningTally, Submission
from data_access.workbooks.model import DayFigures, Portion, Row, Scope, SheetResult, WorkbookResult

DAY = date(2022, 8, 12)
MORNING = datetime(2022, 8, 12, 1, tzinfo=UTC)


def evening(total, community="锦绣社区", day=DAY, campaign="covid"):
    scope = Scope("evening", campaign, community, day)
    return Portion(scope, [Row(3, {"site": None, "vacc_total": total, "cum_d1": total})])


def register(*names):
    return [
        Portion(Scope("communities", community=name), [Row(n, {"name": name, "aliases": ()})])
        for n, name in enumerate(names, start=3)
    ]


def workbook(*portions, sha="a" * 64, findings=()):
    return WorkbookResult(
        "日报.xlsx", sha, [SheetResult("晚调度", "read", portions=list(portions), findings=list(findings))]
    )


@pytest.fixture
def actor(database_url):
    actor = accounts.console()
    submissions.save(actor, register("锦绣社区", "安康社区"))
    return actor


def totals(as_of=None):
    with database.reading() as connection:
        query = (
            select(EveningTally.vacc_total)
            .join(Submission, Submission.id == EveningTally.submission_id)
            .where(in_force(as_of))
            .order_by(EveningTally.id)
        )
        return list(connection.execute(query).scalars())


def test_a_correction_supersedes_and_the_past_stays(actor):
    with clock.at(MORNING):
        first = submissions.save(actor, [evening(46)])[0]
    with clock.at(MORNING + timedelta(hours=2)):
        second = submissions.save(actor, [evening(48)])[0]
    assert (first.revision, second.revision) == (1, 2)
    assert second.replaces[0] == first.submission
    assert totals() == [48]
    assert totals(MORNING + timedelta(hours=1)) == [46]
    assert totals(MORNING - timedelta(hours=1)) == []


def test_withdrawing_brings_the_revision_before_back(actor):
    with clock.at(MORNING):
        first = submissions.save(actor, [evening(46)])[0]
    with clock.at(MORNING + timedelta(hours=2)):
        second = submissions.save(actor, [evening(48)])[0]
    with clock.at(MORNING + timedelta(hours=4)):
        assert submissions.withdraw(actor, second.submission, "报错了") == first.submission
    assert totals() == [46]
    assert totals(MORNING + timedelta(hours=3)) == [48]
    assert totals(MORNING + timedelta(hours=5)) == [46]
    with pytest.raises(submissions.SubmissionError):
        submissions.withdraw(actor, second.submission, "再撤一次")
    with clock.at(MORNING + timedelta(hours=6)):
        assert submissions.save(actor, [evening(48)])[0].revision == 3


def test_a_withdrawal_needs_a_reason_and_a_submission(actor):
    done = submissions.save(actor, [evening(46)])[0]
    with pytest.raises(submissions.SubmissionError):
        submissions.withdraw(actor, done.submission, "  ")
    with pytest.raises(submissions.SubmissionError):
        submissions.withdraw(actor, 99_999, "没有这份")
    assert totals() == [46]


def test_the_same_content_changes_nothing(actor):
    submissions.save(actor, [evening(46)])
    before = database.data_version()
    again = submissions.save(actor, [evening(46)])[0]
    assert (again.status, again.revision) == ("unchanged", 1)
    assert database.data_version() == before


def test_a_superseded_file_handed_in_again_does_not_undo_the_correction(actor):
    submissions.commit(actor, workbook(evening(46), sha="a" * 64), b"old")
    submissions.commit(actor, workbook(evening(48), sha="b" * 64), b"new")
    again = submissions.commit(actor, workbook(evening(46), sha="a" * 64), b"old")
    assert again.status == "unchanged"
    assert [finding.code for finding in again.all_findings()] == ["FILE_SUPERSEDED"]
    assert totals() == [48]


def test_a_preview_says_what_a_commit_would_do_and_writes_nothing(actor):
    submissions.save(actor, [evening(46)])
    before = database.data_version()
    outcome = submissions.preview(actor, workbook(evening(48)))
    assert (outcome.status, outcome.sheets[0].revision) == ("committed", 2)
    assert outcome.sheets[0].comparison.changed == 1
    assert database.data_version() == before
    assert totals() == [46]


def test_scopes_do_not_touch_each_other(actor):
    submissions.save(actor, [evening(46), evening(9, "安康社区"), evening(7, day=DAY - timedelta(days=1))])
    submissions.save(actor, [evening(50)])
    assert sorted(totals()) == [7, 9, 50]


def test_every_commit_raises_the_data_version_once(actor):
    before = database.data_version()
    outcome = submissions.commit(actor, workbook(evening(46), evening(9, "安康社区")), b"bytes")
    assert outcome.data_version == database.data_version() == before + 1


def test_refused_rows_alone_are_no_submission(actor):
    portion = evening(46)
    portion.rows, portion.refused = [], 1
    outcome = submissions.commit(actor, workbook(portion), b"bytes")
    assert outcome.status == "rejected" and outcome.refused
    assert totals() == []


def test_the_original_is_kept_once_and_encrypted(actor):
    submissions.commit(actor, workbook(evening(46)), b"the very bytes")
    submissions.commit(actor, workbook(evening(46)), b"the very bytes")
    with database.reading() as connection:
        rows = connection.exec_driver_sql("SELECT content, filename FROM workbook").all()
    assert len(rows) == 1
    assert b"the very bytes" not in bytes(rows[0][0])
    assert "日报".encode() not in bytes(rows[0][1])


def person(n, name="周小满", **values):
    return Row(n, {"name": name, "id_no": f"99010119500101{n:04d}", "phone": "13900001111", "dose_no": "b", **values})


def roster(*rows):
    return Portion(Scope("roster", "covid", "锦绣社区", DAY), list(rows))


def test_people_are_stored_sealed_and_compared_by_person(actor):
    submissions.save(actor, [roster(person(3, batch_no=1), person(4, name="吴大年", batch_no=1))])
    with database.reading() as connection:
        stored = connection.exec_driver_sql("SELECT * FROM callup").all()
        plain = connection.execute(select(Callup.name, Callup.id_last4).order_by(Callup.row)).all()
    assert [tuple(row) for row in plain] == [("周小满", "0003"), ("吴大年", "0004")]
    everything = repr([tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in stored])
    assert "周小满" not in everything and "13900001111" not in everything and "99010119500101" not in everything
    moved = submissions.save(actor, [roster(person(3, batch_no=2), person(5, name="郑新来", batch_no=1))])[0]
    comparison = moved.comparison
    assert (comparison.new, comparison.changed, comparison.gone, comparison.unchanged) == (1, 1, 1, 0)


def test_a_clerk_writes_for_the_own_community_only(actor):
    clerk = accounts.create(actor, "clerk_jx", "long enough", Role.CLERK, "锦绣社区")
    assert submissions.save(clerk, [evening(46)])[0].status == "committed"
    with pytest.raises(accounts.OtherCommunityError):
        submissions.save(clerk, [evening(9, "安康社区")])
    refused = submissions.save(clerk, register("新来社区"))[0]
    assert refused.status == "rejected"
    assert [finding.code for finding in refused.findings] == ["STREET_SHEET"]
    with pytest.raises(accounts.NotAllowedError):
        submissions.withdraw(clerk, 1, "不该我撤")


def test_a_leader_writes_nothing(actor):
    leader = accounts.create(actor, "leader_one", "long enough", Role.LEADER)
    with pytest.raises(accounts.NotAllowedError):
        submissions.commit(leader, workbook(evening(46)), b"bytes")
    with pytest.raises(accounts.NotAllowedError):
        submissions.save(leader, [evening(46)])


def matter(**values):
    base = {"item_no": "D-1", "community": "锦绣社区", "issue": "楼道堆物未清", "status": "new", "due": DAY}
    return Portion(Scope("actions", topic="D-1"), [Row(3, {**base, **values})])


def test_a_matter_keeps_its_first_deadline_and_its_history(actor):
    submissions.save(actor, [matter()])
    submissions.save(actor, [matter(status="fixing", due=DAY + timedelta(days=7), extension="材料未到")])
    submissions.save(actor, [matter(status="recheck", due=DAY + timedelta(days=7), measure="已清")])
    submissions.save(actor, [matter(status="closed", due=DAY + timedelta(days=7), recheck="passed")])
    with database.reading() as connection:
        happened = list(connection.execute(select(ActionEvent.event).order_by(ActionEvent.id)).scalars())
        last = connection.execute(select(Submission.id).where(Submission.kind == "actions", in_force())).scalar_one()
        stored = facts.stored(connection, "actions", last)
    assert happened == ["found", "extended", "assigned", "fixed", "rechecked", "closed"]
    assert stored[0]["original_due"] == DAY


def test_matters_without_a_number_keep_the_one_they_are_given(actor):
    portion = matter(item_no=None)
    portion.scope = Scope("actions")
    first = submissions.commit(actor, workbook(portion), b"ledger")
    again = submissions.commit(actor, workbook(portion), b"ledger")
    assert first.sheets[0].topic and again.sheets[0].status == "unchanged"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(strategies.lists(strategies.tuples(strategies.booleans(), strategies.integers(0, 5)), max_size=12))
def test_now_and_as_of_now_always_agree(office, steps):
    """Whatever is sent and withdrawn, in force now is in force as of now."""
    actor = accounts.console()
    submissions.save(actor, register("锦绣社区"))
    sent = []
    for n, (withdraws, value) in enumerate(steps):
        with clock.at(MORNING + timedelta(minutes=n)):
            if withdraws and sent:
                number = sent.pop(value % len(sent))
                submissions.withdraw(actor, number, "试")
            else:
                outcome = submissions.save(actor, [evening(value)])[0]
                if outcome.status == "committed":
                    sent.append(outcome.submission)
    assert totals() == totals(clock.now())
    assert len(totals()) <= 1


def clerk_of(actor, community="锦绣社区"):
    return accounts.create(actor, "clerk_jx", "long enough", Role.CLERK, community)


def test_a_clerk_neither_takes_over_nor_closes_matters(actor):
    other = matter(community="安康社区", status="fixing")
    submissions.save(actor, [other])
    clerk = clerk_of(actor)
    with pytest.raises(accounts.OtherCommunityError):
        submissions.save(clerk, [matter(status="recheck", measure="已清")])  # as if it were the own community's
    submissions.save(actor, [matter(status="fixing")])
    for forbidden in (
        {"status": "closed", "recheck": "passed", "measure": "已清"},
        {"status": "fixing", "due": DAY + timedelta(days=9), "extension": "自己延期"},
        {"item_no": "D-2", "status": "new"},
    ):
        portion = matter(**forbidden)
        portion.scope = Scope("actions", topic=portion.rows[0].values["item_no"])
        outcome = submissions.save(clerk, [portion])[0]
        assert (outcome.status, outcome.rows_refused) == ("rejected", 1)
        assert [finding.code for finding in outcome.findings] == ["STREET_MATTER"]
    assert submissions.save(clerk, [matter(status="recheck", measure="已清")])[0].status == "committed"


def piece(**values):
    row = {"item_code": "1.2", "year": "2022", "photos": 1, **values}
    return Portion(Scope("evidence", community="锦绣社区", period="2022"), [Row(3, row)])


def stored_review(actor):
    with database.reading() as connection:
        number = connection.execute(select(Submission.id).where(Submission.kind == "evidence", in_force())).scalar_one()
        return facts.stored(connection, "evidence", number)[0]["review"]


def test_a_clerk_does_not_review_the_own_evidence(actor):
    clerk = clerk_of(actor)
    outcome = submissions.save(clerk, [piece(review="approved")])[0]
    assert [finding.code for finding in outcome.findings] == ["REVIEW_KEPT"]
    assert stored_review(actor) is None
    submissions.save(actor, [piece(review="approved")])
    assert submissions.save(clerk, [piece()])[0].status == "unchanged"  # the street's review stays
    submissions.save(clerk, [piece(photos=2)])  # a changed piece waits for a new one
    assert stored_review(actor) is None


def test_a_change_is_refused_when_the_page_showed_something_else(actor):
    first = submissions.save(actor, [evening(46)], seen=0)[0]
    with pytest.raises(submissions.ChangedMeanwhileError):
        submissions.save(actor, [evening(47)], seen=0)
    assert submissions.save(actor, [evening(48)], seen=first.revision)[0].revision == 2
    assert totals() == [48]


def test_what_is_known_of_a_day_is_whole_or_missing(actor):
    def known(campaign="covid"):
        with database.reading() as connection:
            return StoredHistory(connection, actor.street_id).day(campaign, "锦绣社区", DAY)

    assert known() == DayFigures()
    submissions.save(actor, [roster(person(3), person(4))])
    assert (known().roster_rows, known().roster_vaccinated) == (2, None)  # no outcome has come back yet
    submissions.save(actor, [roster(person(3, outcome="no_show"), person(4, outcome="vaccinated"))])
    assert (known().roster_rows, known().roster_vaccinated) == (2, 1)
    two_sites = evening(46)
    two_sites.rows[0].values["site"] = "甲点"
    two_sites.rows.append(Row(4, {"site": "乙点", "vacc_total": 4, "cum_d1": None}))
    submissions.save(actor, [two_sites])
    assert known().evening["vacc_total"] == 50
    assert known().evening["cum_d1"] is None
