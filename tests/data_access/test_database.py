"""The shared database on SQLite and PostgreSQL: migrations, the data version, one writer at a time, keys."""

import json
import stat
import threading
from datetime import date

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import MetaData, delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from config import clock
from config.settings import settings
from data_access import accounts, database, privacy, submissions
from data_access.access import visits
from data_access.faults import FaultError
from data_access.schema import Account, Base, Community, DataVersion, MorningTally, Street, Submission


def test_migrations_make_exactly_the_declared_schema(bare_url):
    with database.reading() as connection:
        # the types of our own decorators compare as their storage; columns, keys and indexes are what can drift
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        differences = compare_metadata(context, Base.metadata)
    assert differences == []


def test_preparing_twice_changes_nothing(database_url):
    before = database.data_version()
    database.close_all()
    assert database.data_version() == before
    with database.reading() as connection:
        assert len(connection.execute(select(Street.id)).all()) == 1


def test_a_database_of_the_first_schema_comes_along_with_all_that_is_in_it(bare_url):
    _first_schema_with_data()
    assert database.data_version() == 7
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, Base.metadata) == []
        found = connection.execute(select(Submission.id, Submission.superseded_at, Submission.batch_id)).all()
        facts = connection.execute(select(MorningTally.submission_id, MorningTally.planned)).all()
        if connection.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    assert [(row.id, row.superseded_at is None, row.batch_id) for row in found] == [(1, False, None), (2, True, None)]
    assert sorted(facts) == [(1, 30), (2, 31)]
    assert submissions.withdraw(accounts.console(), 2, "数字报错") == 1
    with pytest.raises(IntegrityError), database.writing() as connection:
        connection.execute(update(Submission).values(batch_id=99))
    with pytest.raises(IntegrityError), database.writing() as connection:
        connection.execute(delete(Submission).where(Submission.id == 1))  # its facts still hang on it


def _first_schema_with_data():
    """The database as the first release left it: a register of one community and two versions of a morning tally."""
    config, now, seal = Config(), clock.now(), privacy.keys().seal
    config.set_main_option("script_location", str(database.MIGRATIONS))
    with database.engine().execution_options(writing=True).connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        old = MetaData()
        old.reflect(connection)
        assert "batch" not in old.tables and "batch_id" not in old.tables["submission"].columns

        def put(table, **values):
            connection.execute(insert(old.tables[table]).values(values))

        key = privacy.keys().fingerprint
        put("data_version", id=1, version=7, changed_at=now, key_fingerprint=key)
        put("street", id=1, code="street", name="示范街道", is_sample=False)
        account = {"username": "console", "role": "admin", "created_at": now, "generation": 1, "failures": 0}
        put("account", id=1, street_id=1, must_change=False, **account)
        put("campaign", id=1, street_id=1, code="covid", position=1, definition={})
        put("community", id=1, street_id=1, name="春晖社区", code="C01", position=1)
        sealed = {"filename": seal("早.xlsx".encode()), "content": seal(b"PK")}
        put("workbook", id=1, street_id=1, sha256="0" * 64, size=2, account_id=1, received_at=now, **sealed)
        common = {"street_id": 1, "campaign_id": 1, "community_id": 1}
        for number, over in ((1, now), (2, None)):
            scope = {"scope": "morning/1/1/2022-08-12", "kind": "morning", "business_date": date(2022, 8, 12)}
            times = {"received_at": now, "committed_at": now, "superseded_at": over}
            counts = {"workbook_id": 1, "account_id": 1, "rows_accepted": 1, "rows_refused": 0}
            put("submission", id=number, revision=number, **common, **scope, **times, **counts)
            fact = {"submission_id": number, "row": 3, "biz_date": date(2022, 8, 12), "planned": 29 + number}
            put("morning_tally", id=number, **common, **fact)
        put("finding", id=1, street_id=1, workbook_id=1, submission_id=1, code="X", severity="info",
            personal=False, first_seen=now, resolved_at=now)  # fmt: skip
        if connection.dialect.name == "postgresql":
            for table in old.tables.values():
                if "id" in table.columns and table.name != "data_version":
                    connection.exec_driver_sql(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), 100)")


