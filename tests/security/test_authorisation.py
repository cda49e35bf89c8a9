"""Who may what, asked of ``data_access`` itself: no page stands before it here."""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import re
from collections.abc import Callable, Mapping
from datetime import date
from io import BytesIO
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from sqlalchemy import func, insert, select

from config import clock
from data_access import accounts, database, privacy, reports, submissions
from data_access.__main__ import main
from data_access.access import rights
from data_access.accounts import AccountError, Actor, Capability, LookingBackError, NotAllowedError, Role
from data_access.catalogue import targets
from data_access.inbox import batches, brought
from data_access.layouts import mappings
from data_access.office import (
    attachments,
    calendars,
    closing,
    districts,
    exemptions,
    matters,
    notices,
    phrases,
    postings,
    registry,
    reveals,
    reviews,
    streets,
    waivers,
)
from data_access.office.reveals import Purpose
from data_access.reports import administration, callups, coordination, dispatch, history, origins, records
from data_access.reports.view import View
from data_access.schema import Account, AuditEvent, Base, Callup, Street, Submission
from data_access.workbooks.model import Portion, Row, Scope
from tests.conftest import Office
from tests.data_access import books
from tests.data_access.districts import district
from tests.data_access.papers import photo
from tests.data_access.street import DAY, Board
from tests.pages.conftest import PASSWORD, account, administrator
from tests.security.reach import OPENS, ROOT, asked, functions, reached

OWN, OTHER = "春晖社区", "向阳社区"
NAME, PHONE, CODE, SECRET = "欧阳明月", "13911112222", "RY-0777-0001", "邻里纠纷一事"
MASKED = (privacy.mask_name(NAME), privacy.mask_phone(PHONE))
CALL = reveals.Purpose(next(iter(reveals.PURPOSES)))
YEAR, ITEM, STREAM, INDICATOR, PERIOD = "2022", "1.1", "civil_affairs", "CA-01", "2022-07"

# Why these come to the database without an account.
NOBODY_ASKS = {
    "access.entry.password_hash": "before the sign-in there is no account; what it gives is compared, never shown",
    "access.entry.enter": "signing in",
    "access.linked.visit": "signing in from the office's single sign-on",
    "access.visits.resume": "who the account is, by the token that it carries",
    "access.visits.known": "whether an answer of single sign-on was used before",
    "access.visits.end": "signing out: whoever carries the token may end it",
    "accounts.actor": "makes the account of a name: for the machine's own command line and for tests",
    "accounts.console": "the account of whoever works at the machine itself",
    "accounts.exist": "whether this is the first start",
    "accounts.create_first_administrator": "the first start; refused once anybody can sign in",
    "backups.copies.tick": "the clock's own copies",
    "backups.copies.rotate": "the clock's own copies",
    "backups.making.write": "at the machine itself, and behind ``making.make``, which asks",
    "backups.proving.prove_file": "at the machine itself, and behind ``proving.prove``, which asks",
    "backups.restoring.restore": "at the machine itself, into an empty database",
    "office.retention.tick": "the clock's own purge of what has been kept long enough",
    "office.postings.wake": "sends what an account has queued",
    "office.postings.deliver": "sends what an account has queued",
}
# These take the account and need no capability: it is about itself.
OWN_AFFAIRS = {
    "access.entry.confirm",
    "access.visits.begin",
    "access.visits.own",
    "access.visits.end_one",
    "access.visits.end_all",
    "accounts.look_back",
}
ROOMS = ("access", "accounts", "audit", "backups", "catalogue", "findings", "force", "inbox", "layouts", "naming",
         "office", "privacy", "reports", "submissions")  # fmt: skip


def _asked_by_nobody(name: str) -> bool:
    return not any("Actor" in taken or "View" in taken for taken in functions()[name].takes)


def _doors() -> dict[str, str]:
    """The public functions that open the database themselves: short name → full name."""
    found = {name.removeprefix("data_access."): name for name, one in functions().items() if one.public}
    return {
        short: name
        for short, name in found.items()
        if short.split(".")[0] in ROOMS and reached(name) & OPENS and short.rsplit(".", 1)[-1] != "__init__"
    }


