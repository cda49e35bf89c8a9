"""The fixtures other tests stand on: a fresh office, on both databases."""

from sqlalchemy import text

from data_access import accounts, database
from tests.conftest import Office


def test_a_fresh_office_on_both_databases(office: Office, database_url: str) -> None:
    assert not accounts.exist()
    accounts.create_first_administrator("admin_sf", "correct horse", "示范街道")
    assert accounts.exist()
    with database.reading() as connection:
        assert connection.dialect.name == database_url.split(":", 1)[0]
        assert connection.execute(text("SELECT count(*) FROM account")).scalar_one() == 2  # with the console's
