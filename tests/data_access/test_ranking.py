"""Ranks with ties, listing order and rank change (metrics.md §6.6)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from data_access import metrics
from data_access.metrics import Entry, Rate

counts = st.integers(0, 5000)
maybe = st.none() | counts
rates = st.builds(Rate, maybe, maybe)


SIX = [
    Entry("F", Rate(0, 0)),
    Entry("D", Rate(30, 100)),
    Entry("E", Rate(20, 100), state="unreported"),
    Entry("B", Rate(23, 60)),
    Entry("C", Rate(57, 150)),
    Entry("A", Rate(46, 120)),
]


def test_rank_example() -> None:
    rows = metrics.rank(SIX)
    assert [(row.key, row.rank, row.state) for row in rows] == [
        ("B", 1, "ranked"),
        ("A", 1, "ranked"),
        ("C", 3, "ranked"),
        ("D", 4, "ranked"),
        ("E", None, "unreported"),
        ("F", None, "no_denominator"),
    ]
    assert [row.tied for row in rows] == [True, True, False, False, False, False]
    assert rows[4].rate == Rate(20, 100), "the carried figure stays to be shown in grey"
    assert metrics.field_size(rows) == 4


def test_rank_dense_and_ascending() -> None:
    assert [row.rank for row in metrics.rank(SIX, dense=True)] == [1, 1, 2, 3, None, None]
    upward = metrics.rank(SIX, descending=False)
    assert [(row.key, row.rank) for row in upward][:4] == [("D", 1), ("C", 2), ("B", 3), ("A", 3)]


def test_rank_edge_cases() -> None:
    rows = metrics.rank(
        [
            Entry("empty", Rate(None, 0), state="unreported"),
            Entry("trade", Rate(9, 10), state="not_comparable"),
            Entry("about", Rate(46, 50, approximate=True)),
            Entry("silent", Rate(None, 100)),
            Entry("zero", Rate(0, 100)),
            Entry("over", Rate(124, 120)),
        ]
    )
    assert [(row.key, row.rank) for row in rows] == [
        ("over", 1),
        ("zero", 2),
        ("silent", None),
        ("trade", None),
        ("about", None),
        ("empty", None),
    ]
    assert rows[0].suspect and not rows[1].suspect
    assert [row.state for row in rows[2:]] == ["unreported", *["not_comparable"] * 2, "no_denominator"]


def test_rank_change() -> None:
    assert metrics.rank_change(5, 2) == metrics.Change("up", 3)
    assert metrics.rank_change(2, 5, 12, 12) == metrics.Change("down", -3)
    assert metrics.rank_change(2, 2) == metrics.Change("same", 0)
    assert metrics.rank_change(None, 2, 11, 12) == metrics.Change("new", None, "", "2/12")
    assert metrics.rank_change(2, None).kind == "dropped" and metrics.rank_change(None, None).kind == "none"
    assert metrics.rank_change(3, 2, 11, 12) == metrics.Change("up", 1, "3/11", "2/12")


@given(st.lists(rates, max_size=30), st.booleans())
def test_rank_invariants(field: list[Rate], descending: bool) -> None:
    rows = metrics.rank([Entry(n, rate) for n, rate in enumerate(field)], descending)
    assert sorted(row.key for row in rows) == list(range(len(field)))
    ranked = [row for row in rows if row.rank is not None]
    assert rows[: len(ranked)] == ranked
    for row in ranked:
        ahead = 1 if descending else -1
        better = [other for other in ranked if metrics.compare(other.rate, row.rate) == ahead]
        same = [other for other in ranked if metrics.compare(other.rate, row.rate) == 0]
        assert row.rank == len(better) + 1
        assert row.tied == (len(same) > 1)
        assert [other.key for other in same] == sorted(other.key for other in same)
    assert all(row.rate.value is None for row in rows[len(ranked) :])