def test_every_door_to_the_database_asks_who_comes() -> None:
    """Tried: finding a function that reads or writes for nobody. Held: each takes the account or is on the short list;
    each that takes it asks for a capability or a community; and no page opens the database by itself."""
    doors = _doors()
    assert len(doors) > 250, "the doors are no longer found"
    for_nobody = {
        short for short, name in doors.items() if _asked_by_nobody(name) and "Connection" not in functions()[name].takes
    }
    assert for_nobody == set(NOBODY_ASKS)
    unasked = {
        short
        for short, name in doors.items()
        if short not in for_nobody and "View" not in functions()[name].takes and not _asked_by_nobody(name)
        if not asked(name)
    }
    assert unasked == OWN_AFFAIRS
    assert functions()["data_access.reports.view.View.__post_init__"].asks == {"Capability.READ_BOARD"}
    pages = [*(ROOT / "pages").rglob("*.py"), *(ROOT / "charts").rglob("*.py"), ROOT / "app.py"]
    opened = re.compile(r"database\.(reading|reporting|writing|engine|aside)\b|accounts\.(actor|console)\(")
    found = [path.name for path in pages if opened.search(path.read_text(encoding="utf-8"))]
    assert found == ["password.py"], "there an account has just shown its password, and begins a new session"


def test_no_button_brings_an_account_of_its_own() -> None:
    """Tried: finding a button or a download that acts for the account as it was when the page was drawn. Held: there is
    none; ``session.clicked`` and ``session.asker`` read it anew when the button is pressed."""
    carried = re.compile(r"args=\((?:view\.)?actor|partial\(\w+, (?:view|actor)\b")
    pages = (ROOT / "pages").rglob("*.py")
    assert [path.name for path in pages if carried.search(path.read_text(encoding="utf-8"))] == []


# Role and capability --------------------------------------------------------------------------------------------------

CLERK = {"READ_BOARD", "READ_PEOPLE", "REVEAL", "UPLOAD"}
EXPECTED: dict[Role, set[str]] = {  # written out: a capability that changes hands has to change here too
    Role.CLERK: CLERK,
    Role.LEADER: {"READ_BOARD"},
    Role.SUPERVISOR: CLERK
    | {"WITHDRAW", "WAIVE", "EXEMPT", "CLOSE_DAY", "PUBLISH", "MANAGE_ACTIONS", "REVIEW", "MAP_SHEETS", "SET_TARGETS"}
    | {"WORD", "POST"},
    Role.ADMIN: {capability.name for capability in Capability} - {"COMPARE_STREETS"},
    Role.DISTRICT: {"COMPARE_STREETS"},
}


def _view(actor: Actor, **more: Any) -> View:
    return View(actor, DAY, "covid", **more)


# One act that needs the capability and, where it is allowed, changes nothing.
ACTS: dict[str, Callable[[Actor], Any]] = {
    "READ_BOARD": lambda actor: reports.directory.communities(_view(actor)),
    "READ_PEOPLE": lambda actor: callups.people(_view(actor)),
    "REVEAL": lambda actor: reveals.reveal(actor, 999_999, CALL),
    "UPLOAD": lambda actor: batches.batches(actor),
    "WITHDRAW": lambda actor: submissions.withdraw(actor, 999_999, "试"),
    "WAIVE": lambda actor: waivers.revoke(actor, 999_999),
    "EXEMPT": lambda actor: exemptions.revoke(actor, 999_999),
    "CLOSE_DAY": lambda actor: closing.reopen(actor, DAY, "covid", "试"),
    "PUBLISH": lambda actor: notices.draft(_view(actor)),
    "MANAGE_ACTIONS": lambda actor: matters.current(actor, "没有"),
    "REVIEW": lambda actor: reviews.review(actor, OWN, YEAR, ["没有"], "approved", seen=0),
    "MAP_SHEETS": lambda actor: mappings.forget(actor, "没有"),
    "SET_TARGETS": lambda actor: targets.withdraw(actor, 999_999),
    "WORD": lambda actor: phrases.word(actor, "没有", "zh_CN", "试"),
    "POST": lambda actor: postings.latest(actor),
    "ADMINISTER": lambda actor: accounts.accounts(actor),
    "COMPARE_STREETS": lambda actor: districts.visitors(actor),
}


def _refusal(act: Callable[[Actor], Any], actor: Actor) -> type[BaseException] | None:
    """How the account was refused; None where it was let through, whatever came of it then."""
    try:
        act(actor)
    except AccountError as refusal:
        return type(refusal)
    except Exception as wrong:  # there is no such thing: it was looked for
        assert not isinstance(wrong, TypeError | AttributeError | AssertionError), wrong
        return None
    return None


