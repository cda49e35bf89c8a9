"""Many at once: viewers who go through the board's pages and down into them, and uploaders who hand in their sheets."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

import jwt
from sqlalchemy import func, select

from data_access import accounts, database, privacy
from data_access.access import visits
from data_access.accounts import Actor, Role
from data_access.reports import directory
from data_access.reports.view import View
from data_access.schema import Submission
from pages.parts.frame import session
from tests.data_access import books
from tests.load.server import Watched
from tests.load.viewer import Run, Viewer

PASSWORD = "correct horse"
AGAIN = 0.3  # of the clicks stay on the page
DOWN = 0.5  # of the others go down into it
# How often each page is asked for, and what stands in the address of a walk down into it.
PAGES = {
    "briefing": (20, {}),
    "callups": (12, {"of": ("today", "tomorrow")}),
    "dispatch": (16, {"picked": ()}),
    "workstreams": (16, {"community": (), "tab": ("matrix", "calendar", "checklist")}),
    "community": (16, {"community": ()}),
    "rankings": (12, {"basis": ("coverage", "on_time", "completion")}),
    "actions": (5, {"community": ()}),
    "uploads": (3, {"part": ("batch", "reporting")}),
}

Move = Callable[[Viewer], Awaitable[Run]]


@dataclass(frozen=True)
class Street:
    """What the crowd knows of the street: its day, its communities, and an account of each role."""

    day: date
    communities: tuple[str, ...]
    staff: tuple[Actor, ...]  # supervisors and leaders
    clerks: tuple[Actor, ...]


@dataclass
class Told:
    """What came of it: every run, the sheets taken in, what went wrong, and what it cost the server."""

    runs: list[Run] = field(default_factory=list)
    uploads: list[float] = field(default_factory=list)  # seconds from the drop to the commit
    errors: list[str] = field(default_factory=list)
    seconds: float = 0.0
    busy: float = 0.0  # seconds of the server's processor
    memory: tuple[int, int] = (0, 0)  # bytes before anybody came, and at the end
    viewers: int = 0

    def at(self, share: float) -> float:
        """The milliseconds within which this share of the runs came to its end."""
        ordered = sorted(run.seconds for run in self.runs)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)] * 1000 if ordered else float("nan")

    @property
    def cost(self) -> float:
        """Milliseconds of the server's processor for each run."""
        return self.busy * 1000 / max(len(self.runs), 1)

    @property
    def each(self) -> float:
        """Megabytes for each viewer."""
        return (self.memory[1] - self.memory[0]) / 1024**2 / max(self.viewers, 1)

    def line(self) -> str:
        """All of it in one line."""
        return (
            f"{len(self.runs):5d} runs {len(self.runs) / max(self.seconds, 1e-9):6.1f}/s  p50 {self.at(0.5):6.0f} ms"
            f"  p95 {self.at(0.95):6.0f} ms  max {self.at(1):6.0f} ms  processor {self.cost:5.0f} ms a run"
            f"  {self.each:4.1f} MB a viewer  {len(self.errors)} errors"
        )


def street(day: date, campaign: str = "covid") -> Street:
    """The street of the data folder, with accounts for the crowd, made where there are none yet."""
    console = accounts.console()
    names = tuple(directory.communities(View(console, day, campaign))["name"])
    known = {account["username"] for account in accounts.accounts(console)}

    def account(name: str, role: Role, community: str | None = None) -> Actor:
        if name in known:
            return accounts.actor(name)
        return accounts.create(console, name, PASSWORD, role, community, must_change=False)

    staff = (account("load_supervisor", Role.SUPERVISOR), account("load_leader", Role.LEADER))
    clerks = tuple(account(f"load_clerk_{n}", Role.CLERK, name) for n, name in enumerate(names, start=1))
    return Street(day, names, staff, clerks)


def cookies(actor: Actor) -> dict[str, str]:
    """What the browser of somebody who has signed in carries."""
    content = {"username": visits.begin(actor), "exp_date": time.time() + 3600}
    return {session.COOKIE: jwt.encode(content, privacy.keys().cookie, algorithm="HS256")}


def move(town: Street, chance: Random) -> Move:
    """The next click: the page once more, another page, or down into one."""
    again = chance.random() < AGAIN
    page = chance.choices(list(PAGES), [weight for weight, _query in PAGES.values()])[0]
    query = chance.choice(list(_down(town, page))) if chance.random() < DOWN else {}

    async def go(viewer: Viewer) -> Run:
        return await (viewer.again() if again and viewer.page else viewer.open(page, day=str(town.day), **query))

    return go


def _down(town: Street, page: str) -> Iterator[dict[str, str]]:
    """Every step down from a page."""
    yield {}
    for name, values in PAGES[page][1].items():
        yield from ({name: value} for value in values or town.communities)


async def everywhere(server: Watched, town: Street) -> Told:
    """One of the staff after the other goes through all pages and every step down: afterwards nothing is new."""
    told, began, busy = Told(memory=(server.memory(), 0)), time.perf_counter(), server.busy()
    for actor in town.staff:
        async with Viewer(server.address, cookies(actor)) as viewer:
            for page in PAGES:
                for query in _down(town, page):
                    told.runs.append(await viewer.open(page, day=str(town.day), **query))
    return done(told, server, began, busy)


