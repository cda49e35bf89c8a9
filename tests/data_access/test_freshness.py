"""Which kinds of sheet an answer hangs on, by what it asks the database; and what each commit says it changed."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import exists, func, select

from data_access import accounts, database, freshness
from data_access.freshness import EVERY, noted
from data_access.schema import (
    Callup,
    Community,
    DataVersion,
    EveningTally,
    Finding,
    MorningTally,
    Progress,
    Submission,
)
from tests.conftest import Office
from tests.data_access.street import Board

OF_KIND = select(Submission.id).where(Submission.kind == "morning")
IN_KINDS = select(Submission.id).where(Submission.kind.in_(["roster", "evening"]))
ASKED = {
    "people": (select(Callup.id).join(Submission, Submission.id == Callup.submission_id), {"roster"}),
    "two tables": (
        select(MorningTally.id).join(EveningTally, EveningTally.community_id == MorningTally.community_id),
        {"morning", "evening"},
    ),
    "submissions of a kind": (OF_KIND, {"morning"}),
    "submissions of kinds": (IN_KINDS, {"roster", "evening"}),
    "submissions of any kind": (select(func.max(Submission.committed_at)), {EVERY}),
    "rows, and submissions of any kind": (
        select(Progress.id, select(func.count(Submission.id)).scalar_subquery()).join(
            Submission, Submission.id == Progress.submission_id
        ),
        {"progress", EVERY},
    ),
    "submissions with or without rows": (
        select(Submission.id).join(Callup, Callup.submission_id == Submission.id, isouter=True),
        {"roster", EVERY},
    ),
    "inside": (select(Community.name).where(exists(OF_KIND)), {"morning"}),
    "findings": (select(Finding.id), {EVERY}),
    "the counter": (select(DataVersion.version), {EVERY}),
    "what only other commits change": (select(DataVersion.everything).where(exists(select(Community.id))), set()),
}


@pytest.mark.parametrize("name", ASKED)
def test_what_an_answer_hangs_on(database_url: str, name: str) -> None:
    """Read off the statements as each database is sent them; the block around is told."""
    statement, kinds = ASKED[name]
    with noted() as outer:
        with noted() as inner, database.reading() as connection:
            connection.execute(statement).all()
        assert inner == kinds
        freshness.read({"plan"})
    assert outer == kinds | {"plan"}


def test_what_a_commit_says_it_changed(database_url: str, office: Office) -> None:
    board = Board()
    board.communities(["甲社区"])
    street = accounts.console().street_id
    registered = database.moment().of(street)
    board.evening("甲社区", roster_n=1)
    database.data_version()
    evening = database.moment().of(street)
    assert evening.everything == registered.everything
    assert evening.newer(registered, ["evening"]) and evening.newer(registered, [EVERY])
    assert not evening.newer(registered, ["roster", "morning"]) and not evening.newer(registered, [])
    assert database.moment().of(None).newer(registered, ["evening"]) and not database.moment().of(street + 1).kinds
    board.evening("甲社区", roster_n=2)
    board.roster("甲社区", date(2022, 8, 12), n=1)
    database.data_version()
    later = database.moment().of(street)
    assert later.newer(evening, ["evening"]) and later.newer(evening, ["roster"])
    board.roster("甲社区", date(2022, 8, 11), n=1, site="新接种点")
    database.data_version()
    assert database.moment().of(street).newer(later, []), "a site was registered, which may stand anywhere"
