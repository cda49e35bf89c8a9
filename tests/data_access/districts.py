"""A district for a test: 滨江区 with its first street and two more, and a street of another district."""

from __future__ import annotations

from datetime import date

from data_access import accounts
from data_access.accounts import Actor, Role
from data_access.office import districts
from tests.data_access.street import DAY, Board

PASSWORD = "correct horse"
FIRST, SECOND, THIRD, FOREIGN = "示范街道", "海棠街道", "北苑街道", "邻区街道"


def console(street: str) -> Actor:
    """Whoever works at the machine, working for this street."""
    with accounts.console_of(street):
        return accounts.console()


def district() -> Actor:
    """The district, its streets founded and joined; its account, made at the machine."""
    machine = accounts.console()
    for name in ("滨江区", "城东区"):
        districts.create(machine, name)
    for number, name in enumerate((SECOND, THIRD, FOREIGN)):
        districts.found_street(machine, name, f"admin_{number}")
    for name in (FIRST, SECOND, THIRD):
        districts.join(machine, name, "滨江区")
    districts.join(machine, FOREIGN, "城东区")
    return accounts.create(machine, "quji_1", PASSWORD, Role.DISTRICT, district="滨江区", must_change=False)


def fill(street: str, done: dict[str, tuple[int, int | None]], day: date = DAY) -> Board:
    """Communities of a street, each with its people surveyed and those vaccinated (None: nothing sent)."""
    board = Board(console(street))
    board.communities(list(done))
    for name, (surveyed, vaccinated) in done.items():
        board.baseline(name, date(2022, 8, 1), surveyed)
        if vaccinated is not None:
            board.evening(name, day, roster_n=10, vacc_on_roster=8, no_show=2, cum_d1=vaccinated)
    return board
