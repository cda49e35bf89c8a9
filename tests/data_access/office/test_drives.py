"""Campaigns kept in the page: changed for all days at once, but never against sheets that have been sent."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from data_access import accounts, database
from data_access.accounts import AccountError, Role
from data_access.office import drives
from data_access.office.drives import CampaignError
from data_access.reports import directory, ranking
from data_access.schema import AuditEvent
from tests.data_access.street import Board


def definition(board: Board, **changes: Any) -> dict[str, Any]:
    return directory.campaign(board.view()).model_dump(mode="json") | changes


def test_a_campaign_is_changed_begun_and_refused(database_url: str) -> None:
    board = Board()
    board.communities(["春晖社区"])
    before = database.data_version()
    assert drives.put(board.actor, definition(board)).code == "covid" and database.data_version() == before
    drives.put(board.actor, definition(board, target=95.0, ends="2022-12-31"))
    made = directory.campaign(board.view())
    assert (made.target, made.ends) == (95.0, date(2022, 12, 31))
    with database.reading() as connection:
        told = connection.execute(select(AuditEvent.details).where(AuditEvent.event == "campaign_changed")).scalar_one()
    assert told["new"] == {"target": 95.0, "ends": "2022-12-31"} and set(told["old"]) == {"target", "ends"}
    flu = {"code": "flu26", "zh": "流感", "en": "Flu", "synonyms": [], "starts": "2026-10-01", "ends": None}
    drives.put(board.actor, definition(board) | flu)
    assert [item.code for item in directory.campaigns(board.actor)] == ["covid", "flu26"]

    board.evening("春晖社区", roster_n=10, vacc_on_roster=8)
    assert not ranking.table(board.view()).empty
    for changes, words in (
        ({"doses": definition(board)["doses"][:1], "full_course": ["d1"], "headline": "d1"}, "已有报送的表"),
        ({"target": 130}, "target"),
        ({"starts": "2023-01-01"}, "ends"),
        ({"code": "flu27"}, "已是"),
        ({"code": "X y"}, "code"),
    ):
        with pytest.raises(CampaignError) as refusal:
            drives.put(board.actor, definition(board, **changes))
        assert words in str(refusal.value)
    assert len(directory.campaign(board.view()).doses) > 1
    other = accounts.create(board.actor, "super_1", "correct horse", Role.SUPERVISOR)
    with pytest.raises(AccountError):
        drives.put(other, definition(board, target=50.0))
