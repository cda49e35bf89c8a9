"""Examining and taking in, off the threads of those who wait for it: one queue of the process.

A job goes on by one file at a time, and after each it is another account's turn, in the order in which they came: who
has one file waits for one file of everybody before, and not for forty of somebody's. Whoever asked may go away and
come back: the job goes on and is found by its account. Nothing is lost with the queue, for what it works on is kept in
the batch: what had not begun when the board stops, or when the account was signed out or changed, simply waits there.
"""

from __future__ import annotations

import atexit
import logging
import sys
from collections import deque
from collections.abc import Callable, Collection, Hashable, Iterator
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from threading import Event, Lock, Thread, current_thread

from config.language import N_, _
from config.settings import settings
from data_access import database, privacy
from data_access.accounts import AccountError, Actor, Capability
from data_access.faults import FaultError
from data_access.inbox import intake
from data_access.inbox.intake import STATES, File
from data_access.submissions import SubmissionError

log = logging.getLogger("street.queue")

THREADS = 1  # one alone leaves the interpreter to the pages; the files themselves are opened by other processes
MOST = 100  # jobs that may wait
OWN = 4  # of them of one account
POLITE = 0.001  # seconds until a page gets the interpreter from the work here; with Python's own 0.005 it feels each
ENDING = 5.0  # seconds that a file being taken in has at the end of the process

GONE = N_("The account was signed out or changed meanwhile. What had not begun was not done; the files still wait.")

Acting = Callable[[], Actor]
_Owner = tuple[str, int]


class FullError(SubmissionError):
    """Too much waits already; nothing is lost."""

    def __init__(self) -> None:
        super().__init__(
            _("Too many files are waiting for their turn just now. Yours are kept in this list: try again in a minute.")
        )


@dataclass(slots=True, eq=False)
class Job:
    """Something asked for: ``files`` is what it works on and ``step`` how far it is (done, total, name), both known
    once its first turn has come; ``taking`` the numbers of those that are to be taken in, ``problem`` what ended it,
    which whoever looks later is told, too, where something was to be taken in."""

    actor: Actor
    acting: Acting
    what: Hashable
    work: Callable[[Job], Iterator[None]]
    owner: _Owner
    taking: frozenset[int]
    files: list[File] = field(default_factory=list)
    step: tuple[int, int, str] | None = None
    problem: Exception | None = None
    _over: Event = field(default_factory=Event)
    _context: Context = field(default_factory=copy_context)  # language, settings of the street, clock
    _turns: Iterator[None] | None = None

    @property
    def begun(self) -> bool:
        """Whether its first turn has come."""
        return self._turns is not None

    def wait(self, seconds: float) -> bool:
        """Wait for its end, but no longer; whether it is over."""
        return self._over.wait(seconds)

    def tell(self, done: int, total: int, name: str) -> None:
        """Say how far it is."""
        self.step = done, total, name

    def turn(self) -> bool:
        """One file more; whether that was the last."""
        try:
            self._context.run(self._go)
        except StopIteration:
            return True
        except BaseException as problem:  # whatever it is, those who wait are told and the others go on
            if not isinstance(problem, AccountError | FaultError | SubmissionError):
                log.error("a job was broken off: %s", privacy.failure(problem))
            self.problem = problem if isinstance(problem, Exception) else RuntimeError(type(problem).__name__)
            return True
        return False

    def _go(self) -> None:
        if self._turns is None:
            self._turns = self.work(self)
        try:
            now = self.acting()
        except AccountError:
            raise AccountError(GONE) from None
        if (now.id, now.generation) != (self.actor.id, self.actor.generation):
            raise AccountError(GONE)
        next(self._turns)

    def end(self) -> None:
        """Let go of what it held, and of whoever waits for it."""
        self._context, self._turns = Context(), iter(())
        self._over.set()


# What may be asked for -----------------------------------------------------------------------------------------


def examine(actor: Actor, batch: int, acting: Acting) -> Job:
    """Have the files of a batch read, checked and compared (``intake.examine``).

    ``acting`` gives the account as it is when a turn comes; AccountError, or an account that was changed, ends the job.
    The same that waits already is not asked for twice. FullError where too much waits.
    """

    def work(job: Job) -> Iterator[None]:
        job.files = intake.waiting(actor, batch)
        yield from intake.examining(actor, job.files, job.tell)

    return _put(actor, acting, ("examine", batch), work)