def test_the_table_cell_by_cell(office: Office) -> None:
    """Tried: one act of each capability with each role, now and while looking back. Held: what the table says, and
    the table in docs/security.md is the one of the program."""
    Board(administrator()).communities([OWN])
    assert set(ACTS) == {capability.name for capability in Capability}
    for role in Role:
        actor = district() if role == Role.DISTRICT else account(role)
        for name, act in ACTS.items():
            allowed = name in EXPECTED[role]
            assert actor.may(Capability[name]) == allowed, (role, name)
            assert _refusal(act, actor) == (None if allowed else NotAllowedError), (role, name)
        back = accounts.look_back(actor, clock.now())
        for name, act in ACTS.items():
            reads = name in ("READ_BOARD", "READ_PEOPLE", "ADMINISTER", "COMPARE_STREETS")
            held = {None if reads else LookingBackError}
            if name not in EXPECTED[role]:
                held = {NotAllowedError} | held - {None}
            assert _refusal(act, back) in held, (role, name, "looking back")
    paper = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    assert rights.table() in paper, "run python -m data_access.access.rights and put it into docs/security.md"
    assert set(rights.WHAT) == set(Capability)


# A clerk and the community next door ----------------------------------------------------------------------------------


class Neighbours:
    """Two communities; the other one has people, words, a photograph and a workbook of its own."""

    def __init__(self) -> None:
        self.admin = administrator()
        board = Board(self.admin)
        told = {"liaison": NAME, "liaison_phone": PHONE, "lead_cadre": NAME}
        board.communities([OWN, {"name": OTHER, **told}])
        self.clerk, self.leader = account(Role.CLERK, OWN), account(Role.LEADER)
        self.theirs = accounts.create(self.admin, "clerk_2", PASSWORD, Role.CLERK, OTHER, must_change=False)
        person = {"name": NAME, "phone": PHONE, "person_code": CODE, "liaison": NAME, "liaison_phone": PHONE}
        self.roster = board.roster(OTHER, people=[{**person, "outcome": "no_show"}]).submission or 0
        board.roster(OTHER, date(2022, 8, 1), people=[{**person, "outcome": "deferred"}])
        self.mine = board.roster(OWN, n=2).submission or 0
        help_ = {"needs_help": True, "issues": SECRET, "owner": NAME, "due": DAY}
        self.morning = board.morning(OTHER, planned=1, **help_, filler=NAME).submission or 0
        board.evening(OTHER, note=SECRET, no_show=1, roster_n=1)
        board.progress(OTHER, STREAM, PERIOD, {"indicator": INDICATOR, "num": 1, "den": 2, **help_})
        self.evidence = board.evidence(OTHER, YEAR, {"item_code": ITEM, "theme": SECRET, "partner": NAME})
        board.plan(OTHER, "2022-W32", {"item_no": 1, "task": SECRET, "owner": NAME})
        board.action(OTHER, "DB-1", issue=SECRET, owner=NAME, due=DAY, found_on=DAY, source="morning", severity="major")
        with database.reading() as connection:
            wanted = select(Submission.community_id).where(Submission.id == self.roster)
            self.other_id = int(connection.execute(wanted).scalar_one() or 0)
        self.record = f"{YEAR}/{ITEM}"
        with database.reading() as connection:
            one = select(Callup.id).where(Callup.submission_id == self.roster)
            self.callup = int(connection.execute(one).scalars().first() or 0)
        self.photo = attachments.add(self.theirs, self.other_id, "evidence", self.record, "a.jpg", photo(), "photo")
        self.batch = batches.open_(self.theirs)
        book = books.morning(OTHER, 7, date(2022, 8, 11))
        (self.file,) = batches.receive(self.theirs, self.batch, [("b.xlsx", book)])
        outcome = submissions.commit(self.theirs, submissions.examine(self.theirs, book, "b.xlsx"), book)
        self.sent = outcome.sheets[0].submission or 0
        self.workbook = history.version(self.theirs, self.sent).workbook or 0


def _kept() -> dict[str, int]:
    """How many rows each table holds; the audit may grow."""
    with database.reading() as connection:
        tables = [table for table in Base.metadata.sorted_tables if table.name != AuditEvent.__tablename__]
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables
        }


def _portion(kind: str, **values: Any) -> Portion:
    scope = Scope("roster", "covid", OTHER, DAY) if kind == "roster" else Scope(kind, topic="DB-1")
    return Portion(scope, [Row(3, values)])


