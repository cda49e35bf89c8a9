"""New rows beside old ones: the preview's numbers (I10)."""

from __future__ import annotations

from decimal import Decimal

from data_access.workbooks.compare import Change, compare

OLD = [{"site": "甲", "n": 5, "note": None}, {"site": "乙", "n": 7}, {"site": "丙", "n": 1}]


def test_new_changed_unchanged_gone() -> None:
    new = [{"site": "甲", "n": 5}, {"site": "乙", "n": 9}, {"site": "丁", "n": 2}]
    found = compare(["site"], new, OLD)
    assert (found.new, found.changed, found.unchanged, found.gone) == (1, 1, 1, 1)
    assert found.changes == [Change(("乙",), "n", 7, 9)]
    assert found.totals_moved == {"n": (13, 16)}
    assert not found.same


def test_the_same_rows_in_another_order_are_the_same() -> None:
    found = compare(["site"], list(reversed(OLD)), OLD)
    assert found.same and found.unchanged == 3 and found.totals_moved == {}


def test_missing_is_not_zero() -> None:
    found = compare(["site"], [{"site": "甲", "n": 0}], [{"site": "甲", "n": None}])
    assert found.changes == [Change(("甲",), "n", None, 0)]
    assert found.totals_moved == {"n": (None, 0)}


def test_rows_without_identity_are_matched_in_order() -> None:
    found = compare([], [{"n": Decimal("1.5")}], [{"n": 1}])
    assert (found.changed, found.new, found.gone) == (1, 0, 0)
    twins = compare(["site"], [{"site": None, "n": 1}, {"site": None, "n": 2}], [{"site": None, "n": 1}])
    assert (twins.unchanged, twins.new) == (1, 1)


def test_nothing_before_and_nothing_after() -> None:
    assert compare(["site"], OLD, []).new == 3
    assert compare(["site"], [], OLD).gone == 3
    assert compare(["site"], [], []).same
