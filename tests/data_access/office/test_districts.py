"""Streets and districts: who founds them, who sees which, and that nothing of one street is seen from another."""

from __future__ import annotations

from dataclasses import replace

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from config import catalogue
from config.settings import settings
from data_access import accounts, database
from data_access.__main__ import main
from data_access.access import entry
from data_access.accounts import CAPABILITIES, AccountError, Capability, NotAllowedError, Role
from data_access.office import districts, overrides, streets
from data_access.office.districts import OtherStreetError
from data_access.reports import coverage, directory
from data_access.reports.view import View
from data_access.schema import Account, AuditEvent, Street
from tests.data_access.districts import FIRST, FOREIGN, PASSWORD, SECOND, THIRD, console, district, fill
from tests.data_access.street import DAY


def test_an_account_of_a_district_goes_into_its_own_streets_only_and_acts_there_as_a_leader(database_url):
    above = district()
    fill(FIRST, {"甲社区": (100, 90)})
    fill(SECOND, {"甲社区": (200, 50)})  # the same name in another street is another community
    assert CAPABILITIES[Role.DISTRICT] == {Capability.COMPARE_STREETS}
    assert [role for role in Role if Capability.COMPARE_STREETS in CAPABILITIES[role]] == [Role.DISTRICT]
    with pytest.raises(NotAllowedError):
        View(above, DAY, "covid")  # no street by itself, not even the one where the account was made
    assert [one.visiting for one in districts.visitors(above)] == [FIRST, SECOND, THIRD]
    found = {one.visiting: coverage.table(View(one, DAY, "covid")) for one in districts.visitors(above)}
    assert found[FIRST].iloc[0][["community", "coverage_n", "coverage_d"]].tolist() == ["甲社区", 90, 100]
    assert found[SECOND].iloc[0][["community", "coverage_n", "coverage_d"]].tolist() == ["甲社区", 50, 200]
    there = districts.visit(above, SECOND)
    assert (there.role, there.district_id, there.id) == (Role.LEADER, None, above.id)
    assert {one for one in Capability if there.may(one)} == {Capability.READ_BOARD}
    for name in (FOREIGN, "不存在街道"):
        with pytest.raises(OtherStreetError, match=name):
            districts.visit(above, name)
    with pytest.raises(NotAllowedError):
        districts.visit(there, FIRST)  # a leader goes nowhere
    with pytest.raises(NotAllowedError):
        districts.visitors(accounts.console())
    districts.join(accounts.console(), SECOND, None)
    with pytest.raises(OtherStreetError):
        districts.visit(above, SECOND)


def test_only_the_machine_founds_streets_and_looks_after_accounts_above_them(database_url):
    above = district()
    own = accounts.actor("admin_0")
    assert directory.street(own).name == SECOND
    for forbidden in (
        lambda: districts.create(own, "自立区"),
        lambda: districts.join(own, SECOND, "城东区"),
        lambda: districts.found_street(own, "自立街道", "admin_z"),
        lambda: districts.offices(own),
        lambda: accounts.create(own, "quji_9", PASSWORD, Role.DISTRICT, district="滨江区"),
    ):
        with pytest.raises(AccountError, match="本机"):
            forbidden()
    first = accounts.create(accounts.console(), "admin_sf", PASSWORD, Role.ADMIN)  # where the account was made
    assert above.username not in {one["username"] for one in accounts.accounts(first)}
    assert above.username in {one["username"] for one in accounts.accounts(accounts.console())}
    for forbidden in (
        lambda: accounts.reset_password(first, above.username),
        lambda: accounts.disable(first, above.username),
        lambda: accounts.set_role(first, above.username, Role.ADMIN),
        lambda: accounts.set_role(first, "admin_0", Role.ADMIN),  # an account of another street
        lambda: accounts.set_role(first, "admin_sf", Role.DISTRICT),
    ):
        with pytest.raises(AccountError):
            forbidden()
    accounts.set_password(districts.visit(above, SECOND), above.username, "another horse")  # the own one, from anywhere
    assert accounts.actor(above.username).generation == above.generation + 1
    assert [(one.name, one.district) for one in districts.offices(accounts.console())] == [
        *((name, "滨江区") for name in (FIRST, SECOND, THIRD)),
        (FOREIGN, "城东区"),
    ]
    for name, administrator, words in (
        (SECOND, "admin_z", "已有"),
        ("新街道", "admin_0", "已存在"),
        (" ", "admin_z", "64"),
    ):
        with pytest.raises(AccountError, match=words):
            districts.found_street(accounts.console(), name, administrator)
    with database.reading() as connection:
        assert connection.execute(select(Street.name).order_by(Street.id)).scalars().all() == [
            FIRST,
            SECOND,
            THIRD,
            FOREIGN,
        ]
        events = connection.execute(
            select(Street.name, AuditEvent.event)
            .join(AuditEvent, AuditEvent.street_id == Street.id)
            .where(AuditEvent.event.in_(("street_founded", "district_joined")))
            .order_by(AuditEvent.id)
        ).all()
        until = connection.execute(select(Account.password_until).where(Account.username == "admin_0")).scalar()
    assert [(name, event) for name, event in events][-2:] == [(THIRD, "district_joined"), (FOREIGN, "district_joined")]
    assert until is not None, "a password that was printed is of use for a day"