REACHES: Mapping[str, Callable[[Neighbours, Actor], Any]] = {
    "the people of a day": lambda n, a: callups.people(_view(a, community=OTHER)),
    "the call sheet written out": lambda n, a: callups.call_sheet(_view(a, community=OTHER), plain=Purpose("call")),
    "one person in full": lambda n, a: reveals.reveal(a, n.callup, CALL),
    "call sheets by site": lambda n, a: callups.call_sheets(_view(a, community=OTHER), "site"),
    "those to be called again": lambda n, a: callups.carried_over(_view(a, community=OTHER)),
    "those whose deferral is over": lambda n, a: callups.deferral_over(_view(a, community=OTHER)),
    "a version of a sheet": lambda n, a: history.version(a, n.roster),
    "all versions": lambda n, a: history.versions(a, n.roster),
    "its rows": lambda n, a: history.detail(a, n.roster),
    "a comparison with the own": lambda n, a: history.difference(a, n.mine, n.roster),
    "a comparison the other way": lambda n, a: history.difference(a, n.roster, n.mine),
    "a comparison of a made-up sheet": lambda n, a: history.preview(
        a, _portion("roster", name="试", person_code="X"), n.roster
    ),
    "its findings": lambda n, a: history.findings(a, n.roster),
    "the original": lambda n, a: history.original(a, n.workbook),
    "where a figure stands in it": lambda n, a: origins.cells(a, n.sent, 3, "x"),
    "files of evidence": lambda n, a: attachments.listed(a, n.other_id, "evidence", n.record),
    "a photograph": lambda n, a: attachments.picture(a, n.photo),
    "its small picture": lambda n, a: attachments.thumbnail(a, n.photo),
    "the file itself": lambda n, a: attachments.content(a, n.photo),
    "attaching a file": lambda n, a: attachments.add(a, n.other_id, "evidence", n.record, "x.jpg", photo(), "photo"),
    "taking a file away": lambda n, a: attachments.remove(a, n.photo, "试"),
    "a file that waits": lambda n, a: batches.content(a, n.file.id),
    "mending it": lambda n, a: batches.mend(a, n.file.id, {("早会商", "A1"): "x"}),
    "taking it out": lambda n, a: batches.remove(a, n.file.id),
    "the files of a batch": lambda n, a: batches.files(a, n.batch),
    "ending a batch": lambda n, a: batches.close(a, n.batch),
    "adding to a batch": lambda n, a: batches.receive(a, n.batch, [("c.xlsx", b"x")]),
    "taking a batch back": lambda n, a: batches.undo(a, n.batch, "试"),
    "withdrawing a sheet": lambda n, a: submissions.withdraw(a, n.roster, "试"),
    "typing a roster": lambda n, a: submissions.save(
        a, [_portion("roster", name="试", person_code="X", vaccination_date=DAY)]
    ),
    "previewing its workbook": lambda n, a: _examined(a, submissions.preview),
    "committing its workbook": lambda n, a: _examined(a, lambda actor, read: submissions.commit(actor, read, b"x")),
    "moving its matter": lambda n, a: matters.move(a, "DB-1", "recheck", measure="试"),
    "reading its matter": lambda n, a: matters.current(a, "DB-1"),
    "putting off its matter": lambda n, a: matters.extend(a, "DB-1", DAY, "试"),
    "reviewing its evidence": lambda n, a: reviews.review(a, OTHER, YEAR, [n.record], "approved", seen=1),
    "what it asks help for": lambda n, a: coordination.asked(a, "XT-20220812-abcdef"),
    "its base workbook": lambda n, a: administration.blank_workbook(_view(a, community=OTHER), "base", "zh_CN"),
    "accepting its warning": lambda n, a: waivers.grant(a, "I5", OTHER, DAY, "试"),
    "letting it off": lambda n, a: exemptions.grant(a, OTHER, DAY, DAY, "试"),
}


def _examined(actor: Actor, then: Callable[[Actor, Any], Any]) -> Any:
    """As a clerk's own programme could: the workbook is read as the street, then handed in as the clerk."""
    read = submissions.examine(administrator(), books.morning(OTHER, 999, date(2022, 8, 10)), "x.xlsx")
    return then(actor, read)


