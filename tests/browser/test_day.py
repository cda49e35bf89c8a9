"""A whole day at speed: rosters, late ones, the morning, the evening with its planted differences, closing, the notice.

The clock of a server stands where ``STREET_NOW`` says, so each hour of the day is a server of its own on the same data
folder: what is on the pages has survived a restart every time. Sheets go in through the upload page; the evening
before is there already.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from data_access.office import notices
from data_access.reports import snapshot
from tests.browser.conftest import Server
from tests.browser.screenshots import settle
from tests.browser.test_login import remembered, sign_in
from tests.conftest import Office
from tests.data_access import books
from tests.data_access.street import DAY, NONE, Board, at
from tests.pages.conftest import administrator

pytestmark = pytest.mark.browser

EVE, NEXT, LAST = DAY - timedelta(days=1), DAY + timedelta(days=1), DAY - timedelta(days=2)
PLACES = ("春晖社区", "向阳社区", "清河社区", "文昌社区", "锦绣社区")
SO_FAR = {"cum_d1": 40, "cum_full": 30, "cum_b": 20, "cum_people": 40}
CALLED, GIVEN = 6, 4  # on each roster, and vaccinated of them

Go = Callable[[str], str]


def roster(place: str, day: date, size: int = CALLED, outcomes: tuple[str, ...] = ()) -> bytes:
    """A roster, as it comes the evening before or, with ``outcomes``, when the day is over."""
    number = PLACES.index(place)
    people = (
        books.person(
            n,
            vaccination_date=day,
            community=place,
            person_code=f"RY{number}{n + 50 * (day == NEXT):04d}",
            phone=f"1380000{number}{n:03d}",
            batch_no=1 + n % 2,
            batch_time=time(9 + n % 2, 30),
            outcome=outcomes[n] if outcomes else "pending",
        )
        for n in range(size)
    )
    return books.book("roster", *people)


def tally(place: str, **planted: Any) -> bytes:
    """An evening tally in which everything agrees, but for what is planted."""
    figures = {
        "roster_n": CALLED,
        "vacc_on_roster": GIVEN,
        **dict.fromkeys(NONE, 0),
        "no_show": CALLED - GIVEN,
        "vacc_total": GIVEN,
        "vacc_d1": GIVEN,
        "vacc_d2": 0,
        "vacc_b": 0,
        "observed": GIVEN,
        **SO_FAR,
        "cum_d1": SO_FAR["cum_d1"] + GIVEN,
        "cum_people": SO_FAR["cum_d1"] + GIVEN,
        "reconciled": "yes",
        "plan_next": 5,
    }
    return books.book("evening", {"biz_date": DAY, "community": place, **figures, **planted})


DONE = ("vaccinated",) * GIVEN + ("no_show",) * (CALLED - GIVEN)
# by community: what its morning and evening say besides, and how the dispatch page has to name it
PLANS = {"文昌社区": CALLED + 2}
PLANTED: dict[str, dict[str, Any]] = {
    "春晖社区": {"no_show": 1},
    "向阳社区": {"cum_d1": 46, "cum_people": 46},
    "清河社区": {"vacc_total": GIVEN + 1, "observed": GIVEN + 1},
    "文昌社区": {"roster_n": CALLED + 1, "vacc_on_roster": GIVEN + 1, "vacc_total": GIVEN + 1, "vacc_d1": GIVEN + 1,
              "observed": GIVEN + 1, "cum_d1": 45, "cum_people": 45},
    "锦绣社区": {"plan_next": 9},
}  # fmt: skip
NAMED = {
    "春晖社区": [("+1", "不明差异 I1")],
    "向阳社区": [("+2", "累计−当日（第一剂） I2")],
    "清河社区": [("+1", "合计−分项 I4"), ("+1", "合计−剂次 I4")],
    "文昌社区": [("−2", "名单−计划 I5"), ("−1", "名单−晚报 I5"), ("−1", "已种−晚报 I6")],
    "锦绣社区": [("+1", "已有本剂 I7"), ("−4", "明日−计划 I8")],
}


@pytest.fixture
def street(office: Office) -> Board:
    """The register, sites, bases and the evening before, as the board knew them on the day before."""
    office.now(f"{EVE}T12:00")
    board = Board(administrator())
    board.communities(PLACES, at=at(LAST, 8))
    board.sites([{"name": "卫生中心", "daily_capacity": 80, "batch_capacity": 20}], at=at(LAST, 8))
    for place in PLACES:
        board.baseline(place, LAST, surveyed=120, at=at(LAST, 9))
        board.evening(place, EVE, **SO_FAR, at=at(EVE, 11))
    return board


@pytest.fixture
def clock(office: Office, server: Server, browser_page: Page) -> Go:
    """``clock("08:35")``: the board at that hour of the day, signed in; its address."""

    def go(hour: str, day: date = DAY, page: str = "uploads") -> str:
        office.now(f"{day}T{hour}")
        address = server()
        browser_page.goto(f"{address}/{page}")
        login = browser_page.get_by_label("账号").first
        expect(login.or_(browser_page.get_by_test_id("stTopNavLink").first).first).to_be_visible()
        if login.is_visible():
            sign_in(browser_page)
            remembered(browser_page)
        settle(browser_page)
        return address

    return go


def hand_in(page: Page, folder: Path, files: dict[str, bytes], batch: int | None = None) -> None:
    """Drop workbooks on the upload page and take them in; ``batch``: how many of the batch are in then."""
    for name, content in files.items():
        (folder / name).write_bytes(content)
    page.locator("input[type=file]").first.set_input_files([str(folder / name) for name in files])
    commit = page.get_by_role("button", name=re.compile(f"入库 {len(files)} 份"))
    expect(commit).to_be_enabled()
    settle(page)
    commit.click()
    taken = re.compile(rf"(^|\D)({len(files)}|{batch or len(files)}) 份已入库")
    expect(page.get_by_text(taken).first).to_be_visible()


def said(page: Page, address: str, **query: str) -> str:
    """The two spoken sentences of the briefing."""
    asked = "&".join(f"{name}={value}" for name, value in {"day": DAY.isoformat(), **query}.items())
    page.goto(f"{address}/briefing?{asked}")
    expect(page.locator(".b-said").first).to_contain_text("今日")
    settle(page)
    return page.locator(".b-said").first.inner_text()


def drill(page: Page, address: str, place: str) -> str:
    """What the dispatch page says of one community."""
    page.goto(f"{address}/dispatch?day={DAY}&picked={place}")
    expect(page.locator(".st-key-card_drill").first).to_contain_text("当日三表")
    settle(page)
    return page.locator(".st-key-card_drill").first.inner_text()


def notice(page: Page, address: str) -> str:
    """The table of the published notice, as the page shows it again."""
    page.goto(f"{address}/rankings?day={DAY}&notice=1")
    table = page.locator(".st-key-card_notice_shown .board-table").first
    expect(table).to_be_visible()
    settle(page)
    return table.inner_text()


def test_a_day(street: Board, clock: Any, browser_page: Page, tmp_path: Path) -> None:
    page = browser_page
    page.set_viewport_size({"width": 1920, "height": 1080})

    # The evening before: four rosters in time, the fifth next morning
    clock("17:40", EVE)
    first = {f"{place}8月12日接种名单.xlsx": roster(place, DAY) for place in PLACES[:4]}
    held = {"锦绣社区8月11日接种名单.xlsx": roster("锦绣社区", EVE, 1)}
    hand_in(page, tmp_path, first | held)

    address = clock("08:40")
    plans = {f"{p}早会商.xlsx": books.morning(p, PLANS.get(p, CALLED), notified=CALLED) for p in PLACES}
    hand_in(page, tmp_path, {"锦绣社区8月12日接种名单.xlsx": roster("锦绣社区", DAY)} | plans)
    meeting = said(page, address)
    assert "召集 30 人" in meeting and "疫苗 32 剂" in meeting

    # The evening: every difference is found and named, whoever it concerns
    clock("19:40")
    evening = {f"{p}8月12日晚调度.xlsx": tally(p, **PLANTED[p]) for p in PLACES}
    outcomes = {f"{p}8月12日接种名单（核对结果）.xlsx": roster(p, DAY, outcomes=DONE) for p in PLACES}
    late = {"锦绣社区8月11日接种名单（核对结果）.xlsx": roster("锦绣社区", EVE, 1, ("vaccinated",))}
    tomorrow = {f"{p}8月13日接种名单.xlsx": roster(p, NEXT, 5) for p in PLACES}
    hand_in(page, tmp_path, evening | outcomes | tomorrow)
    hand_in(page, tmp_path, late, 1 + len(evening | outcomes | tomorrow))
    address = page.url.split("/uploads")[0]
    named = {place: drill(page, address, place) for place in NAMED}
    for place, expected in NAMED.items():
        for amount, name in expected:
            assert re.search(rf"{re.escape(amount)}\s+{re.escape(name)}", named[place]), (place, name, named[place])
    assert "I8" not in named["春晖社区"]

    # A correction before the day is closed, and closing it
    address = clock("20:40")
    hand_in(page, tmp_path, {"春晖社区8月12日晚调度（更正）.xlsx": tally("春晖社区")})
    told = drill(page, address, "春晖社区")
    assert "更正" in told and "I1" not in told
    page.locator(".st-key-closing_close button").click()
    page.locator(".st-key-closing_confirm button").click()
    expect(page.locator(".st-key-card_closing").first).to_contain_text("已日结")

    # The notice
    page.goto(f"{address}/rankings?day={DAY}")
    settle(page)
    page.locator(".st-key-notice_publish button").click()
    page.locator(".st-key-notice_confirm button").click()
    expect(page.locator("[class*=st-key-notice_open_1]").first).to_be_visible()
    published = snapshot.stored(notices.show(street.actor, 1).told)
    frozen = notice(page, address)
    assert "46/120" in frozen

    # A correction after it: the day is opened again with a reason, and what changed is told as a correction
    address = clock("22:10", page=f"dispatch?day={DAY}")
    page.locator(".st-key-closing_reopen button").click()
    page.get_by_role("dialog").get_by_label("原因").fill("累计多算了两人")
    page.locator(".st-key-closing_reopen_confirm button").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.goto(f"{address}/uploads")
    settle(page)
    hand_in(page, tmp_path, {"向阳社区8月12日晚调度（更正）.xlsx": tally("向阳社区")})
    assert "I2" not in drill(page, address, "向阳社区")
    corrected = page.locator(".st-key-card_corrections").first
    expect(corrected).to_contain_text("更正")
    for words in ("向阳社区", "46", "44"):
        expect(corrected).to_contain_text(words)
    assert snapshot.stored(notices.show(street.actor, 1).told) == published
    assert notice(page, address) == frozen

    # What leaders saw at 08:40 is there again
    assert said(page, address, as_of=f"{DAY}T08:40") == meeting

    # I3 is an error: such a sheet does not pass the door
    page.goto(f"{address}/uploads")
    settle(page)
    wrong = tmp_path / "清河社区8月12日晚调度（误）.xlsx"
    wrong.write_bytes(tally("清河社区", cum_full=50))
    page.locator("input[type=file]").first.set_input_files(str(wrong))
    expect(page.get_by_text(re.compile("累计_?全程.*第一剂")).first).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("入库 0 份"))).to_be_disabled()
