"""What was read of a file is read anew when what came in since may change it, and only then; on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from data_access import submissions
from data_access.accounts import Actor
from data_access.inbox import batches, intake
from data_access.inbox.intake import File
from tests.data_access import books
from tests.data_access.street import DAY, Board

OWN, OTHER = "春晖社区", "向阳社区"
BEFORE = DAY - timedelta(days=30)
GIVEN = {"outcome": "vaccinated", "observed_30": True, "aefi": False}


def waiting(actor: Actor) -> dict[str, File]:
    """A morning tally and a roster of the own community, read."""
    batch = batches.open_(actor)
    sheets = {"morning": books.morning(OWN, 2), "roster": books.book("roster", books.person(0), books.person(1))}
    batches.receive(actor, batch, [(f"{kind}.xlsx", content) for kind, content in sheets.items()])
    files = intake.waiting(actor, batch)
    intake.examine(actor, files)
    return dict(zip(sheets, files, strict=True))


def sent(board: Board, name: str, *people: dict[str, Any]) -> None:
    """Another account's roster of thirty days ago is taken in."""
    content = books.book("roster", *(person | {"community": name, "vaccination_date": BEFORE} for person in people))
    submissions.commit(board.actor, submissions.examine(board.actor, content, "名单.xlsx"), content)


def read_anew(actor: Actor, files: dict[str, File]) -> set[str]:
    """Which of the files were read anew, if it was asked now."""
    before = {kind: item.reading for kind, item in files.items()}
    stale = intake.stale(actor, list(files.values()))
    intake.examine(actor, list(files.values()))
    anew = {kind for kind, item in files.items() if item.reading is not before[kind]}
    assert stale is bool(anew)
    assert not intake.stale(actor, list(files.values())), "and then it holds"
    return anew


def codes(item: File) -> set[str]:
    return {finding.code for finding in item.findings}


def test_a_reading_holds_until_something_comes_in_that_it_hangs_on(database_url: str) -> None:
    board = Board()
    board.communities([OWN, OTHER])
    board.sites(["卫生中心"])
    files = waiting(board.actor)
    assert read_anew(board.actor, files) == set()

    board.morning(OTHER, DAY, planned=9)
    board.roster(OTHER, DAY, n=3)
    sent(board, OTHER, books.person(0))  # called up only
    assert read_anew(board.actor, files) == set(), "what another community hands in changes nothing of it"

    sent(board, OTHER, books.person(0) | GIVEN)
    assert read_anew(board.actor, files) == {"roster"}, "a dose given there does"
    assert "I7_DOSE_HELD" in codes(files["roster"])
    sent(board, OTHER, books.person(0), books.person(2))
    assert read_anew(board.actor, files) == {"roster"}, "and one taken back"
    assert "I7_DOSE_HELD" not in codes(files["roster"])

    board.roster(OWN, DAY, n=5)
    assert read_anew(board.actor, files) == set(files), "what its own community hands in is compared with"
    assert "I5_PLAN_ROSTER" in codes(files["morning"]) and files["roster"].state == "corrected"
    board.communities([{"name": OWN, "active_until": BEFORE}, OTHER])
    assert read_anew(board.actor, files) == set(files), "and so are the street's own lists"
    assert "COMMUNITY_INACTIVE" in codes(files["morning"])


def test_matters_of_the_street_are_compared_with_all_that_came_of_them(database_url: str) -> None:
    """Their sheet speaks of no one community, so each commit of another one's matters may be about the same."""
    board = Board()
    board.communities([OWN, OTHER])
    batch = batches.open_(board.actor)
    matter = {
        "item_no": "A-1", "community": OWN, "source": "日查", "found_on": DAY, "place": "门口",
        "workstream": "vaccination", "severity": "一般", "demand": "补齐标识", "unit": OWN, "owner": "王某", "due": DAY,
        "issue": "门口缺少指引标识", "status": "整改中",
    }  # fmt: skip
    batches.receive(board.actor, batch, [("事项.xlsx", books.book("actions", matter))])
    files = {"actions": intake.waiting(board.actor, batch)[0]}
    intake.examine(board.actor, list(files.values()))
    assert files["actions"].state == "ready", [str(found) for found in files["actions"].findings]
    board.morning(OTHER, DAY, planned=9)
    assert read_anew(board.actor, files) == set()
    content = books.book("actions", matter | {"community": OTHER})
    submissions.commit(board.actor, submissions.examine(board.actor, content, "事项.xlsx"), content)
    assert read_anew(board.actor, files) == {"actions"} and files["actions"].state == "corrected"