def test_a_clerk_does_not_reach_the_community_next_door(database_url: str, office: Office) -> None:
    """Tried: every way to another community's people, sheets, originals, files, batches and matters.

    Held: each is refused with a sentence, and not one row was written.
    """
    held = Neighbours()
    for what, reach in REACHES.items():
        before = _kept()
        with pytest.raises(Exception) as refused:
            reach(held, held.clerk)
        assert type(refused.value).__name__.endswith("Error") and type(refused.value).__module__.startswith("data_")
        assert _kept() == before, what
        for secret in (NAME, PHONE, CODE, SECRET):
            assert secret not in str(refused.value), what
    assert brought.brought(held.clerk, held.batch) == {}
    assert matters.moves(held.clerk, "DB-1") == ()
    assert not history.may_have_original(held.clerk, held.workbook)
    assert held.roster not in history.submissions(held.clerk)["submission"].tolist()
    assert dispatch.contacts(_view(held.clerk))["community"].tolist() == [OWN]
    assert coordination.waiting(_view(held.clerk)).empty
    read = submissions.examine(held.clerk, books.morning(OTHER, 9, DAY), "x.xlsx")
    assert submissions.preview(held.clerk, read).status == "rejected"


@pytest.mark.parametrize("key", ["roster", "evening", "actions", "plan", "progress", "morning"])
def test_templates_name_the_own_people_only(office: Office, key: str) -> None:
    """Tried: a prefilled template for another community. Held: it is of the own one, and names nobody of the other."""
    held = Neighbours()
    made = administration.blank_workbook(_view(held.clerk, community=OTHER), key, "zh_CN")
    sheets = load_workbook(BytesIO(made)).worksheets
    said = " ".join(str(cell.value) for sheet in sheets for row in sheet.iter_rows() for cell in row if cell.value)
    for secret in (NAME, PHONE, SECRET, OTHER):
        assert secret not in said


def test_no_report_tells_a_clerk_or_a_leader_of_other_people(office: Office) -> None:
    """Tried: asking every report there is, for the street and for the other community, as a leader and as a clerk next
    door. Held: none names anybody, masked or not, nor repeats what was written about them."""
    held = Neighbours()
    told: Mapping[str, Any] = {
        **{"community": OTHER, "code": INDICATOR, "period": PERIOD, "workstream_name": STREAM, "day": DAY},
        **{"until": DAY, "start": DAY, "by": "liaison", "item_no": "DB-1", "number": "XT-20220812-abcdef"},
        "language": "zh_CN",
    }
    asked_for = 0
    for name, report in _reports():
        for actor in (held.leader, held.clerk):
            for key, sort in ((records.Key("progress", f"{PERIOD}/{INDICATOR}", INDICATOR, PERIOD), "roster"),):
                needed = {"key": sort if "blank" in name else "community" if name == "callups.by" else key}
                for view in (_view(actor), _view(actor, community=OTHER)):
                    try:
                        answer = report(view, **_arguments(report, {**told, **needed}))
                    except AccountError:
                        continue
                    asked_for += 1
                    said = _told(answer)
                    for secret in (NAME, PHONE, CODE, SECRET, *MASKED):
                        assert secret not in said, (name, actor.role, secret)
    assert asked_for > 300


def _reports() -> list[tuple[str, Callable[..., Any]]]:
    """Every public report that asks for a view alone, or for what ``_arguments`` can give."""
    found = []
    for module in pkgutil.iter_modules(reports.__path__):
        loaded = importlib.import_module(f"data_access.reports.{module.name}")
        for name, report in vars(loaded).items():
            if inspect.isfunction(report) and report.__module__ == loaded.__name__ and not name.startswith("_"):
                first = next(iter(inspect.signature(report).parameters.values()), None)
                if first is not None and first.annotation == "View":
                    found.append((f"{module.name}.{name}", report))
    left = {"progress.rows_of", "tallies.of_day", "agenda.agenda", "errata.since", "handout.definitions"}
    return [(name, report) for name, report in found if name not in left]  # they ask nothing of the database


def _arguments(report: Callable[..., Any], told: Mapping[str, Any]) -> dict[str, Any]:
    wanted = list(inspect.signature(report).parameters.values())[1:]
    return {one.name: told[one.name] for one in wanted if one.default is one.empty}