def test_each_street_signs_in_and_goes_by_its_own_settings(database_url):
    district()
    assert entry.enter("admin_0", "127.0.0.1", right=True)
    with pytest.raises(entry.WrongError):
        entry.enter("admin_1", "127.0.0.1", right=False)
    with database.reading() as connection:
        rows = connection.execute(
            select(AuditEvent.event, Street.name, AuditEvent.subject)
            .join(Street, Street.id == AuditEvent.street_id)
            .where(AuditEvent.event.like("sign%"))
        ).all()
    assert sorted(tuple(row) for row in rows) == [
        ("sign_in_failed", THIRD, "admin_1"),
        ("signed_in", SECOND, "admin_0"),
    ]
    own = replace(accounts.actor("admin_0"), must_change=False)
    overrides.put(own, {"coverage_denominator": "eligible"})
    accounts.console()
    assert settings().coverage_denominator == "surveyed"
    accounts.actor("admin_0")
    assert settings().coverage_denominator == "eligible"
    assert catalogue.catalogue().workstreams


def test_the_command_line_works_for_the_street_it_is_told(database_url):
    def said(*words: str) -> str:
        result = CliRunner().invoke(main, list(words), catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output.strip()

    password = said("street", "add", SECOND, "--admin", "admin_ht")
    assert len(password) >= 12 and entry.password_hash("admin_ht")
    said("district", "add", "滨江区")
    said("district", "join", "滨江区", SECOND)
    assert said("street", "list").splitlines() == [f"{FIRST}\t\t0", f"{SECOND}\t滨江区\t0"]
    said("--street", SECOND, "accounts", "add", "lingdao_1", "--role", "leader", "--password", PASSWORD)
    said("accounts", "add", "quji_1", "--role", "district", "--district", "滨江区", "--password", PASSWORD)
    assert said("--street", SECOND, "accounts", "list").splitlines()[:2] == ["admin_ht\tadmin", "lingdao_1\tleader"]
    assert said("accounts", "list") == "quji_1\tdistrict"
    said("--street", SECOND, "sample", "--communities", "2", "--days", "1")
    assert streets.is_sample(accounts.actor("admin_ht")) and not streets.is_sample(accounts.console())
    assert console(SECOND).street_id != accounts.console().street_id
    assert [line.split("\t")[2:] for line in said("street", "list").splitlines()] == [["0"], ["2", "示例"]]
    said("district", "leave", SECOND)
    assert said("street", "list").splitlines()[1].split("\t")[1] == ""
    refused = CliRunner().invoke(main, ["--street", "不存在街道", "accounts", "list"])
    assert isinstance(refused.exception, AccountError)
