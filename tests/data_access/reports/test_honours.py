"""Funnels of a workstream: exact rates of their own steps only, missing steps, and steps that grow; and eras."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pandas as pd
import pytest

from config.indicators import Funnel
from data_access.catalogue import targets
from data_access.metrics import Rate, display_percent
from data_access.reports import eras, honours
from tests.data_access.street import Board

STREAM = "water_saving"
STEPS = ("WAT-01a", "WAT-01b", "WAT-01c")


@pytest.fixture
def board(office: object) -> Board:
    made = Board()
    made.communities(["清河社区", "和平社区"])
    return made


def tell(board: Board, community: str, *counts: int | None) -> None:
    rows = [
        {"indicator": code, "accrual": "cumulative", "done": Decimal(n)}
        for code, n in zip(STEPS, counts, strict=True)
        if n is not None
    ]
    board.progress(community, STREAM, "2022", *rows)


def shown(row: pd.Series, name: str) -> str | None:
    found = display_percent(Rate.of(row[f"{name}_n"], row[f"{name}_d"]), 2)
    return None if found is None else str(found)


def test_water_saving_families_from_application_to_honour(board: Board) -> None:
    """W4, W5, W6: 352 → 153 → 45."""
    tell(board, "清河社区", 352, 153, 45)
    found = honours.table(board.view(), STREAM, "清河社区").set_index("indicator")
    assert found["count"].tolist() == [352, 153, 45]
    assert [shown(row, "step") for _code, row in found.iterrows()] == [None, "43.47", "29.41"]
    assert [shown(row, "overall") for _code, row in found.iterrows()] == [None, "43.47", "12.78"]
    assert found.loc["WAT-01c", ["step_n", "step_d", "overall_n", "overall_d"]].tolist() == [45, 153, 45, 352]
    assert not found["larger"].any()


def test_only_steps_of_the_funnel_are_denominators(board: Board) -> None:
    """W7: 352 applicants of a community over 753 households of one estate is no rate that anybody can ask for."""
    tell(board, "清河社区", 352, 153, 45)
    board.progress(
        "清河社区", STREAM, "2022-04", {"indicator": "WAT-02", "accrual": "cumulative", "done": Decimal(753)}
    )
    told = honours.table(board.view(), STREAM)
    assert set(told["indicator"]) == set(STEPS)
    bases = {int(n) for name in ("step_d", "overall_d") for n in told[name].dropna()}
    assert bases == {352, 153}


def test_a_step_nobody_tells_is_missing_and_so_are_its_rates(board: Board) -> None:
    tell(board, "清河社区", 352, None, 45)
    tell(board, "和平社区", 40, 50, None)
    own = honours.table(board.view(), STREAM, "清河社区").set_index("indicator")
    assert own.loc["WAT-01b", "count"] is None and pd.isna(own.loc["WAT-01c", "step_n"])
    assert own.loc["WAT-01c", ["overall_n", "overall_d"]].tolist() == [45, 352]
    grown = honours.table(board.view(), STREAM, "和平社区").set_index("indicator")
    assert grown["larger"].tolist() == [False, True, False], "50 of 40 is marked"
    street = honours.table(board.view(), STREAM).set_index("indicator")
    assert street["count"].tolist() == [392, 50, 45] and street["told"].tolist() == [2, 1, 1]
    assert street.loc["WAT-01b", ["step_n", "step_d"]].tolist() == [50, 40], "the same communities above and below"
    assert pd.isna(street.loc["WAT-01c", "step_n"])


def test_a_workstream_without_funnels_has_none(board: Board) -> None:
    assert honours.table(board.view(), "health_education").empty
    with pytest.raises(ValueError, match="step"):
        Funnel(code="F", zh="甲", en="A", steps=("WAT-01a",))


def test_a_new_target_breaks_the_line_of_its_community_only(board: Board) -> None:
    day = date(2022, 9, 1)
    targets.put(board.actor, "HE-01", 2, community="清河社区", valid_from=day, source="街道〔2022〕9号")
    found = eras.table(board.view(), "清河社区", "HE-01")
    assert found[["start", "end", "changed", "target", "source"]].to_numpy().tolist() == [
        [date(2022, 1, 1), date(2022, 8, 31), None, Decimal(12), None],
        [day, date(2022, 12, 31), "target", Decimal(24), "街道〔2022〕9号"],
    ]
    # each month needs its own: eight of one, then four of two
    assert found[["due_from", "due_to"]].to_numpy().tolist() == [[0, 8], [8, 16]]
    assert [eras.due(found, end) for end in (date(2022, 3, 31), date(2022, 9, 30), date(2022, 12, 31))] == [2, 9, 16]
    targets.put(board.actor, "CIV-01", 8, valid_from=date(2022, 7, 2), source="街道〔2022〕7号")
    events = eras.table(board.view(), "清河社区", "CIV-01")  # only the sum of the year counts: 4 of it, then 8 of it
    half = Decimal(182) / 365
    assert [round(n, 4) for n in events["due_to"]] == [round(4 * half, 4), 8] and events["due_from"].iloc[1] == round(
        8 * half, 4
    )
    assert len(eras.table(board.view(), "和平社区", "HE-01")) == 1
