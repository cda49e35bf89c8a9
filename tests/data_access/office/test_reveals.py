"""One person in full: to whom, for what, what stays on record of it, and what does not; both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from data_access import database
from data_access.accounts import LookingBackError, NotAllowedError, OtherCommunityError, Role
from data_access.office import retention, reveals
from data_access.office.reveals import Purpose, RevealError
from data_access.reports import callups
from data_access.schema import AuditEvent
from tests.data_access.street import DAY, Board
from tests.pages.conftest import account

CALL = Purpose("call")


def shown():
    with database.reading() as connection:
        rows = connection.execute(
            select(AuditEvent.account_id, AuditEvent.event, AuditEvent.subject, AuditEvent.details).where(
                AuditEvent.event.in_(("person_revealed", "call_sheet"))
            )
        )
        return [tuple(row) for row in rows]


def test_who_may_see_whom_and_what_stays_on_record(database_url, office):
    board = Board(account(Role.ADMIN))
    board.communities(["春晖社区", "安康社区"])
    person = {"name": "欧阳清风", "phone": "13987650123", "person_code": "AB-1234"}
    board.roster("春晖社区", people=[person])
    board.roster("安康社区", n=1)
    clerk, leader, supervisor = account(Role.CLERK, "春晖社区"), account(Role.LEADER), account(Role.SUPERVISOR)
    own, other = (int(found) for found in callups.people(board.view())["id"])
    seen = reveals.reveal(clerk, own, CALL)
    assert (seen.name, seen.phone, seen.last4, seen.liaison_phone) == ("欧阳清风", "13987650123", "1234", "13900002046")
    assert (seen.community, seen.day) == ("春晖社区", DAY)
    told = Purpose("other", "欧阳清风的家属 13900001111 来电")
    reveals.reveal(supervisor, own, told)
    with pytest.raises(OtherCommunityError):
        reveals.reveal(clerk, other, CALL)
    with pytest.raises(NotAllowedError):
        reveals.reveal(leader, own, CALL)
    back = replace(supervisor, looking_back=True)
    with pytest.raises(LookingBackError):
        reveals.reveal(back, own, CALL)
    with pytest.raises(LookingBackError):
        callups.call_sheet(Board(back).view(), plain=CALL)
    for purpose in (Purpose(""), Purpose("curious"), Purpose("other"), Purpose("other", " ")):
        with pytest.raises(RevealError, match="用途"):
            reveals.reveal(supervisor, own, purpose)
        with pytest.raises(RevealError, match="用途"):
            callups.call_sheet(board.view(), plain=purpose)
    with pytest.raises(RevealError, match="已经不在"):
        reveals.reveal(supervisor, 987654, CALL)
    words = {"purpose": "other", "words": "欧*的家属 **** 来电"}
    assert shown() == [
        (clerk.id, "person_revealed", f"callup {own}", {"purpose": "call"}),
        (supervisor.id, "person_revealed", f"callup {own}", words),
    ]
    office.now("2024-01-01T10:00")
    retention.purge(board.actor, DAY.replace(year=2023))
    with pytest.raises(RevealError, match="不再保存"):
        reveals.reveal(account(Role.SUPERVISOR), own, CALL)
    assert len(shown()) == 2