async def storm(server: Watched, town: Street, viewers: int, rounds: int, seed: int = 1) -> Told:
    """Everybody clicks at the same moment, waits until all have their page, and clicks again."""
    async with AsyncExitStack() as stack:
        told, crowd = await _come(stack, server, town, viewers)
        chance = Random(seed)
        await everybody(told, crowd, lambda _n: move(town, chance))  # not measured: everybody comes in
        told.runs.clear()
        began, busy = time.perf_counter(), server.busy()
        for _round in range(rounds):
            await everybody(told, crowd, lambda _n: move(town, chance))
        return done(told, server, began, busy)


async def walk(
    server: Watched,
    town: Street,
    viewers: int,
    seconds: float,
    pause: tuple[float, float] = (5, 15),
    uploaders: int = 0,
    sheets: int = 3,
    seed: int = 1,
) -> Told:
    """Everybody at their own pace for so long, with human pauses; uploaders hand in ``sheets`` files each meanwhile.

    The files are made before: else the tool itself would have no time for the answers.
    """
    books = {clerk: [sheet(clerk, town.day, n) for n in range(sheets)] for clerk in town.clerks[:uploaders]}
    async with AsyncExitStack() as stack:
        told, crowd = await _come(stack, server, town, viewers)
        chance = Random(seed)
        await everybody(told, crowd, lambda _n: move(town, chance))
        told.runs.clear()
        began, busy = time.perf_counter(), server.busy()
        last = began + seconds

        async def stroll(viewer: Viewer, own: Random) -> None:
            await asyncio.sleep(own.uniform(0, pause[1]))
            while time.perf_counter() < last:
                await _click(told, viewer, move(town, own))
                await asyncio.sleep(own.uniform(*pause))

        await asyncio.gather(
            *(stroll(viewer, Random(seed + n)) for n, viewer in enumerate(crowd)),
            *(hand_in(told, server, clerk, files) for clerk, files in books.items()),
        )
        return done(told, server, began, busy)


async def hand_in(told: Told, server: Watched, clerk: Actor, files: Sequence[tuple[str, bytes]]) -> None:
    """A clerk drops one file after the other on the upload page and takes each in."""
    try:
        async with Viewer(server.address, await asyncio.to_thread(cookies, clerk)) as viewer:
            await viewer.open("uploads", part="batch")
            for name, content in files:
                began = time.perf_counter()
                run = await viewer.drop("uploads_files", [(name, content)])
                run = await viewer.click("uploads_commit")
                told.uploads.append(time.perf_counter() - began)
                told.errors += run.errors
    except Exception as problem:  # whatever went wrong is what is asked for
        told.errors.append(f"{clerk.community}: {type(problem).__name__} {problem}")


def taken(town: Street) -> int:
    """How many sheets of the clerks are in."""
    with database.reading() as connection:
        own = Submission.account_id.in_([clerk.id for clerk in town.clerks])
        return int(connection.execute(select(func.count()).select_from(Submission).where(own)).scalar_one())


def sheet(clerk: Actor, day: date, number: int, salt: int = 0) -> tuple[str, bytes]:
    """The rosters of the days to come, and in between corrections of the day's morning tally.

    With another ``salt`` they say something else: the same again would change nothing.
    """
    name, ahead = str(clerk.community), day + timedelta(days=1 + number)
    if number % 3 == 2:
        return f"{name}早会商{number}.xlsx", books.morning(name, 40 + number + salt, day)
    people = [{"person_code": f"{name}{salt}-{n}", "vaccination_date": ahead, "community": name} for n in range(30)]
    rows = [books.person(n % 8, **own) for n, own in enumerate(people)]
    return f"{name}{ahead:%m%d}接种名单.xlsx", books.book("roster", *rows)


async def _come(stack: AsyncExitStack, server: Watched, town: Street, viewers: int) -> tuple[Told, list[Viewer]]:
    """The tabs, open and signed in, each account in several of them."""
    told = Told(memory=(server.memory(), 0), viewers=viewers)
    carried = [cookies(town.staff[n % len(town.staff)]) for n in range(viewers)]
    crowd = [await stack.enter_async_context(Viewer(server.address, own)) for own in carried]
    return told, crowd


async def everybody(told: Told, crowd: Sequence[Viewer], made: Callable[[int], Move]) -> None:
    """Each makes the click that ``made`` gives for its number, all at the same moment."""
    await asyncio.gather(*(_click(told, viewer, made(n)) for n, viewer in enumerate(crowd)))


async def _click(told: Told, viewer: Viewer, go: Move) -> None:
    try:
        run = await go(viewer)
    except Exception as problem:  # whatever went wrong is what is asked for
        told.errors.append(f"{type(problem).__name__} {problem}")
        return
    told.runs.append(run)
    told.errors += [f"{run.page}: {words}" for words in run.errors]


def done(told: Told, server: Watched, began: float, busy: float) -> Told:
    """With what it has cost since ``began``, when the server had used ``busy`` seconds."""
    told.seconds, told.busy = time.perf_counter() - began, server.busy() - busy
    told.memory = (told.memory[0], server.memory())
    told.errors += server.faults()
    return told