def test_a_later_schema_is_refused_and_left_alone(database_url):
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close_all()
    with pytest.raises(FaultError, match="更新版本"):
        database.data_version()


def test_writers_take_turns_and_none_is_lost(database_url):
    start = database.data_version()
    failures = []

    def write(n):
        try:
            with database.writing() as connection:
                seen = connection.execute(select(DataVersion.version)).scalar_one()
                connection.execute(insert(Community).values(street_id=1, name=f"c{n}", code=f"c{n}", position=seen))
                database.raise_version(connection)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert database.data_version() == start + 12
    with database.reading() as connection:
        positions = connection.execute(select(Community.position)).scalars().all()
    assert sorted(positions) == list(range(start, start + 12))  # each saw what the one before had written


def test_a_transaction_that_fails_leaves_nothing(database_url):
    before = database.data_version()
    with pytest.raises(RuntimeError), database.writing() as connection:
        connection.execute(insert(Community).values(street_id=1, name="x", code="x", position=1))
        database.raise_version(connection)
        raise RuntimeError
    assert database.data_version() == before
    with database.reading() as connection:
        assert connection.execute(select(Community.id)).first() is None


def test_instants_come_back_in_utc_and_need_an_offset(database_url):
    with database.reading() as connection:
        made = connection.execute(select(Account.created_at)).scalar_one()
        assert made.utcoffset().total_seconds() == 0
    with pytest.raises(Exception, match="offset"), database.writing() as connection:
        connection.execute(select(Submission.id).where(Submission.committed_at <= clock.now().replace(tzinfo=None)))


def test_the_key_file_is_made_once_for_its_owner_alone(bare_office):
    path = settings().data_dir / privacy.KEY_FILE
    database.prepare()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    first = path.read_bytes()
    database.close_all()
    database.prepare()
    assert path.read_bytes() == first


def test_another_key_is_refused(office):
    database.prepare()
    path = settings().data_dir / privacy.KEY_FILE
    path.unlink()
    privacy._load.cache_clear()
    database.close_all()
    with pytest.raises(privacy.KeyFileError):
        database.data_version()


def test_a_damaged_key_file_is_named(office):
    path = settings().data_dir / privacy.KEY_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{half")
    with pytest.raises(privacy.KeyFileError, match=r"street\.key"):
        privacy.keys()


def test_a_missing_key_is_not_replaced_by_a_new_one(office):
    path = settings().data_dir / privacy.KEY_FILE
    kept = path.read_bytes()
    path.unlink()
    privacy._load.cache_clear()
    database.close_all()
    with pytest.raises(privacy.KeyFileError, match=r"没有密钥文件 street\.key"):
        database.data_version()
    assert not path.exists()
    path.write_bytes(kept)
    assert database.data_version() >= 1, "put back, it opens without a restart"


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"fields": {}}', '{"fields": {"1": "c2hvcnQ="}}', "\x00\x01"])
def test_a_key_file_with_anything_else_in_it_is_named_and_left_alone(office, content, caplog):
    path = settings().data_dir / privacy.KEY_FILE
    whole = json.loads(path.read_text())
    if content.startswith('{"fields'):
        content = json.dumps({**whole, **json.loads(content)})
    path.write_text(content)
    path.chmod(0o644)
    privacy._load.cache_clear()
    with pytest.raises(privacy.KeyFileError, match=r"street\.key"):
        privacy.keys()
    assert path.read_text() == content
    older = {"field": whole["fields"]["1"], "hash": whole["hash"], "cookie": whole["cookie"]}
    path.write_text(json.dumps(older))  # as they were written before keys could be changed
    assert privacy.keys().open(privacy.keys().seal(b"x")) == b"x" and "chmod 600" in caplog.text