def _told(answer: Any) -> str:
    if isinstance(answer, bytes):
        return " ".join(str(c.value) for sheet in load_workbook(BytesIO(answer)) for r in sheet.iter_rows() for c in r)
    if isinstance(answer, pd.DataFrame):
        return answer.to_json(force_ascii=False, date_format="iso", default_handler=str) + str(answer.columns.tolist())
    if isinstance(answer, list | tuple):
        return " ".join(map(_told, answer))
    with pd.option_context("display.max_rows", None, "display.max_columns", None, "display.max_colwidth", None):
        return repr(answer)


# Another street of the district ---------------------------------------------------------------------------------------


# In the other street these would be sheets of its own, of communities that it does not have.
OF_ONES_OWN = {"typing a roster", "previewing its workbook", "committing its workbook", "its base workbook"}


def test_another_street_is_another_world(database_url: str, office: Office) -> None:
    """Tried: an administrator of a second street with the numbers of the first. Held: nothing is found, nothing
    changes, and no list shows the first street."""
    held = Neighbours()
    with database.writing() as connection:
        street = connection.execute(insert(Street).values(code="s2", name="另一街道").returning(Street.id)).scalar_one()
        common = {"street_id": street, "role": "admin", "created_at": clock.now(), "generation": 1}
        connection.execute(insert(Account).values(username="admin_2", must_change=False, failures=0, **common))
    stranger = accounts.actor("admin_2")
    target = targets.put(held.admin, INDICATOR, 90, valid_from=DAY, source="试")
    waiver = waivers.grant(held.admin, "I5", OTHER, DAY, "试")
    let_off = exemptions.grant(held.admin, OTHER, date(2022, 8, 20), date(2022, 8, 20), "试")
    calendars.add(held.admin, date(2022, 8, 21))
    rest = int(calendars.rest_days(held.admin)["id"].iloc[0])
    before = _kept()
    for act in (
        *(lambda reach=reach: reach(held, stranger) for what, reach in REACHES.items() if what not in OF_ONES_OWN),
        lambda: targets.withdraw(stranger, target),
        lambda: waivers.revoke(stranger, waiver),
        lambda: exemptions.revoke(stranger, let_off),
        lambda: calendars.remove(stranger, rest),
        lambda: accounts.reset_password(stranger, "clerk_2"),
        lambda: accounts.disable(stranger, "clerk_2"),
        lambda: accounts.link(stranger, "clerk_2", "x"),
        lambda: accounts.create(stranger, "clerk_9", PASSWORD, Role.CLERK, OTHER),
        lambda: registry.rename(stranger, OTHER, "新名社区", DAY),
    ):
        try:
            told = _told(act())
        except Exception as refusal:
            assert type(refusal).__module__.startswith("data_access"), refusal
            told = str(refusal)
        for secret in (NAME, PHONE, CODE, SECRET, *MASKED):
            assert secret not in told
    assert {**_kept(), "batch": 0, "audit_event": 0} == {**before, "batch": 0, "audit_event": 0}
    assert history.submissions(stranger).empty and batches.batches(stranger).empty
    assert reports.directory.communities(_view(stranger)).empty
    assert [row["username"] for row in accounts.accounts(stranger)] == ["admin_2"]
    assert not streets.is_sample(stranger)


# The command line -----------------------------------------------------------------------------------------------------


def test_as_means_as(office: Office, tmp_path: Any) -> None:
    """Tried: ``--as`` a clerk with another community's workbook, a withdrawal, an unknown account, one that ended.

    Held: the account's own limits count; nothing is written.
    """
    held = Neighbours()
    book = tmp_path / "x.xlsx"
    book.write_bytes(books.morning(OTHER, 5, date(2022, 8, 9)))
    accounts.disable(held.admin, "leader_1")
    before = _kept()
    for command in (
        ["import", str(book), "--as", "clerk_1", "--json"],
        ["import", str(book), "--as", "leader_1"],
        ["import", str(book), "--as", "nobody_at_all"],
        ["import", str(book), "--as", "clerk_1", "--reopen", "试"],
        ["withdraw", str(held.roster), "--reason", "试", "--as", "clerk_1"],
        ["withdraw", str(held.mine), "--reason", "试", "--as", "clerk_1"],
    ):
        told = CliRunner().invoke(main, command)
        assert told.exit_code in (1, 2), command
        assert "Traceback" not in told.output
        if "--json" in command:
            (workbook,) = json.loads(told.stdout)["workbooks"]
            assert workbook["status"] == "rejected"
    after = _kept()
    assert {name: after[name] - before[name] for name in after if after[name] != before[name]}.keys() <= {
        "batch", "batch_file", "workbook", "finding"}  # fmt: skip