def commit(
    actor: Actor,
    batch: int,
    numbers: Collection[int],
    acting: Acting,
    *,
    states: Collection[str] = STATES,
    address: str | None = None,
) -> Job:
    """Have files of a batch taken in where they are in one of ``states`` (``intake.take_in``); the rest as ``examine``.

    What is in by then, or was taken out of the batch, is passed over.
    """

    def work(job: Job) -> Iterator[None]:
        waiting = intake.waiting(actor, batch)
        job.files = [item for item in waiting if item.number in numbers and not item.committed]
        if any(item.reading is None for item in job.files):
            yield from intake.examining(actor, job.files, job.tell)
        taking = intake.take_in(actor, job.files, states=states, address=address, progress=job.tell)
        for done, _item in enumerate(taking, start=1):
            if done < len(job.files):
                yield

    taking = frozenset(numbers)
    return _put(actor, acting, ("commit", batch, taking, frozenset(states)), work, taking)


def of(actor: Actor) -> Job | None:
    """What goes on or waits for an account, the first of it; else the commit that failed, until somebody is told."""
    with _lock:
        own = _jobs.get(_owner(actor))
        return own[0] if own else _failed.get(_owner(actor))


def taking(actor: Actor) -> frozenset[int]:
    """The numbers of the files of an account that are to be taken in, and are not yet."""
    with _lock:
        return frozenset[int]().union(*(job.taking for job in _jobs.get(_owner(actor), ())))


def ahead(job: Job) -> int:
    """How many files of others come before the next one of this job's account."""
    with _lock:
        waits = job.owner in _line
        return len(_jobs) - len(_line) + _line.index(job.owner) if waits else 0


def busy() -> bool:
    """Whether anything goes on or waits, of whomever."""
    return bool(_jobs)


def written(actor: Actor) -> int:
    """The latest data version that was made here for an account; 0 if none."""
    return _written.get(_owner(actor), 0)


def outcome(job: Job) -> list[File]:
    """The files of a job that is over, with what became of each; or the exception that ended it."""
    with _lock:
        if _failed.get(job.owner) is job:
            del _failed[job.owner]
    if job.problem is not None:
        raise job.problem
    return job.files


# The queue -----------------------------------------------------------------------------------------------------

_lock = Lock()
_jobs: dict[_Owner, deque[Job]] = {}  # of each account, in the order in which it asked
_line: deque[_Owner] = deque()  # the accounts that wait for their turn; the others of ``_jobs`` have it
_failed: dict[_Owner, Job] = {}  # the last of an account, until somebody looks
_written: dict[_Owner, int] = {}  # of each account the data version of its last commit
_threads: set[Thread] = set()
_before = sys.getswitchinterval()
_stopped = False


def _owner(actor: Actor) -> _Owner:
    return settings().url, actor.id


def _put(
    actor: Actor,
    acting: Acting,
    what: Hashable,
    work: Callable[[Job], Iterator[None]],
    taking: frozenset[int] = frozenset(),
) -> Job:
    actor.require(Capability.UPLOAD)
    with _lock:
        owner = _owner(actor)
        own = _jobs.get(owner, deque())
        for job in own:
            if job.what == what and not job.begun:
                return job
        if len(own) >= OWN or sum(map(len, _jobs.values())) >= MOST:
            raise FullError
        job = Job(actor, acting, what, work, owner, taking)
        own.append(job)
        if owner not in _jobs:
            _jobs[owner] = own
            _line.append(owner)
            _start()
        return job


def _start() -> None:
    """One thread more, if there may be; each ends by itself when nothing waits."""
    global _before
    if len(_threads) == THREADS or _stopped:
        return
    if not _threads:
        _before = sys.getswitchinterval()
        sys.setswitchinterval(POLITE)
    thread = Thread(target=_work, name="intake", daemon=True)
    _threads.add(thread)
    thread.start()


def _at_once() -> None:
    """There are no pages."""


give_way: Callable[[], None] = _at_once  # before each file; the pages let those that are being drawn come first


def _work() -> None:
    while (job := _next(current_thread())) is not None:
        give_way()
        before = database.written()
        over = job.turn()
        with _lock:
            if database.written() != before:
                _written[job.owner] = database.written()
            own = _jobs[job.owner]
            if over:
                own.popleft()
                if job.problem is not None and job.taking:
                    _failed[job.owner] = job
            if own:
                _line.append(job.owner)
            else:
                del _jobs[job.owner]
        if over:
            job.end()


def _next(thread: Thread) -> Job | None:
    with _lock:
        if _line and not _stopped:
            return _jobs[_line.popleft()][0]
        _threads.discard(thread)
        if not _threads:
            sys.setswitchinterval(_before)
        return None


def stop() -> None:
    """At the end of the process: the file that is being taken in comes to its end, what has not begun is left."""
    global _stopped
    with _lock:
        _stopped, left = True, list(_threads)
    for thread in left:
        thread.join(ENDING)


atexit.register(stop)
