"""New rows beside old ones: the preview's numbers (I10)."""

from __future__ import annotations

from decimal import Decimal

from data_access.workbooks.compare import Change, compare, lay_over

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


def test_a_column_that_became_zero_is_not_one_that_nobody_fills_any_more() -> None:
    old = [{"site": "甲", "n": 5, "m": 3, "k": 0, "word": "有"}, {"site": "乙", "n": 7, "m": 0, "k": 0, "word": None}]
    new = [{"site": "甲", "n": 0, "m": None, "k": 0, "word": None}, {"site": "乙", "n": 0, "m": None, "k": None}]
    found = compare(["site"], new, old)
    assert found.became_zero == ("n",) and found.emptied == ("m", "word")
    assert found.zeroed_cells == [Change(("甲",), "n", 5, 0), Change(("乙",), "n", 7, 0)]
    emptied = {(change.identity[0], change.column) for change in found.emptied_cells}
    assert emptied == {("甲", "m"), ("甲", "word"), ("乙", "k"), ("乙", "m")}


def test_a_first_version_and_an_empty_one_lose_nothing() -> None:
    assert compare(["site"], OLD, []).emptied == compare(["site"], [], OLD).emptied == ()
    assert compare(["site"], [{"site": "甲", "n": 0}], []).became_zero == ()


def test_a_correction_is_laid_over_what_is_there() -> None:
    new = [{"site": "乙", "n": 9, "note": None}, {"site": "丁", "n": 2, "note": None}]
    old = [{"site": "甲", "n": 5, "note": "早"}, {"site": "乙", "n": 7, "note": "晚"}]
    whole = lay_over(["site"], new, [8, 9], old, [3, 4])
    assert whole.rows == [
        {"site": "甲", "n": 5, "note": "早"},
        {"site": "乙", "n": 9, "note": "晚"},  # the correction has no such column
        {"site": "丁", "n": 2, "note": None},
    ]
    assert whole.numbers == [3, 8, 9] and whole.mentioned == [1, 2]


def test_a_blank_in_a_column_that_the_correction_fills_is_missing() -> None:
    new = [{"site": "甲", "n": None}, {"site": "乙", "n": 1}]
    whole = lay_over(["site"], new, [3, 4], [{"site": "甲", "n": 5}, {"site": "乙", "n": 5}], [3, 4])
    assert [row["n"] for row in whole.rows] == [None, 1]


def test_twins_are_corrected_in_their_order() -> None:
    old = [{"site": None, "n": 1}, {"site": None, "n": 2}]
    whole = lay_over(["site"], [{"site": None, "n": 8}], [5], old, [3, 4])
    assert [row["n"] for row in whole.rows] == [8, 2] and whole.numbers == [5, 4]
