"""A difference planted in the sheets of a day, one for each identity I1–I8: each is named on the dispatch page.

I3 and I7 are errors of a sheet that is uploaded; here they come as the board can still hold them: typed in, or because
the outcomes of an earlier roster came later.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from data_access.accounts import Role
from tests.data_access.street import DAY, Board, at

HERE = "春晖社区"
EVE, NEXT = DAY - timedelta(days=1), DAY + timedelta(days=1)
SO_FAR = {"cum_d1": 40, "cum_full": 30, "cum_b": 20}
GOOD = {"roster_n": 6, "vacc_on_roster": 4, "no_show": 2, **SO_FAR, "cum_d1": 44}
MARKED = ["vaccinated"] * 4 + ["no_show"] * 2

# identity: its column, amount, what is said otherwise than where everything agrees
PLANTED = {
    "I1": ("不明差异", "+1", {"evening": {"no_show": 1}}),
    "I2": ("累计−当日", "+3", {"evening": {"cum_d1": 47}}),
    "I3": ("剂次倒挂", "+6", {"before": {"cum_full": 50}, "evening": {"cum_full": 50}}),
    "I4 parts": ("合计−分项", "+1", {"evening": {"vacc_total": 5, "vacc_d1": 5, "cum_d1": 45}}),
    "I4 doses": ("合计−剂次", "+1", {"evening": {"vacc_d1": 3, "cum_d1": 43}}),
    "I5 plan": ("名单−计划", "−2", {"planned": 8}),
    "I5 tally": ("名单−晚报", "−1", {"evening": {"roster_n": 7, "no_show": 3}}),
    "I6": ("已种−晚报", "−1", {"marked": MARKED[:3] + MARKED[4:] + ["no_show"]}),
    "I7": ("已有本剂", "+1", {"held": True}),
    "I8": ("明日−计划", "−4", {"evening": {"plan_next": 9}}),
}


@pytest.mark.parametrize("identity", PLANTED)
def test_a_planted_difference_is_named(office, app, identity):
    heading, amount, said = PLANTED[identity]
    board = Board()
    board.communities([HERE], at=at(EVE, 8))
    if said.get("held"):
        board.roster(HERE, EVE, outcomes=["vaccinated"], at=at(EVE, 9))
    board.evening(HERE, EVE, **{**SO_FAR, **said.get("before", {})}, at=at(EVE, 19))
    board.roster(HERE, outcomes=said.get("marked", MARKED), at=at(EVE, 17))
    board.morning(HERE, planned=said.get("planned", 6), at=at(DAY, 8))
    board.roster(HERE, NEXT, people=[{"person_code": f"明日-{n}"} for n in range(5)], at=at(DAY, 17))
    board.evening(HERE, **{**GOOD, "plan_next": 5, **said.get("evening", {})}, at=at(DAY, 19))
    page = app(Role.SUPERVISOR, "dispatch", day=DAY.isoformat(), picked=HERE)
    assert not page.exception
    frame = page.dataframe[0].value
    shown = {name[1]: (name[0], frame[name].iloc[0]) for name in frame.columns}
    group, cell = shown[heading]
    assert group.endswith(identity[:2]) and cell.split()[0] == amount
    wrong = {name for name, (above, text) in shown.items() if above.startswith("差异") and text not in ("0", "—")}
    assert wrong == {heading}
    drill = " ".join(element.proto.body for element in page.get("html"))
    assert identity[:2] in drill and amount in drill