def test_sealed_text_is_not_in_the_database_and_opens_only_with_its_key(office):
    sealed = privacy.keys().seal("张三".encode())
    assert "张三".encode() not in sealed
    assert privacy.keys().open(sealed).decode() == "张三"
    other = privacy.Keys(b"0" * 32, b"1" * 32, "cookie")
    with pytest.raises(privacy.KeyFileError):
        other.open(sealed)


def test_first_start_makes_one_administrator_only(database_url):
    assert not accounts.exist()
    admin = accounts.create_first_administrator("admin_sf", "long enough", "示范街道")
    assert admin.role == accounts.Role.ADMIN
    assert accounts.exist()
    with pytest.raises(accounts.AccountError):
        accounts.create_first_administrator("second_one", "long enough", "示范街道")


def test_passwords_and_names_have_rules(office):
    with pytest.raises(accounts.AccountError):
        accounts.create_first_administrator("admin_sf", "short", "x")
    with pytest.raises(accounts.AccountError):
        accounts.create_first_administrator("不行", "long enough", "x")


def test_who_may_not_is_told_who_may(office):
    admin = accounts.create_first_administrator("admin_sf", "long enough", "")
    leader = accounts.create(admin, "leader_one", "long enough", accounts.Role.LEADER)
    with pytest.raises(accounts.NotAllowedError, match="督导员"):
        leader.require(accounts.Capability.UPLOAD)
    with pytest.raises(accounts.NotAllowedError):
        accounts.create(leader, "another1", "long enough", accounts.Role.ADMIN)
    with pytest.raises(accounts.AccountError):  # a clerk belongs to a community
        accounts.create(admin, "clerk_one", "long enough", accounts.Role.CLERK, "无此社区")


def test_a_disabled_account_acts_no_more(office):
    accounts.create_first_administrator("admin_sf", "long enough", "")
    admin = accounts.actor("admin_sf")
    accounts.create(admin, "leader_one", "long enough", accounts.Role.LEADER)
    carried = visits.begin(accounts.actor("leader_one"))
    assert visits.resume(carried) is not None
    accounts.disable(admin, "leader_one")
    assert visits.resume(carried) is None
    with pytest.raises(accounts.AccountError):
        accounts.actor("leader_one")


def test_the_office_cannot_lock_itself_out(office):
    admin = accounts.create_first_administrator("admin_sf", "long enough", "")
    with pytest.raises(accounts.AccountError):
        accounts.disable(admin, "admin_sf")
    with pytest.raises(accounts.AccountError):
        accounts.disable(admin, database.CONSOLE)
    with pytest.raises(accounts.AccountError):
        accounts.set_password(admin, database.CONSOLE, "long enough")
    accounts.create(admin, "admin_two", "long enough", accounts.Role.ADMIN)
    accounts.disable(admin, "admin_sf")
    assert accounts.actor("admin_two").role == accounts.Role.ADMIN


def test_a_changed_password_ends_sessions(office):
    accounts.create_first_administrator("admin_sf", "long enough", "")
    admin = accounts.actor("admin_sf")
    accounts.set_password(admin, "admin_sf", "even longer one")
    assert accounts.actor("admin_sf").generation == admin.generation + 1


@pytest.mark.parametrize(
    ("mask", "plain", "shown"),
    [
        (privacy.mask_name, "欧阳小明", "欧*"),
        (privacy.mask_name, None, ""),
        (privacy.mask_phone, "13812345678", "138****5678"),
        (privacy.mask_phone, "8612345", "****45"),
        (privacy.mask_document, "123X", "****123X"),
    ],
)
def test_masks(mask, plain, shown):
    assert mask(plain) == shown


def test_a_person_is_known_by_a_keyed_hash(office):
    keys = privacy.keys()
    assert keys.person("11010119900307 123x") == keys.person("11010119900307123X")
    assert keys.person("A") != keys.person("B")
    other = privacy.Keys(keys.field, b"1" * 32, keys.cookie)
    assert other.person("A") != keys.person("A")
