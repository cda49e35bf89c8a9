"""Workbooks as a community would send them, for tests of the way in: one sheet each, on ``DAY``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from config import clock
from config.campaigns import default_campaigns
from data_access.sheets import kind
from data_access.workbooks.writing import workbook
from tests.data_access.street import DAY, NONE


def book(key: str, *rows: Mapping[str, Any], title: str = "") -> bytes:
    """A workbook of one kind of sheet with these typed rows."""
    return workbook([(kind(key), title or kind(key).zh, list(rows))], campaigns=default_campaigns())


def morning(community: str | None, planned: int | None = 30, day: date | None = DAY, **more: Any) -> bytes:
    """A complete morning tally; its stock covers the plan unless ``more`` says otherwise."""
    filled = {"filler": "王填报", "filled_at": clock.wall(day or DAY, time(8, 30))}
    row = {"biz_date": day, "community": community, "planned": planned, "stock": planned, **filled, **more}
    return book("morning", row)


def evening(
    community: str, vaccinated: int, day: date = DAY, *, total: int | None = None, roster: int | None = None
) -> bytes:
    """A complete evening tally of first doses; ``total`` are those given so far (default: today's)."""
    so_far = vaccinated if total is None else total
    row = {
        "biz_date": day,
        "community": community,
        "roster_n": vaccinated if roster is None else roster,
        "vacc_on_roster": vaccinated,
        **dict.fromkeys(NONE, 0),
        "no_show": 0 if roster is None else roster - vaccinated,
        "vacc_total": vaccinated,
        "vacc_d1": vaccinated,
        "vacc_d2": 0,
        "vacc_b": 0,
        "observed": vaccinated,
        "cum_d1": so_far,
        "cum_full": 0,
        "cum_b": 0,
        "cum_people": so_far,
        "reconciled": "yes",
    }
    return book("evening", row)


def person(number: int, **more: Any) -> dict[str, Any]:
    """A row of a roster."""
    return {
        "vaccination_date": DAY,
        "community": "春晖社区",
        "name": f"{'赵钱孙李周吴郑王'[number]}示例",
        "person_code": f"RY{number:05d}",
        "phone": f"1380000{number:04d}",
        "sex": "male",
        "age": 36,
        "person_group": "adult",
        "dose_no": "d1",
        "vaccine_type": "inactivated",
        "site": "卫生中心",
        "batch_no": 1,
        "batch_time": time(9, 30),
        "batch_leader": "孙示例",
        "liaison": "王联络",
        "liaison_phone": "13900002046",
        **more,
    }
