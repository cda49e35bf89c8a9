"""Settings changed in the page: over the file, at once in every thread, checked as the file is, with a trace."""

from __future__ import annotations

import json
from datetime import time
from threading import Thread

import pytest
from sqlalchemy import select

from config.settings import settings, using
from data_access import accounts, database
from data_access.accounts import AccountError, Actor, Role
from data_access.office import deadlines, overrides
from data_access.office.overrides import SettingError
from data_access.schema import AuditEvent, Setting
from tests.conftest import Office
from tests.data_access.street import DAY, at

ADDRESS = "https://robot.example/send?key=0123456789abcdef"


@pytest.fixture
def admin(database_url: str) -> Actor:
    return accounts.console()


def told(event: str) -> list[tuple[str | None, dict[str, object]]]:
    with database.reading() as connection:
        rows = connection.execute(select(AuditEvent).where(AuditEvent.event == event).order_by(AuditEvent.id))
        return [(row.subject, row.details) for row in rows]


def elsewhere() -> tuple[time, str]:
    """What a thread of its own sees before and after it reads its account."""
    seen = []

    def run() -> None:
        accounts.console()
        seen.append((settings().deadlines.morning.due, settings().webhook.url.get_secret_value()))

    thread = Thread(target=run)
    thread.start()
    thread.join()
    return seen[0]


def test_a_setting_counts_at_once_everywhere_and_goes_back_to_the_file(admin: Actor) -> None:
    before = database.data_version()
    changed = overrides.put(admin, {"deadlines.morning.due": time(8, 30), "thresholds.small_base": 30})
    assert changed == ["deadlines.morning.due"], "what is as it was is not set"
    assert database.data_version() == before + 1, "pages are drawn anew"
    window = deadlines.window("morning", DAY)
    assert window is not None and window.due == at(DAY, 8, 30)
    assert elsewhere()[0] == time(8, 30)
    frame = overrides.listed(admin).set_index("name")
    assert frame.loc["deadlines.morning.due", ["value", "file", "set", "by"]].tolist() == [
        *("08:30", "09:00", True, "console")
    ]
    assert not frame.loc["thresholds.small_base", "set"]
    assert told("setting_changed") == [("deadlines.morning.due", {"old": "09:00", "new": "08:30"})]
    assert overrides.reset(admin, ["deadlines.morning.due", "dense_ranks"]) == ["deadlines.morning.due"]
    assert elsewhere()[0] == time(9)
    assert told("setting_reset") == [("deadlines.morning.due", {"old": "08:30", "new": "09:00"})]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"deadlines.morning.due": time(11)}, "早会商：迟报截止，此后为补报：关闭时间早于应报时间"),
        ({"thresholds.coverage_target": 101}, "接种率目标（%）：须 ≤ 100"),
        ({"thresholds.load_steps": (0.7, 0.5, 0.9)}, "各档须递增"),
        ({"language": "tlh"}, "默认语言"),
        ({"idle_minutes": "soon"}, "这个值不能用"),
    ],
)
def test_what_does_not_fit_is_refused_by_name_and_nothing_is_kept(
    office: Office, values: dict[str, object], words: str
) -> None:
    admin = accounts.console()
    with pytest.raises(SettingError) as refusal:
        overrides.put(admin, {"dense_ranks": True, **values})
    assert words in str(refusal.value)
    assert not settings().dense_ranks and not overrides.listed(admin)["set"].any()


def test_only_what_is_offered_and_only_by_administrators(admin: Actor, office: Office) -> None:
    with pytest.raises(KeyError):
        overrides.put(admin, {"database_url": "sqlite:///elsewhere.db"})
    other = accounts.create(admin, "super_1", "correct horse", Role.SUPERVISOR)
    for act in (
        lambda: overrides.put(other, {"dense_ranks": True}),
        lambda: overrides.reset(other, ["dense_ranks"]),
        lambda: overrides.listed(other),
    ):
        with pytest.raises(AccountError):
            act()
    office.set("STREET_IDLE_MINUTES", "5")
    office.set("STREET_THRESHOLDS", json.dumps({"behind": -20}))
    frame = overrides.listed(admin).set_index("name")
    assert frame["fixed"][["idle_minutes", "thresholds.behind", "thresholds.ahead"]].tolist() == [True, True, False]
    with pytest.raises(SettingError):
        overrides.put(admin, {"idle_minutes": 60})


def test_a_secret_is_sealed_masked_and_in_no_event(admin: Actor) -> None:
    overrides.put(admin, {"webhook.url": ADDRESS})
    assert elsewhere()[1] == ADDRESS
    with database.reading() as connection:
        kept = connection.execute(select(Setting.value)).scalar_one()
    shown = overrides.listed(admin).set_index("name").loc["webhook.url", "value"]
    assert "robot.example" not in kept and "cdef" not in kept
    assert shown == "••••••cdef"
    assert told("setting_changed") == [("webhook.url", {"old": False, "new": True})]
    with pytest.raises(SettingError) as refusal:
        overrides.put(admin, {"webhook.url": "not an address 13800001111"})
    assert "13800001111" not in str(refusal.value)


def test_what_no_longer_fits_the_file_leaves_the_board_running(admin: Actor, office: Office) -> None:
    overrides.put(admin, {"deadlines.morning.due": time(9, 45), "dense_ranks": True})
    file = office.data_dir / "street.toml"
    file.write_text('[deadlines.morning]\ndue = "08:00"\nclose = "09:00"\n', encoding="utf-8")
    office.set("STREET_CONFIG", str(file))
    using("")
    with database.writing() as connection:
        database.raise_version(connection)
    accounts.console()
    assert (settings().deadlines.morning.due, settings().dense_ranks) == (time(8), True)
    overrides.put(admin, {"deadlines.morning.close": time(10)})
    assert settings().deadlines.morning.due == time(9, 45), "it was kept, and fits again"
