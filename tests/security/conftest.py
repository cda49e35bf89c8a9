"""One office under attack for a whole module: its server, and two communities of which one is made of traps."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from config import catalogue, language
from config.settings import settings, using
from data_access import accounts, database
from data_access.accounts import Actor, Role
from data_access.office import attachments
from tests.browser.serving import Process, start, stop
from tests.conftest import EVENING
from tests.data_access.papers import photo
from tests.data_access.street import DAY, Board
from tests.pages.conftest import PASSWORD, account, administrator

OWN = "春晖社区"
# What a sheet may say that a page could take for its own language. Each would be seen: a request, a script, an element.
TRAP = (
    '<img src="http://evil.example/i.png" onerror="window.trapped=1"><script>window.trapped=1</script>'
    "[点](http://evil.example/) ![图](http://evil.example/p.png) **粗体** `码` $\\frac{1}{2}$ :material/bug_report:"
    ' :red[红字] :red-badge[章] {{7*7}} " onmouseover="window.trapped=1'
)
OTHER = "乙<img src=http://evil.example/n onerror=window.trapped=1>**粗体**:red[红字]$x_1$社区"
NAME, PHONE, SECRET = "欧阳明月", "13911112222", "邻里纠纷一事"


@dataclass
class Raided:
    """The office: where it answers, whom it knows, and what it holds of the other community."""

    address: str
    folder: Path
    log: Path
    admin: Actor
    supervisor: Actor
    clerk: Actor
    leader: Actor
    other_id: int
    roster: int
    photo: int


@pytest.fixture(scope="module")
def raided(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Raided]:
    """A server that lives as long as the module."""
    folder = tmp_path_factory.mktemp("raided")
    running: list[Process] = []
    with pytest.MonkeyPatch.context() as patch:
        for name in ("STREET_DATABASE_URL", "STREET_CONFIG", "STREET_LANGUAGE"):
            patch.delenv(name, raising=False)
        patch.setenv("STREET_DATA_DIR", str(folder / "data"))
        patch.setenv("STREET_NOW", EVENING)
        patch.setenv("STREET_BACKUP", '{"on": false}')
        patch.setenv("STREAMLIT_SERVER_ALLOWED_HOSTS", "localhost board.example.cn")
        shutil.copytree(prepared, folder / "data")
        settings.cache_clear()
        database.close_all()
        language.use(language.DEFAULT)
        made = _furnished(folder)
        made.address, process = start(made.log)
        running.append(process)
        yield made
        stop(running)
        database.close_all()
    settings.cache_clear()
    language.use(language.DEFAULT)
    catalogue.using(None)
    using("")


def _furnished(folder: Path) -> Raided:
    admin = administrator()
    board = Board(admin)
    told = {"liaison": NAME, "liaison_phone": PHONE, "lead_cadre": NAME, "area": TRAP[:60]}
    board.communities([OWN, {"name": OTHER, "aliases": (TRAP[:80],), **told}])
    board.sites([{"name": f"点{TRAP[:90]}", "daily_capacity": 50, "batch_capacity": 20, "address": TRAP}])
    person = {
        "name": NAME,
        "phone": PHONE,
        "person_code": "RY-1",
        "remark": TRAP,
        "employer": TRAP,
        "outcome": "no_show",
    }
    trapped = {"name": TRAP, "phone": TRAP[:20], "person_code": "RY-2", "liaison": TRAP, "batch_leader": TRAP}
    roster = board.roster(OTHER, people=[person, trapped]).submission or 0
    board.roster(OWN, n=3, outcomes=["vaccinated", "no_show", "refused"])
    words = {"needs_help": True, "issues": SECRET + TRAP, "owner": NAME + TRAP, "due": DAY}
    board.morning(OTHER, planned=2, chair=TRAP, filler=TRAP, **words)
    board.morning(OWN, planned=3)
    board.evening(OTHER, roster_n=2, no_show=1, note=TRAP, issues=TRAP, cum_d1=3, cum_full=2, cum_b=1)
    board.baseline(OTHER, surveyed=100)
    board.baseline(OWN, surveyed=90)
    row = {"indicator": "CA-01", "num": 1, "den": 2, "note": TRAP, "evidence": TRAP, "next_step": TRAP, **words}
    board.progress(OTHER, "civil_affairs", "2022-07", row)
    board.evidence(OTHER, "2022", {"item_code": "1.1", "theme": TRAP, "partner": TRAP, "place": TRAP})
    board.plan(OTHER, "2022-W32", {"item_no": 1, "task": TRAP, "owner": TRAP, "workstream": "civil_affairs"})
    matter = {
        "issue": SECRET + TRAP,
        "place": TRAP,
        "demand": TRAP,
        "owner": TRAP,
        "unit": TRAP,
        "issue_type": TRAP[:60],
    }
    board.action(OTHER, "DB-1", due=DAY, found_on=DAY, source="morning", severity="major", **matter)
    supervisor, clerk, leader = account(Role.SUPERVISOR), account(Role.CLERK, OWN), account(Role.LEADER)
    theirs = accounts.create(admin, "clerk_2", PASSWORD, Role.CLERK, OTHER, must_change=False)
    number = theirs.community_id or 0
    shot = attachments.add(theirs, number, "evidence", "2022/1.1", f"../../{TRAP[:60]}.jpg", photo(), "photo")
    return Raided("", folder, folder / "server.log", admin, supervisor, clerk, leader, number, roster, shot)
